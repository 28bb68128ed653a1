#include "agents/rows_case.h"

#include "agents/rows_link.h"
#include "base/pack.h"

#define EVENT_KEY_BYTES   (TB_CASE_ID_BYTES + 1 + 8 + 4 + TB_DIGEST_BYTES)
#define OPENING_KEY_BYTES (TB_DIGEST_BYTES + TB_NAME_BYTES_MAX)
#define ROW_FORM          1
#define EVENT_ROW_SLACK   128

static tb_bytes case_key(const tb_case_id *id)
{
    return tb_bytes_of(id->bytes, sizeof id->bytes);
}

/* ---- CASE ---- */

static size_t case_size(const tb_case_row *row)
{
    const tb_case_view *view = &row->view;
    size_t size =
        512 + row->campaign.size + row->case_type.size + view->state.size + row->action.size;
    for (size_t i = 0; i < view->field_count; i++) {
        size += 8 + view->fields[i].id.size + view->fields[i].value.size;
    }
    for (size_t i = 0; i < view->count_count; i++) {
        size += 8 + TB_PARTY_BYTES + view->counts[i].action.size;
    }
    for (size_t i = 0; i < row->indexed_count; i++) {
        size += 16 + row->indexed[i].field.size + row->indexed[i].value.size;
    }
    return size + row->knower_count * (TB_PARTY_BYTES + 20) + row->unseen_count * TB_DIGEST_BYTES;
}

static void put_view(tb_writer *w, const tb_case_view *view)
{
    tb_put_bytes(w, view->state);
    tb_put_raw(w, view->holder.text, TB_PARTY_BYTES);
    tb_put_raw(w, view->opener.text, TB_PARTY_BYTES);
    tb_put_u32(w, view->term);
    tb_put_u64(w, view->number);
    tb_put_raw(w, view->head.bytes, TB_DIGEST_BYTES);
    tb_put_u32(w, (uint32_t)view->field_count);
    for (size_t i = 0; i < view->field_count; i++) {
        tb_put_bytes(w, view->fields[i].id);
        tb_put_bytes(w, view->fields[i].value);
    }
    tb_put_u32(w, (uint32_t)view->count_count);
    for (size_t i = 0; i < view->count_count; i++) {
        tb_put_bytes(w, view->counts[i].action);
        tb_put_u32(w, view->counts[i].count);
        tb_put_raw(w, view->counts[i].last_actor.text, TB_PARTY_BYTES);
    }
}

tb_err tb_case_encode(const tb_case_row *row, tb_arena *arena, tb_bytes *out)
{
    tb_writer w;
    tb_writer_arena(&w, arena, case_size(row));
    tb_put_u8(&w, ROW_FORM);
    tb_put_bytes(&w, row->campaign);
    tb_put_u32(&w, row->campaign_version);
    tb_put_bytes(&w, row->case_type);
    put_view(&w, &row->view);
    tb_put_u8(&w, (uint8_t)row->lane);
    tb_put_u8(&w, row->frozen ? 1 : 0);
    tb_put_u8(&w, row->closed ? 1 : 0);
    tb_put_i64(&w, row->opened);
    tb_put_i64(&w, row->at);
    tb_put_bytes(&w, row->action);
    tb_put_u32(&w, (uint32_t)row->knower_count);
    for (size_t i = 0; i < row->knower_count; i++) {
        tb_put_raw(&w, row->knowers[i].party.text, TB_PARTY_BYTES);
        tb_put_u64(&w, row->knowers[i].upto);
        tb_put_u64(&w, row->knowers[i].handed);
        tb_put_u32(&w, row->knowers[i].groups);
    }
    tb_put_u32(&w, (uint32_t)row->indexed_count);
    for (size_t i = 0; i < row->indexed_count; i++) {
        tb_put_bytes(&w, row->indexed[i].field);
        tb_put_bytes(&w, row->indexed[i].value);
        tb_put_u64(&w, row->indexed[i].number);
    }
    tb_put_u32(&w, (uint32_t)row->unseen_count);
    for (size_t i = 0; i < row->unseen_count; i++) {
        tb_put_raw(&w, row->unseen[i].bytes, TB_DIGEST_BYTES);
    }
    return tb_writer_bytes(&w, out);
}

/* A count that cannot be true of the bytes left is a failed read, not a huge allocation. */
static size_t get_count(tb_reader *r)
{
    uint32_t count = tb_get_u32(r);
    if (count > r->size - r->at) {
        r->failed = true;
        return 0;
    }
    return count;
}

static tb_err get_view(tb_reader *r, tb_arena *arena, tb_case_view *view)
{
    view->state = tb_get_bytes(r);
    tb_get_raw(r, view->holder.text, TB_PARTY_BYTES);
    tb_get_raw(r, view->opener.text, TB_PARTY_BYTES);
    view->term = tb_get_u32(r);
    view->number = tb_get_u64(r);
    tb_get_raw(r, view->head.bytes, TB_DIGEST_BYTES);
    view->field_count = get_count(r);
    view->fields = tb_arena_array(arena, view->field_count + 1, sizeof *view->fields);
    if (view->fields == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < view->field_count; i++) {
        view->fields[i].id = tb_get_bytes(r);
        view->fields[i].value = tb_get_bytes(r);
    }
    view->count_count = get_count(r);
    view->counts = tb_arena_array(arena, view->count_count + 1, sizeof *view->counts);
    if (view->counts == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < view->count_count; i++) {
        view->counts[i].action = tb_get_bytes(r);
        view->counts[i].count = tb_get_u32(r);
        tb_get_raw(r, view->counts[i].last_actor.text, TB_PARTY_BYTES);
    }
    return TB_OK;
}

static tb_err get_lists(tb_reader *r, tb_arena *arena, tb_case_row *row)
{
    row->knower_count = get_count(r);
    row->knowers = tb_arena_array(arena, row->knower_count + 1, sizeof *row->knowers);
    if (row->knowers == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < row->knower_count; i++) {
        tb_get_raw(r, row->knowers[i].party.text, TB_PARTY_BYTES);
        row->knowers[i].upto = tb_get_u64(r);
        row->knowers[i].handed = tb_get_u64(r);
        row->knowers[i].groups = tb_get_u32(r);
    }
    row->indexed_count = get_count(r);
    row->indexed = tb_arena_array(arena, row->indexed_count + 1, sizeof *row->indexed);
    if (row->indexed == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < row->indexed_count; i++) {
        row->indexed[i].field = tb_get_bytes(r);
        row->indexed[i].value = tb_get_bytes(r);
        row->indexed[i].number = tb_get_u64(r);
    }
    row->unseen_count = get_count(r);
    row->unseen = tb_arena_array(arena, row->unseen_count + 1, sizeof *row->unseen);
    if (row->unseen == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < row->unseen_count; i++) {
        tb_get_raw(r, row->unseen[i].bytes, TB_DIGEST_BYTES);
    }
    return TB_OK;
}

tb_err tb_case_decode(const tb_case_id *id, tb_bytes value, tb_arena *arena, tb_case_row *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    tb_case_row row = {.id = *id};
    uint8_t form = tb_get_u8(&r);
    row.campaign = tb_get_bytes(&r);
    row.campaign_version = tb_get_u32(&r);
    row.case_type = tb_get_bytes(&r);
    tb_err err = get_view(&r, arena, &row.view);
    if (err != TB_OK) {
        return err;
    }
    row.lane = (tb_lane)tb_get_u8(&r);
    row.frozen = tb_get_u8(&r) != 0;
    row.closed = tb_get_u8(&r) != 0;
    row.opened = tb_get_i64(&r);
    row.at = tb_get_i64(&r);
    row.action = tb_get_bytes(&r);
    err = get_lists(&r, arena, &row);
    if (err != TB_OK) {
        return err;
    }
    if (!tb_reader_done(&r) || form != ROW_FORM) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_case_get(tb_txn *txn, const tb_case_id *id, tb_case_row *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_CASE, case_key(id), &value);
    if (err != TB_OK) {
        return err;
    }
    return tb_case_decode(id, value, tb_txn_arena(txn), out);
}

tb_err tb_case_put(tb_txn *txn, const tb_case_row *row, const tb_party *self)
{
    tb_bytes value;
    tb_err err = tb_case_encode(row, tb_txn_arena(txn), &value);
    if (err != TB_OK) {
        return err;
    }
    err = tb_store_put(txn, TB_TABLE_CASE, case_key(&row->id), value);
    if (err != TB_OK) {
        return err;
    }
    if (!row->closed && tb_party_equal(&row->view.holder, self)) {
        return tb_store_put(txn, TB_TABLE_CASE_MINE, case_key(&row->id), tb_bytes_of(NULL, 0));
    }
    err = tb_store_del(txn, TB_TABLE_CASE_MINE, case_key(&row->id));
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_case_after(tb_txn *txn, const tb_case_id *after, bool mine, tb_case_id *out)
{
    tb_bytes key;
    tb_bytes value;
    tb_table table = mine ? TB_TABLE_CASE_MINE : TB_TABLE_CASE;
    tb_err err = tb_store_next(txn, table, tb_bytes_of(NULL, 0), case_key(after), &key, &value);
    if (err != TB_OK) {
        return err;
    }
    if (key.size != TB_CASE_ID_BYTES) {
        return TB_ERR_CORRUPT;
    }
    memcpy(out->bytes, key.data, TB_CASE_ID_BYTES);
    return TB_OK;
}

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

tb_err tb_event_find(tb_txn *txn, const tb_digest *id, tb_event_key *out_key, tb_event_row *out)
{
    tb_bytes key;
    tb_err err = tb_store_get(txn, TB_TABLE_EVENT_ID, id_key(id), &key);
    if (err != TB_OK) {
        return err;
    }
    tb_event_key decoded;
    err = tb_event_key_decode(key, &decoded);
    if (err != TB_OK) {
        return err;
    }
    tb_bytes value;
    err = tb_store_get(txn, TB_TABLE_EVENT, key, &value);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    err = tb_event_row_decode(value, out);
    if (err != TB_OK) {
        return err;
    }
    *out_key = decoded;
    return TB_OK;
}

tb_err tb_event_put(tb_txn *txn, const tb_event_key *key, const tb_event_row *row)
{
    uint8_t buffer[EVENT_KEY_BYTES];
    tb_bytes packed = event_key(key, buffer);
    tb_bytes value;
    tb_err err = event_row_encode(row, tb_txn_arena(txn), &value);
    if (err != TB_OK) {
        return err;
    }
    err = tb_store_put(txn, TB_TABLE_EVENT, packed, value);
    if (err != TB_OK) {
        return err;
    }
    return tb_store_put(txn, TB_TABLE_EVENT_ID, id_key(&key->event), packed);
}

tb_err tb_event_del(tb_txn *txn, const tb_event_key *key)
{
    uint8_t buffer[EVENT_KEY_BYTES];
    tb_err err = tb_store_del(txn, TB_TABLE_EVENT, event_key(key, buffer));
    if (err != TB_OK) {
        return err;
    }
    err = tb_store_del(txn, TB_TABLE_EVENT_ID, id_key(&key->event));
    if (err != TB_OK) {
        return err;
    }
    return tb_openings_drop(txn, &key->event);
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
opening_key(const tb_digest *event, tb_bytes group, uint8_t buffer[OPENING_KEY_BYTES])
{
    TB_ASSERT(group.size <= TB_NAME_BYTES_MAX);
    memcpy(buffer, event->bytes, TB_DIGEST_BYTES);
    memcpy(buffer + TB_DIGEST_BYTES, group.data, group.size);
    return tb_bytes_of(buffer, TB_DIGEST_BYTES + group.size);
}

tb_err tb_opening_decode(tb_bytes key, tb_bytes value, tb_opening *out)
{
    if (key.size <= TB_DIGEST_BYTES || key.size > OPENING_KEY_BYTES) {
        return TB_ERR_CORRUPT;
    }
    tb_opening opening;
    memcpy(opening.event.bytes, key.data, TB_DIGEST_BYTES);
    opening.group = tb_bytes_of(key.data + TB_DIGEST_BYTES, key.size - TB_DIGEST_BYTES);
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

tb_err tb_opening_get(tb_txn *txn, const tb_digest *event, tb_bytes group, tb_opening *out)
{
    uint8_t buffer[OPENING_KEY_BYTES];
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_OPENING, opening_key(event, group, buffer), &value);
    if (err != TB_OK) {
        return err;
    }
    tb_bytes key;
    err = tb_arena_copy(tb_txn_arena(txn), opening_key(event, group, buffer), &key);
    if (err != TB_OK) {
        return err;
    }
    return tb_opening_decode(key, value, out);
}

tb_err tb_opening_put(tb_txn *txn, const tb_opening *opening)
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
    return tb_store_put(txn, TB_TABLE_OPENING, opening_key(&opening->event, opening->group, buffer),
                        value);
}

tb_err tb_opening_del(tb_txn *txn, const tb_digest *event, tb_bytes group)
{
    uint8_t buffer[OPENING_KEY_BYTES];
    return tb_store_del(txn, TB_TABLE_OPENING, opening_key(event, group, buffer));
}

tb_err tb_openings_of(tb_txn *txn, const tb_digest *event, tb_opening **out, size_t *out_count)
{
    tb_opening *list = tb_arena_array(tb_txn_arena(txn), TB_GROUPS_MAX, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t count = 0;
    tb_bytes prefix = id_key(event);
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

tb_err tb_openings_drop(tb_txn *txn, const tb_digest *event)
{
    tb_opening *openings;
    size_t count;
    tb_err err = tb_openings_of(txn, event, &openings, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        err = tb_opening_del(txn, event, openings[i].group);
    }
    return err;
}

/* ---- LOOSE ---- */

#define LOOSE_KEY_BYTES (TB_CASE_ID_BYTES + 8)

tb_err tb_loose_add(tb_txn *txn, const tb_event_key *event)
{
    uint64_t number = event->number;
    if (event->class == TB_CLASS_SIDE) {
        tb_err err = tb_counter_next(txn, "loose side events", &number);
        if (err != TB_OK) {
            return err;
        }
        number |= TB_LOOSE_SIDE;
    }
    uint8_t buffer[LOOSE_KEY_BYTES];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_raw(&w, event->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_u64(&w, number);
    TB_ASSERT(!w.overflow);
    return tb_store_put(txn, TB_TABLE_LOOSE, tb_bytes_of(buffer, w.size), id_key(&event->event));
}

tb_err tb_loose_of(tb_txn *txn, const tb_case_id *id, bool take, tb_digest **out, size_t *out_count)
{
    tb_digest *list = NULL;
    size_t count = 0;
    size_t capacity = 0;
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_LOOSE, case_key(id), case_key(id), &key, &value);
    while (err == TB_OK) {
        if (value.size != TB_DIGEST_BYTES) {
            return TB_ERR_CORRUPT;
        }
        if (count == capacity) {
            capacity = capacity == 0 ? 8 : capacity * 2;
            tb_digest *longer = tb_arena_array(tb_txn_arena(txn), capacity, sizeof *longer);
            if (longer == NULL) {
                return TB_ERR_LIMIT;
            }
            if (count > 0) {
                memcpy(longer, list, count * sizeof *list);
            }
            list = longer;
        }
        memcpy(list[count++].bytes, value.data, TB_DIGEST_BYTES);
        if (take) {
            err = tb_store_del(txn, TB_TABLE_LOOSE, key);
            if (err != TB_OK) {
                return err;
            }
        }
        err = tb_store_next(txn, TB_TABLE_LOOSE, case_key(id), key, &key, &value);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

/* ---- HELD ---- */

tb_err tb_held_put(tb_txn *txn, const tb_digest *missing, const tb_digest *held, tb_time since)
{
    uint8_t key[2 * TB_DIGEST_BYTES];
    memcpy(key, missing->bytes, TB_DIGEST_BYTES);
    memcpy(key + TB_DIGEST_BYTES, held->bytes, TB_DIGEST_BYTES);
    uint8_t value[8];
    tb_writer w;
    tb_writer_init(&w, value, sizeof value);
    tb_put_i64(&w, since);
    TB_ASSERT(!w.overflow);
    return tb_store_put(txn, TB_TABLE_HELD, tb_bytes_of(key, sizeof key),
                        tb_bytes_of(value, w.size));
}

tb_err tb_held_take(tb_txn *txn, const tb_digest *missing, tb_digest *out_held)
{
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_HELD, id_key(missing), id_key(missing), &key, &value);
    if (err != TB_OK) {
        return err;
    }
    if (key.size != 2 * TB_DIGEST_BYTES) {
        return TB_ERR_CORRUPT;
    }
    err = tb_store_del(txn, TB_TABLE_HELD, key);
    if (err != TB_OK) {
        return err;
    }
    memcpy(out_held->bytes, key.data + TB_DIGEST_BYTES, TB_DIGEST_BYTES);
    return TB_OK;
}

/* ---- META ---- */

tb_err tb_counter_next(tb_txn *txn, const char *name, uint64_t *out)
{
    uint64_t last;
    tb_err err = tb_meta_number(txn, name, &last);
    if (err != TB_OK) {
        return err;
    }
    err = tb_meta_number_put(txn, name, last + 1);
    if (err != TB_OK) {
        return err;
    }
    *out = last + 1;
    return TB_OK;
}
