/* campaign - what the campaigns installed here allow; definition files are campaign_file.h's. */
#include <stdio.h>

#include "agents/cli/book.h"
#include "agents/cli/campaign_diff.h"
#include "agents/cli/campaign_explain.h"
#include "agents/cli/campaign_file.h"
#include "agents/cli/cli.h"
#include "agents/cli/grid.h"
#include "agents/cli/help.h"
#include "agents/cli/json.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"

static json_t *label_json(const char *id, const tb_label *label)
{
    return json_pack("{s:s, s:s?, s:s?}", "id", id, "zh", label->zh, "en", label->en);
}

static json_t *type_json(const tb_case_type *type)
{
    json_t *fields = json_array();
    json_t *states = json_array();
    json_t *actions = json_array();
    for (unsigned i = 0; i < type->field_count; i++) {
        (void)json_array_append_new(fields, label_json(type->fields[i].id, &type->fields[i].title));
    }
    for (unsigned i = 0; i < type->state_count; i++) {
        (void)json_array_append_new(states, label_json(type->states[i].id, &type->states[i].title));
    }
    for (unsigned i = 0; i < type->action_count; i++) {
        (void)json_array_append_new(actions,
                                    label_json(type->actions[i].id, &type->actions[i].title));
    }
    json_t *o = label_json(type->id, &type->title);
    (void)json_object_set_new(o, "fields", fields);
    (void)json_object_set_new(o, "states", states);
    (void)json_object_set_new(o, "actions", actions);
    return o;
}

static json_t *stages_json(const tb_campaign *campaign)
{
    json_t *stages = json_array();
    for (unsigned i = 0; i < campaign->stage_count; i++) {
        const tb_stage *stage = &campaign->stages[i];
        json_t *o = label_json(stage->id, &stage->title);
        (void)json_object_set_new(o, "from", json_string(stage->from));
        (void)json_object_set_new(o, "to", json_string(stage->to));
        (void)json_object_set_new(o, "counts_until",
                                  stage->counts_until != NULL ? json_string(stage->counts_until)
                                                              : json_null());
        (void)json_array_append_new(stages, o);
    }
    return stages;
}

static json_t *parameters_json(const tb_campaign *campaign)
{
    json_t *parameters = json_array();
    for (unsigned i = 0; i < campaign->parameter_count; i++) {
        const tb_parameter *parameter = &campaign->parameters[i];
        json_t *o = label_json(parameter->id, &parameter->title);
        (void)json_object_set_new(o, "value", json_string(parameter->value));
        (void)json_array_append_new(parameters, o);
    }
    return parameters;
}

static json_t *campaign_json(const tb_campaign *campaign)
{
    json_t *roles = json_array();
    json_t *types = json_array();
    for (unsigned i = 0; i < campaign->role_count; i++) {
        (void)json_array_append_new(roles,
                                    label_json(campaign->roles[i].id, &campaign->roles[i].title));
    }
    for (unsigned i = 0; i < campaign->case_type_count; i++) {
        (void)json_array_append_new(types, type_json(&campaign->case_types[i]));
    }
    json_t *o = label_json(campaign->id, &campaign->title);
    (void)json_object_set_new(o, "version", json_integer(campaign->version));
    (void)json_object_set_new(o, "from", json_string(campaign->from));
    (void)json_object_set_new(o, "to", json_string(campaign->to));
    (void)json_object_set_new(o, "roles", roles);
    (void)json_object_set_new(o, "case_types", types);
    (void)json_object_set_new(o, "stages", stages_json(campaign));
    (void)json_object_set_new(o, "parameters", parameters_json(campaign));
    return o;
}

static void put_label(tb_grid *grid, const char *kind, const char *id, const tb_label *label)
{
    tb_grid_text(grid, kind);
    tb_grid_text(grid, id);
    tb_grid_text(grid, label->zh == NULL ? "" : label->zh);
    tb_grid_text(grid, label->en == NULL ? "" : label->en);
}

static bool print_type(const tb_case_type *type, tb_arena *arena)
{
    const char *const headings[] = {_("kind"), _("id"), _("Chinese"), _("English"), NULL};
    tb_grid grid;
    tb_grid_init(&grid, arena, headings);
    put_label(&grid, _("case type"), type->id, &type->title);
    for (unsigned i = 0; i < type->state_count; i++) {
        put_label(&grid, _("state"), type->states[i].id, &type->states[i].title);
    }
    for (unsigned i = 0; i < type->action_count; i++) {
        put_label(&grid, _("action"), type->actions[i].id, &type->actions[i].title);
    }
    for (unsigned i = 0; i < type->field_count; i++) {
        put_label(&grid, _("field"), type->fields[i].id, &type->fields[i].title);
    }
    for (unsigned i = 0; i < type->duty_count; i++) {
        put_label(&grid, _("duty"), type->duties[i].id, &type->duties[i].title);
    }
    return tb_grid_print(&grid, stdout);
}

static int show(const tb_common *common, const char *name)
{
    tb_client client;
    tb_book book;
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    const tb_campaign *campaign = tb_book_campaign_of(&book, tb_bytes_str(name));
    if (campaign == NULL) {
        tb_say_refusal(TB_REFUSED_UNKNOWN_CAMPAIGN, tb_bytes_str(name));
        code = TB_EXIT_REFUSED;
    } else if (common->json) {
        tb_json_print(campaign_json(campaign));
    } else {
        tb_bytes title = tb_book_label(&campaign->title, tb_bytes_str(campaign->id));
        (void)printf(_("%.*s (%s, version %u), %s to %s\n\n"), (int)title.size,
                     (const char *)title.data, campaign->id, campaign->version, campaign->from,
                     campaign->to);
        tb_explain_head(campaign);
        for (unsigned i = 0; i < campaign->case_type_count && code == TB_EXIT_DONE; i++) {
            code = print_type(&campaign->case_types[i], &client.arena) ? TB_EXIT_DONE
                                                                       : TB_EXIT_INTERNAL;
        }
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

static int list(const tb_common *common)
{
    tb_client client;
    tb_book book;
    tb_local_answer answer;
    tb_local_request request = {.kind = TB_REQUEST_LIST_CAMPAIGNS};
    int code = tb_client_open(common, &client);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    tb_book_init(&book, &client);
    code = tb_client_get(&client, &request, TB_ANSWER_CAMPAIGNS, &answer);
    if (code == TB_EXIT_DONE && client.json) {
        tb_json_print(tb_json_answer(&answer));
    } else if (code == TB_EXIT_DONE && !tb_show_campaigns(&book, &answer.campaigns)) {
        code = TB_EXIT_INTERNAL;
    }
    tb_book_close(&book);
    tb_client_close(&client);
    return code;
}

/* What is done with a definition file; false when the word is none of these. */
static bool file_verb(const tb_common *common,
                      const tb_publish_options *publish,
                      const char *verb,
                      const char *path,
                      int *out_code)
{
    if (strcmp(verb, "check") == 0) {
        *out_code = tb_campaign_file_check(common, path);
    } else if (strcmp(verb, "explain") == 0) {
        *out_code = tb_campaign_explain(path);
    } else if (strcmp(verb, "graph") == 0) {
        *out_code = tb_campaign_graph(path);
    } else if (strcmp(verb, "publish") == 0) {
        *out_code = tb_campaign_publish(common, publish, path);
    } else {
        return false;
    }
    return true;
}

int tb_cli_campaign(int argc, char **argv)
{
    tb_common common;
    tb_words words;
    tb_publish_options publish = {0};
    tb_adopt_options adopt = {0};
    const char *parameters = NULL;
    int code;
    const tb_option options[] = {{"dir", NULL, &publish.folder},
                                 {"authority", NULL, &publish.authority},
                                 {"out", NULL, &publish.out},
                                 {"document-no", NULL, &adopt.document_no},
                                 {"from", NULL, &adopt.from},
                                 {"parameter", NULL, &parameters}};
    if (!tb_arguments_read(argc, argv, options, 6, &common, &words)) {
        return TB_EXIT_USAGE;
    }
    if (common.help) {
        tb_help_print("campaign");
        return TB_EXIT_DONE;
    }
    if (words.count == 2 && strcmp(words.list[0], "close") == 0) {
        return tb_campaign_close(&common, words.list[1], publish.out);
    }
    if (words.count > 0 && strcmp(words.list[0], "automatic") == 0) {
        return tb_campaign_automatic(&common, words.list + 1, words.count - 1);
    }
    if (words.count == 2 && file_verb(&common, &publish, words.list[0], words.list[1], &code)) {
        return code;
    }
    if (words.count == 2 && strcmp(words.list[0], "set") == 0 && parameters != NULL) {
        return tb_campaign_set(words.list[1], parameters);
    }
    if (words.count == 4 && strcmp(words.list[0], "adopt") == 0) {
        adopt.path = words.list[1];
        adopt.of = words.list[2];
        adopt.duty = words.list[3];
        return tb_campaign_adopt(&adopt);
    }
    if (words.count == 3 && strcmp(words.list[0], "diff") == 0) {
        return tb_campaign_diff(&common, words.list[1], words.list[2]);
    }
    if (words.count == 2 && strcmp(words.list[0], "show") == 0) {
        return show(&common, words.list[1]);
    }
    if (words.count == 1 && strcmp(words.list[0], "list") == 0) {
        return list(&common);
    }
    return tb_help_wrong("campaign", _("campaign takes: list; show, automatic or close CAMPAIGN; "
                                       "check, explain, graph or publish FILE; diff OLD NEW; set "
                                       "FILE --parameter NAME=VALUE; or adopt FILE TYPE DUTY"));
}
