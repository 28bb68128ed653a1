/* document - signed documents into the agent; signing them is the authority's (document_sign.c). */
#include <stdio.h>
#include <string.h>

#include "agents/cli/cli.h"
#include "agents/cli/client.h"
#include "agents/cli/files.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"

static int install(tb_client *client, const char *path)
{
    tb_local_request request = {.kind = TB_REQUEST_INSTALL};
    tb_local_answer answer;
    tb_bytes content;
    if (!tb_files_read(path, TB_LOCAL_BYTES_MAX, &client->arena, &content)) {
        return TB_EXIT_INTERNAL;
    }
    tb_refusal refused = tb_document_decode(content, &client->arena, &request.install);
    if (refused != TB_ACCEPTED) {
        tb_say_error(_("%s is not a signed document"), path);
        tb_say_refusal(refused, tb_bytes_of(NULL, 0));
        return TB_EXIT_REFUSED;
    }
    tb_asked asked = tb_client_ask(client, &request, &answer);
    if (asked != TB_ASKED_ANSWERED) {
        tb_say_error(_("the agent did not answer; installing again does no harm"));
        return TB_EXIT_UNKNOWN;
    }
    if (answer.code != TB_ACCEPTED) {
        return tb_client_refused(client, &answer);
    }
    if (client->json) {
        tb_json_print(tb_json_document(&request.install));
    } else {
        (void)printf(_("%.*s, version %u, is installed\n"), (int)request.install.name.size,
                     (const char *)request.install.name.data, request.install.version);
    }
    return TB_EXIT_DONE;
}

int tb_cli_document(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "sign") == 0) {
        return tb_cli_document_sign(argc - 1, argv + 1);
    }
    tb_common common;
    tb_words words;
    if (!tb_arguments_read(argc, argv, NULL, 0, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print("document");
        return TB_EXIT_DONE;
    }
    if (words.count != 2 || strcmp(words.list[0], "install") != 0) {
        return tb_help_wrong("document", _("document takes: install FILE, or sign"));
    }
    tb_client client;
    int code = tb_client_open(&common, &client);
    if (code == TB_EXIT_DONE) {
        code = install(&client, words.list[1]);
        tb_client_close(&client);
    }
    return code;
}
