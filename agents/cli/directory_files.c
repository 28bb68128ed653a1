/* directory_files - what the commands on key and directory files share. */
#include "agents/cli/directory.h"

#include <stdio.h>
#include <time.h>

#include "agents/cli/say.h"

#define ARENA_BYTES (24u * 1024 * 1024)

tb_arena tb_file_arena(void)
{
    static _Alignas(max_align_t) uint8_t block[ARENA_BYTES];
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof(block));
    return arena;
}

tb_time tb_file_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (tb_time)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int tb_say_problem(const tb_problem *problem)
{
    fprintf(stderr, "tongbao: %s\n         %s\n", problem->zh, problem->en);
    return TB_EXIT_REFUSED;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return true;
        }
    }
    return argc < 2;
}

/* Puts options that stand before the verb behind it. */
static void verb_first(int argc, char **argv)
{
    int at = 1;
    while (at < argc && strncmp(argv[at], "--", 2) == 0) {
        bool alone = strcmp(argv[at], "--json") == 0 || strchr(argv[at], '=') != NULL;
        at += alone ? 1 : 2;
    }
    if (at > 1 && at < argc) {
        char *verb = argv[at];
        memmove(&argv[2], &argv[1], (size_t)(at - 1) * sizeof(*argv));
        argv[1] = verb;
    }
}

int tb_file_dispatch(int argc, char **argv, const tb_verb *verbs, size_t count, void (*help)(void))
{
    if (wants_help(argc, argv)) {
        help();
        return argc < 2 ? TB_EXIT_USAGE : TB_EXIT_DONE;
    }
    verb_first(argc, argv);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(argv[1], verbs[i].name) == 0) {
            return verbs[i].run(argc - 1, argv + 1);
        }
    }
    tb_say_error(_("%s has no \"%s\"; see: tongbao %s --help"), argv[0], argv[1], argv[0]);
    return TB_EXIT_USAGE;
}

int tb_say_missing(const char *option)
{
    tb_say_error(_("--%s is needed; see --help"), option);
    return TB_EXIT_USAGE;
}

bool tb_read_party_word(const char *text, tb_party *out)
{
    if (!tb_party_parse(tb_bytes_str(text), out)) {
        tb_say_error(_("\"%s\" is not a party id: up to 23 of a-z, 0-9, dot and dash"), text);
        return false;
    }
    return true;
}

int tb_print_json(json_t *value)
{
    if (value == NULL) {
        tb_say_error(_("memory ended"));
        return TB_EXIT_INTERNAL;
    }
    tb_json_print(value);
    return TB_EXIT_DONE;
}

const char *tb_purpose_name(tb_purpose purpose)
{
    switch (purpose) {
    case TB_PURPOSE_SIGN:
        return "sign";
    case TB_PURPOSE_SEAL:
        return "seal";
    case TB_PURPOSE_TRANSPORT:
        return "transport";
    case TB_PURPOSE_AUTHORITY:
        return "authority";
    }
    return "unknown";
}

json_t *tb_json_key(tb_purpose purpose, const tb_public_key *key)
{
    tb_key_id id = tb_key_id_of(purpose, key);
    return json_pack("{s:s, s:o, s:o}", "purpose", tb_purpose_name(purpose), "id",
                     tb_json_hex_of(id.bytes, sizeof(id.bytes)), "public",
                     tb_json_hex_of(key->bytes, sizeof(key->bytes)));
}

const char *tb_party_state_name(tb_party_state state)
{
    switch (state) {
    case TB_PARTY_ACTIVE:
        return "active";
    case TB_PARTY_OFF_LINE:
        return "off_line";
    case TB_PARTY_ENDED:
        return "ended";
    }
    return "unknown";
}
