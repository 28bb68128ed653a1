/* load_check_lookup - faults of look-ups, and of positions that are looked up. */
#include "agents/campaign/load_check.h"

static bool is_choice(const tb_code_list *codes, const char *value)
{
    for (unsigned i = 0; i < codes->choice_count; i++) {
        if (strcmp(codes->choices[i].id, value) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_row(const tb_lookup *lookup, const char *value)
{
    for (unsigned i = 0; i < lookup->row_count; i++) {
        if (strcmp(lookup->rows[i].value, value) == 0) {
            return true;
        }
    }
    return false;
}

static void check_choices(tb_check *check, const tb_lookup *lookup)
{
    const tb_code_list *codes = tb_campaign_codes(check->campaign, lookup->choices);
    if (codes == NULL) {
        if (lookup->choices[0] != '\0') {
            tb_check_fault(check, tb_at_value(&lookup->choices), TB_FAULT_CODES_UNKNOWN,
                           lookup->choices, NULL);
        }
        return;
    }
    for (unsigned i = 0; i < lookup->row_count; i++) {
        const char *value = lookup->rows[i].value;
        if (value[0] != '\0' && !is_choice(codes, value)) {
            tb_check_fault(check, tb_at_value(&lookup->rows[i].value), TB_FAULT_LOOKUP_VALUE, value,
                           codes->id);
        }
    }
    for (unsigned i = 0; tb_check_given(check, &lookup->rows) && i < codes->choice_count; i++) {
        if (!has_row(lookup, codes->choices[i].id)) {
            tb_check_fault(check, tb_at(lookup), TB_FAULT_LOOKUP_NO_ROW, codes->choices[i].id,
                           NULL);
        }
    }
}

static void check_row(tb_check *check, const tb_lookup_row *row)
{
    bool role = row->role != NULL;
    bool position = row->position != NULL;
    if (!tb_check_given(check, &row->role) || !tb_check_given(check, &row->position)) {
        return;
    }
    if (role == position) {
        tb_check_fault(check, tb_at(row), TB_FAULT_LOOKUP_ROW, NULL, NULL);
    } else if (role && tb_check_role(check, &row->role) &&
               tb_check_by_jurisdiction(check, row->role)) {
        tb_check_fault(check, tb_at_value(&row->role), TB_FAULT_LOOKUP_ROLE, row->role, NULL);
    }
}

void tb_check_lookups(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    tb_check_names(check, TB_ITEM_LOOKUP, campaign->lookups, campaign->lookup_count,
                   sizeof *campaign->lookups);
    for (unsigned i = 0; i < campaign->lookup_count; i++) {
        const tb_lookup *lookup = &campaign->lookups[i];
        tb_check_item(check, TB_ITEM_LOOKUP, lookup->id, lookup);
        check_choices(check, lookup);
        for (unsigned j = 0; j < lookup->row_count; j++) {
            check_row(check, &lookup->rows[j]);
        }
    }
}

/* ---- a position that is looked up ---- */

static void check_field(tb_check *check, const tb_position *position, const tb_lookup *lookup)
{
    if (position->field == NULL) {
        tb_check_fault(check, tb_at(position), TB_FAULT_POSITION_NO_FIELD, NULL, NULL);
        return;
    }
    const tb_field_def *field = tb_check_open_field(check, &position->field);
    bool fits = field == NULL || lookup == NULL || !tb_check_given(check, &field->type) ||
                (field->choices != NULL && strcmp(field->choices, lookup->choices) == 0);
    if (!fits) {
        tb_check_fault(check, tb_at_value(&position->field), TB_FAULT_LOOKUP_FIELD, field->id,
                       lookup->choices);
    }
}

void tb_check_looked_up(tb_check *check, const tb_position *position)
{
    const tb_lookup *lookup = NULL;
    if (position->lookup == NULL) {
        tb_check_fault(check, tb_at(position), TB_FAULT_LOOKUP_MISSING, NULL, NULL);
    } else {
        lookup = tb_campaign_lookup(check->campaign, position->lookup);
        if (lookup == NULL && position->lookup[0] != '\0') {
            tb_check_fault(check, tb_at_value(&position->lookup), TB_FAULT_LOOKUP_UNKNOWN,
                           position->lookup, NULL);
        }
    }
    check_field(check, position, lookup);
    for (unsigned i = 0; lookup != NULL && i < lookup->row_count; i++) {
        const char *const *id = (const char *const *)&lookup->rows[i].position;
        if (*id == NULL || !tb_check_position(check, id)) {
            continue;
        }
        const tb_position *named = tb_case_type_position(check->type, tb_bytes_str(*id));
        if (named->kind == TB_POSITION_LOOKED_UP && tb_check_given(check, &named->kind)) {
            tb_check_fault(check, tb_at_value(id), TB_FAULT_LOOKUP_NESTED, *id, NULL);
        }
    }
}
