/* A notice that cannot be applied stops nobody: it is set aside, its sender is told, and a person
 * decides. */
#include "tests/system/question.h"

#include "base/limits.h"
#include "store/store.h"

#define A "bureau.11"
#define B "hq"

/* A case of a at b, whose row there is then damaged, and one more notice for it set aside. */
typedef struct setting {
    sys_agent *a;
    sys_agent *b;
    tb_local_acted acted;
    tb_digest event; /* of what is set aside */
    char notice[64];
    char socket[SYS_PATH];
} setting;

/* Puts a value in the place of a CASE row of a store that is not in use; what was there is kept. */
static void
swap_case(sys_hub *hub, const char *name, const tb_case_id *id, uint8_t *value, size_t *size)
{
    static uint8_t block[1 << 20];
    char path[SYS_PATH];
    tb_arena arena;
    tb_store *store;
    tb_txn *txn;
    tb_bytes held;
    tb_store_options options = {16u * 1024 * 1024, TB_STORE_AGENT};
    tb_bytes key = tb_bytes_of(id->bytes, sizeof id->bytes);
    sys_path(hub, path, "stores/%s", name);
    tb_arena_init(&arena, block, sizeof block);
    assert_ok(tb_store_open(path, &options, &store));
    assert_ok(tb_store_begin(store, &arena, &txn));
    assert_ok(tb_store_get(txn, TB_TABLE_CASE, key, &held));
    assert_ok(tb_store_put(txn, TB_TABLE_CASE, key, tb_bytes_of(value, *size)));
    assert_true(held.size <= 4096);
    memcpy(value, held.data, held.size);
    *size = held.size;
    assert_ok(tb_store_commit(txn));
    tb_store_close(store);
}

static uint8_t kept[4096];
static size_t kept_size;

/* b has what a asked. */
static setting asked(sys_hub *hub)
{
    setting s = {.a = NULL};
    sys_broker_start(hub);
    s.a = sys_agent_linked(hub, A);
    s.b = sys_agent_linked(hub, B);
    s.acted = question_prepare(s.a, B, "what is this?");
    assert_int_equal(question_act(s.a, &s.acted.case_id, "ask", NULL)->code, TB_ACCEPTED);
    SYS_AWAIT(sys_status(s.b)->cases == 1);
    sys_socket(hub, A, s.socket);
    return s;
}

/* The row at a no longer decodes: b's act cannot be applied there. */
static void set_aside_act(sys_hub *hub, setting *s, const char *action, const char *text)
{
    tb_local_trace_line line;
    sys_agent_stop(s->a, SIGTERM);
    kept[0] = 0xEE;
    kept_size = 1;
    swap_case(hub, A, &s->acted.case_id, kept, &kept_size);
    sys_agent_start(s->a);
    SYS_AWAIT(sys_status(s->a)->linked);
    const tb_local_answer *answer = question_act(s->b, &s->acted.case_id, action, text);
    assert_int_equal(answer->code, TB_ACCEPTED);
    s->event = answer->acted.event;
    SYS_AWAIT(sys_where(s->b, &s->event, A, &line) == TB_WHERE_QUARANTINED);
    assert_true(line.notice.size < sizeof s->notice);
    memcpy(s->notice, line.notice.data, line.notice.size);
    s->notice[line.notice.size] = '\0';
}

static setting set_aside(sys_hub *hub)
{
    setting s = asked(hub);
    char state[TB_NAME_BYTES_MAX + 1];
    assert_int_equal(question_act(s.b, &s.acted.case_id, "take", NULL)->code, TB_ACCEPTED);
    SYS_AWAIT(strcmp(question_state(s.a, &s.acted.case_id, state), "taken") == 0);
    set_aside_act(hub, &s, "answer", "a lamp");
    return s;
}

static void heal(sys_hub *hub, setting *s)
{
    sys_agent_stop(s->a, SIGTERM);
    swap_case(hub, A, &s->acted.case_id, kept, &kept_size);
    sys_agent_start(s->a);
    SYS_AWAIT(sys_status(s->a)->linked);
}

static int quarantine(sys_hub *hub, const setting *s, const char *verb, const char *reason)
{
    return reason == NULL ? sys_tongbao(hub, "quarantine", verb, s->notice, "--lang", "en",
                                        "--socket", s->socket, (char *)NULL)
                          : sys_tongbao(hub, "quarantine", verb, s->notice, "--reason", reason,
                                        "--lang", "en", "--socket", s->socket, (char *)NULL);
}

static int list(sys_hub *hub, const setting *s)
{
    return sys_tongbao(hub, "quarantine", "list", "--lang", "en", "--socket", s->socket,
                       (char *)NULL);
}

static void what_failed_twice_is_set_aside_and_its_sender_is_told_while_others_go_on(void **state)
{
    sys_hub *hub = *state;
    setting s = set_aside(hub);
    assert_int_equal(list(hub, &s), 0);
    assert_non_null(strstr(hub->output, s.notice));
    assert_non_null(strstr(hub->output, "could not be applied"));
    assert_true(sys_alarmed(s.a, "cannot_apply"));
    (void)sys_send(s.b, A, "another matter");
    SYS_AWAIT(sys_status(s.a)->cases == 2);
    SYS_AWAIT(sys_status(s.b)->outbox == 0);
}

static void a_retry_that_fails_says_why_and_leaves_it_there(void **state)
{
    sys_hub *hub = *state;
    setting s = set_aside(hub);
    assert_int_equal(quarantine(hub, &s, "retry", NULL), 1);
    assert_non_null(strstr(hub->output, "cannot_apply"));
    assert_non_null(strstr(hub->output, "does not decode"));
    assert_int_equal(quarantine(hub, &s, "show", NULL), 0);
    assert_non_null(strstr(hub->output, "attempts to apply it: 3"));
    assert_true(sys_where(s.b, &s.event, A, NULL) == TB_WHERE_QUARANTINED);
}

static void healed_it_is_applied_once_by_a_retry_and_its_sender_hears_so(void **state)
{
    sys_hub *hub = *state;
    char text[TB_NAME_BYTES_MAX + 1];
    setting s = set_aside(hub);
    heal(hub, &s);
    assert_string_equal(question_state(s.a, &s.acted.case_id, text), "taken");
    assert_int_equal(quarantine(hub, &s, "retry", NULL), 0);
    assert_string_equal(question_state(s.a, &s.acted.case_id, text), "answered");
    assert_int_equal(quarantine(hub, &s, "retry", NULL), 1);
    assert_non_null(strstr(hub->output, "not_set_aside"));
    SYS_AWAIT(sys_where(s.b, &s.event, A, NULL) == TB_WHERE_ARRIVED);
    assert_int_equal(list(hub, &s), 0);
    assert_non_null(strstr(hub->output, "nothing is set aside"));
    assert_true(sys_sound(s.a) && sys_sound(s.b));
}

static void what_is_dropped_leaves_who_and_why_and_its_sender_hears_so(void **state)
{
    sys_hub *hub = *state;
    tb_local_trace_line line;
    setting s = set_aside(hub);
    assert_int_equal(quarantine(hub, &s, "drop", NULL), 2);
    assert_int_equal(quarantine(hub, &s, "drop", "settled by telephone"), 0);
    SYS_AWAIT(sys_where(s.b, &s.event, A, &line) == TB_WHERE_REFUSED);
    assert_int_equal(line.code, TB_REFUSED_DROPPED);
    assert_int_equal(quarantine(hub, &s, "show", NULL), 0);
    assert_non_null(strstr(hub->output, "settled by telephone"));
    assert_non_null(strstr(hub->output, "dropped by: "));
    /* A restart forgets nothing of it. */
    sys_agent_stop(s.a, SIGKILL);
    sys_agent_start(s.a);
    assert_int_equal(quarantine(hub, &s, "show", NULL), 0);
    assert_non_null(strstr(hub->output, "settled by telephone"));
}

/* A gap: the event before is not there. It is waited for, shown, asked for after T and resent. */
static void what_follows_a_dropped_event_waits_until_that_is_resent(void **state)
{
    sys_hub *hub = *state;
    char text[TB_NAME_BYTES_MAX + 1];
    setting s = asked(hub);
    set_aside_act(hub, &s, "take", NULL);
    assert_int_equal(quarantine(hub, &s, "drop", "by mistake"), 0);
    SYS_AWAIT(sys_where(s.b, &s.event, A, NULL) == TB_WHERE_REFUSED);
    heal(hub, &s);
    const tb_local_answer *answered = question_act(s.b, &s.acted.case_id, "answer", "a lamp");
    assert_int_equal(answered->code, TB_ACCEPTED);
    tb_digest answer = answered->acted.event;
    SYS_AWAIT(sys_status(s.a)->held_back == 1);
    assert_true(sys_where(s.a, &answer, A, NULL) == TB_WHERE_HELD_BACK);
    assert_string_equal(question_state(s.a, &s.acted.case_id, text), "asked");
    int64_t held = sys_now_ms();
    SYS_AWAIT(sys_now_ms() - held >= TB_GAP_ASK_MS); /* only then is it asked for */
    SYS_AWAIT(sys_status(s.a)->held_back == 0);
    assert_string_equal(question_state(s.a, &s.acted.case_id, text), "answered");
    assert_true(sys_sound(s.a) && sys_sound(s.b));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(what_failed_twice_is_set_aside_and_its_sender_is_told_while_others_go_on),
    SYSTEM_TEST(a_retry_that_fails_says_why_and_leaves_it_there),
    SYSTEM_TEST(healed_it_is_applied_once_by_a_retry_and_its_sender_hears_so),
    SYSTEM_TEST(what_is_dropped_leaves_who_and_why_and_its_sender_hears_so),
    SYSTEM_TEST(what_follows_a_dropped_event_waits_until_that_is_resent),
};

TB_RUN("system/recovery_quarantine", tests)
