/* When a turn begins: at once, or at the agent's own moment while much of one sender flows in. */
#include "tests/test.h"

#include "agents/shell/gather.h"

#include <stdio.h>

#define START 1000000

static const tb_party hub = {{0}};
static const tb_party busy = {"bureau.11"};
static const tb_party calm = {"bureau.33"};

/* A gather into which bytes of busy came at `at`. */
static tb_gather flowing(size_t bytes, tb_time at)
{
    tb_gather gather = {.moment = 130};
    assert_true(tb_gather_note(&gather, at, &busy, bytes));
    return gather;
}

static void what_comes_alone_is_taken_at_once(void **state)
{
    (void)state;
    tb_gather gather = {.moment = 30};
    for (tb_time now = START; now < START + 10000; now += 80) {
        assert_true(tb_gather_note(&gather, now, &busy, 1600));
    }
}

static void the_bound_itself_does_not_wait_and_one_byte_more_does(void **state)
{
    (void)state;
    tb_gather gather = flowing(TB_GATHER_FLOW, START);
    assert_true(tb_gather_note(&gather, START, &busy, 1));
    assert_false(tb_gather_note(&gather, START, &busy, 1));
}

static void no_sender_makes_another_wait_nor_the_hubs_own_words(void **state)
{
    (void)state;
    tb_gather gather = flowing(1 << 20, START);
    for (tb_time now = START + 1; now < START + 10000; now += 10) {
        assert_false(tb_gather_note(&gather, now, &busy, 1 << 20));
    }
    assert_true(tb_gather_note(&gather, START + 10000, &calm, 1600));
    assert_true(tb_gather_note(&gather, START + 10000, &hub, 300));
    assert_false(tb_gather_note(&gather, START + 10000, &busy, 1600));
}

static void turns_begin_at_the_agents_own_moment(void **state)
{
    (void)state;
    static const struct {
        size_t flow;
        tb_time every;
    } levels[] = {
        {1, TB_GATHER_SHORT_MS},
        {TB_GATHER_SMALL, TB_GATHER_SHORT_MS},
        {TB_GATHER_SMALL + 1, TB_GATHER_MS},
        {TB_GATHER_LARGE, TB_GATHER_MS},
        {TB_GATHER_LARGE + 1, TB_GATHER_LONG_MS},
    };
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        tb_time every = levels[i].every;
        tb_gather gather = flowing(levels[i].flow, START);
        assert_int_equal(tb_gather_wait(&gather, START), 130 % every);
        for (tb_time now = START; now < START + TB_GATHER_PAST_MS; now++) {
            tb_gather again = flowing(levels[i].flow, now);
            tb_time wait = tb_gather_wait(&again, now);
            assert_int_equal((now + wait) % every, 130 % every);
            assert_in_range(wait, 1, every);
        }
    }
}

static void the_flow_is_forgotten_with_time_and_when_the_clock_is_set(void **state)
{
    (void)state;
    static const tb_time forgotten[] = {START + TB_GATHER_PAST_MS, START - 1, START + 86400000};
    tb_gather gather = flowing(1 << 20, START);
    assert_false(tb_gather_note(&gather, START + TB_GATHER_PAST_MS - 1, &busy, 0));
    for (size_t i = 0; i < sizeof forgotten / sizeof forgotten[0]; i++) {
        gather = flowing(1 << 20, START);
        assert_true(tb_gather_note(&gather, forgotten[i], &busy, 1));
    }
}

static void a_clock_before_1970_still_waits_within_the_bound(void **state)
{
    (void)state;
    tb_gather gather = flowing(1 << 20, -START);
    assert_in_range(tb_gather_wait(&gather, -START + 7), 1, TB_GATHER_LONG_MS);
}

/* The one heard of longest ago is forgotten, and begins anew. */
static void as_many_senders_are_remembered_as_there_are_places(void **state)
{
    (void)state;
    tb_gather gather = flowing(1 << 20, START);
    for (unsigned i = 1; i <= TB_GATHER_SENDERS; i++) {
        tb_party other = {{0}};
        snprintf(other.text, sizeof other.text, "party.%u", i);
        if (i == TB_GATHER_SENDERS) {
            tb_gather kept = gather;
            assert_false(tb_gather_note(&kept, START + 2, &busy, 1));
        }
        assert_true(tb_gather_note(&gather, START + 1, &other, 1 << 20));
        assert_false(tb_gather_note(&gather, START + 1, &other, 1));
    }
    assert_true(tb_gather_note(&gather, START + 2, &busy, 1));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_comes_alone_is_taken_at_once),
    cmocka_unit_test(the_bound_itself_does_not_wait_and_one_byte_more_does),
    cmocka_unit_test(no_sender_makes_another_wait_nor_the_hubs_own_words),
    cmocka_unit_test(turns_begin_at_the_agents_own_moment),
    cmocka_unit_test(the_flow_is_forgotten_with_time_and_when_the_clock_is_set),
    cmocka_unit_test(a_clock_before_1970_still_waits_within_the_bound),
    cmocka_unit_test(as_many_senders_are_remembered_as_there_are_places),
};

TB_RUN("agents/gather", tests)
