/* tongbao quarantine - notices that were set aside: to look at, to apply again, to drop. */
#include <stdio.h>

#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX   500

static int
ask(const tb_common *common, tb_local_request *request, tb_answer_kind kind, bool in_full)
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
    } else if (code == TB_EXIT_DONE && in_full && answer.quarantine.count > 0) {
        tb_show_set_aside(&book, &answer.quarantine.lines[0]);
    } else if (code == TB_EXIT_DONE && !tb_show_answer(&book, &answer)) {
        code = TB_EXIT_INTERNAL;
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

static int list(const tb_common *common, const char *limit, const char *after)
{
    long most = LIMIT_USUAL;
    uint8_t mark[128];
    tb_local_request request = {.kind = TB_REQUEST_LIST_QUARANTINE};
    if (limit != NULL && !tb_arguments_number("limit", limit, 1, LIMIT_MAX, &most)) {
        return TB_EXIT_USAGE;
    }
    request.page.limit = (uint32_t)most;
    if (after != NULL) {
        size_t size = strlen(after) / 2;
        if (size > sizeof mark || !tb_hex_parse(tb_bytes_str(after), mark, size)) {
            return tb_help_wrong("quarantine",
                                 _("--after takes what the page before printed as \"next\""));
        }
        request.page.after = tb_bytes_of(mark, size);
    }
    return ask(common, &request, TB_ANSWER_QUARANTINE, false);
}

static int show(const tb_common *common, const char *notice)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_QUARANTINE};
    request.page.id = tb_bytes_str(notice);
    return ask(common, &request, TB_ANSWER_QUARANTINE, true);
}

static int settle(const tb_common *common, const char *notice, bool drop, const char *reason)
{
    tb_local_request request = {.kind = TB_REQUEST_ACT_QUARANTINE};
    request.settle.notice = tb_bytes_str(notice);
    request.settle.drop = drop;
    request.settle.reason = tb_bytes_str(reason == NULL ? "" : reason);
    return ask(common, &request, TB_ANSWER_SETTLED, false);
}

int tb_cli_quarantine(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    const char *limit = NULL;
    const char *after = NULL;
    const char *reason = NULL;
    const tb_option known[] = {
        {"limit", NULL, &limit}, {"after", NULL, &after}, {"reason", NULL, &reason}};
    if (!tb_arguments_read(argc, argv, known, 3, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print(argv[0]);
        return TB_EXIT_DONE;
    }
    const char *verb = words.count == 0 ? "" : words.list[0];
    if (words.count == 1 && strcmp(verb, "list") == 0) {
        return list(&common, limit, after);
    }
    if (words.count == 2 && strcmp(verb, "show") == 0) {
        return show(&common, words.list[1]);
    }
    if (words.count == 2 && strcmp(verb, "retry") == 0) {
        return settle(&common, words.list[1], false, NULL);
    }
    if (words.count == 2 && strcmp(verb, "drop") == 0) {
        return reason == NULL ? tb_help_wrong("quarantine", _("drop needs a reason: --reason TEXT"))
                              : settle(&common, words.list[1], true, reason);
    }
    return tb_help_wrong("quarantine",
                         _("quarantine takes: list, or show, retry or drop with a NOTICE"));
}
