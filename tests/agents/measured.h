/* measured - the black card campaign with measures of every kind, for tests of figures. */
#ifndef TB_MEASURED_H
#define TB_MEASURED_H

#include "tests/agents/edited.h"
#include "tests/agents/world.h"

/* Version 2: the measures below; version 3: another set, so that everything is counted anew; 4: as
 * 2, and what it called "forwarded" is called "sent_on". */
tb_campaign_loaded *measured_campaign(unsigned version);

/* A figure of a party over months "2015-02" to "2015-04"; group "" for all. */
uint64_t figure_at(world *w,
                   const char *party,
                   const char *measure,
                   const char *group,
                   const char *first,
                   const char *last);
/* Of hours: how many, and the statistic in tenths of an hour. */
uint64_t hours_at(world *w,
                  const char *party,
                  const char *measure,
                  const char *first,
                  const char *last,
                  uint32_t *out_tenths);
/* Ends what turns would have ended: stale cases are counted, and a new definition to its end. */
void settle(world *w, const char *party);
void settle_all(world *w);
/* Rows, totals and a full recount agree at every party. */
void check_measures(world *w);

/* Files a quarterly report at this time, when everything is counted; the answer's code. */
tb_refusal files_at(world *w, const char *party, const char *time, const char *fields);
/* The reports of a period as a party lists them, and a reporter's line of them. */
/* What is owed for a period; the summary of it, which headquarters owes itself, left out. */
tb_local_reports reports_at(world *w, const char *party, const char *period);
const tb_local_report_line *report_of(const tb_local_reports *reports, const char *party);

#endif
