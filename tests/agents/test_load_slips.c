/* What a new author gets wrong: each slip alone, in a definition as it is shipped, is one finding
 * on its line. */
#include "tests/agents/planted.h"

#include <stdlib.h>

typedef struct slip {
    const char *file;
    planted row;
} slip;

#define EXAMPLE "ops/campaigns/example.yaml"
#define BLACK   "ops/campaigns/black-card.yaml"
#define LAND    "ops/campaigns/land-requisition.yaml"
#define SERVICE "ops/campaigns/service-quality.yaml"

static const slip slips[] = {
    /* names that cannot be told apart */
    {EXAMPLE, {"{id: answered, zh: 已答复", "{id: answered, zh: 已签收", NULL, "label_twice"}},
    {EXAMPLE, {"en: answered}", "en: signed for}", "zh: 已答复, en: signed for}", "label_twice"}},
    {EXAMPLE,
     {"{id: market, zh: 工商行政管理局", "{id: market, zh: 通信管理局", NULL, "label_twice"}},
    {EXAMPLE, {"zh: 证照齐全, en: is", "zh: 无照经营, en: is", NULL, "label_twice"}},
    /* labels in the wrong language, or empty */
    {EXAMPLE, {"        zh: 答复\n", "        zh: answer\n", NULL, "label_zh"}},
    {EXAMPLE, {"        en: answer\n", "        en: 答复\n", NULL, "label_en"}},
    {EXAMPLE, {"        zh: 答复\n", "        zh: \"  \"\n", "      - id: answer\n", "no_zh"}},
    /* characters that only look right */
    {EXAMPLE, {"        zh: 答复\n", "        zh：答复\n", NULL, "odd_character"}},
    {EXAMPLE, {"        kind: open\n", "        kind:open\n", NULL, "odd_character"}},
    {EXAMPLE, {"        kind: open\n", "\u00a0       kind: open\n", NULL, "odd_character"}},
    {EXAMPLE, {"  - {id: market,", "\t- {id: market,", NULL, "odd_character"}},
    {EXAMPLE,
     {"        by: [regulator]\n        from: [taken]",
      "       by: [regulator]\n        from: [taken]", NULL, "not_yaml"}},
    /* what is written twice */
    {EXAMPLE, {"from: [answered]", "from: [answered, answered]", NULL, "entry_twice"}},
    {EXAMPLE, {"copies: [opener]", "copies: [opener, opener]", NULL, "entry_twice"}},
    {BLACK,
     {"dates: [\"2015-02-28\"]", "dates: [\"2015-02-28\", \"2015-02-28\"]", NULL, "entry_twice"}},
    {EXAMPLE, {"tables: [calendar]", "tables: [calendar, weather]", NULL, "table_unknown"}},
    /* days there are not, and days beside the campaign's */
    {EXAMPLE, {"from: \"2015-01-01\"", "from: \"2015-02-29\"", NULL, "not_a_day"}},
    {EXAMPLE, {"from: \"2015-01-01\"", "from: 2015-1-1", NULL, "not_a_day"}},
    {BLACK, {"dates: [\"2015-02-28\"]", "dates: [\"2015-02-30\"]", NULL, "not_a_day"}},
    {BLACK, {"dates: [\"2015-02-28\"]", "dates: [\"2014-12-31\"]", NULL, "report_outside"}},
    {BLACK, {"as_of: \"2015-12-31\"", "as_of: \"2016-01-01\"", NULL, "report_outside"}},
    {LAND, {"to: \"${year}-12-20\"\n\n", "to: \"${yaer}-12-20\"\n\n", NULL, "parameter_unknown"}},
    {LAND, {"value: \"2015\"}", "value: \"20XX\"}", NULL, "parameter_value"}},
    {LAND,
     {"from: \"${year}-09-01\", to: \"${year}-10-30\"",
      "from: \"${year}-10-30\", to: \"${year}-09-01\"", NULL, "from_after_to"}},
    /* figures of nothing, and reports to nobody */
    {BLACK,
     {"hours: {from: submit, to: pass_on, stat: median}",
      "hours: {from: pass_on, to: submit, stat: median}", NULL, "hours_never"}},
    {BLACK,
     {"hours: {from: submit, to: pass_on, stat: median}",
      "hours: {from: pass_on, to: pass_on, stat: median}", NULL, "hours_never"}},
    {BLACK,
     {"ratio: {of: points_in_breach, to: points_checked}",
      "ratio: {of: points_checked, to: points_checked}", NULL, "ratio_itself"}},
    {BLACK, {"role: operator_group, as_of", "role: police, as_of", NULL, "reconcile_role"}},
    {BLACK,
     {"counts: [publish], at: bureau}",
      "counts: [publish], at: bureau, when: [{test: state, values: [opened], zh: 无, en: "
      "none}]}",
      NULL, "state_never"}},
    {BLACK,
     {"at_least: {numerator: 90, denominator: 100}, role",
      "at_least: {numerator: 100, denominator: 90}, role", NULL, "judged_threshold"}},
    {BLACK, {"    to: headquarters\n    dates", "    to: market\n    dates", NULL, "report_to"}},
    /* comparisons, roles and places that decide nothing */
    {BLACK,
     {"{test: same, a: operator, b: host,", "{test: same, a: operator, b: operator,", NULL,
      "same_itself"}},
    {EXAMPLE,
     {"        kind: open\n        by: [bureau]\n        ways:\n          - {to",
      "        kind: open\n        by: [bureau, headquarters]\n        when:\n"
      "          - {test: actor-role, values: [bureau], zh: 仅限管理局, en: bureaus only}\n"
      "        ways:\n          - {to",
      "by: [bureau, headquarters]\n        when", "opener_never"}},
    {BLACK,
     {"        by: [police, bureau, operator]\n",
      "        by: [police, bureau, operator, market]\n", NULL, "opener_never"}},
    {BLACK,
     {"{id: accepted, zh: 已受理, en: accepted}",
      "{id: accepted, zh: 已受理, en: accepted, initial: true}", NULL, "initial_unused"}},
    {EXAMPLE,
     {"en: market regulator, by_jurisdiction: true}", "en: market regulator}",
      "kind: role-of-field, role: market", "position_place"}},
    {BLACK,
     {"kind: role-of-field, role: bureau, field: found_province}",
      "kind: role-of-field, role: headquarters, field: found_province}", NULL, "position_place"}},
    {BLACK,
     {"{test: since, date: \"2015-12-01\", zh: 总结评估自",
      "{test: since, date: \"2016-12-01\", zh: 总结评估自", NULL, "report_outside"}},
    {BLACK,
     {"{test: since, date: \"2015-12-01\", zh: 总结评估自",
      "{test: before, date: \"2015-01-01\", zh: 总结评估自", NULL, "report_outside"}},
    /* what is said twice over */
    {BLACK,
     {"keys: [{fields: [operator, agent_code]}, {fields: [reg_no]}, {fields: [uscc]}]",
      "keys: [{fields: [operator, agent_code]}, {fields: [agent_code, operator]}]", NULL,
      "list_key_twice"}},
    {BLACK,
     {"    scope: province\n", "    scope: national\n", "    province: province\n", "list_scope"}},
    {BLACK,
     {"sent: forwarded, received: received_from_others", "sent: forwarded, received: forwarded",
      NULL, "reconcile_itself"}},
    {LAND, {"uses: [duty_words]", "uses: [duty_words, duty_words]", NULL, "entry_twice"}},
    /* what is owed by nobody, or lacks a word */
    {SERVICE, {"    owed_by: [local_mr]\n", "    owed_by: []\n", NULL, "report_unowed"}},
    {SERVICE,
     {"case_type: quality_notice, counts: [notify]", "counts: [notify]", NULL, "key_missing"}},
    /* said where it is written, and once */
    {SERVICE,
     {"          - {field: report_by, required: true}",
      "          - {field: report_by, required: yes}", NULL, "not_word"}},
    {EXAMPLE, {"        from: [taken]\n", "        from: taken\n", NULL, "not_list"}},
    {BLACK,
     {"      lapse: lapse\n", "      lapse: remind_due\n",
      "      remind: {act: remind_due, working_days: 1}", "word_twice"}},
    {LAND, {"type: year, value: \"2015\"}", "type: year}", NULL, "key_missing"}},
    {LAND, {"type: year, value", "type: month, value", NULL, "not_word"}},
    {EXAMPLE, {"zh: 证照齐全", "zh: \xD6\xA4\xD5\xD5", NULL, "not_utf8"}}, /* GB18030 */
    {BLACK, {"- {id: police, zh: 公安机关", "- {id: police，zh: 公安机关", NULL, "odd_character"}},
    {LAND, {"max_length: 100,", "max_length: 4097,", NULL, "rule_length"}},
    {LAND, {"max_length: 100,", "max_length: 0,", NULL, "rule_none"}},
    {LAND, {"max: 100000", "max: 0", NULL, "rule_none"}},
    {LAND,
     {"dates: [\"${year}-10-31\", \"${year}-12-31\"]",
      "dates: [\"${year}-12-31\", \"${year}-10-31\"]", NULL, "report_dates"}},
    {BLACK,
     {"due: {months_after: 1, day: 30}", "due: {months_after: 1, day: 14}", NULL, "summary_early"}},
    /* duties without end, readers of nothing */
    {EXAMPLE,
     {"until: [answer], ", "", "owed_by: regulator, to: opener, from: sign_for", "key_missing"}},
    {EXAMPLE, {", readers: [opener, regulator]", "", "      - {id: shop,", "key_missing"}},
    {EXAMPLE, {"readers: [opener, regulator]", "readers: []", NULL, "no_reader"}},
};

#define SLIPS (sizeof slips / sizeof slips[0])
_Static_assert(SLIPS >= 30, "thirty slips");

static void each_slip_of_a_new_author_is_one_finding_on_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < SLIPS; i++) {
        char *text = planted_in(slips[i].file, &slips[i].row, 1);
        planted_told told = planted_check(text);
        planted_is_told(&slips[i].row, text, &told);
        for (unsigned f = 0; told.count != 1 && f < told.count; f++) {
            print_error("%s: %u %s %s\n", slips[i].row.to, told.list[f].line, told.list[f].key,
                        told.list[f].reason);
        }
        assert_int_equal(told.count, 1);
        free(text);
    }
}

/* What the two numbers of the bound say. */
static void a_report_of_more_periods_than_there_may_be_is_told_with_the_number(void **state)
{
    static const planted row = {"    last: 2015-Q4\n    due: {months_after: 1, day: 15}",
                                "    last: 2044-Q4\n    due: {months_after: 1, day: 15}",
                                "  - id: quarterly", "too_many"};
    (void)state;
    char *text = planted_in(BLACK, &row, 1);
    planted_told told = planted_check(text);
    planted_is_told(&row, text, &told);
    assert_non_null(strstr(told.list[0].reason, "120 or more, at most 119"));
    free(text);
}

/* Each of the two states is one that the case comes back to. */
static void a_case_that_agents_hand_round_for_ever_is_told(void **state)
{
    static const planted rows[] = {
        {"      - id: close\n",
         "      - id: back\n        zh: 退回\n        en: send back\n        kind: chain\n"
         "        automatic: {after: {days: 1}}\n        by: [opener]\n        from: [answered]\n"
         "        ways: [{to: referred, hands_to: regulator}]\n"
         "      - id: return_again\n        zh: 再退\n        en: send back again\n"
         "        kind: chain\n        automatic: {after: {hours: 0}}\n        by: [regulator]\n"
         "        from: [referred]\n        ways: [{to: answered, hands_to: opener}]\n"
         "      - id: close\n",
         "      - {id: referred,", "automatic_loop"},
    };
    (void)state;
    char *text = planted_in(EXAMPLE, rows, 1);
    planted_told told = planted_check(text);
    planted_is_told(&rows[0], text, &told);
    planted_is_told(&(planted){"", "", "      - {id: answered,", "automatic_loop"}, text, &told);
    assert_int_equal(told.count, 2);
    free(text);
}

/* Neither is wrong: what is for later, and what one name says in two places. */
static void what_is_not_used_yet_or_called_alike_elsewhere_is_no_fault(void **state)
{
    (void)state;
    static const planted changes[] = {
        {"codes:\n", "  - {id: spare, zh: 备用, en: spare}\n\ncodes:\n", NULL, NULL},
        {"      - {id: measure,",
         "      - {id: spare, zh: 备用, en: spare, type: text, group: shop}\n      - {id: measure,",
         NULL, NULL},
        {"zh: 地址, en: address", "zh: 店铺名称, en: address", NULL, NULL},
        {"        zh: 签收\n", "        zh: 移送\n", NULL, NULL},
    };
    char *text = planted_in_example(changes, sizeof changes / sizeof changes[0]);
    planted_is_sound(text);
    free(text);
}

static void of_a_field_that_no_action_sets_there_is_advice(void **state)
{
    (void)state;
    static const planted changes[] = {
        {"      - {id: measure,",
         "      - {id: spare, zh: 备用, en: spare, type: text, group: shop}\n      - {id: measure,",
         NULL, NULL},
        {"to: \"2015-12-31\"", "to: \"2016-03-31\"", NULL, NULL},
    };
    char *text = planted_in_example(changes, 1);
    planted_told told = planted_check(text);
    assert_int_equal(told.count, 0);
    assert_int_equal(told.advice, 1);
    unsigned line = 1;
    for (const char *c = text; c < strstr(text, "{id: spare"); c++) {
        line += *c == '\n';
    }
    assert_int_equal(told.advice_line, line);
    free(text);
    /* beside a fault there is none: it may follow from it */
    text = planted_in_example(changes, 2);
    told = planted_check(text);
    assert_int_equal(told.count, 1);
    assert_int_equal(told.advice, 0);
    free(text);
    /* the shipped campaigns have no such field */
    text = planted_in(BLACK, NULL, 0);
    assert_int_equal(planted_check(text).advice, 0);
    free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_slip_of_a_new_author_is_one_finding_on_its_line),
    cmocka_unit_test(what_is_not_used_yet_or_called_alike_elsewhere_is_no_fault),
    cmocka_unit_test(of_a_field_that_no_action_sets_there_is_advice),
    cmocka_unit_test(a_case_that_agents_hand_round_for_ever_is_told),
    cmocka_unit_test(a_report_of_more_periods_than_there_may_be_is_told_with_the_number),
};

TB_RUN("agents/load_slips", tests)
