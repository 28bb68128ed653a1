/* tongbao campaign automatic - what this party lets its agent do by itself. */
#include "agents/cli/campaign_file.h"

#include <stdio.h>

#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

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
    code = tb_client_get(&client, request, TB_ANSWER_SWITCHES, &answer);
    if (code == TB_EXIT_DONE && client.json) {
        tb_json_print(tb_json_switches(&answer.switches));
    } else if (code == TB_EXIT_DONE && !tb_show_switches(&book, &answer.switches)) {
        code = TB_EXIT_INTERNAL;
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

int tb_campaign_automatic(const tb_common *common, const char *const *words, size_t count)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_SWITCHES};
    if (count == 0) {
        return ask(common, &request);
    }
    bool on = count == 3 && strcmp(words[2], "on") == 0;
    if (count != 3 || (!on && strcmp(words[2], "off") != 0)) {
        return tb_help_wrong("campaign",
                             _("automatic takes nothing, or CAMPAIGN ACTION on or off"));
    }
    request.kind = TB_REQUEST_SET_SWITCH;
    request.set_switch.campaign = tb_bytes_str(words[0]);
    request.set_switch.action = tb_bytes_str(words[1]);
    request.set_switch.on = on;
    return ask(common, &request);
}
