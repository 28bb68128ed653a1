/* exercise - what the tests of the exercise program share: a folder of their own, the program started with
 * its output in a file, and its summary. Include it first, with _GNU_SOURCE. */
#ifndef TB_SYSTEM_EXERCISE_H
#define TB_SYSTEM_EXERCISE_H

#include "tests/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[128];

static inline int in_a_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/tongbao-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static inline int folder_away(void **state)
{
    (void)state;
    char command[256];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static inline pid_t start(char *const argv[], const char *output)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        (void)dup2(fd, 1);
        (void)dup2(fd, 2);
        (void)execv(argv[0], argv);
        _exit(127);
    }
    return pid;
}

static inline void show(const char *path)
{
    char line[512];
    FILE *f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        (void)fputs(line, stderr);
    }
    if (f != NULL) {
        (void)fclose(f);
    }
}

static inline json_int_t number_of(const json_t *summary, const char *key)
{
    json_t *value = json_object_get(summary, key);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static inline bool holds(const uint8_t *data, size_t size, const char *text)
{
    return memmem(data, size, text, strlen(text)) != NULL;
}

static inline bool file_holds(const char *path, const char *text)
{
    static uint8_t block[1 << 20];
    FILE *f = fopen(path, "rb");
    size_t keep = strlen(text), have = 0;
    bool found = false;
    for (size_t n; f != NULL && !found && (n = fread(block + have, 1, sizeof block - have, f)) > 0;) {
        have += n;
        found = holds(block, have, text);
        size_t tail = have < keep ? have : keep;
        memmove(block, block + have - tail, tail);
        have = tail;
    }
    if (f != NULL) {
        (void)fclose(f);
    }
    return found;
}

static inline void await_line(const char *log, const char *text, pid_t pid)
{
    for (int i = 0; i < 6000 && !file_holds(log, text); i++) {
        if (waitpid(pid, NULL, WNOHANG) == pid) {
            show(log);
            fail_msg("the exercise ended before it said: %s", text);
        }
        (void)poll(NULL, 0, 50); /* between two looks at the condition */
    }
    assert_true(file_holds(log, text));
}

#endif
