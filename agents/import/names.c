#include "agents/import/names.h"

#include "agents/import/utf8.h"

static bool same(const char *name, tb_bytes text)
{
    return name != NULL && text.size > 0 && tb_utf8_same(tb_bytes_str(name), text);
}

static bool
named(const char *id, const tb_label *title, const char **aliases, unsigned count, tb_bytes text)
{
    if (same(id, text) || same(title->zh, text) || same(title->en, text)) {
        return true;
    }
    for (unsigned i = 0; i < count; i++) {
        if (same(aliases[i], text)) {
            return true;
        }
    }
    return false;
}

const tb_field_def *tb_names_field(const tb_case_type *type, tb_bytes text)
{
    for (unsigned i = 0; i < type->field_count; i++) {
        const tb_field_def *field = &type->fields[i];
        if (named(field->id, &field->title, field->aliases, field->alias_count, text)) {
            return field;
        }
    }
    return NULL;
}

const tb_choice *tb_names_choice(const tb_code_list *codes, tb_bytes text)
{
    for (unsigned i = 0; i < codes->choice_count; i++) {
        const tb_choice *choice = &codes->choices[i];
        if (named(choice->id, &choice->title, choice->aliases, choice->alias_count, text)) {
            return choice;
        }
    }
    return NULL;
}
