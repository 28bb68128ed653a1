#include "agents/requests.h"

#include "base/pack.h"
#include "messages/digest.h"

/* META: where the sweep goes on. */
#define SWEEP     "requests swept up to"
#define SWEEP_MAX 16

static tb_bytes request_key(const tb_request_id *id)
{
    return tb_bytes_of(id->bytes, sizeof id->bytes);
}

tb_digest tb_request_digest(tb_bytes request)
{
    return tb_digest_of("tongbao request", request);
}

tb_err tb_request_decode(tb_bytes value, tb_request_row *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    tb_request_row row;
    tb_get_raw(&r, row.digest.bytes, TB_DIGEST_BYTES);
    row.at = tb_get_i64(&r);
    row.answer = tb_get_bytes(&r);
    if (!tb_reader_done(&r)) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_request_get(tb_txn *txn, const tb_request_id *id, tb_request_row *out)
{
    tb_bytes value;
    tb_err err = tb_store_get(txn, TB_TABLE_REQUEST, request_key(id), &value);
    return err == TB_OK ? tb_request_decode(value, out) : err;
}

tb_err tb_request_put(tb_txn *txn, const tb_request_id *id, const tb_request_row *row)
{
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn), TB_DIGEST_BYTES + 16 + row->answer.size);
    tb_put_raw(&w, row->digest.bytes, TB_DIGEST_BYTES);
    tb_put_i64(&w, row->at);
    tb_put_bytes(&w, row->answer);
    tb_bytes value;
    tb_err err = tb_writer_bytes(&w, &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_REQUEST, request_key(id), value) : err;
}

tb_err tb_request_follow(tb_txn *txn, const tb_request_id *id, const tb_local_answer *answer)
{
    tb_request_row row;
    tb_err err = tb_request_get(txn, id, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    err = tb_local_answer_encode(answer, tb_txn_arena(txn), &row.answer);
    return err == TB_OK ? tb_request_put(txn, id, &row) : err;
}

tb_err tb_requests_sweep(tb_txn *txn, tb_time now)
{
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_bytes key = all;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(SWEEP), &key);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    for (unsigned i = 0; i < SWEEP_MAX; i++) {
        tb_bytes value;
        err = tb_store_next(txn, TB_TABLE_REQUEST, all, key, &key, &value);
        if (err == TB_ERR_NOT_FOUND) {
            key = all; /* from the front again, next time */
            break;
        }
        tb_request_row row;
        if (err == TB_OK) {
            err = tb_request_decode(value, &row);
        }
        if (err == TB_OK && now - row.at > TB_REQUEST_LIFE_MS) {
            err = tb_store_del(txn, TB_TABLE_REQUEST, key);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return tb_store_put(txn, TB_TABLE_META, tb_bytes_str(SWEEP), key);
}
