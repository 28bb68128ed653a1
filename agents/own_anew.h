/* own_anew - what waited in our outbox behind the cut of our own former key.
 *
 * A cut taken from the hub's marks (our keys were lost, the hub knew no better) lies below numbers
 * that we had given and that nobody has taken. Signed as they are they count for nobody, and a hub
 * ends the session over them. So on the first Welcome under the new key those groups leave the
 * outbox, their streams go back to the cut, and their events are signed and sealed anew under new
 * headers. Has the hub stored one of them all the same, our marks are not the newest and only
 * recovery helps: fenced. Once recovered the stream is of an earlier incarnation, in which nothing
 * is numbered again, and its events are signed anew whoever has the old headers.
 */
#ifndef TB_OWN_ANEW_H
#define TB_OWN_ANEW_H

#include "agents/link.h"

/* Before anything else is sent in the session. *out_back: fenced with marks_back, nothing changed.
 */
tb_err tb_own_anew(tb_step *step, const tb_welcome *welcome, bool *out_back) TB_MUST_USE;

#endif
