/* document_number - 发文字号: the form 〔2015〕7号 of a document's number, which the agent gives in
 * sequence. */
#ifndef TB_CAMPAIGN_DOCUMENT_NUMBER_H
#define TB_CAMPAIGN_DOCUMENT_NUMBER_H

#include "base/arena.h"

/* The year of an instant in China time, and the number in it: 1 to TB_DOCUMENT_NUMBER_MAX. */
bool tb_document_number_read(tb_bytes text, unsigned *out_year, uint32_t *out_number);
/* TB_ERR_LIMIT: arena. */
tb_err tb_document_number_write(unsigned year, uint32_t number, tb_arena *arena, tb_bytes *out)
    TB_MUST_USE;

#endif
