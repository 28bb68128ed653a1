#include "tests/system/foreign.h"

#include "keyfile/keyfile.h"
#include "messages/document.h"
#include "messages/protocol.h"

#define MEMORY_BYTES (4u * 1024 * 1024)

static uint8_t memory[MEMORY_BYTES];
static tb_arena arena;

void foreign_directory(const sys_hub *hub, tb_arena *into, tb_directory *out)
{
    char path[SYS_PATH];
    tb_document document;
    sys_path(hub, path, "directory/directory.2.doc");
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *bytes = tb_arena_alloc(into, MEMORY_BYTES / 4);
    assert_non_null(bytes);
    size_t size = fread(bytes, 1, MEMORY_BYTES / 4, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(tb_document_decode(tb_bytes_of(bytes, size), into, &document), TB_ACCEPTED);
    assert_int_equal(tb_directory_decode(document.content, into, out), TB_ACCEPTED);
}

zsock_t *foreign_socket(const sys_hub *hub, int type, const char *key)
{
    char path[SYS_PATH];
    tb_keyfile keys;
    tb_problem problem;
    setenv("ZSYS_SIGHANDLER", "false", 1);
    zsock_t *socket = zsock_new(type);
    assert_non_null(socket);
    zsock_set_linger(socket, 1000);
    zsock_set_rcvtimeo(socket, SYS_PATIENCE_MS);
    sys_path(hub, path, "keys/%s.key", key);
    assert_true(tb_keyfile_read(path, &keys, &problem));
    zsock_set_curve_publickey_bin(socket, keys.secrets->transport.public_key.bytes);
    zsock_set_curve_secretkey_bin(socket, keys.secrets->transport.secret);
    tb_keyfile_wipe(&keys);
    return socket;
}

static void decode(zframe_t *in, tb_frame *out)
{
    tb_bytes bytes;
    assert_non_null(in);
    assert_ok(tb_arena_copy(&arena, tb_bytes_of(zframe_data(in), zframe_size(in)), &bytes));
    assert_int_equal(tb_frame_decode(bytes, &arena, out), TB_ACCEPTED);
}

static zframe_t *encode(const tb_frame *frame)
{
    tb_bytes bytes;
    assert_ok(tb_frame_encode(frame, &arena, &bytes));
    return zframe_new(bytes.data, bytes.size);
}

void foreign_agent(sys_hub *hub, const char *party, uint32_t min, uint32_t max, tb_frame *out)
{
    tb_directory directory;
    tb_arena_init(&arena, memory, sizeof memory);
    foreign_directory(hub, &arena, &directory);
    zsock_t *socket = foreign_socket(hub, ZMQ_DEALER, party);
    zsock_set_curve_serverkey_bin(socket, directory.hub_keys.transport.key.bytes);
    assert_int_equal(zsock_connect(socket, "%s", hub->endpoint), 0);

    tb_frame hello = {.kind = TB_FRAME_HELLO, .protocol = min, .hub = directory.hub};
    assert_true(tb_party_parse(tb_bytes_str(party), &hello.hello.party));
    hello.hello.incarnation.counter = 1;
    hello.hello.protocol_min = min;
    hello.hello.protocol_max = max;
    zframe_t *frame = encode(&hello);
    assert_int_equal(zframe_send(&frame, socket, 0), 0);
    frame = zframe_recv(socket);
    decode(frame, out);
    zframe_destroy(&frame);
    zsock_destroy(&socket);
}

foreign_hub *foreign_hub_open(sys_hub *hub, uint32_t min, uint32_t max, tb_frame *out_hello)
{
    tb_directory directory;
    tb_arena_init(&arena, memory, sizeof memory);
    foreign_directory(hub, &arena, &directory);
    zsock_t *socket = foreign_socket(hub, ZMQ_ROUTER, "hub");
    zsock_set_curve_server(socket, 1);
    assert_true(zsock_bind(socket, "%s", hub->endpoint) > 0);

    zmsg_t *message = zmsg_recv(socket);
    assert_non_null(message);
    decode(zmsg_last(message), out_hello);
    tb_frame bye = {.kind = TB_FRAME_BYE, .protocol = min, .hub = directory.hub};
    bye.bye = (tb_bye){TB_REFUSED_PROTOCOL, tb_bytes_str("no common protocol"), min, max};
    zframe_t *frame = encode(&bye);
    zframe_t *id = zmsg_pop(message);
    assert_int_equal(zframe_send(&id, socket, ZFRAME_MORE), 0);
    assert_int_equal(zframe_send(&frame, socket, 0), 0);
    zmsg_destroy(&message);
    return (foreign_hub *)socket;
}

void foreign_hub_close(foreign_hub *foreign)
{
    zsock_t *socket = (zsock_t *)foreign;
    zsock_destroy(&socket);
}
