/* Faults of positions of many, of opened cases and of lists: each is told with its line, and in a
 * campaign without faults nothing is. */
#include "tests/agents/planted.h"

#include <stdlib.h>

#define REGISTER "tests/agents/register.yaml"

/* Each planted alone. */
static const planted faults[] = {
    /* positions of many */
    {"kind: every, role: operator, field: province}",
     "kind: every, role: operators, field: province}", NULL, "role_unknown"},
    {"kind: every, role: operator, field: province}", "kind: every, field: province}", NULL,
     "position_no_role"},
    {"kind: every, role: operator, field: province}",
     "kind: every, role: operator, field: network}", NULL, "position_field_type"},
    {"ways: [{to: open, hands_to: bureau}]", "ways: [{to: open, hands_to: operators}]", NULL,
     "position_many"},
    {"        by: [bureau]\n        from: [open]\n        ways: [{to: shut}]",
     "        by: [bureau, operators]\n        from: [open]\n        ways: [{to: shut}]", NULL,
     "position_many"},
    {"{test: known, field: network, zh: 未写明企业, en: no network is named}",
     "{test: role-of, a: operators, values: [operator], zh: 未写明企业, en: no network is named}",
     NULL, "position_many"},
    {"readers: [bureau, operators, resale_all, headquarters]}",
     "readers: [bureau, operators, resale_all, headquarters, others]}", NULL, "position_unknown"},
    /* what each of many owes */
    {"until: [opine], hours: 72", "until: [consult], hours: 72", NULL, "until_many"},
    {"until: [opine], hours: 72", "until: [opine, consult], hours: 72", NULL, "until_mixed"},
    {"ways: [{to: open}]\n        copies: [operators]\n", "ways: [{to: open}]\n",
     "owed_by: operators, to: bureau, from: consult", "duty_not_told"},
    {"hours: 72, default: true, lapse: lapse",
     "hours: 72, default: true, lapse: lapse, ends_in: take", NULL, "beside_ends_in"},
    {"owed_by: operators, to: bureau, from: consult",
     "owed_by: bureau, to: operators, from: consult", NULL, "position_many"},
    {"copies: [operators]\n        fields: [{field: lapsed_duty, required: true}, {field: "
     "lapsed_due, "
     "required: true}, {field: lapsed_debtor}]",
     "copies: [operators]\n        fields: [{field: lapsed_duty, required: true}, {field: "
     "lapsed_due, "
     "required: true}]",
     "until: [opine], hours: 72", "lapse_field"},
    /* opened cases */
    {"case_type: entry\n            parent", "case_type: entri\n            parent", NULL,
     "case_type_unknown"},
    {"parent: card\n", "parent: channel_name\n", NULL, "opens_parent"},
    {"type: case, group: origin, index: true}", "type: case, group: origin}", "parent: card",
     "opens_parent"},
    {"{field: operator, from: network}", "{field: operator, from: networks}", NULL,
     "field_unknown"},
    {"{field: operator, from: network}", "{field: reason, from: shop_name}", NULL, "opens_field"},
    {"{field: agent_code, from: shop_code}", "{field: agent_code, from: network}", NULL,
     "opens_type"},
    {"              - {field: channel_name, from: shop_name}\n", "", "- case_type: entry",
     "opens_missing"},
    {"{field: agent_code, from: shop_code}", "{field: agent_code, from: note}", NULL,
     "opens_reader"},
    {"readers: [bureau, operators, resale_all, headquarters]}", "readers: [bureau, operators]}",
     "{field: agent_code, from: shop_code}", "opens_reader"},
    {"        by: [bureau]\n        ways: [{to: proposed, hands_to: bureau}]",
     "        by: [headquarters]\n        ways: [{to: proposed, hands_to: bureau}]",
     "- case_type: entry", "opens_role"},
    /* lists */
    {"    case_type: entry\n    listed_in", "    case_type: entri\n    listed_in", NULL,
     "case_type_unknown"},
    {"listed_in: [listed]", "listed_in: [on]", NULL, "state_unknown"},
    {"removed_in: [removed]", "removed_in: [removed, listed]", NULL, "list_both"},
    {"removed_in: [removed]", "removed_in: []", "- id: channels", "list_no_state"},
    {"    province: province\n    keys", "    keys", "- id: channels", "list_province"},
    {"    province: province\n    keys", "    province: operator\n    keys", "province: operator",
     "list_province"},
    {"keys: [{fields: [operator, agent_code]}, {fields: [reg_no]}, {fields: [uscc]}]", "keys: []",
     NULL, "list_no_key"},
    {"{fields: [reg_no]}", "{fields: [regno]}", NULL, "field_unknown"},
    {"{fields: [reg_no]}", "{fields: [confirmed_by]}", NULL, "list_unreadable"},
    {"possible: {name: channel_name", "possible: {name: name", NULL, "field_unknown"},
    {"brake: {count: 3, hours: 24}", "brake: {count: 0, hours: 24}", NULL, "list_brake"},
    {"fields: [{field: reason}, {field: confirmed_by}, {field: uscc}]",
     "fields: [{field: reason}, {field: uscc}]", "brake: {", "list_unconfirmed"},
    {"    subscribers: [operators, resale_all, headquarters]", "    subscribers: []", NULL,
     "list_no_subscriber"},
    {"        ways: [{to: listed}]\n        copies: [operators, resale_all, headquarters]",
     "        ways: [{to: listed}]\n        copies: [operators, headquarters]",
     "    subscribers: [operators", "list_not_told"},
    {"removed_receipt: confirm_removal", "removed_receipt: confirm", NULL, "action_unknown"},
    {"removed_receipt: confirm_removal", "removed_receipt: remove", NULL, "list_receipt_kind"},
    {"by: [operators, resale_all, headquarters]", "by: [operators, headquarters]",
     "removed_receipt: confirm_removal", "list_receipt_by"},
    {"owed_by: resale_all, to: bureau, from: remove",
     "owed_by: operators, to: bureau, from: remove", "removed_receipt: confirm_removal",
     "list_receipt_owed"},
    {"en: unlawful channels", "en: \"\"", "- id: channels", "no_en"},
};

static void each_fault_is_told_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        char *text = planted_in(REGISTER, &faults[i], 1);
        planted_told told = planted_check(text);
        planted_is_told(&faults[i], text, &told);
        free(text);
    }
}

static void a_campaign_with_lists_and_opened_cases_has_no_fault(void **state)
{
    (void)state;
    char *text = planted_in(REGISTER, faults, 0);
    planted_is_sound(text);
    free(text);
}

/* What shows who reads what must not change behind it: the place the opened case's readers are
 * found by may be set by its opening alone. */
static void a_place_that_changes_later_proves_nothing(void **state)
{
    (void)state;
    planted row = {
        "fields: [{field: reason}, {field: confirmed_by}, {field: uscc}]",
        "fields: [{field: reason}, {field: confirmed_by}, {field: uscc}, {field: province}]",
        "{field: agent_code, from: shop_code}", "opens_reader"};
    char *text = planted_in(REGISTER, &row, 1);
    planted_told told = planted_check(text);
    planted_is_told(&row, text, &told);
    free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_campaign_with_lists_and_opened_cases_has_no_fault),
    cmocka_unit_test(each_fault_is_told_with_its_line),
    cmocka_unit_test(a_place_that_changes_later_proves_nothing),
};

TB_RUN("agents/load_list", tests)
