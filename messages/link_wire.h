/* link_wire - private to messages/: the parts that several frames and stored forms share.
 *
 * Reading fills a value from an unpacked message whose bytes live in the arena. Writing points the
 * message to the value; false, or NULL, when memory ends.
 */
#ifndef TB_LINK_WIRE_H
#define TB_LINK_WIRE_H

#include "messages/document.h"
#include "messages/line.h"
#include "messages/link.h"

/* Types of link.pb-c.h, which only sources include. */
struct Tongbao__Wire__Root;
struct Tongbao__Wire__SignedLine;
struct Tongbao__Wire__Group;
struct Tongbao__Wire__Document;
struct Tongbao__Wire__Body;

tb_refusal tb_wire_read_root(const struct Tongbao__Wire__Root *in,
                             tb_tree_kind tree,
                             tb_root *out) TB_MUST_USE;
struct Tongbao__Wire__Root *tb_wire_write_root(const tb_root *in, tb_arena *arena);

tb_refusal tb_wire_read_line(const struct Tongbao__Wire__SignedLine *in,
                             tb_signed_line *out) TB_MUST_USE;
bool tb_wire_write_line(const tb_signed_line *in,
                        tb_arena *arena,
                        struct Tongbao__Wire__SignedLine *out) TB_MUST_USE;

/* In fresh memory; NULL when it ends. */
struct Tongbao__Wire__SignedLine *tb_wire_write_new_line(const tb_signed_line *in, tb_arena *arena);

tb_refusal tb_wire_read_group(const struct Tongbao__Wire__Group *in,
                              tb_arena *arena,
                              tb_group *out) TB_MUST_USE;
bool tb_wire_write_group(const tb_group *in,
                         tb_arena *arena,
                         struct Tongbao__Wire__Group *out) TB_MUST_USE;

tb_refusal tb_wire_read_bodies(struct Tongbao__Wire__Body *const *in,
                               size_t count,
                               tb_arena *arena,
                               tb_shared_body **out) TB_MUST_USE;
bool tb_wire_write_bodies(const tb_shared_body *in,
                          size_t count,
                          tb_arena *arena,
                          struct Tongbao__Wire__Body ***out) TB_MUST_USE;

tb_refusal tb_wire_read_document(const struct Tongbao__Wire__Document *in,
                                 tb_document *out) TB_MUST_USE;
void tb_wire_write_document(const tb_document *in, struct Tongbao__Wire__Document *out);

#endif
