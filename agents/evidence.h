/* evidence - 核验材料: what proves a case, or a report and its figures, for who has no agent.
 *
 *     export   documents, the case's events each as it would be passed on, the recipients' marks for
 *              what this party sent; of a report at its reporter also every case that its figures
 *              are counted from. In signed pages (messages/evidence.h).
 *     check    the same pages, taken into a store of nobody's: every event is proved and judged as
 *              if the maker had passed it on, and what is then in the store is proved and counted by
 *              the same code as at an agent (verify.h).
 *
 * Nothing of a page is believed: directories are bound to the newest of them, that one's authority
 * key to whoever reads; all else follows from it.
 */
#ifndef TB_EVIDENCE_H
#define TB_EVIDENCE_H

#include "agents/link.h"
#include "messages/evidence.h"
#include "messages/local.h"

/* One page behind `after`. Of a campaign (an archive) the subject is zero, and every closed case is
 * in it. Refused: unknown_case, unknown_campaign, campaign_running, report_unknown, fenced,
 * request_malformed. */
tb_err tb_evidence_export(tb_step *step,
                          const tb_local_export_evidence *wish,
                          tb_local_answer *answer) TB_MUST_USE;

/* Of a store that evidence was taken into: cases that its subject does not stand on, the first so
 * many of *out_count. */
tb_err tb_evidence_strangers(tb_step *step,
                             const tb_case_id *subject,
                             bool report,
                             tb_case_id *out,
                             size_t most,
                             size_t *out_count) TB_MUST_USE;

/* evidence_check.c */

/* Directories of one hub, ascending by version, each with the document it is the content of: whether
 * the newest is signed by the authority it names, and the one at a place is signed and leads to it,
 * by predecessors or by the same authority's key. */
bool tb_evidence_bound(const tb_directory *directories,
                       const tb_document *documents,
                       size_t count,
                       size_t place) TB_MUST_USE;
/* Whether those of the file that are newer than the reader's own each may replace the one before, by
 * the rule by which an agent takes a newer directory, and one of its version is the same. */
bool tb_evidence_follows(const tb_directory *mine,
                         const tb_directory *directories,
                         const tb_document *documents,
                         size_t count) TB_MUST_USE;

/* An arrived mark of the file, and whether a notice of the file stands under it. */
typedef struct tb_evidence_marked {
    tb_line line;
    uint32_t page;
    bool covers;
} tb_evidence_marked;

/* A packed SignedLine: an arrived mark, signed by the recipient it speaks of. *out is written when
 * it is accepted. */
tb_refusal tb_evidence_mark(tb_step *step, tb_bytes packed, tb_line *out) TB_MUST_USE;

/* What became of an event of the file. */
typedef struct tb_evidence_taken {
    tb_digest event; /* zero: it does not decode */
    tb_case_id case_id;
    tb_refusal refused; /* what is wrong with it; it was not taken */
    bool twice;         /* it was here already */
    bool early;         /* what it builds on is not here yet: it stands out of order */
    bool other_mark;    /* a recipient's mark under its notice's number is over another header */
    /* Field groups that do not show what the event was signed with. The event is taken without
     * them: its reader sees what they claim, and that nobody signed it. */
    tb_opening *bent;
    size_t bent_count;
} tb_evidence_taken;

/* Proves a packed Passed and takes its event; marks that its notice stands under are told so. */
tb_err tb_evidence_take(tb_step *step,
                        const tb_party *maker,
                        tb_evidence_marked *marked,
                        size_t marked_count,
                        tb_bytes packed,
                        tb_evidence_taken *out) TB_MUST_USE;

#endif
