/* load_settle - what a definition says in its own words, as the judge reads it. */
#include "agents/campaign/load_settle.h"

#include <stdio.h>

static void settle_requests(tb_case_type *type)
{
    for (unsigned i = 0; i < type->action_count; i++) {
        if (type->actions[i].kind == TB_ACTION_REQUEST) {
            type->actions[i].kind = TB_ACTION_SIDE;
            type->actions[i].request = true;
        }
    }
}

/* The field that names a duty and has no code list; its place in the type, or field_count. */
static unsigned unlisted(const tb_case_type *type)
{
    unsigned i = 0;
    while (i < type->field_count &&
           (strcmp(type->fields[i].id, TB_LAPSE_DUTY) != 0 ||
            type->fields[i].type != TB_FIELD_CHOICE || type->fields[i].choices != NULL)) {
        i++;
    }
    return i;
}

static bool list_duties(const tb_case_type *type, tb_pool *pool, tb_code_list *out)
{
    char id[TB_NAME_BYTES_MAX + 16];
    int size = snprintf(id, sizeof id, "%.*s:duties", TB_NAME_BYTES_MAX, type->id);
    out->id = tb_pool_text(pool, id, (size_t)size);
    out->choices = tb_pool_alloc(pool, type->duty_count, sizeof *out->choices);
    if (out->id == NULL || out->choices == NULL) {
        return false;
    }
    for (unsigned i = 0; i < type->duty_count; i++) {
        out->choices[i] = (tb_choice){.id = type->duties[i].id, .title = type->duties[i].title};
    }
    out->choice_count = type->duty_count;
    out->of_duties = true;
    return true;
}

static void settle_lapsed(const tb_settling *s)
{
    tb_campaign *campaign = s->campaign;
    tb_code_list *codes = tb_settle_list(s, campaign->codes, campaign->code_count,
                                         campaign->case_type_count, sizeof *codes);
    for (unsigned t = 0; codes != NULL && t < campaign->case_type_count; t++) {
        tb_case_type *type = &campaign->case_types[t];
        unsigned at = unlisted(type);
        tb_field_def *fields =
            at < type->field_count
                ? tb_settle_list(s, type->fields, type->field_count, 0, sizeof *fields)
                : NULL;
        if (fields != NULL && list_duties(type, s->pool, &codes[campaign->code_count])) {
            fields[at].choices = codes[campaign->code_count++].id;
            type->fields = fields;
        }
    }
    campaign->codes = codes != NULL ? codes : campaign->codes;
}

void tb_campaign_settle(const tb_settling *s)
{
    tb_common_settle(s);
    settle_lapsed(s);
    for (unsigned t = 0; t < s->campaign->case_type_count; t++) {
        settle_requests(&s->campaign->case_types[t]);
    }
}
