/* evidence - exporting what proves a case or a report, page by page. */
#include "agents/cli/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agents/cli/cli.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "base/pack.h"
#include "messages/evidence.h"

#define CURSOR_MAX 128

typedef struct writing {
    tb_client *client;
    FILE *out;
    const char *path;
    unsigned pages;
} writing;

static bool put(writing *w, const void *data, size_t size)
{
    if (fwrite(data, 1, size, w->out) == size) {
        return true;
    }
    tb_say_error(_("cannot write %s: %s"), w->path, strerror(errno));
    return false;
}

static bool put_page(writing *w, tb_bytes page)
{
    uint8_t length[4];
    tb_writer writer;
    tb_writer_init(&writer, length, sizeof length);
    tb_put_u32(&writer, (uint32_t)page.size);
    w->pages++;
    return put(w, length, sizeof length) && put(w, page.data, page.size);
}

static int write_pages(writing *w, const tb_local_export_evidence *wish)
{
    uint8_t cursor[CURSOR_MAX];
    tb_bytes after = {NULL, 0};
    for (;;) {
        tb_local_request request = {.kind = TB_REQUEST_EXPORT_EVIDENCE};
        tb_local_answer answer;
        size_t mark = tb_arena_mark(&w->client->arena);
        request.export_evidence = *wish;
        request.export_evidence.after = after;
        int code = tb_client_get(w->client, &request, TB_ANSWER_EVIDENCE, &answer);
        if (code != TB_EXIT_DONE) {
            return code;
        }
        if (answer.evidence.content.size > 0 && !put_page(w, answer.evidence.content)) {
            return TB_EXIT_INTERNAL;
        }
        after = answer.evidence.next;
        if (after.size == 0) {
            return TB_EXIT_DONE;
        }
        if (after.size > sizeof cursor) {
            return TB_EXIT_INTERNAL;
        }
        memcpy(cursor, after.data, after.size);
        after.data = cursor;
        tb_arena_release(&w->client->arena, mark);
    }
}

static int say_written(const writing *w)
{
    if (w->client->json) {
        tb_json_print(json_pack("{s:s, s:i}", "file", w->path, "pages", (int)w->pages));
        return TB_EXIT_DONE;
    }
    (void)printf(_("%s: field groups are open in it; give it only to who may read them\n"
                   "anywhere, without an agent: tongbao verify %s\n"),
                 w->path, w->path);
    return TB_EXIT_DONE;
}

static int write_file(writing *w, const tb_local_export_evidence *wish)
{
    int file = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    w->out = file < 0 ? NULL : fdopen(file, "wb");
    if (w->out == NULL) {
        tb_say_error(_("cannot write %s: %s"), w->path, strerror(errno));
        return TB_EXIT_INTERNAL;
    }
    int code = put(w, TB_EVIDENCE_MAGIC, TB_EVIDENCE_MAGIC_BYTES) ? write_pages(w, wish)
                                                                  : TB_EXIT_INTERNAL;
    if (code == TB_EXIT_DONE && (fflush(w->out) != 0 || fsync(file) != 0)) {
        tb_say_error(_("cannot write %s: %s"), w->path, strerror(errno));
        code = TB_EXIT_INTERNAL;
    }
    (void)fclose(w->out);
    if (code != TB_EXIT_DONE) {
        (void)unlink(w->path);
    }
    return code;
}

int tb_evidence_write(tb_client *client, const tb_case_id *id, bool report, const char *path)
{
    writing w = {.client = client, .path = path};
    const tb_local_export_evidence wish = {.case_id = *id, .report = report};
    int code = write_file(&w, &wish);
    return code == TB_EXIT_DONE ? say_written(&w) : code;
}

int tb_evidence_archive(tb_client *client, tb_bytes campaign, const char *path)
{
    writing w = {.client = client, .path = path};
    const tb_local_export_evidence wish = {.campaign = campaign};
    return write_file(&w, &wish);
}
