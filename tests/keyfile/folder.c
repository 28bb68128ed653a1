#define _XOPEN_SOURCE 700
#include "tests/keyfile/folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

void folder_make(char out[FOLDER_BYTES])
{
    snprintf(out, FOLDER_BYTES, "%s/keyfile-XXXXXX", TB_BINARY_DIR);
    assert_non_null(mkdtemp(out));
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

void folder_remove(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *folder_path(const char *path, const char *name)
{
    static char paths[8][2 * FOLDER_BYTES];
    static unsigned turn;
    char *out = paths[turn++ % 8];
    snprintf(out, sizeof(paths[0]), "%s/%s", path, name);
    return out;
}

void folder_write(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

const char *folder_read(const char *path)
{
    static char text[64 * 1024];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    return text;
}
