#include "agents/gap.h"

#include "agents/casework.h"
#include "agents/recovery.h"
#include "agents/resend.h"
#include "agents/set_aside.h"

/* The link or a share stands against it: looked at again. */
#define WAIT_MS 3000
/* All asks are spent: only looked at now and then. */
#define SPENT_MS (24ll * 3600 * 1000)
/* Others on the case that may be asked. */
#define OTHERS_MAX 64

tb_err tb_gap_open(tb_txn *txn,
                   tb_now now,
                   const tb_digest *missing,
                   const tb_party *giver,
                   const tb_case_id *case_id)
{
    tb_gap_row row;
    tb_err err = tb_gap_get(txn, missing, &row);
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    row = (tb_gap_row){
        .since = now.real,
        .due = now.real + TB_GAP_ASK_MS,
        .giver = *giver,
        .case_id = *case_id,
    };
    return tb_gap_put(txn, missing, 0, &row);
}

tb_err tb_gap_answered(tb_txn *txn, tb_now now, const tb_digest *missing, const tb_party *by)
{
    tb_gap_row row;
    tb_err err = tb_gap_get(txn, missing, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    bool newest = row.ask_count > 0 && tb_party_equal(&row.asks[row.ask_count - 1].of, by);
    tb_time kept_due = row.due;
    if (!newest || row.ask_count == TB_GAP_ASKS_MAX || row.due < now.real) {
        return TB_OK;
    }
    row.due = now.real;
    return tb_gap_put(txn, missing, kept_due, &row);
}

tb_err tb_gap_due(tb_txn *txn, tb_time *out)
{
    tb_digest missing;
    tb_bytes row;
    return tb_gap_due_first(txn, out, &missing, &row);
}

/* ---- whom to ask ---- */

typedef struct people {
    tb_party list[OTHERS_MAX];
    size_t count;
} people;

static void add(people *p, const tb_agent *agent, const tb_party *party)
{
    const tb_directory_party *known = tb_directory_find(agent->directory, party);
    if (known == NULL || known->state != TB_PARTY_ACTIVE || p->count == OTHERS_MAX ||
        tb_party_equal(party, &agent->self)) {
        return;
    }
    for (size_t i = 0; i < p->count; i++) {
        if (tb_party_equal(&p->list[i], party)) {
            return;
        }
    }
    p->list[p->count++] = *party;
}

/* The actor and the addressees of what waits, then whoever else is known to be on the case. */
static tb_err gather(tb_step *step, const tb_digest *missing, const tb_gap_row *row, people *p)
{
    tb_bytes prefix = tb_bytes_of(missing->bytes, TB_DIGEST_BYTES);
    tb_bytes key;
    tb_bytes value;
    tb_digest held;
    tb_event_key found;
    tb_event_row waiting;
    tb_event event;
    tb_case_row owner;
    add(p, step->agent, &row->giver);
    tb_err err = tb_store_seek(step->txn, TB_TABLE_HELD, prefix, prefix, &key, &value);
    if (err == TB_OK && key.size != 2 * TB_DIGEST_BYTES) {
        err = TB_ERR_CORRUPT;
    }
    if (err == TB_OK) {
        memcpy(held.bytes, key.data + TB_DIGEST_BYTES, TB_DIGEST_BYTES);
        err = tb_event_find(step->txn, &held, &found, &waiting);
    }
    if (err == TB_OK && tb_event_decode(waiting.event, step->arena, &event) == TB_ACCEPTED) {
        add(p, step->agent, &event.actor);
        for (size_t i = 0; i < event.addressee_count; i++) {
            add(p, step->agent, &event.addressees[i]);
        }
    }
    if (err == TB_OK) {
        err = tb_case_get(step->txn, &row->case_id, &owner);
    }
    for (size_t i = 0; err == TB_OK && i < owner.knower_count; i++) {
        add(p, step->agent, &owner.knowers[i].party);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static size_t times_asked(const tb_gap_row *row, const tb_party *party)
{
    size_t times = 0;
    for (size_t i = 0; i < row->ask_count; i++) {
        times += tb_party_equal(&row->asks[i].of, party) ? 1 : 0;
    }
    return times;
}

/* Whoever was asked least, in the order they were gathered. */
static const tb_party *least_asked(const tb_gap_row *row, const people *p)
{
    const tb_party *best = NULL;
    for (size_t i = 0; i < p->count; i++) {
        if (best == NULL || times_asked(row, &p->list[i]) < times_asked(row, best)) {
            best = &p->list[i];
        }
    }
    return best;
}

/* ---- asking ---- */

static tb_err alarm_spent(tb_step *step, const tb_digest *missing, const tb_gap_row *row)
{
    tb_alarm_row alarm = {
        .code = TB_REFUSED_PREDECESSOR,
        .at = step->now.real,
        .party = row->giver,
        .digest = *missing,
        .stream = {.lane = TB_LANE_NORMAL},
        .text = tb_bytes_str("An event that others wait for was asked for and nobody resent it; "
                             "what waits for it stays held back."),
    };
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

static tb_err ask_next(tb_step *step, const tb_digest *missing, tb_gap_row *row)
{
    tb_time now = step->now.real;
    people p = {.count = 0};
    tb_err err = gather(step, missing, row, &p);
    if (err != TB_OK) {
        return err;
    }
    const tb_party *of = least_asked(row, &p);
    if (row->ask_count == TB_GAP_ASKS_MAX || of == NULL) {
        row->due = now + SPENT_MS;
        return alarm_spent(step, missing, row);
    }
    row->due = now + WAIT_MS;
    bool ready;
    err = tb_link_ready(step->agent, step->txn, of, 1, &ready);
    if (err != TB_OK || !ready) {
        return err;
    }
    uint64_t notice = 0;
    err = tb_resend_ask_event(step, missing, &row->case_id, of, &notice);
    if (err != TB_OK || notice == 0) {
        return err;
    }
    row->asks[row->ask_count++] = (tb_gap_ask){*of, now};
    row->due = now + TB_GAP_ASK_MS * (tb_time)(row->ask_count + 1);
    tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO, "event=asked_for missing=%x of=%p",
                    tb_bytes_of(missing->bytes, TB_DIGEST_BYTES), of);
    return TB_OK;
}

/* It is here by now, or nothing waits for it any more. */
static tb_err is_over(tb_step *step, const tb_digest *missing, const tb_gap_row *gap, bool *out)
{
    tb_bytes prefix = tb_bytes_of(missing->bytes, TB_DIGEST_BYTES);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(step->txn, TB_TABLE_HELD, prefix, prefix, &key, &value);
    if (err != TB_OK) {
        *out = true;
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    tb_event_key found;
    tb_event_row row;
    err = tb_event_of_case(step->txn, &gap->case_id, missing, &found, &row);
    *out = err == TB_OK;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err look_at(tb_step *step, const tb_digest *missing, tb_time due)
{
    tb_gap_row row;
    bool over = false;
    bool recovering = false;
    tb_err err = tb_gap_get(step->txn, missing, &row);
    if (err == TB_OK) {
        err = is_over(step, missing, &row, &over);
    }
    if (err == TB_ERR_NOT_FOUND || (err == TB_OK && over)) {
        return tb_gap_del(step->txn, missing, due);
    }
    if (err == TB_OK) {
        err = tb_recovery_active(step->txn, &recovering);
    }
    if (err != TB_OK) {
        return err;
    }
    if (recovering) {
        row.due = step->now.real + TB_GAP_ASK_MS; /* what is being resent anyway is not asked for */
    } else {
        err = ask_next(step, missing, &row);
    }
    return err == TB_OK ? tb_gap_put(step->txn, missing, due, &row) : err;
}

/* How long one waits at the most before it is looked at. */
static tb_time longest(const tb_gap_row *row)
{
    return row->ask_count == TB_GAP_ASKS_MAX ? SPENT_MS
                                             : TB_GAP_ASK_MS * (tb_time)(row->ask_count + 1);
}

tb_err tb_gap_set_back(tb_step *step, bool *moved)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_time now = step->now.real;
    tb_err err = tb_store_seek(step->txn, TB_TABLE_GAP, all, all, &key, &value);
    while (err == TB_OK) {
        tb_digest missing;
        tb_gap_row row;
        if (key.size != TB_DIGEST_BYTES) {
            return TB_ERR_CORRUPT;
        }
        memcpy(missing.bytes, key.data, TB_DIGEST_BYTES);
        err = tb_gap_get(step->txn, &missing, &row);
        if (err == TB_OK && row.due > now + longest(&row)) {
            tb_time kept_due = row.due;
            row.due = now + longest(&row);
            *moved = true;
            err = tb_gap_put(step->txn, &missing, kept_due, &row);
        }
        if (err == TB_OK) {
            err = tb_store_next(step->txn, TB_TABLE_GAP, all, key, &key, &value);
        }
    }
    return err;
}

tb_err tb_gap_tick(tb_step *step)
{
    if (tb_store_rows(step->txn, TB_TABLE_GAP_DUE) == 0) {
        return TB_OK;
    }
    for (size_t i = 0; i < TB_GAP_ASKS_A_TURN; i++) {
        tb_time due;
        tb_digest missing = {{0}};
        tb_bytes row;
        tb_err err = tb_gap_due_first(step->txn, &due, &missing, &row);
        if (err == TB_ERR_NOT_FOUND || (err == TB_OK && due > step->now.real)) {
            return TB_OK;
        }
        if (err == TB_OK || err == TB_ERR_CORRUPT) {
            tb_hand_take(step->agent, TB_TABLE_GAP_DUE, row);
            tb_hand_too(step->agent, TB_TABLE_GAP, tb_bytes_of(missing.bytes, TB_DIGEST_BYTES));
        }
        if (err == TB_OK) {
            err = look_at(step, &missing, due);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}
