#include "tests/agents/recounted.h"

#include "agents/campaign/scene.h"
#include "agents/reports.h"

static const char *const quarters[] = {"2015-Q1", "2015-Q2", "2015-Q3", "2015-Q4"};

static tb_txn *begin(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

typedef struct asking {
    world_agent *a;
    tb_txn *txn;
    const tb_campaign *campaign;
    const tb_report_def *report;
    tb_period period;
    tb_recounted counted;
} asking;

static asking ask_for(world_agent *a, tb_txn *txn, const char *period)
{
    asking k = {.a = a, .txn = txn};
    k.campaign = tb_campaigns_newest(a->agent.campaigns, tb_bytes_str("black-card"));
    k.report = tb_campaign_report(k.campaign, tb_bytes_str("quarterly"));
    assert_non_null(k.report);
    assert_true(tb_report_period(k.campaign, k.report, tb_bytes_str(period), &k.period));
    assert_ok(tb_recounted_init(&a->arena, &k.counted));
    return k;
}

static tb_bytes text_from(asking *k, const tb_figures_from *from)
{
    tb_figure *list;
    size_t count;
    tb_bytes text;
    assert_ok(tb_report_figures(&k->a->agent, k->txn, from, k->campaign, k->report, &k->period,
                                &list, &count));
    assert_ok(tb_report_figures_text(&k->a->arena, list, count, &text));
    return text;
}

static tb_bytes recounted(asking *k, const tb_as_of *as_of)
{
    tb_recount_of of = {.campaign = k->campaign, .as_of = as_of};
    tb_report_months(&k->period, &of.first, &of.last);
    assert_ok(tb_recount(&k->a->agent, k->txn, &of, UINT64_MAX, &k->counted));
    assert_true(k->counted.whole);
    const tb_figures_from from = {.counted = &k->counted, .as_of = as_of};
    return text_from(k, &from);
}

static void same(const asking *k, tb_bytes a, tb_bytes b)
{
    if (!tb_bytes_equal(a, b)) {
        fail_msg("%s, %s:\n%.*sis not\n%.*s", k->a->id.text, k->period.text, (int)a.size,
                 (const char *)a.data, (int)b.size, (const char *)b.data);
    }
}

/* The line of a measure's whole, then those of its groups. */
static void groups_make_up_the_whole(const asking *k, tb_bytes text)
{
    tb_figure figure;
    tb_figure whole = {{NULL, 0}, {NULL, 0}, {{false, false, 0, 0}}};
    uint64_t sum = 0;
    bool fine = true;
    bool more = true;
    while (more) {
        more = tb_figure_read(&text, &figure, &fine);
        if (more && figure.group.size > 0) {
            sum += figure.values[TB_FIGURE_YEAR].numerator;
            continue;
        }
        const tb_measure *measure =
            whole.measure.size == 0 ? NULL : tb_campaign_measure(k->campaign, whole.measure);
        if (measure != NULL && tb_measure_is_grouped(measure) && measure->distinct == NULL &&
            tb_measure_kind_of(measure) == TB_MEASURE_COUNTS) {
            assert_int_equal(sum, whole.values[TB_FIGURE_YEAR].numerator);
        }
        whole = figure;
        sum = 0;
    }
    assert_true(fine);
}

void check_recounts(world *w)
{
    for (size_t i = 0; i < w->agent_count; i++) {
        for (size_t q = 0; q < sizeof quarters / sizeof quarters[0]; q++) {
            tb_txn *txn = begin(&w->agents[i]);
            asking k = ask_for(&w->agents[i], txn, quarters[q]);
            tb_bytes kept = text_from(&k, NULL);
            same(&k, recounted(&k, NULL), kept);
            groups_make_up_the_whole(&k, kept);
            tb_store_abort(txn);
        }
    }
}

bool check_filed(world *w, const char *party, const tb_case_id *report)
{
    world_agent *a = who(w, party);
    tb_txn *txn = begin(a);
    tb_case_row row;
    tb_path path;
    tb_bytes figures = tb_bytes_str("figures");
    char period[TB_PERIOD_TEXT] = "";
    assert_ok(tb_case_load(&a->agent, txn, report, &row));
    tb_bytes text = tb_report_period_text(&row);
    assert_true(text.size < sizeof period);
    memcpy(period, text.data, text.size);
    asking k = ask_for(a, txn, period);
    assert_ok(tb_chain_to_head(txn, &row, &path));
    for (; path.count > 0; path.count--) { /* each filing of it */
        tb_bytes stated;
        const tb_chain_event *by;
        tb_as_of moments[2];
        assert_ok(tb_path_value(txn, &path, figures, &stated, &by));
        if (by == NULL || by != &path.list[path.count - 1]) {
            continue;
        }
        assert_ok(tb_as_of_event(txn, &by->row, true, moments));
        same(&k, recounted(&k, &moments[0]), stated);
        tb_bytes now = text_from(&k, NULL);
        bool changed = !tb_bytes_equal(now, stated);
        if (path.count == 1) {
            tb_store_abort(txn);
            return changed;
        }
    }
    fail_msg("%s filed nothing in it", party);
    return false;
}
