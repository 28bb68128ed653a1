/* verify_figures - that what is stated is what the events make up (verifying.h).
 *
 * A figure is counted anew from the events of every case here (recount.h). Where that differs from
 * what was stated, it is counted as of when it was stated: what is the same then has changed since,
 * by later events, and is shown as a correction; anything else is wrong.
 *
 * Where one question may not look through all cases, that count is made in slices (recounting.h),
 * and until its end it is said how far it is. What was right then is held against the counters to
 * tell what has changed since.
 */
#include "agents/as_of.h"
#include "agents/campaign/scene.h"
#include "agents/recounting.h"
#include "agents/verifying.h"

/* ---- counting anew ---- */

/* When something was stated, and what the cases made up then; the second moment is tried where the
 * first does not agree, and only where there are stamps to go by. */
typedef struct counting {
    tb_verifying *v;
    const tb_campaign *campaign;
    tb_month first;
    tb_month last;
    const tb_chain_event *by; /* stated it; NULL: nothing did */
    tb_as_of moments[2];
} counting;

/* More cases than one question may look through: they are counted in slices. */
static bool too_many(const tb_verifying *v)
{
    uint64_t most = v->step->agent->recount_at_once;
    return !v->with->alone &&
           tb_store_rows(v->step->txn, TB_TABLE_CASE) > (most == 0 ? TB_RECOUNT_CASES_MAX : most);
}

static bool same_moment(const tb_as_of *a, const tb_as_of *b)
{
    return a == b || (a != NULL && b != NULL && a->at == b->at && a->here == b->here &&
                      a->recorded == b->recorded);
}

/* A case states many figures of one period, and all are read from one count. */
static tb_err count_once(tb_verifying *v, const tb_recount_of *of, tb_recounted **counted)
{
    tb_recounted *r = *counted;
    if (r != NULL && r->of.campaign == of->campaign && r->of.first == of->first &&
        r->of.last == of->last && same_moment(r->of.as_of, of->as_of)) {
        return TB_OK;
    }
    if (r == NULL) {
        r = tb_arena_alloc(v->step->arena, sizeof *r);
        tb_err err = r == NULL ? TB_ERR_LIMIT : tb_recounted_init(v->step->arena, r);
        if (err != TB_OK) {
            return err;
        }
        *counted = r;
    }
    return tb_recount(v->step->agent, v->step->txn, of, UINT64_MAX, r);
}

/* as_of NULL: now. *out says what to read figures from; *out_fine false: there is too much here. */
static tb_err count_from(counting *c, const tb_as_of *as_of, tb_figures_from *out, bool *out_fine)
{
    const tb_recount_of of = {c->campaign, c->first, c->last, as_of};
    tb_recounted **counted = as_of == NULL ? &c->v->now : &c->v->then;
    tb_err err = count_once(c->v, &of, counted);
    *out_fine = err == TB_OK && (*counted)->whole;
    *out = (tb_figures_from){.counted = *out_fine ? *counted : NULL, .as_of = as_of};
    return err;
}

static tb_err find_moments(counting *c)
{
    return tb_as_of_event(c->v->step->txn, &c->by->row, !c->v->with->alone, c->moments);
}

/* How many of the moments differ: one's own store knows what it had. */
static unsigned moments_of(const counting *c)
{
    return !c->moments[0].here && c->moments[1].at != c->moments[0].at ? 2 : 1;
}

/* What the cases made up when it was stated, as far as that is counted. *out_known: to the end. */
static tb_err count_in_slices(counting *c, tb_recounting_row *out, bool *out_known)
{
    tb_verifying *v = c->v;
    const tb_recounting_key key = {c->by->key.case_id, c->by->id, c->first, c->last};
    tb_err err = find_moments(c);
    if (err == TB_OK) {
        err = tb_recounting_ask(v->step->txn, c->campaign, &key, &c->moments[0], out);
    }
    *out_known = err == TB_OK && out->result.size > 0;
    bool told = tb_digest_equal(&v->awaited.by, &key.by) && v->awaited.first == key.first &&
                v->awaited.last == key.last; /* with another figure of the same count */
    if (err == TB_OK && !*out_known && !told) {
        v->awaited = key;
        v->out.recounted += out->looked;
        v->out.recounted_of += out->looked > out->cases ? out->looked : out->cases;
    }
    return err;
}

/* ---- a report ---- */

static bool same_figure(const tb_figure *a, const tb_figure *b)
{
    return tb_bytes_equal(a->measure, b->measure) && tb_bytes_equal(a->group, b->group);
}

typedef struct figures {
    tb_figure *list;
    size_t count;
} figures;

static const tb_figure *find(const figures *in, const tb_figure *like)
{
    for (size_t i = 0; i < in->count; i++) {
        if (same_figure(&in->list[i], like)) {
            return &in->list[i];
        }
    }
    return NULL;
}

/* Of two lines, of which one may be missing. */
static tb_err same_line(tb_arena *arena, const tb_figure *a, const tb_figure *b, bool *out)
{
    tb_bytes name;
    tb_bytes one;
    tb_bytes other = {NULL, 0};
    *out = a == b;
    if (a == NULL || b == NULL) {
        return TB_OK;
    }
    tb_err err = tb_verify_line(arena, a, &name, &one);
    if (err == TB_OK) {
        err = tb_verify_line(arena, b, &name, &other);
    }
    *out = err == TB_OK && tb_bytes_equal(one, other);
    return err;
}

static tb_err figures_from(counting *c,
                           const tb_report_def *report,
                           const tb_period *period,
                           const tb_as_of *as_of,
                           figures *out,
                           bool *out_fine)
{
    tb_figures_from from = {.as_of = as_of};
    *out_fine = true; /* a summary is of what was filed */
    tb_err err = report->summary_of != NULL ? TB_OK : count_from(c, as_of, &from, out_fine);
    if (err == TB_OK && (*out_fine || as_of == NULL)) { /* else the counters */
        err = tb_report_figures(c->v->step->agent, c->v->step->txn, &from, c->campaign, report,
                                period, &out->list, &out->count);
    }
    return err;
}

/* Lines that were stated: of the signed field. */
static tb_err read_stated(tb_verifying *v, tb_bytes text, figures *out)
{
    bool fine = true;
    out->count = 0;
    out->list = tb_arena_array(v->step->arena, TB_FIGURES_MAX, sizeof *out->list);
    if (out->list == NULL) {
        return TB_ERR_LIMIT;
    }
    while (out->count < TB_FIGURES_MAX && tb_figure_read(&text, &out->list[out->count], &fine)) {
        out->count++;
    }
    return fine ? TB_OK : tb_verify_fault(v, NULL, "its figures do not read");
}

static tb_err tell_line(counting *c, const tb_figure *stated, const tb_figure *counted)
{
    tb_bytes name;
    tb_bytes said = tb_bytes_str("-");
    tb_bytes found = tb_bytes_str("-");
    tb_arena *arena = c->v->step->arena;
    tb_err err = stated == NULL ? TB_OK : tb_verify_line(arena, stated, &name, &said);
    if (err == TB_OK && counted != NULL) {
        err = tb_verify_line(arena, counted, &name, &found);
    }
    const tb_figure *either = stated == NULL ? counted : stated;
    TB_ASSERT(either != NULL);
    const tb_measure *measure = tb_campaign_measure(c->campaign, either->measure);
    return err == TB_OK ? tb_verify_tell(c->v, name, measure, said, TB_VERIFY_COUNTED, found) : err;
}

typedef struct comparing {
    counting c;
    const tb_report_def *report;
    const tb_period *period;
    figures stated;
    figures now;
    figures then[2];
    unsigned moments; /* counted as of */
    bool looked;
    bool beyond; /* there is more than can be counted at once */
} comparing;

static tb_err look_back(comparing *k)
{
    bool fine = true;
    tb_err err = TB_OK;
    k->looked = true;
    k->moments = k->c.by == NULL ? 0 : moments_of(&k->c);
    for (unsigned i = 0; err == TB_OK && i < k->moments; i++) {
        err = figures_from(&k->c, k->report, k->period, &k->c.moments[i], &k->then[i], &fine);
        if (err == TB_OK && !fine) {
            k->moments = i;
            k->beyond = i == 0 && !k->c.v->with->alone;
        }
    }
    return err;
}

/* One of the two may be NULL: stated and not counted, or counted and not stated. */
static tb_err compare(comparing *k, const tb_figure *stated, const tb_figure *now)
{
    tb_verifying *v = k->c.v;
    bool same;
    tb_err err = same_line(v->step->arena, stated, now, &same);
    if (err == TB_OK && !same && !k->looked) {
        err = look_back(k);
    }
    for (unsigned i = 0; err == TB_OK && !same && i < k->moments; i++) {
        const tb_figure *then = find(&k->then[i], stated == NULL ? now : stated);
        err = same_line(v->step->arena, stated, then, &same);
        v->out.corrected += err == TB_OK && same;
    }
    if (err != TB_OK || same || k->beyond) {
        return err;
    }
    const tb_figure *then =
        k->moments == 0 ? now : find(&k->then[0], stated == NULL ? now : stated);
    return tell_line(&k->c, stated, then);
}

/* Likewise, with what was counted in slices as of when it was stated. */
static tb_err compare_then(comparing *k, const tb_figure *stated, const tb_figure *then)
{
    tb_verifying *v = k->c.v;
    bool same;
    bool still = true;
    tb_err err = same_line(v->step->arena, stated, then, &same);
    if (err == TB_OK && !same) {
        return tell_line(&k->c, stated, then);
    }
    if (err == TB_OK) {
        err = same_line(v->step->arena, stated, find(&k->now, stated), &still);
    }
    v->out.corrected += err == TB_OK && !still;
    return err;
}

static tb_err compare_all(comparing *k,
                          const figures *counted,
                          tb_err (*one)(comparing *k, const tb_figure *a, const tb_figure *b))
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < k->stated.count; i++) {
        err = one(k, &k->stated.list[i], find(counted, &k->stated.list[i]));
    }
    for (size_t i = 0; err == TB_OK && i < counted->count; i++) {
        if (find(&k->stated, &counted->list[i]) == NULL) {
            err = one(k, NULL, &counted->list[i]);
        }
    }
    return err;
}

static tb_err compare_in_slices(comparing *k)
{
    tb_step *step = k->c.v->step;
    tb_recounting_row job;
    bool known;
    tb_bytes text;
    tb_err err = count_in_slices(&k->c, &job, &known);
    if (err != TB_OK || !known) {
        return err;
    }
    if (!tb_recounting_result(&job, tb_bytes_of(NULL, 0), &text)) {
        return tb_verify_fault(k->c.v, NULL, "its figures do not read");
    }
    err = read_stated(k->c.v, text, &k->then[0]);
    if (err == TB_OK) {
        err = tb_report_figures(step->agent, step->txn, NULL, k->c.campaign, k->report, k->period,
                                &k->now.list, &k->now.count);
    }
    return err == TB_OK ? compare_all(k, &k->then[0], compare_then) : err;
}

/* The field of its figures as they stand, and who stated them. */
static tb_err
stated_in(tb_verifying *v, const tb_case_row *row, tb_bytes *out, const tb_chain_event **out_by)
{
    tb_path path;
    const tb_field_def *field = tb_report_field(
        row->view.type, tb_case_type_action(row->view.type, tb_bytes_str(TB_REPORT_FILE)),
        TB_FIELD_FIGURES);
    *out = tb_bytes_of(NULL, 0);
    *out_by = NULL;
    tb_err err = field == NULL ? TB_OK : tb_chain_to_head(v->step->txn, row, &path);
    if (err != TB_OK || field == NULL) {
        return err;
    }
    err = tb_path_value(v->step->txn, &path, tb_bytes_str(field->id), out, out_by);
    if (err == TB_OK && *out_by == NULL) { /* only what nobody signed shows them */
        *out = v->with->shown;
        err = tb_verify_fault(v, NULL, "its figures are not here");
    }
    return err;
}

static tb_err recount(tb_verifying *v,
                      const tb_case_row *row,
                      const tb_campaign *campaign,
                      const tb_report_def *report,
                      const tb_period *period)
{
    bool fine;
    tb_bytes text;
    comparing *k = tb_arena_alloc(v->step->arena, sizeof *k);
    if (k == NULL) {
        return TB_ERR_LIMIT;
    }
    *k = (comparing){.c = {.v = v, .campaign = campaign}, .report = report, .period = period};
    tb_report_months(period, &k->c.first, &k->c.last);
    tb_err err = stated_in(v, row, &text, &k->c.by);
    if (err != TB_OK || text.size == 0) {
        return err;
    }
    err = read_stated(v, text, &k->stated);
    if (err == TB_OK && k->c.by != NULL) {
        err = find_moments(&k->c);
    }
    k->beyond = k->c.by != NULL && report->summary_of == NULL && too_many(v);
    if (err == TB_OK && !k->beyond) {
        err = figures_from(&k->c, report, period, NULL, &k->now, &fine);
        k->beyond = err == TB_OK && !fine && k->c.by != NULL && !v->with->alone;
    }
    if (err == TB_OK && !k->beyond) {
        err = compare_all(k, &k->now, compare);
    }
    return err == TB_OK && k->beyond ? compare_in_slices(k) : err;
}

tb_err tb_verify_figures(tb_verifying *v,
                         const tb_case_row *row,
                         const tb_campaign *campaign,
                         const tb_report_def *report,
                         const tb_period *period)
{
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < report->measure_count; i++) {
        const tb_measure *measure =
            tb_campaign_measure(campaign, tb_bytes_str(report->measures[i]));
        if (measure != NULL && measure->case_type != NULL) {
            err = tb_verify_total(v, campaign, measure, period, tb_bytes_of(NULL, 0));
        }
    }
    return err == TB_OK && v->with->recounts ? recount(v, row, campaign, report, period) : err;
}

/* ---- a case, with the figures it states ---- */

typedef struct stating {
    counting c;
    const tb_field_def *field;
    tb_case_figure figure;
    tb_bytes said;
} stating;

static tb_err value_from(stating *s, const tb_as_of *as_of, tb_bytes *out, bool *out_fine)
{
    tb_figures_from from = {.as_of = as_of};
    tb_figure_value value;
    tb_step *step = s->c.v->step;
    *out_fine = true;
    tb_err err = s->figure.filed_in != NULL ? TB_OK : count_from(&s->c, as_of, &from, out_fine);
    if (err == TB_OK && (*out_fine || as_of == NULL)) {
        err = tb_case_figure_count(step->agent, step->txn, &from, &s->figure, &value);
        err = err == TB_OK ? tb_figure_text(step->arena, &value, out) : err;
    }
    return err;
}

/* The value by the counters. */
static tb_err value_now(stating *s, tb_bytes *out)
{
    tb_step *step = s->c.v->step;
    tb_figure_value value;
    tb_err err = tb_case_figure_count(step->agent, step->txn, NULL, &s->figure, &value);
    return err == TB_OK ? tb_figure_text(step->arena, &value, out) : err;
}

static tb_err compare_stated_in_slices(stating *s)
{
    tb_verifying *v = s->c.v;
    tb_recounting_row job;
    bool known;
    tb_bytes then;
    tb_bytes now = {NULL, 0};
    tb_err err = count_in_slices(&s->c, &job, &known);
    if (err != TB_OK || !known) {
        return err;
    }
    if (!tb_recounting_result(&job, tb_bytes_str(s->field->id), &then)) {
        return tb_verify_fault(v, NULL, "its figures do not read");
    }
    if (!tb_bytes_equal(s->said, then)) {
        return tb_verify_tell(v, tb_bytes_str(s->field->id), s->figure.measure, s->said,
                              TB_VERIFY_COUNTED, then);
    }
    err = value_now(s, &now);
    v->out.corrected += err == TB_OK && !tb_bytes_equal(s->said, now);
    return err;
}

static tb_err compare_stated(stating *s)
{
    tb_verifying *v = s->c.v;
    tb_bytes counted;
    tb_bytes then = {NULL, 0};
    bool fine;
    if (s->figure.filed_in == NULL && too_many(v)) {
        return compare_stated_in_slices(s);
    }
    tb_err err = value_from(s, NULL, &counted, &fine);
    bool same = err == TB_OK && tb_bytes_equal(s->said, counted);
    if (err != TB_OK || same) {
        return err;
    }
    err = find_moments(&s->c);
    for (unsigned i = moments_of(&s->c); err == TB_OK && !same && i > 0; i--) {
        err = value_from(s, &s->c.moments[i - 1], &then, &fine);
        if (err == TB_OK && !fine && !v->with->alone) {
            return compare_stated_in_slices(s);
        }
        counted = err == TB_OK && fine ? then : counted;
        same = err == TB_OK && fine && tb_bytes_equal(s->said, then);
    }
    if (err != TB_OK || same) {
        v->out.corrected += err == TB_OK;
        return err;
    }
    return tb_verify_tell(v, tb_bytes_str(s->field->id), s->figure.measure, s->said,
                          TB_VERIFY_COUNTED, counted);
}

/* One field: at who stated it, its events, their sum, and what was stated. */
static tb_err prove_stated(tb_verifying *v, const tb_case_row *row, const tb_field_def *field)
{
    tb_path path;
    stating s = {.c = {.v = v}, .field = field};
    s.said = tb_case_view_field(&row->view, tb_bytes_str(field->id));
    tb_err err = s.said.size == 0 ? TB_OK : tb_chain_to_head(v->step->txn, row, &path);
    if (err == TB_OK && s.said.size > 0) {
        err = tb_path_value(v->step->txn, &path, tb_bytes_str(field->id), &s.said, &s.c.by);
    }
    if (err != TB_OK || s.c.by == NULL) {
        return err;
    }
    if (!tb_party_equal(&s.c.by->event.actor, &v->step->agent->self)) {
        v->out.attested = true;
        return TB_OK;
    }
    if (tb_case_figure_of(v->step->agent, &row->view, NULL, 0, field, &s.figure) != TB_ACCEPTED) {
        return tb_verify_fault(v, NULL, "its figures do not read");
    }
    s.c.campaign = s.figure.campaign;
    s.c.first = s.figure.period.first;
    s.c.last = s.figure.period.last;
    if (s.figure.filed_in == NULL) {
        err = tb_verify_total(v, s.figure.campaign, s.figure.measure, &s.figure.period,
                              s.figure.group);
    }
    return err == TB_OK && v->with->recounts ? compare_stated(&s) : err;
}

tb_err tb_verify_stated(tb_verifying *v, const tb_case_row *row)
{
    const tb_case_type *type = row->view.type;
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && type != NULL && i < type->field_count; i++) {
        if (type->fields[i].compute == TB_COMPUTE_MEASURE) {
            err = prove_stated(v, row, &type->fields[i]);
        }
    }
    return err;
}
