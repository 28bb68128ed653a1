/* memory - how the C library keeps the memory of messages. */
#ifndef TB_MEMORY_H
#define TB_MEMORY_H

#include <stddef.h>

/* Once, at the start: up to so many free bytes, made of frames under load, stay with each thread's
 * heap for the next frames, where the library would give them back after each turn, and the kernel
 * would have to clear them again page by page. At most INT_MAX. */
void tb_memory_keep(size_t free_bytes);

#endif
