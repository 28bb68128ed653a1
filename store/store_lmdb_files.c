#define _GNU_SOURCE

#include "store/store_lmdb_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

bool tb_lmdb_path_in(char out[TB_LMDB_PATH_BYTES], const char *folder, const char *name)
{
    return snprintf(out, TB_LMDB_PATH_BYTES, "%s/%s", folder, name) < TB_LMDB_PATH_BYTES;
}

tb_err tb_lmdb_of_errno(void)
{
    return errno == ENOENT ? TB_ERR_NOT_FOUND : TB_LMDB_DISK_FULL(errno) ? TB_ERR_FULL : TB_ERR_IO;
}

tb_err tb_lmdb_sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) {
        return TB_ERR_IO;
    }
    int rc = fsync(fd);
    (void)close(fd);
    return rc == 0 ? TB_OK : TB_ERR_IO;
}

/* The folder a path stands in. */
tb_err tb_lmdb_sync_parent(const char *path)
{
    char above[TB_LMDB_PATH_BYTES];
    return tb_lmdb_path_in(above, path, "..") ? tb_lmdb_sync_path(above, O_RDONLY | O_DIRECTORY)
                                              : TB_ERR_LIMIT;
}
