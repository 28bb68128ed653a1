/* report_words - reports and their figures in the words people read. */
#ifndef TB_REPORT_WORDS_H
#define TB_REPORT_WORDS_H

#include "base/arena.h"
#include "messages/local.h"

/* A value as agents/campaign/figures.h prints it, for people: hours with one decimal, a ratio as a
 * percentage with two and what it is of. Cut off, never rounded: what is below a threshold does not
 * look as if it had reached it. "" where there is none. */
tb_bytes tb_report_value(tb_arena *arena, uint32_t kind, tb_bytes value);
/* What a figure is called; one that somebody declared says so: 实名登记率(申报). */
tb_bytes tb_report_title(tb_arena *arena, const tb_local_figure *figure);
/* The same with its unit: 一证五卡以上用户(户,申报). */
tb_bytes tb_report_title_with_unit(tb_arena *arena, const tb_local_figure *figure);
/* Somebody typed it, and nothing counted it. */
bool tb_report_is_declared(const tb_local_figure *figure);
/* Whose word it is and as of when (else when it was filed last), and that neither counting nor
 * verifying proves it. by: who filed the report; empty, as of a summary: each party in its own. */
tb_bytes tb_report_declared_word(tb_arena *arena,
                                 const tb_local_report_line *line,
                                 const tb_local_figure *figure,
                                 tb_bytes by);
/* 环比: the change against the period before, in percent with one decimal, cut off. */
tb_bytes tb_report_change(tb_arena *arena, const tb_local_figure *figure);

/* The same in tenths of a percent, for a cell that holds a number. False: there is none. */
bool tb_report_change_tenths(const tb_local_figure *figure, int64_t *out);
/* A ratio in hundredths of a percent, cut off likewise. */
uint64_t tb_report_hundredths(uint64_t numerator, uint64_t denominator);

/* 2015-Q2 as a document says it: 2015年第二季度. */
tb_bytes tb_report_period_word(tb_arena *arena, tb_bytes period);
/* Headings of the columns of a period and of the one before: 本季度, 上季度. */
const char *tb_report_this_word(tb_bytes period);
const char *tb_report_before_word(tb_bytes period);

const char *tb_report_state_word(tb_report_state state);
/* With the days of a late one. */
tb_bytes tb_report_timeliness_word(tb_arena *arena, const tb_local_report_line *line);
const char *tb_report_verdict_word(tb_threshold_verdict verdict);

/* Stable keys. */
const char *tb_report_state_key(tb_report_state state);
const char *tb_report_timeliness_key(tb_timeliness timeliness);

#endif
