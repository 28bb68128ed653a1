/* list_keys - what an entry of a list is found by, made plain.
 *
 * People write one code in many ways: full-width, in small letters, with blanks or dashes. A key is
 * the values of its fields made plain and joined, so that entry and question meet whatever way they
 * were written. A code that carries its own check digit (15-digit registration number, 18-character
 * USCC; GB 32100, GS15-2006) must have the right one. A name loses signs and brackets besides.
 */
#ifndef TB_LIST_KEYS_H
#define TB_LIST_KEYS_H

#include "agents/campaign/campaign.h"
#include "base/arena.h"
#include "base/refusal.h"
#include "messages/event.h"

/* A longer key ends in the digest of the whole, so that it still fits a store's key. */
#define TB_LIST_KEY_BYTES_MAX 200
/* The number of the key made of name and place; others are numbered as the definition has them. */
#define TB_LIST_POSSIBLE 255
#define TB_LIST_KEYS_MAX 16

/* The key of these values; empty when a field of it has none. */
tb_err tb_list_key_of(const tb_case_type *type,
                      const tb_list_key *key,
                      const tb_field *values,
                      size_t count,
                      tb_arena *arena,
                      tb_bytes *out) TB_MUST_USE;

/* Name and place likewise. Without a place: what every place's key of that name begins with, and
 * *out_whole is false. */
tb_err tb_list_possible_of(const tb_list_possible *possible,
                           const tb_field *values,
                           size_t count,
                           tb_arena *arena,
                           tb_bytes *out,
                           bool *out_whole) TB_MUST_USE;

/* A value as it is stored and compared: what people typed, as its field's type has it. *out_code is
 * field_invalid or choice when it cannot be one. */
tb_err tb_list_value(const tb_campaign *campaign,
                     const tb_field_def *field,
                     tb_bytes text,
                     tb_arena *arena,
                     tb_bytes *out,
                     tb_refusal *out_code) TB_MUST_USE;

#endif
