/* number - a telephone number as people write it, made plain and told apart.
 *
 * Full-width digits, +86, 0086, a bare 86 before a whole number, brackets, blanks and dashes are
 * taken away. What is left is judged by its form alone: whether a mobile number's segment is known
 * is for the segment table.
 */
#ifndef TB_NUMBER_H
#define TB_NUMBER_H

#include "base/base.h"

typedef enum tb_number_kind {
    TB_NUMBER_MALFORMED,  /* empty, letters, masks, wrong length or form */
    TB_NUMBER_SCIENTIFIC, /* 1.38E+10: a spreadsheet has destroyed it */
    TB_NUMBER_NOT_MOBILE, /* fixed line, service or foreign number */
    TB_NUMBER_MOBILE,     /* 11 digits, 13 to 19 in front */
    TB_NUMBER_THINGS,     /* 13 digits of the internet of things, 1064… or 14… */
} tb_number_kind;

#define TB_NUMBER_DIGITS_MAX 24

typedef struct tb_number {
    tb_number_kind kind;
    char digits[TB_NUMBER_DIGITS_MAX]; /* plain, without country code; of MOBILE and THINGS only */
    size_t size;
} tb_number;

tb_number tb_number_read(tb_bytes text);

static inline tb_bytes tb_number_bytes(const tb_number *number)
{
    return tb_bytes_of(number->digits, number->size);
}

#endif
