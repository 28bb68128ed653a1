/* The turn log and a store that fills: what was said always finds room in the tables. */
#include "tests/store/turns.h"

#include "base/limits.h"
#include "base/random.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

/* A turn as casework makes them: rows all over the tables, one that lasts a while, and what an
 * earlier turn left goes. What it says of room. */
#define LASTS      40
#define SCATTERED  12
#define LAST_TABLE (TB_TABLE_COUNT - 1)
static tb_err scattered_turn(store_fixture *f, unsigned number, bool adds)
{
    char key[24];
    begin(f);
    for (int table = TB_TABLE_META + 1; adds && table <= SCATTERED; table++) {
        (void)snprintf(key, sizeof key, "%08x", (number * 64 + (unsigned)table) * 2654435761u);
        tb_err err = tb_store_put(f->txn, (tb_table)table, tb_bytes_str(key),
                                  tb_bytes_of(turns_large, number % 200));
        assert_true(err == TB_OK || err == TB_ERR_FULL);
    }
    (void)snprintf(key, sizeof key, "%u", number);
    if (adds) {
        (void)!tb_store_put(f->txn, LAST_TABLE, tb_bytes_str(key), tb_bytes_of(turns_large, 6000));
    } else {
        (void)!tb_store_put(f->txn, TB_TABLE_META, tb_bytes_str("mark"), tb_bytes_str(key));
    }
    (void)snprintf(key, sizeof key, "%u", number - LASTS);
    tb_err err = tb_store_del(f->txn, LAST_TABLE, tb_bytes_str(key));
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND || err == TB_ERR_FULL);
    err = tb_store_commit(f->txn);
    f->txn = NULL;
    return err;
}

static void up_to_the_watermark_turns_find_room_and_above_it_what_makes_room_does(void **state)
{
    store_fixture *f = *state;
    unsigned number = LASTS;
    bool above = false;
    while (!above) {
        assert_ok(scattered_turn(f, number++, true));
        begin(f);
        above = tb_store_above_watermark(f->txn);
        abandon(f);
    }
    assert_true(number > 2 * LASTS);
    for (unsigned i = 0; i < 2 * LASTS; i++) {
        assert_ok(scattered_turn(f, number++, false));
    }
}

/* ---- whatever turns come ---- */

#define ROUNDS  400
#define KEYS    9000
#define SETTLED 8 /* of so many turns about one is followed by a settling */
#define STARTS  6
#define MANY    1200

static tb_random chance;

static uint32_t below(uint32_t n)
{
    uint8_t bytes[4];
    tb_random_bytes(&chance, bytes, sizeof bytes);
    uint32_t drawn = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
                     (uint32_t)bytes[3];
    return drawn % n;
}

static unsigned used_percent(store_fixture *f)
{
    uint64_t used;
    uint64_t quota;
    tb_store_usage(f->txn, &used, &quota);
    return (unsigned)(used * 100 / quota);
}

/* Puts and deletions all over the tables; the fuller the store, the more of them are deletions. */
static tb_err some_changes(store_fixture *f, unsigned count, uint32_t size)
{
    tb_err err = TB_OK;
    bool fuller = used_percent(f) > below(90);
    for (unsigned i = 0; i < count && err == TB_OK; i++) {
        char key[16];
        uint32_t row = below(KEYS);
        tb_table table = (tb_table)(TB_TABLE_META + 1 + row % 20);
        (void)snprintf(key, sizeof key, "%08x", row * 2654435761u);
        err = below(10) < (fuller ? 7u : 3u) ? tb_store_del(f->txn, table, tb_bytes_str(key))
                                             : tb_store_put(f->txn, table, tb_bytes_str(key),
                                                            tb_bytes_of(turns_large, below(size)));
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err;
}

static void any_turn(store_fixture *f)
{
    uint32_t kind = below(10);
    begin(f);
    tb_err err = kind < 7   ? some_changes(f, 1 + below(30), 500)
                 : kind < 9 ? some_changes(f, 1 + below(4), 60000)
                            : some_changes(f, 200 + below(MANY - 200), 500);
    if (below(40) == 0) {
        abandon(f);
        return;
    }
    tb_err end = tb_store_commit(f->txn);
    f->txn = NULL;
    assert_true(end == TB_ERR_FULL || (end == TB_OK && err == TB_OK));
}

static void whatever_turns_come_those_in_the_log_find_room(void **state)
{
    store_fixture *f = *state;
    unsigned logged = 0;
    for (uint8_t start = 1; start <= STARTS; start++) {
        uint8_t seed[32] = {start};
        tb_random_seed(&chance, seed);
        for (unsigned i = 0; i < ROUNDS; i++) {
            any_turn(f);
            logged += tb_store_settled(f->store) ? 0 : 1;
            if (below(SETTLED) == 0) {
                assert_ok(tb_store_settle(f->store));
                assert_true(tb_store_settled(f->store));
            }
        }
        store_fixture_reopen(f);
    }
    assert_true(logged > STARTS * ROUNDS / 4);
}

/* ---- a turn for which there is no room ---- */

/* Rows of half the store; all of them written anew in one turn need as many pages again. */
static tb_err all_anew(store_fixture *f, char value)
{
    tb_err err = TB_OK;
    begin(f);
    for (unsigned i = 0; i < 450 && err == TB_OK; i++) {
        uint8_t bytes[3000];
        char key[16];
        memset(bytes, value, sizeof bytes);
        (void)snprintf(key, sizeof key, "%u", i);
        err = tb_store_put(f->txn, T, tb_bytes_str(key), tb_bytes_of(bytes, sizeof bytes));
    }
    err = tb_store_commit(f->txn);
    f->txn = NULL;
    return err;
}

/* What the turn before let go is written on only behind one more commit, which LMDB gets. */
static void a_turn_that_found_no_room_finds_it_when_it_comes_again(void **state)
{
    store_fixture *f = *state;
    unsigned refused = 0;
    for (char value = 'a'; value < 'k'; value++) {
        tb_err err = all_anew(f, value);
        if (err == TB_ERR_FULL) {
            refused++;
            err = all_anew(f, value);
        }
        assert_ok(err);
    }
    assert_true(refused > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, store_fixture_open, store_fixture_close)

static const struct CMUnitTest tests[] = {
    TEST(up_to_the_watermark_turns_find_room_and_above_it_what_makes_room_does),
    TEST(whatever_turns_come_those_in_the_log_find_room),
    TEST(a_turn_that_found_no_room_finds_it_when_it_comes_again),
};

TB_RUN("store/turn_log_room", tests)
