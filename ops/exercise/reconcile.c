/* reconcile - what parties filed, held side by side at headquarters as the definition says, and the cases
 * behind each difference as the party that sent them has them: reconciliation.json. The parties say why
 * each case is not counted by both, all of one reason at once; headquarters' list then shows who did. A
 * party whose staff rested in the play says nothing: its differences stand open, with their age.
 */
#include <jansson.h>
#include <string.h>

#include "ops/exercise/disaster.h"

static const char *of(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value != NULL ? value : "";
}

/* What the product's command printed as JSON; NULL: it did not. own: of this party, with each of the others. */
static json_t *told(ex_world *world, const ex_party *at, const char *period, bool own)
{
    char socket[EX_PATH];
    ex_socket_of(world, at, socket);
    int code = own ? ex_command(world, NULL, "tongbao", "--socket", socket, "report", "reconcile", period, "--of", at->id.text, "--json", NULL)
                   : ex_command(world, NULL, "tongbao", "--socket", socket, "report", "reconcile", period, "--json", NULL);
    return code == 0 ? json_loads(ex_output, 0, NULL) : NULL;
}

/* The one of this id among what was told. */
static json_t *of_id(const json_t *all, const char *id)
{
    json_t *list = json_object_get(all, "reconciliations");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *one = json_array_get(list, i);
        if (strcmp(of(one, "reconciles"), id) == 0) {
            return one;
        }
    }
    return NULL;
}

/* Of the party's own cases those with this other one. */
static json_t *cases_with(const json_t *own, const char *id, const char *with)
{
    json_t *out = json_array();
    const json_t *sent = json_object_get(of_id(own, id), "sent");
    for (size_t i = 0; i < json_array_size(sent); i++) {
        json_t *one = json_array_get(sent, i);
        if (strcmp(of(one, "with"), with) == 0) {
            (void)json_array_append(out, one);
        }
    }
    return out;
}

/* Headquarters' list goes by sender, so that each is asked once. */
static void add_pairs(ex_world *world, const json_t *all, const char *period, const char *id, json_t *list)
{
    json_t *differences = json_object_get(of_id(all, id), "differences"), *own = NULL;
    const ex_party *asked = NULL;
    for (size_t i = 0; i < json_array_size(differences); i++) {
        json_t *one = json_deep_copy(json_array_get(differences, i));
        const ex_party *sender = ex_party_find(world, of(one, "of"));
        if (sender != asked) {
            json_decref(own);
            own = sender != NULL ? told(world, sender, period, true) : NULL;
            asked = sender;
        }
        (void)json_object_set_new(one, "reconciles", json_string(id));
        (void)json_object_set_new(one, "period", json_string(period));
        (void)json_object_set_new(one, "cases", cases_with(own, id, of(one, "with")));
        (void)json_array_append_new(list, one);
    }
    json_decref(own);
}

static void add_whole(json_t *whole, const char *period, json_t *list)
{
    bool settled = json_array_size(json_object_get(whole, "settled")) > 0;
    (void)json_object_set_new(whole, "period", json_string(period));
    (void)json_object_set_new(whole, "state", json_string(settled ? "settled" : "open"));
    (void)json_array_append(list, whole);
}

static void add_period(ex_world *world, const ex_party *reader, const tb_report_def *report, const char *period, json_t *list)
{
    json_t *all = told(world, reader, period, false);
    for (unsigned i = 0; i < report->reconcile_count; i++) {
        const tb_reconcile_def *def = &report->reconciles[i];
        json_t *whole = of_id(all, def->id);
        if (def->whole_role == NULL) {
            if (strcmp(def->sent, "forwarded") == 0) {
                ex_count_differences(world, all, def->id, period);
            }
            add_pairs(world, all, period, def->id, list);
        } else if (whole != NULL && !json_is_true(json_object_get(whole, "agree"))) {
            add_whole(whole, period, list);
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

static const struct {
    const char *reason;
    const char *zh;
} REASONS[] = {
    {"in_transit", "截止日在途，对方计入下一报告期"},
    {"refused", "对方退回，归属不符，已改派"},
    {"missing", "已与对方逐件核对，对方未计入"},
    {"not_arrived", "尚未送达，已通知补发"},
};

static const tb_reconcile_def *def_of(const tb_report_def *report, const char *id)
{
    for (unsigned i = 0; i < report->reconcile_count; i++) {
        if (strcmp(report->reconciles[i].id, id) == 0) {
            return &report->reconciles[i];
        }
    }
    return NULL;
}

static bool has_reason(const json_t *pair, const char *reason)
{
    const json_t *cases = json_object_get(pair, "cases");
    for (size_t i = 0; i < json_array_size(cases); i++) {
        if (strcmp(of(json_array_get(cases, i), "reason"), reason) == 0) {
            return true;
        }
    }
    return false;
}

/* Says it of all cases with the other party that are not explained yet, of one reason or any; how many. */
static size_t say(ex_world *world, const ex_party *party, const json_t *pair, const char *with, const char *reason, const char *says)
{
    char socket[EX_PATH];
    ex_socket_of(world, party, socket);
    ex_done(world, reason != NULL ? ex_command(world, NULL, "tongbao", "--socket", socket, "--as", "clerk", "report", "settle",
                                               of(pair, "period"), "--with", with, says, "--json", "--reason", reason, NULL)
                                  : ex_command(world, NULL, "tongbao", "--socket", socket, "--as", "clerk", "report", "settle",
                                               of(pair, "period"), "--with", with, says, "--json", NULL));
    json_t *said = json_loads(ex_output, 0, NULL);
    size_t settled = (size_t)json_integer_value(json_object_get(said, "settled"));
    json_decref(said);
    return settled;
}

/* Who sent explains what the other does not count; who counts more than was sent, the rest. */
static size_t settle(ex_world *world, const tb_reconcile_def *def, const json_t *pair)
{
    char says[256];
    size_t settled = 0;
    bool more = json_integer_value(json_object_get(pair, "difference")) > 0;
    const ex_party *party = ex_party_find(world, of(pair, more ? "of" : "with"));
    if (def == NULL || def->settled_by == NULL || def->whole_role != NULL || party == NULL || party->dead || party->rested) {
        return 0;
    }
    const tb_measure *sent = tb_campaign_measure(world->campaign, tb_bytes_str(def->sent));
    const tb_case_type *type = tb_campaign_case_type(world->campaign, tb_bytes_str(sent->case_type));
    const char *field = tb_case_type_action(type, tb_bytes_str(def->settled_by))->fields[0].field;
    if (!more) {
        (void)snprintf(says, sizeof says, "%s=截止日在途，发出方计入上一报告期", field);
        return say(world, party, pair, of(pair, "of"), NULL, says);
    }
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) {
        if (has_reason(pair, REASONS[i].reason)) {
            (void)snprintf(says, sizeof says, "%s=%s", field, REASONS[i].zh);
            settled += say(world, party, pair, of(pair, "with"), REASONS[i].reason, says);
        }
    }
    return settled;
}

/* The pair that headquarters tells of again. */
static json_t *told_before(const json_t *list, const char *period, const json_t *pair, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *one = json_array_get(list, i);
        if (strcmp(of(one, "period"), period) == 0 && strcmp(of(one, "reconciles"), id) == 0 && strcmp(of(one, "of"), of(pair, "of")) == 0 &&
            strcmp(of(one, "with"), of(pair, "with")) == 0) {
            return one;
        }
    }
    return NULL;
}

/* Each difference as headquarters sees it once the parties have spoken. */
static void look_again(ex_world *world, const ex_party *reader, const tb_report_def *report, const json_t *list)
{
    static const char *const SEEN[] = {"settled", "state", "waits_for", "days_open"};
    unsigned count = tb_report_periods(world->campaign, report);
    for (unsigned i = 0; i < count; i++) {
        tb_period period = tb_report_period_at(world->campaign, report, i);
        json_t *all = told(world, reader, period.text, false);
        for (unsigned d = 0; d < report->reconcile_count; d++) {
            const char *id = report->reconciles[d].id;
            json_t *pairs = json_object_get(of_id(all, id), "differences");
            for (size_t k = 0; k < json_array_size(pairs); k++) {
                const json_t *pair = json_array_get(pairs, k);
                json_t *one = told_before(list, period.text, pair, id);
                for (size_t s = 0; one != NULL && s < sizeof SEEN / sizeof SEEN[0]; s++) {
                    (void)json_object_del(one, SEEN[s]);
                    (void)json_object_set(one, SEEN[s], json_object_get(pair, SEEN[s]));
                }
            }
        }
        json_decref(all);
    }
}

static void print_open(ex_world *world, const tb_report_def *report, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const ex_party *sender = ex_party_find(world, of(one, "of")), *other = ex_party_find(world, of(one, "with"));
        const ex_party *waits = ex_party_find(world, of(one, "waits_for"));
        if (strcmp(of(one, "state"), "open") == 0 && sender != NULL && other != NULL && waits != NULL) {
            (void)printf("  %s  %s → %s  差%lld件，未说明，待%s，已%lld天\n", of(one, "period"), sender->name_zh, other->name_zh,
                         (long long)json_integer_value(json_object_get(one, "difference")), waits->name_zh,
                         (long long)json_integer_value(json_object_get(one, "days_open")));
        } else if (strcmp(of(one, "state"), "open") == 0) {
            const tb_reconcile_def *def = def_of(report, of(one, "reconciles"));
            (void)printf("  %s  %s  未说明\n", of(one, "period"), def != NULL ? def->title.zh : "");
        }
    }
}

static void write_list(const ex_world *world, const json_t *list)
{
    char path[EX_PATH * 2];
    (void)snprintf(path, sizeof path, "%s/reconciliation.json", world->options.out);
    if (json_dump_file(list, path, JSON_INDENT(1)) != 0) {
        ex_fail("cannot write %s", path);
    }
    (void)printf("%s\n", path);
}

void ex_reconcile(ex_world *world)
{
    const tb_report_def *report = world->campaign->report_count > 0 ? &world->campaign->reports[0] : NULL;
    if (world->options.play == NULL || report == NULL || report->reconcile_count == 0) {
        return;
    }
    const ex_party *reader = NULL;
    size_t cases = 0, open = 0;
    for (size_t i = 0; i < world->party_count && reader == NULL; i++) {
        reader = strcmp(world->parties[i].role, report->to) == 0 ? &world->parties[i] : NULL;
    }
    json_t *list = reader != NULL ? all_periods(world, reader, report) : json_array();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *pair = json_array_get(list, i);
        cases += settle(world, def_of(report, of(pair, "reconciles")), pair);
    }
    if (cases > 0) {
        ex_settle(world);
        look_again(world, reader, report, list);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        open += strcmp(of(json_array_get(list, i), "state"), "open") == 0;
    }
    (void)printf("%zu differences between what was filed, with the cases behind them: %zu explained, %zu cases of them by the parties now; %zu open\n",
                 json_array_size(list), json_array_size(list) - open, cases, open);
    print_open(world, report, list);
    write_list(world, list);
    json_decref(list);
}
