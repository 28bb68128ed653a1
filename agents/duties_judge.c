/* duties_judge - the creditor's agent: what is due and has not come has lapsed, and it says so; as
 * it says what else is to be said of a duty (duties_plan.c). */
#include "agents/acts.h"
#include "agents/campaign/duty.h"
#include "agents/digest.h"
#include "agents/duties.h"
#include "agents/effective.h"
#include "agents/outbox_work.h"
#include "agents/set_aside.h"
#include "base/text.h"

/* The account in an event nobody asked for. */
#define AGENT_ACCOUNT "agent"
/* Open fields of a word: duty, due, upto, debtor, new due, calendar. */
#define WORD_FIELDS_MAX 6

/* ---- when ---- */

/* Real time from which what the hub held for us has come (TB_DUTY_QUIET_MS). */
static tb_err drained_at(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    tb_link_row link;
    tb_err err = tb_link_get(txn, &link);
    if (err != TB_OK) {
        return err;
    }
    tb_time quiet = agent->times.heard > link.since ? agent->times.heard : link.since;
    quiet += TB_DUTY_QUIET_MS;
    tb_time long_enough = link.since + TB_DUTY_DRAINED_MS;
    *out = quiet < long_enough ? quiet : long_enough;
    return TB_OK;
}

tb_err tb_duties_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    tb_time look;
    tb_time drained;
    if (tb_store_rows(txn, TB_TABLE_DUTY_DUE) == 0 || tb_store_rows(txn, TB_TABLE_INBOX) > 0 ||
        tb_store_above_watermark(txn)) {
        return TB_ERR_NOT_FOUND; /* a full store signs nothing new */
    }
    tb_err err = tb_duty_look(txn, &look);
    if (err == TB_OK) {
        err = drained_at(agent, txn, &drained);
    }
    if (err != TB_OK) {
        return err;
    }
    bool replanning;
    err = tb_duties_replanning(agent, txn, &replanning);
    if (err != TB_OK || replanning) {
        *out = err == TB_OK ? drained : *out;
        return err;
    }
    if (agent->directory->exercise) {
        uint64_t civil; /* stands still until somebody moves it */
        err = tb_meta_number(txn, "civil", &civil);
        if (err != TB_OK || civil == 0 || look > (tb_time)civil) {
            return err == TB_OK ? TB_ERR_NOT_FOUND : err;
        }
        look = 0;
    }
    *out = look > drained ? look : drained;
    return TB_OK;
}

/* ---- the record ---- */

/* Up to where the debtor's newest stream in the case's lane is here. */
static tb_err held_upto(tb_step *step, const tb_party *debtor, tb_lane lane, uint64_t *out_number)
{
    tb_work_walk walk = {.taken = 0};
    tb_incarnation newest = {0};
    *out_number = 0;
    for (;;) {
        tb_stream stream;
        tb_stream_in_row row;
        tb_err err = tb_work_received(step->agent, step->txn, debtor, &walk, &stream, &row);
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        if (stream.lane == lane && tb_incarnation_compare(&stream.incarnation, &newest) >= 0) {
            newest = stream.incarnation;
            *out_number = row.number;
        }
    }
}

static tb_err number_text(tb_arena *arena, uint64_t number, tb_bytes *out)
{
    tb_text text;
    tb_text_init(&text, arena, 24);
    tb_text_u64(&text, number);
    return tb_text_done(&text, out);
}

static bool takes(const tb_action *action, const char *field)
{
    for (unsigned i = 0; i < action->field_count; i++) {
        if (strcmp(action->fields[i].field, field) == 0) {
            return true;
        }
    }
    return false;
}

/* When it is due now, and by which calendar: instead of how far the debtor's stream is held. */
static tb_err redated(tb_step *step,
                      const tb_duty_def *def,
                      const tb_duty_row *duty,
                      tb_field fields[WORD_FIELDS_MAX],
                      size_t *count)
{
    char *due = tb_arena_alloc(step->arena, TB_TIME_TEXT);
    if (due == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_time_print(tb_duty_redated(step->agent, def, duty), due);
    fields[(*count)++] = (tb_field){tb_bytes_str(TB_REDATED_DUE), tb_bytes_str(due)};
    fields[*count].id = tb_bytes_str(TB_REDATED_CALENDAR);
    return number_text(step->arena, step->agent->calendar->version, &fields[(*count)++].value);
}

static tb_err record(tb_step *step,
                     const tb_case_row *row,
                     const tb_duty_def *def,
                     tb_duty_word word,
                     const tb_duty_row *duty,
                     tb_outcome *out)
{
    tb_bytes act = tb_bytes_str(tb_duty_word_act(def, word));
    const tb_action *action = tb_case_type_action(row->view.type, act);
    char *due = tb_arena_alloc(step->arena, TB_TIME_TEXT);
    uint64_t upto;
    tb_field fields[WORD_FIELDS_MAX] = {
        {.id = tb_bytes_str(TB_LAPSE_DUE)},
        {.id = tb_bytes_str(TB_LAPSE_DUTY), .value = tb_bytes_str(def->id)},
        {.id = tb_bytes_str(TB_LAPSE_UPTO)}};
    if (due == NULL) {
        return TB_ERR_LIMIT;
    }
    tb_time_print(duty->due, due);
    fields[0].value = tb_bytes_str(due);
    tb_err err = held_upto(step, &duty->key.debtor, row->lane, &upto);
    if (err == TB_OK) {
        err = number_text(step->arena, upto, &fields[2].value);
    }
    if (err != TB_OK) {
        return err;
    }
    size_t count = action != NULL && takes(action, TB_LAPSE_UPTO) ? 3 : 2;
    if (action != NULL && takes(action, TB_LAPSE_DEBTOR)) {
        fields[count++] =
            (tb_field){tb_bytes_str(TB_LAPSE_DEBTOR), tb_party_bytes(&duty->key.debtor)};
    }
    if (word == TB_DUTY_REDATES) {
        err = redated(step, def, duty, fields, &count);
    }
    if (err != TB_OK) {
        return err;
    }
    tb_wish wish = {
        .account = tb_bytes_str(AGENT_ACCOUNT),
        .by_agent = true,
        .case_id = row->id,
        .action = act,
        .fields = fields,
        .field_count = count,
    };
    return tb_act(step->agent, step->txn, step->now, step->random, &wish, step->effects, out);
}

/* ---- judging ---- */

static tb_err look_again(tb_step *step, tb_duty_row *duty)
{
    duty->look = step->now.civil + TB_DUTY_AGAIN_MS;
    return tb_duty_put(step->txn, duty);
}

/* By what is known of the event it began with by now. *out_known: its stamp is. */
static tb_err date_again(tb_step *step, const tb_duty_def *def, tb_duty_row *duty, bool *out_known)
{
    tb_event_key key;
    tb_event_row row;
    tb_event event;
    tb_time before = duty->from_at;
    uint8_t class = duty->from_number == 0 ? TB_CLASS_SIDE : TB_CLASS_CHAIN; /* a request */
    tb_err err = tb_event_in_case(step->txn, &duty->key.case_id, class, duty->from_number,
                                  &duty->key.from, &key, &row);
    if (err == TB_OK) {
        err = tb_chain_decode(step->txn, &row, &event);
    }
    if (err == TB_OK) {
        err = tb_effective_time(step->agent, step->txn, &row, event.at, &duty->from_at, out_known);
    }
    /* by a newer calendar alone a duty is re-dated aloud, where its definition says how */
    if (err == TB_OK && (def->redate == NULL || duty->from_at != before)) {
        if (def->due_field == NULL) {
            duty->due = tb_duty_due(def, duty->from_at, step->agent->calendar);
        }
        duty->calendar = step->agent->calendar != NULL ? step->agent->calendar->version : 0;
    }
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

/* It cannot be said now, perhaps never: shown, and tried again once a day; a lapse waits for no
 * reminder. */
static tb_err put_off(
    tb_step *step, const tb_duty_def *def, tb_duty_row *duty, tb_duty_word word, tb_refusal code)
{
    tb_time lapses = duty->due + tb_duty_grace(def);
    tb_alarm_row alarm = {
        .code = code,
        .at = step->now.real,
        .party = duty->key.debtor,
        .digest = duty->key.from,
        .text = tb_bytes_str(word == TB_DUTY_LAPSES
                                 ? "A duty is overdue and its lapse could not be recorded."
                                 : "What is to be said of a duty could not be recorded."),
        .stream = {.lane = TB_LANE_NORMAL},
    };
    duty->look = step->now.civil + TB_DUTY_REFUSED_AGAIN_MS;
    if (word == TB_DUTY_REMINDS && duty->look > lapses) {
        duty->look = lapses;
    }
    tb_err err = tb_duty_put(step->txn, duty);
    return err == TB_OK ? tb_alarm_raise(step->agent, step->txn, &alarm, step->effects) : err;
}

/* Says the next word of the duty, if its time has come. */
static tb_err
say_next(tb_step *step, const tb_case_row *row, const tb_duty_def *def, tb_duty_row *duty)
{
    tb_duty_word word;
    tb_time at;
    tb_outcome outcome;
    tb_err err = tb_duty_next_word(step->agent, step->txn, row, duty, step->now.civil, &word, &at);
    if (err != TB_OK) {
        return err;
    }
    if (word == TB_DUTY_NOTHING || at > step->now.civil) {
        duty->look = at;
        return tb_duty_put(step->txn, duty);
    }
    err = record(step, row, def, word, duty, &outcome);
    if (err != TB_OK) {
        return err;
    }
    if (outcome.draft) {
        return look_again(step, duty);
    }
    if (outcome.code != TB_ACCEPTED) {
        return put_off(step, def, duty, word, outcome.code);
    }
    return word == TB_DUTY_LAPSES ? tb_digest_lapsed(step) : TB_OK;
}

static tb_err judge_one(tb_step *step, tb_duty_row *duty)
{
    tb_case_row row;
    tb_err err = tb_case_load(step->agent, step->txn, &duty->key.case_id, &row);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    const tb_duty_def *def =
        row.view.type == NULL ? NULL : tb_case_type_duty(row.view.type, duty->key.duty);
    if (row.view.type == NULL) {
        return look_again(step, duty); /* its campaign is not here now */
    }
    bool known = true;
    if (def != NULL && duty->state == TB_DUTY_OPEN) {
        err = date_again(step, def, duty, &known);
    }
    if (err == TB_OK && def != NULL && (!known || row.frozen)) {
        return look_again(step, duty);
    }
    if (err == TB_OK && def == NULL) {
        duty->look = 0;
        return tb_duty_put(step->txn, duty);
    }
    return err == TB_OK ? say_next(step, &row, def, duty) : err;
}

static void in_hand(tb_agent *agent, tb_bytes due)
{
    tb_hand_take(agent, TB_TABLE_DUTY_DUE, due);
    tb_hand_too(agent, TB_TABLE_DUTY, tb_duty_of_due(due));
}

tb_err tb_duties_tick(tb_step *step)
{
    tb_time at;
    tb_err err = tb_duties_due(step->agent, step->txn, &at);
    if (err != TB_OK || at > step->now.real) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    err = tb_duties_replan(step);
    if (err != TB_OK) {
        return err;
    }
    for (unsigned i = 0; i < TB_DUTY_TICK_MAX; i++) {
        tb_bytes cursor = tb_bytes_of(NULL, 0);
        tb_duty_row duty;
        err = tb_duty_next(step->txn, TB_DUTY_TO_JUDGE, &cursor, &at, &duty);
        if (err == TB_OK && at > step->now.civil) {
            return TB_OK;
        }
        if (err == TB_OK || err == TB_ERR_CORRUPT) {
            in_hand(step->agent, cursor);
        }
        if (err != TB_OK) {
            return err == TB_ERR_NOT_FOUND ? TB_OK : err;
        }
        err = judge_one(step, &duty);
        if (err != TB_OK) {
            return err;
        }
    }
    return TB_OK;
}
