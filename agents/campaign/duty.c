#include "agents/campaign/duty.h"

#include "agents/campaign/scene.h"
#include "base/mutant.h"

#define HOUR_MS INT64_C(3600000)

tb_time tb_duty_due(const tb_duty_def *duty, tb_time from, const tb_calendar *calendar)
{
    tb_time fixed;
    if (tb_duty_fixed(duty, from, &fixed)) {
        return fixed;
    }
    if (duty->hours > 0) {
        return from + (tb_time)duty->hours * HOUR_MS;
    }
    int64_t last = tb_day_of(from);
    if (duty->working_days > 0) {
        last = tb_calendar_after(calendar, last, duty->working_days);
    } else {
        last += duty->days;
    }
    last -= TB_MUTANT(DUTY_DAYS_WRONG) ? 3 : 0;
    return tb_day_start(last + 1) - 1;
}

tb_time tb_duty_remind_at(const tb_duty_def *duty, tb_time due, const tb_calendar *calendar)
{
    const tb_duty_notice *before = &duty->remind;
    int64_t day = tb_day_of(due);
    if (before->hours > 0) {
        return due - (tb_time)before->hours * HOUR_MS;
    }
    return tb_day_start(before->working_days > 0
                            ? tb_calendar_before(calendar, day, before->working_days)
                            : day - before->days);
}

tb_time tb_duty_escalate_at(const tb_duty_def *duty, tb_time due, const tb_calendar *calendar)
{
    const tb_duty_notice *after = &duty->escalate;
    int64_t day = tb_day_of(due);
    if (after->hours > 0) {
        return due + (tb_time)after->hours * HOUR_MS;
    }
    return tb_day_start(after->working_days > 0
                            ? tb_calendar_after(calendar, day, after->working_days)
                            : day + after->days);
}

tb_time tb_duty_grace(const tb_duty_def *duty)
{
    tb_time grace = (tb_time)duty->grace_hours * HOUR_MS;
    return grace > TB_DUTY_GRACE_MS ? grace : TB_DUTY_GRACE_MS;
}

bool tb_duty_parties(const tb_duty_def *duty,
                     const tb_case_view *view,
                     const tb_directory *directory,
                     size_t *at,
                     tb_party *out_debtor,
                     tb_party *out_creditor)
{
    bool many = tb_position_many(view->type, duty->owed_by);
    if (!tb_position_party(view, directory, duty->to, out_creditor)) {
        return false;
    }
    while (tb_position_next(view, directory, duty->owed_by, at, out_debtor)) {
        bool told = !many || tb_party_reachable(tb_directory_find(directory, out_debtor));
        if (told && !tb_party_equal(out_debtor, out_creditor)) {
            return true;
        }
    }
    return false;
}

bool tb_duty_begins(const tb_duty_def *duty, tb_bytes action)
{
    return tb_bytes_equal(tb_bytes_str(duty->from), action);
}

bool tb_duty_ends(const tb_duty_def *duty, tb_bytes action)
{
    return tb_names_hold(duty->until, duty->until_count, action);
}

bool tb_duty_outlives(const tb_duty_def *duty, tb_bytes action)
{
    return tb_names_hold(duty->outlives, duty->outlives_count, action);
}

const tb_duty_def *tb_case_type_duty(const tb_case_type *type, tb_bytes id)
{
    for (unsigned i = 0; type != NULL && i < type->duty_count; i++) {
        if (tb_bytes_equal(tb_bytes_str(type->duties[i].id), id)) {
            return &type->duties[i];
        }
    }
    return NULL;
}

static bool is_named(const char *act, tb_bytes action)
{
    return act != NULL && tb_bytes_equal(tb_bytes_str(act), action);
}

tb_duty_word tb_duty_word_of(const tb_duty_def *duty, tb_bytes action)
{
    return is_named(duty->lapse, action)            ? TB_DUTY_LAPSES
           : is_named(duty->remind.act, action)     ? TB_DUTY_REMINDS
           : is_named(duty->escalate.act, action)   ? TB_DUTY_ESCALATES
           : is_named(duty->withdraw_lapse, action) ? TB_DUTY_WITHDRAWS
           : is_named(duty->redate, action)         ? TB_DUTY_REDATES
           : is_named(duty->settle, action)         ? TB_DUTY_SETTLES
                                                    : TB_DUTY_NOTHING;
}

bool tb_duty_word_twice(const tb_duty_def *duty, tb_bytes action)
{
    return is_named(duty->lapse, action) + is_named(duty->remind.act, action) +
               is_named(duty->escalate.act, action) + is_named(duty->withdraw_lapse, action) +
               is_named(duty->redate, action) + is_named(duty->settle, action) >
           1;
}

const char *tb_duty_word_act(const tb_duty_def *duty, tb_duty_word word)
{
    switch (word) {
    case TB_DUTY_NOTHING:
        return NULL;
    case TB_DUTY_REMINDS:
        return duty->remind.act;
    case TB_DUTY_ESCALATES:
        return duty->escalate.act;
    case TB_DUTY_WITHDRAWS:
        return duty->withdraw_lapse;
    case TB_DUTY_REDATES:
        return duty->redate;
    case TB_DUTY_LAPSES:
        return duty->lapse;
    case TB_DUTY_SETTLES:
        return duty->settle;
    }
    TB_UNREACHABLE();
}

bool tb_action_by_agent(const tb_case_type *type, const tb_action *action)
{
    for (unsigned i = 0; i < type->duty_count; i++) {
        if (tb_duty_word_of(&type->duties[i], tb_bytes_str(action->id)) != TB_DUTY_NOTHING) {
            return true;
        }
    }
    return false;
}

bool tb_condition_asks_lapse(const tb_condition *condition, tb_bytes value)
{
    return tb_names_hold(condition->values, condition->value_count, value);
}
