#include "agents/import/values.h"

#include "agents/campaign/fields.h"
#include "agents/import/dates.h"
#include "agents/import/names.h"
#include "agents/import/number.h"
#include "agents/import/utf8.h"
#include "base/limits.h"
#include "base/text.h"

#define DATE_TEXT 10 /* the day at the front of a printed instant */

/* Letters and digits in one width, upper or as they are, without blanks; dashes are one sign where
 * they say something, else left out. */
static tb_err compact(tb_bytes cell, bool upper, bool dashes, tb_arena *arena, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, cell.size);
    for (size_t at = 0; at < cell.size;) {
        size_t before = at;
        uint32_t c = tb_utf8_narrow(tb_utf8_next(cell, &at));
        if (tb_utf8_blank(c) || (!dashes && tb_utf8_dash(c))) {
            continue;
        }
        c = tb_utf8_dash(c) ? '-' : c;
        if (c >= 0x80) {
            tb_text_bytes(&text, tb_bytes_of(cell.data + before, at - before));
        } else {
            tb_text_char(&text, (char)(upper && c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c));
        }
    }
    return tb_text_done(&text, out);
}

/* Line ends become newlines and tabs blanks; other control characters stay and are refused. */
static tb_err free_text(tb_bytes cell, tb_arena *arena, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, cell.size);
    for (size_t i = 0; i < cell.size; i++) {
        char c = (char)cell.data[i];
        bool half_of_end = c == '\r' && i + 1 < cell.size && cell.data[i + 1] == '\n';
        if (!half_of_end) {
            tb_text_char(&text, c == '\t' ? ' ' : c == '\r' ? '\n' : c);
        }
    }
    return tb_text_done(&text, out);
}

static tb_err
instant(tb_bytes cell, size_t size, tb_arena *arena, tb_bytes *out, tb_refusal *refused)
{
    tb_time time = 0;
    if (!tb_dates_read(cell, &time)) {
        *refused = TB_REFUSED_DATE;
        return TB_OK;
    }
    char printed[TB_TIME_TEXT];
    tb_time_print(time, printed);
    return tb_arena_copy(arena, tb_bytes_of(printed, size == 0 ? strlen(printed) : size), out);
}

static tb_bytes flag(tb_bytes cell)
{
    static const char *const yes[] = {"1", "是", "有", "yes", "y", "true", "√"};
    static const char *const no[] = {"0", "否", "无", "no", "n", "false", "×"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (tb_utf8_same(cell, tb_bytes_str(yes[i]))) {
            return tb_bytes_str("1");
        }
        if (tb_utf8_same(cell, tb_bytes_str(no[i]))) {
            return tb_bytes_str("0");
        }
    }
    return tb_bytes_of(NULL, 0);
}

static tb_bytes choice(const tb_campaign *campaign, const tb_field_def *field, tb_bytes cell)
{
    const tb_code_list *codes = tb_campaign_codes(campaign, field->choices);
    const tb_choice *found = codes == NULL ? NULL : tb_names_choice(codes, cell);
    return found == NULL ? tb_bytes_of(NULL, 0) : tb_bytes_str(found->id);
}

static tb_err number(tb_bytes cell, tb_arena *arena, tb_bytes *out)
{
    tb_number read = tb_number_read(cell);
    return tb_arena_copy(arena, tb_number_bytes(&read), out);
}

/* What the cell means; an empty result is a value that is not known. */
static tb_err meaning(const tb_campaign *campaign,
                      const tb_field_def *field,
                      const tb_provinces *provinces,
                      tb_bytes cell,
                      tb_arena *arena,
                      tb_bytes *out,
                      tb_refusal *refused)
{
    const tb_province *province = NULL;
    switch (field->type) {
    case TB_FIELD_MSISDN:
        return number(cell, arena, out);
    case TB_FIELD_PROVINCE:
        province = tb_provinces_find(provinces, cell);
        *out = province == NULL ? tb_bytes_of(NULL, 0) : province->code;
        return TB_OK;
    case TB_FIELD_CHOICE:
        *out = choice(campaign, field, cell);
        return TB_OK;
    case TB_FIELD_FLAG:
        *out = flag(cell);
        return TB_OK;
    case TB_FIELD_TIME:
        return instant(cell, 0, arena, out, refused);
    case TB_FIELD_DATE:
        return instant(cell, DATE_TEXT, arena, out, refused);
    case TB_FIELD_ICCID:
    case TB_FIELD_USCC:
    case TB_FIELD_REG_NO:
        return compact(cell, true, false, arena, out);
    case TB_FIELD_COUNT:
    case TB_FIELD_DIGEST:
    case TB_FIELD_CASE:
    case TB_FIELD_NUMBER:
        return compact(cell, false, false, arena, out);
    case TB_FIELD_PERIOD: /* 2015-Q1 */
        return compact(cell, true, true, arena, out);
    case TB_FIELD_FIGURES:
    case TB_FIELD_DECLARED: /* 9000/10000@2015-12-31 */
        return compact(cell, false, true, arena, out);
    case TB_FIELD_PARTY:
    case TB_FIELD_TEXT:
        return free_text(cell, arena, out);
    }
    TB_UNREACHABLE();
}

/* What tb_field_check says; of a text, which has no form of its own, what is wrong with it. */
static tb_refusal check(const tb_campaign *campaign, const tb_field_def *field, tb_bytes value)
{
    tb_refusal refused = tb_field_check(campaign, field, value);
    if (refused == TB_REFUSED_FIELD_INVALID && field->type == TB_FIELD_TEXT) {
        return value.size > TB_FIELD_BYTES_MAX ? TB_REFUSED_TEXT_LONG : TB_REFUSED_TEXT_CONTROL;
    }
    return refused;
}

tb_err tb_value_read(const tb_campaign *campaign,
                     const tb_field_def *field,
                     const tb_provinces *provinces,
                     tb_bytes cell,
                     tb_arena *arena,
                     tb_bytes *out,
                     tb_refusal *out_refused)
{
    tb_bytes trimmed = tb_utf8_trim(cell);
    if (trimmed.size == 0) {
        *out = trimmed;
        *out_refused = TB_ACCEPTED;
        return TB_OK;
    }

    tb_bytes value = {0};
    tb_refusal refused = TB_ACCEPTED;
    tb_err err = meaning(campaign, field, provinces, trimmed, arena, &value, &refused);
    if (err != TB_OK) {
        return err;
    }
    if (refused == TB_ACCEPTED) {
        refused = value.size == 0 ? TB_REFUSED_VALUE_UNKNOWN : check(campaign, field, value);
    }
    *out = value;
    *out_refused = refused;
    return TB_OK;
}

const char *tb_value_form(tb_field_type type, bool zh)
{
    switch (type) {
    case TB_FIELD_MSISDN:
        return "13800138000";
    case TB_FIELD_ICCID:
        return zh ? "以 89 开头的 19 或 20 位号码" : "19 or 20 digits that begin with 89";
    case TB_FIELD_USCC:
        return zh ? "18 位统一社会信用代码(校验位须正确)"
                  : "18 characters of a credit code, its check character right";
    case TB_FIELD_REG_NO:
        return zh ? "15 位注册号(校验位须正确)" : "15 digits, the check digit right";
    case TB_FIELD_PROVINCE:
        return zh ? "浙江省、浙江、33" : "浙江省, 浙江, 33";
    case TB_FIELD_PARTY:
        return zh ? "单位名称或代码(tongbao directory list)"
                  : "a party's name or id (tongbao directory list)";
    case TB_FIELD_TIME:
        return "2015-02-09 11:39";
    case TB_FIELD_DATE:
        return "2015-02-09";
    case TB_FIELD_COUNT:
        return zh ? "非负整数" : "a whole number";
    case TB_FIELD_DIGEST:
        return zh ? "64 位十六进制数" : "64 hex digits";
    case TB_FIELD_FLAG:
        return zh ? "是、否" : "yes, no";
    case TB_FIELD_CASE:
        return zh ? "32 位办件编号(tongbao case list)" : "a case's 32 digits (tongbao case list)";
    case TB_FIELD_PERIOD:
        return "2015-01, 2015-Q1, 2015-H1, 2015";
    case TB_FIELD_DECLARED:
        return "9000, 9000/10000, 9000/10000@2015-12-31";
    case TB_FIELD_NUMBER:
        return "〔2015〕7号";
    case TB_FIELD_TEXT:
    case TB_FIELD_CHOICE:
    case TB_FIELD_FIGURES:
        return "";
    }
    TB_UNREACHABLE();
}
