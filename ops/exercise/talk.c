/* talk - requests to the agents' local sockets, each repeated under its id until it is answered. */
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "ops/exercise/exercise.h"

#define WAITING_MAX   8192
#define REPEAT_AFTER_S 3.0
#define ARENA_BYTES   (4u * 1024 * 1024)

typedef struct waiting {
    bool used;
    tb_request_id id;
    ex_party *party;
    ex_answered *answered;
    uint64_t tag;
    double sent_at;
    uint8_t *bytes;
    size_t size;
} waiting;

static waiting list[WAITING_MAX];
static size_t waiting_count;
static uint64_t next_number = 1;
static uint8_t run_id[8];
static uint8_t arena_block[ARENA_BYTES];

void ex_talk_open(ex_world *world)
{
    FILE *f = fopen("/dev/urandom", "rb");
    if (f == NULL || fread(run_id, 1, sizeof run_id, f) != sizeof run_id) {
        ex_fail("no random bytes from the kernel");
    }
    (void)fclose(f);
    world->zmq = zmq_ctx_new();
    (void)zmq_ctx_set(world->zmq, ZMQ_MAX_SOCKETS, 2 * EX_PARTIES_MAX);
    for (size_t i = 0; i < world->party_count; i++) {
        ex_party *party = &world->parties[i];
        char endpoint[EX_PATH * 2];
        (void)snprintf(endpoint, sizeof endpoint, "ipc://%s/%s.sock", world->run_dir, party->id.text);
        party->socket = zmq_socket(world->zmq, ZMQ_DEALER);
        int zero = 0, none = 0, reconnect = 20;
        (void)zmq_setsockopt(party->socket, ZMQ_LINGER, &zero, sizeof zero);
        (void)zmq_setsockopt(party->socket, ZMQ_SNDHWM, &none, sizeof none);
        (void)zmq_setsockopt(party->socket, ZMQ_RCVHWM, &none, sizeof none);
        (void)zmq_setsockopt(party->socket, ZMQ_RECONNECT_IVL, &reconnect, sizeof reconnect);
        if (zmq_connect(party->socket, endpoint) != 0) {
            ex_fail("cannot reach %s", endpoint);
        }
    }
}

void ex_talk_close(ex_world *world)
{
    for (size_t i = 0; i < world->party_count; i++) {
        if (world->parties[i].socket != NULL) {
            (void)zmq_close(world->parties[i].socket);
            world->parties[i].socket = NULL;
        }
    }
    if (world->zmq != NULL) {
        (void)zmq_ctx_term(world->zmq);
        world->zmq = NULL;
    }
    for (size_t i = 0; i < WAITING_MAX; i++) {
        free(list[i].bytes);
        list[i] = (waiting){0};
    }
    waiting_count = 0;
}

static waiting *slot_of(uint64_t number)
{
    return &list[number % WAITING_MAX];
}

static uint64_t number_of(const tb_request_id *id)
{
    uint64_t n = 0;
    for (size_t i = 8; i < 16; i++) {
        n = n << 8 | id->bytes[i];
    }
    return n;
}

void ex_ask(ex_world *world, ex_party *party, tb_local_request *request, ex_answered *answered, uint64_t tag)
{
    (void)world;
    if (party->dead) {
        return; /* nobody answers any more */
    }
    waiting *slot = NULL;
    for (size_t tries = 0; tries < WAITING_MAX; tries++, next_number++) {
        if (!slot_of(next_number)->used) {
            slot = slot_of(next_number);
            break;
        }
    }
    if (slot == NULL) {
        ex_fail("more than %d requests are waiting for an answer", WAITING_MAX);
    }
    memcpy(request->id.bytes, run_id, 8);
    for (size_t i = 0; i < 8; i++) {
        request->id.bytes[8 + i] = (uint8_t)(next_number >> (56 - 8 * i));
    }
    next_number++;
    if (request->account.size == 0) {
        request->account = tb_bytes_str("clerk");
    }
    tb_arena arena;
    tb_arena_init(&arena, arena_block, sizeof arena_block);
    tb_bytes bytes;
    if (tb_local_request_encode(request, &arena, &bytes) != TB_OK) {
        ex_fail("a request does not encode");
    }
    *slot = (waiting){true, request->id, party, answered, tag, ex_seconds(), malloc(bytes.size), bytes.size};
    if (slot->bytes == NULL) {
        ex_fail("no memory");
    }
    memcpy(slot->bytes, bytes.data, bytes.size);
    waiting_count++;
    (void)zmq_send(party->socket, bytes.data, bytes.size, ZMQ_DONTWAIT);
}

size_t ex_talk_waiting_for(const ex_party *party)
{
    size_t count = 0;
    for (size_t i = 0; i < WAITING_MAX; i++) {
        count += list[i].used && list[i].party == party;
    }
    return count;
}

void ex_talk_forget(const ex_party *party)
{
    for (size_t i = 0; i < WAITING_MAX; i++) {
        if (list[i].used && list[i].party == party) {
            free(list[i].bytes);
            list[i] = (waiting){0};
            waiting_count--;
        }
    }
}

void ex_watch(ex_world *world, ex_party *party)
{
    tb_local_request request = {.kind = TB_REQUEST_WATCH};
    party->watched = true;
    ex_ask(world, party, &request, NULL, 0);
}

static void handle(ex_world *world, ex_party *party, tb_bytes bytes, ex_answered *changed)
{
    /* Its own memory: what the callback asks next must not overwrite the answer it reads. */
    static uint8_t block[ARENA_BYTES];
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof block);
    tb_local_answer answer;
    if (tb_local_answer_decode(bytes, &arena, &answer) != TB_ACCEPTED) {
        ex_fail("%s gave an answer that does not decode", party->id.text);
    }
    if (answer.kind == TB_ANSWER_CHANGED) {
        changed(world, party, &answer, 0);
        return;
    }
    waiting *slot = slot_of(number_of(&answer.id));
    if (!slot->used || memcmp(&slot->id, &answer.id, sizeof answer.id) != 0) {
        return; /* the answer to a repetition */
    }
    ex_answered *answered = slot->answered;
    uint64_t tag = slot->tag;
    free(slot->bytes);
    *slot = (waiting){0};
    waiting_count--;
    if (answered != NULL) {
        answered(world, party, &answer, tag);
    }
}

static void repeat_late(void)
{
    double now = ex_seconds();
    for (size_t i = 0; waiting_count > 0 && i < WAITING_MAX; i++) {
        if (list[i].used && now - list[i].sent_at > REPEAT_AFTER_S) {
            list[i].sent_at = now;
            (void)zmq_send(list[i].party->socket, list[i].bytes, list[i].size, ZMQ_DONTWAIT);
        }
    }
}

size_t ex_talk_serve(ex_world *world, int ms, ex_answered *changed)
{
    static double repeated_at;
    zmq_pollitem_t items[EX_PARTIES_MAX];
    for (size_t i = 0; i < world->party_count; i++) {
        items[i] = (zmq_pollitem_t){world->parties[i].socket, 0, ZMQ_POLLIN, 0};
    }
    size_t handled = 0;
    if (zmq_poll(items, (int)world->party_count, ms) > 0) {
        for (size_t i = 0; i < world->party_count; i++) {
            zmq_msg_t msg;
            for (unsigned n = 0; n < 64 && (items[i].revents & ZMQ_POLLIN) != 0; n++) {
                (void)zmq_msg_init(&msg);
                if (zmq_msg_recv(&msg, world->parties[i].socket, ZMQ_DONTWAIT) < 0) {
                    (void)zmq_msg_close(&msg);
                    break;
                }
                handle(world, &world->parties[i], tb_bytes_of(zmq_msg_data(&msg), zmq_msg_size(&msg)), changed);
                (void)zmq_msg_close(&msg);
                handled++;
            }
        }
    }
    if (ex_seconds() - repeated_at > 0.5) {
        repeated_at = ex_seconds();
        repeat_late();
    }
    return handled;
}

size_t ex_talk_waiting(const ex_world *world)
{
    (void)world;
    return waiting_count;
}
