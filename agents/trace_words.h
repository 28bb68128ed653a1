/* trace_words - the one plain sentence, in Chinese and English, that says why a notice is where it
 * is. */
#ifndef TB_TRACE_WORDS_H
#define TB_TRACE_WORDS_H

#include "agents/agent.h"
#include "agents/rows_recover.h"
#include "messages/local.h"

/* Fills why_zh and why_en from the rest of the line. */
tb_err tb_trace_words(const tb_agent *agent,
                      tb_arena *arena,
                      const tb_link_row *link,
                      tb_local_trace_line *line) TB_MUST_USE;

/* Puts before both sentences that the notice took the place of one whose key was retired. */
tb_err tb_trace_sealed_anew(tb_arena *arena, tb_time at, tb_local_trace_line *line) TB_MUST_USE;
/* Adds to the sentences of an event held back whom its predecessor was asked of, and when. */
tb_err tb_trace_asked(const tb_agent *agent,
                      tb_arena *arena,
                      const tb_gap_row *gap,
                      tb_local_trace_line *line) TB_MUST_USE;

#endif
