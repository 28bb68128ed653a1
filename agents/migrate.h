/* migrate - the steps by which an agent's store comes to the schema of this build. */
#ifndef TB_AGENT_MIGRATE_H
#define TB_AGENT_MIGRATE_H

#include "store/migrate.h"

/* For tb_migrate. */
extern const tb_migration tb_agent_migrations[];
extern const size_t tb_agent_migration_count;

#endif
