/* report_settle - why both sides of a figure need not count a case alike: said over one case, or
 * over all of this party's cases behind a period's differences at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/cli/report_reconcile.h"
#include "agents/cli/say.h"
#include "agents/cli/show.h"
#include "agents/cli/values.h"

/* ---- one case ---- */

/* The side act by which differences over cases of this type are settled, or NULL. */
static const char *settles(const tb_campaign *campaign, tb_bytes case_type)
{
    for (unsigned r = 0; campaign != NULL && r < campaign->report_count; r++) {
        const tb_report_def *report = &campaign->reports[r];
        for (unsigned i = 0; i < report->reconcile_count; i++) {
            const tb_reconcile_def *def = &report->reconciles[i];
            const tb_measure *sent = tb_campaign_measure(campaign, tb_bytes_str(def->sent));
            const char *over = def->whole_role != NULL ? report->case_type
                               : sent != NULL          ? sent->case_type
                                                       : NULL;
            if (over != NULL && def->settled_by != NULL &&
                tb_bytes_equal(tb_bytes_str(over), case_type)) {
                return def->settled_by;
            }
        }
    }
    return NULL;
}

/* The words behind the second are what is said. out: what became of it. */
static int say_over(tb_book *book,
                    const tb_campaign *campaign,
                    const tb_case_type *type,
                    const tb_case_id *id,
                    const tb_words *words,
                    tb_local_answer *out)
{
    tb_local_request request = {.kind = TB_REQUEST_ACT};
    const char *action = type != NULL ? settles(campaign, tb_bytes_str(type->id)) : NULL;
    if (action == NULL) {
        tb_say_refusal(TB_REFUSED_RECONCILE_SETTLE, tb_bytes_of(NULL, 0));
        return TB_EXIT_REFUSED;
    }
    request.act.case_id = *id;
    request.act.action = tb_bytes_str(action);
    if (!tb_values_read(book, campaign, type, words, 2, &request.act.fields,
                        &request.act.field_count)) {
        return TB_EXIT_REFUSED;
    }
    return tb_client_get(book->client, &request, TB_ANSWER_ACTED, out);
}

int tb_report_settle_case(tb_book *book, const tb_case_id *id, const tb_words *words)
{
    tb_local_request look = {.kind = TB_REQUEST_GET_CASE, .case_id = *id};
    tb_local_answer answer;
    int code = tb_client_get(book->client, &look, TB_ANSWER_CASE, &answer);
    if (code != TB_EXIT_DONE) {
        return code;
    }
    const tb_local_summary *of = &answer.case_.summary;
    const tb_campaign *campaign = tb_book_campaign_of(book, of->campaign);
    const tb_case_type *type =
        campaign != NULL ? tb_campaign_case_type(campaign, of->case_type) : NULL;
    code = say_over(book, campaign, type, id, words, &answer);
    if (code == TB_EXIT_DONE && book->client->json) {
        tb_json_print(tb_json_answer(&answer));
    } else if (code == TB_EXIT_DONE) {
        code = tb_show_answer(book, &answer) ? TB_EXIT_DONE : TB_EXIT_INTERNAL;
    }
    return code;
}

/* ---- all behind a period's differences ---- */

typedef struct to_settle {
    tb_case_id *list;
    size_t count;
    size_t room;
} to_settle;

static bool add(to_settle *all, const tb_case_id *id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (tb_case_equal(&all->list[i], id)) {
            return true; /* it stands on both sides, or went twice */
        }
    }
    if (all->count == all->room) {
        size_t room = all->room == 0 ? 64 : 2 * all->room;
        tb_case_id *list = realloc(all->list, room * sizeof *list);
        if (list == NULL) {
            return false;
        }
        all->list = list;
        all->room = room;
    }
    all->list[all->count++] = *id;
    return true;
}

/* Those of one side that the other does not count, that nobody settled, for this reason or any. */
static int find_open(const tb_reconciling *r, bool sent, tb_reconciled_reason only, to_settle *all)
{
    tb_local_request request = {.kind = TB_REQUEST_RECONCILE};
    tb_local_answer answer;
    int code = TB_EXIT_DONE;
    request.reconcile = (tb_local_reconcile){.campaign = tb_bytes_str(r->campaign->id),
                                             .report = tb_bytes_str(r->report->id),
                                             .period = tb_bytes_str(r->period->text),
                                             .reconcile = tb_bytes_str(r->def->id),
                                             .of = r->of,
                                             .with = r->with,
                                             .sent = sent};
    do {
        code = tb_client_get(r->book->client, &request, TB_ANSWER_RECONCILED, &answer);
        for (size_t i = 0; code == TB_EXIT_DONE && i < answer.reconciled.count; i++) {
            const tb_local_reconciled_line *line = &answer.reconciled.lines[i];
            bool open = line->reason != TB_RECONCILED_BOTH && line->settled_at == 0 &&
                        (only == 0 || line->reason == only);
            if (open && !add(all, &line->case_id)) {
                code = TB_EXIT_INTERNAL;
            }
        }
        request.reconcile.after =
            code == TB_EXIT_DONE ? answer.reconciled.next : tb_bytes_of(NULL, 0);
    } while (code == TB_EXIT_DONE && request.reconcile.after.size > 0);
    return code;
}

static int settle_def(const tb_reconciling *r,
                      tb_reconciled_reason only,
                      const tb_words *words,
                      size_t *out_settled)
{
    const tb_measure *sent = tb_campaign_measure(r->campaign, tb_bytes_str(r->def->sent));
    const tb_case_type *type = tb_campaign_case_type(r->campaign, tb_bytes_str(sent->case_type));
    to_settle all = {0};
    int code = find_open(r, true, only, &all);
    if (code == TB_EXIT_DONE) {
        code = find_open(r, false, only, &all);
    }
    for (size_t i = 0; code == TB_EXIT_DONE && i < all.count; i++) {
        tb_local_answer answer;
        size_t mark = tb_arena_mark(&r->book->client->arena);
        code = say_over(r->book, r->campaign, type, &all.list[i], words, &answer);
        tb_arena_release(&r->book->client->arena, mark);
        *out_settled += code == TB_EXIT_DONE;
    }
    free(all.list);
    return code;
}

int tb_report_settle_period(tb_reconciling *r, const char *reason, const tb_words *words)
{
    tb_local_request self = {.kind = TB_REQUEST_STATUS};
    tb_local_answer answer;
    tb_reconciled_reason only = 0;
    size_t settled = 0;
    int code = TB_EXIT_DONE;
    if (reason != NULL && !tb_report_reason(reason, &only)) {
        tb_say_error("%s", _("--reason is in_transit, refused, missing or not_arrived"));
        return TB_EXIT_USAGE;
    }
    code = tb_client_get(r->book->client, &self, TB_ANSWER_STATUS, &answer);
    r->of = code == TB_EXIT_DONE ? answer.status.party : r->of;
    for (unsigned i = 0; code == TB_EXIT_DONE && i < r->report->reconcile_count; i++) {
        r->def = &r->report->reconciles[i];
        if (r->def->settled_by != NULL && r->def->whole_role == NULL) {
            code = settle_def(r, only, words, &settled);
        }
    }
    if (r->book->client->json) {
        tb_json_print(
            json_pack("{s:s,s:I}", "period", r->period->text, "settled", (json_int_t)settled));
    } else {
        (void)printf(_("%zu cases settled\n"), settled); /* before what stopped it, if anything */
    }
    return code;
}
