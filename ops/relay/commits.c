/* commits - what one durable commit costs here: the yardstick for a lone notice. */
#include <lmdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ops/relay/relay.h"

#define VALUE_BYTES 600
#define MAP_BYTES   (256u * 1024 * 1024)

static MDB_env *env;
static MDB_dbi table;
static uint64_t count;

static void check(int rc)
{
    if (rc != MDB_SUCCESS) {
        relay_fail("the yardstick store: %s", mdb_strerror(rc));
    }
}

void relay_commits_open(void)
{
    char path[RELAY_PATH];
    (void)snprintf(path, sizeof path, "%s/yardstick", world.out);
    (void)mkdir(path, 0700);
    check(mdb_env_create(&env));
    check(mdb_env_set_mapsize(env, MAP_BYTES));
    check(mdb_env_open(env, path, 0, 0600));
    MDB_txn *txn = NULL;
    check(mdb_txn_begin(env, NULL, 0, &txn));
    check(mdb_dbi_open(txn, NULL, 0, &table));
    check(mdb_txn_commit(txn));
}

void relay_commits_close(void)
{
    if (env != NULL) {
        mdb_env_close(env);
        env = NULL;
    }
}

double relay_commit_us(void)
{
    static uint8_t value[VALUE_BYTES];
    uint8_t key[8];
    double from = relay_seconds();
    count++;
    for (size_t i = 0; i < sizeof key; i++) {
        key[i] = (uint8_t)(count >> (56 - 8 * i));
    }
    memset(value, (int)(count & 0xff), sizeof value);
    MDB_val k = {sizeof key, key};
    MDB_val v = {sizeof value, value};
    MDB_txn *txn = NULL;
    check(mdb_txn_begin(env, NULL, 0, &txn));
    check(mdb_put(txn, table, &k, &v, 0));
    check(mdb_txn_commit(txn));
    return (relay_seconds() - from) * 1e6;
}
