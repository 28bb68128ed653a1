/* store_lmdb_files - paths and flushes that backup and restore of the LMDB form share. */
#ifndef TB_STORE_LMDB_FILES_H
#define TB_STORE_LMDB_FILES_H

#include "store/store.h"

#define TB_LMDB_DATA_FILE  "data.mdb"
#define TB_LMDB_PATH_BYTES 4096
/* Whether an errno says that the disk is full. */
#define TB_LMDB_DISK_FULL(e) ((e) == ENOSPC || (e) == EDQUOT || (e) == EFBIG)

/* False when it does not fit. */
bool tb_lmdb_path_in(char out[TB_LMDB_PATH_BYTES], const char *folder, const char *name);
/* The tb_err of what just failed. */
tb_err tb_lmdb_of_errno(void) TB_MUST_USE;
tb_err tb_lmdb_sync_path(const char *path, int flags) TB_MUST_USE;
/* Of the folder a path stands in. */
tb_err tb_lmdb_sync_parent(const char *path) TB_MUST_USE;

#endif
