/* gather - when an agent into which much flows begins its next turn.
 *
 * A turn has a price of its own (a commit, a flush, a signed line), whatever it takes: an agent
 * that began one for every frame would spend a busy machine on that price, and so would the hub on
 * the lines. What a sender sends of whom more than TB_GATHER_FLOW bytes are in flow therefore waits
 * for the agent's own moment of each TB_GATHER_SHORT_MS, of each TB_GATHER_MS while more than
 * TB_GATHER_SMALL are in flow in all, and of each TB_GATHER_LONG_MS while more than
 * TB_GATHER_LARGE are; the moments of agents on one machine lie apart, so that one takes while
 * others wait. (Notices a commit decide what a busy machine carries: SPEED.md.)
 *
 * What anybody else sends, and what people ask for, begins a turn at once: no party can make the
 * notices of another wait.
 */
#ifndef TB_AGENT_GATHER_H
#define TB_AGENT_GATHER_H

#include "base/ids.h"
#include "base/time.h"

#define TB_GATHER_SHORT_MS 50
#define TB_GATHER_MS       100
#define TB_GATHER_LONG_MS  200
/* Bytes of the last TB_GATHER_PAST_MS, the older the less they count: about three lone notices. */
#define TB_GATHER_FLOW    4096u
#define TB_GATHER_SMALL   32768u
#define TB_GATHER_LARGE   65536u
#define TB_GATHER_PAST_MS 200
/* Senders whose flow is remembered: those that were heard of last. Who is forgotten begins anew. */
#define TB_GATHER_SENDERS 64

typedef struct tb_flow {
    tb_party sender; /* zero: the hub's own words, lines above all */
    tb_time last;    /* when something of it was last noted */
    size_t bytes;    /* that came, as they counted then; 0: nobody has the place */
} tb_flow;

typedef struct tb_gather {
    tb_time moment; /* this agent's own, 0 .. TB_GATHER_LONG_MS - 1 */
    tb_flow all;
    tb_flow of[TB_GATHER_SENDERS];
} tb_gather;

/* bytes of the sender (zero: of the hub) came at now, which may be before the last. True: they may
 * not be kept waiting, because little came of it before. */
bool tb_gather_note(tb_gather *gather, tb_time now, const tb_party *sender, size_t bytes);
/* The agent's next moment: from 1 to TB_GATHER_LONG_MS from now. */
tb_time tb_gather_wait(const tb_gather *gather, tb_time now);

#endif
