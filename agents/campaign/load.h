/* load - a campaign from its YAML document, and everything that is wrong with it.
 *
 * Loading checks the form (libcyaml schema) and stops at the first fault: for programs that hold a
 * campaign that was checked. Checking tells all: faults of form, names that lead nowhere, states
 * nobody reaches, actions nobody may take, conditions on what cannot be read; each with its line,
 * the reason and what to do, and none hidden behind another. Only a campaign without faults may be
 * signed, and an agent keeps no other.
 */
#ifndef TB_CAMPAIGN_LOAD_H
#define TB_CAMPAIGN_LOAD_H

#include "agents/campaign/campaign.h"

/* Owns the memory of a campaign. */
typedef struct tb_campaign_loaded tb_campaign_loaded;

/* TB_ERR_CORRUPT: the text is not a campaign, and error says where and why ("line 12: ...").
 * TB_ERR_LIMIT: no memory. */
tb_err tb_campaign_load(tb_bytes yaml, tb_campaign_loaded **out, char *error, size_t error_size)
    TB_MUST_USE;
const tb_campaign *tb_campaign_loaded_get(const tb_campaign_loaded *loaded);
void tb_campaign_loaded_free(tb_campaign_loaded *loaded);

/* One thing that is wrong, or that its author may have overlooked. The texts live as long as the call that tells them. */
typedef struct tb_campaign_finding {
    unsigned line;
    const char *key; /* stable: "state_unreached" */
    tb_label reason; /* "state lost: no action leads to it" */
    tb_label remedy; /* "add a way to it, or remove it" */
    bool advice;     /* no fault: it keeps nobody from signing */
} tb_campaign_finding;

/* Called once per finding, in the order of lines. */
typedef void (*tb_campaign_fault_fn)(void *context, const tb_campaign_finding *finding);

/* Checks a document whether it loads or not. *out_faults is the number of findings but for advice, 0
 * of a campaign that may be signed; beyond a bound they are counted and no longer told. Advice is
 * told of such a campaign only. tell may be NULL.
 * TB_ERR_LIMIT: no memory. */
tb_err tb_campaign_check(tb_bytes yaml,
                         tb_campaign_fault_fn tell,
                         void *context,
                         unsigned *out_faults) TB_MUST_USE;

/* Likewise, as a document signed under this name and version: they must be the definition's own. */
tb_err tb_campaign_check_as(tb_bytes yaml,
                            tb_bytes name,
                            uint32_t version,
                            tb_campaign_fault_fn tell,
                            void *context,
                            unsigned *out_faults) TB_MUST_USE;

#endif
