/* import - `tongbao import CAMPAIGN FILE`: what to judge by, then read, send, report. */
#include "agents/cli/import.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/cli/cli.h"
#include "agents/cli/files.h"
#include "agents/cli/help.h"
#include "agents/cli/say.h"
#include "messages/table.h"

typedef struct options {
    tb_common common;
    tb_words words;
    bool dry;
    bool form;
    const char *time_from;
    const char *campaign;
    const char *segments;
    const char *provinces;
} options;

/* What rows are judged by, from the agent or from files. */
typedef struct basis {
    uint8_t *memory;
    tb_arena arena;
    tb_campaign_loaded *loaded;
    const tb_campaign *campaign;
    tb_segments segments;
    tb_provinces provinces;
    char jurisdiction[8];
} basis;

#define BASIS_BYTES (4u * TB_SEGMENTS_ARENA_BYTES)

/* The content of a file that is a signed document or that content itself. */
static bool read_content(const char *path, tb_arena *arena, tb_bytes *out)
{
    tb_document document;
    if (!tb_files_read(path, TB_LOCAL_BYTES_MAX, arena, out)) {
        return false;
    }
    if (tb_document_decode(*out, arena, &document) == TB_ACCEPTED) {
        *out = document.content;
    }
    return true;
}

static bool load_campaign(basis *b, tb_bytes content)
{
    char error[512] = "";
    if (tb_campaign_load(content, &b->loaded, error, sizeof error) != TB_OK) {
        tb_say_error(_("the campaign cannot be read: %s"), error);
        return false;
    }
    b->campaign = tb_campaign_loaded_get(b->loaded);
    return true;
}

static bool load_tables(basis *b, tb_bytes segments, tb_bytes provinces)
{
    if (tb_segments_decode(segments, &b->arena, &b->segments) != TB_ACCEPTED) {
        tb_say_error(_("this is not a packed table of %s; make one of the CSV file with: "
                       "tongbao-tables %s --version 1 FILE.csv.gz FILE.table"),
                     _("number segments"), TB_TABLE_SEGMENTS);
        return false;
    }
    if (tb_provinces_decode(provinces, &b->arena, &b->provinces) != TB_ACCEPTED) {
        tb_say_error(_("this is not a packed table of %s; make one of the CSV file with: "
                       "tongbao-tables %s --version 1 FILE.csv.gz FILE.table"),
                     _("provinces"), TB_TABLE_PROVINCES);
        return false;
    }
    return true;
}

static int basis_from_files(basis *b, const options *o)
{
    tb_bytes campaign;
    tb_bytes segments;
    tb_bytes provinces;
    if (o->form) {
        bool known = read_content(o->campaign, &b->arena, &campaign) && load_campaign(b, campaign);
        return known ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
    }
    if (o->segments == NULL || o->provinces == NULL) {
        return tb_help_wrong("import", _("--campaign, --segments and --provinces go together"));
    }
    bool read = read_content(o->campaign, &b->arena, &campaign) &&
                read_content(o->segments, &b->arena, &segments) &&
                read_content(o->provinces, &b->arena, &provinces) && load_campaign(b, campaign) &&
                load_tables(b, segments, provinces);
    return read ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

/* Where this party sits; nowhere in particular for a nation-wide one. */
static int own_jurisdiction(basis *b, tb_book *book)
{
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    tb_local_answer answer;
    int code = tb_client_get(book->client, &request, TB_ANSWER_STATUS, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    const tb_local_party_line *line = tb_book_find(book, &answer.status.party);
    if (line != NULL) {
        (void)snprintf(b->jurisdiction, sizeof b->jurisdiction, "%.*s",
                       (int)line->jurisdiction.size, (const char *)line->jurisdiction.data);
    }
    return TB_EXIT_DONE;
}

/* The form needs the campaign alone. */
static int basis_from_agent(basis *b, tb_book *book, const char *name, bool form)
{
    tb_document campaign;
    tb_document segments;
    tb_document provinces;
    int code = own_jurisdiction(b, book);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (!tb_book_document(book, TB_DOCUMENT_CAMPAIGN, name, &campaign)) {
        tb_say_refusal(TB_REFUSED_UNKNOWN_CAMPAIGN, tb_bytes_str(name));
        return TB_EXIT_REFUSED;
    }
    if (form) {
        return load_campaign(b, campaign.content) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
    }
    if (!tb_book_document(book, TB_DOCUMENT_TABLE, TB_TABLE_SEGMENTS, &segments) ||
        !tb_book_document(book, TB_DOCUMENT_TABLE, TB_TABLE_PROVINCES, &provinces)) {
        tb_say_error(_("the tables \"%s\" and \"%s\" must be installed here first; get them from "
                       "the authority, then: tongbao document install FILE"),
                     TB_TABLE_SEGMENTS, TB_TABLE_PROVINCES);
        return TB_EXIT_REFUSED;
    }
    bool loaded =
        load_campaign(b, campaign.content) && load_tables(b, segments.content, provinces.content);
    return loaded ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

/* Reads, and unless it is a dry run sends; client is NULL for a dry run without an agent. */
static int run_file(const options *o, basis *b, tb_client *client)
{
    tb_import_run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        tb_say_error(_("not enough memory"));
        return TB_EXIT_INTERNAL;
    }
    run->path = o->words.list[1];
    run->dry = o->dry;
    run->json = o->common.json;
    run->own_time = o->time_from != NULL;
    if (!tb_import_init(&run->import, b->campaign, &b->segments, &b->provinces)) {
        tb_say_error(_("this campaign opens no cases that could be imported"));
        free(run);
        return TB_EXIT_REFUSED;
    }
    run->import.jurisdiction = tb_bytes_str(b->jurisdiction);

    char refused_path[4096] = "";
    int code = tb_import_read(run);
    bool read = code == TB_EXIT_DONE;
    if (read && !o->dry) {
        code = tb_import_send(run, client);
    }
    if (read) {
        bool written = o->dry || tb_import_write_refused(run, refused_path, sizeof refused_path);
        tb_import_print(run, refused_path);
        bool refused = false;
        for (size_t i = 0; i < run->count; i++) {
            refused = refused || run->entries[i].fate == TB_FATE_REFUSED;
        }
        if (code == TB_EXIT_DONE) {
            code = !written ? TB_EXIT_INTERNAL : refused ? TB_EXIT_REFUSED : TB_EXIT_DONE;
        }
    }
    tb_import_end(run);
    free(run);
    return code;
}

static int with_basis(const options *o, basis *b, tb_client *client)
{
    if (o->form) {
        tb_import_template(&b->campaign->case_types[0]);
        return TB_EXIT_DONE;
    }
    return run_file(o, b, client);
}

static int with_agent(const options *o, basis *b)
{
    tb_client client;
    tb_book book;
    int code = tb_client_open(&o->common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    code = basis_from_agent(b, &book, o->words.list[0], o->form);
    if (code == TB_EXIT_DONE) {
        client.timeout_ms = o->common.timeout == NULL ? TB_IMPORT_TIMEOUT_MS : client.timeout_ms;
        code = with_basis(o, b, &client);
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

static int judge_by(const options *o)
{
    basis *b = calloc(1, sizeof *b);
    if (b != NULL) {
        b->memory = malloc(BASIS_BYTES);
    }
    if (b == NULL || b->memory == NULL) {
        tb_say_error(_("not enough memory"));
        free(b);
        return TB_EXIT_INTERNAL;
    }
    tb_arena_init(&b->arena, b->memory, BASIS_BYTES);
    int code = TB_EXIT_DONE;
    if (o->campaign == NULL) {
        code = with_agent(o, b);
    } else {
        code = basis_from_files(b, o);
        code = code == TB_EXIT_DONE ? with_basis(o, b, NULL) : code;
    }
    tb_campaign_loaded_free(b->loaded);
    free(b->memory);
    free(b);
    return code;
}

int tb_cli_import(int argc, char **argv)
{
    options o = {0};
    const tb_option known[] = {
        {"dry-run", &o.dry, NULL},         {"template", &o.form, NULL},
        {"time-from", NULL, &o.time_from}, {"campaign", NULL, &o.campaign},
        {"segments", NULL, &o.segments},   {"provinces", NULL, &o.provinces}};
    if (!tb_arguments_read(argc, argv, known, sizeof known / sizeof known[0], &o.common,
                           &o.words)) {
        return TB_EXIT_USAGE;
    }
    if (o.common.help) {
        tb_help_print("import");
        return TB_EXIT_DONE;
    }
    if (o.words.count != (o.form ? 1u : 2u)) {
        return tb_help_wrong("import", _("import takes a campaign and a file: black-card FILE"));
    }
    if (o.time_from != NULL && strcmp(o.time_from, "reported_at") != 0) {
        return tb_help_wrong("import", _("--time-from takes reported_at"));
    }
    if (o.campaign != NULL && !o.dry && !o.form) {
        return tb_help_wrong("import", _("--campaign is for --dry-run; the agent has its own"));
    }
    return judge_by(&o);
}
