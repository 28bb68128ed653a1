#include "agents/rows_recounting.h"

#include "base/pack.h"
#include "base/text.h"

#define ROW_FORM  1
#define KEY_BYTES (1 + TB_CASE_ID_BYTES + TB_DIGEST_BYTES + 2 + 2)
#define ROW_BYTES 256 /* besides its result */

/* The first byte of a key. */
enum {
    WORKED_ON = 1,
    KNOWN = 2,
};

static tb_bytes key_of(uint8_t buffer[KEY_BYTES], uint8_t which, const tb_recounting_key *key)
{
    tb_writer w;
    tb_writer_init(&w, buffer, KEY_BYTES);
    tb_put_u8(&w, which);
    tb_put_raw(&w, key->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_raw(&w, key->by.bytes, TB_DIGEST_BYTES);
    tb_put_u16(&w, key->first);
    tb_put_u16(&w, key->last);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

static tb_err encode(tb_arena *arena, const tb_recounting_row *row, tb_bytes *out)
{
    tb_writer w;
    tb_writer_arena(&w, arena, ROW_BYTES + row->campaign.size + row->result.size);
    tb_put_u8(&w, ROW_FORM);
    tb_put_u8(&w, (uint8_t)row->phase);
    tb_put_u64(&w, row->number);
    tb_put_bytes(&w, row->campaign);
    tb_put_u32(&w, row->version);
    tb_put_i64(&w, row->as_of.at);
    tb_put_i64(&w, row->as_of.recorded);
    tb_put_raw(&w, row->at.bytes, TB_CASE_ID_BYTES);
    tb_put_u64(&w, row->looked);
    tb_put_u64(&w, row->cases);
    tb_put_bytes(&w, row->result);
    return tb_writer_bytes(&w, out);
}

tb_err tb_recounting_decode(tb_bytes key, tb_bytes value, tb_recounting_row *out)
{
    tb_reader r;
    tb_reader_init(&r, key);
    uint8_t which = tb_get_u8(&r);
    tb_get_raw(&r, out->key.case_id.bytes, TB_CASE_ID_BYTES);
    tb_get_raw(&r, out->key.by.bytes, TB_DIGEST_BYTES);
    out->key.first = tb_get_u16(&r);
    out->key.last = tb_get_u16(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    tb_reader_init(&r, value);
    uint8_t form = tb_get_u8(&r);
    uint8_t phase = tb_get_u8(&r);
    out->phase = (tb_recounting_phase)phase;
    out->number = tb_get_u64(&r);
    out->campaign = tb_get_bytes(&r);
    out->version = tb_get_u32(&r);
    out->as_of.here = true;
    out->as_of.at = tb_get_i64(&r);
    out->as_of.recorded = tb_get_i64(&r);
    tb_get_raw(&r, out->at.bytes, TB_CASE_ID_BYTES);
    out->looked = tb_get_u64(&r);
    out->cases = tb_get_u64(&r);
    out->result = tb_get_bytes(&r);
    bool fine = tb_reader_done(&r) && form == ROW_FORM && phase >= TB_RECOUNTING_COUNTS &&
                phase <= TB_RECOUNTING_OVER &&
                which == (phase == TB_RECOUNTING_OVER ? KNOWN : WORKED_ON);
    return fine ? TB_OK : TB_ERR_CORRUPT;
}

static tb_err del_if(tb_txn *txn, tb_bytes key)
{
    tb_err err = tb_store_del(txn, TB_TABLE_RECOUNT, key);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_recounting_put(tb_txn *txn, const tb_recounting_row *row)
{
    uint8_t key[KEY_BYTES];
    tb_bytes value;
    bool over = row->phase == TB_RECOUNTING_OVER;
    tb_err err = encode(tb_txn_arena(txn), row, &value);
    if (err == TB_OK) {
        err = del_if(txn, key_of(key, over ? WORKED_ON : KNOWN, &row->key));
    }
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_RECOUNT,
                                       key_of(key, over ? KNOWN : WORKED_ON, &row->key), value)
                        : err;
}

static tb_err
get_under(tb_txn *txn, uint8_t which, const tb_recounting_key *key, tb_recounting_row *out)
{
    uint8_t buffer[KEY_BYTES];
    tb_bytes value;
    tb_bytes at = key_of(buffer, which, key);
    tb_err err = tb_store_get(txn, TB_TABLE_RECOUNT, at, &value);
    return err == TB_OK ? tb_recounting_decode(at, value, out) : err;
}

tb_err tb_recounting_get(tb_txn *txn, const tb_recounting_key *key, tb_recounting_row *out)
{
    tb_err err = get_under(txn, KNOWN, key, out);
    return err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT ? get_under(txn, WORKED_ON, key, out)
                                                            : err;
}

static const uint8_t worked_on = WORKED_ON;

static tb_err first_of(tb_txn *txn, tb_bytes prefix, tb_bytes *out_key, tb_recounting_row *out)
{
    tb_bytes value;
    *out_key = tb_bytes_of(NULL, 0);
    if (tb_store_rows(txn, TB_TABLE_RECOUNT) == 0) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_store_seek(txn, TB_TABLE_RECOUNT, prefix, prefix, out_key, &value);
    return err == TB_OK ? tb_recounting_decode(*out_key, value, out) : err;
}

tb_err tb_recounting_first(tb_txn *txn, tb_bytes *out_key, tb_recounting_row *out)
{
    return first_of(txn, tb_bytes_of(&worked_on, 1), out_key, out);
}

tb_err tb_recounting_of_case(tb_txn *txn, const tb_case_id *id, tb_recounting_row *out)
{
    uint8_t prefix[1 + TB_CASE_ID_BYTES] = {WORKED_ON};
    tb_bytes key;
    memcpy(prefix + 1, id->bytes, TB_CASE_ID_BYTES);
    return first_of(txn, tb_bytes_of(prefix, sizeof prefix), &key, out);
}

tb_err tb_recounting_after(tb_txn *txn, tb_bytes key, tb_bytes *out_key, tb_recounting_row *out)
{
    tb_bytes value;
    tb_err err =
        tb_store_next(txn, TB_TABLE_RECOUNT, tb_bytes_of(&worked_on, 1), key, out_key, &value);
    return err == TB_OK ? tb_recounting_decode(*out_key, value, out) : err;
}

tb_err tb_recounting_named(tb_txn *txn, tb_bytes name, tb_recounting_row *out)
{
    char buffer[TB_RECOUNTING_NAME_MAX];
    tb_bytes key;
    tb_err err = tb_recounting_first(txn, &key, out);
    while (err == TB_OK && !tb_bytes_equal(tb_recounting_name(out, buffer), name)) {
        err = tb_recounting_after(txn, key, &key, out);
    }
    return err;
}

tb_bytes tb_recounting_name(const tb_recounting_row *row, char buffer[TB_RECOUNTING_NAME_MAX])
{
    tb_text text;
    tb_bytes name = {NULL, 0};
    tb_text_over(&text, buffer, TB_RECOUNTING_NAME_MAX);
    tb_text_char(&text, TB_RECOUNTING_SIGN);
    tb_text_u64(&text, row->number);
    TB_ASSERT(tb_text_done(&text, &name) == TB_OK);
    return name;
}
