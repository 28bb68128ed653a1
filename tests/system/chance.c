#include "tests/system/chance.h"

#include "base/random.h"

#include <stdlib.h>
#include <string.h>

static tb_random chance;

unsigned long sys_setting(const char *name, unsigned long usual)
{
    const char *text = getenv(name);
    return text == NULL ? usual : strtoul(text, NULL, 10);
}

void sys_chance_begin(unsigned long seed)
{
    uint8_t bytes[32] = {0};
    memcpy(bytes, &seed, sizeof seed);
    tb_random_seed(&chance, bytes);
}

size_t sys_choose(size_t below)
{
    uint32_t any = 0;
    tb_random_bytes(&chance, &any, sizeof any);
    return any % below;
}
