/* samples - well-formed values for tests of codecs, signed where they must be. All memory is the
 * arena's; the same call always gives the same bytes. */
#ifndef TB_TEST_SAMPLES_H
#define TB_TEST_SAMPLES_H

#include "messages/bundle.h"
#include "messages/directory.h"
#include "messages/event.h"
#include "messages/link.h"

#define SAMPLE_TIME INT64_C(1423453140000) /* 2015-02-09T11:39:00+08:00 */

tb_party sample_party(const char *id);
tb_digest sample_digest(uint8_t fill);
tb_incarnation sample_incarnation(uint64_t counter);
/* seed chooses the pair; the same pair for the same seed. */
tb_sign_pair sample_sign_pair(uint8_t seed);

/* From bureau.33 to entries parties; notice and numbers as given; body_digest of body. */
tb_header sample_header(tb_arena *arena, size_t entries, uint64_t notice);
tb_event sample_opening_event(tb_arena *arena);
tb_event sample_event(tb_arena *arena);
tb_line sample_line(tb_line_kind kind);
/* Alone under a root signed by the hub's pair, seed 9. */
tb_signed_line sample_signed_line(tb_arena *arena, tb_line_kind kind);
/* items notices from bureau.33 to ct.33, proven by a tree with one leaf more, signed by pair 1. */
tb_group sample_group(tb_arena *arena, size_t items, size_t entries, bool stamped);
tb_directory sample_directory(tb_arena *arena);
/* From bureau.33 to ct.33: three notices, and a mark, a refusal and a stamp; signed by pair 1. */
tb_bundle sample_bundle(tb_arena *arena);
tb_bytes sample_bundle_file(tb_arena *arena);
tb_frame sample_frame(tb_arena *arena, tb_frame_kind kind);

#endif
