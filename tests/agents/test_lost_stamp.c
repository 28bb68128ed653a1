/* The hub's stamp on what has arrived was lost on its way: the recipient gives its own. */
#include "agents/lost_stamp.h"
#include "agents/passing.h"
#include "agents/resend.h"
#include "tests/agents/world.h"
#include "tests/store/failing.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

/* What the police wrote to the bureau, and the hub's stamp on it, which only the bureau has. */
static tb_header header;
static tb_item item;
static tb_outbox_row group;
static tb_stream stream;
static tb_signed_line stamp;
static tb_case_id reported;

static tb_err keep_stamp(tb_step *step)
{
    return tb_stamp_put(step->txn, &stamp);
}

static tb_err arrives(tb_step *step)
{
    tb_group sent = {.recipient = stream.recipient,
                     .lane = stream.lane,
                     .root = {.suite = 1,
                              .tree = TB_TREE_HEADERS,
                              .signer = stream.sender,
                              .incarnation = stream.incarnation,
                              .count = 1},
                     .items = &item,
                     .item_count = 1};
    uint32_t index = 0;
    sent.indexes = &index;
    tb_outbox_row kept;
    failing_rest(true); /* what the outbox would have kept */
    assert_ok(tb_group_encode(&sent, step->arena, &group.group));
    assert_ok(tb_outbox_put(step->txn, &stream, &group));
    assert_ok(tb_outbox_after(step->txn, &stream, 0, &kept));
    failing_rest(false);
    return tb_lost_stamp_note(step, &stream, &kept);
}

static uint64_t lost_at(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    uint64_t rows = tb_store_rows(txn, TB_TABLE_STAMP_LOST);
    tb_store_abort(txn);
    return rows;
}

/* When the hub stored the opening event, as far as the party knows; 0: it does not. */
static tb_time stored_at(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_time at = 0;
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_event_first(txn, &w->case_id, TB_CLASS_CHAIN, &walk, &key, &row));
    assert_ok(tb_pass_stored(txn, &row, &at));
    tb_store_abort(txn);
    return at;
}

/* The lead is with the bureau; the police know that it arrived. */
static void report(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    letter *l = letter_to(w, "bureau.33");
    (void)prove(w, "police.33", l);
    assert_int_equal(tb_header_decode(l->header, &w->memory, &header), TB_ACCEPTED);
    const tb_entry *entry = tb_header_entry(&header, &l->to);
    stream = (tb_stream){header.sender, header.incarnation, l->to, header.lane};
    item = (tb_item){.header_bytes = l->header,
                     .header = header,
                     .digest = tb_header_digest(l->header),
                     .body = tb_bytes_str("sealed")};
    group = (tb_outbox_row){
        .from = entry->number, .to = entry->number, .digest = item.digest, .made = w->clock};
    stamp = stamp_of(w, l, w->clock);
    deliver_all(w);
}

static void it_comes_with_what_the_recipient_resends(void **state)
{
    world *w = *state;
    report(w);
    turn_of(w, "bureau.33", keep_stamp);
    turn_of(w, "police.33", arrives);
    assert_int_equal(lost_at(w, "police.33"), 1);
    assert_int_equal(stored_at(w, "police.33"), 0);
    /* it may only be late */
    tick(w, "police.33", TB_STAMP_ASK_MS - 1);
    assert_int_equal(lying(w), 0);
    tick(w, "police.33", 1);
    assert_int_equal(lying(w), 1);
    deliver_all(w);
    turn_of(w, "bureau.33", tb_resend_tick);
    deliver_all(w);
    assert_int_equal(stored_at(w, "police.33"), stamp.line.at);
    tick(w, "police.33", 2 * TB_STAMP_ASK_MS);
    assert_int_equal(lost_at(w, "police.33"), 0);
    assert_int_equal(lying(w), 0);
    check_world(w);
}

/* As if it had gone out anew since, in a notice whose stamp was lost. */
static tb_err name_another_notice(tb_step *step)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(step->txn, &reported, TB_CLASS_CHAIN, &walk, &key, &row);
    if (err == TB_OK) {
        row.notice += 8;
        err = tb_event_update(step->txn, &key, &row);
    }
    return err;
}

/* The recipient gives the event by the notice that it first came in, and that has a stamp. */
static void an_event_that_went_out_in_two_notices_is_dated_by_the_one_with_a_stamp(void **state)
{
    world *w = *state;
    report(w);
    turn_of(w, "bureau.33", keep_stamp);
    turn_of(w, "police.33", arrives);
    reported = w->case_id;
    turn_of(w, "police.33", name_another_notice);
    assert_int_equal(stored_at(w, "police.33"), 0);
    tick(w, "police.33", TB_STAMP_ASK_MS);
    deliver_all(w);
    turn_of(w, "bureau.33", tb_resend_tick);
    deliver_all(w);
    assert_int_equal(stored_at(w, "police.33"), stamp.line.at);
    check_world(w);
}

static void what_is_only_late_is_not_asked_for(void **state)
{
    world *w = *state;
    report(w);
    turn_of(w, "police.33", arrives);
    turn_of(w, "police.33", keep_stamp);
    tick(w, "police.33", TB_STAMP_ASK_MS);
    assert_int_equal(lost_at(w, "police.33"), 0);
    assert_int_equal(lying(w), 0);
}

static void what_is_stamped_is_not_noted(void **state)
{
    world *w = *state;
    report(w);
    turn_of(w, "police.33", keep_stamp);
    turn_of(w, "police.33", arrives);
    assert_int_equal(lost_at(w, "police.33"), 0);
}

/* By hand it came without the hub: nobody has a stamp, and asking ends. */
static void a_stamp_that_nobody_has_is_asked_for_so_often_and_no_more(void **state)
{
    world *w = *state;
    report(w);
    turn_of(w, "police.33", arrives);
    for (tb_time i = 1; i <= TB_STAMP_ASKS_MAX; i++) {
        tick(w, "police.33", i * TB_STAMP_ASK_MS);
        assert_int_equal(lying(w), 1);
        deliver_all(w);
        turn_of(w, "bureau.33", tb_resend_tick);
        deliver_all(w);
        assert_int_equal(lost_at(w, "police.33"), 1);
    }
    tick(w, "police.33", (TB_STAMP_ASKS_MAX + 1) * TB_STAMP_ASK_MS);
    assert_int_equal(lost_at(w, "police.33"), 0);
    assert_int_equal(lying(w), 0);
    check_world(w);
}

/* It was noted while the clock stood a day ahead. */
static void a_clock_set_back_does_not_hold_it_up(void **state)
{
    world *w = *state;
    report(w);
    turn_of(w, "bureau.33", keep_stamp);
    w->clock += 24ll * 3600 * 1000;
    turn_of(w, "police.33", arrives);
    w->clock -= 24ll * 3600 * 1000;
    tick(w, "police.33", 1);
    assert_int_equal(lying(w), 1);
}

/* A hub that lost its disk stores it again, later. */
static void of_two_stamps_the_first_stands(void **state)
{
    world *w = *state;
    report(w);
    turn_of(w, "police.33", keep_stamp);
    tb_time first = stamp.line.at;
    stamp.line.at += 24ll * 3600 * 1000;
    assert_ok(tb_line_encode(&stamp.line, &w->memory, &stamp.encoded));
    turn_of(w, "police.33", keep_stamp);
    assert_int_equal(stored_at(w, "police.33"), first);
    check_world(w);
}

static tb_err arrives_and_does_not_read(tb_step *step)
{
    tb_outbox_row kept = group;
    kept.group = tb_bytes_str("rotten");
    return tb_lost_stamp_note(step, &stream, &kept);
}

static void a_group_that_does_not_read_holds_no_mark_up(void **state)
{
    world *w = *state;
    report(w);
    turn_of(w, "police.33", arrives_and_does_not_read);
    assert_int_equal(lost_at(w, "police.33"), 0);
    tick(w, "police.33", TB_STAMP_ASK_MS);
    assert_int_equal(lying(w), 0);
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(it_comes_with_what_the_recipient_resends),
    IN_A_WORLD(an_event_that_went_out_in_two_notices_is_dated_by_the_one_with_a_stamp),
    IN_A_WORLD(what_is_only_late_is_not_asked_for),
    IN_A_WORLD(what_is_stamped_is_not_noted),
    IN_A_WORLD(a_stamp_that_nobody_has_is_asked_for_so_often_and_no_more),
    IN_A_WORLD(a_clock_set_back_does_not_hold_it_up),
    IN_A_WORLD(of_two_stamps_the_first_stands),
    IN_A_WORLD(a_group_that_does_not_read_holds_no_mark_up),
};

TB_RUN("agents/lost_stamp", tests)
