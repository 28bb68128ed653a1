/* campaign_check - everything that is wrong with a definition file, in people's words. */
#include <stdio.h>
#include <stdlib.h>

#include "agents/cli/campaign_file.h"
#include "agents/cli/cli.h"
#include "agents/cli/files.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"

typedef struct finding_list {
    const char *path;
    FILE *to;
    json_t *array; /* or NULL: text */
} finding_list;

static void print(const finding_list *list, const tb_campaign_finding *f)
{
    const char *reason = tb_say_chinese() ? f->reason.zh : f->reason.en;
    const char *remedy = tb_say_chinese() ? f->remedy.zh : f->remedy.en;
    (void)fprintf(list->to, "%s:%u: %s%s\n    %s\n", list->path, f->line,
                  f->advice ? _("advice: ") : "", reason, remedy);
}

static void tell(void *context, const tb_campaign_finding *f)
{
    finding_list *list = context;
    if (list->array == NULL) {
        print(list, f);
        return;
    }
    (void)json_array_append_new(list->array,
                                json_pack("{s:i, s:b, s:s, s:s, s:s, s:s, s:s}", "line",
                                          (int)f->line, "advice", f->advice, "fault", f->key,
                                          "reason_zh", f->reason.zh, "reason_en", f->reason.en,
                                          "remedy_zh", f->remedy.zh, "remedy_en", f->remedy.en));
}

int tb_campaign_file_check(const tb_common *common, const char *path)
{
    uint8_t *data = NULL;
    size_t size = 0;
    unsigned count = 0;
    if (!tb_files_load(path, TB_DOCUMENT_BYTES_MAX, &data, &size)) {
        return TB_EXIT_INTERNAL;
    }
    finding_list list = {path, stdout, common->json ? json_array() : NULL};
    tb_err err = tb_campaign_check(tb_bytes_of(data, size), tell, &list, &count);
    free(data);
    if (err != TB_OK) {
        json_decref(list.array);
        tb_say_error("%s", tb_err_text(err));
        return TB_EXIT_INTERNAL;
    }
    if (common->json) {
        tb_json_print(json_pack("{s:s, s:b, s:i, s:o}", "file", path, "good", count == 0, "count",
                                (int)count, "faults", list.array));
    } else if (count == 0) {
        (void)printf(_("%s may be signed\n"), path);
    } else {
        (void)printf(_("%s may not be signed; findings: %u\n"), path, count);
    }
    return count == 0 ? TB_EXIT_DONE : TB_EXIT_REFUSED;
}

int tb_campaign_may_be_signed(const char *path,
                              tb_bytes content,
                              const char *name,
                              uint32_t version)
{
    unsigned count = 0;
    finding_list list = {path, stderr, NULL};
    tb_err err = name == NULL ? tb_campaign_check(content, tell, &list, &count)
                              : tb_campaign_check_as(content, tb_bytes_str(name), version, tell,
                                                     &list, &count);
    if (err != TB_OK) {
        tb_say_error("%s", tb_err_text(err));
        return TB_EXIT_INTERNAL;
    }
    if (count > 0) {
        tb_say_refusal(TB_REFUSED_CAMPAIGN_FAULTY, tb_bytes_str(path));
        return TB_EXIT_REFUSED;
    }
    return TB_EXIT_DONE;
}

tb_campaign_loaded *tb_campaign_file_load(const char *path, int *out_code)
{
    uint8_t *data = NULL;
    size_t size = 0;
    char error[512] = "";
    tb_campaign_loaded *loaded = NULL;
    *out_code = TB_EXIT_INTERNAL;
    if (!tb_files_load(path, TB_DOCUMENT_BYTES_MAX, &data, &size)) {
        return NULL;
    }
    tb_bytes yaml = tb_bytes_of(data, size);
    tb_err err = tb_campaign_load(yaml, &loaded, error, sizeof error);
    if (err == TB_ERR_CORRUPT) {
        unsigned count = 0;
        finding_list list = {path, stderr, NULL};
        if (tb_campaign_check(yaml, tell, &list, &count) == TB_OK) {
            tb_say_error(_("%s is not a definition yet: correct what is told above"), path);
            *out_code = TB_EXIT_REFUSED;
        }
    } else if (err != TB_OK) {
        tb_say_error("%s", tb_err_text(err));
    } else {
        *out_code = TB_EXIT_DONE;
    }
    free(data);
    return err == TB_OK ? loaded : NULL;
}
