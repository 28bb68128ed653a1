/* The duties of the three plans as they are shipped: each with its basis or as a default, with all
 * that is said of it, and supervision beside; lived through in case types of each plan. */
#include "tests/agents/measured.h"

#include <stdio.h>

static const char *const plans[] = {"black-card", "land-requisition", "service-quality"};

static const world_person town[] = {
    {"agri", "agri_centre", "", "农经技中心"}, {"finance", "finance_office", "", "财政所"},
    {"government", "town_gov", "", "镇政府"},  {"group", "supervision", "", "督查组"},
    {"labour", "labour_office", "", "劳保所"}, {"land", "land_office", "", "国土所"},
    {"superior", "superior", "", "区信访局"},  {"village.1", "village", "", "东村"},
};

static const world_person agencies[] = {
    {"mr.33", "local_mr", "33", "浙江省市场监督管理局"},
    {"mr.44", "local_mr", "44", "广东省市场监督管理局"},
    {"ndrc", "ndrc", "", "国家发展改革委"},
    {"samr", "samr", "", "市场监管总局"},
};

static int setup_town(void **state)
{
    int code = world_setup(state);
    world_campaign(*state, "ops/campaigns/land-requisition.yaml");
    world_people(*state, town, sizeof town / sizeof town[0]);
    return code;
}

static int setup_service(void **state)
{
    int code = world_setup(state);
    world_campaign(*state, "ops/campaigns/service-quality.yaml");
    world_people(*state, agencies, sizeof agencies / sizeof agencies[0]);
    return code;
}

/* ---- what the definitions say ---- */

static void each(void (*look)(const tb_case_type *type))
{
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "ops/campaigns/%s.yaml", plans[i]);
        tb_campaign_loaded *loaded = edited(path, NULL);
        const tb_campaign *campaign = tb_campaign_loaded_get(loaded);
        for (unsigned t = 0; t < campaign->case_type_count; t++) {
            look(&campaign->case_types[t]);
        }
        tb_campaign_loaded_free(loaded);
    }
}

static void look_at_words(const tb_case_type *type)
{
    for (unsigned i = 0; i < type->duty_count; i++) {
        const tb_duty_def *duty = &type->duties[i];
        unsigned hours = duty->hours + 24 * (duty->days + duty->working_days);
        if (duty->lapse == NULL || duty->withdraw_lapse == NULL || duty->escalate.act == NULL ||
            duty->settle == NULL || (duty->working_days > 0 && duty->redate == NULL) ||
            ((hours == 0 || hours > 24) && duty->remind.act == NULL)) {
            fail_msg("%s: %s is not spoken of to its end", type->id, duty->id);
        }
        if (duty->by_default == (duty->basis.zh != NULL)) {
            fail_msg("%s: %s", type->id, duty->id);
        }
    }
}

static void every_duty_is_reminded_of_escalated_withdrawn_and_re_dated(void **state)
{
    (void)state;
    each(look_at_words);
}

static void look_at_supervision(const tb_case_type *type)
{
    static const char *const none[] = {"consultation", "national_summary", "field_action"};
    bool without = false;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        without = without || strcmp(type->id, none[i]) == 0;
    }
    const tb_action *supervise = tb_case_type_action(type, tb_bytes_str(TB_SUPERVISE));
    if (without != (type->duty_count == 0) || without != (supervise == NULL)) {
        fail_msg("%s: %u duties", type->id, type->duty_count);
    }
    if (!without && (supervise->supervises_count == 0 || supervise->by_count == 0 ||
                     supervise->approval_count == 0)) {
        fail_msg("%s: supervision", type->id);
    }
}

/* Nobody owes anybody anything on minutes that were circulated, on what headquarters put together
 * itself, or on the steps a party takes in a field of its own choice. */
static void every_case_type_has_duties_and_may_be_supervised(void **state)
{
    (void)state;
    each(look_at_supervision);
}

/* ---- as people live through them ---- */

static void judge_at(world *w, const char *party, const char *time)
{
    at_time(w, party, time);
    judge_due(w, party);
    deliver_all(w);
}

static void done(world *w, const char *party, const char *action, const char *fields)
{
    tb_refusal code = acts(w, party, action, fields);
    if (code != TB_ACCEPTED) {
        fail_msg("%s %s: %s", party, action, tb_refusal_key(code));
    }
    deliver_all(w);
}

static void opened(world *w, const char *party, const char *type, const char *fields)
{
    tb_refusal code = opens_type(w, party, type, fields);
    if (code != TB_ACCEPTED) {
        fail_msg("%s %s: %s", party, type, tb_refusal_key(code));
    }
    deliver_all(w);
}

/* What a party knows of a duty of the case, ended or not. */
static tb_local_duty_line line_at(world *w, const char *party, const char *duty)
{
    tb_local_request request = {.kind = TB_REQUEST_EXPLAIN_DUTIES, .case_id = w->case_id};
    const tb_local_explained *explained = &ask(w, party, &request)->explained;
    for (size_t i = explained->count; i > 0; i--) {
        if (tb_bytes_equal(explained->duties[i - 1].line.duty, tb_bytes_str(duty))) {
            return explained->duties[i - 1].line;
        }
    }
    fail_msg("%s knows of no duty %s", party, duty);
    return (tb_local_duty_line){.state = TB_DUTY_OPEN};
}

static tb_time instant(const char *text)
{
    tb_time t = 0;
    assert_true(tb_time_parse(tb_bytes_str(text), &t));
    return t;
}

static void all_at(world *w, const char *time)
{
    for (size_t i = 0; i < w->agent_count; i++) {
        at_time(w, w->agents[i].id.text, time);
    }
}

static void an_operator_is_reminded_of_a_channel_and_headquarters_hears_of_its_lapse(void **state)
{
    world *w = *state;
    all_at(w, "2015-03-02T10:00:00+08:00"); /* a Monday: five working days end on the 9th */
    opened(w, "bureau.44", "channel_case", "province=44|channel_source=inspection");
    done(w, "bureau.44", "order_check", "concerned=cm.44");
    judge_at(w, "bureau.44", "2015-03-06T09:00:00+08:00");
    assert_true(line_at(w, "cm.44", "report_finding").reminded ==
                instant("2015-03-06T09:00:00+08:00"));
    judge_at(w, "bureau.44", "2015-03-10T00:15:00+08:00");
    assert_int_equal(line_at(w, "cm.44", "report_finding").state, TB_DUTY_LAPSED);
    judge_at(w, "bureau.44", "2015-03-12T09:00:00+08:00");
    tb_local_duty_line line = line_at(w, "headquarters", "report_finding");
    assert_true(line.escalated == instant("2015-03-12T09:00:00+08:00"));
    assert_true(line.by_default);
    assert_false(line.scores);
    assert_int_not_equal(acts(w, "cm.44", "supervise",
                              "supervised=bureau.44|report_by=2015-03-20|supervision=请报告"),
                         TB_ACCEPTED);
    all_at(w, "2015-03-12T10:00:00+08:00");
    done(w, "bureau.44", "supervise", "supervised=cm.44|report_by=2015-03-20|supervision=请报告");
    done(w, "cm.44", "report_back", "supervision=正在核查");
    assert_int_equal(line_at(w, "bureau.44", "report_back").state, TB_DUTY_ON_TIME);
    check_world(w);
}

static void a_report_that_was_returned_is_owed_again_by_the_day_named(void **state)
{
    world *w = *state;
    all_at(w, "2015-04-02T09:00:00+08:00");
    settle_all(w);
    opened(w, "bureau.33", "quarterly_report",
           "period=2015-Q1|main_work=开展排查|filled_by=张三|reviewed_by=李四|head_of_unit=王五|"
           "telephone=0571-12345678");
    /* headquarters owes an answer, by a default */
    tb_local_duty_line accept = line_at(w, "bureau.33", "accept");
    assert_string_equal(accept.debtor.text, "headquarters");
    assert_true(accept.by_default);
    done(w, "headquarters", "return", "return_note=请补充|return_due=2015-04-10");
    assert_int_equal(line_at(w, "bureau.33", "accept").state, TB_DUTY_ON_TIME);
    tb_local_duty_line revise = line_at(w, "bureau.33", "revise");
    assert_false(revise.by_default);
    assert_true(revise.due == instant("2015-04-11T00:00:00+08:00") - 1);
    judge_at(w, "headquarters", "2015-04-09T09:00:00+08:00");
    assert_true(line_at(w, "bureau.33", "revise").reminded != 0);
    judge_at(w, "headquarters", "2015-04-11T00:15:00+08:00");
    assert_int_equal(line_at(w, "bureau.33", "revise").state, TB_DUTY_LAPSED);
    check_world(w);
}

static void a_petition_is_reminded_of_the_day_before_and_escalated_to_the_group(void **state)
{
    world *w = *state;
    all_at(w, "2015-08-03T09:00:00+08:00");
    opened(w, "government", "petition",
           "source=visit|subject=compensation|received_at=2015-08-03|content=补偿款未到账");
    done(w, "government", "assign", "unit=village.1");
    tb_local_duty_line settles = line_at(w, "village.1", "settle");
    assert_false(settles.by_default); /* 信访条例 */
    assert_true(settles.due == instant("2015-10-03T00:00:00+08:00") - 1);
    judge_at(w, "government", "2015-10-01T09:00:00+08:00");
    assert_true(line_at(w, "village.1", "settle").reminded != 0);
    judge_at(w, "government", "2015-10-03T00:15:00+08:00");
    assert_int_equal(line_at(w, "group", "settle").state, TB_DUTY_LAPSED);
    judge_at(w, "government", "2015-10-05T09:00:00+08:00");
    assert_true(line_at(w, "group", "settle").escalated != 0);
    all_at(w, "2015-10-05T10:00:00+08:00");
    done(w, "village.1", "settle", "result=supported|handling=已补发");
    assert_int_equal(line_at(w, "group", "settle").state, TB_DUTY_LATE);
    done(w, "government", "send_back", "comment=请附凭证");
    assert_int_equal(line_at(w, "village.1", "settle_again").state, TB_DUTY_OPEN);
    assert_int_equal(line_at(w, "group", "review").state, TB_DUTY_ON_TIME);
    check_world(w);
}

/* Found by a village in its self-check. */
static void found(world *w, const char *item)
{
    char fields[256];
    (void)snprintf(fields, sizeof fields,
                   "item=%s|unit=village.1|found_by=self_check|found_at=2015-07-20|era=current|"
                   "description=补偿款未付清|households=12|grave=0",
                   item);
    opened(w, "village.1", "problem", fields);
}

static void reported_at(world *w, const char *item, const char *time)
{
    found(w, item);
    at_time(w, "village.1", time);
    done(w, "village.1", "report", "");
}

static void
scenario_13_what_is_reported_a_day_after_its_limit_is_late_and_on_its_last_is_not(void **state)
{
    world *w = *state;
    all_at(w, "2015-07-20T09:00:00+08:00");
    reported_at(w, "3.3", "2015-08-20T23:59:59+08:00");
    assert_int_equal(line_at(w, "village.1", "report_focus3").state, TB_DUTY_ON_TIME);
    reported_at(w, "3.3", "2015-08-21T00:00:00+08:00");
    assert_int_equal(line_at(w, "village.1", "report_focus3").state, TB_DUTY_LATE);
    assert_int_equal(line_at(w, "land", "report_focus3").state,
                     TB_DUTY_LATE); /* to whom it is due */
    reported_at(w, "1.2", "2015-08-31T23:59:59+08:00");
    assert_int_equal(line_at(w, "land", "report").state, TB_DUTY_ON_TIME);
    check_world(w);
}

/* Whom it is to be reported to knows nothing of it by then; the supervision group does. */
static void what_a_village_found_and_kept_to_itself_the_supervision_group_records(void **state)
{
    world *w = *state;
    all_at(w, "2015-07-20T09:00:00+08:00");
    found(w, "3.3");
    judge_at(w, "group", "2015-08-21T00:15:00+08:00");
    assert_int_equal(line_at(w, "village.1", "report_focus3").state, TB_DUTY_LAPSED);
    at_time(w, "village.1", "2015-08-21T09:00:00+08:00");
    done(w, "village.1", "report", "");
    assert_int_equal(line_at(w, "group", "report_focus3").state, TB_DUTY_LATE);
    check_world(w);
}

/* A superior authority that has a line is shown that its petition was assigned. */
static void what_was_assigned_in_time_lapses_for_nobody(void **state)
{
    world *w = *state;
    all_at(w, "2015-07-20T09:00:00+08:00");
    opened(w, "superior", "petition",
           "source=superior|subject=compensation|received_at=2015-07-20|content=信访|"
           "assigned_no=信字1号");
    done(w, "government", "assign", "unit=village.1");
    judge_at(w, "superior", "2015-08-05T00:15:00+08:00");
    assert_int_equal(line_at(w, "superior", "assign").state, TB_DUTY_ON_TIME);
    check_world(w);
}

static void a_consumer_complaint_is_answered_by_who_was_asked_first(void **state)
{
    world *w = *state;
    all_at(w, "2019-03-04T10:00:00+08:00");
    opened(
        w, "mr.33", "complaint",
        "received_in=33|place=44|way=phone|service_field=catering|problem=false_claims|received_at="
        "2019-03-04|name=某酒楼|content=与承诺不符");
    done(w, "mr.33", "transfer", "");
    judge_at(w, "mr.33", "2019-05-03T09:00:00+08:00"); /* the last working day before the 45th */
    assert_true(line_at(w, "mr.44", "handle").reminded != 0);
    all_at(w, "2019-05-03T10:00:00+08:00");
    done(w, "mr.44", "handle", "result=mediated|handling=已退款");
    tb_local_duty_line answer = line_at(w, "mr.44", "answer");
    assert_string_equal(answer.debtor.text, "mr.33");
    assert_string_equal(answer.creditor.text, "mr.44");
    done(w, "mr.33", "answer", "");
    assert_int_equal(line_at(w, "mr.44", "answer").state, TB_DUTY_ON_TIME);
    check_world(w);
}

static void the_organiser_hears_of_a_notice_nobody_signed_for_and_supervises(void **state)
{
    world *w = *state;
    all_at(w, "2019-03-04T10:00:00+08:00");
    opened(w, "mr.33", "quality_notice",
           "found_in=33|place=44|agency=market|service_field=catering|problem=false_claims|found_"
           "at=2019-03-"
           "01|name=某酒楼|facts=虚假宣传");
    judge_at(w, "mr.33", "2019-03-08T00:15:00+08:00");
    judge_at(w, "mr.33", "2019-03-12T09:00:00+08:00");
    tb_local_duty_line line = line_at(w, "samr", "sign_for");
    assert_int_equal(line.state, TB_DUTY_LAPSED);
    assert_true(line.escalated != 0);
    all_at(w, "2019-03-12T10:00:00+08:00");
    done(w, "samr", "supervise", "supervised=mr.44|report_by=2019-03-15|supervision=请说明原因");
    done(w, "mr.44", "report_back", "supervision=即日签收");
    assert_int_equal(line_at(w, "samr", "report_back").state, TB_DUTY_ON_TIME);
    check_world(w);
}

#define BLACK_CARD(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
#define TOWN(name)       cmocka_unit_test_setup_teardown(name, setup_town, world_teardown)
#define SERVICE(name)    cmocka_unit_test_setup_teardown(name, setup_service, world_teardown)
static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_duty_is_reminded_of_escalated_withdrawn_and_re_dated),
    cmocka_unit_test(every_case_type_has_duties_and_may_be_supervised),
    BLACK_CARD(an_operator_is_reminded_of_a_channel_and_headquarters_hears_of_its_lapse),
    BLACK_CARD(a_report_that_was_returned_is_owed_again_by_the_day_named),
    TOWN(what_a_village_found_and_kept_to_itself_the_supervision_group_records),
    TOWN(what_was_assigned_in_time_lapses_for_nobody),
    TOWN(scenario_13_what_is_reported_a_day_after_its_limit_is_late_and_on_its_last_is_not),
    TOWN(a_petition_is_reminded_of_the_day_before_and_escalated_to_the_group),
    SERVICE(a_consumer_complaint_is_answered_by_who_was_asked_first),
    SERVICE(the_organiser_hears_of_a_notice_nobody_signed_for_and_supervises),
};

TB_RUN("agents/duties_shipped", tests)
