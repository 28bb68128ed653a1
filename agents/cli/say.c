#include "agents/cli/say.h"

#include "agents/cli/place.h"
#include "shell/language.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool chinese;

/* The language of the locale that the environment names, whether this machine has it or not. */
static const char *environment_language(void)
{
    char *none[] = {NULL};
    (void)tb_language_init(0, none);
    return tb_language("en", "zh");
}

void tb_say_init(const char *language)
{
    bool installed = setlocale(LC_ALL, "") != NULL;
    if (language == NULL && !installed && getenv("LANGUAGE") == NULL) {
        language = environment_language();
    }
    /* Text is UTF-8 throughout; gettext translates nothing in the locales C and POSIX. */
    if (language != NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        (void)setlocale(LC_ALL, "C.UTF-8");
    }
    if (language != NULL) {
        (void)setenv("LANGUAGE", strcmp(language, "zh") == 0 ? "zh_CN" : "en", 1);
    }
    char beside[PATH_MAX];
    const char *folder = getenv("TONGBAO_LOCALES");
    if (folder == NULL && tb_place_locales(beside, sizeof beside)) {
        folder = beside;
    }
    if (folder != NULL) {
        (void)bindtextdomain("tongbao", folder);
    }
    (void)bind_textdomain_codeset("tongbao", "UTF-8");
    (void)textdomain("tongbao");

    /* TRANSLATORS: the language people are addressed in, "zh" in the Chinese translation. */
    chinese = strcmp(_("language-en"), "zh") == 0;
}

bool tb_say_chinese(void)
{
    return chinese;
}

tb_bytes tb_say_which(tb_bytes zh, tb_bytes en)
{
    return (tb_say_chinese() && zh.size > 0) || en.size == 0 ? zh : en;
}

void tb_say_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("tongbao: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
}

void tb_say_refusal(tb_refusal code, tb_bytes detail)
{
    (void)fprintf(stderr, "tongbao: [%s] %s\n         %s\n", tb_refusal_key(code),
                  tb_refusal_zh(code), tb_refusal_en(code));
    if (detail.size > 0) {
        (void)fprintf(stderr, "         (%.*s)\n", (int)detail.size, (const char *)detail.data);
    }
}
