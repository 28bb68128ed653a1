#include "agents/verify.h"

#include "agents/evidence.h"
#include "agents/lapse_check.h"
#include "agents/passing.h"
#include "agents/verifying.h"
#include "base/text.h"

#define FAULTS_MAX  100
#define STREAMS_MAX 256

tb_err tb_verify_fault(tb_verifying *v, const tb_digest *event, const char *what)
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

tb_err tb_verify_event(tb_verifying *v, const tb_event_key *key, const tb_event_row *row)
{
    tb_proven proven;
    size_t mark = tb_arena_mark(v->step->arena);
    tb_err err = tb_prove_event(v->prover, key, row, &proven);
    tb_arena_release(v->step->arena, mark);
    if (err == TB_ERR_CORRUPT) {
        return tb_verify_fault(v, &key->event, "a stored row of it does not decode");
    }
    if (err != TB_OK) {
        return err;
    }
    v->out.events++;
    v->out.signatures += proven.is_signed;
    v->out.stamps += proven.is_stamped;
    v->out.openings += proven.openings;
    return proven.refused == TB_ACCEPTED
               ? TB_OK
               : tb_verify_fault(v, &key->event, tb_refusal_key(proven.refused));
}

/* What a recipient of ours signed: that it is signed by that recipient, and speaks of our header.
 */
typedef struct marking {
    tb_verifying *v;
    const tb_digest *event;
} marking;

static tb_err prove_mark(void *context, tb_bytes packed)
{
    marking *m = context;
    tb_verifying *v = m->v;
    tb_line line;
    tb_mark_verdict verdict = TB_MARK_HOLDS;
    tb_refusal refused = tb_evidence_mark(v->step, packed, &line);
    tb_err err = TB_OK;
    if (refused == TB_ACCEPTED) {
        tb_stream_out_row *row = tb_arena_alloc(v->step->arena, sizeof *row);
        err = row == NULL ? TB_ERR_LIMIT : tb_stream_out_get(v->step->txn, &line.stream, row);
        err = err == TB_OK ? tb_marks_compare(v->step, &line, row, &verdict) : err;
    }
    if (err == TB_ERR_NOT_FOUND || (err == TB_OK && verdict != TB_MARK_HOLDS)) {
        return tb_verify_fault(v, m->event, "an arrived mark over it is of another notice");
    }
    v->out.marks += err == TB_OK && refused == TB_ACCEPTED;
    return err != TB_OK || refused == TB_ACCEPTED
               ? err
               : tb_verify_fault(v, m->event, tb_refusal_key(refused));
}

/* Of what this party sent: the marks that cover its notice, each stream's once. */
static tb_err prove_marks(tb_verifying *v, const tb_event_key *key, const tb_event_row *row)
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
static tb_err prove_lapse(tb_verifying *v,
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
    return err == TB_OK && wrong != NULL ? tb_verify_fault(v, &key->event, wrong) : err;
}

/* Every event of a case but what is held back, chain and beside it; and that the chain is one. */
static tb_err prove_case(tb_verifying *v, const tb_case_row *row)
{
    tb_path path;
    tb_err err = tb_chain_to_head(v->step->txn, row, &path);
    if (err == TB_ERR_CORRUPT) {
        return tb_verify_fault(v, &row->view.head, "the chain to it is broken");
    }
    for (uint8_t class = TB_CLASS_CHAIN; err == TB_OK && class <= TB_CLASS_SIDE; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row event;
        err = tb_event_first(v->step->txn, &row->id, class, &walk, &key, &event);
        while (err == TB_OK) {
            if (event.standing != TB_STANDING_HELD_BACK) {
                err = tb_verify_event(v, &key, &event);
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

/* ---- events behind a figure ---- */

/* Every event behind one figure, of a group or (empty) of all; *out_sum is what they add up to. */
static tb_err prove_figure(tb_verifying *v,
                           const tb_campaign *campaign,
                           const tb_measure *measure,
                           const tb_period *period,
                           tb_bytes group,
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
        if (group.size > 0 && !tb_bytes_equal(group, place.group)) {
            continue;
        }
        *out_sum += place.amount;
        if (v->out.behind == TB_VERIFY_BEHIND_MAX) {
            v->out.not_looked++;
            continue;
        }
        v->out.behind++;
        err = tb_measured_event(v->step->txn, name, &place, &key, &row);
        if (err == TB_OK) {
            err = tb_verify_event(v, &key, &row);
        } else if (err == TB_ERR_NOT_FOUND) {
            err = tb_verify_fault(v, NULL, "a counted event is not here");
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_verify_total(tb_verifying *v,
                       const tb_campaign *campaign,
                       const tb_measure *measure,
                       const tb_period *period,
                       tb_bytes group)
{
    uint64_t sum;
    uint64_t total = 0;
    tb_err err = prove_figure(v, campaign, measure, period, group, &sum);
    bool adds_up = measure->distinct == NULL && tb_measure_kind_of(measure) != TB_MEASURE_HOURS;
    if (err != TB_OK || !adds_up) {
        return err;
    }
    err = tb_measure_total(v->step->txn, tb_bytes_str(campaign->id), tb_bytes_str(measure->id),
                           group, false, period->first, period->last, &total);
    return err == TB_OK && total != sum
               ? tb_verify_fault(v, NULL, "a figure is not the sum of its events")
               : err;
}

/* ---- the whole ---- */

static tb_err begin(tb_step *step,
                    const tb_case_id *id,
                    const tb_verify_with *with,
                    tb_verifying *v,
                    tb_case_row *row,
                    tb_local_answer *answer,
                    bool *out_go_on)
{
    *v = (tb_verifying){.step = step, .with = with, .out = {.case_id = *id}};
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

static tb_err finish(tb_err err, const tb_verifying *v, tb_local_answer *answer)
{
    if (err == TB_OK) {
        answer->kind = TB_ANSWER_VERIFIED;
        answer->verified = v->out;
    }
    return err;
}

/* Figures that somebody typed: their event is proved, and nothing else of them. */
static tb_err count_declared(tb_verifying *v, const tb_case_row *row)
{
    const tb_case_type *type = row->view.type;
    tb_path path;
    tb_err err = type == NULL ? TB_OK : tb_chain_to_head(v->step->txn, row, &path);
    if (err == TB_ERR_CORRUPT) {
        return TB_OK; /* told already */
    }
    for (unsigned i = 0; err == TB_OK && type != NULL && i < type->field_count; i++) {
        const tb_chain_event *by;
        tb_bytes text = {NULL, 0};
        tb_declared read;
        if (type->fields[i].type != TB_FIELD_DECLARED) {
            continue;
        }
        err = tb_path_value(v->step->txn, &path, tb_bytes_str(type->fields[i].id), &text, &by);
        v->out.declared += err == TB_OK && tb_declared_read(text, &read);
    }
    return err;
}

/* The report that the case is, by its campaign's newest version; NULL: it is none, or not known. */
static const tb_report_def *
report_of(const tb_step *step, const tb_case_row *row, const tb_campaign **out_campaign)
{
    *out_campaign = tb_campaigns_newest(step->agent->campaigns, row->campaign);
    return *out_campaign == NULL || row->view.type == NULL
               ? NULL
               : tb_campaign_report_of(*out_campaign, row->case_type);
}

tb_err tb_verify_case(tb_step *step,
                      const tb_case_id *id,
                      const tb_verify_with *with,
                      tb_local_answer *answer)
{
    tb_verifying v;
    tb_case_row row;
    bool go_on;
    tb_err err = begin(step, id, with, &v, &row, answer, &go_on);
    if (err != TB_OK || !go_on) {
        return err;
    }
    err = prove_case(&v, &row);
    if (err == TB_OK) {
        err = tb_verify_stated(&v, &row);
    }
    const tb_campaign *campaign;
    if (err == TB_OK && report_of(step, &row, &campaign) != NULL) {
        v.out.attested =
            true; /* its case was asked for, and what the figures open to is not looked at */
        err = tb_verify_parts(&v, &row, campaign);
    }
    if (err == TB_OK) {
        err = count_declared(&v, &row);
    }
    return finish(err, &v, answer);
}

tb_err tb_verify_report(tb_step *step,
                        const tb_case_id *id,
                        const tb_verify_with *with,
                        tb_local_answer *answer)
{
    tb_verifying v;
    tb_case_row row;
    bool go_on;
    tb_period period;
    tb_err err = begin(step, id, with, &v, &row, answer, &go_on);
    if (err != TB_OK || !go_on) {
        return err;
    }
    const tb_campaign *campaign;
    const tb_report_def *report = report_of(step, &row, &campaign);
    if (report == NULL) {
        answer->code = TB_REFUSED_REPORT_UNKNOWN;
        return TB_OK;
    }
    err = prove_case(&v, &row);
    tb_bytes text = tb_report_period_text(&row);
    v.out.attested = !tb_party_equal(&row.view.opener, &step->agent->self);
    if (err == TB_OK) {
        err = tb_verify_parts(&v, &row, campaign);
    }
    if (err == TB_OK) {
        err = count_declared(&v, &row);
    }
    if (err == TB_OK && !v.out.attested && tb_report_period(campaign, report, text, &period)) {
        err = tb_verify_figures(&v, &row, campaign, report, &period);
    }
    return finish(err, &v, answer);
}
