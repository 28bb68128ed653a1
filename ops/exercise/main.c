/* tongbao-exercise - the program behind ops/demo: an exercise hub, its leads and its staff, in one run. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ops/exercise/disaster.h"
#include "ops/exercise/play.h"

#define SETTLE_S      120.0 /* after the last row: how long cases may take to close before we say so */
#define LOOK_AGAIN_S  10.0  /* without a case closed */
#define KILL_EVERY_S  3.0
#define TELL_EVERY_S  2.0

static ex_world world;
static volatile sig_atomic_t interrupted;

static void on_signal(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

double ex_seconds(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void clean_up(void)
{
    ex_end_all(&world);
    ex_talk_close(&world);
    if (world.run_dir[0] != 0) {
        char path[EX_PATH * 2];
        for (size_t i = 0; i < world.party_count; i++) {
            (void)snprintf(path, sizeof path, "%s/%s.sock", world.run_dir, world.parties[i].id.text);
            (void)unlink(path);
        }
        (void)rmdir(world.run_dir);
    }
}

void ex_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("exercise: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    clean_up();
    exit(1);
}

/* One that nobody listens on now. */
static unsigned free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) != 0 || getsockname(fd, (struct sockaddr *)&at, &size) != 0) {
        ex_fail("no free port: %s", strerror(errno));
    }
    (void)close(fd);
    return ntohs(at.sin_port);
}

static void usage(FILE *out)
{
    (void)fputs("tongbao-exercise [--campaign ID] [--leads FILE] --out DIR --programs DIR --source DIR [--play FILE] [--provinces N] [--kill|--disaster] [--keep] [--quiet]\n", out);
}

static void parse(int argc, char **argv)
{
    ex_options *o = &world.options;
    o->provinces = 31;
    o->campaign = "black-card";
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        const char **text = strcmp(argv[i], "--leads") == 0      ? &o->leads
                            : strcmp(argv[i], "--play") == 0     ? &o->play
                            : strcmp(argv[i], "--campaign") == 0 ? &o->campaign
                            : strcmp(argv[i], "--out") == 0      ? &o->out
                            : strcmp(argv[i], "--programs") == 0 ? &o->programs
                            : strcmp(argv[i], "--source") == 0   ? &o->source
                                                                 : NULL;
        if (text != NULL && next != NULL) {
            *text = next;
            i++;
        } else if (strcmp(argv[i], "--provinces") == 0 && next != NULL) {
            o->provinces = (unsigned)strtoul(next, NULL, 10);
            if (o->provinces < 1 || o->provinces > 31) {
                (void)fprintf(stderr, "exercise: --provinces is a number from 1 to 31, not \"%s\"\n", next);
                exit(2);
            }
            i++;
        } else if (strcmp(argv[i], "--kill") == 0) {
            o->kill = true;
        } else if (strcmp(argv[i], "--disaster") == 0) {
            o->disaster = true;
        } else if (strcmp(argv[i], "--keep") == 0) {
            o->keep = true;
        } else if (strcmp(argv[i], "--quiet") == 0) {
            o->quiet = true;
        } else {
            usage(strcmp(argv[i], "--help") == 0 ? stdout : stderr);
            exit(strcmp(argv[i], "--help") == 0 ? 0 : 2);
        }
    }
    if ((o->leads == NULL && (o->play == NULL || o->kill || o->disaster)) || o->out == NULL || o->programs == NULL || o->source == NULL ||
        (o->disaster && (o->kill || o->keep))) {
        usage(stderr);
        exit(2);
    }
}

static void count_outbox(ex_world *w, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)w;
    (void)tag;
    if (answer->kind == TB_ANSWER_STATUS) {
        party->outbox = (int64_t)(answer->status.outbox + answer->status.drafts + answer->status.held_back);
    }
}

/* What waits for a dead party waits for ever, and is no reason to wait. */
static void leave_out_dead(ex_world *w, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    for (size_t i = 0; answer->kind == TB_ANSWER_NOTICES && i < answer->notices.count; i++) {
        const tb_local_notice_line *line = &answer->notices.lines[i];
        const ex_party *to = ex_party_find(w, line->peer.text);
        party->outbox -= to != NULL && to->dead && (line->where == TB_WHERE_OUTBOX || line->where == TB_WHERE_STORED);
    }
    if (answer->kind == TB_ANSWER_NOTICES && answer->notices.next.size > 0) {
        tb_local_request request = {.kind = TB_REQUEST_LIST_NOTICES, .notices = {.out = true, .after = answer->notices.next}};
        ex_ask(w, party, &request, leave_out_dead, tag);
    }
}

/* The first that is dead; NULL: none. */
static const ex_party *dead_party(const ex_world *w)
{
    for (size_t i = 0; i < w->party_count; i++) {
        if (w->parties[i].dead) {
            return &w->parties[i];
        }
    }
    return NULL;
}

static void ask_what_is_out(ex_world *w, ex_party *party)
{
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    ex_ask(w, party, &request, count_outbox, 0);
    if (dead_party(w) != NULL && party->outbox != 0) {
        tb_local_request list = {.kind = TB_REQUEST_LIST_NOTICES, .notices = {.out = true}};
        ex_ask(w, party, &list, leave_out_dead, 0);
    }
}

static void resync(ex_world *w, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    if (answer->kind != TB_ANSWER_CASES) {
        return;
    }
    for (size_t i = 0; i < answer->cases.count; i++) {
        tb_local_answer one = {.kind = TB_ANSWER_CHANGED, .changed = answer->cases.cases[i]};
        ex_staff_changed(w, party, &one, 0);
    }
    if (answer->cases.next.size > 0) {
        tb_local_request request = {.kind = TB_REQUEST_LIST_CASES, .list = {.after = answer->cases.next}};
        ex_ask(w, party, &request, resync, tag);
    }
}

/* One round of everything that goes on beside feeding: answers, restarts, kills, a line now and then. */
void ex_round(ex_world *w, int ms)
{
    static double killed_at, told_at;
    if (interrupted) {
        ex_fail("interrupted; everything it started is ended");
    }
    (void)ex_talk_serve(w, ms, ex_staff_changed);
    ex_reap(w);
    for (size_t i = 0; i < w->party_count; i++) {
        ex_party *party = &w->parties[i];
        if (!party->watched && !party->away) {
            ex_watch(w, party);
            tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
            ex_ask(w, party, &request, resync, 0);
        }
    }
    double now = ex_seconds();
    if (w->options.kill && now - killed_at > KILL_EVERY_S && w->closed < w->routed) {
        killed_at = now;
        ex_kill_something(w);
    }
    if (!w->options.quiet && w->row_count > 0 && now - told_at > TELL_EVERY_S) {
        told_at = now;
        (void)printf("  %5.1f s  submitted %zu of %zu   closed %zu of %zu\n", now - w->started_s, w->fed, w->row_count, w->closed, w->routed);
        (void)fflush(stdout);
    }
}

static bool settled(ex_world *w)
{
    if (w->closed < w->due || ex_talk_waiting(w) > 0) {
        return false;
    }
    for (size_t i = 0; i < w->party_count; i++) {
        if (w->parties[i].outbox != 0 && !w->parties[i].dead) {
            return false;
        }
    }
    return true;
}

/* Clerks look through their lists again: something they were told of, or did, may have been lost. */
void ex_look_again(ex_world *w)
{
    for (size_t i = 0; i < w->row_count; i++) {
        w->rows[i].acted_on = 0;
    }
    for (size_t i = 0; i < w->party_count; i++) {
        w->parties[i].watched = false;
    }
}

void ex_settle(ex_world *w)
{
    for (size_t i = 0; i < w->party_count; i++) {
        w->parties[i].outbox = -1;
    }
    double until = ex_seconds() + SETTLE_S, asked = 0, progress = ex_seconds();
    size_t closed = w->closed;
    while (!settled(w) && ex_seconds() < until) {
        ex_round(w, 50);
        if (w->closed != closed) {
            closed = w->closed;
            progress = ex_seconds();
        } else if (w->closed < w->due && ex_seconds() - progress > LOOK_AGAIN_S) {
            progress = ex_seconds();
            ex_look_again(w);
        }
        if (w->closed >= w->due && ex_seconds() - asked > 0.3 && ex_talk_waiting(w) == 0) {
            asked = ex_seconds();
            for (size_t i = 0; i < w->party_count; i++) {
                if (w->parties[i].outbox != 0) {
                    ask_what_is_out(w, &w->parties[i]);
                }
            }
        }
    }
}

static void keep_running(ex_world *w)
{
    (void)printf("\nThe hub goes on running. Talk to any party, for instance:\n"
                 "  export TONGBAO_SOCKET=%s/%s.sock\n  %s/tongbao status\nCtrl-C ends it.\n",
                 w->run_dir, w->parties[0].id.text, w->options.programs);
    (void)fflush(stdout);
    while (!interrupted) {
        (void)ex_talk_serve(w, 200, ex_staff_changed);
        ex_reap(w);
    }
}

int main(int argc, char **argv)
{
    parse(argc, argv);
    struct sigaction action = {.sa_handler = on_signal};
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    world.started_s = ex_seconds();
    (void)snprintf(world.endpoint, sizeof world.endpoint, "tcp://127.0.0.1:%u", free_port());
    ex_hub_make(&world);
    ex_hub_load(&world);
    ex_readers_load(&world);
    ex_leads_read(&world);
    (void)printf("演练数据,不作统计依据 (exercise)  %zu parties, %zu leads, %zu to route\n", world.party_count, world.row_count, world.routed);
    (void)fflush(stdout);
    if (world.options.disaster) {
        ex_disaster_plan(&world);
    }
    ex_broker_start(&world);
    for (size_t i = 0; i < world.party_count; i++) {
        ex_agent_start(&world, &world.parties[i]);
    }
    ex_talk_open(&world);
    ex_play_read(&world);
    ex_feed(&world);
    ex_play_rest(&world);
    ex_disaster_end(&world);
    world.due = world.routed;
    ex_settle(&world);
    ex_collect(&world);
    ex_collect_reports(&world);
    ex_collect_evaluations(&world);
    ex_collect_lapses(&world);
    ex_reconcile(&world);
    world.elapsed_s = ex_seconds() - world.started_s;
    if (world.options.keep) {
        ex_compare(&world);
        ex_write_results(&world);
        ex_write_reports(&world);
        ex_write_evaluations(&world);
        ex_write_lapses(&world);
        ex_print_table(&world);
        keep_running(&world);
        clean_up();
        return 0;
    }
    clean_up();
    ex_audit_stores(&world);
    ex_compare(&world);
    ex_disaster_page(&world);
    ex_write_results(&world);
    ex_write_reports(&world);
    ex_write_evaluations(&world);
    ex_write_lapses(&world);
    ex_print_table(&world);
    bool good = world.closed == world.routed && world.unexpected == 0 && world.unseen == 0 && world.figures_wrong == 0 && world.audit.lost + world.audit.duplicate_effects + world.audit.order_violations + world.audit.readers_violated == 0;
    return good ? 0 : 1;
}
