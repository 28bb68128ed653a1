#include "agents/local.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static tb_local_request open_request(world *w, uint8_t id, const char *fields)
{
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE, .id = {{id}}};
    request.open.campaign = tb_bytes_str("black-card");
    request.open.case_type = tb_bytes_str("notice");
    request.open.field_count = fields_of(w, fields, &request.open.fields);
    return request;
}

static uint64_t cases_at(world *w, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    return ask(w, id, &request)->status.cases;
}

static void a_request_asked_again_is_answered_again_and_acts_once(void **state)
{
    world *w = *state;
    tb_local_request request = open_request(w, 1, LEAD);
    tb_local_answer first = *ask(w, "police.33", &request);
    assert_int_equal(first.code, TB_ACCEPTED);
    const tb_local_answer *second = ask(w, "police.33", &request);
    assert_int_equal(second->code, TB_ACCEPTED);
    assert_true(tb_digest_equal(&first.acted.event, &second->acted.event));
    assert_int_equal(cases_at(w, "police.33"), 1);
    assert_int_equal(lying(w), 1);

    tb_local_request again = {.kind = TB_REQUEST_GET_REQUEST, .request = request.id};
    const tb_local_answer *third = ask(w, "police.33", &again);
    assert_true(tb_case_equal(&third->acted.case_id, &first.acted.case_id));
    again.request.bytes[0] = 77;
    assert_int_equal(ask(w, "police.33", &again)->code, TB_REFUSED_UNKNOWN_REQUEST);
}

static void a_request_id_used_for_something_else_is_refused(void **state)
{
    world *w = *state;
    tb_local_request request = open_request(w, 1, LEAD);
    assert_int_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
    tb_local_request other = open_request(w, 1, LEAD "|remark=x");
    assert_int_equal(ask(w, "police.33", &other)->code, TB_REFUSED_REQUEST_REUSED);
    assert_int_equal(cases_at(w, "police.33"), 1);
}

static void a_refused_request_may_be_asked_again(void **state)
{
    world *w = *state;
    tb_local_request request = open_request(w, 1, LEAD);
    who(w, "police.33")->agent.campaigns = &w->none;
    assert_int_equal(ask(w, "police.33", &request)->code, TB_REFUSED_UNKNOWN_CAMPAIGN);
    who(w, "police.33")->agent.campaigns = &w->campaigns;
    assert_int_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
}

static void only_an_exercise_takes_a_time(void **state)
{
    world *w = *state;
    tb_local_request request = open_request(w, 1, LEAD);
    request.time = w->clock + 86400000;
    assert_int_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
    w->case_id = w->answer.acted.case_id;
    assert_int_equal(summary_at(w, "police.33").at, request.time);
    w->directory.exercise = false;
    request.id.bytes[0] = 2;
    assert_int_equal(ask(w, "police.33", &request)->code, TB_REFUSED_NOT_EXERCISE);
}

static void cases_come_in_pages(void **state)
{
    world *w = *state;
    for (uint8_t i = 1; i <= 5; i++) {
        tb_local_request request = open_request(w, i, LEAD);
        assert_int_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
    }
    deliver_all(w);
    tb_local_request list = {.kind = TB_REQUEST_LIST_CASES};
    list.list.limit = 2;
    list.list.mine = true;
    size_t seen = 0;
    size_t pages = 0;
    do {
        const tb_local_answer *answer = ask(w, "bureau.33", &list);
        assert_int_equal(answer->code, TB_ACCEPTED);
        assert_int_equal(answer->cases.total, 5);
        seen += answer->cases.count;
        list.list.after = answer->cases.next;
        pages++;
    } while (list.list.after.size > 0);
    assert_int_equal(seen, 5);
    assert_in_range(pages, 3, 4);
}

static void cases_are_found_by_state_and_by_number(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    assert_int_equal(opens(w, "police.33",
                           "number=13800009999|source=police_case|offence=other|reported_at=2015-"
                           "02-09T11:39:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    tb_local_request list = {.kind = TB_REQUEST_LIST_CASES};
    list.list.state = tb_bytes_str("accepted");
    assert_int_equal(ask(w, "bureau.33", &list)->cases.count, 1);
    list.list.state = tb_bytes_of(NULL, 0);
    list.list.field = tb_bytes_str("number");
    list.list.value = tb_bytes_str("13800001234");
    assert_int_equal(ask(w, "bureau.33", &list)->cases.count, 1);
    list.list.field = tb_bytes_str("home_province");
    list.list.value = tb_bytes_str("44");
    assert_int_equal(ask(w, "bureau.33", &list)->cases.count, 2);
    list.list.case_type = tb_bytes_str("notice");
    assert_int_equal(ask(w, "bureau.33", &list)->cases.count, 2);
    list.list.case_type = tb_bytes_str("channel_case");
    assert_int_equal(ask(w, "bureau.33", &list)->cases.count, 0);
}

static void people_see_what_they_may_do(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    tb_local_request request = {.kind = TB_REQUEST_LIST_ACTS, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, "bureau.33", &request);
    bool accept = false;
    for (size_t i = 0; i < answer->acts.count; i++) {
        const tb_local_act_line *line = &answer->acts.lines[i];
        accept = accept || (tb_bytes_equal(line->action, tb_bytes_str("accept")) &&
                            line->code == TB_ACCEPTED);
        assert_false(tb_bytes_equal(line->action, tb_bytes_str("answer")) &&
                     line->code == TB_ACCEPTED);
    }
    assert_true(accept);
    request.case_id = (tb_case_id){{0}};
    answer = ask(w, "police.33", &request);
    assert_true(tb_bytes_equal(answer->acts.lines[0].action, tb_bytes_str("submit")));
    assert_int_equal(answer->acts.lines[0].code, TB_ACCEPTED);
    assert_true(answer->acts.lines[0].field_count > 5);
    for (size_t i = 0; i < answer->acts.count; i++) {
        bool inspection = tb_bytes_equal(answer->acts.lines[i].action, tb_bytes_str("plan"));
        assert_true(!inspection || answer->acts.lines[i].code != TB_ACCEPTED);
    }
}

static void the_directory_is_shown_with_names(void **state)
{
    world *w = *state;
    tb_local_request request = {.kind = TB_REQUEST_LIST_DIRECTORY};
    const tb_local_answer *answer = ask(w, "police.33", &request);
    assert_int_equal(answer->parties.count, w->agent_count);
    assert_true(tb_bytes_equal(answer->parties.lines[1].name_zh, tb_bytes_str("浙江省通信管理局")));
}

static void what_is_not_a_request_is_answered_in_words(void **state)
{
    world *w = *state;
    world_agent *a = who(w, "police.33");
    tb_arena_reset(&a->arena);
    tb_effects_reset(a->effects);
    tb_txn *txn;
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    tb_input input = {.kind = TB_INPUT_LOCAL,
                      .now = {w->clock, w->clock},
                      .peer = 4,
                      .bytes = tb_bytes_str("hello")};
    assert_ok(tb_agent_step(&a->agent, txn, &input, &w->random, a->effects));
    assert_int_equal(a->effects->count, 1);
    tb_local_answer answer;
    assert_int_equal(tb_local_answer_decode(a->effects->list[0].bytes, &a->arena, &answer),
                     TB_ACCEPTED);
    assert_int_equal(answer.code, TB_REFUSED_REQUEST);
    tb_store_abort(txn);
}

static void a_full_store_takes_no_new_work(void **state)
{
    world *w = *state;
    world_agent *a = who(w, "police.33");
    tb_txn *txn;
    uint64_t used;
    uint64_t quota;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    tb_store_usage(txn, &used, &quota);
    tb_store_abort(txn);
    tb_store_mem_limit(a->store, used + used / 10);
    assert_int_equal(opens(w, "police.33", LEAD), TB_REFUSED_STORE_FULL);
    tb_store_mem_limit(a->store, quota);
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
}

/* What is answered to a request that failed alone. */
static tb_local_answer answered_after(world *w, tb_local_request *request, tb_err why)
{
    tb_bytes bytes;
    tb_local_answer answer = {.kind = TB_ANSWER_NONE};
    world_agent *p = who(w, "police.33");
    tb_effects_reset(p->effects);
    assert_ok(tb_local_request_encode(request, &w->memory, &bytes));
    tb_input input = {.kind = TB_INPUT_LOCAL, .peer = 7, .bytes = bytes};
    tb_local_dropped(&p->agent, &input, why, &w->memory, p->effects);
    assert_int_equal(p->effects->count, 1);
    assert_int_equal(p->effects->list[0].kind, TB_EFFECT_ANSWER);
    assert_int_equal(p->effects->list[0].peer, 7);
    assert_int_equal(tb_local_answer_decode(p->effects->list[0].bytes, &w->memory, &answer),
                     TB_ACCEPTED);
    return answer;
}

static void a_request_that_could_not_be_carried_out_is_answered(void **state)
{
    world *w = *state;
    tb_local_request request = open_request(w, 9, LEAD);
    tb_local_answer full = answered_after(w, &request, TB_ERR_FULL);
    assert_int_equal(full.code, TB_REFUSED_STORE_FULL);
    assert_memory_equal(full.id.bytes, request.id.bytes, sizeof request.id);
    tb_local_answer other = answered_after(w, &request, TB_ERR_CORRUPT);
    assert_int_equal(other.code, TB_REFUSED_NOT_DONE);
    assert_true(tb_bytes_equal(other.detail, tb_bytes_str(tb_err_text(TB_ERR_CORRUPT))));
    /* Nothing was kept under its id: asked again it acts. */
    assert_int_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
}

static void only_requests_are_answered_when_dropped(void **state)
{
    world *w = *state;
    world_agent *p = who(w, "police.33");
    tb_input tick = {.kind = TB_INPUT_TICK};
    tb_input nonsense = {.kind = TB_INPUT_LOCAL, .peer = 7, .bytes = tb_bytes_str("\xFF")};
    tb_effects_reset(p->effects);
    tb_local_dropped(&p->agent, &tick, TB_ERR_FULL, &w->memory, p->effects);
    tb_local_dropped(&p->agent, &nonsense, TB_ERR_FULL, &w->memory, p->effects);
    assert_int_equal(p->effects->count, 0);
}

static void every_invariant_can_be_checked_by_people(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    tb_local_request request = {.kind = TB_REQUEST_CHECK};
    const tb_local_answer *answer = ask(w, "police.33", &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_true(answer->checked.rows > 5);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_request_asked_again_is_answered_again_and_acts_once),
    IN_A_WORLD(a_request_id_used_for_something_else_is_refused),
    IN_A_WORLD(a_refused_request_may_be_asked_again),
    IN_A_WORLD(only_an_exercise_takes_a_time),
    IN_A_WORLD(cases_come_in_pages),
    IN_A_WORLD(cases_are_found_by_state_and_by_number),
    IN_A_WORLD(people_see_what_they_may_do),
    IN_A_WORLD(the_directory_is_shown_with_names),
    IN_A_WORLD(what_is_not_a_request_is_answered_in_words),
    IN_A_WORLD(a_full_store_takes_no_new_work),
    IN_A_WORLD(a_request_that_could_not_be_carried_out_is_answered),
    IN_A_WORLD(only_requests_are_answered_when_dropped),
    IN_A_WORLD(every_invariant_can_be_checked_by_people),
};

TB_RUN("local", tests)
