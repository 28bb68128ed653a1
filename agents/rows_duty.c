#include "agents/rows_duty.h"

#include "base/pack.h"

#define ROW_FORM      1
#define KEY_FIXED     (TB_CASE_ID_BYTES + TB_DIGEST_BYTES + TB_PARTY_BYTES)
#define KEY_BYTES_MAX (KEY_FIXED + TB_NAME_BYTES_MAX)
#define DUE_FIXED     (1 + 8)
#define DUE_BYTES_MAX (DUE_FIXED + KEY_BYTES_MAX)
#define ROW_BYTES     (64 + 2 * TB_PARTY_BYTES + 2 * TB_DIGEST_BYTES)

static void put_key(tb_writer *w, const tb_duty_key *key)
{
    tb_put_raw(w, key->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_raw(w, key->from.bytes, TB_DIGEST_BYTES);
    tb_put_raw(w, key->debtor.text, TB_PARTY_BYTES);
    tb_put_raw(w, key->duty.data, key->duty.size);
    TB_ASSERT(!w->overflow);
}

static tb_bytes encode_key(uint8_t *buffer, const tb_duty_key *key)
{
    tb_writer w;
    tb_writer_init(&w, buffer, KEY_BYTES_MAX);
    put_key(&w, key);
    return tb_bytes_of(buffer, w.size);
}

static tb_err decode_key(tb_bytes in, tb_duty_key *out)
{
    if (in.size <= KEY_FIXED || in.size > KEY_BYTES_MAX) {
        return TB_ERR_CORRUPT;
    }
    memcpy(out->case_id.bytes, in.data, TB_CASE_ID_BYTES);
    memcpy(out->from.bytes, in.data + TB_CASE_ID_BYTES, TB_DIGEST_BYTES);
    memcpy(out->debtor.text, in.data + TB_CASE_ID_BYTES + TB_DIGEST_BYTES, TB_PARTY_BYTES);
    out->duty = tb_bytes_of(in.data + KEY_FIXED, in.size - KEY_FIXED);
    return TB_OK;
}

static tb_bytes due_key(uint8_t *buffer, tb_duty_walk walk, tb_time at, const tb_duty_key *key)
{
    tb_writer w;
    tb_writer_init(&w, buffer, DUE_BYTES_MAX);
    tb_put_u8(&w, (uint8_t)walk);
    tb_put_i64(&w, at);
    put_key(&w, key);
    return tb_bytes_of(buffer, w.size);
}

/* ---- values ---- */

static tb_err encode_row(const tb_duty_row *row, tb_arena *arena, tb_bytes *out)
{
    tb_writer w;
    tb_writer_arena(&w, arena, ROW_BYTES);
    tb_put_u8(&w, ROW_FORM);
    tb_put_u8(&w, (uint8_t)row->state);
    tb_put_raw(&w, row->key.debtor.text, TB_PARTY_BYTES);
    tb_put_raw(&w, row->creditor.text, TB_PARTY_BYTES);
    tb_put_u64(&w, row->from_number);
    tb_put_i64(&w, row->from_at);
    tb_put_i64(&w, row->due);
    tb_put_i64(&w, row->look);
    tb_put_i64(&w, row->ended);
    tb_put_raw(&w, row->end.bytes, TB_DIGEST_BYTES);
    tb_put_raw(&w, row->lapse.bytes, TB_DIGEST_BYTES);
    tb_put_u32(&w, row->calendar);
    return tb_writer_bytes(&w, out);
}

tb_err tb_duty_decode(tb_bytes key, tb_bytes value, tb_duty_row *out)
{
    tb_duty_row row;
    tb_party debtor;
    tb_err err = decode_key(key, &row.key);
    if (err != TB_OK) {
        return err;
    }
    tb_reader r;
    tb_reader_init(&r, value);
    uint8_t form = tb_get_u8(&r);
    uint8_t state = tb_get_u8(&r);
    row.state = (tb_duty_state)state;
    tb_get_raw(&r, debtor.text, TB_PARTY_BYTES);
    tb_get_raw(&r, row.creditor.text, TB_PARTY_BYTES);
    row.from_number = tb_get_u64(&r);
    row.from_at = tb_get_i64(&r);
    row.due = tb_get_i64(&r);
    row.look = tb_get_i64(&r);
    row.ended = tb_get_i64(&r);
    tb_get_raw(&r, row.end.bytes, TB_DIGEST_BYTES);
    tb_get_raw(&r, row.lapse.bytes, TB_DIGEST_BYTES);
    row.calendar = tb_get_u32(&r);
    if (!tb_reader_done(&r) || form != ROW_FORM || !tb_party_equal(&debtor, &row.key.debtor) ||
        state < TB_DUTY_OPEN || state > TB_DUTY_RELEASED) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

/* ---- verbs ---- */

static bool listed(const tb_duty_row *row)
{
    return row->state == TB_DUTY_OPEN || row->state == TB_DUTY_LAPSED;
}

static tb_err put_due(tb_txn *txn, tb_duty_walk walk, tb_time at, const tb_duty_key *key)
{
    uint8_t buffer[DUE_BYTES_MAX];
    return tb_store_put(txn, TB_TABLE_DUTY_DUE, due_key(buffer, walk, at, key),
                        tb_bytes_of(NULL, 0));
}

static tb_err del_due(tb_txn *txn, tb_duty_walk walk, tb_time at, const tb_duty_key *key)
{
    uint8_t buffer[DUE_BYTES_MAX];
    tb_err err = tb_store_del(txn, TB_TABLE_DUTY_DUE, due_key(buffer, walk, at, key));
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

static tb_err forget_due(tb_txn *txn, const tb_duty_row *old)
{
    tb_err err = TB_OK;
    if (old->look != 0) {
        err = del_due(txn, TB_DUTY_TO_JUDGE, old->look, &old->key);
    }
    return err == TB_OK && listed(old) ? del_due(txn, TB_DUTY_LISTED, old->due, &old->key) : err;
}

tb_err tb_duty_get(tb_txn *txn, const tb_duty_key *key, tb_duty_row *out)
{
    uint8_t buffer[KEY_BYTES_MAX];
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_DUTY, encode_key(buffer, key), &value);
    if (err != TB_OK) {
        return err;
    }
    tb_duty_row row;
    err = tb_duty_decode(tb_bytes_of(buffer, KEY_FIXED + key->duty.size), value, &row);
    if (err == TB_OK) {
        row.key = *key; /* the decoded one borrows from this stack */
        *out = row;
    }
    return err;
}

tb_err tb_duty_put(tb_txn *txn, const tb_duty_row *row)
{
    TB_ASSERT(row->key.duty.size > 0);
    TB_ASSERT(row->key.duty.size <= TB_NAME_BYTES_MAX);
    tb_duty_row old;
    tb_err err = tb_duty_get(txn, &row->key, &old);
    if (err == TB_OK) {
        err = forget_due(txn, &old);
    } else if (err == TB_ERR_NOT_FOUND) {
        err = TB_OK;
    }
    if (err == TB_OK && row->look != 0) {
        err = put_due(txn, TB_DUTY_TO_JUDGE, row->look, &row->key);
    }
    if (err == TB_OK && listed(row)) {
        err = put_due(txn, TB_DUTY_LISTED, row->due, &row->key);
    }
    tb_bytes value;
    if (err == TB_OK) {
        err = encode_row(row, tb_txn_arena(txn), &value);
    }
    uint8_t buffer[KEY_BYTES_MAX];
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_DUTY, encode_key(buffer, &row->key), value)
                        : err;
}

tb_err tb_duty_del(tb_txn *txn, const tb_duty_key *key)
{
    tb_duty_row old;
    tb_err err = tb_duty_get(txn, key, &old);
    if (err == TB_OK) {
        err = forget_due(txn, &old);
    }
    if (err == TB_OK) {
        err = tb_duty_said_del(txn, key);
    }
    uint8_t buffer[KEY_BYTES_MAX];
    return err == TB_OK ? tb_store_del(txn, TB_TABLE_DUTY, encode_key(buffer, key)) : err;
}

tb_err tb_duty_key_bytes(tb_arena *arena, const tb_duty_key *key, tb_bytes *out)
{
    uint8_t *buffer = tb_arena_alloc(arena, KEY_BYTES_MAX);
    if (buffer == NULL) {
        return TB_ERR_LIMIT;
    }
    *out = encode_key(buffer, key);
    return TB_OK;
}

static tb_err room_for_one(tb_arena *arena, tb_duty_row **list, size_t count, size_t *capacity)
{
    if (count < *capacity) {
        return TB_OK;
    }
    size_t more = *capacity * 2 + 4;
    tb_duty_row *longer = tb_arena_array(arena, more, sizeof *longer);
    if (longer == NULL) {
        return TB_ERR_LIMIT;
    }
    if (count > 0) {
        memcpy(longer, *list, count * sizeof *longer);
    }
    *list = longer;
    *capacity = more;
    return TB_OK;
}

tb_err tb_duties_of(tb_txn *txn, const tb_case_id *id, tb_duty_row **out, size_t *out_count)
{
    tb_duty_row *list = NULL;
    size_t count = 0;
    size_t capacity = 0;
    tb_bytes prefix = tb_bytes_of(id->bytes, TB_CASE_ID_BYTES);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_DUTY, prefix, prefix, &key, &value);
    while (err == TB_OK) {
        err = room_for_one(tb_txn_arena(txn), &list, count, &capacity);
        if (err == TB_OK) {
            err = tb_duty_decode(key, value, &list[count]);
        }
        if (err != TB_OK) {
            return err;
        }
        count++;
        err = tb_store_next(txn, TB_TABLE_DUTY, prefix, key, &key, &value);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

bool tb_duty_cursor(tb_duty_walk walk, tb_bytes cursor)
{
    return cursor.size == 0 || (cursor.size > DUE_FIXED + KEY_FIXED &&
                                cursor.size <= DUE_BYTES_MAX && cursor.data[0] == (uint8_t)walk);
}

tb_bytes tb_duty_of_due(tb_bytes key)
{
    return key.size <= DUE_FIXED ? tb_bytes_of(NULL, 0)
                                 : tb_bytes_of(key.data + DUE_FIXED, key.size - DUE_FIXED);
}

/* 0, long ago, of a key that is too short. */
static tb_time due_at(tb_bytes key)
{
    tb_reader r;
    tb_reader_init(&r, tb_bytes_of(key.data + 1, key.size < DUE_FIXED ? 0 : 8));
    return tb_get_i64(&r);
}

tb_err
tb_duty_next(tb_txn *txn, tb_duty_walk walk, tb_bytes *cursor, tb_time *out_at, tb_duty_row *out)
{
    uint8_t first = (uint8_t)walk;
    tb_bytes prefix = tb_bytes_of(&first, 1);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_DUTY_DUE, prefix, cursor->size == 0 ? prefix : *cursor,
                               &key, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }
    *cursor = key;
    *out_at = due_at(key);
    tb_duty_key of;
    if (err == TB_OK) {
        err = decode_key(tb_duty_of_due(key), &of);
    }
    if (err == TB_OK) {
        err = tb_duty_get(txn, &of, out);
    }
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

tb_err tb_duty_look(tb_txn *txn, tb_time *out)
{
    uint8_t first = (uint8_t)TB_DUTY_TO_JUDGE;
    tb_bytes prefix = tb_bytes_of(&first, 1);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_DUTY_DUE, prefix, prefix, &key, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }
    *out = due_at(key); /* whatever becomes of the row when it is looked at */
    return TB_OK;
}
