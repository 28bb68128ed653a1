/* A cut that is learnt of late: what is in a chain beyond it is disputed, everywhere alike, and a
 * take-over settles it. */
#include "agents/aside.h"
#include "agents/cut_judge.h"
#include "agents/dispute.h"
#include "agents/own_cut.h"
#include "agents/resend.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static tb_directory_key keys[2];
static tb_directory_party parties[WORLD_AGENTS];
static tb_cut the_cut;
static tb_cut_mark marks[3 * WORLD_AGENTS];

static tb_incarnation incarnation_of(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_incarnation out;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_meta_incarnation(txn, &out));
    tb_store_abort(txn);
    return out;
}

/* The directory with one more cut: of the party's key, good up to a notice in every stream. In this
 * world a notice's number is also its number in every stream, and every key's id is zero. */
static tb_directory with_cut(world *w, const char *id, uint64_t upto, tb_cut_reason reason)
{
    tb_directory next = w->directory;
    memcpy(parties, w->directory.parties, next.party_count * sizeof *parties);
    next.parties = parties;
    next.version++;
    the_cut = (tb_cut){.reason = reason, .at = w->clock, .marks = marks};
    assert_true(tb_party_parse(tb_bytes_str(id), &the_cut.party));
    for (size_t i = 0; i < next.party_count; i++) {
        if (tb_party_equal(&parties[i].id, &the_cut.party)) {
            keys[0] = (tb_directory_key){.purpose = TB_PURPOSE_SIGN};
            keys[1] = parties[i].keys[0];
            parties[i].keys = keys;
            parties[i].key_count = 2;
        }
        for (unsigned lane = TB_LANE_FIRST; upto > 0 && lane <= TB_LANE_LAST; lane++) {
            marks[the_cut.mark_count++] =
                (tb_cut_mark){incarnation_of(w, id), parties[i].id, (tb_lane)lane, upto, {{1}}};
        }
    }
    next.cuts = &the_cut;
    next.cut_count = 1;
    return next;
}

/* As after the first Welcome under the key in use: it is nobody's new key. */
static tb_err confirmed(tb_step *step)
{
    return tb_own_marks_renew(step);
}

static bool scans_more;
static tb_case_id resent_case;

static tb_err scan_slice(tb_step *step)
{
    tb_time due;
    tb_err err = tb_dispute_tick(step);
    if (err == TB_OK) {
        err = tb_dispute_due(step->agent, step->txn, &due);
        scans_more = err == TB_OK;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static void scan(world *w, world_agent *a, bool *out_more)
{
    turn_of(w, a->id.text, scan_slice);
    *out_more = scans_more;
}

static void scan_all(world *w, world_agent *a)
{
    bool more = true;
    for (unsigned turns = 0; more; turns++) {
        assert_true(turns < 100);
        scan(w, a, &more);
    }
}

/* Every agent learns of it; one has not looked through its events yet. */
static void learn_but(world *w, const tb_directory *next, const char *late)
{
    for (size_t i = 0; i < w->agent_count; i++) {
        world_agent *a = &w->agents[i];
        tb_txn *txn;
        tb_arena_reset(&a->arena);
        assert_ok(tb_store_begin(a->store, &a->arena, &txn));
        assert_ok(tb_dispute_begin(txn, &w->directory, next));
        assert_ok(tb_store_commit(txn));
        a->agent.keys.sign_id.bytes[7] = 9;
        turn_of(w, a->id.text, confirmed);
    }
    w->directory = *next;
    for (size_t i = 0; i < w->agent_count; i++) {
        if (strcmp(w->agents[i].id.text, late) != 0) {
            scan_all(w, &w->agents[i]);
        }
    }
}

static void learn(world *w, const tb_directory *next)
{
    learn_but(w, next, "");
}

/* How many events of the case stand like this at a party. */
static unsigned standing_at(world *w, const char *id, tb_standing standing)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, id, &request);
    unsigned count = 0;
    assert_int_equal(answer->kind, TB_ANSWER_CASE);
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        count += answer->case_.events[i].standing == standing;
    }
    return count;
}

/* The home bureau signs for the case with its first notice and orders with its second. */
static void order(world *w)
{
    order_for(w, LEAD);
    deliver_all(w);
    assert_string_equal(holder_at(w, "bureau.33"), "cm.44");
}

/* Its key is cut between the two: it has signed for the case, and the order is disputed. */
static void order_beyond_cut(world *w)
{
    order(w);
    tb_directory next = with_cut(w, "bureau.44", 1, TB_CUT_STOLEN);
    learn(w, &next);
}

static void take_over(world *w)
{
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
}

/* Who has seen the order. */
static const char *const on_the_case[] = {"bureau.33", "bureau.44", "cm.44"};

static void what_is_signed_beyond_a_cut_is_disputed_and_has_no_effect(void **state)
{
    world *w = *state;
    order_beyond_cut(w);
    for (size_t i = 0; i < 3; i++) {
        const char *id = on_the_case[i];
        tb_local_summary summary = summary_at(w, id);
        assert_true(summary.frozen);
        assert_string_equal(state_at(w, id), "signed_for"); /* up to the cut it counts */
        assert_string_equal(holder_at(w, id), "bureau.44");
        assert_int_equal(standing_at(w, id, TB_STANDING_DISPUTED), 1);
        assert_int_equal(alarms_at(w, id), 1);
    }
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_REFUSED_FROZEN);
    check_world(w);
}

static void a_take_over_settles_it_and_all_have_the_same_chain(void **state)
{
    world *w = *state;
    order_beyond_cut(w);
    take_over(w);
    tb_digest head = summary_at(w, "bureau.33").head;
    for (size_t i = 0; i < 2; i++) {
        tb_local_summary summary = summary_at(w, on_the_case[i]);
        assert_false(summary.frozen);
        assert_int_equal(summary.term, 2);
        assert_true(tb_digest_equal(&summary.head, &head));
        assert_int_equal(standing_at(w, on_the_case[i], TB_STANDING_DISPUTED), 0);
        assert_int_equal(standing_at(w, on_the_case[i], TB_STANDING_OVERTAKEN), 1);
    }
    check_world(w);
}

/* The operator was ordered by the disputed event: it is no party of the chain that goes on. */
static void who_holds_what_is_left_aside_is_told_of_the_take_over(void **state)
{
    world *w = *state;
    order_beyond_cut(w);
    take_over(w);
    assert_true(summary_at(w, "cm.44").frozen);
    turn_of(w, "bureau.33", tb_aside_tick);
    deliver_all(w);
    tb_digest head = summary_at(w, "bureau.33").head;
    tb_local_summary summary = summary_at(w, "cm.44");
    assert_false(summary.frozen);
    assert_true(tb_digest_equal(&summary.head, &head));
    assert_int_equal(standing_at(w, "cm.44", TB_STANDING_OVERTAKEN), 1);
    /* once */
    turn_of(w, "bureau.33", tb_aside_tick);
    assert_int_equal(lying(w), 0);
    check_world(w);
}

static void who_cannot_be_sealed_to_yet_is_told_when_it_can(void **state)
{
    world *w = *state;
    order_beyond_cut(w);
    take_over(w);
    tb_directory_party *away = party_at(w, "cm.44");
    tb_directory_party back = *away;
    away->state = TB_PARTY_OFF_LINE;
    away->key_count = 0;
    tick(w, "bureau.33", 1);
    assert_int_equal(lying(w), 0);
    *away = back;
    tick(w, "bureau.33", 60000);
    deliver_all(w);
    assert_false(summary_at(w, "cm.44").frozen);
    tick(w, "bureau.33", 60000);
    assert_int_equal(lying(w), 0);
    check_world(w);
}

static void who_is_no_party_any_more_is_told_nothing_and_holds_nobody_up(void **state)
{
    world *w = *state;
    order_beyond_cut(w);
    take_over(w);
    tb_directory_party *gone = party_at(w, "cm.44");
    gone->state = TB_PARTY_ENDED;
    tick(w, "bureau.33", 1);
    assert_int_equal(lying(w), 0);
    gone->state = TB_PARTY_ACTIVE;
    tick(w, "bureau.33", 60000);
    assert_int_equal(lying(w), 0);
    check_world(w);
}

static void who_was_left_aside_once_is_told_of_nothing_later(void **state)
{
    world *w = *state;
    tb_directory before = w->directory;
    order_beyond_cut(w);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    tick(w, "bureau.33", 1);
    deliver_all(w);
    w->directory = before; /* the home bureau has its new key */
    tb_digest told = summary_at(w, "cm.44").head;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    tick(w, "bureau.33", 1);
    deliver_all(w);
    tb_digest head = summary_at(w, "cm.44").head;
    assert_int_equal(summary_at(w, "bureau.33").term, 3);
    assert_true(tb_digest_equal(&head, &told));
    check_world(w);
}

/* The home bureau takes the order back with an event whose id is smaller or greater than a digest.
 */
static void take_back_beside(world *w, const tb_digest *other, bool smaller)
{
    world_agent *home = who(w, "bureau.44");
    for (unsigned tries = 0; tries < 64; tries++) {
        tb_store *before;
        size_t letters = w->letter_count;
        assert_ok(tb_store_mem_clone(home->store, &before));
        assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
        tb_digest head = summary_at(w, "bureau.44").head;
        if ((memcmp(head.bytes, other->bytes, TB_DIGEST_BYTES) < 0) == smaller) {
            tb_store_close(before);
            return;
        }
        tb_store_close(home->store);
        home->store = before;
        w->letter_count = letters;
    }
    fail_msg("no such id");
}

/* A thief takes the case over, and then an honest party does in the same term. Who sees the second
 * before it knows that the first does not count ends where the others are. */
static void a_take_over_that_lost_to_a_disputed_one_wins_after_all(void **state)
{
    world *w = *state;
    order(w);
    take_over(w);
    tb_digest stolen = summary_at(w, "cm.44").head;
    tb_directory next = with_cut(w, "bureau.33", 2, TB_CUT_STOLEN);
    learn_but(w, &next, "cm.44");
    assert_true(summary_at(w, "bureau.44").frozen);
    take_back_beside(w, &stolen, false);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
    scan_all(w, who(w, "cm.44"));
    tb_digest head = summary_at(w, "bureau.44").head;
    tb_local_summary summary = summary_at(w, "cm.44");
    assert_true(tb_digest_equal(&summary.head, &head));
    assert_false(summary.frozen);
    assert_string_equal(holder_at(w, "cm.44"), "cm.44");
    assert_int_equal(standing_at(w, "cm.44", TB_STANDING_OVERTAKEN),
                     standing_at(w, "bureau.44", TB_STANDING_OVERTAKEN));
    assert_int_equal(standing_at(w, "cm.44", TB_STANDING_DISPUTED), 0);
    check_world(w);
}

/* The home bureau takes back what is disputed before it knows so; elsewhere the take-over that
 * settles the case has left that aside. Whatever came first, all end with the same chain. */
static void a_take_over_built_on_what_is_disputed_does_not_rule(void **state)
{
    world *w = *state;
    order(w);
    tb_directory next = with_cut(w, "bureau.44", 1, TB_CUT_ROTATION);
    learn_but(w, &next, "bureau.44");
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    tb_digest settles = summary_at(w, "bureau.33").head;
    take_back_beside(w, &settles, true);
    deliver_all(w);
    scan_all(w, who(w, "bureau.44"));
    for (size_t i = 0; i < 2; i++) {
        tb_local_summary summary = summary_at(w, on_the_case[i]);
        assert_true(tb_digest_equal(&summary.head, &settles));
        assert_false(summary.frozen);
        assert_int_equal(standing_at(w, on_the_case[i], TB_STANDING_OVERTAKEN), 2);
    }
    check_world(w);
}

/* A case that headquarters has decided the home of: it may take it over too. */
static void order_by_decision(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=11|home_basis=other"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.11", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "headquarters", "decide_home", "home_province=44|home_basis=other"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
}

/* A thief's take-over beat two honest ones: of these the one that goes first takes its place. */
static void of_those_that_lost_to_a_disputed_take_over_the_first_rules(void **state)
{
    world *w = *state;
    order_by_decision(w);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    tb_digest stolen = summary_at(w, "bureau.33").head;
    assert_int_equal(acts(w, "headquarters", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    take_back_beside(w, &stolen, false);
    tb_digest first = summary_at(w, "bureau.44").head;
    deliver_all(w);
    tb_local_summary summary = summary_at(w, "bureau.44");
    assert_true(tb_digest_equal(&summary.head, &stolen));
    tb_directory next = with_cut(w, "bureau.33", 5, TB_CUT_STOLEN);
    learn(w, &next);
    for (size_t i = 0; i < 2; i++) {
        summary = summary_at(w, on_the_case[i]);
        assert_true(tb_digest_equal(&summary.head, &first));
        assert_false(summary.frozen);
    }
    check_world(w);
}

static void at_the_cut_it_counts_and_one_behind_it_does_not(void **state)
{
    world *w = *state;
    order(w);
    tb_directory next = with_cut(w, "bureau.44", 2, TB_CUT_LOST);
    learn(w, &next);
    for (size_t i = 0; i < 3; i++) {
        assert_false(summary_at(w, on_the_case[i]).frozen);
        assert_int_equal(standing_at(w, on_the_case[i], TB_STANDING_DISPUTED), 0);
    }
    check_world(w);
}

static tb_err resend_to_bureau(tb_step *step)
{
    tb_party peer = {"bureau.44"};
    size_t events;
    return tb_resend_case(step, &resent_case, &peer, 0, TB_LANE_BULK, &events);
}

/* The home bureau is set back to before it had the case, and its key cut where the copy ends. */
static void
who_is_resent_what_it_signed_beyond_its_cut_holds_the_case_frozen_as_others_do(void **state)
{
    world *w = *state;
    tb_store *old;
    assert_ok(tb_store_mem_clone(who(w, "bureau.44")->store, &old));
    order(w);
    tb_store_close(who(w, "bureau.44")->store);
    who(w, "bureau.44")->store = old;
    tb_directory next = with_cut(w, "bureau.44", 1, TB_CUT_ROTATION);
    learn(w, &next);
    assert_true(summary_at(w, "bureau.33").frozen);

    resent_case = w->case_id;
    turn_of(w, "cm.44", resend_to_bureau);
    deliver_all(w);
    for (size_t i = 0; i < 3; i++) {
        const char *id = on_the_case[i];
        assert_true(summary_at(w, id).frozen);
        assert_string_equal(state_at(w, id), "signed_for");
        assert_int_equal(standing_at(w, id, TB_STANDING_DISPUTED), 1);
    }
    assert_int_equal(alarms_at(w, "bureau.44"), 1);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_REFUSED_FROZEN);
    check_world(w);

    take_over(w);
    assert_false(summary_at(w, "bureau.44").frozen);
    assert_int_equal(standing_at(w, "bureau.44", TB_STANDING_OVERTAKEN), 1);
    /* given again once it is settled, it freezes nothing */
    turn_of(w, "cm.44", resend_to_bureau);
    deliver_all(w);
    assert_false(summary_at(w, "bureau.44").frozen);
    check_world(w);
}

/* A case that the home bureau has signed for and, on a copy of before, refused: both are delivered.
 */
static void home_bureau_forks(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_store *backup;
    assert_ok(tb_store_mem_clone(who(w, "bureau.44")->store, &backup));
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    tb_store_close(who(w, "bureau.44")->store);
    who(w, "bureau.44")->store = backup;
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
}

/* The home bureau forks the case, a thief takes it over on the branch that it does not know, and
 * the thief's key is cut before that branch comes. */
static void a_take_over_that_waited_and_is_beyond_a_cut_settles_no_fork(void **state)
{
    world *w = *state;
    home_bureau_forks(w);
    take_over(w);
    assert_int_equal(summary_at(w, "bureau.44").held_back, 1);
    tb_digest own = summary_at(w, "bureau.44").head;

    tb_directory next = with_cut(w, "bureau.33", 2, TB_CUT_STOLEN);
    learn(w, &next);
    assert_true(summary_at(w, "bureau.33").frozen);
    resent_case = w->case_id;
    turn_of(w, "bureau.33", resend_to_bureau);
    deliver_all(w);
    tb_local_summary summary = summary_at(w, "bureau.44");
    assert_int_equal(summary.held_back, 0);
    assert_true(summary.frozen);
    assert_int_equal(summary.term, 1);
    assert_true(tb_digest_equal(&summary.head, &own));
    assert_int_equal(standing_at(w, "bureau.44", TB_STANDING_DISPUTED), 1);
    check_world(w);
}

/* The chain of a case opened beyond a cut has nothing to stand on: it is resent to nobody. */
static void a_case_opened_beyond_a_cut_is_not_resent(void **state)
{
    world *w = *state;
    order(w);
    tb_directory next = with_cut(w, "police.33", 0, TB_CUT_STOLEN);
    learn(w, &next);
    resent_case = w->case_id;
    turn_of(w, "cm.44", resend_to_bureau);
    assert_int_equal(lying(w), 0);
}

static void what_honest_parties_built_on_it_hangs_with_it(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(acts(w, "bureau.44", "remark", "comment=请尽快"), TB_ACCEPTED);
    deliver_all(w);
    take_over(w);
    assert_int_equal(summary_at(w, "police.33").term, 2);
    /* a cut before all the home bureau did: the take-over was built on the order */
    tb_directory next = with_cut(w, "bureau.44", 0, TB_CUT_STOLEN);
    learn(w, &next);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(state_at(w, on_the_case[i]), "forwarded");
        assert_int_equal(summary_at(w, on_the_case[i]).term, 1);
        assert_true(standing_at(w, on_the_case[i], TB_STANDING_DISPUTED) >= 3);
    }
    take_over(w);
    assert_int_equal(summary_at(w, "police.33").term, 2);
    assert_false(summary_at(w, "police.33").frozen);
    check_world(w);
}

static void a_case_opened_beyond_a_cut_can_only_be_opened_anew(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    tb_directory next = with_cut(w, "police.33", 0, TB_CUT_STOLEN);
    learn(w, &next);
    assert_true(summary_at(w, "bureau.33").frozen);
    assert_int_equal(standing_at(w, "bureau.33", TB_STANDING_DISPUTED), 1);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_REFUSED_FROZEN);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"),
                     TB_REFUSED_BEYOND_CUT);
    check_world(w);
}

/* The first event of w->case_id at a party does not read any more. */
static void spoil_opening(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_event_first(txn, &w->case_id, TB_CLASS_CHAIN, &walk, &key, &row));
    assert_ok(tb_store_put(txn, TB_TABLE_EVENT, walk.key, tb_bytes_str("bad")));
    assert_ok(tb_store_put(txn, TB_TABLE_EVENT, tb_bytes_str("key"), tb_bytes_str("bad")));
    assert_ok(tb_store_commit(txn));
}

/* One case has its order beyond the cut and does not read, and so can nobody judge it; the others
 * are judged all the same. */
static void what_does_not_read_stops_no_scan(void **state)
{
    world *w = *state;
    order(w);
    spoil_opening(w, "bureau.33");
    order_for(w, "number=13800009999|source=police_case|offence=telecom_fraud|"
                 "reported_at=2015-02-09T11:39:00+08:00");
    deliver_all(w);
    tb_directory next = with_cut(w, "bureau.44", 1, TB_CUT_STOLEN);
    learn(w, &next);
    assert_true(summary_at(w, "bureau.33").frozen);
    assert_int_equal(standing_at(w, "bureau.33", TB_STANDING_DISPUTED), 2);
    /* that case, the row of no case, and what is disputed: one alarm each */
    assert_int_equal(alarms_at(w, "bureau.33"), 3);
}

static void plant_scan(world *w, const char *id, tb_bytes key, tb_bytes at)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_store_put(txn, TB_TABLE_CUT_SCAN, key, at));
    assert_ok(tb_store_commit(txn));
}

/* One whose key does not read is set aside, one whose place does not begins anew. */
static void a_scan_that_does_not_read_ends_all_the_same(void **state)
{
    static const uint8_t nowhere[TB_KEY_BYTES_MAX + 1];
    world *w = *state;
    uint8_t key[TB_PARTY_BYTES + 8] = "bureau.44";
    order(w);
    tb_directory next = with_cut(w, "bureau.44", 1, TB_CUT_STOLEN);
    learn_but(w, &next, "bureau.33");
    plant_scan(w, "bureau.33", tb_bytes_of(key, sizeof key), tb_bytes_of(nowhere, sizeof nowhere));
    plant_scan(w, "bureau.33", tb_bytes_str("a key"), tb_bytes_of(NULL, 0));
    scan_all(w, who(w, "bureau.33"));
    assert_true(summary_at(w, "bureau.33").frozen);
    assert_int_equal(alarms_at(w, "bureau.33"), 2);
    check_world(w);
}

/* So many cases a turn, and none is left. */
static void very_many_cases_are_disputed_over_several_turns(void **state)
{
    world *w = *state;
    tb_case_id ids[17];
    bool more;
    for (unsigned i = 0; i < 17; i++) {
        char lead[] = "number=13800001200|source=police_case|offence=other|"
                      "reported_at=2015-02-09T11:39:00+08:00";
        lead[16] = (char)('0' + i / 10);
        lead[17] = (char)('0' + i % 10);
        assert_int_equal(opens(w, "police.33", lead), TB_ACCEPTED);
        ids[i] = w->case_id;
        deliver_all(w);
    }
    tb_directory next = with_cut(w, "police.33", 0, TB_CUT_STOLEN);
    learn_but(w, &next, "bureau.33");
    scan(w, who(w, "bureau.33"), &more);
    assert_true(more);
    scan_all(w, who(w, "bureau.33"));
    for (unsigned i = 0; i < 17; i++) {
        w->case_id = ids[i];
        assert_true(summary_at(w, "bureau.33").frozen);
    }
    check_world(w);
}

/* A key that seals or carries signs nothing. */
static void a_cut_of_a_key_that_signs_nothing_looks_at_nothing(void **state)
{
    world *w = *state;
    tb_directory next = with_cut(w, "bureau.44", 1, TB_CUT_STOLEN);
    keys[0].purpose = TB_PURPOSE_TRANSPORT;
    order(w);
    learn(w, &next);
    assert_false(summary_at(w, "bureau.33").frozen);
    assert_int_equal(standing_at(w, "bureau.33", TB_STANDING_DISPUTED), 0);
}

/* A fork that nobody has settled, and the branch that is shown turns out to be beyond a cut: the
 * other is still a fork, and a take-over settles both. */
static void a_fork_stays_one_when_the_branch_that_is_shown_is_disputed(void **state)
{
    world *w = *state;
    home_bureau_forks(w);
    tb_directory next = with_cut(w, "bureau.44", 0, TB_CUT_STOLEN);
    learn(w, &next);
    assert_string_equal(state_at(w, "bureau.33"), "forwarded");
    assert_true(summary_at(w, "bureau.33").frozen);
    assert_int_equal(standing_at(w, "bureau.33", TB_STANDING_DISPUTED), 1);
    assert_int_equal(standing_at(w, "bureau.33", TB_STANDING_FORKED), 1);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=forked"), TB_ACCEPTED);
    assert_false(summary_at(w, "bureau.33").frozen);
    assert_int_equal(standing_at(w, "bureau.33", TB_STANDING_OVERTAKEN), 2);
    check_world(w);
}

/* Held back when its key was cut: what leaves no chain to be frozen is refused then. */
static void what_waited_and_is_beyond_a_cut_opens_no_case(void **state)
{
    world *w = *state;
    who(w, "bureau.33")->agent.campaigns = &w->none;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 1);
    tb_directory next = with_cut(w, "police.33", 0, TB_CUT_STOLEN);
    learn(w, &next);
    who(w, "bureau.33")->agent.campaigns = &w->campaigns;
    tick(w, "bureau.33", 1);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 0);
    assert_string_equal(state_at(w, "bureau.33"), "");
    assert_int_equal(alarms_at(w, "bureau.33"), 1);
}

static void a_side_event_that_waited_and_is_beyond_a_cut_is_refused(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    letter *opening = letter_to(w, "bureau.33");
    opening->gone = true;
    assert_int_equal(acts(w, "police.33", "remark", "comment=补充"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 1);
    tb_directory next = with_cut(w, "police.33", 1, TB_CUT_STOLEN);
    learn(w, &next);
    assert_int_equal(deliver(w, opening), TB_ACCEPTED);
    assert_string_equal(state_at(w, "bureau.33"), "submitted");
    assert_int_equal(summary_at(w, "bureau.33").held_back, 0);
    assert_int_equal(standing_at(w, "bureau.33", TB_STANDING_EFFECTIVE), 1);
    assert_int_equal(alarms_at(w, "bureau.33"), 1);
}

/* ---- who vouches ---- */

static tb_party named(const char *id)
{
    tb_party out;
    assert_true(tb_party_parse(tb_bytes_str(id), &out));
    return out;
}

static void a_stolen_key_needs_somebody_who_vouches_for_the_place(void **state)
{
    world *w = *state;
    static tb_entry entries[1];
    tb_party self = named("headquarters");
    tb_party from = named("bureau.33");
    tb_party other = named("bureau.44");
    tb_digest digest = {{7}};
    tb_header header = {.sender = named("police.33"),
                        .incarnation = incarnation_of(w, "police.33"),
                        .lane = TB_LANE_NORMAL,
                        .entries = entries,
                        .entry_count = 1};
    entries[0] = (tb_entry){.recipient = from, .number = 4};
    tb_directory d = with_cut(w, "police.33", 4, TB_CUT_STOLEN);
    assert_true(tb_cut_passed_counts(&d, &self, &from, &header, &digest, NULL));
    entries[0].number = 5;
    assert_false(tb_cut_passed_counts(&d, &self, &from, &header, &digest, NULL));
    /* its entry is another's, so it takes the hub's stamp on exactly this header, in time */
    entries[0] = (tb_entry){.recipient = other, .number = 4};
    assert_false(tb_cut_passed_counts(&d, &self, &from, &header, &digest, NULL));
    tb_line stamp = {.kind = TB_LINE_STORED, .from = 3, .to = 4, .digest = digest, .at = w->clock};
    stamp.stream.recipient = other;
    assert_true(tb_cut_passed_counts(&d, &self, &from, &header, &digest, &stamp));
    stamp.at++;
    assert_false(tb_cut_passed_counts(&d, &self, &from, &header, &digest, &stamp));
    stamp.at--;
    stamp.digest.bytes[0]++;
    assert_false(tb_cut_passed_counts(&d, &self, &from, &header, &digest, &stamp));
    /* a key that was only replaced says nothing false */
    d = with_cut(w, "police.33", 4, TB_CUT_ROTATION);
    assert_true(tb_cut_passed_counts(&d, &self, &from, &header, &digest, NULL));
    entries[0].number = 5;
    assert_false(tb_cut_passed_counts(&d, &self, &from, &header, &digest, NULL));
}

static void what_is_here_is_judged_by_our_own_entry(void **state)
{
    world *w = *state;
    static tb_entry entries[2];
    tb_party self = named("bureau.44");
    tb_header header = {.sender = named("police.33"),
                        .incarnation = incarnation_of(w, "police.33"),
                        .lane = TB_LANE_NORMAL,
                        .entries = entries,
                        .entry_count = 2};
    entries[0] = (tb_entry){.recipient = named("bureau.33"), .number = 4};
    entries[1] = (tb_entry){.recipient = self, .number = 5};
    tb_directory d = with_cut(w, "police.33", 4, TB_CUT_STOLEN);
    assert_false(tb_cut_kept_counts(&d, &self, &header));
    header.entry_count = 1;
    assert_true(tb_cut_kept_counts(&d, &self, &header));
    entries[0].number = 5;
    assert_false(tb_cut_kept_counts(&d, &self, &header));
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(what_is_signed_beyond_a_cut_is_disputed_and_has_no_effect),
    IN_A_WORLD(a_take_over_settles_it_and_all_have_the_same_chain),
    IN_A_WORLD(who_holds_what_is_left_aside_is_told_of_the_take_over),
    IN_A_WORLD(a_take_over_that_lost_to_a_disputed_one_wins_after_all),
    IN_A_WORLD(a_take_over_built_on_what_is_disputed_does_not_rule),
    IN_A_WORLD(of_those_that_lost_to_a_disputed_take_over_the_first_rules),
    IN_A_WORLD(who_cannot_be_sealed_to_yet_is_told_when_it_can),
    IN_A_WORLD(who_is_no_party_any_more_is_told_nothing_and_holds_nobody_up),
    IN_A_WORLD(who_was_left_aside_once_is_told_of_nothing_later),
    IN_A_WORLD(at_the_cut_it_counts_and_one_behind_it_does_not),
    IN_A_WORLD(what_honest_parties_built_on_it_hangs_with_it),
    IN_A_WORLD(who_is_resent_what_it_signed_beyond_its_cut_holds_the_case_frozen_as_others_do),
    IN_A_WORLD(a_take_over_that_waited_and_is_beyond_a_cut_settles_no_fork),
    IN_A_WORLD(a_case_opened_beyond_a_cut_is_not_resent),
    IN_A_WORLD(a_case_opened_beyond_a_cut_can_only_be_opened_anew),
    IN_A_WORLD(what_does_not_read_stops_no_scan),
    IN_A_WORLD(a_scan_that_does_not_read_ends_all_the_same),
    IN_A_WORLD(very_many_cases_are_disputed_over_several_turns),
    IN_A_WORLD(a_cut_of_a_key_that_signs_nothing_looks_at_nothing),
    IN_A_WORLD(a_fork_stays_one_when_the_branch_that_is_shown_is_disputed),
    IN_A_WORLD(what_waited_and_is_beyond_a_cut_opens_no_case),
    IN_A_WORLD(a_side_event_that_waited_and_is_beyond_a_cut_is_refused),
    IN_A_WORLD(a_stolen_key_needs_somebody_who_vouches_for_the_place),
    IN_A_WORLD(what_is_here_is_judged_by_our_own_entry),
};

TB_RUN("dispute", tests)
