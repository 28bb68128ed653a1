/* encoding - a sender's file as UTF-8, whatever a spreadsheet saved it as. */
#ifndef TB_ENCODING_H
#define TB_ENCODING_H

#include "base/base.h"

typedef struct tb_plain_text {
    uint8_t *memory; /* ended by free */
    tb_bytes text;   /* UTF-8 without byte order mark */
    const char *encoding;
} tb_plain_text;

/* UTF-8 or UTF-16 by its mark and then nothing else; without one UTF-8 if it is well-formed, else
 * GB18030. False after saying which line is none of these. */
bool tb_encoding_read(tb_bytes in, tb_plain_text *out);

/* UTF-8 as a spreadsheet reads it: "utf-8" with a byte order mark, or "gb18030". Ended by
 * tb_encoding_free. False after saying why. */
bool tb_encoding_write(tb_bytes in, const char *encoding, tb_plain_text *out);
void tb_encoding_free(tb_plain_text *text);

#endif
