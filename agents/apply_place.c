#include "agents/apply.h"
#include "agents/aside.h"
#include "agents/automatic.h"
#include "agents/chain.h"
#include "agents/dispute.h"
#include "agents/document_numbers.h"
#include "agents/duties.h"
#include "agents/held.h"
#include "agents/lapses.h"
#include "agents/link.h"
#include "agents/measures.h"
#include "agents/paper.h"
#include "agents/side.h"
#include "base/mutant.h"

/* ---- verdicts ---- */

static tb_err refuse(tb_apply *apply, tb_refusal code, tb_place_verdict *out)
{
    apply->objection = (tb_objection){.code = code};
    *out = TB_PLACE_REFUSED;
    return TB_OK;
}

static tb_err wait_for(tb_apply *apply, const tb_digest *missing, tb_place_verdict *out)
{
    apply->missing = *missing;
    *out = TB_PLACE_WAITS;
    return TB_OK;
}

/* Leaves the objection in apply; *out_fine false when there is one. */
static tb_err
judge(tb_apply *apply, const tb_case_view *view, const tb_event *event, bool *out_fine)
{
    const tb_directory *directory = tb_agent_directory(apply->agent, event->directory_version);
    tb_err err;
    if (event->kind == TB_EVENT_VERSION) {
        const tb_campaign *to =
            tb_campaigns_find(apply->agent->campaigns, event->campaign, event->campaign_version);
        err = tb_judge_move_event(view, to, directory, event, apply->arena, &apply->objection);
    } else {
        err = tb_judge_event(view, directory, event, apply->arena, &apply->objection);
    }
    if (err == TB_OK) {
        *out_fine = apply->objection.code == TB_ACCEPTED;
    }
    return err;
}

/* ---- writing ---- */

tb_err tb_place_put(tb_apply *apply, const tb_arrival *arrival, tb_standing standing)
{
    tb_event_row row = {
        .event = arrival->encoded,
        .standing = standing,
        .lane = arrival->origin.lane,
        .recorded = arrival->since,
        .sender = arrival->origin.sender,
        .incarnation = arrival->origin.incarnation,
        .notice = arrival->origin.notice,
    };
    tb_err err = tb_document_number_note(apply->agent, apply->txn, &arrival->event);
    if (err == TB_OK && standing != TB_STANDING_HELD_BACK) {
        err = tb_openings_judge(apply, arrival);
    }
    return err == TB_OK ? tb_event_put(apply->txn, &arrival->key, &row) : err;
}

static tb_err
keep(tb_apply *apply, const tb_arrival *arrival, tb_standing standing, tb_place_verdict *out)
{
    *out = TB_PLACE_KEPT;
    tb_err err = tb_place_put(apply, arrival, standing);
    return err == TB_OK ? tb_apply_touch(apply, &arrival->key.case_id) : err;
}

/* Of no effect: the chain went on without it, and whoever it was for is to learn so. */
static tb_err
overtaken(tb_apply *apply, const tb_case_row *row, const tb_arrival *arrival, tb_place_verdict *out)
{
    tb_err err = keep(apply, arrival, TB_STANDING_OVERTAKEN, out);
    return err == TB_OK ? tb_aside_late(apply->agent, apply->txn, row, &arrival->event) : err;
}

/* Whether every group of an event is this party's to read now: then its openings need no second
 * look. */
static bool reads_all(const tb_apply *apply, const tb_case_view *view, const tb_event *event)
{
    if (event->commitment_count == 0) {
        return true;
    }
    uint32_t readable = tb_case_readable(apply->agent, view, &apply->agent->self);
    for (size_t i = 0; i < event->commitment_count; i++) {
        if ((tb_case_group_bit(view, event->commitments[i].group) & readable) == 0) {
            return false;
        }
    }
    return true;
}

static tb_err
take_effect(tb_apply *apply, tb_case_row *row, const tb_arrival *arrival, tb_place_verdict *out)
{
    tb_err err = keep(apply, arrival, TB_STANDING_EFFECTIVE, out);
    if (err == TB_OK) {
        err = tb_case_fold(apply->agent, apply->arena, row, &arrival->event, &arrival->id);
    }
    if (err == TB_OK) {
        err = arrival->event.kind == TB_EVENT_VERSION
                  ? tb_chain_index(apply->txn, row)
                  : tb_case_index(apply->txn, row, &arrival->event, &arrival->id);
    }
    if (err == TB_OK) {
        err = tb_side_seen(apply->txn, &arrival->event);
    }
    if (err == TB_OK) {
        err = tb_duties_follow(apply->agent, apply->txn, row, &arrival->event, &arrival->id);
    }
    if (err == TB_OK) {
        err = tb_measures_touch(apply->agent, apply->txn, row);
    }
    if (err == TB_OK) {
        err = tb_aside_regained(apply->agent, apply->txn, &arrival->key, &arrival->event,
                                &arrival->giver);
    }
    if (err == TB_OK) {
        err = tb_automatic_follow(apply->agent, apply->txn, row);
    }
    apply->settled = err == TB_OK && reads_all(apply, &row->view, &arrival->event);
    return err == TB_OK ? tb_case_put(apply->txn, row, &apply->agent->self) : err;
}

/* ---- the opening event ---- */

/* What decodes with number 1 opens a case: it names none, and nothing comes before it. */
static tb_err place_opening(tb_apply *apply, const tb_arrival *arrival, tb_place_verdict *out)
{
    const tb_event *event = &arrival->event;
    tb_case_row row;
    tb_err err = tb_case_get(apply->txn, &arrival->key.case_id, &row);
    if (err != TB_ERR_NOT_FOUND) {
        return err == TB_OK ? refuse(apply, TB_REFUSED_FORK, out) : err;
    }
    row = (tb_case_row){.id = arrival->key.case_id, .lane = arrival->origin.lane};
    row.view.campaign =
        tb_campaigns_find(apply->agent->campaigns, event->campaign, event->campaign_version);
    bool fine;
    err = judge(apply, &row.view, event, &fine);
    if (err != TB_OK) {
        return err;
    }
    if (!fine) {
        *out = TB_PLACE_REFUSED;
        return TB_OK;
    }
    return take_effect(apply, &row, arrival, out);
}

/* ---- behind another event ---- */

typedef struct place_after {
    tb_case_row row;    /* the case now */
    tb_case_row before; /* the case as it was behind the predecessor */
    tb_event_key previous;
    tb_standing previous_standing;
} place_after;

static tb_err case_behind(tb_apply *apply, place_after *after)
{
    if (tb_digest_equal(&after->previous.event, &after->row.view.head)) {
        after->before = after->row;
        return TB_OK;
    }
    tb_path path;
    tb_err err = tb_chain_path(apply->txn, &after->previous.case_id, after->previous.number,
                               &after->previous.event, &path);
    if (err != TB_OK) {
        return err;
    }
    return tb_chain_replay(apply->agent, apply->txn, &path, path.count, &after->row,
                           &after->before);
}

static tb_err freeze(tb_apply *apply,
                     place_after *after,
                     const tb_arrival *arrival,
                     tb_refusal why,
                     const char *text)
{
    tb_err err = tb_apply_alarm(apply, why, arrival, text);
    if (err != TB_OK) {
        return err;
    }
    after->row.frozen = true;
    return tb_case_put(apply->txn, &after->row, &apply->agent->self);
}

/* Two events claim one place. Which of them is meant only a take-over can say. */
static tb_err
place_fork(tb_apply *apply, place_after *after, const tb_arrival *arrival, tb_place_verdict *out)
{
    tb_err err = keep(apply, arrival, TB_STANDING_FORKED, out);
    return err != TB_OK ? err
                        : freeze(apply, after, arrival, TB_REFUSED_FORK,
                                 "The case forked: two events follow the same one. It is frozen.");
}

/* Nothing stands on what nobody vouches for; who takes over names the last event that counts. Where
 * the chain has gone on without it, nothing is to be settled any more. */
static tb_err place_disputed(tb_apply *apply,
                             place_after *after,
                             const tb_arrival *arrival,
                             tb_place_verdict *out)
{
    tb_err err = keep(apply, arrival, TB_STANDING_DISPUTED, out);
    bool newest = tb_digest_equal(&after->previous.event, &after->row.view.head);
    return err != TB_OK || !newest || after->row.frozen
               ? err
               : freeze(apply, after, arrival, TB_REFUSED_BEYOND_CUT,
                        tb_refusal_en(TB_REFUSED_BEYOND_CUT));
}

/* An ordinary step, judged and found allowed where it stands. */
static tb_err
place_step(tb_apply *apply, place_after *after, const tb_arrival *arrival, tb_place_verdict *out)
{
    if (arrival->event.term < after->row.view.term ||
        after->previous_standing == TB_STANDING_OVERTAKEN) {
        return overtaken(apply, &after->row, arrival, out);
    }
    if (after->previous_standing == TB_STANDING_FORKED) {
        return keep(apply, arrival, TB_STANDING_FORKED, out);
    }
    if (!tb_digest_equal(&after->previous.event, &after->row.view.head)) {
        return place_fork(apply, after, arrival, out);
    }
    if (after->row.frozen) {
        return keep(apply, arrival, TB_STANDING_FORKED, out);
    }
    return take_effect(apply, &after->row, arrival, out);
}

/* The take-over that rules the term now, if the arrival goes before it. */
static tb_err
goes_before(tb_apply *apply, const place_after *after, const tb_arrival *arrival, bool *out)
{
    tb_path path;
    tb_err err = tb_chain_to_head(apply->txn, &after->row, &path);
    if (err != TB_OK) {
        return err;
    }
    *out = true;
    for (size_t i = 0; i < path.count; i++) {
        const tb_chain_event *ruling = &path.list[i];
        if (ruling->event.kind != TB_EVENT_TAKE_OVER || ruling->event.term != arrival->event.term) {
            continue;
        }
        tb_case_row then;
        err = tb_chain_replay(apply->agent, apply->txn, &path, i, &after->row, &then);
        if (err != TB_OK) {
            return err;
        }
        tb_chain_event challenger = {.id = arrival->id, .event = arrival->event};
        *out =
            tb_chain_precedes(apply->agent, &after->before.view, &challenger, &then.view, ruling);
    }
    return TB_OK;
}

/* Beyond a cut itself, or built on a branch that is: whoever knew of the cut before the chain went
 * on without that branch has it for disputed, and so must all. */
static tb_err
hangs_on_cut(tb_apply *apply, const place_after *after, const tb_arrival *arrival, bool *out)
{
    tb_path path;
    bool counts = true;
    *out = arrival->disputed;
    if (*out || after->previous_standing == TB_STANDING_EFFECTIVE) {
        return TB_OK;
    }
    tb_err err = tb_chain_path(apply->txn, &after->previous.case_id, after->previous.number,
                               &after->previous.event, &path);
    if (err == TB_OK) {
        err = tb_dispute_path(apply->agent, apply->txn, &path, &counts);
    }
    *out = !counts;
    return err;
}

static tb_err place_take_over(tb_apply *apply,
                              place_after *after,
                              const tb_arrival *arrival,
                              tb_place_verdict *out)
{
    uint32_t term = after->row.view.term;
    bool wins = arrival->event.term > term && !TB_MUTANT(TAKE_OVER_IGNORED);
    bool hangs = false;
    tb_err err = hangs_on_cut(apply, after, arrival, &hangs);
    if (err == TB_OK && hangs && after->previous_standing == TB_STANDING_FORKED) {
        return place_disputed(apply, after, arrival, out);
    }
    if (err == TB_OK && arrival->event.term == term) {
        err = goes_before(apply, after, arrival, &wins);
    }
    if (err != TB_OK || !wins || hangs) {
        return err == TB_OK ? overtaken(apply, &after->row, arrival, out) : err;
    }
    err = keep(apply, arrival, TB_STANDING_EFFECTIVE, out);
    if (err != TB_OK) {
        return err;
    }
    tb_path path;
    err =
        tb_chain_path(apply->txn, &arrival->key.case_id, arrival->key.number, &arrival->id, &path);
    if (err == TB_OK) {
        err = tb_chain_switch(apply->agent, apply->txn, &path, &after->row);
    }
    if (err == TB_OK) {
        err = tb_aside_note(apply->agent, apply->txn, &arrival->key, &arrival->event);
    }
    if (err == TB_OK) {
        err = tb_duties_anew(apply->agent, apply->txn, &path, &after->row);
    }
    if (err == TB_OK) {
        err = tb_measures_touch(apply->agent, apply->txn, &after->row);
    }
    if (err == TB_OK) {
        err = tb_automatic_follow(apply->agent, apply->txn, &after->row);
    }
    return err == TB_OK ? tb_case_put(apply->txn, &after->row, &apply->agent->self) : err;
}

static bool follows(const place_after *after, const tb_arrival *arrival)
{
    const tb_event *event = &arrival->event;
    uint32_t step = event->kind == TB_EVENT_TAKE_OVER ? 1 : 0;
    return event->term == after->previous.term + step &&
           tb_bytes_equal(event->campaign, after->row.campaign);
}

/* Pinned to the version of what comes before it, not to the newest the case has here: a take-over
 * may build on what came before a move. Which version a move may name the judge says. */
static bool same_version(const place_after *after, const tb_event *event)
{
    return event->kind == TB_EVENT_VERSION ||
           event->campaign_version == after->before.campaign_version;
}

/* Looks for the lapse that a take-over may need as its ground, among what it lists. */
static tb_err
find_ground(tb_apply *apply, place_after *after, const tb_event *event, tb_ground *out)
{
    tb_case_view *view = &after->before.view;
    *out = (tb_ground){.found = false};
    if (event->kind != TB_EVENT_TAKE_OVER || view->type == NULL ||
        !tb_lapse_may_ground(view->type, event->action)) {
        return TB_OK;
    }
    tb_path path;
    tb_err err = tb_chain_path(apply->txn, &after->previous.case_id, after->previous.number,
                               &after->previous.event, &path);
    if (err == TB_OK) {
        err = tb_lapse_ground(apply->agent, apply->txn, &path, view, event->action, event->seen,
                              event->seen_count, out);
    }
    if (err == TB_OK) {
        view->lapsed = out->found;
    }
    return err;
}

/* The predecessor is here, at another place of its case than the event says: it will never fit, and
 * is not waited for. */
static tb_err misplaced(tb_apply *apply, const tb_event *event, bool *out)
{
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_of_case(apply->txn, &event->case_id, &event->previous, &key, &row);
    *out = err == TB_OK;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err place_next(tb_apply *apply, const tb_arrival *arrival, tb_place_verdict *out)
{
    const tb_event *event = &arrival->event;
    place_after after;
    tb_event_row previous;
    tb_err err = tb_event_in_case(apply->txn, &event->case_id, TB_CLASS_CHAIN, event->number - 1,
                                  &event->previous, &after.previous, &previous);
    bool never = false;
    if (err == TB_ERR_NOT_FOUND) {
        tb_err looked = misplaced(apply, event, &never);
        err = looked == TB_OK ? err : looked;
    }
    if (never) {
        return refuse(apply, TB_REFUSED_MALFORMED, out);
    }
    if (err == TB_ERR_NOT_FOUND || (err == TB_OK && previous.standing == TB_STANDING_HELD_BACK)) {
        return wait_for(apply, &event->previous, out);
    }
    if (err != TB_OK) {
        return err;
    }
    after.previous_standing = previous.standing;
    err = tb_case_load(apply->agent, apply->txn, &after.previous.case_id, &after.row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    if (!follows(&after, arrival)) {
        return refuse(apply, TB_REFUSED_MALFORMED, out);
    }
    err = case_behind(apply, &after);
    if (err != TB_OK) {
        return err;
    }
    if (!same_version(&after, event)) {
        return refuse(apply, TB_REFUSED_MALFORMED, out);
    }
    bool fine;
    tb_ground ground;
    err = find_ground(apply, &after, event, &ground);
    if (err == TB_OK) {
        err = judge(apply, &after.before.view, event, &fine);
    }
    if (err != TB_OK) {
        return err;
    }
    if (!fine && apply->objection.code == TB_REFUSED_NO_LAPSE && ground.missing) {
        return wait_for(apply, &ground.first_missing, out);
    }
    if (!fine) {
        *out = TB_PLACE_REFUSED;
        return TB_OK;
    }
    if (after.previous_standing == TB_STANDING_DISPUTED ||
        (after.previous_standing == TB_STANDING_EFFECTIVE && arrival->disputed)) {
        return place_disputed(apply, &after, arrival, out);
    }
    if (event->kind == TB_EVENT_TAKE_OVER) {
        return place_take_over(apply, &after, arrival, out);
    }
    return place_step(apply, &after, arrival, out);
}

/* *out_done: it waits for a directory, or is refused by the one it names. */
static tb_err
place_paper(tb_apply *apply, const tb_arrival *arrival, tb_place_verdict *out, bool *out_done)
{
    bool waits = false;
    bool fine = true;
    *out_done = false;
    if (!tb_event_on_paper(&arrival->event)) {
        return TB_OK;
    }
    tb_err err = tb_paper_check(apply, &arrival->event, &waits, &fine);
    if (err != TB_OK || fine) {
        return err;
    }
    *out_done = true;
    if (!waits) {
        *out = TB_PLACE_REFUSED;
        return TB_OK;
    }
    tb_digest missing = tb_paper_directory();
    return wait_for(apply, &missing, out);
}

tb_err tb_place_event(tb_apply *apply, const tb_arrival *arrival, tb_place_verdict *out)
{
    const tb_event *event = &arrival->event;
    if (tb_campaigns_find(apply->agent->campaigns, event->campaign, event->campaign_version) ==
        NULL) {
        tb_digest missing = tb_held_campaign(event->campaign, event->campaign_version);
        return wait_for(apply, &missing, out);
    }
    if (arrival->disputed && (event->kind == TB_EVENT_SIDE || event->number == 1)) {
        return refuse(apply, TB_REFUSED_KEY_REVOKED, out); /* it leaves no chain to be frozen */
    }
    bool done;
    tb_err err = place_paper(apply, arrival, out, &done);
    if (err != TB_OK || done) {
        return err;
    }
    if (event->kind == TB_EVENT_SIDE) {
        return tb_side_place(apply, arrival, out);
    }
    if (event->number == 1) {
        return place_opening(apply, arrival, out);
    }
    return place_next(apply, arrival, out);
}

/* ---- telling ---- */

tb_err tb_apply_touch(tb_apply *apply, const tb_case_id *id)
{
    for (size_t i = 0; i < apply->touched_count; i++) {
        if (tb_case_equal(&apply->touched[i], id)) {
            return TB_OK;
        }
    }
    if (apply->touched_count == apply->touched_capacity) {
        size_t capacity = apply->touched_capacity * 2 + 4;
        tb_case_id *longer = tb_arena_array(apply->arena, capacity, sizeof *longer);
        if (longer == NULL) {
            return TB_ERR_LIMIT;
        }
        if (apply->touched_count > 0) {
            memcpy(longer, apply->touched, apply->touched_count * sizeof *longer);
        }
        apply->touched = longer;
        apply->touched_capacity = capacity;
    }
    apply->touched[apply->touched_count++] = *id;
    return TB_OK;
}

tb_err tb_apply_alarm(tb_apply *apply, tb_refusal code, const tb_arrival *arrival, const char *text)
{
    tb_alarm_row alarm = {
        .code = code,
        .at = apply->now.real,
        .party = arrival->event.actor,
        .number = arrival->event.number,
        .digest = arrival->id,
        .text = tb_bytes_str(text),
        .stream = {.lane = arrival->origin.lane == 0 ? TB_LANE_NORMAL : arrival->origin.lane},
    };
    return tb_alarm_raise(apply->agent, apply->txn, &alarm, apply->effects);
}
