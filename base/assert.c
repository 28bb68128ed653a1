/* The one place in pure code that reaches for the process: a bug of ours ends it. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

void tb_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    abort();
}
