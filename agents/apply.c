#include "agents/apply.h"

#include "agents/chain.h"
#include "agents/dispute.h"
#include "agents/gap.h"
#include "agents/held.h"
#include "agents/link.h"
#include "agents/lists.h"
#include "agents/measures.h"
#include "agents/passing.h"
#include "agents/recovery.h"
#include "agents/resend.h"
#include "agents/rows_link.h"

/* ---- openings ---- */

static bool has_opening(const tb_opening *openings, size_t count, tb_bytes group)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(openings[i].group, group)) {
            return true;
        }
    }
    return false;
}

/* Keeps what is open here for the first time; *out_more when there was something. */
static tb_err keep_openings(tb_apply *apply,
                            const tb_arrival *arrival,
                            const tb_opening *openings,
                            size_t count,
                            bool known,
                            bool *out_more)
{
    const tb_event_key *event = &arrival->key;
    *out_more = false;
    tb_opening *kept = NULL;
    size_t kept_count = 0;
    tb_err err = known && count > 0 ? tb_openings_of(apply->txn, event, &kept, &kept_count) : TB_OK;
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        bool reads = false;
        if (tb_digest_equal(&openings[i].event, &event->event) &&
            !has_opening(kept, kept_count, openings[i].group)) {
            err = tb_opening_reads(apply, arrival, &openings[i], &reads);
        }
        if (err == TB_OK && reads) {
            err = tb_opening_put(apply->txn, event, &openings[i]);
            *out_more = true;
        }
    }
    return err;
}

/* Only at the end of the notice is it known who the parties of the case are, and so what was ours.
 */
static tb_err settle_later(tb_apply *apply, const tb_event_key *event)
{
    if (apply->unsettled_count == apply->unsettled_capacity) {
        size_t capacity = apply->unsettled_capacity * 2 + 4;
        tb_event_key *longer = tb_arena_array(apply->arena, capacity, sizeof *longer);
        if (longer == NULL) {
            return TB_ERR_LIMIT;
        }
        if (apply->unsettled_count > 0) {
            memcpy(longer, apply->unsettled, apply->unsettled_count * sizeof *longer);
        }
        apply->unsettled = longer;
        apply->unsettled_capacity = capacity;
    }
    apply->unsettled[apply->unsettled_count++] = *event;
    return TB_OK;
}

/* ---- an event that is here already ---- */

static tb_err reindex(tb_apply *apply, const tb_event_key *key, const tb_event_row *row)
{
    tb_case_row owner;
    tb_event event;
    tb_err err = tb_case_load(apply->agent, apply->txn, &key->case_id, &owner);
    if (err != TB_OK || owner.view.type == NULL || key->class != TB_CLASS_CHAIN) {
        return err;
    }
    err = tb_chain_decode(apply->txn, row, &event);
    if (err == TB_OK) {
        err = tb_case_index(apply->txn, &owner, &event, &key->event);
    }
    if (err == TB_OK) {
        err = tb_measures_touch(apply->agent, apply->txn, &owner);
    }
    return err == TB_OK ? tb_case_put(apply->txn, &owner, &apply->agent->self) : err;
}

static tb_err know_better(tb_apply *apply,
                          const tb_arrival *arrival,
                          const tb_event_row *row,
                          const tb_opening *openings,
                          size_t count)
{
    bool more;
    const tb_event_key *key = &arrival->key;
    tb_err err = keep_openings(apply, arrival, openings, count, true, &more);
    if (err == TB_OK && more && row->standing != TB_STANDING_HELD_BACK) {
        err = tb_openings_judge(apply, arrival);
    }
    if (err == TB_OK && more) {
        err = settle_later(apply, key);
    }
    if (err != TB_OK || !more || row->standing != TB_STANDING_EFFECTIVE) {
        return err;
    }
    err = reindex(apply, key, row);
    return err == TB_OK ? tb_apply_touch(apply, &key->case_id) : err;
}

/* An own event of a restored copy, in which no notice carried it yet, comes back with the notice
 * that did: that proves it, and its stamp dates it. So does, of an event that went out in several,
 * a notice with a stamp where the one that is kept has none, unless it is beyond a cut. */
static tb_err
proves_better(tb_apply *apply, const tb_arrival *arrival, const tb_event_row *row, bool *out)
{
    const tb_origin *origin = &arrival->origin;
    tb_event_row other = {
        .sender = origin->sender, .incarnation = origin->incarnation, .notice = origin->notice};
    tb_time kept = 0;
    tb_time stored = 0;
    bool proves = origin->notice > 0 && tb_party_equal(&arrival->event.actor, &origin->sender);
    *out = proves && row->notice == 0;
    if (!proves || *out) {
        return TB_OK;
    }
    bool counts = false;
    tb_err err = tb_pass_stored(apply->txn, row, &kept);
    if (err == TB_OK && kept == 0) {
        err = tb_pass_stored(apply->txn, &other, &stored);
    }
    if (err == TB_OK && stored > 0 && !arrival->disputed) {
        err = tb_dispute_counts(apply->agent, apply->txn, &other, &counts);
    }
    *out = counts;
    return err;
}

static tb_err prove_by(tb_apply *apply, const tb_arrival *arrival, tb_event_row *row)
{
    tb_case_row owner;
    row->sender = arrival->origin.sender;
    row->incarnation = arrival->origin.incarnation;
    row->notice = arrival->origin.notice;
    tb_err err = tb_event_update(apply->txn, &arrival->key, row);
    if (err == TB_OK) {
        err = tb_loose_del(apply->txn, &arrival->key);
    }
    if (err == TB_OK) {
        err = tb_case_load(apply->agent, apply->txn, &arrival->key.case_id, &owner);
    }
    if (err == TB_OK && owner.view.type != NULL) {
        err = tb_measures_touch(apply->agent, apply->txn, &owner);
        return err == TB_OK ? tb_case_put(apply->txn, &owner, &apply->agent->self) : err;
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err; /* it is held back */
}

/* ---- an event that is new here ---- */

static tb_err hold_back(tb_apply *apply, const tb_arrival *arrival, tb_refusal *out_refused)
{
    bool full;
    tb_digest missing = apply->missing;
    tb_err err = tb_held_add(apply, arrival, &missing, &full);
    if (err != TB_OK) {
        return err;
    }
    if (full) {
        *out_refused = TB_REFUSED_CANNOT_APPLY;
        return TB_OK;
    }
    if (tb_held_for_event(apply, &arrival->event)) {
        err = tb_gap_open(apply->txn, apply->now, &missing, &arrival->giver, &arrival->key.case_id);
        if (err != TB_OK) {
            return err;
        }
    }
    tb_effects_note(apply->effects, apply->arena, TB_LEVEL_WARN,
                    "event=held_back id=%x missing=%x actor=%p",
                    tb_bytes_of(arrival->id.bytes, TB_DIGEST_BYTES),
                    tb_bytes_of(missing.bytes, TB_DIGEST_BYTES), &arrival->event.actor);
    return tb_apply_touch(apply, &arrival->key.case_id);
}

static tb_err take_new(tb_apply *apply,
                       const tb_arrival *arrival,
                       const tb_opening *openings,
                       size_t count,
                       tb_refusal *out_refused)
{
    if (!tb_digest_equal(&arrival->event.hub, &apply->agent->hub)) {
        *out_refused = TB_REFUSED_WRONG_HUB;
        return TB_OK;
    }
    if (!tb_party_equal(&arrival->event.actor, &arrival->origin.sender)) {
        *out_refused = TB_REFUSED_NOT_SPEAKER;
        return TB_OK;
    }
    /* before it is placed, so that what it opens is indexed with it */
    bool more;
    tb_err err = keep_openings(apply, arrival, openings, count, false, &more);
    if (err != TB_OK) {
        return err;
    }
    tb_place_verdict verdict;
    apply->settled = false;
    err = tb_place_event(apply, arrival, &verdict);
    if (err != TB_OK) {
        return err;
    }
    switch (verdict) {
    case TB_PLACE_KEPT:
        err = more && !apply->settled ? settle_later(apply, &arrival->key) : TB_OK;
        return err == TB_OK ? tb_held_release(apply, &arrival->id) : err;
    case TB_PLACE_WAITS:
        err = hold_back(apply, arrival, out_refused);
        break;
    case TB_PLACE_REFUSED:
        *out_refused = apply->objection.code;
        break;
    }
    return err == TB_OK && *out_refused != TB_ACCEPTED ? tb_openings_drop(apply->txn, &arrival->key)
                                                       : err;
}

static tb_err take_event(tb_apply *apply,
                         tb_arrival *arrival,
                         const tb_opening *openings,
                         size_t count,
                         tb_refusal *out_refused)
{
    tb_event_row row;
    arrival->key = tb_event_key_of(&arrival->event, &arrival->id);
    bool better = false;
    tb_err err = tb_event_get(apply->txn, &arrival->key, &row);
    if (err == TB_OK) {
        err = proves_better(apply, arrival, &row, &better);
    }
    if (err == TB_OK && better) {
        err = prove_by(apply, arrival, &row);
    }
    if (err == TB_OK) {
        return know_better(apply, arrival, &row, openings, count);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    arrival->since = apply->now.real;
    err = take_new(apply, arrival, openings, count, out_refused);
    if (err != TB_OK || *out_refused == TB_ACCEPTED) {
        return err;
    }
    return tb_apply_alarm(apply, *out_refused, arrival, tb_refusal_en(*out_refused));
}

/* ---- the notice ---- */

/* Another copy of this agent used the name; what our copy said under it was sent anew when it
 * recovered (resend_anew.c). */
static tb_err of_our_old_copy(tb_apply *apply, const tb_header *header, bool *out)
{
    tb_incarnation incarnation;
    *out = false;
    if (!tb_party_equal(&header->sender, &apply->agent->self)) {
        return TB_OK;
    }
    tb_err err = tb_meta_incarnation(apply->txn, &incarnation);
    *out = err == TB_OK && tb_incarnation_compare(&header->incarnation, &incarnation) < 0;
    return err;
}

/* One notice name, two headers: their sender told us something else than others. */
static tb_err find_fork(tb_apply *apply,
                        const tb_passed *passed,
                        const tb_header *header,
                        const tb_arrival *arrival,
                        tb_refusal *out_refused)
{
    tb_proof_row held;
    tb_err err =
        tb_proof_head(apply->txn, &header->sender, &header->incarnation, header->notice, &held);
    if (err != TB_OK || tb_bytes_equal(held.header, passed->header)) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    bool ours = false;
    err = of_our_old_copy(apply, header, &ours);
    if (err != TB_OK || ours) {
        return err == TB_OK ? tb_pass_replace(apply->txn, passed, header) : err;
    }
    tb_alarm_row alarm = {
        .code = TB_REFUSED_FORK,
        .at = apply->now.real,
        .party = header->sender,
        .number = header->notice,
        .digest = arrival->id,
        .text = tb_bytes_str("Two headers under one notice number; both are kept as evidence."),
        .evidence = {passed->header, held.header},
        .stream = {.lane = header->lane},
    };
    *out_refused = TB_REFUSED_FORK;
    return tb_alarm_raise(apply->agent, apply->txn, &alarm, apply->effects);
}

static tb_err take_passed(tb_apply *apply,
                          const tb_incoming *incoming,
                          size_t i,
                          tb_refusal *out_refused,
                          tb_digest *out_event)
{
    const tb_passed *passed = &incoming->passed[i];
    tb_header header;
    tb_arrival arrival = {.encoded = passed->event,
                          .id = tb_event_id(passed->event),
                          .giver = incoming->header->sender,
                          .disputed = incoming->beyond_cut != NULL && incoming->beyond_cut[i]};
    *out_event = arrival.id;
    *out_refused = tb_header_decode(passed->header, apply->arena, &header);
    if (*out_refused == TB_ACCEPTED) {
        *out_refused = tb_event_decode(passed->event, apply->arena, &arrival.event);
    }
    if (*out_refused != TB_ACCEPTED) {
        return TB_OK;
    }
    tb_err err = find_fork(apply, passed, &header, &arrival, out_refused);
    if (err != TB_OK || *out_refused != TB_ACCEPTED) {
        return err;
    }
    err = tb_pass_keep(apply->txn, passed, &header);
    if (err != TB_OK) {
        return err;
    }
    arrival.origin = (tb_origin){header.sender, header.incarnation, header.notice, header.lane};
    return take_event(apply, &arrival, passed->openings, passed->opening_count, out_refused);
}

/* What is resent stands each for itself: one that is refused keeps nothing back of the others, and
 * the refusal names the first. */
static tb_err take_earlier(tb_apply *apply,
                           const tb_incoming *incoming,
                           tb_refusal *out_refused,
                           tb_digest *out_event)
{
    for (size_t i = 0; i < incoming->passed_count; i++) {
        tb_refusal refused = TB_ACCEPTED;
        tb_digest event;
        tb_err err = take_passed(apply, incoming, i, &refused, &event);
        if (err != TB_OK) {
            return err;
        }
        if (refused != TB_ACCEPTED && *out_refused == TB_ACCEPTED) {
            *out_refused = refused;
            *out_event = event;
        }
        if (*out_refused != TB_ACCEPTED && !incoming->has_resend) {
            return TB_OK;
        }
    }
    return TB_OK;
}

static tb_err take_own(tb_apply *apply,
                       const tb_incoming *incoming,
                       size_t i,
                       tb_refusal *out_refused,
                       tb_digest *out_event)
{
    const tb_header *header = incoming->header;
    tb_arrival arrival = {
        .encoded = incoming->events[i],
        .event = incoming->decoded[i],
        .id = incoming->ids[i],
        .origin = {header->sender, header->incarnation, header->notice, header->lane},
        .giver = header->sender,
    };
    *out_event = arrival.id;
    tb_err err =
        take_event(apply, &arrival, incoming->openings, incoming->opening_count, out_refused);
    bool opened = arrival.since != 0 && arrival.event.number == 1;
    if (err != TB_OK || *out_refused != TB_ACCEPTED || !opened) {
        return err;
    }
    tb_bytes stamp;
    tb_time stored = 0;
    err = tb_pass_stamp(apply->txn, header, &stamp, &stored);
    return err == TB_OK || err == TB_ERR_NOT_FOUND
               ? tb_recovery_free_new(apply->txn, apply->now, &arrival.key.case_id, stored)
               : err;
}

static tb_err take_all(tb_apply *apply,
                       const tb_incoming *incoming,
                       tb_refusal *out_refused,
                       tb_digest *out_event)
{
    tb_err err = take_earlier(apply, incoming, out_refused, out_event);
    for (size_t i = 0; err == TB_OK && *out_refused == TB_ACCEPTED && i < incoming->event_count;
         i++) {
        err = take_own(apply, incoming, i, out_refused, out_event);
    }
    if (err != TB_OK || !incoming->has_resend) {
        return err;
    }
    tb_refusal refused;
    err = tb_resend_take(apply->agent, apply->txn, apply->now, incoming, apply->effects, &refused);
    if (err == TB_OK && *out_refused == TB_ACCEPTED) {
        *out_refused = refused;
    }
    return err;
}

static tb_err settle_all(tb_apply *apply)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < apply->unsettled_count; i++) {
        err = tb_openings_settle(apply, &apply->unsettled[i]);
    }
    return err;
}

static tb_err tell(tb_apply *apply)
{
    bool wanted = apply->agent->watched || tb_lists_any(apply->agent);
    for (size_t i = 0; wanted && i < apply->touched_count; i++) {
        tb_case_row row;
        tb_err err = tb_case_load(apply->agent, apply->txn, &apply->touched[i], &row);
        if (err == TB_OK) {
            err = tb_lists_follow(apply->agent, apply->txn, &row);
        }
        if (err == TB_OK) {
            err = tb_case_changed(apply->agent, apply->txn, &row, apply->effects);
        }
        if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
            return err;
        }
    }
    return TB_OK;
}

tb_err tb_apply_resume(tb_agent *agent, tb_txn *txn, tb_now now, tb_effects *effects)
{
    if (tb_store_rows(txn, TB_TABLE_HELD) == 0) {
        return TB_OK;
    }
    tb_apply apply = {
        .agent = agent, .txn = txn, .arena = tb_txn_arena(txn), .now = now, .effects = effects};
    tb_err err = tb_held_resume(&apply);
    return err == TB_OK ? tell(&apply) : err;
}

tb_err tb_apply_directory(tb_apply *apply, tb_digest *behind, bool *out_done)
{
    tb_err err = tb_held_directory(apply, behind, out_done);
    return err == TB_OK ? tell(apply) : err;
}

tb_err tb_apply_notice(tb_agent *agent,
                       tb_txn *txn,
                       tb_now now,
                       const tb_incoming *incoming,
                       tb_effects *effects,
                       tb_refusal *out_refused,
                       tb_digest *out_event)
{
    tb_apply apply = {
        .agent = agent, .txn = txn, .arena = tb_txn_arena(txn), .now = now, .effects = effects};
    tb_refusal refused = TB_ACCEPTED;
    tb_digest event = {{0}};
    tb_err err = tb_held_resume(&apply);
    if (err == TB_OK) {
        err = take_all(&apply, incoming, &refused, &event);
    }
    if (err == TB_OK) {
        err = settle_all(&apply);
    }
    if (err == TB_OK) {
        err = tell(&apply);
    }
    if (err != TB_OK) {
        return err;
    }
    *out_refused = refused;
    *out_event = event;
    return TB_OK;
}
