/* place - where this program is, and what was installed beside it. */
#ifndef TB_PLACE_H
#define TB_PLACE_H

#include <stddef.h>

#include "base/base.h"

/* The folder of translations: share/locale below the program's prefix, or, in a build tree, locales
 * beside the folder of programs. False when there is neither. */
bool tb_place_locales(char *out, size_t size);

#endif
