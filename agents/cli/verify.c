/* verify - proving a case or a report from what this party holds. */
#include <stdio.h>
#include <string.h>

#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

void tb_show_verified(const tb_local_verified *verified)
{
    (void)printf(_("%llu events, %llu of them signed in a notice; %llu stamps of the hub; %llu "
                   "field groups opened\n"),
                 (unsigned long long)verified->events, (unsigned long long)verified->signatures,
                 (unsigned long long)verified->stamps, (unsigned long long)verified->openings);
    if (verified->behind > 0) {
        (void)printf(_("%llu of them stand behind the figures\n"),
                     (unsigned long long)verified->behind);
    }
    if (verified->not_looked > 0) {
        (void)printf(_("%llu further events behind the figures were not looked at\n"),
                     (unsigned long long)verified->not_looked);
    }
    if (verified->attested) {
        (void)printf(
            _("the figures are attested by the reporter's signature; their events are with "
              "the reporter\n"));
    }
    for (size_t i = 0; i < verified->fault_count; i++) {
        (void)printf(_("wrong: %.*s\n"), (int)verified->faults[i].size,
                     (const char *)verified->faults[i].data);
    }
    (void)printf(verified->wrong == 0 ? _("everything verifies\n")
                                      : _("do not rely on it; tell the authority of the hub\n"));
}

json_t *tb_json_verified(const tb_local_verified *verified)
{
    json_t *o = json_object();
    json_t *faults = json_array();
    for (size_t i = 0; i < verified->fault_count; i++) {
        (void)json_array_append_new(faults, tb_json_text(verified->faults[i]));
    }
    (void)json_object_set_new(o, "case", tb_json_hex_of(verified->case_id.bytes, TB_CASE_ID_BYTES));
    (void)json_object_set_new(o, "verifies", json_boolean(verified->wrong == 0));
    (void)json_object_set_new(o, "events", json_integer((json_int_t)verified->events));
    (void)json_object_set_new(o, "signed", json_integer((json_int_t)verified->signatures));
    (void)json_object_set_new(o, "stamps", json_integer((json_int_t)verified->stamps));
    (void)json_object_set_new(o, "openings", json_integer((json_int_t)verified->openings));
    (void)json_object_set_new(o, "behind", json_integer((json_int_t)verified->behind));
    (void)json_object_set_new(o, "not_looked", json_integer((json_int_t)verified->not_looked));
    (void)json_object_set_new(o, "attested", json_boolean(verified->attested));
    (void)json_object_set_new(o, "wrong", json_integer((json_int_t)verified->wrong));
    (void)json_object_set_new(o, "faults", faults);
    return o;
}

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
    }
    tb_client_close(&client);
    return code;
}

int tb_cli_verify(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    tb_local_request request = {.kind = TB_REQUEST_VERIFY};
    if (!tb_arguments_read(argc, argv, NULL, 0, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print("verify");
        return TB_EXIT_DONE;
    }
    bool report = words.count == 2 && strcmp(words.list[0], "report") == 0;
    if (!report && !(words.count == 2 && strcmp(words.list[0], "case") == 0)) {
        return tb_help_wrong("verify", _("verify takes case ID or report ID"));
    }
    if (!tb_arguments_id(words.list[1], request.verify.case_id.bytes)) {
        return TB_EXIT_USAGE;
    }
    request.verify.report = report;
    return ask(&common, &request);
}
