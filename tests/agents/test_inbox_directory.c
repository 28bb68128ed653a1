/* What is signed under keys of a directory that is not here yet is not refused for that. */
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

/* a has the next version of the directory and notifies ct.33; the frame it sent. */
static tb_frame said_under_the_next(town *t, tb_directory *next)
{
    tb_document document = town_next_directory(t, NULL, 0, next);
    tb_frame frame = {.kind = TB_FRAME_DOCUMENT, .document = document};
    town_link(t, &t->a);
    town_link(t, &t->b);
    town_send(t, &t->a, &frame);
    t->a.agent.directory = next;
    peer_forget(&t->a);
    peer_forget(&t->b);
    peer_say(t, &t->a, "ct.33 one");
    return peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
}

static void a_notice_that_names_a_newer_directory_waits_until_it_is_here(void **state)
{
    town *t = *state;
    static tb_directory next;
    tb_frame said = said_under_the_next(t, &next);
    town_deliver(t, &said, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "");
    t->b.agent.directory = &next;
    town_deliver(t, &said, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "one");
    peer_check(t, &t->b);
}

static void while_it_waits_hello_is_said_again_to_be_given_the_directory(void **state)
{
    town *t = *state;
    static tb_directory next;
    tb_frame said = said_under_the_next(t, &next);
    town_deliver(t, &said, &t->b);
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_HELLO), 0);
    t->now += TB_GAP_HELLO_MS;
    town_deliver(t, &said, &t->b);
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_HELLO), 1);
}

static void a_directory_that_never_comes_holds_up_no_notice_for_ever(void **state)
{
    town *t = *state;
    static tb_directory next;
    tb_frame said = said_under_the_next(t, &next);
    town_deliver(t, &said, &t->b);
    t->now += TB_DIRECTORY_WAIT_MS + 1;
    town_deliver(t, &said, &t->b);
    assert_string_equal(peer_applied(t, &t->b), "one");
    peer_check(t, &t->b);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TOWN(a_notice_that_names_a_newer_directory_waits_until_it_is_here),
        IN_TOWN(while_it_waits_hello_is_said_again_to_be_given_the_directory),
        IN_TOWN(a_directory_that_never_comes_holds_up_no_notice_for_ever),
    };
    return cmocka_run_group_tests_name("agents/inbox_directory", tests, NULL, NULL);
}
