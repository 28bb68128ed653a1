/* evidence - 核验材料 as files: written at an agent, checked where there is none. */
#ifndef TB_CLI_EVIDENCE_H
#define TB_CLI_EVIDENCE_H

#include "agents/cli/client.h"

/* What proves a case, or a report and its figures, into a new file, readable by its owner alone:
 * field groups are open in it. An exit code. */
int tb_evidence_write(tb_client *client, const tb_case_id *id, bool report, const char *path);

/* Likewise every closed case of a campaign that is over; says nothing. */
int tb_evidence_archive(tb_client *client, tb_bytes campaign, const char *path);

/* verify_file.c: proves such a file from itself and the authority's key. trusted: a signed directory
 * the reader trusts, authority: the fingerprint he was told; either may be NULL, and with neither
 * the fingerprint is printed to be compared. An exit code. */
int tb_evidence_verify(const char *path, const char *trusted, const char *authority, bool json);

#endif
