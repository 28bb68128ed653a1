/* digest - tongbao due --digest: what somebody sees first in the morning and the evening: how much is
 * overdue, due by the end of the next working day, escalated and unanswered, and which. */
#ifndef TB_CLI_DIGEST_H
#define TB_CLI_DIGEST_H

#include "agents/cli/arguments.h"

/* An exit code. */
int tb_due_digest(const tb_common *common);

#endif
