#include "broker/rows_pack.h"
#include "broker/rows_stream.h"

static tb_err read_refused(tb_bytes key, tb_bytes value, tb_hub_refused *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    out->number = tb_row_key_number(key);
    out->by_hub = tb_get_u8(&r) != 0;
    out->at = tb_get_i64(&r);
    out->line = tb_get_bytes(&r);
    return tb_row_done(&r);
}

tb_err
tb_hub_refused_put(tb_txn *txn, const tb_stream *stream, const tb_hub_refused *row, bool *out_new)
{
    uint8_t buffer[TB_ROW_STREAM_NUMBER_BYTES];
    tb_bytes key = tb_row_stream_number(buffer, stream, row->number);
    tb_bytes held;
    tb_err err = tb_store_get(txn, TB_TABLE_HUB_REFUSED, key, &held);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }

    bool is_new = err == TB_ERR_NOT_FOUND;
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), 16 + row->line.size);
    tb_put_u8(&w, row->by_hub ? 1 : 0);
    tb_put_i64(&w, row->at);
    tb_put_bytes(&w, row->line);
    tb_bytes value;
    err = tb_writer_bytes(&w, &value);
    if (err != TB_OK) {
        return err;
    }

    err = tb_store_put(txn, TB_TABLE_HUB_REFUSED, key, value);
    if (err != TB_OK) {
        return err;
    }
    *out_new = is_new;
    return TB_OK;
}

tb_err
tb_hub_refused_get(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_hub_refused *out)
{
    uint8_t buffer[TB_ROW_STREAM_NUMBER_BYTES];
    tb_bytes key = tb_row_stream_number(buffer, stream, number);
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_HUB_REFUSED, key, &value);
    if (err != TB_OK) {
        return err;
    }

    return read_refused(key, value, out);
}

tb_err tb_hub_refused_del(tb_txn *txn, const tb_stream *stream, uint64_t number)
{
    uint8_t buffer[TB_ROW_STREAM_NUMBER_BYTES];
    return tb_store_del(txn, TB_TABLE_HUB_REFUSED, tb_row_stream_number(buffer, stream, number));
}

tb_err tb_hub_refused_at(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_hub_refused *out)
{
    uint8_t buffer[TB_ROW_STREAM_NUMBER_BYTES];
    tb_bytes start = tb_row_stream_number(buffer, stream, number);
    tb_bytes prefix = tb_bytes_of(buffer, TB_STREAM_KEY_BYTES);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_HUB_REFUSED, prefix, start, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    return read_refused(key, value, out);
}

tb_err tb_hub_refused_of(tb_txn *txn, const tb_party *sender, tb_bytes *cursor, tb_hub_refused *out)
{
    tb_bytes prefix = tb_bytes_of(sender->text, TB_PARTY_BYTES);
    tb_bytes key;
    tb_bytes value;
    tb_err err = cursor->size == 0
                     ? tb_store_seek(txn, TB_TABLE_HUB_REFUSED, prefix, prefix, &key, &value)
                     : tb_store_next(txn, TB_TABLE_HUB_REFUSED, prefix, *cursor, &key, &value);
    if (err != TB_OK) {
        return err;
    }
    if (key.size != TB_HUB_REFUSED_KEY_BYTES) {
        return TB_ERR_NOT_FOUND; /* no row of ours, and no place to go on behind */
    }

    *cursor = key;
    return read_refused(key, value, out);
}

tb_err
tb_hub_refused_walk(tb_txn *txn, tb_bytes *cursor, tb_stream *out_stream, tb_hub_refused *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes value;
    tb_err err = cursor->size == 0
                     ? tb_store_seek(txn, TB_TABLE_HUB_REFUSED, all, all, cursor, &value)
                     : tb_store_next(txn, TB_TABLE_HUB_REFUSED, all, *cursor, cursor, &value);
    if (err != TB_OK) {
        return err;
    }
    if (cursor->size != TB_ROW_STREAM_NUMBER_BYTES) {
        return TB_ERR_CORRUPT;
    }

    err = tb_stream_key_read(tb_bytes_of(cursor->data, TB_STREAM_KEY_BYTES), out_stream);
    return err == TB_OK ? read_refused(*cursor, value, out) : err;
}
