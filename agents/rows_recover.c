#include "agents/rows_recover.h"

#include "agents/rows_link_keys.h"

static tb_err first_or_next(tb_txn *txn,
                            tb_table table,
                            tb_bytes prefix,
                            tb_bytes cursor,
                            tb_bytes *out_key,
                            tb_bytes *out_value)
{
    return cursor.size == 0 ? tb_store_seek(txn, table, prefix, prefix, out_key, out_value)
                            : tb_store_next(txn, table, prefix, cursor, out_key, out_value);
}

/* ---- META "recovery" ---- */

tb_err tb_recovery_get(tb_txn *txn, tb_recovery_row *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str("recovery"), &value);
    if (err == TB_ERR_NOT_FOUND) {
        *out = (tb_recovery_row){.state = TB_RECOVERY_NONE};
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_row_read(&r, value);
    uint8_t state = tb_get_u8(&r);
    tb_recovery_row row = {.state = (tb_recovery_state)state};
    row.old = tb_read_incarnation(&r);
    row.started = tb_get_i64(&r);
    row.ended = tb_get_i64(&r);
    row.due = tb_get_i64(&r);
    row.account = tb_get_bytes(&r);
    row.reason = tb_get_bytes(&r);
    if (!tb_reader_done(&r) || state > TB_RECOVERY_ENDED) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_recovery_put(tb_txn *txn, const tb_recovery_row *row)
{
    tb_writer w;

    tb_row_begin(&w, tb_txn_arena(txn), 64 + row->account.size + row->reason.size);
    tb_put_u8(&w, (uint8_t)row->state);
    tb_put_u64(&w, row->old.counter);
    tb_put_raw(&w, row->old.random, sizeof row->old.random);
    tb_put_i64(&w, row->started);
    tb_put_i64(&w, row->ended);
    tb_put_i64(&w, row->due);
    tb_put_bytes(&w, row->account);
    tb_put_bytes(&w, row->reason);
    return tb_row_store(txn, TB_TABLE_META, tb_bytes_str("recovery"), &w);
}

/* ---- LOST ---- */

static void lost_key(tb_key *key, const tb_party *self, const tb_stream *stream)
{
    bool in = tb_party_equal(&stream->recipient, self);

    tb_key_begin(key);
    tb_key_party(key, in ? &stream->sender : &stream->recipient);
    tb_put_u8(&key->w, in ? 1 : 0);
    tb_key_incarnation(key, &stream->incarnation);
    tb_key_lane(key, stream->lane);
}

static tb_err lost_decode(tb_bytes value, tb_lost_row *out)
{
    tb_reader r;
    tb_lost_row row;

    tb_row_read(&r, value);
    row.have = tb_get_u64(&r);
    row.have_digest = tb_read_digest(&r);
    row.base = tb_get_u64(&r);
    row.base_digest = tb_read_digest(&r);
    row.arrived = tb_get_u64(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_lost_get(tb_txn *txn, const tb_party *self, const tb_stream *stream, tb_lost_row *out)
{
    tb_key key;
    tb_bytes value;

    lost_key(&key, self, stream);
    tb_err err = tb_store_get(txn, TB_TABLE_LOST, tb_key_bytes(&key), &value);
    return err == TB_OK ? lost_decode(value, out) : err;
}

tb_err
tb_lost_put(tb_txn *txn, const tb_party *self, const tb_stream *stream, const tb_lost_row *row)
{
    tb_key key;
    tb_writer w;

    lost_key(&key, self, stream);
    tb_row_begin(&w, tb_txn_arena(txn), 3 * 8 + 2 * TB_DIGEST_BYTES);
    tb_put_u64(&w, row->have);
    tb_put_raw(&w, row->have_digest.bytes, TB_DIGEST_BYTES);
    tb_put_u64(&w, row->base);
    tb_put_raw(&w, row->base_digest.bytes, TB_DIGEST_BYTES);
    tb_put_u64(&w, row->arrived);
    return tb_row_store(txn, TB_TABLE_LOST, tb_key_bytes(&key), &w);
}

tb_err tb_lost_next(tb_txn *txn,
                    const tb_party *self,
                    const tb_party *peer,
                    tb_bytes *cursor,
                    tb_stream *out_stream,
                    tb_lost_row *out)
{
    tb_key prefix;
    tb_bytes key;
    tb_bytes value;

    tb_key_begin(&prefix);
    tb_key_party(&prefix, peer);
    tb_err err = first_or_next(txn, TB_TABLE_LOST, tb_key_bytes(&prefix), *cursor, &key, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }
    *cursor = key;
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, key);
    (void)tb_read_party(&r);
    uint8_t in = tb_get_u8(&r);
    tb_stream stream = {
        .sender = in ? *peer : *self,
        .recipient = in ? *self : *peer,
    };
    stream.incarnation = tb_read_incarnation(&r);
    stream.lane = tb_read_lane(&r);
    err = tb_reader_done(&r) && in <= 1 ? lost_decode(value, out) : TB_ERR_CORRUPT;
    if (err == TB_OK) {
        *out_stream = stream;
    }
    return err;
}

/* ---- ASKED ---- */

static tb_err asked_decode(tb_bytes value, tb_asked_row *out)
{
    tb_reader r;
    tb_asked_row row;

    tb_row_read(&r, value);
    row.asked = tb_get_i64(&r);
    row.last = tb_get_i64(&r);
    row.notice = tb_get_u64(&r);
    row.heard = tb_get_i64(&r);
    row.ended = tb_get_i64(&r);
    row.due = tb_get_i64(&r);
    row.short_answers = tb_get_u32(&r);
    row.missing = tb_get_u64(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_asked_get(tb_txn *txn, const tb_party *peer, tb_asked_row *out)
{
    tb_key key;
    tb_bytes value;

    tb_key_begin(&key);
    tb_key_party(&key, peer);
    tb_err err = tb_store_get(txn, TB_TABLE_ASKED, tb_key_bytes(&key), &value);
    return err == TB_OK ? asked_decode(value, out) : err;
}

tb_err tb_asked_put(tb_txn *txn, const tb_party *peer, const tb_asked_row *row)
{
    tb_key key;
    tb_writer w;

    tb_key_begin(&key);
    tb_key_party(&key, peer);
    tb_row_begin(&w, tb_txn_arena(txn), 7 * 8 + 4);
    tb_put_i64(&w, row->asked);
    tb_put_i64(&w, row->last);
    tb_put_u64(&w, row->notice);
    tb_put_i64(&w, row->heard);
    tb_put_i64(&w, row->ended);
    tb_put_i64(&w, row->due);
    tb_put_u32(&w, row->short_answers);
    tb_put_u64(&w, row->missing);
    return tb_row_store(txn, TB_TABLE_ASKED, tb_key_bytes(&key), &w);
}

tb_err tb_asked_next(tb_txn *txn, tb_bytes *cursor, tb_party *out_peer, tb_asked_row *out)
{
    tb_bytes key;
    tb_bytes value;
    tb_bytes all = {NULL, 0};
    tb_err err = first_or_next(txn, TB_TABLE_ASKED, all, *cursor, &key, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, key);
    tb_party peer = tb_read_party(&r);
    *cursor = key;
    *out_peer = tb_reader_done(&r) ? peer : (tb_party){{0}};
    if (err != TB_OK || tb_party_empty(out_peer)) {
        return TB_ERR_CORRUPT;
    }
    return asked_decode(value, out);
}

tb_err tb_asked_each(tb_txn *txn, tb_bytes *cursor, tb_party *out_peer, tb_asked_row *out)
{
    tb_err err = tb_asked_next(txn, cursor, out_peer, out);
    while (err == TB_ERR_CORRUPT && tb_party_empty(out_peer)) {
        err = tb_asked_next(txn, cursor, out_peer, out);
    }
    if (err == TB_ERR_CORRUPT) {
        *out = (tb_asked_row){.due = 1};
        err = TB_OK;
    }
    return err;
}

tb_err tb_asked_clear(tb_txn *txn)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = TB_OK;

    while (err == TB_OK) {
        err = tb_store_seek(txn, TB_TABLE_ASKED, all, all, &key, &value);
        if (err == TB_OK || err == TB_ERR_CORRUPT) {
            err = tb_store_del(txn, TB_TABLE_ASKED, key);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- FREE ---- */

static void free_key(tb_key *key, const tb_incarnation *incarnation, const tb_case_id *case_id)
{
    tb_key_begin(key);
    tb_key_number(key, incarnation->counter);
    tb_put_raw(&key->w, case_id->bytes, TB_CASE_ID_BYTES);
}

static tb_err free_decode(tb_bytes value, tb_free_row *out)
{
    tb_reader r;
    tb_row_read(&r, value);
    uint8_t why = tb_get_u8(&r);
    tb_free_row row = {.why = (tb_free_why)why};
    row.at = tb_get_i64(&r);
    row.account = tb_get_bytes(&r);
    row.reason = tb_get_bytes(&r);
    if (!tb_reader_done(&r) || why < TB_FREE_OPENED || why > TB_FREE_RELEASED) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_free_get(tb_txn *txn,
                   const tb_incarnation *incarnation,
                   const tb_case_id *case_id,
                   tb_free_row *out)
{
    tb_key key;
    tb_bytes value;

    free_key(&key, incarnation, case_id);
    tb_err err = tb_store_get(txn, TB_TABLE_FREE, tb_key_bytes(&key), &value);
    return err == TB_OK ? free_decode(value, out) : err;
}

tb_err tb_free_after(tb_txn *txn,
                     const tb_incarnation *incarnation,
                     const tb_case_id *after,
                     tb_case_id *out_case,
                     tb_free_row *out)
{
    tb_key prefix;
    tb_key from;
    tb_bytes key;
    tb_bytes value;

    tb_key_begin(&prefix);
    tb_key_number(&prefix, incarnation->counter);
    free_key(&from, incarnation, after);
    tb_err err =
        tb_store_next(txn, TB_TABLE_FREE, tb_key_bytes(&prefix), tb_key_bytes(&from), &key, &value);
    if (err != TB_OK) {
        return err;
    }
    if (key.size != 8 + TB_CASE_ID_BYTES) {
        return TB_ERR_CORRUPT;
    }
    memcpy(out_case->bytes, key.data + 8, TB_CASE_ID_BYTES);
    return free_decode(value, out);
}

tb_err tb_free_put(tb_txn *txn,
                   const tb_incarnation *incarnation,
                   const tb_case_id *case_id,
                   const tb_free_row *row)
{
    tb_key key;
    tb_writer w;

    free_key(&key, incarnation, case_id);
    tb_row_begin(&w, tb_txn_arena(txn), 32 + row->account.size + row->reason.size);
    tb_put_u8(&w, (uint8_t)row->why);
    tb_put_i64(&w, row->at);
    tb_put_bytes(&w, row->account);
    tb_put_bytes(&w, row->reason);
    return tb_row_store(txn, TB_TABLE_FREE, tb_key_bytes(&key), &w);
}

/* ---- ANSWERING ---- */

static void answering_key(tb_key *key, const tb_answering_name *name)
{
    tb_key_begin(key);
    tb_key_party(key, &name->asker);
    tb_put_raw(&key->w, name->event.bytes, TB_DIGEST_BYTES);
}

tb_err tb_answering_put(tb_txn *txn, const tb_answering_name *name, const tb_answering_row *row)
{
    tb_key key;
    tb_writer w;

    answering_key(&key, name);
    tb_row_begin(&w, tb_txn_arena(txn), 48 + row->ask.size);
    tb_put_u64(&w, row->notice);
    tb_put_i64(&w, row->since);
    tb_put_raw(&w, row->after.bytes, TB_CASE_ID_BYTES);
    tb_put_bytes(&w, row->ask);
    return tb_row_store(txn, TB_TABLE_ANSWERING, tb_key_bytes(&key), &w);
}

tb_err tb_answering_del(tb_txn *txn, const tb_answering_name *name)
{
    tb_key key;

    answering_key(&key, name);
    return tb_store_del(txn, TB_TABLE_ANSWERING, tb_key_bytes(&key));
}

static tb_err
answering_decode(tb_bytes key, tb_bytes value, tb_answering_name *out_name, tb_answering_row *out)
{
    tb_reader r;
    tb_answering_name name;
    tb_answering_row row;

    tb_reader_init(&r, key);
    name.asker = tb_read_party(&r);
    name.event = tb_read_digest(&r);
    bool named = tb_reader_done(&r);
    tb_row_read(&r, value);
    row.notice = tb_get_u64(&r);
    row.since = tb_get_i64(&r);
    tb_get_raw(&r, row.after.bytes, TB_CASE_ID_BYTES);
    row.ask = tb_get_bytes(&r);
    if (!named || !tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out_name = name;
    *out = row;
    return TB_OK;
}

tb_err tb_answering_after(tb_txn *txn,
                          const tb_answering_name *after,
                          tb_answering_name *out_name,
                          tb_answering_row *out,
                          tb_bytes *out_row)
{
    tb_bytes all = {NULL, 0};
    tb_key from;
    tb_bytes value;

    answering_key(&from, after);
    tb_err err = tb_store_next(txn, TB_TABLE_ANSWERING, all, tb_key_bytes(&from), out_row, &value);
    return err == TB_OK ? answering_decode(*out_row, value, out_name, out) : err;
}

tb_err tb_answering_count(tb_txn *txn, const tb_party *asker, size_t most, size_t *out)
{
    tb_key prefix;
    tb_bytes key;
    tb_bytes value;
    size_t count = 0;

    tb_key_begin(&prefix);
    tb_key_party(&prefix, asker);
    tb_bytes of = tb_key_bytes(&prefix);
    tb_err err = tb_store_seek(txn, TB_TABLE_ANSWERING, of, of, &key, &value);
    while (err == TB_OK && ++count < most) {
        err = tb_store_next(txn, TB_TABLE_ANSWERING, of, key, &key, &value);
    }
    *out = count;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- GAP ---- */

static tb_bytes gap_key(const tb_digest *missing)
{
    return tb_bytes_of(missing->bytes, TB_DIGEST_BYTES);
}

static void gap_due_key(tb_key *key, tb_time due, const tb_digest *missing)
{
    tb_key_begin(key);
    tb_key_number(key, (uint64_t)due);
    tb_put_raw(&key->w, missing->bytes, TB_DIGEST_BYTES);
}

tb_err tb_gap_get(tb_txn *txn, const tb_digest *missing, tb_gap_row *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_GAP, gap_key(missing), &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_gap_row row;
    tb_row_read(&r, value);
    row.since = tb_get_i64(&r);
    row.due = tb_get_i64(&r);
    row.giver = tb_read_party(&r);
    tb_get_raw(&r, row.case_id.bytes, TB_CASE_ID_BYTES);
    row.ask_count = tb_get_u8(&r);
    if (r.failed || row.ask_count > TB_GAP_ASKS_MAX) {
        return TB_ERR_CORRUPT;
    }
    for (size_t i = 0; i < row.ask_count; i++) {
        row.asks[i].of = tb_read_party(&r);
        row.asks[i].at = tb_get_i64(&r);
    }
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

static tb_err gap_due_del(tb_txn *txn, const tb_digest *missing, tb_time due)
{
    tb_key key;

    gap_due_key(&key, due, missing);
    tb_err err = tb_store_del(txn, TB_TABLE_GAP_DUE, tb_key_bytes(&key));
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_gap_put(tb_txn *txn, const tb_digest *missing, tb_time kept_due, const tb_gap_row *row)
{
    TB_ASSERT(row->ask_count <= TB_GAP_ASKS_MAX);
    tb_writer w;
    tb_key key;

    if (kept_due != row->due) {
        tb_err err = kept_due == 0 ? TB_OK : gap_due_del(txn, missing, kept_due);
        if (err == TB_OK) {
            gap_due_key(&key, row->due, missing);
            err = tb_store_put(txn, TB_TABLE_GAP_DUE, tb_key_bytes(&key), tb_bytes_of(NULL, 0));
        }
        if (err != TB_OK) {
            return err;
        }
    }
    tb_row_begin(&w, tb_txn_arena(txn), 64 + (row->ask_count + 1) * (TB_PARTY_BYTES + 8));
    tb_put_i64(&w, row->since);
    tb_put_i64(&w, row->due);
    tb_put_raw(&w, row->giver.text, TB_PARTY_BYTES);
    tb_put_raw(&w, row->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_u8(&w, (uint8_t)row->ask_count);
    for (size_t i = 0; i < row->ask_count; i++) {
        tb_put_raw(&w, row->asks[i].of.text, TB_PARTY_BYTES);
        tb_put_i64(&w, row->asks[i].at);
    }
    return tb_row_store(txn, TB_TABLE_GAP, gap_key(missing), &w);
}

tb_err tb_gap_del(tb_txn *txn, const tb_digest *missing, tb_time due)
{
    tb_err err = tb_store_del(txn, TB_TABLE_GAP, gap_key(missing));
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return gap_due_del(txn, missing, due);
}

tb_err tb_gap_due_first(tb_txn *txn, tb_time *out_due, tb_digest *out_missing, tb_bytes *out_row)
{
    tb_bytes all = {NULL, 0};
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_GAP_DUE, all, all, out_row, &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, *out_row);
    tb_time due = (tb_time)tb_get_u64(&r);
    tb_digest missing = tb_read_digest(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out_due = due;
    *out_missing = missing;
    return TB_OK;
}
