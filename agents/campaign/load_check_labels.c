/* load_check_labels - what people read: each label in its language, and no two alike where nothing
 * beside the label tells which is meant: whose act it was, what matter it is, how it stands, what
 * was chosen. Two actions, fields or measures may share one: one is offered where the other is not.
 */
#include "agents/campaign/load_check.h"

#include <stddef.h>

static bool is_han(const uint8_t *at, size_t left)
{
    if (left < 3 || (at[0] & 0xF0) != 0xE0) {
        return false;
    }
    uint32_t c = (uint32_t)(at[0] & 0x0F) << 12 | (uint32_t)(at[1] & 0x3F) << 6 | (at[2] & 0x3F);
    return c >= 0x3400 && c <= 0x9FFF;
}

static bool has_han(const char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++) {
        if (is_han((const uint8_t *)text + i, size - i)) {
            return true;
        }
    }
    return false;
}

/* A word in small letters; ICCID, URL and R1 are the same in both languages. */
static bool has_word(const char *text)
{
    unsigned run = 0;
    for (; *text != '\0'; text++) {
        run = *text >= 'a' && *text <= 'z' ? run + 1 : 0;
        if (run == 3) {
            return true;
        }
    }
    return false;
}

static bool is_blank(const char *text)
{
    return text[strspn(text, " ")] == '\0';
}

void tb_check_label(
    tb_check *check, const tb_label *label, tb_place entry, const char *of_en, const char *of_zh)
{
    bool zh = label->zh != NULL && !is_blank(label->zh);
    bool en = label->en != NULL && !is_blank(label->en);
    if (!zh && tb_check_given(check, &label->zh)) {
        tb_check_fault(check, entry, TB_FAULT_NO_ZH, of_en, of_zh);
    } else if (zh && !has_han(label->zh) && has_word(label->zh)) {
        tb_check_fault(check, tb_at_value(&label->zh), TB_FAULT_LABEL_ZH, label->zh, NULL);
    }
    if (!en && tb_check_given(check, &label->en)) {
        tb_check_fault(check, entry, TB_FAULT_NO_EN, of_en, of_zh);
    } else if (en && has_han(label->en)) {
        tb_check_fault(check, tb_at_value(&label->en), TB_FAULT_LABEL_EN, label->en, NULL);
    }
}

/* Of a list of things of one kind, each with its id first. */
typedef struct labelled {
    tb_item_kind kind;
    const void *first;
    unsigned count;
    size_t stride;
    size_t title;
} labelled;

static const char *id_at(const labelled *l, unsigned i)
{
    return *(const char *const *)(const void *)((const uint8_t *)l->first + i * l->stride);
}

static const tb_label *label_at(const labelled *l, unsigned i)
{
    return (const tb_label *)(const void *)((const uint8_t *)l->first + i * l->stride + l->title);
}

static bool alike(const char *a, const char *b)
{
    return a != NULL && b != NULL && !is_blank(a) && strcmp(a, b) == 0;
}

static void check_alike(tb_check *check, const labelled *l)
{
    for (unsigned i = 0; i < l->count; i++) {
        const tb_label *one = label_at(l, i);
        const char *id = id_at(l, i);
        bool zh = false;
        bool en = false;
        tb_check_item(check, l->kind, id, (const uint8_t *)l->first + i * l->stride);
        for (unsigned j = 0; j < i; j++) {
            const tb_label *other = label_at(l, j);
            bool twin = strcmp(id, id_at(l, j)) == 0; /* that is told already */
            if (!twin && !zh && alike(one->zh, other->zh)) {
                tb_check_fault(check, tb_at_value(&one->zh), TB_FAULT_LABEL_TWICE, one->zh,
                               id_at(l, j));
                zh = true;
            }
            if (!twin && !en && alike(one->en, other->en)) {
                tb_check_fault(check, tb_at_value(&one->en), TB_FAULT_LABEL_TWICE, one->en,
                               id_at(l, j));
                en = true;
            }
        }
    }
}

#define LABELLED(kind, list, count, type)                                                          \
    {                                                                                              \
        kind, list, count, sizeof(type), offsetof(type, title)                                     \
    }

void tb_check_labels_of_type(tb_check *check, const tb_case_type *type)
{
    const labelled all[] = {
        LABELLED(TB_ITEM_STATE, type->states, type->state_count, tb_state),
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        check_alike(check, &all[i]);
    }
}

void tb_check_labels(tb_check *check)
{
    const tb_campaign *c = check->campaign;
    const labelled all[] = {
        LABELLED(TB_ITEM_ROLE, c->roles, c->role_count, tb_role),
        LABELLED(TB_ITEM_CASE_TYPE, c->case_types, c->case_type_count, tb_case_type),
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        check_alike(check, &all[i]);
    }
    for (unsigned i = 0; i < c->code_count && !c->codes[i].of_duties; i++) {
        const labelled choices =
            LABELLED(TB_ITEM_CHOICE, c->codes[i].choices, c->codes[i].choice_count, tb_choice);
        check_alike(check, &choices);
    }
}
