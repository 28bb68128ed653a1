/* tongbao - the command of people and scripts: nouns, then verbs; see help.c. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "agents/cli/cli.h"
#include "agents/cli/help.h"
#include "agents/cli/say.h"

static const struct {
    const char *word;
    tb_cli_noun *noun;
} nouns[] = {
    {"account", tb_cli_account},       {"approve", tb_cli_approve},   {"bundle", tb_cli_bundle},
    {"campaign", tb_cli_campaign},     {"case", tb_cli_case},         {"check", tb_cli_check},
    {"directory", tb_cli_directory},   {"document", tb_cli_document}, {"due", tb_cli_due},
    {"import", tb_cli_import},         {"key", tb_cli_key},           {"notice", tb_cli_notice},
    {"quarantine", tb_cli_quarantine}, {"recover", tb_cli_recover},   {"report", tb_cli_report},
    {"request", tb_cli_request},       {"status", tb_cli_status},     {"trace", tb_cli_trace},
    {"unanswered", tb_cli_unanswered}, {"verify", tb_cli_verify},
    {"list", tb_cli_list},
};

/* --lang may stand anywhere; it is needed before the first sentence is printed. */
static const char *language_of(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value = NULL;
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) {
            value = argv[i + 1];
        } else if (strncmp(argv[i], "--lang=", 7) == 0) {
            value = argv[i] + 7;
        }
        if (value != NULL && (strcmp(value, "zh") == 0 || strcmp(value, "en") == 0)) {
            return value;
        }
    }
    return NULL;
}

static int dispatch(int argc, char **argv)
{
    const char *word = argv[0];
    if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        tb_help_print(argc > 1 ? argv[1] : NULL);
        return TB_EXIT_DONE;
    }
    if (strcmp(word, "version") == 0 || strcmp(word, "--version") == 0) {
        (void)printf("tongbao %s\n", TB_VERSION);
        return TB_EXIT_DONE;
    }
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        if (strcmp(nouns[i].word, word) == 0) {
            return nouns[i].noun(argc, argv);
        }
    }
    tb_say_error(_("there is no \"%s\"; see: tongbao help"), word);
    return TB_EXIT_USAGE;
}

static bool has_value(const char *option)
{
    return strcmp(option, "--json") != 0 && strcmp(option, "--help") != 0 &&
           strchr(option, '=') == NULL;
}

/* Options before the noun are moved behind it, so that `tongbao --json status` is as good. */
static void noun_first(int argc, char **argv)
{
    int at = 1;
    while (at < argc && strncmp(argv[at], "--", 2) == 0) {
        at += has_value(argv[at]) ? 2 : 1;
    }
    if (at > 1 && at < argc) {
        char *noun = argv[at];
        memmove(&argv[2], &argv[1], (size_t)(at - 1) * sizeof *argv);
        argv[1] = noun;
    }
}

int main(int argc, char **argv)
{
    tb_say_init(language_of(argc, argv));
    if (argc < 2) {
        tb_help_print(NULL);
        return TB_EXIT_USAGE;
    }
    noun_first(argc, argv);
    int code = dispatch(argc - 1, argv + 1);
    if (fflush(stdout) != 0) {
        tb_say_error(_("cannot write to standard output"));
        return TB_EXIT_INTERNAL;
    }
    return code;
}
