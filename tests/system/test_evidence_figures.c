/* A figure of an exported report is changed in the file, or was wrong when its reporter signed it:
 * a count, a part of it, a cell of the annex, numerator, denominator, the day a declared figure is
 * true of, or an event it is counted from. Each is told by name, with what is stated and what was
 * counted. */
#include "tests/system/pages.h"

#include "agents/rows_measure.h"
#include "store/store.h"

typedef struct worked_on {
    worked w;
    char path[SYS_PATH];
    char bent_path[SYS_PATH];
} worked_on;

static worked_on start(void **state)
{
    worked_on on = {.w = pages_work(*state, 0)};
    sys_path(on.w.hub, on.path, "q1.proof");
    sys_path(on.w.hub, on.bent_path, "bent.proof");
    pages_export(&on.w, on.w.bureau, "report", on.path);
    return on;
}

/* ---- in the file ---- */

static tb_bytes replaced(tb_bytes in, const char *from, const char *to)
{
    const uint8_t *at = memmem(in.data, in.size, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - in.data);
    size_t size = in.size - strlen(from) + strlen(to);
    uint8_t *out = tb_arena_alloc(&pages_arena, size + 1);
    assert_non_null(out);
    memcpy(out, in.data, before);
    memcpy(out + before, to, strlen(to));
    memcpy(out + before + strlen(to), at + strlen(from), in.size - before - strlen(from));
    return tb_bytes_of(out, size);
}

/* In the group that the filing shows: the field of its name says something else. */
static void change(tb_evidence_page *page, const char *field, const char *from, const char *to)
{
    for (size_t i = 0; i < page->passed_count; i++) {
        tb_passed passed = pages_event(page, i);
        for (size_t o = 0; o < passed.opening_count; o++) {
            tb_field *fields;
            size_t count;
            assert_int_equal(
                tb_group_fields_decode(passed.openings[o].content, &pages_arena, &fields, &count),
                TB_ACCEPTED);
            for (size_t f = 0; f < count; f++) {
                if (tb_bytes_equal(fields[f].id, tb_bytes_str(field))) {
                    fields[f].value = replaced(fields[f].value, from, to);
                    assert_ok(tb_group_fields_encode(fields, count, &pages_arena,
                                                     &passed.openings[o].content));
                    pages_put_event(page, i, &passed);
                    return;
                }
            }
        }
    }
    fail_msg("no field %s", field);
}

#define NOT_SIGNED "field group contents is not what was signed"

static const struct {
    const char *name;
    const char *field;
    const char *from;
    const char *to;
    const char *says;
} cells[] = {
    {"a count", "figures", "received=2 2 0", "received=3 2 0",
     "figure received (收到线索, leads received): stated 3 2 0; its events make up 2 2 0"},
    {"a part", "figures", "received/11=2 2 0", "received/11=1 2 0",
     "figure received/11 (收到线索, leads received): stated 1 2 0; its events make up 2 2 0"},
    {"a part that never was", "figures", "answered=", "received/12=1 1 0\nanswered=",
     "figure received/12 (收到线索, leads received): stated 1 1 0; its events make up -"},
    {"the year so far", "figures", "received=2 2 0", "received=2 9 0",
     "figure received (收到线索, leads received): stated 2 9 0; its events make up 2 2 0"},
    {"the period before", "figures", "answered=1 1 0", "answered=1 1 7",
     "figure answered (答复线索, leads answered): stated 1 1 7; its events make up 1 1 0"},
    {"hours", "figures", "time=25 25 -", "time=20 25 -",
     "figure time (答复用时, time to answer): stated 20 25 -; its events make up 25 25 -"},
    {"a numerator", "figures", "share=1/2", "share=2/2",
     "figure share (答复率, share answered): stated 2/2 1/2 0/0; its events make up 1/2 1/2 0/0"},
    {"a denominator", "figures", "share=1/2", "share=1/1",
     "figure share (答复率, share answered): stated 1/1 1/2 0/0; its events make up 1/2 1/2 0/0"},
    {"a declared numerator", "rate", "9001/", "9999/", "rate=9999/10000@2015-03-31"},
    {"a declared denominator", "rate", "/10000", "/9001", "rate=9001/9001@2015-03-31"},
    {"the day it is true of", "rate", "03-31", "03-30", "rate=9001/10000@2015-03-30"},
    {"a text", "practice", "shop to shop", "door to door", "walked from door to door"},
};

static void each_cell_changed_in_an_exported_report_is_told_by_name(void **state)
{
    worked_on on = start(state);
    sys_hub *hub = on.w.hub;
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        tb_evidence_page page = pages_only(on.path);
        change(&page, cells[i].field, cells[i].from, cells[i].to);
        pages_write(hub, on.bent_path, &page, 1);
        if (sys_tongbao(hub, "verify", on.bent_path, "--lang", "en", NULL) != 1 ||
            !pages_prints(hub, cells[i].says) || !pages_prints(hub, NOT_SIGNED)) {
            fail_msg("%s was changed:\n%s", cells[i].name, hub->output);
        }
    }
    assert_int_equal(sys_tongbao(hub, "verify", on.bent_path, "--lang", "zh", NULL), 1);
    assert_true(pages_prints(hub, "与签名时不一致"));
}

/* ---- the events behind ---- */

typedef void behind_fn(tb_evidence_page *page, const tb_evidence_page *theirs);

static void removed(tb_evidence_page *page, const tb_evidence_page *theirs)
{
    (void)theirs;
    page->passed_count--; /* of the lead that was only received */
}

static void doubled(tb_evidence_page *page, const tb_evidence_page *theirs)
{
    tb_bytes *longer = tb_arena_array(&pages_arena, page->passed_count + 1, sizeof *longer);
    (void)theirs;
    assert_non_null(longer);
    memcpy(longer, page->passed, page->passed_count * sizeof *longer);
    longer[page->passed_count] = longer[page->passed_count - 1];
    page->passed = longer;
    page->passed_count++;
}

/* Of a lead of April, and of one that went to another bureau: true, and nothing that counts here.
 */
static void added(tb_evidence_page *page, const tb_evidence_page *theirs)
{
    tb_bytes *longer =
        tb_arena_array(&pages_arena, page->passed_count + theirs->passed_count, sizeof *longer);
    assert_non_null(longer);
    memcpy(longer, page->passed, page->passed_count * sizeof *longer);
    memcpy(longer + page->passed_count, theirs->passed, theirs->passed_count * sizeof *longer);
    page->passed = longer;
    page->passed_count += theirs->passed_count;
}

static void behind_is(worked_on *on, behind_fn *fn, const char *theirs_path, const char *says)
{
    sys_hub *hub = on->w.hub;
    tb_evidence_page theirs[PAGES_MAX] = {{.number = 0}};
    tb_evidence_page page = pages_only(on->path);
    if (theirs_path != NULL) {
        assert_int_equal(pages_all(theirs_path, true, theirs), 1);
    }
    fn(&page, &theirs[0]);
    pages_write(hub, on->bent_path, &page, 1);
    if (sys_tongbao(hub, "verify", on->bent_path, "--lang", "en", NULL) != 1 ||
        !pages_prints(hub, says)) {
        fail_msg("%s", hub->output);
    }
}

static void export_case(sys_agent *agent, const tb_case_id *id, const char *path)
{
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(id->bytes, TB_CASE_ID_BYTES, hex);
    assert_int_equal(sys_tongbao_at(agent, "case", "export", hex, "--out", path, NULL), 0);
}

static tb_case_id another_lead(sys_agent *police)
{
    const tb_local_answer *answer = sys_open(police, "reporting", "lead", "");
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->acted.case_id;
}

static void an_event_behind_a_figure_taken_out_or_put_in_is_told(void **state)
{
    worked_on on = start(state);
    sys_hub *hub = on.w.hub;
    char late_path[SYS_PATH];
    char their_path[SYS_PATH];
    sys_path(hub, late_path, "late.proof");
    sys_path(hub, their_path, "their.proof");
    sys_tell_time(on.w.police, "2015-04-11T09:00:00+08:00");
    tb_case_id late = another_lead(on.w.police);
    SYS_AWAIT(sys_state_is(on.w.bureau, &late, "submitted", BUREAU));
    export_case(on.w.bureau, &late, late_path);
    sys_agent *elsewhere = sys_agent_linked(hub, "police.12");
    tb_case_id theirs = another_lead(elsewhere);
    export_case(elsewhere, &theirs, their_path);

    behind_is(&on, removed, NULL,
              "figure received (收到线索, leads received): stated 2 2 0; its events make up 1 1 0");
    behind_is(&on, doubled, NULL, "stands in the file twice");
    behind_is(&on, added, late_path, "nothing of it counts in a figure of the report");
    behind_is(&on, added, their_path, "nothing of it counts in a figure of the report");
}

/* A lead of March that comes when the quarter is filed: the police's clock stands still. */
static void what_came_behind_a_filing_is_shown_as_a_correction_and_verifies(void **state)
{
    worked_on on = start(state);
    sys_hub *hub = on.w.hub;
    char id[2 * TB_CASE_ID_BYTES + 1];
    tb_case_id late = another_lead(on.w.police);
    SYS_AWAIT(sys_state_is(on.w.bureau, &late, "submitted", BUREAU));
    tb_hex(on.w.report.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(on.w.bureau, "verify", "report", id, NULL), 0);
    assert_true(pages_prints(hub, "3 figures have changed since they were stated"));
    assert_int_equal(remove(on.path), 0);
    pages_export(&on.w, on.w.bureau, "report", on.path);
    assert_int_equal(sys_tongbao(hub, "verify", on.path, "--lang", "en", NULL), 0);
    assert_true(pages_prints(hub, "3 figures have changed since they were stated"));
    assert_true(pages_prints(hub, "everything verifies"));
}

/* ---- the reporter itself ---- */

/* One more lead of May in the counters of an agent that does not run, or that one off again. */
static void bend_counters(sys_hub *hub, bool add)
{
    static uint8_t block[4u * 1024 * 1024];
    char path[SYS_PATH];
    tb_arena arena;
    tb_store *store;
    tb_txn *txn;
    tb_store_options options = {16u * 1024 * 1024, TB_STORE_AGENT};
    const tb_measured row = {.measure = tb_bytes_str("received"),
                             .group = tb_bytes_str("11"),
                             .month = 2015 * 12 + 4,
                             .kind = TB_MEASURED_AMOUNT,
                             .amount = 1};
    sys_path(hub, path, "stores/" BUREAU);
    tb_arena_init(&arena, block, sizeof block);
    assert_ok(tb_store_open(path, &options, &store));
    assert_ok(tb_store_begin(store, &arena, &txn));
    assert_ok(tb_measure_give(txn, tb_bytes_str("reporting"), &row, add));
    assert_ok(tb_store_commit(txn));
    tb_store_close(store);
}

static void without_the_agent(worked_on *on, bool add)
{
    sys_agent_stop(on->w.bureau, SIGTERM);
    bend_counters(on->w.hub, add);
    sys_agent_start(on->w.bureau);
    SYS_AWAIT(sys_status(on->w.bureau)->linked);
}

static bool second_quarter(worked *w)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.period = tb_bytes_str("2015-Q2");
    const tb_local_answer *answer = sys_ask(w->bureau, &request);
    if (answer->kind != TB_ANSWER_REPORTS || answer->reports.count != 1) {
        return false;
    }
    w->report = answer->reports.lines[0].case_id;
    return !tb_case_zero(&w->report);
}

#define FALSE_FIGURE                                                                               \
    "figure received (收到线索, leads received): stated 1 3 2; its events make up 0 2 2"

static void figures_that_a_reporter_signed_wrongly_are_found_at_home_and_in_its_export(void **state)
{
    worked_on on = start(state);
    sys_hub *hub = on.w.hub;
    char id[2 * TB_CASE_ID_BYTES + 1];
    sys_tell_time(on.w.bureau, "2015-07-02T09:00:00+08:00");
    without_the_agent(&on, true);
    assert_int_equal(
        sys_tongbao_at(on.w.bureau, "report", "file", "quarterly", "2015-Q2", "practice=x", NULL),
        0);
    SYS_AWAIT(second_quarter(&on.w));
    without_the_agent(&on, false); /* the counters are right again; what was signed stays */
    tb_hex(on.w.report.bytes, TB_CASE_ID_BYTES, id);
    assert_int_equal(sys_tongbao_at(on.w.bureau, "verify", "report", id, NULL), 1);
    assert_true(pages_prints(hub, FALSE_FIGURE));
    assert_int_equal(remove(on.path), 0);
    pages_export(&on.w, on.w.bureau, "report", on.path);
    assert_int_equal(sys_tongbao(hub, "verify", on.path, "--lang", "en", NULL), 1);
    assert_true(pages_prints(hub, FALSE_FIGURE));
    assert_int_equal(sys_tongbao(hub, "verify", on.path, "--lang", "zh", NULL), 1);
    assert_true(pages_prints(hub, "所载为 1 3 2,按办理记录重新统计为 0 2 2"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up_two, sys_tear_down)

static const struct CMUnitTest tests[] = {
    TEST(each_cell_changed_in_an_exported_report_is_told_by_name),
    TEST(an_event_behind_a_figure_taken_out_or_put_in_is_told),
    TEST(what_came_behind_a_filing_is_shown_as_a_correction_and_verifies),
    TEST(figures_that_a_reporter_signed_wrongly_are_found_at_home_and_in_its_export),
};

TB_RUN("system evidence figures", tests)
