#include "ops/exercise/rule.h"

#include <stdio.h>

static tb_bytes field_of(const tb_local_summary *summary, const char *id)
{
    for (size_t i = 0; i < summary->field_count; i++) {
        if (tb_bytes_equal(summary->fields[i].id, tb_bytes_str(id))) {
            return summary->fields[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

static void with(ex_act *a, const char *id, const char *value)
{
    a->fields[a->count++] = (tb_field){tb_bytes_str(id), tb_bytes_str(value)};
}

/* ---- what the number says ---- */

static int last_digit(const char *number)
{
    size_t n = strlen(number);
    return n == 0 ? 0 : number[n - 1] - '0';
}

static int digit_before(const char *number)
{
    size_t n = strlen(number);
    return n < 2 ? 0 : number[n - 2] - '0';
}

const char *ex_outcome(const char *number)
{
    int d = last_digit(number);
    return d == 6 || d == 7 ? "identified" : d == 8 ? "not_in_use" : "unidentified";
}

/* Which resale operator serves a resale number; resale.3 never does. */
static const char *resale_of(const ex_lead *lead)
{
    return digit_before(lead->number) % 2 == 0 ? "resale.1" : "resale.2";
}

const char *ex_network(const char *operator_code, const char *home, size_t nth, char out[TB_PARTY_BYTES])
{
    static const char *const CODES[EX_NETWORKS] = {"ct", "cm", "cu"};
    size_t own = strcmp(operator_code, "CT") == 0 ? 0 : strcmp(operator_code, "CM") == 0 ? 1 : 2;
    (void)snprintf(out, TB_PARTY_BYTES, "%s.%s", CODES[(own + nth) % EX_NETWORKS], home);
    return out;
}

/* ---- acts with a choice in them ---- */

static void from_record(ex_act *a, const ex_lead *lead)
{
    bool shut = strcmp(ex_outcome(lead->number), "unidentified") == 0;
    a->action = "answer_from_record";
    with(a, "verify_result", ex_outcome(lead->number));
    with(a, "action", shut ? "shutdown" : "none");
    with(a, "record_reason", "closed_before");
    if (shut) {
        tb_time_print(lead->record_shut_down_at, a->text[0]);
        with(a, "action_at", a->text[0]);
    }
}

static void order(ex_act *a, const ex_lead *lead, const tb_local_summary *summary)
{
    tb_bytes result = field_of(summary, "verify_result");
    const char *network = ex_network(lead->operator_code, lead->home, lead->network, a->text[0]);
    a->action = "order";
    if (!lead->mvno) {
        with(a, "ordered", network);
        return;
    }
    with(a, "host", network);
    if (tb_bytes_equal(result, tb_bytes_str("resale_user"))) {
        with(a, "ordered", resale_of(lead)); /* the host has named it */
    } else if (result.size == 0 && digit_before(lead->number) % 4 == 0) {
        with(a, "ordered", resale_of(lead)); /* the bureau knows it */
    } else if (result.size == 0 && digit_before(lead->number) % 4 == 1) {
        with(a, "ordered", "resale.3"); /* the bureau is mistaken */
    } else {
        with(a, "ordered", network);
    }
}

static void result(ex_act *a, const char *party, const ex_lead *lead, const tb_local_summary *summary)
{
    a->action = "result";
    tb_time_print(summary->at, a->text[0]);
    if (tb_bytes_equal(summary->state, tb_bytes_str("resale_lookup"))) {
        with(a, "verify_result", "resale_user");
        with(a, "resale_operator", resale_of(lead));
        return;
    }
    if (strcmp(party, "resale.3") == 0) {
        with(a, "verify_result", "not_ours");
        return;
    }
    const char *outcome = ex_outcome(lead->number);
    bool shut = strcmp(outcome, "unidentified") == 0;
    with(a, "verify_result", outcome);
    with(a, "action", shut ? "shutdown" : "none");
    if (shut) {
        with(a, "action_at", a->text[0]);
        with(a, "registration_state", "false");
    }
    if (strcmp(outcome, "identified") == 0) {
        with(a, "identity_given_to_police_ref", "协查函");
        with(a, "identity_given_to_police_at", a->text[0]);
    }
}

void ex_next_act(const char *party, ex_lead *lead, const tb_local_summary *summary, ex_act *a)
{
    char state[32];
    bool local = strcmp(lead->found, lead->home) == 0;
    *a = (ex_act){0};
    (void)snprintf(state, sizeof state, "%.*s", (int)summary->state.size,
                   (const char *)summary->state.data);
    bool may_be_repeat = strcmp(state, "waiting") == 0 || strcmp(state, "signed_for") == 0 ||
                         (local && strcmp(state, "accepted") == 0);
    if (may_be_repeat && lead->has_record) {
        from_record(a, lead);
    } else if (strcmp(state, "submitted") == 0 && lead->return_first) {
        lead->return_first = false;
        a->action = "return";
        with(a, "return_reason", "incomplete");
    } else if (strcmp(state, "submitted") == 0) {
        a->action = "accept";
    } else if (strcmp(state, "returned") == 0) {
        a->action = "resubmit";
        with(a, "correction_note", "已补正");
    } else if (strcmp(state, "accepted") == 0 && !local) {
        a->action = "forward";
    } else if (strcmp(state, "forwarded") == 0 && lead->refuse_home) {
        lead->refuse_home = false;
        a->action = "wrong_home";
        with(a, "wrong_home_reason", "not_found");
    } else if (strcmp(state, "forwarded") == 0) {
        a->action = "sign_for";
    } else if (strcmp(state, "rerouted") == 0) {
        a->action = "decide";
        with(a, "home_province", lead->home);
        with(a, "home_basis", "operator_reply");
    } else if (strcmp(state, "accepted") == 0 || strcmp(state, "signed_for") == 0 ||
               strcmp(state, "to_order") == 0) {
        order(a, lead, summary);
    } else if (strcmp(state, "verifying") == 0 || strcmp(state, "resale_lookup") == 0) {
        result(a, party, lead, summary);
    } else if (strcmp(state, "verified") == 0 &&
               strcmp(ex_outcome(lead->number), "unidentified") == 0) {
        a->action = "shut_down";
    } else if (strcmp(state, "verified") == 0 || strcmp(state, "shut_down") == 0) {
        a->action = local ? "pass_on" : "answer";
    } else if (strcmp(state, "answered") == 0) {
        a->action = "pass_on";
    } else if (strcmp(state, "informed") == 0) {
        a->action = "close";
    }
}
