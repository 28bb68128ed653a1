/* directory_enrol - parties come into the directory, one or a whole list, in one new version. */
#include <stdio.h>

#include "agents/cli/directory.h"
#include "agents/cli/say.h"

typedef struct enrol_options {
    const char *folder;
    const char *authority;
    const char *batch;
    const char *party;
    const char *request;
    const char *role;
    const char *jurisdiction;
    const char *parent;
    const char *name_zh;
    const char *name_en;
    const char *attribute; /* the last; all are read from argv */
    bool off_line;
    const char *keys_until;
    tb_common common;
} enrol_options;

static bool read_options(int argc, char **argv, enrol_options *o)
{
    const tb_option options[] = {
        {"dir", NULL, &o->folder},
        {"authority", NULL, &o->authority},
        {"batch", NULL, &o->batch},
        {"party", NULL, &o->party},
        {"request", NULL, &o->request},
        {"role", NULL, &o->role},
        {"jurisdiction", NULL, &o->jurisdiction},
        {"parent", NULL, &o->parent},
        {"name-zh", NULL, &o->name_zh},
        {"name-en", NULL, &o->name_en},
        {"attribute", NULL, &o->attribute},
        {"off-line", &o->off_line, NULL},
        {"keys-until", NULL, &o->keys_until},
    };
    tb_words words;
    return tb_arguments_read(argc, argv, options, sizeof(options) / sizeof(options[0]), &o->common,
                             &words);
}

/* --attribute may be given several times, so it is picked from the arguments themselves. */
static bool
read_attributes(int argc, char **argv, tb_arena *arena, tb_enrolment *row, tb_problem *problem)
{
    row->attributes = tb_arena_array(arena, TB_ATTRIBUTES_MAX, sizeof(*row->attributes));
    if (row->attributes == NULL) {
        return tb_problem_refused(problem, "--attribute", TB_REFUSED_TOO_LARGE);
    }
    for (int i = 1; i < argc; i++) {
        const char *text = NULL;
        if (strcmp(argv[i], "--attribute") == 0 && i + 1 < argc) {
            text = argv[++i];
        } else if (strncmp(argv[i], "--attribute=", 12) == 0) {
            text = argv[i] + 12;
        }
        if (text != NULL && !tb_enrolment_attribute(row, tb_bytes_str(text), problem)) {
            return false;
        }
    }
    return true;
}

static tb_bytes or_empty(const char *text)
{
    return text == NULL ? tb_bytes_of(NULL, 0) : tb_bytes_str(text);
}

static bool bad_party(const char *text, tb_problem *problem)
{
    return tb_problem_set(problem, "\"%s\" is not a party id: up to 23 of a-z, 0-9, dot and dash.",
                          "“%s” 不是单位标识:至多 23 个小写字母、数字、点或横线。", text);
}

static bool read_one(int argc,
                     char **argv,
                     const enrol_options *o,
                     tb_arena *arena,
                     tb_enrolment *row,
                     tb_problem *problem)
{
    *row = (tb_enrolment){.role = or_empty(o->role),
                          .jurisdiction = or_empty(o->jurisdiction),
                          .name_zh = or_empty(o->name_zh),
                          .name_en = or_empty(o->name_en),
                          .state = o->off_line ? TB_PARTY_OFF_LINE : TB_PARTY_ACTIVE};
    if (o->request != NULL && !tb_enrolment_request(row, o->request, arena, problem)) {
        return false;
    }
    if (o->party == NULL) {
        row->id = row->request.party;
    } else if (!tb_party_parse(tb_bytes_str(o->party), &row->id)) {
        return bad_party(o->party, problem);
    }
    if (o->keys_until != NULL && !tb_time_parse(tb_bytes_str(o->keys_until), &row->keys_until)) {
        return tb_problem_set(problem,
                              "--keys-until wants a time such as 2015-02-09T11:39:00+08:00.",
                              "--keys-until 须为时间,如 2015-02-09T11:39:00+08:00。");
    }
    if (o->parent != NULL && !tb_party_parse(tb_bytes_str(o->parent), &row->parent)) {
        return bad_party(o->parent, problem);
    }
    return read_attributes(argc, argv, arena, row, problem);
}

static bool publish(const enrol_options *o,
                    tb_enrolment *list,
                    size_t count,
                    tb_arena *arena,
                    tb_authority *authority,
                    tb_problem *problem)
{
    tb_keyfile keys;
    if (!tb_keyfile_read(o->authority, &keys, problem)) {
        return false;
    }
    tb_directory next = tb_authority_next(authority, tb_file_now());
    bool done = tb_authority_enrol(&next, list, count, arena, problem) &&
                tb_authority_publish(authority, &next, &keys, arena, problem);
    tb_keyfile_wipe(&keys);
    return done;
}

static int print(const tb_authority *authority, size_t count, bool json)
{
    char path[TB_AUTHORITY_PATH];
    tb_authority_path(authority, path);
    unsigned version = (unsigned)authority->directory.version;
    if (json) {
        return tb_print_json(json_pack("{s:s, s:i, s:i, s:i}", "file", path, "version",
                                       (int)version, "enrolled", (int)count, "parties",
                                       (int)authority->directory.party_count));
    }
    printf(_("enrolled: %zu; directory version %u, %s\n"), count, version, path);
    return TB_EXIT_DONE;
}

int tb_directory_enrol_verb(int argc, char **argv)
{
    enrol_options o = {0};
    if (!read_options(argc, argv, &o)) {
        return TB_EXIT_USAGE;
    }
    if (o.folder == NULL || o.authority == NULL) {
        return tb_say_missing(o.folder == NULL ? "dir" : "authority");
    }
    if (o.batch == NULL && o.party == NULL && o.request == NULL) {
        return tb_say_missing("request");
    }

    tb_arena arena = tb_file_arena();
    tb_problem problem;
    tb_enrolment one;
    tb_enrolment *list = &one;
    size_t count = 1;
    bool is_read = o.batch != NULL ? tb_enrolments_read(o.batch, &arena, &list, &count, &problem)
                                   : read_one(argc, argv, &o, &arena, &one, &problem);
    tb_authority authority;
    if (!is_read || !tb_authority_open(o.folder, &authority, &problem)) {
        return tb_say_problem(&problem);
    }
    int done = publish(&o, list, count, &arena, &authority, &problem)
                   ? print(&authority, count, o.common.json)
                   : tb_say_problem(&problem);
    tb_authority_close(&authority);
    return done;
}
