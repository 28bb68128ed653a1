/* edited - a campaign file as a later version would read: the shipped text with some lines changed.
 */
#ifndef TB_EDITED_H
#define TB_EDITED_H

#include "tests/test.h"

#include "agents/campaign/load.h"

/* path is below the source folder. edits are pairs, what stands there and what shall stand in its
 * place, ended by NULL; each must stand there. */
/* "A[...]B" in an edit stands for everything from A to the next B. */
tb_campaign_loaded *edited(const char *path, const char *const *edits);

#endif
