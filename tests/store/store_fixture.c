#define _XOPEN_SOURCE 700

#include "tests/store/store_fixture.h"

#include "base/limits.h"
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int store_fixture_open(void **state)
{
    store_fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);

    snprintf(f->path, sizeof f->path, "%s/tests/store-XXXXXX", TB_BINARY_DIR);
    assert_non_null(mkdtemp(f->path));
    void *block = malloc(FIXTURE_ARENA_BYTES);
    assert_non_null(block);
    tb_arena_init(&f->arena, block, FIXTURE_ARENA_BYTES);
    f->options = (tb_store_options){.quota_bytes = TB_QUOTA_BYTES_MIN, .kind = TB_STORE_BROKER};
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
    *state = f;
    return 0;
}

static void remove_file(const char *folder, const char *name)
{
    char path[300];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
}

int store_fixture_close(void **state)
{
    store_fixture *f = *state;

    if (f->txn != NULL) {
        tb_store_abort(f->txn);
    }
    tb_store_close(f->store);
    remove_file(f->path, "data.mdb");
    remove_file(f->path, "lock.mdb");
    remove_file(f->path, "turns.log");
    rmdir(f->path);
    free(f->arena.block);
    free(f);
    return 0;
}

void store_fixture_reopen(store_fixture *f)
{
    tb_store_close(f->store);
    f->store = NULL;
    assert_ok(tb_store_open(f->path, &f->options, &f->store));
}

void begin(store_fixture *f)
{
    tb_arena_reset(&f->arena);
    assert_ok(tb_store_begin(f->store, &f->arena, &f->txn));
}

void commit(store_fixture *f)
{
    tb_txn *txn = f->txn;

    f->txn = NULL;
    assert_ok(tb_store_commit(txn));
}

void abandon(store_fixture *f)
{
    tb_store_abort(f->txn);
    f->txn = NULL;
}

void put(store_fixture *f, tb_table table, const char *key, const char *value)
{
    assert_ok(tb_store_put(f->txn, table, tb_bytes_str(key), tb_bytes_str(value)));
}

void del(store_fixture *f, tb_table table, const char *key)
{
    assert_ok(tb_store_del(f->txn, table, tb_bytes_str(key)));
}

void expect(store_fixture *f, tb_table table, const char *key, const char *value)
{
    tb_bytes found;
    tb_err err = tb_store_get(f->txn, table, tb_bytes_str(key), &found);

    if (value == NULL) {
        assert_int_equal(err, TB_ERR_NOT_FOUND);
    } else {
        assert_ok(err);
        assert_int_equal(found.size, strlen(value));
        assert_memory_equal(found.data, value, found.size);
    }
}
