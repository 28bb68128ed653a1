/* Bundles on removable media between real agents: while the hub is dead, beside it, and damaged. */
#include "tests/system/hub.h"

#include <unistd.h>

/* The day of the exercise. */
#define TIME "--time", "2015-03-02 09:00"
#define A    "bureau.11"
#define B    "hq"
#define C    "ct.11"

/* ---- a person with a memory stick ---- */

typedef struct stick {
    char folder[SYS_PATH];
} stick;

static stick fresh_stick(sys_hub *hub, const char *name)
{
    stick s;
    sys_path(hub, s.folder, "%s", name);
    return s;
}

static int carry_out(sys_agent *from, const char *to, const stick *s)
{
    return sys_tongbao_at(from, TIME, "bundle", "export", to, "--out", s->folder, (char *)NULL);
}

static const char *bundle_file(const stick *s, const char *to, unsigned n)
{
    static char path[2 * SYS_PATH];
    (void)snprintf(path, sizeof path, "%s/%s-%04u.bundle", s->folder, to, n);
    return path;
}

static int bring_in(sys_agent *to, const char *file)
{
    return sys_tongbao_at(to, TIME, "bundle", "import", file, "--lang", "en", (char *)NULL);
}

static void succeeds(sys_hub *hub, int code)
{
    if (code != 0) {
        fail_msg("%d: %s", code, hub->output);
    }
}

static bool said(const sys_hub *hub, const char *words)
{
    return strstr(hub->output, words) != NULL;
}

/* a has signed it and the hub has not read it. */
static tb_local_acted send_past_the_hub(sys_hub *hub, sys_agent *a, const char *text)
{
    (void)kill(hub->broker, SIGSTOP);
    return sys_send(a, B, text);
}

/* ---- tests ---- */

static void notices_and_marks_travel_while_the_hub_is_dead(void **state)
{
    sys_hub *hub = *state;
    stick s = fresh_stick(hub, "stick");
    stick back = fresh_stick(hub, "back");
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted by_hub = sys_send(a, B, "by the hub");
    SYS_AWAIT(sys_where(a, &by_hub.event, B, NULL) == TB_WHERE_ARRIVED);
    tb_local_acted acted = send_past_the_hub(hub, a, "by hand");
    sys_broker_stop(hub, SIGKILL);
    SYS_AWAIT(!sys_status(a)->linked && !sys_status(b)->linked);

    succeeds(hub, carry_out(a, B, &s));
    succeeds(hub, bring_in(b, bundle_file(&s, B, 1)));
    assert_true(said(hub, "1 new notice"));
    assert_int_equal(sys_times(b, "by hand"), 1);
    assert_true(sys_status(a)->outbox > 0);
    succeeds(hub, carry_out(b, A, &back));
    succeeds(hub, bring_in(a, bundle_file(&back, A, 1)));
    assert_int_equal(sys_status(a)->outbox, 0);
    assert_int_equal(sys_where(a, &acted.event, B, NULL), TB_WHERE_ARRIVED);

    /* The hub comes back, having heard nothing of it, and goes on behind what arrived. */
    sys_broker_start(hub);
    SYS_AWAIT(sys_status(a)->linked && sys_status(b)->linked);
    tb_local_acted after = sys_send(a, B, "by the hub again");
    SYS_AWAIT(sys_where(a, &after.event, B, NULL) == TB_WHERE_ARRIVED);
    assert_int_equal(sys_times(b, "by hand"), 1);
    assert_int_equal(sys_times(b, "by the hub again"), 1);
    assert_int_equal(sys_status(b)->cases, 3);
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_false(sys_status(a)->fenced || sys_status(b)->fenced);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* The mark comes to a sender that is linked: the hub is shown its base at once. */
static void a_linked_sender_goes_on_behind_what_arrived_by_hand(void **state)
{
    sys_hub *hub = *state;
    stick s = fresh_stick(hub, "stick");
    stick back = fresh_stick(hub, "back");
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    (void)send_past_the_hub(hub, a, "by hand");
    succeeds(hub, carry_out(a, B, &s));
    sys_agent_stop(a, SIGKILL); /* what it had sent is lost with the connection */
    sys_broker_stop(hub, SIGKILL);
    succeeds(hub, bring_in(b, bundle_file(&s, B, 1)));
    succeeds(hub, carry_out(b, A, &back));
    sys_agent_stop(b, SIGTERM);

    sys_broker_start(hub);
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    succeeds(hub, bring_in(a, bundle_file(&back, A, 1)));
    assert_int_equal(sys_status(a)->outbox, 0);
    SYS_AWAIT(sys_status(a)->linked);
    (void)sys_send(a, B, "after it");
    sys_agent_start(b);
    SYS_AWAIT(sys_times(b, "after it") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_int_equal(sys_times(b, "by hand"), 1);
    assert_int_equal(sys_status(b)->cases, 2);
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

static void what_comes_by_hub_and_by_hand_takes_effect_once(void **state)
{
    sys_hub *hub = *state;
    stick s = fresh_stick(hub, "stick");
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted first = send_past_the_hub(hub, a, "first by hand");
    succeeds(hub, carry_out(a, B, &s));
    succeeds(hub, bring_in(b, bundle_file(&s, B, 1)));
    (void)kill(hub->broker, SIGCONT);
    SYS_AWAIT(sys_where(a, &first.event, B, NULL) == TB_WHERE_ARRIVED);
    SYS_AWAIT(sys_status(a)->outbox == 0);

    tb_local_acted second = send_past_the_hub(hub, a, "first by the hub");
    succeeds(hub, carry_out(a, B, &s));
    (void)kill(hub->broker, SIGCONT);
    SYS_AWAIT(sys_where(a, &second.event, B, NULL) == TB_WHERE_ARRIVED);
    /* Only the hub's stamp of the first is news, if the hub had no need to deliver it. */
    int code = bring_in(b, bundle_file(&s, B, 2));
    assert_true(code == 1 ? said(hub, "bundle_known") : said(hub, "0 new notices"));
    assert_int_equal(bring_in(b, bundle_file(&s, B, 2)), 1);
    assert_true(said(hub, "bundle_known"));
    assert_true(said(hub, "nothing was changed"));
    assert_int_equal(sys_times(b, "first by hand"), 1);
    assert_int_equal(sys_times(b, "first by the hub"), 1);
    assert_int_equal(sys_status(b)->cases, 2);
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

/* Another byte than the one that is there. */
static void bend_byte(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_not_equal(byte, EOF);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 0x55, file), byte ^ 0x55);
    assert_int_equal(fclose(file), 0);
}

static void a_bundle_that_is_not_good_changes_nothing_and_says_why(void **state)
{
    sys_hub *hub = *state;
    stick s = fresh_stick(hub, "stick");
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    sys_agent *c = sys_agent_linked(hub, C);
    (void)send_past_the_hub(hub, a, "by hand");
    for (int i = 0; i < 3; i++) {
        succeeds(hub, carry_out(a, B, &s));
    }
    bend_byte(bundle_file(&s, B, 1), 700);
    assert_int_equal(bring_in(b, bundle_file(&s, B, 1)), 1);
    assert_true(said(hub, "bundle_corrupt"));
    assert_true(said(hub, "copy it again"));
    assert_int_equal(truncate(bundle_file(&s, B, 2), 600), 0);
    assert_int_equal(bring_in(b, bundle_file(&s, B, 2)), 1);
    assert_true(said(hub, "bundle_corrupt"));
    assert_int_equal(bring_in(c, bundle_file(&s, B, 3)), 1);
    assert_true(said(hub, "bundle_foreign"));
    assert_int_equal(bring_in(b, TB_SOURCE_DIR "/ops/campaigns/relay.yaml"), 1);
    assert_true(said(hub, "bundle_corrupt"));
    assert_int_equal(sys_status(b)->cases, 0);
    assert_int_equal(sys_status(c)->cases, 0);

    succeeds(hub, bring_in(b, bundle_file(&s, B, 3)));
    assert_int_equal(bring_in(b, bundle_file(&s, B, 3)), 1);
    assert_true(said(hub, "bundle_known"));
    assert_int_equal(sys_times(b, "by hand"), 1);
    assert_int_equal(sys_status(b)->cases, 1);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(b));
}

/* A recipient without a line that lost what it had: the sender knows of its mark and goes on behind
 * it. */
static void a_bundle_whose_beginning_is_missing_is_refused(void **state)
{
    sys_hub *hub = *state;
    stick s = fresh_stick(hub, "stick");
    stick back = fresh_stick(hub, "back");
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_add(hub, B, NULL);
    (void)snprintf(b->endpoint, sizeof b->endpoint, "tcp://127.0.0.1:9");
    sys_agent_start(b);
    sys_agent_stop(b, SIGTERM);
    sys_store_keep(hub, B, "before");
    sys_agent_start(b);
    (void)sys_send(a, B, "one");
    succeeds(hub, carry_out(a, B, &s));
    succeeds(hub, bring_in(b, bundle_file(&s, B, 1)));
    succeeds(hub, carry_out(b, A, &back));
    succeeds(hub, bring_in(a, bundle_file(&back, A, 1)));
    assert_int_equal(sys_status(a)->outbox, 0);
    SYS_AWAIT(sys_status(a)->linked);
    sys_agent_stop(b, SIGKILL);
    sys_store_put_back(hub, B, "before");
    sys_agent_start(b);

    (void)sys_send(a, B, "two");
    succeeds(hub, carry_out(a, B, &s));
    assert_int_equal(bring_in(b, bundle_file(&s, B, 2)), 1);
    assert_true(said(hub, "bundle_partial"));
    assert_true(said(hub, "import the earlier bundles first"));
    assert_int_equal(sys_times(b, "two"), 0);
    succeeds(hub, bring_in(b, bundle_file(&s, B, 1)));
    succeeds(hub, bring_in(b, bundle_file(&s, B, 2)));
    assert_int_equal(sys_times(b, "one"), 1);
    assert_int_equal(sys_times(b, "two"), 1);
    assert_true(sys_sound(a) && sys_sound(b));
}

static void an_agent_killed_after_an_import_still_has_it(void **state)
{
    sys_hub *hub = *state;
    stick s = fresh_stick(hub, "stick");
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted acted = send_past_the_hub(hub, a, "by hand");
    succeeds(hub, carry_out(a, B, &s));
    succeeds(hub, bring_in(b, bundle_file(&s, B, 1)));
    sys_agent_stop(b, SIGKILL);
    sys_broker_stop(hub, SIGKILL);
    sys_agent_start(b);
    assert_int_equal(sys_times(b, "by hand"), 1);
    sys_broker_start(hub);
    SYS_AWAIT(sys_where(a, &acted.event, B, NULL) == TB_WHERE_ARRIVED);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_int_equal(sys_times(b, "by hand"), 1);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(notices_and_marks_travel_while_the_hub_is_dead),
    SYSTEM_TEST(a_linked_sender_goes_on_behind_what_arrived_by_hand),
    SYSTEM_TEST(what_comes_by_hub_and_by_hand_takes_effect_once),
    SYSTEM_TEST(a_bundle_that_is_not_good_changes_nothing_and_says_why),
    SYSTEM_TEST(a_bundle_whose_beginning_is_missing_is_refused),
    SYSTEM_TEST(an_agent_killed_after_an_import_still_has_it),
};

TB_RUN("system/recovery_bundle", tests)
