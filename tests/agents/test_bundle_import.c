/* Bundles that are not taken, and what of them changes nothing here. */
#include "agents/bundle.h"

#include "tests/agents/carried.h"
#include "tests/messages/samples.h"
#include "tests/store/failing.h"
#include "tests/test.h"

static void a_damaged_bundle_is_refused_wherever_it_is_damaged(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_bytes file = carry_out(t, &t->a, "ct.33");
    uint8_t *copy = tb_arena_alloc(&t->paper, file.size);
    for (size_t at = 0; at < file.size; at += 7) {
        size_t mark = tb_arena_mark(&t->paper);
        memcpy(copy, file.data, file.size);
        copy[at] ^= 0x10;
        tb_refusal code = bring_in(t, &t->b, tb_bytes_of(copy, file.size)).code;
        assert_true(code == TB_REFUSED_BUNDLE_CORRUPT || code == TB_REFUSED_WRONG_HUB ||
                    code == TB_REFUSED_BUNDLE_FOREIGN || code == TB_REFUSED_UNKNOWN_PARTY ||
                    code == TB_REFUSED_UNKNOWN_KEY);
        tb_arena_release(&t->paper, mark);
    }
    for (size_t size = 0; size < file.size; size += 13) {
        assert_int_equal(bring_in(t, &t->b, tb_bytes_of(file.data, size)).code,
                         TB_REFUSED_BUNDLE_CORRUPT);
    }
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
    assert_int_equal(bring_in(t, &t->b, file).code, TB_ACCEPTED);
}

static void a_bundle_for_another_party_or_of_another_hub_is_refused(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_bytes file = carry_out(t, &t->a, "ct.33");
    assert_int_equal(bring_in(t, &t->c, file).code, TB_REFUSED_BUNDLE_FOREIGN);
    tb_bundle bundle = opened(t, file);
    bundle.hub.bytes[0] ^= 1;
    assert_int_equal(bring_in(t, &t->b, sign_again(t, &bundle, &t->a.sign)).code,
                     TB_REFUSED_WRONG_HUB);
}

/* Made for us, with a notice to somebody else in it. */
static void a_group_for_another_party_in_our_bundle_is_refused_as_such(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    peer_say(t, &t->a, "hq hello");
    tb_bundle ours = opened(t, carry_out(t, &t->a, "ct.33"));
    tb_bundle theirs = opened(t, carry_out(t, &t->a, "hq"));
    ours.carry = theirs.carry;
    assert_int_equal(bring_in(t, &t->b, sign_again(t, &ours, &t->a.sign)).code,
                     TB_REFUSED_BUNDLE_FOREIGN);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
}

static void a_bundle_signed_by_somebody_else_is_refused(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_bundle bundle = opened(t, carry_out(t, &t->a, "ct.33"));
    assert_int_equal(bring_in(t, &t->b, sign_again(t, &bundle, &t->c.sign)).code,
                     TB_REFUSED_BUNDLE_CORRUPT);
    bundle.key = tb_key_id_of(TB_PURPOSE_SIGN, &t->c.sign.public_key);
    assert_int_equal(bring_in(t, &t->b, sign_again(t, &bundle, &t->c.sign)).code,
                     TB_REFUSED_UNKNOWN_KEY);
    /* c carries a's notices as its own */
    bundle.sender = sample_party("hq");
    assert_int_equal(bring_in(t, &t->b, sign_again(t, &bundle, &t->c.sign)).code,
                     TB_REFUSED_NOT_SPEAKER);
}

static void a_bundle_whose_beginning_is_missing_is_refused(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 one");
    peer_say(t, &t->a, "ct.33 two");
    tb_bundle bundle = opened(t, carry_out(t, &t->a, "ct.33"));
    assert_int_equal(bundle.carry.group_count, 2);
    bundle.carry.groups++;
    bundle.carry.group_count--;
    assert_int_equal(bring_in(t, &t->b, sign_again(t, &bundle, &t->a.sign)).code,
                     TB_REFUSED_BUNDLE_PARTIAL);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_STREAM_IN), 0);
}

static void a_bundle_under_a_cut_key_is_refused(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 one");
    tb_bytes file = carry_out(t, &t->a, "ct.33");
    tb_cut cut = {.party = sample_party("bureau.33"),
                  .key = t->a.agent.keys.sign_id,
                  .at = TOWN_TIME,
                  .reason = TB_CUT_STOLEN};
    tb_directory next;
    (void)town_next_directory(t, &cut, 1, &next);
    t->b.agent.directory = &next;
    assert_int_equal(bring_in(t, &t->b, file).code, TB_REFUSED_KEY_REVOKED);
}

static void a_fork_is_refused_and_kept_as_evidence(void **state)
{
    town *t = *state;
    tb_store *before;
    assert_ok(tb_store_mem_clone(t->a.store, &before));
    peer_say(t, &t->a, "ct.33 one");
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    tb_store_close(t->a.store);
    t->a.store = before;
    t->a.node.store = before;
    tb_agent_forget(&t->a.agent);
    peer_say(t, &t->a, "ct.33 another");
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_REFUSED_FORK);
    assert_int_equal(peer_alarm(t, &t->b), TB_REFUSED_FORK);
    assert_string_equal(peer_applied(t, &t->b), "one");
}

static void a_mark_of_another_partys_is_refused(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_line line = town_arrived_line(t, &sent.carry.groups[0]);
    tb_signed_line forged = town_line_by(t, &line, &t->c);
    tb_bundle bundle = {.hub = t->directory.hub,
                        .sender = sample_party("ct.33"),
                        .recipient = sample_party("bureau.33"),
                        .made = TOWN_TIME,
                        .marks = &forged,
                        .mark_count = 1,
                        .key = t->b.agent.keys.sign_id};
    assert_int_equal(bring_in(t, &t->a, sign_again(t, &bundle, &t->b.sign)).code,
                     TB_REFUSED_NOT_SPEAKER);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 0);
    bundle.mark_count = 0;
    assert_int_equal(bring_in(t, &t->a, sign_again(t, &bundle, &t->b.sign)).code,
                     TB_REFUSED_BUNDLE_KNOWN);
}

static void a_mark_above_our_own_numbers_is_an_alarm_and_one_partys_word(void **state)
{
    town *t = *state;
    tb_store *before;
    assert_ok(tb_store_mem_clone(t->a.store, &before));
    peer_say(t, &t->a, "ct.33 lost");
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    tb_bytes file = carry_out(t, &t->b, "bureau.33");
    tb_store_close(t->a.store);
    t->a.store = before;
    t->a.node.store = before;
    tb_agent_forget(&t->a.agent);
    tb_local_answer answer = bring_in(t, &t->a, file);
    assert_int_equal(answer.code, TB_ACCEPTED);
    assert_int_equal(answer.imported.counts.marks, 0);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_GAP);
    assert_int_equal(peer_link(t, &t->a).fence, TB_ACCEPTED);
    /* the hub is asked what it knows */
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_GREETING);
}

static void who_is_fenced_neither_takes_nor_gives_bundles(void **state)
{
    town *t = *state;
    peer_say(t, &t->a, "ct.33 one");
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    tb_bytes file = carry_out(t, &t->b, "bureau.33");
    static tb_effects effects;
    tb_txn *txn;
    tb_step step;
    assert_ok(open_turn(t, &t->a, &txn, &effects, &step));
    tb_stream stream = {t->a.agent.self, step.incarnation, sample_party("ct.33"), TB_LANE_NORMAL};
    assert_ok(tb_link_fence(&step, TB_REFUSED_MARKS_BACK, &stream, 9));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(bring_in(t, &t->a, file).code, TB_REFUSED_FENCED);
    assert_int_equal(export_after(t, &t->a, "ct.33", tb_bytes_of(NULL, 0)).code, TB_REFUSED_FENCED);
    assert_int_equal(peer_stream_out(t, &t->a, "ct.33").arrived, 0);
}

/* A bundle of b's for a without notices. */
static tb_bundle empty_of_b(town *t)
{
    return (tb_bundle){.hub = t->directory.hub,
                       .sender = sample_party("ct.33"),
                       .recipient = sample_party("bureau.33"),
                       .made = TOWN_TIME,
                       .key = t->b.agent.keys.sign_id};
}

static void a_mark_or_refusal_of_another_stream_is_refused(void **state)
{
    static const char *const streams[][2] = {{"hq", "ct.33"}, {"bureau.33", "hq"}};
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_line line = town_arrived_line(t, &sent.carry.groups[0]);
    for (size_t i = 0; i < 2; i++) {
        line.stream.sender = sample_party(streams[i][0]);
        line.stream.recipient = sample_party(streams[i][1]);
        line.kind = TB_LINE_ARRIVED;
        line.code = TB_ACCEPTED;
        line.from = 0;
        tb_signed_line mark = town_line_by(t, &line, &t->b);
        tb_bundle bundle = empty_of_b(t);
        bundle.marks = &mark;
        bundle.mark_count = 1;
        assert_int_equal(bring_in(t, &t->a, sign_again(t, &bundle, &t->b.sign)).code,
                         TB_REFUSED_NOT_SPEAKER);
        line.kind = TB_LINE_REFUSED;
        line.code = TB_REFUSED_ROLE;
        line.from = line.to;
        line.to = 0;
        tb_signed_line refusal = town_line_by(t, &line, &t->b);
        bundle = empty_of_b(t);
        bundle.refusals = &refusal;
        bundle.refusal_count = 1;
        assert_int_equal(bring_in(t, &t->a, sign_again(t, &bundle, &t->b.sign)).code,
                         TB_REFUSED_NOT_SPEAKER);
        line.to = line.from;
    }
}

static void a_stamp_of_another_stream_or_not_the_hubs_is_refused(void **state)
{
    static const char *const streams[][2] = {{"hq", "ct.33"}, {"bureau.33", "hq"}};
    town *t = *state;
    peer_say(t, &t->a, "ct.33 hello");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    tb_bundle bundle = opened(t, carry_out(t, &t->a, "ct.33"));
    tb_line line = town_stored_line(t, &sent.carry.groups[0]);
    tb_signed_line stamp = town_line_by(t, &line, &t->a);
    bundle.stamps = &stamp;
    bundle.stamp_count = 1;
    assert_int_equal(bring_in(t, &t->b, sign_again(t, &bundle, &t->a.sign)).code,
                     TB_REFUSED_NOT_SPEAKER);
    for (size_t i = 0; i < 2; i++) {
        line.stream.sender = sample_party(streams[i][0]);
        line.stream.recipient = sample_party(streams[i][1]);
        stamp = town_line(t, &line);
        assert_int_equal(bring_in(t, &t->b, sign_again(t, &bundle, &t->a.sign)).code,
                         TB_REFUSED_NOT_SPEAKER);
    }
}

static void a_refusal_is_known_by_its_lane_number_and_header(void **state)
{
    town *t = *state;
    static const char *const texts[] = {"ct.33 bad", "ct.33 bad urgent", "ct.33 bad"};
    t->b.disliked = "bad";
    for (size_t i = 0; i < 3; i++) {
        peer_say(t, &t->a, texts[i]);
    }
    assert_int_equal(bring_in(t, &t->b, carry_out(t, &t->a, "ct.33")).code, TB_ACCEPTED);
    tb_bytes file = carry_out(t, &t->b, "bureau.33");
    tb_bundle bundle = opened(t, file);
    assert_int_equal(bundle.refusal_count, 3);
    bundle.refusals++;
    bundle.refusal_count = 1;
    bundle.mark_count = 0;
    tb_local_answer back = bring_in(t, &t->a, sign_again(t, &bundle, &t->b.sign));
    assert_int_equal(back.imported.counts.refusals, 1);
    /* the same number, of a header that is not ours: nothing is known of it */
    tb_line line = bundle.refusals[0].line;
    line.digest.bytes[0] ^= 1;
    tb_signed_line other = town_line_by(t, &line, &t->b);
    bundle.refusals = &other;
    back = bring_in(t, &t->a, sign_again(t, &bundle, &t->b.sign));
    assert_int_equal(back.code, TB_ACCEPTED);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_ROLE);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_REFUSAL), 1);
    back = bring_in(t, &t->a, file);
    assert_int_equal(back.imported.counts.refusals, 2);
    assert_int_equal(back.imported.counts.marks, 2); /* a lane each */
    assert_int_equal(bring_in(t, &t->a, file).code, TB_REFUSED_BUNDLE_KNOWN);
}

static void a_crowded_turn_or_a_full_store_takes_no_bundle(void **state)
{
    static tb_effects effects;
    town *t = *state;
    tb_txn *txn;
    tb_step step;
    peer_say(t, &t->a, "ct.33 hello");
    tb_bytes file = carry_out(t, &t->a, "ct.33");
    tb_local_answer answer = {.code = TB_ACCEPTED};
    assert_ok(open_turn(t, &t->b, &txn, &effects, &step));
    tb_arena *arena = &t->b.node.arena;
    assert_non_null(tb_arena_raw(arena, arena->size - arena->used - file.size * 16 + 64));
    assert_int_equal(tb_bundle_import(&step, file, &answer), TB_ERR_LIMIT);
    tb_store_abort(txn);

    uint64_t used;
    uint64_t quota;
    txn = peer_look(t, &t->b);
    tb_store_usage(txn, &used, &quota);
    tb_store_abort(txn);
    tb_store_mem_limit(t->b.store, used + used / 10);
    assert_int_equal(bring_in(t, &t->b, file).code, TB_REFUSED_STORE_FULL);
    tb_store_mem_limit(t->b.store, quota);
    assert_int_equal(bring_in(t, &t->b, file).code, TB_ACCEPTED);
}

static void a_bundle_of_nobody_or_of_our_own_is_refused(void **state)
{
    town *t = *state;
    tb_bundle bundle = empty_of_b(t);
    bundle.sender = sample_party("nobody");
    assert_int_equal(bring_in(t, &t->a, sign_again(t, &bundle, &t->b.sign)).code,
                     TB_REFUSED_UNKNOWN_PARTY);
    bundle.sender = t->a.agent.self;
    bundle.key = t->a.agent.keys.sign_id;
    assert_int_equal(bring_in(t, &t->a, sign_again(t, &bundle, &t->a.sign)).code,
                     TB_REFUSED_UNKNOWN_PARTY);
    bundle = empty_of_b(t);
    bundle.key = t->b.agent.keys.seal_id[0]; /* its own, but not for signing */
    assert_int_equal(bring_in(t, &t->a, sign_again(t, &bundle, &t->b.sign)).code,
                     TB_REFUSED_UNKNOWN_KEY);
}

#define T(name) cmocka_unit_test_setup_teardown(name, carriers_set_up, carriers_tear_down)

static const struct CMUnitTest tests[] = {
    T(a_damaged_bundle_is_refused_wherever_it_is_damaged),
    T(a_bundle_for_another_party_or_of_another_hub_is_refused),
    T(a_group_for_another_party_in_our_bundle_is_refused_as_such),
    T(a_bundle_signed_by_somebody_else_is_refused),
    T(a_bundle_whose_beginning_is_missing_is_refused),
    T(a_bundle_under_a_cut_key_is_refused),
    T(a_fork_is_refused_and_kept_as_evidence),
    T(a_mark_of_another_partys_is_refused),
    T(a_mark_above_our_own_numbers_is_an_alarm_and_one_partys_word),
    T(who_is_fenced_neither_takes_nor_gives_bundles),
    T(a_mark_or_refusal_of_another_stream_is_refused),
    T(a_stamp_of_another_stream_or_not_the_hubs_is_refused),
    T(a_refusal_is_known_by_its_lane_number_and_header),
    T(a_crowded_turn_or_a_full_store_takes_no_bundle),
    T(a_bundle_of_nobody_or_of_our_own_is_refused),
};

TB_RUN("agents/bundle_import", tests)
