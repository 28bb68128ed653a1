#include "base/pack.h"
#include "tests/test.h"

static void numbers_are_big_endian(void **state)
{
    static const uint8_t expected[] = {
        0x01, 0x01, 0x02, 0x01, 0x02, 0x03, 0x04, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
    };
    uint8_t buffer[32];
    tb_writer w;
    tb_bytes written;

    (void)state;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u8(&w, 0x01);
    tb_put_u16(&w, 0x0102);
    tb_put_u32(&w, 0x01020304);
    tb_put_u64(&w, 0x0102030405060708);
    assert_ok(tb_writer_bytes(&w, &written));
    assert_true(tb_bytes_equal(written, tb_bytes_of(expected, sizeof expected)));
}

static void what_is_written_is_read_back(void **state)
{
    uint8_t buffer[128];
    uint8_t raw[3];
    tb_writer w;
    tb_reader r;
    tb_bytes written;

    (void)state;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u8(&w, 255);
    tb_put_u16(&w, 65535);
    tb_put_u32(&w, UINT32_MAX);
    tb_put_u64(&w, UINT64_MAX);
    tb_put_i64(&w, INT64_MIN);
    tb_put_i64(&w, -1);
    tb_put_i64(&w, INT64_MAX);
    tb_put_bytes(&w, tb_bytes_str("hello"));
    tb_put_bytes(&w, tb_bytes_of(NULL, 0));
    tb_put_raw(&w, "xyz", 3);
    assert_ok(tb_writer_bytes(&w, &written));

    tb_reader_init(&r, written);
    assert_int_equal(tb_get_u8(&r), 255);
    assert_int_equal(tb_get_u16(&r), 65535);
    assert_int_equal(tb_get_u32(&r), UINT32_MAX);
    assert_true(tb_get_u64(&r) == UINT64_MAX);
    assert_true(tb_get_i64(&r) == INT64_MIN);
    assert_true(tb_get_i64(&r) == -1);
    assert_true(tb_get_i64(&r) == INT64_MAX);
    assert_true(tb_bytes_equal(tb_get_bytes(&r), tb_bytes_str("hello")));
    assert_int_equal(tb_get_bytes(&r).size, 0);
    assert_false(tb_reader_done(&r));
    tb_get_raw(&r, raw, sizeof raw);
    assert_memory_equal(raw, "xyz", 3);
    assert_true(tb_reader_done(&r));
}

static void signed_numbers_sort_as_bytes(void **state)
{
    static const int64_t ordered[] = {INT64_MIN, -2, -1, 0, 1, 1423452000000, INT64_MAX};
    uint8_t keys[7][8];

    (void)state;
    for (size_t i = 0; i < 7; i++) {
        tb_writer w;
        tb_writer_init(&w, keys[i], 8);
        tb_put_i64(&w, ordered[i]);
        assert_true(i == 0 || memcmp(keys[i - 1], keys[i], 8) < 0);
    }
}

static void a_writer_remembers_that_something_did_not_fit(void **state)
{
    uint8_t buffer[4] = {9, 9, 9, 9};
    tb_writer w;
    tb_bytes written = {0};

    (void)state;
    tb_writer_init(&w, buffer, 3);
    tb_put_u16(&w, 1);
    tb_put_u16(&w, 2);
    tb_put_u8(&w, 3);
    assert_int_equal(tb_writer_bytes(&w, &written), TB_ERR_LIMIT);
    assert_null(written.data);
    assert_int_equal(buffer[2], 9);
    assert_int_equal(buffer[3], 9);
}

static void a_writer_without_memory_starts_overflowed(void **state)
{
    uint8_t block[32];
    tb_arena arena;
    tb_writer w;
    tb_bytes written;

    (void)state;
    tb_arena_init(&arena, block, sizeof block);
    tb_writer_arena(&w, &arena, 64);
    assert_int_equal(tb_writer_bytes(&w, &written), TB_ERR_LIMIT);
    tb_writer_arena(&w, &arena, 8);
    tb_put_u64(&w, 7);
    assert_ok(tb_writer_bytes(&w, &written));
    assert_int_equal(written.size, 8);
}

static void a_reader_gives_zero_after_its_first_failure(void **state)
{
    static const uint8_t short_row[] = {1, 2, 3};
    uint8_t raw[2] = {7, 7};
    tb_reader r;

    (void)state;
    tb_reader_init(&r, tb_bytes_of(short_row, sizeof short_row));
    assert_int_equal(tb_get_u8(&r), 1);
    assert_int_equal(tb_get_u32(&r), 0);
    assert_int_equal(tb_get_u8(&r), 0);
    assert_true(tb_get_i64(&r) == 0);
    tb_get_raw(&r, raw, sizeof raw);
    assert_int_equal(raw[0] | raw[1], 0);
    assert_int_equal(tb_get_bytes(&r).size, 0);
    assert_false(tb_reader_done(&r));
}

static void a_length_longer_than_the_rest_is_a_failure(void **state)
{
    static const uint8_t row[] = {0xff, 0xff, 0xff, 0xff, 'a'};
    static const uint8_t one_short[] = {0, 0, 0, 2, 'a'};
    tb_reader r;

    (void)state;
    tb_reader_init(&r, tb_bytes_of(row, sizeof row));
    assert_null(tb_get_bytes(&r).data);
    assert_false(tb_reader_done(&r));
    tb_reader_init(&r, tb_bytes_of(one_short, sizeof one_short));
    assert_int_equal(tb_get_bytes(&r).size, 0);
    assert_false(tb_reader_done(&r));
}

static void every_truncation_of_a_row_is_noticed(void **state)
{
    uint8_t buffer[64];
    tb_writer w;
    tb_bytes whole;

    (void)state;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u32(&w, 5);
    tb_put_bytes(&w, tb_bytes_str("some bytes"));
    tb_put_i64(&w, -5);
    assert_ok(tb_writer_bytes(&w, &whole));
    for (size_t size = 0; size <= whole.size; size++) {
        tb_reader r;
        tb_reader_init(&r, tb_bytes_of(whole.data, size));
        (void)tb_get_u32(&r);
        (void)tb_get_bytes(&r);
        (void)tb_get_i64(&r);
        assert_int_equal(tb_reader_done(&r), size == whole.size);
    }
}

static void nothing_at_all_can_be_read_to_its_end(void **state)
{
    tb_reader r;

    (void)state;
    tb_reader_init(&r, tb_bytes_of(NULL, 0));
    tb_get_raw(&r, NULL, 0);
    assert_true(tb_reader_done(&r));
    assert_int_equal(tb_get_u8(&r), 0);
    assert_false(tb_reader_done(&r));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(numbers_are_big_endian),
    cmocka_unit_test(what_is_written_is_read_back),
    cmocka_unit_test(signed_numbers_sort_as_bytes),
    cmocka_unit_test(a_writer_remembers_that_something_did_not_fit),
    cmocka_unit_test(a_writer_without_memory_starts_overflowed),
    cmocka_unit_test(a_reader_gives_zero_after_its_first_failure),
    cmocka_unit_test(a_length_longer_than_the_rest_is_a_failure),
    cmocka_unit_test(every_truncation_of_a_row_is_noticed),
    cmocka_unit_test(nothing_at_all_can_be_read_to_its_end),
};

TB_RUN("base/pack", tests)
