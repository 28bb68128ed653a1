/* Accounts: who may ask an agent to act, and how he shows who he is. */
#include "tests/agents/people.h"

#include <stdio.h>

#include "messages/keys.h"

#define POLICE "police.33"
#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static void an_agent_without_accounts_works_as_before(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    assert_true(tb_bytes_equal(last_event(w, POLICE).account, tb_bytes_str("li")));
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    assert_int_equal(ask(w, POLICE, &request)->status.accounts, 0);
}

static void the_first_account_is_an_officers(void **state)
{
    world *w = *state;
    user(w, 1);
    assert_int_equal(hire(w, POLICE, "clerk", TB_POST_CLERK, 1), TB_REFUSED_FIRST_OFFICER);
    assert_int_equal(hire(w, POLICE, "officer", TB_POST_OFFICER, 1), TB_ACCEPTED);
    assert_true(tb_bytes_equal(w->answer.accounts.lines[0].code, tb_bytes_str("a1")));
}

static void whoever_is_no_account_looks_and_does_not_act(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    uint64_t alarms = alarms_at(w, POLICE);

    user(w, 99);
    assert_int_equal(opens(w, POLICE, LEAD), TB_REFUSED_UNKNOWN_ACCOUNT);
    assert_int_equal(alarms_at(w, POLICE), alarms + 1);
    assert_string_equal(state_at(w, POLICE), "submitted");
    user(w, 0);
    assert_int_equal(opens(w, POLICE, LEAD), TB_REFUSED_UNKNOWN_ACCOUNT);
}

static void an_act_bears_the_code_of_its_account_and_the_name_stays_at_home(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    deliver_all(w);
    tb_local_event here = last_event(w, POLICE);
    assert_true(tb_bytes_equal(here.account, tb_bytes_str("a2")));
    assert_true(tb_bytes_equal(here.account_name, tb_bytes_str("clerk")));
    tb_local_event there = last_event(w, "bureau.33");
    assert_true(tb_bytes_equal(there.account, tb_bytes_str("a2")));
    assert_int_equal(there.account_name.size, 0);
}

static void an_account_without_the_post_is_refused_and_recorded(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    uint64_t alarms = alarms_at(w, POLICE);
    user(w, 5);
    assert_int_equal(opens(w, POLICE, LEAD), TB_REFUSED_ACCOUNT_POST);
    assert_int_equal(alarms_at(w, POLICE), alarms + 1);
    user(w, 2);
    assert_int_equal(hire(w, POLICE, "friend", TB_POST_CLERK, 7), TB_REFUSED_ACCOUNT_POST);
    tb_local_request recover = {.kind = TB_REQUEST_RECOVER, .id = {{9}}};
    recover.recover.reason = tb_bytes_str("x");
    assert_int_equal(ask(w, POLICE, &recover)->code, TB_REFUSED_ACCOUNT_POST);
    tb_local_request drop = {.kind = TB_REQUEST_ACT_QUARANTINE, .id = {{8}}};
    drop.settle = (tb_local_settle){tb_bytes_str("bureau.33/1/1"), true, tb_bytes_str("x")};
    assert_int_equal(ask(w, POLICE, &drop)->code, TB_REFUSED_ACCOUNT_POST);
    user(w, 1);
    assert_int_equal(ask(w, POLICE, &recover)->code, TB_REFUSED_NOTHING_TO_RECOVER);
}

static void nobody_acts_as_another_by_naming_him(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE,
                                .id = {{0xF0, 0xF1}},
                                .account = tb_bytes_str("clerk2"),
                                .named = true};
    request.open.campaign = tb_bytes_str("black-card");
    request.open.case_type = tb_bytes_str("notice");
    request.open.field_count = fields_of(w, LEAD, &request.open.fields);
    assert_int_equal(ask(w, POLICE, &request)->code, TB_REFUSED_ACCOUNT_PROOF);
    request.account = tb_bytes_str("clerk");
    assert_int_equal(ask(w, POLICE, &request)->code, TB_ACCEPTED);
}

static void a_key_shows_whose_request_it_is(void **state)
{
    world *w = *state;
    tb_sign_pair mine;
    tb_sign_pair other;
    tb_sign_pair_make(&mine, &w->random);
    tb_sign_pair_make(&other, &w->random);
    staff(w, POLICE);
    user(w, 1);
    tb_local_account account = {.name = tb_bytes_str("wang.min"),
                                .title = tb_bytes_str("王敏"),
                                .posts = TB_POST_CLERK,
                                .has_key = true};
    memcpy(account.key, mine.public_key.bytes, sizeof account.key);
    assert_int_equal(change_account(w, POLICE, TB_ACCOUNT_ADD, &account), TB_ACCEPTED);

    user(w, 99); /* whoever's terminal it is */
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE,
                                .id = {{0xF0, 0xF1}},
                                .account = tb_bytes_str("wang.min"),
                                .named = true};
    request.open.campaign = tb_bytes_str("black-card");
    request.open.case_type = tb_bytes_str("notice");
    request.open.field_count = fields_of(w, LEAD, &request.open.fields);
    w->secret = other.secret;
    assert_int_equal(ask(w, POLICE, &request)->code, TB_REFUSED_ACCOUNT_PROOF);
    w->secret = mine.secret;
    assert_int_equal(ask(w, POLICE, &request)->code, TB_ACCEPTED);
    w->case_id = w->answer.acted.case_id;
    assert_true(tb_bytes_equal(last_event(w, POLICE).account_name, tb_bytes_str("王敏")));
    request.account = tb_bytes_str("clerk"); /* has no key */
    request.id.bytes[0] = 7;
    assert_int_equal(ask(w, POLICE, &request)->code, TB_REFUSED_ACCOUNT_PROOF);
    w->secret = NULL;
}

static void the_last_officer_can_neither_go_nor_lose_the_post(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    user(w, 1);
    tb_local_account officer = {.name = tb_bytes_str("officer"), .posts = TB_POST_CLERK};
    assert_int_equal(change_account(w, POLICE, TB_ACCOUNT_CLOSE, &officer),
                     TB_REFUSED_LAST_OFFICER);
    assert_int_equal(change_account(w, POLICE, TB_ACCOUNT_CHANGE, &officer),
                     TB_REFUSED_LAST_OFFICER);
    assert_int_equal(hire(w, POLICE, "second", TB_POST_OFFICER, 6), TB_ACCEPTED);
    assert_int_equal(change_account(w, POLICE, TB_ACCOUNT_CLOSE, &officer), TB_ACCEPTED);
    assert_int_equal(hire(w, POLICE, "third", TB_POST_CLERK, 8), TB_REFUSED_UNKNOWN_ACCOUNT);
}

static void a_closed_account_acts_no_more_and_keeps_its_name_and_code(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    tb_case_id first = w->case_id;
    user(w, 1);
    tb_local_account clerk = {.name = tb_bytes_str("clerk")};
    assert_int_equal(change_account(w, POLICE, TB_ACCOUNT_CLOSE, &clerk), TB_ACCEPTED);
    assert_int_equal(hire(w, POLICE, "clerk", TB_POST_CLERK, 9), TB_REFUSED_ACCOUNT_TAKEN);
    assert_int_equal(hire(w, POLICE, "clerk3", TB_POST_CLERK, 2),
                     TB_ACCEPTED); /* its user is free */
    user(w, 2);
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    assert_true(tb_bytes_equal(last_event(w, POLICE).account, tb_bytes_str("a6")));
    w->case_id = first;
    assert_true(tb_bytes_equal(last_event(w, POLICE).account_name, tb_bytes_str("clerk")));
    check_world(w);
}

static void what_makes_no_account_is_refused_with_what_is_wrong(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    user(w, 1);
    assert_int_equal(hire(w, POLICE, "Wang Min", TB_POST_CLERK, 7), TB_REFUSED_ACCOUNT_MALFORMED);
    assert_int_equal(hire(w, POLICE, "wang", 0, 7), TB_REFUSED_ACCOUNT_MALFORMED);
    assert_int_equal(hire(w, POLICE, "wang", TB_POST_CLERK, 2), TB_REFUSED_ACCOUNT_TAKEN);
    tb_local_account nobody = {
        .name = tb_bytes_str("wang"), .title = tb_bytes_str("王"), .posts = TB_POST_CLERK};
    assert_int_equal(change_account(w, POLICE, TB_ACCOUNT_ADD, &nobody),
                     TB_REFUSED_ACCOUNT_MALFORMED);
    nobody.name = tb_bytes_str("unknown");
    assert_int_equal(change_account(w, POLICE, TB_ACCOUNT_CHANGE, &nobody),
                     TB_REFUSED_UNKNOWN_ACCOUNT);
}

/* What an officer asks, one after another; a field left out is as it was. */
static const struct {
    tb_account_change what;
    const char *name;
    const char *title;
    uint32_t posts;
    unsigned uid; /* 0: none */
    uint8_t key;  /* its bytes; 0: none */
    const char *absent;
    const char *from;
    const char *to;
    tb_refusal code;
} changes[] = {
    /* names, each at the edge of what they may hold */
    {TB_ACCOUNT_ADD, "", "空", TB_POST_CLERK, 9, 0, "", "", "", TB_REFUSED_ACCOUNT_MALFORMED},
    {TB_ACCOUNT_ADD, "a`", "王", TB_POST_CLERK, 9, 0, "", "", "", TB_REFUSED_ACCOUNT_MALFORMED},
    {TB_ACCOUNT_ADD, "a{", "王", TB_POST_CLERK, 9, 0, "", "", "", TB_REFUSED_ACCOUNT_MALFORMED},
    {TB_ACCOUNT_ADD, "a/", "王", TB_POST_CLERK, 9, 0, "", "", "", TB_REFUSED_ACCOUNT_MALFORMED},
    {TB_ACCOUNT_ADD, "a:", "王", TB_POST_CLERK, 9, 0, "", "", "", TB_REFUSED_ACCOUNT_MALFORMED},
    {TB_ACCOUNT_ADD, "wang", "", TB_POST_CLERK, 9, 0, "", "", "", TB_REFUSED_ACCOUNT_MALFORMED},
    {TB_ACCOUNT_ADD, "wang_1-a.b9", "王", TB_POST_CLERK, 9, 7, "", "", "", TB_ACCEPTED},
    {TB_ACCOUNT_ADD, "wang_1-a.b9", "王", TB_POST_CLERK, 8, 0, "", "", "",
     TB_REFUSED_ACCOUNT_TAKEN},
    /* what shows who somebody is shows one */
    {TB_ACCOUNT_ADD, "li", "李", TB_POST_CLERK, 0, 7, "", "", "", TB_REFUSED_ACCOUNT_TAKEN},
    {TB_ACCOUNT_ADD, "li", "李", TB_POST_CLERK, 0, 8, "", "", "", TB_ACCEPTED},
    {TB_ACCOUNT_CHANGE, "li", "", 0, 9, 0, "", "", "", TB_REFUSED_ACCOUNT_TAKEN},
    {TB_ACCOUNT_CHANGE, "li", "", 0, 10, 9, "", "", "", TB_ACCEPTED},
    {TB_ACCOUNT_CHANGE, "li", "李科长", TB_POST_REVIEWER, 0, 0, "", "", "", TB_ACCEPTED},
    /* the last officer stays one; a second may give it up */
    {TB_ACCOUNT_CHANGE, "officer", "", TB_POST_CLERK, 0, 0, "", "", "", TB_REFUSED_LAST_OFFICER},
    {TB_ACCOUNT_CHANGE, "officer", "", TB_POST_OFFICER | TB_POST_CLERK, 0, 0, "", "", "",
     TB_ACCEPTED},
    {TB_ACCOUNT_CHANGE, "li", "", TB_POST_OFFICER, 0, 0, "", "", "", TB_ACCEPTED},
    {TB_ACCOUNT_CHANGE, "li", "", TB_POST_CLERK, 0, 0, "", "", "", TB_ACCEPTED},
    /* a deputy of another, who is there, for days to come */
    {TB_ACCOUNT_DEPUTY, "li", "", 0, 0, 0, "li", "2035-05-01", "2035-05-03", TB_REFUSED_DEPUTY},
    {TB_ACCOUNT_DEPUTY, "li", "", 0, 0, 0, "nobody", "2035-05-01", "2035-05-03", TB_REFUSED_DEPUTY},
    {TB_ACCOUNT_DEPUTY, "li", "", 0, 0, 0, "signer", "2035-05-32", "2035-05-03", TB_REFUSED_DEPUTY},
    {TB_ACCOUNT_DEPUTY, "li", "", 0, 0, 0, "signer", "2035-05-01", "soon", TB_REFUSED_DEPUTY},
    {TB_ACCOUNT_DEPUTY, "li", "", 0, 0, 0, "signer", "2035-05-03", "2035-05-01", TB_REFUSED_DEPUTY},
    {TB_ACCOUNT_DEPUTY, "li", "", 0, 0, 0, "signer", "2005-05-01", "2005-05-03", TB_REFUSED_DEPUTY},
    {TB_ACCOUNT_DEPUTY, "li", "", 0, 0, 0, "signer", "2005-05-01", "2035-05-03", TB_ACCEPTED},
    {TB_ACCOUNT_DEPUTY, "li", "", 0, 0, 0, "", "", "", TB_ACCEPTED},
    /* who is gone can be nobody's deputy, and his key is free */
    {TB_ACCOUNT_CLOSE, "signer", "", 0, 0, 0, "", "", "", TB_ACCEPTED},
    {TB_ACCOUNT_DEPUTY, "li", "", 0, 0, 0, "signer", "2035-05-01", "2035-05-03", TB_REFUSED_DEPUTY},
    {TB_ACCOUNT_CLOSE, "wang_1-a.b9", "", 0, 0, 0, "", "", "", TB_ACCEPTED},
    {TB_ACCOUNT_ADD, "wang.again", "王", TB_POST_CLERK, 9, 7, "", "", "", TB_ACCEPTED},
    {TB_ACCOUNT_CHANGE, "wang_1-a.b9", "王", 0, 0, 0, "", "", "", TB_REFUSED_UNKNOWN_ACCOUNT},
};

static void accounts_are_changed_by_these_rules(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    user(w, 1);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        tb_local_account wanted = {.name = tb_bytes_str(changes[i].name),
                                   .title = tb_bytes_str(changes[i].title),
                                   .posts = changes[i].posts,
                                   .has_uid = changes[i].uid != 0,
                                   .uid = changes[i].uid,
                                   .has_key = changes[i].key != 0,
                                   .absent = tb_bytes_str(changes[i].absent),
                                   .from = tb_bytes_str(changes[i].from),
                                   .to = tb_bytes_str(changes[i].to)};
        memset(wanted.key, changes[i].key, sizeof wanted.key);
        tb_refusal code = change_account(w, POLICE, changes[i].what, &wanted);
        if (code != changes[i].code) {
            fail_msg("change %zu, of %s: %s, not %s", i, changes[i].name, tb_refusal_key(code),
                     tb_refusal_key(changes[i].code));
        }
    }
}

static void accounts_have_a_bound(void **state)
{
    world *w = *state;
    char name[16];
    user(w, 1);
    assert_int_equal(hire(w, POLICE, "officer", TB_POST_OFFICER, 1), TB_ACCEPTED);
    for (unsigned i = 2; i <= TB_ACCOUNTS_MAX; i++) {
        (void)snprintf(name, sizeof name, "clerk%u", i);
        assert_int_equal(hire(w, POLICE, name, TB_POST_CLERK, i), TB_ACCEPTED);
    }
    assert_int_equal(hire(w, POLICE, "more", TB_POST_CLERK, TB_ACCOUNTS_MAX + 1),
                     TB_REFUSED_TOO_LARGE);
    tb_local_request request = {.kind = TB_REQUEST_LIST_ACCOUNTS};
    assert_int_equal(ask(w, POLICE, &request)->accounts.count, TB_ACCOUNTS_MAX);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(an_agent_without_accounts_works_as_before),
    IN_A_WORLD(the_first_account_is_an_officers),
    IN_A_WORLD(whoever_is_no_account_looks_and_does_not_act),
    IN_A_WORLD(an_act_bears_the_code_of_its_account_and_the_name_stays_at_home),
    IN_A_WORLD(an_account_without_the_post_is_refused_and_recorded),
    IN_A_WORLD(nobody_acts_as_another_by_naming_him),
    IN_A_WORLD(a_key_shows_whose_request_it_is),
    IN_A_WORLD(the_last_officer_can_neither_go_nor_lose_the_post),
    IN_A_WORLD(a_closed_account_acts_no_more_and_keeps_its_name_and_code),
    IN_A_WORLD(what_makes_no_account_is_refused_with_what_is_wrong),
    IN_A_WORLD(accounts_are_changed_by_these_rules),
    IN_A_WORLD(accounts_have_a_bound),
};

TB_RUN("accounts", tests)
