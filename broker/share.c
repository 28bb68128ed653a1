#include "broker/handlers.h"

/* Soft by one group: what is below the share when a group comes has room for it. */
tb_err
tb_hub_share_room(tb_broker *b, const tb_party *sender, const tb_party *recipient, bool *out_room)
{
    tb_hub_share share;
    tb_err err = tb_hub_share_get(b->running.txn, sender, recipient, &share);
    if (err != TB_OK) {
        return err;
    }

    *out_room = !share.closed && share.bytes < b->limits.share_bytes;
    return TB_OK;
}

tb_err
tb_hub_share_add(tb_broker *b, const tb_party *sender, const tb_party *recipient, uint64_t bytes)
{
    tb_hub_share share;
    tb_err err = tb_hub_share_get(b->running.txn, sender, recipient, &share);
    if (err != TB_OK) {
        return err;
    }

    share.bytes += bytes;
    return tb_hub_share_put(b->running.txn, sender, recipient, &share);
}

static tb_err announce(tb_broker *b, uint64_t peer, tb_frame_kind kind, const tb_party *recipient)
{
    tb_frame frame;
    memset(&frame, 0, sizeof frame);
    frame.kind = kind;
    frame.share = *recipient;
    return tb_running_send(b, peer, &frame);
}

tb_err
tb_hub_share_free(tb_broker *b, const tb_party *sender, const tb_party *recipient, uint64_t bytes)
{
    tb_running *t = &b->running;
    tb_hub_share share;
    tb_err err = tb_hub_share_get(t->txn, sender, recipient, &share);
    if (err != TB_OK) {
        return err;
    }
    if (share.bytes < bytes) {
        return TB_ERR_CORRUPT;
    }

    share.bytes -= bytes;
    bool opens = share.closed && share.bytes <= b->limits.share_bytes / 2;
    if (opens) {
        share.closed = false;
    }
    err = tb_hub_share_put(t->txn, sender, recipient, &share);
    if (err != TB_OK || !opens) {
        return err;
    }

    tb_live_party *party;
    err = tb_running_party(b, sender, &party);
    if (err != TB_OK || !party->linked) {
        return err;
    }
    tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO, "event=open sender=%p recipient=%p",
                    sender, recipient);
    return announce(b, party->session.peer, TB_FRAME_OPEN, recipient);
}

tb_err tb_hub_share_wait(tb_broker *b, tb_live_party *sender, const tb_party *recipient)
{
    return announce(b, sender->session.peer, TB_FRAME_CLOSED, recipient);
}

tb_err tb_hub_share_joined(tb_broker *b, const tb_party *recipient)
{
    tb_running *t = &b->running;
    tb_party id = {{0}};
    tb_hub_session session;
    tb_err err = tb_hub_session_after(t->txn, &id, &id, &session);
    while (err == TB_OK) {
        tb_hub_share share;
        err = tb_hub_share_get(t->txn, &id, recipient, &share);
        if (err == TB_OK && !share.closed) {
            err = announce(b, session.peer, TB_FRAME_OPEN, recipient);
        }
        if (err == TB_OK) {
            err = tb_hub_session_after(t->txn, &id, &id, &session);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_hub_share_close(tb_broker *b, tb_live_party *sender, const tb_party *recipient)
{
    tb_running *t = &b->running;
    tb_hub_share share;
    tb_err err = tb_hub_share_get(t->txn, &sender->id, recipient, &share);
    if (err != TB_OK) {
        return err;
    }

    if (!share.closed) {
        tb_effects_note(t->effects, t->arena, TB_LEVEL_INFO,
                        "event=closed sender=%p recipient=%p bytes=%u", &sender->id, recipient,
                        share.bytes);
        share.closed = true;
        err = tb_hub_share_put(t->txn, &sender->id, recipient, &share);
        if (err != TB_OK) {
            return err;
        }
    }
    return announce(b, sender->session.peer, TB_FRAME_CLOSED, recipient);
}
