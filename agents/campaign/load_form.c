#include "agents/campaign/load_form.h"

#include "agents/campaign/load_schema.h"
#include "agents/campaign/load_settle.h"

#include <stdio.h>
#include <stdlib.h>

#define WORDS_BYTES 400

typedef struct tb_form_line {
    tb_place place;
    unsigned line;
    bool bad;
} tb_form_line;

/* One value being read. */
typedef struct slot {
    const cyaml_schema_value_t *schema;
    const char *key; /* what it is called in the document */
    void *at;        /* where it goes */
    void *count_at;  /* of a list: where its count goes */
    size_t count_size;
} slot;

static void read_slot(tb_form *form, const slot *s, const tb_node *node);

static void put_line(tb_form *form, tb_place place, unsigned line, bool bad)
{
    tb_form_line *lines =
        tb_pool_grow(form->pool, form->lines, form->count, &form->capacity, sizeof *lines);
    if (lines == NULL) {
        return;
    }
    form->lines = lines;
    lines[form->count++] = (tb_form_line){place, line, bad};
}

static void
fault(tb_form *form, const slot *s, unsigned line, tb_fault kind, const char *b, const char *c)
{
    put_line(form, tb_at_value(s->at), line, true);
    tb_findings_add(form->findings, line, NULL, kind, s->key, b, c);
}

/* A number of this many bytes, in the machine's own order, as libcyaml writes it. */
static void put_number(void *at, size_t size, uint64_t value)
{
    switch (size) {
    case 1: {
        uint8_t v = (uint8_t)value;
        memcpy(at, &v, size);
        return;
    }
    case 4: {
        uint32_t v = (uint32_t)value;
        memcpy(at, &v, size);
        return;
    }
    default:
        TB_ASSERT(size == sizeof value);
        memcpy(at, &value, size);
        return;
    }
}

/* ---- scalars ---- */

static bool same_text(const tb_node *node, const char *text)
{
    return strlen(text) == node->size && memcmp(text, node->text, node->size) == 0;
}

static void words_of(const cyaml_schema_value_t *schema, char out[WORDS_BYTES])
{
    size_t used = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < schema->enumeration.count && used < WORDS_BYTES - 40; i++) {
        int size = snprintf(out + used, WORDS_BYTES - used, "%s%s", i > 0 ? ", " : "",
                            schema->enumeration.strings[i].str);
        used += size > 0 ? (size_t)size : 0;
    }
}

static void read_word(tb_form *form, const slot *s, const tb_node *node)
{
    for (uint32_t i = 0; i < s->schema->enumeration.count; i++) {
        if (same_text(node, s->schema->enumeration.strings[i].str)) {
            put_number(s->at, s->schema->data_size,
                       (uint64_t)s->schema->enumeration.strings[i].val);
            return;
        }
    }
    char words[WORDS_BYTES];
    words_of(s->schema, words);
    fault(form, s, node->line, TB_FAULT_NOT_WORD, node->text, words);
}

static void read_count(tb_form *form, const slot *s, const tb_node *node)
{
    uint64_t value = 0;
    bool good = node->size > 0 && node->size < 10 && (node->size == 1 || node->text[0] != '0');
    for (size_t i = 0; good && i < node->size; i++) {
        good = node->text[i] >= '0' && node->text[i] <= '9';
        value = value * 10 + (uint64_t)(node->text[i] - '0');
    }
    if (!good) {
        fault(form, s, node->line, TB_FAULT_NOT_COUNT, node->text, NULL);
        return;
    }
    put_number(s->at, s->schema->data_size, value);
}

static void put_text(tb_form *form, const slot *s, const char *text, size_t size)
{
    char *copy = tb_pool_text(form->pool, text, size);
    memcpy(s->at, &copy, sizeof copy);
}

/* One that is too long is kept whole: what names it elsewhere is not lost with it. */
static void read_text(tb_form *form, const slot *s, const tb_node *node)
{
    char most[16];
    if (node->size > 0 && memchr(node->text, '\0', node->size) != NULL) {
        fault(form, s, node->line, TB_FAULT_NUL, NULL, NULL);
    } else if (node->size < s->schema->string.min) {
        fault(form, s, node->line, TB_FAULT_EMPTY_TEXT, NULL, NULL);
    } else if (node->size > s->schema->string.max) {
        (void)snprintf(most, sizeof most, "%u", (unsigned)s->schema->string.max);
        tb_findings_add(form->findings, node->line, NULL, TB_FAULT_TOO_LONG, s->key, node->text,
                        most);
    }
    put_text(form, s, node->text, node->size);
}

/* ---- lists ---- */

static size_t entry_size(const cyaml_schema_value_t *entry)
{
    return (entry->flags & CYAML_FLAG_POINTER) != 0 ? sizeof(void *) : entry->data_size;
}

static bool stands_before(const tb_node *list, const tb_node *entry)
{
    for (const tb_node *at = list->child; at != entry; at = at->next) {
        if (at->kind == TB_NODE_SCALAR && same_text(at, entry->text)) {
            return true;
        }
    }
    return false;
}

static void read_list(tb_form *form, const slot *s, const tb_node *node)
{
    const cyaml_schema_value_t *entry = s->schema->sequence.entry;
    size_t size = entry_size(entry);
    unsigned most = s->schema->sequence.max;
    unsigned count = node->count < most ? node->count : most;
    uint8_t *list = count > 0 ? tb_pool_alloc(form->pool, count, size) : NULL;
    if (node->count > most) {
        char number[16];
        (void)snprintf(number, sizeof number, "%u", most);
        fault(form, s, node->line, TB_FAULT_LIST_LONG, number, NULL);
    }
    const tb_node *child = node->child;
    unsigned read = 0;
    for (unsigned i = 0; list != NULL && i < count; i++, child = child->next) {
        slot one = {.schema = entry, .key = s->key, .at = list + read * size};
        bool fits = child->kind == (entry->type == CYAML_MAPPING ? TB_NODE_MAP : TB_NODE_SCALAR);
        if (!fits) {
            /* left out: there is nothing in it to check */
            tb_findings_add(form->findings, child->line, NULL,
                            entry->type == CYAML_MAPPING ? TB_FAULT_ENTRY_NOT_MAP
                                                         : TB_FAULT_ENTRY_NOT_TEXT,
                            s->key, NULL, NULL);
            put_line(form, tb_at_value(s->at), child->line, true);
            continue;
        }
        read_slot(form, &one, child);
        read++;
        if (child->kind == TB_NODE_SCALAR && stands_before(node, child)) {
            tb_findings_add(form->findings, child->line, NULL, TB_FAULT_ENTRY_TWICE, s->key,
                            child->text, NULL);
        }
    }
    memcpy(s->at, &list, sizeof list);
    put_number(s->count_at, s->count_size, read);
}

/* ---- mappings ---- */

static void keys_of(const cyaml_schema_field_t *fields, char out[WORDS_BYTES])
{
    size_t used = 0;
    out[0] = '\0';
    for (; fields->key != NULL && used < WORDS_BYTES - 40; fields++) {
        int size =
            snprintf(out + used, WORDS_BYTES - used, "%s%s", used > 0 ? ", " : "", fields->key);
        used += size > 0 ? (size_t)size : 0;
    }
}

/* Where the key stands in the table; the table's length when it is not in it. */
static size_t index_of(const cyaml_schema_field_t *fields, const tb_node *key)
{
    size_t i = 0;
    while (fields[i].key != NULL && !same_text(key, fields[i].key)) {
        i++;
    }
    return i;
}

static slot slot_of(const cyaml_schema_field_t *field, uint8_t *entry)
{
    return (slot){.schema = &field->value,
                  .key = field->key,
                  .at = entry + field->data_offset,
                  .count_at = entry + field->count_offset,
                  .count_size = field->count_size};
}

/* *seen has a bit for every key of the table that was written. */
static void read_pair(tb_form *form,
                      const cyaml_schema_field_t *fields,
                      const tb_node *key,
                      uint8_t *entry,
                      uint64_t *seen)
{
    size_t i = index_of(fields, key);
    TB_ASSERT(i < 64);
    if (fields[i].key == NULL) {
        char keys[WORDS_BYTES];
        keys_of(fields, keys);
        tb_findings_add(form->findings, key->line, NULL, TB_FAULT_KEY_UNKNOWN, key->text, keys,
                        NULL);
        return;
    }
    if ((*seen >> i & 1) != 0) {
        tb_findings_add(form->findings, key->line, NULL, TB_FAULT_KEY_TWICE, key->text, NULL, NULL);
        return;
    }
    *seen |= UINT64_C(1) << i;
    slot s = slot_of(&fields[i], entry);
    read_slot(form, &s, key->next);
}

static void
read_missing(tb_form *form, const cyaml_schema_field_t *field, const tb_node *map, uint8_t *entry)
{
    slot s = slot_of(field, entry);
    if ((field->value.flags & CYAML_FLAG_OPTIONAL) != 0) {
        return;
    }
    fault(form, &s, map->line, TB_FAULT_KEY_MISSING, NULL, NULL);
    if (field->value.type == CYAML_STRING) {
        put_text(form, &s, "", 0);
    }
}

static void read_map(tb_form *form, const slot *s, const tb_node *node)
{
    const cyaml_schema_field_t *fields = s->schema->mapping.fields;
    put_line(form, tb_at(s->at), node->line, false);
    uint64_t seen = 0;
    for (const tb_node *key = node->child; key != NULL; key = key->next->next) {
        read_pair(form, fields, key, s->at, &seen);
    }
    for (size_t i = 0; fields[i].key != NULL; i++) {
        if ((seen >> i & 1) == 0) {
            read_missing(form, &fields[i], node, s->at);
        }
    }
}

/* One that may be absent is behind a pointer. */
static void read_mapping(tb_form *form, const slot *s, const tb_node *node)
{
    slot inside = *s;
    if ((s->schema->flags & CYAML_FLAG_POINTER) != 0) {
        void *entry = tb_pool_alloc(form->pool, 1, s->schema->data_size);
        if (entry == NULL) {
            return;
        }
        memcpy(s->at, &entry, sizeof entry);
        inside.at = entry;
    }
    read_map(form, &inside, node);
}

/* ---- any value ---- */

static void tell_shape(tb_form *form, const slot *s, const tb_node *node)
{
    fault(form, s, node->line,
          s->schema->type == CYAML_SEQUENCE  ? TB_FAULT_NOT_LIST
          : s->schema->type == CYAML_MAPPING ? TB_FAULT_NOT_MAP
                                             : TB_FAULT_NOT_TEXT,
          NULL, NULL);
    if (s->schema->type == CYAML_STRING) {
        put_text(form, s, "", 0);
    }
}

static void read_slot(tb_form *form, const slot *s, const tb_node *node)
{
    tb_node_kind wanted = s->schema->type == CYAML_SEQUENCE  ? TB_NODE_LIST
                          : s->schema->type == CYAML_MAPPING ? TB_NODE_MAP
                                                             : TB_NODE_SCALAR;
    if (node->kind != wanted) {
        tell_shape(form, s, node);
        return;
    }
    if (wanted != TB_NODE_MAP) {
        put_line(form, tb_at_value(s->at), node->line, false);
    }
    switch (s->schema->type) {
    case CYAML_MAPPING:
        read_mapping(form, s, node);
        return;
    case CYAML_SEQUENCE:
        read_list(form, s, node);
        return;
    case CYAML_ENUM:
        read_word(form, s, node);
        return;
    case CYAML_UINT:
        read_count(form, s, node);
        return;
    default:
        TB_ASSERT(s->schema->type == CYAML_STRING); /* the schema has no others */
        read_text(form, s, node);
        return;
    }
}

/* ---- the whole ---- */

static int order(const void *a, const void *b)
{
    const tb_form_line *x = a;
    const tb_form_line *y = b;
    uintptr_t p = (uintptr_t)x->place.address;
    uintptr_t q = (uintptr_t)y->place.address;
    if (p != q) {
        return p < q ? -1 : 1;
    }
    if (x->place.is_value != y->place.is_value) {
        return x->place.is_value ? 1 : -1;
    }
    return (int)y->bad - (int)x->bad; /* what is bad first */
}

/* What is put into several case types has its line in each. */
static void copied(void *context, const void *from, const void *to, size_t size)
{
    tb_form *form = context;
    uintptr_t first = (uintptr_t)from;
    for (size_t i = 0, count = form->count; i < count; i++) {
        const tb_form_line line = form->lines[i];
        uintptr_t at = (uintptr_t)line.place.address;
        if (at >= first && at - first < size) {
            const tb_place place = {(const uint8_t *)to + (at - first), line.place.is_value};
            put_line(form, place, line.line, line.bad);
        }
    }
}

tb_campaign *tb_form_read(tb_form *form, const tb_node *root)
{
    tb_campaign *campaign = tb_pool_alloc(form->pool, 1, sizeof *campaign);
    if (campaign == NULL) {
        return NULL;
    }
    if (root->kind != TB_NODE_MAP) {
        tb_findings_add(form->findings, root->line, NULL, TB_FAULT_NOT_CAMPAIGN, NULL, NULL, NULL);
        return NULL;
    }
    slot s = {.schema = &tb_campaign_schema, .key = "campaign", .at = campaign};
    read_map(form, &s, root); /* its place is given */
    tb_campaign_settle(&(tb_settling){campaign, form->pool, copied, form});
    if (form->count > 0) {
        qsort(form->lines, form->count, sizeof *form->lines, order);
    }
    return form->pool->exhausted ? NULL : campaign;
}

/* The first of a place in the sorted lines. */
static const tb_form_line *find(const tb_form *form, tb_place place)
{
    tb_form_line wanted = {.place = place, .bad = true};
    size_t low = 0;
    size_t high = form->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (order(&form->lines[middle], &wanted) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < form->count && form->lines[low].place.address == place.address &&
                 form->lines[low].place.is_value == place.is_value;
    return found ? &form->lines[low] : NULL;
}

unsigned tb_form_line_of(const tb_form *form, tb_place place)
{
    const tb_form_line *line = find(form, place);
    return line != NULL ? line->line : 0;
}

bool tb_form_given(const tb_form *form, const void *value)
{
    const tb_form_line *line = find(form, tb_at_value(value));
    return line == NULL || !line->bad;
}
