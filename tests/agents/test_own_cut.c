/* The cut a party's own agent prints, and what it does from then on. */
#include "agents/own_cut.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"
#define A "police.33"

static uint64_t number;

static tb_err put_stream(tb_step *step)
{
    tb_stream_out_row *row = tb_arena_alloc(step->arena, sizeof *row);
    tb_stream stream = {.sender = step->agent->self,
                        .incarnation = step->incarnation,
                        .recipient = {"bureau.33"},
                        .lane = TB_LANE_NORMAL};
    assert_non_null(row);
    memset(row, 0, sizeof *row);
    row->number = number;
    row->digest.bytes[0] = 5;
    return tb_stream_out_put(step->txn, &stream, 0, row);
}

static const tb_local_cut *cut(world *w, bool final)
{
    tb_local_request request = {.kind = TB_REQUEST_CUT, .final = final};
    const tb_local_answer *answer = ask(w, A, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_int_equal(answer->kind, TB_ANSWER_CUT);
    return &answer->cut;
}

static void it_names_every_stream_where_it_stands(void **state)
{
    world *w = *state;
    assert_int_equal(cut(w, false)->count, 0);
    number = 9;
    turn_with(w, A, put_stream);
    const tb_local_cut *now = cut(w, false);
    assert_string_equal(now->party.text, A);
    assert_int_equal(now->count, 1);
    assert_string_equal(now->marks[0].recipient.text, "bureau.33");
    assert_int_equal(now->marks[0].number, 9);
    assert_int_equal(now->marks[0].digest.bytes[0], 5);
    assert_int_equal(opens(w, A, LEAD), TB_ACCEPTED); /* and the agent goes on */
    assert_false(w->answer.draft);
}

static bool stands;

static tb_err look(tb_step *step)
{
    return tb_own_cut_stands(step->agent, step->txn, &stands);
}

static void after_a_final_one_nothing_is_signed_with_this_key(void **state)
{
    world *w = *state;
    who(w, A)->agent.keys.sign_id.bytes[3] = 1;
    (void)cut(w, true);
    assert_int_equal(opens(w, A, LEAD), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_int_equal(lying(w), 0);
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    const tb_local_answer *answer = ask(w, A, &request);
    assert_true(answer->status.fenced);
    assert_int_equal(answer->status.code, TB_REFUSED_KEY_CUT);
    turn_of(w, A, look);
    assert_true(stands);
    who(w, A)->agent.keys.sign_id.bytes[3]++; /* started with its new key */
    turn_of(w, A, look);
    assert_false(stands);
}

/* As signed with a key; its id is all that is looked at. */
static tb_bytes mark_of(tb_step *step, const tb_key_id *key)
{
    tb_sign_pair pair;
    tb_signed_line *made;
    tb_bytes packed;
    tb_line line = {.kind = TB_LINE_ARRIVED,
                    .stream = {{"bureau.33"}, {1, {1}}, step->agent->self, TB_LANE_NORMAL},
                    .to = 1,
                    .digest = {{1}},
                    .at = 1};
    tb_root root = {.suite = TB_SUITE_1,
                    .tree = TB_TREE_LINES,
                    .signer = step->agent->self,
                    .key = *key,
                    .incarnation = {1, {1}}};
    tb_sign_pair_make(&pair, step->random);
    assert_ok(tb_lines_sign(&line, 1, &root, &step->agent->hub, &pair, step->arena, &made));
    assert_ok(tb_signed_line_encode(made, step->arena, &packed));
    return packed;
}

/* So many marks were signed anew before, and one is left. */
static tb_err put_received(tb_step *step)
{
    tb_key_id former = {{9, 9}};
    tb_bytes renewed = mark_of(step, &step->agent->keys.sign_id);
    tb_bytes left = mark_of(step, &former);
    for (uint64_t i = 1; i <= TB_LEAVES_MAX / 2 + 1; i++) {
        tb_stream stream = {{"bureau.33"}, {i, {1}}, step->agent->self, TB_LANE_NORMAL};
        tb_stream_in_row row = {.number = 1, .line = i <= TB_LEAVES_MAX / 2 ? renewed : left};
        assert_ok(tb_stream_in_put(step->txn, &stream, &row));
    }
    return TB_OK;
}

static bool first_welcome;

static tb_err renew(tb_step *step)
{
    tb_err err = tb_own_marks_renew(step);
    return err == TB_OK ? tb_own_first_welcome(step->agent, step->txn, &first_welcome) : err;
}

static void marks_signed_anew_before_leave_room_for_the_rest(void **state)
{
    world *w = *state;
    who(w, A)->agent.keys.sign_id.bytes[3] = 1;
    turn_with(w, A, put_received);
    turn_of(w, A, renew);
    assert_false(first_welcome);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(it_names_every_stream_where_it_stands),
    IN_A_WORLD(after_a_final_one_nothing_is_signed_with_this_key),
    IN_A_WORLD(marks_signed_anew_before_leave_room_for_the_rest),
};

TB_RUN("own_cut", tests)
