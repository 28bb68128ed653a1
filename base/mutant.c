#include "base/mutant.h"

#ifdef TB_MUTANTS

#include <string.h>

tb_mutant tb_mutant_awake = TB_MUTANT_NONE;

bool tb_mutant_choose(const char *name)
{
    static const char *const names[] = {"NONE",
#define TB_MUTANT_NAME(mutant, what) #mutant,
                                        TB_MUTANT_LIST(TB_MUTANT_NAME)
#undef TB_MUTANT_NAME
    };
    for (int i = 0; i < TB_MUTANT_COUNT; i++) {
        if (strcmp(names[i], name) == 0) {
            tb_mutant_awake = (tb_mutant)i;
            return true;
        }
    }
    return false;
}

#else

/* A file that says nothing in a shipped build. */
typedef int tb_mutant_none;

#endif
