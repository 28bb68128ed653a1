/* directory_change - init, revoke and exercise: the authority's other acts. */
#include <stdio.h>

#include "agents/cli/directory.h"
#include "agents/cli/say.h"
#include "keyfile/cut_file.h"
#include "keyfile/exercise.h"

/* The hub's public keys, from its request or (where one machine makes all) its key file. */
bool tb_hub_publics_read(const char *path,
                         tb_arena *arena,
                         tb_public_key *out_sign,
                         tb_public_key *out_transport,
                         tb_problem *problem)
{
    tb_enrolment row = {.has_request = false};
    if (!tb_keyfile_looks_like(path)) {
        if (!tb_enrolment_request(&row, path, arena, problem)) {
            return false;
        }
    } else {
        tb_keyfile keys;
        if (!tb_keyfile_read(path, &keys, problem)) {
            return false;
        }
        row.request.party = keys.party;
        row.request.sign = keys.secrets->sign.public_key;
        row.request.transport = keys.secrets->transport.public_key;
        tb_keyfile_wipe(&keys);
    }
    if (!tb_bytes_equal(tb_party_bytes(&row.request.party), tb_bytes_str(TB_HUB_PARTY))) {
        return tb_problem_set(
            problem,
            "%s holds the keys of %s, not of the hub; make them with: tongbao key make "
            "--party hub.",
            "%s 是 %s 的密钥,不是协同平台的密钥;请用 tongbao key make --party hub 生成。", path,
            row.request.party.text);
    }
    *out_sign = row.request.sign;
    *out_transport = row.request.transport;
    return true;
}

typedef struct init_options {
    const char *authority;
    const char *hub_key;
    const char *spare;
    const char *out;
    const char *title_zh;
    const char *title_en;
    bool exercise;
    tb_common common;
} init_options;

static bool make_first(const init_options *o, tb_problem *problem)
{
    tb_arena arena = tb_file_arena();
    tb_hub_plan plan = {.exercise = o->exercise,
                        .title_zh = tb_bytes_str(o->title_zh),
                        .title_en = tb_bytes_str(o->title_en),
                        .has_spare = o->spare != NULL};
    tb_keyfile keys;
    if (!tb_hub_publics_read(o->hub_key, &arena, &plan.sign, &plan.transport, problem) ||
        (o->spare != NULL && !tb_hub_publics_read(o->spare, &arena, &plan.spare_sign,
                                                  &plan.spare_transport, problem)) ||
        !tb_keyfile_read(o->authority, &keys, problem)) {
        return false;
    }
    bool done = tb_authority_init(o->out, &plan, &keys, tb_file_now(), &arena, problem);
    tb_keyfile_wipe(&keys);
    return done;
}

/* What every act that made a version ends with. */
int tb_print_version(const char *folder, bool json)
{
    tb_problem problem;
    tb_authority authority;
    if (!tb_authority_open(folder, &authority, &problem)) {
        return tb_say_problem(&problem);
    }
    char path[TB_AUTHORITY_PATH];
    char hub[2 * TB_DIGEST_BYTES + 1];
    tb_authority_path(&authority, path);
    tb_hex(authority.directory.hub.bytes, TB_DIGEST_BYTES, hub);
    int version = (int)authority.directory.version;
    int parties = (int)authority.directory.party_count;
    tb_authority_close(&authority);
    if (json) {
        return tb_print_json(json_pack("{s:s, s:i, s:i, s:s}", "file", path, "version", version,
                                       "parties", parties, "hub", hub));
    }
    printf(_("directory version %d, parties: %d, %s\nhub %s\n"), version, parties, path, hub);
    return TB_EXIT_DONE;
}

int tb_directory_init_verb(int argc, char **argv)
{
    init_options o = {.title_zh = "通报协同平台", .title_en = "Tongbao hub"};
    const tb_option options[] = {{"authority", NULL, &o.authority}, {"hub-key", NULL, &o.hub_key},
                                 {"spare", NULL, &o.spare},         {"out", NULL, &o.out},
                                 {"title-zh", NULL, &o.title_zh},   {"title-en", NULL, &o.title_en},
                                 {"exercise", &o.exercise, NULL}};
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, sizeof(options) / sizeof(options[0]), &o.common,
                           &words)) {
        return TB_EXIT_USAGE;
    }
    if (o.authority == NULL || o.hub_key == NULL || o.out == NULL) {
        return tb_say_missing(o.authority == NULL ? "authority"
                              : o.hub_key == NULL ? "hub-key"
                                                  : "out");
    }

    tb_problem problem;
    if (!make_first(&o, &problem)) {
        return tb_say_problem(&problem);
    }
    return tb_print_version(o.out, o.common.json);
}

typedef struct revoke_options {
    const char *folder;
    const char *authority;
    const char *key;
    const char *reason;
    const char *cut;
    tb_common common;
} revoke_options;

bool tb_cut_reason_parse(const char *text, tb_cut_reason *out)
{
    static const char *const names[] = {"rotation", "lost", "stolen"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (tb_cut_reason)(TB_CUT_ROTATION + i);
            return true;
        }
    }
    return false;
}

/* Cuts one key, or all that are not cut yet. */
static bool cut_keys(
    const char *key, const tb_cut *cut, tb_directory *next, tb_arena *arena, tb_problem *problem)
{
    tb_cut one = *cut;
    if (strcmp(key, "all") != 0) {
        if (!tb_hex_parse(tb_bytes_str(key), one.key.bytes, sizeof(one.key.bytes))) {
            return tb_problem_set(
                problem,
                "\"%s\" is no key id: 16 hex digits as `tongbao directory show` prints "
                "them, or all.",
                "“%s” 不是密钥标识:须为 tongbao directory show 所示的 16 位十六进制数,或 all。",
                key);
        }
        return tb_authority_revoke(next, &one, arena, problem);
    }

    const tb_directory_party *party = tb_directory_find(next, &cut->party);
    if (party == NULL) {
        return tb_problem_refused(problem, cut->party.text, TB_REFUSED_UNKNOWN_PARTY);
    }
    for (size_t i = 0; i < party->key_count; i++) {
        one.key = party->keys[i].id;
        if (tb_directory_cut(next, &cut->party, &one.key) == NULL &&
            !tb_authority_revoke(next, &one, arena, problem)) {
            return false;
        }
    }
    return true;
}

static bool revoke(const revoke_options *o, tb_cut *cut, tb_problem *problem)
{
    tb_arena arena = tb_file_arena();
    tb_authority authority;
    tb_keyfile keys;
    if (o->cut != NULL &&
        !tb_cut_file_read(o->cut, &arena, &cut->marks, &cut->mark_count, problem)) {
        return false;
    }
    if (!tb_keyfile_read(o->authority, &keys, problem)) {
        return false;
    }
    if (!tb_authority_open(o->folder, &authority, problem)) {
        tb_keyfile_wipe(&keys);
        return false;
    }
    cut->at = tb_file_now();
    tb_directory next = tb_authority_next(&authority, cut->at);
    bool done = cut_keys(o->key, cut, &next, &arena, problem) &&
                tb_authority_publish(&authority, &next, &keys, &arena, problem);
    tb_authority_close(&authority);
    tb_keyfile_wipe(&keys);
    return done;
}

int tb_directory_revoke_verb(int argc, char **argv)
{
    revoke_options o = {0};
    const tb_option options[] = {{"dir", NULL, &o.folder},
                                 {"authority", NULL, &o.authority},
                                 {"key", NULL, &o.key},
                                 {"reason", NULL, &o.reason},
                                 {"cut", NULL, &o.cut}};
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 5, &o.common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (o.folder == NULL || o.authority == NULL) {
        return tb_say_missing(o.folder == NULL ? "dir" : "authority");
    }
    if (o.key == NULL || o.reason == NULL) {
        return tb_say_missing(o.key == NULL ? "key" : "reason");
    }
    tb_cut cut = {.mark_count = 0};
    if (words.count != 1 || !tb_cut_reason_parse(o.reason, &cut.reason)) {
        tb_say_error(_("name one party, and as reason lost, stolen or rotation"));
        return TB_EXIT_USAGE;
    }
    if (!tb_read_party_word(words.list[0], &cut.party)) {
        return TB_EXIT_USAGE;
    }

    tb_problem problem;
    if (!revoke(&o, &cut, &problem)) {
        return tb_say_problem(&problem);
    }
    return tb_print_version(o.folder, o.common.json);
}

int tb_directory_exercise_verb(int argc, char **argv)
{
    const char *provinces = "31";
    const char *table = "ops/tables/provinces.csv";
    const char *parties_file = NULL;
    const char *title_zh = "演练";
    const char *title_en = "Exercise";
    const char *out = NULL;
    const tb_option options[] = {{"provinces", NULL, &provinces},  {"table", NULL, &table},
                                 {"parties", NULL, &parties_file}, {"title-zh", NULL, &title_zh},
                                 {"title-en", NULL, &title_en},    {"out", NULL, &out}};
    tb_common common;
    tb_words words;
    long count = 0;
    if (!tb_arguments_read(argc, argv, options, 6, &common, &words) ||
        !tb_arguments_number("provinces", provinces, 1, 31, &count)) {
        return TB_EXIT_USAGE;
    }
    if (out == NULL) {
        return tb_say_missing("out");
    }

    tb_problem problem;
    size_t parties = 0;
    bool made = false;
    if (parties_file != NULL) {
        tb_arena arena = tb_file_arena();
        tb_enrolment *list;
        made = tb_enrolments_read(parties_file, &arena, &list, &parties, &problem) &&
               tb_exercise_enrol(out, title_zh, title_en, list, parties, tb_file_now(), &problem);
    } else {
        made = tb_exercise_make(out, table, (size_t)count, tb_file_now(), &parties, &problem);
    }
    if (!made) {
        return tb_say_problem(&problem);
    }
    char folder[TB_AUTHORITY_PATH];
    snprintf(folder, sizeof(folder), "%s/directory", out);
    return tb_print_version(folder, common.json);
}
