/* wire - private to messages/: protobuf-c over the turn's arena, and checks of single fields.
 *
 * What protobuf-c lets through (unknown fields, several encodings of one meaning, any bytes in any
 * field) is stopped here. Signed messages are checked for canonical form by encoding the decoded
 * value again: what does not come out byte for byte the same is refused, and with it every unknown
 * field, wrong order, long varint and written default.
 *
 * A check returns false for a field that is not as it must be; out is written only on true.
 */
#ifndef TB_WIRE_H
#define TB_WIRE_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/ids.h"
#include "base/refusal.h"
#include "base/time.h"
#include "messages/keys.h"

typedef ProtobufCBinaryData tb_wire_bytes;

/* Largest number of a notice or in a stream, so that the next one always exists. */
#define TB_NUMBER_MAX ((uint64_t)INT64_MAX)
/* 9999-12-31T23:59:59.999Z. Instants before 1970 do not occur. */
#define TB_WIRE_TIME_MAX INT64_C(253402300799999)
/* sender 24 ‖ incarnation 16 ‖ recipient 24 ‖ lane 1 */
#define TB_STREAM_BYTES 65

/* A message of this type in the arena, unchecked. Malformed, or too_large when memory ends. */
tb_refusal tb_wire_unpack(const ProtobufCMessageDescriptor *type,
                          tb_bytes in,
                          tb_arena *arena,
                          ProtobufCMessage **out) TB_MUST_USE;
/* TB_ERR_LIMIT: no memory, or more than max bytes. */
tb_err tb_wire_pack(const ProtobufCMessage *message, size_t max, tb_arena *arena, tb_bytes *out)
    TB_MUST_USE;
/* As tb_wire_pack, and gives back everything allocated since mark but the packed bytes, which may
 * be what the message points to. */
tb_err tb_wire_pack_over(const ProtobufCMessage *message,
                         size_t max,
                         tb_arena *arena,
                         size_t mark,
                         tb_bytes *out) TB_MUST_USE;
/* An arena over what lies behind the next reserve bytes of arena: for what is needed while a
 * result of at most reserve bytes is made. */
tb_arena tb_wire_scratch(const tb_arena *arena, size_t reserve);
/* Empty messages of one type and the array of pointers protobuf-c wants; NULL when memory ends. */
void *tb_wire_messages(const ProtobufCMessageDescriptor *type, size_t count, tb_arena *arena);

/* Reading. A name is 1..32 of [a-z0-9._-]; a text is UTF-8 without control characters but newline.
 */
bool tb_wire_fixed(tb_wire_bytes field, void *out, size_t size);
bool tb_wire_fixed_or_zero(tb_wire_bytes field, void *out, size_t size); /* empty gives zero */
bool tb_wire_fixed_not_zero(tb_wire_bytes field, void *out, size_t size);
bool tb_wire_party(tb_wire_bytes field, tb_party *out);
bool tb_wire_party_or_none(tb_wire_bytes field, tb_party *out);
bool tb_wire_incarnation(tb_wire_bytes field, tb_incarnation *out);
bool tb_wire_stream(tb_wire_bytes field, tb_stream *out);
bool tb_wire_lane(uint32_t field, tb_lane *out);
bool tb_wire_time(int64_t field, tb_time *out);
bool tb_wire_number(uint64_t field, uint64_t *out);         /* from 1 */
bool tb_wire_number_or_zero(uint64_t field, uint64_t *out); /* from 0 */
bool tb_wire_code(uint32_t field, tb_refusal *out);         /* a refusal, not accepted */
bool tb_wire_code_or_none(uint32_t field, tb_refusal *out);
bool tb_wire_name(tb_wire_bytes field, tb_bytes *out);
bool tb_wire_name_or_none(tb_wire_bytes field, tb_bytes *out);
bool tb_wire_text(tb_wire_bytes field, size_t max, tb_bytes *out);
bool tb_wire_blob(tb_wire_bytes field, size_t max, tb_bytes *out);
/* Digests one after another in the arena. too_large: more than max, or no memory. */
tb_refusal tb_wire_digests(const tb_wire_bytes *fields,
                           size_t count,
                           size_t max,
                           tb_arena *arena,
                           tb_digest **out) TB_MUST_USE;

/* Writing; the message only points to the value. */
tb_wire_bytes tb_wire_of(tb_bytes bytes);
tb_wire_bytes tb_wire_raw(const void *data, size_t size);
tb_wire_bytes tb_wire_raw_or_none(const void *data, size_t size); /* zero becomes empty */
tb_wire_bytes tb_wire_of_party(const tb_party *party);            /* an empty one becomes empty */
/* Packed values need memory: false when it ends. */
bool tb_wire_of_incarnation(const tb_incarnation *in, tb_arena *arena, tb_wire_bytes *out);
bool tb_wire_of_stream(const tb_stream *in, tb_arena *arena, tb_wire_bytes *out);
bool tb_wire_of_digests(const tb_digest *digests,
                        size_t count,
                        tb_arena *arena,
                        tb_wire_bytes **out);

/* Orders bytes as memcmp does; a prefix comes first. */
int tb_wire_compare(tb_bytes a, tb_bytes b);

#endif
