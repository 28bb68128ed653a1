/* documents - directory, campaigns and tables as the logic reads them: loaded at start and on
 * RELOAD.
 *
 * A set is loaded whole into memory of its own, which is only touched as far as it is used, and
 * replaced whole between two turns.
 */
#ifndef TB_AGENT_DOCUMENTS_H
#define TB_AGENT_DOCUMENTS_H

#include "agents/agent.h"
#include "agents/campaign/load.h"

#define TB_CAMPAIGNS_MAX 64

typedef struct tb_documents {
    tb_arena arena;
    bool has_directory;
    tb_directory directory;
    tb_campaign_loaded *loaded[TB_CAMPAIGNS_MAX];
    const tb_campaign *list[TB_CAMPAIGNS_MAX];
    tb_campaigns campaigns;
    bool has_segments;
    tb_segments segments;
    bool has_calendar;
    tb_calendar calendar;
    uint32_t newest_directory; /* by its version */
    tb_directory versions[TB_DIRECTORIES_MAX];
    tb_directories directories;
} tb_documents;

/* What the store holds. A document that does not load is skipped with a line on stderr. */
tb_err tb_documents_load(tb_store *store, tb_documents **out) TB_MUST_USE;
void tb_documents_free(tb_documents *documents);
/* Points the logic at them. */
void tb_documents_use(const tb_documents *documents, tb_agent *agent);

/* tb_campaign_judge_fn: judge_campaign.c. */
tb_campaign_judge_fn tb_documents_judge_campaign;

/* A document file, read and decoded into the arena. False: stderr says why. */
bool tb_documents_read(const char *path, tb_arena *arena, tb_document *out) TB_MUST_USE;

/* Address space that becomes memory where it is touched. False: there is none. */
bool tb_block_map(size_t size, tb_arena *out) TB_MUST_USE;
void tb_block_unmap(tb_arena *arena);

#endif
