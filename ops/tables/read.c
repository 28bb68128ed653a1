#include "ops/tables/tables.h"

#include <stdio.h>
#include <zlib.h>

#define FILE_BYTES_MAX (32u * 1024 * 1024)

bool tables_read(const char *path, tb_arena *arena, tb_bytes *out)
{
    gzFile file = gzopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "tongbao-tables: cannot open %s\n", path);
        return false;
    }

    uint8_t *data = tb_arena_alloc(arena, FILE_BYTES_MAX);
    TB_ASSERT(data != NULL);
    int size = gzread(file, data, FILE_BYTES_MAX);
    bool complete = size >= 0 && size < (int)FILE_BYTES_MAX && gzclose_r(file) == Z_OK;
    if (!complete) {
        fprintf(stderr, "tongbao-tables: %s is damaged or larger than 32 MiB\n", path);
        return false;
    }
    *out = tb_bytes_of(data, (size_t)size);
    return true;
}

bool tables_write(const char *path, tb_bytes content)
{
    FILE *file = fopen(path, "wb");
    bool written = file != NULL && fwrite(content.data, 1, content.size, file) == content.size;
    if (file != NULL && fclose(file) != 0) {
        written = false;
    }
    if (!written) {
        fprintf(stderr, "tongbao-tables: cannot write %s\n", path);
    }
    return written;
}
