#include "messages/local.h"

#include "tests/messages/bend.h"
#include "tests/messages/local_samples.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

#define COUNT(rows) (sizeof(rows) / sizeof(rows)[0])

static tb_refusal request_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_local_request request;
    tb_refusal refusal = tb_local_request_decode(in, arena, &request);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_local_request_encode(&request, arena, out_again));
    }
    return refusal;
}

static tb_refusal answer_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_local_answer answer;
    tb_refusal refusal = tb_local_answer_decode(in, arena, &answer);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_local_answer_encode(&answer, arena, out_again));
    }
    return refusal;
}

/* clang-format off: one a line */
static const tb_answer_kind answer_kinds[] = {
    TB_ANSWER_NONE,       TB_ANSWER_ACTED,        TB_ANSWER_CASE,      TB_ANSWER_CASES,
    TB_ANSWER_TRACED,     TB_ANSWER_STATUS,       TB_ANSWER_NOTICES,   TB_ANSWER_PARTIES,
    TB_ANSWER_CONTENT,    TB_ANSWER_CHECKED,      TB_ANSWER_CHANGED,   TB_ANSWER_ACTS,
    TB_ANSWER_BUNDLE,     TB_ANSWER_IMPORTED,     TB_ANSWER_WRITTEN,   TB_ANSWER_LETTER,
    TB_ANSWER_DUTIES,     TB_ANSWER_CAMPAIGNS,    TB_ANSWER_CUT,       TB_ANSWER_QUARANTINE,
    TB_ANSWER_SETTLED,    TB_ANSWER_DEAD_LETTERS, TB_ANSWER_RECOVERY,  TB_ANSWER_ACCOUNTS,
    TB_ANSWER_APPROVALS,  TB_ANSWER_REPORTS,      TB_ANSWER_REPORT,    TB_ANSWER_SWITCHES,
    TB_ANSWER_OFFICE,     TB_ANSWER_UNANSWERED,   TB_ANSWER_EXPLAINED, TB_ANSWER_VERIFIED,
    TB_ANSWER_EVIDENCE,   TB_ANSWER_RECONCILED,   TB_ANSWER_FIGURE,    TB_ANSWER_LISTS,
    TB_ANSWER_VERDICTS,   TB_ANSWER_SHOWN_LIST,   TB_ANSWER_FAMILY,
};

static const tb_request_kind request_kinds[] = {
    TB_REQUEST_LIST_ACCOUNTS,
    TB_REQUEST_CHANGE_ACCOUNT,
    TB_REQUEST_LIST_APPROVALS,
    TB_REQUEST_APPROVE,
    TB_REQUEST_LIST_SWITCHES,
    TB_REQUEST_SET_SWITCH,
    TB_REQUEST_GET_OFFICE,
    TB_REQUEST_SET_OFFICE,
    TB_REQUEST_UNANSWERED,
    TB_REQUEST_EXPLAIN_DUTIES,
    TB_REQUEST_OPEN_CASE,
    TB_REQUEST_ACT,
    TB_REQUEST_GET_CASE,
    TB_REQUEST_LIST_CASES,
    TB_REQUEST_TRACE,
    TB_REQUEST_STATUS,
    TB_REQUEST_LIST_NOTICES,
    TB_REQUEST_GET_REQUEST,
    TB_REQUEST_INSTALL,
    TB_REQUEST_LIST_REPORTS,
    TB_REQUEST_GET_REPORT,
    TB_REQUEST_VERIFY,
    TB_REQUEST_EXPORT_EVIDENCE,
    TB_REQUEST_RECONCILE,
    TB_REQUEST_GET_FIGURE,
    TB_REQUEST_WATCH,
    TB_REQUEST_LIST_DIRECTORY,
    TB_REQUEST_GET_DOCUMENT,
    TB_REQUEST_CHECK,
    TB_REQUEST_LIST_ACTS,
    TB_REQUEST_EXPORT,
    TB_REQUEST_PAPER,
    TB_REQUEST_EXPORT_BUNDLE,
    TB_REQUEST_IMPORT_BUNDLE,
    TB_REQUEST_WRITE_LETTER,
    TB_REQUEST_GET_LETTER,
    TB_REQUEST_LIST_DUTIES,
    TB_REQUEST_LIST_CAMPAIGNS,
    TB_REQUEST_CUT,
    TB_REQUEST_LIST_QUARANTINE,
    TB_REQUEST_ACT_QUARANTINE,
    TB_REQUEST_LIST_DEAD_LETTERS,
    TB_REQUEST_RETRY_DEAD_LETTER,
    TB_REQUEST_RECOVER,
    TB_REQUEST_GET_RECOVERY,
    TB_REQUEST_LIST_LISTS,
    TB_REQUEST_SHOW_LIST,
    TB_REQUEST_CHECK_LIST,
    TB_REQUEST_GET_FAMILY,
};
/* clang-format on */

static const tb_request_kind aside_requests[] = {
    TB_REQUEST_LIST_QUARANTINE, TB_REQUEST_ACT_QUARANTINE, TB_REQUEST_LIST_DEAD_LETTERS,
    TB_REQUEST_RETRY_DEAD_LETTER};

static void every_request_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_kinds); i++) {
        tb_request_kind kind = request_kinds[i];
        tb_arena *arena = bend_arena();
        tb_bytes bytes = encoded_request(arena, kind);
        tb_local_request out;
        check_round_trip(bytes, request_codec);
        assert_int_equal(tb_local_request_decode(bytes, arena, &out), TB_ACCEPTED);
        assert_int_equal(out.kind, kind);
        assert_int_equal(out.time, SAMPLE_TIME);
        assert_true(tb_bytes_equal(out.account, tb_bytes_str("王警官")));
    }
}

static void requests_about_what_is_set_aside_come_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(aside_requests); i++) {
        tb_arena *arena = bend_arena();
        tb_bytes bytes = encoded_request(arena, aside_requests[i]);
        tb_local_request out;
        check_round_trip(bytes, request_codec);
        assert_int_equal(tb_local_request_decode(bytes, arena, &out), TB_ACCEPTED);
        assert_int_equal(out.kind, aside_requests[i]);
    }
    tb_arena *arena = bend_arena();
    tb_local_request out;
    tb_bytes drop = encoded_request(arena, TB_REQUEST_ACT_QUARANTINE);
    assert_int_equal(tb_local_request_decode(drop, arena, &out), TB_ACCEPTED);
    assert_true(out.settle.drop);
    assert_true(tb_bytes_equal(out.settle.reason, tb_bytes_str("重复")));
}

static void every_answer_comes_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answer_kinds); i++) {
        tb_arena *arena = bend_arena();
        tb_bytes bytes = encoded_answer(arena, answer_kinds[i]);
        tb_local_answer out;
        check_round_trip(bytes, answer_codec);
        assert_int_equal(tb_local_answer_decode(bytes, arena, &out), TB_ACCEPTED);
        assert_int_equal(out.kind, answer_kinds[i]);
        assert_int_equal(out.code, TB_REFUSED_CHANGED);
        assert_true(out.draft);
    }
}

static void what_is_refused_still_says_its_id(void **state)
{
    (void)state;
    static const tb_request_id none;
    tb_arena *arena = bend_arena();
    tb_local_request out;
    tb_local_request request = {.kind = TB_REQUEST_ACT, .id = {{7}}};
    tb_bytes encoded;
    request.act.action = tb_bytes_str("签收");
    assert_ok(tb_local_request_encode(&request, arena, &encoded));
    assert_int_not_equal(tb_local_request_decode(encoded, arena, &out), TB_ACCEPTED);
    assert_memory_equal(out.id.bytes, request.id.bytes, sizeof out.id.bytes);
    /* of what cannot be read at all nothing is known */
    assert_int_equal(tb_local_request_decode(tb_bytes_str("\xFF\xFF"), arena, &out),
                     TB_REFUSED_REQUEST);
    assert_memory_equal(out.id.bytes, none.bytes, sizeof none.bytes);
}

static void an_act_says_what_and_on_which_head(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_local_request out;
    tb_digest head = sample_digest(0x42);

    assert_int_equal(tb_local_request_decode(encoded_request(arena, TB_REQUEST_ACT), arena, &out),
                     TB_ACCEPTED);
    assert_true(tb_bytes_equal(out.act.action, tb_bytes_str("order")));
    assert_true(tb_digest_equal(&out.act.head, &head));
    assert_int_equal(out.act.field_count, 2);
    assert_true(tb_bytes_equal(out.act.fields[1].value, tb_bytes_str("a\nb")));
}

static void a_case_comes_with_its_events(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_local_answer out;

    assert_int_equal(tb_local_answer_decode(encoded_answer(arena, TB_ANSWER_CASE), arena, &out),
                     TB_ACCEPTED);
    const tb_local_case *read = &out.case_;
    assert_string_equal(read->summary.holder.text, "ct.33");
    assert_int_equal(read->event_count, 1);
    assert_int_equal(read->events[0].standing, TB_STANDING_HELD_BACK);
    assert_int_equal(read->events[0].timing, TB_IN_NO_STAGE);
    assert_string_equal(read->events[0].addressees[0].text, "hq");
    assert_true(tb_bytes_equal(read->events[0].unread_groups[0], tb_bytes_str("police")));
    assert_int_equal(read->events[0].lost_count, 2);
    assert_true(tb_bytes_equal(read->events[0].lost_fields[1], tb_bytes_str("offence")));
}

static const tb_bend plain_bends[] = {
    {"no request id", {1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"short request id", {1}, BEND_SIZE, 15, NULL, TB_REFUSED_REQUEST},
    {"long account", {2}, BEND_SIZE, 65, NULL, TB_REFUSED_REQUEST},
    {"time before 1970", {3}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_REQUEST},
    {"nothing inside", {15}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"too large", {2}, BEND_SIZE, TB_LOCAL_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend open_bends[] = {
    {"zero request id", {1}, BEND_ZEROS, 16, NULL, TB_REFUSED_REQUEST},
    {"no campaign", {10, 1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no type", {10, 2}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"lane 4", {10, 4}, BEND_NUMBER, 4, NULL, TB_REFUSED_REQUEST},
    {"field no name", {10, 3, 1}, BEND_TEXT, 0, "号码", TB_REFUSED_FIELD_UNKNOWN},
    {"value with tab", {10, 3, 2}, BEND_TEXT, 0, "a\tb", TB_REFUSED_FIELD_INVALID},
    {"long value", {10, 3, 2}, BEND_SIZE, 4097, NULL, TB_REFUSED_FIELD_INVALID},
};

static const tb_bend act_bends[] = {
    {"zero request id", {1}, BEND_ZEROS, 16, NULL, TB_REFUSED_REQUEST},
    {"no case", {11, 1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no action", {11, 2}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"short head", {11, 4}, BEND_SIZE, 31, NULL, TB_REFUSED_REQUEST},
};

static const tb_bend install_bends[] = {
    {"zero request id", {1}, BEND_ZEROS, 16, NULL, TB_REFUSED_REQUEST},
    {"kind 4", {18, 1}, BEND_NUMBER, 4, NULL, TB_REFUSED_REQUEST},
    {"no name", {18, 2}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"version 0", {18, 3}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no content", {18, 4}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no signer", {18, 5}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"no signature", {18, 6}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
};

static const tb_bend case_bends[] = {
    {"no case", {12, 1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
};

static const tb_bend answer_bends[] = {
    {"no request id", {1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"unknown code", {2}, BEND_NUMBER, 9999, NULL, TB_REFUSED_REQUEST},
    {"detail no UTF-8", {3}, BEND_TEXT, 0, "\x80", TB_REFUSED_REQUEST},
    {"no summary", {11, 1}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"holder no party", {11, 1, 5}, BEND_TEXT, 0, "?", TB_REFUSED_REQUEST},
    {"value with escape", {11, 1, 10, 2}, BEND_TEXT, 0, "\x1b", TB_REFUSED_REQUEST},
    {"event of no kind", {11, 2, 3}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"event of no actor", {11, 2, 4}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"event of an unknown timing", {11, 2, 90}, BEND_NUMBER, 3, NULL, TB_REFUSED_REQUEST},
    {"event without standing", {11, 2, 14}, BEND_DROP, 0, NULL, TB_REFUSED_REQUEST},
    {"too large", {3}, BEND_SIZE, TB_LOCAL_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static void every_bent_field_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_STATUS), plain_bends,
                   COUNT(plain_bends), request_codec);
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_OPEN_CASE), open_bends,
                   COUNT(open_bends), request_codec);
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_ACT), act_bends, COUNT(act_bends),
                   request_codec);
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_INSTALL), install_bends,
                   COUNT(install_bends), request_codec);
    check_refusals(encoded_request(bend_arena(), TB_REQUEST_GET_CASE), case_bends,
                   COUNT(case_bends), request_codec);
    check_refusals(encoded_answer(bend_arena(), TB_ANSWER_CASE), answer_bends, COUNT(answer_bends),
                   answer_codec);
}

static void cut_short_or_flipped_it_is_refused_or_stays_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_kinds); i++) {
        tb_bytes bytes = encoded_request(bend_arena(), request_kinds[i]);
        check_truncated(bytes, request_codec, false);
        check_flipped(bytes, request_codec, false);
    }
    for (size_t i = 0; i < COUNT(answer_kinds); i++) {
        tb_bytes bytes = encoded_answer(bend_arena(), answer_kinds[i]);
        check_truncated(bytes, answer_codec, false);
        check_flipped(bytes, answer_codec, false);
    }
}

static void whatever_a_field_says_it_is_refused_or_stays_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_kinds); i++) {
        check_each_field(encoded_request(bend_arena(), request_kinds[i]), request_codec, false);
    }
    for (size_t i = 0; i < COUNT(answer_kinds); i++) {
        check_each_field(encoded_answer(bend_arena(), answer_kinds[i]), answer_codec, false);
    }
}

static tb_refusal request_reading(tb_bytes in, tb_arena *arena)
{
    tb_local_request request;
    return tb_local_request_decode(in, arena, &request);
}

static tb_refusal answer_reading(tb_bytes in, tb_arena *arena)
{
    tb_local_answer answer;
    return tb_local_answer_decode(in, arena, &answer);
}

static void memory_that_ends_while_it_is_read_refuses_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_kinds); i++) {
        check_room(encoded_request(bend_arena(), request_kinds[i]), request_reading);
    }
    for (size_t i = 0; i < COUNT(answer_kinds); i++) {
        check_room(encoded_answer(bend_arena(), answer_kinds[i]), answer_reading);
    }
}

static void hostile_bytes_cost_no_more_than_the_arena(void **state)
{
    (void)state;
    check_hostile(request_codec);
    check_hostile(answer_codec);
}

static void an_answer_above_the_bound_is_not_made(void **state)
{
    (void)state;
    static uint8_t large[TB_LOCAL_BYTES_MAX];
    tb_local_answer answer = {.kind = TB_ANSWER_CONTENT};
    tb_arena *arena = bend_arena();
    tb_bytes bytes;

    answer.content.content = tb_bytes_of(large, sizeof large);
    assert_int_equal(tb_local_answer_encode(&answer, arena, &bytes), TB_ERR_LIMIT);
    assert_int_equal(arena->used, 0);
}

/* Memory that ends at any point of writing it: nothing is written, and the error is that. */
static void without_room_nothing_is_written(void **state)
{
    (void)state;
    static uint8_t room[512 * 1024];
    for (size_t i = 0; i < COUNT(answer_kinds); i++) {
        tb_arena *arena = bend_arena();
        tb_local_answer answer;
        tb_bytes bytes;
        tb_bytes all = encoded_answer(arena, answer_kinds[i]);
        assert_int_equal(tb_local_answer_decode(all, arena, &answer), TB_ACCEPTED);
        tb_err err = TB_ERR_LIMIT;
        for (size_t size = 0; err != TB_OK; size += 24) {
            tb_arena small;
            assert_true(size <= sizeof room);
            tb_arena_init(&small, room, size);
            err = tb_local_answer_encode(&answer, &small, &bytes);
            assert_true(err == TB_OK || err == TB_ERR_LIMIT);
        }
        assert_true(tb_bytes_equal(bytes, all));
    }
    for (size_t i = 0; i < COUNT(request_kinds); i++) {
        tb_arena *arena = bend_arena();
        tb_local_request request;
        tb_bytes bytes;
        tb_bytes all = encoded_request(arena, request_kinds[i]);
        assert_int_equal(tb_local_request_decode(all, arena, &request), TB_ACCEPTED);
        tb_err err = TB_ERR_LIMIT;
        for (size_t size = 0; err != TB_OK; size += 24) {
            tb_arena small;
            assert_true(size <= sizeof room);
            tb_arena_init(&small, room, size);
            err = tb_local_request_encode(&request, &small, &bytes);
            assert_true(err == TB_OK || err == TB_ERR_LIMIT);
        }
        assert_true(tb_bytes_equal(bytes, all));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(without_room_nothing_is_written),
    cmocka_unit_test(every_request_comes_back),
    cmocka_unit_test(requests_about_what_is_set_aside_come_back),
    cmocka_unit_test(every_answer_comes_back),
    cmocka_unit_test(what_is_refused_still_says_its_id),
    cmocka_unit_test(an_act_says_what_and_on_which_head),
    cmocka_unit_test(a_case_comes_with_its_events),
    cmocka_unit_test(every_bent_field_is_refused),
    cmocka_unit_test(cut_short_or_flipped_it_is_refused_or_stays_what_it_is),
    cmocka_unit_test(whatever_a_field_says_it_is_refused_or_stays_what_it_is),
    cmocka_unit_test(memory_that_ends_while_it_is_read_refuses_it),
    cmocka_unit_test(hostile_bytes_cost_no_more_than_the_arena),
    cmocka_unit_test(an_answer_above_the_bound_is_not_made),
};

TB_RUN("messages/local", tests)
