/* Taking over: who may, when the holder is out of service, and a fork that its holder settles. */
#include "agents/aside.h"
#include "tests/agents/world.h"

#include <stdlib.h>

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

static tb_store *clone(world *w, const char *id)
{
    tb_store *copy;
    assert_ok(tb_store_mem_clone(who(w, id)->store, &copy));
    return copy;
}

static tb_store *swap(world *w, const char *id, tb_store *other)
{
    tb_store *mine = who(w, id)->store;
    who(w, id)->store = other;
    return mine;
}

static void accept_one(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    deliver_all(w);
}

/* Another version of the directory, in which one party has this state; lives as long as the world.
 */
static tb_directory version_with(world *w, uint32_t version, const char *id, tb_party_state state)
{
    tb_directory_party *parties =
        tb_arena_array(&w->memory, w->directory.party_count, sizeof *parties);
    assert_non_null(parties);
    memcpy(parties, w->directory.parties, w->directory.party_count * sizeof *parties);
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (strcmp(parties[i].id.text, id) == 0) {
            parties[i].state = state;
        }
    }
    tb_directory made = w->directory;
    made.version = version;
    made.parties = parties;
    return made;
}

static void a_case_is_not_handed_to_a_party_out_of_service(void **state)
{
    world *w = *state;
    accept_one(w);
    tb_directory next = version_with(w, 2, "bureau.44", TB_PARTY_ENDED);
    who(w, "bureau.33")->agent.directory = &next;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_REFUSED_PARTY_OFF);
    /* nor to one whose keys are all revoked, active as it may be */
    tb_directory_key key = {.purpose = TB_PURPOSE_SIGN, .id = {{4}}};
    tb_cut cut = {.party = who(w, "bureau.44")->id, .key = key.id, .reason = TB_CUT_STOLEN};
    next = version_with(w, 2, "bureau.44", TB_PARTY_ACTIVE);
    for (size_t i = 0; i < next.party_count; i++) {
        if (tb_party_equal(&next.parties[i].id, &cut.party)) {
            next.parties[i].keys = &key;
        }
    }
    next.cuts = &cut;
    next.cut_count = 1;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_REFUSED_PARTY_OFF);
    next.cut_count = 0;
    assert_true(tb_directory_in_service(&next, &cut.party));
    /* Off-line it acts on paper: it may be given cases and keeps those it has. */
    next = version_with(w, 2, "bureau.44", TB_PARTY_OFF_LINE);
    assert_true(tb_directory_in_service(&next, &cut.party));
    who(w, "bureau.33")->agent.directory = &w->directory;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
}

static void who_is_in_service_is_judged_by_the_directory_the_event_names(void **state)
{
    world *w = *state;
    accept_one(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    letter *forwarded = letter_to(w, "police.33");
    /* its author's version had the home in service, the newest has not: allowed */
    tb_directory versions[2] = {w->directory, version_with(w, 2, "bureau.44", TB_PARTY_ENDED)};
    tb_directories both = {versions, 2};
    who(w, "police.33")->agent.directory = &versions[1];
    who(w, "police.33")->agent.directories = &both;
    assert_int_equal(deliver(w, forwarded), TB_ACCEPTED);
    assert_string_equal(state_at(w, "police.33"), "forwarded");
    /* the other way round it is refused, whatever the newest says */
    versions[0] = version_with(w, 1, "bureau.44", TB_PARTY_ENDED);
    versions[1] = version_with(w, 2, "bureau.44", TB_PARTY_ACTIVE);
    who(w, "bureau.44")->agent.directory = &versions[1];
    who(w, "bureau.44")->agent.directories = &both;
    assert_int_equal(deliver(w, letter_to(w, "bureau.44")), TB_REFUSED_PARTY_OFF);
    who(w, "police.33")->agent.directory = &w->directory;
    who(w, "police.33")->agent.directories = NULL;
    who(w, "bureau.44")->agent.directory = &w->directory;
    who(w, "bureau.44")->agent.directories = NULL;
}

static size_t stalled_at(world *w, const char *id, tb_stall *out_why)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
    request.list.stalled = true;
    const tb_local_answer *answer = ask(w, id, &request);
    assert_int_equal(answer->kind, TB_ANSWER_CASES);
    *out_why = answer->cases.count > 0 ? answer->cases.cases[0].stalled : TB_STALL_NONE;
    return answer->cases.count;
}

static void cases_of_a_party_that_went_out_of_service_are_listed_and_taken_over(void **state)
{
    world *w = *state;
    accept_one(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_stall why;
    assert_int_equal(stalled_at(w, "bureau.33", &why), 0);
    tb_directory next = version_with(w, 2, "bureau.44", TB_PARTY_ENDED);
    static const char *others[] = {"bureau.33", "police.33"};
    for (size_t i = 0; i < 2; i++) {
        who(w, others[i])->agent.directory = &next;
    }
    assert_int_equal(stalled_at(w, "bureau.33", &why), 1);
    assert_int_equal(why, TB_STALL_PARTY_OFF);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=party_off"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(holder_at(w, "police.33"), "bureau.33");
    assert_int_equal(stalled_at(w, "bureau.33", &why), 0);
    /* nor is it given back */
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_REFUSED_PARTY_OFF);
    for (size_t i = 0; i < 2; i++) {
        who(w, others[i])->agent.directory = &w->directory;
    }
    check_world(w);
}

/* The discovery bureau acts, is set back to its backup, and acts otherwise: it forked its own case.
 */
static void a_holder_settles_the_fork_of_its_own_case(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=forked"),
                     TB_REFUSED_HOLDS);
    tb_store *backup = clone(w, "bureau.33");
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    tb_store *first = swap(w, "bureau.33", backup);
    assert_int_equal(acts(w, "bureau.33", "return", "return_reason=incomplete"), TB_ACCEPTED);
    tb_store_close(swap(w, "bureau.33", first));
    deliver_all(w);
    /* the police holds both branches; the bureau is shown the other one by it */
    assert_true(summary_at(w, "police.33").frozen);
    tb_stall why;
    assert_int_equal(stalled_at(w, "police.33", &why), 1);
    assert_int_equal(why, TB_STALL_FROZEN);
    assert_int_equal(acts(w, "police.33", "resubmit", ""), TB_REFUSED_FROZEN);
    for (size_t i = 0; i < w->letter_count; i++) {
        letter back = w->letters[i];
        if (strcmp(back.to.text, "police.33") == 0 && w->letters[i].id_count == 1) {
            back.to = who(w, "bureau.33")->id;
            (void)deliver(w, &back);
        }
    }
    assert_true(summary_at(w, "bureau.33").frozen);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_REFUSED_FROZEN);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=forked"), TB_ACCEPTED);
    deliver_all(w);
    static const char *both[] = {"police.33", "bureau.33"};
    for (size_t i = 0; i < 2; i++) {
        tb_local_summary summary = summary_at(w, both[i]);
        assert_false(summary.frozen);
        assert_int_equal(summary.term, 2);
        assert_string_equal(state_at(w, both[i]), "accepted"); /* where it stood */
    }
    check_world(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "forwarded");
    check_world(w);
}

/* What was overtaken counts for nothing: state, holder, fields, index, counts and receipts. */
static void what_was_overtaken_has_no_effect(void **state)
{
    world *w = *state;
    accept_one(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(
        acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other|suggested_province=11"),
        TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    static const char *all[] = {"police.33", "bureau.33", "bureau.44"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(state_at(w, all[i]), "accepted");
        assert_string_equal(holder_at(w, all[i]), "bureau.33");
        assert_string_equal(value_at(w, all[i], "suggested_province"), "");
    }
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    /* "refused as wrong home" was done no time before: it goes to the discovery bureau, not up */
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(holder_at(w, "bureau.33"), "bureau.33");
    assert_string_equal(state_at(w, "bureau.33"), "rerouted");
    /* shown, each as what it is */
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, "bureau.33", &request);
    size_t overtaken = 0;
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        overtaken += answer->case_.events[i].standing == TB_STANDING_OVERTAKEN;
    }
    assert_int_equal(overtaken, 1);
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(w->case_id.bytes, TB_CASE_ID_BYTES, hex);
    tb_local_request trace = {.kind = TB_REQUEST_TRACE, .trace = tb_bytes_str(hex)};
    answer = ask(w, "bureau.44", &trace);
    assert_int_equal(answer->kind, TB_ANSWER_TRACED);
    size_t shown = 0;
    for (size_t i = 0; i < answer->traced.count; i++) {
        shown += answer->traced.lines[i].standing == TB_STANDING_OVERTAKEN;
        assert_true(answer->traced.lines[i].title_zh.size > 0);
    }
    assert_true(shown > 0);
    check_world(w);
}

static void deliver_to(world *w, const char *id)
{
    for (letter *l = letter_to(w, id); l != NULL; l = letter_to(w, id)) {
        assert_int_equal(deliver(w, l), TB_ACCEPTED);
    }
}

/* The discovery bureau takes over before it hears of the first order, and tells the operator that
 * answered it. Then it turns out that the home bureau had taken back its second order, twice: of
 * that the first operator is no party. */
static void who_was_told_of_a_take_over_that_lost_is_told_of_the_one_that_rules(void **state)
{
    world *w = *state;
    order_for(w, LEAD);
    deliver_to(w, "cm.44");
    assert_int_equal(acts(w, "cm.44", "result", "verify_result=not_ours|action=none"), TB_ACCEPTED);
    deliver_to(w, "bureau.44");
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_to(w, "bureau.33");
    turn_of(w, "bureau.33", tb_aside_tick);
    deliver_to(w, "cm.44");
    assert_int_equal(summary_at(w, "cm.44").term, 2);
    assert_string_equal(holder_at(w, "cm.44"), "bureau.33");

    for (int i = 0; i < 2; i++) {
        assert_int_equal(acts(w, "bureau.44", "order", "ordered=ct.44"), TB_ACCEPTED);
        assert_int_equal(acts(w, "bureau.44", "take_back", "take_over_reason=other"), TB_ACCEPTED);
    }
    deliver_all(w);
    assert_int_equal(summary_at(w, "bureau.33").term, 3);
    assert_int_equal(summary_at(w, "cm.44").term, 2);
    turn_of(w, "bureau.33", tb_aside_tick);
    deliver_all(w);
    tb_digest head = summary_at(w, "bureau.44").head;
    tb_local_summary told = summary_at(w, "cm.44");
    assert_int_equal(told.term, 3);
    assert_true(tb_digest_equal(&told.head, &head));
    check_world(w);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_case_is_not_handed_to_a_party_out_of_service),
    IN_A_WORLD(who_is_in_service_is_judged_by_the_directory_the_event_names),
    IN_A_WORLD(cases_of_a_party_that_went_out_of_service_are_listed_and_taken_over),
    IN_A_WORLD(a_holder_settles_the_fork_of_its_own_case),
    IN_A_WORLD(what_was_overtaken_has_no_effect),
    IN_A_WORLD(who_was_told_of_a_take_over_that_lost_is_told_of_the_one_that_rules),
};

TB_RUN("take_over", tests)
