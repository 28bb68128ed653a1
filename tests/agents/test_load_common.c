/* Common parts (共用部分): what is written once stands in every case type that uses it, and every
 * fault of it is told once, on its own line. */
#include "tests/agents/planted.h"

#include <stdio.h>
#include <stdlib.h>

#define LAPSE                                                                                      \
    "      - id: lapse\n        zh: 记录超期未办结\n        en: record a lapse\n"           \
    "        kind: side\n        by: [opener]\n        copies: [regulator, headquarters]\n"        \
    "        fields:\n          - {field: lapsed_duty, required: true}\n"                          \
    "          - {field: lapsed_due, required: true}\n          - {field: lapsed_upto}\n"
#define WORD(id, zh, en)                                                                           \
    "      - {id: " id ", zh: " zh ", en: " en ", kind: side, by: [opener, headquarters], "        \
    "copies: [regulator, headquarters, inspector], fields: [{field: lapsed_duty, required: "       \
    "true}, "                                                                                      \
    "{field: lapsed_due, required: true}]}\n"
#define COMMON                                                                                      \
    "common:\n  - id: words\n    zh: 应办事项的提醒和上报\n    en: words of duties\n"     \
    "    groups:\n"                                                                                 \
    "      - {id: inspection, zh: 督查, en: inspection, readers: [regulator, inspector]}\n"       \
    "    fields:\n"                                                                                 \
    "      - {id: lapsed_duty, zh: 应办事项, en: duty, type: choice}\n"                         \
    "      - {id: lapsed_due, zh: 另一个期限, en: another due, type: time}\n"                  \
    "      - {id: inspected, zh: 督查情况, en: what was seen, type: text, group: inspection}\n" \
    "    positions:\n"                                                                              \
    "      - {id: headquarters, zh: 另一个专项办, en: other, kind: opener}\n"                 \
    "    actions:\n" WORD("remind", "到期提醒", "remind")                                           \
        WORD("escalate", "逾期上报", "escalate") "      - {id: inspect, zh: 督查, en: inspect, "  \
                                                 "kind: side, by: [regulator, inspector], "         \
                                                 "copies: [opener], fields: [{field: "              \
                                                 "inspected, required: true}]}\n"                   \
                                                 "    words:\n"                                     \
                                                 "      lapse: lapse\n"                             \
                                                 "      remind: {act: remind, days: 1}\n"           \
                                                 "      escalate: {act: escalate, days: 3}\n"

/* The example with the part, used by its case type; a second type, with an inspector of its own. */
static const planted used[] = {
    {"case_types:\n", COMMON "case_types:\n", NULL, NULL},
    {"    en: lead on a shop\n", "    en: lead on a shop\n    uses: [words]\n", NULL, NULL},
    {"      - {id: lapsed_duty, zh: 应办事项, en: duty, type: choice, choices: duties}\n", "", NULL,
     NULL},
    {"working_days: 1, default: true, lapse: lapse", "working_days: 1, default: true", NULL, NULL},
    {"plan 3 (2), lapse: lapse, ends_in: take_over}\n",
     "plan 3 (2), ends_in: take_over}\n"
     "  - id: tour\n    zh: 巡查\n    en: tour\n    uses: [words]\n    fields:\n"
     "      - {id: seen_by, zh: 巡查员, en: seen by, type: party}\n"
     "      - {id: lapsed_upto, zh: 至, en: up to, type: count}\n"
     "    positions:\n"
     "      - {id: opener, zh: 甲, en: opener, kind: opener}\n"
     "      - {id: inspector, zh: 巡查员, en: inspector, kind: field, field: seen_by}\n"
     "    states:\n"
     "      - {id: open, zh: 开, en: open, initial: true}\n"
     "      - {id: shut, zh: 完, en: shut, closed: true}\n"
     "    actions:\n"
     "      - {id: begin, zh: 开始, en: begin, kind: open, by: [bureau], ways: [{to: open, "
     "hands_to: "
     "inspector}], fields: [{field: seen_by, required: true}]}\n"
     "      - {id: end, zh: 结束, en: end, kind: chain, by: [inspector], from: [open], ways: [{to: "
     "shut}], copies: [opener]}\n"
     "      - {id: lapse, zh: 超期, en: lapse, kind: side, by: [opener], copies: [inspector], "
     "fields: [{field: lapsed_duty, required: true}, {field: lapsed_due, required: true}]}\n"
     "    duties:\n"
     "      - {id: end, zh: 结束巡查, en: end it, owed_by: inspector, to: opener, from: begin, "
     "until: [end], hours: 24, default: true}\n",
     NULL, NULL},
    {"  - id: duties\n    choices:\n      - {id: sign_for, zh: 签收, en: sign for}\n"
     "      - {id: answer, zh: 答复, en: answer}\n",
     "", NULL, NULL},
};
#define USED (sizeof used / sizeof used[0])

static tb_campaign_loaded *load(const char *text)
{
    tb_campaign_loaded *loaded = NULL;
    char error[256] = "";
    if (tb_campaign_load(tb_bytes_str(text), &loaded, error, sizeof error) != TB_OK) {
        fail_msg("%s", error);
    }
    return loaded;
}

static bool names(const char *const *list, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(list[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static const tb_duty_def *duty_of(const tb_case_type *type, const char *id)
{
    for (unsigned i = 0; i < type->duty_count; i++) {
        if (strcmp(type->duties[i].id, id) == 0) {
            return &type->duties[i];
        }
    }
    fail_msg("no duty %s", id);
    return NULL;
}

static void what_is_written_once_stands_in_each_type_that_uses_it(void **state)
{
    (void)state;
    char *text = planted_in_example(used, USED);
    planted_told told = planted_check(text);
    if (told.count != 0) {
        fail_msg("%u: %s", told.list[0].line, told.list[0].reason);
    }
    tb_campaign_loaded *loaded = load(text);
    const tb_campaign *campaign = tb_campaign_loaded_get(loaded);
    assert_int_equal(campaign->case_type_count, 2);
    for (unsigned i = 0; i < 2; i++) {
        const tb_case_type *type = &campaign->case_types[i];
        assert_non_null(tb_case_type_action(type, tb_bytes_str("remind")));
        assert_non_null(tb_case_type_action(type, tb_bytes_str("escalate")));
        assert_non_null(tb_case_type_group(type, tb_bytes_str("inspection")));
        assert_non_null(tb_case_type_field(type, tb_bytes_str("inspected")));
    }
    tb_campaign_loaded_free(loaded);
    free(text);
}

static void what_a_type_declares_itself_goes_before(void **state)
{
    (void)state;
    char *text = planted_in_example(used, USED);
    tb_campaign_loaded *loaded = load(text);
    const tb_case_type *lead = &tb_campaign_loaded_get(loaded)->case_types[0];
    const tb_case_type *tour = &tb_campaign_loaded_get(loaded)->case_types[1];
    const tb_position *own = tb_case_type_position(lead, tb_bytes_str("headquarters"));
    assert_int_equal(own->kind, TB_POSITION_ROLE);
    assert_string_equal(tb_case_type_field(lead, tb_bytes_str("lapsed_due"))->title.en, "due");
    assert_int_equal(tb_case_type_position(tour, tb_bytes_str("headquarters"))->kind,
                     TB_POSITION_OPENER);
    assert_string_equal(tb_case_type_field(tour, tb_bytes_str("lapsed_due"))->title.en,
                        "another due");
    tb_campaign_loaded_free(loaded);
    free(text);
}

static void of_the_positions_named_a_type_has_those_it_knows(void **state)
{
    (void)state;
    char *text = planted_in_example(used, USED);
    tb_campaign_loaded *loaded = load(text);
    const tb_case_type *lead = &tb_campaign_loaded_get(loaded)->case_types[0];
    const tb_case_type *tour = &tb_campaign_loaded_get(loaded)->case_types[1];
    const tb_action *of_lead = tb_case_type_action(lead, tb_bytes_str("inspect"));
    const tb_action *of_tour = tb_case_type_action(tour, tb_bytes_str("inspect"));
    assert_int_equal(of_lead->by_count, 1);
    assert_string_equal(of_lead->by[0], "regulator");
    assert_int_equal(of_tour->by_count, 1);
    assert_string_equal(of_tour->by[0], "inspector");
    const tb_field_group *group = tb_case_type_group(lead, tb_bytes_str("inspection"));
    assert_int_equal(group->reader_count, 1);
    assert_string_equal(group->readers[0], "regulator");
    const tb_action *word = tb_case_type_action(tour, tb_bytes_str("remind"));
    assert_true(names((const char *const *)word->copies, word->copy_count, "inspector"));
    assert_false(names((const char *const *)word->copies, word->copy_count, "regulator"));
    tb_campaign_loaded_free(loaded);
    free(text);
}

static void a_duty_has_the_words_it_does_not_say_itself(void **state)
{
    (void)state;
    const planted own[] = {used[0],
                           used[1],
                           used[2],
                           {"working_days: 1, default: true, lapse: lapse",
                            "working_days: 1, default: true, escalate: {act: escalate, hours: 7}",
                            NULL, NULL},
                           used[4]};
    char *text = planted_in_example(own, 5);
    tb_campaign_loaded *loaded = load(text);
    const tb_case_type *lead = &tb_campaign_loaded_get(loaded)->case_types[0];
    const tb_duty_def *signs = duty_of(lead, "sign_for");
    assert_string_equal(signs->lapse, "lapse");
    assert_null(signs->remind.act); /* a day before a limit of one day there is nothing yet */
    assert_int_equal(signs->escalate.hours, 7);
    assert_int_equal(signs->escalate.days, 0);
    const tb_duty_def *answers = duty_of(lead, "answer");
    assert_string_equal(answers->remind.act, "remind");
    assert_int_equal(answers->escalate.days, 3);
    const tb_duty_def *ends = duty_of(&tb_campaign_loaded_get(loaded)->case_types[1], "end");
    assert_null(ends->remind.act); /* 24 hours are no more than a day */
    tb_campaign_loaded_free(loaded);
    free(text);
}

static void a_lapse_names_the_duties_of_its_case_type(void **state)
{
    (void)state;
    char *text = planted_in_example(used, USED);
    tb_campaign_loaded *loaded = load(text);
    const tb_campaign *campaign = tb_campaign_loaded_get(loaded);
    static const unsigned counts[] = {2, 1};
    for (unsigned i = 0; i < 2; i++) {
        const tb_case_type *type = &campaign->case_types[i];
        const tb_field_def *field = tb_case_type_field(type, tb_bytes_str("lapsed_duty"));
        const tb_code_list *codes = tb_campaign_codes(campaign, field->choices);
        assert_non_null(codes);
        assert_int_equal(codes->choice_count, counts[i]);
        for (unsigned j = 0; j < codes->choice_count; j++) {
            assert_string_equal(codes->choices[j].id, type->duties[j].id);
            assert_string_equal(codes->choices[j].title.zh, type->duties[j].title.zh);
        }
    }
    tb_campaign_loaded_free(loaded);
    free(text);
}

/* Of what was told, how often this key; the line of the last. */
static unsigned times(const planted_told *told, const char *key, unsigned *out_line)
{
    unsigned count = 0;
    for (unsigned i = 0; i < told->count; i++) {
        if (strcmp(told->list[i].key, key) == 0) {
            *out_line = told->list[i].line;
            count++;
        }
    }
    return count;
}

static unsigned line_of(const char *text, const char *at)
{
    const char *end = strstr(text, at);
    unsigned line = 1;
    assert_non_null(end);
    for (const char *c = text; c < end; c++) {
        line += *c == '\n';
    }
    return line;
}

static char *swapped(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    size_t size = strlen(text) + strlen(to) + 1;
    char *out = calloc(1, size);
    assert_non_null(at);
    assert_non_null(out);
    (void)snprintf(out, size, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

static void every_fault_of_it_is_told_once_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *from;
        const char *to;
        const char *at; /* where the line is that is told */
        const char *key;
    } rows[] = {
        {"    en: lead on a shop\n    uses: [words]",
         "    en: lead on a shop\n    uses: [words, word]", "uses: [words, word]", "uses_unknown"},
        {"    en: lead on a shop\n    uses: [words]",
         "    en: lead on a shop\n    uses: [words, words]", "uses: [words, words]", "entry_twice"},
        {"common:\n", "common:\n  - {id: idle, zh: 闲, en: idle}\n", "{id: idle", "common_unused"},
        {"common:\n", "common:\n  - {id: words, zh: 重, en: twice}\n", "  - id: words", "id_twice"},
        {"by: [regulator, inspector], copies: [opener]",
         "by: [regulator, inspecter], copies: [opener]", "by: [regulator, inspecter]",
         "common_position"},
        {"readers: [regulator, inspector]", "readers: [regulator, inspector, reader]",
         "inspector, reader]", "common_position"},
        {"      lapse: lapse\n", "", "working_days: 1, default: true", "no_lapse"},
        /* where it is written, and not at each duty it is said of */
        {"{act: remind, days: 1}", "{act: remember, days: 1}", "{act: remember, days: 1}",
         "action_unknown"},
        {"{act: remind, days: 1}", "{act: lapse, days: 1}", "{act: lapse, days: 1}", "word_twice"},
        /* in the part itself, though two types use it */
        {"en: what was seen, type: text", "type: text", "zh: 督查情况", "no_en"},
        {"group: inspection}", "group: inspections}", "zh: 督查情况", "group_unknown"},
        {"{field: inspected, required: true}", "{field: inspect, required: true}", "id: inspect,",
         "field_unknown"},
    };
    char *good = planted_in_example(used, USED);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = swapped(good, rows[i].from, rows[i].to);
        planted_told told = planted_check(text);
        unsigned line = 0;
        unsigned count = times(&told, rows[i].key, &line);
        unsigned wanted = line_of(text, rows[i].at);
        bool several = strcmp(rows[i].key, "no_lapse") == 0; /* one of each duty without */
        if (count == 0 || (count > 1 && !several) || (line != wanted && !several)) {
            fail_msg("%s: told %u times, on line %u, not %u", rows[i].key, count, line, wanted);
        }
        free(text);
    }
    free(good);
}

/* Ten fields at the example's lead, two of them of the part; so many more in the part. */
static unsigned too_many(const char *good, unsigned more)
{
    static char fields[TB_FIELDS_MAX * 64];
    static char set[TB_FIELDS_MAX * 32];
    size_t at = 0;
    size_t set_at = (size_t)snprintf(set, sizeof set, "fields: [");
    unsigned line;
    for (unsigned i = 0; i < more; i++) {
        at += (size_t)snprintf(fields + at, sizeof fields - at,
                               "      - {id: f%u, zh: 项%u, en: field %u, type: count}\n", i, i, i);
        set_at += (size_t)snprintf(set + set_at, sizeof set - set_at, "{field: f%u}, ", i);
    }
    (void)snprintf(fields + at, sizeof fields - at, "      - {id: inspected,");
    (void)snprintf(set + set_at, sizeof set - set_at, "{field: inspected, required: true}]");
    char *declared = swapped(good, "      - {id: inspected,", fields);
    char *text = swapped(declared, "fields: [{field: inspected, required: true}]", set);
    planted_told told = planted_check(text);
    free(declared);
    free(text);
    return times(&told, "too_many", &line);
}

static void with_it_a_type_keeps_its_bounds(void **state)
{
    (void)state;
    char *good = planted_in_example(used, USED);
    assert_int_equal(too_many(good, TB_FIELDS_MAX - 10), 0);
    assert_int_equal(too_many(good, TB_FIELDS_MAX - 9), 1);
    free(good);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_written_once_stands_in_each_type_that_uses_it),
    cmocka_unit_test(what_a_type_declares_itself_goes_before),
    cmocka_unit_test(of_the_positions_named_a_type_has_those_it_knows),
    cmocka_unit_test(a_duty_has_the_words_it_does_not_say_itself),
    cmocka_unit_test(a_lapse_names_the_duties_of_its_case_type),
    cmocka_unit_test(every_fault_of_it_is_told_once_with_its_line),
    cmocka_unit_test(with_it_a_type_keeps_its_bounds),
};

TB_RUN("agents/load_common", tests)
