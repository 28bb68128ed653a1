/* report_summary - 汇总报告: the figures of a summary, from the reports that were filed here.
 *
 * For each measure a line of its own with the total, then one for each party that owes the summed
 * report: what it filed, or - where it filed nothing. Nothing is counted here: what a party did not
 * file is missing, and its figures are its own word. A total is the sum of what adds up:
 *
 *     counts, sums           always: each event counts at one party
 *     distinct values        where the value itself says which party counts it: a number counts at
 *                            its home bureau alone, which so attests it
 *     ratios                 numerators and denominators, each for itself
 *     hours                  have no total: a median of medians is none
 */
#include "agents/reports.h"

#include "agents/campaign/scene.h"

typedef struct filed_one {
    tb_party party;
    bool filed;
    tb_case_id case_id;
    tb_path path;     /* of its report's case */
    tb_bytes figures; /* of its field, as filed */
} filed_one;

typedef struct summing {
    const tb_agent *agent;
    tb_txn *txn;
    const tb_as_of *as_of; /* NULL: now */
    const tb_campaign *campaign;
    const tb_report_def *source;
    tb_bytes period;
    filed_one *list;
    size_t party_count;
    tb_figure *out;
    size_t count;
} summing;

static tb_err read_filed(summing *s, filed_one *one)
{
    tb_case_row row;
    tb_case_row then;
    const tb_chain_event *by;
    tb_err err =
        tb_report_find(s->agent, s->txn, s->campaign, s->source, s->period, &one->party, &row);
    if (err == TB_OK) {
        err = s->as_of == NULL ? tb_chain_to_head(s->txn, &row, &one->path)
                               : tb_case_as_of(s->agent, s->txn, &row, s->as_of, &one->path, &then);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    const tb_field_def *field = tb_report_field(
        row.view.type, tb_case_type_action(row.view.type, tb_bytes_str(TB_REPORT_FILE)),
        TB_FIELD_FIGURES);
    if (field != NULL) {
        err = tb_path_value(s->txn, &one->path, tb_bytes_str(field->id), &one->figures, &by);
    }
    one->case_id = row.id;
    one->filed = err == TB_OK;
    return err;
}

static tb_err read_all(summing *s)
{
    const tb_directory *directory = s->agent->directory;
    s->list = tb_arena_array(tb_txn_arena(s->txn), directory->party_count + 1, sizeof *s->list);
    tb_err err = s->list == NULL ? TB_ERR_LIMIT : TB_OK;
    for (size_t i = 0; err == TB_OK && i < directory->party_count; i++) {
        if (tb_report_owes(s->source, &directory->parties[i])) {
            filed_one *one = &s->list[s->party_count++];
            *one = (filed_one){.party = directory->parties[i].id};
            err = read_filed(s, one);
        }
    }
    return err;
}

/* What a party filed of a measure, of one group or (empty) as a whole; unknown in every part when
 * it filed nothing. A group it has no line of never occurred there. */
static tb_err filed_figure(
    summing *s, const filed_one *one, const tb_measure *measure, tb_bytes group, tb_figure *out)
{
    tb_declared declared;
    tb_figure figure;
    bool fine;
    bool any = false;
    tb_bytes id = tb_bytes_str(measure->id);
    tb_bytes rest = one->figures;
    if (one->filed && measure->declared != TB_DECLARED_NOT) {
        const tb_chain_event *by;
        tb_bytes said;
        tb_err err = tb_path_value(s->txn, &one->path, id, &said, &by);
        if (err == TB_OK && tb_declared_read(said, &declared)) {
            out->values[TB_FIGURE_PERIOD] = declared.value;
        }
        return err;
    }
    while (one->filed && tb_figure_read(&rest, &figure, &fine)) {
        if (tb_bytes_equal(figure.measure, id) && tb_bytes_equal(figure.group, group)) {
            memcpy(out->values, figure.values, sizeof out->values);
            return TB_OK;
        }
        any = any || tb_bytes_equal(figure.measure, id);
    }
    for (int i = 0; any && i < TB_FIGURE_VALUES; i++) {
        out->values[i] = (tb_figure_value){.known = true};
    }
    return TB_OK;
}

static void add_to(tb_figure *total, const tb_figure *one)
{
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        const tb_figure_value *value = &one->values[i];
        if (value->known) {
            total->values[i].known = true;
            total->values[i].ratio = value->ratio;
            total->values[i].numerator += value->numerator;
            total->values[i].denominator += value->denominator;
        }
    }
}

static tb_err sum_measure(summing *s, const tb_measure *measure)
{
    if (s->count + 1 + s->party_count > TB_FIGURES_MAX) {
        return TB_ERR_LIMIT;
    }
    bool adds_up = tb_measure_adds_up(s->campaign, measure);
    tb_figure *total = &s->out[s->count++];
    *total = (tb_figure){.measure = tb_bytes_str(measure->id)};
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < s->party_count; i++) {
        tb_figure *figure = &s->out[s->count++];
        *figure =
            (tb_figure){.measure = total->measure, .group = tb_party_bytes(&s->list[i].party)};
        err = filed_figure(s, &s->list[i], measure, tb_bytes_of(NULL, 0), figure);
        if (adds_up) {
            add_to(total, figure);
        }
    }
    return err;
}

tb_err tb_report_filings(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_as_of *as_of,
                         const tb_campaign *campaign,
                         const tb_report_def *report,
                         tb_bytes period,
                         const tb_measure *measure,
                         tb_bytes group,
                         tb_filing **out,
                         size_t *out_count)
{
    summing s = {.agent = agent,
                 .txn = txn,
                 .as_of = as_of,
                 .campaign = campaign,
                 .source = report,
                 .period = period};
    tb_party of;
    size_t count = 0;
    tb_err err = read_all(&s);
    tb_filing *list =
        err == TB_OK ? tb_arena_array(tb_txn_arena(txn), s.party_count + 1, sizeof *list) : NULL;
    if (list == NULL) {
        return err == TB_OK ? TB_ERR_LIMIT : err;
    }
    const tb_directory_party *owes =
        tb_party_parse(group, &of) ? tb_directory_find(agent->directory, &of) : NULL;
    bool own =
        owes != NULL && tb_report_owes(report, owes); /* its own figure, not one of a group */
    for (size_t i = 0; err == TB_OK && i < s.party_count; i++) {
        const filed_one *one = &s.list[i];
        bool told = own ? tb_party_equal(&one->party, &of)
                        : group.size == 0 || measure->declared == TB_DECLARED_NOT;
        if (one->filed && told) {
            tb_filing *filing = &list[count++];
            *filing = (tb_filing){.party = one->party,
                                  .case_id = one->case_id,
                                  .figure = {.measure = tb_bytes_str(measure->id)}};
            err =
                filed_figure(&s, one, measure, own ? tb_bytes_of(NULL, 0) : group, &filing->figure);
        }
    }
    *out = list;
    *out_count = count;
    return err;
}

tb_err tb_report_summary(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_as_of *as_of,
                         const tb_campaign *campaign,
                         const tb_report_def *report,
                         const tb_period *period,
                         tb_figure **out,
                         size_t *out_count)
{
    summing s = {.agent = agent,
                 .txn = txn,
                 .as_of = as_of,
                 .campaign = campaign,
                 .source = tb_campaign_report(campaign, tb_bytes_str(report->summary_of)),
                 .period = tb_bytes_str(period->text)};
    s.out = tb_arena_array(tb_txn_arena(txn), TB_FIGURES_MAX, sizeof *s.out);
    tb_err err = s.out == NULL || s.source == NULL ? TB_ERR_LIMIT : read_all(&s);
    for (unsigned i = 0; err == TB_OK && i < report->measure_count; i++) {
        const tb_measure *measure =
            tb_campaign_measure(campaign, tb_bytes_str(report->measures[i]));
        if (measure != NULL) {
            err = sum_measure(&s, measure);
        }
    }
    *out = s.out;
    *out_count = s.count;
    return err;
}
