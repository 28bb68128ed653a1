#include "agents/inbox.h"

#include "messages/event.h"
#include "messages/merkle.h"
#include "tests/agents/peer.h"
#include "tests/messages/samples.h"
#include "tests/store/failing.h"
#include "tests/test.h"

static int set_up(void **state)
{
    town *t = town_make();
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_forget(&t->a);
    peer_forget(&t->b);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

/* a says it; what a submitted. */
static tb_frame say(town *t, const char *text)
{
    peer_forget(&t->a);
    peer_say(t, &t->a, text);
    return peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
}

/* a signs a header of the test's making, with body, as a turn of its own. */
static tb_frame forge(
    town *t, const tb_frame *like, const tb_header *header, tb_bytes body, const tb_sign_pair *pair)
{
    tb_frame frame = *like;
    tb_group *group = tb_arena_alloc(&t->paper, sizeof *group);
    tb_item *item = tb_arena_alloc(&t->paper, sizeof *item);
    tb_tree tree;
    *group = like->carry.groups[0];
    *item = group->items[0];
    item->header = *header;
    assert_ok(tb_header_encode(header, &t->paper, &item->header_bytes));
    item->digest = tb_header_digest(item->header_bytes);
    item->body = body;
    group->items = item;
    group->item_count = 1;
    assert_ok(tb_tree_build(&item->digest, 1, &t->paper, &tree));
    group->root.count = 1;
    group->root.root = tree.root;
    group->indexes[0] = 0;
    group->sibling_count = 0;
    tb_root_sign(&group->root, &t->directory.hub, pair);
    frame.carry.groups = group;
    frame.carry.group_count = 1;
    return frame;
}

static void a_notice_is_taken_applied_and_marked_in_one_turn(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 hello number=ct.33");
    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "hello +number");
    assert_int_equal(t->b.sent_count, 1);
    tb_frame taken = peer_frame(t, &t->b, TB_FRAME_TAKEN, 0);
    assert_int_equal(taken.lines.count, 1);
    assert_int_equal(taken.lines.lines[0].line.kind, TB_LINE_ARRIVED);
    assert_int_equal(taken.lines.lines[0].line.to, 1);
    assert_true(
        tb_digest_equal(&taken.lines.lines[0].line.digest, &sent.carry.groups[0].items[0].digest));
    assert_int_equal(tb_signed_line_verify(&taken.lines.lines[0], &t->directory.hub,
                                           &t->b.sign.public_key, &t->a.agent.roots),
                     TB_ACCEPTED);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_INBOX), 0);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_PROOF), 1);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STAMP), 1);
    peer_check(t, &t->b);
}

static void each_reader_opens_what_it_may_and_no_more(void **state)
{
    town *t = *state;
    town_link(t, &t->c);
    tb_frame sent = say(t, "ct.33,hq split number=ct.33 police=hq");
    town_deliver(t, &sent, &t->b);
    town_deliver(t, &sent, &t->c);
    assert_string_equal(peer_applied(t, &t->b), "split +number");
    assert_string_equal(peer_applied(t, &t->c), "split +police");
}

static void openings_of_one_group_with_other_readers_are_sealed_apart(void **state)
{
    town *t = *state;
    town_link(t, &t->c);
    /* The second commitment to one group would not be canonical: two notices, one turn. */
    static const char *const texts[] = {"ct.33,hq one number=ct.33", "ct.33,hq two number=hq"};
    peer_say_all(t, &t->a, texts, 2);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &sent, &t->b);
    town_deliver(t, &sent, &t->c);
    assert_string_equal(peer_applied(t, &t->b), "one +number two");
    assert_string_equal(peer_applied(t, &t->c), "one two +number");
}

static void a_duplicate_has_no_second_effect(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 once");
    town_deliver(t, &sent, &t->b);
    peer_forget(&t->b);
    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "once");
    tb_frame taken = peer_frame(t, &t->b, TB_FRAME_TAKEN, 0);
    assert_int_equal(taken.lines.lines[0].line.to, 1);
    assert_false(taken.lines.again);
    assert_int_equal(peer_alarm(t, &t->b), TB_ACCEPTED);
}

static void a_notice_replayed_a_thousand_times_has_one_effect(void **state)
{
    town *t = *state;
    int times = failing_awake() ? 2 : 1000;
    tb_frame sent = say(t, "ct.33 once");
    for (int i = 0; i <= times; i++) {
        peer_forget(&t->b);
        town_deliver(t, &sent, &t->b);
        assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 0).lines.lines[0].line.to, 1);
    }
    assert_string_equal(peer_applied(t, &t->b), "once");
    assert_int_equal(peer_alarm(t, &t->b), TB_ACCEPTED);
}

static void a_gap_is_not_taken_and_asked_for(void **state)
{
    town *t = *state;
    tb_frame one = say(t, "ct.33 one");
    tb_frame two = say(t, "ct.33 two");
    tb_frame three = say(t, "ct.33 three");
    town_deliver(t, &one, &t->b);
    peer_forget(&t->b);
    town_deliver(t, &three, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "one");
    tb_frame taken = peer_frame(t, &t->b, TB_FRAME_TAKEN, 0);
    assert_true(taken.lines.again);
    assert_int_equal(taken.lines.lines[0].line.to, 1);
    town_deliver(t, &two, &t->b);
    town_deliver(t, &three, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "one two three");
    peer_check(t, &t->b);
}

static void a_gap_before_the_first_number_is_asked_for_too(void **state)
{
    town *t = *state;
    (void)say(t, "ct.33 one");
    tb_frame two = say(t, "ct.33 two");
    town_deliver(t, &two, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "");
    tb_frame taken = peer_frame(t, &t->b, TB_FRAME_TAKEN, 0);
    assert_true(taken.lines.again);
    assert_int_equal(taken.lines.count, 0);
}

static void a_group_that_overlaps_what_is_held_gives_only_the_rest(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 one same", "ct.33 two same", "ct.33 three same"};
    peer_say_all(t, &t->a, texts, 3);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &sent, &t->b);
    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "one two three");
    peer_check(t, &t->b);
}

static void another_header_under_a_number_we_hold_is_a_fork(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 one");
    town_deliver(t, &sent, &t->b);
    tb_header other = sent.carry.groups[0].items[0].header;
    other.made++;
    tb_frame forged = forge(t, &sent, &other, sent.carry.groups[0].items[0].body, &t->a.sign);
    peer_forget(&t->b);
    town_deliver(t, &forged, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_FORK);
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_REFUSED, 0).refused.line.line.code,
                     TB_REFUSED_FORK);
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_TAKEN), 0);
    assert_string_equal(peer_applied(t, &t->b), "one");
}

static void a_forking_sender_does_not_end_its_recipients_session(void **state)
{
    town *t = *state;
    tb_frame one = say(t, "ct.33 one");
    tb_frame two = say(t, "ct.33 two");
    tb_frame three = say(t, "ct.33 three");
    town_deliver(t, &one, &t->b);
    tb_header bent = two.carry.groups[0].items[0].header;
    tb_entry entry = bent.entries[0];
    entry.previous.bytes[7] ^= 1;
    bent.entries = &entry;
    tb_frame forged = forge(t, &two, &bent, two.carry.groups[0].items[0].body, &t->a.sign);
    tb_frame bad = town_delivery(t, &forged, &t->b);
    tb_frame behind = town_delivery(t, &three, &t->b);
    peer_forget(&t->b);
    tb_group both[] = {bad.carry.groups[0], behind.carry.groups[0]};
    bad.carry.groups = both;
    bad.carry.group_count = 2;
    town_send(t, &t->b, &bad);
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_BYE), 0);
    assert_int_equal(peer_link(t, &t->b).state, TB_LINK_CONFIRMED);
    tb_refused refused = peer_frame(t, &t->b, TB_FRAME_REFUSED, 0).refused;
    assert_int_equal(refused.line.line.code, TB_REFUSED_FORK);
    assert_int_equal(refused.line.line.from, 2);
    tb_frame taken = peer_frame(t, &t->b, TB_FRAME_TAKEN, 0);
    assert_int_equal(taken.lines.lines[0].line.to,
                     1); /* how far it is held, and no call for more */
    assert_false(taken.lines.again);

    town_deliver(t, &two, &t->b); /* the true one, should it ever come */
    assert_string_equal(peer_applied(t, &t->b), "one two");
    peer_check(t, &t->b);
}

/* Of so many incarnations of a one notice each, which the test seals to nobody. */
static tb_frame of_incarnations(town *t, size_t count)
{
    tb_frame like = say(t, "ct.33 one");
    tb_frame all = like;
    all.carry.group_count = count;
    all.carry.groups = tb_arena_array(&t->paper, count, sizeof *all.carry.groups);
    assert_non_null(all.carry.groups);
    for (size_t i = 0; i < count; i++) {
        tb_header header = like.carry.groups[0].items[0].header;
        header.incarnation.counter += i;
        like.carry.groups[0].root.incarnation = header.incarnation;
        all.carry.groups[i] =
            forge(t, &like, &header, like.carry.groups[0].items[0].body, &t->a.sign)
                .carry.groups[0];
        all.carry.groups[i].indexes = tb_arena_array(&t->paper, 1, sizeof(uint32_t));
    }
    return all;
}

/* Marks of several turns, shown together, lie under a root each. */
static void marks_are_shown_in_frames_that_the_hub_looks_through(void **state)
{
    town *t = *state;
    tb_frame all = of_incarnations(t, TB_FRAME_ROOTS_MAX + 1);
    for (size_t i = 0; i <= TB_FRAME_ROOTS_MAX; i++) {
        tb_frame one = all;
        one.carry.groups = &all.carry.groups[i];
        one.carry.group_count = 1;
        town_deliver(t, &one, &t->b);
    }
    for (size_t more = 0; more < 2; more++) {
        peer_forget(&t->b);
        all.carry.group_count = TB_FRAME_ROOTS_MAX + more;
        town_deliver(t, &all, &t->b);
        assert_int_equal(peer_count(t, &t->b, TB_FRAME_TAKEN), 1 + more);
        assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 0).lines.count, TB_FRAME_ROOTS_MAX);
    }
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 1).lines.count, 1);
    peer_check(t, &t->b);
}

static void a_link_that_does_not_match_is_a_fork(void **state)
{
    town *t = *state;
    tb_frame one = say(t, "ct.33 one");
    tb_frame two = say(t, "ct.33 two");
    town_deliver(t, &one, &t->b);
    tb_header bent = two.carry.groups[0].items[0].header;
    tb_entry entry = bent.entries[0];
    entry.previous.bytes[7] ^= 1;
    bent.entries = &entry;
    tb_frame forged = forge(t, &two, &bent, two.carry.groups[0].items[0].body, &t->a.sign);
    town_deliver(t, &forged, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_FORK);
    assert_string_equal(peer_applied(t, &t->b), "one");
    peer_check(t, &t->b);
}

static void a_swapped_body_is_not_taken(void **state)
{
    town *t = *state;
    tb_frame one = say(t, "ct.33 one");
    tb_frame two = say(t, "ct.33 two");
    one.carry.groups[0].items[0].body = two.carry.groups[0].items[0].body;
    town_deliver(t, &one, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_PROOF);
    assert_string_equal(peer_applied(t, &t->b), "");
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
}

static void a_forged_signature_is_not_taken(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 one");
    tb_header header = sent.carry.groups[0].items[0].header;
    tb_frame forged = forge(t, &sent, &header, sent.carry.groups[0].items[0].body, &t->c.sign);
    town_deliver(t, &forged, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_SIGNATURE);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
}

static void a_notice_of_another_hub_is_not_taken(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 one");
    tb_header header = sent.carry.groups[0].items[0].header;
    header.hub.bytes[0] ^= 1;
    tb_frame forged = forge(t, &sent, &header, sent.carry.groups[0].items[0].body, &t->a.sign);
    town_deliver(t, &forged, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_WRONG_HUB);
}

static void a_stamp_that_does_not_cover_the_group_is_not_taken(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 one", "ct.33 two"};
    peer_say_all(t, &t->a, texts, 2);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_frame delivery = town_delivery(t, &sent, &t->b);
    tb_line line = delivery.carry.groups[0].stamp.line;
    line.from = 2;
    delivery.carry.groups[0].stamp = town_line(t, &line);
    town_send(t, &t->b, &delivery);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_PROOF);

    town_link(t, &t->b);
    delivery = town_delivery(t, &sent, &t->b);
    delivery.carry.groups[0].stamp = town_line_by(t, &delivery.carry.groups[0].stamp.line, &t->a);
    town_send(t, &t->b, &delivery);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_NOT_SPEAKER);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
}

static void a_stamp_for_another_header_under_the_same_number_is_not_taken(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 one");
    tb_frame delivery = town_delivery(t, &sent, &t->b);
    tb_line line = delivery.carry.groups[0].stamp.line;
    line.digest.bytes[0] ^= 1;
    delivery.carry.groups[0].stamp = town_line(t, &line);
    town_send(t, &t->b, &delivery);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_PROOF);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
}

/* The delivery ends b's session; with what. */
static tb_refusal ended_by(town *t, tb_frame *delivery)
{
    peer_forget(&t->b);
    town_send(t, &t->b, delivery);
    assert_int_not_equal(peer_link(t, &t->b).state, TB_LINK_CONFIRMED);
    return peer_frame(t, &t->b, TB_FRAME_BYE, 0).bye.code;
}

static void what_is_not_stamped_to_its_end_is_not_taken(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 one", "ct.33 two"};
    peer_say_all(t, &t->a, texts, 2);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_frame delivery = town_delivery(t, &sent, &t->b);
    tb_line first = delivery.carry.groups[0].stamp.line;
    first.to = 1; /* not its last */
    delivery.carry.groups[0].stamp = town_line(t, &first);
    assert_int_equal(ended_by(t, &delivery), TB_REFUSED_PROOF);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
    town_link(t, &t->b);
    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "one two");
}

/* Of several recipients the body goes beside the groups; one of another notice is not it. */
static void a_body_that_is_not_there_is_not_taken(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33,hq both");
    tb_shared_body right = sent.carry.bodies[0];
    tb_shared_body others[4] = {right, right, right, right};
    others[0].notice++;
    others[1].sender = sample_party("hq");
    others[2].incarnation.counter++;
    for (size_t i = 0; i < 4; i++) {
        sent.carry.bodies = others + i;
        sent.carry.body_count = i < 3 ? 1 : 0;
        tb_frame delivery = town_delivery(t, &sent, &t->b);
        assert_int_equal(ended_by(t, &delivery), TB_REFUSED_PROOF);
        assert_string_equal(peer_applied(t, &t->b), "");
        town_link(t, &t->b);
    }
    sent.carry.bodies = others;
    sent.carry.body_count = 4;
    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "both");
}

/* b's directory with fewer parties, or fewer keys of a's. */
static void who_is_not_in_the_directory_with_its_key_is_not_heard(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 one");
    tb_directory next = t->directory;
    tb_directory_party parties[3];
    memcpy(parties, next.parties, sizeof parties);
    next.parties = parties + 1;
    next.party_count = 2;
    t->b.agent.directory = &next;
    town_deliver(t, &sent, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_UNKNOWN_PARTY);
    town_link(t, &t->b);
    next.parties = parties;
    next.party_count = 3;
    parties[0].keys++;
    parties[0].key_count--;
    town_deliver(t, &sent, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_UNKNOWN_KEY);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
}

/* In the place of a notice stands a line that says why; who may have signed it. */
static void a_filler_is_vouched_for_or_not_taken(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 one");
    tb_item *item = &sent.carry.groups[0].items[0];
    tb_line line = {.kind = TB_LINE_REFUSED,
                    .stream = tb_group_stream(&sent.carry.groups[0]),
                    .from = 1,
                    .digest = item->digest,
                    .at = t->now,
                    .code = TB_REFUSED_ROLE};
    tb_signed_line by_sender = town_line_by(t, &line, &t->a);
    tb_signed_line by_other = town_line_by(t, &line, &t->c);
    line.code = TB_REFUSED_EXPIRED;
    tb_signed_line expired_by_other = town_line_by(t, &line, &t->c);
    tb_signed_line expired = town_line_by(t, &line, &t->a);
    tb_signed_line forged = expired;
    forged.root.signature[0] ^= 1;
    tb_signed_line other_key = expired;
    other_key.root.key = t->a.agent.keys.seal_id[0];
    const struct {
        const tb_signed_line *line;
        tb_refusal code;
    } cases[] = {
        {&by_sender, TB_REFUSED_SIGNATURE}, /* only that it expired is the sender's to say */
        {&by_other, TB_REFUSED_SIGNATURE},  {&expired_by_other, TB_REFUSED_NOT_SPEAKER},
        {&forged, TB_REFUSED_SIGNATURE},    {&other_key, TB_REFUSED_UNKNOWN_KEY},
    };
    item->body = tb_bytes_of(NULL, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        item->refusal = cases[i].line;
        tb_frame delivery = town_delivery(t, &sent, &t->b);
        assert_int_equal(ended_by(t, &delivery), cases[i].code);
        assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
        town_link(t, &t->b);
    }
    /* under a key that was cut below it, nor */
    tb_cut cut = {.party = sample_party("bureau.33"),
                  .key = t->a.agent.keys.sign_id,
                  .at = TOWN_TIME - 1,
                  .reason = TB_CUT_STOLEN};
    tb_directory next;
    (void)town_next_directory(t, &cut, 1, &next);
    t->b.agent.directory = &next;
    item->refusal = &expired;
    town_deliver(t, &sent, &t->b);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_KEY_REVOKED);
    t->b.agent.directory = &t->directory;
    town_link(t, &t->b);
    uint64_t before = peer_rows(t, &t->b, TB_TABLE_ALARM);
    town_deliver(t, &sent, &t->b);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_ALARM), before);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 1);
    assert_string_equal(peer_applied(t, &t->b), "");
    peer_check(t, &t->b);
}

/* A header that a signed for somebody else under the name of the next notice is here already. */
static void another_header_under_one_notice_name_is_a_fork(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 one");
    const tb_group *group = &sent.carry.groups[0];
    const tb_header *header = &group->items[0].header;
    tb_header other = *header;
    other.made++;
    tb_proof_row proof = {.root = group->root};
    assert_ok(tb_header_encode(&other, &t->paper, &proof.header));
    tb_txn *txn;
    assert_ok(tb_store_begin(t->b.store, &t->paper, &txn));
    assert_ok(tb_proof_put(txn, &header->sender, &header->incarnation, header->notice, &proof));
    assert_ok(tb_store_commit(txn));

    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "");
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_FORK);
    tb_frame refused = peer_frame(t, &t->b, TB_FRAME_REFUSED, 0);
    assert_int_equal(refused.refused.line.line.code, TB_REFUSED_FORK);
    assert_int_equal(peer_link(t, &t->b).state, TB_LINK_CONFIRMED);
}

static void a_group_for_another_party_is_not_taken(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "hq one");
    tb_frame delivery = town_delivery(t, &sent, &t->c);
    town_send(t, &t->b, &delivery);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_PROTOCOL);
    assert_string_equal(peer_applied(t, &t->b), "");
}

static void beyond_the_cut_nothing_is_taken_and_up_to_it_everything(void **state)
{
    town *t = *state;
    tb_frame one = say(t, "ct.33 one");
    tb_frame two = say(t, "ct.33 two");
    tb_directory next;
    tb_cut_mark mark = {
        .incarnation = town_stream(&t->a, "ct.33").incarnation,
        .recipient = sample_party("ct.33"),
        .lane = TB_LANE_NORMAL,
        .number = 1,
        .digest = one.carry.groups[0].items[0].digest,
    };
    tb_cut cut = {
        sample_party("bureau.33"), t->a.agent.keys.sign_id, TOWN_TIME, TB_CUT_STOLEN, &mark, 1};
    (void)town_next_directory(t, &cut, 1, &next);
    t->b.agent.directory = &next;

    town_deliver(t, &one, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "one");
    peer_forget(&t->b);
    town_deliver(t, &two, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "one");
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_KEY_REVOKED);
    tb_frame refused = peer_frame(t, &t->b, TB_FRAME_REFUSED, 0);
    assert_int_equal(refused.refused.line.line.code, TB_REFUSED_KEY_REVOKED);
    assert_int_equal(refused.refused.line.line.from, 2);
    assert_int_equal(peer_link(t, &t->b).state, TB_LINK_CONFIRMED);
    peer_check(t, &t->b);
}

static void sealed_to_a_key_we_no_longer_have_is_refused_and_counts(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 one");
    tb_key_id kept = t->b.agent.keys.seal_id[0];
    t->b.agent.keys.seal_id[0].bytes[0] ^= 1;
    town_deliver(t, &sent, &t->b);
    tb_frame refused = peer_frame(t, &t->b, TB_FRAME_REFUSED, 0);
    assert_int_equal(refused.refused.line.line.code, TB_REFUSED_KEY_RETIRED);
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 0).lines.lines[0].line.to, 1);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_REFUSAL), 1);
    t->b.agent.keys.seal_id[0] = kept;
    tb_frame next = say(t, "ct.33 two");
    town_deliver(t, &next, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "two");
    peer_check(t, &t->b);
}

static void an_opening_that_does_not_match_is_refused(void **state)
{
    town *t = *state;
    t->a.lie = true;
    tb_frame sent = say(t, "ct.33 lie number=ct.33");
    town_deliver(t, &sent, &t->b);
    tb_frame refused = peer_frame(t, &t->b, TB_FRAME_REFUSED, 0);
    assert_int_equal(refused.refused.line.line.code, TB_REFUSED_CANNOT_OPEN);
    assert_string_equal(peer_applied(t, &t->b), "");
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_PROOF), 0);
}

static void ids_that_do_not_match_the_header_are_refused(void **state)
{
    town *t = *state;
    tb_frame sent = say(t, "ct.33 one");
    tb_header header = sent.carry.groups[0].items[0].header;
    header.events.bytes[0] ^= 1;
    tb_frame forged = forge(t, &sent, &header, sent.carry.groups[0].items[0].body, &t->a.sign);
    town_deliver(t, &forged, &t->b);
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_REFUSED, 0).refused.line.line.code,
                     TB_REFUSED_PROOF);
    assert_string_equal(peer_applied(t, &t->b), "");
}

static void what_the_rules_refuse_is_refused_with_its_event(void **state)
{
    town *t = *state;
    t->b.disliked = "bad";
    tb_frame sent = say(t, "ct.33 bad");
    town_deliver(t, &sent, &t->b);
    tb_frame refused = peer_frame(t, &t->b, TB_FRAME_REFUSED, 0);
    assert_int_equal(refused.refused.line.line.code, TB_REFUSED_ROLE);
    assert_false(tb_digest_zero(&refused.refused.line.line.event));
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 0).lines.lines[0].line.to, 1);
}

static void one_bad_notice_never_stops_the_agent(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 one same", "ct.33 bad same", "ct.33 three same"};
    t->b.poison = "bad";
    t->b.poison_err = TB_ERR_CORRUPT;
    peer_say_all(t, &t->a, texts, 3);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);

    /* Aborted and played again alone: taken, and what failed waits in its own row with all behind
     * it. */
    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "one");
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_TAKEN, 0).lines.lines[0].line.to, 3);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_INBOX), 2);
    for (size_t i = 0; i < 8; i++) {
        peer_tick(t, &t->b, 1);
    }
    assert_string_equal(peer_applied(t, &t->b), "one three");
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_INBOX), 0);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 1);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_CANNOT_APPLY);
    assert_int_equal(peer_frame(t, &t->b, TB_FRAME_REFUSED, 0).refused.line.line.from, 2);
    peer_check(t, &t->b);
}

static void what_failed_once_and_heals_is_applied(void **state)
{
    town *t = *state;
    t->b.poison = "ill";
    t->b.poison_err = TB_ERR_LIMIT;
    tb_frame sent = say(t, "ct.33 ill");
    town_deliver(t, &sent, &t->b);
    tb_frame next = say(t, "ct.33 next");
    town_deliver(t, &next, &t->b);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_INBOX), 2);
    t->b.poison = NULL;
    for (size_t i = 0; i < 4; i++) {
        peer_tick(t, &t->b, 1);
    }
    assert_string_equal(peer_applied(t, &t->b), "ill next");
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 0);
}

static void a_full_store_is_not_the_notices_fault(void **state)
{
    town *t = *state;
    t->b.poison = "big";
    t->b.poison_err = TB_ERR_FULL;
    tb_frame sent = say(t, "ct.33 big");
    for (size_t i = 0; i < 4; i++) {
        town_deliver(t, &sent, &t->b);
        peer_tick(t, &t->b, 1000);
    }
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 0);
    t->b.poison = NULL;
    town_deliver(t, &sent, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "big");
}

static void marks_are_signed_once_for_all_streams_of_a_turn(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 one", "ct.33 two urgent"};
    peer_say_all(t, &t->a, texts, 2);
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &sent, &t->b);
    tb_frame taken = peer_frame(t, &t->b, TB_FRAME_TAKEN, 0);
    assert_int_equal(taken.lines.count, 2);
    assert_int_equal(taken.lines.lines[0].root.count, 2);
    assert_memory_equal(&taken.lines.lines[0].root, &taken.lines.lines[1].root, sizeof(tb_root));
    peer_check(t, &t->b);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(a_notice_is_taken_applied_and_marked_in_one_turn),
    IN_TOWN(each_reader_opens_what_it_may_and_no_more),
    IN_TOWN(openings_of_one_group_with_other_readers_are_sealed_apart),
    IN_TOWN(a_duplicate_has_no_second_effect),
    IN_TOWN(a_notice_replayed_a_thousand_times_has_one_effect),
    IN_TOWN(a_gap_is_not_taken_and_asked_for),
    IN_TOWN(a_gap_before_the_first_number_is_asked_for_too),
    IN_TOWN(a_group_that_overlaps_what_is_held_gives_only_the_rest),
    IN_TOWN(another_header_under_a_number_we_hold_is_a_fork),
    IN_TOWN(marks_are_shown_in_frames_that_the_hub_looks_through),
    IN_TOWN(a_link_that_does_not_match_is_a_fork),
    IN_TOWN(a_forking_sender_does_not_end_its_recipients_session),
    IN_TOWN(a_swapped_body_is_not_taken),
    IN_TOWN(a_forged_signature_is_not_taken),
    IN_TOWN(a_notice_of_another_hub_is_not_taken),
    IN_TOWN(a_stamp_that_does_not_cover_the_group_is_not_taken),
    IN_TOWN(a_stamp_for_another_header_under_the_same_number_is_not_taken),
    IN_TOWN(what_is_not_stamped_to_its_end_is_not_taken),
    IN_TOWN(a_body_that_is_not_there_is_not_taken),
    IN_TOWN(who_is_not_in_the_directory_with_its_key_is_not_heard),
    IN_TOWN(a_filler_is_vouched_for_or_not_taken),
    IN_TOWN(another_header_under_one_notice_name_is_a_fork),
    IN_TOWN(a_group_for_another_party_is_not_taken),
    IN_TOWN(beyond_the_cut_nothing_is_taken_and_up_to_it_everything),
    IN_TOWN(sealed_to_a_key_we_no_longer_have_is_refused_and_counts),
    IN_TOWN(an_opening_that_does_not_match_is_refused),
    IN_TOWN(ids_that_do_not_match_the_header_are_refused),
    IN_TOWN(what_the_rules_refuse_is_refused_with_its_event),
    IN_TOWN(one_bad_notice_never_stops_the_agent),
    IN_TOWN(what_failed_once_and_heals_is_applied),
    IN_TOWN(a_full_store_is_not_the_notices_fault),
    IN_TOWN(marks_are_signed_once_for_all_streams_of_a_turn),
};

TB_RUN("agents/inbox", tests)
