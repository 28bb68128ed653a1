/* values - a cell as its field wants it: choices by any of their names, times in one form. */
#ifndef TB_IMPORT_VALUES_H
#define TB_IMPORT_VALUES_H

#include "agents/campaign/campaign.h"
#include "agents/tables/provinces.h"
#include "base/arena.h"
#include "base/refusal.h"

/* Gives the value in the arena, empty for an empty cell; or in *out_refused value_unknown,
 * date_malformed, of a text text_long or text_control, or what tb_field_check says. TB_ERR_LIMIT
 * when the arena is full. */
tb_err tb_value_read(const tb_campaign *campaign,
                     const tb_field_def *field,
                     const tb_provinces *provinces,
                     tb_bytes cell,
                     tb_arena *arena,
                     tb_bytes *out,
                     tb_refusal *out_refused) TB_MUST_USE;

/* What a value of that type looks like, to be shown to who wrote one that does not; "" where no few
 * words say it. */
const char *tb_value_form(tb_field_type type, bool zh);

#endif
