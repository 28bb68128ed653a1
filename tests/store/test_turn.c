/* The turn: nothing is said before it is stored, and one bad input stops nobody else. */
#include "base/limits.h"
#include "store/turn.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#define TABLE       TB_TABLE_HUB_AGENT
#define ARENA_BYTES (64u * 1024)

/* A logic that stores what it is sent and says so. "bad" fails after writing, "flood" fills the
 * effects, "look" only reads. */
typedef struct fixture {
    tb_node node;
    char said[8192]; /* every performed effect, in order */
    size_t said_size;
    unsigned performed; /* batches of effects */
    unsigned forgotten;
    unsigned steps;
    unsigned closes;
    unsigned seeds;
    uint8_t drawn[64][16]; /* what each step drew */
    unsigned rows_at_perform;
} fixture;

static bool is(const tb_input *input, const char *text)
{
    return tb_bytes_equal(input->bytes, tb_bytes_str(text));
}

static tb_err flood(tb_effects *effects)
{
    tb_err err = TB_OK;

    while (err == TB_OK) {
        err = tb_effects_send(effects, 9, tb_bytes_str("drop in a flood"));
    }
    return err;
}

static tb_err
step(void *logic, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    fixture *f = logic;

    tb_random_bytes(random, f->drawn[f->steps % 64], 16);
    f->steps++;
    if (is(input, "look")) {
        return tb_effects_send(effects, input->peer, input->bytes);
    }
    tb_err err = tb_store_put(txn, TABLE, input->bytes, input->bytes);
    if (err != TB_OK) {
        return err;
    }
    if (is(input, "bad")) {
        return TB_ERR_CORRUPT;
    }
    if (is(input, "flood")) {
        return flood(effects);
    }
    if (is(input, "sick disk")) {
        return TB_ERR_IO;
    }
    return tb_effects_send(effects, input->peer, input->bytes);
}

static tb_err
close_turn(void *logic, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    fixture *f = logic;

    (void)txn;
    (void)random;
    f->closes++;
    return tb_effects_answer(effects, (uint64_t)now.real, tb_bytes_str("closed"));
}

static void forget(void *logic)
{
    ((fixture *)logic)->forgotten++;
}

static unsigned rows(fixture *f)
{
    uint8_t block[64];
    tb_arena arena;
    tb_txn *txn;

    tb_arena_init(&arena, block, sizeof block);
    assert_ok(tb_store_begin_read(f->node.store, &arena, &txn));
    unsigned count = (unsigned)tb_store_rows(txn, TABLE);
    tb_store_abort(txn);
    return count;
}

static void perform(void *shell, const tb_effects *effects)
{
    fixture *f = shell;

    f->performed++;
    f->rows_at_perform = rows(f); /* begins a transaction: the turn's own must be over */
    f->said_size +=
        tb_effects_print(effects, f->said + f->said_size, sizeof f->said - f->said_size);
}

static void seed(void *shell, uint8_t out_seed[32])
{
    fixture *f = shell;

    memset(out_seed, 0, 32);
    f->seeds++;
    memcpy(out_seed, &f->seeds, sizeof f->seeds);
}

static int set_up(void **state)
{
    tb_store_options options = {TB_QUOTA_BYTES_MIN, TB_STORE_BROKER};
    fixture *f = calloc(1, sizeof *f);
    void *block = malloc(ARENA_BYTES);

    assert_non_null(f);
    assert_non_null(block);
    tb_arena_init(&f->node.arena, block, ARENA_BYTES);
    assert_ok(tb_store_open("", &options, &f->node.store));
    f->node.logic = f;
    f->node.step = step;
    f->node.close = close_turn;
    f->node.forget = forget;
    f->node.shell = f;
    f->node.perform = perform;
    f->node.seed = seed;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;

    tb_store_close(f->node.store);
    free(f->node.arena.block);
    free(f);
    return 0;
}

static tb_input frame(uint64_t peer, const char *text)
{
    tb_input input = {.kind = TB_INPUT_FRAME, .peer = peer, .bytes = tb_bytes_str(text)};

    input.now.real = (tb_time)(1000 + peer);
    return input;
}

static void expect_said(fixture *f, const char *expected)
{
    assert_string_equal(f->said, expected);
    f->said_size = 0;
    f->said[0] = 0;
}

static void effects_are_performed_after_the_commit_in_order(void **state)
{
    fixture *f = *state;
    tb_input inputs[] = {frame(1, "one"), frame(2, "three")};

    assert_ok(tb_turn(&f->node, inputs, 2));
    expect_said(f, "send peer=1 bytes=3\nsend peer=2 bytes=5\nanswer peer=1002 bytes=6\n");
    assert_int_equal(f->rows_at_perform, 2);
    assert_int_equal(f->performed, 1);
    assert_int_equal(f->closes, 1);
}

static void a_failed_step_says_and_stores_nothing(void **state)
{
    fixture *f = *state;
    tb_input inputs[] = {frame(1, "one"), frame(2, "bad"), frame(3, "three")};

    assert_int_equal(tb_turn(&f->node, inputs, 3), TB_ERR_CORRUPT);
    expect_said(f, "");
    assert_int_equal(f->performed, 0);
    assert_int_equal(f->steps, 2);
    assert_int_equal(f->closes, 0);
    assert_int_equal(f->node.effects.count, 0);
    assert_int_equal(rows(f), 0);
}

static void a_failed_commit_says_nothing_and_stops_the_process(void **state)
{
    fixture *f = *state;
    tb_input input = frame(1, "one");

    tb_store_mem_fail_commit(f->node.store, 1, TB_ERR_IO);
    assert_int_equal(tb_turn(&f->node, &input, 1), TB_ERR_IO);
    tb_store_mem_fail_commit(f->node.store, 1, TB_ERR_CORRUPT);
    assert_int_equal(tb_turn(&f->node, &input, 1), TB_ERR_IO);
    tb_store_mem_fail_commit(f->node.store, 1, TB_ERR_IO);
    assert_int_equal(tb_turn_each(&f->node, &input, 1), TB_ERR_IO);
    expect_said(f, "");
    assert_int_equal(f->performed, 0);
    assert_int_equal(rows(f), 0);

    assert_ok(tb_turn(&f->node, &input, 1));
    assert_int_equal(rows(f), 1);
}

static void a_full_store_at_commit_is_survived(void **state)
{
    fixture *f = *state;
    tb_input input = frame(1, "one");

    tb_store_mem_fail_commit(f->node.store, 1, TB_ERR_FULL);
    assert_int_equal(tb_turn(&f->node, &input, 1), TB_ERR_FULL);
    tb_store_mem_fail_commit(f->node.store, 1, TB_ERR_FULL);
    assert_ok(tb_turn_each(&f->node, &input, 1));
    expect_said(f, "note error event=input_dropped kind=frame party= peer=1 why=\"the store is "
                   "full\"\n");
}

static void a_bad_input_is_dropped_and_noted_and_its_neighbours_go_on(void **state)
{
    fixture *f = *state;
    tb_input inputs[] = {frame(1, "a"), frame(2, "b"), frame(3, "bad"), frame(4, "d")};

    assert_ok(tb_turn_each(&f->node, inputs, 4));
    expect_said(f, "send peer=1 bytes=1\nsend peer=2 bytes=1\nanswer peer=1002 bytes=6\n"
                   "note error event=input_dropped kind=frame party= peer=3 why=\"a stored record "
                   "does not decode\"\n"
                   "send peer=4 bytes=1\nanswer peer=1004 bytes=6\n");
    assert_int_equal(rows(f), 3);
}

static void what_is_dropped_is_told_by_its_kind(void **state)
{
    static const struct {
        tb_input_kind kind;
        const char *said;
    } kinds[] = {
        {TB_INPUT_FRAME, "kind=frame"}, {TB_INPUT_LOCAL, "kind=local"},
        {TB_INPUT_LINK, "kind=link"},   {TB_INPUT_GONE, "kind=gone"},
        {TB_INPUT_TICK, "kind=tick"},
    };
    fixture *f = *state;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        tb_input input = frame(1, "bad");
        input.kind = kinds[i].kind;
        f->said_size = 0;
        assert_ok(tb_turn_each(&f->node, &input, 1));
        assert_non_null(strstr(f->said, kinds[i].said));
    }
    assert_int_equal(rows(f), 0);
}

static void whichever_inputs_are_bad_the_others_are_done_once_and_in_order(void **state)
{
    fixture *f = *state;
    char names[9][8];
    char expected[1024];

    for (unsigned bad = 0; bad < 1u << 9; bad += 7) {
        tb_input inputs[9];
        size_t size = 0;
        f->said_size = 0;
        for (unsigned i = 0; i < 9; i++) {
            snprintf(names[i], sizeof names[i], "x%u", i);
            inputs[i] = frame(i, (bad >> i & 1) != 0 ? "bad" : names[i]);
            if ((bad >> i & 1) == 0) {
                size += (size_t)snprintf(expected + size, sizeof expected - size,
                                         "send peer=%u bytes=2\n", i);
            }
        }
        expected[size] = 0;
        assert_ok(tb_turn_each(&f->node, inputs, 9));

        char sends[1024] = "";
        for (char *line = strtok(f->said, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            if (strncmp(line, "send", 4) == 0) {
                strcat(strcat(sends, line), "\n");
            }
        }
        assert_string_equal(sends, expected);
    }
}

static void a_full_list_of_effects_costs_only_the_input_that_fills_it(void **state)
{
    fixture *f = *state;
    tb_input inputs[] = {frame(1, "a"), frame(2, "flood"), frame(3, "c")};

    assert_int_equal(tb_turn(&f->node, inputs, 3), TB_ERR_LIMIT);
    assert_ok(tb_turn_each(&f->node, inputs, 3));
    expect_said(f, "send peer=1 bytes=1\nanswer peer=1001 bytes=6\n"
                   "note error event=input_dropped kind=frame party= peer=2 why=\"a compiled bound "
                   "was reached\"\n"
                   "send peer=3 bytes=1\nanswer peer=1003 bytes=6\n");
}

static void a_disk_that_fails_a_read_stops_the_process(void **state)
{
    fixture *f = *state;
    tb_input inputs[] = {frame(1, "a"), frame(2, "sick disk"), frame(3, "c")};

    assert_int_equal(tb_turn(&f->node, inputs, 3), TB_ERR_IO);
    assert_int_equal(tb_turn_each(&f->node, inputs, 3), TB_ERR_IO);
    expect_said(f, "");
}

static void every_attempt_forgets_first_and_draws_other_random_bytes(void **state)
{
    fixture *f = *state;
    tb_input inputs[] = {frame(1, "a"), frame(2, "bad")};

    assert_int_equal(tb_turn(&f->node, inputs, 2), TB_ERR_CORRUPT);
    assert_int_equal(f->forgotten, 1);
    assert_ok(tb_turn_each(&f->node, inputs, 2));
    assert_int_equal(f->seeds, 3);
    assert_int_equal(f->forgotten, 4); /* two attempts and the drop */
    assert_int_equal(f->steps, 4);
    for (unsigned i = 0; i < f->steps; i++) {
        for (unsigned j = i + 1; j < f->steps; j++) {
            assert_memory_not_equal(f->drawn[i], f->drawn[j], 16);
        }
    }
}

static void a_turn_that_only_reads_speaks_without_a_commit_that_could_fail(void **state)
{
    fixture *f = *state;
    tb_input input = frame(1, "look");

    tb_store_mem_fail_commit(f->node.store, 1, TB_ERR_IO);
    assert_ok(tb_turn(&f->node, &input, 1));
    expect_said(f, "send peer=1 bytes=4\nanswer peer=1001 bytes=6\n");
}

static void close_and_forget_may_be_absent(void **state)
{
    fixture *f = *state;
    tb_input input = frame(1, "a");

    f->node.close = NULL;
    f->node.forget = NULL;
    assert_ok(tb_turn(&f->node, &input, 1));
    expect_said(f, "send peer=1 bytes=1\n");
}

/* A logic that answers what was dropped. */
static void
dropped(void *logic, const tb_input *input, tb_err err, tb_arena *arena, tb_effects *effects)
{
    (void)logic;
    (void)arena;
    assert_ok(tb_effects_answer(effects, input->peer, tb_bytes_str(tb_err_text(err))));
}

static void who_asked_for_what_is_dropped_hears_why_and_nothing_is_stored(void **state)
{
    fixture *f = *state;
    tb_input inputs[] = {frame(1, "a"), frame(2, "bad")};

    f->node.dropped = dropped;
    assert_ok(tb_turn_each(&f->node, inputs, 2));
    expect_said(f, "send peer=1 bytes=1\nanswer peer=1001 bytes=6\n"
                   "note error event=input_dropped kind=frame party= peer=2 why=\"a stored record "
                   "does not decode\"\nanswer peer=2 bytes=31\n");
    assert_int_equal(rows(f), 1);
    assert_false(f->node.starved);
}

/* Or the shell would try it again without a pause. */
static void a_tick_that_fails_starves_the_node_whatever_the_reason(void **state)
{
    fixture *f = *state;
    tb_input inputs[] = {frame(1, "bad"), frame(2, "bad")};

    assert_ok(tb_turn_each(&f->node, inputs, 1));
    assert_false(f->node.starved);
    inputs[1].kind = TB_INPUT_TICK;
    assert_ok(tb_turn_each(&f->node, inputs, 2));
    assert_true(f->node.starved);
}

static void an_input_that_found_no_room_starves_the_node(void **state)
{
    fixture *f = *state;
    tb_input input = frame(1, "one");

    f->node.dropped = dropped;
    tb_store_mem_fail_commit(f->node.store, 1, TB_ERR_FULL);
    assert_ok(tb_turn_each(&f->node, &input, 1));
    assert_true(f->node.starved);
    /* It is the shell's to take back. */
    assert_ok(tb_turn(&f->node, &input, 1));
    assert_true(f->node.starved);
}

static void no_inputs_replayed_are_nothing_done(void **state)
{
    fixture *f = *state;

    assert_ok(tb_turn_each(&f->node, NULL, 0));
    assert_int_equal(f->seeds, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    TEST(effects_are_performed_after_the_commit_in_order),
    TEST(a_failed_step_says_and_stores_nothing),
    TEST(a_failed_commit_says_nothing_and_stops_the_process),
    TEST(a_full_store_at_commit_is_survived),
    TEST(a_bad_input_is_dropped_and_noted_and_its_neighbours_go_on),
    TEST(a_tick_that_fails_starves_the_node_whatever_the_reason),
    TEST(what_is_dropped_is_told_by_its_kind),
    TEST(whichever_inputs_are_bad_the_others_are_done_once_and_in_order),
    TEST(a_full_list_of_effects_costs_only_the_input_that_fills_it),
    TEST(a_disk_that_fails_a_read_stops_the_process),
    TEST(every_attempt_forgets_first_and_draws_other_random_bytes),
    TEST(a_turn_that_only_reads_speaks_without_a_commit_that_could_fail),
    TEST(close_and_forget_may_be_absent),
    TEST(who_asked_for_what_is_dropped_hears_why_and_nothing_is_stored),
    TEST(an_input_that_found_no_room_starves_the_node),
    TEST(no_inputs_replayed_are_nothing_done),
};

TB_RUN("store/turn", tests)
