/* backup - a copy of a store while its daemon works, and a store out of such a copy (LMDB form).
 *
 *     store (in use) --copy, compacted--> FOLDER/data.mdb.tmp --flush, verify--> FOLDER/data.mdb
 *     FOLDER --verify--> STORE/restoring --quota, mark, flush--> STORE
 *
 * Runs in a process of its own: a store may be open once in a process. While the copy is made its
 * snapshot pins pages, as any reader does. A copy has the names, rows and checksums of the store,
 * and no keys: those are files of their own.
 */
#ifndef TB_BACKUP_H
#define TB_BACKUP_H

#include "base/time.h"
#include "store/store.h"

/* Called now and then with bytes done; may be NULL. */
typedef void tb_backup_progress(void *context, uint64_t done, uint64_t total);

typedef struct tb_backup {
    uint32_t kind; /* TB_STORE_BROKER or TB_STORE_AGENT: another kind is TB_ERR_VERSION */
    tb_backup_progress *progress;
    void *context;
    /* filled */
    uint64_t rows;
    uint64_t bytes;
} tb_backup;

/* TB_ERR_NOT_FOUND: no store there. TB_ERR_BUSY: folder holds a backup already. TB_ERR_FULL: no
 * room for the copy. TB_ERR_CORRUPT: a row of the copy fails its checksum; no backup was made. */
tb_err tb_store_backup(const char *store, const char *folder, tb_backup *backup) TB_MUST_USE;

/* Opens the copy, reads every row and counts. */
tb_err tb_store_verify(const char *folder, tb_backup *backup) TB_MUST_USE;

/* A new store at path, which must not hold one (else TB_ERR_BUSY), with the quota allocated.
 * TB_ERR_LIMIT: the quota has no room for new work beside what the copy holds. TB_ERR_FULL: the
 * disk has none for the quota. */
tb_err tb_store_restore(const char *folder,
                        const char *path,
                        uint64_t quota_bytes,
                        tb_time now,
                        tb_backup *backup) TB_MUST_USE;

#endif
