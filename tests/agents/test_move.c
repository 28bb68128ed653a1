/* A case moves to a newer version of its campaign: by its holder, where it is safe, everywhere. */
#include "tests/agents/edited.h"
#include "tests/agents/world.h"

#include "agents/campaign/compare.h"
#include "agents/chain.h"

#define PATH "ops/campaigns/black-card.yaml"
#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

/* A group more, ahead of the others, so that every group has another place. */
#define NUMBER_GROUP "- {id: number, zh: 号码信息"
static const char *const safe[] = {"version: 1", "version: 2", NUMBER_GROUP,
                                   "- {id: extra, zh: 补充, en: extra, readers: [home]}\n"
                                   "      " NUMBER_GROUP,
                                   NULL};
/* The operators may read what the police wrote. */
static const char *const leaky[] = {
    "version: 1", "version: 3", "en: lead, readers: [submitting_police, discovery, home]",
    "en: lead, readers: [submitting_police, discovery, home, operator]", NULL};

#define SIGN_FOR_RULES "from: forward, until: [sign_for, wrong_home], working_days: "
/* A day more to sign for what was forwarded. */
static const char *const longer[] = {"version: 1", "version: 4", SIGN_FOR_RULES "1",
                                     SIGN_FOR_RULES "2", NULL};
/* Nobody owes it any more. */
static const char *const laxer[] = {"version: 1", "version: 5",
                                    "- {id: sign_for, zh: 签收通报, en: sign for what was "
                                    "forwarded, owed_by: home, to: discovery, " SIGN_FOR_RULES
                                    "1, default: true, ends_in: take_over}",
                                    "# no sign_for", NULL};

/* Headquarters has adopted the limit. */
static const char *const adopted[] = {
    "version: 1", "version: 6", SIGN_FOR_RULES "1, default: true",
    SIGN_FOR_RULES "1, default: true, adopted: {document_no: 专项办〔2015〕3号, from: 2015-02-01}",
    NULL};

/* Version 1, a safe version 2, a version 3 that is not, and three with other duties. */
static struct {
    tb_campaign_loaded *second;
    tb_campaign_loaded *third;
    tb_campaign_loaded *fourth;
    tb_campaign_loaded *fifth;
    tb_campaign_loaded *sixth;
    const tb_campaign *list[6];
    tb_campaigns all;
} versions;

static void install(world *w, const char *party)
{
    who(w, party)->agent.campaigns = &versions.all;
}

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    versions.second = edited(PATH, safe);
    versions.third = edited(PATH, leaky);
    versions.fourth = edited(PATH, longer);
    versions.fifth = edited(PATH, laxer);
    versions.sixth = edited(PATH, adopted);
    versions.list[0] = w->campaign;
    versions.list[1] = tb_campaign_loaded_get(versions.second);
    versions.list[2] = tb_campaign_loaded_get(versions.third);
    versions.list[3] = tb_campaign_loaded_get(versions.fourth);
    versions.list[4] = tb_campaign_loaded_get(versions.fifth);
    versions.list[5] = tb_campaign_loaded_get(versions.sixth);
    versions.all = (tb_campaigns){versions.list, 6};
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(versions.second);
    tb_campaign_loaded_free(versions.third);
    tb_campaign_loaded_free(versions.fourth);
    tb_campaign_loaded_free(versions.fifth);
    tb_campaign_loaded_free(versions.sixth);
    return code;
}

/* The bureau of Zhejiang has accepted a case of version 1; everybody but Guangdong has all
 * versions.
 */
static void accepted(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
    for (size_t i = 0; i < w->agent_count; i++) {
        if (strcmp(w->agents[i].id.text, "bureau.44") != 0) {
            install(w, w->agents[i].id.text);
        }
    }
}

static tb_refusal moves(world *w, const char *party, const char *version)
{
    char fields[32] = "version=";
    strcat(fields, version);
    return acts(w, party, TB_MOVE_ACTION, fields);
}

static uint32_t version_at(world *w, const char *party)
{
    return summary_at(w, party).campaign_version;
}

static void resume(world *w, const char *party)
{
    world_agent *a = who(w, party);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    tb_effects_reset(a->effects);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_apply_resume(&a->agent, txn, (tb_now){w->clock, w->clock}, a->effects));
    assert_ok(tb_store_commit(txn));
}

/* ---- moving ---- */

static void the_holder_moves_the_case_and_everybody_follows(void **state)
{
    world *w = *state;
    accepted(w);
    assert_int_equal(version_at(w, "bureau.33"), 1);
    assert_int_equal(moves(w, "bureau.33", "2"), TB_ACCEPTED);
    tb_local_summary after = summary_at(w, "bureau.33");
    assert_int_equal(after.campaign_version, 2);
    assert_int_equal(after.number, 3);
    assert_int_equal(after.term, 1);
    assert_string_equal(state_at(w, "bureau.33"), "accepted");
    assert_string_equal(holder_at(w, "bureau.33"), "bureau.33");
    deliver_all(w);
    assert_int_equal(version_at(w, "police.33"), 2);
    assert_int_equal(alarms_at(w, "police.33"), 0);
    check_world(w);
}

static void what_follows_the_move_is_judged_by_the_new_version(void **state)
{
    world *w = *state;
    accepted(w);
    install(w, "bureau.44");
    assert_int_equal(moves(w, "bureau.33", "2"), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(version_at(w, "bureau.44"), 2);
    /* what each may read did not change places with its group */
    assert_string_equal(value_at(w, "bureau.44", "number"), "13800001234");
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(value_at(w, "cm.44", "number"), "13800001234");
    assert_string_equal(value_at(w, "cm.44", "offence"), "");
    for (size_t i = 0; i < w->agent_count; i++) {
        assert_int_equal(alarms_at(w, w->agents[i].id.text), 0);
    }
    check_world(w);
}

static void nobody_but_the_holder_moves_it(void **state)
{
    world *w = *state;
    accepted(w);
    assert_int_equal(moves(w, "police.33", "2"), TB_REFUSED_NOT_HOLDER);
}

static void an_unsafe_version_is_refused_with_what_is_unsafe(void **state)
{
    world *w = *state;
    accepted(w);
    assert_int_equal(moves(w, "bureau.33", "3"), TB_REFUSED_VERSION_UNSAFE);
    const char *reader = "lead, operator";
    assert_non_null(memmem(w->answer.detail.data, w->answer.detail.size, reader, strlen(reader)));
    assert_int_equal(version_at(w, "bureau.33"), 1);
}

static void only_a_newer_version_that_is_here_is_moved_to(void **state)
{
    world *w = *state;
    accepted(w);
    assert_int_equal(moves(w, "bureau.33", "9"), TB_REFUSED_UNKNOWN_CAMPAIGN);
    assert_int_equal(moves(w, "bureau.33", "0"), TB_REFUSED_FIELD_INVALID);
    assert_int_equal(moves(w, "bureau.33", "two"), TB_REFUSED_FIELD_INVALID);
    assert_int_equal(moves(w, "bureau.33", "+2"), TB_REFUSED_FIELD_INVALID);
    assert_int_equal(moves(w, "bureau.33", "42949672960"), TB_REFUSED_FIELD_INVALID);
    assert_int_equal(moves(w, "bureau.33", "4294967296"), TB_REFUSED_FIELD_INVALID);
    assert_int_equal(moves(w, "bureau.33", "4294967295"), TB_REFUSED_UNKNOWN_CAMPAIGN);
    assert_int_equal(acts(w, "bureau.33", TB_MOVE_ACTION, ""), TB_REFUSED_FIELD_INVALID);
    assert_int_equal(moves(w, "bureau.33", "1"), TB_REFUSED_VERSION_NOT_NEWER);
    assert_int_equal(moves(w, "bureau.33", "2"), TB_ACCEPTED);
    assert_int_equal(moves(w, "bureau.33", "2"), TB_REFUSED_VERSION_NOT_NEWER);
}

static void a_move_without_a_link_waits_as_a_draft(void **state)
{
    world *w = *state;
    accepted(w);
    link_up(w, "bureau.33", false);
    assert_int_equal(moves(w, "bureau.33", "2"), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_int_equal(version_at(w, "bureau.33"), 1);
    link_up(w, "bureau.33", true);
    assert_int_equal(version_at(w, "bureau.33"), 2);
    deliver_all(w);
    check_world(w);
}

/* ---- those that lag ---- */

static void a_party_without_the_new_version_holds_back_says_so_and_catches_up(void **state)
{
    world *w = *state;
    accepted(w);
    assert_int_equal(moves(w, "bureau.33", "2"), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_local_summary behind = summary_at(w, "bureau.44");
    assert_int_equal(behind.campaign_version, 1);
    assert_int_equal(behind.number, 2);
    assert_int_equal(behind.held_back, 2);

    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w->case_id.bytes, TB_CASE_ID_BYTES, hex);
    tb_local_request request = {.kind = TB_REQUEST_TRACE, .trace = tb_bytes_str(hex)};
    const tb_local_answer *answer = ask(w, "bureau.44", &request);
    size_t held = 0;
    for (size_t i = 0; i < answer->traced.count; i++) {
        if (answer->traced.lines[i].where == TB_WHERE_HELD_BACK) {
            assert_int_equal(answer->traced.lines[i].code, TB_REFUSED_UNKNOWN_CAMPAIGN);
            held++;
        }
    }
    assert_int_equal(held, 2);
    check_world(w);

    install(w, "bureau.44");
    resume(w, "bureau.44");
    assert_int_equal(version_at(w, "bureau.44"), 2);
    assert_int_equal(summary_at(w, "bureau.44").held_back, 0);
    assert_string_equal(holder_at(w, "bureau.44"), "bureau.44");
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    deliver_all(w);
    check_world(w);
}

static void each_step_of_the_chain_is_replayed_under_its_own_version(void **state)
{
    world *w = *state;
    accepted(w);
    tb_local_summary before = summary_at(w, "police.33");
    assert_int_equal(moves(w, "bureau.33", "2"), TB_ACCEPTED);
    deliver_all(w);
    tb_case_row row;
    tb_case_row then;
    tb_path path;
    world_agent *a = who(w, "police.33");
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_case_load(&a->agent, txn, &w->case_id, &row));
    assert_ok(tb_chain_to_head(txn, &row, &path));
    assert_ok(tb_chain_replay(&a->agent, txn, &path, path.count - 1, &row, &then));
    assert_int_equal(then.campaign_version, 1);
    assert_true(tb_digest_equal(&then.view.head, &before.head));
    assert_ptr_equal(then.view.campaign, w->campaign);
    assert_ok(tb_chain_replay(&a->agent, txn, &path, path.count, &row, &then));
    assert_int_equal(then.campaign_version, 2);
    assert_ptr_equal(then.view.campaign, versions.list[1]);
    tb_store_abort(txn);
}

static void a_take_over_on_top_of_what_came_before_the_move_undoes_it(void **state)
{
    world *w = *state;
    accepted(w);
    install(w, "bureau.44");
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(moves(w, "bureau.44", "2"), TB_ACCEPTED);
    /* who takes over has not heard of the move */
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    static const char *const all[] = {"bureau.33", "bureau.44", "police.33"};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        tb_local_summary after = summary_at(w, all[i]);
        assert_int_equal(after.campaign_version, 1);
        assert_int_equal(after.term, 2);
        assert_false(after.frozen);
    }
    check_world(w);
}

/* ---- duties ---- */

#define MONDAY  "2015-02-09T11:39:00+08:00"
#define OVERDUE "2015-02-11T00:15:00+08:00" /* of version 1: a working day and the grace */
#define LATER   "2015-02-12T00:15:00+08:00" /* of version 4 */

static const char *const on_duty[] = {"police.33", "bureau.33", "bureau.44"};

/* Forwarded on Monday: the home bureau owes the discovery bureau its signature. */
static void forwarded(world *w)
{
    for (size_t i = 0; i < 3; i++) {
        at_time(w, on_duty[i], MONDAY);
    }
    accepted(w);
    install(w, "bureau.44");
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
}

static void an_open_duty_gets_the_limit_of_the_version_the_case_moves_to(void **state)
{
    world *w = *state;
    forwarded(w);
    tb_time before = duties_at(w, "bureau.33").lines[0].due;
    assert_int_equal(moves(w, "bureau.44", "4"), TB_ACCEPTED);
    deliver_all(w);
    for (size_t i = 0; i < 3; i++) {
        tb_local_duties duties = duties_at(w, on_duty[i]);
        assert_int_equal(duties.count, 1);
        assert_int_equal(duties.lines[0].state, TB_DUTY_OPEN);
        assert_int_equal(duties.lines[0].due, before + 24 * 3600 * 1000);
    }
    check_world(w);
    at_time(w, "bureau.33", OVERDUE);
    judge_due(w, "bureau.33");
    assert_int_equal(lying(w), 0);
    at_time(w, "bureau.33", LATER);
    judge_due(w, "bureau.33");
    assert_int_equal(duties_at(w, "bureau.33").lines[0].state, TB_DUTY_LAPSED);
    deliver_all(w);
    check_world(w);
}

static void a_duty_the_new_version_does_not_have_is_released(void **state)
{
    world *w = *state;
    forwarded(w);
    assert_int_equal(moves(w, "bureau.44", "5"), TB_ACCEPTED);
    deliver_all(w);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(duties_at(w, on_duty[i]).count, 0);
    }
    at_time(w, "bureau.33", OVERDUE);
    judge_due(w, "bureau.33");
    assert_int_equal(lying(w), 0);
    check_world(w);
}

static void what_lapsed_before_the_move_stays_on_record_whichever_is_heard_of_first(void **state)
{
    world *w = *state;
    forwarded(w);
    at_time(w, "bureau.33", OVERDUE);
    judge_due(w, "bureau.33");
    assert_int_equal(duties_at(w, "bureau.33").lines[0].state, TB_DUTY_LAPSED);
    /* the home bureau moves the case before it hears of the lapse */
    assert_int_equal(moves(w, "bureau.44", "5"), TB_ACCEPTED);
    deliver_all(w);
    for (size_t i = 0; i < 3; i++) {
        tb_local_duties duties = duties_at(w, on_duty[i]);
        assert_int_equal(duties.count, 1);
        assert_int_equal(duties.lines[0].state, TB_DUTY_LAPSED);
        assert_true(duties.lines[0].ended != 0);
        assert_int_equal(summary_at(w, on_duty[i]).stalled, TB_STALL_NONE);
    }
    check_world(w);
}

static void a_take_over_that_undoes_the_move_brings_its_duties_back(void **state)
{
    world *w = *state;
    forwarded(w);
    assert_int_equal(moves(w, "bureau.44", "5"), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(summary_at(w, on_duty[i]).campaign_version, 1);
        assert_int_equal(duties_at(w, on_duty[i]).count, 0); /* released by the take-over */
    }
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(duties_at(w, on_duty[i]).count, 1);
    }
    check_world(w);
}

/* ---- the event at those who receive it ---- */

static tb_refusal receive(world *w, const tb_event *event, const tb_campaign *to)
{
    world_agent *a = who(w, "police.33");
    tb_txn *txn;
    tb_case_row row;
    tb_objection objection;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_case_load(&a->agent, txn, &w->case_id, &row));
    assert_ok(tb_judge_move_event(&row.view, to, &w->directory, event, &a->arena, &objection));
    tb_store_abort(txn);
    return objection.code;
}

static void a_forged_move_is_refused_by_everybody(void **state)
{
    world *w = *state;
    accepted(w);
    tb_party holder = who(w, "bureau.33")->id;
    tb_party others[1] = {who(w, "police.33")->id};
    const tb_event honest = {
        .kind = TB_EVENT_VERSION,
        .campaign_version = 2,
        .directory_version = 1,
        .actor = holder,
        .action = tb_bytes_str(TB_MOVE_ACTION),
        .from_state = tb_bytes_str("accepted"),
        .to_state = tb_bytes_str("accepted"),
        .holder = holder,
        .addressees = others,
        .addressee_count = 1,
    };
    assert_int_equal(receive(w, &honest, versions.list[1]), TB_ACCEPTED);
    assert_int_equal(receive(w, &honest, versions.list[2]), TB_REFUSED_VERSION_UNSAFE);
    assert_int_equal(receive(w, &honest, w->campaign), TB_REFUSED_VERSION_NOT_NEWER);

    tb_event event = honest;
    event.actor = others[0];
    assert_int_equal(receive(w, &event, versions.list[1]), TB_REFUSED_NOT_HOLDER);
    event = honest;
    event.actor = (tb_party){"nobody"};
    assert_int_equal(receive(w, &event, versions.list[1]), TB_REFUSED_UNKNOWN_PARTY);
    event = honest;
    event.from_state = tb_bytes_str("submitted");
    assert_int_equal(receive(w, &event, versions.list[1]), TB_REFUSED_STATE);
    /* who takes part no more cannot have moved it, by the directory it names itself */
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (tb_party_equal(&w->parties[i].id, &holder)) {
            w->parties[i].state = TB_PARTY_ENDED;
        }
    }
    assert_int_equal(receive(w, &honest, versions.list[1]), TB_REFUSED_NOT_ACTIVE);
    event = honest;
    event.directory_version = 2;
    assert_int_equal(receive(w, &event, versions.list[1]), TB_ACCEPTED);
    for (size_t i = 0; i < w->directory.party_count; i++) {
        w->parties[i].state = TB_PARTY_ACTIVE;
    }
    event = honest;
    event.action = tb_bytes_str("forward");
    assert_int_equal(receive(w, &event, versions.list[1]), TB_REFUSED_UNKNOWN_ACTION);
    event = honest;
    event.to_state = tb_bytes_str("closed");
    assert_int_equal(receive(w, &event, versions.list[1]), TB_REFUSED_STATE);
    event = honest;
    event.holder = others[0];
    assert_int_equal(receive(w, &event, versions.list[1]), TB_REFUSED_CONDITION);
    tb_field field = {tb_bytes_str("home_province"), tb_bytes_str("11")};
    event = honest;
    event.fields = &field;
    event.field_count = 1;
    assert_int_equal(receive(w, &event, versions.list[1]), TB_REFUSED_FIELD_UNKNOWN);
    tb_commitment commitment = {tb_bytes_str("lead"), {{1}}};
    event = honest;
    event.commitments = &commitment;
    event.commitment_count = 1;
    assert_int_equal(receive(w, &event, versions.list[1]), TB_REFUSED_FIELD_UNKNOWN);
    others[0] = who(w, "police.11")->id;
    assert_int_equal(receive(w, &honest, versions.list[1]), TB_REFUSED_CONDITION);
}

static void a_default_counts_in_evaluation_once_its_version_adopts_it(void **state)
{
    world *w = *state;
    static const char *const people[] = {"police.33", "bureau.33", "bureau.44"};
    for (size_t i = 0; i < 3; i++) {
        at_time(w, people[i], "2015-02-09T11:39:00+08:00");
    }
    accepted(w);
    install(w, "bureau.44");
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_local_duties before = duties_at(w, "bureau.33");
    assert_int_equal(before.count, 1);
    assert_true(before.lines[0].by_default);
    assert_false(before.lines[0].scores);
    assert_int_equal(before.lines[0].adopted_no.size, 0);
    assert_int_equal(moves(w, "bureau.44", "6"), TB_ACCEPTED);
    deliver_all(w);
    tb_local_duties after = duties_at(w, "bureau.33");
    assert_int_equal(after.count, 1);
    assert_true(after.lines[0].by_default); /* still no figure of the plan */
    assert_true(after.lines[0].scores);
    assert_true(tb_bytes_equal(after.lines[0].adopted_no, tb_bytes_str("专项办〔2015〕3号")));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    T(a_default_counts_in_evaluation_once_its_version_adopts_it),
    T(the_holder_moves_the_case_and_everybody_follows),
    T(what_follows_the_move_is_judged_by_the_new_version),
    T(nobody_but_the_holder_moves_it),
    T(an_unsafe_version_is_refused_with_what_is_unsafe),
    T(only_a_newer_version_that_is_here_is_moved_to),
    T(a_move_without_a_link_waits_as_a_draft),
    T(a_party_without_the_new_version_holds_back_says_so_and_catches_up),
    T(each_step_of_the_chain_is_replayed_under_its_own_version),
    T(a_take_over_on_top_of_what_came_before_the_move_undoes_it),
    T(an_open_duty_gets_the_limit_of_the_version_the_case_moves_to),
    T(a_duty_the_new_version_does_not_have_is_released),
    T(what_lapsed_before_the_move_stays_on_record_whichever_is_heard_of_first),
    T(a_take_over_that_undoes_the_move_brings_its_duties_back),
    T(a_forged_move_is_refused_by_everybody),
};

TB_RUN("agents/move", tests)
