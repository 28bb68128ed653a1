#include "agents/linked.h"

/* Cases looked at for one value: far above any honest number of notices of one card. */
#define LINKED_MAX 256

static bool links(tb_test test)
{
    return test == TB_TEST_LINKED_OPEN || test == TB_TEST_LINKED_DONE ||
           test == TB_TEST_LINKED_NONE_OPEN;
}

static bool asks(const tb_conditions *conditions)
{
    for (unsigned i = 0; i < conditions->count; i++) {
        if (links(conditions->list[i].test)) {
            return true;
        }
    }
    return false;
}

static bool names(const tb_conditions *conditions, const char *field)
{
    for (unsigned i = 0; i < conditions->count; i++) {
        const tb_condition *c = &conditions->list[i];
        if (links(c->test) && c->field != NULL && strcmp(c->field, field) == 0) {
            return true;
        }
    }
    return false;
}

static bool links_by(const tb_case_type *type, const char *field)
{
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *action = &type->actions[i];
        bool named = names(&action->when, field);
        for (unsigned w = 0; w < action->way_count && !named; w++) {
            named = names(&action->ways[w].when, field);
        }
        if (named) {
            return true;
        }
    }
    return false;
}

/* Whether it matters to the action: it asks for linked cases, or names one. */
static bool concerns(const tb_case_type *type, const tb_action *action)
{
    for (unsigned i = 0; i < action->field_count; i++) {
        const tb_action_field *field = &action->fields[i];
        const tb_field_def *def = tb_case_type_field(type, tb_bytes_str(field->field));
        if (asks(&field->required_when) || (def != NULL && def->type == TB_FIELD_CASE)) {
            return true;
        }
    }
    bool asked = asks(&action->when);
    for (unsigned w = 0; w < action->way_count; w++) {
        asked = asked || asks(&action->ways[w].when);
    }
    return asked;
}

static tb_bytes
value_of(const tb_case_row *row, const tb_field *values, size_t value_count, tb_bytes field)
{
    for (size_t i = 0; i < value_count; i++) {
        if (tb_bytes_equal(values[i].id, field)) {
            return values[i].value;
        }
    }
    for (size_t i = 0; i < row->indexed_count; i++) {
        if (tb_bytes_equal(row->indexed[i].field, field)) {
            return row->indexed[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

static tb_err weigh(const tb_agent *agent, tb_txn *txn, const tb_case_id *id, tb_linked *linked)
{
    size_t mark = tb_arena_mark(tb_txn_arena(txn));
    tb_case_row other;
    tb_err err = tb_case_load(agent, txn, id, &other);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    bool leads = other.view.type != NULL && tb_case_leads(&other.view, &agent->self);
    tb_arena_release(tb_txn_arena(txn), mark);
    if (leads && !linked->known.linked_open) {
        linked->known.linked_open = true;
        linked->found = true;
        linked->first = *id;
    }
    if (other.closed) {
        linked->known.linked_done = true;
        if (!linked->found) {
            linked->found = true;
            linked->first = *id;
        }
    }
    return TB_OK;
}

static tb_err find_others(const tb_agent *agent,
                          tb_txn *txn,
                          const tb_case_row *row,
                          tb_bytes field,
                          tb_bytes value,
                          tb_linked *linked)
{
    tb_bytes prefix;
    tb_err err = tb_case_index_prefix(tb_txn_arena(txn), tb_bytes_str(row->view.campaign->id),
                                      field, value, &prefix);
    if (err != TB_OK || prefix.size == 0) {
        return err;
    }
    tb_bytes key;
    tb_bytes none;
    err = tb_store_seek(txn, TB_TABLE_FIELD_INDEX, prefix, prefix, &key, &none);
    for (unsigned looked = 0; err == TB_OK && looked < LINKED_MAX; looked++) {
        if (key.size != prefix.size + TB_CASE_ID_BYTES) {
            return TB_ERR_CORRUPT;
        }
        tb_case_id id;
        memcpy(id.bytes, key.data + prefix.size, TB_CASE_ID_BYTES);
        if (!tb_case_equal(&id, &row->id)) {
            err = weigh(agent, txn, &id, linked);
            if (err != TB_OK) {
                return err;
            }
        }
        err = tb_store_next(txn, TB_TABLE_FIELD_INDEX, prefix, key, &key, &none);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_linked_find(const tb_agent *agent,
                      tb_txn *txn,
                      const tb_case_row *row,
                      const tb_action *action,
                      const tb_field *values,
                      size_t value_count,
                      tb_linked *out)
{
    tb_linked linked = {0};
    const tb_case_type *type = row->view.type;
    for (unsigned i = 0; concerns(type, action) && i < type->field_count; i++) {
        const tb_field_def *def = &type->fields[i];
        if (!def->index || !links_by(type, def->id)) {
            continue;
        }
        tb_bytes field = tb_bytes_str(def->id);
        tb_bytes value = value_of(row, values, value_count, field);
        tb_err err = find_others(agent, txn, row, field, value, &linked);
        if (err != TB_OK) {
            return err;
        }
    }
    *out = linked;
    return TB_OK;
}
