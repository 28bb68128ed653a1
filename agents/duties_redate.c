/* duties_redate - a newer calendar: which open duties are due at another time by it.
 *
 * META `redating` is the version whose pass began last, and behind which DUTY_DUE key it goes on;
 * no key: the pass is over.
 */
#include "agents/campaign/duty.h"
#include "agents/duties.h"
#include "base/pack.h"

#define META_NAME     "redating"
#define VERSION_BYTES 4

/* Of the calendar here; out_cursor: where its pass goes on. *out_over: there is nothing to do. */
static tb_err get_pass(const tb_agent *agent, tb_txn *txn, tb_bytes *out_cursor, bool *out_over)
{
    tb_bytes value;
    *out_cursor = tb_bytes_of(NULL, 0);
    *out_over = agent->calendar == NULL;
    if (*out_over) {
        return TB_OK;
    }
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(META_NAME), &value);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_reader r;
    tb_reader_init(&r, value);
    uint32_t version = tb_get_u32(&r);
    if (value.size < VERSION_BYTES) {
        return TB_ERR_CORRUPT;
    }
    if (version == agent->calendar->version) {
        *out_cursor = tb_bytes_of(value.data + VERSION_BYTES, value.size - VERSION_BYTES);
        *out_over = out_cursor->size == 0;
    }
    return TB_OK;
}

static tb_err put_pass(tb_step *step, tb_bytes cursor)
{
    tb_writer w;
    tb_bytes value;
    tb_writer_arena(&w, step->arena, VERSION_BYTES + cursor.size);
    tb_put_u32(&w, step->agent->calendar->version);
    tb_put_raw(&w, cursor.data, cursor.size);
    tb_err err = tb_writer_bytes(&w, &value);
    return err == TB_OK ? tb_store_put(step->txn, TB_TABLE_META, tb_bytes_str(META_NAME), value)
                        : err;
}

tb_err tb_duties_redating(const tb_agent *agent, tb_txn *txn, bool *out)
{
    tb_bytes cursor;
    bool over;
    tb_err err = get_pass(agent, txn, &cursor, &over);
    *out = err == TB_OK && !over;
    return err;
}

static tb_err look_now(tb_step *step, tb_duty_row *duty)
{
    tb_case_row row;
    tb_err err = tb_case_load(step->agent, step->txn, &duty->key.case_id, &row);
    if (err != TB_OK || row.view.type == NULL || duty->state != TB_DUTY_OPEN) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err; /* told of when it is judged */
    }
    const tb_duty_def *def = tb_case_type_duty(row.view.type, duty->key.duty);
    if (def == NULL || tb_duty_redated(step->agent, def, duty) == duty->due) {
        return TB_OK;
    }
    duty->look = duty->look < step->now.civil ? duty->look : step->now.civil;
    return tb_duty_put(step->txn, duty);
}

tb_err tb_duties_redate(tb_step *step)
{
    tb_bytes cursor;
    bool over;
    tb_err err = get_pass(step->agent, step->txn, &cursor, &over);
    if (err != TB_OK || over) {
        return err;
    }
    for (unsigned i = 0; i < TB_REDATE_SLICE; i++) {
        tb_duty_row duty;
        tb_time at;
        err = tb_duty_next(step->txn, TB_DUTY_TO_JUDGE, &cursor, &at, &duty);
        if (err == TB_ERR_NOT_FOUND) {
            return put_pass(step, tb_bytes_of(NULL, 0));
        }
        if (err == TB_OK) {
            err = look_now(step, &duty);
        }
        if (err != TB_OK && err != TB_ERR_CORRUPT) { /* one that does not read: when it is judged */
            return err;
        }
    }
    return put_pass(step, cursor);
}
