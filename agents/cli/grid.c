#include "agents/cli/grid.h"

#include "agents/cli/width.h"

#define CELLS_FIRST 256
#define GAP         2
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

static void print_cell(tb_bytes cell, size_t width, FILE *out)
{
    (void)fwrite(cell.data, 1, cell.size, out);
    for (size_t at = tb_width(cell); at < width + GAP; at++) {
        (void)fputc(' ', out);
    }
}

bool tb_grid_print(const tb_grid *grid, FILE *out)
{
    if (grid->failed) {
        return false;
    }
    size_t widths[TB_GRID_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < grid->count; i++) {
        size_t width = tb_width(grid->cells[i]);
        size_t *widest = &widths[i % grid->columns];
        width = width > CELL_WIDTH ? CELL_WIDTH : width;
        *widest = width > *widest ? width : *widest;
    }
    for (size_t i = 0; i < grid->count; i++) {
        bool last = i % grid->columns == grid->columns - 1;
        if (last) {
            (void)fwrite(grid->cells[i].data, 1, grid->cells[i].size, out);
            (void)fputc('\n', out);
        } else {
            print_cell(tb_width_cut(grid->cells[i], CELL_WIDTH), widths[i % grid->columns], out);
        }
    }
    return true;
}
