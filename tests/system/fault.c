/* fault - put before the C library of a process under test: a disk that fails, a clock that is
 * ahead.
 *
 * While the file TONGBAO_FAULT_FILE exists every pwrite, writev, fsync and fdatasync fails with
 * EIO. CLOCK_REALTIME is ahead by TONGBAO_FAULT_CLOCK_MS. Everything else goes to the kernel.
 */
#define _GNU_SOURCE

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int disk_fails(void)
{
    const char *path = getenv("TONGBAO_FAULT_FILE");
    if (path == NULL || syscall(SYS_access, path, F_OK) != 0) {
        return 0;
    }
    errno = EIO;
    return 1;
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    return disk_fails() ? -1 : (ssize_t)syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    return pwrite64(fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return disk_fails() ? -1 : (ssize_t)syscall(SYS_writev, fd, parts, count);
}

int fdatasync(int fd)
{
    return disk_fails() ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
    return disk_fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int rc = (int)syscall(SYS_clock_gettime, clock, out);
    const char *ahead = getenv("TONGBAO_FAULT_CLOCK_MS");
    if (rc == 0 && clock == CLOCK_REALTIME && ahead != NULL) {
        long long ms = atoll(ahead);
        out->tv_sec += (time_t)(ms / 1000);
        out->tv_nsec += (long)(ms % 1000) * 1000000;
        if (out->tv_nsec >= 1000000000) {
            out->tv_sec++;
            out->tv_nsec -= 1000000000;
        }
    }
    return rc;
}
