/* A power cut at any moment: whatever of the unflushed writes the disk kept, the store opens, every
 * invariant holds, and what had been promised in a message is there.
 *
 * TONGBAO_POWER_STATES says how many states in all; a third each for the hub, a sender and a
 * recipient. Half of the cuts fall right behind a message. That the replay finds loss where there
 * is some is shown with disks that lie, and with promises made before their commit.
 */
#include "agents/shell/documents.h"
#include "messages/directory.h"
#include "tests/power/hub_run.h"
#include "tests/power/promises.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define STATES_SHORT 3000
#define TEETH_STATES 400
#define QUOTA_BYTES  16777216u
#define ARENA_BYTES  (64u * 1024 * 1024)
#define CHILD_S      60
#define WIDTH        2 /* children at a time */

/* What a child that looked at a state found; its exit code. */
typedef enum finding {
    FOUND_WHOLE = 0,
    FOUND_LOSS = 10,
    FOUND_DAMAGE = 11,
    FOUND_NONSENSE = 12
} finding;

typedef struct findings {
    size_t states;
    size_t whole;
    size_t loss;
    size_t damage; /* does not open, or an invariant is broken */
} findings;

static sys_hub *the_hub; /* one run for all tests */
static tb_arena memory;
static tb_arena scratch;
static tb_document directory_document;
static tb_directory directory;

/* ---- looking at one state, in a child ---- */

static finding look(tb_txn *txn,
                    tb_err checked,
                    const tb_bytes *faults,
                    size_t fault_count,
                    const promises *p,
                    size_t cut)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < fault_count; i++) {
        print_error("%.*s\n", (int)faults[i].size, (const char *)faults[i].data);
    }
    size_t broken = promises_broken(p, cut, txn);
    if (broken > 0) {
        return FOUND_LOSS;
    }
    return checked == TB_OK && fault_count == 0 && tb_store_scrub(txn, &rows) == TB_OK
               ? FOUND_WHOLE
               : FOUND_DAMAGE;
}

static finding look_at_hub(tb_store *store, const promises *p, size_t cut)
{
    static tb_broker broker;
    uint8_t seed[32] = {1};
    tb_random random;
    tb_txn *txn;
    tb_bytes *faults = NULL;
    size_t count = 0;
    tb_refusal refused = TB_ACCEPTED;
    broker.hub = directory.hub;
    broker.directory = &directory;
    tb_random_seed(&random, seed);
    if (tb_store_begin(store, &scratch, &txn) != TB_OK ||
        tb_broker_start(&broker, txn, &directory_document, &random, &refused) != TB_OK ||
        refused != TB_ACCEPTED || tb_store_commit(txn) != TB_OK ||
        tb_store_begin_read(store, &scratch, &txn) != TB_OK) {
        return FOUND_DAMAGE;
    }
    tb_err err = tb_broker_check(&broker, txn, &faults, &count);
    return look(txn, err, faults, count, p, cut);
}

static finding look_at_agent(tb_store *store, const char *party, const promises *p, size_t cut)
{
    static tb_agent agent;
    uint8_t seed[32] = {1};
    tb_random random;
    tb_txn *txn;
    tb_bytes *faults = NULL;
    size_t count = 0;
    tb_documents *documents = NULL;
    tb_refusal refused = TB_ACCEPTED;
    if (tb_documents_load(store, &documents) != TB_OK) {
        return FOUND_DAMAGE;
    }
    tb_documents_use(documents, &agent);
    agent.directory = agent.directory == NULL ? &directory : agent.directory;
    agent.hub = directory.hub;
    assert_true(tb_party_parse(tb_bytes_str(party), &agent.self));
    tb_random_seed(&random, seed);
    if (tb_store_begin(store, &scratch, &txn) != TB_OK ||
        tb_agent_start(&agent, txn, &random, &refused) != TB_OK || refused != TB_ACCEPTED ||
        tb_store_commit(txn) != TB_OK || tb_store_begin_read(store, &scratch, &txn) != TB_OK) {
        return FOUND_DAMAGE;
    }
    tb_err err = tb_agent_check(&agent, txn, &faults, &count);
    return look(txn, err, faults, count, p, cut);
}

static finding look_at_folder(const char *folder, const char *name, const promises *p, size_t cut)
{
    bool is_hub = strcmp(name, "hub") == 0;
    tb_store_options options = {QUOTA_BYTES, is_hub ? TB_STORE_BROKER : TB_STORE_AGENT};
    tb_store *store;
    tb_arena_reset(&scratch);
    tb_err err = tb_store_open(folder, &options, &store);
    if (err != TB_OK) {
        /* A store that is half made is no loss while nothing was promised. */
        return promises_before(p, cut) == 0 ? FOUND_WHOLE : FOUND_DAMAGE;
    }
    return is_hub ? look_at_hub(store, p, cut) : look_at_agent(store, name, p, cut);
}

/* ---- states ---- */

static size_t choose_cut(const replay *r, const promises *p, tb_random *chance)
{
    uint32_t any[2];
    tb_random_bytes(chance, any, sizeof any);
    if ((any[0] & 1) != 0 && p->count > 0) {
        return p->list[any[1] % p->count].at + 1;
    }
    return any[1] % (r->count + 1);
}

static void clear(const char *folder)
{
    char path[SYS_PATH + 16];
    (void)snprintf(path, sizeof path, "%s/data.mdb", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/lock.mdb", folder);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/turns.log", folder);
    (void)unlink(path);
}

/* In a child: makes the state of this number and looks at it. */
static finding
one_state(const replay *r, const promises *p, const char *name, const char *folder, size_t number)
{
    uint8_t seed[32] = {(uint8_t)r->disk, (uint8_t)name[0]};
    tb_random chance;
    memcpy(seed + 8, &number, sizeof number);
    tb_random_seed(&chance, seed);
    size_t cut = choose_cut(r, p, &chance);
    if (!replay_state(r, cut, &chance, folder)) {
        return FOUND_NONSENSE;
    }
    finding found = look_at_folder(folder, name, p, cut);
    if (found != FOUND_WHOLE && r->disk == DISK_HONEST) {
        print_message("%s: state %zu, cut before record %zu of %zu: %s\n", name, number, cut,
                      r->count, found == FOUND_LOSS ? "loss" : "damage");
    }
    return found;
}

static pid_t
begin_state(const replay *r, const promises *p, const char *name, const char *folder, size_t number)
{
    clear(folder);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)alarm(CHILD_S);
        if (r->disk != DISK_HONEST && freopen("/dev/null", "w", stderr) == NULL) {
            _exit(1);
        }
        finding found = one_state(r, p, name, folder, number);
        (void)fflush(stdout);
        _exit((int)found);
    }
    return pid;
}

static void count_state(findings *f, int status)
{
    finding found = WIFEXITED(status) ? (finding)WEXITSTATUS(status) : FOUND_DAMAGE;
    if (WIFSIGNALED(status)) {
        print_message("a look at a state was ended by signal %d\n", WTERMSIG(status));
    }
    assert_int_not_equal(found, FOUND_NONSENSE);
    f->states++;
    f->whole += found == FOUND_WHOLE ? 1 : 0;
    f->loss += found == FOUND_LOSS ? 1 : 0;
    f->damage += found != FOUND_WHOLE && found != FOUND_LOSS ? 1 : 0;
}

/* A file system in memory: the flushes of the look itself cost nothing. */
static void make_folder(char out[SYS_PATH])
{
    (void)snprintf(out, SYS_PATH, "%s/tongbao-power-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(out));
}

static findings
try_states(const char *name, replay_disk disk, bool early, size_t states, bool until_found)
{
    char record[SYS_PATH];
    char folder[WIDTH][SYS_PATH];
    pid_t pids[WIDTH] = {0};
    replay r;
    promises p;
    findings f = {0};
    hub_run_record(the_hub, name, record);
    assert_true(replay_read(&r, record));
    r.disk = disk;
    size_t mark = tb_arena_mark(&memory);
    assert_true(promises_read(&r, &memory, &scratch, &p));
    assert_true(p.count > 20);
    if (early) {
        promises_made_early(&p, &r);
    }
    for (size_t i = 0; i < WIDTH; i++) {
        make_folder(folder[i]);
    }
    /* The lying disks' states one by one: how many it takes is a figure. */
    size_t width = until_found ? 1 : WIDTH;
    (void)fflush(stdout);
    for (size_t number = 0; f.states < states && !(until_found && f.loss + f.damage > 0);) {
        for (size_t i = 0; i < width; i++) {
            int status = 0;
            if (pids[i] != 0) {
                assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
                count_state(&f, status);
                pids[i] = 0;
            }
            if (number < states && !(until_found && f.loss + f.damage > 0)) {
                pids[i] = begin_state(&r, &p, name, folder[i], number++);
            }
        }
    }
    if (pids[0] != 0) {
        (void)waitpid(pids[0], NULL, 0);
    }
    print_message("%s: %zu records, %zu promises, %zu states: %zu whole, %zu lost, %zu damaged\n",
                  name, r.count, p.count, f.states, f.whole, f.loss, f.damage);
    char command[SYS_PATH + 20];
    for (size_t i = 0; i < WIDTH; i++) {
        (void)snprintf(command, sizeof command, "rm -rf '%.*s'", SYS_PATH - 1, folder[i]);
        assert_int_equal(system(command), 0);
    }
    tb_arena_release(&memory, mark);
    replay_free(&r);
    return f;
}

static void nothing_is_lost(const char *name)
{
    const char *text = getenv("TONGBAO_POWER_STATES");
    size_t states = (text == NULL ? STATES_SHORT : strtoul(text, NULL, 10)) / 3;
    findings f = try_states(name, DISK_HONEST, false, states, false);
    assert_int_equal(f.whole, states);
}

static void a_cut_at_the_hub_loses_nothing_it_had_called_stored(void **state)
{
    (void)state;
    nothing_is_lost("hub");
}

static void a_cut_at_the_sender_loses_no_number_and_no_answer(void **state)
{
    (void)state;
    nothing_is_lost(RUN_SENDER);
}

static void a_cut_at_the_recipient_loses_nothing_it_had_called_arrived(void **state)
{
    (void)state;
    nothing_is_lost(RUN_RECIPIENT);
}

static void finds_something(replay_disk disk, bool early)
{
    static const char *const names[] = {"hub", RUN_SENDER, RUN_RECIPIENT};
    for (size_t i = 0; i < 3; i++) {
        findings f = try_states(names[i], disk, early, TEETH_STATES, true);
        assert_true(f.loss + f.damage > 0);
    }
}

static void without_the_second_flush_loss_is_found(void **state)
{
    (void)state;
    finds_something(DISK_NO_META_SYNC, false);
}

static void without_any_flush_loss_or_damage_is_found(void **state)
{
    (void)state;
    finds_something(DISK_NO_SYNC, false);
}

static void a_promise_made_before_its_commit_is_found(void **state)
{
    (void)state;
    finds_something(DISK_HONEST, true);
}

/* ---- the run ---- */

static int run_once(void **state)
{
    char path[SYS_PATH];
    void *made = NULL;
    if (sys_set_up(&made) != 0) {
        return -1;
    }
    the_hub = made;
    *state = made;
    hub_run(the_hub);
    sys_path(the_hub, path, "directory/directory.2.doc");
    return tb_block_map(ARENA_BYTES, &memory) && tb_block_map(ARENA_BYTES, &scratch) &&
                   tb_documents_read(path, &memory, &directory_document) &&
                   tb_directory_decode(directory_document.content, &memory, &directory) ==
                       TB_ACCEPTED
               ? 0
               : -1;
}

static int end_once(void **state)
{
    tb_block_unmap(&memory);
    tb_block_unmap(&scratch);
    return sys_tear_down(state);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_cut_at_the_hub_loses_nothing_it_had_called_stored),
    cmocka_unit_test(a_cut_at_the_sender_loses_no_number_and_no_answer),
    cmocka_unit_test(a_cut_at_the_recipient_loses_nothing_it_had_called_arrived),
    cmocka_unit_test(without_the_second_flush_loss_is_found),
    cmocka_unit_test(without_any_flush_loss_or_damage_is_found),
    cmocka_unit_test(a_promise_made_before_its_commit_is_found),
};

int main(int argc, char **argv)
{
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("power/power", tests, run_once, end_once);
}
