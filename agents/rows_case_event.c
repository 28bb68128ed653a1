#include "agents/rows_case.h"

#include "base/pack.h"

#define EVENT_KEY_BYTES   (TB_CASE_ID_BYTES + 1 + 8 + 4 + TB_DIGEST_BYTES)
#define OPENING_KEY_BYTES (EVENT_KEY_BYTES + TB_NAME_BYTES_MAX)
#define ROW_FORM          1
#define EVENT_ROW_SLACK   128

/* ---- EVENT, EVENT_ID ---- */

tb_event_key tb_event_key_of(const tb_event *event, const tb_digest *id)
{
    tb_event_key key = {
        .case_id = tb_event_case(event, id),
        .class = event->kind == TB_EVENT_SIDE ? TB_CLASS_SIDE : TB_CLASS_CHAIN,
        .number = event->number,
        .term = event->term,
        .event = *id,
    };
    return key;
}

static tb_bytes event_key(const tb_event_key *key, uint8_t buffer[EVENT_KEY_BYTES])
{
    tb_writer w;
    tb_writer_init(&w, buffer, EVENT_KEY_BYTES);
    tb_put_raw(&w, key->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_u8(&w, key->class);
    tb_put_u64(&w, key->number);
    tb_put_u32(&w, key->term);
    tb_put_raw(&w, key->event.bytes, TB_DIGEST_BYTES);
    TB_ASSERT(!w.overflow && w.size == EVENT_KEY_BYTES);
    return tb_bytes_of(buffer, w.size);
}

tb_err tb_event_key_decode(tb_bytes key, tb_event_key *out)
{
    tb_reader r;
    tb_reader_init(&r, key);
    tb_event_key k;
    tb_get_raw(&r, k.case_id.bytes, TB_CASE_ID_BYTES);
    k.class = tb_get_u8(&r);
    k.number = tb_get_u64(&r);
    k.term = tb_get_u32(&r);
    tb_get_raw(&r, k.event.bytes, TB_DIGEST_BYTES);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = k;
    return TB_OK;
}

tb_err tb_event_row_decode(tb_bytes value, tb_event_row *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    tb_event_row row;
    uint8_t form = tb_get_u8(&r);
    row.event = tb_get_bytes(&r);
    row.standing = (tb_standing)tb_get_u8(&r);
    row.lane = (tb_lane)tb_get_u8(&r);
    row.recorded = tb_get_i64(&r);
    tb_get_raw(&r, row.sender.text, TB_PARTY_BYTES);
    row.incarnation.counter = tb_get_u64(&r);
    tb_get_raw(&r, row.incarnation.random, sizeof row.incarnation.random);
    row.notice = tb_get_u64(&r);
    row.seen = tb_get_u64(&r);
    if (!tb_reader_done(&r) || form != ROW_FORM) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

static tb_err event_row_encode(const tb_event_row *row, tb_arena *arena, tb_bytes *out)
{
    tb_writer w;
    tb_writer_arena(&w, arena, row->event.size + EVENT_ROW_SLACK);
    tb_put_u8(&w, ROW_FORM);
    tb_put_bytes(&w, row->event);
    tb_put_u8(&w, (uint8_t)row->standing);
    tb_put_u8(&w, (uint8_t)row->lane);
    tb_put_i64(&w, row->recorded);
    tb_put_raw(&w, row->sender.text, TB_PARTY_BYTES);
    tb_put_u64(&w, row->incarnation.counter);
    tb_put_raw(&w, row->incarnation.random, sizeof row->incarnation.random);
    tb_put_u64(&w, row->notice);
    tb_put_u64(&w, row->seen);
    return tb_writer_bytes(&w, out);
}

static tb_bytes id_key(const tb_digest *id)
{
    return tb_bytes_of(id->bytes, TB_DIGEST_BYTES);
}

tb_err tb_event_get(tb_txn *txn, const tb_event_key *key, tb_event_row *out)
{
    uint8_t buffer[EVENT_KEY_BYTES];
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_EVENT, event_key(key, buffer), &value);
    return err == TB_OK ? tb_event_row_decode(value, out) : err;
}

/* Each of a case's side events has an EVENT_ID row. */
static tb_err side_in_case(tb_txn *txn,
                           const tb_case_id *case_id,
                           const tb_digest *id,
                           tb_event_key *out_key,
                           tb_event_row *out)
{
    tb_bytes place;
    tb_event_key key;
    tb_err err = tb_store_get(txn, TB_TABLE_EVENT_ID, id_key(id), &place);
    if (err == TB_OK) {
        err = tb_event_key_decode(place, &key);
    }
    if (err == TB_OK && (key.class != TB_CLASS_SIDE || !tb_case_equal(&key.case_id, case_id))) {
        err = TB_ERR_NOT_FOUND;
    }
    if (err == TB_OK) {
        err = tb_event_get(txn, &key, out);
    }
    if (err == TB_OK) {
        *out_key = key;
    }
    return err;
}

/* What was read and is not it is given back: a case may have thousands. */
static tb_err
walk_to(tb_txn *txn, tb_bytes prefix, const tb_digest *id, tb_event_key *out_key, tb_event_row *out)
{
    tb_arena *arena = tb_txn_arena(txn);
    uint8_t last[EVENT_KEY_BYTES];
    tb_bytes key;
    tb_bytes value;
    size_t mark = tb_arena_mark(arena);
    tb_err err = tb_store_seek(txn, TB_TABLE_EVENT, prefix, prefix, &key, &value);
    while (err == TB_OK) {
        tb_event_key at;
        err = tb_event_key_decode(key, &at);
        if (err == TB_OK && tb_digest_equal(&at.event, id)) {
            *out_key = at;
            return tb_event_row_decode(value, out);
        }
        if (err == TB_OK) {
            memcpy(last, key.data, sizeof last);
            tb_arena_release(arena, mark);
            err = tb_store_next(txn, TB_TABLE_EVENT, prefix, tb_bytes_of(last, sizeof last), &key,
                                &value);
        }
    }
    return err;
}

tb_err tb_event_in_case(tb_txn *txn,
                        const tb_case_id *case_id,
                        uint8_t class,
                        uint64_t number,
                        const tb_digest *id,
                        tb_event_key *out_key,
                        tb_event_row *out)
{
    if (class == TB_CLASS_SIDE) {
        return side_in_case(txn, case_id, id, out_key, out);
    }
    uint8_t buffer[EVENT_KEY_BYTES];
    tb_event_key from = {.case_id = *case_id, .class = class, .number = number};
    size_t known = TB_CASE_ID_BYTES + 1 + (number == 0 ? 0 : 8);
    return walk_to(txn, tb_bytes_of(event_key(&from, buffer).data, known), id, out_key, out);
}

tb_err tb_event_of_case(tb_txn *txn,
                        const tb_case_id *case_id,
                        const tb_digest *id,
                        tb_event_key *out_key,
                        tb_event_row *out)
{
    tb_err err = tb_event_in_case(txn, case_id, TB_CLASS_CHAIN, 0, id, out_key, out);
    return err == TB_ERR_NOT_FOUND
               ? tb_event_in_case(txn, case_id, TB_CLASS_SIDE, 0, id, out_key, out)
               : err;
}

/* Looks at every event, newest case first; what was read is given back as it goes. */
static tb_err search(tb_txn *txn, const tb_digest *id, tb_event_key *out_key, tb_event_row *out)
{
    tb_bytes all = tb_bytes_of(NULL, 0);
    uint8_t last[EVENT_KEY_BYTES];
    tb_bytes upto = tb_bytes_of(last, sizeof last);
    memset(last, UINT8_MAX, sizeof last);
    for (;;) {
        size_t mark = tb_arena_mark(tb_txn_arena(txn));
        tb_bytes key;
        tb_bytes value;
        tb_event_key at;
        tb_err err = tb_store_last(txn, TB_TABLE_EVENT, all, upto, &key, &value);
        if (err == TB_OK) {
            err = tb_event_key_decode(key, &at);
        }
        if (err != TB_OK) {
            return err;
        }
        if (tb_digest_equal(&at.event, id)) {
            *out_key = at;
            return tb_event_row_decode(value, out);
        }
        /* The greatest key below this one: its last byte less by one, or one byte shorter. */
        memcpy(last, key.data, sizeof last);
        uint8_t end = last[sizeof last - 1];
        last[sizeof last - 1] = (uint8_t)(end == 0 ? 0 : end - 1);
        upto = tb_bytes_of(last, sizeof last - (end == 0 ? 1 : 0));
        tb_arena_release(tb_txn_arena(txn), mark);
    }
}

tb_err tb_event_find(tb_txn *txn, const tb_digest *id, tb_event_key *out_key, tb_event_row *out)
{
    tb_bytes key;
    tb_err err = tb_store_get(txn, TB_TABLE_EVENT_ID, id_key(id), &key);
    if (err == TB_ERR_NOT_FOUND) {
        return search(txn, id, out_key, out);
    }
    tb_event_key decoded;
    if (err == TB_OK) {
        err = tb_event_key_decode(key, &decoded);
    }
    if (err != TB_OK) {
        return err;
    }
    err = tb_event_get(txn, &decoded, out);
    if (err == TB_OK) {
        *out_key = decoded;
    }
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

bool tb_event_found_by_id(const tb_event_key *key, const tb_event_row *row)
{
    return key->class == TB_CLASS_SIDE || row->standing == TB_STANDING_HELD_BACK;
}

static tb_err id_del(tb_txn *txn, const tb_digest *id)
{
    if (tb_store_rows(txn, TB_TABLE_EVENT_ID) == 0) {
        return TB_OK;
    }
    tb_err err = tb_store_del(txn, TB_TABLE_EVENT_ID, id_key(id));
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_event_update(tb_txn *txn, const tb_event_key *key, const tb_event_row *row)
{
    uint8_t buffer[EVENT_KEY_BYTES];
    tb_bytes value;
    tb_err err = event_row_encode(row, tb_txn_arena(txn), &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_EVENT, event_key(key, buffer), value) : err;
}

tb_err tb_event_put(tb_txn *txn, const tb_event_key *key, const tb_event_row *row)
{
    uint8_t buffer[EVENT_KEY_BYTES];
    tb_err err = tb_event_update(txn, key, row);
    if (err != TB_OK) {
        return err;
    }
    if (tb_event_found_by_id(key, row)) {
        return tb_store_put(txn, TB_TABLE_EVENT_ID, id_key(&key->event), event_key(key, buffer));
    }
    return id_del(txn, &key->event);
}

tb_err tb_event_del(tb_txn *txn, const tb_event_key *key)
{
    uint8_t buffer[EVENT_KEY_BYTES];
    tb_err err = tb_store_del(txn, TB_TABLE_EVENT, event_key(key, buffer));
    if (err == TB_OK) {
        err = id_del(txn, &key->event);
    }
    return err == TB_OK ? tb_openings_drop(txn, key) : err;
}

static tb_err walk_row(
    tb_event_walk *walk, tb_bytes key, tb_bytes value, tb_event_key *out_key, tb_event_row *out)
{
    tb_err err = tb_event_key_decode(key, out_key);
    if (err != TB_OK) {
        return err;
    }
    err = tb_event_row_decode(value, out);
    if (err != TB_OK) {
        return err;
    }
    walk->key = key;
    return TB_OK;
}

tb_err tb_event_first(tb_txn *txn,
                      const tb_case_id *id,
                      uint8_t class,
                      tb_event_walk *walk,
                      tb_event_key *out_key,
                      tb_event_row *out)
{
    uint8_t buffer[TB_CASE_ID_BYTES + 1];
    memcpy(buffer, id->bytes, TB_CASE_ID_BYTES);
    buffer[TB_CASE_ID_BYTES] = class;
    tb_err err =
        tb_arena_copy(tb_txn_arena(txn), tb_bytes_of(buffer, sizeof buffer), &walk->prefix);
    if (err != TB_OK) {
        return err;
    }
    tb_bytes key;
    tb_bytes value;
    err = tb_store_seek(txn, TB_TABLE_EVENT, walk->prefix, walk->prefix, &key, &value);
    if (err != TB_OK) {
        return err;
    }
    return walk_row(walk, key, value, out_key, out);
}

tb_err tb_event_next(tb_txn *txn, tb_event_walk *walk, tb_event_key *out_key, tb_event_row *out)
{
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_EVENT, walk->prefix, walk->key, &key, &value);
    if (err != TB_OK) {
        return err;
    }
    return walk_row(walk, key, value, out_key, out);
}

/* ---- OPENING ---- */

static tb_bytes
opening_key(const tb_event_key *event, tb_bytes group, uint8_t buffer[OPENING_KEY_BYTES])
{
    TB_ASSERT(group.size <= TB_NAME_BYTES_MAX);
    (void)event_key(event, buffer);
    memcpy(buffer + EVENT_KEY_BYTES, group.data, group.size);
    return tb_bytes_of(buffer, EVENT_KEY_BYTES + group.size);
}

tb_err tb_opening_decode(tb_bytes key, tb_bytes value, tb_opening *out)
{
    if (key.size <= EVENT_KEY_BYTES || key.size > OPENING_KEY_BYTES) {
        return TB_ERR_CORRUPT;
    }
    tb_opening opening;
    memcpy(opening.event.bytes, key.data + EVENT_KEY_BYTES - TB_DIGEST_BYTES, TB_DIGEST_BYTES);
    opening.group = tb_bytes_of(key.data + EVENT_KEY_BYTES, key.size - EVENT_KEY_BYTES);
    tb_reader r;
    tb_reader_init(&r, value);
    tb_get_raw(&r, opening.random, sizeof opening.random);
    opening.content = tb_get_bytes(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = opening;
    return TB_OK;
}

tb_err tb_opening_get(tb_txn *txn, const tb_event_key *event, tb_bytes group, tb_opening *out)
{
    uint8_t buffer[OPENING_KEY_BYTES];
    tb_bytes value;
    tb_bytes at = opening_key(event, group, buffer);
    tb_err err = tb_store_get(txn, TB_TABLE_OPENING, at, &value);
    if (err != TB_OK) {
        return err;
    }
    tb_bytes key;
    err = tb_arena_copy(tb_txn_arena(txn), at, &key);
    return err == TB_OK ? tb_opening_decode(key, value, out) : err;
}

tb_err tb_opening_put(tb_txn *txn, const tb_event_key *event, const tb_opening *opening)
{
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), sizeof opening->random + 4 + opening->content.size);
    tb_put_raw(&w, opening->random, sizeof opening->random);
    tb_put_bytes(&w, opening->content);
    tb_bytes value;
    tb_err err = tb_writer_bytes(&w, &value);
    if (err != TB_OK) {
        return err;
    }
    uint8_t buffer[OPENING_KEY_BYTES];
    return tb_store_put(txn, TB_TABLE_OPENING, opening_key(event, opening->group, buffer), value);
}

tb_err tb_opening_del(tb_txn *txn, const tb_event_key *event, tb_bytes group)
{
    uint8_t buffer[OPENING_KEY_BYTES];
    return tb_store_del(txn, TB_TABLE_OPENING, opening_key(event, group, buffer));
}

tb_err tb_openings_of(tb_txn *txn, const tb_event_key *event, tb_opening **out, size_t *out_count)
{
    tb_opening *list = tb_arena_array(tb_txn_arena(txn), TB_GROUPS_MAX, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t count = 0;
    uint8_t buffer[EVENT_KEY_BYTES];
    tb_bytes prefix = event_key(event, buffer);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_OPENING, prefix, prefix, &key, &value);
    while (err == TB_OK) {
        if (count == TB_GROUPS_MAX) {
            return TB_ERR_CORRUPT;
        }
        err = tb_opening_decode(key, value, &list[count]);
        if (err != TB_OK) {
            return err;
        }
        count++;
        err = tb_store_next(txn, TB_TABLE_OPENING, prefix, key, &key, &value);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

tb_err tb_openings_drop(tb_txn *txn, const tb_event_key *event)
{
    tb_opening *openings;
    size_t count;
    tb_err err = tb_openings_of(txn, event, &openings, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        err = tb_opening_del(txn, event, openings[i].group);
    }
    return err;
}
