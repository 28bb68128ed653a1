#include "agents/rows_link.h"

#include "agents/rows_link_keys.h"

/* ---- META ---- */

tb_err tb_meta_number(tb_txn *txn, const char *name, uint64_t *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(name), &value);
    if (err == TB_ERR_NOT_FOUND) {
        *out = 0;
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, value);
    uint64_t number = tb_get_u64(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = number;
    return TB_OK;
}

tb_err tb_meta_number_put(tb_txn *txn, const char *name, uint64_t value)
{
    uint8_t buffer[8];
    tb_writer w;

    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u64(&w, value);
    return tb_store_put(txn, TB_TABLE_META, tb_bytes_str(name), tb_bytes_of(buffer, sizeof buffer));
}

tb_err tb_meta_incarnation(tb_txn *txn, tb_incarnation *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str("incarnation"), &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, value);
    tb_incarnation incarnation = tb_read_incarnation(&r);
    if (!tb_reader_done(&r) || incarnation.counter == 0) {
        return TB_ERR_CORRUPT;
    }
    *out = incarnation;
    return TB_OK;
}

tb_err tb_meta_incarnation_put(tb_txn *txn, const tb_incarnation *incarnation)
{
    tb_key value;

    tb_key_begin(&value);
    tb_key_incarnation(&value, incarnation);
    return tb_store_put(txn, TB_TABLE_META, tb_bytes_str("incarnation"), tb_key_bytes(&value));
}

tb_err tb_link_get(tb_txn *txn, tb_link_row *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str("link"), &value);
    if (err == TB_ERR_NOT_FOUND) {
        *out = (tb_link_row){.state = TB_LINK_DOWN, .fence = TB_ACCEPTED};
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_row_read(&r, value);
    uint8_t state = tb_get_u8(&r);
    uint32_t fence = tb_get_u32(&r);
    tb_time since = tb_get_i64(&r);
    if (!tb_reader_done(&r) || state > TB_LINK_CONFIRMED || !tb_refusal_known(fence)) {
        return TB_ERR_CORRUPT;
    }
    *out = (tb_link_row){(tb_link_state)state, (tb_refusal)fence, since};
    return TB_OK;
}

tb_err tb_link_put(tb_txn *txn, const tb_link_row *row)
{
    tb_writer w;

    tb_row_begin(&w, tb_txn_arena(txn), 1 + 4 + 8);
    tb_put_u8(&w, (uint8_t)row->state);
    tb_put_u32(&w, (uint32_t)row->fence);
    tb_put_i64(&w, row->since);
    return tb_row_store(txn, TB_TABLE_META, tb_bytes_str("link"), &w);
}

/* "closed", then the party: one META row while the share is used up. */
static void closed_key(tb_key *key, const tb_party *recipient)
{
    tb_key_begin(key);
    tb_put_raw(&key->w, "closed ", 7);
    tb_key_party(key, recipient);
}

tb_err tb_closed_get(tb_txn *txn, const tb_party *recipient, bool *out)
{
    tb_key key;
    tb_bytes value;

    closed_key(&key, recipient);
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_key_bytes(&key), &value);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }

    *out = err == TB_OK;
    return TB_OK;
}

tb_err tb_closed_put(tb_txn *txn, const tb_party *recipient, bool closed)
{
    tb_key key;

    closed_key(&key, recipient);
    if (closed) {
        return tb_store_put(txn, TB_TABLE_META, tb_key_bytes(&key), tb_bytes_str("1"));
    }
    tb_err err = tb_store_del(txn, TB_TABLE_META, tb_key_bytes(&key));
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_closed_clear(tb_txn *txn)
{
    tb_bytes prefix = tb_bytes_str("closed ");
    tb_bytes key;
    tb_bytes value;
    tb_err err = TB_OK;

    while (err == TB_OK) {
        err = tb_store_seek(txn, TB_TABLE_META, prefix, prefix, &key, &value);
        if (err == TB_OK) {
            err = tb_store_del(txn, TB_TABLE_META, key);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- STREAM_IN ---- */

static void stream_in_key(tb_key *key, const tb_stream *stream)
{
    tb_key_begin(key);
    tb_key_party(key, &stream->sender);
    tb_key_incarnation(key, &stream->incarnation);
    tb_key_lane(key, stream->lane);
}

static tb_err stream_in_decode(tb_bytes value, tb_stream_in_row *out)
{
    tb_reader r;
    tb_stream_in_row row;

    tb_row_read(&r, value);
    row.number = tb_get_u64(&r);
    row.digest = tb_read_digest(&r);
    row.line = tb_get_bytes(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_stream_in_get(tb_txn *txn, const tb_stream *stream, tb_stream_in_row *out)
{
    tb_key key;
    tb_bytes value;

    stream_in_key(&key, stream);
    tb_err err = tb_store_get(txn, TB_TABLE_STREAM_IN, tb_key_bytes(&key), &value);
    if (err != TB_OK) {
        return err;
    }

    return stream_in_decode(value, out);
}

tb_err tb_stream_in_put(tb_txn *txn, const tb_stream *stream, const tb_stream_in_row *row)
{
    tb_key key;
    tb_writer w;

    stream_in_key(&key, stream);
    tb_row_begin(&w, tb_txn_arena(txn), 8 + TB_DIGEST_BYTES + 4 + row->line.size);
    tb_put_u64(&w, row->number);
    tb_put_raw(&w, row->digest.bytes, TB_DIGEST_BYTES);
    tb_put_bytes(&w, row->line);
    return tb_row_store(txn, TB_TABLE_STREAM_IN, tb_key_bytes(&key), &w);
}

tb_err tb_stream_in_next(tb_txn *txn,
                         const tb_party *self,
                         tb_bytes *cursor,
                         tb_stream *out_stream,
                         tb_stream_in_row *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = cursor->size == 0
                     ? tb_store_seek(txn, TB_TABLE_STREAM_IN, all, all, &key, &value)
                     : tb_store_next(txn, TB_TABLE_STREAM_IN, all, *cursor, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, key);
    tb_stream stream = {.recipient = *self};
    stream.sender = tb_read_party(&r);
    stream.incarnation = tb_read_incarnation(&r);
    stream.lane = tb_read_lane(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    err = stream_in_decode(value, out);
    if (err != TB_OK) {
        return err;
    }

    *cursor = key;
    *out_stream = stream;
    return TB_OK;
}
