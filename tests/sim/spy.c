/* spy - sees every notice that casework applies (wrapped at link time), and tells the ledger of it
 * when, and only when, the turn that applied it commits. */
#include <stdlib.h>

#include "agents/outgoing.h"
#include "tests/sim/sim.h"

#define SEEN_MAX 4096

typedef struct seen {
    tb_header header; /* entries are copied */
    tb_entry entries[TB_ENTRIES_MAX];
    tb_digest digest;
    tb_refusal refused;
} seen;

static seen *list;
static size_t count;
static sim_node *node;

void sim_spy_begin(sim *s, sim_node *n)
{
    (void)s;
    if (list == NULL) {
        list = malloc(SEEN_MAX * sizeof *list);
        TB_ASSERT(list != NULL);
    }
    node = n;
    count = 0;
}

void sim_spy_commit(sim *s)
{
    for (size_t i = 0; i < count; i++) {
        list[i].header.entries = list[i].entries;
        sim_ledger_applied(s, node, &list[i].header, &list[i].digest, list[i].refused);
    }
    count = 0;
}

tb_err __real_tb_apply_notice(tb_agent *agent, tb_txn *txn, tb_now now, const tb_incoming *incoming,
                              tb_effects *effects, tb_refusal *out_refused, tb_digest *out_event);
tb_err __wrap_tb_apply_notice(tb_agent *agent, tb_txn *txn, tb_now now, const tb_incoming *incoming,
                              tb_effects *effects, tb_refusal *out_refused, tb_digest *out_event);
tb_err __wrap_tb_apply_notice(tb_agent *agent, tb_txn *txn, tb_now now, const tb_incoming *incoming,
                              tb_effects *effects, tb_refusal *out_refused, tb_digest *out_event)
{
    tb_err err = __real_tb_apply_notice(agent, txn, now, incoming, effects, out_refused, out_event);
    if (err != TB_OK || node == NULL || agent != &node->agent) {
        return err;
    }
    TB_ASSERT(count < SEEN_MAX);
    seen *one = &list[count++];
    one->header = *incoming->header;
    memcpy(one->entries, incoming->header->entries, incoming->header->entry_count * sizeof *one->entries);
    one->digest = tb_header_digest(incoming->header_bytes);
    one->refused = *out_refused;
    return TB_OK;
}
