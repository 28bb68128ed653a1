/* problem - see problem.h. */
#include "keyfile/problem.h"

#include <stdarg.h>
#include <stdio.h>

bool tb_problem_set(tb_problem *problem, const char *en, const char *zh, ...)
{
    va_list arguments;
    va_start(arguments, zh);
    vsnprintf(problem->en, sizeof(problem->en), en, arguments);
    va_end(arguments);
    va_start(arguments, zh);
    vsnprintf(problem->zh, sizeof(problem->zh), zh, arguments);
    va_end(arguments);
    return false;
}

bool tb_problem_refused(tb_problem *problem, const char *about, tb_refusal refusal)
{
    snprintf(problem->en, sizeof(problem->en), "%s: %s", about, tb_refusal_en(refusal));
    snprintf(problem->zh, sizeof(problem->zh), "%s:%s", about, tb_refusal_zh(refusal));
    return false;
}

bool tb_problem_errno(tb_problem *problem, const char *path, int error)
{
    return tb_problem_set(problem, "%s: %s; check the path, its rights and the room on the disk.",
                          "%s:%s;请检查路径、权限和磁盘空间。", path, strerror(error));
}
