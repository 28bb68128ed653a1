#include "tests/agents/world.h"

#include "agents/rows_link.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static const tb_local_traced *trace(world *w, const char *party, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_TRACE, .trace = tb_bytes_str(id)};
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    return &answer->traced;
}

static const tb_local_traced *trace_case(world *w, const char *party)
{
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w->case_id.bytes, TB_CASE_ID_BYTES, hex);
    return trace(w, party, hex);
}

static bool holds(tb_bytes text, const char *part)
{
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= text.size; i++) {
        if (memcmp(text.data + i, part, length) == 0) {
            return true;
        }
    }
    return false;
}

static tb_stream stream_to(world *w, tb_txn *txn, const char *from, const char *to)
{
    tb_stream stream = {
        .sender = who(w, from)->id, .recipient = who(w, to)->id, .lane = TB_LANE_NORMAL};
    assert_ok(tb_meta_incarnation(txn, &stream.incarnation));
    return stream;
}

/* What the link would have written: marks up to these numbers. */
static void mark(world *w, const char *from, const char *to, uint64_t stored, uint64_t arrived)
{
    world_agent *a = who(w, from);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    tb_stream stream = stream_to(w, txn, from, to);
    tb_stream_out_row row = {.number = 9,
                             .stored = stored,
                             .arrived = arrived,
                             .active = w->clock,
                             .due = w->clock + 3000};
    assert_ok(tb_stream_out_put(txn, &stream, 0, &row));
    assert_ok(tb_store_commit(txn));
}

static void refuse(world *w, const char *from, const char *to, tb_refusal code)
{
    world_agent *a = who(w, from);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    tb_stream stream = stream_to(w, txn, from, to);
    tb_refusal_row row = {.code = code, .lane = TB_LANE_NORMAL, .number = 1, .at = w->clock};
    assert_ok(tb_refusal_put(txn, &stream, 1, &row));
    assert_ok(tb_store_commit(txn));
}

static void a_notice_is_followed_from_the_outbox_to_the_answer(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    const tb_local_traced *traced = trace_case(w, "police.33");
    assert_int_equal(traced->count, 1);
    assert_int_equal(traced->lines[0].where, TB_WHERE_OUTBOX);
    assert_true(tb_bytes_equal(traced->lines[0].action, tb_bytes_str("submit")));

    mark(w, "police.33", "bureau.33", 1, 0);
    traced = trace_case(w, "police.33");
    assert_int_equal(traced->lines[0].where, TB_WHERE_STORED);
    assert_true(holds(traced->lines[0].why_zh, "浙江省通信管理局"));
    assert_true(holds(traced->lines[0].why_zh, "在平台等候"));
    assert_true(holds(traced->lines[0].why_zh, "2015-02-09 11:39"));
    assert_true(holds(traced->lines[0].why_en, "waiting at the hub since 2015-02-09"));

    mark(w, "police.33", "bureau.33", 1, 1);
    assert_int_equal(trace_case(w, "police.33")->lines[0].where, TB_WHERE_ARRIVED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    traced = trace_case(w, "police.33");
    assert_int_equal(traced->lines[0].where, TB_WHERE_SIGNED_FOR);
    assert_true(holds(traced->lines[0].why_zh, "签收"));
}

static void an_answer_is_the_last_receipt(void **state)
{
    world *w = *state;
    order_for(w, LEAD);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "result", "verify_result=not_in_use|action=none"),
                     TB_ACCEPTED);
    deliver_all(w);
    const tb_local_traced *traced = trace_case(w, "bureau.44");
    bool answered = false;
    for (size_t i = 0; i < traced->count; i++) {
        const tb_local_trace_line *line = &traced->lines[i];
        if (tb_bytes_equal(line->action, tb_bytes_str("order")) &&
            strcmp(line->recipient.text, "cm.44") == 0) {
            answered = line->where == TB_WHERE_ANSWERED;
        }
    }
    assert_true(answered);
}

static void why_a_notice_waits_is_said_in_words(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    link_up(w, "police.33", false);
    assert_true(holds(trace_case(w, "police.33")->lines[0].why_zh, "连接未建立"));
    link_up(w, "police.33", true);
    refuse(w, "police.33", "bureau.33", TB_REFUSED_NOT_ACTIVE);
    const tb_local_traced *traced = trace_case(w, "police.33");
    assert_int_equal(traced->lines[0].where, TB_WHERE_REFUSED);
    assert_int_equal(traced->lines[0].code, TB_REFUSED_NOT_ACTIVE);
    assert_true(holds(traced->lines[0].why_zh, "未启用"));
    refuse(w, "police.33", "bureau.33", TB_REFUSED_EXPIRED);
    assert_int_equal(trace_case(w, "police.33")->lines[0].where, TB_WHERE_EXPIRED);
}

static void an_event_held_back_is_traced_as_such(void **state)
{
    world *w = *state;
    who(w, "bureau.33")->agent.campaigns = &w->none;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    const tb_local_traced *traced = trace_case(w, "bureau.33");
    assert_int_equal(traced->count, 1);
    assert_int_equal(traced->lines[0].where, TB_WHERE_HELD_BACK);
    assert_int_equal(traced->lines[0].code, TB_REFUSED_UNKNOWN_CAMPAIGN);
}

static void a_notice_is_found_by_its_name_and_by_its_event(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    char hex[2 * TB_DIGEST_BYTES + 1];
    tb_hex(w->answer.acted.event.bytes, TB_DIGEST_BYTES, hex);
    deliver_all(w);
    const tb_local_traced *traced = trace(w, "police.33", hex);
    assert_int_equal(traced->count, 1);
    assert_true(tb_bytes_equal(traced->lines[0].notice, tb_bytes_str("police.33/1/1")));
    assert_int_equal(trace(w, "police.33", "police.33/1/1")->count, 1);
    assert_int_equal(trace(w, "bureau.33", "police.33/1/1")->lines[0].where, TB_WHERE_ARRIVED);
    static const char *nothing[] = {"police.33/1/2", "police.33/9/1", "police.33", "/1/1",
                                    "police.33//1",  "police.33/1/",  "00",        ""};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        tb_local_request request = {.kind = TB_REQUEST_TRACE, .trace = tb_bytes_str(nothing[i])};
        assert_int_not_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
    }
}

static void notices_are_listed_in_pages(void **state)
{
    world *w = *state;
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    }
    deliver_all(w);
    tb_local_request request = {.kind = TB_REQUEST_LIST_NOTICES};
    request.notices.limit = 2;
    size_t seen = 0;
    do {
        const tb_local_answer *answer = ask(w, "bureau.33", &request);
        assert_int_equal(answer->code, TB_ACCEPTED);
        for (size_t i = 0; i < answer->notices.count; i++) {
            assert_false(answer->notices.lines[i].out);
            assert_string_equal(answer->notices.lines[i].peer.text, "police.33");
        }
        seen += answer->notices.count;
        request.notices.after = answer->notices.next;
    } while (request.notices.after.size > 0);
    assert_int_equal(seen, 5);
    request.notices.out = true;
    assert_int_equal(ask(w, "bureau.33", &request)->notices.count, 0);
}

static void the_status_says_how_the_agent_is(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "police.33", "close", ""), TB_REFUSED_ROLE);
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    const tb_local_answer *answer = ask(w, "police.33", &request);
    assert_true(answer->status.linked);
    assert_true(answer->status.exercise);
    assert_int_equal(answer->status.cases, 1);
    assert_int_equal(answer->status.alarms, 1);
    assert_int_equal(answer->status.alarm_text_count, 1);
    assert_true(holds(answer->status.alarm_texts[0], "Refused to li: close."));
    assert_true(tb_bytes_equal(answer->status.name_zh, tb_bytes_str("浙江省公安厅")));
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_notice_is_followed_from_the_outbox_to_the_answer),
    IN_A_WORLD(an_answer_is_the_last_receipt),
    IN_A_WORLD(why_a_notice_waits_is_said_in_words),
    IN_A_WORLD(an_event_held_back_is_traced_as_such),
    IN_A_WORLD(a_notice_is_found_by_its_name_and_by_its_event),
    IN_A_WORLD(notices_are_listed_in_pages),
    IN_A_WORLD(the_status_says_how_the_agent_is),
};

TB_RUN("trace", tests)
