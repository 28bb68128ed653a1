#include "tests/cli/fake_agent.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "tests/test.h"

#define STORED_MAX  8192
#define ARENA_BYTES (8u * 1024 * 1024)

typedef struct stored {
    tb_request_id id;
    tb_refusal code;
} stored;

typedef struct server {
    const fake_plan *plan;
    fake_counts *counts;
    tb_bytes campaign, segments, provinces;
    stored list[STORED_MAX];
    size_t count;
    unsigned acts;
    tb_arena arena;
    uint8_t block[ARENA_BYTES];
} server;

static tb_bytes read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(TB_LOCAL_BYTES_MAX);
    if (file == NULL || data == NULL) {
        _exit(3);
    }
    size_t size = fread(data, 1, TB_LOCAL_BYTES_MAX, file);
    fclose(file);
    return tb_bytes_of(data, size);
}

static stored *find(server *s, const tb_request_id *id)
{
    for (size_t i = 0; i < s->count; i++) {
        if (memcmp(&s->list[i].id, id, sizeof *id) == 0) {
            return &s->list[i];
        }
    }
    return NULL;
}

static tb_refusal judge(const server *s, const tb_local_open *open)
{
    for (size_t i = 0; i < open->field_count && s->plan->refused_ending != NULL; i++) {
        tb_bytes value = open->fields[i].value;
        size_t size = strlen(s->plan->refused_ending);
        if (tb_bytes_equal(open->fields[i].id, tb_bytes_str("number")) && value.size > size &&
            memcmp(value.data + value.size - size, s->plan->refused_ending, size) == 0) {
            return TB_REFUSED_ROLE;
        }
    }
    return TB_ACCEPTED;
}

static void acted(tb_local_answer *answer, tb_refusal code)
{
    answer->code = code;
    if (code == TB_ACCEPTED) {
        answer->kind = TB_ANSWER_ACTED;
        memset(answer->acted.case_id.bytes, 1, sizeof answer->acted.case_id.bytes);
        memset(answer->acted.event.bytes, 1, sizeof answer->acted.event.bytes);
        answer->acted.number = 1;
        answer->acted.state = tb_bytes_str("submitted");
    } else {
        answer->detail = tb_bytes_str("试验");
    }
}

/* False: say nothing. */
static bool open_case(server *s, const tb_local_request *request, tb_local_answer *answer)
{
    const fake_plan *plan = s->plan;
    unsigned act = ++s->acts;
    bool silent = plan->silent_after > 0 && act > plan->silent_after;
    if (silent || (plan->deaf_every > 0 && act % plan->deaf_every == 0)) {
        return false;
    }
    stored *known = find(s, &request->id);
    if (known == NULL) {
        known = &s->list[s->count++];
        *known = (stored){request->id, judge(s, &request->open)};
        s->counts->opened++;
        s->counts->backwards += request->time < s->counts->last_time;
        s->counts->last_time = request->time;
    } else {
        s->counts->repeated++;
    }
    acted(answer, known->code);
    return plan->mute_every == 0 || act % plan->mute_every != 0;
}

static void get_document(server *s, const tb_local_request *request, tb_local_answer *answer)
{
    tb_bytes name = request->document.name;
    answer->kind = TB_ANSWER_CONTENT;
    answer->content.kind = request->document.kind;
    answer->content.name = name;
    answer->content.version = 1;
    if (request->document.kind == TB_DOCUMENT_CAMPAIGN) {
        answer->content.content = s->campaign;
    } else if (tb_bytes_equal(name, tb_bytes_str("segments"))) {
        answer->content.content = s->segments;
    } else {
        answer->content.content = s->provinces;
    }
}

static bool answer_to(server *s, const tb_local_request *request, tb_local_answer *answer)
{
    static tb_local_party_line party;
    *answer = (tb_local_answer){.id = request->id};
    switch (request->kind) {
    case TB_REQUEST_OPEN_CASE:
        return open_case(s, request, answer);
    case TB_REQUEST_GET_REQUEST: {
        const stored *known = find(s, &request->request);
        s->counts->asked++;
        acted(answer, known == NULL ? TB_REFUSED_UNKNOWN_REQUEST : known->code);
        return true;
    }
    case TB_REQUEST_GET_DOCUMENT:
        get_document(s, request, answer);
        return true;
    case TB_REQUEST_STATUS:
        answer->kind = TB_ANSWER_STATUS;
        strcpy(answer->status.party.text, "police.41");
        answer->status.name_zh = tb_bytes_str("河南省公安厅");
        answer->status.name_en = tb_bytes_str("Henan police");
        return true;
    case TB_REQUEST_LIST_DIRECTORY:
        answer->kind = TB_ANSWER_PARTIES;
        answer->parties = (tb_local_parties){.version = 1, .lines = &party, .count = 1};
        strcpy(party.id.text, "police.41");
        party.role = tb_bytes_str("police");
        party.name_zh = tb_bytes_str("河南省公安厅");
        party.name_en = tb_bytes_str("Henan police");
        party.state = 1;
        return true;
    default:
        answer->code = TB_REFUSED_REQUEST;
        return true;
    }
}

static void serve(server *s, void *socket)
{
    for (;;) {
        uint8_t who[64];
        zmq_msg_t message;
        (void)zmq_msg_init(&message);
        int who_size = zmq_recv(socket, who, sizeof who, 0);
        if (who_size < 0 || zmq_msg_recv(&message, socket, 0) < 0) {
            _exit(3);
        }
        tb_arena_reset(&s->arena);
        tb_local_request request;
        tb_local_answer answer;
        tb_bytes out;
        tb_bytes in = tb_bytes_of(zmq_msg_data(&message), zmq_msg_size(&message));
        if (tb_local_request_decode(in, &s->arena, &request) != TB_ACCEPTED) {
            _exit(4);
        }
        if (answer_to(s, &request, &answer)) {
            if (tb_local_answer_encode(&answer, &s->arena, &out) != TB_OK) {
                _exit(5);
            }
            (void)zmq_send(socket, who, (size_t)who_size, ZMQ_SNDMORE);
            (void)zmq_send(socket, out.data, out.size, 0);
        }
        (void)zmq_msg_close(&message);
    }
}

static void run(const fake_plan *plan, fake_counts *counts, const char *path, int ready)
{
    server *s = calloc(1, sizeof *s);
    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_ROUTER);
    char endpoint[128];
    int none = 0;
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    if (s == NULL || zmq_setsockopt(socket, ZMQ_SNDHWM, &none, sizeof none) != 0 ||
        zmq_bind(socket, endpoint) != 0) {
        _exit(3);
    }
    s->plan = plan;
    s->counts = counts;
    s->campaign = read_file(plan->campaign);
    s->segments = read_file(plan->segments);
    s->provinces = read_file(plan->provinces);
    tb_arena_init(&s->arena, s->block, sizeof s->block);
    if (write(ready, "x", 1) != 1) {
        _exit(3);
    }
    serve(s, socket);
}

void fake_agent_start(fake_agent *agent, const fake_plan *plan)
{
    int pipe_ends[2];
    char ready = 0;
    agent->counts = mmap(NULL, sizeof *agent->counts, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(agent->counts, MAP_FAILED);
    assert_int_equal(pipe(pipe_ends), 0);
    (void)snprintf(agent->socket, sizeof agent->socket, "/tmp/tongbao-fake-%d", (int)getpid());
    (void)unlink(agent->socket);
    agent->pid = fork();
    assert_true(agent->pid >= 0);
    if (agent->pid == 0) {
        run(plan, agent->counts, agent->socket, pipe_ends[1]);
    }
    (void)close(pipe_ends[1]);
    assert_int_equal(read(pipe_ends[0], &ready, 1), 1);
    (void)close(pipe_ends[0]);
}

void fake_agent_end(fake_agent *agent)
{
    (void)kill(agent->pid, SIGKILL);
    (void)waitpid(agent->pid, NULL, 0);
    (void)unlink(agent->socket);
    (void)munmap(agent->counts, sizeof *agent->counts);
}
