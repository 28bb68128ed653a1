/* provinces - the areas of the table `provinces`, found by whatever people call them. */
#ifndef TB_PROVINCES_H
#define TB_PROVINCES_H

#include "base/arena.h"
#include "base/refusal.h"

#define TB_PROVINCES_MAX 64

typedef struct tb_province {
    tb_bytes code; /* two digits */
    tb_bytes code6;
    tb_bytes name_zh;
    tb_bytes name_en;
    tb_bytes abbr;    /* letters of ISO 3166-2:CN */
    tb_bytes abbr_zh; /* one character */
    tb_bytes bureau_zh;
} tb_province;

typedef struct tb_provinces {
    uint32_t version;
    tb_province list[TB_PROVINCES_MAX];
    size_t count;
} tb_provinces;

/* content is a wire CsvTable; what *out points to lives in the arena. */
tb_refusal tb_provinces_decode(tb_bytes content, tb_arena *arena, tb_provinces *out) TB_MUST_USE;

/* The same from the lines alone, as in ops/tables/provinces.csv. */
tb_refusal tb_provinces_read(tb_bytes csv, tb_arena *arena, tb_provinces *out) TB_MUST_USE;

/* By code of two or six digits, by full or short name in Chinese, by English name, letters or
 * single character, or by the name of its administration; NULL when it is none of these. */
const tb_province *tb_provinces_find(const tb_provinces *provinces, tb_bytes text);

#endif
