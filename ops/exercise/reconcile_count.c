/* reconcile_count - the notices between any two provinces, counted over the leads: what the one forwarded in a
 * period and what the other signed for in it. Where both filed, the two differ exactly where headquarters was
 * told so, and by the same figures. The count knows nothing of measures, nor of what was filed.
 */
#include <jansson.h>
#include <string.h>

#include "agents/campaign/period.h"
#include "ops/exercise/exercise.h"

#define BAD_SHOWN 10

static long long crossings(const ex_row *row, const ex_crossing *list, size_t count, const char *home, const tb_period *period)
{
    long long found = 0;
    for (size_t i = 0; i < count; i++) {
        tb_month month = tb_month_of(list[i].at);
        found += strcmp(list[i].home, home) == 0 && strcmp(row->found, home) != 0 && month >= period->first && month <= period->last;
    }
    return found;
}

static bool is_listed(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(json_string_value(json_array_get(list, i)), id) == 0) {
            return true;
        }
    }
    return false;
}

static const json_t *pair_of(const json_t *differences, const ex_party *of, const ex_party *with)
{
    for (size_t i = 0; i < json_array_size(differences); i++) {
        const json_t *one = json_array_get(differences, i);
        if (strcmp(json_string_value(json_object_get(one, "of")), of->id.text) == 0 &&
            strcmp(json_string_value(json_object_get(one, "with")), with->id.text) == 0) {
            return one;
        }
    }
    return NULL;
}

static void hold(ex_world *world, const json_t *differences, const ex_party *of, const ex_party *with, const tb_period *period)
{
    long long sent = 0, received = 0;
    for (size_t i = 0; i < world->row_count; i++) {
        const ex_row *row = &world->rows[i];
        if (strcmp(row->found, of->province) == 0) {
            sent += crossings(row, row->forwards, row->forward_count, with->province, period);
            received += crossings(row, row->signings, row->signing_count, with->province, period);
        }
    }
    const json_t *told = pair_of(differences, of, with);
    bool same = told == NULL ? sent == received
                             : json_integer_value(json_object_get(told, "sent")) == sent &&
                                   json_integer_value(json_object_get(told, "received")) == received;
    world->figures++;
    if (!same && ++world->figures_wrong <= BAD_SHOWN) {
        (void)printf("  reconciliation %s of %s with %s: %s, the leads give %lld sent and %lld received\n", period->text, of->id.text, with->id.text,
                     told == NULL ? "no difference was told" : "others were told", sent, received);
    }
}

void ex_count_differences(ex_world *world, const json_t *all, const char *id, const char *period)
{
    tb_period of;
    const json_t *list = json_object_get(all, "reconciliations"), *told = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        told = strcmp(json_string_value(json_object_get(one, "reconciles")), id) == 0 ? one : told;
    }
    if (told == NULL || !tb_period_in(world->campaign, tb_bytes_str(period), &of)) {
        return;
    }
    const json_t *absent = json_object_get(told, "not_filed");
    for (size_t a = 0; a < world->party_count; a++) {
        for (size_t b = 0; b < world->party_count; b++) {
            const ex_party *from = &world->parties[a], *to = &world->parties[b];
            bool bureaus = a != b && strcmp(from->role, "bureau") == 0 && strcmp(to->role, "bureau") == 0;
            if (bureaus && !is_listed(absent, from->id.text) && !is_listed(absent, to->id.text)) {
                hold(world, json_object_get(told, "differences"), from, to, &of);
            }
        }
    }
}
