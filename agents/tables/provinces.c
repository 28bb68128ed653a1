#include "agents/tables/provinces.h"

#include "agents/import/csv.h"
#include "agents/import/utf8.h"
#include "messages/table.h"

static const char *const headings[] = {"code2", "code6",   "name_zh",  "name_en",
                                       "abbr",  "abbr_zh", "bureau_zh"};

#define COLUMNS (sizeof headings / sizeof headings[0])

static bool find_columns(const tb_csv_row *heading, size_t out_columns[COLUMNS])
{
    for (size_t i = 0; i < COLUMNS; i++) {
        size_t at = 0;
        while (at < heading->count &&
               !tb_utf8_same(heading->fields[at], tb_bytes_str(headings[i]))) {
            at++;
        }
        if (at == heading->count) {
            return false;
        }
        out_columns[i] = at;
    }
    return true;
}

static bool read_province(const tb_csv_row *row, const size_t columns[COLUMNS], tb_province *out)
{
    tb_bytes values[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) {
        if (columns[i] >= row->count) {
            return false;
        }
        values[i] = row->fields[columns[i]];
    }
    *out = (tb_province){.code = values[0],
                         .code6 = values[1],
                         .name_zh = values[2],
                         .name_en = values[3],
                         .abbr = values[4],
                         .abbr_zh = values[5],
                         .bureau_zh = values[6]};
    return out->code.size == 2 && out->name_zh.size > 0;
}

static tb_refusal refusal_of(tb_err err)
{
    return err == TB_ERR_LIMIT ? TB_REFUSED_TOO_LARGE : TB_REFUSED_MALFORMED;
}

tb_refusal tb_provinces_read(tb_bytes text, tb_arena *arena, tb_provinces *out)
{
    tb_csv csv;
    tb_csv_row row;
    size_t columns[COLUMNS];
    tb_csv_init(&csv, text);
    tb_err err = tb_csv_next(&csv, arena, &row);
    if (err != TB_OK || !find_columns(&row, columns)) {
        return refusal_of(err);
    }

    *out = (tb_provinces){0};
    while ((err = tb_csv_next(&csv, arena, &row)) == TB_OK) {
        if (out->count == TB_PROVINCES_MAX) {
            return TB_REFUSED_TOO_LARGE;
        }
        if (!read_province(&row, columns, &out->list[out->count])) {
            return TB_REFUSED_MALFORMED;
        }
        out->count++;
    }
    return err == TB_ERR_NOT_FOUND ? TB_ACCEPTED : refusal_of(err);
}

tb_refusal tb_provinces_decode(tb_bytes content, tb_arena *arena, tb_provinces *out)
{
    tb_csv_table table;
    tb_refusal refused = tb_csv_table_decode(content, arena, &table);
    if (refused != TB_ACCEPTED) {
        return refused;
    }
    refused = tb_provinces_read(table.csv, arena, out);
    out->version = table.version;
    return refused;
}

static bool ends(tb_bytes name, tb_bytes with)
{
    return name.size > with.size &&
           memcmp(name.data + name.size - with.size, with.data, with.size) == 0;
}

/* 内蒙古 of 内蒙古自治区: the name without what kind of area it is. */
static tb_bytes short_name(tb_bytes name)
{
    static const char *const kinds[] = {"壮族自治区", "回族自治区", "维吾尔自治区",
                                        "自治区",     "省",         "市"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        tb_bytes kind = tb_bytes_str(kinds[i]);
        if (ends(name, kind)) {
            return tb_bytes_of(name.data, name.size - kind.size);
        }
    }
    return name;
}

/* 广西自治区: nobody has to write the nationality. */
static bool autonomous(const tb_province *province, tb_bytes text)
{
    tb_bytes kind = tb_bytes_str("自治区");
    tb_bytes name = province->name_zh;
    tb_bytes brief = short_name(name);
    return ends(name, kind) && ends(text, kind) &&
           tb_utf8_same(brief, tb_bytes_of(text.data, text.size - kind.size));
}

static bool called(const tb_province *province, tb_bytes text)
{
    const tb_bytes names[] = {
        province->code,    province->code6, province->name_zh, short_name(province->name_zh),
        province->name_en, province->abbr,  province->abbr_zh};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].size > 0 && tb_utf8_same(names[i], text)) {
            return true;
        }
    }
    return autonomous(province, text);
}

const tb_province *tb_provinces_find(const tb_provinces *provinces, tb_bytes text)
{
    tb_bytes bureau = tb_bytes_str("通信管理局");
    text = tb_utf8_trim(text);
    if (ends(text, bureau)) {
        text.size -= bureau.size;
    }
    for (size_t i = 0; i < provinces->count; i++) {
        if (called(&provinces->list[i], text)) {
            return &provinces->list[i];
        }
    }
    return NULL;
}
