/* authority - what the authority and a party's own people do about keys, with the project's own
 * commands. */
#ifndef TB_SYSTEM_AUTHORITY_H
#define TB_SYSTEM_AUTHORITY_H

#include "tests/system/hub.h"

static inline void auth_must(sys_hub *hub, int code)
{
    if (code != 0) {
        fail_msg("%s", hub->output);
    }
}

static inline void auth_socket(const sys_agent *agent, char out[SYS_PATH])
{
    assert_true(snprintf(out, SYS_PATH, "%.300s/%s.sock", agent->hub->run, agent->name) < SYS_PATH);
}

/* New keys for a party, as keys/NAME.key, and their request beside them. */
static inline void auth_new_keys(sys_hub *hub, const char *party, const char *name)
{
    char key[SYS_PATH];
    sys_path(hub, key, "keys/%s.key", name);
    auth_must(hub, sys_tongbao(hub, "key", "make", "--party", party, "--out", key, NULL));
    auth_must(hub, sys_tongbao(hub, "key", "request", "--key", key, NULL));
}

/* The cut of a party as its agent prints it, in the file NAME.cut. */
static inline void auth_cut(sys_agent *agent, bool final, const char *name)
{
    char sock[SYS_PATH];
    char cut[SYS_PATH];
    auth_socket(agent, sock);
    sys_path(agent->hub, cut, "%s.cut", name);
    auth_must(agent->hub, sys_tongbao(agent->hub, "--socket", sock, "key", "cut", "--out", cut,
                                      final ? "--final" : NULL, NULL));
}

/* The cut as the hub's marks have it. */
static inline void auth_cut_of_hub(sys_hub *hub, const char *party, const char *name)
{
    char store[SYS_PATH];
    char cut[SYS_PATH];
    sys_path(hub, store, "stores/hub");
    sys_path(hub, cut, "%s.cut", name);
    auth_must(hub, sys_tongbao_broker(hub, "cut", party, "--store", store, NULL));
    FILE *file = fopen(cut, "wb");
    assert_non_null(file);
    assert_true(fputs(hub->output, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* The cut out of the store of an agent that cannot start any more. */
static inline void auth_cut_of_store(sys_hub *hub, const char *agent, const char *name)
{
    char store[SYS_PATH];
    char cut[SYS_PATH];
    sys_path(hub, store, "stores/%s", agent);
    sys_path(hub, cut, "%s.cut", name);
    auth_must(hub, sys_tongbao_agent(hub, "cut", "--store", store, NULL));
    FILE *file = fopen(cut, "wb");
    assert_non_null(file);
    assert_true(fputs(hub->output, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* One new version: all keys of a party cut, those of keys/NAME.key.request in their place. */
static inline void
auth_rotate(sys_hub *hub, const char *party, const char *name, const char *reason)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    char cut[SYS_PATH];
    char request[SYS_PATH];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    sys_path(hub, cut, "%s.cut", name);
    sys_path(hub, request, "keys/%s.key.request", name);
    auth_must(hub,
              sys_tongbao(hub, "directory", "rotate", party, "--request", request, "--cut", cut,
                          "--reason", reason, "--authority", authority, "--dir", directory, NULL));
    hub->directory++;
}

/* One new version that may be relied on until a time. */
static inline void auth_renew(sys_hub *hub, tb_time until)
{
    char authority[SYS_PATH];
    char directory[SYS_PATH];
    char text[TB_TIME_TEXT];
    sys_path(hub, authority, "keys/authority.key");
    sys_path(hub, directory, "directory");
    tb_time_print(until, text);
    auth_must(hub, sys_tongbao(hub, "directory", "renew", "--fresh-until", text, "--authority",
                               authority, "--dir", directory, NULL));
    hub->directory++;
}

/* Hands the newest version to one agent, as a person would. */
static inline void auth_install(sys_hub *hub, sys_agent *through)
{
    char file[SYS_PATH];
    char sock[SYS_PATH];
    sys_path(hub, file, "directory/directory.%u.doc", hub->directory);
    auth_socket(through, sock);
    auth_must(hub, sys_tongbao(hub, "--socket", sock, "directory", "install", file, NULL));
}

/* The agent is started again with another key file. */
static inline void auth_restart(sys_agent *agent, const char *key, const char *old_key)
{
    sys_agent_stop(agent, SIGTERM);
    (void)snprintf(agent->key, sizeof agent->key, "%s", key);
    (void)snprintf(agent->old_key, sizeof agent->old_key, "%s", old_key == NULL ? "" : old_key);
    sys_agent_start(agent);
}

#endif
