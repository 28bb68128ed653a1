/* The nouns that ask one question: notice, trace, status, request, check. */
#include <stdio.h>

#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define NOTICES_USUAL 50
#define NOTICES_MAX   1000

/* One question from a command that is understood: asks, prints, closes. */
static int ask_once(const tb_common *common, tb_local_request *request, tb_answer_kind kind)
{
    tb_client client;
    tb_book book;
    tb_local_answer answer;
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    code = tb_client_get(&client, request, kind, &answer);
    if (code == TB_EXIT_DONE && client.json) {
        tb_json_print(tb_json_answer(&answer));
    } else if (code == TB_EXIT_DONE && !tb_show_answer(&book, &answer)) {
        code = TB_EXIT_INTERNAL;
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

/* Reads the words; TB_EXIT_DONE with *out_help when the page was printed instead. */
static int read_words(int argc,
                      char **argv,
                      const tb_option *options,
                      size_t count,
                      tb_common *common,
                      tb_words *words)
{
    if (!tb_arguments_read(argc, argv, options, count, common, words)) {
        return TB_EXIT_USAGE;
    }
    if (common->help) {
        tb_help_print(argv[0]);
    }
    return TB_EXIT_DONE;
}

static int
list_notices(const tb_common *common, bool in, bool out, const char *limit, const char *after)
{
    long most = NOTICES_USUAL;
    if (limit != NULL && !tb_arguments_number("limit", limit, 1, NOTICES_MAX, &most)) {
        return TB_EXIT_USAGE;
    }
    uint8_t mark[128];
    tb_local_request request = {.kind = TB_REQUEST_LIST_NOTICES};
    request.notices.in = in || !out;
    request.notices.out = out || !in;
    request.notices.limit = (uint32_t)most;
    if (after != NULL) {
        size_t size = strlen(after) / 2;
        if (size > sizeof mark || !tb_hex_parse(tb_bytes_str(after), mark, size)) {
            return tb_help_wrong("notice",
                                 _("--after takes what the page before printed as \"next\""));
        }
        request.notices.after = tb_bytes_of(mark, size);
    }
    return ask_once(common, &request, TB_ANSWER_NOTICES);
}

static int trace(const tb_common *common, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_TRACE};
    request.trace = tb_bytes_str(id);
    return ask_once(common, &request, TB_ANSWER_TRACED);
}

int tb_cli_notice(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    bool in = false;
    bool out = false;
    const char *limit = NULL;
    const char *after = NULL;
    const tb_option known[] = {
        {"in", &in, NULL}, {"out", &out, NULL}, {"limit", NULL, &limit}, {"after", NULL, &after}};
    int code = read_words(argc, argv, known, 4, &common, &words);
    if (code != TB_EXIT_DONE || common.help) {
        return code;
    }
    if (words.count == 1 && strcmp(words.list[0], "list") == 0) {
        return list_notices(&common, in, out, limit, after);
    }
    if (words.count == 2 && strcmp(words.list[0], "show") == 0) {
        return trace(&common, words.list[1]);
    }
    return tb_help_wrong("notice", _("notice takes: list, or show NOTICE"));
}

int tb_cli_trace(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    int code = read_words(argc, argv, NULL, 0, &common, &words);
    if (code != TB_EXIT_DONE || common.help) {
        return code;
    }
    if (words.count != 1) {
        return tb_help_wrong("trace", _("trace takes the id of a case, an event or a notice"));
    }
    return trace(&common, words.list[0]);
}

int tb_cli_status(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    int code = read_words(argc, argv, NULL, 0, &common, &words);
    if (code != TB_EXIT_DONE || common.help) {
        return code;
    }
    if (words.count != 0) {
        return tb_help_wrong("status", _("status takes no words"));
    }
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    return ask_once(&common, &request, TB_ANSWER_STATUS);
}

/* The stored answer may be of any kind, a refusal too: both are what was asked for. */
static int show_request(tb_client *client, const tb_request_id *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REQUEST, .request = *id};
    tb_local_answer answer;
    tb_book book;
    int code = tb_client_hear(client, &request, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (answer.code != TB_ACCEPTED) {
        return tb_client_refused(client, &answer);
    }
    tb_book_init(&book, client);
    if (client->json) {
        tb_json_print(tb_json_answer(&answer));
    } else {
        (void)tb_show_answer(&book, &answer);
    }
    tb_book_close(&book);
    return TB_EXIT_DONE;
}

int tb_cli_request(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    tb_client client;
    tb_request_id id;
    int code = read_words(argc, argv, NULL, 0, &common, &words);
    if (code != TB_EXIT_DONE || common.help) {
        return code;
    }
    if (words.count != 1) {
        return tb_help_wrong("request",
                             _("request takes the id that the unanswered command printed"));
    }
    if (!tb_arguments_id(words.list[0], id.bytes)) {
        return TB_EXIT_USAGE;
    }
    code = tb_client_open(&common, &client);
    if (code == TB_EXIT_DONE) {
        code = show_request(&client, &id);
        tb_client_close(&client);
    }
    return code;
}

static int show_check(tb_client *client)
{
    tb_local_request request = {.kind = TB_REQUEST_CHECK};
    tb_local_answer answer;
    int code = tb_client_get(client, &request, TB_ANSWER_CHECKED, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    const tb_local_checked *checked = &answer.checked;
    if (client->json) {
        tb_json_print(tb_json_checked(checked));
    } else if (checked->fault_count == 0) {
        (void)printf(_("%llu rows, every invariant holds\n"), (unsigned long long)checked->rows);
    } else {
        for (size_t i = 0; i < checked->fault_count; i++) {
            (void)printf("%.*s\n", (int)checked->faults[i].size,
                         (const char *)checked->faults[i].data);
        }
        tb_say_error(_("%zu invariants are broken. Stop the agent, keep a copy of its store, and "
                       "ask for help."),
                     checked->fault_count);
    }
    return checked->fault_count == 0 ? TB_EXIT_DONE : TB_EXIT_REFUSED;
}

int tb_cli_check(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    tb_client client;
    int code = read_words(argc, argv, NULL, 0, &common, &words);
    if (code != TB_EXIT_DONE || common.help) {
        return code;
    }
    if (words.count != 0) {
        return tb_help_wrong("check", _("check takes no words"));
    }
    code = tb_client_open(&common, &client);
    if (code == TB_EXIT_DONE) {
        code = show_check(&client);
        tb_client_close(&client);
    }
    return code;
}
