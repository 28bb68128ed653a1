/* tongbao unanswered - 已通报未答复: what was notified and has not been answered, by age and party.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "agents/cli/cli.h"
#include "agents/cli/grid.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

#define BAR_WIDTH 30
/* Cases listed with --by, unless --limit says otherwise; the agent lists no more of one page. */
#define CASES_USUAL 20
#define CASES_MAX   200

/* All pages of the agent's answer, added up. */
typedef struct whole {
    uint64_t notified;
    uint64_t answered;
    uint64_t here;
    tb_local_unanswered_line *lines;
    size_t count;
    tb_local_unanswered_case cases[CASES_MAX];
    size_t case_count;
    size_t case_limit;
    tb_time civil;
} whole;

/* ---- adding up ---- */

static bool add_line(whole *w, const tb_local_unanswered_line *line)
{
    size_t at = 0;
    while (at < w->count && !tb_party_equal(&w->lines[at].party, &line->party)) {
        at++;
    }
    if (at == w->count) {
        if (w->count == TB_PARTIES_MAX) {
            return false;
        }
        w->lines[w->count++] = *line;
        return true;
    }
    for (size_t i = 0; i < TB_AGES; i++) {
        w->lines[at].ages[i] += line->ages[i];
    }
    if (line->oldest < w->lines[at].oldest) {
        w->lines[at].oldest = line->oldest;
    }
    return true;
}

static bool add_page(whole *w, const tb_local_unanswered *page)
{
    w->notified += page->notified;
    w->answered += page->answered;
    w->here += page->here;
    w->civil = page->civil;
    for (size_t i = 0; i < page->count; i++) {
        if (!add_line(w, &page->lines[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < page->case_count && w->case_count < w->case_limit; i++) {
        w->cases[w->case_count++] = page->cases[i];
    }
    return true;
}

static uint64_t total_of(const tb_local_unanswered_line *line)
{
    uint64_t total = 0;
    for (size_t i = 0; i < TB_AGES; i++) {
        total += line->ages[i];
    }
    return total;
}

static int older_first(const void *a, const void *b)
{
    const tb_local_unanswered_line *x = a;
    const tb_local_unanswered_line *y = b;
    uint64_t p = total_of(x);
    uint64_t q = total_of(y);
    if (p != q) {
        return p > q ? -1 : 1;
    }
    return x->oldest < y->oldest ? -1 : x->oldest > y->oldest;
}

/* ---- the picture ---- */

static const char *band_title(size_t band)
{
    switch (band) {
    case 0:
        return _("today");
    case 1:
        return _("1-3 days");
    case 2:
        return _("4-7 days");
    case 3:
        return _("8-15 days");
    case 4:
        return _("16-30 days");
    default:
        return _("over 30 days");
    }
}

/* Something is never drawn as nothing. */
static const char *bar(tb_arena *arena, uint64_t part, uint64_t most)
{
    size_t width = most == 0 ? 0 : (size_t)(part * BAR_WIDTH / most);
    width = part > 0 && width == 0 ? 1 : width;
    char *text = tb_arena_alloc(arena, width * 3 + 1);
    if (text == NULL) {
        return "";
    }
    for (size_t i = 0; i < width; i++) {
        memcpy(text + i * 3, "█", 3);
    }
    text[width * 3] = '\0';
    return text;
}

static bool print_ages(tb_arena *arena, const whole *w)
{
    uint64_t ages[TB_AGES] = {0};
    uint64_t most = 0;
    const char *const headings[] = {_("age"), _("cases"), "", NULL};
    tb_grid grid;
    for (size_t i = 0; i < w->count; i++) {
        for (size_t b = 0; b < TB_AGES; b++) {
            ages[b] += w->lines[i].ages[b];
        }
    }
    for (size_t b = 0; b < TB_AGES; b++) {
        most = ages[b] > most ? ages[b] : most;
    }
    tb_grid_init(&grid, arena, headings);
    for (size_t b = 0; b < TB_AGES; b++) {
        tb_grid_text(&grid, band_title(b));
        tb_grid_number(&grid, ages[b]);
        tb_grid_text(&grid, bar(arena, ages[b], most));
    }
    return tb_grid_print(&grid, stdout);
}

static bool print_parties(tb_book *book, const whole *w)
{
    tb_arena *arena = &book->client->arena;
    uint64_t most = w->count > 0 ? total_of(&w->lines[0]) : 0;
    const char *const headings[] = {
        _("with"),     _("cases"),    band_title(0), band_title(1),     band_title(2),
        band_title(3), band_title(4), band_title(5), _("oldest since"), "",
        NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < w->count; i++) {
        const tb_local_unanswered_line *line = &w->lines[i];
        tb_grid_put(&grid, tb_book_party(book, &line->party));
        tb_grid_number(&grid, total_of(line));
        for (size_t b = 0; b < TB_AGES; b++) {
            tb_grid_number(&grid, line->ages[b]);
        }
        tb_grid_put(&grid, tb_show_time(arena, line->oldest));
        tb_grid_text(&grid, bar(arena, total_of(line), most));
    }
    return tb_grid_print(&grid, stdout);
}

/* Whole hours a case waits, by the agent's civil clock. */
static int64_t hours_of(const whole *w, const tb_local_unanswered_case *c)
{
    return w->civil > c->since ? (w->civil - c->since) / 3600000 : 0;
}

static const char *hours_text(tb_arena *arena, int64_t hours)
{
    char text[40];
    tb_bytes kept;
    (void)snprintf(text, sizeof text, _("%" PRId64 " h"), hours);
    return tb_arena_copy(arena, tb_bytes_of(text, strlen(text) + 1), &kept) == TB_OK
               ? (const char *)kept.data
               : "";
}

static bool print_cases(tb_book *book, const whole *w)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("case"),    _("state"),    _("since"),
                                    _("waiting"), _("reminded"), _("escalated"), NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < w->case_count; i++) {
        const tb_local_unanswered_case *c = &w->cases[i];
        tb_local_summary of = {
            .case_id = c->case_id, .campaign = c->campaign, .case_type = c->case_type};
        tb_grid_put(&grid, tb_show_hex(arena, c->case_id.bytes, sizeof c->case_id.bytes));
        tb_grid_put(&grid, tb_book_state(book, &of, c->state));
        tb_grid_put(&grid, tb_show_time(arena, c->since));
        tb_grid_text(&grid, hours_text(arena, hours_of(w, c)));
        tb_grid_put(&grid, tb_show_time(arena, c->reminded));
        tb_grid_put(&grid, tb_show_time(arena, c->escalated));
    }
    return tb_grid_print(&grid, stdout);
}

static bool print(tb_book *book, const whole *w)
{
    uint64_t waiting = 0;
    for (size_t i = 0; i < w->count; i++) {
        waiting += total_of(&w->lines[i]);
    }
    (void)printf(_("notified %" PRIu64 ", answered %" PRIu64 ", back with this party %" PRIu64
                   ", unanswered %" PRIu64 "\n"),
                 w->notified, w->answered, w->here, waiting);
    if (waiting == 0) {
        return true;
    }
    (void)printf("\n");
    bool good = print_ages(&book->client->arena, w);
    (void)printf("\n");
    good = good && print_parties(book, w);
    if (good && w->case_count > 0) {
        (void)printf("\n");
        good = print_cases(book, w);
    }
    return good;
}

static json_t *json_ages(const uint64_t *ages)
{
    static const char *const keys[TB_AGES] = {"days_0",    "days_1_3",   "days_4_7",
                                              "days_8_15", "days_16_30", "days_over_30"};
    json_t *o = json_object();
    for (size_t b = 0; b < TB_AGES; b++) {
        (void)json_object_set_new(o, keys[b], json_integer((json_int_t)ages[b]));
    }
    return o;
}

static void print_json(tb_book *book, const whole *w)
{
    uint64_t ages[TB_AGES] = {0};
    uint64_t waiting = 0;
    json_t *parties = json_array();
    for (size_t i = 0; i < w->count; i++) {
        const tb_local_unanswered_line *line = &w->lines[i];
        json_t *o = json_object();
        for (size_t b = 0; b < TB_AGES; b++) {
            ages[b] += line->ages[b];
        }
        waiting += total_of(line);
        (void)json_object_set_new(o, "party", tb_json_party(&line->party));
        (void)json_object_set_new(o, "name", tb_json_text(tb_book_party(book, &line->party)));
        (void)json_object_set_new(o, "unanswered", json_integer((json_int_t)total_of(line)));
        (void)json_object_set_new(o, "ages", json_ages(line->ages));
        (void)json_object_set_new(o, "oldest", tb_json_time(line->oldest));
        (void)json_array_append_new(parties, o);
    }
    json_t *cases = json_array();
    for (size_t i = 0; i < w->case_count; i++) {
        const tb_local_unanswered_case *c = &w->cases[i];
        json_t *o = json_object();
        (void)json_object_set_new(o, "case_id", tb_json_hex_of(c->case_id.bytes, TB_CASE_ID_BYTES));
        (void)json_object_set_new(o, "holder", tb_json_party(&c->holder));
        (void)json_object_set_new(o, "state", tb_json_text(c->state));
        (void)json_object_set_new(o, "since", tb_json_time(c->since));
        (void)json_object_set_new(o, "hours", json_integer((json_int_t)hours_of(w, c)));
        (void)json_object_set_new(o, "reminded", tb_json_time(c->reminded));
        (void)json_object_set_new(o, "escalated", tb_json_time(c->escalated));
        (void)json_array_append_new(cases, o);
    }
    json_t *o = json_object();
    (void)json_object_set_new(o, "notified", json_integer((json_int_t)w->notified));
    (void)json_object_set_new(o, "answered", json_integer((json_int_t)w->answered));
    (void)json_object_set_new(o, "with_us", json_integer((json_int_t)w->here));
    (void)json_object_set_new(o, "unanswered", json_integer((json_int_t)waiting));
    (void)json_object_set_new(o, "ages", json_ages(ages));
    (void)json_object_set_new(o, "parties", parties);
    (void)json_object_set_new(o, "cases", cases);
    (void)json_object_set_new(o, "at", tb_json_time(w->civil));
    tb_json_print(o);
}

/* ---- asking ---- */

static int ask_pages(tb_client *client, const tb_party *by, whole *w)
{
    tb_local_request request = {.kind = TB_REQUEST_UNANSWERED};
    tb_local_answer answer;
    size_t mark = tb_arena_mark(&client->arena);
    do {
        request.get_unanswered.by = *by;
        int code = tb_client_get(client, &request, TB_ANSWER_UNANSWERED, &answer);
        if (code != TB_EXIT_DONE) {
            return code;
        }
        if (!add_page(w, &answer.unanswered)) {
            tb_say_error(_("not enough memory"));
            return TB_EXIT_INTERNAL;
        }
        request.get_unanswered.after = answer.unanswered.next;
        if (tb_party_empty(by)) {
            tb_arena_release(&client->arena, mark); /* listed cases point into it */
        }
    } while (!tb_case_zero(&request.get_unanswered.after));
    return TB_EXIT_DONE;
}

static int run(const tb_common *common, const char *name, whole *w)
{
    tb_client client;
    tb_book book;
    tb_party by = {{0}};
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    if (name != NULL && !tb_book_party_named(&book, name, &by)) {
        code = TB_EXIT_USAGE;
    }
    if (code == TB_EXIT_DONE) {
        code = ask_pages(&client, &by, w);
    }
    if (code == TB_EXIT_DONE) {
        qsort(w->lines, w->count, sizeof *w->lines, older_first);
        if (client.json) {
            print_json(&book, w);
        } else if (!print(&book, w)) {
            code = TB_EXIT_INTERNAL;
        }
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

int tb_cli_unanswered(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    const char *by = NULL;
    const char *limit = NULL;
    long most = CASES_USUAL;
    const tb_option known[] = {{"by", NULL, &by}, {"limit", NULL, &limit}};
    if (!tb_arguments_read(argc, argv, known, 2, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print("unanswered");
        return TB_EXIT_DONE;
    }
    if (words.count != 0) {
        return tb_help_wrong("unanswered", _("unanswered takes no words, but --by PARTY"));
    }
    if (limit != NULL && !tb_arguments_number("limit", limit, 1, CASES_MAX, &most)) {
        return TB_EXIT_USAGE;
    }
    static whole w; /* too large for the stack */
    memset(&w, 0, sizeof w);
    w.case_limit = by == NULL ? 0 : (size_t)most; /* of all parties no page is kept */
    w.lines = calloc(TB_PARTIES_MAX, sizeof *w.lines);
    if (w.lines == NULL) {
        tb_say_error(_("not enough memory"));
        return TB_EXIT_INTERNAL;
    }
    int code = run(&common, by, &w);
    free(w.lines);
    return code;
}
