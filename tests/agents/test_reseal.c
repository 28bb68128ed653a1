/* A recipient retired the key its notices were sealed to: they are sealed anew, once, and whole. */
#include "agents/aside.h"
#include "agents/chain.h"
#include "agents/offline.h"
#include "agents/old_keys.h"
#include "agents/reseal.h"
#include "agents/resend.h"
#include "agents/rows_reseal.h"
#include "messages/parts.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static tb_stream refused_stream;
static uint64_t refused_notice;

static tb_err note(tb_step *step)
{
    return tb_reseal_note(step, &refused_stream, refused_notice);
}

/* The party refuses a notice of the sender that it never could open. */
static void refuse(world *w, const char *sender, const char *recipient, uint64_t notice)
{
    refused_stream = (tb_stream){
        .sender = who(w, sender)->id, .recipient = who(w, recipient)->id, .lane = TB_LANE_NORMAL};
    world_agent *a = who(w, sender);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_meta_incarnation(txn, &refused_stream.incarnation));
    tb_store_abort(txn);
    refused_notice = notice;
    turn_of(w, sender, note);
}

static void lose(world *w, const char *id)
{
    for (letter *l = letter_to(w, id); l != NULL; l = letter_to(w, id)) {
        l->gone = true;
    }
}

static void new_key(world *w, const char *id)
{
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (tb_party_equal(&w->parties[i].id, &who(w, id)->id)) {
            w->keys[i].id.bytes[0]++;
        }
    }
}

static void its_events_go_again_with_all_the_recipient_lacks(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    lose(w, "bureau.44"); /* it could not open it */
    deliver_all(w);
    refuse(w, "bureau.33", "bureau.44", 2);
    /* its new key is not known yet */
    turn_of(w, "bureau.33", tb_reseal_tick);
    assert_int_equal(lying(w), 0);
    new_key(w, "bureau.44");
    who(w, "bureau.33")->agent.times.reseal = 0;
    turn_of(w, "bureau.33", tb_reseal_tick);
    assert_int_equal(lying(w), 1);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "forwarded");
    assert_string_equal(holder_at(w, "bureau.44"), "bureau.44");
    assert_string_equal(value_at(w, "bureau.44", "number"), "13800001234");
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.33"), "signed_for");
    check_world(w);
}

static void a_refusal_that_is_shown_again_seals_nothing_again(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    lose(w, "bureau.33");
    refuse(w, "police.33", "bureau.33", 1);
    new_key(w, "bureau.33");
    turn_of(w, "police.33", tb_reseal_tick);
    assert_int_equal(lying(w), 1);
    refuse(w, "police.33", "bureau.33", 1);
    turn_of(w, "police.33", tb_reseal_tick);
    assert_int_equal(lying(w), 1);
    deliver_all(w);
    assert_string_equal(value_at(w, "bureau.33", "number"), "13800001234");
    check_world(w);
}

static void what_was_sealed_anew_can_be_sealed_anew_in_turn(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    lose(w, "bureau.33");
    refuse(w, "police.33", "bureau.33", 1);
    new_key(w, "bureau.33");
    turn_of(w, "police.33", tb_reseal_tick);
    lose(w, "bureau.33");
    /* its notice has no events of its own: what it passed on is remembered; in this world it has
     * no proof, so there it ends */
    world_agent *a = who(w, "police.33");
    tb_txn *txn;
    tb_case_id id;
    tb_digest *events;
    size_t count;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_ahead_get(txn, &refused_stream.incarnation, 2, &id, &events, &count));
    assert_int_equal(count, 1);
    assert_true(tb_case_equal(&id, &w->case_id));
    tb_store_abort(txn);
}

/* Its new key does not become known, and a turn has little memory. */
static void however_many_wait_for_a_key_a_turn_can_look_at_them(void **state)
{
    world *w = *state;
    enum {
        COUNT = 300
    };
    for (uint64_t i = 1; i <= COUNT; i++) {
        assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
        refuse(w, "police.33", "bureau.33", i);
    }
    lose(w, "bureau.33");
    world_agent *police = who(w, "police.33");
    police->arena.size = 96 * 1024;
    for (unsigned turns = 0; turns < 3; turns++) {
        police->agent.times.reseal = 0;
        turn_of(w, "police.33", tb_reseal_tick);
    }
    assert_int_equal(lying(w), 0);
    police->arena.size = TB_AGENT_ARENA_BYTES;
    new_key(w, "bureau.33");
    for (unsigned turns = 0; lying(w) < COUNT; turns++) {
        assert_true(turns < 2 * COUNT);
        police->agent.times.reseal = 0;
        turn_of(w, "police.33", tb_reseal_tick);
    }
}

/* ---- a directory that the recipient lacked ---- */

static tb_err note_unknown_key(tb_step *step)
{
    tb_refusal_row row = {.code = TB_REFUSED_UNKNOWN_KEY,
                          .lane = TB_LANE_NORMAL,
                          .number = refused_notice,
                          .at = step->now.real,
                          .line = tb_bytes_str("signed")};
    assert_true(tb_reseal_heals(row.code));
    assert_ok(tb_refusal_put(step->txn, &refused_stream, refused_notice, &row));
    return tb_reseal_note(step, &refused_stream, refused_notice);
}

static void
what_was_refused_for_an_unknown_key_goes_again_when_the_directory_may_be_there(void **state)
{
    world *w = *state;
    world_agent *police = who(w, "police.33");
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    lose(w, "bureau.33"); /* it lacks the directory that has the key */
    refused_stream = (tb_stream){
        .sender = police->id, .recipient = who(w, "bureau.33")->id, .lane = TB_LANE_NORMAL};
    tb_txn *txn;
    tb_arena_reset(&police->arena);
    assert_ok(tb_store_begin_read(police->store, &police->arena, &txn));
    assert_ok(tb_meta_incarnation(txn, &refused_stream.incarnation));
    tb_store_abort(txn);
    refused_notice = 1;
    turn_with(w, "police.33", note_unknown_key);
    turn_of(w, "police.33", tb_reseal_tick);
    assert_int_equal(lying(w), 0);
    w->clock += 10 * 60 * 1000 - 1;
    turn_of(w, "police.33", tb_reseal_tick);
    assert_int_equal(lying(w), 0);
    turn_with(w, "police.33",
              note_unknown_key); /* a Welcome shows it again: it waits since the first */
    w->clock += 5000;
    turn_of(w, "police.33", tb_reseal_tick);
    assert_int_equal(lying(w), 1);
    deliver_all(w);
    assert_string_equal(value_at(w, "bureau.33", "number"), "13800001234");
    w->clock += 3600 * 1000;
    turn_of(w, "police.33", tb_reseal_tick);
    assert_int_equal(lying(w), 0);
    check_world(w);
}

/* ---- what was resent ---- */

static tb_case_id resent_case;

static tb_err resend_all(tb_step *step)
{
    tb_party peer = {"police.33"};
    size_t events;
    return tb_resend_case(step, &resent_case, &peer, 0, TB_LANE_BULK, &events);
}

static tb_err resend_to_bureau(tb_step *step)
{
    tb_party peer = {"bureau.33"};
    size_t events;
    return tb_resend_case(step, &resent_case, &peer, 0, TB_LANE_BULK, &events);
}

/* The bureau is set back to before it forwarded; the police have its event and give it again, the
 * home bureau it was for never got the notice. */
static void an_own_event_that_comes_back_is_passed_on_to_whom_it_addresses(void **state)
{
    world *w = *state;
    tb_store *old;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_ok(tb_store_mem_clone(who(w, "bureau.33")->store, &old));
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    lose(w, "bureau.44");
    deliver_all(w);
    tb_store_close(who(w, "bureau.33")->store);
    who(w, "bureau.33")->store = old;
    assert_string_equal(state_at(w, "bureau.33"), "accepted");

    resent_case = w->case_id;
    turn_of(w, "police.33", resend_to_bureau);
    assert_int_equal(lying(w), 1);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.33"), "forwarded");
    who(w, "bureau.33")->agent.aside_after = 0;
    turn_of(w, "bureau.33", tb_aside_tick);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "forwarded");
    assert_string_equal(holder_at(w, "bureau.44"), "bureau.44");
    check_world(w);
}

static tb_txn *begin_at(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

/* A row of the same party and case that does not read stands in the way of nothing that comes. */
static void an_own_event_comes_back_beside_a_row_that_does_not_read(void **state)
{
    world *w = *state;
    tb_store *old;
    uint8_t key[TB_PARTY_BYTES + TB_CASE_ID_BYTES + 1] = "bureau.44";
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_ok(tb_store_mem_clone(who(w, "bureau.33")->store, &old));
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_store_close(who(w, "bureau.33")->store);
    who(w, "bureau.33")->store = old;
    memcpy(key + TB_PARTY_BYTES, w->case_id.bytes, TB_CASE_ID_BYTES);
    tb_txn *txn = begin_at(w, "bureau.33");
    assert_ok(tb_store_put(txn, TB_TABLE_AGAIN, tb_bytes_of(key, sizeof key), tb_bytes_str("bad")));
    assert_ok(tb_store_commit(txn));

    resent_case = w->case_id;
    turn_of(w, "police.33", resend_to_bureau);
    assert_int_equal(deliver(w, letter_to(w, "bureau.33")), TB_ACCEPTED);
    assert_string_equal(state_at(w, "bureau.33"), "forwarded");
    txn = begin_at(w, "bureau.33");
    assert_int_equal(tb_store_rows(txn, TB_TABLE_AGAIN), 2);
    tb_store_abort(txn);
}

static size_t regained[4]; /* places in the chain, as they come back; 0: none */
static uint64_t again_rows;

/* Own events that come back one by one, each addressed to the home bureau. */
static tb_err regain(tb_step *step)
{
    tb_case_row row;
    tb_path path;
    tb_party home = {"bureau.44"};
    tb_party giver = {"police.33"};
    tb_party addressees[] = {giver, step->agent->self, home};
    tb_err err = tb_case_get(step->txn, &resent_case, &row);
    if (err == TB_OK) {
        err = tb_chain_to_head(step->txn, &row, &path);
    }
    for (size_t i = 0; err == TB_OK && regained[i] > 0 && regained[i] <= path.count; i++) {
        const tb_chain_event *at = &path.list[regained[i] - 1];
        tb_event event = {.actor = step->agent->self, .addressees = addressees};
        event.addressee_count = 3;
        err = tb_aside_regained(step->agent, step->txn, &at->key, &event, &giver);
    }
    again_rows = tb_store_rows(step->txn, TB_TABLE_AGAIN);
    return err;
}

static void of_own_events_that_come_back_the_latest_stands_for_those_before_it(void **state)
{
    static const size_t orders[][3] = {{2, 3, 0}, {3, 2, 0}, {2, 2, 0}};
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    resent_case = w->case_id;
    for (size_t i = 0; i < 3; i++) {
        memcpy(regained, orders[i], sizeof orders[i]);
        turn_of(w, "bureau.33", regain);
        assert_int_equal(again_rows, 1);
        who(w, "bureau.33")->agent.aside_after = w->clock + 1; /* not yet */
        turn_of(w, "bureau.33", tb_aside_tick);
        assert_int_equal(lying(w), 0);
        who(w, "bureau.33")->agent.aside_after = 0;
        turn_of(w, "bureau.33", tb_aside_tick);
        assert_int_equal(lying(w), 1);
        deliver_all(w);
        regained[0] = 0;
        turn_of(w, "bureau.33", regain);
        assert_int_equal(again_rows, 0);
    }
    check_world(w);
}

static uint64_t loose_at(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    uint64_t rows = tb_store_rows(txn, TB_TABLE_LOOSE);
    tb_store_abort(txn);
    return rows;
}

/* What the bureau found itself it told nobody of before it forwarded it; it is set back to then. */
static void an_event_that_no_notice_carried_is_proven_by_the_one_that_comes_back(void **state)
{
    world *w = *state;
    tb_store *old;
    assert_int_equal(opens(w, "bureau.33",
                           "number=13800001234|source=inspection|offence=telecom_fraud|reported_at="
                           "2015-02-09T11:39:00+08:00"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(lying(w), 0);
    assert_int_equal(loose_at(w, "bureau.33"), 2);
    assert_ok(tb_store_mem_clone(who(w, "bureau.33")->store, &old));
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_store_close(who(w, "bureau.33")->store);
    who(w, "bureau.33")->store = old;

    resent_case = w->case_id;
    turn_of(w, "bureau.44", resend_to_bureau);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.33"), "forwarded");
    assert_int_equal(loose_at(w, "bureau.33"), 0);
    check_world(w);
}

/* The police lost their disk and the key with it; what they are resent is sealed to the old one. */
static void what_was_resent_goes_again_with_the_recipients_own_events(void **state)
{
    world *w = *state;
    tb_store *empty;
    assert_ok(tb_store_mem_clone(who(w, "police.33")->store, &empty));
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_store_close(who(w, "police.33")->store);
    who(w, "police.33")->store = empty;
    resent_case = w->case_id;
    turn_of(w, "bureau.33", resend_all);
    assert_int_equal(lying(w), 1);
    uint64_t notice = prove(w, "bureau.33", letter_to(w, "police.33"));
    lose(w, "police.33");
    refuse(w, "bureau.33", "police.33", notice);
    new_key(w, "police.33");
    turn_of(w, "bureau.33", tb_reseal_tick);
    deliver_all(w);
    assert_string_equal(state_at(w, "police.33"), "accepted");
    assert_string_equal(value_at(w, "police.33", "number"), "13800001234");
    check_world(w);
}

/* The discovery bureau takes over without knowing of the order; who ordered tells the operator, and
 * its answer, which went to both bureaus meanwhile, counts for nobody. */
static void who_was_ordered_unknown_to_the_take_over_learns_of_it(void **state)
{
    world *w = *state;
    order_for(w, LEAD);
    letter *order = letter_to(w, "cm.44");
    assert_int_equal(deliver(w, order), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    assert_int_equal(acts(w, "cm.44", "result", "verify_result=not_in_use|action=none"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(holder_at(w, "bureau.44"), "bureau.33");
    assert_string_equal(holder_at(w, "cm.44"), "bureau.44");
    turn_of(w, "bureau.44", tb_aside_tick);
    deliver_all(w);
    assert_string_equal(state_at(w, "cm.44"), "accepted");
    assert_string_equal(holder_at(w, "cm.44"), "bureau.33");
    assert_int_equal(summary_at(w, "cm.44").term, 2);
    /* who took over saw the answer alone, and tells its author as well: nothing happens twice */
    turn_of(w, "bureau.33", tb_aside_tick);
    deliver_all(w);
    assert_int_equal(summary_at(w, "cm.44").term, 2);
    turn_of(w, "cm.44", tb_aside_tick);
    assert_int_equal(lying(w), 0); /* who its answer went to made or was given the take-over */
    check_world(w);
}

static tb_err resend_to_operator(tb_step *step)
{
    tb_party peer = {"cm.44"};
    size_t events;
    return tb_resend_case(step, &resent_case, &peer, 0, TB_LANE_BULK, &events);
}

/* The discovery bureau takes over from before the order; the operator that was ordered has lost its
 * store, and the order builds on the signing for, which never addressed it. */
static void what_a_take_over_left_aside_is_resent_with_what_it_builds_on(void **state)
{
    world *w = *state;
    tb_store *empty;
    assert_ok(tb_store_mem_clone(who(w, "cm.44")->store, &empty));
    order_for(w, LEAD);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "accepted");
    assert_string_equal(holder_at(w, "bureau.44"), "bureau.33");

    tb_store_close(who(w, "cm.44")->store);
    who(w, "cm.44")->store = empty;
    resent_case = w->case_id;
    turn_of(w, "bureau.44", resend_to_operator);
    deliver_all(w);
    world_agent *cm = who(w, "cm.44");
    tb_txn *txn;
    tb_arena_reset(&cm->arena);
    assert_ok(tb_store_begin_read(cm->store, &cm->arena, &txn));
    uint64_t held = tb_store_rows(txn, TB_TABLE_HELD);
    uint64_t events = tb_store_rows(txn, TB_TABLE_EVENT);
    tb_store_abort(txn);
    assert_int_equal(held, 0);
    assert_int_equal(events, 6);
    /* and the take-over with it, or the order would count there again */
    assert_string_equal(state_at(w, "cm.44"), "accepted");
    assert_string_equal(holder_at(w, "cm.44"), "bureau.33");
}

/* Asks a party for everything above a number of its stream. */
static void ask_above(world *w, const char *from, const char *of, uint64_t number)
{
    letter *l = &w->letters[w->letter_count++];
    tb_stream_at at = {.stream = refused_stream, .number = number, .digest = {{1}}};
    tb_resend resend = {.ask = true, .from = &at, .from_count = 1};
    tb_entry entry = {.recipient = who(w, of)->id, .number = 1};
    tb_header header = {
        .suite = 1,
        .hub = who(w, from)->agent.hub,
        .sender = who(w, from)->id,
        .incarnation = {2, {1}},
        .notice = 999,
        .lane = TB_LANE_NORMAL,
        .kind = TB_NOTICE_RESEND,
        .made = w->clock,
        .expires = w->clock + 1,
        .directory_version = 1,
        .entries = &entry,
        .entry_count = 1,
    };
    *l = (letter){.to = who(w, of)->id, .resend = true};
    assert_ok(tb_header_encode(&header, &w->memory, &l->header));
    assert_ok(tb_resend_encode(&resend, &w->memory, &l->asks));
    assert_ok(tb_part_events_encode(NULL, 0, &w->memory, &l->events));
    assert_ok(tb_part_openings_encode(NULL, 0, &w->memory, &l->openings));
    assert_ok(tb_part_passed_encode(NULL, 0, &w->memory, &l->passed));
    assert_int_equal(deliver(w, l), TB_ACCEPTED);
}

/* It holds the notice it could not open, and lost the one that was sealed anew. */
static void what_was_sealed_anew_and_lost_is_resent(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    lose(w, "bureau.33");
    refuse(w, "police.33", "bureau.33", 1);
    new_key(w, "bureau.33");
    turn_of(w, "police.33", tb_reseal_tick);
    assert_int_equal(prove(w, "police.33", letter_to(w, "bureau.33")), 2);
    lose(w, "bureau.33");
    ask_above(w, "bureau.33", "police.33", 2);
    tick(w, "police.33", 0);
    assert_int_equal(lying(w), 1); /* the end alone: it holds all of it */
    lose(w, "bureau.33");
    ask_above(w, "bureau.33", "police.33", 1);
    tick(w, "police.33", 0);
    deliver_all(w);
    assert_string_equal(value_at(w, "bureau.33", "number"), "13800001234");
    check_world(w);
}

/* Headquarters could not open the one notice that brought it on the case, of what is said beside
 * it. */
static void what_is_said_beside_a_case_goes_again_with_what_it_follows(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "supervise",
                          "supervised=police.33|report_by=2015-03-20|supervision=请报告"),
                     TB_ACCEPTED);
    refuse(w, "bureau.33", "headquarters", prove(w, "bureau.33", letter_to(w, "headquarters")));
    lose(w, "headquarters");
    deliver_all(w);
    new_key(w, "headquarters");
    who(w, "bureau.33")->agent.times.reseal = 0;
    turn_of(w, "bureau.33", tb_reseal_tick);
    deliver_all(w);
    assert_int_equal(summary_at(w, "headquarters").number, 2);
    assert_string_equal(state_at(w, "headquarters"), "accepted");
    assert_int_equal(summary_at(w, "headquarters").held_back, 0);
    check_world(w);
}

static tb_directory_party *listed(world *w, const char *id)
{
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (strcmp(w->parties[i].id.text, id) == 0) {
            return &w->parties[i];
        }
    }
    fail_msg("nobody is called %s", id);
    return NULL;
}

/* An order to an operator without a line, sealed to the key it has there; it cannot open it. */
static void order_off_line(world *w)
{
    listed(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    assert_int_equal(opens(w, "police.33", LEAD "|police_case_ref=A1"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    assert_non_null(letter_to(w, "cm.44"));
    lose(w, "cm.44");
    deliver_all(w);
}

static void who_joins_with_another_key_than_it_had_off_line_is_given_its_history(void **state)
{
    world *w = *state;
    order_off_line(w);
    listed(w, "cm.44")->state = TB_PARTY_ACTIVE;
    new_key(w, "cm.44");
    w->directory.version++;
    turn_of(w, "bureau.44", tb_offline_tick);
    assert_int_equal(lying(w), 0); /* sealed before; what it cannot open it refuses */
    refuse(w, "bureau.44", "cm.44", 2);
    turn_of(w, "bureau.44", tb_reseal_tick);
    assert_int_equal(lying(w), 1);
    deliver_all(w);
    assert_string_equal(state_at(w, "cm.44"), "verifying");
    assert_string_equal(holder_at(w, "cm.44"), "cm.44");
    assert_string_equal(value_at(w, "cm.44", "number"), "13800001234");
    check_world(w);
}

static void a_new_key_of_a_party_still_off_line_is_sealed_to(void **state)
{
    world *w = *state;
    order_off_line(w);
    refuse(w, "bureau.44", "cm.44", 2); /* said in a bundle */
    turn_of(w, "bureau.44", tb_reseal_tick);
    assert_int_equal(lying(w), 0);
    new_key(w, "cm.44");
    who(w, "bureau.44")->agent.times.reseal = 0;
    turn_of(w, "bureau.44", tb_reseal_tick);
    assert_int_equal(lying(w), 1);
    deliver_all(w);
    assert_string_equal(state_at(w, "cm.44"), "verifying");
}

/* ---- old keys ---- */

#define LIFE 1000

static tb_cut cut;
static unsigned destroyed;
static tb_time due; /* when the next one goes; 0: none does by itself */

static tb_err look(tb_step *step)
{
    size_t before = step->effects->count;
    tb_err err = tb_old_keys_tick(step);
    destroyed = 0;
    for (size_t i = before; i < step->effects->count; i++) {
        destroyed += step->effects->list[i].kind == TB_EFFECT_DESTROY;
    }
    tb_err looked = tb_old_keys_due(step->agent, step->txn, &due);
    due = looked == TB_ERR_NOT_FOUND ? 0 : due;
    assert_true(looked == TB_OK || looked == TB_ERR_NOT_FOUND);
    return err;
}

static void an_old_key_goes_when_its_time_is_over_and_not_before(void **state)
{
    world *w = *state;
    tb_seal_pair pair;
    world_agent *a = who(w, "bureau.33");
    memset(&pair, 0, sizeof pair);
    a->agent.keys.seal[1] = &pair;
    a->agent.keys.seal_id[1].bytes[0] = 7;
    a->agent.keys.seal_count = 2;
    a->agent.keys.old_seal_life = LIFE;
    turn_of(w, "bureau.33", look);
    assert_int_equal(destroyed, 0); /* the directory does not know that it is retired */
    assert_true(due == 0);
    cut = (tb_cut){.party = a->id, .key = a->agent.keys.seal_id[1], .at = w->clock};
    w->directory.cuts = &cut;
    w->directory.cut_count = 1;
    w->clock += LIFE;
    turn_of(w, "bureau.33", look);
    assert_int_equal(destroyed, 0);
    assert_true(due == w->clock + 1);
    w->clock++;
    turn_of(w, "bureau.33", look);
    assert_int_equal(destroyed, 1);
    /* no life is longer than a notice's */
    a->agent.keys.old_seal_life = 2 * TB_NOTICE_LIFE_MS;
    turn_of(w, "bureau.33", look);
    assert_int_equal(destroyed, 0);
    w->clock = cut.at + TB_NOTICE_LIFE_MS + 1;
    turn_of(w, "bureau.33", look);
    assert_int_equal(destroyed, 1);
}

static tb_err put_waiting(tb_step *step)
{
    tb_inbox_row row = {.sender = {"police.33"}, .lane = TB_LANE_NORMAL, .number = 1};
    row.root.suite = TB_SUITE_1;
    row.root.tree = TB_TREE_HEADERS;
    row.root.count = 1;
    return tb_inbox_put(step->txn, &row);
}

static void nothing_goes_while_a_notice_waits_unopened(void **state)
{
    world *w = *state;
    tb_seal_pair pair;
    world_agent *a = who(w, "bureau.33");
    memset(&pair, 0, sizeof pair);
    a->agent.keys.seal[1] = &pair;
    a->agent.keys.seal_id[1].bytes[0] = 7;
    a->agent.keys.seal_count = 2;
    a->agent.keys.old_seal_life = LIFE;
    cut = (tb_cut){.party = a->id, .key = a->agent.keys.seal_id[1], .at = w->clock};
    w->directory.cuts = &cut;
    w->directory.cut_count = 1;
    w->clock += 2 * LIFE;
    turn_with(w, "bureau.33", put_waiting);
    turn_of(w, "bureau.33", look);
    assert_int_equal(destroyed, 0);
    assert_true(due == 0);
}

static tb_err forget_waiting(tb_step *step)
{
    return tb_inbox_drop_first(step->txn);
}

static void of_several_old_keys_the_first_to_go_says_when(void **state)
{
    world *w = *state;
    tb_seal_pair pairs[3];
    static tb_cut cuts[2];
    world_agent *a = who(w, "bureau.33");
    memset(pairs, 0, sizeof pairs);
    a->agent.keys.seal_count = 4;
    for (size_t i = 1; i < 4; i++) {
        a->agent.keys.seal[i] = &pairs[i - 1];
        a->agent.keys.seal_id[i].bytes[0] = (uint8_t)i;
    }
    cuts[0] = (tb_cut){.party = a->id, .key = a->agent.keys.seal_id[1], .at = w->clock + 500};
    cuts[1] = (tb_cut){.party = a->id, .key = a->agent.keys.seal_id[3], .at = w->clock};
    w->directory.cuts = cuts;
    w->directory.cut_count = 2; /* the second is not cut */
    turn_with(w, "bureau.33", put_waiting);
    turn_with(w, "bureau.33", forget_waiting);
    turn_with(w, "bureau.33", look);
    assert_int_equal(destroyed, 0);
    assert_true(due == w->clock + TB_NOTICE_LIFE_MS + 1); /* no life is set: a notice's */
    cuts[1].at = w->clock + 1000;
    turn_with(w, "bureau.33", look);
    assert_true(due == w->clock + 500 + TB_NOTICE_LIFE_MS + 1);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(its_events_go_again_with_all_the_recipient_lacks),
    IN_A_WORLD(a_refusal_that_is_shown_again_seals_nothing_again),
    IN_A_WORLD(what_was_refused_for_an_unknown_key_goes_again_when_the_directory_may_be_there),
    IN_A_WORLD(what_was_sealed_anew_can_be_sealed_anew_in_turn),
    IN_A_WORLD(however_many_wait_for_a_key_a_turn_can_look_at_them),
    IN_A_WORLD(an_own_event_that_comes_back_is_passed_on_to_whom_it_addresses),
    IN_A_WORLD(an_own_event_comes_back_beside_a_row_that_does_not_read),
    IN_A_WORLD(of_own_events_that_come_back_the_latest_stands_for_those_before_it),
    IN_A_WORLD(what_was_resent_goes_again_with_the_recipients_own_events),
    IN_A_WORLD(who_was_ordered_unknown_to_the_take_over_learns_of_it),
    IN_A_WORLD(what_a_take_over_left_aside_is_resent_with_what_it_builds_on),
    IN_A_WORLD(an_event_that_no_notice_carried_is_proven_by_the_one_that_comes_back),
    IN_A_WORLD(what_was_sealed_anew_and_lost_is_resent),
    IN_A_WORLD(what_is_said_beside_a_case_goes_again_with_what_it_follows),
    IN_A_WORLD(who_joins_with_another_key_than_it_had_off_line_is_given_its_history),
    IN_A_WORLD(a_new_key_of_a_party_still_off_line_is_sealed_to),
    IN_A_WORLD(an_old_key_goes_when_its_time_is_over_and_not_before),
    IN_A_WORLD(nothing_goes_while_a_notice_waits_unopened),
    IN_A_WORLD(of_several_old_keys_the_first_to_go_says_when),
};

TB_RUN("reseal", tests)
