#include "agents/cli/grid.h"

#include <sys/ioctl.h>

#include "agents/cli/width.h"

#define CELLS_FIRST 256
#define GAP         2
#define INDENT      4  /* of what goes on below */
#define CELL_WIDTH  60 /* longer cells are cut, the last column excepted */

void tb_grid_init(tb_grid *grid, tb_arena *arena, const char *const *headings)
{
    *grid = (tb_grid){.arena = arena};
    while (headings[grid->columns] != NULL) {
        grid->columns++;
    }
    TB_ASSERT(grid->columns <= TB_GRID_COLUMNS_MAX);
    for (size_t i = 0; i < grid->columns; i++) {
        tb_grid_text(grid, headings[i]);
    }
}

static bool grow(tb_grid *grid)
{
    if (grid->count < grid->capacity) {
        return true;
    }
    size_t capacity = grid->capacity == 0 ? CELLS_FIRST : grid->capacity * 2;
    tb_bytes *cells = tb_arena_array(grid->arena, capacity, sizeof *cells);
    if (cells == NULL) {
        return false;
    }
    if (grid->count > 0) {
        memcpy(cells, grid->cells, grid->count * sizeof *cells);
    }
    grid->cells = cells;
    grid->capacity = capacity;
    return true;
}

void tb_grid_put(tb_grid *grid, tb_bytes cell)
{
    uint8_t *copy = grow(grid) ? tb_arena_alloc(grid->arena, cell.size + 1) : NULL;
    if (copy == NULL) {
        grid->failed = true;
        return;
    }
    for (size_t i = 0; i < cell.size; i++) {
        copy[i] = cell.data[i] < 0x20 || cell.data[i] == 0x7f ? ' ' : cell.data[i];
    }
    grid->cells[grid->count++] = tb_bytes_of(copy, cell.size);
}

void tb_grid_text(tb_grid *grid, const char *cell)
{
    tb_grid_put(grid, tb_bytes_str(cell));
}

void tb_grid_number(tb_grid *grid, uint64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    tb_grid_text(grid, text);
}

static void print_blanks(size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        (void)fputc(' ', out);
    }
}

/* How wide each column is, and which ones begin a line of their own. */
typedef struct layout {
    size_t widths[TB_GRID_COLUMNS_MAX];
    bool breaks[TB_GRID_COLUMNS_MAX];
    size_t columns; /* of the terminal; 0: none */
} layout;

static layout lay_out(const tb_grid *grid, size_t columns)
{
    layout l = {.columns = columns};
    for (size_t i = 0; i < grid->count; i++) {
        size_t width = tb_width(grid->cells[i]);
        size_t *widest = &l.widths[i % grid->columns];
        width = width > CELL_WIDTH ? CELL_WIDTH : width;
        *widest = width > *widest ? width : *widest;
    }
    size_t used = 0;
    for (size_t i = 0; i < grid->columns; i++) {
        l.breaks[i] = columns > 0 && used > 0 && used + l.widths[i] > columns;
        used = (l.breaks[i] ? INDENT : used) + l.widths[i] + GAP;
    }
    return l;
}

/* The last column may be a sentence: on a line of its own it goes on below itself. */
static void print_last(const layout *l, bool alone, tb_bytes cell, FILE *out)
{
    size_t room = alone && l->columns > INDENT + 1 ? l->columns - INDENT : SIZE_MAX;
    while (tb_width(cell) > room) {
        tb_bytes line = tb_width_cut(cell, room);
        (void)fwrite(line.data, 1, line.size, out);
        (void)fputc('\n', out);
        print_blanks(INDENT, out);
        cell = tb_bytes_of(cell.data + line.size, cell.size - line.size);
    }
    (void)fwrite(cell.data, 1, cell.size, out);
}

/* The cells from `from` on that share a line, up to the one returned; none of them is not empty:
 * *out_empty. */
static size_t
line_end(const tb_grid *grid, const layout *l, const tb_bytes *row, size_t from, bool *out_empty)
{
    size_t end = from;
    *out_empty = true;
    do {
        *out_empty = *out_empty && row[end].size == 0;
        end++;
    } while (end < grid->columns && !l->breaks[end]);
    return end;
}

static void print_row(const tb_grid *grid, const layout *l, const tb_bytes *row, FILE *out)
{
    for (size_t from = 0; from < grid->columns;) {
        bool empty;
        size_t end = line_end(grid, l, row, from, &empty);
        if (from > 0 && !empty) {
            print_blanks(INDENT, out);
        }
        for (size_t i = from; i < end && (from == 0 || !empty); i++) {
            if (i == grid->columns - 1) {
                print_last(l, from == i && from > 0, row[i], out);
                break;
            }
            tb_bytes cell = tb_width_cut(row[i], CELL_WIDTH);
            (void)fwrite(cell.data, 1, cell.size, out);
            print_blanks(i + 1 < end ? l->widths[i] + GAP - tb_width(cell) : 0, out);
        }
        if (from == 0 || !empty) {
            (void)fputc('\n', out);
        }
        from = end;
    }
}

bool tb_grid_print_within(const tb_grid *grid, size_t columns, FILE *out)
{
    if (grid->failed) {
        return false;
    }
    layout l = lay_out(grid, columns);
    for (size_t at = 0; at < grid->count; at += grid->columns) {
        print_row(grid, &l, &grid->cells[at], out);
    }
    return true;
}

bool tb_grid_print(const tb_grid *grid, FILE *out)
{
    struct winsize size = {0};
    bool terminal = ioctl(fileno(out), TIOCGWINSZ, &size) == 0;
    return tb_grid_print_within(grid, terminal ? size.ws_col : 0, out);
}
