#include "agents/campaign/figures.h"

/* ---- values ---- */

void tb_figure_value_print(tb_text *text, const tb_figure_value *value)
{
    if (!value->known) {
        tb_text_char(text, '-');
        return;
    }
    tb_text_u64(text, value->numerator);
    if (value->ratio) {
        tb_text_char(text, '/');
        tb_text_u64(text, value->denominator);
    }
}

/* At most 18 digits, without leading zeros. */
static bool read_number(tb_bytes text, uint64_t *out)
{
    *out = 0;
    if (text.size == 0 || text.size > 18 || (text.size > 1 && text.data[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        *out = *out * 10 + (uint64_t)(text.data[i] - '0');
    }
    return true;
}

/* Splits at the first such character; without one everything is before it. */
static bool split(tb_bytes text, char at, tb_bytes *out_before, tb_bytes *out_behind)
{
    const uint8_t *found = text.size > 0 ? memchr(text.data, at, text.size) : NULL;
    size_t size = found != NULL ? (size_t)(found - text.data) : text.size;
    *out_before = tb_bytes_of(text.data, size);
    *out_behind =
        found != NULL ? tb_bytes_of(found + 1, text.size - size - 1) : tb_bytes_of(NULL, 0);
    return found != NULL;
}

static bool read_value(tb_bytes text, tb_figure_value *out)
{
    tb_bytes over;
    tb_bytes under;
    *out = (tb_figure_value){.known = false};
    if (tb_bytes_equal(text, tb_bytes_str("-"))) {
        return true;
    }
    out->known = true;
    out->ratio = split(text, '/', &over, &under);
    return read_number(over, &out->numerator) &&
           (!out->ratio || read_number(under, &out->denominator));
}

/* ---- figures ---- */

void tb_figure_print(tb_text *text, const tb_figure *figure)
{
    tb_text_bytes(text, figure->measure);
    if (figure->group.size > 0) {
        tb_text_char(text, '/');
        tb_text_bytes(text, figure->group);
    }
    for (int i = 0; i < TB_FIGURE_VALUES; i++) {
        tb_text_char(text, i == 0 ? '=' : ' ');
        tb_figure_value_print(text, &figure->values[i]);
    }
    tb_text_char(text, '\n');
}

static bool is_word(tb_bytes text, bool commas)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || c == '.' || (commas && c == ',');
        if (!fine) {
            return false;
        }
    }
    return text.size > 0;
}

bool tb_figure_read(tb_bytes *rest, tb_figure *out, bool *out_fine)
{
    tb_bytes line;
    tb_bytes what = {NULL, 0};
    tb_bytes values = {NULL, 0};
    *out_fine = true;
    if (rest->size == 0) {
        return false;
    }
    *out_fine = split(*rest, '\n', &line, rest) && split(line, '=', &what, &values);
    tb_figure figure = {.measure = what};
    bool grouped = *out_fine && split(what, '/', &figure.measure, &figure.group);
    *out_fine =
        *out_fine && is_word(figure.measure, false) && figure.measure.size <= TB_NAME_BYTES_MAX &&
        (!grouped || (is_word(figure.group, true) && figure.group.size <= TB_MEASURE_GROUP_MAX));
    for (int i = 0; *out_fine && i < TB_FIGURE_VALUES; i++) {
        tb_bytes one;
        bool more = split(values, ' ', &one, &values);
        *out_fine = more == (i + 1 < TB_FIGURE_VALUES) && read_value(one, &figure.values[i]);
    }
    if (!*out_fine) {
        return false;
    }
    *out = figure;
    return true;
}

bool tb_figures_well_formed(tb_bytes text)
{
    tb_figure figure;
    bool fine;
    tb_bytes rest = text;
    while (tb_figure_read(&rest, &figure, &fine)) {
    }
    return fine && text.size > 0;
}

/* ---- declared ---- */

bool tb_declared_read(tb_bytes text, tb_declared *out)
{
    tb_bytes value;
    int64_t day;
    tb_declared declared = {.as_of = {NULL, 0}};
    bool dated = split(text, '@', &value, &declared.as_of);
    if (!read_value(value, &declared.value) || !declared.value.known ||
        (dated && !tb_day_parse(declared.as_of, &day))) {
        return false;
    }
    if (declared.value.ratio && declared.value.denominator == 0) {
        return false;
    }
    *out = declared;
    return true;
}

/* 64 by 32 bits in two halves, so that nothing overflows. */
typedef struct wide {
    uint64_t high;
    uint64_t low;
} wide;

static wide times(uint64_t a, uint32_t b)
{
    uint64_t low = (a & 0xFFFFFFFFu) * b;
    uint64_t high = (a >> 32) * b + (low >> 32);
    return (wide){high >> 32, high << 32 | (low & 0xFFFFFFFFu)};
}

/* -1, 0 or 1: below the threshold, on it, above. */
static int against(const tb_figure_value *value, const tb_threshold *threshold)
{
    wide have = times(value->numerator, threshold->denominator);
    wide need = times(value->ratio ? value->denominator : 1, threshold->numerator);
    if (have.high != need.high) {
        return have.high > need.high ? 1 : -1;
    }
    return have.low > need.low ? 1 : have.low < need.low ? -1 : 0;
}

static bool is_something(const tb_figure_value *value)
{
    return value->known && !(value->ratio && value->denominator == 0);
}

bool tb_figure_reaches(const tb_figure_value *value, const tb_threshold *threshold)
{
    return is_something(value) && against(value, threshold) >= 0;
}

bool tb_figure_within(const tb_figure_value *value, const tb_threshold *threshold)
{
    return is_something(value) && against(value, threshold) <= 0;
}
