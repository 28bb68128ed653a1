/* disk - see disk.h. */
#define _POSIX_C_SOURCE 200809L
#include "keyfile/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, tb_bytes content)
{
    size_t at = 0;
    while (at < content.size) {
        ssize_t n = write(fd, content.data + at, content.size - at);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        at += (size_t)n;
    }
    return true;
}

/* A new name is on disk once its folder is. */
static bool sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t size = slash == NULL ? 0 : (size_t)(slash - path);
    if (size >= sizeof(folder)) {
        errno = ENAMETOOLONG;
        return false;
    }
    if (slash == NULL) {
        strcpy(folder, ".");
    } else if (size == 0) {
        strcpy(folder, "/");
    } else {
        memcpy(folder, path, size);
        folder[size] = '\0';
    }

    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool synced = fsync(fd) == 0;
    close(fd);
    return synced;
}

bool tb_disk_create(const char *path, tb_bytes content, unsigned mode, tb_problem *problem)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, (mode_t)mode);
    if (fd < 0 && errno == EEXIST) {
        return tb_problem_set(problem,
                              "%s exists and is not overwritten; choose another name or remove it.",
                              "%s 已存在,不会覆盖;请换一个文件名或先将其移走。", path);
    }
    if (fd < 0) {
        return tb_problem_errno(problem, path, errno);
    }

    bool written = fchmod(fd, (mode_t)mode) == 0 && write_all(fd, content) && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && written) {
        written = false;
        error = errno;
    }
    if (written && !sync_folder_of(path)) {
        written = false;
        error = errno;
    }
    if (!written) {
        unlink(path);
        return tb_problem_errno(problem, path, error);
    }
    return true;
}

static bool overwrite(int fd)
{
    static const uint8_t zeros[4096];
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return false;
    }
    for (off_t left = status.st_size; left > 0;) {
        size_t size = left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros);
        if (!write_all(fd, tb_bytes_of(zeros, size))) {
            return false;
        }
        left -= (off_t)size;
    }
    return fsync(fd) == 0;
}

bool tb_disk_destroy(const char *path, tb_problem *problem)
{
    int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return tb_problem_errno(problem, path, errno);
    }

    bool done = overwrite(fd);
    int error = errno;
    close(fd);
    if (done && (unlink(path) != 0 || !sync_folder_of(path))) {
        done = false;
        error = errno;
    }
    return done || tb_problem_errno(problem, path, error);
}

bool tb_disk_read_all(int fd, void *out, size_t size)
{
    uint8_t *to = out;
    while (size > 0) {
        ssize_t n = read(fd, to, size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        to += n;
        size -= (size_t)n;
    }
    return true;
}

static bool
read_open(int fd, const char *path, size_t max, tb_arena *arena, tb_bytes *out, tb_problem *problem)
{
    struct stat status;
    if (fstat(fd, &status) != 0) {
        return tb_problem_errno(problem, path, errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return tb_problem_set(problem, "%s is not a file; name a file.", "%s 不是文件,请指定文件。",
                              path);
    }
    if ((uint64_t)status.st_size > max) {
        return tb_problem_refused(problem, path, TB_REFUSED_TOO_LARGE);
    }

    size_t size = (size_t)status.st_size;
    uint8_t *data = tb_arena_alloc(arena, size > 0 ? size : 1);
    if (data == NULL) {
        return tb_problem_refused(problem, path, TB_REFUSED_TOO_LARGE);
    }
    if (!tb_disk_read_all(fd, data, size)) {
        return tb_problem_errno(problem, path, EIO);
    }
    *out = tb_bytes_of(data, size);
    return true;
}

bool tb_disk_read(const char *path, size_t max, tb_arena *arena, tb_bytes *out, tb_problem *problem)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return tb_problem_errno(problem, path, errno);
    }

    bool done = read_open(fd, path, max, arena, out, problem);
    close(fd);
    return done;
}

bool tb_disk_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

bool tb_disk_folder(const char *path, unsigned mode, tb_problem *problem)
{
    char part[PATH_MAX];
    size_t size = strlen(path);
    if (size == 0 || size >= sizeof(part)) {
        return tb_problem_errno(problem, path, ENAMETOOLONG);
    }

    for (size_t i = 1; i <= size; i++) {
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, (mode_t)mode) != 0 && errno != EEXIST) {
            return tb_problem_errno(problem, part, errno);
        }
    }
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return tb_problem_errno(problem, path, ENOTDIR);
    }
    return true;
}
