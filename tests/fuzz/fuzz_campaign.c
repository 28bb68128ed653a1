/* A campaign file: it is checked, each finding has a line and its words, and what has none loads; or
 * one error says where it is wrong. */
#include "agents/campaign/load.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void hear(void *context, const tb_campaign_finding *finding)
{
    unsigned *told = context;
    FUZZ_CHECK(finding->line > 0 && finding->key[0] != '\0');
    (*told)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tb_campaign_loaded *loaded = NULL;
    char error[256] = "";
    unsigned told = 0;
    unsigned faults = 0;
    tb_bytes text = tb_bytes_of(data, size);
    tb_err checked = tb_campaign_check(text, hear, &told, &faults);
    FUZZ_CHECK(checked == TB_ERR_LIMIT || (checked == TB_OK && faults >= told));
    tb_err err = tb_campaign_load(text, &loaded, error, sizeof error);
    if (err != TB_OK) {
        FUZZ_CHECK(checked == TB_ERR_LIMIT || faults > 0);
        FUZZ_CHECK(err == TB_ERR_LIMIT || strlen(error) > 0);
        return 0;
    }
    tb_campaign_loaded_free(loaded);
    return 0;
}
