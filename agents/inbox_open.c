/* inbox_open - what a sealed body holds for us, decoded and checked against its header. */
#include "agents/inbox.h"

#include "messages/parts.h"

/* What opening and decoding a notice may need of the arena, so that want of memory is never taken
 * for the sender's fault. */
#define OPEN_ROOM_FACTOR 24
#define OPEN_ROOM_LEAST  (256u * 1024)

/* ---- the key ---- */

static tb_err agreement_of(tb_step *step,
                           const tb_header *header,
                           const tb_entry *entry,
                           const tb_agreement **out,
                           tb_refusal *out_refused)
{
    const tb_agent_keys *keys = &step->agent->keys;
    tb_work *work;
    tb_err err = tb_work_of(step, &work);
    if (err != TB_OK) {
        return err;
    }
    for (size_t i = 0; i < work->key_count; i++) {
        if (tb_key_id_equal(&work->keys[i].key, &entry->sealing_key) &&
            memcmp(&work->keys[i].agreement.ephemeral, &header->ephemeral,
                   sizeof header->ephemeral) == 0) {
            *out = &work->keys[i].agreement;
            *out_refused = TB_ACCEPTED;
            return TB_OK;
        }
    }
    const tb_seal_pair *pair = NULL;
    for (size_t i = 0; i < keys->seal_count; i++) {
        if (tb_key_id_equal(&keys->seal_id[i], &entry->sealing_key)) {
            pair = keys->seal[i];
        }
    }
    if (pair == NULL) {
        *out_refused = TB_REFUSED_KEY_RETIRED;
        return TB_OK;
    }
    void *list = work->keys;
    err =
        tb_work_room(step->arena, &list, work->key_count, &work->key_capacity, sizeof *work->keys);
    if (err != TB_OK) {
        return err;
    }
    work->keys = list;
    tb_opened_key *made = &work->keys[work->key_count];
    made->key = entry->sealing_key;
    if (!tb_seal_agree_recipient(&made->agreement, pair, &header->ephemeral)) {
        *out_refused = TB_REFUSED_CANNOT_OPEN;
        return TB_OK;
    }

    work->key_count++;
    *out = &made->agreement;
    *out_refused = TB_ACCEPTED;
    return TB_OK;
}

/* ---- the parts ---- */

/* All openings and passed events of the parts we may read. */
typedef struct findings {
    tb_opening *openings;
    size_t opening_count;
    size_t opening_capacity;
    tb_passed *passed;
    size_t passed_count;
    size_t passed_capacity;
} findings;

/* What one part holds, behind what others held; of the first, most often the only one, the list
 * itself is taken. */
static tb_err add_all(tb_arena *arena,
                      void **list,
                      size_t *count,
                      size_t *capacity,
                      void *more,
                      size_t n,
                      size_t each)
{
    if (*count == 0) {
        *list = more;
        *count = n;
        *capacity = n;
        return TB_OK;
    }
    for (size_t i = 0; i < n; i++) {
        tb_err err = tb_work_room(arena, list, *count, capacity, each);
        if (err != TB_OK) {
            return err;
        }
        memcpy((uint8_t *)*list + *count * each, (const uint8_t *)more + i * each, each);
        (*count)++;
    }
    return TB_OK;
}

/* A part behind the first: openings of one group, or earlier events. Their first fields differ in
 * length, so no bytes decode as both. */
static tb_err read_part(tb_step *step, tb_bytes part, findings *found, tb_refusal *out_refused)
{
    tb_opening *openings;
    tb_passed *passed;
    size_t count = 0;
    tb_err err = TB_OK;

    if (tb_part_openings_decode(part, step->arena, &openings, &count) == TB_ACCEPTED) {
        void *list = found->openings;
        err = add_all(step->arena, &list, &found->opening_count, &found->opening_capacity, openings,
                      count, sizeof *openings);
        found->openings = list;
        *out_refused = TB_ACCEPTED;
        return err;
    }
    tb_refusal refused = tb_part_passed_decode(part, step->arena, &passed, &count);
    if (refused == TB_ACCEPTED) {
        void *list = found->passed;
        err = add_all(step->arena, &list, &found->passed_count, &found->passed_capacity, passed,
                      count, sizeof *passed);
        found->passed = list;
    }
    *out_refused = refused;
    return err;
}

static tb_err
read_events(tb_step *step, const tb_header *header, tb_incoming *incoming, tb_refusal *out_refused)
{
    size_t count = incoming->event_count;
    incoming->decoded = tb_arena_array(step->arena, count + 1, sizeof *incoming->decoded);
    incoming->ids = tb_arena_array(step->arena, count + 1, sizeof *incoming->ids);
    if (incoming->decoded == NULL || incoming->ids == NULL) {
        return TB_ERR_LIMIT;
    }

    tb_refusal refused = TB_ACCEPTED;
    for (size_t i = 0; i < count && refused == TB_ACCEPTED; i++) {
        incoming->ids[i] = tb_event_id(incoming->events[i]);
        refused = tb_event_decode(incoming->events[i], step->arena, &incoming->decoded[i]);
        if (refused == TB_ACCEPTED &&
            !tb_digest_equal(&incoming->decoded[i].hub, &step->agent->hub)) {
            refused = TB_REFUSED_WRONG_HUB;
        }
    }
    tb_digest ids = tb_events_digest(incoming->ids, count);
    if (refused == TB_ACCEPTED && !tb_digest_equal(&ids, &header->events)) {
        refused = TB_REFUSED_PROOF;
    }
    *out_refused = refused;
    return TB_OK;
}

/* Every opening belongs to an event of this notice and matches its commitment. */
static tb_refusal check_openings(const tb_incoming *incoming)
{
    for (size_t i = 0; i < incoming->opening_count; i++) {
        bool matches = false;
        for (size_t e = 0; e < incoming->event_count && !matches; e++) {
            matches = tb_digest_equal(&incoming->openings[i].event, &incoming->ids[e]) &&
                      tb_opening_matches(&incoming->openings[i], &incoming->decoded[e]);
        }
        if (!matches) {
            return TB_REFUSED_CANNOT_OPEN;
        }
    }
    return TB_ACCEPTED;
}

/* Who lost its store is resent what others hold as disputed, too: it then holds the case as they
 * do. In any other notice nobody needs such an event. */
static tb_err
check_passed(tb_step *step, const tb_header *header, tb_incoming *incoming, tb_refusal *out_refused)
{
    *out_refused = TB_ACCEPTED;
    if (incoming->has_resend) {
        incoming->beyond_cut =
            tb_arena_array(step->arena, incoming->passed_count + 1, sizeof *incoming->beyond_cut);
        if (incoming->beyond_cut == NULL) {
            return TB_ERR_LIMIT;
        }
    }
    for (size_t i = 0; i < incoming->passed_count && *out_refused == TB_ACCEPTED; i++) {
        bool *beyond = incoming->has_resend ? &incoming->beyond_cut[i] : NULL;
        *out_refused = tb_inbox_check_passed(step, &header->sender, &incoming->passed[i], beyond);
    }
    return TB_OK;
}

static tb_err read_body(tb_step *step,
                        const tb_header *header,
                        const tb_opened *opened,
                        tb_incoming *incoming,
                        tb_refusal *out_refused)
{
    findings found = {.opening_count = 0};
    tb_err err = TB_OK;
    tb_refusal refused = TB_ACCEPTED;

    incoming->has_resend = header->kind == TB_NOTICE_RESEND;
    if (incoming->has_resend) {
        incoming->resend = opened->parts[0];
    } else {
        refused = tb_part_events_decode(opened->parts[0], step->arena, &incoming->events,
                                        &incoming->event_count);
    }
    if (refused == TB_ACCEPTED) {
        err = read_events(step, header, incoming, &refused);
    }
    for (size_t p = 1; err == TB_OK && refused == TB_ACCEPTED && p < opened->part_count; p++) {
        if (opened->parts[p].data != NULL) {
            err = read_part(step, opened->parts[p], &found, &refused);
        }
    }
    if (err != TB_OK) {
        return err;
    }

    incoming->openings = found.openings;
    incoming->opening_count = found.opening_count;
    incoming->passed = found.passed;
    incoming->passed_count = found.passed_count;
    if (refused == TB_ACCEPTED) {
        refused = check_openings(incoming);
    }
    if (refused != TB_ACCEPTED) {
        *out_refused = refused;
        return TB_OK;
    }
    return check_passed(step, header, incoming, out_refused);
}

tb_err tb_inbox_open(tb_step *step,
                     const tb_arrived_notice *notice,
                     tb_incoming *out,
                     tb_refusal *out_refused)
{
    const tb_header *header = &notice->header;
    const tb_entry *entry = tb_header_entry(header, &step->agent->self);
    const tb_agreement *agreement = NULL;
    size_t room = step->arena->size - step->arena->used;
    if (room < OPEN_ROOM_LEAST + notice->body.size * OPEN_ROOM_FACTOR) {
        return TB_ERR_LIMIT;
    }
    TB_ASSERT(entry != NULL);
    tb_err err = agreement_of(step, header, entry, &agreement, out_refused);
    if (err != TB_OK || *out_refused != TB_ACCEPTED) {
        return err;
    }

    tb_seal_context context = {header->hub, header->sender, header->incarnation, header->notice};
    tb_opened opened;
    *out_refused =
        tb_seal_open(&context, notice->body, (size_t)(entry - header->entries), header->entry_count,
                     &step->agent->self, &entry->sealing_key, agreement, step->arena, &opened);
    if (*out_refused != TB_ACCEPTED) {
        return TB_OK;
    }
    tb_incoming incoming = {.header_bytes = notice->header_bytes, .header = header};
    err = read_body(step, header, &opened, &incoming, out_refused);
    if (err != TB_OK) {
        return err;
    }

    *out = incoming;
    return TB_OK;
}
