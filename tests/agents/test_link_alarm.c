/* Alarms: the same is kept once, and beyond a bound the oldest goes while the count goes on. */
#include "agents/link.h"
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

static void raise(town *t, uint64_t number)
{
    tb_txn *txn;
    static tb_effects effects;
    tb_alarm_row alarm = {
        .code = TB_REFUSED_GAP, .at = t->now, .party = t->b.agent.self, .number = number};
    alarm.stream.lane = TB_LANE_NORMAL;
    tb_effects_reset(&effects);
    assert_ok(tb_store_begin(t->a.store, &t->paper, &txn));
    assert_ok(tb_alarm_raise(&t->a.agent, txn, &alarm, &effects));
    assert_ok(tb_store_commit(txn));
}

static bool kept(town *t, uint64_t number)
{
    uint64_t found = 0;
    tb_alarm_row row;
    tb_txn *txn = peer_look(t, &t->a);
    tb_err err = tb_alarm_last(txn, number, &found, &row);
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    tb_store_abort(txn);
    return err == TB_OK && found == number;
}

/* As if so many had been raised before; the newest of them is there. */
static void had(town *t, uint64_t count)
{
    tb_txn *txn;
    tb_alarm_row alarm = {.code = TB_REFUSED_FORK, .at = t->now};
    alarm.stream.lane = TB_LANE_NORMAL;
    assert_ok(tb_store_begin(t->a.store, &t->paper, &txn));
    assert_ok(tb_meta_number_put(txn, "alarm", count));
    assert_ok(tb_alarm_put(txn, 1, &alarm));
    assert_ok(tb_alarm_put(txn, 2, &alarm));
    assert_ok(tb_store_commit(txn));
}

static void the_oldest_goes_past_the_bound_and_not_at_it(void **state)
{
    town *t = *state;
    had(t, TB_ALARMS_MAX - 1);
    raise(t, 7);
    assert_true(kept(t, TB_ALARMS_MAX));
    assert_true(kept(t, 1));
    raise(t, 8);
    assert_true(kept(t, TB_ALARMS_MAX + 1));
    assert_false(kept(t, 1));
    assert_true(kept(t, 2));
    raise(t, 9);
    assert_false(kept(t, 2));
}

static void the_same_again_is_not_counted(void **state)
{
    town *t = *state;
    raise(t, 7);
    raise(t, 7);
    assert_true(kept(t, 1));
    assert_false(kept(t, 2));
    raise(t, 8);
    assert_true(kept(t, 2));
}

static bool refuse_campaign(const tb_document *document, tb_arena *arena, tb_bytes *out_finding)
{
    (void)document;
    (void)arena;
    *out_finding = tb_bytes_str("example:69: nobody may take it");
    return false;
}

static bool keep_campaign(const tb_document *document, tb_arena *arena, tb_bytes *out_finding)
{
    (void)document;
    (void)arena;
    (void)out_finding;
    return true;
}

static tb_frame signed_campaign(town *t)
{
    tb_frame frame = {.kind = TB_FRAME_DOCUMENT};
    frame.document =
        (tb_document){.kind = TB_DOCUMENT_CAMPAIGN,
                      .name = tb_bytes_str("example"),
                      .version = 1,
                      .signer_key = tb_key_id_of(TB_PURPOSE_AUTHORITY, &t->authority.public_key),
                      .content = tb_bytes_str("campaign: example")};
    tb_document_sign(&frame.document, &t->directory.hub, &t->authority);
    return frame;
}

static void a_campaign_with_a_fault_is_an_alarm_with_the_finding_and_is_not_kept(void **state)
{
    town *t = *state;
    tb_frame frame = signed_campaign(t);
    town_link(t, &t->a);
    t->a.agent.judge_campaign = refuse_campaign;
    uint64_t rows = peer_rows(t, &t->a, TB_TABLE_DOCUMENT);
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_DOCUMENT), rows);
    assert_int_equal(peer_alarm(t, &t->a), TB_REFUSED_CAMPAIGN_FAULTY);
    uint64_t found = 0;
    tb_alarm_row row;
    tb_txn *txn = peer_look(t, &t->a);
    assert_ok(tb_alarm_last(txn, UINT64_MAX, &found, &row));
    assert_true(tb_bytes_equal(row.text, tb_bytes_str("example:69: nobody may take it")));
    tb_store_abort(txn);
    town_send(t, &t->a, &frame); /* shown again, it is no second alarm */
    assert_false(kept(t, found + 1));
    t->a.agent.judge_campaign = keep_campaign;
    town_send(t, &t->a, &frame);
    assert_int_equal(peer_rows(t, &t->a, TB_TABLE_DOCUMENT), rows + 1);
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(the_oldest_goes_past_the_bound_and_not_at_it),
    IN_TOWN(the_same_again_is_not_counted),
    IN_TOWN(a_campaign_with_a_fault_is_an_alarm_with_the_finding_and_is_not_kept),
};

TB_RUN("agents/link_alarm", tests)
