/* utf8 - reading characters of what people typed, and telling blanks and dashes among them. */
#ifndef TB_IMPORT_UTF8_H
#define TB_IMPORT_UTF8_H

#include "base/base.h"

/* The character at *at, moving past it; a byte that begins no well-formed character counts as one
 * and gives U+FFFD. *at must be below text.size. */
uint32_t tb_utf8_next(tb_bytes text, size_t *at);

/* Well-formed throughout: no stray, overlong or surrogate sequences. */
bool tb_utf8_valid(tb_bytes text);
/* How many bytes at the front are well-formed: all of them, or up to the first that is not. */
size_t tb_utf8_front(tb_bytes text);

/* Full-width letters, digits and signs (U+FF01..U+FF5E) as their ASCII form; others unchanged. */
uint32_t tb_utf8_narrow(uint32_t character);

/* Any blank, also no-break, ideographic and zero-width ones. */
bool tb_utf8_blank(uint32_t character);
/* Any hyphen, dash or minus sign. */
bool tb_utf8_dash(uint32_t character);
/* Round, square or lenticular, of any width. */
bool tb_utf8_bracket(uint32_t character);

/* Without blanks at either end. */
tb_bytes tb_utf8_trim(tb_bytes text);
/* Equal but for case of ASCII letters, width and blanks at the ends. */
bool tb_utf8_same(tb_bytes a, tb_bytes b);

#endif
