/* book - what people call things: parties, provinces, states, actions, fields and their values.
 *
 * Asked of the agent when first needed and kept for the life of the command. What cannot be found
 * is shown by its id, so a missing document never keeps a list from being printed.
 */
#ifndef TB_BOOK_H
#define TB_BOOK_H

#include "agents/campaign/load.h"
#include "agents/cli/client.h"
#include "agents/tables/provinces.h"

#define TB_BOOK_CAMPAIGNS_MAX 16

typedef struct tb_book_campaign {
    tb_bytes id;
    tb_campaign_loaded *loaded;  /* NULL when it is not installed */
    const tb_campaign *campaign; /* likewise */
} tb_book_campaign;

typedef struct tb_book {
    tb_client *client;
    bool asked_parties;
    tb_local_parties parties;
    bool asked_campaigns;
    tb_local_campaigns here; /* installed at the agent */
    bool asked_provinces;
    bool has_provinces;
    tb_provinces provinces;
    tb_book_campaign campaigns[TB_BOOK_CAMPAIGNS_MAX];
    size_t campaign_count;
} tb_book;

void tb_book_init(tb_book *book, tb_client *client);
void tb_book_close(tb_book *book);

/* A document the agent holds, newest version; false, silently, when it has none. */
bool tb_book_document(tb_book *book, tb_document_kind kind, const char *name, tb_document *out);

const tb_local_party_line *tb_book_find(tb_book *book, const tb_party *party);
/* NULL when it is not installed or not readable. */
const tb_campaign *tb_book_campaign_of(tb_book *book, tb_bytes id);
const tb_provinces *tb_book_provinces(tb_book *book); /* NULL when not installed */

/* book_ids.c: what a person wrote, as the id it means: an id, or a name in either language. States
 * and fields are looked for in all campaigns installed here, actions in the case's own. What is not
 * found stays as it is, for the agent to refuse; *out_known says so where asked for. */
tb_bytes tb_book_campaign_id(tb_book *book, tb_bytes text);
/* Among the types of one campaign, or of all installed here for NULL; NULL: none is called that. */
const tb_case_type *tb_book_case_type(tb_book *book, const tb_campaign *campaign, const char *text);
/* Of that case type, or of any for NULL. */
tb_bytes tb_book_state_id(tb_book *book, const tb_case_type *type, tb_bytes text, bool *out_known);
tb_bytes tb_book_action_id(tb_book *book, const tb_local_summary *of, tb_bytes text);
tb_bytes tb_book_party_id(tb_book *book, tb_bytes text);
/* A party of the directory by its id or name; false after saying that there is none. */
bool tb_book_party_named(tb_book *book, const char *text, tb_party *out) TB_MUST_USE;
tb_bytes tb_book_report_id(tb_book *book, tb_bytes text);
/* The field of that name and what it belongs to; false when no campaign here has it. */
bool tb_book_field_of(tb_book *book,
                      tb_bytes text,
                      const tb_campaign **out_campaign,
                      const tb_field_def **out) TB_MUST_USE;

/* Names; the id itself when there is none. */
tb_bytes tb_book_party(tb_book *book, const tb_party *party);
tb_bytes tb_book_label(const tb_label *label, tb_bytes id);
/* A role of the directory as a campaign installed here calls it. */
tb_bytes tb_book_role(tb_book *book, tb_bytes role);
tb_bytes tb_book_state(tb_book *book, const tb_local_summary *of, tb_bytes state);
tb_bytes tb_book_action(tb_book *book, const tb_local_summary *of, tb_bytes action);
tb_bytes tb_book_field(tb_book *book, const tb_local_summary *of, tb_bytes field);
/* A value as its field means it: a choice's title, a party's or province's name, a plain time. */
tb_bytes tb_book_value(tb_book *book, const tb_local_summary *of, const tb_field *field);

#endif
