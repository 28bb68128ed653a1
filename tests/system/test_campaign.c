/* A definition on its way to the agents: checked, signed, handed on, played; and one with a fault,
 * which is not signed here and refused where it was signed elsewhere. */
#include "tests/system/authority.h"

#include <sys/stat.h>

#include "agents/cli/cli.h"
#include "agents/cli/files.h"
#include "keyfile/authority.h"
#include "keyfile/disk.h"

#define BUREAU "bureau.11"
#define MARKET "market.11"

#define EXAMPLE TB_SOURCE_DIR "/ops/campaigns/example.yaml"
/* Where the fault stands in the example. */
#define FAULT_LINE "70"

/* The example, with a role that is not declared; its path. */
static void write_faulty(sys_hub *hub, char path[SYS_PATH])
{
    uint8_t *text = NULL;
    size_t size = 0;
    assert_true(tb_files_load(EXAMPLE, 1 << 16, &text, &size));
    char *at = memmem(text, size, "by: [bureau]", 12);
    assert_non_null(at);
    memcpy(at, "by: [burea_]", 12);
    sys_path(hub, path, "faulty.yaml");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    free(text);
}

static bool says(const sys_hub *hub, const char *text)
{
    return strstr(hub->output, text) != NULL;
}

static bool is_there(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

static int sign(sys_hub *hub, const char *name, const char *content, const char *out)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    return sys_tongbao(hub, "document", "sign", "--authority", authority, "--dir", directory,
                       "--kind", "campaign", "--name", name, "--version", "1", "--out", out,
                       content, NULL);
}

static int publish(sys_hub *hub, const char *content, const char *out)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    return sys_tongbao(hub, "campaign", "publish", content, "--authority", authority, "--dir",
                       directory, "--out", out, NULL);
}

static void a_definition_with_a_fault_is_never_signed(void **state)
{
    sys_hub *hub = *state;
    char faulty[SYS_PATH];
    char out[SYS_PATH];
    write_faulty(hub, faulty);
    sys_path(hub, out, "faulty.doc");
    assert_int_equal(sys_tongbao(hub, "campaign", "check", faulty, "--lang", "zh", NULL),
                     TB_EXIT_REFUSED);
    assert_true(says(hub, "faulty.yaml:" FAULT_LINE ": 办理动作 refer：角色“burea_”未定义"));
    assert_true(says(hub, "请在roles中定义"));
    assert_int_equal(sys_tongbao(hub, "campaign", "check", faulty, "--json", NULL),
                     TB_EXIT_REFUSED);
    assert_true(says(hub, "\"fault\": \"role_unknown\"") ||
                says(hub, "\"fault\":\"role_unknown\""));
    assert_int_equal(sign(hub, "example", faulty, out), TB_EXIT_REFUSED);
    assert_true(says(hub, "faulty.yaml:" FAULT_LINE ":") && says(hub, "[campaign_faulty]"));
    assert_int_equal(publish(hub, faulty, out), TB_EXIT_REFUSED);
    assert_int_equal(sign(hub, "other", EXAMPLE, out), TB_EXIT_REFUSED);
    assert_true(says(hub, "example.yaml:6:"));
    assert_false(is_there(out));
}

static void what_is_published_reaches_every_agent_and_is_played(void **state)
{
    sys_hub *hub = *state;
    char out[SYS_PATH];
    sys_path(hub, out, "example.doc");
    assert_int_equal(publish(hub, EXAMPLE, out), TB_EXIT_DONE);
    assert_true(says(hub, "tongbao document install"));
    sys_broker_start(hub);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    sys_agent *market = sys_agent_linked(hub, MARKET);
    assert_int_equal(sys_tongbao_at(bureau, "document", "install", out, NULL), TB_EXIT_DONE);
    SYS_AWAIT(sys_tongbao_at(market, "campaign", "show", "example", NULL) == TB_EXIT_DONE);

    sys_tell_time(bureau, "2015-03-02T09:00:00+08:00");
    sys_tell_time(market, "2015-03-02T09:00:00+08:00");
    const tb_local_answer *answer = sys_open(bureau, "example", "lead", "province=11|name=一号店");
    assert_int_equal(answer->code, TB_ACCEPTED);
    tb_case_id id = answer->acted.case_id;
    SYS_AWAIT(sys_state_is(market, &id, "referred", MARKET));
    assert_int_equal(sys_tongbao_at(bureau, "unanswered", "--by", MARKET, NULL), TB_EXIT_DONE);
    assert_true(says(hub, "notified 1, answered 0") && says(hub, "over 30 days"));
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_hex(id.bytes, TB_CASE_ID_BYTES, hex);
    assert_true(says(hub, hex));
    assert_int_equal(sys_tongbao_at(bureau, "due", "--explain", hex, NULL), TB_EXIT_DONE);
    assert_true(says(hub, "event 1 of the case") && says(hub, "day 1: counts"));
    assert_int_equal(sys_tongbao_at(bureau, "due", "--by", MARKET, "--json", NULL), TB_EXIT_DONE);
    assert_true(says(hub, "\"duty\": \"sign_for\""));
    assert_int_equal(sys_act(market, &id, "sign_for", "")->code, TB_ACCEPTED);
    assert_int_equal(sys_act(market, &id, "answer", "finding=licensed")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_state_is(bureau, &id, "answered", BUREAU));
    assert_int_equal(sys_act(bureau, &id, "close", "")->code, TB_ACCEPTED);
    SYS_AWAIT(sys_state_is(market, &id, "closed", BUREAU));
    assert_true(sys_sound(bureau) && sys_sound(market));
}

/* As an older command, or another program, would sign it. */
static void sign_unchecked(sys_hub *hub, const char *content, const char *out)
{
    static uint8_t block[1 << 22];
    char folder[SYS_PATH];
    char key[SYS_PATH];
    tb_arena arena;
    tb_authority authority;
    tb_keyfile keys;
    tb_problem problem;
    tb_bytes encoded;
    tb_document document = {
        .kind = TB_DOCUMENT_CAMPAIGN, .name = tb_bytes_str("example"), .version = 1};
    sys_path(hub, key, "keys/authority.key");
    sys_path(hub, folder, "directory");
    tb_arena_init(&arena, block, sizeof block);
    assert_true(tb_disk_read(content, TB_DOCUMENT_BYTES_MAX, &arena, &document.content, &problem));
    assert_true(tb_keyfile_read(key, &keys, &problem));
    assert_true(tb_authority_open(folder, &authority, &problem));
    assert_true(tb_authority_sign(&authority, &keys, &document, &arena, &encoded, &problem));
    assert_true(tb_disk_create(out, encoded, 0644, &problem));
    tb_authority_close(&authority);
    tb_keyfile_wipe(&keys);
}

static void an_agent_refuses_a_faulty_one_that_was_signed_elsewhere(void **state)
{
    sys_hub *hub = *state;
    char faulty[SYS_PATH];
    char out[SYS_PATH];
    write_faulty(hub, faulty);
    sys_path(hub, out, "elsewhere.doc");
    sign_unchecked(hub, faulty, out);
    sys_broker_start(hub);
    sys_agent *bureau = sys_agent_linked(hub, BUREAU);
    assert_int_equal(sys_tongbao_at(bureau, "document", "install", out, NULL), TB_EXIT_REFUSED);
    assert_true(says(hub, "[campaign_faulty]"));
    assert_true(says(hub, "example:" FAULT_LINE ":") && says(hub, "role 'burea_' is not declared"));
    assert_int_equal(sys_tongbao_at(bureau, "campaign", "show", "example", NULL), TB_EXIT_REFUSED);
    assert_true(sys_sound(bureau));
}

static void a_page_and_a_drawing_are_made_of_a_definition(void **state)
{
    sys_hub *hub = *state;
    assert_int_equal(sys_tongbao(hub, "campaign", "explain", EXAMPLE, "--lang", "zh", NULL), 0);
    assert_true(says(hub, "1. 参加单位") && says(hub, "每个辖区一个"));
    assert_true(says(hub, "签收——办理方:所在地工商局"));
    assert_true(says(hub, "必填(如“核查结果”为无照经营):处理情况"));
    assert_true(says(hub, "店铺信息(密封),可读:移送单位、所在地工商局"));
    assert_true(says(hub, "1 个工作日") && says(hub, "依据:系统默认时限(非方案规定)"));
    assert_true(says(hub, "15 日") && says(hub, "依据:方案三（二）"));
    assert_int_equal(sys_tongbao(hub, "campaign", "explain", EXAMPLE, "--lang", "en", NULL), 0);
    assert_true(says(hub, "sign for, by regulator of the place"));
    assert_int_equal(sys_tongbao(hub, "campaign", "graph", EXAMPLE, "--lang", "zh", NULL), 0);
    assert_true(says(hub, "\"lead/referred\" -> \"lead/taken\" [label=\"签收\\n所在地工商局\"];"));
    assert_true(says(hub, "\"lead/closed\" [label=\"办结\", peripheries=2];"));
}

#define AT_A_HUB(test) cmocka_unit_test_setup_teardown(test, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    AT_A_HUB(a_definition_with_a_fault_is_never_signed),
    AT_A_HUB(what_is_published_reaches_every_agent_and_is_played),
    AT_A_HUB(an_agent_refuses_a_faulty_one_that_was_signed_elsewhere),
    AT_A_HUB(a_page_and_a_drawing_are_made_of_a_definition),
};

TB_RUN("system/campaign", tests)
