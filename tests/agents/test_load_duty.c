/* Duties of a campaign document: what is written is what is loaded, and every fault is told. */
#include "tests/test.h"

#include "agents/campaign/load.h"

#include <stdio.h>
#include <stdlib.h>

static const char small[] =
    "campaign: small\n"
    "version: 1\n"
    "zh: 小\n"
    "en: small\n"
    "from: \"2015-01-01\"\n"
    "to: \"2015-12-31\"\n"
    "tables: [calendar]\n"
    "roles:\n"
    "  - {id: clerk, zh: 甲, en: clerk}\n"
    "codes:\n"
    "  - id: duties\n"
    "    choices:\n"
    "      - {id: answer, zh: 答复, en: answer}\n"
    "  - id: reasons\n"
    "    choices:\n"
    "      - {id: overdue, zh: 超期, en: overdue}\n"
    "case_types:\n"
    "  - id: thing\n"
    "    zh: 事\n"
    "    en: thing\n"
    "    fields:\n"
    "      - {id: to, zh: 至, en: to, type: party}\n"
    "      - {id: why, zh: 因, en: why, type: choice, choices: reasons}\n"
    "      - {id: lapsed_duty, zh: 事项, en: duty, type: choice, choices: duties}\n"
    "      - {id: lapsed_due, zh: 期限, en: due, type: time}\n"
    "      - {id: lapsed_upto, zh: 至何号, en: up to, type: count}\n"
    "    positions:\n"
    "      - {id: opener, zh: 甲, en: opener, kind: opener}\n"
    "      - {id: to, zh: 乙, en: to, kind: field, field: to}\n"
    "    states:\n"
    "      - {id: open, zh: 开, en: open, initial: true}\n"
    "      - {id: done, zh: 完, en: done, closed: true}\n"
    "    actions:\n"
    "      - id: ask\n"
    "        zh: 问\n"
    "        en: ask\n"
    "        kind: open\n"
    "        by: [clerk]\n"
    "        ways: [{to: open, hands_to: to}]\n"
    "        fields: [{field: to, required: true}]\n"
    "      - id: reply\n"
    "        zh: 答\n"
    "        en: reply\n"
    "        kind: chain\n"
    "        by: [to, opener]\n"
    "        from: [open]\n"
    "        ways: [{to: done, hands_to: opener}]\n"
    "      - id: lapse\n"
    "        zh: 超期\n"
    "        en: lapse\n"
    "        kind: side\n"
    "        by: [opener]\n"
    "        fields: [{field: lapsed_duty, required: true}, {field: lapsed_due}, {field: "
    "lapsed_upto}]\n"
    "      - id: take\n"
    "        zh: 接管\n"
    "        en: take\n"
    "        kind: take-over\n"
    "        by: [opener]\n"
    "        from: [open]\n"
    "        when: [{test: lapsed, field: why, values: [overdue], zh: 未超期, en: no lapse}]\n"
    "        ways: [{to: open}]\n"
    "        fields: [{field: why, required: true}]\n"
    "    duties:\n"
    "      - {id: answer, zh: 答复, en: answer, owed_by: to, to: opener, from: ask, until: "
    "[reply], "
    "working_days: 1, default: true, lapse: lapse, ends_in: take}\n"
    "calendar: [\"2015\"]\n";

/* A copy with the first `from` in it replaced; free it. */
static char *with(const char *from, const char *to)
{
    char *text = malloc(sizeof small + strlen(to) + 1);
    assert_non_null(text);
    const char *at = strstr(small, from);
    assert_non_null(at);
    size_t head = (size_t)(at - small);
    memcpy(text, small, head);
    strcpy(text + head, to);
    strcat(text, at + strlen(from));
    return text;
}

typedef struct told {
    char all[4096];
    unsigned count;
} told;

static void tell(void *context, const tb_campaign_finding *finding)
{
    told *t = context;
    size_t used = strlen(t->all);
    assert_in_range(
        snprintf(t->all + used, sizeof t->all - used, "%u %s\n", finding->line, finding->reason.en),
        1, sizeof t->all - used);
    assert_true(finding->reason.zh[0] != '\0' && finding->remedy.zh[0] != '\0' &&
                finding->remedy.en[0] != '\0');
    t->count++;
}

static unsigned faults_of(const char *text, told *t)
{
    unsigned faults = 0;
    assert_ok(tb_campaign_check(tb_bytes_str(text), tell, t, &faults));
    return faults;
}

static tb_campaign_loaded *load(const char *text)
{
    char error[200] = "";
    tb_campaign_loaded *loaded = NULL;
    if (tb_campaign_load(tb_bytes_str(text), &loaded, error, sizeof error) != TB_OK) {
        fail_msg("%s", error);
    }
    return loaded;
}

static void what_is_written_is_what_is_loaded(void **state)
{
    (void)state;
    told t = {.count = 0};
    tb_campaign_loaded *loaded = load(small);
    assert_int_equal(faults_of(small, &t), 0);
    assert_string_equal(t.all, "");
    const tb_case_type *type = &tb_campaign_loaded_get(loaded)->case_types[0];
    assert_int_equal(type->duty_count, 1);
    const tb_duty_def *duty = &type->duties[0];
    assert_string_equal(duty->id, "answer");
    assert_string_equal(duty->owed_by, "to");
    assert_string_equal(duty->to, "opener");
    assert_string_equal(duty->from, "ask");
    assert_int_equal(duty->until_count, 1);
    assert_int_equal(duty->working_days, 1);
    assert_int_equal(duty->hours + duty->days + duty->grace_hours, 0);
    assert_true(duty->by_default);
    assert_string_equal(duty->lapse, "lapse");
    assert_string_equal(duty->ends_in, "take");
    tb_campaign_loaded_free(loaded);
}

static void a_limit_of_the_plan_has_its_basis(void **state)
{
    (void)state;
    char *text =
        with("working_days: 1, default: true", "hours: 24, basis_zh: 三(三)11, basis_en: 3.3.11");
    told t = {.count = 0};
    tb_campaign_loaded *loaded = load(text);
    assert_int_equal(faults_of(text, &t), 0);
    const tb_duty_def *duty = &tb_campaign_loaded_get(loaded)->case_types[0].duties[0];
    assert_false(duty->by_default);
    assert_string_equal(duty->basis.zh, "三(三)11");
    tb_campaign_loaded_free(loaded);
    free(text);
}

static void every_fault_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *fault;
    } rows[] = {
        {"zh: 答复, en: answer, owed_by", "en: answer, owed_by",
         "64 duty answer: the duty has no Chinese label"},
        {"owed_by: to", "owed_by: them", "duty answer: position 'them' is not declared"},
        {"to: opener, from", "to: them, from", "position 'them' is not declared"},
        {"from: ask", "from: sing", "from: action 'sing' is not declared"},
        {"from: ask", "from: lapse", "begins with 'lapse', a side event"},
        {"until: [reply]", "until: []", "nothing ends it (until)"},
        {"until: [reply]", "until: [sing]", "until: action 'sing' is not declared"},
        {"until: [reply]", "until: [take]", "ends with 'take', which is neither"},
        {"working_days: 1, ", "", "needs one limit"},
        {"working_days: 1, ", "working_days: 1, hours: 3, ", "needs one limit"},
        {"working_days: 1, ", "days: 3651, ", "has a limit of more than ten years"},
        {"working_days: 1, ", "hours: 87601, ", "has a limit of more than ten years"},
        {"tables: [calendar]\n", "",
         "63 duty answer: needs the table 'calendar', which the campaign does not name"},
        {"default: true, ", "", "is a default, or has a basis in the plan: say which"},
        {"default: true, ", "default: true, basis_zh: 三, basis_en: three, ", "say which"},
        {"default: true, ", "basis_zh: 三, ", "the basis has no English label"},
        {"lapse: lapse", "lapse: sing", "lapse: action 'sing' is not declared"},
        {"lapse: lapse", "lapse: reply", "its lapse 'reply' is not a side event"},
        {"        by: [opener]\n        fields: [{field: lapsed",
         "        by: [to]\n        fields: [{field: lapsed",
         "its lapse 'lapse' may not be recorded by its creditor 'opener'"},
        {"{field: lapsed_due}, ", "", "has no open field 'lapsed_due'"},
        {"en: due, type: time", "en: due, type: date", "has no open field 'lapsed_due'"},
        {"en: up to, type: count", "en: up to, type: date", "has no open field 'lapsed_upto'"},
        {"      - {id: answer, zh: 答复, en: answer}\n", "      - {id: other, zh: 他, en: other}\n",
         "is not a choice of field 'lapsed_duty'"},
        {"default: true, ",
         "basis_zh: 三, basis_en: three, adopted: {document_no: a1, from: 2015-06-01}, ",
         "is no default, and headquarters need not adopt it"},
        {"default: true, ", "default: true, adopted: {document_no: a1, from: 2015-06-31}, ",
         "adopted.from"},
        {"lapse: lapse", "lapse: lapse, redate: lapse", "has no open field 'redated_due'"},
        {"lapse: lapse", "lapse: lapse, redate: lapse", "has no open field 'redated_calendar'"},
        {"working_days: 1, ", "due_field: when, ", "'when' is no open field of type date"},
        {"working_days: 1, ", "due_field: to, ", "'to' is no open field of type date"},
        {"working_days: 1, ", "due_field: to, days: 1, ", "needs one limit"},
        {"        by: [opener]\n        fields: [{field: lapsed",
         "        by: [opener]\n        supervises: [to]\n        fields: [{field: lapsed",
         "supervises, and has no open field 'supervised' of type party"},
        {"        by: [opener]\n        fields: [{field: lapsed",
         "        by: [opener]\n        supervises: [to]\n        fields: [{field: lapsed",
         "supervises, and has no open field 'report_by' of type date"},
        {"        by: [opener]\n        fields: [{field: lapsed",
         "        by: [opener]\n        supervises: [to]\n        fields: [{field: lapsed",
         "supervises, and no duty begins with it"},
        {"        from: [open]\n        ways: [{to: done, hands_to: opener}]",
         "        from: [open]\n        supervises: [to]\n        ways: [{to: done, hands_to: "
         "opener}]",
         "only a side event supervises"},
        {"lapse: lapse", "lapse: lapse, remind: {act: sing, hours: 1}",
         "remind: action 'sing' is not declared"},
        {"lapse: lapse", "lapse: lapse, remind: {act: reply, hours: 1}",
         "its remind 'reply' is not a side event"},
        {"lapse: lapse", "lapse: lapse, remind: {act: lapse, hours: 1}",
         "'lapse' would say two different things of the duty"},
        {"lapse: lapse", "lapse: lapse, remind: {act: lapse, working_days: 1}",
         "is reminded of no later than it begins"},
        {"lapse: lapse", "lapse: lapse, remind: {act: lapse}", "its remind needs one of hours"},
        {"lapse: lapse", "lapse: lapse, escalate: {act: lapse, hours: 1, days: 1}",
         "its escalate needs one of hours"},
        {"lapse: lapse", "lapse: lapse, settle: lapse", "and is never escalated"},
        {"lapse: lapse", "lapse: lapse, settle: lapse", "would say two different things"},
        {"lapse: lapse", "lapse: lapse, escalate: {act: lapse, days: 3651}",
         "its escalate needs one of hours"},
        {"lapse: lapse", "lapse: lapse, withdraw_lapse: take",
         "its withdraw_lapse 'take' is not a side event"},
        {"ends_in: take", "ends_in: reply", "ends in 'reply', which is no take-over"},
        {"values: [overdue]", "values: [late]", "'late' is not a choice of field 'why'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = with(rows[i].from, rows[i].to);
        told t = {.count = 0};
        (void)faults_of(text, &t);
        if (strstr(t.all, rows[i].fault) == NULL) {
            fail_msg("row %zu should: %s\nis: %s", i, rows[i].fault, t.all);
        }
        free(text);
    }
}

static void a_limit_at_the_bound_is_none_too_many(void **state)
{
    (void)state;
    static const char *const limits[] = {"days: 3650, ", "hours: 87600, ", "working_days: 3650, "};
    for (size_t i = 0; i < 3; i++) {
        char *text = with("working_days: 1, ", limits[i]);
        told t = {.count = 0};
        assert_int_equal(faults_of(text, &t), 0);
        free(text);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_written_is_what_is_loaded),
    cmocka_unit_test(a_limit_of_the_plan_has_its_basis),
    cmocka_unit_test(every_fault_is_told_with_its_line),
    cmocka_unit_test(a_limit_at_the_bound_is_none_too_many),
};

TB_RUN("agents/load_duty", tests)
