/* Counted figures, score sheets, lapses as measures and wholes against parts in a campaign
 * document: what is right has no fault, and every fault is told where it stands. */
#include "tests/agents/planted.h"

/* Joined, for a string of its own may not be so long. */
static char small[8192];

static const char head[] =
    "campaign: small\n"
    "version: 1\n"
    "zh: 小\n"
    "en: small\n"
    "from: \"2015-01-01\"\n"
    "to: \"2015-12-31\"\n"
    "roles:\n"
    "  - {id: clerk, zh: 甲, en: clerk, by_jurisdiction: true}\n"
    "  - {id: group, zh: 集团, en: group}\n"
    "  - {id: head, zh: 总, en: head}\n"
    "codes:\n"
    "  - id: late_duties\n"
    "    choices:\n"
    "      - {id: answers, zh: 答复, en: answer}\n"
    "measures:\n"
    "  - {id: replied, zh: 答数, en: replied, unit: {zh: 件, en: cases}, case_type: thing,\n"
    "     counts: [reply], at: opener, by: [whom]}\n"
    "  - {id: time, zh: 用时, en: time, unit: {zh: 小时, en: hours}, case_type: thing,\n"
    "     hours: {from: ask, to: reply, stat: median}}\n"
    "  - {id: late, zh: 超期, en: late, unit: {zh: 次, en: times}, case_type: thing,\n"
    "     lapses: [answers]}\n"
    "  - {id: late_scoring, zh: 计分超期, en: late and scoring, unit: {zh: 次, en: times}, "
    "case_type: thing,\n"
    "     lapses: [answers], scoring: true}\n"
    "  - {id: rate, zh: 填报率, en: rate, unit: {zh: '%', en: '%'}, declared: ratio}\n"
    "  - {id: cards, zh: 填报数, en: cards, unit: {zh: 张, en: cards}, declared: number}\n"
    "reports:\n"
    "  - id: quarterly\n"
    "    zh: 季报\n"
    "    en: quarterly\n"
    "    case_type: paper\n"
    "    owed_by: [clerk, group]\n"
    "    to: head\n"
    "    every: quarter\n"
    "    first: 2015-Q1\n"
    "    last: 2015-Q4\n"
    "    due: {months_after: 1, day: 15}\n"
    "    measures: [replied, time, late, rate, cards]\n"
    "    reconciles:\n"
    "      - {id: cards, zh: 核对, en: cards, sent: cards, received: replied, whole_role: group,\n"
    "         parts_role: clerk, settled_by: explain}\n"
    "case_types:\n"
    "  - id: thing\n"
    "    zh: 事\n"
    "    en: thing\n"
    "    fields:\n"
    "      - {id: whom, zh: 谁, en: whom, type: party}\n"
    "      - {id: lapsed_duty, zh: 事项, en: duty, type: choice, choices: late_duties}\n"
    "      - {id: lapsed_due, zh: 期限, en: due, type: time}\n"
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
    "        fields: [{field: whom, required: true}]\n"
    "      - id: reply\n"
    "        zh: 答\n"
    "        en: reply\n"
    "        kind: chain\n"
    "        by: [head]\n"
    "        from: [open]\n"
    "        ways: [{to: done}]\n"
    "        copies: [opener]\n"
    "      - id: lapse\n"
    "        zh: 超期\n"
    "        en: lapse\n"
    "        kind: side\n"
    "        by: [opener]\n"
    "        copies: [head]\n"
    "        fields: [{field: lapsed_duty, required: true}, {field: lapsed_due, required: true}]\n"
    "    duties:\n"
    "      - {id: answers, zh: 答复, en: answer, owed_by: head, to: opener, from: ask,\n"
    "         until: [reply], days: 5, basis_zh: 第一条, basis_en: clause 1, lapse: lapse}\n";

static const char sheet[] =
    "  - id: sheet\n"
    "    zh: 评估\n"
    "    en: evaluation\n"
    "    fields:\n"
    "      - {id: whom, zh: 谁, en: whom, type: party}\n"
    "      - {id: period, zh: 期, en: period, type: period}\n"
    "      - {id: answered, zh: 答数, en: answered, type: count, compute: measure,\n"
    "         measure: replied, about: whom, over: period}\n"
    "      - {id: late, zh: 超期, en: late, type: count, compute: measure, measure: late,\n"
    "         about: whom, over: period}\n"
    "      - {id: scoring, zh: 计分, en: scoring, type: count, compute: measure,\n"
    "         measure: late_scoring, about: whom, over: period}\n"
    "      - {id: rate, zh: 率, en: rate, type: declared, compute: measure, measure: rate,\n"
    "         filed_in: quarterly, about: whom, over: period}\n"
    "    positions:\n"
    "      - {id: opener, zh: 甲, en: opener, kind: opener}\n"
    "    states:\n"
    "      - {id: stated, zh: 提出, en: stated, initial: true}\n"
    "      - {id: closed, zh: 完, en: closed, closed: true}\n"
    "    actions:\n"
    "      - id: state\n"
    "        zh: 提出\n"
    "        en: state\n"
    "        kind: open\n"
    "        by: [clerk]\n"
    "        ways: [{to: stated, hands_to: opener}]\n"
    "        fields: [{field: whom, required: true}, {field: period, required: true},\n"
    "                 {field: answered}, {field: late}, {field: scoring}, {field: rate}]\n"
    "      - id: close\n"
    "        zh: 结\n"
    "        en: close\n"
    "        kind: chain\n"
    "        by: [opener]\n"
    "        from: [stated]\n"
    "        ways: [{to: closed}]\n"
    "        copies: [opener]\n"
    "    scores:\n"
    "      - {id: late, zh: 超期, en: late, of: late}\n"
    "      - {id: share, zh: 超期率, en: share, of: scoring, to: answered,\n"
    "         at_most: {numerator: 1, denominator: 10}}\n"
    "      - {id: rate, zh: 率, en: rate, of: rate, at_least: {numerator: 9, denominator: 10}}\n";

static const char paper[] =
    "  - id: paper\n"
    "    zh: 报\n"
    "    en: paper\n"
    "    groups:\n"
    "      - {id: contents, zh: 内容, en: contents, readers: [reporter, head]}\n"
    "    fields:\n"
    "      - {id: period, zh: 期, en: period, type: period, index: true}\n"
    "      - {id: figures, zh: 数, en: figures, type: figures, compute: figures, group: contents}\n"
    "      - {id: rate, zh: 率, en: rate, type: declared, group: contents}\n"
    "      - {id: cards, zh: 张, en: cards, type: declared, group: contents}\n"
    "      - {id: why, zh: 说明, en: why, type: text, group: contents}\n"
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
    "        by: [clerk, group]\n"
    "        ways: [{to: filed, hands_to: head}]\n"
    "        fields: [{field: period, required: true}, {field: figures, required: true},\n"
    "                 {field: rate}, {field: cards}]\n"
    "      - id: accept\n"
    "        zh: 接收\n"
    "        en: accept\n"
    "        kind: chain\n"
    "        by: [head]\n"
    "        from: [filed]\n"
    "        ways: [{to: accepted}]\n"
    "        copies: [reporter]\n"
    "      - id: explain\n"
    "        zh: 说明\n"
    "        en: explain\n"
    "        kind: side\n"
    "        by: [reporter, head]\n"
    "        copies: [reporter, head]\n"
    "        fields: [{field: why, required: true}]\n";

static const planted rows[] = {
    /* lapses as a measure */
    {"     lapses: [answers]}", "     lapses: [answering]}", NULL, "lapses_duty"},
    {"     lapses: [answers]}", "     lapses: [answers], by: [whom]}", NULL, "measure_useless"},
    {"     lapses: [answers]}", "     lapses: [answers], counts: [reply]}", "  - {id: late,",
     "measure_form"},
    {"counts: [reply], at: opener", "counts: [reply], scoring: true, at: opener", NULL,
     "measure_useless"},
    /* figures */
    {"         measure: replied, about", "         measure: relied, about", NULL,
     "measure_unknown"},
    {"         measure: replied, about", "         measure: time, about", NULL, "figure_measure"},
    {"         measure: replied, about", "         measure: cards, about", NULL, "figure_measure"},
    {"measure: replied, about: whom, over: period", "measure: replied, about: whom",
     "{id: answered, zh", "figure_over"},
    {"measure: replied, about: whom, over: period", "measure: replied, about: whom, over: whom",
     NULL, "figure_over"},
    {"measure: replied, about: whom, over: period", "measure: replied, about: period, over: period",
     NULL, "figure_about"},
    {"measure: replied, about: whom, over: period",
     "measure: replied, about: whom, over: period, so_far: true", NULL, "figure_useless"},
    {"filed_in: quarterly, about", "filed_in: monthly, about", NULL, "figure_report"},
    {"{id: rate, zh: 率, en: rate, type: declared, compute",
     "{id: rate, zh: 率, en: rate, type: count, compute", NULL, "computed_type"},
    {"{id: answered, zh: 答数, en: answered, type: count, compute: measure,",
     "{id: answered, zh: 答数, en: answered, type: count,", "         measure: replied, about",
     "figure_useless"},
    {"{field: answered}, {field: late}", "{field: late}", "{id: answered, zh", "figure_apart"},
    /* score sheets */
    {"of: late}", "of: whom}", NULL, "score_field"},
    {"en: late, of: late}", "en: late, of: late, at_most: {numerator: 0, denominator: 1}}", NULL,
     "score_defaults"},
    {"numerator: 1, denominator: 10}}", "numerator: 1, denominator: 0}}", "- {id: share",
     "score_threshold"},
    {"of: rate, at_least: {numerator: 9, denominator: 10}}",
     "of: rate, at_least: {numerator: 9, denominator: 10}, at_most: {numerator: 1, denominator: "
     "1}}",
     NULL, "score_threshold"},
    {"of: rate, at_least", "of: rate, to: answered, at_least", NULL, "score_ratio"},
    {"- {id: share, zh: 超期率,", "- {id: share,", NULL, "no_zh"},
    /* a whole against its parts */
    {"whole_role: group,\n         parts_role: clerk", "whole_role: group", "{id: cards, zh: 核对",
     "reconcile_roles"},
    {"parts_role: clerk", "parts_role: group", NULL, "reconcile_roles"},
    {"parts_role: clerk", "parts_role: head", NULL, "reconcile_role"},
    {"whole_role: group", "whole_role: bunch", NULL, "role_unknown"},
    {"received: replied, whole", "received: time, whole", NULL, "reconcile_sum"},
    {"received: replied, whole", "received: rate, whole", NULL, "reconcile_ratio"},
    {"settled_by: explain}", "settled_by: accept}", NULL, "reconcile_settle"},
};

static int join(void **state)
{
    (void)state;
    assert_true(sizeof head + sizeof sheet + sizeof paper < sizeof small);
    strcpy(small, head);
    strcat(small, sheet);
    strcat(small, paper);
    return 0;
}

static void figures_scores_and_wholes_that_are_right_have_no_fault(void **state)
{
    (void)state;
    planted_is_sound(small);
}

static void each_fault_of_a_figure_a_score_or_a_whole_is_told_on_its_line(void **state)
{
    (void)state;
    planted_each_is_told(small, rows, sizeof rows / sizeof rows[0]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(figures_scores_and_wholes_that_are_right_have_no_fault, join),
    cmocka_unit_test_setup(each_fault_of_a_figure_a_score_or_a_whole_is_told_on_its_line, join),
};

TB_RUN("load figure", tests)
