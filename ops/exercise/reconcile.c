/* reconcile - what parties filed, held side by side at headquarters as the definition says, and the cases
 * behind each difference as the party that sent them has them: reconciliation.json. The parties say why
 * each case is not counted by both; headquarters' list then shows who did.
 */
#include <jansson.h>
#include <string.h>

#include "ops/exercise/disaster.h"

#define SETTLED_MAX 30

/* What the product's command printed as JSON; NULL: it did not. */
static json_t *told(ex_world *world, const ex_party *at, const char *period, const char *of, const char *with)
{
    char socket[EX_PATH];
    ex_socket_of(world, at, socket);
    int code = of == NULL ? ex_command(world, NULL, "tongbao", "--socket", socket, "report", "reconcile", period, "--json", NULL)
                          : ex_command(world, NULL, "tongbao", "--socket", socket, "report", "reconcile", period, "--of", of,
                                       "--with", with, "--json", NULL);
    return code == 0 ? json_loads(ex_output, 0, NULL) : NULL;
}

/* The one of this id among what was told. */
static json_t *of_id(const json_t *all, const char *id)
{
    json_t *list = json_object_get(all, "reconciliations");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *one = json_array_get(list, i);
        const char *reconciles = json_string_value(json_object_get(one, "reconciles"));
        if (reconciles != NULL && strcmp(reconciles, id) == 0) {
            return one;
        }
    }
    return NULL;
}

static void add_pairs(ex_world *world, const json_t *all, const char *period, const char *id, json_t *list)
{
    json_t *differences = json_object_get(of_id(all, id), "differences");
    for (size_t i = 0; i < json_array_size(differences); i++) {
        json_t *one = json_deep_copy(json_array_get(differences, i));
        const char *of = json_string_value(json_object_get(one, "of"));
        const char *with = json_string_value(json_object_get(one, "with"));
        const ex_party *sender = of != NULL ? ex_party_find(world, of) : NULL;
        json_t *behind = sender != NULL && with != NULL ? told(world, sender, period, of, with) : NULL;
        (void)json_object_set_new(one, "reconciles", json_string(id));
        (void)json_object_set_new(one, "period", json_string(period));
        (void)json_object_set(one, "cases", json_object_get(of_id(behind, id), "sent"));
        (void)json_array_append_new(list, one);
        json_decref(behind);
    }
}

static void add_period(ex_world *world, const ex_party *reader, const tb_report_def *report, const char *period, json_t *list)
{
    json_t *all = told(world, reader, period, NULL, NULL);
    for (unsigned i = 0; i < report->reconcile_count; i++) {
        const tb_reconcile_def *def = &report->reconciles[i];
        json_t *whole = of_id(all, def->id);
        if (def->whole_role == NULL) {
            add_pairs(world, all, period, def->id, list);
        } else if (whole != NULL && !json_is_true(json_object_get(whole, "agree"))) {
            (void)json_object_set_new(whole, "period", json_string(period));
            (void)json_array_append(list, whole);
        }
    }
    json_decref(all);
}

static json_t *all_periods(ex_world *world, const ex_party *reader, const tb_report_def *report)
{
    json_t *list = json_array();
    unsigned count = tb_report_periods(world->campaign, report);
    for (unsigned i = 0; i < count; i++) {
        tb_period period = tb_report_period_at(world->campaign, report, i);
        add_period(world, reader, report, period.text, list);
    }
    return list;
}

/* ---- what the parties say of it ---- */

static const char *reason_zh(const char *reason)
{
    return strcmp(reason, "in_transit") == 0 ? "截止日在途，对方计入下一报告期"
           : strcmp(reason, "refused") == 0  ? "对方退回，归属不符，已改派"
                                             : "已与对方逐件核对，原因另行说明";
}

static bool settle(ex_world *world, const char *at, const tb_reconcile_def *def, const json_t *one)
{
    char socket[EX_PATH];
    char says[256];
    const char *id = json_string_value(json_object_get(one, "case"));
    const char *reason = json_string_value(json_object_get(one, "reason"));
    const tb_measure *sent = tb_campaign_measure(world->campaign, tb_bytes_str(def->sent));
    const tb_case_type *type = tb_campaign_case_type(world->campaign, tb_bytes_str(sent->case_type));
    const tb_action *action = tb_case_type_action(type, tb_bytes_str(def->settled_by));
    const ex_party *party = ex_party_find(world, at);
    if (id == NULL || reason == NULL || strcmp(reason, "both") == 0 || party == NULL || party->dead ||
        json_object_get(one, "settled") != NULL) {
        return false;
    }
    ex_socket_of(world, party, socket);
    (void)snprintf(says, sizeof says, "%s=%s", action->fields[0].field, reason_zh(reason));
    return ex_command(world, NULL, "tongbao", "--socket", socket, "--as", "clerk", "report", "settle", id, says, NULL) == 0;
}

static size_t settle_all(ex_world *world, const tb_report_def *report, const json_t *list)
{
    size_t settled = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *pair = json_array_get(list, i);
        const json_t *cases = json_object_get(pair, "cases");
        for (unsigned d = 0; d < report->reconcile_count; d++) {
            const tb_reconcile_def *def = &report->reconciles[d];
            bool ours = def->settled_by != NULL && def->whole_role == NULL &&
                        strcmp(def->id, json_string_value(json_object_get(pair, "reconciles"))) == 0;
            for (size_t c = 0; ours && settled < SETTLED_MAX && c < json_array_size(cases); c++) {
                settled += settle(world, json_string_value(json_object_get(pair, "of")), def, json_array_get(cases, c));
            }
        }
    }
    return settled;
}

/* The pair, or the whole, that headquarters tells of again. */
static json_t *told_before(const json_t *list, const char *period, const json_t *pair, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *one = json_array_get(list, i);
        if (strcmp(json_string_value(json_object_get(one, "period")), period) == 0 &&
            strcmp(json_string_value(json_object_get(one, "reconciles")), id) == 0 &&
            json_equal(json_object_get(one, "of"), json_object_get(pair, "of")) &&
            json_equal(json_object_get(one, "with"), json_object_get(pair, "with"))) {
            return one;
        }
    }
    return NULL;
}

/* Each difference as headquarters sees it once the parties have spoken. */
static void look_again(ex_world *world, const ex_party *reader, const tb_report_def *report, const json_t *list)
{
    unsigned count = tb_report_periods(world->campaign, report);
    for (unsigned i = 0; i < count; i++) {
        tb_period period = tb_report_period_at(world->campaign, report, i);
        json_t *all = told(world, reader, period.text, NULL, NULL);
        for (unsigned d = 0; d < report->reconcile_count; d++) {
            const char *id = report->reconciles[d].id;
            json_t *pairs = json_object_get(of_id(all, id), "differences");
            for (size_t k = 0; k < json_array_size(pairs); k++) {
                json_t *pair = json_array_get(pairs, k);
                json_t *one = told_before(list, period.text, pair, id);
                if (one != NULL) {
                    (void)json_object_set(one, "settled", json_object_get(pair, "settled"));
                }
            }
        }
        json_decref(all);
    }
}

void ex_reconcile(ex_world *world)
{
    const tb_report_def *report = world->campaign->report_count > 0 ? &world->campaign->reports[0] : NULL;
    if (world->options.play == NULL || report == NULL || report->reconcile_count == 0) {
        return;
    }
    const ex_party *reader = NULL;
    for (size_t i = 0; i < world->party_count && reader == NULL; i++) {
        reader = strcmp(world->parties[i].role, report->to) == 0 ? &world->parties[i] : NULL;
    }
    json_t *list = reader != NULL ? all_periods(world, reader, report) : json_array();
    size_t settled = settle_all(world, report, list);
    if (settled > 0) {
        ex_settle(world);
        look_again(world, reader, report, list);
    }
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/reconciliation.json", world->options.out);
    if (json_dump_file(list, path, JSON_INDENT(1)) != 0) {
        ex_fail("cannot write %s", path);
    }
    (void)printf("%zu differences between what was filed, with the cases behind them; %zu cases explained by the parties\n%s\n",
                 json_array_size(list), settled, path);
    json_decref(list);
}
