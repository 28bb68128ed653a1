/* rows_quarantine - QUARANTINE, and what is kept of what was dropped from it. */
#include "agents/rows_link_keys.h"

static void quarantine_key(tb_key *key,
                           const tb_party *sender,
                           const tb_incarnation *incarnation,
                           uint64_t notice)
{
    tb_key_begin(key);
    tb_key_party(key, sender);
    tb_key_incarnation(key, incarnation);
    tb_key_number(key, notice);
}

tb_err tb_quarantine_put(tb_txn *txn, uint64_t notice, const tb_inbox_row *row)
{
    tb_key key;
    tb_writer w;

    quarantine_key(&key, &row->sender, &row->incarnation, notice);
    tb_inbox_row_write(txn, row, &w);
    return tb_row_store(txn, TB_TABLE_QUARANTINE, tb_key_bytes(&key), &w);
}

tb_err tb_quarantine_get(tb_txn *txn,
                         const tb_party *sender,
                         const tb_incarnation *incarnation,
                         uint64_t notice,
                         tb_inbox_row *out)
{
    tb_key key;
    tb_bytes value;

    quarantine_key(&key, sender, incarnation, notice);
    tb_err err = tb_store_get(txn, TB_TABLE_QUARANTINE, tb_key_bytes(&key), &value);
    if (err != TB_OK) {
        return err;
    }

    return tb_inbox_row_read(txn, value, out);
}

tb_err tb_quarantine_del(tb_txn *txn,
                         const tb_party *sender,
                         const tb_incarnation *incarnation,
                         uint64_t notice)
{
    tb_key key;

    quarantine_key(&key, sender, incarnation, notice);
    return tb_store_del(txn, TB_TABLE_QUARANTINE, tb_key_bytes(&key));
}

/* The row behind the cursor that starts with prefix. */
static tb_err
after(tb_txn *txn, tb_table table, tb_bytes prefix, tb_bytes *cursor, tb_bytes *out_value)
{
    tb_bytes key;
    tb_err err = cursor->size == 0 ? tb_store_seek(txn, table, prefix, prefix, &key, out_value)
                                   : tb_store_next(txn, table, prefix, *cursor, &key, out_value);
    if (err == TB_OK) {
        *cursor = key;
    }
    return err;
}

tb_err tb_quarantine_next(tb_txn *txn, tb_bytes *cursor, uint64_t *out_notice, tb_inbox_row *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes value;
    tb_err err = after(txn, TB_TABLE_QUARANTINE, all, cursor, &value);
    if (err == TB_OK) {
        err = tb_inbox_row_read(txn, value, out);
    }
    if (err == TB_OK) {
        *out_notice = tb_key_last_number(*cursor);
    }
    return err;
}

tb_err tb_quarantine_find(
    tb_txn *txn, const tb_party *sender, uint64_t counter, uint64_t notice, tb_inbox_row *out)
{
    tb_key prefix;
    tb_bytes cursor = {NULL, 0};
    tb_bytes value;

    tb_key_begin(&prefix);
    tb_key_party(&prefix, sender);
    tb_key_number(&prefix, counter);
    for (;;) {
        tb_err err = after(txn, TB_TABLE_QUARANTINE, tb_key_bytes(&prefix), &cursor, &value);
        if (err != TB_OK || tb_key_last_number(cursor) == notice) {
            return err == TB_OK ? tb_inbox_row_read(txn, value, out) : err;
        }
    }
}

/* ---- dropped ---- */

tb_err tb_dropped_put(tb_txn *txn, const tb_dropped_row *row)
{
    tb_key key;
    tb_writer w;

    quarantine_key(&key, &row->sender, &row->incarnation, row->notice);
    tb_row_begin(&w, tb_txn_arena(txn),
                 64 + row->account.size + row->reason.size + row->header.size);
    tb_put_u8(&w, (uint8_t)row->lane);
    tb_put_u64(&w, row->number);
    tb_put_u32(&w, row->attempts);
    tb_put_i64(&w, row->taken);
    tb_put_u32(&w, (uint32_t)row->code);
    tb_put_i64(&w, row->at);
    tb_put_bytes(&w, row->account);
    tb_put_bytes(&w, row->reason);
    tb_put_bytes(&w, row->header);
    tb_put_u64(&w, row->bytes);
    return tb_row_store(txn, TB_TABLE_QUARANTINE_DROPPED, tb_key_bytes(&key), &w);
}

tb_err tb_dropped_next(tb_txn *txn, tb_bytes *cursor, tb_dropped_row *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes value;
    tb_reader r;
    tb_err err = after(txn, TB_TABLE_QUARANTINE_DROPPED, all, cursor, &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader_init(&r, *cursor);
    tb_dropped_row row = {.sender = tb_read_party(&r)};
    row.incarnation = tb_read_incarnation(&r);
    row.notice = tb_get_u64(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    tb_row_read(&r, value);
    row.lane = tb_read_lane(&r);
    row.number = tb_get_u64(&r);
    row.attempts = tb_get_u32(&r);
    row.taken = tb_get_i64(&r);
    uint32_t code = tb_get_u32(&r);
    row.at = tb_get_i64(&r);
    row.account = tb_get_bytes(&r);
    row.reason = tb_get_bytes(&r);
    row.header = tb_get_bytes(&r);
    row.bytes = tb_get_u64(&r);
    if (!tb_reader_done(&r) || !tb_refusal_known(code)) {
        return TB_ERR_CORRUPT;
    }
    row.code = (tb_refusal)code;
    *out = row;
    return TB_OK;
}
