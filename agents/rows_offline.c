#include "agents/rows_offline.h"

#include "agents/rows_link_keys.h"

/* META: the last number given to an OFFLINE row. */
#define NEWEST "offline"

/* Both tables: recipient, then a number. */
static tb_bytes row_key(tb_key *key, const tb_party *recipient, uint64_t number)
{
    tb_key_begin(key);
    tb_key_party(key, recipient);
    tb_key_number(key, number);
    return tb_key_bytes(key);
}

static tb_bytes recipient_prefix(const tb_party *recipient)
{
    return tb_bytes_of(recipient->text, TB_PARTY_BYTES);
}

/* ---- OFFLINE ---- */

tb_err tb_offline_put(tb_txn *txn, const tb_offline_row *row)
{
    tb_key key;
    tb_writer w;
    tb_row_begin(&w, tb_txn_arena(txn), 128);
    tb_put_raw(&w, row->case_id.bytes, TB_CASE_ID_BYTES);
    tb_put_raw(&w, row->event.bytes, TB_DIGEST_BYTES);
    tb_put_u8(&w, (uint8_t)((row->sealed ? 1 : 0) | (row->joined ? 2 : 0)));
    tb_put_u64(&w, row->letter);
    return tb_row_store(txn, TB_TABLE_OFFLINE, row_key(&key, &row->recipient, row->number), &w);
}

tb_err tb_offline_add(tb_txn *txn, tb_offline_row *row)
{
    tb_err err = tb_counter_next(txn, NEWEST, &row->number);
    return err == TB_OK ? tb_offline_put(txn, row) : err;
}

tb_err tb_offline_del(tb_txn *txn, const tb_offline_row *row)
{
    tb_key key;
    return tb_store_del(txn, TB_TABLE_OFFLINE, row_key(&key, &row->recipient, row->number));
}

tb_err tb_offline_decode(tb_bytes key, tb_bytes value, tb_offline_row *out)
{
    tb_reader r;
    tb_offline_row row = {.number = 0};
    tb_reader_init(&r, key);
    row.recipient = tb_read_party(&r);
    row.number = tb_get_u64(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    tb_row_read(&r, value);
    tb_get_raw(&r, row.case_id.bytes, TB_CASE_ID_BYTES);
    row.event = tb_read_digest(&r);
    uint8_t marks = tb_get_u8(&r);
    row.sealed = (marks & 1) != 0;
    row.joined = (marks & 2) != 0;
    row.letter = tb_get_u64(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err
tb_offline_after(tb_txn *txn, const tb_party *recipient, uint64_t number, tb_offline_row *out)
{
    tb_key from;
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_next(txn, TB_TABLE_OFFLINE, recipient_prefix(recipient),
                               row_key(&from, recipient, number), &key, &value);
    return err == TB_OK ? tb_offline_decode(key, value, out) : err;
}

tb_err tb_offline_recipient(tb_txn *txn, const tb_party *after, tb_party *out)
{
    static const tb_bytes all = {NULL, 0};
    tb_key from;
    tb_bytes key;
    tb_bytes value;
    tb_offline_row row;
    tb_err err =
        tb_store_next(txn, TB_TABLE_OFFLINE, all, row_key(&from, after, UINT64_MAX), &key, &value);
    if (err == TB_OK) {
        err = tb_offline_decode(key, value, &row);
    }
    if (err == TB_OK) {
        *out = row.recipient;
    }
    return err;
}

tb_err tb_offline_event(tb_txn *txn,
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

/* ---- LETTER ---- */

tb_err tb_letter_put(tb_txn *txn, const tb_letter_row *row)
{
    tb_key key;
    tb_writer w;
    tb_row_begin(&w, tb_txn_arena(txn), 64 + row->document_no.size);
    tb_put_bytes(&w, row->document_no);
    tb_put_i64(&w, row->at);
    tb_put_u32(&w, row->items);
    return tb_row_store(txn, TB_TABLE_LETTER, row_key(&key, &row->recipient, row->letter), &w);
}

tb_err tb_letter_get(tb_txn *txn, const tb_party *recipient, uint64_t letter, tb_letter_row *out)
{
    tb_key key;
    tb_bytes value;
    tb_reader r;
    tb_letter_row row = {.recipient = *recipient, .letter = letter};
    tb_err err = tb_store_get(txn, TB_TABLE_LETTER, row_key(&key, recipient, letter), &value);
    if (err != TB_OK) {
        return err;
    }
    tb_row_read(&r, value);
    row.document_no = tb_get_bytes(&r);
    row.at = tb_get_i64(&r);
    row.items = tb_get_u32(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_letter_newest(tb_txn *txn, const tb_party *recipient, uint64_t *out)
{
    tb_key upto;
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_last(txn, TB_TABLE_LETTER, recipient_prefix(recipient),
                               row_key(&upto, recipient, UINT64_MAX), &key, &value);
    if (err == TB_ERR_NOT_FOUND) {
        *out = 0;
        return TB_OK;
    }
    if (err == TB_OK) {
        *out = tb_key_last_number(key);
    }
    return err;
}
