/* A report on real processes: figures counted while leads are worked, drafted, filed, returned,
 * revised and accepted by the command line alone, with the reporter killed in between. */
#include "tests/system/hub.h"

#include <zlib.h>

#define POLICE "police.11"
#define BUREAU "bureau.11"
#define HQ     "hq"

static bool prints(const sys_hub *hub, const char *text)
{
    if (strstr(hub->output, text) == NULL) {
        print_error("not in: %s\n", hub->output);
        return false;
    }
    return true;
}

static uint16_t two(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t four(const uint8_t *at)
{
    return two(at) | (uint32_t)two(at + 2) << 16;
}

/* A part of a spreadsheet file (ZIP, deflated), as text; lives until the next call. */
static const char *part_of(const char *path, const char *name)
{
    static uint8_t file_bytes[1 << 20];
    static char text[1 << 20];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(file_bytes, 1, sizeof file_bytes, file);
    assert_int_equal(fclose(file), 0);
    for (size_t at = 0; at + 30 < size && four(file_bytes + at) == 0x04034b50;) {
        const uint8_t *head = file_bytes + at;
        uint16_t name_size = two(head + 26);
        uint32_t packed = four(head + 18);
        size_t from = at + 30 + name_size + two(head + 28);
        assert_true(from + packed <= size);
        at = from + packed;
        if (name_size != strlen(name) || memcmp(head + 30, name, name_size) != 0) {
            continue;
        }
        z_stream z = {.next_in = file_bytes + from,
                      .avail_in = packed,
                      .next_out = (Bytef *)text,
                      .avail_out = sizeof text - 1};
        assert_int_equal(two(head + 8), Z_DEFLATED);
        assert_int_equal(inflateInit2(&z, -MAX_WBITS), Z_OK);
        assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
        text[z.total_out] = '\0';
        assert_int_equal(inflateEnd(&z), Z_OK);
        return text;
    }
    fail_msg("%s has no %s", path, name);
    return "";
}

static void holds(const char *text, const char *expected)
{
    if (strstr(text, expected) == NULL) {
        fail_msg("no %s in: %s", expected, text);
    }
}

/* What an auditor asks of the annex: numbers are numbers, in formats that cut nothing up to a
 * threshold; A4 across, its heads on every page; and an exercise says that it is one. */
static void is_an_annex(const char *sheet)
{
    const char *page = part_of(sheet, "xl/worksheets/sheet1.xml");
    holds(page, "orientation=\"landscape\"");
    holds(page, "paperSize=\"9\"");
    holds(page, "&amp;Cpage &amp;P of &amp;N");
    holds(page, "<v>0.8999</v>"); /* 89996/100000 */
    holds(page, "<v>0.5</v>");
    holds(page, "<v>2.5</v>"); /* hours */
    holds(part_of(sheet, "xl/workbook.xml"), "_xlnm.Print_Titles");
    holds(part_of(sheet, "xl/styles.xml"), "0.00%&quot; (89996/100000)&quot;");
    const char *words = part_of(sheet, "xl/sharedStrings.xml");
    holds(words, "reporting quarterly report");
    holds(words, "exercise data, not for statistics");
    holds(words, "this quarter");
    holds(words, "the quarter before");
    holds(words, "filled in by");
    holds(words, "head of the party");
    assert_null(strstr(words, "89.99")); /* no number is text */
    assert_null(strstr(words, "50.00"));
}

static tb_case_id lead(sys_agent *police)
{
    const tb_local_answer *answer = sys_open(police, "reporting", "lead", "");
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->acted.case_id;
}

/* The case of the one report that is filed for a period. */
static bool filed(sys_agent *agent, const char *period, tb_local_report_line *out)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.period = tb_bytes_str(period);
    const tb_local_answer *answer = sys_ask(agent, &request);
    if (answer->kind != TB_ANSWER_REPORTS || answer->reports.count != 1) {
        return false;
    }
    *out = answer->reports.lines[0];
    return !tb_case_zero(&out->case_id);
}

static bool report_is(sys_agent *agent, const char *period, tb_report_state state)
{
    tb_local_report_line line;
    return filed(agent, period, &line) && line.state == state;
}

static void a_quarter_is_counted_drafted_filed_returned_revised_and_accepted(void **state)
{
    sys_hub *hub = *state;
    tb_local_report_line line;
    char id[2 * TB_CASE_ID_BYTES + 1];
    sys_document(hub, "campaign", "reporting", TB_SOURCE_DIR "/tests/system/reporting.yaml");
    sys_broker_start(hub);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *hq = sys_agent_linked(hub, HQ);
    sys_tell_time(police, "2015-03-03T08:00:00+08:00");
    tb_case_id first = lead(police);
    sys_tell_time(police, "2015-03-03T08:01:00+08:00");
    tb_case_id second = lead(police);
    SYS_AWAIT(sys_state_is(bureau, &first, "submitted", BUREAU));
    SYS_AWAIT(sys_state_is(bureau, &second, "submitted", BUREAU));
    sys_tell_time(bureau, "2015-03-03T10:30:00+08:00");
    assert_int_equal(sys_act(bureau, &first, "answer", "")->code, TB_ACCEPTED);

    assert_int_equal(sys_tongbao_at(bureau, "report", "draft", "quarterly", "2015-Q1", NULL), 0);
    assert_true(prints(hub, "50.00% (1/2)"));
    assert_true(prints(hub, "2.5")); /* hours */
    assert_int_equal(sys_tongbao_at(bureau, "report", "file", "quarterly", "2015-Q1", NULL), 1);
    assert_true(prints(hub, "The period is not over yet"));

    /* killed and back: what was counted is still counted, once */
    sys_agent_stop(bureau, SIGKILL);
    sys_agent_start(bureau);
    SYS_AWAIT(sys_status(bureau)->linked);
    sys_tell_time(bureau, "2015-04-15T23:59:00+08:00");
    assert_true(sys_status(bureau)->linked);
    assert_int_equal(sys_tongbao_at(bureau, "report", "file", "quarterly", "2015-Q1",
                                    "rate=89996/100000", "practice=walked from shop to shop", NULL),
                     0);
    SYS_AWAIT(report_is(hq, "2015-Q1", TB_REPORT_FILED));
    assert_true(filed(hq, "2015-Q1", &line));
    assert_int_equal(line.timeliness, TB_TIMELINESS_ON_TIME);
    tb_hex(line.case_id.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(bureau, "report", "file", "quarterly", "2015-Q1", NULL), 1);
    assert_true(prints(hub, id));

    assert_int_equal(sys_tongbao_at(hq, "report", "show", id, NULL), 0);
    assert_true(prints(hub, "50.00% (1/2)"));
    assert_true(prints(hub, "89.99% (89996/100000)")); /* never 90 */
    assert_true(prints(hub, "not reached"));
    assert_true(prints(hub, "walked from shop to shop"));
    assert_int_equal(sys_tongbao_at(bureau, "report", "show", id, "--measure", "received", NULL),
                     0);
    assert_true(prints(hub, "submit"));
    /* by what pages call it, too, in either language */
    assert_int_equal(sys_tongbao_at(bureau, "report", "show", id, "--measure", "leads received",
                                    "--group", "11", NULL),
                     0);
    assert_true(prints(hub, "submit"));
    assert_int_equal(sys_tongbao_at(bureau, "report", "show", id, "--measure", "收到线索", NULL),
                     0);
    assert_true(prints(hub, "submit"));
    assert_int_equal(sys_tongbao_at(bureau, "report", "show", id, "--measure", "leads lost", NULL),
                     1);
    assert_int_equal(sys_tongbao_at(hq, "report", "export", id, NULL), 0);
    assert_true(prints(hub, "\"1\",\"leads received\",\"cases\",\"2\",\"2\",\"0\",\"\""));
    assert_true(prints(hub, "\"checked by\""));

    char sheet[SYS_PATH];
    sys_path(hub, sheet, "annex.xlsx");
    assert_int_equal(sys_tongbao_at(hq, "report", "export", id, "--format", "xlsx", NULL), 2);
    assert_int_equal(
        sys_tongbao_at(hq, "report", "export", id, "--format", "xlsx", "--out", sheet, NULL), 0);
    is_an_annex(sheet);
    assert_int_equal(
        sys_tongbao_at(hq, "report", "export", id, "--format", "xlsx", "--out", sheet, NULL), 4);
    assert_int_equal(sys_tongbao_at(hq, "report", "export", id, "--format", "pdf", NULL), 2);

    assert_int_equal(sys_tongbao_at(hq, "report", "return", id, "again_by=2015-04-30", NULL), 0);
    SYS_AWAIT(report_is(bureau, "2015-Q1", TB_REPORT_RETURNED));
    assert_int_equal(sys_tongbao_at(bureau, "report", "revise", id, "rate=90/100", NULL), 0);
    SYS_AWAIT(report_is(hq, "2015-Q1", TB_REPORT_REVISED));
    assert_int_equal(sys_tongbao_at(hq, "report", "accept", id, NULL), 0);
    SYS_AWAIT(report_is(bureau, "2015-Q1", TB_REPORT_ACCEPTED));
    assert_int_equal(sys_tongbao_at(hq, "--json", "report", "list", "--period", "2015-Q1", NULL),
                     0);
    assert_true(prints(hub, "\"timeliness\": \"on_time\""));
    assert_true(prints(hub, "\"state\": \"accepted\""));
    /* two leads, one answer; one of them opened to all its readers */
    assert_int_equal(sys_tongbao_at(bureau, "--json", "verify", "report", id, NULL), 0);
    assert_true(prints(hub, "\"verifies\": true"));
    assert_true(prints(hub, "\"behind\": 4"));
    assert_true(prints(hub, "\"attested\": false"));
    assert_int_equal(sys_tongbao_at(hq, "verify", "report", id, NULL), 0);
    assert_true(prints(hub, "everything verifies"));
    assert_true(prints(hub, "attested by the reporter"));
    assert_int_equal(sys_tongbao_at(hq, "verify", "case", id, NULL), 0);
    assert_true(prints(hub, "4 events, 4 of them signed"));
    assert_true(sys_sound(police) && sys_sound(bureau) && sys_sound(hq));
}

static void a_report_that_was_never_filed_is_missing_and_the_help_says_how(void **state)
{
    sys_hub *hub = *state;
    sys_document(hub, "campaign", "reporting", TB_SOURCE_DIR "/tests/system/reporting.yaml");
    sys_broker_start(hub);
    sys_agent *hq = sys_agent_linked(hub, HQ);
    sys_tell_time(hq, "2015-04-16T00:00:00+08:00");
    assert_int_equal(sys_status(hq)->linked, true);
    assert_int_equal(sys_tongbao_at(hq, "report", "list", "quarterly", "--period", "2015-Q1", NULL),
                     0);
    assert_true(prints(hub, "missing"));
    assert_int_equal(sys_tongbao_at(hq, "report", "draft", "quarterly", "2015-Q1", NULL), 1);
    assert_true(prints(hub, "does not owe"));
    assert_int_equal(sys_tongbao_at(hq, "report", "--help", NULL), 0);
    assert_true(prints(hub, "tongbao report file REPORT PERIOD"));
    assert_int_equal(sys_tongbao_at(hq, "report", "burn", NULL), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    TEST(a_quarter_is_counted_drafted_filed_returned_revised_and_accepted),
    TEST(a_report_that_was_never_filed_is_missing_and_the_help_says_how),
};

TB_RUN("system report", tests)
