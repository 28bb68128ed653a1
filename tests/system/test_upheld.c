/* The authority that signed a campaign is replaced, with living cases opened under that campaign:
 * what the directory upholds goes on, at who was there, who recovers from nothing, who joins, and
 * for who checks evidence with no agent; what the former key signs afterwards counts nowhere. */
#include "tests/system/authority.h"

#define A    "bureau.11"
#define B    "hq"
#define LATE "ct.11"

static void must(sys_hub *hub, const char *verb, const char *what, const char *key)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    sys_path(hub, authority, "keys/%s.key", key);
    sys_path(hub, directory, "directory");
    auth_must(hub, sys_tongbao(hub, "directory", verb, "--authority", authority, "--dir", directory,
                               what, NULL));
    hub->directory++;
}

static void uphold(sys_hub *hub, const char *name, const char *key)
{
    char file[SYS_PATH];
    sys_path(hub, file, "documents/%s.doc", name);
    must(hub, "uphold", file, key);
}

/* From the second of two versions on the new key signs. */
static void replace_authority(sys_hub *hub)
{
    char next[SYS_PATH];
    sys_path(hub, next, "keys/authority.new.key");
    auth_must(hub, sys_tongbao(hub, "key", "make", "--party", "authority", "--out", next, NULL));
    must(hub, "authority", next, "authority");
    must(hub, "renew", NULL, "authority.new");
}

/* Hands every agency each version, as a party must have the one that names the new authority. */
static void install_from(sys_hub *hub, unsigned first, sys_agent *through)
{
    unsigned newest = hub->directory;
    for (hub->directory = first; hub->directory < newest; hub->directory++) {
        auth_install(hub, through);
    }
    auth_install(hub, through);
}

static int install_document(sys_agent *agent, const char *name)
{
    char file[SYS_PATH];
    sys_path(agent->hub, file, "documents/%s.doc", name);
    return sys_tongbao_at(agent, "document", "install", file, NULL);
}

/* documents/relay.9.doc, by the key that signs now. */
static void sign_later_version(sys_hub *hub)
{
    static char text[64 * 1024];
    char path[SYS_PATH];
    FILE *file = fopen(TB_SOURCE_DIR "/ops/campaigns/relay.yaml", "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    assert_int_equal(fclose(file), 0);
    text[size] = '\0';
    char *version = strstr(text, "version: 1");
    assert_non_null(version);
    version[strlen("version: ")] = '9';
    sys_path(hub, path, "relay.9.yaml");
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fwrite(text, 1, size, file) == size);
    assert_int_equal(fclose(file), 0);
    sys_sign_campaign(hub, "relay", "9", path);
}

static void campaigns_outlive_the_authority_that_signed_them(void **state)
{
    sys_hub *hub = *state;
    char proof[SYS_PATH];
    char directory[SYS_PATH];
    char id[2 * TB_CASE_ID_BYTES + 1];
    sys_broker_start(hub);
    sys_agent *a = sys_agent_linked(hub, A);
    sys_agent *b = sys_agent_linked(hub, B);
    tb_local_acted acted = sys_send(a, B, "opened before");
    SYS_AWAIT(sys_times(b, "opened before") == 1 && sys_status(a)->outbox == 0);
    tb_hex(acted.case_id.bytes, TB_CASE_ID_BYTES, id);
    sys_path(hub, proof, "before.proof");
    auth_must(hub, sys_tongbao_at(a, "case", "export", id, "--out", proof, NULL));

    /* A thief has the old key by now, and signs a version of his own. */
    sign_later_version(hub);
    unsigned first = hub->directory + 1;
    uphold(hub, "relay", "authority");
    uphold(hub, "question", "authority");
    uphold(hub, "handled", "authority");
    replace_authority(hub);
    install_from(hub, first, a);
    SYS_AWAIT(sys_status(b)->directory_version == hub->directory);

    /* Restarted with the very files it was started with before. */
    sys_agent_stop(a, SIGTERM);
    sys_agent_start(a);
    SYS_AWAIT(sys_status(a)->linked);
    /* From nothing, with the newest directory: the hub has what it needs, its files too. */
    sys_agent_stop(b, SIGKILL);
    sys_store_lose(hub, B);
    sys_agent_start(b);
    SYS_AWAIT(sys_tongbao_at(b, "recover", "--reason", "disk lost", NULL) == 0);
    SYS_AWAIT(sys_times(b, "opened before") == 1);
    /* And who was never there. */
    sys_agent *late = sys_agent_linked(hub, LATE);
    (void)sys_send(a, LATE, "to who came late");
    SYS_AWAIT(sys_times(late, "to who came late") == 1);

    /* Evidence of then against the directories up to now; and evidence of now. */
    sys_path(hub, directory, "directory");
    auth_must(hub, sys_tongbao(hub, "verify", proof, "--directory", directory, NULL));
    sys_path(hub, directory, "directory/directory.%u.doc", hub->directory);
    sys_path(hub, proof, "after.proof");
    auth_must(hub, sys_tongbao_at(a, "case", "export", id, "--out", proof, NULL));
    auth_must(hub, sys_tongbao(hub, "verify", proof, "--directory", directory, NULL));

    assert_int_equal(install_document(a, "relay.9"), 1);
    assert_non_null(strstr(hub->output, "authority"));
    assert_int_equal(install_document(late, "relay.9"), 1);
    assert_true(sys_sound(a) && sys_sound(b) && sys_sound(late));
}

#define SYSTEM_TEST(name) cmocka_unit_test_setup_teardown(name, sys_set_up, sys_tear_down)

static const struct CMUnitTest tests[] = {
    SYSTEM_TEST(campaigns_outlive_the_authority_that_signed_them),
};

TB_RUN("system/upheld", tests)
