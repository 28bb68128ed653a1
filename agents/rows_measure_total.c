/* rows_measure_total - totals by month, and how many distinct values a span of months has. */
#include "agents/rows_measure.h"

#include "base/pack.h"

#define NAMES_MAX    (2 * (TB_NAME_BYTES_MAX + 1) + TB_MEASURE_GROUP_MAX + 1)
#define KEY_TAIL     (2 + 2 + 4)
#define KEY_MAX      (NAMES_MAX + KEY_TAIL)
#define DISTINCT_MAX (NAMES_MAX + TB_DISTINCT_BYTES + 2)
#define YEAR_BYTES   (12 * 4)

/* Months, quarters, half years, and January up to each month; each once. */
const tb_span tb_measure_spans[TB_SPANS] = {
    {0, 0}, {1, 1},   {2, 2},   {3, 3}, {4, 4}, {5, 5},  {6, 6},  {7, 7},  {8, 8},
    {9, 9}, {10, 10}, {11, 11}, {3, 5}, {6, 8}, {9, 11}, {6, 11}, {0, 1},  {0, 2},
    {0, 3}, {0, 4},   {0, 5},   {0, 6}, {0, 7}, {0, 8},  {0, 9},  {0, 10}, {0, 11},
};

static void put_names(tb_writer *w, tb_bytes campaign, tb_bytes measure, tb_bytes group)
{
    tb_put_raw(w, campaign.data, campaign.size);
    tb_put_u8(w, 0);
    tb_put_raw(w, measure.data, measure.size);
    tb_put_u8(w, 0);
    tb_put_raw(w, group.data, group.size);
    tb_put_u8(w, 0);
}

static tb_bytes put_key(uint8_t buffer[KEY_MAX],
                        tb_bytes campaign,
                        tb_bytes measure,
                        tb_bytes group,
                        tb_month first,
                        tb_month last,
                        uint32_t bucket)
{
    tb_writer w;
    tb_writer_init(&w, buffer, KEY_MAX);
    put_names(&w, campaign, measure, group);
    tb_put_u16(&w, first);
    tb_put_u16(&w, last);
    tb_put_u32(&w, bucket);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

tb_err tb_measure_key(tb_arena *arena,
                      tb_bytes campaign,
                      tb_bytes measure,
                      tb_bytes group,
                      tb_month first,
                      tb_month last,
                      uint32_t bucket,
                      tb_bytes *out)
{
    uint8_t buffer[KEY_MAX];
    return tb_arena_copy(arena, put_key(buffer, campaign, measure, group, first, last, bucket),
                         out);
}

/* Three names that end in a zero byte each. */
static bool read_names(tb_bytes key, tb_bytes names[3], size_t *out_size)
{
    size_t at = 0;
    for (int i = 0; i < 3; i++) {
        const uint8_t *end = at < key.size ? memchr(key.data + at, 0, key.size - at) : NULL;
        if (end == NULL) {
            return false;
        }
        names[i] = tb_bytes_of(key.data + at, (size_t)(end - key.data) - at);
        at = (size_t)(end - key.data) + 1;
    }
    *out_size = at;
    return true;
}

tb_err tb_measure_key_read(tb_bytes key,
                           tb_bytes *out_campaign,
                           tb_bytes *out_measure,
                           tb_bytes *out_group,
                           tb_month *out_first,
                           tb_month *out_last,
                           uint32_t *out_bucket)
{
    tb_bytes names[3];
    size_t at;
    tb_reader r;
    if (!read_names(key, names, &at)) {
        return TB_ERR_CORRUPT;
    }
    tb_reader_init(&r, tb_bytes_of(key.data + at, key.size - at));
    *out_campaign = names[0];
    *out_measure = names[1];
    *out_group = names[2];
    *out_first = tb_get_u16(&r);
    *out_last = tb_get_u16(&r);
    *out_bucket = tb_get_u32(&r);
    return tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

/* ---- a total ---- */

static tb_err read_total(tb_bytes value, uint64_t *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    *out = tb_get_u64(&r);
    return tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

static tb_err get_total(tb_txn *txn, tb_bytes key, uint64_t *out)
{
    tb_bytes value;
    *out = 0;
    tb_err err = tb_store_get(txn, TB_TABLE_MEASURE, key, &value);
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    return err == TB_OK ? read_total(value, out) : err;
}

static tb_err change(tb_txn *txn, tb_bytes key, uint64_t amount, bool add)
{
    uint64_t total;
    uint8_t buffer[8];
    tb_writer w;
    tb_err err = get_total(txn, key, &total);
    if (err != TB_OK || amount == 0) {
        return err;
    }
    if (add ? total + amount < total : total < amount) {
        return TB_ERR_CORRUPT;
    }
    total = add ? total + amount : total - amount;
    if (total == 0) {
        return tb_store_del(txn, TB_TABLE_MEASURE, key);
    }
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u64(&w, total);
    return tb_store_put(txn, TB_TABLE_MEASURE, key, tb_bytes_of(buffer, w.size));
}

/* ---- distinct values ---- */

static tb_bytes distinct_key(uint8_t buffer[DISTINCT_MAX],
                             tb_bytes campaign,
                             const tb_measured *row,
                             tb_bytes group)
{
    tb_writer w;
    tb_writer_init(&w, buffer, DISTINCT_MAX);
    put_names(&w, campaign, row->measure, group);
    tb_put_raw(&w, row->value, TB_DISTINCT_BYTES);
    tb_put_u16(&w, row->month / 12);
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

static tb_err read_year(tb_bytes value, uint32_t counts[12])
{
    tb_reader r;
    tb_reader_init(&r, value);
    for (int i = 0; i < 12; i++) {
        counts[i] = tb_get_u32(&r);
    }
    return tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

tb_err tb_measure_distinct_read(tb_bytes key,
                                tb_bytes value,
                                tb_bytes *out_name,
                                tb_bytes *out_value,
                                uint16_t *out_year,
                                uint32_t out_counts[12])
{
    tb_bytes names[3];
    size_t at;
    tb_reader r;
    if (!read_names(key, names, &at) || key.size != at + TB_DISTINCT_BYTES + 2) {
        return TB_ERR_CORRUPT;
    }
    *out_name = tb_bytes_of(key.data, at);
    *out_value = tb_bytes_of(key.data + at, TB_DISTINCT_BYTES);
    tb_reader_init(&r, tb_bytes_of(key.data + at + TB_DISTINCT_BYTES, 2));
    *out_year = tb_get_u16(&r);
    return read_year(value, out_counts);
}

static bool any_in(const uint32_t counts[12], unsigned first, unsigned last)
{
    bool any = false;
    for (unsigned i = first; i <= last; i++) {
        any = any || counts[i] > 0;
    }
    return any;
}

static tb_err put_year(tb_txn *txn, tb_bytes key, const uint32_t counts[12])
{
    uint8_t buffer[YEAR_BYTES];
    tb_writer w;
    if (!any_in(counts, 0, 11)) {
        return tb_store_del(txn, TB_TABLE_MEASURE_DISTINCT, key);
    }
    tb_writer_init(&w, buffer, sizeof buffer);
    for (int i = 0; i < 12; i++) {
        tb_put_u32(&w, counts[i]);
    }
    return tb_store_put(txn, TB_TABLE_MEASURE_DISTINCT, key, tb_bytes_of(buffer, w.size));
}

/* The value appears in, or vanishes from, the spans where this was its only event. */
static tb_err
give_distinct(tb_txn *txn, tb_bytes campaign, const tb_measured *row, tb_bytes group, bool add)
{
    uint8_t buffer[DISTINCT_MAX];
    uint8_t total[KEY_MAX];
    uint32_t before[12] = {0};
    uint32_t after[12];
    tb_bytes value;
    tb_bytes key = distinct_key(buffer, campaign, row, group);
    tb_month january = tb_month_january(row->month);
    unsigned at = (unsigned)(row->month - january);
    tb_err err = tb_store_get(txn, TB_TABLE_MEASURE_DISTINCT, key, &value);
    if (err == TB_OK) {
        err = read_year(value, before);
    } else if (err == TB_ERR_NOT_FOUND) {
        err = TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    memcpy(after, before, sizeof after);
    if (add ? before[at] == UINT32_MAX : before[at] == 0) {
        return TB_ERR_CORRUPT;
    }
    after[at] = add ? before[at] + 1 : before[at] - 1;
    err = put_year(txn, key, after);
    bool turns = (before[at] > 0) != (after[at] > 0); /* else no span changes */
    for (size_t i = 0; err == TB_OK && turns && i < TB_SPANS; i++) {
        const tb_span *span = &tb_measure_spans[i];
        if (any_in(before, span->first, span->last) != any_in(after, span->first, span->last)) {
            err = change(txn,
                         put_key(total, campaign, row->measure, group,
                                 (tb_month)(january + span->first),
                                 (tb_month)(january + span->last), 0),
                         1, add);
        }
    }
    return err;
}

static tb_err
give_group(tb_txn *txn, tb_bytes campaign, const tb_measured *row, tb_bytes group, bool add)
{
    uint8_t key[KEY_MAX];
    switch (row->kind) {
    case TB_MEASURED_AMOUNT:
        return change(txn, put_key(key, campaign, row->measure, group, row->month, row->month, 0),
                      row->amount, add);
    case TB_MEASURED_HOURS:
        return change(
            txn, put_key(key, campaign, row->measure, group, row->month, row->month, row->bucket),
            1, add);
    case TB_MEASURED_DISTINCT:
        return give_distinct(txn, campaign, row, group, add);
    }
    TB_UNREACHABLE();
}

tb_err tb_measure_give(tb_txn *txn, tb_bytes campaign, const tb_measured *row, bool add)
{
    tb_err err = give_group(txn, campaign, row, tb_bytes_of(NULL, 0), add);
    if (err == TB_OK && row->group.size > 0) {
        err = give_group(txn, campaign, row, row->group, add);
    }
    return err;
}

/* ---- asking ---- */

static tb_err
names_prefix(tb_txn *txn, tb_bytes campaign, tb_bytes measure, tb_bytes group, tb_bytes *out)
{
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), NAMES_MAX);
    put_names(&w, campaign, measure, group);
    return tb_writer_bytes(&w, out);
}

/* The first and last of one year that a total is kept for. */
static bool kept_span(tb_month first, tb_month last)
{
    tb_month january = tb_month_january(first);
    for (size_t i = 0; i < TB_SPANS; i++) {
        if (january + tb_measure_spans[i].first == first &&
            january + tb_measure_spans[i].last == last) {
            return true;
        }
    }
    return false;
}

/* Counts the values of a span that no total is kept for: a value's years stand together. */
static tb_err
count_distinct(tb_txn *txn, tb_bytes prefix, tb_month first, tb_month last, uint64_t *out)
{
    uint8_t counted[TB_DISTINCT_BYTES];
    bool any = false;
    tb_bytes key;
    tb_bytes value;
    uint64_t count = 0;
    tb_err err = tb_store_seek(txn, TB_TABLE_MEASURE_DISTINCT, prefix, prefix, &key, &value);
    while (err == TB_OK) {
        tb_bytes name;
        tb_bytes which;
        uint16_t year;
        uint32_t counts[12];
        size_t mark = tb_arena_mark(tb_txn_arena(txn));
        err = tb_measure_distinct_read(key, value, &name, &which, &year, counts);
        if (err != TB_OK) {
            return err;
        }
        for (unsigned i = 0; i < 12; i++) {
            bool within = year * 12u + i >= first && year * 12u + i <= last && counts[i] > 0;
            if (within && !(any && memcmp(counted, which.data, sizeof counted) == 0)) {
                memcpy(counted, which.data, sizeof counted);
                any = true;
                count++;
            }
        }
        uint8_t at[TB_KEY_BYTES_MAX];
        size_t size = key.size;
        memcpy(at, key.data, size);
        tb_arena_release(tb_txn_arena(txn), mark);
        err = tb_store_next(txn, TB_TABLE_MEASURE_DISTINCT, prefix, tb_bytes_of(at, size), &key,
                            &value);
    }
    *out = count;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_measure_total(tb_txn *txn,
                        tb_bytes campaign,
                        tb_bytes measure,
                        tb_bytes group,
                        bool distinct,
                        tb_month first,
                        tb_month last,
                        uint64_t *out)
{
    uint8_t key[KEY_MAX];
    tb_bytes prefix;
    *out = 0;
    if (distinct && kept_span(first, last)) {
        return get_total(txn, put_key(key, campaign, measure, group, first, last, 0), out);
    }
    if (distinct) {
        tb_err err = names_prefix(txn, campaign, measure, group, &prefix);
        return err == TB_OK ? count_distinct(txn, prefix, first, last, out) : err;
    }
    for (uint32_t month = first; month <= last; month++) {
        uint64_t one;
        tb_month at = (tb_month)month;
        tb_err err = get_total(txn, put_key(key, campaign, measure, group, at, at, 0), &one);
        if (err != TB_OK) {
            return err;
        }
        *out += one;
    }
    return TB_OK;
}

/* ---- hours ---- */

typedef struct bucket_count {
    uint32_t bucket;
    uint64_t count;
} bucket_count;

typedef struct buckets {
    bucket_count *list; /* ascending, each once */
    size_t count;
    size_t capacity;
} buckets;

static tb_err add_bucket(tb_arena *arena, buckets *b, uint32_t bucket, uint64_t count)
{
    size_t at = b->count;
    while (at > 0 && b->list[at - 1].bucket >= bucket) {
        at--;
    }
    if (at < b->count && b->list[at].bucket == bucket) {
        b->list[at].count += count;
        return TB_OK;
    }
    if (b->count == b->capacity) {
        size_t capacity = b->capacity * 2 + 64;
        bucket_count *longer = tb_arena_array(arena, capacity, sizeof *longer);
        if (longer == NULL) {
            return TB_ERR_LIMIT;
        }
        if (b->count > 0) {
            memcpy(longer, b->list, b->count * sizeof *longer);
        }
        b->list = longer;
        b->capacity = capacity;
    }
    memmove(b->list + at + 1, b->list + at, (b->count - at) * sizeof *b->list);
    b->list[at] = (bucket_count){bucket, count};
    b->count++;
    return TB_OK;
}

static tb_err read_buckets(tb_txn *txn, tb_bytes prefix, tb_month first, tb_month last, buckets *b)
{
    tb_writer w;
    tb_bytes from;
    tb_bytes key;
    tb_bytes value;
    tb_writer_arena(&w, tb_txn_arena(txn), KEY_MAX);
    tb_put_raw(&w, prefix.data, prefix.size);
    tb_put_u16(&w, first);
    tb_err err = tb_writer_bytes(&w, &from);
    if (err == TB_OK) {
        err = tb_store_seek(txn, TB_TABLE_MEASURE, prefix, from, &key, &value);
    }
    while (err == TB_OK) {
        tb_bytes names[3];
        tb_month month;
        tb_month upto;
        uint32_t bucket;
        uint64_t count;
        err = tb_measure_key_read(key, &names[0], &names[1], &names[2], &month, &upto, &bucket);
        if (err == TB_OK && month > last) {
            return TB_OK;
        }
        if (err == TB_OK) {
            err = read_total(value, &count);
        }
        if (err == TB_OK) {
            err = add_bucket(tb_txn_arena(txn), b, bucket, count);
        }
        if (err == TB_OK) {
            err = tb_store_next(txn, TB_TABLE_MEASURE, prefix, key, &key, &value);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_measure_hours_of(tb_txn *txn,
                           tb_bytes campaign,
                           tb_bytes measure,
                           tb_bytes group,
                           tb_stat stat,
                           tb_month first,
                           tb_month last,
                           uint64_t *out_count,
                           uint32_t *out_bucket)
{
    buckets b = {NULL, 0, 0};
    tb_bytes prefix;
    uint64_t total = 0;
    uint64_t seen = 0;
    tb_err err = names_prefix(txn, campaign, measure, group, &prefix);
    if (err == TB_OK) {
        err = read_buckets(txn, prefix, first, last, &b);
    }
    if (err != TB_OK) {
        return err;
    }
    for (size_t i = 0; i < b.count; i++) {
        total += b.list[i].count;
    }
    *out_count = total;
    *out_bucket = b.count > 0 ? b.list[b.count - 1].bucket : 0;
    for (size_t i = 0; stat == TB_STAT_MEDIAN && i < b.count; i++) {
        seen += b.list[i].count;
        if (seen > (total - 1) / 2) {
            *out_bucket = b.list[i].bucket;
            break;
        }
    }
    return TB_OK;
}

/* ---- groups ---- */

tb_err tb_measure_group_next(
    tb_txn *txn, tb_bytes campaign, tb_bytes measure, tb_bytes group, tb_bytes *out)
{
    tb_writer prefix;
    tb_writer from;
    uint8_t prefix_bytes[NAMES_MAX];
    uint8_t from_bytes[KEY_MAX];
    tb_bytes key;
    tb_bytes value;
    tb_bytes names[3];
    size_t size;
    tb_writer_init(&prefix, prefix_bytes, sizeof prefix_bytes);
    tb_put_raw(&prefix, campaign.data, campaign.size);
    tb_put_u8(&prefix, 0);
    tb_put_raw(&prefix, measure.data, measure.size);
    tb_put_u8(&prefix, 0);
    /* behind every row of the group: its own end byte is 0 */
    tb_writer_init(&from, from_bytes, sizeof from_bytes);
    tb_put_raw(&from, prefix_bytes, prefix.size);
    tb_put_raw(&from, group.data, group.size);
    tb_put_u8(&from, 1);
    tb_err err = tb_store_seek(txn, TB_TABLE_MEASURE, tb_bytes_of(prefix_bytes, prefix.size),
                               tb_bytes_of(from_bytes, from.size), &key, &value);
    if (err == TB_OK && !read_names(key, names, &size)) {
        return TB_ERR_CORRUPT;
    }
    if (err == TB_OK) {
        *out = names[2];
    }
    return err;
}
