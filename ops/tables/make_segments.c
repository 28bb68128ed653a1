#include "ops/tables/tables.h"

#include <stdio.h>

#include "base/pack.h"

#define COLUMNS    5
#define CITIES_MAX 65535
#define RUNS_MAX   (1024u * 1024)
#define HEADING    "prefix,province_code,city,operator,mvno"

typedef struct row {
    uint32_t segment;
    uint8_t province;
    uint16_t city;
    uint8_t operator_byte;
} row;

typedef struct run {
    row of; /* its first segment */
    uint32_t count;
} run;

typedef struct maker {
    tb_bytes *cities;
    size_t city_count;
    tb_writer runs;
    run open;
} maker;

static bool decimal(tb_bytes text, size_t digits, uint32_t *out)
{
    uint32_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        value = value * 10 + (uint32_t)(text.data[i] - '0');
    }
    *out = value;
    return text.size == digits;
}

/* Cities come in a few hundred; the newest are asked first because neighbours share them. */
static bool city_index(maker *make, tb_bytes name, uint16_t *out)
{
    for (size_t i = make->city_count; i > 0; i--) {
        if (tb_bytes_equal(make->cities[i - 1], name)) {
            *out = (uint16_t)(i - 1);
            return true;
        }
    }
    if (make->city_count == CITIES_MAX || name.size == 0) {
        return false;
    }
    *out = (uint16_t)make->city_count;
    make->cities[make->city_count++] = name;
    return true;
}

static bool operator_byte(tb_bytes code, tb_bytes mvno, uint8_t *out)
{
    static const char *const codes[] = {"CT", "CM", "CU"};
    for (uint8_t i = 0; i < 3; i++) {
        if (tb_bytes_equal(code, tb_bytes_str(codes[i]))) {
            *out = (uint8_t)(i + 1);
            if (tb_bytes_equal(mvno, tb_bytes_str("1"))) {
                *out |= 0x80;
                return true;
            }
            return tb_bytes_equal(mvno, tb_bytes_str("0"));
        }
    }
    return false;
}

/* No field of this file is quoted: names of places hold no comma. */
static size_t split(tb_bytes line, tb_bytes fields[COLUMNS])
{
    size_t count = 0;
    size_t start = 0;
    for (size_t i = 0; i <= line.size; i++) {
        if (i == line.size || line.data[i] == ',') {
            if (count == COLUMNS) {
                return COLUMNS + 1;
            }
            fields[count++] = tb_bytes_of(line.data + start, i - start);
            start = i + 1;
        }
    }
    return count;
}

static bool read_row(maker *make, tb_bytes line, row *out)
{
    tb_bytes fields[COLUMNS];
    uint32_t province = 0;
    if (split(line, fields) != COLUMNS || !decimal(fields[0], 7, &out->segment) ||
        !decimal(fields[1], 2, &province)) {
        return false;
    }
    out->province = (uint8_t)province;
    return city_index(make, fields[2], &out->city) &&
           operator_byte(fields[3], fields[4], &out->operator_byte);
}

static void close_run(maker *make)
{
    if (make->open.count == 0) {
        return;
    }
    tb_put_u32(&make->runs, make->open.of.segment);
    tb_put_u16(&make->runs, (uint16_t)make->open.count);
    tb_put_u8(&make->runs, make->open.of.province);
    tb_put_u16(&make->runs, make->open.of.city);
    tb_put_u8(&make->runs, make->open.of.operator_byte);
}

/* False when the file is not ascending. */
static bool add(maker *make, const row *next)
{
    run *open = &make->open;
    uint32_t end = open->of.segment + open->count;
    if (open->count > 0 && next->segment < end) {
        return false;
    }
    bool joins = open->count > 0 && open->count < UINT16_MAX && next->segment == end &&
                 next->province == open->of.province && next->city == open->of.city &&
                 next->operator_byte == open->of.operator_byte;
    if (joins) {
        open->count++;
        return true;
    }
    close_run(make);
    *open = (run){*next, 1};
    return true;
}

static tb_bytes next_line(tb_bytes csv, size_t *at)
{
    const uint8_t *start = csv.data + *at;
    const uint8_t *end = memchr(start, '\n', csv.size - *at);
    size_t size = end == NULL ? csv.size - *at : (size_t)(end - start);
    *at += size + (end == NULL ? 0 : 1);
    return tb_bytes_of(start, size);
}

bool tables_make_segments(tb_bytes csv, tb_arena *arena, tb_segment_table *out)
{
    maker make = {.cities = tb_arena_array(arena, CITIES_MAX, sizeof(tb_bytes))};
    tb_writer_arena(&make.runs, arena, RUNS_MAX);
    TB_ASSERT(make.cities != NULL);

    size_t at = 0;
    if (!tb_bytes_equal(next_line(csv, &at), tb_bytes_str(HEADING))) {
        fprintf(stderr, "tongbao-tables: line 1 must be %s\n", HEADING);
        return false;
    }
    for (unsigned number = 2; at < csv.size; number++) {
        row next;
        if (!read_row(&make, next_line(csv, &at), &next) || !add(&make, &next)) {
            fprintf(stderr, "tongbao-tables: line %u: want %s, ascending by prefix\n", number,
                    HEADING);
            return false;
        }
    }
    close_run(&make);

    if (tb_writer_bytes(&make.runs, &out->runs) != TB_OK) {
        fprintf(stderr, "tongbao-tables: more than %u bytes of runs\n", RUNS_MAX);
        return false;
    }
    out->cities = make.cities;
    out->city_count = make.city_count;
    return true;
}
