#include "agents/rows_measure.h"

#include "base/pack.h"

#define ROW_FORM   1
#define NUMBER_AT  TB_CASE_ID_BYTES
#define MEASURE_AT (TB_CASE_ID_BYTES + 8)
#define KEY_MAX    (MEASURE_AT + TB_NAME_BYTES_MAX)
#define ROW_MAX    (64 + TB_DIGEST_BYTES + TB_MEASURE_GROUP_MAX + TB_DISTINCT_BYTES)
#define IN_TAIL    (TB_CASE_ID_BYTES + 8)
#define IN_MAX     (2 * (TB_NAME_BYTES_MAX + 1) + 2 + TB_MEASURE_GROUP_MAX + 1 + IN_TAIL)
#define IN_VALUE   (8 + 4 + 1)
#define AWAIT_MAX  (2 * TB_PARTY_BYTES + sizeof(tb_incarnation) + 1 + 8 + TB_CASE_ID_BYTES)

static const tb_bytes nothing = {NULL, 0};

/* ---- MEASURED ---- */

static tb_bytes
measured_key(uint8_t buffer[KEY_MAX], const tb_case_id *case_id, uint64_t number, tb_bytes measure)
{
    tb_writer w;
    tb_writer_init(&w, buffer, KEY_MAX);
    tb_put_raw(&w, case_id->bytes, TB_CASE_ID_BYTES);
    tb_put_u64(&w, number);
    tb_put_raw(&w, measure.data, measure.size);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

tb_err tb_measured_decode(tb_bytes key, tb_bytes value, tb_measured *out)
{
    tb_measured row = {.number = 0};
    tb_reader r;
    if (key.size <= MEASURE_AT || key.size > KEY_MAX) {
        return TB_ERR_CORRUPT;
    }
    tb_reader_init(&r, tb_bytes_of(key.data, MEASURE_AT));
    tb_get_raw(&r, row.case_id.bytes, TB_CASE_ID_BYTES);
    row.number = tb_get_u64(&r);
    row.measure = tb_bytes_of(key.data + MEASURE_AT, key.size - MEASURE_AT);
    tb_reader_init(&r, value);
    uint8_t form = tb_get_u8(&r);
    uint8_t kind = tb_get_u8(&r);
    row.kind = (tb_measured_kind)kind;
    tb_get_raw(&r, row.event.bytes, TB_DIGEST_BYTES);
    row.month = tb_get_u16(&r);
    row.amount = tb_get_u64(&r);
    row.bucket = tb_get_u32(&r);
    tb_get_raw(&r, row.value, TB_DISTINCT_BYTES);
    row.group = tb_get_bytes(&r);
    if (!tb_reader_done(&r) || form != ROW_FORM || kind < TB_MEASURED_AMOUNT ||
        kind > TB_MEASURED_DISTINCT || row.group.size > TB_MEASURE_GROUP_MAX) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

static tb_bytes encode(uint8_t buffer[ROW_MAX], const tb_measured *row)
{
    tb_writer w;
    tb_writer_init(&w, buffer, ROW_MAX);
    tb_put_u8(&w, ROW_FORM);
    tb_put_u8(&w, (uint8_t)row->kind);
    tb_put_raw(&w, row->event.bytes, TB_DIGEST_BYTES);
    tb_put_u16(&w, row->month);
    tb_put_u64(&w, row->amount);
    tb_put_u32(&w, row->bucket);
    tb_put_raw(&w, row->value, TB_DISTINCT_BYTES);
    tb_put_bytes(&w, row->group);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

bool tb_measured_equal(const tb_measured *a, const tb_measured *b)
{
    return tb_case_equal(&a->case_id, &b->case_id) && a->number == b->number &&
           tb_bytes_equal(a->measure, b->measure) && tb_digest_equal(&a->event, &b->event) &&
           a->month == b->month && tb_bytes_equal(a->group, b->group) && a->kind == b->kind &&
           a->amount == b->amount && a->bucket == b->bucket &&
           memcmp(a->value, b->value, TB_DISTINCT_BYTES) == 0;
}

tb_err tb_measured_of(tb_txn *txn, const tb_case_id *case_id, tb_measured **out, size_t *out_count)
{
    tb_bytes prefix = tb_bytes_of(case_id->bytes, TB_CASE_ID_BYTES);
    tb_measured *list = NULL;
    size_t count = 0;
    size_t capacity = 0;
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_MEASURED, prefix, prefix, &key, &value);
    while (err == TB_OK) {
        if (count == capacity) {
            capacity = capacity * 2 + 8;
            tb_measured *longer = tb_arena_array(tb_txn_arena(txn), capacity, sizeof *longer);
            if (longer == NULL) {
                return TB_ERR_LIMIT;
            }
            if (count > 0) {
                memcpy(longer, list, count * sizeof *list);
            }
            list = longer;
        }
        err = tb_measured_decode(key, value, &list[count]);
        count++;
        if (err == TB_OK) {
            err = tb_store_next(txn, TB_TABLE_MEASURED, prefix, key, &key, &value);
        }
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

tb_err tb_measured_get(tb_txn *txn,
                       const tb_case_id *case_id,
                       uint64_t number,
                       tb_bytes measure,
                       tb_measured *out)
{
    uint8_t buffer[KEY_MAX];
    tb_bytes value;
    tb_bytes key;
    TB_ASSERT(measure.size <= TB_NAME_BYTES_MAX);
    tb_err err = tb_arena_copy(tb_txn_arena(txn), measured_key(buffer, case_id, number, measure),
                               &key);
    if (err == TB_OK) {
        err = tb_store_get(txn, TB_TABLE_MEASURED, key, &value);
    }
    return err == TB_OK ? tb_measured_decode(key, value, out) : err;
}

/* ---- MEASURED_IN ---- */

static void put_names(tb_writer *w, tb_bytes campaign, tb_bytes measure)
{
    tb_put_raw(w, campaign.data, campaign.size);
    tb_put_u8(w, 0);
    tb_put_raw(w, measure.data, measure.size);
    tb_put_u8(w, 0);
}

static tb_bytes in_key(uint8_t buffer[IN_MAX], tb_bytes campaign, const tb_measured *row)
{
    tb_writer w;
    tb_writer_init(&w, buffer, IN_MAX);
    put_names(&w, campaign, row->measure);
    tb_put_u16(&w, row->month);
    tb_put_raw(&w, row->group.data, row->group.size);
    tb_put_u8(&w, 0);
    tb_put_raw(&w, row->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_u64(&w, row->number);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

static tb_err in_read(tb_bytes key, tb_bytes value, size_t prefix, tb_measured_place *out)
{
    tb_reader r;
    if (key.size < prefix + 2 + 1 + IN_TAIL) {
        return TB_ERR_CORRUPT;
    }
    tb_reader_init(&r, tb_bytes_of(key.data + prefix, key.size - prefix));
    tb_measured_place place = {.month = tb_get_u16(&r)};
    size_t group = key.size - prefix - 2 - 1 - IN_TAIL;
    place.group = tb_bytes_of(key.data + prefix + 2, group);
    tb_reader_init(&r, tb_bytes_of(key.data + key.size - IN_TAIL, IN_TAIL));
    tb_get_raw(&r, place.case_id.bytes, TB_CASE_ID_BYTES);
    place.number = tb_get_u64(&r);
    tb_reader_init(&r, value);
    place.amount = tb_get_u64(&r);
    place.bucket = tb_get_u32(&r);
    place.kind = (tb_measured_kind)tb_get_u8(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = place;
    return TB_OK;
}

tb_err
tb_measured_in_from(tb_txn *txn, tb_bytes campaign, tb_bytes measure, tb_month first, tb_bytes *out)
{
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), IN_MAX);
    put_names(&w, campaign, measure);
    tb_put_u16(&w, first);
    return tb_writer_bytes(&w, out);
}

tb_err tb_measured_in_next(tb_txn *txn,
                           tb_bytes campaign,
                           tb_bytes measure,
                           tb_month last,
                           tb_bytes *cursor,
                           tb_measured_place *out)
{
    uint8_t buffer[IN_MAX];
    tb_writer w;
    tb_bytes value;
    tb_writer_init(&w, buffer, sizeof buffer);
    put_names(&w, campaign, measure);
    tb_bytes prefix = tb_bytes_of(buffer, w.size);
    tb_err err = tb_store_next(txn, TB_TABLE_MEASURED_IN, prefix, *cursor, cursor, &value);
    if (err == TB_OK) {
        err = in_read(*cursor, value, prefix.size, out);
    }
    return err == TB_OK && out->month > last ? TB_ERR_NOT_FOUND : err;
}

/* ---- both, and the totals ---- */

tb_err tb_measured_add(tb_txn *txn, tb_bytes campaign, const tb_measured *row)
{
    uint8_t key[KEY_MAX];
    uint8_t value[ROW_MAX];
    uint8_t in[IN_MAX];
    uint8_t in_value[IN_VALUE];
    TB_ASSERT(row->measure.size > 0);
    TB_ASSERT(row->measure.size <= TB_NAME_BYTES_MAX);
    TB_ASSERT(row->group.size <= TB_MEASURE_GROUP_MAX);
    tb_writer w;
    tb_writer_init(&w, in_value, sizeof in_value);
    tb_put_u64(&w, row->amount);
    tb_put_u32(&w, row->bucket);
    tb_put_u8(&w, (uint8_t)row->kind);
    tb_err err = tb_store_put(txn, TB_TABLE_MEASURED,
                              measured_key(key, &row->case_id, row->number, row->measure),
                              encode(value, row));
    if (err == TB_OK) {
        err = tb_store_put(txn, TB_TABLE_MEASURED_IN, in_key(in, campaign, row),
                           tb_bytes_of(in_value, w.size));
    }
    return err == TB_OK ? tb_measure_give(txn, campaign, row, true) : err;
}

tb_err tb_measured_drop(tb_txn *txn, tb_bytes campaign, const tb_measured *row)
{
    uint8_t key[KEY_MAX];
    uint8_t in[IN_MAX];
    tb_err err = tb_store_del(txn, TB_TABLE_MEASURED,
                              measured_key(key, &row->case_id, row->number, row->measure));
    if (err == TB_OK) {
        err = tb_store_del(txn, TB_TABLE_MEASURED_IN, in_key(in, campaign, row));
    }
    if (err == TB_OK) {
        err = tb_measure_give(txn, campaign, row, false);
    }
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

/* ---- MEASURE_STALE ---- */

tb_err tb_measure_stale_put(tb_txn *txn, const tb_case_id *case_id)
{
    return tb_store_put(txn, TB_TABLE_MEASURE_STALE, tb_bytes_of(case_id->bytes, TB_CASE_ID_BYTES),
                        nothing);
}

tb_err tb_measure_stale_next(tb_txn *txn, const tb_case_id *after, tb_case_id *out)
{
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_MEASURE_STALE, nothing,
                               tb_bytes_of(after->bytes, TB_CASE_ID_BYTES), &key, &value);
    if (err == TB_OK && key.size != TB_CASE_ID_BYTES) {
        return TB_ERR_CORRUPT;
    }
    if (err == TB_OK) {
        memcpy(out->bytes, key.data, TB_CASE_ID_BYTES);
    }
    return err;
}

tb_err tb_measure_stale_del(tb_txn *txn, const tb_case_id *case_id)
{
    return tb_store_del(txn, TB_TABLE_MEASURE_STALE, tb_bytes_of(case_id->bytes, TB_CASE_ID_BYTES));
}

/* ---- MEASURE_AWAIT ---- */

static void put_stream(tb_writer *w, const tb_stream *stream)
{
    tb_put_raw(w, stream->sender.text, TB_PARTY_BYTES);
    tb_put_u64(w, stream->incarnation.counter);
    tb_put_raw(w, stream->incarnation.random, sizeof stream->incarnation.random);
    tb_put_raw(w, stream->recipient.text, TB_PARTY_BYTES);
    tb_put_u8(w, (uint8_t)stream->lane);
}

tb_err
tb_measure_await(tb_txn *txn, const tb_stream *stream, uint64_t number, const tb_case_id *case_id)
{
    uint8_t buffer[AWAIT_MAX];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    put_stream(&w, stream);
    tb_put_u64(&w, number);
    tb_put_raw(&w, case_id->bytes, TB_CASE_ID_BYTES);
    TB_ASSERT(!w.overflow);
    return tb_store_put(txn, TB_TABLE_MEASURE_AWAIT, tb_bytes_of(buffer, w.size), nothing);
}

tb_err tb_measure_stamped(tb_txn *txn, const tb_stream *stream, uint64_t from, uint64_t to)
{
    uint8_t buffer[AWAIT_MAX];
    tb_writer w;
    tb_bytes key;
    tb_bytes value;
    if (tb_store_rows(txn, TB_TABLE_MEASURE_AWAIT) == 0) {
        return TB_OK;
    }
    tb_writer_init(&w, buffer, sizeof buffer);
    put_stream(&w, stream);
    tb_bytes prefix = tb_bytes_of(buffer, w.size);
    tb_put_u64(&w, from);
    tb_err err = tb_store_seek(txn, TB_TABLE_MEASURE_AWAIT, prefix, tb_bytes_of(buffer, w.size),
                               &key, &value);
    while (err == TB_OK) {
        tb_reader r;
        tb_case_id case_id;
        tb_reader_init(&r, tb_bytes_of(key.data + prefix.size, key.size - prefix.size));
        uint64_t number = tb_get_u64(&r);
        tb_get_raw(&r, case_id.bytes, TB_CASE_ID_BYTES);
        if (!tb_reader_done(&r)) {
            return TB_ERR_CORRUPT;
        }
        if (number > to) {
            return TB_OK;
        }
        err = tb_measure_stale_put(txn, &case_id);
        if (err == TB_OK) {
            err = tb_store_del(txn, TB_TABLE_MEASURE_AWAIT, key);
        }
        if (err == TB_OK) {
            err = tb_store_next(txn, TB_TABLE_MEASURE_AWAIT, prefix, key, &key, &value);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}
