/* cut_file - the marks of a cut as text: per line incarnation (32 hex digits), recipient, lane
 * (urgent, normal or bulk), number of the last good header and its digest (64 hex digits), blanks
 * between them; lines that begin with # say nothing. */
#ifndef TB_CUT_FILE_H
#define TB_CUT_FILE_H

#include <stdio.h>

#include "keyfile/problem.h"
#include "messages/directory.h"

bool tb_cut_file_read(const char *path,
                      tb_arena *arena,
                      tb_cut_mark **out,
                      size_t *out_count,
                      tb_problem *problem) TB_MUST_USE;

/* Writes marks in this form, behind a line that says whose they are. */
void tb_cut_file_print(FILE *out, const tb_party *party, const tb_cut_mark *marks, size_t count);

#endif
