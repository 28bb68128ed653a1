#include "tests/network/clocked.h"

#include <time.h>
#include <unistd.h>

#include "agents/acts.h"
#include "agents/rows_link.h"
#include "agents/shell/shell.h"

#define QUOTA      (64ull * 1024 * 1024)
#define TURN_BYTES (1024u * 1024)
/* How often the logic's own due times are looked at. */
#define TICK_MS 20
/* On their way to one recipient. */
#define SENT_MAX 4096

typedef struct recipient {
    tb_stream stream;
    uint64_t given;
    uint64_t arrived;
    double sent[SENT_MAX]; /* by number */
} recipient;

static struct {
    tb_shell shell;
    tb_agent_options options;
    char paths[4][SYS_PATH];
    recipient recipients[CLOCKED_RECIPIENTS_MAX];
    size_t count;
    size_t next;
    unsigned to_open; /* cases to open in the running turn */
    size_t given;
    size_t arrived;
    clocked_times *times;
    int64_t ticked;
} c;

tb_now tb_shell_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    tb_time ms = (tb_time)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    return (tb_now){ms, ms};
}

static double now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- what its turns do beside the agent's own ---- */

static tb_err
open_one(tb_agent *agent, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    recipient *r = &c.recipients[c.next];
    char text[32];
    (void)snprintf(text, sizeof text, "clocked %zu", c.given);
    tb_field fields[] = {{tb_bytes_str("text"), tb_bytes_str(text)},
                         {tb_bytes_str("to"), tb_party_bytes(&r->stream.recipient)}};
    tb_wish wish = {.account = tb_bytes_str("clerk"),
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
        fail_msg("a case was not opened: %s", tb_refusal_key(outcome.code));
    }
    r->sent[++r->given % SENT_MAX] = 0;
    c.given++;
    c.next = (c.next + 1) % c.count;
    return TB_OK;
}

static tb_err
step(void *logic, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    if (input->kind != TB_INPUT_LOCAL) {
        return tb_agent_step(logic, txn, input, random, effects);
    }
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < c.to_open; i++) {
        err = open_one(logic, txn, input->now, random, effects);
    }
    return err;
}

static void note_arrived(recipient *r, uint64_t upto, double at)
{
    while (r->arrived < upto) {
        clocked_times *times = c.times;
        r->arrived++;
        c.arrived++;
        if (times != NULL && times->count < CLOCKED_TIMES_MAX) {
            times->ms[times->count++] = at - r->sent[r->arrived % SENT_MAX];
        }
    }
}

/* What the turn's steps have verified, read back from its rows. */
static tb_err
close_turn(void *logic, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    double at = now_ms();
    tb_err err = tb_agent_close(logic, txn, now, random, effects);
    for (size_t i = 0; err == TB_OK && i < c.count; i++) {
        tb_stream_out_row row;
        err = tb_stream_out_get(txn, &c.recipients[i].stream, &row);
        if (err == TB_OK) {
            note_arrived(&c.recipients[i], row.arrived, at);
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err;
}

/* What was opened in this turn leaves now. */
static void perform(void *shell, const tb_effects *effects)
{
    double at = now_ms();
    for (size_t i = 0; i < c.count; i++) {
        recipient *r = &c.recipients[i];
        for (uint64_t n = r->given; n > r->arrived && r->sent[n % SENT_MAX] == 0; n--) {
            r->sent[n % SENT_MAX] = at;
        }
    }
    tb_shell_perform(shell, effects);
}

/* ---- turns ---- */

static size_t read_inputs(tb_input *inputs, zmq_msg_t *messages, size_t *out_held, tb_now now)
{
    size_t count = 0, bytes = 0;
    for (tb_net_event e; count < 8 && (e = tb_agent_net_event(&c.shell.net)) != TB_NET_NOTHING;) {
        tb_input_kind kind = e == TB_NET_UP ? TB_INPUT_LINK : TB_INPUT_GONE;
        inputs[count++] = (tb_input){.kind = kind, .now = now};
    }
    while (count < TB_BATCH_MAX - 2 && bytes < TURN_BYTES &&
           tb_agent_net_from_hub(&c.shell.net, &messages[*out_held])) {
        zmq_msg_t *message = &messages[(*out_held)++];
        tb_bytes frame = tb_bytes_of(zmq_msg_data(message), zmq_msg_size(message));
        inputs[count++] = (tb_input){.kind = TB_INPUT_FRAME, .now = now, .bytes = frame};
        bytes += frame.size;
    }
    return count;
}

static void turn(unsigned open, long wait_ms)
{
    static tb_input inputs[TB_BATCH_MAX];
    static zmq_msg_t messages[TB_BATCH_MAX];
    zmq_pollitem_t items[] = {{.socket = c.shell.net.hub_handle, .events = ZMQ_POLLIN},
                              {.socket = c.shell.net.events, .events = ZMQ_POLLIN}};
    size_t held = 0;
    if (open == 0 && wait_ms > 0) {
        (void)zmq_poll(items, 2, wait_ms);
    }
    tb_now now = tb_shell_now();
    size_t count = read_inputs(inputs, messages, &held, now);
    if (open > 0) {
        inputs[count++] = (tb_input){.kind = TB_INPUT_LOCAL, .now = now};
    }
    if (sys_now_ms() - c.ticked >= TICK_MS) {
        c.ticked = sys_now_ms();
        inputs[count++] = (tb_input){.kind = TB_INPUT_TICK, .now = now};
    }
    c.to_open = open;
    tb_err err = count == 0 ? TB_OK : tb_turn(&c.shell.node, inputs, count);
    for (size_t i = 0; i < held; i++) {
        zmq_msg_close(&messages[i]);
    }
    assert_ok(err);
    assert_false(c.shell.stop);
}

size_t clocked_run(double per_s, double seconds, clocked_times *out)
{
    double start = now_ms();
    size_t all = (size_t)(per_s * seconds);
    assert_true(all <= CLOCKED_TIMES_MAX);
    out->count = 0;
    c.times = out;
    for (size_t opened = 0; opened < all;) {
        double left = start + (double)opened * 1e3 / per_s - now_ms();
        turn(left <= 0 ? 1 : 0, left < 1 ? 1 : (long)left);
        opened += left <= 0 ? 1 : 0;
    }
    int64_t until = sys_now_ms() + SYS_PATIENCE_MS;
    while (c.arrived < c.given) {
        turn(0, 20);
        if (sys_now_ms() > until) {
            fail_msg("%zu of %zu notices have not arrived", c.given - c.arrived, c.given);
        }
    }
    c.times = NULL;
    return c.given;
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

double clocked_percentile(clocked_times *times, double share)
{
    assert_true(times->count > 0);
    qsort(times->ms, times->count, sizeof times->ms[0], compare);
    size_t at = (size_t)(share * (double)times->count);
    return times->ms[at < times->count ? at : times->count - 1];
}

/* ---- start and end ---- */

/* Once the link is confirmed: the streams are known. */
static bool ready(const tb_party *party, const char *const *recipients)
{
    tb_txn *txn = NULL;
    tb_link_row link;
    tb_incarnation incarnation;
    tb_arena_reset(&c.shell.node.arena);
    assert_ok(tb_store_begin_read(c.shell.store, &c.shell.node.arena, &txn));
    bool confirmed = tb_link_get(txn, &link) == TB_OK && link.state == TB_LINK_CONFIRMED &&
                     tb_meta_incarnation(txn, &incarnation) == TB_OK;
    for (size_t i = 0; confirmed && i < c.count; i++) {
        tb_stream *stream = &c.recipients[i].stream;
        *stream = (tb_stream){.sender = *party, .incarnation = incarnation, .lane = TB_LANE_NORMAL};
        assert_true(tb_party_parse(tb_bytes_str(recipients[i]), &stream->recipient));
    }
    tb_store_abort(txn);
    return confirmed;
}

void clocked_start(sys_hub *hub, const char *party, const char *const *recipients, size_t count)
{
    memset(&c, 0, sizeof c);
    c.count = count;
    assert_true(count <= CLOCKED_RECIPIENTS_MAX);
    setenv("ZSYS_SIGHANDLER", "false", 1);
    assert_true(tb_party_parse(tb_bytes_str(party), &c.options.party));
    sys_path(hub, c.paths[0], "stores/%s", party);
    sys_path(hub, c.paths[1], "keys/%s.key", party);
    sys_path(hub, c.paths[2], "directory/directory.%u.doc", hub->directory);
    sys_path(hub, c.paths[3], "documents/relay.doc");
    c.options.store = c.paths[0];
    c.options.key = c.paths[1];
    c.options.directory = c.paths[2];
    c.options.hub = hub->endpoint;
    c.options.quota_bytes = QUOTA;
    c.options.documents[c.options.document_count++] = c.paths[3];
    assert_true(tb_shell_start(&c.shell, &c.options));
    assert_true(tb_agent_net_open_hub(&c.shell.net, c.shell.agent.directory));
    c.shell.node.step = step;
    c.shell.node.close = close_turn;
    c.shell.node.perform = perform;
    int64_t until = sys_now_ms() + SYS_PATIENCE_MS;
    while (!ready(&c.options.party, recipients)) {
        turn(0, 10);
        assert_true(sys_now_ms() < until);
    }
}

void clocked_end(void)
{
    tb_shell_end(&c.shell);
}
