#include "agents/family.h"

/* Cases shown that one case opened. */
#define CHILDREN_MAX 64

/* The nth pair of case type and parent field that some action of the campaign opens; NULL: no more.
 */
static const tb_opens *nth_opens(const tb_campaign *campaign, size_t n)
{
    for (unsigned t = 0; t < campaign->case_type_count; t++) {
        const tb_case_type *type = &campaign->case_types[t];
        for (unsigned i = 0; i < type->action_count; i++) {
            const tb_action *action = &type->actions[i];
            if (n < action->opens_count) {
                return &action->opens[n];
            }
            n -= action->opens_count;
        }
    }
    return NULL;
}

static tb_err relate(const tb_agent *agent, tb_txn *txn, tb_local_relative *out)
{
    tb_case_row row;
    tb_err err = tb_case_load(agent, txn, &out->case_id, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err; /* not shown to this party */
    }
    out->known = true;
    out->case_type = row.case_type;
    out->state = row.view.state;
    out->holder = row.view.holder;
    return TB_OK;
}

static tb_err find_parent(const tb_agent *agent,
                          tb_txn *txn,
                          const tb_case_row *row,
                          const tb_campaign *campaign,
                          tb_local_relative *out)
{
    const tb_opens *opens;
    for (size_t n = 0; (opens = nth_opens(campaign, n)) != NULL; n++) {
        if (!tb_bytes_equal(tb_bytes_str(opens->case_type), row->case_type)) {
            continue;
        }
        for (size_t i = 0; i < row->indexed_count; i++) {
            if (tb_bytes_equal(row->indexed[i].field, tb_bytes_str(opens->parent)) &&
                tb_hex_parse(row->indexed[i].value, out->case_id.bytes, TB_CASE_ID_BYTES)) {
                return relate(agent, txn, out);
            }
        }
    }
    return TB_OK;
}

static bool is_there(const tb_local_family *family, const tb_case_id *id)
{
    for (size_t i = 0; i < family->count; i++) {
        if (tb_case_equal(&family->children[i].case_id, id)) {
            return true;
        }
    }
    return false;
}

static tb_err add_children(const tb_agent *agent,
                           tb_txn *txn,
                           const tb_case_row *row,
                           const tb_opens *opens,
                           tb_local_family *family)
{
    char hex[2 * TB_CASE_ID_BYTES + 1];
    tb_bytes prefix;
    tb_bytes key;
    tb_bytes value;
    tb_hex(row->id.bytes, TB_CASE_ID_BYTES, hex);
    tb_err err = tb_case_index_prefix(tb_txn_arena(txn), row->campaign, tb_bytes_str(opens->parent),
                                      tb_bytes_of(hex, sizeof hex - 1), &prefix);
    if (err != TB_OK) {
        return err;
    }
    err = tb_store_seek(txn, TB_TABLE_FIELD_INDEX, prefix, prefix, &key, &value);
    while (err == TB_OK && family->count < CHILDREN_MAX) {
        tb_local_relative *child = &family->children[family->count];
        if (key.size != prefix.size + TB_CASE_ID_BYTES) {
            return TB_ERR_CORRUPT;
        }
        *child = (tb_local_relative){0};
        memcpy(child->case_id.bytes, key.data + prefix.size, TB_CASE_ID_BYTES);
        if (!is_there(family, &child->case_id)) {
            err = relate(agent, txn, child);
            family->count += err == TB_OK;
        }
        if (err == TB_OK) {
            err = tb_store_next(txn, TB_TABLE_FIELD_INDEX, prefix, key, &key, &value);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err
tb_query_family(const tb_agent *agent, tb_txn *txn, const tb_case_id *id, tb_local_answer *answer)
{
    tb_case_row row;
    tb_local_family family = {
        .children = tb_arena_array(tb_txn_arena(txn), CHILDREN_MAX, sizeof *family.children)};
    if (family.children == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_case_load(agent, txn, id, &row);
    if (err == TB_ERR_NOT_FOUND) {
        answer->code = TB_REFUSED_UNKNOWN_CASE;
        return TB_OK;
    }
    family.campaign = row.campaign;
    /* by every version: parent and child may be pinned to different ones */
    for (size_t c = 0; err == TB_OK && c < agent->campaigns->count; c++) {
        const tb_campaign *campaign = agent->campaigns->list[c];
        const tb_opens *opens;
        if (!tb_bytes_equal(tb_bytes_str(campaign->id), row.campaign)) {
            continue;
        }
        if (tb_case_zero(&family.parent.case_id)) {
            err = find_parent(agent, txn, &row, campaign, &family.parent);
        }
        for (size_t n = 0; err == TB_OK && (opens = nth_opens(campaign, n)) != NULL; n++) {
            err = add_children(agent, txn, &row, opens, &family);
        }
    }
    answer->kind = TB_ANSWER_FAMILY;
    answer->family = family;
    return err;
}
