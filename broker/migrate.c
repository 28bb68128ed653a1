#include "broker/migrate.h"

/* Hub and agents share one number: 2 and 3 changed what agents store. */
const tb_migration tb_broker_migrations[] = {{1, NULL}, {2, NULL}};
const size_t tb_broker_migration_count =
    sizeof tb_broker_migrations / sizeof tb_broker_migrations[0];
