#include "agents/rows_list.h"

#include "base/pack.h"

#define ROW_FORM      1
#define ENTRY_KEY_MAX (2 * (TB_NAME_BYTES_MAX + 1) + TB_CASE_ID_BYTES)
#define LIST_KEY_MAX  (ENTRY_KEY_MAX + 2 + TB_LIST_KEY_BYTES_MAX)
#define ROW_BYTES     (64 + 2 * TB_PARTY_BYTES + TB_NAME_BYTES_MAX)

/* ---- keys ---- */

static void put_list(tb_writer *w, tb_bytes campaign, tb_bytes list)
{
    tb_put_raw(w, campaign.data, campaign.size);
    tb_put_u8(w, 0);
    tb_put_raw(w, list.data, list.size);
    tb_put_u8(w, 0);
}

static tb_bytes entry_key(uint8_t *buffer, tb_bytes campaign, tb_bytes list, const tb_case_id *id)
{
    tb_writer w;
    tb_writer_init(&w, buffer, ENTRY_KEY_MAX);
    put_list(&w, campaign, list);
    if (id != NULL) {
        tb_put_raw(&w, id->bytes, TB_CASE_ID_BYTES);
    }
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

/* id NULL: the prefix of a key, whole or not. */
static tb_bytes mark_key(uint8_t *buffer,
                         tb_bytes campaign,
                         tb_bytes list,
                         const tb_list_mark *mark,
                         bool whole,
                         const tb_case_id *id)
{
    tb_writer w;
    tb_writer_init(&w, buffer, LIST_KEY_MAX);
    put_list(&w, campaign, list);
    tb_put_u8(&w, mark->number);
    tb_put_raw(&w, mark->value.data, mark->value.size);
    if (whole) {
        tb_put_u8(&w, 0);
    }
    if (id != NULL) {
        tb_put_raw(&w, id->bytes, TB_CASE_ID_BYTES);
    }
    TB_ASSERT(!w.overflow);
    return tb_bytes_of(buffer, w.size);
}

static tb_err decode_key(tb_bytes key, tb_list_entry *out)
{
    const uint8_t *first = key.size > 0 ? memchr(key.data, 0, key.size) : NULL;
    if (first == NULL) {
        return TB_ERR_CORRUPT;
    }
    size_t at = (size_t)(first - key.data) + 1;
    const uint8_t *second = memchr(key.data + at, 0, key.size - at);
    if (second == NULL || (size_t)(second - key.data) + 1 + TB_CASE_ID_BYTES != key.size) {
        return TB_ERR_CORRUPT;
    }
    out->campaign = tb_bytes_of(key.data, at - 1);
    out->list = tb_bytes_of(key.data + at, (size_t)(second - key.data) - at);
    memcpy(out->case_id.bytes, second + 1, TB_CASE_ID_BYTES);
    return TB_OK;
}

/* ---- values ---- */

static tb_err encode(const tb_list_entry *entry, tb_arena *arena, tb_bytes *out)
{
    size_t room = ROW_BYTES;
    for (size_t i = 0; i < entry->mark_count; i++) {
        room += 8 + entry->marks[i].value.size;
    }
    tb_writer w;
    tb_writer_arena(&w, arena, room);
    tb_put_u8(&w, ROW_FORM);
    tb_put_u8(&w, (uint8_t)entry->standing);
    tb_put_bytes(&w, entry->province);
    tb_put_i64(&w, entry->listed);
    tb_put_raw(&w, entry->listed_by.text, TB_PARTY_BYTES);
    tb_put_i64(&w, entry->removed);
    tb_put_raw(&w, entry->removed_by.text, TB_PARTY_BYTES);
    tb_put_u64(&w, entry->removed_number);
    tb_put_u8(&w, (uint8_t)entry->mark_count);
    for (size_t i = 0; i < entry->mark_count; i++) {
        tb_put_u8(&w, entry->marks[i].number);
        tb_put_bytes(&w, entry->marks[i].value);
    }
    return tb_writer_bytes(&w, out);
}

tb_err tb_list_decode(tb_bytes key, tb_bytes value, tb_arena *arena, tb_list_entry *out)
{
    tb_list_entry row = {0};
    tb_err err = decode_key(key, &row);
    if (err != TB_OK) {
        return err;
    }
    tb_reader r;
    tb_reader_init(&r, value);
    uint8_t form = tb_get_u8(&r);
    uint8_t standing = tb_get_u8(&r);
    row.standing = (tb_list_standing)standing;
    row.province = tb_get_bytes(&r);
    row.listed = tb_get_i64(&r);
    tb_get_raw(&r, row.listed_by.text, TB_PARTY_BYTES);
    row.removed = tb_get_i64(&r);
    tb_get_raw(&r, row.removed_by.text, TB_PARTY_BYTES);
    row.removed_number = tb_get_u64(&r);
    row.mark_count = tb_get_u8(&r);
    row.marks = tb_arena_array(arena, row.mark_count + 1, sizeof *row.marks);
    if (row.marks == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < row.mark_count; i++) {
        row.marks[i].number = tb_get_u8(&r);
        row.marks[i].value = tb_get_bytes(&r);
    }
    if (!tb_reader_done(&r) || form != ROW_FORM || standing < TB_LIST_LISTED ||
        standing > TB_LIST_REMOVED) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

bool tb_list_entries_equal(const tb_list_entry *a, const tb_list_entry *b)
{
    bool same = a->standing == b->standing && tb_bytes_equal(a->province, b->province) &&
                a->listed == b->listed && tb_party_equal(&a->listed_by, &b->listed_by) &&
                a->removed == b->removed && tb_party_equal(&a->removed_by, &b->removed_by) &&
                a->removed_number == b->removed_number && a->mark_count == b->mark_count;
    for (size_t i = 0; same && i < a->mark_count; i++) {
        same = a->marks[i].number == b->marks[i].number &&
               tb_bytes_equal(a->marks[i].value, b->marks[i].value);
    }
    return same;
}

/* ---- verbs ---- */

tb_err
tb_list_get(tb_txn *txn, tb_bytes campaign, tb_bytes list, const tb_case_id *id, tb_list_entry *out)
{
    uint8_t *buffer = tb_arena_alloc(tb_txn_arena(txn), ENTRY_KEY_MAX);
    tb_bytes value;
    if (buffer == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_bytes key = entry_key(buffer, campaign, list, id);
    tb_err err = tb_store_get(txn, TB_TABLE_LIST_ENTRY, key, &value);
    return err == TB_OK ? tb_list_decode(key, value, tb_txn_arena(txn), out) : err;
}

static tb_err forget_marks(tb_txn *txn, const tb_list_entry *old)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < old->mark_count; i++) {
        uint8_t buffer[LIST_KEY_MAX];
        err = tb_store_del(
            txn, TB_TABLE_LIST,
            mark_key(buffer, old->campaign, old->list, &old->marks[i], true, &old->case_id));
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err; /* two keys of one value */
    }
    return err;
}

tb_err tb_list_del(tb_txn *txn, tb_bytes campaign, tb_bytes list, const tb_case_id *id)
{
    tb_list_entry old;
    tb_err err = tb_list_get(txn, campaign, list, id, &old);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    err = forget_marks(txn, &old);
    uint8_t buffer[ENTRY_KEY_MAX];
    return err == TB_OK
               ? tb_store_del(txn, TB_TABLE_LIST_ENTRY, entry_key(buffer, campaign, list, id))
               : err;
}

tb_err tb_list_put(tb_txn *txn, const tb_list_entry *entry)
{
    TB_ASSERT(entry->mark_count <= TB_LIST_KEYS_MAX + 1);
    TB_ASSERT(entry->province.size <= TB_NAME_BYTES_MAX);
    tb_bytes value;
    tb_err err = tb_list_del(txn, entry->campaign, entry->list, &entry->case_id);
    for (size_t i = 0; err == TB_OK && i < entry->mark_count; i++) {
        uint8_t buffer[LIST_KEY_MAX];
        TB_ASSERT(entry->marks[i].value.size <= TB_LIST_KEY_BYTES_MAX);
        err = tb_store_put(
            txn, TB_TABLE_LIST,
            mark_key(buffer, entry->campaign, entry->list, &entry->marks[i], true, &entry->case_id),
            tb_bytes_of(NULL, 0));
    }
    if (err == TB_OK) {
        err = encode(entry, tb_txn_arena(txn), &value);
    }
    uint8_t buffer[ENTRY_KEY_MAX];
    return err == TB_OK
               ? tb_store_put(txn, TB_TABLE_LIST_ENTRY,
                              entry_key(buffer, entry->campaign, entry->list, &entry->case_id),
                              value)
               : err;
}

tb_err tb_list_next(
    tb_txn *txn, tb_bytes campaign, tb_bytes list, const tb_case_id *after, tb_list_entry *out)
{
    uint8_t prefix_bytes[ENTRY_KEY_MAX];
    uint8_t after_bytes[ENTRY_KEY_MAX];
    tb_bytes prefix = entry_key(prefix_bytes, campaign, list, NULL);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_LIST_ENTRY, prefix,
                               entry_key(after_bytes, campaign, list, after), &key, &value);
    return err == TB_OK ? tb_list_decode(key, value, tb_txn_arena(txn), out) : err;
}

tb_err tb_list_found(tb_txn *txn,
                     tb_bytes campaign,
                     tb_bytes list,
                     const tb_list_mark *mark,
                     bool whole,
                     tb_bytes *cursor,
                     tb_case_id *out)
{
    uint8_t buffer[LIST_KEY_MAX];
    tb_bytes prefix = mark_key(buffer, campaign, list, mark, whole, NULL);
    tb_bytes key = cursor->size == 0 ? prefix : *cursor;
    do {
        tb_bytes value;
        tb_err err = tb_store_next(txn, TB_TABLE_LIST, prefix, key, &key, &value);
        if (err != TB_OK) {
            return err;
        }
        if (key.size < prefix.size + TB_CASE_ID_BYTES) {
            return TB_ERR_CORRUPT;
        }
    } while (whole && key.size != prefix.size + TB_CASE_ID_BYTES); /* of a longer key */
    memcpy(out->bytes, key.data + key.size - TB_CASE_ID_BYTES, TB_CASE_ID_BYTES);
    *cursor = key;
    return TB_OK;
}
