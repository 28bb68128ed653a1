/* A campaign file: it loads and is checked, or one error says where it is wrong. */
#include "agents/campaign/load.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void hear(void *context, unsigned line, const char *reason)
{
    unsigned *faults = context;
    (void)line;
    FUZZ_CHECK(reason != NULL && reason[0] != '\0');
    (*faults)++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tb_campaign_loaded *loaded = NULL;
    char error[256] = "";
    unsigned heard = 0;
    tb_err err = tb_campaign_load(tb_bytes_of(data, size), &loaded, error, sizeof error);
    if (err != TB_OK) {
        FUZZ_CHECK(err == TB_ERR_LIMIT || strlen(error) > 0);
        return 0;
    }
    FUZZ_CHECK(tb_campaign_check(loaded, hear, &heard) >= heard);
    tb_campaign_loaded_free(loaded);
    return 0;
}
