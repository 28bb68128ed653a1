/* campaign_explain - what the parts of the page share: names in the reader's language. Private to
 * campaign_explain*.c. */
#ifndef TB_CAMPAIGN_EXPLAIN_H
#define TB_CAMPAIGN_EXPLAIN_H

#include "agents/campaign/campaign.h"

/* What stands before the at-th entry of a list. */
const char *tb_explain_between(unsigned at);

/* Titles; the id where there is none. */
const char *tb_explain_label(const tb_label *label, const char *id);
const char *tb_explain_position(const tb_case_type *type, const char *id);
const char *tb_explain_state(const tb_case_type *type, const char *id);
const char *tb_explain_action(const tb_case_type *type, const char *id);
const char *tb_explain_field(const tb_case_type *type, const char *id);
const char *tb_explain_role(const tb_campaign *campaign, const char *id);

/* campaign_explain_rules.c: the conditions in one line, and the duties of a case type. */
void tb_explain_conditions(const tb_campaign *campaign,
                           const tb_case_type *type,
                           const tb_conditions *conditions);
void tb_explain_duties(const tb_campaign *campaign, const tb_case_type *type);

/* campaign_explain_time.c */
void tb_explain_head(const tb_campaign *campaign); /* parameters and stages */
void tb_explain_action_stages(const tb_campaign *campaign, const tb_action *action);
void tb_explain_time_condition(const tb_campaign *campaign,
                               const tb_case_type *type,
                               const tb_condition *c);
/* False: the limit names no day. */
bool tb_explain_fixed_limit(const tb_campaign *campaign,
                            const tb_case_type *type,
                            const tb_duty_def *duty);
/* What a value must be beyond its type, in brackets. */
void tb_explain_field_rules(const tb_case_type *type, const tb_field_def *field);
void tb_explain_looked_up(const tb_campaign *campaign,
                          const tb_case_type *type,
                          const tb_position *p);
/* What answers the action if it is a request, who approves it before it is made, and when it is
 * done by itself. */
void tb_explain_approval(const tb_case_type *type, const tb_action *action);
/* campaign_explain_reports.c: who reports what, for which periods, and how figures are counted. */
void tb_explain_reports(const tb_campaign *campaign);
/* And the score sheet of a case type. */
void tb_explain_scores(const tb_campaign *campaign, const tb_case_type *type);

/* campaign_explain_lists.c: the cases an action opens, and the lists of the campaign. */
void tb_explain_opens(const tb_campaign *campaign,
                      const tb_case_type *type,
                      const tb_action *action);
void tb_explain_lists(const tb_campaign *campaign);

#endif
