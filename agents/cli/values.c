#include "agents/cli/values.h"

#include "agents/campaign/fields.h"
#include "agents/cli/say.h"
#include "agents/cli/width.h"
#include "agents/import/names.h"
#include "agents/import/values.h"
#include "base/text.h"

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

/* Of what somebody typed, so that the sentence before it stays in sight. */
#define SHOWN_COLUMNS 80

/* What is wrong with a value typed here: no column of a table, and the choices are few enough to be
 * named. */
static void say_wrong(tb_book *book,
                      const tb_campaign *campaign,
                      const tb_field_def *def,
                      const char *word,
                      tb_refusal refused)
{
    const tb_code_list *codes =
        def->type == TB_FIELD_CHOICE ? tb_campaign_codes(campaign, def->choices) : NULL;
    if (refused == TB_REFUSED_VALUE_UNKNOWN && def->type == TB_FIELD_MSISDN) {
        refused = TB_REFUSED_NUMBER_MALFORMED;
    } else if (refused == TB_REFUSED_VALUE_UNKNOWN) {
        refused = codes != NULL ? TB_REFUSED_CHOICE : TB_REFUSED_FIELD_INVALID;
    }
    tb_text text;
    const tb_bytes shown = tb_width_cut(tb_bytes_str(word), SHOWN_COLUMNS);
    tb_bytes detail = shown;
    tb_text_init(&text, &book->client->arena, TB_REASON_BYTES_MAX + detail.size);
    tb_text_bytes(&text, detail);
    for (unsigned i = 0; codes != NULL && i < codes->choice_count; i++) {
        tb_text_str(&text, i == 0 ? ": " : " | ");
        tb_text_bytes(&text,
                      tb_book_label(&codes->choices[i].title, tb_bytes_str(codes->choices[i].id)));
    }
    const char *form = refused == TB_REFUSED_FIELD_INVALID || refused == TB_REFUSED_VALUE_UNKNOWN
                           ? tb_value_form(def->type, tb_say_chinese())
                           : "";
    if (form[0] != '\0') {
        tb_text_str(&text, ": ");
        tb_text_str(&text, form);
    }
    if (tb_text_done(&text, &detail) != TB_OK) {
        detail = shown; /* too many to be named */
    }
    tb_say_refusal(refused, detail);
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
    if (def->type == TB_FIELD_PARTY) {
        field->value = tb_book_party_id(book, field->value);
    }
    tb_err err = tb_value_read(campaign, def, provinces, field->value, &book->client->arena,
                               &field->value, &refused);
    if (err != TB_OK) {
        tb_say_error("%s", tb_err_text(err));
        return false;
    }
    if (refused != TB_ACCEPTED) {
        say_wrong(book, campaign, def, word, refused);
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
        if (def == NULL && !tb_field_well_formed(TB_FIELD_CHOICE, field.id)) {
            tb_say_refusal(TB_REFUSED_FIELD_UNKNOWN,
                           field.id); /* no id, and nothing is so called */
            return false;
        }
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

bool tb_values_sought(
    tb_book *book, const char *field, const char *value, tb_bytes *out_field, tb_bytes *out_value)
{
    const tb_campaign *campaign;
    const tb_field_def *def;
    tb_field sought = {tb_bytes_str(field), tb_bytes_str(value)};
    if (!tb_book_field_of(book, sought.id, &campaign, &def)) {
        tb_say_error(_("no campaign here has a field \"%s\"; see: tongbao campaign show CAMPAIGN"),
                     field);
        return false;
    }
    sought.id = tb_bytes_str(def->id);
    if (!meaning(book, campaign, def, value, &sought)) {
        return false;
    }
    *out_field = sought.id;
    *out_value = sought.value;
    return true;
}
