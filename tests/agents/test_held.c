/* More events wait for one than a turn places: the rest goes on with the next tick. */
#include "agents/held.h"
#include "messages/parts.h"
#include "tests/agents/world.h"
#include "tests/store/failing.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

/* As many as a release places in one turn. */
#define RELEASED 256

static tb_txn *begin(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

/* The letter's only event so often more, as its author might make them: each a ms later. */
static void send_more(world *w, const letter *l, size_t count)
{
    tb_event event = event_in(w, l);
    while (count > 0) {
        letter many = *l;
        tb_bytes events[TB_NOTICE_EVENTS_MAX];
        tb_digest ids[TB_NOTICE_EVENTS_MAX];
        many.ids = ids;
        for (many.id_count = 0; many.id_count < TB_NOTICE_EVENTS_MAX && count > 0; count--) {
            event.at++;
            assert_ok(tb_event_encode(&event, &w->memory, &events[many.id_count]));
            ids[many.id_count] = tb_event_id(events[many.id_count]);
            many.id_count++;
        }
        assert_ok(tb_part_events_encode(events, many.id_count, &w->memory, &many.events));
        assert_int_equal(deliver(w, &many), TB_ACCEPTED);
    }
}

/* Beside them a row whose key does not read, and one of an event that is not here. */
static void plant_others(world *w)
{
    tb_digest missing = {{3}};
    tb_digest nothing = {{9}};
    tb_txn *txn = begin(w, "police.33");
    assert_ok(tb_store_put(txn, TB_TABLE_HELD, tb_bytes_str("key"), tb_bytes_str("bad")));
    assert_ok(tb_held_put(txn, &missing, &nothing, w->clock, &who(w, "bureau.44")->id));
    assert_ok(tb_store_commit(txn));
}

static uint64_t held(world *w)
{
    tb_txn *txn = begin(w, "police.33");
    uint64_t count = tb_store_rows(txn, TB_TABLE_HELD);
    tb_store_abort(txn);
    return count;
}

/* What waits at police.33 waits for an event that is placed, as if a release had stopped there. */
static void stop_at(world *w, const tb_digest *placed)
{
    static const tb_digest none;
    tb_digest missing;
    tb_digest id;
    tb_party giver;
    tb_bytes row;
    tb_bytes value;
    tb_bytes all = {NULL, 0};
    tb_txn *txn = begin(w, "police.33");
    assert_ok(tb_store_seek(txn, TB_TABLE_HELD, all, all, &row, &value));
    memcpy(missing.bytes, row.data, TB_DIGEST_BYTES);
    while (tb_held_next(txn, &missing, &none, &id, &giver, &row) == TB_OK) {
        assert_ok(tb_held_del(txn, row, &giver));
        assert_ok(tb_held_put(txn, placed, &id, w->clock, &giver));
    }
    assert_ok(tb_meta_number_put(txn, "held events to go on with", 1));
    assert_ok(tb_store_commit(txn));
}

static void a_release_that_stopped_goes_through_all_that_waits(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    tb_digest opening = letter_to(w, "bureau.33")->ids[0];
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter *accepted = letter_to(w, "police.33");
    accepted->gone = true;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    send_more(w, letter_to(w, "police.33"), 2);
    stop_at(w, &opening);
    plant_others(w);
    tick(w, "police.33", 1);
    assert_int_equal(held(w), 3); /* for what they build on, as before */
    assert_int_equal(summary_at(w, "police.33").held_back, 2);
    assert_int_equal(deliver(w, accepted), TB_ACCEPTED);
    assert_int_equal(held(w), 1);
    assert_int_equal(summary_at(w, "police.33").held_back, 0);
    assert_int_equal(summary_at(w, "police.33").number, 3);
}

static void what_a_turn_does_not_place_the_next_tick_does(void **state)
{
    world *w = *state;
    if (failing_awake()) {
        return; /* so many calls: the one before fails the same */
    }
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter *accepted = letter_to(w, "police.33");
    accepted->gone = true;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    send_more(w, letter_to(w, "police.33"), RELEASED + 44);
    assert_int_equal(held(w), RELEASED + 44);
    assert_int_equal(deliver(w, accepted), TB_ACCEPTED);
    assert_int_equal(held(w), 44);
    plant_others(w);
    tick(w, "police.33", 1);
    assert_int_equal(held(w), 1); /* its event may come yet */
    assert_int_equal(summary_at(w, "police.33").held_back, 0);
    assert_true(summary_at(w, "police.33").frozen); /* but one is a fork each */
    tb_txn *txn = begin(w, "police.33");
    uint64_t unfinished;
    assert_int_equal(tb_store_rows(txn, TB_TABLE_SET_ASIDE), 1);
    assert_ok(tb_meta_number(txn, "held events to go on with", &unfinished));
    assert_int_equal(unfinished, 0);
    tb_store_abort(txn);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_release_that_stopped_goes_through_all_that_waits),
    IN_A_WORLD(what_a_turn_does_not_place_the_next_tick_does),
};

TB_RUN("agents/held", tests)
