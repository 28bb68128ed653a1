/* Sending rows with many in flight. Every request is repeated until it is answered; its id makes
 * that harmless. As long as rows turn out to have been imported before, each is asked for first. */
#include "agents/cli/import.h"

#include <stdlib.h>

#include "agents/cli/cli.h"
#include "agents/cli/say.h"
#include "shell/progress.h"

#define WINDOW         256
#define REPEAT_AFTER_S 3.0
#define WAIT_MS        200

typedef struct flight {
    bool used;
    bool asking; /* whether it was imported before; else it is being sent */
    tb_import_entry *entry;
    tb_request_id id;
    double began_s;
    double sent_s;
} flight;

typedef struct sender {
    tb_import_run *run;
    tb_client *client;
    tb_import_entry **order;
    size_t next;
    size_t done;
    size_t in_flight;
    size_t fresh; /* rows in a row that had not been imported */
    flight flights[WINDOW];
} sender;

static int by_time(const void *a, const void *b)
{
    const tb_import_entry *left = *(tb_import_entry *const *)a;
    const tb_import_entry *right = *(tb_import_entry *const *)b;
    if (left->reported != right->reported) {
        return left->reported < right->reported ? -1 : 1;
    }
    return left->row < right->row ? -1 : left->row > right->row;
}

static bool put_in_order(sender *s)
{
    s->order = calloc(s->run->to_send + 1, sizeof *s->order);
    if (s->order == NULL) {
        tb_say_error(_("not enough memory"));
        return false;
    }
    size_t count = 0;
    for (size_t i = 0; i < s->run->count; i++) {
        if (s->run->entries[i].fate == TB_FATE_TO_SEND) {
            s->order[count++] = &s->run->entries[i];
        }
    }
    TB_ASSERT(count == s->run->to_send);
    if (s->run->own_time) {
        qsort(s->order, count, sizeof(tb_import_entry *), by_time);
    }
    return true;
}

static bool open_request(sender *s, const flight *f, tb_local_request *out)
{
    tb_csv_row row;
    tb_judged judged;
    if (!tb_import_again(s->run, f->entry, &row, &judged)) {
        return false;
    }
    *out = (tb_local_request){.kind = TB_REQUEST_OPEN_CASE, .id = f->id};
    out->open.campaign = tb_bytes_str(s->run->import.campaign->id);
    out->open.case_type = tb_bytes_str(s->run->import.type->id);
    out->open.fields = judged.fields;
    out->open.field_count = judged.field_count;
    out->time = s->run->own_time ? judged.reported : s->client->time;
    return true;
}

static bool send(sender *s, flight *f)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REQUEST, .id = f->id, .request = f->id};
    if (!f->asking && !open_request(s, f, &request)) {
        return false;
    }
    f->sent_s = tb_seconds();
    size_t mark = tb_arena_mark(&s->client->arena);
    tb_bytes bytes;
    bool sent = tb_client_encode(s->client, &request, &bytes) && tb_client_send(s->client, bytes);
    tb_arena_release(&s->client->arena, mark);
    return sent;
}

static bool fill(sender *s)
{
    for (size_t i = 0; i < WINDOW && s->next < s->run->to_send; i++) {
        flight *f = &s->flights[i];
        if (f->used) {
            continue;
        }
        tb_import_entry *entry = s->order[s->next++];
        *f = (flight){.used = true,
                      .asking = s->fresh < WINDOW,
                      .entry = entry,
                      .id = tb_import_request_id(&s->run->digest, entry->row),
                      .began_s = tb_seconds()};
        s->in_flight++;
        if (!send(s, f)) {
            return false;
        }
    }
    return true;
}

static void keep_detail(tb_import_entry *entry, tb_bytes detail)
{
    entry->detail = detail.size == 0 ? NULL : malloc(detail.size + 1);
    if (entry->detail != NULL) {
        memcpy(entry->detail, detail.data, detail.size);
        entry->detail[detail.size] = '\0';
    }
}

static void settle(sender *s, flight *f, tb_import_fate fate, const tb_local_answer *answer)
{
    f->entry->fate = fate;
    if (fate == TB_FATE_REFUSED) {
        f->entry->code = answer->code;
        keep_detail(f->entry, answer->detail);
    }
    f->used = false;
    s->in_flight--;
    s->done++;
}

/* Under a row's id the agent answers either our question or the row itself; both end here. */
static bool answered(sender *s, flight *f, const tb_local_answer *answer)
{
    if (f->asking && answer->code == TB_REFUSED_UNKNOWN_REQUEST) {
        s->fresh++;
        f->asking = false;
        return send(s, f);
    }
    if (answer->code == TB_REFUSED_REQUEST_REUSED) {
        settle(s, f, TB_FATE_ALREADY, answer);
    } else if (answer->code != TB_ACCEPTED) {
        settle(s, f, TB_FATE_REFUSED, answer);
    } else if (f->asking) {
        s->fresh = 0;
        settle(s, f, TB_FATE_ALREADY, answer);
    } else {
        settle(s, f, answer->draft ? TB_FATE_DRAFT : TB_FATE_ACCEPTED, answer);
    }
    return true;
}

static flight *flight_of(sender *s, const tb_request_id *id)
{
    for (size_t i = 0; i < WINDOW; i++) {
        if (s->flights[i].used && memcmp(&s->flights[i].id, id, sizeof *id) == 0) {
            return &s->flights[i];
        }
    }
    return NULL;
}

/* False when one has waited longer than a person said it may. */
static bool repeat_late(sender *s)
{
    double now = tb_seconds();
    for (size_t i = 0; i < WINDOW; i++) {
        flight *f = &s->flights[i];
        if (!f->used) {
            continue;
        }
        if ((now - f->began_s) * 1000 > (double)s->client->timeout_ms) {
            return false;
        }
        if (now - f->sent_s > REPEAT_AFTER_S && !send(s, f)) {
            return false;
        }
    }
    return true;
}

/* One answer, or the pause in which none came. */
static bool serve(sender *s)
{
    tb_local_answer answer;
    size_t mark = tb_arena_mark(&s->client->arena);
    bool good = true;
    switch (tb_client_next(s->client, WAIT_MS, &s->client->arena, &answer)) {
    case TB_ASKED_NOTHING:
        good = repeat_late(s);
        break;
    case TB_ASKED_NONSENSE:
        tb_say_error(_("the agent's answer is not understood; the command and the agent must be of "
                       "one version"));
        good = false;
        break;
    case TB_ASKED_ANSWERED: {
        flight *f = flight_of(s, &answer.id);
        good = f == NULL || answered(s, f, &answer); /* none: the answer to a repetition */
        break;
    }
    }
    tb_arena_release(&s->client->arena, mark);
    return good;
}

static int give_up(sender *s)
{
    size_t unknown = 0;
    for (size_t i = 0; i < s->run->count; i++) {
        if (s->run->entries[i].fate == TB_FATE_TO_SEND) {
            s->run->entries[i].fate = TB_FATE_UNKNOWN;
            unknown++;
        }
    }
    tb_say_error(_("the agent stopped answering: of %zu rows it is not known whether they were\n"
                   "accepted. Import the same file again: nothing is done twice."),
                 unknown);
    return TB_EXIT_UNKNOWN;
}

int tb_import_send(tb_import_run *run, tb_client *client)
{
    sender *s = calloc(1, sizeof *s);
    if (s == NULL) {
        tb_say_error(_("not enough memory"));
        return TB_EXIT_INTERNAL;
    }
    *s = (sender){.run = run, .client = client};
    bool good = put_in_order(s);
    int code = good ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
    if (good) {
        tb_progress progress;
        tb_progress_begin(&progress, _("[%s] %zu of %zu rows  %.0f a second  %.0f s left"),
                          run->to_send);
        while (good && s->done < run->to_send) {
            good = fill(s) && serve(s);
            tb_progress_at(&progress, s->done);
        }
        tb_progress_end(&progress);
        code = good ? TB_EXIT_DONE : give_up(s);
    }
    free(s->order);
    free(s);
    return code;
}
