#include "agents/inbox.h"
#include "base/mutant.h"

#include "agents/freshness.h"
#include "agents/marks.h"

/* ---- is the group what it says ---- */

static tb_refusal check_sender(tb_step *step, const tb_group *group)
{
    tb_agent *agent = step->agent;
    const tb_root *root = &group->root;
    if (tb_directory_find(agent->directory, &root->signer) == NULL) {
        return TB_REFUSED_UNKNOWN_PARTY;
    }
    const tb_directory_key *key =
        tb_directory_signing_key(agent->directory, &root->signer, &root->key);
    if (key == NULL) {
        return TB_REFUSED_UNKNOWN_KEY;
    }
    return tb_group_verify(group, &agent->hub, &key->key, &agent->roots, step->arena);
}

/* Beyond the cut a signature is good for nobody. */
bool tb_inbox_beyond_cut(const tb_step *step, const tb_group *group)
{
    tb_stream stream = tb_group_stream(group);
    uint64_t last = tb_group_number(group, group->item_count - 1);

    return last > tb_directory_good_until(step->agent->directory, &stream.sender, &group->root.key,
                                          &stream.incarnation, &stream.recipient, stream.lane);
}

static tb_bytes body_of(const tb_carry *carry, const tb_item *item)
{
    if (item->header.entry_count == 1) {
        return item->body;
    }
    for (size_t i = 0; i < carry->body_count; i++) {
        const tb_shared_body *body = &carry->bodies[i];
        if (body->notice == item->header.notice &&
            tb_party_equal(&body->sender, &item->header.sender) &&
            tb_incarnation_compare(&body->incarnation, &item->header.incarnation) == 0) {
            return body->body;
        }
    }
    return tb_bytes_of(NULL, 0);
}

/* The sender's own word that its notice expired. */
static tb_refusal check_expired(tb_step *step, const tb_item *item)
{
    tb_agent *agent = step->agent;
    const tb_signed_line *line = item->refusal;
    const tb_directory_key *key =
        tb_directory_signing_key(agent->directory, &item->header.sender, &line->root.key);
    if (!tb_party_equal(&line->root.signer, &item->header.sender)) {
        return TB_REFUSED_NOT_SPEAKER;
    }
    if (key == NULL) {
        return TB_REFUSED_UNKNOWN_KEY;
    }
    if (!tb_directory_expired_counts(agent->directory, &key->id, &line->line.stream,
                                     line->line.from, line->line.at)) {
        return TB_REFUSED_KEY_REVOKED;
    }
    return tb_signed_line_verify(line, &agent->hub, &key->key, &agent->roots);
}

/* A filler is vouched for by hub or recipient, or by the sender itself when the notice expired. */
static tb_refusal check_filler(tb_step *step, const tb_item *item)
{
    const tb_signed_line *line = item->refusal;
    if (tb_marks_by_hub(step, line) == TB_ACCEPTED ||
        tb_marks_by_party(step, line, &step->agent->self) == TB_ACCEPTED) {
        return TB_ACCEPTED;
    }
    if (line->line.code != TB_REFUSED_EXPIRED) {
        return TB_REFUSED_SIGNATURE;
    }
    return check_expired(step, item);
}

static tb_refusal check_bodies(tb_step *step, const tb_carry *carry, tb_group *group)
{
    for (size_t i = 0; i < group->item_count; i++) {
        tb_item *item = &group->items[i];
        if (item->refusal != NULL) {
            tb_refusal refused = check_filler(step, item);
            if (refused != TB_ACCEPTED) {
                return refused;
            }
            continue;
        }
        item->body = body_of(carry, item);
        tb_digest digest = tb_body_digest(item->body);
        if (item->body.size == 0 || !tb_digest_equal(&digest, &item->header.body)) {
            return TB_REFUSED_PROOF;
        }
    }
    return TB_ACCEPTED;
}

static tb_refusal check_stamp(tb_step *step, const tb_group *group, bool carried)
{
    const tb_line *line = &group->stamp.line;
    uint64_t last = tb_group_number(group, group->item_count - 1);
    if (carried && !group->has_stamp) {
        return TB_ACCEPTED; /* it did not pass the hub yet; the stamp comes later */
    }
    /* Decoded, it is a stored line of the group's own stream (messages/group.c). */
    if (!group->has_stamp || line->from > tb_group_number(group, 0) || line->to < last) {
        return TB_REFUSED_PROOF;
    }
    if (line->to == last &&
        !tb_digest_equal(&line->digest, &group->items[group->item_count - 1].digest)) {
        return TB_REFUSED_PROOF; /* stamped for something else under the same number */
    }
    return tb_marks_by_hub(step, &group->stamp);
}

/* In the order PROTOCOL.md has. */
tb_refusal tb_inbox_check_group(tb_step *step, const tb_carry *carry, tb_group *group, bool carried)
{
    if (!tb_party_equal(&group->recipient, &step->agent->self)) {
        return TB_REFUSED_PROTOCOL;
    }
    tb_refusal refused = check_sender(step, group);
    if (refused == TB_ACCEPTED) {
        refused = check_bodies(step, carry, group);
    }
    if (refused == TB_ACCEPTED) {
        refused = check_stamp(step, group, carried);
    }
    return refused;
}

static tb_err raise_alarm(tb_step *step, tb_refusal code, const tb_group *group, tb_bytes other)
{
    tb_alarm_row alarm = {
        .code = code,
        .at = step->now.real,
        .party = group->root.signer,
        .stream = tb_group_stream(group),
        .number = tb_group_number(group, 0),
        .digest = group->items[0].digest,
        .evidence = {group->items[0].header_bytes, other},
    };
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

/* ---- its place in the stream ---- */

/* What we hold of a number: its header's digest where the proofs or the stream remember it. */
static tb_err held_header(tb_step *step,
                          const tb_taken *taken,
                          const tb_item *item,
                          uint64_t number,
                          bool *out_differs,
                          tb_bytes *out_header)
{
    tb_proof_row proof;
    *out_differs =
        number == taken->row.number && !tb_digest_equal(&item->digest, &taken->row.digest);
    *out_header = tb_bytes_of(NULL, 0);
    tb_err err = tb_proof_head(step->txn, &item->header.sender, &item->header.incarnation,
                               item->header.notice, &proof);
    if (err == TB_ERR_NOT_FOUND) {
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }

    if (!tb_bytes_equal(proof.header, item->header_bytes)) {
        *out_differs = true;
        *out_header = proof.header;
    }
    return TB_OK;
}

/* A fork is its sender's doing, whoever brings it: the signature is good. Alarm with both headers
 * and a signed refusal; nothing of the group is taken, nor what follows it. The session goes on, or
 * one liar could end it whenever the hub has its notice to deliver. */
static tb_err refuse_fork(
    tb_step *step, tb_taken *taken, const tb_group *group, const tb_item *item, tb_bytes other)
{
    static const tb_digest no_event;
    tb_arrived_notice notice = {
        .stream = taken->stream,
        .number = tb_group_number(group, (size_t)(item - group->items)),
        .header = item->header,
        .header_bytes = item->header_bytes,
        .digest = item->digest,
    };
    tb_alarm_row alarm = {
        .code = TB_REFUSED_FORK,
        .at = step->now.real,
        .party = group->root.signer,
        .stream = notice.stream,
        .number = notice.number,
        .digest = notice.digest,
        .evidence = {notice.header_bytes, other},
    };
    taken->forked = true;
    taken->shown = notice.number > taken->row.number; /* the hub delivers no more of it */
    tb_err err = tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
    if (err != TB_OK) {
        return err;
    }
    return tb_inbox_refuse(step, &notice, TB_REFUSED_FORK, &no_event, false);
}

/* Looks for another header under a number we hold. */
tb_err tb_inbox_find_fork(tb_step *step,
                          const tb_taken *taken,
                          const tb_group *group,
                          const tb_item **out_item,
                          tb_bytes *out_other)
{
    *out_item = NULL;
    for (size_t i = 0; i < group->item_count && *out_item == NULL; i++) {
        const tb_item *item = &group->items[i];
        const tb_entry *entry = tb_header_entry(&item->header, &group->recipient);
        bool differs = false;
        tb_err err = TB_OK;
        if (entry->number <= taken->row.number) {
            err = held_header(step, taken, item, entry->number, &differs, out_other);
        } else {
            const tb_digest *before = i == 0 ? &taken->row.digest : &group->items[i - 1].digest;
            differs = !tb_digest_equal(&entry->previous, before) &&
                      !TB_MUTANT(PREVIOUS_UNCHECKED) && !TB_MUTANT(GAP_UNSEEN);
        }
        if (err != TB_OK) {
            return err;
        }
        if (differs) {
            *out_item = item;
        }
    }
    return TB_OK;
}

/* ---- taking ---- */

static bool is_suspect(const tb_agent *agent, const tb_arrived_notice *notice)
{
    for (size_t i = 0; i < TB_SUSPECTS_MAX; i++) {
        const tb_inbox_place *place = &agent->suspects[i];
        if (place->set && place->number == notice->number && place->lane == notice->stream.lane &&
            tb_party_equal(&place->sender, &notice->stream.sender) &&
            tb_incarnation_compare(&place->incarnation, &notice->stream.incarnation) == 0) {
            return true;
        }
    }
    return false;
}

static void suspect(tb_agent *agent, const tb_arrived_notice *notice)
{
    agent->suspects[agent->suspect_next % TB_SUSPECTS_MAX] =
        (tb_inbox_place){true,
                         notice->stream.sender,
                         notice->stream.incarnation,
                         notice->stream.lane,
                         notice->number,
                         0};
    agent->suspect_next++;
}

static tb_err queue(tb_step *step, tb_arrived_notice *notice, uint32_t attempts)
{
    tb_err err = tb_inbox_proof_alone(step, notice);
    if (err != TB_OK) {
        return err;
    }
    tb_inbox_row row = {
        .sender = notice->stream.sender,
        .incarnation = notice->stream.incarnation,
        .lane = notice->stream.lane,
        .number = notice->number,
        .attempts = attempts,
        .at = step->now.real,
        .header = notice->header_bytes,
        .body = notice->body,
        .root = notice->root,
        .index = notice->index,
        .path = notice->path,
        .path_count = notice->path_count,
    };
    return tb_inbox_put(step->txn, &row);
}

static tb_err take_notice(tb_step *step, tb_taken *taken, tb_arrived_notice *notice)
{
    bool failed_before = is_suspect(step->agent, notice);
    tb_err err = notice->header.has_old ? tb_inbox_old_marks(step, notice) : TB_OK;
    if (err != TB_OK) {
        return err;
    }
    if (failed_before || taken->queued) {
        err = queue(step, notice, failed_before ? 1 : 0);
        taken->queued = true;
    } else {
        err = tb_inbox_apply(step, notice);
        if (err != TB_OK && err != TB_ERR_FULL && err != TB_ERR_IO) {
            suspect(step->agent, notice);
        }
    }
    return err;
}

static tb_err take_items(tb_step *step, tb_taken *taken, const tb_group *group)
{
    uint64_t tree = 0;
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < group->item_count; i++) {
        const tb_item *item = &group->items[i];
        tb_arrived_notice notice = {
            .stream = taken->stream,
            .number = tb_group_number(group, i),
            .header = item->header,
            .header_bytes = item->header_bytes,
            .digest = item->digest,
            .body = item->body,
            .group = group,
            .place = i,
        };
        if (notice.number <= taken->row.number && !TB_MUTANT(REPEAT_TAKEN)) {
            continue;
        }
        err = tb_freshness_seen(step, &notice.header);
        if (err != TB_OK) {
            return err;
        }
        if (item->refusal == NULL && tree == 0) {
            tree = item->header.notice;
            err = tb_inbox_keep_tree(step, group, i);
        }
        notice.tree = tree;
        if (err == TB_OK && item->refusal == NULL) {
            err = take_notice(step, taken, &notice);
        }
        taken->row.number = notice.number;
        taken->row.digest = notice.digest;
        taken->moved = true;
    }
    return err;
}

/* What is missing in a stream comes when it is delivered again. When it does not, hub and we are
 * not of one mind about our own marks (both came back old, say): a Welcome shows them. */
static tb_err ask_for_marks(tb_step *step)
{
    tb_link_times *times = &step->agent->times;
    if (times->gap == 0 || step->now.real < times->gap) {
        times->gap = step->now.real;
    }
    return step->now.real - times->gap < TB_GAP_HELLO_MS ? TB_OK : tb_link_greet(step);
}

tb_err tb_inbox_take_group(tb_step *step, const tb_group *group)
{
    tb_stream stream = tb_group_stream(group);
    tb_taken *taken;
    const tb_item *forked = NULL;
    tb_bytes other = {NULL, 0};
    tb_err err = tb_work_taken(step, &stream, &taken);
    if (err != TB_OK || taken->forked) {
        return err;
    }
    if (tb_group_number(group, 0) > taken->row.number + 1 && !TB_MUTANT(GAP_UNSEEN)) {
        taken->shown = true;
        step->agent->work->again = true;
        return ask_for_marks(step);
    }
    err = tb_inbox_find_fork(step, taken, group, &forked, &other);
    if (err != TB_OK) {
        return err;
    }
    if (forked != NULL) {
        return refuse_fork(step, taken, group, forked, other);
    }
    taken->shown = true;
    if (tb_group_number(group, group->item_count - 1) <= taken->row.number &&
        !TB_MUTANT(REPEAT_TAKEN)) {
        /* On removable media it was not stamped; now the hub says when it stored it. */
        return group->has_stamp ? tb_stamp_put(step->txn, &group->stamp) : TB_OK;
    }

    bool waits;
    err = tb_freshness_waits(step, &group->items[group->item_count - 1].header, &waits);
    if (err != TB_OK) {
        return err;
    }
    if (waits) {
        return ask_for_marks(step); /* Hello brings the directory; the group comes again */
    }
    err = group->has_stamp ? tb_stamp_put(step->txn, &group->stamp) : TB_OK;
    if (err != TB_OK) {
        return err;
    }
    return take_items(step, taken, group);
}

/* Signed with a key that was cut below this number: not taken, refused in words, and shown. */
static tb_err refuse_cut(tb_step *step, const tb_group *group)
{
    static const tb_digest no_event;
    tb_arrived_notice notice = {
        .stream = tb_group_stream(group),
        .number = tb_group_number(group, 0),
        .header = group->items[0].header,
        .header_bytes = group->items[0].header_bytes,
        .digest = group->items[0].digest,
    };
    tb_err err = raise_alarm(step, TB_REFUSED_KEY_REVOKED, group, tb_bytes_of(NULL, 0));
    if (err != TB_OK) {
        return err;
    }
    return tb_inbox_refuse(step, &notice, TB_REFUSED_KEY_REVOKED, &no_event, false);
}

static tb_err deliver_group(tb_step *step, const tb_carry *carry, tb_group *group)
{
    tb_refusal refused = tb_inbox_check_group(step, carry, group, false);
    if (refused != TB_ACCEPTED) {
        tb_err err = raise_alarm(step, refused, group, tb_bytes_of(NULL, 0));
        return err == TB_OK ? tb_link_end(step, refused) : err;
    }
    if (tb_inbox_beyond_cut(step, group)) {
        return refuse_cut(step, group);
    }
    return tb_inbox_take_group(step, group);
}

tb_err tb_inbox_deliver(tb_step *step, const tb_carry *carry)
{
    if (tb_store_above_watermark(step->txn)) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_ERROR,
                        "event=store_full what=delivery_not_taken");
        return TB_OK;
    }
    bool may_sign = true;
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && may_sign && i < carry->group_count; i++) {
        err = deliver_group(step, carry, &carry->groups[i]);
        if (err == TB_OK) {
            err = tb_link_may_sign(step->txn, &may_sign);
        }
    }
    return err;
}
