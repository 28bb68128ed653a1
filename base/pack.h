/* pack - big-endian writing and checked reading of fixed layouts: keys and stored rows.
 *
 * A writer never overruns: it remembers that it overflowed and tb_writer_bytes says so. A reader
 * never overruns: it remembers its first failure and every later read gives zero.
 */
#ifndef TB_PACK_H
#define TB_PACK_H

#include "base/arena.h"
#include "base/base.h"

typedef struct tb_writer {
    uint8_t *data;
    size_t capacity;
    size_t size;
    bool overflow;
} tb_writer;

void tb_writer_init(tb_writer *w, void *buffer, size_t capacity);
/* A writer over fresh arena memory; with no memory left it starts overflowed. */
void tb_writer_arena(tb_writer *w, tb_arena *arena, size_t capacity);
void tb_put_u8(tb_writer *w, uint8_t v);
void tb_put_u16(tb_writer *w, uint16_t v);
void tb_put_u32(tb_writer *w, uint32_t v);
void tb_put_u64(tb_writer *w, uint64_t v);
/* The sign bit flipped, then as u64: byte order is numeric order for negative numbers too. */
void tb_put_i64(tb_writer *w, int64_t v);
void tb_put_raw(tb_writer *w, const void *data, size_t size);
/* u32 length, then the bytes. */
void tb_put_bytes(tb_writer *w, tb_bytes b);
/* TB_ERR_LIMIT when anything did not fit. */
tb_err tb_writer_bytes(const tb_writer *w, tb_bytes *out) TB_MUST_USE;

typedef struct tb_reader {
    const uint8_t *data;
    size_t size;
    size_t at;
    bool failed;
} tb_reader;

void tb_reader_init(tb_reader *r, tb_bytes in);
uint8_t tb_get_u8(tb_reader *r);
uint16_t tb_get_u16(tb_reader *r);
uint32_t tb_get_u32(tb_reader *r);
uint64_t tb_get_u64(tb_reader *r);
int64_t tb_get_i64(tb_reader *r);
/* Copies exactly size bytes; zeroes out on failure. */
void tb_get_raw(tb_reader *r, void *out, size_t size);
/* Borrowed from the input. */
tb_bytes tb_get_bytes(tb_reader *r);
/* True when nothing failed and everything was read. */
bool tb_reader_done(const tb_reader *r);

#endif
