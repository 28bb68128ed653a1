#include "agents/rows_account.h"

#include "base/pack.h"
#include "base/text.h"

#define ROW_FORM  1
#define ROW_BYTES 128

tb_err tb_account_decode(tb_bytes name, tb_bytes value, tb_account_row *out)
{
    tb_reader r;
    tb_reader_init(&r, value);
    tb_account_row row = {.name = name};
    uint8_t form = tb_get_u8(&r);
    row.number = tb_get_u64(&r);
    row.title = tb_get_bytes(&r);
    row.phone = tb_get_bytes(&r);
    row.posts = tb_get_u32(&r);
    row.has_uid = tb_get_u8(&r) != 0;
    row.uid = tb_get_u32(&r);
    row.has_key = tb_get_u8(&r) != 0;
    tb_get_raw(&r, row.key, sizeof row.key);
    row.absent = tb_get_bytes(&r);
    row.from = tb_get_i64(&r);
    row.to = tb_get_i64(&r);
    row.made = tb_get_i64(&r);
    row.made_by = tb_get_bytes(&r);
    row.closed = tb_get_i64(&r);
    if (!tb_reader_done(&r) || form != ROW_FORM || name.size == 0 || row.number == 0 ||
        (row.posts & ~TB_POST_ALL) != 0) {
        return TB_ERR_CORRUPT;
    }
    *out = row;
    return TB_OK;
}

tb_err tb_account_get(tb_txn *txn, tb_bytes name, tb_account_row *out)
{
    tb_bytes value;
    if (name.size == 0 || name.size > TB_ACCOUNT_BYTES_MAX) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_store_get(txn, TB_TABLE_ACCOUNT, name, &value);
    return err == TB_OK ? tb_account_decode(name, value, out) : err;
}

tb_err tb_account_put(tb_txn *txn, const tb_account_row *row)
{
    TB_ASSERT(row->name.size > 0);
    TB_ASSERT(row->name.size <= TB_ACCOUNT_BYTES_MAX);
    TB_ASSERT(row->number > 0);
    tb_writer w;
    tb_writer_arena(&w, tb_txn_arena(txn),
                    ROW_BYTES + row->title.size + row->phone.size + row->absent.size +
                        row->made_by.size);
    tb_put_u8(&w, ROW_FORM);
    tb_put_u64(&w, row->number);
    tb_put_bytes(&w, row->title);
    tb_put_bytes(&w, row->phone);
    tb_put_u32(&w, row->posts);
    tb_put_u8(&w, row->has_uid);
    tb_put_u32(&w, row->uid);
    tb_put_u8(&w, row->has_key);
    tb_put_raw(&w, row->key, sizeof row->key);
    tb_put_bytes(&w, row->absent);
    tb_put_i64(&w, row->from);
    tb_put_i64(&w, row->to);
    tb_put_i64(&w, row->made);
    tb_put_bytes(&w, row->made_by);
    tb_put_i64(&w, row->closed);
    tb_bytes value;
    tb_err err = tb_writer_bytes(&w, &value);
    return err == TB_OK ? tb_store_put(txn, TB_TABLE_ACCOUNT, row->name, value) : err;
}

tb_err tb_accounts_all(tb_txn *txn, tb_account_row **out, size_t *out_count)
{
    size_t room = (size_t)tb_store_rows(txn, TB_TABLE_ACCOUNT);
    tb_account_row *list = tb_arena_array(tb_txn_arena(txn), room + 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t count = 0;
    tb_bytes all = tb_bytes_of(NULL, 0);
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_ACCOUNT, all, all, &key, &value);
    while (err == TB_OK && count < room) {
        err = tb_account_decode(key, value, &list[count]);
        if (err != TB_OK) {
            return err;
        }
        count++;
        err = tb_store_next(txn, TB_TABLE_ACCOUNT, all, key, &key, &value);
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    *out = list;
    *out_count = count;
    return TB_OK;
}

tb_err tb_account_code(tb_arena *arena, const tb_account_row *row, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, TB_ACCOUNT_CODE_TEXT);
    tb_text_str(&text, "a");
    tb_text_u64(&text, row->number);
    return tb_text_done(&text, out);
}
