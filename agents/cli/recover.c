/* recover - an agent that was stopped because its store is not what it signed with. */
#include <inttypes.h>
#include <stdio.h>

#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

static tb_bytes name_of(const tb_local_asked *a)
{
    tb_bytes name = tb_say_chinese() ? a->name_zh : a->name_en;
    return name.size > 0 ? name : tb_party_bytes(&a->party);
}

static void show_asked(tb_book *book, const tb_local_asked *a)
{
    tb_arena *arena = &book->client->arena;
    tb_bytes name = name_of(a);
    tb_bytes asked = tb_show_time(arena, a->asked);
    tb_bytes heard = tb_show_time(arena, a->heard);
    tb_bytes ended = tb_show_time(arena, a->ended);
    if (a->asked == 0 && a->ended == 0) {
        (void)printf(_("  %.*s: not asked yet; it is asked once its share is open\n"),
                     (int)name.size, (const char *)name.data);
    } else if (a->ended != 0 && a->missing == 0) {
        (void)printf(_("  %.*s: asked %.*s, resent everything, ended %.*s\n"), (int)name.size,
                     (const char *)name.data, (int)asked.size, (const char *)asked.data,
                     (int)ended.size, (const char *)ended.data);
    } else if (a->ended != 0) {
        (void)printf(_("  %.*s: asked %.*s, ended %.*s; %" PRIu64
                       " notices are held by neither side any more\n"),
                     (int)name.size, (const char *)name.data, (int)asked.size,
                     (const char *)asked.data, (int)ended.size, (const char *)ended.data,
                     a->missing);
    } else if (a->heard != 0) {
        (void)printf(_("  %.*s: asked %.*s, is resending, last heard %.*s, not ended\n"),
                     (int)name.size, (const char *)name.data, (int)asked.size,
                     (const char *)asked.data, (int)heard.size, (const char *)heard.data);
    } else {
        (void)printf(_("  %.*s: asked %.*s, no answer since\n"), (int)name.size,
                     (const char *)name.data, (int)asked.size, (const char *)asked.data);
    }
}

static void show_released(tb_book *book, const tb_local_released *r)
{
    tb_arena *arena = &book->client->arena;
    tb_bytes id = tb_show_hex(arena, r->case_id.bytes, sizeof r->case_id.bytes);
    tb_bytes at = tb_show_time(arena, r->at);
    (void)printf(_("  case %.*s was released by %.*s at %.*s: %.*s\n"), (int)id.size,
                 (const char *)id.data, (int)r->account.size, (const char *)r->account.data,
                 (int)at.size, (const char *)at.data, (int)r->reason.size,
                 (const char *)r->reason.data);
}

static void show_state(tb_book *book, const tb_local_recovery *r)
{
    tb_arena *arena = &book->client->arena;
    tb_bytes started = tb_show_time(arena, r->started);
    tb_bytes ended = tb_show_time(arena, r->ended);
    size_t open = 0;
    for (size_t i = 0; i < r->asked_count; i++) {
        open += r->asked[i].ended == 0 ? 1 : 0;
    }
    if (r->state == 1) {
        (void)printf(_("recovering since %.*s: waiting for the hub to show this party's marks\n"),
                     (int)started.size, (const char *)started.data);
    } else if (r->state == 2) {
        (void)printf(_("recovering since %.*s: %zu of %zu parties asked have not ended; cases of "
                       "the old copy wait, new ones may be opened\n"),
                     (int)started.size, (const char *)started.data, open, r->asked_count);
    } else {
        (void)printf(_("recovered: begun %.*s, ended %.*s, %zu parties were asked\n"),
                     (int)started.size, (const char *)started.data, (int)ended.size,
                     (const char *)ended.data, r->asked_count);
    }
}

void tb_show_recovery(tb_book *book, const tb_local_recovery *r)
{
    if (r->state == 0) {
        (void)printf(_("this agent never had to recover\n"));
        return;
    }
    show_state(book, r);
    (void)printf(_("  begun by %.*s: %.*s\n"), (int)r->account.size, (const char *)r->account.data,
                 (int)r->reason.size, (const char *)r->reason.data);
    (void)printf(_("  incarnation %" PRIu64 " follows %" PRIu64 "\n"), r->counter, r->old_counter);
    for (size_t i = 0; i < r->asked_count; i++) {
        show_asked(book, &r->asked[i]);
    }
    for (size_t i = 0; i < r->released_count; i++) {
        show_released(book, &r->released[i]);
    }
}

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
    code = tb_client_get(&client, request, TB_ANSWER_RECOVERY, &answer);
    if (code == TB_EXIT_DONE && client.json) {
        tb_json_print(tb_json_recovery(&answer.recovery));
    } else if (code == TB_EXIT_DONE) {
        tb_show_recovery(&book, &answer.recovery);
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

int tb_cli_recover(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    const char *reason = NULL;
    const char *release = NULL;
    const tb_option known[] = {{"reason", NULL, &reason}, {"release", NULL, &release}};
    if (!tb_arguments_read(argc, argv, known, 2, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print("recover");
        return TB_EXIT_DONE;
    }
    if (words.count != 0) {
        return tb_help_wrong("recover", _("recover takes: --reason TEXT, or --release CASE "
                                          "--reason TEXT, or nothing"));
    }
    tb_local_request request = {.kind = TB_REQUEST_GET_RECOVERY};
    if (reason != NULL || release != NULL) {
        request.kind = TB_REQUEST_RECOVER;
        request.recover.reason = tb_bytes_str(reason == NULL ? "" : reason);
    }
    if (release != NULL && !tb_arguments_id(release, request.recover.release.bytes)) {
        return TB_EXIT_USAGE;
    }
    return ask(&common, &request);
}
