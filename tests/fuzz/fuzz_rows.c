/* Rows that are not what they should be, behind good checksums: the walks over all invariants tell
 * of them and go on. Input: kind of store, then (table, key size, key, value size, value) again and
 * again. */
#include "agents/agent.h"
#include "broker/broker.h"
#include "tests/fuzz/fuzz.h"

#define ROWS_MAX 32

static void fill(tb_txn *txn, fuzz_choices *c)
{
    for (size_t i = 0; i < ROWS_MAX && c->size > 0; i++) {
        tb_table table = (tb_table)fuzz_below(c, TB_TABLE_COUNT);
        tb_bytes key = fuzz_bytes(c, 1u + fuzz_byte(c) % 120u);
        tb_bytes value = fuzz_bytes(c, fuzz_byte(c));
        if (key.size > 0) {
            FUZZ_CHECK(tb_store_put(txn, table, key, value) == TB_OK);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tb_agent agent;
    static tb_broker broker;
    static const tb_directory directory;
    static const tb_campaigns campaigns;
    fuzz_choices choices = {data, size};
    bool is_hub = fuzz_below(&choices, 2) == 0;
    tb_store_options options = {64u * 1024 * 1024, is_hub ? TB_STORE_BROKER : TB_STORE_AGENT};
    tb_arena *arena = fuzz_arena();
    tb_store *store;
    tb_txn *txn;
    tb_bytes *faults;
    size_t count;
    FUZZ_CHECK(tb_store_open("", &options, &store) == TB_OK);
    FUZZ_CHECK(tb_store_begin(store, arena, &txn) == TB_OK);
    fill(txn, &choices);
    memset(&agent, 0, sizeof agent);
    memset(&broker, 0, sizeof broker);
    agent.directory = &directory;
    agent.campaigns = &campaigns;
    broker.directory = &directory;
    tb_err err = is_hub ? tb_broker_check(&broker, txn, &faults, &count)
                        : tb_agent_check(&agent, txn, &faults, &count);
    if (err != TB_OK) {
        fprintf(stderr, "%s\n", tb_err_text(err));
    }
    FUZZ_CHECK(err == TB_OK || err == TB_ERR_CORRUPT || err == TB_ERR_LIMIT);
    tb_store_abort(txn);
    tb_store_close(store);
    return 0;
}
