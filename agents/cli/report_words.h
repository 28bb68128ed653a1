/* report_words - reports and their figures in the words people read. */
#ifndef TB_REPORT_WORDS_H
#define TB_REPORT_WORDS_H

#include "base/arena.h"
#include "messages/local.h"

/* A value as agents/campaign/figures.h prints it, for people: hours with one decimal, a ratio as a
 * percentage with two and what it is of. Cut off, never rounded: what is below a threshold does not
 * look as if it had reached it. "" where there is none. */
tb_bytes tb_report_value(tb_arena *arena, uint32_t kind, tb_bytes value);
/* 环比: the change against the period before, in percent with one decimal, cut off. */
tb_bytes tb_report_change(tb_arena *arena, const tb_local_figure *figure);

const char *tb_report_state_word(tb_report_state state);
/* With the days of a late one. */
tb_bytes tb_report_timeliness_word(tb_arena *arena, const tb_local_report_line *line);
const char *tb_report_verdict_word(tb_threshold_verdict verdict);

/* Stable keys. */
const char *tb_report_state_key(tb_report_state state);
const char *tb_report_timeliness_key(tb_timeliness timeliness);

#endif
