/* A run of the exercise in which six things break: the totals are those of the rule all the same, and a page
 * tells what happened. */
#define _GNU_SOURCE /* memmem */
#include "tests/system/exercise.h"

#define LEADS     60
#define PROVINCES 5

/* A segment of one network of the shipped table for each of the first five provinces. */
static const struct {
    const char *code, *prefix;
} provinces[PROVINCES] = {{"11", "1300010"}, {"12", "1300012"}, {"13", "1300140"}, {"14", "1300700"}, {"15", "1300950"}};

typedef struct expected {
    int unidentified, identified, not_in_use, linked;
} expected;

/* A lead every fifth day, found in one province and at home in another or the same. */
static expected write_leads(void)
{
    char path[256];
    expected want = {0};
    (void)snprintf(path, sizeof path, "%s/leads.csv", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f, "lead_no,reported_at,found_province,source,number,offence,remark\n");
    for (int i = 0; i < LEADS; i++) {
        bool repeat = i % 20 == 19;
        int which = repeat ? i - 10 : i, digit = which * 7 % 10, day = i * 5;
        const char *source = i % 4 == 3 ? "inspection" : "police_case";
        (void)fprintf(f, "L-%04d,2015-%02d-%02dT%02d:00:00+08:00,%s,%s,%s%03d%d,telecom_fraud,\n", i, 1 + day / 28, 1 + day % 28, i % 24,
                      provinces[i % PROVINCES].code, source, provinces[which / 2 % PROVINCES].prefix, which, digit);
        want.linked += repeat;
        want.identified += digit == 6 || digit == 7;
        want.not_in_use += digit == 8;
        want.unidentified += digit <= 5 || digit == 9;
    }
    assert_int_equal(fclose(f), 0);
    return want;
}

static pid_t start_run(char log[256])
{
    char leads[256], out[256], program[512], programs[256] = TB_PROGRAMS, source[256] = TB_SOURCE_DIR;
    (void)snprintf(leads, sizeof leads, "%s/leads.csv", folder);
    (void)snprintf(out, sizeof out, "%s/out", folder);
    (void)snprintf(log, 256, "%s/log", folder);
    (void)snprintf(program, sizeof program, "%s/tongbao-exercise", programs);
    char *argv[] = {program, "--leads", leads, "--out", out, "--programs", programs, "--source", source, "--provinces", "5", "--disaster", NULL};
    return start(argv, log);
}

static const json_t *disaster(const json_t *summary, const char *what)
{
    const json_t *list = json_object_get(summary, "disasters");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        if (strcmp(json_string_value(json_object_get(one, "what")), what) == 0) {
            assert_true(json_is_true(json_object_get(one, "healed")));
            assert_true(json_real_value(json_object_get(one, "healed_s")) > json_real_value(json_object_get(one, "struck_s")));
            return one;
        }
    }
    fail_msg("no disaster %s in the summary", what);
    return NULL;
}

static void check_totals(const json_t *summary, const expected *want)
{
    static const char *none[] = {"lost", "duplicate_effects", "order_violations", "readers_violated", "open", "unexpected"};
    const json_t *outcomes = json_object_get(summary, "outcomes");
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_int_equal(number_of(summary, none[i]), 0);
    }
    assert_int_equal(number_of(summary, "leads"), LEADS);
    assert_int_equal(number_of(summary, "answered"), LEADS);
    assert_int_equal(number_of(summary, "linked"), want->linked);
    assert_int_equal(number_of(summary, "shut_down"), want->unidentified);
    assert_int_equal(number_of(outcomes, "unidentified"), want->unidentified);
    assert_int_equal(number_of(outcomes, "identified"), want->identified);
    assert_int_equal(number_of(outcomes, "not_in_use"), want->not_in_use);
}

/* Each did harm that had to be healed: else the run would show nothing. */
static void check_disasters(const json_t *summary)
{
    assert_int_equal(json_array_size(json_object_get(summary, "disasters")), 6);
    (void)disaster(summary, "hub_disk_lost");
    assert_true(number_of(disaster(summary, "old_copy"), "resent") > 0);
    assert_true(number_of(disaster(summary, "store_lost"), "resent") > 0);
    assert_true(number_of(disaster(summary, "key_revoked"), "resent") > 0);
    assert_true(number_of(disaster(summary, "off_line"), "waited") > 0);
    assert_true(number_of(disaster(summary, "holder_dead"), "taken_back") > 0);
}

static void check_page(void)
{
    static const char *said[] = {
        "协同平台磁盘丢失", "The hub's disk lost", "管理局恢复自旧备份", "A bureau restored from an old copy",
        "公安机关存储丢失", "A police store lost", "企业密钥被撤销", "An operator's key revoked",
        "管理局断线至最后", "A bureau off-line until the end", "由他单位接管", "A holder dead and taken over",
        "recover --reason", "directory rotate", "take_back take_over_reason=", "起在平台等候", "; waiting at the hub since",
        "已停止签发", "nothing is signed", "| 丢失 / lost | 0 | 0 |",
    };
    char path[256];
    (void)snprintf(path, sizeof path, "%s/out/disaster.md", folder);
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (!file_holds(path, said[i])) {
            show(path);
            fail_msg("the page does not say: %s", said[i]);
        }
    }
}

static void six_disasters_in_one_run_change_no_total_and_are_told_on_a_page(void **state)
{
    (void)state;
    expected want = write_leads();
    char log[256], path[256];
    int status = 0;
    pid_t pid = start_run(log);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        show(log);
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    (void)snprintf(path, sizeof path, "%s/out/summary.json", folder);
    json_t *summary = json_load_file(path, 0, NULL);
    assert_non_null(summary);
    check_totals(summary, &want);
    check_disasters(summary);
    check_page();
    json_decref(summary);
}

/* Processes that know the run's folder. */
static size_t running(void)
{
    DIR *dir = opendir("/proc");
    char want[256], path[300];
    size_t count = 0;
    (void)snprintf(want, sizeof want, "%s/out/stores/", folder);
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9') {
            (void)snprintf(path, sizeof path, "/proc/%s/cmdline", e->d_name);
            count += file_holds(path, want);
        }
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
    return count;
}

static void an_interrupt_while_a_holder_is_dead_leaves_no_process_behind(void **state)
{
    (void)state;
    (void)write_leads();
    char log[256];
    int status = 0;
    pid_t pid = start_run(log);
    await_line(log, "disaster: 协同平台", pid); /* after the holder's death and the bureau's absence */
    assert_true(running() > 0);
    (void)kill(pid, SIGINT);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
    assert_int_equal(running(), 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(six_disasters_in_one_run_change_no_total_and_are_told_on_a_page, in_a_folder, folder_away),
        cmocka_unit_test_setup_teardown(an_interrupt_while_a_holder_is_dead_leaves_no_process_behind, in_a_folder, folder_away),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("system/disaster", tests, NULL, NULL);
}
