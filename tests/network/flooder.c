/* flooder - a member that floods the hub, as hard as one connection after the other can.
 *
 *     flooder FOLDER ENDPOINT PARTY ACCOMPLICE KIND
 *
 *     valid    good notices to the accomplice: few large ones, single small ones, and frames of as
 *              many small ones and of as many roots as the hub looks at in one, by turns. Nothing
 * the hub says (Closed, a window) slows it, and what is not stored goes again and again. The
 *              accomplice takes for a second at once what the hub delivers, so that no share
 * closes, and then for a second nothing, so that one does. large    likewise, in frames of many
 * more notices and roots. refused  what the hub must refuse: no frame at all, notices in another's
 * name, under a bad signature, with another body; cut off, it comes back at once.
 *
 * It ends with SIGTERM.
 */
#include "tests/system/foreign.h"

#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "keyfile/keyfile.h"
#include "messages/merkle.h"
#include "messages/seal.h"

#define MEMORY_BYTES (16u * 1024 * 1024)
/* Frames on their way that the hub has not stored; they are said again when there are so many. */
#define RING          256
#define RING_BYTES    (24u * 1024 * 1024)
#define SOCKET_FRAMES 16
/* One kind of frame is said for so long. */
#define SHAPE_MS 150
#define TAKES_MS 1000
/* Time for what is on its way to be over. */
#define AGAIN_MS    50
#define LARGE_BODY  (240u * 1024)
#define LARGE_ITEMS 2
#define MANY_ITEMS  900
#define MANY_ROOTS  1000
#define SMALL_BODY  64
/* Of a refused kind, on one connection. */
#define REFUSED_KINDS 4
/* It stands for another machine, so it gives way to the hub. */
#define NICE 15

typedef struct member {
    tb_party id;
    tb_sign_pair sign;
    tb_incarnation incarnation;
    zsock_t *socket;
} member;

typedef struct said {
    zframe_t *frame;
    uint64_t last; /* its newest number */
} said;

static struct {
    sys_hub hub;
    tb_directory directory;
    tb_arena kept;  /* the directory */
    tb_arena arena; /* one frame, in or out */
    enum {
        VALID,
        LARGE,
        REFUSED
    } kind;
    tb_random random;
    member liar;
    member accomplice;
    /* the liar's stream to the accomplice */
    uint64_t notices;
    uint64_t number;
    tb_digest digest;
    said ring[RING];
    size_t ring_first, ring_count, ring_next;
    size_t ring_bytes;
    int64_t again_at; /* when it last went back to the first that is not stored */
    /* the accomplice's mark of it */
    uint64_t taken;
    unsigned visits;
    uint8_t body[LARGE_BODY];
} f;

static void end(int signal_number)
{
    (void)signal_number;
    _exit(0);
}

static tb_time real_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (tb_time)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- frames ---- */

static zframe_t *pack(tb_frame *frame)
{
    tb_bytes bytes;
    frame->protocol = TB_PROTOCOL;
    frame->hub = f.directory.hub;
    assert_ok(tb_frame_encode(frame, &f.arena, &bytes));
    return zframe_new(bytes.data, bytes.size);
}

static tb_key_id key_id(const member *m)
{
    return tb_key_id_of(TB_PURPOSE_SIGN, &m->sign.public_key);
}

static void hello(const member *m)
{
    tb_frame frame = {.kind = TB_FRAME_HELLO};
    frame.hello.party = m->id;
    frame.hello.incarnation = m->incarnation;
    frame.hello.protocol_min = frame.hello.protocol_max = TB_PROTOCOL;
    tb_arena_reset(&f.arena);
    zframe_t *packed = pack(&frame);
    assert_int_equal(zframe_send(&packed, m->socket, 0), 0);
}

/* The next notice to the accomplice. */
static void fill_item(tb_item *item, size_t body_bytes)
{
    const tb_directory_party *to = tb_directory_find(&f.directory, &f.accomplice.id);
    tb_entry *entry = tb_arena_alloc(&f.arena, sizeof *entry);
    *entry = (tb_entry){.recipient = f.accomplice.id,
                        .sealing_key = tb_directory_current(to, TB_PURPOSE_SEAL)->id,
                        .number = ++f.number,
                        .previous = f.digest};
    memset(item, 0, sizeof *item);
    item->body = tb_bytes_of(f.body, body_bytes);
    item->header = (tb_header){.suite = TB_SUITE_1,
                               .hub = f.directory.hub,
                               .sender = f.liar.id,
                               .incarnation = f.liar.incarnation,
                               .notice = ++f.notices,
                               .lane = TB_LANE_NORMAL,
                               .kind = TB_NOTICE_CASEWORK,
                               .made = real_ms(),
                               .directory_version = f.directory.version,
                               .directory_digest = f.directory.digest,
                               .signing_key = key_id(&f.liar),
                               .entries = entry,
                               .entry_count = 1};
    item->header.expires = item->header.made + TB_NOTICE_LIFE_MS;
    memcpy(item->header.ephemeral.bytes, f.liar.id.text, 8);
    item->header.body = tb_body_digest(item->body);
    assert_ok(tb_header_encode(&item->header, &f.arena, &item->header_bytes));
    item->digest = tb_header_digest(item->header_bytes);
    f.digest = item->digest;
}

static void prove(tb_group *group)
{
    size_t count = group->item_count;
    tb_digest *digests = tb_arena_array(&f.arena, count, sizeof *digests);
    group->indexes = tb_arena_array(&f.arena, count, sizeof *group->indexes);
    for (size_t i = 0; i < count; i++) {
        digests[i] = group->items[i].digest;
        group->indexes[i] = (uint32_t)i;
    }
    tb_tree tree;
    assert_ok(tb_tree_build(digests, (uint32_t)count, &f.arena, &tree));
    group->root = (tb_root){.suite = TB_SUITE_1,
                            .tree = TB_TREE_HEADERS,
                            .signer = f.liar.id,
                            .key = key_id(&f.liar),
                            .incarnation = f.liar.incarnation,
                            .count = tree.count,
                            .root = tree.root};
    tb_root_sign(&group->root, &f.directory.hub, &f.liar.sign);
}

static tb_frame submit(size_t groups, size_t items, size_t body_bytes)
{
    tb_frame frame = {.kind = TB_FRAME_SUBMIT};
    tb_arena_reset(&f.arena);
    frame.carry.groups = tb_arena_array(&f.arena, groups, sizeof *frame.carry.groups);
    frame.carry.group_count = groups;
    for (size_t i = 0; i < groups; i++) {
        tb_group *group = &frame.carry.groups[i];
        memset(group, 0, sizeof *group);
        group->recipient = f.accomplice.id;
        group->lane = TB_LANE_NORMAL;
        group->items = tb_arena_array(&f.arena, items, sizeof *group->items);
        group->item_count = items;
        for (size_t k = 0; k < items; k++) {
            fill_item(&group->items[k], body_bytes);
        }
        prove(group);
    }
    return frame;
}

static zframe_t *valid_frame(void)
{
    bool large = f.kind == LARGE;
    tb_frame frame;
    switch (sys_now_ms() / SHAPE_MS % (large ? 2 : 4)) {
    case 0:
        frame = submit(1, large ? MANY_ITEMS : TB_FRAME_ITEMS_MAX, SMALL_BODY);
        break;
    case 1:
        frame = submit(large ? MANY_ROOTS : TB_FRAME_ROOTS_MAX, 1, SMALL_BODY);
        break;
    case 2:
        frame = submit(1, LARGE_ITEMS, LARGE_BODY);
        break;
    default:
        frame = submit(1, 1, SMALL_BODY);
        break;
    }
    return pack(&frame);
}

static zframe_t *refused_frame(void)
{
    tb_frame frame = submit(1, 1, SMALL_BODY);
    tb_group *group = &frame.carry.groups[0];
    tb_item *item = &group->items[0];
    switch (f.visits % REFUSED_KINDS) {
    case 0:
        return zframe_new(f.body, LARGE_BODY);
    case 1:
        item->header.sender = f.accomplice.id;
        assert_ok(tb_header_encode(&item->header, &f.arena, &item->header_bytes));
        group->root.signer = f.accomplice.id;
        break;
    case 2:
        group->root.signature[9] ^= 1;
        break;
    default:
        item->body.size /= 2;
        break;
    }
    return pack(&frame);
}

/* ---- connections ---- */

static void open_connection(member *m)
{
    zsock_destroy(&m->socket);
    m->socket = foreign_socket(&f.hub, ZMQ_DEALER, m->id.text);
    zsock_set_linger(m->socket, 0);
    zsock_set_sndhwm(m->socket, SOCKET_FRAMES);
    zsock_set_curve_serverkey_bin(m->socket, f.directory.hub_keys.transport.key.bytes);
    assert_int_equal(zsock_connect(m->socket, "%s", f.hub.endpoint), 0);
    hello(m);
}

/* A new stream, since nobody else remembers where the last one stood. */
static void new_incarnation(member *m)
{
    m->incarnation.counter = (uint64_t)real_ms();
    tb_random_bytes(&f.random, m->incarnation.random, sizeof m->incarnation.random);
}

static void forget_ring(void)
{
    for (size_t i = 0; i < RING; i++) {
        zframe_destroy(&f.ring[i].frame);
    }
    f.ring_first = f.ring_count = f.ring_next = f.ring_bytes = 0;
    f.number = f.notices = 0;
    memset(&f.digest, 0, sizeof f.digest);
    f.taken = 0;
}

static void member_open(member *m, const char *party)
{
    char path[SYS_PATH];
    tb_keyfile keys;
    tb_problem problem;
    assert_true(tb_party_parse(tb_bytes_str(party), &m->id));
    sys_path(&f.hub, path, "keys/%s.key", party);
    assert_true(tb_keyfile_read(path, &keys, &problem));
    m->sign = keys.secrets->sign;
    tb_keyfile_wipe(&keys);
    new_incarnation(m);
    open_connection(m);
}

static bool receive(const member *m, tb_frame *out)
{
    zmq_msg_t message;
    zmq_msg_init(&message);
    bool got = zmq_msg_recv(&message, zsock_resolve(m->socket), ZMQ_DONTWAIT) >= 0;
    if (got) {
        tb_arena_reset(&f.arena);
        tb_bytes bytes = tb_bytes_of(zmq_msg_data(&message), zmq_msg_size(&message));
        assert_int_equal(tb_frame_decode(bytes, &f.arena, out), TB_ACCEPTED);
    }
    zmq_msg_close(&message);
    return got;
}

/* ---- the accomplice ---- */

static void say_taken(const tb_group *group)
{
    tb_line line = {.kind = TB_LINE_ARRIVED,
                    .stream = tb_group_stream(group),
                    .to = tb_group_number(group, group->item_count - 1),
                    .digest = group->items[group->item_count - 1].digest,
                    .at = real_ms()};
    tb_root root = {.suite = TB_SUITE_1,
                    .signer = f.accomplice.id,
                    .key = key_id(&f.accomplice),
                    .incarnation = f.accomplice.incarnation};
    tb_frame frame = {.kind = TB_FRAME_TAKEN};
    frame.lines.count = 1;
    assert_ok(tb_lines_sign(&line, 1, &root, &f.directory.hub, &f.accomplice.sign, &f.arena,
                            &frame.lines.lines));
    zframe_t *packed = pack(&frame);
    (void)zframe_send(&packed, f.accomplice.socket, ZFRAME_DONTWAIT);
    zframe_destroy(&packed);
}

static void take(void)
{
    tb_frame frame;
    while (sys_now_ms() / TAKES_MS % 2 == 0 && receive(&f.accomplice, &frame)) {
        if (frame.kind == TB_FRAME_DELIVER) {
            say_taken(&frame.carry.groups[frame.carry.group_count - 1]);
        }
    }
}

/* ---- the liar ---- */

static void drop_stored(uint64_t upto)
{
    while (f.ring_count > 0 && f.ring[f.ring_first].last <= upto) {
        said *first = &f.ring[f.ring_first];
        f.ring_bytes -= zframe_size(first->frame);
        zframe_destroy(&first->frame);
        f.ring_first = (f.ring_first + 1) % RING;
        f.ring_count--;
        f.ring_next -= f.ring_next > 0 ? 1 : 0;
    }
}

static void hear(void)
{
    tb_frame frame;
    while (receive(&f.liar, &frame)) {
        if (frame.kind == TB_FRAME_STORED) {
            if (frame.lines.again && sys_now_ms() - f.again_at > AGAIN_MS) {
                f.again_at = sys_now_ms();
                f.ring_next = 0;
            }
            for (size_t i = 0; i < frame.lines.count; i++) {
                const tb_line *line = &frame.lines.lines[i].line;
                if (line->kind == TB_LINE_STORED &&
                    tb_party_equal(&line->stream.sender, &f.liar.id)) {
                    drop_stored(line->to);
                }
            }
        }
        if (frame.kind == TB_FRAME_BYE) {
            f.visits++;
            forget_ring();
            if (f.kind != REFUSED) {
                new_incarnation(&f.liar);
            }
            open_connection(&f.liar);
        }
    }
}

/* The next one to be said: a new one while there is room, else those again that are not stored. */
static zframe_t *next_valid(void)
{
    bool room = f.ring_count < RING && f.ring_bytes < RING_BYTES;
    if (f.ring_next == f.ring_count && !room) {
        f.ring_next = 0;
    }
    if (f.ring_next == f.ring_count) {
        zframe_t *frame = valid_frame();
        f.ring[(f.ring_first + f.ring_count++) % RING] = (said){frame, f.number};
        f.ring_bytes += zframe_size(frame);
    }
    return f.ring[(f.ring_first + f.ring_next++) % RING].frame;
}

static void flood(void)
{
    bool refused = f.kind == REFUSED;
    zmq_pollitem_t items[] = {{.events = ZMQ_POLLIN | ZMQ_POLLOUT}, {.events = ZMQ_POLLIN}};
    items[0].socket = zsock_resolve(f.liar.socket);
    items[1].socket = zsock_resolve(f.accomplice.socket);
    (void)zmq_poll(items, 2, 10);
    hear();
    take();
    if ((zsock_events(f.liar.socket) & ZMQ_POLLOUT) == 0) {
        return;
    }
    zframe_t *frame = refused ? refused_frame() : next_valid();
    int kept = refused ? 0 : ZFRAME_REUSE;
    (void)zframe_send(&frame, f.liar.socket, kept | ZFRAME_DONTWAIT);
    if (refused) {
        zframe_destroy(&frame);
    }
}

int main(int argc, char **argv)
{
    static uint8_t kept[MEMORY_BYTES], frame[MEMORY_BYTES];
    tb_problem problem;
    (void)signal(SIGTERM, end);
    struct sched_param usual = {0};
    assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &usual), 0);
    assert_int_not_equal(nice(NICE), -1);
    if (argc != 6) {
        (void)fputs("flooder FOLDER ENDPOINT PARTY ACCOMPLICE valid|large|refused\n", stderr);
        return 2;
    }
    (void)snprintf(f.hub.folder, sizeof f.hub.folder, "%s", argv[1]);
    (void)snprintf(f.hub.endpoint, sizeof f.hub.endpoint, "%s", argv[2]);
    tb_arena_init(&f.kept, kept, sizeof kept);
    tb_arena_init(&f.arena, frame, sizeof frame);
    assert_true(tb_random_kernel(&f.random, &problem));
    tb_random_bytes(&f.random, f.body, sizeof f.body);
    foreign_directory(&f.hub, &f.kept, &f.directory);
    member_open(&f.accomplice, argv[4]);
    member_open(&f.liar, argv[3]);
    f.kind = strcmp(argv[5], "valid") == 0   ? VALID
             : strcmp(argv[5], "large") == 0 ? LARGE
                                             : REFUSED;
    for (;;) {
        flood();
    }
}
