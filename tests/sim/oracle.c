/* oracle - compares what is in the stores with what the ledger says left them. */
#include <stdlib.h>

#include "agents/draft.h"
#include "agents/rows_case.h"
#include "agents/rows_link.h"
#include "broker/rows.h"
#include "broker/rows_stream.h"
#include "tests/sim/ledger.h"


/* ---- the tables are whole ---- */

static void check_tables(sim *s, sim_node *n)
{
    tb_bytes *faults = NULL;
    size_t count = 0;
    tb_txn *txn = sim_look(s, n);
    tb_err err = n->index == SIM_HUB ? tb_broker_check(&n->broker, txn, &faults, &count)
                                     : tb_agent_check(&n->agent, txn, &faults, &count);
    s->stats.checks++;
    if (err != TB_OK) {
        sim_fail(s, "the tables of %s cannot be checked: %s", n->id.text, tb_err_text(err));
    } else if (count > 0) {
        sim_fail(s, "tables of %s: %.*s", n->id.text, (int)faults[0].size, (const char *)faults[0].data);
    }
    tb_store_abort(txn);
}

/* ---- what the hub said it stored ---- */

static void check_stored(sim *s, sim_node *hub, tb_txn *txn, const sim_stream *known)
{
    tb_hub_stream row;
    if (known->stored == 0 || known->hub_life != hub->life) {
        return;
    }
    tb_err err = tb_hub_stream_get(txn, &known->stream, &row);
    if (err != TB_OK || row.stored.number < known->stored) {
        sim_fail(s, "I1 the hub told %s it holds its stream to %s up to %llu and has %llu", known->stream.sender.text,
                 known->stream.recipient.text, (unsigned long long)known->stored,
                 err == TB_OK ? (unsigned long long)row.stored.number : 0ull);
        return;
    }
    uint64_t next = row.arrived.number + 1;
    while (next <= known->stored) {
        tb_hub_place place;
        if (tb_hub_place_upto(txn, &known->stream, next, &place) != TB_OK || place.to < next) {
            sim_fail(s, "I1 the hub no longer holds number %llu of the stream from %s to %s, which has not arrived",
                     (unsigned long long)next, known->stream.sender.text, known->stream.recipient.text);
            return;
        }
        next = place.to + 1;
    }
}

/* I8: nothing kept on behalf of one party grows beyond its bound. */
static void check_bounds(sim *s, sim_node *hub, tb_txn *txn)
{
    tb_party none = {{0}};
    tb_party id = none;
    tb_hub_session session;
    while (tb_hub_session_after(txn, &id, &id, &session) == TB_OK) {
        if (session.in_flight > hub->broker.limits.credit_bytes + s->ledger->largest) {
            sim_fail(s, "I8 %s has %llu bytes on their way", id.text, (unsigned long long)session.in_flight);
        }
    }
    for (size_t i = 1; i < s->node_count; i++) {
        tb_party recipient = none;
        tb_hub_share share;
        while (tb_hub_share_after(txn, &s->nodes[i].id, &recipient, &recipient, &share) == TB_OK) {
            if (share.bytes > hub->broker.limits.share_bytes + s->ledger->largest) {
                sim_fail(s, "I8 the hub keeps %llu bytes of %s for %s", (unsigned long long)share.bytes,
                         s->nodes[i].id.text, recipient.text);
            }
        }
    }
}

static void check_hub(sim *s, sim_node *hub)
{
    tb_txn *txn = sim_look(s, hub);
    for (size_t i = 0; i < s->ledger->stream_count && !s->failed; i++) {
        check_stored(s, hub, txn, &s->ledger->streams[i]);
    }
    check_bounds(s, hub, txn);
    tb_store_abort(txn);
}

/* ---- what an agent said ---- */

static void check_stream(sim *s, sim_node *n, tb_txn *txn, const sim_stream *known)
{
    if (tb_party_equal(&known->stream.sender, &n->id) && known->sent > 0 && known->sender_life == n->life) {
        tb_stream_out_row row;
        tb_err err = tb_stream_out_get(txn, &known->stream, &row);
        if (err != TB_OK || row.number < known->sent) {
            sim_fail(s, "I1 %s sent number %llu to %s and does not know it", n->id.text,
                     (unsigned long long)known->sent, known->stream.recipient.text);
        }
        const sim_node *to = sim_party(s, &known->stream.recipient);
        bool honest = !to->was_hostile && !to->doubled && !to->store_replaced;
        if (err == TB_OK && honest && row.arrived > known->arrived) {
            sim_fail(s, "I9 %s believes that %s holds its stream up to %llu, which it never said", n->id.text,
                     to->id.text, (unsigned long long)row.arrived);
        }
    }
    if (tb_party_equal(&known->stream.recipient, &n->id) && known->arrived > 0 && known->recipient_life == n->life) {
        tb_stream_in_row row;
        tb_err err = tb_stream_in_get(txn, &known->stream, &row);
        if (err != TB_OK || row.number < known->arrived) {
            sim_fail(s, "I1 %s signed that it holds the stream of %s up to %llu and holds it up to %llu", n->id.text,
                     known->stream.sender.text, (unsigned long long)known->arrived,
                     err == TB_OK ? (unsigned long long)row.number : 0ull);
        }
    }
}

static bool has_event(tb_txn *txn, const tb_case_id *case_id, uint64_t number, const tb_digest *event)
{
    tb_event_key key;
    tb_event_row row;
    return tb_event_in_case(txn, case_id, TB_CLASS_CHAIN, number, event, &key, &row) == TB_OK;
}

static void check_agent(sim *s, sim_node *n)
{
    tb_txn *txn = sim_look(s, n);
    for (size_t i = 0; i < s->ledger->stream_count && !s->failed; i++) {
        check_stream(s, n, txn, &s->ledger->streams[i]);
    }
    for (size_t i = 0; i < s->ledger->accepted_count && !s->failed; i++) {
        const sim_accepted *act = &s->ledger->accepted[i];
        if (act->node == n->index && act->life == n->life && !has_event(txn, &act->case_id, act->number, &act->event)) {
            sim_fail(s, "I1 %s accepted an act on lead L%zu and has no event of it", n->id.text, act->lead);
        }
    }
    tb_store_abort(txn);
}

void sim_check_node(sim *s, sim_node *n)
{
    if (n->was_hostile || n->doubled || s->failed) {
        return;
    }
    check_tables(s, n);
    if (n->index == SIM_HUB) {
        check_hub(s, n);
    } else {
        check_agent(s, n);
    }
}

void sim_check_all(sim *s)
{
    for (size_t i = 0; i < s->node_count; i++) {
        if (s->nodes[i].up) {
            sim_check_node(s, &s->nodes[i]);
        }
    }
}

/* ---- has everything finished ---- */

static bool somebody_apart(const sim *s)
{
    for (size_t i = 1; i < s->node_count; i++) {
        if (s->nodes[i].was_hostile || s->nodes[i].doubled) {
            return true;
        }
    }
    return false;
}

static bool agent_quiet(sim *s, sim_node *n, char *why, size_t size)
{
    static const tb_table tables[] = {TB_TABLE_INBOX, TB_TABLE_HELD, TB_TABLE_QUARANTINE};
    bool quiet = true;
    tb_txn *txn = sim_look(s, n);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && quiet; i++) {
        if (tb_store_rows(txn, tables[i]) > 0) {
            static const char *const names[] = {"taken notices", "held events", "quarantined notices"};
            (void)snprintf(why, size, "%s has %s", n->id.text, names[i]);
            quiet = false;
        }
    }
    tb_draft_row draft;
    /* A draft to somebody whose share is closed for good may wait for ever. */
    for (uint64_t at = 0; quiet && !somebody_apart(s) && tb_draft_next(txn, at, &draft) == TB_OK; at = draft.number) {
        if (draft.state == TB_DRAFT_WAITING) {
            (void)snprintf(why, size, "%s has a draft that waits", n->id.text);
            quiet = false;
        }
    }
    tb_bytes cursor = {NULL, 0};
    tb_stream stream;
    tb_stream_out_row row;
    while (quiet && tb_stream_out_next(txn, &cursor, &stream, &row) == TB_OK) {
        sim_node *to = sim_party(s, &stream.recipient);
        if (row.arrived < row.number && !to->was_hostile && !to->doubled) {
            (void)snprintf(why, size, "number %llu from %s to %s has not arrived", (unsigned long long)row.arrived + 1,
                           n->id.text, to->id.text);
            quiet = false;
        }
    }
    tb_store_abort(txn);
    return quiet;
}

bool sim_quiet(sim *s, char *why, size_t size)
{
    for (size_t i = 0; i < s->lead_count; i++) {
        const sim_lead *lead = &s->leads[i];
        if (!lead->closed && !lead->spoiled) {
            (void)snprintf(why, size, "the case of lead L%zu (%s, found in %s, home %s) is not closed", i,
                           s->nodes[lead->submitter].id.text, lead->found, lead->home);
            return false;
        }
    }
    for (size_t i = 0; i < s->node_count; i++) {
        sim_node *n = &s->nodes[i];
        if (n->was_hostile || n->doubled) {
            continue;
        }
        if (!n->up) {
            (void)snprintf(why, size, "%s does not run", n->id.text);
            return false;
        }
        if (i != SIM_HUB && !agent_quiet(s, n, why, size)) {
            return false;
        }
    }
    (void)snprintf(why, size, "somebody waits for an answer");
    return true;
}

/* ---- the end: every chain is equal ---- */

#define CHAIN_MAX 64

typedef struct link {
    bool known;
    tb_digest id;
    tb_party actor;
    tb_party holder;
    uint32_t term;
    tb_event_kind kind;
    uint64_t addressed; /* bits of nodes */
    bool author_only[SIM_NODES_MAX];
} link;

static uint64_t bits_of(sim *s, const tb_event *event)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < event->addressee_count; i++) {
        sim_node *n = sim_party(s, &event->addressees[i]);
        bits |= n == NULL ? 0 : UINT64_C(1) << n->index;
    }
    return bits;
}

/* Who may read what, as the plan says it (domain.md; 三(三)11), by hand and not by the campaign. */
bool sim_may_read(sim *s, const sim_lead *lead, const sim_node *n, tb_bytes group)
{
    (void)s;
    bool opener = n->index == lead->submitter;
    bool police = opener && n->role == SIM_POLICE;
    bool found = n->role == SIM_BUREAU && strcmp(n->province, lead->found) == 0;
    bool home = n->role == SIM_BUREAU && strcmp(n->province, lead->home) == 0;
    bool ordered = (lead->ordered >> n->index & 1) != 0;
    bool hq = n->role == SIM_HEADQUARTERS;
    struct {
        const char *group;
        bool may;
    } rules[] = {
        {"number", opener || found || home || ordered},
        {"masked", opener || found || home || ordered || hq},
        {"lead", police || found || home},
        {"correction", opener || found},
        {"routing", found || home || hq},
        {"instruction", found || home || ordered},
        {"verification", police || found || home},
        {"links", home || hq},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (tb_bytes_equal(group, tb_bytes_str(rules[i].group))) {
            return rules[i].may;
        }
    }
    return false;
}

static void check_readers(sim *s, const sim_lead *lead, sim_node *n, tb_txn *txn, const tb_event_key *key, const tb_event *event)
{
    tb_opening *openings;
    size_t count;
    if (tb_openings_of(txn, key, &openings, &count) != TB_OK) {
        sim_fail(s, "%s has openings that do not read", n->id.text);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (!sim_may_read(s, lead, n, openings[i].group) && !tb_party_equal(&event->actor, &n->id)) {
            sim_fail(s, "readers: %s holds the group %.*s of lead L%zu, which it may not read", n->id.text,
                     (int)openings[i].group.size, (const char *)openings[i].group.data, (size_t)(lead - s->leads));
        }
    }
}

/* Reads the case as n has it into chain; the number of links. */
static uint64_t read_chain(sim *s, const sim_lead *lead, sim_node *n, link chain[CHAIN_MAX])
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    uint64_t count = 0;
    tb_txn *txn = sim_look(s, n);
    memset(chain, 0, CHAIN_MAX * sizeof *chain);
    tb_err err = tb_event_first(txn, &lead->case_id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        tb_event event;
        if (tb_event_decode(row.event, tb_txn_arena(txn), &event) != TB_ACCEPTED || key.number >= CHAIN_MAX) {
            sim_fail(s, "%s keeps an event that does not decode", n->id.text);
            break;
        }
        check_readers(s, lead, n, txn, &key, &event);
        if (row.standing == TB_STANDING_EFFECTIVE) {
            link *at = &chain[key.number];
            if (at->known) {
                sim_fail(s, "%s has two effective events of number %llu in the case of L%zu", n->id.text,
                         (unsigned long long)key.number, (size_t)(lead - s->leads));
            }
            *at = (link){.known = true, .id = key.event, .actor = event.actor, .holder = event.holder,
                         .term = event.term, .kind = event.kind, .addressed = bits_of(s, &event)};
            count = key.number > count ? key.number : count;
        }
        err = tb_event_next(txn, &walk, &key, &row);
    }
    tb_store_abort(txn);
    return count;
}

/* Who may append: the holder; a take-over begins a new term. */
static void check_holders(sim *s, const sim_lead *lead, const link *chain, uint64_t count)
{
    for (uint64_t k = 2; k <= count; k++) {
        const link *before = &chain[k - 1];
        const link *at = &chain[k];
        bool over = at->kind == TB_EVENT_TAKE_OVER;
        if (!at->known || !before->known) {
            sim_fail(s, "the chain of L%zu has a hole at %llu", (size_t)(lead - s->leads), (unsigned long long)k);
        } else if (!over && (!tb_party_equal(&at->actor, &before->holder) || at->term != before->term)) {
            sim_fail(s, "holder: event %llu of L%zu is by %s while %s held the case", (unsigned long long)k,
                     (size_t)(lead - s->leads), at->actor.text, before->holder.text);
        } else if (over && at->term != before->term + 1) {
            sim_fail(s, "holder: the take-over at %llu of L%zu does not begin a new term", (unsigned long long)k,
                     (size_t)(lead - s->leads));
        }
    }
}

static void compare(sim *s, const sim_lead *lead, const sim_node *n, const link *longest, uint64_t count, const link *mine, uint64_t my_count)
{
    uint64_t must = 0;
    for (uint64_t k = 1; k <= count; k++) {
        bool on_it = (longest[k].addressed >> n->index & 1) != 0 || tb_party_equal(&longest[k].actor, &n->id) ||
                     tb_party_equal(&longest[k].holder, &n->id);
        must = on_it ? k : must;
    }
    if (my_count < must) {
        sim_fail(s, "chain: %s has the case of L%zu up to %llu and was addressed by event %llu", n->id.text,
                 (size_t)(lead - s->leads), (unsigned long long)my_count, (unsigned long long)must);
    }
    for (uint64_t k = 1; k <= my_count && k <= count; k++) {
        if (!mine[k].known || !tb_digest_equal(&mine[k].id, &longest[k].id)) {
            sim_fail(s, "chain: %s has another event %llu of L%zu than others", n->id.text, (unsigned long long)k,
                     (size_t)(lead - s->leads));
            return;
        }
    }
}

static void check_case(sim *s, const sim_lead *lead)
{
    static link chains[SIM_NODES_MAX][CHAIN_MAX];
    uint64_t counts[SIM_NODES_MAX] = {0};
    size_t best = 0;
    for (size_t i = 1; i < s->node_count; i++) {
        sim_node *n = &s->nodes[i];
        if (!n->was_hostile && !n->doubled) {
            counts[i] = read_chain(s, lead, n, chains[i]);
            best = counts[i] > counts[best] ? i : best;
        }
    }
    if (lead->spoiled) {
        return;
    }
    check_holders(s, lead, chains[best], counts[best]);
    for (size_t i = 1; i < s->node_count && !s->failed; i++) {
        if (!s->nodes[i].was_hostile && !s->nodes[i].doubled) {
            compare(s, lead, &s->nodes[i], chains[best], counts[best], chains[i], counts[i]);
        }
    }
}

/* ---- the end: what was sent was applied, once ---- */

static void check_applied(sim *s)
{
    for (size_t i = 0; i < s->ledger->header_places && !s->failed; i++) {
        const sim_header *header = &s->ledger->headers[i];
        if (header->number == 0 || header->filler) {
            continue;
        }
        sim_node *to = sim_party(s, &header->stream.recipient);
        sim_node *from = sim_party(s, &header->stream.sender);
        bool counts = !to->was_hostile && !to->doubled && !from->was_hostile && !from->doubled && !to->store_replaced && !from->store_replaced;
        if (counts && header->applied == 0 && !header->refused) {
            sim_fail(s, "I2 number %llu from %s to %s was never applied", (unsigned long long)header->number,
                     from->id.text, to->id.text);
        }
    }
}

/* Whatever the hub kept, no sealed word is in it. */
static void check_secret(sim *s)
{
    static const tb_bytes all = {NULL, 0};
    static const char canary[] = "CANARY";
    sim_node *hub = &s->nodes[SIM_HUB];
    tb_txn *txn = sim_look(s, hub);
    for (int table = 0; table < TB_TABLE_COUNT; table++) {
        tb_bytes key, value;
        tb_err err = tb_store_seek(txn, (tb_table)table, all, all, &key, &value);
        while (err == TB_OK) {
            for (size_t i = 0; i + sizeof canary - 1 <= value.size; i++) {
                if (value.data[i] == 'C' && memcmp(value.data + i, canary, sizeof canary - 1) == 0) {
                    sim_fail(s, "I5 the hub keeps the text of a sealed field");
                }
            }
            err = tb_store_next(txn, (tb_table)table, all, key, &key, &value);
        }
    }
    tb_store_abort(txn);
}

/* Every case is of a lead: an act asked for twice opens none. */
static void check_known_cases(sim *s)
{
    for (size_t i = 1; i < s->node_count; i++) {
        if (s->nodes[i].was_hostile || s->nodes[i].doubled) {
            continue;
        }
        tb_case_id id = {{0}};
        tb_txn *txn = sim_look(s, &s->nodes[i]);
        while (tb_case_after(txn, &id, false, &id) == TB_OK) {
            if (sim_lead_of(s, &id) == NULL) {
                sim_fail(s, "I2 %s has a case nobody knows: a lead was opened twice", s->nodes[i].id.text);
                break;
            }
        }
        tb_store_abort(txn);
    }
}

/* Two stores under one counter are two copies: the hub must have fenced the party. */
static void check_emptied(sim *s)
{
    for (size_t i = 1; i < s->node_count && !s->failed; i++) {
        const sim_node *n = &s->nodes[i];
        tb_hub_agent row;
        tb_txn *txn = sim_look(s, &s->nodes[SIM_HUB]);
        bool known = tb_hub_agent_get(txn, &n->id, &row) == TB_OK;
        if (n->emptied && n->lost && known && !row.fenced) {
            sim_fail(s, "I6 %s came back empty under its old counter and was let in", n->id.text);
        }
        tb_store_abort(txn);
    }
}

static void count_alarms(sim *s)
{
    for (size_t i = 0; i < s->node_count; i++) {
        tb_txn *txn = sim_look(s, &s->nodes[i]);
        s->stats.alarms += tb_store_rows(txn, TB_TABLE_ALARM);
        tb_store_abort(txn);
    }
}

void sim_check_end(sim *s)
{
    sim_check_all(s);
    for (size_t i = 0; i < s->lead_count && !s->failed; i++) {
        if (s->leads[i].has_case) {
            check_case(s, &s->leads[i]);
        }
    }
    if (!s->failed) {
        check_applied(s);
    }
    if (!s->failed && !somebody_apart(s)) {
        check_known_cases(s);
    }
    check_secret(s);
    check_emptied(s);
    count_alarms(s);
    if (!s->failed && s->stats.lies > 8 && s->stats.alarms == 0) {
        sim_fail(s, "I9 %llu lies, and nobody raised an alarm", (unsigned long long)s->stats.lies);
    }
}
