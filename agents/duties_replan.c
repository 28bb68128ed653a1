/* duties_replan - a newer calendar, or other office hours: what is said of duties next, and when, is
 * planned anew, so that nothing planned before is said at a time that does not hold any more.
 *
 * META `redating` is the version of the calendar whose pass began last, and behind which DUTY_DUE
 * key it goes on; no key: the pass is over. Other office hours put a version there that no calendar
 * has, and so begin a pass.
 */
#include "agents/campaign/duty.h"
#include "agents/duties.h"
#include "base/pack.h"

#define META_NAME     "redating"
#define VERSION_BYTES 4
#define TO_BEGIN      UINT32_MAX

static uint32_t version_here(const tb_agent *agent)
{
    return agent->calendar != NULL ? agent->calendar->version : 0;
}

/* out_cursor: where the pass goes on. *out_over: there is nothing to do. */
static tb_err get_pass(const tb_agent *agent, tb_txn *txn, tb_bytes *out_cursor, bool *out_over)
{
    tb_bytes value;
    *out_cursor = tb_bytes_of(NULL, 0);
    *out_over = false;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(META_NAME), &value);
    if (err != TB_OK) {
        *out_over = agent->calendar == NULL; /* nothing was ever planned by another */
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_reader r;
    tb_reader_init(&r, value);
    uint32_t version = tb_get_u32(&r);
    if (value.size < VERSION_BYTES) {
        return TB_ERR_CORRUPT;
    }
    if (version == version_here(agent)) {
        *out_cursor = tb_bytes_of(value.data + VERSION_BYTES, value.size - VERSION_BYTES);
        *out_over = out_cursor->size == 0;
    }
    return TB_OK;
}

static tb_err put_pass(tb_txn *txn, uint32_t version, tb_bytes cursor)
{
    tb_writer w;
    tb_bytes value;
    tb_writer_arena(&w, tb_txn_arena(txn), VERSION_BYTES + cursor.size);
    tb_put_u32(&w, version);
    tb_put_raw(&w, cursor.data, cursor.size);
    tb_err err = tb_writer_bytes(&w, &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_META, tb_bytes_str(META_NAME), value) : err;
}

tb_err tb_duties_replan_all(tb_txn *txn)
{
    return put_pass(txn, TO_BEGIN, tb_bytes_of(NULL, 0));
}

tb_err tb_duties_replanning(const tb_agent *agent, tb_txn *txn, bool *out)
{
    tb_bytes cursor;
    bool over;
    tb_err err = get_pass(agent, txn, &cursor, &over);
    *out = err == TB_OK && !over;
    return err;
}

static tb_err plan_anew(tb_step *step, tb_duty_row *duty)
{
    tb_case_row row;
    tb_time look = duty->look;
    tb_err err = tb_case_load(step->agent, step->txn, &duty->key.case_id, &row);
    if (err != TB_OK || row.view.type == NULL) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err; /* told of when it is judged */
    }
    err = tb_duty_plan(step->agent, step->txn, &row, duty);
    return err == TB_OK && duty->look != look ? tb_duty_put(step->txn, duty) : err;
}

tb_err tb_duties_replan(tb_step *step)
{
    tb_bytes cursor;
    bool over;
    tb_err err = get_pass(step->agent, step->txn, &cursor, &over);
    if (err != TB_OK || over) {
        return err;
    }
    for (unsigned i = 0; i < TB_REPLAN_SLICE; i++) {
        tb_duty_row duty;
        tb_time at;
        err = tb_duty_next(step->txn, TB_DUTY_TO_JUDGE, &cursor, &at, &duty);
        if (err == TB_ERR_NOT_FOUND) {
            return put_pass(step->txn, version_here(step->agent), tb_bytes_of(NULL, 0));
        }
        if (err == TB_OK) {
            err = plan_anew(step, &duty);
        }
        if (err != TB_OK && err != TB_ERR_CORRUPT) { /* one that does not read: when it is judged */
            return err;
        }
    }
    return put_pass(step->txn, version_here(step->agent), cursor);
}
