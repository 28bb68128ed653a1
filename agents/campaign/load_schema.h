/* load_schema - the form of a campaign document, for libcyaml. */
#ifndef TB_CAMPAIGN_LOAD_SCHEMA_H
#define TB_CAMPAIGN_LOAD_SCHEMA_H

#include <cyaml/cyaml.h>

extern const cyaml_schema_value_t tb_campaign_schema;

#endif
