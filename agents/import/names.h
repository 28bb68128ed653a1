/* names - whether what a person wrote means a field or a choice: by id, title or alias, whatever
 * its case, width and blanks around it. (The campaign interpreter itself takes ids as they are.) */
#ifndef TB_IMPORT_NAMES_H
#define TB_IMPORT_NAMES_H

#include "agents/campaign/campaign.h"

/* NULL when the text names none. */
const tb_field_def *tb_names_field(const tb_case_type *type, tb_bytes text);
const tb_choice *tb_names_choice(const tb_code_list *codes, tb_bytes text);

#endif
