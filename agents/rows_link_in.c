/* rows_link_in - INBOX: notices that were taken and not yet applied. */
#include "agents/rows_link_keys.h"

static void inbox_key(tb_key *key, const tb_inbox_row *row)
{
    tb_key_begin(key);
    tb_key_party(key, &row->sender);
    tb_key_incarnation(key, &row->incarnation);
    tb_key_lane(key, row->lane);
    tb_key_number(key, row->number);
}

void tb_inbox_row_write(tb_txn *txn, const tb_inbox_row *row, tb_writer *w)
{
    tb_row_begin(w, tb_txn_arena(txn),
                 TB_ROOT_ROW_BYTES + 128 + row->header.size + row->body.size +
                     row->path_count * TB_DIGEST_BYTES);
    tb_put_raw(w, row->sender.text, TB_PARTY_BYTES);
    tb_put_u64(w, row->incarnation.counter);
    tb_put_raw(w, row->incarnation.random, sizeof row->incarnation.random);
    tb_put_u8(w, (uint8_t)row->lane);
    tb_put_u64(w, row->number);
    tb_put_u32(w, row->attempts);
    tb_put_i64(w, row->at);
    tb_put_u32(w, (uint32_t)row->code);
    tb_put_bytes(w, row->header);
    tb_put_bytes(w, row->body);
    tb_put_root(w, &row->root);
    tb_put_u32(w, row->index);
    tb_put_digests(w, row->path, row->path_count);
}

tb_err tb_inbox_row_read(tb_txn *txn, tb_bytes value, tb_inbox_row *out)
{
    tb_reader r;

    tb_row_read(&r, value);
    tb_inbox_row row = {.sender = tb_read_party(&r)};
    row.incarnation = tb_read_incarnation(&r);
    row.lane = tb_read_lane(&r);
    row.number = tb_get_u64(&r);
    row.attempts = tb_get_u32(&r);
    row.at = tb_get_i64(&r);
    uint32_t code = tb_get_u32(&r);
    row.header = tb_get_bytes(&r);
    row.body = tb_get_bytes(&r);
    row.root = tb_read_root(&r);
    row.index = tb_get_u32(&r);
    tb_err err = tb_read_digests(&r, TB_PATH_MAX, tb_txn_arena(txn), &row.path, &row.path_count);
    if (err != TB_OK) {
        return err;
    }

    if (!tb_reader_done(&r) || !tb_refusal_known(code)) {
        return TB_ERR_CORRUPT;
    }
    row.code = (tb_refusal)code;
    *out = row;
    return TB_OK;
}

tb_err tb_inbox_put(tb_txn *txn, const tb_inbox_row *row)
{
    tb_key key;
    tb_writer w;

    inbox_key(&key, row);
    tb_inbox_row_write(txn, row, &w);
    return tb_row_store(txn, TB_TABLE_INBOX, tb_key_bytes(&key), &w);
}

tb_err tb_inbox_del(tb_txn *txn, const tb_inbox_row *row)
{
    tb_key key;

    inbox_key(&key, row);
    return tb_store_del(txn, TB_TABLE_INBOX, tb_key_bytes(&key));
}

tb_err tb_inbox_first(tb_txn *txn, tb_inbox_row *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_INBOX, all, all, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    return tb_inbox_row_read(txn, value, out);
}

tb_err tb_inbox_drop_first(tb_txn *txn)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_INBOX, all, all, &key, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }

    return tb_store_del(txn, TB_TABLE_INBOX, key);
}

tb_err tb_inbox_waits(tb_txn *txn, const tb_stream *stream, bool *out)
{
    tb_key prefix;
    tb_bytes key;
    tb_bytes value;

    tb_key_begin(&prefix);
    tb_key_party(&prefix, &stream->sender);
    tb_key_incarnation(&prefix, &stream->incarnation);
    tb_key_lane(&prefix, stream->lane);
    tb_err err = tb_store_seek(txn, TB_TABLE_INBOX, tb_key_bytes(&prefix), tb_key_bytes(&prefix),
                               &key, &value);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }

    *out = err == TB_OK;
    return TB_OK;
}
