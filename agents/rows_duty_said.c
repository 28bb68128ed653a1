/* rows_duty_said - DUTY_SAID: what the creditor's agent has said of a duty, and by which event.
 *
 *     key    word:u8, DUTY key
 *     value  at:i64 event
 */
#include "agents/rows_duty.h"
#include "base/pack.h"

#define VALUE_BYTES (8 + TB_DIGEST_BYTES)

static tb_err key_of(tb_arena *arena, tb_duty_word word, const tb_duty_key *duty, tb_bytes *out)
{
    TB_ASSERT(word >= TB_DUTY_REMINDS);
    TB_ASSERT(word <= TB_DUTY_SETTLES && word != TB_DUTY_LAPSES);
    tb_bytes of;
    tb_err err = tb_duty_key_bytes(arena, duty, &of);
    if (err != TB_OK) {
        return err;
    }
    tb_writer w;
    tb_writer_arena(&w, arena, 1 + of.size);
    tb_put_u8(&w, (uint8_t)word);
    tb_put_raw(&w, of.data, of.size);
    return tb_writer_bytes(&w, out);
}

static bool decode(tb_bytes value, tb_duty_said *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    out->at = tb_get_i64(&r);
    tb_get_raw(&r, out->event.bytes, TB_DIGEST_BYTES);
    return tb_reader_done(&r);
}

tb_err tb_duty_said_get(tb_txn *txn, const tb_duty_key *key, tb_duty_word word, tb_duty_said *out)
{
    tb_bytes at;
    tb_bytes value;
    tb_err err = key_of(tb_txn_arena(txn), word, key, &at);
    if (err == TB_OK) {
        err = tb_store_get(txn, TB_TABLE_DUTY_SAID, at, &value);
    }
    if (err != TB_OK) {
        return err;
    }
    return decode(value, out) ? TB_OK : TB_ERR_CORRUPT;
}

tb_err tb_duty_said_put(
    tb_txn *txn, const tb_duty_key *key, tb_duty_word word, tb_time at, const tb_digest *event)
{
    tb_duty_said before;
    tb_err err = tb_duty_said_get(txn, key, word, &before);
    if (err == TB_OK && word != TB_DUTY_REDATES &&
        (before.at < at ||
         (before.at == at && memcmp(before.event.bytes, event->bytes, TB_DIGEST_BYTES) <= 0))) {
        return TB_OK;
    }
    tb_bytes place;
    tb_bytes value;
    if (err == TB_OK || err == TB_ERR_NOT_FOUND) {
        err = key_of(tb_txn_arena(txn), word, key, &place);
    }
    if (err != TB_OK) {
        return err;
    }
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), VALUE_BYTES);
    tb_put_i64(&w, at);
    tb_put_raw(&w, event->bytes, TB_DIGEST_BYTES);
    err = tb_writer_bytes(&w, &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_DUTY_SAID, place, value) : err;
}

tb_err tb_duty_said_del(tb_txn *txn, const tb_duty_key *key)
{
    tb_err err = TB_OK;
    for (tb_duty_word word = TB_DUTY_REMINDS; err == TB_OK && word <= TB_DUTY_SETTLES; word++) {
        if (word == TB_DUTY_LAPSES) {
            continue; /* it stands in the duty's own row */
        }
        tb_bytes place;
        err = key_of(tb_txn_arena(txn), word, key, &place);
        if (err == TB_OK) {
            err = tb_store_del(txn, TB_TABLE_DUTY_SAID, place);
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err;
}

bool tb_duty_said_reads(tb_bytes key, tb_bytes value, tb_bytes *out_of)
{
    tb_duty_said row;
    if (key.size < 2 || key.data[0] < TB_DUTY_REMINDS || key.data[0] > TB_DUTY_SETTLES ||
        key.data[0] == TB_DUTY_LAPSES) {
        return false;
    }
    *out_of = tb_bytes_of(key.data + 1, key.size - 1);
    return decode(value, &row);
}
