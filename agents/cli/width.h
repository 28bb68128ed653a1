/* width - how many columns of a terminal a text takes: Chinese characters take two. */
#ifndef TB_WIDTH_H
#define TB_WIDTH_H

#include "base/base.h"

size_t tb_width(tb_bytes text);
/* The longest beginning of at most columns columns. */
tb_bytes tb_width_cut(tb_bytes text, size_t columns);

#endif
