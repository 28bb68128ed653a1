#include "tests/store/failing.h"

#include "tests/test.h"

#include <execinfo.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#define DEPTH_MAX  128
#define SET_SIZE   (1u << 20) /* a power of two */
#define LOOK_BYTES (32u << 20)
#define BENDS      10 /* bytes that are bent at a place, one a time */
#define MORE_BENDS 60 /* in the long form */

typedef struct contents {
    uint8_t digest[crypto_generichash_BYTES];
} contents;

/* How a call fails. */
typedef enum fault {
    NONE,
    MEMORY, /* TB_ERR_LIMIT or NULL */
    BROKEN, /* a verb of the store: TB_ERR_IO */
    ROTTEN, /* a read: TB_ERR_CORRUPT */
    LOST,   /* a read: no such row */
    SHORT,  /* a read: half of the value */
    KEY,    /* a walk: half of the key */
    BENT,   /* a read: a byte of the value is another, under a checksum that fits */
    LAST = BENT + MORE_BENDS - 1,
} fault;

static struct {
    bool awake;
    bool asked; /* the environment was read */
    bool armed;
    bool rests;
    bool many;
    bool again;   /* the store as it was is known */
    fault failed; /* what did, in this attempt */
    bool unsaid;  /* it came to the commit all the same */
    tb_store *store;
    const tb_arena *arena;
    void *logic;
    size_t logic_size;
    void *logic_before;
    const void *loop;        /* its frame */
    void *places[DEPTH_MAX]; /* from the verb's caller up to it; of the call that failed */
    int place_count;
    contents before;
    bool each_way;          /* rather than each place on a way */
    fault last;             /* of those of a read */
    uint64_t set[SET_SIZE]; /* what has failed; 0 is a free slot */
    size_t count;
    tb_arena look;
} now;

/* ---- which way a call came ---- */

static uint64_t mixed(uint64_t a, uint64_t b)
{
    uint64_t both = (a ^ b) * UINT64_C(0x9e3779b97f4a7c15);
    return both ^ both >> 29;
}

static uint64_t *slot(uint64_t what)
{
    size_t at = (size_t)(what >> 8) % SET_SIZE;
    while (now.set[at] != 0 && now.set[at] != (what | 1)) {
        at = (at + 1) % SET_SIZE;
    }
    return &now.set[at];
}

static bool is_in(uint64_t what)
{
    return *slot(what) != 0;
}

/* Whether it is not in the set; from now on it is. */
static bool is_new(uint64_t what)
{
    uint64_t *at = slot(what);
    if (*at != 0) {
        return false;
    }
    assert_true(++now.count < SET_SIZE / 2);
    *at = what | 1;
    return true;
}

/* The places from the verb's caller up to the loop, by the frame pointers that debug builds keep;
 * without them fewer. */
__attribute__((noinline, no_sanitize("address"))) static int places(void **out)
{
    void *const *frame = __builtin_frame_address(0);
    int count = 0;
    for (int above = 0; count < DEPTH_MAX; above++) {
        void *const *next = *frame;
        if (next <= frame || (const void *)next >= now.loop) {
            break;
        }
        frame = next;
        if (above >= 1) { /* not this one's and fails()'s */
            out[count++] = frame[1];
        }
    }
    return count;
}

/* Whether no call on this way, or none from one of its places, has failed like that. */
static bool is_next(fault how, uint64_t way)
{
    bool next = false;
    for (int i = 0; !now.each_way && i < now.place_count; i++) {
        next = is_new(mixed(how, (uint64_t)(uintptr_t)now.places[i])) || next;
    }
    return now.each_way ? is_new(mixed(how, way)) : next;
}

/* How this call fails: in the next of the manners that it may, from first to last. */
__attribute__((noinline)) static fault fails(fault first, fault last)
{
    static const fault all = LAST + 1; /* this way has failed in every manner */
    if (!now.armed || now.rests || now.failed != NONE) {
        return NONE;
    }
    uint64_t way = mixed(first, last);
    now.place_count = places(now.places);
    for (int i = 0; i < now.place_count; i++) {
        way = mixed(way, (uint64_t)(uintptr_t)now.places[i]);
    }
    if (is_in(mixed(all, way))) {
        return NONE;
    }
    for (fault how = first; how <= last; how++) {
        if (is_next(how, way)) {
            now.failed = how;
            return how;
        }
    }
    (void)is_new(mixed(all, way));
    return NONE;
}

static bool memory_fails(const tb_arena *arena)
{
    return arena == now.arena && fails(MEMORY, MEMORY) != NONE;
}

/* ---- the verbs, wrapped ---- */

void *__real_tb_arena_alloc(tb_arena *arena, size_t size);

/* Its first bytes, where most rows say what they are, and then some all over it. */
static void bend_value(fault how, tb_txn *txn, tb_bytes *value)
{
    static const uint8_t bits[] = {0xFF, 0x01, 0x80, 0x02};
    size_t which = (size_t)(how - BENT);
    size_t count = (size_t)(now.last - BENT) + 1;
    size_t first = count / 2;
    size_t at = which < first ? which : (which - first + 1) * value->size / (count - first + 1);
    uint8_t *copy = __real_tb_arena_alloc(tb_txn_arena(txn), value->size);
    assert_non_null(copy);
    memcpy(copy, value->data, value->size);
    copy[at % value->size] ^= bits[which % sizeof bits];
    *value = tb_bytes_of(copy, value->size);
}

static tb_err read_fails(fault how, tb_txn *txn, tb_err err, tb_bytes *value)
{
    if (how == SHORT && err == TB_OK) {
        value->size /= 2;
    }
    if (how >= BENT && err == TB_OK && value->size > 0) {
        bend_value(how, txn, value);
    }
    return how == BROKEN   ? TB_ERR_IO
           : err != TB_OK  ? err
           : how == ROTTEN ? TB_ERR_CORRUPT
           : how == LOST   ? TB_ERR_NOT_FOUND
                           : err;
}

#define WALK(name)                                                                                 \
    tb_err __real_##name(tb_txn *, tb_table, tb_bytes, tb_bytes, tb_bytes *, tb_bytes *);          \
    tb_err __wrap_##name(tb_txn *txn, tb_table table, tb_bytes prefix, tb_bytes at, tb_bytes *key, \
                         tb_bytes *value);                                                         \
    tb_err __wrap_##name(tb_txn *txn, tb_table table, tb_bytes prefix, tb_bytes at, tb_bytes *key, \
                         tb_bytes *value)                                                          \
    {                                                                                              \
        fault how = fails(BROKEN, now.last);                                                       \
        tb_err err = __real_##name(txn, table, prefix, at, key, value);                            \
        if (how == KEY && err == TB_OK) {                                                          \
            key->size /= 2;                                                                        \
        }                                                                                          \
        return read_fails(how, txn, err, value);                                                   \
    }

WALK(tb_store_seek)
WALK(tb_store_next)
WALK(tb_store_last)

tb_err __real_tb_store_get(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes *out_value);
tb_err __wrap_tb_store_get(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes *out_value);
tb_err __wrap_tb_store_get(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes *out_value)
{
    fault how = fails(BROKEN, now.last);
    return read_fails(how, txn, __real_tb_store_get(txn, table, key, out_value), out_value);
}

tb_err __real_tb_store_put(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes value);
tb_err __wrap_tb_store_put(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes value);
tb_err __wrap_tb_store_put(tb_txn *txn, tb_table table, tb_bytes key, tb_bytes value)
{
    return fails(BROKEN, BROKEN) ? TB_ERR_IO : __real_tb_store_put(txn, table, key, value);
}

tb_err __real_tb_store_del(tb_txn *txn, tb_table table, tb_bytes key);
tb_err __wrap_tb_store_del(tb_txn *txn, tb_table table, tb_bytes key);
tb_err __wrap_tb_store_del(tb_txn *txn, tb_table table, tb_bytes key)
{
    return fails(BROKEN, BROKEN) ? TB_ERR_IO : __real_tb_store_del(txn, table, key);
}

void *__real_tb_arena_raw(tb_arena *arena, size_t size);
void *__wrap_tb_arena_raw(tb_arena *arena, size_t size);
void *__wrap_tb_arena_raw(tb_arena *arena, size_t size)
{
    return memory_fails(arena) ? NULL : __real_tb_arena_raw(arena, size);
}

void *__real_tb_arena_alloc(tb_arena *arena, size_t size);
void *__wrap_tb_arena_alloc(tb_arena *arena, size_t size);
void *__wrap_tb_arena_alloc(tb_arena *arena, size_t size)
{
    return memory_fails(arena) ? NULL : __real_tb_arena_alloc(arena, size);
}

void *__real_tb_arena_array(tb_arena *arena, size_t count, size_t each);
void *__wrap_tb_arena_array(tb_arena *arena, size_t count, size_t each);
void *__wrap_tb_arena_array(tb_arena *arena, size_t count, size_t each)
{
    return memory_fails(arena) ? NULL : __real_tb_arena_array(arena, count, each);
}

tb_err __real_tb_arena_copy(tb_arena *arena, tb_bytes in, tb_bytes *out_copy);
tb_err __wrap_tb_arena_copy(tb_arena *arena, tb_bytes in, tb_bytes *out_copy);
tb_err __wrap_tb_arena_copy(tb_arena *arena, tb_bytes in, tb_bytes *out_copy)
{
    return memory_fails(arena) ? TB_ERR_LIMIT : __real_tb_arena_copy(arena, in, out_copy);
}

/* ---- what the store holds ---- */

static void add(crypto_generichash_state *state, tb_bytes bytes)
{
    uint64_t size = bytes.size;
    crypto_generichash_update(state, (const uint8_t *)&size, sizeof size);
    crypto_generichash_update(state, bytes.data, bytes.size);
}

static contents look(void)
{
    static const tb_bytes all = {NULL, 0};
    crypto_generichash_state state;
    contents found;
    tb_txn *txn;
    if (now.look.block == NULL) {
        tb_arena_init(&now.look, malloc(LOOK_BYTES), LOOK_BYTES);
    }
    tb_arena_reset(&now.look);
    crypto_generichash_init(&state, NULL, 0, sizeof found.digest);
    assert_ok(tb_store_begin_read(now.store, &now.look, &txn));
    for (size_t table = 0; table < TB_TABLE_COUNT; table++) {
        tb_bytes key = all;
        tb_bytes value = all;
        tb_err err = tb_store_seek(txn, (tb_table)table, all, all, &key, &value);
        while (err == TB_OK || err == TB_ERR_CORRUPT) {
            add(&state, key);
            add(&state, err == TB_OK ? value : all);
            err = tb_store_next(txn, (tb_table)table, all, key, &key, &value);
        }
        assert_int_equal(err, TB_ERR_NOT_FOUND);
        add(&state, all);
    }
    tb_store_abort(txn);
    crypto_generichash_final(&state, found.digest, sizeof found.digest);
    return found;
}

/* ---- the loop ---- */

/* What a turn made of a failure that it passed over is not kept: the next attempt begins where this
 * one did. */
tb_err __real_tb_store_commit(tb_txn *txn);
tb_err __wrap_tb_store_commit(tb_txn *txn);
tb_err __wrap_tb_store_commit(tb_txn *txn)
{
    if (!now.armed || now.failed == NONE) {
        tb_err err = __real_tb_store_commit(txn);
        if (now.armed && now.many && err == TB_OK) {
            now.armed = false;
            now.before = look();
            now.armed = true;
        }
        return err;
    }
    now.unsaid = true;
    tb_store_abort(txn);
    return TB_ERR_FULL;
}

static void remember(void *logic, size_t size)
{
    void *copy = realloc(now.logic_before, size);
    assert_non_null(copy);
    memcpy(copy, logic, size);
    now.logic = logic;
    now.logic_size = size;
    now.logic_before = copy;
}

bool failing_awake(void)
{
    if (!now.asked) {
        const char *asked = getenv("TONGBAO_FAILING");
        now.awake = asked != NULL;
        now.each_way = asked != NULL && strcmp(asked, "ways") == 0;
        now.last = BENT + (getenv("TONGBAO_BENDS") != NULL ? MORE_BENDS : BENDS) - 1;
        now.asked = true;
    }
    return now.awake;
}

void failing_start(tb_store *store, tb_arena *arena, void *logic, size_t logic_size)
{
    if (!failing_awake()) {
        return;
    }
    now.store = store;
    if (!now.again) {
        now.before = look();
        remember(logic, logic_size);
    }
    now.arena = arena;
    now.loop = *(void **)__builtin_frame_address(0); /* of who calls this */
    now.failed = NONE;
    now.unsaid = false;
    now.rests = false;
    now.armed = true;
}

void failing_put_back(void)
{
    memcpy(now.logic, now.logic_before, now.logic_size);
}

bool failing_again(tb_txn *txn, tb_err err)
{
    now.again = now.armed && now.failed != NONE;
    now.armed = false;
    if (!now.again) {
        return false;
    }
    if (txn != NULL) {
        tb_store_abort(txn);
        now.unsaid = err == TB_OK;
    }
    if (now.failed == BROKEN && (now.unsaid || err != TB_ERR_IO)) {
        backtrace_symbols_fd(now.places, now.place_count, STDERR_FILENO);
        fail_msg("the call above failed, and the turn %s: %s",
                 now.unsaid ? "went on" : "ended with", tb_err_text(err));
    }
    if (now.unsaid) {
        failing_put_back();
    }
    contents after = look();
    assert_memory_equal(&after, &now.before, sizeof after);
    return true;
}

void failing_many(bool many)
{
    now.many = many;
}

void failing_rest(bool rests)
{
    now.rests = rests;
}
