#include "broker/shell/hub.h"

#include <stdlib.h>

#include "base/limits.h"
#include "broker/migrate.h"
#include "broker/shell/zap.h"
#include "daemon/accept.h"
#include "daemon/damage.h"
#include "daemon/memory.h"
#include "daemon/migration_log.h"
#include "keyfile/disk.h"
#include "store/version.h"

/* A directory of the largest size, decoded. */
#define DIRECTORY_MEMORY_BYTES (24u * 1024 * 1024)
#define SMALL_MEMORY_BYTES     (64u * 1024)
/* Free memory kept for the next frames: those of one turn, and what they become on their way out.
 */
#define KEPT_FREE_BYTES (8 * TB_FRAME_BYTES_MAX)

static int failed(int code, const char *what, const char *why)
{
    fprintf(stderr, "level=error event=start what=\"%s: %s\"\n", what, why);
    return code;
}

static bool make_memory(tb_hub *hub)
{
    hub->memory = malloc(TB_BROKER_ARENA_BYTES);
    hub->small_memory = malloc(SMALL_MEMORY_BYTES);
    bool whole = hub->memory != NULL && hub->small_memory != NULL;
    for (size_t i = 0; i < 2; i++) {
        hub->loaded[i].block = malloc(DIRECTORY_MEMORY_BYTES);
        whole = whole && hub->loaded[i].block != NULL;
        tb_arena_init(&hub->loaded[i].arena, hub->loaded[i].block,
                      hub->loaded[i].block == NULL ? 0 : DIRECTORY_MEMORY_BYTES);
    }
    return whole;
}

/* The document, decoded into the memory not in use, becomes the directory in use. */
static tb_refusal use(tb_hub *hub, const tb_document *document)
{
    tb_loaded *next = &hub->loaded[1 - hub->in_use];
    tb_arena_reset(&next->arena);
    tb_refusal refused = tb_directory_decode(document->content, &next->arena, &next->directory);
    if (refused != TB_ACCEPTED) {
        return refused;
    }

    hub->in_use = 1 - hub->in_use;
    hub->broker.directory = &next->directory;
    return TB_ACCEPTED;
}

static bool read_document(const char *path, tb_arena *arena, tb_document *out, tb_problem *problem)
{
    tb_bytes bytes;
    if (!tb_disk_read(path, TB_DOCUMENT_BYTES_MAX + 4096, arena, &bytes, problem)) {
        return false;
    }
    tb_refusal refused = tb_document_decode(bytes, arena, out);
    if (refused == TB_ACCEPTED && out->kind != TB_DOCUMENT_DIRECTORY) {
        refused = TB_REFUSED_MALFORMED;
    }
    return refused == TB_ACCEPTED || tb_problem_refused(problem, path, refused);
}

/* The keys in the file are those the directory names for the hub, or its spare ones. */
static bool keys_fit(const tb_hub *hub)
{
    const tb_directory *directory = hub->broker.directory;
    const tb_public_key *transport = &hub->keys.secrets->transport.public_key;
    const tb_directory_key *sign = tb_directory_hub_key(directory, &hub->broker.sign_id);
    const tb_hub_keys *named =
        sign == &directory->hub_keys.sign ? &directory->hub_keys : &directory->spare;
    return sign != NULL &&
           memcmp(named->transport.key.bytes, transport->bytes, sizeof *transport) == 0;
}

int tb_hub_load(tb_hub *hub, const tb_broker_options *options)
{
    tb_problem problem;
    hub->options = options;
    hub->printing.verbose = options->verbose;
    if (!make_memory(hub)) {
        return failed(TB_EXIT_STORE, "memory", "not enough");
    }
    if (!tb_keyfile_read(options->key, &hub->keys, &problem)) {
        return failed(TB_EXIT_DATA, "key file", problem.en);
    }
    if (!hub->keys.is_locked) {
        fprintf(stderr, "level=warn event=keys_not_locked what=\"raise LimitMEMLOCK so that keys "
                        "cannot be swapped out\"\n");
    }
    hub->broker.sign = &hub->keys.secrets->sign;
    hub->broker.sign_id = tb_keyfile_sign_id(&hub->keys);
    hub->broker.speaks = tb_protocol_spoken();
    hub->broker.limits.share_bytes = options->share_bytes;
    hub->broker.limits.credit_bytes = TB_CREDIT_BYTES;

    tb_arena arena;
    tb_arena_init(&arena, hub->memory, TB_BROKER_ARENA_BYTES);
    tb_document document;
    if (!read_document(options->directory, &arena, &document, &problem)) {
        return failed(TB_EXIT_DATA, "directory", problem.en);
    }
    tb_refusal refused = use(hub, &document);
    if (refused != TB_ACCEPTED) {
        return failed(TB_EXIT_DATA, options->directory, tb_refusal_en(refused));
    }
    hub->broker.hub = hub->broker.directory->hub;
    if (!keys_fit(hub)) {
        return failed(
            TB_EXIT_DATA, options->key,
            "the directory names other keys for the hub; use the key file it was enrolled with");
    }
    return 0;
}

/* Whoever reads the log of a store out of a backup must know that it is one. */
static void say_restored(tb_txn *txn)
{
    tb_time at;
    char printed[TB_TIME_TEXT];
    if (tb_store_restored(txn, &at) == TB_OK) {
        tb_time_print(at, printed);
        fprintf(stderr,
                "level=warn event=restored_store at=%s what=\"this store was made out of a "
                "backup; senders submit again what it lacks\"\n",
                printed);
    }
}

/* In one transaction: the store is this hub's, its sessions are ended, the newer directory stays.
 */
static int start_core(tb_hub *hub)
{
    tb_problem problem;
    tb_random random;
    tb_document document;
    tb_arena *arena = &hub->node.arena;
    tb_arena_reset(arena);
    if (!tb_random_kernel(&random, &problem) ||
        !read_document(hub->options->directory, arena, &document, &problem)) {
        return failed(TB_EXIT_DATA, "start", problem.en);
    }
    tb_txn *txn = NULL;
    tb_err err = tb_store_begin(hub->node.store, arena, &txn);
    if (err != TB_OK) {
        return failed(TB_EXIT_STORE, hub->options->store, tb_err_text(err));
    }
    say_restored(txn);
    tb_refusal refused = TB_ACCEPTED;
    err = tb_broker_start(&hub->broker, txn, &document, &random, &refused);
    if (err != TB_OK || refused != TB_ACCEPTED) {
        tb_store_abort(txn);
        return failed(TB_EXIT_DATA, hub->options->store,
                      err != TB_OK ? tb_err_text(err) : tb_refusal_en(refused));
    }
    err = tb_store_commit(txn);
    if (err != TB_OK) {
        return failed(TB_EXIT_COMMIT, hub->options->store, tb_err_text(err));
    }
    return tb_hub_reload(hub) ? 0 : TB_EXIT_DATA;
}

bool tb_hub_reload(tb_hub *hub)
{
    hub->reload = false;
    tb_arena_reset(&hub->node.arena);
    tb_txn *txn = NULL;
    if (tb_store_begin_read(hub->node.store, &hub->node.arena, &txn) != TB_OK) {
        return false;
    }
    tb_document document;
    tb_err err = tb_broker_directory(txn, &document);
    tb_store_abort(txn);
    tb_refusal refused = err == TB_OK ? use(hub, &document) : TB_REFUSED_MALFORMED;
    if (refused != TB_ACCEPTED) {
        (void)failed(0, "directory in the store",
                     err == TB_OK ? tb_refusal_en(refused) : tb_err_text(err));
        return false;
    }

    tb_speakers *speakers = tb_speakers_make(hub->broker.directory);
    if (speakers == NULL || (hub->net.zap != NULL && !tb_zap_replace(hub->net.zap, speakers))) {
        tb_speakers_free(speakers);
        return false;
    }
    tb_speakers_free(hub->speakers);
    hub->speakers = speakers;
    fprintf(stderr, "level=info event=directory version=%u parties=%zu\n",
            hub->broker.directory->version, speakers->count);
    return true;
}

int tb_hub_open(tb_hub *hub)
{
    tb_store_options store = {hub->options->quota_bytes, TB_STORE_BROKER};
    tb_migration_log log = {0};
    tb_memory_keep(KEPT_FREE_BYTES);
    tb_accept_keep_reserve();
    tb_damage_watch("tongbao-broker", hub->options->store, TB_EXIT_STORE);
    tb_err err = tb_store_open_older(hub->options->store, &store, &hub->node.store);
    if (err != TB_OK) {
        return failed(err == TB_ERR_BUSY ? TB_EXIT_BUSY : TB_EXIT_STORE, hub->options->store,
                      tb_err_text(err));
    }
    tb_arena_init(&hub->node.arena, hub->memory, TB_BROKER_ARENA_BYTES);
    err = tb_migrate(hub->node.store, &hub->node.arena, tb_broker_migrations,
                     tb_broker_migration_count, tb_migration_log_news, &log);
    if (err != TB_OK) {
        return failed(TB_EXIT_STORE, "migrate the store", tb_migration_log_why(err));
    }
    hub->node.logic = &hub->broker;
    hub->node.step = tb_broker_step;
    hub->node.close = tb_broker_close;
    hub->node.forget = tb_broker_forget;
    hub->node.dropped = tb_broker_dropped;
    hub->node.shell = hub;
    hub->node.perform = tb_hub_perform;
    hub->node.seed = tb_hub_seed;
    int code = start_core(hub);
    if (code != 0) {
        return code;
    }
    const tb_seal_pair *transport = &hub->keys.secrets->transport;
    if (!tb_net_open(&hub->net, hub->options->listen, transport, hub->speakers)) {
        return TB_EXIT_LISTEN;
    }
    if (hub->options->socket != NULL && !tb_hub_socket_open(&hub->local, hub->options->socket)) {
        return TB_EXIT_LISTEN;
    }
    if (!tb_net_self_test(&hub->net, &transport->public_key)) {
        return failed(TB_EXIT_LISTEN, "self test",
                      "a stranger was not refused; the hub must not be reachable like this");
    }
    if (!tb_zap_watch(hub->net.zap, hub->net.router)) {
        return failed(TB_EXIT_LISTEN, "start", "handshakes that fail cannot be watched");
    }
    return 0;
}

void tb_hub_close(tb_hub *hub)
{
    tb_hub_socket_close(&hub->local);
    if (hub->keeps) {
        tb_net_release(&hub->kept);
    }
    tb_net_close(&hub->net);
    if (hub->node.store != NULL) {
        tb_store_close(hub->node.store);
    }
    tb_speakers_free(hub->speakers);
    tb_keyfile_wipe(&hub->keys);
    for (size_t i = 0; i < 2; i++) {
        free(hub->loaded[i].block);
    }
    free(hub->small_memory);
    free(hub->memory);
}
