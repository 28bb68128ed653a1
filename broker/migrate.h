/* migrate - the steps by which the hub's store comes to the schema of this build. */
#ifndef TB_BROKER_MIGRATE_H
#define TB_BROKER_MIGRATE_H

#include "store/migrate.h"

/* For tb_migrate. */
extern const tb_migration tb_broker_migrations[];
extern const size_t tb_broker_migration_count;

#endif
