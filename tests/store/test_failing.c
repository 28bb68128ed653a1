/* The faults themselves: each verb fails in each of its manners once, and the loop ends. */
#include "tests/store/failing.h"
#include "tests/test.h"

#include <stdlib.h>

static const tb_bytes key = {(const uint8_t *)"key", 3};

typedef struct seen {
    unsigned broken;
    unsigned rotten;
    unsigned lost;
    unsigned cut;
    unsigned bent;
    unsigned without_memory;
    unsigned half_keys; /* of a walk */
} seen;

static tb_err read_it(tb_txn *txn, seen *s)
{
    tb_bytes value = {NULL, 0};
    tb_err err = tb_store_get(txn, TB_TABLE_META, key, &value);
    s->broken += err == TB_ERR_IO;
    s->rotten += err == TB_ERR_CORRUPT;
    s->lost += err == TB_ERR_NOT_FOUND;
    s->without_memory += err == TB_ERR_LIMIT;
    s->bent += err == TB_OK && value.size == 8 && memcmp(value.data, "12345678", 8) != 0;
    s->cut += err == TB_OK && value.size == 4;
    return err;
}

static tb_err walk(tb_txn *txn, seen *s)
{
    tb_bytes all = {NULL, 0};
    tb_bytes first = all;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_META, key, all, &first, &value);
    s->half_keys += err == TB_OK && first.size == key.size / 2;
    return err;
}

static tb_err step(tb_txn *txn, tb_arena *arena, seen *s)
{
    tb_err err = read_it(txn, s);
    err = err == TB_OK ? walk(txn, s) : err;
    if (err == TB_OK) {
        err = tb_store_put(txn, TB_TABLE_META, tb_bytes_str("other"), key);
    }
    return err == TB_OK && tb_arena_alloc(arena, 8) == NULL ? TB_ERR_LIMIT : err;
}

static void every_verb_fails_in_every_manner_once_and_leaves_nothing(void **state)
{
    static uint8_t block[4096];
    tb_arena arena;
    tb_store *store;
    tb_txn *txn;
    tb_err err;
    seen s = {0};
    uint8_t logic = 0; /* nothing is kept in memory */
    tb_store_options options = {64u << 20, TB_STORE_AGENT};
    (void)state;
    assert_int_equal(setenv("TONGBAO_FAILING", "1", 1), 0);
    assert_int_equal(unsetenv("TONGBAO_BENDS"), 0);
    tb_arena_init(&arena, block, sizeof block);
    assert_ok(tb_store_open("", &options, &store));
    assert_ok(tb_store_begin(store, &arena, &txn));
    assert_ok(tb_store_put(txn, TB_TABLE_META, key, tb_bytes_str("12345678")));
    assert_ok(tb_store_commit(txn));
    do {
        failing_start(store, &arena, &logic, sizeof logic);
        tb_arena_reset(&arena);
        assert_ok(tb_store_begin(store, &arena, &txn));
        err = step(txn, &arena, &s);
    } while (failing_again(txn, err));
    assert_ok(err);
    assert_ok(tb_store_commit(txn));
    assert_int_equal(s.broken, 1);
    assert_int_equal(s.rotten, 1);
    assert_int_equal(s.lost, 1);
    assert_int_equal(s.cut, 1);
    assert_int_equal(s.bent, 10);
    assert_int_equal(s.without_memory, 1);
    assert_int_equal(s.half_keys, 1);

    tb_bytes value;
    assert_ok(tb_store_begin_read(store, &arena, &txn));
    assert_ok(tb_store_get(txn, TB_TABLE_META, tb_bytes_str("other"), &value));
    tb_store_abort(txn);
    tb_store_close(store);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_verb_fails_in_every_manner_once_and_leaves_nothing),
};

TB_RUN("store/failing", tests)
