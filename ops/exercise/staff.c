/* staff - what clerks and operators' engineers do when a case reaches them.
 *
 * One rule for the outcome, so that anybody can compute the totals: with d the last digit of the
 * number, d <= 5 or d = 9 unidentified and shut down; d = 6, 7 identified; d = 8 not in use.
 * Each party acts only on what its own agent told it: a change by which it holds the case.
 */
#include <stdlib.h>
#include <string.h>

#include "ops/exercise/exercise.h"

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

static tb_bytes field_of(const tb_local_summary *summary, const char *id)
{
    for (size_t i = 0; i < summary->field_count; i++) {
        if (tb_bytes_equal(summary->fields[i].id, tb_bytes_str(id))) {
            return summary->fields[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

/* Rows are fed one at a time, so a case nobody knew is the row that was fed last: it began as a draft. */
static ex_row *row_of(ex_world *world, const ex_party *party, const tb_local_summary *summary)
{
    ex_row *row = ex_row_of_case(world, &summary->case_id);
    if (row == NULL && world->feeding != NULL && tb_party_equal(&summary->opener, &party->id) &&
        strcmp(world->feeding->submitter, party->id.text) == 0) {
        row = world->feeding;
        ex_row_case(world, row, &summary->case_id);
    }
    return row;
}

/* ---- acting ---- */

typedef struct act {
    const char *action;
    tb_field fields[8];
    size_t count;
} act;

static void with(act *a, const char *id, const char *value)
{
    a->fields[a->count++] = (tb_field){tb_bytes_str(id), tb_bytes_str(value)};
}

static void acted(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    ex_row *row = &world->rows[tag];
    /* Another event of ours may have come first while a draft waited; the change that follows tells. */
    if (answer->code != TB_ACCEPTED && answer->code != TB_REFUSED_CHANGED && answer->code != TB_REFUSED_NOT_HOLDER) {
        (void)printf("  %s, lead %.*s in %s: refused %s %.*s\n", party->name_zh, (int)row->lead_no.size,
                     (const char *)row->lead_no.data, row->state, tb_refusal_key(answer->code),
                     (int)answer->detail.size, (const char *)answer->detail.data);
        row->acted_on = 0;
    }
}

static void send_act(ex_world *world, ex_party *party, ex_row *row, const tb_local_summary *summary, const act *a)
{
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    tb_field fields[8];
    memcpy(fields, a->fields, sizeof fields);
    request.act = (tb_local_act){summary->case_id, tb_bytes_str(a->action), fields, a->count, summary->head};
    request.account = tb_bytes_str(strncmp(party->id.text, "bureau", 6) == 0 ? "clerk.wang" : "clerk");
    ex_ask(world, party, &request, acted, (uint64_t)(row - world->rows));
}

/* ---- the rule ---- */

static int last_digit(const ex_row *row)
{
    size_t n = strlen(row->number);
    return n == 0 ? 0 : row->number[n - 1] - '0';
}

static int digit_before(const ex_row *row)
{
    size_t n = strlen(row->number);
    return n < 2 ? 0 : row->number[n - 2] - '0';
}

const char *ex_outcome_of(const ex_row *row)
{
    int d = last_digit(row);
    return d == 6 || d == 7 ? "identified" : d == 8 ? "not_in_use" : "unidentified";
}

/* Which resale operator serves a resale number; resale.3 never does. */
static const char *resale_of(const ex_row *row)
{
    return digit_before(row) % 2 == 0 ? "resale.1" : "resale.2";
}

/* One that is dead is known to be so once its case was taken over; then another one of the province
 * checks its numbers. */
const char *ex_network_in(ex_world *world, const ex_row *row, char out[TB_PARTY_BYTES])
{
    const char *codes[] = {"ct", "cm", "cu"};
    size_t first = strcmp(row->operator_code, "CT") == 0 ? 0 : strcmp(row->operator_code, "CM") == 0 ? 1 : 2;
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(out, TB_PARTY_BYTES, "%s.%s", codes[(first + i) % 3], row->home);
        const ex_party *party = ex_party_find(world, out);
        if (party == NULL || !party->given_up) {
            break;
        }
    }
    return out;
}

/* A row of the same number that is closed already: its outcome answers this one. */
static const ex_row *record_of(const ex_world *world, const ex_row *row)
{
    for (size_t i = 0; row->repeated && i < world->row_count; i++) {
        const ex_row *other = &world->rows[i];
        if (other != row && other->done && strcmp(other->number, row->number) == 0) {
            return other;
        }
    }
    return NULL;
}

static void from_record(act *a, const ex_row *record, char when[TB_TIME_TEXT])
{
    bool shut = strcmp(ex_outcome_of(record), "unidentified") == 0;
    a->action = "answer_from_record";
    with(a, "verify_result", ex_outcome_of(record));
    with(a, "action", shut ? "shutdown" : "none");
    with(a, "record_reason", "closed_before");
    if (shut) {
        tb_time_print(record->shut_down_at, when);
        with(a, "action_at", when);
    }
}

static void order(act *a, ex_world *world, const ex_row *row, const tb_local_summary *summary, char host[TB_PARTY_BYTES])
{
    tb_bytes result = field_of(summary, "verify_result");
    a->action = "order";
    if (!row->mvno) {
        with(a, "ordered", ex_network_in(world, row, host));
        return;
    }
    with(a, "host", ex_network_in(world, row, host));
    if (tb_bytes_equal(result, tb_bytes_str("resale_user"))) {
        with(a, "ordered", resale_of(row)); /* the host has named it */
    } else if (result.size == 0 && digit_before(row) % 4 == 0) {
        with(a, "ordered", resale_of(row)); /* the bureau knows it */
    } else if (result.size == 0 && digit_before(row) % 4 == 1) {
        with(a, "ordered", "resale.3"); /* the bureau is mistaken */
    } else {
        with(a, "ordered", host);
    }
}

static void result(act *a, const ex_party *party, const ex_row *row, const tb_local_summary *summary, char when[TB_TIME_TEXT])
{
    a->action = "result";
    tb_time_print(summary->at, when);
    if (tb_bytes_equal(summary->state, tb_bytes_str("resale_lookup"))) {
        with(a, "verify_result", "resale_user");
        with(a, "resale_operator", resale_of(row));
        return;
    }
    if (strcmp(party->id.text, "resale.3") == 0) {
        with(a, "verify_result", "not_ours");
        return;
    }
    const char *outcome = ex_outcome_of(row);
    bool shut = strcmp(outcome, "unidentified") == 0;
    with(a, "verify_result", outcome);
    with(a, "action", shut ? "shutdown" : "none");
    if (shut) {
        with(a, "action_at", when);
        with(a, "registration_state", "false");
    }
    if (strcmp(outcome, "identified") == 0) {
        with(a, "identity_given_to_police_ref", "协查函");
        with(a, "identity_given_to_police_at", when);
    }
}

/* What the holder does next; action NULL: nothing now. */
static act next_act(ex_world *world, ex_party *party, ex_row *row, const tb_local_summary *summary, char text[2][TB_TIME_TEXT])
{
    act a = {0};
    char state[32];
    (void)snprintf(state, sizeof state, "%.*s", (int)summary->state.size, (const char *)summary->state.data);
    bool local = strcmp(row->found, row->home) == 0;
    bool may_be_repeat = strcmp(state, "waiting") == 0 || strcmp(state, "signed_for") == 0 ||
                         (local && strcmp(state, "accepted") == 0);
    const ex_row *record = may_be_repeat ? record_of(world, row) : NULL;
    if (record != NULL) {
        from_record(&a, record, text[0]);
    } else if (strcmp(state, "submitted") == 0 && row->return_first) {
        row->return_first = false;
        a.action = "return";
        with(&a, "return_reason", "incomplete");
    } else if (strcmp(state, "submitted") == 0) {
        a.action = "accept";
    } else if (strcmp(state, "returned") == 0) {
        a.action = "resubmit";
        with(&a, "correction_note", "已补正");
    } else if (strcmp(state, "accepted") == 0 && !local) {
        a.action = "forward";
    } else if (strcmp(state, "forwarded") == 0 && row->refuse_home) {
        row->refuse_home = false;
        a.action = "wrong_home";
        with(&a, "wrong_home_reason", "not_found");
    } else if (strcmp(state, "forwarded") == 0) {
        a.action = "sign_for";
    } else if (strcmp(state, "rerouted") == 0) {
        a.action = "decide";
        with(&a, "home_province", row->home);
        with(&a, "home_basis", "operator_reply");
    } else if (strcmp(state, "accepted") == 0 || strcmp(state, "signed_for") == 0 || strcmp(state, "to_order") == 0) {
        order(&a, world, row, summary, text[0]);
    } else if (strcmp(state, "verifying") == 0 || strcmp(state, "resale_lookup") == 0) {
        result(&a, party, row, summary, text[0]);
    } else if (strcmp(state, "verified") == 0 && strcmp(ex_outcome_of(row), "unidentified") == 0) {
        a.action = "shut_down";
    } else if (strcmp(state, "verified") == 0 || strcmp(state, "shut_down") == 0) {
        a.action = local ? "pass_on" : "answer";
    } else if (strcmp(state, "answered") == 0) {
        a.action = "pass_on";
    } else if (strcmp(state, "informed") == 0) {
        a.action = "close";
    }
    return a;
}

/* ---- what the agents tell ---- */

static void got_case(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)tag;
    if (answer->kind == TB_ANSWER_CASE) {
        tb_local_answer one = {.kind = TB_ANSWER_CHANGED, .changed = answer->case_.summary};
        ex_staff_changed(world, party, &one, 0);
    }
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
    ex_row *row = row_of(world, party, summary);
    if (row == NULL) {
        return;
    }
    note_times(world, party, row, summary);
    note_holder(row, summary);
    tell(world, row, summary);
    if (party->resting || !tb_party_equal(&summary->holder, &party->id) || summary->number <= row->acted_on || summary->frozen) {
        return;
    }
    (void)snprintf(row->state, sizeof row->state, "%.*s", (int)summary->state.size, (const char *)summary->state.data);
    char text[2][TB_TIME_TEXT];
    act a = next_act(world, party, row, summary, text);
    if (a.action != NULL) {
        row->acted_on = summary->number;
        send_act(world, party, row, summary, &a);
    }
}
