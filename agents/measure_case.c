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

/* An event's effective time, asked for once: several measures count the same event. */
typedef struct dated {
    bool asked;
    bool known;
    tb_time at;
} dated;

typedef struct counting {
    const tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    const tb_case_row *row; /* the case now */
    const tb_campaign *campaign;
    const tb_as_of *as_of; /* NULL: as it is now */
    bool note;
    bool certain;
    const tb_measure **measures; /* of this case type */
    size_t measure_count;
    tb_path path;
    dated *dates;       /* of the path's events */
    tb_case_row before; /* the event that is looked at */
    tb_case_row after;
    size_t at;
    tb_measured *list;
    size_t count;
    size_t capacity;
} counting;

/* ---- when ---- */

/* The stored time of the event's notice, as tb_pass_stored has it; 0: not known. Which stamps would
 * change it, those of the entries before the first that has one, is noted on the way. */
static tb_err stored_at(counting *c, const tb_event_row *row, tb_time *out)
{
    tb_proof_row proof;
    tb_header header;
    *out = 0;
    if (row->notice == 0) {
        return TB_OK; /* in no notice yet: its case moves when it is */
    }
    tb_err err = tb_proof_head(c->txn, &row->sender, &row->incarnation, row->notice, &proof);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (tb_header_reread(proof.header, c->arena, &header) != TB_ACCEPTED) {
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
        if (err == TB_OK) {
            *out = line->line.at;
            return TB_OK;
        }
        if (err == TB_ERR_NOT_FOUND) {
            err = c->note ? tb_measure_await(c->txn, &stream, header.entries[i].number, &c->row->id)
                          : TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static tb_err date(counting *c, const tb_chain_event *at, dated *out)
{
    tb_time stored = 0;
    if (out->asked) {
        return TB_OK;
    }
    tb_err err = c->agent->directory->exercise ? TB_OK : stored_at(c, &at->row, &stored);
    if (err == TB_OK) {
        out->at = tb_effective_by(c->agent, at->event.at, stored, &out->known);
        out->asked = true;
    }
    return err;
}

/* Of an event of the path. */
static tb_err date_at(counting *c, size_t at)
{
    return date(c, &c->path.list[at], &c->dates[at]);
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
    const dated *when = &c->dates[c->at];
    bool gives;
    if (!stands_at(c, measure, directory) || !holds(c, measure, directory)) {
        return TB_OK;
    }
    tb_err err = date_at(c, c->at);
    if (err != TB_OK || !when->known || !counts_then(c, when->at)) {
        return err;
    }
    tb_measured row = row_at(c, measure, when->at);
    err = weigh(c, measure, &row, &gives);
    return err == TB_OK && gives ? add(c, &row) : err;
}

/* From the last event of the one action to this event of the other; the first such one ends it. */
static tb_err count_hours(counting *c, const tb_measure *measure, const tb_directory *directory)
{
    size_t from = c->at;
    bool found = false;
    while (!found && from-- > 0) {
        tb_bytes action = c->path.list[from].event.action;
        if (tb_bytes_equal(action, tb_bytes_str(measure->hours.to))) {
            return TB_OK; /* that one ended it */
        }
        found = tb_bytes_equal(action, tb_bytes_str(measure->hours.from));
    }
    if (!found || !stands_at(c, measure, directory) || !holds(c, measure, directory)) {
        return TB_OK;
    }
    const dated *began = &c->dates[from];
    const dated *when = &c->dates[c->at];
    tb_err err = date_at(c, from);
    if (err == TB_OK) {
        err = date_at(c, c->at);
    }
    if (err != TB_OK || !began->known || !when->known || !counts_then(c, when->at)) {
        return err;
    }
    tb_measured row = row_at(c, measure, when->at);
    row.kind = TB_MEASURED_HOURS;
    row.bucket =
        when->at > began->at ? (uint32_t)((when->at - began->at) / TENTH_OF_AN_HOUR_MS) : 0;
    err = group_of(c, measure, &row.group);
    return err == TB_OK ? add(c, &row) : err;
}

static tb_err count_at(counting *c)
{
    tb_bytes action = c->path.list[c->at].event.action;
    const tb_directory *directory = NULL;
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < c->measure_count; i++) {
        const tb_measure *measure = c->measures[i];
        bool hours = tb_measure_kind_of(measure) == TB_MEASURE_HOURS;
        if (!(hours ? tb_bytes_equal(action, tb_bytes_str(measure->hours.to))
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
    dated when = {.asked = false};
    uint64_t number = 0;
    if ((measure->scoring && !lapse->scores) ||
        !tb_names_hold((const char *const *)measure->lapses, measure->lapse_count, lapse->duty)) {
        return TB_OK;
    }
    tb_err err = date(c, &lapse->record, &when);
    if (err != TB_OK || !when.known) {
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
        .month = tb_month_of(when.at),
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
    for (size_t m = 0; err == TB_OK && m < c->measure_count; m++) {
        const tb_measure *measure = c->measures[m];
        if (tb_measure_kind_of(measure) != TB_MEASURE_LAPSES) {
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

/* The measures of this case type, and the path that counts, with a place for each event's date. */
static tb_err prepare(counting *c)
{
    size_t all = c->campaign == NULL ? 0 : c->campaign->measure_count;
    c->measures = tb_arena_array(c->arena, all + 1, sizeof *c->measures);
    if (c->measures == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < all; i++) {
        const tb_measure *measure = &c->campaign->measures[i];
        if (is_of_type(measure, c->row->case_type)) {
            c->measures[c->measure_count++] = measure;
        }
    }
    if (c->measure_count == 0) {
        return TB_OK;
    }
    tb_case_row then;
    tb_err err = c->as_of == NULL
                     ? tb_chain_to_head(c->txn, c->row, &c->path)
                     : tb_case_as_of(c->agent, c->txn, c->row, c->as_of, &c->path, &then);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND && c->as_of != NULL ? TB_OK : err; /* there was none then */
    }
    c->dates = tb_arena_array(c->arena, c->path.count, sizeof *c->dates);
    return c->dates == NULL ? TB_ERR_LIMIT
                            : tb_chain_replay(c->agent, c->txn, &c->path, 0, c->row, &c->after);
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
    tb_err err = prepare(&c);
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
