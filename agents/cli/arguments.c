#include "agents/cli/arguments.h"

#include <errno.h>
#include <stdlib.h>

#include "agents/cli/say.h"

#define COMMON_COUNT 10

static const tb_option *find(const tb_option *list, size_t count, const char *name, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(list[i].name) == size && memcmp(list[i].name, name, size) == 0) {
            return &list[i];
        }
    }
    return NULL;
}

/* Takes the option at argv[*i], and its value if it has one. */
static bool
take(int argc, char **argv, int *i, const tb_option *options, size_t count, const tb_option *common)
{
    const char *name = argv[*i] + 2;
    const char *equals = strchr(name, '=');
    size_t size = equals == NULL ? strlen(name) : (size_t)(equals - name);
    const tb_option *option = find(options, count, name, size);
    if (option == NULL) {
        option = find(common, COMMON_COUNT, name, size);
    }
    if (option == NULL) {
        tb_say_error(_("unknown option %s; see: tongbao help"), argv[*i]);
        return false;
    }
    if (option->flag != NULL) {
        *option->flag = true;
        return equals == NULL;
    }
    if (equals != NULL) {
        *option->value = equals + 1;
        return true;
    }
    if (*i + 1 == argc) {
        tb_say_error(_("--%s needs a value"), option->name);
        return false;
    }
    *option->value = argv[++*i];
    return true;
}

bool tb_arguments_read(int argc,
                       char **argv,
                       const tb_option *options,
                       size_t count,
                       tb_common *out_common,
                       tb_words *out_words)
{
    const char *language = NULL; /* read by main already */
    *out_common = (tb_common){0};
    *out_words = (tb_words){0};
    const tb_option common[COMMON_COUNT] = {
        {"json", &out_common->json, NULL},       {"help", &out_common->help, NULL},
        {"socket", NULL, &out_common->socket},   {"request-id", NULL, &out_common->request_id},
        {"account", NULL, &out_common->account}, {"time", NULL, &out_common->time},
        {"timeout", NULL, &out_common->timeout}, {"lang", NULL, &language},
        {"as", NULL, &out_common->account},      {"account-key", NULL, &out_common->account_key}};
    bool words_only = false;
    for (int i = 1; i < argc; i++) {
        if (!words_only && strcmp(argv[i], "--") == 0) {
            words_only = true;
        } else if (!words_only && strcmp(argv[i], "-h") == 0) {
            out_common->help = true;
        } else if (!words_only && argv[i][0] == '-' && argv[i][1] == '-') {
            if (!take(argc, argv, &i, options, count, common)) {
                return false;
            }
        } else if (out_words->count == TB_WORDS_MAX) {
            tb_say_error(_("too many words"));
            return false;
        } else {
            out_words->list[out_words->count++] = argv[i];
        }
    }
    return true;
}

bool tb_arguments_number(const char *option, const char *text, long least, long most, long *out)
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < least || value > most) {
        tb_say_error(_("--%s takes a number from %ld to %ld, not \"%s\""), option, least, most,
                     text);
        return false;
    }
    *out = value;
    return true;
}

bool tb_arguments_id(const char *text, uint8_t out[16])
{
    if (!tb_hex_parse(tb_bytes_str(text), out, 16)) {
        tb_say_error(_("\"%s\" is not an id: 32 hex digits, as the lists print them"), text);
        return false;
    }
    return true;
}
