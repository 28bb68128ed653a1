#include "agents/cli/import.h"

#include <stdlib.h>

#include "agents/cli/cli.h"
#include "agents/cli/files.h"
#include "agents/cli/say.h"
#include "base/pack.h"
#include "messages/digest.h"

tb_request_id tb_import_request_id(const tb_digest *file, uint64_t row)
{
    uint8_t number[8];
    tb_writer w;
    tb_writer_init(&w, number, sizeof number);
    tb_put_u64(&w, row);
    const tb_bytes parts[] = {tb_bytes_of(file->bytes, sizeof file->bytes),
                              tb_bytes_of(number, sizeof number)};
    tb_digest digest = tb_digest_parts("tongbao import", parts, 2);
    tb_request_id id;
    memcpy(id.bytes, digest.bytes, sizeof id.bytes);
    return id;
}

static bool load(tb_import_run *run)
{
    uint8_t *data = NULL;
    size_t size = 0;
    if (!tb_files_load(run->path, TB_IMPORT_BYTES_MAX, &data, &size)) {
        return false;
    }
    tb_bytes bytes = tb_bytes_of(data, size);
    run->digest = tb_digest_of("tongbao file", bytes);
    bool read = tb_encoding_read(bytes, &run->plain);
    free(data);
    return read;
}

static bool take_memory(tb_import_run *run)
{
    run->heading_memory = malloc(TB_IMPORT_ROW_ARENA_BYTES);
    run->row_memory = malloc(TB_IMPORT_ROW_ARENA_BYTES);
    if (run->heading_memory == NULL || run->row_memory == NULL) {
        tb_say_error(_("not enough memory"));
        return false;
    }
    tb_arena_init(&run->heading_arena, run->heading_memory, TB_IMPORT_ROW_ARENA_BYTES);
    tb_arena_init(&run->row_arena, run->row_memory, TB_IMPORT_ROW_ARENA_BYTES);
    return true;
}

int tb_import_heading(tb_import *import, const char *path, tb_csv *csv, tb_arena *arena)
{
    tb_csv_row heading;
    if (tb_csv_next(csv, arena, &heading) != TB_OK) {
        tb_say_error(_("%s is empty; its first row must be the headings"), path);
        return TB_EXIT_REFUSED;
    }
    tb_columns_fault fault = tb_columns_read(import->type, &heading, &import->columns);
    switch (fault.code) {
    case TB_ACCEPTED:
        return TB_EXIT_DONE;
    case TB_REFUSED_FIELD_INVALID:
        tb_say_error(_("two columns mean the same as \"%.*s\"; remove one of them"),
                     (int)fault.heading.size, (const char *)fault.heading.data);
        return TB_EXIT_REFUSED;
    case TB_REFUSED_FIELD_MISSING:
        tb_say_error(_("no column holds the number. The first row must be the headings, with "
                       "commas between them; write the form with: tongbao import %s --template"),
                     import->campaign->id);
        return TB_EXIT_REFUSED;
    default:
        tb_say_refusal(fault.code, tb_bytes_of(NULL, 0));
        return TB_EXIT_REFUSED;
    }
}

static bool room_for_one(tb_import_run *run, size_t *capacity)
{
    if (run->count < *capacity) {
        return true;
    }
    size_t wanted = *capacity == 0 ? 1024 : *capacity * 2;
    tb_import_entry *grown = realloc(run->entries, wanted * sizeof *grown);
    if (grown == NULL) {
        return false;
    }
    run->entries = grown;
    *capacity = wanted;
    return true;
}

/* TB_ERR_NOT_FOUND at the end of the file. */
static tb_err judge_next(tb_import_run *run, tb_csv *csv, size_t *capacity)
{
    tb_csv_row row;
    tb_judged judged;
    tb_csv place = *csv;
    tb_arena_reset(&run->row_arena);
    tb_err err = tb_csv_next(csv, &run->row_arena, &row);
    if (err == TB_OK) {
        err = tb_import_judge(&run->import, &row, &run->row_arena, &judged);
    }
    if (err != TB_OK) {
        return err;
    }
    if (!room_for_one(run, capacity)) {
        return TB_ERR_LIMIT;
    }
    bool sent = tb_verdict_sent(judged.verdict);
    run->entries[run->count++] = (tb_import_entry){.place = place,
                                                   .row = row.number,
                                                   .verdict = judged.verdict,
                                                   .fate = sent ? TB_FATE_TO_SEND : TB_FATE_REFUSED,
                                                   .code = judged.code,
                                                   .reported = judged.reported};
    run->to_send += sent ? 1 : 0;
    return TB_OK;
}

int tb_import_read(tb_import_run *run)
{
    if (!load(run) || !take_memory(run)) {
        return TB_EXIT_INTERNAL;
    }
    tb_csv csv;
    tb_csv_init(&csv, run->plain.text);
    int code = tb_import_heading(&run->import, run->path, &csv, &run->heading_arena);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    size_t capacity = 0;
    tb_err err = TB_OK;
    while (err == TB_OK) {
        err = judge_next(run, &csv, &capacity);
    }
    if (err != TB_ERR_NOT_FOUND) {
        tb_say_error("%s: %s", run->path, tb_err_text(err));
        return TB_EXIT_INTERNAL;
    }
    return TB_EXIT_DONE;
}

bool tb_import_again(tb_import_run *run,
                     const tb_import_entry *entry,
                     tb_csv_row *out_row,
                     tb_judged *out_judged)
{
    tb_csv csv = entry->place;
    tb_arena_reset(&run->row_arena);
    return tb_csv_next(&csv, &run->row_arena, out_row) == TB_OK &&
           tb_import_judge(&run->import, out_row, &run->row_arena, out_judged) == TB_OK;
}

void tb_import_end(tb_import_run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        free(run->entries[i].detail);
    }
    free(run->entries);
    free(run->plain.memory);
    free(run->heading_memory);
    free(run->row_memory);
}
