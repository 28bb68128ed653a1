#include "broker/shell/deadletter.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "broker/shell/hub.h"
#include "messages/local.h"
#include "shell/language.h"

#define ANSWER_MS    10000
#define MEMORY_BYTES (24u * 1024 * 1024)
#define LIMIT_USUAL  50
#define LIMIT_MAX    200
#define EXIT_REFUSED 1

typedef struct words {
    const char *verb;
    const char *id;
    const char *socket;
    const char *after;
    const char *limit;
    bool dry_run;
} words;

const char *tb_deadletter_help(void)
{
    return tb_language(
        "  deadletter list --socket PATH [--limit N] [--after MARK]    what the hub refused, or\n"
        "                     holds and cannot deliver: route, since when, why, what a retry does\n"
        "  deadletter show ID --socket PATH\n"
        "  deadletter retry ID [--dry-run] --socket PATH    delivers again what is still held;\n"
        "                     --dry-run only says what would happen\n",
        "  deadletter list --socket PATH [--limit N] [--after MARK]    "
        "平台拒收或留存而无法投递的报文:\n"
        "                     原路由、起始时间、原因、重投结果\n"
        "  deadletter show ID --socket PATH\n"
        "  deadletter retry ID [--dry-run] --socket PATH    重投仍留存的报文;--dry-run "
        "仅说明结果\n");
}

static int wrong(const char *what, const char *which)
{
    fprintf(stderr, "tongbao-broker deadletter: %s: %s\n%s", which, what, tb_deadletter_help());
    return TB_EXIT_USAGE;
}

/* ---- words ---- */

static const char **value_of(words *w, const char *name)
{
    return strcmp(name, "--socket") == 0  ? &w->socket
           : strcmp(name, "--after") == 0 ? &w->after
           : strcmp(name, "--limit") == 0 ? &w->limit
                                          : NULL;
}

static int read_words(char **argv, words *out)
{
    *out = (words){.verb = argv[2] == NULL ? "" : argv[2]};
    bool lists = strcmp(out->verb, "list") == 0;
    bool retries = strcmp(out->verb, "retry") == 0;
    if (!lists && !retries && strcmp(out->verb, "show") != 0) {
        return wrong(tb_language("takes list, show or retry", "可用 list、show 或 retry"),
                     out->verb);
    }
    for (char **at = &argv[3]; *at != NULL; at++) {
        const char **value = value_of(out, *at);
        if (value != NULL) {
            if (at[1] == NULL) {
                return wrong(tb_language("wants a value", "缺少取值"), *at);
            }
            *value = *++at;
        } else if (retries && strcmp(*at, "--dry-run") == 0) {
            out->dry_run = true;
        } else if (lists || (*at)[0] == '-' || out->id != NULL) {
            return wrong(tb_language("not understood here", "无法识别"), *at);
        } else {
            out->id = *at;
        }
    }
    if (!lists && out->id == NULL) {
        return wrong(tb_language("wants the ID the list prints", "须给出列表所示的 ID"), out->verb);
    }
    return out->socket == NULL
               ? wrong(tb_language("is needed: the hub's --socket", "必填:平台的 --socket"),
                       "--socket")
               : 0;
}

/* ---- asking ---- */

/* Whether anybody listens there at all. */
static bool listening(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool fits = strlen(path) < sizeof address.sun_path;
    if (fits) {
        memcpy(address.sun_path, path, strlen(path) + 1);
    }
    bool good =
        fd >= 0 && fits && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return good;
}

static bool exchange(const char *path, tb_bytes request, tb_arena *arena, tb_local_answer *out)
{
    zsock_t *dealer = zsock_new(ZMQ_DEALER);
    bool good = false;
    zmq_msg_t message;
    if (dealer == NULL) {
        return false;
    }
    void *handle = zsock_resolve(dealer);
    zsock_set_linger(dealer, 0);
    zsock_set_rcvtimeo(dealer, ANSWER_MS);
    zsock_set_maxmsgsize(dealer, TB_LOCAL_BYTES_MAX);
    (void)zmq_msg_init(&message);
    if (zsock_connect(dealer, "ipc://%s", path) == 0 &&
        zmq_send(handle, request.data, request.size, 0) >= 0 &&
        zmq_msg_recv(&message, handle, 0) >= 0) {
        tb_bytes answer = tb_bytes_of(zmq_msg_data(&message), zmq_msg_size(&message));
        good = tb_local_answer_decode(answer, arena, out) == TB_ACCEPTED;
    }
    (void)zmq_msg_close(&message);
    zsock_destroy(&dealer);
    return good;
}

static tb_bytes account(void)
{
    const struct passwd *who = getpwuid(getuid());
    return tb_bytes_str(who == NULL ? "nobody" : who->pw_name);
}

/* ---- printing ---- */

static const char *retry_text(const tb_local_dead_letter *letter)
{
    switch (letter->retry) {
    case TB_RETRY_DELIVERS:
        return tb_language("a retry delivers it again", "可立即重投");
    case TB_RETRY_WAITS:
        return tb_language("a retry delivers it once the recipient connects",
                           "接收单位连接后即可投递");
    case TB_RETRY_NOTHING:
        return tb_language("nothing is held here: its sender was told and still has it",
                           "平台未留存内容:已告知发送单位,原件仍在发送单位");
    case TB_RETRY_REFUSED:
        return tb_language("held; the directory in force forbids delivery",
                           "已留存;现行名录不允许投递");
    }
    TB_UNREACHABLE();
}

static void print_letter(const tb_local_dead_letter *letter)
{
    char since[TB_TIME_TEXT];
    tb_time_print(letter->since, since);
    printf("%.*s\n", (int)letter->id.size, (const char *)letter->id.data);
    printf(tb_language("    from %s to %s, numbers %" PRIu64 " to %" PRIu64 ", since %s\n",
                       "    由 %s 发往 %s,编号 %" PRIu64 " 至 %" PRIu64 ",自 %s 起\n"),
           letter->sender.text, letter->recipient.text, letter->number, letter->to, since);
    printf(tb_language("    [%s] by %s: %s\n", "    [%s] %s:%s\n"), tb_refusal_key(letter->code),
           letter->by.text, tb_language(tb_refusal_en(letter->code), tb_refusal_zh(letter->code)));
    printf("    %s", retry_text(letter));
    if (letter->bytes > 0) {
        printf(tb_language(" (%" PRIu64 " bytes held)", "(留存 %" PRIu64 " 字节)"), letter->bytes);
    }
    printf("\n");
}

static void print_letters(const tb_local_dead_letters *letters)
{
    for (size_t i = 0; i < letters->count; i++) {
        print_letter(&letters->letters[i]);
    }
    if (letters->count == 0 && letters->next.size == 0) {
        printf("%s\n", tb_language("no dead letters", "没有死信"));
    }
    if (letters->next.size > 0) {
        printf("%s: --after ", tb_language("next", "下一页"));
        for (size_t i = 0; i < letters->next.size; i++) {
            printf("%02x", letters->next.data[i]);
        }
        printf("\n");
    }
}

static int print_answer(const words *w, const tb_local_answer *answer)
{
    if (answer->code != TB_ACCEPTED) {
        fprintf(stderr, "tongbao-broker: [%s] %s\n", tb_refusal_key(answer->code),
                tb_language(tb_refusal_en(answer->code), tb_refusal_zh(answer->code)));
        return EXIT_REFUSED;
    }
    if (answer->kind != TB_ANSWER_DEAD_LETTERS) {
        fprintf(stderr, "tongbao-broker: %s\n",
                tb_language("the hub answered something else; command and hub must be of one "
                            "version",
                            "平台答复无法识别,请核对命令与平台程序版本"));
        return TB_EXIT_LISTEN;
    }
    print_letters(&answer->dead_letters);
    if (w->dry_run) {
        printf("%s\n", tb_language("dry run: nothing was done", "试运行,未作任何改动"));
    } else if (strcmp(w->verb, "retry") == 0) {
        printf("%s\n", tb_language("done", "已办"));
    }
    return 0;
}

/* ---- the verb ---- */

static int make_request(const words *w, uint8_t mark[TB_KEY_BYTES_MAX + 1], tb_local_request *out)
{
    *out = (tb_local_request){.account = account()};
    if (strcmp(w->verb, "retry") == 0) {
        out->kind = TB_REQUEST_RETRY_DEAD_LETTER;
        out->retry = (tb_local_retry){tb_bytes_str(w->id), w->dry_run};
        return 0;
    }
    out->kind = TB_REQUEST_LIST_DEAD_LETTERS;
    out->page.id = tb_bytes_str(w->id == NULL ? "" : w->id);
    out->page.limit = LIMIT_USUAL;
    if (w->limit != NULL) {
        char *end = NULL;
        unsigned long limit = strtoul(w->limit, &end, 10);
        if (end == w->limit || *end != '\0' || limit == 0 || limit > LIMIT_MAX) {
            return wrong(tb_language("wants a number from 1 to 200", "应为 1 至 200 的数"),
                         "--limit");
        }
        out->page.limit = (uint32_t)limit;
    }
    if (w->after != NULL) {
        size_t size = strlen(w->after) / 2;
        if (size > TB_KEY_BYTES_MAX + 1 || !tb_hex_parse(tb_bytes_str(w->after), mark, size)) {
            return wrong(tb_language("takes what the page before printed", "应为上一页所示的值"),
                         "--after");
        }
        out->page.after = tb_bytes_of(mark, size);
    }
    return 0;
}

static int ask(const words *w, const tb_local_request *request, void *memory)
{
    tb_arena arena;
    tb_bytes bytes;
    tb_local_answer answer;
    tb_arena_init(&arena, memory, MEMORY_BYTES);
    if (!listening(w->socket) || tb_local_request_encode(request, &arena, &bytes) != TB_OK ||
        !exchange(w->socket, bytes, &arena, &answer)) {
        fprintf(stderr, "tongbao-broker: %s: %s\n", w->socket,
                tb_language("no hub answers there; it must run with --socket",
                            "平台没有应答;平台须以 --socket 运行"));
        return TB_EXIT_LISTEN;
    }
    return print_answer(w, &answer);
}

int tb_deadletter_main(int argc, char **argv)
{
    words w;
    uint8_t mark[TB_KEY_BYTES_MAX + 1];
    tb_local_request request;
    TB_ASSERT(argc >= 2);
    int code = read_words(argv, &w);
    if (code == 0) {
        code = make_request(&w, mark, &request);
    }
    if (code != 0) {
        return code;
    }
    if (getrandom(request.id.bytes, sizeof request.id.bytes, 0) !=
        (ssize_t)sizeof request.id.bytes) {
        return TB_EXIT_LISTEN;
    }
    void *memory = malloc(MEMORY_BYTES);
    code = memory == NULL ? TB_EXIT_LISTEN : ask(&w, &request, memory);
    free(memory);
    return code;
}
