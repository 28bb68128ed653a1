/* set_back - a clock that was set back.
 *
 * What waits, waits for a time; what was noted while the clock was ahead would wait for the
 * difference as well. Whenever time goes backwards, and after a start, nothing waits longer than it
 * would if it began to wait now. (What belongs to the link itself: agents/link.c.)
 */
#ifndef TB_SET_BACK_H
#define TB_SET_BACK_H

#include "agents/link.h"

/* A time that was noted ahead becomes latest; whether it was. */
bool tb_not_ahead(tb_time *at, tb_time latest);

/* In the tick, before all that waits. Looks at rows only then; a damaged one ends the look, whoever
 * works with it sets it aside. */
tb_err tb_set_back_tick(tb_step *step) TB_MUST_USE;

#endif
