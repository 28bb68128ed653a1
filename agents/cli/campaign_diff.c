#include "agents/cli/campaign_diff.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/campaign/compare.h"
#include "agents/campaign/load.h"
#include "agents/cli/cli.h"
#include "agents/cli/files.h"
#include "agents/cli/grid.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"

/* The list of two definitions of the largest size. */
#define MEMORY_BYTES (4u * 1024 * 1024)

static tb_campaign_loaded *load(const char *path)
{
    uint8_t *data = NULL;
    size_t size = 0;
    char error[512] = "";
    tb_campaign_loaded *loaded = NULL;
    if (!tb_files_load(path, TB_DOCUMENT_BYTES_MAX, &data, &size)) {
        return NULL;
    }
    if (tb_campaign_load(tb_bytes_of(data, size), &loaded, error, sizeof error) != TB_OK) {
        tb_say_error(_("the campaign cannot be read: %s"), error);
        loaded = NULL;
    }
    free(data);
    return loaded;
}

static const char *whom(const tb_difference *difference)
{
    switch (tb_difference_hinders(difference)) {
    case TB_HINDERS_NOBODY:
        return _("no case");
    case TB_HINDERS_STATE:
        return difference->state;
    case TB_HINDERS_TYPE:
        return _("every case");
    }
    return "";
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static bool print(const tb_difference *list, size_t count, tb_arena *arena)
{
    const char *const headings[] = {
        _("keeps from moving"), _("case type"), _("difference"), _("of"), "", NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    for (size_t i = 0; i < count; i++) {
        tb_grid_text(&grid, whom(&list[i]));
        tb_grid_text(&grid, or_empty(list[i].case_type));
        tb_grid_text(&grid, tb_say_chinese() ? tb_difference_zh(list[i].kind)
                                             : tb_difference_en(list[i].kind));
        tb_grid_text(&grid, or_empty(list[i].about));
        tb_grid_text(&grid, or_empty(list[i].detail));
    }
    return tb_grid_print(&grid, stdout);
}

static json_t *json_of(const tb_difference *d)
{
    static const char *const keys[] = {"nobody", "state", "type"};
    return json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s, s:s}", "difference",
                     tb_difference_key(d->kind), "hinders", keys[tb_difference_hinders(d)],
                     "case_type", d->case_type, "state", d->state, "about", d->about, "detail",
                     d->detail, "zh", tb_difference_zh(d->kind), "en", tb_difference_en(d->kind));
}

static void print_json(const tb_difference *list, size_t count, bool safe)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(array, json_of(&list[i]));
    }
    tb_json_print(json_pack("{s:b, s:o}", "safe", safe, "differences", array));
}

static int tell(const tb_common *common, const tb_difference *list, size_t count, tb_arena *arena)
{
    bool safe = true;
    for (size_t i = 0; i < count; i++) {
        safe = safe && tb_difference_hinders(&list[i]) == TB_HINDERS_NOBODY;
    }
    if (common->json) {
        print_json(list, count, safe);
    } else if (count == 0) {
        (void)printf(_("they do not differ\n"));
    } else if (!print(list, count, arena)) {
        return TB_EXIT_INTERNAL;
    }
    if (!common->json) {
        (void)printf(safe ? _("every case may move to the new version\n")
                          : _("some cases cannot move to the new version\n"));
    }
    return safe ? TB_EXIT_DONE : TB_EXIT_REFUSED;
}

int tb_campaign_diff(const tb_common *common, const char *from_path, const char *to_path)
{
    tb_campaign_loaded *from = load(from_path);
    tb_campaign_loaded *to = load(to_path);
    void *memory = malloc(MEMORY_BYTES);
    int code = TB_EXIT_INTERNAL;
    if (from != NULL && to != NULL && memory != NULL) {
        tb_arena arena;
        tb_difference *list = NULL;
        size_t count = 0;
        tb_arena_init(&arena, memory, MEMORY_BYTES);
        tb_err err = tb_campaign_compare(tb_campaign_loaded_get(from), tb_campaign_loaded_get(to),
                                         &arena, &list, &count);
        if (err == TB_OK) {
            code = tell(common, list, count, &arena);
        } else {
            tb_say_error("%s", tb_err_text(err));
        }
    }
    free(memory);
    tb_campaign_loaded_free(from);
    tb_campaign_loaded_free(to);
    return code;
}
