/* What a group declared is held against the sum of what its provinces did, found by who is above
 * whom in the directory: equal, different, one part missing, one filed for another period; who
 * stands alone is told. */
#include "tests/system/hub.h"

#define GROUP  "bureau.11"
#define OTHER  "bureau.12" /* a group under which nobody is */
#define FIRST  "police.11"
#define SECOND "police.12"
#define HQ     "hq"

static bool prints(const sys_hub *hub, const char *text)
{
    if (strstr(hub->output, text) == NULL) {
        print_error("not in: %s\n", hub->output);
        return false;
    }
    return true;
}

static void put_under(sys_hub *hub, const char *party, const char *parent)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    assert_int_equal(sys_tongbao(hub, "directory", "enrol", "--dir", directory, "--authority",
                                 authority, "--party", party, "--parent", parent, NULL),
                     0);
    hub->directory++;
}

typedef struct declared {
    sys_agent *agent;
    const char *cards; /* NULL: files nothing */
} declared;

static size_t filed_in(sys_agent *hq, const char *period)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.report = tb_bytes_str("quarterly");
    request.list_reports.period = tb_bytes_str(period);
    const tb_local_answer *answer = sys_ask(hq, &request);
    size_t count = 0;
    for (size_t i = 0; answer->kind == TB_ANSWER_REPORTS && i < answer->reports.count; i++) {
        count += !tb_case_zero(&answer->reports.lines[i].case_id);
    }
    return count;
}

static void
file(sys_agent *hq, const char *period, const char *time, const declared *list, size_t count)
{
    size_t wanted = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i].cards != NULL) {
            sys_tell_time(list[i].agent, time);
            assert_int_equal(sys_tongbao_at(list[i].agent, "report", "file", "quarterly", period,
                                            list[i].cards, NULL),
                             0);
            wanted++;
        }
    }
    SYS_AWAIT(filed_in(hq, period) == wanted);
    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", period, NULL), 0);
}

static void a_group_is_held_against_the_provinces_under_it(void **state)
{
    sys_hub *hub = *state;
    put_under(hub, FIRST, GROUP);
    put_under(hub, SECOND, GROUP);
    sys_document(hub, "campaign", "reconcile", TB_SOURCE_DIR "/tests/system/reconcile.yaml");
    sys_broker_start(hub);
    sys_agent *group = sys_agent_linked(hub, GROUP);
    sys_agent *first = sys_agent_linked(hub, FIRST);
    sys_agent *second = sys_agent_linked(hub, SECOND);
    sys_agent *hq = sys_agent_linked(hub, HQ);

    const declared equal[] = {{group, "cards=9"}, {first, "cards=5"}, {second, "cards=4"}};
    file(hq, "2015-Q1", "2015-04-03T09:00:00+08:00", equal, 3);
    assert_true(prints(hub, "cards of bureau, 1 filed: 9"));
    assert_true(prints(hub, "cards of police, 2 filed: 9"));
    assert_true(prints(hub, "the two agree\n"));
    assert_true(prints(hub, OTHER ": no police is under it in the directory"));
    assert_int_equal(sys_tongbao_at(hq, "--json", "report", "reconcile", "2015-Q1", NULL), 0);
    assert_true(prints(hub, "\"whole\": \"" GROUP "\"") && prints(hub, "\"complete\": true"));
    assert_true(prints(hub, "\"alone\": \"whole\""));

    const declared different[] = {{group, "cards=9"}, {first, "cards=5"}, {second, "cards=3"}};
    file(hq, "2015-Q2", "2015-07-03T09:00:00+08:00", different, 3);
    assert_true(prints(hub, "cards of police, 2 filed: 8") && prints(hub, "the two differ\n"));
    assert_true(prints(hub, GROUP ": 9") && prints(hub, FIRST ": 5") && prints(hub, SECOND ": 3"));

    /* the sums are equal, and one that belongs into them is missing: that proves nothing */
    const declared missing[] = {{group, "cards=5"}, {first, "cards=5"}, {second, NULL}};
    file(hq, "2015-Q3", "2015-10-03T09:00:00+08:00", missing, 3);
    assert_true(prints(hub, "cards of police, 1 filed: 5") && prints(hub, "not filed: " SECOND));
    assert_true(prints(hub, "the two agree as far as they are filed"));

    /* what it files for the next quarter is in that one's sum, and in no other */
    const declared next[] = {{group, "cards=9"}, {first, NULL}, {second, "cards=4"}};
    file(hq, "2015-Q4", "2016-01-04T09:00:00+08:00", next, 3);
    assert_true(prints(hub, "cards of police, 1 filed: 4") && prints(hub, "not filed: " FIRST));
    assert_true(prints(hub, "the two differ, and not everybody has filed"));
    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", "2015-Q3", NULL), 0);
    assert_true(prints(hub, "not filed: " SECOND));

    /* a part above which no group is any more is told too */
    assert_true(sys_sound(group) && sys_sound(first) && sys_sound(second) && sys_sound(hq));
    put_under(hub, SECOND, HQ);
    hub->published = hub->directory;
    sys_directory_install(hq);
    assert_int_equal(sys_tongbao_at(hq, "report", "reconcile", "2015-Q1", NULL), 0);
    assert_true(prints(hub, "cards of police, 1 filed: 5") && prints(hub, "the two differ\n"));
    assert_true(prints(hub, SECOND ": no bureau that reports is above it in the directory"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        a_group_is_held_against_the_provinces_under_it, sys_set_up_two, sys_tear_down),
};

TB_RUN("system reconcile parts", tests)
