/* load_parameters - 参数: the years and other values a definition leaves open, put in where it says
 * ${id}.
 *
 * Put in before the text is read as YAML, so that everything behind works on a definition without
 * placeholders; a value holds no line end, so that lines stay what they are. Parameters are
 * declared at the top level:
 *
 *     parameters:
 *       - {id: year, zh: 年份, en: year, type: year, value: "2015"}
 */
#ifndef TB_CAMPAIGN_LOAD_PARAMETERS_H
#define TB_CAMPAIGN_LOAD_PARAMETERS_H

#include "agents/campaign/campaign.h"
#include "agents/campaign/load_nodes.h"

/* The text with every declared parameter put in; the text itself when it declares none, or
 * would become longer than TB_DOCUMENT_BYTES_MAX. In place of
 * a value that does not fit its type stands one that does: the value is what is told, not all that
 * follows from it. pool->exhausted says when there was no memory. */
tb_bytes tb_parameters_fill(tb_bytes yaml, tb_pool *pool);

/* The text with another value of one parameter. TB_ERR_NOT_FOUND: it declares none of this id.
 * TB_ERR_CORRUPT: the value does not fit the parameter's type. TB_ERR_LIMIT: no memory. */
tb_err tb_parameters_set(tb_bytes yaml, tb_bytes id, tb_bytes value, tb_pool *pool, tb_bytes *out)
    TB_MUST_USE;

bool tb_parameter_fits(tb_parameter_type type, tb_bytes value);

#endif
