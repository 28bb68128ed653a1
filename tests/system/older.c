#include "tests/system/older.h"

#include "agents/rows_case.h"
#include "base/pack.h"
#include "messages/document.h"
#include "store/version.h"

#define QUOTA_BYTES (16ull * 1024 * 1024)
/* case, class, number, term, event: what an OPENING key of schema 2 has before its group */
#define EVENT_KEY_BYTES   (TB_CASE_ID_BYTES + 1 + 8 + 4 + TB_DIGEST_BYTES)
#define INCARNATION_BYTES 16
/* due, incarnation, recipient, lane */
#define DUE_KEY_BYTES (8 + INCARNATION_BYTES + TB_PARTY_BYTES + 1)

static uint8_t memory[8u * 1024 * 1024];
static tb_arena arena;
static tb_store *store;

static tb_txn *begin(const sys_hub *hub, const char *name)
{
    char path[SYS_PATH];
    bool hubs = strcmp(name, "hub") == 0;
    tb_store_options options = {QUOTA_BYTES, hubs ? TB_STORE_BROKER : TB_STORE_AGENT};
    tb_txn *txn;
    sys_path(hub, path, "stores/%s", name);
    tb_arena_init(&arena, memory, sizeof memory);
    assert_ok(tb_store_open_older(path, &options, &store));
    assert_ok(tb_store_begin(store, &arena, &txn));
    return txn;
}

static void end(tb_txn *txn)
{
    assert_ok(tb_store_commit(txn));
    tb_store_close(store);
}

/* Every event is found by its id again. */
static void name_events(tb_txn *txn)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_err err = tb_store_seek(txn, TB_TABLE_EVENT, all, all, &key, &value);
    for (; err == TB_OK; err = tb_store_next(txn, TB_TABLE_EVENT, all, key, &key, &value)) {
        tb_event_key at;
        assert_ok(tb_event_key_decode(key, &at));
        assert_ok(tb_store_put(txn, TB_TABLE_EVENT_ID, tb_bytes_of(at.event.bytes, TB_DIGEST_BYTES),
                               key));
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
}

/* "EVENT key, group" becomes "event group"; the rows are read before any is written. */
static void move_openings(tb_txn *txn)
{
    tb_bytes all = {NULL, 0};
    size_t count = (size_t)tb_store_rows(txn, TB_TABLE_OPENING);
    tb_bytes *keys = tb_arena_array(&arena, count, sizeof *keys);
    tb_bytes *values = tb_arena_array(&arena, count, sizeof *values);
    assert_true(count > 0 && keys != NULL && values != NULL);
    for (size_t i = 0; i < count; i++) {
        assert_ok(
            i == 0 ? tb_store_seek(txn, TB_TABLE_OPENING, all, all, &keys[0], &values[0])
                   : tb_store_next(txn, TB_TABLE_OPENING, all, keys[i - 1], &keys[i], &values[i]));
    }
    for (size_t i = 0; i < count; i++) {
        size_t from = EVENT_KEY_BYTES - TB_DIGEST_BYTES;
        assert_ok(tb_store_del(txn, TB_TABLE_OPENING, keys[i]));
        assert_ok(tb_store_put(txn, TB_TABLE_OPENING,
                               tb_bytes_of(keys[i].data + from, keys[i].size - from), values[i]));
    }
}

/* A group of the outbox lies in its row again, whose form is 1. */
static void put_groups_within(tb_txn *txn)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_bytes group;
    tb_err err = tb_store_seek(txn, TB_TABLE_OUTBOX, all, all, &key, &value);
    for (; err == TB_OK; err = tb_store_next(txn, TB_TABLE_OUTBOX, all, key, &key, &value)) {
        tb_writer w;
        assert_ok(tb_store_get(txn, TB_TABLE_OUTBOX_GROUP, key, &group));
        tb_writer_arena(&w, &arena, value.size + 4 + group.size);
        tb_put_u8(&w, 1);
        tb_put_raw(&w, value.data + 1, value.size - 1);
        tb_put_bytes(&w, group);
        assert_ok(tb_writer_bytes(&w, &value));
        assert_ok(tb_store_put(txn, TB_TABLE_OUTBOX, key, value));
        assert_ok(tb_store_del(txn, TB_TABLE_OUTBOX_GROUP, key));
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
}

/* Keys of OUTBOX_DUE without the incarnation, values of HELD without who gave the event. */
static void forget_what_rows_gained(tb_txn *txn)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    while (tb_store_seek(txn, TB_TABLE_OUTBOX_DUE, all, all, &key, &value) == TB_OK &&
           key.size == DUE_KEY_BYTES) {
        uint8_t older[DUE_KEY_BYTES - INCARNATION_BYTES];
        memcpy(older, key.data, 8);
        memcpy(older + 8, key.data + 8 + INCARNATION_BYTES, sizeof older - 8);
        assert_ok(tb_store_del(txn, TB_TABLE_OUTBOX_DUE, key));
        assert_ok(tb_store_put(txn, TB_TABLE_OUTBOX_DUE, tb_bytes_of(older, sizeof older), value));
    }
    tb_err err = tb_store_seek(txn, TB_TABLE_HELD, all, all, &key, &value);
    for (; err == TB_OK; err = tb_store_next(txn, TB_TABLE_HELD, all, key, &key, &value)) {
        assert_ok(tb_store_put(txn, TB_TABLE_HELD, key, tb_bytes_of(value.data, 8)));
    }
    assert_int_equal(err, TB_ERR_NOT_FOUND);
    tb_bytes counts = tb_bytes_str("held by ");
    while (tb_store_seek(txn, TB_TABLE_META, counts, counts, &key, &value) == TB_OK) {
        assert_ok(tb_store_del(txn, TB_TABLE_META, key));
    }
}

/* Tables that came with schema 2. */
static void empty_what_is_newer(tb_txn *txn)
{
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    for (int table = TB_TABLE_DUTY; table <= TB_TABLE_GAP_DUE; table++) {
        while (tb_store_seek(txn, (tb_table)table, all, all, &key, &value) == TB_OK) {
            assert_ok(tb_store_del(txn, (tb_table)table, key));
        }
    }
}

void older_make(const sys_hub *hub, const char *name)
{
    tb_txn *txn = begin(hub, name);
    name_events(txn);
    move_openings(txn);
    put_groups_within(txn);
    forget_what_rows_gained(txn);
    empty_what_is_newer(txn);
    assert_ok(tb_store_schema_put(txn, 1));
    end(txn);
}

void older_number(const sys_hub *hub, const char *name, uint32_t schema)
{
    tb_txn *txn = begin(hub, name);
    assert_ok(tb_store_schema_put(txn, schema));
    end(txn);
}

uint32_t older_schema(const sys_hub *hub, const char *name)
{
    uint32_t schema = 0;
    tb_txn *txn = begin(hub, name);
    assert_ok(tb_store_schema(txn, &schema));
    tb_store_abort(txn);
    tb_store_close(store);
    return schema;
}

void older_hub_without(const sys_hub *hub, const char *campaign, uint32_t version)
{
    uint8_t row[64];
    uint8_t newest[64];
    tb_writer w;
    tb_bytes key;
    tb_txn *txn = begin(hub, "hub");
    tb_writer_init(&w, row, sizeof row);
    tb_put_u32(&w, TB_DOCUMENT_CAMPAIGN);
    tb_put_raw(&w, campaign, strlen(campaign) + 1);
    tb_put_u32(&w, version);
    assert_ok(tb_writer_bytes(&w, &key));
    assert_ok(tb_store_del(txn, TB_TABLE_DOCUMENT, key));

    tb_writer_init(&w, newest, sizeof newest);
    tb_put_raw(&w, "newest", strlen("newest"));
    tb_put_u8(&w, TB_DOCUMENT_CAMPAIGN);
    tb_put_raw(&w, campaign, strlen(campaign));
    assert_ok(tb_writer_bytes(&w, &key));
    assert_ok(tb_store_del(txn, TB_TABLE_META, key));
    end(txn);
}
