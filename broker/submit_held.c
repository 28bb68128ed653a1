/* submit_held - a group against what the hub holds of its stream: the same again, or another
 * content under its numbers. */
#include "broker/submission.h"

/* The digest the hub holds for a number, as far as it still knows. */
static tb_err digest_held(tb_broker *b,
                          tb_live_stream *live,
                          uint64_t number,
                          tb_digest *out,
                          tb_bytes *out_header,
                          bool *out_known)
{
    tb_running *t = &b->running;
    *out_known = true;
    out_header->size = 0;
    tb_hub_place place;
    tb_err err = tb_hub_place_upto(t->txn, &live->stream, number, &place);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    if (err == TB_OK && place.to >= number) {
        tb_hub_group row;
        tb_group group;
        err = tb_hub_group_get(t->txn, &live->stream.recipient, live->stream.lane, place.seq, &row);
        if (err != TB_OK || tb_group_decode(row.group, t->arena, &group) != TB_ACCEPTED ||
            number - place.from >= group.item_count) {
            return err == TB_OK || err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        }
        const tb_item *item = &group.items[number - place.from];
        *out = item->digest;
        *out_header = item->header_bytes;
        return TB_OK;
    }
    if (number == live->row.stored.number) {
        *out = live->row.stored.digest;
    } else if (number == live->row.arrived.number) {
        *out = live->row.arrived.digest;
    } else {
        *out_known = false;
    }
    return TB_OK;
}

tb_err
tb_submission_held(tb_broker *b, const tb_live_stream *live, const tb_group *group, bool *out)
{
    const tb_digest *digest = &group->items[group->item_count - 1].digest;
    uint64_t to = tb_group_number(group, group->item_count - 1);
    *out = to == live->row.stored.number && tb_digest_equal(digest, &live->row.stored.digest);
    if (to >= live->row.stored.number) {
        return TB_OK;
    }
    tb_hub_place place;
    tb_err err = tb_hub_place_upto(b->running.txn, &live->stream, to, &place);
    if (err == TB_OK) {
        *out = place.to == to && tb_digest_equal(digest, &place.digest);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_submission_forked(tb_submission *s, const tb_item *item, tb_bytes held)
{
    tb_err err = tb_hub_raise(s->b, &s->sender->id, TB_REFUSED_FORK, item->header_bytes, held);
    if (err != TB_OK) {
        return err;
    }
    err = tb_hub_refuse_plainly(s->b, s->sender, TB_REFUSED_FORK, item->header_bytes);
    if (err != TB_OK) {
        return err;
    }
    return tb_hub_dismiss(s->b, s->sender, s->sender->session.peer, TB_REFUSED_FORK);
}

tb_err tb_submission_contradicted(tb_submission *s, tb_live_stream *live, const tb_item *item)
{
    tb_digest held;
    tb_bytes header = {NULL, 0};
    bool known;
    tb_err err = digest_held(s->b, live, live->row.stored.number, &held, &header, &known);
    if (err != TB_OK) {
        return err;
    }
    return tb_submission_forked(s, item, header);
}

tb_err tb_submission_repeated(tb_submission *s, tb_live_stream *live, const tb_group *group)
{
    uint64_t from = tb_group_number(group, 0);
    uint64_t to = from + group->item_count - 1;
    uint64_t at = to < live->row.stored.number ? to : live->row.stored.number;
    const tb_item *item = &group->items[at - from];
    tb_digest held;
    tb_bytes header = {NULL, 0};
    bool known =
        at == live->row.stored.number && tb_digest_equal(&item->digest, &live->row.stored.digest);
    if (!known) {
        tb_err err = digest_held(s->b, live, at, &held, &header, &known);
        if (err != TB_OK) {
            return err;
        }
        if (known && !tb_digest_equal(&held, &item->digest)) {
            return tb_submission_forked(s, item, header);
        }
    }
    live->show_stored = true;
    if (to > live->row.stored.number) {
        /* A group is taken whole; this one begins inside what is held. */
        s->sender->again = true;
    }
    return TB_OK;
}
