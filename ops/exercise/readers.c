/* readers - which roles may ever open what, as a sheet says that knows nothing of the definition. */
#include <string.h>

#include "agents/import/csv.h"
#include "ops/exercise/exercise.h"

#define READERS_ARENA (1024u * 1024)
#define READERS_MAX   256

typedef struct reader_row {
    tb_bytes case_type;
    tb_bytes group;
    tb_bytes roles;
} reader_row;

static reader_row rows[READERS_MAX];
static size_t row_count;

void ex_readers_load(const ex_world *world)
{
    static uint8_t block[READERS_ARENA];
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof block);
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/ops/exercise/readers/%s.csv", world->options.source, world->campaign->id);
    tb_csv csv;
    tb_csv_init(&csv, ex_read_file(path, &arena));
    tb_csv_row row;
    while (tb_csv_next(&csv, &arena, &row) == TB_OK) {
        if (row.raw.data[0] == '#') {
            continue;
        }
        if (row.broken || row.count != 3 || row_count == READERS_MAX) {
            ex_fail("%s: row %llu is not case_type,group,roles", path, (unsigned long long)row.number);
        }
        rows[row_count++] = (reader_row){row.fields[0], row.fields[1], row.fields[2]};
    }
}

static bool has_word(tb_bytes list, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; i + size <= list.size; i++) {
        bool begins = i == 0 || list.data[i - 1] == ' ';
        bool ends = i + size == list.size || list.data[i + size] == ' ';
        if (begins && ends && memcmp(list.data + i, word, size) == 0) {
            return true;
        }
    }
    return false;
}

bool ex_may_ever_read(tb_bytes case_type, tb_bytes group, const char *role)
{
    for (size_t i = 0; i < row_count; i++) {
        if (tb_bytes_equal(rows[i].case_type, case_type) && tb_bytes_equal(rows[i].group, group)) {
            return has_word(rows[i].roles, role);
        }
    }
    return false;
}
