/* migrate - an agent's store of an older schema.
 *
 * 1 -> 2  OPENING was keyed "event group"; it lies under its event's place now, "EVENT key, group".
 *         EVENT_ID had a row for every event; it has them for side events and held ones alone.
 *         OUTBOX_DUE keys name the incarnation, HELD values who gave the event here.
 *         CASE rows say who made the holder the holder: it follows from the chain.
 *         PROOF rows of schema 1 are those that stand alone, OUTBOX rows those with their group
 *         inside; both are still read and stay. Tables that came with schema 2 are empty: DUTY too,
 *         for a program of schema 1 took no definition that names duties.
 *
 * 2 -> 3  DUTY was keyed "case from-event duty", and had one debtor: he is in the key now, for of
 *         many each owes his own. DUTY_DUE, which leads to it, likewise. Who he was the row says.
 *
 * 3 -> 4  No row moves. What was said last may stand in the turn log (store/turn_log.h), which a
 *         program of schema 3 would not look at: it refuses the store.
 */
#include "agents/migrate.h"

#include "agents/rows_case.h"
#include "agents/rows_link_keys.h"
#include "base/limits.h"

/* ---- 1 -> 2 ---- */

typedef enum phase {
    OPENINGS_AWAY, /* to MIGRATION, under their new keys: old and new ones must not mix */
    OPENINGS_BACK,
    EVENT_IDS,
    DUES_AWAY, /* likewise */
    DUES_BACK,
    HELD,
    CASES,
} phase;

/* "event group" -> "EVENT key, group"; the way leads over EVENT_ID, still whole. */
static tb_err opening_place(tb_txn *txn, tb_bytes key, tb_bytes value, tb_bytes *out_key)
{
    tb_bytes event_key;
    (void)value;
    if (key.size <= TB_DIGEST_BYTES) {
        return TB_ERR_NOT_FOUND;
    }
    tb_bytes group = tb_bytes_of(key.data + TB_DIGEST_BYTES, key.size - TB_DIGEST_BYTES);
    tb_err err =
        tb_store_get(txn, TB_TABLE_EVENT_ID, tb_bytes_of(key.data, TB_DIGEST_BYTES), &event_key);
    if (err == TB_ERR_CORRUPT) {
        return TB_ERR_NOT_FOUND; /* nobody can say any more whose it is */
    }
    if (err != TB_OK) {
        return err;
    }
    uint8_t *joined = tb_arena_alloc(tb_txn_arena(txn), event_key.size + group.size);
    if (joined == NULL) {
        return TB_ERR_LIMIT;
    }
    memcpy(joined, event_key.data, event_key.size);
    memcpy(joined + event_key.size, group.data, group.size);
    *out_key = tb_bytes_of(joined, event_key.size + group.size);
    return TB_OK;
}

/* Whether an id still leads to its event; TB_ERR_NOT_FOUND: it leads nowhere. */
static tb_err keeps_id(tb_txn *txn, tb_bytes event_key, bool *out)
{
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_key_decode(event_key, &key);
    if (err == TB_OK) {
        err = tb_event_get(txn, &key, &row);
    }
    if (err == TB_OK) {
        *out = tb_event_found_by_id(&key, &row);
    }
    return err == TB_ERR_CORRUPT ? TB_ERR_NOT_FOUND : err;
}

static tb_err thin_one(tb_txn *txn, tb_bytes key, tb_err found, tb_bytes value, tb_migration_at *at)
{
    bool keeps = false;
    tb_err err = found == TB_OK ? keeps_id(txn, value, &keeps) : TB_ERR_NOT_FOUND;
    if (err == TB_ERR_NOT_FOUND) {
        at->left_out++;
        err = TB_OK;
    }
    return err == TB_OK && !keeps ? tb_store_del(txn, TB_TABLE_EVENT_ID, key) : err;
}

/* "due recipient lane" -> "due incarnation recipient lane": all were of the present one. */
static tb_err due_place(tb_txn *txn, tb_bytes key, tb_bytes value, tb_bytes *out_key)
{
    tb_incarnation incarnation;
    tb_reader r;
    tb_writer w;
    (void)value;
    tb_reader_init(&r, key);
    uint64_t due = tb_get_u64(&r);
    tb_party recipient = tb_read_party(&r);
    tb_lane lane = tb_read_lane(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_meta_incarnation(txn, &incarnation);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    tb_key at;
    tb_key_begin(&at);
    tb_key_number(&at, due);
    tb_key_incarnation(&at, &incarnation);
    tb_key_party(&at, &recipient);
    tb_key_lane(&at, lane);
    tb_bytes made = tb_key_bytes(&at);
    tb_writer_arena(&w, tb_txn_arena(txn), made.size);
    tb_put_raw(&w, made.data, made.size);
    return tb_writer_bytes(&w, out_key);
}

/* Who gave a held event was not kept; its author's notice is the nearest to it. */
static tb_err
name_giver(tb_txn *txn, tb_bytes key, tb_err found, tb_bytes value, tb_migration_at *at)
{
    tb_digest missing;
    tb_digest held;
    tb_event_key place;
    tb_event_row row;
    tb_bytes event_key;
    tb_reader r;
    tb_reader_init(&r, value);
    tb_time since = tb_get_i64(&r);
    tb_err err = TB_ERR_NOT_FOUND;
    if (found == TB_OK && tb_reader_done(&r) && key.size == 2 * TB_DIGEST_BYTES) {
        memcpy(missing.bytes, key.data, TB_DIGEST_BYTES);
        memcpy(held.bytes, key.data + TB_DIGEST_BYTES, TB_DIGEST_BYTES);
        err = tb_store_get(txn, TB_TABLE_EVENT_ID, tb_bytes_of(held.bytes, TB_DIGEST_BYTES),
                           &event_key);
    }
    if (err == TB_OK) {
        err = tb_event_key_decode(event_key, &place);
    }
    if (err == TB_OK) {
        err = tb_event_get(txn, &place, &row);
    }
    if (err == TB_OK) {
        return tb_held_put(txn, &missing, &held, since, &row.sender);
    }
    at->left_out++;
    return err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT ? tb_store_del(txn, TB_TABLE_HELD, key)
                                                            : err;
}

/* ---- slices of rows that stay in their table ---- */

/* What becomes of one row, at its own key. found: as the store says; the value is there if TB_OK.
 */
typedef tb_err row_fn(tb_txn *txn, tb_bytes key, tb_err found, tb_bytes value, tb_migration_at *at);

static tb_err walk(tb_txn *txn, tb_table table, row_fn *one, tb_migration_at *at, bool *out_end)
{
    tb_bytes all = {NULL, 0};
    *out_end = false;
    for (unsigned i = 0; i < TB_MIGRATE_ROWS; i++) {
        tb_bytes key;
        tb_bytes value;
        tb_err err = at->key.size == 0 ? tb_store_seek(txn, table, all, all, &key, &value)
                                       : tb_store_next(txn, table, all, at->key, &key, &value);
        if (err == TB_ERR_NOT_FOUND) {
            at->key = all; /* the next phase begins at its beginning */
            *out_end = true;
            return TB_OK;
        }
        if (err == TB_OK || err == TB_ERR_CORRUPT) {
            err = one(txn, key, err, value, at);
        }
        if (err != TB_OK) {
            return err;
        }
        at->key = key;
        at->rows++;
    }
    return TB_OK;
}

/* The actor of the last event in effect that changed the holder. */
static tb_err find_hander(tb_txn *txn, tb_case_row *row)
{
    tb_party holder = {{0}};
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row stored;
    tb_err err = tb_event_first(txn, &row->id, TB_CLASS_CHAIN, &walk, &key, &stored);
    while (err == TB_OK) {
        tb_event event;
        if (stored.standing == TB_STANDING_EFFECTIVE) {
            if (tb_event_decode(stored.event, tb_txn_arena(txn), &event) != TB_ACCEPTED) {
                return TB_ERR_CORRUPT;
            }
            if (!tb_party_equal(&holder, &event.holder)) {
                row->view.handed_by = event.actor;
            }
            holder = event.holder;
        }
        err = tb_event_next(txn, &walk, &key, &stored);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err
name_hander(tb_txn *txn, tb_bytes key, tb_err found, tb_bytes value, tb_migration_at *at)
{
    tb_case_row row;
    tb_case_id id;
    tb_err err = key.size == TB_CASE_ID_BYTES ? found : TB_ERR_CORRUPT;
    if (err == TB_OK) {
        memcpy(id.bytes, key.data, TB_CASE_ID_BYTES);
        err = tb_case_decode(&id, value, tb_txn_arena(txn), &row);
    }
    if (err == TB_OK) {
        err = find_hander(txn, &row);
    }
    if (err == TB_ERR_CORRUPT) {
        at->left_out++; /* the check says what is wrong with it */
        return TB_OK;
    }
    tb_bytes made;
    if (err == TB_OK) {
        err = tb_case_encode(&row, tb_txn_arena(txn), &made);
    }
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_CASE, key, made) : err;
}

static tb_err from_1(tb_txn *txn, tb_migration_at *at, bool *out_done)
{
    bool end = false;
    tb_err err = TB_ERR_CORRUPT;
    switch ((phase)at->phase) {
    case OPENINGS_AWAY:
        err = tb_migrate_rows(txn, TB_TABLE_OPENING, TB_TABLE_MIGRATION, opening_place, at, &end);
        break;
    case OPENINGS_BACK:
        err = tb_migrate_rows(txn, TB_TABLE_MIGRATION, TB_TABLE_OPENING, NULL, at, &end);
        break;
    case EVENT_IDS:
        err = walk(txn, TB_TABLE_EVENT_ID, thin_one, at, &end);
        break;
    case DUES_AWAY:
        err = tb_migrate_rows(txn, TB_TABLE_OUTBOX_DUE, TB_TABLE_MIGRATION, due_place, at, &end);
        break;
    case DUES_BACK:
        err = tb_migrate_rows(txn, TB_TABLE_MIGRATION, TB_TABLE_OUTBOX_DUE, NULL, at, &end);
        break;
    case HELD:
        err = walk(txn, TB_TABLE_HELD, name_giver, at, &end);
        break;
    case CASES:
        err = walk(txn, TB_TABLE_CASE, name_hander, at, &end);
        *out_done = end;
        break;
    }
    if (err == TB_OK && end) {
        at->phase++;
    }
    return err;
}

/* ---- 2 -> 3 ---- */

typedef enum phase_3 {
    DUTY_DUES_AWAY, /* while the duties they lead to stand under their old keys */
    DUTY_DUES_BACK,
    DUTIES_AWAY,
    DUTIES_BACK,
} phase_3;

/* A DUTY row of schema 2: form u8, state u8, debtor. */
#define DEBTOR_AT  2
#define DUTY_FIXED (TB_CASE_ID_BYTES + TB_DIGEST_BYTES)
#define WALK_BYTES (1 + 8)

/* The key with the debtor behind its first `fixed` bytes. */
static tb_err with_debtor(tb_txn *txn, tb_bytes key, size_t fixed, tb_bytes row, tb_bytes *out_key)
{
    if (key.size <= fixed || row.size < DEBTOR_AT + TB_PARTY_BYTES) {
        return TB_ERR_NOT_FOUND;
    }
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), key.size + TB_PARTY_BYTES);
    tb_put_raw(&w, key.data, fixed);
    tb_put_raw(&w, row.data + DEBTOR_AT, TB_PARTY_BYTES);
    tb_put_raw(&w, key.data + fixed, key.size - fixed);
    return tb_writer_bytes(&w, out_key);
}

static tb_err duty_place(tb_txn *txn, tb_bytes key, tb_bytes value, tb_bytes *out_key)
{
    return with_debtor(txn, key, DUTY_FIXED, value, out_key);
}

static tb_err duty_due_place(tb_txn *txn, tb_bytes key, tb_bytes value, tb_bytes *out_key)
{
    tb_bytes row;
    (void)value;
    if (key.size <= WALK_BYTES) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_store_get(txn, TB_TABLE_DUTY,
                              tb_bytes_of(key.data + WALK_BYTES, key.size - WALK_BYTES), &row);
    if (err != TB_OK) {
        return err == TB_ERR_CORRUPT ? TB_ERR_NOT_FOUND : err;
    }
    return with_debtor(txn, key, WALK_BYTES + DUTY_FIXED, row, out_key);
}

static tb_err from_2(tb_txn *txn, tb_migration_at *at, bool *out_done)
{
    bool end = false;
    tb_err err = TB_ERR_CORRUPT;
    switch ((phase_3)at->phase) {
    case DUTY_DUES_AWAY:
        err = tb_migrate_rows(txn, TB_TABLE_DUTY_DUE, TB_TABLE_MIGRATION, duty_due_place, at, &end);
        break;
    case DUTY_DUES_BACK:
        err = tb_migrate_rows(txn, TB_TABLE_MIGRATION, TB_TABLE_DUTY_DUE, NULL, at, &end);
        break;
    case DUTIES_AWAY:
        err = tb_migrate_rows(txn, TB_TABLE_DUTY, TB_TABLE_MIGRATION, duty_place, at, &end);
        break;
    case DUTIES_BACK:
        err = tb_migrate_rows(txn, TB_TABLE_MIGRATION, TB_TABLE_DUTY, NULL, at, &end);
        *out_done = end;
        break;
    }
    if (err == TB_OK && end) {
        at->phase++;
    }
    return err;
}

const tb_migration tb_agent_migrations[] = {{1, from_1}, {2, from_2}, {3, NULL}};
const size_t tb_agent_migration_count = sizeof tb_agent_migrations / sizeof tb_agent_migrations[0];
