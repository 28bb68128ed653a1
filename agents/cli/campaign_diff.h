/* campaign_diff - what differs between two definition files, in people's words. */
#ifndef TB_CAMPAIGN_DIFF_H
#define TB_CAMPAIGN_DIFF_H

#include "agents/cli/arguments.h"

/* Prints every difference and whether it keeps cases from moving from the one to the other;
 * TB_EXIT_REFUSED when some difference does. */
int tb_campaign_diff(const tb_common *common, const char *from_path, const char *to_path);

#endif
