/* document_sign - `tongbao document sign`: a campaign or a table becomes a document of this hub. */
#include <stdio.h>

#include "agents/cli/directory.h"
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

static bool
sign(const sign_options *o, const char *content, tb_document *document, tb_problem *problem)
{
    tb_arena arena = tb_file_arena();
    tb_authority authority;
    tb_keyfile keys;
    tb_bytes encoded;
    if (!tb_disk_read(content, TB_DOCUMENT_BYTES_MAX, &arena, &document->content, problem) ||
        !tb_keyfile_read(o->authority, &keys, problem)) {
        return false;
    }
    if (!tb_authority_open(o->folder, &authority, problem)) {
        tb_keyfile_wipe(&keys);
        return false;
    }
    bool done = tb_authority_sign(&authority, &keys, document, &arena, &encoded, problem) &&
                tb_disk_create(o->out, encoded, 0644, problem);
    tb_authority_close(&authority);
    tb_keyfile_wipe(&keys);
    return done;
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
            "hands it on to all.\n"),
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
    if (!sign(&o, words.list[0], &document, &problem)) {
        return tb_say_problem(&problem);
    }
    if (o.common.json) {
        return tb_print_json(json_pack("{s:s, s:s, s:s, s:i}", "file", o.out, "kind", o.kind,
                                       "name", o.name, "version", (int)version));
    }
    printf(_("signed: %s %s version %ld, %s\n"), o.kind, o.name, version, o.out);
    return TB_EXIT_DONE;
}
