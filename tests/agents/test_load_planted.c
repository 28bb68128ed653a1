/* Many faults in one definition: each is told, with its line, and none hides another. */
#include "tests/agents/planted.h"

#include <stdlib.h>

static const planted faults[] = {
    {"version: 1\n", "version: one\n", NULL, "not_count"},
    {"to: \"2015-12-31\"", "to: \"2014-12-31\"", NULL, "from_after_to"},
    {"tables: [calendar]", "tables: [calender]", "en: sign for, owed_by", "no_table"},
    {"zh: 专项办, en: campaign headquarters", "zh: 专项办", NULL, "no_en"},
    {"{id: market, zh: 工商行政管理局, ", "{id: market, ", NULL, "no_zh"},
    {"{id: licensed, zh: 证照齐全", "{id: unlicensed, zh: 证照齐全", NULL, "id_twice"},
    {"{id: not_found,", "{id: \"not found!\",", NULL, "id_form"},
    {"en: the holder is out of service}", "en: the holder is out, aliases: [超期未办结]}", NULL,
     "alias_choice"},
    {"{id: answer, zh: 答复, en: answer}", "{id: reply, zh: 答复, en: answer}",
     "{id: answer, zh: 答复, en: answer, owed_by", "lapse_choice"},
    {"  - id: lead\n", "  - id: lead-on-a-shop-that-has-no-licence\n", NULL, "too_long"},
    {"    zh: 无照经营线索\n", "", "  - id: lead-on-a-shop-that-has-no-licence", "no_zh"},
    {"readers: [opener, regulator]", "readers: [opener, regulator, police]", NULL,
     "position_unknown"},
    {"\n\n    fields:\n",
     "\n      - {id: spare, zh: 备用, en: spare, readers: [opener]}\n\n    fields:\n", "{id: spare",
     "group_unused"},
    {"name of the shop, type: text, group: shop", "name of the shop, type: text, group: shops",
     NULL, "group_unknown"},
    {"en: address, type: text", "en: address, index: true, type: text", NULL, "index_type"},
    {"type: choice, choices: findings", "type: choice, grup: shop, choices: findings", NULL,
     "key_unknown"},
    {"what was done, type: text", "what was done, type: txt", NULL, "not_word"},
    {"en: due, type: time", "en: due, of: name, type: time", NULL, "of_useless"},
    {"stream was held up to, type: count",
     "stream was held up to, aliases: [办理期限], type: count", NULL, "alias_field"},
    {"en: referring administration, kind: opener", "en: referring administration", NULL,
     "key_missing"},
    {"kind: role, role: headquarters", "kind: role, role: head", NULL, "role_unknown"},
    {"      - {id: closed, zh: 办结",
     "      - {id: limbo, zh: 搁置, en: limbo, closed: true}\n"
     "      - {id: closed, zh: 办结",
     NULL, "state_unreached"},
    {"by: [bureau]", "by: [burea]", NULL, "role_unknown"},
    {"- {field: province, required: true}", "- {field: province}", "hands_to: regulator}",
     "no_recipient"},
    {"- {field: address}", "- {field: adress}", NULL, "field_unknown"},
    {"copies: [opener]", "copies: opener", NULL, "not_list"},
    {"receipt: signed_for", "receipt: seen", NULL, "receipt"},
    {"values: [unlicensed]", "values: [unlicenced]", NULL, "not_a_choice"},
    {"zh: 无照经营应写明处理情况, ", "", "values: [unlicenced]", "no_zh"},
    {"copies: [regulator, headquarters]\n\n      - id: take",
     "copies: [regulator, hq]\n\n      - id: take", NULL, "position_unknown"},
    {"from: [referred, taken]", "from: [referred, taken, open]", NULL, "state_unknown"},
    {"test: lapsed, field: take_over_reason", "test: lapsed, field: measure", NULL, "field_sealed"},
    {"{to: answered, hands_to: opener}\n        copies",
     "{to: answered, hands_to: opener, to: taken}\n        copies", NULL, "key_twice"},
    {"{field: take_over_reason, required: true}", "{field: take_over_reason}", "- id: take_over\n",
     "no_reason"},
    {"default: true", "default: maybe", NULL, "not_word"},
    {"until: [answer], ", "until: [close], ", NULL, "debtor_cannot"},
    {"days: 15", "days: 15, hours: 3", "days: 15, hours", "limit"},
    {"plan 3 (2), lapse: lapse, ends_in: take_over", "plan 3 (2), lapse: lapse, ends_in: lapse",
     NULL, "ends_in_kind"},
};

#define FAULTS (sizeof faults / sizeof faults[0])
_Static_assert(FAULTS >= 30, "thirty faults in one definition");

static void thirty_faults_in_one_definition_are_thirty_findings_with_their_lines(void **state)
{
    (void)state;
    char *text = planted_in_example(faults, FAULTS);
    planted_told told = planted_check(text);
    for (size_t i = 0; i < FAULTS; i++) {
        planted_is_told(&faults[i], text, &told);
    }
    if (told.count != FAULTS) {
        for (unsigned i = 0; i < told.count; i++) {
            print_error("%u %s %s\n", told.list[i].line, told.list[i].key, told.list[i].reason);
        }
    }
    assert_int_equal(told.count, FAULTS); /* and nothing else */
    free(text);
}

/* domain.md §7, in a plan as it is shipped; that nothing with a finding is signed or installed is
 * in system/test_campaign. */
static void
scenario_16_a_state_nobody_reaches_an_unknown_role_and_a_deadline_too_early(void **state)
{
    static const planted rows[] = {
        {"      - {id: reported, zh: 已上报待立账, en: reported}\n",
         "      - {id: reported, zh: 已上报待立账, en: reported}\n"
         "      - {id: adrift, zh: 无人可达, en: adrift, closed: true}\n",
         "      - {id: adrift", "state_unreached"},
        {"{value: \"1.1\", role: land_office}", "{value: \"1.1\", role: land_ofice}", NULL,
         "role_unknown"},
        {"until: [verify, order_inquiry], days: 15",
         "until: [verify, order_inquiry], due_date: \"${year}-08-20\"", NULL, "due_before"},
    };
    (void)state;
    char *text = planted_in("ops/campaigns/land-requisition.yaml", rows, 3);
    planted_told told = planted_check(text);
    for (size_t i = 0; i < 3; i++) {
        planted_is_told(&rows[i], text, &told);
    }
    assert_int_equal(told.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(told.list[i].reason[0] != '\0');
    }
    free(text);
}

static void each_fault_alone_is_one_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < FAULTS; i++) {
        planted row = faults[i];
        if (row.at != NULL && strstr(row.at, "lead-on-a-shop") != NULL) {
            row.at = "  - id: lead\n";
        }
        if (row.at != NULL && strstr(row.at, "unlicenced") != NULL) {
            row.at = "values: [unlicensed]";
        }
        char *text = planted_in_example(&row, 1);
        planted_told told = planted_check(text);
        planted_is_told(&row, text, &told);
        if (told.count != 1) {
            fail_msg("%s: %u findings, the second: %u %s", row.key, told.count, told.list[1].line,
                     told.list[1].reason);
        }
        free(text);
    }
}

static void the_example_itself_has_no_finding(void **state)
{
    (void)state;
    char *text = planted_in_example(NULL, 0);
    assert_int_equal(planted_check(text).count, 0);
    free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_example_itself_has_no_finding),
    cmocka_unit_test(thirty_faults_in_one_definition_are_thirty_findings_with_their_lines),
    cmocka_unit_test(scenario_16_a_state_nobody_reaches_an_unknown_role_and_a_deadline_too_early),
    cmocka_unit_test(each_fault_alone_is_one_finding),
};

TB_RUN("agents/load_planted", tests)
