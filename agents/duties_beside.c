/* duties_beside - what side events do to duties: they fulfil their author's, and by them the
 * creditor's agent says that one lapsed, and what it says of it besides. */
#include "agents/campaign/duty.h"
#include "agents/duties.h"

static tb_bytes field_of(const tb_event *event, const char *id)
{
    for (size_t i = 0; i < event->field_count; i++) {
        if (tb_bytes_equal(event->fields[i].id, tb_bytes_str(id))) {
            return event->fields[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

static bool due_is(const tb_duty_row *duty, tb_bytes due)
{
    char text[TB_TIME_TEXT];
    tb_time_print(duty->due, text);
    return tb_bytes_equal(due, tb_bytes_str(text));
}

/* The newest duty of the name that its author can have meant: begun where the side event was based.
 * debtor NULL: whoever owes it. Of several that began with side events, the one due at `due`. */
static tb_duty_row *meant(tb_duty_row *list,
                          size_t count,
                          tb_bytes duty,
                          const tb_party *debtor,
                          uint64_t upto,
                          tb_bytes due)
{
    tb_duty_row *found = NULL;
    for (size_t i = 0; i < count; i++) {
        bool fits = tb_bytes_equal(list[i].key.duty, duty) && list[i].from_number <= upto &&
                    (debtor == NULL || tb_party_equal(&list[i].key.debtor, debtor));
        bool newer = found == NULL || list[i].from_number > found->from_number ||
                     (list[i].from_number == found->from_number && due_is(&list[i], due));
        if (fits && newer) {
            found = &list[i];
        }
    }
    return found;
}

/* The case's type in the version the event was judged by: the case may have moved since. */
static const tb_case_type *
type_of(const tb_agent *agent, const tb_case_row *row, const tb_event *event)
{
    const tb_campaign *campaign =
        tb_campaigns_find(agent->campaigns, event->campaign, event->campaign_version);
    return campaign == NULL ? NULL : tb_campaign_case_type(campaign, row->case_type);
}

/* A count as fields have it, judged already; false past 32 bits. */
static bool version_of(tb_bytes text, uint32_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.size && number <= UINT32_MAX; i++) {
        number = number * 10 + (uint64_t)(text.data[i] - '0');
    }
    *out = (uint32_t)number;
    return text.size > 0 && number <= UINT32_MAX;
}

/* By a calendar no older than the one it was counted by. What has ended stays dated as it was. */
static tb_err
redate(tb_txn *txn, tb_duty_row *duty, tb_time at, const tb_event *event, const tb_digest *id)
{
    tb_time due;
    uint32_t calendar;
    if (!tb_time_parse(field_of(event, TB_REDATED_DUE), &due) ||
        !version_of(field_of(event, TB_REDATED_CALENDAR), &calendar) || calendar < duty->calendar ||
        duty->state != TB_DUTY_OPEN) {
        return TB_OK;
    }
    duty->due = tb_day_start(tb_day_of(due) + 1) - 1; /* said to the second */
    duty->calendar = calendar;
    return tb_duty_said_put(txn, &duty->key, TB_DUTY_REDATES, at, id);
}

/* What its creditor's agent says of a duty (TB_LAPSE_DUTY): that it lapsed, or a word besides. */
static tb_err creditors_word(const tb_agent *agent,
                             tb_txn *txn,
                             const tb_case_row *row,
                             const tb_duty_def *def,
                             tb_duty_row *duty,
                             tb_time at,
                             const tb_event *event,
                             const tb_digest *id)
{
    if (duty == NULL || !tb_party_equal(&duty->creditor, &event->actor)) {
        return TB_OK;
    }
    tb_duty_word what = tb_duty_word_of(def, event->action);
    tb_err err = TB_OK;
    if (what == TB_DUTY_REDATES) {
        err = redate(txn, duty, at, event, id);
    } else if (what != TB_DUTY_LAPSES) {
        err = tb_duty_said_put(txn, &duty->key, what, at, id);
    } else {
        duty->lapse = *id; /* of what was done in time after all: it is withdrawn */
        if (duty->state == TB_DUTY_OPEN || duty->state == TB_DUTY_RELEASED) {
            duty->state = TB_DUTY_LAPSED;
        }
    }
    if (err == TB_OK) {
        err = tb_duty_plan(agent, txn, row, duty);
    }
    return err == TB_OK ? tb_duty_put(txn, duty) : err;
}

static tb_duty_row *meant_by(tb_duty_row *list, size_t count, uint64_t upto, const tb_event *event)
{
    tb_party debtor;
    tb_bytes named = field_of(event, TB_LAPSE_DEBTOR);
    bool one = named.size > 0 && tb_party_parse(named, &debtor);
    return meant(list, count, field_of(event, TB_LAPSE_DUTY), one ? &debtor : NULL, upto,
                 field_of(event, TB_LAPSE_DUE));
}

/* Side events come in any order, and before or after a take-over that released the debtor: what was
 * done counts, and of several the first. */
static tb_err fulfil_beside(const tb_agent *agent,
                            tb_txn *txn,
                            const tb_case_row *row,
                            tb_duty_row *duty,
                            tb_time at,
                            const tb_digest *by)
{
    bool done = duty->state == TB_DUTY_ON_TIME || duty->state == TB_DUTY_LATE;
    bool earlier = at < duty->ended ||
                   (at == duty->ended && memcmp(by->bytes, duty->end.bytes, TB_DIGEST_BYTES) < 0);
    return done && !earlier ? TB_OK : tb_duty_fulfil_at(agent, txn, row, duty, at, by);
}

static bool begins_supervised(const tb_case_type *type, const tb_duty_def *def)
{
    const tb_action *from = tb_case_type_action(type, tb_bytes_str(def->from));
    return from != NULL && from->supervises_count > 0;
}

/* Supervised more than once, one report back answers all that was asked by then. */
static tb_err reported_back(const tb_agent *agent,
                            tb_txn *txn,
                            const tb_case_row *row,
                            const tb_duty_def *def,
                            tb_duty_row *list,
                            size_t count,
                            const tb_event *event,
                            tb_time at,
                            const tb_digest *id)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        if (tb_bytes_equal(list[i].key.duty, tb_bytes_str(def->id)) &&
            tb_party_equal(&list[i].key.debtor, tb_event_author(event)) && list[i].from_at <= at) {
            err = fulfil_beside(agent, txn, row, &list[i], at, id);
        }
    }
    return err;
}

static bool has_to_do(const tb_case_type *type, tb_bytes action)
{
    for (unsigned i = 0; i < type->duty_count; i++) {
        if (tb_duty_word_of(&type->duties[i], action) != TB_DUTY_NOTHING ||
            tb_duty_ends(&type->duties[i], action)) {
            return true;
        }
    }
    return false;
}

tb_err tb_duties_lapsed(const tb_agent *agent,
                        tb_txn *txn,
                        const tb_case_row *row,
                        const tb_event *event,
                        const tb_digest *id)
{
    const tb_case_type *type = type_of(agent, row, event);
    if (type == NULL || !has_to_do(type, event->action)) {
        return TB_OK;
    }
    tb_event_key head;
    tb_event_row head_row;
    tb_duty_row *list;
    size_t count;
    tb_time at;
    tb_err err =
        tb_event_in_case(txn, &row->id, TB_CLASS_CHAIN, 0, &event->previous, &head, &head_row);
    if (err == TB_OK) {
        err = tb_duties_of(txn, &row->id, &list, &count);
    }
    if (err == TB_OK) {
        err = tb_duty_counts_from(agent, txn, event, id, &at);
    }
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
    }
    const tb_duty_def *named = tb_case_type_duty(type, field_of(event, TB_LAPSE_DUTY));
    if (named != NULL && tb_duty_word_of(named, event->action) != TB_DUTY_NOTHING) {
        tb_duty_row *duty = meant_by(list, count, head.number, event);
        return creditors_word(agent, txn, row, named, duty, at, event, id);
    }
    for (unsigned i = 0; err == TB_OK && i < type->duty_count; i++) {
        const tb_duty_def *def = &type->duties[i];
        if (tb_duty_ends(def, event->action) && begins_supervised(type, def)) {
            err = reported_back(agent, txn, row, def, list, count, event, at, id);
            continue;
        }
        tb_duty_row *duty = !tb_duty_ends(def, event->action)
                                ? NULL
                                : meant(list, count, tb_bytes_str(def->id), tb_event_author(event),
                                        head.number, tb_bytes_of(NULL, 0));
        err = duty != NULL ? fulfil_beside(agent, txn, row, duty, at, id) : TB_OK;
    }
    return err;
}
