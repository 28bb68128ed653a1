/* rows_pack - what the row files share: keys and values of fixed layout in buffers of their size.
 */
#ifndef TB_BROKER_ROWS_PACK_H
#define TB_BROKER_ROWS_PACK_H

#include "base/ids.h"
#include "base/pack.h"
#include "broker/rows_stream.h"

static inline tb_bytes tb_row_packed(const tb_writer *w)
{
    tb_bytes out = {NULL, 0};

    /* Buffers are sized for their layout, so only a bug of ours can overflow them. */
    tb_err err = tb_writer_bytes(w, &out);
    TB_ASSERT(err == TB_OK);

    return out;
}

static inline tb_err tb_row_done(const tb_reader *r)
{
    return tb_reader_done(r) ? TB_OK : TB_ERR_CORRUPT;
}

static inline void tb_row_put_incarnation(tb_writer *w, const tb_incarnation *incarnation)
{
    tb_put_u64(w, incarnation->counter);
    tb_put_raw(w, incarnation->random, sizeof incarnation->random);
}

static inline void tb_row_get_incarnation(tb_reader *r, tb_incarnation *out)
{
    out->counter = tb_get_u64(r);
    tb_get_raw(r, out->random, sizeof out->random);
}

/* A stream and a number in it. */
#define TB_ROW_STREAM_NUMBER_BYTES (TB_STREAM_KEY_BYTES + 8)

static inline tb_bytes tb_row_stream_number(uint8_t buffer[TB_ROW_STREAM_NUMBER_BYTES],
                                            const tb_stream *stream,
                                            uint64_t number)
{
    tb_stream_key key = tb_stream_key_of(stream);
    tb_writer w;
    tb_writer_init(&w, buffer, TB_ROW_STREAM_NUMBER_BYTES);
    tb_put_raw(&w, key.bytes, sizeof key.bytes);
    tb_put_u64(&w, number);
    return tb_row_packed(&w);
}

/* The number behind the stream in a key of stream_number. */
static inline uint64_t tb_row_key_number(tb_bytes key)
{
    tb_reader r;
    tb_reader_init(&r, key);
    uint8_t stream[TB_STREAM_KEY_BYTES];
    tb_get_raw(&r, stream, sizeof stream);
    return tb_get_u64(&r);
}

#endif
