#include "agents/dispute.h"

#include "agents/automatic.h"
#include "agents/chain.h"
#include "agents/cut_judge.h"
#include "agents/duties.h"
#include "agents/lists.h"
#include "agents/measures.h"
#include "agents/outbox_work.h"
#include "agents/own_cut.h"
#include "agents/rows_link.h"
#include "agents/set_aside.h"
#include "base/pack.h"

/* Events looked at and cases disputed in one turn. */
#define SCAN_EVENTS 1024
#define SCAN_CASES  16

#define SCAN_KEY_BYTES (TB_PARTY_BYTES + 8)

/* ---- the scans ---- */

static tb_bytes
scan_key(const tb_party *party, const tb_key_id *key, uint8_t buffer[SCAN_KEY_BYTES])
{
    memcpy(buffer, party->text, TB_PARTY_BYTES);
    memcpy(buffer + TB_PARTY_BYTES, key->bytes, sizeof key->bytes);
    return tb_bytes_of(buffer, SCAN_KEY_BYTES);
}

tb_err tb_dispute_begin(tb_txn *txn, const tb_directory *before, const tb_directory *next)
{
    for (size_t i = 0; i < next->cut_count; i++) {
        const tb_cut *cut = &next->cuts[i];
        if (tb_directory_signing_key(next, &cut->party, &cut->key) == NULL ||
            tb_directory_cut(before, &cut->party, &cut->key) != NULL) {
            continue;
        }
        uint8_t buffer[SCAN_KEY_BYTES];
        tb_err err = tb_store_put(txn, TB_TABLE_CUT_SCAN, scan_key(&cut->party, &cut->key, buffer),
                                  tb_bytes_of(NULL, 0));
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* The first scan that may go on, from *out_at. Where that does not read it begins anew: who was
 * looked at before is looked at again, and nothing comes of it. */
static tb_err next_scan(const tb_agent *agent, tb_txn *txn, tb_bytes *out_key, tb_bytes *out_at)
{
    tb_bytes all = {NULL, 0};
    bool waits = true;
    if (tb_store_rows(txn, TB_TABLE_CUT_SCAN) == 0) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_own_first_welcome(agent, txn, &waits);
    if (err != TB_OK) {
        return err;
    }
    err = tb_store_seek(txn, TB_TABLE_CUT_SCAN, all, all, out_key, out_at);
    while ((err == TB_OK || err == TB_ERR_CORRUPT) && waits && out_key->size == SCAN_KEY_BYTES &&
           memcmp(out_key->data, agent->self.text, TB_PARTY_BYTES) == 0) {
        err = tb_store_next(txn, TB_TABLE_CUT_SCAN, all, *out_key, out_key, out_at);
    }
    if (err == TB_ERR_CORRUPT || (err == TB_OK && out_at->size > TB_KEY_BYTES_MAX)) {
        *out_at = tb_bytes_of(NULL, 0);
        err = TB_OK;
    }
    return err;
}

tb_err tb_dispute_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    tb_bytes key;
    tb_bytes at;
    *out = 0;
    return next_scan(agent, txn, &key, &at);
}

/* ---- does it count ---- */

static tb_err header_of(tb_txn *txn, const tb_event_row *row, tb_header *out, bool *out_proven)
{
    tb_proof_row proof;
    *out_proven = false;
    if (row->notice == 0) {
        return TB_OK; /* in no notice yet: signed by the next, under the key of then */
    }
    tb_err err = tb_proof_head(txn, &row->sender, &row->incarnation, row->notice, &proof);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    *out_proven = true;
    return tb_reread_error(tb_header_decode(proof.header, tb_txn_arena(txn), out));
}

tb_err tb_dispute_counts(const tb_agent *agent, tb_txn *txn, const tb_event_row *row, bool *out)
{
    tb_header header;
    bool proven;
    tb_err err = header_of(txn, row, &header, &proven);
    if (err == TB_OK) {
        *out = !proven || tb_cut_kept_counts(agent->directory, &agent->self, &header);
    }
    return err;
}

tb_err tb_dispute_opening(tb_txn *txn, const tb_case_row *row, bool *out)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row first;
    tb_err err = tb_event_first(txn, &row->id, TB_CLASS_CHAIN, &walk, &key, &first);
    *out = err == TB_OK && first.standing == TB_STANDING_DISPUTED;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- one case ---- */

/* Where an event stood that does not stay as the switch to the shorter chain leaves it. */
typedef struct stood {
    tb_event_key key;
    tb_standing as;
} stood;

typedef struct disputing {
    tb_step *step;
    tb_case_row row;
    tb_path path;
    size_t good; /* events of the path that count */
    stood *stood;
    size_t stood_count;
} disputing;

static tb_err find_good(disputing *d)
{
    for (d->good = 0; d->good < d->path.count; d->good++) {
        bool counts;
        tb_err err =
            tb_dispute_counts(d->step->agent, d->step->txn, &d->path.list[d->good].row, &counts);
        if (err != TB_OK || !counts) {
            return err;
        }
    }
    return TB_OK;
}

/* What hangs on the disputed part, and forks that are still to be settled. */
static tb_err remember(disputing *d)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    size_t room = 0;
    tb_err err = tb_event_first(d->step->txn, &d->row.id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        bool on_path = key.number >= 1 && key.number <= d->path.count &&
                       tb_digest_equal(&d->path.list[key.number - 1].id, &key.event);
        bool behind = on_path && key.number > d->good;
        if (behind || row.standing == TB_STANDING_FORKED) {
            void *list = d->stood;
            err = tb_work_room(d->step->arena, &list, d->stood_count, &room, sizeof *d->stood);
            if (err != TB_OK) {
                return err;
            }
            d->stood = list;
            d->stood[d->stood_count++] =
                (stood){key, behind ? TB_STANDING_DISPUTED : TB_STANDING_FORKED};
        }
        err = tb_event_next(d->step->txn, &walk, &key, &row);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err set_standings(disputing *d)
{
    for (size_t i = 0; i < d->stood_count; i++) {
        tb_event_row row;
        tb_err err = tb_event_get(d->step->txn, &d->stood[i].key, &row);
        if (err == TB_OK && row.standing != d->stood[i].as) {
            row.standing = d->stood[i].as;
            err = tb_event_update(d->step->txn, &d->stood[i].key, &row);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* Side events beside the chain: each by itself. */
static tb_err dispute_sides(disputing *d, bool *out_any)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(d->step->txn, &d->row.id, TB_CLASS_SIDE, &walk, &key, &row);
    while (err == TB_OK) {
        bool counts = true;
        if (row.standing == TB_STANDING_EFFECTIVE) {
            err = tb_dispute_counts(d->step->agent, d->step->txn, &row, &counts);
        }
        if (err == TB_OK && !counts) {
            *out_any = true;
            row.standing = TB_STANDING_DISPUTED;
            err = tb_event_update(d->step->txn, &key, &row);
        }
        if (err == TB_OK) {
            err = tb_event_next(d->step->txn, &walk, &key, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err raise_alarm(disputing *d)
{
    const tb_chain_event *first = &d->path.list[d->good];
    tb_alarm_row alarm = {
        .code = TB_REFUSED_BEYOND_CUT,
        .at = d->step->now.real,
        .party = first->event.actor,
        .number = first->event.number,
        .digest = first->id,
        .text = tb_bytes_str(tb_refusal_en(TB_REFUSED_BEYOND_CUT)),
        .stream = {.lane = first->row.lane == 0 ? TB_LANE_NORMAL : first->row.lane},
    };
    return tb_alarm_raise(d->step->agent, d->step->txn, &alarm, d->step->effects);
}

/* The chain up to the last event that counts is the chain, with the take-over that was left aside
 * for what is disputed now; with no such event the row stays as the only thing that can be shown,
 * frozen. */
static tb_err roll_back(disputing *d)
{
    bool resumed = false;
    tb_err err = remember(d);
    if (err == TB_OK && d->good > 0) {
        tb_path kept = {d->path.list, d->good};
        err = tb_chain_switch(d->step->agent, d->step->txn, &kept, &d->row);
        if (err == TB_OK) {
            err = tb_dispute_resume(d->step, &d->row, &resumed);
        }
    } else if (err == TB_OK) {
        err = tb_case_unindex(d->step->txn, &d->row); /* nobody finds or links it any more */
    }
    if (err == TB_OK && !resumed) {
        err = set_standings(d);
        d->row.frozen = true;
    }
    return err == TB_OK ? raise_alarm(d) : err;
}

/* What does not read stops no scan: all other cases wait for it. */
static tb_err tell_unread(tb_step *step, const uint8_t case_id[TB_CASE_ID_BYTES])
{
    tb_alarm_row alarm = {
        .code = TB_REFUSED_ROW_UNREADABLE,
        .at = step->now.real,
        .party = step->agent->self,
        .stream = {.lane = TB_LANE_NORMAL},
        .text = tb_bytes_str("An event, or what a case with one is made of, does not read, so that "
                             "nobody can say whether it is beyond a cut. See what is missing with: "
                             "tongbao check."),
    };
    memcpy(alarm.digest.bytes, case_id, TB_CASE_ID_BYTES); /* one alarm each */
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

static tb_err read_case(disputing *d, const tb_case_id *id)
{
    tb_err err = tb_case_load(d->step->agent, d->step->txn, id, &d->row);
    if (err != TB_OK || d->row.view.type == NULL) {
        return err;
    }
    err = tb_chain_to_head(d->step->txn, &d->row, &d->path);
    return err == TB_OK ? find_good(d) : err;
}

static tb_err dispute_case(tb_step *step, const tb_case_id *id)
{
    disputing d = {.step = step};
    bool sides = false;
    tb_err err = read_case(&d, id);
    if (err == TB_ERR_CORRUPT) {
        return tell_unread(step, id->bytes);
    }
    if (err != TB_OK || d.row.view.type == NULL) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    err = dispute_sides(&d, &sides);
    if (err == TB_ERR_CORRUPT) {
        err = tell_unread(step, id->bytes);
    }
    if (err == TB_OK && d.good < d.path.count &&
        d.path.list[d.good].row.standing == TB_STANDING_EFFECTIVE) {
        err = roll_back(&d);
    } else if (err == TB_OK && sides) {
        err = tb_chain_switch(step->agent, step->txn, &d.path, &d.row); /* without those */
    } else {
        return err;
    }
    tb_path now;
    if (err == TB_OK) {
        err = tb_chain_to_head(step->txn, &d.row, &now);
    }
    if (err == TB_OK) {
        err = tb_duties_anew(step->agent, step->txn, &now, &d.row);
    }
    if (err == TB_OK) {
        err = tb_measures_touch(step->agent, step->txn, &d.row);
    }
    if (err == TB_OK) {
        err = tb_automatic_follow(step->agent, step->txn, &d.row);
    }
    if (err == TB_OK) {
        err = tb_case_put(step->txn, &d.row, &step->agent->self);
    }
    if (err == TB_OK) {
        err = tb_lists_follow(step->agent, step->txn, &d.row);
    }
    return err == TB_OK ? tb_case_changed(step->agent, step->txn, &d.row, step->effects) : err;
}

/* ---- a slice of a scan ---- */

/* Whether this event is one the scanned key signed, and has effect. */
static tb_err concerns(
    tb_step *step, const tb_party *party, const tb_key_id *key, const tb_event_row *row, bool *out)
{
    tb_header header;
    bool proven;
    *out = false;
    if (row->standing != TB_STANDING_EFFECTIVE || !tb_party_equal(&row->sender, party)) {
        return TB_OK;
    }
    tb_err err = header_of(step->txn, row, &header, &proven);
    *out = err == TB_OK && proven && tb_key_id_equal(&header.signing_key, key) &&
           !tb_cut_kept_counts(step->agent->directory, &step->agent->self, &header);
    return err;
}

/* The EVENT row looked at last. */
typedef struct place {
    uint8_t key[TB_KEY_BYTES_MAX];
    size_t size;
} place;

/* The event behind a place, which moves: whether it reads, and is one to be disputed. */
static tb_err look_at_next(tb_step *step,
                           const tb_party *party,
                           const tb_key_id *key,
                           place *at,
                           tb_event_key *out,
                           bool *out_reads,
                           bool *out_beyond)
{
    tb_bytes all = {NULL, 0};
    tb_bytes found;
    tb_bytes value;
    tb_event_row row;
    *out_beyond = false;
    tb_err err = at->size == 0 ? tb_store_seek(step->txn, TB_TABLE_EVENT, all, all, &found, &value)
                               : tb_store_next(step->txn, TB_TABLE_EVENT, all,
                                               tb_bytes_of(at->key, at->size), &found, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }
    memset(at->key, 0, TB_CASE_ID_BYTES); /* of a shorter one nothing of the key before */
    memcpy(at->key, found.data, found.size);
    at->size = found.size;
    if (err == TB_OK) {
        err = tb_event_key_decode(found, out);
    }
    if (err == TB_OK) {
        err = tb_event_row_decode(value, &row);
    }
    if (err == TB_OK) {
        err = concerns(step, party, key, &row, out_beyond);
    }
    *out_reads = err != TB_ERR_CORRUPT;
    return *out_reads ? err : TB_OK;
}

/* Looks at events behind a place, which moves. TB_ERR_NOT_FOUND past the last. */
static tb_err scan_slice(tb_step *step, const tb_party *party, const tb_key_id *key, place *at)
{
    size_t cases = 0;
    for (size_t i = 0; i < SCAN_EVENTS && cases < SCAN_CASES; i++) {
        tb_event_key event;
        bool reads = true;
        bool beyond;
        size_t mark = tb_arena_mark(step->arena);
        tb_err err = look_at_next(step, party, key, at, &event, &reads, &beyond);
        if (err == TB_OK && !beyond) {
            tb_arena_release(step->arena, mark);
        }
        if (err == TB_OK && !reads) {
            err = tell_unread(step, at->key);
        } else if (err == TB_OK && beyond) {
            err = dispute_case(step, &event.case_id);
            cases++;
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

tb_err tb_dispute_tick(tb_step *step)
{
    tb_bytes key;
    tb_bytes kept;
    tb_party party = {{0}};
    tb_key_id cut;
    place at;
    tb_err err = next_scan(step->agent, step->txn, &key, &kept);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (key.size != SCAN_KEY_BYTES) {
        return tb_set_aside(step->agent, step->txn, step->now, TB_TABLE_CUT_SCAN, key,
                            step->effects);
    }
    memcpy(party.text, key.data, TB_PARTY_BYTES);
    memcpy(cut.bytes, key.data + TB_PARTY_BYTES, sizeof cut.bytes);
    at.size = kept.size;
    if (kept.size > 0) {
        memcpy(at.key, kept.data, kept.size);
    }
    err = scan_slice(step, &party, &cut, &at);
    if (err == TB_ERR_NOT_FOUND) {
        return tb_store_del(step->txn, TB_TABLE_CUT_SCAN, key);
    }
    return err == TB_OK
               ? tb_store_put(step->txn, TB_TABLE_CUT_SCAN, key, tb_bytes_of(at.key, at.size))
               : err;
}
