/* net - connections between agents and hub, and what happens to a frame on its way.
 *
 * A connection keeps order and loses nothing, as TCP does, until a fault says otherwise; it ends
 * when either process does, and what is on its way then is gone. A frame carries the connection it
 * was sent on: one that arrives on another is dropped unread.
 */
#include <stdlib.h>

#include "tests/sim/sim.h"

#define TO_HUB   0
#define FROM_HUB 1

static sim_bytes copy(tb_bytes in)
{
    sim_bytes out = {malloc(in.size + 1), in.size};
    TB_ASSERT(out.data != NULL);
    memcpy(out.data, in.data, in.size);
    return out;
}

static sim_node *by_connection(sim *s, uint64_t connection)
{
    for (size_t i = 1; i < s->node_count; i++) {
        if (s->nodes[i].connection == connection) {
            return &s->nodes[i];
        }
    }
    return NULL;
}

/* ---- connections ---- */

void sim_connect_soon(sim *s, sim_node *n, tb_time after)
{
    n->connecting++;
    sim_schedule(s, (sim_event){.at = s->now + after,
                                .kind = SIM_CONNECT,
                                .node = n->index,
                                .number = n->connecting});
}

static tb_time again_after(sim_node *n)
{
    tb_time wait = TB_RECONNECT_MS;
    for (unsigned i = 0; i < n->attempts && wait < TB_RECONNECT_MAX_MS; i++) {
        wait *= 2;
    }
    n->attempts++;
    return wait < TB_RECONNECT_MAX_MS ? wait : TB_RECONNECT_MAX_MS;
}

/* The hub admits the current, uncut transport key of an active party; its speakers follow the
 * directory it has loaded. */
static bool admitted(sim *s, const sim_node *n)
{
    const sim_node *hub = &s->nodes[SIM_HUB];
    const tb_directory_party *party =
        tb_directory_speaker(hub->broker.directory, &n->transport.public_key);
    return party != NULL && tb_party_equal(&party->id, &n->id);
}

void sim_connect(sim *s, const sim_event *event)
{
    sim_node *n = &s->nodes[event->node];
    if (event->number != n->connecting || !n->up || n->connection != 0) {
        return;
    }
    bool silent = n->silent[TO_HUB] || n->silent[FROM_HUB] || n->clogged;
    if (!s->nodes[SIM_HUB].up || silent || !admitted(s, n)) {
        sim_connect_soon(s, n, again_after(n));
        return;
    }
    n->connection = ++s->connections;
    n->attempts = 0;
    n->last_arrival[TO_HUB] = n->last_arrival[FROM_HUB] = s->now;
    s->stats.connections++;
    sim_trace(s, "connect %s %llu", n->id.text, (unsigned long long)n->connection);
    sim_node_give(s, n, &(sim_waiting){.kind = TB_INPUT_LINK});
}

void sim_disconnect(sim *s, sim_node *n)
{
    if (n->connection == 0) {
        return;
    }
    sim_trace(s, "disconnect %s %llu", n->id.text, (unsigned long long)n->connection);
    n->connection = 0;
    if (n->up) {
        sim_node_give(s, n, &(sim_waiting){.kind = TB_INPUT_GONE});
        sim_connect_soon(s, n, again_after(n));
    }
}

/* ---- frames ---- */

static tb_time arrival(sim *s, sim_node *n, size_t direction)
{
    tb_time at = s->now + sim_between(&s->net, 1, 8);
    if (n->delay_max > 0) {
        at += sim_between(&s->net, 0, n->delay_max);
    }
    if (sim_chance(&s->net, s->reorder)) {
        s->stats.reordered++;
        return at + sim_between(&s->net, 1, 400);
    }
    if (at < n->last_arrival[direction]) {
        at = n->last_arrival[direction];
    }
    n->last_arrival[direction] = at;
    return at;
}

static void put(sim *s, sim_node *n, size_t direction, tb_bytes frame)
{
    sim_event event = {.at = arrival(s, n, direction),
                       .kind = SIM_ARRIVE,
                       .node = direction == TO_HUB ? SIM_HUB : n->index,
                       .number = n->connection,
                       .extra = n->index,
                       .bytes = copy(frame)};
    sim_schedule(s, event);
}

static bool lost(sim *s, const sim_node *n, size_t direction)
{
    s->frames_sent++;
    bool chosen = s->options.lose_frame != 0 && s->frames_sent == s->options.lose_frame;
    if (n->silent[direction] || chosen || sim_chance(&s->net, s->drop)) {
        s->stats.dropped++;
        return true;
    }
    return false;
}

void sim_send(sim *s, sim_node *from, uint64_t peer, tb_bytes frame)
{
    size_t direction = from->index == SIM_HUB ? FROM_HUB : TO_HUB;
    sim_node *n = direction == TO_HUB ? from : by_connection(s, peer);
    if (n == NULL || n->connection == 0 || lost(s, n, direction)) {
        return;
    }
    s->stats.frames++;
    s->stats.bytes += frame.size;
    put(s, n, direction, frame);
    if (sim_chance(&s->net, s->duplicate)) {
        s->stats.duplicated++;
        put(s, n, direction, frame);
    }
}

/* A clogged link holds what comes until it flows again: looked at every so often. */
static bool wait_while_clogged(sim *s, sim_node *n, const sim_event *event)
{
    if (!n->clogged) {
        return false;
    }
    sim_event later = *event;
    later.at = s->now + 500;
    later.bytes = copy(tb_bytes_of(event->bytes.data, event->bytes.size));
    sim_schedule(s, later);
    return true;
}

void sim_deliver_frame(sim *s, const sim_event *event)
{
    sim_node *agent = &s->nodes[event->extra];
    sim_node *to = &s->nodes[event->node];
    if (agent->connection != event->number || !to->up || wait_while_clogged(s, agent, event)) {
        return;
    }
    sim_waiting waiting = {.kind = TB_INPUT_FRAME,
                           .bytes = copy(tb_bytes_of(event->bytes.data, event->bytes.size))};
    if (to->index == SIM_HUB) {
        waiting.peer = event->number;
        waiting.party = agent->id;
    } else {
        TB_ASSERT(tb_party_parse(tb_bytes_str(TB_HUB_PARTY), &waiting.party));
    }
    sim_node_give(s, to, &waiting);
}
