/* load_check_list - faults of lists: by what an entry is found, who keeps a copy, and whether each
 * of them is told of what it must know.
 */
#include "agents/campaign/load_check.h"

#include "agents/campaign/judge.h"
#include "agents/campaign/scene.h"
#include "agents/list_keys.h"

static bool names(const char *const *list, unsigned count, const char *name)
{
    return tb_names_hold(list, count, tb_bytes_str(name));
}

/* ---- what it is found by ---- */

/* A subscriber's copy is of use only where it can read what is searched. */
static void
check_readable(tb_check *check, const tb_list_def *list, const tb_field_def *field, tb_place place)
{
    const tb_field_group *group =
        field->group != NULL ? tb_case_type_group(check->type, tb_bytes_str(field->group)) : NULL;
    for (unsigned i = 0; group != NULL && i < list->subscriber_count; i++) {
        const char *who = list->subscribers[i];
        if (tb_case_type_position(check->type, tb_bytes_str(who)) != NULL &&
            !tb_check_among(check, (const char *const *)group->readers, group->reader_count, who)) {
            tb_check_fault3(check, place, TB_FAULT_LIST_UNREADABLE, field->id, group->id, who);
            return;
        }
    }
}

static void check_found_by(tb_check *check, const tb_list_def *list, const char *const *name)
{
    const tb_field_def *field = tb_check_field_of(check, *name);
    if (field == NULL && *name != NULL && **name != '\0') {
        tb_check_fault(check, tb_at_value(name), TB_FAULT_FIELD_UNKNOWN, *name, NULL);
    }
    if (field != NULL) {
        check_readable(check, list, field, tb_at_value(name));
    }
}

static bool same_fields(const tb_list_key *a, const tb_list_key *b)
{
    bool same = a->count == b->count;
    for (unsigned i = 0; same && i < a->count; i++) {
        same = names((const char *const *)b->fields, b->count, a->fields[i]);
    }
    return same;
}

static void check_keys(tb_check *check, const tb_list_def *list)
{
    if (list->key_count == 0 && tb_check_given(check, &list->keys)) {
        tb_check_fault(check, tb_at_value(&list->keys), TB_FAULT_LIST_NO_KEY, NULL, NULL);
    }
    tb_check_bound(check, &list->keys, "keys", list->key_count, TB_LIST_KEYS_MAX);
    for (unsigned i = 0; i < list->key_count; i++) {
        const tb_list_key *key = &list->keys[i];
        if (key->count == 0 && tb_check_given(check, &key->fields)) {
            tb_check_fault(check, tb_at(key), TB_FAULT_LIST_NO_KEY, NULL, NULL);
        }
        for (unsigned j = 0; j < i; j++) {
            if (key->count > 0 && same_fields(key, &list->keys[j])) {
                tb_check_fault(check, tb_at(key), TB_FAULT_LIST_KEY_TWICE, NULL, NULL);
                break;
            }
        }
        for (unsigned j = 0; j < key->count; j++) {
            check_found_by(check, list, (const char *const *)&key->fields[j]);
        }
    }
    if (list->possible.name != NULL) {
        check_found_by(check, list, &list->possible.name);
        check_found_by(check, list, &list->possible.place);
    }
}

/* ---- states, and the acts that lead there ---- */

static void check_states(tb_check *check, const tb_list_def *list)
{
    if ((list->listed_count == 0 && tb_check_given(check, &list->listed_in)) ||
        (list->removed_count == 0 && tb_check_given(check, &list->removed_in))) {
        tb_check_fault(check, tb_at(list), TB_FAULT_LIST_NO_STATE, NULL, NULL);
    }
    for (unsigned i = 0; i < list->listed_count; i++) {
        (void)tb_check_state(check, (const char *const *)&list->listed_in[i]);
    }
    for (unsigned i = 0; i < list->removed_count; i++) {
        const char *const *state = (const char *const *)&list->removed_in[i];
        if (tb_check_state(check, state) &&
            names((const char *const *)list->listed_in, list->listed_count, *state)) {
            tb_check_fault(check, tb_at_value(state), TB_FAULT_LIST_BOTH, *state, NULL);
        }
    }
}

static bool holds(const tb_list_def *list, bool listed, const char *state)
{
    return listed ? names((const char *const *)list->listed_in, list->listed_count, state)
                  : names((const char *const *)list->removed_in, list->removed_count, state);
}

/* Whether a way of the action may list an entry, or take one off. */
static bool leads(const tb_list_def *list, const tb_action *action, bool listed)
{
    for (unsigned i = 0; i < action->way_count; i++) {
        const char *to = action->ways[i].to;
        bool stays = action->from_count > 0; /* from states that all mean the same already */
        for (unsigned f = 0; f < action->from_count; f++) {
            stays = stays && holds(list, listed, action->from[f]);
        }
        if (to != NULL && holds(list, listed, to) && !stays) {
            return true;
        }
    }
    return false;
}

static bool is_told(tb_check *check, const tb_action *action, const char *subscriber)
{
    bool told =
        tb_check_among(check, (const char *const *)action->copies, action->copy_count, subscriber);
    for (unsigned i = 0; !told && i < action->way_count; i++) {
        told = action->ways[i].hands_to != NULL &&
               tb_check_alike(check, action->ways[i].hands_to, subscriber);
    }
    /* or it does it itself */
    return told || (action->by_count == 1 && tb_check_alike(check, action->by[0], subscriber));
}

static void check_act(tb_check *check, const tb_list_def *list, const tb_action *action)
{
    for (unsigned i = 0; i < list->subscriber_count; i++) {
        const char *who = list->subscribers[i];
        if (tb_case_type_position(check->type, tb_bytes_str(who)) != NULL &&
            !is_told(check, action, who)) {
            tb_check_fault(check, tb_at_value(&list->subscribers[i]), TB_FAULT_LIST_NOT_TOLD, who,
                           action->id);
        }
    }
    if (list->brake.count > 0 &&
        tb_action_field_of(action, tb_bytes_str(TB_LIST_CONFIRMED)) == NULL) {
        tb_check_fault(check, tb_at_value(&list->brake.count), TB_FAULT_LIST_UNCONFIRMED,
                       action->id, TB_LIST_CONFIRMED);
    }
}

static void check_acts(tb_check *check, const tb_list_def *list)
{
    for (unsigned i = 0; i < check->type->action_count; i++) {
        const tb_action *action = &check->type->actions[i];
        bool known = tb_check_given(check, &action->copies) && tb_check_given(check, &action->ways);
        if (known && action->kind != TB_ACTION_SIDE &&
            (leads(list, action, true) || leads(list, action, false))) {
            check_act(check, list, action);
        }
    }
}

/* ---- the receipt of a removal ---- */

static bool owes_receipt(tb_check *check, const tb_list_def *list, const char *subscriber)
{
    for (unsigned i = 0; i < check->type->duty_count; i++) {
        const tb_duty_def *duty = &check->type->duties[i];
        if (names((const char *const *)duty->until, duty->until_count, list->removed_receipt) &&
            tb_check_alike(check, duty->owed_by, subscriber)) {
            return true;
        }
    }
    return false;
}

static void check_receipt(tb_check *check, const tb_list_def *list)
{
    if (list->removed_receipt == NULL || list->removed_receipt[0] == '\0') {
        return;
    }
    const tb_action *action = tb_case_type_action(check->type, tb_bytes_str(list->removed_receipt));
    if (action == NULL) {
        tb_check_fault(check, tb_at_value(&list->removed_receipt), TB_FAULT_ACTION_UNKNOWN,
                       list->removed_receipt, "removed_receipt");
        return;
    }
    if (action->kind != TB_ACTION_SIDE && tb_check_given(check, &action->kind)) {
        tb_check_fault(check, tb_at_value(&list->removed_receipt), TB_FAULT_LIST_RECEIPT_KIND,
                       action->id, NULL);
        return;
    }
    for (unsigned i = 0; i < list->subscriber_count; i++) {
        const char *who = list->subscribers[i];
        if (tb_case_type_position(check->type, tb_bytes_str(who)) == NULL) {
            continue;
        }
        if (!tb_check_among(check, (const char *const *)action->by, action->by_count, who)) {
            tb_check_fault(check, tb_at_value(&list->removed_receipt), TB_FAULT_LIST_RECEIPT_BY,
                           action->id, who);
        } else if (!owes_receipt(check, list, who)) {
            tb_check_fault(check, tb_at_value(&list->removed_receipt), TB_FAULT_LIST_RECEIPT_OWED,
                           who, action->id);
        }
    }
}

/* ---- the whole ---- */

static void check_scope(tb_check *check, const tb_list_def *list)
{
    if (list->province == NULL) {
        if (list->scope == TB_LIST_PROVINCE && tb_check_given(check, &list->scope)) {
            tb_check_fault(check, tb_at(list), TB_FAULT_LIST_PROVINCE, NULL, NULL);
        }
        return;
    }
    if (list->scope == TB_LIST_NATIONAL && tb_check_given(check, &list->scope)) {
        tb_check_fault(check, tb_at_value(&list->province), TB_FAULT_LIST_SCOPE, list->province,
                       NULL);
        return;
    }
    const tb_field_def *field = tb_check_open_field(check, &list->province);
    if (field != NULL && field->type != TB_FIELD_PROVINCE && tb_check_given(check, &field->type)) {
        tb_check_fault(check, tb_at_value(&list->province), TB_FAULT_LIST_PROVINCE, NULL, NULL);
    }
}

static void check_brake(tb_check *check, const tb_list_def *list)
{
    bool given = tb_form_line_of(check->form, tb_at_value(&list->brake.count)) > 0 ||
                 tb_form_line_of(check->form, tb_at_value(&list->brake.hours)) > 0;
    if (given && (list->brake.count == 0 || list->brake.hours == 0) &&
        tb_check_given(check, &list->brake.count) && tb_check_given(check, &list->brake.hours)) {
        tb_check_fault(check, tb_at_value(&list->brake.count), TB_FAULT_LIST_BRAKE, NULL, NULL);
    }
    if (list->brake.hours > TB_DUTY_HOURS_MAX) {
        tb_check_fault(check, tb_at_value(&list->brake.hours), TB_FAULT_LIMIT_LONG, NULL, NULL);
    }
}

static void check_list(tb_check *check, const tb_list_def *list)
{
    tb_check_label(check, &list->title, tb_at(list), "the list", "名单");
    check->type = tb_campaign_case_type(check->campaign, tb_bytes_str(list->case_type));
    if (check->type == NULL) {
        if (list->case_type[0] != '\0') {
            tb_check_fault(check, tb_at_value(&list->case_type), TB_FAULT_CASE_TYPE_UNKNOWN,
                           list->case_type, NULL);
        }
        return;
    }
    if (list->subscriber_count == 0 && tb_check_given(check, &list->subscribers)) {
        tb_check_fault(check, tb_at_value(&list->subscribers), TB_FAULT_LIST_NO_SUBSCRIBER, NULL,
                       NULL);
    }
    for (unsigned i = 0; i < list->subscriber_count; i++) {
        (void)tb_check_position(check, (const char *const *)&list->subscribers[i]);
    }
    check_states(check, list);
    check_scope(check, list);
    check_keys(check, list);
    check_acts(check, list);
    check_brake(check, list);
    check_receipt(check, list);
}

void tb_check_lists_of(tb_check *check)
{
    const tb_campaign *campaign = check->campaign;
    tb_check_names(check, TB_ITEM_LIST, campaign->lists, campaign->list_count,
                   sizeof *campaign->lists);
    for (unsigned i = 0; i < campaign->list_count; i++) {
        tb_check_item(check, TB_ITEM_LIST, campaign->lists[i].id, &campaign->lists[i]);
        check_list(check, &campaign->lists[i]);
    }
}
