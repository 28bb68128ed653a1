/* notice_name - how people name a notice: "party/incarnation/number", the incarnation by its
 * counter. */
#ifndef TB_AGENT_NOTICE_NAME_H
#define TB_AGENT_NOTICE_NAME_H

#include "base/arena.h"
#include "base/ids.h"

/* In the arena. TB_ERR_LIMIT: no memory left. */
tb_err tb_notice_name_print(tb_arena *arena,
                            const tb_party *sender,
                            uint64_t counter,
                            uint64_t notice,
                            tb_bytes *out) TB_MUST_USE;
/* False for a text of another form; then nothing is written that counts. */
bool tb_notice_name_parse(tb_bytes text,
                          tb_party *out_sender,
                          uint64_t *out_counter,
                          uint64_t *out_notice);

#endif
