/* Sessions: one per party, the newest wins; runs, copies, silence, restarts. */
#include "tests/broker/fixture.h"

static void a_frame_without_a_session_is_answered_with_bye(void **state)
{
    world *w = *state;
    at(w, A)->peer = 77;
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect_bye(w, at(w, A), TB_REFUSED_NO_SESSION);
    expect_nothing(w, at(w, A)); /* once in a turn */
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 0);
}

static void hello_and_submit_in_one_turn_are_both_heard(void **state)
{
    world *w = *state;
    at(w, A)->peer = w->next_peer++;
    parcel p = make_one(w, at(w, A), B, 1);
    say_hello(w, at(w, A));
    say_submit(w, at(w, A), &p);
    turn(w);
    tb_frame *welcome = expect(w, at(w, A), TB_FRAME_WELCOME);
    assert_int_equal(welcome->welcome.stored_count, 1);
    expect(w, at(w, A), TB_FRAME_STORED);
}

static void the_newest_connection_of_a_party_wins(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    party old = *at(w, A);
    link_up(w, at(w, A));
    expect_bye(w, &old, TB_REFUSED_SUPERSEDED);
    expect_nothing(w, &old);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 1);
}

static void a_superseded_connection_is_delivered_nothing(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    party old = *at(w, B);
    link_up(w, at(w, B));
    forget_all(w);
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    expect_nothing(w, &old);
    expect(w, at(w, B), TB_FRAME_DELIVER);
}

static void an_older_run_is_turned_away(void **state)
{
    world *w = *state;
    party old = *at(w, A);
    at(w, A)->incarnation.counter = 2;
    link_up(w, at(w, A));
    old.peer = w->next_peer++;
    say_hello(w, &old);
    turn(w);
    expect_bye(w, &old, TB_REFUSED_OLD_INCARNATION);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 1);
}

static void two_copies_are_both_stopped_until_a_newer_run(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    party copy = *at(w, A);
    copy.incarnation.random[0] ^= 1;
    copy.peer = w->next_peer++;
    say_hello(w, &copy);
    turn(w);
    expect_bye(w, &copy, TB_REFUSED_TWO_COPIES);
    expect_bye(w, at(w, A), TB_REFUSED_TWO_COPIES);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 0);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 1);

    at(w, A)->peer = w->next_peer++;
    say_hello(w, at(w, A));
    turn(w);
    expect_bye(w, at(w, A), TB_REFUSED_TWO_COPIES);
    at(w, A)->incarnation.counter++;
    link_up(w, at(w, A));
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 1);
}

/* A of a new run, which asks for every mark when it recovers. */
static tb_welcome *greet_anew(world *w, bool recovering)
{
    party *a = at(w, A);
    tb_frame hello = {.kind = TB_FRAME_HELLO};
    a->incarnation.counter++;
    a->peer = w->next_peer++;
    hello.hello.party = a->id;
    hello.hello.incarnation = a->incarnation;
    hello.hello.protocol_min = hello.hello.protocol_max = 1;
    hello.hello.recovering = recovering;
    say(w, a, &hello);
    turn(w);
    return &expect(w, a, TB_FRAME_WELCOME)->welcome;
}

static void a_party_that_recovers_is_shown_the_marks_of_every_run(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(take_all(w, at(w, B)), 1);
    /* All of the old run has arrived: usually nothing is said of it. */
    tb_welcome *welcome = greet_anew(w, false);
    assert_int_equal(welcome->stored_count, 0);
    assert_int_equal(welcome->arrived_count, 0);
    welcome = greet_anew(w, true);
    assert_int_equal(welcome->stored_count, 1);
    assert_int_equal(welcome->arrived_count, 1);
    assert_int_equal(welcome->arrived[0].line.to, 1);
}

/* More streams than a Welcome has room for: it says so, and the other lines follow. */
static void what_does_not_fit_a_welcome_follows_and_it_says_so(void **state)
{
    world *w = *state;
    party *a = at(w, A);
    static const size_t others[] = {B, C, D, E};
    const size_t runs = 80;
    size_t follow = 0;
    assert_false(greet_anew(w, false)->more);
    for (size_t i = 0; i < runs; i++) {
        (void)greet_anew(w, false);
        memset(a->out, 0, sizeof a->out);
        for (tb_lane lane = TB_LANE_URGENT; lane <= TB_LANE_BULK; lane++) {
            parcel p = make(w, a, others, 4, lane, 1, 16);
            say_submit(w, a, &p);
        }
        turn(w);
        forget_all(w);
    }
    tb_welcome *welcome = greet_anew(w, true);
    assert_true(welcome->more);
    assert_in_range(welcome->stored_count, 1, 4 * TB_LANES * runs - 1);
    (void)expect(w, a, TB_FRAME_DOCUMENT); /* its Hello named none */
    while (welcome->stored_count + follow < 4 * TB_LANES * runs) {
        follow += expect(w, a, TB_FRAME_STORED)->lines.count;
    }
    assert_int_equal(welcome->stored_count + follow, 4 * TB_LANES * runs);
}

static void a_hello_in_anothers_name_is_turned_away(void **state)
{
    world *w = *state;
    party *a = at(w, A);
    tb_frame hello = {.kind = TB_FRAME_HELLO};
    a->peer = w->next_peer++;
    hello.hello.party = at(w, B)->id;
    hello.hello.incarnation = a->incarnation;
    hello.hello.protocol_min = hello.hello.protocol_max = 1;
    say(w, a, &hello);
    turn(w);
    expect_bye(w, a, TB_REFUSED_NOT_SPEAKER);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 0);
}

static void say_hello_of(world *w, uint32_t min, uint32_t max)
{
    party *a = at(w, A);
    tb_frame hello = {.kind = TB_FRAME_HELLO};
    a->peer = w->next_peer++;
    hello.hello.party = a->id;
    hello.hello.incarnation = a->incarnation;
    hello.hello.protocol_min = min;
    hello.hello.protocol_max = max;
    say(w, a, &hello);
    turn(w);
}

static void expect_foreign(world *w, uint32_t written_in, const char *words)
{
    tb_frame *frame = expect(w, at(w, A), TB_FRAME_BYE);
    assert_int_equal(frame->bye.code, TB_REFUSED_PROTOCOL);
    assert_int_equal(frame->protocol, written_in);
    assert_int_equal(frame->bye.protocol_min, w->broker.speaks.min);
    assert_int_equal(frame->bye.protocol_max, w->broker.speaks.max);
    if (!tb_bytes_equal(frame->bye.reason, tb_bytes_str(words))) {
        fail_msg("%.*s", (int)frame->bye.reason.size, (const char *)frame->bye.reason.data);
    }
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 0);
}

static void a_newer_agent_is_told_both_ranges_and_that_the_hub_is_to_be_upgraded(void **state)
{
    world *w = *state;
    say_hello_of(w, 2, 3);
    expect_foreign(w, 2,
                   "The agent speaks protocol 2 to 3, the hub 1; they have none in common: "
                   "whoever runs the hub must upgrade it.");
}

static void an_older_agent_is_told_to_upgrade_in_a_frame_it_can_read(void **state)
{
    world *w = *state;
    w->broker.speaks = (tb_protocol_range){2, 4};
    say_hello_of(w, 1, 1);
    expect_foreign(w, 1,
                   "The agent speaks protocol 1, the hub 2 to 4; they have none in common: "
                   "upgrade the agent.");
}

static void the_highest_common_protocol_is_chosen(void **state)
{
    world *w = *state;
    say_hello_of(w, 1, 7);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_WELCOME)->welcome.protocol, 1);
    w->broker.speaks = (tb_protocol_range){1, 4};
    say_hello_of(w, 1, 3);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_WELCOME)->welcome.protocol, 3);
}

static void a_quiet_session_is_sent_beats_and_a_silent_one_ends(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    tick(w, TB_BEAT_MS);
    turn(w);
    expect(w, at(w, A), TB_FRAME_BEAT);
    tb_frame beat = {.kind = TB_FRAME_BEAT};
    say(w, at(w, A), &beat);
    turn(w);
    tick(w, TB_SILENT_MS - 1);
    turn(w);
    expect(w, at(w, A), TB_FRAME_BEAT);
    tick(w, 1);
    turn(w);
    expect_bye(w, at(w, A), TB_REFUSED_NO_SESSION);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_DUE), 0);
}

static void a_bye_ends_a_session_without_answer(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    tb_frame bye = {.kind = TB_FRAME_BYE};
    bye.bye.code = TB_REFUSED_FORK;
    say(w, at(w, A), &bye);
    turn(w);
    expect_nothing(w, at(w, A));
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 0);
    assert_int_equal(rows(w, TB_TABLE_HUB_DUE), 0);
}

static void a_clock_that_goes_back_a_day_neither_ends_sessions_nor_silences_them(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    tick(w, -24 * 3600 * 1000);
    turn(w);
    expect(w, at(w, A), TB_FRAME_BEAT);
    tick(w, TB_BEAT_MS);
    turn(w);
    expect(w, at(w, A), TB_FRAME_BEAT);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 1);
}

static void the_deadline_is_that_of_the_first_due_row(void **state)
{
    world *w = *state;
    tb_txn *txn = NULL;
    tb_time due = 0;
    assert_ok(tb_store_begin_read(w->node.store, &w->arena, &txn));
    assert_int_equal(tb_broker_deadline(&w->broker, txn, &due), TB_ERR_NOT_FOUND);
    tb_store_abort(txn);
    link_up(w, at(w, A));
    assert_ok(tb_store_begin_read(w->node.store, &w->arena, &txn));
    assert_ok(tb_broker_deadline(&w->broker, txn, &due));
    assert_int_equal(due, w->now.real + TB_BEAT_MS);
    tb_store_abort(txn);
}

/* Restarts: whatever the hub had said or not said, both sides come together again. */

static void a_restart_before_the_stored_line_is_heard_loses_nothing(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 3);
    w->lose = true;
    say_submit(w, at(w, A), &p);
    turn(w);
    world_restart(w);
    w->lose = false;
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->stored_count, 1);
    assert_int_equal(welcome->stored[0].line.to, 3);
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 3);
}

static void a_restart_after_delivery_delivers_again_and_the_mark_is_shown(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    parcel p = make_one(w, at(w, A), B, 3);
    say_submit(w, at(w, A), &p);
    turn(w);
    world_restart(w); /* the delivery is lost */
    link_up(w, at(w, B));
    assert_int_equal(take_all(w, at(w, B)), 3);
    w->lose = true;
    turn(w);
    world_restart(w); /* the sender does not hear that it arrived */
    w->lose = false;
    tb_welcome *welcome = link_up(w, at(w, A));
    assert_int_equal(welcome->arrived_count, 1);
    assert_int_equal(welcome->arrived[0].line.to, 3);
    tb_welcome *to_b = link_up(w, at(w, B));
    assert_int_equal(to_b->taken_count, 1);
    assert_int_equal(to_b->taken[0].line.to, 3);
    expect_nothing(w, at(w, B));
}

static void a_failed_commit_says_nothing_and_keeps_nothing(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    parcel p = make_one(w, at(w, A), B, 1);
    tb_store_mem_fail_commit(w->node.store, 1, TB_ERR_FULL);
    say_submit(w, at(w, A), &p);
    assert_int_equal(turn_err(w), TB_ERR_FULL);
    expect_nothing(w, at(w, A));
    say_submit(w, at(w, A), &p);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.count, 1);
    assert_int_equal(rows(w, TB_TABLE_HUB_GROUP), 1);
}

static void the_incarnation_of_the_hub_lasts_as_long_as_its_store(void **state)
{
    world *w = *state;
    tb_incarnation before = w->broker.incarnation;
    world_restart(w);
    assert_int_equal(tb_incarnation_compare(&before, &w->broker.incarnation), 0);
    world_lose_store(w);
    assert_int_not_equal(tb_incarnation_compare(&before, &w->broker.incarnation), 0);
}

/* A sender that takes a new incarnation again and again must not make its recipient's Welcome grow
 * without bound. */
static void the_streams_of_one_pair_are_bounded(void **state)
{
    world *w = *state;
    link_up(w, at(w, B));
    size_t made = 0;
    for (size_t i = 0; i < 128; i++) {
        party *a = at(w, A);
        a->incarnation.counter++;
        memset(a->out, 0, sizeof a->out);
        memset(at(w, B)->in[A], 0, sizeof at(w, B)->in[A]);
        link_up(w, a);
        for (unsigned lane = TB_LANE_FIRST; lane <= TB_LANE_LAST; lane++) {
            const size_t to[] = {B};
            parcel p = make(w, a, to, 1, (tb_lane)lane, 1, 1);
            say_submit(w, a, &p);
        }
        turn(w);
        made += take_all(w, at(w, B));
        turn(w);
        forget_all(w);
    }
    assert_int_equal(made, 3 * 128);
    at(w, A)->incarnation.counter++;
    memset(at(w, A)->out, 0, sizeof at(w, A)->out);
    link_up(w, at(w, A));
    parcel more = make_one(w, at(w, A), B, 1);
    say_submit(w, at(w, A), &more);
    parcel other = make_one(w, at(w, A), C, 1);
    say_submit(w, at(w, A), &other);
    turn(w);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_REFUSED)->refused.code, TB_REFUSED_STORE_FULL);
    assert_int_equal(expect(w, at(w, A), TB_FRAME_STORED)->lines.count, 1);
    assert_int_equal(link_up(w, at(w, B))->taken_count, 3 * 128);
}

/* A connection that is gone ends the session that it carried, and no other. */
static void a_connection_that_is_gone_ends_its_session_and_no_newer_one(void **state)
{
    world *w = *state;
    tb_input gone = {.kind = TB_INPUT_GONE, .now = w->now, .party = at(w, A)->id, .peer = 99};
    w->inputs[w->input_count++] = gone; /* it never said Hello */
    turn(w);
    link_up(w, at(w, A));
    uint64_t before = at(w, A)->peer;
    link_up(w, at(w, A));
    gone.peer = before;
    w->inputs[w->input_count++] = gone;
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 1);
    gone.peer = at(w, A)->peer;
    w->inputs[w->input_count++] = gone;
    w->inputs[w->input_count++] = (tb_input){.kind = TB_INPUT_LINK, .now = w->now}; /* an agent's */
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 0);
}

static void what_only_a_hub_says_ends_the_session_of_a_party_that_says_it(void **state)
{
    world *w = *state;
    static const tb_frame_kind kinds[] = {TB_FRAME_STORED, TB_FRAME_CLOSED, TB_FRAME_OPEN,
                                          TB_FRAME_WELCOME};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        tb_frame frame = {.kind = kinds[i]};
        link_up(w, at(w, A));
        frame.share = at(w, B)->id;
        if (kinds[i] == TB_FRAME_WELCOME) {
            frame.welcome.protocol = TB_PROTOCOL;
            frame.welcome.hub_incarnation = at(w, A)->incarnation;
        }
        if (kinds[i] == TB_FRAME_STORED) {
            tb_line line = {
                .kind = TB_LINE_STORED,
                .stream = {at(w, A)->id, at(w, A)->incarnation, at(w, B)->id, TB_LANE_NORMAL},
                .from = 1,
                .to = 1,
                .at = w->now.real};
            frame.lines.lines = tb_arena_array(&w->arena, 1, sizeof *frame.lines.lines);
            frame.lines.lines[0] = sign_line(w, at(w, A), &line);
            frame.lines.count = 1;
        }
        say(w, at(w, A), &frame);
        turn(w);
        assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 0);
        forget_all(w);
    }
}

/* The shell lets nobody in whose key the directory does not name; should the directory have changed
 * since, nothing it says is heard. */
static void a_hello_of_who_has_no_transport_key_in_force_is_not_heard(void **state)
{
    world *w = *state;
    const tb_directory whole = w->directory;
    tb_directory_party *a = &w->directory.parties[A];
    const tb_directory_party was = *a;
    tb_cut cut = {at(w, A)->id, a->keys[2].id, w->now.real, 3, NULL, 0};
    for (int which = 0; which < 4; which++) {
        w->directory = whole;
        *a = was;
        a->state = which == 0 ? TB_PARTY_ENDED : TB_PARTY_ACTIVE;
        a->key_count = which == 1 ? 2 : 3;
        w->directory.cuts = which == 2 ? &cut : NULL;
        w->directory.cut_count = which == 2;
        w->directory.parties += which == 3; /* not in it at all */
        w->directory.party_count -= which == 3;
        at(w, A)->peer = w->next_peer++;
        say_hello(w, at(w, A));
        turn(w);
        expect_nothing(w, at(w, A));
        assert_true(noted(w, "event=frame_dropped party=a"));
        assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 0);
    }
    w->directory = whole;
    *a = was;
    link_up(w, at(w, A));
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(the_streams_of_one_pair_are_bounded),
    WORLD_TEST(a_frame_without_a_session_is_answered_with_bye),
    WORLD_TEST(hello_and_submit_in_one_turn_are_both_heard),
    WORLD_TEST(the_newest_connection_of_a_party_wins),
    WORLD_TEST(a_superseded_connection_is_delivered_nothing),
    WORLD_TEST(an_older_run_is_turned_away),
    WORLD_TEST(two_copies_are_both_stopped_until_a_newer_run),
    WORLD_TEST(a_party_that_recovers_is_shown_the_marks_of_every_run),
    WORLD_TEST(what_does_not_fit_a_welcome_follows_and_it_says_so),
    WORLD_TEST(a_hello_in_anothers_name_is_turned_away),
    WORLD_TEST(a_newer_agent_is_told_both_ranges_and_that_the_hub_is_to_be_upgraded),
    WORLD_TEST(an_older_agent_is_told_to_upgrade_in_a_frame_it_can_read),
    WORLD_TEST(the_highest_common_protocol_is_chosen),
    WORLD_TEST(a_quiet_session_is_sent_beats_and_a_silent_one_ends),
    WORLD_TEST(a_bye_ends_a_session_without_answer),
    WORLD_TEST(a_clock_that_goes_back_a_day_neither_ends_sessions_nor_silences_them),
    WORLD_TEST(the_deadline_is_that_of_the_first_due_row),
    WORLD_TEST(a_restart_before_the_stored_line_is_heard_loses_nothing),
    WORLD_TEST(a_restart_after_delivery_delivers_again_and_the_mark_is_shown),
    WORLD_TEST(a_failed_commit_says_nothing_and_keeps_nothing),
    WORLD_TEST(the_incarnation_of_the_hub_lasts_as_long_as_its_store),
    WORLD_TEST(a_connection_that_is_gone_ends_its_session_and_no_newer_one),
    WORLD_TEST(what_only_a_hub_says_ends_the_session_of_a_party_that_says_it),
    WORLD_TEST(a_hello_of_who_has_no_transport_key_in_force_is_not_heard),
};

TB_RUN("broker/sessions", tests)
