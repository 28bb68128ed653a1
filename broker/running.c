#include "broker/running.h"

#include "broker/broker.h"

#define META_CIVIL "civil"

/* The last instant that prints with four digits for the year. */
#define CIVIL_MAX 253402271999999

tb_err tb_running_enter(tb_broker *broker, tb_txn *txn, tb_now now, tb_effects *effects)
{
    tb_running *t = &broker->running;
    t->txn = txn;
    t->arena = tb_txn_arena(txn);
    t->effects = effects;
    t->now = now;
    if (t->open) {
        return TB_OK;
    }

    t->open = true;
    t->directory = broker->directory;
    if (broker->directory->exercise) {
        uint64_t civil;
        tb_err err = tb_hub_number(txn, META_CIVIL, &civil);
        if (err != TB_OK) {
            return err;
        }
        t->civil = civil > CIVIL_MAX ? CIVIL_MAX : (tb_time)civil;
    }
    return TB_OK;
}

void tb_running_civil(tb_broker *broker, tb_time civil)
{
    tb_running *t = &broker->running;
    if (t->directory->exercise && civil > t->civil && civil <= CIVIL_MAX) {
        t->civil = civil;
        t->civil_moved = true;
    }
}

tb_err tb_running_keep_civil(tb_broker *broker)
{
    return tb_hub_number_put(broker->running.txn, META_CIVIL, (uint64_t)broker->running.civil);
}

static tb_err load_party(tb_running *t, tb_live_party *party)
{
    tb_err err = tb_hub_session_get(t->txn, &party->id, &party->session);
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    party->linked = true;
    return TB_OK;
}

tb_err tb_running_party(tb_broker *broker, const tb_party *id, tb_live_party **out)
{
    tb_running *t = &broker->running;
    tb_live_party *party = tb_index_find(&t->party_index, tb_bytes_of(id->text, TB_PARTY_BYTES));
    if (party != NULL) {
        *out = party;
        return TB_OK;
    }

    party = tb_arena_alloc(t->arena, sizeof *party);
    if (party == NULL) {
        return TB_ERR_LIMIT;
    }
    party->id = *id;
    tb_err err = load_party(t, party);
    if (err != TB_OK) {
        return err;
    }
    err =
        tb_index_add(&t->party_index, t->arena, tb_bytes_of(party->id.text, TB_PARTY_BYTES), party);
    if (err != TB_OK) {
        return err;
    }

    if (t->parties == NULL) {
        t->parties = party;
    } else {
        t->last_party->next = party;
    }
    t->last_party = party;
    *out = party;
    return TB_OK;
}

static tb_err load_stream(tb_running *t, tb_live_stream *live)
{
    tb_err err = tb_hub_stream_get(t->txn, &live->stream, &live->row);
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    live->exists = true;
    return TB_OK;
}

tb_err tb_running_stream(tb_broker *broker, const tb_stream *stream, tb_live_stream **out)
{
    tb_running *t = &broker->running;
    tb_stream_key key = tb_stream_key_of(stream);
    tb_live_stream *live =
        tb_index_find(&t->stream_index, tb_bytes_of(key.bytes, sizeof key.bytes));
    if (live != NULL) {
        *out = live;
        return TB_OK;
    }

    live = tb_arena_alloc(t->arena, sizeof *live);
    if (live == NULL) {
        return TB_ERR_LIMIT;
    }
    live->key = key;
    live->stream = *stream;
    tb_err err = load_stream(t, live);
    if (err != TB_OK) {
        return err;
    }
    err = tb_index_add(&t->stream_index, t->arena,
                       tb_bytes_of(live->key.bytes, sizeof live->key.bytes), live);
    if (err != TB_OK) {
        return err;
    }

    if (t->streams == NULL) {
        t->streams = live;
    } else {
        t->last_stream->next = live;
    }
    t->last_stream = live;
    *out = live;
    return TB_OK;
}

bool tb_running_room(tb_broker *broker, uint64_t bytes)
{
    tb_running *t = &broker->running;
    if (!t->usage_known) {
        tb_store_usage(t->txn, &t->used, &t->quota);
        t->usage_known = true;
    }
    if (t->used + bytes > t->quota / 100 * TB_WATERMARK_PERCENT) {
        return false;
    }
    t->used += bytes;
    return true;
}

static tb_err encode(tb_broker *broker, uint32_t protocol, tb_frame *frame, tb_bytes *out)
{
    tb_running *t = &broker->running;
    frame->protocol = protocol;
    frame->hub = broker->hub;
    frame->civil = t->civil;
    return tb_frame_encode(frame, t->arena, out);
}

tb_err tb_running_encode(tb_broker *broker, tb_frame *frame, tb_bytes *out)
{
    return encode(broker, TB_PROTOCOL, frame, out);
}

tb_err tb_running_send_as(tb_broker *broker, uint64_t peer, uint32_t protocol, tb_frame *frame)
{
    tb_bytes bytes;
    tb_err err = encode(broker, protocol, frame, &bytes);
    if (err != TB_OK) {
        return err;
    }

    return tb_effects_send(broker->running.effects, peer, bytes);
}

tb_err tb_running_send(tb_broker *broker, uint64_t peer, tb_frame *frame)
{
    return tb_running_send_as(broker, peer, TB_PROTOCOL, frame);
}

tb_err tb_running_line(tb_broker *broker, tb_live_party *party, const tb_signed_line *line)
{
    tb_line_node *node = tb_arena_alloc(broker->running.arena, sizeof *node);
    if (node == NULL) {
        return TB_ERR_LIMIT;
    }

    node->line = line;
    if (party->lines == NULL) {
        party->lines = node;
    } else {
        party->last_line->next = node;
    }
    party->last_line = node;
    party->line_count++;
    return TB_OK;
}
