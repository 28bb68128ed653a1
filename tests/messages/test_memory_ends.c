/* Memory that ends at any point of writing a message: it is not written, and the error says that it
 * is memory. From the size on where it fits it comes out the same. (Reading:
 * tests/resources/test_memory.c, over all seeds of the fuzz targets.) */
#include "messages/local.h"
#include "messages/seal.h"
#include "tests/messages/samples.h"
#include "tests/test.h"

#define ROOM_BYTES (512u * 1024)
#define STEP_BYTES 16

static uint8_t room[ROOM_BYTES];
static uint8_t paper_block[ROOM_BYTES];
static tb_arena paper;

typedef tb_err encode_fn(const void *value, tb_arena *arena, tb_bytes *out);

/* From no memory at all to enough, and a little more. */
static void ends_everywhere(encode_fn *encode, const void *value)
{
    tb_arena arena;
    tb_bytes whole;
    tb_arena_init(&arena, room, sizeof room);
    assert_ok(encode(value, &arena, &whole));
    tb_digest kept = tb_body_digest(whole);
    size_t fitted = 0;
    for (size_t size = 0; fitted < 4; size += STEP_BYTES) {
        tb_bytes out = {NULL, 0};
        assert_true(size < sizeof room);
        tb_arena_init(&arena, room, size);
        tb_err err = encode(value, &arena, &out);
        if (err == TB_OK) {
            tb_digest again = tb_body_digest(out);
            assert_true(tb_digest_equal(&again, &kept));
            fitted++;
        } else {
            assert_int_equal(err, TB_ERR_LIMIT);
            assert_null(out.data);
            assert_int_equal(fitted, 0);
        }
    }
}

static tb_err directory(const void *value, tb_arena *arena, tb_bytes *out)
{
    return tb_directory_encode(value, arena, out);
}

static tb_err frame(const void *value, tb_arena *arena, tb_bytes *out)
{
    return tb_frame_encode(value, arena, out);
}

static tb_err event(const void *value, tb_arena *arena, tb_bytes *out)
{
    return tb_event_encode(value, arena, out);
}

static tb_err header(const void *value, tb_arena *arena, tb_bytes *out)
{
    return tb_header_encode(value, arena, out);
}

static tb_err group(const void *value, tb_arena *arena, tb_bytes *out)
{
    return tb_group_encode(value, arena, out);
}

static int set_up(void **state)
{
    (void)state;
    tb_arena_init(&paper, paper_block, sizeof paper_block);
    return 0;
}

static void a_directory_without_room_is_not_written(void **state)
{
    (void)state;
    tb_directory in = sample_directory(&paper);
    ends_everywhere(directory, &in);
}

static void a_frame_of_any_kind_without_room_is_not_written(void **state)
{
    (void)state;
    static const tb_frame_kind kinds[] = {
        TB_FRAME_HELLO, TB_FRAME_WELCOME, TB_FRAME_SUBMIT, TB_FRAME_STORED,   TB_FRAME_DELIVER,
        TB_FRAME_TAKEN, TB_FRAME_REFUSED, TB_FRAME_CLOSED, TB_FRAME_DOCUMENT, TB_FRAME_BYE,
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        tb_arena_reset(&paper);
        tb_frame in = sample_frame(&paper, kinds[i]);
        ends_everywhere(frame, &in);
    }
}

static void an_event_a_header_and_a_group_without_room_are_not_written(void **state)
{
    (void)state;
    tb_event opening = sample_opening_event(&paper);
    tb_event later = sample_event(&paper);
    tb_header to_three = sample_header(&paper, 3, 7);
    tb_group stamped = sample_group(&paper, 3, 2, true);
    ends_everywhere(event, &opening);
    ends_everywhere(event, &later);
    ends_everywhere(header, &to_three);
    ends_everywhere(group, &stamped);
}

#define T(name) cmocka_unit_test_setup(name, set_up)

static const struct CMUnitTest tests[] = {
    T(a_directory_without_room_is_not_written),
    T(a_frame_of_any_kind_without_room_is_not_written),
    T(an_event_a_header_and_a_group_without_room_are_not_written),
};

TB_RUN("messages/memory_ends", tests)
