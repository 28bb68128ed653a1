/* disaster_acts - how each disaster comes about, and what people do about it. */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ops/exercise/disaster.h"

#define HUB_GONE_S 2.0
#define LAPSE_S    5.0  /* so long the home bureau waits for its agent's record of the lapse */
#define LOOK_S     0.2

/* ---- stores ---- */

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static void lose_store(const ex_world *world, const char *name)
{
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/%s", world->store_dir, name);
    if (nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT) {
        ex_fail("cannot remove %s: %s", path, strerror(errno));
    }
}

static void stop(ex_world *world, ex_disaster *d, int with)
{
    d->party->away = true;
    ex_stop(&d->party->pid, with);
    d->struck_s = ex_since_start(world);
}

static void start(ex_world *world, ex_party *party)
{
    ex_agent_start(world, party);
}

/* ---- the hub's disk is lost ---- */

static void strike_hub(ex_world *world, ex_disaster *d)
{
    d->resent = ex_outbox_of_all(world);
    ex_stop(&world->broker, SIGKILL);
    d->struck_s = ex_since_start(world);
    lose_store(world, "hub");
    double until = ex_seconds() + HUB_GONE_S;
    while (ex_seconds() < until && ex_status_of(world, d->helper)->linked) {
        ex_rounds(world, LOOK_S);
    }
    ex_said(world, d, d->helper, "与平台的连接", "link to the hub", "status", NULL, NULL);
    for (size_t i = 0; i < world->row_count; i++) {
        d->waited += world->rows[i].has_case && world->rows[i].closed_at == 0;
    }
}

static void heal_hub(ex_world *world, ex_disaster *d)
{
    ex_note(d, "tongbao-broker --store stores/hub --key hub/keys/hub.key --directory hub/directory.doc --listen %s", world->endpoint);
    ex_broker_start(world);
    double until = ex_seconds() + EX_PATIENCE_S;
    while (!ex_all_linked(world)) {
        if (ex_seconds() > until) {
            ex_fail("not every agent is linked again %.0f s after the hub came back", EX_PATIENCE_S);
        }
        ex_rounds(world, LOOK_S);
    }
}

/* ---- an agency's store comes back old, or empty ---- */

static void back_up(ex_world *world, ex_disaster *d)
{
    char copy[EX_PATH * 2], store[EX_PATH * 2];
    (void)snprintf(copy, sizeof copy, "%s/copies", world->options.out);
    (void)mkdir(copy, 0700);
    (void)snprintf(copy, sizeof copy, "%s/copies/%s", world->options.out, d->party->id.text);
    (void)snprintf(store, sizeof store, "%s/%s", world->store_dir, d->party->id.text);
    ex_done(world, ex_command(world, d, "tongbao-agent", "backup", copy, "--store", store, NULL));
}

static void restore(ex_world *world, ex_disaster *d)
{
    char copy[EX_PATH * 2], store[EX_PATH * 2];
    (void)snprintf(copy, sizeof copy, "%s/copies/%s", world->options.out, d->party->id.text);
    (void)snprintf(store, sizeof store, "%s/%s", world->store_dir, d->party->id.text);
    ex_done(world, ex_command(world, d, "tongbao-agent", "restore", copy, "--store", store, "--quota", "32M", NULL));
}

/* An agent that signs nothing says why in both languages, one below the other. */
static void said_stopped(ex_world *world, ex_disaster *d)
{
    ex_said(world, d, d->party, "已停止签发: ", "\n         ", "status", NULL, NULL);
}

/* Restored at once by whoever is on duty; nobody notices yet that the copy is old, but the agent does. */
static void strike_copy(ex_world *world, ex_disaster *d)
{
    ex_lay_down(world, d->party);
    ex_await(world, d->party, ex_is_empty, "done sending"); /* others hold what the copy lacks */
    stop(world, d, SIGKILL);
    lose_store(world, d->party->id.text);
    restore(world, d);
    start(world, d->party);
    ex_await(world, d->party, ex_is_fenced, "stopped");
    said_stopped(world, d);
}

static void strike_store(ex_world *world, ex_disaster *d)
{
    /* Promise 1 leaves out what neither the hub nor the lost disk holds, so nothing is on its way. */
    ex_lay_down(world, d->party);
    ex_await(world, d->party, ex_is_empty, "done sending");
    stop(world, d, SIGKILL);
    lose_store(world, d->party->id.text);
    start(world, d->party);
    ex_await(world, d->party, ex_is_fenced, "stopped");
    said_stopped(world, d);
}

static void recover(ex_world *world, ex_disaster *d, const char *reason)
{
    char socket[EX_PATH];
    ex_socket_of(world, d->party, socket);
    ex_done(world, ex_command(world, d, "tongbao", "--socket", socket, "recover", "--reason", reason, NULL));
    ex_await(world, d->party, ex_is_recovered, "recovered");
    ex_take_up(d->party);
}

/* ---- an operator's key was stolen ---- */

static void strike_key(ex_world *world, ex_disaster *d)
{
    char socket[EX_PATH], cut[EX_PATH * 2];
    ex_socket_of(world, d->party, socket);
    (void)snprintf(cut, sizeof cut, "%s/%s.cut", world->hub_dir, d->party->id.text);
    ex_lay_down(world, d->party);
    ex_done(world, ex_command(world, d, "tongbao", "--socket", socket, "key", "cut", "--final", "--out", cut, NULL));
    said_stopped(world, d);
    stop(world, d, SIGTERM);
}

/* The authority enrols the new keys in the version that cuts the old ones, and publishes it. */
static void enrol_anew(ex_world *world, ex_disaster *d)
{
    const char *id = d->party->id.text;
    char key[EX_PATH * 2], request[EX_PATH * 3], cut[EX_PATH * 2], authority[EX_PATH * 2], dir[EX_PATH * 2], newest[EX_PATH * 2], everybodys[EX_PATH * 2], socket[EX_PATH];
    (void)snprintf(d->party->key, sizeof d->party->key, "%s.new", id);
    (void)snprintf(key, sizeof key, "%s/keys/%s.key", world->hub_dir, d->party->key);
    (void)snprintf(request, sizeof request, "%s.request", key);
    (void)snprintf(cut, sizeof cut, "%s/%s.cut", world->hub_dir, id);
    (void)snprintf(authority, sizeof authority, "%s/keys/authority.key", world->hub_dir);
    (void)snprintf(dir, sizeof dir, "%s/directory", world->hub_dir);
    (void)snprintf(newest, sizeof newest, "%s/directory.new.doc", world->hub_dir);
    (void)snprintf(everybodys, sizeof everybodys, "%s/directory.doc", world->hub_dir);
    ex_socket_of(world, d->helper, socket);
    ex_done(world, ex_command(world, d, "tongbao", "key", "make", "--party", id, "--out", key, NULL));
    ex_done(world, ex_command(world, d, "tongbao", "key", "request", "--key", key, NULL));
    ex_done(world, ex_command(world, d, "tongbao", "directory", "rotate", id, "--request", request, "--cut", cut, "--reason", "stolen",
                              "--authority", authority, "--dir", dir, NULL));
    ex_done(world, ex_command(world, d, "tongbao", "directory", "publish", "--dir", dir, "--out", newest, NULL));
    ex_done(world, ex_command(world, d, "tongbao", "--socket", socket, "directory", "install", newest, NULL));
    if (rename(newest, everybodys) != 0) { /* what is started from now on starts with it */
        ex_fail("cannot replace %s: %s", everybodys, strerror(errno));
    }
}

/* The stolen file is not used again, not even to open what is on its way: senders seal it anew. */
static void heal_key(ex_world *world, ex_disaster *d)
{
    enrol_anew(world, d);
    ex_note(d, "tongbao-agent --party %s --key hub/keys/%s.key … (restart, without the old key)", d->party->id.text, d->party->key);
    start(world, d->party);
    ex_await(world, d->party, ex_is_linked, "linked under its new key");
    ex_take_up(d->party);
}

/* ---- a bureau without a line ---- */

static void strike_line(ex_world *world, ex_disaster *d)
{
    ex_lay_down(world, d->party);
    stop(world, d, SIGTERM);
    ex_note(d, "tongbao-agent --party %s … (stopped; started again at the end)", d->party->id.text);
}

/* What another party is told of a case that it sent there and that waits; whether it is told so. */
static bool told_of(ex_world *world, ex_disaster *d, const ex_row *row, ex_party *from)
{
    char id[33];
    if (from == NULL || from == d->party || from->away) {
        return false;
    }
    tb_hex(row->case_id.bytes, sizeof row->case_id.bytes, id);
    ex_said(world, d, from, "在平台等候", "waiting at the hub", "trace", id, NULL);
    if (d->said_zh[0] != 0) {
        ex_note(d, "tongbao --socket %s.sock trace %s", from->id.text, id);
    }
    return d->said_zh[0] != 0;
}

static void ask_of_waiting(ex_world *world, ex_disaster *d)
{
    char bureau[TB_PARTY_BYTES];
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        if (!row->has_case || row->closed_at != 0 || strcmp(row->holder, d->party->id.text) != 0) {
            continue;
        }
        (void)snprintf(bureau, sizeof bureau, "bureau.%s", row->found);
        if (told_of(world, d, row, ex_party_find(world, row->submitter)) || told_of(world, d, row, ex_party_find(world, bureau))) {
            return;
        }
    }
}

static void heal_line(ex_world *world, ex_disaster *d)
{
    ask_of_waiting(world, d);
    d->begun_s = ex_since_start(world);
    start(world, d->party);
    ex_await(world, d->party, ex_is_linked, "linked");
    ex_take_up(d->party);
}

/* ---- a holder is dead ---- */

static void strike_holder(ex_world *world, ex_disaster *d)
{
    d->party->resting = true;
    stop(world, d, SIGKILL);
    d->party->dead = true;
    ex_talk_forget(d->party);
}

/* Overdue is the ground once the lapse is on record; until then an officer gives another. */
static bool take_one_back(ex_world *world, ex_disaster *d, const ex_row *row, const char *reason)
{
    char id[33], socket[EX_PATH], ground[64];
    tb_hex(row->case_id.bytes, sizeof row->case_id.bytes, id);
    ex_socket_of(world, d->helper, socket);
    (void)snprintf(ground, sizeof ground, "take_over_reason=%s", reason);
    bool patient = strcmp(reason, "overdue") == 0; /* the other reason is tried next */
    int code = ex_command(world, NULL, "tongbao", "--lang", "en", "--socket", socket, "case", "act", id, "take_back", ground, NULL);
    if (code == 0 && d->taken++ == 0) { /* one stands for all on the page */
        ex_note(d, "tongbao --socket %s.sock case act %s take_back %s", d->helper->id.text, id, ground);
    }
    if (code != 0 && !patient && strstr(ex_output, "not_holder") == NULL && strstr(ex_output, "wrong_state") == NULL) {
        (void)printf("  %s: %s\n", d->helper->name_zh, ex_output);
    }
    return code == 0;
}

size_t ex_take_back(ex_world *world)
{
    ex_disaster *d = &ex_disasters[EX_HOLDER_DEAD];
    size_t count = 0;
    for (size_t i = 0; d->party->given_up && i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        if (row->has_case && row->closed_at == 0 && strcmp(row->holder, d->party->id.text) == 0 && !d->helper->resting) {
            count += take_one_back(world, d, row, "overdue") || take_one_back(world, d, row, "other");
        }
    }
    return count;
}

static void see_lapse(ex_world *world, ex_disaster *d)
{
    char id[33];
    for (size_t i = 0; i < world->row_count && d->said_zh[0] == 0; i++) {
        const ex_row *row = &world->rows[i];
        if (row->has_case && row->closed_at == 0 && strcmp(row->holder, d->party->id.text) == 0) {
            tb_hex(row->case_id.bytes, sizeof row->case_id.bytes, id);
            ex_said(world, d, d->helper, "待接管", "to be taken over", "case", "show", id);
        }
    }
}

static void heal_holder(ex_world *world, ex_disaster *d)
{
    double until = ex_seconds() + LAPSE_S;
    char socket[EX_PATH];
    ex_socket_of(world, d->helper, socket);
    while (d->said_zh[0] == 0 && ex_seconds() < until) {
        ex_rounds(world, LOOK_S);
        see_lapse(world, d);
    }
    ex_done(world, ex_command(world, d, "tongbao", "--socket", socket, "case", "list", "--stalled", NULL));
    d->party->given_up = true;
    (void)ex_take_back(world);
}

/* ---- all of them ---- */

void ex_prepare(ex_world *world, ex_kind_of_disaster kind)
{
    if (kind == EX_OLD_COPY) {
        back_up(world, &ex_disasters[kind]);
    }
}

void ex_strike(ex_world *world, ex_kind_of_disaster kind)
{
    ex_disaster *d = &ex_disasters[kind];
    switch (kind) {
    case EX_HUB_LOST:
        strike_hub(world, d);
        return;
    case EX_OLD_COPY:
        strike_copy(world, d);
        return;
    case EX_STORE_LOST:
        strike_store(world, d);
        return;
    case EX_KEY_REVOKED:
        strike_key(world, d);
        return;
    case EX_OFF_LINE:
        strike_line(world, d);
        return;
    case EX_HOLDER_DEAD:
        strike_holder(world, d);
        return;
    case EX_DISASTERS:
        return;
    }
}

void ex_heal(ex_world *world, ex_kind_of_disaster kind)
{
    ex_disaster *d = &ex_disasters[kind];
    switch (kind) {
    case EX_HUB_LOST:
        heal_hub(world, d);
        return;
    case EX_OLD_COPY:
        recover(world, d, "磁盘损坏,已用旧备份恢复");
        return;
    case EX_STORE_LOST:
        recover(world, d, "磁盘损坏,无备份");
        return;
    case EX_KEY_REVOKED:
        heal_key(world, d);
        return;
    case EX_OFF_LINE:
        heal_line(world, d);
        return;
    case EX_HOLDER_DEAD:
        heal_holder(world, d);
        return;
    case EX_DISASTERS:
        return;
    }
}
