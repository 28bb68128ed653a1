/* digest - tongbao due --digest: what is overdue and what is due by the end of tomorrow, and how
 * much is unanswered. */
#ifndef TB_CLI_DIGEST_H
#define TB_CLI_DIGEST_H

#include "agents/cli/arguments.h"

/* An exit code. */
int tb_due_digest(const tb_common *common);

#endif
