/* Looking things up, who stands where, who reads what, and the case after an event. */
#include "tests/agents/judge_fixture.h"

#define POLICE                                                                                     \
    "number=13800004567|number_masked=138****4567|reported_at=2015-02-09T11:39:00+08:00|"          \
    "offence=telecom_fraud|found_province=33|home_province=44|source="

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

static void names_lead_to_what_they_name_and_others_to_nothing(void **state)
{
    country *c = *state;
    const tb_case_type *type = tb_campaign_case_type(c->campaign, tb_bytes_str("notice"));
    assert_non_null(type);
    assert_null(tb_campaign_case_type(c->campaign, tb_bytes_str("notices")));
    assert_string_equal(tb_case_type_action(type, tb_bytes_str("forward"))->title.zh, "通报归属地");
    assert_string_equal(tb_case_type_state(type, tb_bytes_str("waiting"))->title.zh, "待前案结果");
    assert_string_equal(tb_case_type_field(type, tb_bytes_str("number"))->group, "number");
    assert_string_equal(tb_case_type_group(type, tb_bytes_str("links"))->title.zh, "关联办件");
    assert_string_equal(tb_case_type_position(type, tb_bytes_str("home"))->role, "bureau");
    assert_string_equal(tb_campaign_codes(c->campaign, "sources")->choices[0].title.zh, "公安办案");
    assert_null(tb_case_type_action(type, tb_bytes_str("")));
    assert_null(tb_case_type_state(type, tb_bytes_str("open")));
    assert_null(tb_case_type_field(type, tb_bytes_str("numbe")));
    assert_null(tb_case_type_group(type, tb_bytes_str("x")));
    assert_null(tb_case_type_position(type, tb_bytes_str("x")));
    assert_null(tb_campaign_codes(c->campaign, "x"));
}

static void the_states_are_named_as_the_plan_names_them(void **state)
{
    country *c = *state;
    static const char *const names[][2] = {
        {"accepted", "已受理"},
        {"signed_for", "归属地已签收"},
        {"waiting", "待前案结果"},
        {"informed", "已反馈"},
    };
    for (size_t i = 0; i < 4; i++) {
        const tb_state *one = tb_case_type_state(c->view.type, tb_bytes_str(names[i][0]));
        assert_string_equal(one->title.zh, names[i][1]);
    }
}

static void a_campaign_is_found_by_version_or_as_the_newest(void **state)
{
    (void)state;
    tb_campaign one = {.id = "a", .version = 1};
    tb_campaign three = {.id = "a", .version = 3};
    tb_campaign other = {.id = "b", .version = 9};
    const tb_campaign *list[] = {&one, &three, &other};
    tb_campaigns all = {list, 3};
    assert_ptr_equal(tb_campaigns_find(&all, tb_bytes_str("a"), 1), &one);
    assert_null(tb_campaigns_find(&all, tb_bytes_str("a"), 2));
    assert_ptr_equal(tb_campaigns_newest(&all, tb_bytes_str("a")), &three);
    assert_null(tb_campaigns_newest(&all, tb_bytes_str("c")));
}

static bool stands(country *c, const char *position, const char *party)
{
    tb_party found;
    if (!tb_position_party(&c->view, &c->directory, position, &found)) {
        return party == NULL;
    }
    return party != NULL && strcmp(found.text, party) == 0;
}

static void positions_are_filled_as_the_case_goes_on(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE "police_case"));
    assert_true(stands(c, "opener", "police.33"));
    assert_true(stands(c, "submitting_police", "police.33"));
    assert_true(stands(c, "discovery", "bureau.33"));
    assert_true(stands(c, "home", "bureau.44"));
    assert_true(stands(c, "headquarters", "headquarters"));
    assert_true(stands(c, "operator", NULL));
    assert_true(stands(c, "nowhere", NULL));
    country_forget(c);
    assert_accepted(act(c, "cm.33", "submit", POLICE "operator_check"));
    assert_true(stands(c, "opener", "cm.33"));
    assert_true(stands(c, "submitting_police", NULL));
}

static void the_active_party_of_a_role_goes_before_one_that_ended(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE "police_case"));
    country_party(c, "bureau.44")->state = TB_PARTY_ENDED;
    assert_true(stands(c, "home", "bureau.44"));
    country_party(c, "bureau.11")->jurisdiction = tb_bytes_str("44");
    assert_true(stands(c, "home", "bureau.11"));
}

static void check_readers(country *c, const char *group, const char *readers)
{
    static const char *const parties[] = {"bureau.11", "bureau.33", "bureau.44", "cm.33",
                                          "cm.44",     "ct.44",     "market.33", "headquarters",
                                          "police.33", "police.44"};
    char found[300] = "";
    for (size_t i = 0; i < sizeof parties / sizeof parties[0]; i++) {
        tb_party party = party_of(parties[i]);
        if (tb_may_read(&c->view, &c->directory, tb_bytes_str(group), &party)) {
            strcat(strcat(found, found[0] != '\0' ? " " : ""), parties[i]);
        }
    }
    assert_string_equal(found, readers);
}

static void groups_are_read_by_whom_the_design_names(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE "police_case"));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_accepted(act(c, "bureau.44", "sign_for", ""));
    check_readers(c, "number", "bureau.33 bureau.44 police.33");
    assert_accepted(act(c, "bureau.44", "order", "ordered=cm.44"));
    check_readers(c, "number", "bureau.33 bureau.44 cm.44 police.33");
    check_readers(c, "masked", "bureau.33 bureau.44 cm.44 headquarters police.33");
    check_readers(c, "lead", "bureau.33 bureau.44 police.33");
    check_readers(c, "correction", "bureau.33 police.33");
    check_readers(c, "routing", "bureau.33 bureau.44 headquarters");
    check_readers(c, "instruction", "bureau.33 bureau.44 cm.44");
    check_readers(c, "verification", "bureau.33 bureau.44 police.33");
    check_readers(c, "links", "bureau.44 headquarters");
    check_readers(c, "nothing", "");
}

static void an_operator_that_submits_reads_no_lead_of_others(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "cm.33", "submit", POLICE "operator_check"));
    check_readers(c, "lead", "bureau.33 bureau.44");
    check_readers(c, "number", "bureau.33 bureau.44 cm.33");
}

static void the_view_keeps_the_newest_value_of_each_open_field(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE "police_case"));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_accepted(act(c, "bureau.44", "wrong_home", "wrong_home_reason=not_found"));
    assert_accepted(act(c, "bureau.33", "decide", "home_province=11|home_basis=other"));
    for (size_t i = 1; i < c->view.field_count; i++) {
        tb_bytes a = c->view.fields[i - 1].id;
        tb_bytes b = c->view.fields[i].id;
        size_t shorter = a.size < b.size ? a.size : b.size;
        int order = memcmp(a.data, b.data, shorter);
        assert_true(order < 0 || (order == 0 && a.size < b.size));
    }
    assert_true(stands(c, "home", "bureau.11"));
    assert_int_equal(c->view.number, 5);
    assert_int_equal(c->view.head.bytes[0], 5);
    assert_int_equal(c->view.count_count, 5);
}

static void a_case_leads_from_when_it_is_taken_on_until_it_is_closed(void **state)
{
    country *c = *state;
    tb_party home = party_of("bureau.44");
    assert_accepted(act(c, "police.33", "submit", POLICE "police_case"));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_false(tb_case_leads(&c->view, &home));
    tb_case_view forwarded = c->view;
    assert_accepted(act(c, "bureau.44", "sign_for", ""));
    assert_true(tb_case_leads(&c->view, &home));
    assert_accepted(act(c, "bureau.44", "order", "ordered=cm.44"));
    assert_accepted(act(c, "cm.44", "result", "verify_result=not_in_use|action=none"));
    assert_accepted(act(c, "bureau.44", "answer", ""));
    assert_true(tb_case_leads(&c->view, &home));
    assert_accepted(act(c, "bureau.33", "pass_on", ""));
    assert_accepted(act(c, "bureau.33", "close", ""));
    assert_false(tb_case_leads(&c->view, &home));

    c->view = forwarded;
    c->known.linked_open = true;
    assert_accepted(act(c, "bureau.44", "sign_for", ""));
    assert_false(tb_case_leads(&c->view, &home)); /* it waits itself */
}

static void the_relay_lets_anybody_write_to_anybody(void **state)
{
    (void)state;
    static country c;
    country_setup(&c, "relay");
    assert_accepted(act(&c, "market.33", "send", "to=resale.1|text=你好"));
    assert_string_equal(state_of(&c), "sent");
    assert_string_equal(holder_of(&c), "resale.1");
    assert_string_equal(told(&c), "resale.1");
    tb_party reader = party_of("resale.1");
    tb_party other = party_of("resale.2");
    assert_true(tb_may_read(&c.view, &c.directory, tb_bytes_str("content"), &reader));
    assert_false(tb_may_read(&c.view, &c.directory, tb_bytes_str("content"), &other));
    country_forget(&c);
    assert_int_equal(attempt(&c, "market.33", "send", "to=nobody|text=x"), TB_REFUSED_PARTY_OFF);
    assert_int_equal(attempt(&c, "market.33", "send", "to=resale.1"), TB_REFUSED_FIELD_MISSING);
    country_teardown(&c);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    T(names_lead_to_what_they_name_and_others_to_nothing),
    T(the_states_are_named_as_the_plan_names_them),
    T(a_campaign_is_found_by_version_or_as_the_newest),
    T(positions_are_filled_as_the_case_goes_on),
    T(the_active_party_of_a_role_goes_before_one_that_ended),
    T(groups_are_read_by_whom_the_design_names),
    T(an_operator_that_submits_reads_no_lead_of_others),
    T(the_view_keeps_the_newest_value_of_each_open_field),
    T(a_case_leads_from_when_it_is_taken_on_until_it_is_closed),
    cmocka_unit_test(the_relay_lets_anybody_write_to_anybody),
};

TB_RUN("agents/campaign", tests)
