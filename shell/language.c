#include "shell/language.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool chinese;

static bool is_chinese(const char *locale)
{
    return strncmp(locale, "zh", 2) == 0;
}

static bool from_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            return is_chinese(value);
        }
    }
    return false;
}

int tb_language_init(int argc, char **argv)
{
    int kept = 0;
    chinese = from_environment();
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) {
            chinese = is_chinese(argv[++i]);
        } else if (strncmp(argv[i], "--lang=", 7) == 0) {
            chinese = is_chinese(argv[i] + 7);
        } else {
            argv[kept++] = argv[i];
        }
    }
    argv[kept] = NULL;
    return kept;
}

const char *tb_language(const char *en, const char *zh)
{
    return chinese ? zh : en;
}
