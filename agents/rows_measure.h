/* rows_measure - figures as stored, and the only code that reads and writes their tables.
 *
 *     MEASURED          what one event gives to one measure: what is withdrawn when it ceases to
 *     MEASURED_IN       the same by figure: what a figure opens to
 *     MEASURE           totals, so that a report is drafted without walking events
 *     MEASURE_DISTINCT  how often each value of a `distinct` field counts in each month of a year
 *     MEASURE_STALE     cases to be counted anew
 *     MEASURE_AWAIT     cases to be counted anew when a stamp comes
 *
 * tb_measured_add and tb_measured_drop keep the first four in step. Totals are kept by month; those
 * of distinct values also for each span that a report may ask for, because months do not add up.
 */
#ifndef TB_ROWS_MEASURE_H
#define TB_ROWS_MEASURE_H

#include "agents/campaign/period.h"
#include "base/ids.h"
#include "messages/link.h"
#include "store/store.h"

/* How a row is totalled; as stored, so that what a definition says now does not matter. */
typedef enum tb_measured_kind {
    TB_MEASURED_AMOUNT = 1,
    TB_MEASURED_HOURS = 2, /* one under its bucket: tenths of an hour */
    TB_MEASURED_DISTINCT = 3,
} tb_measured_kind;

#define TB_DISTINCT_BYTES 16

/* A side event has no number: it counts under this bit and the first 63 of its id. Of two that
 * agree in these within one case, which nobody brings about but the author of both, one counts. */
#define TB_MEASURED_SIDE (1ull << 63)

typedef struct tb_measured {
    tb_case_id case_id;
    uint64_t number; /* of the event in its chain, or TB_MEASURED_SIDE and more */
    tb_bytes measure;
    tb_digest event;
    tb_month month;
    tb_bytes group; /* values of `by`, with commas; empty: none */
    tb_measured_kind kind;
    uint64_t amount;
    uint32_t bucket;
    uint8_t value[TB_DISTINCT_BYTES]; /* digest of a distinct value */
} tb_measured;

/* campaign: the id. Neither is there twice: TB_ERR_CORRUPT. */
tb_err tb_measured_add(tb_txn *txn, tb_bytes campaign, const tb_measured *row) TB_MUST_USE;
tb_err tb_measured_drop(tb_txn *txn, tb_bytes campaign, const tb_measured *row) TB_MUST_USE;
/* Every row of a case, by number and measure, in the arena. */
tb_err tb_measured_of(tb_txn *txn, const tb_case_id *case_id, tb_measured **out, size_t *out_count)
    TB_MUST_USE;
/* The row of one event and measure. TB_ERR_NOT_FOUND. */
tb_err tb_measured_get(tb_txn *txn,
                       const tb_case_id *case_id,
                       uint64_t number,
                       tb_bytes measure,
                       tb_measured *out) TB_MUST_USE;
tb_err tb_measured_decode(tb_bytes key, tb_bytes value, tb_measured *out) TB_MUST_USE;
/* The same row, in everything. */
bool tb_measured_equal(const tb_measured *a, const tb_measured *b);

/* rows_measure_total.c, for rows_measure.c alone: what a row gives to totals, added or taken off.
 */
tb_err
tb_measure_give(tb_txn *txn, tb_bytes campaign, const tb_measured *row, bool add) TB_MUST_USE;

/* The total over months first to last. Distinct: how many values; a span within a year that is no
 * month, quarter, half year or beginning of the year, and any over several years, is counted. */
tb_err tb_measure_total(tb_txn *txn,
                        tb_bytes campaign,
                        tb_bytes measure,
                        tb_bytes group,
                        bool distinct,
                        tb_month first,
                        tb_month last,
                        uint64_t *out) TB_MUST_USE;
/* Of hours: how many there are, and the bucket of the median, or the highest. */
tb_err tb_measure_hours_of(tb_txn *txn,
                           tb_bytes campaign,
                           tb_bytes measure,
                           tb_bytes group,
                           tb_stat stat,
                           tb_month first,
                           tb_month last,
                           uint64_t *out_count,
                           uint32_t *out_bucket) TB_MUST_USE;
/* The next group of a measure behind one; empty: the first. TB_ERR_NOT_FOUND at the end. */
tb_err tb_measure_group_next(
    tb_txn *txn, tb_bytes campaign, tb_bytes measure, tb_bytes group, tb_bytes *out) TB_MUST_USE;

/* What a figure opens to: rows of a measure in months first to last, of a group or (empty) of all.
 * cursor empty for the first; TB_ERR_NOT_FOUND at the end. */
typedef struct tb_measured_place {
    tb_month month;
    tb_bytes group;
    tb_case_id case_id;
    uint64_t number;
    uint64_t amount;
    uint32_t bucket;
    tb_measured_kind kind;
} tb_measured_place;
tb_err tb_measured_in_next(tb_txn *txn,
                           tb_bytes campaign,
                           tb_bytes measure,
                           tb_month last,
                           tb_bytes *cursor,
                           tb_measured_place *out) TB_MUST_USE;
/* The cursor before the first row of a month. */
tb_err tb_measured_in_from(
    tb_txn *txn, tb_bytes campaign, tb_bytes measure, tb_month first, tb_bytes *out) TB_MUST_USE;

/* ---- what is to be counted anew ---- */

tb_err tb_measure_stale_put(tb_txn *txn, const tb_case_id *case_id) TB_MUST_USE;
/* The first after an id; TB_ERR_NOT_FOUND: none. */
tb_err tb_measure_stale_next(tb_txn *txn, const tb_case_id *after, tb_case_id *out) TB_MUST_USE;
tb_err tb_measure_stale_del(tb_txn *txn, const tb_case_id *case_id) TB_MUST_USE;

tb_err tb_measure_await(tb_txn *txn,
                        const tb_stream *stream,
                        uint64_t number,
                        const tb_case_id *case_id) TB_MUST_USE;
/* A stamp for numbers from..to of a stream is here: the cases that waited for it are stale. */
tb_err
tb_measure_stamped(tb_txn *txn, const tb_stream *stream, uint64_t from, uint64_t to) TB_MUST_USE;

/* For checks: the digest-free name of a total, and the layouts as they stand. */
tb_err tb_measure_key(tb_arena *arena,
                      tb_bytes campaign,
                      tb_bytes measure,
                      tb_bytes group,
                      tb_month first,
                      tb_month last,
                      uint32_t bucket,
                      tb_bytes *out) TB_MUST_USE;
tb_err tb_measure_key_read(tb_bytes key,
                           tb_bytes *out_campaign,
                           tb_bytes *out_measure,
                           tb_bytes *out_group,
                           tb_month *out_first,
                           tb_month *out_last,
                           uint32_t *out_bucket) TB_MUST_USE;
tb_err tb_measure_distinct_read(tb_bytes key,
                                tb_bytes value,
                                tb_bytes *out_name,
                                tb_bytes *out_value,
                                uint16_t *out_year,
                                uint32_t out_counts[12]) TB_MUST_USE;
/* The spans that totals of distinct values are kept for, by places 0..11 of a year's months. */
typedef struct tb_span {
    uint8_t first;
    uint8_t last;
} tb_span;
#define TB_SPANS 27
extern const tb_span tb_measure_spans[TB_SPANS];

#endif
