#include "agents/campaign/load_adopt.h"

#include <stdio.h>

#include "agents/campaign/load_nodes.h"

#define ADDED_BYTES_MAX 512

/* Of a list under a key, the map with this id. */
static const tb_node *entry_of(const tb_node *map, const char *key, tb_bytes id)
{
    const tb_node *list = tb_node_value(map, key);
    bool any = list != NULL && list->kind == TB_NODE_LIST;
    for (const tb_node *entry = any ? list->child : NULL; entry != NULL; entry = entry->next) {
        if (tb_bytes_equal(tb_node_text(tb_node_value(entry, "id")), id)) {
            return entry;
        }
    }
    return NULL;
}

/* What is put behind the value of `default`: on the same line between braces, else on a line of
 * its own, as far in as the key is. */
static size_t
write_added(tb_bytes yaml, size_t key_at, const tb_adopt *wish, char out[ADDED_BYTES_MAX])
{
    size_t line = key_at;
    while (line > 0 && yaml.data[line - 1] != '\n') {
        line--;
    }
    size_t before = key_at;
    while (before > line && yaml.data[before - 1] == ' ') {
        before--;
    }
    /* a key of a block begins its line, behind nothing or the dash of its list */
    bool block = before == line || yaml.data[before - 1] == '-';
    int indent = block ? (int)(key_at - line) : 0;
    int size = snprintf(
        out, ADDED_BYTES_MAX, "%s%*sadopted: {document_no: \"%.*s\", from: \"%.*s\"}",
        block ? "\n" : ", ", indent, "", (int)wish->document_no.size,
        (const char *)wish->document_no.data, (int)wish->from.size, (const char *)wish->from.data);
    return size > 0 && size < ADDED_BYTES_MAX ? (size_t)size : 0;
}

/* One more than what stands there; 0: no number. */
static unsigned next_version(const tb_node *version)
{
    unsigned value = 0;
    for (size_t i = 0; i < version->size; i++) {
        if (version->text[i] < '0' || version->text[i] > '9' || value > 100000000) {
            return 0;
        }
        value = value * 10 + (unsigned)(version->text[i] - '0');
    }
    return value + 1;
}

/* Two pieces replaced, the version's before the other. */
static tb_err join(tb_bytes yaml,
                   const tb_node *version,
                   size_t behind,
                   tb_bytes added,
                   tb_pool *pool,
                   tb_bytes *out)
{
    char number[16];
    size_t from = tb_node_byte(yaml, version->start);
    size_t to = tb_node_byte(yaml, version->end);
    size_t digits = (size_t)snprintf(number, sizeof number, "%u", next_version(version));
    size_t size = yaml.size - (to - from) + digits + added.size;
    uint8_t *text = tb_pool_alloc(pool, size + 1, 1);
    if (text == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t used = from;
    memcpy(text, yaml.data, from);
    memcpy(text + used, number, digits);
    used += digits;
    memcpy(text + used, yaml.data + to, behind - to);
    used += behind - to;
    memcpy(text + used, added.data, added.size);
    used += added.size;
    memcpy(text + used, yaml.data + behind, yaml.size - behind);
    *out = tb_bytes_of(text, size);
    return TB_OK;
}

tb_err tb_limit_adopt(tb_bytes yaml, const tb_adopt *wish, tb_pool *pool, tb_bytes *out)
{
    tb_findings unheard = {.pool = pool}; /* they are told by the check */
    const tb_node *root = tb_nodes_read(yaml, pool, &unheard);
    if (root == NULL) {
        return pool->exhausted ? TB_ERR_LIMIT : TB_ERR_CORRUPT;
    }
    const tb_node *type = entry_of(root, "case_types", wish->of);
    type = type != NULL ? type : entry_of(root, "common", wish->of);
    const tb_node *duty = type != NULL ? entry_of(type, "duties", wish->duty) : NULL;
    if (duty == NULL) {
        return TB_ERR_NOT_FOUND;
    }
    const tb_node *version = tb_node_value(root, "version");
    const tb_node *given = tb_node_key(duty, "default");
    char added[ADDED_BYTES_MAX];
    if (version == NULL || version->kind != TB_NODE_SCALAR || next_version(version) == 0 ||
        given == NULL || !tb_bytes_equal(tb_node_text(given->next), tb_bytes_str("true")) ||
        version->end > given->start || tb_node_key(duty, "adopted") != NULL ||
        memchr(wish->document_no.data, '"', wish->document_no.size) != NULL) {
        return TB_ERR_CORRUPT;
    }
    size_t size = write_added(yaml, tb_node_byte(yaml, given->start), wish, added);
    if (size == 0) {
        return TB_ERR_LIMIT;
    }
    return join(yaml, version, tb_node_byte(yaml, given->next->end),
                tb_bytes_of((const uint8_t *)added, size), pool, out);
}
