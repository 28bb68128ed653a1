/* load_check - everything that is wrong with a definition: the campaign, its roles and code lists;
 * the rest of it is in files of its own. */
#include "agents/campaign/load_check.h"

#include <stdio.h>

#include "agents/campaign/fields.h"
#include "agents/campaign/load_parameters.h"

/* ---- telling ---- */

void tb_check_item(tb_check *check, tb_item_kind kind, const char *id, const void *entry)
{
    check->item = (tb_item){kind, id};
    check->entry = entry;
}

void tb_check_fault3(
    tb_check *check, tb_place place, tb_fault fault, const char *a, const char *b, const char *c)
{
    unsigned line = tb_form_line_of(check->form, place);
    if (line == 0) {
        line = tb_form_line_of(check->form, tb_at(check->entry));
    }
    tb_findings_add(check->findings, line, &check->item, fault, a, b, c);
}

void tb_check_fault(tb_check *check, tb_place place, tb_fault fault, const char *a, const char *b)
{
    tb_check_fault3(check, place, fault, a, b, NULL);
}

bool tb_check_given(const tb_check *check, const void *value)
{
    return tb_form_given(check->form, value);
}

/* ---- names ---- */

void tb_check_names(
    tb_check *check, tb_item_kind kind, const void *first, unsigned count, size_t stride)
{
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *entry = (const uint8_t *)first + i * stride;
        const char *id = *(const char *const *)(const void *)entry;
        tb_check_item(check, kind, id, entry);
        if (id[0] == '\0') {
            continue;
        }
        if (strlen(id) <= TB_NAME_BYTES_MAX && /* one that is too long is told already */
            !tb_field_well_formed(TB_FIELD_CHOICE, tb_bytes_str(id))) {
            tb_check_fault(check, tb_at_value(entry), TB_FAULT_ID_FORM, NULL, NULL);
        }
        bool twice = false;
        for (unsigned j = 0; j < i && !twice; j++) {
            const void *other = (const uint8_t *)first + j * stride;
            twice = strcmp(*(const char *const *)other, id) == 0;
        }
        if (twice) {
            tb_check_fault(check, tb_at_value(entry), TB_FAULT_ID_TWICE, NULL, NULL);
        }
    }
}

void tb_check_bound(
    tb_check *check, const void *list, const char *what, unsigned count, unsigned most)
{
    char given[16];
    char allowed[16];
    if (count > most) {
        (void)snprintf(given, sizeof given, "%u", count);
        (void)snprintf(allowed, sizeof allowed, "%u", most);
        tb_check_fault3(check, tb_at_value(list), TB_FAULT_TOO_MANY, what, given, allowed);
    }
}

bool tb_check_role(tb_check *check, const char *const *name)
{
    for (unsigned i = 0; *name != NULL && i < check->campaign->role_count; i++) {
        if (strcmp(check->campaign->roles[i].id, *name) == 0) {
            return true;
        }
    }
    if (*name != NULL && **name != '\0') {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_ROLE_UNKNOWN, *name, NULL);
    }
    return false;
}

bool tb_check_by_jurisdiction(const tb_check *check, const char *role)
{
    for (unsigned i = 0; i < check->campaign->role_count; i++) {
        if (strcmp(check->campaign->roles[i].id, role) == 0) {
            return check->campaign->roles[i].by_jurisdiction;
        }
    }
    return false;
}

bool tb_check_position(tb_check *check, const char *const *name)
{
    if (*name != NULL && tb_case_type_position(check->type, tb_bytes_str(*name)) != NULL) {
        return true;
    }
    if (*name != NULL && **name != '\0') {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_POSITION_UNKNOWN, *name, NULL);
    }
    return false;
}

bool tb_check_state(tb_check *check, const char *const *name)
{
    if (*name != NULL && tb_case_type_state(check->type, tb_bytes_str(*name)) != NULL) {
        return true;
    }
    if (*name != NULL && **name != '\0') {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_STATE_UNKNOWN, *name, NULL);
    }
    return false;
}

/* ---- the campaign ---- */

bool tb_check_day(tb_check *check, const char *const *day, const char *key)
{
    if (!tb_check_given(check, day)) {
        return false;
    }
    if (tb_field_well_formed(TB_FIELD_DATE, tb_bytes_str(*day))) {
        return true;
    }
    if (strstr(*day, "${") == NULL) { /* a parameter that is none is told for itself */
        tb_check_fault(check, tb_at_value(day), TB_FAULT_NOT_A_DAY, key, *day);
    }
    return false;
}

static bool names_table(const tb_campaign *campaign, const char *table)
{
    for (unsigned i = 0; i < campaign->table_count; i++) {
        if (strcmp(campaign->tables[i], table) == 0) {
            return true;
        }
    }
    return false;
}

static bool computes_by_segment(const tb_case_type *type)
{
    for (unsigned i = 0; i < type->field_count; i++) {
        tb_computation compute = type->fields[i].compute;
        if (compute != TB_COMPUTE_NONE && compute != TB_COMPUTE_JURISDICTION &&
            compute != TB_COMPUTE_MASK && compute != TB_COMPUTE_FIGURES &&
            compute != TB_COMPUTE_MEASURE) {
            return true;
        }
    }
    return false;
}

static void check_tables(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    bool segments = false;
    for (unsigned i = 0; i < campaign->case_type_count; i++) {
        segments = segments || computes_by_segment(&campaign->case_types[i]);
    }
    if (segments && !names_table(campaign, "segments")) {
        check->lacks_table = true;
        tb_check_fault(check, tb_at_value(&campaign->tables), TB_FAULT_NO_TABLE, "segments", NULL);
    }
}

/* Of one that is needed and misspelt its user told already. */
static void check_table_names(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    for (unsigned i = 0; !check->lacks_table && i < campaign->table_count; i++) {
        const char *const *table = (const char *const *)&campaign->tables[i];
        if (strcmp(*table, "calendar") != 0 && strcmp(*table, "segments") != 0 &&
            strcmp(*table, "provinces") != 0) {
            tb_check_item(check, TB_ITEM_CAMPAIGN, campaign->id, campaign);
            tb_check_fault(check, tb_at_value(table), TB_FAULT_TABLE_UNKNOWN, *table, NULL);
        }
    }
}

static void check_head(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    tb_check_names(check, TB_ITEM_CAMPAIGN, campaign, 1, sizeof *campaign);
    tb_check_label(check, &campaign->title, tb_at(campaign), "the campaign", "专项行动");
    if (campaign->version == 0 && tb_check_given(check, &campaign->version)) {
        tb_check_fault(check, tb_at_value(&campaign->version), TB_FAULT_VERSION, NULL, NULL);
    }
    bool from = tb_check_day(check, &campaign->from, "from");
    bool to = tb_check_day(check, &campaign->to, "to");
    if (from && to && strcmp(campaign->from, campaign->to) > 0) {
        tb_check_fault(check, tb_at_value(&campaign->to), TB_FAULT_FROM_AFTER_TO, campaign->from,
                       campaign->to);
    }
    if (campaign->case_type_count == 0 && tb_check_given(check, &campaign->case_types)) {
        tb_check_fault(check, tb_at_value(&campaign->case_types), TB_FAULT_NO_CASE_TYPE, NULL,
                       NULL);
    }
    check_tables(check);
    tb_check_stages(check);
}

static void check_roles(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    tb_check_names(check, TB_ITEM_ROLE, campaign->roles, campaign->role_count,
                   sizeof *campaign->roles);
    for (unsigned i = 0; i < campaign->role_count; i++) {
        const tb_role *role = &campaign->roles[i];
        tb_check_item(check, TB_ITEM_ROLE, role->id, role);
        tb_check_label(check, &role->title, tb_at(role), "the role", "角色");
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
            tb_check_fault(check, tb_at_value(&choice->aliases[i]), TB_FAULT_ALIAS_CHOICE,
                           choice->aliases[i], other->id);
        }
    }
}

static void check_codes(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    unsigned written = campaign->code_count;
    while (written > 0 && campaign->codes[written - 1].of_duties) {
        written--; /* they are looked at as duties */
    }
    tb_check_names(check, TB_ITEM_CODES, campaign->codes, written, sizeof *campaign->codes);
    for (unsigned i = 0; i < written; i++) {
        const tb_code_list *codes = &campaign->codes[i];
        tb_check_item(check, TB_ITEM_CODES, codes->id, codes);
        if (codes->choice_count == 0 && tb_check_given(check, &codes->choices)) {
            tb_check_fault(check, tb_at_value(&codes->choices), TB_FAULT_NO_CHOICES, NULL, NULL);
        }
        tb_check_names(check, TB_ITEM_CHOICE, codes->choices, codes->choice_count,
                       sizeof *codes->choices);
        for (unsigned j = 0; j < codes->choice_count; j++) {
            const tb_choice *choice = &codes->choices[j];
            tb_check_item(check, TB_ITEM_CHOICE, choice->id, choice);
            tb_check_label(check, &choice->title, tb_at(choice), "the choice", "选项");
            check_spellings(check, codes, j);
        }
    }
}

/* ---- one case type ---- */

static void check_bounds(tb_check *check)
{
    const tb_case_type *type = check->type;
    tb_check_bound(check, &type->fields, "fields", type->field_count, TB_FIELDS_MAX);
    tb_check_bound(check, &type->groups, "groups", type->group_count, TB_GROUPS_MAX);
    tb_check_bound(check, &type->states, "states", type->state_count, TB_STATES_MAX);
    tb_check_bound(check, &type->actions, "actions", type->action_count, TB_ACTIONS_MAX);
    tb_check_bound(check, &type->duties, "duties", type->duty_count, TB_DUTIES_MAX);
}

/* What follows states and fields by number needs them within their bounds. */
static bool within_bounds(const tb_case_type *type)
{
    return type->field_count <= TB_FIELDS_MAX && type->state_count <= TB_STATES_MAX &&
           type->action_count <= TB_ACTIONS_MAX;
}

static void check_case_type(tb_check *check, const tb_case_type *type)
{
    check->type = type;
    tb_check_item(check, TB_ITEM_CASE_TYPE, type->id, type);
    tb_check_label(check, &type->title, tb_at(type), "the case type", "办件类型");
    check_bounds(check);
    tb_check_fields(check);
    tb_check_groups(check);
    tb_check_positions(check);
    tb_check_states(check);
    tb_check_actions(check);
    if (within_bounds(type)) {
        tb_check_flow(check);
        tb_check_routes(check);
    }
    tb_check_duties(check);
    tb_check_scores(check);
    tb_check_labels_of_type(check, type);
}

static void check_all(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    check_head(check);
    check_roles(check);
    check_codes(check);
    tb_check_lookups(check);
    tb_check_names(check, TB_ITEM_CASE_TYPE, campaign->case_types, campaign->case_type_count,
                   sizeof *campaign->case_types);
    for (unsigned i = 0; i < campaign->case_type_count; i++) {
        check_case_type(check, &campaign->case_types[i]);
    }
    tb_check_common(check);
    tb_check_lists_of(check);
    tb_check_reports(check);
    tb_check_calendar(check);
    check_table_names(check);
    tb_check_labels(check);
    if (check->findings->total == 0) {
        tb_check_unused(check);
    }
}

/* ---- the document ---- */

/* What was found good here must load: the two read by one table, and this sees to it that a
 * difference between them is a finding and not a surprise. */
static tb_err check_loads(tb_bytes yaml, tb_findings *findings)
{
    char error[512] = "";
    tb_campaign_loaded *loaded = NULL;
    tb_err err = tb_campaign_load(yaml, &loaded, error, sizeof error);
    tb_campaign_loaded_free(loaded);
    if (err == TB_ERR_CORRUPT) {
        tb_findings_add(findings, 1, NULL, TB_FAULT_LOADER, error, NULL, NULL);
        return TB_OK;
    }
    return err;
}

static void check_signed_as(tb_check *check, const char *name, uint32_t version)
{
    char as[TB_NAME_BYTES_MAX + 32];
    char own[TB_NAME_BYTES_MAX + 32];
    const tb_campaign *campaign = check->campaign;
    if (strcmp(name, campaign->id) == 0 && version == campaign->version) {
        return;
    }
    (void)snprintf(as, sizeof as, "%.*s, version %u", TB_NAME_BYTES_MAX, name, (unsigned)version);
    (void)snprintf(own, sizeof own, "%.*s, version %u", TB_NAME_BYTES_MAX, campaign->id,
                   (unsigned)campaign->version);
    tb_check_item(check, TB_ITEM_CAMPAIGN, campaign->id, campaign);
    tb_check_fault(check, tb_at_value(&campaign->id), TB_FAULT_NAME_OTHER, as, own);
}

/* name NULL: not signed yet. */
static tb_err
check_document(tb_bytes yaml, const char *name, uint32_t version, tb_findings *findings)
{
    tb_pool *pool = findings->pool;
    tb_form form = {.pool = pool, .findings = findings};
    const tb_node *root = tb_nodes_read(tb_parameters_fill(yaml, pool), pool, findings);
    const tb_campaign *campaign = root != NULL ? tb_form_read(&form, root) : NULL;
    tb_check check = {.form = &form, .root = root, .findings = findings, .campaign = campaign};
    if (campaign != NULL) {
        check_all(&check);
        tb_check_parameters(&check, yaml);
        tb_check_placeholders(findings, root);
    }
    if (campaign != NULL && name != NULL) {
        check_signed_as(&check, name, version);
    }
    return findings->total == 0 && !pool->exhausted ? check_loads(yaml, findings) : TB_OK;
}

static tb_err check_and_tell(tb_bytes yaml,
                             const char *name,
                             uint32_t version,
                             tb_campaign_fault_fn tell,
                             void *context,
                             unsigned *out_faults)
{
    tb_pool pool = {NULL, false};
    tb_findings findings = {.pool = &pool};
    tb_err err = check_document(yaml, name, version, &findings);
    if (pool.exhausted) {
        err = TB_ERR_LIMIT;
    }
    if (err == TB_OK) {
        tb_findings_tell(&findings, tell, context);
        *out_faults = (unsigned)findings.total;
    }
    tb_pool_free(&pool);
    return err;
}

tb_err
tb_campaign_check(tb_bytes yaml, tb_campaign_fault_fn tell, void *context, unsigned *out_faults)
{
    return check_and_tell(yaml, NULL, 0, tell, context, out_faults);
}

tb_err tb_campaign_check_as(tb_bytes yaml,
                            tb_bytes name,
                            uint32_t version,
                            tb_campaign_fault_fn tell,
                            void *context,
                            unsigned *out_faults)
{
    char text[TB_NAME_BYTES_MAX + 1] = "";
    TB_ASSERT(name.size <= TB_NAME_BYTES_MAX);
    if (name.size > 0) {
        memcpy(text, name.data, name.size);
    }
    return check_and_tell(yaml, text, version, tell, context, out_faults);
}
