#include "daemon/notify.h"

#include <systemd/sd-daemon.h>
#include <time.h>

/* A start that says what it does may go on this much longer. */
#define START_LONGER_US 120000000

void tb_notify_ready(void)
{
    (void)sd_notify(0, "READY=1\nSTATUS=serving");
}

void tb_notify_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1");
}

void tb_notify_starting(const char *status)
{
    (void)sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%d\nSTATUS=%s", START_LONGER_US, status);
}

static int64_t clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How often the supervisor is told, so that one late turn is no death; 0: it does not ask. */
static int64_t told_every_ms(void)
{
    static int64_t every = -1;
    uint64_t us = 0;
    if (every < 0) {
        every = sd_watchdog_enabled(0, &us) > 0 ? (int64_t)(us / 3000) : 0;
    }
    return every;
}

long tb_notify_alive(long ms)
{
    static int64_t next;
    int64_t every = told_every_ms();
    if (every == 0) {
        return ms;
    }
    int64_t now = clock_ms();
    if (now >= next) {
        next = now + every;
        (void)sd_notify(0, "WATCHDOG=1");
    }
    return next - now < ms ? (long)(next - now) : ms;
}
