/* store_fixture - a fresh store in a folder of its own, and verbs that take text for bytes. */
#ifndef TB_STORE_FIXTURE_H
#define TB_STORE_FIXTURE_H

#include "store/store.h"

#define FIXTURE_ARENA_BYTES (8u * 1024 * 1024)

typedef struct store_fixture {
    char path[256];
    tb_store *store;
    tb_store_options options;
    tb_arena arena;
    tb_txn *txn; /* the one open now, or NULL */
} store_fixture;

/* cmocka's set-up and tear-down: a broker's store of the smallest quota. */
int store_fixture_open(void **state);
int store_fixture_close(void **state);

/* Close and open again, as a restart does; the memory form comes back empty. */
void store_fixture_reopen(store_fixture *f);

/* The arena starts over with every transaction. */
void begin(store_fixture *f);
void commit(store_fixture *f);
void abandon(store_fixture *f);

void put(store_fixture *f, tb_table table, const char *key, const char *value);
void del(store_fixture *f, tb_table table, const char *key);
/* value NULL: the row is not there. */
void expect(store_fixture *f, tb_table table, const char *key, const char *value);

#endif
