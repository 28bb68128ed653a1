#include "base/limits.h"
#include "broker/rows.h"
#include "broker/rows_pack.h"

#define NEWEST "newest"

static tb_err read_newest(tb_bytes key, tb_bytes value, tb_hub_newest *out)
{
    tb_reader r;
    tb_reader_init(&r, key);
    uint8_t word[sizeof NEWEST - 1];
    tb_get_raw(&r, word, sizeof word);
    out->kind = (tb_document_kind)tb_get_u8(&r);
    out->name = tb_bytes_of(key.data + r.at, key.size - r.at);
    if (r.failed) {
        return TB_ERR_CORRUPT;
    }

    tb_reader_init(&r, value);
    out->version = tb_get_u32(&r);
    tb_get_raw(&r, out->digest.bytes, TB_DIGEST_BYTES);
    return tb_row_done(&r);
}

tb_err tb_hub_newest_list(tb_txn *txn, tb_hub_newest **out, size_t *out_count)
{
    tb_hub_newest *list = tb_arena_array(tb_txn_arena(txn), TB_VERSIONS_MAX, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }

    tb_bytes prefix = tb_bytes_str(NEWEST);
    tb_bytes key;
    tb_bytes value;
    size_t count = 0;
    tb_err err = tb_store_seek(txn, TB_TABLE_META, prefix, prefix, &key, &value);
    while (err == TB_OK && count < TB_VERSIONS_MAX) {
        err = read_newest(key, value, &list[count]);
        if (err != TB_OK) {
            return err;
        }
        count++;
        err = tb_store_next(txn, TB_TABLE_META, prefix, key, &key, &value);
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

static tb_bytes document_key(tb_writer *w, tb_document_kind kind, tb_bytes name, uint32_t version)
{
    tb_put_u32(w, (uint32_t)kind);
    tb_put_raw(w, name.data, name.size);
    tb_put_u8(w, 0);
    tb_put_u32(w, version);
    return tb_row_packed(w);
}

tb_err tb_hub_document_put(tb_txn *txn, const tb_document *document)
{
    TB_ASSERT(document->name.size <= TB_NAME_BYTES_MAX);

    tb_bytes encoded;
    tb_err err = tb_document_encode(document, tb_txn_arena(txn), &encoded);
    if (err != TB_OK) {
        return err;
    }

    uint8_t buffer[TB_NAME_BYTES_MAX + 16];
    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_bytes key = document_key(&w, document->kind, document->name, document->version);
    err = tb_store_put(txn, TB_TABLE_DOCUMENT, key, encoded);
    if (err != TB_OK) {
        return err;
    }

    tb_digest digest = tb_document_digest(document);
    uint8_t value[4 + TB_DIGEST_BYTES];
    tb_writer v;
    tb_writer_init(&v, value, sizeof value);
    tb_put_u32(&v, document->version);
    tb_put_raw(&v, digest.bytes, TB_DIGEST_BYTES);

    tb_writer_init(&w, buffer, sizeof buffer);
    tb_put_raw(&w, NEWEST, sizeof NEWEST - 1);
    tb_put_u8(&w, (uint8_t)document->kind);
    tb_put_raw(&w, document->name.data, document->name.size);
    return tb_store_put(txn, TB_TABLE_META, tb_row_packed(&w), tb_row_packed(&v));
}

tb_err tb_hub_document(
    tb_txn *txn, tb_document_kind kind, tb_bytes name, uint32_t version, tb_document *out)
{
    uint8_t buffer[TB_NAME_BYTES_MAX + 16];
    if (name.size > TB_NAME_BYTES_MAX) {
        return TB_ERR_NOT_FOUND;
    }

    tb_writer w;
    tb_writer_init(&w, buffer, sizeof buffer);
    tb_bytes value;
    tb_err err =
        tb_store_get(txn, TB_TABLE_DOCUMENT, document_key(&w, kind, name, version), &value);
    if (err != TB_OK) {
        return err;
    }

    tb_refusal refused = tb_document_decode(value, tb_txn_arena(txn), out);
    return refused == TB_ACCEPTED ? TB_OK : TB_ERR_CORRUPT;
}
