/* A party's keys are changed while notices of it are under way: what was numbered before the cut
 * arrives and counts, what the old keys sign behind it reaches nobody, whenever it comes. */
#include "tests/system/authority.h"
#include "tests/system/question.h"

#define A "bureau.11"
#define B "hq"
#define C "police.11"

/* Notices wait at the hub for a recipient that is away, and in the outbox of one without a line. */
static void a_rotation_loses_nothing_that_is_under_way(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    (void)sys_send(a, B, "arrived before");
    (void)sys_send(b, A, "taken by the old keys");
    SYS_AWAIT(sys_times(b, "arrived before") == 1 && sys_times(a, "taken by the old keys") == 1);
    sys_agent_stop(b, SIGTERM);
    tb_local_acted waits = sys_send(a, B, "waits at the hub");
    SYS_AWAIT(sys_where(a, &waits.event, B, NULL) == TB_WHERE_STORED);
    (void)kill(hub->broker, SIGSTOP);
    (void)sys_send(a, B, "waits in the outbox");

    auth_new_keys(hub, A, "a.new");
    auth_cut(a, true, "a.new");
    /* Nothing more is signed under the old key: the act waits. */
    const tb_local_answer *answer = sys_send_any(a, B, "under the new key");
    assert_true(answer->code == TB_ACCEPTED && answer->draft);
    sys_agent_stop(a, SIGKILL);
    (void)kill(hub->broker, SIGCONT);
    auth_rotate(hub, A, "a.new", "rotation");
    auth_install(hub, c);
    SYS_AWAIT(sys_status(c)->directory_version == 3);
    auth_restart(a, "a.new", A);
    SYS_AWAIT(sys_status(a)->linked && !sys_status(a)->fenced);
    assert_int_equal(sys_status(a)->alarms, 0);

    sys_agent_start(b);
    SYS_AWAIT(sys_times(b, "waits at the hub") == 1 && sys_times(b, "waits in the outbox") == 1);
    SYS_AWAIT(sys_times(b, "under the new key") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0 && sys_status(a)->drafts == 0);
    (void)sys_send(b, A, "to the new keys");
    SYS_AWAIT(sys_times(a, "to the new keys") == 1);
    assert_int_equal(sys_times(b, "arrived before"), 1);
    assert_int_equal(sys_status(b)->cases, 6);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));

    /* A hub that lost its disk is shown marks that count. */
    sys_broker_stop(hub, SIGKILL);
    sys_store_lose(hub, "hub");
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked && sys_status(b)->linked);
    (void)sys_send(b, A, "through an empty hub");
    SYS_AWAIT(sys_times(a, "through an empty hub") == 1 && sys_status(b)->outbox == 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* The store is gone with the key: the hub's marks are the cut, and a thief's later notices nothing.
 */
static void what_a_stolen_key_signs_beyond_the_cut_is_refused_whenever_it_comes(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    sys_agent_stop(b, SIGTERM);
    tb_local_acted good = sys_send(a, B, "before the theft");
    SYS_AWAIT(sys_where(a, &good.event, B, NULL) == TB_WHERE_STORED);
    /* The cut is printed beside the running hub, and beside one that stands still. */
    auth_cut_of_hub(hub, A, "a.new");
    tb_local_acted bad = sys_send(a, B, "by the thief");
    SYS_AWAIT(sys_where(a, &bad.event, B, NULL) == TB_WHERE_STORED);
    auth_new_keys(hub, A, "a.new");
    auth_rotate(hub, A, "a.new", "stolen");
    auth_install(hub, c);
    SYS_AWAIT(sys_status(c)->directory_version == 3);

    sys_agent_start(b);
    SYS_AWAIT(sys_times(b, "before the theft") == 1);
    (void)sys_send(c, B, "by an honest party");
    SYS_AWAIT(sys_times(b, "by an honest party") == 1);
    assert_int_equal(sys_times(b, "by the thief"), 0);
    assert_true(sys_sound(b) && sys_sound(c));
}

static void the_cut_of_a_hub_that_stands_still_is_the_same(void **state)
{
    sys_hub *hub = *state;
    char running[SYS_OUTPUT_BYTES];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    (void)sys_send(a, B, "one");
    SYS_AWAIT(sys_times(b, "one") == 1);
    auth_cut_of_hub(hub, A, "running");
    memcpy(running, hub->output, sizeof running);
    assert_non_null(strstr(running, " hq normal 1 "));
    sys_broker_stop(hub, SIGTERM);
    auth_cut_of_hub(hub, A, "still");
    assert_string_equal(hub->output, running);
    /* The party's own agent says the same. */
    auth_cut(a, false, "own");
    char own[SYS_PATH];
    sys_path(hub, own, "own.cut");
    const char *line = strrchr(running, '#');
    assert_non_null(line);
    line = strchr(line, '\n') + 1;
    assert_true(sys_file_holds(own, line, strlen(line)));
    /* Nobody's marks are a sentence, not a cut. */
    char store[SYS_PATH];
    sys_path(hub, store, "stores/hub");
    assert_int_equal(sys_tongbao_broker(hub, "cut", "ct.11", "--store", store, NULL), 65);
}

/* ---- a chain that holds what is beyond the cut ---- */

static tb_local_acted prepare(sys_agent *agent, const char *to, const char *watcher)
{
    tb_field fields[3] = {{tb_bytes_str("to"), tb_bytes_str(to)},
                          {tb_bytes_str("watcher"), tb_bytes_str(watcher)},
                          {tb_bytes_str("text"), tb_bytes_str("a matter")}};
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    request.open.campaign = tb_bytes_str("handled");
    request.open.case_type = tb_bytes_str("matter");
    request.open.fields = fields;
    request.open.field_count = 3;
    const tb_local_answer *answer = sys_ask(agent, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->acted;
}

static bool state_is(sys_agent *agent, const tb_case_id *id, const char *state)
{
    char here[TB_NAME_BYTES_MAX + 1];
    return strcmp(question_state(agent, id, here), state) == 0;
}

/* How many events of a case stand like this here; *out_frozen whether it is frozen. */
static size_t
standing(sys_agent *agent, const tb_case_id *id, tb_standing as, bool *out_frozen, tb_digest *head)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    const tb_local_answer *answer = sys_ask(agent, &request);
    size_t count = 0;
    assert_int_equal(answer->kind, TB_ANSWER_CASE);
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        count += answer->case_.events[i].standing == as;
    }
    *out_frozen = answer->case_.summary.frozen;
    *head = answer->case_.summary.head;
    return count;
}

/* A thief answered in B's name before anybody knew; those who took it learn of the cut later. */
static void what_a_thief_did_beyond_the_cut_is_disputed_and_taken_over(void **state)
{
    sys_hub *hub = *state;
    bool frozen;
    tb_digest heads[2];
    char id[2 * TB_CASE_ID_BYTES + 1];
    char sock[SYS_PATH];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    tb_local_acted acted = prepare(a, B, C);
    tb_case_id matter = acted.case_id;
    assert_int_equal(question_act(a, &matter, "hand", NULL)->code, TB_ACCEPTED);
    SYS_AWAIT(state_is(b, &matter, "handed"));
    assert_int_equal(question_act(b, &matter, "take", NULL)->code, TB_ACCEPTED);
    SYS_AWAIT(state_is(a, &matter, "taken") && state_is(c, &matter, "taken"));
    auth_cut(b, false, "b.new");
    assert_int_equal(question_act(b, &matter, "answer", "by the thief")->code, TB_ACCEPTED);
    SYS_AWAIT(state_is(a, &matter, "answered") && state_is(c, &matter, "answered"));
    sys_agent_stop(c, SIGTERM); /* learns of it when it comes back */

    auth_new_keys(hub, B, "b.new");
    auth_rotate(hub, B, "b.new", "stolen");
    auth_install(hub, a);
    SYS_AWAIT(standing(a, &matter, TB_STANDING_DISPUTED, &frozen, &heads[0]) == 1 && frozen);
    assert_true(state_is(a, &matter, "taken"));
    assert_true(sys_alarmed(a, "beyond_cut"));
    assert_int_equal(sys_times(a, "by the thief"), 0);
    auth_socket(a, sock);
    tb_hex(matter.bytes, TB_CASE_ID_BYTES, id);
    auth_must(hub, sys_tongbao(hub, "--socket", sock, "case", "show", id, "--json", NULL));
    assert_non_null(strstr(hub->output, "disputed"));
    sys_agent_start(c);
    SYS_AWAIT(standing(c, &matter, TB_STANDING_DISPUTED, &frozen, &heads[1]) == 1 && frozen);

    assert_int_equal(sys_act(a, &matter, "take_over", "reason=other")->code, TB_ACCEPTED);
    SYS_AWAIT(state_is(c, &matter, "recalled"));
    assert_int_equal(standing(a, &matter, TB_STANDING_OVERTAKEN, &frozen, &heads[0]), 1);
    assert_false(frozen);
    assert_int_equal(standing(c, &matter, TB_STANDING_OVERTAKEN, &frozen, &heads[1]), 1);
    assert_false(frozen);
    assert_true(tb_digest_equal(&heads[0], &heads[1]));
    assert_true(sys_sound(a) && sys_sound(c));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_rotation_loses_nothing_that_is_under_way),
    SYSTEM_TEST(what_a_stolen_key_signs_beyond_the_cut_is_refused_whenever_it_comes),
    SYSTEM_TEST(what_a_thief_did_beyond_the_cut_is_disputed_and_taken_over),
    SYSTEM_TEST(the_cut_of_a_hub_that_stands_still_is_the_same),
};

TB_RUN("system/recovery_cut", tests)
