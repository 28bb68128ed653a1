/* An agent and a hub that have no protocol in common. */
#include "agents/link.h"

#include "messages/protocol.h"
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

/* The hub speaks other versions and says so, in a frame of one of them. */
static void hub_speaks(town *t, uint32_t frame_in, uint32_t min, uint32_t max)
{
    tb_frame frame = {.kind = TB_FRAME_BYE, .protocol = frame_in, .hub = t->directory.hub};
    tb_bytes bytes;
    frame.bye = (tb_bye){TB_REFUSED_PROTOCOL, tb_bytes_str("see the ranges"), min, max};
    assert_ok(tb_frame_encode(&frame, &t->paper, &bytes));
    peer_step(t, &t->a, TB_INPUT_FRAME, bytes);
}

static tb_alarm_row last_alarm(town *t, peer *p)
{
    tb_alarm_row row = {.code = TB_ACCEPTED};
    uint64_t number;
    tb_txn *txn = peer_look(t, p);
    assert_ok(tb_alarm_last(txn, UINT64_MAX, &number, &row));
    assert_ok(tb_arena_copy(&t->paper, row.text, &row.text));
    tb_store_abort(txn);
    return row;
}

static void hello_is_written_in_the_oldest_protocol_and_names_the_range(void **state)
{
    town *t = *state;
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    tb_frame hello = peer_frame(t, &t->a, TB_FRAME_HELLO, 0);
    assert_int_equal(hello.protocol, tb_protocol_spoken().min);
    assert_int_equal(hello.hello.protocol_min, tb_protocol_spoken().min);
    assert_int_equal(hello.hello.protocol_max, tb_protocol_spoken().max);
}

static void a_newer_hub_is_an_alarm_that_says_the_agent_is_to_be_upgraded(void **state)
{
    town *t = *state;
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    hub_speaks(t, 2, 2, 3);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_DOWN);
    tb_alarm_row alarm = last_alarm(t, &t->a);
    assert_int_equal(alarm.code, TB_REFUSED_PROTOCOL);
    assert_true(tb_bytes_equal(
        alarm.text,
        tb_bytes_str("前置程序支持协议版本 1,协同平台支持 2 至 3,没有共同版本;请升级前置程序。"
                     " / The agent speaks protocol 1, the hub 2 to 3; they have none in common: "
                     "upgrade the agent.")));
    assert_true(peer_noted(&t->a, "hub_min=2 hub_max=3 upgrade=agent"));

    /* said once, however often the hub repeats it; another range is said again */
    hub_speaks(t, 2, 2, 3);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_ALARM), 1);
    hub_speaks(t, 2, 2, 4);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_ALARM), 2);
}

static void a_hub_that_says_nothing_of_its_range_is_quoted(void **state)
{
    town *t = *state;
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    hub_speaks(t, TB_PROTOCOL, 0, 0);
    assert_true(tb_bytes_equal(last_alarm(t, &t->a).text, tb_bytes_str("see the ranges")));
}

static void it_is_tried_again_after_the_pause_and_links_when_the_hub_was_upgraded(void **state)
{
    town *t = *state;
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    hub_speaks(t, 2, 2, 3);
    peer_forget(&t->a);
    peer_tick(t, &t->a, 30000);
    assert_int_equal(peer_count(t, &t->a, TB_FRAME_HELLO), 1);
    town_link(t, &t->a);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_CONFIRMED);
}

static void a_welcome_in_a_protocol_that_is_not_spoken_ends_the_session(void **state)
{
    town *t = *state;
    tb_frame frame = {.kind = TB_FRAME_WELCOME};
    peer_step(t, &t->a, TB_INPUT_LINK, tb_bytes_of(NULL, 0));
    frame.welcome.protocol = TB_PROTOCOL + 1;
    frame.welcome.hub_incarnation = t->hub_run;
    peer_forget(&t->a);
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_frame(t, &t->a, TB_FRAME_BYE, 0).bye.code, TB_REFUSED_PROTOCOL);
    assert_int_equal(peer_link(t, &t->a).state, TB_LINK_DOWN);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(hello_is_written_in_the_oldest_protocol_and_names_the_range),
    IN_TOWN(a_newer_hub_is_an_alarm_that_says_the_agent_is_to_be_upgraded),
    IN_TOWN(a_hub_that_says_nothing_of_its_range_is_quoted),
    IN_TOWN(it_is_tried_again_after_the_pause_and_links_when_the_hub_was_upgraded),
    IN_TOWN(a_welcome_in_a_protocol_that_is_not_spoken_ends_the_session),
};

TB_RUN("agents/link_protocol", tests)
