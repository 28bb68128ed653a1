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
    tb_time filed_at;
} reporter;

typedef struct table {
    reporter list[REPORTERS_MAX];
    size_t count;
    uint64_t *sent; /* [of][with] */
    uint64_t *received;
    json_t *settled; /* what any two of them settled, as it came here */
    tb_time now;
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
                                .filed = !tb_case_zero(&line->case_id),
                                .filed_at = line->filed};
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

static void take_settled(const tb_local_reconciled *page, bool sent, json_t *into)
{
    for (size_t i = 0; i < page->count; i++) {
        const tb_local_reconciled_line *line = &page->lines[i];
        const tb_party *of = sent ? &line->of : &line->with;
        const tb_party *with = sent ? &line->with : &line->of;
        (void)json_array_append_new(
            into, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "of", tb_json_party(of), "with",
                            tb_json_party(with), "case",
                            tb_json_hex_of(line->case_id.bytes, TB_CASE_ID_BYTES), "by",
                            tb_json_party(&line->settled_by), "at", tb_json_time(line->settled_at),
                            "why", tb_json_text(line->settled)));
    }
}

/* What any two settled over what the one sent in the period, or the other received in it, as it
 * came here: asked once for all. Of what was in transit at a cut-off one word serves both periods.
 */
static int read_settled(const tb_reconciling *r, bool sent, json_t *into)
{
    tb_local_request request = {.kind = TB_REQUEST_RECONCILE};
    tb_arena *arena = &r->book->client->arena;
    uint8_t after[TB_CASE_ID_BYTES];
    bool more = false;
    int code;
    request.reconcile = (tb_local_reconcile){.campaign = tb_bytes_str(r->campaign->id),
                                             .report = tb_bytes_str(r->report->id),
                                             .period = tb_bytes_str(r->period->text),
                                             .reconcile = tb_bytes_str(r->def->id),
                                             .sent = sent};
    do {
        tb_local_answer answer;
        size_t mark = tb_arena_mark(arena);
        request.reconcile.after = tb_bytes_of(after, more ? sizeof after : 0);
        request.id = (tb_request_id){{0}}; /* each page is asked for anew */
        code = tb_client_get(r->book->client, &request, TB_ANSWER_RECONCILED, &answer);
        if (code == TB_EXIT_DONE) {
            take_settled(&answer.reconciled, sent, into);
        }
        more = code == TB_EXIT_DONE && answer.reconciled.next.size == sizeof after;
        if (more) {
            memcpy(after, answer.reconciled.next.data, sizeof after);
        }
        tb_arena_release(arena, mark);
    } while (more);
    return code;
}

static const char *text_in(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text == NULL ? "" : text;
}

/* Of all that was settled, what is between these two. */
static json_t *settled_between(const table *t, size_t of, size_t with)
{
    json_t *out = json_array();
    for (size_t i = 0; i < json_array_size(t->settled); i++) {
        const json_t *one = json_array_get(t->settled, i);
        if (strcmp(text_in(one, "of"), t->list[of].id.text) == 0 &&
            strcmp(text_in(one, "with"), t->list[with].id.text) == 0) {
            (void)json_array_append_new(out,
                                        json_pack("{s:s,s:s,s:s,s:s}", "case", text_in(one, "case"),
                                                  "by", text_in(one, "by"), "at",
                                                  text_in(one, "at"), "why", text_in(one, "why")));
        }
    }
    return out;
}

/* Whether as many cases are settled as the figures differ by. */
static bool is_settled(const table *t, size_t of, size_t with, const json_t *settled)
{
    uint64_t sent = t->sent[of * t->count + with];
    uint64_t received = t->received[with * t->count + of];
    return json_array_size(settled) >= (sent > received ? sent - received : received - sent);
}

/* How long the difference has stood: since the later of the two was filed. */
static long long days_open(const table *t, size_t of, size_t with)
{
    tb_time since = t->list[of].filed_at > t->list[with].filed_at ? t->list[of].filed_at
                                                                  : t->list[with].filed_at;
    return t->now > since ? (t->now - since) / (24ll * 3600 * 1000) : 0;
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
                json_t *settled = settled_between(t, of, with);
                bool done = is_settled(t, of, with, settled);
                json_t *one =
                    json_pack("{s:o,s:o,s:I,s:I,s:I,s:o,s:s}", "of", tb_json_party(&t->list[of].id),
                              "with", tb_json_party(&t->list[with].id), "sent", sent, "received",
                              received, "difference", sent - received, "settled", settled, "state",
                              done ? "settled" : "open");
                if (!done) {
                    size_t who = sent > received ? of : with; /* whose figure is the larger */
                    (void)json_object_set_new(one, "waits_for", tb_json_party(&t->list[who].id));
                    (void)json_object_set_new(one, "days_open",
                                              json_integer(days_open(t, of, with)));
                }
                (void)json_array_append_new(pairs, one);
            }
        }
    }
    (void)json_object_set_new(o, "reconciles", json_string(r->def->id));
    (void)json_object_set_new(o, "period", json_string(r->period->text));
    (void)json_object_set_new(o, "differences", pairs);
    (void)json_object_set_new(o, "not_filed", absent);
    return o;
}

static void print_settled(const tb_reconciling *r, const table *t, size_t of, size_t with)
{
    json_t *list = settled_between(t, of, with);
    tb_bytes a = tb_book_party(r->book, &t->list[of].id);
    tb_bytes b = tb_book_party(r->book, &t->list[with].id);
    (void)printf("%.*s → %.*s\n", (int)a.size, (const char *)a.data, (int)b.size,
                 (const char *)b.data);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        tb_party by;
        tb_bytes name = tb_bytes_str(text_in(one, "by"));
        name = tb_party_parse(name, &by) ? tb_book_party(r->book, &by) : name;
        (void)printf(_("  settled: %.*s, %.*s, %.*s: %.*s\n"), 2 * TB_CASE_ID_BYTES,
                     text_in(one, "case"), (int)name.size, (const char *)name.data, 16,
                     text_in(one, "at"), 1000, text_in(one, "why"));
    }
    if (json_array_size(list) == 0) {
        (void)printf("%s", _("  nothing of it is settled yet\n"));
    }
    json_decref(list);
}

/* What became of the difference: settled, or for how long it has been open. */
static tb_bytes standing(const tb_reconciling *r, const table *t, size_t of, size_t with)
{
    json_t *settled = settled_between(t, of, with);
    bool done = is_settled(t, of, with, settled);
    char text[128];
    tb_bytes kept = tb_bytes_str("");
    json_decref(settled);
    if (done) {
        return tb_bytes_str(_("settled"));
    }
    (void)snprintf(text, sizeof text, _("open for %lld days"), days_open(t, of, with));
    return tb_arena_copy(&r->book->client->arena, tb_bytes_str(text), &kept) == TB_OK
               ? kept
               : tb_bytes_str("");
}

static bool print_pairs(const tb_reconciling *r, const table *t)
{
    const char *const headings[] = {_("sent by"),
                                    _("received by"),
                                    _("says it sent"),
                                    _("says it received"),
                                    _("difference"),
                                    _("explained"),
                                    NULL};
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
            tb_grid_put(&grid,
                        r->def->settled_by != NULL ? standing(r, t, of, with) : tb_bytes_str(""));
            shown++;
        }
    }
    bool printed = shown == 0 || tb_grid_print(&grid, stdout);
    for (size_t i = 0; printed && r->def->settled_by != NULL && i < t->count * t->count; i++) {
        if (differs(t, i / t->count, i % t->count)) {
            print_settled(r, t, i / t->count, i % t->count);
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
    t.now = code == TB_EXIT_DONE ? answer.reports.civil : 0;
    t.settled = json_array();
    if (code == TB_EXIT_DONE && r->def->settled_by != NULL) {
        code = read_settled(r, true, t.settled);
        code = code == TB_EXIT_DONE ? read_settled(r, false, t.settled) : code;
    }
    if (code == TB_EXIT_DONE && r->book->client->json) {
        (void)json_array_append_new(r->told, pairs_json(r, &t));
    } else if (code == TB_EXIT_DONE) {
        code = print_pairs(r, &t) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
    }
    json_decref(t.settled);
    free(t.sent);
    free(t.received);
    return code;
}

/* ---- at one of two parties: its own cases ---- */

static const char *const reason_keys[] = {"",        "both",        "in_transit", "refused",
                                          "missing", "not_arrived", "settled"};

bool tb_report_reason(const char *word, tb_reconciled_reason *out)
{
    for (tb_reconciled_reason i = TB_RECONCILED_IN_TRANSIT; i <= TB_RECONCILED_NOT_ARRIVED; i++) {
        if (strcmp(reason_keys[i], word) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

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
    json_t *one =
        json_pack("{s:o,s:o,s:o,s:s,s:o,s:b}", "with", tb_json_party(&line->with), "case",
                  tb_json_hex_of(line->case_id.bytes, TB_CASE_ID_BYTES), "at",
                  tb_json_time(line->at), "reason", reason_keys[line->reason], "event",
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
        if (l->r->with.text[0] == 0) {
            tb_grid_put(&l->grid, tb_book_party(l->r->book, &line->with));
        }
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
    bool everybody = r->with.text[0] == 0;
    const char *const headings[] = {
        everybody ? _("with") : _("case"),
        everybody ? _("case") : _("when"),
        everybody ? _("when") : _("why the other side does not count it"),
        everybody ? _("why the other side does not count it") : _("settled by, and why"),
        everybody ? _("settled by, and why") : NULL,
        NULL};
    listing l = {.r = r, .sent = sent, .cases = json_array()};
    tb_grid_init(&l.grid, &r->book->client->arena, headings);
    int code = list_side(&l);
    (void)json_object_set_new(into, sent ? "sent" : "received", l.cases);
    if (code == TB_EXIT_DONE && !r->book->client->json) {
        tb_bytes name =
            everybody ? tb_bytes_str(_("the others")) : tb_book_party(r->book, &r->with);
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
                          "of", tb_json_party(&r->of), "with",
                          r->with.text[0] == 0 ? json_null() : tb_json_party(&r->with));
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
