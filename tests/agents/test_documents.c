/* What an agent loads at start and when a document came: every version that the store holds,
 * however many there are. */
#include "agents/shell/documents.h"
#include "base/pack.h"
#include "tests/test.h"

#include <stdlib.h>

#define ARENA_BYTES (8u * 1024 * 1024)

static void put(tb_txn *txn, const char *name, uint32_t version, tb_bytes content)
{
    uint8_t key[64];
    tb_writer w;
    tb_bytes value;
    tb_document document = {.kind = TB_DOCUMENT_TABLE,
                            .name = tb_bytes_str(name),
                            .version = version,
                            .content = content};
    tb_writer_init(&w, key, sizeof key);
    tb_put_u32(&w, TB_DOCUMENT_TABLE);
    tb_put_raw(&w, document.name.data, document.name.size);
    tb_put_u8(&w, 0);
    tb_put_u32(&w, version);
    assert_int_equal(tb_document_encode(&document, tb_txn_arena(txn), &value), TB_OK);
    assert_int_equal(tb_store_put(txn, TB_TABLE_DOCUMENT, tb_bytes_of(key, w.size), value), TB_OK);
}

static void any_number_of_old_versions_is_loaded(void **state)
{
    (void)state;
    static uint8_t large[TB_DOCUMENT_BYTES_MAX];
    tb_store_options options = {256ull * 1024 * 1024, TB_STORE_AGENT};
    void *block = malloc(ARENA_BYTES);
    tb_arena arena;
    tb_store *store;
    tb_documents *documents = NULL;
    memset(large, 'x', sizeof large);
    assert_int_equal(tb_store_open("", &options, &store), TB_OK);
    for (uint32_t version = 1; version <= 60; version++) {
        tb_txn *txn;
        tb_arena_init(&arena, block, ARENA_BYTES);
        assert_int_equal(tb_store_begin(store, &arena, &txn), TB_OK);
        put(txn, "large", version, tb_bytes_of(large, sizeof large));
        assert_int_equal(tb_store_commit(txn), TB_OK);
    }
    assert_int_equal(tb_documents_load(store, &documents), TB_OK);
    assert_false(documents->has_directory);
    tb_documents_free(documents);
    tb_store_close(store);
    free(block);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(any_number_of_old_versions_is_loaded),
};

TB_RUN("agents/documents", tests)
