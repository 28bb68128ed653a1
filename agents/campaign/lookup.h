/* lookup - 查表: who is concerned with a code, by the table of the campaign.
 *
 * Judged like every position: from the opener, the open fields and the directory alone.
 */
#ifndef TB_CAMPAIGN_LOOKUP_H
#define TB_CAMPAIGN_LOOKUP_H

#include "agents/campaign/scene.h"

/* The parties a position of kind looked-up names, in the order of the rows, each once, at most max.
 * 0: its field has no value, or nobody plays the roles. */
size_t tb_lookup_parties(const tb_case_view *view,
                         const tb_directory *directory,
                         const tb_position *position,
                         tb_party *out,
                         size_t max);

#endif
