/* Own events in notices that nobody will take any more go out anew: when the key they were signed
 * with is cut below them (own_anew.c), and when another copy used their numbers (resend_anew.c). */
#include "agents/outbox.h"
#include "agents/own_anew.h"
#include "agents/resend.h"
#include "agents/rows_link.h"
#include "messages/link.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13900001234|source=police_case|offence=other|reported_at=2015-02-09T11:39:00+08:00"
#define A "police.33"
#define B "bureau.33"

static const tb_key_id old_key = {{7, 7, 7}};

static tb_txn *begin_at(world *w, const char *party)
{
    world_agent *a = who(w, party);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

static tb_stream stream_of(world *w, tb_txn *txn, const char *from, const char *to)
{
    tb_stream stream = {
        .sender = who(w, from)->id, .recipient = who(w, to)->id, .lane = TB_LANE_NORMAL};
    assert_ok(tb_meta_incarnation(txn, &stream.incarnation));
    return stream;
}

/* As the outbox keeps it: in a tree, and with whose events it has. */
static void
put_proof(tb_txn *txn, const tb_stream *stream, uint64_t notice, const tb_proof_row *proof)
{
    const tb_digest digest = tb_header_digest(proof->header);
    const uint32_t index = 0;
    const tb_root root = {.suite = TB_SUITE_1,
                          .tree = TB_TREE_HEADERS,
                          .signer = stream->sender,
                          .key = old_key,
                          .incarnation = stream->incarnation,
                          .count = 1};
    const tb_proof_tree tree = {
        .root = &root, .indexes = &index, .statements = &digest, .count = 1};
    assert_ok(tb_proof_tree_put(txn, &stream->sender, &stream->incarnation, notice, &tree));
    assert_ok(
        tb_proof_put_in_tree(txn, &stream->sender, &stream->incarnation, notice, proof, notice, 0));
}

/* A notice of w->case_id as the outbox would hold it; in this world its number is its notice's. Its
 * proof learns whose events it has. */
static tb_item item_of(world *w, tb_txn *txn, const tb_stream *stream, uint64_t notice)
{
    tb_proof_row proof;
    tb_item item;
    memset(&item, 0, sizeof item);
    assert_ok(tb_proof_head(txn, &stream->sender, &stream->incarnation, notice, &proof));
    proof.case_id = w->case_id;
    put_proof(txn, stream, notice, &proof);
    item.header_bytes = proof.header;
    item.digest = tb_header_digest(proof.header);
    item.body = tb_bytes_str("sealed");
    assert_int_equal(tb_header_decode(proof.header, tb_txn_arena(txn), &item.header), TB_ACCEPTED);
    return item;
}

/* Those of notices from..to of one party that are for another, a group each, signed under the old
 * key; nothing arrived. The body of what is for several lies beside them. */
static void
keep_outbox(world *w, const char *from_party, const char *to_party, uint64_t from, uint64_t to)
{
    tb_txn *txn = begin_at(w, from_party);
    tb_stream stream = stream_of(w, txn, from_party, to_party);
    tb_stream_out_row row = {.number = to, .due = w->clock + 3000};
    for (uint64_t n = from; n <= to; n++) {
        tb_item item = item_of(w, txn, &stream, n);
        uint32_t index = 0;
        if (tb_header_entry(&item.header, &stream.recipient) == NULL) {
            continue; /* it was for others */
        }
        tb_group group = {.recipient = stream.recipient,
                          .lane = stream.lane,
                          .root = {.suite = TB_SUITE_1,
                                   .tree = TB_TREE_HEADERS,
                                   .signer = stream.sender,
                                   .key = old_key,
                                   .incarnation = stream.incarnation,
                                   .count = 1},
                          .indexes = &index,
                          .items = &item,
                          .item_count = 1};
        tb_outbox_row kept = {.from = n, .to = n, .digest = item.digest, .made = w->clock};
        if (item.header.entry_count > 1) {
            uint32_t uses = (uint32_t)item.header.entry_count;
            tb_bytes body = item.body;
            item.body = tb_bytes_of(NULL, 0);
            kept.shared = &n;
            kept.shared_count = 1;
            tb_bytes there;
            if (tb_outbox_body_get(txn, &stream.incarnation, n, &there) == TB_ERR_NOT_FOUND) {
                assert_ok(tb_outbox_body_put(txn, &stream.incarnation, n, uses, body));
            }
        }
        assert_ok(tb_group_encode(&group, tb_txn_arena(txn), &kept.group));
        assert_ok(tb_outbox_put(txn, &stream, &kept));
        row.digest = item.digest;
    }
    assert_ok(tb_stream_out_put(txn, &stream, 0, &row));
    assert_ok(tb_store_commit(txn));
}

static uint64_t rows(world *w, const char *party, tb_table table)
{
    tb_txn *txn = begin_at(w, party);
    uint64_t count = tb_store_rows(txn, table);
    tb_store_abort(txn);
    return count;
}

/* The newest notice of a party. */
static uint64_t newest_notice(world *w, const char *party)
{
    uint64_t newest;
    tb_txn *txn = begin_at(w, party);
    assert_ok(tb_meta_number(txn, "notice", &newest));
    tb_store_abort(txn);
    return newest;
}

static void lose_all(world *w)
{
    for (size_t i = 0; i < w->letter_count; i++) {
        w->letters[i].gone = true;
    }
}

/* ---- the key is cut ---- */

static tb_cut cut;
static tb_cut_mark cut_mark;
static tb_welcome welcome;
static bool back;

/* The old key of a party counts up to this number of what it sent another; it has a new one. */
static void cut_at(world *w, const char *party, const char *to, uint64_t number)
{
    tb_txn *txn = begin_at(w, party);
    tb_stream stream = stream_of(w, txn, party, to);
    tb_store_abort(txn);
    cut_mark = (tb_cut_mark){stream.incarnation, stream.recipient, stream.lane, number, {{1}}};
    cut = (tb_cut){.party = stream.sender,
                   .key = old_key,
                   .at = w->clock,
                   .marks = &cut_mark,
                   .mark_count = number > 0};
    w->directory.cuts = &cut;
    w->directory.cut_count = 1;
    who(w, party)->agent.keys.sign_id.bytes[3] = 1;
    memset(&welcome, 0, sizeof welcome);
}

static tb_err welcomed(tb_step *step)
{
    back = false;
    return tb_own_anew(step, &welcome, &back);
}

static void what_was_signed_beyond_the_cut_goes_again_in_another_notice(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, A, LEAD), TB_ACCEPTED);
    lose_all(w); /* nobody takes it: its key is cut */
    keep_outbox(w, A, B, 1, 1);
    cut_at(w, A, B, 0);
    turn_of(w, A, welcomed);
    assert_false(back);
    assert_int_equal(rows(w, A, TB_TABLE_OUTBOX), 0);
    assert_int_equal(lying(w), 1);
    deliver_all(w);
    assert_string_equal(state_at(w, B), "submitted");
    assert_string_equal(value_at(w, B, "number"), "13900001234");
    tb_txn *txn = begin_at(w, A);
    tb_stream stream = stream_of(w, txn, A, B);
    tb_stream_out_row row;
    assert_ok(tb_stream_out_get(txn, &stream, &row));
    assert_true(row.number == 0 && row.due == 0); /* the number is free again */
    tb_store_abort(txn);
}

static void what_counts_below_the_cut_stays_as_it_is(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, A, LEAD), TB_ACCEPTED);
    assert_int_equal(acts(w, A, "remark", "comment=one"), TB_ACCEPTED);
    assert_int_equal(acts(w, A, "remark", "comment=two"), TB_ACCEPTED);
    keep_outbox(w, A, B, 1, 3);
    cut_at(w, A, B, 1);
    turn_of(w, A, welcomed);
    assert_int_equal(rows(w, A, TB_TABLE_OUTBOX), 1);
    /* what stands beside the chain goes with the next notice of its case */
    assert_int_equal(rows(w, A, TB_TABLE_LOOSE), 2);
    cut_at(w, A, B, 3); /* and what counts whole is not looked at */
    turn_of(w, A, welcomed);
    assert_int_equal(rows(w, A, TB_TABLE_OUTBOX), 1);
}

/* The bureau's acceptance tells two; a remark that was for nobody went with it. */
static void a_notice_to_several_is_signed_anew_once_with_what_was_for_nobody(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, A, LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, B, "remark", "comment=noted"), TB_ACCEPTED);
    assert_int_equal(acts(w, B, "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, B, "decide", "home_province=44|home_basis=other"), TB_ACCEPTED);
    assert_int_equal(acts(w, B, "forward", ""), TB_ACCEPTED);
    lose_all(w);
    uint64_t last = newest_notice(w, B);
    keep_outbox(w, B, A, 1, last);
    keep_outbox(w, B, "bureau.44", 1, last);
    cut_at(w, B, A, 0);
    turn_of(w, B, welcomed);
    assert_int_equal(rows(w, B, TB_TABLE_OUTBOX), 0);
    deliver_all(w);
    assert_int_equal(acts(w, B, "remark", "comment=more"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "forwarded");
    assert_string_equal(holder_at(w, A), "bureau.44");
    check_world(w);
}

static void what_the_hub_or_the_recipient_has_all_the_same_fences(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, A, LEAD), TB_ACCEPTED);
    keep_outbox(w, A, B, 1, 1);
    tb_txn *txn = begin_at(w, A);
    tb_signed_line *lines = NULL;
    tb_sign_pair pair;
    tb_root root = {.suite = TB_SUITE_1, .tree = TB_TREE_LINES, .signer = who(w, B)->id};
    tb_line said[] = {{.kind = TB_LINE_ARRIVED, .to = 0, .at = w->clock},
                      {.kind = TB_LINE_ARRIVED, .to = 1, .at = w->clock},
                      {.kind = TB_LINE_ARRIVED, .to = 1, .at = w->clock}};
    said[1].stream = said[0].stream = stream_of(w, txn, A, B);
    said[2].stream = stream_of(w, txn, A, "bureau.44"); /* another stream is no matter */
    tb_store_abort(txn);
    tb_sign_pair_make(&pair, &w->random);
    assert_ok(tb_lines_sign(said, 3, &root, &who(w, A)->agent.hub, &pair, &w->memory, &lines));
    for (size_t i = 0; i < 2; i++) {
        cut_at(w, A, B, 0);
        tb_signed_line shown[] = {lines[2], lines[0], lines[1]};
        *(i == 0 ? &welcome.stored : &welcome.arrived) = shown;
        *(i == 0 ? &welcome.stored_count : &welcome.arrived_count) = 3;
        turn_of(w, A, welcomed);
        assert_true(back);
        assert_int_equal(rows(w, A, TB_TABLE_OUTBOX), 1);
        link_up(w, A, true);
    }
    cut_at(w, A, B, 0); /* below it nobody has anything */
    welcome.stored = &lines[0];
    welcome.stored_count = 1;
    turn_of(w, A, welcomed);
    assert_false(back);
    assert_int_equal(rows(w, A, TB_TABLE_OUTBOX), 0);
}

/* ---- another copy used the numbers ---- */

static tb_stream stream;
static uint64_t behind;

static tb_err resend(tb_step *step)
{
    return tb_resend_anew(step, &stream, behind);
}

static void events_of_another_copys_numbers_are_given_to_their_recipient_again(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, A, LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, A, "remark", "comment=one"), TB_ACCEPTED);
    assert_int_equal(acts(w, A, "remark", "comment=two"), TB_ACCEPTED);
    lose_all(w);
    keep_outbox(w, A, B, 1, 3);
    tb_txn *txn = begin_at(w, A);
    stream = stream_of(w, txn, A, B);
    tb_proof_row proof;
    assert_ok(tb_proof_head(txn, &stream.sender, &stream.incarnation, 3, &proof));
    proof.ids[0].bytes[0] ^= 1; /* an event that is not here cannot be given */
    put_proof(txn, &stream, 3, &proof);
    assert_ok(tb_store_commit(txn));
    behind = 0;
    turn_of(w, A, resend);
    assert_int_equal(lying(w), 2); /* what it knows is given again and harms nothing */
    deliver_all(w);
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    assert_int_equal(ask(w, B, &request)->case_.event_count, 2);
    behind = 3;
    turn_of(w, A, resend);
    assert_int_equal(lying(w), 0);
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(what_was_signed_beyond_the_cut_goes_again_in_another_notice),
    IN_A_WORLD(what_counts_below_the_cut_stays_as_it_is),
    IN_A_WORLD(a_notice_to_several_is_signed_anew_once_with_what_was_for_nobody),
    IN_A_WORLD(what_the_hub_or_the_recipient_has_all_the_same_fences),
    IN_A_WORLD(events_of_another_copys_numbers_are_given_to_their_recipient_again),
};

TB_RUN("agents/anew", tests)
