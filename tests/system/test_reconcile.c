/* Two parties' filed figures are held against each other on real processes, and a difference opens
 * to the cases behind it, each with the reason. */
#include "tests/system/hub.h"

#define HERE  "bureau.11"
#define THERE "police.11"
#define HQ    "hq"

#define HERE_NAME  "Beijing Communications Administration"
#define THERE_NAME "Beijing Municipal Public Security Bureau"

static bool prints(const sys_hub *hub, const char *text)
{
    if (strstr(hub->output, text) == NULL) {
        print_error("not in: %s\n", hub->output);
        return false;
    }
    return true;
}

static tb_case_id forwards(sys_agent *agent, char id[2 * TB_CASE_ID_BYTES + 1])
{
    static unsigned serial; /* so that each is told from the others */
    char fields[100];
    (void)snprintf(fields, sizeof fields, "found=" HERE "|home=" THERE "|serial=%u", ++serial);
    const tb_local_answer *answer = sys_open(agent, "reconcile", "matter", fields);
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_hex(answer->acted.case_id.bytes, TB_CASE_ID_BYTES, id);
    return answer->acted.case_id;
}

static bool filed_by(sys_agent *hq, size_t wanted)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.period = tb_bytes_str("2015-Q1");
    const tb_local_answer *answer = sys_ask(hq, &request);
    size_t count = 0;
    for (size_t i = 0; answer->kind == TB_ANSWER_REPORTS && i < answer->reports.count; i++) {
        count += !tb_case_zero(&answer->reports.lines[i].case_id);
    }
    return count == wanted;
}

/* A table has a line of this name with these three figures. */
static bool row_is(const sys_hub *hub, const char *name, unsigned a, unsigned b, unsigned c)
{
    const char *at = strstr(hub->output, name);
    for (; at != NULL; at = strstr(at + 1, name)) {
        unsigned figures[3];
        if (sscanf(at + strlen(name), " %u %u %u", &figures[0], &figures[1], &figures[2]) == 3 &&
            figures[0] == a && figures[1] == b && figures[2] == c) {
            return true;
        }
    }
    print_error("no row %s %u %u %u in: %s\n", name, a, b, c, hub->output);
    return false;
}

/* The case of this party's own report. */
static void report_case(sys_agent *agent, char id[2 * TB_CASE_ID_BYTES + 1])
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.period = tb_bytes_str("2015-Q1");
    const tb_local_answer *answer = sys_ask(agent, &request);
    assert_int_equal(answer->kind, TB_ANSWER_REPORTS);
    assert_int_equal(answer->reports.count, 1);
    tb_hex(answer->reports.lines[0].case_id.bytes, TB_CASE_ID_BYTES, id);
}

/* domain.md, scenario 9, with four cases: one signed for, one in transit at the cut-off, one
 * refused, one that nothing was heard of. */
static void scenario_9_what_is_not_counted_by_both_is_listed_with_its_reason(void **state)
{
    sys_hub *hub = *state;
    char both[2 * TB_CASE_ID_BYTES + 1];
    char transit[2 * TB_CASE_ID_BYTES + 1];
    char refused[2 * TB_CASE_ID_BYTES + 1];
    char missing[2 * TB_CASE_ID_BYTES + 1];
    sys_document(hub, "campaign", "reconcile", TB_SOURCE_DIR "/tests/system/reconcile.yaml");
    sys_broker_start(hub);
    sys_agent *here = sys_agent_linked(hub, HERE);
    sys_agent *there = sys_agent_linked(hub, THERE);
    sys_agent *hq = sys_agent_linked(hub, HQ);
    sys_tell_time(here, "2015-03-30T10:00:00+08:00");
    tb_case_id first = forwards(here, both);
    tb_case_id second = forwards(here, transit);
    tb_case_id third = forwards(here, refused);
    (void)forwards(here, missing);
    SYS_AWAIT(sys_state_is(there, &first, "forwarded", THERE));
    SYS_AWAIT(sys_state_is(there, &third, "forwarded", THERE));
    assert_int_equal(sys_act(there, &first, "sign_for", "")->code, TB_ACCEPTED);
    assert_int_equal(sys_act(there, &third, "wrong_home", "")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_state_is(here, &third, "refused", HERE));
    sys_tell_time(there, "2015-04-02T09:00:00+08:00");
    SYS_AWAIT(sys_state_is(there, &second, "forwarded", THERE));
    assert_int_equal(sys_act(there, &second, "sign_for", "")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_state_is(here, &second, "closed", THERE));
    sys_tell_time(here, "2015-04-03T09:00:00+08:00");
    assert_int_equal(
        sys_tongbao_at(here, "report", "file", "quarterly", "2015-Q1", "cards=5", NULL), 0);
    assert_int_equal(
        sys_tongbao_at(there, "report", "file", "quarterly", "2015-Q1", "cards=4", NULL), 0);
    SYS_AWAIT(filed_by(hq, 2));

    /* headquarters' summary is a table: the measures named, then a line for all and for each party
     */
    assert_int_equal(sys_tongbao_at(hq, "report", "draft", "national", "2015-Q1", NULL), 0);
    assert_true(prints(hub, "(1) forwarded (cases)") && prints(hub, "(3) cards declared (cards, declared)"));
    assert_true(row_is(hub, "all together", 4, 1, 9));
    assert_true(row_is(hub, HERE_NAME, 4, 0, 5) && row_is(hub, THERE_NAME, 0, 1, 4));

    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", "2015-Q1", NULL), 0);
    assert_true(prints(hub, "+3") && prints(hub, "nothing of it is settled yet"));
    assert_true(prints(hub, "open for "));
    /* without a word on the command line: what the bureaus declare against what the police do */
    assert_true(prints(hub, "cards of bureau, 1 filed: 5"));
    assert_true(prints(hub, "cards of police, 1 filed: 4") && prints(hub, "the two differ"));
    assert_true(prints(hub, HERE ": 5") && prints(hub, THERE ": 4"));
    assert_int_equal(sys_tongbao_at(hq, "--json", "report", "reconcile", "2015-Q1", NULL), 0);
    assert_true(prints(hub, "\"sent\": 4"));
    assert_true(prints(hub, "\"received\": 1"));
    assert_true(prints(hub, "\"difference\": 3"));

    assert_int_equal(
        sys_tongbao_at(here, "report", "reconcile", "2015-Q1", "--of", HERE, "--with", THERE, NULL),
        0);
    assert_null(strstr(hub->output, both));
    assert_true(prints(hub, transit) && prints(hub, "in transit at the cut-off"));
    assert_true(prints(hub, refused) && prints(hub, "refused by the other side"));
    assert_true(prints(hub, missing) && prints(hub, "nothing heard"));
    assert_int_equal(sys_tongbao_at(there, "--json", "report", "reconcile", "2015-Q1", "--of",
                                    THERE, "--with", HERE, NULL),
                     0);
    assert_true(
        prints(hub, both)); /* counted by both, so that two lists can be laid side by side */
    assert_true(prints(hub, "\"reason\": \"both\""));
    assert_null(strstr(hub->output, transit));
    /* two measures of choice: what each received against what the other sent, and sums by role */
    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", "2015-Q1", "--left", "received",
                                    "--right", "forwarded", NULL),
                     0);
    assert_true(prints(hub, "-3"));
    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", "2015-Q1", "--left", "forwarded",
                                    "--left-role", "bureau", "--right", "received", "--right-role",
                                    "police", NULL),
                     0);
    assert_true(prints(hub, "forwarded of bureau, 1 filed: 4"));
    assert_true(prints(hub, "received of police, 1 filed: 1") && prints(hub, "the two differ"));
    assert_int_equal(
        sys_tongbao_at(hq, "report", "reconcile", "2015-Q1", "--left", "received", NULL), 2);
    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", "2015-Q1", "--left", "burnt",
                                    "--right", "received", NULL),
                     1);
    /* of a quarter in which nobody filed, everybody is named */
    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", "2015-Q2", NULL), 0);
    assert_true(prints(hub, "not filed: "));
    /* asked of a party that is not this one's */
    assert_int_equal(sys_tongbao_at(there, "report", "reconcile", "2015-Q1", "--of", HERE, "--with",
                                    THERE, NULL),
                     1);
    assert_true(prints(hub, "--of"));
    /* settled by a person, with a reason that both sides then see */
    assert_int_equal(sys_tongbao_at(here, "report", "settle", transit,
                                    "why=signed for on 2 April, counts there in Q2", NULL),
                     0);
    assert_int_equal(
        sys_tongbao_at(here, "report", "reconcile", "2015-Q1", "--of", HERE, "--with", THERE, NULL),
        0);
    assert_true(prints(hub, "signed for on 2 April") && prints(hub, "of these 1 settled"));
    assert_int_equal(sys_tongbao_at(here, "--json", "report", "reconcile", "2015-Q1", "--of", HERE,
                                    "--with", THERE, NULL),
                     0);
    assert_true(prints(hub, "\"by\": \"" HERE "\""));
    assert_int_equal(sys_tongbao_at(here, "report", "settle", transit, NULL), 1);
    /* headquarters sees of each pair who settled what, when and why */
    SYS_AWAIT(sys_tongbao_at(hq, "report", "reconcile", "2015-Q1", NULL) == 0 &&
              strstr(hub->output, "signed for on 2 April") != NULL);
    assert_true(prints(hub, transit) && prints(hub, "2015-04-03"));
    assert_int_equal(sys_tongbao_at(hq, "--json", "report", "reconcile", "2015-Q1", NULL), 0);
    assert_true(prints(hub, "\"why\": \"signed for on 2 April, counts there in Q2\""));
    /* and of a whole, said over its report */
    char paper[2 * TB_CASE_ID_BYTES + 1];
    report_case(here, paper);
    assert_int_equal(sys_tongbao_at(here, "report", "settle", paper, "why=one came in April", NULL),
                     0);
    SYS_AWAIT(sys_tongbao_at(hq, "report", "reconcile", "2015-Q1", NULL) == 0 &&
              strstr(hub->output, "one came in April") != NULL);
    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", "2014-Q1", NULL), 1);
    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", "2015-Q1", "--with", HERE, NULL), 2);
    /* with everybody at once; and what is left of the two, said of all of one reason, or of any */
    assert_int_equal(sys_tongbao_at(here, "report", "reconcile", "2015-Q1", "--of", HERE, NULL), 0);
    assert_true(prints(hub, "sent to the others: ") && prints(hub, THERE_NAME) &&
                prints(hub, refused));
    assert_int_equal(
        sys_tongbao_at(here, "report", "settle", "2015-Q1", "--reason", "lost", "why=x", NULL), 2);
    assert_int_equal(sys_tongbao_at(here, "report", "settle", "2015-Q1", "--with", THERE,
                                    "--reason", "refused", "why=went elsewhere", NULL),
                     0);
    assert_true(prints(hub, "1 cases settled"));
    assert_int_equal(
        sys_tongbao_at(here, "report", "settle", "2015-Q1", "why=asked again by letter", NULL), 0);
    assert_true(prints(hub, "1 cases settled"));
    assert_int_equal(
        sys_tongbao_at(here, "--json", "report", "settle", "2015-Q1", "why=again", NULL), 0);
    assert_true(prints(hub, "\"settled\": 0"));
    SYS_AWAIT(sys_tongbao_at(hq, "--json", "report", "reconcile", "2015-Q1", NULL) == 0 &&
              strstr(hub->output, "\"state\": \"settled\"") != NULL);
    assert_true(prints(hub, "went elsewhere") && prints(hub, "asked again by letter"));
    assert_true(sys_sound(here) && sys_sound(there) && sys_sound(hq));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    TEST(scenario_9_what_is_not_counted_by_both_is_listed_with_its_reason),
};

TB_RUN("system reconcile", tests)
