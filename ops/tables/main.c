/* tongbao-tables - packs reference data into the content of documents the authority signs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ops/tables/tables.h"

#define ARENA_BYTES (80u * 1024 * 1024)

static const char usage[] =
    "usage: tongbao-tables segments|provinces|calendar --version N [--notice FILE] IN [IN ...] "
    "OUT\n"
    "\n"
    "Packs IN (CSV, plain or gzip) into OUT, the content of a table document to be signed and\n"
    "published. Several files of the same columns, such as the calendars of several years, make\n"
    "one table. See README.md beside the data for the columns.\n"
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

#define FILES_MAX 16

typedef struct order {
    const char *table;
    const char *in[FILES_MAX];
    size_t in_count;
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
    const char *names[FILES_MAX + 2] = {0};
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--version") == 0 && more) {
            if (!read_version(argv[++i], &out->version)) {
                return false;
            }
        } else if (strcmp(argv[i], "--notice") == 0 && more) {
            out->notice_file = argv[++i];
        } else if (argv[i][0] != '-' && count < FILES_MAX + 2) {
            names[count++] = argv[i];
        } else {
            return false;
        }
    }
    if (count < 3 || out->version == 0) {
        return false;
    }
    out->table = names[0];
    out->in_count = count - 2;
    memcpy(out->in, names + 1, out->in_count * sizeof names[0]);
    out->out = names[count - 1];
    return out->in_count == 1 || strcmp(out->table, TB_TABLE_SEGMENTS) != 0;
}

/* What stands behind the heading line. */
static tb_bytes body_of(tb_bytes csv)
{
    const uint8_t *end = memchr(csv.data, '\n', csv.size);
    size_t size = end == NULL ? csv.size : (size_t)(end - csv.data) + 1;
    return tb_bytes_of(csv.data + size, csv.size - size);
}

/* All files, under the heading of the first, which is that of each. */
static bool read_all(const order *o, tb_arena *arena, tb_bytes *out)
{
    tb_bytes files[FILES_MAX];
    size_t size = 0;
    for (size_t i = 0; i < o->in_count; i++) {
        if (!tables_read(o->in[i], arena, &files[i])) {
            return false;
        }
        size_t heading = files[i].size - body_of(files[i]).size;
        if (i > 0 && (heading != files[0].size - body_of(files[0]).size ||
                      memcmp(files[i].data, files[0].data, heading) != 0)) {
            fprintf(stderr, "tongbao-tables: %s has another heading than %s\n", o->in[i], o->in[0]);
            return false;
        }
        size += files[i].size;
    }
    uint8_t *all = tb_arena_alloc(arena, size + 1);
    size_t used = 0;
    for (size_t i = 0; all != NULL && i < o->in_count; i++) {
        tb_bytes part = i == 0 ? files[i] : body_of(files[i]);
        memcpy(all + used, part.data, part.size);
        used += part.size;
    }
    *out = tb_bytes_of(all, used);
    return all != NULL;
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
        fprintf(stderr, "tongbao-tables: %s does not fit into a document\n", o->in[0]);
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
    bool done = read_all(&o, &arena, &in) &&
                (o.notice_file == NULL || tables_read(o.notice_file, &arena, &notice)) &&
                make(&o, in, notice, &arena, &content) && tables_write(o.out, content);
    free(block);
    return done ? 0 : 1;
}
