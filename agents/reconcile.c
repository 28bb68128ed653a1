#include "agents/reconcile.h"

#include "agents/campaign/fields.h"
#include "agents/campaign/scene.h"
#include "agents/chain.h"
#include "agents/effective.h"
#include "agents/reports.h"

typedef struct reconciling {
    const tb_agent *agent;
    tb_txn *txn;
    const tb_local_reconcile *wish;
    const tb_campaign *campaign;
    const tb_reconcile_def *def;
    tb_period period;
    const tb_measure *ours;
    const tb_measure *theirs;
    const tb_report_def *report;
    tb_party of; /* whose figures, and with whom: of each line looked at where nobody is named */
    tb_party with;
    tb_bytes group;    /* of the other party, as our measure tells it apart */
    bool everybody;    /* no other party is named: each */
    bool theirs_alone; /* asked at who is told the report, of two others */
    tb_local_reconciled out;
} reconciling;

/* ---- which one ---- */

static const tb_reconcile_def *def_of(const tb_report_def *report, tb_bytes id)
{
    for (unsigned i = 0; i < report->reconcile_count; i++) {
        if (tb_bytes_equal(tb_bytes_str(report->reconciles[i].id), id)) {
            return &report->reconciles[i];
        }
    }
    return NULL;
}

/* A whole against its parts: no side of it is told apart by party, and no case is behind what was
 * declared. */
static bool is_of_parts(const reconciling *r)
{
    return r->def->whole_role != NULL;
}

/* Whether our figures name the others by their ids; else by their provinces. */
static bool by_party(const reconciling *r)
{
    const tb_case_type *type = tb_campaign_case_type(r->campaign, tb_bytes_str(r->ours->case_type));
    TB_ASSERT(type != NULL);
    const tb_field_def *by = tb_case_type_field(type, tb_bytes_str(r->ours->by[0]));
    TB_ASSERT(by != NULL);
    return by->type == TB_FIELD_PARTY;
}

static bool owes(const tb_report_def *report, tb_bytes role)
{
    return tb_names_hold((const char *const *)report->owed_by, report->owed_by_count, role);
}

/* Who that is of those that owe the report; false: nobody. */
static bool party_of_group(const reconciling *r, tb_bytes group, tb_party *out)
{
    const tb_directory *directory = r->agent->directory;
    for (size_t i = 0; i < directory->party_count; i++) {
        const tb_directory_party *party = &directory->parties[i];
        tb_bytes name = by_party(r) ? tb_party_bytes(&party->id) : party->jurisdiction;
        if (tb_bytes_equal(name, group) && owes(r->report, party->role)) {
            *out = party->id;
            return true;
        }
    }
    return false;
}

/* Whether the report is owed to this party. */
static bool is_told(const tb_agent *agent, const tb_report_def *report)
{
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    return self != NULL && tb_bytes_equal(self->role, tb_bytes_str(report->to));
}

static tb_refusal find(reconciling *r)
{
    const tb_local_reconcile *wish = r->wish;
    const tb_directory_party *with = tb_directory_find(r->agent->directory, &wish->with);
    r->campaign = tb_campaigns_newest(r->agent->campaigns, wish->campaign);
    const tb_report_def *report =
        r->campaign == NULL ? NULL : tb_campaign_report(r->campaign, wish->report);
    r->report = report;
    r->def = report == NULL ? NULL : def_of(report, wish->reconcile);
    if (r->def == NULL) {
        return TB_REFUSED_REPORT_UNKNOWN;
    }
    if (!tb_report_period(r->campaign, report, wish->period, &r->period)) {
        return TB_REFUSED_REPORT_PERIOD;
    }
    r->theirs_alone = !tb_party_equal(&wish->of, &r->agent->self);
    if (r->theirs_alone && !is_told(r->agent, report)) {
        return TB_REFUSED_RECONCILE_OF;
    }
    const char *mine = wish->sent ? r->def->sent : r->def->received;
    const char *other = wish->sent ? r->def->received : r->def->sent;
    r->ours = tb_campaign_measure(r->campaign, tb_bytes_str(mine));
    r->theirs = tb_campaign_measure(r->campaign, tb_bytes_str(other));
    r->everybody = wish->with.text[0] == 0;
    r->of = wish->of;
    r->with = wish->with;
    TB_ASSERT(r->ours != NULL && r->theirs != NULL);
    if (with == NULL && !r->everybody) {
        return TB_REFUSED_UNKNOWN_PARTY;
    }
    if (wish->of.text[0] == 0 && !r->everybody) {
        return TB_REFUSED_RECONCILE_OF; /* any two, or two */
    }
    if (!r->everybody && !is_of_parts(r)) {
        r->group = by_party(r) ? tb_party_bytes(&with->id) : with->jurisdiction;
    }
    return TB_ACCEPTED;
}

/* ---- one case ---- */

static bool counts(const tb_measure *m, tb_bytes action)
{
    return tb_names_hold((const char *const *)m->counts, m->count_count, action);
}

/* Whether the recipient's mark covers the notice in which we gave it this event. */
static tb_err is_covered(reconciling *r, const tb_event_row *row, bool *out)
{
    tb_proof_row proof;
    tb_header header;
    *out = false;
    tb_err err = row->notice == 0
                     ? TB_ERR_NOT_FOUND
                     : tb_proof_head(r->txn, &row->sender, &row->incarnation, row->notice, &proof);
    if (err == TB_OK &&
        tb_header_decode(proof.header, tb_txn_arena(r->txn), &header) != TB_ACCEPTED) {
        err = TB_ERR_CORRUPT;
    }
    const tb_entry *entry = err == TB_OK ? tb_header_entry(&header, &r->with) : NULL;
    if (entry != NULL) {
        tb_stream_out_row *out_row = tb_arena_alloc(tb_txn_arena(r->txn), sizeof *out_row);
        const tb_stream stream = {header.sender, header.incarnation, entry->recipient, header.lane};
        err = out_row == NULL ? TB_ERR_LIMIT : tb_stream_out_get(r->txn, &stream, out_row);
        *out = err == TB_OK && out_row->arrived >= entry->number;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* The nearest event that the other side counts, after ours where we sent and before it where we
 * received. What was sent again, having been refused, is another event of ours and has its own
 * answer. *out_acted: the other side did anything there. */
static const tb_chain_event *
theirs_of(const reconciling *r, const tb_path *path, size_t mine, bool *out_acted)
{
    const tb_chain_event *found = NULL;
    bool sent = r->wish->sent;
    *out_acted = false;
    for (size_t i = sent ? mine + 1 : 0; i < (sent ? path->count : mine); i++) {
        const tb_event *event = &path->list[i].event;
        if (counts(r->ours, event->action)) {
            if (sent) {
                break;
            }
            found = NULL;
        }
        *out_acted = *out_acted || tb_party_equal(&event->actor, &r->with);
        if (counts(r->theirs, event->action) && (found == NULL || !sent)) {
            found = &path->list[i];
        }
    }
    return found;
}

static tb_err
reason_of(reconciling *r, const tb_path *path, size_t mine, tb_local_reconciled_line *out)
{
    bool acted;
    bool known;
    bool sent = r->wish->sent;
    const tb_chain_event *found = theirs_of(r, path, mine, &acted);
    tb_err err = TB_OK;
    out->arrived = found != NULL || acted; /* it is here, or could not have acted without it */
    if (sent && !out->arrived) {
        err = is_covered(r, &path->list[mine].row, &out->arrived);
    }
    if (err == TB_OK && found != NULL) {
        tb_time at;
        err = tb_effective_time(r->agent, r->txn, &found->row, found->event.at, &at, &known);
        tb_month month = tb_month_of(at);
        bool within = err == TB_OK && month >= r->period.first && month <= r->period.last;
        out->reason = within ? TB_RECONCILED_BOTH : TB_RECONCILED_IN_TRANSIT;
        return err;
    }
    out->reason = !sent           ? TB_RECONCILED_MISSING
                  : acted         ? TB_RECONCILED_REFUSED
                  : !out->arrived ? TB_RECONCILED_NOT_ARRIVED
                                  : TB_RECONCILED_MISSING;
    return err;
}

/* ---- settled ---- */

/* What the act says: its first field that can be read here, open or not. */
static tb_err text_of(reconciling *r, const tb_event_key *key, const tb_event *event, tb_bytes *out)
{
    tb_opening *openings;
    size_t count;
    *out = event->field_count > 0 ? event->fields[0].value : tb_bytes_of(NULL, 0);
    tb_err err = tb_openings_of(r->txn, key, &openings, &count);
    for (size_t i = 0; err == TB_OK && out->size == 0 && i < count; i++) {
        tb_field *fields;
        size_t field_count;
        if (tb_group_fields_decode(openings[i].content, tb_txn_arena(r->txn), &fields,
                                   &field_count) != TB_ACCEPTED) {
            return TB_ERR_CORRUPT;
        }
        if (field_count > 0) {
            *out = fields[0].value;
        }
    }
    return err;
}

/* The newest settling act on the case that is not older than the event it is about. */
static tb_err settled_of(reconciling *r, const tb_case_id *id, tb_local_reconciled_line *out)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_bytes action = tb_bytes_str(r->def->settled_by == NULL ? "" : r->def->settled_by);
    tb_err err = action.size == 0 ? TB_ERR_NOT_FOUND
                                  : tb_event_first(r->txn, id, TB_CLASS_SIDE, &walk, &key, &row);
    while (err == TB_OK) {
        tb_event event;
        if (row.standing != TB_STANDING_HELD_BACK) {
            err = tb_chain_decode(r->txn, &row, &event);
            if (err == TB_OK && tb_bytes_equal(event.action, action) && event.at >= out->at &&
                event.at >= out->settled_at) {
                out->settled_by = event.actor;
                out->settled_at = event.at;
                err = text_of(r, &key, &event, &out->settled);
            }
        }
        if (err == TB_OK) {
            err = tb_event_next(r->txn, &walk, &key, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err put_line(reconciling *r, const tb_measured_place *place)
{
    tb_case_row row;
    tb_path path;
    bool known;
    tb_err err = tb_case_load(r->agent, r->txn, &place->case_id, &row);
    if (err == TB_OK) {
        err = tb_chain_to_head(r->txn, &row, &path);
    }
    for (size_t i = 0; err == TB_OK && i < path.count; i++) {
        if (path.list[i].event.number != place->number) {
            continue;
        }
        tb_local_reconciled_line *line = &r->out.lines[r->out.count];
        *line = (tb_local_reconciled_line){
            .case_id = place->case_id, .event = path.list[i].id, .of = r->of, .with = r->with};
        err = tb_effective_time(r->agent, r->txn, &path.list[i].row, path.list[i].event.at,
                                &line->at, &known);
        if (err == TB_OK) {
            err = reason_of(r, &path, i, line);
        }
        if (err == TB_OK && line->reason != TB_RECONCILED_BOTH) {
            err = settled_of(r, &place->case_id, line);
        }
        r->out.count += err == TB_OK;
        return err;
    }
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

static tb_err list(reconciling *r)
{
    tb_bytes campaign = tb_bytes_str(r->campaign->id);
    tb_bytes measure = tb_bytes_str(r->ours->id);
    tb_bytes cursor = r->wish->after;
    tb_err err = TB_OK;
    r->out.lines = tb_arena_array(tb_txn_arena(r->txn), TB_DRILL_PAGE_MAX, sizeof *r->out.lines);
    if (r->out.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    if (cursor.size == 0) {
        err = tb_measured_in_from(r->txn, campaign, measure, r->period.first, &cursor);
    }
    while (err == TB_OK) {
        tb_measured_place place;
        if (r->out.count == TB_DRILL_PAGE_MAX) {
            r->out.next = cursor;
            return TB_OK;
        }
        err = tb_measured_in_next(r->txn, campaign, measure, r->period.last, &cursor, &place);
        bool one = err == TB_OK && (r->everybody ? party_of_group(r, place.group, &r->with)
                                                 : tb_bytes_equal(r->group, place.group));
        if (one) {
            err = put_line(r, &place);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- at who is told the report: what the two settled ---- */

/* Whether the event counts at the one party, in the group of the other, as the case then was; which
 * two they are, where none are named. */
static tb_err
is_between(reconciling *r, const tb_case_row *row, const tb_path *path, size_t place, bool *out)
{
    tb_party at;
    tb_case_row then;
    *out = false;
    const tb_directory *directory =
        tb_agent_directory(r->agent, path->list[place].event.directory_version);
    tb_err err = tb_chain_replay(r->agent, r->txn, path, place + 1, row, &then);
    if (err == TB_OK && r->ours->at != NULL &&
        tb_position_party(&then.view, directory, r->ours->at, &at)) {
        tb_bytes group = tb_case_view_field(&then.view, tb_bytes_str(r->ours->by[0]));
        if (r->wish->of.text[0] == 0) {
            r->of = at;
        }
        *out = tb_party_equal(&at, &r->of) && (r->everybody ? party_of_group(r, group, &r->with)
                                                            : tb_bytes_equal(group, r->group));
    }
    return err;
}

static tb_err put_settled(reconciling *r, const tb_case_row *row)
{
    tb_path path;
    bool known;
    tb_local_reconciled_line any = {.case_id = row->id};
    tb_err err = settled_of(r, &row->id, &any); /* most cases that came here settle nothing */
    if (err != TB_OK || any.settled_at == 0) {
        return err;
    }
    err = tb_chain_to_head(r->txn, row, &path);
    for (size_t i = 0; err == TB_OK && i < path.count; i++) {
        const tb_chain_event *at = &path.list[i];
        bool between = false;
        if (counts(r->ours, at->event.action)) {
            err = is_between(r, row, &path, i, &between);
        }
        if (err != TB_OK || !between) {
            continue;
        }
        tb_local_reconciled_line line = {
            .case_id = row->id, .event = at->id, .of = r->of, .with = r->with};
        err = tb_effective_time(r->agent, r->txn, &at->row, at->event.at, &line.at, &known);
        tb_month month = tb_month_of(line.at);
        bool within = month >= r->period.first && month <= r->period.last;
        if (err == TB_OK && within) {
            err = reason_of(r, &path, i, &line);
        }
        if (err == TB_OK && within && line.reason != TB_RECONCILED_BOTH) {
            err = settled_of(r, &row->id, &line);
        }
        if (err == TB_OK && line.settled_at != 0) {
            line.reason = TB_RECONCILED_SETTLED; /* the nearer why is the parties' to know */
            r->out.lines[r->out.count++] = line;
            return TB_OK;
        }
    }
    return err;
}

static bool is_one_of_them(const reconciling *r, const tb_case_row *row)
{
    return row->view.type != NULL && tb_bytes_equal(row->campaign, tb_bytes_str(r->campaign->id)) &&
           tb_bytes_equal(row->case_type, tb_bytes_str(r->ours->case_type));
}

/* Cases that came here with what settled them; looked through in their order, a slice a page. */
static tb_err list_settled(reconciling *r)
{
    tb_case_id at = {{0}};
    tb_arena *arena = tb_txn_arena(r->txn);
    tb_err err = TB_OK;
    r->out.lines = tb_arena_array(arena, TB_DRILL_PAGE_MAX, sizeof *r->out.lines);
    if (r->out.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    if (r->wish->after.size == TB_CASE_ID_BYTES) {
        memcpy(at.bytes, r->wish->after.data, TB_CASE_ID_BYTES);
    }
    for (size_t looked = 0; err == TB_OK && looked < TB_DRILL_PAGE_MAX; looked++) {
        tb_case_row row;
        size_t mark = tb_arena_mark(arena);
        size_t before = r->out.count;
        err = tb_case_after(r->txn, &at, false, &at);
        if (err == TB_OK) {
            err = tb_case_load(r->agent, r->txn, &at, &row);
        }
        if (err == TB_OK && is_one_of_them(r, &row)) {
            err = put_settled(r, &row);
        }
        if (r->out.count == before) {
            tb_arena_release(arena, mark);
        }
    }
    if (err == TB_OK) {
        return tb_arena_copy(arena, tb_bytes_of(at.bytes, TB_CASE_ID_BYTES), &r->out.next);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_query_reconciled(const tb_agent *agent,
                           tb_txn *txn,
                           const tb_local_reconcile *wish,
                           tb_local_answer *answer)
{
    reconciling r = {.agent = agent, .txn = txn, .wish = wish};
    answer->code = find(&r);
    if (answer->code != TB_ACCEPTED) {
        return TB_OK;
    }
    tb_err err = is_of_parts(&r) ? TB_OK : r.theirs_alone ? list_settled(&r) : list(&r);
    if (err == TB_OK) {
        answer->kind = TB_ANSWER_RECONCILED;
        answer->reconciled = r.out;
    }
    return err;
}
