/* tongbao approve - 审核, 签发: what was made here and is not done until others approve it. */
#include <stdio.h>

#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX   200

static int ask(const tb_common *common, tb_local_request *request, tb_answer_kind kind)
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
    } else if (code == TB_EXIT_DONE && kind == TB_ANSWER_APPROVALS &&
               request->list_approvals.number != 0 && answer.approvals.count > 0) {
        tb_show_approval(&book, &answer.approvals.lines[0]);
    } else if (code == TB_EXIT_DONE && !tb_show_answer(&book, &answer)) {
        code = TB_EXIT_INTERNAL;
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

static bool read_number(const char *text, uint64_t *out)
{
    long number;
    if (!tb_arguments_number("number", text, 1, 1000000000, &number)) {
        return false;
    }
    *out = (uint64_t)number;
    return true;
}

static int list(const tb_common *common, const char *limit, const char *after)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_APPROVALS};
    long most = LIMIT_USUAL;
    if ((limit != NULL && !tb_arguments_number("limit", limit, 1, LIMIT_MAX, &most)) ||
        (after != NULL && !read_number(after, &request.list_approvals.after))) {
        return TB_EXIT_USAGE;
    }
    request.list_approvals.limit = (uint32_t)most;
    return ask(common, &request, TB_ANSWER_APPROVALS);
}

static int show(const tb_common *common, const char *number)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_APPROVALS};
    return read_number(number, &request.list_approvals.number)
               ? ask(common, &request, TB_ANSWER_APPROVALS)
               : TB_EXIT_USAGE;
}

static int settle(const tb_common *common, const char *number, bool back, const char *reason)
{
    tb_local_request request = {.kind = TB_REQUEST_APPROVE};
    request.approve.back = back;
    request.approve.reason = tb_bytes_str(reason == NULL ? "" : reason);
    return read_number(number, &request.approve.number) ? ask(common, &request, TB_ANSWER_ACTED)
                                                        : TB_EXIT_USAGE;
}

int tb_cli_approve(int argc, char **argv)
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
        tb_help_print("approve");
        return TB_EXIT_DONE;
    }
    const char *verb = words.count == 0 ? "" : words.list[0];
    if (words.count == 1 && strcmp(verb, "list") == 0) {
        return list(&common, limit, after);
    }
    if (words.count == 2 && strcmp(verb, "show") == 0) {
        return show(&common, words.list[1]);
    }
    if (words.count == 2 && strcmp(verb, "approve") == 0) {
        return settle(&common, words.list[1], false, NULL);
    }
    if (words.count == 2 && strcmp(verb, "send-back") == 0) {
        return reason == NULL
                   ? tb_help_wrong("approve", _("send-back needs a reason: --reason TEXT"))
                   : settle(&common, words.list[1], true, reason);
    }
    return tb_help_wrong("approve",
                         _("approve takes: list, or show, approve or send-back with a NUMBER"));
}
