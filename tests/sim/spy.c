/* spy - sees every notice that casework applies (wrapped at link time), and tells the ledger of it
 * when, and only when, the turn that applied it commits. */
#include <stdlib.h>

#include "agents/outgoing.h"
#include "tests/sim/sim.h"
#include "tests/store/failing.h"

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
static sim *here;

void sim_spy_begin(sim *s, sim_node *n)
{
    here = s;
    if (list == NULL) {
        list = malloc(SEEN_MAX * sizeof *list);
        TB_ASSERT(list != NULL);
    }
    node = n;
    count = 0;
}

bool sim_spy_any(void)
{
    return count > 0;
}

void sim_spy_commit(sim *s)
{
    for (size_t i = 0; i < count; i++) {
        list[i].header.entries = list[i].entries;
        sim_ledger_applied(s, node, &list[i].header, &list[i].digest, list[i].refused);
    }
    count = 0;
}

/* No reader is ever given what it may not read: whether it would keep it does not matter. */
static void check_openings(const tb_event *event,
                           const tb_digest *id,
                           const tb_opening *openings,
                           size_t opening_count)
{
    tb_case_id case_id = tb_event_case(event, id);
    const sim_lead *lead = sim_lead_of(here, &case_id);
    if (lead == NULL || lead->spoiled || tb_party_equal(&event->actor, &node->id)) {
        return;
    }
    for (size_t i = 0; i < opening_count; i++) {
        if (tb_digest_equal(&openings[i].event, id) &&
            !sim_may_read(here, lead, node, openings[i].group)) {
            sim_fail(here,
                     "readers: %s is given the group %.*s of lead L%zu, which it may not read",
                     node->id.text, (int)openings[i].group.size,
                     (const char *)openings[i].group.data, (size_t)(lead - here->leads));
        }
    }
}

static void check_readers(tb_txn *txn, const tb_incoming *incoming)
{
    for (size_t i = 0; i < incoming->event_count; i++) {
        check_openings(&incoming->decoded[i], &incoming->ids[i], incoming->openings,
                       incoming->opening_count);
    }
    for (size_t i = 0; i < incoming->passed_count; i++) {
        const tb_passed *passed = &incoming->passed[i];
        tb_digest id = tb_event_id(passed->event);
        tb_event event;
        if (tb_event_decode(passed->event, tb_txn_arena(txn), &event) == TB_ACCEPTED) {
            check_openings(&event, &id, passed->openings, passed->opening_count);
        }
    }
}

tb_err __real_tb_apply_notice(tb_agent *agent,
                              tb_txn *txn,
                              tb_now now,
                              const tb_incoming *incoming,
                              tb_effects *effects,
                              tb_refusal *out_refused,
                              tb_digest *out_event);
tb_err __wrap_tb_apply_notice(tb_agent *agent,
                              tb_txn *txn,
                              tb_now now,
                              const tb_incoming *incoming,
                              tb_effects *effects,
                              tb_refusal *out_refused,
                              tb_digest *out_event);
tb_err __wrap_tb_apply_notice(tb_agent *agent,
                              tb_txn *txn,
                              tb_now now,
                              const tb_incoming *incoming,
                              tb_effects *effects,
                              tb_refusal *out_refused,
                              tb_digest *out_event)
{
    tb_err err = __real_tb_apply_notice(agent, txn, now, incoming, effects, out_refused, out_event);
    if (err != TB_OK || node == NULL || agent != &node->agent) {
        return err;
    }
    failing_rest(true);
    check_readers(txn, incoming);
    failing_rest(false);
    TB_ASSERT(count < SEEN_MAX);
    seen *one = &list[count++];
    one->header = *incoming->header;
    memcpy(one->entries, incoming->header->entries,
           incoming->header->entry_count * sizeof *one->entries);
    one->digest = tb_header_digest(incoming->header_bytes);
    one->refused = *out_refused;
    return TB_OK;
}
