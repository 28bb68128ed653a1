/* A cell as people write it becomes the value its field wants, or is refused with the reason. */
#include "agents/import/values.h"

#include "base/limits.h"
#include "tests/test.h"

static tb_choice kinds[] = {{.id = "mobile", .title = {"移动电话卡", "mobile phone card"}}};
static tb_code_list codes[] = {{.id = "kinds", .choices = kinds, .choice_count = 1}};
static const tb_campaign campaign = {.codes = codes, .code_count = 1};

typedef struct reading {
    tb_field_type type;
    const char *cell;
    const char *value; /* NULL: whatever is refused is not looked at */
    tb_refusal refused;
} reading;

#define LONG_DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const reading readings[] = {
    /* blanks alone are an empty cell */
    {TB_FIELD_TEXT, " \t　", "", TB_ACCEPTED},
    {TB_FIELD_FLAG, "是", "1", TB_ACCEPTED},
    {TB_FIELD_FLAG, "YES", "1", TB_ACCEPTED},
    {TB_FIELD_FLAG, "√", "1", TB_ACCEPTED},
    {TB_FIELD_FLAG, "否", "0", TB_ACCEPTED},
    {TB_FIELD_FLAG, "×", "0", TB_ACCEPTED},
    {TB_FIELD_FLAG, "false", "0", TB_ACCEPTED},
    {TB_FIELD_FLAG, "可能", NULL, TB_REFUSED_VALUE_UNKNOWN},
    {TB_FIELD_PROVINCE, "广东", "44", TB_ACCEPTED},
    {TB_FIELD_PROVINCE, "440000", "44", TB_ACCEPTED},
    {TB_FIELD_PROVINCE, "香格里拉", NULL, TB_REFUSED_VALUE_UNKNOWN},
    {TB_FIELD_CHOICE, "移动电话卡", "mobile", TB_ACCEPTED},
    {TB_FIELD_CHOICE, "电话簿", NULL, TB_REFUSED_VALUE_UNKNOWN},
    {TB_FIELD_DATE, "2015年2月9日", "2015-02-09", TB_ACCEPTED},
    {TB_FIELD_DATE, "二月", NULL, TB_REFUSED_DATE},
    {TB_FIELD_TIME, "2015-02-09 11:39", "2015-02-09T11:39:00+08:00", TB_ACCEPTED},
    {TB_FIELD_TIME, "2015-02-30", NULL, TB_REFUSED_DATE},
    /* numbers of documents: one width, capitals, no blanks and dashes */
    {TB_FIELD_ICCID, "89860-0123 4567890123 4", "89860012345678901234", TB_ACCEPTED},
    {TB_FIELD_ICCID, "８９８６００１２３４５６７８９０１２３４", "89860012345678901234",
     TB_ACCEPTED},
    {TB_FIELD_ICCID, "8986", NULL, TB_REFUSED_FIELD_INVALID},
    {TB_FIELD_USCC, "9133 0106ma2k-xxxx", NULL, TB_REFUSED_FIELD_INVALID},
    {TB_FIELD_USCC, "九一三三", NULL, TB_REFUSED_FIELD_INVALID},
    {TB_FIELD_COUNT, "1 204", "1204", TB_ACCEPTED},
    {TB_FIELD_COUNT, "十二", NULL, TB_REFUSED_FIELD_INVALID},
    {TB_FIELD_PERIOD, "2015-Q1", "2015-Q1", TB_ACCEPTED},
    {TB_FIELD_PERIOD, "２０１５－q1", "2015-Q1", TB_ACCEPTED},
    {TB_FIELD_PERIOD, "2015-11-30", "2015-11-30", TB_ACCEPTED},
    {TB_FIELD_PERIOD, "2015Q1", NULL, TB_REFUSED_FIELD_INVALID},
    {TB_FIELD_DECLARED, "9000/10000 @ 2015—12—31", "9000/10000@2015-12-31", TB_ACCEPTED},
    {TB_FIELD_DIGEST, LONG_DIGEST, LONG_DIGEST, TB_ACCEPTED},
    {TB_FIELD_DIGEST, LONG_DIGEST "0", NULL, TB_REFUSED_FIELD_INVALID},
    {TB_FIELD_PARTY, "bureau.44", "bureau.44", TB_ACCEPTED},
    {TB_FIELD_PARTY, "广东局", NULL, TB_REFUSED_FIELD_INVALID},
    /* every line end becomes one, tabs become blanks */
    {TB_FIELD_TEXT, "一\r\n二\r三\t四", "一\n二\n三 四", TB_ACCEPTED},
    {TB_FIELD_TEXT, "一\r", "一", TB_ACCEPTED},
    {TB_FIELD_TEXT, "\x01", NULL, TB_REFUSED_TEXT_CONTROL},
    {TB_FIELD_TEXT, "一\x1b[2J", NULL, TB_REFUSED_TEXT_CONTROL},
    {TB_FIELD_TEXT, "\xff", NULL, TB_REFUSED_TEXT_CONTROL},
    {TB_FIELD_TEXT, "身份证 11010519491231002X", NULL, TB_REFUSED_IDENTITY_NUMBER},
    {TB_FIELD_TEXT, "秘密★1年", NULL, TB_REFUSED_SECRET_MARK},
};

static tb_provinces provinces;
static uint8_t block[256 * 1024];
static tb_arena arena;

static int load(void **state)
{
    static const char csv[] = "code2,code6,name_zh,name_en,abbr,abbr_zh,bureau_zh\n"
                              "44,440000,广东省,Guangdong,GD,粤,广东省通信管理局\n";
    static uint8_t table[64 * 1024];
    static tb_arena tables;
    (void)state;
    tb_arena_init(&tables, table, sizeof table);
    return tb_provinces_read(tb_bytes_str(csv), &tables, &provinces) == TB_ACCEPTED ? 0 : 1;
}

static void a_cell_becomes_what_its_field_wants_or_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        const reading *r = &readings[i];
        tb_field_def field = {.id = "f", .type = r->type, .choices = "kinds"};
        tb_bytes value;
        tb_refusal refused;
        tb_arena_init(&arena, block, sizeof block);
        assert_ok(tb_value_read(&campaign, &field, &provinces, tb_bytes_str(r->cell), &arena,
                                &value, &refused));
        if (refused != r->refused) {
            fail_msg("\"%s\" of type %d: %s", r->cell, (int)r->type, tb_refusal_key(refused));
        }
        if (r->value != NULL && !tb_bytes_equal(value, tb_bytes_str(r->value))) {
            fail_msg("\"%s\" became \"%.*s\"", r->cell, (int)value.size, (const char *)value.data);
        }
    }
}

static void a_choice_of_a_list_that_is_not_there_is_not_known(void **state)
{
    tb_field_def field = {.id = "f", .type = TB_FIELD_CHOICE, .choices = "gone"};
    tb_bytes value;
    tb_refusal refused;
    (void)state;
    tb_arena_init(&arena, block, sizeof block);
    assert_ok(tb_value_read(&campaign, &field, &provinces, tb_bytes_str("移动电话卡"), &arena,
                            &value, &refused));
    assert_int_equal(refused, TB_REFUSED_VALUE_UNKNOWN);
}

static void a_text_is_as_long_as_a_value_may_be_and_no_longer(void **state)
{
    (void)state;
    static char text[TB_FIELD_BYTES_MAX + 2];
    tb_field_def field = {.id = "f", .type = TB_FIELD_TEXT};
    tb_bytes value;
    tb_refusal refused;
    for (size_t size = TB_FIELD_BYTES_MAX; size <= TB_FIELD_BYTES_MAX + 1; size++) {
        memset(text, 'a', size);
        text[size] = '\0';
        tb_arena_init(&arena, block, sizeof block);
        assert_int_equal(tb_value_read(&campaign, &field, &provinces, tb_bytes_str(text), &arena,
                                       &value, &refused),
                         TB_OK);
        assert_int_equal(refused, size > TB_FIELD_BYTES_MAX ? TB_REFUSED_TEXT_LONG : TB_ACCEPTED);
    }
}

static void too_little_memory_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        const reading *r = &readings[i];
        tb_field_def field = {.id = "f", .type = r->type, .choices = "kinds"};
        bool copied = r->type == TB_FIELD_TEXT || r->type == TB_FIELD_ICCID ||
                      r->type == TB_FIELD_DATE || r->type == TB_FIELD_COUNT;
        tb_bytes value;
        tb_refusal refused;
        if (!copied || r->value == NULL || r->value[0] == '\0') {
            continue;
        }
        tb_arena_init(&arena, block, 0);
        assert_int_equal(tb_value_read(&campaign, &field, &provinces, tb_bytes_str(r->cell), &arena,
                                       &value, &refused),
                         TB_ERR_LIMIT);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(a_cell_becomes_what_its_field_wants_or_is_refused, load),
    cmocka_unit_test(a_choice_of_a_list_that_is_not_there_is_not_known),
    cmocka_unit_test(a_text_is_as_long_as_a_value_may_be_and_no_longer),
    cmocka_unit_test(too_little_memory_is_said),
};

TB_RUN("values", tests)
