/* checking - exported evidence while its file is proved: the pages as they are read, whom they are
 * held against, and what is wrong so far (verify_file.c).
 */
#ifndef TB_CLI_CHECKING_H
#define TB_CLI_CHECKING_H

#include "agents/evidence.h"
#include "agents/shell/documents.h"
#include "messages/local.h"

#define TB_CHECKED_DOCUMENTS_MAX 256
#define TB_CHECKED_FAULTS_MAX    100
#define TB_CHECKED_FAULT_BYTES   512
#define TB_CHECKED_MARKS_MAX     8192 /* of a file; a party has fewer streams */

typedef struct tb_checking {
    const char *path;
    uint8_t *file;
    size_t size;
    tb_arena keep;  /* documents and faults */
    tb_arena pages; /* one page at a time */
    tb_arena turn;
    tb_store *store;
    tb_documents *documents;
    tb_agent *agent;
    tb_effects *effects;
    tb_random random;
    tb_evidence_page first; /* its own fields alone are kept */
    tb_document directory_documents[TB_CHECKED_DOCUMENTS_MAX];
    tb_directory directories[TB_CHECKED_DOCUMENTS_MAX]; /* ascending */
    size_t directory_count;
    tb_document others[TB_CHECKED_DOCUMENTS_MAX];
    size_t other_count;
    tb_bytes faults[TB_CHECKED_FAULTS_MAX];
    size_t fault_count;
    uint64_t wrong;
    tb_evidence_marked *marked; /* TB_CHECKED_MARKS_MAX */
    size_t marked_count;
    tb_bytes
        shown; /* figures of the report, where the group that shows them is not what was signed */
    bool archive; /* of a campaign: every case in it is proved */
    tb_local_verified sum;
    tb_case_id at;
    bool end;
    uint64_t cases;
} tb_checking;

/* verify_pages.c. One more thing that is wrong, in the reader's language. */
void tb_checking_fault(tb_checking *c, const char *form, ...) __attribute__((format(printf, 2, 3)));
/* The next page, decoded anew; false at the end, and after a fault. */
bool tb_checking_next(tb_checking *c, size_t *at, tb_evidence_page *out);
/* That the pages are one file without a gap, and its documents. False: there is none to go on with.
 */
bool tb_checking_scan(tb_checking *c);

/* verify_trust.c. The reader's own directory: the newest of all, or one that those in the file
 * follow from; or the folder of all its versions, which fills what the file cannot have. */
void tb_checking_trust_directory(tb_checking *c, const char *path);
/* The authority's fingerprint as the reader was told it; and as it is. */
void tb_checking_trust_fingerprint(tb_checking *c, const char *said);
void tb_checking_fingerprint(const tb_directory *directory, char out[TB_FINGERPRINT_TEXT]);
/* Drops, with a fault, what is not bound to the newest. False: that one is nobody's. */
bool tb_checking_bind(tb_checking *c);

#endif
