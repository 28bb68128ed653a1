#include "agents/campaign/load_nodes.h"

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

static void tell_syntax(reading *r, const yaml_parser_t *parser)
{
    char what[200];
    const char *problem = parser->problem != NULL ? parser->problem : "";
    (void)snprintf(what, sizeof what, "%s%s%s", problem, parser->context != NULL ? ", " : "",
                   parser->context != NULL ? parser->context : "");
    fail(r, (unsigned)parser->problem_mark.line + 1, TB_FAULT_NOT_YAML, what);
}

static void read_all(reading *r, yaml_parser_t *parser)
{
    bool done = false;
    while (!done && !r->failed) {
        yaml_event_t event;
        if (yaml_parser_parse(parser, &event) == 0) {
            tell_syntax(r, parser);
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
    read_all(&r, &parser);
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
