#include "agents/lapses.h"

#include "agents/campaign/duty.h"

bool tb_lapse_may_ground(const tb_case_type *type, tb_bytes action)
{
    for (unsigned i = 0; i < type->duty_count; i++) {
        const char *ends_in = type->duties[i].ends_in;
        if (ends_in != NULL && tb_bytes_equal(tb_bytes_str(ends_in), action)) {
            return true;
        }
    }
    return false;
}

/* The duty a lapse is of, when it ends in the action. */
static const tb_duty_def *duty_of(const tb_case_type *type, const tb_event *lapse, tb_bytes action)
{
    for (size_t i = 0; i < lapse->field_count; i++) {
        if (!tb_bytes_equal(lapse->fields[i].id, tb_bytes_str(TB_LAPSE_DUTY))) {
            continue;
        }
        const tb_duty_def *def = tb_case_type_duty(type, lapse->fields[i].value);
        bool fits = def != NULL && def->ends_in != NULL &&
                    tb_bytes_equal(tb_bytes_str(def->lapse), lapse->action) &&
                    tb_bytes_equal(tb_bytes_str(def->ends_in), action);
        return fits ? def : NULL;
    }
    return NULL;
}

/* Based on this chain, and nothing since has ended the duty or the debtor's term. */
static bool still_open(const tb_path *path, const tb_event_key *based_on, const tb_duty_def *def)
{
    if (based_on->number == 0 || based_on->number > path->count ||
        !tb_digest_equal(&path->list[based_on->number - 1].id, &based_on->event)) {
        return false;
    }
    for (size_t i = (size_t)based_on->number; i < path->count; i++) {
        const tb_event *event = &path->list[i].event;
        bool released = event->kind == TB_EVENT_TAKE_OVER && !tb_duty_outlives(def, event->action);
        if (released || tb_duty_ends(def, event->action)) {
            return false;
        }
    }
    return true;
}

static tb_err is_ground(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_path *path,
                        const tb_case_view *at,
                        tb_bytes action,
                        const tb_event *lapse,
                        bool *out)
{
    *out = false;
    const tb_duty_def *def = duty_of(at->type, lapse, action);
    tb_party creditor;
    const tb_directory *directory = tb_agent_directory(agent, lapse->directory_version);
    if (def == NULL || !tb_position_party(at, directory, def->to, &creditor) ||
        !tb_party_equal(&creditor, &lapse->actor)) {
        return TB_OK;
    }
    tb_event_key key;
    tb_event_row row;
    tb_err err =
        tb_event_in_case(txn, &lapse->case_id, TB_CLASS_CHAIN, 0, &lapse->previous, &key, &row);
    if (err == TB_OK) {
        *out = still_open(path, &key, def);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* The first that is listed and not here. An event of the chain is no lapse: it is not waited for,
 * or what lists it would be tried for ever. settled changes. */
static tb_err find_missing(tb_txn *txn,
                           const tb_case_id *id,
                           const tb_digest *listed,
                           bool *settled,
                           size_t count,
                           tb_ground *out)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(txn, id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        for (size_t i = 0; i < count; i++) {
            settled[i] = settled[i] || tb_digest_equal(&listed[i], &key.event);
        }
        err = tb_event_next(txn, &walk, &key, &row);
    }
    for (size_t i = 0; i < count && !out->missing; i++) {
        out->missing = !settled[i];
        out->first_missing = listed[i];
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_lapse_ground(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_path *path,
                       const tb_case_view *at,
                       tb_bytes action,
                       const tb_digest *listed,
                       size_t count,
                       tb_ground *out)
{
    TB_ASSERT(path->count > 0);
    const tb_case_id *id = &path->list[0].key.case_id;
    bool *settled = tb_arena_array(tb_txn_arena(txn), count + 1, sizeof *settled);
    bool all = true;
    *out = (tb_ground){.found = false};
    if (settled == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; !out->found && i < count; i++) {
        tb_event_key key;
        tb_event_row row;
        tb_event event;
        tb_err err = tb_event_in_case(txn, id, TB_CLASS_SIDE, 0, &listed[i], &key, &row);
        settled[i] = err == TB_OK && row.standing != TB_STANDING_HELD_BACK;
        all = all && settled[i];
        if (err == TB_ERR_NOT_FOUND || (err == TB_OK && !settled[i])) {
            continue;
        }
        if (err == TB_OK) {
            err = tb_chain_decode(txn, &row, &event);
        }
        if (err == TB_OK) {
            err = is_ground(agent, txn, path, at, action, &event, &out->found);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return out->found || all ? TB_OK : find_missing(txn, id, listed, settled, count, out);
}
