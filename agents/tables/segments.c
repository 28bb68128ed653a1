#include "agents/tables/segments.h"

#include "base/pack.h"
#include "messages/table.h"

#define NUMBER_DIGITS  11
#define SEGMENT_DIGITS 7
#define SEGMENT_END    10000000u

/* The operator byte: whose network, and whether resold. */
#define OPERATOR_MASK 0x7f
#define OPERATOR_MVNO 0x80

static const struct operator_name {
    uint8_t byte;
    char letter;
    const char *code;
} operators[] = {{1, 'T', "CT"}, {2, 'M', "CM"}, {3, 'U', "CU"}};

#define OPERATOR_COUNT (sizeof operators / sizeof operators[0])

static char letter_of(uint8_t byte)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++) {
        if (operators[i].byte == byte) {
            return operators[i].letter;
        }
    }
    return '\0';
}

static const char *code_of(char letter)
{
    for (size_t i = 0; i < OPERATOR_COUNT; i++) {
        if (operators[i].letter == letter) {
            return operators[i].code;
        }
    }
    TB_UNREACHABLE();
}

static bool read_run(tb_reader *reader, uint32_t after, size_t city_count, tb_segment_run *out)
{
    tb_segment_run run = {0};
    run.first = tb_get_u32(reader);
    run.count = tb_get_u16(reader);
    run.province = tb_get_u8(reader);
    run.city = tb_get_u16(reader);
    uint8_t operator_byte = tb_get_u8(reader);
    run.operator_code = letter_of(operator_byte & OPERATOR_MASK);
    run.mvno = (operator_byte & OPERATOR_MVNO) != 0;

    if (run.count == 0 || run.first < after || run.first >= SEGMENT_END ||
        run.count > SEGMENT_END - run.first) {
        return false;
    }
    if (run.province < 10 || run.province > 99 || run.city >= city_count ||
        run.operator_code == '\0') {
        return false;
    }
    *out = run;
    return true;
}

tb_refusal tb_segments_decode(tb_bytes content, tb_arena *arena, tb_segments *out)
{
    tb_segment_table table;
    tb_refusal refused = tb_segment_table_decode(content, arena, &table);
    if (refused != TB_ACCEPTED) {
        return refused;
    }
    if (table.runs.size % TB_SEGMENT_RUN_BYTES != 0) {
        return TB_REFUSED_MALFORMED;
    }

    size_t count = table.runs.size / TB_SEGMENT_RUN_BYTES;
    tb_segment_run *runs = tb_arena_array(arena, count, sizeof *runs);
    if (runs == NULL && count > 0) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_reader reader;
    tb_reader_init(&reader, table.runs);
    uint32_t after = 0;
    for (size_t i = 0; i < count; i++) {
        if (!read_run(&reader, after, table.city_count, &runs[i])) {
            return TB_REFUSED_MALFORMED;
        }
        after = runs[i].first + runs[i].count;
    }
    TB_ASSERT(tb_reader_done(&reader));

    *out = (tb_segments){
        .version = table.version,
        .runs = runs,
        .run_count = count,
        .cities = table.cities,
        .city_count = table.city_count,
    };
    return TB_ACCEPTED;
}

static bool segment_of(tb_bytes number, uint32_t *out)
{
    if (number.size != NUMBER_DIGITS) {
        return false;
    }
    uint32_t segment = 0;
    for (size_t i = 0; i < number.size; i++) {
        if (number.data[i] < '0' || number.data[i] > '9') {
            return false;
        }
        if (i < SEGMENT_DIGITS) {
            segment = segment * 10 + (uint32_t)(number.data[i] - '0');
        }
    }
    *out = segment;
    return true;
}

bool tb_segments_find(const tb_segments *segments, tb_bytes number, tb_segment *out)
{
    uint32_t wanted = 0;
    if (!segment_of(number, &wanted)) {
        return false;
    }

    size_t low = 0;
    size_t high =
        segments->run_count; /* the first run that starts above wanted lies in [low, high] */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (segments->runs[middle].first <= wanted) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return false;
    }
    const tb_segment_run *run = &segments->runs[low - 1];
    if (wanted - run->first >= run->count) {
        return false;
    }

    *out = (tb_segment){
        .province = run->province,
        .city = segments->cities[run->city],
        .operator_code = code_of(run->operator_code),
        .mvno = run->mvno,
    };
    return true;
}
