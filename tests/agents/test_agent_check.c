/* A row that leads nowhere is told by the check of the link's tables like any other fault. */
#include "tests/test.h"

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

#define IN_TOWN(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(a_proof_under_a_key_of_no_notice_is_told),
};

TB_RUN("agents/agent_check", tests)
