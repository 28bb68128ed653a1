/* fields - what a value of each field type must look like, and which field may not carry what. */
#ifndef TB_CAMPAIGN_FIELDS_H
#define TB_CAMPAIGN_FIELDS_H

#include "agents/campaign/campaign.h"
#include "base/arena.h"
#include "base/refusal.h"

/* TB_ACCEPTED, identity_number, secret_mark (leak guard, first), field_invalid or choice. The value
 * is not empty. */
tb_refusal
tb_field_check(const tb_campaign *campaign, const tb_field_def *field, tb_bytes value) TB_MUST_USE;

/* The form alone, without the leak guard; a CHOICE is well-formed when it is a name. */
bool tb_field_well_formed(tb_field_type type, tb_bytes value);

/* The China-time midnight a date begins with; false unless it is YYYY-MM-DD and a day there is. */
bool tb_field_date(tb_bytes value, tb_time *out);

/* The choice whose id, title or alias the text is; NULL when none. */
const tb_choice *tb_choice_find(const tb_code_list *codes, tb_bytes text);

/* Whether a column heading means this field: its id, title or an alias. */
bool tb_field_named(const tb_field_def *field, tb_bytes heading);

/* 138****5678: the first three and last four digits stay. */
tb_err tb_mask_number(tb_bytes number, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

#endif
