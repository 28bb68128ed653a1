/* A report's figures take at most TB_FIGURES_BYTES_MAX: what needs more is refused, and nothing is
 * cut off. */
#include "tests/agents/measured.h"

#include "agents/reports.h"

#include <stdio.h>
#include <stdlib.h>

#define PATH     "ops/campaigns/black-card.yaml"
#define MEASURES 1000
#define LINE     200

static const char lead[] =
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at="
    "2015-02-09T11:39:00+08:00";

/* So many measures, each told apart by the source, of which there are two. */
static tb_campaign_loaded *with_measures(unsigned count)
{
    size_t size = (size_t)MEASURES * LINE;
    char *measures = calloc(1, size);
    char *report = calloc(1, size);
    size_t m = 0;
    size_t r = 0;
    assert_true(measures != NULL && report != NULL && count <= MEASURES);
    m = (size_t)snprintf(measures, size, "\nmeasures:\n");
    r = (size_t)snprintf(report, size,
                         "reports:\n  - {id: quarterly, zh: 季度报告, en: quarterly report, "
                         "case_type: quarterly_report, owed_by: [bureau], to: headquarters, every: "
                         "quarter, first: 2015-Q1, last: 2015-Q4, due: {months_after: 1, day: 15}, "
                         "text: [main_work], measures: [");
    for (unsigned i = 0; i < count; i++) {
        m += (size_t)snprintf(measures + m, size - m,
                              "  - {id: what_was_received_as_no_%05u, zh: 件, en: n, case_type: "
                              "notice, counts: [submit], at: discovery, by: [source]}\n",
                              i);
        r += (size_t)snprintf(report + r, size - r, "%swhat_was_received_as_no_%05u",
                              i > 0 ? ", " : "", i);
    }
    (void)snprintf(report + r, size - r, "]}\n\ncommon:\n");
    char *both = calloc(2, size);
    assert_non_null(both);
    (void)snprintf(both, 2 * size, "%s\n%s", measures, report);
    const char *const edits[] = {"\nmeasures:\n[...]\ncommon:\n", both, NULL};
    tb_campaign_loaded *loaded = edited(PATH, edits);
    free(both);
    free(report);
    free(measures);
    return loaded;
}

/* Files a quarter of that many measures; the answer's code, and how long the figures are. */
static tb_refusal files(unsigned count, size_t *out_bytes)
{
    void *state;
    assert_int_equal(world_setup(&state), 0);
    world *w = state;
    tb_campaign_loaded *loaded = with_measures(count);
    const tb_campaign *campaign = tb_campaign_loaded_get(loaded);
    w->campaigns = (tb_campaigns){&campaign, 1};
    at_time(w, "police.33", "2015-02-09T12:00:00+08:00");
    at_time(w, "bureau.33", "2015-02-09T12:00:00+08:00");
    assert_int_equal(opens_type(w, "police.33", "notice", lead), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(opens_type(w, "bureau.33", "notice",
                                "number=13800001235|source=inspection|offence=telecom_fraud|"
                                "reported_at=2015-02-09T11:39:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    tb_refusal code = files_at(w, "bureau.33", "2015-04-02T09:00:00+08:00",
                               "period=2015-Q1|main_work=x|filled_by=y");
    *out_bytes = code == TB_ACCEPTED ? strlen(value_at(w, "bureau.33", "figures")) : 0;
    check_world(w);
    w->campaigns = w->none;
    tb_campaign_loaded_free(loaded);
    assert_int_equal(world_teardown(&state), 0);
    return code;
}

static void as_many_figures_are_filed_as_have_room_and_not_one_more(void **state)
{
    (void)state;
    size_t ten;
    size_t twenty;
    size_t most;
    size_t none;
    assert_int_equal(files(10, &ten), TB_ACCEPTED);
    assert_int_equal(files(20, &twenty), TB_ACCEPTED);
    assert_int_equal(twenty, 2 * ten); /* each measure takes as much */
    unsigned fit = (unsigned)(TB_FIGURES_BYTES_MAX / (ten / 10));
    assert_in_range(fit, 100, MEASURES - 1);
    assert_int_equal(files(fit, &most), TB_ACCEPTED);
    assert_int_equal(most, fit * (ten / 10));
    assert_int_equal(files(fit + 1, &none), TB_REFUSED_REPORT_LONG);
}

/* To the byte. */
static void figures_have_text_up_to_the_bound(void **state)
{
    (void)state;
    static uint8_t block[4 * TB_FIGURES_BYTES_MAX];
    static tb_figure figures[TB_FIGURES_BYTES_MAX / 16 + 1];
    tb_arena arena;
    tb_bytes text;
    size_t count = TB_FIGURES_BYTES_MAX / 16;
    _Static_assert(TB_FIGURES_BYTES_MAX % 16 == 0, "lines of sixteen bytes fill it");
    for (size_t i = 0; i < count + 1; i++) {
        figures[i] = (tb_figure){.measure = tb_bytes_str("nine_wide")}; /* nine_wide=- - -, \n */
    }
    tb_arena_init(&arena, block, sizeof block);
    assert_ok(tb_report_figures_text(&arena, figures, count, &text));
    assert_int_equal(text.size, TB_FIGURES_BYTES_MAX);
    tb_arena_reset(&arena);
    figures[count - 1].measure = tb_bytes_str("nine_wider");
    assert_int_equal(tb_report_figures_text(&arena, figures, count, &text), TB_ERR_LIMIT);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(as_many_figures_are_filed_as_have_room_and_not_one_more),
    cmocka_unit_test(figures_have_text_up_to_the_bound),
};

TB_RUN("agents/report_long", tests)
