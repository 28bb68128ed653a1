/* reseal - a notice that its recipient could not open any more, because it had retired the key, or
 * could not verify yet, because it lacked the directory that has the keys of what was passed on.
 *
 *     refused{key_retired} --> RESEAL --the recipient's new key is known here--> RESEALED
 *     refused{unknown_key, unknown_party} --> RESEAL --10 minutes--> RESEALED
 *
 * The same events go in a notice of their own, sealed to the new key: passed on under the proof of
 * the first notice, which the recipient took in its stream. The old number stays what it is. No
 * person acts.
 */
#ifndef TB_RESEAL_H
#define TB_RESEAL_H

#include "agents/link.h"

/* Whether what was refused with this code is given again. */
bool tb_reseal_heals(tb_refusal code);
/* A verified refusal of one of our notices with such a code. Repeats are harmless. */
tb_err tb_reseal_note(tb_step *step, const tb_stream *stream, uint64_t notice) TB_MUST_USE;
/* Seals anew what can be; a slice at a time. Only where tb_link_may_sign. */
tb_err tb_reseal_tick(tb_step *step) TB_MUST_USE;
/* When to look again; TB_ERR_NOT_FOUND when nothing waits. */
tb_err tb_reseal_due(tb_agent *agent, tb_txn *txn, tb_time *out) TB_MUST_USE;

#endif
