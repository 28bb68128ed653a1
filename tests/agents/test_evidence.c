/* Exporting more than one page: every event behind a report's figures is on one of them, once. */
#include "tests/agents/measured.h"

#include <stdio.h>

#include "agents/evidence.h"
#include "messages/evidence.h"
#include "messages/event.h"
#include "tests/store/failing.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"
#define CASES      (failing_awake() ? 2u : 300u)
#define EVENTS_MAX 2400

static tb_campaign_loaded *second;
static const tb_campaign *campaign;
static tb_sign_pair pair;

static void give_keys(world *w)
{
    tb_sign_pair_make(&pair, &w->random);
    for (size_t i = 0; i < w->agent_count; i++) {
        w->agents[i].agent.keys.sign = &pair;
    }
}

/* With the shipped campaign. */
static int setup_shipped(void **state)
{
    int code = world_setup(state);
    second = NULL;
    give_keys(*state);
    return code;
}

static int setup(void **state)
{
    int code = setup_shipped(state);
    world *w = *state;
    second = measured_campaign(2);
    campaign = tb_campaign_loaded_get(second);
    w->campaigns = (tb_campaigns){&campaign, 1};
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    if (second != NULL) {
        tb_campaign_loaded_free(second);
    }
    return code;
}

typedef struct gathered {
    size_t pages;
    tb_digest previous;
    tb_digest events[EVENTS_MAX];
    size_t event_count;
    size_t document_count;
    tb_bytes after;
    uint8_t cursor[128];
} gathered;

static void take_event(gathered *g, tb_bytes packed, tb_arena *arena)
{
    tb_passed passed;
    assert_int_equal(tb_passed_decode(packed, arena, &passed), TB_ACCEPTED);
    tb_digest id = tb_event_id(passed.event);
    for (size_t i = 0; i < g->event_count; i++) {
        assert_false(tb_digest_equal(&g->events[i], &id));
    }
    assert_true(g->event_count < EVENTS_MAX);
    g->events[g->event_count++] = id;
}

static bool
take_of(world *w, gathered *g, const char *party, const tb_local_export_evidence *wish)
{
    static uint8_t block[4u * 1024 * 1024];
    tb_arena arena;
    tb_evidence_page page;
    tb_local_request request = {.kind = TB_REQUEST_EXPORT_EVIDENCE};
    request.export_evidence = *wish;
    request.export_evidence.after = g->after;
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_EVIDENCE);
    tb_arena_init(&arena, block, sizeof block);
    assert_int_equal(tb_evidence_page_decode(answer->evidence.content, &arena, &page),
                     TB_ACCEPTED);
    assert_true(tb_evidence_page_verify(&page, &pair.public_key));
    assert_int_equal(page.number, ++g->pages);
    assert_true(tb_digest_equal(&page.previous, &g->previous));
    g->previous = page.digest;
    g->document_count += page.document_count;
    for (size_t i = 0; i < page.passed_count; i++) {
        take_event(g, page.passed[i], &arena);
    }
    assert_true(answer->evidence.next.size <= sizeof g->cursor);
    assert_int_equal(page.last, answer->evidence.next.size == 0);
    if (!page.last) {
        memcpy(g->cursor, answer->evidence.next.data, answer->evidence.next.size);
        g->after = tb_bytes_of(g->cursor, answer->evidence.next.size);
    }
    return !page.last;
}

static bool take_page(world *w, gathered *g, const char *party, const tb_case_id *id, bool report)
{
    const tb_local_export_evidence wish = {.case_id = *id, .report = report};
    return take_of(w, g, party, &wish);
}

/* Every page of it; how many events. */
static size_t events_of(world *w, const char *party, const tb_local_export_evidence *wish)
{
    static gathered g;
    g = (gathered){.pages = 0};
    while (take_of(w, &g, party, wish)) {
    }
    return g.event_count;
}

/* Of the case and of which others, as who checks evidence has it: the store is all there is. */
static struct {
    tb_case_id subject;
    bool report;
    size_t most;
    size_t count;
    tb_case_id list[2];
} strangers;

static tb_err look_for_strangers(tb_step *step)
{
    return tb_evidence_strangers(step, &strangers.subject, strangers.report, strangers.list,
                                 strangers.most, &strangers.count);
}

static size_t strangers_at(world *w, const char *party, const tb_case_id *subject, bool report)
{
    strangers.subject = *subject;
    strangers.report = report;
    strangers.most = 1;
    turn_of(w, party, look_for_strangers);
    return strangers.count;
}

static tb_case_id filed_with_cases(world *w)
{
    for (unsigned i = 0; i < CASES; i++) {
        assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
        deliver_all(w);
        assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
        assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
        deliver_all(w);
    }
    at_time(w, "bureau.33", "2015-04-02T09:00:00+08:00");
    settle(w, "bureau.33");
    assert_int_equal(opens_type(w, "bureau.33", "quarterly_report", "period=2015-Q1"),
                     TB_ACCEPTED);
    deliver_all(w);
    return w->case_id;
}

static void
every_event_behind_the_figures_is_on_some_page_once_and_the_last_page_says_so(void **state)
{
    world *w = *state;
    static gathered g;
    static gathered alone;
    tb_case_id report = filed_with_cases(w);
    while (take_page(w, &g, "bureau.33", &report, true)) {
    }
    assert_true(g.pages > 1 || failing_awake());
    assert_int_equal(g.event_count, 1 + 3 * CASES);
    /* headquarters has the report alone */
    assert_false(take_page(w, &alone, "headquarters", &report, true));
    assert_int_equal(alone.event_count, 1);
}

static void who_checks_a_report_sees_what_it_does_not_stand_on(void **state)
{
    world *w = *state;
    tb_case_id report = filed_with_cases(w);
    assert_int_equal(strangers_at(w, "bureau.33", &report, true), 0);
    /* two leads of the next quarter stand behind no figure of this one */
    at_time(w, "bureau.33", "2015-05-04T09:00:00+08:00");
    at_time(w, "police.33", "2015-05-04T09:00:00+08:00");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
        deliver_all(w);
    }
    settle(w, "bureau.33");
    assert_int_equal(strangers_at(w, "bureau.33", &report, true), 2);
    assert_false(tb_case_zero(&strangers.list[0]));
    assert_true(tb_case_zero(&strangers.list[1])); /* no more than are asked for */
    /* of a case that states no figures all others are strangers; of none that is here, none */
    assert_int_equal(strangers_at(w, "bureau.33", &w->case_id, false), CASES + 2);
    report.bytes[3] ^= 1;
    assert_int_equal(strangers_at(w, "bureau.33", &report, false), 0);
}

/* ---- the shipped campaign ---- */

#define RESULT "verify_result=identified|action=none|registration_state=real"

/* A number of its own, verified by the operator in March. */
static void one_verified(world *w)
{
    static unsigned serial = 1000;
    char lead[200];
    (void)snprintf(lead, sizeof lead,
                   "number=1380000%04u|source=police_case|offence=telecom_fraud|"
                   "reported_at=2015-03-09T11:39:00+08:00",
                   ++serial);
    static const char *const all[] = {"police.33", "bureau.33", "bureau.44", "cm.44"};
    for (size_t i = 0; i < 4; i++) {
        at_time(w, all[i], "2015-03-09T11:39:00+08:00");
    }
    order_for(w, lead);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "result", RESULT), TB_ACCEPTED);
    deliver_all(w);
}

static uint64_t rows_at(world *w, const char *party, tb_table table)
{
    world_agent *a = who(w, party);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    uint64_t count = tb_store_rows(txn, table);
    tb_store_abort(txn);
    return count;
}

static void what_the_figures_of_a_case_are_counted_from_goes_along(void **state)
{
    world *w = *state;
    one_verified(w);
    one_verified(w);
    uint64_t behind = rows_at(w, "bureau.44", TB_TABLE_EVENT);
    at_time(w, "bureau.44", "2015-12-07T09:00:00+08:00");
    settle(w, "bureau.44");
    assert_int_equal(opens_type(w, "bureau.44", "evaluation",
                                "evaluated=cm.44|period=2015-11-30|basis=全年情况"),
                     TB_ACCEPTED);
    const tb_local_export_evidence wish = {.case_id = w->case_id};
    /* in no notice yet, the case's own event proves nothing, and is left out */
    assert_int_equal(events_of(w, "bureau.44", &wish), behind);
    assert_int_equal(acts(w, "bureau.44", "conclude", "verdict=satisfactory"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(events_of(w, "bureau.44", &wish), behind + 2);
    assert_int_equal(strangers_at(w, "bureau.44", &wish.case_id, false), 0);
    /* who did not state them has the case alone */
    assert_int_equal(events_of(w, "cm.44", &wish), 2);
    /* what came since is no part of what was counted when they were stated */
    one_verified(w);
    settle(w, "bureau.44");
    assert_int_equal(events_of(w, "bureau.44", &wish), behind + 2);
    /* before its period had anything to count */
    assert_int_equal(opens_type(w, "bureau.44", "evaluation",
                                "evaluated=cm.44|period=2015-01-31|basis=一月情况"),
                     TB_ACCEPTED);
    const tb_local_export_evidence empty = {.case_id = w->case_id};
    assert_int_equal(events_of(w, "bureau.44", &empty), 0);
}

static void files_quarter(world *w, const char *party, const char *rate)
{
    char text[300];
    (void)snprintf(text, sizeof text,
                   "period=2015-Q4|main_work=m|filled_by=f|outlets_with_readers=8/10|%s", rate);
    assert_int_equal(files_at(w, party, "2016-01-12T09:00:00+08:00", text), TB_ACCEPTED);
    deliver_all(w);
}

static const world_person groups[] = {
    {"bureau.33", "bureau", "33", "浙江省通信管理局"},
    {"group.cm", "operator_group", "", "中国移动"},
    {"group.ct", "operator_group", "", "中国电信"},
    {"group.cu", "operator_group", "", "中国联通"},
    {"headquarters", "headquarters", "", "专项办"},
};

static void figures_that_were_filed_lead_to_the_filings(void **state)
{
    world *w = *state;
    world_people(w, groups, sizeof groups / sizeof groups[0]);
    give_keys(w);
    files_quarter(w, "group.cm", "real_name_rate=90/100@2015-12-31");
    files_quarter(w, "group.cu", "real_name_rate=80/100@2015-12-31");
    at_time(w, "headquarters", "2016-01-29T09:00:00+08:00");
    settle(w, "headquarters");
    assert_int_equal(opens_type(w, "headquarters", "national_evaluation",
                                "evaluated=group.cm|network=CM|period=2015-Q4|basis=b"),
                     TB_ACCEPTED);
    const tb_local_export_evidence stated = {.case_id = w->case_id};
    assert_int_equal(events_of(w, "headquarters", &stated), 2); /* its own is in no notice yet */
    assert_int_equal(strangers_at(w, "headquarters", &stated.case_id, false), 0);

    assert_int_equal(opens_type(w, "headquarters", "national_summary",
                                "period=2015-Q4|main_work=全国情况|filled_by=李四"),
                     TB_ACCEPTED);
    const tb_local_export_evidence summary = {.case_id = w->case_id, .report = true};
    assert_int_equal(events_of(w, "headquarters", &summary), 2);
    assert_int_equal(strangers_at(w, "headquarters", &summary.case_id, true), 1);
}

static tb_refusal archives(world *w, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_EXPORT_EVIDENCE};
    request.export_evidence.campaign = tb_bytes_str(id);
    return ask(w, "bureau.33", &request)->code;
}

static void an_archive_has_every_closed_case_of_a_campaign_that_is_over(void **state)
{
    world *w = *state;
    const tb_local_export_evidence wish = {.campaign = tb_bytes_str("black-card")};
    for (int i = 0; i < 3; i++) {
        at_time(w, "police.33", "2015-12-30T09:00:00+08:00");
        assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
        deliver_all(w);
        if (i < 2) {
            assert_int_equal(acts(w, "police.33", "ask_withdraw", ""), TB_ACCEPTED);
            deliver_all(w);
            assert_int_equal(acts(w, "bureau.33", "withdraw", ""), TB_ACCEPTED);
            deliver_all(w);
        }
    }
    at_time(w, "bureau.33", "2015-12-31T23:59:58+08:00");
    assert_int_equal(archives(w, "black-card"), TB_REFUSED_CAMPAIGN_RUNNING);
    assert_int_equal(archives(w, "no-such"), TB_REFUSED_UNKNOWN_CAMPAIGN);
    at_time(w, "bureau.33", "2016-01-01T00:00:00+08:00");
    assert_int_equal(events_of(w, "bureau.33", &wish), 6);
}

/* A document in the bureau's store, of so many bytes. */
static void keep_document(
    world *w, tb_document_kind kind, const char *name, uint32_t version, size_t size)
{
    world_agent *a = who(w, "bureau.33");
    tb_document document = {.kind = kind, .name = tb_bytes_str(name), .version = version};
    uint8_t *content = tb_arena_alloc(&w->memory, size);
    tb_txn *txn;
    assert_non_null(content);
    document.content = tb_bytes_of(content, size);
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_document_keep(txn, &document));
    assert_ok(tb_store_commit(txn));
}

static void directories_and_the_cases_own_campaign_go_along_on_as_many_pages_as_they_need(
    void **state)
{
    world *w = *state;
    static gathered g;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    keep_document(w, TB_DOCUMENT_DIRECTORY, "directory", 1, 300 * 1024);
    keep_document(w, TB_DOCUMENT_DIRECTORY, "directory", 2, 300 * 1024);
    keep_document(w, TB_DOCUMENT_DIRECTORY, "directory", 3, 300 * 1024);
    keep_document(w, TB_DOCUMENT_CAMPAIGN, "black-card", 1, 100);
    keep_document(w, TB_DOCUMENT_CAMPAIGN, "another", 1, 100);
    keep_document(w, TB_DOCUMENT_TABLE, "black-card", 1, 100);
    g = (gathered){.pages = 0};
    while (take_page(w, &g, "bureau.33", &w->case_id, false)) {
    }
    assert_int_equal(g.pages, 2);
    assert_int_equal(g.document_count, 4);
    assert_int_equal(g.event_count, 1);
}

static void what_is_not_here_or_no_report_is_refused(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    tb_local_request request = {.kind = TB_REQUEST_EXPORT_EVIDENCE};
    request.export_evidence.case_id = w->case_id;
    request.export_evidence.report = true;
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_REPORT_UNKNOWN);
    request.export_evidence.report = false;
    request.export_evidence.after = tb_bytes_str("nothing we ever gave");
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_REQUEST);
    request.export_evidence.case_id.bytes[3] ^= 1;
    assert_int_equal(ask(w, "bureau.33", &request)->code, TB_REFUSED_UNKNOWN_CASE);
}

#define TEST(name)    cmocka_unit_test_setup_teardown(name, setup, teardown)
#define SHIPPED(name) cmocka_unit_test_setup_teardown(name, setup_shipped, teardown)

static const struct CMUnitTest tests[] = {
    TEST(every_event_behind_the_figures_is_on_some_page_once_and_the_last_page_says_so),
    TEST(who_checks_a_report_sees_what_it_does_not_stand_on),
    TEST(directories_and_the_cases_own_campaign_go_along_on_as_many_pages_as_they_need),
    TEST(what_is_not_here_or_no_report_is_refused),
    SHIPPED(what_the_figures_of_a_case_are_counted_from_goes_along),
    SHIPPED(figures_that_were_filed_lead_to_the_filings),
    SHIPPED(an_archive_has_every_closed_case_of_a_campaign_that_is_over),
};

TB_RUN("agents/evidence", tests)
