/* recorder - put before the C library of a daemon: writes down everything it does to the files of
 * one folder (TONGBAO_RECORD_STORE) and every message it sends, into TONGBAO_RECORD_FILE.
 *
 * LMDB writes with pwrite, pwritev, and lseek followed by write or writev. All of them, and what
 * makes them durable, pass through here on their way to the kernel. A call that is not followed
 * fails the recording loudly rather than leaving a hole in it.
 */
#define _GNU_SOURCE
#include "tests/power/record.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#include <zmq.h>

#define FILES_MAX 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int out = -1;
static char store[PATH_MAX];
static uint64_t seen[FILES_MAX];
static size_t seen_count;

static void give_up(const char *why)
{
    char text[200];
    int size = snprintf(text, sizeof text, "recorder: %s\n", why);
    (void)syscall(SYS_write, 2, text, (size_t)size);
    abort();
}

static int ready(void)
{
    const char *file = getenv("TONGBAO_RECORD_FILE");
    const char *folder = getenv("TONGBAO_RECORD_STORE");
    if (out < 0 && file != NULL && folder != NULL) {
        (void)snprintf(store, sizeof store, "%s", folder);
        out = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (out < 0) {
            give_up("the record cannot be opened");
        }
    }
    return out >= 0;
}

static void put(record_kind kind, uint64_t file, uint64_t at, const void *data, size_t size)
{
    record_head head = {(uint32_t)kind, (uint32_t)size, file, at};
    struct iovec parts[2] = {{&head, sizeof head}, {NULL, size}};
    memcpy(&parts[1].iov_base, &data, sizeof data);
    long wrote = syscall(SYS_writev, out, parts, size > 0 ? 2 : 1);
    if (wrote != (long)(sizeof head + size)) {
        give_up("the record cannot be written");
    }
}

/* The part of a path behind the store's folder; empty: the folder itself; NULL: elsewhere. */
static const char *inside(const char *path)
{
    size_t size = strlen(store);
    if (strncmp(path, store, size) != 0 || (path[size] != '/' && path[size] != '\0')) {
        return NULL;
    }
    return path[size] == '/' ? path + size + 1 : path + size;
}

static int path_of(int fd, char path[PATH_MAX])
{
    char link[64];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, PATH_MAX - 1);
    path[size > 0 ? size : 0] = '\0';
    return size > 0;
}

/* The number of a file in the store that fd is open on, or 0. Locks and readers' slots are not what
 * stays. */
static uint64_t file_of(int fd)
{
    char path[PATH_MAX];
    struct stat status;
    const char *name = ready() && path_of(fd, path) ? inside(path) : NULL;
    if (name == NULL || name[0] == '\0' || strcmp(name, "lock.mdb") == 0 ||
        fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        return 0;
    }
    for (size_t i = 0; i < seen_count; i++) {
        if (seen[i] == status.st_ino) {
            return status.st_ino;
        }
    }
    if (seen_count == FILES_MAX) {
        give_up("too many files");
    }
    seen[seen_count++] = status.st_ino;
    put(RECORD_NAME, status.st_ino, 0, name, strlen(name));
    return status.st_ino;
}

static record_kind kind_of(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_DSYNC) != 0 ? RECORD_DURABLE : RECORD_WRITE;
}

static void wrote(int fd, off64_t at, const struct iovec *parts, int count)
{
    (void)pthread_mutex_lock(&lock);
    uint64_t file = file_of(fd);
    record_kind kind = file == 0 ? RECORD_WRITE : kind_of(fd);
    for (int i = 0; file != 0 && i < count; i++) {
        put(kind, file, (uint64_t)at, parts[i].iov_base, parts[i].iov_len);
        at += (off64_t)parts[i].iov_len;
    }
    (void)pthread_mutex_unlock(&lock);
}

static void wrote_one(int fd, off64_t at, const void *data, size_t size)
{
    struct iovec part = {NULL, size};
    memcpy(&part.iov_base, &data, sizeof data);
    wrote(fd, at, &part, 1);
}

static off64_t here(int fd)
{
    return (off64_t)syscall(SYS_lseek, fd, 0, SEEK_CUR);
}

/* ---- writes ---- */

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at)
{
    wrote_one(fd, at, data, size);
    return (ssize_t)syscall(SYS_pwrite64, fd, data, size, at);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    return pwrite64(fd, data, size, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
    wrote(fd, at, parts, count);
    return (ssize_t)syscall(SYS_pwritev, fd, parts, count, at, 0);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    return pwritev64(fd, parts, count, at);
}

ssize_t write(int fd, const void *data, size_t size)
{
    wrote_one(fd, here(fd), data, size);
    return (ssize_t)syscall(SYS_write, fd, data, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    wrote(fd, here(fd), parts, count);
    return (ssize_t)syscall(SYS_writev, fd, parts, count);
}

/* ---- lengths and flushes ---- */

int ftruncate64(int fd, off64_t length)
{
    (void)pthread_mutex_lock(&lock);
    uint64_t file = file_of(fd);
    if (file != 0) {
        put(RECORD_LENGTH, file, (uint64_t)length, NULL, 0);
    }
    (void)pthread_mutex_unlock(&lock);
    return (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate(int fd, off_t length)
{
    return ftruncate64(fd, length);
}

/* Blocks without bytes: nothing to replay as long as the length stays. */
int fallocate64(int fd, int mode, off64_t at, off64_t size)
{
    (void)pthread_mutex_lock(&lock);
    if (file_of(fd) != 0 && mode != FALLOC_FL_KEEP_SIZE) {
        give_up("a kind of fallocate that is not followed");
    }
    (void)pthread_mutex_unlock(&lock);
    return (int)syscall(SYS_fallocate, fd, mode, at, size);
}

int fallocate(int fd, int mode, off_t at, off_t size)
{
    return fallocate64(fd, mode, at, size);
}

static void flushed(int fd)
{
    char path[PATH_MAX];
    char parent[PATH_MAX];
    (void)pthread_mutex_lock(&lock);
    if (ready() && path_of(fd, path)) {
        (void)snprintf(parent, sizeof parent, "%s", store);
        char *slash = strrchr(parent, '/');
        if (slash != NULL) {
            *slash = '\0';
        }
        if (strcmp(path, store) == 0) {
            put(RECORD_FOLDER, 0, 0, NULL, 0);
        } else if (strcmp(path, parent) == 0) {
            put(RECORD_PARENT, 0, 0, NULL, 0);
        } else {
            uint64_t file = file_of(fd);
            if (file != 0) {
                put(RECORD_FLUSH, file, 0, NULL, 0);
            }
        }
    }
    (void)pthread_mutex_unlock(&lock);
}

int fdatasync(int fd)
{
    int rc = (int)syscall(SYS_fdatasync, fd);
    if (rc == 0) {
        flushed(fd);
    }
    return rc;
}

int fsync(int fd)
{
    int rc = (int)syscall(SYS_fsync, fd);
    if (rc == 0) {
        flushed(fd);
    }
    return rc;
}

int msync(void *at, size_t size, int flags)
{
    (void)flags;
    if (ready()) {
        give_up("msync: the store is not to be mapped for writing");
    }
    return (int)syscall(SYS_msync, at, size, flags);
}

/* ---- names ---- */

static void renamed(const char *from, const char *to)
{
    (void)pthread_mutex_lock(&lock);
    if (ready() && inside(from) != NULL && inside(to) != NULL) {
        char names[2 * PATH_MAX];
        int first = snprintf(names, PATH_MAX, "%s", inside(from));
        int second = snprintf(names + first + 1, PATH_MAX, "%s", inside(to));
        put(RECORD_RENAME, 0, 0, names, (size_t)(first + second + 2));
    }
    (void)pthread_mutex_unlock(&lock);
}

int rename(const char *from, const char *to)
{
    renamed(from, to);
    return (int)syscall(SYS_rename, from, to);
}

int unlink(const char *path)
{
    (void)pthread_mutex_lock(&lock);
    if (ready() && inside(path) != NULL) {
        put(RECORD_UNLINK, 0, 0, inside(path), strlen(inside(path)));
    }
    (void)pthread_mutex_unlock(&lock);
    return (int)syscall(SYS_unlink, path);
}

/* ---- messages ---- */

typedef int send_fn(void *socket, const void *data, size_t size, int flags);

/* What the daemons say goes through zmq_send on a DEALER (to the hub) or a ROUTER (from the hub,
 * or to staff); other sockets are inside the process. */
int zmq_send(void *socket, const void *data, size_t size, int flags)
{
    static send_fn *next;
    int type = 0;
    size_t width = sizeof type;
    if (next == NULL) {
        void *found = dlsym(RTLD_NEXT, "zmq_send");
        memcpy(&next, &found, sizeof next);
    }
    if (ready() && (flags & ZMQ_SNDMORE) == 0 &&
        zmq_getsockopt(socket, ZMQ_TYPE, &type, &width) == 0 &&
        (type == ZMQ_DEALER || type == ZMQ_ROUTER)) {
        char endpoint[256] = "";
        width = sizeof endpoint;
        (void)zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, endpoint, &width);
        (void)pthread_mutex_lock(&lock);
        put(strncmp(endpoint, "ipc:", 4) == 0 ? RECORD_ANSWER : RECORD_MESSAGE, 0, 0, data, size);
        (void)pthread_mutex_unlock(&lock);
    }
    return next(socket, data, size, flags);
}
