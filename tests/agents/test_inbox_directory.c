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

/* hq has a directory without the key that a signed with; b, who has the next, passes on to hq what
 * a said. The frame b sent, and hq as the hub of that version greeted it. */
static tb_frame passed_on_to_whom_a_key_is_not_known(town *t, uint32_t hub_has)
{
    static tb_directory next;
    static tb_directory old;
    static tb_directory_party parties[8];
    static tb_directory_key keys[3];
    (void)town_next_directory(t, NULL, 0, &next);
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_forget(&t->a);
    peer_forget(&t->b);
    peer_say(t, &t->a, "ct.33 one");
    town_relay(t, &t->a, &t->b);
    t->b.agent.directory = &next;
    peer_say(t, &t->b, "hq two pass=one");

    old = t->directory;
    assert_true(old.party_count <= sizeof parties / sizeof parties[0]);
    memcpy(parties, old.parties, old.party_count * sizeof *parties);
    for (size_t i = 0; i < old.party_count; i++) {
        if (tb_party_equal(&parties[i].id, &t->a.agent.self)) {
            memcpy(keys, parties[i].keys, sizeof keys);
            keys[0].id.bytes[0] ^= 1; /* the one it signs with */
            parties[i].keys = keys;
        }
    }
    old.parties = parties;
    t->c.agent.directory = &old;
    uint32_t version = t->directory.version;
    t->directory.version = hub_has;
    town_link(t, &t->c);
    t->directory.version = version;
    peer_forget(&t->c);
    return peer_frame(t, &t->b, TB_FRAME_SUBMIT, 0);
}

static void what_cannot_be_read_without_a_directory_the_hub_has_waits_for_it(void **state)
{
    town *t = *state;
    tb_frame said = passed_on_to_whom_a_key_is_not_known(t, t->directory.version + 1);
    town_deliver(t, &said, &t->c);
    t->now += TB_DIRECTORY_WAIT_MS + 1;
    peer_tick(t, &t->c, 0); /* the alarm: the hub withholds it */
    assert_int_equal(peer_alarm(t, &t->c), TB_REFUSED_DIRECTORY_WITHHELD);
    town_deliver(t, &said, &t->c);
    assert_string_equal(peer_applied(t, &t->c), "");
    assert_int_equal(peer_count(t, &t->c, TB_FRAME_REFUSED), 0);
    assert_true(peer_count(t, &t->c, TB_FRAME_HELLO) > 0); /* asked for, again and again */
    t->c.agent.directory = &t->directory;
    town_link(t, &t->c);
    town_deliver(t, &said, &t->c);
    assert_string_equal(peer_applied(t, &t->c), "two ^one");
    peer_check(t, &t->c);
}

static void a_directory_that_only_its_sender_names_keeps_no_notice_for_ever(void **state)
{
    town *t = *state;
    tb_frame said = passed_on_to_whom_a_key_is_not_known(t, t->directory.version);
    town_deliver(t, &said, &t->c);
    assert_int_equal(peer_count(t, &t->c, TB_FRAME_REFUSED), 0);
    t->now += TB_DIRECTORY_WAIT_MS + 1;
    town_deliver(t, &said, &t->c);
    tb_frame refused = peer_frame(t, &t->c, TB_FRAME_REFUSED, 0);
    assert_int_equal(refused.refused.line.line.code, TB_REFUSED_UNKNOWN_KEY);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TOWN(a_notice_that_names_a_newer_directory_waits_until_it_is_here),
        IN_TOWN(while_it_waits_hello_is_said_again_to_be_given_the_directory),
        IN_TOWN(a_directory_that_never_comes_holds_up_no_notice_for_ever),
        IN_TOWN(what_cannot_be_read_without_a_directory_the_hub_has_waits_for_it),
        IN_TOWN(a_directory_that_only_its_sender_names_keeps_no_notice_for_ever),
    };
    return cmocka_run_group_tests_name("agents/inbox_directory", tests, NULL, NULL);
}
