/* staff - the people of every party: they open cases, act on what their own agent tells them by the
 * exercise's rule (ops/exercise/rule.h), and ask again, under the same request id, until answered.
 */
#include <stdlib.h>

#include "agents/recovery.h"
#include "agents/rows_link.h"
#include "ops/exercise/rule.h"
#include "tests/sim/sim.h"

#define STAFF_PEER   7
#define ASK_AGAIN_MS 6000
#define POLL_MS      45000
#define ACT_AGAIN_MS 40000
/* An officer gives a peer that does not end its answer this long. */
#define PATIENCE_MS (10 * 60 * 1000)
/* Told in the lead group: the hub and operators must never hold these words. */
#define CANARY "秘线索原文-CANARY"

sim_lead *sim_lead_of(sim *s, const tb_case_id *id)
{
    for (size_t i = 0; i < s->lead_count; i++) {
        if (s->leads[i].has_case && tb_case_equal(&s->leads[i].case_id, id)) {
            return &s->leads[i];
        }
    }
    return NULL;
}

/* ---- asking ---- */

static void send(sim *s, sim_node *n, sim_ask *ask)
{
    sim_waiting waiting = {.kind = TB_INPUT_LOCAL, .peer = STAFF_PEER};
    waiting.bytes.data = malloc(ask->bytes.size + 1);
    TB_ASSERT(waiting.bytes.data != NULL);
    memcpy(waiting.bytes.data, ask->bytes.data, ask->bytes.size);
    waiting.bytes.size = ask->bytes.size;
    ask->sent = s->now;
    sim_node_give(s, n, &waiting);
}

void sim_staff_ask(sim *s, sim_node *n, tb_local_request *request, size_t lead)
{
    static uint8_t block[64 * 1024];
    tb_arena arena;
    tb_bytes encoded;
    sim_ask *ask = NULL;
    for (size_t i = 0; i < SIM_ASKS_MAX && ask == NULL; i++) {
        ask = n->asks[i].open ? NULL : &n->asks[i];
    }
    if (ask == NULL) {
        return; /* the next poll finds it again */
    }
    n->asked++;
    memcpy(request->id.bytes, &n->asked, sizeof n->asked);
    request->id.bytes[15] = (uint8_t)(n->index + 1);
    if (request->account.size == 0) {
        request->account = tb_bytes_str("clerk.wang");
    }
    tb_arena_init(&arena, block, sizeof block);
    tb_err err = tb_local_request_encode(request, &arena, &encoded);
    TB_ASSERT(err == TB_OK);
    free(ask->bytes.data);
    *ask = (sim_ask){.id = request->id, .kind = request->kind, .lead = lead, .open = true};
    ask->releases = request->kind == TB_REQUEST_RECOVER && !tb_case_zero(&request->recover.release);
    ask->bytes.data = malloc(encoded.size + 1);
    TB_ASSERT(ask->bytes.data != NULL);
    memcpy(ask->bytes.data, encoded.data, encoded.size);
    ask->bytes.size = encoded.size;
    send(s, n, ask);
}

bool sim_staff_idle(const sim *s)
{
    for (size_t i = 1; i < s->node_count; i++) {
        for (size_t k = 0; k < SIM_ASKS_MAX; k++) {
            const sim_ask *ask = &s->nodes[i].asks[k];
            if (ask->open && (ask->kind == TB_REQUEST_OPEN_CASE || ask->kind == TB_REQUEST_ACT)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- opening ---- */

void sim_staff_begin(sim *s)
{
    for (size_t i = 0; i < s->lead_count; i++) {
        sim_schedule(s, (sim_event){.at = s->leads[i].at,
                                    .kind = SIM_FEED,
                                    .node = s->leads[i].submitter,
                                    .number = i});
    }
}

static const char *source_of(sim_role role)
{
    return role == SIM_POLICE   ? "police_case"
           : role == SIM_BUREAU ? "inspection"
                                : "operator_check";
}

void sim_staff_feed(sim *s, size_t at)
{
    sim_lead *lead = &s->leads[at];
    sim_node *n = &s->nodes[lead->submitter];
    char when[TB_TIME_TEXT];
    char lead_no[16];
    tb_time_print(lead->at, when);
    (void)snprintf(lead_no, sizeof lead_no, "L%zu", at);
    tb_field fields[] = {
        {tb_bytes_str("number"), tb_bytes_str(lead->number)},
        {tb_bytes_str("found_province"), tb_bytes_str(lead->found)},
        {tb_bytes_str("source"), tb_bytes_str(source_of(n->role))},
        {tb_bytes_str("offence"), tb_bytes_str("telecom_fraud")},
        {tb_bytes_str("reported_at"), tb_bytes_str(when)},
        {tb_bytes_str("lead_no"), tb_bytes_str(lead_no)},
        {tb_bytes_str("remark"), tb_bytes_str(CANARY)},
    };
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    request.open.campaign = tb_bytes_str("black-card");
    request.open.case_type = tb_bytes_str("notice");
    request.open.fields = fields;
    request.open.field_count = sizeof fields / sizeof fields[0];
    request.open.lane = (uint32_t)(at % 7 == 0 ? TB_LANE_URGENT : 0);
    lead->fed = true;
    sim_trace(s, "feed %s L%zu", n->id.text, at);
    sim_staff_ask(s, n, &request, at);
}

/* ---- acting ---- */

static tb_bytes field_of(const tb_local_summary *summary, const char *id)
{
    for (size_t i = 0; i < summary->field_count; i++) {
        if (tb_bytes_equal(summary->fields[i].id, tb_bytes_str(id))) {
            return summary->fields[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

/* A case that began as a draft is known by its lead number, which its submitter wrote. */
static sim_lead *lead_of(sim *s, const tb_local_summary *summary)
{
    sim_lead *lead = sim_lead_of(s, &summary->case_id);
    tb_bytes number = field_of(summary, "lead_no");
    if (lead != NULL || number.size < 2 || number.size > 8) {
        return lead;
    }
    size_t at = 0;
    for (size_t i = 1; i < number.size; i++) {
        at = at * 10 + (size_t)(number.data[i] - '0');
    }
    if (at >= s->lead_count || s->leads[at].has_case) {
        return NULL;
    }
    s->leads[at].has_case = true;
    s->leads[at].case_id = summary->case_id;
    return &s->leads[at];
}

static bool is(tb_bytes text, const char *what)
{
    return tb_bytes_equal(text, tb_bytes_str(what));
}

static void note(sim *s, sim_node *n, sim_lead *lead, const tb_local_summary *summary)
{
    if (is(summary->action, "shut_down") && lead->shut_down_at == 0) {
        lead->shut_down_at = summary->at;
    }
    bool home = n->role == SIM_BUREAU && strcmp(n->province, lead->home) == 0;
    if (is(summary->state, "closed") && (home || n->index == lead->submitter)) {
        s->stats.cases_closed += !lead->closed;
        lead->closed = true;
    }
}

static void
take_over(sim *s, sim_node *n, sim_lead *lead, const tb_local_summary *summary, const char *action)
{
    tb_field field = {tb_bytes_str("take_over_reason"), tb_bytes_str("other")};
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    request.act = (tb_local_act){summary->case_id, tb_bytes_str(action), &field, 1, summary->head};
    lead->taken_over++;
    sim_trace(s, "%s %s L%zu term %u", action, n->id.text, (size_t)(lead - s->leads),
              summary->term);
    sim_staff_ask(s, n, &request, (size_t)(lead - s->leads));
}

static void note_orders(sim *s, sim_lead *lead, const ex_act *act)
{
    for (size_t i = 0; i < act->count; i++) {
        if (is(act->fields[i].id, "ordered") || is(act->fields[i].id, "host")) {
            tb_party party;
            sim_node *n =
                tb_party_parse(act->fields[i].value, &party) ? sim_party(s, &party) : NULL;
            lead->ordered |= n == NULL ? 0 : UINT64_C(1) << n->index;
        }
    }
}

/* What headquarters does with a case it took over; the rule knows no such state. */
static void rule_on(sim_lead *lead, ex_act *act)
{
    *act = (ex_act){.action = "decide_home", .count = 2};
    act->fields[0] = (tb_field){tb_bytes_str("home_province"), tb_bytes_str(lead->home)};
    act->fields[1] = (tb_field){tb_bytes_str("home_basis"), tb_bytes_str("headquarters_ruling")};
}

static void act_on(sim *s, sim_node *n, sim_lead *lead, const tb_local_summary *summary)
{
    const sim_lead *other = lead->other > 0 ? &s->leads[lead->other - 1] : NULL;
    ex_lead facts = {
        .number = lead->number,
        .found = lead->found,
        .home = lead->home,
        .operator_code = "CM",
        .mvno = lead->mvno,
        .return_first = lead->return_first,
        .refuse_home = lead->refuse_home,
        .has_record = other != NULL && other->closed,
        .record_shut_down_at = other != NULL ? other->shut_down_at : 0,
    };
    ex_act act;
    if (is(summary->state, "at_headquarters")) {
        rule_on(lead, &act);
    } else if (is(summary->state, "waiting") && !facts.has_record && other != NULL && other->fed &&
               !other->spoiled) {
        return; /* the poll looks again */
    } else {
        ex_next_act(n->id.text, &facts, summary, &act);
    }
    if (act.action == NULL) {
        return;
    }
    if (facts.has_record && strcmp(act.action, "order") == 0) {
        act.fields[act.count++] =
            (tb_field){tb_bytes_str("reorder_reason"), tb_bytes_str("new_evidence")};
    }
    lead->acted_on[n->index] = summary->number;
    lead->acted_at[n->index] = s->now;
    lead->return_first = facts.return_first;
    lead->refuse_home = facts.refuse_home;
    note_orders(s, lead, &act);
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    request.act = (tb_local_act){summary->case_id, tb_bytes_str(act.action), act.fields, act.count,
                                 summary->head};
    sim_trace(s, "act %s %s L%zu in %.*s", n->id.text, act.action, (size_t)(lead - s->leads),
              (int)summary->state.size, (const char *)summary->state.data);
    sim_staff_ask(s, n, &request, (size_t)(lead - s->leads));
}

/* Somebody is in a hurry: it must be told that it does not hold the case. */
static void
try_without_holding(sim *s, sim_node *n, sim_lead *lead, const tb_local_summary *summary)
{
    static const char *const actions[] = {"accept", "forward", "sign_for",  "shut_down",
                                          "answer", "pass_on", "wrong_home"};
    tb_field why = {tb_bytes_str("wrong_home_reason"), tb_bytes_str("not_found")};
    size_t which = (size_t)sim_below(&s->people, 14);
    which = which < 6 ? which : 6;
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    request.act = (tb_local_act){summary->case_id, tb_bytes_str(actions[which]), &why, which == 6,
                                 summary->head};
    sim_staff_ask(s, n, &request, (size_t)(lead - s->leads));
}

/* The home bureau takes its order back, be it while the discovery bureau, which has not heard of
 * the order, takes the case over: two take-overs in one term, by two roles. */
static bool takes_back(const sim_node *n, const sim_lead *lead, const tb_local_summary *summary)
{
    return n->role == SIM_BUREAU && strcmp(n->province, lead->home) == 0 &&
           !tb_party_equal(&summary->holder, &n->id) &&
           (is(summary->state, "verifying") || is(summary->state, "resale_lookup"));
}

static void look_at(sim *s, sim_node *n, const tb_local_summary *summary)
{
    sim_lead *lead = lead_of(s, summary);
    if (lead == NULL) {
        return;
    }
    note(s, n, lead, summary);
    bool may_take = n->role == SIM_HEADQUARTERS ||
                    (n->role == SIM_BUREAU && strcmp(n->province, lead->found) == 0);
    if (s->drawn[SIM_TAKE_OVER] && lead->taken_over < 3 && may_take && summary->number > 2 &&
        !s->healed && !tb_party_equal(&summary->holder, &n->id) && !is(summary->state, "closed") &&
        sim_below(&s->people, 6) == 0) {
        take_over(s, n, lead, summary, "take_over");
        return;
    }
    if (s->drawn[SIM_TAKE_OVER] && lead->taken_over < 3 && !s->healed &&
        takes_back(n, lead, summary) && sim_below(&s->people, 3) == 0) {
        take_over(s, n, lead, summary, "take_back");
        return;
    }
    if (summary->frozen && s->healed && may_take && !is(summary->state, "closed") &&
        n->role == SIM_BUREAU) {
        take_over(s, n, lead, summary, "take_over");
        return;
    }
    if (!tb_party_equal(&summary->holder, &n->id) && sim_below(&s->people, 10) == 0) {
        try_without_holding(s, n, lead, summary);
    }
    bool lately = summary->number == lead->acted_on[n->index] &&
                  s->now - lead->acted_at[n->index] < ACT_AGAIN_MS;
    if (!tb_party_equal(&summary->holder, &n->id) || summary->frozen || lately ||
        is(summary->state, "closed")) {
        return;
    }
    act_on(s, n, lead, summary);
}

/* ---- what the agents tell ---- */

void sim_staff_changed(sim *s, sim_node *n, tb_bytes answer)
{
    sim_event event = {.at = s->now + sim_between(&s->people, 50, 4000),
                       .kind = SIM_STAFF,
                       .node = n->index,
                       .number = n->life};
    event.bytes.data = malloc(answer.size + 1);
    TB_ASSERT(event.bytes.data != NULL);
    memcpy(event.bytes.data, answer.data, answer.size);
    event.bytes.size = answer.size;
    sim_schedule(s, event);
}

static uint8_t answer_block[1u << 20];

static bool decode(tb_bytes bytes, tb_local_answer *out)
{
    tb_arena arena;
    tb_arena_init(&arena, answer_block, sizeof answer_block);
    return tb_local_answer_decode(bytes, &arena, out) == TB_ACCEPTED;
}

void sim_staff_act(sim *s, const sim_event *event)
{
    tb_local_answer answer;
    sim_node *n = &s->nodes[event->node];
    /* What was told by a store that is gone may be of a case that nobody has any more. */
    if (n->up && event->number == n->life &&
        decode(tb_bytes_of(event->bytes.data, event->bytes.size), &answer) &&
        answer.kind == TB_ANSWER_CHANGED) {
        look_at(s, n, &answer.changed);
    }
}

static sim_ask *ask_of(sim_node *n, const tb_request_id *id)
{
    for (size_t i = 0; i < SIM_ASKS_MAX; i++) {
        if (n->asks[i].open && memcmp(&n->asks[i].id, id, sizeof *id) == 0) {
            return &n->asks[i];
        }
    }
    return NULL;
}

/* ---- coming back ---- */

/* Whether what is still asked for is owed by parties that lie or are away, and by nobody else. */
static bool nobody_else_owes(sim *s, const sim_node *n)
{
    tb_local_recovery recovery;
    size_t owing = 0;
    tb_txn *txn = sim_look(s, n);
    bool fine = tb_recovery_show(&n->agent, txn, &recovery) == TB_OK &&
                recovery.state == TB_RECOVERY_ASKING;
    for (size_t i = 0; fine && i < recovery.asked_count; i++) {
        const tb_local_asked *asked = &recovery.asked[i];
        const sim_node *peer = sim_party(s, &asked->party);
        if (asked->ended == 0) {
            owing++;
            fine = peer != NULL && (peer->was_hostile || peer->away) &&
                   s->now - n->recover_asked > PATIENCE_MS; /* whatever the agent's clock says */
        }
    }
    tb_store_abort(txn);
    return fine && owing > 0;
}

/* A case that waits for the answer of a liar, or of who is away, waits until an officer releases it
 * (design.md §7). */
static void release(sim *s, sim_node *n, size_t lead)
{
    if (!n->store_replaced || n->was_hostile || !s->leads[lead].has_case ||
        !nobody_else_owes(s, n)) {
        return;
    }
    tb_local_request request = {.kind = TB_REQUEST_RECOVER};
    request.recover.reason = tb_bytes_str("对方逾期未补送,经核对放行");
    request.recover.release = s->leads[lead].case_id;
    sim_trace(s, "asks to release %s L%zu", n->id.text, lead);
    sim_staff_ask(s, n, &request, lead);
}

static void acted(sim *s, sim_node *n, const sim_ask *ask, const tb_local_answer *answer)
{
    sim_lead *lead = &s->leads[ask->lead];
    if (answer->code != TB_ACCEPTED) {
        sim_trace(s, "refused %s L%zu %s %.*s", n->id.text, ask->lead, tb_refusal_key(answer->code),
                  (int)answer->detail.size, (const char *)answer->detail.data);
        if (ask->kind == TB_REQUEST_OPEN_CASE) {
            sim_schedule(s, (sim_event){.at = s->now + 20000,
                                        .kind = SIM_FEED,
                                        .node = n->index,
                                        .number = ask->lead});
        }
        return;
    }
    s->stats.acts++;
    sim_trace(s, "acted %s L%zu%s", n->id.text, ask->lead, answer->draft ? " as a draft" : "");
    if (answer->draft || answer->kind != TB_ANSWER_ACTED) {
        s->stats.drafts++;
        if (answer->draft) {
            sim_ledger_drafted(s, n, &ask->id, ask->lead);
            release(s, n, ask->lead);
        }
        return;
    }
    if (ask->kind == TB_REQUEST_OPEN_CASE && !lead->has_case) {
        lead->has_case = true;
        lead->case_id = answer->acted.case_id;
    }
    sim_ledger_accepted(s, n, answer, ask->lead);
}

void sim_staff_answer(sim *s, sim_node *n, tb_bytes bytes)
{
    tb_local_answer answer;
    if (!decode(bytes, &answer)) {
        sim_fail(s, "%s gives its staff an answer that does not decode", n->id.text);
        return;
    }
    sim_ask *ask = ask_of(n, &answer.id);
    if (ask == NULL) {
        return; /* a repeat of an answer that came already */
    }
    ask->open = false;
    if (ask->kind == TB_REQUEST_OPEN_CASE || ask->kind == TB_REQUEST_ACT) {
        acted(s, n, ask, &answer);
        return;
    }
    if (ask->kind == TB_REQUEST_RECOVER && answer.code == TB_ACCEPTED) {
        sim_trace(s, "%s %s", ask->releases ? "released" : "recovers", n->id.text);
        if (!ask->releases) {
            sim_lost_leads(s, n); /* drafts that were returned are among them */
        }
        return;
    }
    if (answer.kind == TB_ANSWER_CASES) {
        for (size_t i = 0; i < answer.cases.count; i++) {
            look_at(s, n, &answer.cases.cases[i]);
        }
    }
}

static void list(sim *s, sim_node *n, bool mine)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
    request.list.mine = mine;
    request.list.limit = 100;
    sim_staff_ask(s, n, &request, 0);
}

/* An officer who reads that nothing is signed any more does what it says. */
static void recover(sim *s, sim_node *n)
{
    tb_link_row link;
    tb_txn *txn = sim_look(s, n);
    bool fenced = tb_link_get(txn, &link) == TB_OK && link.fence != TB_ACCEPTED;
    tb_store_abort(txn);
    if (fenced && (n->recover_asked == 0 || s->now - n->recover_asked > 60000)) {
        tb_local_request request = {.kind = TB_REQUEST_RECOVER};
        request.recover.reason = tb_bytes_str("旧备份恢复");
        n->recover_asked = s->now;
        sim_staff_ask(s, n, &request, 0);
    }
}

void sim_staff_poll(sim *s, sim_node *n)
{
    sim_event again = {.at = s->now + POLL_MS + sim_between(&s->people, 0, 10000),
                       .kind = SIM_POLL,
                       .node = n->index,
                       .number = n->starts};
    if (!n->up) {
        return; /* the next start polls */
    }
    bool waits = false;
    for (size_t i = 0; i < SIM_ASKS_MAX; i++) {
        sim_ask *ask = &n->asks[i];
        bool query = ask->open && ask->kind != TB_REQUEST_OPEN_CASE && ask->kind != TB_REQUEST_ACT;
        if (query && s->now - ask->sent > ASK_AGAIN_MS) {
            ask->open = false;
        } else if (ask->open && s->now - ask->sent > ASK_AGAIN_MS) {
            send(s, n, ask);
        }
        waits = waits || ask->open;
    }
    if (n->store_replaced && !n->was_hostile) {
        recover(s, n);
    }
    tb_local_request watch = {.kind = TB_REQUEST_WATCH};
    if (!n->agent.watched) {
        sim_staff_ask(s, n, &watch, 0);
    }
    list(s, n, !s->healed);
    if (waits) {
        again.at = s->now + ASK_AGAIN_MS;
    }
    sim_schedule(s, again);
}
