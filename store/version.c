#include "store/version.h"

#include "base/pack.h"

static tb_err write_number(tb_txn *txn, const char *name, uint32_t number)
{
    uint8_t buffer[4];
    tb_writer writer;
    tb_bytes value;

    tb_writer_init(&writer, buffer, sizeof buffer);
    tb_put_u32(&writer, number);
    tb_err err = tb_writer_bytes(&writer, &value);
    if (err != TB_OK) {
        return err;
    }
    return tb_store_put(txn, TB_TABLE_META, tb_bytes_str(name), value);
}

static tb_err read_number(tb_txn *txn, const char *name, uint32_t *out)
{
    tb_bytes value;
    tb_reader reader;

    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(name), &value);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    tb_reader_init(&reader, value);
    uint32_t found = tb_get_u32(&reader);
    if (!tb_reader_done(&reader)) {
        return TB_ERR_CORRUPT;
    }
    *out = found;
    return TB_OK;
}

tb_err tb_store_schema(tb_txn *txn, uint32_t *out)
{
    return read_number(txn, TB_STORE_SCHEMA_KEY, out);
}

tb_err tb_store_schema_put(tb_txn *txn, uint32_t schema)
{
    return write_number(txn, TB_STORE_SCHEMA_KEY, schema);
}

tb_err tb_store_same_version(tb_txn *txn, uint32_t kind)
{
    uint32_t schema = 0;
    uint32_t found = 0;
    tb_err err = read_number(txn, TB_STORE_SCHEMA_KEY, &schema);
    if (err == TB_OK) {
        err = read_number(txn, "kind", &found);
    }
    if (err != TB_OK) {
        return err;
    }
    if (found != kind || schema > TB_SCHEMA_VERSION) {
        return TB_ERR_VERSION;
    }
    return schema < TB_SCHEMA_VERSION ? TB_ERR_OLDER : TB_OK;
}

tb_err tb_store_check_version(tb_txn *txn, uint32_t kind)
{
    if (tb_store_rows(txn, TB_TABLE_META) > 0) {
        return tb_store_same_version(txn, kind);
    }
    tb_err err = write_number(txn, TB_STORE_SCHEMA_KEY, TB_SCHEMA_VERSION);
    return err == TB_OK ? write_number(txn, "kind", kind) : err;
}

#define RESTORED "restored"

tb_err tb_store_mark_restored(tb_txn *txn, tb_time at)
{
    uint8_t buffer[8];
    tb_writer writer;
    tb_bytes value;

    tb_writer_init(&writer, buffer, sizeof buffer);
    tb_put_i64(&writer, at);
    tb_err err = tb_writer_bytes(&writer, &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_META, tb_bytes_str(RESTORED), value) : err;
}

tb_err tb_store_restored(tb_txn *txn, tb_time *out)
{
    tb_bytes value;
    tb_reader reader;

    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(RESTORED), &value);
    if (err != TB_OK) {
        return err;
    }
    tb_reader_init(&reader, value);
    tb_time at = tb_get_i64(&reader);
    if (!tb_reader_done(&reader)) {
        return TB_ERR_CORRUPT;
    }
    *out = at;
    return TB_OK;
}
