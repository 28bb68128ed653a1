/* The whole hub as real processes, on leads made here, against totals computed here. */
#define _GNU_SOURCE /* memmem */
#include "tests/system/exercise.h"

#include <iconv.h>

#define CANARY "CANARY-7f3a9c-REMARK"

/* Segments of the shipped table: two provinces, three networks, resale numbers too. */
static const struct {
    const char *prefix;
    const char *home;
    bool mvno;
} segments[] = {
    {"1300010", "11", false}, {"1340100", "11", false}, {"1330010", "11", false}, {"1700000", "11", true},
    {"1300012", "12", false}, {"1350200", "12", false}, {"1330030", "12", false}, {"1705012", "12", true},
};

typedef struct expected {
    int leads, routed, linked, unidentified, identified, not_in_use, police;
} expected;

static void write_leads(const char *path, int count, expected *out)
{
    static const char *sources[] = {"police_case", "inspection", "police_case", "operator_check", "public_report"};
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    *out = (expected){.leads = count};
    (void)fprintf(f, "lead_no,reported_at,found_province,source,number,offence,remark\n");
    for (int i = 0; i < count; i++) {
        const char *found = i % 3 == 0 ? "11" : "12";
        const char *source = sources[i % 5];
        bool repeat = i % 10 == 9;
        int which = repeat ? i - 9 : i;
        int digit = which * 7 % 10;
        (void)fprintf(f, "L-%04d,2015-03-%02dT%02d:%02d:00+08:00,%s,%s,%s%03d%d,telecom_fraud,%s\n", i, 1 + i / 24 % 28,
                      i % 24, i % 60, found, source, segments[which % 8].prefix, which % 1000, digit,
                      strcmp(source, "police_case") == 0 ? CANARY : "");
        out->routed++;
        out->linked += repeat;
        out->identified += digit == 6 || digit == 7;
        out->not_in_use += digit == 8;
        out->unidentified += digit <= 5 || digit == 9;
        out->police += strcmp(source, "police_case") == 0;
    }
    assert_int_equal(fclose(f), 0);
}

static void check_totals(const expected *want)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/out/summary.json", folder);
    json_t *summary = json_load_file(path, 0, NULL);
    assert_non_null(summary);
    assert_int_equal(number_of(summary, "leads"), want->leads);
    assert_int_equal(number_of(summary, "linked"), want->linked);
    assert_int_equal(number_of(summary, "answered"), want->routed);
    assert_int_equal(number_of(summary, "answered_police"), want->police);
    assert_int_equal(number_of(summary, "shut_down"), want->unidentified);
    assert_int_equal(number_of(summary, "open"), 0);
    assert_int_equal(number_of(summary, "lost"), 0);
    assert_int_equal(number_of(summary, "duplicate_effects"), 0);
    assert_int_equal(number_of(summary, "order_violations"), 0);
    assert_int_equal(number_of(summary, "readers_violated"), 0);
    const json_t *outcomes = json_object_get(summary, "outcomes");
    assert_int_equal(number_of(outcomes, "unidentified"), want->unidentified);
    assert_int_equal(number_of(outcomes, "identified"), want->identified);
    assert_int_equal(number_of(outcomes, "not_in_use"), want->not_in_use);
    json_decref(summary);
}

/* With the leads.csv of the folder, to its end. */
static void play(const char *option)
{
    char leads[256], out[256], log[256], program[512], programs[256] = TB_PROGRAMS, source[256] = TB_SOURCE_DIR;
    (void)snprintf(leads, sizeof leads, "%s/leads.csv", folder);
    (void)snprintf(out, sizeof out, "%s/out", folder);
    (void)snprintf(log, sizeof log, "%s/log", folder);
    (void)snprintf(program, sizeof program, "%s/tongbao-exercise", programs);
    char extra[16];
    (void)snprintf(extra, sizeof extra, "%s", option);
    char *argv[] = {program, "--leads", leads, "--out", out, "--programs", programs, "--source", source, "--provinces", "2", extra, NULL};
    int status = 0;
    pid_t pid = start(argv, log);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        show(log);
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void run(const expected *want, const char *option)
{
    play(option);
    check_totals(want);
}

static void every_routed_row_ends_answered_and_closed(void **state)
{
    (void)state;
    expected want;
    char leads[256];
    (void)snprintf(leads, sizeof leads, "%s/leads.csv", folder);
    write_leads(leads, 60, &want);
    run(&want, "--quiet");
}

static void killing_the_hub_and_agents_changes_no_total(void **state)
{
    (void)state;
    expected want;
    char leads[256];
    (void)snprintf(leads, sizeof leads, "%s/leads.csv", folder);
    write_leads(leads, 200, &want);
    run(&want, "--kill");
}

/* ---- a sheet as people save it ---- */

/* One line of the sheet, its heading included, and how its line of leads-result.csv begins and ends. */
static const struct {
    const char *sheet;
    const char *begins;
    const char *ends;
} sheet[] = {
    {"备注,Number,线索编号, 发现省份 ,发现时间,报送时间,涉嫌行为,来源", "lead_no,verdict,number,", ",quarter"},
    {"𠮷店,１３０００１０ １２３４,一,北京,,2015/3/1 9:00,通讯信息诈骗,公安办案", "一,local,13000101234,11,CU,,police.11,", ",2015Q1"},
    {",+86-1340100-1236,二,天津市,,2015年4月1日,骚扰,企业自查", "二,forward,13401001236,11,CM,,cm.12,", ",2015Q2"},
    {",13300301238,\"三,\"\"甲\"\"\",12,,2015-03-31T16:00:00Z,涉恐,监督检查", "\"三,\"\"甲\"\"\",local,13300301238,12,CT,,bureau.12,", ",2015Q2"},
    /* the day of finding decides, whichever way */
    {",13000121231,四,天津,2015/12/31,2016/1/3 10:00,其他,社会举报", "四,local,13000121231,12,CU,,bureau.12,", ",2016Q1"},
    {",13000121232,五,天津,2014/12/31,2015/1/3 10:00,其他,社会举报", "五,outside_campaign,13000121232,", ",refused,,2015/1/3 10:00,,,,,,,,"},
    {",13000121233,11010519491231002X,天津,,2015/1/3,其他,社会举报", "110105********002X,identity_number,,", ","},
    {",13000121234,七,,,2015/1/3 10:00,其他,社会举报", "七,row,13000121234,", ","},
    /* one number thrice, the last of them first in the file: each tells when the card was shut down */
    {",13000124320,丙,天津,,2015/9/20 10:00,其他,社会举报", "丙,local,13000124320,12,CU,,bureau.12,", ",2015Q3"},
    {",13000124320,乙,天津,,2015/6/20 10:00,其他,社会举报", "乙,local,13000124320,12,CU,,bureau.12,", ",2015Q2"},
    {",13000124320,甲,天津,,2015/3/20 10:00,其他,社会举报", "甲,local,13000124320,12,CU,,bureau.12,", ",2015Q1"},
    /* a resale number twice: the second is answered from record, and its operator is the one that was found */
    {",17000001236,癸,天津,,2015/10/20 10:00,其他,社会举报", "癸,forward,17000001236,11,CT,resale.2,bureau.12,", ",2015Q4"},
    {",17000001236,壬,天津,,2015/5/20 10:00,其他,社会举报", "壬,forward,17000001236,11,CT,resale.2,bureau.12,", ",2015Q2"},
    {",19912345678,八,天津,,2015/1/3 10:00,其他,社会举报", "八,unknown_segment,19912345678,,,,bureau.12,", ",2015Q1"},
};
#define SHEET_LINES (sizeof sheet / sizeof sheet[0])

static void write_sheet(const char *path, const char *encoding, const char *line_end)
{
    char text[8192] = "", coded[8192];
    for (size_t i = 0; i < SHEET_LINES; i++) {
        (void)strcat(strcat(text, sheet[i].sheet), line_end);
    }
    iconv_t way = iconv_open(encoding, "UTF-8");
    char *from = text, *to = coded;
    size_t left = strlen(text), room = sizeof coded;
    assert_int_equal(iconv(way, &from, &left, &to, &room), 0);
    (void)iconv_close(way);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(coded, 1, sizeof coded - room, f), sizeof coded - room);
    assert_int_equal(fclose(f), 0);
}

static void a_sheet_ends_as_its_rows_say_however_it_was_saved(void **state)
{
    (void)state;
    static const char *const saved[][2] = {{"GB18030", "\r"}, {"UTF-16", "\r\n"}};
    for (size_t k = 0; k < 2; k++) {
        char path[256], line[1024];
        (void)folder_away(state);
        assert_int_equal(in_a_folder(state), 0);
        (void)snprintf(path, sizeof path, "%s/leads.csv", folder);
        write_sheet(path, saved[k][0], saved[k][1]);
        play("--quiet");
        (void)snprintf(path, sizeof path, "%s/out/leads-result.csv", folder);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        for (size_t i = 0; i < SHEET_LINES; i++) {
            assert_non_null(fgets(line, sizeof line, f));
            line[strcspn(line, "\n")] = 0;
            size_t end = strlen(sheet[i].ends);
            if (strncmp(line, sheet[i].begins, strlen(sheet[i].begins)) != 0 || strlen(line) < end ||
                strcmp(line + strlen(line) - end, sheet[i].ends) != 0) {
                fail_msg("%s: %s\nwanted %s…%s", saved[k][0], line, sheet[i].begins, sheet[i].ends);
            }
        }
        assert_null(fgets(line, sizeof line, f));
        (void)fclose(f);
    }
}

/* ---- the canary ---- */

/* The hub's process, by the store it was started with. */
static pid_t hub_process(void)
{
    DIR *dir = opendir("/proc");
    char want[256], path[300];
    (void)snprintf(want, sizeof want, "%s/out/stores/hub", folder);
    pid_t found = 0;
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9') {
            (void)snprintf(path, sizeof path, "/proc/%s/cmdline", e->d_name);
            found = file_holds(path, want) ? (pid_t)atoi(e->d_name) : found;
        }
    }
    if (dir != NULL) {
        (void)closedir(dir);
    }
    return found;
}

/* All memory a core dump would hold. */
static bool memory_holds(pid_t pid, const char *text, size_t *out_searched)
{
    char path[64], line[512];
    (void)snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "r");
    (void)snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
    int mem = open(path, O_RDONLY);
    assert_non_null(maps);
    assert_true(mem >= 0);
    static uint8_t block[1 << 20];
    bool found = false;
    *out_searched = 0;
    while (!found && fgets(line, sizeof line, maps) != NULL) {
        unsigned long from = 0, to = 0;
        char mode[5] = "";
        if (sscanf(line, "%lx-%lx %4s", &from, &to, mode) != 3 || mode[0] != 'r' || strstr(line, "[v") != NULL) {
            continue;
        }
        if (to - from > (1ul << 32)) {
            continue; /* address space a sanitizer reserved */
        }
        for (unsigned long at = from; at < to && !found; at += sizeof block - 64) {
            ssize_t n = pread(mem, block, sizeof block, (off_t)at);
            if (n <= 0) {
                break;
            }
            *out_searched += (size_t)n;
            found = holds(block, (size_t)n, text);
        }
    }
    (void)fclose(maps);
    (void)close(mem);
    return found;
}

static void a_sealed_remark_is_nowhere_at_the_hub_nor_at_any_operator(void **state)
{
    (void)state;
    expected want;
    char leads[256], out[256], log[256], path[512], programs[256] = TB_PROGRAMS, source[256] = TB_SOURCE_DIR, program[512];
    (void)snprintf(leads, sizeof leads, "%s/leads.csv", folder);
    (void)snprintf(out, sizeof out, "%s/out", folder);
    (void)snprintf(log, sizeof log, "%s/log", folder);
    (void)snprintf(program, sizeof program, "%s/tongbao-exercise", programs);
    write_leads(leads, 40, &want);
    char *argv[] = {program, "--leads", leads, "--out", out, "--programs", programs, "--source", source, "--provinces", "2", "--keep", NULL};
    pid_t pid = start(argv, log);
    await_line(log, "goes on running", pid);
    pid_t hub = hub_process();
    assert_true(hub > 0);
    size_t searched = 0;
    assert_false(memory_holds(hub, CANARY, &searched));
    assert_true(searched > 100000);
    (void)kill(pid, SIGINT);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    /* The harness finds what is there: the police wrote it. */
    (void)snprintf(path, sizeof path, "%s/stores/police.12/data.mdb", out);
    assert_true(file_holds(path, CANARY));
    (void)snprintf(path, sizeof path, "%s/stores/bureau.12/data.mdb", out);
    assert_true(file_holds(path, CANARY));
    static const char *never[] = {"hub", "ct.11", "cm.11", "cu.11", "ct.12", "cm.12", "cu.12", "resale.1", "resale.2", "resale.3", "hq", "market.11", "group.ct"};
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/stores/%s/data.mdb", out, never[i]);
        assert_int_equal(access(path, R_OK), 0);
        assert_false(file_holds(path, CANARY));
        (void)snprintf(path, sizeof path, "%s/stores/%s/turns.log", out, never[i]);
        assert_int_equal(access(path, R_OK), 0);
        assert_false(file_holds(path, CANARY));
        (void)snprintf(path, sizeof path, "%s/logs/%s.log", out, never[i]);
        assert_false(file_holds(path, CANARY));
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_routed_row_ends_answered_and_closed, in_a_folder, folder_away),
        cmocka_unit_test_setup_teardown(killing_the_hub_and_agents_changes_no_total, in_a_folder, folder_away),
        cmocka_unit_test_setup_teardown(a_sheet_ends_as_its_rows_say_however_it_was_saved, in_a_folder, folder_away),
        cmocka_unit_test_setup_teardown(a_sealed_remark_is_nowhere_at_the_hub_nor_at_any_operator, in_a_folder, folder_away),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("system/exercise", tests, NULL, NULL);
}
