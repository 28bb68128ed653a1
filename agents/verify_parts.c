/* verify_parts - that the figures of a report do not contradict one another, for whoever has the
 * report alone: where events or declarations are added up, the parts of a figure make up the whole.
 * And how what is wrong with a figure is said (verifying.h).
 */
#include "agents/as_of.h"
#include "agents/campaign/scene.h"
#include "agents/verifying.h"
#include "base/text.h"

#define VALUE_MAX (3 * 64)
/* Parts of a figure in no order that are looked through for one that stands there twice; who makes
 * reports with this program has them in order, however many. */
#define DISORDERED_MAX 512

/* ---- what is said of a difference ---- */

tb_err tb_verify_tell(tb_verifying *v,
                      tb_bytes name,
                      const tb_measure *measure,
                      tb_bytes stated,
                      const char *against,
                      tb_bytes counted)
{
    tb_text text;
    tb_bytes what;
    const tb_label *title = measure == NULL ? NULL : &measure->title;
    tb_bytes zh = tb_campaign_text(title == NULL ? NULL : title->zh);
    tb_bytes en = tb_campaign_text(title == NULL ? NULL : title->en);
    tb_text_init(&text, v->step->arena,
                 name.size + zh.size + en.size + stated.size + counted.size + 96);
    tb_text_str(&text, TB_VERIFY_FIGURE);
    tb_text_bytes(&text, name);
    if (title != NULL) { /* a later version may not have the measure */
        tb_text_str(&text, " (");
        tb_text_bytes(&text, zh);
        tb_text_str(&text, ", ");
        tb_text_bytes(&text, en);
        tb_text_char(&text, ')');
    }
    tb_text_str(&text, TB_VERIFY_STATED);
    tb_text_bytes(&text, stated);
    tb_text_str(&text, against);
    tb_text_bytes(&text, counted);
    tb_text_char(&text, '\0');
    tb_err err = tb_text_done(&text, &what);
    return err == TB_OK ? tb_verify_fault(v, NULL, (const char *)what.data) : err;
}

tb_err tb_verify_line(tb_arena *arena, const tb_figure *figure, tb_bytes *out_name, tb_bytes *out)
{
    tb_text text;
    tb_bytes line;
    tb_text_init(&text, arena, TB_NAME_BYTES_MAX + TB_MEASURE_GROUP_MAX + VALUE_MAX);
    tb_figure_print(&text, figure);
    tb_err err = tb_text_done(&text, &line);
    if (err != TB_OK) {
        return err;
    }
    const uint8_t *at = memchr(line.data, '=', line.size);
    TB_ASSERT(at != NULL);
    size_t name = (size_t)(at - line.data);
    *out_name = tb_bytes_of(line.data, name);
    *out = tb_bytes_of(at + 1, line.size - name - 2);
    return TB_OK;
}

/* ---- wholes and parts ---- */

static bool adds_up(const tb_measure *measure)
{
    return measure->distinct == NULL && tb_measure_kind_of(measure) != TB_MEASURE_HOURS;
}

static void add_value(uint64_t *sum, uint64_t more)
{
    *sum = more > UINT64_MAX - *sum ? UINT64_MAX : *sum + more;
}

/* A part that says nothing of a value adds nothing to it. */
static void add(tb_figure *sum, const tb_figure *part)
{
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        const tb_figure_value *value = &part->values[i];
        if (value->known) {
            sum->values[i].known = true;
            add_value(&sum->values[i].numerator, value->numerator);
            add_value(&sum->values[i].denominator, value->denominator);
        }
    }
}

static bool makes_up(const tb_figure *whole, const tb_figure *sum)
{
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        const tb_figure_value *a = &whole->values[i];
        const tb_figure_value *b = &sum->values[i];
        if (a->known && (a->numerator != b->numerator || a->denominator != b->denominator)) {
            return false;
        }
    }
    return true;
}

static tb_err tell(tb_verifying *v,
                   const tb_measure *measure,
                   const tb_figure *stated,
                   const char *against,
                   const tb_figure *other)
{
    tb_bytes name;
    tb_bytes said;
    tb_bytes found;
    tb_err err = tb_verify_line(v->step->arena, other, &name, &found);
    if (err == TB_OK) {
        err = tb_verify_line(v->step->arena, stated, &name, &said);
    }
    return err == TB_OK ? tb_verify_tell(v, name, measure, said, against, found) : err;
}

static bool says_something(const tb_figure *figure)
{
    return figure->values[0].known || figure->values[1].known || figure->values[2].known;
}

/* A whole (one that is not stated says nothing of a value) with the sum of its parts. What nobody
 * filed stands in a summary without a value, as a whole and in every part. */
static tb_err
compare(tb_verifying *v, const tb_measure *measure, const tb_figure *whole, tb_figure *sum)
{
    bool stated = says_something(whole);
    if (!adds_up(measure) || (stated ? makes_up(whole, sum) : !says_something(sum))) {
        return TB_OK;
    }
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        sum->values[i].known = stated ? whole->values[i].known : sum->values[i].known;
        sum->values[i].ratio = stated ? whole->values[i].ratio : sum->values[i].denominator > 0;
    }
    sum->measure = whole->measure;
    return tell(v, measure, whole, TB_VERIFY_PARTS, sum);
}

/* The next line of a measure. */
static bool next_of(tb_bytes *rest, const tb_measure *measure, tb_figure *out)
{
    bool fine;
    while (tb_figure_read(rest, out, &fine)) {
        if (tb_bytes_equal(out->measure, tb_bytes_str(measure->id))) {
            return true;
        }
    }
    return false;
}

/* Groups that stand behind one another in their order stand there once each; others are looked
 * for. A whole has the empty group. */
static bool stands_again(tb_bytes rest, const tb_measure *measure, tb_bytes group, tb_figure *out)
{
    bool again = false;
    while (!again && next_of(&rest, measure, out)) {
        again = tb_bytes_equal(out->group, group);
    }
    return again;
}

static tb_err check_measure(tb_verifying *v, const tb_measure *measure, tb_bytes text)
{
    tb_figure figure;
    tb_figure again;
    tb_figure whole = {.measure = tb_bytes_str(measure->id)};
    tb_figure sum = whole;
    tb_bytes before = {NULL, 0};
    size_t parts = 0;
    bool ordered = true;
    tb_err err = TB_OK;
    for (tb_bytes rest = text; next_of(&rest, measure, &figure);) {
        if (figure.group.size == 0) {
            whole = figure;
            continue;
        }
        ordered = ordered && (parts == 0 || tb_names_compare(before, figure.group) < 0);
        before = figure.group;
        add(&sum, &figure);
        parts++;
    }
    if (!ordered && parts > DISORDERED_MAX) {
        return tb_verify_fault(v, NULL, "its figures do not read");
    }
    uint64_t said = v->out.wrong;
    for (tb_bytes rest = text; err == TB_OK && next_of(&rest, measure, &figure);) {
        bool look = figure.group.size == 0 || !ordered;
        if (look && stands_again(rest, measure, figure.group, &again)) {
            err = tell(v, measure, &figure, TB_VERIFY_AGAIN, &again);
        }
    }
    return err == TB_OK && parts > 0 && said == v->out.wrong ? compare(v, measure, &whole, &sum)
                                                             : err;
}

tb_err tb_verify_parts_of(tb_verifying *v, const tb_campaign *campaign, tb_bytes text)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < campaign->measure_count; i++) {
        err = check_measure(v, &campaign->measures[i], text);
    }
    return err;
}

tb_err tb_verify_parts(tb_verifying *v, const tb_case_row *row, const tb_campaign *campaign)
{
    tb_path path;
    tb_bytes text = {NULL, 0};
    const tb_chain_event *by = NULL;
    const tb_field_def *field = tb_report_field(
        row->view.type, tb_case_type_action(row->view.type, tb_bytes_str(TB_REPORT_FILE)),
        TB_FIELD_FIGURES);
    tb_err err = field == NULL ? TB_OK : tb_chain_to_head(v->step->txn, row, &path);
    if (err == TB_OK && field != NULL) {
        err = tb_path_value(v->step->txn, &path, tb_bytes_str(field->id), &text, &by);
    }
    return err == TB_OK && by != NULL ? tb_verify_parts_of(v, campaign, text) : err;
}
