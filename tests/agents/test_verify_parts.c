/* Whoever has a report alone sees that its figures contradict one another, however its reporter
 * wrote them down: whole and parts apart, in another order, twice, or so large that their sum would
 * begin anew. */
#include <stdio.h>

#include "tests/agents/measured.h"

#include "agents/verifying.h"

#define FAULTS_MAX 100

static tb_campaign_loaded *second;

static int setup(void **state)
{
    (void)state;
    second = measured_campaign(2);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    tb_campaign_loaded_free(second);
    return 0;
}

static uint8_t block[1024 * 1024];

/* What is said of a text, in lines. */
static const char *said(const char *figures)
{
    static char lines[4096];
    static tb_bytes faults[FAULTS_MAX];
    tb_arena arena;
    tb_step step = {.arena = &arena};
    tb_verifying v = {.step = &step, .out = {.faults = faults}};
    size_t size = 0;
    tb_arena_init(&arena, block, sizeof block);
    assert_ok(tb_verify_parts_of(&v, tb_campaign_loaded_get(second), tb_bytes_str(figures)));
    assert_true(v.out.wrong == v.out.fault_count);
    lines[0] = 0;
    for (size_t i = 0; i < v.out.fault_count; i++) {
        int more = snprintf(lines + size, sizeof lines - size, "%.*s\n", (int)faults[i].size,
                            (const char *)faults[i].data);
        assert_true(more > 0 && size + (size_t)more < sizeof lines);
        size += (size_t)more;
    }
    return lines;
}

static void a_whole_and_its_parts_belong_together_wherever_they_stand(void **state)
{
    (void)state;
    static const char wrong[] =
        "figure forwarded (转出, forwarded): stated 3 3 0; its parts make up 2 2 0\n";
    assert_string_equal(said("forwarded=2 2 0\nforwarded/33=1 1 0\nforwarded/44=1 1 0\n"), "");
    assert_string_equal(said("forwarded=3 3 0\nforwarded/33=1 1 0\nforwarded/44=1 1 0\n"), wrong);
    assert_string_equal(said("forwarded/33=1 1 0\nforwarded/44=1 1 0\nforwarded=3 3 0\n"), wrong);
    assert_string_equal(
        said("forwarded/33=1 1 0\nverified=1 1 0\nforwarded=3 3 0\nforwarded/44=1 1 0\n"), wrong);
    assert_string_equal(said("forwarded=3 3 0\nsubmitted/33=3 3 0\nsubmitted=3 3 0\n"), "");
}

static void parts_without_a_whole_are_told(void **state)
{
    (void)state;
    assert_string_equal(
        said("forwarded/44=1 1 0\n"),
        "figure forwarded (转出, forwarded): stated - - -; its parts make up 1 1 0\n");
}

static void parts_that_say_nothing_make_up_a_whole_that_says_nothing(void **state)
{
    (void)state;
    assert_string_equal(said("forwarded=- - -\nforwarded/33=- - -\nforwarded/44=- - -\n"), "");
    assert_string_equal(said("forwarded/33=- - -\n"), "");
    assert_string_equal(
        said("forwarded=- - -\nforwarded/33=1 - -\n"),
        "figure forwarded (转出, forwarded): stated - - -; its parts make up 1 - -\n");
}

/* Of three values each may be the only one, and of a share both parts count. */
static void a_whole_may_say_any_of_its_values(void **state)
{
    (void)state;
    assert_string_equal(
        said("forwarded=- 3 -\nforwarded/33=- 2 -\n"),
        "figure forwarded (转出, forwarded): stated - 3 -; its parts make up - 2 -\n");
    assert_string_equal(
        said("forwarded=- - 3\nforwarded/33=- - 2\n"),
        "figure forwarded (转出, forwarded): stated - - 3; its parts make up - - 2\n");
    assert_string_equal(said("forwarded/33=- - 2\n"),
                        "figure forwarded (转出, forwarded): stated - - -; its parts make up - - "
                        "2\n");
    assert_string_equal(said("share=1/3 - -\nshare/33=1/3 - -\n"), "");
    assert_string_equal(
        said("share=1/3 - -\nshare/33=1/2 - -\n"),
        "figure share (核实率, share): stated 1/3 - -; its parts make up 1/2 - -\n");
}

static void a_figure_that_stands_twice_is_told(void **state)
{
    (void)state;
    assert_string_equal(said("forwarded=3 3 0\nforwarded=5 5 0\n"),
                        "figure forwarded (转出, forwarded): stated 3 3 0; and once more 5 5 0\n");
    assert_string_equal(
        said("forwarded=2 2 0\nforwarded/44=1 1 0\nforwarded/44=1 1 0\n"),
        "figure forwarded/44 (转出, forwarded): stated 1 1 0; and once more 1 1 0\n");
    assert_string_equal(
        said("forwarded=3 3 0\nforwarded/44=1 1 0\nforwarded/33=1 1 0\nforwarded/44=1 1 0\n"),
        "figure forwarded/44 (转出, forwarded): stated 1 1 0; and once more 1 1 0\n");
}

/* Parts in no order, so many, behind a whole that is their sum. */
static const char *disordered(size_t count)
{
    static char text[64 * 1024];
    size_t size = (size_t)snprintf(text, sizeof text, "forwarded=%zu 0 0\n", count);
    for (size_t i = count; i > 0; i--) {
        size += (size_t)snprintf(text + size, sizeof text - size, "forwarded/g%05zu=1 0 0\n", i);
        assert_true(size < sizeof text);
    }
    return text;
}

static void parts_in_no_order_are_looked_through_up_to_a_bound(void **state)
{
    (void)state;
    assert_string_equal(said(disordered(512)), "");
    assert_string_equal(said(disordered(513)), "its figures do not read\n");
}

/* 18 and a half times ten to the eighteenth is where 64 bits begin anew. */
static void parts_whose_sum_begins_anew_do_not_make_up_the_whole(void **state)
{
    (void)state;
    static char text[2048];
    size_t size = (size_t)snprintf(text, sizeof text, "forwarded=553255926290448365 0 0\n");
    for (int i = 0; i < 19; i++) {
        size += (size_t)snprintf(text + size, sizeof text - size, "forwarded/%02d=%s 0 0\n", i,
                                 "999999999999999999");
    }
    /* 19 of them are 18999999999999999981; less 2^64 that is the whole */
    assert_string_equal(said(text),
                        "figure forwarded (转出, forwarded): stated 553255926290448365 0 0; its "
                        "parts make up 18446744073709551615 0 0\n");
}

#define PARTS_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    PARTS_TEST(a_whole_and_its_parts_belong_together_wherever_they_stand),
    PARTS_TEST(parts_without_a_whole_are_told),
    PARTS_TEST(a_whole_may_say_any_of_its_values),
    PARTS_TEST(parts_that_say_nothing_make_up_a_whole_that_says_nothing),
    PARTS_TEST(a_figure_that_stands_twice_is_told),
    PARTS_TEST(parts_in_no_order_are_looked_through_up_to_a_bound),
    PARTS_TEST(parts_whose_sum_begins_anew_do_not_make_up_the_whole),
};

TB_RUN("agents/verify_parts", tests)
