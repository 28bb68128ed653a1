/* tongbao-tables - packs reference data into the content of documents the authority signs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ops/tables/tables.h"

#define ARENA_BYTES (80u * 1024 * 1024)

static const char usage[] =
    "usage: tongbao-tables segments|provinces|calendar --version N [--notice FILE] IN OUT\n"
    "\n"
    "Packs IN (CSV, plain or gzip) into OUT, the content of a table document to be signed and\n"
    "published. See README.md beside the data for the columns.\n"
    "\n"
    "example:\n"
    "  tongbao-tables segments --version 1 ops/tables/number-segments.csv.gz segments.table\n";

static const char segments_notice[] =
    "Made from libphonenumber 9.0.35, resources/geocoding/zh/86.txt and "
    "resources/carrier/zh/86.txt. Copyright The Libphonenumber Authors. Licensed under the Apache "
    "License, Version 2.0, http://www.apache.org/licenses/LICENSE-2.0. Changed: mobile entries "
    "only, spread out to seven digits, place names split into province code and city, carrier "
    "joined, resale marked, neighbouring segments joined into runs.";

static const char facts_notice[] = "Facts, no licence attached. See ops/tables/README.md.";

typedef struct order {
    const char *table;
    const char *in;
    const char *out;
    const char *notice_file;
    uint32_t version;
} order;

static bool read_version(const char *text, uint32_t *out)
{
    char *end = NULL;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || value == 0 ||
        value > UINT32_MAX) {
        return false;
    }
    *out = (uint32_t)value;
    return true;
}

static bool read_order(int argc, char **argv, order *out)
{
    const char *names[3] = {0};
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--version") == 0 && more) {
            if (!read_version(argv[++i], &out->version)) {
                return false;
            }
        } else if (strcmp(argv[i], "--notice") == 0 && more) {
            out->notice_file = argv[++i];
        } else if (argv[i][0] != '-' && count < 3) {
            names[count++] = argv[i];
        } else {
            return false;
        }
    }
    out->table = names[0];
    out->in = names[1];
    out->out = names[2];
    return count == 3 && out->version > 0;
}

static bool make(const order *o, tb_bytes in, tb_bytes notice, tb_arena *arena, tb_bytes *out)
{
    tb_err err = TB_OK;
    if (strcmp(o->table, TB_TABLE_SEGMENTS) == 0) {
        tb_segment_table table = {
            .name = tb_bytes_str(o->table), .version = o->version, .notice = notice};
        if (!tables_make_segments(in, arena, &table)) {
            return false;
        }
        err = tb_segment_table_encode(&table, arena, out);
    } else {
        tb_csv_table table = {
            .name = tb_bytes_str(o->table), .version = o->version, .csv = in, .notice = notice};
        err = tb_csv_table_encode(&table, arena, out);
    }
    if (err != TB_OK) {
        fprintf(stderr, "tongbao-tables: %s does not fit into a document\n", o->in);
    }
    return err == TB_OK;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    order o = {0};
    bool understood = read_order(argc, argv, &o) && (strcmp(o.table, TB_TABLE_SEGMENTS) == 0 ||
                                                     strcmp(o.table, TB_TABLE_PROVINCES) == 0 ||
                                                     strcmp(o.table, TB_TABLE_CALENDAR) == 0);
    void *block = understood ? malloc(ARENA_BYTES) : NULL;
    if (block == NULL) {
        fputs(usage, stderr);
        return 2;
    }

    tb_arena arena;
    tb_arena_init(&arena, block, ARENA_BYTES);
    tb_bytes notice =
        tb_bytes_str(strcmp(o.table, TB_TABLE_SEGMENTS) == 0 ? segments_notice : facts_notice);
    tb_bytes in;
    tb_bytes content;
    bool done = tables_read(o.in, &arena, &in) &&
                (o.notice_file == NULL || tables_read(o.notice_file, &arena, &notice)) &&
                make(&o, in, notice, &arena, &content) && tables_write(o.out, content);
    free(block);
    return done ? 0 : 1;
}
