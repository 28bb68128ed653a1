/* The plan's rules, one by one (domain.md 1.4; design §9). Found in 33, at home in 44. */
#include "tests/agents/judge_fixture.h"

#define NUMBER  "number=13800004567|number_masked=138****4567|reported_at=2015-02-09T11:39:00+08:00"
#define OFFENCE "|offence=telecom_fraud"
#define POLICE  NUMBER OFFENCE "|found_province=33|source=police_case"
#define HOME_44 "|home_province=44|operator=CM|mvno=0"
#define HOME_33 "|home_province=33|operator=CM|mvno=0"
#define RESALE  "|home_province=44|operator=CM|mvno=1"
#define AT      "2015-02-10T09:00:00+08:00"

static int setup(void **state)
{
    static country c;
    country_setup(&c, "black-card");
    *state = &c;
    return 0;
}

static int teardown(void **state)
{
    country_teardown(*state);
    return 0;
}

static void forwarded(country *c)
{
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_44));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_accepted(act(c, "bureau.33", "forward", ""));
}

static void signed_for(country *c, const char *home)
{
    country_forget(c);
    char fields[400] = POLICE;
    assert_accepted(act(c, "police.33", "submit", strcat(fields, home)));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_accepted(act(c, "bureau.44", "sign_for", ""));
}

static void with_result(country *c, const char *result)
{
    signed_for(c, HOME_44);
    assert_accepted(act(c, "bureau.44", "order", "ordered=cm.44"));
    assert_accepted(act(c, "cm.44", "result", result));
}

static void local_with_result(country *c, const char *result)
{
    country_forget(c);
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_33));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_accepted(act(c, "bureau.33", "order", "ordered=cm.33"));
    assert_accepted(act(c, "cm.33", "result", result));
}

static void a_card_travels_to_its_home_and_its_answer_back(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_44));
    assert_string_equal(state_of(c), "submitted");
    assert_string_equal(holder_of(c), "bureau.33");
    assert_string_equal(told(c), "bureau.33");
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_string_equal(holder_of(c), "bureau.33");
    assert_string_equal(told(c), "police.33");
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_string_equal(holder_of(c), "bureau.44");
    assert_string_equal(told(c), "bureau.44 police.33");
    assert_accepted(act(c, "bureau.44", "sign_for", ""));
    assert_string_equal(holder_of(c), "bureau.44");
    assert_string_equal(told(c), "bureau.33");
    assert_accepted(act(c, "bureau.44", "order", "ordered=cm.44|instruction=请核查"));
    assert_string_equal(holder_of(c), "cm.44");
    assert_string_equal(told(c), "bureau.33 cm.44");
    assert_accepted(
        act(c, "cm.44", "result", "verify_result=unidentified|action=shutdown|action_at=" AT));
    assert_string_equal(holder_of(c), "bureau.44");
    assert_string_equal(told(c), "bureau.33 bureau.44");
    assert_accepted(act(c, "bureau.44", "shut_down", ""));
    assert_string_equal(holder_of(c), "bureau.44");
    assert_string_equal(told(c), "bureau.33 cm.44");
    assert_accepted(act(c, "bureau.44", "answer", ""));
    assert_string_equal(holder_of(c), "bureau.33");
    assert_string_equal(told(c), "bureau.33");
    assert_accepted(act(c, "bureau.33", "pass_on", ""));
    assert_string_equal(holder_of(c), "bureau.33");
    assert_string_equal(told(c),
                        "bureau.44 police.33"); /* it answered, and watches that it gets there */
    assert_accepted(act(c, "bureau.33", "close", ""));
    assert_string_equal(state_of(c), "closed");
    assert_string_equal(holder_of(c), "bureau.33");
    assert_string_equal(told(c), "bureau.44 headquarters police.33");
}

static void where_found_is_home_one_bureau_skips_forward_sign_for_and_answer(void **state)
{
    country *c = *state;
    local_with_result(c, "verify_result=unidentified|action=shutdown|action_at=" AT);
    assert_accepted(act(c, "bureau.33", "shut_down", ""));
    assert_int_equal(attempt(c, "bureau.33", "answer", ""), TB_REFUSED_CONDITION);
    assert_accepted(act(c, "bureau.33", "pass_on", ""));
    assert_accepted(act(c, "bureau.33", "close", ""));
    assert_string_equal(told(c), "headquarters police.33");
}

static void a_local_card_is_not_forwarded(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_33));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_int_equal(attempt(c, "bureau.33", "forward", ""), TB_REFUSED_CONDITION);
    assert_true(detail_has(c, "the home is this province"));
}

static void only_the_discovery_bureau_forwards(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_44));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_int_equal(attempt(c, "police.33", "forward", ""), TB_REFUSED_ROLE);
    assert_int_equal(attempt(c, "cm.33", "forward", ""), TB_REFUSED_ROLE);
    assert_int_equal(attempt(c, "headquarters", "forward", ""), TB_REFUSED_ROLE);
    assert_int_equal(attempt(c, "bureau.44", "forward", ""), TB_REFUSED_JURISDICTION);
    assert_int_equal(attempt(c, "bureau.11", "forward", ""), TB_REFUSED_JURISDICTION);
    assert_accepted(attempt(c, "bureau.33", "forward", ""));
}

static void what_is_forwarded_is_no_longer_the_discovery_bureaus(void **state)
{
    country *c = *state;
    forwarded(c);
    assert_int_equal(attempt(c, "bureau.33", "forward", ""), TB_REFUSED_NOT_HOLDER);
    assert_int_equal(attempt(c, "bureau.33", "close", ""), TB_REFUSED_NOT_HOLDER);
}

static void who_submits_follows_the_source(void **state)
{
    country *c = *state;
    static const struct {
        const char *actor;
        const char *source;
        tb_refusal code;
    } rows[] = {
        {"police.33", "police_case", TB_ACCEPTED},
        {"police.33", "inspection", TB_REFUSED_CONDITION},
        {"police.33", "operator_check", TB_REFUSED_CONDITION},
        {"bureau.33", "inspection", TB_ACCEPTED},
        {"bureau.33", "joint_inspection", TB_ACCEPTED},
        {"bureau.33", "public_report", TB_ACCEPTED},
        {"bureau.33", "police_case", TB_REFUSED_CONDITION},
        {"bureau.33", "operator_check", TB_REFUSED_CONDITION},
        {"cm.33", "operator_check", TB_ACCEPTED},
        {"cm.33", "police_case", TB_REFUSED_CONDITION},
        {"headquarters", "inspection", TB_REFUSED_ROLE},
        {"market.33", "inspection", TB_REFUSED_ROLE},
        {"resale.1", "operator_check", TB_REFUSED_ROLE},
        {"operator-group.cm", "operator_check", TB_REFUSED_ROLE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char fields[400] = NUMBER OFFENCE HOME_44 "|found_province=33|source=";
        assert_int_equal(attempt(c, rows[i].actor, "submit", strcat(fields, rows[i].source)),
                         rows[i].code);
        if (rows[i].code == TB_ACCEPTED) {
            assert_memory_equal(c->ruling.holder.text, "bureau.33", sizeof "bureau.33");
        }
    }
    assert_int_equal(
        attempt(c, "police.33", "submit", NUMBER OFFENCE "|found_province=33|source=inspection"),
        TB_REFUSED_CONDITION);
    assert_true(detail_has(c, "source police case"));
}

static void the_place_of_finding_is_the_submitters_own(void **state)
{
    country *c = *state;
    assert_int_equal(attempt(c, "police.44", "submit", POLICE HOME_44), TB_REFUSED_JURISDICTION);
    assert_int_equal(attempt(c, "police.11", "submit", POLICE HOME_44), TB_REFUSED_JURISDICTION);
    /* and a receiver sees it, too */
    assert_accepted(attempt(c, "police.33", "submit", POLICE HOME_44));
    tb_event event = event_of(c, "police.33", &c->ruling);
    event.actor = party_of("police.11");
    assert_int_equal(receive(c, &event), TB_REFUSED_JURISDICTION);
}

static void all_that_is_missing_is_named_at_once(void **state)
{
    country *c = *state;
    assert_int_equal(attempt(c, "police.33", "submit", ""), TB_REFUSED_FIELD_MISSING);
    assert_true(detail_has(c, "number"));
    assert_true(detail_has(c, "source"));
    assert_false(detail_has(c, "remark")); /* may be left out */
    assert_int_equal(attempt(c, "police.33", "submit", "number=13800001234"),
                     TB_REFUSED_FIELD_MISSING);
    assert_false(detail_has(c, "(number)"));
    assert_true(detail_has(c, ", "));
}

static void what_is_returned_comes_back_corrected(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE));
    assert_int_equal(attempt(c, "bureau.33", "return", ""), TB_REFUSED_FIELD_MISSING);
    assert_int_equal(attempt(c, "bureau.33", "return", "return_reason=other"),
                     TB_REFUSED_FIELD_MISSING);
    assert_accepted(attempt(c, "bureau.33", "return", "return_reason=other|return_note=请补充"));
    assert_accepted(act(c, "bureau.33", "return", "return_reason=number_wrong"));
    assert_string_equal(holder_of(c), "police.33");
    assert_string_equal(state_of(c), "returned");
    assert_int_equal(attempt(c, "bureau.33", "accept", ""), TB_REFUSED_NOT_HOLDER);
    assert_accepted(act(c, "police.33", "resubmit",
                        "number=13900004567|number_masked=139****4567|home_province=44|mvno=0"));
    assert_string_equal(state_of(c), "submitted");
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_string_equal(state_of(c), "accepted");
}

static void an_emptied_field_is_unknown_again(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_44));
    assert_accepted(act(c, "bureau.33", "return", "return_reason=number_wrong"));
    assert_accepted(act(c, "police.33", "resubmit",
                        "number=17300004567|number_masked=173****4567|home_province=|iccid="));
    assert_int_equal(c->ruling.open_count, 1);
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_string_equal(state_of(c), "undetermined");
}

static void a_number_without_a_home_is_parked_and_decided_by_hand(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_string_equal(state_of(c), "undetermined");
    assert_int_equal(attempt(c, "bureau.33", "forward", ""), TB_REFUSED_STATE);
    assert_int_equal(attempt(c, "bureau.33", "decide", "home_province=44"),
                     TB_REFUSED_FIELD_MISSING);
    assert_int_equal(attempt(c, "bureau.33", "decide", "home_province=99|home_basis=other"),
                     TB_REFUSED_CONDITION);
    assert_int_equal(attempt(c, "police.33", "decide", "home_province=44|home_basis=other"),
                     TB_REFUSED_ROLE);
    assert_accepted(act(c, "bureau.33", "decide",
                        "home_province=44|home_basis=operator_reply|routing_note=移动公司来函"));
    assert_string_equal(state_of(c), "accepted");
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_string_equal(holder_of(c), "bureau.44");
}

static void a_wrong_home_comes_back_and_the_second_time_goes_to_headquarters(void **state)
{
    country *c = *state;
    forwarded(c);
    assert_int_equal(attempt(c, "bureau.44", "wrong_home", ""), TB_REFUSED_FIELD_MISSING);
    assert_accepted(
        act(c, "bureau.44", "wrong_home", "wrong_home_reason=not_found|suggested_province=11"));
    assert_string_equal(state_of(c), "rerouted");
    assert_string_equal(holder_of(c), "bureau.33");
    assert_accepted(act(c, "bureau.33", "decide", "home_province=11|home_basis=bureau_opinion"));
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_int_equal(attempt(c, "bureau.44", "sign_for", ""), TB_REFUSED_JURISDICTION);
    assert_accepted(act(c, "bureau.11", "sign_for", ""));
    assert_accepted(act(c, "bureau.11", "wrong_home", "wrong_home_reason=not_our_segment"));
    assert_string_equal(state_of(c), "at_headquarters");
    assert_string_equal(holder_of(c), "headquarters");
    assert_int_equal(attempt(c, "bureau.33", "decide", "home_province=44|home_basis=other"),
                     TB_REFUSED_NOT_HOLDER);
    assert_accepted(
        act(c, "headquarters", "decide_home", "home_province=44|home_basis=headquarters_ruling"));
    assert_string_equal(state_of(c), "accepted");
    assert_string_equal(holder_of(c), "bureau.33");
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_accepted(act(c, "bureau.44", "sign_for", ""));
}

static void an_operator_of_another_province_is_not_ordered(void **state)
{
    country *c = *state;
    signed_for(c, HOME_44);
    assert_int_equal(attempt(c, "bureau.44", "order", "ordered=cm.33"), TB_REFUSED_JURISDICTION);
    assert_int_equal(attempt(c, "bureau.44", "order", "ordered=bureau.11"), TB_REFUSED_CONDITION);
    assert_int_equal(attempt(c, "bureau.44", "order", "ordered=nobody"), TB_REFUSED_CONDITION);
    assert_int_equal(attempt(c, "bureau.44", "order", "ordered=CM 44"), TB_REFUSED_FIELD_INVALID);
    assert_accepted(attempt(c, "bureau.44", "order", "ordered=ct.44"));
}

static void a_resale_number_goes_to_the_resale_operator_and_the_host_is_copied(void **state)
{
    country *c = *state;
    signed_for(c, RESALE);
    assert_int_equal(attempt(c, "bureau.44", "order", "ordered=resale.1"),
                     TB_REFUSED_FIELD_MISSING);
    assert_int_equal(attempt(c, "bureau.44", "order", "ordered=resale.1|host=cm.33"),
                     TB_REFUSED_JURISDICTION);
    assert_int_equal(attempt(c, "bureau.44", "order", "ordered=ct.44|host=cm.44"),
                     TB_REFUSED_CONDITION);
    assert_accepted(act(c, "bureau.44", "order", "ordered=resale.1|host=cm.44"));
    assert_string_equal(state_of(c), "verifying");
    assert_string_equal(told(c), "bureau.33 cm.44 resale.1");
}

static void an_unknown_resale_operator_is_named_by_the_host(void **state)
{
    country *c = *state;
    signed_for(c, RESALE);
    assert_accepted(act(c, "bureau.44", "order", "ordered=cm.44|host=cm.44"));
    assert_string_equal(state_of(c), "resale_lookup");
    assert_int_equal(attempt(c, "cm.44", "result", "verify_result=unidentified|action=none"),
                     TB_REFUSED_CONDITION);
    assert_int_equal(attempt(c, "cm.44", "result", "verify_result=resale_user"),
                     TB_REFUSED_FIELD_MISSING);
    assert_int_equal(
        attempt(c, "cm.44", "result", "verify_result=resale_user|resale_operator=ct.44"),
        TB_REFUSED_CONDITION);
    assert_accepted(
        act(c, "cm.44", "result", "verify_result=resale_user|resale_operator=resale.2"));
    assert_string_equal(state_of(c), "to_order");
    assert_string_equal(holder_of(c), "bureau.44");
    assert_accepted(act(c, "bureau.44", "order", "ordered=resale.2|host=cm.44"));
    assert_accepted(act(c, "resale.2", "result", "verify_result=identified|action=none"));
    assert_accepted(act(c, "bureau.44", "answer", ""));
}

static void another_resale_operator_is_ordered_when_the_first_says_not_ours(void **state)
{
    country *c = *state;
    signed_for(c, RESALE);
    assert_accepted(act(c, "bureau.44", "order", "ordered=resale.3|host=cm.44"));
    assert_accepted(act(c, "resale.3", "result", "verify_result=not_ours"));
    assert_string_equal(state_of(c), "to_order");
    assert_int_equal(attempt(c, "bureau.44", "answer", ""), TB_REFUSED_STATE);
    assert_accepted(act(c, "bureau.44", "order", "ordered=resale.1|host=cm.44"));
    assert_int_equal(attempt(c, "resale.3", "result", "verify_result=not_in_use|action=none"),
                     TB_REFUSED_ROLE);
    assert_accepted(
        act(c, "resale.1", "result", "verify_result=unidentified|action=shutdown|action_at=" AT));
}

static void a_result_says_what_was_done_and_when(void **state)
{
    country *c = *state;
    signed_for(c, HOME_44);
    assert_accepted(act(c, "bureau.44", "order", "ordered=cm.44"));
    assert_int_equal(attempt(c, "cm.44", "result", "verify_result=unidentified"),
                     TB_REFUSED_FIELD_MISSING);
    assert_int_equal(attempt(c, "cm.44", "result", "verify_result=unidentified|action=shutdown"),
                     TB_REFUSED_FIELD_MISSING);
    assert_int_equal(attempt(c, "cm.44", "result", "verify_result=gone|action=none"),
                     TB_REFUSED_CHOICE);
    assert_int_equal(attempt(c, "ct.44", "result", "verify_result=not_in_use|action=none"),
                     TB_REFUSED_ROLE);
    assert_accepted(attempt(c, "cm.44", "result", "verify_result=not_in_use|action=none"));
}

static void an_unidentified_card_is_not_answered_before_it_is_shut_down(void **state)
{
    country *c = *state;
    with_result(c, "verify_result=unidentified|action=none");
    assert_int_equal(attempt(c, "bureau.44", "answer", ""), TB_REFUSED_CONDITION);
    assert_true(detail_has(c, "before it is shut down"));
    assert_int_equal(attempt(c, "bureau.44", "shut_down", ""), TB_REFUSED_CONDITION);
    assert_int_equal(attempt(c, "bureau.44", "shut_down", "action=shutdown"), TB_REFUSED_CONDITION);
    assert_accepted(act(c, "bureau.44", "shut_down", "action=shutdown|action_at=" AT));
    assert_accepted(act(c, "bureau.44", "answer", ""));

    local_with_result(c, "verify_result=unidentified|action=shutdown|action_at=" AT);
    assert_int_equal(attempt(c, "bureau.33", "pass_on", ""), TB_REFUSED_CONDITION);
    assert_accepted(act(c, "bureau.33", "shut_down", ""));
    assert_accepted(act(c, "bureau.33", "pass_on", ""));
}

static void an_identified_card_is_shut_down_only_with_a_stated_basis(void **state)
{
    country *c = *state;
    with_result(c, "verify_result=identified|action=none");
    assert_int_equal(attempt(c, "bureau.44", "shut_down", "action=shutdown|action_at=" AT),
                     TB_REFUSED_CONDITION);
    assert_true(detail_has(c, "stated basis"));
    assert_accepted(attempt(c, "bureau.44", "answer", ""));
    assert_accepted(attempt(c, "bureau.44", "shut_down",
                            "action=shutdown|shutdown_basis=police_request|action_at=" AT));

    signed_for(c, HOME_44);
    assert_accepted(act(c, "bureau.44", "order", "ordered=cm.44"));
    assert_int_equal(
        attempt(c, "cm.44", "result", "verify_result=identified|action=shutdown|action_at=" AT),
        TB_REFUSED_FIELD_MISSING);
    assert_accepted(act(
        c, "cm.44", "result",
        "verify_result=identified|action=shutdown|shutdown_basis=holder_request|action_at=" AT));
    assert_int_equal(attempt(c, "bureau.44", "answer", ""), TB_REFUSED_CONDITION);
    assert_accepted(act(c, "bureau.44", "shut_down", ""));
    assert_accepted(act(c, "bureau.44", "answer", ""));
}

static void a_number_not_in_use_is_answered_and_not_shut_down(void **state)
{
    country *c = *state;
    with_result(c, "verify_result=not_in_use|action=none");
    assert_int_equal(attempt(c, "bureau.44", "shut_down", "action=shutdown|action_at=" AT),
                     TB_REFUSED_CONDITION);
    assert_accepted(act(c, "bureau.44", "answer", ""));
    assert_accepted(act(c, "bureau.33", "pass_on", ""));
}

static void a_repeat_waits_at_its_home_and_is_answered_from_record(void **state)
{
    country *c = *state;
    static const char outcome[] =
        "verify_result=unidentified|action=shutdown|record_reason=closed_before|action_at=" AT;
    forwarded(c);
    c->known = (tb_local_knowledge){.linked_open = true};
    assert_accepted(
        act(c, "bureau.44", "sign_for", "linked_case=00112233445566778899aabbccddeeff"));
    assert_string_equal(state_of(c), "waiting");
    assert_int_equal(attempt(c, "bureau.44", "order", "ordered=cm.44"), TB_REFUSED_CONDITION);
    assert_int_equal(attempt(c, "bureau.44", "answer_from_record", outcome), TB_REFUSED_CONDITION);
    c->known = (tb_local_knowledge){.linked_done = true};
    assert_int_equal(attempt(c, "bureau.44", "answer_from_record",
                             "verify_result=unidentified|action=none|record_reason=closed_before"),
                     TB_REFUSED_CONDITION);
    assert_int_equal(attempt(c, "bureau.44", "answer_from_record",
                             "verify_result=not_ours|action=none|record_reason=closed_before"),
                     TB_REFUSED_CONDITION);
    assert_accepted(act(c, "bureau.44", "answer_from_record", outcome));
    assert_string_equal(state_of(c), "answered");
    assert_string_equal(holder_of(c), "bureau.33");
    assert_accepted(act(c, "bureau.33", "pass_on", ""));
    assert_accepted(act(c, "bureau.33", "close", ""));
}

static void a_local_repeat_waits_from_its_acceptance(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_33));
    c->known.linked_open = true;
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_string_equal(state_of(c), "waiting");
    c->known = (tb_local_knowledge){.linked_done = true};
    assert_accepted(act(c, "bureau.33", "answer_from_record",
                        "verify_result=identified|action=none|record_reason=closed_before"));
    assert_string_equal(holder_of(c), "bureau.33");
    assert_accepted(act(c, "bureau.33", "pass_on", ""));
}

static void a_repeat_of_another_provinces_number_is_not_linked_by_the_discovery_bureau(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_44));
    c->known.linked_open = true;
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_string_equal(state_of(c), "accepted");
}

static void ordering_a_number_again_takes_a_reason(void **state)
{
    country *c = *state;
    forwarded(c);
    c->known.linked_done = true;
    assert_accepted(act(c, "bureau.44", "sign_for", ""));
    assert_string_equal(state_of(c), "signed_for");
    assert_int_equal(attempt(c, "bureau.44", "order", "ordered=cm.44"), TB_REFUSED_FIELD_MISSING);
    assert_accepted(act(c, "bureau.44", "order", "ordered=cm.44|reorder_reason=registered_anew"));
}

static void a_case_is_taken_over_by_headquarters_or_its_discovery_bureau(void **state)
{
    country *c = *state;
    forwarded(c);
    assert_int_equal(attempt(c, "police.33", "take_over", "take_over_reason=other"),
                     TB_REFUSED_ROLE);
    assert_int_equal(attempt(c, "bureau.11", "take_over", "take_over_reason=other"),
                     TB_REFUSED_JURISDICTION);
    assert_int_equal(attempt(c, "headquarters", "take_over", ""), TB_REFUSED_FIELD_MISSING);
    assert_accepted(attempt(c, "headquarters", "take_over", "take_over_reason=other"));
    assert_memory_equal(c->ruling.to_state.data, "at_headquarters", c->ruling.to_state.size);
    uint32_t term = c->view.term;
    assert_accepted(act(c, "bureau.33", "take_over", "take_over_reason=other"));
    assert_string_equal(state_of(c), "accepted");
    assert_string_equal(holder_of(c), "bureau.33");
    assert_string_equal(told(c), "bureau.44 police.33");
    assert_int_equal(c->view.term, term + 1);
}

static void anybody_on_the_case_may_remark_and_the_case_stays_as_it_is(void **state)
{
    country *c = *state;
    forwarded(c);
    tb_case_view before = c->view;
    assert_accepted(act(c, "police.33", "remark", "comment=同一批次"));
    assert_string_equal(told(c), "bureau.33 bureau.44");
    assert_memory_equal(&before, &c->view, sizeof before);
    assert_accepted(act(c, "headquarters", "remark", "comment=请抓紧"));
    assert_int_equal(attempt(c, "bureau.11", "remark", "comment=x"), TB_REFUSED_JURISDICTION);
    assert_int_equal(attempt(c, "bureau.33", "remark", ""), TB_REFUSED_FIELD_MISSING);
}

static void a_party_that_has_ended_gets_no_case_and_no_copy(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_44));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    country_party(c, "bureau.44")->state = TB_PARTY_ENDED;
    assert_int_equal(attempt(c, "bureau.33", "forward", ""), TB_REFUSED_PARTY_OFF);
    country_party(c, "bureau.44")->state = TB_PARTY_ACTIVE;
    country_party(c, "police.33")->state = TB_PARTY_ENDED;
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_string_equal(told(c), "bureau.44");
    country_party(c, "bureau.44")->state = TB_PARTY_ENDED;
    assert_int_equal(attempt(c, "bureau.44", "sign_for", ""), TB_REFUSED_NOT_ACTIVE);
}

static void a_party_off_line_gets_case_and_copy_and_does_not_act_itself(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE HOME_44));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    country_party(c, "bureau.44")->state = TB_PARTY_OFF_LINE;
    country_party(c, "police.33")->state = TB_PARTY_OFF_LINE;
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_string_equal(holder_of(c), "bureau.44");
    assert_string_equal(told(c), "bureau.44 police.33");
    assert_int_equal(attempt(c, "bureau.44", "sign_for", ""), TB_REFUSED_NOT_ACTIVE);
}

static void what_carries_an_identity_number_or_a_secret_mark_does_not_leave(void **state)
{
    country *c = *state;
    assert_int_equal(
        attempt(c, "police.33", "submit", POLICE HOME_44 "|remark=机主11010519491231002X"),
        TB_REFUSED_IDENTITY_NUMBER);
    assert_true(detail_has(c, "remark"));
    assert_int_equal(
        attempt(c, "police.33", "submit", POLICE HOME_44 "|batch_no=440524188001010014"),
        TB_REFUSED_IDENTITY_NUMBER);
    assert_int_equal(attempt(c, "police.33", "submit", POLICE HOME_44 "|remark=机密★10年"),
                     TB_REFUSED_SECRET_MARK);
    assert_accepted(
        attempt(c, "police.33", "submit", POLICE HOME_44 "|iccid=89860011010519491231"));
}

static void values_are_split_into_what_is_open_and_what_is_sealed(void **state)
{
    country *c = *state;
    assert_accepted(attempt(c, "police.33", "submit", POLICE HOME_44 "|remark=r|batch_no=b"));
    static const char *const open[] = {"found_province", "home_province", "mvno",
                                       "operator",       "reported_at",   "source"};
    assert_int_equal(c->ruling.open_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_true(tb_bytes_equal(c->ruling.open_fields[i].id, tb_bytes_str(open[i])));
    }
    static const char *const groups[] = {"lead", "masked", "number"};
    static const size_t counts[] = {3, 1, 1};
    assert_int_equal(c->ruling.group_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(tb_bytes_equal(c->ruling.groups[i].group, tb_bytes_str(groups[i])));
        assert_int_equal(c->ruling.groups[i].field_count, counts[i]);
    }
    assert_true(tb_bytes_equal(c->ruling.groups[0].fields[0].id, tb_bytes_str("batch_no")));
}

static void fields_that_are_not_the_actions_are_refused(void **state)
{
    country *c = *state;
    assert_int_equal(attempt(c, "police.33", "submit", POLICE "|colour=red"),
                     TB_REFUSED_FIELD_UNKNOWN);
    assert_int_equal(attempt(c, "police.33", "submit", POLICE "|verify_result=identified"),
                     TB_REFUSED_FIELD_UNKNOWN);
    assert_int_equal(attempt(c, "police.33", "submit", POLICE "|source=police_case"),
                     TB_REFUSED_FIELD_INVALID);
    assert_int_equal(attempt(c, "police.33", "submit", POLICE "|found_at=yesterday"),
                     TB_REFUSED_FIELD_INVALID);
    assert_int_equal(attempt(c, "police.33", "dance", ""), TB_REFUSED_UNKNOWN_ACTION);
}

static void a_small_arena_is_an_error_and_no_verdict(void **state)
{
    country *c = *state;
    uint8_t small[64];
    tb_arena arena;
    tb_arena_init(&arena, small, sizeof small);
    tb_field values[] = {{tb_bytes_str("source"), tb_bytes_str("police_case")},
                         {tb_bytes_str("found_province"), tb_bytes_str("33")}};
    tb_party actor = party_of("police.33");
    assert_int_equal(tb_judge_act(&c->view, &c->directory, &actor, tb_bytes_str("submit"), values,
                                  2, NULL, &arena, &c->ruling, &c->objection),
                     TB_ERR_LIMIT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    T(a_card_travels_to_its_home_and_its_answer_back),
    T(where_found_is_home_one_bureau_skips_forward_sign_for_and_answer),
    T(a_local_card_is_not_forwarded),
    T(only_the_discovery_bureau_forwards),
    T(what_is_forwarded_is_no_longer_the_discovery_bureaus),
    T(who_submits_follows_the_source),
    T(the_place_of_finding_is_the_submitters_own),
    T(all_that_is_missing_is_named_at_once),
    T(what_is_returned_comes_back_corrected),
    T(an_emptied_field_is_unknown_again),
    T(a_number_without_a_home_is_parked_and_decided_by_hand),
    T(a_wrong_home_comes_back_and_the_second_time_goes_to_headquarters),
    T(an_operator_of_another_province_is_not_ordered),
    T(a_resale_number_goes_to_the_resale_operator_and_the_host_is_copied),
    T(an_unknown_resale_operator_is_named_by_the_host),
    T(another_resale_operator_is_ordered_when_the_first_says_not_ours),
    T(a_result_says_what_was_done_and_when),
    T(an_unidentified_card_is_not_answered_before_it_is_shut_down),
    T(an_identified_card_is_shut_down_only_with_a_stated_basis),
    T(a_number_not_in_use_is_answered_and_not_shut_down),
    T(a_repeat_waits_at_its_home_and_is_answered_from_record),
    T(a_local_repeat_waits_from_its_acceptance),
    T(a_repeat_of_another_provinces_number_is_not_linked_by_the_discovery_bureau),
    T(ordering_a_number_again_takes_a_reason),
    T(a_case_is_taken_over_by_headquarters_or_its_discovery_bureau),
    T(anybody_on_the_case_may_remark_and_the_case_stays_as_it_is),
    T(a_party_that_has_ended_gets_no_case_and_no_copy),
    T(a_party_off_line_gets_case_and_copy_and_does_not_act_itself),
    T(what_carries_an_identity_number_or_a_secret_mark_does_not_leave),
    T(values_are_split_into_what_is_open_and_what_is_sealed),
    T(fields_that_are_not_the_actions_are_refused),
    T(a_small_arena_is_an_error_and_no_verdict),
};

TB_RUN("agents/judge", tests)
