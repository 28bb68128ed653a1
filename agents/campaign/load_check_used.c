/* load_check_used - roles, code lists, positions and fields that are declared and then named
 * nowhere: more often a slip in the name than a thing too many. */
#include "agents/campaign/load_check.h"

#include <stdlib.h>

typedef struct naming {
    tb_check *check;
    const char **names; /* every value that is no id and no label, ascending */
    size_t count;
    size_t capacity;
} naming;

static void add(naming *n, const char *name)
{
    const char **longer = tb_pool_grow(n->check->findings->pool, (void *)n->names, n->count,
                                       &n->capacity, sizeof *longer);
    if (longer != NULL) {
        n->names = longer;
        n->names[n->count++] = name;
    }
}

static bool declares(const char *key)
{
    return strcmp(key, "id") == 0 || strcmp(key, "zh") == 0 || strcmp(key, "en") == 0;
}

static void gather(naming *n, const tb_node *node)
{
    bool is_map = node->kind == TB_NODE_MAP;
    for (const tb_node *child = node->child; child != NULL; child = child->next) {
        const tb_node *value = is_map ? child->next : child;
        if (value->kind != TB_NODE_SCALAR) {
            gather(n, value);
        } else if (!is_map || !declares(child->text)) {
            add(n, value->text);
        }
        child = value;
    }
}

static int order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
check_one(naming *n, tb_item_kind kind, const char *const *id, const void *entry, tb_fault fault)
{
    bool named = n->count > 0 && bsearch(id, n->names, n->count, sizeof *n->names, order) != NULL;
    if (**id != '\0' && !named) {
        tb_check_item(n->check, kind, *id, entry);
        tb_check_fault(n->check, tb_at_value(id), fault, NULL, NULL);
    }
}

static void check_type(naming *n, const tb_case_type *type)
{
    for (unsigned i = 0; i < type->field_count; i++) {
        const tb_field_def *field = &type->fields[i];
        check_one(n, TB_ITEM_FIELD, &field->id, field, TB_FAULT_FIELD_UNUSED);
    }
    for (unsigned i = 0; i < type->position_count; i++) {
        const tb_position *position = &type->positions[i];
        check_one(n, TB_ITEM_POSITION, &position->id, position, TB_FAULT_POSITION_UNUSED);
    }
}

/* A party that a field names may be of any role. */
static bool names_any_party(const tb_campaign *c)
{
    for (unsigned i = 0; i < c->case_type_count; i++) {
        for (unsigned p = 0; p < c->case_types[i].position_count; p++) {
            if (c->case_types[i].positions[p].kind == TB_POSITION_FIELD) {
                return true;
            }
        }
    }
    return false;
}

void tb_check_used(tb_check *check)
{
    const tb_campaign *c = check->campaign;
    naming n = {.check = check};
    gather(&n, check->root);
    if (n.count > 0) {
        qsort((void *)n.names, n.count, sizeof *n.names, order);
    }
    for (unsigned i = 0; !names_any_party(c) && i < c->role_count; i++) {
        check_one(&n, TB_ITEM_ROLE, &c->roles[i].id, &c->roles[i], TB_FAULT_ROLE_UNUSED);
    }
    for (unsigned i = 0; i < c->code_count && !c->codes[i].of_duties; i++) {
        check_one(&n, TB_ITEM_CODES, &c->codes[i].id, &c->codes[i], TB_FAULT_CODES_UNUSED);
    }
    for (unsigned i = 0; i < c->case_type_count; i++) {
        check_type(&n, &c->case_types[i]);
    }
}
