/* evidence_check - taking exported evidence into a store of nobody's (evidence.h). */
#include "agents/evidence.h"

#include "agents/inbox.h"
#include "agents/marks.h"

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

tb_err tb_evidence_take(tb_step *step,
                        const tb_party *maker,
                        tb_bytes packed,
                        tb_refusal *out_refused,
                        tb_digest *out_event)
{
    tb_passed passed;
    tb_digest event = {{0}};
    tb_refusal refused = tb_passed_decode(packed, step->arena, &passed);
    if (refused == TB_ACCEPTED) {
        event = tb_event_id(passed.event);
        refused = tb_inbox_check_passed(step, maker, &passed);
    }
    *out_event = event;
    *out_refused = refused;
    if (refused != TB_ACCEPTED) {
        return TB_OK;
    }
    /* Each stands for itself, as what is resent does. */
    const tb_header giver = {.sender = *maker};
    const tb_incoming incoming = {.header = &giver, .passed = &passed, .passed_count = 1};
    tb_err err = tb_apply_notice(step->agent, step->txn, step->now, &incoming, step->effects,
                                 &refused, &event);
    if (err == TB_OK) {
        *out_refused = refused;
    }
    return err;
}

tb_refusal tb_evidence_mark(tb_step *step, tb_bytes packed)
{
    tb_signed_line line;
    tb_refusal refused = tb_signed_line_decode(packed, step->arena, &line);
    if (refused == TB_ACCEPTED && line.line.kind != TB_LINE_ARRIVED) {
        refused = TB_REFUSED_MALFORMED;
    }
    return refused == TB_ACCEPTED ? tb_marks_by_party(step, &line, &line.line.stream.recipient)
                                  : refused;
}
