#include "agents/held.h"
#include "base/mutant.h"

#include "agents/dispute.h"
#include "agents/gap.h"
#include "agents/paper.h"
#include "agents/rows_link.h"
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
    if (tb_event_decode(row.event, apply->arena, &arrival.event) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    arrival.encoded = row.event;
    arrival.since = row.recorded;
    arrival.giver = row.sender;
    arrival.origin = (tb_origin){row.sender, row.incarnation, row.notice, row.lane};
    *out = arrival;
    return TB_OK;
}

/* Places one event that waited. */
static tb_err
place_again(tb_apply *apply, const tb_digest *id, const tb_party *giver, tb_place_verdict *out)
{
    tb_arrival arrival;
    tb_err err = arrival_of(apply, id, &arrival);
    if (err != TB_OK) {
        return err;
    }
    bool counts; /* or its key was cut while it waited */
    tb_event_row row = {.sender = arrival.origin.sender,
                        .incarnation = arrival.origin.incarnation,
                        .notice = arrival.origin.notice};
    arrival.giver = *giver;
    err = tb_dispute_counts(apply->agent, apply->txn, &row, &counts);
    if (err == TB_OK) {
        arrival.disputed = !counts;
        err = tb_place_event(apply, &arrival, out);
    }
    if (err != TB_OK) {
        return err;
    }
    switch (*out) {
    case TB_PLACE_KEPT:
        return tb_openings_settle(apply, &arrival.key);
    case TB_PLACE_WAITS:
        err = tb_held_put(apply->txn, &apply->missing, id, arrival.since, giver);
        return err == TB_OK && tb_held_for_event(apply, &arrival.event)
                   ? tb_gap_open(apply->txn, apply->now, &apply->missing, giver,
                                 &arrival.key.case_id)
                   : err;
    case TB_PLACE_REFUSED:
        err = tb_event_del(apply->txn, &arrival.key);
        if (err != TB_OK) {
            return err;
        }
        return tb_apply_alarm(apply, apply->objection.code, &arrival,
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
        tb_party giver;
        tb_err err = tb_held_take(apply->txn, &queue[from], &held, &held, &giver);
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
        err = place_again(apply, &held, &giver, &verdict);
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
    tb_bytes key;
    tb_bytes value;
    tb_bytes all = tb_bytes_of(NULL, 0);
    err = tb_store_seek(apply->txn, TB_TABLE_HELD, all, all, &key, &value);
    while (err == TB_OK && *left > 0) {
        if (key.size != 2 * TB_DIGEST_BYTES) {
            return TB_ERR_CORRUPT;
        }
        tb_digest missing;
        tb_digest held;
        memcpy(missing.bytes, key.data, TB_DIGEST_BYTES);
        memcpy(held.bytes, key.data + TB_DIGEST_BYTES, TB_DIGEST_BYTES);
        tb_event_key found;
        tb_event_row row;
        err = tb_event_find(apply->txn, &held, &found, &row);
        if (err == TB_OK) {
            err = tb_event_of_case(apply->txn, &found.case_id, &missing, &found, &row);
        }
        if (err == TB_OK && row.standing != TB_STANDING_HELD_BACK) {
            err = release(apply, &missing, left);
        }
        if (err == TB_OK || err == TB_ERR_NOT_FOUND) {
            err = tb_store_next(apply->txn, TB_TABLE_HELD, all, key, &key, &value);
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
        tb_party giver;
        tb_place_verdict verdict;
        tb_err err = tb_held_take(apply->txn, &directory, behind, behind, &giver);
        if (err == TB_ERR_NOT_FOUND) {
            *out_done = true;
            return TB_OK;
        }
        if (err == TB_OK) {
            left--;
            err = place_again(apply, behind, &giver, &verdict);
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
