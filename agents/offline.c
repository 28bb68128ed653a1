#include "agents/offline.h"

#include "agents/campaign/scene.h"
#include "agents/casework.h"
#include "agents/outbox_work.h"
#include "agents/passing.h"

/* Rows settled in one turn: each may become notices. */
#define SETTLE_MAX 32
/* META: everything was settled under this version of the directory, and what waited for parties
 * that are not off-line in it any more was sent on. */
#define SETTLED "offline settled under directory"

bool tb_offline_is(const tb_agent *agent, const tb_party *party)
{
    const tb_directory_party *found = tb_directory_find(agent->directory, party);
    return found != NULL && found->state == TB_PARTY_OFF_LINE;
}

static bool can_be_sealed_to(const tb_directory_party *party)
{
    return tb_party_reachable(party) && tb_directory_current(party, TB_PURPOSE_SEAL) != NULL;
}

tb_err tb_offline_note(const tb_agent *agent,
                       tb_txn *txn,
                       const tb_event_key *key,
                       const tb_event *event,
                       bool numbered)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < event->addressee_count; i++) {
        const tb_directory_party *party =
            tb_directory_find(agent->directory, &event->addressees[i]);
        if (party == NULL || party->state != TB_PARTY_OFF_LINE) {
            continue;
        }
        tb_offline_row row = {
            .recipient = party->id,
            .case_id = key->case_id,
            .event = key->event,
            .sealed = numbered && can_be_sealed_to(party),
        };
        err = tb_offline_add(txn, &row);
    }
    return err;
}

/* ---- joining ---- */

/* Seals to the party what it has not been given of the row's case. The rows of one case are settled
 * by the first of them. Not given: the case's campaign is not installed here any more. */
static tb_err give_history(tb_step *step, const tb_offline_row *row, bool *out_given)
{
    tb_case_row owner;
    tb_err err = tb_case_load(step->agent, step->txn, &row->case_id, &owner);
    *out_given = err == TB_OK && owner.view.type != NULL;
    if (!*out_given) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return tb_pass_history(step->agent, step->txn, &owner, &row->recipient);
}

/* Whether the life of the notice that carried a row's event is over: the hub takes it no more. */
static tb_err has_expired(tb_step *step, const tb_offline_row *row, bool *out)
{
    tb_event_key key;
    tb_event_row event;
    tb_proof_row proof;
    tb_header header;
    *out = false;
    tb_err err = tb_offline_event(step->txn, &row->case_id, &row->event, &key, &event);
    if (err == TB_OK && event.notice > 0) {
        err = tb_proof_head(step->txn, &event.sender, &event.incarnation, event.notice, &proof);
        if (err == TB_OK && tb_header_decode(proof.header, step->arena, &header) != TB_ACCEPTED) {
            err = TB_ERR_CORRUPT;
        }
        *out = err == TB_OK && header.expires <= step->now.real;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err mark_case_sealed(tb_step *step, const tb_offline_row *first, bool joined)
{
    tb_offline_row row;
    uint64_t at = 0;
    tb_err err = tb_offline_after(step->txn, &first->recipient, at, &row);
    while (err == TB_OK) {
        at = row.number;
        bool news = !row.sealed || (joined && !row.joined);
        if (news && tb_case_equal(&row.case_id, &first->case_id)) {
            row.sealed = true;
            row.joined = joined;
            err = tb_offline_put(step->txn, &row);
        }
        if (err == TB_OK) {
            err = tb_offline_after(step->txn, &first->recipient, at, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* One party: its cases that are not sealed to it, or that were and expired before it joined; then,
 * when it has joined, its rows. */
static tb_err settle(tb_step *step, const tb_directory_party *party, unsigned *left)
{
    tb_offline_row row;
    uint64_t at = 0;
    tb_err err = tb_offline_after(step->txn, &party->id, at, &row);
    while (err == TB_OK && *left > 0) {
        at = row.number;
        bool joined = party->state == TB_PARTY_ACTIVE;
        bool given = row.sealed;
        bool expired = false;
        if (given && joined && !row.joined) {
            err = has_expired(step, &row, &expired);
        }
        if (err == TB_OK && (!given || expired)) {
            (*left)--;
            err = give_history(step, &row, &given);
            if (err == TB_OK && given) {
                err = mark_case_sealed(step, &row, joined);
            }
        }
        if (err == TB_OK && given && joined && row.letter == 0) {
            err = tb_offline_del(step->txn, &row);
        }
        if (err == TB_OK) {
            err = tb_offline_after(step->txn, &party->id, at, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err settle_all(tb_step *step, unsigned *left)
{
    tb_party party = {{0}};
    tb_err err = tb_offline_recipient(step->txn, &party, &party);
    while (err == TB_OK && *left > 0) {
        const tb_directory_party *found = tb_directory_find(step->agent->directory, &party);
        if (found != NULL && can_be_sealed_to(found)) {
            err = settle(step, found, left);
        }
        if (err == TB_OK) {
            err = tb_offline_recipient(step->txn, &party, &party);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* What was numbered while its recipient was off-line goes now. */
static tb_err send_waiting(tb_step *step)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    while (err == TB_OK) {
        tb_stream stream;
        tb_stream_out_row row;
        err = tb_stream_out_next(step->txn, &cursor, &stream, &row);
        if (err == TB_ERR_CORRUPT) {
            return TB_OK; /* said where it is due; Open and Welcome look at the others */
        }
        if (err == TB_OK && row.submitted < row.number) {
            stream.sender = step->agent->self;
            err = tb_work_send(step, &stream);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_offline_due(const tb_agent *agent, tb_txn *txn, bool *out)
{
    uint64_t version;
    *out = false;
    if (tb_store_rows(txn, TB_TABLE_OFFLINE) == 0 && tb_store_rows(txn, TB_TABLE_OUTBOX) == 0) {
        return TB_OK;
    }
    tb_err err = tb_meta_number(txn, SETTLED, &version);
    if (err == TB_OK) {
        *out = version != agent->directory->version && !agent->stale;
    }
    return err;
}

tb_err tb_offline_tick(tb_step *step)
{
    bool due;
    unsigned left = SETTLE_MAX;
    tb_err err = tb_offline_due(step->agent, step->txn, &due);
    if (err != TB_OK || !due || tb_store_above_watermark(step->txn)) {
        return err;
    }
    err = settle_all(step, &left);
    if (err == TB_OK) {
        err = send_waiting(step);
    }
    if (err != TB_OK || left == 0) {
        return err;
    }
    return tb_meta_number_put(step->txn, SETTLED, step->agent->directory->version);
}
