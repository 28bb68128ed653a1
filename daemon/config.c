#include "daemon/config.h"

#include <errno.h>
#include <stdio.h>

#define LINES_MAX 4096

typedef struct reading {
    const tb_config_form *form;
    tb_config *config;
    const char *path;
    unsigned line;
    size_t first; /* the file's first word, to find keys given twice */
    bool good;
} reading;

static void fault(reading *r, const char *what, const char *which)
{
    if (r->line > 0) {
        fprintf(stderr, "%s: %s:%u: %s%s\n", r->form->program, r->path, r->line, which, what);
    } else {
        fprintf(stderr, "%s: %s: %s%s\n", r->form->program, r->path, which, what);
    }
    r->good = false;
}

static bool listed(const char *const *names, const char *name)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- words ---- */

/* Three texts joined, kept with the configuration; NULL when it is full. */
static char *keep(tb_config *config, const char *a, const char *b, const char *c)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + 1;
    if (size > sizeof config->text - config->used) {
        return NULL;
    }
    char *at = config->text + config->used;
    (void)snprintf(at, size, "%s%s%s", a, b, c);
    config->used += size;
    return at;
}

static bool add(tb_config *config, char *word, const char *where)
{
    if (word == NULL || where == NULL || config->argc == TB_CONFIG_WORDS_MAX) {
        return false;
    }
    config->where[config->argc] = where;
    config->argv[config->argc++] = word;
    config->argv[config->argc] = NULL;
    return true;
}

/* ---- a line ---- */

static char *trim(char *text)
{
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    size_t size = strlen(text);
    while (size > 0 && strchr(" \t\r", text[size - 1]) != NULL) {
        text[--size] = '\0';
    }
    return text;
}

static bool well_named(const char *key)
{
    for (const char *at = key; *at != '\0'; at++) {
        if ((*at < 'a' || *at > 'z') && *at != '-') {
            return false;
        }
    }
    return key[0] != '\0' && key[0] != '-';
}

static bool given_before(const reading *r, const char *key)
{
    for (size_t i = r->first; i < (size_t)r->config->argc; i++) {
        const char *word = r->config->argv[i];
        if (r->config->where[i][0] != '\0' && strncmp(word, "--", 2) == 0 &&
            strcmp(word + 2, key) == 0) {
            return true;
        }
    }
    return false;
}

static void take(reading *r, const char *key, const char *value)
{
    tb_config *config = r->config;
    char number[16];
    (void)snprintf(number, sizeof number, ":%u: ", r->line);
    const char *where = keep(config, r->path, number, "");
    bool flag = listed(r->form->flags, key);
    if (flag && strcmp(value, "no") == 0) {
        return;
    }
    bool kept = add(config, keep(config, "--", key, ""), where);
    if (kept && !flag) {
        kept = add(config, keep(config, value, "", ""), where);
    }
    if (!kept) {
        fault(r, "more options than a configuration may have", "");
    }
}

static void read_line(reading *r, char *line)
{
    char *text = trim(line);
    if (text[0] == '\0' || text[0] == '#') {
        return;
    }
    char *equals = strchr(text, '=');
    if (equals == NULL) {
        fault(r, "write it as: key = value", "");
        return;
    }
    *equals = '\0';
    const char *key = trim(text);
    const char *value = trim(equals + 1);
    if (!well_named(key)) {
        fault(r, "before = stands the name of an option, in small letters", "");
    } else if (listed(r->form->never, key)) {
        fault(r, " belongs on the command line", key);
    } else if (value[0] == '\0') {
        fault(r, " has no value; leave the line out instead", key);
    } else if (listed(r->form->flags, key) && strcmp(value, "yes") != 0 &&
               strcmp(value, "no") != 0) {
        fault(r, " takes yes or no", key);
    } else if (!listed(r->form->repeats, key) && given_before(r, key)) {
        fault(r, " stands in the file already", key);
    } else {
        take(r, key, value);
    }
}

/* ---- a file ---- */

static bool load(reading *r, char *text, size_t capacity)
{
    FILE *file = fopen(r->path, "rb");
    if (file == NULL) {
        fault(r, strerror(errno), "cannot be read: ");
        return false;
    }
    size_t size = fread(text, 1, capacity - 1, file);
    bool whole = ferror(file) == 0 && fgetc(file) == EOF;
    (void)fclose(file);
    if (!whole) {
        fault(r, "is unreadable, or larger than 64 KiB", "");
    } else if (memchr(text, '\0', size) != NULL) {
        fault(r, "is no text", "");
        whole = false;
    }
    text[whole ? size : 0] = '\0';
    return whole;
}

static void read_file(reading *r)
{
    static char text[TB_CONFIG_BYTES_MAX + 1];
    r->line = 0;
    r->first = (size_t)r->config->argc;
    if (!load(r, text, sizeof text)) {
        return;
    }
    for (char *at = text; at != NULL && r->line < LINES_MAX;) {
        char *end = strchr(at, '\n');
        if (end != NULL) {
            *end = '\0';
        }
        r->line++;
        read_line(r, at);
        at = end == NULL ? NULL : end + 1;
    }
}

bool tb_config_read(const tb_config_form *form, int argc, char **argv, tb_config *out)
{
    reading r = {.form = form, .config = out, .good = true};
    memset(out, 0, sizeof *out);
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--config") != 0) {
            if (!add(out, argv[i], "")) {
                fprintf(stderr, "%s: more words than a command line may have\n", form->program);
                return false;
            }
            continue;
        }
        if (++i == argc) {
            fprintf(stderr, "%s: --config wants a file\n", form->program);
            return false;
        }
        r.path = argv[i];
        read_file(&r);
    }
    return r.good;
}
