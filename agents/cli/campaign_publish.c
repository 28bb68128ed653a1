/* campaign_publish - a definition file becomes a signed document: checked first, under its own name
 * and version. */
#include <stdio.h>
#include <stdlib.h>

#include "agents/cli/campaign_file.h"
#include "agents/cli/directory.h"
#include "agents/cli/files.h"
#include "agents/cli/say.h"

static int missing(const tb_publish_options *o)
{
    const char *const names[] = {"dir", "authority", "out"};
    const char *const values[] = {o->folder, o->authority, o->out};
    for (size_t i = 0; i < 3; i++) {
        if (values[i] == NULL) {
            return tb_say_missing(names[i]);
        }
    }
    return TB_EXIT_DONE;
}

static int tell(const tb_common *common, const tb_publish_options *o, const tb_campaign *campaign)
{
    if (common->json) {
        return tb_print_json(json_pack("{s:s, s:s, s:i}", "file", o->out, "name", campaign->id,
                                       "version", (int)campaign->version));
    }
    (void)printf(_("signed: campaign %s version %u, %s\n"
                   "\n"
                   "Install it at one agent: tongbao document install %s\n"
                   "That agent shows it to the hub, and the hub hands it to every agent, now or "
                   "when it connects\n"
                   "next. An agent without a link installs the same file itself. Open cases keep "
                   "the version they\n"
                   "were opened under.\n"),
                 campaign->id, (unsigned)campaign->version, o->out, o->out);
    return TB_EXIT_DONE;
}

static int sign(const tb_common *common,
                const tb_publish_options *o,
                tb_bytes content,
                const tb_campaign *campaign)
{
    tb_problem problem;
    tb_document document = {.kind = TB_DOCUMENT_CAMPAIGN,
                            .name = tb_bytes_str(campaign->id),
                            .version = campaign->version,
                            .content = content};
    if (!tb_sign_into_file(o->folder, o->authority, o->out, &document, &problem)) {
        return tb_say_problem(&problem);
    }
    return tell(common, o, campaign);
}

int tb_campaign_publish(const tb_common *common, const tb_publish_options *o, const char *path)
{
    uint8_t *data = NULL;
    size_t size = 0;
    int code = missing(o);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    if (!tb_files_load(path, TB_DOCUMENT_BYTES_MAX, &data, &size)) {
        return TB_EXIT_INTERNAL;
    }
    tb_bytes content = tb_bytes_of(data, size);
    code = tb_campaign_may_be_signed(path, content, NULL, 0);
    tb_campaign_loaded *loaded = NULL;
    if (code == TB_EXIT_DONE) {
        char error[256] = "";
        tb_err err = tb_campaign_load(content, &loaded, error, sizeof error);
        if (err != TB_OK) {
            tb_say_error("%s", error[0] != '\0' ? error : tb_err_text(err));
            code = TB_EXIT_INTERNAL;
        }
    }
    if (code == TB_EXIT_DONE) {
        code = sign(common, o, content, tb_campaign_loaded_get(loaded));
    }
    tb_campaign_loaded_free(loaded);
    free(data);
    return code;
}
