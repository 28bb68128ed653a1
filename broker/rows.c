#include "broker/rows.h"

#include "broker/rows_pack.h"

static tb_bytes party_key(const tb_party *party)
{
    return tb_bytes_of(party->text, TB_PARTY_BYTES);
}

/* META */

tb_err tb_hub_number(tb_txn *txn, const char *name, uint64_t *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(name), &value);
    if (err == TB_ERR_NOT_FOUND) {
        *out = 0;
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, value);
    uint64_t number = tb_get_u64(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = number;
    return TB_OK;
}

tb_err tb_hub_number_put(tb_txn *txn, const char *name, uint64_t value)
{
    uint8_t buffer[8];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u64(&w, value);
    return tb_store_put(txn, TB_TABLE_META, tb_bytes_str(name), tb_row_packed(&w));
}

tb_err tb_hub_bytes(tb_txn *txn, const char *name, tb_bytes *out)
{
    return tb_store_get(txn, TB_TABLE_META, tb_bytes_str(name), out);
}

tb_err tb_hub_bytes_put(tb_txn *txn, const char *name, tb_bytes value)
{
    return tb_store_put(txn, TB_TABLE_META, tb_bytes_str(name), value);
}

/* HUB_AGENT */

tb_err tb_hub_agent_get(tb_txn *txn, const tb_party *party, tb_hub_agent *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_HUB_AGENT, party_key(party), &value);
    if (err == TB_ERR_NOT_FOUND) {
        memset(out, 0, sizeof *out);
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, value);
    tb_row_get_incarnation(&r, &out->incarnation);
    out->fenced = tb_get_u8(&r) != 0;
    tb_get_raw(&r, out->fenced_key.bytes, sizeof out->fenced_key.bytes);
    out->streams = tb_get_u32(&r);
    out->alarmed = tb_get_i64(&r);
    return tb_row_done(&r);
}

tb_err tb_hub_agent_put(tb_txn *txn, const tb_party *party, const tb_hub_agent *row)
{
    uint8_t buffer[64];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_row_put_incarnation(&w, &row->incarnation);
    tb_put_u8(&w, row->fenced ? 1 : 0);
    tb_put_raw(&w, row->fenced_key.bytes, sizeof row->fenced_key.bytes);
    tb_put_u32(&w, row->streams);
    tb_put_i64(&w, row->alarmed);
    return tb_store_put(txn, TB_TABLE_HUB_AGENT, party_key(party), tb_row_packed(&w));
}

/* HUB_SESSION */

static tb_err read_session(tb_bytes value, tb_hub_session *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    out->peer = tb_get_u64(&r);
    tb_row_get_incarnation(&r, &out->incarnation);
    tb_get_raw(&r, out->key.bytes, sizeof out->key.bytes);
    out->heard = tb_get_i64(&r);
    out->beat = tb_get_i64(&r);
    out->progress = tb_get_i64(&r);
    out->reset = tb_get_i64(&r);
    out->due = tb_get_i64(&r);
    out->repeats = tb_get_u32(&r);
    out->in_flight = tb_get_u64(&r);
    for (size_t i = 0; i < TB_LANES; i++) {
        out->cursor[i] = tb_get_u64(&r);
        out->behind[i] = tb_get_u8(&r) != 0;
    }
    out->telling = !tb_reader_done(&r);
    if (out->telling) {
        tb_get_raw(&r, out->told, sizeof out->told);
    }
    return tb_row_done(&r);
}

tb_err tb_hub_session_get(tb_txn *txn, const tb_party *party, tb_hub_session *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_HUB_SESSION, party_key(party), &value);
    if (err != TB_OK) {
        return err;
    }

    return read_session(value, out);
}

tb_err tb_hub_session_put(tb_txn *txn, const tb_party *party, const tb_hub_session *row)
{
    uint8_t buffer[160 + TB_HUB_REFUSED_KEY_BYTES];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_u64(&w, row->peer);
    tb_row_put_incarnation(&w, &row->incarnation);
    tb_put_raw(&w, row->key.bytes, sizeof row->key.bytes);
    tb_put_i64(&w, row->heard);
    tb_put_i64(&w, row->beat);
    tb_put_i64(&w, row->progress);
    tb_put_i64(&w, row->reset);
    tb_put_i64(&w, row->due);
    tb_put_u32(&w, row->repeats);
    tb_put_u64(&w, row->in_flight);
    for (size_t i = 0; i < TB_LANES; i++) {
        tb_put_u64(&w, row->cursor[i]);
        tb_put_u8(&w, row->behind[i] ? 1 : 0);
    }
    if (row->telling) {
        tb_put_raw(&w, row->told, sizeof row->told);
    }
    return tb_store_put(txn, TB_TABLE_HUB_SESSION, party_key(party), tb_row_packed(&w));
}

tb_err tb_hub_session_del(tb_txn *txn, const tb_party *party)
{
    return tb_store_del(txn, TB_TABLE_HUB_SESSION, party_key(party));
}

tb_err
tb_hub_session_after(tb_txn *txn, const tb_party *after, tb_party *out_party, tb_hub_session *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_HUB_SESSION, all, party_key(after), &key, &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, key);
    tb_party party;
    tb_get_raw(&r, party.text, TB_PARTY_BYTES);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    err = read_session(value, out);
    if (err != TB_OK) {
        return err;
    }
    *out_party = party;
    return TB_OK;
}

/* HUB_SHARE */

static tb_bytes
pair_key(uint8_t buffer[2 * TB_PARTY_BYTES], const tb_party *sender, const tb_party *recipient)
{
    memcpy(buffer, sender->text, TB_PARTY_BYTES);
    memcpy(buffer + TB_PARTY_BYTES, recipient->text, TB_PARTY_BYTES);
    return tb_bytes_of(buffer, 2 * TB_PARTY_BYTES);
}

static tb_err read_share(tb_bytes value, tb_hub_share *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    out->bytes = tb_get_u64(&r);
    out->closed = tb_get_u8(&r) != 0;
    return tb_row_done(&r);
}

tb_err
tb_hub_share_get(tb_txn *txn, const tb_party *sender, const tb_party *recipient, tb_hub_share *out)
{
    uint8_t buffer[2 * TB_PARTY_BYTES];
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_HUB_SHARE, pair_key(buffer, sender, recipient), &value);
    if (err == TB_ERR_NOT_FOUND) {
        memset(out, 0, sizeof *out);
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }

    return read_share(value, out);
}

tb_err tb_hub_share_put(tb_txn *txn,
                        const tb_party *sender,
                        const tb_party *recipient,
                        const tb_hub_share *row)
{
    uint8_t buffer[2 * TB_PARTY_BYTES];
    tb_bytes key = pair_key(buffer, sender, recipient);
    if (row->bytes == 0 && !row->closed) {
        tb_err err = tb_store_del(txn, TB_TABLE_HUB_SHARE, key);
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }

    uint8_t value[9];
    tb_writer w;
    tb_writer_init(&w, value, sizeof value);
    tb_put_u64(&w, row->bytes);
    tb_put_u8(&w, row->closed ? 1 : 0);
    return tb_store_put(txn, TB_TABLE_HUB_SHARE, key, tb_row_packed(&w));
}

tb_err tb_hub_share_after(tb_txn *txn,
                          const tb_party *sender,
                          const tb_party *after,
                          tb_party *out_recipient,
                          tb_hub_share *out)
{
    uint8_t buffer[2 * TB_PARTY_BYTES];
    tb_bytes from = pair_key(buffer, sender, after);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_HUB_SHARE, party_key(sender), from, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    if (key.size != 2 * TB_PARTY_BYTES) {
        return TB_ERR_CORRUPT;
    }
    err = read_share(value, out);
    if (err != TB_OK) {
        return err;
    }
    memcpy(out_recipient->text, key.data + TB_PARTY_BYTES, TB_PARTY_BYTES);
    return TB_OK;
}

/* HUB_DUE */

static tb_bytes due_key(tb_writer *w, tb_time at, tb_due_kind kind, tb_bytes key)
{
    tb_put_i64(w, at);
    tb_put_u8(w, (uint8_t)kind);
    tb_put_raw(w, key.data, key.size);
    return tb_row_packed(w);
}

static tb_err read_due(tb_bytes key, tb_due *out)
{
    tb_reader r;
    tb_reader_init(&r, key);
    out->at = tb_get_i64(&r);
    out->kind = (tb_due_kind)tb_get_u8(&r);
    if (r.failed || key.size - r.at > TB_DUE_KEY_BYTES) {
        return TB_ERR_CORRUPT;
    }

    out->size = key.size - r.at;
    memcpy(out->key, key.data + r.at, out->size);
    return TB_OK;
}

tb_err tb_due_put(tb_txn *txn, tb_time at, tb_due_kind kind, tb_bytes key)
{
    TB_ASSERT(key.size <= TB_DUE_KEY_BYTES);

    uint8_t buffer[TB_DUE_KEY_BYTES + 16];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_bytes empty = {NULL, 0};
    return tb_store_put(txn, TB_TABLE_HUB_DUE, due_key(&w, at, kind, key), empty);
}

tb_err tb_due_del(tb_txn *txn, tb_time at, tb_due_kind kind, tb_bytes key)
{
    TB_ASSERT(key.size <= TB_DUE_KEY_BYTES);

    uint8_t buffer[TB_DUE_KEY_BYTES + 16];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_err err = tb_store_del(txn, TB_TABLE_HUB_DUE, due_key(&w, at, kind, key));
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_due_first(tb_txn *txn, tb_due *out)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_HUB_DUE, all, all, &key, &value);
    if (err != TB_OK) {
        return err;
    }

    return read_due(key, out);
}

/* ALARM */

static tb_bytes number_key(uint8_t buffer[8], uint64_t number)
{
    tb_writer w;
    tb_writer_init(&w, buffer, 8);
    tb_put_u64(&w, number);
    return tb_row_packed(&w);
}

tb_err tb_hub_alarm_put(tb_txn *txn, uint64_t number, const tb_hub_alarm *row)
{
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), 64 + row->first.size + row->second.size);
    tb_put_i64(&w, row->at);
    tb_put_u32(&w, (uint32_t)row->code);
    tb_put_raw(&w, row->party.text, TB_PARTY_BYTES);
    tb_put_bytes(&w, row->first);
    tb_put_bytes(&w, row->second);
    tb_bytes value;
    tb_err err = tb_writer_bytes(&w, &value);
    if (err != TB_OK) {
        return err;
    }

    uint8_t key[8];
    return tb_store_put(txn, TB_TABLE_ALARM, number_key(key, number), value);
}

tb_err tb_hub_alarm_del(tb_txn *txn, uint64_t number)
{
    uint8_t key[8];
    tb_err err = tb_store_del(txn, TB_TABLE_ALARM, number_key(key, number));
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_hub_alarm_get(tb_txn *txn, uint64_t number, tb_hub_alarm *out)
{
    uint8_t key[8];
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_ALARM, number_key(key, number), &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, value);
    out->at = tb_get_i64(&r);
    out->code = (tb_refusal)tb_get_u32(&r);
    tb_get_raw(&r, out->party.text, TB_PARTY_BYTES);
    out->first = tb_get_bytes(&r);
    out->second = tb_get_bytes(&r);
    return tb_row_done(&r);
}
