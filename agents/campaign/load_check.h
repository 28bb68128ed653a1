/* load_check - what the parts of the check share: where we are in the document, and telling a
 * fault. */
#ifndef TB_CAMPAIGN_LOAD_CHECK_H
#define TB_CAMPAIGN_LOAD_CHECK_H

#include "agents/campaign/load.h"

typedef struct tb_check {
    tb_bytes text;
    const tb_campaign *campaign;
    const tb_case_type *type; /* the one being read */
    tb_campaign_fault_fn tell;
    void *context;
    unsigned faults;
    size_t section; /* where the list that is being read begins in the text */
    size_t at;      /* where the item that is being read begins */
    const char *what;
    const char *id;
} tb_check;

/* Enters a list ("states:") behind `from`, and an item of it by id. The text is searched, so a
 * place that is not found leaves the place of what is around it. */
void tb_check_section(tb_check *check, size_t from, const char *key);
void tb_check_item(tb_check *check, const char *what, const char *id);

/* Tells one fault about the current item; up to two names fill the %s of the sentence. */
void tb_check_fault(tb_check *check, const char *sentence, const char *a, const char *b);

/* Both labels must be there. */
void tb_check_label(tb_check *check, const tb_label *label, const char *of);
/* The names that lead somewhere; a fault and false when they do not. */
bool tb_check_role(tb_check *check, const char *id);
bool tb_check_position(tb_check *check, const char *id);
bool tb_check_state(tb_check *check, const char *id);
/* An open field, which everybody who judges can read. */
const tb_field_def *tb_check_open_field(tb_check *check, const char *id);

/* The second half: conditions, ways, and how states are reached. */
void tb_check_actions(tb_check *check, size_t case_type_at);

/* load_check_duty.c: limits, who owes whom, and whether a duty can begin, end and lapse. */
void tb_check_duties(tb_check *check);

#endif
