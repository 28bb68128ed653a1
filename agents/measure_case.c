/* measure_case - what one case gives to the measures of its campaign: pure reading of its chain. */
#include "agents/campaign/fields.h"
#include "agents/campaign/scene.h"
#include "agents/campaign/stages.h"
#include "agents/chain.h"
#include "agents/effective.h"
#include "agents/measures.h"
#include "agents/rows_link.h"
#include "base/grown.h"
#include "base/text.h"
#include "messages/digest.h"

#define TENTH_OF_AN_HOUR_MS (6 * 60 * 1000)

typedef struct counting {
    const tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    const tb_case_row *row; /* the case now */
    const tb_campaign *campaign;
    const tb_as_of *as_of; /* NULL: as it is now */
    bool note;
    bool certain;
    tb_path path;
    tb_case_row before; /* the event that is looked at */
    tb_case_row after;
    size_t at;
    tb_measured *list;
    size_t count;
    size_t capacity;
} counting;

/* ---- when ---- */

/* Which stamps would change the time: those of the entries before the first that has one. */
static tb_err note_stamps(counting *c, const tb_event_row *row)
{
    tb_proof_row proof;
    tb_header header;
    if (row->notice == 0) {
        return TB_OK; /* in no notice yet: its case moves when it is */
    }
    tb_err err = tb_proof_head(c->txn, &row->sender, &row->incarnation, row->notice, &proof);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (tb_header_decode(proof.header, c->arena, &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    for (size_t i = 0; i < header.entry_count; i++) {
        tb_signed_line *line = tb_arena_alloc(c->arena, sizeof *line);
        tb_bytes packed;
        tb_stream stream = {header.sender, header.incarnation, header.entries[i].recipient,
                            header.lane};
        if (line == NULL) {
            return TB_ERR_LIMIT;
        }
        err = tb_stamp_get(c->txn, &stream, header.entries[i].number, line, &packed);
        if (err == TB_ERR_NOT_FOUND) {
            err = tb_measure_await(c->txn, &stream, header.entries[i].number, &c->row->id);
        } else {
            return err;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static tb_err time_of(counting *c, const tb_chain_event *at, tb_time *out, bool *out_known)
{
    tb_err err = tb_effective_time(c->agent, c->txn, &at->row, at->event.at, out, out_known);
    if (err == TB_OK && c->note && !c->agent->directory->exercise) {
        err = note_stamps(c, &at->row);
    }
    return err;
}

/* ---- what a field says ---- */

/* The newest value up to this event, of an open field or of a group that is open here; empty when
 * there is none. */
static tb_err field_value(counting *c, const char *id, tb_bytes *out)
{
    const tb_field_def *def = tb_case_type_field(c->after.view.type, tb_bytes_str(id));
    *out = tb_bytes_of(NULL, 0);
    if (def == NULL || def->group == NULL) {
        *out = tb_case_view_field(&c->after.view, tb_bytes_str(id));
        return TB_OK;
    }
    for (size_t i = c->at + 1; i-- > 0;) {
        tb_opening opening;
        tb_field *fields;
        size_t count;
        tb_err err =
            tb_opening_get(c->txn, &c->path.list[i].key, tb_bytes_str(def->group), &opening);
        if (err == TB_ERR_NOT_FOUND) {
            continue;
        }
        if (err == TB_OK &&
            tb_group_fields_decode(opening.content, c->arena, &fields, &count) != TB_ACCEPTED) {
            err = TB_ERR_CORRUPT;
        }
        for (size_t f = 0; err == TB_OK && f < count; f++) {
            if (tb_bytes_equal(fields[f].id, tb_bytes_str(id))) {
                *out = fields[f].value;
                return TB_OK;
            }
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* A count as checked when it was written; saturates far above any that occurs. */
static uint64_t number_of(tb_bytes text)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.size && i < 15; i++) {
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    return number;
}

static tb_err group_of(counting *c, const tb_measure *measure, tb_bytes *out)
{
    tb_text text;
    *out = tb_bytes_of(NULL, 0);
    if (measure->by_count == 0) {
        return TB_OK;
    }
    tb_text_init(&text, c->arena, TB_MEASURE_GROUP_MAX);
    for (unsigned i = 0; i < measure->by_count; i++) {
        tb_bytes value = tb_case_view_field(&c->after.view, tb_bytes_str(measure->by[i]));
        size_t room = TB_MEASURE_GROUP_MAX / TB_MEASURE_BY_MAX - 1;
        tb_text_str(&text, i > 0 ? "," : "");
        tb_text_bytes(&text, value.size > 0 && value.size <= room ? value : tb_bytes_str("-"));
    }
    return tb_text_done(&text, out);
}

/* ---- does it count ---- */

static bool stands_at(counting *c, const tb_measure *measure, const tb_directory *directory)
{
    tb_party party;
    return measure->at == NULL ||
           (tb_case_type_position(c->after.view.type, tb_bytes_str(measure->at)) != NULL &&
            tb_position_party(&c->after.view, directory, measure->at, &party) &&
            tb_party_equal(&party, &c->agent->self));
}

static bool holds(counting *c, const tb_measure *measure, const tb_directory *directory)
{
    tb_scene scene = {
        .before = &c->before.view,
        .after = c->after.view,
        .directory = directory,
        .actor = tb_directory_find(directory, &c->path.list[c->at].event.actor),
        .arena = c->arena,
        .at = c->path.list[c->at].event.at,
    };
    return tb_scene_hold(&scene, &measure->when);
}

/* The directory the event names; uncertain while it is not here. */
static tb_err directory_of(counting *c, const tb_directory **out)
{
    uint32_t version = c->path.list[c->at].event.directory_version;
    *out = tb_agent_directory(c->agent, version);
    if ((*out)->version == version) {
        return TB_OK;
    }
    c->certain = false;
    if (!c->note || version < c->agent->directory->version) {
        return TB_OK;
    }
    static const tb_stream directories = {.lane = 0};
    return tb_measure_await(c->txn, &directories, version, &c->row->id);
}

static bool is_of_type(const tb_measure *measure, tb_bytes type)
{
    return measure->case_type != NULL && tb_bytes_equal(tb_bytes_str(measure->case_type), type);
}

static bool is_counted(const tb_measure *measure, tb_bytes action)
{
    return tb_names_hold((const char *const *)measure->counts, measure->count_count, action);
}

/* ---- what it gives ---- */

static tb_err add(counting *c, const tb_measured *row)
{
    c->list =
        tb_arena_grown(c->arena, c->list, c->count, c->count + 1, &c->capacity, sizeof *c->list);
    if (c->list == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t at = c->count++;
    while (at > 0 && tb_measured_compare(&c->list[at - 1], row) > 0) {
        c->list[at] = c->list[at - 1];
        at--;
    }
    c->list[at] = *row;
    return TB_OK;
}

static tb_measured row_at(const counting *c, const tb_measure *measure, tb_time at)
{
    return (tb_measured){
        .case_id = c->row->id,
        .number = c->path.list[c->at].event.number,
        .measure = tb_bytes_str(measure->id),
        .event = c->path.list[c->at].id,
        .month = tb_month_of(at),
        .kind = TB_MEASURED_AMOUNT,
        .amount = 1,
    };
}

/* Fills in amount and value; *out_gives false: there is nothing to count. */
static tb_err weigh(counting *c, const tb_measure *measure, tb_measured *row, bool *out_gives)
{
    tb_bytes value;
    tb_err err = group_of(c, measure, &row->group);
    *out_gives = true;
    if (err == TB_OK && measure->sums != NULL) {
        err = field_value(c, measure->sums, &value);
        row->amount = err == TB_OK ? number_of(value) : 0;
        *out_gives = row->amount > 0;
    } else if (err == TB_OK && measure->distinct != NULL) {
        err = field_value(c, measure->distinct, &value);
        *out_gives = err == TB_OK && value.size > 0;
        if (*out_gives) {
            tb_digest digest = tb_digest_of("measure", value);
            memcpy(row->value, digest.bytes, TB_DISTINCT_BYTES);
            row->kind = TB_MEASURED_DISTINCT;
        }
    }
    return err;
}

/* Not in a window that was extended for work alone. */
static bool counts_then(const counting *c, tb_time at)
{
    const tb_action *action =
        tb_case_type_action(c->after.view.type, c->path.list[c->at].event.action);
    return action == NULL || tb_time_counts(c->campaign, action, at);
}

static tb_err count_event(counting *c, const tb_measure *measure, const tb_directory *directory)
{
    tb_time at = 0;
    bool known = false;
    bool gives;
    if (!stands_at(c, measure, directory) || !holds(c, measure, directory)) {
        return TB_OK;
    }
    tb_err err = time_of(c, &c->path.list[c->at], &at, &known);
    if (err != TB_OK || !known || !counts_then(c, at)) {
        return err;
    }
    tb_measured row = row_at(c, measure, at);
    err = weigh(c, measure, &row, &gives);
    return err == TB_OK && gives ? add(c, &row) : err;
}

/* From the last event of the one action to this event of the other; the first such one ends it. */
static tb_err count_hours(counting *c, const tb_measure *measure, const tb_directory *directory)
{
    size_t from = c->at;
    tb_time began = 0;
    tb_time at = 0;
    bool known_from = false;
    bool known = false;
    bool found = false;
    while (from-- > 0 && !found) {
        tb_bytes action = c->path.list[from].event.action;
        if (tb_bytes_equal(action, tb_bytes_str(measure->hours.to))) {
            return TB_OK; /* that one ended it */
        }
        found = tb_bytes_equal(action, tb_bytes_str(measure->hours.from));
        if (found) {
            break;
        }
    }
    if (!found || !stands_at(c, measure, directory) || !holds(c, measure, directory)) {
        return TB_OK;
    }
    tb_err err = time_of(c, &c->path.list[from], &began, &known_from);
    if (err == TB_OK) {
        err = time_of(c, &c->path.list[c->at], &at, &known);
    }
    if (err != TB_OK || !known_from || !known || !counts_then(c, at)) {
        return err;
    }
    tb_measured row = row_at(c, measure, at);
    row.kind = TB_MEASURED_HOURS;
    row.bucket = at > began ? (uint32_t)((at - began) / TENTH_OF_AN_HOUR_MS) : 0;
    err = group_of(c, measure, &row.group);
    return err == TB_OK ? add(c, &row) : err;
}

static tb_err count_at(counting *c)
{
    tb_bytes action = c->path.list[c->at].event.action;
    const tb_directory *directory = NULL;
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < c->campaign->measure_count; i++) {
        const tb_measure *measure = &c->campaign->measures[i];
        bool hours = tb_measure_kind_of(measure) == TB_MEASURE_HOURS;
        if (!is_of_type(measure, c->row->case_type) ||
            !(hours ? tb_bytes_equal(action, tb_bytes_str(measure->hours.to))
                    : is_counted(measure, action))) {
            continue;
        }
        if (directory == NULL) {
            err = directory_of(c, &directory);
        }
        if (err == TB_OK) {
            err = hours ? count_hours(c, measure, directory) : count_event(c, measure, directory);
        }
    }
    return err;
}

/* Beside the chain: each lapse in the month of its record, for who owed it. */
static tb_err count_lapse(counting *c, const tb_measure *measure, const tb_standing_lapse *lapse)
{
    tb_time at;
    bool known;
    uint64_t number = 0;
    if ((measure->scoring && !lapse->scores) ||
        !tb_names_hold((const char *const *)measure->lapses, measure->lapse_count, lapse->duty)) {
        return TB_OK;
    }
    tb_err err = time_of(c, &lapse->record, &at, &known);
    if (err != TB_OK || !known) {
        return err;
    }
    for (int i = 0; i < 8; i++) {
        number = number << 8 | lapse->record.id.bytes[i];
    }
    tb_measured row = {
        .case_id = c->row->id,
        .number = TB_MEASURED_SIDE | number >> 1,
        .measure = tb_bytes_str(measure->id),
        .event = lapse->record.id,
        .month = tb_month_of(at),
        .group = tb_party_bytes(&lapse->debtor),
        .kind = TB_MEASURED_AMOUNT,
        .amount = 1,
    };
    for (size_t i = 0; i < c->count; i++) {
        if (tb_measured_compare(&c->list[i], &row) == 0) {
            return TB_OK;
        }
    }
    return add(c, &row);
}

static tb_err count_lapses(counting *c)
{
    tb_standing_lapse *list = NULL;
    size_t count = 0;
    tb_err err = TB_OK;
    for (unsigned m = 0; err == TB_OK && m < c->campaign->measure_count; m++) {
        const tb_measure *measure = &c->campaign->measures[m];
        if (tb_measure_kind_of(measure) != TB_MEASURE_LAPSES ||
            !is_of_type(measure, c->row->case_type)) {
            continue;
        }
        if (list == NULL) {
            err = tb_standing_lapses(c->agent, c->txn, c->row, c->as_of, &list, &count);
        }
        for (size_t i = 0; err == TB_OK && i < count; i++) {
            err = count_lapse(c, measure, &list[i]);
        }
    }
    return err;
}

static bool measures_type(const tb_campaign *campaign, tb_bytes type)
{
    for (unsigned i = 0; campaign != NULL && i < campaign->measure_count; i++) {
        if (is_of_type(&campaign->measures[i], type)) {
            return true;
        }
    }
    return false;
}

/* The path that counts, and the case before its first event. */
static tb_err begin(counting *c)
{
    tb_case_row then;
    tb_err err = c->as_of == NULL
                     ? tb_chain_to_head(c->txn, c->row, &c->path)
                     : tb_case_as_of(c->agent, c->txn, c->row, c->as_of, &c->path, &then);
    if (err == TB_ERR_NOT_FOUND && c->as_of != NULL) {
        return TB_OK; /* there was none then */
    }
    return err == TB_OK ? tb_chain_replay(c->agent, c->txn, &c->path, 0, c->row, &c->after) : err;
}

tb_err tb_measure_case(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_case_row *row,
                       const tb_campaign *campaign,
                       const tb_as_of *as_of,
                       bool note,
                       tb_measured **out,
                       size_t *out_count,
                       bool *out_certain)
{
    counting c = {.agent = agent,
                  .txn = txn,
                  .arena = tb_txn_arena(txn),
                  .row = row,
                  .campaign = campaign,
                  .as_of = as_of,
                  .note = note,
                  .certain = true};
    tb_err err = TB_OK;
    if (measures_type(campaign, row->case_type)) {
        err = begin(&c);
    }
    for (c.at = 0; err == TB_OK && c.at < c.path.count; c.at++) {
        const tb_chain_event *event = &c.path.list[c.at];
        c.before = c.after;
        err = tb_case_fold_view(agent, c.arena, &c.after, &event->event, &event->id);
        /* Of a case disputed from its opening the chain still shows; nothing counts by it. */
        if (err == TB_OK && (as_of != NULL || event->row.standing == TB_STANDING_EFFECTIVE)) {
            err = count_at(&c);
        }
    }
    if (err == TB_OK && c.path.count > 0 && row->view.type != NULL) {
        err = count_lapses(&c);
    }
    if (err == TB_OK) {
        *out = c.list;
        *out_count = c.count;
        *out_certain = c.certain;
    }
    return err;
}
