/* campaign_explain - a definition as a page a clerk can read. */
#include <stdio.h>

#include "agents/cli/book.h"
#include "agents/campaign/scene.h"
#include "agents/cli/campaign_explain.h"
#include "agents/cli/campaign_file.h"
#include "agents/cli/cli.h"
#include "agents/cli/say.h"

const char *tb_explain_label(const tb_label *label, const char *id)
{
    const char *own = tb_say_chinese() ? label->zh : label->en;
    const char *other = tb_say_chinese() ? label->en : label->zh;
    return own != NULL && own[0] != '\0' ? own : other != NULL && other[0] != '\0' ? other : id;
}

const char *tb_explain_position(const tb_case_type *type, const char *id)
{
    const tb_position *p = tb_case_type_position(type, tb_bytes_str(id));
    return p != NULL ? tb_explain_label(&p->title, id) : id;
}

const char *tb_explain_state(const tb_case_type *type, const char *id)
{
    const tb_state *s = tb_case_type_state(type, tb_bytes_str(id));
    return s != NULL ? tb_explain_label(&s->title, id) : id;
}

const char *tb_explain_action(const tb_case_type *type, const char *id)
{
    const tb_action *a = tb_case_type_action(type, tb_bytes_str(id));
    return a != NULL ? tb_explain_label(&a->title, id) : id;
}

const char *tb_explain_field(const tb_case_type *type, const char *id)
{
    const tb_field_def *f = id != NULL ? tb_case_type_field(type, tb_bytes_str(id)) : NULL;
    return f != NULL ? tb_explain_label(&f->title, id) : id != NULL ? id : "";
}

const char *tb_explain_role(const tb_campaign *campaign, const char *id)
{
    for (unsigned i = 0; i < campaign->role_count; i++) {
        if (strcmp(campaign->roles[i].id, id) == 0) {
            return tb_explain_label(&campaign->roles[i].title, id);
        }
    }
    return id;
}

const char *tb_explain_between(unsigned at)
{
    return at == 0 ? "" : _(", ");
}

/* ---- who takes part ---- */

static void explain_roles(const tb_campaign *campaign)
{
    (void)printf(_("\n1. Who takes part\n\n"));
    for (unsigned i = 0; i < campaign->role_count; i++) {
        const tb_role *role = &campaign->roles[i];
        (void)printf("  - %s (%s)%s\n", tb_explain_label(&role->title, role->id), role->id,
                     role->by_jurisdiction ? _(", one for each jurisdiction") : "");
    }
}

static void
explain_position(const tb_campaign *campaign, const tb_case_type *type, const tb_position *p)
{
    const char *role = p->role != NULL ? tb_explain_role(campaign, p->role) : NULL;
    (void)printf("  - %s: ", tb_explain_label(&p->title, p->id));
    switch (p->kind) {
    case TB_POSITION_OPENER:
        (void)(role != NULL ? printf(_("who opens the case, if of the role %s"), role)
                            : printf(_("who opens the case")));
        break;
    case TB_POSITION_ROLE_OF_FIELD:
        (void)printf(_("the %s of the place in \"%s\""), role != NULL ? role : "",
                     tb_explain_field(type, p->field));
        break;
    case TB_POSITION_FIELD:
        (void)printf(_("the party named in \"%s\""), tb_explain_field(type, p->field));
        break;
    case TB_POSITION_ROLE:
        (void)printf(_("the party of the role %s"), role != NULL ? role : "");
        break;
    case TB_POSITION_EVERY:
        (void)(p->field != NULL
                   ? printf(_("every %s of the place in \"%s\""), role != NULL ? role : "",
                            tb_explain_field(type, p->field))
                   : printf(_("every party of the role %s"), role != NULL ? role : ""));
        break;
    case TB_POSITION_ACTOR_OF:
        (void)printf(_("who last did \"%s\""),
                     p->field != NULL ? tb_explain_action(type, p->field) : "");
        break;
    case TB_POSITION_LOOKED_UP:
        tb_explain_looked_up(campaign, type, p);
        break;
    }
    (void)printf("\n");
}

/* ---- the life of a case ---- */

static void list_positions(const tb_case_type *type, const char *const *ids, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        (void)printf("%s%s", tb_explain_between(i), tb_explain_position(type, ids[i]));
    }
}

static void list_roles(const tb_campaign *campaign, const char *const *ids, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        (void)printf("%s%s", tb_explain_between(i), tb_explain_role(campaign, ids[i]));
    }
}

static void explain_way(const tb_campaign *campaign,
                        const tb_case_type *type,
                        const tb_action *action,
                        unsigned at)
{
    const tb_way *way = &action->ways[at];
    (void)printf("        → ");
    if (way->when.count > 0) {
        (void)printf("%s", _("if "));
        tb_explain_conditions(campaign, type, &way->when);
        (void)printf("%s", _(": "));
    } else if (action->way_count > 1) {
        (void)printf("%s", _("otherwise: "));
    }
    (void)printf("%s", way->to != NULL ? tb_explain_state(type, way->to) : _("state unchanged"));
    if (way->hands_to != NULL) {
        (void)printf(_(", handed to %s"), tb_explain_position(type, way->hands_to));
    }
    (void)printf("\n");
}

static void
explain_fields(const tb_campaign *campaign, const tb_case_type *type, const tb_action *action)
{
    bool any = false;
    for (unsigned i = 0; i < action->field_count; i++) {
        if (action->fields[i].required) {
            (void)printf("%s%s", any ? _(", ") : _("        must be given: "),
                         tb_explain_field(type, action->fields[i].field));
            any = true;
        }
    }
    (void)printf("%s", any ? "\n" : "");
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_action_field *field = &action->fields[i];
        if (field->required_when.count > 0) {
            (void)printf(_("        must be given if "));
            tb_explain_conditions(campaign, type, &field->required_when);
            (void)printf(_(": %s\n"), tb_explain_field(type, field->field));
        }
    }
    any = false;
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_action_field *field = &action->fields[i];
        if (!field->required && field->required_when.count == 0) {
            (void)printf("%s%s", any ? _(", ") : _("        may be given: "),
                         tb_explain_field(type, field->field));
            any = true;
        }
    }
    (void)printf("%s", any ? "\n" : "");
}

static const char *receipt_of(const tb_action *action)
{
    if (action->receipt == NULL) {
        return NULL;
    }
    return strcmp(action->receipt, "signed_for") == 0 ? _("signed for") : _("answered");
}

static void
explain_action(const tb_campaign *campaign, const tb_case_type *type, const tb_action *action)
{
    (void)printf(_("    %s, by "), tb_explain_label(&action->title, action->id));
    if (action->kind == TB_ACTION_OPEN) {
        list_roles(campaign, (const char *const *)action->by, action->by_count);
    } else {
        list_positions(type, (const char *const *)action->by, action->by_count);
    }
    (void)printf("%s\n", action->kind == TB_ACTION_TAKE_OVER ? _(" (take-over)") : "");
    tb_explain_action_stages(campaign, action);
    if (action->when.count > 0) {
        (void)printf(_("        only if "));
        tb_explain_conditions(campaign, type, &action->when);
        (void)printf("\n");
    }
    for (unsigned i = 0; i < action->way_count; i++) {
        explain_way(campaign, type, action, i);
    }
    explain_fields(campaign, type, action);
    tb_explain_approval(type, action);
    if (action->copy_count > 0) {
        (void)printf(_("        copied to "));
        list_positions(type, (const char *const *)action->copies, action->copy_count);
        (void)printf("\n");
    }
    tb_explain_opens(campaign, type, action);
    if (receipt_of(action) != NULL) {
        (void)printf(_("        shown as receipt: %s\n"), receipt_of(action));
    }
}

static bool is_from(const tb_action *action, const char *state)
{
    for (unsigned i = 0; i < action->from_count; i++) {
        if (strcmp(action->from[i], state) == 0) {
            return true;
        }
    }
    return false;
}

static void
explain_state(const tb_campaign *campaign, const tb_case_type *type, const tb_state *state)
{
    (void)printf("\n  [%s]%s\n", tb_explain_label(&state->title, state->id),
                 state->closed ? _(" the case is closed") : "");
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *action = &type->actions[i];
        bool moves = action->kind == TB_ACTION_CHAIN || action->kind == TB_ACTION_TAKE_OVER;
        if (moves && is_from(action, state->id)) {
            explain_action(campaign, type, action);
        }
    }
}

static void explain_life(const tb_campaign *campaign, const tb_case_type *type)
{
    (void)printf(_("\nHow a case goes on\n\n  [opening]\n"));
    for (unsigned i = 0; i < type->action_count; i++) {
        if (type->actions[i].kind == TB_ACTION_OPEN) {
            explain_action(campaign, type, &type->actions[i]);
        }
    }
    for (unsigned i = 0; i < type->state_count; i++) {
        explain_state(campaign, type, &type->states[i]);
    }
    bool any = false;
    for (unsigned i = 0; i < type->action_count; i++) {
        if (type->actions[i].kind == TB_ACTION_SIDE) {
            (void)printf("%s", any ? "" : _("\n  [beside the steps]\n"));
            explain_action(campaign, type, &type->actions[i]);
            any = true;
        }
    }
}

/* ---- fields and readers ---- */

static void explain_group(const tb_case_type *type, const char *group)
{
    bool any = false;
    for (unsigned i = 0; i < type->field_count; i++) {
        const tb_field_def *field = &type->fields[i];
        bool in = field->group == group ||
                  (field->group != NULL && group != NULL && strcmp(field->group, group) == 0);
        if (in) {
            (void)printf("%s%s", any ? _(", ") : "    ",
                         tb_explain_label(&field->title, field->id));
            tb_explain_field_rules(type, field);
            any = true;
        }
    }
    (void)printf("%s", any ? "\n" : "");
}

static void explain_readers(const tb_case_type *type)
{
    (void)printf(_("\nWhat is filled in, and who reads it\n\n"));
    (void)printf(_("  open: every party on the case\n"));
    explain_group(type, NULL);
    for (unsigned i = 0; i < type->group_count; i++) {
        const tb_field_group *group = &type->groups[i];
        (void)printf(_("  %s, sealed: "), tb_explain_label(&group->title, group->id));
        list_positions(type, (const char *const *)group->readers, group->reader_count);
        (void)printf("\n");
        explain_group(type, group->id);
    }
}

/* What it has of common parts is told with the rest of it; here, that it is the same elsewhere. */
static void explain_common(const tb_campaign *campaign, const tb_case_type *type)
{
    for (unsigned i = 0; i < campaign->common_count; i++) {
        const tb_common_part *part = &campaign->common[i];
        if (tb_names_hold((const char *const *)type->uses, type->use_count, tb_bytes_str(part->id))) {
            (void)printf(_("\nAs in other case types: %s\n"),
                         tb_explain_label(&part->title, part->id));
        }
    }
}

static void explain_type(const tb_campaign *campaign, const tb_case_type *type, unsigned number)
{
    (void)printf("\n%u. %s\n", number, tb_explain_label(&type->title, type->id));
    explain_common(campaign, type);
    (void)printf("%s", _("\nThe parties to a case\n\n"));
    for (unsigned i = 0; i < type->position_count; i++) {
        explain_position(campaign, type, &type->positions[i]);
    }
    explain_life(campaign, type);
    explain_readers(type);
    tb_explain_duties(campaign, type);
}

int tb_campaign_explain(const char *path)
{
    int code;
    tb_campaign_loaded *loaded = tb_campaign_file_load(path, &code);
    if (loaded == NULL) {
        return code;
    }
    const tb_campaign *campaign = tb_campaign_loaded_get(loaded);
    (void)printf(_("%s\n\n%s, version %u, from %s to %s\n"),
                 tb_explain_label(&campaign->title, campaign->id), campaign->id,
                 (unsigned)campaign->version, campaign->from, campaign->to);
    tb_explain_head(campaign);
    explain_roles(campaign);
    for (unsigned i = 0; i < campaign->case_type_count; i++) {
        explain_type(campaign, &campaign->case_types[i], i + 2);
    }
    tb_explain_lists(campaign);
    tb_explain_reports(campaign);
    tb_campaign_loaded_free(loaded);
    return TB_EXIT_DONE;
}
