/* grid - a table of text on the terminal, its columns as wide as what stands in them.
 *
 * On a terminal too narrow for a row, the columns that do not fit go on below it, indented, each
 * under its own heading: ids stay whole, and nothing is cut in the middle. What is written elsewhere
 * keeps to one line a row.
 */
#ifndef TB_GRID_H
#define TB_GRID_H

#include <stdio.h>

#include "base/arena.h"

#define TB_GRID_COLUMNS_MAX 12

typedef struct tb_grid {
    tb_arena *arena; /* keeps the cells */
    size_t columns;
    tb_bytes *cells;
    size_t count;
    size_t capacity;
    bool failed; /* memory ended: nothing is printed but an error */
} tb_grid;

/* headings ends with NULL. */
void tb_grid_init(tb_grid *grid, tb_arena *arena, const char *const *headings);
/* The next cell, row by row; copied, control characters made blanks. */
void tb_grid_put(tb_grid *grid, tb_bytes cell);
void tb_grid_text(tb_grid *grid, const char *cell);
void tb_grid_number(tb_grid *grid, uint64_t number);
/* As wide as the terminal that out is, else on one line a row. False when memory ended. */
bool tb_grid_print(const tb_grid *grid, FILE *out);
/* Within so many columns of a terminal; 0: one line a row. */
bool tb_grid_print_within(const tb_grid *grid, size_t columns, FILE *out);

#endif
