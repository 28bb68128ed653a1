/* Faults of parameters, stages, dates, look-ups and rules of fields: each with its line. */
#include "tests/agents/planted.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/campaign/load_parameters.h"

#define PARAMETERS                                                                                 \
    "tables: [calendar]\n"                                                                         \
    "parameters:\n"                                                                                \
    "  - {id: year, zh: 年份, en: year, type: year, value: \"2015\"}\n"                          \
    "stages:\n"                                                                                    \
    "  - {id: check, zh: 排查, en: check, from: \"${year}-02-01\", to: \"${year}-08-31\"}\n"
#define LOOKUPS                                                                                    \
    "lookups:\n"                                                                                   \
    "  - id: whose\n"                                                                              \
    "    choices: findings\n"                                                                      \
    "    rows:\n"                                                                                  \
    "      - {value: unlicensed, role: headquarters}\n"                                            \
    "      - {value: licensed, position: opener}\n"                                                \
    "      - {value: not_found, role: headquarters}\n"
#define LOOKED_UP                                                                                  \
    "    positions:\n"                                                                             \
    "      - {id: whose, zh: 谁, en: whose, kind: looked-up, lookup: whose, field: finding}\n"

/* One fault alone, planted in the example with what it needs to be there. */
static void assert_told_with(const planted *rows, size_t count)
{
    char *text = planted_in_example(rows, count);
    planted_told told = planted_check(text);
    planted_is_told(&rows[count - 1], text, &told);
    assert_int_equal(told.count, 1);
    free(text);
}

static void assert_none(const planted *rows, size_t count)
{
    char *text = planted_in_example(rows, count);
    planted_told told = planted_check(text);
    if (told.count > 0) {
        fail_msg("%u %s %s", told.list[0].line, told.list[0].key, told.list[0].reason);
    }
    free(text);
}

static void what_is_right_has_no_finding(void **state)
{
    (void)state;
    static const planted rows[] = {
        {"tables: [calendar]\n", PARAMETERS, NULL, ""},
        {"case_types:\n", LOOKUPS "case_types:\n", NULL, ""},
        {"    positions:\n", LOOKED_UP, NULL, ""},
        {"from: [taken]\n", "from: [taken]\n        stages: [check]\n        outside: late\n", NULL,
         ""},
        {"days: 15", "stage: check", NULL, ""},
        {"working_days: 1", "quarterly: {month: 1, day: 15}", NULL, ""},
        {"en: address, type: text", "en: address, max_length: 20, type: text", NULL, ""},
    };
    assert_none(rows, sizeof rows / sizeof rows[0]);
}

static void each_fault_of_a_parameter_is_told(void **state)
{
    (void)state;
    static const planted rows[] = {
        {"tables: [calendar]\n",
         "tables: [calendar]\nparameters:\n  - {id: year, zh: 年份, en: year, type: year, value: "
         "\"20XX\"}\nstages:\n  - {id: s, zh: 段, en: s, from: \"${year}-02-01\", to: "
         "\"${year}-03-01\"}\n",
         "{id: year, zh", "parameter_value"},
        {"tables: [calendar]\n",
         "tables: [calendar]\nparameters: [{id: year, zh: 年份, en: year, type: year, value: "
         "\"2015\"}]\n",
         "parameters: [", "parameter_unused"},
        {"en: Leads on unlicensed shops (example)", "en: Leads of ${yaer}", NULL,
         "parameter_unknown"},
        {"en: Leads on unlicensed shops (example)", "en: Leads of 20XX", NULL, "placeholder"},
        {"tables: [calendar]\n",
         "tables: [calendar]\nparameters:\n  - {id: year, en: year, type: year, value: \"2015\"}\n"
         "stages:\n  - {id: s, zh: 段, en: s, from: \"${year}-02-01\", to: \"${year}-03-01\"}\n",
         "{id: year, en", "no_zh"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (i == 0) {
            char *text = planted_in_example(&rows[i], 1);
            planted_told told = planted_check(text);
            planted_is_told(&rows[i], text, &told);
            free(text); /* the year stands in for itself: 2000 is outside the campaign of 2015 */
            continue;
        }
        assert_told_with(&rows[i], 1);
    }
}

static void each_fault_of_a_stage_is_told(void **state)
{
    (void)state;
    static const planted rows[] = {
        {"tables: [calendar]\n",
         "tables: [calendar]\nstages:\n  - {id: s, zh: 段, en: s, from: \"2015-02-30\", to: "
         "\"2015-03-01\"}\n",
         "{id: s", "not_a_day"},
        {"tables: [calendar]\n",
         "tables: [calendar]\nstages:\n  - {id: s, zh: 段, en: s, from: \"2015-03-02\", to: "
         "\"2015-03-01\"}\n",
         "{id: s", "from_after_to"},
        {"tables: [calendar]\n",
         "tables: [calendar]\nstages:\n  - {id: s, zh: 段, en: s, from: \"2015-12-01\", to: "
         "\"2016-01-01\"}\n",
         "{id: s", "stage_outside"},
        {"tables: [calendar]\n",
         "tables: [calendar]\nstages:\n  - {id: s, zh: 段, en: s, from: \"2015-02-01\", to: "
         "\"2015-03-01\"}\n  - {id: s, zh: 再, en: again, from: \"2015-04-01\", to: "
         "\"2015-05-01\"}\n",
         "{id: s, zh: 再", "id_twice"},
        {"tables: [calendar]\n",
         "tables: [calendar]\nstages:\n  - {id: s, zh: 段, en: s, from: \"2015-02-01\", to: "
         "\"2015-03-01\", counts_until: \"2015-03-02\"}\n",
         "{id: s", "counts_until"},
        {"tables: [calendar]\n", "tables: [calendar]\ncounts_until: \"2014-12-31\"\n",
         "counts_until", "counts_until"},
        {"from: [taken]\n", "from: [taken]\n        stages: [check]\n", "stages: [check]",
         "stage_unknown"},
        {"from: [taken]\n", "from: [taken]\n        outside: late\n", "outside: late",
         "outside_useless"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_told_with(&rows[i], 1);
    }
}

static void each_fault_of_a_condition_on_time_is_told(void **state)
{
    (void)state;
#define WHEN(condition) "from: [taken]\n        when: [{" condition ", zh: 否, en: no}]\n"
    static const planted rows[] = {
        {"from: [taken]\n", WHEN("test: since"), "test: since", "test_incomplete"},
        {"from: [taken]\n", WHEN("test: before, date: \"2015-13-01\""), "test: before",
         "not_a_day"},
        {"from: [taken]\n", WHEN("test: since, date: \"2015-02-01\", field: finding"),
         "test: since", "time_field"},
        {"from: [taken]\n", WHEN("test: within-campaign, field: name"), "test: within",
         "field_sealed"},
        {"from: [taken]\n", WHEN("test: in-stage, values: [check]"), "test: in-stage",
         "stage_unknown"},
        {"from: [taken]\n", WHEN("test: outside-stage"), "test: outside", "test_incomplete"},
        {"from: [taken]\n",
         "from: [taken]\n        when:\n          - {test: since, date: \"2015-05-01\", zh: 否, "
         "en: "
         "no}\n          - {test: before, date: \"2015-05-01\", zh: 否, en: no}\n",
         "{test: before", "contradiction"},
    };
#undef WHEN
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_told_with(&rows[i], 1);
    }
}

static void each_fault_of_a_limit_that_names_a_day_is_told(void **state)
{
    (void)state;
    static const planted alone[] = {
        {"days: 15", "due_date: \"2015-02-29\"", NULL, "not_a_day"},
        {"days: 15", "days: 15, due_date: \"2015-03-01\"", NULL, "limit"},
        {"days: 15", "due_date: \"2014-12-31\"", NULL, "due_before"},
        {"days: 15", "stage: nowhere", NULL, "stage_unknown"},
        {"days: 15", "monthly: {day: 32}", NULL, "due_day"},
        {"days: 15", "quarterly: {month: 4, day: 1}", NULL, "due_day"},
        {"days: 15", "quarterly: {day: 1}", NULL, "key_missing"},
        {"days: 15", "days: 15, when: [{test: actor-holds, zh: 否, en: no}]", NULL, "duty_test"},
        {"days: 15", "days: 15, when: [{test: is, field: finding, values: [gone], zh: 否, en: no}]",
         NULL, "not_a_choice"},
    };
    static const planted before[] = {
        {"tables: [calendar]\n", PARAMETERS, NULL, ""},
        {"from: [taken]\n", "from: [taken]\n        stages: [check]\n", NULL, ""},
        {"days: 15", "due_date: \"2015-01-31\"", NULL, "due_before"},
    };
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        assert_told_with(&alone[i], 1);
    }
    assert_told_with(before, sizeof before / sizeof before[0]);
}

static void each_fault_of_a_look_up_is_told(void **state)
{
    (void)state;
    static const struct {
        planted lookups;
        planted position;
        const char *at;
        const char *key;
    } rows[] = {
        {{"case_types:\n", LOOKUPS "case_types:\n", NULL, ""},
         {"    positions:\n",
          "    positions:\n      - {id: whose, zh: 谁, en: whose, kind: looked-up, lookup: who, "
          "field: finding}\n",
          NULL, ""},
         "{id: whose, zh",
         "lookup_unknown"},
        {{"case_types:\n", LOOKUPS "case_types:\n", NULL, ""},
         {"    positions:\n",
          "    positions:\n      - {id: whose, zh: 谁, en: whose, kind: looked-up, field: "
          "finding}\n",
          NULL, ""},
         "{id: whose, zh",
         "lookup_missing"},
        {{"case_types:\n", LOOKUPS "case_types:\n", NULL, ""},
         {"    positions:\n",
          "    positions:\n      - {id: whose, zh: 谁, en: whose, kind: looked-up, lookup: whose, "
          "field: province}\n",
          NULL, ""},
         "{id: whose, zh",
         "lookup_field"},
        {{"case_types:\n",
          "lookups:\n  - id: whose\n    choices: findings\n    rows:\n      - {value: unlicensed, "
          "role: headquarters}\n      - {value: licensed, position: whose}\n      - {value: "
          "not_found, role: headquarters}\ncase_types:\n",
          NULL, ""},
         {"    positions:\n", LOOKED_UP, NULL, ""},
         "position: whose",
         "lookup_nested"},
        {{"case_types:\n",
          "lookups:\n  - id: whose\n    choices: findings\n    rows:\n      - {value: unlicensed, "
          "role: headquarters}\n      - {value: licensed, role: headquarters}\ncase_types:\n",
          NULL, ""},
         {"    positions:\n", LOOKED_UP, NULL, ""},
         "  - id: whose",
         "lookup_no_row"},
        {{"case_types:\n",
          "lookups:\n  - id: whose\n    choices: findings\n    rows:\n      - {value: unlicensed, "
          "role: market}\n      - {value: licensed, role: headquarters}\n      - {value: "
          "not_found, role: headquarters}\ncase_types:\n",
          NULL, ""},
         {"    positions:\n", LOOKED_UP, NULL, ""},
         "role: market}\n      - {value: licensed",
         "lookup_role"},
        {{"case_types:\n",
          "lookups:\n  - id: whose\n    choices: findings\n    rows:\n      - {value: "
          "unlicensed}\n      - {value: licensed, role: headquarters}\n      - {value: not_found, "
          "role: headquarters}\ncase_types:\n",
          NULL, ""},
         {"    positions:\n", LOOKED_UP, NULL, ""},
         "{value: unlicensed}",
         "lookup_row"},
        {{"case_types:\n",
          "lookups:\n  - id: whose\n    choices: findings\n    rows:\n      - {value: unlicensed, "
          "role: police}\n      - {value: licensed, role: headquarters}\n      - {value: "
          "not_found, role: headquarters}\ncase_types:\n",
          NULL, ""},
         {"    positions:\n", LOOKED_UP, NULL, ""},
         "role: police",
         "role_unknown"},
        {{"case_types:\n", LOOKUPS "      - {value: gone, role: headquarters}\ncase_types:\n", NULL,
          ""},
         {"    positions:\n", LOOKED_UP, NULL, ""},
         "{value: gone",
         "lookup_value"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        planted both[] = {rows[i].lookups, rows[i].position};
        planted wanted = {"", "", rows[i].at, rows[i].key};
        char *text = planted_in_example(both, 2);
        planted_told told = planted_check(text);
        planted_is_told(&wanted, text, &told);
        assert_int_equal(told.count, 1);
        free(text);
    }
}

static void a_case_is_not_handed_to_whom_a_table_cannot_name_yet(void **state)
{
    (void)state;
    static const planted rows[] = {
        {"case_types:\n", LOOKUPS "case_types:\n", NULL, ""},
        {"    positions:\n", LOOKED_UP, NULL, ""},
        {"          - {to: referred, hands_to: regulator}\n",
         "          - {to: referred, hands_to: whose}\n", NULL, "no_recipient"},
        {"by: [regulator]\n        from: [referred]",
         "by: [whose, regulator]\n        from: [referred]", NULL, ""},
    };
    char *text = planted_in_example(rows, 4);
    planted_told told = planted_check(text);
    planted_is_told(&rows[2], text, &told);
    free(text);
}

static void each_fault_of_a_field_s_rules_is_told(void **state)
{
    (void)state;
    static const planted rows[] = {
        {"en: due, type: time", "en: due, max_length: 3, type: time", NULL, "rule_type"},
        {"en: due, type: time", "en: due, min: 3, type: time", NULL, "rule_type"},
        {"en: address, type: text", "en: address, max_length: 0, type: text", NULL, "rule_none"},
        {"en: due, type: time", "en: due, max: 3, type: time", NULL, "rule_type"},
        {"en: address, type: text", "en: address, not_future: true, type: text", NULL, "rule_type"},
        {"stream was held up to, type: count", "stream was held up to, min: 3, max: 2, type: count",
         NULL, "rule_range"},
        {"stream was held up to, type: count", "stream was held up to, at_most: name, type: count",
         NULL, "rule_total"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_told_with(&rows[i], 1);
    }
}

/* ---- putting parameters in ---- */

static const char written[] =
    "campaign: p\n"
    "parameters:\n"
    "  - {id: year, zh: 年份, en: year, type: year, value: \"2015\"} # of the plan\n"
    "  - {id: town, zh: 镇, en: town, type: text, value: 河口镇}\n"
    "zh: ${town}${year}年\n"
    "en: {a: ${year}, b: ${other}}\n";

static void parameters_are_put_in_wherever_they_are_named_and_no_line_moves(void **state)
{
    (void)state;
    tb_pool pool = {NULL, false};
    tb_bytes filled = tb_parameters_fill(tb_bytes_str(written), &pool);
    char text[512] = "";
    assert_true(filled.size < sizeof text);
    memcpy(text, filled.data, filled.size);
    assert_non_null(strstr(text, "\nzh: 河口镇2015年\nen: {a: 2015, b: ${other}}\n"));
    tb_pool_free(&pool);
}

static void a_small_document_is_not_made_a_large_one(void **state)
{
    (void)state;
    static const char head[] = "parameters: [{id: t, zh: 文, en: t, type: text, value: "
                               "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]\n";
    size_t places = TB_DOCUMENT_BYTES_MAX / 60 + 1;
    size_t size = sizeof head - 1 + 4 * places;
    char *text = malloc(size);
    assert_non_null(text);
    memcpy(text, head, sizeof head - 1);
    for (size_t i = 0; i < places; i++) {
        memcpy(text + sizeof head - 1 + 4 * i, "${t}", 4);
    }
    tb_pool pool = {NULL, false};
    tb_bytes filled = tb_parameters_fill(tb_bytes_of((uint8_t *)text, size), &pool);
    assert_int_equal(filled.size, size);
    filled = tb_parameters_fill(tb_bytes_of((uint8_t *)text, size - 400), &pool);
    assert_in_range(filled.size, size, TB_DOCUMENT_BYTES_MAX);
    tb_pool_free(&pool);
    free(text);
}

static void another_value_changes_that_value_alone(void **state)
{
    (void)state;
    tb_pool pool = {NULL, false};
    tb_bytes text = tb_bytes_str(written);
    assert_ok(tb_parameters_set(text, tb_bytes_str("town"), tb_bytes_str("城关镇"), &pool, &text));
    assert_ok(tb_parameters_set(text, tb_bytes_str("year"), tb_bytes_str("2019"), &pool, &text));
    static const char wanted[] =
        "campaign: p\n"
        "parameters:\n"
        "  - {id: year, zh: 年份, en: year, type: year, value: \"2019\"} # of the plan\n"
        "  - {id: town, zh: 镇, en: town, type: text, value: \"城关镇\"}\n"
        "zh: ${town}${year}年\n"
        "en: {a: ${year}, b: ${other}}\n";
    assert_int_equal(text.size, sizeof wanted - 1);
    assert_memory_equal(text.data, wanted, text.size);
    tb_pool_free(&pool);
}

static void a_value_that_does_not_fit_is_not_set(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"year", "20XX"}, {"year", "19"},  {"town", "a: b"}, {"town", "\"x"},
        {"town", "a\nb"}, {"town", "- x"}, {"town", "${x}"}, {"town", ""},
    };
    tb_pool pool = {NULL, false};
    tb_bytes out;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(tb_parameters_set(tb_bytes_str(written), tb_bytes_str(rows[i][0]),
                                           tb_bytes_str(rows[i][1]), &pool, &out),
                         TB_ERR_CORRUPT);
    }
    assert_int_equal(tb_parameters_set(tb_bytes_str(written), tb_bytes_str("month"),
                                       tb_bytes_str("1"), &pool, &out),
                     TB_ERR_NOT_FOUND);
    tb_pool_free(&pool);
}

static void every_cut_of_a_text_with_parameters_is_read_without_harm(void **state)
{
    (void)state;
    for (size_t size = 0; size <= sizeof written - 1; size++) {
        char *cut = malloc(size + 1); /* its own block: what is read beyond it is caught */
        assert_non_null(cut);
        memcpy(cut, written, size);
        tb_pool pool = {NULL, false};
        unsigned faults = 0;
        (void)tb_parameters_fill(tb_bytes_of((uint8_t *)cut, size), &pool);
        assert_ok(tb_campaign_check(tb_bytes_of((uint8_t *)cut, size), NULL, NULL, &faults));
        assert_true(faults > 0);
        tb_pool_free(&pool);
        free(cut);
    }
}

/* A campaign says which years it needs a calendar for, and what lies beyond them is told. */
static void what_lies_past_the_end_of_the_calendar_is_told(void **state)
{
    (void)state;
    static const planted rows[] = {
        {"calendar: [\"2015\"]", "calendar: [\"2014\"]", "from: \"2015-01-01\"", "calendar_short"},
        {"to: \"2015-12-31\"", "to: \"2016-03-31\"", NULL, "calendar_short"},
        {"calendar: [\"2015\"]", "calendar: [\"15\"]", NULL, "calendar_year"},
        {"calendar: [\"2015\"]", "", "tables: [calendar]", "calendar_unsaid"},
        {"calendar: [\"2015\"]", "calendar: []", "tables: [calendar]", "calendar_unsaid"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = planted_in_example(&rows[i], 1);
        planted_told told = planted_check(text);
        planted_is_told(&rows[i], text, &told);
        free(text);
    }
    static const planted stage[] = {
        {"to: \"2015-12-31\"", "to: \"2016-03-31\"", NULL, ""},
        {"tables: [calendar]\n",
         "tables: [calendar]\nstages:\n  - {id: s, zh: 段, en: s, from: \"2015-12-01\", to: "
         "\"2016-01-31\"}\n",
         "{id: s", "calendar_short"},
    };
    char *staged = planted_in_example(stage, 2);
    planted_told of_stage = planted_check(staged);
    planted_is_told(&stage[1], staged, &of_stage);
    free(staged);
    /* the fourth quarter's report is due in January */
    static const planted report = {"calendar: [\"2015\", \"2016\"]", "calendar: [\"2015\"]",
                                   "  - id: quarterly", "calendar_short"};
    char *text = planted_in("ops/campaigns/black-card.yaml", &report, 1);
    planted_told told = planted_check(text);
    planted_is_told(&report, text, &told);
    free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_lies_past_the_end_of_the_calendar_is_told),
    cmocka_unit_test(what_is_right_has_no_finding),
    cmocka_unit_test(each_fault_of_a_parameter_is_told),
    cmocka_unit_test(each_fault_of_a_stage_is_told),
    cmocka_unit_test(each_fault_of_a_condition_on_time_is_told),
    cmocka_unit_test(each_fault_of_a_limit_that_names_a_day_is_told),
    cmocka_unit_test(each_fault_of_a_look_up_is_told),
    cmocka_unit_test(a_case_is_not_handed_to_whom_a_table_cannot_name_yet),
    cmocka_unit_test(each_fault_of_a_field_s_rules_is_told),
    cmocka_unit_test(parameters_are_put_in_wherever_they_are_named_and_no_line_moves),
    cmocka_unit_test(a_small_document_is_not_made_a_large_one),
    cmocka_unit_test(another_value_changes_that_value_alone),
    cmocka_unit_test(a_value_that_does_not_fit_is_not_set),
    cmocka_unit_test(every_cut_of_a_text_with_parameters_is_read_without_harm),
};

TB_RUN("agents/load_stages", tests)
