/* load_nodes - a YAML text as a tree that knows its lines.
 *
 * libcyaml stops at the first fault of form and says nothing of lines afterwards; this tree is
 * read once and serves both: the form is checked on it (load_form.h), and what is found wrong with
 * the meaning is told with the line of the very word.
 */
#ifndef TB_CAMPAIGN_LOAD_NODES_H
#define TB_CAMPAIGN_LOAD_NODES_H

#include "agents/campaign/load_finding.h"
#include "agents/campaign/load_pool.h"

/* Lists within mappings within lists; a campaign needs 10. */
#define TB_NODE_DEPTH_MAX 24

typedef enum tb_node_kind {
    TB_NODE_SCALAR,
    TB_NODE_LIST,
    TB_NODE_MAP, /* children: key, value, key, value; keys are scalars */
} tb_node_kind;

typedef struct tb_node {
    tb_node_kind kind;
    unsigned line; /* 1 is the first */
    const char *text;
    size_t size;  /* of the text: it may hold a NUL */
    size_t start; /* of a scalar: where it stands with its quotes, in characters; behind it */
    size_t end;
    struct tb_node *child;
    struct tb_node *last; /* child */
    struct tb_node *next; /* sibling */
    unsigned count;       /* children */
} tb_node;

/* The document's root, in the pool; NULL when the text is not one YAML document without aliases,
 * which is told. */
tb_node *tb_nodes_read(tb_bytes yaml, tb_pool *pool, tb_findings *findings);

/* What a scalar says; empty for anything else, and for NULL. */
tb_bytes tb_node_text(const tb_node *node);
/* The key of this name in a mapping, whose value is the next node; NULL: none, or no mapping. */
const tb_node *tb_node_key(const tb_node *map, const char *key);
/* Its value. */
const tb_node *tb_node_value(const tb_node *map, const char *key);
/* Where a character of UTF-8 text stands, by its number: `start` and `end` in bytes. */
size_t tb_node_byte(tb_bytes text, size_t character);

#endif
