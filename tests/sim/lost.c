/* lost - leads whose case was in a store that is gone: their people open them anew, once it is
 * known that nobody has the case and that none of it is on its way. */
#include "agents/draft.h"
#include "agents/rows_case.h"
#include "broker/rows.h"
#include "broker/rows_stream.h"
#include "tests/sim/ledger.h"

#define LOOK_AFTER_MS 60000
#define LOOK_AGAIN_MS 30000

static void feed_later(sim *s, const sim_node *n, size_t lead, tb_time after)
{
    sim_schedule(
        s,
        (sim_event){
            .at = s->now + after, .kind = SIM_FEED, .node = n->index, .number = lead, .extra = 1});
}

/* Its people look through what they had notified. */
void sim_lost_leads(sim *s, const sim_node *n)
{
    for (size_t i = 0; i < s->lead_count; i++) {
        if (s->leads[i].submitter == n->index && s->leads[i].fed) {
            feed_later(s, n, i, LOOK_AFTER_MS);
        }
    }
}

static bool is_somewhere(sim *s, const sim_lead *lead)
{
    bool found = false;
    for (size_t k = 1; k < s->node_count && !found; k++) {
        tb_case_row row;
        if (s->nodes[k].store != NULL) {
            tb_txn *txn = sim_look(s, &s->nodes[k]);
            found = tb_case_get(txn, &lead->case_id, &row) == TB_OK;
            tb_store_abort(txn);
        }
    }
    return found;
}

/* The hub has something of it that may yet arrive. */
static bool is_on_its_way(sim *s, const sim_node *n)
{
    bool waits = false;
    tb_txn *txn = sim_look(s, &s->nodes[SIM_HUB]);
    for (size_t i = 0; i < s->ledger->stream_count && !waits; i++) {
        const tb_stream *stream = &s->ledger->streams[i].stream;
        const sim_node *to = sim_party(s, &stream->recipient);
        tb_hub_stream held;
        waits = tb_party_equal(&stream->sender, &n->id) && !to->was_hostile && !to->doubled &&
                tb_hub_stream_get(txn, stream, &held) == TB_OK &&
                held.stored.number > held.arrived.number;
    }
    tb_store_abort(txn);
    return waits;
}

/* Its people have asked for the case, or it is a draft: it may yet come into being. */
static bool is_asked_for(sim *s, const sim_node *n, size_t lead)
{
    for (size_t i = 0; i < SIM_ASKS_MAX; i++) {
        const sim_ask *ask = &n->asks[i];
        if (ask->open && ask->kind == TB_REQUEST_OPEN_CASE && ask->lead == lead) {
            return true;
        }
    }
    tb_draft_row draft;
    bool waits = false;
    tb_txn *txn = sim_look(s, n);
    for (uint64_t at = 0; !waits && tb_draft_next(txn, at, &draft) == TB_OK; at = draft.number) {
        waits = draft.state == TB_DRAFT_WAITING;
    }
    tb_store_abort(txn);
    return waits;
}

bool sim_lead_is_lost(sim *s, sim_node *n, size_t at)
{
    sim_lead *lead = &s->leads[at];
    if (lead->has_case && is_somewhere(s, lead)) {
        return false;
    }
    if (s->nodes[SIM_HUB].store == NULL || n->store == NULL || is_on_its_way(s, n) ||
        is_asked_for(s, n, at)) {
        feed_later(s, n, at, LOOK_AGAIN_MS);
        return false;
    }
    lead->has_case = false;
    return true;
}
