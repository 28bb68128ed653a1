/* tables - turning reference data in CSV into the content of signed documents.
 *
 * A tool of the one who publishes tables, not of an agent: it trusts its input no further than it
 * must and says which line is wrong.
 */
#ifndef TB_OPS_TABLES_H
#define TB_OPS_TABLES_H

#include "base/arena.h"
#include "messages/table.h"

/* Reads a file, plain or gzip, into the arena. False after saying why on stderr. */
bool tables_read(const char *path, tb_arena *arena, tb_bytes *out);
bool tables_write(const char *path, tb_bytes content);

/* number-segments.csv -> cities and runs. False after saying which line is wrong. */
bool tables_make_segments(tb_bytes csv, tb_arena *arena, tb_segment_table *out);

#endif
