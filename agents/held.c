#include "agents/held.h"
#include "base/mutant.h"

#include "agents/dispute.h"
#include "agents/gap.h"
#include "agents/paper.h"
#include "agents/rows_link.h"
#include "agents/set_aside.h"
#include "base/pack.h"
#include "messages/digest.h"

/* Events placed by one release: keeps a turn's memory bounded. */
#define RELEASE_MAX 256
/* META: a release stopped at its bound, at this key. */
#define UNFINISHED "held events to go on with"

tb_digest tb_held_campaign(tb_bytes campaign, uint32_t version)
{
    uint8_t number[4];
    tb_writer w;
    tb_writer_init(&w, number, sizeof number);
    tb_put_u32(&w, version);
    const tb_bytes parts[] = {campaign, tb_bytes_of(number, sizeof number)};
    return tb_digest_parts("tongbao missing campaign", parts, 2);
}

bool tb_held_for_event(const tb_apply *apply, const tb_event *event)
{
    return tb_campaigns_find(apply->agent->campaigns, event->campaign, event->campaign_version) !=
           NULL;
}

tb_err
tb_held_add(tb_apply *apply, const tb_arrival *arrival, const tb_digest *missing, bool *out_full)
{
    uint64_t of_giver;
    tb_err err = tb_held_of(apply->txn, &arrival->giver, &of_giver);
    if (err != TB_OK) {
        return err;
    }
    *out_full = tb_store_rows(apply->txn, TB_TABLE_HELD) >= TB_HELD_BACK_MAX ||
                of_giver >= TB_HELD_BACK_GIVER_MAX;
    if (*out_full) {
        return TB_OK;
    }
    err = tb_place_put(apply, arrival, TB_STANDING_HELD_BACK);
    if (err != TB_OK) {
        return err;
    }
    return tb_held_put(apply->txn, missing, &arrival->id, apply->now.real, &arrival->giver);
}

/* An arrival again, from its row. */
static tb_err arrival_of(tb_apply *apply, const tb_digest *id, tb_arrival *out)
{
    tb_event_row row;
    tb_arrival arrival = {.id = *id};
    tb_err err = tb_event_find(apply->txn, id, &arrival.key, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    err = tb_reread_error(tb_event_decode(row.event, apply->arena, &arrival.event));
    if (err != TB_OK) {
        return err;
    }
    arrival.encoded = row.event;
    arrival.since = row.recorded;
    arrival.giver = row.sender;
    arrival.origin = (tb_origin){row.sender, row.incarnation, row.notice, row.lane};
    *out = arrival;
    return TB_OK;
}

/* Takes off the first behind *behind, which moves, that waits for an event. A row that does not
 * read, or whose event does not, is set aside: it stops nobody. */
static tb_err
take_held(tb_apply *apply, const tb_digest *missing, tb_digest *behind, tb_arrival *out)
{
    for (;;) {
        tb_party giver = {{0}};
        tb_bytes row;
        bool reads = false;
        tb_err err = tb_held_next(apply->txn, missing, behind, behind, &giver, &row);
        if (err == TB_OK) {
            reads = true;
            err = arrival_of(apply, behind, out);
            out->giver = giver;
        }
        if (err == TB_OK) {
            return tb_held_del(apply->txn, row, &giver);
        }
        if (err != TB_ERR_CORRUPT) {
            return err;
        }
        err =
            tb_set_aside(apply->agent, apply->txn, apply->now, TB_TABLE_HELD, row, apply->effects);
        if (err == TB_OK && reads) {
            err = tb_held_less(apply->txn, &giver);
        }
        if (err != TB_OK) {
            return err;
        }
    }
}

/* Places one event that waited. */
static tb_err place_again(tb_apply *apply, tb_arrival *arrival, tb_place_verdict *out)
{
    bool counts; /* or its key was cut while it waited */
    tb_event_row row = {.sender = arrival->origin.sender,
                        .incarnation = arrival->origin.incarnation,
                        .notice = arrival->origin.notice};
    tb_err err = tb_dispute_counts(apply->agent, apply->txn, &row, &counts);
    if (err == TB_OK) {
        arrival->disputed = !counts;
        err = tb_place_event(apply, arrival, out);
    }
    if (err != TB_OK) {
        return err;
    }
    switch (*out) {
    case TB_PLACE_KEPT:
        return tb_openings_settle(apply, &arrival->key);
    case TB_PLACE_WAITS:
        err =
            tb_held_put(apply->txn, &apply->missing, &arrival->id, arrival->since, &arrival->giver);
        return err == TB_OK && tb_held_for_event(apply, &arrival->event)
                   ? tb_gap_open(apply->txn, apply->now, &apply->missing, &arrival->giver,
                                 &arrival->key.case_id)
                   : err;
    case TB_PLACE_REFUSED:
        err = tb_event_del(apply->txn, &arrival->key);
        if (err != TB_OK) {
            return err;
        }
        return tb_apply_alarm(apply, apply->objection.code, arrival,
                              tb_refusal_en(apply->objection.code));
    }
    TB_UNREACHABLE();
}

/* Breadth first: what was placed may be waited for in turn. What waits for the same again stands
 * where it stood, and is passed. */
static tb_err release(tb_apply *apply, const tb_digest *first, unsigned *left)
{
    tb_digest *queue = tb_arena_array(apply->arena, (size_t)*left + 2, sizeof *queue);
    if (queue == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t from = 0;
    size_t to = 0;
    tb_digest held = {{0}};
    queue[to++] = *first;
    while (from<to && * left> 0) {
        tb_arrival arrival;
        tb_err err = take_held(apply, &queue[from], &held, &arrival);
        if (err == TB_ERR_NOT_FOUND) {
            from++;
            held = (tb_digest){{0}};
            continue;
        }
        if (err != TB_OK) {
            return err;
        }
        (*left)--;
        tb_place_verdict verdict;
        err = place_again(apply, &arrival, &verdict);
        if (err != TB_OK) {
            return err;
        }
        if (verdict == TB_PLACE_KEPT) {
            queue[to++] = held;
        }
    }
    return from < to ? tb_meta_number_put(apply->txn, UNFINISHED, 1) : TB_OK;
}

tb_err tb_held_release(tb_apply *apply, const tb_digest *arrived)
{
    if (tb_store_rows(apply->txn, TB_TABLE_HELD) == 0 || TB_MUTANT(HELD_FORGOTTEN)) {
        return TB_OK;
    }
    unsigned left = RELEASE_MAX;
    return release(apply, arrived, &left);
}

/* What the held event behind *at, which moves, waits for, and whether that is placed by now. */
static tb_err next_placed(tb_apply *apply, tb_bytes *at, tb_digest *out_missing, bool *out_placed)
{
    tb_bytes all = {NULL, 0};
    tb_bytes value;
    tb_digest held;
    tb_event_key found;
    tb_event_row row;
    tb_err err = at->size == 0 ? tb_store_seek(apply->txn, TB_TABLE_HELD, all, all, at, &value)
                               : tb_store_next(apply->txn, TB_TABLE_HELD, all, *at, at, &value);
    if (err != TB_OK && err != TB_ERR_CORRUPT) {
        return err;
    }
    if (err == TB_ERR_CORRUPT || at->size != 2 * TB_DIGEST_BYTES) {
        return tb_set_aside(apply->agent, apply->txn, apply->now, TB_TABLE_HELD, *at,
                            apply->effects);
    }
    memcpy(out_missing->bytes, at->data, TB_DIGEST_BYTES);
    memcpy(held.bytes, at->data + TB_DIGEST_BYTES, TB_DIGEST_BYTES);
    err = tb_event_find(apply->txn, &held, &found, &row);
    if (err == TB_OK) {
        err = tb_event_of_case(apply->txn, &found.case_id, out_missing, &found, &row);
    }
    *out_placed = err == TB_OK && row.standing != TB_STANDING_HELD_BACK;
    /* one whose event does not read is set aside when its turn comes */
    return err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT ? TB_OK : err;
}

/* Looks through all that is held for events whose predecessor is placed by now. */
static tb_err resume_unfinished(tb_apply *apply, unsigned *left)
{
    uint64_t unfinished;
    tb_err err = tb_meta_number(apply->txn, UNFINISHED, &unfinished);
    if (err != TB_OK || unfinished == 0) {
        return err;
    }
    err = tb_meta_number_put(apply->txn, UNFINISHED, 0);
    if (err != TB_OK) {
        return err;
    }
    tb_bytes at = {NULL, 0};
    while (err == TB_OK && *left > 0) {
        bool placed = false;
        tb_digest missing;
        err = next_placed(apply, &at, &missing, &placed);
        if (err == TB_OK && placed) {
            err = release(apply, &missing, left);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_held_resume(tb_apply *apply)
{
    if (tb_store_rows(apply->txn, TB_TABLE_HELD) == 0) {
        return TB_OK;
    }
    unsigned left = RELEASE_MAX;
    tb_err err = resume_unfinished(apply, &left);
    const tb_campaigns *campaigns = apply->agent->campaigns;
    for (size_t i = 0; err == TB_OK && i < campaigns->count; i++) {
        tb_digest waited =
            tb_held_campaign(tb_bytes_str(campaigns->list[i]->id), campaigns->list[i]->version);
        err = release(apply, &waited, &left);
    }
    return err;
}

tb_err tb_held_directory(tb_apply *apply, tb_digest *behind, bool *out_done)
{
    tb_digest directory = tb_paper_directory();
    unsigned left = RELEASE_MAX;
    *out_done = false;
    while (left > 0) {
        tb_arrival arrival;
        tb_place_verdict verdict;
        tb_err err = take_held(apply, &directory, behind, &arrival);
        if (err == TB_ERR_NOT_FOUND) {
            *out_done = true;
            return TB_OK;
        }
        if (err == TB_OK) {
            left--;
            err = place_again(apply, &arrival, &verdict);
        }
        if (err == TB_OK && verdict == TB_PLACE_KEPT) {
            err = release(apply, behind, &left);
        }
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}
