/* What a verification tells of a case besides its figures (test_verify_figures.c). In this world
 * proofs of events are made up, so that each event has a fault: others are looked for by their
 * words. */
#include "agents/lapse_check.h"
#include "agents/rows_link.h"
#include "messages/keys.h"
#include "tests/agents/world.h"
#include "tests/store/failing.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static const tb_local_answer *verify(world *w, const char *party, bool report)
{
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    request.verify.case_id = w->case_id;
    request.verify.report = report;
    return ask(w, party, &request);
}

/* Faults that end in these words. */
static unsigned told(world *w, const char *party, const char *words)
{
    const tb_local_answer *answer = verify(w, party, false);
    unsigned count = 0;
    size_t size = strlen(words);
    assert_int_equal(answer->kind, TB_ANSWER_VERIFIED);
    for (size_t i = 0; i < answer->verified.fault_count; i++) {
        tb_bytes fault = answer->verified.faults[i];
        count += fault.size >= size && memcmp(fault.data + fault.size - size, words, size) == 0;
    }
    return count;
}

/* ---- lapses ---- */

static void lapse(world *w, bool crossed)
{
    static const char *const everybody[] = {"police.33", "bureau.33", "bureau.44"};
    for (size_t i = 0; i < 3; i++) {
        at_time(w, everybody[i], "2015-02-09T11:39:00+08:00");
    }
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    if (crossed) {
        at_time(w, "bureau.44", "2015-02-10T23:59:59+08:00");
        assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    }
    at_time(w, "bureau.33", "2015-02-11T00:15:00+08:00");
    judge_due(w, "bureau.33");
    deliver_all(w);
}

static void the_lapse_of_what_was_done_in_time_is_told(void **state)
{
    world *w = *state;
    lapse(w, true);
    assert_int_equal(told(w, "bureau.33", tb_lapse_fault(TB_LAPSE_DONE_IN_TIME)), 1);
    judge_due(w, "bureau.33"); /* it is withdrawn */
    deliver_all(w);
    assert_int_equal(told(w, "bureau.33", tb_lapse_fault(TB_LAPSE_DONE_IN_TIME)), 0);
}

static void a_lapse_that_the_events_bear_out_is_no_fault(void **state)
{
    world *w = *state;
    lapse(w, false);
    for (tb_lapse_verdict v = TB_LAPSE_OF_NO_DUTY; v <= TB_LAPSE_DONE_IN_TIME; v++) {
        assert_int_equal(told(w, "bureau.44", tb_lapse_fault(v)), 0);
    }
}

/* ---- arrived marks ---- */

typedef struct said {
    const char *words; /* the fault; NULL: the mark holds */
    uint64_t number;   /* what police.33 gave in the stream, as its row has it */
    tb_line_kind kind;
    bool other_digest;
    bool other_key;
} said;

/* The mark of bureau.33 over the notices police.33 sent it, as that keeps it. */
static void keep_mark(world *w, const tb_sign_pair *pair, const said *s)
{
    world_agent *a = who(w, "police.33");
    tb_txn *txn;
    tb_sign_pair other;
    tb_signed_line *line;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    tb_line mark = {.kind = s->kind, .from = s->kind == TB_LINE_STORED, .to = 2, .at = w->clock};
    mark.stream =
        (tb_stream){.sender = a->id, .recipient = who(w, "bureau.33")->id, .lane = TB_LANE_NORMAL};
    assert_ok(tb_meta_incarnation(txn, &mark.stream.incarnation));
    tb_stream_out_row row = {.number = s->number, .stored = 2, .arrived = 2, .digest = {{9}}};
    mark.digest = row.digest;
    mark.digest.bytes[0] ^= s->other_digest ? 1 : 0;
    tb_root root = {.suite = TB_SUITE_1,
                    .tree = TB_TREE_LINES,
                    .signer = mark.stream.recipient,
                    .key = tb_key_id_of(TB_PURPOSE_SIGN, &pair->public_key)};
    tb_sign_pair_make(&other, &w->random);
    assert_ok(tb_lines_sign(&mark, 1, &root, &a->agent.hub, s->other_key ? &other : pair, &a->arena,
                            &line));
    assert_ok(tb_signed_line_encode(line, &a->arena, &row.arrived_line));
    assert_ok(tb_stream_out_put(txn, &mark.stream, 0, &row));
    assert_ok(tb_store_commit(txn));
}

/* The directory names a signing key for bureau.33. */
static void enrol(world *w, const tb_sign_pair *pair)
{
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (tb_party_equal(&w->parties[i].id, &who(w, "bureau.33")->id)) {
            w->keys[i].purpose = TB_PURPOSE_SIGN;
            w->keys[i].key = pair->public_key;
            w->keys[i].id = tb_key_id_of(TB_PURPOSE_SIGN, &pair->public_key);
        }
    }
}

static void the_marks_over_what_was_sent_are_proved_each_stream_once(void **state)
{
    world *w = *state;
    static const char other[] = "an arrived mark over it is of another notice";
    static const said rows[] = {
        {NULL, 2, TB_LINE_ARRIVED, false, false},
        {other, 2, TB_LINE_ARRIVED, true, false},
        {other, 1, TB_LINE_ARRIVED, false, false}, /* above what this copy sent */
        {"signature", 2, TB_LINE_ARRIVED, false, true},
        {"malformed", 2, TB_LINE_STORED, false, false},
    };
    tb_sign_pair pair;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    assert_int_equal(acts(w, "police.33", "remark", "comment=more"), TB_ACCEPTED);
    deliver_all(w);
    tb_sign_pair_make(&pair, &w->random);
    enrol(w, &pair);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        keep_mark(w, &pair, &rows[i]);
        const tb_local_answer *answer = verify(w, "police.33", false);
        assert_int_equal(answer->verified.events, 2);
        assert_int_equal(answer->verified.marks, rows[i].words == NULL);
        assert_int_equal(told(w, "police.33", rows[i].words == NULL ? other : rows[i].words),
                         rows[i].words != NULL);
    }
    /* the recipient has none to prove: it sent nothing of the case */
    assert_int_equal(verify(w, "bureau.33", false)->verified.marks, 0);
}

/* ---- how much, and of what ---- */

static void a_hundred_faults_are_told_and_all_are_counted(void **state)
{
    world *w = *state;
    const unsigned remarks = failing_awake() ? 1 : 110;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    for (unsigned i = 0; i < remarks; i++) {
        assert_int_equal(acts(w, "police.33", "remark", "comment=more"), TB_ACCEPTED);
    }
    deliver_all(w);
    const tb_local_answer *answer = verify(w, "bureau.33", false);
    assert_int_equal(answer->verified.events, 1 + remarks);
    assert_int_equal(answer->verified.wrong, 1 + remarks);
    assert_int_equal(answer->verified.fault_count, failing_awake() ? 1 + remarks : 100);
}

/* What is held back was not judged yet: nothing is claimed of it, and nothing is proved. */
static void what_is_held_back_is_not_looked_at(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter_to(w, "police.33")->gone = true;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(verify(w, "bureau.33", false)->verified.events, 3);
    assert_int_equal(summary_at(w, "police.33").held_back, 1);
    assert_int_equal(verify(w, "police.33", false)->verified.events, 1);
}

static void only_a_report_is_verified_as_one_and_only_what_is_here(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    assert_int_equal(verify(w, "police.33", true)->code, TB_REFUSED_REPORT_UNKNOWN);
    who(w, "police.33")->agent.campaigns = &w->none;
    assert_int_equal(verify(w, "police.33", true)->code, TB_REFUSED_REPORT_UNKNOWN);
    assert_int_equal(verify(w, "police.11", true)->code, TB_REFUSED_UNKNOWN_CASE);
    assert_int_equal(verify(w, "police.11", false)->code, TB_REFUSED_UNKNOWN_CASE);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(the_lapse_of_what_was_done_in_time_is_told),
    IN_A_WORLD(a_lapse_that_the_events_bear_out_is_no_fault),
    IN_A_WORLD(the_marks_over_what_was_sent_are_proved_each_stream_once),
    IN_A_WORLD(a_hundred_faults_are_told_and_all_are_counted),
    IN_A_WORLD(what_is_held_back_is_not_looked_at),
    IN_A_WORLD(only_a_report_is_verified_as_one_and_only_what_is_here),
};

TB_RUN("agents/verify", tests)
