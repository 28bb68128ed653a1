/* Scenarios 4 to 7 and 12 of the plans (domain.md §7): repeats, a wrong home, who may not, outcomes
 * that may not be, and identity numbers; with the campaigns as they are shipped. */
#include "tests/agents/measured.h"

#include "agents/campaign/fields.h"

#include <stdio.h>

#define MONTH  "2015-02", "2015-02"
#define RESULT "action_at=2015-02-10T10:00:00+08:00"
#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static const world_person people[] = {
    {"bureau.11", "bureau", "11", "北京市通信管理局"},
    {"bureau.33", "bureau", "33", "浙江省通信管理局"},
    {"bureau.44", "bureau", "44", "广东省通信管理局"},
    {"bureau.61", "bureau", "61", "陕西省通信管理局"},
    {"bureau.62", "bureau", "62", "甘肃省通信管理局"},
    {"cm.33", "operator", "33", "浙江移动"},
    {"cm.61", "operator", "61", "陕西移动"},
    {"cm.62", "operator", "62", "甘肃移动"},
    {"headquarters", "headquarters", "", "专项办"},
    {"police.11", "police", "11", "北京市公安局"},
    {"police.44", "police", "44", "广东省公安厅"},
    {"police.61", "police", "61", "陕西省公安厅"},
};

/* 1380000... is Zhejiang's, 1380062... Gansu's */
static tb_segment_run runs[] = {
    {.first = 1380000, .count = 1, .province = 33, .operator_code = 'M'},
    {.first = 1380062, .count = 1, .province = 62, .operator_code = 'M'},
};

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    world_people(w, people, sizeof people / sizeof people[0]);
    w->segments.runs = runs;
    w->segments.run_count = sizeof runs / sizeof runs[0];
    return code;
}

static void done(world *w, const char *party, const char *action, const char *fields)
{
    tb_refusal code = acts(w, party, action, fields);
    if (code != TB_ACCEPTED) {
        fail_msg("%s %s: %s", party, action, tb_refusal_key(code));
    }
    deliver_all(w);
}

static void says(world *w, const char *party, const char *state, const char *holder)
{
    assert_string_equal(state_at(w, party), state);
    assert_string_equal(holder_at(w, party), holder);
}

static void submits(world *w, const char *police, const char *lead)
{
    assert_int_equal(opens(w, police, lead), TB_ACCEPTED);
    deliver_all(w);
}

/* Submitted, accepted and forwarded to its home. */
static void forwarded(world *w, const char *police, const char *discovery, const char *lead)
{
    submits(w, police, lead);
    done(w, discovery, "accept", "");
    done(w, discovery, "forward", "");
}

/* Both through to their police; the number's home is Zhejiang. */
static void
scenario_4_one_number_from_two_provinces_is_one_shutdown_and_both_police_hear_of_it(void **state)
{
    world *w = *state;
    at_time(w, "police.11", "2015-02-09T11:39:00+08:00");
    at_time(w, "police.44", "2015-02-09T11:39:40+08:00");
    submits(w, "police.11", LEAD);
    tb_case_id first = w->case_id;
    submits(w, "police.44", LEAD);
    tb_case_id second = w->case_id;
    assert_false(tb_case_equal(&first, &second));
    static const char *const finders[] = {"bureau.11", "bureau.44"};
    const tb_case_id cases[] = {first, second};
    for (size_t i = 0; i < 2; i++) {
        w->case_id = cases[i];
        done(w, finders[i], "accept", "");
        done(w, finders[i], "forward", "");
        done(w, "bureau.33", "sign_for", "");
    }
    says(w, "bureau.33", "waiting", "bureau.33");
    assert_int_equal(acts(w, "bureau.33", "order", "ordered=cm.33"), TB_REFUSED_CONDITION);

    w->case_id = first;
    done(w, "bureau.33", "order", "ordered=cm.33");
    done(w, "cm.33", "result", "verify_result=unidentified|action=shutdown|" RESULT);
    done(w, "bureau.33", "shut_down", "");
    done(w, "bureau.33", "answer", "");
    done(w, "bureau.11", "pass_on", "");
    done(w, "bureau.11", "close", "");
    w->case_id = second;
    done(w, "bureau.33", "answer_from_record",
         "verify_result=unidentified|action=shutdown|record_reason=closed_before|" RESULT);
    done(w, "bureau.44", "pass_on", "");
    done(w, "bureau.44", "close", "");
    says(w, "police.44", "closed", "bureau.44");
    assert_string_equal(value_at(w, "police.44", "action"), "shutdown");
    assert_string_equal(value_at(w, "police.44", "linked_case"), ""); /* nothing of the other */
    w->case_id = first;
    says(w, "police.11", "closed", "bureau.11");

    settle_all(w);
    assert_int_equal(figure_at(w, "bureau.33", "received_from_others", "", MONTH), 2);
    assert_int_equal(figure_at(w, "bureau.11", "informed", "", MONTH), 1);
    assert_int_equal(figure_at(w, "bureau.44", "informed", "", MONTH), 1);
    uint64_t shut = 0;
    uint64_t numbers = 0;
    for (size_t i = 0; i < 5; i++) {
        shut += figure_at(w, people[i].id, "shut_down", "", MONTH);
        numbers += figure_at(w, people[i].id, "numbers_shut_down", "", MONTH);
    }
    assert_int_equal(shut, 1);
    assert_int_equal(numbers, 1); /* nation-wide */
    /* R3: the home bureau finds the number with both notices of it, and how it stands */
    tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
    request.list.field = tb_bytes_str("number");
    request.list.value = tb_bytes_str("13800001234");
    const tb_local_cases *found = &ask(w, "bureau.33", &request)->cases;
    assert_int_equal(found->count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(tb_case_equal(&found->cases[i].case_id, &first) ||
                    tb_case_equal(&found->cases[i].case_id, &second));
    }
    request.list.value = tb_bytes_str("13800001235");
    assert_int_equal(ask(w, "bureau.33", &request)->cases.count, 0);
    check_world(w);
    check_measures(w);
}

static void
scenario_5_a_wrong_home_is_routed_again_and_the_second_refusal_goes_to_headquarters(void **state)
{
    world *w = *state;
    forwarded(w, "police.11", "bureau.11", LEAD);
    done(w, "bureau.33", "wrong_home", "wrong_home_reason=not_found|suggested_province=44");
    says(w, "bureau.11", "rerouted", "bureau.11");
    done(w, "bureau.11", "decide", "home_province=44|home_basis=bureau_opinion");
    done(w, "bureau.11", "forward", "");
    done(w, "bureau.44", "sign_for", "");
    done(w, "bureau.44", "wrong_home", "wrong_home_reason=not_our_segment");
    says(w, "headquarters", "at_headquarters", "headquarters");
    assert_int_equal(acts(w, "bureau.11", "decide", "home_province=61|home_basis=bureau_opinion"),
                     TB_REFUSED_NOT_HOLDER);
    done(w, "headquarters", "decide_home", "home_province=62|home_basis=headquarters_ruling");
    done(w, "bureau.11", "forward", "");
    done(w, "bureau.62", "sign_for", "");
    done(w, "bureau.62", "order", "ordered=cm.62");
    says(w, "cm.62", "verifying", "cm.62");
    check_world(w);
}

/* A refusal stands in the record of who tried; one like the one before is not told again. */
static void refused(world *w, const char *party, const char *action, tb_refusal code)
{
    assert_int_equal(acts(w, party, action, ""), code);
    assert_true(alarms_at(w, party) > 0);
    assert_int_equal(lying(w), 0);
}

static void
scenario_6_an_operator_of_another_province_closes_nothing_and_police_do_not_forward(void **state)
{
    world *w = *state;
    /* the operator of Shaanxi found a number of Gansu, so it has the case */
    submits(w, "cm.61",
            "number=13800621234|source=operator_check|offence=other|reported_at=2015-02-09T11:39:"
            "00+08:00");
    done(w, "bureau.61", "accept", "");
    done(w, "bureau.61", "forward", "");
    done(w, "bureau.62", "sign_for", "");
    refused(w, "cm.61", "close", TB_REFUSED_ROLE);
    refused(w, "cm.61", "result", TB_REFUSED_ROLE);
    done(w, "bureau.62", "order", "ordered=cm.62");
    refused(w, "cm.62", "close", TB_REFUSED_ROLE);
    assert_int_equal(acts(w, "cm.33", "close", ""), TB_REFUSED_UNKNOWN_CASE);

    /* a forged one is refused, and recorded, where it arrives */
    assert_int_equal(acts(w, "cm.62", "result", "verify_result=not_in_use|action=none"),
                     TB_ACCEPTED);
    letter *l = letter_to(w, "bureau.62");
    tb_header header;
    assert_int_equal(tb_header_decode(l->header, &w->memory, &header), TB_ACCEPTED);
    header.sender = who(w, "cm.61")->id;
    assert_ok(tb_header_encode(&header, &w->memory, &l->header));
    uint64_t before = alarms_at(w, "bureau.62");
    assert_int_equal(deliver(w, l), TB_REFUSED_NOT_SPEAKER);
    assert_int_equal(alarms_at(w, "bureau.62"), before + 1);
    says(w, "bureau.62", "verifying", "cm.62");
    deliver_all(w);

    submits(w, "police.61", LEAD);
    done(w, "bureau.61", "accept", "");
    refused(w, "police.61", "forward", TB_REFUSED_ROLE);
    says(w, "bureau.61", "accepted", "bureau.61");
    assert_string_equal(state_at(w, "bureau.33"), "");
}

static void
scenario_7_no_shutdown_without_a_basis_and_no_answer_before_an_unidentified_card_is_shut_down(
    void **state)
{
    world *w = *state;
    forwarded(w, "police.11", "bureau.11", LEAD);
    done(w, "bureau.33", "sign_for", "");
    done(w, "bureau.33", "order", "ordered=cm.33");
    assert_int_equal(acts(w, "cm.33", "result", "verify_result=identified|action=shutdown|" RESULT),
                     TB_REFUSED_FIELD_MISSING);
    assert_int_equal(
        acts(w, "cm.33", "result",
             "verify_result=identified|action=shutdown|shutdown_basis=police_request|" RESULT),
        TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "answer", ""), TB_REFUSED_CONDITION);
    done(w, "bureau.33", "shut_down", "");
    done(w, "bureau.33", "answer", "");
    done(w, "bureau.11", "pass_on", "");
    done(w, "bureau.11", "close", "");

    at_time(w, "police.11", "2015-02-12T09:00:00+08:00");
    submits(w, "police.11",
            "number=13800009999|source=police_case|offence=telecom_fraud|"
            "reported_at=2015-02-12T08:00:00+08:00");
    done(w, "bureau.11", "accept", "");
    done(w, "bureau.11", "forward", "");
    done(w, "bureau.33", "sign_for", "");
    done(w, "bureau.33", "order", "ordered=cm.33");
    done(w, "cm.33", "result", "verify_result=unidentified|action=none");
    assert_int_equal(acts(w, "bureau.33", "answer", ""), TB_REFUSED_CONDITION);
    assert_int_equal(acts(w, "bureau.33", "shut_down", ""), TB_REFUSED_CONDITION);
    done(w, "bureau.33", "shut_down", "action=shutdown|action_at=2015-02-12T10:00:00+08:00");
    done(w, "bureau.33", "answer", "");
    says(w, "bureau.11", "answered", "bureau.11");
    check_world(w);
}

/* Fields of these types have a form of their own, which an identity number does not have. */
static bool has_its_own_form(tb_field_type type)
{
    return type == TB_FIELD_USCC || type == TB_FIELD_ICCID || type == TB_FIELD_REG_NO;
}

static void scenario_12_an_identity_number_is_refused_in_every_field_of_every_campaign(void **state)
{
    static const char *const files[] = {"black-card", "land-requisition", "service-quality",
                                        "example", "relay"};
    world *w = *state;
    tb_bytes number = tb_bytes_str("11010519491231002X");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[64] = "ops/campaigns/";
        strcat(strcat(path, files[i]), ".yaml");
        tb_campaign_loaded *loaded = edited(path, NULL);
        const tb_campaign *campaign = tb_campaign_loaded_get(loaded);
        unsigned texts = 0;
        for (unsigned t = 0; t < campaign->case_type_count; t++) {
            const tb_case_type *type = &campaign->case_types[t];
            for (unsigned f = 0; f < type->field_count; f++) {
                const tb_field_def *field = &type->fields[f];
                assert_int_equal(tb_field_check(campaign, field, number),
                                 has_its_own_form(field->type) ? TB_REFUSED_FIELD_INVALID
                                                               : TB_REFUSED_IDENTITY_NUMBER);
                texts += field->type == TB_FIELD_TEXT;
            }
        }
        assert_true(texts > 0);
        tb_campaign_loaded_free(loaded);
    }
    /* and so nothing is sent: neither an opening nor a later step nor a remark */
    assert_int_equal(opens(w, "police.11", LEAD "|remark=机主 110105 19491231 002X"),
                     TB_REFUSED_IDENTITY_NUMBER);
    submits(w, "police.11", LEAD);
    assert_int_equal(
        acts(w, "bureau.11", "return", "return_reason=other|return_note=11010519491231002X"),
        TB_REFUSED_IDENTITY_NUMBER);
    assert_int_equal(acts(w, "police.11", "remark", "comment=11010519491231002X"),
                     TB_REFUSED_IDENTITY_NUMBER);
    assert_int_equal(lying(w), 0);
}

/* With the plan as shipped: half an hour before the year begins is of no year of it, half an hour
 * after is, though it is still 2014 in UTC. */
static void scenario_17_what_is_reported_half_an_hour_around_new_year_is_in_or_out(void **state)
{
    world *w = *state;
    static const struct {
        const char *reported;
        tb_refusal code;
    } rows[] = {{"2014-12-31T23:30:00+08:00", TB_REFUSED_CONDITION},
                {"2015-01-01T00:30:00+08:00", TB_ACCEPTED}};
    for (size_t i = 0; i < 2; i++) {
        char lead[160];
        (void)snprintf(lead, sizeof lead,
                       "number=1380000%04u|source=police_case|offence=other|reported_at=%s",
                       (unsigned)(7000 + i), rows[i].reported);
        at_time(w, "police.11", "2015-01-01T01:00:00+08:00");
        at_time(w, "bureau.11", "2015-01-01T01:00:00+08:00");
        submits(w, "police.11", lead);
        assert_int_equal(acts(w, "bureau.11", "accept", ""), rows[i].code);
    }
    settle_all(w);
    /* and counts in January, by China time */
    assert_int_equal(figure_at(w, "bureau.11", "received_from_police", "", "2015-01", "2015-01"),
                     2);
    assert_int_equal(figure_at(w, "bureau.11", "received_from_police", "", "2014-12", "2014-12"),
                     0);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(scenario_4_one_number_from_two_provinces_is_one_shutdown_and_both_police_hear_of_it),
    IN_A_WORLD(scenario_5_a_wrong_home_is_routed_again_and_the_second_refusal_goes_to_headquarters),
    IN_A_WORLD(scenario_6_an_operator_of_another_province_closes_nothing_and_police_do_not_forward),
    IN_A_WORLD(
        scenario_7_no_shutdown_without_a_basis_and_no_answer_before_an_unidentified_card_is_shut_down),
    IN_A_WORLD(scenario_12_an_identity_number_is_refused_in_every_field_of_every_campaign),
    IN_A_WORLD(scenario_17_what_is_reported_half_an_hour_around_new_year_is_in_or_out),
};

TB_RUN("scenarios", tests)
