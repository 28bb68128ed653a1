/* show_summary - a summary (汇总报告) as a table: a row for all together and one for each party,
 * the measures side by side, a few at a time so that a line fits a terminal. Year to date and the
 * period before are in `report export`.
 */
#include "agents/cli/show.h"

#include <stdio.h>

#include "agents/cli/grid.h"
#include "agents/cli/report_words.h"
#include "agents/cli/say.h"

#define COLUMNS       6
#define HEADING_BYTES 24
_Static_assert(COLUMNS + 1 < TB_GRID_COLUMNS_MAX, "the party stands before them");

/* Where the lines of a measure begin; each has as many as the first. */
static size_t lines_of_one(const tb_local_report *report)
{
    size_t count = 0;
    while (count < report->figure_count &&
           tb_bytes_equal(report->figures[count].measure, report->figures[0].measure)) {
        count++;
    }
    return count;
}

static void
print_legend(tb_arena *arena, const tb_local_report *report, size_t each, size_t from, size_t upto)
{
    for (size_t m = from; m < upto; m++) {
        const tb_local_figure *f = &report->figures[m * each];
        tb_bytes title = tb_report_title_with_unit(arena, f);
        (void)printf("(%zu) %.*s\n", m + 1, (int)title.size, (const char *)title.data);
    }
}

static tb_bytes row_name(tb_book *book, const tb_local_figure *f)
{
    tb_party party;
    return f->group.size == 0                 ? tb_bytes_str(_("all together"))
           : tb_party_parse(f->group, &party) ? tb_book_party(book, &party)
                                              : f->group;
}

bool tb_show_summary(tb_book *book, const tb_local_report *report)
{
    tb_arena *arena = &book->client->arena;
    size_t each = lines_of_one(report);
    size_t measures = each == 0 ? 0 : report->figure_count / each;
    bool printed = true;
    for (size_t from = 0; printed && from < measures; from += COLUMNS) {
        size_t upto = from + COLUMNS < measures ? from + COLUMNS : measures;
        char names[COLUMNS][HEADING_BYTES];
        const char *headings[COLUMNS + 2] = {_("party")};
        tb_grid grid;
        for (size_t m = from; m < upto; m++) {
            (void)snprintf(names[m - from], HEADING_BYTES, "(%zu)", m + 1);
            headings[m - from + 1] = names[m - from];
        }
        print_legend(arena, report, each, from, upto);
        tb_grid_init(&grid, arena, headings);
        for (size_t row = 0; row < each; row++) {
            tb_grid_put(&grid, row_name(book, &report->figures[row]));
            for (size_t m = from; m < upto; m++) {
                const tb_local_figure *f = &report->figures[m * each + row];
                tb_grid_put(&grid, tb_report_value(arena, f->kind, f->period));
            }
        }
        printed = tb_grid_print(&grid, stdout);
        (void)printf("\n");
    }
    return printed;
}
