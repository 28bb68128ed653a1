/* client - asking the party's own agent over its local socket, one request, one answer.
 *
 * A request that was sent and not answered in time may or may not have been done: the agent keeps
 * the answer under the request's id, and whoever asks again gets it. So a timeout is its own
 * outcome and names that id.
 */
#ifndef TB_CLIENT_H
#define TB_CLIENT_H

#include "agents/cli/account_key.h"
#include "agents/cli/arguments.h"
#include "messages/local.h"

#define TB_CLIENT_ARENA_BYTES (24u * 1024 * 1024)
#define TB_CLIENT_TIMEOUT_S   10
#define TB_SOCKET_USUAL       "/run/tongbao/agent.sock"

typedef struct tb_client {
    void *context;
    void *socket;
    const char *path;
    int timeout_ms;
    bool json;
    uint8_t *block;
    tb_arena arena; /* requests and answers; reset by whoever asks many */
    tb_bytes account;
    bool named; /* the person named it */
    bool has_key;
    tb_account_key key; /* shows that it is his; wiped by tb_client_close */
    tb_time time;
    bool has_id;
    tb_request_id id; /* of the next act, when the person gave one */
} tb_client;

/* TB_EXIT_DONE, or says what is wrong and gives the exit code. Ends with tb_client_close. */
int tb_client_open(const tb_common *common, tb_client *out);
void tb_client_close(tb_client *client);

typedef enum tb_asked {
    TB_ASKED_ANSWERED,
    TB_ASKED_NOTHING, /* it did not answer in time */
    TB_ASKED_NONSENSE /* the answer does not decode */
} tb_asked;

/* The request with the account, and shown to be of it where the person has its key; in the client's
 * arena. False when memory ended. */
bool tb_client_encode(tb_client *client, tb_local_request *request, tb_bytes *out);

/* Fills in id (unless given), account and time, sends, and waits. *out lives in the client's arena.
 */
tb_asked tb_client_ask(tb_client *client, tb_local_request *request, tb_local_answer *out);

/* Asks and says what keeps it from an answer: silence, or what is none. TB_EXIT_DONE: *out is one,
 * perhaps a refusal. */
int tb_client_hear(tb_client *client, tb_local_request *request, tb_local_answer *out);

/* Likewise, and the answer is of this kind: says a refusal, and what is of another. */
int tb_client_get(tb_client *client,
                  tb_local_request *request,
                  tb_answer_kind kind,
                  tb_local_answer *out);

/* Sending without waiting, and the next answer within ms; for many requests in flight. */
bool tb_client_send(tb_client *client, tb_bytes request);
/* TB_ASKED_NOTHING: none within ms. The answer lives in arena. */
tb_asked tb_client_next(tb_client *client, int ms, tb_arena *arena, tb_local_answer *out);

/* Says a refusal, as JSON on stdout too when asked for. Gives TB_EXIT_REFUSED. */
int tb_client_refused(const tb_client *client, const tb_local_answer *answer);

#endif
