/* files - whole files for the command, with a sentence when something is wrong with them. */
#ifndef TB_FILES_H
#define TB_FILES_H

#include <stdio.h>

#include "base/arena.h"

/* At most max bytes into the arena. False after saying why. */
bool tb_files_read(const char *path, size_t max, tb_arena *arena, tb_bytes *out);

/* The same into memory of its own, ended by free; for files whose size is not known before. */
bool tb_files_load(const char *path, size_t max, uint8_t **out, size_t *out_size);

/* Writes a whole file and sees it to the disk; fresh: one that is there already is an error. False
 * after saying why; what was begun is taken away. */
bool tb_files_write(const char *path, bool fresh, tb_bytes content);

/* A cell of a CSV file, in quotes where it needs them and control characters made blanks; commas
 * and line ends are the caller's. */
void tb_files_put_cell(FILE *file, tb_bytes cell);

#endif
