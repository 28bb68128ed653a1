/* due - what is owed on cases and not done: 应办事项. */
#include "agents/cli/cli.h"
#include "agents/cli/digest.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/office.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define LIMIT_USUAL 50
#define LIMIT_MAX   500

static int explain(const tb_common *common, const char *id)
{
    tb_client client;
    tb_book book;
    tb_local_answer answer;
    tb_local_request request = {.kind = TB_REQUEST_EXPLAIN_DUTIES};
    if (!tb_arguments_id(id, request.case_id.bytes)) {
        return TB_EXIT_USAGE;
    }
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    code = tb_client_get(&client, &request, TB_ANSWER_EXPLAINED, &answer);
    if (code == TB_EXIT_DONE && client.json) {
        tb_json_print(tb_json_explained(&answer.explained));
    } else if (code == TB_EXIT_DONE) {
        tb_show_explained(&book, &answer.explained);
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

/* by: a party's id or name, or NULL. */
static int ask(const tb_common *common, tb_local_request *request, const char *by)
{
    tb_client client;
    tb_book book;
    tb_local_answer answer;
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    if (by != NULL && !tb_book_party_named(&book, by, &request->duties.by)) {
        code = TB_EXIT_USAGE;
    }
    if (code == TB_EXIT_DONE) {
        code = tb_client_get(&client, request, TB_ANSWER_DUTIES, &answer);
    }
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
    const char *by = NULL;
    const char *explained = NULL;
    const char *office = NULL;
    bool digest = false;
    long most = LIMIT_USUAL;
    uint8_t mark[128];
    const tb_option known[] = {{"overdue", &request.duties.overdue, NULL},
                               {"mine", &request.duties.mine, NULL},
                               {"limit", NULL, &limit},
                               {"after", NULL, &after},
                               {"by", NULL, &by},
                               {"explain", NULL, &explained},
                               {"office", NULL, &office},
                               {"digest", &digest, NULL}};
    if (!tb_arguments_read(argc, argv, known, 8, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print("due");
        return TB_EXIT_DONE;
    }
    if (words.count != 0) {
        return tb_help_wrong("due", _("due takes no words"));
    }
    if (explained != NULL) {
        return explain(&common, explained);
    }
    if (digest) {
        return tb_due_digest(&common);
    }
    if (office != NULL) {
        return tb_due_office(&common, office);
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
    return ask(&common, &request, by);
}
