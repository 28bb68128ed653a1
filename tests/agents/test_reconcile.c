/* domain.md, scenario 9, with its own figures: 120 sent, 118 received at the cut-off, and the two
 * are listed; told apart by province, held against arrived marks, and settled by a person. */
#include "tests/agents/edited.h"
#include "tests/agents/world.h"

#include "agents/measures.h"
#include "agents/reconcile.h"
#include "tests/store/failing.h"

#define LATE     2
#define RECEIVED (failing_awake() ? 1u : 118u)
#define SENT     (RECEIVED + LATE)

static void settled(world *w, const char *party)
{
    world_agent *a = who(w, party);
    tb_err err = TB_OK;
    for (unsigned turns = 0; err == TB_OK && turns < 100; turns++) {
        tb_txn *txn;
        tb_time at;
        tb_arena_reset(&a->arena);
        assert_ok(tb_store_begin(a->store, &a->arena, &txn));
        assert_ok(tb_measures_tick(&a->agent, txn));
        err = tb_measures_due(&a->agent, txn, &at);
        assert_ok(tb_store_commit(txn));
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
}

static const tb_local_answer *
asks(world *w, const char *party, const char *of, const char *with, bool sent)
{
    tb_local_request request = {.kind = TB_REQUEST_RECONCILE};
    settled(w, party);
    request.reconcile = (tb_local_reconcile){.campaign = tb_bytes_str("black-card"),
                                             .report = tb_bytes_str("quarterly"),
                                             .period = tb_bytes_str("2015-Q1"),
                                             .reconcile = tb_bytes_str("forwarded"),
                                             .sent = sent};
    assert_true(*of == '\0' || tb_party_parse(tb_bytes_str(of), &request.reconcile.of));
    assert_true(*with == '\0' || tb_party_parse(tb_bytes_str(with), &request.reconcile.with));
    return ask(w, party, &request);
}

static size_t reasons(const tb_local_reconciled *r, tb_reconciled_reason reason)
{
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++) {
        count += r->lines[i].reason == reason;
    }
    return count;
}

static void forward_one(world *w)
{
    assert_int_equal(opens(w, "police.33",
                           "number=13800001234|source=police_case|offence=telecom_fraud|"
                           "reported_at=2015-02-09T11:39:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
}

/* The last two are signed for after the quarter. */
static void quarter(world *w, tb_case_id late[LATE])
{
    at_time(w, "police.33", "2015-03-30T10:00:00+08:00");
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    at_time(w, "bureau.44", "2015-03-31T10:00:00+08:00");
    for (unsigned i = 0; i < RECEIVED; i++) {
        forward_one(w);
        deliver_all(w);
        assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
        deliver_all(w);
    }
    for (unsigned i = 0; i < LATE; i++) {
        forward_one(w);
        deliver_all(w);
        late[i] = w->case_id;
    }
    at_time(w, "bureau.44", "2015-04-02T10:00:00+08:00");
    for (unsigned i = 0; i < LATE; i++) {
        w->case_id = late[i];
        assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    }
    deliver_all(w);
}

static void of_120_sent_and_118_received_at_the_cut_off_the_two_are_listed(void **state)
{
    world *w = *state;
    tb_case_id late[LATE];
    quarter(w, late);
    const tb_local_reconciled *here =
        &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(w->answer.kind, TB_ANSWER_RECONCILED);
    assert_int_equal(here->count, SENT);
    assert_int_equal(reasons(here, TB_RECONCILED_BOTH), RECEIVED);
    assert_int_equal(reasons(here, TB_RECONCILED_IN_TRANSIT), LATE);
    for (size_t i = 0; i < here->count; i++) {
        bool apart = tb_case_equal(&here->lines[i].case_id, &late[0]) ||
                     tb_case_equal(&here->lines[i].case_id, &late[1]);
        assert_int_equal(here->lines[i].reason != TB_RECONCILED_BOTH, apart);
        assert_true(here->lines[i].arrived);
    }
    /* from the other side: 118, all of them counted by both; and by province: nothing to another */
    const tb_local_reconciled *there =
        &asks(w, "bureau.44", "bureau.44", "bureau.33", false)->reconciled;
    assert_int_equal(there->count, RECEIVED);
    assert_int_equal(reasons(there, TB_RECONCILED_BOTH), RECEIVED);
    assert_int_equal(asks(w, "bureau.33", "bureau.33", "bureau.11", true)->reconciled.count, 0);
}

static void what_no_mark_covers_and_nobody_acted_on_is_not_arrived(void **state)
{
    world *w = *state;
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    forward_one(w); /* its letter is left lying */
    const tb_local_reconciled *here =
        &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_NOT_ARRIVED);
    assert_false(here->lines[0].arrived);
    /* the other side answers: not the home province */
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    here = &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_REFUSED);
}

static void a_difference_is_settled_by_either_party_with_a_reason_both_see(void **state)
{
    world *w = *state;
    tb_case_id late[LATE];
    quarter(w, late);
    w->case_id = late[0];
    assert_int_equal(acts(w, "bureau.44", "explain_difference", ""), TB_REFUSED_FIELD_MISSING);
    assert_int_equal(
        acts(w, "bureau.44", "explain_difference", "difference_note=4月2日签收,计入二季度"),
        TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *here =
        &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    size_t count = 0;
    for (size_t i = 0; i < here->count; i++) {
        const tb_local_reconciled_line *line = &here->lines[i];
        if (line->settled_at != 0) {
            assert_true(tb_case_equal(&line->case_id, &late[0]));
            assert_string_equal(line->settled_by.text, "bureau.44");
            assert_true(tb_bytes_equal(line->settled, tb_bytes_str("4月2日签收,计入二季度")));
            assert_int_equal(line->reason, TB_RECONCILED_IN_TRANSIT); /* it stays what it was */
            count++;
        }
    }
    assert_int_equal(count, 1);
    check_world(w);
}

static void headquarters_sees_of_a_pair_what_the_two_settled_and_nothing_else(void **state)
{
    world *w = *state;
    tb_case_id late[LATE];
    quarter(w, late);
    assert_int_equal(asks(w, "headquarters", "bureau.33", "bureau.44", true)->reconciled.count, 0);
    w->case_id = late[0];
    assert_int_equal(
        acts(w, "bureau.44", "explain_difference", "difference_note=4月2日签收,计入二季度"),
        TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *told =
        &asks(w, "headquarters", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(w->answer.kind, TB_ANSWER_RECONCILED);
    assert_int_equal(told->count, 1);
    assert_true(tb_case_equal(&told->lines[0].case_id, &late[0]));
    assert_int_equal(told->lines[0].reason, TB_RECONCILED_SETTLED);
    assert_string_equal(told->lines[0].settled_by.text, "bureau.44");
    assert_true(told->lines[0].settled_at != 0);
    assert_true(tb_bytes_equal(told->lines[0].settled, tb_bytes_str("4月2日签收,计入二季度")));
    /* not of the pair the other way round, nor of another */
    assert_int_equal(asks(w, "headquarters", "bureau.44", "bureau.33", true)->reconciled.count, 0);
    assert_int_equal(asks(w, "headquarters", "bureau.33", "bureau.11", true)->reconciled.count, 0);
    check_world(w);
}

static void where_nobody_is_named_each_line_says_between_whom_it_is(void **state)
{
    world *w = *state;
    tb_case_id late[SENT - RECEIVED];
    quarter(w, late);
    const tb_local_reconciled *all = &asks(w, "bureau.33", "bureau.33", "", true)->reconciled;
    assert_int_equal(all->count, SENT);
    for (size_t i = 0; i < all->count; i++) {
        assert_string_equal(all->lines[i].of.text, "bureau.33");
        assert_string_equal(all->lines[i].with.text, "bureau.44");
    }
    assert_int_equal(reasons(all, TB_RECONCILED_IN_TRANSIT), SENT - RECEIVED);
    w->case_id = late[1];
    assert_int_equal(acts(w, "bureau.33", "explain_difference", "difference_note=在途"),
                     TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *told = &asks(w, "headquarters", "", "", true)->reconciled;
    assert_int_equal(told->count, 1);
    assert_string_equal(told->lines[0].of.text, "bureau.33");
    assert_string_equal(told->lines[0].with.text, "bureau.44");
    assert_true(tb_case_equal(&told->lines[0].case_id, &late[1]));
    /* any two is headquarters' to ask, and not of a certain one */
    assert_int_equal(asks(w, "bureau.33", "", "", true)->code, TB_REFUSED_RECONCILE_OF);
    assert_int_equal(asks(w, "headquarters", "", "bureau.44", true)->code, TB_REFUSED_RECONCILE_OF);
    check_world(w);
}

static void only_ones_own_side_is_listed(void **state)
{
    world *w = *state;
    assert_int_equal(asks(w, "bureau.33", "bureau.44", "bureau.33", true)->code,
                     TB_REFUSED_RECONCILE_OF);
    assert_int_equal(asks(w, "bureau.33", "bureau.33", "bureau.99", true)->code,
                     TB_REFUSED_UNKNOWN_PARTY);
}

/* ---- a campaign that names the other party itself, and opens with the forwarding ---- */

/* tests/system/reconcile.yaml with these edits, as `edited` takes them. */
static void by_name(world *w, const char *const *edits)
{
    tb_campaign_loaded_free(w->loaded);
    w->loaded = edited("tests/system/reconcile.yaml", edits);
    w->campaign = tb_campaign_loaded_get(w->loaded);
    w->campaigns = (tb_campaigns){&w->campaign, 1};
}

typedef struct question {
    const char *of;
    const char *with; /* "": anybody */
    const char *period;
    const char *reconcile;
    bool sent;
} question;

static const tb_local_answer *asks_by_name(world *w, const char *party, question q, tb_bytes after)
{
    tb_local_request request = {.kind = TB_REQUEST_RECONCILE};
    settled(w, party);
    request.reconcile = (tb_local_reconcile){.campaign = tb_bytes_str(w->campaign->id),
                                             .report = tb_bytes_str("quarterly"),
                                             .period = tb_bytes_str(q.period),
                                             .reconcile = tb_bytes_str(q.reconcile),
                                             .sent = q.sent,
                                             .after = after};
    assert_true(*q.of == '\0' || tb_party_parse(tb_bytes_str(q.of), &request.reconcile.of));
    assert_true(*q.with == '\0' || tb_party_parse(tb_bytes_str(q.with), &request.reconcile.with));
    return ask(w, party, &request);
}

static const tb_local_reconciled *lines(world *w, const char *party, question q)
{
    const tb_local_answer *answer = asks_by_name(w, party, q, tb_bytes_of(NULL, 0));
    assert_int_equal(answer->kind, TB_ANSWER_RECONCILED);
    return &answer->reconciled;
}

static void forward_to(world *w, const char *home)
{
    char fields[96] = "found=bureau.33|serial=1|home=";
    strcat(fields, home);
    assert_int_equal(opens_type(w, "bureau.33", "matter", fields), TB_ACCEPTED);
}

#define SENT_TO(who)                                                                               \
    (question)                                                                                     \
    {                                                                                              \
        "bureau.33", who, "2015-Q1", "forwarded", true                                             \
    }

static void who_owes_no_report_is_nobody_to_reconcile_with(void **state)
{
    world *w = *state;
    by_name(w, NULL);
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    at_time(w, "bureau.44", "2015-03-31T10:00:00+08:00");
    forward_to(w, "cm.44"); /* an operator owes none */
    forward_to(w, "bureau.44");
    deliver_all(w);
    const tb_local_reconciled *all = lines(w, "bureau.33", SENT_TO(""));
    assert_int_equal(all->count, 1);
    assert_string_equal(all->lines[0].with.text, "bureau.44");
    assert_int_equal(lines(w, "bureau.33", SENT_TO("cm.44"))->count, 1); /* asked by name, it is */
    assert_int_equal(lines(w, "bureau.33", SENT_TO("bureau.11"))->count, 0);
}

static void what_was_sent_in_the_quarter_before_is_in_transit_from_the_other_side_too(void **state)
{
    world *w = *state;
    by_name(w, NULL);
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    at_time(w, "bureau.44", "2015-04-02T10:00:00+08:00");
    forward_to(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    const tb_local_reconciled *here =
        lines(w, "bureau.44", (question){"bureau.44", "", "2015-Q2", "forwarded", false});
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_IN_TRANSIT);
    assert_string_equal(here->lines[0].with.text, "bureau.33");
}

/* An arrived mark says that it is there; that nothing was heard of it is another thing. */
static void what_a_mark_covers_and_nobody_acted_on_is_missing(void **state)
{
    world *w = *state;
    by_name(w, NULL);
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    forward_to(w, "bureau.44");
    static const tb_reconciled_reason reasons_at[] = {TB_RECONCILED_NOT_ARRIVED,
                                                      TB_RECONCILED_MISSING};
    for (uint64_t arrived = 0; arrived < 2; arrived++) {
        world_agent *a = who(w, "bureau.33");
        tb_txn *txn;
        tb_arena_reset(&a->arena);
        assert_ok(tb_store_begin(a->store, &a->arena, &txn));
        tb_stream stream = {
            .sender = a->id, .recipient = who(w, "bureau.44")->id, .lane = TB_LANE_NORMAL};
        assert_ok(tb_meta_incarnation(txn, &stream.incarnation));
        tb_stream_out_row row = {.number = 1, .stored = arrived, .arrived = arrived};
        assert_ok(tb_stream_out_put(txn, &stream, 0, &row));
        assert_ok(tb_store_commit(txn));
        const tb_local_reconciled *here = lines(w, "bureau.33", SENT_TO("bureau.44"));
        assert_int_equal(here->lines[0].reason, reasons_at[arrived]);
        assert_int_equal(here->lines[0].arrived, arrived == 1);
    }
}

/* The words of the newest count, in whatever order they are stored, and none older than the event.
 */
static void of_several_explanations_the_newest_counts(void **state)
{
    world *w = *state;
    by_name(w, NULL);
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    forward_to(w, "bureau.44");
    deliver_all(w);
    static const char *const words[] = {"why=first",  "why=second", "why=third",
                                        "why=fourth", "why=fifth",  "why=last"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char at[] = "2015-03-31T10:00:00+08:00";
        at[12] = (char)('0' + i);
        at_time(w, "bureau.33", at);
        assert_int_equal(acts(w, "bureau.33", "explain", words[i]), TB_ACCEPTED);
    }
    deliver_all(w);
    const tb_local_reconciled *here = lines(w, "bureau.33", SENT_TO("bureau.44"));
    assert_true(tb_bytes_equal(here->lines[0].settled, tb_bytes_str("last")));
    /* at the other side what counts is its signature for it, in the next quarter: later than each
     */
    at_time(w, "bureau.44", "2015-04-02T10:00:00+08:00");
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    here =
        lines(w, "bureau.44", (question){"bureau.44", "bureau.33", "2015-Q2", "forwarded", false});
    assert_int_equal(here->count, 1);
    assert_true(here->lines[0].settled_at == 0);
    /* and of the quarter that nothing was signed for in, headquarters is told nothing */
    deliver_all(w);
    const question two = {"bureau.33", "bureau.44", "2015-Q1", "forwarded", true};
    assert_int_equal(lines(w, "headquarters", two)->count, 1);
    assert_int_equal(
        lines(w, "headquarters", (question){"bureau.33", "bureau.44", "2015-Q2", "forwarded", true})
            ->count,
        0);
    assert_int_equal(
        lines(w, "headquarters", (question){"police.33", "bureau.44", "2015-Q1", "forwarded", true})
            ->count,
        0);
}

/* A word that anybody on the case may read stands open in the act. */
static void an_explanation_may_be_open_or_there_may_be_none(void **state)
{
    world *w = *state;
    static const char *const open[] = {"{id: why, zh: 说明, en: why, type: text, group: words}",
                                       "{id: why, zh: 说明, en: why, type: text}", NULL};
    static const char *const none[] = {", settled_by: explain}", "}", NULL};
    by_name(w, open);
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    forward_to(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "explain", "why=在途"), TB_ACCEPTED);
    const tb_local_reconciled *here = lines(w, "bureau.33", SENT_TO("bureau.44"));
    assert_true(tb_bytes_equal(here->lines[0].settled, tb_bytes_str("在途")));
    by_name(w, none);
    here = lines(w, "bureau.33", SENT_TO("bureau.44"));
    assert_int_equal(here->count, 1);
    assert_true(here->lines[0].settled_at == 0);
}

static void more_cases_than_a_page_holds_come_in_the_next(void **state)
{
    world *w = *state;
    const size_t count = failing_awake() ? 1 : TB_DRILL_PAGE_MAX + 1;
    by_name(w, NULL);
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    for (size_t i = 0; i < count; i++) {
        forward_to(w, "bureau.44");
        deliver_all(w);
        assert_int_equal(acts(w, "bureau.33", "explain", "why=x"), TB_ACCEPTED);
        deliver_all(w);
        if (i % 100 == 0) {
            world_sweep(w);
        }
    }
    static const struct {
        const char *party;
        question q;
    } rows[] = {{"bureau.33", {"bureau.33", "", "2015-Q1", "forwarded", true}},
                {"headquarters", {"", "", "2015-Q1", "forwarded", true}}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_bytes after = {NULL, 0};
        size_t seen = 0;
        unsigned pages = 0;
        do {
            const tb_local_answer *answer = asks_by_name(w, rows[i].party, rows[i].q, after);
            assert_int_equal(answer->kind, TB_ANSWER_RECONCILED);
            assert_true(answer->reconciled.count <= TB_DRILL_PAGE_MAX);
            seen += answer->reconciled.count;
            after = answer->reconciled.next;
            pages++;
        } while (after.size > 0);
        assert_int_equal(seen, count);
        assert_int_equal(pages, failing_awake() ? 1 : 2);
    }
}

/* What two parties declared is held against each other by their reports; asked for the cases behind
 * it, an agent has none. */
static void a_whole_against_its_parts_has_no_cases_behind_it(void **state)
{
    world *w = *state;
    by_name(w, NULL);
    assert_int_equal(
        lines(w, "bureau.33", (question){"bureau.33", "bureau.44", "2015-Q1", "cards", true})
            ->count,
        0);
    assert_int_equal(
        lines(w, "bureau.33", (question){"bureau.33", "", "2015-Q1", "cards", false})->count, 0);
    assert_int_equal(lines(w, "headquarters", (question){"", "", "2015-Q1", "cards", true})->count,
                     0);
}

static void what_no_report_has_is_refused(void **state)
{
    world *w = *state;
    by_name(w, NULL);
    static const struct {
        question q;
        tb_refusal code;
    } rows[] = {
        {{"bureau.33", "bureau.44", "2015-Q1", "nothing", true}, TB_REFUSED_REPORT_UNKNOWN},
        {{"bureau.33", "bureau.44", "2016-Q1", "forwarded", true}, TB_REFUSED_REPORT_PERIOD},
        {{"bureau.33", "bureau.44", "", "forwarded", true}, TB_REFUSED_REPORT_PERIOD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(asks_by_name(w, "bureau.33", rows[i].q, tb_bytes_of(NULL, 0))->code,
                         rows[i].code);
    }
    tb_local_request request = {.kind = TB_REQUEST_RECONCILE};
    request.reconcile.campaign = tb_bytes_str("another");
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_REPORT_UNKNOWN);
    request.reconcile.campaign = tb_bytes_str("reconcile");
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_REPORT_UNKNOWN);
}

/* Sent again to another, having been refused: each time it is an event with an answer of its own.
 */
static void what_was_sent_twice_has_an_answer_each_time(void **state)
{
    world *w = *state;
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    forward_one(w);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=11|home_basis=other"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.11", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *here =
        &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_REFUSED);
    here = &asks(w, "bureau.33", "bureau.33", "bureau.11", true)->reconciled;
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_BOTH);
    /* who signed for it answers the nearest of the two */
    here = &asks(w, "bureau.11", "bureau.11", "bureau.33", false)->reconciled;
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_BOTH);
}

/* Signed for by the one, who then found that it is another's: that one's signature answers what was
 * sent to it, and not what was sent before. */
static void what_was_signed_for_twice_answers_what_was_sent_last(void **state)
{
    world *w = *state;
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    forward_one(w);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    at_time(w, "bureau.33", "2015-04-02T10:00:00+08:00");
    at_time(w, "bureau.11", "2015-04-02T11:00:00+08:00");
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=11|home_basis=other"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.11", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *here =
        &asks(w, "bureau.33", "bureau.33", "bureau.44", true)->reconciled;
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_BOTH);
    tb_local_request request = {.kind = TB_REQUEST_RECONCILE};
    settled(w, "bureau.11");
    request.reconcile = (tb_local_reconcile){.campaign = tb_bytes_str("black-card"),
                                             .report = tb_bytes_str("quarterly"),
                                             .period = tb_bytes_str("2015-Q2"),
                                             .reconcile = tb_bytes_str("forwarded"),
                                             .of = who(w, "bureau.11")->id,
                                             .with = who(w, "bureau.33")->id};
    here = &ask(w, "bureau.11", &request)->reconciled;
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_BOTH); /* both in the second quarter */
}

/* ---- what is no difference, and what is not known yet ---- */

static void what_was_signed_for_and_is_in_no_figure_of_the_other_is_missing(void **state)
{
    world *w = *state;
    static const char *const edits[] = {"counts: [forward], at: opener",
                                        "counts: [settle], at: opener", NULL};
    by_name(w, edits);
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    at_time(w, "bureau.44", "2015-03-31T10:00:00+08:00");
    forward_to(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    const tb_local_reconciled *here =
        lines(w, "bureau.44", (question){"bureau.44", "", "2015-Q1", "forwarded", false});
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_MISSING);
}

static void an_explanation_that_is_held_back_says_nothing_yet(void **state)
{
    world *w = *state;
    by_name(w, NULL);
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    at_time(w, "bureau.44", "2015-04-02T10:00:00+08:00");
    forward_to(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    letter *signature = letter_to(w, "bureau.33");
    assert_non_null(signature);
    signature->gone = true; /* comes behind what builds on it */
    assert_int_equal(acts(w, "bureau.44", "explain", "why=x"), TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *here = lines(w, "bureau.33", SENT_TO("bureau.44"));
    assert_int_equal(here->count, 1);
    assert_true(here->lines[0].settled_at == 0);
    signature->gone = false;
    deliver_all(w);
    here = lines(w, "bureau.33", SENT_TO("bureau.44"));
    assert_int_equal(here->lines[0].reason, TB_RECONCILED_IN_TRANSIT);
    assert_true(tb_bytes_equal(here->lines[0].settled, tb_bytes_str("x")));
}

/* Of another campaign, with one who owes no report, and in both parties' figures. */
static void headquarters_is_told_of_no_case_that_is_none_of_the_two_figures(void **state)
{
    world *w = *state;
    const question any = {"", "", "2015-Q1", "forwarded", true};
    by_name(w, NULL);
    tb_campaign_loaded *shipped = edited("ops/campaigns/black-card.yaml", NULL);
    const tb_campaign *both[] = {w->campaign, tb_campaign_loaded_get(shipped)};
    w->campaigns = (tb_campaigns){both, 2};
    at_time(w, "bureau.33", "2015-03-30T10:00:00+08:00");
    at_time(w, "bureau.44", "2015-03-31T10:00:00+08:00");
    forward_to(w, "cm.44");
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "explain", "why=x"), TB_ACCEPTED);
    forward_to(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    at_time(w, "bureau.33", "2015-04-01T10:00:00+08:00");
    assert_int_equal(acts(w, "bureau.33", "explain", "why=x"), TB_ACCEPTED);
    deliver_all(w);
    settled(w, "bureau.33");
    w->campaign = both[1];
    assert_int_equal(
        opens_type(w, "bureau.33", "quarterly_report", "period=2015-Q1|main_work=x|filled_by=y"),
        TB_ACCEPTED);
    deliver_all(w);
    w->campaign = both[0];
    assert_int_equal(lines(w, "headquarters", any)->count, 0);
    w->campaigns = w->none;
    tb_campaign_loaded_free(shipped);
}

/* A party that is in no directory is told no report. */
static void who_is_not_in_the_directory_asks_of_no_other(void **state)
{
    world *w = *state;
    by_name(w, NULL);
    tb_directory_party *self = party_at(w, "headquarters");
    tb_party before = self->id;
    assert_true(tb_party_parse(tb_bytes_str("headquarterz"), &self->id));
    assert_int_equal(asks_by_name(w, "headquarters",
                                  (question){"", "", "2015-Q1", "forwarded", true},
                                  tb_bytes_of(NULL, 0))
                         ->code,
                     TB_REFUSED_RECONCILE_OF);
    self->id = before;
}

/* In earnest what is in which quarter goes by the hub's stamps. */
static void in_no_exercise_stamps_say_what_is_in_the_quarter(void **state)
{
    world *w = *state;
    tb_time begins;
    static const char *const edits[] = {"counts: [forward], at: opener, by: [home]",
                                        "counts: [forward], at: home, by: [found]", NULL};
    by_name(w, edits);
    w->directory.exercise = false;
    assert_true(tb_time_parse(tb_bytes_str("2015-03-31T23:50:00+08:00"), &begins));
    w->clock = begins;
    forward_to(w, "bureau.44");
    deliver_all(w);
    const question sent = {"bureau.44", "bureau.33", "2015-Q1", "forwarded", true};
    const question next = {"bureau.44", "bureau.33", "2015-Q2", "forwarded", true};
    assert_int_equal(lines(w, "bureau.44", sent)->count, 0); /* nobody knows when it was stored */
    stamp_first(w, "bureau.33", "bureau.44", begins + 16 * 60 * 1000);
    assert_int_equal(lines(w, "bureau.44", sent)->count, 0);
    assert_int_equal(lines(w, "bureau.44", next)->count, 1); /* it came in the second quarter */
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "explain", "why=x"), TB_ACCEPTED);
    deliver_all(w);
    const tb_local_reconciled *here = lines(w, "bureau.44", next);
    assert_int_equal(here->count, 1);
    assert_int_equal(here->lines[0].reason,
                     TB_RECONCILED_BOTH); /* no act is before what it answers */
    (void)lines(w, "headquarters", next);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    TEST(of_120_sent_and_118_received_at_the_cut_off_the_two_are_listed),
    TEST(what_no_mark_covers_and_nobody_acted_on_is_not_arrived),
    TEST(a_difference_is_settled_by_either_party_with_a_reason_both_see),
    TEST(headquarters_sees_of_a_pair_what_the_two_settled_and_nothing_else),
    TEST(where_nobody_is_named_each_line_says_between_whom_it_is),
    TEST(only_ones_own_side_is_listed),
    TEST(who_owes_no_report_is_nobody_to_reconcile_with),
    TEST(what_was_sent_in_the_quarter_before_is_in_transit_from_the_other_side_too),
    TEST(what_a_mark_covers_and_nobody_acted_on_is_missing),
    TEST(of_several_explanations_the_newest_counts),
    TEST(an_explanation_may_be_open_or_there_may_be_none),
    TEST(more_cases_than_a_page_holds_come_in_the_next),
    TEST(a_whole_against_its_parts_has_no_cases_behind_it),
    TEST(what_no_report_has_is_refused),
    TEST(what_was_sent_twice_has_an_answer_each_time),
    TEST(what_was_signed_for_twice_answers_what_was_sent_last),
    TEST(what_was_signed_for_and_is_in_no_figure_of_the_other_is_missing),
    TEST(an_explanation_that_is_held_back_says_nothing_yet),
    TEST(headquarters_is_told_of_no_case_that_is_none_of_the_two_figures),
    TEST(who_is_not_in_the_directory_asks_of_no_other),
    TEST(in_no_exercise_stamps_say_what_is_in_the_quarter),
};

TB_RUN("agents/reconcile", tests)
