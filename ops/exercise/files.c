/* files - a file of the exercise's, whole. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "ops/exercise/exercise.h"

tb_bytes ex_read_file(const char *path, tb_arena *arena)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (f == NULL || fstat(fileno(f), &st) != 0) {
        ex_fail("cannot read %s: %s", path, strerror(errno));
    }
    uint8_t *data = tb_arena_alloc(arena, (size_t)st.st_size + 1);
    if (data == NULL || fread(data, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
        ex_fail("cannot read %s", path);
    }
    (void)fclose(f);
    return tb_bytes_of(data, (size_t)st.st_size);
}
