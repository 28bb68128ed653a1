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

int tb_say_missing(const char *option)
{
    tb_say_error(_("--%s is needed; see --help"), option);
    return TB_EXIT_USAGE;
}

bool tb_read_party(const char *text, tb_party *out)
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
