#include "messages/directory_keys.h"

/* Makes keys[root..count) a heap again, largest first, when only its root may be too small. */
static void sink(tb_public_key *keys, size_t root, size_t count)
{
    while (2 * root + 1 < count) {
        size_t child = 2 * root + 1;
        if (child + 1 < count &&
            memcmp(keys[child].bytes, keys[child + 1].bytes, sizeof *keys) < 0) {
            child++;
        }
        if (memcmp(keys[root].bytes, keys[child].bytes, sizeof *keys) >= 0) {
            return;
        }
        tb_public_key larger = keys[child];
        keys[child] = keys[root];
        keys[root] = larger;
        root = child;
    }
}

static void sort(tb_public_key *keys, size_t count)
{
    for (size_t i = count / 2; i > 0; i--) {
        sink(keys, i - 1, count);
    }
    for (size_t end = count; end > 1; end--) {
        tb_public_key largest = keys[0];
        keys[0] = keys[end - 1];
        keys[end - 1] = largest;
        sink(keys, 0, end - 1);
    }
}

static size_t most_keys(const tb_directory *directory)
{
    /* authorities, hub and spare; those the hub had before */
    size_t count = 6 + 2 * directory->former_count;

    for (size_t i = 0; i < directory->party_count; i++) {
        count += directory->parties[i].key_count;
    }
    return count;
}

static size_t collect(const tb_directory *directory, tb_public_key *keys)
{
    size_t count = 0;

    keys[count++] = directory->authority.key;
    if (directory->has_next_authority) {
        keys[count++] = directory->next_authority.key;
    }
    keys[count++] = directory->hub_keys.sign.key;
    keys[count++] = directory->hub_keys.transport.key;
    if (directory->has_spare) {
        keys[count++] = directory->spare.sign.key;
        keys[count++] = directory->spare.transport.key;
    }
    for (size_t i = 0; i < directory->former_count; i++) {
        keys[count++] = directory->former[i].keys.sign.key;
        keys[count++] = directory->former[i].keys.transport.key;
    }
    for (size_t i = 0; i < directory->party_count; i++) {
        const tb_directory_party *party = &directory->parties[i];
        for (size_t k = 0; k < party->key_count; k++) {
            keys[count++] = party->keys[k].key;
        }
    }
    return count;
}

tb_refusal tb_directory_keys_unique(const tb_directory *directory, tb_arena *arena)
{
    size_t mark = tb_arena_mark(arena);
    tb_public_key *keys = tb_arena_array(arena, most_keys(directory), sizeof *keys);
    if (keys == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }

    size_t count = collect(directory, keys);
    sort(keys, count);
    bool unique = true;
    for (size_t i = 1; i < count; i++) {
        unique = unique && memcmp(keys[i - 1].bytes, keys[i].bytes, sizeof *keys) != 0;
    }
    tb_arena_release(arena, mark);
    return unique ? TB_ACCEPTED : TB_REFUSED_MALFORMED;
}
