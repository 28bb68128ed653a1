#include "store/range.h"

int tb_key_compare(tb_bytes a, tb_bytes b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);

    if (order != 0 || a.size == b.size) {
        return order;
    }
    return a.size < b.size ? -1 : 1;
}

bool tb_key_starts_with(tb_bytes key, tb_bytes prefix)
{
    return key.size >= prefix.size &&
           (prefix.size == 0 || memcmp(key.data, prefix.data, prefix.size) == 0);
}

bool tb_key_valid(tb_bytes key)
{
    return key.size > 0 && key.size <= TB_KEY_BYTES_MAX;
}

tb_err tb_store_seek(tb_txn *txn,
                     tb_table table,
                     tb_bytes prefix,
                     tb_bytes from,
                     tb_bytes *out_key,
                     tb_bytes *out_value)
{
    bool before = tb_key_compare(from, prefix) < 0;
    tb_bound bound = {before ? prefix : from, false};

    return tb_form_forward(txn, table, bound, prefix, out_key, out_value);
}

tb_err tb_store_next(tb_txn *txn,
                     tb_table table,
                     tb_bytes prefix,
                     tb_bytes key,
                     tb_bytes *out_key,
                     tb_bytes *out_value)
{
    bool before = tb_key_compare(key, prefix) < 0;
    tb_bound bound = {before ? prefix : key, !before};

    return tb_form_forward(txn, table, bound, prefix, out_key, out_value);
}

/* The least key behind everything that starts with prefix: its last byte that is not 0xff counted
 * up, what follows cut off. There is one: what is behind a prefix of 0xff alone starts with it. */
static tb_bytes behind(tb_bytes prefix, uint8_t buffer[TB_KEY_BYTES_MAX])
{
    size_t size = prefix.size;

    TB_ASSERT(size > 0);
    while (prefix.data[size - 1] == 0xff) {
        size--;
        TB_ASSERT(size > 0);
    }
    memcpy(buffer, prefix.data, size);
    buffer[size - 1]++;
    return tb_bytes_of(buffer, size);
}

tb_err tb_store_last(tb_txn *txn,
                     tb_table table,
                     tb_bytes prefix,
                     tb_bytes upto,
                     tb_bytes *out_key,
                     tb_bytes *out_value)
{
    uint8_t buffer[TB_KEY_BYTES_MAX];
    tb_bound bound = {upto, false};

    if (prefix.size > TB_KEY_BYTES_MAX || upto.size == 0 || tb_key_compare(upto, prefix) < 0) {
        return TB_ERR_NOT_FOUND;
    }
    if (!tb_key_starts_with(upto, prefix)) {
        bound = (tb_bound){behind(prefix, buffer), true};
    }
    return tb_form_backward(txn, table, bound, prefix, out_key, out_value);
}
