#include "agents/as_of.h"

#include "agents/passing.h"
#include "agents/rows_link.h"

/* When the notice of an event was made, by its author's clock, and when the hub stored it; 0: not
 * known. */
static tb_err
moments_of(tb_txn *txn, const tb_event_row *row, tb_time *out_made, tb_time *out_stored)
{
    tb_proof_row proof;
    tb_header header;
    *out_made = 0;
    *out_stored = 0;
    if (row->notice == 0) {
        return TB_OK;
    }
    tb_err err = tb_proof_head(txn, &row->sender, &row->incarnation, row->notice, &proof);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (tb_header_decode(proof.header, tb_txn_arena(txn), &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    *out_made = header.made;
    return tb_pass_stored(txn, row, out_stored);
}

tb_err tb_as_of_event(tb_txn *txn, const tb_event_row *row, bool here, tb_as_of out[2])
{
    tb_time made;
    tb_time stored;
    tb_err err = moments_of(txn, row, &made, &stored);
    if (err == TB_OK) {
        made = made == 0 ? row->recorded : made;
        out[0] = (tb_as_of){made, here, row->recorded};
        out[1] = (tb_as_of){stored > made ? stored : made, here, row->recorded};
    }
    return err;
}

tb_err tb_known_as_of(
    const tb_agent *agent, tb_txn *txn, const tb_event_row *row, const tb_as_of *as_of, bool *out)
{
    tb_time made;
    tb_time stored;
    bool exercise = agent->directory->exercise;
    *out = !as_of->here || row->recorded <= as_of->recorded;
    if (!*out || row->notice == 0 || (as_of->here && exercise)) {
        return TB_OK;
    }
    tb_err err = moments_of(txn, row, &made, &stored);
    bool own = tb_party_equal(&row->sender, &agent->self);
    if (err == TB_OK && as_of->here && !own && stored != 0) {
        return TB_OK; /* its stamp came with it, whatever the two clocks say */
    }
    /* Without a stamp nothing counts but in an exercise, where one's own counts at once. */
    bool at_once = exercise && own;
    *out = (at_once || stored == 0 ? made : stored) <= as_of->at;
    return err;
}

/* Of the events known then the one that came furthest: its path ruled. */
static tb_err tip_then(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_case_id *id,
                       const tb_as_of *as_of,
                       tb_event_key *out)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    bool any = false;
    bool rules = false;
    tb_err err = tb_event_first(txn, id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        bool known;
        bool effective = row.standing == TB_STANDING_EFFECTIVE;
        err = tb_known_as_of(agent, txn, &row, as_of, &known);
        if (err != TB_OK) {
            return err;
        }
        bool further =
            !any || key.term > out->term ||
            (key.term == out->term &&
             (key.number > out->number || (key.number == out->number && effective && !rules)));
        if (known && further && row.standing != TB_STANDING_HELD_BACK) {
            *out = key;
            any = true;
            rules = effective;
        }
        err = tb_event_next(txn, &walk, &key, &row);
    }
    return err == TB_ERR_NOT_FOUND && any ? TB_OK : err;
}

tb_err tb_case_as_of(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_case_row *row,
                     const tb_as_of *as_of,
                     tb_path *out_path,
                     tb_case_row *out)
{
    tb_event_key tip;
    tb_err err = tip_then(agent, txn, &row->id, as_of, &tip);
    if (err == TB_OK) {
        err = tb_chain_path(txn, &row->id, tip.number, &tip.event, out_path);
    }
    return err == TB_OK ? tb_chain_replay(agent, txn, out_path, out_path->count, row, out) : err;
}

static bool in_list(const tb_field *fields, size_t count, tb_bytes field, tb_bytes *out)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(fields[i].id, field)) {
            *out = fields[i].value;
            return true;
        }
    }
    return false;
}

static tb_err
said_by(tb_txn *txn, const tb_chain_event *event, tb_bytes field, tb_bytes *out, bool *out_said)
{
    tb_opening *openings;
    size_t count;
    *out_said = in_list(event->event.fields, event->event.field_count, field, out);
    tb_err err = *out_said ? TB_OK : tb_openings_of(txn, &event->key, &openings, &count);
    for (size_t i = 0; err == TB_OK && !*out_said && i < count; i++) {
        tb_field *fields;
        size_t field_count;
        if (tb_group_fields_decode(openings[i].content, tb_txn_arena(txn), &fields, &field_count) !=
            TB_ACCEPTED) {
            return TB_ERR_CORRUPT;
        }
        *out_said = in_list(fields, field_count, field, out);
    }
    return err;
}

tb_err tb_path_value(tb_txn *txn,
                     const tb_path *path,
                     tb_bytes field,
                     tb_bytes *out,
                     const tb_chain_event **out_event)
{
    bool said = false;
    tb_err err = TB_OK;
    *out = tb_bytes_of(NULL, 0);
    *out_event = NULL;
    for (size_t i = path->count; err == TB_OK && !said && i > 0; i--) {
        err = said_by(txn, &path->list[i - 1], field, out, &said);
        *out_event = said ? &path->list[i - 1] : NULL;
    }
    return err;
}
