#include "agents/aside.h"

#include "agents/campaign/scene.h"
#include "agents/chain.h"
#include "agents/passing.h"
#include "agents/set_aside.h"
#include "base/pack.h"

#define TELL_SLICE 32
/* Whoever cannot be told yet is looked at again. */
#define AGAIN_MS  60000
#define KEY_BYTES (TB_PARTY_BYTES + TB_CASE_ID_BYTES + TB_DIGEST_BYTES)

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

static bool can_be_told(const tb_agent *agent, const tb_party *party)
{
    const tb_directory_party *known = tb_directory_find(agent->directory, party);
    return tb_party_reachable(known) && tb_directory_current(known, TB_PURPOSE_SEAL) != NULL;
}

static bool is_gone(const tb_agent *agent, const tb_party *party)
{
    const tb_directory_party *known = tb_directory_find(agent->directory, party);
    return known == NULL || known->state == TB_PARTY_ENDED;
}

typedef struct noting {
    tb_agent *agent;
    tb_txn *txn;
    const tb_event_key *key;
    const tb_event *take_over;
} noting;

static tb_bytes row_key(uint8_t buffer[KEY_BYTES], const tb_party *party, const tb_event_key *event)
{
    tb_writer w;
    tb_writer_init(&w, buffer, KEY_BYTES);
    tb_put_raw(&w, party->text, TB_PARTY_BYTES);
    tb_put_raw(&w, event->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_raw(&w, event->event.bytes, TB_DIGEST_BYTES);
    return tb_bytes_of(buffer, KEY_BYTES);
}

static tb_err note(noting *n, const tb_party *party)
{
    uint8_t buffer[KEY_BYTES];
    if (tb_party_equal(party, &n->agent->self) || tb_party_equal(party, &n->take_over->actor) ||
        addressed(n->take_over, party)) {
        return TB_OK;
    }
    return tb_store_put(n->txn, TB_TABLE_AGAIN, row_key(buffer, party, n->key),
                        tb_bytes_of(NULL, 0));
}

/* The parties of an event that the take-over leaves aside. It is told by its author to those of
 * every such event here; by everybody else to those of own events: whoever has an event was given
 * it by its author, who is told before. */
static tb_err note_event(noting *n, const tb_event *event, bool any)
{
    if (!any && !tb_party_equal(&event->actor, &n->agent->self)) {
        return TB_OK;
    }
    n->agent->aside_after = 0;
    tb_err err = note(n, &event->actor);
    if (err == TB_OK) {
        err = note(n, &event->holder);
    }
    for (size_t i = 0; err == TB_OK && i < event->addressee_count; i++) {
        err = note(n, &event->addressees[i]);
    }
    return err;
}

static tb_err note_parties(noting *n, const tb_event_row *row, bool any)
{
    tb_event event;
    tb_err err = tb_chain_decode(n->txn, row, &event);
    return err == TB_OK ? note_event(n, &event, any) : err;
}

/* A take-over of our own is left aside in turn. Whom we told of it, since it left their events
 * aside, learns of the one that rules: nobody else knows that they were told. */
static tb_err note_told(noting *n, const tb_event_key *own)
{
    tb_event_walk walk;
    tb_event_key at;
    tb_event_row row;
    tb_err err = tb_event_first(n->txn, &own->case_id, TB_CLASS_CHAIN, &walk, &at, &row);
    while (err == TB_OK) {
        if (at.number >= own->number && at.term < own->term) {
            err = note_parties(n, &row, true);
        }
        if (err == TB_OK) {
            err = tb_event_next(n->txn, &walk, &at, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err note_overtaken(noting *n, const tb_event_key *at, const tb_event_row *row, bool any)
{
    tb_event event;
    tb_err err = tb_chain_decode(n->txn, row, &event);
    if (err == TB_OK) {
        err = note_event(n, &event, any);
    }
    return err == TB_OK && event.kind == TB_EVENT_TAKE_OVER &&
                   tb_party_equal(&event.actor, &n->agent->self)
               ? note_told(n, at)
               : err;
}

tb_err
tb_aside_note(tb_agent *agent, tb_txn *txn, const tb_event_key *key, const tb_event *take_over)
{
    noting n = {agent, txn, key, take_over};
    bool own = tb_party_equal(&take_over->actor, &agent->self);
    tb_event_walk walk;
    tb_event_key at;
    tb_event_row row;
    tb_err err = tb_event_first(txn, &key->case_id, TB_CLASS_CHAIN, &walk, &at, &row);
    while (err == TB_OK) {
        /* What earlier take-overs left aside is of lower terms, and theirs to tell. */
        if (row.standing == TB_STANDING_OVERTAKEN && at.term + 1 >= key->term) {
            err = note_overtaken(&n, &at, &row, own);
        }
        if (err == TB_OK) {
            err = tb_event_next(txn, &walk, &at, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_aside_late(tb_agent *agent, tb_txn *txn, const tb_case_row *row, const tb_event *late)
{
    tb_path path;
    tb_err err = tb_chain_to_head(txn, row, &path);
    const tb_chain_event *by = err == TB_OK ? tb_chain_ruling(&path) : NULL;
    if (by == NULL) {
        return err;
    }
    noting n = {agent, txn, &by->key, &by->event};
    return note_event(&n, late, tb_party_equal(&by->event.actor, &agent->self));
}

/* ---- what came back ---- */

/* Rows of a party and a case: that of a later event stands for those before it, since an event goes
 * with its chain. *out_later: one is there already. */
static tb_err
replace_earlier(tb_txn *txn, tb_bytes prefix, const tb_event_key *with, bool *out_later)
{
    tb_bytes at = prefix;
    tb_err err = TB_OK;
    *out_later = false;
    while (err == TB_OK && !*out_later) {
        tb_bytes key;
        tb_bytes value;
        tb_digest id;
        tb_event_key found;
        tb_event_row row;
        err = tb_store_next(txn, TB_TABLE_AGAIN, prefix, at, &key, &value);
        if (err != TB_OK && err != TB_ERR_CORRUPT) {
            break;
        }
        at = key;
        if (err == TB_ERR_CORRUPT || key.size != KEY_BYTES) {
            err = TB_OK; /* the tick sets it aside */
            continue;
        }
        memcpy(id.bytes, key.data + KEY_BYTES - TB_DIGEST_BYTES, TB_DIGEST_BYTES);
        err = tb_event_in_case(txn, &with->case_id, TB_CLASS_CHAIN, 0, &id, &found, &row);
        if (err == TB_ERR_NOT_FOUND) {
            err = TB_OK;
            continue;
        }
        *out_later = err == TB_OK && found.number >= with->number;
        if (err == TB_OK && !*out_later) {
            err = tb_store_del(txn, TB_TABLE_AGAIN, key);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_aside_regained(tb_agent *agent,
                         tb_txn *txn,
                         const tb_event_key *key,
                         const tb_event *event,
                         const tb_party *giver)
{
    tb_err err = TB_OK;
    if (!tb_party_equal(&event->actor, &agent->self)) {
        return TB_OK;
    }
    for (size_t i = 0; err == TB_OK && i < event->addressee_count; i++) {
        const tb_party *party = &event->addressees[i];
        uint8_t buffer[KEY_BYTES];
        bool later = true;
        tb_bytes row = row_key(buffer, party, key);
        if (!tb_party_equal(party, giver) && !tb_party_equal(party, &agent->self)) {
            err = replace_earlier(txn, tb_bytes_of(buffer, TB_PARTY_BYTES + TB_CASE_ID_BYTES), key,
                                  &later);
        }
        if (err == TB_OK && !later) {
            agent->aside_after = 0;
            err = tb_store_put(txn, TB_TABLE_AGAIN, row, tb_bytes_of(NULL, 0));
        }
    }
    return err;
}

/* ---- telling ---- */

typedef struct telling {
    tb_party party;
    tb_case_id case_id;
    tb_digest event;
} telling;

static tb_err read_key(tb_bytes key, telling *out)
{
    tb_reader r;
    tb_reader_init(&r, key);
    tb_get_raw(&r, out->party.text, TB_PARTY_BYTES);
    tb_get_raw(&r, out->case_id.bytes, TB_CASE_ID_BYTES);
    tb_get_raw(&r, out->event.bytes, TB_DIGEST_BYTES);
    return tb_reader_done(&r) ? TB_OK : TB_ERR_CORRUPT;
}

/* No case goes away: a row of one that is not here is damaged. */
static tb_err tell(tb_step *step, const telling *t)
{
    tb_case_row row;
    uint64_t notice;
    tb_err err = tb_case_get(step->txn, &t->case_id, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    return tb_pass_again(step->agent, step->txn, &t->party, &t->case_id, &t->event, 1, row.lane,
                         &notice);
}

/* Behind every row of a party. */
static tb_bytes last_of(const tb_party *party, uint8_t buffer[KEY_BYTES])
{
    memset(buffer, UINT8_MAX, KEY_BYTES);
    memcpy(buffer, party->text, TB_PARTY_BYTES);
    return tb_bytes_of(buffer, KEY_BYTES);
}

tb_err tb_aside_tick(tb_step *step)
{
    tb_bytes all = {NULL, 0};
    uint8_t buffer[KEY_BYTES] = {0};
    tb_bytes at = tb_bytes_of(buffer, KEY_BYTES);
    tb_err err = TB_OK;
    unsigned told = 0;
    if (tb_store_rows(step->txn, TB_TABLE_AGAIN) == 0 ||
        step->now.real < step->agent->aside_after) {
        return TB_OK;
    }
    while (err == TB_OK && told < TELL_SLICE) {
        tb_bytes key;
        tb_bytes value;
        telling t;
        err = tb_store_next(step->txn, TB_TABLE_AGAIN, all, at, &key, &value);
        if (err == TB_OK || err == TB_ERR_CORRUPT) {
            tb_hand_take(step->agent, TB_TABLE_AGAIN, key);
        }
        if (err == TB_OK) {
            err = read_key(key, &t);
        }
        if (err != TB_OK) {
            break;
        }
        bool now = can_be_told(step->agent, &t.party);
        if (!now && !is_gone(step->agent, &t.party)) {
            at = last_of(&t.party, buffer); /* waits, and stands in nobody's way */
            continue;
        }
        told++;
        at = key;
        err = now ? tell(step, &t) : TB_OK;
        if (err == TB_OK) {
            err = tb_store_del(step->txn, TB_TABLE_AGAIN, key);
        }
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    step->agent->aside_after = step->now.real + (told == TELL_SLICE ? 0 : AGAIN_MS);
    return TB_OK;
}

tb_err tb_aside_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    *out = agent->aside_after;
    return tb_store_rows(txn, TB_TABLE_AGAIN) > 0 ? TB_OK : TB_ERR_NOT_FOUND;
}
