/* ids - small value types for the things that have names, so that the compiler refuses to mix them.
 *
 * All are fixed size, compare with memcmp, and go into keys as they stand.
 */
#ifndef TB_IDS_H
#define TB_IDS_H

#include "base/base.h"

/* [a-z0-9.-], at most TB_PARTY_BYTES - 1 characters, zero padded: "bureau.33", "ct.33". */
#define TB_PARTY_BYTES 24
typedef struct tb_party {
    char text[TB_PARTY_BYTES];
} tb_party;

#define TB_DIGEST_BYTES 32
typedef struct tb_digest {
    uint8_t bytes[TB_DIGEST_BYTES];
} tb_digest;

/* The first 8 bytes of BLAKE2b-256("tongbao key" ‖ purpose ‖ public key); see PROTOCOL.md. */
typedef struct tb_key_id {
    uint8_t bytes[8];
} tb_key_id;

/* A run of one agent's store: higher counter is newer; equal counters with other bytes are two
 * copies. */
typedef struct tb_incarnation {
    uint64_t counter;
    uint8_t random[8];
} tb_incarnation;

/* 48-bit time in ms, then the first 10 bytes of the opening event's id (design §8). */
#define TB_CASE_ID_BYTES 16
typedef struct tb_case_id {
    uint8_t bytes[TB_CASE_ID_BYTES];
} tb_case_id;

/* Chosen by the caller of the local API; the answer is kept under it. */
typedef struct tb_request_id {
    uint8_t bytes[16];
} tb_request_id;

typedef enum tb_lane {
    TB_LANE_URGENT = 1, /* 特急 */
    TB_LANE_NORMAL = 2,
    TB_LANE_BULK = 3,
} tb_lane;
#define TB_LANE_FIRST TB_LANE_URGENT
#define TB_LANE_LAST  TB_LANE_BULK

/* What one sender sends one recipient in one lane, numbered from 1 within an incarnation. */
typedef struct tb_stream {
    tb_party sender;
    tb_incarnation incarnation;
    tb_party recipient;
    tb_lane lane;
} tb_stream;

/* False, and *out untouched, unless text is a well-formed party id. */
bool tb_party_parse(tb_bytes text, tb_party *out) TB_MUST_USE;
tb_bytes tb_party_bytes(const tb_party *party);
bool tb_party_equal(const tb_party *a, const tb_party *b);
bool tb_party_empty(const tb_party *party);
bool tb_digest_equal(const tb_digest *a, const tb_digest *b);
bool tb_digest_zero(const tb_digest *d);
bool tb_case_equal(const tb_case_id *a, const tb_case_id *b);
bool tb_case_zero(const tb_case_id *id);
/* Orders by counter, then random bytes. */
int tb_incarnation_compare(const tb_incarnation *a, const tb_incarnation *b);
bool tb_stream_equal(const tb_stream *a, const tb_stream *b);

/* Lower-case hex; out holds 2 * size + 1. */
void tb_hex(const void *data, size_t size, char *out);
/* False unless text is exactly 2 * size hex digits. */
bool tb_hex_parse(tb_bytes text, void *out, size_t size) TB_MUST_USE;

#endif
