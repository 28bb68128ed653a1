/* say - sentences for people, in their language; refusals and errors in both. */
#ifndef TB_SAY_H
#define TB_SAY_H

#include <libintl.h>
#include <stdbool.h>

#include "base/refusal.h"

#define _(text) gettext(text)

/* Chooses the language: "zh", "en", or NULL for what the environment says. Call once, first. */
void tb_say_init(const char *language);
/* Whether people are addressed in Chinese. */
bool tb_say_chinese(void);
/* Of a title in both languages the one to print; where that is empty, the other. */
tb_bytes tb_say_which(tb_bytes zh, tb_bytes en);

/* One error line to stderr: "tongbao: " and the sentence. */
void tb_say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A refusal: key, then both sentences; detail may be empty. To stderr. */
void tb_say_refusal(tb_refusal code, tb_bytes detail);

#endif
