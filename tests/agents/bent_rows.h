/* bent_rows - each row of a store in turn is gone, half as long, longer, damaged, under another
 * key, or has another byte. */
#ifndef TB_TEST_BENT_ROWS_H
#define TB_TEST_BENT_ROWS_H

#include "agents/agent.h"

/* Whatever a row is, the check of the store goes to its end. Returns after how many bent rows it
 * told something else than of the store as it is, which is sound; nothing stays of them. */
size_t bend_rows(tb_store *store, tb_arena *arena, tb_agent *agent);

#endif
