/* Backups are made while hub and agents work; restored elsewhere, nothing is lost and nothing
 * twice. */
#include "tests/system/hub.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keyfile/keyfile.h"

#define A "bureau.11"
#define B "hq"
#define C "ct.11"

/* `PROGRAM backup|restore` of stores/STORE and backups/FOLDER; its exit code. */
static int
keep(sys_hub *hub, const char *program, const char *verb, const char *folder, const char *store)
{
    char backup[SYS_PATH];
    char path[SYS_PATH];
    sys_path(hub, backup, "%s", folder);
    sys_path(hub, path, "stores/%s", store);
    return strcmp(verb, "restore") == 0
               ? sys_program(hub, program, verb, backup, "--store", path, "--quota", "16M",
                             "--lang", "en", (char *)NULL)
               : sys_program(hub, program, verb, backup, "--store", path, "--lang", "en",
                             (char *)NULL);
}

static void done(sys_hub *hub, int code)
{
    if (code != 0) {
        fail_msg("%d: %s", code, hub->output);
    }
}

static void says(const sys_hub *hub, const char *text)
{
    if (strstr(hub->output, text) == NULL) {
        fail_msg("not said: %s; but: %s", text, hub->output);
    }
}

static void
a_hub_backed_up_under_traffic_and_restored_elsewhere_loses_and_repeats_nothing(void **state)
{
    sys_hub *hub = *state;
    char text[32];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    sys_agent_stop(c, SIGTERM);
    for (int i = 0; i < 20; i++) {
        (void)snprintf(text, sizeof text, "notice %d", i);
        (void)sys_send(a, B, text);
        (void)sys_send(a, C, text);
        if (i == 10) {
            done(hub, keep(hub, "tongbao-broker", "backup", "copy", "hub"));
            says(hub, "every checksum good");
            says(hub, "no secret keys");
        }
    }
    SYS_AWAIT(sys_times(b, "notice 19") == 1);

    /* The machine is gone: another folder, the same keys. */
    sys_broker_stop(hub, SIGKILL);
    sys_store_lose(hub, "hub");
    done(hub, keep(hub, "tongbao-broker", "restore", "copy", "elsewhere"));
    (void)snprintf(hub->store, sizeof hub->store, "elsewhere");
    sys_broker_start(hub);
    assert_true(sys_log_says(hub, "hub", "event=restored_store"));
    sys_agent_start(c);
    SYS_AWAIT(sys_status(a)->linked);
    (void)sys_send(a, C, "afterwards");
    SYS_AWAIT(sys_times(c, "afterwards") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    for (int i = 0; i < 20; i++) {
        (void)snprintf(text, sizeof text, "notice %d", i);
        assert_int_equal(sys_times(b, text), 1);
        assert_int_equal(sys_times(c, text), 1);
    }
    assert_true(sys_alarmed(a, "hub"));
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(c));
}

static void an_agent_restored_elsewhere_is_known_to_be_old_and_signs_nothing(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted before = sys_send(a, B, "before");
    SYS_AWAIT(sys_where(a, &before.event, B, NULL) == TB_WHERE_ARRIVED);
    done(hub, keep(hub, "tongbao-agent", "backup", "copy", A));
    tb_local_acted later = sys_send(a, B, "after the backup");
    SYS_AWAIT(sys_where(a, &later.event, B, NULL) == TB_WHERE_ARRIVED);

    sys_agent_stop(a, SIGKILL);
    sys_store_lose(hub, A);
    done(hub, keep(hub, "tongbao-agent", "restore", "copy", "moved"));
    sys_agent *moved = sys_agent_add(hub, A, "moved");
    sys_agent_start(moved);
    assert_true(sys_log_says(hub, "moved", "event=restored_store"));
    SYS_AWAIT(sys_status(moved)->fenced);
    assert_int_equal(sys_status(moved)->code, TB_REFUSED_MARKS_BACK);
    assert_int_equal(sys_times(moved, "before"), 1);
    const tb_local_answer *answer = sys_send_any(moved, B, "from an old copy");
    assert_true(answer->draft || answer->code != TB_ACCEPTED);
    assert_int_equal(sys_times(b, "after the backup"), 1);
    assert_int_equal(sys_times(b, "from an old copy"), 0);
    assert_true(sys_sound(moved));
}

static void an_agent_restored_to_where_it_was_goes_on(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted before = sys_send(a, B, "before");
    SYS_AWAIT(sys_where(a, &before.event, B, NULL) == TB_WHERE_ARRIVED);
    done(hub, keep(hub, "tongbao-agent", "backup", "copy", A));
    sys_agent_stop(a, SIGTERM);
    sys_store_lose(hub, A);
    done(hub, keep(hub, "tongbao-agent", "restore", "copy", A));
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    assert_false(sys_status(a)->fenced);
    (void)sys_send(a, B, "and on");
    SYS_AWAIT(sys_times(b, "and on") == 1);
    assert_int_equal(sys_times(b, "before"), 1);
    assert_true(sys_sound(a) && sys_sound(b));
}

static void a_backup_holds_no_secret_key(void **state)
{
    sys_hub *hub = *state;
    char path[SYS_PATH];
    char copy[SYS_PATH];
    tb_keyfile keys;
    tb_problem problem;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    (void)sys_send(a, B, "something to keep");
    done(hub, keep(hub, "tongbao-agent", "backup", "copy", A));
    sys_path(hub, path, "keys/%s.key", A);
    sys_path(hub, copy, "copy/data.mdb");
    assert_true(tb_keyfile_read(path, &keys, &problem));
    const tb_key_secrets *secrets = keys.secrets;
    assert_false(sys_file_holds(copy, secrets->sign.secret, 32));
    assert_false(sys_file_holds(copy, secrets->seal.secret, 32));
    assert_false(sys_file_holds(copy, secrets->transport.secret, 32));
    assert_true(sys_file_holds(copy, "something to keep", 17));
    tb_keyfile_wipe(&keys);
    struct stat status;
    assert_int_equal(stat(copy, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void nothing_is_overwritten_and_nothing_wrong_is_restored(void **state)
{
    sys_hub *hub = *state;
    char copy[SYS_PATH];
    sys_broker_start(hub);
    done(hub, keep(hub, "tongbao-broker", "backup", "copy", "hub"));
    assert_int_not_equal(keep(hub, "tongbao-broker", "backup", "copy", "hub"), 0);
    says(hub, "holds a backup already");
    assert_int_not_equal(keep(hub, "tongbao-broker", "backup", "other", "nowhere"), 0);
    says(hub, "no store in that folder");
    assert_int_not_equal(keep(hub, "tongbao-broker", "restore", "copy", "hub"), 0);
    says(hub, "a store already");
    assert_int_not_equal(keep(hub, "tongbao-agent", "restore", "copy", "fresh"), 0);
    says(hub, "another program's store");
    assert_int_not_equal(keep(hub, "tongbao-broker", "restore", "empty", "fresh"), 0);
    says(hub, "no backup in that folder");

    /* One bit in a row of the copy. */
    uint8_t bit;
    sys_path(hub, copy, "copy/data.mdb");
    int fd = open(copy, O_RDWR | O_CLOEXEC);
    struct stat status;
    assert_true(fd >= 0 && fstat(fd, &status) == 0);
    char page[4096];
    off_t at = 0;
    for (off_t i = 2 * 4096; i < status.st_size && at == 0; i += 4096) {
        assert_int_equal(pread(fd, page, sizeof page, i), sizeof page);
        const char *found = memmem(page, sizeof page, "bureau.11", 9);
        at = found == NULL ? 0 : i + (found - page);
    }
    assert_true(at > 0);
    assert_int_equal(pread(fd, &bit, 1, at), 1);
    bit ^= 1;
    assert_int_equal(pwrite(fd, &bit, 1, at), 1);
    (void)close(fd);
    assert_int_not_equal(keep(hub, "tongbao-broker", "restore", "copy", "fresh"), 0);
    says(hub, "fails its checksum");
    sys_path(hub, copy, "stores/fresh/data.mdb");
    assert_int_not_equal(access(copy, F_OK), 0);

    /* All but its beginning is gone. */
    sys_path(hub, copy, "copy/data.mdb");
    assert_int_equal(truncate(copy, 3 * 4096), 0);
    assert_int_equal(keep(hub, "tongbao-broker", "restore", "copy", "fresh"), 73);
    says(hub, "take another backup");
}

static void a_backup_that_finds_no_room_says_so_and_leaves_nothing(void **state)
{
    sys_hub *hub = *state;
    char path[SYS_PATH];
    char copy[SYS_PATH];
    sys_path(hub, path, "small");
    assert_int_equal(mkdir(path, 0700), 0);
    if (mount("tmpfs", path, "tmpfs", 0, "size=32k,mode=0700") != 0) {
        print_message("skipped: mounting a small file system needs root (%s)\n", strerror(errno));
        skip();
    }
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    (void)sys_send(a, C, "waits at the hub");
    int code = keep(hub, "tongbao-broker", "backup", "small/copy", "hub");
    sys_path(hub, copy, "small/copy/data.mdb.tmp");
    bool left = access(copy, F_OK) == 0;
    assert_int_equal(umount2(path, MNT_DETACH), 0);
    assert_int_equal(code, 73);
    says(hub, "the disk has no room");
    assert_false(left);
    /* The hub goes on. */
    sys_agent *b = sys_agent_linked(hub, B);
    (void)sys_send(a, B, "and on");
    SYS_AWAIT(sys_times(b, "and on") == 1);
}

static void commands_are_explained_in_both_languages(void **state)
{
    sys_hub *hub = *state;
    assert_int_equal(sys_program(hub, "tongbao-broker", "--help", "--lang", "en", (char *)NULL), 0);
    says(hub, "backup FOLDER");
    says(hub, "deadletter list");
    assert_int_equal(sys_program(hub, "tongbao-broker", "--help", "--lang", "zh", (char *)NULL), 0);
    says(hub, "制作并校验存储副本");
    assert_int_equal(sys_program(hub, "tongbao-agent", "--help", "--lang", "zh", (char *)NULL), 0);
    says(hub, "由备份恢复存储");
    assert_int_equal(sys_program(hub, "tongbao-agent", "backup", "--lang", "zh", (char *)NULL), 2);
    says(hub, "须给出 FOLDER");
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_hub_backed_up_under_traffic_and_restored_elsewhere_loses_and_repeats_nothing),
    SYSTEM_TEST(an_agent_restored_elsewhere_is_known_to_be_old_and_signs_nothing),
    SYSTEM_TEST(an_agent_restored_to_where_it_was_goes_on),
    SYSTEM_TEST(a_backup_holds_no_secret_key),
    SYSTEM_TEST(nothing_is_overwritten_and_nothing_wrong_is_restored),
    SYSTEM_TEST(a_backup_that_finds_no_room_says_so_and_leaves_nothing),
    SYSTEM_TEST(commands_are_explained_in_both_languages),
};

TB_RUN("system/recovery_backup", tests)
