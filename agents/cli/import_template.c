#include "agents/cli/import.h"

#include <stdio.h>

/* In Chinese, the language of the offices; English headings are read as well. Computed fields and
 * the number as received are not for the sender to fill in. */
void tb_import_template(const tb_case_type *type)
{
    const tb_action *open = tb_opening_action(type);
    bool first = true;
    (void)fputs("\xEF\xBB\xBF", stdout);
    for (unsigned i = 0; open != NULL && i < open->field_count; i++) {
        const tb_field_def *field = tb_case_type_field(type, tb_bytes_str(open->fields[i].field));
        if (field == NULL || field->compute != TB_COMPUTE_NONE ||
            strcmp(field->id, "number_raw") == 0) {
            continue;
        }
        (void)printf("%s%s", first ? "" : ",", field->title.zh);
        first = false;
    }
    (void)fputs("\r\n", stdout);
}
