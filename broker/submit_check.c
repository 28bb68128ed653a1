#include "broker/submission.h"
#include "messages/seal.h"

/* What a Deliver frame needs around headers and bodies at most: per item, per sibling, per shared
 * body, and for stamp, root and the frame itself. */
#define ITEM_BYTES    32
#define SIBLING_BYTES 36
#define SHARED_BYTES  80
#define FRAME_BYTES   4096

/* The key a group's headers name, or NULL. */
static const tb_directory_key *key_of(const tb_broker *b, const tb_header *header)
{
    return tb_directory_signing_key(b->running.directory, &header->sender, &header->signing_key);
}

tb_refusal tb_submission_who(tb_submission *s, const tb_group *group)
{
    tb_broker *b = s->b;
    const tb_header *header = &group->items[0].header;
    if (!tb_party_equal(&header->sender, &s->sender->id)) {
        return TB_REFUSED_NOT_SPEAKER;
    }
    if (!tb_digest_equal(&header->hub, &b->hub)) {
        return TB_REFUSED_WRONG_HUB;
    }
    const tb_directory *directory = b->running.directory;
    const tb_directory_key *key = key_of(b, header);
    if (key == NULL) {
        return TB_REFUSED_UNKNOWN_KEY;
    }
    uint64_t last = tb_group_number(group, group->item_count - 1);
    if (last > tb_directory_good_until(directory, &header->sender, &key->id, &header->incarnation,
                                       &group->recipient, group->lane)) {
        return TB_REFUSED_KEY_REVOKED;
    }
    if (tb_incarnation_compare(&header->incarnation, &s->sender->session.incarnation) > 0) {
        return TB_REFUSED_OLD_INCARNATION;
    }
    return TB_ACCEPTED;
}

static tb_refusal check_proof(tb_submission *s, const tb_group *group)
{
    tb_broker *b = s->b;
    const tb_directory_key *key = key_of(b, &group->items[0].header);
    TB_ASSERT(key != NULL);
    return tb_group_verify(group, &b->hub, &key->key, &b->roots, b->running.arena);
}

/* Items of one group follow one another; a filler says who refused. */
static tb_refusal check_items(tb_submission *s, const tb_group *group)
{
    for (size_t i = 0; i < group->item_count; i++) {
        const tb_item *item = &group->items[i];
        if (i > 0 && !tb_digest_equal(&tb_header_entry(&item->header, &group->recipient)->previous,
                                      &group->items[i - 1].digest)) {
            return TB_REFUSED_PROOF;
        }
        if (item->refusal != NULL && !tb_hub_filler_good(s->b, group, i)) {
            return TB_REFUSED_SIGNATURE;
        }
    }
    return TB_ACCEPTED;
}

static const tb_shared_body *find_body(tb_submission *s, const tb_header *header)
{
    for (size_t i = 0; i < s->carry->body_count; i++) {
        size_t at = (s->hint + i) % s->carry->body_count;
        const tb_shared_body *body = &s->carry->bodies[at];
        if (body->notice == header->notice &&
            tb_incarnation_compare(&body->incarnation, &header->incarnation) == 0 &&
            tb_party_equal(&body->sender, &header->sender)) {
            s->hint = at;
            return body;
        }
    }
    return NULL;
}

static bool shared_body_good(tb_submission *s, const tb_shared_body *body, const tb_header *header)
{
    size_t at = (size_t)(body - s->carry->bodies);
    if (!s->digested[at]) {
        s->digests[at] = tb_body_digest(body->body);
        s->digested[at] = true;
    }
    return tb_digest_equal(&s->digests[at], &header->body);
}

static tb_err remember_body(tb_submission *s,
                            tb_fresh_group *fresh,
                            const tb_shared_body *body,
                            const tb_header *header)
{
    if (fresh->shared == NULL) {
        fresh->shared =
            tb_arena_array(s->b->running.arena, fresh->group->item_count, sizeof *fresh->shared);
        if (fresh->shared == NULL) {
            return TB_ERR_LIMIT;
        }
    }

    tb_kept_body *kept = &fresh->shared[fresh->shared_count++];
    kept->name.sender = body->sender;
    kept->name.incarnation = body->incarnation;
    kept->name.notice = body->notice;
    kept->digest = header->body;
    kept->body = body->body;
    fresh->bytes += body->body.size;
    fresh->shared_bytes += body->body.size;
    return TB_OK;
}

/* Bodies are there and are those the headers name. Fills shared bodies and bytes of fresh. */
static tb_err check_bodies(tb_submission *s, tb_fresh_group *fresh, tb_refusal *out_refused)
{
    tb_group *group = fresh->group;
    *out_refused = TB_ACCEPTED;
    for (size_t i = 0; i < group->item_count; i++) {
        const tb_item *item = &group->items[i];
        fresh->bytes += item->header_bytes.size;
        if (item->refusal != NULL) {
            continue;
        }
        if (item->header.entry_count == 1) {
            tb_digest digest = tb_body_digest(item->body);
            fresh->bytes += item->body.size;
            if (!tb_digest_equal(&digest, &item->header.body)) {
                *out_refused = TB_REFUSED_PROOF;
                return TB_OK;
            }
            continue;
        }
        const tb_shared_body *body = find_body(s, &item->header);
        if (body == NULL || !shared_body_good(s, body, &item->header)) {
            *out_refused = body == NULL ? TB_REFUSED_MALFORMED : TB_REFUSED_PROOF;
            return TB_OK;
        }
        tb_err err = remember_body(s, fresh, body, &item->header);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}

/* At most: a group that is taken must fit the frame that delivers it. */
static uint64_t delivered_size(const tb_fresh_group *fresh)
{
    const tb_group *group = fresh->group;
    uint64_t refusals = 0;
    for (size_t i = 0; i < group->item_count; i++) {
        refusals += group->items[i].refusal == NULL ? 0 : FRAME_BYTES / 4;
    }
    return fresh->bytes + FRAME_BYTES + refusals + ITEM_BYTES * group->item_count +
           SIBLING_BYTES * group->sibling_count + SHARED_BYTES * fresh->shared_count;
}

tb_err tb_submission_check(tb_submission *s, tb_fresh_group *fresh, tb_refusal *out_refused)
{
    const tb_group *group = fresh->group;
    *out_refused = check_proof(s, group);
    if (*out_refused == TB_ACCEPTED) {
        *out_refused = check_items(s, group);
    }
    if (*out_refused != TB_ACCEPTED) {
        return TB_OK;
    }

    fresh->from = tb_group_number(group, 0);
    fresh->to = fresh->from + group->item_count - 1;
    tb_err err = check_bodies(s, fresh, out_refused);
    if (err == TB_OK && *out_refused == TB_ACCEPTED && delivered_size(fresh) > TB_FRAME_BYTES_MAX) {
        *out_refused = TB_REFUSED_TOO_LARGE;
    }
    return err;
}
