#include "agents/campaign/fields.h"

#include "agents/campaign/document_number.h"
#include "agents/campaign/figures.h"
#include "agents/campaign/judge.h"
#include "agents/campaign/period.h"
#include "base/ids.h"
#include "base/limits.h"

#define COUNT_DIGITS_MAX 15

static bool all_digits(tb_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return text.size > 0;
}

static bool all_hex(tb_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return true;
}

static bool starts(tb_bytes text, const char *with)
{
    size_t size = strlen(with);
    return text.size >= size && memcmp(text.data, with, size) == 0;
}

static bool is_msisdn(tb_bytes text)
{
    if (!all_digits(text)) {
        return false;
    }
    if (text.size == 11) {
        return text.data[0] == '1' && text.data[1] >= '3';
    }
    return text.size == 13 && (starts(text, "1064") || starts(text, "14"));
}

/* ITU-T E.118, Chinese practice: 89 and up to 20 characters, the last of which may be hexadecimal.
 */
static bool is_iccid(tb_bytes text)
{
    if ((text.size != 19 && text.size != 20) || !starts(text, "89")) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if ((c < '0' || c > '9') && (c < 'A' || c > 'F')) {
            return false;
        }
    }
    return true;
}

/* GB 32100: 31 characters (no I, O, S, V, Z), weights 3^i mod 31. */
static bool is_uscc(tb_bytes text)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    if (text.size != 18) {
        return false;
    }
    unsigned sum = 0;
    unsigned weight = 1;
    for (size_t i = 0; i < 18; i++) {
        const char *at = text.data[i] != 0 ? strchr(alphabet, text.data[i]) : NULL;
        if (at == NULL) {
            return false;
        }
        sum += (unsigned)(at - alphabet) * (i < 17 ? weight : 1);
        weight = weight * 3 % 31;
    }
    return sum % 31 == 0;
}

/* Fifteen digits, the last a check digit (ISO 7064, MOD 11,10). */
static bool is_reg_no(tb_bytes text)
{
    if (text.size != 15 || !all_digits(text)) {
        return false;
    }
    unsigned product = 10;
    for (size_t i = 0; i < 14; i++) {
        unsigned sum = (product + text.data[i] - '0') % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (product + text.data[14] - '0') % 10 == 1;
}

static bool is_time(tb_bytes text)
{
    tb_time t = 0;
    if (!tb_time_parse(text, &t)) {
        return false;
    }
    char printed[TB_TIME_TEXT];
    tb_time_print(t, printed);
    return tb_bytes_equal(text, tb_bytes_str(printed));
}

static int number_at(tb_bytes text, size_t at, size_t size)
{
    int value = 0;
    for (size_t i = at; i < at + size; i++) {
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

bool tb_field_date(tb_bytes text, tb_time *out)
{
    bool form = text.size == 10 && text.data[4] == '-' && text.data[7] == '-' &&
                all_digits(tb_bytes_of(text.data, 4)) &&
                all_digits(tb_bytes_of(text.data + 5, 2)) &&
                all_digits(tb_bytes_of(text.data + 8, 2));
    if (!form) {
        return false;
    }
    tb_civil civil = {.year = number_at(text, 0, 4),
                      .month = number_at(text, 5, 2),
                      .day = number_at(text, 8, 2)};
    return tb_civil_to(&civil, out);
}

static bool is_date(tb_bytes text)
{
    tb_time day;
    return tb_field_date(text, &day);
}

static bool is_count(tb_bytes text)
{
    return all_digits(text) && text.size <= COUNT_DIGITS_MAX &&
           (text.size == 1 || text.data[0] != '0');
}

/* Bytes of the character at this place; 0 when it is not well-formed UTF-8 or a control character.
 */
static size_t text_step(tb_bytes text, size_t at)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t lead = text.data[at];
    if (lead < 0x80) {
        return (lead >= 0x20 && lead != 0x7F) || lead == '\n' ? 1 : 0;
    }
    size_t size = lead >= 0xF5 ? 0 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
    if (size == 0 || at + size > text.size) {
        return 0;
    }
    uint32_t code = lead & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((text.data[at + i] & 0xC0) != 0x80) {
            return 0;
        }
        code = code << 6 | (text.data[at + i] & 0x3Fu);
    }
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    bool control = code >= 0x80 && code < 0xA0;
    return code >= least[size] && code <= 0x10FFFF && !surrogate && !control ? size : 0;
}

/* Eight printable ASCII characters at a time: of long texts most is that or Chinese. Each byte is
 * below 0x80, and neither below 0x20 nor 0x7F. */
static bool is_plain_block(const uint8_t *at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t block;
    memcpy(&block, at, sizeof block);
    uint64_t control = (block - ones * 0x20) & ~block;
    return ((block | control | (block + ones)) & ones << 7) == 0;
}

static bool is_text(tb_bytes text)
{
    for (size_t at = 0; at < text.size;) {
        if (text.size - at >= sizeof(uint64_t) && is_plain_block(text.data + at)) {
            at += sizeof(uint64_t);
            continue;
        }
        size_t step = text_step(text, at);
        if (step == 0) {
            return false;
        }
        at += step;
    }
    return true;
}

static bool is_name(tb_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' &&
            c != '-' && c != '.') {
            return false;
        }
    }
    return text.size <= TB_NAME_BYTES_MAX;
}

bool tb_field_well_formed(tb_field_type type, tb_bytes value)
{
    if (value.size == 0 || value.size > TB_FIELD_BYTES_MAX) {
        return false;
    }
    tb_party party;
    tb_period period;
    tb_declared declared;
    unsigned year;
    uint32_t number;
    switch (type) {
    case TB_FIELD_MSISDN:
        return is_msisdn(value);
    case TB_FIELD_ICCID:
        return is_iccid(value);
    case TB_FIELD_USCC:
        return is_uscc(value);
    case TB_FIELD_REG_NO:
        return is_reg_no(value);
    case TB_FIELD_PROVINCE:
        return value.size == 2 && all_digits(value) && value.data[0] != '0';
    case TB_FIELD_PARTY:
        return tb_party_parse(value, &party);
    case TB_FIELD_TIME:
        return is_time(value);
    case TB_FIELD_DATE:
        return is_date(value);
    case TB_FIELD_COUNT:
        return is_count(value);
    case TB_FIELD_TEXT:
        return is_text(value);
    case TB_FIELD_CHOICE:
        return is_name(value);
    case TB_FIELD_DIGEST:
        return value.size == 64 && all_hex(value);
    case TB_FIELD_FLAG:
        return value.size == 1 && (value.data[0] == '0' || value.data[0] == '1');
    case TB_FIELD_CASE:
        return value.size == 32 && all_hex(value);
    case TB_FIELD_PERIOD:
        return tb_period_parse(value, &period);
    case TB_FIELD_FIGURES:
        return tb_figures_well_formed(value);
    case TB_FIELD_DECLARED:
        return tb_declared_read(value, &declared);
    case TB_FIELD_NUMBER:
        return tb_document_number_read(value, &year, &number);
    }
    TB_UNREACHABLE();
}

/* Numbers whose own form may look like an identity number, and digests that may by chance. */
static bool is_exempt(tb_field_type type, bool well_formed)
{
    switch (type) {
    case TB_FIELD_USCC:
    case TB_FIELD_ICCID:
    case TB_FIELD_REG_NO:
        return true;
    case TB_FIELD_DIGEST:
    case TB_FIELD_CASE:
    case TB_FIELD_FIGURES: /* nobody types these; counts in a row may look like anything */
        return well_formed;
    default:
        return false;
    }
}

tb_refusal tb_field_check(const tb_campaign *campaign, const tb_field_def *field, tb_bytes value)
{
    bool well_formed = tb_field_well_formed(field->type, value);
    if (!is_exempt(field->type, well_formed)) {
        if (tb_has_identity_number(value)) {
            return TB_REFUSED_IDENTITY_NUMBER;
        }
        if (tb_has_secret_mark(value)) {
            return TB_REFUSED_SECRET_MARK;
        }
    }
    if (field->type == TB_FIELD_CHOICE) {
        const tb_code_list *codes = tb_campaign_codes(campaign, field->choices);
        for (unsigned i = 0; codes != NULL && i < codes->choice_count; i++) {
            if (tb_bytes_equal(tb_bytes_str(codes->choices[i].id), value)) {
                return TB_ACCEPTED;
            }
        }
        return TB_REFUSED_CHOICE;
    }
    return well_formed ? TB_ACCEPTED : TB_REFUSED_FIELD_INVALID;
}

static bool is_one_of(tb_bytes text, const char *const *list, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (tb_bytes_equal(tb_bytes_str(list[i]), text)) {
            return true;
        }
    }
    return false;
}

/* Labels may be missing in a campaign that was not checked. */
static bool is_labelled(const tb_label *title, tb_bytes text)
{
    return (title->zh != NULL && tb_bytes_equal(tb_bytes_str(title->zh), text)) ||
           (title->en != NULL && tb_bytes_equal(tb_bytes_str(title->en), text));
}

const tb_choice *tb_choice_find(const tb_code_list *codes, tb_bytes text)
{
    for (unsigned i = 0; i < codes->choice_count; i++) {
        const tb_choice *choice = &codes->choices[i];
        if (tb_bytes_equal(tb_bytes_str(choice->id), text) || is_labelled(&choice->title, text) ||
            is_one_of(text, choice->aliases, choice->alias_count)) {
            return choice;
        }
    }
    return NULL;
}

bool tb_field_named(const tb_field_def *field, tb_bytes heading)
{
    return tb_bytes_equal(tb_bytes_str(field->id), heading) ||
           is_labelled(&field->title, heading) ||
           is_one_of(heading, field->aliases, field->alias_count);
}

tb_err tb_mask_number(tb_bytes number, tb_arena *arena, tb_bytes *out)
{
    uint8_t *masked = tb_arena_alloc(arena, number.size + 1);
    if (masked == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < number.size; i++) {
        masked[i] = i < 3 || i + 4 >= number.size ? number.data[i] : '*';
    }
    *out = tb_bytes_of(masked, number.size);
    return TB_OK;
}
