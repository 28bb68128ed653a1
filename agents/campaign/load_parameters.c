#include "agents/campaign/load_parameters.h"

#include "agents/campaign/fields.h"
#include "agents/import/utf8.h"

#define KEY "parameters:"
/* More than any definition has; what is beyond is not put in, and the check bounds the list. */
#define PARAMETERS_MAX 64

/* One declared parameter. */
typedef struct declared {
    tb_bytes id;
    tb_parameter_type type;
    const tb_node *value;
} declared;

typedef struct declarations {
    declared list[PARAMETERS_MAX];
    size_t count;
    tb_bytes block; /* where in the text they stand */
} declarations;

/* ---- what a value may be ---- */

static bool all_digits(tb_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return text.size > 0;
}

/* Signs that could mean something to YAML are none of a value. */
static bool is_plain(tb_bytes text)
{
    static const char signs[] = "\"'\\{}[]#:,&*!|>%@`$?";
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c < ' ' || c == 0x7F || strchr(signs, c) != NULL) {
            return false;
        }
    }
    return text.size > 0 && text.size <= TB_PARAMETER_BYTES_MAX && text.data[0] != ' ' &&
           text.data[0] != '-' && tb_utf8_valid(text);
}

bool tb_parameter_fits(tb_parameter_type type, tb_bytes value)
{
    switch (type) {
    case TB_PARAMETER_YEAR:
        return value.size == 4 && all_digits(value) && value.data[0] != '0';
    case TB_PARAMETER_DATE:
        return tb_field_well_formed(TB_FIELD_DATE, value);
    case TB_PARAMETER_COUNT:
        return value.size <= 9 && tb_field_well_formed(TB_FIELD_COUNT, value);
    case TB_PARAMETER_TEXT:
        return is_plain(value);
    }
    return false;
}

static const char *stand_in(tb_parameter_type type)
{
    switch (type) {
    case TB_PARAMETER_YEAR:
        return "2000";
    case TB_PARAMETER_DATE:
        return "2000-01-01";
    case TB_PARAMETER_COUNT:
        return "1";
    case TB_PARAMETER_TEXT:
        return "-";
    }
    return "-";
}

/* ---- what is declared ---- */

static size_t line_end(tb_bytes text, size_t at)
{
    while (at < text.size && text.data[at] != '\n') {
        at++;
    }
    return at < text.size ? at + 1 : at;
}

/* Of the top-level key: its own line, and those behind it that begin no other key. */
static tb_bytes find_block(tb_bytes yaml)
{
    size_t size = sizeof KEY - 1;
    size_t at = 0;
    while (at < yaml.size && (yaml.size - at < size || memcmp(yaml.data + at, KEY, size) != 0)) {
        at = line_end(yaml, at);
    }
    size_t end = at < yaml.size ? line_end(yaml, at) : at;
    while (end < yaml.size && strchr(" #-]}\r\n", yaml.data[end]) != NULL) {
        end = line_end(yaml, end);
    }
    return tb_bytes_of(yaml.data + at, end - at);
}

/* The declarations are read by themselves: ${year} elsewhere need not be YAML yet. What is wrong
 * with them is told when the whole is read. */
static void read_declared(tb_bytes yaml, tb_pool *pool, declarations *out)
{
    static const char *const types[] = {
        [TB_PARAMETER_YEAR] = "year",
        [TB_PARAMETER_DATE] = "date",
        [TB_PARAMETER_COUNT] = "count",
        [TB_PARAMETER_TEXT] = "text",
    };
    tb_findings unheard = {.pool = pool};
    out->count = 0;
    out->block = find_block(yaml);
    const tb_node *root = out->block.size > 0 ? tb_nodes_read(out->block, pool, &unheard) : NULL;
    const tb_node *list = root != NULL ? tb_node_value(root, "parameters") : NULL;
    const tb_node *entry = list != NULL && list->kind == TB_NODE_LIST ? list->child : NULL;
    for (; entry != NULL && out->count < PARAMETERS_MAX; entry = entry->next) {
        declared one = {.id = tb_node_text(tb_node_value(entry, "id")),
                        .value = tb_node_value(entry, "value")};
        tb_bytes type = tb_node_text(tb_node_value(entry, "type"));
        bool known = false;
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            if (tb_bytes_equal(type, tb_bytes_str(types[i]))) {
                one.type = (tb_parameter_type)i;
                known = true;
            }
        }
        /* One that lacks its type or value is told there, and not once more wherever it stands. */
        if (!known) {
            one.type = TB_PARAMETER_YEAR;
        }
        if (one.id.size > 0) {
            out->list[out->count++] = one;
        }
    }
}

static const declared *find(const declarations *all, tb_bytes id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (tb_bytes_equal(all->list[i].id, id)) {
            return &all->list[i];
        }
    }
    return NULL;
}

/* ---- putting in ---- */

/* The name of a placeholder that begins here; empty when none does. */
static tb_bytes placeholder(tb_bytes text, size_t at)
{
    size_t end = at + 2;
    if (text.size - at < 4 || text.data[at] != '$' || text.data[at + 1] != '{') {
        return (tb_bytes){0};
    }
    while (end < text.size && end - at < TB_NAME_BYTES_MAX + 3 && text.data[end] != '}' &&
           text.data[end] != '\n') {
        end++;
    }
    bool closed = end < text.size && text.data[end] == '}';
    return closed ? tb_bytes_of(text.data + at + 2, end - at - 2) : (tb_bytes){0};
}

static tb_bytes filling(const declared *one)
{
    bool given = one->value != NULL && one->value->kind == TB_NODE_SCALAR;
    tb_bytes value = given ? tb_node_text(one->value) : tb_bytes_of(NULL, 0);
    return tb_parameter_fits(one->type, value) ? value : tb_bytes_str(stand_in(one->type));
}

/* Writes the text with its placeholders filled; out NULL: only counts the bytes. */
static size_t fill(tb_bytes yaml, const declarations *all, uint8_t *out)
{
    size_t used = 0;
    for (size_t at = 0; at < yaml.size;) {
        tb_bytes id = placeholder(yaml, at);
        const declared *one = id.size > 0 ? find(all, id) : NULL;
        tb_bytes piece = one != NULL ? filling(one) : tb_bytes_of(yaml.data + at, 1);
        if (out != NULL) {
            memcpy(out + used, piece.data, piece.size);
        }
        used += piece.size;
        at += one != NULL ? id.size + 3 : 1;
    }
    return used;
}

tb_bytes tb_parameters_fill(tb_bytes yaml, tb_pool *pool)
{
    declarations all;
    read_declared(yaml, pool, &all);
    if (all.count == 0 || pool->exhausted) {
        return yaml;
    }
    size_t size = fill(yaml, &all, NULL);
    if (size > TB_DOCUMENT_BYTES_MAX) {
        return yaml; /* a small document is not made a large one: its placeholders are told */
    }
    uint8_t *text = tb_pool_alloc(pool, size + 1, 1);
    if (text == NULL) {
        return yaml;
    }
    (void)fill(yaml, &all, text);
    return tb_bytes_of(text, size);
}

/* ---- another value ---- */

tb_err tb_parameters_set(tb_bytes yaml, tb_bytes id, tb_bytes value, tb_pool *pool, tb_bytes *out)
{
    declarations all;
    read_declared(yaml, pool, &all);
    const declared *one = find(&all, id);
    if (pool->exhausted) {
        return TB_ERR_LIMIT;
    }
    if (one == NULL) {
        return TB_ERR_NOT_FOUND;
    }
    if (!tb_parameter_fits(one->type, value)) {
        return TB_ERR_CORRUPT;
    }
    size_t block = (size_t)(all.block.data - yaml.data);
    size_t start = block + tb_node_byte(all.block, one->value->start);
    size_t end = block + tb_node_byte(all.block, one->value->end);
    size_t size = start + value.size + 2 + (yaml.size - end);
    uint8_t *text = tb_pool_alloc(pool, size + 1, 1);
    if (text == NULL) {
        return TB_ERR_LIMIT;
    }
    memcpy(text, yaml.data, start);
    text[start] = '"';
    memcpy(text + start + 1, value.data, value.size);
    text[start + 1 + value.size] = '"';
    memcpy(text + start + 2 + value.size, yaml.data + end, yaml.size - end);
    *out = tb_bytes_of(text, size);
    return TB_OK;
}
