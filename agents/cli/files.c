#include "agents/cli/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agents/cli/say.h"
#include "agents/import/csv.h"

bool tb_files_load(const char *path, size_t max, uint8_t **out, size_t *out_size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        tb_say_error(_("cannot open %s: %s"), path, strerror(errno));
        return false;
    }
    size_t capacity = 64 * 1024;
    size_t size = 0;
    uint8_t *data = NULL;
    for (;;) {
        uint8_t *grown = realloc(data, capacity);
        if (grown == NULL) {
            (void)fclose(file);
            free(data);
            tb_say_error(_("not enough memory"));
            return false;
        }
        data = grown;
        size += fread(data + size, 1, capacity - size, file);
        if (size < capacity || size > max) {
            break;
        }
        capacity *= 2;
    }
    int why = ferror(file) != 0 ? errno : 0;
    (void)fclose(file);
    if (why != 0 || size > max) {
        free(data);
        if (why != 0) {
            tb_say_error(_("cannot read %s: %s"), path, strerror(why));
        } else {
            tb_say_error(_("%s is larger than the %zu KiB such a file may have"), path, max / 1024);
        }
        return false;
    }
    *out = data;
    *out_size = size;
    return true;
}

bool tb_files_read(const char *path, size_t max, tb_arena *arena, tb_bytes *out)
{
    uint8_t *data = NULL;
    size_t size = 0;
    if (!tb_files_load(path, max, &data, &size)) {
        return false;
    }
    tb_err err = tb_arena_copy(arena, tb_bytes_of(data, size), out);
    free(data);
    if (err != TB_OK) {
        tb_say_error("%s: %s", path, tb_err_text(err));
    }
    return err == TB_OK;
}

bool tb_files_write(const char *path, bool fresh, tb_bytes content)
{
    FILE *file = fopen(path, fresh ? "wbx" : "wb");
    bool open = file != NULL;
    bool whole =
        open && (content.size == 0 || fwrite(content.data, 1, content.size, file) == content.size);
    bool done = whole && fflush(file) == 0 && fsync(fileno(file)) == 0;
    int why = errno;
    if (open && fclose(file) != 0 && done) {
        done = false;
        why = errno;
    }
    if (!done) {
        tb_say_error(_("cannot write %s: %s"), path, strerror(why));
        if (open) {
            (void)remove(path);
        }
    }
    return done;
}

void tb_files_put_cell(FILE *file, tb_bytes cell)
{
    bool quotes = tb_csv_needs_quotes(cell);
    (void)(quotes && fputc('"', file));
    for (size_t i = 0; i < cell.size; i++) {
        bool text = cell.data[i] >= ' ' || cell.data[i] == '\n' || cell.data[i] == '\r';
        (void)(quotes && cell.data[i] == '"' && fputc('"', file));
        (void)fputc(text ? cell.data[i] : ' ', file);
    }
    (void)(quotes && fputc('"', file));
}
