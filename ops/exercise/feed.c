/* feed - submits every row at its own reported_at, one after another, while the staff goes on working.
 *
 * The next row waits until the one before is an event (without a link it is a draft first), so no later
 * time can have moved the submitter's clock past a row's own: submitted_at is exactly reported_at.
 */
#include <string.h>

#include "ops/exercise/disaster.h"
#include "ops/exercise/play.h"

#define PACE_MS    (2ll * 24 * 3600 * 1000) /* between the oldest case on its way and the next lead */
#define PATIENCE_S 15.0

static bool answered;

/* One that its own agent does not take is told and left out; the others go on. */
static void refused(ex_world *world, ex_row *row, const ex_party *party, const tb_local_answer *answer)
{
    (void)printf("  %s did not take lead %.*s: [%s] %s %.*s\n", party->name_zh, (int)row->lead_no.size,
                 (const char *)row->lead_no.data, tb_refusal_key(answer->code), tb_refusal_zh(answer->code),
                 (int)answer->detail.size, (const char *)answer->detail.data);
    world->routed -= !row->parked;
    row->refused = true;
    row->parked = false;
    (void)snprintf(row->verdict, sizeof row->verdict, "%s", tb_verdict_key(TB_VERDICT_ROW));
    (void)snprintf(row->state, sizeof row->state, "refused");
}

static void submitted(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    ex_row *row = &world->rows[tag];
    answered = true;
    if (answer->code != TB_ACCEPTED) {
        refused(world, row, party, answer);
    }
    if (answer->kind == TB_ANSWER_ACTED && !tb_case_zero(&answer->acted.case_id)) {
        ex_row_case(world, row, &answer->acted.case_id);
    }
}

static void feed(ex_world *world, ex_row *row, ex_party *party)
{
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE, .time = row->reported_at};
    request.open = (tb_local_open){.campaign = tb_bytes_str(world->campaign->id), .case_type = tb_bytes_str(world->type->id),
                                   .fields = row->columns, .field_count = row->column_count,
                                   .lane = row->urgent ? TB_LANE_URGENT : TB_LANE_NORMAL};
    answered = false;
    world->feeding = row;
    ex_ask(world, party, &request, submitted, (uint64_t)(row - world->rows));
    while (!answered || !(row->has_case || row->refused)) {
        ex_round(world, 20);
    }
    world->feeding = NULL;
    world->due += !row->parked && !row->refused;
}

void ex_feed_deferred(ex_world *world)
{
    for (size_t k = 0; k < world->fed; k++) {
        ex_row *row = &world->rows[world->order[k]];
        ex_party *party = row->deferred ? ex_party_find(world, row->submitter) : NULL;
        if (party != NULL && !party->resting) {
            row->deferred = false;
            feed(world, row, party);
        }
    }
}

/* Whether others wait for its staff: not one that was left lying, nor what comes after such a one. */
static bool is_in_flight(ex_world *world, const ex_row *row)
{
    const ex_party *holder = ex_party_find(world, row->holder);
    bool waits = row->parked || row->repeated || row->deferred || row->overslept || !row->has_case;
    return !waits && row->closed_at == 0 && (holder == NULL || !(holder->idle || holder->resting || holder->dead)) &&
           !ex_left_lying(row);
}

/* The exercise's clock does not run far ahead of the staff, however slow the machine: what is overdue is so
 * because somebody was late. A case that does not move for long is waited for no more. */
static size_t oldest; /* in the order fed: what is before is over */

static void keep_pace(ex_world *world, tb_time next)
{
    double since = ex_seconds();
    while (oldest < world->fed && world->options.play != NULL) {
        ex_row *row = &world->rows[world->order[oldest]];
        if (!is_in_flight(world, row)) {
            oldest++;
            since = ex_seconds();
        } else if (row->reported_at >= next - PACE_MS) {
            return;
        } else if (ex_seconds() - since > PATIENCE_S) {
            row->overslept = true;
        } else {
            ex_round(world, 20);
        }
    }
}

void ex_drain(ex_world *world)
{
    keep_pace(world, INT64_MAX);
}

void ex_feed(ex_world *world)
{
    for (size_t k = 0; k < world->row_count; k++) {
        ex_row *row = &world->rows[world->order[k]];
        keep_pace(world, row->reported_at);
        ex_play_until(world, row->reported_at);
        ex_disaster_step(world);
        ex_feed_deferred(world);
        world->fed++;
        if (row->refused || row->off_line) {
            continue;
        }
        ex_party *party = ex_party_find(world, row->submitter);
        if (party == NULL) {
            ex_fail("no party %s for lead %.*s", row->submitter, (int)row->lead_no.size, (const char *)row->lead_no.data);
        }
        if (party->resting) {
            row->deferred = true;
        } else {
            feed(world, row, party);
        }
    }
}
