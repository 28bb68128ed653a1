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

/* local_lists.c: lists and their gate, and cases that opened each other. Writers answer NULL when
 * memory ends. */
struct Tongbao__Local__ShowList;
struct Tongbao__Local__CheckList;
struct Tongbao__Local__Lists;
struct Tongbao__Local__ShownList;
struct Tongbao__Local__Verdicts;
struct Tongbao__Local__Family;

bool tb_local_read_show_list(const struct Tongbao__Local__ShowList *in, tb_local_show_list *out);
tb_refusal tb_local_read_check_list(const struct Tongbao__Local__CheckList *in,
                                    tb_arena *arena,
                                    tb_local_check_list *out);
struct Tongbao__Local__ShowList *tb_local_write_show_list(const tb_local_show_list *in,
                                                          tb_arena *arena);
struct Tongbao__Local__CheckList *tb_local_write_check_list(const tb_local_check_list *in,
                                                            tb_arena *arena);
tb_refusal
tb_local_read_lists(const struct Tongbao__Local__Lists *in, tb_arena *arena, tb_local_lists *out);
tb_refusal tb_local_read_shown_list(const struct Tongbao__Local__ShownList *in,
                                    tb_arena *arena,
                                    tb_local_shown_list *out);
tb_refusal tb_local_read_verdicts(const struct Tongbao__Local__Verdicts *in,
                                  tb_arena *arena,
                                  tb_local_verdicts *out);
tb_refusal tb_local_read_family(const struct Tongbao__Local__Family *in,
                                tb_arena *arena,
                                tb_local_family *out);
struct Tongbao__Local__Lists *tb_local_write_lists(const tb_local_lists *in, tb_arena *arena);
struct Tongbao__Local__ShownList *tb_local_write_shown_list(const tb_local_shown_list *in,
                                                            tb_arena *arena);
struct Tongbao__Local__Verdicts *tb_local_write_verdicts(const tb_local_verdicts *in,
                                                         tb_arena *arena);
struct Tongbao__Local__Family *tb_local_write_family(const tb_local_family *in, tb_arena *arena);

/* local_aside.c: what is set aside at an agent, and a hub's dead letters. */
struct Tongbao__Local__ListQuarantine;
struct Tongbao__Local__ActQuarantine;
struct Tongbao__Local__ListDeadLetters;
struct Tongbao__Local__RetryDeadLetter;
struct Tongbao__Local__Quarantine;
struct Tongbao__Local__Settled;
struct Tongbao__Local__DeadLetters;

bool tb_local_read_quarantine_page(const struct Tongbao__Local__ListQuarantine *in,
                                   tb_local_page *out);
bool tb_local_read_settle(const struct Tongbao__Local__ActQuarantine *in, tb_local_settle *out);
bool tb_local_read_letter_page(const struct Tongbao__Local__ListDeadLetters *in,
                               tb_local_page *out);
bool tb_local_read_retry(const struct Tongbao__Local__RetryDeadLetter *in, tb_local_retry *out);
void tb_local_write_quarantine_page(const tb_local_page *in,
                                    struct Tongbao__Local__ListQuarantine *out);
void tb_local_write_settle(const tb_local_settle *in, struct Tongbao__Local__ActQuarantine *out);
void tb_local_write_letter_page(const tb_local_page *in,
                                struct Tongbao__Local__ListDeadLetters *out);
void tb_local_write_retry(const tb_local_retry *in, struct Tongbao__Local__RetryDeadLetter *out);

tb_refusal tb_local_read_quarantine(const struct Tongbao__Local__Quarantine *in,
                                    tb_arena *arena,
                                    tb_local_quarantine *out) TB_MUST_USE;
bool tb_local_read_settled(const struct Tongbao__Local__Settled *in, tb_local_settled *out);
tb_refusal tb_local_read_letters(const struct Tongbao__Local__DeadLetters *in,
                                 tb_arena *arena,
                                 tb_local_dead_letters *out) TB_MUST_USE;
/* False when memory ends. */
bool tb_local_write_quarantine(const tb_local_quarantine *in,
                               tb_arena *arena,
                               struct Tongbao__Local__Quarantine *out);
void tb_local_write_settled(const tb_local_settled *in, struct Tongbao__Local__Settled *out);
bool tb_local_write_letters(const tb_local_dead_letters *in,
                            tb_arena *arena,
                            struct Tongbao__Local__DeadLetters *out);
struct Tongbao__Local__Recovery;

/* local_recovery.c */
tb_refusal tb_local_read_recovery(const struct Tongbao__Local__Recovery *in,
                                  tb_arena *arena,
                                  tb_local_recovery *out) TB_MUST_USE;
/* NULL when memory ends. */
struct Tongbao__Local__Recovery *tb_local_write_recovery(const tb_local_recovery *in,
                                                         tb_arena *arena);

#endif
