/* planted - faults planted in ops/campaigns/example.yaml, and what the check tells of them. */
#ifndef TB_PLANTED_H
#define TB_PLANTED_H

#include "tests/test.h"

#include "agents/campaign/load.h"

/* The first `from` of the example becomes `to`; told with this key on the line where `at` stands in
 * what comes out (NULL: where `to` begins). */
typedef struct planted {
    const char *from;
    const char *to;
    const char *at;
    const char *key;
} planted;

#define PLANTED_TOLD_MAX 128

typedef struct planted_told {
    struct {
        unsigned line;
        char key[40];
        char reason[300];
    } list[PLANTED_TOLD_MAX];
    unsigned count;  /* faults */
    unsigned advice; /* pieces of advice beside them, and the last one's line */
    unsigned advice_line;
} planted_told;

/* The example with these planted, each at its own place; free it. */
char *planted_in_example(const planted *rows, size_t count);

/* The same in another campaign, by its path below the source folder. */
char *planted_in(const char *path, const planted *rows, size_t count);

/* What is told of a text. Each finding has both languages, and they come in the order of lines. */
planted_told planted_check(const char *text);

/* Fails, and prints what is told, unless nothing is. */
void planted_is_sound(const char *text);

/* Each of these, planted alone in a text, is told. */
void planted_each_is_told(const char *whole, const planted *list, size_t count);
/* Fails unless the row's finding is among what was told of the text. */
void planted_is_told(const planted *row, const char *text, const planted_told *told);

#endif
