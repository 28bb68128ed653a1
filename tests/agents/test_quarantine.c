/* What was set aside: retried, it applies, is refused or stays; dropped, a record of it stays. */
#include "agents/quarantine.h"
#include "tests/agents/peer.h"
#include "tests/test.h"

#define NOTICE "bureau.33/1/1"

/* "ill" of a is set aside at b. */
static int set_up(void **state)
{
    town *t = town_make();
    town_link(t, &t->a);
    town_link(t, &t->b);
    t->b.poison = "ill";
    t->b.poison_err = TB_ERR_CORRUPT;
    peer_say(t, &t->a, "ct.33 ill");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &sent, &t->b);
    for (size_t i = 0; i < 6; i++) {
        peer_tick(t, &t->b, 1);
    }
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 1);
    peer_forget(&t->b);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

static tb_local_answer list(town *t, const char *id, uint32_t limit, tb_bytes after)
{
    tb_local_page page = {tb_bytes_str(id), after, limit};
    tb_local_answer answer = {.code = TB_ACCEPTED};
    tb_txn *txn = peer_look(t, &t->b);
    assert_ok(tb_quarantine_list(txn, &page, &answer));
    tb_store_abort(txn);
    return answer;
}

static tb_refusal told(town *t, const peer *p)
{
    return peer_frame(t, p, TB_FRAME_REFUSED, 0).refused.line.line.code;
}

static void it_is_listed_with_sender_attempts_and_why(void **state)
{
    town *t = *state;
    tb_local_answer answer = list(t, "", 0, tb_bytes_of(NULL, 0));
    assert_int_equal(answer.quarantine.count, 1);
    const tb_local_set_aside *line = &answer.quarantine.lines[0];
    assert_true(tb_bytes_equal(line->notice, tb_bytes_str(NOTICE)));
    assert_string_equal(line->sender.text, "bureau.33");
    assert_int_equal(line->attempts, TB_APPLY_ATTEMPTS_MAX);
    assert_int_equal(line->code, TB_REFUSED_CANNOT_APPLY);
    assert_false(line->dropped);
    assert_int_equal(list(t, NOTICE, 0, tb_bytes_of(NULL, 0)).quarantine.count, 1);
    assert_int_equal(list(t, "hq/1/1", 0, tb_bytes_of(NULL, 0)).code, TB_REFUSED_NOT_SET_ASIDE);
}

static void what_heals_is_applied_and_its_sender_is_told(void **state)
{
    town *t = *state;
    t->b.poison = NULL;
    peer_say(t, &t->b, "retry " NOTICE);
    assert_string_equal(peer_applied(t, &t->b), "ill");
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 0);
    assert_int_equal(told(t, &t->b), TB_REFUSED_APPLIED_LATER);
    assert_true(peer_noted(&t->b, "event=settled code=accepted outcome=1"));
    peer_check(t, &t->b);
}

static void what_fails_again_stays_and_counts_the_attempt(void **state)
{
    town *t = *state;
    peer_say(t, &t->b, "retry " NOTICE);
    assert_true(peer_noted(&t->b, "event=settled code=cannot_apply"));
    assert_string_equal(peer_applied(t, &t->b), "");
    assert_int_equal(list(t, NOTICE, 0, tb_bytes_of(NULL, 0)).quarantine.lines[0].attempts,
                     TB_APPLY_ATTEMPTS_MAX + 1);
    assert_int_equal(peer_count(t, &t->b, TB_FRAME_REFUSED), 0);
    /* And again, until it heals. */
    peer_say(t, &t->b, "retry " NOTICE);
    assert_int_equal(list(t, NOTICE, 0, tb_bytes_of(NULL, 0)).quarantine.lines[0].attempts,
                     TB_APPLY_ATTEMPTS_MAX + 2);
    t->b.poison = NULL;
    peer_say(t, &t->b, "retry " NOTICE);
    assert_string_equal(peer_applied(t, &t->b), "ill");
}

static void what_the_rules_refuse_on_a_retry_is_refused_for_that(void **state)
{
    town *t = *state;
    t->b.poison = NULL;
    t->b.disliked = "ill";
    peer_say(t, &t->b, "retry " NOTICE);
    assert_true(peer_noted(&t->b, "event=settled code=accepted outcome=2 as=role"));
    assert_int_equal(told(t, &t->b), TB_REFUSED_ROLE);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 0);
}

/* Its sender's key was cut below it while it lay here: beyond the cut it is good for nobody. */
static void what_a_cut_left_without_a_signature_is_not_applied(void **state)
{
    town *t = *state;
    tb_directory_party *a = &t->directory.parties[0];
    tb_cut cut = {.party = a->id, .key = a->keys[0].id, .at = t->now, .reason = TB_CUT_STOLEN};
    tb_directory next;
    (void)town_next_directory(t, &cut, 1, &next);
    t->b.agent.directory = &next;
    t->b.poison = NULL;
    peer_say(t, &t->b, "retry " NOTICE);
    assert_string_equal(peer_applied(t, &t->b), "");
    assert_int_equal(told(t, &t->b), TB_REFUSED_KEY_REVOKED);
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 0);
}

static void a_full_store_is_not_an_attempt(void **state)
{
    town *t = *state;
    t->b.poison_err = TB_ERR_FULL;
    peer_say(t, &t->b, "retry " NOTICE);
    assert_int_equal(list(t, NOTICE, 0, tb_bytes_of(NULL, 0)).quarantine.lines[0].attempts,
                     TB_APPLY_ATTEMPTS_MAX);
}

static void dropping_needs_a_reason_and_keeps_who_and_why(void **state)
{
    town *t = *state;
    peer_say(t, &t->b, "drop " NOTICE);
    assert_true(peer_noted(&t->b, "event=settled code=reason_missing"));
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 1);
    peer_say(t, &t->b, "drop " NOTICE " twice-sent");
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 0);
    assert_int_equal(told(t, &t->b), TB_REFUSED_DROPPED);
    tb_local_answer answer = list(t, "", 0, tb_bytes_of(NULL, 0));
    assert_int_equal(answer.quarantine.count, 1);
    assert_true(answer.quarantine.lines[0].dropped);
    assert_true(tb_bytes_equal(answer.quarantine.lines[0].account, tb_bytes_str("clerk")));
    assert_true(tb_bytes_equal(answer.quarantine.lines[0].reason, tb_bytes_str("twice-sent")));
    /* There is nothing left to retry. */
    peer_say(t, &t->b, "retry " NOTICE);
    assert_true(peer_noted(&t->b, "event=settled code=not_set_aside"));
}

static void nothing_is_decided_while_nothing_may_be_signed(void **state)
{
    town *t = *state;
    tb_bytes none = {NULL, 0};
    peer_step(t, &t->b, TB_INPUT_GONE, none);
    t->b.poison = NULL;
    peer_say(t, &t->b, "retry " NOTICE);
    assert_true(peer_noted(&t->b, "event=settled code=not_linked"));
    assert_int_equal(peer_rows(t, &t->b, TB_TABLE_QUARANTINE), 1);
}

static void pages_go_through_both_tables(void **state)
{
    town *t = *state;
    peer_say(t, &t->b, "drop " NOTICE " first");
    peer_forget(&t->a);
    peer_say(t, &t->a, "ct.33 ill");
    tb_frame sent = peer_frame(t, &t->a, TB_FRAME_SUBMIT, 0);
    town_deliver(t, &sent, &t->b);
    for (size_t i = 0; i < 6; i++) {
        peer_tick(t, &t->b, 1);
    }
    tb_local_answer first = list(t, "", 1, tb_bytes_of(NULL, 0));
    assert_int_equal(first.quarantine.count, 1);
    assert_false(first.quarantine.lines[0].dropped);
    tb_local_answer second = list(t, "", 1, first.quarantine.next);
    assert_int_equal(second.quarantine.count, 1);
    assert_true(second.quarantine.lines[0].dropped);
    assert_int_equal(list(t, "", 1, second.quarantine.next).quarantine.count, 0);
}

static void a_page_that_begins_behind_no_key_or_names_nobody_is_refused(void **state)
{
    town *t = *state;
    static uint8_t after[TB_KEY_BYTES_MAX + 2] = {1};
    assert_int_equal(list(t, "", 0, tb_bytes_of(after, sizeof after)).code, TB_REFUSED_REQUEST);
    assert_int_equal(list(t, "", 0, tb_bytes_of(after, 1)).quarantine.count, 1);
    assert_int_equal(list(t, "", UINT32_MAX, tb_bytes_of(NULL, 0)).quarantine.count, 1);
    assert_int_equal(list(t, "bureau.33/1/2", 0, tb_bytes_of(NULL, 0)).code,
                     TB_REFUSED_NOT_SET_ASIDE);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(it_is_listed_with_sender_attempts_and_why),
    IN_TOWN(what_heals_is_applied_and_its_sender_is_told),
    IN_TOWN(what_fails_again_stays_and_counts_the_attempt),
    IN_TOWN(what_the_rules_refuse_on_a_retry_is_refused_for_that),
    IN_TOWN(what_a_cut_left_without_a_signature_is_not_applied),
    IN_TOWN(a_full_store_is_not_an_attempt),
    IN_TOWN(dropping_needs_a_reason_and_keeps_who_and_why),
    IN_TOWN(nothing_is_decided_while_nothing_may_be_signed),
    IN_TOWN(pages_go_through_both_tables),
    IN_TOWN(a_page_that_begins_behind_no_key_or_names_nobody_is_refused),
};

TB_RUN("agents/quarantine", tests)
