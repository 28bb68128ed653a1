/* disk - whole files, read and written so that a crash leaves the old one, the new one or none. */
#ifndef TB_DISK_H
#define TB_DISK_H

#include "base/arena.h"
#include "keyfile/problem.h"

/* Creates path, which must not exist, with these rights; file and folder are on disk when it
 * returns. */
bool tb_disk_create(const char *path, tb_bytes content, unsigned mode, tb_problem *problem)
    TB_MUST_USE;
/* The whole of a regular file of at most max bytes, into the arena. */
bool tb_disk_read(const char *path, size_t max, tb_arena *arena, tb_bytes *out, tb_problem *problem)
    TB_MUST_USE;
/* Overwrites a file with zeros and removes its name; both are on disk when it returns. A copy the
 * file system or a backup kept elsewhere is out of reach. */
bool tb_disk_destroy(const char *path, tb_problem *problem) TB_MUST_USE;
bool tb_disk_exists(const char *path);
/* Makes a folder and those above it that are missing. */
bool tb_disk_folder(const char *path, unsigned mode, tb_problem *problem) TB_MUST_USE;

/* Exactly size bytes of an open file; false at its end or on an error. */
bool tb_disk_read_all(int fd, void *out, size_t size) TB_MUST_USE;

#endif
