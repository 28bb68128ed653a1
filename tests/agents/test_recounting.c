/* Stated figures counted anew in slices: over however many ticks, and whatever comes in between,
 * what comes out is what one look through all cases as of that moment makes up. Driven as people
 * drive it, by asking for a verification, and by the ticks of the agent. */
#include "tests/agents/measured.h"

#include <stdio.h>

#include "agents/check_case.h"
#include "agents/recount.h"
#include "agents/recounting.h"
#include "agents/reports.h"
#include "base/text.h"
#include "tests/store/failing.h"

#define BUREAU "bureau.33"
#define LEAD                                                                                       \
    "number=1380000%04u|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"
/* Each leaves two rows of its number, so that its totals go in more than one slice too. */
#define SEVERAL (4 * TB_RECOUNT_SLICE + 20)

_Static_assert(2 * SEVERAL > TB_RECOUNT_CLEARED_A_TICK, "they go in more than one slice");

static tb_campaign_loaded *second;
static tb_campaign_loaded *fourth;
static tb_campaign_loaded *others[2];  /* those of one test; or NULL */
static const tb_campaign *versions[2]; /* the newer calls a measure otherwise */

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    second = measured_campaign(2);
    fourth = measured_campaign(4);
    versions[0] = tb_campaign_loaded_get(second);
    versions[1] = tb_campaign_loaded_get(fourth);
    w->campaigns = (tb_campaigns){versions, 1};
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(second);
    tb_campaign_loaded_free(fourth);
    for (unsigned i = 0; i < 2; i++) {
        tb_campaign_loaded_free(others[i]);
        others[i] = NULL;
    }
    return code;
}

static tb_txn *begin(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

/* ---- a report of so many cases ---- */

static unsigned serial;
static size_t check_told;   /* by the check of totals */
static size_t result_bytes; /* of what came out last */

static tb_case_id one_accepted(world *w)
{
    char lead[200];
    (void)snprintf(lead, sizeof lead, LEAD, ++serial);
    assert_int_equal(opens(w, "police.33", lead), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    return w->case_id;
}

static tb_case_id one_forwarded(world *w)
{
    (void)one_accepted(w);
    assert_int_equal(acts(w, BUREAU, "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    return w->case_id;
}

/* Of a party that looks through no case at once. The report's own case is one more. */
static void filed(world *w, const char *period)
{
    assert_int_equal(files_at(w, BUREAU, "2015-07-02T09:00:00+08:00", period), TB_ACCEPTED);
    w->clock += 1000;
    deliver_all(w);
    who(w, BUREAU)->agent.recount_at_once = 1;
}

static void a_few_filed(world *w)
{
    (void)one_forwarded(w);
    (void)one_forwarded(w);
    filed(w, "period=2015-Q1");
}

/* ---- what is asked, and how far it is ---- */

static const tb_local_verified *asked(world *w, const char *party, bool report)
{
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    request.verify.case_id = w->case_id;
    request.verify.report = report;
    settle(w, party);
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_VERIFIED);
    return &answer->verified;
}

static tb_recounting_row job_of(world *w, const char *party)
{
    world_agent *a = who(w, party);
    tb_txn *txn = begin(a);
    tb_recounting_row row;
    assert_ok(tb_recounting_of_case(txn, &w->case_id, &row));
    tb_store_abort(txn);
    return row; /* of what it borrows nobody asks but how long it is */
}

static bool is_worked_on(world *w, const char *party)
{
    tb_txn *txn = begin(who(w, party));
    tb_recounting_row row;
    tb_bytes key;
    tb_err err = tb_recounting_first(txn, &key, &row);
    tb_store_abort(txn);
    assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
    return err == TB_OK;
}

static void to_the_end(world *w, const char *party)
{
    for (unsigned ticks = 0; is_worked_on(w, party); ticks++) {
        assert_in_range(ticks, 0, 100);
        tick(w, party, 1000);
    }
}

static bool is_due(world *w, const char *party)
{
    world_agent *a = who(w, party);
    tb_txn *txn = begin(a);
    tb_time at;
    tb_err err = tb_recounting_due(&a->agent, txn, &at);
    tb_store_abort(txn);
    assert_true(err == TB_ERR_NOT_FOUND || (err == TB_OK && at == 0));
    return err == TB_OK;
}

/* The report's figures by one look through all cases, as of the same moment. */
static tb_bytes at_once(world_agent *a, tb_txn *txn, const tb_recounting_row *job)
{
    tb_recounted counted;
    tb_period period;
    tb_figure *list;
    size_t count;
    tb_text all;
    tb_bytes text;
    const tb_campaign *newest = tb_campaigns_newest(a->agent.campaigns, job->campaign);
    const tb_report_def *report = tb_campaign_report(newest, tb_bytes_str("quarterly"));
    const tb_recount_of of = {newest, job->key.first, job->key.last, &job->as_of};
    assert_true(tb_report_period(newest, report, tb_bytes_str("2015-Q1"), &period));
    assert_ok(tb_recounted_init(&a->arena, &counted));
    assert_ok(tb_recount(&a->agent, txn, &of, UINT64_MAX, &counted));
    assert_true(counted.whole);
    const tb_figures_from from = {.counted = &counted, .as_of = &job->as_of};
    assert_ok(tb_report_figures(&a->agent, txn, &from, newest, report, &period, &list, &count));
    tb_text_init(&all, &a->arena, 1u << 20);
    for (size_t i = 0; i < count; i++) {
        tb_figure_print(&all, &list[i]);
    }
    assert_ok(tb_text_done(&all, &text));
    return text;
}

/* What came out is kept, and is that; and it says so in these words. */
static void came_out(world *w, const tb_recounting_key *key, const char *line)
{
    world_agent *a = who(w, BUREAU);
    tb_txn *txn = begin(a);
    tb_recounting_row row;
    tb_bytes text;
    assert_ok(tb_recounting_get(txn, key, &row));
    assert_int_equal(row.phase, TB_RECOUNTING_OVER);
    assert_true(tb_recounting_result(&row, tb_bytes_of(NULL, 0), &text));
    result_bytes = text.size;
    tb_bytes other = at_once(a, txn, &row);
    if (!tb_bytes_equal(text, other)) {
        fail_msg("in slices\n%.*sis not\n%.*s", (int)text.size, (const char *)text.data,
                 (int)other.size, (const char *)other.data);
    }
    if (memmem(text.data, text.size, line, strlen(line)) == NULL) {
        fail_msg("%s is not in\n%.*s", line, (int)text.size, (const char *)text.data);
    }
    tb_store_abort(txn);
    check_measures(w); /* which tells of totals that are left */
}

/* ---- over ticks ---- */

static void several_hundred_cases_are_counted_over_ticks_to_what_one_recount_makes(void **state)
{
    world *w = *state;
    unsigned accepted = failing_awake() ? 2 : SEVERAL - 1;
    for (unsigned i = 0; i < accepted; i++) {
        (void)one_accepted(w);
        world_sweep(w);
    }
    (void)one_forwarded(w);
    filed(w, "period=2015-Q1");
    uint64_t cases = accepted + 2;
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, cases);
    tb_recounting_row job = job_of(w, BUREAU);
    for (uint64_t looked = TB_RECOUNT_SLICE; looked < cases; looked += TB_RECOUNT_SLICE) {
        tick(w, BUREAU, 1000);
        assert_int_equal(job_of(w, BUREAU).looked, looked);
        assert_int_equal(job_of(w, BUREAU).phase, TB_RECOUNTING_COUNTS);
        assert_int_equal(asked(w, BUREAU, true)->recounted, looked);
        assert_true(is_due(w, BUREAU));
        tb_case_id report = w->case_id;
        (void)one_forwarded(w); /* is none of what was stated */
        w->case_id = report;
        world_restart(w, BUREAU);
        who(w, BUREAU)->agent.recount_at_once = 1;
    }
    check_measures(w);
    tick(w, BUREAU, 1000);
    assert_int_equal(job_of(w, BUREAU).phase, TB_RECOUNTING_CLEARS);
    assert_true(job_of(w, BUREAU).result.size > 0);
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, 0); /* its verdict is told already */
    for (uint64_t left = 2 * cases; left > TB_RECOUNT_CLEARED_A_TICK;
         left -= TB_RECOUNT_CLEARED_A_TICK) {
        tick(w, BUREAU, 1000);
        assert_int_equal(job_of(w, BUREAU).phase, TB_RECOUNTING_CLEARS);
        world_restart(w, BUREAU);
        check_measures(w);
    }
    to_the_end(w, BUREAU);
    assert_false(is_due(w, BUREAU));
    char line[64];
    (void)snprintf(line, sizeof line, "received=%u %u 0\n", accepted + 1, accepted + 1);
    came_out(w, &job.key, line);
    check_world(w);
}

/* ---- another definition ---- */

static void newer_version(world *w, bool here)
{
    w->campaigns.count = here ? 2 : 1;
    settle_all(w);
}

static void a_newer_definition_has_it_begin_again_by_its_measures(void **state)
{
    world *w = *state;
    a_few_filed(w);
    (void)asked(w, BUREAU, true);
    tb_recounting_row job = job_of(w, BUREAU);
    tick(w, BUREAU, 1000); /* every case was looked at */
    newer_version(w, true);
    tb_case_id report = w->case_id;
    (void)one_accepted(w);
    w->case_id = report;
    (void)asked(w, BUREAU, true);
    to_the_end(w, BUREAU);
    (void)asked(w, BUREAU, true); /* what is over is by the older one, and begins anew */
    tb_recounting_row again = job_of(w, BUREAU);
    assert_int_equal(again.phase, TB_RECOUNTING_COUNTS);
    assert_int_equal(again.version, versions[1]->version);
    assert_int_equal(again.looked, 0);
    assert_int_equal(again.cases, 4);
    assert_true(again.number > job.number);
    to_the_end(w, BUREAU);
    came_out(w, &job.key, "sent_on=2 2 0\n");
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, 0);
    check_world(w);
}

/* What it had counted goes before anything is counted by the other. */
static void a_definition_that_comes_between_slices_has_it_clear_and_count_again(void **state)
{
    world *w = *state;
    unsigned more = failing_awake() ? 0 : TB_RECOUNT_SLICE - 2; /* the report's own is beyond it */
    for (unsigned i = 0; i < more; i++) {
        (void)one_accepted(w);
    }
    a_few_filed(w);
    (void)asked(w, BUREAU, true);
    tb_recounting_row job = job_of(w, BUREAU);
    if (more > 0) {
        tick(w, BUREAU, 1000);
        assert_int_equal(job_of(w, BUREAU).looked, TB_RECOUNT_SLICE);
    }
    newer_version(w, true);
    tick(w, BUREAU, 1000);
    assert_int_equal(job_of(w, BUREAU).phase, TB_RECOUNTING_CLEARS);
    assert_int_equal(job_of(w, BUREAU).looked, 0);
    assert_int_equal(job_of(w, BUREAU).version, versions[1]->version);
    check_measures(w);
    tick(w, BUREAU, 1000);
    assert_int_equal(job_of(w, BUREAU).phase, TB_RECOUNTING_COUNTS);
    assert_int_equal(asked(w, BUREAU, true)->recounted, 0);
    newer_version(w, false); /* and is not the newest after all */
    tick(w, BUREAU, 1000);
    assert_int_equal(job_of(w, BUREAU).phase, TB_RECOUNTING_CLEARS);
    newer_version(w, true);
    to_the_end(w, BUREAU);
    came_out(w, &job.key, "sent_on=2 2 0\n");
    check_world(w);
}

/* ---- waiting ---- */

static void waits(world *w)
{
    tb_recounting_row before = job_of(w, BUREAU);
    assert_false(is_due(w, BUREAU));
    tick(w, BUREAU, 1000);
    tb_recounting_row after = job_of(w, BUREAU);
    assert_int_equal(after.looked, before.looked);
    assert_int_equal(after.phase, before.phase);
}

static void it_waits_while_the_store_is_above_its_watermark_and_goes_on(void **state)
{
    world *w = *state;
    a_few_filed(w);
    (void)asked(w, BUREAU, true);
    tb_recounting_row job = job_of(w, BUREAU);
    assert_true(is_due(w, BUREAU));
    store_full(w, BUREAU, true);
    waits(w);
    store_full(w, BUREAU, false);
    assert_true(is_due(w, BUREAU));
    tick(w, BUREAU, 1000);
    assert_int_equal(job_of(w, BUREAU).phase, TB_RECOUNTING_CLEARS);
    store_full(w, BUREAU, true);
    waits(w);
    store_full(w, BUREAU, false);
    to_the_end(w, BUREAU);
    came_out(w, &job.key, "forwarded=2 2 0\n");
}

static void it_waits_while_its_campaign_is_not_installed_and_goes_on(void **state)
{
    world *w = *state;
    a_few_filed(w);
    (void)asked(w, BUREAU, true);
    tb_recounting_row job = job_of(w, BUREAU);
    who(w, BUREAU)->agent.campaigns = &w->none;
    waits(w);
    who(w, BUREAU)->agent.campaigns = &w->campaigns;
    assert_true(is_due(w, BUREAU));
    to_the_end(w, BUREAU);
    came_out(w, &job.key, "forwarded=2 2 0\n");
}

/* ---- what does not read ---- */

static bool told(const tb_local_verified *v, const char *fault)
{
    for (size_t i = 0; i < v->fault_count; i++) {
        if (tb_bytes_equal(v->faults[i], tb_bytes_str(fault))) {
            return true;
        }
    }
    return false;
}

static void a_case_that_does_not_read_is_passed_and_its_figure_is_told(void **state)
{
    world *w = *state;
    tb_case_id bad = one_forwarded(w);
    a_few_filed(w);
    world_agent *a = who(w, BUREAU);
    assert_ok(
        tb_store_mem_damage(a->store, TB_TABLE_CASE, tb_bytes_of(bad.bytes, TB_CASE_ID_BYTES)));
    (void)asked(w, BUREAU, true);
    tb_recounting_row job = job_of(w, BUREAU);
    while (is_worked_on(w, BUREAU)) {
        turn_of(w, BUREAU, tb_recounting_tick); /* the case's duty fails another part of a tick */
    }
    assert_true(told(asked(w, BUREAU, true),
                     "figure forwarded (转出, forwarded): stated 3 3 0; its events make up 2 2 0"));
    tb_txn *txn = begin(a);
    tb_recounting_row row;
    assert_ok(tb_recounting_get(txn, &job.key, &row));
    assert_int_equal(row.looked, 4);
    tb_store_abort(txn);
    a->agent.recount_at_once = 0; /* and likewise at once */
    assert_true(told(asked(w, BUREAU, true),
                     "figure forwarded (转出, forwarded): stated 3 3 0; its events make up 2 2 0"));
}

static size_t recount_key(world *w, uint8_t which, uint8_t key[TB_KEY_BYTES_MAX])
{
    tb_txn *txn = begin(who(w, BUREAU));
    tb_bytes prefix = tb_bytes_of(&which, 1);
    tb_bytes found;
    tb_bytes value;
    assert_ok(tb_store_seek(txn, TB_TABLE_RECOUNT, prefix, prefix, &found, &value));
    memcpy(key, found.data, found.size);
    size_t size = found.size;
    tb_store_abort(txn);
    return size;
}

static void damage(world *w, uint8_t which)
{
    uint8_t key[TB_KEY_BYTES_MAX];
    size_t size = recount_key(w, which, key);
    assert_ok(tb_store_mem_damage(who(w, BUREAU)->store, TB_TABLE_RECOUNT, tb_bytes_of(key, size)));
}

/* A turn as tb_turn plays it: what fails is given up whole. */
static tb_err turn(world *w)
{
    world_agent *a = who(w, BUREAU);
    tb_txn *txn = begin(a);
    tb_input input = {.kind = TB_INPUT_TICK, .now = {w->clock, w->clock}};
    tb_effects_reset(a->effects);
    tb_err err = tb_agent_step(&a->agent, txn, &input, &w->random, a->effects);
    if (err == TB_OK) {
        world_end(w, a, txn);
        return TB_OK;
    }
    tb_store_abort(txn);
    tb_agent_forget(&a->agent);
    return err;
}

static void a_job_that_does_not_read_is_set_aside_and_the_next_is_worked_on(void **state)
{
    world *w = *state;
    (void)one_forwarded(w);
    filed(w, "period=2015-Q1");
    tb_case_id first = w->case_id;
    (void)asked(w, BUREAU, true);
    damage(w, 1);
    filed(w, "period=2015-Q2");
    (void)asked(w, BUREAU, true);
    uint64_t alarms = alarms_at(w, BUREAU);
    assert_true(is_due(w, BUREAU));
    while (turn(w) == TB_OK) {
        w->clock += 1000; /* the other may stand before it */
    }
    tick(w, BUREAU, 1000);
    assert_int_equal(alarms_at(w, BUREAU), alarms + 1);
    to_the_end(w, BUREAU);
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, 0);
    w->case_id = first; /* nobody counts it; until it is asked for again */
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, 3);
    tb_recounting_row job = job_of(w, BUREAU);
    to_the_end(w, BUREAU);
    came_out(w, &job.key, "forwarded=1 1 0\n");
}

static void a_result_that_does_not_read_any_more_is_counted_again(void **state)
{
    world *w = *state;
    a_few_filed(w);
    (void)asked(w, BUREAU, true);
    tb_recounting_row job = job_of(w, BUREAU);
    to_the_end(w, BUREAU);
    damage(w, 2);
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, 3);
    to_the_end(w, BUREAU);
    came_out(w, &job.key, "forwarded=2 2 0\n");
}

static void a_row_of_no_phase_does_not_read(void **state)
{
    world *w = *state;
    uint8_t key[TB_KEY_BYTES_MAX];
    uint8_t value[512];
    tb_bytes found;
    tb_recounting_row row;
    a_few_filed(w);
    (void)asked(w, BUREAU, true);
    tb_bytes at = tb_bytes_of(key, recount_key(w, 1, key));
    tb_txn *txn = begin(who(w, BUREAU));
    assert_ok(tb_store_get(txn, TB_TABLE_RECOUNT, at, &found));
    assert_true(found.size <= sizeof value);
    memcpy(value, found.data, found.size);
    for (uint8_t phase = 0; phase < 5; phase++) {
        value[1] = phase; /* behind its form; under this key it is worked on */
        bool fine = phase == TB_RECOUNTING_COUNTS || phase == TB_RECOUNTING_CLEARS;
        assert_int_equal(tb_recounting_decode(at, tb_bytes_of(value, found.size), &row),
                         fine ? TB_OK : TB_ERR_CORRUPT);
    }
    tb_store_abort(txn);
}

static void a_result_that_was_cut_short_says_nothing_and_that_is_told(void **state)
{
    world *w = *state;
    a_few_filed(w);
    (void)asked(w, BUREAU, true);
    tb_recounting_row job = job_of(w, BUREAU);
    to_the_end(w, BUREAU);
    tb_txn *txn = begin(who(w, BUREAU));
    tb_recounting_row row;
    assert_ok(tb_recounting_get(txn, &job.key, &row));
    row.result.size--;
    assert_ok(tb_recounting_put(txn, &row));
    assert_ok(tb_store_commit(txn));
    assert_true(told(asked(w, BUREAU, true), "its figures do not read"));
}

/* ---- beside each other ---- */

static tb_err check_totals(tb_step *step)
{
    tb_bytes list[TB_CHECK_FAULTS_MAX];
    tb_faults faults = {.arena = step->arena, .list = list};
    tb_err err = tb_check_measures(step->agent, step->txn, &faults);
    check_told = faults.count;
    return err;
}

static void totals_of_one_that_does_not_stand_first_are_known_as_its_own(void **state)
{
    world *w = *state;
    a_few_filed(w);
    tb_case_id early = w->case_id;
    filed(w, "period=2015-Q2");
    tb_case_id late = w->case_id;
    if (memcmp(&early, &late, sizeof early) > 0) {
        tb_case_id first = early;
        early = late;
        late = first;
    }
    w->case_id = late;
    (void)asked(w, BUREAU, true);
    tick(w, BUREAU, 1000);
    assert_int_equal(job_of(w, BUREAU).phase, TB_RECOUNTING_CLEARS);
    w->case_id = early;
    (void)asked(w, BUREAU, true);
    turn_of(w, BUREAU, check_totals);
    assert_int_equal(check_told, 0);
    to_the_end(w, BUREAU);
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, 0);
    w->case_id = late;
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, 0);
    check_measures(w);
}

static void a_job_that_does_not_read_is_told_by_the_check_of_its_totals(void **state)
{
    world *w = *state;
    a_few_filed(w);
    (void)asked(w, BUREAU, true);
    tick(w, BUREAU, 1000);
    damage(w, 1);
    turn_with(w, BUREAU, check_totals);
    assert_true(check_told > 0);
}

static void a_job_that_waits_for_its_campaign_holds_up_no_other(void **state)
{
    world *w = *state;
    static const char *const edits[] = {"campaign: black-card", "campaign: white-card", NULL};
    others[0] = edited("ops/campaigns/black-card.yaml", edits);
    const tb_campaign *both[] = {versions[0], tb_campaign_loaded_get(others[0])};
    w->campaigns = (tb_campaigns){both, 2};
    const tb_campaign *shipped = w->campaign;
    (void)one_forwarded(w);
    w->campaign = both[1];
    at_time(w, BUREAU, "2015-04-05T09:00:00+08:00");
    settle(w, BUREAU);
    assert_int_equal(
        opens_type(w, BUREAU, "quarterly_report", "period=2015-Q1|main_work=x|filled_by=y"),
        TB_ACCEPTED);
    tb_case_id before = w->case_id;
    w->campaign = shipped;
    filed(w, "period=2015-Q1");
    tb_case_id report = w->case_id;
    assert_true(memcmp(&before, &report, sizeof report) < 0);
    w->case_id = before;
    assert_true(asked(w, BUREAU, true)->recounted_of > 0);
    w->case_id = report;
    assert_true(asked(w, BUREAU, true)->recounted_of > 0);
    tb_recounting_row job = job_of(w, BUREAU);
    w->campaigns.count = 1;
    assert_true(is_due(w, BUREAU));
    for (unsigned ticks = 0; ticks < 2; ticks++) {
        tick(w, BUREAU, 1000);
    }
    came_out(w, &job.key, "forwarded=1 1 0\n");
    assert_false(is_due(w, BUREAU));
    w->case_id = before;
    assert_int_equal(job_of(w, BUREAU).looked, 0);
    w->campaigns.count = 2;
    to_the_end(w, BUREAU);
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, 0);
    w->campaigns = w->none;
}

/* ---- what is passed ---- */

/* A case of another campaign, and one of a version that is not here any more, are looked at and
 * make up nothing of this. */
static void cases_of_other_campaigns_and_of_unknown_versions_are_passed(void **state)
{
    world *w = *state;
    static const char *const edits[] = {"campaign: black-card", "campaign: white-card", NULL};
    others[0] = edited("ops/campaigns/black-card.yaml", edits);
    const tb_campaign *all[] = {tb_campaign_loaded_get(others[0]), versions[0], versions[1]};
    const tb_campaign *shipped = w->campaign;
    w->campaigns = (tb_campaigns){all, 2};
    w->campaign = all[0];
    (void)one_forwarded(w);
    w->campaign = shipped;
    (void)one_forwarded(w);
    all[1] = versions[1];
    settle_all(w);
    a_few_filed(w);
    assert_int_equal(asked(w, BUREAU, true)->recounted_of, 5);
    tb_recounting_row job = job_of(w, BUREAU);
    to_the_end(w, BUREAU);
    came_out(w, &job.key, "received=2 2 0\n");
    w->campaigns = w->none;
}

/* ---- how much comes out ---- */

static const uint8_t provinces[] = {11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41,
                                    42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65};

#define PROVINCES (sizeof provinces)

/* So many measures of everything that was reported here, by whose number it is. */
static tb_campaign_loaded *with_measures(const char *version, unsigned count)
{
    static char text[64 * 1024];
    size_t size = sizeof text;
    size_t at = (size_t)snprintf(text, size, "\nmeasures:\n");
    for (unsigned i = 0; i < count; i++) {
        at += (size_t)snprintf(text + at, size - at,
                               "  - {id: what_was_reported_here_as_no_%03u, zh: 件, en: n, "
                               "case_type: notice, counts: [submit], at: discovery, "
                               "by: [source, home_province]}\n",
                               i);
    }
    at += (size_t)snprintf(text + at, size - at,
                           "reports:\n  - {id: quarterly, zh: 季度报告, en: quarterly report, "
                           "case_type: quarterly_report, owed_by: [bureau], to: headquarters, "
                           "every: quarter, first: 2015-Q1, last: 2015-Q4, due: {months_after: 1, "
                           "day: 15}, text: [main_work], measures: [");
    for (unsigned i = 0; i < count; i++) {
        at += (size_t)snprintf(text + at, size - at, "%swhat_was_reported_here_as_no_%03u",
                               i > 0 ? ", " : "", i);
    }
    at += (size_t)snprintf(text + at, size - at, "]}\n\ncommon:\n");
    assert_true(at < size);
    const char *const edits[] = {"version: 1", version, "\nmeasures:\n[...]\ncommon:\n", text,
                                 NULL};
    return edited("ops/campaigns/black-card.yaml", edits);
}

/* What a newer definition makes of a report that was filed may be longer than what may be filed. */
static void more_figures_than_fit_a_report_come_out_of_a_newer_definition(void **state)
{
    world *w = *state;
    others[0] = with_measures("version: 5", TB_MEASURES_MAX / 2);
    others[1] = with_measures("version: 6", TB_MEASURES_MAX);
    const tb_campaign *both[] = {tb_campaign_loaded_get(others[0]),
                                 tb_campaign_loaded_get(others[1])};
    w->campaigns = (tb_campaigns){both, 1};
    for (unsigned i = 0; i < PROVINCES; i++) {
        char lead[200];
        w->run.province = provinces[i];
        (void)snprintf(lead, sizeof lead, LEAD, ++serial);
        assert_int_equal(opens(w, "police.33", lead), TB_ACCEPTED);
        deliver_all(w);
    }
    filed(w, "period=2015-Q1|main_work=x|filled_by=y");
    w->campaigns.count = 2;
    settle_all(w);
    (void)asked(w, BUREAU, true);
    tb_recounting_row job = job_of(w, BUREAU);
    to_the_end(w, BUREAU);
    came_out(w, &job.key, "what_was_reported_here_as_no_063=31 31 0\n");
    assert_true(result_bytes > TB_FIGURES_BYTES_MAX);
    w->campaigns = w->none;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(several_hundred_cases_are_counted_over_ticks_to_what_one_recount_makes),
    TEST(a_newer_definition_has_it_begin_again_by_its_measures),
    TEST(a_definition_that_comes_between_slices_has_it_clear_and_count_again),
    TEST(it_waits_while_the_store_is_above_its_watermark_and_goes_on),
    TEST(it_waits_while_its_campaign_is_not_installed_and_goes_on),
    TEST(a_case_that_does_not_read_is_passed_and_its_figure_is_told),
    TEST(a_job_that_does_not_read_is_set_aside_and_the_next_is_worked_on),
    TEST(a_result_that_does_not_read_any_more_is_counted_again),
    TEST(a_row_of_no_phase_does_not_read),
    TEST(a_result_that_was_cut_short_says_nothing_and_that_is_told),
    TEST(totals_of_one_that_does_not_stand_first_are_known_as_its_own),
    TEST(a_job_that_does_not_read_is_told_by_the_check_of_its_totals),
    TEST(a_job_that_waits_for_its_campaign_holds_up_no_other),
    TEST(cases_of_other_campaigns_and_of_unknown_versions_are_passed),
    TEST(more_figures_than_fit_a_report_come_out_of_a_newer_definition),
};

TB_RUN("agents/recounting", tests)
