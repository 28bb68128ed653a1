/* The memory form of the store, for tests and the simulator: it forgets what was not committed,
 * runs out of space and fails commits when told to, and can hold a row that rotted.
 *
 * A table is a skip list; the heights come from a fixed sequence, so that a run repeats exactly. It
 * remembers the row that was read last: most walks ask for the one behind it. Each write notes what
 * was there before, and an abort takes the notes back from the newest.
 */
#include "store/range.h"
#include "store/version.h"

#include "base/limits.h"

#include <stdlib.h>

#define LEVELS     16
#define ROW_BYTES  32 /* counted for a row besides its key and value */
#define OPEN_BYTES 256

typedef struct cell {
    uint8_t *data;
    size_t size;
    bool damaged; /* reads as TB_ERR_CORRUPT */
} cell;

typedef struct row {
    cell value;
    tb_bytes key; /* behind next */
    struct row *next[];
} row;

/* What a write replaced. */
typedef struct undo {
    struct undo *older;
    tb_table table;
    bool existed;
    cell value;
    size_t key_size;
    uint8_t key[];
} undo;

typedef struct table {
    row *first[LEVELS];
    unsigned levels; /* that any row reaches */
    row *read_last;  /* NULL when that row is gone */
    uint64_t rows;
} table;

struct tb_txn {
    tb_store *store;
    tb_arena *arena;
    bool open;
    bool reads_only;
    bool wrote;
    tb_err lost; /* a failed write that ended the transaction before its commit */
    undo *newest;
};

struct tb_store {
    table tables[TB_TABLE_COUNT];
    uint64_t used;
    uint64_t quota;
    uint64_t heights; /* drawn so far */
    unsigned fail_in; /* commits until one fails; 0 = none will */
    tb_err fail_with;
    tb_txn txn;
};

/* Rows. */

/* This form runs in tests, where there is memory or the test is wrong. */
static void *own(size_t size)
{
    void *memory = malloc(size);

    TB_ASSERT(memory != NULL);
    return memory;
}

static cell cell_of(tb_bytes b)
{
    cell c = {own(b.size + 1), b.size, false};

    if (b.size > 0) {
        memcpy(c.data, b.data, b.size);
    }
    return c;
}

static tb_bytes bytes_of(const cell *c)
{
    return tb_bytes_of(c->data, c->size);
}

static uint64_t row_bytes(size_t key_size, size_t value_size)
{
    return ROW_BYTES + key_size + value_size;
}

/* Half of all rows are one level high, half of the others two. */
static unsigned draw_height(tb_store *store)
{
    uint64_t bits = ++store->heights * UINT64_C(0x9e3779b97f4a7c15);
    unsigned height = 1;

    bits ^= bits >> 31;
    while (height < LEVELS && (bits & 1) != 0) {
        height++;
        bits >>= 1;
    }
    return height;
}

/* What follows a row on each level; NULL stands before every row. */
static row **behind(table *t, row *at)
{
    return at == NULL ? t->first : at->next;
}

/* On every level in use the last row before key; returns the first row at or behind it, or NULL. */
static row *find(table *t, tb_bytes key, row *before[LEVELS])
{
    row *at = NULL;
    row *beyond = NULL; /* known not to be before key */

    for (size_t level = t->levels; level-- > 0;) {
        row *next = behind(t, at)[level];
        while (next != beyond && tb_key_compare(next->key, key) < 0) {
            at = next;
            next = at->next[level];
        }
        beyond = next;
        before[level] = at;
    }
    return beyond;
}

static row *find_exact(table *t, tb_bytes key, row *before[LEVELS])
{
    row *found = find(t, key, before);

    return found != NULL && tb_bytes_equal(found->key, key) ? found : NULL;
}

/* Takes the cell. */
static void insert(tb_store *store, table *t, tb_bytes key, cell value, row *before[LEVELS])
{
    unsigned height = draw_height(store);
    row *fresh = own(sizeof *fresh + height * sizeof fresh->next[0] + key.size);
    uint8_t *its_key = (uint8_t *)&fresh->next[height];

    memcpy(its_key, key.data, key.size);
    fresh->key = tb_bytes_of(its_key, key.size);
    fresh->value = value;
    for (; t->levels < height; t->levels++) {
        before[t->levels] = NULL;
    }
    for (size_t level = 0; level < height; level++) {
        row **place = &behind(t, before[level])[level];
        fresh->next[level] = *place;
        *place = fresh;
    }
    t->rows++;
    store->used += row_bytes(key.size, value.size);
}

/* Its value belongs to the caller. */
static void unlink_row(tb_store *store, table *t, row *gone, row *const before[LEVELS])
{
    for (size_t level = 0; level < t->levels && behind(t, before[level])[level] == gone; level++) {
        behind(t, before[level])[level] = gone->next[level];
    }
    if (t->read_last == gone) {
        t->read_last = NULL;
    }
    t->rows--;
    store->used -= row_bytes(gone->key.size, gone->value.size);
    free(gone);
}

/* Makes the table hold value, or nothing, under key, where find_exact() found found. Takes the
 * cell, gives back what was there. */
static void exchange(tb_store *store,
                     table *t,
                     tb_bytes key,
                     row *found,
                     row *before[LEVELS],
                     bool *exists,
                     cell *value)
{
    cell old = found != NULL ? found->value : (cell){0};

    if (found != NULL && *exists) {
        store->used += value->size;
        store->used -= old.size;
        found->value = *value;
    } else if (found != NULL) {
        unlink_row(store, t, found, before);
    } else if (*exists) {
        insert(store, t, key, *value, before);
    }
    *exists = found != NULL;
    *value = old;
}

/* Open, close. */

static tb_store *empty_store(uint64_t quota)
{
    tb_store *store = own(sizeof *store);

    *store = (tb_store){.quota = quota};
    return store;
}

tb_err tb_store_open(const char *path, const tb_store_options *options, tb_store **out)
{
    uint8_t block[OPEN_BYTES];
    tb_arena arena;
    tb_txn *txn;

    (void)path;
    if (options->quota_bytes < TB_QUOTA_BYTES_MIN || options->quota_bytes > INT64_MAX) {
        return TB_ERR_LIMIT;
    }
    tb_store *store = empty_store(options->quota_bytes);
    tb_arena_init(&arena, block, sizeof block);
    tb_err err = tb_store_begin(store, &arena, &txn);
    if (err == TB_OK) {
        err = tb_store_check_version(txn, options->kind);
    }
    if (err == TB_OK) {
        err = tb_store_commit(txn);
    }
    TB_ASSERT(err == TB_OK);
    *out = store;
    return TB_OK;
}

/* What is opened is empty, and so never older. */
tb_err tb_store_open_older(const char *path, const tb_store_options *options, tb_store **out)
{
    return tb_store_open(path, options, out);
}

void tb_store_migrated(tb_store *store)
{
    (void)store; /* everything is in the tables */
}

static void free_table(table *t)
{
    row *at = t->first[0];

    while (at != NULL) {
        row *next = at->next[0];
        free(at->value.data);
        free(at);
        at = next;
    }
}

void tb_store_close(tb_store *store)
{
    if (store == NULL) {
        return;
    }
    TB_ASSERT(!store->txn.open);
    for (size_t i = 0; i < TB_TABLE_COUNT; i++) {
        free_table(&store->tables[i]);
    }
    free(store);
}

/* Begin, end. */

static tb_err begin(tb_store *store, tb_arena *arena, bool reads_only, tb_txn **out)
{
    TB_ASSERT(!store->txn.open);
    store->txn = (tb_txn){.store = store, .arena = arena, .open = true, .reads_only = reads_only};
    *out = &store->txn;
    return TB_OK;
}

tb_err tb_store_begin(tb_store *store, tb_arena *arena, tb_txn **out)
{
    return begin(store, arena, false, out);
}

tb_err tb_store_begin_read(tb_store *store, tb_arena *arena, tb_txn **out)
{
    return begin(store, arena, true, out);
}

static void keep(tb_txn *txn)
{
    while (txn->newest != NULL) {
        undo *note = txn->newest;
        txn->newest = note->older;
        free(note->value.data);
        free(note);
    }
}

void tb_store_abort(tb_txn *txn)
{
    TB_ASSERT(txn->open);
    while (txn->newest != NULL) {
        undo *note = txn->newest;
        txn->newest = note->older;
        table *t = &txn->store->tables[note->table];
        tb_bytes key = tb_bytes_of(note->key, note->key_size);
        row *before[LEVELS];
        row *found = find_exact(t, key, before);
        exchange(txn->store, t, key, found, before, &note->existed, &note->value);
        free(note->value.data);
        free(note);
    }
    txn->open = false;
}

tb_err tb_store_commit(tb_txn *txn)
{
    tb_store *store = txn->store;
    tb_err err = txn->lost;

    if (err == TB_OK && txn->wrote && store->fail_in > 0) {
        store->fail_in--;
        err = store->fail_in == 0 ? store->fail_with : TB_OK;
    }
    if (err != TB_OK) {
        tb_store_abort(txn);
        return err;
    }
    keep(txn);
    txn->open = false;
    return TB_OK;
}

tb_err tb_store_settle(tb_store *store)
{
    (void)store;
    return TB_OK;
}

bool tb_store_settled(const tb_store *store)
{
    (void)store;
    return true;
}

tb_arena *tb_txn_arena(tb_txn *txn)
{
    return txn->arena;
}

bool tb_txn_wrote(const tb_txn *txn)
{
    return txn->wrote;
}

/* Reading and writing rows. */

static tb_err usable(const tb_txn *txn)
{
    TB_ASSERT(txn->open);
    return txn->lost;
}

static tb_err read_value(tb_txn *txn, const row *r, tb_bytes *out_value)
{
    if (r->value.damaged) {
        return TB_ERR_CORRUPT;
    }
    return tb_arena_copy(txn->arena, bytes_of(&r->value), out_value);
}

tb_err tb_store_get(tb_txn *txn, tb_table name, tb_bytes key, tb_bytes *out_value)
{
    row *before[LEVELS];

    if (!tb_key_valid(key)) {
        return TB_ERR_LIMIT;
    }
    tb_err err = usable(txn);
    if (err != TB_OK) {
        return err;
    }
    row *found = find_exact(&txn->store->tables[name], key, before);
    return found == NULL ? TB_ERR_NOT_FOUND : read_value(txn, found, out_value);
}

static void write(tb_txn *txn,
                  tb_table name,
                  tb_bytes key,
                  row *found,
                  row *before[LEVELS],
                  bool exists,
                  cell value)
{
    undo *note = own(sizeof *note + key.size);

    *note = (undo){.older = txn->newest,
                   .table = name,
                   .existed = exists,
                   .value = value,
                   .key_size = key.size};
    memcpy(note->key, key.data, key.size);
    exchange(txn->store, &txn->store->tables[name], key, found, before, &note->existed,
             &note->value);
    txn->newest = note;
    txn->wrote = true;
}

tb_err tb_store_put(tb_txn *txn, tb_table name, tb_bytes key, tb_bytes value)
{
    row *before[LEVELS];
    tb_store *store = txn->store;

    TB_ASSERT(!txn->reads_only);
    if (!tb_key_valid(key)) {
        return TB_ERR_LIMIT;
    }
    tb_err err = usable(txn);
    if (err != TB_OK) {
        return err;
    }
    row *found = find_exact(&store->tables[name], key, before);
    uint64_t had = found == NULL ? 0 : row_bytes(key.size, found->value.size);
    uint64_t needs = row_bytes(key.size, value.size);
    if (needs > had && store->used - had + needs > store->quota) {
        txn->lost = TB_ERR_FULL;
        return txn->lost;
    }
    write(txn, name, key, found, before, true, cell_of(value));
    return TB_OK;
}

tb_err tb_store_del(tb_txn *txn, tb_table name, tb_bytes key)
{
    row *before[LEVELS];

    TB_ASSERT(!txn->reads_only);
    if (!tb_key_valid(key)) {
        return TB_ERR_LIMIT;
    }
    tb_err err = usable(txn);
    if (err != TB_OK) {
        return err;
    }
    row *found = find_exact(&txn->store->tables[name], key, before);
    if (found == NULL) {
        return TB_ERR_NOT_FOUND;
    }
    write(txn, name, key, found, before, false, (cell){0});
    return TB_OK;
}

/* Walks. */

static tb_err
read_row(tb_txn *txn, const row *r, tb_bytes prefix, tb_bytes *out_key, tb_bytes *out_value)
{
    tb_bytes key;

    if (!tb_key_starts_with(r->key, prefix)) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_arena_copy(txn->arena, r->key, &key);
    if (err != TB_OK) {
        return err;
    }
    err = read_value(txn, r, out_value);
    if (err == TB_OK || err == TB_ERR_CORRUPT) {
        *out_key = key;
    }
    return err;
}

static row *at_or_behind(table *t, tb_bound bound)
{
    row *before[LEVELS];
    row *r = t->read_last;

    if (r == NULL || !tb_bytes_equal(r->key, bound.bytes)) {
        r = find(t, bound.bytes, before);
    }
    return r != NULL && bound.strict && tb_bytes_equal(r->key, bound.bytes) ? r->next[0] : r;
}

tb_err tb_form_forward(tb_txn *txn,
                       tb_table name,
                       tb_bound bound,
                       tb_bytes prefix,
                       tb_bytes *out_key,
                       tb_bytes *out_value)
{
    tb_err err = usable(txn);
    if (err != TB_OK) {
        return err;
    }
    row *r = at_or_behind(&txn->store->tables[name], bound);
    if (r == NULL) {
        return TB_ERR_NOT_FOUND;
    }
    txn->store->tables[name].read_last = r;
    return read_row(txn, r, prefix, out_key, out_value);
}

static row *last_row(table *t)
{
    row *at = NULL;

    for (size_t level = t->levels; level-- > 0;) {
        while (behind(t, at)[level] != NULL) {
            at = behind(t, at)[level];
        }
    }
    return at;
}

tb_err tb_form_backward(tb_txn *txn,
                        tb_table name,
                        tb_bound bound,
                        tb_bytes prefix,
                        tb_bytes *out_key,
                        tb_bytes *out_value)
{
    table *t = &txn->store->tables[name];
    row *before[LEVELS];
    const row *r;

    tb_err err = usable(txn);
    if (err != TB_OK) {
        return err;
    }
    if (bound.bytes.size == 0) {
        r = last_row(t);
    } else {
        before[0] = NULL;
        const row *at = find_exact(t, bound.bytes, before);
        r = at != NULL && !bound.strict ? at : before[0];
    }
    return r == NULL ? TB_ERR_NOT_FOUND : read_row(txn, r, prefix, out_key, out_value);
}

/* Measures. */

void tb_store_usage(tb_txn *txn, uint64_t *out_used, uint64_t *out_quota)
{
    *out_used = txn->store->used;
    *out_quota = txn->store->quota;
}

uint64_t tb_store_rows(tb_txn *txn, tb_table name)
{
    return txn->store->tables[name].rows;
}

tb_err tb_store_scrub(tb_txn *txn, uint64_t *out_rows)
{
    uint64_t rows = 0;

    for (size_t i = 0; i < TB_TABLE_COUNT; i++) {
        for (const row *r = txn->store->tables[i].first[0]; r != NULL; r = r->next[0]) {
            if (r->value.damaged) {
                return TB_ERR_CORRUPT;
            }
            rows++;
        }
    }
    *out_rows = rows;
    return TB_OK;
}

/* What only this form can do. */

void tb_store_mem_fail_commit(tb_store *store, unsigned nth, tb_err with)
{
    store->fail_in = nth;
    store->fail_with = with;
}

void tb_store_mem_limit(tb_store *store, uint64_t quota_bytes)
{
    store->quota = quota_bytes;
}

tb_err tb_store_mem_damage(tb_store *store, tb_table name, tb_bytes key)
{
    row *before[LEVELS];
    row *found = find_exact(&store->tables[name], key, before);

    TB_ASSERT(!store->txn.open);
    if (found == NULL) {
        return TB_ERR_NOT_FOUND;
    }
    found->value.damaged = true;
    return TB_OK;
}

tb_err tb_store_mem_clone(const tb_store *store, tb_store **out)
{
    TB_ASSERT(!store->txn.open);

    tb_store *copy = empty_store(store->quota);
    for (size_t i = 0; i < TB_TABLE_COUNT; i++) {
        for (const row *r = store->tables[i].first[0]; r != NULL; r = r->next[0]) {
            row *before[LEVELS];
            cell value = cell_of(bytes_of(&r->value));
            value.damaged = r->value.damaged;
            (void)find(&copy->tables[i], r->key, before);
            insert(copy, &copy->tables[i], r->key, value, before);
        }
    }
    *out = copy;
    return TB_OK;
}
