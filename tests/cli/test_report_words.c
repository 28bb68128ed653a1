/* What somebody typed is said to be that, in both languages, wherever a figure is called by name.
 */
#include "tests/test.h"

#include "agents/cli/report_words.h"
#include "agents/cli/say.h"

#define BY "浙江省通信管理局"

static uint8_t block[16 * 1024];
static tb_arena arena;

static void is(tb_bytes text, const char *wanted)
{
    if (!tb_bytes_equal(text, tb_bytes_str(wanted))) {
        fail_msg("'%.*s' is not '%s'", (int)text.size, (const char *)text.data, wanted);
    }
}

static void speak(const char *language)
{
    tb_say_init(language);
    tb_arena_init(&arena, block, sizeof block);
}

static tb_local_figure rate(uint32_t kind)
{
    return (tb_local_figure){.title_zh = tb_bytes_str("实名登记率"),
                             .title_en = tb_bytes_str("real-name rate"),
                             .kind = kind,
                             .period = tb_bytes_str("89996/100000"),
                             .as_of = tb_bytes_str("2015-03-31")};
}

static void a_declared_figure_says_so_in_its_name_and_whose_word_it_is(void **state)
{
    (void)state;
    tb_local_figure declared = rate(5);
    tb_report_moment history[] = {{TB_REPORT_FILED, 0}, {TB_REPORT_ACCEPTED, 0}};
    tb_local_report_line line = {.history = history, .history_count = 2};
    assert_true(tb_time_parse(tb_bytes_str("2015-04-08T09:00:00+08:00"), &history[0].at));
    assert_true(tb_time_parse(tb_bytes_str("2015-04-20T09:00:00+08:00"), &history[1].at));
    speak("en");
    is(tb_report_title(&arena, &declared), "real-name rate (declared)");
    is(tb_report_declared_word(&arena, &line, &declared, tb_bytes_str(BY)),
       "declared by " BY ", as of 2015-03-31; not counted from events, and no verification proves "
       "it");
    speak("zh");
    is(tb_report_title(&arena, &declared), "实名登记率(申报)");
    is(tb_report_declared_word(&arena, &line, &declared, tb_bytes_str(BY)),
       "申报单位:" BY ",截至 2015-03-31;系人工申报,未依办理记录统计,核验不能证明其属实");
    declared.as_of = tb_bytes_of(NULL, 0);
    is(tb_report_declared_word(&arena, &line, &declared, tb_bytes_str(BY)),
       "申报单位:" BY ",填报日期 2015-04-08;系人工申报,未依办理记录统计,核验不能证明其属实");
    is(tb_report_declared_word(&arena, &line, &declared, tb_bytes_of(NULL, 0)),
       "由各单位在各自报告中申报;系人工申报,未依办理记录统计,核验不能证明其属实");
}

static void a_unit_and_that_a_figure_was_declared_stand_in_one_pair_of_brackets(void **state)
{
    (void)state;
    tb_local_figure users = rate(5);
    users.unit_zh = tb_bytes_str("户");
    users.unit_en = tb_bytes_str("users");
    speak("en");
    is(tb_report_title_with_unit(&arena, &users), "real-name rate (users, declared)");
    speak("zh");
    is(tb_report_title_with_unit(&arena, &users), "实名登记率(户,申报)");
    users.kind = 1;
    is(tb_report_title_with_unit(&arena, &users), "实名登记率(户)");
    speak("en");
    is(tb_report_title_with_unit(&arena, &users), "real-name rate (users)");
}

static void a_counted_figure_is_called_what_it_is(void **state)
{
    (void)state;
    tb_local_figure counted = rate(1);
    speak("en");
    is(tb_report_title(&arena, &counted), "real-name rate");
    assert_false(tb_report_is_declared(&counted));
}

/* 89.996 % is below 90 %, in every form it is shown in. */
static void a_share_is_cut_off_and_never_rounded_up(void **state)
{
    (void)state;
    speak("en");
    is(tb_report_value(&arena, 5, tb_bytes_str("89996/100000")), "89.99% (89996/100000)");
    is(tb_report_value(&arena, 5, tb_bytes_str("90/100")), "90.00% (90/100)");
    assert_int_equal(tb_report_hundredths(89996, 100000), 8999);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_declared_figure_says_so_in_its_name_and_whose_word_it_is),
    cmocka_unit_test(a_unit_and_that_a_figure_was_declared_stand_in_one_pair_of_brackets),
    cmocka_unit_test(a_counted_figure_is_called_what_it_is),
    cmocka_unit_test(a_share_is_cut_off_and_never_rounded_up),
};

TB_RUN("cli/report_words", tests)
