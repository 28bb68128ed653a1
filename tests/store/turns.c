#include "tests/store/turns.h"

#include "tests/test.h"

#include <stdio.h>

const uint8_t turns_large[LARGE + 1];

void in(const store_fixture *f, const char *name, char out[300])
{
    (void)snprintf(out, 300, "%s/%s", f->path, name);
}

void opened(store_fixture *f)
{
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
}

void closed(store_fixture *f)
{
    tb_store_close(f->store);
    f->store = NULL;
}

void turn(store_fixture *f, const char *key, const char *value)
{
    begin(f);
    put(f, T, key, value);
    commit(f);
}

void large_turn(store_fixture *f, const char *key, const char *value)
{
    begin(f);
    put(f, T, key, value);
    assert_ok(tb_store_put(f->txn, OTHER, tb_bytes_str("large"),
                           tb_bytes_of(turns_large, sizeof turns_large)));
    commit(f);
}
