/* key - `tongbao key`: a party's own keys; the secret halves never leave their file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agents/cli/client.h"
#include "agents/cli/directory.h"
#include "agents/cli/say.h"
#include "keyfile/cut_file.h"
#include "keyfile/disk.h"

#define PATH_BYTES 1024

static void help(void)
{
    fputs(
        _("tongbao key make --party ID --out FILE     make a party's keys (readable by you alone)\n"
          "tongbao key request --key FILE [--out FILE]  write the request that the authority "
          "enrols\n"
          "tongbao key show FILE                      ids, public keys and fingerprint of a key or "
          "request file\n"
          "tongbao key cut [--final] [--out FILE]     where every stream this party sends stands: "
          "the cut\n"
          "                                           that a revocation or rotation names\n"
          "\n"
          "key cut asks this party's agent. With --final the agent signs nothing more with its "
          "present key:\n"
          "acts wait as drafts until it is started with its new key file. When the agent's store "
          "is gone, the\n"
          "hub prints the cut: tongbao-broker cut PARTY.\n"
          "\n"
          "The party \"hub\" is the hub itself, the party \"authority\" signs the directory. Send "
          "the\n"
          "request to the authority and compare the fingerprint by voice: the file could be "
          "changed on its way.\n"
          "Example: tongbao key make --party bureau.33 --out bureau.33.key\n"),
        stdout);
}

/* The public halves, from a key file or from a request. */
typedef struct public_keys {
    tb_party party;
    size_t count;
    tb_purpose purposes[3];
    tb_public_key keys[3];
} public_keys;

static void add(public_keys *all, tb_purpose purpose, const tb_public_key *key)
{
    all->purposes[all->count] = purpose;
    all->keys[all->count++] = *key;
}

static public_keys of_file(const tb_keyfile *file)
{
    public_keys all = {.party = file->party, .count = 0};
    if (file->is_authority) {
        add(&all, TB_PURPOSE_AUTHORITY, &file->secrets->sign.public_key);
        return all;
    }
    add(&all, TB_PURPOSE_SIGN, &file->secrets->sign.public_key);
    add(&all, TB_PURPOSE_SEAL, &file->secrets->seal.public_key);
    add(&all, TB_PURPOSE_TRANSPORT, &file->secrets->transport.public_key);
    return all;
}

static public_keys of_request(const tb_key_request *request)
{
    public_keys all = {.party = request->party, .count = 0};
    add(&all, TB_PURPOSE_SIGN, &request->sign);
    add(&all, TB_PURPOSE_SEAL, &request->seal);
    add(&all, TB_PURPOSE_TRANSPORT, &request->transport);
    return all;
}

static int print(const public_keys *all, const char *path, const char *fingerprint, bool json)
{
    if (json) {
        json_t *keys = json_array();
        for (size_t i = 0; i < all->count; i++) {
            json_array_append_new(keys, tb_json_key(all->purposes[i], &all->keys[i]));
        }
        return tb_print_json(json_pack("{s:s, s:s, s:o, s:s*}", "file", path, "party",
                                       all->party.text, "keys", keys, "fingerprint", fingerprint));
    }

    printf("%s  %s\n", all->party.text, path);
    for (size_t i = 0; i < all->count; i++) {
        char id[17];
        char key[65];
        tb_key_id key_id = tb_key_id_of(all->purposes[i], &all->keys[i]);
        tb_hex(key_id.bytes, sizeof(key_id.bytes), id);
        tb_hex(all->keys[i].bytes, sizeof(all->keys[i].bytes), key);
        printf("  %-9s  %s  %s\n", tb_purpose_name(all->purposes[i]), id, key);
    }
    if (fingerprint != NULL) {
        printf(_("  fingerprint, to be compared by voice:\n  %s\n"), fingerprint);
    }
    return TB_EXIT_DONE;
}

static int make(int argc, char **argv)
{
    const char *party_text = NULL;
    const char *out = NULL;
    const tb_option options[] = {{"party", NULL, &party_text}, {"out", NULL, &out}};
    tb_common common;
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 2, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (party_text == NULL || out == NULL) {
        return tb_say_missing(party_text == NULL ? "party" : "out");
    }
    tb_party party;
    if (!tb_read_party_word(party_text, &party)) {
        return TB_EXIT_USAGE;
    }

    tb_problem problem;
    tb_random random;
    tb_keyfile keys;
    if (!tb_random_kernel(&random, &problem) ||
        !tb_keyfile_make(&party, &random, &keys, &problem)) {
        return tb_say_problem(&problem);
    }
    bool written = tb_keyfile_write(&keys, out, &problem);
    public_keys all = of_file(&keys);
    tb_keyfile_wipe(&keys);
    return written ? print(&all, out, NULL, common.json) : tb_say_problem(&problem);
}

/* Packs the request of a key file; its fingerprint is over these bytes. */
static bool pack_request(const char *path,
                         tb_arena *arena,
                         public_keys *out_all,
                         tb_bytes *out_packed,
                         tb_problem *problem)
{
    tb_keyfile keys;
    if (!tb_keyfile_read(path, &keys, problem)) {
        return false;
    }
    *out_all = of_file(&keys);
    bool packed = tb_keyfile_request(&keys, tb_file_now(), arena, out_packed, problem);
    tb_keyfile_wipe(&keys);
    return packed;
}

static int request(int argc, char **argv)
{
    const char *path = NULL;
    const char *out = NULL;
    const tb_option options[] = {{"key", NULL, &path}, {"out", NULL, &out}};
    tb_common common;
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 2, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (path == NULL) {
        return tb_say_missing("key");
    }
    char beside[PATH_BYTES];
    snprintf(beside, sizeof(beside), "%s.request", path);

    tb_arena arena = tb_file_arena();
    tb_problem problem;
    public_keys all;
    tb_bytes packed;
    const char *to = out != NULL ? out : beside;
    if (!pack_request(path, &arena, &all, &packed, &problem) ||
        !tb_disk_create(to, packed, 0644, &problem)) {
        return tb_say_problem(&problem);
    }
    char fingerprint[TB_FINGERPRINT_TEXT];
    tb_fingerprint(packed, fingerprint);
    return print(&all, to, fingerprint, common.json);
}

static int show(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    if (!tb_arguments_read(argc, argv, NULL, 0, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (words.count != 1) {
        tb_say_error(_("name one file; see: tongbao key --help"));
        return TB_EXIT_USAGE;
    }

    const char *path = words.list[0];
    tb_problem problem;
    if (tb_keyfile_looks_like(path)) {
        tb_keyfile keys;
        if (!tb_keyfile_read(path, &keys, &problem)) {
            return tb_say_problem(&problem);
        }
        public_keys all = of_file(&keys);
        char authority[TB_FINGERPRINT_TEXT];
        bool is_authority = keys.is_authority;
        tb_keyfile_wipe(&keys);
        tb_fingerprint(tb_bytes_of(all.keys[0].bytes, sizeof all.keys[0].bytes), authority);
        /* the authority's is what verify FILE prints or is told */
        return print(&all, path, is_authority ? authority : NULL, common.json);
    }
    tb_arena arena = tb_file_arena();
    tb_bytes packed;
    tb_key_request read;
    if (!tb_disk_read(path, TB_KEY_REQUEST_BYTES_MAX, &arena, &packed, &problem)) {
        return tb_say_problem(&problem);
    }
    tb_refusal refusal = tb_key_request_decode(packed, &arena, &read);
    if (refusal != TB_ACCEPTED) {
        tb_problem_refused(&problem, path, refusal);
        return tb_say_problem(&problem);
    }
    char fingerprint[TB_FINGERPRINT_TEXT];
    tb_fingerprint(packed, fingerprint);
    public_keys all = of_request(&read);
    return print(&all, path, fingerprint, common.json);
}

static int write_cut(const tb_client *client, const tb_local_cut *cut, const char *path)
{
    if (client->json) {
        return tb_print_json(tb_json_cut(cut));
    }
    if (path == NULL) {
        tb_cut_file_print(stdout, &cut->party, cut->marks, cut->count);
        return TB_EXIT_DONE;
    }
    FILE *file = fopen(path, "wx");
    if (file == NULL) {
        tb_say_error(_("%s cannot be written: %s"), path, strerror(errno));
        return TB_EXIT_REFUSED;
    }
    tb_cut_file_print(file, &cut->party, cut->marks, cut->count);
    if (fclose(file) != 0) {
        tb_say_error(_("%s cannot be written: %s"), path, strerror(errno));
        return TB_EXIT_REFUSED;
    }
    printf(_("%s: streams cut: %zu\n"), path, cut->count);
    return TB_EXIT_DONE;
}

static int cut(int argc, char **argv)
{
    bool final = false;
    const char *out = NULL;
    const tb_option options[] = {{"final", &final, NULL}, {"out", NULL, &out}};
    tb_common common;
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 2, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    tb_client client;
    int code = tb_client_open(&common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_local_request request = {.kind = TB_REQUEST_CUT, .final = final};
    tb_local_answer answer;
    code = tb_client_get(&client, &request, TB_ANSWER_CUT, &answer);
    if (code == TB_EXIT_DONE) {
        code = write_cut(&client, &answer.cut, out);
    }
    tb_client_close(&client);
    return code;
}

int tb_cli_key(int argc, char **argv)
{
    static const tb_verb verbs[] = {
        {"make", make}, {"request", request}, {"show", show}, {"cut", cut}};
    return tb_file_dispatch(argc, argv, verbs, sizeof(verbs) / sizeof(verbs[0]), help);
}
