/* protocol - which versions of the link protocol two sides have in common, and what to say when
 * they have none.
 *
 * Hello and Bye are readable across all versions: Frame.protocol, hub and the fields 1 to 4 of
 * both never change. A Hello is written in the oldest version its sender speaks, a Bye in the
 * version of the frame it answers.
 */
#ifndef TB_PROTOCOL_H
#define TB_PROTOCOL_H

#include "base/arena.h"
#include "base/limits.h"

typedef struct tb_protocol_range {
    uint32_t min;
    uint32_t max;
} tb_protocol_range;

/* What this build speaks. */
tb_protocol_range tb_protocol_spoken(void);

/* The highest version in both ranges; 0 when there is none. */
uint32_t tb_protocol_common(tb_protocol_range a, tb_protocol_range b);

/* For ranges without a common version: both of them and which side must be upgraded, a sentence in
 * each language. TB_ERR_LIMIT: arena. */
tb_err tb_protocol_words(tb_protocol_range agent,
                         tb_protocol_range hub,
                         tb_arena *arena,
                         tb_bytes *out_zh,
                         tb_bytes *out_en) TB_MUST_USE;

#endif
