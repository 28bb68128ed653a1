#include "agents/family.h"

#include "agents/campaign/duty.h"
#include "agents/campaign/scene.h"
#include "agents/chain.h"
#include "agents/rows_duty.h"

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

/* ---- what each of many owes ---- */

/* What the debtor said last: the open fields of its newest side event that fulfils the duty. */
static tb_err say(tb_txn *txn, const tb_duty_row *duty, const tb_duty_def *def, tb_local_owed *out)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row stored;
    tb_time newest = 0;
    tb_err err = tb_event_first(txn, &duty->key.case_id, TB_CLASS_SIDE, &walk, &key, &stored);
    while (err == TB_OK) {
        tb_event event;
        err = tb_chain_decode(txn, &stored, &event);
        if (err != TB_OK) {
            return err;
        }
        if (stored.standing == TB_STANDING_EFFECTIVE && tb_duty_ends(def, event.action) &&
            tb_party_equal(tb_event_author(&event), &duty->key.debtor) && event.at >= newest) {
            newest = event.at;
            out->fields = event.fields;
            out->field_count = event.field_count;
        }
        err = tb_event_next(txn, &walk, &key, &stored);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static bool goes_before(const tb_local_owed *a, const tb_local_owed *b)
{
    int order = tb_bytes_equal(a->duty, b->duty) ? 0 : tb_names_compare(a->duty, b->duty);
    return order != 0 ? order < 0 : memcmp(&a->debtor, &b->debtor, sizeof a->debtor) < 0;
}

/* Of a duty that began twice the newer round. */
static void
keep(tb_local_family *family, uint64_t *rounds, const tb_local_owed *one, uint64_t round)
{
    size_t at = 0;
    while (at < family->owed_count && goes_before(&family->owed[at], one)) {
        at++;
    }
    bool there = at < family->owed_count && !goes_before(one, &family->owed[at]);
    if (there && rounds[at] > round) {
        return;
    }
    if (!there) {
        memmove(family->owed + at + 1, family->owed + at, (family->owed_count - at) * sizeof *one);
        memmove(rounds + at + 1, rounds + at, (family->owed_count - at) * sizeof *rounds);
        family->owed_count++;
    }
    family->owed[at] = *one;
    rounds[at] = round;
}

static tb_err add_owed(tb_txn *txn, const tb_case_row *row, tb_local_family *family)
{
    tb_duty_row *list;
    size_t count;
    tb_err err = tb_duties_of(txn, &row->id, &list, &count);
    if (err != TB_OK || row->view.type == NULL) {
        return err;
    }
    uint64_t *rounds = tb_arena_array(tb_txn_arena(txn), count + 1, sizeof *rounds);
    family->owed = tb_arena_array(tb_txn_arena(txn), count + 1, sizeof *family->owed);
    if (family->owed == NULL || rounds == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        const tb_duty_def *def = tb_case_type_duty(row->view.type, list[i].key.duty);
        if (def == NULL || !tb_position_many(row->view.type, def->owed_by)) {
            continue;
        }
        tb_local_owed one = {.duty = list[i].key.duty,
                             .title_zh = tb_campaign_text(def->title.zh),
                             .title_en = tb_campaign_text(def->title.en),
                             .debtor = list[i].key.debtor,
                             .state = list[i].state,
                             .due = list[i].due,
                             .ended = list[i].ended};
        err = say(txn, &list[i], def, &one);
        if (err == TB_OK) {
            keep(family, rounds, &one, list[i].from_number);
        }
    }
    return err;
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
    family.case_type = row.case_type;
    if (err == TB_OK) {
        err = add_owed(txn, &row, &family);
    }
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
