#include "tests/test.h"

#include "agents/import/number.h"

typedef struct sample {
    const char *text;
    tb_number_kind kind;
    const char *digits;
} sample;

static void check(const sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tb_number number = tb_number_read(tb_bytes_str(samples[i].text));
        tb_bytes digits = tb_number_bytes(&number);
        bool right = number.kind == samples[i].kind &&
                     tb_bytes_equal(digits, tb_bytes_str(samples[i].digits));
        if (!right) {
            fail_msg("\"%s\" gave kind %d, digits %.*s", samples[i].text, (int)number.kind,
                     (int)digits.size, (const char *)digits.data);
        }
    }
}

#define CHECK(samples) check(samples, sizeof(samples) / sizeof(samples)[0])

static void mobile_numbers_are_read_however_they_are_written(void **state)
{
    (void)state;
    const sample samples[] = {
        {"13812345678", TB_NUMBER_MOBILE, "13812345678"},
        {"+8613812345678", TB_NUMBER_MOBILE, "13812345678"},
        {"+86 138 1234 5678", TB_NUMBER_MOBILE, "13812345678"},
        {"+86-138-1234-5678", TB_NUMBER_MOBILE, "13812345678"},
        {"(+86)13812345678", TB_NUMBER_MOBILE, "13812345678"},
        {"008613812345678", TB_NUMBER_MOBILE, "13812345678"},
        {"0086 138-1234-5678", TB_NUMBER_MOBILE, "13812345678"},
        {"8613812345678", TB_NUMBER_MOBILE, "13812345678"},
        {"86 138 1234 5678", TB_NUMBER_MOBILE, "13812345678"},
        {"138 1234 5678", TB_NUMBER_MOBILE, "13812345678"},
        {"138-1234-5678", TB_NUMBER_MOBILE, "13812345678"},
        {"(138)1234-5678", TB_NUMBER_MOBILE, "13812345678"},
        {"138)1234(5678", TB_NUMBER_MOBILE, "13812345678"},
        {" \t13812345678\r\n", TB_NUMBER_MOBILE, "13812345678"},
        {"\xC2\xA0"
         "13812345678",
         TB_NUMBER_MOBILE, "13812345678"},
        {"\xEF\xBB\xBF"
         "13812345678",
         TB_NUMBER_MOBILE, "13812345678"},
        {"138\xE3\x80\x80"
         "1234\xE3\x80\x80"
         "5678",
         TB_NUMBER_MOBILE, "13812345678"},
        {"１３８１２３４５６７８", TB_NUMBER_MOBILE, "13812345678"},
        {"＋８６１３８１２３４５６７８", TB_NUMBER_MOBILE, "13812345678"},
        {"（０）13812345678", TB_NUMBER_MALFORMED, ""},
        {"（138）1234—5678", TB_NUMBER_MOBILE, "13812345678"},
        {"138－1234－5678", TB_NUMBER_MOBILE, "13812345678"},
        {"138–1234−5678", TB_NUMBER_MOBILE, "13812345678"},
        {"19912345678", TB_NUMBER_MOBILE, "19912345678"},
        {"13491234567", TB_NUMBER_MOBILE, "13491234567"},
        {"17412345678", TB_NUMBER_MOBILE, "17412345678"},
        {"14012345678", TB_NUMBER_MOBILE, "14012345678"},
    };
    CHECK(samples);
}

static void numbers_of_things_have_thirteen_digits(void **state)
{
    (void)state;
    const sample samples[] = {
        {"1064812345678", TB_NUMBER_THINGS, "1064812345678"},
        {"1440123456789", TB_NUMBER_THINGS, "1440123456789"},
        {"+861064812345678", TB_NUMBER_THINGS, "1064812345678"},
        {"861440123456789", TB_NUMBER_THINGS, "1440123456789"},
        {"1064 8123 45678", TB_NUMBER_THINGS, "1064812345678"},
        {"106481234567", TB_NUMBER_NOT_MOBILE, ""},
        {"1381234567890", TB_NUMBER_MALFORMED, ""},
    };
    CHECK(samples);
}

/* One digit fewer than the shortest, the shortest, the longest, one more. */
static void each_kind_of_number_has_its_lengths(void **state)
{
    (void)state;
    const sample samples[] = {
        /* Beijing and two-digit areas, with and without an extension */
        {"010 123456", TB_NUMBER_MALFORMED, ""},
        {"010 1234567", TB_NUMBER_NOT_MOBILE, ""},
        {"020 12345678 12345", TB_NUMBER_NOT_MOBILE, ""},
        {"020 12345678 123456", TB_NUMBER_MALFORMED, ""},
        /* three-digit areas begin with 3 to 9 */
        {"0571 123456", TB_NUMBER_MALFORMED, ""},
        {"0571 1234567", TB_NUMBER_NOT_MOBILE, ""},
        {"0571 12345678 12345", TB_NUMBER_NOT_MOBILE, ""},
        {"0571 12345678 123456", TB_NUMBER_MALFORMED, ""},
        {"0171 1234567", TB_NUMBER_MALFORMED, ""},
        {"0", TB_NUMBER_MALFORMED, ""},
        /* services */
        {"400 123456", TB_NUMBER_MALFORMED, ""},
        {"400 1234567", TB_NUMBER_NOT_MOBILE, ""},
        {"800 123456789012", TB_NUMBER_NOT_MOBILE, ""},
        {"800 1234567890123", TB_NUMBER_MALFORMED, ""},
        {"9555", TB_NUMBER_MALFORMED, ""},
        {"95555", TB_NUMBER_NOT_MOBILE, ""},
        {"95555 12345 12345 12345", TB_NUMBER_NOT_MOBILE, ""},
        {"95555 12345 12345 123456", TB_NUMBER_MALFORMED, ""},
        {"9611", TB_NUMBER_MALFORMED, ""},
        {"96110", TB_NUMBER_NOT_MOBILE, ""},
        {"96110123", TB_NUMBER_NOT_MOBILE, ""},
        {"961101234", TB_NUMBER_MALFORMED, ""},
        {"1065555", TB_NUMBER_MALFORMED, ""},
        {"10655555", TB_NUMBER_NOT_MOBILE, ""},
        {"10655 55555 55555 55555", TB_NUMBER_NOT_MOBILE, ""},
        {"10655 55555 55555 555555", TB_NUMBER_MALFORMED, ""},
        {"1008611", TB_NUMBER_NOT_MOBILE, ""},
        {"10086123", TB_NUMBER_NOT_MOBILE, ""},
        {"100861234", TB_NUMBER_MALFORMED, ""},
        {"130", TB_NUMBER_MALFORMED, ""},
        {"131234", TB_NUMBER_MALFORMED, ""},
        /* abroad */
        {"+123456", TB_NUMBER_MALFORMED, ""},
        {"+1234567", TB_NUMBER_NOT_MOBILE, ""},
        {"+123456789012345", TB_NUMBER_NOT_MOBILE, ""},
        {"+1234567890123456", TB_NUMBER_MALFORMED, ""},
        {"+0123456789", TB_NUMBER_MALFORMED, ""},
    };
    CHECK(samples);
}

static void what_is_no_number_is_malformed(void **state)
{
    (void)state;
    const sample samples[] = {
        {"", TB_NUMBER_MALFORMED, ""},
        {"   ", TB_NUMBER_MALFORMED, ""},
        {"-", TB_NUMBER_MALFORMED, ""},
        {"+", TB_NUMBER_MALFORMED, ""},
        {"+86", TB_NUMBER_MALFORMED, ""},
        {"0086", TB_NUMBER_MALFORMED, ""},
        {"00", TB_NUMBER_MALFORMED, ""},
        {"0", TB_NUMBER_MALFORMED, ""},
        {"1234567890a", TB_NUMBER_MALFORMED, ""},
        {"17085O83881", TB_NUMBER_MALFORMED, ""},
        {"1708895****", TB_NUMBER_MALFORMED, ""},
        {"138XXXX5678", TB_NUMBER_MALFORMED, ""},
        {"138某某某某5678", TB_NUMBER_MALFORMED, ""},
        {"1535602158", TB_NUMBER_MALFORMED, ""},
        {"156048030817", TB_NUMBER_MALFORMED, ""},
        {"12345678901", TB_NUMBER_MALFORMED, ""},
        {"10246708409", TB_NUMBER_MALFORMED, ""},
        {"013812345678", TB_NUMBER_MALFORMED, ""},
        {"13812345678/13912345678", TB_NUMBER_MALFORMED, ""},
        {"1381234567813912345678", TB_NUMBER_MALFORMED, ""},
        {"138123456781391234567813812345678", TB_NUMBER_MALFORMED, ""},
        {"13812345678+86", TB_NUMBER_MALFORMED, ""},
        {"++8613812345678", TB_NUMBER_MALFORMED, ""},
        {"138.1234.5678", TB_NUMBER_MALFORMED, ""},
        {"无", TB_NUMBER_MALFORMED, ""},
        {"\xFF\xFE", TB_NUMBER_MALFORMED, ""},
        {"86", TB_NUMBER_MALFORMED, ""},
        {"8612345678", TB_NUMBER_MALFORMED, ""},
    };
    CHECK(samples);
}

static void what_a_spreadsheet_destroyed_is_told_apart(void **state)
{
    (void)state;
    const sample samples[] = {
        {"1.38E+10", TB_NUMBER_SCIENTIFIC, ""},
        {"1.38e10", TB_NUMBER_SCIENTIFIC, ""},
        {" 1.3812345678E+10 ", TB_NUMBER_SCIENTIFIC, ""},
        {"１．３８Ｅ＋１０", TB_NUMBER_SCIENTIFIC, ""},
        {"8.61E+12", TB_NUMBER_SCIENTIFIC, ""},
        {"1E10", TB_NUMBER_SCIENTIFIC, ""},
        {"1.38E+", TB_NUMBER_MALFORMED, ""},
        {"E+10", TB_NUMBER_MALFORMED, ""},
        {"1.38E+10x", TB_NUMBER_MALFORMED, ""},
        {"13812345678.0", TB_NUMBER_MALFORMED, ""},
    };
    CHECK(samples);
}

static void lines_and_services_are_not_mobile(void **state)
{
    (void)state;
    const sample samples[] = {
        {"010-62281234", TB_NUMBER_NOT_MOBILE, ""},
        {"01038610055", TB_NUMBER_NOT_MOBILE, ""},
        {"(0571)88881234", TB_NUMBER_NOT_MOBILE, ""},
        {"0591-51946726", TB_NUMBER_NOT_MOBILE, ""},
        {"02146303796", TB_NUMBER_NOT_MOBILE, ""},
        {"0931 4567890", TB_NUMBER_NOT_MOBILE, ""},
        {"010-62281234-801", TB_NUMBER_NOT_MOBILE, ""},
        {"+86 10 6228 1234", TB_NUMBER_NOT_MOBILE, ""},
        {"+86 (0)10 6228 1234", TB_NUMBER_NOT_MOBILE, ""},
        {"+867558888123", TB_NUMBER_NOT_MOBILE, ""},
        {"0086-755-88881234", TB_NUMBER_NOT_MOBILE, ""},
        {"862162281234", TB_NUMBER_NOT_MOBILE, ""},
        {"400-820-8820", TB_NUMBER_NOT_MOBILE, ""},
        {"8008208820", TB_NUMBER_NOT_MOBILE, ""},
        {"95588", TB_NUMBER_NOT_MOBILE, ""},
        {"95013123456", TB_NUMBER_NOT_MOBILE, ""},
        {"96110", TB_NUMBER_NOT_MOBILE, ""},
        {"110", TB_NUMBER_NOT_MOBILE, ""},
        {"10086", TB_NUMBER_NOT_MOBILE, ""},
        {"1008611", TB_NUMBER_NOT_MOBILE, ""},
        {"12321", TB_NUMBER_NOT_MOBILE, ""},
        {"118114", TB_NUMBER_NOT_MOBILE, ""},
        {"106575550000", TB_NUMBER_NOT_MOBILE, ""},
        {"+85223456789", TB_NUMBER_NOT_MOBILE, ""},
        {"+1 650 253 0000", TB_NUMBER_NOT_MOBILE, ""},
        {"0085223456789", TB_NUMBER_NOT_MOBILE, ""},
        {"00886912345678", TB_NUMBER_NOT_MOBILE, ""},
        {"0571-8888", TB_NUMBER_MALFORMED, ""},
        {"400-820", TB_NUMBER_MALFORMED, ""},
        {"+1", TB_NUMBER_MALFORMED, ""},
        {"00001234567", TB_NUMBER_MALFORMED, ""},
    };
    CHECK(samples);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(mobile_numbers_are_read_however_they_are_written),
    cmocka_unit_test(numbers_of_things_have_thirteen_digits),
    cmocka_unit_test(each_kind_of_number_has_its_lengths),
    cmocka_unit_test(what_is_no_number_is_malformed),
    cmocka_unit_test(what_a_spreadsheet_destroyed_is_told_apart),
    cmocka_unit_test(lines_and_services_are_not_mobile),
};

TB_RUN("number", tests)
