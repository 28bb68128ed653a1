#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/import/verdict.h"

#define ARENA_BYTES (1024u * 1024)

/* A campaign as small as import can be asked about. */
static const char *number_aliases[] = {"手机号", "phone"};
static tb_choice sources[] = {{.id = "police_case", .title = {"公安办案", "police case"}},
                              {.id = "inspection", .title = {"监督检查", "inspection"}}};
static tb_code_list codes[] = {{.id = "source", .choices = sources, .choice_count = 2}};
static tb_field_def fields[] = {
    {.id = "number",
     .title = {"电话号码", "number"},
     .type = TB_FIELD_MSISDN,
     .aliases = number_aliases,
     .alias_count = 2},
    {.id = "number_raw", .title = {"原始号码", "number as written"}, .type = TB_FIELD_TEXT},
    {.id = "source", .title = {"线索来源", "source"}, .type = TB_FIELD_CHOICE, .choices = "source"},
    {.id = "reported_at", .title = {"报送时间", "reported at"}, .type = TB_FIELD_TIME},
    {.id = "found_at", .title = {"发现时间", "found at"}, .type = TB_FIELD_TIME},
    {.id = "found_province",
     .title = {"发现地", "found in"},
     .type = TB_FIELD_PROVINCE,
     .compute = TB_COMPUTE_JURISDICTION},
    {.id = "remark", .title = {"备注", "remark"}, .type = TB_FIELD_TEXT},
};
static tb_action_field taken[] = {{.field = "number", .required = true},
                                  {.field = "number_raw"},
                                  {.field = "source", .required = true},
                                  {.field = "reported_at"},
                                  {.field = "found_at"},
                                  {.field = "found_province"},
                                  {.field = "remark"}};
static tb_action actions[] = {
    {.id = "submit", .kind = TB_ACTION_OPEN, .fields = taken, .field_count = 7}};
static tb_case_type types[] = {
    {.id = "notice", .fields = fields, .field_count = 7, .actions = actions, .action_count = 1}};
static const tb_campaign campaign = {.id = "black-card",
                                     .version = 1,
                                     .from = "2015-01-01",
                                     .to = "2015-12-31",
                                     .codes = codes,
                                     .code_count = 1,
                                     .case_types = types,
                                     .case_type_count = 1};

typedef struct world {
    uint8_t *table_memory;
    tb_arena tables;
    tb_segments segments;
    tb_provinces provinces;
    uint8_t block[ARENA_BYTES];
    tb_arena arena;
    tb_import import;
} world;

static world *w;

static tb_bytes read_file(const char *path, tb_arena *arena)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot open %s", path);
    }
    size_t capacity = 1024u * 1024;
    uint8_t *data = tb_arena_alloc(arena, capacity);
    assert_non_null(data);
    size_t size = fread(data, 1, capacity, file);
    fclose(file);
    return tb_bytes_of(data, size);
}

static int load(void **state)
{
    (void)state;
    w = calloc(1, sizeof *w);
    assert_non_null(w);
    size_t size = TB_SEGMENTS_ARENA_BYTES + 4u * 1024 * 1024;
    w->table_memory = malloc(size);
    assert_non_null(w->table_memory);
    tb_arena_init(&w->tables, w->table_memory, size);
    tb_arena_init(&w->arena, w->block, sizeof w->block);
    tb_bytes segments = read_file(TB_BINARY_DIR "/tables/segments.table", &w->tables);
    tb_bytes provinces = read_file(TB_BINARY_DIR "/tables/provinces.table", &w->tables);
    assert_int_equal(tb_segments_decode(segments, &w->tables, &w->segments), TB_ACCEPTED);
    assert_int_equal(tb_provinces_decode(provinces, &w->tables, &w->provinces), TB_ACCEPTED);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    free(w->table_memory);
    free(w);
    return 0;
}

static tb_judged judge_next(tb_csv *csv)
{
    tb_csv_row row;
    tb_judged judged;
    assert_ok(tb_csv_next(csv, &w->arena, &row));
    assert_ok(tb_import_judge(&w->import, &row, &w->arena, &judged));
    return judged;
}

static tb_columns_fault begin(tb_csv *csv, const char *text)
{
    tb_csv_row heading;
    tb_arena_reset(&w->arena);
    assert_true(tb_import_init(&w->import, &campaign, &w->segments, &w->provinces));
    tb_csv_init(csv, tb_bytes_str(text));
    assert_ok(tb_csv_next(csv, &w->arena, &heading));
    return tb_columns_read(w->import.type, &heading, &w->import.columns);
}

static void expect_text(const char *text, tb_verdict verdict, tb_refusal code)
{
    tb_csv csv;
    assert_int_equal(begin(&csv, text).code, TB_ACCEPTED);
    tb_judged judged = judge_next(&csv);
    assert_string_equal(tb_verdict_key(judged.verdict), tb_verdict_key(verdict));
    assert_int_equal(judged.code, code);
}

#define HEADING "number,reported_at,found_at,found_province,source,remark\n"

static void expect(const char *row, tb_verdict verdict, tb_refusal code)
{
    char text[1024];
    (void)snprintf(text, sizeof text, HEADING "%s\n", row);
    expect_text(text, verdict, code);
}

static void the_first_verdict_that_applies_is_given(void **state)
{
    (void)state;
    expect("1.38E+10,bad,,99,x,110105 19491231 002X", TB_VERDICT_IDENTITY_NUMBER,
           TB_REFUSED_IDENTITY_NUMBER);
    expect("440524188001010014,2015-02-09,,33,police_case,", TB_VERDICT_IDENTITY_NUMBER,
           TB_REFUSED_IDENTITY_NUMBER);
    expect("1.38E+10,2014-01-01,,99,x,", TB_VERDICT_MALFORMED, TB_REFUSED_NUMBER_SCIENTIFIC);
    expect(",2014-01-01,,33,police_case,", TB_VERDICT_MALFORMED, TB_REFUSED_NUMBER_MALFORMED);
    expect("010-62281234,2014-01-01,,33,x,", TB_VERDICT_NOT_MOBILE, TB_REFUSED_NOT_MOBILE);
    expect("13812345678,yesterday,,33,police_case,", TB_VERDICT_ROW, TB_REFUSED_DATE);
    expect("13812345678,,,33,police_case,", TB_VERDICT_ROW, TB_REFUSED_DATE);
    expect("19912345678,2014-12-31 23:59:59,,33,x,", TB_VERDICT_OUTSIDE_CAMPAIGN,
           TB_REFUSED_OUTSIDE_CAMPAIGN);
    expect("19912345678,2015-02-09,,99,police_case,", TB_VERDICT_ROW, TB_REFUSED_VALUE_UNKNOWN);
    expect("19912345678,2015-02-09,,33,x,", TB_VERDICT_ROW, TB_REFUSED_VALUE_UNKNOWN);
    expect("19912345678,2015-02-09,,33,,", TB_VERDICT_ROW, TB_REFUSED_FIELD_MISSING);
    expect("19912345678,2015-02-09,,33,police_case,", TB_VERDICT_UNKNOWN_SEGMENT, TB_ACCEPTED);
    expect("13491234567,2015-02-09,,33,police_case,", TB_VERDICT_UNKNOWN_SEGMENT, TB_ACCEPTED);
    expect("1064812345678,2015-02-09,,33,police_case,", TB_VERDICT_UNKNOWN_SEGMENT, TB_ACCEPTED);
    expect("13000100000,2015-02-09,,11,police_case,", TB_VERDICT_LOCAL, TB_ACCEPTED);
    expect("+86 130 0010 0000,2015年2月9日,,浙江,公安办案,", TB_VERDICT_FORWARD, TB_ACCEPTED);
    expect("13000100000,2015-02-09,,11", TB_VERDICT_ROW, TB_REFUSED_ROW);
    expect("13000100000,2015-02-09,,11,police_case,a,b", TB_VERDICT_ROW, TB_REFUSED_ROW);
    expect("13000100000,2015-02-09,,11,police_case,\"x", TB_VERDICT_ROW, TB_REFUSED_ROW_QUOTES);
    expect("\"110105 19491231 002X", TB_VERDICT_IDENTITY_NUMBER, TB_REFUSED_IDENTITY_NUMBER);
}

static void the_year_is_judged_in_china_and_by_found_at_first(void **state)
{
    (void)state;
    expect("13000100000,2014-12-31T23:30:00+08:00,,11,police_case,", TB_VERDICT_OUTSIDE_CAMPAIGN,
           TB_REFUSED_OUTSIDE_CAMPAIGN);
    expect("13000100000,2015-01-01T00:30:00+08:00,,11,police_case,", TB_VERDICT_LOCAL, TB_ACCEPTED);
    expect("13000100000,2014-12-31T16:30:00Z,,11,police_case,", TB_VERDICT_LOCAL, TB_ACCEPTED);
    expect("13000100000,2015-12-31T23:59:59+08:00,,11,police_case,", TB_VERDICT_LOCAL, TB_ACCEPTED);
    expect("13000100000,2016-01-01,,11,police_case,", TB_VERDICT_OUTSIDE_CAMPAIGN,
           TB_REFUSED_OUTSIDE_CAMPAIGN);
    expect("13000100000,2016-01-10,2015-12-30,11,police_case,", TB_VERDICT_LOCAL, TB_ACCEPTED);
    expect("13000100000,2015-01-10,2014-12-30,11,police_case,", TB_VERDICT_OUTSIDE_CAMPAIGN,
           TB_REFUSED_OUTSIDE_CAMPAIGN);
}

static void headings_come_in_any_order_and_language(void **state)
{
    (void)state;
    expect_text("备注,发现地,手机号,线索来源,报送时间,别的\n"
                "x,北京市,１３０ 0010 0000,监督检查,2015/2/9 11:39,y\n",
                TB_VERDICT_LOCAL, TB_ACCEPTED);
    expect_text("\xEF\xBB\xBF PHONE ,Reported At,SOURCE\r\n13000100000,2015.2.9,Inspection\r\n",
                TB_VERDICT_FORWARD, TB_ACCEPTED);
}

static void a_heading_that_cannot_be_used_is_told(void **state)
{
    (void)state;
    tb_csv csv;
    assert_int_equal(begin(&csv, "remark,source\n").code, TB_REFUSED_FIELD_MISSING);
    tb_columns_fault fault = begin(&csv, "number,手机号\n");
    assert_int_equal(fault.code, TB_REFUSED_FIELD_INVALID);
    assert_true(tb_bytes_equal(fault.heading, tb_bytes_str("手机号")));
    assert_int_equal(begin(&csv, "number,\"x\n").code, TB_REFUSED_ROW_QUOTES);
}

static void what_is_sent_is_plain_and_in_order(void **state)
{
    (void)state;
    tb_csv csv;
    assert_int_equal(begin(&csv, "备注,发现地,number,线索来源,报送时间\n"
                                 "\" a\r\n\tb \",北京,+86 130-0010-0000,公安办案,2015/2/9 11:39\n")
                         .code,
                     TB_ACCEPTED);
    tb_judged judged = judge_next(&csv);
    assert_int_equal(judged.verdict, TB_VERDICT_LOCAL);
    static const char *const wanted[][2] = {{"number", "13000100000"},
                                            {"number_raw", "+86 130-0010-0000"},
                                            {"remark", "a\n b"},
                                            {"reported_at", "2015-02-09T11:39:00+08:00"},
                                            {"source", "police_case"}};
    assert_int_equal(judged.field_count, 5);
    for (size_t i = 0; i < judged.field_count; i++) {
        assert_true(tb_bytes_equal(judged.fields[i].id, tb_bytes_str(wanted[i][0])));
        assert_true(tb_bytes_equal(judged.fields[i].value, tb_bytes_str(wanted[i][1])));
    }
    assert_int_equal(judged.reported, 1423453140000);
}

static void a_party_submits_what_was_found_in_its_own_province(void **state)
{
    (void)state;
    tb_csv csv;
    assert_int_equal(begin(&csv, HEADING "13000100000,2015-02-09,,11,police_case,\n"
                                         "13000100000,2015-02-09,,33,police_case,\n"
                                         "13000100000,2015-02-09,,,police_case,\n")
                         .code,
                     TB_ACCEPTED);
    w->import.jurisdiction = tb_bytes_str("11");
    assert_int_equal(judge_next(&csv).verdict, TB_VERDICT_LOCAL);
    assert_int_equal(judge_next(&csv).code, TB_REFUSED_JURISDICTION);
    assert_int_equal(judge_next(&csv).verdict, TB_VERDICT_LOCAL);
}

/* The counts were made apart from this code, from the file and the table of segments. */
static void the_sample_gets_the_verdicts_it_should(void **state)
{
    (void)state;
    size_t mark = tb_arena_mark(&w->tables);
    tb_bytes text = read_file(TB_SOURCE_DIR "/ops/tables/leads-sample.csv", &w->tables);
    tb_csv csv;
    tb_csv_row row;
    unsigned counts[TB_VERDICT_COUNT] = {0};
    unsigned home_33 = 0;

    tb_arena_reset(&w->arena);
    assert_true(tb_import_init(&w->import, &campaign, &w->segments, &w->provinces));
    /* The small campaign above knows two sources; all are one to it here. */
    fields[2].type = TB_FIELD_TEXT;
    tb_csv_init(&csv, text);
    assert_ok(tb_csv_next(&csv, &w->arena, &row));
    assert_int_equal(tb_columns_read(w->import.type, &row, &w->import.columns).code, TB_ACCEPTED);
    size_t row_mark = tb_arena_mark(&w->arena);
    while (tb_csv_next(&csv, &w->arena, &row) == TB_OK) {
        tb_judged judged;
        assert_ok(tb_import_judge(&w->import, &row, &w->arena, &judged));
        counts[judged.verdict]++;
        home_33 += judged.has_segment && judged.segment.province == 33;
        tb_arena_release(&w->arena, row_mark);
    }
    fields[2].type = TB_FIELD_CHOICE;
    tb_arena_release(&w->tables, mark);

    assert_int_equal(counts[TB_VERDICT_FORWARD], 2694);
    assert_int_equal(counts[TB_VERDICT_LOCAL], 1250);
    assert_int_equal(counts[TB_VERDICT_MALFORMED], 27);
    assert_int_equal(counts[TB_VERDICT_NOT_MOBILE], 15);
    assert_int_equal(counts[TB_VERDICT_UNKNOWN_SEGMENT], 14);
    assert_int_equal(home_33, 292);
}

/* The sample with bytes changed at random, the same ones each time. */
static void any_bytes_get_a_verdict(void **state)
{
    (void)state;
    size_t mark = tb_arena_mark(&w->tables);
    tb_bytes text = read_file(TB_SOURCE_DIR "/ops/tables/leads-sample.csv", &w->tables);
    uint8_t *bytes = tb_arena_alloc(&w->tables, text.size);
    assert_non_null(bytes);
    memcpy(bytes, text.data, text.size);
    static const char odd[] = "\",\r\n\0\x80\xE3\xEF\xFF+-Ee19.";
    uint32_t random = 2015;
    for (size_t i = 200; i < text.size; i += 1 + random % 40) {
        random = random * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)odd[(random >> 16) % (sizeof odd - 1)];
    }

    tb_csv csv;
    tb_csv_row row;
    tb_arena_reset(&w->arena);
    assert_true(tb_import_init(&w->import, &campaign, &w->segments, &w->provinces));
    tb_csv_init(&csv, tb_bytes_of(bytes, text.size));
    assert_ok(tb_csv_next(&csv, &w->arena, &row));
    assert_int_equal(tb_columns_read(w->import.type, &row, &w->import.columns).code, TB_ACCEPTED);
    size_t row_mark = tb_arena_mark(&w->arena);
    uint64_t last = row.number;
    while (tb_csv_next(&csv, &w->arena, &row) == TB_OK) {
        tb_judged judged;
        assert_true(row.number > last);
        last = row.number;
        assert_ok(tb_import_judge(&w->import, &row, &w->arena, &judged));
        assert_true(tb_verdict_sent(judged.verdict) == (judged.code == TB_ACCEPTED));
        tb_arena_release(&w->arena, row_mark);
    }
    assert_int_equal(csv.at, text.size);
    tb_arena_release(&w->tables, mark);
}

static void a_campaign_without_an_opening_or_without_days_takes_no_file(void **state)
{
    (void)state;
    tb_campaign bad = campaign;
    bad.case_type_count = 0;
    assert_false(tb_import_init(&w->import, &bad, &w->segments, &w->provinces));
    bad = campaign;
    bad.from = "soon";
    assert_false(tb_import_init(&w->import, &bad, &w->segments, &w->provinces));
    bad = campaign;
    bad.to = "2015-02-30";
    assert_false(tb_import_init(&w->import, &bad, &w->segments, &w->provinces));
    actions[0].kind = TB_ACTION_CHAIN;
    bool taken_all_the_same = tb_import_init(&w->import, &campaign, &w->segments, &w->provinces);
    actions[0].kind = TB_ACTION_OPEN;
    assert_false(taken_all_the_same);
}

/* A column of its own for the number as written comes before the number itself. */
static void the_number_as_written_may_have_its_own_column(void **state)
{
    (void)state;
    tb_csv csv;
    assert_int_equal(begin(&csv, "number_raw,number,reported_at,source\n"
                                 "as written,13000100000,2015-02-09,police_case\n")
                         .code,
                     TB_ACCEPTED);
    tb_judged judged = judge_next(&csv);
    assert_int_equal(judged.field_count, 4);
    assert_true(tb_bytes_equal(judged.fields[0].id, tb_bytes_str("number")));
    assert_true(tb_bytes_equal(judged.fields[1].value, tb_bytes_str("as written")));
}

static void both_dates_must_read(void **state)
{
    (void)state;
    expect("13000100000,yesterday,2015-02-09,11,police_case,", TB_VERDICT_ROW, TB_REFUSED_DATE);
    expect("13000100000,2015-02-09,yesterday,11,police_case,", TB_VERDICT_ROW, TB_REFUSED_DATE);
}

static void too_little_memory_for_a_row_is_an_error_and_no_verdict(void **state)
{
    (void)state;
    tb_csv csv;
    tb_csv_row row;
    tb_judged judged;
    static const size_t sizes[] = {16, 256};
    assert_int_equal(
        begin(&csv, HEADING "13000100000,2015-02-09,,11,police_case,a long enough remark\n").code,
        TB_ACCEPTED);
    assert_ok(tb_csv_next(&csv, &w->arena, &row));
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t little[256];
        tb_arena arena;
        tb_arena_init(&arena, little, sizes[i]);
        assert_int_equal(tb_import_judge(&w->import, &row, &arena, &judged), TB_ERR_LIMIT);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_first_verdict_that_applies_is_given),
    cmocka_unit_test(the_year_is_judged_in_china_and_by_found_at_first),
    cmocka_unit_test(headings_come_in_any_order_and_language),
    cmocka_unit_test(a_heading_that_cannot_be_used_is_told),
    cmocka_unit_test(what_is_sent_is_plain_and_in_order),
    cmocka_unit_test(a_party_submits_what_was_found_in_its_own_province),
    cmocka_unit_test(the_sample_gets_the_verdicts_it_should),
    cmocka_unit_test(any_bytes_get_a_verdict),
    cmocka_unit_test(a_campaign_without_an_opening_or_without_days_takes_no_file),
    cmocka_unit_test(the_number_as_written_may_have_its_own_column),
    cmocka_unit_test(both_dates_must_read),
    cmocka_unit_test(too_little_memory_for_a_row_is_an_error_and_no_verdict),
};

int main(int argc, char **argv)
{
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("verdict", tests, load, unload);
}
