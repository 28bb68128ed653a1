#include "agents/rows_link_keys.h"

void tb_key_begin(tb_key *key)
{
    tb_writer_init(&key->w, key->bytes, sizeof key->bytes);
}

void tb_key_party(tb_key *key, const tb_party *party)
{
    tb_put_raw(&key->w, party->text, TB_PARTY_BYTES);
}

void tb_key_incarnation(tb_key *key, const tb_incarnation *incarnation)
{
    tb_put_u64(&key->w, incarnation->counter);
    tb_put_raw(&key->w, incarnation->random, sizeof incarnation->random);
}

void tb_key_lane(tb_key *key, tb_lane lane)
{
    tb_put_u8(&key->w, (uint8_t)lane);
}

void tb_key_number(tb_key *key, uint64_t number)
{
    tb_put_u64(&key->w, number);
}

tb_bytes tb_key_bytes(const tb_key *key)
{
    TB_ASSERT(!key->w.overflow);
    return tb_bytes_of(key->bytes, key->w.size);
}

tb_party tb_read_party(tb_reader *r)
{
    tb_party party;
    tb_get_raw(r, party.text, TB_PARTY_BYTES);
    party.text[TB_PARTY_BYTES - 1] = '\0';
    return party;
}

tb_incarnation tb_read_incarnation(tb_reader *r)
{
    tb_incarnation incarnation;
    incarnation.counter = tb_get_u64(r);
    tb_get_raw(r, incarnation.random, sizeof incarnation.random);
    return incarnation;
}

tb_lane tb_read_lane(tb_reader *r)
{
    uint8_t lane = tb_get_u8(r);

    if (lane < TB_LANE_FIRST || lane > TB_LANE_LAST) {
        r->failed = true;
        return TB_LANE_NORMAL;
    }
    return (tb_lane)lane;
}

tb_digest tb_read_digest(tb_reader *r)
{
    tb_digest digest;
    tb_get_raw(r, digest.bytes, TB_DIGEST_BYTES);
    return digest;
}

uint64_t tb_key_last_number(tb_bytes key)
{
    tb_reader r;

    if (key.size < 8) {
        return 0;
    }
    tb_reader_init(&r, tb_bytes_of(key.data + key.size - 8, 8));
    return tb_get_u64(&r);
}

void tb_put_root(tb_writer *w, const tb_root *root)
{
    tb_put_u32(w, root->suite);
    tb_put_u8(w, (uint8_t)root->tree);
    tb_put_raw(w, root->signer.text, TB_PARTY_BYTES);
    tb_put_raw(w, root->key.bytes, sizeof root->key.bytes);
    tb_put_u64(w, root->incarnation.counter);
    tb_put_raw(w, root->incarnation.random, sizeof root->incarnation.random);
    tb_put_u32(w, root->count);
    tb_put_raw(w, root->root.bytes, TB_DIGEST_BYTES);
    tb_put_raw(w, root->signature, TB_SIGNATURE_BYTES);
}

tb_root tb_read_root(tb_reader *r)
{
    tb_root root;
    root.suite = tb_get_u32(r);
    root.tree = (tb_tree_kind)tb_get_u8(r);
    root.signer = tb_read_party(r);
    tb_get_raw(r, root.key.bytes, sizeof root.key.bytes);
    root.incarnation = tb_read_incarnation(r);
    root.count = tb_get_u32(r);
    root.root = tb_read_digest(r);
    tb_get_raw(r, root.signature, TB_SIGNATURE_BYTES);
    return root;
}

void tb_put_digests(tb_writer *w, const tb_digest *list, size_t count)
{
    tb_put_u16(w, (uint16_t)count);
    for (size_t i = 0; i < count; i++) {
        tb_put_raw(w, list[i].bytes, TB_DIGEST_BYTES);
    }
}

tb_err
tb_read_digests(tb_reader *r, size_t max, tb_arena *arena, tb_digest **out, size_t *out_count)
{
    size_t count = tb_get_u16(r);
    if (count > max) {
        return TB_ERR_CORRUPT;
    }
    tb_digest *list = tb_arena_array(arena, count > 0 ? count : 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t i = 0; i < count; i++) {
        list[i] = tb_read_digest(r);
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

void tb_row_begin(tb_writer *w, tb_arena *arena, size_t capacity)
{
    tb_writer_arena(w, arena, capacity + 1);
    tb_put_u8(w, TB_ROW_FORM);
}

void tb_row_read(tb_reader *r, tb_bytes value)
{
    tb_reader_init(r, value);
    if (tb_get_u8(r) != TB_ROW_FORM) {
        r->failed = true;
    }
}

tb_err tb_row_store(tb_txn *txn, tb_table table, tb_bytes key, const tb_writer *w)
{
    tb_bytes value;
    tb_err err = tb_writer_bytes(w, &value);
    if (err != TB_OK) {
        return err;
    }

    return tb_store_put(txn, table, key, value);
}
