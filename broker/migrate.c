#include "broker/migrate.h"

/* Hub and agents share one number: 2 and 3 changed what agents store, 4 what may stand beside the
 * tables (store/turn_log.h), which a program of schema 3 would not look at. */
const tb_migration tb_broker_migrations[] = {{1, NULL}, {2, NULL}, {3, NULL}};
const size_t tb_broker_migration_count =
    sizeof tb_broker_migrations / sizeof tb_broker_migrations[0];
