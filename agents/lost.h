/* lost - 内容已失: field groups that were ours to read and that nobody could give us again.
 *
 * Only a store that has recovered, and is not waiting for what is being resent, can have lost
 * something. A group is lost when the event commits to it, no opening is here, and it is our own or
 * ours to read by the case as it stands. What is shown are the fields the campaign lets the event's
 * action set in that group.
 */
#ifndef TB_LOST_H
#define TB_LOST_H

#include "agents/casework.h"

/* Whether something may be lost at all. */
tb_err tb_lost_possible(tb_txn *txn, bool *out) TB_MUST_USE;
/* The fields of an event's lost groups; none when nothing is. *groups gets a bit per commitment of
 * the event whose group is lost. */
tb_err tb_lost_fields(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      const tb_event *event,
                      const tb_event_key *key,
                      uint32_t *out_groups,
                      tb_bytes **out,
                      size_t *out_count) TB_MUST_USE;

#endif
