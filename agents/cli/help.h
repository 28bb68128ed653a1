/* help - what `tongbao help`, `tongbao NOUN --help` and a wrong command print. */
#ifndef TB_HELP_H
#define TB_HELP_H

/* The page of a noun, NULL for the overview, to stdout. */
void tb_help_print(const char *noun);
/* help_people.c: the page of account or approve; NULL for others. */
const char *tb_help_people(const char *noun);
/* Says what is wrong with the command and where help is. Gives TB_EXIT_USAGE. */
int tb_help_wrong(const char *noun, const char *what);
/* Likewise of a word behind those that the command takes. */
int tb_help_too_much(const char *noun, const char *word);

#endif
