#include "agents/cli/values.h"

#include "agents/cli/say.h"
#include "agents/import/names.h"
#include "agents/import/values.h"

static int order(const tb_field *a, const tb_field *b)
{
    size_t common = a->id.size < b->id.size ? a->id.size : b->id.size;
    int differs = memcmp(a->id.data, b->id.data, common);
    return differs != 0 ? differs : (a->id.size > b->id.size) - (a->id.size < b->id.size);
}

static bool place(tb_field *fields, size_t *count, tb_field field)
{
    size_t at = *count;
    for (; at > 0 && order(&fields[at - 1], &field) > 0; at--) {
        fields[at] = fields[at - 1];
    }
    fields[at] = field;
    *count += 1;
    return at == 0 || order(&fields[at - 1], &field) != 0;
}

/* The value as its field wants it. */
static bool meaning(tb_book *book,
                    const tb_campaign *campaign,
                    const tb_field_def *def,
                    const char *word,
                    tb_field *field)
{
    static const tb_provinces none;
    const tb_provinces *provinces =
        def->type == TB_FIELD_PROVINCE ? tb_book_provinces(book) : &none;
    tb_refusal refused = TB_ACCEPTED;
    if (def->type == TB_FIELD_PROVINCE && provinces == NULL) {
        return true; /* the agent judges the code itself */
    }
    tb_err err = tb_value_read(campaign, def, provinces, field->value, &book->client->arena,
                               &field->value, &refused);
    if (err != TB_OK) {
        tb_say_error("%s", tb_err_text(err));
        return false;
    }
    if (refused != TB_ACCEPTED) {
        tb_say_refusal(refused, tb_bytes_str(word));
    }
    return refused == TB_ACCEPTED;
}

bool tb_values_read(tb_book *book,
                    const tb_campaign *campaign,
                    const tb_case_type *type,
                    const tb_words *words,
                    size_t from,
                    tb_field **out,
                    size_t *out_count)
{
    tb_field *fields = tb_arena_array(&book->client->arena, TB_WORDS_MAX, sizeof *fields);
    if (fields == NULL) {
        tb_say_error("%s", tb_err_text(TB_ERR_LIMIT));
        return false;
    }
    size_t count = 0;
    for (size_t i = from; i < words->count; i++) {
        const char *word = words->list[i];
        const char *equals = strchr(word, '=');
        if (equals == NULL || equals == word) {
            tb_say_error(_("\"%s\" is not FIELD=VALUE"), word);
            return false;
        }
        tb_field field = {tb_bytes_of(word, (size_t)(equals - word)), tb_bytes_str(equals + 1)};
        const tb_field_def *def = type == NULL ? NULL : tb_names_field(type, field.id);
        if (def != NULL) {
            field.id = tb_bytes_str(def->id);
            if (!meaning(book, campaign, def, word, &field)) {
                return false;
            }
        }
        if (!place(fields, &count, field)) {
            tb_say_error(_("\"%s\": this field is given twice"), word);
            return false;
        }
    }
    *out = fields;
    *out_count = count;
    return true;
}
