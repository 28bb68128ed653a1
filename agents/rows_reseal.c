#include "agents/rows_reseal.h"

#include "base/pack.h"

#define NOTICE_KEY_BYTES (16 + 8)
#define KEY_BYTES        (NOTICE_KEY_BYTES + TB_PARTY_BYTES)

static void put_incarnation(tb_writer *w, const tb_incarnation *incarnation)
{
    tb_put_u64(w, incarnation->counter);
    tb_put_raw(w, incarnation->random, sizeof incarnation->random);
}

static void get_incarnation(tb_reader *r, tb_incarnation *out)
{
    out->counter = tb_get_u64(r);
    tb_get_raw(r, out->random, sizeof out->random);
}

static tb_bytes key_of(const tb_reseal_key *key, uint8_t buffer[KEY_BYTES])
{
    tb_writer w;
    tb_writer_init(&w, buffer, KEY_BYTES);
    put_incarnation(&w, &key->incarnation);
    tb_put_u64(&w, key->notice);
    tb_put_raw(&w, key->recipient.text, TB_PARTY_BYTES);
    return tb_bytes_of(buffer, KEY_BYTES);
}

tb_err tb_reseal_put(tb_txn *txn, const tb_reseal_key *key, tb_time since)
{
    uint8_t buffer[KEY_BYTES];
    uint8_t value[8];
    tb_writer w;
    tb_writer_init(&w, value, sizeof value);
    tb_put_i64(&w, since);
    return tb_store_put(txn, TB_TABLE_RESEAL, key_of(key, buffer),
                        tb_bytes_of(value, sizeof value));
}

static tb_err since_of(tb_bytes value, tb_time *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    *out = tb_get_i64(&r);
    return tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

tb_err tb_reseal_get(tb_txn *txn, const tb_reseal_key *key, tb_time *out_since)
{
    uint8_t buffer[KEY_BYTES];
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_RESEAL, key_of(key, buffer), &value);
    return err == TB_OK ? since_of(value, out_since) : err;
}

tb_err tb_reseal_del(tb_txn *txn, const tb_reseal_key *key)
{
    uint8_t buffer[KEY_BYTES];
    return tb_store_del(txn, TB_TABLE_RESEAL, key_of(key, buffer));
}

tb_err tb_reseal_after(tb_txn *txn,
                       const tb_reseal_key *after,
                       tb_reseal_key *out,
                       tb_time *out_since,
                       tb_bytes *out_row)
{
    uint8_t buffer[KEY_BYTES];
    tb_bytes all = {NULL, 0};
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_RESEAL, all, key_of(after, buffer), out_row, &value);
    if (err != TB_OK) {
        return err;
    }
    tb_reader key;
    tb_reader_init(&key, *out_row);
    get_incarnation(&key, &out->incarnation);
    out->notice = tb_get_u64(&key);
    tb_get_raw(&key, out->recipient.text, TB_PARTY_BYTES);
    return tb_reader_done(&key) ? since_of(value, out_since) : TB_ERR_CORRUPT;
}

tb_err tb_resealed_put(tb_txn *txn, const tb_reseal_key *key, const tb_resealed_row *row)
{
    uint8_t buffer[KEY_BYTES];
    uint8_t value[32];
    tb_writer w;
    tb_writer_init(&w, value, sizeof value);
    put_incarnation(&w, &row->incarnation);
    tb_put_u64(&w, row->notice);
    tb_put_i64(&w, row->at);
    return tb_store_put(txn, TB_TABLE_RESEALED, key_of(key, buffer),
                        tb_bytes_of(value, sizeof value));
}

tb_err tb_resealed_get(tb_txn *txn, const tb_reseal_key *key, tb_resealed_row *out)
{
    uint8_t buffer[KEY_BYTES];
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_RESEALED, key_of(key, buffer), &value);
    if (err != TB_OK) {
        return err;
    }
    tb_reader r;
    tb_reader_init(&r, value);
    get_incarnation(&r, &out->incarnation);
    out->notice = tb_get_u64(&r);
    out->at = tb_get_i64(&r);
    return tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

static tb_bytes
notice_key(const tb_incarnation *incarnation, uint64_t notice, uint8_t buffer[NOTICE_KEY_BYTES])
{
    tb_writer w;
    tb_writer_init(&w, buffer, NOTICE_KEY_BYTES);
    put_incarnation(&w, incarnation);
    tb_put_u64(&w, notice);
    return tb_bytes_of(buffer, NOTICE_KEY_BYTES);
}

tb_err tb_ahead_put(tb_txn *txn,
                    const tb_incarnation *incarnation,
                    uint64_t notice,
                    const tb_case_id *case_id,
                    const tb_digest *events,
                    size_t count)
{
    uint8_t buffer[NOTICE_KEY_BYTES];
    tb_bytes value;
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), TB_CASE_ID_BYTES + count * TB_DIGEST_BYTES);
    tb_put_raw(&w, case_id->bytes, TB_CASE_ID_BYTES);
    for (size_t i = 0; i < count; i++) {
        tb_put_raw(&w, events[i].bytes, TB_DIGEST_BYTES);
    }
    tb_err err = tb_writer_bytes(&w, &value);
    return err == TB_OK
               ? tb_store_put(txn, TB_TABLE_AHEAD, notice_key(incarnation, notice, buffer), value)
               : err;
}

tb_err tb_ahead_get(tb_txn *txn,
                    const tb_incarnation *incarnation,
                    uint64_t notice,
                    tb_case_id *out_case,
                    tb_digest **out,
                    size_t *out_count)
{
    uint8_t buffer[NOTICE_KEY_BYTES];
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_AHEAD, notice_key(incarnation, notice, buffer), &value);
    if (err != TB_OK) {
        return err;
    }
    tb_reader r;
    tb_reader_init(&r, value);
    tb_get_raw(&r, out_case->bytes, TB_CASE_ID_BYTES);
    size_t count =
        value.size < TB_CASE_ID_BYTES ? 0 : (value.size - TB_CASE_ID_BYTES) / TB_DIGEST_BYTES;
    tb_digest *list = tb_arena_array(tb_txn_arena(txn), count + 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        tb_get_raw(&r, list[i].bytes, TB_DIGEST_BYTES);
    }
    *out = list;
    *out_count = count;
    return tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}
