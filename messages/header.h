/* header - what the hub sees of a notice: who, to whom, which number, how urgent; and digests of
 * the rest. */
#ifndef TB_HEADER_H
#define TB_HEADER_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/refusal.h"
#include "base/time.h"
#include "messages/keys.h"

typedef enum tb_notice_kind {
    TB_NOTICE_CASEWORK = 1,
    TB_NOTICE_LIST = 2,
    TB_NOTICE_REPORT = 3,
    TB_NOTICE_RESEND = 4,
    TB_NOTICE_FILLER = 5, /* stands for a number whose notice was refused or expired */
} tb_notice_kind;

typedef struct tb_entry {
    tb_party recipient;
    tb_key_id sealing_key;
    uint64_t number;
    tb_digest previous;
} tb_entry;

typedef struct tb_old_mark {
    tb_party recipient;
    tb_lane lane;
    uint64_t number;
    tb_digest digest;
} tb_old_mark;

typedef struct tb_header {
    uint32_t suite;
    tb_digest hub;
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice;
    tb_lane lane;
    tb_notice_kind kind;
    tb_time made;
    tb_time expires;
    uint32_t directory_version;
    tb_digest directory_digest;
    tb_key_id signing_key;
    tb_public_key ephemeral;
    tb_digest events;
    tb_digest body;
    tb_entry *entries; /* ascending by recipient, no recipient twice */
    size_t entry_count;
    bool has_old;
    tb_incarnation old_incarnation;
    tb_old_mark *old_marks;
    size_t old_mark_count;
} tb_header;

/* Checked values or a refusal (malformed, not_canonical, too_large, suite); out is in the arena. */
tb_refusal tb_header_decode(tb_bytes in, tb_arena *arena, tb_header *out) TB_MUST_USE;
/* Of a header out of our own store, which tb_header_decode accepted when it was taken: does not ask
 * again whether the bytes are canonical, which costs as much as reading them. */
tb_refusal tb_header_reread(tb_bytes in, tb_arena *arena, tb_header *out) TB_MUST_USE;
/* Canonical bytes in the arena. */
tb_err tb_header_encode(const tb_header *header, tb_arena *arena, tb_bytes *out) TB_MUST_USE;
/* Domain "tongbao header": the link to the next header in a stream, and the leaf of tree 1. */
tb_digest tb_header_digest(tb_bytes encoded);
/* The entry for a recipient, or NULL. */
const tb_entry *tb_header_entry(const tb_header *header, const tb_party *recipient);

#endif
