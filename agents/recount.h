/* recount - 重新统计: the figures of some months counted anew from the events of every case here,
 * without a look at the counters (measures.h), as they are or as they were when a figure was
 * stated.
 *
 * What it counts with is measure_case.c, so what is compared is the counters' whole life with one
 * reading of the chains. It keeps amounts by month and group, and one entry for each event of hours
 * and of distinct values.
 */
#ifndef TB_RECOUNT_H
#define TB_RECOUNT_H

#include "agents/measures.h"

/* Cases an agent counts anew for one question, so that it answers within seconds. Who verifies a
 * file has no other work. */
#define TB_RECOUNT_CASES_MAX 20000

typedef struct tb_recount_entry tb_recount_entry;

/* What it was counted for. */
typedef struct tb_recount_of {
    const tb_campaign *campaign;
    tb_month first;
    tb_month last;
    const tb_as_of *as_of; /* NULL: now */
} tb_recount_of;

typedef struct tb_recounted {
    bool whole; /* false: more cases, or more entries, than could be counted; nothing is known */
    tb_recount_of of;
    tb_as_of then; /* what of.as_of points to */
    tb_arena *arena;
    tb_recount_entry *entries;
    size_t count;
    size_t capacity;
    uint32_t first[TB_MEASURES_MAX]; /* entry, plus 1, of each measure of the campaign; 0: none */
    tb_bytes *groups;
    size_t group_count;
    uint8_t *text;
    size_t text_size;
} tb_recounted;

/* Takes its memory, tens of megabytes, from the arena; it may be counted into again. */
tb_err tb_recounted_init(tb_arena *arena, tb_recounted *out) TB_MUST_USE;
tb_err tb_recount(const tb_agent *agent,
                  tb_txn *txn,
                  const tb_recount_of *of,
                  uint64_t cases_max,
                  tb_recounted *out) TB_MUST_USE;

/* As their namesakes of rows_measure.h say of the counters; measure is one of the campaign. */
tb_err tb_recounted_total(const tb_recounted *recounted,
                          const tb_measure *measure,
                          tb_bytes group,
                          tb_month first,
                          tb_month last,
                          uint64_t *out) TB_MUST_USE;
tb_err tb_recounted_hours(const tb_recounted *recounted,
                          const tb_measure *measure,
                          tb_bytes group,
                          tb_month first,
                          tb_month last,
                          uint64_t *out_count,
                          uint32_t *out_bucket) TB_MUST_USE;
tb_err tb_recounted_group_next(const tb_recounted *recounted,
                               const tb_measure *measure,
                               tb_bytes group,
                               tb_bytes *out) TB_MUST_USE;

#endif
