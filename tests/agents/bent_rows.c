#include "tests/agents/bent_rows.h"

#include "tests/test.h"

typedef enum bend {
    GONE,
    HALVED,
    LONGER,
    MOVED,            /* a byte of its key is another, from the first to the last */
    BYTE = MOVED + 9, /* a byte of it is, by many bits */
    BIT = BYTE + 24,  /* or by one */
    BENDS = BIT + 24,
} bend;

/* The nth of so many places from the first to the last byte. */
static size_t place(int nth, int count, size_t size)
{
    return (size - 1) * (size_t)nth / (size_t)(count - 1);
}

/* Under another key, on which it may take the place of another row. */
static void move_row(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes value, int nth)
{
    uint8_t bent[TB_KEY_BYTES_MAX];
    memcpy(bent, key.data, key.size);
    bent[place(nth, BYTE - MOVED, key.size)] ^= 1;
    assert_ok(tb_store_del(txn, table, key));
    assert_ok(tb_store_put(txn, table, tb_bytes_of(bent, key.size), value));
}

static void bend_row(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes value, bend how)
{
    uint8_t *bent = tb_arena_alloc(tb_txn_arena(txn), value.size + 1);
    size_t size = how == HALVED ? value.size / 2 : how == LONGER ? value.size + 1 : value.size;
    assert_non_null(bent);
    if (how >= MOVED && how < BYTE) {
        move_row(txn, table, key, value, (int)how - MOVED);
        return;
    }
    if (value.size > 0) {
        memcpy(bent, value.data, value.size);
    }
    if (value.size > 0 && how >= BYTE) {
        int nth = (int)(how >= BIT ? how - BIT : how - BYTE);
        bent[place(nth, BIT - BYTE, value.size)] ^= how >= BIT ? 0x01 : 0x55;
    }
    bent[value.size] = 0x55;
    assert_ok(how == GONE ? tb_store_del(txn, table, key)
                          : tb_store_put(txn, table, key, tb_bytes_of(bent, size)));
}

size_t bend_rows(tb_store *store, tb_arena *arena, tb_agent *agent)
{
    size_t told = 0;
    for (int table = 0; table < TB_TABLE_COUNT; table++) {
        uint8_t at[TB_KEY_BYTES_MAX];
        size_t size = 0;
        for (bool more = true; more;) {
            for (int how = 0; more && how < BENDS; how++) {
                tb_bytes all = {NULL, 0};
                tb_bytes key;
                tb_bytes value;
                tb_bytes *faults;
                size_t count;
                tb_txn *txn;
                tb_arena_reset(arena);
                assert_ok(tb_store_begin(store, arena, &txn));
                tb_err err = size == 0 ? tb_store_seek(txn, (tb_table)table, all, all, &key, &value)
                                       : tb_store_next(txn, (tb_table)table, all,
                                                       tb_bytes_of(at, size), &key, &value);
                more = err == TB_OK;
                if (more) {
                    bend_row(txn, (tb_table)table, key, value, (bend)how);
                    err = tb_agent_check(agent, txn, &faults, &count);
                    if (err != TB_OK) {
                        tb_store_abort(txn);
                        fail_msg("table %d, bend %d: %s", table, how, tb_err_text(err));
                    }
                    told += count > 0;
                }
                if (more && how == BENDS - 1) {
                    memcpy(at, key.data, key.size);
                    size = key.size;
                }
                tb_store_abort(txn);
            }
        }
    }
    return told;
}
