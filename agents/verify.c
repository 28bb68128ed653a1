#include "agents/verify.h"

#include "agents/campaign/scene.h"
#include "agents/chain.h"
#include "agents/evidence.h"
#include "agents/lapse_check.h"
#include "agents/marks.h"
#include "agents/passing.h"
#include "agents/prover.h"
#include "agents/reports.h"
#include "base/text.h"

#define FAULTS_MAX  100
#define STREAMS_MAX 256

typedef struct verifying {
    tb_step *step;
    tb_prover *prover;
    tb_marks_seen marked;
    tb_local_verified out;
} verifying;

static tb_err fault(verifying *v, const tb_digest *event, const char *what)
{
    tb_text text;
    v->out.wrong++;
    if (v->out.fault_count == FAULTS_MAX) {
        return TB_OK;
    }
    tb_text_init(&text, v->step->arena, 2 * TB_DIGEST_BYTES + strlen(what) + 4);
    if (event != NULL) {
        tb_text_hex(&text, tb_bytes_of(event->bytes, TB_DIGEST_BYTES));
        tb_text_char(&text, ' ');
    }
    tb_text_str(&text, what);
    return tb_text_done(&text, &v->out.faults[v->out.fault_count++]);
}

static tb_err prove(verifying *v, const tb_event_key *key, const tb_event_row *row)
{
    tb_proven proven;
    size_t mark = tb_arena_mark(v->step->arena);
    tb_err err = tb_prove_event(v->prover, key, row, &proven);
    tb_arena_release(v->step->arena, mark);
    if (err == TB_ERR_CORRUPT) {
        return fault(v, &key->event, "a stored row of it does not decode");
    }
    if (err != TB_OK) {
        return err;
    }
    v->out.events++;
    v->out.signatures += proven.is_signed;
    v->out.stamps += proven.is_stamped;
    v->out.openings += proven.openings;
    return proven.refused == TB_ACCEPTED ? TB_OK
                                         : fault(v, &key->event, tb_refusal_key(proven.refused));
}

/* What a recipient of ours signed: that it is signed by that recipient, and speaks of our header.
 */
typedef struct marking {
    verifying *v;
    const tb_digest *event;
} marking;

static tb_err prove_mark(void *context, tb_bytes packed)
{
    marking *m = context;
    verifying *v = m->v;
    tb_signed_line line;
    tb_mark_verdict verdict = TB_MARK_HOLDS;
    tb_refusal refused = tb_evidence_mark(v->step, packed);
    tb_err err = TB_OK;
    if (refused == TB_ACCEPTED &&
        tb_signed_line_decode(packed, v->step->arena, &line) == TB_ACCEPTED) {
        tb_stream_out_row *row = tb_arena_alloc(v->step->arena, sizeof *row);
        err = row == NULL ? TB_ERR_LIMIT : tb_stream_out_get(v->step->txn, &line.line.stream, row);
        err = err == TB_OK ? tb_marks_compare(v->step, &line.line, row, &verdict) : err;
    }
    if (err == TB_ERR_NOT_FOUND || (err == TB_OK && verdict != TB_MARK_HOLDS)) {
        return fault(v, m->event, "an arrived mark over it is of another notice");
    }
    v->out.marks += err == TB_OK && refused == TB_ACCEPTED;
    return err != TB_OK || refused == TB_ACCEPTED ? err
                                                  : fault(v, m->event, tb_refusal_key(refused));
}

/* Of what this party sent: the marks that cover its notice, each stream's once. */
static tb_err prove_marks(verifying *v, const tb_event_key *key, const tb_event_row *row)
{
    tb_passed passed;
    bool proven;
    marking m = {v, &key->event};
    if (!tb_party_equal(&row->sender, &v->step->agent->self)) {
        return TB_OK;
    }
    tb_err err = tb_pass_proof(v->step->txn, row, &passed, &proven);
    if (err == TB_OK && proven) {
        err = tb_marks_covering(v->step, passed.header, &v->marked, prove_mark, &m);
    }
    return err == TB_ERR_CORRUPT ? TB_OK : err; /* told already: a row of it does not decode */
}

/* That a lapse says what the events bear out. */
static tb_err prove_lapse(verifying *v,
                          const tb_case_row *owner,
                          const tb_event_key *key,
                          const tb_event_row *row)
{
    tb_event event;
    tb_lapse_verdict verdict = TB_LAPSE_HOLDS;
    if (row->standing != TB_STANDING_EFFECTIVE) {
        return TB_OK;
    }
    tb_err err = tb_chain_decode(v->step->txn, row, &event);
    if (err == TB_OK && tb_is_lapse(owner, &event)) {
        err = tb_lapse_check(v->step->txn, owner, &event, &key->event, &verdict);
    }
    const char *wrong = tb_lapse_fault(verdict);
    if (err == TB_ERR_CORRUPT) {
        return TB_OK; /* told already: the row does not decode */
    }
    return err == TB_OK && wrong != NULL ? fault(v, &key->event, wrong) : err;
}

/* Every event of a case but what is held back, chain and beside it; and that the chain is one. */
static tb_err prove_case(verifying *v, const tb_case_row *row)
{
    tb_path path;
    tb_err err = tb_chain_to_head(v->step->txn, row, &path);
    if (err == TB_ERR_CORRUPT) {
        return fault(v, &row->view.head, "the chain to it is broken");
    }
    for (uint8_t class = TB_CLASS_CHAIN; err == TB_OK && class <= TB_CLASS_SIDE; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row event;
        err = tb_event_first(v->step->txn, &row->id, class, &walk, &key, &event);
        while (err == TB_OK) {
            if (event.standing != TB_STANDING_HELD_BACK) {
                err = prove(v, &key, &event);
            }
            if (err == TB_OK && event.standing != TB_STANDING_HELD_BACK) {
                err = prove_marks(v, &key, &event);
            }
            if (err == TB_OK && class == TB_CLASS_SIDE) {
                err = prove_lapse(v, row, &key, &event);
            }
            if (err == TB_OK) {
                err = tb_event_next(v->step->txn, &walk, &key, &event);
            }
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err;
}

static tb_err begin(tb_step *step,
                    const tb_case_id *id,
                    verifying *v,
                    tb_case_row *row,
                    tb_local_answer *answer,
                    bool *out_go_on)
{
    *v = (verifying){.step = step, .out = {.case_id = *id}};
    *out_go_on = false;
    v->out.faults = tb_arena_array(step->arena, FAULTS_MAX, sizeof *v->out.faults);
    v->prover = tb_arena_alloc(step->arena, sizeof *v->prover);
    v->marked.room = STREAMS_MAX;
    v->marked.streams = tb_arena_array(step->arena, STREAMS_MAX, sizeof *v->marked.streams);
    if (v->out.faults == NULL || v->prover == NULL || v->marked.streams == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_prover_init(step, v->prover);
    if (err != TB_OK) {
        return err;
    }
    err = tb_case_load(step->agent, step->txn, id, row);
    if (err == TB_ERR_NOT_FOUND) {
        answer->code = TB_REFUSED_UNKNOWN_CASE;
        return TB_OK;
    }
    *out_go_on = err == TB_OK;
    return err;
}

static tb_err finish(tb_err err, const verifying *v, tb_local_answer *answer)
{
    if (err == TB_OK) {
        answer->kind = TB_ANSWER_VERIFIED;
        answer->verified = v->out;
    }
    return err;
}

tb_err tb_verify_case(tb_step *step, const tb_case_id *id, tb_local_answer *answer)
{
    verifying v;
    tb_case_row row;
    bool go_on;
    tb_err err = begin(step, id, &v, &row, answer, &go_on);
    if (err != TB_OK || !go_on) {
        return err;
    }
    return finish(prove_case(&v, &row), &v, answer);
}

/* ---- a report ---- */

static tb_err
event_at(verifying *v, const tb_measured_place *place, tb_event_key *out_key, tb_event_row *out_row)
{
    tb_event_walk walk;
    tb_err err =
        tb_event_first(v->step->txn, &place->case_id, TB_CLASS_CHAIN, &walk, out_key, out_row);
    while (err == TB_OK &&
           (out_key->number != place->number || out_row->standing != TB_STANDING_EFFECTIVE)) {
        err = tb_event_next(v->step->txn, &walk, out_key, out_row);
    }
    return err;
}

/* Every event behind one figure; *out_sum is what they add up to. */
static tb_err prove_figure(verifying *v,
                           const tb_campaign *campaign,
                           const tb_measure *measure,
                           const tb_period *period,
                           uint64_t *out_sum)
{
    tb_bytes id = tb_bytes_str(campaign->id);
    tb_bytes name = tb_bytes_str(measure->id);
    tb_bytes cursor;
    *out_sum = 0;
    tb_err err = tb_measured_in_from(v->step->txn, id, name, period->first, &cursor);
    while (err == TB_OK) {
        tb_measured_place place;
        tb_event_key key;
        tb_event_row row;
        err = tb_measured_in_next(v->step->txn, id, name, period->last, &cursor, &place);
        if (err != TB_OK) {
            break;
        }
        *out_sum += place.amount;
        if (v->out.behind == TB_VERIFY_BEHIND_MAX) {
            v->out.not_looked++;
            continue;
        }
        v->out.behind++;
        err = event_at(v, &place, &key, &row);
        if (err == TB_OK) {
            err = prove(v, &key, &row);
        } else if (err == TB_ERR_NOT_FOUND) {
            err = fault(v, NULL, "a counted event is not here");
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err prove_figures(verifying *v,
                            const tb_campaign *campaign,
                            const tb_report_def *report,
                            const tb_period *period)
{
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < report->measure_count; i++) {
        const tb_measure *measure =
            tb_campaign_measure(campaign, tb_bytes_str(report->measures[i]));
        uint64_t sum;
        uint64_t total = 0;
        if (measure == NULL || measure->case_type == NULL) {
            continue;
        }
        err = prove_figure(v, campaign, measure, period, &sum);
        bool adds_up = measure->distinct == NULL && tb_measure_kind_of(measure) != TB_MEASURE_HOURS;
        if (err == TB_OK && adds_up) {
            err = tb_measure_total(v->step->txn, tb_bytes_str(campaign->id),
                                   tb_bytes_str(measure->id), tb_bytes_of(NULL, 0), false,
                                   period->first, period->last, &total);
        }
        if (err == TB_OK && adds_up && total != sum) {
            err = fault(v, NULL, "a figure is not the sum of its events");
        }
    }
    return err;
}

/* ---- a recount ---- */

/* The line of a figure, without what ends it. */
static tb_err line_of(tb_arena *arena, const tb_figure *figure, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, TB_FIELD_BYTES_MAX); /* one line */
    tb_figure_print(&text, figure);
    tb_err err = tb_text_done(&text, out);
    if (err == TB_OK && out->size > 0) {
        out->size--;
    }
    return err;
}

static bool same_figure(const tb_figure *a, const tb_figure *b)
{
    return tb_bytes_equal(a->measure, b->measure) && tb_bytes_equal(a->group, b->group);
}

/* One of the two may be NULL: filed and not counted, or counted and not filed. */
static tb_err compare(verifying *v, const tb_figure *filed, const tb_figure *counted)
{
    tb_text text;
    tb_bytes said = tb_bytes_str("-");
    tb_bytes found = tb_bytes_str("-");
    tb_bytes what;
    tb_arena *arena = v->step->arena;
    tb_err err = filed == NULL ? TB_OK : line_of(arena, filed, &said);
    if (err == TB_OK && counted != NULL) {
        err = line_of(arena, counted, &found);
    }
    if (err != TB_OK || tb_bytes_equal(said, found)) {
        return err;
    }
    tb_text_init(&text, arena, said.size + found.size + 64);
    tb_text_str(&text, "filed ");
    tb_text_bytes(&text, said);
    tb_text_str(&text, "; recounted from its events ");
    tb_text_bytes(&text, found);
    tb_text_char(&text, '\0');
    err = tb_text_done(&text, &what);
    return err == TB_OK ? fault(v, NULL, (const char *)what.data) : err;
}

static tb_err compare_all(verifying *v, tb_bytes filed, const tb_figure *counted, size_t count)
{
    tb_figure figure;
    bool fine = true;
    tb_err err = TB_OK;
    bool *met = tb_arena_array(v->step->arena, count + 1, sizeof *met);
    if (met == NULL) {
        return TB_ERR_LIMIT;
    }
    while (err == TB_OK && tb_figure_read(&filed, &figure, &fine)) {
        const tb_figure *other = NULL;
        for (size_t i = 0; i < count; i++) {
            if (same_figure(&figure, &counted[i])) {
                other = &counted[i];
                met[i] = true;
            }
        }
        err = compare(v, &figure, other);
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        err = met[i] ? TB_OK : compare(v, NULL, &counted[i]);
    }
    return err == TB_OK && !fine ? fault(v, NULL, "its figures do not read") : err;
}

static tb_err recount(verifying *v,
                      const tb_case_row *row,
                      const tb_campaign *campaign,
                      const tb_report_def *report,
                      const tb_period *period)
{
    tb_local_summary summary;
    tb_figure *counted;
    size_t count;
    const tb_field_def *field = tb_report_field(
        row->view.type, tb_case_type_action(row->view.type, tb_bytes_str(TB_REPORT_FILE)),
        TB_FIELD_FIGURES);
    tb_err err = tb_case_summary(v->step->agent, v->step->txn, row, &summary);
    if (err == TB_OK) {
        err = tb_report_figures(v->step->agent, v->step->txn, campaign, report, period, &counted,
                                &count);
    }
    for (size_t i = 0; err == TB_OK && field != NULL && i < summary.field_count; i++) {
        if (tb_bytes_equal(summary.fields[i].id, tb_bytes_str(field->id))) {
            return compare_all(v, summary.fields[i].value, counted, count);
        }
    }
    return err == TB_OK ? fault(v, NULL, "its figures are not here") : err;
}

tb_err tb_verify_report(tb_step *step, const tb_case_id *id, bool recounts, tb_local_answer *answer)
{
    verifying v;
    tb_case_row row;
    bool go_on;
    tb_period period;
    tb_err err = begin(step, id, &v, &row, answer, &go_on);
    if (err != TB_OK || !go_on) {
        return err;
    }
    const tb_campaign *campaign = tb_campaigns_newest(step->agent->campaigns, row.campaign);
    const tb_report_def *report =
        campaign == NULL ? NULL : tb_campaign_report_of(campaign, row.case_type);
    if (report == NULL || row.view.type == NULL) {
        answer->code = TB_REFUSED_REPORT_UNKNOWN;
        return TB_OK;
    }
    err = prove_case(&v, &row);
    tb_bytes text = tb_report_period_text(&row);
    v.out.attested = !tb_party_equal(&row.view.opener, &step->agent->self);
    if (err == TB_OK && !v.out.attested && tb_report_period(campaign, report, text, &period)) {
        err = prove_figures(&v, campaign, report, &period);
        if (err == TB_OK && recounts) {
            err = recount(&v, &row, campaign, report, &period);
        }
    }
    return finish(err, &v, answer);
}
