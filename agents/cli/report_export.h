/* report_export - a report as a table for spreadsheets. */
#ifndef TB_REPORT_EXPORT_H
#define TB_REPORT_EXPORT_H

#include <stdio.h>

#include "agents/cli/book.h"

/* UTF-8 with a mark, cells quoted. False when it could not be written. */
bool tb_report_export(FILE *out, tb_book *book, const tb_local_report *report);

#endif
