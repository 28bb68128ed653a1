#include "agents/campaign/load.h"
#include "agents/campaign/load_parameters.h"
#include "agents/campaign/load_schema.h"
#include "agents/campaign/load_settle.h"

#include <stdio.h>
#include <stdlib.h>

struct tb_campaign_loaded {
    tb_campaign *read;     /* libcyaml's, as it read it: it frees that */
    tb_campaign *campaign; /* settled: lists of its own in the pool, the rest shared */
    tb_pool pool;
};

/* The first error, and the innermost line of the backtrace that libcyaml prints after it. */
typedef struct complaint {
    char reason[160];
    unsigned line;
} complaint;

static void hear(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    complaint *heard = context;
    char message[240];
    int size = vsnprintf(message, sizeof message, format, arguments);
    if (level < CYAML_LOG_ERROR || size < 0) {
        return;
    }
    message[strcspn(message, "\n")] = '\0';
    unsigned line = 0;
    const char *place = strstr(message, "line: ");
    if (place != NULL && heard->line == 0 && sscanf(place, "line: %u", &line) == 1) {
        heard->line = line;
    }
    const char *start = strncmp(message, "Load: ", 6) == 0 ? message + 6 : message;
    bool trace = start[0] == ' ' || strncmp(start, "Backtrace", 9) == 0;
    if (heard->reason[0] == '\0' && !trace) {
        (void)snprintf(heard->reason, sizeof heard->reason, "%.150s", start);
    }
}

static const cyaml_config_t *config_for(complaint *heard, cyaml_config_t *config)
{
    *config = (cyaml_config_t){
        .log_fn = heard != NULL ? hear : NULL,
        .log_ctx = heard,
        .mem_fn = cyaml_mem,
        .log_level = CYAML_LOG_ERROR,
        .flags = CYAML_CFG_NO_ALIAS, /* they can make a small document very large */
    };
    return config;
}

static void explain(const complaint *heard, cyaml_err_t code, char *error, size_t error_size)
{
    if (error == NULL || error_size == 0) {
        return;
    }
    const char *otherwise = code == CYAML_OK ? "the document is empty" : cyaml_strerror(code);
    const char *reason = heard->reason[0] != '\0' ? heard->reason : otherwise;
    if (heard->line > 0) {
        (void)snprintf(error, error_size, "line %u: %s", heard->line, reason);
    } else {
        (void)snprintf(error, error_size, "%s", reason);
    }
}

/* What a duty's stage says of its end, where the duty is counted. */
static void link_stages(tb_campaign *campaign)
{
    for (unsigned i = 0; i < campaign->case_type_count; i++) {
        tb_case_type *type = &campaign->case_types[i];
        for (unsigned j = 0; j < type->duty_count; j++) {
            tb_duty_def *duty = &type->duties[j];
            const tb_stage *stage =
                duty->stage != NULL ? tb_campaign_stage(campaign, duty->stage) : NULL;
            duty->stage_end = stage != NULL ? stage->to : NULL;
        }
    }
}

/* False: no memory. */
static bool settle(tb_campaign_loaded *loaded)
{
    tb_pool *pool = &loaded->pool;
    const tb_campaign *read = loaded->read;
    tb_campaign *campaign = tb_pool_alloc(pool, 1, sizeof *campaign);
    tb_case_type *types = tb_pool_alloc(pool, read->case_type_count, sizeof *types);
    if (campaign == NULL || types == NULL) {
        return false;
    }
    *campaign = *read;
    if (read->case_type_count > 0) {
        memcpy(types, read->case_types, read->case_type_count * sizeof *types);
    }
    campaign->case_types = types;
    tb_campaign_settle(&(tb_settling){.campaign = campaign, .pool = pool});
    link_stages(campaign);
    loaded->campaign = campaign;
    return !pool->exhausted;
}

static tb_err load_filled(tb_bytes yaml, tb_campaign_loaded **out, char *error, size_t error_size)
{
    complaint heard = {0};
    cyaml_config_t config;
    cyaml_data_t *data = NULL;
    cyaml_err_t code = cyaml_load_data(yaml.data, yaml.size, config_for(&heard, &config),
                                       &tb_campaign_schema, &data, NULL);
    if (code != CYAML_OK || data == NULL) {
        explain(&heard, code, error, error_size);
        return code == CYAML_ERR_OOM ? TB_ERR_LIMIT : TB_ERR_CORRUPT;
    }
    tb_campaign_loaded *loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL) {
        cyaml_free(&config, &tb_campaign_schema, data, 0);
        return TB_ERR_LIMIT;
    }
    loaded->read = data;
    if (!settle(loaded)) {
        tb_campaign_loaded_free(loaded);
        return TB_ERR_LIMIT;
    }
    *out = loaded;
    return TB_OK;
}

tb_err tb_campaign_load(tb_bytes yaml, tb_campaign_loaded **out, char *error, size_t error_size)
{
    tb_pool pool = {NULL, false};
    tb_bytes filled = tb_parameters_fill(yaml, &pool);
    tb_err err = pool.exhausted ? TB_ERR_LIMIT : load_filled(filled, out, error, error_size);
    tb_pool_free(&pool);
    return err;
}

const tb_campaign *tb_campaign_loaded_get(const tb_campaign_loaded *loaded)
{
    return loaded->campaign;
}

void tb_campaign_loaded_free(tb_campaign_loaded *loaded)
{
    if (loaded == NULL) {
        return;
    }
    cyaml_config_t config;
    cyaml_free(config_for(NULL, &config), &tb_campaign_schema, loaded->read, 0);
    tb_pool_free(&loaded->pool);
    free(loaded);
}
