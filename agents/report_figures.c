/* report_figures - the figures of a period, read from the counters or from what was counted anew.
 */
#include "agents/reports.h"

typedef struct drafting {
    tb_txn *txn;
    const tb_figures_from *from;
    const tb_campaign *campaign;
    tb_bytes id;
    const tb_period *period;
    tb_period previous;
    bool has_previous;
    tb_figure *list;
    size_t count;
} drafting;

typedef struct months {
    tb_month first;
    tb_month last;
} months;

/* Which months a value is about; false: there is none. Of a report by date the period itself goes
 * back to the beginning, and no period comes before it. */
static bool months_of(const drafting *d, tb_figure_of which, months *out)
{
    switch (which) {
    case TB_FIGURE_PERIOD:
        *out = (months){d->period->first, d->period->last};
        return true;
    case TB_FIGURE_YEAR:
        *out = (months){tb_month_january(d->period->last), d->period->last};
        return true;
    case TB_FIGURE_PREVIOUS:
        *out = (months){d->previous.first, d->previous.last};
        return d->has_previous;
    case TB_FIGURE_VALUES:
        break;
    }
    TB_UNREACHABLE();
}

static const tb_recounted *counted(const tb_figures_from *from)
{
    return from == NULL ? NULL : from->counted;
}

/* The name the totals stand under. */
static tb_bytes under(const tb_figures_from *from, const tb_campaign *campaign)
{
    return from != NULL && from->under.size > 0 ? from->under : tb_bytes_str(campaign->id);
}

tb_err tb_figure_total(tb_txn *txn,
                       const tb_figures_from *from,
                       const tb_campaign *campaign,
                       const tb_measure *measure,
                       tb_bytes group,
                       tb_month first,
                       tb_month last,
                       uint64_t *out)
{
    return counted(from) != NULL
               ? tb_recounted_total(counted(from), measure, group, first, last, out)
               : tb_measure_total(txn, under(from, campaign), tb_bytes_str(measure->id), group,
                                  measure->distinct != NULL, first, last, out);
}

void tb_report_months(const tb_period *period, tb_month *out_first, tb_month *out_last)
{
    tb_period before;
    tb_month january = tb_month_january(period->last);
    *out_first = period->first < january ? period->first : january;
    if (tb_period_before(period, &before) && before.first < *out_first) {
        *out_first = before.first;
    }
    *out_last = period->last;
}

static tb_err total(
    drafting *d, const tb_measure *measure, tb_bytes group, const months *of, tb_figure_value *out)
{
    *out = (tb_figure_value){.known = true};
    return tb_figure_total(d->txn, d->from, d->campaign, measure, group, of->first, of->last,
                           &out->numerator);
}

static tb_err hours(
    drafting *d, const tb_measure *measure, tb_bytes group, const months *of, tb_figure_value *out)
{
    uint64_t count;
    uint32_t tenths;
    tb_err err =
        counted(d->from) != NULL
            ? tb_recounted_hours(counted(d->from), measure, group, of->first, of->last, &count,
                                 &tenths)
            : tb_measure_hours_of(d->txn, d->id, tb_bytes_str(measure->id), group,
                                  measure->hours.stat, of->first, of->last, &count, &tenths);
    if (err == TB_OK) {
        *out = (tb_figure_value){.known = count > 0, .numerator = count > 0 ? tenths : 0};
    }
    return err;
}

static tb_err ratio(
    drafting *d, const tb_measure *measure, tb_bytes group, const months *of, tb_figure_value *out)
{
    tb_figure_value over;
    tb_figure_value under = {.known = false};
    const tb_measure *a = tb_campaign_measure(d->campaign, tb_bytes_str(measure->ratio.of));
    const tb_measure *b = tb_campaign_measure(d->campaign, tb_bytes_str(measure->ratio.to));
    TB_ASSERT(a != NULL && b != NULL); /* a definition with faults is not installed */
    *out = (tb_figure_value){.known = false};
    tb_err err = total(d, a, group, of, &over);
    if (err == TB_OK) {
        err = total(d, b, group, of, &under);
    }
    if (err == TB_OK) {
        *out = (tb_figure_value){true, true, over.numerator, under.numerator};
    }
    return err;
}

static tb_err fill(drafting *d, const tb_measure *measure, tb_figure *figure)
{
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        months of;
        tb_err err = TB_OK;
        tb_figure_value *value = &figure->values[i];
        *value = (tb_figure_value){.known = false};
        if (!months_of(d, (tb_figure_of)i, &of)) {
            continue;
        }
        switch (tb_measure_kind_of(measure)) {
        case TB_MEASURE_COUNTS:
        case TB_MEASURE_SUMS:
        case TB_MEASURE_LAPSES:
            err = total(d, measure, figure->group, &of, value);
            break;
        case TB_MEASURE_HOURS:
            err = hours(d, measure, figure->group, &of, value);
            break;
        case TB_MEASURE_RATIO:
            err = ratio(d, measure, figure->group, &of, value);
            break;
        case TB_MEASURE_DECLARED:
            break;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* A group without anything in all three says nothing. */
static bool says_something(const tb_figure *figure)
{
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        const tb_figure_value *value = &figure->values[i];
        if (value->known && (value->numerator > 0 || value->denominator > 0)) {
            return true;
        }
    }
    return false;
}

static tb_err add_groups(drafting *d, const tb_measure *measure)
{
    tb_bytes group = {NULL, 0};
    tb_err err = TB_OK;
    while (err == TB_OK && tb_measure_is_grouped(measure) && d->count < TB_FIGURES_MAX) {
        err = counted(d->from) != NULL
                  ? tb_recounted_group_next(counted(d->from), measure, group, &group)
                  : tb_measure_group_next(d->txn, d->id, tb_bytes_str(measure->id), group, &group);
        if (err != TB_OK) {
            break;
        }
        tb_figure figure = {.measure = tb_bytes_str(measure->id), .group = group};
        err = fill(d, measure, &figure);
        if (err == TB_OK && says_something(&figure)) {
            d->list[d->count++] = figure;
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_report_figures(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_figures_from *from,
                         const tb_campaign *campaign,
                         const tb_report_def *report,
                         const tb_period *period,
                         tb_figure **out,
                         size_t *out_count)
{
    if (report->summary_of != NULL) {
        return tb_report_summary(agent, txn, from == NULL ? NULL : from->as_of, campaign, report,
                                 period, out, out_count);
    }
    drafting d = {.txn = txn,
                  .from = from,
                  .campaign = campaign,
                  .id = under(from, campaign),
                  .period = period};
    d.has_previous = tb_period_before(period, &d.previous);
    d.list = tb_arena_array(tb_txn_arena(txn), TB_FIGURES_MAX, sizeof *d.list);
    if (d.list == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < report->measure_count; i++) {
        const tb_measure *measure =
            tb_campaign_measure(campaign, tb_bytes_str(report->measures[i]));
        TB_ASSERT(measure != NULL);
        if (measure->declared != TB_DECLARED_NOT || d.count == TB_FIGURES_MAX) {
            continue;
        }
        tb_figure *figure = &d.list[d.count++];
        *figure = (tb_figure){.measure = tb_bytes_str(measure->id)};
        err = fill(&d, measure, figure);
        if (err == TB_OK) {
            err = add_groups(&d, measure);
        }
    }
    *out = d.list;
    *out_count = d.count;
    return err;
}

tb_err
tb_report_figures_text(tb_arena *arena, const tb_figure *figures, size_t count, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, TB_FIGURES_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        tb_figure_print(&text, &figures[i]);
    }
    return tb_text_done(&text, out);
}

tb_err tb_figure_text(tb_arena *arena, const tb_figure_value *value, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, 64);
    tb_figure_value_print(&text, value);
    return tb_text_done(&text, out);
}

void tb_figure_named(const tb_measure *measure, tb_local_figure *out)
{
    static const uint32_t kinds[] = {
        [TB_MEASURE_COUNTS] = 1, [TB_MEASURE_SUMS] = 2,     [TB_MEASURE_HOURS] = 3,
        [TB_MEASURE_RATIO] = 4,  [TB_MEASURE_DECLARED] = 5, [TB_MEASURE_LAPSES] = 6,
    };
    out->measure = tb_bytes_str(measure->id);
    out->title_zh = tb_campaign_text(measure->title.zh);
    out->title_en = tb_campaign_text(measure->title.en);
    out->unit_zh = tb_campaign_text(measure->unit.zh);
    out->unit_en = tb_campaign_text(measure->unit.en);
    out->kind = kinds[tb_measure_kind_of(measure)];
}
