#include "agents/reseal.h"

#include "agents/campaign/scene.h"
#include "agents/passing.h"
#include "agents/rows_link.h"
#include "agents/rows_reseal.h"

/* Notices sealed anew in one turn, and how often those that must wait are looked at. */
#define RESEAL_SLICE    32
#define RESEAL_AGAIN_MS 3000
#define RESEAL_NEXT_MS  1

tb_err tb_reseal_note(tb_step *step, const tb_stream *stream, uint64_t notice)
{
    tb_reseal_key key = {stream->incarnation, notice, stream->recipient};
    tb_resealed_row done;
    tb_err err = tb_resealed_get(step->txn, &key, &done);
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    step->agent->times.reseal = 0; /* look at once */
    return tb_reseal_put(step->txn, &key, step->now.real);
}

/* The key the notice was sealed to is still the newest we know of: nothing would be gained. */
static bool has_new_key(const tb_agent *agent, const tb_header *header, const tb_party *recipient)
{
    const tb_entry *entry = tb_header_entry(header, recipient);
    const tb_directory_party *party = tb_directory_find(agent->directory, recipient);
    if (entry == NULL || !tb_party_reachable(party)) {
        return false;
    }
    const tb_directory_key *key = tb_directory_current(party, TB_PURPOSE_SEAL);
    return key != NULL && !tb_key_id_equal(&key->id, &entry->sealing_key);
}

/* The events a notice gave its recipient: its own, or what it passed on. */
static tb_err
events_of(tb_txn *txn, const tb_reseal_key *key, tb_proof_row *proof, tb_digest **out, size_t *n)
{
    *out = proof->ids;
    *n = proof->id_count;
    if (*n > 0 && !tb_case_zero(&proof->case_id)) {
        return TB_OK;
    }
    if (*n > 0) { /* a proof that stands alone does not say whose they are */
        tb_event_key found;
        tb_event_row row;
        tb_err err = tb_event_find(txn, &proof->ids[0], &found, &row);
        if (err == TB_OK) {
            proof->case_id = found.case_id;
        }
        return err;
    }
    tb_err err = tb_ahead_get(txn, &key->incarnation, key->notice, &proof->case_id, out, n);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err seal_anew(tb_step *step, const tb_reseal_key *key, bool *out_waits)
{
    tb_proof_row proof;
    tb_header header;
    tb_digest *events;
    size_t count;
    *out_waits = false;
    tb_err err =
        tb_proof_head(step->txn, &step->agent->self, &key->incarnation, key->notice, &proof);
    if (err == TB_ERR_NOT_FOUND) {
        return tb_reseal_del(step->txn, key); /* not ours any more: nothing can be proven */
    }
    if (err == TB_OK && tb_header_decode(proof.header, step->arena, &header) != TB_ACCEPTED) {
        err = TB_ERR_CORRUPT;
    }
    if (err != TB_OK) {
        return err;
    }
    if (!has_new_key(step->agent, &header, &key->recipient)) {
        *out_waits = true;
        return TB_OK;
    }
    tb_resealed_row row = {.incarnation = step->incarnation, .at = step->now.real};
    err = events_of(step->txn, key, &proof, &events, &count);
    if (err == TB_OK && count > 0) {
        err = tb_pass_again(step->agent, step->txn, &key->recipient, &proof.case_id, events, count,
                            header.lane, &row.notice);
    }
    if (err == TB_OK) {
        err = tb_resealed_put(step->txn, key, &row);
    }
    if (err == TB_OK) {
        err = tb_reseal_del(step->txn, key);
    }
    if (err == TB_OK) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO,
                        "event=sealed_anew recipient=%p notice=%u as=%u", &key->recipient,
                        key->notice, row.notice);
    }
    return err;
}

tb_err tb_reseal_tick(tb_step *step)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    size_t done = 0;
    if (tb_store_rows(step->txn, TB_TABLE_RESEAL) == 0 ||
        step->now.real < step->agent->times.reseal) {
        return TB_OK;
    }
    while (err == TB_OK && done < RESEAL_SLICE) {
        tb_reseal_key key;
        bool waits;
        err = tb_reseal_next(step->txn, &cursor, &key);
        if (err == TB_OK) {
            err = seal_anew(step, &key, &waits);
            done += err == TB_OK && !waits;
        }
    }
    bool more = done == RESEAL_SLICE;
    step->agent->times.reseal = step->now.real + (more ? RESEAL_NEXT_MS : RESEAL_AGAIN_MS);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_reseal_due(tb_agent *agent, tb_txn *txn, tb_time *out)
{
    *out = agent->times.reseal;
    return tb_store_rows(txn, TB_TABLE_RESEAL) > 0 ? TB_OK : TB_ERR_NOT_FOUND;
}
