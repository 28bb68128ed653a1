/* case_figure_query - what a counted figure of a case opens to. */
#include "agents/case_figure.h"

#include "agents/campaign/scene.h"
#include "agents/reports.h"

typedef struct opening_up {
    const tb_agent *agent;
    tb_txn *txn;
    const tb_local_get_figure *get;
    tb_case_row row;
    const tb_field_def *field;
    tb_case_figure about;
    tb_local_case_figure out;
} opening_up;

static tb_err find(opening_up *o, tb_refusal *out)
{
    tb_party author;
    *out = TB_REFUSED_UNKNOWN_CASE;
    tb_err err = tb_case_load(o->agent, o->txn, &o->get->case_id, &o->row);
    if (err != TB_OK || o->row.view.type == NULL) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    *out = TB_REFUSED_FIGURE_UNKNOWN;
    o->field = tb_case_type_field(o->row.view.type, o->get->field);
    if (o->field == NULL || o->field->compute != TB_COMPUTE_MEASURE) {
        return TB_OK;
    }
    err = tb_case_figure_author(o->txn, &o->row, o->field, &author);
    if (err != TB_OK || tb_party_empty(&author)) {
        return err;
    }
    *out = TB_REFUSED_FIGURE_OF;
    if (tb_party_equal(&author, &o->agent->self)) {
        *out = tb_case_figure_of(o->agent, &o->row.view, NULL, 0, o->field, &o->about);
    }
    return TB_OK;
}

static tb_err list_events(opening_up *o)
{
    const tb_behind_wish wish = {
        .campaign = tb_bytes_str(o->about.campaign->id),
        .measure = tb_bytes_str(o->about.measure->id),
        .group = o->about.group,
        .first = o->about.period.first,
        .last = o->about.period.last,
        .after = o->get->after,
        .limit = o->get->limit,
    };
    return tb_behind_list(o->agent, o->txn, &wish, &o->out.behind, &o->out.behind_count,
                          &o->out.next);
}

/* The filings themselves: each opens further at who filed it. */
static tb_err list_filings(opening_up *o)
{
    tb_filing *list;
    size_t count;
    o->out.filed_in = tb_bytes_str(o->about.filed_in->id);
    tb_err err = tb_report_filings(o->agent, o->txn, NULL, o->about.campaign, o->about.filed_in,
                                   tb_bytes_str(o->about.period.text), o->about.measure,
                                   o->about.group, &list, &count);
    o->out.behind = err == TB_OK
                        ? tb_arena_array(tb_txn_arena(o->txn), count + 1, sizeof *o->out.behind)
                        : NULL;
    if (o->out.behind == NULL) {
        return err == TB_OK ? TB_ERR_LIMIT : err;
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        tb_case_row row;
        tb_local_behind *line = &o->out.behind[o->out.behind_count++];
        err = tb_case_load(o->agent, o->txn, &list[i].case_id, &row);
        if (err == TB_OK) {
            *line = (tb_local_behind){
                .case_id = list[i].case_id,
                .event = row.view.head,
                .number = row.view.number,
                .action = tb_bytes_str(TB_REPORT_FILE),
                .at = row.view.at,
                .amount = list[i]
                              .figure.values[o->about.so_far ? TB_FIGURE_YEAR : TB_FIGURE_PERIOD]
                              .numerator,
                .group = tb_party_bytes(&list[i].party),
            };
        }
    }
    return err;
}

static tb_err show(opening_up *o)
{
    tb_figure_value now;
    tb_arena *arena = tb_txn_arena(o->txn);
    o->out.case_id = o->row.id;
    o->out.field = tb_bytes_str(o->field->id);
    o->out.figure.group = o->about.group;
    o->out.figure.period = tb_case_view_field(&o->row.view, o->out.field);
    tb_figure_named(o->about.measure, &o->out.figure);
    tb_err err = tb_arena_copy(arena, tb_bytes_str(o->about.period.text), &o->out.over);
    if (err == TB_OK) {
        err = tb_case_figure_count(o->agent, o->txn, NULL, &o->about, &now);
    }
    if (err == TB_OK) {
        err = tb_figure_text(arena, &now, &o->out.figure.now);
    }
    if (err != TB_OK) {
        return err;
    }
    return o->about.filed_in != NULL ? list_filings(o) : list_events(o);
}

tb_err tb_query_figure(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_local_get_figure *get,
                       tb_local_answer *answer)
{
    opening_up o = {.agent = agent, .txn = txn, .get = get};
    tb_err err = find(&o, &answer->code);
    if (err != TB_OK || answer->code != TB_ACCEPTED) {
        return err;
    }
    err = show(&o);
    if (err == TB_OK) {
        answer->kind = TB_ANSWER_FIGURE;
        answer->figure = o.out;
    }
    return err;
}
