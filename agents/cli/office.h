/* office - tongbao due --office: the hours in which this party's people are reminded. */
#ifndef TB_CLI_OFFICE_H
#define TB_CLI_OFFICE_H

#include "agents/cli/arguments.h"

/* hours: "08:30-17:30", or "show". An exit code. */
int tb_due_office(const tb_common *common, const char *hours);

#endif
