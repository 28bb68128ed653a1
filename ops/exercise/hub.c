/* hub - makes an exercise hub with the product's own commands, and reads back who takes part. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agents/campaign/load.h"
#include "ops/exercise/exercise.h"

#define HUB_ARENA (32u * 1024 * 1024)
static uint8_t arena_block[HUB_ARENA];
static tb_arena arena = {arena_block, HUB_ARENA, 0};

static void make_folder(const char *path)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        ex_fail("cannot make %s: %s", path, strerror(errno));
    }
}

static void sign(const ex_world *world, const char *kind, const char *name, const char *content)
{
    char program[EX_PATH], authority[EX_PATH * 2], dir[EX_PATH * 2], out[EX_PATH * 2], in[EX_PATH * 2];
    (void)snprintf(program, sizeof program, "%s/tongbao", world->options.programs);
    (void)snprintf(authority, sizeof authority, "%s/keys/authority.key", world->hub_dir);
    (void)snprintf(dir, sizeof dir, "%s/directory", world->hub_dir);
    (void)snprintf(out, sizeof out, "%s/documents/%s.doc", world->hub_dir, name);
    (void)snprintf(in, sizeof in, "%s", content);
    char k[16], n[32];
    (void)snprintf(k, sizeof k, "%s", kind);
    (void)snprintf(n, sizeof n, "%s", name);
    char *argv[] = {program, "document", "sign", "--authority", authority, "--dir", dir, "--kind", k,
                    "--name", n, "--version", "1", "--out", out, in, NULL};
    ex_run(argv);
}

void ex_hub_make(ex_world *world)
{
    (void)snprintf(world->hub_dir, sizeof world->hub_dir, "%s/hub", world->options.out);
    (void)snprintf(world->store_dir, sizeof world->store_dir, "%s/stores", world->options.out);
    (void)snprintf(world->log_dir, sizeof world->log_dir, "%s/logs", world->options.out);
    make_folder(world->options.out);
    make_folder(world->store_dir);
    make_folder(world->log_dir);
    /* Socket paths must stay short, whatever --out is. */
    (void)snprintf(world->run_dir, sizeof world->run_dir, "/tmp/tongbao-XXXXXX");
    if (mkdtemp(world->run_dir) == NULL) {
        ex_fail("cannot make a folder for sockets: %s", strerror(errno));
    }
    char program[EX_PATH], provinces[16], documents[EX_PATH * 2], tables[EX_PATH * 2], path[EX_PATH * 2];
    (void)snprintf(program, sizeof program, "%s/tongbao", world->options.programs);
    (void)snprintf(provinces, sizeof provinces, "%u", world->options.provinces);
    char table[EX_PATH * 2];
    (void)snprintf(table, sizeof table, "%s/ops/tables/provinces.csv", world->options.source);
    char parties[EX_PATH * 2];
    (void)snprintf(parties, sizeof parties, "%s/ops/exercise/parties/%s.csv", world->options.source, world->options.campaign);
    char *by_province[] = {program, "directory", "exercise", "--provinces", provinces, "--table", table, "--out", world->hub_dir, NULL};
    char *by_list[] = {program, "directory", "exercise", "--parties", parties, "--out", world->hub_dir, NULL};
    ex_run(world->options.leads != NULL ? by_province : by_list);
    char versions[EX_PATH * 2], newest[EX_PATH * 2];
    (void)snprintf(versions, sizeof versions, "%s/directory", world->hub_dir);
    (void)snprintf(newest, sizeof newest, "%s/directory.doc", world->hub_dir);
    char *publish[] = {program, "directory", "publish", "--dir", versions, "--out", newest, NULL};
    ex_run(publish);
    (void)snprintf(documents, sizeof documents, "%s/documents", world->hub_dir);
    make_folder(documents);
    (void)snprintf(path, sizeof path, "%s/ops/campaigns/%s.yaml", world->options.source, world->options.campaign);
    sign(world, "campaign", world->options.campaign, path);
    (void)snprintf(tables, sizeof tables, "%s/../tables/segments.table", world->options.programs);
    sign(world, "table", "segments", tables);
    (void)snprintf(tables, sizeof tables, "%s/../tables/provinces.table", world->options.programs);
    sign(world, "table", "provinces", tables);
    (void)snprintf(tables, sizeof tables, "%s/../tables/calendar.table", world->options.programs);
    sign(world, "table", "calendar", tables);
}

static tb_document read_document(const ex_world *world, const char *name)
{
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/%s", world->hub_dir, name);
    tb_document document;
    if (tb_document_decode(ex_read_file(path, &arena), &arena, &document) != TB_ACCEPTED) {
        ex_fail("%s does not decode", path);
    }
    return document;
}

static void text_of(char *out, size_t size, tb_bytes in)
{
    (void)snprintf(out, size, "%.*s", (int)in.size, (const char *)in.data);
}

void ex_hub_load(ex_world *world)
{
    tb_document document = read_document(world, "directory.doc");
    tb_directory directory;
    if (tb_directory_decode(document.content, &arena, &directory) != TB_ACCEPTED) {
        ex_fail("the directory does not decode");
    }
    for (size_t i = 0; i < directory.party_count && world->party_count < EX_PARTIES_MAX; i++) {
        const tb_directory_party *p = &directory.parties[i];
        ex_party *party = &world->parties[world->party_count++];
        party->id = p->id;
        party->outbox = -1;
        text_of(party->role, sizeof party->role, p->role);
        text_of(party->province, sizeof party->province, p->jurisdiction);
        text_of(party->name_zh, sizeof party->name_zh, p->name_zh);
        text_of(party->name_en, sizeof party->name_en, p->name_en);
        text_of(party->operator_code, sizeof party->operator_code, tb_directory_attribute(p, "operator"));
    }
    document = read_document(world, "documents/segments.doc");
    if (tb_segments_decode(document.content, &arena, &world->segments) != TB_ACCEPTED) {
        ex_fail("the number segments do not decode");
    }
    char name[EX_PATH];
    (void)snprintf(name, sizeof name, "documents/%s.doc", world->options.campaign);
    document = read_document(world, name);
    static tb_campaign_loaded *loaded;
    char error[512];
    if (tb_campaign_load(document.content, &loaded, error, sizeof error) != TB_OK) {
        ex_fail("the campaign: %s", error);
    }
    world->campaign = tb_campaign_loaded_get(loaded);
    world->type = world->options.leads != NULL ? tb_campaign_case_type(world->campaign, tb_bytes_str("notice")) : NULL;
}
