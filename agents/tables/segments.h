/* segments - number segments: the first seven digits of a mobile number tell its home province.
 *
 * A signed table in runs (PROTOCOL.md "Number segments"): decoded once per installed version,
 * then asked by binary search. It is about the state of 2015; a later segment is simply absent
 * and the number's home is unknown. Porting may have moved a number to another operator, never to
 * another province: the province routes, the operator is a guess that the answer corrects.
 */
#ifndef TB_SEGMENTS_H
#define TB_SEGMENTS_H

#include "base/arena.h"
#include "base/refusal.h"

/* What decoding the largest table takes: the content copied, and its runs and cities as values. */
#define TB_SEGMENTS_ARENA_BYTES (4u * 1024 * 1024)

/* One run in the content: u32 first, u16 count, u8 province, u16 city, u8 operator. */
#define TB_SEGMENT_RUN_BYTES 10

typedef struct tb_segment_run {
    uint32_t first; /* seven digits */
    uint32_t count;
    uint16_t city;
    uint8_t province;   /* two-digit code */
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

/* content is a wire SegmentTable; borrowed for the life of *out. A table out of order, overlapping
 * or naming a city it does not list is refused as malformed. */
tb_refusal tb_segments_decode(tb_bytes content, tb_arena *arena, tb_segments *out) TB_MUST_USE;
/* number: 11 digits. False when the segment is not in the table. */
bool tb_segments_find(const tb_segments *segments, tb_bytes number, tb_segment *out) TB_MUST_USE;

#endif
