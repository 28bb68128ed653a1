#include "agents/rows_automatic.h"

#include "base/pack.h"

#define ROW_FORM      1
#define KEY_BYTES_MAX (TB_CASE_ID_BYTES + TB_NAME_BYTES_MAX)
#define DUE_BYTES_MAX (1 + 8 + 2 * (TB_NAME_BYTES_MAX + 1) + KEY_BYTES_MAX)
#define PAIR_MAX      (2 * TB_NAME_BYTES_MAX + 1)

enum {
    BY_LOOK = 1,
    BY_ACTION = 2,
};

/* ---- keys ---- */

static tb_bytes key_of(uint8_t *buffer, const tb_case_id *id, tb_bytes action)
{
    tb_writer w;
    tb_writer_init(&w, buffer, KEY_BYTES_MAX);
    tb_put_raw(&w, id->bytes, TB_CASE_ID_BYTES);
    tb_put_raw(&w, action.data, action.size);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

static void put_dormant(tb_writer *w, tb_bytes campaign, tb_bytes action)
{
    tb_put_u8(w, BY_ACTION);
    tb_put_raw(w, campaign.data, campaign.size);
    tb_put_u8(w, 0);
    tb_put_raw(w, action.data, action.size);
    tb_put_u8(w, 0);
}

static tb_bytes due_key(uint8_t *buffer, const tb_automatic_row *row)
{
    tb_writer w;
    tb_writer_init(&w, buffer, DUE_BYTES_MAX);
    if (row->look != 0) {
        tb_put_u8(&w, BY_LOOK);
        tb_put_i64(&w, row->look);
    } else {
        put_dormant(&w, row->campaign, row->action);
    }
    tb_put_raw(&w, row->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_raw(&w, row->action.data, row->action.size);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

/* ---- rows ---- */

tb_err tb_automatic_decode(tb_bytes key, tb_bytes value, tb_automatic_row *out)
{
    tb_reader r;
    tb_automatic_row row;
    if (key.size <= TB_CASE_ID_BYTES || key.size > KEY_BYTES_MAX) {
        return TB_ERR_CORRUPT;
    }
    memcpy(row.case_id.bytes, key.data, TB_CASE_ID_BYTES);
    row.action = tb_bytes_of(key.data + TB_CASE_ID_BYTES, key.size - TB_CASE_ID_BYTES);
    tb_reader_init(&r, value);
    uint8_t form = tb_get_u8(&r);
    row.campaign = tb_get_bytes(&r);
    row.state = tb_get_bytes(&r);
    row.since = tb_get_i64(&r);
    row.due = tb_get_i64(&r);
    row.look = tb_get_i64(&r);
    if (!tb_reader_done(&r) || form != ROW_FORM || row.campaign.size > TB_NAME_BYTES_MAX) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

static tb_err get(tb_txn *txn, tb_bytes key, tb_automatic_row *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_AUTOMATIC, key, &value);
    return err == TB_OK ? tb_automatic_decode(key, value, out) : err;
}

static tb_err forget_due(tb_txn *txn, const tb_automatic_row *row)
{
    uint8_t buffer[DUE_BYTES_MAX];
    tb_err err = tb_store_del(txn, TB_TABLE_AUTOMATIC_DUE, due_key(buffer, row));
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

tb_err tb_automatic_put(tb_txn *txn, const tb_automatic_row *row)
{
    uint8_t key_buffer[KEY_BYTES_MAX];
    uint8_t due_buffer[DUE_BYTES_MAX];
    tb_bytes key = key_of(key_buffer, &row->case_id, row->action);
    tb_automatic_row old;
    tb_err err = get(txn, key, &old);
    if (err == TB_OK) {
        err = forget_due(txn, &old);
    } else if (err == TB_ERR_NOT_FOUND) {
        err = TB_OK;
    }
    tb_writer w;
    tb_bytes value;
    tb_writer_arena(&w, tb_txn_arena(txn), 48 + row->campaign.size + row->state.size);
    tb_put_u8(&w, ROW_FORM);
    tb_put_bytes(&w, row->campaign);
    tb_put_bytes(&w, row->state);
    tb_put_i64(&w, row->since);
    tb_put_i64(&w, row->due);
    tb_put_i64(&w, row->look);
    if (err == TB_OK) {
        err = tb_writer_bytes(&w, &value);
    }
    if (err == TB_OK) {
        err = tb_store_put(txn, TB_TABLE_AUTOMATIC, key, value);
    }
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_AUTOMATIC_DUE, due_key(due_buffer, row),
                                       tb_bytes_of(NULL, 0))
                        : err;
}

tb_err tb_automatic_del(tb_txn *txn, const tb_case_id *case_id, tb_bytes action)
{
    uint8_t buffer[KEY_BYTES_MAX];
    tb_bytes key = key_of(buffer, case_id, action);
    tb_automatic_row row;
    tb_err err = get(txn, key, &row);
    if (err == TB_OK) {
        err = forget_due(txn, &row);
    }
    return err == TB_OK ? tb_store_del(txn, TB_TABLE_AUTOMATIC, key) : err;
}

tb_err
tb_automatics_of(tb_txn *txn, const tb_case_id *case_id, tb_automatic_row **out, size_t *out_count)
{
    tb_bytes prefix = tb_bytes_of(case_id->bytes, TB_CASE_ID_BYTES);
    tb_bytes key;
    tb_bytes value;
    *out_count = 0;
    tb_err err = tb_store_seek(txn, TB_TABLE_AUTOMATIC, prefix, prefix, &key, &value);
    *out = err == TB_OK ? tb_arena_array(tb_txn_arena(txn), TB_ACTIONS_MAX, sizeof **out) : NULL;
    if (err == TB_OK && *out == NULL) {
        return TB_ERR_LIMIT;
    }
    while (err == TB_OK && *out_count < TB_ACTIONS_MAX) {
        err = tb_automatic_decode(key, value, &(*out)[*out_count]);
        if (err == TB_OK) {
            (*out_count)++;
            err = tb_store_next(txn, TB_TABLE_AUTOMATIC, prefix, key, &key, &value);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* What a row of AUTOMATIC_DUE leads to; skip: what stands before the case. */
static tb_err follow_due(tb_txn *txn, tb_bytes due, size_t skip, tb_automatic_row *out)
{
    if (due.size <= skip) {
        return TB_ERR_CORRUPT;
    }
    tb_err err = get(txn, tb_bytes_of(due.data + skip, due.size - skip), out);
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

tb_err tb_automatic_first(tb_txn *txn, tb_automatic_row *out)
{
    uint8_t walk = BY_LOOK;
    tb_bytes prefix = tb_bytes_of(&walk, 1);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_AUTOMATIC_DUE, prefix, prefix, &key, &value);
    return err == TB_OK ? follow_due(txn, key, 1 + 8, out) : err;
}

tb_err tb_automatic_dormant(tb_txn *txn, tb_bytes campaign, tb_bytes action, tb_automatic_row *out)
{
    uint8_t buffer[DUE_BYTES_MAX];
    tb_writer w;
    tb_bytes key;
    tb_bytes value;
    tb_writer_init(&w, buffer, sizeof buffer);
    put_dormant(&w, campaign, action);
    TB_ASSERT(!w.overflow);
    tb_bytes prefix = tb_bytes_of(buffer, w.size);
    tb_err err = tb_store_seek(txn, TB_TABLE_AUTOMATIC_DUE, prefix, prefix, &key, &value);
    return err == TB_OK ? follow_due(txn, key, prefix.size, out) : err;
}

/* ---- switches ---- */

static tb_bytes switch_key(uint8_t *buffer, tb_bytes campaign, tb_bytes action)
{
    tb_writer w;
    tb_writer_init(&w, buffer, PAIR_MAX);
    tb_put_raw(&w, campaign.data, campaign.size);
    tb_put_u8(&w, 0);
    tb_put_raw(&w, action.data, action.size);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

tb_err tb_switch_put(tb_txn *txn, const tb_switch_row *row)
{
    uint8_t buffer[PAIR_MAX];
    tb_writer w;
    tb_bytes value;
    tb_writer_arena(&w, tb_txn_arena(txn), 32 + row->account.size);
    tb_put_u8(&w, ROW_FORM);
    tb_put_u8(&w, row->on);
    tb_put_i64(&w, row->at);
    tb_put_bytes(&w, row->account);
    tb_err err = tb_writer_bytes(&w, &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_AUTOMATIC_SWITCH,
                                       switch_key(buffer, row->campaign, row->action), value)
                        : err;
}

static tb_err decode_switch(tb_bytes value, tb_switch_row *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    uint8_t form = tb_get_u8(&r);
    out->on = tb_get_u8(&r) != 0;
    out->at = tb_get_i64(&r);
    out->account = tb_get_bytes(&r);
    return tb_reader_done(&r) && form == ROW_FORM ? TB_OK : TB_ERR_CORRUPT;
}

tb_err tb_switch_on(tb_txn *txn, tb_bytes campaign, tb_bytes action, bool *out)
{
    uint8_t buffer[PAIR_MAX];
    tb_bytes value;
    tb_switch_row row = {.on = false};
    *out = false;
    tb_err err =
        tb_store_get(txn, TB_TABLE_AUTOMATIC_SWITCH, switch_key(buffer, campaign, action), &value);
    if (err == TB_OK) {
        err = decode_switch(value, &row);
        *out = row.on;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_switch_next(tb_txn *txn, tb_bytes *cursor, tb_switch_row *out)
{
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_bytes key;
    tb_bytes value;
    tb_switch_row row;
    tb_err err = cursor->size == 0
                     ? tb_store_seek(txn, TB_TABLE_AUTOMATIC_SWITCH, all, all, &key, &value)
                     : tb_store_next(txn, TB_TABLE_AUTOMATIC_SWITCH, all, *cursor, &key, &value);
    if (err != TB_OK) {
        return err;
    }
    const uint8_t *zero = memchr(key.data, 0, key.size);
    if (zero == NULL) {
        return TB_ERR_CORRUPT;
    }
    size_t size = (size_t)(zero - key.data);
    row.campaign = tb_bytes_of(key.data, size);
    row.action = tb_bytes_of(zero + 1, key.size - size - 1);
    err = decode_switch(value, &row);
    if (err == TB_OK) {
        *cursor = key;
        *out = row;
    }
    return err;
}
