/* Data folders on file systems as small as they may be: an ext4 image of 8 MB for the hub and one
 * for an agent, a tmpfs of 6 MB for another; a neighbour fills what is left of each. Needs root;
 * otherwise it is left out. */
#include "tests/system/hub.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#define A "bureau.11"
#define B "hq"

#define QUOTA      "4194304"
#define TEXT_BYTES 2500

static int run(const char *form, ...) __attribute__((format(printf, 1, 2)));

static int run(const char *form, ...)
{
    char command[3 * SYS_PATH];
    va_list values;
    va_start(values, form);
    int size = vsnprintf(command, sizeof command, form, values);
    va_end(values);
    assert_true(size > 0 && size < (int)sizeof command);
    return system(command);
}

static bool mount_ext4(const sys_hub *hub, const char *name)
{
    return run("mkdir -p '%s/stores/%s' && truncate -s 8M '%s/%s.img' && "
               "mkfs.ext4 -q -O ^has_journal '%s/%s.img' >/dev/null 2>&1 && "
               "mount -o loop '%s/%s.img' '%s/stores/%s' 2>/dev/null && "
               "rmdir '%s/stores/%s/lost+found'",
               hub->folder, name, hub->folder, name, hub->folder, name, hub->folder, name,
               hub->folder, name, hub->folder, name) == 0;
}

static bool mount_tmpfs(const sys_hub *hub, const char *name)
{
    return run("mkdir -p '%s/stores/%s' && mount -t tmpfs -o size=6M none '%s/stores/%s' "
               "2>/dev/null",
               hub->folder, name, hub->folder, name) == 0;
}

static void unmount(const sys_hub *hub, const char *name)
{
    (void)run("umount -l '%s/stores/%s' 2>/dev/null", hub->folder, name);
}

/* Writes until nothing goes in any more. */
static void neighbour_fills(const sys_hub *hub, const char *name)
{
    (void)run("dd if=/dev/zero of='%s/stores/%s/neighbour' bs=4k 2>/dev/null; "
              "dd if=/dev/zero of='%s/stores/%s/neighbour.2' bs=1 count=4096 2>/dev/null",
              hub->folder, name, hub->folder, name);
}

static void a_full_disk_beside_every_store_stops_nothing(void **state)
{
    sys_hub *hub = *state;
    static const char *const names[] = {"hub", A, B};
    char text[TEXT_BYTES];
    if (geteuid() != 0 || !mount_ext4(hub, "hub") || !mount_ext4(hub, A) || !mount_tmpfs(hub, B)) {
        for (size_t i = 0; i < 3; i++) {
            unmount(hub, names[i]);
        }
        print_message("left out: needs root and loop devices\n");
        return;
    }
    (void)snprintf(hub->quota, sizeof hub->quota, QUOTA);
    sys_broker_start(hub);
    sys_agent *a = sys_agent_add(hub, A, NULL);
    sys_agent *b = sys_agent_add(hub, B, NULL);
    (void)snprintf(a->quota, sizeof a->quota, QUOTA);
    (void)snprintf(b->quota, sizeof b->quota, QUOTA);
    sys_agent_start(a);
    sys_agent_start(b);
    SYS_AWAIT(sys_status(a)->linked && sys_status(b)->linked);
    for (size_t i = 0; i < 3; i++) {
        neighbour_fills(hub, names[i]);
    }
    for (int i = 0; i < 60; i++) {
        memset(text, 'x', sizeof text);
        (void)snprintf(text, sizeof text, "long text %d", i);
        text[strlen(text)] = ' ';
        text[sizeof text - 1] = '\0';
        assert_int_equal(sys_send_any(a, B, text)->code, TB_ACCEPTED);
    }
    SYS_AWAIT(sys_status(b)->cases == 60 && sys_status(a)->outbox == 0);
    /* And a restart of each, with the disk still full. */
    sys_agent_stop(a, SIGKILL);
    sys_agent_stop(b, SIGKILL);
    sys_broker_stop(hub, SIGKILL);
    sys_broker_start(hub);
    sys_agent_start(a);
    sys_agent_start(b);
    SYS_AWAIT(sys_status(a)->linked && sys_status(b)->linked);
    assert_int_equal(sys_send_any(b, A, "after the restart")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_times(a, "after the restart") == 1 && sys_status(b)->outbox == 0);
    assert_int_equal(sys_status(a)->alarms + sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
    sys_agent_stop(a, SIGTERM);
    sys_agent_stop(b, SIGTERM);
    sys_broker_stop(hub, SIGTERM);
    for (size_t i = 0; i < 3; i++) {
        unmount(hub, names[i]);
    }
}

#define RESOURCE_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    RESOURCE_TEST(a_full_disk_beside_every_store_stops_nothing),
};

TB_RUN("resources/small_disks", tests)
