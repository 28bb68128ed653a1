#include "agents/trace.h"

#include "agents/chain.h"
#include "agents/draft.h"
#include "agents/notice_name.h"
#include "agents/recovery.h"
#include "agents/rows_link.h"
#include "agents/rows_reseal.h"
#include "agents/trace_words.h"
#include "base/pack.h"
#include "base/text.h"

#define LINES_MAX    512
#define NOTICES_PAGE 100
#define NOTICES_MAX  500

typedef struct tracing {
    const tb_agent *agent;
    tb_txn *txn;
    tb_arena *arena;
    tb_now now;
    tb_link_row link;
    tb_local_traced traced;
    bool found;
    tb_time sealed_anew; /* of the line being made: when its notice took the place of another; 0 */
} tracing;

/* What people call the action, and what became of the event. */
static void
name_act(tracing *t, const tb_event *event, tb_standing standing, tb_local_trace_line *line)
{
    const tb_campaign *campaign =
        tb_campaigns_find(t->agent->campaigns, event->campaign, event->campaign_version);
    line->action = event->action;
    line->standing = standing;
    for (unsigned i = 0; campaign != NULL && i < campaign->case_type_count; i++) {
        const tb_action *action = tb_case_type_action(&campaign->case_types[i], event->action);
        if (action != NULL) {
            line->title_zh = tb_campaign_text(action->title.zh);
            line->title_en = tb_campaign_text(action->title.en);
            return;
        }
    }
}

static tb_err add_line(tracing *t, const tb_local_trace_line *line)
{
    if (t->traced.count == LINES_MAX) {
        return TB_OK;
    }
    tb_local_trace_line *out = &t->traced.lines[t->traced.count];
    *out = *line;
    tb_err err = tb_trace_words(t->agent, t->arena, &t->link, out);
    if (err == TB_OK && t->sealed_anew != 0) {
        err = tb_trace_sealed_anew(t->arena, t->sealed_anew, out);
    }
    t->traced.count += err == TB_OK;
    return err;
}

/* As add_line, and what was asked of whom. */
static tb_err add_asked(tracing *t, const tb_local_trace_line *line, const tb_gap_row *gap)
{
    size_t at = t->traced.count;
    tb_err err = add_line(t, line);
    if (err != TB_OK || t->traced.count == at) {
        return err;
    }
    return tb_trace_asked(t->agent, t->arena, gap, &t->traced.lines[at]);
}

/* ---- what the link knows ---- */

static tb_err notice_name(tb_arena *arena, const tb_header *header, tb_bytes *out)
{
    return tb_notice_name_print(arena, &header->sender, header->incarnation.counter, header->notice,
                                out);
}

static tb_err where_refused(tracing *t,
                            const tb_stream *stream,
                            uint64_t notice,
                            tb_local_trace_line *line,
                            bool *out_found)
{
    tb_refusal_row refusal;
    tb_err err = tb_refusal_get(t->txn, stream, notice, &refusal);
    /* What was set aside and applied after all has arrived like any other. */
    *out_found = err == TB_OK && refusal.code != TB_REFUSED_APPLIED_LATER;
    if (*out_found) {
        line->where = refusal.code == TB_REFUSED_EXPIRED        ? TB_WHERE_EXPIRED
                      : refusal.code == TB_REFUSED_CANNOT_APPLY ? TB_WHERE_QUARANTINED
                                                                : TB_WHERE_REFUSED;
        line->since = refusal.at;
        line->code = refusal.code;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* It says so each time something is sent again. */
static bool hub_is_full(const tracing *t)
{
    tb_time since = t->now.real - t->agent->times.hub_full;
    return since >= 0 && since <= 2 * TB_RESEND_AFTER_MS;
}

/* A stream that our copy has no row of: numbered at the end of this very turn, or sent by us in the
 * time this store does not remember, and then it arrived as far as its recipient signed. */
static tb_err
where_of_lost(tracing *t, const tb_stream *stream, uint64_t number, tb_local_trace_line *line)
{
    tb_lost_row lost;
    tb_err err = tb_lost_get(t->txn, &t->agent->self, stream, &lost);
    if (err == TB_OK && number <= lost.base) {
        line->where = number <= lost.arrived ? TB_WHERE_ARRIVED : TB_WHERE_STORED;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err
where_marked(tracing *t, const tb_stream *stream, uint64_t number, tb_local_trace_line *line)
{
    tb_stream_out_row *row = tb_arena_alloc(t->arena, sizeof *row);
    tb_signed_line *stamp = tb_arena_alloc(t->arena, sizeof *stamp);
    if (row == NULL || stamp == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_stream_out_get(t->txn, stream, row);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    if (err == TB_ERR_NOT_FOUND) {
        return where_of_lost(t, stream, number, line);
    }
    if (number <= row->arrived) {
        line->where = TB_WHERE_ARRIVED;
        if (tb_signed_line_decode(row->arrived_line, t->arena, stamp) == TB_ACCEPTED) {
            line->since = stamp->line.at;
        }
        return TB_OK;
    }
    line->last_attempt = row->active;
    line->next_attempt = row->due;
    tb_bytes packed;
    err = tb_stamp_get(t->txn, stream, number, stamp, &packed);
    if (err == TB_OK) {
        line->since = stamp->line.at;
    }
    if (err == TB_OK || (err == TB_ERR_NOT_FOUND && number <= row->stored)) {
        line->where = TB_WHERE_STORED;
        return TB_OK;
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    bool closed;
    err = tb_closed_get(t->txn, &stream->recipient, &closed);
    if (err == TB_OK && closed) {
        line->code = TB_REFUSED_SHARE_USED;
    } else if (err == TB_OK && hub_is_full(t)) {
        line->code = TB_REFUSED_STORE_FULL;
    }
    return err;
}

/* ---- what the case says ---- */

/* The receipt a recipient gave for an event: the newest action of it that the campaign names so. */
static tb_err where_signed_for(tracing *t,
                               const tb_event *event,
                               const tb_event_key *key,
                               tb_local_trace_line *line)
{
    tb_case_row owner;
    tb_err err = tb_case_load(t->agent, t->txn, &key->case_id, &owner);
    if (err != TB_OK || owner.view.type == NULL) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_event_walk walk;
    tb_event_key later;
    tb_event_row row;
    err = tb_event_first(t->txn, &key->case_id, TB_CLASS_CHAIN, &walk, &later, &row);
    while (err == TB_OK) {
        tb_event step;
        bool after = row.standing == TB_STANDING_EFFECTIVE && later.number > event->number;
        if (after) {
            err = tb_chain_decode(t->txn, &row, &step);
        }
        if (err == TB_OK && after && tb_party_equal(&step.actor, &line->recipient)) {
            const tb_action *action = tb_case_type_action(owner.view.type, step.action);
            bool answered = action != NULL && action->receipt != NULL &&
                            strcmp(action->receipt, "answered") == 0;
            bool taken_on = action != NULL && action->receipt != NULL &&
                            strcmp(action->receipt, "signed_for") == 0;
            if (answered || taken_on) {
                line->where = answered ? TB_WHERE_ANSWERED : TB_WHERE_SIGNED_FOR;
                line->since = step.at;
                line->code = TB_ACCEPTED;
            }
            if (answered) {
                return TB_OK; /* the first answer is the answer to this event */
            }
        }
        if (err == TB_OK) {
            err = tb_event_next(t->txn, &walk, &later, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- one notice ---- */

typedef struct traced_event {
    bool given;
    tb_event_key key;
    tb_event event;
    tb_standing standing;
} traced_event;

static tb_err trace_anew(tracing *t, const tb_reseal_key *key, const traced_event *about);

static tb_err
trace_entry(tracing *t, const tb_header *header, const tb_entry *entry, const traced_event *about)
{
    bool own = tb_party_equal(&header->sender, &t->agent->self);
    if (!own && !tb_party_equal(&entry->recipient, &t->agent->self)) {
        return TB_OK; /* where it is with others is for its sender to know */
    }
    tb_local_trace_line line = {
        .sender = header->sender,
        .recipient = entry->recipient,
        .where = own ? TB_WHERE_OUTBOX : TB_WHERE_ARRIVED,
        .since = header->made,
    };
    tb_err err = notice_name(t->arena, header, &line.notice);
    if (about->given) {
        line.event = about->key.event;
        line.copy = !tb_party_equal(&about->event.holder, &entry->recipient);
        name_act(t, &about->event, about->standing, &line);
    }
    tb_stream stream = {header->sender, header->incarnation, entry->recipient, header->lane};
    bool refused = false;
    if (err == TB_OK) {
        err = where_refused(t, &stream, header->notice, &line, &refused);
    }
    if (err == TB_OK && own && refused && line.code == TB_REFUSED_KEY_RETIRED) {
        tb_reseal_key key = {header->incarnation, header->notice, entry->recipient};
        size_t lines = t->traced.count;
        err = trace_anew(t, &key, about);
        if (err != TB_OK || t->traced.count > lines) {
            return err; /* the notice in its place says where the event is */
        }
    }
    if (err == TB_OK && own && !refused) {
        err = where_marked(t, &stream, entry->number, &line);
    }
    if (err == TB_OK && about->given && !refused) {
        err = where_signed_for(t, &about->event, &about->key, &line);
    }
    return err == TB_OK ? add_line(t, &line) : err;
}

static tb_err trace_header(tracing *t, tb_bytes header_bytes, const traced_event *about)
{
    tb_header header;
    if (tb_header_decode(header_bytes, t->arena, &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    t->found = true;
    for (size_t i = 0; i < header.entry_count; i++) {
        tb_err err = trace_entry(t, &header, &header.entries[i], about);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* The notice that took the place of one sealed to a retired key; no line when there is none yet. */
static tb_err trace_anew(tracing *t, const tb_reseal_key *key, const traced_event *about)
{
    tb_resealed_row anew;
    tb_proof_row proof;
    tb_header header;
    tb_err err = tb_resealed_get(t->txn, key, &anew);
    if (err == TB_OK && anew.notice > 0) {
        err = tb_proof_head(t->txn, &t->agent->self, &anew.incarnation, anew.notice, &proof);
    }
    if (err != TB_OK || anew.notice == 0) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (tb_header_decode(proof.header, t->arena, &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    const tb_entry *entry = tb_header_entry(&header, &key->recipient);
    if (entry == NULL) {
        return TB_ERR_CORRUPT;
    }
    tb_time before = t->sealed_anew;
    t->sealed_anew = anew.at;
    err = trace_entry(t, &header, entry, about);
    t->sealed_anew = before;
    return err;
}

/* ---- one event ---- */

static tb_err trace_held(tracing *t, const traced_event *about, const tb_event_row *row)
{
    tb_local_trace_line line = {
        .event = about->key.event,
        .sender = row->sender,
        .recipient = t->agent->self,
        .where = TB_WHERE_HELD_BACK,
        .since = row->recorded,
        .code = TB_REFUSED_PREDECESSOR,
    };
    if (tb_campaigns_find(t->agent->campaigns, about->event.campaign,
                          about->event.campaign_version) == NULL) {
        line.code = TB_REFUSED_UNKNOWN_CAMPAIGN;
    }
    name_act(t, &about->event, row->standing, &line);
    tb_gap_row gap;
    tb_err err = tb_gap_get(t->txn, &about->event.previous, &gap);
    if (err == TB_OK && line.code == TB_REFUSED_PREDECESSOR) {
        line.last_attempt = gap.ask_count > 0 ? gap.asks[gap.ask_count - 1].at : 0;
        line.next_attempt = gap.due;
        return add_asked(t, &line, &gap);
    }
    return err == TB_OK || err == TB_ERR_NOT_FOUND ? add_line(t, &line) : err;
}

static tb_err trace_row(tracing *t, const tb_event_key *key, const tb_event_row *row)
{
    traced_event about = {.given = true, .key = *key, .standing = row->standing};
    tb_err err = tb_chain_decode(t->txn, row, &about.event);
    if (err != TB_OK) {
        return err;
    }
    t->found = true;
    if (row->standing == TB_STANDING_HELD_BACK) {
        return trace_held(t, &about, row);
    }
    if (row->notice == 0) {
        return TB_OK; /* addressed to nobody: it goes with the next notice of its case */
    }
    tb_proof_row proof;
    err = tb_proof_head(t->txn, &row->sender, &row->incarnation, row->notice, &proof);
    if (err == TB_OK) {
        err = trace_header(t, proof.header, &about);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err trace_event(tracing *t, const tb_digest *id)
{
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_find(t->txn, id, &key, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return trace_row(t, &key, &row);
}

/* ---- one case ---- */

static tb_err name_draft(tracing *t, const tb_case_id *id, tb_local_trace_line *line)
{
    tb_case_row row;
    tb_err err = tb_case_load(t->agent, t->txn, id, &row);
    if (err != TB_OK || row.view.type == NULL) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    const tb_action *action = tb_case_type_action(row.view.type, line->action);
    if (action != NULL) {
        line->title_zh = tb_campaign_text(action->title.zh);
        line->title_en = tb_campaign_text(action->title.en);
    }
    return TB_OK;
}

static tb_err trace_drafts(tracing *t, const tb_case_id *id)
{
    uint64_t at = 0;
    bool blocked;
    if (tb_store_rows(t->txn, TB_TABLE_DRAFT) == 0) {
        return TB_OK;
    }
    tb_err err = tb_recovery_blocks(t->txn, id, &blocked);
    if (err != TB_OK) {
        return err;
    }
    for (;;) {
        tb_draft_row row;
        err = tb_draft_next(t->txn, at, &row);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        at = row.number;
        if (row.wish.opens || !tb_case_equal(&row.wish.case_id, id)) {
            continue;
        }
        t->found = true;
        tb_local_trace_line line = {
            .action = row.wish.action,
            .sender = t->agent->self,
            .where = TB_WHERE_DRAFT,
            .since = row.made,
            .code = row.code,
            .standing = TB_STANDING_DRAFT,
            .waits = tb_draft_waits(&row),
        };
        err = name_draft(t, id, &line);
        if (err != TB_OK) {
            return err;
        }
        if (blocked && line.code == TB_ACCEPTED) {
            line.code = TB_REFUSED_RECOVERING;
        }
        err = add_line(t, &line);
        if (err != TB_OK) {
            return err;
        }
    }
}

static tb_err trace_case(tracing *t, const tb_case_id *id)
{
    for (uint8_t class = TB_CLASS_CHAIN; class <= TB_CLASS_SIDE; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row row;
        tb_err err = tb_event_first(t->txn, id, class, &walk, &key, &row);
        while (err == TB_OK) {
            err = trace_row(t, &key, &row);
            if (err == TB_OK) {
                err = tb_event_next(t->txn, &walk, &key, &row);
            }
        }
        if (err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    return trace_drafts(t, id);
}

/* ---- a notice by its name ---- */

#define PROOF_KEY_BYTES (TB_PARTY_BYTES + 16 + 8)

static bool
parse_proof_key(tb_bytes key, tb_party *sender, tb_incarnation *incarnation, uint64_t *notice)
{
    tb_reader r;
    tb_reader_init(&r, key);
    tb_get_raw(&r, sender->text, TB_PARTY_BYTES);
    incarnation->counter = tb_get_u64(&r);
    tb_get_raw(&r, incarnation->random, sizeof incarnation->random);
    *notice = tb_get_u64(&r);
    return tb_reader_done(&r);
}

/* The event the notice is about: the last of its own. */
static tb_err event_of(tracing *t, const tb_proof_row *proof, traced_event *out)
{
    *out = (traced_event){0};
    if (proof->id_count == 0) {
        return TB_OK;
    }
    tb_event_row row;
    const tb_digest *id = &proof->ids[proof->id_count - 1];
    tb_err err = tb_event_in_case(t->txn, &proof->case_id, TB_CLASS_CHAIN, 0, id, &out->key, &row);
    if (err == TB_ERR_NOT_FOUND) {
        err = tb_event_find(t->txn, id, &out->key, &row);
    }
    if (err == TB_OK) {
        err = tb_chain_decode(t->txn, &row, &out->event);
        out->standing = row.standing;
        out->given = err == TB_OK;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err trace_notice(tracing *t, const tb_party *party, uint64_t counter, uint64_t notice)
{
    uint8_t buffer[TB_PARTY_BYTES + 8];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_raw(&w, party->text, TB_PARTY_BYTES);
    tb_put_u64(&w, counter);
    tb_bytes prefix = tb_bytes_of(buffer, w.size);
    tb_bytes key;
    tb_bytes value;
    /* the counter nearly always names one incarnation; of two copies the first with the notice is
     * it */
    tb_err err = tb_store_seek(t->txn, TB_TABLE_PROOF, prefix, prefix, &key, &value);
    while (err == TB_OK) {
        tb_party sender;
        tb_incarnation incarnation;
        uint64_t number;
        if (!parse_proof_key(key, &sender, &incarnation, &number)) {
            return TB_ERR_CORRUPT;
        }
        tb_proof_row proof;
        err = tb_proof_head(t->txn, &sender, &incarnation, notice, &proof);
        if (err == TB_OK) {
            traced_event about;
            err = event_of(t, &proof, &about);
            return err == TB_OK ? trace_header(t, proof.header, &about) : err;
        }
        if (err == TB_ERR_NOT_FOUND) {
            uint8_t last[PROOF_KEY_BYTES];
            memcpy(last, key.data, PROOF_KEY_BYTES - 8);
            memset(last + PROOF_KEY_BYTES - 8, 0xff, 8);
            err = tb_store_next(t->txn, TB_TABLE_PROOF, prefix, tb_bytes_of(last, sizeof last),
                                &key, &value);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err
tb_trace(const tb_agent *agent, tb_txn *txn, tb_now now, tb_bytes id, tb_local_answer *answer)
{
    tracing t = {.agent = agent, .txn = txn, .arena = tb_txn_arena(txn), .now = now};
    t.traced.lines = tb_arena_array(t.arena, LINES_MAX, sizeof *t.traced.lines);
    if (t.traced.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_link_get(txn, &t.link);
    tb_case_id case_id;
    tb_digest event;
    tb_party party;
    uint64_t counter;
    uint64_t notice;
    if (err != TB_OK) {
        return err;
    }
    if (tb_hex_parse(id, case_id.bytes, TB_CASE_ID_BYTES)) {
        err = trace_case(&t, &case_id);
    } else if (tb_hex_parse(id, event.bytes, TB_DIGEST_BYTES)) {
        err = trace_event(&t, &event);
    } else if (tb_notice_name_parse(id, &party, &counter, &notice)) {
        err = trace_notice(&t, &party, counter, notice);
    }
    if (err != TB_OK) {
        return err;
    }
    if (!t.found) {
        answer->code = TB_REFUSED_UNKNOWN_CASE;
        return TB_OK;
    }
    answer->kind = TB_ANSWER_TRACED;
    answer->traced = t.traced;
    return TB_OK;
}

/* ---- the list of notices ---- */

static tb_err list_header(tracing *t,
                          const tb_local_list_notices *wanted,
                          const tb_proof_row *proof,
                          tb_local_notices *out,
                          size_t room)
{
    traced_event about = {0};
    t->traced.count = 0;
    tb_err err = trace_header(t, proof->header, &about);
    tb_header header;
    if (err == TB_OK && tb_header_decode(proof->header, t->arena, &header) != TB_ACCEPTED) {
        err = TB_ERR_CORRUPT;
    }
    for (size_t i = 0; err == TB_OK && i < t->traced.count; i++) {
        const tb_local_trace_line *line = &t->traced.lines[i];
        bool own = tb_party_equal(&line->sender, &t->agent->self);
        if (own ? !wanted->out : !wanted->in) {
            continue;
        }
        const tb_entry *entry = tb_header_entry(&header, &line->recipient);
        TB_ASSERT(entry != NULL && out->count < room); /* the line was made of it */
        out->lines[out->count++] = (tb_local_notice_line){
            .notice = line->notice,
            .peer = own ? line->recipient : line->sender,
            .out = own,
            .lane = header.lane,
            .number = entry->number,
            .at = header.made,
            .where = line->where,
            .events = (uint32_t)proof->id_count,
            .bytes = proof->header.size,
        };
    }
    return err;
}

tb_err tb_trace_notices(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_local_list_notices *wanted,
                        tb_local_answer *answer)
{
    tracing t = {.agent = agent, .txn = txn, .arena = tb_txn_arena(txn)};
    size_t limit = wanted->limit == 0 ? NOTICES_PAGE : wanted->limit;
    limit = limit > NOTICES_MAX ? NOTICES_MAX : limit;
    tb_local_list_notices both = *wanted;
    both.in = both.out = !wanted->in && !wanted->out;
    const tb_local_list_notices *which = both.in ? &both : wanted;
    tb_local_notices notices = {
        .lines = tb_arena_array(t.arena, limit + TB_ENTRIES_MAX, sizeof *notices.lines)};
    t.traced.lines = tb_arena_array(t.arena, LINES_MAX, sizeof *t.traced.lines);
    if (notices.lines == NULL || t.traced.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_link_get(txn, &t.link);
    if (err == TB_OK) {
        err = tb_store_next(txn, TB_TABLE_PROOF, all, wanted->after, &key, &value);
    }
    while (err == TB_OK) {
        tb_party sender;
        tb_incarnation incarnation;
        uint64_t number;
        tb_proof_row proof;
        if (!parse_proof_key(key, &sender, &incarnation, &number)) {
            return TB_ERR_CORRUPT;
        }
        err = tb_proof_head(txn, &sender, &incarnation, number, &proof);
        if (err == TB_OK) {
            err = list_header(&t, which, &proof, &notices, limit + TB_ENTRIES_MAX);
        }
        if (err == TB_OK && notices.count >= limit) {
            notices.next = key;
            break;
        }
        if (err == TB_OK) {
            err = tb_store_next(txn, TB_TABLE_PROOF, all, key, &key, &value);
        }
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    answer->kind = TB_ANSWER_NOTICES;
    answer->notices = notices;
    return TB_OK;
}
