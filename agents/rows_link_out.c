/* rows_link_out - STREAM_OUT, OUTBOX, OUTBOX_BODY and OUTBOX_DUE. */
#include "agents/rows_link_keys.h"

#define FLIGHT_BYTES (8 + 4 + TB_DIGEST_BYTES)
#define SHARED_MAX   TB_GROUP_ITEMS_MAX

static void stream_key(tb_key *key, const tb_stream *stream)
{
    tb_key_begin(key);
    tb_key_incarnation(key, &stream->incarnation);
    tb_key_party(key, &stream->recipient);
    tb_key_lane(key, stream->lane);
}

/* ---- STREAM_OUT and OUTBOX_DUE ---- */

static tb_err stream_out_decode(tb_bytes value, tb_stream_out_row *out)
{
    tb_reader r;

    tb_row_read(&r, value);
    out->number = tb_get_u64(&r);
    out->digest = tb_read_digest(&r);
    out->submitted = tb_get_u64(&r);
    out->stored = tb_get_u64(&r);
    out->arrived = tb_get_u64(&r);
    out->arrived_line = tb_get_bytes(&r);
    out->refused = tb_get_u64(&r);
    out->active = tb_get_i64(&r);
    out->rewound = tb_get_i64(&r);
    out->due = tb_get_i64(&r);
    out->flight_count = tb_get_u8(&r);
    if (r.failed || out->flight_count > TB_FLIGHTS_MAX) {
        return TB_ERR_CORRUPT;
    }
    for (size_t i = 0; i < out->flight_count; i++) {
        out->flights[i].to = tb_get_u64(&r);
        out->flights[i].bytes = tb_get_u32(&r);
        out->flights[i].digest = tb_read_digest(&r);
    }
    return tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

tb_err tb_stream_out_get(tb_txn *txn, const tb_stream *stream, tb_stream_out_row *out)
{
    tb_key key;
    tb_bytes value;

    stream_key(&key, stream);
    tb_err err = tb_store_get(txn, TB_TABLE_STREAM_OUT, tb_key_bytes(&key), &value);
    if (err != TB_OK) {
        return err;
    }

    return stream_out_decode(value, out);
}

static void due_key(tb_key *key, tb_time due, const tb_stream *stream)
{
    tb_key_begin(key);
    tb_key_number(key, (uint64_t)due);
    tb_key_incarnation(key, &stream->incarnation);
    tb_key_party(key, &stream->recipient);
    tb_key_lane(key, stream->lane);
}

static tb_err due_move(tb_txn *txn, const tb_stream *stream, tb_time from, tb_time to)
{
    tb_key key;

    if (from > 0) {
        due_key(&key, from, stream);
        tb_err err = tb_store_del(txn, TB_TABLE_OUTBOX_DUE, tb_key_bytes(&key));
        if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    if (to <= 0) {
        return TB_OK;
    }
    due_key(&key, to, stream);
    return tb_store_put(txn, TB_TABLE_OUTBOX_DUE, tb_key_bytes(&key), tb_bytes_of(NULL, 0));
}

tb_err tb_stream_out_put(tb_txn *txn,
                         const tb_stream *stream,
                         tb_time kept_due,
                         const tb_stream_out_row *row)
{
    TB_ASSERT(row->flight_count <= TB_FLIGHTS_MAX);
    tb_key key;
    tb_writer w;

    if (kept_due != row->due) {
        tb_err err = due_move(txn, stream, kept_due, row->due);
        if (err != TB_OK) {
            return err;
        }
    }
    stream_key(&key, stream);
    tb_row_begin(&w, tb_txn_arena(txn),
                 128 + row->arrived_line.size + row->flight_count * FLIGHT_BYTES);
    tb_put_u64(&w, row->number);
    tb_put_raw(&w, row->digest.bytes, TB_DIGEST_BYTES);
    tb_put_u64(&w, row->submitted);
    tb_put_u64(&w, row->stored);
    tb_put_u64(&w, row->arrived);
    tb_put_bytes(&w, row->arrived_line);
    tb_put_u64(&w, row->refused);
    tb_put_i64(&w, row->active);
    tb_put_i64(&w, row->rewound);
    tb_put_i64(&w, row->due);
    tb_put_u8(&w, (uint8_t)row->flight_count);
    for (size_t i = 0; i < row->flight_count; i++) {
        tb_put_u64(&w, row->flights[i].to);
        tb_put_u32(&w, row->flights[i].bytes);
        tb_put_raw(&w, row->flights[i].digest.bytes, TB_DIGEST_BYTES);
    }
    return tb_row_store(txn, TB_TABLE_STREAM_OUT, tb_key_bytes(&key), &w);
}

tb_err
tb_stream_out_next(tb_txn *txn, tb_bytes *cursor, tb_stream *out_stream, tb_stream_out_row *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = cursor->size == 0
                     ? tb_store_seek(txn, TB_TABLE_STREAM_OUT, all, all, &key, &value)
                     : tb_store_next(txn, TB_TABLE_STREAM_OUT, all, *cursor, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, key);
    tb_stream stream = {.lane = TB_LANE_NORMAL};
    stream.incarnation = tb_read_incarnation(&r);
    stream.recipient = tb_read_party(&r);
    stream.lane = tb_read_lane(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    err = stream_out_decode(value, out);
    if (err != TB_OK) {
        return err;
    }

    *cursor = key;
    *out_stream = stream;
    return TB_OK;
}

tb_err tb_outbox_due_first(tb_txn *txn, tb_time *out_due, tb_stream *out_stream)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_OUTBOX_DUE, all, all, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, key);
    tb_time due = (tb_time)tb_get_u64(&r);
    tb_stream stream = {.lane = TB_LANE_NORMAL};
    stream.incarnation = tb_read_incarnation(&r);
    stream.recipient = tb_read_party(&r);
    stream.lane = tb_read_lane(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out_due = due;
    *out_stream = stream;
    return TB_OK;
}

tb_err tb_outbox_due_drop(tb_txn *txn, const tb_stream *stream, tb_time due)
{
    return due_move(txn, stream, due, 0);
}

/* ---- OUTBOX, OUTBOX_GROUP ---- */

/* Schema version 1 had the group in its row. */
#define FORM_GROUP_WITHIN 1
#define FORM_GROUP_APART  2

static void outbox_key(tb_key *key, const tb_stream *stream, uint64_t from)
{
    stream_key(key, stream);
    tb_key_number(key, from);
}

tb_err tb_outbox_put(tb_txn *txn, const tb_stream *stream, const tb_outbox_row *row)
{
    TB_ASSERT(row->from > 0 && row->from <= row->to && row->shared_count <= SHARED_MAX);
    tb_key key;
    tb_writer w;

    outbox_key(&key, stream, row->from);
    tb_writer_arena(&w, tb_txn_arena(txn), 80 + row->shared_count * 8);
    tb_put_u8(&w, FORM_GROUP_APART);
    tb_put_u64(&w, row->to);
    tb_put_raw(&w, row->digest.bytes, TB_DIGEST_BYTES);
    tb_put_u32(&w, row->bytes);
    tb_put_i64(&w, row->made);
    tb_put_u16(&w, (uint16_t)row->shared_count);
    for (size_t i = 0; i < row->shared_count; i++) {
        tb_put_u64(&w, row->shared[i]);
    }
    tb_err err = tb_row_store(txn, TB_TABLE_OUTBOX, tb_key_bytes(&key), &w);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_OUTBOX_GROUP, tb_key_bytes(&key), row->group)
                        : err;
}

tb_err tb_outbox_del(tb_txn *txn, const tb_stream *stream, uint64_t from)
{
    tb_key key;

    outbox_key(&key, stream, from);
    tb_err err = tb_store_del(txn, TB_TABLE_OUTBOX, tb_key_bytes(&key));
    if (err == TB_OK) {
        err = tb_store_del(txn, TB_TABLE_OUTBOX_GROUP, tb_key_bytes(&key));
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err
tb_outbox_group(tb_txn *txn, const tb_stream *stream, const tb_outbox_row *row, tb_bytes *out)
{
    tb_key key;

    if (row->group.size > 0) {
        *out = row->group;
        return TB_OK;
    }
    outbox_key(&key, stream, row->from);
    tb_err err = tb_store_get(txn, TB_TABLE_OUTBOX_GROUP, tb_key_bytes(&key), out);
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

static tb_err outbox_decode(tb_bytes key, tb_bytes value, tb_arena *arena, tb_outbox_row *out)
{
    tb_reader r;
    tb_outbox_row row = {.from = tb_key_last_number(key)};

    tb_reader_init(&r, value);
    uint8_t form = tb_get_u8(&r);
    row.to = tb_get_u64(&r);
    row.digest = tb_read_digest(&r);
    row.bytes = tb_get_u32(&r);
    row.made = tb_get_i64(&r);
    row.shared_count = tb_get_u16(&r);
    if (r.failed || row.shared_count > SHARED_MAX || row.from == 0 || row.to < row.from) {
        return TB_ERR_CORRUPT;
    }
    if (row.shared_count > 0) {
        row.shared = tb_arena_array(arena, row.shared_count, sizeof *row.shared);
        if (row.shared == NULL) {
            return TB_ERR_LIMIT;
        }
    }
    for (size_t i = 0; i < row.shared_count; i++) {
        row.shared[i] = tb_get_u64(&r);
    }
    if (form == FORM_GROUP_WITHIN) {
        row.group = tb_get_bytes(&r);
    }
    if (!tb_reader_done(&r) || form < FORM_GROUP_WITHIN || form > FORM_GROUP_APART) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_outbox_after(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_outbox_row *out)
{
    tb_key prefix;
    tb_key from;
    tb_bytes key;
    tb_bytes value;

    stream_key(&prefix, stream);
    outbox_key(&from, stream, number + 1);
    tb_err err = tb_store_seek(txn, TB_TABLE_OUTBOX, tb_key_bytes(&prefix), tb_key_bytes(&from),
                               &key, &value);
    if (err != TB_OK) {
        return err;
    }

    return outbox_decode(key, value, tb_txn_arena(txn), out);
}

tb_err tb_outbox_holding(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_outbox_row *out)
{
    tb_key prefix;
    tb_key upto;
    tb_bytes key;
    tb_bytes value;
    tb_outbox_row row;

    stream_key(&prefix, stream);
    outbox_key(&upto, stream, number);
    tb_err err = tb_store_last(txn, TB_TABLE_OUTBOX, tb_key_bytes(&prefix), tb_key_bytes(&upto),
                               &key, &value);
    if (err != TB_OK) {
        return err;
    }
    err = outbox_decode(key, value, tb_txn_arena(txn), &row);
    if (err != TB_OK) {
        return err;
    }

    if (number < row.from || number > row.to) {
        return TB_ERR_NOT_FOUND;
    }
    *out = row;
    return TB_OK;
}

/* ---- OUTBOX_BODY ---- */

static void body_key(tb_key *key, const tb_incarnation *incarnation, uint64_t notice)
{
    tb_key_begin(key);
    tb_key_incarnation(key, incarnation);
    tb_key_number(key, notice);
}

tb_err tb_outbox_body_put(
    tb_txn *txn, const tb_incarnation *incarnation, uint64_t notice, uint32_t uses, tb_bytes body)
{
    tb_key key;
    tb_writer w;

    body_key(&key, incarnation, notice);
    tb_row_begin(&w, tb_txn_arena(txn), 8 + body.size);
    tb_put_u32(&w, uses);
    tb_put_bytes(&w, body);
    return tb_row_store(txn, TB_TABLE_OUTBOX_BODY, tb_key_bytes(&key), &w);
}

static tb_err body_read(tb_txn *txn,
                        const tb_incarnation *incarnation,
                        uint64_t notice,
                        uint32_t *out_uses,
                        tb_bytes *out)
{
    tb_key key;
    tb_bytes value;

    body_key(&key, incarnation, notice);
    tb_err err = tb_store_get(txn, TB_TABLE_OUTBOX_BODY, tb_key_bytes(&key), &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_row_read(&r, value);
    uint32_t uses = tb_get_u32(&r);
    tb_bytes body = tb_get_bytes(&r);
    if (!tb_reader_done(&r) || uses == 0) {
        return TB_ERR_CORRUPT;
    }
    *out_uses = uses;
    *out = body;
    return TB_OK;
}

tb_err
tb_outbox_body_get(tb_txn *txn, const tb_incarnation *incarnation, uint64_t notice, tb_bytes *out)
{
    uint32_t uses = 0;

    return body_read(txn, incarnation, notice, &uses, out);
}

tb_err tb_outbox_body_drop(tb_txn *txn, const tb_incarnation *incarnation, uint64_t notice)
{
    uint32_t uses = 0;
    tb_bytes body;
    tb_err err = body_read(txn, incarnation, notice, &uses, &body);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }

    if (uses > 1) {
        return tb_outbox_body_put(txn, incarnation, notice, uses - 1, body);
    }
    tb_key key;
    body_key(&key, incarnation, notice);
    return tb_store_del(txn, TB_TABLE_OUTBOX_BODY, tb_key_bytes(&key));
}
