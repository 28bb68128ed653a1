/* rows_link_signed - STAMP, STAMP_LOST, REFUSAL, UNTOLD and ALARM: what was signed, and what was
 * wrong. */
#include "agents/rows_link_keys.h"
#include "agents/rows_measure.h"

/* ---- STAMP ---- */

static void stream_key(tb_key *key, const tb_stream *stream)
{
    tb_key_begin(key);
    tb_key_party(key, &stream->sender);
    tb_key_incarnation(key, &stream->incarnation);
    tb_key_party(key, &stream->recipient);
    tb_key_lane(key, stream->lane);
}

tb_err tb_stamp_get(tb_txn *txn,
                    const tb_stream *stream,
                    uint64_t number,
                    tb_signed_line *out,
                    tb_bytes *out_packed)
{
    tb_key prefix;
    tb_key upto;
    tb_bytes key;
    tb_bytes value;

    stream_key(&prefix, stream);
    stream_key(&upto, stream);
    tb_key_number(&upto, number);
    tb_err err = tb_store_last(txn, TB_TABLE_STAMP, tb_key_bytes(&prefix), tb_key_bytes(&upto),
                               &key, &value);
    if (err != TB_OK) {
        return err;
    }

    tb_signed_line line;
    if (tb_signed_line_reread(value, tb_txn_arena(txn), &line) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    if (number < line.line.from || number > line.line.to) {
        return TB_ERR_NOT_FOUND;
    }
    *out = line;
    *out_packed = value;
    return TB_OK;
}

tb_err tb_stamp_put(tb_txn *txn, const tb_signed_line *line)
{
    tb_key key;
    tb_bytes packed;
    tb_signed_line held;
    tb_err err = tb_stamp_get(txn, &line->line.stream, line->line.to, &held, &packed);
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    err = tb_signed_line_encode(line, tb_txn_arena(txn), &packed);
    if (err != TB_OK) {
        return err;
    }
    stream_key(&key, &line->line.stream);
    tb_key_number(&key, line->line.from);
    err = tb_store_put(txn, TB_TABLE_STAMP, tb_key_bytes(&key), packed);
    return err == TB_OK
               ? tb_measure_stamped(txn, &line->line.stream, line->line.from, line->line.to)
               : err;
}

/* ---- STAMP_LOST ---- */

static void lost_key(tb_key *key, const tb_lost_stamp_row *row)
{
    tb_key_begin(key);
    tb_key_number(key, (uint64_t)row->due);
    tb_key_incarnation(key, &row->stream.incarnation);
    tb_key_party(key, &row->stream.recipient);
    tb_key_lane(key, row->stream.lane);
    tb_key_number(key, row->number);
}

tb_err tb_lost_stamp_put(tb_txn *txn, const tb_lost_stamp_row *row)
{
    tb_key key;
    tb_writer w;

    lost_key(&key, row);
    tb_row_begin(&w, tb_txn_arena(txn), 1 + 1 + TB_DIGEST_BYTES + TB_CASE_ID_BYTES);
    tb_put_u8(&w, row->asked);
    tb_put_raw(&w, row->event.bytes, TB_DIGEST_BYTES);
    tb_put_raw(&w, row->case_id.bytes, TB_CASE_ID_BYTES);
    return tb_row_store(txn, TB_TABLE_STAMP_LOST, tb_key_bytes(&key), &w);
}

tb_err tb_lost_stamp_del(tb_txn *txn, const tb_lost_stamp_row *row)
{
    tb_key key;
    lost_key(&key, row);
    return tb_store_del(txn, TB_TABLE_STAMP_LOST, tb_key_bytes(&key));
}

tb_err
tb_lost_stamp_first(tb_txn *txn, const tb_party *self, tb_lost_stamp_row *out, tb_bytes *out_key)
{
    tb_bytes all = {NULL, 0};
    tb_bytes value;
    tb_reader key;
    tb_reader r;
    tb_err err = tb_store_seek(txn, TB_TABLE_STAMP_LOST, all, all, out_key, &value);
    if (err != TB_OK) {
        return err;
    }
    tb_reader_init(&key, *out_key);
    out->due = (tb_time)tb_get_u64(&key);
    out->stream.sender = *self;
    out->stream.incarnation = tb_read_incarnation(&key);
    out->stream.recipient = tb_read_party(&key);
    out->stream.lane = tb_read_lane(&key);
    out->number = tb_get_u64(&key);
    tb_row_read(&r, value);
    out->asked = tb_get_u8(&r);
    out->event = tb_read_digest(&r);
    tb_get_raw(&r, out->case_id.bytes, TB_CASE_ID_BYTES);
    return tb_reader_done(&key) && tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

/* ---- REFUSAL ---- */

static void refusal_key(tb_key *key, const tb_stream *stream, uint64_t notice)
{
    tb_key_begin(key);
    tb_key_party(key, &stream->sender);
    tb_key_incarnation(key, &stream->incarnation);
    tb_key_number(key, notice);
    tb_key_party(key, &stream->recipient);
}

tb_err
tb_refusal_put(tb_txn *txn, const tb_stream *stream, uint64_t notice, const tb_refusal_row *row)
{
    tb_key key;
    tb_writer w;

    refusal_key(&key, stream, notice);
    tb_row_begin(&w, tb_txn_arena(txn), 4 + 1 + 8 + 8 + TB_DIGEST_BYTES + 4 + row->line.size);
    tb_put_u32(&w, (uint32_t)row->code);
    tb_put_u8(&w, (uint8_t)row->lane);
    tb_put_u64(&w, row->number);
    tb_put_i64(&w, row->at);
    tb_put_raw(&w, row->event.bytes, TB_DIGEST_BYTES);
    tb_put_bytes(&w, row->line);
    return tb_row_store(txn, TB_TABLE_REFUSAL, tb_key_bytes(&key), &w);
}

static tb_err refusal_read(tb_bytes value, tb_refusal_row *out)
{
    tb_reader r;
    tb_row_read(&r, value);
    uint32_t code = tb_get_u32(&r);
    tb_refusal_row row = {.lane = tb_read_lane(&r)};
    row.number = tb_get_u64(&r);
    row.at = tb_get_i64(&r);
    row.event = tb_read_digest(&r);
    row.line = tb_get_bytes(&r);
    if (!tb_reader_done(&r) || !tb_refusal_known(code)) {
        return TB_ERR_CORRUPT;
    }
    row.code = (tb_refusal)code;
    *out = row;
    return TB_OK;
}

tb_err tb_refusal_get(tb_txn *txn, const tb_stream *stream, uint64_t notice, tb_refusal_row *out)
{
    tb_key key;
    tb_bytes value;

    refusal_key(&key, stream, notice);
    tb_err err = tb_store_get(txn, TB_TABLE_REFUSAL, tb_key_bytes(&key), &value);
    return err == TB_OK ? refusal_read(value, out) : err;
}

tb_err tb_refusal_next(tb_txn *txn,
                       const tb_party *sender,
                       const tb_party *recipient,
                       tb_bytes *cursor,
                       tb_refusal_row *out)
{
    tb_bytes prefix = tb_bytes_of(sender->text, TB_PARTY_BYTES);
    for (;;) {
        tb_bytes value;
        tb_err err = cursor->size == 0
                         ? tb_store_seek(txn, TB_TABLE_REFUSAL, prefix, prefix, cursor, &value)
                         : tb_store_next(txn, TB_TABLE_REFUSAL, prefix, *cursor, cursor, &value);
        if (err != TB_OK) {
            return err;
        }
        tb_party to;
        if (cursor->size < TB_PARTY_BYTES) {
            return TB_ERR_CORRUPT;
        }
        memcpy(to.text, cursor->data + cursor->size - TB_PARTY_BYTES, TB_PARTY_BYTES);
        if (tb_party_equal(&to, recipient)) {
            return refusal_read(value, out);
        }
    }
}

/* ---- UNTOLD ---- */

static void untold_key(tb_key *key, const tb_untold_row *row)
{
    tb_key_begin(key);
    tb_key_party(key, &row->stream.sender);
    tb_key_incarnation(key, &row->stream.incarnation);
    tb_key_number(key, row->notice);
}

tb_err tb_untold_put(tb_txn *txn, const tb_untold_row *row)
{
    tb_key key;
    tb_writer w;

    untold_key(&key, row);
    tb_row_begin(&w, tb_txn_arena(txn), 1 + 1 + 1 + 4 + row->header.size);
    tb_put_u8(&w, (uint8_t)row->stream.lane);
    tb_put_u8(&w, row->shown);
    tb_put_bytes(&w, row->header);
    return tb_row_store(txn, TB_TABLE_UNTOLD, tb_key_bytes(&key), &w);
}

tb_err tb_untold_del(tb_txn *txn, const tb_untold_row *row)
{
    tb_key key;
    untold_key(&key, row);
    return tb_store_del(txn, TB_TABLE_UNTOLD, tb_key_bytes(&key));
}

tb_err tb_untold_next(tb_txn *txn, const tb_party *self, tb_bytes *cursor, tb_untold_row *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes value;
    tb_reader key;
    tb_reader r;
    tb_err err = cursor->size == 0
                     ? tb_store_seek(txn, TB_TABLE_UNTOLD, all, all, cursor, &value)
                     : tb_store_next(txn, TB_TABLE_UNTOLD, all, *cursor, cursor, &value);
    if (err != TB_OK) {
        return err;
    }
    tb_reader_init(&key, *cursor);
    out->stream.sender = tb_read_party(&key);
    out->stream.incarnation = tb_read_incarnation(&key);
    out->stream.recipient = *self;
    out->notice = tb_get_u64(&key);
    tb_row_read(&r, value);
    out->stream.lane = tb_read_lane(&r);
    out->shown = tb_get_u8(&r);
    out->header = tb_get_bytes(&r);
    return tb_reader_done(&key) && tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

/* ---- ALARM ---- */

tb_err tb_alarm_put(tb_txn *txn, uint64_t number, const tb_alarm_row *row)
{
    tb_key key;
    tb_writer w;

    tb_key_begin(&key);
    tb_key_number(&key, number);
    tb_row_begin(&w, tb_txn_arena(txn),
                 256 + row->text.size + row->evidence[0].size + row->evidence[1].size);
    tb_put_u32(&w, (uint32_t)row->code);
    tb_put_i64(&w, row->at);
    tb_put_raw(&w, row->party.text, TB_PARTY_BYTES);
    tb_put_raw(&w, row->stream.sender.text, TB_PARTY_BYTES);
    tb_put_u64(&w, row->stream.incarnation.counter);
    tb_put_raw(&w, row->stream.incarnation.random, sizeof row->stream.incarnation.random);
    tb_put_raw(&w, row->stream.recipient.text, TB_PARTY_BYTES);
    tb_put_u8(&w, (uint8_t)row->stream.lane);
    tb_put_u64(&w, row->number);
    tb_put_raw(&w, row->digest.bytes, TB_DIGEST_BYTES);
    tb_put_bytes(&w, row->text);
    tb_put_bytes(&w, row->evidence[0]);
    tb_put_bytes(&w, row->evidence[1]);
    return tb_row_store(txn, TB_TABLE_ALARM, tb_key_bytes(&key), &w);
}

tb_err tb_alarm_drop(tb_txn *txn, uint64_t number)
{
    tb_key key;

    tb_key_begin(&key);
    tb_key_number(&key, number);
    tb_err err = tb_store_del(txn, TB_TABLE_ALARM, tb_key_bytes(&key));
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err alarm_decode(tb_bytes value, tb_alarm_row *out)
{
    tb_reader r;

    tb_row_read(&r, value);
    uint32_t code = tb_get_u32(&r);
    tb_alarm_row row = {.at = tb_get_i64(&r)};
    row.party = tb_read_party(&r);
    row.stream.sender = tb_read_party(&r);
    row.stream.incarnation = tb_read_incarnation(&r);
    row.stream.recipient = tb_read_party(&r);
    row.stream.lane = (tb_lane)tb_get_u8(&r);
    row.number = tb_get_u64(&r);
    row.digest = tb_read_digest(&r);
    row.text = tb_get_bytes(&r);
    row.evidence[0] = tb_get_bytes(&r);
    row.evidence[1] = tb_get_bytes(&r);
    if (!tb_reader_done(&r) || !tb_refusal_known(code)) {
        return TB_ERR_CORRUPT;
    }
    row.code = (tb_refusal)code;
    *out = row;
    return TB_OK;
}

tb_err tb_alarm_last(tb_txn *txn, uint64_t upto, uint64_t *out_number, tb_alarm_row *out)
{
    tb_bytes all = {NULL, 0};
    tb_key from;
    tb_bytes key;
    tb_bytes value;

    tb_key_begin(&from);
    tb_key_number(&from, upto);
    tb_err err = tb_store_last(txn, TB_TABLE_ALARM, all, tb_key_bytes(&from), &key, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }
    *out_number = tb_key_last_number(key);
    return err == TB_OK ? alarm_decode(value, out) : err;
}
