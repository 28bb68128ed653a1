#include "base/effects.h"

#include "base/text.h"

#include <stdarg.h>

/* A note is one line for people; a longer one is cut. */
#define NOTE_BYTES_MAX 512
#define NOTE_HEX_BYTES 8

void tb_effects_reset(tb_effects *effects)
{
    effects->count = 0;
}

tb_err tb_effects_add(tb_effects *effects, const tb_effect *effect)
{
    if (effects->count == TB_EFFECTS_MAX) {
        return TB_ERR_LIMIT;
    }
    effects->list[effects->count] = *effect;
    effects->count++;
    return TB_OK;
}

tb_err tb_effects_send(tb_effects *effects, uint64_t peer, tb_bytes frame)
{
    tb_effect effect = {.kind = TB_EFFECT_SEND, .peer = peer, .bytes = frame};

    return tb_effects_add(effects, &effect);
}

tb_err tb_effects_answer(tb_effects *effects, uint64_t peer, tb_bytes answer)
{
    tb_effect effect = {.kind = TB_EFFECT_ANSWER, .peer = peer, .bytes = answer};

    return tb_effects_add(effects, &effect);
}

/* A string may be a peer's: nothing in it may end the line. */
static void put_line(tb_text *text, const char *s)
{
    for (; *s != 0; s++) {
        bool control = (unsigned char)*s < 0x20 || (unsigned char)*s == 0x7f;
        tb_text_char(text, control ? '?' : *s);
    }
}

static void put_hex(tb_text *text, tb_bytes b)
{
    tb_text_hex(text, tb_bytes_of(b.data, b.size < NOTE_HEX_BYTES ? b.size : NOTE_HEX_BYTES));
}

static void put_format(tb_text *text, const char *format, va_list arguments)
{
    for (const char *at = format; *at != 0; at++) {
        if (*at != '%') {
            tb_text_char(text, *at);
            continue;
        }
        at++;
        switch (*at) {
        case 's':
            put_line(text, va_arg(arguments, const char *));
            break;
        case 'u':
            tb_text_u64(text, va_arg(arguments, uint64_t));
            break;
        case 'p':
            tb_text_bytes(text, tb_party_bytes(va_arg(arguments, const tb_party *)));
            break;
        case 'x':
            put_hex(text, va_arg(arguments, tb_bytes));
            break;
        case '%':
            tb_text_char(text, '%');
            break;
        default:
            TB_UNREACHABLE();
        }
    }
}

void tb_effects_note(tb_effects *effects, tb_arena *arena, tb_level level, const char *format, ...)
{
    uint8_t line[NOTE_BYTES_MAX];
    tb_effect effect = {.kind = TB_EFFECT_NOTE, .level = level};
    tb_text text;
    va_list arguments;

    tb_text_over(&text, line, sizeof line);
    va_start(arguments, format);
    put_format(&text, format, arguments);
    va_end(arguments);

    if (tb_arena_copy(arena, tb_bytes_of(line, text.size), &effect.note) != TB_OK) {
        return;
    }
    /* A lost note is no error: what matters is in the audit rows. */
    (void)!tb_effects_add(effects, &effect);
}

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

static void print_sized(tb_text *text, const char *verb, const tb_effect *effect)
{
    tb_text_str(text, verb);
    tb_text_str(text, " peer=");
    tb_text_u64(text, effect->peer);
    tb_text_str(text, " bytes=");
    tb_text_u64(text, effect->bytes.size);
}

static void print(tb_text *text, const tb_effect *effect)
{
    switch (effect->kind) {
    case TB_EFFECT_SEND:
        print_sized(text, "send", effect);
        break;
    case TB_EFFECT_ANSWER:
        print_sized(text, "answer", effect);
        break;
    case TB_EFFECT_CUT:
        tb_text_str(text, "cut peer=");
        tb_text_u64(text, effect->peer);
        break;
    case TB_EFFECT_NOTE:
        tb_text_str(text, "note ");
        tb_text_str(text, level_text(effect->level));
        break;
    case TB_EFFECT_CHANGED:
        tb_text_str(text, "changed bytes=");
        tb_text_u64(text, effect->bytes.size);
        break;
    case TB_EFFECT_RELOAD:
        tb_text_str(text, "reload bytes=");
        tb_text_u64(text, effect->bytes.size);
        break;
    case TB_EFFECT_STOP:
        tb_text_str(text, "stop");
        break;
    case TB_EFFECT_DESTROY:
        tb_text_str(text, "destroy bytes=");
        tb_text_u64(text, effect->bytes.size);
        break;
    }
    if (effect->note.size > 0) {
        tb_text_char(text, ' ');
        tb_text_bytes(text, effect->note);
    }
    tb_text_char(text, '\n');
}

size_t tb_effects_print(const tb_effects *effects, char *out, size_t capacity)
{
    tb_text text;

    TB_ASSERT(capacity > 0);
    tb_text_over(&text, out, capacity - 1);
    for (size_t i = 0; i < effects->count && !text.overflow; i++) {
        print(&text, &effects->list[i]);
    }
    out[text.size] = 0;
    return text.size;
}
