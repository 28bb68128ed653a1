/* files - whole files for the command, with a sentence when something is wrong with them. */
#ifndef TB_FILES_H
#define TB_FILES_H

#include <stdio.h>

#include "base/arena.h"

/* At most max bytes into the arena. False after saying why. */
bool tb_files_read(const char *path, size_t max, tb_arena *arena, tb_bytes *out);

/* The same into memory of its own, ended by free; for files whose size is not known before. */
bool tb_files_load(const char *path, size_t max, uint8_t **out, size_t *out_size);

#endif
