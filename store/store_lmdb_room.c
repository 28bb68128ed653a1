/* store_lmdb_room - see store_lmdb_room.h. */
#include "store/store_lmdb_room.h"

#include "base/limits.h"

#define PAGE_BYTES 4096
/* A change copies the pages from its tree's root to its leaf, and may split some of them. */
#define PATH_PAGES 6
/* With many, each has a leaf of its own at the most, and may split it; the pages above are few. */
#define LEAF_PAGES 2
#define ABOVE_PART 16

static uint64_t used_by(tb_txn *txn)
{
    uint64_t used;
    uint64_t quota;

    tb_store_usage(txn, &used, &quota);
    return used;
}

void tb_lmdb_room_begin(tb_txn *txn)
{
    tb_lmdb_room *room = &txn->store->room;

    room->in_use = used_by(txn);
    room->changes = 0;
    room->values = 0;
}

void tb_lmdb_room_change(tb_store *store, size_t bytes)
{
    store->room.changes++;
    store->room.values += bytes;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* A page is copied once, however many changes there are on it. */
static uint64_t written(const tb_lmdb_room *room, uint64_t used)
{
    uint64_t paths = room->changes * PATH_PAGES * PAGE_BYTES;
    uint64_t leaves = room->changes * LEAF_PAGES * PAGE_BYTES + used / ABOVE_PART;
    return least(least(paths, leaves), used) + room->values;
}

uint64_t tb_lmdb_room_written(tb_txn *txn)
{
    return written(&txn->store->room, used_by(txn));
}

bool tb_lmdb_room_to_wait(tb_txn *txn)
{
    const tb_lmdb_room *room = &txn->store->room;
    uint64_t limit = txn->store->quota / 100 * TB_WATERMARK_PERCENT;
    uint64_t used = used_by(txn);
    uint64_t held = room->held > room->in_use ? room->held : room->in_use;

    return used <= limit && held + written(room, used) <= limit;
}

void tb_lmdb_room_committed(tb_store *store, uint64_t written_bytes)
{
    store->room.held = store->room.in_use + written_bytes;
}

void tb_lmdb_room_unknown(tb_txn *txn)
{
    txn->store->room.held = 2 * used_by(txn);
}
