/* duties_query - what is owed and not done: by due time, with debtor, creditor and basis. */
#include "agents/campaign/duty.h"
#include "agents/digest.h"
#include "agents/duties.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX     500
/* Rows looked at for one page. */
#define LOOKED_MAX 5000

static void name_from(const tb_case_type *type, const tb_duty_def *def, tb_local_duty_line *line)
{
    const tb_action *from = tb_case_type_action(type, tb_bytes_str(def->from));
    line->from_action = tb_bytes_str(def->from);
    line->from_zh = from == NULL ? tb_bytes_of(NULL, 0) : tb_campaign_text(from->title.zh);
    line->from_en = from == NULL ? tb_bytes_of(NULL, 0) : tb_campaign_text(from->title.en);
}

static tb_err said_at(tb_txn *txn, const tb_duty_key *key, tb_duty_word word, tb_time *out)
{
    tb_duty_said said;
    tb_err err = tb_duty_said_get(txn, key, word, &said);
    *out = err == TB_OK ? said.at : 0;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err name_said(tb_txn *txn, const tb_duty_key *key, tb_local_duty_line *line)
{
    tb_err err = said_at(txn, key, TB_DUTY_REMINDS, &line->reminded);
    if (err == TB_OK) {
        err = said_at(txn, key, TB_DUTY_ESCALATES, &line->escalated);
    }
    if (err == TB_OK) {
        err = said_at(txn, key, TB_DUTY_SETTLES, &line->settled);
    }
    return err == TB_OK ? said_at(txn, key, TB_DUTY_WITHDRAWS, &line->withdrawn) : err;
}

tb_err tb_duty_show(
    const tb_agent *agent, tb_txn *txn, tb_now now, const tb_duty_row *row, tb_local_duty_line *out)
{
    tb_case_row owner;
    tb_err err = tb_case_load(agent, txn, &row->key.case_id, &owner);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    *out = (tb_local_duty_line){
        .case_id = row->key.case_id,
        .duty = row->key.duty,
        .debtor = row->key.debtor,
        .creditor = row->creditor,
        .from = row->from_at,
        .due = row->due,
        .state = row->state,
        .over = row->due < now.civil,
        .lapse = row->lapse,
        .ended = row->ended,
    };
    err = name_said(txn, &row->key, out);
    const tb_duty_def *def =
        owner.view.type == NULL ? NULL : tb_case_type_duty(owner.view.type, row->key.duty);
    if (err != TB_OK || def == NULL) {
        return err; /* its campaign is not installed here now: the row speaks for itself */
    }
    out->title_zh = tb_campaign_text(def->title.zh);
    out->title_en = tb_campaign_text(def->title.en);
    out->by_default = def->by_default;
    out->scores = tb_duty_scores(def, row->from_at) && row->state != TB_DUTY_ON_TIME;
    if (tb_duty_adopted(def, row->from_at)) {
        out->adopted_no = tb_bytes_str(def->adopted.document_no);
    }
    out->basis_zh = tb_campaign_text(def->basis.zh);
    out->basis_en = tb_campaign_text(def->basis.en);
    out->ends_in = tb_campaign_text(def->ends_in);
    name_from(owner.view.type, def, out);
    return TB_OK;
}

static tb_err wanted(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_local_list_duties *list,
                     const tb_duty_row *row,
                     bool *out)
{
    *out = (!list->mine || tb_party_equal(&row->key.debtor, &agent->self)) &&
           (tb_party_empty(&list->by) || tb_party_equal(&row->key.debtor, &list->by));
    return *out && list->concerns ? tb_duty_concerns(agent, txn, row, out) : TB_OK;
}

tb_err tb_query_duties(const tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_local_list_duties *list,
                       tb_local_answer *answer)
{
    if (!tb_duty_cursor(TB_DUTY_LISTED, list->after)) {
        answer->code = TB_REFUSED_REQUEST;
        return TB_OK;
    }
    size_t limit = list->limit == 0 ? PAGE_DEFAULT : list->limit;
    limit = limit > PAGE_MAX ? PAGE_MAX : limit;
    tb_local_duties duties = {.civil = now.civil};
    duties.lines = tb_arena_array(tb_txn_arena(txn), limit, sizeof *duties.lines);
    if (duties.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_bytes cursor = list->after;
    for (size_t looked = 0;; looked++) {
        tb_time due;
        tb_duty_row row;
        if (duties.count == limit || looked == LOOKED_MAX) {
            duties.next = cursor;
            break;
        }
        tb_err err = tb_duty_next(txn, TB_DUTY_LISTED, &cursor, &due, &row);
        if (err == TB_ERR_NOT_FOUND || (err == TB_OK && list->overdue && due >= now.civil)) {
            break;
        }
        if (err == TB_ERR_CORRUPT) {
            continue; /* one that does not read hides no other; `tongbao check` tells of it */
        }
        bool listed = false;
        if (err == TB_OK) {
            err = wanted(agent, txn, list, &row, &listed);
        }
        if (listed && err == TB_OK) {
            err = tb_duty_show(agent, txn, now, &row, &duties.lines[duties.count]);
            duties.count++;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    answer->kind = TB_ANSWER_DUTIES;
    answer->duties = duties;
    return TB_OK;
}
