#include "broker/rows_stream.h"
#include "base/mutant.h"

#include "broker/rows_pack.h"

tb_stream_key tb_stream_key_of(const tb_stream *stream)
{
    tb_stream_key key;
    tb_writer w;
    tb_writer_init(&w, key.bytes, sizeof key.bytes);
    tb_put_raw(&w, stream->sender.text, TB_PARTY_BYTES);
    tb_row_put_incarnation(&w, &stream->incarnation);
    tb_put_raw(&w, stream->recipient.text, TB_PARTY_BYTES);
    tb_put_u8(&w, (uint8_t)stream->lane);
    TB_ASSERT(!w.overflow && w.size == TB_STREAM_KEY_BYTES);
    return key;
}

tb_err tb_stream_key_read(tb_bytes key, tb_stream *out)
{
    tb_stream stream;
    memset(&stream, 0, sizeof stream);
    tb_reader r;
    tb_reader_init(&r, key);
    tb_get_raw(&r, stream.sender.text, TB_PARTY_BYTES);
    tb_row_get_incarnation(&r, &stream.incarnation);
    tb_get_raw(&r, stream.recipient.text, TB_PARTY_BYTES);
    uint8_t lane = tb_get_u8(&r);
    if (!tb_reader_done(&r) || lane < TB_LANE_FIRST || lane > TB_LANE_LAST) {
        return TB_ERR_CORRUPT;
    }

    stream.lane = (tb_lane)lane;
    *out = stream;
    return TB_OK;
}

/* HUB_STREAM */

static void put_mark(tb_writer *w, const tb_hub_mark *mark)
{
    tb_put_u64(w, mark->number);
    tb_put_raw(w, mark->digest.bytes, TB_DIGEST_BYTES);
    tb_put_bytes(w, mark->line);
}

static void get_mark(tb_reader *r, tb_hub_mark *out)
{
    out->number = tb_get_u64(r);
    tb_get_raw(r, out->digest.bytes, TB_DIGEST_BYTES);
    out->line = tb_get_bytes(r);
}

tb_err tb_hub_stream_get(tb_txn *txn, const tb_stream *stream, tb_hub_stream *out)
{
    tb_stream_key key = tb_stream_key_of(stream);
    tb_bytes value;
    tb_err err =
        tb_store_get(txn, TB_TABLE_HUB_STREAM, tb_bytes_of(key.bytes, sizeof key.bytes), &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, value);
    get_mark(&r, &out->stored);
    get_mark(&r, &out->arrived);
    out->claimed = tb_get_u64(&r);
    tb_get_raw(&r, out->claimed_digest.bytes, TB_DIGEST_BYTES);
    out->bases = tb_get_u32(&r);
    out->refused = tb_get_u32(&r);
    bool ordered = out->arrived.number <= out->stored.number;
    return ordered ? tb_row_done(&r) : TB_ERR_CORRUPT;
}

/* recipient sender incarnation lane: the same bytes in another order. */
static tb_stream_key turned(const tb_stream_key *key)
{
    tb_stream_key out;
    memcpy(out.bytes, key->bytes + 40, TB_PARTY_BYTES);
    memcpy(out.bytes + TB_PARTY_BYTES, key->bytes, 40);
    out.bytes[64] = key->bytes[64];
    return out;
}

static tb_stream_key turned_back(const uint8_t bytes[TB_STREAM_KEY_BYTES])
{
    tb_stream_key out;
    memcpy(out.bytes, bytes + TB_PARTY_BYTES, 40);
    memcpy(out.bytes + 40, bytes, TB_PARTY_BYTES);
    out.bytes[64] = bytes[64];
    return out;
}

tb_err
tb_hub_stream_put(tb_txn *txn, const tb_stream *stream, bool is_new, const tb_hub_stream *row)
{
    TB_ASSERT(row->arrived.number <= row->stored.number);

    tb_stream_key key = tb_stream_key_of(stream);
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), 192 + row->stored.line.size + row->arrived.line.size);
    put_mark(&w, &row->stored);
    put_mark(&w, &row->arrived);
    tb_put_u64(&w, row->claimed);
    tb_put_raw(&w, row->claimed_digest.bytes, TB_DIGEST_BYTES);
    tb_put_u32(&w, row->bases);
    tb_put_u32(&w, row->refused);
    tb_bytes value;
    tb_err err = tb_writer_bytes(&w, &value);
    if (err != TB_OK) {
        return err;
    }

    err = tb_store_put(txn, TB_TABLE_HUB_STREAM, tb_bytes_of(key.bytes, sizeof key.bytes), value);
    if (err != TB_OK || !is_new) {
        return err;
    }

    tb_stream_key to = turned(&key);
    tb_bytes empty = {NULL, 0};
    return tb_store_put(txn, TB_TABLE_HUB_STREAM_TO, tb_bytes_of(to.bytes, sizeof to.bytes), empty);
}

static tb_err step_key(tb_txn *txn,
                       tb_table table,
                       const tb_party *first,
                       const tb_stream_key *after,
                       tb_bytes *out_key)
{
    tb_bytes prefix = tb_bytes_of(first->text, TB_PARTY_BYTES);
    tb_bytes value;
    if (after == NULL) {
        return tb_store_seek(txn, table, prefix, prefix, out_key, &value);
    }
    return tb_store_next(txn, table, prefix, tb_bytes_of(after->bytes, sizeof after->bytes),
                         out_key, &value);
}

tb_err
tb_hub_stream_from(tb_txn *txn, const tb_party *sender, const tb_stream *after, tb_stream *out)
{
    tb_stream_key from;
    if (after != NULL) {
        from = tb_stream_key_of(after);
    }
    tb_bytes key;
    tb_err err = step_key(txn, TB_TABLE_HUB_STREAM, sender, after == NULL ? NULL : &from, &key);
    if (err != TB_OK) {
        return err;
    }

    return tb_stream_key_read(key, out);
}

tb_err
tb_hub_stream_to(tb_txn *txn, const tb_party *recipient, const tb_stream *after, tb_stream *out)
{
    tb_stream_key from;
    if (after != NULL) {
        tb_stream_key key = tb_stream_key_of(after);
        from = turned(&key);
    }
    tb_bytes key;
    tb_err err =
        step_key(txn, TB_TABLE_HUB_STREAM_TO, recipient, after == NULL ? NULL : &from, &key);
    if (err != TB_OK) {
        return err;
    }

    if (key.size != TB_STREAM_KEY_BYTES) {
        return TB_ERR_CORRUPT;
    }
    tb_stream_key back = turned_back(key.data);
    return tb_stream_key_read(tb_bytes_of(back.bytes, sizeof back.bytes), out);
}

tb_err tb_hub_stream_count(
    tb_txn *txn, const tb_party *sender, const tb_party *recipient, size_t most, size_t *out)
{
    tb_stream_key both = {{0}};
    size_t mark = tb_arena_mark(tb_txn_arena(txn));
    tb_bytes prefix = tb_bytes_of(both.bytes, 2 * TB_PARTY_BYTES);
    tb_bytes key;
    tb_bytes value;
    memcpy(both.bytes, recipient->text, TB_PARTY_BYTES);
    memcpy(both.bytes + TB_PARTY_BYTES, sender->text, TB_PARTY_BYTES);
    *out = 0;
    tb_err err = tb_store_seek(txn, TB_TABLE_HUB_STREAM_TO, prefix, prefix, &key, &value);
    while (err == TB_OK && ++*out < most) {
        err = tb_store_next(txn, TB_TABLE_HUB_STREAM_TO, prefix, key, &key, &value);
    }
    tb_arena_release(tb_txn_arena(txn), mark);
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* HUB_GROUP */

#define GROUP_KEY_BYTES (TB_PARTY_BYTES + 1 + 8)

static tb_bytes
group_key(uint8_t buffer[GROUP_KEY_BYTES], const tb_party *recipient, tb_lane lane, uint64_t seq)
{
    tb_writer w;
    tb_writer_init(&w, buffer, GROUP_KEY_BYTES);
    tb_put_raw(&w, recipient->text, TB_PARTY_BYTES);
    tb_put_u8(&w, (uint8_t)lane);
    tb_put_u64(&w, TB_MUTANT(KEY_ORDER) ? __builtin_bswap64(seq) : seq);
    return tb_row_packed(&w);
}

static tb_err read_group(tb_bytes value, tb_hub_group *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    tb_get_raw(&r, out->sender.text, TB_PARTY_BYTES);
    tb_row_get_incarnation(&r, &out->incarnation);
    out->from = tb_get_u64(&r);
    out->to = tb_get_u64(&r);
    out->bytes = tb_get_u64(&r);
    out->stamp = tb_get_bytes(&r);
    out->group = tb_get_bytes(&r);
    return tb_row_done(&r);
}

tb_err tb_hub_group_put(
    tb_txn *txn, const tb_party *recipient, tb_lane lane, uint64_t seq, const tb_hub_group *row)
{
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), 96 + row->stamp.size + row->group.size);
    tb_put_raw(&w, row->sender.text, TB_PARTY_BYTES);
    tb_row_put_incarnation(&w, &row->incarnation);
    tb_put_u64(&w, row->from);
    tb_put_u64(&w, row->to);
    tb_put_u64(&w, row->bytes);
    tb_put_bytes(&w, row->stamp);
    tb_put_bytes(&w, row->group);
    tb_bytes value;
    tb_err err = tb_writer_bytes(&w, &value);
    if (err != TB_OK) {
        return err;
    }

    uint8_t key[GROUP_KEY_BYTES];
    return tb_store_put(txn, TB_TABLE_HUB_GROUP, group_key(key, recipient, lane, seq), value);
}

tb_err tb_hub_group_get(
    tb_txn *txn, const tb_party *recipient, tb_lane lane, uint64_t seq, tb_hub_group *out)
{
    uint8_t key[GROUP_KEY_BYTES];
    tb_bytes value;
    tb_err err =
        tb_store_get(txn, TB_TABLE_HUB_GROUP, group_key(key, recipient, lane, seq), &value);
    if (err != TB_OK) {
        return err;
    }

    return read_group(value, out);
}

tb_err tb_hub_group_del(tb_txn *txn, const tb_party *recipient, tb_lane lane, uint64_t seq)
{
    uint8_t key[GROUP_KEY_BYTES];
    return tb_store_del(txn, TB_TABLE_HUB_GROUP, group_key(key, recipient, lane, seq));
}

tb_err tb_hub_group_after(tb_txn *txn,
                          const tb_party *recipient,
                          tb_lane lane,
                          uint64_t after,
                          uint64_t *out_seq,
                          tb_hub_group *out)
{
    uint8_t from[GROUP_KEY_BYTES];
    tb_bytes start = group_key(from, recipient, lane, after);
    tb_bytes prefix = tb_bytes_of(from, TB_PARTY_BYTES + 1);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_HUB_GROUP, prefix, start, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    err = read_group(value, out);
    if (err != TB_OK) {
        return err;
    }
    tb_reader r;
    tb_reader_init(&r, key);
    uint8_t lead[TB_PARTY_BYTES + 1];
    tb_get_raw(&r, lead, sizeof lead);
    uint64_t seq = tb_get_u64(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out_seq = seq;
    return TB_OK;
}

tb_err tb_hub_group_walk(tb_txn *txn,
                         tb_bytes *cursor,
                         tb_party *out_recipient,
                         tb_lane *out_lane,
                         uint64_t *out_seq,
                         tb_hub_group *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes value;
    tb_err err = cursor->size == 0
                     ? tb_store_seek(txn, TB_TABLE_HUB_GROUP, all, all, cursor, &value)
                     : tb_store_next(txn, TB_TABLE_HUB_GROUP, all, *cursor, cursor, &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, *cursor);
    tb_get_raw(&r, out_recipient->text, TB_PARTY_BYTES);
    *out_lane = (tb_lane)tb_get_u8(&r);
    *out_seq = tb_get_u64(&r);
    return tb_reader_done(&r) ? read_group(value, out) : TB_ERR_CORRUPT;
}

/* HUB_PLACE */

tb_err tb_hub_place_put(tb_txn *txn, const tb_stream *stream, const tb_hub_place *row)
{
    TB_ASSERT(row->from <= row->to);

    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), 64 + 8 * row->shared_count);
    tb_put_u64(&w, row->to);
    tb_put_u64(&w, row->seq);
    tb_put_u64(&w, row->bytes);
    tb_put_raw(&w, row->digest.bytes, TB_DIGEST_BYTES);
    tb_put_u32(&w, (uint32_t)row->shared_count);
    for (size_t i = 0; i < row->shared_count; i++) {
        tb_put_u64(&w, row->shared[i]);
    }
    tb_bytes value;
    tb_err err = tb_writer_bytes(&w, &value);
    if (err != TB_OK) {
        return err;
    }

    uint8_t key[TB_ROW_STREAM_NUMBER_BYTES];
    return tb_store_put(txn, TB_TABLE_HUB_PLACE, tb_row_stream_number(key, stream, row->from),
                        value);
}

tb_err tb_hub_place_del(tb_txn *txn, const tb_stream *stream, uint64_t from)
{
    uint8_t key[TB_ROW_STREAM_NUMBER_BYTES];
    return tb_store_del(txn, TB_TABLE_HUB_PLACE, tb_row_stream_number(key, stream, from));
}

static tb_err read_place(tb_txn *txn, tb_bytes key, tb_bytes value, tb_hub_place *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    out->from = tb_row_key_number(key);
    out->to = tb_get_u64(&r);
    out->seq = tb_get_u64(&r);
    out->bytes = tb_get_u64(&r);
    tb_get_raw(&r, out->digest.bytes, TB_DIGEST_BYTES);
    out->shared_count = tb_get_u32(&r);
    out->shared = NULL;
    if (r.failed || out->shared_count > value.size / 8) {
        return TB_ERR_CORRUPT;
    }

    if (out->shared_count > 0) {
        out->shared = tb_arena_array(tb_txn_arena(txn), out->shared_count, sizeof *out->shared);
        if (out->shared == NULL) {
            return TB_ERR_LIMIT;
        }
    }
    for (size_t i = 0; i < out->shared_count; i++) {
        out->shared[i] = tb_get_u64(&r);
    }
    return tb_row_done(&r);
}

tb_err tb_hub_place_at(tb_txn *txn, const tb_stream *stream, uint64_t from, tb_hub_place *out)
{
    uint8_t buffer[TB_ROW_STREAM_NUMBER_BYTES];
    tb_bytes start = tb_row_stream_number(buffer, stream, from);
    tb_bytes prefix = tb_bytes_of(buffer, TB_STREAM_KEY_BYTES);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_HUB_PLACE, prefix, start, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    return read_place(txn, key, value, out);
}

tb_err tb_hub_place_upto(tb_txn *txn, const tb_stream *stream, uint64_t number, tb_hub_place *out)
{
    uint8_t buffer[TB_ROW_STREAM_NUMBER_BYTES];
    tb_bytes upto = tb_row_stream_number(buffer, stream, number);
    tb_bytes prefix = tb_bytes_of(buffer, TB_STREAM_KEY_BYTES);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_last(txn, TB_TABLE_HUB_PLACE, prefix, upto, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    return read_place(txn, key, value, out);
}
