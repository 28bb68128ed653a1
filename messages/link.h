/* link - the frames between agent and hub as checked values (PROTOCOL.md, link.proto).
 *
 * Decoding copies into the arena, so the input need not outlive the call; headers inside groups are
 * decoded and their digests taken, so the logic never meets a half-valid frame. Signatures are not
 * verified here.
 */
#ifndef TB_LINK_H
#define TB_LINK_H

#include "base/arena.h"
#include "messages/document.h"
#include "messages/header.h"
#include "messages/line.h"

typedef enum tb_frame_kind {
    TB_FRAME_HELLO = 10,
    TB_FRAME_WELCOME = 11,
    TB_FRAME_SUBMIT = 12,
    TB_FRAME_STORED = 13,
    TB_FRAME_DELIVER = 14,
    TB_FRAME_TAKEN = 15,
    TB_FRAME_REFUSED = 16,
    TB_FRAME_CLOSED = 17,
    TB_FRAME_OPEN = 18,
    TB_FRAME_DOCUMENT = 19,
    TB_FRAME_BEAT = 20,
    TB_FRAME_BYE = 21,
} tb_frame_kind;

typedef struct tb_item {
    tb_header header;
    tb_bytes header_bytes;
    tb_digest digest;              /* of header_bytes */
    tb_bytes body;                 /* empty: in bodies, or a filler */
    const tb_signed_line *refusal; /* NULL, or the item is a filler and this says why */
} tb_item;

typedef struct tb_group {
    tb_party recipient;
    tb_lane lane;
    tb_root root;
    uint32_t *indexes; /* one per item */
    tb_digest *siblings;
    size_t sibling_count;
    tb_item
        *items; /* at least one; numbers for recipient are consecutive, sender and lane the same */
    size_t item_count;
    bool has_stamp;
    tb_signed_line stamp;
} tb_group;

typedef struct tb_shared_body {
    tb_party sender;
    tb_incarnation incarnation;
    uint64_t notice;
    tb_bytes body;
} tb_shared_body;

typedef struct tb_carry { /* Submit, Deliver */
    tb_group *groups;
    size_t group_count;
    tb_shared_body *bodies;
    size_t body_count;
} tb_carry;

typedef struct tb_lines { /* Stored, Taken */
    tb_signed_line *lines;
    size_t count;
    bool again; /* a number was missing: continue behind these */
} tb_lines;

typedef struct tb_version {
    uint32_t kind;
    tb_bytes name;
    uint32_t version;
    tb_digest digest;
} tb_version;

typedef struct tb_refused {
    bool has_line;
    tb_signed_line line;
    tb_refusal code;
    tb_bytes header;
    tb_bytes reason;
} tb_refused;

typedef struct tb_hello {
    tb_party party;
    tb_incarnation incarnation;
    uint32_t protocol_min;
    uint32_t protocol_max;
    tb_version *documents;
    size_t document_count;
    tb_signed_line *arrived;
    size_t arrived_count;
    tb_stream_at *taken;
    size_t taken_count;
    bool recovering; /* Welcome shows every mark of every incarnation */
} tb_hello;

typedef struct tb_welcome {
    uint32_t protocol;
    tb_incarnation hub_incarnation;
    tb_version *documents;
    size_t document_count;
    tb_signed_line *stored;
    size_t stored_count;
    tb_signed_line *arrived;
    size_t arrived_count;
    tb_signed_line *taken;
    size_t taken_count;
    tb_party *closed;
    size_t closed_count;
    tb_refused *refused;
    size_t refused_count;
    bool more; /* lines follow: a stream without one need not be one without mark */
} tb_welcome;

typedef struct tb_bye {
    tb_refusal code;
    tb_bytes reason;
    uint32_t protocol_min; /* with code protocol, what the speaker speaks; else 0 */
    uint32_t protocol_max;
} tb_bye;

typedef struct tb_frame {
    uint32_t protocol;
    tb_digest hub;
    tb_time civil;
    tb_frame_kind kind;
    union {
        tb_hello hello;
        tb_welcome welcome;
        tb_carry carry; /* SUBMIT, DELIVER */
        tb_lines lines; /* STORED, TAKEN */
        tb_refused refused;
        tb_party share; /* CLOSED, OPEN */
        tb_document document;
        tb_bye bye;
    };
} tb_frame;

/* Checked values or a refusal. A frame of another protocol is TB_REFUSED_PROTOCOL, unless it is a
 * Bye, or a Hello: of such a Hello only party, incarnation and protocols are read. */
tb_refusal tb_frame_decode(tb_bytes in, tb_arena *arena, tb_frame *out) TB_MUST_USE;
/* TB_ERR_LIMIT: arena exhausted, or the frame would pass TB_FRAME_BYTES_MAX. */
tb_err tb_frame_encode(const tb_frame *frame, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

/* One group alone: the form kept in outbox, hub and inbox rows. Bodies of items whose header has
 * several entries are not inside. */
tb_refusal tb_group_decode(tb_bytes in, tb_arena *arena, tb_group *out) TB_MUST_USE;
tb_err tb_group_encode(const tb_group *group, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

/* The items lead to the signed root, under public_key. */
tb_refusal tb_group_verify(const tb_group *group,
                           const tb_digest *hub,
                           const tb_public_key *public_key,
                           tb_root_cache *cache,
                           tb_arena *scratch) TB_MUST_USE;

/* The stream the group's items belong to. */
tb_stream tb_group_stream(const tb_group *group);
/* Whether two groups lie under one signed root. */
bool tb_group_same_root(const tb_group *a, const tb_group *b);
/* Number of item i for the group's recipient. */
uint64_t tb_group_number(const tb_group *group, size_t i);

#endif
