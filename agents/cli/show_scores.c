/* show_scores - score sheets (评分表), and what a counted figure of a case opens to. */
#include "agents/cli/show.h"

#include <stdio.h>

#include "agents/campaign/scores.h"
#include "agents/cli/grid.h"
#include "agents/cli/json.h"
#include "agents/cli/report_words.h"
#include "agents/cli/say.h"

#define TARGET_BYTES 64

static const char *const verdict_keys[] = {"", "shown", "met", "not_met", "no_figure"};
_Static_assert(sizeof verdict_keys / sizeof *verdict_keys == TB_LOCAL_SCORE_VERDICTS + 1,
               "a key for each verdict");

static const char *verdict_word(uint32_t verdict)
{
    switch ((tb_score_verdict)verdict) {
    case TB_SCORE_SHOWN:
        return _("shown, does not score");
    case TB_SCORE_MET:
        return _("met");
    case TB_SCORE_NOT_MET:
        return _("not met");
    case TB_SCORE_NO_FIGURE:
        return _("no figure");
    }
    return _("unknown");
}

/* "≥ 90/100": the threshold itself is within it. */
static tb_bytes target(tb_arena *arena, const tb_local_score *score)
{
    tb_text text;
    tb_bytes out;
    bool least = score->at_least.size > 0;
    if (!least && score->at_most.size == 0) {
        return tb_bytes_of(NULL, 0);
    }
    tb_text_init(&text, arena, TARGET_BYTES);
    tb_text_str(&text, least ? "≥ " : "≤ ");
    tb_text_bytes(&text, least ? score->at_least : score->at_most);
    return tb_text_done(&text, &out) == TB_OK ? out : tb_bytes_of(NULL, 0);
}

bool tb_show_scores(tb_book *book, const tb_local_case *whole)
{
    tb_arena *arena = &book->client->arena;
    const char *const headings[] = {_("score sheet"), _("value"), _("target"), _("result"), NULL};
    tb_grid grid;
    if (whole->score_count == 0) {
        return true;
    }
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < whole->score_count; i++) {
        const tb_local_score *score = &whole->scores[i];
        tb_grid_put(&grid, tb_say_chinese() ? score->title_zh : score->title_en);
        tb_grid_put(&grid, tb_report_value(arena, 0, score->value));
        tb_grid_put(&grid, target(arena, score));
        tb_grid_text(&grid, verdict_word(score->verdict));
    }
    bool printed = tb_grid_print(&grid, stdout);
    for (size_t i = 0; i < whole->score_count; i++) {
        const tb_local_score *score = &whole->scores[i];
        tb_bytes title = tb_say_chinese() ? score->title_zh : score->title_en;
        if (score->declared && score->value.size > 0) {
            (void)printf(_("%.*s: by what was declared; not counted from events\n"),
                         (int)title.size, (const char *)title.data);
        }
    }
    (void)printf("\n");
    return printed;
}

json_t *tb_json_scores(const tb_local_case *whole)
{
    json_t *list = json_array();
    for (size_t i = 0; i < whole->score_count; i++) {
        const tb_local_score *score = &whole->scores[i];
        (void)json_array_append_new(
            list, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:s,s:b}", "id", tb_json_text(score->id),
                            "title_zh", tb_json_text(score->title_zh), "title_en",
                            tb_json_text(score->title_en), "value", tb_json_text(score->value),
                            "at_least", tb_json_text(score->at_least), "at_most",
                            tb_json_text(score->at_most), "verdict", verdict_keys[score->verdict],
                            "declared", (int)score->declared));
    }
    return list;
}

/* ---- a figure ---- */

bool tb_show_figure(tb_book *book, const tb_local_case_figure *figure)
{
    tb_arena *arena = &book->client->arena;
    const tb_local_figure *f = &figure->figure;
    tb_bytes title = tb_say_chinese() ? f->title_zh : f->title_en;
    tb_bytes stated = tb_report_value(arena, f->kind, f->period);
    tb_bytes now = tb_report_value(arena, f->kind, f->now);
    tb_party party;
    tb_bytes about = tb_party_parse(f->group, &party) ? tb_book_party(book, &party) : f->group;
    (void)printf("%.*s%s%.*s, %.*s: %.*s\n", (int)title.size, (const char *)title.data,
                 about.size > 0 ? " · " : "", (int)about.size, (const char *)about.data,
                 (int)figure->over.size, (const char *)figure->over.data, (int)stated.size,
                 (const char *)stated.data);
    if (!tb_bytes_equal(f->period, f->now)) {
        (void)printf(_("counted now: %.*s\n"), (int)now.size, (const char *)now.data);
    }
    if (tb_report_is_declared(f)) {
        (void)printf("%s", _("declared by who filed it; not counted from events, and no "
                             "verification proves it\n"));
    }
    if (figure->filed_in.size > 0) {
        (void)printf(_("taken from what was filed as %.*s:\n"), (int)figure->filed_in.size,
                     (const char *)figure->filed_in.data);
    }
    return tb_show_behind(book, figure->behind, figure->behind_count, figure->next);
}

json_t *tb_json_figure(const tb_local_case_figure *figure)
{
    const tb_local_figure *f = &figure->figure;
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "case",
                     tb_json_hex_of(figure->case_id.bytes, TB_CASE_ID_BYTES), "field",
                     tb_json_text(figure->field), "measure", tb_json_text(f->measure), "about",
                     tb_json_text(f->group), "over", tb_json_text(figure->over), "stated",
                     tb_json_text(f->period), "now", tb_json_text(f->now), "filed_in",
                     tb_json_text(figure->filed_in), "events",
                     tb_json_behind(figure->behind, figure->behind_count), "next",
                     figure->next.size == 0 ? json_null()
                                            : tb_json_hex_of(figure->next.data, figure->next.size));
}
