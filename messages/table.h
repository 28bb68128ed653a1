/* table - reference tables as they are signed: number segments in runs, other lists as CSV.
 *
 * Only the envelope is read here. What the runs mean is for agents/tables/segments.h, what the
 * lines mean for whoever asked for the table; PROTOCOL.md describes both.
 */
#ifndef TB_TABLE_H
#define TB_TABLE_H

#include "base/arena.h"
#include "base/refusal.h"

/* Names of the tables this build knows; a document of kind table carries one of them. */
#define TB_TABLE_SEGMENTS  "segments"
#define TB_TABLE_PROVINCES "provinces"
#define TB_TABLE_CALENDAR  "calendar"

typedef struct tb_segment_table {
    tb_bytes name;
    uint32_t version;
    tb_bytes *cities;
    size_t city_count;
    tb_bytes runs;
    tb_bytes notice; /* licence and source, for people */
} tb_segment_table;

typedef struct tb_csv_table {
    tb_bytes name;
    uint32_t version;
    tb_bytes csv;
    tb_bytes notice;
} tb_csv_table;

/* Both copy into the arena: it needs the size of content and a little more. */
tb_refusal
tb_segment_table_decode(tb_bytes content, tb_arena *arena, tb_segment_table *out) TB_MUST_USE;
tb_refusal tb_csv_table_decode(tb_bytes content, tb_arena *arena, tb_csv_table *out) TB_MUST_USE;

/* TB_ERR_LIMIT when the content would exceed TB_DOCUMENT_BYTES_MAX or the arena is exhausted. */
tb_err
tb_segment_table_encode(const tb_segment_table *table, tb_arena *arena, tb_bytes *out) TB_MUST_USE;
tb_err tb_csv_table_encode(const tb_csv_table *table, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

#endif
