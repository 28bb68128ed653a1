#define _POSIX_C_SOURCE 200809L

#include "broker/shell/hub.h"
#include "daemon/notify.h"

#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"

/* Bytes of frames in one turn: decoded, stored and delivered they must fit the turn's memory. */
#define TURN_BYTES (4u * 1024 * 1024)
/* A tick is never further away than this, whatever happened to the clock. */
#define TICK_MS            1000
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
    bool ended_by_part; /* the party of the newest frame has had its part */
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

/* Whether the party of the newest frame has had its part. */
static bool had_its_part(const batch *b)
{
    size_t frames = 0;
    size_t bytes = 0;
    const tb_party *party = &b->inputs[b->frames - 1].party;
    for (size_t i = 0; i < b->frames; i++) {
        if (tb_party_equal(&b->inputs[i].party, party)) {
            frames++;
            bytes += b->inputs[i].bytes.size;
        }
    }
    return frames >= TB_PARTY_FRAMES_A_TURN || bytes >= TB_PARTY_BYTES_A_TURN;
}

/* Puts the frames of one party behind everything else that was read, each side in its order. How
 * many there are before them. */
static size_t put_behind(batch *b, const tb_party *party)
{
    static tb_input behind[TB_BATCH_MAX];
    size_t others = 0;
    size_t of_party = 0;
    for (size_t i = 0; i < b->count; i++) {
        tb_input *input = &b->inputs[i];
        if (input->kind == TB_INPUT_FRAME && tb_party_equal(&input->party, party)) {
            behind[of_party++] = *input;
        } else {
            b->inputs[others++] = *input;
        }
    }
    memcpy(&b->inputs[others], behind, of_party * sizeof behind[0]);
    return others;
}

/* What is waiting, one message of each connection after the other, up to a bound. */
static void read_frames(tb_hub *hub, batch *b)
{
    size_t bytes = 0;
    b->frames = 0;
    b->count = 0;
    b->ended_by_part = false;
    tb_net_look(&hub->net);
    while (b->frames < TB_BATCH_MAX && bytes + TB_FRAME_BYTES_MAX <= TURN_BYTES &&
           !b->ended_by_part) {
        tb_received *received = &b->received[b->frames];
        if (!tb_net_receive(&hub->net, hub->speakers, received)) {
            return;
        }
        b->frames++;
        tb_input *input = add(b, TB_INPUT_FRAME);
        input->peer = received->peer;
        input->party = received->party;
        input->bytes =
            tb_bytes_of(zmq_msg_data(&received->message), zmq_msg_size(&received->message));
        bytes += input->bytes.size;
        b->ended_by_part = had_its_part(b);
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

/* Waits for a frame, a signal or the time. */
static void wait_until(tb_hub *hub, tb_time until)
{
    tb_time left = until - clock_ms();
    long ms = tb_notify_alive(left < TICK_MS ? (long)left : TICK_MS);
    if (left <= 0) {
        return;
    }
    zmq_pollitem_t items[] = {{hub->net.handle, 0, ZMQ_POLLIN, 0},
                              {NULL, hub->signals, ZMQ_POLLIN, 0},
                              {hub->local.handle, 0, ZMQ_POLLIN, 0}};
    (void)zmq_poll(items, hub->local.handle == NULL ? 2 : 3, ms < 0 ? 0 : ms);
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
        fprintf(stderr, "level=error event=stop what=\"commit failed: %s\"\n", tb_err_text(err));
    }
    return err == TB_OK;
}

/* What was read, in one turn; or, where one party sends more than its part, in two: the others do
 * not wait for what is done on its behalf. */
static bool turns(tb_hub *hub, batch *b)
{
    size_t first = b->count;
    if (b->ended_by_part) {
        tb_party party = b->inputs[b->frames - 1].party;
        first = put_behind(b, &party);
    }
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
        read_frames(hub, &b);
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
        if (b.count <= 1) {
            /* Little to do: find out when the core wants to be woken. */
            tick = after_pause(hub, next_tick(hub));
            wait_until(hub, tick);
        }
        (void)tb_notify_alive(0); /* a busy hub never waits */
        look_for_signal(hub);
    }
    return 0;
}
