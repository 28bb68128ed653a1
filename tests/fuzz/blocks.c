/* blocks - the large blocks a world asks for are kept from one run to the next: getting and giving
 * them back would take most of the time. Linked with --wrap=malloc and --wrap=free. */
#include <stddef.h>
#include <stdlib.h>

#define LARGE_BYTES ((size_t)32 * 1024 * 1024)
#define KEPT_MAX    8

void *__real_malloc(size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void __wrap_free(void *block);

typedef struct kept_block {
    void *block;
    size_t size;
    int used;
} kept_block;

static kept_block kept[KEPT_MAX];

void *__wrap_malloc(size_t size)
{
    if (size < LARGE_BYTES) {
        return __real_malloc(size);
    }
    for (size_t i = 0; i < KEPT_MAX; i++) {
        if (kept[i].block != NULL && !kept[i].used && kept[i].size == size) {
            kept[i].used = 1;
            return kept[i].block;
        }
    }
    void *block = __real_malloc(size);
    for (size_t i = 0; i < KEPT_MAX && block != NULL; i++) {
        if (kept[i].block == NULL) {
            kept[i] = (kept_block){block, size, 1};
            break;
        }
    }
    return block;
}

void __wrap_free(void *block)
{
    for (size_t i = 0; block != NULL && i < KEPT_MAX; i++) {
        if (kept[i].block == block) {
            kept[i].used = 0;
            return;
        }
    }
    __real_free(block);
}
