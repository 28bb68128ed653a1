#include "broker/handlers.h"

/* HUB_STREAM rows made on one party's word: three lanes to every party of a large hub, and old
 * runs. */
#define STREAMS_MAX (4u * TB_PARTIES_MAX)

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
    if (agent.streams >= STREAMS_MAX) {
        *out_allowed = false;
        return TB_OK;
    }
    agent.streams++;
    return tb_hub_agent_put(b->running.txn, &maker->id, &agent);
}

static tb_err adopt(tb_broker *b,
                    tb_live_party *witness,
                    tb_live_stream *live,
                    uint64_t number,
                    const tb_digest *digest)
{
    bool allowed;
    tb_err err = tb_hub_new_stream(b, witness, live, &allowed);
    if (err != TB_OK || !allowed) {
        return err;
    }

    live->row.stored.number = number;
    live->row.stored.digest = *digest;
    live->row.stored.line.size = 0;
    live->row.hearsay = true;
    live->changed = true;
    tb_effects_note(b->running.effects, b->running.arena, TB_LEVEL_WARN,
                    "event=base sender=%p recipient=%p number=%u witness=%p", &live->stream.sender,
                    &live->stream.recipient, number, &witness->id);
    return TB_OK;
}

tb_err tb_hub_base(tb_broker *b,
                   tb_live_party *witness,
                   tb_live_stream *live,
                   uint64_t number,
                   const tb_digest *digest,
                   bool *out_agrees)
{
    *out_agrees = true;
    const tb_hub_stream *row = &live->row;
    if (number > row->stored.number) {
        return adopt(b, witness, live, number, digest);
    }

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

tb_err tb_hub_base_withdraw(tb_broker *b, tb_live_stream *live, tb_bytes header)
{
    TB_ASSERT(live->row.hearsay);

    tb_hub_stream *row = &live->row;
    tb_err err = tb_hub_raise(b, &live->stream.recipient, TB_REFUSED_FORK, header,
                              tb_bytes_of(row->stored.digest.bytes, TB_DIGEST_BYTES));
    if (err != TB_OK) {
        return err;
    }

    tb_hub_place place;
    err = tb_hub_place_upto(b->running.txn, &live->stream, UINT64_MAX, &place);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    row->stored = row->arrived;
    row->stored.line.size = 0;
    if (err == TB_OK) {
        row->stored.number = place.to;
        row->stored.digest = place.digest;
    }
    row->hearsay = false;
    live->changed = true;
    return TB_OK;
}
