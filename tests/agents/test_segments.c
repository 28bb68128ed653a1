#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/tables/provinces.h"
#include "agents/tables/segments.h"
#include "base/pack.h"
#include "messages/table.h"

static uint8_t block[64 * 1024];

static void put_run(tb_writer *w,
                    uint32_t first,
                    uint16_t count,
                    uint8_t province,
                    uint16_t city,
                    uint8_t operator_byte)
{
    tb_put_u32(w, first);
    tb_put_u16(w, count);
    tb_put_u8(w, province);
    tb_put_u16(w, city);
    tb_put_u8(w, operator_byte);
}

static tb_refusal decode_runs(const tb_writer *runs, tb_arena *arena, tb_segments *out)
{
    tb_bytes cities[] = {tb_bytes_str("北京市"), tb_bytes_str("杭州市")};
    tb_segment_table table = {
        .name = tb_bytes_str(TB_TABLE_SEGMENTS), .version = 3, .cities = cities, .city_count = 2};
    assert_ok(tb_writer_bytes(runs, &table.runs));
    tb_bytes content;
    assert_ok(tb_segment_table_encode(&table, arena, &content));
    return tb_segments_decode(content, arena, out);
}

static void a_number_is_found_by_its_segment(void **state)
{
    (void)state;
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof block);
    tb_writer runs;
    tb_writer_arena(&runs, &arena, 100);
    put_run(&runs, 1300010, 2, 11, 0, 3);
    put_run(&runs, 1300012, 1, 33, 1, 2);
    put_run(&runs, 1700000, 1, 11, 0, 0x81);
    tb_segments segments;
    assert_int_equal(decode_runs(&runs, &arena, &segments), TB_ACCEPTED);
    assert_int_equal(segments.version, 3);

    tb_segment found;
    assert_true(tb_segments_find(&segments, tb_bytes_str("13000110000"), &found));
    assert_int_equal(found.province, 11);
    assert_string_equal(found.operator_code, "CU");
    assert_false(found.mvno);
    assert_true(tb_bytes_equal(found.city, tb_bytes_str("北京市")));
    assert_true(tb_segments_find(&segments, tb_bytes_str("13000129999"), &found));
    assert_int_equal(found.province, 33);
    assert_string_equal(found.operator_code, "CM");
    assert_true(tb_segments_find(&segments, tb_bytes_str("17000001234"), &found));
    assert_true(found.mvno);
    assert_string_equal(found.operator_code, "CT");

    const char *const absent[] = {"13000090000",  "13000130000", "16999999999",
                                  "17000010000",  "19912345678", "1300010000",
                                  "130001000000", "1300010000x", ""};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_false(tb_segments_find(&segments, tb_bytes_str(absent[i]), &found));
    }
}

static void a_table_out_of_order_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t first[2];
        uint16_t count[2];
        uint8_t province, operator_byte;
        uint16_t city;
    } wrong[] = {
        {{1300010, 1300009}, {1, 1}, 11, 1, 0},  {{1300010, 1300010}, {1, 1}, 11, 1, 0},
        {{1300010, 1300011}, {2, 1}, 11, 1, 0},  {{1300010, 1300020}, {0, 1}, 11, 1, 0},
        {{1300010, 10000000}, {1, 1}, 11, 1, 0}, {{1300010, 9999999}, {1, 2}, 11, 1, 0},
        {{1300010, 1300020}, {1, 1}, 9, 1, 0},   {{1300010, 1300020}, {1, 1}, 100, 1, 0},
        {{1300010, 1300020}, {1, 1}, 11, 0, 0},  {{1300010, 1300020}, {1, 1}, 11, 4, 0},
        {{1300010, 1300020}, {1, 1}, 11, 1, 2},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        tb_arena arena;
        tb_arena_init(&arena, block, sizeof block);
        tb_writer runs;
        tb_writer_arena(&runs, &arena, 100);
        for (size_t j = 0; j < 2; j++) {
            put_run(&runs, wrong[i].first[j], wrong[i].count[j], wrong[i].province, wrong[i].city,
                    wrong[i].operator_byte);
        }
        tb_segments segments;
        assert_int_equal(decode_runs(&runs, &arena, &segments), TB_REFUSED_MALFORMED);
    }
}

static void a_torn_table_is_refused(void **state)
{
    (void)state;
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof block);
    tb_writer runs;
    tb_writer_arena(&runs, &arena, 100);
    put_run(&runs, 1300010, 2, 11, 0, 3);
    tb_put_u8(&runs, 0);
    tb_segments segments;
    assert_int_equal(decode_runs(&runs, &arena, &segments), TB_REFUSED_MALFORMED);
    assert_int_equal(tb_segments_decode(tb_bytes_str("not a table"), &arena, &segments),
                     TB_REFUSED_MALFORMED);
}

static tb_bytes read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot open %s", path);
    }
    uint8_t *data = malloc(TB_SEGMENTS_ARENA_BYTES);
    assert_non_null(data);
    size_t size = fread(data, 1, TB_SEGMENTS_ARENA_BYTES, file);
    fclose(file);
    return tb_bytes_of(data, size);
}

static void the_shipped_table_knows_the_segments_of_2015(void **state)
{
    (void)state;
    tb_bytes content = read_file(TB_BINARY_DIR "/tables/segments.table");
    uint8_t *memory = malloc(TB_SEGMENTS_ARENA_BYTES);
    assert_non_null(memory);
    tb_arena arena;
    tb_arena_init(&arena, memory, TB_SEGMENTS_ARENA_BYTES);
    tb_segments segments;
    assert_int_equal(tb_segments_decode(content, &arena, &segments), TB_ACCEPTED);

    uint64_t covered = 0;
    for (size_t i = 0; i < segments.run_count; i++) {
        covered += segments.runs[i].count;
    }
    assert_int_equal(covered, 320117);

    tb_segment found;
    assert_true(tb_segments_find(&segments, tb_bytes_str("13000020000"), &found));
    assert_int_equal(found.province, 34);
    assert_true(tb_bytes_equal(found.city, tb_bytes_str("巢湖市")));
    assert_false(tb_segments_find(&segments, tb_bytes_str("13000030000"), &found));
    assert_false(tb_segments_find(&segments, tb_bytes_str("13491234567"), &found));
    assert_false(tb_segments_find(&segments, tb_bytes_str("19912345678"), &found));
    free(memory);
    free((void *)(uintptr_t)content.data);
}

static void a_province_is_found_by_any_of_its_names(void **state)
{
    (void)state;
    tb_bytes content = read_file(TB_BINARY_DIR "/tables/provinces.table");
    tb_arena arena;
    tb_arena_init(&arena, block, sizeof block);
    static tb_provinces provinces;
    assert_int_equal(tb_provinces_decode(content, &arena, &provinces), TB_ACCEPTED);
    assert_int_equal(provinces.count, 31);

    static const struct {
        const char *text, *code;
    } names[] = {{"33", "33"},
                 {"330000", "33"},
                 {"浙江", "33"},
                 {"浙江省", "33"},
                 {" 浙江 ", "33"},
                 {"浙", "33"},
                 {"Zhejiang", "33"},
                 {"zhejiang", "33"},
                 {"ZJ", "33"},
                 {"浙江省通信管理局", "33"},
                 {"３３", "33"},
                 {"内蒙古", "15"},
                 {"内蒙古自治区", "15"},
                 {"广西", "45"},
                 {"新疆", "65"},
                 {"陕西", "61"},
                 {"山西", "14"},
                 {"北京", "11"},
                 {"广西自治区", "45"},
                 {"宁夏自治区", "64"},
                 {"新疆自治区 ", "65"},
                 {"浙江通信管理局", "33"},
                 {"广西自治区通信管理局", "45"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const tb_province *found = tb_provinces_find(&provinces, tb_bytes_str(names[i].text));
        assert_non_null(found);
        assert_true(tb_bytes_equal(found->code, tb_bytes_str(names[i].code)));
    }
    const char *const none[] = {"",   "台湾",       "71",     "3",         "浙江人",
                                "江", "浙江自治区", "自治区", "通信管理局"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_null(tb_provinces_find(&provinces, tb_bytes_str(none[i])));
    }
    free((void *)(uintptr_t)content.data);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_number_is_found_by_its_segment),
    cmocka_unit_test(a_table_out_of_order_is_refused),
    cmocka_unit_test(a_torn_table_is_refused),
    cmocka_unit_test(the_shipped_table_knows_the_segments_of_2015),
    cmocka_unit_test(a_province_is_found_by_any_of_its_names),
};

TB_RUN("segments", tests)
