/* Two versions that differ in dates, parameters, stages, look-ups or what a field's value must be.
 */
#include "tests/agents/edited.h"

#include "agents/campaign/compare.h"

#include <stdlib.h>

#define FILE_PATH "tests/system/staged.yaml"

typedef struct compared {
    tb_arena arena;
    uint8_t *block;
    tb_campaign_loaded *from;
    tb_campaign_loaded *to;
    tb_difference *list;
    size_t count;
} compared;

static int setup(void **state)
{
    static compared here;
    here = (compared){.block = malloc(1 << 20)};
    assert_non_null(here.block);
    tb_arena_init(&here.arena, here.block, 1 << 20);
    here.from = edited(FILE_PATH, NULL);
    *state = &here;
    return 0;
}

static int teardown(void **state)
{
    compared *c = *state;
    tb_campaign_loaded_free(c->from);
    tb_campaign_loaded_free(c->to);
    free(c->block);
    return 0;
}

/* Version 2 with one line changed. */
static void change(compared *c, const char *from, const char *to)
{
    const char *edits[] = {"version: 1", "version: 2", from, to, NULL};
    tb_campaign_loaded_free(c->to);
    tb_arena_reset(&c->arena);
    c->to = edited(FILE_PATH, edits);
    assert_ok(tb_campaign_compare(tb_campaign_loaded_get(c->from), tb_campaign_loaded_get(c->to),
                                  &c->arena, &c->list, &c->count));
}

static const tb_difference *difference(const compared *c, tb_difference_kind kind)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->list[i].kind == kind) {
            return &c->list[i];
        }
    }
    fail_msg("not found: %s", tb_difference_en(kind));
    return NULL;
}

static bool blocks(const compared *c)
{
    bool any = false;
    for (size_t i = 0; i < c->count; i++) {
        any = any ||
              tb_difference_blocks(&c->list[i], tb_bytes_str("problem"), tb_bytes_str("found"));
    }
    return any;
}

static void an_extended_stage_is_named_and_every_case_may_move_to_it(void **state)
{
    compared *c = *state;
    change(c, "from: \"${year}-09-01\", to: \"${year}-10-30\"",
           "from: \"${year}-09-01\", to: \"${year}-11-15\", counts_until: \"${year}-10-30\"");
    assert_string_equal(difference(c, TB_DIFFERENCE_STAGE_CHANGED)->about, "mend");
    assert_string_equal(difference(c, TB_DIFFERENCE_STAGE_CHANGED)->detail, "2015-11-15");
    assert_int_equal(c->count, 1);
    assert_false(blocks(c));
}

static void what_may_change_freely_keeps_no_case_from_moving(void **state)
{
    compared *c = *state;
    static const struct {
        const char *from;
        const char *to;
        tb_difference_kind kind;
    } rows[] = {
        {"to: \"${year}-12-31\"", "to: \"2016-01-31\"", TB_DIFFERENCE_DATES},
        {"to: \"${year}-12-31\"", "to: \"${year}-12-31\"\ncounts_until: \"2016-01-15\"",
         TB_DIFFERENCE_DATES},
        {"value: \"2015\"", "value: \"2016\"", TB_DIFFERENCE_PARAMETER},
        {"value: \"2015\"", "value: \"2016\"", TB_DIFFERENCE_DUTY_CHANGED},
        {"  - {id: mend, zh",
         "  - {id: again, zh: 再, en: again, from: \"${year}-11-01\", to: "
         "\"${year}-11-30\"}\n  - {id: mend, zh",
         TB_DIFFERENCE_STAGE_ADDED},
        {"outside: late", "outside: refuse", TB_DIFFERENCE_ACTION_CHANGED},
        {"stages: [check, mend]", "stages: [mend]", TB_DIFFERENCE_ACTION_CHANGED},
        {"due_date: \"${year}-08-20\"", "stage: check", TB_DIFFERENCE_DUTY_CHANGED},
        {"due_date: \"${year}-08-20\"", "monthly: {day: 20}", TB_DIFFERENCE_DUTY_CHANGED},
        {"values: [third], zh: 非", "values: [first], zh: 非", TB_DIFFERENCE_DUTY_CHANGED},
        {"en: due, type: time", "en: due, type: time, not_future: true", TB_DIFFERENCE_FIELD_RULES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        change(c, rows[i].from, rows[i].to);
        assert_non_null(difference(c, rows[i].kind));
        assert_false(blocks(c));
    }
}

static void a_table_that_names_another_party_keeps_every_case_from_moving(void **state)
{
    compared *c = *state;
    static const char *const rows[][2] = {
        {"{value: first, role: headquarters}", "{value: first, position: opener}"},
        {"      - {value: third, position: opener}\n", ""},
        {"      - {value: third, role: headquarters}\n",
         "      - {value: third, role: headquarters}\n      - {value: third, position: "
         "headquarters}\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        change(c, rows[i][0], rows[i][1]);
        assert_string_equal(difference(c, TB_DIFFERENCE_LOOKUP_CHANGED)->about, "lead");
        assert_true(blocks(c));
    }
}

static void a_new_choice_with_a_row_of_its_own_keeps_none(void **state)
{
    compared *c = *state;
    const char *edits[] = {"version: 1",
                           "version: 2",
                           "      - {id: third, zh: 第三项",
                           "      - {id: fourth, zh: 第四项, en: fourth}\n      - {id: third, zh: "
                           "第三项",
                           "      - {value: third, position: opener}",
                           "      - {value: fourth, role: headquarters}\n      - {value: third, "
                           "position: opener}",
                           NULL};
    c->to = edited(FILE_PATH, edits);
    assert_ok(tb_campaign_compare(tb_campaign_loaded_get(c->from), tb_campaign_loaded_get(c->to),
                                  &c->arena, &c->list, &c->count));
    assert_string_equal(difference(c, TB_DIFFERENCE_CHOICE_ADDED)->detail, "fourth");
    assert_int_equal(c->count, 1);
    assert_false(blocks(c));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        an_extended_stage_is_named_and_every_case_may_move_to_it, setup, teardown),
    cmocka_unit_test_setup_teardown(
        what_may_change_freely_keeps_no_case_from_moving, setup, teardown),
    cmocka_unit_test_setup_teardown(
        a_table_that_names_another_party_keeps_every_case_from_moving, setup, teardown),
    cmocka_unit_test_setup_teardown(a_new_choice_with_a_row_of_its_own_keeps_none, setup, teardown),
};

TB_RUN("agents/compare_dates", tests)
