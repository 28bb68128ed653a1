/* Parties without a line on real processes: letters, answers on paper, and joining later. */
#include "tests/system/question.h"

/* The day of the exercise. */
#define TIME "--time", "2015-03-02 09:00"
#define A    "bureau.11"
#define B    "ct.11"
#define D    "newcomer"

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

static const char *hex(const tb_case_id *id)
{
    static char text[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(id->bytes, TB_CASE_ID_BYTES, text);
    return text;
}

/* a asks a question of a party; it is the party's to answer. */
static tb_case_id ask_of(sys_agent *a, const char *to, const char *text)
{
    tb_local_acted acted = question_prepare(a, to, text);
    tb_case_id id = acted.case_id;
    assert_int_equal(question_act(a, &id, "ask", NULL)->code, TB_ACCEPTED);
    return id;
}

static int paper(sys_agent *a,
                 const tb_case_id *id,
                 const char *action,
                 const char *on_behalf,
                 const char *field)
{
    return sys_tongbao_at(a, TIME, "case", "paper", hex(id), action, "--for", on_behalf, "--ref",
                          "某字〔2015〕7号", "--date", "2015-03-01", "--lang", "en", field,
                          (char *)NULL);
}

static void off_line(sys_hub *hub, sys_agent *a, const char *party)
{
    sys_directory_enrol(hub, party, true, NULL);
    sys_directory_install(a);
    SYS_AWAIT(sys_status(a)->directory_version == hub->published);
}

static bool file_says(const sys_hub *hub, const char *name, const char *words)
{
    char path[SYS_PATH];
    sys_path(hub, path, "out/%s", name);
    return sys_file_holds(path, words, strlen(words));
}

static void export_to(sys_agent *a, const char *to, int expected)
{
    char out[SYS_PATH];
    sys_path(a->hub, out, "out");
    int code = sys_tongbao_at(a, TIME, "bundle", "export", to, "--out", out, "--number",
                              "京通管函〔2015〕12号", "--lang", "en", (char *)NULL);
    if (code != expected) {
        fail_msg("%d: %s", code, a->hub->output);
    }
}

static void a_letter_goes_out_and_the_paper_answer_comes_in(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    off_line(hub, a, B);
    tb_case_id id = ask_of(a, B, "请说明情况");
    export_to(a, B, 0);
    assert_true(said(hub, "京通管函〔2015〕12号"));
    assert_true(said(hub, "1 notices"));
    assert_true(file_says(hub, "ct.11-letter-1.html", "京通管函〔2015〕12号"));
    assert_true(file_says(hub, "ct.11-letter-1.html", "请说明情况"));
    assert_true(file_says(hub, "ct.11-letter-1.html", "关于询问测试“询问”事项的函"));
    assert_true(file_says(hub, "ct.11-letter-1.csv", "\xEF\xBB\xBF"));
    assert_true(file_says(hub, "ct.11-letter-1.csv", "请说明情况"));
    assert_true(file_says(hub, "ct.11-0001.bundle", "TBBUNDL1"));
    assert_false(file_says(hub, "ct.11-0001.bundle", "请说明情况"));

    assert_int_equal(paper(a, &id, "answer", B, "text=不行"), 1); /* not signed for yet */
    succeeds(hub, paper(a, &id, "take", B, NULL));
    succeeds(hub, paper(a, &id, "answer", B, "text=情况属实"));
    char state_text[TB_NAME_BYTES_MAX + 1];
    assert_string_equal(question_state(a, &id, state_text), "answered");
    succeeds(hub, sys_tongbao_at(a, TIME, "case", "show", hex(&id), "--lang", "zh", (char *)NULL));
    assert_true(said(hub, "线下办理"));
    assert_true(said(hub, "某字〔2015〕7号"));
    assert_true(sys_sound(a));
}

static void who_joins_later_has_its_history_in_order_and_then_acts_itself(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    off_line(hub, a, B);
    tb_case_id answered = ask_of(a, B, "first");
    succeeds(hub, paper(a, &answered, "take", B, NULL));
    succeeds(hub, paper(a, &answered, "answer", B, "text=on paper"));
    tb_case_id open = ask_of(a, B, "second");
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_true(sys_status(a)->outbox > 0);

    sys_directory_enrol(hub, B, false, NULL);
    sys_directory_install(a);
    sys_agent *b = sys_agent_linked(hub, B);
    SYS_AWAIT(sys_times(b, "on paper") == 1 && sys_times(b, "second") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    char state_text[TB_NAME_BYTES_MAX + 1];
    assert_string_equal(question_state(b, &answered, state_text), "answered");
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_int_equal(paper(a, &open, "take", B, NULL), 1);
    assert_true(said(hub, "paper_party"));
    assert_int_equal(question_act(b, &open, "take", NULL)->code, TB_ACCEPTED);
    assert_int_equal(question_act(b, &open, "answer", "by itself")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_times(a, "by itself") == 1);
    assert_string_equal(question_state(a, &answered, state_text), "answered");
    assert_true(sys_sound(a) && sys_sound(b));
}

/* It had no key at all: nothing could be sealed to it, and the letter was all it got. */
static void a_newcomer_without_keys_has_its_history_sealed_when_it_enrols(void **state)
{
    sys_hub *hub = *state;
    char key[SYS_PATH];
    char request[SYS_PATH];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    off_line(hub, a, D);
    tb_case_id answered = ask_of(a, D, "first");
    succeeds(hub, paper(a, &answered, "take", D, NULL));
    succeeds(hub, paper(a, &answered, "answer", D, "text=on paper"));
    tb_case_id open = ask_of(a, D, "second");
    assert_int_equal(sys_status(a)->outbox, 0);
    export_to(a, D, 0);
    assert_true(said(hub, "0 notices") || !said(hub, ".bundle"));
    assert_true(file_says(hub, "newcomer-letter-1.html", "second"));
    export_to(a, D, 1);
    assert_true(said(hub, "bundle_empty"));

    sys_path(hub, key, "keys/%s.key", D);
    sys_path(hub, request, "keys/%s.request", D);
    succeeds(hub, sys_tongbao(hub, "key", "make", "--party", D, "--out", key, (char *)NULL));
    succeeds(hub, sys_tongbao(hub, "key", "request", "--key", key, "--out", request, (char *)NULL));
    sys_directory_enrol(hub, D, false, request);
    sys_directory_install(a);
    SYS_AWAIT(sys_status(a)->outbox > 0);
    sys_agent *d = sys_agent_add(hub, D, NULL);
    d->directory = hub->published;
    sys_agent_start(d);
    SYS_AWAIT(sys_status(d)->linked);
    SYS_AWAIT(sys_times(d, "on paper") == 1 && sys_times(d, "second") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    char state_text[TB_NAME_BYTES_MAX + 1];
    assert_string_equal(question_state(d, &answered, state_text), "answered");
    assert_int_equal(question_act(d, &open, "take", NULL)->code, TB_ACCEPTED);
    assert_int_equal(question_act(d, &open, "answer", "by itself")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_times(a, "by itself") == 1);
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_int_equal(sys_status(d)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(d));
}

/* Its agent has no line at all: bundles are its only way, and its marks go back the same way. */
static void an_agent_without_a_line_lives_on_bundles(void **state)
{
    sys_hub *hub = *state;
    char file[SYS_PATH];
    char out[SYS_PATH];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    off_line(hub, a, B);
    tb_case_id id = ask_of(a, B, "by hand");
    export_to(a, B, 0);
    sys_agent *b = sys_agent_add(hub, B, NULL);
    (void)snprintf(b->endpoint, sizeof b->endpoint, "tcp://127.0.0.1:9");
    b->directory = 0;
    sys_agent_start(b);
    sys_directory_install(b);
    SYS_AWAIT(sys_status(b)->directory_version == hub->published);
    sys_path(hub, file, "out/%s-0001.bundle", B);
    succeeds(hub, sys_tongbao_at(b, TIME, "bundle", "import", file, (char *)NULL));
    assert_int_equal(sys_times(b, "by hand"), 1);
    char state_text[TB_NAME_BYTES_MAX + 1];
    assert_string_equal(question_state(b, &id, state_text), "asked");
    /* while the directory has it off-line its acts are on paper */
    assert_int_equal(question_act(b, &id, "take", NULL)->code, TB_REFUSED_NOT_ACTIVE);
    sys_path(hub, out, "back");
    succeeds(hub, sys_tongbao_at(b, TIME, "bundle", "export", A, "--out", out, (char *)NULL));
    sys_path(hub, file, "back/%s-0001.bundle", A);
    succeeds(hub, sys_tongbao_at(a, TIME, "bundle", "import", file, (char *)NULL));
    assert_int_equal(sys_status(a)->outbox, 0);
    /* What it has on its own disk it need not be sent again when it joins. */
    sys_directory_enrol(hub, B, false, NULL);
    sys_directory_install(a);
    sys_agent_stop(b, SIGTERM);
    (void)snprintf(b->endpoint, sizeof b->endpoint, "%s", hub->endpoint);
    sys_agent_start(b);
    SYS_AWAIT(sys_status(b)->linked);
    SYS_AWAIT(sys_status(b)->directory_version == hub->published);
    assert_int_equal(question_act(b, &id, "take", NULL)->code, TB_ACCEPTED);
    SYS_AWAIT(strcmp(question_state(a, &id, state_text), "taken") == 0);
    assert_int_equal(sys_times(b, "by hand"), 1);
    assert_int_equal(sys_status(a)->alarms, 0);
    assert_int_equal(sys_status(b)->alarms, 0);
    assert_true(sys_sound(a) && sys_sound(b));
}

static void nothing_is_lost_when_the_sender_and_the_hub_die_meanwhile(void **state)
{
    sys_hub *hub = *state;
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    off_line(hub, a, B);
    (void)ask_of(a, B, "kept");
    sys_agent_stop(a, SIGKILL);
    sys_broker_stop(hub, SIGKILL);
    sys_store_lose(hub, "hub");
    sys_broker_start(hub);
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    (void)ask_of(a, B, "after it");
    sys_directory_enrol(hub, B, false, NULL);
    sys_directory_install(a);
    sys_agent *b = sys_agent_linked(hub, B);
    SYS_AWAIT(sys_times(b, "kept") == 1 && sys_times(b, "after it") == 1);
    SYS_AWAIT(sys_status(a)->outbox == 0);
    assert_int_equal(sys_status(b)->cases, 2);
    assert_true(sys_sound(a) && sys_sound(b));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(a_letter_goes_out_and_the_paper_answer_comes_in),
    SYSTEM_TEST(who_joins_later_has_its_history_in_order_and_then_acts_itself),
    SYSTEM_TEST(a_newcomer_without_keys_has_its_history_sealed_when_it_enrols),
    SYSTEM_TEST(an_agent_without_a_line_lives_on_bundles),
    SYSTEM_TEST(nothing_is_lost_when_the_sender_and_the_hub_die_meanwhile),
};

TB_RUN("system/recovery_offline", tests)
