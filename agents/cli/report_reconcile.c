/* report_reconcile - 对账: filed figures of two reporters held against each other, and the cases
 * behind one side of a pair. */
#include "agents/cli/report_reconcile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/grid.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"
#include "base/text.h"

#define REPORTERS_MAX 256

/* Parties are told apart by province, or by their own id. */
static bool by_party(const tb_reconciling *r)
{
    const tb_measure *m = tb_campaign_measure(r->campaign, tb_bytes_str(r->def->sent));
    const tb_case_type *type =
        m == NULL ? NULL : tb_campaign_case_type(r->campaign, tb_bytes_str(m->case_type));
    const tb_field_def *by = type == NULL ? NULL : tb_case_type_field(type, tb_bytes_str(m->by[0]));
    return by != NULL && by->type == TB_FIELD_PARTY;
}

static tb_bytes group_of(const tb_reconciling *r, const tb_party *party)
{
    const tb_local_party_line *line = tb_book_find(r->book, party);
    if (by_party(r)) {
        return tb_party_bytes(party);
    }
    return line == NULL ? tb_bytes_of(NULL, 0) : line->jurisdiction;
}

static uint64_t number(tb_bytes text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.size && text.data[i] >= '0' && text.data[i] <= '9'; i++) {
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    return value;
}

/* ---- at headquarters: every pair ---- */

typedef struct reporter {
    tb_party id;
    tb_bytes group;
    bool filed;
} reporter;

typedef struct table {
    reporter list[REPORTERS_MAX];
    size_t count;
    uint64_t *sent; /* [of][with] */
    uint64_t *received;
} table;

static int read_one(const tb_reconciling *r, const tb_case_id *case_id, size_t of, table *t)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_REPORT};
    tb_local_answer answer;
    size_t mark = tb_arena_mark(&r->book->client->arena);
    request.get_report.case_id = *case_id;
    int code = tb_client_get(r->book->client, &request, TB_ANSWER_REPORT, &answer);
    for (size_t f = 0; code == TB_EXIT_DONE && f < answer.report.figure_count; f++) {
        const tb_local_figure *figure = &answer.report.figures[f];
        for (size_t with = 0; with < t->count; with++) {
            if (t->list[with].group.size == 0 ||
                !tb_bytes_equal(figure->group, t->list[with].group)) {
                continue;
            }
            if (tb_bytes_equal(figure->measure, tb_bytes_str(r->def->sent))) {
                t->sent[of * t->count + with] = number(figure->period);
            }
            if (tb_bytes_equal(figure->measure, tb_bytes_str(r->def->received))) {
                t->received[of * t->count + with] = number(figure->period);
            }
        }
    }
    tb_arena_release(&r->book->client->arena, mark);
    return code;
}

static int read_all(const tb_reconciling *r, const tb_local_reports *reports, table *t)
{
    int code = TB_EXIT_DONE;
    t->count = reports->count > REPORTERS_MAX ? REPORTERS_MAX : reports->count;
    t->sent = calloc(t->count * t->count + 1, sizeof *t->sent);
    t->received = calloc(t->count * t->count + 1, sizeof *t->received);
    if (t->sent == NULL || t->received == NULL) {
        return TB_EXIT_INTERNAL;
    }
    for (size_t i = 0; i < t->count; i++) {
        const tb_local_report_line *line = &reports->lines[i];
        t->list[i] = (reporter){.id = line->reporter,
                                .group = group_of(r, &line->reporter),
                                .filed = !tb_case_zero(&line->case_id)};
    }
    for (size_t i = 0; code == TB_EXIT_DONE && i < t->count; i++) {
        if (t->list[i].filed) {
            code = read_one(r, &reports->lines[i].case_id, i, t);
        }
    }
    return code;
}

static bool differs(const table *t, size_t of, size_t with)
{
    return of != with && t->list[of].filed && t->list[with].filed &&
           t->sent[of * t->count + with] != t->received[with * t->count + of];
}

/* What the two parties of a pair settled, as it came here: into the list, or printed. */
static int
settled_between(const tb_reconciling *r, const tb_party *of, const tb_party *with, json_t *into)
{
    tb_local_request request = {.kind = TB_REQUEST_RECONCILE};
    tb_local_answer answer;
    tb_arena *arena = &r->book->client->arena;
    request.reconcile = (tb_local_reconcile){.campaign = tb_bytes_str(r->campaign->id),
                                             .report = tb_bytes_str(r->report->id),
                                             .period = tb_bytes_str(r->period->text),
                                             .reconcile = tb_bytes_str(r->def->id),
                                             .of = *of,
                                             .with = *with,
                                             .sent = true};
    int code = TB_EXIT_DONE;
    do {
        code = tb_client_get(r->book->client, &request, TB_ANSWER_RECONCILED, &answer);
        for (size_t i = 0; code == TB_EXIT_DONE && i < answer.reconciled.count; i++) {
            const tb_local_reconciled_line *line = &answer.reconciled.lines[i];
            (void)json_array_append_new(
                into,
                json_pack("{s:o,s:o,s:o,s:o}", "case",
                          tb_json_hex_of(line->case_id.bytes, TB_CASE_ID_BYTES), "by",
                          tb_json_party(&line->settled_by), "at", tb_json_time(line->settled_at),
                          "why", tb_json_text(line->settled)));
            if (!r->book->client->json) {
                tb_bytes id = tb_show_hex(arena, line->case_id.bytes, TB_CASE_ID_BYTES);
                tb_bytes name = tb_book_party(r->book, &line->settled_by);
                tb_bytes at = tb_show_time(arena, line->settled_at);
                (void)printf(_("  settled: %.*s, %.*s, %.*s: %.*s\n"), (int)id.size,
                             (const char *)id.data, (int)name.size, (const char *)name.data,
                             (int)at.size, (const char *)at.data, (int)line->settled.size,
                             (const char *)line->settled.data);
            }
        }
        request.reconcile.after =
            code == TB_EXIT_DONE ? answer.reconciled.next : tb_bytes_of(NULL, 0);
    } while (code == TB_EXIT_DONE && request.reconcile.after.size > 0);
    return code;
}

static json_t *pairs_json(const tb_reconciling *r, const table *t)
{
    json_t *o = json_object();
    json_t *pairs = json_array();
    json_t *absent = json_array();
    for (size_t of = 0; of < t->count; of++) {
        if (!t->list[of].filed) {
            (void)json_array_append_new(absent, tb_json_party(&t->list[of].id));
        }
        for (size_t with = 0; with < t->count; with++) {
            if (differs(t, of, with)) {
                json_int_t sent = (json_int_t)t->sent[of * t->count + with];
                json_int_t received = (json_int_t)t->received[with * t->count + of];
                json_t *settled = json_array();
                if (r->def->settled_by != NULL) {
                    (void)settled_between(r, &t->list[of].id, &t->list[with].id, settled);
                }
                (void)json_array_append_new(
                    pairs,
                    json_pack("{s:o,s:o,s:I,s:I,s:I,s:o}", "of", tb_json_party(&t->list[of].id),
                              "with", tb_json_party(&t->list[with].id), "sent", sent, "received",
                              received, "difference", sent - received, "settled", settled));
            }
        }
    }
    (void)json_object_set_new(o, "reconciles", json_string(r->def->id));
    (void)json_object_set_new(o, "period", json_string(r->period->text));
    (void)json_object_set_new(o, "differences", pairs);
    (void)json_object_set_new(o, "not_filed", absent);
    return o;
}

static bool print_settled(const tb_reconciling *r, const tb_party *of, const tb_party *with)
{
    json_t *list = json_array();
    tb_bytes a = tb_book_party(r->book, of);
    tb_bytes b = tb_book_party(r->book, with);
    (void)printf("%.*s → %.*s\n", (int)a.size, (const char *)a.data, (int)b.size,
                 (const char *)b.data);
    bool fine = settled_between(r, of, with, list) == TB_EXIT_DONE;
    if (fine && json_array_size(list) == 0) {
        (void)printf("%s", _("  nothing of it is settled yet\n"));
    }
    json_decref(list);
    return fine;
}

static bool print_pairs(const tb_reconciling *r, const table *t)
{
    const char *const headings[] = {_("sent by"),          _("received by"), _("says it sent"),
                                    _("says it received"), _("difference"),  NULL};
    tb_grid grid;
    size_t shown = 0;
    tb_grid_init(&grid, &r->book->client->arena, headings);
    for (size_t of = 0; of < t->count; of++) {
        for (size_t with = 0; with < t->count; with++) {
            if (!differs(t, of, with)) {
                continue;
            }
            uint64_t sent = t->sent[of * t->count + with];
            uint64_t received = t->received[with * t->count + of];
            char text[24];
            (void)snprintf(text, sizeof text, "%+lld", (long long)sent - (long long)received);
            tb_bytes kept;
            if (tb_arena_copy(&r->book->client->arena, tb_bytes_str(text), &kept) != TB_OK) {
                return false;
            }
            tb_grid_put(&grid, tb_book_party(r->book, &t->list[of].id));
            tb_grid_put(&grid, tb_book_party(r->book, &t->list[with].id));
            tb_grid_number(&grid, sent);
            tb_grid_number(&grid, received);
            tb_grid_put(&grid, kept);
            shown++;
        }
    }
    bool printed = shown == 0 || tb_grid_print(&grid, stdout);
    for (size_t i = 0; printed && r->def->settled_by != NULL && i < t->count * t->count; i++) {
        if (differs(t, i / t->count, i % t->count)) {
            printed = print_settled(r, &t->list[i / t->count].id, &t->list[i % t->count].id);
        }
    }
    if (shown == 0) {
        (void)printf(_("every pair of filed figures agrees\n"));
    }
    for (size_t i = 0; i < t->count; i++) {
        if (!t->list[i].filed) {
            tb_bytes name = tb_book_party(r->book, &t->list[i].id);
            (void)printf(_("not filed: %.*s\n"), (int)name.size, (const char *)name.data);
        }
    }
    return printed;
}

int tb_report_reconcile_pairs(const tb_reconciling *r)
{
    static table t; /* too large for the stack; filled again for each reconciliation */
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    tb_local_answer answer;
    t.sent = NULL;
    t.received = NULL;
    request.list_reports.campaign = tb_bytes_str(r->campaign->id);
    request.list_reports.report = tb_bytes_str(r->report->id);
    request.list_reports.period = tb_bytes_str(r->period->text);
    int code = tb_client_get(r->book->client, &request, TB_ANSWER_REPORTS, &answer);
    if (code == TB_EXIT_DONE) {
        code = read_all(r, &answer.reports, &t);
    }
    if (code == TB_EXIT_DONE && r->book->client->json) {
        (void)json_array_append_new(r->told, pairs_json(r, &t));
    } else if (code == TB_EXIT_DONE) {
        code = print_pairs(r, &t) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
    }
    free(t.sent);
    free(t.received);
    return code;
}

/* ---- at one of two parties: its own cases ---- */

static const char *const reason_keys[] = {"",        "both",        "in_transit", "refused",
                                          "missing", "not_arrived", "settled"};

static const char *reason_word(tb_reconciled_reason why)
{
    switch (why) {
    case TB_RECONCILED_BOTH:
        return _("counted by both");
    case TB_RECONCILED_IN_TRANSIT:
        return _("in transit at the cut-off");
    case TB_RECONCILED_REFUSED:
        return _("refused by the other side");
    case TB_RECONCILED_MISSING:
        return _("nothing heard");
    case TB_RECONCILED_NOT_ARRIVED:
        return _("no arrived mark yet");
    case TB_RECONCILED_SETTLED:
        return _("settled");
    }
    return "";
}

typedef struct listing {
    const tb_reconciling *r;
    bool sent;
    tb_grid grid;
    json_t *cases;
    size_t count;
    size_t apart;
    size_t settled;
} listing;

/* Who settled it, and why; empty when nobody did. */
static tb_bytes settled_text(const listing *l, const tb_local_reconciled_line *line)
{
    tb_arena *arena = &l->r->book->client->arena;
    tb_text text;
    tb_bytes out = {NULL, 0};
    if (line->settled_at == 0) {
        return out;
    }
    tb_bytes name = tb_book_party(l->r->book, &line->settled_by);
    tb_text_init(&text, arena, name.size + line->settled.size + 4);
    tb_text_bytes(&text, name);
    tb_text_str(&text, ": ");
    tb_text_bytes(&text, line->settled);
    return tb_text_done(&text, &out) == TB_OK ? out : name;
}

static void put_case(listing *l, const tb_local_reconciled_line *line)
{
    tb_arena *arena = &l->r->book->client->arena;
    bool apart = line->reason != TB_RECONCILED_BOTH;
    json_t *one = json_pack(
        "{s:o,s:o,s:s,s:o,s:b}", "case", tb_json_hex_of(line->case_id.bytes, TB_CASE_ID_BYTES),
        "at", tb_json_time(line->at), "reason", reason_keys[line->reason], "event",
        tb_json_hex_of(line->event.bytes, TB_DIGEST_BYTES), "arrived", line->arrived);
    if (line->settled_at != 0) {
        (void)json_object_set_new(one, "settled",
                                  json_pack("{s:o,s:o,s:o}", "by", tb_json_party(&line->settled_by),
                                            "at", tb_json_time(line->settled_at), "why",
                                            tb_json_text(line->settled)));
    }
    (void)json_array_append_new(l->cases, one);
    l->count++;
    l->apart += apart;
    l->settled += apart && line->settled_at != 0;
    if (apart && !l->r->book->client->json) {
        tb_grid_put(&l->grid, tb_show_hex(arena, line->case_id.bytes, TB_CASE_ID_BYTES));
        tb_grid_put(&l->grid, tb_show_time(arena, line->at));
        tb_grid_text(&l->grid, reason_word(line->reason));
        tb_grid_put(&l->grid, settled_text(l, line));
    }
}

static int list_side(listing *l)
{
    tb_local_request request = {.kind = TB_REQUEST_RECONCILE};
    tb_local_answer answer;
    request.reconcile = (tb_local_reconcile){.campaign = tb_bytes_str(l->r->campaign->id),
                                             .report = tb_bytes_str(l->r->report->id),
                                             .period = tb_bytes_str(l->r->period->text),
                                             .reconcile = tb_bytes_str(l->r->def->id),
                                             .of = l->r->of,
                                             .with = l->r->with,
                                             .sent = l->sent};
    int code = TB_EXIT_DONE;
    do {
        code = tb_client_get(l->r->book->client, &request, TB_ANSWER_RECONCILED, &answer);
        for (size_t i = 0; code == TB_EXIT_DONE && i < answer.reconciled.count; i++) {
            put_case(l, &answer.reconciled.lines[i]);
        }
        request.reconcile.after =
            code == TB_EXIT_DONE ? answer.reconciled.next : tb_bytes_of(NULL, 0);
    } while (code == TB_EXIT_DONE && request.reconcile.after.size > 0);
    return code;
}

static int show_side(const tb_reconciling *r, bool sent, json_t *into)
{
    const char *const headings[] = {_("case"), _("when"), _("why the other side does not count it"),
                                    _("settled by, and why"), NULL};
    listing l = {.r = r, .sent = sent, .cases = json_array()};
    tb_grid_init(&l.grid, &r->book->client->arena, headings);
    int code = list_side(&l);
    (void)json_object_set_new(into, sent ? "sent" : "received", l.cases);
    if (code == TB_EXIT_DONE && !r->book->client->json) {
        tb_bytes name = tb_book_party(r->book, &r->with);
        (void)printf(sent ? _("sent to %.*s: %zu, of these %zu not counted there in this period\n")
                          : _("received from %.*s: %zu, of these %zu not counted there in this "
                              "period\n"),
                     (int)name.size, (const char *)name.data, l.count, l.apart);
        if (l.settled > 0) {
            (void)printf(_("of these %zu settled\n"), l.settled);
        }
        code = l.apart == 0 || tb_grid_print(&l.grid, stdout) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
    }
    return code;
}

int tb_report_reconcile_with(const tb_reconciling *r)
{
    json_t *o = json_pack("{s:s,s:s,s:o,s:o}", "reconciles", r->def->id, "period", r->period->text,
                          "of", tb_json_party(&r->of), "with", tb_json_party(&r->with));
    int code = show_side(r, true, o);
    if (code == TB_EXIT_DONE) {
        code = show_side(r, false, o);
    }
    if (code == TB_EXIT_DONE && r->book->client->json) {
        (void)json_array_append_new(r->told, o);
    } else {
        json_decref(o);
    }
    return code;
}
