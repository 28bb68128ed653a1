/* hub - see hub.h. */
#include "tests/system/hub.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROGRAMS TB_BINARY_DIR "/bin/"
/* Below those a system gives away by itself: a client that dials a port nobody listens on could
 * otherwise reach itself. */
#define PORT_FIRST 20000
#define PORT_COUNT 10000
#define WORDS_MAX  24
#define REPEAT_MS  1500
/* The first version that lists the parties. */
#define FIRST_DIRECTORY 2
#define QUOTA           "16777216"
/* A file system that no disk stands behind, and what must be free there. */
#define MEMORY_FOLDER "/dev/shm"
#define MEMORY_ROOM   (512ull * 1024 * 1024)

/* ---- time, paths, files ---- */

int64_t sys_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sys_pause(void)
{
    struct timespec pause = {0, 20000000};
    (void)nanosleep(&pause, NULL);
}

void sys_path(const sys_hub *hub, char out[SYS_PATH], const char *form, ...)
{
    va_list values;
    int size = snprintf(out, SYS_PATH, "%s/", hub->folder);
    va_start(values, form);
    size += vsnprintf(out + size, SYS_PATH - (size_t)size, form, values);
    va_end(values);
    assert_true(size < SYS_PATH);
}

static void shell(const char *form, ...) __attribute__((format(printf, 1, 2)));

static void shell(const char *form, ...)
{
    char command[4 * SYS_PATH];
    va_list values;
    va_start(values, form);
    assert_true(vsnprintf(command, sizeof command, form, values) < (int)sizeof command);
    va_end(values);
    assert_int_equal(system(command), 0);
}

/* ---- processes ---- */

/* A child that outlives nothing; both outputs go to the open file. */
static pid_t start(char *const argv[], int output)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        int null = open("/dev/null", O_RDONLY);
        if (getppid() != parent || dup2(null, 0) < 0 || dup2(output, 1) < 0 ||
            dup2(output, 2) < 0) {
            _exit(126);
        }
        (void)execv(argv[0], argv);
        _exit(127);
    }
    return pid;
}

static pid_t start_logged(const sys_hub *hub, const char *name, char *const argv[])
{
    char path[SYS_PATH];
    sys_path(hub, path, "logs/%s.log", name);
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(log >= 0);
    pid_t pid = start(argv, log);
    (void)close(log);
    return pid;
}

static bool stands_still(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    int rc = waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG | WNOWAIT);
    return rc == 0 && info.si_pid == pid;
}

/* A process that was asked to end ends well. */
static void stop(pid_t *pid, int with, const char *name)
{
    int status = 0;
    if (*pid == 0) {
        return;
    }
    /* In this order, so that it does nothing more; and only one that stands still: a SIGCONT takes
     * back the stop by which a sanitizer looks for leaks at the end, which would wait for ever. */
    bool still = stands_still(*pid);
    (void)kill(*pid, with);
    if (still) {
        (void)kill(*pid, SIGCONT);
    }
    assert_int_equal(waitpid(*pid, &status, 0), *pid);
    *pid = 0;
    if (with != SIGKILL && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        fail_msg("%s ended with status %x", name, (unsigned)status);
    }
}

/* The words of a program's command line; argv ends with NULL. */
typedef struct word_list {
    char text[2 * WORDS_MAX][SYS_PATH];
    char *argv[2 * WORDS_MAX + 1];
    size_t count;
} word_list;

static void say_word(word_list *w, const char *word)
{
    assert_true(w->count < 2 * WORDS_MAX);
    assert_true(snprintf(w->text[w->count], SYS_PATH, "%s", word) < SYS_PATH);
    w->argv[w->count] = w->text[w->count];
    w->argv[++w->count] = NULL;
}

/* An option with its value, or a word alone. */
static void say(word_list *w, const char *option, const char *value)
{
    say_word(w, option);
    if (value != NULL) {
        say_word(w, value);
    }
}

/* words ends with NULL. */
static int run(sys_hub *hub, const char *name, const char *const *words)
{
    char program[SYS_PATH];
    char copies[WORDS_MAX][SYS_PATH];
    char *argv[WORDS_MAX + 2] = {program};
    (void)snprintf(program, sizeof program, PROGRAMS "%s", name);
    for (size_t i = 0; words[i] != NULL; i++) {
        assert_true(i < WORDS_MAX);
        assert_true(snprintf(copies[i], SYS_PATH, "%s", words[i]) < SYS_PATH);
        argv[i + 1] = copies[i];
    }

    char path[SYS_PATH];
    sys_path(hub, path, "output");
    int output = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(output >= 0);
    pid_t pid = start(argv, output);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    ssize_t size = pread(output, hub->output, sizeof hub->output - 1, 0);
    hub->output[size > 0 ? size : 0] = '\0';
    (void)close(output);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Puts the words behind those that are there. */
static void collect(const char **words, size_t count, const char *word, va_list values)
{
    for (const char *at = word; at != NULL; at = va_arg(values, const char *)) {
        assert_true(count < WORDS_MAX);
        words[count++] = at;
    }
    words[count] = NULL;
}

static int run_words(sys_hub *hub, const char *name, const char *word, va_list values)
{
    const char *words[WORDS_MAX + 1];
    collect(words, 0, word, values);
    return run(hub, name, words);
}

int sys_tongbao(sys_hub *hub, const char *word, ...)
{
    va_list values;
    va_start(values, word);
    int code = run_words(hub, "tongbao", word, values);
    va_end(values);
    return code;
}

int sys_tongbao_agent(sys_hub *hub, const char *word, ...)
{
    va_list values;
    va_start(values, word);
    int code = run_words(hub, "tongbao-agent", word, values);
    va_end(values);
    return code;
}

int sys_program(sys_hub *hub, const char *program, const char *word, ...)
{
    va_list values;
    va_start(values, word);
    int code = run_words(hub, program, word, values);
    va_end(values);
    return code;
}

int sys_tongbao_broker(sys_hub *hub, const char *word, ...)
{
    va_list values;
    va_start(values, word);
    int code = run_words(hub, "tongbao-broker", word, values);
    va_end(values);
    return code;
}

int sys_tongbao_at(sys_agent *agent, const char *word, ...)
{
    char socket[SYS_PATH];
    (void)snprintf(socket, sizeof socket, "%.300s/%s.sock", agent->hub->run, agent->name);
    const char *words[WORDS_MAX + 1] = {"--socket", socket, "--lang", "en"};
    va_list values;
    va_start(values, word);
    collect(words, 4, word, values);
    va_end(values);
    return run(agent->hub, "tongbao", words);
}

int sys_ended(pid_t *pid)
{
    int status = 0;
    pid_t ended = 0;
    SYS_AWAIT((ended = waitpid(*pid, &status, WNOHANG)) != 0);
    assert_int_equal(ended, *pid);
    *pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

pid_t sys_beside(sys_hub *hub, const char *name, char *const argv[])
{
    return start_logged(hub, name, argv);
}

void sys_beside_end(pid_t *pid, const char *name)
{
    stop(pid, SIGTERM, name);
}

void sys_socket(const sys_hub *hub, const char *name, char out[SYS_PATH])
{
    assert_true(snprintf(out, SYS_PATH, "%.300s/%s.sock", hub->run, name) < 100);
}

/* ---- the authority ---- */

void sys_directory_enrol(sys_hub *hub, const char *party, bool off_line, const char *request)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    const char *words[WORDS_MAX + 1];
    size_t count = 0;
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    const char *const fixed[] = {"directory",   "enrol",   "--dir",   directory,
                                 "--authority", authority, "--party", party};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        words[count++] = fixed[i];
    }
    if (off_line) {
        words[count++] = "--off-line";
    }
    if (request != NULL) {
        words[count++] = "--request";
        words[count++] = request;
    }
    if (strchr(party, '.') == NULL) {
        const char *const fresh[] = {"--role", "operator",  "--name-zh",
                                     "某公司", "--name-en", party};
        for (size_t i = 0; i < sizeof fresh / sizeof fresh[0]; i++) {
            words[count++] = fresh[i];
        }
    }
    words[count] = NULL;
    if (run(hub, "tongbao", words) != 0) {
        fail_msg("%s", hub->output);
    }
    hub->published = 1 + (hub->published > hub->directory ? hub->published : hub->directory);
}

void sys_directory_install(sys_agent *agent)
{
    char path[SYS_PATH];
    sys_path(agent->hub, path, "directory/directory.%u.doc", agent->hub->published);
    if (sys_tongbao_at(agent, "directory", "install", path, (char *)NULL) != 0) {
        fail_msg("%s", agent->hub->output);
    }
}

/* ---- faults ---- */

static char asan_before[256];

void sys_faults_begin(sys_hub *hub, int64_t clock_ahead_ms)
{
    char path[SYS_PATH];
    char options[320];
    char ahead[32];
    sys_path(hub, path, "fault");
    (void)snprintf(ahead, sizeof ahead, "%lld", (long long)clock_ahead_ms);
    assert_int_equal(setenv("TONGBAO_FAULT_FILE", path, 1), 0);
    assert_int_equal(setenv("TONGBAO_FAULT_CLOCK_MS", ahead, 1), 0);
    assert_int_equal(setenv("LD_PRELOAD", TB_FAULT_LIBRARY, 1), 0);
    /* The sanitizer's own library would insist on being the first. */
    const char *before = getenv("ASAN_OPTIONS");
    (void)snprintf(asan_before, sizeof asan_before, "%s", before == NULL ? "" : before);
    (void)snprintf(options, sizeof options, "%s:verify_asan_link_order=0", asan_before);
    assert_int_equal(setenv("ASAN_OPTIONS", options, 1), 0);
}

void sys_faults_end(sys_hub *hub)
{
    sys_disk_fails(hub, false);
    if (getenv("LD_PRELOAD") != NULL) {
        assert_int_equal(unsetenv("LD_PRELOAD"), 0);
        assert_int_equal(setenv("ASAN_OPTIONS", asan_before, 1), 0);
    }
}

void sys_disk_fails(sys_hub *hub, bool fails)
{
    char path[SYS_PATH];
    sys_path(hub, path, "fault");
    if (!fails) {
        (void)unlink(path);
        return;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    (void)close(fd);
}

/* ---- the broker ---- */

static bool port_free(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)},
                                  .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_free = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return is_free;
}

static void choose_port(sys_hub *hub)
{
    unsigned at = 0;
    assert_int_equal(getrandom(&at, sizeof at, 0), sizeof at);
    while (!port_free(PORT_FIRST + at % PORT_COUNT)) {
        at++;
    }
    (void)snprintf(hub->endpoint, sizeof hub->endpoint, "tcp://127.0.0.1:%u",
                   PORT_FIRST + at % PORT_COUNT);
}

static off_t log_size(const sys_hub *hub, const char *name)
{
    char path[SYS_PATH];
    struct stat status;
    sys_path(hub, path, "logs/%s.log", name);
    return stat(path, &status) == 0 ? status.st_size : 0;
}

static bool said_since(const sys_hub *hub, const char *name, off_t from, const char *text)
{
    char path[SYS_PATH];
    static char block[1 << 16];
    sys_path(hub, path, "logs/%s.log", name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? 0 : pread(fd, block, sizeof block, from);
    if (fd >= 0) {
        (void)close(fd);
    }
    return size > 0 && memmem(block, (size_t)size, text, strlen(text)) != NULL;
}

void sys_broker_launch(sys_hub *hub)
{
    char program[] = PROGRAMS "tongbao-broker";
    char store[SYS_PATH];
    char key[SYS_PATH];
    char directory[SYS_PATH];
    char socket[SYS_PATH];
    sys_socket(hub, "hub", socket);
    sys_path(hub, store, "stores/%s", hub->store);
    sys_path(hub, key, "keys/%s.key", hub->broker_key);
    sys_path(hub, directory, "directory/directory.%u.doc", hub->directory);
    static word_list w;
    w.count = 0;
    say(&w, program, NULL);
    say(&w, "--store", store);
    say(&w, "--key", key);
    say(&w, "--directory", directory);
    say(&w, "--listen", hub->endpoint);
    say(&w, "--quota", hub->quota);
    say(&w, "--socket", socket);
    say(&w, "--verbose", NULL);
    assert_int_equal(hub->broker, 0);
    hub->broker = start_logged(hub, "hub", w.argv);
}

void sys_broker_start(sys_hub *hub)
{
    off_t before = log_size(hub, "hub");
    sys_broker_launch(hub);
    SYS_AWAIT(said_since(hub, "hub", before, "event=ready"));
}

void sys_broker_stop(sys_hub *hub, int with)
{
    stop(&hub->broker, with, "the broker");
}

/* ---- agents ---- */

sys_agent *sys_agent_add(sys_hub *hub, const char *party, const char *name)
{
    assert_true(hub->agent_count < SYS_AGENTS_MAX);
    sys_agent *agent = &hub->agents[hub->agent_count++];
    memset(agent, 0, sizeof *agent);
    agent->hub = hub;
    (void)snprintf(agent->party, sizeof agent->party, "%s", party);
    (void)snprintf(agent->name, sizeof agent->name, "%s", name == NULL ? party : name);
    (void)snprintf(agent->quota, sizeof agent->quota, "%s", QUOTA);
    (void)snprintf(agent->endpoint, sizeof agent->endpoint, "%s", hub->endpoint);
    (void)snprintf(agent->key, sizeof agent->key, "%s", party);
    return agent;
}

static bool listens(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    bool does = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    (void)close(fd);
    return does;
}

static void hang_up(sys_agent *agent)
{
    if (agent->talks) {
        tb_client_close(&agent->client);
        agent->talks = false;
    }
}

void sys_agent_launch(sys_agent *agent)
{
    const sys_hub *hub = agent->hub;
    char program[] = PROGRAMS "tongbao-agent";
    char store[SYS_PATH];
    char key[SYS_PATH];
    char directory[SYS_PATH];
    char socket[SYS_PATH];
    char relay[SYS_PATH];
    char question[SYS_PATH];
    char handled[SYS_PATH];
    char old_key[SYS_PATH];
    sys_path(hub, store, "stores/%s", agent->name);
    sys_path(hub, key, "keys/%s.key", agent->key);
    sys_path(hub, old_key, "keys/%s.key", agent->old_key);
    sys_path(hub, directory, "directory/directory.%u.doc",
             agent->directory == 0 ? hub->directory : agent->directory);
    sys_path(hub, relay, "documents/relay.doc");
    sys_path(hub, question, "documents/question.doc");
    sys_path(hub, handled, "documents/handled.doc");
    sys_socket(hub, agent->name, socket);
    static word_list w;
    w.count = 0;
    say(&w, program, NULL);
    say(&w, "--party", agent->party);
    say(&w, "--store", store);
    say(&w, "--key", key);
    say(&w, "--directory", directory);
    say(&w, "--hub", agent->endpoint);
    say(&w, "--socket", socket);
    say(&w, "--document", relay);
    say(&w, "--document", question);
    say(&w, "--document", handled);
    say(&w, "--quota", agent->quota);
    for (size_t i = 0; i < hub->extra_count; i++) {
        char extra[SYS_PATH];
        sys_path(hub, extra, "documents/%s.doc", hub->extra[i]);
        say(&w, "--document", extra);
    }
    if (agent->old_key[0] != '\0') {
        say(&w, "--old-key", old_key);
    }
    if (agent->old_key_life[0] != '\0') {
        say(&w, "--old-key-life", agent->old_key_life);
    }
    assert_int_equal(agent->pid, 0);
    hang_up(agent);
    agent->pid = start_logged(hub, agent->name, w.argv);
}

bool sys_agent_listens(const sys_agent *agent)
{
    char socket[SYS_PATH];
    sys_socket(agent->hub, agent->name, socket);
    return listens(socket);
}

void sys_agent_call(sys_agent *agent)
{
    char socket[SYS_PATH];
    hang_up(agent);
    sys_socket(agent->hub, agent->name, socket);
    tb_common common = {.socket = socket, .account = "clerk", .time = "2015-03-02 09:00"};
    assert_int_equal(tb_client_open(&common, &agent->client), 0);
    agent->client.timeout_ms = REPEAT_MS;
    agent->client.path = agent->name; /* the one given was on this stack */
    agent->talks = true;
}

void sys_agent_start(sys_agent *agent)
{
    sys_agent_launch(agent);
    SYS_AWAIT(sys_agent_listens(agent));
    sys_agent_call(agent);
}

void sys_agent_stop(sys_agent *agent, int with)
{
    hang_up(agent);
    stop(&agent->pid, with, agent->name);
}

sys_agent *sys_agent_linked(sys_hub *hub, const char *party)
{
    sys_agent *agent = sys_agent_add(hub, party, NULL);
    sys_agent_start(agent);
    SYS_AWAIT(sys_status(agent)->linked);
    return agent;
}

/* ---- stores ---- */

void sys_store_keep(sys_hub *hub, const char *name, const char *as)
{
    shell("cp -a '%s/stores/%s' '%s/stores/%s'", hub->folder, name, hub->folder, as);
}

void sys_store_put_back(sys_hub *hub, const char *name, const char *as)
{
    sys_store_lose(hub, name);
    shell("cp -a '%s/stores/%s' '%s/stores/%s'", hub->folder, as, hub->folder, name);
}

void sys_store_lose(sys_hub *hub, const char *name)
{
    shell("rm -rf '%s/stores/%s'", hub->folder, name);
}

/* ---- set-up and tear-down ---- */

static void sign_as(sys_hub *hub,
                    const char *kind,
                    const char *name,
                    const char *version,
                    const char *from,
                    const char *out)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    int code =
        sys_tongbao(hub, "document", "sign", "--authority", authority, "--dir", directory, "--kind",
                    kind, "--name", name, "--version", version, "--out", out, from, (char *)NULL);
    if (code != 0) {
        fail_msg("%s", hub->output);
    }
}

static void sign(sys_hub *hub, const char *kind, const char *name, const char *from)
{
    char out[SYS_PATH];
    sys_path(hub, out, "documents/%s.doc", name);
    sign_as(hub, kind, name, "1", from, out);
}

void sys_sign_campaign(sys_hub *hub, const char *name, const char *version, const char *from)
{
    char out[SYS_PATH];
    sys_path(hub, out, "documents/%s.%s.doc", name, version);
    sign_as(hub, "campaign", name, version, from, out);
}

void sys_document(sys_hub *hub, const char *kind, const char *name, const char *from)
{
    assert_true(hub->extra_count < SYS_EXTRA_MAX);
    sign(hub, kind, name, from);
    (void)snprintf(hub->extra[hub->extra_count++], sizeof hub->extra[0], "%s", name);
}

static int set_up(void **state, const char *provinces, const char *under)
{
    static sys_hub hub;
    memset(&hub, 0, sizeof hub);
    hub.directory = FIRST_DIRECTORY;
    (void)snprintf(hub.folder, sizeof hub.folder, "%s/tongbao-test-XXXXXX", under);
    assert_non_null(mkdtemp(hub.folder));
    (void)snprintf(hub.run, sizeof hub.run, "%.100s/run", hub.folder);
    (void)snprintf(hub.store, sizeof hub.store, "hub");
    (void)snprintf(hub.quota, sizeof hub.quota, "%s", QUOTA);
    shell("mkdir '%s/stores' '%s/logs' '%s/documents'", hub.folder, hub.folder, hub.folder);
    choose_port(&hub);
    hub.directory = 2;
    (void)snprintf(hub.broker_key, sizeof hub.broker_key, "hub");
    int code =
        sys_tongbao(&hub, "directory", "exercise", "--provinces", provinces, "--table",
                    TB_SOURCE_DIR "/ops/tables/provinces.csv", "--out", hub.folder, (char *)NULL);
    if (code != 0) {
        fail_msg("%s", hub.output);
    }
    sign(&hub, "campaign", "relay", TB_SOURCE_DIR "/ops/campaigns/relay.yaml");
    sign(&hub, "campaign", "question", TB_SOURCE_DIR "/tests/system/question.yaml");
    sign(&hub, "campaign", "handled", TB_SOURCE_DIR "/tests/system/handled.yaml");
    *state = &hub;
    return 0;
}

int sys_set_up(void **state)
{
    return set_up(state, "1", "/tmp");
}

int sys_set_up_in_memory(void **state)
{
    struct statvfs room;
    bool enough = statvfs(MEMORY_FOLDER, &room) == 0 &&
                  (uint64_t)room.f_bavail * room.f_frsize >= MEMORY_ROOM;
    return set_up(state, "1", enough ? MEMORY_FOLDER : "/tmp");
}

int sys_set_up_two(void **state)
{
    return set_up(state, "2", "/tmp");
}

int sys_set_up_all(void **state)
{
    return set_up(state, "31", "/tmp");
}

static void no_sanitizer_spoke(const sys_hub *hub, const char *name)
{
    assert_false(sys_log_says(hub, name, "Sanitizer"));
    assert_false(sys_log_says(hub, name, "runtime error"));
}

int sys_tear_down(void **state)
{
    sys_hub *hub = *state;
    sys_faults_end(hub);
    for (size_t i = 0; i < hub->agent_count; i++) {
        sys_agent_stop(&hub->agents[i], SIGTERM);
        no_sanitizer_spoke(hub, hub->agents[i].name);
    }
    sys_broker_stop(hub, SIGTERM);
    no_sanitizer_spoke(hub, "hub");
    if (getenv("TONGBAO_TEST_KEEP") == NULL) {
        shell("rm -rf '%s'", hub->folder);
    }
    return 0;
}
