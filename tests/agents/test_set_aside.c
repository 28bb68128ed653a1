/* A waiting row that does not read, or leads to what does not, fails one tick and no other. */
#include "agents/aside.h"
#include "agents/rows_duty.h"
#include "agents/set_aside.h"
#include "tests/agents/world.h"

#define WHO "bureau.33"

static const uint8_t nought[TB_HAND_KEY_MAX];

static tb_txn *begin_at(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    tb_effects_reset(a->effects);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

static void plant(world *w, tb_table table, const void *key, size_t size)
{
    tb_txn *txn = begin_at(who(w, WHO));
    assert_ok(tb_store_put(txn, table, tb_bytes_of(key, size), tb_bytes_str("bad")));
    assert_ok(tb_store_commit(txn));
}

static uint64_t rows(world *w, tb_table table)
{
    tb_txn *txn = begin_at(who(w, WHO));
    uint64_t count = tb_store_rows(txn, table);
    tb_store_abort(txn);
    return count;
}

/* One turn as tb_turn plays it: what fails is given up whole. */
static tb_err turn(world *w)
{
    world_agent *a = who(w, WHO);
    tb_txn *txn = begin_at(a);
    tb_input input = {.kind = TB_INPUT_TICK, .now = {w->clock, w->clock}};
    tb_err err = tb_agent_step(&a->agent, txn, &input, &w->random, a->effects);
    if (err != TB_OK) {
        tb_store_abort(txn);
        tb_agent_forget(&a->agent);
        return err;
    }
    world_end(w, a, txn);
    return TB_OK;
}

/* The tick fails once, keeps nothing, and the next one goes on without the rows. */
static void expect_set_aside(world *w, tb_table table, uint64_t moved)
{
    w->clock += 60 * 1000;
    assert_int_equal(turn(w), TB_ERR_CORRUPT);
    assert_true(rows(w, table) > 0);
    tick(w, WHO, 0);
    assert_int_equal(rows(w, table), 0);
    assert_int_equal(rows(w, TB_TABLE_SET_ASIDE), moved);
    assert_int_equal(alarms_at(w, WHO), 1);
    assert_ok(turn(w));
    assert_int_equal(rows(w, TB_TABLE_SET_ASIDE), moved);
}

static void a_reseal_row_that_does_not_read_is_set_aside_with_an_alarm(void **state)
{
    world *w = *state;
    uint8_t key[48] = {1};
    plant(w, TB_TABLE_RESEAL, key, sizeof key);
    expect_set_aside(w, TB_TABLE_RESEAL, 1);
}

static void a_lost_stamp_row_that_does_not_read_is_set_aside_with_an_alarm(void **state)
{
    world *w = *state;
    plant(w, TB_TABLE_STAMP_LOST, "short", 5);
    expect_set_aside(w, TB_TABLE_STAMP_LOST, 1);
}

static void an_again_row_that_does_not_read_is_set_aside_with_an_alarm(void **state)
{
    world *w = *state;
    plant(w, TB_TABLE_AGAIN, "short", 5);
    expect_set_aside(w, TB_TABLE_AGAIN, 1);
}

static void an_answering_row_that_does_not_read_is_set_aside_with_an_alarm(void **state)
{
    world *w = *state;
    uint8_t key[TB_PARTY_BYTES + TB_DIGEST_BYTES] = "police.33";
    plant(w, TB_TABLE_ANSWERING, key, sizeof key);
    expect_set_aside(w, TB_TABLE_ANSWERING, 1);
}

static void a_gap_row_that_does_not_read_is_set_aside_with_its_due_row(void **state)
{
    world *w = *state;
    uint8_t due[8 + TB_DIGEST_BYTES] = {0};
    due[8] = 7;
    plant(w, TB_TABLE_GAP, due + 8, TB_DIGEST_BYTES);
    plant(w, TB_TABLE_GAP_DUE, due, sizeof due);
    expect_set_aside(w, TB_TABLE_GAP_DUE, 2);
    assert_int_equal(rows(w, TB_TABLE_GAP), 0);
}

static void a_duty_row_that_does_not_read_is_set_aside_with_its_due_row(void **state)
{
    world *w = *state;
    static const uint8_t name[] = "answer";
    uint8_t due[1 + 8 + TB_CASE_ID_BYTES + TB_DIGEST_BYTES + sizeof name - 1] = {TB_DUTY_TO_JUDGE,
                                                                                 0x80};
    memcpy(due + sizeof due - (sizeof name - 1), name, sizeof name - 1);
    at_time(w, WHO, "2015-02-09T11:39:00+08:00");
    plant(w, TB_TABLE_DUTY, due + 9, sizeof due - 9);
    plant(w, TB_TABLE_DUTY_DUE, due, sizeof due);
    expect_set_aside(w, TB_TABLE_DUTY_DUE, 2);
    assert_int_equal(rows(w, TB_TABLE_DUTY), 0);
}

static void a_recount_row_that_does_not_read_is_set_aside_with_an_alarm(void **state)
{
    world *w = *state;
    uint8_t key[1 + TB_CASE_ID_BYTES + TB_DIGEST_BYTES + 4] = {1};
    plant(w, TB_TABLE_RECOUNT, key, sizeof key);
    expect_set_aside(w, TB_TABLE_RECOUNT, 1);
}

/* The row reads, what it is about does not: no table needs to be named for that. */
static void a_row_that_leads_to_what_does_not_read_is_set_aside_too(void **state)
{
    world *w = *state;
    uint8_t key[TB_PARTY_BYTES + TB_CASE_ID_BYTES + TB_DIGEST_BYTES] = "police.33";
    plant(w, TB_TABLE_CASE, nought, TB_CASE_ID_BYTES);
    plant(w, TB_TABLE_AGAIN, key, sizeof key);
    expect_set_aside(w, TB_TABLE_AGAIN, 1);
}

/* A slice a tick, the rest with the next, which is due at once. */
static void whom_to_tell_is_gone_through_in_slices(void **state)
{
    world *w = *state;
    uint8_t key[TB_PARTY_BYTES + TB_CASE_ID_BYTES + TB_DIGEST_BYTES] = "nobody";
    for (uint8_t i = 0; i < 33; i++) {
        key[TB_PARTY_BYTES] = i;
        plant(w, TB_TABLE_AGAIN, key, sizeof key); /* to a party that is gone: dropped */
    }
    w->clock += 60 * 1000;
    assert_ok(turn(w));
    assert_int_equal(rows(w, TB_TABLE_AGAIN), 1);
    tb_time due;
    tb_txn *txn = begin_at(who(w, WHO));
    assert_ok(tb_aside_due(&who(w, WHO)->agent, txn, &due));
    tb_store_abort(txn);
    assert_true(due <= w->clock);
    assert_ok(turn(w));
    assert_int_equal(rows(w, TB_TABLE_AGAIN), 0);
}

/* However many: each costs two ticks, and then all is done again. */
static void expect_all_set_aside(world *w, tb_table table, unsigned bad)
{
    w->clock += 60 * 1000;
    for (unsigned i = 0; i < bad; i++) {
        assert_int_equal(turn(w), TB_ERR_CORRUPT);
        assert_ok(turn(w));
        assert_int_equal(rows(w, TB_TABLE_SET_ASIDE), i + 1);
    }
    assert_ok(turn(w));
    assert_int_equal(rows(w, table), 0);
    assert_int_equal(alarms_at(w, WHO), 1); /* told once while it is open */
}

static void several_rows_that_do_not_read_are_all_set_aside(void **state)
{
    world *w = *state;
    plant(w, TB_TABLE_AGAIN, "shirt", 5);
    plant(w, TB_TABLE_AGAIN, "short", 5);
    plant(w, TB_TABLE_AGAIN, "shott", 5);
    expect_all_set_aside(w, TB_TABLE_AGAIN, 3);
}

/* No case goes away, so that such a row is damaged: it keeps nobody behind it waiting. */
static void again_rows_of_no_case_are_set_aside(void **state)
{
    world *w = *state;
    uint8_t key[TB_PARTY_BYTES + TB_CASE_ID_BYTES + TB_DIGEST_BYTES] = "police.33";
    plant(w, TB_TABLE_AGAIN, key, sizeof key);
    key[TB_PARTY_BYTES] = 1;
    plant(w, TB_TABLE_AGAIN, key, sizeof key);
    expect_all_set_aside(w, TB_TABLE_AGAIN, 2);
}

/* Among those that are looked back at for a repeat. */
static void alarms_that_do_not_read_keep_no_other_from_being_raised(void **state)
{
    world *w = *state;
    uint8_t number[8] = {0, 0, 0, 0, 0, 0, 0, 7};
    plant(w, TB_TABLE_ALARM, number, sizeof number);
    plant(w, TB_TABLE_ALARM, "\0\0\0\0\0\0\0\6", sizeof number);
    plant(w, TB_TABLE_AGAIN, "short", 5);
    w->clock += 60 * 1000;
    assert_int_equal(turn(w), TB_ERR_CORRUPT);
    assert_ok(turn(w));
    assert_int_equal(alarms_at(w, WHO), 3);
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    const tb_local_status *status = &ask(w, WHO, &request)->status;
    assert_int_equal(status->alarm_text_count, 3);
    unsigned unread = 0;
    for (size_t i = 0; i < 3; i++) {
        tb_bytes text = status->alarm_texts[i];
        unread += text.size > 8 && memcmp(text.data, "An alarm", 8) == 0;
    }
    assert_int_equal(unread, 2);
}

static void what_stands_behind_it_is_done(void **state)
{
    world *w = *state;
    uint8_t bad[48] = {0, 0, 0, 0, 0, 0, 0, 1};
    uint8_t good[TB_PARTY_BYTES + TB_CASE_ID_BYTES + TB_DIGEST_BYTES] = "nobody";
    plant(w, TB_TABLE_RESEAL, bad, sizeof bad);
    plant(w, TB_TABLE_AGAIN, good, sizeof good); /* to a party that is gone: dropped */
    w->clock += 60 * 1000;
    assert_int_equal(turn(w), TB_ERR_CORRUPT);
    assert_int_equal(rows(w, TB_TABLE_AGAIN), 1);
    assert_ok(turn(w));
    assert_ok(turn(w));
    assert_int_equal(rows(w, TB_TABLE_AGAIN), 0);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_reseal_row_that_does_not_read_is_set_aside_with_an_alarm),
    IN_A_WORLD(a_lost_stamp_row_that_does_not_read_is_set_aside_with_an_alarm),
    IN_A_WORLD(an_again_row_that_does_not_read_is_set_aside_with_an_alarm),
    IN_A_WORLD(an_answering_row_that_does_not_read_is_set_aside_with_an_alarm),
    IN_A_WORLD(a_gap_row_that_does_not_read_is_set_aside_with_its_due_row),
    IN_A_WORLD(a_duty_row_that_does_not_read_is_set_aside_with_its_due_row),
    IN_A_WORLD(a_recount_row_that_does_not_read_is_set_aside_with_an_alarm),
    IN_A_WORLD(a_row_that_leads_to_what_does_not_read_is_set_aside_too),
    IN_A_WORLD(whom_to_tell_is_gone_through_in_slices),
    IN_A_WORLD(several_rows_that_do_not_read_are_all_set_aside),
    IN_A_WORLD(again_rows_of_no_case_are_set_aside),
    IN_A_WORLD(alarms_that_do_not_read_keep_no_other_from_being_raised),
    IN_A_WORLD(what_stands_behind_it_is_done),
};

TB_RUN("agents/set_aside", tests)
