/* oracle_end - what must be equal, and done, when everything has finished. */
#include "agents/rows_case.h"
#include "agents/rows_duty.h"
#include "agents/rows_link.h"
#include "broker/rows.h"
#include "tests/sim/ledger.h"

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

static void check_readers(sim *s,
                          const sim_lead *lead,
                          sim_node *n,
                          tb_txn *txn,
                          const tb_event_key *key,
                          const tb_event *event)
{
    tb_opening *openings;
    size_t count;
    if (tb_openings_of(txn, key, &openings, &count) != TB_OK) {
        sim_fail(s, "%s has openings that do not read", n->id.text);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (!sim_may_read(s, lead, n, openings[i].group) &&
            !tb_party_equal(&event->actor, &n->id)) {
            sim_fail(s, "readers: %s holds the group %.*s of lead L%zu, which it may not read",
                     n->id.text, (int)openings[i].group.size, (const char *)openings[i].group.data,
                     (size_t)(lead - s->leads));
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
        if (tb_event_decode(row.event, tb_txn_arena(txn), &event) != TB_ACCEPTED ||
            key.number >= CHAIN_MAX) {
            sim_fail(s, "%s keeps an event that does not decode", n->id.text);
            break;
        }
        check_readers(s, lead, n, txn, &key, &event);
        if (row.standing == TB_STANDING_EFFECTIVE) {
            link *at = &chain[key.number];
            if (at->known) {
                sim_fail(s, "%s has two effective events of number %llu in the case of L%zu",
                         n->id.text, (unsigned long long)key.number, (size_t)(lead - s->leads));
            }
            *at = (link){.known = true,
                         .id = key.event,
                         .actor = event.actor,
                         .holder = event.holder,
                         .term = event.term,
                         .kind = event.kind,
                         .addressed = bits_of(s, &event)};
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
            sim_fail(s, "the chain of L%zu has a hole at %llu", (size_t)(lead - s->leads),
                     (unsigned long long)k);
        } else if (!over &&
                   (!tb_party_equal(&at->actor, &before->holder) || at->term != before->term)) {
            sim_fail(s, "holder: event %llu of L%zu is by %s while %s held the case",
                     (unsigned long long)k, (size_t)(lead - s->leads), at->actor.text,
                     before->holder.text);
        } else if (over && at->term != before->term + 1) {
            sim_fail(s, "holder: the take-over at %llu of L%zu does not begin a new term",
                     (unsigned long long)k, (size_t)(lead - s->leads));
        }
    }
}

static void compare(sim *s,
                    const sim_lead *lead,
                    const sim_node *n,
                    const link *longest,
                    uint64_t count,
                    const link *mine,
                    uint64_t my_count)
{
    uint64_t must = 0;
    for (uint64_t k = 1; k <= count; k++) {
        bool on_it = (longest[k].addressed >> n->index & 1) != 0 ||
                     tb_party_equal(&longest[k].actor, &n->id) ||
                     tb_party_equal(&longest[k].holder, &n->id);
        must = on_it ? k : must;
    }
    if (my_count < must) {
        sim_fail(s, "chain: %s has the case of L%zu up to %llu and was addressed by event %llu",
                 n->id.text, (size_t)(lead - s->leads), (unsigned long long)my_count,
                 (unsigned long long)must);
    }
    for (uint64_t k = 1; k <= my_count && k <= count; k++) {
        if (!mine[k].known || !tb_digest_equal(&mine[k].id, &longest[k].id)) {
            sim_fail(s, "chain: %s has another event %llu of L%zu than others", n->id.text,
                     (unsigned long long)k, (size_t)(lead - s->leads));
            return;
        }
    }
}

/* A run lasts minutes and no duty is due before the end of the next working day, so that none may
 * have lapsed, or be late, when all is done: whatever an agent's own clock said meanwhile, the
 * hub's stamps decide. */
static void check_duties(sim *s, const sim_lead *lead, sim_node *n)
{
    tb_duty_row *rows;
    size_t count;
    tb_txn *txn = sim_look(s, n);
    if (tb_duties_of(txn, &lead->case_id, &rows, &count) != TB_OK) {
        sim_fail(s, "%s has duties that do not read", n->id.text);
        count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        bool wrong = rows[i].state == TB_DUTY_LAPSED || rows[i].state == TB_DUTY_LATE;
        if (wrong) {
            sim_fail(s,
                     "duty: %s has %.*s of lead L%zu, owed by %s, as %s, and nothing was due yet",
                     n->id.text, (int)rows[i].key.duty.size, (const char *)rows[i].key.duty.data,
                     (size_t)(lead - s->leads), rows[i].key.debtor.text,
                     rows[i].state == TB_DUTY_LAPSED ? "lapsed" : "late");
        }
    }
    tb_store_abort(txn);
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
            if (!s->hub_clock_jumped && !s->passed) {
                check_duties(s, lead, &s->nodes[i]);
            }
            compare(s, lead, &s->nodes[i], chains[best], counts[best], chains[i], counts[i]);
        }
    }
}

/* ---- the end: what was sent was applied, once ---- */

/* Who sent what will not be applied has the signed word of whoever refused it. */
static void check_told(sim *s, const sim_header *header, const sim_node *from)
{
    tb_refusal_row row;
    tb_txn *txn = sim_look(s, from);
    if (tb_refusal_get(txn, &header->stream, header->notice, &row) != TB_OK) {
        sim_fail(s, "I2 number %llu from %s to %s was refused, and its sender does not know",
                 (unsigned long long)header->number, from->id.text, header->stream.recipient.text);
    }
    tb_store_abort(txn);
}

static void check_applied(sim *s)
{
    for (size_t i = 0; i < s->ledger->header_places && !s->failed; i++) {
        const sim_header *header = &s->ledger->headers[i];
        if (header->number == 0 || header->filler) {
            continue;
        }
        sim_node *to = sim_party(s, &header->stream.recipient);
        sim_node *from = sim_party(s, &header->stream.sender);
        bool counts = !to->was_hostile && !to->doubled && !from->was_hostile && !from->doubled &&
                      !to->store_replaced && !from->store_replaced;
        if (counts && header->applied == 0 && !header->refused) {
            sim_fail(s, "I2 number %llu from %s to %s was never applied",
                     (unsigned long long)header->number, from->id.text, to->id.text);
        }
        if (counts && header->applied == 0 && header->refused) {
            check_told(s, header, from);
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
                if (value.data[i] == 'C' &&
                    memcmp(value.data + i, canary, sizeof canary - 1) == 0) {
                    sim_fail(s, "I5 the hub keeps the text of a sealed field");
                }
            }
            err = tb_store_next(txn, (tb_table)table, all, key, &key, &value);
        }
    }
    tb_store_abort(txn);
}

/* How often this party confirmed a shutdown in the case, whatever became of it. */
static size_t shutdowns_by(tb_txn *txn, const tb_case_id *id, const tb_party *self)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_event event;
    size_t count = 0;
    tb_err err = tb_event_first(txn, id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        count += tb_event_decode(row.event, tb_txn_arena(txn), &event) == TB_ACCEPTED &&
                 tb_party_equal(&event.actor, self) &&
                 tb_bytes_equal(event.action, tb_bytes_str("shut_down"));
        err = tb_event_next(txn, &walk, &key, &row);
    }
    return count;
}

/* Every case is of a lead, or opened by a shutdown, one by each: an act asked for twice opens none.
 */
static void check_known_cases(sim *s)
{
    for (size_t i = 1; i < s->node_count; i++) {
        if (s->nodes[i].was_hostile || s->nodes[i].doubled) {
            continue;
        }
        tb_case_id id = {{0}};
        size_t shutdowns = 0;
        size_t opened = 0;
        tb_txn *txn = sim_look(s, &s->nodes[i]);
        while (tb_case_after(txn, &id, false, &id) == TB_OK) {
            tb_case_row row;
            size_t mark = tb_arena_mark(tb_txn_arena(txn));
            bool read = tb_case_get(txn, &id, &row) == TB_OK;
            bool channel = read && tb_bytes_equal(row.case_type, tb_bytes_str("channel_case"));
            opened += channel && tb_party_equal(&row.view.opener, &s->nodes[i].id);
            shutdowns += channel ? 0 : shutdowns_by(txn, &id, &s->nodes[i].id);
            tb_arena_release(tb_txn_arena(txn), mark);
            if (!channel && sim_lead_of(s, &id) == NULL) {
                sim_fail(s, "I2 %s has a case nobody knows: a lead was opened twice",
                         s->nodes[i].id.text);
                break;
            }
        }
        if (opened > shutdowns) {
            sim_fail(s, "I2 %s opened %zu cases by %zu shutdowns", s->nodes[i].id.text, opened,
                     shutdowns);
        }
        tb_store_abort(txn);
    }
}

/* Two stores under one counter are two copies: the hub must have said so. */
static void check_emptied(sim *s)
{
    for (size_t i = 1; i < s->node_count && !s->failed; i++) {
        const sim_node *n = &s->nodes[i];
        if (n->emptied && !n->told_two_copies) {
            sim_fail(s, "I6 %s came back empty under its old counter and was let in", n->id.text);
        }
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
    if (!s->failed && !sim_somebody_apart(s)) {
        check_known_cases(s);
    }
    if (!s->failed) {
        sim_check_reports(s);
    }
    check_secret(s);
    check_emptied(s);
    count_alarms(s);
    if (!s->failed && s->stats.lies > 8 && s->stats.alarms == 0) {
        sim_fail(s, "I9 %llu lies, and nobody raised an alarm", (unsigned long long)s->stats.lies);
    }
}
