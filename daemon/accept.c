#define _DEFAULT_SOURCE /* syscall; the C library's own accept4 is not declared then */

#include "daemon/accept.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_bool keeps;
static atomic_ulong closed;

void tb_accept_keep_reserve(void)
{
    atomic_store(&keeps, true);
}

/* The lowest free number is given, so a high one says that nearly all below are in use. */
static bool is_of_the_reserve(int fd)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
           (rlim_t)fd + TB_ACCEPT_RESERVE >= limit.rlim_cur;
}

void tb_accept_tell(void)
{
    static time_t told;
    struct timespec now;
    if (atomic_load(&closed) == 0 || clock_gettime(CLOCK_MONOTONIC, &now) != 0 ||
        now.tv_sec == told) {
        return;
    }
    told = now.tv_sec;
    fprintf(stderr,
            "level=warn event=connections_closed count=%lu what=\"too many connections are open; "
            "the rest of the descriptors is for the daemon\"\n",
            atomic_exchange(&closed, 0));
}

int accept4(int listening, struct sockaddr *address, socklen_t *size, int flags);

int accept4(int listening, struct sockaddr *address, socklen_t *size, int flags)
{
    int fd = (int)syscall(SYS_accept4, listening, address, size, flags);
    if (!atomic_load(&keeps)) {
        return fd;
    }
    if (fd >= 0 && is_of_the_reserve(fd)) {
        (void)close(fd);
        fd = -1;
        (void)atomic_fetch_add(&closed, 1);
        errno = ECONNABORTED;
    } else if (fd < 0 && errno == EMFILE) {
        errno = ECONNABORTED; /* the daemon's own use was larger for a moment */
    }
    return fd;
}
