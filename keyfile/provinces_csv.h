/* provinces_csv - private to keyfile/: the table of provinces as the exercise needs it. */
#ifndef TB_PROVINCES_CSV_H
#define TB_PROVINCES_CSV_H

#include "keyfile/problem.h"

#define TB_PROVINCES_MAX 64

typedef struct tb_province_row {
    tb_bytes code; /* two digits */
    tb_bytes name_zh;
    tb_bytes name_en;
    tb_bytes bureau_zh;
} tb_province_row;

/* Rows ascending by code, none twice, borrowed from text. False with a problem: not such a table,
 * more than TB_PROVINCES_MAX rows, or two with one code. */
bool tb_provinces_csv(tb_bytes text,
                      const char *path,
                      tb_province_row out[TB_PROVINCES_MAX],
                      size_t *out_count,
                      tb_problem *problem) TB_MUST_USE;

#endif
