/* dispute_resume - a take-over that was left aside for one that is disputed now.
 *
 * Whoever learns of the cut first has the honest take-over win over the chain cut back; whoever saw
 * both take-overs before left it aside. All must end with the same chain, so what was left aside is
 * looked through once the disputed part is gone: the take-over that rules among those whose whole
 * path counts, and what followed it.
 */
#include "agents/dispute.h"

typedef struct resuming {
    tb_step *step;
    tb_case_row *row;
    tb_path best; /* up to and with the take-over that rules */
    tb_case_row before_best;
    size_t followers; /* events that follow the tip */
    tb_event_key follower;
} resuming;

tb_err tb_dispute_path(const tb_agent *agent, tb_txn *txn, const tb_path *path, bool *out)
{
    tb_err err = TB_OK;
    *out = true;
    for (size_t i = 0; err == TB_OK && *out && i < path->count; i++) {
        err = tb_dispute_counts(agent, txn, &path->list[i].row, out);
    }
    return err;
}

/* Whether a take-over goes before the best found so far. */
static bool rules(const resuming *r, const tb_chain_event *at, const tb_case_row *before)
{
    if (r->best.count == 0) {
        return true;
    }
    const tb_chain_event *best = &r->best.list[r->best.count - 1];
    if (at->event.term != best->event.term) {
        return at->event.term > best->event.term;
    }
    return tb_chain_precedes(r->step->agent, &before->view, at, &r->before_best.view, best);
}

static tb_err weigh(resuming *r, const tb_event_key *key)
{
    tb_path path;
    tb_case_row before;
    bool counts = false;
    tb_err err = tb_chain_path(r->step->txn, &r->row->id, key->number, &key->event, &path);
    if (err == TB_OK) {
        err = tb_dispute_path(r->step->agent, r->step->txn, &path, &counts);
    }
    if (err == TB_OK && counts) {
        err = tb_chain_replay(r->step->agent, r->step->txn, &path, path.count - 1, r->row, &before);
    }
    if (err == TB_OK && counts && rules(r, &path.list[path.count - 1], &before)) {
        r->best = path;
        r->before_best = before;
    }
    return err;
}

static tb_err find_best(resuming *r)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_first(r->step->txn, &r->row->id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        tb_event event = {.kind = TB_EVENT_CHAIN};
        if (row.standing == TB_STANDING_OVERTAKEN && key.term > r->row->view.term) {
            err = tb_chain_decode(r->step->txn, &row, &event);
        }
        if (err == TB_OK && event.kind == TB_EVENT_TAKE_OVER) {
            err = weigh(r, &key);
        }
        if (err == TB_OK) {
            err = tb_event_next(r->step->txn, &walk, &key, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

/* What follows a tip in its term, and counts. */
static tb_err find_followers(resuming *r, const tb_event_key *tip)
{
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row row;
    r->followers = 0;
    tb_err err = tb_event_first(r->step->txn, &r->row->id, TB_CLASS_CHAIN, &walk, &key, &row);
    while (err == TB_OK) {
        tb_event event;
        bool counts = false;
        if (row.standing == TB_STANDING_OVERTAKEN && key.number == tip->number + 1 &&
            key.term == tip->term) {
            err = tb_chain_decode(r->step->txn, &row, &event);
            if (err == TB_OK && tb_digest_equal(&event.previous, &tip->event)) {
                err = tb_dispute_counts(r->step->agent, r->step->txn, &row, &counts);
            }
        }
        if (err == TB_OK && counts) {
            r->followers++;
            r->follower = key;
        }
        if (err == TB_OK) {
            err = tb_event_next(r->step->txn, &walk, &key, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_dispute_resume(tb_step *step, tb_case_row *row, bool *out_resumed)
{
    resuming r = {.step = step, .row = row};
    tb_path path;
    *out_resumed = false;
    tb_err err = find_best(&r);
    if (err != TB_OK || r.best.count == 0) {
        return err;
    }
    tb_event_key tip = r.best.list[r.best.count - 1].key;
    err = find_followers(&r, &tip);
    while (err == TB_OK && r.followers == 1) {
        tip = r.follower;
        err = find_followers(&r, &tip);
    }
    if (err == TB_OK) {
        err = tb_chain_path(step->txn, &row->id, tip.number, &tip.event, &path);
    }
    if (err == TB_OK) {
        err = tb_chain_switch(step->agent, step->txn, &path, row);
    }
    /* Where two follow, which is meant only another take-over can say. */
    row->frozen = r.followers > 1;
    *out_resumed = err == TB_OK;
    return err;
}
