/* Random work on a store, against a table that is too simple to be wrong. */
#include "base/random.h"
#include "store/store.h"
#include "tests/store/store_fixture.h"
#include "tests/test.h"

#define KEYS      600
#define KEY_BYTES 3
#define STEPS     30000
#define BATCH     40
#define TABLE     TB_TABLE_HUB_GROUP

/* The rows by key number; keys sort as their numbers do. Sizes, because a value's bytes are made
 * from its key and its size; -1 = not there. */
typedef struct model {
    int size[KEYS];
} model;

typedef struct play {
    store_fixture *f;
    model committed;
    model now;
    tb_random random;
    uint8_t value[20000];
} play;

static unsigned draw(play *p, unsigned below)
{
    uint32_t v;

    tb_random_bytes(&p->random, &v, sizeof v);
    return v % below;
}

static tb_bytes key_of(unsigned number, uint8_t out[KEY_BYTES])
{
    out[0] = 'k';
    out[1] = (uint8_t)(number >> 8);
    out[2] = (uint8_t)number;
    return tb_bytes_of(out, KEY_BYTES);
}

static tb_bytes value_of(play *p, unsigned number, int size)
{
    for (int i = 0; i < size; i++) {
        p->value[i] = (uint8_t)((unsigned)i * 31 + number + (unsigned)size);
    }
    return tb_bytes_of(p->value, (size_t)size);
}

/* Mostly small, sometimes on pages of its own. */
static int draw_size(play *p)
{
    switch (draw(p, 8)) {
    case 0:
        return 0;
    case 1:
        return (int)draw(p, 3000);
    case 2:
        return draw(p, 4) == 0 ? (int)draw(p, sizeof p->value) : 100;
    default:
        return (int)draw(p, 300);
    }
}

static void expect_row(play *p, tb_err err, int number, tb_bytes key, tb_bytes value)
{
    uint8_t bytes[KEY_BYTES];

    if (number < 0) {
        assert_int_equal(err, TB_ERR_NOT_FOUND);
        return;
    }
    assert_ok(err);
    assert_true(tb_bytes_equal(key, key_of((unsigned)number, bytes)));
    assert_true(
        tb_bytes_equal(value, value_of(p, (unsigned)number, p->now.size[(unsigned)number])));
}

static int first_from(const play *p, unsigned from)
{
    for (unsigned i = from; i < KEYS; i++) {
        if (p->now.size[i] >= 0) {
            return (int)i;
        }
    }
    return -1;
}

static int last_upto(const play *p, unsigned upto)
{
    for (unsigned i = upto + 1; i-- > 0;) {
        if (p->now.size[i] >= 0) {
            return (int)i;
        }
    }
    return -1;
}

static void write_row(play *p, unsigned number)
{
    uint8_t bytes[KEY_BYTES];
    tb_bytes key = key_of(number, bytes);

    if (draw(p, 5) < 3) {
        int size = draw_size(p);
        assert_ok(tb_store_put(p->f->txn, TABLE, key, value_of(p, number, size)));
        p->now.size[number] = size;
    } else {
        tb_err expected = p->now.size[number] < 0 ? TB_ERR_NOT_FOUND : TB_OK;
        assert_int_equal(tb_store_del(p->f->txn, TABLE, key), expected);
        p->now.size[number] = -1;
    }
}

static void read_row(play *p, unsigned number)
{
    uint8_t bytes[KEY_BYTES];
    tb_bytes prefix = tb_bytes_str("k");
    tb_bytes at = key_of(number, bytes);
    tb_bytes key = at;
    tb_bytes value = {0};
    tb_err err;

    switch (draw(p, 4)) {
    case 0:
        err = tb_store_get(p->f->txn, TABLE, at, &value);
        expect_row(p, err, p->now.size[number] < 0 ? -1 : (int)number, key, value);
        break;
    case 1:
        err = tb_store_seek(p->f->txn, TABLE, prefix, at, &key, &value);
        expect_row(p, err, first_from(p, number), key, value);
        break;
    case 2:
        err = tb_store_next(p->f->txn, TABLE, prefix, at, &key, &value);
        expect_row(p, err, first_from(p, number + 1), key, value);
        break;
    default:
        err = tb_store_last(p->f->txn, TABLE, prefix, at, &key, &value);
        expect_row(p, err, last_upto(p, number), key, value);
        break;
    }
}

static void end_batch(play *p)
{
    if (draw(p, 4) == 0) {
        abandon(p->f);
        p->now = p->committed;
    } else {
        commit(p->f);
        p->committed = p->now;
    }
}

static uint64_t rows_of(const model *m)
{
    uint64_t rows = 0;

    for (size_t i = 0; i < KEYS; i++) {
        rows += m->size[i] >= 0 ? 1 : 0;
    }
    return rows;
}

static void run(play *p, unsigned char seed_byte)
{
    uint8_t seed[32] = {seed_byte};

    tb_random_seed(&p->random, seed);
    for (size_t i = 0; i < KEYS; i++) {
        p->now.size[i] = -1;
    }
    p->committed = p->now;
    for (int step = 0; step < STEPS; step += BATCH) {
        begin(p->f);
        for (int i = 0; i < BATCH; i++) {
            unsigned number = draw(p, KEYS);
            if (draw(p, 2) == 0) {
                write_row(p, number);
            } else {
                read_row(p, number);
            }
        }
        assert_int_equal(tb_store_rows(p->f->txn, TABLE), rows_of(&p->now));
        end_batch(p);
    }
}

static void random_work_gives_what_a_simple_table_gives(void **state)
{
    static play p;

    p.f = *state;
    run(&p, 1);
}

static void it_does_so_for_another_seed(void **state)
{
    static play p;

    p.f = *state;
    run(&p, 2);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        random_work_gives_what_a_simple_table_gives, store_fixture_open, store_fixture_close),
    cmocka_unit_test_setup_teardown(
        it_does_so_for_another_seed, store_fixture_open, store_fixture_close),
};

TB_RUN("store/model", tests)
