#include "agents/cli/width.h"

#include "agents/import/utf8.h"

/* Ranges of East Asian wide and full-width characters, and of pictures; ascending. */
static const struct {
    uint32_t first;
    uint32_t last;
} wide[] = {
    {0x1100, 0x115f}, {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},   {0x2e80, 0x303e},
    {0x3041, 0x33ff}, {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},   {0xa960, 0xa97f},
    {0xac00, 0xd7a3}, {0xf900, 0xfaff},   {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
    {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static size_t width_of(uint32_t c)
{
    bool combining = (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) ||
                     (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
    if (c < 0x20 || combining) {
        return 0;
    }
    for (size_t i = 0; i < sizeof wide / sizeof wide[0] && wide[i].first <= c; i++) {
        if (c <= wide[i].last) {
            return 2;
        }
    }
    return 1;
}

size_t tb_width(tb_bytes text)
{
    size_t width = 0;
    for (size_t at = 0; at < text.size;) {
        width += width_of(tb_utf8_next(text, &at));
    }
    return width;
}

tb_bytes tb_width_cut(tb_bytes text, size_t columns)
{
    size_t width = 0;
    size_t end = 0;
    for (size_t at = 0; at < text.size; end = at) {
        width += width_of(tb_utf8_next(text, &at));
        if (width > columns) {
            break;
        }
    }
    return tb_bytes_of(text.data, end);
}
