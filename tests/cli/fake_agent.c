#include "tests/cli/fake_agent.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "tests/messages/local_samples.h"
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
    unsigned asked[256]; /* by kind of question, since the command began */
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

/* ---- one full answer of each kind ---- */

static tb_answer_kind answers_with(tb_request_kind kind)
{
    switch (kind) {
    case TB_REQUEST_OPEN_CASE:
    case TB_REQUEST_ACT:
    case TB_REQUEST_PAPER:
    case TB_REQUEST_APPROVE:
    case TB_REQUEST_GET_REQUEST:
        return TB_ANSWER_ACTED;
    case TB_REQUEST_GET_CASE:
        return TB_ANSWER_CASE;
    case TB_REQUEST_LIST_CASES:
        return TB_ANSWER_CASES;
    case TB_REQUEST_TRACE:
        return TB_ANSWER_TRACED;
    case TB_REQUEST_STATUS:
        return TB_ANSWER_STATUS;
    case TB_REQUEST_LIST_NOTICES:
        return TB_ANSWER_NOTICES;
    case TB_REQUEST_LIST_DIRECTORY:
        return TB_ANSWER_PARTIES;
    case TB_REQUEST_CHECK:
        return TB_ANSWER_CHECKED;
    case TB_REQUEST_LIST_ACTS:
        return TB_ANSWER_ACTS;
    case TB_REQUEST_EXPORT_BUNDLE:
        return TB_ANSWER_BUNDLE;
    case TB_REQUEST_IMPORT_BUNDLE:
        return TB_ANSWER_IMPORTED;
    case TB_REQUEST_WRITE_LETTER:
        return TB_ANSWER_WRITTEN;
    case TB_REQUEST_GET_LETTER:
        return TB_ANSWER_LETTER;
    case TB_REQUEST_LIST_DUTIES:
        return TB_ANSWER_DUTIES;
    case TB_REQUEST_LIST_CAMPAIGNS:
        return TB_ANSWER_CAMPAIGNS;
    case TB_REQUEST_LIST_LISTS:
        return TB_ANSWER_LISTS;
    case TB_REQUEST_SHOW_LIST:
        return TB_ANSWER_SHOWN_LIST;
    case TB_REQUEST_CHECK_LIST:
        return TB_ANSWER_VERDICTS;
    case TB_REQUEST_GET_FAMILY:
        return TB_ANSWER_FAMILY;
    case TB_REQUEST_CUT:
        return TB_ANSWER_CUT;
    case TB_REQUEST_LIST_QUARANTINE:
        return TB_ANSWER_QUARANTINE;
    case TB_REQUEST_ACT_QUARANTINE:
        return TB_ANSWER_SETTLED;
    case TB_REQUEST_LIST_REPORTS:
        return TB_ANSWER_REPORTS;
    case TB_REQUEST_GET_REPORT:
        return TB_ANSWER_REPORT;
    case TB_REQUEST_VERIFY:
        return TB_ANSWER_VERIFIED;
    case TB_REQUEST_EXPORT_EVIDENCE:
        return TB_ANSWER_EVIDENCE;
    case TB_REQUEST_RECONCILE:
        return TB_ANSWER_RECONCILED;
    case TB_REQUEST_GET_FIGURE:
        return TB_ANSWER_FIGURE;
    case TB_REQUEST_RECOVER:
    case TB_REQUEST_GET_RECOVERY:
        return TB_ANSWER_RECOVERY;
    case TB_REQUEST_LIST_ACCOUNTS:
    case TB_REQUEST_CHANGE_ACCOUNT:
        return TB_ANSWER_ACCOUNTS;
    case TB_REQUEST_LIST_APPROVALS:
        return TB_ANSWER_APPROVALS;
    case TB_REQUEST_LIST_SWITCHES:
    case TB_REQUEST_SET_SWITCH:
        return TB_ANSWER_SWITCHES;
    case TB_REQUEST_UNANSWERED:
        return TB_ANSWER_UNANSWERED;
    case TB_REQUEST_EXPLAIN_DUTIES:
        return TB_ANSWER_EXPLAINED;
    case TB_REQUEST_GET_OFFICE:
    case TB_REQUEST_SET_OFFICE:
        return TB_ANSWER_OFFICE;
    case TB_REQUEST_INSTALL:
    case TB_REQUEST_WATCH:
    case TB_REQUEST_EXPORT:
    case TB_REQUEST_GET_DOCUMENT:
    case TB_REQUEST_LIST_DEAD_LETTERS:
    case TB_REQUEST_RETRY_DEAD_LETTER:
        break;
    }
    return TB_ANSWER_NONE;
}

/* There is one page more, and then none. */
static void last_page(tb_local_answer *answer)
{
    tb_bytes none = {NULL, 0};
    if (answer->kind == TB_ANSWER_BUNDLE) {
        answer->bundle.next = none;
    } else if (answer->kind == TB_ANSWER_EVIDENCE) {
        answer->evidence.next = none;
    } else if (answer->kind == TB_ANSWER_CASES) {
        answer->cases.next = none;
    } else if (answer->kind == TB_ANSWER_RECONCILED) {
        answer->reconciled.next = none;
    } else if (answer->kind == TB_ANSWER_REPORT) {
        answer->report.next = none;
    } else if (answer->kind == TB_ANSWER_WRITTEN) {
        answer->written.left = 0;
    } else if (answer->kind == TB_ANSWER_UNANSWERED) {
        memset(&answer->unanswered.next, 0, sizeof answer->unanswered.next);
    }
}

static void sample(server *s, const tb_local_request *request, tb_local_answer *answer)
{
    tb_bytes full = encoded_answer(&s->arena, answers_with(request->kind));
    if (tb_local_answer_decode(full, &s->arena, answer) != TB_ACCEPTED) {
        _exit(6);
    }
    answer->id = request->id;
    answer->code = TB_ACCEPTED;
    if (s->asked[request->kind]++ > 0) {
        last_page(answer);
    }
}

/* True: answered wrongly, *out. */
static bool wrongly(server *s, tb_request_kind kind, tb_local_answer *answer, tb_bytes *out)
{
    fake_counts *counts = s->counts;
    tb_request_id id = answer->id;
    if (counts->seen == 0) {
        memset(s->asked, 0, sizeof s->asked);
    }
    if (++counts->seen != counts->wrong_at) {
        return false;
    }
    switch (counts->wrong) {
    case FAKE_RIGHT:
        return false;
    case FAKE_REFUSES:
        answer->kind = TB_ANSWER_NONE;
        answer->code = TB_REFUSED_CHANGED;
        answer->detail = tb_bytes_str("已变更");
        break;
    case FAKE_OTHER:
        *out = encoded_answer(&s->arena, TB_ANSWER_CHANGED); /* a watcher's, no command's */
        if (tb_local_answer_decode(*out, &s->arena, answer) != TB_ACCEPTED) {
            _exit(6);
        }
        answer->id = id;
        answer->code = TB_ACCEPTED;
        break;
    case FAKE_EMPTY:
        answer->kind = answers_with(kind);
        if (tb_local_answer_encode(answer, &s->arena, out) == TB_OK) {
            return true;
        }
        answer->kind = TB_ANSWER_NONE; /* it cannot be empty */
        break;
    case FAKE_NONSENSE:
        *out = tb_bytes_str("\xFF\xFF");
        return true;
    }
    if (tb_local_answer_encode(answer, &s->arena, out) != TB_OK) {
        _exit(5);
    }
    return true;
}

static bool answer_to(server *s, const tb_local_request *request, tb_local_answer *answer)
{
    static tb_local_party_line party;
    *answer = (tb_local_answer){.id = request->id};
    if (s->plan->samples && request->kind != TB_REQUEST_GET_DOCUMENT) {
        sample(s, request, answer);
        return true;
    }
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
        answer = (tb_local_answer){.id = request.id};
        bool wrong = wrongly(s, request.kind, &answer, &out);
        if (wrong || answer_to(s, &request, &answer)) {
            if (!wrong && tb_local_answer_encode(&answer, &s->arena, &out) != TB_OK) {
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
    int status = 0;
    (void)kill(agent->pid, SIGKILL);
    (void)waitpid(agent->pid, &status, 0);
    (void)unlink(agent->socket);
    (void)munmap(agent->counts, sizeof *agent->counts);
    if (WIFEXITED(status)) {
        fail_msg("the agent ended by itself, at %d", WEXITSTATUS(status));
    }
}

void fake_agent_next(fake_agent *agent, fake_wrong wrong, unsigned at)
{
    agent->counts->seen = 0;
    agent->counts->wrong = wrong;
    agent->counts->wrong_at = at;
}
