#include "base/effects.h"
#include "tests/test.h"

#include <stdlib.h>

typedef struct fixture {
    tb_effects effects;
    tb_arena arena;
    uint8_t block[4096];
    char text[4096];
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    tb_arena_init(&f->arena, f->block, sizeof f->block);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    free(*state);
    return 0;
}

static void expect_text(fixture *f, const char *expected)
{
    assert_int_equal(tb_effects_print(&f->effects, f->text, sizeof f->text), strlen(expected));
    assert_string_equal(f->text, expected);
}

static void effects_print_one_line_each_in_order(void **state)
{
    fixture *f = *state;
    tb_effect cut = {.kind = TB_EFFECT_CUT, .peer = 4};
    tb_effect changed = {.kind = TB_EFFECT_CHANGED, .bytes = tb_bytes_str("12")};
    tb_effect reload = {.kind = TB_EFFECT_RELOAD, .bytes = tb_bytes_str("1")};
    tb_effect destroy = {.kind = TB_EFFECT_DESTROY, .bytes = tb_bytes_str("12345678")};
    tb_effect stop = {.kind = TB_EFFECT_STOP, .note = tb_bytes_str("event=stop")};

    expect_text(f, "");
    assert_ok(tb_effects_send(&f->effects, 1, tb_bytes_str("abc")));
    assert_ok(tb_effects_answer(&f->effects, 2, tb_bytes_str("")));
    assert_ok(tb_effects_add(&f->effects, &cut));
    assert_ok(tb_effects_add(&f->effects, &changed));
    assert_ok(tb_effects_add(&f->effects, &reload));
    assert_ok(tb_effects_add(&f->effects, &stop));
    assert_ok(tb_effects_add(&f->effects, &destroy));
    expect_text(f, "send peer=1 bytes=3\nanswer peer=2 bytes=0\ncut peer=4\nchanged bytes=2\n"
                   "reload bytes=1\nstop event=stop\ndestroy bytes=8\n");
    tb_effects_reset(&f->effects);
    expect_text(f, "");
}

static void a_note_is_formatted_into_the_arena(void **state)
{
    fixture *f = *state;
    tb_party party = {"bureau.33"};

    tb_effects_note(&f->effects, &f->arena, TB_LEVEL_WARN,
                    "event=%s party=%p n=%u id=%x all=%x 100%%", "resend", &party, UINT64_MAX,
                    tb_bytes_str("\x01\x02"), tb_bytes_str("0123456789"));
    expect_text(f, "note warn event=resend party=bureau.33 n=18446744073709551615 id=0102 "
                   "all=3031323334353637 100%\n");
}

static void nothing_in_a_string_ends_the_line(void **state)
{
    fixture *f = *state;

    tb_effects_note(&f->effects, &f->arena, TB_LEVEL_INFO, "who=%s", "a\nevent=forged\r\x7f");
    expect_text(f, "note info who=a?event=forged??\n");
}

static void a_long_note_is_cut_and_a_note_without_memory_dropped(void **state)
{
    fixture *f = *state;
    char longest[2000];

    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    tb_effects_note(&f->effects, &f->arena, TB_LEVEL_INFO, "%s", longest);
    assert_int_equal(f->effects.count, 1);
    assert_int_equal(f->effects.list[0].note.size, 512);

    f->arena.used = f->arena.size;
    tb_effects_note(&f->effects, &f->arena, TB_LEVEL_INFO, "event=lost");
    assert_int_equal(f->effects.count, 1);
}

static void a_full_list_is_a_limit(void **state)
{
    fixture *f = *state;

    for (size_t i = 0; i < TB_EFFECTS_MAX; i++) {
        assert_ok(tb_effects_send(&f->effects, i, tb_bytes_str("")));
    }
    assert_int_equal(tb_effects_send(&f->effects, 1, tb_bytes_str("")), TB_ERR_LIMIT);
    tb_effects_note(&f->effects, &f->arena, TB_LEVEL_INFO, "event=lost");
    assert_int_equal(f->effects.count, TB_EFFECTS_MAX);
}

static void printing_stays_inside_what_it_is_given(void **state)
{
    fixture *f = *state;

    assert_ok(tb_effects_send(&f->effects, 1, tb_bytes_str("abc")));
    memset(f->text, 'x', 16);
    size_t size = tb_effects_print(&f->effects, f->text, 8);
    assert_true(size < 8);
    assert_int_equal(f->text[size], 0);
    assert_int_equal(f->text[8], 'x');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    TEST(effects_print_one_line_each_in_order),
    TEST(a_note_is_formatted_into_the_arena),
    TEST(nothing_in_a_string_ends_the_line),
    TEST(a_long_note_is_cut_and_a_note_without_memory_dropped),
    TEST(a_full_list_is_a_limit),
    TEST(printing_stays_inside_what_it_is_given),
};

TB_RUN("base/effects", tests)
