#include "agents/outbox.h"

#include <stdlib.h>

#include "tests/agents/peer.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

static int set_up(void **state)
{
    *state = town_make();
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

static void notices_are_numbered_and_linked(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    peer_say(t, &t->a, "ct.33 two");

    tb_frame first = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_frame second = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 1);
    const tb_item *one = &first.carry.groups[0].items[0];
    const tb_item *two = &second.carry.groups[0].items[0];
    assert_int_equal(tb_group_number(&first.carry.groups[0], 0), 1);
    assert_true(tb_digest_zero(&one->header.entries[0].previous));
    assert_int_equal(tb_group_number(&second.carry.groups[0], 0), 2);
    assert_true(tb_digest_equal(&two->header.entries[0].previous, &one->digest));
    assert_int_equal(one->header.notice, 1);
    assert_int_equal(two->header.notice, 2);
    assert_memory_not_equal(&one->header.ephemeral, &two->header.ephemeral, 32);
    peer_check(t, &t->a);
}

/* Past its end the directory may lack whoever joined or left since (design.md §6). */
static void past_the_directorys_end_only_known_recipients_are_written_to(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_say(t, &t->a, "ct.33 one");
    t->now = TOWN_TIME + TOWN_FRESH_MS;
    peer_forget(&t->a);
    peer_say(t, &t->a, "hq at_the_end"); /* still good in its last ms */
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    t->now++;
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 two");
    peer_say(t, &t->a, "hq again");
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 2);
    assert_false(peer_noted(&t->a, "event=draft"));

    town_link(t, &t->b);
    peer_forget(&t->b);
    peer_say(t, &t->b, "hq first");
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_SUBMIT), 0);
    assert_true(peer_noted(&t->b, "event=draft"));
}

static void one_turn_is_one_group_per_recipient_under_one_root(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"hq one", "ct.33 two", "hq three", "ct.33 four"};
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say_all(t, &t->a, texts, 4);

    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(frame.carry.group_count, 2);
    for (size_t g = 0; g < 2; g++) {
        const tb_group *group = &frame.carry.groups[g];
        assert_int_equal(group->item_count, 2);
        assert_int_equal(group->root.count, 4);
        assert_memory_equal(&group->root, &frame.carry.groups[0].root, sizeof group->root);
        assert_int_equal(group->sibling_count, 1);
        assert_memory_equal(&group->items[0].header.ephemeral, &group->items[1].header.ephemeral,
                            32);
        assert_int_equal(tb_group_verify(group, &t->directory.hub, &t->a.sign.public_key,
                                         &t->b.agent.roots, &t->paper),
                         TB_ACCEPTED);
    }
    peer_check(t, &t->a);
}

static void a_notice_to_two_has_one_header_and_one_body(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33,hq both");

    tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(frame.carry.group_count, 2);
    assert_int_equal(frame.carry.body_count, 1);
    assert_true(tb_bytes_equal(frame.carry.groups[0].items[0].header_bytes,
                               frame.carry.groups[1].items[0].header_bytes));
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX_BODY), 1);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 2);
    peer_check(t, &t->a);
}

static void
notices_of_one_case_keep_the_order_of_acts_whoever_is_their_first_recipient(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"hq first same", "ct.33,hq second same",
                                        "ct.33 third same"};
    town_link(t, &t->a);
    town_link(t, &t->b);
    town_link(t, &t->c);
    peer_forget(&t->a);
    peer_say_all(t, &t->a, texts, 3);

    tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &frame, &t->c);
    town_deliver(t, &frame, &t->b);
    assert_string_equal(peer_applied(t, &t->c), "first second");
    assert_string_equal(peer_applied(t, &t->b), "second third");
    peer_check(t, &t->a);
    peer_check(t, &t->c);
}

static tb_digest first_event(town *t, const tb_header *header)
{
    tb_proof_row proof;
    tb_txn *txn = peer_look(t, &t->a);
    assert_int_equal(
        tb_proof_get(txn, &header->sender, &header->incarnation, header->notice, &proof), TB_OK);
    tb_digest first = proof.ids[0];
    tb_store_abort(txn);
    return first;
}

/* Cases go to a recipient in the order its store keeps them in, so that they fill its pages. */
static void cases_of_one_turn_go_to_a_recipient_in_the_order_of_their_ids(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"hq one", "hq two", "ct.33 three", "hq four", "hq five"};
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say_all(t, &t->a, texts, 5);

    tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(frame.carry.group_count, 2);
    const tb_group *group = &frame.carry.groups[frame.carry.groups[0].item_count == 4 ? 0 : 1];
    assert_int_equal(group->item_count, 4);
    bool as_added = true;
    for (size_t i = 1; i < group->item_count; i++) {
        tb_digest before = first_event(t, &group->items[i - 1].header);
        tb_digest event = first_event(t, &group->items[i].header);
        assert_true(memcmp(before.bytes, event.bytes, sizeof event.bytes) < 0);
        as_added &= group->items[i - 1].header.notice < group->items[i].header.notice;
    }
    assert_false(as_added);
    peer_check(t, &t->a);
}

static void nothing_is_signed_before_welcome(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 early");
    assert_true(peer_noted(&t->a, "event=draft"));
    assert_int_equal(t->a.sent_count, 0);
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
    peer_say(t, &t->a, "ct.33 early");
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_OUTBOX), 0);
    assert_int_equal(t->a.releases, 0);
    town_link(t, &t->a);
    assert_int_equal(t->a.releases, 1);
}

static void what_gets_no_stored_mark_is_sent_again_behind_the_newest(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    peer_say(t, &t->a, "ct.33 two");
    tb_frame first = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_store(t, &t->a, &first.carry.groups[0]);
    peer_forget(&t->a);

    peer_tick(t, &t->a, TB_RESEND_AFTER_MS - 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 0);
    peer_tick(t, &t->a, 1);
    tb_frame again = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(again.carry.group_count, 1);
    assert_int_equal(tb_group_number(&again.carry.groups[0], 0), 2);
    peer_tick(t, &t->a, 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    peer_check(t, &t->a);
}

/* Sent while the clock was a day ahead: the day is not waited for. */
static void what_was_sent_under_a_clock_ahead_is_sent_again_as_soon(void **state)
{
    enum {
        DAY = 24 * 3600 * 1000
    };
    town *t = *state;
    t->now += DAY;
    town_link_all(t);
    peer_say(t, &t->a, "ct.33 hello");
    peer_tick(t, &t->a, 0);
    t->now -= DAY;
    peer_forget(&t->a);
    peer_tick(t, &t->a, 1000);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 0);
    peer_tick(t, &t->a, TB_RESEND_AFTER_MS);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    peer_check(t, &t->a);
}

static void a_shared_body_goes_again_with_its_group(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_say(t, &t->a, "ct.33,hq both");
    peer_forget(&t->a);
    peer_tick(t, &t->a, TB_RESEND_AFTER_MS);

    tb_frame again = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(again.carry.group_count, 2);
    assert_int_equal(again.carry.body_count, 1);
    town_link(t, &t->b);
    town_deliver(t, &again, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "both");
}

static void a_closed_recipient_waits_and_the_others_do_not(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 stop", "hq go"};
    tb_frame closed = {.kind = TB_FRAME_CLOSED, .share = sample_party("ct.33")};
    tb_frame open = {.kind = TB_FRAME_OPEN, .share = sample_party("ct.33")};
    town_link(t, &t->a);
    peer_say_all(t, &t->a, texts, 2);
    town_send(t, &t->a, &closed);
    peer_forget(&t->a);

    peer_tick(t, &t->a, TB_RESEND_AFTER_MS);
    tb_frame again = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(again.carry.group_count, 1);
    assert_string_equal(again.carry.groups[0].recipient.text, "hq");
    peer_say(t, &t->a, "ct.33 later");
    assert_true(peer_noted(&t->a, "event=draft"));
    peer_forget(&t->a);
    town_send(t, &t->a, &open);
    assert_int_equal(t->a.releases, 2);
    tb_frame opened = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_string_equal(opened.carry.groups[0].recipient.text, "ct.33");
    peer_check(t, &t->a);
}

static void an_aborted_turn_uses_no_number_and_no_ephemeral_key_twice(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    tb_store_mem_fail_commit(t->a.store, 1, TB_ERR_FULL);
    peer_say(t, &t->a, "ct.33 once");
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(tb_group_number(&frame.carry.groups[0], 0), 1);
    assert_int_equal(frame.carry.groups[0].items[0].header.notice, 1);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").number, 1);
    peer_check(t, &t->a);
}

static void only_so_many_groups_are_in_flight(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    for (size_t i = 0; i < TB_FLIGHTS_MAX + 3; i++) {
        peer_say(t, &t->a, "ct.33 more");
    }
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), TB_FLIGHTS_MAX);
    tb_frame first = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    peer_forget(&t->a);
    town_store(t, &t->a, &first.carry.groups[0]);
    tb_frame next = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(tb_group_number(&next.carry.groups[0], 0), TB_FLIGHTS_MAX + 1);
    peer_check(t, &t->a);
}

static void a_party_nobody_can_seal_to_is_left_out(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33,nobody some");
    tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(frame.carry.groups[0].items[0].header.entry_count, 1);
    peer_say(t, &t->a, "nobody none");
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    peer_check(t, &t->a);
}

static void large_turns_make_several_groups_and_frames(void **state)
{
    town *t = *state;
    const char *texts[64];
    for (size_t i = 0; i < 64; i++) {
        texts[i] = i % 2 == 0 ? "ct.33,hq much" : "hq much";
    }
    town_link(t, &t->a);
    peer_forget(&t->a);
    for (size_t i = 0; i < 8; i++) {
        peer_say_all(t, &t->a, texts, 64);
    }
    uint64_t last = 0;
    for (size_t i = 0; i < peer_count(t, &t->a, TB_FRAME_SUBMIT); i++) {
        tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, i);
        for (size_t g = 0; g < frame.carry.group_count; g++) {
            const tb_group *group = &frame.carry.groups[g];
            if (strcmp(group->recipient.text, "hq") == 0) {
                assert_int_equal(tb_group_number(group, 0), last + 1);
                last = tb_group_number(group, group->item_count - 1);
            }
        }
    }
    assert_int_equal(last, 8 * 64);
    peer_check(t, &t->a);
}

/* What was said and not stored, said again after Welcome. */
static void say_again(town *t)
{
    peer_forget(&t->a);
    town_link(t, &t->a);
}

static size_t groups_of(town *t, size_t frame)
{
    return peer_frame(t, &t->a, TB_FRAME_SUBMIT, frame).carry.group_count;
}

static void one_frame_holds_groups_under_so_many_roots(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    for (size_t i = 0; i < TB_FRAME_ROOTS_MAX; i++) {
        peer_say(t, &t->a, "ct.33 root"); /* each turn signs a root of its own */
    }
    say_again(t);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    assert_int_equal(groups_of(t, 0), TB_FRAME_ROOTS_MAX);
    peer_say(t, &t->a, "ct.33 root");
    say_again(t);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 2);
    assert_int_equal(groups_of(t, 0), TB_FRAME_ROOTS_MAX);
    assert_int_equal(groups_of(t, 1), 1);
    peer_check(t, &t->a);
}

/* In one turn: so many of these, then so many of those. */
static void say_many(town *t, const char *these, size_t count, const char *those, size_t more)
{
    const char *texts[TB_BATCH_MAX];
    for (size_t i = 0; i < count + more; i++) {
        texts[i] = i < count ? these : those;
    }
    peer_forget(&t->a);
    peer_say_all(t, &t->a, texts, count + more);
}

static void one_group_and_one_frame_hold_so_many_notices(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    say_many(t, "ct.33 some", TB_GROUP_MADE_ITEMS, "hq some",
             TB_FRAME_ITEMS_MAX - TB_GROUP_MADE_ITEMS);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    assert_int_equal(groups_of(t, 0), 2);
    say_many(t, "ct.33 some", TB_GROUP_MADE_ITEMS + 1, "hq some",
             TB_FRAME_ITEMS_MAX - TB_GROUP_MADE_ITEMS);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 2);
    tb_frame first = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(first.carry.group_count, 2);
    assert_int_equal(first.carry.groups[0].item_count, TB_GROUP_MADE_ITEMS);
    assert_int_equal(first.carry.groups[1].item_count, 1);
    assert_int_equal(groups_of(t, 1), 1);
    peer_check(t, &t->a);
}

static size_t bytes_of(const tb_group *group)
{
    size_t bytes = 0;
    for (size_t i = 0; i < group->item_count; i++) {
        bytes += group->items[i].header_bytes.size + group->items[i].body.size;
    }
    return bytes;
}

/* Eight openings of 4 kB: some 33 kB a notice, so that four do not fit a group. */
#define LONG_NOTICE                                                                                \
    "ct.33 long long1=ct.33 long2=ct.33 long3=ct.33 long4=ct.33 long5=ct.33 long6=ct.33 "          \
    "long7=ct.33 long8=ct.33"

static void one_group_and_one_frame_end_behind_so_many_bytes(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    say_many(t, LONG_NOTICE, 12, NULL, 0);
    /* Two groups of three: the first ends before the bound, so that a second one is in the frame.
     */
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 2);
    for (size_t i = 0; i < 2; i++) {
        tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, i);
        assert_int_equal(frame.carry.group_count, 2);
        for (size_t g = 0; g < 2; g++) {
            const tb_group *group = &frame.carry.groups[g];
            size_t bytes = bytes_of(group);
            assert_int_equal(group->item_count, 3);
            assert_true(bytes < TB_GROUP_BYTES_MAX && bytes < TB_FRAME_LOOKED_BYTES);
            assert_true(bytes / 3 * 4 > TB_GROUP_BYTES_MAX && 2 * bytes > TB_FRAME_LOOKED_BYTES);
        }
    }
    peer_check(t, &t->a);
}

static void a_stream_that_cannot_be_read_does_not_stop_the_others(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 lost", "hq fine"};
    town_link(t, &t->a);
    peer_say_all(t, &t->a, texts, 2);
    tb_stream stream = town_stream(&t->a, "ct.33");
    uint8_t key[16 + TB_PARTY_BYTES + 1];
    for (int i = 0; i < 8; i++) {
        key[i] = (uint8_t)(stream.incarnation.counter >> (56 - 8 * i));
    }
    memcpy(key + 8, stream.incarnation.random, 8);
    memcpy(key + 16, stream.recipient.text, TB_PARTY_BYTES);
    key[16 + TB_PARTY_BYTES] = TB_LANE_NORMAL;
    assert_ok(tb_store_mem_damage(t->a.store, TB_TABLE_STREAM_OUT, tb_bytes_of(key, sizeof key)));
    peer_forget(&t->a);
    peer_tick(t, &t->a, TB_RESEND_AFTER_MS);
    assert_true(peer_noted(&t->a, "event=row_corrupt"));
    tb_frame again = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_string_equal(again.carry.groups[0].recipient.text, "hq");
    peer_forget(&t->a);
    peer_tick(t, &t->a, 1);
    assert_int_equal(strlen(t->a.notes), 0);
}

/* ct.33 as the directory has it; the next version of it. */
static void set_state(town *t, tb_party_state state)
{
    t->directory.parties[1].state = state;
    t->directory.version++;
}

static void what_is_for_a_party_off_line_waits_in_its_place_until_it_joins(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_say(t, &t->a, "ct.33 before");
    set_state(t, TB_PARTY_OFF_LINE);
    peer_tick(t, &t->a, 1);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33,hq one");
    peer_say(t, &t->a, "ct.33 two");
    tb_frame to_hq = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_SUBMIT), 1);
    assert_int_equal(to_hq.carry.group_count, 1);
    assert_string_equal(to_hq.carry.groups[0].recipient.text, "hq");
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").number, 3);
    /* neither time nor a new session changes that, and it is no alarm */
    peer_tick(t, &t->a, 2 * TB_MARK_ALARM_MS);
    town_link(t, &t->a);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").submitted, 0);
    peer_check(t, &t->a);

    peer_forget(&t->a);
    set_state(t, TB_PARTY_ACTIVE);
    peer_tick(t, &t->a, 1);
    tb_frame frame = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    assert_string_equal(frame.carry.groups[0].recipient.text, "ct.33");
    assert_int_equal(tb_group_number(&frame.carry.groups[0], 0), 1);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").submitted, 3);
    peer_check(t, &t->a);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(notices_are_numbered_and_linked),
    IN_TOWN(past_the_directorys_end_only_known_recipients_are_written_to),
    IN_TOWN(one_turn_is_one_group_per_recipient_under_one_root),
    IN_TOWN(a_notice_to_two_has_one_header_and_one_body),
    IN_TOWN(notices_of_one_case_keep_the_order_of_acts_whoever_is_their_first_recipient),
    IN_TOWN(cases_of_one_turn_go_to_a_recipient_in_the_order_of_their_ids),
    IN_TOWN(nothing_is_signed_before_welcome),
    IN_TOWN(what_gets_no_stored_mark_is_sent_again_behind_the_newest),
    IN_TOWN(what_was_sent_under_a_clock_ahead_is_sent_again_as_soon),
    IN_TOWN(a_shared_body_goes_again_with_its_group),
    IN_TOWN(one_frame_holds_groups_under_so_many_roots),
    IN_TOWN(one_group_and_one_frame_hold_so_many_notices),
    IN_TOWN(one_group_and_one_frame_end_behind_so_many_bytes),
    IN_TOWN(a_closed_recipient_waits_and_the_others_do_not),
    IN_TOWN(an_aborted_turn_uses_no_number_and_no_ephemeral_key_twice),
    IN_TOWN(only_so_many_groups_are_in_flight),
    IN_TOWN(a_party_nobody_can_seal_to_is_left_out),
    IN_TOWN(a_stream_that_cannot_be_read_does_not_stop_the_others),
    IN_TOWN(what_is_for_a_party_off_line_waits_in_its_place_until_it_joins),
    IN_TOWN(large_turns_make_several_groups_and_frames),
};

TB_RUN("agents/outbox", tests)
