#include "agents/evidence.h"
#include "agents/local.h"
#include "base/mutant.h"

#include "agents/accounts.h"
#include "agents/acts.h"
#include "agents/approval.h"
#include "agents/automatic.h"
#include "agents/bundle.h"
#include "agents/case_figure.h"
#include "agents/check_case.h"
#include "agents/clock.h"
#include "agents/draft.h"
#include "agents/duties.h"
#include "agents/family.h"
#include "agents/letter.h"
#include "agents/link.h"
#include "agents/lists.h"
#include "agents/office.h"
#include "agents/own_cut.h"
#include "agents/quarantine.h"
#include "agents/queries.h"
#include "agents/recovery.h"
#include "agents/reconcile.h"
#include "agents/reports.h"
#include "agents/requests.h"
#include "agents/status.h"
#include "agents/trace.h"
#include "agents/unanswered.h"
#include "agents/verify.h"

/* One request in so many sweeps a few old answers away: more than one comes in. */
#define SWEEP_EVERY 8

typedef struct tb_asking {
    tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    tb_now now;
    tb_random *random;
    tb_effects *effects;
    const tb_local_request *request;
    tb_asker asker;
    tb_digest digest; /* of the request as it came */
    tb_local_answer answer;
    tb_bytes repeat; /* an answer kept from before, encoded */
    bool settled;    /* the answer is kept, whatever its code: something was changed */
} tb_asking;

/* ---- what acts ---- */

/* Whether this was asked before: then the kept answer is repeated, or the id is refused. */
static tb_err asked_before(tb_asking *a, bool *out)
{
    tb_request_row row;
    tb_err err = tb_request_get(a->txn, &a->request->id, &row);
    *out = err == TB_OK;
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    if (tb_digest_equal(&row.digest, &a->digest)) {
        a->repeat = row.answer;
    } else {
        a->answer.code = TB_REFUSED_REQUEST_REUSED;
    }
    return TB_OK;
}

static tb_err keep_answer(tb_asking *a)
{
    if ((a->answer.code != TB_ACCEPTED && !a->settled) || TB_MUTANT(REQUEST_FORGOTTEN)) {
        return TB_OK;
    }
    tb_request_row row = {.digest = a->digest, .at = a->now.real};
    tb_err err = tb_local_answer_encode(&a->answer, a->arena, &row.answer);
    if (err == TB_OK) {
        err = tb_request_put(a->txn, &a->request->id, &row);
    }
    bool sweeps = a->digest.bytes[0] % SWEEP_EVERY == 0;
    return err == TB_OK && sweeps ? tb_requests_sweep(a->txn, a->now.real) : err;
}

static void wish_of(const tb_asking *a, tb_wish *wish)
{
    const tb_local_request *request = a->request;
    *wish = (tb_wish){.request = request->id, .account = a->asker.code, .asked = a->now.civil};
    if (request->kind == TB_REQUEST_OPEN_CASE) {
        wish->opens = true;
        wish->campaign = request->open.campaign;
        wish->case_type = request->open.case_type;
        wish->action = request->open.action;
        wish->lane = (tb_lane)request->open.lane;
        wish->fields = request->open.fields;
        wish->field_count = request->open.field_count;
        return;
    }
    const tb_local_act *act = &request->act;
    if (request->kind == TB_REQUEST_PAPER) {
        act = &request->paper.act;
        wish->paper =
            (tb_paper){request->paper.on_behalf, request->paper.number, request->paper.date};
    }
    wish->case_id = act->case_id;
    wish->action = act->action;
    wish->head = act->head;
    wish->fields = act->fields;
    wish->field_count = act->field_count;
}

static tb_err act(tb_asking *a)
{
    tb_wish wish;
    wish_of(a, &wish);
    if (tb_store_above_watermark(a->txn)) {
        a->answer.code = TB_REFUSED_STORE_FULL;
        return TB_OK;
    }
    tb_outcome outcome;
    tb_err err = tb_act(a->agent, a->txn, a->now, a->random, &wish, a->effects, &outcome);
    if (err != TB_OK) {
        return err;
    }
    a->answer.code = outcome.code;
    a->answer.detail = outcome.detail;
    a->answer.draft = outcome.draft || outcome.waits != TB_STEP_MADE;
    if (outcome.code != TB_ACCEPTED) {
        return TB_OK;
    }
    a->answer.kind = TB_ANSWER_ACTED;
    a->answer.acted = (tb_local_acted){
        outcome.case_id, outcome.event, outcome.number, outcome.state, 0, outcome.waits};
    if (!a->answer.draft) {
        return TB_OK;
    }
    wish.head = outcome.based_on;
    return tb_draft_keep(a->txn, a->now, &wish, outcome.waits, &a->answer.acted.draft);
}

static tb_err install(tb_asking *a)
{
    tb_step step;
    tb_err err = tb_document_install(a->agent, a->txn, a->now, &a->request->install, a->effects,
                                     &a->answer.code, &a->answer.detail);
    if (err != TB_OK || a->answer.code != TB_ACCEPTED) {
        return err;
    }
    err = tb_step_make(a->agent, a->txn, a->now, a->random, a->effects, &step);
    return err == TB_OK ? tb_document_announce(&step, &a->request->install) : err;
}

static tb_err import_bundle(tb_asking *a)
{
    tb_step step;
    tb_err err = tb_step_make(a->agent, a->txn, a->now, a->random, a->effects, &step);
    return err == TB_OK ? tb_bundle_import(&step, a->request->import_bundle, &a->answer) : err;
}

static tb_err settle(tb_asking *a)
{
    return tb_quarantine_settle(a->agent, a->txn, a->now, a->random, a->request, a->effects,
                                &a->answer);
}

/* An officer's act: the recovery begins, or one case is released. */
static tb_err recover(tb_asking *a)
{
    static const tb_case_id none;
    const tb_local_recover *wanted = &a->request->recover;
    tb_step step;
    tb_err err = tb_step_make(a->agent, a->txn, a->now, a->random, a->effects, &step);
    if (err != TB_OK) {
        return err;
    }
    if (tb_case_equal(&wanted->release, &none)) {
        err = tb_recovery_begin(&step, a->request->account, wanted->reason, &a->answer.code);
    } else {
        err = tb_recovery_release(&step, &wanted->release, a->request->account, wanted->reason,
                                  &a->answer.code);
    }
    if (err != TB_OK || a->answer.code != TB_ACCEPTED) {
        return err;
    }
    a->answer.kind = TB_ANSWER_RECOVERY;
    return tb_recovery_show(a->agent, a->txn, &a->answer.recovery);
}

static tb_err show_recovery(tb_asking *a)
{
    a->answer.kind = TB_ANSWER_RECOVERY;
    return tb_recovery_show(a->agent, a->txn, &a->answer.recovery);
}

static tb_err approve(tb_asking *a)
{
    if (tb_store_above_watermark(a->txn)) {
        a->answer.code = TB_REFUSED_STORE_FULL;
        return TB_OK;
    }
    return tb_approve(a->agent, a->txn, a->now, a->random, &a->asker, &a->request->approve,
                      a->effects, &a->settled, &a->answer);
}

static tb_err change(tb_asking *a)
{
    if (a->request->kind == TB_REQUEST_CHANGE_ACCOUNT) {
        return tb_account_change_one(a->txn, a->now, &a->asker, &a->request->change_account,
                                     &a->answer);
    }
    if (a->request->kind == TB_REQUEST_APPROVE) {
        return approve(a);
    }
    if (a->request->kind == TB_REQUEST_SET_SWITCH) {
        return tb_automatic_switch(a->agent, a->txn, a->now, a->request->account,
                                   &a->request->set_switch, &a->answer);
    }
    if (a->request->kind == TB_REQUEST_SET_OFFICE) {
        return tb_office_set(a->agent, a->txn, &a->request->set_office, &a->answer);
    }
    if (a->request->kind == TB_REQUEST_INSTALL) {
        return install(a);
    }
    if (a->request->kind == TB_REQUEST_IMPORT_BUNDLE) {
        return import_bundle(a);
    }
    if (a->request->kind == TB_REQUEST_WRITE_LETTER) {
        return tb_letter_write(a->agent, a->txn, a->now, &a->request->write_letter, &a->answer);
    }
    if (a->request->kind == TB_REQUEST_ACT_QUARANTINE) {
        return settle(a);
    }
    return a->request->kind == TB_REQUEST_RECOVER ? recover(a) : act(a);
}

static tb_err once(tb_asking *a)
{
    bool before;
    tb_err err = asked_before(a, &before);
    if (err != TB_OK || before) {
        return err;
    }
    err = change(a);
    return err == TB_OK ? keep_answer(a) : err;
}

/* ---- what looks ---- */

static tb_err repeat_answer(tb_asking *a)
{
    tb_request_row row;
    tb_err err = tb_request_get(a->txn, &a->request->request, &row);
    if (err == TB_ERR_NOT_FOUND) {
        a->answer.code = TB_REFUSED_UNKNOWN_REQUEST;
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    /* the kept answer, under the id of this request too: the caller matches answers by id */
    if (tb_local_answer_decode(row.answer, a->arena, &a->answer) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    a->answer.id = a->request->id;
    return TB_OK;
}

static tb_err check(tb_asking *a)
{
    a->answer.kind = TB_ANSWER_CHECKED;
    tb_local_checked *checked = &a->answer.checked;
    for (int table = 0; table < TB_TABLE_COUNT; table++) {
        checked->rows += tb_store_rows(a->txn, (tb_table)table);
    }
    return tb_agent_check(a->agent, a->txn, &checked->faults, &checked->fault_count);
}

static tb_err export_bundle(tb_asking *a)
{
    tb_step step;
    tb_err err = tb_step_make(a->agent, a->txn, a->now, a->random, a->effects, &step);
    return err == TB_OK ? tb_bundle_export(&step, &a->request->export_bundle, &a->answer) : err;
}

static tb_err cut(tb_asking *a)
{
    tb_err err = tb_own_cut(a->agent, a->txn, &a->answer);
    if (err != TB_OK || a->answer.code != TB_ACCEPTED || !a->request->final) {
        return err;
    }
    return tb_own_cut_final(a->agent, a->txn, a->now);
}

static tb_err verify(tb_asking *a)
{
    static const tb_verify_with with = {.recounts = true};
    tb_step step;
    tb_err err = tb_step_make(a->agent, a->txn, a->now, a->random, a->effects, &step);
    if (err != TB_OK) {
        return err;
    }
    return a->request->verify.report
               ? tb_verify_report(&step, &a->request->verify.case_id, &with, &a->answer)
               : tb_verify_case(&step, &a->request->verify.case_id, &with, &a->answer);
}

static tb_err export_evidence(tb_asking *a)
{
    tb_step step;
    tb_err err = tb_step_make(a->agent, a->txn, a->now, a->random, a->effects, &step);
    return err == TB_OK ? tb_evidence_export(&step, &a->request->export_evidence, &a->answer) : err;
}

static tb_err dispatch(tb_asking *a)
{
    const tb_local_request *request = a->request;
    const tb_agent *agent = a->agent;
    switch (request->kind) {
    case TB_REQUEST_OPEN_CASE:
    case TB_REQUEST_ACT:
    case TB_REQUEST_INSTALL:
    case TB_REQUEST_PAPER:
    case TB_REQUEST_IMPORT_BUNDLE:
    case TB_REQUEST_WRITE_LETTER:
    case TB_REQUEST_ACT_QUARANTINE:
    case TB_REQUEST_RECOVER:
    case TB_REQUEST_CHANGE_ACCOUNT:
    case TB_REQUEST_APPROVE:
    case TB_REQUEST_SET_SWITCH:
    case TB_REQUEST_SET_OFFICE:
        return once(a);
    case TB_REQUEST_GET_OFFICE:
        return tb_query_office(a->txn, &a->answer);
    case TB_REQUEST_UNANSWERED:
        return tb_query_unanswered(agent, a->txn, a->now, &request->get_unanswered, &a->answer);
    case TB_REQUEST_EXPLAIN_DUTIES:
        return tb_query_explained(agent, a->txn, a->now, &request->case_id, &a->answer);
    case TB_REQUEST_LIST_SWITCHES:
        return tb_query_switches(agent, a->txn, &a->answer);
    case TB_REQUEST_LIST_ACCOUNTS:
        return tb_query_accounts(a->txn, &a->answer);
    case TB_REQUEST_LIST_APPROVALS:
        return tb_query_approvals(agent, a->txn, a->now, &a->asker, &request->list_approvals,
                                  &a->answer);
    case TB_REQUEST_EXPORT_BUNDLE:
        return export_bundle(a);
    case TB_REQUEST_GET_LETTER:
        return tb_letter_print(agent, a->txn, &request->get_letter, &a->answer);
    case TB_REQUEST_LIST_QUARANTINE:
        return tb_quarantine_list(a->txn, &request->page, &a->answer);
    case TB_REQUEST_GET_RECOVERY:
        return show_recovery(a);
    case TB_REQUEST_GET_CASE:
        return tb_query_case(agent, a->txn, &request->case_id, &a->answer);
    case TB_REQUEST_LIST_CASES:
        return tb_query_cases(agent, a->txn, &request->list, &a->answer);
    case TB_REQUEST_LIST_ACTS:
        return tb_query_acts(agent, a->now, a->txn, &request->case_id, &a->answer);
    case TB_REQUEST_LIST_DIRECTORY:
        return tb_query_directory(agent, a->txn, &a->answer);
    case TB_REQUEST_GET_DOCUMENT:
        return tb_query_document(a->txn, &request->document, &a->answer);
    case TB_REQUEST_TRACE:
        return tb_trace(agent, a->txn, a->now, request->trace, &a->answer);
    case TB_REQUEST_LIST_NOTICES:
        return tb_trace_notices(agent, a->txn, &request->notices, &a->answer);
    case TB_REQUEST_STATUS:
        return tb_status(agent, a->txn, a->now, &a->answer);
    case TB_REQUEST_GET_REQUEST:
        return repeat_answer(a);
    case TB_REQUEST_CHECK:
        return check(a);
    case TB_REQUEST_WATCH:
        a->agent->watched = true; /* the shell sends CHANGED effects to whoever asked for this */
        return TB_OK;
    case TB_REQUEST_LIST_DUTIES:
        return tb_query_duties(agent, a->txn, a->now, &request->duties, &a->answer);
    case TB_REQUEST_LIST_REPORTS:
        return tb_query_reports(agent, a->txn, a->now, &request->list_reports, &a->answer);
    case TB_REQUEST_GET_REPORT:
        return tb_query_report(agent, a->txn, a->now, &request->get_report, &a->answer);
    case TB_REQUEST_RECONCILE:
        return tb_query_reconciled(agent, a->txn, &request->reconcile, &a->answer);
    case TB_REQUEST_GET_FIGURE:
        return tb_query_figure(agent, a->txn, &request->get_figure, &a->answer);
    case TB_REQUEST_EXPORT_EVIDENCE:
        return export_evidence(a);
    case TB_REQUEST_VERIFY:
        return verify(a);
    case TB_REQUEST_LIST_CAMPAIGNS:
        return tb_query_campaigns(agent, a->txn, a->now.civil, &a->answer);
    case TB_REQUEST_LIST_LISTS:
        return tb_query_lists(agent, a->txn, a->now, &a->answer);
    case TB_REQUEST_SHOW_LIST:
        return tb_query_list(agent, a->txn, a->now, &request->show_list, &a->answer);
    case TB_REQUEST_CHECK_LIST:
        return tb_query_gate(agent, a->txn, a->now, &request->check_list, &a->answer);
    case TB_REQUEST_GET_FAMILY:
        return tb_query_family(agent, a->txn, &request->case_id, &a->answer);
    case TB_REQUEST_CUT:
        return cut(a);
    case TB_REQUEST_LIST_DEAD_LETTERS:
    case TB_REQUEST_RETRY_DEAD_LETTER:
    case TB_REQUEST_EXPORT:
        a->answer.code = TB_REFUSED_REQUEST;
        return TB_OK;
    }
    TB_UNREACHABLE();
}

/* ---- the step ---- */

/* The exercise clock, as far as this request may move it. */
static tb_err tell_time(tb_asking *a, const tb_input *input)
{
    if (a->request->time != 0) {
        if (!a->agent->directory->exercise) {
            a->answer.code = TB_REFUSED_NOT_EXERCISE;
            return TB_OK;
        }
        if (!tb_clock_near(a->agent, a->request->time)) {
            a->answer.code = TB_REFUSED_TIME_FAR;
            return TB_OK;
        }
        tb_err err = tb_clock_move(a->agent, a->txn, a->request->time);
        if (err != TB_OK) {
            return err;
        }
    }
    return tb_clock_now(a->agent, a->txn, input->now.real, &a->now);
}

/* Who asks, and whether he may ask for that. */
static tb_err admit(tb_asking *a, const tb_input *input)
{
    if (a->request->kind == TB_REQUEST_LIST_APPROVALS) {
        return tb_account_recognise(a->txn, a->request, input->bytes, input->person, &a->asker);
    }
    return tb_account_admit(a->agent, a->txn, a->now, a->request, input->bytes, input->person,
                            a->effects, &a->asker, &a->answer.code);
}

static tb_err send_answer(tb_asking *a, const tb_input *input)
{
    tb_bytes encoded = a->repeat;
    if (encoded.size == 0) {
        size_t mark = tb_arena_mark(a->arena);
        tb_err err = tb_local_answer_encode(&a->answer, a->arena, &encoded);
        if (err == TB_ERR_LIMIT) {
            tb_arena_release(a->arena, mark);
            tb_local_answer large = {.id = a->answer.id, .code = TB_REFUSED_TOO_LARGE};
            err = tb_local_answer_encode(&large, a->arena, &encoded);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return tb_effects_answer(a->effects, input->peer, encoded);
}

void tb_local_dropped(
    void *logic, const tb_input *input, tb_err why, tb_arena *arena, tb_effects *effects)
{
    (void)logic;
    tb_local_request request;
    if (input->kind != TB_INPUT_LOCAL ||
        tb_local_request_decode(input->bytes, arena, &request) != TB_ACCEPTED) {
        return;
    }
    bool full = why == TB_ERR_FULL;
    tb_local_answer answer = {
        .id = request.id,
        .code = full ? TB_REFUSED_STORE_FULL : TB_REFUSED_NOT_DONE,
        .detail = full ? tb_bytes_of(NULL, 0) : tb_bytes_str(tb_err_text(why)),
    };
    tb_bytes encoded;
    if (tb_local_answer_encode(&answer, arena, &encoded) == TB_OK) {
        /* Without room even for this the caller hears nothing, and asks again. */
        (void)!tb_effects_answer(effects, input->peer, encoded);
    }
}

tb_err tb_local_step(
    tb_agent *agent, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    if (input->kind == TB_INPUT_GONE) {
        return TB_OK; /* a caller went away; nothing is kept about callers */
    }
    tb_asking a = {.agent = agent,
                   .txn = txn,
                   .arena = tb_txn_arena(txn),
                   .random = random,
                   .effects = effects};
    tb_local_request request;
    a.answer.code = tb_local_request_decode(input->bytes, a.arena, &request);
    a.answer.id = request.id;
    if (a.answer.code != TB_ACCEPTED) {
        return send_answer(&a, input);
    }
    a.request = &request;
    a.digest = tb_request_digest(input->bytes);
    tb_err err = tell_time(&a, input);
    if (err == TB_OK && a.answer.code == TB_ACCEPTED) {
        err = admit(&a, input);
    }
    if (err == TB_OK && a.answer.code == TB_ACCEPTED) {
        err = dispatch(&a);
    }
    if (err == TB_OK) {
        err = send_answer(&a, input);
    }
    return err == TB_OK ? tb_drafts_resume(agent, txn, a.now, random, effects) : err;
}
