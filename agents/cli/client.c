#include "agents/cli/client.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include "agents/cli/cli.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/import/dates.h"

#define TIMEOUT_S_MAX 3600

static const char *socket_path(const tb_common *common)
{
    if (common->socket != NULL) {
        return common->socket;
    }
    const char *path = getenv("TONGBAO_SOCKET");
    return path != NULL && path[0] != '\0' ? path : TB_SOCKET_USUAL;
}

/* Whether somebody listens there: ZeroMQ itself would wait for ever without saying so. */
static bool listening(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    int done = connect(fd, (const struct sockaddr *)&address, sizeof address);
    int error = errno;
    (void)close(fd);
    errno = error;
    return done == 0;
}

static void say_unreachable(const char *path)
{
    const char *why = strerror(errno);
    if (errno == ENOENT || errno == ECONNREFUSED) {
        why = _("no agent listens there");
    } else if (errno == EACCES) {
        why = _("this account may not open it");
    }
    tb_say_error(_("cannot reach the agent at %s: %s.\n"
                   "Nothing was sent. Start the agent, or name its socket with --socket PATH or\n"
                   "TONGBAO_SOCKET."),
                 path, why);
}

static bool connect_socket(tb_client *client)
{
    char endpoint[256];
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", client->path);
    int zero = 0;
    int bytes_max = TB_LOCAL_BYTES_MAX;
    client->context = zmq_ctx_new();
    client->socket = client->context == NULL ? NULL : zmq_socket(client->context, ZMQ_DEALER);
    return client->socket != NULL &&
           zmq_setsockopt(client->socket, ZMQ_LINGER, &zero, sizeof zero) == 0 &&
           zmq_setsockopt(client->socket, ZMQ_SNDHWM, &zero, sizeof zero) == 0 &&
           zmq_setsockopt(client->socket, ZMQ_RCVHWM, &zero, sizeof zero) == 0 &&
           zmq_setsockopt(client->socket, ZMQ_MAXMSGSIZE, &(int64_t){bytes_max}, sizeof(int64_t)) ==
               0 &&
           zmq_connect(client->socket, endpoint) == 0;
}

static bool read_common(const tb_common *common, tb_client *client)
{
    long seconds = TB_CLIENT_TIMEOUT_S;
    if (common->timeout != NULL &&
        !tb_arguments_number("timeout", common->timeout, 1, TIMEOUT_S_MAX, &seconds)) {
        return false;
    }
    client->timeout_ms = (int)seconds * 1000;
    if (common->time != NULL && !tb_dates_read(tb_bytes_str(common->time), &client->time)) {
        tb_say_error(_("--time takes a date and time such as 2015-02-09T11:39:00+08:00"));
        return false;
    }
    if (common->request_id != NULL) {
        client->has_id = true;
        return tb_arguments_id(common->request_id, client->id.bytes);
    }
    return true;
}

static const char *said(const char *option, const char *variable)
{
    const char *value = option != NULL ? option : getenv(variable);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Whom the person says he is, and the key that shows it. False after saying what is wrong. */
static bool read_account(const tb_common *common, tb_client *client)
{
    const char *name = said(common->account, "TONGBAO_ACCOUNT");
    const char *key = said(common->account_key, "TONGBAO_ACCOUNT_KEY");
    if (key != NULL && !tb_account_key_read(key, &client->key)) {
        return false;
    }
    client->has_key = key != NULL;
    client->named = name != NULL || key != NULL;
    if (name == NULL && key != NULL) {
        name = client->key.name;
    }
    if (name == NULL) {
        const struct passwd *who = getpwuid(getuid());
        name = who == NULL ? "nobody" : who->pw_name;
    }
    client->account = tb_bytes_str(name);
    if (client->account.size > TB_ACCOUNT_BYTES_MAX) {
        tb_say_error(_("an account's name has at most %d bytes"), TB_ACCOUNT_BYTES_MAX);
        return false;
    }
    return true;
}

int tb_client_open(const tb_common *common, tb_client *out)
{
    *out = (tb_client){.path = socket_path(common), .json = common->json};
    if (!read_common(common, out) || !read_account(common, out)) {
        tb_client_close(out);
        return TB_EXIT_USAGE;
    }
    tb_client client = *out; /* the account's name stays in *out */
    if (!listening(client.path)) {
        say_unreachable(client.path);
        return TB_EXIT_UNKNOWN;
    }
    client.block = malloc(TB_CLIENT_ARENA_BYTES);
    if (client.block == NULL || !connect_socket(&client)) {
        tb_say_error(_("cannot connect to %s: %s"), client.path, zmq_strerror(errno));
        tb_client_close(&client);
        return TB_EXIT_INTERNAL;
    }
    tb_arena_init(&client.arena, client.block, TB_CLIENT_ARENA_BYTES);
    *out = client;
    return TB_EXIT_DONE;
}

void tb_client_close(tb_client *client)
{
    if (client->socket != NULL) {
        (void)zmq_close(client->socket);
    }
    if (client->context != NULL) {
        (void)zmq_ctx_term(client->context);
    }
    tb_account_key_wipe(&client->key);
    free(client->block);
    *client = (tb_client){0};
}

bool tb_client_send(tb_client *client, tb_bytes request)
{
    return zmq_send(client->socket, request.data, request.size, 0) >= 0;
}

tb_asked tb_client_next(tb_client *client, int ms, tb_arena *arena, tb_local_answer *out)
{
    zmq_pollitem_t item = {.socket = client->socket, .events = ZMQ_POLLIN};
    if (zmq_poll(&item, 1, ms) <= 0) {
        return TB_ASKED_NOTHING;
    }
    zmq_msg_t message;
    (void)zmq_msg_init(&message);
    if (zmq_msg_recv(&message, client->socket, ZMQ_DONTWAIT) < 0) {
        (void)zmq_msg_close(&message);
        return TB_ASKED_NOTHING;
    }
    tb_bytes bytes = tb_bytes_of(zmq_msg_data(&message), zmq_msg_size(&message));
    tb_refusal refused = tb_local_answer_decode(bytes, arena, out);
    (void)zmq_msg_close(&message);
    return refused == TB_ACCEPTED ? TB_ASKED_ANSWERED : TB_ASKED_NONSENSE;
}

static bool give_id(tb_client *client, tb_local_request *request)
{
    if (client->has_id) {
        request->id = client->id;
        client->has_id = false; /* the next request is another one */
        return true;
    }
    return getrandom(request->id.bytes, sizeof request->id.bytes, 0) ==
           (ssize_t)sizeof request->id.bytes;
}

static bool acts(tb_request_kind kind)
{
    return kind == TB_REQUEST_OPEN_CASE || kind == TB_REQUEST_ACT || kind == TB_REQUEST_INSTALL ||
           kind == TB_REQUEST_CHANGE_ACCOUNT || kind == TB_REQUEST_APPROVE ||
           kind == TB_REQUEST_SET_SWITCH || kind == TB_REQUEST_SET_OFFICE ||
           kind == TB_REQUEST_ACT_QUARANTINE || kind == TB_REQUEST_PAPER ||
           kind == TB_REQUEST_IMPORT_BUNDLE || kind == TB_REQUEST_WRITE_LETTER;
}

bool tb_client_encode(tb_client *client, tb_local_request *request, tb_bytes *out)
{
    request->account = client->account;
    request->named = client->named;
    tb_err err = tb_local_request_encode(request, &client->arena, out);
    if (err == TB_OK && client->has_key) {
        err = tb_local_request_prove(*out, client->key.pair.secret, &client->arena, out);
    }
    return err == TB_OK;
}

tb_asked tb_client_ask(tb_client *client, tb_local_request *request, tb_local_answer *out)
{
    request->time = client->time;
    tb_bytes bytes;
    bool given =
        acts(request->kind) ? give_id(client, request) : getrandom(request->id.bytes, 16, 0) == 16;
    if (!given || !tb_client_encode(client, request, &bytes) || !tb_client_send(client, bytes)) {
        return TB_ASKED_NONSENSE;
    }
    tb_time left = client->timeout_ms;
    for (;;) {
        tb_asked asked = tb_client_next(client, (int)left, &client->arena, out);
        bool ours =
            asked == TB_ASKED_ANSWERED && memcmp(&out->id, &request->id, sizeof request->id) == 0;
        if (asked != TB_ASKED_ANSWERED || ours) {
            return asked;
        }
    }
}

int tb_client_refused(const tb_client *client, const tb_local_answer *answer)
{
    if (client->json) {
        tb_json_print(tb_json_refusal(answer->code, answer->detail));
    }
    tb_say_refusal(answer->code, answer->detail);
    return TB_EXIT_REFUSED;
}

static int say_silence(const tb_client *client, const tb_local_request *request)
{
    char id[33];
    tb_hex(request->id.bytes, sizeof request->id.bytes, id);
    if (!acts(request->kind)) {
        tb_say_error(_("the agent did not answer within %d s; try again"),
                     client->timeout_ms / 1000);
        return TB_EXIT_UNKNOWN;
    }
    if (client->json) {
        tb_json_print(tb_json_unknown(&request->id));
    }
    tb_say_error(_("the agent did not answer within %d s. It is not known whether it was done;\n"
                   "ask with: tongbao request %s"),
                 client->timeout_ms / 1000, id);
    return TB_EXIT_UNKNOWN;
}

int tb_client_hear(tb_client *client, tb_local_request *request, tb_local_answer *out)
{
    switch (tb_client_ask(client, request, out)) {
    case TB_ASKED_NOTHING:
        return say_silence(client, request);
    case TB_ASKED_NONSENSE:
        tb_say_error(_("the agent's answer is not understood; the command and the agent must be of "
                       "one version"));
        return TB_EXIT_INTERNAL;
    case TB_ASKED_ANSWERED:
        break;
    }
    return TB_EXIT_DONE;
}

int tb_client_get(tb_client *client,
                  tb_local_request *request,
                  tb_answer_kind kind,
                  tb_local_answer *out)
{
    int code = tb_client_hear(client, request, out);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (out->code != TB_ACCEPTED) {
        return tb_client_refused(client, out);
    }
    if (out->kind != kind) {
        tb_say_error(_("the agent answered something else; the command and the agent must be of "
                       "one version"));
        return TB_EXIT_INTERNAL;
    }
    return TB_EXIT_DONE;
}
