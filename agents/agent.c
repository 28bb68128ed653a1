#include "agents/agent.h"

#include "agents/aside.h"
#include "agents/automatic.h"
#include "agents/clock.h"
#include "agents/digest.h"
#include "agents/dispute.h"
#include "agents/draft.h"
#include "agents/duties.h"
#include "agents/freshness.h"
#include "agents/gap.h"
#include "agents/inbox.h"
#include "agents/link.h"
#include "agents/local.h"
#include "agents/lost_stamp.h"
#include "agents/measures.h"
#include "agents/offline.h"
#include "agents/old_keys.h"
#include "agents/outbox.h"
#include "agents/own_cut.h"
#include "agents/paper.h"
#include "agents/recounting.h"
#include "agents/recovery.h"
#include "agents/reseal.h"
#include "agents/resend.h"
#include "agents/set_aside.h"
#include "agents/set_back.h"

/* Waiting drafts are looked at this often while the link is confirmed. */
#define DRAFT_AGAIN_MS 3000

/* ---- start ---- */

static tb_err put_owner(tb_agent *agent, tb_txn *txn, tb_random *random)
{
    tb_incarnation first = {.counter = 1};
    tb_random_bytes(random, first.random, sizeof first.random);
    tb_err err = tb_store_put(txn, TB_TABLE_META, tb_bytes_str("party"),
                              tb_bytes_of(agent->self.text, TB_PARTY_BYTES));
    if (err == TB_OK) {
        err = tb_store_put(txn, TB_TABLE_META, tb_bytes_str("hub"),
                           tb_bytes_of(agent->hub.bytes, TB_DIGEST_BYTES));
    }
    if (err == TB_OK) {
        err = tb_meta_incarnation_put(txn, &first);
    }
    return err;
}

static tb_err check_owner(tb_agent *agent, tb_txn *txn, tb_bytes party, tb_refusal *out_refused)
{
    tb_bytes hub;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str("hub"), &hub);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }

    if (!tb_bytes_equal(party, tb_bytes_of(agent->self.text, TB_PARTY_BYTES))) {
        *out_refused = TB_REFUSED_NOT_SPEAKER;
    } else if (!tb_bytes_equal(hub, tb_bytes_of(agent->hub.bytes, TB_DIGEST_BYTES))) {
        *out_refused = TB_REFUSED_WRONG_HUB;
    } else {
        *out_refused = TB_ACCEPTED;
    }
    return TB_OK;
}

/* Nothing of the last run's session holds; that marks went back does, and that the key in use was
 * cut. */
static tb_err reset_link(tb_agent *agent, tb_txn *txn)
{
    tb_link_row row;
    bool cut = false;
    tb_err err = tb_link_get(txn, &row);
    if (err == TB_OK) {
        err = tb_own_cut_stands(agent, txn, &cut);
    }
    if (err != TB_OK) {
        return err;
    }

    tb_refusal fence = row.fence == TB_REFUSED_MARKS_BACK ? row.fence
                       : cut                              ? TB_REFUSED_KEY_CUT
                                                          : TB_ACCEPTED;
    if (row.state == TB_LINK_DOWN && row.fence == fence) {
        return TB_OK;
    }
    row.state = TB_LINK_DOWN;
    row.fence = fence;
    return tb_link_put(txn, &row);
}

tb_err tb_agent_start(tb_agent *agent, tb_txn *txn, tb_random *random, tb_refusal *out_refused)
{
    tb_bytes party;
    tb_refusal refused = TB_ACCEPTED;
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str("party"), &party);
    if (err == TB_ERR_NOT_FOUND) {
        err = put_owner(agent, txn, random);
    } else if (err == TB_OK) {
        err = check_owner(agent, txn, party, &refused);
    }
    if (err == TB_OK) {
        err = reset_link(agent, txn);
    }
    if (err != TB_OK) {
        return err;
    }

    tb_agent_forget(agent);
    agent->times = (tb_link_times){.connected = false};
    *out_refused = refused;
    return TB_OK;
}

const tb_directory *tb_agent_directory(const tb_agent *agent, uint32_t version)
{
    const tb_directories *all = agent->directories;
    for (size_t i = 0; all != NULL && i < all->count; i++) {
        if (all->list[i].version == version) {
            return &all->list[i];
        }
    }
    return agent->directory;
}

/* ---- a turn ---- */

void tb_agent_forget(void *logic)
{
    tb_agent *agent = logic;

    agent->pending = (tb_pending){.count = 0};
    agent->work = NULL;
}

/* Asking and answering, after what the link itself owes. */
static tb_err tick_resend(tb_step *step)
{
    tb_err err = tb_recovery_tick(step);
    if (err == TB_OK) {
        err = tb_hand_work(step, tb_gap_tick);
    }
    if (err == TB_OK) {
        err = tb_hand_work(step, tb_lost_stamp_tick);
    }
    return err == TB_OK ? tb_hand_work(step, tb_resend_tick) : err;
}

static tb_err tick(tb_step *step)
{
    bool may_sign = false;
    bool aside = false;
    tb_err err = tb_hand_aside(step, &aside);
    if (err != TB_OK || aside) {
        return err;
    }
    err = tb_set_back_tick(step);
    if (err == TB_OK) {
        err = tb_link_tick(step);
    }
    if (err == TB_OK) {
        err = tb_apply_resume(step->agent, step->txn, step->now, step->effects);
    }
    if (err == TB_OK) {
        err = tb_old_keys_tick(step);
    }
    if (err == TB_OK) {
        err = tb_dispute_tick(step);
    }
    if (err == TB_OK) {
        err = tb_freshness_tick(step);
    }
    if (err == TB_OK) {
        err = tb_paper_tick(step);
    }
    if (err == TB_OK) {
        err = tb_measures_tick(step->agent, step->txn);
    }
    if (err == TB_OK) {
        err = tb_hand_work(step, tb_recounting_tick);
    }
    if (err == TB_OK) {
        err = tb_digest_tick(step);
    }
    if (err == TB_OK) {
        err = tb_link_may_sign(step->txn, &may_sign);
    }
    if (err != TB_OK || !may_sign) {
        return err;
    }
    err = tb_outbox_tick(step);
    if (err == TB_OK) {
        err = tb_inbox_tick(step);
    }
    if (err == TB_OK) {
        err = tb_offline_tick(step);
    }
    if (err == TB_OK) {
        err = tb_hand_work(step, tb_duties_tick);
    }
    if (err == TB_OK) {
        err = tb_hand_work(step, tb_automatic_tick);
    }
    if (err == TB_OK) {
        err = tb_hand_work(step, tb_reseal_tick);
    }
    if (err == TB_OK) {
        err = tb_hand_work(step, tb_aside_tick);
    }
    if (err == TB_OK) {
        err = tick_resend(step);
    }
    if (err == TB_OK && tb_store_rows(step->txn, TB_TABLE_DRAFT) > 0) {
        step->agent->times.drafts = step->now.real;
        err = tb_drafts_release(step->agent, step->txn, step->now, step->random, step->effects);
    }
    return err == TB_OK ? tb_link_greet_again(step) : err;
}

tb_err tb_agent_step(
    void *logic, tb_txn *txn, const tb_input *input, tb_random *random, tb_effects *effects)
{
    tb_agent *agent = logic;
    tb_input here = *input;
    tb_step step;
    tb_err err = tb_clock_now(agent, txn, input->now.real, &here.now);
    if (err == TB_OK) {
        err = tb_step_make(agent, txn, here.now, random, effects, &step);
    }
    if (err != TB_OK) {
        return err;
    }

    agent->stale = tb_directory_stale(agent->directory, here.now.real);
    switch (input->kind) {
    case TB_INPUT_FRAME:
        return tb_link_frame(&step, input->bytes);
    case TB_INPUT_LOCAL:
        return tb_local_step(agent, txn, &here, random, effects);
    case TB_INPUT_LINK:
        return tb_link_up(&step);
    case TB_INPUT_GONE:
        return input->peer == 0 ? tb_link_down(&step) : TB_OK;
    case TB_INPUT_TICK:
        return tick(&step);
    }
    TB_UNREACHABLE();
}

tb_err tb_agent_close(void *logic, tb_txn *txn, tb_now now, tb_random *random, tb_effects *effects)
{
    tb_agent *agent = logic;
    tb_now here;
    tb_step step;
    if (agent->pending.count == 0 && agent->work == NULL) {
        return tb_measures_settle(agent, txn, TB_MEASURE_CASES_A_TURN);
    }
    tb_err err = tb_clock_now(agent, txn, now.real, &here);
    if (err == TB_OK) {
        err = tb_step_make(agent, txn, here, random, effects, &step);
    }
    if (err == TB_OK) {
        err = tb_outbox_close(&step);
    }
    if (err == TB_OK) {
        err = tb_inbox_close(&step);
    }
    tb_agent_forget(agent);
    return err == TB_OK ? tb_measures_settle(agent, txn, TB_MEASURE_CASES_A_TURN) : err;
}

/* ---- the next tick ---- */

static tb_err sooner(tb_err err, tb_time at, bool *any, tb_time *least)
{
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    if (err == TB_OK && (!*any || at < *least)) {
        *any = true;
        *least = at;
    }
    return err;
}

static tb_err resend_deadline(tb_agent *agent, tb_txn *txn, bool *any, tb_time *least)
{
    tb_time at = 0;
    tb_err err = tb_recovery_due(txn, &at);
    err = sooner(err, at, any, least);
    if (err == TB_OK) {
        err = tb_gap_due(txn, &at);
        err = sooner(err, at, any, least);
    }
    if (err == TB_OK) {
        err = tb_lost_stamp_due(agent, txn, &at);
        err = sooner(err, at, any, least);
    }
    if (err == TB_OK) {
        err = tb_resend_due(agent, txn, &at);
        err = sooner(err, at, any, least);
    }
    return err;
}

tb_err tb_agent_deadline(tb_agent *agent, tb_txn *txn, tb_time *out)
{
    tb_time at = 0;
    tb_time least = 0;
    tb_stream stream;
    bool any = false;
    bool may_sign = false;
    tb_err err = tb_link_due(agent, txn, &at);
    err = sooner(err, at, &any, &least);
    if (err == TB_OK) {
        err = tb_link_may_sign(txn, &may_sign);
    }
    if (err == TB_OK && may_sign) {
        err = tb_outbox_due_first(txn, &at, &stream);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK && may_sign) {
        err = tb_inbox_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    bool joined = false;
    bool came = false;
    if (err == TB_OK && may_sign && !tb_store_above_watermark(txn)) {
        err = tb_offline_due(agent, txn, &joined);
    }
    if (err == TB_OK) {
        err = tb_paper_due(agent, txn, &came);
    }
    if (err == TB_OK && may_sign) {
        err = tb_duties_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK && may_sign) {
        err = tb_automatic_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK && may_sign) {
        err = tb_reseal_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK && may_sign) {
        err = tb_aside_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK) {
        err = tb_freshness_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK) {
        err = tb_dispute_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK) {
        err = tb_measures_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK) {
        err = tb_recounting_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK) {
        err = tb_digest_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK) {
        err = tb_old_keys_due(agent, txn, &at);
        err = sooner(err, at, &any, &least);
    }
    if (err == TB_OK && may_sign) {
        err = resend_deadline(agent, txn, &any, &least);
    }
    if (err != TB_OK) {
        return err;
    }
    if (joined || came) {
        (void)!sooner(TB_OK, 0, &any, &least);
    }
    if (may_sign && tb_store_rows(txn, TB_TABLE_DRAFT) > 0) {
        (void)!sooner(TB_OK, agent->times.drafts + DRAFT_AGAIN_MS, &any, &least);
    }

    *out = least;
    return any ? TB_OK : TB_ERR_NOT_FOUND;
}
