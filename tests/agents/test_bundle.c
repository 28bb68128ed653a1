/* Notices and marks on removable media, with the hub, beside it and without it. */
#include "agents/bundle.h"

#include "base/pack.h"
#include "tests/agents/carried.h"
#include "tests/messages/samples.h"
#include "tests/store/failing.h"
#include "tests/test.h"

static void a_notice_is_taken_without_a_hub_and_its_mark_goes_back(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_local_answer in = bring_in(t, &t->b, carry_out(t, &t->a, "ct.33"));
    assert_int_equal(in.code, TB_ACCEPTED);
    assert_int_equal(in.imported.counts.notices, 1);
    assert_string_equal(peer_applied(t, &t->b), "hello");
    assert_int_equal(t->b.sent_count, 0); /* it has no link */
    peer_check(t, &t->b);

    tb_local_answer back = bring_in(t, &t->a, carry_out(t, &t->b, "bureau.33"));
    assert_int_equal(back.code, TB_ACCEPTED);
    assert_int_equal(back.imported.counts.marks, 1);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 0);
    peer_check(t, &t->a);
}

static void what_the_hub_lacks_is_shown_to_it_at_once(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    peer_forget(&t->a);
    assert_int_equal(bring_in(t, &t->a, carry_out(t, &t->b, "bureau.33")).code, TB_ACCEPTED);
    tb_frame hello = peer_frame(t, &t->a, TB_FRAME_HELLO, 0);
    assert_int_equal(hello.hello.arrived_count, 1);
    assert_int_equal(hello.hello.arrived[0].line.to, 1);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_GREETING);
}

static void several_notices_and_lanes_come_in_order(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 one", "ct.33 two", "ct.33,hq both", "ct.33 three"};
    for (size_t i = 0; i < 4; i++) {
        peer_say(t, &t->a, texts[i]);
    }
    tb_local_answer in = bring_in(t, &t->b, carry_out(t, &t->a, "ct.33"));
    assert_int_equal(in.imported.counts.notices, peer_stream_out(t, &t->a, "ct.33").number);
    const char *applied = peer_applied(t, &t->b);
    const char *one = strstr(applied, "one");
    const char *two = strstr(applied, "two");
    const char *three = strstr(applied, "three");
    assert_true(one != NULL && two != NULL && three != NULL && one < two && two < three);
    peer_check(t, &t->b);
}

static void what_comes_both_ways_is_applied_once(void **state)
{
    town *t = *state;
    town_link(t, &t->b);
    peer_say(t, &t->a, "ct.33 hello");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_bytes file = carry_out(t, &t->a, "ct.33");
    assert_int_equal(bring_in(t, &t->b, file).code, TB_ACCEPTED);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STAMP), 0);
    peer_forget(&t->b);
    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "hello");
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 0).lines.lines[0].line.to, 1);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STAMP), 1); /* dated by the hub now */
    assert_int_equal(bring_in(t, &t->b, file).code, TB_REFUSED_BUNDLE_KNOWN);

    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 again");
    sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    file = carry_out(t, &t->a, "ct.33");
    town_deliver(t, &sent, &t->b);
    assert_int_equal(bring_in(t, &t->b, file).code, TB_REFUSED_BUNDLE_KNOWN);
    assert_string_equal(peer_applied(t, &t->b), "hello again");
    peer_check(t, &t->b);
}

static void a_bundle_with_old_and_new_gives_only_the_new(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 one");
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    peer_say(t, &t->a, "ct.33 two");
    tb_local_answer in = bring_in(t, &t->b, carry_out(t, &t->a, "ct.33"));
    assert_int_equal(in.imported.counts.notices, 1);
    assert_int_equal(in.imported.counts.repeated, 1);
    assert_string_equal(peer_applied(t, &t->b), "one two");
}

static void a_refusal_goes_back_with_the_mark(void **state)
{
    town *t = *state;
    t->b.disliked = "bad";
    peer_say(t, &t->a, "ct.33 bad");
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_REFUSAL), 1);
    tb_bytes file = carry_out(t, &t->b, "bureau.33");
    tb_local_answer back = bring_in(t, &t->a, file);
    assert_int_equal(back.imported.counts.refusals, 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 1);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 1);
    assert_int_equal(bring_in(t, &t->a, file).code, TB_REFUSED_BUNDLE_KNOWN);
}

static void a_stamp_the_hub_gave_travels_along(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_store(t, &t->a, &sent.carry.groups[0]);
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STAMP), 1);
}

#define TURNS      16
#define TURN_TEXTS 64

static void much_is_carried_in_several_bundles_taken_in_their_order(void **state)
{
    town *t = *state;
    static const char *texts[TURN_TEXTS];
    for (size_t i = 0; i < TURN_TEXTS; i++) {
        texts[i] = "ct.33 x";
    }
    for (size_t i = 0; i < TURNS; i++) {
        peer_say_all(t, &t->a, texts, TURN_TEXTS);
    }
    tb_bytes files[8];
    size_t count = 0;
    tb_bytes after = {NULL, 0};
    do {
        tb_local_answer answer = export_after(t, &t->a, "ct.33", after);
        assert_int_equal(answer.code, TB_ACCEPTED);
        files[count++] = answer.bundle.content;
        assert_true(answer.bundle.content.size <= TB_BUNDLE_BYTES_MAX);
        after = answer.bundle.next;
    } while (after.size > 0 && count < 8);
    assert_true(count > 1);
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count) {
            assert_int_equal(bring_in(t, &t->b, files[i + 1]).code, TB_REFUSED_BUNDLE_PARTIAL);
        }
        assert_int_equal(bring_in(t, &t->b, files[i]).code, TB_ACCEPTED);
    }
    tb_txn *txn = peer_look(t, &t->b);
    tb_stream stream = town_stream(&t->a, "ct.33");
    tb_stream_in_row row;
    assert_ok(tb_stream_in_get(txn, &stream, &row));
    assert_int_equal(row.number, TURNS * TURN_TEXTS);
    tb_store_abort(txn);
}

static void a_stamp_the_hub_gave_later_travels_alone_and_once(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    assert_int_equal(bring_in(t, &t->a, carry_out(t, &t->b, "bureau.33")).code, TB_ACCEPTED);
    assert_int_equal(export_after(t, &t->a, "ct.33", tb_bytes_of(NULL, 0)).code,
                     TB_REFUSED_BUNDLE_EMPTY);
    town_link(t, &t->a); /* it showed the hub the mark, and is welcome */
    town_store(t, &t->a, &sent.carry.groups[0]);
    tb_bytes file = carry_out(t, &t->a, "ct.33");
    /* who does not hold the notice has no use for its stamp */
    tb_bundle bundle = opened(t, file);
    tb_line line = bundle.stamps[0].line;
    line.stream.incarnation.counter++;
    tb_signed_line strange = town_line(t, &line);
    bundle.stamps = &strange;
    assert_int_equal(bring_in(t, &t->b, sign_again(t, &bundle, &t->a.sign)).code,
                     TB_REFUSED_BUNDLE_KNOWN);
    tb_signed_line both[2];
    both[0] = opened(t, file).stamps[0];
    line = both[0].line;
    line.from = line.to = 2; /* not here yet */
    both[1] = town_line(t, &line);
    bundle.stamps = both;
    bundle.stamp_count = 2;
    tb_local_answer in = bring_in(t, &t->b, sign_again(t, &bundle, &t->a.sign));
    assert_int_equal(in.code, TB_ACCEPTED);
    assert_int_equal(in.imported.counts.stamps, 1);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STAMP), 1);
    assert_int_equal(bring_in(t, &t->b, file).code, TB_REFUSED_BUNDLE_KNOWN);
    peer_check(t, &t->b);
}

static void what_the_hub_has_too_is_no_news_for_it(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_store(t, &t->a, &sent.carry.groups[0]);
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    peer_forget(&t->a);
    assert_int_equal(bring_in(t, &t->a, carry_out(t, &t->b, "bureau.33")).code, TB_ACCEPTED);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 0);
}

/* Only what is new to its reader is a reason to write one. */
static void marks_of_other_parties_are_not_in_it(void **state)
{
    town *t = *state;
    town_link(t, &t->c);
    peer_forget(&t->c);
    peer_say(t, &t->c, "bureau.33 hello");
    town_relay(t, &t->c, &t->a);
    assert_int_equal(export_after(t, &t->a, "ct.33", tb_bytes_of(NULL, 0)).code,
                     TB_REFUSED_BUNDLE_EMPTY);
    assert_int_equal(opened(t, carry_out(t, &t->a, "hq")).mark_count, 1);
}

/* counter random lane number */
static tb_bytes cursor(town *t, uint64_t counter, tb_lane lane, uint64_t number)
{
    tb_bytes made;
    tb_writer w;
    tb_stream stream = town_stream(&t->a, "ct.33");
    tb_writer_arena(&w, &t->paper, 64);
    tb_put_u64(&w, stream.incarnation.counter + counter);
    tb_put_raw(&w, stream.incarnation.random, sizeof stream.incarnation.random);
    tb_put_u8(&w, (uint8_t)lane);
    tb_put_u64(&w, number);
    assert_ok(tb_writer_bytes(&w, &made));
    return made;
}

static void the_next_bundle_goes_on_behind_the_one_before(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 soon urgent");
    peer_say(t, &t->a, "ct.33 one");
    peer_say(t, &t->a, "ct.33 two");
    static const struct {
        tb_lane lane;
        uint64_t number;
        size_t groups;
    } cases[] = {
        {TB_LANE_URGENT, 0, 3}, {TB_LANE_URGENT, 1, 2}, {TB_LANE_NORMAL, 0, 2},
        {TB_LANE_NORMAL, 1, 1}, {TB_LANE_NORMAL, 2, 0}, {TB_LANE_BULK, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tb_local_answer answer =
            export_after(t, &t->a, "ct.33", cursor(t, 0, cases[i].lane, cases[i].number));
        if (cases[i].groups == 0) {
            assert_int_equal(answer.code, TB_REFUSED_BUNDLE_EMPTY);
        } else {
            assert_int_equal(opened(t, answer.bundle.content).carry.group_count, cases[i].groups);
        }
    }
    /* streams of an incarnation before the cursor's are done, whatever their lane */
    assert_int_equal(export_after(t, &t->a, "ct.33", cursor(t, 1, TB_LANE_URGENT, 0)).code,
                     TB_REFUSED_BUNDLE_EMPTY);
}

/* Said in as few turns as they fit. */
static void say_many(town *t, const char *text, size_t count)
{
    const char *texts[TB_BATCH_MAX];
    for (size_t i = 0; i < TB_BATCH_MAX; i++) {
        texts[i] = text;
    }
    for (size_t done = 0; done < count;) {
        size_t now = count - done < TURN_TEXTS ? count - done : TURN_TEXTS;
        peer_say_all(t, &t->a, texts, now);
        done += now;
    }
}

static void bring_all(town *t, const char *from_to, peer *from, peer *to, tb_local_counts *sum)
{
    tb_bytes after = {NULL, 0};
    do {
        tb_local_answer answer = export_after(t, from, from_to, after);
        assert_int_equal(answer.code, TB_ACCEPTED);
        tb_local_answer in = bring_in(t, to, answer.bundle.content);
        assert_int_equal(in.code, TB_ACCEPTED);
        sum->marks += in.imported.counts.marks;
        sum->refusals += in.imported.counts.refusals;
        after = answer.bundle.next;
    } while (after.size > 0);
}

/* The lines of one bundle are bounded: marks first, then the newest refusals, then stamps. */
static void of_more_lines_than_a_bundle_holds_the_newest_go(void **state)
{
    town *t = *state;
    tb_local_counts there = {0};
    tb_local_counts back = {0};
    if (failing_awake()) {
        return; /* nothing new fails in it */
    }
    t->b.disliked = "bad";
    say_many(t, "ct.33 bad", TB_BUNDLE_LINES_MAX + 10);
    bring_all(t, "ct.33", &t->a, &t->b, &there);
    tb_bundle bundle = opened(t, carry_out(t, &t->b, "bureau.33"));
    assert_int_equal(bundle.mark_count, 1);
    assert_int_equal(bundle.refusal_count, TB_BUNDLE_LINES_MAX - 1);
    assert_int_equal(bundle.stamp_count, 0);
    assert_int_equal(bundle.refusals[bundle.refusal_count - 1].line.from, TB_BUNDLE_LINES_MAX + 10);
    bring_all(t, "bureau.33", &t->b, &t->a, &back);
    assert_int_equal(back.refusals, TB_BUNDLE_LINES_MAX - 1);
    assert_int_equal(back.marks, 1);
}

static void more_groups_than_a_frame_holds_go_in_the_next_bundle(void **state)
{
    town *t = *state;
    if (failing_awake()) {
        return; /* nothing new fails in it */
    }
    for (size_t i = 0; i < TB_FRAME_GROUPS_MAX + 1; i++) {
        peer_forget(&t->a);
        peer_say(t, &t->a, "ct.33 x");
    }
    tb_local_answer first = export_after(t, &t->a, "ct.33", tb_bytes_of(NULL, 0));
    tb_bundle bundle = opened(t, first.bundle.content);
    assert_true(first.bundle.next.size > 0);
    assert_true(bundle.carry.group_count <= TB_FRAME_GROUPS_MAX);
    assert_int_equal(bring_in(t, &t->b, first.bundle.content).code, TB_ACCEPTED);
    tb_local_answer next = export_after(t, &t->a, "ct.33", first.bundle.next);
    assert_int_equal(bring_in(t, &t->b, next.bundle.content).code, TB_ACCEPTED);
}

static void nothing_to_carry_is_said(void **state)
{
    town *t = *state;
    tb_bytes none = {NULL, 0};
    assert_int_equal(export_after(t, &t->a, "ct.33", none).code, TB_REFUSED_BUNDLE_EMPTY);
    assert_int_equal(export_after(t, &t->a, "nobody", none).code, TB_REFUSED_UNKNOWN_PARTY);
    assert_int_equal(export_after(t, &t->a, "bureau.33", none).code, TB_REFUSED_UNKNOWN_PARTY);
    assert_int_equal(export_after(t, &t->a, "ct.33", tb_bytes_str("x")).code, TB_REFUSED_REQUEST);
}

#define T(name) cmocka_unit_test_setup_teardown(name, carriers_set_up, carriers_tear_down)

static const struct CMUnitTest tests[] = {
    T(a_notice_is_taken_without_a_hub_and_its_mark_goes_back),
    T(what_the_hub_lacks_is_shown_to_it_at_once),
    T(several_notices_and_lanes_come_in_order),
    T(what_comes_both_ways_is_applied_once),
    T(a_bundle_with_old_and_new_gives_only_the_new),
    T(a_refusal_goes_back_with_the_mark),
    T(a_stamp_the_hub_gave_travels_along),
    T(much_is_carried_in_several_bundles_taken_in_their_order),
    T(a_stamp_the_hub_gave_later_travels_alone_and_once),
    T(what_the_hub_has_too_is_no_news_for_it),
    T(marks_of_other_parties_are_not_in_it),
    T(the_next_bundle_goes_on_behind_the_one_before),
    T(of_more_lines_than_a_bundle_holds_the_newest_go),
    T(more_groups_than_a_frame_holds_go_in_the_next_bundle),
    T(nothing_to_carry_is_said),
};

TB_RUN("agents/bundle", tests)
