#include "agents/unanswered.h"

#include "agents/chain.h"
#include "agents/rows_duty.h"

/* Cases looked at for one page. */
#define LOOKED_MAX 5000
/* Of one party, listed one by one. */
#define CASES_MAX 200

typedef struct counting {
    const tb_agent *agent;
    tb_txn *txn;
    tb_now now;
    const tb_local_get_unanswered *wanted;
    tb_local_unanswered out;
} counting;

/* ---- one case ---- */

/* NULL: the version the case has moved to has no such action. */
static const tb_action *action_of(const tb_case_row *row, const tb_action_count *count)
{
    return tb_case_type_action(row->view.type, count->action);
}

static bool hands_over(const tb_action *action)
{
    for (unsigned i = 0; i < action->way_count; i++) {
        if (action->ways[i].hands_to != NULL) {
            return true;
        }
    }
    return false;
}

static bool notified(const counting *c, const tb_case_row *row)
{
    bool did = tb_party_equal(&row->view.opener, &c->agent->self);
    for (size_t i = 0; !did && i < row->view.count_count; i++) {
        const tb_action *action = action_of(row, &row->view.counts[i]);
        did = action != NULL && action->kind != TB_ACTION_SIDE && hands_over(action) &&
              tb_party_equal(&row->view.counts[i].last_actor, &c->agent->self);
    }
    return did;
}

static bool answered(const tb_case_row *row)
{
    bool is = row->closed;
    for (size_t i = 0; !is && i < row->view.count_count; i++) {
        const tb_action *action = action_of(row, &row->view.counts[i]);
        is = action != NULL && row->view.counts[i].count > 0 && action->receipt != NULL &&
             strcmp(action->receipt, "answered") == 0;
    }
    return is;
}

/* When this party handed it on last; its opener notified when it opened it. */
static tb_err since_of(const counting *c, const tb_case_row *row, tb_time *out)
{
    *out = row->opened;
    if (tb_party_equal(&row->view.opener, &c->agent->self)) {
        return TB_OK;
    }
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row stored;
    tb_err err = tb_event_first(c->txn, &row->id, TB_CLASS_CHAIN, &walk, &key, &stored);
    while (err == TB_OK) {
        tb_event event;
        err = tb_chain_decode(c->txn, &stored, &event);
        if (err == TB_OK && stored.standing == TB_STANDING_EFFECTIVE &&
            tb_party_equal(&event.actor, &c->agent->self) &&
            !tb_party_equal(&event.holder, &c->agent->self)) {
            *out = event.at;
        }
        if (err == TB_OK) {
            err = tb_event_next(c->txn, &walk, &key, &stored);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* ---- counting ---- */

static size_t band_of(tb_time since, tb_time now)
{
    static const int64_t upto[TB_AGES - 1] = {0, 3, 7, 15, 30};
    int64_t days = tb_day_of(now) - tb_day_of(since);
    size_t band = 0;
    while (band < TB_AGES - 1 && days > upto[band]) {
        band++;
    }
    return band;
}

static tb_local_unanswered_line *line_of(counting *c, const tb_party *party)
{
    for (size_t i = 0; i < c->out.count; i++) {
        if (tb_party_equal(&c->out.lines[i].party, party)) {
            return &c->out.lines[i];
        }
    }
    TB_ASSERT(c->out.count < LOOKED_MAX);
    tb_local_unanswered_line *line = &c->out.lines[c->out.count++];
    *line = (tb_local_unanswered_line){.party = *party};
    return line;
}

static tb_err newest_said(counting *c, const tb_duty_key *duty, tb_duty_word word, tb_time *out)
{
    tb_duty_said said;
    tb_err err = tb_duty_said_get(c->txn, duty, word, &said);
    if (err == TB_OK && said.at > *out) {
        *out = said.at;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err name_said(counting *c, tb_local_unanswered_case *listed)
{
    tb_duty_row *list;
    size_t count;
    tb_err err = tb_duties_of(c->txn, &listed->case_id, &list, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        if (list[i].ended != 0 || !tb_party_equal(&list[i].key.debtor, &listed->holder)) {
            continue;
        }
        err = newest_said(c, &list[i].key, TB_DUTY_REMINDS, &listed->reminded);
        if (err == TB_OK) {
            err = newest_said(c, &list[i].key, TB_DUTY_ESCALATES, &listed->escalated);
        }
    }
    return err;
}

static tb_err list_case(counting *c, const tb_case_row *row, tb_time since)
{
    if (tb_party_empty(&c->wanted->by) || c->out.case_count == CASES_MAX) {
        return TB_OK;
    }
    tb_local_unanswered_case *listed = &c->out.cases[c->out.case_count++];
    *listed = (tb_local_unanswered_case){
        .case_id = row->id,
        .holder = row->view.holder,
        .campaign = row->campaign,
        .case_type = row->case_type,
        .state = row->view.state,
        .since = since,
    };
    return name_said(c, listed);
}

static tb_err count_case(counting *c, const tb_case_row *row)
{
    if (row->view.type == NULL || !notified(c, row)) {
        return TB_OK;
    }
    bool one = !tb_party_empty(&c->wanted->by);
    if (one && !tb_party_equal(&c->wanted->by, &row->view.holder)) {
        return TB_OK;
    }
    c->out.notified++;
    if (answered(row)) {
        c->out.answered++;
        return TB_OK;
    }
    if (tb_party_equal(&row->view.holder, &c->agent->self)) {
        c->out.here++;
        return TB_OK;
    }
    tb_time since;
    tb_err err = since_of(c, row, &since);
    if (err != TB_OK) {
        return err;
    }
    tb_local_unanswered_line *line = line_of(c, &row->view.holder);
    line->ages[band_of(since, c->now.civil)]++;
    line->oldest = line->oldest == 0 || since < line->oldest ? since : line->oldest;
    return list_case(c, row, since);
}

static tb_err make_room(counting *c)
{
    tb_arena *arena = tb_txn_arena(c->txn);
    c->out.lines = tb_arena_array(arena, LOOKED_MAX, sizeof *c->out.lines);
    c->out.cases = tb_arena_array(arena, CASES_MAX, sizeof *c->out.cases);
    return c->out.lines == NULL || c->out.cases == NULL ? TB_ERR_LIMIT : TB_OK;
}

tb_err tb_query_unanswered(const tb_agent *agent,
                           tb_txn *txn,
                           tb_now now,
                           const tb_local_get_unanswered *wanted,
                           tb_local_answer *answer)
{
    counting c = {
        .agent = agent, .txn = txn, .now = now, .wanted = wanted, .out = {.civil = now.civil}};
    tb_case_id at = wanted->after;
    tb_err err = make_room(&c);
    for (size_t looked = 0; err == TB_OK; looked++) {
        tb_case_id id;
        if (looked == LOOKED_MAX) {
            c.out.next = at;
            break;
        }
        tb_case_row row;
        err = tb_case_after(txn, &at, false, &id);
        if (err == TB_ERR_NOT_FOUND) {
            err = TB_OK;
            break;
        }
        at = id;
        err = err == TB_OK ? tb_case_load(agent, txn, &id, &row) : err;
        if (err == TB_OK) {
            err = count_case(&c, &row);
        }
    }
    answer->kind = TB_ANSWER_UNANSWERED;
    answer->unanswered = c.out;
    return err;
}
