/* recounted - the figures of reports held against a recount of every case (agents/recount.h). */
#ifndef TB_RECOUNTED_H
#define TB_RECOUNTED_H

#include "tests/agents/measured.h"

/* At every party, and for every quarter of the year, the figures of the quarterly report are the
 * same from the counters and counted anew; and where events are added up, the groups of a figure
 * make up the whole. */
void check_recounts(world *w);
/* What a party filed in this case, and whatever was revised, is what its cases made up at that
 * moment, whatever came since. True: that is no longer what is counted now. */
bool check_filed(world *w, const char *party, const tb_case_id *report);

#endif
