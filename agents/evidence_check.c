/* evidence_check - taking exported evidence into a store of nobody's (evidence.h). */
#include "agents/evidence.h"

#include "agents/inbox.h"
#include "agents/marks.h"
#include "agents/rows_case.h"

static bool is_signed(const tb_directory *directory,
                      const tb_document *document,
                      const tb_public_key *authority)
{
    static const tb_digest no_hub; /* it is what names the hub */
    return document->kind == TB_DOCUMENT_DIRECTORY && document->version == directory->version &&
           tb_document_verify(document, directory->version == 1 ? &no_hub : &directory->hub,
                              authority);
}

bool tb_evidence_bound(const tb_directory *directories,
                       const tb_document *documents,
                       size_t count,
                       size_t place)
{
    TB_ASSERT(place < count);
    const tb_directory *newest = &directories[count - 1];
    if (!is_signed(newest, &documents[count - 1], &newest->authority.key) ||
        !tb_digest_equal(&directories[place].hub, &newest->hub)) {
        return false;
    }
    if (is_signed(&directories[place], &documents[place], &newest->authority.key)) {
        return true;
    }
    for (size_t i = place; i + 1 < count; i++) {
        if (!tb_digest_equal(&directories[i + 1].predecessor, &directories[i].digest)) {
            return false;
        }
    }
    return is_signed(&directories[place], &documents[place], &directories[place].authority.key);
}

bool tb_evidence_follows(const tb_directory *mine,
                         const tb_directory *directories,
                         const tb_document *documents,
                         size_t count)
{
    const tb_directory *current = mine;
    bool follows = true;
    for (size_t i = 0; i < count && follows; i++) {
        const tb_directory *next = &directories[i];
        if (next->version > mine->version) {
            follows = tb_directory_accept(current, next, &documents[i]) == TB_ACCEPTED;
            current = next;
        } else if (next->version == mine->version) {
            follows = tb_digest_equal(&next->digest, &mine->digest);
        }
    }
    return follows;
}

/* Takes those openings off that the event's commitments do not bear out. */
static tb_err
set_bent_aside(tb_step *step, tb_passed *passed, const tb_event *event, tb_evidence_taken *out)
{
    size_t kept = 0;
    out->bent = tb_arena_array(step->arena, passed->opening_count + 1, sizeof *out->bent);
    if (out->bent == NULL) {
        return TB_ERR_LIMIT;
    }
    for (size_t i = 0; i < passed->opening_count; i++) {
        const tb_opening *opening = &passed->openings[i];
        if (tb_digest_equal(&opening->event, &out->event) && tb_opening_matches(opening, event)) {
            passed->openings[kept++] = *opening;
        } else {
            out->bent[out->bent_count++] = *opening;
        }
    }
    passed->opening_count = kept;
    return TB_OK;
}

static tb_err look(tb_step *step, tb_passed *passed, tb_evidence_taken *out)
{
    tb_event event;
    tb_event_key key;
    tb_event_row row;
    out->event = tb_event_id(passed->event);
    out->refused = tb_event_decode(passed->event, step->arena, &event);
    if (out->refused != TB_ACCEPTED) {
        return TB_OK;
    }
    out->case_id = tb_event_key_of(&event, &out->event).case_id;
    tb_err err = tb_event_of_case(step->txn, &out->case_id, &out->event, &key, &row);
    out->twice = err == TB_OK;
    return err == TB_OK || err == TB_ERR_NOT_FOUND ? set_bent_aside(step, passed, &event, out)
                                                   : err;
}

static tb_err is_early(tb_step *step, tb_evidence_taken *out)
{
    tb_event_key key;
    tb_event_row row;
    tb_err err = tb_event_of_case(step->txn, &out->case_id, &out->event, &key, &row);
    out->early = err == TB_OK && row.standing == TB_STANDING_HELD_BACK;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static bool is_in(const tb_header *header, const tb_line *line)
{
    const tb_stream *stream = &line->stream;
    return tb_party_equal(&header->sender, &stream->sender) && header->lane == stream->lane &&
           tb_incarnation_compare(&header->incarnation, &stream->incarnation) == 0;
}

/* A mark speaks of its own number's header and of what stands below. */
static tb_err note_marks(tb_step *step,
                         const tb_passed *passed,
                         tb_evidence_marked *marked,
                         size_t count,
                         tb_evidence_taken *out)
{
    tb_header header;
    tb_digest digest = tb_header_digest(passed->header);
    if (tb_header_decode(passed->header, step->arena, &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT; /* it was accepted */
    }
    for (size_t i = 0; i < count; i++) {
        const tb_line *line = &marked[i].line;
        const tb_entry *entry =
            is_in(&header, line) ? tb_header_entry(&header, &line->stream.recipient) : NULL;
        if (entry != NULL && entry->number == line->to &&
            !tb_digest_equal(&digest, &line->digest)) {
            out->other_mark = true;
        }
        marked[i].covers = marked[i].covers || (entry != NULL && entry->number <= line->to);
    }
    return TB_OK;
}

tb_err tb_evidence_take(tb_step *step,
                        const tb_party *maker,
                        tb_evidence_marked *marked,
                        size_t marked_count,
                        tb_bytes packed,
                        tb_evidence_taken *out)
{
    tb_passed passed;
    tb_digest event;
    tb_err err = TB_OK;
    *out = (tb_evidence_taken){.refused = tb_passed_decode(packed, step->arena, &passed)};
    if (out->refused == TB_ACCEPTED) {
        err = look(step, &passed, out);
    }
    if (err == TB_OK && out->refused == TB_ACCEPTED) {
        out->refused = tb_inbox_check_passed(step, maker, &passed, NULL);
    }
    if (err == TB_OK && out->refused == TB_ACCEPTED) {
        err = note_marks(step, &passed, marked, marked_count, out);
    }
    if (err != TB_OK || out->refused != TB_ACCEPTED) {
        return err;
    }
    /* Each stands for itself, as what is resent does. */
    const tb_header giver = {.sender = *maker};
    const tb_incoming incoming = {.header = &giver, .passed = &passed, .passed_count = 1};
    err = tb_apply_notice(step->agent, step->txn, step->now, &incoming, step->effects,
                          &out->refused, &event);
    return err == TB_OK ? is_early(step, out) : err;
}

tb_refusal tb_evidence_mark(tb_step *step, tb_bytes packed, tb_line *out)
{
    tb_signed_line line;
    tb_refusal refused = tb_signed_line_decode(packed, step->arena, &line);
    if (refused == TB_ACCEPTED && line.line.kind != TB_LINE_ARRIVED) {
        refused = TB_REFUSED_MALFORMED;
    }
    if (refused == TB_ACCEPTED) {
        refused = tb_marks_by_party(step, &line, &line.line.stream.recipient);
    }
    if (refused == TB_ACCEPTED) {
        *out = line.line;
    }
    return refused;
}
