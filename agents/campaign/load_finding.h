/* load_finding - what may be wrong with a campaign: one row each, with what to do about it.
 *
 * Findings are collected, put in the order of the document's lines and told once. {1} {2} {3} are
 * filled in; both languages use them alike. Add where it belongs; the key is what programs see.
 */
#ifndef TB_CAMPAIGN_LOAD_FINDING_H
#define TB_CAMPAIGN_LOAD_FINDING_H

#include "agents/campaign/load.h"
#include "agents/campaign/load_faults.h"
#include "agents/campaign/load_pool.h"

/* Told at most; one more is added that says how many there were. */
#define TB_FINDINGS_MAX 1000

typedef enum tb_fault {
#define TB_FAULT_ENUM(name, key, en, en_do, zh, zh_do) name,
    TB_FAULTS(TB_FAULT_ENUM)
#undef TB_FAULT_ENUM
} tb_fault;

/* What a finding is about. */
typedef enum tb_item_kind {
    TB_ITEM_CAMPAIGN,
    TB_ITEM_ROLE,
    TB_ITEM_CODES,
    TB_ITEM_CHOICE,
    TB_ITEM_CASE_TYPE,
    TB_ITEM_FIELD,
    TB_ITEM_GROUP,
    TB_ITEM_POSITION,
    TB_ITEM_STATE,
    TB_ITEM_ACTION,
    TB_ITEM_DUTY,
    TB_ITEM_LIST,
    TB_ITEM_PARAMETER,
    TB_ITEM_STAGE,
    TB_ITEM_LOOKUP,
    TB_ITEM_MEASURE,
    TB_ITEM_REPORT,
    TB_ITEM_SCORE,
    TB_ITEM_COMMON,
} tb_item_kind;

typedef struct tb_item {
    tb_item_kind kind;
    const char *id;
} tb_item;

typedef struct tb_findings {
    tb_pool *pool;
    struct tb_found *list;
    size_t count;
    size_t capacity;
    size_t total; /* faults, with those beyond TB_FINDINGS_MAX; advice is none */
} tb_findings;

/* Copies what it is given. item NULL: the document itself. What is said of a line already is not
 * said again: a common part is looked at in every case type that uses it. */
void tb_findings_add(tb_findings *findings,
                     unsigned line,
                     const tb_item *item,
                     tb_fault fault,
                     const char *a,
                     const char *b,
                     const char *c);

/* In the order of lines; of one line in the order found. */
void tb_findings_tell(tb_findings *findings, tb_campaign_fault_fn tell, void *context);

#endif
