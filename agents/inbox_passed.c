/* inbox_passed - an earlier event that a party passes on must prove itself without that party's
 * word.
 *
 * Its notice's header leads by its path to a root signed by the header's sender; the header's
 * digest over the event ids names the event; the stamp, when there is one, is the hub's. Up to a
 * key's cut a signature is good for ever, beyond it for nobody (agents/cut_judge.h).
 */
#include "agents/inbox.h"

#include "agents/cut_judge.h"
#include "agents/marks.h"
#include "messages/merkle.h"

tb_refusal tb_inbox_signing_key(const tb_agent *agent,
                                const tb_root *root,
                                const tb_header *header,
                                const tb_directory_key **out)
{
    if (tb_directory_find(agent->directory, &header->sender) == NULL) {
        return TB_REFUSED_UNKNOWN_PARTY;
    }
    const tb_directory_key *key =
        tb_directory_signing_key(agent->directory, &header->sender, &header->signing_key);
    if (key == NULL) {
        return TB_REFUSED_UNKNOWN_KEY;
    }
    if (root->tree != TB_TREE_HEADERS || !tb_party_equal(&root->signer, &header->sender) ||
        !tb_key_id_equal(&root->key, &header->signing_key) ||
        tb_incarnation_compare(&root->incarnation, &header->incarnation) != 0) {
        return TB_REFUSED_SIGNATURE;
    }
    *out = key;
    return TB_ACCEPTED;
}

static tb_refusal check_signature(tb_step *step,
                                  const tb_passed *passed,
                                  const tb_header *header,
                                  const tb_digest *digest)
{
    const tb_root *root = &passed->root;
    const tb_directory_key *key;
    tb_refusal refused = tb_inbox_signing_key(step->agent, root, header, &key);
    if (refused != TB_ACCEPTED) {
        return refused;
    }
    tb_digest led_to;
    if (!tb_merkle_root_of_path(root->count, passed->index, digest, passed->path,
                                passed->path_count, &led_to) ||
        !tb_digest_equal(&led_to, &root->root)) {
        return TB_REFUSED_PROOF;
    }
    if (!tb_root_verify_cached(&step->agent->roots, root, &step->agent->hub, &key->key)) {
        return TB_REFUSED_SIGNATURE;
    }
    return TB_ACCEPTED;
}

/* *out is the verified stamp, or NULL when there is none. */
static tb_refusal check_stamp(tb_step *step,
                              const tb_passed *passed,
                              const tb_header *header,
                              const tb_digest *digest,
                              const tb_line **out)
{
    *out = NULL;
    if (passed->stamp.size == 0) {
        return TB_ACCEPTED;
    }
    tb_signed_line *kept = tb_arena_alloc(step->arena, sizeof *kept);
    if (kept == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    tb_signed_line stamp;
    tb_refusal refused = tb_signed_line_decode(passed->stamp, step->arena, &stamp);
    if (refused != TB_ACCEPTED) {
        return refused;
    }
    const tb_stream *stream = &stamp.line.stream;
    const tb_entry *entry = tb_header_entry(header, &stream->recipient);
    if (stamp.line.kind != TB_LINE_STORED || entry == NULL ||
        !tb_party_equal(&stream->sender, &header->sender) || stream->lane != header->lane ||
        tb_incarnation_compare(&stream->incarnation, &header->incarnation) != 0 ||
        entry->number < stamp.line.from || entry->number > stamp.line.to) {
        return TB_REFUSED_PROOF;
    }
    if (entry->number == stamp.line.to && !tb_digest_equal(digest, &stamp.line.digest)) {
        return TB_REFUSED_PROOF;
    }
    refused = tb_marks_by_hub(step, &stamp);
    *kept = stamp;
    *out = &kept->line;
    return refused;
}

tb_refusal tb_inbox_check_event(tb_step *step, const tb_passed *passed, const tb_digest *id)
{
    tb_event event;
    bool named = false;

    for (size_t i = 0; i < passed->id_count; i++) {
        named = named || tb_digest_equal(&passed->ids[i], id);
    }
    if (!named) {
        return TB_REFUSED_PROOF;
    }
    tb_refusal refused = tb_event_decode(passed->event, step->arena, &event);
    if (refused != TB_ACCEPTED) {
        return refused;
    }
    if (!tb_digest_equal(&event.hub, &step->agent->hub)) {
        return TB_REFUSED_WRONG_HUB;
    }
    for (size_t i = 0; i < passed->opening_count; i++) {
        if (!tb_digest_equal(&passed->openings[i].event, id) ||
            !tb_opening_matches(&passed->openings[i], &event)) {
            return TB_REFUSED_CANNOT_OPEN;
        }
    }
    return TB_ACCEPTED;
}

tb_refusal tb_inbox_check_notice(tb_step *step,
                                 const tb_party *from,
                                 const tb_passed *passed,
                                 const tb_header *header,
                                 const tb_digest *digest,
                                 bool *out_beyond)
{
    const tb_line *stamp = NULL;
    tb_refusal refused = check_stamp(step, passed, header, digest, &stamp);
    if (refused != TB_ACCEPTED) {
        return refused;
    }
    bool beyond = !tb_cut_passed_counts(step->agent->directory, &step->agent->self, from, header,
                                        digest, stamp);
    if (beyond && out_beyond == NULL) {
        return TB_REFUSED_KEY_REVOKED;
    }
    if (out_beyond != NULL) {
        *out_beyond = beyond;
    }
    tb_digest ids = tb_events_digest(passed->ids, passed->id_count);
    return tb_digest_equal(&ids, &header->events) ? TB_ACCEPTED : TB_REFUSED_PROOF;
}

tb_refusal tb_inbox_check_passed(tb_step *step,
                                 const tb_party *from,
                                 const tb_passed *passed,
                                 bool *out_beyond)
{
    tb_header header;
    tb_digest digest = tb_header_digest(passed->header);
    tb_digest id = tb_event_id(passed->event);
    tb_refusal refused = tb_header_decode(passed->header, step->arena, &header);
    if (refused == TB_ACCEPTED && !tb_digest_equal(&header.hub, &step->agent->hub)) {
        refused = TB_REFUSED_WRONG_HUB;
    }
    if (refused == TB_ACCEPTED) {
        refused = check_signature(step, passed, &header, &digest);
    }
    if (refused == TB_ACCEPTED) {
        refused = tb_inbox_check_notice(step, from, passed, &header, &digest, out_beyond);
    }
    if (refused == TB_ACCEPTED) {
        refused = tb_inbox_check_event(step, passed, &id);
    }
    return refused;
}
