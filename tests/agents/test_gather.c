/* When a turn begins: at once, or at the agent's own moment while much flows in. */
#include "tests/test.h"

#include "agents/shell/gather.h"

#define START 1000000

/* A turn that took bytes at `at`. */
static tb_gather flowing(size_t bytes, tb_time at)
{
    tb_gather gather = {.moment = 30};
    tb_gather_note(&gather, at, bytes);
    return gather;
}

static void what_comes_alone_is_taken_at_once(void **state)
{
    (void)state;
    tb_gather gather = {.moment = 30};
    assert_int_equal(tb_gather_wait(&gather, START), 0);
    for (tb_time now = START; now < START + 10000; now += 80) {
        assert_int_equal(tb_gather_wait(&gather, now), 0);
        tb_gather_note(&gather, now, 1600);
    }
}

static void while_much_flows_turns_begin_at_the_agents_own_moment(void **state)
{
    (void)state;
    tb_gather gather = flowing(TB_GATHER_FLOW * 3, START);
    for (tb_time after = 1; after < TB_GATHER_MS; after++) {
        tb_time begins = START + after + tb_gather_wait(&gather, START + after);
        assert_int_equal(begins % TB_GATHER_MS, 30);
        assert_in_range(begins - START - after, 1, TB_GATHER_MS);
    }
}

static void the_bound_itself_does_not_wait_and_one_byte_more_does(void **state)
{
    (void)state;
    tb_gather gather = flowing(TB_GATHER_FLOW, START);
    assert_int_equal(tb_gather_wait(&gather, START), 0);
    gather = flowing(TB_GATHER_FLOW + 1, START);
    assert_int_equal(tb_gather_wait(&gather, START), 30);
}

static void the_flow_is_forgotten_with_time_and_when_the_clock_is_set(void **state)
{
    (void)state;
    tb_gather gather = flowing(1 << 20, START);
    assert_true(tb_gather_wait(&gather, START + TB_GATHER_PAST_MS - 1) > 0);
    assert_int_equal(tb_gather_wait(&gather, START + TB_GATHER_PAST_MS), 0);
    assert_int_equal(tb_gather_wait(&gather, START - 1), 0);
    assert_int_equal(tb_gather_wait(&gather, START + 86400000), 0);
}

static void a_clock_before_1970_still_waits_within_the_bound(void **state)
{
    (void)state;
    tb_gather gather = flowing(1 << 20, -START);
    assert_in_range(tb_gather_wait(&gather, -START + 7), 1, TB_GATHER_MS);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_comes_alone_is_taken_at_once),
    cmocka_unit_test(while_much_flows_turns_begin_at_the_agents_own_moment),
    cmocka_unit_test(the_bound_itself_does_not_wait_and_one_byte_more_does),
    cmocka_unit_test(the_flow_is_forgotten_with_time_and_when_the_clock_is_set),
    cmocka_unit_test(a_clock_before_1970_still_waits_within_the_bound),
};

TB_RUN("agents/gather", tests)
