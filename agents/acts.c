#include "agents/acts_making.h"

#include "agents/answers.h"
#include "agents/approval.h"
#include "agents/campaign/scene.h"
#include "agents/case_figure.h"
#include "agents/chain.h"
#include "agents/dispute.h"
#include "agents/document_numbers.h"
#include "agents/lapses.h"
#include "agents/link.h"
#include "agents/recovery.h"
#include "agents/reports.h"
#include "base/text.h"

/* All values of one act, bytes: an event and its field groups fit a notice with room to spare. */
#define VALUES_BYTES_MAX (48 * 1024)

/* Open values of one act: with all else an event may list, it stays within TB_EVENT_BYTES_MAX. */
#define OPEN_BYTES_MAX (8 * 1024)

_Static_assert(OPEN_BYTES_MAX + TB_SEEN_MAX * (TB_DIGEST_BYTES + 4) +
                       TB_ADDRESSEES_MAX * (TB_PARTY_BYTES + 4) +
                       TB_GROUPS_MAX * (TB_DIGEST_BYTES + TB_NAME_BYTES_MAX + 8) <
                   TB_EVENT_BYTES_MAX,
               "an act fits an event");
_Static_assert(VALUES_BYTES_MAX < TB_BODY_BYTES_MAX / 2, "one act fits a body");

static bool refuse(tb_acting *a, tb_refusal code)
{
    a->objection.code = code;
    return false;
}

/* ---- what is acted on ---- */

/* The opening action this party's role may take, or the first, so that the judge says why not. */
static const tb_action *opening_action(const tb_agent *agent, const tb_case_type *type)
{
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    const tb_action *first = NULL;
    for (unsigned i = 0; i < type->action_count; i++) {
        const tb_action *action = &type->actions[i];
        if (action->kind != TB_ACTION_OPEN) {
            continue;
        }
        first = first == NULL ? action : first;
        for (unsigned r = 0; self != NULL && r < action->by_count; r++) {
            if (tb_bytes_equal(self->role, tb_bytes_str(action->by[r]))) {
                return action;
            }
        }
    }
    return first;
}

static bool find_type(tb_acting *a)
{
    const tb_campaign *campaign = tb_campaigns_newest(a->agent->campaigns, a->wish->campaign);
    if (campaign == NULL) {
        return refuse(a, TB_REFUSED_UNKNOWN_CAMPAIGN);
    }
    const tb_case_type *type = tb_campaign_case_type(campaign, a->wish->case_type);
    if (type == NULL) {
        return refuse(a, TB_REFUSED_UNKNOWN_CAMPAIGN);
    }
    if (a->wish->of_copy) {
        return refuse(a, TB_REFUSED_PERHAPS_SENT);
    }
    a->row = (tb_case_row){.lane = a->wish->lane == 0 ? TB_LANE_NORMAL : a->wish->lane};
    a->row.view.campaign = campaign;
    a->row.view.type = type;
    a->action = a->wish->action.size > 0 ? tb_case_type_action(type, a->wish->action)
                                         : opening_action(a->agent, type);
    if (a->action == NULL || a->action->kind != TB_ACTION_OPEN) {
        return refuse(a, TB_REFUSED_UNKNOWN_ACTION);
    }
    return true;
}

/* Says which step came first. */
static tb_err tell_changed(tb_acting *a)
{
    tb_event_key key;
    tb_event_row row;
    tb_event head;
    tb_err err = tb_event_in_case(a->txn, &a->row.id, TB_CLASS_CHAIN, a->row.view.number,
                                  &a->row.view.head, &key, &row);
    if (err == TB_OK) {
        err = tb_chain_decode(a->txn, &row, &head);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    char at[TB_TIME_TEXT];
    tb_time_print(head.at, at);
    tb_text text;
    tb_text_init(&text, a->arena, 256);
    tb_text_u64(&text, head.number);
    tb_text_str(&text, " ");
    tb_text_bytes(&text, head.action);
    tb_text_str(&text, " ");
    tb_text_bytes(&text, tb_party_bytes(&head.actor));
    tb_text_str(&text, " ");
    tb_text_str(&text, at);
    return tb_text_done(&text, &a->objection.detail_zh);
}

static tb_err find_case(tb_acting *a, bool *out_found)
{
    *out_found = false;
    tb_err err = tb_case_load(a->agent, a->txn, &a->wish->case_id, &a->row);
    if (err == TB_ERR_NOT_FOUND) {
        (void)refuse(a, TB_REFUSED_UNKNOWN_CASE);
        return TB_OK;
    }
    if (err != TB_OK) {
        return err;
    }
    if (a->row.view.type == NULL) {
        (void)refuse(a, TB_REFUSED_UNKNOWN_CAMPAIGN);
        return TB_OK;
    }
    a->action = tb_bytes_equal(a->wish->action, tb_bytes_str(TB_MOVE_ACTION))
                    ? &tb_action_move
                    : tb_case_type_action(a->row.view.type, a->wish->action);
    if (a->action == NULL) {
        a->objection.detail_zh = a->wish->action;
        (void)refuse(a, TB_REFUSED_UNKNOWN_ACTION);
        return TB_OK;
    }
    if (tb_action_by_agent(a->row.view.type, a->action) && !a->wish->by_agent) {
        (void)refuse(a, TB_REFUSED_LAPSE_BY_AGENT);
        return TB_OK;
    }
    bool side = a->action->kind == TB_ACTION_SIDE;
    /* What the agent says of a duty is bounded by its duties, and is said all the same. */
    if (side && !a->wish->by_agent && a->row.unseen_count >= TB_UNSEEN_MAX) {
        (void)refuse(a, TB_REFUSED_SIDE_MANY);
        return TB_OK;
    }
    if (a->row.frozen && !side && a->action->kind != TB_ACTION_TAKE_OVER) {
        (void)refuse(a, TB_REFUSED_FROZEN);
        return TB_OK;
    }
    if (a->row.frozen) {
        bool groundless;
        err = tb_dispute_opening(a->txn, &a->row, &groundless);
        if (err != TB_OK || groundless) {
            (void)refuse(a, TB_REFUSED_BEYOND_CUT);
            return err;
        }
    }
    const tb_digest *seen = &a->wish->head;
    /* Of other acts a case that stands where it stood shows that they were not. */
    if (a->wish->of_copy && (side || tb_digest_zero(seen))) {
        (void)refuse(a, TB_REFUSED_PERHAPS_SENT);
        return TB_OK;
    }
    if (!side && !tb_digest_zero(seen) && !tb_digest_equal(seen, &a->row.view.head)) {
        (void)refuse(a, TB_REFUSED_CHANGED);
        return tell_changed(a);
    }
    *out_found = true;
    return TB_OK;
}

/* ---- values ---- */

/* The case with the act's own values: a home decided by this very act is a position already. */
static tb_err view_with_values(tb_acting *a, tb_case_view *out)
{
    tb_case_view view = a->row.view;
    tb_field *fields =
        tb_arena_array(a->arena, view.field_count + a->value_count + 1, sizeof *fields);
    if (fields == NULL) {
        return TB_ERR_LIMIT;
    }
    size_t count = 0;
    for (size_t i = 0; i < view.field_count; i++) {
        if (!tb_act_value(a->values, a->value_count, view.fields[i].id, NULL)) {
            fields[count++] = view.fields[i];
        }
    }
    for (size_t i = 0; i < a->value_count; i++) {
        fields[count++] = a->values[i];
    }
    view.fields = fields;
    view.field_count = count;
    *out = view;
    return TB_OK;
}

tb_err tb_acting_add(tb_acting *a, tb_bytes id, tb_bytes value)
{
    tb_field *values = tb_arena_array(a->arena, a->value_count + 1, sizeof *values);
    if (values == NULL) {
        return TB_ERR_LIMIT;
    }
    if (a->value_count > 0) {
        memcpy(values, a->values, a->value_count * sizeof *values);
    }
    values[a->value_count].id = id;
    values[a->value_count++].value = value;
    a->values = values;
    return TB_OK;
}

/* Names the earlier case where the action has a field for it that this party may read and the
 * person left open. */
static tb_err name_linked(tb_acting *a)
{
    if (!a->linked.found) {
        return TB_OK;
    }
    tb_case_view view;
    tb_err err = view_with_values(a, &view);
    if (err != TB_OK) {
        return err;
    }
    for (unsigned i = 0; i < a->action->field_count; i++) {
        tb_bytes id = tb_bytes_str(a->action->fields[i].field);
        const tb_field_def *def = tb_case_type_field(a->row.view.type, id);
        if (def == NULL || def->type != TB_FIELD_CASE ||
            tb_act_value(a->values, a->value_count, id, NULL)) {
            continue;
        }
        if (def->group != NULL &&
            !tb_may_read(&view, a->agent->directory, tb_bytes_str(def->group), &a->agent->self)) {
            continue;
        }
        char *hex = tb_arena_alloc(a->arena, 2 * TB_CASE_ID_BYTES + 1);
        if (hex == NULL) {
            return TB_ERR_LIMIT;
        }
        tb_hex(a->linked.first.bytes, TB_CASE_ID_BYTES, hex);
        return tb_acting_add(a, id, tb_bytes_of(hex, (size_t)2 * TB_CASE_ID_BYTES));
    }
    return TB_OK;
}

static bool values_fit(tb_acting *a)
{
    size_t bytes = 0;
    for (size_t i = 0; i < a->wish->field_count; i++) {
        bytes += a->wish->fields[i].id.size + a->wish->fields[i].value.size;
    }
    return a->wish->field_count <= TB_FIELDS_MAX && bytes <= VALUES_BYTES_MAX;
}

static bool open_part_fits(const tb_acting *a)
{
    size_t bytes = 0;
    for (size_t i = 0; i < a->ruling.open_count; i++) {
        bytes += 8 + a->ruling.open_fields[i].id.size + a->ruling.open_fields[i].value.size;
    }
    return bytes <= OPEN_BYTES_MAX;
}

/* Whether a lapse that the event would list lets this party take the case over. */
static tb_err find_ground(tb_acting *a)
{
    tb_case_view *view = &a->row.view;
    tb_bytes action = tb_bytes_str(a->action->id);
    if (a->action->kind != TB_ACTION_TAKE_OVER || !tb_lapse_may_ground(view->type, action)) {
        return TB_OK;
    }
    tb_path path;
    tb_ground ground;
    size_t listed = a->row.unseen_count < TB_SEEN_MAX ? a->row.unseen_count : TB_SEEN_MAX;
    tb_err err = tb_chain_to_head(a->txn, &a->row, &path);
    if (err == TB_OK) {
        err =
            tb_lapse_ground(a->agent, a->txn, &path, view, action, a->row.unseen, listed, &ground);
    }
    if (err == TB_OK) {
        view->lapsed = ground.found;
    }
    return err;
}

/* What answers a request is done only while one waits. */
static tb_err answers_something(tb_acting *a)
{
    bool unasked = false;
    tb_err err = a->wish->opens ? TB_OK : tb_answer_unasked(a->txn, &a->row, a->action, &unasked);
    if (err == TB_OK && unasked) {
        a->objection.detail_zh = tb_bytes_str("没有待答复的相应请求");
        a->objection.detail_en = tb_bytes_str("no request that this would answer is waiting");
        (void)refuse(a, TB_REFUSED_CONDITION);
    }
    return err;
}

static tb_err judge(tb_acting *a)
{
    if (!values_fit(a)) {
        (void)refuse(a, TB_REFUSED_TOO_LARGE);
        return TB_OK;
    }
    tb_err found = find_ground(a);
    if (found != TB_OK) {
        return found;
    }
    tb_err err = tb_act_compute(a->agent, a->arena, &a->row.view, a->action, a->wish->fields,
                                a->wish->field_count, &a->values, &a->value_count, &a->segments);
    if (err == TB_OK) {
        err = tb_report_prepare(a);
    }
    if (err == TB_OK && a->objection.code == TB_ACCEPTED) {
        err = tb_case_figures_prepare(a);
    }
    if (err == TB_OK && a->objection.code == TB_ACCEPTED) {
        err = tb_document_number_prepare(a);
    }
    if (err != TB_OK || a->objection.code != TB_ACCEPTED) {
        return err;
    }
    err =
        tb_linked_find(a->agent, a->txn, &a->row, a->action, a->values, a->value_count, &a->linked);
    if (err == TB_OK) {
        err = name_linked(a);
    }
    if (err != TB_OK) {
        return err;
    }
    tb_bytes action = tb_bytes_str(a->action->id);
    err = tb_acting_time(a, &a->row.view.at);
    if (err != TB_OK) {
        return err;
    }
    err = tb_party_empty(&a->wish->paper.on_behalf)
              ? tb_judge_act(&a->row.view, a->agent->directory, &a->agent->self, action, a->values,
                             a->value_count, &a->linked.known, a->arena, &a->ruling, &a->objection)
              : tb_judge_paper(&a->row.view, a->agent->directory, &a->agent->self, &a->wish->paper,
                               a->now.civil, action, a->values, a->value_count, &a->linked.known,
                               a->arena, &a->ruling, &a->objection);
    if (err == TB_OK && a->objection.code == TB_ACCEPTED && !open_part_fits(a)) {
        (void)refuse(a, TB_REFUSED_TOO_LARGE);
    }
    err = err == TB_OK && a->objection.code == TB_ACCEPTED ? tb_acting_foresee(a) : err;
    return err == TB_OK && a->objection.code == TB_ACCEPTED ? answers_something(a) : err;
}

/* ---- refusals ---- */

/* Both languages in one text: people read one of them. */
static tb_err tell(tb_acting *a, tb_bytes *out)
{
    tb_bytes zh = a->objection.detail_zh;
    tb_bytes en = a->objection.detail_en;
    if (en.size == 0 || tb_bytes_equal(zh, en)) {
        *out = zh;
        return TB_OK;
    }
    tb_text text;
    tb_text_init(&text, a->arena, zh.size + en.size + 8);
    tb_text_bytes(&text, zh);
    tb_text_str(&text, zh.size > 0 ? " / " : "");
    tb_text_bytes(&text, en);
    return tb_text_done(&text, out);
}

static tb_err record(tb_acting *a)
{
    tb_refusal code = a->objection.code;
    if (code != TB_REFUSED_ROLE && code != TB_REFUSED_JURISDICTION &&
        code != TB_REFUSED_NOT_HOLDER) {
        return TB_OK;
    }
    tb_alarm_row alarm = {
        .code = code,
        .at = a->now.real,
        .party = a->agent->self,
        .stream = {.lane = TB_LANE_NORMAL},
        .digest = a->row.view.head,
    };
    tb_text text;
    tb_text_init(&text, a->arena, 512);
    tb_text_str(&text, "Refused to ");
    tb_text_bytes(&text, a->wish->account);
    tb_text_str(&text, ": ");
    tb_text_str(&text, a->action->id);
    tb_text_str(&text, ". ");
    tb_text_str(&text, tb_refusal_en(code));
    tb_err err = tb_text_done(&text, &alarm.text);
    return err == TB_OK ? tb_alarm_raise(a->agent, a->txn, &alarm, a->effects) : err;
}

/* Both sentences, when it is more than that the link is down. */
static tb_err why_draft(tb_acting *a, tb_bytes *out)
{
    bool may_sign = false;
    tb_err err = tb_link_may_sign(a->txn, &may_sign);
    if (err != TB_OK || !may_sign || !a->agent->stale) {
        return err;
    }
    tb_text text;
    tb_text_init(&text, a->arena, TB_REASON_BYTES_MAX);
    tb_text_str(&text, tb_refusal_zh(TB_REFUSED_DIRECTORY_STALE));
    tb_text_str(&text, " ");
    tb_text_str(&text, tb_refusal_en(TB_REFUSED_DIRECTORY_STALE));
    return tb_text_done(&text, out);
}

/* As a draft: for the link or a share, or for what is being resent about the case. */
static tb_err must_wait(tb_acting *a, tb_outcome *outcome, bool *out)
{
    bool blocked = false;
    tb_err err = a->wish->opens ? TB_OK : tb_recovery_blocks(a->txn, &a->wish->case_id, &blocked);
    if (err != TB_OK) {
        return err;
    }
    bool unnumbered;
    err = tb_document_number_waits(a, &unnumbered);
    if (err != TB_OK) {
        return err;
    }
    blocked = blocked || unnumbered;
    bool ready;
    err = tb_link_ready(a->agent, a->txn, a->ruling.addressees, a->ruling.addressee_count, &ready);
    if (err != TB_OK) {
        return err;
    }
    *out = blocked || a->others_wait || !ready;
    if (!*out) {
        return TB_OK;
    }
    outcome->draft = true;
    outcome->state = a->ruling.to_state;
    if (!blocked) {
        return why_draft(a, &outcome->detail);
    }
    a->objection.detail_zh = tb_bytes_str(tb_refusal_zh(TB_REFUSED_RECOVERING));
    a->objection.detail_en = tb_bytes_str(tb_refusal_en(TB_REFUSED_RECOVERING));
    return tell(a, &outcome->detail);
}

static tb_err finish(tb_err err, const tb_outcome *outcome, tb_outcome *out)
{
    if (err == TB_OK) {
        *out = *outcome;
    }
    return err;
}

tb_err tb_act(tb_agent *agent,
              tb_txn *txn,
              tb_now now,
              tb_random *random,
              const tb_wish *wish,
              tb_effects *effects,
              tb_outcome *out)
{
    tb_acting a = {.agent = agent,
                   .txn = txn,
                   .arena = tb_txn_arena(txn),
                   .now = now,
                   .random = random,
                   .effects = effects,
                   .wish = wish};
    tb_outcome outcome = {.case_id = wish->case_id};
    tb_err err = TB_OK;
    bool found;
    if (wish->opens) {
        found = find_type(&a);
    } else {
        err = find_case(&a, &found);
    }
    if (err == TB_OK && found) {
        err = a.action->kind == TB_ACTION_VERSION ? tb_acting_move(&a) : judge(&a);
    }
    if (err != TB_OK) {
        return err;
    }
    outcome.state = a.ruling.to_state;
    outcome.code = a.objection.code;
    outcome.based_on = a.row.view.head;
    if (outcome.code != TB_ACCEPTED) {
        err = tell(&a, &outcome.detail);
        err = err == TB_OK && a.action != NULL && !wish->only_judged ? record(&a) : err;
        return finish(err, &outcome, out);
    }
    bool waits;
    err = tb_approval_ask(txn, now, a.action, wish, &outcome);
    if (err != TB_OK || outcome.waits != TB_STEP_MADE || outcome.code != TB_ACCEPTED) {
        return finish(err, &outcome, out);
    }
    err = must_wait(&a, &outcome, &waits);
    if (err != TB_OK || waits || wish->only_judged) {
        return finish(err, &outcome, out);
    }
    err = tb_acting_take_effect(&a, &outcome);
    if (err == TB_OK) {
        err = tb_acting_open_others(&a);
    }
    if (err == TB_OK && wish->opens) {
        err = tb_recovery_free(txn, now, &outcome.case_id, TB_FREE_OPENED);
    }
    return finish(err, &outcome, out);
}
