/* values - FIELD=VALUE words of a command, read as people write them, into what a request carries.
 */
#ifndef TB_CLI_VALUES_H
#define TB_CLI_VALUES_H

#include "agents/cli/arguments.h"
#include "agents/cli/book.h"

/* Words from `from` on, ascending by field id; values in the client's arena. type may be NULL: then
 * they are taken as they stand. False after saying which word is wrong. */
bool tb_values_read(tb_book *book,
                    const tb_campaign *campaign,
                    const tb_case_type *type,
                    const tb_words *words,
                    size_t from,
                    tb_field **out,
                    size_t *out_count);

/* A field and a value to look for, as a person wrote them. False after saying what is wrong. */
bool tb_values_sought(
    tb_book *book, const char *field, const char *value, tb_bytes *out_field, tb_bytes *out_value);

#endif
