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
/* local_report.c */
struct Tongbao__Local__ListReports;
struct Tongbao__Local__GetReport;
struct Tongbao__Local__Reports;
struct Tongbao__Local__Report;
bool tb_local_read_list_reports(const struct Tongbao__Local__ListReports *in,
                                tb_local_list_reports *out);
bool tb_local_read_get_report(const struct Tongbao__Local__GetReport *in, tb_local_get_report *out);
void tb_local_write_list_reports(const tb_local_list_reports *in,
                                 struct Tongbao__Local__ListReports *out);
void tb_local_write_get_report(const tb_local_get_report *in,
                               struct Tongbao__Local__GetReport *out);
tb_refusal tb_local_read_reports(const struct Tongbao__Local__Reports *in,
                                 tb_arena *arena,
                                 tb_local_reports *out) TB_MUST_USE;
tb_refusal tb_local_read_report(const struct Tongbao__Local__Report *in,
                                tb_arena *arena,
                                tb_local_report *out) TB_MUST_USE;
/* False when memory ends. */
bool tb_local_write_reports(const tb_local_reports *in,
                            tb_arena *arena,
                            struct Tongbao__Local__Reports *out);
bool tb_local_write_report(const tb_local_report *in,
                           tb_arena *arena,
                           struct Tongbao__Local__Report *out);

struct Tongbao__Local__Verified;
tb_refusal tb_local_read_verified(const struct Tongbao__Local__Verified *in,
                                  tb_arena *arena,
                                  tb_local_verified *out) TB_MUST_USE;
bool tb_local_write_verified(const tb_local_verified *in,
                             tb_arena *arena,
                             struct Tongbao__Local__Verified *out);

struct Tongbao__Local__Recovery;

/* local_recovery.c */
tb_refusal tb_local_read_recovery(const struct Tongbao__Local__Recovery *in,
                                  tb_arena *arena,
                                  tb_local_recovery *out) TB_MUST_USE;
/* NULL when memory ends. */
struct Tongbao__Local__Recovery *tb_local_write_recovery(const tb_local_recovery *in,
                                                         tb_arena *arena);

#endif
