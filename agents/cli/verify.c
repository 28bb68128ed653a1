/* verify - proving a case or a report: from what this party holds, or from an exported file. */
#include <stdio.h>
#include <string.h>

#include "agents/cli/cli.h"
#include "agents/cli/evidence.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

static int ask(const tb_common *common, tb_local_request *request)
{
    tb_client client;
    tb_local_answer answer;
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    code = tb_client_get(&client, request, TB_ANSWER_VERIFIED, &answer);
    if (code == TB_EXIT_DONE && client.json) {
        tb_json_print(tb_json_answer(&answer));
    } else if (code == TB_EXIT_DONE) {
        tb_show_verified(&answer.verified);
    }
    if (code == TB_EXIT_DONE && answer.verified.wrong > 0) {
        code = TB_EXIT_REFUSED;
    } else if (code == TB_EXIT_DONE && answer.verified.recounted_of > 0) {
        code = TB_EXIT_UNKNOWN; /* until it is counted */
    }
    tb_client_close(&client);
    return code;
}

int tb_cli_verify(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    const char *directory = NULL;
    const char *authority = NULL;
    const tb_option known[] = {{"directory", NULL, &directory}, {"authority", NULL, &authority}};
    if (!tb_arguments_read(argc, argv, known, sizeof known / sizeof known[0], &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print("verify");
        return TB_EXIT_DONE;
    }
    bool noun = words.count > 0 &&
                (strcmp(words.list[0], "report") == 0 || strcmp(words.list[0], "case") == 0);
    if (words.count == 1 && !noun) {
        return tb_evidence_verify(words.list[0], directory, authority, common.json);
    }
    if (words.count != 2 || !noun) {
        return tb_help_wrong("verify",
                             _("verify takes case ID, report ID, or a file that was exported"));
    }
    if (!tb_arguments_id(words.list[1], request.verify.case_id.bytes)) {
        return TB_EXIT_USAGE;
    }
    request.verify.report = strcmp(words.list[0], "report") == 0;
    return ask(&common, &request);
}
