/* campaign_adopt - the next version of a definition, in which headquarters has adopted a default
 * limit by a document. */
#include <stdio.h>
#include <stdlib.h>

#include "agents/campaign/load_adopt.h"
#include "agents/cli/campaign_file.h"
#include "agents/cli/cli.h"
#include "agents/cli/directory.h"
#include "agents/cli/files.h"
#include "agents/cli/say.h"

static int tell(tb_err err, const tb_adopt_options *o, tb_bytes text)
{
    if (err == TB_ERR_NOT_FOUND) {
        tb_say_error(_("%s declares no duty %s at %s: tongbao campaign explain lists its duties"),
                     o->path, o->duty, o->of);
        return TB_EXIT_REFUSED;
    }
    if (err == TB_ERR_CORRUPT) {
        tb_say_error(
            _("the duty %s of %s cannot be adopted: its limit is no default, or was adopted "
              "before; tongbao campaign check tells what else may be wrong with the file"),
            o->duty, o->of);
        return TB_EXIT_REFUSED;
    }
    if (err == TB_OK &&
        (fwrite(text.data, 1, text.size, stdout) != text.size || fflush(stdout) != 0)) {
        err = TB_ERR_IO;
    }
    if (err != TB_OK) {
        tb_say_error("%s", tb_err_text(err));
        return TB_EXIT_INTERNAL;
    }
    return TB_EXIT_DONE;
}

int tb_campaign_adopt(const tb_adopt_options *o)
{
    uint8_t *data = NULL;
    size_t size = 0;
    tb_pool pool = {NULL, false};
    tb_adopt wish = {.of = tb_bytes_str(o->of), .duty = tb_bytes_str(o->duty)};
    if (o->document_no == NULL || o->from == NULL) {
        return tb_say_missing(o->document_no == NULL ? "document-no" : "from");
    }
    wish.document_no = tb_bytes_str(o->document_no);
    wish.from = tb_bytes_str(o->from);
    if (!tb_files_load(o->path, TB_DOCUMENT_BYTES_MAX, &data, &size)) {
        return TB_EXIT_INTERNAL;
    }
    tb_bytes text = tb_bytes_of(data, size);
    tb_err err = tb_limit_adopt(text, &wish, &pool, &text);
    int code = TB_EXIT_DONE;
    if (err == TB_OK) { /* what is printed may be signed */
        code = tb_campaign_may_be_signed(o->path, text, NULL, 0);
    }
    code = code == TB_EXIT_DONE ? tell(err, o, text) : code;
    tb_pool_free(&pool);
    free(data);
    return code;
}
