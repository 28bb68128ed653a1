/* directory_show - list, show and publish: what stands in the newest version. */
#include <stdio.h>

#include "agents/cli/directory.h"
#include "agents/cli/grid.h"
#include "agents/cli/say.h"
#include "keyfile/disk.h"

static tb_bytes name_of(const tb_directory_party *party)
{
    return tb_say_chinese() ? party->name_zh : party->name_en;
}

/* Not shown by a bare code: who reads this is a person. */
static const char *state_text(tb_party_state state)
{
    switch (state) {
    case TB_PARTY_ACTIVE:
        return _("active");
    case TB_PARTY_OFF_LINE:
        return _("off-line");
    case TB_PARTY_ENDED:
        return _("ended");
    }
    return "";
}

static json_t *json_attributes(const tb_directory_party *party)
{
    json_t *all = json_object();
    for (size_t i = 0; i < party->attribute_count; i++) {
        char name[TB_NAME_BYTES_MAX + 1] = {0};
        memcpy(name, party->attributes[i].name.data, party->attributes[i].name.size);
        json_object_set_new(all, name, tb_json_text(party->attributes[i].value));
    }
    return all;
}

static json_t *json_keys(const tb_directory *directory, const tb_directory_party *party)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < party->key_count; i++) {
        const tb_directory_key *key = &party->keys[i];
        json_t *one = tb_json_key(key->purpose, &key->key);
        bool is_current = tb_directory_current(party, key->purpose) == key;
        bool is_cut = tb_directory_cut(directory, &party->id, &key->id) != NULL;
        json_object_set_new(one, "current", json_boolean(is_current));
        json_object_set_new(one, "revoked", json_boolean(is_cut));
        json_array_append_new(keys, one);
    }
    return keys;
}

static json_t *
json_party(const tb_directory *directory, const tb_directory_party *party, bool with_keys)
{
    json_t *one =
        json_pack("{s:s, s:o, s:o, s:s, s:o, s:o, s:s, s:o}", "id", party->id.text, "role",
                  tb_json_text(party->role), "jurisdiction", tb_json_text(party->jurisdiction),
                  "parent", party->parent.text, "name_zh", tb_json_text(party->name_zh), "name_en",
                  tb_json_text(party->name_en), "state", tb_party_state_name(party->state),
                  "attributes", json_attributes(party));
    if (with_keys) {
        json_object_set_new(one, "keys", json_keys(directory, party));
    }
    return one;
}

static int list_json(const tb_directory *d)
{
    json_t *parties = json_array();
    for (size_t i = 0; i < d->party_count; i++) {
        json_array_append_new(parties, json_party(d, &d->parties[i], false));
    }
    char made[TB_TIME_TEXT];
    char fresh[TB_TIME_TEXT];
    tb_time_print(d->made, made);
    tb_time_print(d->fresh_until, fresh);
    return tb_print_json(json_pack(
        "{s:i, s:o, s:o, s:b, s:s, s:s, s:i, s:o}", "version", (int)d->version, "hub",
        tb_json_hex_of(d->hub.bytes, TB_DIGEST_BYTES), "digest",
        tb_json_hex_of(d->digest.bytes, TB_DIGEST_BYTES), "exercise", (int)d->exercise, "made",
        made, "fresh_until", fresh, "cuts", (int)d->cut_count, "parties", parties));
}

static int list_text(const tb_directory *d)
{
    tb_arena arena = tb_file_arena();
    tb_grid grid;
    const char *const headings[] = {_("id"),           _("name"),  _("role"),
                                    _("jurisdiction"), _("state"), NULL};
    tb_bytes title = tb_say_chinese() ? d->title_zh : d->title_en;
    printf(_("%.*s, directory version %u, parties: %zu%s\n"), (int)title.size,
           (const char *)title.data, (unsigned)d->version, d->party_count,
           d->exercise ? _(", exercise") : "");
    tb_grid_init(&grid, &arena, headings);
    for (size_t i = 0; i < d->party_count; i++) {
        const tb_directory_party *party = &d->parties[i];
        tb_grid_text(&grid, party->id.text);
        tb_grid_put(&grid, name_of(party));
        tb_grid_put(&grid, party->role);
        tb_grid_put(&grid, party->jurisdiction);
        tb_grid_text(&grid, state_text(party->state));
    }
    return tb_grid_print(&grid, stdout) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
}

int tb_directory_list_verb(int argc, char **argv)
{
    const char *folder = NULL;
    const tb_option options[] = {{"dir", NULL, &folder}};
    tb_common common;
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 1, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (folder == NULL) {
        return tb_directory_list_agent(&common);
    }

    tb_problem problem;
    tb_authority authority;
    if (!tb_authority_open(folder, &authority, &problem)) {
        return tb_say_problem(&problem);
    }
    int done = common.json ? list_json(&authority.directory) : list_text(&authority.directory);
    tb_authority_close(&authority);
    return done;
}

static int show_text(const tb_directory *d, const tb_directory_party *party)
{
    tb_bytes name = name_of(party);
    printf("%s  %.*s\n", party->id.text, (int)name.size, (const char *)name.data);
    printf(_("  role %.*s, jurisdiction %.*s, under %s, %s\n"), (int)party->role.size,
           (const char *)party->role.data, (int)party->jurisdiction.size,
           party->jurisdiction.size > 0 ? (const char *)party->jurisdiction.data : "",
           party->parent.text[0] != '\0' ? party->parent.text : "-", state_text(party->state));
    for (size_t i = 0; i < party->attribute_count; i++) {
        const tb_attribute *a = &party->attributes[i];
        printf("  %.*s=%.*s\n", (int)a->name.size, (const char *)a->name.data, (int)a->value.size,
               (const char *)a->value.data);
    }
    for (size_t i = 0; i < party->key_count; i++) {
        const tb_directory_key *key = &party->keys[i];
        const tb_cut *cut = tb_directory_cut(d, &party->id, &key->id);
        bool is_current = tb_directory_current(party, key->purpose) == key;
        char id[17];
        char since[TB_TIME_TEXT];
        tb_hex(key->id.bytes, sizeof(key->id.bytes), id);
        tb_time_print(key->not_before, since);
        printf(_("  %-9s  %s  since %s%s\n"), tb_purpose_name(key->purpose), id, since,
               cut != NULL  ? _("  revoked")
               : is_current ? ""
                            : _("  earlier"));
    }
    return TB_EXIT_DONE;
}

int tb_directory_show_verb(int argc, char **argv)
{
    const char *folder = NULL;
    const tb_option options[] = {{"dir", NULL, &folder}};
    tb_common common;
    tb_words words;
    tb_party id;
    if (!tb_arguments_read(argc, argv, options, 1, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (folder == NULL) {
        return tb_say_missing("dir");
    }
    if (words.count != 1) {
        tb_say_error(_("name one party; see: tongbao directory --help"));
        return TB_EXIT_USAGE;
    }
    if (!tb_read_party_word(words.list[0], &id)) {
        return TB_EXIT_USAGE;
    }

    tb_problem problem;
    tb_authority authority;
    if (!tb_authority_open(folder, &authority, &problem)) {
        return tb_say_problem(&problem);
    }
    const tb_directory *d = &authority.directory;
    const tb_directory_party *party = tb_directory_find(d, &id);
    int done = TB_EXIT_DONE;
    if (party == NULL) {
        tb_problem_refused(&problem, id.text, TB_REFUSED_UNKNOWN_PARTY);
        done = tb_say_problem(&problem);
    } else {
        done = common.json ? tb_print_json(json_party(d, party, true)) : show_text(d, party);
    }
    tb_authority_close(&authority);
    return done;
}

/* The newest signed version as one file, to be handed to an agent or the hub. */
int tb_directory_publish_verb(int argc, char **argv)
{
    const char *folder = NULL;
    const char *out = NULL;
    const tb_option options[] = {{"dir", NULL, &folder}, {"out", NULL, &out}};
    tb_common common;
    tb_words words;
    if (!tb_arguments_read(argc, argv, options, 2, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (folder == NULL) {
        return tb_say_missing("dir");
    }

    tb_problem problem;
    tb_authority authority;
    if (!tb_authority_open(folder, &authority, &problem)) {
        return tb_say_problem(&problem);
    }
    char path[TB_AUTHORITY_PATH];
    tb_authority_path(&authority, path);
    const char *file = out != NULL ? out : path;
    int done = TB_EXIT_DONE;
    if (out != NULL && !tb_disk_create(out, authority.encoded, 0644, &problem)) {
        done = tb_say_problem(&problem);
    } else if (common.json) {
        done = tb_print_json(json_pack(
            "{s:s, s:i, s:o, s:o}", "file", file, "version", (int)authority.directory.version,
            "hub", tb_json_hex_of(authority.directory.hub.bytes, TB_DIGEST_BYTES), "digest",
            tb_json_hex_of(authority.directory.digest.bytes, TB_DIGEST_BYTES)));
    } else {
        printf("%s\n", file);
    }
    tb_authority_close(&authority);
    return done;
}
