#include "agents/rows_case.h"

#include "agents/rows_link.h"
#include "base/pack.h"

static tb_bytes case_key(const tb_case_id *id)
{
    return tb_bytes_of(id->bytes, sizeof id->bytes);
}

static tb_bytes id_key(const tb_digest *id)
{
    return tb_bytes_of(id->bytes, TB_DIGEST_BYTES);
}

/* ---- LOOSE ---- */

#define LOOSE_KEY_BYTES (TB_CASE_ID_BYTES + 8)

tb_err tb_loose_add(tb_txn *txn, const tb_event_key *event)
{
    uint64_t number = event->number;
    if (event->class == TB_CLASS_SIDE) {
        tb_err err = tb_counter_next(txn, "loose side events", &number);
        if (err != TB_OK) {
            return err;
        }
        number |= TB_LOOSE_SIDE;
    }
    uint8_t buffer[LOOSE_KEY_BYTES];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_raw(&w, event->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_u64(&w, number);
    TB_ASSERT(!w.overflow);
    return tb_store_put(txn, TB_TABLE_LOOSE, tb_bytes_of(buffer, w.size), id_key(&event->event));
}

tb_err tb_loose_del(tb_txn *txn, const tb_event_key *event)
{
    tb_bytes prefix = case_key(&event->case_id);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_LOOSE, prefix, prefix, &key, &value);
    while (err == TB_OK && !tb_bytes_equal(value, id_key(&event->event))) {
        err = tb_store_next(txn, TB_TABLE_LOOSE, prefix, key, &key, &value);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return tb_store_del(txn, TB_TABLE_LOOSE, key);
}

tb_err tb_loose_of(tb_txn *txn, const tb_case_id *id, bool take, tb_digest **out, size_t *out_count)
{
    tb_digest *list = NULL;
    size_t count = 0;
    size_t capacity = 0;
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_LOOSE, case_key(id), case_key(id), &key, &value);
    while (err == TB_OK) {
        if (value.size != TB_DIGEST_BYTES) {
            return TB_ERR_CORRUPT;
        }
        if (count == capacity) {
            capacity = capacity == 0 ? 8 : capacity * 2;
            tb_digest *longer = tb_arena_array(tb_txn_arena(txn), capacity, sizeof *longer);
            if (longer == NULL) {
                return TB_ERR_LIMIT;
            }
            if (count > 0) {
                memcpy(longer, list, count * sizeof *list);
            }
            list = longer;
        }
        memcpy(list[count++].bytes, value.data, TB_DIGEST_BYTES);
        if (take) {
            err = tb_store_del(txn, TB_TABLE_LOOSE, key);
            if (err != TB_OK) {
                return err;
            }
        }
        err = tb_store_next(txn, TB_TABLE_LOOSE, case_key(id), key, &key, &value);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

/* ---- HELD ---- */

/* META: "held by ", then the giver. */
static void held_by(const tb_party *giver, char out[8 + TB_PARTY_BYTES + 1])
{
    memcpy(out, "held by ", 8);
    memcpy(out + 8, giver->text, TB_PARTY_BYTES);
    out[8 + TB_PARTY_BYTES] = 0;
}

tb_err tb_held_of(tb_txn *txn, const tb_party *giver, uint64_t *out)
{
    char name[8 + TB_PARTY_BYTES + 1];
    held_by(giver, name);
    return tb_meta_number(txn, name, out);
}

static tb_err count_held(tb_txn *txn, const tb_party *giver, bool more)
{
    char name[8 + TB_PARTY_BYTES + 1];
    uint64_t count;
    held_by(giver, name);
    tb_err err = tb_meta_number(txn, name, &count);
    if (err == TB_OK && !more && count == 0) {
        err = TB_ERR_CORRUPT;
    }
    return err == TB_OK ? tb_meta_number_put(txn, name, more ? count + 1 : count - 1) : err;
}

#define HELD_BYTES (8 + TB_PARTY_BYTES)

tb_err tb_held_put(tb_txn *txn,
                   const tb_digest *missing,
                   const tb_digest *held,
                   tb_time since,
                   const tb_party *giver)
{
    uint8_t key[2 * TB_DIGEST_BYTES];
    memcpy(key, missing->bytes, TB_DIGEST_BYTES);
    memcpy(key + TB_DIGEST_BYTES, held->bytes, TB_DIGEST_BYTES);
    uint8_t value[HELD_BYTES];
    tb_writer w;
    tb_writer_init(&w, value, sizeof value);
    tb_put_i64(&w, since);
    tb_put_raw(&w, giver->text, TB_PARTY_BYTES);
    TB_ASSERT(!w.overflow);
    tb_err err =
        tb_store_put(txn, TB_TABLE_HELD, tb_bytes_of(key, sizeof key), tb_bytes_of(value, w.size));
    return err == TB_OK ? count_held(txn, giver, true) : err;
}

tb_err tb_held_next(tb_txn *txn,
                    const tb_digest *missing,
                    const tb_digest *behind,
                    tb_digest *out_held,
                    tb_party *out_giver,
                    tb_bytes *out_row)
{
    uint8_t from[2 * TB_DIGEST_BYTES];
    tb_bytes value;
    memcpy(from, missing->bytes, TB_DIGEST_BYTES);
    memcpy(from + TB_DIGEST_BYTES, behind->bytes, TB_DIGEST_BYTES);
    tb_err err = tb_store_next(txn, TB_TABLE_HELD, id_key(missing), tb_bytes_of(from, sizeof from),
                               out_row, &value);
    if (err != TB_OK) {
        return err;
    }
    if (out_row->size != 2 * TB_DIGEST_BYTES || value.size != HELD_BYTES) {
        return TB_ERR_CORRUPT;
    }
    memcpy(out_held->bytes, out_row->data + TB_DIGEST_BYTES, TB_DIGEST_BYTES);
    memcpy(out_giver->text, value.data + 8, TB_PARTY_BYTES);
    return TB_OK;
}

tb_err tb_held_less(tb_txn *txn, const tb_party *giver)
{
    return count_held(txn, giver, false);
}

tb_err tb_held_del(tb_txn *txn, tb_bytes row, const tb_party *giver)
{
    tb_err err = tb_store_del(txn, TB_TABLE_HELD, row);
    return err == TB_OK ? tb_held_less(txn, giver) : err;
}

/* ---- META ---- */

tb_err tb_counter_next(tb_txn *txn, const char *name, uint64_t *out)
{
    uint64_t last;
    tb_err err = tb_meta_number(txn, name, &last);
    if (err != TB_OK) {
        return err;
    }
    err = tb_meta_number_put(txn, name, last + 1);
    if (err != TB_OK) {
        return err;
    }
    *out = last + 1;
    return TB_OK;
}
