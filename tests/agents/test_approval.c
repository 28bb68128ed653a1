/* Approval: 审核 and 签发 by other accounts of the party before an act is made. */
#include "tests/agents/edited.h"
#include "tests/agents/people.h"

#define POLICE "police.33"
#define BUREAU "bureau.33"
#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"
#define WARY                                                                                       \
    "number=13800001235|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

/* The bureau's acceptance is reviewed and signed, its return signed, the police's opening reviewed.
 */
static const char *const wary[] = {
    "        en: accept\n        kind: chain\n",
    "        en: accept\n        kind: chain\n        approval: [review, sign]\n",
    "        en: return for correction\n        kind: chain\n",
    "        en: return for correction\n        kind: chain\n        approval: [sign]\n",
    "        en: submit\n        kind: open\n",
    "        en: submit\n        kind: open\n        approval: [review]\n",
    NULL};

static tb_campaign_loaded *loaded;
static const tb_campaign *only[1];
static tb_campaigns campaigns;

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    loaded = edited("ops/campaigns/black-card.yaml", wary);
    only[0] = tb_campaign_loaded_get(loaded);
    campaigns = (tb_campaigns){only, 1};
    for (size_t i = 0; i < w->agent_count; i++) {
        w->agents[i].agent.campaigns = &campaigns;
    }
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(loaded);
    return code;
}

/* A case at the bureau, which has its staff; its clerk asks next. */
static void submitted(world *w)
{
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED); /* the police have no accounts */
    deliver_all(w);
    staff(w, BUREAU);
}

static void without_accounts_an_act_is_made_at_once(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    assert_false(w->answer.draft);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    assert_string_equal(state_at(w, BUREAU), "accepted");
}

static void an_act_is_made_when_others_have_reviewed_and_signed_it(void **state)
{
    world *w = *state;
    submitted(w);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_int_equal(w->answer.acted.waits, TB_STEP_REVIEW);
    uint64_t number = w->answer.acted.draft;
    assert_string_equal(state_at(w, BUREAU), "submitted");
    assert_int_equal(lying(w), 0);

    assert_int_equal(approve(w, BUREAU, 5, number), TB_REFUSED_ACCOUNT_POST); /* not yet */
    assert_int_equal(approve(w, BUREAU, 4, number), TB_ACCEPTED);
    assert_int_equal(w->answer.acted.waits, TB_STEP_SIGN);
    assert_string_equal(state_at(w, BUREAU), "submitted");
    assert_int_equal(approve(w, BUREAU, 5, number), TB_ACCEPTED);
    assert_false(w->answer.draft);
    assert_string_equal(state_at(w, BUREAU), "accepted");
    assert_int_equal(approvals_at(w, BUREAU).count, 0);

    deliver_all(w);
    tb_local_event there = last_event(w, POLICE);
    assert_true(tb_bytes_equal(there.account, tb_bytes_str("a2")));
    assert_int_equal(there.approval_count, 2);
    assert_true(tb_bytes_equal(there.approvals[0].account, tb_bytes_str("a4")));
    assert_true(tb_bytes_equal(there.approvals[1].account, tb_bytes_str("a5")));
    assert_int_equal(there.approvals[1].name.size, 0); /* names stay at home */
    tb_local_event here = last_event(w, BUREAU);
    assert_true(tb_bytes_equal(here.approvals[0].name, tb_bytes_str("reviewer")));
    assert_true(tb_bytes_equal(here.approvals[1].name, tb_bytes_str("signer")));
    check_world(w);
}

static void nobody_approves_what_he_made_or_approved_himself(void **state)
{
    world *w = *state;
    submitted(w);
    user(w, 3); /* clerk and reviewer */
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    uint64_t number = w->answer.acted.draft;
    assert_int_equal(approve(w, BUREAU, 3, number), TB_REFUSED_OWN_ACT);
    user(w, 1);
    tb_local_account reviewer = {.name = tb_bytes_str("reviewer"),
                                 .posts = TB_POST_REVIEWER | TB_POST_SIGNER};
    assert_int_equal(change_account(w, BUREAU, TB_ACCOUNT_CHANGE, &reviewer), TB_ACCEPTED);
    assert_int_equal(approve(w, BUREAU, 4, number), TB_ACCEPTED);
    assert_int_equal(approve(w, BUREAU, 4, number), TB_REFUSED_OWN_ACT); /* also a signer now */
    assert_int_equal(approve(w, BUREAU, 5, number), TB_ACCEPTED);
    assert_string_equal(state_at(w, BUREAU), "accepted");
}

static void an_act_nobody_else_could_approve_is_refused_at_once(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    deliver_all(w);
    user(w, 1);
    assert_int_equal(hire(w, BUREAU, "all", TB_POST_OFFICER | TB_POST_CLERK | TB_POST_REVIEWER, 1),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_REFUSED_NO_APPROVER);
    assert_int_equal(approvals_at(w, BUREAU).count, 0);
}

static void what_is_sent_back_says_why_and_changes_nothing(void **state)
{
    world *w = *state;
    submitted(w);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    uint64_t number = w->answer.acted.draft;
    assert_int_equal(send_back(w, BUREAU, 4, number, ""), TB_REFUSED_REASON_MISSING);
    assert_int_equal(send_back(w, BUREAU, 4, number, "请补充依据"), TB_ACCEPTED);
    assert_string_equal(state_at(w, BUREAU), "submitted");
    tb_local_approvals all = approvals_at(w, BUREAU);
    assert_int_equal(all.count, 1);
    assert_int_equal(all.lines[0].code, TB_REFUSED_SENT_BACK);
    assert_true(tb_bytes_equal(all.lines[0].detail, tb_bytes_str("reviewer: 请补充依据")));
    assert_int_equal(approve(w, BUREAU, 4, number), TB_REFUSED_NOT_WAITING);
    check_world(w);
}

static void an_act_on_a_case_that_changed_meanwhile_goes_back_with_what_changed(void **state)
{
    world *w = *state;
    submitted(w);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    uint64_t accepting = w->answer.acted.draft;
    assert_int_equal(acts(w, BUREAU, "return", "return_reason=incomplete"), TB_ACCEPTED);
    uint64_t returning = w->answer.acted.draft;
    assert_int_equal(approve(w, BUREAU, 4, accepting), TB_ACCEPTED);
    assert_int_equal(approve(w, BUREAU, 5, returning), TB_ACCEPTED);
    assert_string_equal(state_at(w, BUREAU), "returned");
    assert_int_equal(approve(w, BUREAU, 5, accepting), TB_REFUSED_CHANGED);
    assert_string_equal(state_at(w, BUREAU), "returned");
    tb_local_approvals all = approvals_at(w, BUREAU);
    assert_int_equal(all.count, 1);
    assert_int_equal(all.lines[0].code, TB_REFUSED_CHANGED);
    assert_true(all.lines[0].detail.size > 0);
    check_world(w);
}

static void a_deputy_signs_within_his_days_and_it_is_shown_for_whom(void **state)
{
    world *w = *state;
    submitted(w);
    at_time(w, BUREAU, "2015-05-01T09:00:00+08:00");
    user(w, 1);
    tb_local_account deputy = {.name = tb_bytes_str("clerk2"),
                               .absent = tb_bytes_str("signer"),
                               .from = tb_bytes_str("2015-05-02"),
                               .to = tb_bytes_str("2015-05-03")};
    assert_int_equal(change_account(w, BUREAU, TB_ACCOUNT_DEPUTY, &deputy), TB_ACCEPTED);
    user(w, 2);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    uint64_t number = w->answer.acted.draft;
    assert_int_equal(approve(w, BUREAU, 4, number), TB_ACCEPTED);
    assert_int_equal(approve(w, BUREAU, 3, number), TB_REFUSED_ACCOUNT_POST); /* the day before */
    at_time(w, BUREAU, "2015-05-03T23:59:59+08:00");
    assert_int_equal(approve(w, BUREAU, 3, number), TB_ACCEPTED);
    tb_local_event here = last_event(w, BUREAU);
    assert_true(tb_bytes_equal(here.approvals[1].name, tb_bytes_str("clerk2")));
    assert_true(tb_bytes_equal(here.approvals[1].absent_name, tb_bytes_str("signer")));
    deliver_all(w);
    assert_true(tb_bytes_equal(last_event(w, POLICE).approvals[1].absent, tb_bytes_str("a5")));

    user(w, 1);
    assert_int_equal(change_account(w, BUREAU, TB_ACCOUNT_DEPUTY, &deputy), TB_ACCEPTED);
    at_time(w, BUREAU, "2015-05-04T00:00:00+08:00");
    assert_int_equal(change_account(w, BUREAU, TB_ACCOUNT_DEPUTY, &deputy), TB_REFUSED_DEPUTY);
    check_world(w);
}

static void the_deputy_of_who_made_it_does_not_approve_it(void **state)
{
    world *w = *state;
    submitted(w);
    user(w, 1);
    tb_local_account maker = {.name = tb_bytes_str("clerk"),
                              .posts = TB_POST_CLERK | TB_POST_SIGNER};
    tb_local_account deputy = {.name = tb_bytes_str("clerk2"),
                               .absent = tb_bytes_str("clerk"),
                               .from = tb_bytes_str("2000-01-01"),
                               .to = tb_bytes_str("2099-01-01")};
    assert_int_equal(change_account(w, BUREAU, TB_ACCOUNT_CHANGE, &maker), TB_ACCEPTED);
    assert_int_equal(change_account(w, BUREAU, TB_ACCOUNT_DEPUTY, &deputy), TB_ACCEPTED);
    user(w, 2);
    assert_int_equal(acts(w, BUREAU, "return", "return_reason=incomplete"), TB_ACCEPTED);
    assert_int_equal(approve(w, BUREAU, 3, w->answer.acted.draft), TB_REFUSED_OWN_ACT);
}

static void an_approved_act_waits_for_the_link_and_keeps_its_approvals(void **state)
{
    world *w = *state;
    submitted(w);
    link_up(w, BUREAU, false);
    assert_int_equal(acts(w, BUREAU, "return", "return_reason=incomplete"), TB_ACCEPTED);
    uint64_t number = w->answer.acted.draft;
    assert_int_equal(w->answer.acted.waits, TB_STEP_SIGN);
    assert_int_equal(approve(w, BUREAU, 5, number), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_int_equal(w->answer.acted.waits, TB_STEP_MADE);
    assert_string_equal(state_at(w, BUREAU), "submitted");
    link_up(w, BUREAU, true);
    assert_string_equal(state_at(w, BUREAU), "returned");
    assert_int_equal(last_event(w, BUREAU).approval_count, 1);
    check_world(w);
}

static void what_opens_a_case_is_approved_before_there_is_one(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    assert_int_equal(opens(w, POLICE, WARY), TB_ACCEPTED);
    assert_true(w->answer.draft);
    uint64_t number = w->answer.acted.draft;
    tb_local_approvals all = approvals_at(w, POLICE);
    assert_int_equal(all.count, 1);
    assert_true(tb_case_zero(&all.lines[0].case_id));
    assert_true(tb_bytes_equal(all.lines[0].action, tb_bytes_str("submit")));
    assert_false(all.lines[0].may); /* the clerk looks */
    assert_int_equal(approve(w, POLICE, 4, number), TB_ACCEPTED);
    w->case_id = w->answer.acted.case_id;
    deliver_all(w);
    assert_string_equal(state_at(w, BUREAU), "submitted");
}

static const tb_local_answer *lists(world *w, uint64_t number, uint64_t after, uint32_t limit)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_APPROVALS};
    request.list_approvals = (tb_local_list_approvals){number, after, limit};
    return ask(w, BUREAU, &request);
}

static void what_waits_is_shown_by_pages_or_one_by_its_number(void **state)
{
    world *w = *state;
    uint64_t numbers[3];
    assert_int_equal(opens(w, POLICE, LEAD), TB_ACCEPTED);
    deliver_all(w);
    staff(w, BUREAU);
    link_up(w, BUREAU, false);
    for (size_t i = 0; i < 3; i++) {
        if (i == 1) { /* a draft that waits for the link alone is nobody's to approve */
            assert_int_equal(acts(w, BUREAU, "remark", "comment=补充"), TB_ACCEPTED);
        } else {
            assert_int_equal(acts(w, BUREAU, "return", "return_reason=incomplete"), TB_ACCEPTED);
        }
        numbers[i] = w->answer.acted.draft;
        assert_true(numbers[i] > 0);
    }
    assert_int_equal(lists(w, 0, 0, 0)->approvals.count, 2);
    assert_false(w->answer.approvals.more);
    assert_int_equal(lists(w, 0, 0, UINT32_MAX)->approvals.count, 2);
    assert_int_equal(lists(w, 0, 0, 1)->approvals.count, 1);
    assert_true(w->answer.approvals.more);
    assert_int_equal(w->answer.approvals.lines[0].number, numbers[0]);
    assert_int_equal(lists(w, 0, numbers[0], 1)->approvals.count, 1);
    assert_int_equal(w->answer.approvals.lines[0].number, numbers[2]);
    assert_false(w->answer.approvals.more);
    assert_int_equal(lists(w, numbers[2], 0, 1)->approvals.count, 1);
    assert_int_equal(lists(w, numbers[1], 0, 1)->code, TB_REFUSED_NOT_WAITING);
    assert_int_equal(lists(w, numbers[2] + 1, 0, 1)->code, TB_REFUSED_NOT_WAITING);
    assert_int_equal(approve(w, BUREAU, 5, numbers[1]), TB_REFUSED_NOT_WAITING);
    assert_int_equal(approve(w, BUREAU, 5, numbers[2] + 1), TB_REFUSED_NOT_WAITING);
    /* one that is gone: the number behind it is another's */
    assert_int_equal(approve(w, BUREAU, 5, numbers[0]), TB_ACCEPTED);
    link_up(w, BUREAU, true);
    assert_int_equal(lists(w, numbers[0], 0, 1)->code, TB_REFUSED_NOT_WAITING);
    assert_int_equal(approve(w, BUREAU, 5, numbers[0]), TB_REFUSED_NOT_WAITING);
    assert_string_equal(state_at(w, BUREAU), "returned");
    check_world(w);
}

/* Its campaign is not here any more, or not yet. */
static void an_act_of_a_campaign_that_is_not_here_is_shown_by_its_ids(void **state)
{
    world *w = *state;
    staff(w, POLICE);
    assert_int_equal(opens(w, POLICE, WARY), TB_ACCEPTED);
    who(w, POLICE)->agent.campaigns = &w->none;
    tb_local_approvals all = approvals_at(w, POLICE);
    assert_int_equal(all.count, 1);
    assert_true(tb_bytes_equal(all.lines[0].campaign, tb_bytes_str("black-card")));
    assert_true(tb_bytes_equal(all.lines[0].case_type, tb_bytes_str("notice")));
    assert_int_equal(all.lines[0].title_zh.size, 0);
    who(w, POLICE)->agent.campaigns = &campaigns;
}

static void a_deputy_is_one_only_until_the_last_day_and_only_of_who_has_the_post(void **state)
{
    world *w = *state;
    submitted(w);
    at_time(w, BUREAU, "2015-05-01T09:00:00+08:00");
    user(w, 1);
    tb_local_account deputy = {.name = tb_bytes_str("clerk"),
                               .absent = tb_bytes_str("signer"),
                               .from = tb_bytes_str("2015-05-01"),
                               .to = tb_bytes_str("2015-05-01")};
    assert_int_equal(change_account(w, BUREAU, TB_ACCOUNT_DEPUTY, &deputy), TB_ACCEPTED);
    deputy.name = tb_bytes_str("reviewer");
    deputy.absent = tb_bytes_str("clerk2");
    assert_int_equal(change_account(w, BUREAU, TB_ACCOUNT_DEPUTY, &deputy), TB_ACCEPTED);
    user(w, 3);
    assert_int_equal(acts(w, BUREAU, "return", "return_reason=incomplete"), TB_ACCEPTED);
    uint64_t number = w->answer.acted.draft;
    assert_int_equal(approve(w, BUREAU, 4, number), TB_REFUSED_ACCOUNT_POST); /* of no signer */
    at_time(w, BUREAU, "2015-05-02T00:00:00+08:00");
    assert_int_equal(approve(w, BUREAU, 2, number), TB_REFUSED_ACCOUNT_POST); /* a day late */
    assert_int_equal(approve(w, BUREAU, 5, number), TB_ACCEPTED);
}

static void the_answer_of_the_request_follows_the_approval(void **state)
{
    world *w = *state;
    submitted(w);
    tb_local_request request = {.kind = TB_REQUEST_ACT, .id = {{77}}};
    request.act.case_id = w->case_id;
    request.act.action = tb_bytes_str("return");
    request.act.field_count = fields_of(w, "return_reason=incomplete", &request.act.fields);
    const tb_local_answer *answer = ask(w, BUREAU, &request);
    uint64_t number = answer->acted.draft;
    assert_true(answer->draft);
    assert_int_equal(ask(w, BUREAU, &request)->acted.waits, TB_STEP_SIGN); /* told again */
    assert_int_equal(approve(w, BUREAU, 5, number), TB_ACCEPTED);
    answer = ask(w, BUREAU, &request);
    assert_false(answer->draft);
    assert_true(answer->acted.number > 0);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(without_accounts_an_act_is_made_at_once),
    IN_A_WORLD(an_act_is_made_when_others_have_reviewed_and_signed_it),
    IN_A_WORLD(nobody_approves_what_he_made_or_approved_himself),
    IN_A_WORLD(an_act_nobody_else_could_approve_is_refused_at_once),
    IN_A_WORLD(what_is_sent_back_says_why_and_changes_nothing),
    IN_A_WORLD(an_act_on_a_case_that_changed_meanwhile_goes_back_with_what_changed),
    IN_A_WORLD(a_deputy_signs_within_his_days_and_it_is_shown_for_whom),
    IN_A_WORLD(the_deputy_of_who_made_it_does_not_approve_it),
    IN_A_WORLD(an_approved_act_waits_for_the_link_and_keeps_its_approvals),
    IN_A_WORLD(what_opens_a_case_is_approved_before_there_is_one),
    IN_A_WORLD(what_waits_is_shown_by_pages_or_one_by_its_number),
    IN_A_WORLD(an_act_of_a_campaign_that_is_not_here_is_shown_by_its_ids),
    IN_A_WORLD(a_deputy_is_one_only_until_the_last_day_and_only_of_who_has_the_post),
    IN_A_WORLD(the_answer_of_the_request_follows_the_approval),
};

TB_RUN("approval", tests)
