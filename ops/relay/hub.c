/* hub - an exercise hub for measuring, made with the product's own commands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ops/relay/relay.h"

/* Enough provinces for 34 parties with keys. */
#define PROVINCES     "12"
#define ARENA_BYTES   (8u * 1024 * 1024)
#define PROGRAM_BYTES (RELAY_PATH + 16)

static void make_folder(const char *path)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        relay_fail("cannot make %s: %s", path, strerror(errno));
    }
}

void relay_hub_make(void)
{
    char program[PROGRAM_BYTES], hub[RELAY_PATH], versions[RELAY_PATH], newest[RELAY_PATH];
    char authority[RELAY_PATH], campaign[RELAY_PATH], signed_campaign[RELAY_PATH];
    char provinces[] = PROVINCES;
    (void)snprintf(program, sizeof program, "%s/tongbao", world.programs);
    (void)snprintf(hub, sizeof hub, "%s/hub", world.out);
    (void)snprintf(versions, sizeof versions, "%s/hub/directory", world.out);
    (void)snprintf(newest, sizeof newest, "%s/hub/directory.doc", world.out);
    (void)snprintf(authority, sizeof authority, "%s/hub/keys/authority.key", world.out);
    (void)snprintf(campaign, sizeof campaign, "%s/ops/campaigns/relay.yaml", world.source);
    (void)snprintf(signed_campaign, sizeof signed_campaign, "%s/hub/relay.doc", world.out);
    make_folder(world.out);

    char *exercise[] = {program,   "directory", "exercise", "--provinces",
                        provinces, "--out",     hub,        NULL};
    relay_run(exercise);
    char *publish[] = {program, "directory", "publish", "--dir", versions, "--out", newest, NULL};
    relay_run(publish);
    char *sign[] = {program,  "document", "sign",          "--authority", authority, "--dir",
                    versions, "--kind",   "campaign",      "--name",      "relay",   "--version",
                    "1",      "--out",    signed_campaign, campaign,      NULL};
    relay_run(sign);
    char stores[RELAY_PATH], logs[RELAY_PATH];
    (void)snprintf(stores, sizeof stores, "%s/stores", world.out);
    (void)snprintf(logs, sizeof logs, "%s/logs", world.out);
    make_folder(stores);
    make_folder(logs);
    /* Socket paths must stay short, whatever --out is. */
    (void)snprintf(world.socket_dir, sizeof world.socket_dir, "/tmp/tongbao-XXXXXX");
    if (mkdtemp(world.socket_dir) == NULL) {
        relay_fail("cannot make a folder for sockets: %s", strerror(errno));
    }
}

void relay_hub_load(void)
{
    char path[RELAY_PATH];
    tb_arena arena;
    tb_document document;
    tb_directory directory;
    (void)snprintf(path, sizeof path, "%s/hub/directory.doc", world.out);
    if (!tb_block_map(ARENA_BYTES, &arena) || !tb_documents_read(path, &arena, &document) ||
        tb_directory_decode(document.content, &arena, &directory) != TB_ACCEPTED) {
        relay_fail("cannot read %s", path);
    }

    size_t found = 0;
    for (size_t i = 0; i < directory.party_count && found <= RELAY_RECIPIENTS; i++) {
        if (directory.parties[i].state != TB_PARTY_ACTIVE) {
            continue;
        }
        if (found == 0) {
            world.sender = directory.parties[i].id;
        } else {
            world.recipients[found - 1].party = directory.parties[i].id;
        }
        found++;
    }
    tb_block_unmap(&arena);
    if (found <= RELAY_RECIPIENTS) {
        relay_fail("the directory has only %zu active parties", found);
    }
}
