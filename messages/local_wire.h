/* local_wire - private to messages/: what requests and answers share.
 *
 * People's words and identifiers are read alike here: UTF-8 without control characters, as long as
 * the message allows. What they mean is the agent's to judge.
 */
#ifndef TB_LOCAL_WIRE_H
#define TB_LOCAL_WIRE_H

#include "messages/local.h"
#include "messages/wire.h"

struct Tongbao__Local__Value;

bool tb_local_text(tb_wire_bytes field, tb_bytes *out);

/* A refusal of the field itself when an id or a value is not as it must be. */
tb_refusal tb_local_read_values(struct Tongbao__Local__Value *const *in,
                                size_t count,
                                tb_arena *arena,
                                tb_field **out) TB_MUST_USE;
/* NULL when memory ends. */
struct Tongbao__Local__Value **
tb_local_write_values(const tb_field *in, size_t count, tb_arena *arena);

tb_refusal tb_local_read_texts(const tb_wire_bytes *in,
                               size_t count,
                               tb_arena *arena,
                               tb_bytes **out) TB_MUST_USE;
tb_wire_bytes *tb_local_write_texts(const tb_bytes *in, size_t count, tb_arena *arena);

tb_refusal tb_local_read_parties(const tb_wire_bytes *in,
                                 size_t count,
                                 tb_arena *arena,
                                 tb_party **out) TB_MUST_USE;
tb_wire_bytes *tb_local_write_parties(const tb_party *in, size_t count, tb_arena *arena);

struct Tongbao__Local__Recovery;

/* local_recovery.c */
tb_refusal tb_local_read_recovery(const struct Tongbao__Local__Recovery *in,
                                  tb_arena *arena,
                                  tb_local_recovery *out) TB_MUST_USE;
/* NULL when memory ends. */
struct Tongbao__Local__Recovery *tb_local_write_recovery(const tb_local_recovery *in,
                                                         tb_arena *arena);

#endif
