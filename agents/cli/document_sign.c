/* document_sign - `tongbao document sign`: a campaign or a table becomes a document of this hub. */
#include <stdio.h>
#include <stdlib.h>

#include "agents/cli/campaign_file.h"
#include "agents/cli/directory.h"
#include "agents/cli/files.h"
#include "agents/cli/say.h"
#include "keyfile/disk.h"

typedef struct sign_options {
    const char *folder;
    const char *authority;
    const char *kind;
    const char *name;
    const char *version;
    const char *out;
    tb_common common;
} sign_options;

bool tb_sign_into_file(const char *folder,
                       const char *authority_key,
                       const char *out,
                       tb_document *document,
                       tb_problem *problem)
{
    tb_arena arena = tb_file_arena();
    tb_authority authority;
    tb_keyfile keys;
    tb_bytes encoded;
    if (!tb_keyfile_read(authority_key, &keys, problem)) {
        return false;
    }
    if (!tb_authority_open(folder, &authority, problem)) {
        tb_keyfile_wipe(&keys);
        return false;
    }
    bool done = tb_authority_sign(&authority, &keys, document, &arena, &encoded, problem) &&
                tb_disk_create(out, encoded, 0644, problem);
    tb_authority_close(&authority);
    tb_keyfile_wipe(&keys);
    return done;
}

/* An exit code. A definition with faults is never signed. */
static int sign(const sign_options *o, const char *path, tb_document *document)
{
    tb_problem problem;
    uint8_t *data = NULL;
    size_t size = 0;
    if (!tb_files_load(path, TB_DOCUMENT_BYTES_MAX, &data, &size)) {
        return TB_EXIT_INTERNAL;
    }
    document->content = tb_bytes_of(data, size);
    int code = document->kind == TB_DOCUMENT_CAMPAIGN
                   ? tb_campaign_may_be_signed(path, document->content, o->name, document->version)
                   : TB_EXIT_DONE;
    if (code == TB_EXIT_DONE &&
        !tb_sign_into_file(o->folder, o->authority, o->out, document, &problem)) {
        code = tb_say_problem(&problem);
    }
    free(data);
    return code;
}

static int missing(const sign_options *o)
{
    const char *const names[] = {"dir", "authority", "kind", "name", "version", "out"};
    const char *const values[] = {o->folder, o->authority, o->kind, o->name, o->version, o->out};
    for (size_t i = 0; i < 6; i++) {
        if (values[i] == NULL) {
            return tb_say_missing(names[i]);
        }
    }
    return TB_EXIT_DONE;
}

static void help(void)
{
    fputs(_("tongbao document sign --authority FILE --dir DIR --kind campaign|table --name NAME\n"
            "                      --version N --out FILE CONTENT_FILE\n"
            "\n"
            "Signs the bytes of CONTENT_FILE as they stand; install the document at any agent, and "
            "the hub\n"
            "hands it on to all. A campaign is checked first, and not signed while anything is "
            "wrong with it\n"
            "(tongbao campaign check); its name and version must be those it says itself.\n"),
          stdout);
}

int tb_cli_document_sign(int argc, char **argv)
{
    sign_options o = {0};
    const tb_option options[] = {{"dir", NULL, &o.folder},      {"authority", NULL, &o.authority},
                                 {"kind", NULL, &o.kind},       {"name", NULL, &o.name},
                                 {"version", NULL, &o.version}, {"out", NULL, &o.out}};
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 6, &o.common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (o.common.help) {
        help();
        return TB_EXIT_DONE;
    }
    int asked = missing(&o);
    if (asked != TB_EXIT_DONE) {
        return asked;
    }
    bool is_campaign = strcmp(o.kind, "campaign") == 0;
    long version = 0;
    if (words.count != 1 || (!is_campaign && strcmp(o.kind, "table") != 0)) {
        tb_say_error(_("name one content file, and as kind campaign or table"));
        return TB_EXIT_USAGE;
    }
    if (!tb_arguments_number("version", o.version, 1, INT32_MAX, &version)) {
        return TB_EXIT_USAGE;
    }

    tb_problem problem;
    tb_document document = {.kind = is_campaign ? TB_DOCUMENT_CAMPAIGN : TB_DOCUMENT_TABLE,
                            .name = tb_bytes_str(o.name),
                            .version = (uint32_t)version};
    if (document.name.size > TB_NAME_BYTES_MAX) {
        tb_problem_refused(&problem, o.name, TB_REFUSED_TOO_LARGE);
        return tb_say_problem(&problem);
    }
    int code = sign(&o, words.list[0], &document);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (o.common.json) {
        return tb_print_json(json_pack("{s:s, s:s, s:s, s:i}", "file", o.out, "kind", o.kind,
                                       "name", o.name, "version", (int)version));
    }
    printf(_("signed: %s %s version %ld, %s\n"), is_campaign ? _("campaign") : _("table"), o.name,
           version, o.out);
    return TB_EXIT_DONE;
}
