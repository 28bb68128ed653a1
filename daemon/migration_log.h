/* migration_log - what a daemon says while its store is migrated. */
#ifndef TB_MIGRATION_LOG_H
#define TB_MIGRATION_LOG_H

#include "store/migrate.h"

/* Zero before the first news. */
typedef struct tb_migration_log {
    bool begun;
    uint64_t next; /* rows at which progress is said again */
} tb_migration_log;

/* tb_migration_tell; context is a tb_migration_log: a line when a step begins, now and then, and
 * when it is done, with a warning when rows were left out. */
void tb_migration_log_news(void *context, const tb_migration_news *news);

/* Why a migration failed, and what to do; nothing is lost. */
const char *tb_migration_log_why(tb_err err);

#endif
