/* start - everything before the first turn: keys, store, the first directory, documents. */
#include "agents/shell/shell.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/link.h"
#include "agents/local.h"
#include "agents/migrate.h"
#include "daemon/accept.h"
#include "daemon/damage.h"
#include "daemon/memory.h"
#include "daemon/migration_log.h"
#include "store/version.h"

/* Free memory kept for the next frames: those of one turn, and what answers them. */
#define KEPT_FREE_BYTES (2 * TB_FRAME_BYTES_MAX)

static bool fail(const char *what, const char *which, const char *why)
{
    fprintf(stderr, "level=error event=start what=\"%s\" which=%s why=\"%s\"\n", what, which, why);
    return false;
}

static bool read_keys(tb_shell *shell)
{
    const tb_agent_options *options = shell->options;
    tb_problem problem = {0};
    if (!tb_keyfile_read(options->key, &shell->keys, &problem)) {
        return fail("cannot use the key file", options->key, problem.en);
    }
    if (shell->keys.is_authority || !tb_party_equal(&shell->keys.party, &options->party)) {
        return fail("the key file is another party's", options->key, shell->keys.party.text);
    }

    if (!shell->keys.is_locked) {
        fprintf(stderr, "level=warn event=keys_not_locked what=\"raise LimitMEMLOCK so that keys "
                        "cannot be swapped out\"\n");
    }
    tb_agent_keys *keys = &shell->agent.keys;
    keys->sign = &shell->keys.secrets->sign;
    keys->sign_id = tb_keyfile_sign_id(&shell->keys);
    keys->seal[0] = &shell->keys.secrets->seal;
    keys->seal_id[0] = tb_keyfile_seal_id(&shell->keys);
    keys->seal_count = 1;
    keys->old_seal_life = (tb_time)options->old_key_life_s * 1000;
    if (!tb_shell_old_keys(shell)) {
        return false;
    }
    shell->net.transport = &shell->keys.secrets->transport;
    return true;
}

/* Brings the store to this program's schema. */
static bool migrate(tb_shell *shell)
{
    tb_migration_log log = {0};
    tb_err err = tb_migrate(shell->store, &shell->node.arena, tb_agent_migrations,
                            tb_agent_migration_count, tb_migration_log_news, &log);
    if (err != TB_OK) {
        return fail("cannot migrate the store", shell->options->store, tb_migration_log_why(err));
    }
    return true;
}

/* Who only checks must not change the store: an older program could not open it any more. */
static bool open_store(tb_shell *shell)
{
    tb_store_options options = {shell->options->quota_bytes, TB_STORE_AGENT};
    bool only_check = shell->options->only_check;
    tb_damage_watch("tongbao-agent", shell->options->store, 1);
    tb_err err = only_check ? tb_store_open(shell->options->store, &options, &shell->store)
                            : tb_store_open_older(shell->options->store, &options, &shell->store);
    if (err != TB_OK) {
        return fail("cannot open the store", shell->options->store, tb_err_text(err));
    }
    return only_check || migrate(shell);
}

/* The directory file the operator trusts: signed by the authority it names itself. */
static bool
read_directory(tb_shell *shell, tb_arena *arena, tb_document *document, tb_directory *out)
{
    const char *path = shell->options->directory;
    if (!tb_documents_read(path, arena, document)) {
        return false;
    }
    tb_refusal refused = document->kind == TB_DOCUMENT_DIRECTORY
                             ? tb_directory_decode(document->content, arena, out)
                             : TB_REFUSED_MALFORMED;
    if (refused == TB_ACCEPTED && !tb_document_verify(document, &out->hub, &out->authority.key)) {
        refused = TB_REFUSED_SIGNATURE;
    }
    return refused == TB_ACCEPTED ? true
                                  : fail("cannot use the directory", path, tb_refusal_en(refused));
}

static bool install(tb_shell *shell, tb_txn *txn, const char *path, const tb_document *document)
{
    tb_refusal refused = TB_ACCEPTED;
    tb_bytes detail;
    tb_err err = tb_document_install(&shell->agent, txn, tb_shell_now(), document,
                                     &shell->node.effects, &refused, &detail);
    if (err != TB_OK) {
        return fail("cannot install the document", path, tb_err_text(err));
    }
    if (refused != TB_ACCEPTED) {
        if (detail.size > 0) {
            fprintf(stderr, "level=error event=finding which=%s what=\"%.*s\"\n", path,
                    (int)detail.size, (const char *)detail.data);
        }
        return fail("cannot install the document", path, tb_refusal_en(refused));
    }
    return true;
}

/* A directory file older than what is in the store is no fault: newer ones came from the hub. */
static bool install_all(tb_shell *shell, tb_txn *txn, const tb_document *directory)
{
    const tb_agent_options *options = shell->options;
    bool fine = directory->version < shell->agent.directory->version ||
                install(shell, txn, options->directory, directory);
    for (size_t i = 0; fine && i < options->document_count; i++) {
        tb_document document;
        fine = tb_documents_read(options->documents[i], &shell->node.arena, &document) &&
               install(shell, txn, options->documents[i], &document);
    }
    return fine;
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
                "backup; what it lacks is found when the hub answers\"\n",
                printed);
    }
}

/* One transaction: META, directory, documents. */
static bool prepare(tb_shell *shell, const tb_document *directory)
{
    tb_txn *txn = NULL;
    tb_random random;
    uint8_t seed[32];
    tb_refusal refused = TB_ACCEPTED;
    tb_err err = tb_store_begin(shell->store, &shell->node.arena, &txn);
    if (err != TB_OK) {
        return fail("cannot read the store", shell->options->store, tb_err_text(err));
    }

    say_restored(txn);
    tb_shell_seed(shell, seed);
    tb_random_seed(&random, seed);
    tb_effects_reset(&shell->node.effects);
    err = tb_agent_start(&shell->agent, txn, &random, &refused);
    bool fine = err == TB_OK && refused == TB_ACCEPTED;
    if (!fine) {
        (void)fail("this store is not this party's on this hub", shell->options->store,
                   err == TB_OK ? tb_refusal_en(refused) : tb_err_text(err));
    }
    fine = fine && install_all(shell, txn, directory);
    if (!fine) {
        tb_store_abort(txn);
        return false;
    }
    err = tb_store_commit(txn);
    return err == TB_OK ? true
                        : fail("cannot write the store", shell->options->store, tb_err_text(err));
}

static bool load(tb_shell *shell)
{
    tb_err err = tb_documents_load(shell->store, &shell->documents);
    if (err != TB_OK) {
        return fail("cannot load the documents", shell->options->store, tb_err_text(err));
    }
    return true;
}

/* Whether anything new came in, or what was loaded before still holds. */
static bool installed(const tb_shell *shell)
{
    const tb_effects *effects = &shell->node.effects;
    for (size_t i = 0; i < effects->count; i++) {
        if (effects->list[i].kind == TB_EFFECT_RELOAD) {
            return true;
        }
    }
    return false;
}

static bool set_up_documents(tb_shell *shell)
{
    tb_document document;
    tb_directory directory;
    if (!load(shell) || !read_directory(shell, &shell->node.arena, &document, &directory)) {
        return false;
    }
    tb_documents_use(shell->documents, &shell->agent);
    if (!shell->documents->has_directory) {
        shell->agent.directory = &directory;
    }
    shell->agent.hub = shell->agent.directory->hub;
    if (!tb_digest_equal(&directory.hub, &shell->agent.hub)) {
        return fail("the directory is another hub's", shell->options->directory,
                    tb_refusal_en(TB_REFUSED_WRONG_HUB));
    }
    if (!prepare(shell, &document)) {
        return false;
    }

    if (!installed(shell)) {
        return true;
    }
    tb_documents_free(shell->documents);
    shell->documents = NULL;
    if (!load(shell)) {
        return false;
    }
    tb_documents_use(shell->documents, &shell->agent);
    return true;
}

/* The agent's keys must be the ones others know. */
static bool check_enrolled(tb_shell *shell)
{
    const tb_directory_party *party = tb_directory_find(shell->agent.directory, &shell->agent.self);
    if (party == NULL) {
        return fail("not in the directory", shell->agent.self.text,
                    tb_refusal_en(TB_REFUSED_UNKNOWN_PARTY));
    }
    if (tb_directory_key_of(party, &shell->agent.keys.sign_id) == NULL ||
        tb_directory_key_of(party, &shell->agent.keys.seal_id[0]) == NULL) {
        return fail("the key file's keys are not enrolled", shell->options->key,
                    tb_refusal_en(TB_REFUSED_UNKNOWN_KEY));
    }
    return true;
}

bool tb_shell_start(tb_shell *shell, const tb_agent_options *options)
{
    tb_memory_keep(KEPT_FREE_BYTES);
    tb_accept_keep_reserve();
    shell->options = options;
    shell->agent.self = options->party;
    shell->agent.judge_campaign = tb_documents_judge_campaign;
    shell->net.endpoint = options->hub;
    shell->touched = true; /* starting takes more memory than any turn after it */
    shell->node.logic = &shell->agent;
    shell->node.step = tb_agent_step;
    shell->node.close = tb_agent_close;
    shell->node.forget = tb_agent_forget;
    shell->node.dropped = tb_local_dropped;
    shell->node.shell = shell;
    shell->node.perform = tb_shell_perform;
    shell->node.seed = tb_shell_seed;
    if (!tb_block_map(TB_AGENT_ARENA_BYTES, &shell->node.arena)) {
        return fail("no memory", options->party.text, "64 MiB of address space are needed");
    }
    if (!read_keys(shell) || !open_store(shell)) {
        return false;
    }
    shell->node.store = shell->store;
    return set_up_documents(shell) && check_enrolled(shell);
}

void tb_shell_end(tb_shell *shell)
{
    tb_agent_net_close(&shell->net);
    tb_documents_free(shell->documents);
    if (shell->store != NULL) {
        tb_store_close(shell->store);
    }
    tb_shell_old_keys_wipe(shell);
    tb_keyfile_wipe(&shell->keys);
    tb_block_unmap(&shell->node.arena);
}
