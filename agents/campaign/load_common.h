/* load_common - 共用部分: what several case types have alike, put into each that uses it. Private
 * to load*.c.
 *
 *     common:                                      case_types:
 *       - id: duty_words                             - id: petition
 *         fields, groups, positions,                   uses: [duty_words]
 *         actions, duties, words                       ...
 *
 * The case type then has all of it, behind what it declares itself; what it declares by an id of
 * the common part goes before that. Of the positions that a common action or group names (by,
 * copies, supervises, readers) it has those that exist there. `words` are taken by each duty that
 * does not say its own (tb_duty_words). Judge, comparison and explanations see the case type alone.
 */
#ifndef TB_CAMPAIGN_LOAD_COMMON_H
#define TB_CAMPAIGN_LOAD_COMMON_H

#include "agents/campaign/campaign.h"
#include "agents/campaign/load_pool.h"

/* What is settled: lists of the campaign's case types, and its code lists, are replaced by longer
 * ones in the pool; what was read stays as it is. */
typedef struct tb_settling {
    tb_campaign *campaign;
    tb_pool *pool;
    /* What stood at `from` stands at `to` as well, `size` bytes of it. May be NULL. */
    void (*copied)(void *context, const void *from, const void *to, size_t size);
    void *context;
} tb_settling;

/* A copy of the list with room for `more` entries; NULL when there is no memory. */
void *
tb_settle_list(const tb_settling *s, const void *list, unsigned count, unsigned more, size_t each);

/* A `uses` that names nothing is left to the check. */
void tb_common_settle(const tb_settling *s);

/* NULL when there is none of the name. */
const tb_common_part *tb_common_find(const tb_campaign *campaign, const char *id);

#endif
