#include "base/refusal.h"

typedef struct sentences {
    const char *key;
    const char *en;
    const char *zh;
} sentences;

/* False, and *out says so, for a number that names no refusal. */
static bool look_up(uint32_t number, sentences *out)
{
    switch (number) {
#define TB_REFUSAL_CASE(code, name, key, en, zh)                                                   \
    case code:                                                                                     \
        *out = (sentences){key, en, zh};                                                           \
        return true;
        TB_REFUSALS(TB_REFUSAL_CASE)
#undef TB_REFUSAL_CASE
    }
    *out = (sentences){
        "unknown",
        "Refused for a reason this version does not know; upgrade to read it.",
        "对方给出的拒收原因本版本无法识别,请升级后查看。",
    };
    return false;
}

bool tb_refusal_known(uint32_t code)
{
    sentences found;

    return look_up(code, &found);
}

const char *tb_refusal_key(tb_refusal code)
{
    sentences found;

    (void)look_up((uint32_t)code, &found);
    return found.key;
}

const char *tb_refusal_en(tb_refusal code)
{
    sentences found;

    (void)look_up((uint32_t)code, &found);
    return found.en;
}

const char *tb_refusal_zh(tb_refusal code)
{
    sentences found;

    (void)look_up((uint32_t)code, &found);
    return found.zh;
}
