#include "broker/rows_pack.h"
#include "broker/rows_stream.h"

#define BODY_KEY_BYTES (TB_PARTY_BYTES + 16 + 8)

static tb_bytes body_key(uint8_t buffer[BODY_KEY_BYTES], const tb_notice_name *name)
{
    tb_writer w;
    tb_writer_init(&w, buffer, BODY_KEY_BYTES);
    tb_put_raw(&w, name->sender.text, TB_PARTY_BYTES);
    tb_row_put_incarnation(&w, &name->incarnation);
    tb_put_u64(&w, name->notice);
    return tb_row_packed(&w);
}

static tb_err get_use(tb_txn *txn, tb_bytes key, uint32_t *out_count, tb_digest *out_digest)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_HUB_BODY_USE, key, &value);
    if (err != TB_OK) {
        return err;
    }

    tb_reader r;
    tb_reader_init(&r, value);
    *out_count = tb_get_u32(&r);
    tb_get_raw(&r, out_digest->bytes, TB_DIGEST_BYTES);
    return *out_count == 0 ? TB_ERR_CORRUPT : tb_row_done(&r);
}

static tb_err put_use(tb_txn *txn, tb_bytes key, uint32_t count, const tb_digest *digest)
{
    uint8_t value[4 + TB_DIGEST_BYTES];
    tb_writer w;
    tb_writer_init(&w, value, sizeof value);
    tb_put_u32(&w, count);
    tb_put_raw(&w, digest->bytes, TB_DIGEST_BYTES);
    return tb_store_put(txn, TB_TABLE_HUB_BODY_USE, key, tb_row_packed(&w));
}

tb_err
tb_hub_body_use(tb_txn *txn, const tb_notice_name *name, const tb_digest *digest, tb_bytes body)
{
    uint8_t buffer[BODY_KEY_BYTES];
    tb_bytes key = body_key(buffer, name);
    uint32_t count = 0;
    tb_digest held;
    tb_err err = get_use(txn, key, &count, &held);
    if (err == TB_OK) {
        return put_use(txn, key, count + 1, digest);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }

    err = tb_store_put(txn, TB_TABLE_HUB_BODY, key, body);
    return err == TB_OK ? put_use(txn, key, 1, digest) : err;
}

tb_err tb_hub_body_digest(tb_txn *txn, const tb_notice_name *name, tb_digest *out)
{
    uint8_t buffer[BODY_KEY_BYTES];
    uint32_t count = 0;
    return get_use(txn, body_key(buffer, name), &count, out);
}

tb_err tb_hub_body_drop(tb_txn *txn, const tb_notice_name *name)
{
    uint8_t buffer[BODY_KEY_BYTES];
    tb_bytes key = body_key(buffer, name);
    uint32_t count = 0;
    tb_digest digest;
    tb_err err = get_use(txn, key, &count, &digest);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }

    if (count > 1) {
        return put_use(txn, key, count - 1, &digest);
    }
    err = tb_store_del(txn, TB_TABLE_HUB_BODY, key);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    return tb_store_del(txn, TB_TABLE_HUB_BODY_USE, key);
}

tb_err tb_hub_body_get(tb_txn *txn, const tb_notice_name *name, tb_bytes *out)
{
    uint8_t buffer[BODY_KEY_BYTES];
    return tb_store_get(txn, TB_TABLE_HUB_BODY, body_key(buffer, name), out);
}
