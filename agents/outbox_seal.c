/* outbox_seal - the body of one notice: its parts, and who may open which.
 *
 *     part 0       the new events, for all (or a Resend)
 *     then         openings: one part per field group and set of readers, so that no reader gets an
 *                  opening it may not have
 *     then         one part per reader with earlier events
 */
#include "agents/outbox.h"
#include "messages/parts.h"

typedef struct body_builder {
    tb_bytes parts[TB_PARTS_MAX];
    size_t part_count;
    tb_seal_reader *readers;
    size_t reader_count;
} body_builder;

/* The next part's place, or NULL when a body can have no more. */
static tb_bytes *next_part(body_builder *b)
{
    return b->part_count == TB_PARTS_MAX ? NULL : &b->parts[b->part_count++];
}

static tb_err put_events(tb_step *step, const tb_outgoing *outgoing, body_builder *b)
{
    tb_bytes *part = next_part(b);
    TB_ASSERT(part == &b->parts[0]);

    for (size_t r = 0; r < b->reader_count; r++) {
        b->readers[r].parts[0] = true;
    }
    if (outgoing->kind == TB_NOTICE_RESEND) {
        *part = outgoing->resend;
        return TB_OK;
    }
    return tb_part_events_encode(outgoing->events, outgoing->event_count, step->arena, part);
}

static bool same_readers(const tb_outgoing *outgoing, size_t a, size_t b)
{
    for (size_t r = 0; r < outgoing->reader_count; r++) {
        if (outgoing->readers[r].opens[a] != outgoing->readers[r].opens[b]) {
            return false;
        }
    }
    return true;
}

static bool anybody_reads(const tb_outgoing *outgoing, size_t opening)
{
    for (size_t r = 0; r < outgoing->reader_count; r++) {
        if (outgoing->readers[r].opens[opening]) {
            return true;
        }
    }
    return false;
}

/* One part: all openings from first on that share its group and its readers. */
static tb_err put_part_of(tb_step *step,
                          const tb_outgoing *outgoing,
                          size_t first,
                          bool *done,
                          tb_opening *together,
                          body_builder *b)
{
    size_t count = 0;
    size_t at = b->part_count;
    tb_bytes *part = next_part(b);
    if (part == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = first; i < outgoing->opening_count; i++) {
        if (!done[i] &&
            tb_bytes_equal(outgoing->openings[i].group, outgoing->openings[first].group) &&
            same_readers(outgoing, first, i)) {
            done[i] = true;
            together[count++] = outgoing->openings[i];
        }
    }

    for (size_t r = 0; r < b->reader_count; r++) {
        b->readers[r].parts[at] = outgoing->readers[r].opens[first];
    }
    return tb_part_openings_encode(together, count, step->arena, part);
}

static tb_err put_openings(tb_step *step, const tb_outgoing *outgoing, body_builder *b)
{
    if (outgoing->opening_count == 0) {
        return TB_OK;
    }
    bool *done = tb_arena_array(step->arena, outgoing->opening_count, sizeof *done);
    tb_opening *together = tb_arena_array(step->arena, outgoing->opening_count, sizeof *together);
    if (done == NULL || together == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t i = 0; i < outgoing->opening_count; i++) {
        if (done[i] || !anybody_reads(outgoing, i)) {
            continue;
        }
        tb_err err = put_part_of(step, outgoing, i, done, together, b);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

static tb_err put_passed(tb_step *step, const tb_outgoing *outgoing, body_builder *b)
{
    for (size_t r = 0; r < outgoing->reader_count; r++) {
        const tb_outgoing_reader *reader = &outgoing->readers[r];
        if (reader->passed_count == 0) {
            continue;
        }
        size_t at = b->part_count;
        tb_bytes *part = next_part(b);
        if (part == NULL) {
            return TB_ERR_LIMIT;
        }
        b->readers[r].parts[at] = true;
        tb_err err = tb_part_passed_encode(reader->passed, reader->passed_count, step->arena, part);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* The agreement with a recipient, computed once a turn. */
static tb_err agree(tb_step *step,
                    tb_sealing *sealing,
                    const tb_directory_party *party,
                    const tb_directory_key *key,
                    const tb_agreement **out)
{
    size_t place = (size_t)(party - step->agent->directory->parties);
    tb_agreement *agreement = sealing->agreements[place];

    if (agreement == NULL) {
        agreement = tb_arena_alloc(step->arena, sizeof *agreement);
        if (agreement == NULL) {
            return TB_ERR_LIMIT;
        }
        if (!tb_seal_agree_sender(agreement, &sealing->ephemeral, &key->key)) {
            /* The directory accepted a key nothing can be sealed to. */
            return TB_ERR_CORRUPT;
        }
        sealing->agreements[place] = agreement;
    }
    *out = agreement;
    return TB_OK;
}

static tb_err
set_readers(tb_step *step, tb_sealing *sealing, const tb_pending_notice *notice, body_builder *b)
{
    size_t count = notice->outgoing.reader_count;
    b->reader_count = count;
    b->readers = tb_arena_array(step->arena, count, sizeof *b->readers);
    if (b->readers == NULL) {
        return TB_ERR_LIMIT;
    }

    for (size_t r = 0; r < count; r++) {
        const tb_directory_key *key = tb_directory_current(notice->parties[r], TB_PURPOSE_SEAL);
        TB_ASSERT(key != NULL);
        b->readers[r].recipient = notice->parties[r]->id;
        b->readers[r].key = key->id;
        tb_err err = agree(step, sealing, notice->parties[r], key, &b->readers[r].agreement);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

tb_err tb_outbox_seal(tb_step *step, tb_sealing *sealing, tb_pending_notice *notice)
{
    body_builder *b = tb_arena_alloc(step->arena, sizeof *b);
    if (b == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = set_readers(step, sealing, notice, b);
    if (err == TB_OK) {
        err = put_events(step, &notice->outgoing, b);
    }
    if (err == TB_OK) {
        err = put_openings(step, &notice->outgoing, b);
    }
    if (err == TB_OK) {
        err = put_passed(step, &notice->outgoing, b);
    }
    if (err != TB_OK) {
        return err;
    }

    tb_seal_context context = {
        .hub = step->agent->hub,
        .sender = step->agent->self,
        .incarnation = step->incarnation,
        .notice = notice->notice,
    };
    tb_bytes body;
    err = tb_seal_body(&context, b->parts, b->part_count, b->readers, b->reader_count, step->random,
                       step->arena, &body);
    if (err != TB_OK) {
        return err;
    }
    if (body.size > TB_BODY_BYTES_MAX) {
        return TB_ERR_LIMIT;
    }
    notice->body = body;
    return TB_OK;
}
