#include "agents/queries.h"

#include "agents/approval.h"
#include "agents/campaign/scores.h"
#include "agents/chain.h"
#include "agents/draft.h"
#include "agents/lost.h"
#include "agents/passing.h"
#include "agents/reports.h"
#include "agents/stalled.h"
#include "agents/timing.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX     500
/* Rows looked at for one page, and what a page may weigh. */
#define LOOKED_MAX     5000
#define PAGE_BYTES_MAX (TB_LOCAL_BYTES_MAX / 2)
/* Cases with one value of an indexed field. */
#define HITS_MAX 1024
/* Events shown of one case. */
#define EVENTS_MAX 1024

/* ---- one case ---- */

static tb_err
add_fields(tb_txn *txn, const tb_event *event, const tb_event_key *key, tb_local_event *shown)
{
    tb_arena *arena = tb_txn_arena(txn);
    shown->fields = tb_arena_array(arena, TB_FIELDS_MAX, sizeof *shown->fields);
    shown->unread_groups =
        tb_arena_array(arena, event->commitment_count + 1, sizeof *shown->unread_groups);
    if (shown->fields == NULL || shown->unread_groups == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < event->field_count && shown->field_count < TB_FIELDS_MAX; i++) {
        shown->fields[shown->field_count++] = event->fields[i];
    }
    for (size_t i = 0; i < event->commitment_count; i++) {
        tb_opening opening;
        tb_err err = tb_opening_get(txn, key, event->commitments[i].group, &opening);
        if (err == TB_ERR_NOT_FOUND) {
            shown->unread_groups[shown->unread_count++] = event->commitments[i].group;
            continue;
        }
        tb_field *fields;
        size_t count;
        if (err == TB_OK &&
            tb_group_fields_decode(opening.content, arena, &fields, &count) != TB_ACCEPTED) {
            err = TB_ERR_CORRUPT;
        }
        if (err != TB_OK) {
            return err;
        }
        for (size_t f = 0; f < count && shown->field_count < TB_FIELDS_MAX; f++) {
            shown->fields[shown->field_count++] = fields[f];
        }
    }
    return TB_OK;
}

static tb_err show_event(const tb_agent *agent,
                         tb_txn *txn,
                         tb_bytes case_type,
                         const tb_event_key *key,
                         const tb_event_row *row,
                         tb_local_event *out)
{
    tb_event event;
    tb_err err = tb_chain_decode(txn, row, &event);
    if (err != TB_OK) {
        return err;
    }
    *out = (tb_local_event){
        .event = key->event,
        .number = event.number,
        .kind = event.kind,
        .actor = event.actor,
        .account = event.account,
        .action = event.action,
        .from_state = event.from_state,
        .to_state = event.to_state,
        .at = event.at,
        .addressees = event.addressees,
        .addressee_count = event.addressee_count,
        .standing = row->standing,
        .term = event.term,
        .holder = event.holder,
        .on_behalf = event.on_behalf,
        .paper_no = event.paper_no,
        .paper_date = event.paper_date,
    };
    err = tb_pass_stored(txn, row, &out->stored);
    if (err == TB_OK) {
        err = tb_event_timing(agent, txn, &event, row, case_type, &out->timing);
    }
    if (err == TB_OK) {
        err = tb_approvals_show(tb_txn_arena(txn), event.approvals, event.approval_count, out);
    }
    return err == TB_OK ? add_fields(txn, &event, key, out) : err;
}

/* Room for one more event; most cases have few. */
static tb_err add_event(tb_txn *txn, tb_local_case *out, tb_local_event **slot)
{
    size_t count = out->event_count;
    if (count == 0 || (count >= 16 && (count & (count - 1)) == 0)) {
        size_t room = count == 0 ? 16 : count * 2;
        tb_local_event *longer = tb_arena_array(tb_txn_arena(txn), room, sizeof *longer);
        if (longer == NULL) {
            return TB_ERR_LIMIT;
        }
        if (count > 0) {
            memcpy(longer, out->events, count * sizeof *longer);
        }
        out->events = longer;
    }
    *slot = &out->events[out->event_count++];
    return TB_OK;
}

static tb_err show_class(
    const tb_agent *agent, tb_txn *txn, const tb_case_id *id, uint8_t class, tb_local_case *out)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(txn, id, class, &walk, &key, &row);
    while (err == TB_OK && out->event_count < EVENTS_MAX) {
        tb_local_event *slot;
        err = add_event(txn, out, &slot);
        if (err == TB_OK) {
            err = show_event(agent, txn, out->summary.case_type, &key, &row, slot);
        }
        if (err != TB_OK) {
            return err;
        }
        err = tb_event_next(txn, &walk, &key, &row);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err
show_drafts(const tb_agent *agent, tb_txn *txn, const tb_case_id *id, tb_local_case *out)
{
    uint64_t at = 0;
    if (tb_store_rows(txn, TB_TABLE_DRAFT) == 0) {
        return TB_OK;
    }
    while (out->event_count < EVENTS_MAX) {
        tb_draft_row row;
        tb_err err = tb_draft_next(txn, at, &row);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        at = row.number;
        if (row.wish.opens || !tb_digest_zero(&row.side) || !tb_case_equal(&row.wish.case_id, id)) {
            continue;
        }
        tb_local_event *slot;
        err = add_event(txn, out, &slot);
        if (err != TB_OK) {
            return err;
        }
        *slot = (tb_local_event){
            .kind = TB_EVENT_CHAIN,
            .actor = agent->self,
            .account = row.wish.account,
            .action = row.wish.action,
            .at = row.made,
            .fields = row.wish.fields,
            .field_count = row.wish.field_count,
            .standing = TB_STANDING_DRAFT,
            .on_behalf = row.wish.paper.on_behalf,
            .paper_no = row.wish.paper.number,
            .paper_date = row.wish.paper.date,
        };
        err =
            tb_approvals_show(tb_txn_arena(txn), row.wish.approvals, row.wish.approval_count, slot);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* A group that is lost is no group that is not for us to read. */
static tb_err
mark_lost(const tb_agent *agent, tb_txn *txn, const tb_case_row *row, tb_local_case *out)
{
    bool possible;
    tb_err err = tb_lost_possible(txn, &possible);
    for (size_t i = 0; err == TB_OK && possible && i < out->event_count; i++) {
        tb_local_event *shown = &out->events[i];
        tb_event_key key;
        tb_event_row stored;
        tb_event event;
        uint32_t groups;
        if (shown->unread_count == 0) {
            continue;
        }
        uint8_t class = shown->number == 0 ? TB_CLASS_SIDE : TB_CLASS_CHAIN;
        err = tb_event_in_case(txn, &row->id, class, shown->number, &shown->event, &key, &stored);
        if (err == TB_OK) {
            err = tb_chain_decode(txn, &stored, &event);
        }
        if (err == TB_OK) {
            err = tb_lost_fields(agent, txn, row, &event, &key, &groups, &shown->lost_fields,
                                 &shown->lost_count);
        }
        size_t unread = 0;
        for (size_t c = 0; err == TB_OK && groups != 0 && c < event.commitment_count; c++) {
            tb_opening opening;
            if ((groups & (1u << c)) != 0) {
                continue; /* lost */
            }
            err = tb_opening_get(txn, &key, event.commitments[c].group, &opening);
            if (err == TB_ERR_NOT_FOUND) {
                shown->unread_groups[unread++] = event.commitments[c].group;
                err = TB_OK;
            }
        }
        shown->unread_count = err == TB_OK && groups != 0 ? unread : shown->unread_count;
    }
    return err;
}

static bool is_declared(const tb_case_type *type, const char *field)
{
    const tb_field_def *def = field == NULL ? NULL : tb_case_type_field(type, tb_bytes_str(field));
    return def != NULL && def->type == TB_FIELD_DECLARED;
}

static tb_err threshold_text(tb_arena *arena, const tb_threshold *threshold, tb_bytes *out)
{
    if (threshold == NULL) {
        *out = tb_bytes_of(NULL, 0);
        return TB_OK;
    }
    const tb_figure_value value = {true, threshold->denominator != 1, threshold->numerator,
                                   threshold->denominator};
    return tb_figure_text(arena, &value, out);
}

/* The score sheet of its type, by what the case says now. */
static tb_err show_scores(tb_txn *txn, const tb_case_row *row, tb_local_case *out)
{
    tb_arena *arena = tb_txn_arena(txn);
    const tb_case_type *type = row->view.type;
    unsigned count = type == NULL ? 0 : type->score_count;
    tb_err err = TB_OK;
    out->scores = tb_arena_array(arena, count + 1, sizeof *out->scores);
    if (out->scores == NULL) {
        return TB_ERR_LIMIT;
    }
    for (unsigned i = 0; err == TB_OK && i < count; i++) {
        const tb_score_def *def = &type->scores[i];
        tb_local_score *line = &out->scores[out->score_count++];
        tb_figure_value value;
        *line =
            (tb_local_score){.id = tb_bytes_str(def->id),
                             .title_zh = tb_campaign_text(def->title.zh),
                             .title_en = tb_campaign_text(def->title.en),
                             .declared = is_declared(type, def->of) || is_declared(type, def->to)};
        line->verdict =
            (uint32_t)tb_score_judge(def, row->view.fields, row->view.field_count, &value);
        err = value.known ? tb_figure_text(arena, &value, &line->value) : TB_OK;
        if (err == TB_OK) {
            err = threshold_text(arena, def->at_least, &line->at_least);
        }
        if (err == TB_OK) {
            err = threshold_text(arena, def->at_most, &line->at_most);
        }
    }
    return err;
}

tb_err
tb_query_case(const tb_agent *agent, tb_txn *txn, const tb_case_id *id, tb_local_answer *answer)
{
    tb_local_case shown = {.summary = {.case_id = *id}};
    tb_case_row row;
    tb_err err = tb_case_load(agent, txn, id, &row);
    bool known = err == TB_OK;
    if (known) {
        err = tb_case_summary(agent, txn, &row, &shown.summary);
    }
    if (known && err == TB_OK) {
        err = tb_case_stalled(agent, txn, &row, &shown.summary.stalled);
    }
    if (err == TB_OK || err == TB_ERR_NOT_FOUND) {
        err = show_class(agent, txn, id, TB_CLASS_CHAIN, &shown);
    }
    if (err == TB_OK) {
        err = show_class(agent, txn, id, TB_CLASS_SIDE, &shown);
    }
    if (err == TB_OK && known) {
        err = mark_lost(agent, txn, &row, &shown);
    }
    if (err == TB_OK && known) {
        err = show_scores(txn, &row, &shown);
    }
    if (err == TB_OK) {
        err = show_drafts(agent, txn, id, &shown);
    }
    if (err == TB_OK) {
        err = tb_approval_name_events(agent, txn, &shown);
    }
    if (err != TB_OK) {
        return err;
    }
    if (!known && shown.event_count == 0) {
        answer->code = TB_REFUSED_UNKNOWN_CASE;
        return TB_OK;
    }
    if (!known) {
        shown.summary.held_back =
            (uint32_t)shown.event_count; /* its opening event has not come yet */
    }
    answer->kind = TB_ANSWER_CASE;
    answer->case_ = shown;
    return TB_OK;
}

/* ---- many cases ---- */

typedef struct page {
    const tb_agent *agent;
    tb_txn *txn;
    const tb_local_list *list;
    tb_local_cases cases;
    size_t limit;
    size_t bytes;
    size_t looked;
    tb_case_id last; /* looked at */
} page;

static bool has_value(const tb_local_summary *summary, tb_bytes field, tb_bytes value)
{
    for (size_t i = 0; i < summary->field_count; i++) {
        if (tb_bytes_equal(summary->fields[i].id, field)) {
            return tb_bytes_equal(summary->fields[i].value, value);
        }
    }
    return false;
}

static size_t weight(const tb_local_summary *summary)
{
    size_t bytes = 256;
    for (size_t i = 0; i < summary->field_count; i++) {
        bytes += 16 + summary->fields[i].id.size + summary->fields[i].value.size;
    }
    return bytes;
}

static tb_err look(page *p, const tb_case_id *id)
{
    p->last = *id;
    p->looked++;
    tb_case_row row;
    tb_err err = tb_case_load(p->agent, p->txn, id, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    if ((p->list->state.size > 0 && !tb_bytes_equal(p->list->state, row.view.state)) ||
        (p->list->case_type.size > 0 && !tb_bytes_equal(p->list->case_type, row.case_type))) {
        return TB_OK;
    }
    tb_stall stalled;
    err = tb_case_stalled(p->agent, p->txn, &row, &stalled);
    if (err != TB_OK || (p->list->stalled && stalled == TB_STALL_NONE)) {
        return err;
    }
    tb_local_summary summary;
    err = tb_case_summary(p->agent, p->txn, &row, &summary);
    if (err != TB_OK) {
        return err;
    }
    summary.stalled = stalled;
    if ((p->list->mine && !summary.mine) ||
        (p->list->field.size > 0 && !has_value(&summary, p->list->field, p->list->value))) {
        return TB_OK;
    }
    p->bytes += weight(&summary);
    p->cases.cases[p->cases.count++] = summary;
    return TB_OK;
}

static bool page_full(const page *p)
{
    return p->cases.count == p->limit || p->looked == LOOKED_MAX || p->bytes >= PAGE_BYTES_MAX;
}

static tb_err set_next(page *p)
{
    return tb_arena_copy(tb_txn_arena(p->txn), tb_bytes_of(p->last.bytes, TB_CASE_ID_BYTES),
                         &p->cases.next);
}

static tb_err scan(page *p, tb_case_id after)
{
    while (!page_full(p)) {
        tb_err err = tb_case_after(p->txn, &after, p->list->mine, &after);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        err = look(p, &after);
        if (err != TB_OK) {
            return err;
        }
    }
    return set_next(p);
}

static bool is_indexed(const tb_agent *agent, tb_bytes field)
{
    for (size_t i = 0; i < agent->campaigns->count; i++) {
        const tb_campaign *campaign = agent->campaigns->list[i];
        for (unsigned t = 0; t < campaign->case_type_count; t++) {
            const tb_field_def *def = tb_case_type_field(&campaign->case_types[t], field);
            if (def != NULL && def->index) {
                return true;
            }
        }
    }
    return false;
}

static void insert(tb_case_id *hits, size_t *count, const tb_case_id *id)
{
    size_t at = 0;
    while (at < *count && memcmp(hits[at].bytes, id->bytes, TB_CASE_ID_BYTES) < 0) {
        at++;
    }
    if (at < *count && tb_case_equal(&hits[at], id)) {
        return;
    }
    memmove(hits + at + 1, hits + at, (*count - at) * sizeof *hits);
    hits[at] = *id;
    (*count)++;
}

static tb_err collect_hits(page *p, tb_case_id *hits, size_t *count)
{
    const tb_campaigns *campaigns = p->agent->campaigns;
    for (size_t i = 0; i < campaigns->count; i++) {
        tb_bytes prefix;
        tb_err err =
            tb_case_index_prefix(tb_txn_arena(p->txn), tb_bytes_str(campaigns->list[i]->id),
                                 p->list->field, p->list->value, &prefix);
        if (err != TB_OK || prefix.size == 0) {
            return err;
        }
        tb_bytes key;
        tb_bytes value;
        err = tb_store_seek(p->txn, TB_TABLE_FIELD_INDEX, prefix, prefix, &key, &value);
        while (err == TB_OK && *count < HITS_MAX) {
            if (key.size != prefix.size + TB_CASE_ID_BYTES) {
                return TB_ERR_CORRUPT;
            }
            tb_case_id id;
            memcpy(id.bytes, key.data + prefix.size, TB_CASE_ID_BYTES);
            insert(hits, count, &id);
            err = tb_store_next(p->txn, TB_TABLE_FIELD_INDEX, prefix, key, &key, &value);
        }
        if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    return TB_OK;
}

static tb_err scan_index(page *p, const tb_case_id *after)
{
    tb_case_id *hits = tb_arena_array(tb_txn_arena(p->txn), HITS_MAX + 1, sizeof *hits);
    size_t count = 0;
    if (hits == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = collect_hits(p, hits, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        if (memcmp(hits[i].bytes, after->bytes, TB_CASE_ID_BYTES) <= 0) {
            continue;
        }
        if (page_full(p)) {
            return set_next(p);
        }
        err = look(p, &hits[i]);
    }
    return err;
}

tb_err tb_query_cases(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_local_list *list,
                      tb_local_answer *answer)
{
    page p = {.agent = agent, .txn = txn, .list = list, .limit = list->limit};
    p.limit = p.limit == 0 ? PAGE_DEFAULT : p.limit;
    p.limit = p.limit > PAGE_MAX ? PAGE_MAX : p.limit;
    tb_case_id after = {{0}};
    if (list->after.size != 0 && list->after.size != TB_CASE_ID_BYTES) {
        answer->code = TB_REFUSED_REQUEST;
        return TB_OK;
    }
    if (list->after.size > 0) {
        memcpy(after.bytes, list->after.data, TB_CASE_ID_BYTES);
    }
    p.cases.cases = tb_arena_array(tb_txn_arena(txn), p.limit, sizeof *p.cases.cases);
    if (p.cases.cases == NULL) {
        return TB_ERR_LIMIT;
    }
    if (list->state.size == 0 && list->field.size == 0 && list->case_type.size == 0 &&
        !list->stalled) {
        p.cases.total = tb_store_rows(txn, list->mine ? TB_TABLE_CASE_MINE : TB_TABLE_CASE);
    }
    bool indexed = list->field.size > 0 && is_indexed(agent, list->field);
    tb_err err = indexed ? scan_index(&p, &after) : scan(&p, after);
    if (err != TB_OK) {
        return err;
    }
    answer->kind = TB_ANSWER_CASES;
    answer->cases = p.cases;
    return TB_OK;
}
