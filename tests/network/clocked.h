/* clocked - an honest agent inside the test's own process: the shipped logic, store and sockets,
 * which opens cases at a fixed rate and notes how long each notice takes from leaving on the link
 * until the recipient's arrived mark is verified here.
 */
#ifndef TB_NETWORK_CLOCKED_H
#define TB_NETWORK_CLOCKED_H

#include "tests/system/hub.h"

#define CLOCKED_RECIPIENTS_MAX 4
#define CLOCKED_TIMES_MAX      1024

typedef struct clocked_times {
    double ms[CLOCKED_TIMES_MAX];
    size_t count;
} clocked_times;

/* Starts the agent of this party, waits for its link. One a process. */
void clocked_start(sys_hub *hub, const char *party, const char *const *recipients, size_t count);
void clocked_end(void);
/* per_s notices a second, to the recipients by turns, then waits until all have arrived. Notices
 * given up to now, in all, are the answer. */
size_t clocked_run(double per_s, double seconds, clocked_times *out);
/* The one that is no longer than this share of all. */
double clocked_percentile(clocked_times *times, double share);

#endif
