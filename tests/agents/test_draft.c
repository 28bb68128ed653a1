#include "agents/draft.h"
#include "tests/agents/bent_rows.h"
#include "tests/agents/world.h"
#include "tests/store/failing.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static uint64_t drafts_at(world *w, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    return ask(w, id, &request)->status.drafts;
}

/* What trace says of the draft that stands last in the case. */
static tb_refusal why_returned(world *w, const char *id)
{
    tb_local_request trace = {.kind = TB_REQUEST_TRACE};
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w->case_id.bytes, TB_CASE_ID_BYTES, hex);
    trace.trace = tb_bytes_str(hex);
    const tb_local_answer *answer = ask(w, id, &trace);
    const tb_local_trace_line *line = &answer->traced.lines[answer->traced.count - 1];
    assert_int_equal(line->where, TB_WHERE_DRAFT);
    return line->code;
}

static void an_act_without_link_waits_and_goes_out_when_it_is_back(void **state)
{
    world *w = *state;
    link_up(w, "police.33", false);
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE, .id = {{5}}};
    request.open.campaign = tb_bytes_str("black-card");
    request.open.case_type = tb_bytes_str("notice");
    request.open.field_count = fields_of(w, LEAD, &request.open.fields);
    const tb_local_answer *answer = ask(w, "police.33", &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_true(answer->draft);
    assert_int_equal(lying(w), 0);
    assert_int_equal(drafts_at(w, "police.33"), 1);
    assert_true(ask(w, "police.33", &request)->draft);
    assert_int_equal(drafts_at(w, "police.33"), 1);

    link_up(w, "police.33", true);
    assert_int_equal(drafts_at(w, "police.33"), 0);
    assert_int_equal(lying(w), 1);
    answer = ask(w, "police.33", &request);
    assert_false(answer->draft);
    w->case_id = answer->acted.case_id;
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.33"), "submitted");
    check_world(w);
}

static void a_draft_whose_case_changed_returns_to_its_author(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    link_up(w, "bureau.33", false);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_int_equal(acts(w, "bureau.33", "return", "return_reason=incomplete"), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_string_equal(state_at(w, "bureau.33"), "submitted");
    link_up(w, "bureau.33", true);
    assert_string_equal(state_at(w, "bureau.33"), "accepted");
    assert_int_equal(drafts_at(w, "bureau.33"), 1);

    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, "bureau.33", &request);
    const tb_local_event *last = &answer->case_.events[answer->case_.event_count - 1];
    assert_int_equal(last->standing, TB_STANDING_DRAFT);
    assert_true(tb_bytes_equal(last->action, tb_bytes_str("return")));

    assert_int_equal(why_returned(w, "bureau.33"), TB_REFUSED_CHANGED);
    check_world(w);
}

static void drafts_of_many_cases_go_out_in_slices(void **state)
{
    world *w = *state;
    link_up(w, "police.33", false);
    for (unsigned i = 0; i < 300; i++) {
        assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    }
    link_up(w, "police.33", true);
    assert_true(lying(w) < 300);
    for (unsigned i = 0; i < 5; i++) {
        (void)drafts_at(w, "police.33");
    }
    assert_int_equal(drafts_at(w, "police.33"), 0);
    assert_int_equal(lying(w), 300);
}

/* Every event of the case that is in no notice yet goes with the draft's. */
static void a_draft_behind_very_many_loose_events_goes_out_with_all_of_them(void **state)
{
    enum {
        LOOSE = 1100
    };
    world *w = *state;
    if (failing_awake()) {
        return; /* no way of it is new */
    }
    world_campaign(w, "tests/system/long_chain.yaml");
    assert_int_equal(opens_type(w, "police.33", "log", "to=bureau.44"), TB_ACCEPTED);
    deliver_all(w);
    tb_directory_party *away = party_at(w, "bureau.44");
    away->state = TB_PARTY_ENDED;
    for (unsigned i = 0; i < LOOSE; i++) {
        assert_int_equal(acts(w, "police.33", "write", "a=x"), TB_ACCEPTED);
        assert_false(w->answer.draft);
    }
    assert_int_equal(lying(w), 0);
    away->state = TB_PARTY_ACTIVE;
    w->directory.version++;
    link_up(w, "police.33", false);
    assert_int_equal(acts(w, "police.33", "write", "a=y"), TB_ACCEPTED);
    assert_true(w->answer.draft);
    link_up(w, "police.33", true);
    assert_int_equal(drafts_at(w, "police.33"), 0);
    deliver_all(w);
    assert_int_equal(summary_at(w, "bureau.44").number, LOOSE + 2);
    assert_int_equal(summary_at(w, "bureau.44").held_back, 0);
    check_world(w);
}

/* Nor do side events stand in its way, as many as a case takes, and a draft after each. */
static void drafts_on_a_case_with_very_many_side_events_go_out(void **state)
{
    world *w = *state;
    if (failing_awake()) {
        return; /* no way of it is new */
    }
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    for (unsigned i = 0; i < TB_UNSEEN_MAX; i++) {
        assert_int_equal(acts(w, "bureau.33", "remark", "comment=已联系"), TB_ACCEPTED);
    }
    link_up(w, "bureau.33", false);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_true(w->answer.draft);
    link_up(w, "bureau.33", true);
    assert_int_equal(drafts_at(w, "bureau.33"), 0);
    assert_string_equal(state_at(w, "bureau.33"), "accepted");
    link_up(w, "bureau.33", false);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    link_up(w, "bureau.33", true);
    assert_int_equal(drafts_at(w, "bureau.33"), 0);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "forwarded");
    check_world(w);
}

/* As when its store is found to have gone back. */
static void goes_back(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_drafts_went_back(txn));
    assert_ok(tb_store_commit(txn));
}

static void an_opening_of_a_store_that_went_back_returns_and_opens_nothing_again(void **state)
{
    world *w = *state;
    link_up(w, "police.33", false);
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    assert_true(w->answer.draft);
    goes_back(w, "police.33");
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    assert_true(w->answer.draft);
    link_up(w, "police.33", true);
    assert_int_equal(lying(w), 1); /* the later one */
    assert_int_equal(drafts_at(w, "police.33"), 1);
    deliver_all(w);
    check_world(w);
}

static void of_acts_on_a_case_that_went_back_those_it_says_nothing_of_return(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    link_up(w, "bureau.33", false);
    assert_int_equal(acts(w, "bureau.33", "remark", "comment=A"), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_true(w->answer.draft);
    goes_back(w, "bureau.33");
    link_up(w, "bureau.33", true);
    assert_string_equal(state_at(w, "bureau.33"), "accepted"); /* it stood where it had stood */
    assert_int_equal(drafts_at(w, "bureau.33"), 1);

    assert_int_equal(why_returned(w, "bureau.33"), TB_REFUSED_PERHAPS_SENT);
    check_world(w);
}

static void what_the_rules_refuse_does_not_become_a_draft(void **state)
{
    world *w = *state;
    link_up(w, "police.33", false);
    assert_int_equal(opens(w, "police.33", "number=1"), TB_REFUSED_FIELD_INVALID);
    assert_int_equal(drafts_at(w, "police.33"), 0);
}

static void whatever_a_row_of_a_draft_is_the_check_goes_to_its_end(void **state)
{
    world *w = *state;
    link_up(w, "police.33", false);
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    assert_int_equal(drafts_at(w, "police.33"), 1);
    world_agent *a = who(w, "police.33");
    assert_true(bend_rows(a->store, &a->arena, &a->agent) > 10);
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(an_act_without_link_waits_and_goes_out_when_it_is_back),
    IN_A_WORLD(a_draft_whose_case_changed_returns_to_its_author),
    IN_A_WORLD(drafts_of_many_cases_go_out_in_slices),
    IN_A_WORLD(a_draft_behind_very_many_loose_events_goes_out_with_all_of_them),
    IN_A_WORLD(drafts_on_a_case_with_very_many_side_events_go_out),
    IN_A_WORLD(an_opening_of_a_store_that_went_back_returns_and_opens_nothing_again),
    IN_A_WORLD(of_acts_on_a_case_that_went_back_those_it_says_nothing_of_return),
    IN_A_WORLD(what_the_rules_refuse_does_not_become_a_draft),
    IN_A_WORLD(whatever_a_row_of_a_draft_is_the_check_goes_to_its_end),
};

TB_RUN("draft", tests)
