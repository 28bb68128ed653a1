/* gather - when an agent into which much flows begins its next turn.
 *
 * A turn has a price of its own (a commit, a flush, a signed line), whatever it takes: an agent that
 * began one for every frame would spend a busy machine on that price, and so would the hub on the
 * lines. While more than TB_GATHER_FLOW bytes are in flow, turns therefore begin at the
 * agent's own moment of each TB_GATHER_MS; the moments of agents on one machine lie apart, so that
 * one takes while others wait. What comes alone, and what people ask for, is never kept waiting.
 * (Notices a commit decide what a busy machine carries: SPEED.md.)
 */
#ifndef TB_AGENT_GATHER_H
#define TB_AGENT_GATHER_H

#include "base/time.h"

#define TB_GATHER_MS 100
/* Bytes of the last TB_GATHER_PAST_MS, the older the less they count: about three lone notices. */
#define TB_GATHER_FLOW    4096u
#define TB_GATHER_PAST_MS (2 * TB_GATHER_MS)

typedef struct tb_gather {
    tb_time moment; /* this agent's own, 0 .. TB_GATHER_MS - 1 */
    tb_time last;   /* when something was last noted */
    size_t flow;    /* bytes that came, as they counted then */
} tb_gather;

/* bytes came from the hub for the turn that begins at now. now may be before the last. */
void tb_gather_note(tb_gather *gather, tb_time now, size_t bytes);
/* How long to wait for more before a turn begins: 0, or up to TB_GATHER_MS. */
tb_time tb_gather_wait(const tb_gather *gather, tb_time now);

#endif
