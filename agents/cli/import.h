/* import - a sender's table into cases: judged row by row, sent with many in flight, and what is
 * refused written back beside the file.
 *
 *     read    file -> UTF-8 -> heading -> one entry per row with its verdict   import_read.c
 *     send    OpenCase per row that is sent, under an id made of file and row  import_send.c
 *     report  FILE.refused.csv, the summary                                    import_report.c
 *
 * The text stays in memory and a row is read again where it is needed: judging is cheap and always
 * says the same.
 */
#ifndef TB_CLI_IMPORT_H
#define TB_CLI_IMPORT_H

#include "agents/cli/book.h"
#include "agents/cli/encoding.h"
#include "agents/import/verdict.h"

/* A file, bytes: some two million rows. */
#define TB_IMPORT_BYTES_MAX (256u * 1024 * 1024)
/* How long one row may go unanswered, unless --timeout says otherwise. */
#define TB_IMPORT_TIMEOUT_MS 60000
/* One row judged, and its request. */
#define TB_IMPORT_ROW_ARENA_BYTES (1024u * 1024)

typedef enum tb_import_fate {
    TB_FATE_REFUSED, /* by verdict or by the agent: code says why */
    TB_FATE_TO_SEND,
    TB_FATE_ACCEPTED,
    TB_FATE_DRAFT,   /* accepted, waiting for the link */
    TB_FATE_ALREADY, /* imported before */
    TB_FATE_UNKNOWN, /* sent, not answered */
} tb_import_fate;

typedef struct tb_import_entry {
    tb_csv place; /* just before the row */
    uint64_t row; /* as a spreadsheet numbers it */
    tb_verdict verdict;
    tb_import_fate fate;
    tb_refusal code;
    tb_time reported;
    char *detail; /* of the agent's refusal; ended by free, or NULL */
} tb_import_entry;

typedef struct tb_import_run {
    const char *path;
    bool dry;
    bool json;
    bool own_time; /* each row happens at its reported_at */
    tb_import import;
    tb_plain_text plain;
    tb_digest digest; /* of the file as it is on disk */
    uint8_t *heading_memory;
    tb_arena heading_arena;
    uint8_t *row_memory;
    tb_arena row_arena;       /* reset for every row */
    tb_import_entry *entries; /* in the order of the file */
    size_t count;
    size_t to_send;
} tb_import_run;

/* Reads the heading row into import->columns, borrowed from the text and the arena. An exit code,
 * after saying what is wrong. */
int tb_import_heading(tb_import *import, const char *path, tb_csv *csv, tb_arena *arena);

/* Reads and judges the file; run->import is filled but for its columns. An exit code. */
int tb_import_read(tb_import_run *run);
void tb_import_end(tb_import_run *run);

/* The entry's row, judged again; in the run's row arena. */
bool tb_import_again(tb_import_run *run,
                     const tb_import_entry *entry,
                     tb_csv_row *out_row,
                     tb_judged *out_judged);

/* The request id of a row: it makes a second import of the same file harmless. */
tb_request_id tb_import_request_id(const tb_digest *file, uint64_t row);

/* Sends what is to be sent. An exit code; what was not answered has fate unknown. */
int tb_import_send(tb_import_run *run, tb_client *client);

/* Writes FILE.refused.csv when there is anything in it. False after saying why. */
bool tb_import_write_refused(tb_import_run *run, char *out_path, size_t out_size);
/* Prints the summary; refused_path may be empty. */
void tb_import_print(tb_import_run *run, const char *refused_path);

/* The form: the headings of what the campaign's opening action takes. */
void tb_import_template(const tb_case_type *type);

#endif
