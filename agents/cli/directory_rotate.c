/* directory_rotate - rotate, hub and authority: new keys for a party that goes on, for the hub and
 * for who signs the directory; uphold: what was signed with the old ones and stands. */
#include "agents/cli/directory.h"
#include "agents/cli/say.h"
#include "keyfile/cut_file.h"
#include "keyfile/disk.h"

typedef struct change {
    const char *folder;
    const char *authority;
    tb_common common;
    tb_arena arena;
    tb_time now;
    /* rotate */
    const char *request;
    const char *cut_file;
    tb_cut cut;
    tb_time keys_until;
    /* hub */
    bool use_spare;
    tb_cut_reason reason;
    tb_time until;
    const char *spare;
    /* authority, uphold */
    tb_words words;
} change;

/* Changes the next version; false when a problem says why not. */
typedef bool change_step(change *c, tb_directory *next, tb_authority *at, tb_problem *problem);

/* One version more, or a problem and none. */
static bool publish(change *c, change_step *step, tb_problem *problem)
{
    tb_authority authority;
    tb_keyfile keys;
    if (!tb_keyfile_read(c->authority, &keys, problem)) {
        return false;
    }
    if (!tb_authority_open(c->folder, &authority, problem)) {
        tb_keyfile_wipe(&keys);
        return false;
    }
    tb_directory next = tb_authority_next(&authority, c->now);
    bool done = step(c, &next, &authority, problem) &&
                tb_authority_publish(&authority, &next, &keys, &c->arena, problem);
    tb_authority_close(&authority);
    tb_keyfile_wipe(&keys);
    return done;
}

static int change_by(change *c, change_step *step)
{
    tb_problem problem;
    c->arena = tb_file_arena();
    c->now = tb_file_now();
    if (!publish(c, step, &problem)) {
        return tb_say_problem(&problem);
    }
    return tb_print_version(c->folder, c->common.json);
}

/* The options of the verbs that take no others, and the files behind them. */
static int read_plain(int argc, char **argv, change *c)
{
    const tb_option options[] = {{"dir", NULL, &c->folder}, {"authority", NULL, &c->authority}};
    if (!tb_arguments_read(argc, argv, options, 2, &c->common, &c->words)) {
        return TB_EXIT_USAGE;
    }
    return c->folder == NULL      ? tb_say_missing("dir")
           : c->authority == NULL ? tb_say_missing("authority")
                                  : TB_EXIT_DONE;
}

/* An option's time; absent: 0. */
static bool read_time(const char *option, const char *text, tb_time *out)
{
    *out = 0;
    if (text != NULL && !tb_time_parse(tb_bytes_str(text), out)) {
        tb_say_error(_("--%s wants a time such as 2015-02-09T11:39:00+08:00"), option);
        return false;
    }
    return true;
}

/* ---- rotate ---- */

static bool rotate(change *c, tb_directory *next, tb_authority *at, tb_problem *problem)
{
    (void)at;
    tb_enrolment row = {.id = c->cut.party};
    c->cut.at = c->now;
    return tb_enrolment_request(&row, c->request, &c->arena, problem) &&
           tb_cut_file_read(c->cut_file, &c->arena, &c->cut.marks, &c->cut.mark_count, problem) &&
           tb_authority_rotate(next, &c->cut, &row.request, c->keys_until, &c->arena, problem);
}

int tb_directory_rotate_verb(int argc, char **argv)
{
    change c = {.folder = NULL};
    const char *reason = "rotation";
    const char *keys_until = NULL;
    const tb_option options[] = {
        {"dir", NULL, &c.folder},          {"keys-until", NULL, &keys_until},
        {"authority", NULL, &c.authority}, {"request", NULL, &c.request},
        {"cut", NULL, &c.cut_file},        {"reason", NULL, &reason}};
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 6, &c.common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (c.folder == NULL || c.authority == NULL) {
        return tb_say_missing(c.folder == NULL ? "dir" : "authority");
    }
    if (c.request == NULL || c.cut_file == NULL) {
        return tb_say_missing(c.request == NULL ? "request" : "cut");
    }
    if (words.count != 1 || !tb_cut_reason_parse(reason, &c.cut.reason)) {
        tb_say_error(_("name one party, and as reason lost, stolen or rotation"));
        return TB_EXIT_USAGE;
    }
    if (!read_time("keys-until", keys_until, &c.keys_until)) {
        return TB_EXIT_USAGE;
    }
    return tb_read_party_word(words.list[0], &c.cut.party) ? change_by(&c, rotate) : TB_EXIT_USAGE;
}

/* ---- hub ---- */

static tb_directory_key key_of(tb_purpose purpose, const tb_public_key *key, tb_time now)
{
    return (tb_directory_key){
        .purpose = purpose, .key = *key, .id = tb_key_id_of(purpose, key), .not_before = now};
}

static bool hub(change *c, tb_directory *next, tb_authority *at, tb_problem *problem)
{
    (void)at;
    tb_public_key sign;
    tb_public_key transport;
    tb_hub_keys spare;
    if (c->spare != NULL) {
        if (!tb_hub_publics_read(c->spare, &c->arena, &sign, &transport, problem)) {
            return false;
        }
        spare.sign = key_of(TB_PURPOSE_SIGN, &sign, c->now);
        spare.transport = key_of(TB_PURPOSE_TRANSPORT, &transport, c->now);
    }
    if (c->use_spare) {
        tb_time until = c->until == 0 ? c->now : c->until;
        return tb_authority_use_spare(next, c->reason, until, c->spare == NULL ? NULL : &spare,
                                      &c->arena, problem);
    }
    next->spare = spare;
    next->has_spare = true;
    return true;
}

int tb_directory_hub_verb(int argc, char **argv)
{
    change c = {.folder = NULL};
    const char *reason = NULL;
    const char *until = NULL;
    const tb_option options[] = {
        {"dir", NULL, &c.folder},  {"authority", NULL, &c.authority},
        {"spare", NULL, &c.spare}, {"use-spare", &c.use_spare, NULL},
        {"reason", NULL, &reason}, {"until", NULL, &until},
    };
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 6, &c.common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (c.folder == NULL || c.authority == NULL) {
        return tb_say_missing(c.folder == NULL ? "dir" : "authority");
    }
    if (!c.use_spare && c.spare == NULL) {
        return tb_say_missing("use-spare");
    }
    if (c.use_spare && (reason == NULL || !tb_cut_reason_parse(reason, &c.reason))) {
        tb_say_error(_("say with --reason why: lost, stolen or rotation"));
        return TB_EXIT_USAGE;
    }
    return read_time("until", until, &c.until) ? change_by(&c, hub) : TB_EXIT_USAGE;
}

/* ---- renew ---- */

static bool renew(change *c, tb_directory *next, tb_authority *at, tb_problem *problem)
{
    (void)at;
    if (c->until != 0 && c->until < c->now) {
        return tb_problem_set(problem, "--fresh-until lies in the past.", "--fresh-until 已过。");
    }
    next->fresh_until = c->until == 0 ? next->fresh_until : c->until;
    return true;
}

int tb_directory_renew_verb(int argc, char **argv)
{
    change c = {.folder = NULL};
    const char *until = NULL;
    const tb_option options[] = {
        {"dir", NULL, &c.folder}, {"authority", NULL, &c.authority}, {"fresh-until", NULL, &until}};
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 3, &c.common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (c.folder == NULL || c.authority == NULL) {
        return tb_say_missing(c.folder == NULL ? "dir" : "authority");
    }
    return read_time("fresh-until", until, &c.until) ? change_by(&c, renew) : TB_EXIT_USAGE;
}

/* ---- authority ---- */

static bool replace(change *c, tb_directory *next, tb_authority *at, tb_problem *problem)
{
    (void)at;
    tb_keyfile successor;
    if (!tb_keyfile_read(c->words.list[0], &successor, problem)) {
        return false;
    }
    bool done = tb_authority_replace(next, &successor, problem);
    tb_keyfile_wipe(&successor);
    return done;
}

int tb_directory_authority_verb(int argc, char **argv)
{
    change c = {.folder = NULL};
    int code = read_plain(argc, argv, &c);
    if (code == TB_EXIT_DONE && c.words.count != 1) {
        tb_say_error(_("name the key file of the next authority"));
        code = TB_EXIT_USAGE;
    }
    return code == TB_EXIT_DONE ? change_by(&c, replace) : code;
}

/* ---- uphold ---- */

static bool read_document(change *c, const char *path, tb_document *out, tb_problem *problem)
{
    tb_bytes encoded;
    if (!tb_disk_read(path, TB_DOCUMENT_BYTES_MAX + 1024, &c->arena, &encoded, problem)) {
        return false;
    }
    tb_refusal refused = tb_document_decode(encoded, &c->arena, out);
    return refused == TB_ACCEPTED || tb_problem_refused(problem, path, refused);
}

static bool uphold(change *c, tb_directory *next, tb_authority *at, tb_problem *problem)
{
    tb_document *documents = tb_arena_array(&c->arena, c->words.count, sizeof(*documents));
    if (documents == NULL) {
        return tb_problem_refused(problem, "uphold", TB_REFUSED_TOO_LARGE);
    }
    for (size_t i = 0; i < c->words.count; i++) {
        if (!read_document(c, c->words.list[i], &documents[i], problem)) {
            return false;
        }
    }
    return tb_authority_uphold(at, next, documents, c->words.count, &c->arena, problem);
}

int tb_directory_uphold_verb(int argc, char **argv)
{
    change c = {.folder = NULL};
    int code = read_plain(argc, argv, &c);
    if (code == TB_EXIT_DONE && c.words.count == 0) {
        tb_say_error(_("name the signed documents that are to stand"));
        code = TB_EXIT_USAGE;
    }
    return code == TB_EXIT_DONE ? change_by(&c, uphold) : code;
}
