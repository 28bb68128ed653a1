#include "broker/handlers.h"

/* HUB_STREAM rows made on one party's word: three lanes to every party of a large hub, and old
 * runs. */
#define STREAMS_MAX (4u * TB_PARTIES_MAX)
/* Of them to one recipient, whose Welcome shows its marks of all: three lanes of so many
 * incarnations. Beyond it the sender's new ones find no room. */
#define PAIR_STREAMS_MAX (3u * 128)

tb_err
tb_hub_new_stream(tb_broker *b, tb_live_party *maker, tb_live_stream *live, bool *out_allowed)
{
    *out_allowed = true;
    if (live->exists || live->changed) {
        return TB_OK;
    }

    tb_hub_agent agent;
    tb_err err = tb_hub_agent_get(b->running.txn, &maker->id, &agent);
    if (err != TB_OK) {
        return err;
    }
    size_t between = 0;
    if (tb_party_equal(&maker->id, &live->stream.sender)) {
        err = tb_hub_stream_count(b->running.txn, &live->stream.sender, &live->stream.recipient,
                                  PAIR_STREAMS_MAX, &between);
    }
    if (err != TB_OK) {
        return err;
    }
    if (agent.streams >= STREAMS_MAX || between >= PAIR_STREAMS_MAX) {
        *out_allowed = false;
        return TB_OK;
    }
    agent.streams++;
    return tb_hub_agent_put(b->running.txn, &maker->id, &agent);
}

void tb_hub_base(tb_broker *b, tb_live_stream *live, uint64_t number, const tb_digest *digest)
{
    tb_running *t = &b->running;
    tb_hub_stream *row = &live->row;
    TB_ASSERT(number > row->stored.number);

    row->stored.number = number;
    row->stored.digest = *digest; /* before the claim, where it may stand, is forgotten */
    row->stored.line.size = 0;
    row->bases++;
    tb_hub_settle_claim(live);
    live->changed = true;
    tb_effects_note(t->effects, t->arena, TB_LEVEL_WARN,
                    "event=base sender=%p recipient=%p number=%u", &live->stream.sender,
                    &live->stream.recipient, number);
}

void tb_hub_settle_claim(tb_live_stream *live)
{
    if (live->row.claimed <= live->row.stored.number) {
        live->row.claimed = 0;
        memset(&live->row.claimed_digest, 0, sizeof live->row.claimed_digest);
    }
}

tb_err tb_hub_claim(tb_broker *b,
                    tb_live_party *recipient,
                    tb_live_stream *live,
                    uint64_t number,
                    const tb_digest *digest)
{
    if (number <= live->row.stored.number) {
        bool agrees;
        return tb_hub_agrees(b, recipient, live, number, digest, &agrees);
    }

    bool allowed;
    tb_err err = tb_hub_new_stream(b, recipient, live, &allowed);
    if (err != TB_OK || !allowed) {
        return err;
    }
    live->row.claimed = number;
    live->row.claimed_digest = *digest;
    live->changed = true;
    return TB_OK;
}

tb_err tb_hub_agrees(tb_broker *b,
                     tb_live_party *witness,
                     tb_live_stream *live,
                     uint64_t number,
                     const tb_digest *digest,
                     bool *out_agrees)
{
    const tb_hub_stream *row = &live->row;
    TB_ASSERT(number <= row->stored.number);

    *out_agrees = true;
    if (number == row->stored.number) {
        *out_agrees = tb_digest_equal(digest, &row->stored.digest);
    } else if (number == row->arrived.number) {
        *out_agrees = tb_digest_equal(digest, &row->arrived.digest);
    } else if (number > row->arrived.number) {
        tb_hub_place place;
        tb_err err = tb_hub_place_upto(b->running.txn, &live->stream, number, &place);
        if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
            return err;
        }
        if (err == TB_OK && place.to == number) {
            *out_agrees = tb_digest_equal(digest, &place.digest);
        }
    }
    if (*out_agrees) {
        return TB_OK;
    }
    return tb_hub_raise(b, &witness->id, TB_REFUSED_FORK,
                        tb_bytes_of(digest->bytes, TB_DIGEST_BYTES),
                        tb_bytes_of(live->key.bytes, sizeof live->key.bytes));
}
