/* Stages, dates, look-ups and rules of fields, judged in a small definition: by who acts and by who
 * receives alike. */
#include "tests/agents/judge_fixture.h"

#include "agents/campaign/lookup.h"
#include "agents/campaign/stages.h"

static const char definition[] =
    "campaign: small\n"
    "version: 1\n"
    "zh: 小\n"
    "en: small\n"
    "from: \"${year}-01-01\"\n"
    "to: \"${year}-12-31\"\n"
    "counts_until: \"2016-01-31\"\n"
    "parameters:\n"
    "  - {id: year, zh: 年份, en: year, type: year, value: \"2015\"}\n"
    "stages:\n"
    "  - {id: check, zh: 排查, en: check, from: \"${year}-07-16\", to: \"${year}-08-31\"}\n"
    "  - {id: mend, zh: 整改, en: mend, from: \"${year}-09-01\", to: \"${year}-10-30\", "
    "counts_until: \"${year}-10-15\"}\n"
    "roles:\n"
    "  - {id: clerk, zh: 员, en: clerk}\n"
    "  - {id: land, zh: 国土, en: land}\n"
    "  - {id: money, zh: 财政, en: money}\n"
    "codes:\n"
    "  - id: items\n"
    "    choices:\n"
    "      - {id: one, zh: 一, en: one}\n"
    "      - {id: two, zh: 二, en: two}\n"
    "      - {id: own, zh: 自, en: own}\n"
    "lookups:\n"
    "  - id: leads\n"
    "    choices: items\n"
    "    rows:\n"
    "      - {value: one, role: land}\n"
    "      - {value: two, role: land}\n"
    "      - {value: two, role: money}\n"
    "      - {value: two, role: land}\n"
    "      - {value: own, position: opener}\n"
    "case_types:\n"
    "  - id: thing\n"
    "    zh: 事\n"
    "    en: thing\n"
    "    fields:\n"
    "      - {id: item, zh: 项, en: item, type: choice, choices: items}\n"
    "      - {id: seen, zh: 见于, en: seen, type: time}\n"
    "      - {id: day, zh: 日, en: day, type: date, not_future: true}\n"
    "      - {id: part, zh: 部分, en: part, type: count, at_most: whole}\n"
    "      - {id: whole, zh: 全部, en: whole, type: count, min: 2, max: 10}\n"
    "      - {id: words, zh: 文字, en: words, type: text, group: words, max_length: 3}\n"
    "    groups:\n"
    "      - {id: words, zh: 文字, en: words, readers: [opener]}\n"
    "    positions:\n"
    "      - {id: opener, zh: 报, en: opener, kind: opener}\n"
    "      - {id: lead, zh: 牵头, en: lead, kind: looked-up, lookup: leads, field: item}\n"
    "    states:\n"
    "      - {id: open, zh: 开, en: open, initial: true}\n"
    "      - {id: led, zh: 办, en: led}\n"
    "      - {id: done, zh: 完, en: done, closed: true}\n"
    "    actions:\n"
    "      - id: begin\n"
    "        zh: 报\n"
    "        en: begin\n"
    "        kind: open\n"
    "        by: [clerk]\n"
    "        ways: [{to: open, hands_to: opener}]\n"
    "        fields: [{field: item, required: true}, {field: seen}, {field: day}, {field: part}, "
    "{field: whole}, {field: words}]\n"
    "      - id: pass\n"
    "        zh: 转\n"
    "        en: pass\n"
    "        kind: chain\n"
    "        by: [opener]\n"
    "        from: [open]\n"
    "        ways: [{to: led, hands_to: lead}]\n"
    "      - id: early\n"
    "        zh: 查\n"
    "        en: early\n"
    "        kind: chain\n"
    "        by: [opener]\n"
    "        from: [open]\n"
    "        stages: [check]\n"
    "        ways: [{to: open}]\n"
    "      - id: mend\n"
    "        zh: 改\n"
    "        en: mend\n"
    "        kind: chain\n"
    "        by: [opener]\n"
    "        from: [open]\n"
    "        stages: [check, mend]\n"
    "        outside: late\n"
    "        ways: [{to: open}]\n"
    "        fields: [{field: whole}, {field: part}]\n"
    "      - id: new_rule\n"
    "        zh: 新规\n"
    "        en: new rule\n"
    "        kind: chain\n"
    "        by: [opener]\n"
    "        from: [open]\n"
    "        when: [{test: since, date: \"${year}-02-01\", zh: 未施行, en: not in force}]\n"
    "        ways: [{to: open}]\n"
    "      - id: old_rule\n"
    "        zh: 旧规\n"
    "        en: old rule\n"
    "        kind: chain\n"
    "        by: [opener]\n"
    "        from: [open]\n"
    "        when: [{test: before, date: \"${year}-02-01\", field: seen, zh: 已废止, en: "
    "replaced}]\n"
    "        ways: [{to: open}]\n"
    "      - id: count\n"
    "        zh: 计\n"
    "        en: count\n"
    "        kind: chain\n"
    "        by: [opener]\n"
    "        from: [open]\n"
    "        when: [{test: within-campaign, field: seen, zh: 不在期限内, en: outside}]\n"
    "        ways: [{to: open}]\n"
    "      - id: staged\n"
    "        zh: 阶\n"
    "        en: staged\n"
    "        kind: chain\n"
    "        by: [opener]\n"
    "        from: [open]\n"
    "        when: [{test: in-stage, values: [check], field: day, zh: 不在阶段, en: not in it}]\n"
    "        ways: [{to: open}]\n"
    "      - id: unstaged\n"
    "        zh: 非阶\n"
    "        en: unstaged\n"
    "        kind: chain\n"
    "        by: [opener]\n"
    "        from: [open]\n"
    "        when: [{test: outside-stage, values: [check, mend], field: day, zh: 在阶段, en: in "
    "one}]\n"
    "        ways: [{to: open}]\n"
    "      - id: finish\n"
    "        zh: 完\n"
    "        en: finish\n"
    "        kind: chain\n"
    "        by: [lead, opener]\n"
    "        from: [led]\n"
    "        ways: [{to: done}]\n";

static const country_row parties[] = {
    {"clerk", "clerk", ""}, {"land", "land", ""}, {"money", "money", ""}};

static int setup(void **state)
{
    static country here;
    country_setup_text(&here, definition, parties, 3);
    country_time(&here, "2015-01-15");
    *state = &here;
    return 0;
}

static int teardown(void **state)
{
    country_teardown(*state);
    return 0;
}

static const tb_action *action_of(country *c, const char *id)
{
    const tb_action *action = tb_case_type_action(c->view.type, tb_bytes_str(id));
    assert_non_null(action);
    return action;
}

static tb_timing timing_at(country *c, const char *action, const char *time)
{
    country_time(c, time);
    return tb_action_timing(c->campaign, action_of(c, action), c->at);
}

static void the_definition_has_no_finding(void **state)
{
    (void)state;
    unsigned faults = 0;
    assert_ok(tb_campaign_check(tb_bytes_str(definition), NULL, NULL, &faults));
    assert_int_equal(faults, 0);
}

static void an_act_belongs_to_its_stage_from_its_first_midnight_to_its_last(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "clerk", "begin", "item=one"));
    country_time(c, "2015-07-15T23:59:59.999+08:00");
    assert_int_equal(attempt(c, "clerk", "early", ""), TB_REFUSED_STAGE);
    assert_true(detail_has(c, "check (2015-07-16 to 2015-08-31)"));
    country_time(c, "2015-07-16T00:00:00+08:00");
    assert_accepted(act(c, "clerk", "early", ""));
    country_time(c, "2015-08-31T23:59:59.999+08:00");
    assert_accepted(act(c, "clerk", "early", ""));
    country_time(c, "2015-09-01T00:00:00+08:00");
    assert_int_equal(attempt(c, "clerk", "early", ""), TB_REFUSED_STAGE);
}

static void who_receives_an_event_judges_it_by_the_time_it_states(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "clerk", "begin", "item=one"));
    country_time(c, "2015-08-31T12:00:00+08:00");
    assert_accepted(attempt(c, "clerk", "early", ""));
    tb_event event = event_of(c, "clerk", &c->ruling);
    country_time(c, "2016-05-01"); /* it arrives much later */
    assert_accepted(receive(c, &event));
    event.at = c->at;
    assert_int_equal(receive(c, &event), TB_REFUSED_STAGE);
}

static void outside_late_allows_what_comes_after_and_never_what_comes_before(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "clerk", "begin", "item=one"));
    country_time(c, "2015-07-15");
    assert_int_equal(attempt(c, "clerk", "mend", ""), TB_REFUSED_STAGE);
    country_time(c, "2015-10-31");
    assert_accepted(act(c, "clerk", "mend", ""));
    assert_int_equal(timing_at(c, "mend", "2015-07-15"), TB_TIMING_REFUSED);
    assert_int_equal(timing_at(c, "mend", "2015-08-31"), TB_TIMING_IN_STAGE);
    assert_int_equal(timing_at(c, "mend", "2015-10-31"), TB_TIMING_LATE);
    assert_int_equal(timing_at(c, "begin", "2015-10-31"), TB_TIMING_ANY);
}

static void an_extended_stage_is_worked_in_and_does_not_count(void **state)
{
    country *c = *state;
    assert_int_equal(timing_at(c, "mend", "2015-10-15T23:59:59.999+08:00"), TB_TIMING_IN_STAGE);
    assert_true(tb_time_counts(c->campaign, action_of(c, "mend"), c->at));
    assert_int_equal(timing_at(c, "mend", "2015-10-16T00:00:00+08:00"), TB_TIMING_UNCOUNTED);
    assert_false(tb_time_counts(c->campaign, action_of(c, "mend"), c->at));
    country_time(c, "2015-10-31"); /* late, and late counts */
    assert_true(tb_time_counts(c->campaign, action_of(c, "mend"), c->at));
}

static void the_campaign_itself_counts_until_a_day(void **state)
{
    country *c = *state;
    country_time(c, "2016-01-31T23:59:59.999+08:00");
    assert_true(tb_time_counts(c->campaign, action_of(c, "begin"), c->at));
    country_time(c, "2016-02-01T00:00:00+08:00");
    assert_false(tb_time_counts(c->campaign, action_of(c, "begin"), c->at));
}

static void a_rule_is_in_force_from_its_day_by_the_time_of_the_act(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "clerk", "begin", "item=one"));
    country_time(c, "2015-01-31T23:59:59+08:00");
    assert_int_equal(attempt(c, "clerk", "new_rule", ""), TB_REFUSED_CONDITION);
    assert_true(detail_has(c, "not in force"));
    country_time(c, "2015-02-01T00:00:00+08:00");
    assert_accepted(act(c, "clerk", "new_rule", ""));
}

static void a_rule_that_names_a_field_goes_by_the_time_in_it(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "clerk", "begin", "item=one|seen=2015-01-31T23:59:59+08:00"));
    country_time(c, "2015-06-01"); /* the act comes later: that does not matter */
    assert_accepted(act(c, "clerk", "old_rule", ""));
    country_forget(c);
    assert_accepted(act(c, "clerk", "begin", "item=one|seen=2015-02-01T00:00:00+08:00"));
    assert_int_equal(attempt(c, "clerk", "old_rule", ""), TB_REFUSED_CONDITION);
    country_forget(c);
    assert_accepted(act(c, "clerk", "begin", "item=one"));
    assert_int_equal(attempt(c, "clerk", "old_rule", ""), TB_REFUSED_CONDITION);
}

/* Scenario 17: both are told in China time, whatever the year is in UTC. */
static void scenario_17_a_time_lands_on_the_right_side_of_the_campaign_s_window(void **state)
{
    country *c = *state;
    static const struct {
        const char *begin;
        tb_refusal code;
    } rows[] = {
        {"item=one|seen=2014-12-31T23:30:00+08:00", TB_REFUSED_CONDITION},
        {"item=one|seen=2015-01-01T00:00:00+08:00", TB_ACCEPTED},
        {"item=one|seen=2015-01-01T00:30:00+08:00", TB_ACCEPTED}, /* still 2014 in UTC */
        {"item=one|seen=2015-12-31T23:59:59+08:00", TB_ACCEPTED},
        {"item=one|seen=2016-01-01T00:00:00+08:00", TB_REFUSED_CONDITION},
        {"item=one", TB_REFUSED_CONDITION},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        country_forget(c);
        country_time(c, "2016-03-01");
        assert_accepted(act(c, "clerk", "begin", rows[i].begin));
        assert_int_equal(attempt(c, "clerk", "count", ""), rows[i].code);
    }
}

static void a_date_is_in_a_stage_or_in_none(void **state)
{
    country *c = *state;
    country_time(c, "2015-12-01");
    assert_accepted(act(c, "clerk", "begin", "item=one|day=2015-08-31"));
    assert_accepted(attempt(c, "clerk", "staged", ""));
    assert_int_equal(attempt(c, "clerk", "unstaged", ""), TB_REFUSED_CONDITION);
    country_forget(c);
    assert_accepted(act(c, "clerk", "begin", "item=one|day=2015-10-31"));
    assert_int_equal(attempt(c, "clerk", "staged", ""), TB_REFUSED_CONDITION);
    assert_accepted(attempt(c, "clerk", "unstaged", ""));
    country_forget(c);
    assert_accepted(act(c, "clerk", "begin", "item=one"));
    assert_int_equal(attempt(c, "clerk", "unstaged", ""), TB_REFUSED_CONDITION);
}

static void the_table_says_whom_a_case_goes_to(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "clerk", "begin", "item=one"));
    assert_accepted(act(c, "clerk", "pass", ""));
    assert_string_equal(holder_of(c), "land");
    assert_accepted(act(c, "land", "finish", ""));
    country_forget(c);
    assert_accepted(act(c, "clerk", "begin", "item=own"));
    assert_accepted(act(c, "clerk", "pass", ""));
    assert_string_equal(holder_of(c), "clerk");
}

static void a_table_may_name_several_each_once_and_in_its_order(void **state)
{
    country *c = *state;
    tb_party list[4];
    const tb_position *lead = tb_case_type_position(c->view.type, tb_bytes_str("lead"));
    assert_int_equal(tb_lookup_parties(&c->view, &c->directory, lead, list, 4), 0);
    assert_accepted(act(c, "clerk", "begin", "item=two"));
    assert_int_equal(tb_lookup_parties(&c->view, &c->directory, lead, list, 4), 2);
    assert_string_equal(list[0].text, "land");
    assert_string_equal(list[1].text, "money");
    assert_int_equal(tb_lookup_parties(&c->view, &c->directory, lead, list, 1), 1);
}

static void a_role_nobody_plays_gets_no_case(void **state)
{
    country *c = *state;
    country_party(c, "land")->role = tb_bytes_str("other");
    assert_accepted(act(c, "clerk", "begin", "item=one"));
    assert_int_equal(attempt(c, "clerk", "pass", ""), TB_REFUSED_PARTY_OFF);
    assert_true(detail_has(c, "lead"));
}

static void what_a_field_asks_of_its_value_is_judged(void **state)
{
    country *c = *state;
    static const struct {
        const char *fields;
        tb_refusal code;
    } rows[] = {
        {"item=one|words=一二三", TB_ACCEPTED},
        {"item=one|words=一二三四", TB_REFUSED_TEXT_LONG},
        {"item=one|whole=2", TB_ACCEPTED},
        {"item=one|whole=1", TB_REFUSED_COUNT_RANGE},
        {"item=one|whole=10", TB_ACCEPTED},
        {"item=one|whole=11", TB_REFUSED_COUNT_RANGE},
        {"item=one|day=2015-01-15", TB_ACCEPTED}, /* today */
        {"item=one|day=2015-01-16", TB_REFUSED_FUTURE},
        {"item=one|part=5|whole=5", TB_ACCEPTED},
        {"item=one|part=6|whole=5", TB_REFUSED_ABOVE},
        {"item=one|part=6", TB_ACCEPTED}, /* the whole is not known yet */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        country_forget(c);
        assert_int_equal(attempt(c, "clerk", "begin", rows[i].fields), rows[i].code);
    }
}

static void a_whole_that_shrinks_below_its_part_is_refused_and_so_by_who_receives(void **state)
{
    country *c = *state;
    country_time(c, "2015-08-01");
    assert_accepted(act(c, "clerk", "begin", "item=one|part=6|whole=8"));
    assert_int_equal(attempt(c, "clerk", "mend", "whole=5"), TB_REFUSED_ABOVE);
    assert_accepted(attempt(c, "clerk", "mend", "whole=6"));
    tb_event event = event_of(c, "clerk", &c->ruling);
    assert_accepted(receive(c, &event));
    tb_field less = {tb_bytes_str("whole"), tb_bytes_str("5")};
    event.fields = &less;
    assert_int_equal(receive(c, &event), TB_REFUSED_ABOVE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_definition_has_no_finding),
    TEST(an_act_belongs_to_its_stage_from_its_first_midnight_to_its_last),
    TEST(who_receives_an_event_judges_it_by_the_time_it_states),
    TEST(outside_late_allows_what_comes_after_and_never_what_comes_before),
    TEST(an_extended_stage_is_worked_in_and_does_not_count),
    TEST(the_campaign_itself_counts_until_a_day),
    TEST(a_rule_is_in_force_from_its_day_by_the_time_of_the_act),
    TEST(a_rule_that_names_a_field_goes_by_the_time_in_it),
    TEST(scenario_17_a_time_lands_on_the_right_side_of_the_campaign_s_window),
    TEST(a_date_is_in_a_stage_or_in_none),
    TEST(the_table_says_whom_a_case_goes_to),
    TEST(a_table_may_name_several_each_once_and_in_its_order),
    TEST(a_role_nobody_plays_gets_no_case),
    TEST(what_a_field_asks_of_its_value_is_judged),
    TEST(a_whole_that_shrinks_below_its_part_is_refused_and_so_by_who_receives),
};

TB_RUN("agents/stages", tests)
