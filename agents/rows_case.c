#include "agents/rows_case.h"

#include "base/pack.h"

#define ROW_FORM 1

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
    tb_put_u8(&w, row->mine ? 1 : 0);
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
    tb_put_raw(&w, row->view.handed_by.text, TB_PARTY_BYTES);
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
    row.mine = tb_get_u8(&r) != 0;
    row.opened = tb_get_i64(&r);
    row.at = tb_get_i64(&r);
    row.action = tb_get_bytes(&r);
    err = get_lists(&r, arena, &row);
    if (err != TB_OK) {
        return err;
    }
    if (r.at < r.size) { /* a row of before ends here: nobody enters paper for its holder */
        tb_get_raw(&r, row.view.handed_by.text, TB_PARTY_BYTES);
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

tb_err tb_case_put(tb_txn *txn, tb_case_row *row, const tb_party *self)
{
    tb_err err = TB_OK;
    bool mine = !row->closed && tb_party_equal(&row->view.holder, self);
    if (mine && !row->mine) {
        err = tb_store_put(txn, TB_TABLE_CASE_MINE, case_key(&row->id), tb_bytes_of(NULL, 0));
    }
    if (!mine && row->mine) {
        err = tb_store_del(txn, TB_TABLE_CASE_MINE, case_key(&row->id));
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    row->mine = mine;
    tb_bytes value;
    err = tb_case_encode(row, tb_txn_arena(txn), &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_CASE, case_key(&row->id), value) : err;
}

tb_err tb_case_after(tb_txn *txn, const tb_case_id *after, bool mine, tb_case_id *out)
{
    tb_bytes key;
    tb_bytes value;
    tb_table table = mine ? TB_TABLE_CASE_MINE : TB_TABLE_CASE;
    tb_err err = tb_store_next(txn, table, tb_bytes_of(NULL, 0), case_key(after), &key, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) { /* of a row that rotted the key is known */
        return err;
    }
    if (key.size != TB_CASE_ID_BYTES) {
        return TB_ERR_CORRUPT;
    }
    memcpy(out->bytes, key.data, TB_CASE_ID_BYTES);
    return TB_OK;
}
