/* A row that leads nowhere is told by the check of the link's tables like any other fault. */
#include "tests/test.h"

#include "tests/agents/bent_rows.h"
#include "tests/agents/peer.h"

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

static void put_row(town *t, tb_table table, const uint8_t *key, size_t size)
{
    tb_txn *txn = NULL;
    assert_ok(tb_store_begin(t->a.store, &t->paper, &txn));
    assert_ok(tb_store_put(txn, table, tb_bytes_of(key, size), tb_bytes_str("?")));
    assert_ok(tb_store_commit(txn));
}

static size_t faults_of(town *t)
{
    tb_bytes *faults = NULL;
    size_t count = 0;
    tb_txn *txn = peer_look(t, &t->a);
    assert_ok(tb_agent_check(&t->a.agent, txn, &faults, &count));
    tb_store_abort(txn);
    return count;
}

static void a_proof_under_a_key_of_no_notice_is_told(void **state)
{
    static const uint8_t key[] = {8, 0x7b};
    town *t = *state;
    assert_int_equal(faults_of(t), 0);
    put_row(t, TB_TABLE_PROOF, key, sizeof key);
    assert_true(faults_of(t) > 0);
}

/* A sender and a recipient with everything on its way: groups that wait, and some that arrived. */
static void whatever_a_row_of_the_link_is_the_check_goes_to_its_end(void **state)
{
    town *t = *state;
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_say(t, &t->a, "ct.33 one");
    town_relay(t, &t->a, &t->b);
    peer_say(t, &t->a, "ct.33 two");
    peer_say(t, &t->a, "hq three");
    peer *both[] = {&t->a, &t->b};
    for (size_t i = 0; i < 2; i++) {
        assert_true(bend_rows(both[i]->store, &both[i]->node.arena, &both[i]->agent) > 5);
        peer_check(t, both[i]);
    }
}

#define IN_TOWN(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(a_proof_under_a_key_of_no_notice_is_told),
    IN_TOWN(whatever_a_row_of_the_link_is_the_check_goes_to_its_end),
};

TB_RUN("agents/agent_check", tests)
