/* A file of staff in whatever encoding: as text, its rows, its numbers and dates. */
#include "agents/cli/encoding.h"
#include "agents/import/csv.h"
#include "agents/import/dates.h"
#include "agents/import/number.h"
#include "agents/import/utf8.h"
#include "tests/fuzz/fuzz.h"

static void read_field(tb_bytes field)
{
    tb_time time;
    (void)tb_number_read(field);
    (void)!tb_dates_read(field, &time);
    (void)!tb_dates_day(field, &time);
    (void)tb_utf8_trim(field);
    (void)tb_csv_needs_quotes(field);
}

static void read_rows(tb_bytes text, tb_arena *arena)
{
    tb_csv csv;
    tb_csv_row row;
    uint64_t before = 0;
    tb_csv_init(&csv, text);
    while (tb_csv_next(&csv, arena, &row) == TB_OK) {
        FUZZ_CHECK(row.number > before);
        before = row.number;
        for (size_t i = 0; i < row.count; i++) {
            read_field(row.fields[i]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tb_plain_text plain;
    tb_arena *arena = fuzz_arena();
    if (!tb_encoding_read(tb_bytes_of(data, size), &plain)) {
        return 0;
    }
    FUZZ_CHECK(tb_utf8_valid(plain.text));
    read_rows(plain.text, arena);
    free(plain.memory);
    return 0;
}
