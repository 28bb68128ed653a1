/* cut_judge - whether what a header proves counts, when its signing key was cut (design §6).
 *
 * Up to the cut a signature is good for ever, beyond it for nobody. Where in a stream a header
 * stands is said by its entries, and each entry is its recipient's to know. A key that was only
 * replaced or lost signs nothing false, so any of its entries at or below that stream's cut will
 * do. Whoever stole a key writes what he likes, so then it takes somebody's word: the party that
 * passes the event on, or ourselves, or the hub's stamp on exactly this header.
 *
 * What was taken before the cut was known is judged by our own entry; without one by any: a header
 * that lies about others is found by those others, as a fork.
 */
#ifndef TB_CUT_JUDGE_H
#define TB_CUT_JUDGE_H

#include "messages/directory.h"
#include "messages/header.h"
#include "messages/line.h"

/* An event that is passed on; digest is the header's, stamp the verified line with it, or NULL. */
bool tb_cut_passed_counts(const tb_directory *directory,
                          const tb_party *self,
                          const tb_party *from,
                          const tb_header *header,
                          const tb_digest *digest,
                          const tb_line *stamp);
/* An event that is here. */
bool tb_cut_kept_counts(const tb_directory *directory,
                        const tb_party *self,
                        const tb_header *header);

#endif
