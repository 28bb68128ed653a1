#include "agents/approval.h"

#include "agents/rows_link.h"
#include "base/text.h"

static uint32_t post_of(tb_approval_step step)
{
    return step == TB_STEP_REVIEW ? TB_POST_REVIEWER : TB_POST_SIGNER;
}

static bool done(const tb_wish *wish, tb_approval_step step)
{
    for (size_t i = 0; i < wish->approval_count; i++) {
        if (wish->approvals[i].step == step) {
            return true;
        }
    }
    return false;
}

tb_approval_step tb_approval_next(tb_txn *txn, const tb_action *action, const tb_wish *wish)
{
    if (wish->by_agent || tb_store_rows(txn, TB_TABLE_ACCOUNT) == 0) {
        return TB_STEP_MADE;
    }
    for (unsigned i = 0; i < action->approval_count; i++) {
        tb_approval_step step =
            strcmp(action->approval[i], TB_APPROVAL_REVIEW) == 0 ? TB_STEP_REVIEW : TB_STEP_SIGN;
        if (!done(wish, step)) {
            return step;
        }
    }
    return TB_STEP_MADE;
}

/* ---- who may ---- */

/* Made it, approved a step of it, or was stood in for in one. */
static bool took_part(const tb_wish *wish, tb_bytes code)
{
    bool took = tb_bytes_equal(wish->account, code);
    for (size_t i = 0; i < wish->approval_count; i++) {
        took = took || tb_bytes_equal(wish->approvals[i].account, code) ||
               tb_bytes_equal(wish->approvals[i].absent, code);
    }
    return took;
}

/* The absent account that this one stands in for today and that has the post; NULL: none. */
static tb_err stands_for(tb_txn *txn,
                         tb_now now,
                         const tb_account_row *account,
                         uint32_t post,
                         tb_account_row *absent,
                         bool *out)
{
    int64_t today = tb_day_of(now.civil);
    *out = false;
    if (account->absent.size == 0 || today < account->from || today > account->to) {
        return TB_OK;
    }
    tb_err err = tb_account_get(txn, account->absent, absent);
    if (err == TB_ERR_NOT_FOUND) {
        return TB_ERR_CORRUPT;
    }
    *out = err == TB_OK && absent->closed == 0 && (absent->posts & post) != 0;
    return err;
}

tb_err tb_approval_may(tb_txn *txn,
                       tb_now now,
                       const tb_account_row *account,
                       tb_approval_step step,
                       const tb_wish *wish,
                       tb_refusal *out_refused,
                       tb_bytes *out_absent)
{
    tb_bytes code;
    tb_account_row absent;
    bool stands = false;
    *out_absent = tb_bytes_of(NULL, 0);
    tb_err err = tb_account_code(tb_txn_arena(txn), account, &code);
    if (err != TB_OK) {
        return err;
    }
    if (took_part(wish, code)) {
        *out_refused = TB_REFUSED_OWN_ACT;
        return TB_OK;
    }
    if ((account->posts & post_of(step)) != 0) {
        *out_refused = TB_ACCEPTED;
        return TB_OK;
    }
    err = stands_for(txn, now, account, post_of(step), &absent, &stands);
    if (err == TB_OK && stands) {
        err = tb_account_code(tb_txn_arena(txn), &absent, out_absent);
    }
    *out_refused = !stands                        ? TB_REFUSED_ACCOUNT_POST
                   : took_part(wish, *out_absent) ? TB_REFUSED_OWN_ACT
                                                  : TB_ACCEPTED;
    return err;
}

tb_err
tb_approval_possible(tb_txn *txn, tb_now now, tb_approval_step step, const tb_wish *wish, bool *out)
{
    tb_account_row *all;
    size_t count;
    tb_err err = tb_accounts_all(txn, &all, &count);
    *out = false;
    for (size_t i = 0; err == TB_OK && i < count && !*out; i++) {
        tb_refusal refused = TB_ACCEPTED;
        tb_bytes absent;
        if (all[i].closed == 0) {
            err = tb_approval_may(txn, now, &all[i], step, wish, &refused, &absent);
            *out = err == TB_OK && refused == TB_ACCEPTED;
        }
    }
    return err;
}

tb_err tb_approval_ask(
    tb_txn *txn, tb_now now, const tb_action *action, const tb_wish *wish, tb_outcome *outcome)
{
    bool possible = true;
    tb_err err = TB_OK;
    outcome->waits = tb_approval_next(txn, action, wish);
    if (outcome->waits != TB_STEP_MADE && wish->approval_count == 0) {
        err = tb_approval_possible(txn, now, outcome->waits, wish, &possible);
    }
    if (!possible) {
        outcome->code = TB_REFUSED_NO_APPROVER;
        outcome->waits = TB_STEP_MADE;
    }
    return err;
}

/* ---- approving ---- */

typedef struct approving {
    tb_agent *agent;
    tb_txn *txn;
    tb_now now;
    tb_random *random;
    const tb_asker *asker;
    const tb_local_approve *wanted;
    tb_effects *effects;
    tb_draft_row draft;
} approving;

static tb_err add_approval(approving *a, tb_approval_step step, tb_bytes absent)
{
    tb_wish *wish = &a->draft.wish;
    tb_approval *list =
        tb_arena_array(tb_txn_arena(a->txn), wish->approval_count + 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    if (wish->approval_count > 0) {
        memcpy(list, wish->approvals, wish->approval_count * sizeof *list);
    }
    list[wish->approval_count++] = (tb_approval){
        .step = step, .account = a->asker->code, .absent = absent, .at = a->now.civil};
    wish->approvals = list;
    return TB_OK;
}

static tb_err send_back(approving *a, tb_local_answer *answer)
{
    if (a->wanted->reason.size == 0) {
        answer->code = TB_REFUSED_REASON_MISSING;
        return TB_OK;
    }
    a->draft.state = TB_DRAFT_RETURNED;
    a->draft.code = TB_REFUSED_SENT_BACK;
    tb_text text;
    tb_text_init(&text, tb_txn_arena(a->txn), TB_REASON_BYTES_MAX);
    tb_text_bytes(&text, a->asker->known ? a->asker->row.title : a->asker->code);
    tb_text_str(&text, ": ");
    tb_text_bytes(&text, a->wanted->reason);
    tb_err err = tb_text_done(&text, &a->draft.detail);
    if (err == TB_OK) {
        err = tb_draft_save(a->txn, &a->draft);
    }
    if (err == TB_OK) {
        err = tb_draft_tell(a->txn, &a->draft, NULL);
    }
    answer->kind = TB_ANSWER_ACTED;
    answer->acted = (tb_local_acted){.case_id = a->draft.wish.case_id};
    return err;
}

static tb_err approve(approving *a, tb_approval_step step, tb_bytes absent, tb_local_answer *answer)
{
    tb_outcome outcome;
    tb_err err = add_approval(a, step, absent);
    if (err == TB_OK) {
        err = tb_draft_again(a->agent, a->txn, a->now, a->random, a->effects, &a->draft, &outcome);
    }
    if (err != TB_OK) {
        return err;
    }
    /* A refusal is what became of the act, kept with it; the answer says so and is kept too. */
    answer->detail = outcome.detail;
    answer->draft = outcome.draft || outcome.waits != TB_STEP_MADE;
    answer->kind = TB_ANSWER_ACTED;
    answer->acted = (tb_local_acted){.case_id = outcome.case_id,
                                     .event = outcome.event,
                                     .number = outcome.number,
                                     .state = outcome.state,
                                     .draft = answer->draft ? a->draft.number : 0,
                                     .waits = outcome.waits};
    if (outcome.code != TB_ACCEPTED) {
        answer->kind = TB_ANSWER_NONE;
        answer->code = outcome.code;
    }
    return TB_OK;
}

tb_err tb_approve(tb_agent *agent,
                  tb_txn *txn,
                  tb_now now,
                  tb_random *random,
                  const tb_asker *asker,
                  const tb_local_approve *wanted,
                  tb_effects *effects,
                  bool *out_settled,
                  tb_local_answer *answer)
{
    approving a = {agent, txn, now, random, asker, wanted, effects, {.number = 0}};
    tb_approval_step step = TB_STEP_MADE;
    tb_bytes absent;
    tb_err err = tb_draft_next(txn, wanted->number - 1, &a.draft);
    if (err == TB_OK && a.draft.number == wanted->number) {
        step = tb_draft_waits(&a.draft);
    }
    if (err == TB_ERR_NOT_FOUND || (err == TB_OK && (step == TB_STEP_MADE || !asker->known))) {
        answer->code = TB_REFUSED_NOT_WAITING;
        return TB_OK;
    }
    if (err == TB_OK) {
        err = tb_approval_may(txn, now, &asker->row, step, &a.draft.wish, &answer->code, &absent);
    }
    if (err != TB_OK || answer->code != TB_ACCEPTED) {
        return err;
    }
    if (wanted->back) {
        return send_back(&a, answer);
    }
    *out_settled = true;
    return approve(&a, step, absent, answer);
}

tb_err tb_approvals_count(tb_txn *txn, uint64_t *out)
{
    uint64_t at = 0;
    *out = 0;
    if (tb_store_rows(txn, TB_TABLE_DRAFT) == 0 || tb_store_rows(txn, TB_TABLE_ACCOUNT) == 0) {
        return TB_OK;
    }
    for (;;) {
        tb_draft_row row;
        tb_err err = tb_draft_next(txn, at, &row);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        at = row.number;
        *out += tb_draft_waits(&row) != TB_STEP_MADE;
    }
}
