/* lists_gate - may this one be appointed?
 *
 * Answered from our own copy, so that it works while the line is down. Keys are looked up; the list
 * is never walked.
 */
#include "agents/campaign/scene.h"
#include "agents/lists.h"

/* Entries shown for one applicant. */
#define HITS_MAX 8
/* Cases looked at under one key: of other provinces, most of them. */
#define LOOKED_MAX 64

typedef struct gate {
    const tb_agent *agent;
    tb_txn *txn;
    const tb_campaign *campaign;
    const tb_case_type *type;
    const tb_list_def *list;
    tb_bytes province; /* empty: wherever */
} gate;

static bool lists_here(const gate *g, const tb_list_entry *entry)
{
    return g->list->scope == TB_LIST_NATIONAL || tb_bytes_equal(entry->province, g->province);
}

static bool is_there(const tb_local_verdict *out, const tb_case_id *id)
{
    for (size_t i = 0; i < out->count; i++) {
        if (tb_case_equal(&out->entries[i].case_id, id)) {
            return true;
        }
    }
    return false;
}

static tb_err look_up(const gate *g, const tb_list_mark *mark, bool whole, tb_local_verdict *out)
{
    tb_bytes cursor = tb_bytes_of(NULL, 0);
    tb_bytes campaign = tb_bytes_str(g->campaign->id);
    tb_bytes list = tb_bytes_str(g->list->id);
    for (unsigned looked = 0; looked < LOOKED_MAX && out->count < HITS_MAX; looked++) {
        tb_case_id id;
        tb_list_entry entry;
        tb_case_row row;
        tb_err err = tb_list_found(g->txn, campaign, list, mark, whole, &cursor, &id);
        if (err == TB_OK) {
            err = tb_list_get(g->txn, campaign, list, &id, &entry);
            err = err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        } else if (err == TB_ERR_NOT_FOUND) {
            return TB_OK;
        }
        if (err == TB_OK && lists_here(g, &entry) && !is_there(out, &id)) {
            err = tb_lists_show(g->agent, g->txn, &entry, &row, &out->entries[out->count]);
            out->count += err == TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static bool searched_by(const tb_list_def *list, tb_bytes field)
{
    for (unsigned i = 0; i < list->key_count; i++) {
        if (tb_names_hold(list->keys[i].fields, list->keys[i].count, field)) {
            return true;
        }
    }
    return list->possible.name != NULL &&
           (tb_bytes_equal(tb_bytes_str(list->possible.name), field) ||
            tb_bytes_equal(tb_bytes_str(list->possible.place), field));
}

/* The values as entries have them; a code in *out->code when one cannot be. */
static tb_err
read_values(const gate *g, const tb_local_applicant *who, tb_field *values, tb_local_verdict *out)
{
    for (size_t i = 0; i < who->field_count; i++) {
        const tb_field_def *def = tb_case_type_field(g->type, who->fields[i].id);
        values[i].id = who->fields[i].id;
        out->detail = values[i].id;
        if (def == NULL || !searched_by(g->list, values[i].id)) {
            out->code = TB_REFUSED_FIELD_UNKNOWN;
            return TB_OK;
        }
        tb_err err = TB_OK;
        values[i].value = tb_bytes_of(NULL, 0);
        if (who->fields[i].value.size > 0) {
            err = tb_list_value(g->campaign, def, who->fields[i].value, tb_txn_arena(g->txn),
                                &values[i].value, &out->code);
        }
        if (err != TB_OK || out->code != TB_ACCEPTED) {
            return err;
        }
    }
    out->detail = tb_bytes_of(NULL, 0);
    return TB_OK;
}

static tb_err search(const gate *g, const tb_field *values, size_t count, tb_local_verdict *out)
{
    tb_arena *arena = tb_txn_arena(g->txn);
    bool asked = false;
    bool whole;
    for (unsigned i = 0; i < g->list->key_count; i++) {
        tb_list_mark mark = {.number = (uint8_t)i};
        tb_err err = tb_list_key_of(g->type, &g->list->keys[i], values, count, arena, &mark.value);
        if (err == TB_OK && mark.value.size > 0) {
            asked = true;
            err = look_up(g, &mark, true, out);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    out->verdict = out->count > 0 ? TB_GATE_LISTED : TB_GATE_NOT_FOUND;
    tb_list_mark likely = {.number = TB_LIST_POSSIBLE};
    tb_err err =
        tb_list_possible_of(&g->list->possible, values, count, arena, &likely.value, &whole);
    if (err == TB_OK && likely.value.size > 0 && out->count == 0) {
        err = look_up(g, &likely, whole, out);
        out->verdict = out->count > 0 ? TB_GATE_POSSIBLE : TB_GATE_NOT_FOUND;
    }
    if (err == TB_OK && !asked && likely.value.size == 0) {
        out->verdict = 0;
        out->code = TB_REFUSED_LIST_KEY;
    }
    return err;
}

static tb_err judge(const gate *g, const tb_local_applicant *who, tb_local_verdict *out)
{
    tb_arena *arena = tb_txn_arena(g->txn);
    tb_field *values = tb_arena_array(arena, who->field_count + 1, sizeof *values);
    *out = (tb_local_verdict){.entries = tb_arena_array(arena, HITS_MAX, sizeof *out->entries)};
    if (values == NULL || out->entries == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = read_values(g, who, values, out);
    return err == TB_OK && out->code == TB_ACCEPTED ? search(g, values, who->field_count, out)
                                                    : err;
}

tb_err tb_query_gate(const tb_agent *agent,
                     tb_txn *txn,
                     tb_now now,
                     const tb_local_check_list *check,
                     tb_local_answer *answer)
{
    gate g = {.agent = agent, .txn = txn, .province = check->province};
    g.list = tb_lists_find(agent, check->list, &g.campaign);
    if (g.list == NULL) {
        answer->code = TB_REFUSED_LIST_UNKNOWN;
        return TB_OK;
    }
    g.type = tb_campaign_case_type(g.campaign, tb_bytes_str(g.list->case_type));
    TB_ASSERT(g.type != NULL); /* a list without its case type is no campaign's */
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    if (g.list->scope == TB_LIST_NATIONAL) {
        g.province = tb_bytes_of(NULL, 0);
    } else if (g.province.size == 0 && self != NULL) {
        g.province = self->jurisdiction;
    }
    if (g.list->scope == TB_LIST_PROVINCE && g.province.size == 0) {
        answer->code = TB_REFUSED_LIST_PROVINCE;
        return TB_OK;
    }
    tb_local_verdicts out = {
        .province = g.province,
        .verdicts = tb_arena_array(tb_txn_arena(txn), check->count + 1, sizeof *out.verdicts)};
    if (out.verdicts == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_lists_line(agent, txn, now, g.campaign, g.list, false, &out.list);
    for (size_t i = 0; err == TB_OK && i < check->count; i++) {
        err = judge(&g, &check->applicants[i], &out.verdicts[out.count++]);
    }
    answer->kind = TB_ANSWER_VERDICTS;
    answer->verdicts = out;
    return err;
}
