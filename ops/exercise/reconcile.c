/* reconcile - what parties filed of each other, held side by side at headquarters, and the cases behind
 * each difference as the party that sent them has them: reconciliation.json.
 */
#include <jansson.h>
#include <string.h>

#include "ops/exercise/disaster.h"

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

static void add_period(ex_world *world, const ex_party *reader, const char *period, json_t *list)
{
    json_t *all = told(world, reader, period, NULL, NULL);
    json_t *differences = json_object_get(all, "differences");
    for (size_t i = 0; i < json_array_size(differences); i++) {
        json_t *one = json_deep_copy(json_array_get(differences, i));
        const char *of = json_string_value(json_object_get(one, "of"));
        const char *with = json_string_value(json_object_get(one, "with"));
        const ex_party *sender = of != NULL ? ex_party_find(world, of) : NULL;
        json_t *behind = sender != NULL && with != NULL ? told(world, sender, period, of, with) : NULL;
        (void)json_object_set_new(one, "period", json_string(period));
        (void)json_object_set(one, "cases", json_object_get(behind, "sent"));
        (void)json_array_append_new(list, one);
        json_decref(behind);
    }
    json_decref(all);
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
    json_t *list = json_array();
    unsigned count = reader != NULL ? tb_report_periods(world->campaign, report) : 0;
    for (unsigned i = 0; i < count; i++) {
        tb_period period = tb_report_period_at(world->campaign, report, i);
        add_period(world, reader, period.text, list);
    }
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/reconciliation.json", world->options.out);
    if (json_dump_file(list, path, JSON_INDENT(1)) != 0) {
        ex_fail("cannot write %s", path);
    }
    (void)printf("%zu differences between what was filed as sent and as received, with the cases behind them\n%s\n",
                 json_array_size(list), path);
    json_decref(list);
}
