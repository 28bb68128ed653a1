/* directory_agent - the directory as this party's agent has it. */
#include "agents/cli/client.h"
#include "agents/cli/directory.h"
#include "agents/cli/show.h"

static int list(tb_client *client)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_DIRECTORY};
    tb_local_answer answer;
    int code = tb_client_get(client, &request, TB_ANSWER_PARTIES, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (client->json) {
        return tb_print_json(tb_json_parties(&answer.parties));
    }

    tb_book book;
    tb_book_init(&book, client);
    bool printed = tb_show_parties(&book, &answer.parties);
    tb_book_close(&book);
    return printed ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

int tb_directory_list_agent(const tb_common *common)
{
    tb_client client;
    int code = tb_client_open(common, &client);
    if (code == TB_EXIT_DONE) {
        code = list(&client);
        tb_client_close(&client);
    }
    return code;
}
