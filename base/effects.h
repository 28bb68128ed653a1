/* effects - what a turn wants done in the world, performed only after its commit.
 *
 * Bytes live in the turn's arena. Any effect may be lost: what must happen is retried from a
 * stored due date, so a shell has no error path for effects.
 */
#ifndef TB_EFFECTS_H
#define TB_EFFECTS_H

#include "base/arena.h"
#include "base/base.h"
#include "base/ids.h"

typedef enum tb_effect_kind {
    TB_EFFECT_SEND,    /* bytes to peer: a session at the broker, 0 = the hub at an agent */
    TB_EFFECT_ANSWER,  /* bytes to the local caller peer */
    TB_EFFECT_CUT,     /* end peer's session: nothing more is sent to it */
    TB_EFFECT_NOTE,    /* one line for the log and the audit */
    TB_EFFECT_CHANGED, /* a case changed: bytes is an encoded CaseSummary for local watchers */
    TB_EFFECT_RELOAD,  /* a document was installed: the shell loads it and hands it to the logic */
    TB_EFFECT_STOP,    /* the process must stop; note says why */
    TB_EFFECT_DESTROY, /* bytes is the id of an old sealing key that nothing needs any more */
} tb_effect_kind;

typedef enum tb_level {
    TB_LEVEL_ERROR, /* act now */
    TB_LEVEL_WARN,  /* degraded */
    TB_LEVEL_INFO,  /* lifecycle */
    TB_LEVEL_DEBUG,
} tb_level;

typedef struct tb_effect {
    tb_effect_kind kind;
    uint64_t peer;
    tb_bytes bytes;
    /* NOTE: "event=... key=value ...", without payloads or secrets */
    tb_level level;
    tb_bytes note;
} tb_effect;

#define TB_EFFECTS_MAX 8192

typedef struct tb_effects {
    tb_effect list[TB_EFFECTS_MAX];
    size_t count;
} tb_effects;

void tb_effects_reset(tb_effects *effects);
/* Bytes must already live in the turn's arena. TB_ERR_LIMIT when the list is full. */
tb_err tb_effects_send(tb_effects *effects, uint64_t peer, tb_bytes frame) TB_MUST_USE;
tb_err tb_effects_answer(tb_effects *effects, uint64_t peer, tb_bytes answer) TB_MUST_USE;
tb_err tb_effects_add(tb_effects *effects, const tb_effect *effect) TB_MUST_USE;
/* Formats key=value pairs into the arena; %s is a NUL-ended string, %u a uint64_t, %p a tb_party *,
 * %x a tb_bytes as hex (first 8 bytes), %% a percent sign. Drops the note when memory is short. */
void tb_effects_note(tb_effects *effects, tb_arena *arena, tb_level level, const char *format, ...);
/* One line per effect, the tests' expected text; sizes instead of bytes. Returns what was written.
 */
size_t tb_effects_print(const tb_effects *effects, char *out, size_t capacity);

#endif
