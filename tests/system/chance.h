/* chance - choices of a test of real processes that can be made again: TONGBAO_SEED. */
#ifndef TB_SYSTEM_CHANCE_H
#define TB_SYSTEM_CHANCE_H

#include <stddef.h>

/* A number out of the environment, or the usual one. */
unsigned long sys_setting(const char *name, unsigned long usual);
/* Once, before the first choice. */
void sys_chance_begin(unsigned long seed);
/* One of 0 .. below - 1. */
size_t sys_choose(size_t below);

#endif
