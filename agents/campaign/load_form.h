/* load_form - the form of a document, all of it at once.
 *
 * Walks the tree against the very table libcyaml loads by (load_schema.h): every fault of form is
 * told with its line, and what is good becomes a campaign, so that the meaning of the rest can be
 * checked too and no fault hides another. Where a value is missing or of a wrong form the campaign
 * has an empty text, an empty list or 0 there, and tb_form_given says so.
 */
#ifndef TB_CAMPAIGN_LOAD_FORM_H
#define TB_CAMPAIGN_LOAD_FORM_H

#include "agents/campaign/campaign.h"
#include "agents/campaign/load_nodes.h"

/* A place in the campaign that was read: an entry of a list, or a value in an entry. Both may have
 * one address. */
typedef struct tb_place {
    const void *address;
    bool is_value;
} tb_place;

static inline tb_place tb_at(const void *entry)
{
    return (tb_place){entry, false};
}

static inline tb_place tb_at_value(const void *value)
{
    return (tb_place){value, true};
}

typedef struct tb_form {
    tb_pool *pool;
    tb_findings *findings;
    struct tb_form_line *lines; /* by place, sorted */
    size_t count;
    size_t capacity;
} tb_form;

/* The campaign, in the pool; NULL when the root is no mapping, or there is no memory. */
tb_campaign *tb_form_read(tb_form *form, const tb_node *root);

/* The line of a place; 0 when nothing was written there. */
unsigned tb_form_line_of(const tb_form *form, tb_place place);

/* False where what was written, or not written though it must be, was told as a fault of form: what
 * follows from it is not worth telling. */
bool tb_form_given(const tb_form *form, const void *value);

#endif
