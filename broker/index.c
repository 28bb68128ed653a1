#include "broker/index.h"

#define FIRST_CAPACITY 64

/* FNV-1a; the bound on a turn's frames bounds what collisions chosen by a peer can cost. */
static size_t hash_of(tb_bytes key)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < key.size; i++) {
        hash = (hash ^ key.data[i]) * 0x100000001b3u;
    }
    return (size_t)(hash ^ (hash >> 32));
}

static tb_index_slot *slot_of(const tb_index *index, tb_bytes key)
{
    size_t at = hash_of(key) & (index->capacity - 1);
    while (index->slots[at].key.data != NULL && !tb_bytes_equal(index->slots[at].key, key)) {
        at = (at + 1) & (index->capacity - 1);
    }
    return &index->slots[at];
}

void *tb_index_find(const tb_index *index, tb_bytes key)
{
    return index->capacity == 0 ? NULL : slot_of(index, key)->value;
}

static tb_err grow(tb_index *index, tb_arena *arena)
{
    tb_index larger = {NULL, 0, index->count};
    larger.capacity = index->capacity == 0 ? FIRST_CAPACITY : index->capacity * 2;
    larger.slots = tb_arena_array(arena, larger.capacity, sizeof *larger.slots);
    if (larger.slots == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t i = 0; i < index->capacity; i++) {
        if (index->slots[i].key.data != NULL) {
            *slot_of(&larger, index->slots[i].key) = index->slots[i];
        }
    }
    *index = larger;
    return TB_OK;
}

tb_err tb_index_add(tb_index *index, tb_arena *arena, tb_bytes key, void *value)
{
    if (2 * (index->count + 1) > index->capacity) {
        tb_err err = grow(index, arena);
        if (err != TB_OK) {
            return err;
        }
    }

    tb_index_slot *slot = slot_of(index, key);
    TB_ASSERT(slot->key.data == NULL);
    slot->key = key;
    slot->value = value;
    index->count++;
    return TB_OK;
}
