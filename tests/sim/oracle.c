/* oracle - compares what is in the stores with what the ledger says left them. */
#include <stdlib.h>

#include "agents/draft.h"
#include "agents/link.h"
#include "agents/requests.h"
#include "agents/rows_case.h"
#include "agents/rows_link.h"
#include "agents/rows_recover.h"
#include "agents/rows_reseal.h"
#include "broker/rows.h"
#include "broker/rows_stream.h"
#include "tests/sim/ledger.h"

#define FRAME_ARENA_BYTES (32u * 1024 * 1024)

/* ---- the tables are whole ---- */

static void check_tables(sim *s, sim_node *n)
{
    tb_bytes *faults = NULL;
    size_t count = 0;
    tb_txn *txn;
    tb_err err = sim_check(s, n, &txn, &faults, &count);
    s->stats.checks++;
    if (err != TB_OK) {
        sim_fail(s, "the tables of %s cannot be checked: %s", n->id.text, tb_err_text(err));
    } else if (count > 0) {
        sim_fail(s, "tables of %s: %.*s", n->id.text, (int)faults[0].size,
                 (const char *)faults[0].data);
    }
    tb_store_abort(txn);
}

/* ---- what the hub said it stored ---- */

/* A hub that lost its store, or came back old, goes on behind what its parties show it (design.md
 * §7): a mark of the sender's, or what sender and recipient both go by. It never held what lies
 * below such a base, and never stamped it; what this store stamped it must hold. */
static bool below_base(sim *s, const sim_node *hub, const sim_stream *known, uint64_t number)
{
    const sim_header *header = sim_header_of(s->ledger, &known->stream, number, false);
    return hub->store_replaced && (header == NULL || header->stamped_life != hub->life + 1);
}

static void check_stored(sim *s, sim_node *hub, tb_txn *txn, const sim_stream *known)
{
    tb_hub_stream row;
    if (known->stored == 0 || known->hub_life != hub->life) {
        return;
    }
    tb_err err = tb_hub_stream_get(txn, &known->stream, &row);
    if (err != TB_OK || row.stored.number < known->stored) {
        sim_fail(s, "I1 the hub told %s it holds its stream to %s up to %llu and has %llu",
                 known->stream.sender.text, known->stream.recipient.text,
                 (unsigned long long)known->stored,
                 err == TB_OK ? (unsigned long long)row.stored.number : 0ull);
        return;
    }
    uint64_t next = row.arrived.number + 1;
    while (next <= known->stored) {
        tb_hub_place place;
        if (tb_hub_place_upto(txn, &known->stream, next, &place) != TB_OK || place.to < next) {
            if (below_base(s, hub, known, next)) {
                next++;
                continue;
            }
            sim_fail(s,
                     "I1 the hub no longer holds number %llu of the stream from %s to %s, which "
                     "has not arrived",
                     (unsigned long long)next, known->stream.sender.text,
                     known->stream.recipient.text);
            return;
        }
        next = place.to + 1;
    }
}

/* I10: whose connection has credit waits for nothing that the hub has: whatever the others send,
 * its lanes are empty when a turn ends. (What one turn fetches for all ends at 6 MiB, of which a
 * run never sees one.) */
static void
check_nobody_waits(sim *s, const sim_node *hub, const tb_party *id, const tb_hub_session *session)
{
    for (size_t lane = 0; lane < TB_LANES; lane++) {
        if (session->behind[lane] && session->in_flight < hub->broker.limits.credit_bytes) {
            sim_fail(s, "I10 the hub ends a turn with something for %s, which has credit",
                     id->text);
        }
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
            sim_fail(s, "I8 %s has %llu bytes on their way", id.text,
                     (unsigned long long)session.in_flight);
        }
        check_nobody_waits(s, hub, &id, &session);
    }
    for (size_t i = 1; i < s->node_count; i++) {
        tb_party recipient = none;
        tb_hub_share share;
        while (tb_hub_share_after(txn, &s->nodes[i].id, &recipient, &recipient, &share) == TB_OK) {
            if (share.bytes > hub->broker.limits.share_bytes + s->ledger->largest) {
                sim_fail(s, "I8 the hub keeps %llu bytes of %s for %s",
                         (unsigned long long)share.bytes, s->nodes[i].id.text, recipient.text);
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
    if (tb_party_equal(&known->stream.sender, &n->id) && known->sent > 0 &&
        known->sender_life == n->life) {
        tb_stream_out_row row;
        tb_err err = tb_stream_out_get(txn, &known->stream, &row);
        if (err != TB_OK || row.number < known->sent) {
            sim_fail(s, "I1 %s sent number %llu to %s and does not know it", n->id.text,
                     (unsigned long long)known->sent, known->stream.recipient.text);
        }
        const sim_node *to = sim_party(s, &known->stream.recipient);
        bool honest = !to->was_hostile && !to->doubled && !to->store_replaced;
        if (err == TB_OK && honest && row.arrived > known->arrived) {
            sim_fail(s, "I9 %s believes that %s holds its stream up to %llu, which it never said",
                     n->id.text, to->id.text, (unsigned long long)row.arrived);
        }
    }
    if (tb_party_equal(&known->stream.recipient, &n->id) && known->arrived > 0 &&
        known->recipient_life == n->life) {
        tb_stream_in_row row;
        tb_err err = tb_stream_in_get(txn, &known->stream, &row);
        if (err != TB_OK || row.number < known->arrived) {
            sim_fail(
                s, "I1 %s signed that it holds the stream of %s up to %llu and holds it up to %llu",
                n->id.text, known->stream.sender.text, (unsigned long long)known->arrived,
                err == TB_OK ? (unsigned long long)row.number : 0ull);
        }
    }
}

static bool
has_event(tb_txn *txn, const tb_case_id *case_id, uint64_t number, const tb_digest *event)
{
    tb_event_key key;
    tb_event_row row;
    return tb_event_in_case(txn, case_id, TB_CLASS_CHAIN, number, event, &key, &row) == TB_OK;
}

/* A draft waits, or its request has another answer: it became an event or was given back. */
static void check_draft(sim *s, const sim_node *n, tb_txn *txn, const sim_drafted *act)
{
    tb_request_row row;
    tb_local_answer answer;
    tb_draft_row draft;
    tb_err err = tb_request_get(txn, &act->request, &row);
    if (err == TB_ERR_NOT_FOUND && s->passed) {
        return; /* answers are kept for a month */
    }
    if (err != TB_OK ||
        tb_local_answer_decode(row.answer, tb_txn_arena(txn), &answer) != TB_ACCEPTED) {
        sim_fail(s, "I1 %s took an act on lead L%zu as a draft and does not know its request",
                 n->id.text, act->lead);
        return;
    }
    bool waits = !answer.draft;
    for (uint64_t at = 0; !waits && tb_draft_next(txn, at, &draft) == TB_OK; at = draft.number) {
        waits = memcmp(&draft.wish.request, &act->request, sizeof act->request) == 0;
    }
    if (!waits) {
        sim_fail(s, "I1 %s took an act on lead L%zu as a draft and has forgotten it", n->id.text,
                 act->lead);
    }
}

static void check_agent(sim *s, sim_node *n)
{
    tb_txn *txn = sim_look(s, n);
    for (size_t i = 0; i < s->ledger->stream_count && !s->failed; i++) {
        check_stream(s, n, txn, &s->ledger->streams[i]);
    }
    for (size_t i = 0; i < s->ledger->accepted_count && !s->failed; i++) {
        const sim_accepted *act = &s->ledger->accepted[i];
        if (act->node == n->index && act->life == n->life &&
            !has_event(txn, &act->case_id, act->number, &act->event)) {
            sim_fail(s, "I1 %s accepted an act on lead L%zu and has no event of it", n->id.text,
                     act->lead);
        }
    }
    for (size_t i = 0; i < s->ledger->drafted_count && !s->failed; i++) {
        const sim_drafted *act = &s->ledger->drafted[i];
        if (act->node == n->index && act->life == n->life) {
            check_draft(s, n, txn, act);
        }
    }
    tb_store_abort(txn);
}

/* I10: one Submit, however many roots its groups lie under, costs the hub a bounded number of
 * signatures; a refusal in the place of a notice is signed by somebody else, and costs one more. */
void sim_check_frame_cost(sim *s, const tb_input *input, uint64_t verified)
{
    static uint8_t *block;
    tb_arena arena;
    tb_frame frame;
    if (verified <= TB_FRAME_ROOTS_MAX || input->kind != TB_INPUT_FRAME) {
        return;
    }
    if (block == NULL) {
        block = malloc(FRAME_ARENA_BYTES);
        TB_ASSERT(block != NULL);
    }
    tb_arena_init(&arena, block, FRAME_ARENA_BYTES);
    if (tb_frame_decode(input->bytes, &arena, &frame) != TB_ACCEPTED ||
        frame.kind != TB_FRAME_SUBMIT) {
        return;
    }
    uint64_t bound = TB_FRAME_ROOTS_MAX;
    for (size_t i = 0; i < frame.carry.group_count; i++) {
        for (size_t k = 0; k < frame.carry.groups[i].item_count; k++) {
            bound += frame.carry.groups[i].items[k].refusal != NULL;
        }
    }
    if (verified > bound) {
        sim_fail(s, "I10 the hub verified %llu signatures for one Submit of %s, bound %llu",
                 (unsigned long long)verified, input->party.text, (unsigned long long)bound);
    }
}

void sim_check_hub_bounds(sim *s)
{
    sim_node *hub = &s->nodes[SIM_HUB];
    tb_txn *txn = sim_look(s, hub);
    check_bounds(s, hub, txn);
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

bool sim_apart(const sim_node *n)
{
    return n->was_hostile || n->doubled || n->away;
}

bool sim_somebody_apart(const sim *s)
{
    for (size_t i = 1; i < s->node_count; i++) {
        if (sim_apart(&s->nodes[i])) {
            return true;
        }
    }
    return false;
}

/* Its marks went back and no officer has seen it yet, or it hears what it lost; what a liar owes,
 * or who is away, it need not have heard. */
static bool comes_back(sim *s, tb_txn *txn)
{
    tb_link_row link;
    tb_recovery_row recovery;
    tb_bytes cursor = {NULL, 0};
    tb_party peer;
    tb_asked_row asked;
    if (tb_link_get(txn, &link) != TB_OK || link.fence != TB_ACCEPTED ||
        tb_recovery_get(txn, &recovery) != TB_OK || recovery.state == TB_RECOVERY_GREETING) {
        return true;
    }
    while (recovery.state == TB_RECOVERY_ASKING &&
           tb_asked_next(txn, &cursor, &peer, &asked) == TB_OK) {
        if (asked.ended == 0 && !sim_apart(sim_party(s, &peer))) {
            return true;
        }
    }
    return false;
}

static bool agent_quiet(sim *s, sim_node *n, char *why, size_t size)
{
    static const tb_table tables[] = {TB_TABLE_INBOX, TB_TABLE_HELD, TB_TABLE_QUARANTINE};
    tb_txn *txn = sim_look(s, n);
    bool quiet = !comes_back(s, txn);
    if (!quiet) {
        (void)snprintf(why, size, "%s has not come back", n->id.text);
    }
    for (size_t i = 0; i < sizeof tables / sizeof tables[0] && quiet; i++) {
        if (tb_store_rows(txn, tables[i]) > 0) {
            static const char *const names[] = {"taken notices", "held events",
                                                "quarantined notices"};
            (void)snprintf(why, size, "%s has %s", n->id.text, names[i]);
            quiet = false;
        }
    }
    tb_draft_row draft;
    /* A draft to somebody whose share is closed for good may wait for ever. */
    for (uint64_t at = 0;
         quiet && !sim_somebody_apart(s) && tb_draft_next(txn, at, &draft) == TB_OK;
         at = draft.number) {
        if (draft.state == TB_DRAFT_WAITING) {
            (void)snprintf(why, size, "%s has a draft that waits", n->id.text);
            quiet = false;
        }
    }
    /* What an honest recipient could not verify for want of a directory is given again. */
    tb_reseal_key again = {.notice = 0};
    tb_time since;
    tb_bytes key;
    while (quiet && tb_reseal_after(txn, &again, &again, &since, &key) == TB_OK) {
        sim_node *to = sim_party(s, &again.recipient);
        if (!sim_apart(to)) {
            (void)snprintf(why, size, "%s has a notice to give again to %s", n->id.text,
                           to->id.text);
            quiet = false;
        }
    }
    tb_lost_stamp_row lost;
    if (quiet && tb_lost_stamp_first(txn, &n->id, &lost, &key) == TB_OK) {
        (void)snprintf(why, size, "%s asks %s for a stamp", n->id.text, lost.stream.recipient.text);
        quiet = sim_somebody_apart(s);
    }
    /* A refusal that was told once, and not again without faults, may not have come to the hub. */
    tb_bytes cursor = {NULL, 0};
    tb_untold_row untold;
    while (quiet && tb_untold_next(txn, &n->id, &cursor, &untold) == TB_OK) {
        sim_node *from = sim_party(s, &untold.stream.sender);
        if (untold.shown == 0 && !sim_apart(from)) {
            (void)snprintf(why, size, "%s has a refusal to tell %s", n->id.text, from->id.text);
            quiet = false;
        }
    }
    cursor = (tb_bytes){NULL, 0};
    tb_stream stream;
    tb_stream_out_row row;
    while (quiet && tb_stream_out_next(txn, &cursor, &stream, &row) == TB_OK) {
        sim_node *to = sim_party(s, &stream.recipient);
        if (row.arrived < row.number && !sim_apart(to)) {
            (void)snprintf(why, size, "number %llu from %s to %s has not arrived",
                           (unsigned long long)row.arrived + 1, n->id.text, to->id.text);
            quiet = false;
        }
    }
    tb_store_abort(txn);
    return quiet;
}

/* Longer nothing lies in flight without being sent again (PROTOCOL.md: 3 s), and no Welcome, ten
 * minutes away, has to help. */
#define FLIGHT_MS (60 * 1000)

void sim_check_pace(sim *s)
{
    for (size_t i = 1; i < s->node_count && !s->failed; i++) {
        sim_node *n = &s->nodes[i];
        tb_bytes cursor = {NULL, 0};
        tb_stream stream;
        tb_stream_out_row row;
        bool may_sign = false;
        if (sim_apart(n) || !n->up || !n->agent.times.connected) {
            continue;
        }
        tb_txn *txn = sim_look(s, n);
        tb_err err = tb_link_may_sign(txn, &may_sign);
        while (err == TB_OK && may_sign) {
            err = tb_stream_out_next(txn, &cursor, &stream, &row);
            if (err == TB_OK && row.flight_count > 0 &&
                sim_clock(s, n).real - row.active > FLIGHT_MS) {
                sim_fail(s, "pace: what %s sent %s behind number %llu is not sent again",
                         n->id.text, stream.recipient.text, (unsigned long long)row.stored);
            }
        }
        tb_store_abort(txn);
    }
}

bool sim_quiet(sim *s, char *why, size_t size)
{
    for (size_t i = 0; i < s->lead_count; i++) {
        const sim_lead *lead = &s->leads[i];
        if (!lead->closed && !lead->spoiled) {
            (void)snprintf(why, size,
                           "the case of lead L%zu (%s, found in %s, home %s) is not closed", i,
                           s->nodes[lead->submitter].id.text, lead->found, lead->home);
            return false;
        }
    }
    for (size_t i = 0; i < s->node_count; i++) {
        sim_node *n = &s->nodes[i];
        if (sim_apart(n)) {
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
