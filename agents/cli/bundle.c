/* bundle - what is carried on removable media and paper: bundles out and in, letters. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agents/cli/book.h"
#include "agents/cli/cli.h"
#include "agents/cli/encoding.h"
#include "agents/cli/files.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "messages/directory.h"

#define PATH_BYTES 1024
/* Bundles of one export: far more than an outbox holds. */
#define BUNDLES_MAX 10000

typedef struct options {
    tb_common common;
    tb_words words; /* the verb first */
    const char *out;
    const char *number;
    const char *letter;
    const char *encoding;
} options;

typedef struct exporting {
    tb_book *book;
    const options *o;
    tb_party party;
    tb_bytes document_no; /* of the letter */
    json_t *files;
    tb_local_counts counts;
} exporting;

/* ---- files ---- */

static bool folder_ready(const char *path)
{
    if (mkdir(path, 0750) == 0 || errno == EEXIST) {
        return true;
    }
    tb_say_error(_("cannot make %s: %s"), path, strerror(errno));
    return false;
}

static bool written(exporting *e, const char *path)
{
    if (e->book->client->json) {
        (void)json_array_append_new(e->files, json_string(path));
    } else {
        (void)printf("%s\n", path);
    }
    return true;
}

static bool write_letter_file(exporting *e, const char *end, uint64_t letter, tb_bytes content)
{
    char path[PATH_BYTES];
    int size = snprintf(path, sizeof path, "%s/%s-letter-%llu.%s", e->o->out, e->party.text,
                        (unsigned long long)letter, end);
    if (size < 0 || (size_t)size >= sizeof path) {
        tb_say_error(_("the name %s is too long"), e->o->out);
        return false;
    }
    return tb_files_write(path, false, content) && written(e, path);
}

/* Under the first number that is free: what lies there is not overwritten. */
static bool write_bundle_file(exporting *e, tb_bytes content)
{
    char path[PATH_BYTES];
    struct stat status;
    for (unsigned i = 1; i <= BUNDLES_MAX; i++) {
        int size = snprintf(path, sizeof path, "%s/%s-%04u.bundle", e->o->out, e->party.text, i);
        if (size < 0 || (size_t)size >= sizeof path) {
            break;
        }
        if (stat(path, &status) != 0 && errno == ENOENT) {
            return tb_files_write(path, true, content) && written(e, path);
        }
    }
    tb_say_error(_("%s is full of bundles; choose another folder"), e->o->out);
    return false;
}

/* ---- letters ---- */

static int print_letter(exporting *e, uint64_t letter)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_LETTER};
    request.get_letter = (tb_local_get_letter){e->party, letter};
    tb_local_answer answer;
    tb_plain_text table = {0};
    int code = tb_client_get(e->book->client, &request, TB_ANSWER_LETTER, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    e->document_no = answer.letter.document_no;
    if (!tb_encoding_write(answer.letter.table, e->o->encoding, &table)) {
        return TB_EXIT_INTERNAL;
    }
    bool done = write_letter_file(e, "html", letter, answer.letter.page) &&
                write_letter_file(e, "csv", letter, table.text);
    tb_encoding_free(&table);
    return done ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

static int write_letters(exporting *e, bool *out_some)
{
    tb_local_answer answer;
    uint32_t left = 1;
    while (left > 0) {
        tb_local_request request = {.kind = TB_REQUEST_WRITE_LETTER};
        request.write_letter.party = e->party;
        if (e->o->number != NULL && !*out_some) {
            request.write_letter.document_no = tb_bytes_str(e->o->number);
        }
        tb_asked asked = tb_client_ask(e->book->client, &request, &answer);
        if (asked != TB_ASKED_ANSWERED) {
            answer = (tb_local_answer){.kind = TB_ANSWER_NONE};
        }
        if (answer.code == TB_REFUSED_BUNDLE_EMPTY) {
            return TB_EXIT_DONE;
        }
        if (answer.code == TB_ACCEPTED && answer.kind != TB_ANSWER_WRITTEN) {
            tb_say_error(_("the agent did not answer; export again: a letter that was written is "
                           "printed with --letter"));
            return TB_EXIT_UNKNOWN;
        }
        if (answer.code != TB_ACCEPTED) {
            return tb_client_refused(e->book->client, &answer);
        }
        left = answer.written.left;
        *out_some = true;
        int code = print_letter(e, answer.written.letter);
        if (code != TB_EXIT_DONE) {
            return code;
        }
    }
    return TB_EXIT_DONE;
}

/* ---- bundles ---- */

static int write_bundles(exporting *e, bool *out_some)
{
    uint8_t cursor[64];
    tb_bytes after = {NULL, 0};
    for (;;) {
        tb_local_request request = {.kind = TB_REQUEST_EXPORT_BUNDLE};
        request.export_bundle = (tb_local_export_bundle){e->party, after};
        tb_local_answer answer;
        tb_client *client = e->book->client;
        size_t mark = tb_arena_mark(&client->arena);
        if (tb_client_ask(client, &request, &answer) == TB_ASKED_ANSWERED &&
            answer.code == TB_REFUSED_BUNDLE_EMPTY) {
            return TB_EXIT_DONE;
        }
        int code = tb_client_get(client, &request, TB_ANSWER_BUNDLE, &answer);
        if (code != TB_EXIT_DONE) {
            return code;
        }
        *out_some = true;
        e->counts.notices += answer.bundle.counts.notices;
        e->counts.marks += answer.bundle.counts.marks;
        e->counts.refusals += answer.bundle.counts.refusals;
        e->counts.stamps += answer.bundle.counts.stamps;
        if (!write_bundle_file(e, answer.bundle.content)) {
            return TB_EXIT_INTERNAL;
        }
        if (answer.bundle.next.size == 0 || answer.bundle.next.size > sizeof cursor) {
            return TB_EXIT_DONE;
        }
        memcpy(cursor, answer.bundle.next.data, answer.bundle.next.size);
        after = tb_bytes_of(cursor, answer.bundle.next.size);
        tb_arena_release(&client->arena, mark);
    }
}

static json_t *json_counts(const tb_local_counts *counts)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "notices", (json_int_t)counts->notices,
                     "repeated_notices", (json_int_t)counts->repeated, "marks",
                     (json_int_t)counts->marks, "refusals", (json_int_t)counts->refusals, "stamps",
                     (json_int_t)counts->stamps);
}

static void say_exported(exporting *e)
{
    if (e->book->client->json) {
        json_t *o = json_counts(&e->counts);
        (void)json_object_set_new(o, "party", tb_json_party(&e->party));
        (void)json_object_set(o, "files", e->files);
        (void)json_object_set_new(o, "document_no", tb_json_text(e->document_no));
        tb_json_print(o);
        return;
    }
    if (e->document_no.size > 0) {
        (void)printf(_("letter %.*s; print it and send it with the list and the bundle\n"),
                     (int)e->document_no.size, (const char *)e->document_no.data);
    }
    (void)printf(_("bundle: %u notices, %u marks, %u refusals, %u stamps\n"), e->counts.notices,
                 e->counts.marks, e->counts.refusals, e->counts.stamps);
}

static int export_all(exporting *e, const tb_local_party_line *line)
{
    bool some = false;
    long letter = 0;
    int code = TB_EXIT_DONE;
    if (e->o->letter != NULL && !tb_arguments_number("letter", e->o->letter, 1, 1000000, &letter)) {
        return TB_EXIT_USAGE;
    }
    if (letter > 0) {
        some = true;
        code = print_letter(e, (uint64_t)letter);
    } else if (line->state == TB_PARTY_OFF_LINE) {
        code = write_letters(e, &some);
    }
    if (code == TB_EXIT_DONE) {
        code = write_bundles(e, &some);
    }
    if (code == TB_EXIT_DONE && !some) {
        tb_say_refusal(TB_REFUSED_BUNDLE_EMPTY, tb_bytes_of(NULL, 0));
        return TB_EXIT_REFUSED;
    }
    if (code == TB_EXIT_DONE) {
        say_exported(e);
    }
    return code;
}

static int export_verb(tb_book *book, const options *o)
{
    exporting e = {.book = book, .o = o};
    if (o->words.count != 2 || o->out == NULL) {
        return tb_help_wrong("bundle", _("bundle export takes a party, and --out with a folder"));
    }
    const tb_local_party_line *line = tb_party_parse(tb_bytes_str(o->words.list[1]), &e.party)
                                          ? tb_book_find(book, &e.party)
                                          : NULL;
    if (line == NULL) {
        tb_say_refusal(TB_REFUSED_UNKNOWN_PARTY, tb_bytes_str(o->words.list[1]));
        return TB_EXIT_REFUSED;
    }
    if (!folder_ready(o->out)) {
        return TB_EXIT_INTERNAL;
    }
    e.files = json_array();
    int code = export_all(&e, line);
    json_decref(e.files);
    return code;
}

static int import_verb(tb_book *book, const options *o)
{
    tb_local_request request = {.kind = TB_REQUEST_IMPORT_BUNDLE};
    tb_local_answer answer;
    tb_client *client = book->client;
    if (o->words.count != 2) {
        return tb_help_wrong("bundle", _("bundle import takes one file"));
    }
    if (!tb_files_read(o->words.list[1], TB_BUNDLE_BYTES_MAX, &client->arena,
                       &request.import_bundle)) {
        return TB_EXIT_INTERNAL;
    }
    int code = tb_client_get(client, &request, TB_ANSWER_IMPORTED, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    const tb_local_counts *counts = &answer.imported.counts;
    if (client->json) {
        json_t *o_json = json_counts(counts);
        (void)json_object_set_new(o_json, "sender", tb_json_party(&answer.imported.sender));
        tb_json_print(o_json);
        return TB_EXIT_DONE;
    }
    tb_bytes name = tb_book_party(book, &answer.imported.sender);
    (void)printf(_("from %.*s: %u new notices (%u were here already), %u marks, %u refusals, "
                   "%u stamps\n"),
                 (int)name.size, (const char *)name.data, counts->notices, counts->repeated,
                 counts->marks, counts->refusals, counts->stamps);
    if (counts->notices > 0) {
        (void)printf(_("take the marks back to the sender: tongbao bundle export %s --out DIR\n"),
                     answer.imported.sender.text);
    }
    return TB_EXIT_DONE;
}

int tb_cli_bundle(int argc, char **argv)
{
    options o = {.encoding = "utf-8"};
    const tb_option known[] = {{"out", NULL, &o.out},
                               {"number", NULL, &o.number},
                               {"letter", NULL, &o.letter},
                               {"encoding", NULL, &o.encoding}};
    if (!tb_arguments_read(argc, argv, known, sizeof known / sizeof known[0], &o.common,
                           &o.words)) {
        return TB_EXIT_USAGE;
    }
    if (o.common.help) {
        tb_help_print("bundle");
        return TB_EXIT_DONE;
    }
    bool exports = o.words.count > 0 && strcmp(o.words.list[0], "export") == 0;
    bool imports = o.words.count > 0 && strcmp(o.words.list[0], "import") == 0;
    if (!exports && !imports) {
        return tb_help_wrong("bundle", _("bundle takes export or import"));
    }
    if (strcmp(o.encoding, "utf-8") != 0 && strcmp(o.encoding, "gb18030") != 0) {
        return tb_help_wrong("bundle", _("--encoding is utf-8 or gb18030"));
    }
    tb_client client;
    tb_book book;
    int code = tb_client_open(&o.common, &client);
    if (code == TB_EXIT_DONE) {
        tb_book_init(&book, &client);
        code = exports ? export_verb(&book, &o) : import_verb(&book, &o);
        tb_book_close(&book);
        tb_client_close(&client);
    }
    return code;
}
