/* A connection that goes on may have lost any frame: Hello again says all of it anew. */
#include "agents/link.h"

#include "base/limits.h"
#include "tests/agents/peer.h"
#include "tests/test.h"

static int set_up(void **state)
{
    *state = town_make();
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

/* Time passes while the hub beats, so that the session lives. */
static void live(town *t, peer *p, tb_time for_ms)
{
    for (tb_time left = for_ms; left > 0; left -= TB_BEAT_MS) {
        tb_frame beat = {.kind = TB_FRAME_BEAT};
        town_send(t, p, &beat);
        peer_tick(t, p, left < TB_BEAT_MS ? left : TB_BEAT_MS);
    }
}

static void with_something_outstanding_hello_is_said_again_after_ten_minutes(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_say(t, &t->a, "ct.33 one");
    peer_forget(&t->a);
    live(t, &t->a, TB_GREET_AGAIN_MS - 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 0);
    peer_tick(t, &t->a, 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
    peer_check(t, &t->a);
}

/* Then every tick has work of its own, and none is without. */
static void who_sends_the_same_again_and_again_says_hello_again_too(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_say(t, &t->a, "ct.33 one");
    peer_forget(&t->a);
    for (tb_time past = 0; past < TB_GREET_AGAIN_MS; past += TB_RESEND_AFTER_MS) {
        assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 0);
        tb_frame beat = {.kind = TB_FRAME_BEAT};
        town_send(t, &t->a, &beat);
        peer_tick(t, &t->a, TB_RESEND_AFTER_MS);
    }
    assert_true(peer_count(t, &t->a, TB_FRAME_SUBMIT) > 1);
    peer_tick(t, &t->a, 0);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
    peer_check(t, &t->a);
}

static void with_nothing_outstanding_hello_is_said_again_after_an_hour(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    live(t, &t->a, TB_GREET_IDLE_MS - 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 0);
    peer_tick(t, &t->a, 1);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
    peer_check(t, &t->a);
}

static void a_clock_that_was_set_back_does_not_hold_up_hello(void **state)
{
    town *t = *state;
    tb_frame bye = {.kind = TB_FRAME_BYE};
    bye.bye.code = TB_REFUSED_NO_SESSION;
    town_link(t, &t->a);
    peer_forget(&t->a);
    t->now -= INT64_C(24) * 3600 * 1000;
    town_send(t, &t->a, &bye);
    peer_tick(t, &t->a, 30000);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
}

static void a_clock_that_was_set_back_does_not_hold_up_a_beat(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    peer_forget(&t->a);
    t->now -= INT64_C(24) * 3600 * 1000;
    peer_tick(t, &t->a, 0);
    peer_tick(t, &t->a, TB_BEAT_MS);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_BEAT), 1);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TOWN(with_something_outstanding_hello_is_said_again_after_ten_minutes),
        IN_TOWN(who_sends_the_same_again_and_again_says_hello_again_too),
        IN_TOWN(with_nothing_outstanding_hello_is_said_again_after_an_hour),
        IN_TOWN(a_clock_that_was_set_back_does_not_hold_up_hello),
        IN_TOWN(a_clock_that_was_set_back_does_not_hold_up_a_beat),
    };
    return cmocka_run_group_tests_name("agents/link_again", tests, NULL, NULL);
}
