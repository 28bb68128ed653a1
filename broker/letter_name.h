/* letter_name - how people at the hub name what it keeps:
 * "sender/incarnation/recipient/lane/number", the incarnation by its counter, the lane by its
 * number. */
#ifndef TB_BROKER_LETTER_NAME_H
#define TB_BROKER_LETTER_NAME_H

#include "base/arena.h"
#include "base/ids.h"
#include "store/store.h"

/* In the arena. TB_ERR_LIMIT: no memory left. */
tb_err tb_letter_name_print(tb_arena *arena,
                            const tb_stream *stream,
                            uint64_t number,
                            tb_bytes *out) TB_MUST_USE;
/* The stream and number of that name. TB_ERR_NOT_FOUND: no such stream, or not a name. */
tb_err tb_letter_name_find(tb_txn *txn, tb_bytes id, tb_stream *out_stream, uint64_t *out_number)
    TB_MUST_USE;

#endif
