/* segments - number segments: the first seven digits of a mobile number tell its home province.
 *
 * A signed table in runs (PROTOCOL.md "Number segments"), read in place by binary search: no copy,
 * no allocation beyond the index in the caller's arena.
 */
#ifndef TB_SEGMENTS_H
#define TB_SEGMENTS_H

#include "base/arena.h"
#include "base/refusal.h"

typedef struct tb_segment_run {
    uint32_t first; /* seven digits */
    uint32_t count;
    uint16_t city;
    uint8_t province; /* two-digit code */
    char operator_code; /* 'T' CT, 'M' CM, 'U' CU */
    bool mvno;
} tb_segment_run;

typedef struct tb_segments {
    uint32_t version;
    tb_segment_run *runs; /* ascending, not overlapping */
    size_t run_count;
    tb_bytes *cities;
    size_t city_count;
} tb_segments;

typedef struct tb_segment {
    uint8_t province;
    tb_bytes city;
    const char *operator_code; /* "CT", "CM", "CU" */
    bool mvno;
} tb_segment;

/* content is a wire SegmentTable; borrowed for the life of *out. */
tb_refusal tb_segments_decode(tb_bytes content, tb_arena *arena, tb_segments *out) TB_MUST_USE;
/* number: 11 digits. False when the segment is not in the table. */
bool tb_segments_find(const tb_segments *segments, tb_bytes number, tb_segment *out) TB_MUST_USE;

#endif
