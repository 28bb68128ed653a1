/* recovering - an agent of the town that has lost something: what it is shown, and how far it is.
 */
#ifndef TB_TEST_RECOVERING_H
#define TB_TEST_RECOVERING_H

#include "agents/recovery.h"
#include "agents/rows_recover.h"
#include "tests/agents/peer.h"

/* A mark of a stream that its recipient signed, and one that the hub did. */
tb_signed_line arrived(town *t, const peer *by, const tb_stream *stream, uint64_t to);
tb_signed_line stored(town *t, const tb_stream *stream, uint64_t to, uint8_t digest);
/* A Welcome that shows nothing yet. */
tb_frame welcome(town *t);
tb_recovery_row recovery(town *t, peer *p);
/* a is fenced: the hub holds number 3 of its stream to ct.33, of which it knows nothing. */
tb_stream fenced(town *t);

#endif
