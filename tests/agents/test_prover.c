/* Many events proved with each tree and notice once: bent rows are found all the same. */
#include "agents/prover.h"
#include "base/pack.h"
#include "messages/event.h"
#include "tests/agents/peer.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

#define SAID 4
/* Form, suite and kind of tree, then the signer, whose last byte ends its text whatever is stored.
 */
#define SIGNER_END (1 + 4 + 1 + TB_PARTY_BYTES - 1)

/* a says four things to two parties in one turn: one tree. */
static int set_up(void **state)
{
    town *t = town_make();
    static const char *const texts[SAID] = {"hq other", "ct.33 one", "ct.33 two", "hq more"};
    town_link(t, &t->a);
    town_link(t, &t->b);
    peer_forget(&t->a);
    peer_say_all(t, &t->a, texts, SAID);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

/* The first notices of a's whose trees and rows are kept. */
static tb_passed first_passed(town *t)
{
    town_link(t, &t->c);
    town_relay(t, &t->a, &t->b);
    peer_say(t, &t->b, "hq three pass=one");
    town_relay(t, &t->b, &t->c);
    tb_passed passed;
    assert_int_equal(tb_passed_decode(t->c.passed, &t->paper, &passed), TB_ACCEPTED);
    return passed;
}

/* The event "one" as a row of a's own store would have it. */
static tb_event_row row_of(town *t, const tb_passed *passed, tb_event_key *key)
{
    tb_header header;
    assert_int_equal(tb_header_decode(passed->header, &t->paper, &header), TB_ACCEPTED);
    *key = (tb_event_key){.event = tb_event_id(passed->event)};
    return (tb_event_row){.sender = header.sender,
                          .incarnation = header.incarnation,
                          .notice = header.notice,
                          .standing = TB_STANDING_EFFECTIVE,
                          .event = passed->event};
}

static void
prove(town *t, tb_txn *txn, const tb_event_key *key, const tb_event_row *row, tb_proven *out)
{
    static tb_prover prover;
    tb_step step = {.agent = &t->a.agent, .txn = txn, .arena = tb_txn_arena(txn)};
    memset(&t->a.agent.roots, 0, sizeof t->a.agent.roots);
    assert_int_equal(tb_prover_init(&step, &prover), TB_OK);
    assert_int_equal(tb_prove_event(&prover, key, row, out), TB_OK);
    tb_proven again; /* from what is known of its notice */
    assert_int_equal(tb_prove_event(&prover, key, row, &again), TB_OK);
    assert_int_equal(again.refused, out->refused);
    assert_int_equal(again.is_signed, out->is_signed);
}

static void an_event_is_proven_by_the_tree_its_notice_stands_in(void **state)
{
    town *t = *state;
    tb_passed passed = first_passed(t);
    tb_event_key key;
    tb_proven proven;
    tb_event_row row = row_of(t, &passed, &key);
    tb_txn *txn = peer_look(t, &t->a);
    uint64_t tree;
    uint32_t place;
    tb_proof_row proof;
    assert_int_equal(
        tb_proof_stands(txn, &row.sender, &row.incarnation, row.notice, &proof, &tree, &place),
        TB_OK);
    assert_true(tree != 0); /* else nothing here is about trees */
    prove(t, txn, &key, &row, &proven);
    assert_true(proven.is_signed);
    assert_int_equal(proven.refused, TB_ACCEPTED);
    tb_store_abort(txn);
}

/* Each byte of the tree's row in turn: root, signature, leaves, siblings. */
static void any_bent_byte_of_the_tree_is_found(void **state)
{
    town *t = *state;
    tb_passed passed = first_passed(t);
    tb_event_key key;
    tb_event_row row = row_of(t, &passed, &key);
    tb_bytes all = {NULL, 0};
    size_t size = 1;
    for (size_t at = 0; at < size; at++) {
        if (at == SIGNER_END) {
            continue;
        }
        tb_bytes name;
        tb_bytes value;
        tb_proven proven = {.refused = TB_ACCEPTED};
        static tb_prover prover;
        tb_txn *txn;
        tb_arena_reset(&t->a.node.arena);
        assert_int_equal(tb_store_begin(t->a.store, &t->a.node.arena, &txn), TB_OK);
        tb_step step = {.agent = &t->a.agent, .txn = txn, .arena = tb_txn_arena(txn)};
        assert_int_equal(tb_store_seek(txn, TB_TABLE_PROOF_TREE, all, all, &name, &value), TB_OK);
        size = value.size;
        uint8_t *bent = tb_arena_alloc(tb_txn_arena(txn), size);
        assert_non_null(bent);
        memcpy(bent, value.data, size);
        bent[at] ^= 1;
        assert_int_equal(tb_store_put(txn, TB_TABLE_PROOF_TREE, name, tb_bytes_of(bent, size)),
                         TB_OK);
        assert_int_equal(tb_prover_init(&step, &prover), TB_OK);
        tb_err err = tb_prove_event(&prover, &key, &row, &proven);
        if (err == TB_OK && proven.refused == TB_ACCEPTED) {
            fail_msg("byte %zu of %zu may be bent", at, size);
        }
        assert_true(err == TB_OK || err == TB_ERR_CORRUPT);
        tb_store_abort(txn);
    }
}

/* Each byte of the notice's own row: header, ids, and where in which tree it stands. Whose case the
 * events are of says nothing about whether they are signed. */
static void any_bent_byte_of_the_notices_row_is_found(void **state)
{
    town *t = *state;
    tb_passed passed = first_passed(t);
    tb_event_key key;
    tb_event_row row = row_of(t, &passed, &key);
    uint8_t name[TB_PARTY_BYTES + 16 + 8];
    tb_writer w;
    tb_writer_init(&w, name, sizeof name);
    tb_put_raw(&w, row.sender.text, TB_PARTY_BYTES);
    tb_put_u64(&w, row.incarnation.counter);
    tb_put_raw(&w, row.incarnation.random, sizeof row.incarnation.random);
    tb_put_u64(&w, row.notice);
    size_t size = 1;
    for (size_t at = 0; at < size; at++) {
        static const uint8_t bits[] = {1, 0x80};
        for (size_t b = 0; b < 2; b++) {
            tb_bytes value;
            tb_proven proven = {.refused = TB_ACCEPTED};
            static tb_prover prover;
            tb_txn *txn;
            tb_arena_reset(&t->a.node.arena);
            assert_ok(tb_store_begin(t->a.store, &t->a.node.arena, &txn));
            tb_step step = {.agent = &t->a.agent, .txn = txn, .arena = tb_txn_arena(txn)};
            assert_ok(tb_store_get(txn, TB_TABLE_PROOF, tb_bytes_of(name, sizeof name), &value));
            size = value.size;
            uint8_t *bent = tb_arena_alloc(tb_txn_arena(txn), size);
            assert_non_null(bent);
            memcpy(bent, value.data, size);
            bent[at] ^= bits[b];
            assert_ok(tb_store_put(txn, TB_TABLE_PROOF, tb_bytes_of(name, sizeof name),
                                   tb_bytes_of(bent, size)));
            assert_ok(tb_prover_init(&step, &prover));
            tb_err err = tb_prove_event(&prover, &key, &row, &proven);
            bool of_case = at >= size - 12 - TB_CASE_ID_BYTES && at < size - 12;
            if (err == TB_OK && proven.is_signed && proven.refused == TB_ACCEPTED && !of_case) {
                fail_msg("byte %zu of %zu may be bent", at, size);
            }
            assert_true(err == TB_OK || err == TB_ERR_CORRUPT);
            tb_store_abort(txn);
        }
    }
}

static void an_event_that_its_notice_does_not_name_or_under_another_id_is_refused(void **state)
{
    town *t = *state;
    tb_passed passed = first_passed(t);
    tb_event_key key;
    tb_proven proven;
    tb_event_row row = row_of(t, &passed, &key);
    tb_txn *txn = peer_look(t, &t->a);
    key.event.bytes[0] ^= 1;
    prove(t, txn, &key, &row, &proven);
    assert_int_equal(proven.refused, TB_REFUSED_PROOF);
    key.event.bytes[0] ^= 1;
    row.notice++;
    prove(t, txn, &key, &row, &proven);
    assert_int_equal(proven.refused, TB_REFUSED_PROOF);
    row.notice = 0; /* an own act that no notice carries yet: nothing is wrong with it */
    prove(t, txn, &key, &row, &proven);
    assert_false(proven.is_signed);
    assert_int_equal(proven.refused, TB_ACCEPTED);
    tb_store_abort(txn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    TEST(an_event_is_proven_by_the_tree_its_notice_stands_in),
    TEST(any_bent_byte_of_the_tree_is_found),
    TEST(any_bent_byte_of_the_notices_row_is_found),
    TEST(an_event_that_its_notice_does_not_name_or_under_another_id_is_refused),
};

TB_RUN("prover", tests)
