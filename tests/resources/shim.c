/* shim - put before the C library of a daemon under test: the Nth write or flush of a file fails
 * once, and clocks step while the process runs.
 *
 * TONGBAO_SHIM_NTH     the number of the call, of pwrite, write, writev and f(data)sync on files of
 *                      the folder TONGBAO_SHIM_STORE, that fails with EIO; counted from the start
 * TONGBAO_SHIM_CLOCK   a file of two numbers, ms: how far CLOCK_REALTIME and how far
 *                      CLOCK_MONOTONIC are ahead; read at every look at a clock
 */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static atomic_long calls;

static int of_store(int fd, const char *store)
{
    char link[64];
    char path[PATH_MAX];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    path[size > 0 ? size : 0] = '\0';
    return size > 0 && strncmp(path, store, strlen(store)) == 0 && strstr(path, "lock.mdb") == NULL;
}

static int fails(int fd)
{
    const char *nth = getenv("TONGBAO_SHIM_NTH");
    const char *store = getenv("TONGBAO_SHIM_STORE");
    if (nth == NULL || store == NULL || !of_store(fd, store) ||
        atomic_fetch_add(&calls, 1) + 1 != atol(nth)) {
        return 0;
    }
    errno = EIO;
    return 1;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    return fails(fd) ? -1 : (ssize_t)syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    return pwrite64(fd, data, size, at);
}

ssize_t write(int fd, const void *data, size_t size)
{
    return fails(fd) ? -1 : (ssize_t)syscall(SYS_write, fd, data, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return fails(fd) ? -1 : (ssize_t)syscall(SYS_writev, fd, parts, count);
}

int fdatasync(int fd)
{
    return fails(fd) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    return fails(fd) ? -1 : (int)syscall(SYS_fsync, fd);
}

/* ---- clocks ---- */

static long long ahead(clockid_t clock)
{
    const char *path = getenv("TONGBAO_SHIM_CLOCK");
    char text[64];
    long long real = 0;
    long long monotonic = 0;
    int fd = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    long size = syscall(SYS_read, fd, text, sizeof text - 1);
    (void)syscall(SYS_close, fd);
    text[size > 0 ? size : 0] = '\0';
    (void)sscanf(text, "%lld %lld", &real, &monotonic);
    return clock == CLOCK_REALTIME ? real : clock == CLOCK_MONOTONIC ? monotonic : 0;
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int rc = (int)syscall(SYS_clock_gettime, clock, out);
    long long ms = rc == 0 ? ahead(clock) : 0;
    if (ms != 0) {
        long long all = (long long)out->tv_sec * 1000 + out->tv_nsec / 1000000 + ms;
        out->tv_sec = (time_t)(all / 1000);
        out->tv_nsec = (long)(all % 1000) * 1000000 + out->tv_nsec % 1000000;
    }
    return rc;
}
