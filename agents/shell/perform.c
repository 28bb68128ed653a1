/* perform - effects, after their commit. Any of them may be lost: what matters goes again from the
 * store. */
#include "agents/shell/shell.h"

#include <stdio.h>
#include <sys/random.h>

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

static void print_note(const tb_effect *effect)
{
    char when[TB_TIME_TEXT];
    tb_time_print(tb_shell_now().real, when);
    fprintf(stderr, "%s level=%s %.*s\n", when, level_text(effect->level), (int)effect->note.size,
            (const char *)effect->note.data);
}

static void tell_watchers(tb_shell *shell, tb_bytes answer)
{
    size_t kept = 0;
    for (size_t i = 0; i < shell->watcher_count; i++) {
        if (tb_agent_net_to_local(&shell->net, shell->watchers[i], answer)) {
            shell->watchers[kept++] = shell->watchers[i];
        }
    }
    shell->watcher_count = kept;
}

void tb_shell_watch(tb_shell *shell, uint64_t peer)
{
    for (size_t i = 0; i < shell->watcher_count; i++) {
        if (shell->watchers[i] == peer) {
            return;
        }
    }
    if (shell->watcher_count < TB_WATCHERS_MAX) {
        shell->watchers[shell->watcher_count++] = peer;
    }
}

void tb_shell_perform(void *context, const tb_effects *effects)
{
    tb_shell *shell = context;
    for (size_t i = 0; i < effects->count; i++) {
        const tb_effect *effect = &effects->list[i];
        switch (effect->kind) {
        case TB_EFFECT_SEND:
            tb_agent_net_to_hub(&shell->net, effect->bytes);
            break;
        case TB_EFFECT_ANSWER:
            (void)tb_agent_net_to_local(&shell->net, effect->peer, effect->bytes);
            break;
        case TB_EFFECT_CHANGED:
            tell_watchers(shell, effect->bytes);
            break;
        case TB_EFFECT_NOTE:
            print_note(effect);
            break;
        case TB_EFFECT_RELOAD:
            shell->reload = true;
            break;
        case TB_EFFECT_STOP:
            print_note(effect);
            shell->stop = true;
            shell->exit_code = 1;
            break;
        case TB_EFFECT_DESTROY:
            tb_shell_destroy_key(shell, effect->bytes);
            break;
        case TB_EFFECT_CUT:
            break;
        }
    }
}

void tb_shell_seed(void *context, uint8_t out_seed[32])
{
    (void)context;
    size_t got = 0;
    while (got < 32) {
        ssize_t n = getrandom(out_seed + got, 32 - got, 0);
        TB_ASSERT(n > 0 || errno == EINTR);
        got += n > 0 ? (size_t)n : 0;
    }
}
