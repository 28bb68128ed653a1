/* sender - the sending agent: the shipped logic, store and sockets in this process.
 *
 * Its turns are those of tongbao-agent; only what a clerk's request would start comes from the
 * measuring rounds instead: world.to_open cases are opened at the end of a turn's inputs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agents/acts.h"
#include "agents/rows_link.h"
#include "ops/relay/relay.h"

#define SENDER_QUOTA (12ull * 1024 * 1024 * 1024)
#define TURN_BYTES   (1024u * 1024)
/* How often the logic's own due times are looked at. */
#define TICK_EVERY_S 0.02

tb_now tb_shell_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    tb_time ms = (tb_time)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return (tb_now){ms, ms};
}

/* ---- opening cases ---- */

static relay_recipient *next_recipient(void)
{
    for (size_t i = 0; i < RELAY_RECIPIENTS; i++) {
        relay_recipient *r = &world.recipients[world.next];
        world.next = (world.next + 1) % RELAY_RECIPIENTS;
        if (r->given - r->arrived < RELAY_WAITING_MAX / 2) {
            return r;
        }
    }
    return NULL;
}

static tb_err
open_one(tb_agent *agent, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    static char text[RELAY_TEXT_BYTES];
    relay_recipient *r = next_recipient();
    if (r == NULL) {
        return TB_OK;
    }
    memset(text, 'x', sizeof text);
    (void)snprintf(text, sizeof text, "%s %llu ", r->party.text, (unsigned long long)r->given);
    text[strlen(text)] = 'x';
    tb_field fields[] = {{tb_bytes_str("text"), tb_bytes_of(text, sizeof text)},
                         {tb_bytes_str("to"), tb_party_bytes(&r->party)}};
    tb_wish wish = {.account = tb_bytes_str("relay"),
                    .opens = true,
                    .campaign = tb_bytes_str("relay"),
                    .case_type = tb_bytes_str("note"),
                    .fields = fields,
                    .field_count = 2};
    tb_outcome outcome;
    tb_err err = tb_act(agent, txn, now, random, &wish, effects, &outcome);
    if (err != TB_OK) {
        return err;
    }
    if (outcome.code != TB_ACCEPTED || outcome.draft) {
        relay_fail("a case was not opened: %s %.*s%s", tb_refusal_key(outcome.code),
                   (int)outcome.detail.size, (const char *)outcome.detail.data,
                   outcome.draft ? " (it waits as a draft)" : "");
    }

    r->given++;
    world.given++;
    r->scheduled[r->given % RELAY_WAITING_MAX] = world.schedule;
    world.schedule += world.interval;
    return TB_OK;
}

static tb_err
step(void *logic, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    if (input->kind != TB_INPUT_LOCAL) {
        return tb_agent_step(logic, txn, input, random, effects);
    }
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < world.to_open; i++) {
        err = open_one(logic, txn, input->now, random, effects);
    }
    return err;
}

/* ---- marks ---- */

static void note_marks(relay_recipient *r, const tb_stream_out_row *row, double now)
{
    if (row->number != r->given) {
        relay_fail("%s: %llu notices given, %llu numbered", r->party.text,
                   (unsigned long long)r->given, (unsigned long long)row->number);
    }
    world.stored += row->stored - r->stored;
    r->stored = row->stored;
    r->marks += row->arrived > r->arrived ? 1 : 0;
    while (r->arrived < row->arrived) {
        r->arrived++;
        world.arrived++;
        relay_samples *l = world.latencies;
        if (l != NULL && l->count < l->room) {
            l->us[l->count++] = (now - r->scheduled[r->arrived % RELAY_WAITING_MAX]) * 1e6;
        }
    }
}

/* What the turn's steps have verified, read back from its rows. */
static tb_err
close_turn(void *logic, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    double marked_at = relay_seconds();
    uint64_t before = world.stored + world.arrived;
    tb_err err = tb_agent_close(logic, txn, now, random, effects);
    for (size_t i = 0; err == TB_OK && i < RELAY_RECIPIENTS; i++) {
        tb_stream_out_row row;
        err = tb_stream_out_get(txn, &world.recipients[i].stream, &row);
        if (err == TB_OK) {
            note_marks(&world.recipients[i], &row, marked_at);
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (world.stored + world.arrived != before) {
        world.marked_at = marked_at;
    }
    return err;
}

static void perform(void *shell, const tb_effects *effects)
{
    if (world.to_open > 0) {
        world.sent_at = relay_seconds();
    }
    tb_shell_perform(shell, effects);
}

/* ---- turns ---- */

static size_t read_events(tb_input *inputs, tb_now now)
{
    size_t count = 0;
    for (tb_net_event e;
         count < 8 && (e = tb_agent_net_event(&world.shell.net)) != TB_NET_NOTHING;) {
        tb_input_kind kind = e == TB_NET_UP ? TB_INPUT_LINK : TB_INPUT_GONE;
        inputs[count++] = (tb_input){.kind = kind, .now = now};
    }
    return count;
}

static void wait_ms(long ms)
{
    zmq_pollitem_t items[] = {{.socket = world.shell.net.hub_handle, .events = ZMQ_POLLIN},
                              {.socket = world.shell.net.events, .events = ZMQ_POLLIN}};
    (void)zmq_poll(items, 2, ms);
    relay_check();
}

void relay_turn(unsigned open, long wait)
{
    static tb_input inputs[TB_BATCH_MAX];
    static zmq_msg_t messages[TB_BATCH_MAX];
    static double ticked;
    size_t held = 0, bytes = 0;
    if (open == 0) {
        wait_ms(wait);
    }
    tb_now now = tb_shell_now();
    size_t count = read_events(inputs, now);
    while (count < TB_BATCH_MAX - 2 && bytes < TURN_BYTES &&
           tb_agent_net_from_hub(&world.shell.net, &messages[held])) {
        tb_bytes frame = tb_bytes_of(zmq_msg_data(&messages[held]), zmq_msg_size(&messages[held]));
        inputs[count++] = (tb_input){.kind = TB_INPUT_FRAME, .now = now, .bytes = frame};
        bytes += frame.size;
        held++;
    }
    if (open > 0) {
        inputs[count++] = (tb_input){.kind = TB_INPUT_LOCAL, .now = now};
    }
    if (relay_seconds() - ticked > TICK_EVERY_S) {
        ticked = relay_seconds();
        inputs[count++] = (tb_input){.kind = TB_INPUT_TICK, .now = now};
    }
    world.to_open = open;
    tb_err err = count == 0 ? TB_OK : tb_turn(&world.shell.node, inputs, count);
    for (size_t i = 0; i < held; i++) {
        zmq_msg_close(&messages[i]);
    }
    if (err != TB_OK || world.shell.stop || world.shell.reload) {
        relay_fail("the sender's turn: %s", tb_err_text(err));
    }
    relay_check();
}

/* ---- start and end ---- */

bool relay_sender_linked(void)
{
    tb_txn *txn = NULL;
    tb_link_row link;
    tb_arena_reset(&world.shell.node.arena);
    if (tb_store_begin_read(world.shell.store, &world.shell.node.arena, &txn) != TB_OK) {
        return false;
    }
    bool confirmed = tb_link_get(txn, &link) == TB_OK && link.state == TB_LINK_CONFIRMED;
    tb_incarnation incarnation;
    confirmed = confirmed && tb_meta_incarnation(txn, &incarnation) == TB_OK;
    for (size_t i = 0; confirmed && i < RELAY_RECIPIENTS; i++) {
        relay_recipient *r = &world.recipients[i];
        r->stream = (tb_stream){.sender = world.sender,
                                .incarnation = incarnation,
                                .recipient = r->party,
                                .lane = TB_LANE_NORMAL};
    }
    tb_store_abort(txn);
    return confirmed;
}

void relay_sender_start(void)
{
    static char store[RELAY_PATH], key[RELAY_PATH], directory[RELAY_PATH], campaign[RELAY_PATH];
    (void)snprintf(store, sizeof store, "%s/stores/%s", world.out, world.sender.text);
    (void)snprintf(key, sizeof key, "%s/hub/keys/%s.key", world.out, world.sender.text);
    (void)snprintf(directory, sizeof directory, "%s/hub/directory.doc", world.out);
    (void)snprintf(campaign, sizeof campaign, "%s/hub/relay.doc", world.out);
    world.options = (tb_agent_options){.party = world.sender,
                                       .store = store,
                                       .key = key,
                                       .directory = directory,
                                       .hub = world.endpoint,
                                       .quota_bytes = SENDER_QUOTA,
                                       .documents = {campaign},
                                       .document_count = 1};
    if (!tb_shell_start(&world.shell, &world.options) ||
        !tb_agent_net_open_hub(&world.shell.net, world.shell.agent.directory)) {
        relay_fail("the sender does not start");
    }
    world.shell.node.step = step;
    world.shell.node.close = close_turn;
    world.shell.node.perform = perform;
    double until = relay_seconds() + 15;
    while (!relay_sender_linked()) {
        relay_turn(0, 10);
        relay_watch_processes();
        if (relay_seconds() > until) {
            relay_fail("the hub does not answer; see %s/logs/hub.log", world.out);
        }
    }
}

void relay_sender_end(void)
{
    if (world.shell.node.arena.block != NULL) {
        tb_shell_end(&world.shell);
    }
}
