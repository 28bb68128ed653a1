#include "tests/agents/bent_rows.h"

#include "tests/test.h"

typedef enum bend {
    GONE,
    HALVED,
    LONGER,
    ROTTEN,           /* its checksum fails */
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

/* A row's checksum is not part of a transaction: damaged is what was committed. */
static tb_txn *rot_row(tb_store *store, tb_txn *txn, tb_table table, tb_bytes key)
{
    tb_arena *arena = tb_txn_arena(txn);
    tb_store_abort(txn);
    assert_ok(tb_store_mem_damage(store, table, key));
    assert_ok(tb_store_begin(store, arena, &txn));
    return txn;
}

static void heal_row(tb_store *store, tb_arena *arena, tb_table table, tb_bytes key, tb_bytes value)
{
    tb_txn *txn;
    assert_ok(tb_store_begin(store, arena, &txn));
    assert_ok(tb_store_put(txn, table, key, value));
    assert_ok(tb_store_commit(txn));
}

/* How much the check tells with the row bent in txn, which ends here. */
static size_t told_of(tb_store *store,
                      tb_agent *agent,
                      tb_txn *txn,
                      tb_table table,
                      tb_bytes key,
                      tb_bytes value,
                      bend how)
{
    tb_arena *arena = tb_txn_arena(txn);
    tb_bytes *faults;
    size_t count;
    if (how == ROTTEN) {
        txn = rot_row(store, txn, table, key);
    } else {
        bend_row(txn, table, key, value, how);
    }
    tb_err err = tb_agent_check(agent, txn, &faults, &count);
    tb_store_abort(txn);
    if (err != TB_OK) {
        fail_msg("table %d, bend %d: %s", (int)table, (int)how, tb_err_text(err));
    }
    if (how == ROTTEN) {
        heal_row(store, arena, table, key, value);
    }
    return count;
}

/* The row of the table behind that key, the first when it is empty; false past the last. */
static bool
row_behind(tb_txn *txn, tb_table table, tb_bytes at, tb_bytes *out_key, tb_bytes *out_value)
{
    tb_bytes all = {NULL, 0};
    tb_err err = at.size == 0 ? tb_store_seek(txn, table, all, all, out_key, out_value)
                              : tb_store_next(txn, table, all, at, out_key, out_value);
    return err == TB_OK;
}

/* What the check tells of a store as it is: of nothing but proofs, which a world makes up. */
static size_t told_before(tb_store *store, tb_arena *arena, tb_agent *agent)
{
    static const char made_up[] = "a proof does not prove its notice";
    tb_bytes *faults;
    size_t count;
    tb_txn *txn;
    tb_arena_reset(arena);
    assert_ok(tb_store_begin(store, arena, &txn));
    assert_ok(tb_agent_check(agent, txn, &faults, &count));
    for (size_t i = 0; i < count; i++) {
        if (faults[i].size < strlen(made_up) ||
            memcmp(faults[i].data, made_up, strlen(made_up)) != 0) {
            fail_msg("%.*s", (int)faults[i].size, (const char *)faults[i].data);
        }
    }
    tb_store_abort(txn);
    return count;
}

size_t bend_rows(tb_store *store, tb_arena *arena, tb_agent *agent)
{
    size_t told = 0;
    size_t before = told_before(store, arena, agent);
    for (int table = 0; table < TB_TABLE_COUNT; table++) {
        uint8_t last[TB_KEY_BYTES_MAX];
        tb_bytes at = {last, 0};
        for (bool more = true; more;) {
            tb_bytes key;
            for (int how = 0; more && how < BENDS; how++) {
                tb_bytes value;
                tb_txn *txn;
                tb_arena_reset(arena);
                assert_ok(tb_store_begin(store, arena, &txn));
                more = row_behind(txn, (tb_table)table, at, &key, &value);
                if (more) {
                    told += told_of(store, agent, txn, (tb_table)table, key, value, (bend)how) !=
                            before;
                } else {
                    tb_store_abort(txn);
                }
            }
            if (more) {
                memcpy(last, key.data, key.size);
                at.size = key.size;
            }
        }
    }
    return told;
}
