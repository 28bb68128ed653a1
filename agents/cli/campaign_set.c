/* campaign_set - a definition with other values of its parameters: the year of the next time. */
#include <stdio.h>
#include <stdlib.h>

#include "agents/campaign/load_parameters.h"
#include "agents/cli/campaign_file.h"
#include "agents/cli/cli.h"
#include "agents/cli/files.h"
#include "agents/cli/say.h"

static int set_one(tb_bytes *text, tb_bytes pair, tb_pool *pool)
{
    const uint8_t *equals = memchr(pair.data, '=', pair.size);
    if (equals == NULL) {
        tb_say_error(_("\"%.*s\" is no parameter with a value: write NAME=VALUE"), (int)pair.size,
                     (const char *)pair.data);
        return TB_EXIT_USAGE;
    }
    size_t size = (size_t)(equals - pair.data);
    tb_bytes value = tb_bytes_of(equals + 1, pair.size - size - 1);
    tb_err err = tb_parameters_set(*text, tb_bytes_of(pair.data, size), value, pool, text);
    if (err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT) {
        tb_say_refusal(TB_REFUSED_PARAMETER, pair);
        return TB_EXIT_REFUSED;
    }
    if (err != TB_OK) {
        tb_say_error("%s", tb_err_text(err));
        return TB_EXIT_INTERNAL;
    }
    return TB_EXIT_DONE;
}

static int set_all(tb_bytes *text, const char *values, tb_pool *pool)
{
    int code = TB_EXIT_DONE;
    while (code == TB_EXIT_DONE && *values != '\0') {
        size_t size = strcspn(values, ","); /* no value has a comma */
        code = set_one(text, tb_bytes_of(values, size), pool);
        values += size + (values[size] == ',');
    }
    return code;
}

int tb_campaign_set(const char *path, const char *values)
{
    uint8_t *data = NULL;
    size_t size = 0;
    tb_pool pool = {NULL, false};
    if (!tb_files_load(path, TB_DOCUMENT_BYTES_MAX, &data, &size)) {
        return TB_EXIT_INTERNAL;
    }
    tb_bytes text = tb_bytes_of(data, size);
    int code = set_all(&text, values, &pool);
    if (code == TB_EXIT_DONE &&
        (fwrite(text.data, 1, text.size, stdout) != text.size || fflush(stdout) != 0)) {
        tb_say_error("%s", tb_err_text(TB_ERR_IO));
        code = TB_EXIT_INTERNAL;
    }
    tb_pool_free(&pool);
    free(data);
    return code;
}
