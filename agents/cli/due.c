/* due - what is owed on cases and not done: 应办事项. */
#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX   500

static int ask(const tb_common *common, tb_local_request *request)
{
    tb_client client;
    tb_book book;
    tb_local_answer answer;
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    code = tb_client_get(&client, request, TB_ANSWER_DUTIES, &answer);
    if (code == TB_EXIT_DONE && client.json) {
        tb_json_print(tb_json_answer(&answer));
    } else if (code == TB_EXIT_DONE && !tb_show_duties(&book, &answer.duties)) {
        code = TB_EXIT_INTERNAL;
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

int tb_cli_due(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES};
    const char *limit = NULL;
    const char *after = NULL;
    long most = LIMIT_USUAL;
    uint8_t mark[128];
    const tb_option known[] = {{"overdue", &request.duties.overdue, NULL},
                               {"mine", &request.duties.mine, NULL},
                               {"limit", NULL, &limit},
                               {"after", NULL, &after}};
    if (!tb_arguments_read(argc, argv, known, 4, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print("due");
        return TB_EXIT_DONE;
    }
    if (words.count != 0) {
        return tb_help_wrong("due", _("due takes no words"));
    }
    if (limit != NULL && !tb_arguments_number("limit", limit, 1, LIMIT_MAX, &most)) {
        return TB_EXIT_USAGE;
    }
    request.duties.limit = (uint32_t)most;
    if (after != NULL) {
        size_t size = strlen(after) / 2;
        if (size > sizeof mark || !tb_hex_parse(tb_bytes_str(after), mark, size)) {
            return tb_help_wrong("due",
                                 _("--after takes what the page before printed as \"next\""));
        }
        request.duties.after = tb_bytes_of(mark, size);
    }
    return ask(&common, &request);
}
