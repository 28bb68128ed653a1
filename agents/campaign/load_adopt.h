/* load_adopt - 采用时限: a definition's next version, in which headquarters has adopted a default
 * limit by a document (design.md §10).
 *
 * The text is changed in two places, the version and the duty, and nowhere else, so that whoever
 * compares the versions sees what was decided:
 *
 *     default: true  -->  default: true, adopted: {document_no: "专项办〔2015〕3号", from:
 * "2015-08-03"}
 */
#ifndef TB_CAMPAIGN_LOAD_ADOPT_H
#define TB_CAMPAIGN_LOAD_ADOPT_H

#include "base/base.h"

#include "agents/campaign/load_pool.h"

typedef struct tb_adopt {
    tb_bytes of; /* the case type, or common part, that declares the duty */
    tb_bytes duty;
    tb_bytes document_no; /* no quotes in it */
    tb_bytes from;        /* the day: what begins then, or later, counts in evaluation */
} tb_adopt;

/* The new text, in the pool; the same definition otherwise. TB_ERR_NOT_FOUND: it declares no such
 * duty there. TB_ERR_CORRUPT: it is no default, was adopted before, or the text is no definition.
 * TB_ERR_LIMIT: no memory. Whether the day and the number are good says the check. */
tb_err
tb_limit_adopt(tb_bytes yaml, const tb_adopt *wish, tb_pool *pool, tb_bytes *out) TB_MUST_USE;

#endif
