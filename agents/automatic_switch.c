/* automatic_switch - what a party lets its agent do by itself, where the campaign leaves it the
 * choice. */
#include "agents/automatic.h"

static bool can_switch(const tb_action *action)
{
    return action->automatic != NULL && action->automatic->switched;
}

static const tb_action *find(const tb_campaign *campaign, tb_bytes id)
{
    for (unsigned t = 0; campaign != NULL && t < campaign->case_type_count; t++) {
        const tb_action *action = tb_case_type_action(&campaign->case_types[t], id);
        if (action != NULL && can_switch(action)) {
            return action;
        }
    }
    return NULL;
}

tb_err tb_automatic_switch(const tb_agent *agent,
                           tb_txn *txn,
                           tb_now now,
                           tb_bytes account,
                           const tb_local_switch *wanted,
                           tb_local_answer *answer)
{
    const tb_campaigns *all = agent->campaigns;
    bool found = false;
    for (size_t i = 0; i < all->count && !found; i++) {
        found = tb_bytes_equal(tb_bytes_str(all->list[i]->id), wanted->campaign) &&
                find(all->list[i], wanted->action) != NULL;
    }
    if (!found) {
        answer->code = TB_REFUSED_NOT_SWITCHED;
        return TB_OK;
    }
    tb_switch_row row = {.campaign = wanted->campaign,
                         .action = wanted->action,
                         .on = wanted->on,
                         .at = now.real,
                         .account = account};
    tb_err err = tb_switch_put(txn, &row);
    return err == TB_OK ? tb_query_switches(agent, txn, answer) : err;
}

static tb_err
show(tb_txn *txn, const tb_campaign *campaign, const tb_action *action, tb_local_switch *out)
{
    *out = (tb_local_switch){
        .campaign = tb_bytes_str(campaign->id),
        .action = tb_bytes_str(action->id),
        .title_zh = tb_campaign_text(action->title.zh),
        .title_en = tb_campaign_text(action->title.en),
    };
    return tb_switch_on(txn, out->campaign, out->action, &out->on);
}

tb_err tb_query_switches(const tb_agent *agent, tb_txn *txn, tb_local_answer *answer)
{
    const tb_campaigns *all = agent->campaigns;
    tb_local_switches switches = {.count = 0};
    switches.lines =
        tb_arena_array(tb_txn_arena(txn), TB_SWITCHES_SHOWN_MAX, sizeof *switches.lines);
    tb_err err = switches.lines == NULL ? TB_ERR_LIMIT : TB_OK;
    for (size_t i = 0; err == TB_OK && i < all->count; i++) {
        const tb_campaign *campaign = all->list[i];
        bool newest = tb_campaigns_newest(all, tb_bytes_str(campaign->id)) == campaign;
        for (unsigned t = 0; newest && t < campaign->case_type_count; t++) {
            const tb_case_type *type = &campaign->case_types[t];
            for (unsigned a = 0; err == TB_OK && a < type->action_count; a++) {
                if (can_switch(&type->actions[a]) && switches.count < TB_SWITCHES_SHOWN_MAX) {
                    err = show(txn, campaign, &type->actions[a], &switches.lines[switches.count++]);
                }
            }
        }
    }
    answer->kind = TB_ANSWER_SWITCHES;
    answer->switches = switches;
    return err;
}
