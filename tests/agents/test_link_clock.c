#include "agents/clock.h"

#include "tests/agents/peer.h"
#include "tests/messages/samples.h"
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

static tb_now now_at(town *t, peer *p)
{
    tb_now now;
    tb_txn *txn = peer_look(t, p);
    assert_ok(tb_clock_now(&p->agent, txn, t->now, &now));
    tb_store_abort(txn);
    return now;
}

static void tell(town *t, peer *p, tb_time civil)
{
    tb_frame beat = {.kind = TB_FRAME_BEAT, .civil = civil};
    town_send(t, p, &beat);
}

static void outside_exercises_civil_time_is_real_time(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    tell(t, &t->a, SAMPLE_TIME);
    assert_int_equal(now_at(t, &t->a).civil, t->now);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    assert_int_equal(peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0).civil, 0);
}

static void in_an_exercise_it_only_moves_forward(void **state)
{
    town *t = *state;
    tb_directory exercise = t->directory;
    exercise.exercise = true;
    t->a.agent.directory = &exercise;
    town_link(t, &t->a);
    assert_int_equal(now_at(t, &t->a).civil, t->now);
    tell(t, &t->a, SAMPLE_TIME);
    assert_int_equal(now_at(t, &t->a).civil, SAMPLE_TIME);
    assert_int_equal(now_at(t, &t->a).real, t->now);
    tell(t, &t->a, SAMPLE_TIME - 1);
    tell(t, &t->a, 0);
    assert_int_equal(now_at(t, &t->a).civil, SAMPLE_TIME);
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 one");
    assert_int_equal(peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0).civil, SAMPLE_TIME);
}

/* The clock never goes back, so what is far from every campaign would spoil the exercise for good.
 */
static void a_time_far_from_every_campaign_is_not_followed(void **state)
{
    town *t = *state;
    tb_directory exercise = t->directory;
    exercise.exercise = true;
    t->a.agent.directory = &exercise;
    static const tb_campaign year = {.id = "year", .from = "2015-01-01", .to = "2015-12-31"};
    const tb_campaign *list[] = {&year};
    tb_campaigns campaigns = {list, 1};
    t->a.agent.campaigns = &campaigns;
    town_link(t, &t->a);
    tb_time first = tb_day_start(16436) - TB_EXERCISE_MARGIN_MS; /* 2015-01-01 */
    tb_time last = tb_day_start(16801) + TB_EXERCISE_MARGIN_MS;  /* 2016-01-01 */
    tell(t, &t->a, first - 1);
    assert_int_equal(now_at(t, &t->a).civil, t->now);
    tell(t, &t->a, first);
    assert_int_equal(now_at(t, &t->a).civil, first);
    tell(t, &t->a, last + 1);
    assert_int_equal(now_at(t, &t->a).civil, first);
    tell(t, &t->a, last);
    assert_int_equal(now_at(t, &t->a).civil, last);
    t->a.agent.campaigns = NULL;
}

static tb_err deadline(town *t, peer *p, tb_time *out)
{
    tb_txn *txn = peer_look(t, p);
    tb_err err = tb_agent_deadline(&p->agent, txn, out);
    tb_store_abort(txn);
    return err;
}

static void the_next_tick_is_when_something_is_due(void **state)
{
    town *t = *state;
    tb_time due = 0;
    /* without a link only that the directory's end is near */
    tb_time warning = TOWN_TIME + TOWN_FRESH_MS - 60ll * 24 * 3600 * 1000 + 1;
    assert_ok(deadline(t, &t->a, &due));
    assert_int_equal(due, warning);
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    assert_ok(deadline(t, &t->a, &due));
    assert_int_equal(due, t->now + 3000);
    town_link(t, &t->a);
    assert_ok(deadline(t, &t->a, &due));
    assert_int_equal(due, t->now + TB_BEAT_MS);
    t->now += 1000;
    peer_say(t, &t->a, "ct.33 one");
    assert_ok(deadline(t, &t->a, &due));
    assert_true(due <= t->now + TB_RESEND_AFTER_MS);
    peer_step(t, &t->a, TB_INPUT_GONE, tb_bytes_of(NULL, 0));
    assert_ok(deadline(t, &t->a, &due));
    assert_int_equal(due, warning);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(outside_exercises_civil_time_is_real_time),
    IN_TOWN(in_an_exercise_it_only_moves_forward),
    IN_TOWN(a_time_far_from_every_campaign_is_not_followed),
    IN_TOWN(the_next_tick_is_when_something_is_due),
};

TB_RUN("agents/link_clock", tests)
