#include "tests/test.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agents/cli/cli.h"
#include "agents/cli/say.h"
#include "tests/cli/fake_agent.h"

#define CAMPAIGN  TB_SOURCE_DIR "/ops/campaigns/black-card.yaml"
#define SEGMENTS  TB_BINARY_DIR "/tables/segments.table"
#define PROVINCES TB_BINARY_DIR "/tables/provinces.table"

#define HEADING "手机号,发现地,报送时间,线索来源,涉嫌行为,备注\r\n"

static char folder[] = "/tmp/tongbao-test-XXXXXX";
static char file[64];

static int make_folder(void **state)
{
    (void)state;
    tb_say_init("en");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(file, sizeof file, "%s/leads.csv", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const endings[] = {"", ".refused.csv", ".refused.csv~"};
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", file, endings[i]);
        (void)unlink(path);
    }
    return rmdir(folder);
}

static void write_bytes(const char *text, size_t size)
{
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

static void write_text(const char *text)
{
    write_bytes(text, strlen(text));
}

/* `count` rows of one known segment, numbers in a row. */
static void write_rows(unsigned count)
{
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    (void)fputs(HEADING, f);
    for (unsigned i = 0; i < count; i++) {
        (void)fprintf(f, "1705775%04u,河南,2015/2/%u 11:39,公安办案,诈骗,\r\n", i, 28 - i % 28);
    }
    assert_int_equal(fclose(f), 0);
}

static char printed[256 * 1024];
static bool in_words; /* a dry run told as people read it */

/* Runs the command with stdout into `printed`; the exit code. */
static int import(const fake_agent *agent, const char *extra, const char *value)
{
    char *argv[12];
    char words[10][80] = {"import", "black-card", "", "--json", "--socket", "", "--timeout", "8"};
    int argc = 8;
    (void)snprintf(words[2], sizeof words[2], "%s", file);
    (void)snprintf(words[3], sizeof words[3], "%s", in_words ? "--dry-run" : "--json");
    (void)snprintf(words[5], sizeof words[5], "%s", agent == NULL ? "/none" : agent->socket);
    if (extra != NULL) {
        (void)snprintf(words[argc++], sizeof words[0], "%s", extra);
    }
    if (value != NULL) {
        (void)snprintf(words[argc++], sizeof words[0], "%s", value);
    }
    for (int i = 0; i < argc; i++) {
        argv[i] = words[i];
    }

    (void)fflush(stdout);
    int before = dup(STDOUT_FILENO);
    FILE *out = tmpfile();
    assert_non_null(out);
    assert_true(dup2(fileno(out), STDOUT_FILENO) >= 0);
    int code = tb_cli_import(argc, argv);
    (void)fflush(stdout);
    assert_true(dup2(before, STDOUT_FILENO) >= 0);
    (void)close(before);
    rewind(out);
    printed[fread(printed, 1, sizeof printed - 1, out)] = '\0';
    (void)fclose(out);
    return code;
}

static long told(const char *key)
{
    json_t *o = json_loads(printed, 0, NULL);
    assert_non_null(o);
    json_t *value = json_object_get(o, key);
    assert_true(json_is_integer(value));
    long number = (long)json_integer_value(value);
    json_decref(o);
    return number;
}

static void start(fake_agent *agent, fake_plan *plan)
{
    plan->campaign = CAMPAIGN;
    plan->segments = SEGMENTS;
    plan->provinces = PROVINCES;
    fake_agent_start(agent, plan);
}

static char *read_refused(void)
{
    static char text[64 * 1024];
    char path[128];
    (void)snprintf(path, sizeof path, "%s.refused.csv", file);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    (void)fclose(f);
    return text;
}

static void importing_again_acts_on_nothing_twice(void **state)
{
    (void)state;
    fake_agent agent;
    fake_plan plan = {0};
    start(&agent, &plan);
    write_rows(600);
    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_DONE);
    assert_int_equal(told("accepted"), 600);
    assert_int_equal(agent.counts->opened, 600);

    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_DONE);
    assert_int_equal(told("accepted"), 0);
    assert_int_equal(told("already_imported"), 600);
    assert_int_equal(agent.counts->opened, 600);
    fake_agent_end(&agent);
}

static void lost_requests_and_answers_are_repeated(void **state)
{
    (void)state;
    fake_agent agent;
    fake_plan plan = {.deaf_every = 50, .mute_every = 33};
    start(&agent, &plan);
    write_rows(300);
    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_DONE);
    assert_int_equal(told("accepted"), 300);
    assert_int_equal(agent.counts->opened, 300);
    assert_true(agent.counts->repeated > 0);
    fake_agent_end(&agent);
}

static void an_agent_that_falls_silent_leaves_rows_not_known(void **state)
{
    (void)state;
    fake_agent agent;
    fake_plan plan = {.silent_after = 40};
    start(&agent, &plan);
    write_rows(60);
    assert_int_equal(import(&agent, "--timeout", "1"), TB_EXIT_UNKNOWN);
    assert_int_equal(told("accepted"), 40);
    assert_int_equal(told("unknown"), 20);
    fake_agent_end(&agent);
}

static void rows_may_happen_at_their_own_time_in_that_order(void **state)
{
    (void)state;
    fake_agent agent;
    fake_plan plan = {0};
    start(&agent, &plan);
    write_rows(100);
    assert_int_equal(import(&agent, "--time-from", "reported_at"), TB_EXIT_DONE);
    assert_int_equal(agent.counts->opened, 100);
    assert_int_equal(agent.counts->backwards, 0);
    assert_int_equal(agent.counts->last_time, 1425094740000); /* 2015-02-28T11:39:00+08:00 */
    fake_agent_end(&agent);
}

static void what_is_refused_is_written_back(void **state)
{
    (void)state;
    fake_agent agent;
    fake_plan plan = {.refused_ending = "0002"};
    start(&agent, &plan);
    write_text(HEADING "17057750001,河南,2015-02-09,公安办案,诈骗,\r\n"
                       "1.38E+10,河南,2015-02-09,公安办案,诈骗,\"a,\"\"b\"\"\"\r\n"
                       "17057750002,河南,2015-02-09,公安办案,诈骗,\r\n"
                       "17057750003,河南,2015-02-09,公安办案,诈骗,身份证11010519491231002X\r\n"
                       "17057750004,河南\r\n"
                       "17057750008,河南,2015-02-09,公安办案,诈骗,a,b,\"c\"\r\n"
                       "17057750009,河南,2015-02-09,公安办案,诈骗,x\x01y\r\n"
                       "17057750005,江湖,2015-02-09,公安办案,诈骗,\r\n"
                       "17057750006,河南,2015-02-09,听说,诈骗,\r\n"
                       "17057750007,河南,2015-02-09,公安办案,,\r\n");
    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_REFUSED);
    assert_int_equal(told("accepted"), 1);
    assert_int_equal(told("refused"), 9);
    char *text = read_refused();
    assert_memory_equal(text, "\xEF\xBB\xBF手机号,发现地,", 3 + 9 + 1 + 9 + 1);
    assert_non_null(strstr(text, ",备注,row,code,原因,reason\r\n"));
    assert_non_null(strstr(
        text, "1.38E+10,河南,2015-02-09,公安办案,诈骗,\"a,\"\"b\"\"\",3,number_scientific,"));
    assert_non_null(strstr(text, ",4,role,"));
    assert_non_null(strstr(text, "试验"));
    assert_non_null(strstr(text, ",5,identity_number,"));
    assert_null(strstr(text, "11010519491231002X"));
    assert_non_null(strstr(text, "17057750004,河南,,,,,6,row_malformed,"));
    /* nothing of a row is lost, and a spreadsheet opens it */
    assert_non_null(strstr(
        text, "\"17057750008,河南,2015-02-09,公安办案,诈骗,a,b,\"\"c\"\"\",,,,,,7,row_malformed,"));
    assert_non_null(strstr(text, ",诈骗,x y,8,text_control,"));
    /* what to write instead, in either language */
    assert_non_null(strstr(text, "[发现地:江湖]可填:浙江省、浙江、33"));
    assert_non_null(strstr(text, "[线索来源:听说]可填:公安办案、"));
    assert_non_null(strstr(text, "[线索来源: 听说] It knows: police_case, "));
    assert_non_null(strstr(text, "缺少必填项,请补填。[涉嫌行为:]"));
    fake_agent_end(&agent);
}

static void a_dry_run_sends_nothing(void **state)
{
    (void)state;
    fake_agent agent;
    fake_plan plan = {0};
    start(&agent, &plan);
    write_rows(10);
    assert_int_equal(import(&agent, "--dry-run", NULL), TB_EXIT_DONE);
    assert_int_equal(told("to_send"), 10);
    assert_int_equal(agent.counts->opened, 0);
    fake_agent_end(&agent);
}

static void files_come_in_the_encodings_of_spreadsheets(void **state)
{
    (void)state;
    fake_agent agent;
    fake_plan plan = {0};
    start(&agent, &plan);
    /* "手机号,发现地,报送时间,线索来源,涉嫌行为" and "河南", "公安办案", "诈骗" in GB18030 */
    static const char gb[] =
        "\xCA\xD6\xBB\xFA\xBA\xC5,\xB7\xA2\xCF\xD6\xB5\xD8,\xB1\xA8\xCB\xCD\xCA\xB1\xBC\xE4,"
        "\xCF\xDF\xCB\xF7\xC0\xB4\xD4\xB4,\xC9\xE6\xCF\xD3\xD0\xD0\xCE\xAA\r\n"
        "17057750001,\xBA\xD3\xC4\xCF,2015/2/9 11:39,\xB9\xAB\xB0\xB2\xB0\xEC\xB0\xB8,"
        "\xD5\xA9\xC6\xAD\r\n";
    write_bytes(gb, sizeof gb - 1);
    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_DONE);
    assert_int_equal(told("accepted"), 1);
    assert_non_null(strstr(printed, "GB18030"));

    write_text("\xEF\xBB\xBFnumber,found_province,reported_at,source,offence\n"
               "17057750002,41,2015-02-09T11:39:00+08:00,police_case,telecom_fraud\n");
    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_DONE);
    assert_int_equal(told("accepted"), 1);

    write_text("number\xFF\xFF\n1\n");
    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_INTERNAL);
    fake_agent_end(&agent);
}

static void a_sheet_without_rows_or_without_a_needed_column_is_told(void **state)
{
    (void)state;
    fake_agent agent;
    fake_plan plan = {0};
    start(&agent, &plan);
    write_text(HEADING);
    in_words = true;
    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_DONE);
    assert_non_null(strstr(printed, "there is no row below the headings"));
    write_text("number,found_province,reported_at,source\n17057750002,41,2015-02-09,police_case\n");
    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_REFUSED);
    assert_non_null(strstr(printed, "no column is \"offence\" (offence)"));
    in_words = false;
    assert_int_equal(import(&agent, NULL, NULL), TB_EXIT_REFUSED);
    assert_non_null(strstr(printed, "\"missing_columns\": [\n    \"offence\"\n  ]"));
    char *text = read_refused();
    assert_non_null(strstr(text, "A required field is missing; fill it in. [offence: ]"));
    fake_agent_end(&agent);
}

static void a_wrong_command_asks_nothing(void **state)
{
    (void)state;
    write_rows(1);
    assert_int_equal(import(NULL, NULL, NULL), TB_EXIT_UNKNOWN);
    assert_int_equal(import(NULL, "--frob", NULL), TB_EXIT_USAGE);
    assert_int_equal(import(NULL, "--time-from", "found_at"), TB_EXIT_USAGE);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(importing_again_acts_on_nothing_twice),
    cmocka_unit_test(lost_requests_and_answers_are_repeated),
    cmocka_unit_test(an_agent_that_falls_silent_leaves_rows_not_known),
    cmocka_unit_test(rows_may_happen_at_their_own_time_in_that_order),
    cmocka_unit_test(what_is_refused_is_written_back),
    cmocka_unit_test(a_dry_run_sends_nothing),
    cmocka_unit_test(files_come_in_the_encodings_of_spreadsheets),
    cmocka_unit_test(a_sheet_without_rows_or_without_a_needed_column_is_told),
    cmocka_unit_test(a_wrong_command_asks_nothing),
};

int main(int argc, char **argv)
{
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("import", tests, make_folder, remove_folder);
}
