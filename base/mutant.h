/* mutant - planted bugs, to show that the simulator finds them (tests/sim/mutants).
 *
 * In every build but that of the simulator TB_MUTANT(name) is the constant false, and what stands
 * behind it is not compiled into the program. With -DTB_MUTANTS all of them are built in and at
 * most one, chosen by name when the simulator starts, is awake.
 */
#ifndef TB_MUTANT_H
#define TB_MUTANT_H

#include <stdbool.h>

#ifdef TB_MUTANTS

/* name, what is wrong */
/* clang-format off */
#define TB_MUTANT_LIST(X) \
    X(EFFECTS_FIRST, "effects leave before the commit") \
    X(MARK_UNKEPT, "the hub passes an arrived mark on that it does not store") \
    X(REQUEST_FORGOTTEN, "a request's answer is not kept in the act's transaction") \
    X(REPEAT_TAKEN, "a notice below the mark is taken again") \
    X(GAP_UNSEEN, "a notice beyond the next number is taken") \
    X(PREVIOUS_UNCHECKED, "the digest of the header before is not compared") \
    X(KEY_ORDER, "the hub's queue is keyed in another byte order") \
    X(INCARNATION_IGNORED, "an emptied agent goes on under its old counter") \
    X(MARKS_BACK_IGNORED, "an agent that lost something signs on") \
    X(TAKE_OVER_IGNORED, "a take-over of a higher term has no effect at others") \
    X(HOLDER_UNCHECKED, "a party that does not hold the case may act") \
    X(NUMBER_HOLE, "a number is used up by nothing") \
    X(FAN_OUT_SLICED, "a notice to three recipients is stored for two") \
    X(COUNTER_LOST, "the notice counter is not stored, and starts again") \
    X(STORED_UNKEPT, "the hub says stored and keeps no row") \
    X(TRIM_OFF_BY_ONE, "the hub forgets one more than arrived") \
    X(OUTBOX_TRIMS_STORED, "a sender forgets what the hub stored, before it arrived") \
    X(BASE_IGNORED, "an emptied hub does not take over marks it is shown") \
    X(NEVER_AGAIN, "what got no stored mark is never sent again") \
    X(WELCOME_NOT_HEEDED, "Welcome does not rewind to the hub's marks") \
    X(GREETS_ONCE, "what a hub said once and was lost is never asked for") \
    X(CLOCK_BACK, "a clock set back holds up the next Hello") \
    X(SHARE_UNBOUNDED, "the hub keeps any amount for a pair") \
    X(SHARE_LEAKS, "half of what is trimmed still counts") \
    X(CREDIT_UNBOUNDED, "the hub delivers without credit") \
    X(SIGNATURE_UNCHECKED, "the signature under a root is not verified") \
    X(PROOF_UNCHECKED, "a header need not lead to its root") \
    X(MARK_UNVERIFIED, "an arrived mark's signature is not verified") \
    X(CUT_IGNORED, "a cut key's signatures count beyond the cut") \
    X(READERS_IGNORED, "earlier events are passed on with every field group") \
    X(SEALED_IN_CLEAR, "parts are not encrypted") \
    X(DRAFT_DROPPED, "a draft that must still wait is forgotten") \
    X(DUTY_DAYS_WRONG, "a duty is counted by the wrong days and is late before it is due")         \
    X(HELD_FORGOTTEN, "held events are not looked at when their predecessor comes") \
    X(ROOTS_UNBOUNDED, "a frame may lie under any number of roots") \
    X(ONE_FETCHED, "of all that waits the hub fetches one group a turn") \
    X(STAMP_UNASKED, "a stamp of the hub's that was lost is never asked for") \
    X(EXPIRED_UNKEPT, "the hub tells once that a notice's life ended, and keeps no word of it")
/* clang-format on */

typedef enum tb_mutant {
    TB_MUTANT_NONE,
#define TB_MUTANT_ENUM(name, what) TB_MUTANT_##name,
    TB_MUTANT_LIST(TB_MUTANT_ENUM)
#undef TB_MUTANT_ENUM
    TB_MUTANT_COUNT
} tb_mutant;

extern tb_mutant tb_mutant_awake;
bool tb_mutant_choose(const char *name);
#define TB_MUTANT(name) (tb_mutant_awake == TB_MUTANT_##name)

#else

#define TB_MUTANT(name) false
static inline bool tb_mutant_choose(const char *name)
{
    (void)name;
    return false;
}

#endif

#endif
