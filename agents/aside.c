#include "agents/aside.h"

#include "agents/chain.h"
#include "agents/passing.h"
#include "base/pack.h"

#define TELL_SLICE 32
#define KEY_BYTES  (TB_PARTY_BYTES + TB_CASE_ID_BYTES + TB_DIGEST_BYTES)

/* ---- whom ---- */

static bool addressed(const tb_event *event, const tb_party *party)
{
    for (size_t i = 0; i < event->addressee_count; i++) {
        if (tb_party_equal(&event->addressees[i], party)) {
            return true;
        }
    }
    return false;
}

typedef struct noting {
    const tb_agent *agent;
    tb_txn *txn;
    const tb_event_key *key;
    const tb_event *take_over;
} noting;

static tb_err note(noting *n, const tb_party *party)
{
    uint8_t buffer[KEY_BYTES];
    tb_writer w;
    if (tb_party_empty(party) || tb_party_equal(party, &n->agent->self) ||
        addressed(n->take_over, party)) {
        return TB_OK;
    }
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_raw(&w, party->text, TB_PARTY_BYTES);
    tb_put_raw(&w, n->key->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_raw(&w, n->key->event.bytes, TB_DIGEST_BYTES);
    return tb_store_put(n->txn, TB_TABLE_AGAIN, tb_bytes_of(buffer, sizeof buffer),
                        tb_bytes_of(NULL, 0));
}

static tb_err note_parties(noting *n, const tb_event_row *row)
{
    tb_event event;
    tb_err err = tb_chain_decode(n->txn, row, &event);
    if (err == TB_OK) {
        err = note(n, &event.actor);
    }
    if (err == TB_OK) {
        err = note(n, &event.holder);
    }
    for (size_t i = 0; err == TB_OK && i < event.addressee_count; i++) {
        err = note(n, &event.addressees[i]);
    }
    return err;
}

tb_err tb_aside_note(const tb_agent *agent,
                     tb_txn *txn,
                     const tb_event_key *key,
                     const tb_event *take_over)
{
    noting n = {agent, txn, key, take_over};
    tb_event_walk walk;
    tb_event_key at;
    tb_event_row row;
    tb_err err = tb_event_first(txn, &key->case_id, TB_CLASS_CHAIN, &walk, &at, &row);
    while (err == TB_OK) {
        if (row.standing == TB_STANDING_OVERTAKEN) {
            err = note_parties(&n, &row);
        }
        if (err == TB_OK) {
            err = tb_event_next(txn, &walk, &at, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- telling ---- */

static tb_err tell(tb_step *step, tb_bytes key)
{
    tb_reader r;
    tb_party party;
    tb_case_id id;
    tb_digest event;
    tb_case_row row;
    uint64_t notice;
    tb_reader_init(&r, key);
    tb_get_raw(&r, party.text, TB_PARTY_BYTES);
    tb_get_raw(&r, id.bytes, TB_CASE_ID_BYTES);
    tb_get_raw(&r, event.bytes, TB_DIGEST_BYTES);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    tb_err err = tb_case_get(step->txn, &id, &row);
    if (err == TB_OK) {
        err = tb_pass_again(step->agent, step->txn, &party, &id, &event, 1, row.lane, &notice);
    }
    return err == TB_OK ? tb_store_del(step->txn, TB_TABLE_AGAIN, key) : err;
}

tb_err tb_aside_tick(tb_step *step)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < TELL_SLICE; i++) {
        if (tb_store_rows(step->txn, TB_TABLE_AGAIN) == 0) {
            return TB_OK;
        }
        err = tb_store_seek(step->txn, TB_TABLE_AGAIN, all, all, &key, &value);
        if (err == TB_OK) {
            err = tell(step, key);
        }
    }
    return err;
}

tb_err tb_aside_due(tb_txn *txn, tb_time *out)
{
    *out = 0;
    return tb_store_rows(txn, TB_TABLE_AGAIN) > 0 ? TB_OK : TB_ERR_NOT_FOUND;
}
