/* look - what a test looks at beside the hub: files, logs, memory (hub.h). */
#include "tests/system/hub.h"

#include <dirent.h>
#include <sched.h>

bool sys_file_holds(const char *path, const void *data, size_t size)
{
    static uint8_t block[1 << 18];
    FILE *file = fopen(path, "rb");
    size_t have = 0;
    bool found = false;
    assert_true(size > 0 && size < sizeof block / 2);
    for (size_t n;
         file != NULL && !found && (n = fread(block + have, 1, sizeof block - have, file)) > 0;) {
        have += n;
        found = memmem(block, have, data, size) != NULL;
        size_t tail = have < size ? have : size;
        memmove(block, block + have - tail, tail);
        have = tail;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return found;
}

bool sys_log_says(const sys_hub *hub, const char *name, const char *text)
{
    char path[SYS_PATH];
    sys_path(hub, path, "logs/%s.log", name);
    return sys_file_holds(path, text, strlen(text));
}

size_t sys_memory_kb(pid_t pid)
{
    char path[64];
    char line[256];
    size_t kb = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "RssAnon: %zu", &kb);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kb;
}

/* Linux schedules threads. */
bool sys_real_time(pid_t pid, int priority)
{
    char path[64];
    struct sched_param real_time = {.sched_priority = priority};
    bool allowed = true;
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    assert_non_null(threads);
    for (struct dirent *entry; allowed && (entry = readdir(threads)) != NULL;) {
        pid_t thread = atoi(entry->d_name);
        allowed = thread == 0 || sched_setscheduler(thread, SCHED_RR, &real_time) == 0;
    }
    (void)closedir(threads);
    return allowed;
}

void sys_keep_nothing_back(void)
{
    char options[512];
    const char *given = getenv("ASAN_OPTIONS");
    (void)snprintf(options, sizeof options,
                   "%s:quarantine_size_mb=0:thread_local_quarantine_size_kb=0",
                   given == NULL ? "" : given);
    assert_int_equal(setenv("ASAN_OPTIONS", options, 1), 0);
}
