#include "agents/quarantine.h"

#include "agents/inbox.h"
#include "agents/notice_name.h"

#define PAGE     100
#define PAGE_MAX 500

/* The page begins in QUARANTINE, or behind this byte in QUARANTINE_DROPPED. */
#define MARK_DROPPED 'd'
#define MARK_HELD    'q'

/* ---- looking ---- */

static tb_err
line_of_held(tb_arena *arena, const tb_inbox_row *row, uint64_t notice, tb_local_set_aside *out)
{
    *out = (tb_local_set_aside){
        .sender = row->sender,
        .lane = row->lane,
        .number = row->number,
        .taken = row->at,
        .attempts = row->attempts,
        .code = row->code,
        .bytes = row->header.size + row->body.size,
    };
    return tb_notice_name_print(arena, &row->sender, row->incarnation.counter, notice,
                                &out->notice);
}

static tb_err line_of_dropped(tb_arena *arena, const tb_dropped_row *row, tb_local_set_aside *out)
{
    *out = (tb_local_set_aside){
        .sender = row->sender,
        .lane = row->lane,
        .number = row->number,
        .taken = row->taken,
        .attempts = row->attempts,
        .code = row->code,
        .bytes = row->bytes,
        .dropped = true,
        .dropped_at = row->at,
        .account = row->account,
        .reason = row->reason,
    };
    return tb_notice_name_print(arena, &row->sender, row->incarnation.counter, row->notice,
                                &out->notice);
}

/* A walk through both tables. */
typedef struct walk {
    tb_txn *txn;
    bool dropped;
    tb_bytes cursor;
} walk;

/* The content of each row is copied into the turn's memory, which bounds a page. */
static tb_err next_line(walk *w, tb_local_set_aside *out)
{
    tb_arena *arena = tb_txn_arena(w->txn);
    if (!w->dropped) {
        uint64_t notice;
        tb_inbox_row row;
        tb_err err = tb_quarantine_next(w->txn, &w->cursor, &notice, &row);
        if (err != TB_ERR_NOT_FOUND) {
            return err == TB_OK ? line_of_held(arena, &row, notice, out) : err;
        }
        w->dropped = true;
        w->cursor = tb_bytes_of(NULL, 0);
    }
    tb_dropped_row row;
    tb_err err = tb_dropped_next(w->txn, &w->cursor, &row);
    return err == TB_OK ? line_of_dropped(arena, &row, out) : err;
}

static tb_err mark_of(const walk *w, tb_bytes *out)
{
    uint8_t *mark = tb_arena_alloc(tb_txn_arena(w->txn), w->cursor.size + 1);
    if (mark == NULL) {
        return TB_ERR_LIMIT;
    }
    mark[0] = w->dropped ? MARK_DROPPED : MARK_HELD;
    if (w->cursor.size > 0) {
        memcpy(mark + 1, w->cursor.data, w->cursor.size);
    }
    *out = tb_bytes_of(mark, w->cursor.size + 1);
    return TB_OK;
}

static tb_err find(tb_txn *txn, tb_bytes name, tb_local_quarantine *out)
{
    walk w = {.txn = txn};
    tb_err err;
    do {
        err = next_line(&w, &out->lines[0]);
    } while (err == TB_OK && !tb_bytes_equal(out->lines[0].notice, name));
    out->count = err == TB_OK ? 1 : 0;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_quarantine_list(tb_txn *txn, const tb_local_page *page, tb_local_answer *answer)
{
    size_t most = page->limit == 0 || page->limit > PAGE_MAX ? PAGE : page->limit;
    tb_local_quarantine *out = &answer->quarantine;
    out->lines = tb_arena_array(tb_txn_arena(txn), most, sizeof *out->lines);
    if (out->lines == NULL) {
        return TB_ERR_LIMIT;
    }
    answer->kind = TB_ANSWER_QUARANTINE;
    if (page->id.size > 0) {
        tb_err err = find(txn, page->id, out);
        answer->code = err == TB_OK && out->count == 0 ? TB_REFUSED_NOT_SET_ASIDE : TB_ACCEPTED;
        return err;
    }

    walk w = {.txn = txn};
    if (page->after.size > 0) {
        w.dropped = page->after.data[0] == MARK_DROPPED;
        w.cursor = tb_bytes_of(page->after.data + 1, page->after.size - 1);
        if (w.cursor.size > TB_KEY_BYTES_MAX) {
            answer->code = TB_REFUSED_REQUEST;
            return TB_OK;
        }
    }
    tb_err err = TB_OK;
    while (err == TB_OK && out->count < most) {
        err = next_line(&w, &out->lines[out->count]);
        out->count += err == TB_OK;
    }
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    return err == TB_OK ? mark_of(&w, &out->next) : err;
}

/* ---- deciding ---- */

typedef struct settling {
    tb_step step;
    const tb_local_request *request;
    tb_inbox_row row;
    tb_arrived_notice notice;
    tb_local_answer *answer;
} settling;

static tb_err tell(settling *s, tb_refusal code)
{
    static const tb_digest no_event;
    return tb_inbox_refuse(&s->step, &s->notice, code, &no_event, true);
}

static void settle_as(settling *s, tb_settlement outcome, tb_refusal code)
{
    s->answer->kind = TB_ANSWER_SETTLED;
    s->answer->settled = (tb_local_settled){s->request->settle.notice, outcome, code};
}

static tb_err remove_row(settling *s)
{
    return tb_quarantine_del(s->step.txn, &s->row.sender, &s->row.incarnation,
                             s->notice.header.notice);
}

static bool is_failed(const tb_inbox_place *failed, const tb_inbox_row *row)
{
    return failed->set && failed->number == row->number && failed->lane == row->lane &&
           tb_party_equal(&failed->sender, &row->sender) &&
           tb_incarnation_compare(&failed->incarnation, &row->incarnation) == 0;
}

/* The turn before this one was aborted by it: what is on disk is as it was. */
static tb_err count_failure(settling *s)
{
    s->answer->code = TB_REFUSED_CANNOT_APPLY;
    s->answer->detail = tb_bytes_str(tb_err_text(s->step.agent->retry_error));
    s->row.attempts++;
    return tb_quarantine_put(s->step.txn, s->notice.header.notice, &s->row);
}

static tb_err retry(settling *s)
{
    tb_agent *agent = s->step.agent;
    tb_inbox_place place = {true,        s->row.sender, s->row.incarnation,
                            s->row.lane, s->row.number, s->row.attempts};
    bool failed = is_failed(&agent->retry_failed, &s->row);
    agent->retry_failed.set = false;
    if (failed) {
        return count_failure(s);
    }
    size_t refused_before = agent->work == NULL ? 0 : agent->work->refusing_count;
    tb_err err = tb_inbox_apply(&s->step, &s->notice);
    if (err != TB_OK) {
        agent->retry_error = err;
        agent->retry_failed = place;
        agent->retry_failed.set = err != TB_ERR_FULL && err != TB_ERR_IO;
        return err;
    }

    err = remove_row(s);
    if (err != TB_OK) {
        return err;
    }
    if (agent->work != NULL && agent->work->refusing_count > refused_before) {
        const tb_refusing *last = &agent->work->refusing[agent->work->refusing_count - 1];
        settle_as(s, TB_SETTLED_REFUSED, last->line.code);
        return TB_OK;
    }
    settle_as(s, TB_SETTLED_APPLIED, TB_ACCEPTED);
    return tell(s, TB_REFUSED_APPLIED_LATER);
}

static tb_err drop(settling *s)
{
    tb_dropped_row row = {
        .sender = s->row.sender,
        .incarnation = s->row.incarnation,
        .notice = s->notice.header.notice,
        .lane = s->row.lane,
        .number = s->row.number,
        .attempts = s->row.attempts,
        .taken = s->row.at,
        .code = s->row.code,
        .at = s->step.now.real,
        .account = s->request->account,
        .reason = s->request->settle.reason,
        .header = s->row.header,
        .bytes = s->row.body.size,
    };
    tb_err err = tb_dropped_put(s->step.txn, &row);
    if (err == TB_OK) {
        err = remove_row(s);
    }
    if (err != TB_OK) {
        return err;
    }
    settle_as(s, TB_SETTLED_DROPPED, TB_REFUSED_DROPPED);
    return tell(s, TB_REFUSED_DROPPED);
}

/* The row and the notice it holds, or in the answer why there is none. */
static tb_err fetch(settling *s)
{
    tb_party sender;
    uint64_t counter;
    uint64_t notice;
    tb_err err = TB_ERR_NOT_FOUND;
    if (tb_notice_name_parse(s->request->settle.notice, &sender, &counter, &notice)) {
        err = tb_quarantine_find(s->step.txn, &sender, counter, notice, &s->row);
    }
    if (err == TB_ERR_NOT_FOUND) {
        s->answer->code = TB_REFUSED_NOT_SET_ASIDE;
        return TB_OK;
    }
    return err == TB_OK ? tb_inbox_notice(&s->step, &s->row, &s->notice) : err;
}

tb_err tb_quarantine_settle(tb_agent *agent,
                            tb_txn *txn,
                            tb_now now,
                            tb_random *random,
                            const tb_local_request *request,
                            tb_effects *effects,
                            tb_local_answer *answer)
{
    settling s = {.request = request, .answer = answer};
    bool may_sign = false;
    tb_err err = tb_link_may_sign(txn, &may_sign);
    if (err == TB_OK) {
        err = tb_step_make(agent, txn, now, random, effects, &s.step);
    }
    if (err == TB_OK) {
        err = fetch(&s);
    }
    if (err != TB_OK || answer->code != TB_ACCEPTED) {
        return err;
    }
    if (!may_sign) {
        answer->code = TB_REFUSED_NOT_LINKED;
        return TB_OK;
    }
    if (!request->settle.drop) {
        return retry(&s);
    }
    if (request->settle.reason.size == 0) {
        answer->code = TB_REFUSED_REASON_MISSING;
        return TB_OK;
    }
    return drop(&s);
}
