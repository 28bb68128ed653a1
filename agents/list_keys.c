#include "agents/list_keys.h"

#include "agents/campaign/fields.h"
#include "agents/import/names.h"
#include "agents/import/utf8.h"
#include "base/text.h"
#include "messages/digest.h"

/* Between the fields of one key: no text that a field may hold has it. */
#define BETWEEN 0x1F

static tb_bytes value_of(const tb_field *values, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(values[i].id, tb_bytes_str(id))) {
            return values[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

/* Signs that people put into names or leave out. */
static bool is_sign(uint32_t c)
{
    static const uint32_t signs[] = {'.',
                                     ',',
                                     ';',
                                     ':',
                                     '\'',
                                     '"',
                                     '/',
                                     '\\',
                                     '_',
                                     '*',
                                     '#',
                                     '&',
                                     0xB7 /* · */,
                                     0x2022,
                                     0x3001 /* 、 */,
                                     0x3002 /* 。 */,
                                     0x300A,
                                     0x300B,
                                     0x300C,
                                     0x300D,
                                     0x300E,
                                     0x300F,
                                     0x201C,
                                     0x201D,
                                     0x2018,
                                     0x2019,
                                     0x30FB};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        if (signs[i] == c) {
            return true;
        }
    }
    return false;
}

/* Appends text made plain; out has room for all of it, as no character grows. */
static size_t put_plain(uint8_t *out, tb_bytes text, bool name)
{
    size_t used = 0;
    for (size_t at = 0; at < text.size;) {
        size_t from = at;
        uint32_t c = tb_utf8_narrow(tb_utf8_next(text, &at));
        if (tb_utf8_blank(c) || tb_utf8_dash(c) || c < 0x20 ||
            (name && (tb_utf8_bracket(c) || is_sign(c)))) {
            continue;
        }
        if (c >= 'a' && c <= 'z') {
            c -= 'a' - 'A';
        }
        if (c < 0x80) {
            out[used++] = (uint8_t)c;
        } else {
            memcpy(out + used, text.data + from, at - from);
            used += at - from;
        }
    }
    return used;
}

static tb_err bounded(tb_arena *arena, const uint8_t *key, size_t size, tb_bytes *out)
{
    if (size > TB_LIST_KEY_BYTES_MAX) {
        tb_digest digest = tb_digest_of("tongbao list key", tb_bytes_of(key, size));
        uint8_t *cut = tb_arena_alloc(arena, TB_LIST_KEY_BYTES_MAX);
        if (cut == NULL) {
            return TB_ERR_LIMIT;
        }
        size_t kept = TB_LIST_KEY_BYTES_MAX - sizeof digest.bytes;
        memcpy(cut, key, kept);
        /* a digest may hold any byte; the key's end is found by its length, not by a mark */
        memcpy(cut + kept, digest.bytes, sizeof digest.bytes);
        *out = tb_bytes_of(cut, TB_LIST_KEY_BYTES_MAX);
        return TB_OK;
    }
    *out = tb_bytes_of(key, size);
    return TB_OK;
}

tb_err tb_list_key_of(const tb_case_type *type,
                      const tb_list_key *key,
                      const tb_field *values,
                      size_t count,
                      tb_arena *arena,
                      tb_bytes *out)
{
    size_t room = key->count + 1;
    for (unsigned i = 0; i < key->count; i++) {
        room += value_of(values, count, key->fields[i]).size;
    }
    uint8_t *made = tb_arena_alloc(arena, room);
    if (made == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t used = 0;
    *out = tb_bytes_of(NULL, 0);
    for (unsigned i = 0; i < key->count; i++) {
        const tb_field_def *def = tb_case_type_field(type, tb_bytes_str(key->fields[i]));
        tb_bytes value = value_of(values, count, key->fields[i]);
        if (i > 0) {
            made[used++] = BETWEEN;
        }
        size_t before = used;
        used += put_plain(made + used, value, false);
        if (def == NULL || used == before) {
            return TB_OK; /* one is missing: it cannot be found by this key */
        }
    }
    return bounded(arena, made, used, out);
}

tb_err tb_list_possible_of(const tb_list_possible *possible,
                           const tb_field *values,
                           size_t count,
                           tb_arena *arena,
                           tb_bytes *out,
                           bool *out_whole)
{
    *out = tb_bytes_of(NULL, 0);
    *out_whole = false;
    if (possible->name == NULL) {
        return TB_OK;
    }
    tb_bytes name = value_of(values, count, possible->name);
    tb_bytes place = value_of(values, count, possible->place);
    uint8_t *made = tb_arena_alloc(arena, name.size + place.size + 2);
    if (made == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t used = put_plain(made, name, true);
    if (used == 0) {
        return TB_OK;
    }
    made[used++] = BETWEEN;
    size_t before = used;
    used += put_plain(made + used, place, true);
    *out_whole = used > before;
    return bounded(arena, made, used, out);
}

tb_err tb_list_value(const tb_campaign *campaign,
                     const tb_field_def *field,
                     tb_bytes text,
                     tb_arena *arena,
                     tb_bytes *out,
                     tb_refusal *out_code)
{
    *out_code = TB_ACCEPTED;
    *out = tb_utf8_trim(text);
    if (field->type == TB_FIELD_CHOICE) {
        const tb_code_list *codes = tb_campaign_codes(campaign, field->choices);
        const tb_choice *choice = codes != NULL ? tb_names_choice(codes, *out) : NULL;
        if (choice == NULL) {
            *out_code = TB_REFUSED_CHOICE;
            return TB_OK;
        }
        *out = tb_bytes_str(choice->id);
        return TB_OK;
    }
    if (field->type != TB_FIELD_REG_NO && field->type != TB_FIELD_USCC) {
        return TB_OK;
    }
    uint8_t *made = tb_arena_alloc(arena, out->size + 1);
    if (made == NULL) {
        return TB_ERR_LIMIT;
    }
    *out = tb_bytes_of(made, put_plain(made, *out, false));
    if (!tb_field_well_formed(field->type, *out)) {
        *out_code = TB_REFUSED_FIELD_INVALID;
    }
    return TB_OK;
}
