/* What a person brings in a file: bundles, exported evidence, tables, key files, cuts, options; and
 * words that are written by hand. The first byte chooses who reads it. What is accepted is what it
 * says when it is written again. */
#include "agents/campaign/document_number.h"
#include "agents/campaign/figures.h"
#include "agents/campaign/period.h"
#include "agents/notice_name.h"
#include "agents/tables/calendar.h"
#include "daemon/config.h"
#include "keyfile/cut_file.h"
#include "keyfile/keyfile.h"
#include "keyfile/provinces_csv.h"
#include "messages/bundle.h"
#include "messages/evidence.h"
#include "messages/table.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- what is signed ---- */

static void try_bundle(tb_bytes in, tb_arena *arena)
{
    tb_bundle bundle;
    tb_public_key nobodys = {{0}};
    if (tb_bundle_decode(in, arena, &bundle) == TB_ACCEPTED) {
        FUZZ_CHECK(!tb_bundle_verify(&bundle, &nobodys));
    }
}

static void try_evidence(tb_bytes in, tb_arena *arena)
{
    tb_evidence_page page;
    tb_public_key nobodys = {{0}};
    if (tb_evidence_page_decode(in, arena, &page) == TB_ACCEPTED) {
        FUZZ_CHECK(!tb_evidence_page_verify(&page, &nobodys));
    }
}

static void try_csv_table(tb_bytes in, tb_arena *arena)
{
    tb_csv_table table;
    tb_csv_table again;
    tb_bytes encoded;
    if (tb_csv_table_decode(in, arena, &table) == TB_ACCEPTED) {
        FUZZ_CHECK(tb_csv_table_encode(&table, arena, &encoded) == TB_OK);
        FUZZ_CHECK(tb_csv_table_decode(encoded, arena, &again) == TB_ACCEPTED);
        FUZZ_CHECK(again.version == table.version && tb_bytes_equal(again.csv, table.csv));
    }
}

static void try_segment_table(tb_bytes in, tb_arena *arena)
{
    tb_segment_table table;
    tb_segment_table again;
    tb_bytes encoded;
    if (tb_segment_table_decode(in, arena, &table) == TB_ACCEPTED) {
        FUZZ_CHECK(tb_segment_table_encode(&table, arena, &encoded) == TB_OK);
        FUZZ_CHECK(tb_segment_table_decode(encoded, arena, &again) == TB_ACCEPTED);
        FUZZ_CHECK(again.city_count == table.city_count && tb_bytes_equal(again.runs, table.runs));
    }
}

/* ---- what is text ---- */

static void try_calendar(tb_bytes in, tb_arena *arena)
{
    tb_calendar calendar;
    if (tb_calendar_read(in, arena, &calendar) != TB_ACCEPTED &&
        tb_calendar_decode(in, arena, &calendar) != TB_ACCEPTED) {
        return;
    }
    for (size_t i = 0; i < calendar.count; i++) {
        FUZZ_CHECK(i == 0 || calendar.days[i - 1].day < calendar.days[i].day);
        FUZZ_CHECK(tb_calendar_works(&calendar, calendar.days[i].day) == calendar.days[i].works);
    }
}

static void try_provinces(tb_bytes in, tb_arena *arena)
{
    tb_province_row rows[TB_PROVINCES_MAX];
    tb_problem problem = {"", ""};
    size_t count = 0;
    (void)arena;
    bool read = tb_provinces_csv(in, "provinces.csv", rows, &count, &problem);
    FUZZ_CHECK(read ? count <= TB_PROVINCES_MAX : problem.en[0] != '\0' && problem.zh[0] != '\0');
    for (size_t i = 1; read && i < count; i++) {
        FUZZ_CHECK(rows[i - 1].code.size == 2 && rows[i].code.size == 2);
        FUZZ_CHECK(memcmp(rows[i - 1].code.data, rows[i].code.data, 2) < 0);
    }
}

static void try_words(tb_bytes in, tb_arena *arena)
{
    tb_time time;
    int64_t day;
    unsigned year;
    uint32_t number;
    tb_bytes again;
    tb_period period;
    tb_declared declared;
    tb_party sender;
    uint64_t counter, notice;
    if (tb_time_parse(in, &time)) {
        (void)tb_day_of(time);
    }
    if (tb_day_parse(in, &day)) {
        FUZZ_CHECK(tb_day_of(tb_day_start(day)) == day);
    }
    if (tb_document_number_read(in, &year, &number)) {
        FUZZ_CHECK(tb_document_number_write(year, number, arena, &again) == TB_OK);
        FUZZ_CHECK(tb_document_number_read(again, &year, &number));
    }
    (void)!tb_period_parse(in, &period);
    (void)!tb_declared_read(in, &declared);
    (void)tb_figures_well_formed(in);
    (void)tb_notice_name_parse(in, &sender, &counter, &notice);
}

/* ---- what is read by its path ---- */

/* One file, written anew for every input. */
static const char *as_file(tb_bytes in)
{
    static char path[64];
    if (path[0] == '\0') {
        (void)snprintf(path, sizeof path, "/dev/shm/tongbao-papers-%d", (int)getpid());
    }
    int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    FUZZ_CHECK(fd >= 0 && write(fd, in.data, in.size) == (ssize_t)in.size && close(fd) == 0);
    return path;
}

static void try_key_file(tb_bytes in, tb_arena *arena)
{
    tb_keyfile keys;
    tb_problem problem = {"", ""};
    (void)arena;
    const char *path = as_file(in);
    if (tb_keyfile_read(path, &keys, &problem)) {
        FUZZ_CHECK(tb_keyfile_looks_like(path));
        tb_keyfile_wipe(&keys);
    } else {
        FUZZ_CHECK(problem.en[0] != '\0' && problem.zh[0] != '\0');
    }
    (void)unlink(path);
}

static void try_cut_file(tb_bytes in, tb_arena *arena)
{
    tb_cut_mark *marks;
    size_t count = 0;
    tb_problem problem = {"", ""};
    const char *path = as_file(in);
    if (tb_cut_file_read(path, arena, &marks, &count, &problem)) {
        FUZZ_CHECK(count <= TB_CUT_MARKS_MAX);
    } else {
        FUZZ_CHECK(problem.en[0] != '\0' && problem.zh[0] != '\0');
    }
    (void)unlink(path);
}

static void try_options(tb_bytes in, tb_arena *arena)
{
    static const char *const flags[] = {"verbose", "no-sandbox", NULL};
    static const char *const repeats[] = {"document", NULL};
    static const char *const never[] = {"help", NULL};
    static const tb_config_form form = {"fuzz", flags, repeats, never};
    static tb_config config;
    static char name[] = "fuzz", option[] = "--config";
    char path[64];
    (void)arena;
    (void)snprintf(path, sizeof path, "%s", as_file(in));
    char *words[] = {name, option, path, NULL};
    int told = dup(STDERR_FILENO); /* each fault is a line there */
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    FUZZ_CHECK(told >= 0 && nowhere >= 0 && dup2(nowhere, STDERR_FILENO) >= 0);
    (void)!tb_config_read(&form, 3, words, &config);
    FUZZ_CHECK(dup2(told, STDERR_FILENO) >= 0 && close(told) == 0 && close(nowhere) == 0);
    FUZZ_CHECK(config.argc <= TB_CONFIG_WORDS_MAX && config.argv[config.argc] == NULL);
    (void)unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    typedef void try_fn(tb_bytes in, tb_arena * arena);
    static try_fn *const all[] = {try_bundle,    try_evidence, try_csv_table, try_segment_table,
                                  try_calendar,  try_words,    try_provinces, try_key_file,
                                  try_cut_file,  try_options};
    if (size > 0) {
        all[data[0] % (sizeof all / sizeof all[0])](tb_bytes_of(data + 1, size - 1), fuzz_arena());
    }
    return 0;
}
