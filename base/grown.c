#include "base/grown.h"

#include <string.h>

void *tb_arena_grown(
    tb_arena *arena, void *array, size_t count, size_t wanted, size_t *capacity, size_t each)
{
    if (wanted <= *capacity) {
        return array;
    }
    void *larger = tb_arena_array(arena, 2 * wanted, each);
    if (larger != NULL) {
        if (count > 0) {
            memcpy(larger, array, count * each);
        }
        *capacity = 2 * wanted;
    }
    return larger;
}
