/* acts_opens - the other cases an act opens in its own turn (design §9), and the brake of lists.
 *
 * What would be opened is judged before anything is written, as any opening is: when it would be
 * refused, so is the act. It is opened after the act took effect, through the same agent and in the
 * same transaction, so that both are there or neither. As a draft both wait: what is opened is
 * worked out again when the draft is released.
 */
#include "agents/acts_making.h"

#include "agents/campaign/scene.h"
#include "agents/lists.h"
#include "base/text.h"

/* ---- values of the case opened ---- */

static bool find_value(const tb_field *fields, size_t count, const char *id, tb_bytes *out)
{
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(fields[i].id, tb_bytes_str(id))) {
            *out = fields[i].value;
            return true;
        }
    }
    return false;
}

/* The act's own value first, then the newest this party can read. */
static tb_err copy_values(tb_acting *a, const tb_opens *opens, tb_wish *wish)
{
    tb_local_summary summary;
    char *hex = tb_arena_alloc(a->arena, 2 * TB_CASE_ID_BYTES + 1);
    wish->fields = tb_arena_array(a->arena, opens->field_count + 1, sizeof *wish->fields);
    if (hex == NULL || wish->fields == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_err err = tb_case_summary(a->agent, a->txn, &a->row, &summary);
    for (unsigned i = 0; err == TB_OK && i < opens->field_count; i++) {
        tb_bytes value;
        const char *from = opens->fields[i].from;
        bool found = find_value(a->values, a->value_count, from, &value) ||
                     find_value(summary.fields, summary.field_count, from, &value);
        if (found && value.size > 0) {
            wish->fields[wish->field_count].id = tb_bytes_str(opens->fields[i].field);
            wish->fields[wish->field_count++].value = value;
        }
    }
    tb_hex(a->row.id.bytes, TB_CASE_ID_BYTES, hex);
    wish->fields[wish->field_count].id = tb_bytes_str(opens->parent);
    wish->fields[wish->field_count++].value = tb_bytes_of(hex, (size_t)2 * TB_CASE_ID_BYTES);
    return err;
}

static tb_err wish_for(tb_acting *a, const tb_opens *opens, tb_wish *out)
{
    *out = (tb_wish){
        .account = a->wish->account,
        .by_agent = a->wish->by_agent,
        .opens = true,
        .campaign = a->row.campaign,
        .case_type = tb_bytes_str(opens->case_type),
        .lane = a->row.lane,
    };
    return copy_values(a, opens, out);
}

/* ---- judged beforehand ---- */

/* "case type: sentence detail", in both languages. */
static tb_err tell(tb_acting *a, const tb_opens *opens, const tb_outcome *outcome)
{
    tb_text zh;
    tb_text en;
    size_t room = TB_REASON_BYTES_MAX / 2;
    tb_text_init(&zh, a->arena, room);
    tb_text_init(&en, a->arena, room);
    tb_text_str(&zh, opens->case_type);
    tb_text_str(&zh, ":");
    tb_text_str(&zh, tb_refusal_zh(outcome->code));
    tb_text_str(&en, opens->case_type);
    tb_text_str(&en, ": ");
    tb_text_str(&en, tb_refusal_en(outcome->code));
    if (outcome->detail.size > 0 && outcome->detail.size < room / 4) {
        tb_text_str(&en, " ");
        tb_text_bytes(&en, outcome->detail);
    }
    a->objection.code = TB_REFUSED_OPENS;
    tb_err err = tb_text_done(&zh, &a->objection.detail_zh);
    return err == TB_OK ? tb_text_done(&en, &a->objection.detail_en) : err;
}

static tb_err foresee_one(tb_acting *a, const tb_opens *opens)
{
    tb_wish *wish = &a->others[a->other_count];
    tb_outcome outcome;
    bool happens;
    tb_err err = tb_judge_opens(&a->row.view, a->agent->directory, &a->agent->self, &a->ruling,
                                opens, &a->linked.known, a->arena, &happens);
    if (err != TB_OK || !happens) {
        return err;
    }
    err = wish_for(a, opens, wish);
    if (err != TB_OK) {
        return err;
    }
    wish->only_judged = true;
    err = tb_act(a->agent, a->txn, a->now, a->random, wish, a->effects, &outcome);
    wish->only_judged = false;
    a->other_count++;
    if (err == TB_OK && outcome.code != TB_ACCEPTED) {
        return tell(a, opens, &outcome);
    }
    a->others_wait = a->others_wait || (err == TB_OK && outcome.draft);
    return err;
}

static tb_err brake(tb_acting *a)
{
    const tb_list_def *list = NULL;
    tb_err err = tb_lists_brake(a->agent, a->txn, a->now, &a->row, a->ruling.to_state,
                                a->wish->account, a->values, a->value_count, &list);
    if (err == TB_OK && list != NULL) {
        a->objection.code = TB_REFUSED_LIST_BRAKE;
        a->objection.detail_zh = tb_campaign_text(list->title.zh);
        a->objection.detail_en = tb_campaign_text(list->title.en);
    }
    return err;
}

tb_err tb_acting_foresee(tb_acting *a)
{
    unsigned count = a->action->opens_count;
    tb_err err = brake(a);
    if (err != TB_OK || count == 0 || a->wish->opens || a->objection.code != TB_ACCEPTED) {
        return err;
    }
    a->others = tb_arena_array(a->arena, count, sizeof *a->others);
    if (a->others == NULL) {
        return TB_ERR_LIMIT;
    }
    for (unsigned i = 0; err == TB_OK && a->objection.code == TB_ACCEPTED && i < count; i++) {
        err = foresee_one(a, &a->action->opens[i]);
    }
    return err;
}

/* ---- opened ---- */

tb_err tb_acting_open_others(tb_acting *a)
{
    for (size_t i = 0; i < a->other_count; i++) {
        tb_outcome outcome;
        tb_err err =
            tb_act(a->agent, a->txn, a->now, a->random, &a->others[i], a->effects, &outcome);
        if (err != TB_OK) {
            return err;
        }
        if (outcome.code != TB_ACCEPTED || outcome.draft) {
            return TB_ERR_CORRUPT; /* allowed a moment ago: nothing of the act is kept */
        }
    }
    return TB_OK;
}
