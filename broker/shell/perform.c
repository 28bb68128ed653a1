#include "broker/shell/hub.h"

#include <stdlib.h>
#include <sys/random.h>

/* Lines in one second; a flood of refusals must not become a flood of log. */
#define LINES_PER_SECOND 200

static const char *level_text(tb_level level)
{
    switch (level) {
    case TB_LEVEL_ERROR:
        return "error";
    case TB_LEVEL_WARN:
        return "warn";
    case TB_LEVEL_INFO:
        return "info";
    case TB_LEVEL_DEBUG:
        return "debug";
    }
    TB_UNREACHABLE();
}

bool tb_hub_may_print(tb_printing *printing, tb_level level)
{
    int64_t second = zclock_mono() / 1000;
    if (second != printing->second) {
        if (printing->silent > 0) {
            fprintf(stderr, "level=warn event=lines_not_printed count=%u\n", printing->silent);
        }
        printing->second = second;
        printing->lines = 0;
        printing->silent = 0;
    }
    if (level != TB_LEVEL_ERROR && printing->lines >= LINES_PER_SECOND) {
        printing->silent++;
        return false;
    }
    printing->lines++;
    return true;
}

static void print(tb_printing *printing, const tb_effect *effect)
{
    if (effect->level == TB_LEVEL_DEBUG && !printing->verbose) {
        return;
    }
    if (tb_hub_may_print(printing, effect->level)) {
        fprintf(stderr, "level=%s %.*s\n", level_text(effect->level), (int)effect->note.size,
                (const char *)effect->note.data);
    }
}

void tb_hub_perform(void *shell, const tb_effects *effects)
{
    tb_hub *hub = shell;
    for (size_t i = 0; i < effects->count; i++) {
        const tb_effect *effect = &effects->list[i];
        switch (effect->kind) {
        case TB_EFFECT_SEND:
            tb_net_send(&hub->net, effect->peer, effect->bytes.data, effect->bytes.size);
            break;
        case TB_EFFECT_NOTE:
            print(&hub->printing, effect);
            break;
        case TB_EFFECT_RELOAD:
            hub->reload = true;
            break;
        case TB_EFFECT_STOP:
            print(&hub->printing, effect);
            hub->stop = true;
            break;
        case TB_EFFECT_ANSWER:
            tb_hub_socket_answer(&hub->local, effect->peer, effect->bytes);
            break;
        case TB_EFFECT_CUT:
            /* The core sends it nothing more, and its key is no longer in the list of speakers. */
        case TB_EFFECT_CHANGED:
        case TB_EFFECT_DESTROY:
            break;
        }
    }
}

void tb_hub_seed(void *shell, uint8_t out_seed[32])
{
    (void)shell;
    if (getrandom(out_seed, 32, 0) != 32) {
        fprintf(stderr, "level=error event=stop what=\"no random bytes from the kernel\"\n");
        abort();
    }
}
