/* load_check - faults of a campaign's vocabulary: roles, codes, fields, groups, positions, states.
 */
#include "agents/campaign/load_check.h"
#include "agents/campaign/fields.h"

#include <stdio.h>

static bool is_name_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
}

/* Where "key: word" stands at or after `from`; text.size when it does not. word NULL: any. */
static size_t find_entry(tb_bytes text, size_t from, const char *key, const char *word)
{
    size_t key_size = strlen(key);
    size_t word_size = word != NULL ? strlen(word) : 0;
    for (size_t i = from; i + key_size < text.size; i++) {
        bool begins = i == 0 || !is_name_char(text.data[i - 1]);
        if (!begins || memcmp(text.data + i, key, key_size) != 0 ||
            text.data[i + key_size] != ':') {
            continue;
        }
        size_t at = i + key_size + 1;
        while (at < text.size &&
               (text.data[at] == ' ' || text.data[at] == '"' || text.data[at] == '\'')) {
            at++;
        }
        bool same = at + word_size <= text.size &&
                    memcmp(text.data + at, word != NULL ? word : "", word_size) == 0;
        bool ends = at + word_size >= text.size || !is_name_char(text.data[at + word_size]);
        if (word == NULL || (same && ends)) {
            return i;
        }
    }
    return text.size;
}

void tb_check_section(tb_check *check, size_t from, const char *key)
{
    size_t at = find_entry(check->text, from, key, NULL);
    check->section = at < check->text.size ? at : from;
    check->at = check->section;
}

void tb_check_item(tb_check *check, const char *what, const char *id)
{
    size_t at = find_entry(check->text, check->section, "id", id);
    if (at == check->text.size) {
        at = find_entry(check->text, check->section, "campaign", id);
    }
    check->at = at < check->text.size ? at : check->section;
    check->what = what;
    check->id = id;
}

void tb_check_fault(tb_check *check, const char *sentence, const char *a, const char *b)
{
    check->faults++;
    if (check->tell == NULL) {
        return;
    }
    unsigned line = 1;
    for (size_t i = 0; i < check->at && i < check->text.size; i++) {
        line += check->text.data[i] == '\n';
    }
    char said[256];
    char reason[400];
    (void)snprintf(said, sizeof said, sentence, a != NULL ? a : "", b != NULL ? b : "");
    (void)snprintf(reason, sizeof reason, "%s %s: %s", check->what, check->id, said);
    check->tell(check->context, line, reason);
}

void tb_check_label(tb_check *check, const tb_label *label, const char *of)
{
    if (label->zh == NULL || label->zh[0] == '\0') {
        tb_check_fault(check, "%s has no Chinese label (zh)", of, NULL);
    }
    if (label->en == NULL || label->en[0] == '\0') {
        tb_check_fault(check, "%s has no English label (en)", of, NULL);
    }
}

bool tb_check_role(tb_check *check, const char *id)
{
    for (unsigned i = 0; id != NULL && i < check->campaign->role_count; i++) {
        if (strcmp(check->campaign->roles[i].id, id) == 0) {
            return true;
        }
    }
    tb_check_fault(check, "role '%s' is not declared", id, NULL);
    return false;
}

bool tb_check_position(tb_check *check, const char *id)
{
    if (id != NULL && tb_case_type_position(check->type, tb_bytes_str(id)) != NULL) {
        return true;
    }
    tb_check_fault(check, "position '%s' is not declared", id, NULL);
    return false;
}

bool tb_check_state(tb_check *check, const char *id)
{
    if (id != NULL && tb_case_type_state(check->type, tb_bytes_str(id)) != NULL) {
        return true;
    }
    tb_check_fault(check, "state '%s' is not declared", id, NULL);
    return false;
}

const tb_field_def *tb_check_open_field(tb_check *check, const char *id)
{
    const tb_field_def *field =
        id != NULL ? tb_case_type_field(check->type, tb_bytes_str(id)) : NULL;
    if (field == NULL) {
        tb_check_fault(check, "field '%s' is not declared", id, NULL);
    } else if (field->group != NULL) {
        tb_check_fault(check,
                       "field '%s' is sealed in group '%s', and not all who judge can read it", id,
                       field->group);
        return NULL;
    }
    return field;
}

/* Names of one kind: well formed, each once. ids are read through a stride, as lists differ in
 * type. */
static void
check_names(tb_check *check, const char *what, const void *first, unsigned count, size_t stride)
{
    const char *const *ids[256];
    for (unsigned i = 0; i < count && i < 256; i++) {
        ids[i] = (const char *const *)(const void *)((const uint8_t *)first + i * stride);
        tb_check_item(check, what, *ids[i]);
        if (!tb_field_well_formed(TB_FIELD_CHOICE, tb_bytes_str(*ids[i]))) {
            tb_check_fault(check, "the id may have letters, digits, '_', '-' and '.' only", NULL,
                           NULL);
        }
        for (unsigned j = 0; j < i; j++) {
            if (strcmp(*ids[j], *ids[i]) == 0) {
                tb_check_fault(check, "is declared twice", NULL, NULL);
            }
        }
    }
}

static void check_bound(tb_check *check, const char *what, unsigned count, unsigned most)
{
    char numbers[64];
    if (count > most) {
        (void)snprintf(numbers, sizeof numbers, "%u, at most %u", count, most);
        tb_check_fault(check, "too many %s: %s", what, numbers);
    }
}

static void check_head(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    tb_check_item(check, "campaign", campaign->id);
    tb_check_label(check, &campaign->title, "the campaign");
    if (!tb_field_well_formed(TB_FIELD_CHOICE, tb_bytes_str(campaign->id))) {
        tb_check_fault(check, "the id may have letters, digits, '_', '-' and '.' only", NULL, NULL);
    }
    if (campaign->version == 0) {
        tb_check_fault(check, "versions begin with 1", NULL, NULL);
    }
    bool days = tb_field_well_formed(TB_FIELD_DATE, tb_bytes_str(campaign->from)) &&
                tb_field_well_formed(TB_FIELD_DATE, tb_bytes_str(campaign->to));
    if (!days || strcmp(campaign->from, campaign->to) > 0) {
        tb_check_fault(check, "from '%s' to '%s' are not days in order", campaign->from,
                       campaign->to);
    }
    if (campaign->case_type_count == 0) {
        tb_check_fault(check, "no case type is declared", NULL, NULL);
    }
}

static void check_roles(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    tb_check_section(check, 0, "roles");
    check_names(check, "role", campaign->roles, campaign->role_count, sizeof *campaign->roles);
    for (unsigned i = 0; i < campaign->role_count; i++) {
        tb_check_item(check, "role", campaign->roles[i].id);
        tb_check_label(check, &campaign->roles[i].title, "the role");
    }
}

/* A spelling that means two choices would pick the wrong one. */
static void check_spellings(tb_check *check, const tb_code_list *codes, unsigned at)
{
    const tb_choice *choice = &codes->choices[at];
    tb_code_list before = {.id = codes->id, .choices = codes->choices, .choice_count = at};
    for (unsigned i = 0; i < choice->alias_count; i++) {
        const tb_choice *other = tb_choice_find(&before, tb_bytes_str(choice->aliases[i]));
        if (other != NULL) {
            tb_check_fault(check, "alias '%s' also means choice '%s'", choice->aliases[i],
                           other->id);
        }
    }
}

static void check_codes(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    tb_check_section(check, 0, "codes");
    check_names(check, "code list", campaign->codes, campaign->code_count, sizeof *campaign->codes);
    for (unsigned i = 0; i < campaign->code_count; i++) {
        const tb_code_list *codes = &campaign->codes[i];
        tb_check_section(check, 0, "codes");
        tb_check_item(check, "code list", codes->id);
        if (codes->choice_count == 0) {
            tb_check_fault(check, "has no choices", NULL, NULL);
        }
        check->section = check->at;
        check_names(check, "choice", codes->choices, codes->choice_count, sizeof *codes->choices);
        for (unsigned j = 0; j < codes->choice_count; j++) {
            tb_check_item(check, "choice", codes->choices[j].id);
            tb_check_label(check, &codes->choices[j].title, "the choice");
            check_spellings(check, codes, j);
        }
    }
}

/* The open part carries ids, codes and times only (what the words say is for the readers of a
 * group). */
static bool may_be_open(tb_field_type type)
{
    switch (type) {
    case TB_FIELD_PROVINCE:
    case TB_FIELD_PARTY:
    case TB_FIELD_TIME:
    case TB_FIELD_DATE:
    case TB_FIELD_COUNT:
    case TB_FIELD_CHOICE:
    case TB_FIELD_FLAG:
        return true;
    default:
        return false;
    }
}

static void check_field(tb_check *check, const tb_field_def *field)
{
    tb_check_label(check, &field->title, "the field");
    if ((field->type == TB_FIELD_CHOICE) != (field->choices != NULL)) {
        tb_check_fault(check, "'choices' goes with type choice, and with no other", NULL, NULL);
    }
    if (field->choices != NULL && tb_campaign_codes(check->campaign, field->choices) == NULL) {
        tb_check_fault(check, "code list '%s' is not declared", field->choices, NULL);
    }
    if (field->group != NULL &&
        tb_case_type_group(check->type, tb_bytes_str(field->group)) == NULL) {
        tb_check_fault(check, "group '%s' is not declared", field->group, NULL);
    }
    if (field->group == NULL && !may_be_open(field->type)) {
        tb_check_fault(check, "must be in a group: open fields hold ids, codes and times only",
                       NULL, NULL);
    }
    bool needs_of = field->compute != TB_COMPUTE_NONE && field->compute != TB_COMPUTE_JURISDICTION;
    if (needs_of &&
        (field->of == NULL || tb_case_type_field(check->type, tb_bytes_str(field->of)) == NULL)) {
        tb_check_fault(check, "is computed 'of' a field that is not declared", NULL, NULL);
    }
    if (!needs_of && field->of != NULL) {
        tb_check_fault(check, "'of' has no use here", NULL, NULL);
    }
    if (field->compute == TB_COMPUTE_JURISDICTION && field->group != NULL) {
        tb_check_fault(check, "a jurisdiction that all must judge cannot be sealed", NULL, NULL);
    }
}

/* A heading that means two fields would fill the wrong one. */
static void check_headings(tb_check *check, unsigned at)
{
    const tb_field_def *field = &check->type->fields[at];
    for (unsigned i = 0; i < at; i++) {
        const tb_field_def *other = &check->type->fields[i];
        for (unsigned j = 0; j < field->alias_count; j++) {
            if (tb_field_named(other, tb_bytes_str(field->aliases[j]))) {
                tb_check_fault(check, "alias '%s' also means field '%s'", field->aliases[j],
                               other->id);
            }
        }
        if (tb_field_named(other, tb_bytes_str(field->id))) {
            tb_check_fault(check, "the id also means field '%s'", other->id, NULL);
        }
    }
}

static void check_groups(tb_check *check)
{
    const tb_case_type *type = check->type;
    check_names(check, "group", type->groups, type->group_count, sizeof *type->groups);
    for (unsigned i = 0; i < type->group_count; i++) {
        const tb_field_group *group = &type->groups[i];
        tb_check_item(check, "group", group->id);
        tb_check_label(check, &group->title, "the group");
        if (group->reader_count == 0) {
            tb_check_fault(check, "nobody may read it", NULL, NULL);
        }
        for (unsigned j = 0; j < group->reader_count; j++) {
            (void)tb_check_position(check, group->readers[j]);
        }
    }
}

static void check_position_field(tb_check *check, const tb_position *position, tb_field_type wanted)
{
    const tb_field_def *field = tb_check_open_field(check, position->field);
    if (field != NULL && field->type != wanted) {
        tb_check_fault(check, "field '%s' is not of the type this kind of position needs",
                       field->id, NULL);
    }
}

static void check_position(tb_check *check, const tb_position *position)
{
    tb_check_label(check, &position->title, "the position");
    switch (position->kind) {
    case TB_POSITION_OPENER:
        if (position->role != NULL) {
            (void)tb_check_role(check, position->role);
        }
        return;
    case TB_POSITION_ROLE_OF_FIELD:
        (void)tb_check_role(check, position->role);
        check_position_field(check, position, TB_FIELD_PROVINCE);
        return;
    case TB_POSITION_FIELD:
        check_position_field(check, position, TB_FIELD_PARTY);
        return;
    case TB_POSITION_ROLE:
        (void)tb_check_role(check, position->role);
        return;
    case TB_POSITION_ACTOR_OF:
        if (position->field == NULL ||
            tb_case_type_action(check->type, tb_bytes_str(position->field)) == NULL) {
            tb_check_fault(check, "action '%s' is not declared", position->field, NULL);
        }
        return;
    }
}

static void check_positions(tb_check *check)
{
    const tb_case_type *type = check->type;
    check_names(check, "position", type->positions, type->position_count, sizeof *type->positions);
    for (unsigned i = 0; i < type->position_count; i++) {
        tb_check_item(check, "position", type->positions[i].id);
        check_position(check, &type->positions[i]);
    }
}

static void check_states(tb_check *check)
{
    const tb_case_type *type = check->type;
    bool initial = false;
    bool closed = false;
    check_names(check, "state", type->states, type->state_count, sizeof *type->states);
    for (unsigned i = 0; i < type->state_count; i++) {
        tb_check_item(check, "state", type->states[i].id);
        tb_check_label(check, &type->states[i].title, "the state");
        initial = initial || type->states[i].initial;
        closed = closed || type->states[i].closed;
    }
    if (!initial || !closed) {
        tb_check_fault(check, "one state at least must be initial, and one closed", NULL, NULL);
    }
}

static void check_case_type(tb_check *check, const tb_case_type *type)
{
    check->type = type;
    tb_check_section(check, 0, "case_types");
    tb_check_item(check, "case type", type->id);
    size_t at = check->at;
    tb_check_label(check, &type->title, "the case type");
    check_bound(check, "fields", type->field_count, TB_FIELDS_MAX);
    check_bound(check, "groups", type->group_count, TB_GROUPS_MAX);
    check_bound(check, "states", type->state_count, TB_STATES_MAX);
    check_bound(check, "actions", type->action_count, TB_ACTIONS_MAX);

    tb_check_section(check, at, "fields");
    check_names(check, "field", type->fields, type->field_count, sizeof *type->fields);
    for (unsigned i = 0; i < type->field_count; i++) {
        tb_check_item(check, "field", type->fields[i].id);
        check_field(check, &type->fields[i]);
        check_headings(check, i);
    }
    tb_check_section(check, at, "groups");
    check_groups(check);
    tb_check_section(check, at, "positions");
    check_positions(check);
    tb_check_section(check, at, "states");
    check_states(check);
    tb_check_section(check, at, "actions");
    check_names(check, "action", type->actions, type->action_count, sizeof *type->actions);
    tb_check_actions(check, at);
    check_bound(check, "duties", type->duty_count, TB_DUTIES_MAX);
    tb_check_section(check, at, "duties");
    check_names(check, "duty", type->duties, type->duty_count, sizeof *type->duties);
    tb_check_duties(check);
}

unsigned
tb_campaign_check(const tb_campaign_loaded *loaded, tb_campaign_fault_fn tell, void *context)
{
    tb_check check = {.text = tb_campaign_loaded_text(loaded),
                      .campaign = tb_campaign_loaded_get(loaded),
                      .tell = tell,
                      .context = context,
                      .what = "",
                      .id = ""};
    check_head(&check);
    check_roles(&check);
    check_codes(&check);
    for (unsigned i = 0; i < check.campaign->case_type_count; i++) {
        check_case_type(&check, &check.campaign->case_types[i]);
    }
    return check.faults;
}
