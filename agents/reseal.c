#include "agents/reseal.h"

#include "agents/campaign/scene.h"
#include "agents/passing.h"
#include "agents/rows_link.h"
#include "agents/rows_reseal.h"
#include "agents/set_aside.h"

/* Notices sealed anew and looked at in one turn, and how often those that must wait are. */
#define RESEAL_SLICE    32
#define RESEAL_LOOKED   1024
#define RESEAL_AGAIN_MS 3000
#define RESEAL_NEXT_MS  1
/* A recipient that lacked a directory has had its next Welcome, which brings it, and may be given
 * again what it could not verify. One from whom the directory is kept costs a notice each time. */
#define DIRECTORY_WAIT_MS (10ll * 60 * 1000)

bool tb_reseal_heals(tb_refusal code)
{
    return code == TB_REFUSED_KEY_RETIRED || code == TB_REFUSED_UNKNOWN_KEY ||
           code == TB_REFUSED_UNKNOWN_PARTY;
}

tb_err tb_reseal_note(tb_step *step, const tb_stream *stream, uint64_t notice)
{
    tb_reseal_key key = {stream->incarnation, notice, stream->recipient};
    tb_resealed_row done;
    tb_time since;
    tb_err err = tb_resealed_get(step->txn, &key, &done);
    if (err == TB_ERR_NOT_FOUND) { /* every Welcome shows it again: it waits since the first */
        err = tb_reseal_get(step->txn, &key, &since);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    step->agent->times.reseal = 0; /* look at once */
    return tb_reseal_put(step->txn, &key, step->now.real);
}

/* Whether giving it again may help: it was refused for a retired key, and the recipient's newest
 * is another than it was sealed to; or the directory may have come meanwhile. */
static tb_err
may_help(tb_step *step, const tb_reseal_key *key, const tb_header *header, tb_time since, bool *out)
{
    const tb_entry *entry = tb_header_entry(header, &key->recipient);
    const tb_directory_party *party = tb_directory_find(step->agent->directory, &key->recipient);
    const tb_directory_key *newest =
        party == NULL ? NULL : tb_directory_current(party, TB_PURPOSE_SEAL);
    *out = false;
    if (entry == NULL || newest == NULL || !tb_party_reachable(party)) {
        return TB_OK;
    }
    tb_stream stream = {step->agent->self, key->incarnation, key->recipient, header->lane};
    tb_refusal_row refused = {.code = TB_REFUSED_KEY_RETIRED};
    tb_err err = tb_refusal_get(step->txn, &stream, key->notice, &refused);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    tb_time waited = step->now.real - since;
    *out = refused.code == TB_REFUSED_KEY_RETIRED
               ? !tb_key_id_equal(&newest->id, &entry->sealing_key)
               : waited >= DIRECTORY_WAIT_MS || waited < 0; /* the clock was set back */
    return TB_OK;
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

static tb_err seal_anew(tb_step *step, const tb_reseal_key *key, tb_time since, bool *out_waits)
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
    bool helps;
    err = may_help(step, key, &header, since, &helps);
    if (err != TB_OK || !helps) {
        *out_waits = true;
        return err;
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

/* The row behind the one looked at last; *out_waits: as before. */
static tb_err look_at_next(tb_step *step, bool *out_waits)
{
    tb_reseal_key key;
    tb_time since;
    tb_bytes row;
    size_t mark = tb_arena_mark(step->arena);
    tb_err err = tb_reseal_after(step->txn, &step->agent->reseal_behind, &key, &since, &row);
    if (err == TB_OK || err == TB_ERR_CORRUPT) {
        tb_hand_take(step->agent, TB_TABLE_RESEAL, row);
    }
    if (err == TB_OK) {
        err = seal_anew(step, &key, since, out_waits);
    }
    if (err == TB_OK && *out_waits) {
        tb_arena_release(step->arena, mark);
    }
    if (err == TB_OK) {
        step->agent->reseal_behind = key;
    }
    return err;
}

tb_err tb_reseal_tick(tb_step *step)
{
    tb_err err = TB_OK;
    size_t done = 0;
    if (tb_store_rows(step->txn, TB_TABLE_RESEAL) == 0 ||
        step->now.real < step->agent->times.reseal) {
        return TB_OK;
    }
    for (size_t looked = 0; err == TB_OK && done < RESEAL_SLICE && looked < RESEAL_LOOKED;
         looked++) {
        bool waits;
        err = look_at_next(step, &waits);
        done += err == TB_OK && !waits;
    }
    if (err == TB_ERR_NOT_FOUND) { /* the last was looked at */
        memset(&step->agent->reseal_behind, 0, sizeof step->agent->reseal_behind);
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    step->agent->times.reseal = step->now.real + (err == TB_OK ? RESEAL_NEXT_MS : RESEAL_AGAIN_MS);
    return TB_OK;
}

tb_err tb_reseal_due(tb_agent *agent, tb_txn *txn, tb_time *out)
{
    *out = agent->times.reseal;
    return tb_store_rows(txn, TB_TABLE_RESEAL) > 0 ? TB_OK : TB_ERR_NOT_FOUND;
}
