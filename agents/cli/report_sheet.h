/* report_sheet - a report as the annex (附表) of a document: one sheet of a spreadsheet file. */
#ifndef TB_REPORT_SHEET_H
#define TB_REPORT_SHEET_H

#include "agents/cli/book.h"

/* A new file, never one that is there: head, figures with 序号, 指标, 计量单位, 本季度, 本年累计, 上季度,
 * 环比, the text sections, and who signs; A4 across, the column heads on every page. Numbers are
 * numbers, and shares are cut off to what is shown, so that 89.996 % never looks like 90 %. Of an
 * exercise it says that it is one. False after saying why. */
bool tb_report_sheet(const char *path, tb_book *book, const tb_local_report *report);

#endif
