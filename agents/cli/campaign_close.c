/* campaign_close - 办结归档: a campaign that is over, at one party: its closed cases as evidence that
 * proves itself, and a list of contents. What is still open stays with the agent and lives on.
 */
#include "agents/cli/campaign_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/cli/book.h"
#include "agents/cli/cli.h"
#include "agents/cli/evidence.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define PATH_BYTES 1024
#define PAGE       500
#define CURSOR_MAX 64

typedef struct closing {
    tb_book *book;
    const tb_campaign *campaign;
    FILE *contents;
    size_t archived;
    size_t open;
} closing;

static bool is_closed(const closing *c, const tb_local_summary *one)
{
    const tb_case_type *type = tb_campaign_case_type(c->campaign, one->case_type);
    const tb_state *state = type == NULL ? NULL : tb_case_type_state(type, one->state);
    return state != NULL && state->closed;
}

static tb_bytes state_title(const closing *c, const tb_local_summary *one)
{
    const tb_case_type *type = tb_campaign_case_type(c->campaign, one->case_type);
    const tb_state *state = type == NULL ? NULL : tb_case_type_state(type, one->state);
    return state == NULL ? one->state : tb_book_label(&state->title, one->state);
}

/* One line: titles and names are the definition's and the directory's, without quotes or commas
 * that would need more than quoting. */
static void put_case(closing *c, const tb_local_summary *one)
{
    tb_arena *arena = &c->book->client->arena;
    size_t mark = tb_arena_mark(arena);
    bool closed = is_closed(c, one);
    const tb_case_type *type = tb_campaign_case_type(c->campaign, one->case_type);
    tb_bytes title = type == NULL ? one->case_type : tb_book_label(&type->title, one->case_type);
    tb_bytes state = state_title(c, one);
    tb_bytes holder = tb_book_party(c->book, &one->holder);
    tb_bytes at = tb_show_time(arena, one->at);
    tb_bytes id = tb_show_hex(arena, one->case_id.bytes, TB_CASE_ID_BYTES);
    tb_bytes head = tb_show_hex(arena, one->head.bytes, TB_DIGEST_BYTES);
    size_t number = closed ? ++c->archived : ++c->open;
    (void)fprintf(c->contents, "%zu,%.*s,\"%.*s\",\"%.*s\",\"%.*s\",%.*s,%.*s,\"%s\"\r\n", number,
                  (int)id.size, (const char *)id.data, (int)title.size, (const char *)title.data,
                  (int)state.size, (const char *)state.data, (int)holder.size,
                  (const char *)holder.data, (int)at.size, (const char *)at.data, (int)head.size,
                  (const char *)head.data, closed ? _("archived") : _("open, lives on"));
    tb_arena_release(arena, mark);
}

/* First what is in the archive, then what is not. */
static int list_cases(closing *c, bool closed)
{
    uint8_t cursor[CURSOR_MAX];
    tb_bytes after = {NULL, 0};
    do {
        tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
        tb_local_answer answer;
        tb_arena *arena = &c->book->client->arena;
        size_t mark = tb_arena_mark(arena);
        request.list.limit = PAGE;
        request.list.after = after;
        int code = tb_client_get(c->book->client, &request, TB_ANSWER_CASES, &answer);
        if (code != TB_EXIT_DONE) {
            return code;
        }
        for (size_t i = 0; i < answer.cases.count; i++) {
            const tb_local_summary *one = &answer.cases.cases[i];
            if (tb_bytes_equal(one->campaign, tb_bytes_str(c->campaign->id)) &&
                is_closed(c, one) == closed) {
                put_case(c, one);
            }
        }
        after = answer.cases.next;
        if (after.size > sizeof cursor) {
            return TB_EXIT_INTERNAL;
        }
        memcpy(cursor, after.size > 0 ? after.data : cursor, after.size);
        after.data = cursor;
        tb_arena_release(arena, mark);
    } while (after.size > 0);
    return TB_EXIT_DONE;
}

static int write_contents(closing *c, const char *path)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF}; /* without it spreadsheets guess wrong */
    c->contents = fopen(path, "wbx");
    if (c->contents == NULL) {
        tb_say_error(_("cannot write %s: %s"), path, strerror(errno));
        return TB_EXIT_INTERNAL;
    }
    (void)fwrite(mark, 1, sizeof mark, c->contents);
    (void)fprintf(c->contents, "%s,%s,%s,%s,%s,%s,%s,%s\r\n", _("No."), _("case"), _("type"),
                  _("state"), _("holder"), _("last step"), _("head"), _("archive"));
    int code = list_cases(c, true);
    if (code == TB_EXIT_DONE) {
        code = list_cases(c, false);
    }
    bool bad = ferror(c->contents) != 0;
    if (fclose(c->contents) != 0 || bad) {
        tb_say_error(_("cannot write %s: %s"), path, strerror(errno));
        code = TB_EXIT_INTERNAL;
    }
    if (code != TB_EXIT_DONE) {
        (void)unlink(path);
    }
    return code;
}

static int say_closed(const closing *c, const char *folder)
{
    if (c->book->client->json) {
        tb_json_print(json_pack("{s:s, s:s, s:i, s:i}", "campaign", c->campaign->id, "folder",
                                folder, "archived", (int)c->archived, "open", (int)c->open));
        return TB_EXIT_DONE;
    }
    (void)printf(_("%s/archive.proof: %zu closed cases; %s/contents.csv lists them\n"), folder,
                 c->archived, folder);
    if (c->open > 0) {
        (void)printf(_("%zu cases are still open; they are listed, stay here and go on\n"), c->open);
    }
    (void)printf(_("anywhere, without an agent: tongbao verify %s/archive.proof\n"), folder);
    return TB_EXIT_DONE;
}

static int close_one(tb_book *book, const char *name, const char *folder)
{
    char archive[PATH_BYTES];
    char contents[PATH_BYTES];
    tb_bytes id = tb_book_campaign_id(book, tb_bytes_str(name));
    closing c = {.book = book, .campaign = tb_book_campaign_of(book, id)};
    if (c.campaign == NULL) {
        tb_say_refusal(TB_REFUSED_UNKNOWN_CAMPAIGN, tb_bytes_str(name));
        return TB_EXIT_REFUSED;
    }
    int a = snprintf(archive, sizeof archive, "%s/archive.proof", folder);
    int b = snprintf(contents, sizeof contents, "%s/contents.csv", folder);
    if (a < 0 || (size_t)a >= sizeof archive || b < 0 || (size_t)b >= sizeof contents) {
        tb_say_error(_("the name %s is too long"), folder);
        return TB_EXIT_INTERNAL;
    }
    if (mkdir(folder, 0750) != 0 && errno != EEXIST) {
        tb_say_error(_("cannot make %s: %s"), folder, strerror(errno));
        return TB_EXIT_INTERNAL;
    }
    int code = tb_evidence_archive(book->client, tb_bytes_str(c.campaign->id), archive);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    code = write_contents(&c, contents);
    if (code != TB_EXIT_DONE) {
        (void)unlink(archive); /* so that it can be closed again into the same folder */
        return code;
    }
    return say_closed(&c, folder);
}

int tb_campaign_close(const tb_common *common, const char *name, const char *folder)
{
    tb_client client;
    tb_book book;
    if (folder == NULL) {
        return tb_help_wrong("campaign",
                             _("campaign close writes into a folder: give its name with --out"));
    }
    int code = tb_client_open(common, &client);
    if (code == TB_EXIT_DONE) {
        tb_book_init(&book, &client);
        code = close_one(&book, name, folder);
        tb_book_close(&book);
        tb_client_close(&client);
    }
    return code;
}
