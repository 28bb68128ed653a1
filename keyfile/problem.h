/* problem - why a file or a person's request was not taken, in both languages, and what to do. */
#ifndef TB_PROBLEM_H
#define TB_PROBLEM_H

#include "base/refusal.h"

#define TB_PROBLEM_TEXT 768

typedef struct tb_problem {
    char en[TB_PROBLEM_TEXT];
    char zh[TB_PROBLEM_TEXT];
} tb_problem;

/* Sets both sentences; en and zh are formats for the same arguments in the same order. Answers
 * false, so that a check can end with `return tb_problem_set(...)`. */
bool tb_problem_set(tb_problem *problem, const char *en, const char *zh, ...);
/* The refusal's own sentences, behind what it is about (a file, a party). */
bool tb_problem_refused(tb_problem *problem, const char *about, tb_refusal refusal);
/* What the system said (errno) about a path. */
bool tb_problem_errno(tb_problem *problem, const char *path, int error);

#endif
