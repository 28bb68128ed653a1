/* json - what the command prints under --json: keys that do not change, ids in hex, times in ISO.
 */
#ifndef TB_JSON_H
#define TB_JSON_H

#include <jansson.h>

#include "messages/local.h"

/* Prints one object with its keys in the order they were put in, and a line end; takes it over. */
void tb_json_print(json_t *value);

json_t *tb_json_text(tb_bytes text);          /* what is no UTF-8 is shown as hex */
json_t *tb_json_party(const tb_party *party); /* null when empty */
json_t *tb_json_hex_of(const void *data, size_t size);
json_t *tb_json_time(tb_time time); /* null when 0 */
json_t *tb_json_fields(const tb_field *fields, size_t count);

json_t *tb_json_refusal(tb_refusal code, tb_bytes detail);
json_t *tb_json_unknown(const tb_request_id *id);
json_t *tb_json_acted(const tb_local_answer *answer);
json_t *tb_json_summary(const tb_local_summary *summary);
json_t *tb_json_case(const tb_local_case *whole);
json_t *tb_json_cases(const tb_local_cases *cases);
json_t *tb_json_traced(const tb_local_traced *traced);
json_t *tb_json_recovery(const tb_local_recovery *recovery);
json_t *tb_json_due_counts(const tb_local_due_counts *counts);
json_t *tb_json_status(const tb_local_status *status);
json_t *tb_json_cut(const tb_local_cut *cut);
json_t *tb_json_notices(const tb_local_notices *notices);
json_t *tb_json_parties(const tb_local_parties *parties);
json_t *tb_json_duty(const tb_local_duty_line *line);
json_t *tb_json_office(const tb_local_office *office);
json_t *tb_json_explained(const tb_local_explained *explained);
json_t *tb_json_duties(const tb_local_duties *duties);
/* verify.c */
json_t *tb_json_verified(const tb_local_verified *verified);
json_t *tb_json_recounting(uint64_t looked, uint64_t of); /* null: nothing is being counted anew */
json_t *tb_json_reports(const tb_local_reports *reports);
json_t *tb_json_report(const tb_local_report *report);
json_t *tb_json_behind(const tb_local_behind *lines, size_t count);
/* show_scores.c */
json_t *tb_json_scores(const tb_local_case *whole);
json_t *tb_json_figure(const tb_local_case_figure *figure);
json_t *tb_json_campaigns(const tb_local_campaigns *campaigns);
json_t *tb_json_acts(const tb_local_acts *acts);
json_t *tb_json_checked(const tb_local_checked *checked);
json_t *tb_json_document(const tb_document *document);
json_t *tb_json_quarantine(const tb_local_quarantine *quarantine);
json_t *tb_json_accounts(const tb_local_accounts *accounts);
json_t *tb_json_approvals(const tb_local_approvals *approvals);
json_t *tb_json_switches(const tb_local_switches *switches);
json_t *tb_json_step(const tb_local_approval *approval);
json_t *tb_json_steps(const tb_local_approval *list, size_t count);
json_t *tb_json_settled(const tb_local_settled *settled);
/* Whatever kind the answer is of. */
json_t *tb_json_answer(const tb_local_answer *answer);

/* The stable key of a place or standing. */
const char *tb_where_key(tb_where where);
const char *tb_standing_key(tb_standing standing);
const char *tb_timing_key(tb_shown_timing timing);

#endif
