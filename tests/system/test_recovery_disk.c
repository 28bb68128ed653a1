/* Full and dead disks: new work is refused and comes back with the space, a neighbour that fills
 * the disk stops nothing, and after a failed write the restart reads the truth. */
#include "tests/system/hub.h"

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"

#define A "bureau.11"
#define B "hq"
#define C "ct.11"

#define SMALL_QUOTA "4194304"
#define TEXT_BYTES  3000

/* A long text, told apart by its number. */
static const char *long_text(unsigned number)
{
    static char text[TEXT_BYTES + 1];
    memset(text, 'x', TEXT_BYTES);
    (void)snprintf(text, sizeof text, "long text %u ", number);
    text[strlen(text)] = 'x';
    return text;
}

static void small_hub(sys_hub *hub)
{
    (void)snprintf(hub->quota, sizeof hub->quota, SMALL_QUOTA);
    sys_broker_start(hub);
}

static void
a_full_hub_refuses_new_work_goes_on_draining_and_takes_it_when_space_returns(void **state)
{
    sys_hub *hub = *state;
    small_hub(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    pid_t broker = hub->broker;
    sys_agent_stop(c, SIGTERM);
    unsigned sent = 0;
    while (!sys_log_says(hub, A, "event=hub_refused code=store_full")) {
        (void)sys_send_any(a, C, long_text(sent++));
        assert_true(sent < 3000);
    }
    tb_local_trace_line line;
    tb_local_acted waits = sys_send(b, A, "when the hub is full");
    SYS_AWAIT(sys_where(b, &waits.event, A, &line) == TB_WHERE_OUTBOX &&
              line.code == TB_REFUSED_STORE_FULL);
    assert_non_null(memmem(line.why_en.data, line.why_en.size, "store is full", 13));
    assert_int_equal(sys_times(a, "when the hub is full"), 0);

    /* Marks and trims go on: its recipient returns, and with the space the work. */
    sys_agent_start(c);
    SYS_AWAIT(sys_status(c)->cases == sent);
    SYS_AWAIT(sys_times(a, "when the hub is full") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    (void)sys_send(a, C, "and on");
    SYS_AWAIT(sys_times(c, "and on") == 1);
    assert_int_equal(hub->broker, broker);
    assert_int_equal(sys_status(c)->cases, sent + 1);
    for (unsigned i = 0; i < sent; i += 97) {
        assert_int_equal(sys_times(c, long_text(i)), 1);
    }
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

static void a_full_agent_says_so_goes_on_with_marks_and_takes_work_with_a_larger_quota(void **state)
{
    sys_hub *hub = *state;
    char socket[SYS_PATH];
    sys_broker_start(hub);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *a = sys_agent_add(hub, A, NULL);
    (void)snprintf(a->quota, sizeof a->quota, SMALL_QUOTA);
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    unsigned sent = 0;
    int code = 0;
    sys_socket(hub, A, socket);
    /* Marks free what was only kept for sending; cases stay, so in the end there is no room. */
    while (code == 0) {
        for (unsigned i = 0; i < 20; i++) {
            const tb_local_answer *answer = sys_send_any(a, B, long_text(sent));
            assert_true(answer->code == TB_ACCEPTED || answer->code == TB_REFUSED_STORE_FULL);
            sent += answer->code == TB_ACCEPTED ? 1 : 0;
        }
        assert_true(sent < 3000);
        code = sys_tongbao(hub, "--lang", "en", "--socket", socket, "case", "open", "relay",
                           "to=" B, "text=no room", (char *)NULL);
    }
    assert_int_equal(code, 1);
    assert_non_null(strstr(hub->output, "watermark"));
    assert_non_null(strstr(hub->output, "警戒线"));

    /* What it had accepted arrives all the same, and it hears so. */
    uint64_t cases = sys_status(a)->cases;
    assert_true(cases >= sent);
    SYS_AWAIT(sys_status(b)->cases == cases);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    sys_agent_stop(a, SIGTERM);
    (void)snprintf(a->quota, sizeof a->quota, "16777216");
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    (void)sys_send(a, B, "with a larger quota");
    SYS_AWAIT(sys_times(b, "with a larger quota") == 1);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* A process that holds a snapshot of the hub's store, as a backup does that hangs. */
static pid_t pin_pages(const sys_hub *hub)
{
    char path[SYS_PATH];
    char ready = 0;
    int pipe_of[2];
    sys_path(hub, path, "stores/%s", hub->store);
    assert_int_equal(pipe(pipe_of), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        MDB_env *env = NULL;
        MDB_txn *txn = NULL;
        bool good = mdb_env_create(&env) == 0 && mdb_env_open(env, path, MDB_RDONLY, 0600) == 0 &&
                    mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) == 0 &&
                    write(pipe_of[1], &ready, 1) == 1;
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (good) {
            (void)pause();
        }
        _exit(1);
    }
    (void)close(pipe_of[1]);
    assert_int_equal(read(pipe_of[0], &ready, 1), 1);
    (void)close(pipe_of[0]);
    return pid;
}

/* How often a text stands in a log. */
static unsigned log_count(const sys_hub *hub, const char *name, const char *text)
{
    char path[SYS_PATH];
    char line[4096];
    unsigned count = 0;
    sys_path(hub, path, "logs/%s.log", name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        count += strstr(line, text) != NULL ? 1 : 0;
    }
    (void)fclose(file);
    return count;
}

#define TICK_DROPPED  "event=input_dropped kind=tick"
#define FRAME_DROPPED "event=input_dropped kind=frame"

static void a_reader_that_hangs_and_is_killed_costs_time_and_nothing_else(void **state)
{
    sys_hub *hub = *state;
    small_hub(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    pid_t broker = hub->broker;
    pid_t reader = pin_pages(hub);
    int64_t from = sys_now_ms();
    unsigned sent = 0;
    while (!sys_log_says(hub, "hub", "why=\"the store is full\"")) {
        (void)sys_send_any(a, B, long_text(sent++));
        assert_true(sent < 3000);
    }
    /* No notice fits any more, nor perhaps a tick; and the hub does not try without pause. */
    unsigned frames = log_count(hub, "hub", FRAME_DROPPED);
    SYS_AWAIT(log_count(hub, "hub", FRAME_DROPPED) > frames);
    int64_t seconds = (sys_now_ms() - from) / TB_FULL_PAUSE_MS;
    assert_true(log_count(hub, "hub", TICK_DROPPED) <= 2 + (unsigned)seconds);

    assert_int_equal(kill(reader, SIGKILL), 0);
    assert_int_equal(waitpid(reader, NULL, 0), reader);
    SYS_AWAIT(sys_status(b)->cases == sent);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    (void)sys_send(b, A, "and on");
    SYS_AWAIT(sys_times(a, "and on") == 1);
    assert_int_equal(hub->broker, broker);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* A small file system of its own for the hub's store; false when this process may not mount. */
static bool mount_small(sys_hub *hub, char path[SYS_PATH])
{
    sys_path(hub, path, "stores/hub");
    assert_int_equal(mkdir(path, 0700), 0);
    return mount("tmpfs", path, "tmpfs", 0, "size=6m,mode=0700") == 0;
}

static void fill_disk(const char *path)
{
    static char block[65536];
    char file[SYS_PATH];
    struct statvfs disk;
    assert_true(snprintf(file, sizeof file, "%.400s/neighbour", path) < SYS_PATH);
    int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (size_t size = sizeof block; size > 0; size /= 2) {
        while (write(fd, block, size) == (ssize_t)size) {
        }
    }
    (void)close(fd);
    assert_int_equal(statvfs(path, &disk), 0);
    assert_int_equal(disk.f_bavail, 0);
}

static void a_neighbour_that_fills_the_disk_stops_nothing(void **state)
{
    sys_hub *hub = *state;
    char path[SYS_PATH];
    if (!mount_small(hub, path)) {
        print_message("skipped: mounting a small file system needs root (%s)\n", strerror(errno));
        skip();
    }
    small_hub(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    (void)sys_send(a, B, "before");
    SYS_AWAIT(sys_times(b, "before") == 1);
    fill_disk(path);
    for (unsigned i = 0; i < 50; i++) {
        (void)sys_send(a, B, long_text(i));
    }
    SYS_AWAIT(sys_status(b)->cases == 51);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_false(sys_log_says(hub, A, "store_full"));
    /* A restart too finds its quota where it was. */
    sys_broker_stop(hub, SIGTERM);
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked);
    (void)sys_send(a, B, "after");
    SYS_AWAIT(sys_times(b, "after") == 1);
    sys_broker_stop(hub, SIGTERM);
    assert_int_equal(umount2(path, MNT_DETACH), 0);
}

static void a_disk_without_room_for_the_quota_is_refused_at_start(void **state)
{
    sys_hub *hub = *state;
    char path[SYS_PATH];
    char key[SYS_PATH];
    char directory[SYS_PATH];
    if (!mount_small(hub, path)) {
        print_message("skipped: mounting a small file system needs root (%s)\n", strerror(errno));
        skip();
    }
    sys_path(hub, key, "keys/hub.key");
    sys_path(hub, directory, "directory/directory.2.doc");
    assert_int_equal(sys_program(hub, "tongbao-broker", "--store", path, "--key", key,
                                 "--directory", directory, "--listen", hub->endpoint, "--quota",
                                 "8M", (char *)NULL),
                     73);
    assert_non_null(strstr(hub->output, "the store is full"));
    assert_int_equal(umount2(path, MNT_DETACH), 0);
}

static void a_hub_whose_disk_fails_ends_and_its_restart_reads_the_truth(void **state)
{
    sys_hub *hub = *state;
    sys_faults_begin(hub, 0);
    sys_broker_start(hub);
    sys_faults_end(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    (void)sys_send(a, B, "before");
    SYS_AWAIT(sys_times(b, "before") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);

    sys_disk_fails(hub, true);
    tb_local_acted during = sys_send(a, B, "during");
    assert_int_equal(sys_ended(&hub->broker), 74);
    assert_true(sys_log_says(hub, "hub", "event=stop what=\"commit failed"));
    assert_true(sys_where(a, &during.event, B, NULL) == TB_WHERE_OUTBOX);
    assert_int_equal(sys_times(b, "during"), 0);
    sys_disk_fails(hub, false);
    sys_broker_start(hub);
    SYS_AWAIT(sys_times(b, "during") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_int_equal(sys_times(b, "before"), 1);
    assert_int_equal(sys_status(b)->cases, 2);
    assert_true(sys_sound(a) && sys_sound(b));
}

static void an_agent_whose_disk_fails_ends_and_its_restart_reads_the_truth(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_faults_begin(hub, 0);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_faults_end(hub);
    (void)sys_send(a, B, "before");
    SYS_AWAIT(sys_times(b, "before") == 1);

    /* Whoever asked hears nothing: it is not known whether it is on disk. */
    tb_field fields[2] = {{tb_bytes_str("to"), tb_bytes_str(B)},
                          {tb_bytes_str("text"), tb_bytes_str("during")}};
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    request.open = (tb_local_open){.campaign = tb_bytes_str("relay"),
                                   .case_type = tb_bytes_str("note"),
                                   .fields = fields,
                                   .field_count = 2};
    tb_request_id id = {{7, 7, 7}};
    tb_local_answer answer;
    a->client.has_id = true;
    a->client.id = id;
    sys_disk_fails(hub, true);
    assert_int_equal(tb_client_ask(&a->client, &request, &answer), TB_ASKED_NOTHING);
    assert_int_equal(sys_ended(&a->pid), 1);
    assert_true(sys_log_says(hub, A, "event=stop what=\"the store failed\""));

    /* Asked again under the same id it happens once, whatever had become of it. */
    sys_disk_fails(hub, false);
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    a->client.has_id = true;
    a->client.id = id;
    assert_int_equal(tb_client_ask(&a->client, &request, &answer), TB_ASKED_ANSWERED);
    assert_int_equal(answer.code, TB_ACCEPTED);
    SYS_AWAIT(sys_times(b, "during") == 1);
    assert_int_equal(sys_status(b)->cases, 2);
    assert_int_equal(sys_times(a, "during"), 1);
    assert_false(sys_status(a)->fenced);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* What a disk that lied about a flush leaves behind, or one that does not give a block back: pages
 * that the store counts on are not there. */
static void cut_short(const sys_hub *hub, const char *store)
{
    char path[SYS_PATH];
    sys_path(hub, path, "stores/%s/data.mdb", store);
    assert_int_equal(truncate(path, 3 * 4096), 0);
}

static void a_store_whose_file_cannot_be_read_is_told_with_what_to_do(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    (void)sys_send(a, B, "before");
    SYS_AWAIT(sys_status(a)->outbox == 1);
    sys_agent_stop(a, SIGTERM);
    sys_broker_stop(hub, SIGTERM);

    cut_short(hub, A);
    sys_agent_launch(a);
    assert_int_equal(sys_ended(&a->pid), 1);
    assert_true(sys_log_says(hub, A, "event=stop what=\"the store's file is damaged"));
    assert_true(sys_log_says(hub, A, "tongbao-agent restore --help"));

    cut_short(hub, hub->store);
    sys_broker_launch(hub);
    assert_int_equal(sys_ended(&hub->broker), 73);
    assert_true(sys_log_says(hub, "hub", "event=stop what=\"the store's file is damaged"));
    assert_true(sys_log_says(hub, "hub", "tongbao-broker restore --help"));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_full_hub_refuses_new_work_goes_on_draining_and_takes_it_when_space_returns),
    SYSTEM_TEST(a_full_agent_says_so_goes_on_with_marks_and_takes_work_with_a_larger_quota),
    SYSTEM_TEST(a_reader_that_hangs_and_is_killed_costs_time_and_nothing_else),
    SYSTEM_TEST(a_neighbour_that_fills_the_disk_stops_nothing),
    SYSTEM_TEST(a_disk_without_room_for_the_quota_is_refused_at_start),
    SYSTEM_TEST(a_hub_whose_disk_fails_ends_and_its_restart_reads_the_truth),
    SYSTEM_TEST(an_agent_whose_disk_fails_ends_and_its_restart_reads_the_truth),
    SYSTEM_TEST(a_store_whose_file_cannot_be_read_is_told_with_what_to_do),
};

TB_RUN("system/recovery_disk", tests)
