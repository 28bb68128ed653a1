/* show - answers as people read them. */
#ifndef TB_SHOW_H
#define TB_SHOW_H

#include "agents/cli/book.h"
#include "base/arena.h"
#include "base/time.h"
#include "messages/local.h"

/* "2015-02-09 11:39", empty for 0; in the arena. */
tb_bytes tb_show_time(tb_arena *arena, tb_time time);
/* Hex; in the arena. */
tb_bytes tb_show_hex(tb_arena *arena, const void *data, size_t size);
const char *tb_show_where(tb_where where);
const char *tb_show_standing(tb_standing standing);
/* Why an act is not simply in time; empty when it is. */
const char *tb_show_timing(tb_shown_timing timing);

/* To stdout. False when memory ended. */
bool tb_show_cases(tb_book *book, const tb_local_cases *cases);
bool tb_show_case(tb_book *book, const tb_local_case *whole);
/* of: the case they are about; NULL when it is not known, then choices are shown by id. */
bool tb_show_acts(tb_book *book, const tb_local_summary *of, const tb_local_acts *acts);
bool tb_show_notices(tb_book *book, const tb_local_notices *notices);
bool tb_show_trace(tb_book *book, const tb_local_traced *traced);
void tb_show_acted(tb_book *book, const tb_local_answer *answer);
/* The words of 按期, 超期办结, 超期未办结; an open one is due or overdue. */
const char *tb_show_duty_state(const tb_local_duty_line *duty);
/* show_explained.c */
void tb_show_explained(tb_book *book, const tb_local_explained *explained);
/* On what a duty's limit rests. */
tb_bytes tb_show_basis(tb_arena *arena, const tb_local_duty_line *duty);
void tb_show_office(const tb_local_office *office);
bool tb_show_duties(tb_book *book, const tb_local_duties *duties);
/* What this party has to do first, in a few lines. */
void tb_show_due_counts(const tb_local_due_counts *counts);
/* verify.c */
void tb_show_verified(const tb_local_verified *verified);
/* That stated figures are being counted anew, and how far that is. */
void tb_show_recounting(uint64_t looked, uint64_t of);
/* show_report.c */
bool tb_show_reports(tb_book *book, const tb_local_reports *reports);
/* A figure's group as people read it: 浙江省, 公安办案; of a summary the party's name. */
tb_bytes
tb_show_group_name(tb_book *book, const tb_local_report *report, tb_bytes id, tb_bytes group);
/* Who declared a report's declared figures; empty: each party its own, of a summary. */
tb_bytes tb_show_declared_by(tb_book *book, const tb_local_report *report);
bool tb_show_report(tb_book *book, const tb_local_report *report);
/* show_summary.c: the figures of a summary, parties by measures. */
bool tb_show_summary(tb_book *book, const tb_local_report *report);
/* The events behind that measure of a report, under its head. */
bool tb_show_report_behind(tb_book *book, const tb_local_report *report, tb_bytes measure);
/* What a figure opens to. */
bool tb_show_behind(tb_book *book, const tb_local_behind *lines, size_t count, tb_bytes next);
/* show_scores.c; nothing where the case has no score sheet */
bool tb_show_scores(tb_book *book, const tb_local_case *whole);
bool tb_show_figure(tb_book *book, const tb_local_case_figure *figure);
bool tb_show_campaigns(tb_book *book, const tb_local_campaigns *campaigns);
/* Why a case may have to be taken over; "" when it need not. */
const char *tb_show_stall(tb_stall stall);
bool tb_show_parties(tb_book *book, const tb_local_parties *parties);
/* show_accounts.c */
bool tb_show_accounts(tb_book *book, const tb_local_accounts *accounts);
bool tb_show_approvals(tb_book *book, const tb_local_approvals *approvals);
/* One of them in full. */
void tb_show_approval(tb_book *book, const tb_local_approval_line *line);
bool tb_show_switches(tb_book *book, const tb_local_switches *switches);
/* Who made, reviewed or signed, one line. */
void tb_show_step(tb_book *book, const tb_local_approval *approval);
const char *tb_show_waits(tb_approval_step waits);
/* The bit of a post's stable key; 0: none is called so. */
uint32_t tb_post_of(const char *word);
/* recover.c: who was asked, who has ended, who has not and since when. */
void tb_show_recovery(tb_book *book, const tb_local_recovery *recovery);
void tb_show_status(tb_book *book, const tb_local_status *status);
bool tb_show_quarantine(tb_book *book, const tb_local_quarantine *quarantine);
/* One of them in full. */
void tb_show_set_aside(tb_book *book, const tb_local_set_aside *line);
void tb_show_settled(const tb_local_settled *settled);
/* How to ask for the page after this one, if there is one. */
void tb_show_next(tb_arena *arena, tb_bytes next);
/* Whatever kind the answer is of. */
bool tb_show_answer(tb_book *book, const tb_local_answer *answer);

#endif
