/* line - signed statements about a stream: stored (with its stamp), arrived, refused, resent-to. */
#ifndef TB_LINE_H
#define TB_LINE_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/refusal.h"
#include "base/time.h"
#include "messages/root.h"

typedef enum tb_line_kind {
    TB_LINE_STORED =
        1, /* by the hub: holds up to `to`; from..to were stored at `at` (mark and stamp) */
    TB_LINE_ARRIVED = 2, /* by the recipient: holds up to `to` */
    TB_LINE_REFUSED = 3, /* by hub or recipient: number `from` is refused, for `code` */
    TB_LINE_RESENT = 4,  /* by a peer: what it had was resent up to `to` */
} tb_line_kind;

/* How far somebody holds a stream; unsigned. */
typedef struct tb_stream_at {
    tb_stream stream;
    uint64_t number;
    tb_digest digest; /* header digest of number; zero for number 0 */
} tb_stream_at;

typedef struct tb_line {
    tb_line_kind kind;
    tb_stream stream;
    uint64_t from;
    uint64_t to;
    tb_digest digest; /* header digest of number `to`; refused: of the refused header */
    tb_time at;
    tb_time civil; /* 0 outside exercises */
    tb_refusal code;
    tb_digest event; /* zero when no event is named */
} tb_line;

tb_refusal tb_line_decode(tb_bytes in, tb_line *out) TB_MUST_USE;
tb_err tb_line_encode(const tb_line *line, tb_arena *arena, tb_bytes *out) TB_MUST_USE;
/* Domain "tongbao line": the leaf of tree 2. */
tb_digest tb_line_digest(tb_bytes encoded);

/* A line that stands alone: kept, shown in Hello and Welcome, carried by passed-on events. */
typedef struct tb_signed_line {
    tb_line line;
    tb_bytes encoded;
    tb_root root;
    uint32_t index;
    tb_digest path[TB_PATH_MAX];
    size_t path_count;
} tb_signed_line;

/* Packed form for store and for Passed.stamp (a wire SignedLine). */
tb_refusal tb_signed_line_decode(tb_bytes in, tb_arena *arena, tb_signed_line *out) TB_MUST_USE;
tb_err tb_signed_line_encode(const tb_signed_line *in, tb_arena *arena, tb_bytes *out) TB_MUST_USE;
/* Whether two lines lie under one signed root. */
bool tb_signed_line_same_root(const tb_signed_line *a, const tb_signed_line *b);
/* Path and root signature under public_key. The caller checks that the signer may say this. */
tb_refusal tb_signed_line_verify(const tb_signed_line *line,
                                 const tb_digest *hub,
                                 const tb_public_key *public_key,
                                 tb_root_cache *cache) TB_MUST_USE;

/* Signs lines of one turn together; each comes back standing alone. root carries suite, signer, key
 * and incarnation; count, root and signature are filled. */
tb_err tb_lines_sign(const tb_line *lines,
                     size_t count,
                     const tb_root *root,
                     const tb_digest *hub,
                     const tb_sign_pair *pair,
                     tb_arena *arena,
                     tb_signed_line **out) TB_MUST_USE;

#endif
