#include "agents/recounting.h"

#include "agents/campaign/scene.h"
#include "agents/case_figure.h"
#include "agents/measures.h"
#include "agents/set_aside.h"
#include "base/pack.h"
#include "base/text.h"

#define RESULT_FORM 1
/* A line of figures: its measure and group, and three values of at most two numbers each. */
#define LINE_BYTES (TB_NAME_BYTES_MAX + TB_MEASURE_GROUP_MAX + 3 * 2 * 21 + 2)

static const char META_NUMBER[] = "recounting";

/* ---- asking ---- */

static tb_err next_number(tb_txn *txn, uint64_t *out)
{
    tb_err err = tb_meta_number(txn, META_NUMBER, out);
    if (err == TB_OK) {
        err = tb_meta_number_put(txn, META_NUMBER, ++*out);
    }
    return err;
}

tb_err tb_recounting_ask(tb_txn *txn,
                         const tb_campaign *campaign,
                         const tb_recounting_key *key,
                         const tb_as_of *as_of,
                         tb_recounting_row *out)
{
    tb_err err = tb_recounting_get(txn, key, out);
    bool anew = err == TB_ERR_NOT_FOUND || (err == TB_OK && out->phase == TB_RECOUNTING_OVER &&
                                            out->version != campaign->version);
    if (!anew) {
        return err;
    }
    *out = (tb_recounting_row){
        .key = *key,
        .phase = TB_RECOUNTING_COUNTS,
        .campaign = tb_bytes_str(campaign->id),
        .version = campaign->version,
        .as_of = *as_of,
        .cases = tb_store_rows(txn, TB_TABLE_CASE),
    };
    err = next_number(txn, &out->number);
    return err == TB_OK ? tb_recounting_put(txn, out) : err;
}

/* ---- what came out ---- */

/* Pairs of a field's id, empty for a report's figures, and a text. */
static tb_err add(tb_writer *w, tb_bytes field, tb_err err, tb_bytes text)
{
    if (err == TB_OK) {
        tb_put_bytes(w, field);
        tb_put_bytes(w, text);
    }
    return err;
}

bool tb_recounting_result(const tb_recounting_row *row, tb_bytes field, tb_bytes *out)
{
    tb_reader r;
    tb_reader_init(&r, row->result);
    (void)tb_get_u8(&r); /* its form */
    while (!tb_reader_done(&r)) {
        tb_bytes name = tb_get_bytes(&r);
        *out = tb_get_bytes(&r);
        if (r.failed || tb_bytes_equal(name, field)) {
            return !r.failed;
        }
    }
    return false;
}

/* Of a newer definition that may be more than a report may hold. */
static tb_err text_of(tb_arena *arena, const tb_figure *list, size_t count, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, count * LINE_BYTES + 1);
    for (size_t i = 0; i < count; i++) {
        tb_figure_print(&text, &list[i]);
    }
    return tb_text_done(&text, out);
}

static tb_err add_report(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_figures_from *from,
                         const tb_campaign *campaign,
                         const tb_case_row *row,
                         tb_writer *w)
{
    const tb_report_def *report = tb_campaign_report_of(campaign, row->case_type);
    tb_period period;
    tb_figure *list;
    size_t count;
    tb_bytes text = {NULL, 0};
    if (report == NULL ||
        !tb_report_period(campaign, report, tb_report_period_text(row), &period)) {
        return TB_OK;
    }
    tb_err err = tb_report_figures(agent, txn, from, campaign, report, &period, &list, &count);
    if (err == TB_OK) {
        err = text_of(tb_txn_arena(txn), list, count, &text);
    }
    return add(w, tb_bytes_of(NULL, 0), err, text);
}

/* Every field of the case that is counted over these months. */
static tb_err add_fields(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_figures_from *from,
                         const tb_recounting_row *job,
                         const tb_case_row *row,
                         tb_writer *w)
{
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < row->view.type->field_count; i++) {
        const tb_field_def *field = &row->view.type->fields[i];
        tb_case_figure figure;
        tb_figure_value value;
        tb_bytes text = {NULL, 0};
        if (field->compute != TB_COMPUTE_MEASURE ||
            tb_case_figure_of(agent, &row->view, NULL, 0, field, &figure) != TB_ACCEPTED ||
            figure.filed_in != NULL || figure.period.first != job->key.first ||
            figure.period.last != job->key.last) {
            continue;
        }
        err = tb_case_figure_count(agent, txn, from, &figure, &value);
        err = err == TB_OK ? tb_figure_text(tb_txn_arena(txn), &value, &text) : err;
        err = add(w, tb_bytes_str(field->id), err, text);
    }
    return err;
}

static tb_err
finish(const tb_agent *agent, tb_txn *txn, const tb_campaign *campaign, tb_recounting_row *job)
{
    char buffer[TB_RECOUNTING_NAME_MAX];
    const tb_figures_from from = {.under = tb_recounting_name(job, buffer), .as_of = &job->as_of};
    tb_case_row row;
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), TB_FIGURES_MAX * LINE_BYTES + TB_RECOUNT_FIELDS_BYTES);
    tb_put_u8(&w, RESULT_FORM);
    tb_err err = tb_case_load(agent, txn, &job->key.case_id, &row);
    if (err == TB_OK && row.view.type != NULL) {
        err = add_report(agent, txn, &from, campaign, &row, &w);
    }
    if (err == TB_OK && row.view.type != NULL) {
        err = add_fields(agent, txn, &from, job, &row, &w);
    }
    if (err == TB_OK) {
        err = tb_writer_bytes(&w, &job->result);
    }
    job->phase = TB_RECOUNTING_CLEARS;
    return err;
}

/* ---- a slice ---- */

static tb_err count_case(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_campaign *campaign,
                         const tb_recounting_row *job,
                         tb_bytes name)
{
    tb_case_row row;
    tb_measured *list = NULL;
    size_t count = 0;
    bool certain;
    tb_err err = tb_case_load(agent, txn, &job->at, &row);
    if (err == TB_OK && (row.view.type == NULL || !tb_bytes_equal(row.campaign, job->campaign))) {
        return TB_OK;
    }
    if (err == TB_OK) {
        err = tb_measure_case(agent, txn, &row, campaign, &job->as_of, false, &list, &count,
                              &certain);
    }
    if (err == TB_ERR_CORRUPT) {
        return TB_OK; /* what does not read makes up nothing, and the figure is told */
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        if (list[i].month >= job->key.first && list[i].month <= job->key.last) {
            err = tb_measure_give(txn, name, &list[i], true);
        }
    }
    return err;
}

static tb_err
count_slice(const tb_agent *agent, tb_txn *txn, const tb_campaign *campaign, tb_recounting_row *job)
{
    char buffer[TB_RECOUNTING_NAME_MAX];
    tb_bytes name = tb_recounting_name(job, buffer);
    tb_arena *arena = tb_txn_arena(txn);
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < TB_RECOUNT_SLICE; i++) {
        size_t mark = tb_arena_mark(arena);
        err = tb_case_after(txn, &job->at, false, &job->at);
        if (err == TB_OK) {
            job->looked++;
            err = count_case(agent, txn, campaign, job, name);
        }
        tb_arena_release(arena, mark);
    }
    return err == TB_ERR_NOT_FOUND ? finish(agent, txn, campaign, job) : err;
}

/* The first rows of a table under the job's name go. *out_gone: there are no more. */
static tb_err clear_some(tb_txn *txn, tb_table table, tb_bytes prefix, size_t *left, bool *out_gone)
{
    tb_err err = TB_OK;
    *out_gone = false;
    while (err == TB_OK && *left > 0) {
        uint8_t at[TB_KEY_BYTES_MAX];
        tb_bytes key;
        tb_bytes value;
        size_t mark = tb_arena_mark(tb_txn_arena(txn));
        err = tb_store_seek(txn, table, prefix, prefix, &key, &value);
        if (err == TB_OK) {
            memcpy(at, key.data, key.size);
            err = tb_store_del(txn, table, tb_bytes_of(at, key.size));
            (*left)--;
        }
        tb_arena_release(tb_txn_arena(txn), mark);
    }
    *out_gone = err == TB_ERR_NOT_FOUND;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err clear_slice(tb_txn *txn, tb_recounting_row *job)
{
    char buffer[TB_RECOUNTING_NAME_MAX + 1];
    tb_bytes name = tb_recounting_name(job, buffer);
    size_t left = TB_RECOUNT_CLEARED_A_TICK;
    bool gone;
    buffer[name.size] = '\0'; /* ends the name in a key */
    tb_bytes prefix = tb_bytes_of(buffer, name.size + 1);
    tb_err err = clear_some(txn, TB_TABLE_MEASURE_DISTINCT, prefix, &left, &gone);
    if (err == TB_OK && gone) {
        err = clear_some(txn, TB_TABLE_MEASURE, prefix, &left, &gone);
    }
    if (err == TB_OK && gone) {
        bool counted = job->result.size > 0;
        job->phase = counted ? TB_RECOUNTING_OVER : TB_RECOUNTING_COUNTS;
    }
    return err;
}

/* Whatever it counted was by other measures. */
static void begin_again(tb_txn *txn, const tb_campaign *campaign, tb_recounting_row *job)
{
    job->cases = tb_store_rows(txn, TB_TABLE_CASE);
    job->phase = TB_RECOUNTING_CLEARS;
    job->version = campaign->version;
    job->at = (tb_case_id){{0}};
    job->looked = 0;
}

/* The first that can be worked on; its key also of one that does not read. Above the watermark all
 * wait for room, and one whose campaign is not installed now for that: it holds up no other.
 * TB_ERR_NOT_FOUND: nothing can be done. */
static tb_err find_work(const tb_agent *agent,
                        tb_txn *txn,
                        tb_bytes *out_key,
                        tb_recounting_row *out,
                        const tb_campaign **out_campaign)
{
    tb_err err = tb_recounting_first(txn, out_key, out);
    if (err == TB_OK && tb_store_above_watermark(txn)) {
        return TB_ERR_NOT_FOUND;
    }
    while (err == TB_OK) {
        *out_campaign = tb_campaigns_newest(agent->campaigns, out->campaign);
        if (*out_campaign != NULL) {
            return TB_OK;
        }
        err = tb_recounting_after(txn, *out_key, out_key, out);
    }
    return err;
}

tb_err tb_recounting_tick(tb_step *step)
{
    tb_recounting_row job;
    tb_bytes key;
    const tb_campaign *campaign;
    tb_err err = find_work(step->agent, step->txn, &key, &job, &campaign);
    if (err == TB_OK || err == TB_ERR_CORRUPT) {
        tb_hand_take(step->agent, TB_TABLE_RECOUNT, key);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (job.phase == TB_RECOUNTING_CLEARS) {
        err = clear_slice(step->txn, &job);
    } else if (job.version != campaign->version) {
        begin_again(step->txn, campaign, &job);
    } else {
        err = count_slice(step->agent, step->txn, campaign, &job);
    }
    return err == TB_OK ? tb_recounting_put(step->txn, &job) : err;
}

tb_err tb_recounting_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    tb_recounting_row job;
    tb_bytes key;
    const tb_campaign *campaign;
    *out = 0;
    tb_err err = find_work(agent, txn, &key, &job, &campaign);
    return err == TB_ERR_CORRUPT ? TB_OK : err; /* the tick has it set aside */
}
