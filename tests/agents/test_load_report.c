/* Measures and reports of a campaign document: what is right loads, and every fault is told where
 * it stands. */
#include "tests/agents/planted.h"

static const char small[] =
    "campaign: small\n"
    "version: 1\n"
    "zh: 小\n"
    "en: small\n"
    "from: \"2015-01-01\"\n"
    "to: \"2015-12-31\"\n"
    "roles:\n"
    "  - {id: clerk, zh: 甲, en: clerk, by_jurisdiction: true}\n"
    "  - {id: head, zh: 总, en: head}\n"
    "measures:\n"
    "  - {id: asked, zh: 问数, en: asked, unit: {zh: 件, en: cases}, case_type: thing,\n"
    "     counts: [ask], at: opener, distinct: secret, by: [place]}\n"
    "  - {id: replied, zh: 答数, en: replied, unit: {zh: 件, en: cases}, case_type: thing,\n"
    "     counts: [reply], when: [{test: known, field: place, zh: 无地, en: no place}],\n"
    "     by: [place]}\n"
    "  - {id: money, zh: 金额, en: money, unit: {zh: 元, en: yuan}, case_type: thing,\n"
    "     counts: [reply], sums: cost}\n"
    "  - {id: time, zh: 用时, en: time, unit: {zh: 小时, en: hours}, case_type: thing,\n"
    "     hours: {from: ask, to: reply, stat: median}}\n"
    "  - {id: share, zh: 比率, en: share, unit: {zh: '%', en: '%'},\n"
    "     ratio: {of: replied, to: asked}}\n"
    "  - {id: rate, zh: 填报率, en: rate, unit: {zh: '%', en: '%'}, declared: ratio}\n"
    "reports:\n"
    "  - id: quarterly\n"
    "    zh: 季报\n"
    "    en: quarterly\n"
    "    case_type: paper\n"
    "    owed_by: [clerk]\n"
    "    to: head\n"
    "    every: quarter\n"
    "    first: 2015-Q1\n"
    "    last: 2015-Q4\n"
    "    due: {months_after: 1, day: 15}\n"
    "    measures: [asked, replied, money, time, share, rate]\n"
    "    text: [words]\n"
    "    judged:\n"
    "      - {measure: rate, at_least: {numerator: 9, denominator: 10}, role: clerk,\n"
    "         as_of: \"2015-12-31\"}\n"
    "    reconciles: [{id: both, zh: 核对, en: both, sent: replied, received: replied}]\n"
    "case_types:\n"
    "  - id: thing\n"
    "    zh: 事\n"
    "    en: thing\n"
    "    groups:\n"
    "      - {id: sealed, zh: 密, en: sealed, readers: [opener]}\n"
    "    fields:\n"
    "      - {id: place, zh: 地, en: place, type: province, compute: jurisdiction}\n"
    "      - {id: secret, zh: 号, en: number, type: msisdn, group: sealed}\n"
    "      - {id: cost, zh: 额, en: cost, type: count}\n"
    "    positions:\n"
    "      - {id: opener, zh: 甲, en: opener, kind: opener}\n"
    "      - {id: head, zh: 总, en: head, kind: role, role: head}\n"
    "    states:\n"
    "      - {id: open, zh: 开, en: open, initial: true}\n"
    "      - {id: done, zh: 完, en: done, closed: true}\n"
    "    actions:\n"
    "      - id: ask\n"
    "        zh: 问\n"
    "        en: ask\n"
    "        kind: open\n"
    "        by: [clerk]\n"
    "        ways: [{to: open, hands_to: head}]\n"
    "        fields: [{field: place, required: true}, {field: secret, required: true}]\n"
    "      - id: reply\n"
    "        zh: 答\n"
    "        en: reply\n"
    "        kind: chain\n"
    "        by: [head]\n"
    "        from: [open]\n"
    "        ways: [{to: done}]\n"
    "        copies: [opener]\n"
    "        fields: [{field: cost}]\n"
    "      - id: note\n"
    "        zh: 注\n"
    "        en: note\n"
    "        kind: side\n"
    "        by: [opener]\n"
    "        copies: [head]\n"
    "  - id: paper\n"
    "    zh: 报\n"
    "    en: paper\n"
    "    groups:\n"
    "      - {id: contents, zh: 内容, en: contents, readers: [reporter, head]}\n"
    "    fields:\n"
    "      - {id: period, zh: 期, en: period, type: period, index: true}\n"
    "      - {id: figures, zh: 数, en: figures, type: figures, compute: figures, group: contents}\n"
    "      - {id: rate, zh: 率, en: rate, type: declared, group: contents}\n"
    "      - {id: words, zh: 文, en: words, type: text, group: contents}\n"
    "    positions:\n"
    "      - {id: reporter, zh: 甲, en: reporter, kind: opener}\n"
    "      - {id: head, zh: 总, en: head, kind: role, role: head}\n"
    "    states:\n"
    "      - {id: filed, zh: 报, en: filed, initial: true}\n"
    "      - {id: accepted, zh: 收, en: accepted, closed: true}\n"
    "    actions:\n"
    "      - id: file\n"
    "        zh: 报送\n"
    "        en: file\n"
    "        kind: open\n"
    "        by: [clerk]\n"
    "        ways: [{to: filed, hands_to: head}]\n"
    "        fields: [{field: period, required: true}, {field: figures, required: true}, {field: "
    "rate}, {field: words}]\n"
    "      - id: accept\n"
    "        zh: 接收\n"
    "        en: accept\n"
    "        kind: chain\n"
    "        by: [head]\n"
    "        from: [filed]\n"
    "        ways: [{to: accepted}]\n"
    "        copies: [reporter]\n";

/* A second report that puts the first together: what stands before case_types, and behind them. */
static const char summary[] = "  - id: whole\n"
                              "    zh: 汇总\n"
                              "    en: summary\n"
                              "    case_type: sum\n"
                              "    owed_by: [head]\n"
                              "    to: head\n"
                              "    summary_of: quarterly\n"
                              "    every: quarter\n"
                              "    first: 2015-Q1\n"
                              "    last: 2015-Q4\n"
                              "    due: {months_after: 1, day: 30}\n"
                              "    measures: [replied, rate]\n";
static const char summary_type[] =
    "  - id: sum\n"
    "    zh: 总\n"
    "    en: sum\n"
    "    fields:\n"
    "      - {id: period, zh: 期, en: period, type: period, index: true}\n"
    "      - {id: figures, zh: 数, en: figures, type: figures, compute: figures}\n"
    "    positions:\n"
    "      - {id: head, zh: 总, en: head, kind: opener}\n"
    "    states:\n"
    "      - {id: drawn, zh: 成, en: drawn, initial: true}\n"
    "      - {id: issued, zh: 发, en: issued, closed: true}\n"
    "    actions:\n"
    "      - id: file\n"
    "        zh: 汇\n"
    "        en: file\n"
    "        kind: open\n"
    "        by: [head]\n"
    "        ways: [{to: drawn, hands_to: head}]\n"
    "        fields: [{field: period, required: true}, {field: figures, required: true}]\n"
    "      - id: issue\n"
    "        zh: 发\n"
    "        en: issue\n"
    "        kind: chain\n"
    "        by: [head]\n"
    "        from: [drawn]\n"
    "        ways: [{to: issued}]\n";

/* Each planted alone, told on its own line. */
static const planted rows[] = {
    {"counts: [ask], at: opener", "counts: [ask], hours: {from: ask, to: reply, stat: max}",
     "- {id: asked,", "measure_form"},
    {"counts: [reply], sums: cost", "counts: [note], sums: cost", NULL, "measure_side"},
    {"case_type: thing,\n     counts: [ask]", "case_type: think,\n     counts: [ask]", NULL,
     "case_type_unknown"},
    {"counts: [ask], at", "counts: [asks], at", NULL, "action_unknown"},
    {"counts: [ask], at: opener", "counts: [ask], at: somebody", NULL, "position_unknown"},
    {"at: opener, distinct", "at: head, distinct", NULL, "measure_sealed"},
    {"distinct: secret", "distinct: secrets", NULL, "field_unknown"},
    {"by: [place]}", "by: [secret]}", NULL, "field_sealed"},
    {"{test: known, field: place", "{test: linked-done, field: secret", NULL, "measure_test"},
    {"sums: cost", "sums: place", NULL, "measure_sum"},
    {"from: ask, to: reply, stat", "from: asks, to: reply, stat", NULL, "action_unknown"},
    {"stat: median", "stat: mean", NULL, "not_word"},
    {"{of: replied, to: asked}", "{of: reply, to: asked}", NULL, "measure_unknown"},
    {"{of: replied, to: asked}", "{of: time, to: asked}", NULL, "measure_part"},
    {"'%'}, declared: ratio", "'%'}, declared: ratio, case_type: thing", NULL, "measure_useless"},
    {"en: asked, unit: {zh: 件, en: cases}", "en: asked, unit: {en: cases}", "- {id: asked,",
     "no_zh"},
    {"- {id: replied,", "- {id: asked,", "- {id: asked, zh: 答数", "id_twice"},
    {"    every: quarter\n", "", "  - id: quarterly", "report_rhythm"},
    {"first: 2015-Q1", "first: 2015-01", NULL, "report_period"},
    {"last: 2015-Q4", "last: 2014-Q4", NULL, "report_order"},
    {"due: {months_after: 1, day: 15}", "due: {day: 15}", NULL, "report_due"},
    {"due: {months_after: 1, day: 15}", "due: {months_after: 1, day: 32}", NULL, "report_due"},
    {"every: quarter\n    first: 2015-Q1\n    last: 2015-Q4\n    due: {months_after: 1, day: 15}",
     "dates: [\"2015-11-29\"]", NULL, "report_date_month"},
    {"every: quarter\n    first: 2015-Q1\n    last: 2015-Q4\n    due: {months_after: 1, day: 15}",
     "dates: [\"2015-11-31\"]", NULL, "not_a_day"},
    {"case_type: paper", "case_type: thing", "case_type: thing\n    owed_by", "report_file"},
    {"type: period, index: true", "type: period", "case_type: paper", "report_field"},
    {"{field: figures, required: true}, ", "", "case_type: paper", "report_field"},
    {"owed_by: [clerk]", "owed_by: [clerk, head]", NULL, "report_nobody"},
    {"owed_by: [clerk]", "owed_by: [clerks]", NULL, "role_unknown"},
    {"to: head\n    every", "to: heads\n    every", NULL, "role_unknown"},
    {"ways: [{to: accepted}]", "ways: [{to: filed}]", "case_type: paper", "report_state"},
    {"measures: [asked, replied", "measures: [asking, replied", NULL, "measure_unknown"},
    {"type: declared", "type: text", "measures: [asked,", "report_declared"},
    {"text: [words]", "text: [word]", NULL, "field_unknown"},
    {"- {measure: rate, at", "- {measure: asked, at", NULL, "judged_measure"},
    {"numerator: 9, denominator: 10", "numerator: 9, denominator: 0", NULL, "judged_threshold"},
    {"numerator: 9, denominator: 10", "numerator: 11, denominator: 10", NULL, "judged_threshold"},
    {"as_of: \"2015-12-31\"", "as_of: \"2015-12-32\"", NULL, "not_a_day"},
    {"sent: replied", "sent: money", NULL, "reconcile_measure"},
    {"received: replied", "received: asked", NULL, "reconcile_measure"},
    {"received: replied", "received: nothing", NULL, "reconcile_measure"},
    {"{id: both, zh: 核对,", "{id: both,", NULL, "no_zh"},
};

static const planted summary_rows[] = {
    {"summary_of: quarterly", "summary_of: monthly", NULL, "summary_of"},
    {"summary_of: quarterly", "summary_of: whole", NULL, "summary_of"},
    {"first: 2015-Q1\n    last: 2015-Q4\n    due: {months_after: 1, day: 30}",
     "first: 2015-Q2\n    last: 2015-Q4\n    due: {months_after: 1, day: 30}",
     "summary_of: quarterly", "summary_of"},
    {"measures: [asked, replied, money", "measures: [asked, money", "measures: [replied, rate]",
     "summary_measure"},
    {"due: {months_after: 1, day: 30}", "due: {months_after: 1, day: 14}", NULL, "summary_early"},
    {"    measures: [replied, rate]",
     "    measures: [replied, rate]\n    reconciles: [{id: b, zh: 对, en: b, sent: replied, "
     "received: replied}]",
     "  - id: whole", "summary_judged"},
};

static void a_campaign_with_measures_and_reports_has_no_fault(void **state)
{
    (void)state;
    planted_is_sound(small);
}

static void each_fault_of_a_measure_or_a_report_is_told_on_its_line(void **state)
{
    (void)state;
    planted_each_is_told(small, rows, sizeof rows / sizeof rows[0]);
}

static void each_fault_of_a_summary_is_told_on_its_line(void **state)
{
    (void)state;
    static char text[sizeof small + sizeof summary + sizeof summary_type];
    const char *types = strstr(small, "case_types:");
    assert_non_null(types);
    memcpy(text, small, (size_t)(types - small));
    strcat(text, summary);
    strcat(text, types);
    strcat(text, summary_type);
    planted_is_sound(text);
    planted_each_is_told(text, summary_rows, sizeof summary_rows / sizeof summary_rows[0]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_campaign_with_measures_and_reports_has_no_fault),
    cmocka_unit_test(each_fault_of_a_measure_or_a_report_is_told_on_its_line),
    cmocka_unit_test(each_fault_of_a_summary_is_told_on_its_line),
};

TB_RUN("load report", tests)
