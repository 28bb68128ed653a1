/* acts_making - one act in the making: acts.c says whether it is allowed, acts_event.c makes its
 * event. */
#ifndef TB_ACTS_MAKING_H
#define TB_ACTS_MAKING_H

#include "agents/acts.h"
#include "agents/linked.h"

typedef struct tb_acting {
    tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    tb_now now;
    tb_random *random;
    tb_effects *effects;
    const tb_wish *wish;
    tb_case_row row; /* before the act */
    const tb_action *action;
    const tb_campaign *moves_to; /* the version the act moves the case to; NULL: it stays */
    tb_field *values;
    size_t value_count;
    uint32_t segments; /* table version used; 0: none */
    tb_linked linked;
    tb_ruling ruling;
    tb_objection objection;
    tb_wish *others; /* cases that the act opens besides */
    size_t other_count;
    bool others_wait; /* one of them would be a draft */
} tb_acting;

/* acts_opens.c: what an allowed act brings about besides. Foreseen before anything is written, and
 * an objection left where it would be refused; opened after the act took effect. */
tb_err tb_acting_foresee(tb_acting *acting) TB_MUST_USE;
tb_err tb_acting_open_others(tb_acting *acting) TB_MUST_USE;

/* acts_move.c: finds the version a person wants the case moved to, and judges the move. A refusal
 * is left in the objection. */
tb_err tb_acting_move(tb_acting *acting) TB_MUST_USE;

/* One more value than the person gave. TB_ERR_LIMIT: arena. */
tb_err tb_acting_add(tb_acting *acting, tb_bytes field, tb_bytes value) TB_MUST_USE;

/* When the act is done, as its event will say: now, or the head's effective time if that is later.
 */
tb_err tb_acting_time(tb_acting *acting, tb_time *out) TB_MUST_USE;

/* Makes the event of an act that was judged and may be signed now; stores it, and sends it on. */
tb_err tb_acting_take_effect(tb_acting *acting, tb_outcome *out) TB_MUST_USE;

#endif
