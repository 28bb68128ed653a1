/* list - what the verbs of `tongbao list` share. */
#ifndef TB_CLI_LIST_H
#define TB_CLI_LIST_H

#include <jansson.h>

#include "agents/cli/show.h"

typedef struct tb_list_asked {
    tb_common common;
    tb_words words; /* the verb first */
    const char *entry;
    const char *after;
    const char *limit;
    const char *province;
    const char *file;
    const char *out;
} tb_list_asked;

/* The list of that name, by id or title, and what its entries are; NULL when no campaign here has
 * it: then the agent says so. */
const tb_list_def *tb_list_named(tb_book *book,
                                 tb_bytes text,
                                 const tb_campaign **out_campaign,
                                 const tb_case_type **out_type);

/* list_check.c */
int tb_list_check(tb_book *book, const tb_list_asked *asked);

/* show_gate.c. "3 minutes ago", or that the hub was never heard. */
bool tb_show_lists_here(tb_book *book, const tb_local_lists *lists);
bool tb_show_list(tb_book *book, const tb_local_shown_list *shown);
void tb_show_verdict(tb_book *book, const tb_local_verdicts *all, const tb_local_verdict *verdict);
void tb_show_age(tb_book *book, const tb_local_list_line *list);
bool tb_show_family(tb_book *book, const tb_local_family *family);
/* The stable key of a verdict, and its words. */
const char *tb_gate_key(tb_gate gate);
const char *tb_gate_words(tb_gate gate);

/* json_lists.c */
json_t *tb_json_lists(const tb_local_lists *lists);
json_t *tb_json_shown_list(const tb_local_shown_list *shown);
json_t *tb_json_verdicts(const tb_local_verdicts *verdicts);
json_t *tb_json_family(const tb_local_family *family);

#endif
