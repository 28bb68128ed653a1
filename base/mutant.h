/* mutant - planted bugs, to show that the simulator finds them (tests/sim/mutants).
 *
 * In every build but that of the simulator TB_MUTANT(name) is the constant false, and what stands
 * behind it is not compiled into the program. With -DTB_MUTANTS all of them are built in and at most
 * one, chosen by name when the simulator starts, is awake.
 */
#ifndef TB_MUTANT_H
#define TB_MUTANT_H

#include <stdbool.h>

#ifdef TB_MUTANTS

/* name, what is wrong */
#define TB_MUTANT_LIST(X) \
    X(EFFECTS_FIRST, "effects leave before the commit")

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
