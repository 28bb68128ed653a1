/* loop - read what waits, up to a bound; one turn; again. */
#include "agents/shell/shell.h"

#include "daemon/accept.h"
#include "daemon/notify.h"

#include <malloc.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "messages/frame_peek.h"
#include "messages/local.h"

/* Bytes read for one turn: decoded and answered they must fit its memory. */
#define TURN_BYTES (1024u * 1024)
/* Memory of a turn that is kept for the next; what large turns touched beyond goes back when
 * nothing has come for a while. */
#define ARENA_KEPT_BYTES (256u * 1024)
#define ARENA_IDLE_MS    1000
/* When nothing has come for so long, the store settles. */
#define SETTLE_IDLE_MS 200
/* The longest sleep: a clock that was set back is noticed after it. */
#define SLEEP_MS 60000

typedef struct batch {
    tb_input inputs[TB_BATCH_MAX];
    zmq_msg_t messages[TB_BATCH_MAX]; /* messages[i] is open when held[i] */
    bool held[TB_BATCH_MAX];
    size_t count;
    size_t bytes;
    bool urgent; /* something in it, or a tick, may not be kept waiting */
} batch;

tb_now tb_shell_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    tb_time ms = (tb_time)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return (tb_now){ms, ms};
}

/* ---- reading ---- */

static bool has_room(const batch *b)
{
    /* One place stays free for the tick. */
    return b->count < TB_BATCH_MAX - 1 && b->bytes < TURN_BYTES;
}

/* Its place; a frame of the hub may be kept waiting, nothing else. */
static size_t add(batch *b, tb_input_kind kind, uint64_t peer, zmq_msg_t *message)
{
    tb_input *input = &b->inputs[b->count];
    *input = (tb_input){.kind = kind, .peer = peer};
    b->held[b->count] = message != NULL;
    b->urgent = b->urgent || kind != TB_INPUT_FRAME;
    if (message != NULL) {
        input->bytes = tb_bytes_of(zmq_msg_data(message), zmq_msg_size(message));
        b->bytes += input->bytes.size;
    }
    return b->count++;
}

static void drain_events(tb_shell *shell, batch *b)
{
    while (has_room(b)) {
        tb_net_event event = tb_agent_net_event(&shell->net);
        if (event == TB_NET_NOTHING) {
            return;
        }
        (void)add(b, event == TB_NET_UP ? TB_INPUT_LINK : TB_INPUT_GONE, 0, NULL);
    }
}

/* A frame that carries nothing, or does not read, is the hub's own word. */
static void note(tb_shell *shell, batch *b, tb_bytes frame)
{
    tb_peeked carried[TB_GATHER_SENDERS] = {{.bytes = frame.size}};
    size_t count = tb_frame_peek(frame, carried, TB_GATHER_SENDERS);
    tb_time now = tb_shell_now().real;
    for (size_t i = 0; i == 0 || i < count; i++) {
        if (tb_gather_note(&shell->gather, now, &carried[i].sender, carried[i].bytes)) {
            b->urgent = true;
        }
    }
}

static void drain_messages(tb_shell *shell, batch *b)
{
    bool more = true;
    while (more && has_room(b)) {
        zmq_msg_t *message = &b->messages[b->count];
        uint64_t peer = 0;
        uint64_t person = 0;
        more = false;
        if (tb_agent_net_from_hub(&shell->net, message)) {
            note(shell, b, b->inputs[add(b, TB_INPUT_FRAME, 0, message)].bytes);
            more = true;
        }
        message = &b->messages[b->count];
        if (has_room(b) && tb_agent_net_from_local(&shell->net, &peer, &person, message)) {
            b->inputs[add(b, TB_INPUT_LOCAL, peer, message)].person = person;
            more = true;
        }
    }
}

static void release(batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->held[i]) {
            zmq_msg_close(&b->messages[i]);
        }
    }
    b->count = 0;
    b->bytes = 0;
    b->urgent = false;
}

/* Sleeps until something comes or wait_ms have passed. True: a signal asked us to end. */
static bool wait_for(tb_shell *shell, long wait_ms)
{
    zmq_pollitem_t items[] = {
        {.socket = shell->net.hub_handle, .events = ZMQ_POLLIN},
        {.socket = shell->net.local_handle, .events = ZMQ_POLLIN},
        {.socket = shell->net.events, .events = ZMQ_POLLIN},
        {.fd = shell->signals, .events = ZMQ_POLLIN},
    };
    shell->woken = zmq_poll(items, 4, wait_ms) > 0;
    if (!shell->woken) {
        return false;
    }
    return (items[3].revents & ZMQ_POLLIN) != 0;
}

static void failed(tb_shell *shell, tb_err err)
{
    fprintf(stderr, "level=error event=stop what=\"the store failed\" why=\"%s\"\n",
            tb_err_text(err));
    shell->stop = true;
    shell->exit_code = 1;
}

/* Sleeps until the next tick; when nothing comes for a while, the store settles and large turns'
 * memory goes back first. */
static bool sleep_until(tb_shell *shell, long wait_ms)
{
    if (!tb_store_settled(shell->store) && wait_ms > SETTLE_IDLE_MS) {
        bool ends = wait_for(shell, SETTLE_IDLE_MS);
        if (ends || shell->woken) {
            return ends;
        }
        tb_err err = tb_store_settle(shell->store);
        if (err != TB_OK) {
            failed(shell, err);
            return true;
        }
        wait_ms -= SETTLE_IDLE_MS;
    }
    if (!shell->touched || wait_ms <= ARENA_IDLE_MS) {
        return wait_for(shell, wait_ms);
    }
    bool ends = wait_for(shell, ARENA_IDLE_MS);
    if (ends || shell->woken) {
        return ends;
    }

    (void)madvise(shell->node.arena.block + ARENA_KEPT_BYTES,
                  shell->node.arena.size - ARENA_KEPT_BYTES, MADV_DONTNEED);
    (void)malloc_trim(0);
    shell->touched = false;
    return wait_for(shell, wait_ms - ARENA_IDLE_MS);
}

/* Reads what waits, and more until the agent's own moment while nothing of it is urgent. True: a
 * signal asked us to end. */
static bool gather(tb_shell *shell, batch *b)
{
    tb_time until = 0;
    drain_events(shell, b);
    drain_messages(shell, b);
    while (b->count > 0 && !b->urgent && has_room(b)) {
        tb_time now = tb_shell_now().real;
        until = until == 0 ? now + tb_gather_wait(&shell->gather, now) : until;
        if (now >= until || now < until - TB_GATHER_LONG_MS) {
            return false;
        }
        if (wait_for(shell, (long)(until - now))) {
            return true;
        }
        drain_events(shell, b);
        drain_messages(shell, b);
    }
    return false;
}

/* ---- turning ---- */

/* When the logic wants its next tick, in ms from now. */
static long until_tick(tb_shell *shell)
{
    tb_txn *txn = NULL;
    tb_time due = 0;
    tb_arena_reset(&shell->node.arena);
    if (tb_store_begin_read(shell->store, &shell->node.arena, &txn) != TB_OK) {
        return SLEEP_MS;
    }
    tb_err err = tb_agent_deadline(&shell->agent, txn, &due);
    tb_store_abort(txn);

    tb_time now = tb_shell_now().real;
    if (due < shell->tick_after && shell->tick_after <= now + TB_FULL_PAUSE_MS) {
        due = shell->tick_after;
    }
    tb_time left = due - now;
    if (err != TB_OK || left > SLEEP_MS) {
        return SLEEP_MS;
    }
    return left > 0 ? (long)left : 0;
}

static void note_watchers(tb_shell *shell, const batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        tb_local_request request;
        if (b->inputs[i].kind != TB_INPUT_LOCAL) {
            continue;
        }
        tb_arena_reset(&shell->node.arena);
        if (tb_local_request_decode(b->inputs[i].bytes, &shell->node.arena, &request) ==
                TB_ACCEPTED &&
            request.kind == TB_REQUEST_WATCH) {
            tb_shell_watch(shell, b->inputs[i].peer);
        }
    }
}

static void turn(tb_shell *shell, batch *b)
{
    tb_now now = tb_shell_now();
    for (size_t i = 0; i < b->count; i++) {
        b->inputs[i].now = now;
    }
    tb_err err = tb_turn(&shell->node, b->inputs, b->count);
    if (err != TB_OK && err != TB_ERR_IO) {
        err = tb_turn_each(&shell->node, b->inputs, b->count);
    }
    if (err != TB_OK) {
        failed(shell, err);
        return;
    }

    if (shell->node.starved) {
        shell->node.starved = false;
        shell->tick_after = now.real + TB_FULL_PAUSE_MS;
    }
    shell->touched = shell->touched || shell->node.arena.used > ARENA_KEPT_BYTES;
    note_watchers(shell, b);
}

/* Between two turns, when nothing points into the old set. */
static void reload(tb_shell *shell)
{
    tb_documents *fresh = NULL;
    shell->reload = false;
    tb_err err = tb_documents_load(shell->store, &fresh);
    if (err != TB_OK || !fresh->has_directory) {
        fprintf(stderr, "level=error event=reload why=\"%s\"\n", tb_err_text(err));
        tb_documents_free(fresh);
        return;
    }

    tb_documents_use(fresh, &shell->agent);
    tb_documents_free(shell->documents);
    shell->documents = fresh;
    shell->resume = true;
}

/* Behind the hub's new key: nothing is said to a hub under one that the directory has taken from
 * it. */
static void try_key(tb_shell *shell, bool spare)
{
    shell->net.use_spare = spare;
    fprintf(stderr, "level=warn event=hub_key try=%s\n", spare ? "spare" : "first");
    if (!tb_agent_net_open_hub(&shell->net, shell->agent.directory)) {
        shell->stop = true;
        shell->exit_code = 1;
    }
}

void tb_shell_run(tb_shell *shell)
{
    static batch b;

    shell->gather.moment = randombytes_uniform(TB_GATHER_LONG_MS);
    while (!shell->stop) {
        long left = shell->resume ? 0 : until_tick(shell);
        left = tb_notify_alive(left);
        shell->resume = false;
        if (sleep_until(shell, left)) {
            return;
        }
        b.urgent = left == 0;
        if (gather(shell, &b)) {
            release(&b);
            return;
        }
        if (b.count == 0 || left == 0) {
            (void)add(&b, TB_INPUT_TICK, 0, NULL);
        }
        turn(shell, &b);
        release(&b);
        tb_accept_tell();
        if (shell->reload) {
            reload(shell);
            if (!tb_agent_net_key_named(&shell->net, shell->agent.directory)) {
                try_key(shell, false);
            }
        }
        if (tb_agent_net_wants_other_key(&shell->net, shell->agent.directory)) {
            try_key(shell, !shell->net.use_spare);
        }
    }
}
