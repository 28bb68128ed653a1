/* text - building text front to back without a terminating NUL and without libc's formatter.
 *
 * Like tb_writer it never overruns: it remembers that it overflowed, and tb_text_done says so.
 */
#ifndef TB_TEXT_H
#define TB_TEXT_H

#include "base/arena.h"
#include "base/base.h"

typedef struct tb_text {
    uint8_t *data;
    size_t capacity;
    size_t size;
    bool overflow;
} tb_text;

/* Over fresh arena memory; with no memory left it starts overflowed. */
void tb_text_init(tb_text *text, tb_arena *arena, size_t capacity);
/* Over a buffer of the caller. */
void tb_text_over(tb_text *text, void *buffer, size_t capacity);

void tb_text_str(tb_text *text, const char *s);
void tb_text_bytes(tb_text *text, tb_bytes b);
void tb_text_char(tb_text *text, char c);
/* Decimal, without leading zeros. */
void tb_text_u64(tb_text *text, uint64_t v);
void tb_text_i64(tb_text *text, int64_t v);
/* Decimal with at least width digits, zero padded: dates, numbers in fixed columns. */
void tb_text_u64_wide(tb_text *text, uint64_t v, unsigned width);
/* Lower-case hex. */
void tb_text_hex(tb_text *text, tb_bytes b);

/* TB_ERR_LIMIT when anything did not fit. The bytes are not NUL-ended. */
tb_err tb_text_done(const tb_text *text, tb_bytes *out) TB_MUST_USE;

#endif
