/* progress - a bar with rate and time left, on a terminal only, to stderr. */
#ifndef TB_PROGRESS_H
#define TB_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tb_progress {
    bool shown;
    const char *form;
    size_t total;
    double began_s;
    double drawn_s;
} tb_progress;

/* form prints bar, done, total, rate and seconds left, in this order: "%s", "%zu", "%zu", "%.0f",
 * "%.0f". */
void tb_progress_begin(tb_progress *progress, const char *form, size_t total);
/* Draws at most a few times a second. */
void tb_progress_at(tb_progress *progress, size_t done);
/* Removes the bar. */
void tb_progress_end(tb_progress *progress);

/* Seconds of a clock that only goes forward. */
double tb_seconds(void);

#endif
