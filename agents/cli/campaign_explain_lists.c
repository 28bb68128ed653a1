/* campaign_explain_lists - cases an act opens, and the lists, in words. */
#include <stdio.h>

#include "agents/cli/campaign_explain.h"
#include "agents/cli/say.h"

void tb_explain_opens(const tb_campaign *campaign,
                      const tb_case_type *type,
                      const tb_action *action)
{
    for (unsigned i = 0; i < action->opens_count; i++) {
        const tb_opens *opens = &action->opens[i];
        const tb_case_type *other = tb_campaign_case_type(campaign, tb_bytes_str(opens->case_type));
        (void)printf(_("        opens another case: %s"),
                     other != NULL ? tb_explain_label(&other->title, other->id) : opens->case_type);
        if (opens->when.count > 0) {
            (void)printf("%s", _(", if "));
            tb_explain_conditions(campaign, type, &opens->when);
        }
        for (unsigned f = 0; other != NULL && f < opens->field_count; f++) {
            (void)printf(f == 0 ? _("\n            with %s from %s") : _(", %s from %s"),
                         tb_explain_field(other, opens->fields[f].field),
                         tb_explain_field(type, opens->fields[f].from));
        }
        (void)printf("\n");
    }
}

static void put_states(const tb_case_type *type, const char *const *ids, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        (void)printf("%s%s", tb_explain_between(i), tb_explain_state(type, ids[i]));
    }
    (void)printf("\n");
}

static void explain_list(const tb_campaign *campaign, const tb_list_def *list)
{
    const tb_case_type *type = tb_campaign_case_type(campaign, tb_bytes_str(list->case_type));
    if (type == NULL) {
        return;
    }
    (void)printf(_("\n  %s (%s): each entry is a case, %s\n"),
                 tb_explain_label(&list->title, list->id), list->id,
                 tb_explain_label(&type->title, type->id));
    (void)printf(list->scope == TB_LIST_NATIONAL ? _("    holds everywhere\n")
                                                 : _("    holds in the province of \"%s\"\n"),
                 list->province != NULL ? tb_explain_field(type, list->province) : "");
    (void)printf("%s", _("    listed in: "));
    put_states(type, (const char *const *)list->listed_in, list->listed_count);
    (void)printf("%s", _("    removed in: "));
    put_states(type, (const char *const *)list->removed_in, list->removed_count);
    for (unsigned i = 0; i < list->key_count; i++) {
        (void)printf("%s", _("    found by: "));
        for (unsigned f = 0; f < list->keys[i].count; f++) {
            (void)printf("%s%s (--%s)", f > 0 ? _(" together with ") : "",
                         tb_explain_field(type, list->keys[i].fields[f]), list->keys[i].fields[f]);
        }
        (void)printf("\n");
    }
    if (list->possible.name != NULL) {
        (void)printf(_("    likely, and to be compared by a person: %s at the same %s\n"),
                     tb_explain_field(type, list->possible.name),
                     tb_explain_field(type, list->possible.place));
    }
    (void)printf("%s", _("    copies kept by: "));
    for (unsigned i = 0; i < list->subscriber_count; i++) {
        (void)printf("%s%s", tb_explain_between(i),
                     tb_explain_position(type, list->subscribers[i]));
    }
    (void)printf("\n");
    if (list->brake.count > 0) {
        (void)printf(_("    more than %u entries listed or removed by one party within %u hours "
                       "need a second account\n"),
                     list->brake.count, list->brake.hours);
    }
    if (list->removed_receipt != NULL) {
        (void)printf(_("    a removal is open until each of them did \"%s\"\n"),
                     tb_explain_action(type, list->removed_receipt));
    }
}

void tb_explain_lists(const tb_campaign *campaign)
{
    for (unsigned i = 0; i < campaign->list_count; i++) {
        if (i == 0) {
            (void)printf("%s", _("\nLists\n"));
        }
        explain_list(campaign, &campaign->lists[i]);
    }
}
