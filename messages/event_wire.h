/* event_wire - private to messages/: fields and openings, which events, parts and groups share. */
#ifndef TB_EVENT_WIRE_H
#define TB_EVENT_WIRE_H

#include "messages/event.h"

struct Tongbao__Wire__Field;
struct Tongbao__Wire__Opening;
struct Tongbao__Wire__Passed;

/* At most TB_FIELDS_MAX, ascending by id, no id twice. */
tb_refusal tb_wire_read_fields(struct Tongbao__Wire__Field *const *in,
                               size_t count,
                               tb_arena *arena,
                               tb_field **out) TB_MUST_USE;
/* NULL when memory ends. */
struct Tongbao__Wire__Field **
tb_wire_write_fields(const tb_field *in, size_t count, tb_arena *arena);

/* approvals.c: at most TB_APPROVALS_MAX, ascending by step, no step twice. */
struct Tongbao__Wire__Approval;
tb_refusal tb_wire_read_approvals(struct Tongbao__Wire__Approval *const *in,
                                  size_t count,
                                  tb_arena *arena,
                                  tb_approval **out) TB_MUST_USE;
/* NULL when memory ends. */
struct Tongbao__Wire__Approval **
tb_wire_write_approvals(const tb_approval *in, size_t count, tb_arena *arena);

tb_refusal tb_wire_read_openings(struct Tongbao__Wire__Opening *const *in,
                                 size_t count,
                                 tb_arena *arena,
                                 tb_opening **out) TB_MUST_USE;
struct Tongbao__Wire__Opening **
tb_wire_write_openings(const tb_opening *in, size_t count, tb_arena *arena);

tb_refusal tb_wire_read_passed(const struct Tongbao__Wire__Passed *in,
                               tb_arena *arena,
                               tb_passed *out) TB_MUST_USE;
bool tb_wire_write_passed(const tb_passed *in,
                          tb_arena *arena,
                          struct Tongbao__Wire__Passed *out) TB_MUST_USE;

#endif
