#include "messages/table.h"

#include "base/limits.h"
#include "tests/messages/bend.h"
#include "tests/test.h"

static tb_refusal segments_reading(tb_bytes in, tb_arena *arena)
{
    size_t mark = tb_arena_mark(arena);
    tb_segment_table table;
    tb_refusal refusal = tb_segment_table_decode(in, arena, &table);
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark); /* whoever reads a table has an arena for it */
    }
    return refusal;
}

static tb_refusal segments_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_segment_table table;
    tb_refusal refusal = segments_reading(in, arena);
    if (refusal == TB_ACCEPTED) {
        assert_int_equal(tb_segment_table_decode(in, arena, &table), TB_ACCEPTED);
        assert_ok(tb_segment_table_encode(&table, arena, out_again));
    }
    return refusal;
}

static tb_refusal csv_reading(tb_bytes in, tb_arena *arena)
{
    size_t mark = tb_arena_mark(arena);
    tb_csv_table table;
    tb_refusal refusal = tb_csv_table_decode(in, arena, &table);
    if (refusal != TB_ACCEPTED) {
        tb_arena_release(arena, mark);
    }
    return refusal;
}

static tb_refusal csv_codec(tb_bytes in, tb_arena *arena, tb_bytes *out_again)
{
    tb_csv_table table;
    tb_refusal refusal = csv_reading(in, arena);
    if (refusal == TB_ACCEPTED) {
        assert_int_equal(tb_csv_table_decode(in, arena, &table), TB_ACCEPTED);
        assert_ok(tb_csv_table_encode(&table, arena, out_again));
    }
    return refusal;
}

static tb_bytes segments_bytes(tb_arena *arena)
{
    tb_bytes cities[] = {tb_bytes_str("广州"), tb_bytes_str("深圳")};
    tb_segment_table table = {.name = tb_bytes_str(TB_TABLE_SEGMENTS),
                              .version = 7,
                              .cities = cities,
                              .city_count = 2,
                              .runs = tb_bytes_str("runs"),
                              .notice = tb_bytes_str("a source")};
    tb_bytes out;
    assert_ok(tb_segment_table_encode(&table, arena, &out));
    return out;
}

static tb_bytes csv_bytes(tb_arena *arena)
{
    tb_csv_table table = {.name = tb_bytes_str(TB_TABLE_CALENDAR),
                          .version = 2,
                          .csv = tb_bytes_str("date,kind\n2015-01-01,off\n"),
                          .notice = tb_bytes_str("a source")};
    tb_bytes out;
    assert_ok(tb_csv_table_encode(&table, arena, &out));
    return out;
}

static void every_value_comes_back(void **state)
{
    (void)state;
    tb_arena *arena = bend_arena();
    tb_segment_table segments;
    tb_csv_table table;
    check_round_trip(segments_bytes(arena), segments_codec);
    check_round_trip(csv_bytes(arena), csv_codec);
    assert_int_equal(tb_segment_table_decode(segments_bytes(arena), arena, &segments), TB_ACCEPTED);
    assert_int_equal(segments.city_count, 2);
    assert_true(tb_bytes_equal(segments.cities[1], tb_bytes_str("深圳")));
    assert_int_equal(segments.version, 7);
    assert_int_equal(tb_csv_table_decode(csv_bytes(arena), arena, &table), TB_ACCEPTED);
    assert_true(tb_bytes_equal(table.name, tb_bytes_str(TB_TABLE_CALENDAR)));
}

static void what_is_no_table_is_refused(void **state)
{
    (void)state;
    static const tb_bend segment_bends[] = {
        {"no name", {1}, BEND_DROP, 0, NULL, TB_REFUSED_MALFORMED},
        {"city of 65 bytes", {3}, BEND_SIZE, 65, NULL, TB_REFUSED_MALFORMED},
    };
    check_refusals(segments_bytes(bend_arena()), segment_bends, 2, segments_codec);
    check_each_field(segments_bytes(bend_arena()), segments_codec, false);
    check_each_field(csv_bytes(bend_arena()), csv_codec, false);
    check_truncated(segments_bytes(bend_arena()), segments_codec, false);
    check_truncated(csv_bytes(bend_arena()), csv_codec, false);
    check_room(segments_bytes(bend_arena()), segments_reading);
    check_room(csv_bytes(bend_arena()), csv_reading);
}

static void a_table_has_a_bound(void **state)
{
    (void)state;
    static uint8_t large[TB_DOCUMENT_BYTES_MAX + 1];
    tb_arena *arena = bend_arena();
    tb_segment_table segments;
    tb_csv_table table;
    tb_bytes in = tb_bytes_of(large, sizeof large);
    assert_int_equal(tb_segment_table_decode(in, arena, &segments), TB_REFUSED_TOO_LARGE);
    assert_int_equal(tb_csv_table_decode(in, arena, &table), TB_REFUSED_TOO_LARGE);
    table = (tb_csv_table){.name = tb_bytes_str(TB_TABLE_CALENDAR), .csv = in};
    assert_int_equal(tb_csv_table_encode(&table, arena, &in), TB_ERR_LIMIT);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_value_comes_back),
    cmocka_unit_test(what_is_no_table_is_refused),
    cmocka_unit_test(a_table_has_a_bound),
};

TB_RUN("messages/table", tests)
