/* Exporting more than one page: every event behind a report's figures is on one of them, once. */
#include "tests/agents/measured.h"

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

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    second = measured_campaign(2);
    campaign = tb_campaign_loaded_get(second);
    w->campaigns = (tb_campaigns){&campaign, 1};
    tb_sign_pair_make(&pair, &w->random);
    for (size_t i = 0; i < w->agent_count; i++) {
        w->agents[i].agent.keys.sign = &pair;
    }
    return code;
}

static int teardown(void **state)
{
    int code = world_teardown(state);
    tb_campaign_loaded_free(second);
    return code;
}

typedef struct gathered {
    size_t pages;
    tb_digest previous;
    tb_digest events[EVENTS_MAX];
    size_t event_count;
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

static bool take_page(world *w, gathered *g, const char *party, const tb_case_id *id, bool report)
{
    static uint8_t block[4u * 1024 * 1024];
    tb_arena arena;
    tb_evidence_page page;
    tb_local_request request = {.kind = TB_REQUEST_EXPORT_EVIDENCE};
    request.export_evidence = (tb_local_export_evidence){.case_id = *id, .report = report, .after = g->after};
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_EVIDENCE);
    tb_arena_init(&arena, block, sizeof block);
    assert_int_equal(tb_evidence_page_decode(answer->evidence.content, &arena, &page),
                     TB_ACCEPTED);
    assert_true(tb_evidence_page_verify(&page, &pair.public_key));
    assert_int_equal(page.number, ++g->pages);
    assert_true(tb_digest_equal(&page.previous, &g->previous));
    g->previous = page.digest;
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(every_event_behind_the_figures_is_on_some_page_once_and_the_last_page_says_so),
    TEST(what_is_not_here_or_no_report_is_refused),
};

TB_RUN("agents/evidence", tests)
