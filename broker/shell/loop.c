#define _POSIX_C_SOURCE 200809L

#include "broker/shell/hub.h"
#include "broker/shell/zap.h"
#include "daemon/accept.h"
#include "daemon/notify.h"

#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"

/* Bytes of frames in one turn: decoded, stored and delivered they must fit the turn's memory. */
#define TURN_BYTES (4u * 1024 * 1024)
/* A tick is never further away than this, whatever happened to the clock. */
#define TICK_MS 1000
/* When nothing has come for so long, the store settles. */
#define SETTLE_IDLE_MS     200
#define SMALL_MEMORY_BYTES (64u * 1024)

_Static_assert(TURN_BYTES >= TB_FRAME_BYTES_MAX, "a turn takes the largest frame");

/* Requests of the hub's own people in one turn. */
#define LOCAL_MAX 8

typedef struct batch {
    tb_received received[TB_BATCH_MAX];
    zmq_msg_t local[LOCAL_MAX];
    size_t local_count;
    tb_input inputs[TB_BATCH_MAX + LOCAL_MAX + 1]; /* and a tick */
    size_t frames;
    size_t count;
} batch;

static tb_time clock_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (tb_time)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static tb_now now(void)
{
    tb_time real = clock_ms();
    return (tb_now){real, real};
}

static tb_input *add(batch *b, tb_input_kind kind)
{
    tb_input *input = &b->inputs[b->count++];
    memset(input, 0, sizeof *input);
    input->kind = kind;
    input->now = now();
    return input;
}

/* The next frame: the one kept from the last reading, or one from the socket. */
static bool next_frame(tb_hub *hub, tb_received *out)
{
    if (!hub->keeps) {
        return tb_net_receive(&hub->net, hub->speakers, out);
    }
    tb_net_move(out, &hub->kept);
    hub->keeps = false;
    return true;
}

static void put_off(tb_hub *hub, tb_received *received)
{
    if (tb_hub_may_print(&hub->printing, TB_LEVEL_WARN)) {
        fprintf(stderr, "level=warn event=frame_put_off party=%s bytes=%zu\n", received->party.text,
                zmq_msg_size(&received->message));
    }
    tb_net_release(received);
}

/* Messages of several frames, or behind a routing id that its client chose: a line for all that
 * came in a reading. */
static void tell_dropped(tb_hub *hub, uint64_t before)
{
    if (hub->net.dropped != before && tb_hub_may_print(&hub->printing, TB_LEVEL_WARN)) {
        const char *party = hub->net.dropped_of.text;
        fprintf(stderr, "level=warn event=messages_dropped count=%llu party=%s\n",
                (unsigned long long)(hub->net.dropped - before), party[0] == '\0' ? "-" : party);
    }
}

/* What is waiting, one message of each connection after the other, up to a bound: at most one frame
 * of each party is put off, since behind it the party has had its part. */
static void read_frames(tb_hub *hub, batch *b)
{
    size_t bytes = 0;
    b->frames = 0;
    b->count = 0;
    tb_parts_begin(&hub->parts, clock_ms());
    tb_net_look(&hub->net);
    while (b->frames < TB_BATCH_MAX && bytes + TB_FRAME_BYTES_MAX <= TURN_BYTES) {
        tb_received *received = &b->received[b->frames];
        if (!next_frame(hub, received)) {
            return;
        }
        tb_bytes frame =
            tb_bytes_of(zmq_msg_data(&received->message), zmq_msg_size(&received->message));
        switch (tb_parts_judge(&hub->parts, &received->party, frame)) {
        case TB_PART_KEEP:
            tb_net_move(&hub->kept, received);
            hub->keeps = true;
            return;
        case TB_PART_DROP:
            put_off(hub, received);
            continue;
        case TB_PART_TAKE:
            break;
        }
        b->frames++;
        tb_input *input = add(b, TB_INPUT_FRAME);
        input->peer = received->peer;
        input->party = received->party;
        input->bytes = frame;
        bytes += frame.size;
    }
}

static void read_local(tb_hub *hub, batch *b)
{
    uint64_t peer;
    b->local_count = 0;
    while (b->local_count < LOCAL_MAX &&
           tb_hub_socket_receive(&hub->local, &peer, &b->local[b->local_count])) {
        zmq_msg_t *message = &b->local[b->local_count++];
        tb_input *input = add(b, TB_INPUT_LOCAL);
        input->peer = peer;
        input->bytes = tb_bytes_of(zmq_msg_data(message), zmq_msg_size(message));
    }
}

static void release(batch *b)
{
    for (size_t i = 0; i < b->local_count; i++) {
        zmq_msg_close(&b->local[i]);
    }
    b->local_count = 0;
    for (size_t i = 0; i < b->frames; i++) {
        tb_net_release(&b->received[i]);
    }
    b->frames = 0;
}

/* When the core wants its next tick, at most TICK_MS from now. */
static tb_time next_tick(tb_hub *hub)
{
    tb_arena arena;
    tb_arena_init(&arena, hub->small_memory, SMALL_MEMORY_BYTES);
    tb_time latest = clock_ms() + TICK_MS;
    tb_time due = latest;
    tb_txn *txn = NULL;
    if (tb_store_begin_read(hub->node.store, &arena, &txn) != TB_OK) {
        return latest;
    }
    if (tb_broker_deadline(&hub->broker, txn, &due) != TB_OK) {
        due = latest;
    }
    tb_store_abort(txn);
    return due < latest ? due : latest;
}

static void tell_failed(tb_err err)
{
    fprintf(stderr, "level=error event=stop what=\"commit failed: %s\"\n", tb_err_text(err));
}

/* Waits for a frame, a signal or the time; true when something came. */
static bool wait_ms(tb_hub *hub, long ms)
{
    zmq_pollitem_t items[] = {{hub->net.handle, 0, ZMQ_POLLIN, 0},
                              {NULL, hub->signals, ZMQ_POLLIN, 0},
                              {hub->local.handle, 0, ZMQ_POLLIN, 0}};
    return zmq_poll(items, hub->local.handle == NULL ? 2 : 3, ms < 0 ? 0 : ms) > 0;
}

/* False: the store failed. */
static bool wait_until(tb_hub *hub, tb_time until)
{
    tb_time left = until - clock_ms();
    long ms = tb_notify_alive(left < TICK_MS ? (long)left : TICK_MS);
    if (left <= 0) {
        return true;
    }
    if (!tb_store_settled(hub->node.store) && ms > SETTLE_IDLE_MS) {
        if (wait_ms(hub, SETTLE_IDLE_MS)) {
            return true;
        }
        ms -= SETTLE_IDLE_MS;
        tb_err err = tb_store_settle(hub->node.store);
        if (err != TB_OK) {
            tell_failed(err);
            return false;
        }
    }
    (void)wait_ms(hub, ms);
    return true;
}

static void look_for_signal(tb_hub *hub)
{
    struct signalfd_siginfo info;
    if (read(hub->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        fprintf(stderr, "level=info event=stopping signal=%u\n", info.ssi_signo);
        hub->stop = true;
    }
}

/* One turn, by itself or by parts; false when what is on disk is unknown. */
static bool turn(tb_hub *hub, const tb_input *inputs, size_t count)
{
    tb_err err = count == 0 ? TB_OK : tb_turn(&hub->node, inputs, count);
    if (err != TB_OK && err != TB_ERR_IO) {
        fprintf(stderr, "level=warn event=turn_repeated inputs=%zu why=\"%s\"\n", count,
                tb_err_text(err));
        err = tb_turn_each(&hub->node, inputs, count);
    }
    if (hub->node.starved) {
        hub->node.starved = false;
        hub->tick_after = clock_ms() + TB_FULL_PAUSE_MS;
    }
    if (err != TB_OK) {
        tell_failed(err);
    }
    return err == TB_OK;
}

/* Puts what goes behind the others there, each side in its order. How much is before it. */
static size_t put_behind(const tb_hub *hub, batch *b)
{
    static tb_input behind[TB_BATCH_MAX];
    size_t before = 0;
    size_t after = 0;
    for (size_t i = 0; i < b->count; i++) {
        const tb_input *input = &b->inputs[i];
        if (input->kind == TB_INPUT_FRAME && tb_parts_behind(&hub->parts, &input->party)) {
            behind[after++] = *input;
        } else {
            b->inputs[before++] = *input;
        }
    }
    memcpy(&b->inputs[before], behind, after * sizeof behind[0]);
    return before;
}

/* What was read, in one turn; or, while several parties submit, in two: who brings little does not
 * wait for what is done on behalf of who brings much (parts.h). */
static bool turns(tb_hub *hub, batch *b)
{
    size_t first = put_behind(hub, b);
    return turn(hub, b->inputs, first) && turn(hub, b->inputs + first, b->count - first);
}

/* When the next tick is due; not at once when the store had no room for the last. */
static tb_time after_pause(tb_hub *hub, tb_time tick)
{
    tb_time now_ms = clock_ms();
    bool pauses = hub->tick_after > now_ms && hub->tick_after <= now_ms + TB_FULL_PAUSE_MS;
    return pauses && tick < hub->tick_after ? hub->tick_after : tick;
}

int tb_hub_run(tb_hub *hub)
{
    static batch b;
    tb_time tick = clock_ms();
    while (!hub->stop) {
        uint64_t dropped = hub->net.dropped;
        read_frames(hub, &b);
        tell_dropped(hub, dropped);
        tb_accept_tell();
        read_local(hub, &b);
        if (clock_ms() >= tick || tick > clock_ms() + TICK_MS) {
            add(&b, TB_INPUT_TICK);
            tick = clock_ms() + TICK_MS;
        }
        if (b.count > 0) {
            bool good = turns(hub, &b);
            release(&b);
            if (!good) {
                return TB_EXIT_COMMIT;
            }
        }
        if (hub->reload && !tb_hub_reload(hub)) {
            return TB_EXIT_DATA;
        }
        if (b.count <= 1 && !hub->keeps) {
            /* Little to do: find out when the core wants to be woken. */
            tick = after_pause(hub, next_tick(hub));
            if (!wait_until(hub, tick)) {
                return TB_EXIT_COMMIT;
            }
        }
        if (!tb_zap_answers(hub->net.zap)) {
            fprintf(stderr, "level=error event=stop what=\"nobody says who may connect\"\n");
            return TB_EXIT_LISTEN;
        }
        (void)tb_notify_alive(0); /* a busy hub never waits */
        look_for_signal(hub);
    }
    return 0;
}
