/* letter_table - the list of a letter as CSV (letter.h): a row for each case, a column for each
 * field that any of them has, headings in both languages. */
#include "agents/letter.h"
#include "base/text.h"

typedef struct columns {
    const tb_letter_text **titles;
    size_t count;
} columns;

/* A spreadsheet takes a cell that begins like a formula for one; a quote before it keeps it text.
 */
static bool looks_like_formula(tb_bytes value)
{
    return value.size > 0 && strchr("=+-@", value.data[0]) != NULL;
}

static void put_cell(tb_text *text, tb_bytes value)
{
    tb_text_char(text, '"');
    if (looks_like_formula(value)) {
        tb_text_char(text, '\'');
    }
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] == '"') {
            tb_text_char(text, '"');
        }
        tb_text_char(text, (char)value.data[i]);
    }
    tb_text_char(text, '"');
}

static size_t find(const columns *c, const tb_letter_text *title)
{
    size_t at = 0;
    while (at < c->count && !(tb_bytes_equal(c->titles[at]->zh, title->zh) &&
                              tb_bytes_equal(c->titles[at]->en, title->en))) {
        at++;
    }
    return at;
}

static tb_err collect(const tb_letter *letter, tb_arena *arena, columns *out)
{
    size_t room = 1;
    for (size_t i = 0; i < letter->entry_count; i++) {
        room += letter->entries[i].value_count;
    }
    *out = (columns){tb_arena_array(arena, room, sizeof *out->titles), 0};
    if (out->titles == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < letter->entry_count; i++) {
        const tb_letter_entry *entry = &letter->entries[i];
        for (size_t v = 0; v < entry->value_count; v++) {
            if (find(out, &entry->values[v].title) == out->count) {
                out->titles[out->count++] = &entry->values[v].title;
            }
        }
    }
    return TB_OK;
}

static void put_heading(tb_text *text, const columns *c)
{
    tb_text_str(text, "序号 no.,办件编号 case,专项行动 campaign,办理记录 steps,状态 state");
    for (size_t i = 0; i < c->count; i++) {
        tb_text_char(text, ',');
        tb_text_char(text, '"');
        tb_text_bytes(text, c->titles[i]->zh);
        tb_text_char(text, ' ');
        tb_text_bytes(text, c->titles[i]->en);
        tb_text_char(text, '"');
    }
    tb_text_str(text, "\r\n");
}

static void put_row(tb_text *text, const columns *c, const tb_letter_entry *entry, size_t place)
{
    tb_text_u64(text, place + 1);
    tb_text_char(text, ',');
    tb_text_hex(text, tb_bytes_of(entry->case_id.bytes, TB_CASE_ID_BYTES));
    const tb_bytes fixed[] = {entry->campaign_title.zh, entry->actions.zh, entry->state.zh};
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        tb_text_char(text, ',');
        put_cell(text, fixed[i]);
    }
    for (size_t i = 0; i < c->count; i++) {
        tb_text_char(text, ',');
        for (size_t v = 0; v < entry->value_count; v++) {
            if (find(c, &entry->values[v].title) == i) {
                put_cell(text, entry->values[v].value.zh);
            }
        }
    }
    tb_text_str(text, "\r\n");
}

tb_err tb_letter_table(const tb_letter *letter, tb_arena *arena, size_t max, tb_bytes *out)
{
    columns c;
    tb_text text;
    tb_err err = collect(letter, arena, &c);
    if (err != TB_OK) {
        return err;
    }
    tb_text_init(&text, arena, max);
    if (letter->exercise) {
        tb_text_str(&text, "演练数据，不作统计依据 exercise data (not for statistics)\r\n");
    }
    put_heading(&text, &c);
    for (size_t i = 0; i < letter->entry_count; i++) {
        put_row(&text, &c, &letter->entries[i], i);
    }
    return tb_text_done(&text, out);
}
