#include "shell/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH    30
#define DRAW_EVERY_S 0.1

double tb_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void tb_progress_begin(tb_progress *progress, const char *form, size_t total)
{
    *progress = (tb_progress){.shown = total > 0 && isatty(STDERR_FILENO) == 1,
                              .form = form,
                              .total = total,
                              .began_s = tb_seconds()};
}

void tb_progress_at(tb_progress *progress, size_t done)
{
    double now = tb_seconds();
    if (!progress->shown || (now - progress->drawn_s < DRAW_EVERY_S && done < progress->total)) {
        return;
    }
    progress->drawn_s = now;
    double rate = (double)done / (now - progress->began_s + 1e-6);
    double left = rate > 0 ? (double)(progress->total - done) / rate : 0;
    char bar[BAR_WIDTH + 1];
    size_t filled = done * BAR_WIDTH / progress->total;
    for (size_t i = 0; i < BAR_WIDTH; i++) {
        bar[i] = i < filled ? '#' : '.';
    }
    bar[BAR_WIDTH] = '\0';
    (void)fputc('\r', stderr);
    (void)fprintf(stderr, progress->form, bar, done, progress->total, rate, left);
    (void)fputs("\033[K", stderr); /* what a longer line before left behind */
    (void)fflush(stderr);
}

void tb_progress_end(tb_progress *progress)
{
    if (progress->shown) {
        (void)fputs("\r\033[K", stderr);
    }
}
