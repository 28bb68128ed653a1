/* load - a campaign from its YAML document, and everything that is wrong with it.
 *
 * Loading checks the form (libcyaml schema): one error with its line. Checking reads the meaning:
 * names that lead nowhere, states nobody reaches, actions nobody may take, conditions on what
 * cannot be read; every fault with line and reason. Only a campaign without faults may be signed.
 */
#ifndef TB_CAMPAIGN_LOAD_H
#define TB_CAMPAIGN_LOAD_H

#include "agents/campaign/campaign.h"

/* Owns the memory of a campaign and a copy of its text. */
typedef struct tb_campaign_loaded tb_campaign_loaded;

/* TB_ERR_CORRUPT: the text is not a campaign, and error says where and why ("line 12: ...").
 * TB_ERR_LIMIT: no memory. */
tb_err tb_campaign_load(tb_bytes yaml, tb_campaign_loaded **out, char *error, size_t error_size)
    TB_MUST_USE;
const tb_campaign *tb_campaign_loaded_get(const tb_campaign_loaded *loaded);
tb_bytes tb_campaign_loaded_text(const tb_campaign_loaded *loaded);
void tb_campaign_loaded_free(tb_campaign_loaded *loaded);

/* Called once per fault; line 0 when the place is not known. */
typedef void (*tb_campaign_fault_fn)(void *context, unsigned line, const char *reason);

/* The number of faults told; 0 means the campaign may be signed. tell may be NULL. */
unsigned
tb_campaign_check(const tb_campaign_loaded *loaded, tb_campaign_fault_fn tell, void *context);

#endif
