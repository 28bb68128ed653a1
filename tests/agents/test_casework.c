#include <stdio.h>
#include <string.h>

#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00|lead_no=7"

static void submit_and_forward(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
}

static void a_card_goes_to_its_home_and_the_answer_comes_back(void **state)
{
    world *w = *state;
    submit_and_forward(w);
    assert_string_equal(state_at(w, "bureau.44"), "forwarded");
    assert_string_equal(holder_at(w, "police.33"), "bureau.44");
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(
        acts(w, "cm.44", "result",
             "verify_result=unidentified|action=shutdown|action_at=2015-02-10T10:00:00+08:00"),
        TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "answer", ""), TB_REFUSED_CONDITION);
    assert_int_equal(acts(w, "bureau.44", "shut_down", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "answer", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "pass_on", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "close", ""), TB_ACCEPTED);
    deliver_all(w);
    static const char *all[] = {"police.33", "bureau.33", "bureau.44", "headquarters"};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(state_at(w, all[i]), "closed");
        assert_int_equal(summary_at(w, all[i]).number, 10);
    }
    assert_string_equal(value_at(w, "police.33", "verify_result"), "unidentified");
    check_world(w);
}

static void what_the_segment_table_says_is_filled_in(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    assert_string_equal(value_at(w, "police.33", "home_province"), "44");
    assert_string_equal(value_at(w, "police.33", "operator"), "CM");
    assert_string_equal(value_at(w, "police.33", "mvno"), "0");
    assert_string_equal(value_at(w, "police.33", "found_province"), "33");
    assert_string_equal(value_at(w, "police.33", "number_masked"), "138****1234");
}

static void a_number_in_no_segment_is_decided_by_hand(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33",
                           "number=13900001234|source=police_case|offence=other|reported_at=2015-"
                           "02-09T11:39:00+08:00|home_province=11"),
                     TB_ACCEPTED);
    assert_string_equal(value_at(w, "police.33", "home_province"), "");
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_string_equal(state_at(w, "bureau.33"), "undetermined");
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=44|home_basis=operator_reply"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(value_at(w, "bureau.44", "number"), "13900001234");
    check_world(w);
}

/* As import judges it: by the day of finding where one is given, else by that of reporting. */
static void what_was_found_outside_the_campaign_is_not_accepted(void **state)
{
    static const struct {
        const char *times;
        const char *why; /* NULL: it is accepted */
    } leads[] = {
        {"reported_at=2015-12-31T23:59:59+08:00", NULL},
        {"reported_at=2016-01-01T00:00:00+08:00", "报送时间不在专项行动期限内"},
        {"reported_at=2016-01-03T10:00:00+08:00|found_at=2015-12-31T23:59:59+08:00", NULL},
        {"reported_at=2016-01-03T10:00:00+08:00|found_at=2016-01-01T00:00:00+08:00",
         "发现时间不在专项行动期限内"},
        {"reported_at=2015-01-03T10:00:00+08:00|found_at=2014-12-31T23:59:59+08:00",
         "发现时间不在专项行动期限内"},
        {"reported_at=2015-01-03T10:00:00+08:00|found_at=2015-01-01T00:00:00+08:00", NULL},
    };
    world *w = *state;
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        char fields[256];
        (void)snprintf(fields, sizeof fields,
                       "number=1380000%04u|source=police_case|offence=other|%s", (unsigned)i,
                       leads[i].times);
        assert_int_equal(opens(w, "police.33", fields), TB_ACCEPTED);
        deliver_all(w);
        assert_int_equal(acts(w, "bureau.33", "accept", ""),
                         leads[i].why == NULL ? TB_ACCEPTED : TB_REFUSED_CONDITION);
        if (leads[i].why != NULL) {
            tb_bytes told = w->answer.detail;
            assert_true(told.size > strlen(leads[i].why));
            assert_memory_equal(told.data, leads[i].why, strlen(leads[i].why));
        }
    }
    check_world(w);
}

static void nobody_reads_what_is_not_its_to_read(void **state)
{
    world *w = *state;
    submit_and_forward(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44|instruction=核查"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(value_at(w, "cm.44", "number"), "13800001234");
    assert_string_equal(value_at(w, "cm.44", "instruction"), "核查");
    assert_string_equal(value_at(w, "cm.44", "offence"), "");
    assert_string_equal(value_at(w, "bureau.44", "offence"), "telecom_fraud");
    assert_string_equal(value_at(w, "police.33", "instruction"), "");
    check_world(w);
}

static void headquarters_sees_the_masked_number_only(void **state)
{
    world *w = *state;
    submit_and_forward(w);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=reassigned"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.33"), "rerouted");
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=11|home_basis=operator_reply"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.11", "wrong_home", "wrong_home_reason=not_found"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(holder_at(w, "headquarters"), "headquarters");
    assert_string_equal(value_at(w, "headquarters", "number"), "");
    assert_string_equal(value_at(w, "headquarters", "number_masked"), "138****1234");
    check_world(w);
}

static void a_later_home_is_given_what_the_earlier_one_was(void **state)
{
    world *w = *state;
    submit_and_forward(w);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=reassigned"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=11|home_basis=operator_reply"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(value_at(w, "bureau.11", "number"), "13800001234");
    assert_string_equal(value_at(w, "bureau.11", "offence"), "telecom_fraud");
    assert_int_equal(summary_at(w, "bureau.11").number, 6);
    check_world(w);
}

static void a_returned_card_is_corrected_and_indexed_anew(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "return", "return_reason=number_wrong"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "police.33", "resubmit", "number=13800005678"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(value_at(w, "bureau.33", "number"), "13800005678");
    assert_string_equal(value_at(w, "bureau.33", "number_masked"), "138****5678");
    check_world(w);
}

static void who_may_not_is_refused_and_recorded(void **state)
{
    world *w = *state;
    submit_and_forward(w);
    assert_int_equal(acts(w, "police.33", "forward", ""), TB_REFUSED_ROLE);
    assert_int_equal(acts(w, "bureau.33", "close", ""), TB_REFUSED_NOT_HOLDER);
    assert_true(alarms_at(w, "police.33") > 0);
    assert_true(alarms_at(w, "bureau.33") > 0);
    assert_int_equal(acts(w, "bureau.33", "dance", ""), TB_REFUSED_UNKNOWN_ACTION);
    assert_int_equal(acts(w, "cm.33", "result", ""), TB_REFUSED_UNKNOWN_CASE);
    check_world(w);
}

static void an_act_on_an_old_head_is_told_what_came_first(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    tb_digest head = summary_at(w, "bureau.33").head;
    assert_int_equal(acts_on(w, "bureau.33", "accept", "", &head), TB_ACCEPTED);
    assert_int_equal(acts_on(w, "bureau.33", "forward", "", &head), TB_REFUSED_CHANGED);
    assert_true(w->answer.detail.size > 0);
}

static void an_identity_number_never_leaves(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD "|remark=11010519491231002X"),
                     TB_REFUSED_IDENTITY_NUMBER);
    assert_int_equal(lying(w), 0);
}

/* What the bureau found itself is nobody else's before it forwards it. */
static void an_act_nobody_is_addressed_by_goes_with_the_next_notice(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "bureau.33",
                           "number=13800001234|source=inspection|offence=telecom_fraud|reported_at="
                           "2015-02-09T11:39:00+08:00"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(lying(w), 0);
    check_world(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    assert_true(lying(w) > 0);
    deliver_all(w);
    assert_int_equal(summary_at(w, "bureau.44").number, 3);
    check_world(w);
}

static tb_case_id second_notice(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    return w->case_id;
}

static void a_second_notice_of_a_number_waits_for_the_first(void **state)
{
    world *w = *state;
    submit_and_forward(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_case_id first = w->case_id;
    tb_case_id second = second_notice(w);
    assert_string_equal(state_at(w, "bureau.44"), "waiting");
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(first.bytes, TB_CASE_ID_BYTES, hex);
    assert_string_equal(value_at(w, "bureau.44", "linked_case"), hex);
    assert_string_equal(value_at(w, "bureau.33", "linked_case"), "");
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_REFUSED_CONDITION);

    w->case_id = first;
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "result", "verify_result=not_in_use|action=none"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "answer", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "pass_on", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "close", ""), TB_ACCEPTED);
    deliver_all(w);

    w->case_id = second;
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_REFUSED_FIELD_MISSING);
    assert_int_equal(acts(w, "bureau.44", "answer_from_record",
                          "verify_result=not_in_use|action=none|record_reason=closed_before"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.33"), "answered");
    check_world(w);
}

static void time_in_a_case_never_goes_back(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    tb_time opened = summary_at(w, "bureau.33").at;
    w->clock -= 3600000;
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_true(summary_at(w, "bureau.33").at >= opened);
}

static void equal_openings_of_one_instant_are_two_cases_and_one_request_is_one(void **state)
{
    world *w = *state;
    static const char fields[] = "province=33|channel_source=inspection"; /* nothing sealed */
    at_time(w, "bureau.33", "2015-03-31T23:59:59+08:00");
    assert_int_equal(opens_type(w, "bureau.33", "channel_case", fields), TB_ACCEPTED);
    tb_case_id first = w->case_id;
    tb_time at = summary_at(w, "bureau.33").at;
    assert_int_equal(opens_type(w, "bureau.33", "channel_case", fields), TB_ACCEPTED);
    assert_false(tb_case_equal(&first, &w->case_id));
    assert_int_equal(summary_at(w, "bureau.33").at, at + 1);
    w->requests--; /* the second one asked again: its answer, and no third case */
    tb_case_id second = w->case_id;
    assert_int_equal(opens_type(w, "bureau.33", "channel_case", fields), TB_ACCEPTED);
    assert_true(tb_case_equal(&second, &w->case_id));
    deliver_all(w);
    check_world(w);
}

static void one_wrong_clock_does_not_drag_a_case_along(void **state)
{
    world *w = *state;
    tb_time year = 365ll * 86400000;
    tb_time now = w->clock;
    w->directory.exercise = false;
    w->clock += year;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    w->clock = now;
    deliver_all(w);
    stamp_first(w, "police.33", "bureau.33", now);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_true(summary_at(w, "bureau.33").at < now + 60000);
    check_world(w);
}

static void a_long_case_is_handed_over_whole(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    for (unsigned i = 0; i < 40; i++) {
        assert_int_equal(acts(w, "bureau.33", "return", "return_reason=incomplete"), TB_ACCEPTED);
        deliver_all(w);
        assert_int_equal(acts(w, "police.33", "resubmit", "remark=again"), TB_ACCEPTED);
        deliver_all(w);
    }
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_local_summary summary = summary_at(w, "bureau.44");
    assert_int_equal(summary.number, 83);
    assert_int_equal(summary.held_back, 0);
    assert_string_equal(value_at(w, "bureau.44", "remark"), "again");
    check_world(w);
}

static void many_loose_events_go_in_notices_of_their_own(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33",
                           "number=13900001234|source=police_case|offence=other|reported_at=2015-"
                           "02-09T11:39:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(acts(w, "bureau.33", "remark", "comment=noted"), TB_ACCEPTED);
    }
    assert_int_equal(lying(w), 0);
    check_world(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=44|home_basis=other"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "forwarded");
    check_world(w);
}

static void what_is_too_large_is_refused_in_words(void **state)
{
    world *w = *state;
    char large[5000];
    memset(large, 'x', sizeof large);
    memcpy(large, "remark=", 7);
    large[7 + 4096] = 0;
    char fields[8192];
    assert_true(snprintf(fields, sizeof fields, "%s|%s", LEAD, large) < (int)sizeof fields);
    assert_int_equal(opens(w, "police.33", fields), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(strlen(value_at(w, "bureau.33", "remark")), 4096);

    static const char *texts[] = {"remark",      "batch_no",        "document_no", "police_unit",
                                  "found_place", "police_case_ref", "number_raw"};
    tb_field *values;
    size_t count = fields_of(w, LEAD, &values);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        values[count].id = tb_bytes_str(texts[i]);
        values[count++].value = tb_bytes_of(large + 7, 4096);
    }
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE, .id = {{99}}};
    request.open.campaign = tb_bytes_str("black-card");
    request.open.case_type = tb_bytes_str("notice");
    request.open.fields = values;
    request.open.field_count = count;
    assert_int_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
    deliver_all(w);
    for (size_t i = 0; i < 6; i++) {
        values[count].id = tb_bytes_str("remark");
        values[count++].value = tb_bytes_of(large + 7, 4096);
    }
    request.id.bytes[0] = 98;
    request.open.field_count = count;
    assert_int_equal(ask(w, "police.33", &request)->code, TB_REFUSED_TOO_LARGE);
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_card_goes_to_its_home_and_the_answer_comes_back),
    IN_A_WORLD(what_the_segment_table_says_is_filled_in),
    IN_A_WORLD(a_number_in_no_segment_is_decided_by_hand),
    IN_A_WORLD(what_was_found_outside_the_campaign_is_not_accepted),
    IN_A_WORLD(nobody_reads_what_is_not_its_to_read),
    IN_A_WORLD(headquarters_sees_the_masked_number_only),
    IN_A_WORLD(a_later_home_is_given_what_the_earlier_one_was),
    IN_A_WORLD(a_returned_card_is_corrected_and_indexed_anew),
    IN_A_WORLD(who_may_not_is_refused_and_recorded),
    IN_A_WORLD(an_act_on_an_old_head_is_told_what_came_first),
    IN_A_WORLD(an_identity_number_never_leaves),
    IN_A_WORLD(an_act_nobody_is_addressed_by_goes_with_the_next_notice),
    IN_A_WORLD(a_second_notice_of_a_number_waits_for_the_first),
    IN_A_WORLD(time_in_a_case_never_goes_back),
    IN_A_WORLD(equal_openings_of_one_instant_are_two_cases_and_one_request_is_one),
    IN_A_WORLD(one_wrong_clock_does_not_drag_a_case_along),
    IN_A_WORLD(a_long_case_is_handed_over_whole),
    IN_A_WORLD(many_loose_events_go_in_notices_of_their_own),
    IN_A_WORLD(what_is_too_large_is_refused_in_words),
};

TB_RUN("casework", tests)
