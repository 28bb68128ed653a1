/* staff - what clerks and operators' engineers do when a case reaches them, by rule.h.
 *
 * Each party acts only on what its own agent told it: a change by which it holds the case.
 */
#include <stdlib.h>
#include <string.h>

#include "ops/exercise/play.h"
#include "ops/exercise/rule.h"

/* ---- which row a case is ---- */

static size_t place_of(const ex_world *world, const tb_case_id *id)
{
    uint64_t h = 1469598103934665603u;
    for (size_t i = 0; i < sizeof id->bytes; i++) {
        h = (h ^ id->bytes[i]) * 1099511628211u;
    }
    size_t at = (size_t)h & (world->by_case_size - 1);
    while (world->by_case[at] != 0 && !tb_case_equal(&world->rows[world->by_case[at] - 1].case_id, id)) {
        at = (at + 1) & (world->by_case_size - 1);
    }
    return at;
}

void ex_row_case(ex_world *world, ex_row *row, const tb_case_id *case_id)
{
    if (row->has_case) {
        return;
    }
    row->has_case = true;
    row->case_id = *case_id;
    world->by_case[place_of(world, case_id)] = (uint32_t)(row - world->rows) + 1;
}

ex_row *ex_row_of_case(ex_world *world, const tb_case_id *case_id)
{
    uint32_t entry = world->by_case[place_of(world, case_id)];
    return entry == 0 ? NULL : &world->rows[entry - 1];
}

/* Rows are fed one at a time, so a case of its submitter that nobody knew is the row that is being fed: it
 * began as a draft, or whom it was submitted to tells of it before its submitter does. */
static ex_row *row_of(ex_world *world, const tb_local_summary *summary)
{
    ex_row *row = ex_row_of_case(world, &summary->case_id);
    if (row == NULL && world->feeding != NULL && strcmp(world->feeding->submitter, summary->opener.text) == 0) {
        row = world->feeding;
        ex_row_case(world, row, &summary->case_id);
    }
    return row;
}

/* ---- acting ---- */

static void acted(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    ex_row *row = &world->rows[tag];
    party->acts += answer->code == TB_ACCEPTED ? 1 : 0;
    /* Another event of ours may have come first while a draft waited; the change that follows tells. */
    if (answer->code != TB_ACCEPTED && answer->code != TB_REFUSED_CHANGED && answer->code != TB_REFUSED_NOT_HOLDER) {
        (void)printf("  %s, lead %.*s in %s: refused %s %.*s\n", party->name_zh, (int)row->lead_no.size,
                     (const char *)row->lead_no.data, row->state, tb_refusal_key(answer->code),
                     (int)answer->detail.size, (const char *)answer->detail.data);
        row->acted_on = 0;
    }
}

static void send_act(ex_world *world, ex_party *party, ex_row *row, const tb_local_summary *summary, const ex_act *a)
{
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    tb_field fields[EX_ACT_FIELDS];
    memcpy(fields, a->fields, sizeof fields);
    request.act = (tb_local_act){summary->case_id, tb_bytes_str(a->action), fields, a->count, summary->head};
    request.account = tb_bytes_str(strncmp(party->id.text, "bureau", 6) == 0 ? "clerk.wang" : "clerk");
    ex_ask(world, party, &request, acted, (uint64_t)(row - world->rows));
}

/* ---- the rule ---- */

/* One that is dead is known to be so once its case was taken over; then another one of the province
 * checks its numbers. */
static size_t network_of(ex_world *world, const ex_row *row, char out[TB_PARTY_BYTES])
{
    for (size_t nth = 0; nth < EX_NETWORKS; nth++) {
        const ex_party *party = ex_party_find(world, ex_network(row->operator_code, row->home, nth, out));
        if (party == NULL || !party->given_up) {
            return nth;
        }
    }
    (void)ex_network(row->operator_code, row->home, 0, out);
    return 0;
}

const char *ex_network_in(ex_world *world, const ex_row *row, char out[TB_PARTY_BYTES])
{
    (void)network_of(world, row, out);
    return out;
}

/* A row of the same number that is closed already: its outcome answers this one. One of which the shutdown
 * is known goes before: others may themselves have been answered from record, or were heard of too late. */
static const ex_row *record_of(const ex_world *world, const ex_row *row)
{
    const ex_row *record = NULL;
    for (size_t i = 0; row->repeated && i < world->row_count; i++) {
        const ex_row *other = &world->rows[i];
        if (other != row && other->done && strcmp(other->number, row->number) == 0 &&
            (record == NULL || record->shut_down_at == 0)) {
            record = other;
        }
    }
    return record;
}

/* When the card of a case was shut down, as its events tell; 0: it was not. */
static tb_time shut_down_in(const tb_local_case *c)
{
    tb_time at = 0;
    for (size_t i = 0; i < c->event_count; i++) {
        const tb_local_event *event = &c->events[i];
        if (tb_bytes_equal(event->action, tb_bytes_str("shut_down"))) {
            at = event->at;
        }
    }
    return at;
}

/* A clerk looks the shutdown up in the cases that are on record; got_case goes on with this one then. */
static void look_up_record(ex_world *world, ex_party *party, const ex_row *row)
{
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *other = &world->rows[i];
        if (other != row && other->done && strcmp(other->number, row->number) == 0) {
            ex_staff_look(world, party, other, 0);
        }
    }
}

/* What the holder does next; action NULL: nothing now. */
static void next_act(ex_world *world, ex_party *party, ex_row *row, const tb_local_summary *summary, ex_act *out)
{
    const ex_row *record = record_of(world, row);
    char network[TB_PARTY_BYTES];
    ex_lead lead = {
        .number = row->number,
        .found = row->found,
        .home = row->home,
        .operator_code = row->operator_code,
        .network = network_of(world, row, network),
        .mvno = row->mvno,
        .return_first = row->return_first,
        .refuse_home = row->refuse_home,
        .has_record = record != NULL,
        .record_shut_down_at = record != NULL ? record->shut_down_at : 0,
    };
    ex_next_act(party->id.text, &lead, summary, out);
    row->return_first = lead.return_first;
    row->refuse_home = lead.refuse_home;
    bool from_record = out->action != NULL && strcmp(out->action, "answer_from_record") == 0;
    if (from_record && record->shut_down_at == 0 && strcmp(ex_outcome(row->number), "unidentified") == 0) {
        out->action = NULL; /* the change that told of the shutdown was lost */
        look_up_record(world, party, row);
    }
}

/* ---- what the agents tell ---- */

static void wake_repeats(ex_world *world, ex_party *home, const ex_row *closed);

static void got_case(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)tag;
    if (answer->kind == TB_ANSWER_CASE) {
        ex_row *row = ex_row_of_case(world, &answer->case_.summary.case_id);
        if (row != NULL && row->shut_down_at == 0) {
            row->shut_down_at = shut_down_in(&answer->case_);
            if (row->shut_down_at != 0 && row->done) {
                wake_repeats(world, party, row);
            }
        }
        tb_local_answer one = {.kind = TB_ANSWER_CHANGED, .changed = answer->case_.summary};
        ex_staff_changed(world, party, &one, 0);
    }
}

void ex_staff_look(ex_world *world, ex_party *party, const ex_row *row, tb_time at)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .time = at, .case_id = row->case_id};
    ex_ask(world, party, &request, got_case, 0);
}

/* Others of the number that wait at the home bureau for this one are looked at again. */
static void wake_repeats(ex_world *world, ex_party *home, const ex_row *closed)
{
    for (size_t i = 0; closed->repeated && i < world->row_count; i++) {
        ex_row *row = &world->rows[i];
        if (row != closed && row->has_case && !row->done && strcmp(row->number, closed->number) == 0) {
            tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = row->case_id};
            row->acted_on = 0;
            ex_ask(world, home, &request, got_case, 0);
        }
    }
}

static void note_times(ex_world *world, ex_party *party, ex_row *row, const tb_local_summary *summary)
{
    if (tb_bytes_equal(summary->action, tb_bytes_str("shut_down")) && row->shut_down_at == 0) {
        row->shut_down_at = summary->at;
    }
    bool home = strncmp(party->id.text, "bureau.", 7) == 0 && strcmp(party->province, row->home) == 0;
    if (tb_bytes_equal(summary->state, tb_bytes_str("closed")) && home) {
        row->done = true;
        wake_repeats(world, party, row);
    }
    if (tb_bytes_equal(summary->state, tb_bytes_str("closed")) && strcmp(party->id.text, row->submitter) == 0 && row->closed_at == 0) {
        row->closed_at = summary->at;
        world->closed++;
    }
}

static void note_holder(ex_row *row, const tb_local_summary *summary)
{
    if (summary->number >= row->known) {
        row->known = summary->number;
        (void)snprintf(row->holder, sizeof row->holder, "%s", summary->holder.text);
    }
}

static const char *name_of(ex_world *world, const tb_party *id)
{
    const ex_party *party = ex_party_find(world, id->text);
    return party == NULL ? id->text : party->name_zh;
}

/* One case at a time is told step by step, so that a person sees what happens. */
static void tell(ex_world *world, const ex_row *row, const tb_local_summary *summary)
{
    bool told = world->story == row && summary->number <= world->story_number;
    if (world->options.quiet || told || (world->story != NULL && world->story != row)) {
        return;
    }
    if (world->story == NULL && (summary->number != 1 || strcmp(row->verdict, "forward") != 0 || strncmp(row->submitter, "police", 6) != 0)) {
        return;
    }
    world->story = row;
    world->story_number = summary->number;
    const tb_action *action = tb_case_type_action(world->type, summary->action);
    const tb_state *state = tb_case_type_state(world->type, summary->state);
    char when[TB_TIME_TEXT];
    tb_time_print(summary->at, when);
    (void)printf("  %.16s  %.*s  %s  →  %s  (%s)\n", when, (int)row->lead_no.size, (const char *)row->lead_no.data,
                 action != NULL ? action->title.zh : "", name_of(world, &summary->holder), state != NULL ? state->title.zh : "");
    if (state != NULL && state->closed) {
        world->story = NULL;
    }
}

void ex_staff_changed(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)tag;
    const tb_local_summary *summary = &answer->changed;
    bool notice = world->type != NULL && tb_bytes_equal(summary->case_type, tb_bytes_str(world->type->id));
    ex_row *row = notice ? row_of(world, summary) : NULL;
    if (row == NULL) {
        return;
    }
    note_times(world, party, row, summary);
    note_holder(row, summary);
    tell(world, row, summary);
    if (party->resting || party->idle || !tb_party_equal(&summary->holder, &party->id) || summary->number <= row->acted_on || summary->frozen ||
        ex_shelved(party, row, summary)) {
        return;
    }
    (void)snprintf(row->state, sizeof row->state, "%.*s", (int)summary->state.size, (const char *)summary->state.data);
    ex_act a;
    next_act(world, party, row, summary, &a);
    if (a.action != NULL) {
        row->acted_on = summary->number;
        send_act(world, party, row, summary, &a);
    }
}
