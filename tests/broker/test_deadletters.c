/* Dead letters: listed with their route and why, and delivered again when that is possible. */
#include "messages/local.h"
#include "tests/broker/fixture.h"

/* One question over the local socket. */
static tb_local_answer ask(world *w, tb_local_request *request)
{
    tb_bytes bytes;
    tb_local_answer answer = {.kind = TB_ANSWER_NONE};
    memset(request->id.bytes, 5, sizeof request->id);
    request->account = tb_bytes_str("operator");
    assert_ok(tb_local_request_encode(request, &w->arena, &bytes));
    assert_true(w->input_count == 0);
    w->inputs[w->input_count++] =
        (tb_input){.kind = TB_INPUT_LOCAL, .now = w->now, .peer = 3, .bytes = bytes};
    turn(w);
    assert_int_equal(tb_local_answer_decode(w->answer, &w->arena, &answer), TB_ACCEPTED);
    assert_memory_equal(answer.id.bytes, request->id.bytes, sizeof answer.id);
    return answer;
}

static tb_local_dead_letters list(world *w, uint32_t limit, tb_bytes after)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_DEAD_LETTERS};
    request.page.limit = limit;
    request.page.after = after;
    tb_local_answer answer = ask(w, &request);
    assert_int_equal(answer.code, TB_ACCEPTED);
    return answer.dead_letters;
}

static tb_local_dead_letters all(world *w)
{
    return list(w, 0, tb_bytes_of(NULL, 0));
}

static tb_local_answer retry(world *w, tb_bytes id, bool dry_run)
{
    tb_local_request request = {.kind = TB_REQUEST_RETRY_DEAD_LETTER};
    request.retry = (tb_local_retry){id, dry_run};
    return ask(w, &request);
}

/* A's key is cut at 0 towards everybody: what it sent is held and cannot be delivered. */
static void cut_off(world *w, bool cut)
{
    static tb_cut cuts[1];
    cuts[0] = (tb_cut){at(w, A)->id, at(w, A)->sign_id, w->now.real, 3, NULL, 0};
    w->directory.cuts = cuts;
    w->directory.cut_count = cut ? 1 : 0;
}

static void what_the_hub_refused_is_listed_with_its_route(void **state)
{
    world *w = *state;
    w->directory.parties[B].state = TB_PARTY_ENDED;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 2);
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_local_dead_letters letters = all(w);
    assert_int_equal(letters.count, 2);
    const tb_local_dead_letter *one = &letters.letters[1];
    assert_true(tb_bytes_equal(one->id, tb_bytes_str("a/1/b/2/2")));
    assert_string_equal(one->sender.text, "a");
    assert_string_equal(one->recipient.text, "b");
    assert_string_equal(one->by.text, "hub");
    assert_int_equal(one->code, TB_REFUSED_NOT_ACTIVE);
    assert_int_equal(one->since, w->now.real);
    assert_int_equal(one->retry, TB_RETRY_NOTHING);
    assert_int_equal(retry(w, one->id, false).code, TB_REFUSED_NOTHING_HELD);
    assert_int_equal(retry(w, one->id, true).code, TB_ACCEPTED);
}

/* Its sender keeps what is for a party without a line: nothing was refused. */
static void what_waits_for_an_off_line_party_is_no_dead_letter(void **state)
{
    world *w = *state;
    w->directory.parties[B].state = TB_PARTY_OFF_LINE;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 2);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(all(w).count, 0);
}

static void what_the_directory_forbids_is_held_and_delivered_when_it_no_longer_does(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 2);
    cut_off(w, false);
    say_submit(w, at(w, A), &p);
    turn(w);
    forget_all(w); /* its delivery is lost */
    assert_int_equal(all(w).count, 0);

    cut_off(w, true);
    tb_local_dead_letters letters = all(w);
    assert_int_equal(letters.count, 1);
    tb_bytes id = letters.letters[0].id;
    assert_true(tb_bytes_equal(id, tb_bytes_str("a/1/b/2/1")));
    assert_int_equal(letters.letters[0].to, 2);
    assert_int_equal(letters.letters[0].code, TB_REFUSED_KEY_REVOKED);
    assert_true(letters.letters[0].bytes > 0);
    assert_int_equal(letters.letters[0].retry, TB_RETRY_REFUSED);
    assert_int_equal(retry(w, id, false).code, TB_REFUSED_KEY_REVOKED);
    expect_nothing(w, at(w, B));

    cut_off(w, false);
    tb_local_answer dry = retry(w, id, true);
    assert_int_equal(dry.code, TB_ACCEPTED);
    assert_int_equal(dry.dead_letters.letters[0].retry, TB_RETRY_DELIVERS);
    expect_nothing(w, at(w, B));
    assert_int_equal(retry(w, id, false).code, TB_ACCEPTED);
    assert_int_equal(take_all(w, at(w, B)), 2);
    assert_true(noted(w, "event=dead_letter_retried sender=a recipient=b number=1 "
                         "account=\"operator\""));
    /* Its bytes and its route were never touched. */
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

static void without_its_recipient_a_retry_waits(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_local_answer answer = retry(w, tb_bytes_str("a/1/b/2/1"), true);
    assert_int_equal(answer.dead_letters.letters[0].retry, TB_RETRY_WAITS);
    assert_int_equal(retry(w, tb_bytes_str("a/1/b/2/1"), false).code, TB_ACCEPTED);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 1);
}

static void what_a_recipient_refused_says_by_whom(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_line line = {.kind = TB_LINE_REFUSED,
                    .stream = {at(w, A)->id, at(w, A)->incarnation, at(w, B)->id, TB_LANE_NORMAL},
                    .from = 1,
                    .digest = p.groups[0].items[0].digest,
                    .at = w->now.real,
                    .code = TB_REFUSED_CANNOT_APPLY};
    tb_frame frame = {.kind = TB_FRAME_REFUSED};
    frame.refused.has_line = true;
    frame.refused.line = sign_line(w, at(w, B), &line);
    frame.refused.code = line.code;
    say(w, at(w, B), &frame);
    turn(w);
    tb_local_dead_letters letters = all(w);
    assert_int_equal(letters.count, 1);
    assert_string_equal(letters.letters[0].by.text, "b");
    assert_int_equal(letters.letters[0].code, TB_REFUSED_CANNOT_APPLY);

    /* What its people did with it is the last word. */
    line.code = TB_REFUSED_APPLIED_LATER;
    frame.refused.line = sign_line(w, at(w, B), &line);
    frame.refused.code = line.code;
    say(w, at(w, B), &frame);
    turn(w);
    assert_int_equal(all(w).letters[0].code, TB_REFUSED_APPLIED_LATER);
    line.code = TB_REFUSED_ROLE;
    frame.refused.line = sign_line(w, at(w, B), &line);
    frame.refused.code = line.code;
    say(w, at(w, B), &frame);
    turn(w);
    assert_int_equal(all(w).letters[0].code, TB_REFUSED_APPLIED_LATER);
}

static void pages_go_through_refusals_and_groups(void **state)
{
    world *w = *state;
    w->directory.parties[B].state = TB_PARTY_ENDED;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 2);
    say_submit(w, at(w, A), &p);
    parcel q = make_one(w, at(w, A), C, 1);
    say_submit(w, at(w, A), &q);
    turn(w);
    cut_off(w, true);
    tb_bytes after = {NULL, 0};
    const char *ids[] = {"a/1/b/2/1", "a/1/b/2/2", "a/1/c/2/1"};
    for (size_t i = 0; i < 3; i++) {
        tb_local_dead_letters page = list(w, 1, after);
        assert_int_equal(page.count, 1);
        assert_true(tb_bytes_equal(page.letters[0].id, tb_bytes_str(ids[i])));
        after = page.next;
        assert_true(after.size > 0);
    }
    tb_local_dead_letters last = list(w, 1, after);
    assert_int_equal(last.count, 0);
    assert_int_equal(last.next.size, 0);
}

static void what_is_not_understood_is_answered_in_words(void **state)
{
    world *w = *state;
    static const char *const ids[] = {"a",
                                      "a/1",
                                      "a/1/b",
                                      "a/1/b/2",
                                      "a/1/b/2/",
                                      "a/1/b/2/1/9",
                                      "a/x/b/2/1",
                                      "A!/1/b/2/1",
                                      "/1/b/2/1",
                                      "a//b/2/1",
                                      "a/1/b//1",
                                      "a/1/b/2/1:",
                                      "a/2/b/2/1",
                                      "a/1/c/2/1",
                                      "a/1/b/1/1",
                                      "a/1/b/2/2",
                                      "a/1/b/2/18446744073709551616"};
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(retry(w, tb_bytes_str("a/1/b/2/1"), true).code, TB_ACCEPTED);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        assert_int_equal(retry(w, tb_bytes_str(ids[i]), false).code, TB_REFUSED_NO_DEAD_LETTER);
    }
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    assert_int_equal(ask(w, &request).code, TB_REFUSED_REQUEST);
    /* a page that begins behind what no key of ours is as long as */
    uint8_t long_after[600] = {2};
    request.kind = TB_REQUEST_LIST_DEAD_LETTERS;
    request.page.after = tb_bytes_of(long_after, sizeof long_after);
    assert_int_equal(ask(w, &request).code, TB_REFUSED_REQUEST);
}

/* Two streams of one incarnation's counter may be there; each is found by its lane and recipient.
 */
static void one_letter_is_shown_by_its_name_and_a_long_page_is_cut(void **state)
{
    world *w = *state;
    const size_t to_b[] = {B};
    w->directory.parties[B].state = TB_PARTY_ENDED;
    link_up(w, at(w, A));
    parcel p = make(w, at(w, A), to_b, 1, TB_LANE_URGENT, 1, 64);
    say_submit(w, at(w, A), &p);
    parcel q = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &q);
    turn(w);
    tb_local_request request = {.kind = TB_REQUEST_LIST_DEAD_LETTERS};
    request.page.id = tb_bytes_str("a/1/b/2/1");
    tb_local_answer answer = ask(w, &request);
    assert_int_equal(answer.dead_letters.count, 1);
    assert_int_equal(answer.dead_letters.letters[0].lane, TB_LANE_NORMAL);
    assert_int_equal(list(w, UINT32_MAX, tb_bytes_of(NULL, 0)).count, 2);
}

/* The account is what the socket knows; without one the note says so. */
static void a_retry_without_an_account_is_noted_as_such(void **state)
{
    world *w = *state;
    tb_bytes bytes;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_local_request request = {.kind = TB_REQUEST_RETRY_DEAD_LETTER, .id = {{4}}};
    request.retry.id = tb_bytes_str("a/1/b/2/1");
    assert_ok(tb_local_request_encode(&request, &w->arena, &bytes));
    w->inputs[w->input_count++] =
        (tb_input){.kind = TB_INPUT_LOCAL, .now = w->now, .peer = 3, .bytes = bytes};
    turn(w);
    assert_true(noted(w, "event=dead_letter_retried sender=a recipient=b number=1 account=\"\""));
}

static void a_request_that_could_not_be_carried_out_is_answered(void **state)
{
    world *w = *state;
    tb_bytes bytes;
    tb_local_answer answer;
    tb_local_request request = {.kind = TB_REQUEST_LIST_DEAD_LETTERS, .id = {{9}}};
    assert_ok(tb_local_request_encode(&request, &w->arena, &bytes));
    tb_input input = {.kind = TB_INPUT_LOCAL, .peer = 3, .bytes = bytes};
    tb_effects_reset(&w->node.effects);
    tb_broker_dropped(&w->broker, &input, TB_ERR_FULL, &w->arena, &w->node.effects);
    assert_int_equal(w->node.effects.count, 1);
    assert_int_equal(tb_local_answer_decode(w->node.effects.list[0].bytes, &w->arena, &answer),
                     TB_ACCEPTED);
    assert_int_equal(answer.code, TB_REFUSED_STORE_FULL);
    assert_int_equal(answer.id.bytes[0], 9);
    tb_effects_reset(&w->node.effects);
    tb_broker_dropped(&w->broker, &input, TB_ERR_LIMIT, &w->arena, &w->node.effects);
    assert_int_equal(tb_local_answer_decode(w->node.effects.list[0].bytes, &w->arena, &answer),
                     TB_ACCEPTED);
    assert_int_equal(answer.code, TB_REFUSED_NOT_DONE);
    /* who sent a frame hears by its session, and what is no request has no answer */
    tb_effects_reset(&w->node.effects);
    input.kind = TB_INPUT_FRAME;
    tb_broker_dropped(&w->broker, &input, TB_ERR_LIMIT, &w->arena, &w->node.effects);
    input.kind = TB_INPUT_LOCAL;
    input.bytes = tb_bytes_str("?");
    tb_broker_dropped(&w->broker, &input, TB_ERR_LIMIT, &w->arena, &w->node.effects);
    assert_int_equal(w->node.effects.count, 0);
}

/* What is held of a sender that the directory no longer names, or not with that key, stays and says
 * why; nobody could prove it. */
static void what_is_held_of_who_is_named_no_more_says_so(void **state)
{
    world *w = *state;
    const tb_directory whole = w->directory;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    w->directory.parties++; /* A is the first */
    w->directory.party_count--;
    assert_int_equal(all(w).letters[0].code, TB_REFUSED_UNKNOWN_PARTY);
    link_up(w, at(w, B));
    expect_nothing(w, at(w, B));
    w->directory = whole;
    tb_directory_party *a = &w->directory.parties[A];
    a->keys[0].id.bytes[0] ^= 1;
    assert_int_equal(all(w).letters[0].code, TB_REFUSED_UNKNOWN_KEY);
    a->keys[0].id.bytes[0] ^= 1;
    assert_int_equal(all(w).count, 0);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 1);
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(what_the_hub_refused_is_listed_with_its_route),
    WORLD_TEST(what_waits_for_an_off_line_party_is_no_dead_letter),
    WORLD_TEST(what_the_directory_forbids_is_held_and_delivered_when_it_no_longer_does),
    WORLD_TEST(without_its_recipient_a_retry_waits),
    WORLD_TEST(what_a_recipient_refused_says_by_whom),
    WORLD_TEST(pages_go_through_refusals_and_groups),
    WORLD_TEST(a_request_that_could_not_be_carried_out_is_answered),
    WORLD_TEST(what_is_not_understood_is_answered_in_words),
    WORLD_TEST(one_letter_is_shown_by_its_name_and_a_long_page_is_cut),
    WORLD_TEST(a_retry_without_an_account_is_noted_as_such),
    WORLD_TEST(what_is_held_of_who_is_named_no_more_says_so),
};

TB_RUN("broker/deadletters", tests)
