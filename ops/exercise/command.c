/* command - the product's own commands, typed as an operator would, and what they print. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ops/exercise/disaster.h"

#define WORDS_MAX 32

char ex_output[262144];

void ex_socket_of(const ex_world *world, const ex_party *party, char out[EX_PATH])
{
    (void)snprintf(out, EX_PATH, "%.300s/%s.sock", world->run_dir, party->id.text);
}

void ex_note(ex_disaster *d, const char *format, ...)
{
    if (d->did_count < EX_DID_MAX) {
        va_list args;
        va_start(args, format);
        (void)vsnprintf(d->did[d->did_count++], EX_TEXT, format, args);
        va_end(args);
    }
}

/* A path as the reader of the page needs it: below the run's folder, or by its name alone. */
static const char *short_path(const ex_world *world, const char *word)
{
    size_t n = strlen(world->options.out);
    if (strncmp(word, world->options.out, n) == 0 && word[n] == '/') {
        return word + n + 1;
    }
    const char *slash = word[0] == '/' ? strrchr(word, '/') : NULL;
    return slash != NULL ? slash + 1 : word;
}

static void note_command(const ex_world *world, ex_disaster *d, char *const argv[])
{
    char text[EX_TEXT];
    size_t at = 0;
    for (size_t i = 0; argv[i] != NULL && at < sizeof text; i++) {
        const char *word = short_path(world, argv[i]);
        const char *quote = strpbrk(word, " '\"$&;|()") != NULL || word[0] == 0 ? "'" : "";
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s%s%s", i > 0 ? " " : "", quote, word, quote);
    }
    /* The same command on another case, for instance, is told once. */
    if (d->did_count == 0 || strcmp(d->did[d->did_count - 1], text) != 0) {
        ex_note(d, "%s", text);
    }
}

static int run(char *const argv[])
{
    int ends[2];
    if (pipe(ends) != 0) {
        ex_fail("no pipe: %s", strerror(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(ends[1], 1);
        (void)dup2(ends[1], 2);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)execv(argv[0], argv);
        _exit(127);
    }
    (void)close(ends[1]);
    size_t have = 0;
    char spill[1024];
    for (;;) { /* what does not fit is read all the same, so that the command never waits for us */
        bool full = have == sizeof ex_output - 1;
        ssize_t n = full ? read(ends[0], spill, sizeof spill) : read(ends[0], ex_output + have, sizeof ex_output - 1 - have);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            break;
        }
        have += full ? 0 : (size_t)n;
    }
    ex_output[have] = 0;
    (void)close(ends[0]);
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

int ex_command(ex_world *world, ex_disaster *note, const char *program, ...)
{
    char path[EX_PATH];
    char *argv[WORDS_MAX + 2] = {path};
    static char words[WORDS_MAX][EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%.400s/%s", world->options.programs, program);
    va_list args;
    va_start(args, program);
    const char *word = va_arg(args, const char *);
    for (size_t i = 0; word != NULL && i < WORDS_MAX; i++, word = va_arg(args, const char *)) {
        (void)snprintf(words[i], sizeof words[i], "%s", word);
        argv[i + 1] = words[i];
    }
    va_end(args);
    if (note != NULL) {
        note_command(world, note, argv);
    }
    return run(argv);
}

void ex_done(ex_world *world, int code)
{
    (void)world;
    if (code != 0) {
        ex_fail("a command failed (%d): %s", code, ex_output);
    }
}

void ex_quote(const char *needle, char *out, size_t size)
{
    const char *found = strstr(ex_output, needle);
    if (found == NULL) {
        return;
    }
    const char *from = found;
    while (*found != '\n' && from > ex_output && from[-1] != '\n') {
        from--;
    }
    from += strspn(from, " !\n");
    size_t n = strcspn(from, "\n");
    for (size_t i = 0; i + 2 < n; i++) { /* of a table's row, the last column: the sentence */
        if (from[i] == ' ' && from[i + 1] == ' ') {
            from += i + 2;
            n -= i + 2;
            i = 0;
        }
    }
    (void)snprintf(out, size, "%.*s", (int)n, from);
}

void ex_said(ex_world *world, ex_disaster *d, ex_party *at, const char *needle_zh, const char *needle_en,
             const char *w1, const char *w2, const char *w3)
{
    char socket[EX_PATH];
    ex_socket_of(world, at, socket);
    (void)ex_command(world, NULL, "tongbao", "--lang", "zh", "--socket", socket, w1, w2, w3, NULL);
    ex_quote(needle_zh, d->said_zh, sizeof d->said_zh);
    (void)ex_command(world, NULL, "tongbao", "--lang", "en", "--socket", socket, w1, w2, w3, NULL);
    ex_quote(needle_en, d->said_en, sizeof d->said_en);
}
