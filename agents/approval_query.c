/* approval_query - what waits for approval, and who approved what is shown. */
#include "agents/approval.h"

#define PAGE_USUAL 50
#define PAGE_MAX   200

/* ---- names ---- */

static tb_err name_one(tb_txn *txn, tb_local_approval *approval)
{
    tb_err err = tb_account_name_of(txn, approval->account, &approval->name);
    return err == TB_OK && approval->absent.size > 0
               ? tb_account_name_of(txn, approval->absent, &approval->absent_name)
               : err;
}

static tb_err copy(tb_arena *arena, const tb_approval *from, size_t count, tb_local_approval **out)
{
    tb_local_approval *list = tb_arena_array(arena, count + 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < count; i++) {
        list[i] = (tb_local_approval){.step = from[i].step,
                                      .account = from[i].account,
                                      .absent = from[i].absent,
                                      .at = from[i].at};
    }
    *out = list;
    return TB_OK;
}

tb_err tb_approvals_show(tb_arena *arena,
                         const tb_approval *approvals,
                         size_t count,
                         tb_local_event *shown)
{
    shown->approval_count = count;
    return count == 0 ? TB_OK : copy(arena, approvals, count, &shown->approvals);
}

tb_err tb_approval_name_events(const tb_agent *agent, tb_txn *txn, tb_local_case *shown)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < shown->event_count; i++) {
        tb_local_event *event = &shown->events[i];
        if (!tb_party_equal(&event->actor, &agent->self)) {
            continue;
        }
        err = tb_account_name_of(txn, event->account, &event->account_name);
        for (size_t j = 0; err == TB_OK && j < event->approval_count; j++) {
            err = name_one(txn, &event->approvals[j]);
        }
    }
    return err;
}

/* ---- what waits ---- */

typedef struct listing {
    const tb_agent *agent;
    tb_txn *txn;
    tb_now now;
    const tb_asker *asker;
    tb_local_approvals page;
    size_t limit;
} listing;

/* What the case is and how its campaign calls the action. */
static tb_err describe(listing *l, const tb_wish *wish, tb_local_approval_line *line)
{
    const tb_campaign *campaign = NULL;
    const tb_case_type *type = NULL;
    line->campaign = wish->campaign;
    line->case_type = wish->case_type;
    if (wish->opens) {
        campaign = tb_campaigns_newest(l->agent->campaigns, wish->campaign);
        type = campaign == NULL ? NULL : tb_campaign_case_type(campaign, wish->case_type);
    } else {
        tb_case_row row;
        tb_err err = tb_case_load(l->agent, l->txn, &wish->case_id, &row);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
        }
        line->campaign = row.campaign;
        line->case_type = row.case_type;
        type = row.view.type;
    }
    const tb_action *action = type == NULL ? NULL : tb_case_type_action(type, wish->action);
    for (unsigned i = 0; wish->opens && type != NULL && i < type->action_count; i++) {
        action =
            type->actions[i].kind == TB_ACTION_OPEN && action == NULL ? &type->actions[i] : action;
    }
    line->action = action == NULL ? wish->action : tb_bytes_str(action->id);
    if (action != NULL) {
        line->title_zh = tb_campaign_text(action->title.zh);
        line->title_en = tb_campaign_text(action->title.en);
    }
    return TB_OK;
}

static tb_err show_steps(listing *l, const tb_draft_row *row, tb_local_approval_line *line)
{
    const tb_wish *wish = &row->wish;
    line->made = (tb_local_approval){.step = TB_STEP_MADE,
                                     .account = wish->account,
                                     .at = wish->asked != 0 ? wish->asked : row->made};
    line->approval_count = wish->approval_count;
    tb_err err =
        copy(tb_txn_arena(l->txn), wish->approvals, wish->approval_count, &line->approvals);
    if (err == TB_OK) {
        err = name_one(l->txn, &line->made);
    }
    for (size_t i = 0; err == TB_OK && i < line->approval_count; i++) {
        err = name_one(l->txn, &line->approvals[i]);
    }
    return err;
}

static tb_err add_line(listing *l, const tb_draft_row *row)
{
    tb_local_approval_line line = {
        .number = row->number,
        .waits = tb_draft_waits(row),
        .case_id = row->wish.case_id,
        .fields = row->wish.fields,
        .field_count = row->wish.field_count,
        .code = row->code,
        .detail = row->detail,
    };
    tb_err err = describe(l, &row->wish, &line);
    if (err == TB_OK) {
        err = show_steps(l, row, &line);
    }
    if (err == TB_OK && line.waits != TB_STEP_MADE && l->asker->known) {
        tb_refusal refused = TB_ACCEPTED;
        tb_bytes absent;
        err = tb_approval_may(l->txn, l->now, &l->asker->row, line.waits, &row->wish, &refused,
                              &absent);
        line.may = refused == TB_ACCEPTED;
    }
    l->page.lines[l->page.count++] = line;
    return err;
}

/* What waits for approval, or was sent back or overtaken on the way to it. */
static bool listed(const tb_draft_row *row)
{
    return tb_draft_waits(row) != TB_STEP_MADE ||
           (row->state == TB_DRAFT_RETURNED &&
            (row->code == TB_REFUSED_SENT_BACK || row->wish.approval_count > 0));
}

tb_err tb_query_approvals(const tb_agent *agent,
                          tb_txn *txn,
                          tb_now now,
                          const tb_asker *asker,
                          const tb_local_list_approvals *list,
                          tb_local_answer *answer)
{
    listing l = {.agent = agent, .txn = txn, .now = now, .asker = asker};
    l.limit = list->limit == 0 ? PAGE_USUAL : list->limit < PAGE_MAX ? list->limit : PAGE_MAX;
    l.page.lines = tb_arena_array(tb_txn_arena(txn), l.limit + 1, sizeof *l.page.lines);
    uint64_t at = list->number != 0 ? list->number - 1 : list->after;
    if (l.page.lines == NULL) {
        return TB_ERR_LIMIT;
    }
    for (;;) {
        tb_draft_row row;
        tb_err err = tb_draft_next(txn, at, &row);
        if (err == TB_ERR_NOT_FOUND ||
            (list->number != 0 && err == TB_OK && row.number != list->number)) {
            break;
        }
        if (err == TB_OK && listed(&row)) {
            l.page.more = l.page.count == l.limit;
            err = l.page.more ? TB_OK : add_line(&l, &row);
        }
        if (err != TB_OK) {
            return err;
        }
        if (l.page.more || list->number != 0) {
            break;
        }
        at = row.number;
    }
    if (list->number != 0 && l.page.count == 0) {
        answer->code = TB_REFUSED_NOT_WAITING;
        return TB_OK;
    }
    answer->kind = TB_ANSWER_APPROVALS;
    answer->approvals = l.page;
    return TB_OK;
}
