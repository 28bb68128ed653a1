/* handlers - one per message kind, one per thing the end of a turn does; broker.c calls them.
 *
 * All run between tb_running_enter and the end of the turn. What a peer did wrong ends in a Bye, a
 * Refused or an alarm and TB_OK; an error means the store or the memory of the turn.
 */
#ifndef TB_BROKER_HANDLERS_H
#define TB_BROKER_HANDLERS_H

#include "broker/broker.h"

/* sessions.c */
tb_err
tb_hub_hello(tb_broker *b, tb_live_party *party, uint64_t peer, const tb_hello *hello) TB_MUST_USE;
/* Bye to this connection, which gets nothing more; the party's session ends when it is this one. */
tb_err
tb_hub_dismiss(tb_broker *b, tb_live_party *party, uint64_t peer, tb_refusal code) TB_MUST_USE;
/* The session ends without a word: the party said Bye or its connection is gone. */
tb_err tb_hub_forget_session(tb_broker *b, tb_live_party *party) TB_MUST_USE;
/* Beats, silence, delivery again. */
tb_err tb_hub_session_due(tb_broker *b, const tb_due *due) TB_MUST_USE;
/* Sees to it that the session's due row is not later than this. */
tb_err tb_hub_arm(tb_broker *b, tb_live_party *party, tb_time at) TB_MUST_USE;
tb_err tb_hub_sessions_close(tb_broker *b) TB_MUST_USE;

/* welcome.c */
tb_err tb_hub_welcome_close(tb_broker *b) TB_MUST_USE;

/* tell.c: refusals that stand for the party's notices, in the order of their rows. */
/* The next ones, at most so many; when there may be more, the session goes on behind them later. */
tb_err tb_hub_tell_refusals(tb_broker *b,
                            tb_live_party *party,
                            size_t most,
                            tb_refused *out,
                            size_t *out_count) TB_MUST_USE;
/* The next ones, in frames of their own. */
tb_err tb_hub_tell_more(tb_broker *b, tb_live_party *party) TB_MUST_USE;

/* submit.c */
tb_err tb_hub_submit(tb_broker *b, tb_live_party *sender, const tb_carry *carry) TB_MUST_USE;

/* share.c */
tb_err tb_hub_share_room(tb_broker *b,
                         const tb_party *sender,
                         const tb_party *recipient,
                         bool *out_room) TB_MUST_USE;
tb_err tb_hub_share_add(tb_broker *b,
                        const tb_party *sender,
                        const tb_party *recipient,
                        uint64_t bytes) TB_MUST_USE;
/* Opens the pair again when half the share is free. */
tb_err tb_hub_share_free(tb_broker *b,
                         const tb_party *sender,
                         const tb_party *recipient,
                         uint64_t bytes) TB_MUST_USE;
/* Tells the sender that the pair is closed, and remembers to tell it when it opens. */
tb_err
tb_hub_share_close(tb_broker *b, tb_live_party *sender, const tb_party *recipient) TB_MUST_USE;
/* The recipient is off-line: Closed, and nothing is kept of it. */
tb_err
tb_hub_share_wait(tb_broker *b, tb_live_party *sender, const tb_party *recipient) TB_MUST_USE;
/* It has joined: Open to every session whose share with it is not used up. */
tb_err tb_hub_share_joined(tb_broker *b, const tb_party *recipient) TB_MUST_USE;

/* taken.c */
tb_err tb_hub_taken(tb_broker *b, tb_live_party *recipient, const tb_lines *lines) TB_MUST_USE;
/* What a Hello shows: arrived marks of the streams the party sends, and where it stands as
 * recipient. */
tb_err tb_hub_hello_marks(tb_broker *b, tb_live_party *party, const tb_hello *hello) TB_MUST_USE;
tb_err tb_hub_trim_due(tb_broker *b, const tb_due *due) TB_MUST_USE;

/* bases.c: marks that parties hold and the hub does not, because it lost its store or came back
 * old. */
/* The stored mark is from now on this one, which the recipient holds. */
void tb_hub_base(tb_broker *b, tb_live_stream *live, uint64_t number, const tb_digest *digest);
/* A recipient's unsigned word about where it stands. It is remembered, and counts once the sender
 * goes on from there or the recipient signs it; against the sender it is never held. */
tb_err tb_hub_claim(tb_broker *b,
                    tb_live_party *recipient,
                    tb_live_stream *live,
                    uint64_t number,
                    const tb_digest *digest) TB_MUST_USE;
/* Forgets a claim that the stored mark has reached. */
void tb_hub_settle_claim(tb_live_stream *live);
/* Whether what the hub holds contradicts a mark at or below the stored one; then an alarm was
 * raised. */
tb_err tb_hub_agrees(tb_broker *b,
                     tb_live_party *witness,
                     tb_live_stream *live,
                     uint64_t number,
                     const tb_digest *digest,
                     bool *out_agrees) TB_MUST_USE;
/* A stream without a row is counted to the party on whose word it is made; *out_allowed: within its
 * bound. */
tb_err tb_hub_new_stream(tb_broker *b,
                         tb_live_party *maker,
                         tb_live_stream *live,
                         bool *out_allowed) TB_MUST_USE;

/* expiry.c */
/* Refuses what is over of a submitted group; *out_refused: something was, and the group waits. */
tb_err tb_hub_expiry_refuse(tb_broker *b,
                            tb_live_party *sender,
                            tb_live_stream *live,
                            const tb_group *group,
                            bool *out_refused) TB_MUST_USE;
/* A part of the search among what waits. */
tb_err tb_hub_expiry_tick(tb_broker *b) TB_MUST_USE;
/* Writes groups again in which signed lines took the place of notices. */
tb_err tb_hub_expiry_keep(tb_broker *b) TB_MUST_USE;

/* deadletters.c: what the people at the hub ask over its local socket. */
tb_err tb_hub_local(tb_broker *b, const tb_input *input) TB_MUST_USE;

/* refused.c */
/* Signs a refusal of one item at the end of the turn, and keeps it. */
tb_err tb_hub_refuse_item(tb_broker *b,
                          tb_live_party *sender,
                          tb_live_stream *live,
                          const tb_group *group,
                          size_t item,
                          tb_refusal code) TB_MUST_USE;
/* For a notice that is stored: the row is kept as long as one by its recipient. */
tb_err
tb_hub_refused_keep(tb_broker *b, tb_live_stream *live, const tb_signed_line *line) TB_MUST_USE;
/* Signs a refusal for every item of the group at the end of the turn. */
tb_err tb_hub_refuse_group(tb_broker *b,
                           tb_live_party *sender,
                           tb_live_stream *live,
                           const tb_group *group,
                           tb_refusal code,
                           bool keep) TB_MUST_USE;
/* Whether an earlier refusal stands for a number of the group, which is then told again. */
tb_err tb_hub_refused_before(tb_broker *b,
                             tb_live_party *sender,
                             tb_live_stream *live,
                             const tb_group *group,
                             bool *out_told) TB_MUST_USE;
/* Whether the refusal a filler carries is signed by who may say so. */
bool tb_hub_filler_good(tb_broker *b, const tb_group *group, size_t item);
/* Whether the recipient refused the stream as forked above what arrived of it: until its mark goes
 * beyond, or the refusal ends, nothing of it can arrive. */
tb_err tb_hub_forked(tb_broker *b, tb_live_stream *live, bool *out) TB_MUST_USE;
/* A recipient could not open or apply a notice. */
tb_err tb_hub_notice_refused(tb_broker *b,
                             tb_live_party *recipient,
                             const tb_refused *refused) TB_MUST_USE;
/* Drops what an arrived mark covers. */
tb_err tb_hub_refused_trim(tb_broker *b, tb_live_stream *live, uint64_t upto) TB_MUST_USE;
tb_err tb_hub_refused_due(tb_broker *b, const tb_due *due) TB_MUST_USE;
/* A Refused without a line. */
tb_err tb_hub_refuse_plainly(tb_broker *b, tb_live_party *sender, tb_refusal code, tb_bytes header)
    TB_MUST_USE;

/* documents.c */
tb_err
tb_hub_document_taken(tb_broker *b, tb_live_party *from, const tb_document *document) TB_MUST_USE;
/* The newest documents the party does not have, as frames. */
tb_err tb_hub_documents_for(tb_broker *b, tb_live_party *party, const tb_hello *hello) TB_MUST_USE;
tb_err tb_hub_documents_close(tb_broker *b) TB_MUST_USE;
/* The party's current transport key in a directory; false when it must not speak. */
bool tb_hub_transport(const tb_directory *directory, const tb_party *party, tb_key_id *out);

/* marks.c: signs the turn's lines, writes groups and streams, queues the lines. */
tb_err tb_hub_marks_close(tb_broker *b) TB_MUST_USE;
tb_err tb_hub_stored_close(tb_broker *b) TB_MUST_USE;
/* Whether the directory leaves the hub the key it signs with: what it signs without counts for
 * nobody, so it takes nothing. */
bool tb_hub_may_sign(const tb_broker *b);
/* Signs a line of the hub's own anew, with the time of this turn, when it stands under a key that
 * the directory had taken from the hub by then: nobody else would take it. Any other line stays.
 * *out_changed may be NULL. */
tb_err tb_hub_renew_line(tb_broker *b, tb_signed_line *line, bool *out_changed) TB_MUST_USE;

/* deliver.c */
/* *out_why: whether a kept group may be delivered, under the directory in force and after what its
 * recipient said of its stream, or why not. */
tb_err tb_hub_deliverable(tb_broker *b, const tb_group *group, tb_refusal *out_why) TB_MUST_USE;
tb_err tb_hub_deliver_close(tb_broker *b) TB_MUST_USE;
/* Delivery begins again behind the newest arrived marks. */
void tb_hub_deliver_again(tb_broker *b, tb_live_party *recipient);

/* alarms.c: kept (bounded, at most one a second about a party) and noted. */
tb_err tb_hub_raise(tb_broker *b,
                    const tb_party *about,
                    tb_refusal code,
                    tb_bytes first,
                    tb_bytes second) TB_MUST_USE;

#endif
