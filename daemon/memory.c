#include "daemon/memory.h"

#include <limits.h>
#include <malloc.h>

#include "base/base.h"
#include "base/limits.h"

/* Every frame comes from the heap. */
#define MAPPED_FROM_BYTES (4 * TB_FRAME_BYTES_MAX)

void tb_memory_keep(size_t free_bytes)
{
    TB_ASSERT(free_bytes <= INT_MAX);

    /* Should either be refused, the library goes on as it would by itself. */
    (void)mallopt(M_MMAP_THRESHOLD, MAPPED_FROM_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, (int)free_bytes);
}
