#include "agents/campaign/load_nodes.h"

#include "agents/import/utf8.h"

#include <stdio.h>
#include <yaml.h>

typedef struct reading {
    tb_pool *pool;
    tb_findings *findings;
    tb_node *root;
    tb_node *open[TB_NODE_DEPTH_MAX]; /* lists and mappings not yet ended */
    size_t depth;
    unsigned documents;
    bool failed;
} reading;

static void fail(reading *r, unsigned line, tb_fault fault, const char *a)
{
    r->failed = true;
    tb_findings_add(r->findings, line, NULL, fault, a, NULL, NULL);
}

static unsigned line_of(const yaml_event_t *event)
{
    return (unsigned)event->start_mark.line + 1;
}

static tb_node *add(reading *r, const yaml_event_t *event, tb_node_kind kind)
{
    tb_node *node = tb_pool_alloc(r->pool, 1, sizeof *node);
    if (node == NULL) {
        r->failed = true;
        return NULL;
    }
    node->kind = kind;
    node->line = line_of(event);
    if (r->depth == 0) {
        r->root = node;
        return node;
    }
    tb_node *parent = r->open[r->depth - 1];
    if (parent->kind == TB_NODE_MAP && parent->count % 2 == 0 && kind != TB_NODE_SCALAR) {
        fail(r, node->line, TB_FAULT_KEY_FORM, NULL);
        return NULL;
    }
    if (parent->last != NULL) {
        parent->last->next = node;
    } else {
        parent->child = node;
    }
    parent->last = node;
    parent->count++;
    return node;
}

static void begin(reading *r, const yaml_event_t *event, tb_node_kind kind)
{
    tb_node *node = add(r, event, kind);
    if (node == NULL) {
        return;
    }
    if (r->depth == TB_NODE_DEPTH_MAX) {
        fail(r, node->line, TB_FAULT_TOO_DEEP, NULL);
        return;
    }
    r->open[r->depth++] = node;
}

static void scalar(reading *r, const yaml_event_t *event)
{
    tb_node *node = add(r, event, TB_NODE_SCALAR);
    if (node == NULL) {
        return;
    }
    node->size = event->data.scalar.length;
    node->start = event->start_mark.index;
    node->end = event->end_mark.index;
    node->text = tb_pool_text(r->pool, (const char *)event->data.scalar.value, node->size);
    r->failed = r->failed || node->text == NULL;
}

/* What libyaml calls a document is begun once more: a second one behind "---" is never read. */
static void document(reading *r, const yaml_event_t *event)
{
    if (++r->documents > 1) {
        fail(r, line_of(event), TB_FAULT_TWO_DOCUMENTS, NULL);
    }
}

static void take(reading *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        scalar(r, event);
        return;
    case YAML_SEQUENCE_START_EVENT:
        begin(r, event, TB_NODE_LIST);
        return;
    case YAML_MAPPING_START_EVENT:
        begin(r, event, TB_NODE_MAP);
        return;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        r->depth--;
        return;
    case YAML_ALIAS_EVENT:
        fail(r, line_of(event), TB_FAULT_ALIAS, (const char *)event->data.alias.anchor);
        return;
    case YAML_DOCUMENT_START_EVENT:
        document(r, event);
        return;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return;
    }
}

/* ---- what is not YAML ---- */

typedef struct oddity {
    const char *en;
    const char *remedy;
    const char *zh;
} oddity;

static size_t line_end(tb_bytes text, size_t at)
{
    while (at < text.size && text.data[at] != '\n') {
        at++;
    }
    return at;
}

static bool begins(tb_bytes text, size_t at, const char *with)
{
    size_t size = strlen(with);
    return at + size <= text.size && memcmp(text.data + at, with, size) == 0;
}

/* A wide comma with a key behind it: 甲，zh: 乙. In a text it may stand. */
static bool wide_comma_in(tb_bytes text, size_t at, size_t end)
{
    for (; at < end; at++) {
        if (!begins(text, at, "\xEF\xBC\x8C")) {
            continue;
        }
        size_t key = at + 3;
        while (key < end && text.data[key] == ' ') {
            key++;
        }
        size_t word = key;
        while (key < end &&
               ((text.data[key] >= 'a' && text.data[key] <= 'z') || text.data[key] == '_')) {
            key++;
        }
        if (key > word && begins(text, key, ": ")) {
            return true;
        }
    }
    return false;
}

/* A space of another kind in front; within braces a comma that is none; or behind a key a colon
 * that is none, or one without a space.
 */
static const oddity *odd_in(tb_bytes text, size_t at, size_t end)
{
    static const oddity comma = {"the comma here is a wide one (，)",
                                 "write ',' and a space behind it", "逗号为全角（，）"};
    static const oddity space = {"a space here is a tab or a wide space",
                                 "indent with plain spaces only",
                                 "缩进中有制表符、全角空格或不间断空格"};
    static const oddity colon = {"the colon here is a wide one (：)",
                                 "write ':' and a space behind it", "冒号为全角（：）"};
    static const oddity tight = {"no space stands behind the colon", "write a space behind it",
                                 "冒号后没有空格"};
    for (; at < end && (text.data[at] == ' ' || text.data[at] == '-'); at++) {
    }
    if (begins(text, at, "\t") || begins(text, at, "\xC2\xA0") ||
        begins(text, at, "\xE3\x80\x80")) {
        return &space;
    }
    if (begins(text, at, "{") && wide_comma_in(text, at, end)) {
        return &comma;
    }
    size_t word = at;
    while (at < end && ((text.data[at] >= 'a' && text.data[at] <= 'z') || text.data[at] == '_')) {
        at++;
    }
    if (at == word) {
        return NULL;
    }
    if (begins(text, at, "\xEF\xBC\x9A")) {
        return &colon;
    }
    bool closed = at + 1 >= end || text.data[at + 1] == ' ' || text.data[at + 1] == '\r';
    return begins(text, at, ":") && !closed ? &tight : NULL;
}

/* The parser stumbles behind what is wrong: the nearest odd line among those it had just read. */
static const oddity *odd_before(tb_bytes text, unsigned line, unsigned *out_line)
{
    const oddity *found = NULL;
    size_t at = 0;
    for (unsigned i = 1; at < text.size && i <= line; i++) {
        size_t end = line_end(text, at);
        const oddity *odd = i + 2 >= line ? odd_in(text, at, end) : NULL;
        if (odd != NULL) {
            found = odd;
            *out_line = i;
        }
        at = end + 1;
    }
    return found;
}

static void tell_syntax(reading *r, const yaml_parser_t *parser, tb_bytes text)
{
    char what[200];
    unsigned line = (unsigned)parser->problem_mark.line + 1;
    const oddity *odd = odd_before(text, line, &line);
    const char *problem = parser->problem != NULL ? parser->problem : "";
    size_t good = tb_utf8_front(text);
    if (good < text.size) {
        line = 1;
        for (size_t i = 0; i < good; i++) {
            line += text.data[i] == '\n';
        }
        fail(r, line, TB_FAULT_NOT_UTF8, NULL);
        return;
    }
    if (odd != NULL) {
        r->failed = true;
        tb_findings_add(r->findings, line, NULL, TB_FAULT_ODD_CHARACTER, odd->en, odd->remedy,
                        odd->zh);
        return;
    }
    (void)snprintf(what, sizeof what, "%s%s%s", problem, parser->context != NULL ? ", " : "",
                   parser->context != NULL ? parser->context : "");
    fail(r, line, TB_FAULT_NOT_YAML, what);
}

static void read_all(reading *r, yaml_parser_t *parser, tb_bytes text)
{
    bool done = false;
    while (!done && !r->failed) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) == 0) {
            tell_syntax(r, parser, text);
            return;
        }
        take(r, &event);
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
}

tb_node *tb_nodes_read(tb_bytes yaml, tb_pool *pool, tb_findings *findings)
{
    yaml_parser_t parser;
    reading r = {.pool = pool, .findings = findings};
    if (yaml_parser_initialize(&parser) == 0) {
        pool->exhausted = true;
        return NULL;
    }
    yaml_parser_set_input_string(&parser, yaml.size > 0 ? yaml.data : (const uint8_t *)"",
                                 yaml.size);
    read_all(&r, &parser, yaml);
    yaml_parser_delete(&parser);
    if (!r.failed && r.root == NULL) {
        fail(&r, 1, TB_FAULT_EMPTY, NULL);
    }
    return r.failed ? NULL : r.root;
}

/* ---- looking ---- */

tb_bytes tb_node_text(const tb_node *node)
{
    return node != NULL && node->kind == TB_NODE_SCALAR ? tb_bytes_of(node->text, node->size)
                                                        : (tb_bytes){0};
}

const tb_node *tb_node_key(const tb_node *map, const char *key)
{
    bool any = map != NULL && map->kind == TB_NODE_MAP;
    for (const tb_node *k = any ? map->child : NULL; k != NULL; k = k->next->next) {
        if (tb_bytes_equal(tb_node_text(k), tb_bytes_str(key))) {
            return k;
        }
    }
    return NULL;
}

const tb_node *tb_node_value(const tb_node *map, const char *key)
{
    const tb_node *found = tb_node_key(map, key);
    return found != NULL ? found->next : NULL;
}

size_t tb_node_byte(tb_bytes text, size_t character)
{
    size_t at = 0;
    for (size_t i = 0; i < character && at < text.size; i++) {
        at++;
        while (at < text.size && (text.data[at] & 0xC0) == 0x80) {
            at++;
        }
    }
    return at;
}
