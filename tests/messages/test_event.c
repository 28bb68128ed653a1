#include "messages/event.h"

#include "messages/digest.h"
#include "tests/messages/bend.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static tb_refusal codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_event event;
    tb_refusal refusal = tb_event_decode(in, arena, &event);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_event_encode(&event, arena, out_again));
    }
    return refusal;
}

static tb_refusal group_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_field *fields = NULL;
    size_t count = 0;
    tb_refusal refusal = tb_group_fields_decode(in, arena, &fields, &count);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_group_fields_encode(fields, count, arena, out_again));
    }
    return refusal;
}

static tb_refusal passed_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_passed passed;
    tb_refusal refusal = tb_passed_decode(in, arena, &passed);

    if (refusal == TB_ACCEPTED) {
        assert_ok(tb_passed_encode(&passed, arena, out_again));
    }
    return refusal;
}

static tb_bytes encoded(tb_arena *arena, bool opening)
{
    tb_event event = opening ? sample_opening_event(arena) : sample_event(arena);
    tb_bytes bytes;

    assert_ok(tb_event_encode(&event, arena, &bytes));
    return bytes;
}

static tb_bytes encoded_group(tb_arena *arena)
{
    static const char remark[] = "收到短信\n疑为黑卡";
    tb_field fields[] = {
        {tb_bytes_str("number"), tb_bytes_str("13800138000")},
        {tb_bytes_str("remark"), tb_bytes_str(remark)},
        {tb_bytes_str("void"), tb_bytes_of(NULL, 0)},
    };
    tb_bytes bytes;

    assert_ok(tb_group_fields_encode(fields, 3, arena, &bytes));
    return bytes;
}

static tb_bytes encoded_passed(tb_arena *arena)
{
    tb_digest ids[2] = {sample_digest(1), sample_digest(2)};
    tb_digest path[1] = {sample_digest(3)};
    tb_opening opening = {sample_digest(1), tb_bytes_str("number"), {7}, encoded_group(arena)};
    tb_group group = sample_group(arena, 1, 1, true);
    tb_passed passed = {
        .event = encoded(arena, true),
        .header = group.items[0].header_bytes,
        .ids = ids,
        .id_count = 2,
        .root = group.root,
        .index = 0,
        .path = path,
        .path_count = 1,
        .openings = &opening,
        .opening_count = 1,
    };
    tb_bytes bytes;
    assert_ok(tb_signed_line_encode(&group.stamp, arena, &passed.stamp));

    assert_ok(tb_passed_encode(&passed, arena, &bytes));
    return bytes;
}

static void every_value_comes_back(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_event in = sample_event(arena);
    tb_event out;

    assert_int_equal(tb_event_decode(encoded(arena, false), arena, &out), TB_ACCEPTED);

    assert_true(tb_case_equal(&out.case_id, &in.case_id));
    assert_int_equal(out.kind, TB_EVENT_CHAIN);
    assert_int_equal(out.term, 1);
    assert_int_equal(out.number, 2);
    assert_true(tb_digest_equal(&out.previous, &in.previous));
    assert_int_equal(out.case_type.size, 0);
    assert_true(tb_bytes_equal(out.campaign, in.campaign));
    assert_true(tb_bytes_equal(out.account, in.account));
    assert_true(tb_bytes_equal(out.to_state, in.to_state));
    assert_string_equal(out.holder.text, "bureau.33");
    assert_int_equal(out.at, SAMPLE_TIME);
    assert_int_equal(out.table_count, 2);
    assert_int_equal(out.tables[0].version, 7);
    assert_int_equal(out.addressee_count, 2);
    assert_string_equal(out.addressees[1].text, "hq");
    assert_int_equal(out.field_count, 2);
    assert_true(tb_bytes_equal(out.fields[1].value, in.fields[1].value));
    assert_int_equal(out.commitment_count, 2);
    assert_true(tb_digest_equal(&out.commitments[1].digest, &in.commitments[1].digest));
    assert_int_equal(out.seen_count, 1);
}

static void the_opening_event_names_the_case_it_opens(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_event opening = sample_opening_event(arena);
    tb_event later = sample_event(arena);
    tb_digest id = tb_event_id(encoded(arena, true));
    /* 1423453140000 ms */
    static const uint8_t time[6] = {0x01, 0x4B, 0x6C, 0x6B, 0x34, 0x20};

    tb_case_id opened = tb_event_case(&opening, &id);
    assert_memory_equal(opened.bytes, time, sizeof time);
    assert_memory_equal(opened.bytes + 6, id.bytes, 10);
    tb_case_id belongs = tb_event_case(&later, &id);
    assert_true(tb_case_equal(&belongs, &later.case_id));
}

static void the_events_digest_depends_on_their_order(void **state)
{
    (void)state;
    tb_digest ids[2] = {sample_digest(1), sample_digest(2)};
    tb_digest turned[2] = {ids[1], ids[0]};

    tb_digest one = tb_events_digest(ids, 2);
    tb_digest other = tb_events_digest(turned, 2);
    assert_false(tb_digest_equal(&one, &other));
}

static const tb_bend bends[] = {
    {"no suite", {1}, BEND_DROP, 0, NULL, TB_REFUSED_SUITE},
    {"short hub", {2}, BEND_SIZE, 31, NULL, TB_REFUSED_MALFORMED},
    {"no case", {3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"short case", {3}, BEND_SIZE, 15, NULL, TB_REFUSED_MALFORMED},
    {"kind 0", {4}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"kind 5", {4}, BEND_NUMBER, 5, NULL, TB_REFUSED_MALFORMED},
    {"term 0", {5}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"number 0 in the chain", {6}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"number 1 of a later event", {6}, BEND_NUMBER, 1, NULL, TB_REFUSED_MALFORMED},
    {"a numbered side event", {4}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"no previous", {7}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"a type behind the opening", {8}, BEND_TEXT, 0, "card", TB_REFUSED_MALFORMED},
    {"no campaign", {9}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"campaign in capitals", {9}, BEND_TEXT, 0, "Black", TB_REFUSED_MALFORMED},
    {"campaign of 33 bytes",
     {9},
     BEND_TEXT,
     0,
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     TB_REFUSED_MALFORMED},
    {"campaign version 0", {10}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"directory version 0", {11}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"table without name", {12, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"table version 0", {12, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"65 tables", {12}, BEND_TIMES, 65, NULL, TB_REFUSED_TOO_LARGE},
    {"no actor", {13}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"account of 65 bytes", {14}, BEND_SIZE, 65, NULL, TB_REFUSED_MALFORMED},
    {"account with a bell", {14}, BEND_TEXT, 0, "li\a", TB_REFUSED_MALFORMED},
    {"account no UTF-8", {14}, BEND_TEXT, 0, "li\xC0\x80", TB_REFUSED_MALFORMED},
    {"account with half a character", {14}, BEND_TEXT, 0, "li\xE4\xB8", TB_REFUSED_MALFORMED},
    {"account with a surrogate", {14}, BEND_TEXT, 0, "\xED\xA0\x80", TB_REFUSED_MALFORMED},
    {"account beyond Unicode", {14}, BEND_TEXT, 0, "\xF4\x90\x80\x80", TB_REFUSED_MALFORMED},
    {"account with a C1 control", {14}, BEND_TEXT, 0, "\xC2\x85", TB_REFUSED_MALFORMED},
    {"account with NULs", {14}, BEND_ZEROS, 3, NULL, TB_REFUSED_MALFORMED},
    {"no action", {15}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"state with a blank", {16}, BEND_TEXT, 0, "a b", TB_REFUSED_MALFORMED},
    {"state no name", {17}, BEND_TEXT, 0, "/", TB_REFUSED_MALFORMED},
    {"no holder", {18}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"at before 1970", {19}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
    {"an addressee twice", {20}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"addressees descending", {20}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
    {"65 addressees", {20}, BEND_TIMES, 65, NULL, TB_REFUSED_TOO_LARGE},
    {"an empty addressee", {20}, BEND_SIZE, 0, NULL, TB_REFUSED_MALFORMED},
    {"a field twice", {21}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"fields descending", {21}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
    {"97 fields", {21}, BEND_TIMES, 97, NULL, TB_REFUSED_TOO_LARGE},
    {"field without id", {21, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"value of 4097 bytes", {21, 2}, BEND_SIZE, 4097, NULL, TB_REFUSED_MALFORMED},
    {"a commitment twice", {22}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"commitments descending", {22}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
    {"17 commitments", {22}, BEND_TIMES, 17, NULL, TB_REFUSED_TOO_LARGE},
    {"commitment without group", {22, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"commitment without digest", {22, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"short seen", {23}, BEND_SIZE, 31, NULL, TB_REFUSED_MALFORMED},
    {"65 seen", {23}, BEND_TIMES, 65, NULL, TB_REFUSED_TOO_LARGE},
    {"unknown field", {1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"unknown field in a field", {21, 1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"unknown field in a commitment", {22, 1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"actor last", {13}, BEND_LAST, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"term in two bytes", {5}, BEND_LONG, 1, NULL, TB_REFUSED_NOT_CANONICAL},
    {"a type written out empty", {8}, BEND_SIZE, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"too large", {14}, BEND_SIZE, TB_EVENT_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend opening_bends[] = {
    {"opening with a case", {3}, BEND_SIZE, 16, NULL, TB_REFUSED_MALFORMED},
    {"opening with zero case written out", {3}, BEND_ZEROS, 16, NULL, TB_REFUSED_NOT_CANONICAL},
    {"opening as side event", {4}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"opening in term 2", {5}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"opening with number 2", {6}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"opening with previous", {7}, BEND_SIZE, 32, NULL, TB_REFUSED_MALFORMED},
    {"opening without type", {8}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
};

static const tb_bend group_bends[] = {
    {"a field twice", {1}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
    {"fields descending", {1}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
    {"97 fields", {1}, BEND_TIMES, 97, NULL, TB_REFUSED_TOO_LARGE},
    {"no id", {1, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"value with carriage return", {1, 2}, BEND_TEXT, 0, "a\r\n", TB_REFUSED_MALFORMED},
    {"value written out empty", {1, 2}, BEND_SIZE, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"unknown field", {1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    {"too large", {1, 2}, BEND_SIZE, TB_BODY_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static const tb_bend passed_bends[] = {
    {"no event", {1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no header", {2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"no ids", {3}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"short id", {3}, BEND_SIZE, 31, NULL, TB_REFUSED_MALFORMED},
    {"65 ids", {3}, BEND_TIMES, 65, NULL, TB_REFUSED_TOO_LARGE},
    {"no root", {4}, BEND_DROP, 0, NULL, TB_REFUSED_SUITE},
    {"root of lines", {4, 2}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"large root", {4}, BEND_SIZE, 257, NULL, TB_REFUSED_TOO_LARGE},
    {"index beyond the leaves", {5}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
    {"14 steps", {6}, BEND_TIMES, 14, NULL, TB_REFUSED_TOO_LARGE},
    {"large stamp", {7}, BEND_SIZE, 1025, NULL, TB_REFUSED_MALFORMED},
    {"opening without event", {8, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"opening without group", {8, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
    {"opening with short random", {8, 3}, BEND_SIZE, 31, NULL, TB_REFUSED_MALFORMED},
    {"1025 openings", {8}, BEND_TIMES, 1025, NULL, TB_REFUSED_TOO_LARGE},
    {"too large", {1}, BEND_SIZE, TB_BODY_BYTES_MAX, NULL, TB_REFUSED_TOO_LARGE},
};

static void every_bent_field_is_refused(void **state)
{
    (void)state;
    check_refusals(encoded(bend_arena(), false), bends, sizeof bends / sizeof bends[0], codec);
    check_refusals(encoded(bend_arena(), true), opening_bends,
                   sizeof opening_bends / sizeof opening_bends[0], codec);
    check_refusals(encoded_group(bend_arena()), group_bends,
                   sizeof group_bends / sizeof group_bends[0], group_codec);
    check_refusals(encoded_passed(bend_arena()), passed_bends,
                   sizeof passed_bends / sizeof passed_bends[0], passed_codec);
}

static void cut_short_or_flipped_it_is_refused_or_the_same(void **state)
{
    (void)state;
    check_truncated(encoded(bend_arena(), false), codec, true);
    check_flipped(encoded(bend_arena(), false), codec, true);
    check_each_field(encoded(bend_arena(), false), codec, true);
    check_truncated(encoded_group(bend_arena()), group_codec, true);
    check_flipped(encoded_group(bend_arena()), group_codec, true);
    check_each_field(encoded_group(bend_arena()), group_codec, true);
    check_truncated(encoded_passed(bend_arena()), passed_codec, false);
    check_flipped(encoded_passed(bend_arena()), passed_codec, false);
    check_each_field(encoded_passed(bend_arena()), passed_codec, false);
}

static void hostile_bytes_cost_no_more_than_the_arena(void **state)
{
    (void)state;
    check_hostile(codec);
    check_hostile(group_codec);
    check_hostile(passed_codec);
}

static void an_opening_matches_only_what_was_committed_to(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_event event = sample_event(arena);
    tb_opening opening = {sample_digest(1), tb_bytes_str("police"), {9}, encoded_group(arena)};
    event.commitments[1].digest = tb_commitment_of(&opening, &event.hub, &event.case_id);
    assert_true(tb_opening_matches(&opening, &event));

    tb_opening other = opening;
    other.random[31] ^= 1;
    assert_false(tb_opening_matches(&other, &event));
    other = opening;
    other.content.size--;
    assert_false(tb_opening_matches(&other, &event));
    other = opening;
    other.group = tb_bytes_str("number");
    assert_false(tb_opening_matches(&other, &event));
    other.group = tb_bytes_str("nothing");
    assert_false(tb_opening_matches(&other, &event));

    tb_event moved = event;
    moved.hub = sample_digest(0x99);
    assert_false(tb_opening_matches(&opening, &moved));
    moved = event;
    moved.case_id.bytes[15] ^= 1;
    assert_false(tb_opening_matches(&opening, &moved));
}

static tb_event on_paper(tb_arena *arena)
{
    tb_event event = sample_event(arena);
    event.on_behalf = sample_party("ct.33");
    event.paper_no = tb_bytes_str("浙联通函〔2015〕7号");
    event.paper_date = tb_bytes_str("2015-02-08");
    return event;
}

static void a_paper_answer_names_its_party_number_and_date(void **state)
{
    (void)state;
    static const tb_bend paper_bends[] = {
        {.path = {24}, .op = BEND_DROP, .expect = TB_REFUSED_MALFORMED},
        {.path = {25}, .op = BEND_DROP, .expect = TB_REFUSED_MALFORMED},
        {.path = {26}, .op = BEND_DROP, .expect = TB_REFUSED_MALFORMED},
        {.path = {4}, .op = BEND_NUMBER, .number = 3, .expect = TB_REFUSED_MALFORMED},
        {.path = {25},
         .op = BEND_SIZE,
         .number = TB_PAPER_NO_BYTES_MAX + 1,
         .expect = TB_REFUSED_MALFORMED},
    };
    tb_arena *arena = bend_arena();
    tb_event in = on_paper(arena);
    tb_event out;
    tb_bytes bytes;
    assert_ok(tb_event_encode(&in, arena, &bytes));
    assert_int_equal(tb_event_decode(bytes, arena, &out), TB_ACCEPTED);
    assert_string_equal(out.on_behalf.text, "ct.33");
    assert_string_equal(tb_event_author(&out)->text, "ct.33");
    assert_true(tb_bytes_equal(out.paper_no, in.paper_no));
    assert_true(tb_bytes_equal(out.paper_date, in.paper_date));
    assert_true(tb_event_on_paper(&out));
    check_refusals(bytes, paper_bends, sizeof paper_bends / sizeof paper_bends[0], codec);

    in = on_paper(arena);
    in.on_behalf = in.actor; /* nobody enters its own paper */
    assert_ok(tb_event_encode(&in, arena, &bytes));
    assert_int_equal(tb_event_decode(bytes, arena, &out), TB_REFUSED_MALFORMED);
    in = sample_event(arena);
    assert_false(tb_event_on_paper(&in));
    assert_ptr_equal(tb_event_author(&in), &in.actor);
}

static tb_bytes approved(tb_arena *arena, size_t count)
{
    tb_approval approvals[] = {
        {TB_STEP_REVIEW, tb_bytes_str("chen"), tb_bytes_str("wang"), SAMPLE_TIME},
        {TB_STEP_SIGN, tb_bytes_str("zhao"), tb_bytes_of(NULL, 0), SAMPLE_TIME + 1},
    };
    tb_event event = sample_event(arena);
    tb_bytes bytes;
    event.approvals = approvals;
    event.approval_count = count;
    assert_ok(tb_event_encode(&event, arena, &bytes));
    return bytes;
}

static void who_reviewed_and_who_signed_is_said_once_and_in_that_order(void **state)
{
    (void)state;
    static const tb_bend both_bends[] = {
        {"three", {80}, BEND_TIMES, 3, NULL, TB_REFUSED_TOO_LARGE},
        {"signed, then reviewed", {80}, BEND_SWAP, 0, NULL, TB_REFUSED_MALFORMED},
        {"no step", {80, 1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
        {"signed twice", {80, 1}, BEND_NUMBER, 2, NULL, TB_REFUSED_MALFORMED},
        {"step 3", {80, 1}, BEND_NUMBER, 3, NULL, TB_REFUSED_MALFORMED},
        {"nobody", {80, 2}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
        {"account with a bell", {80, 2}, BEND_TEXT, 0, "li\a", TB_REFUSED_MALFORMED},
        {"account of 65 bytes", {80, 2}, BEND_SIZE, 65, NULL, TB_REFUSED_MALFORMED},
        {"for somebody with a bell", {80, 3}, BEND_TEXT, 0, "li\a", TB_REFUSED_MALFORMED},
        {"before 1970", {80, 4}, BEND_NUMBER, UINT64_MAX, NULL, TB_REFUSED_MALFORMED},
        {"unknown field", {80, 1}, BEND_UNKNOWN, 0, NULL, TB_REFUSED_NOT_CANONICAL},
    };
    static const tb_bend one_bends[] = {
        {"reviewed twice", {80}, BEND_AGAIN, 0, NULL, TB_REFUSED_MALFORMED},
        {"step 3", {80, 1}, BEND_NUMBER, 3, NULL, TB_REFUSED_MALFORMED},
    };
    tb_arena *arena = bend_arena();
    tb_event out;
    assert_int_equal(tb_event_decode(approved(arena, 2), arena, &out), TB_ACCEPTED);
    assert_int_equal(out.approval_count, 2);
    assert_int_equal(out.approvals[0].step, TB_STEP_REVIEW);
    assert_true(tb_bytes_equal(out.approvals[0].account, tb_bytes_str("chen")));
    assert_true(tb_bytes_equal(out.approvals[0].absent, tb_bytes_str("wang")));
    assert_int_equal(out.approvals[0].at, SAMPLE_TIME);
    assert_int_equal(out.approvals[1].step, TB_STEP_SIGN);
    assert_true(tb_bytes_equal(out.approvals[1].account, tb_bytes_str("zhao")));
    assert_int_equal(out.approvals[1].absent.size, 0);
    check_refusals(approved(bend_arena(), 2), both_bends, sizeof both_bends / sizeof both_bends[0],
                   codec);
    check_refusals(approved(bend_arena(), 1), one_bends, sizeof one_bends / sizeof one_bends[0],
                   codec);
    check_truncated(approved(bend_arena(), 2), codec, true);
    check_flipped(approved(bend_arena(), 2), codec, true);
    check_each_field(approved(bend_arena(), 2), codec, true);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_value_comes_back),
    cmocka_unit_test(who_reviewed_and_who_signed_is_said_once_and_in_that_order),
    cmocka_unit_test(the_opening_event_names_the_case_it_opens),
    cmocka_unit_test(the_events_digest_depends_on_their_order),
    cmocka_unit_test(every_bent_field_is_refused),
    cmocka_unit_test(cut_short_or_flipped_it_is_refused_or_the_same),
    cmocka_unit_test(hostile_bytes_cost_no_more_than_the_arena),
    cmocka_unit_test(an_opening_matches_only_what_was_committed_to),
    cmocka_unit_test(a_paper_answer_names_its_party_number_and_date),
};

TB_RUN("messages/event", tests)
