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

bool tb_duty_ends_beside(const tb_case_type *type, const tb_duty_def *duty)
{
    const tb_action *until =
        duty->until_count > 0 ? tb_case_type_action(type, tb_bytes_str(duty->until[0])) : NULL;
    return until != NULL && until->kind == TB_ACTION_SIDE;
}

bool tb_duty_begins(const tb_duty_def *duty, tb_bytes action)
{
    return tb_bytes_equal(tb_bytes_str(duty->from), action);
}

bool tb_duty_ends(const tb_duty_def *duty, tb_bytes action)
{
    return tb_names_hold(duty->until, duty->until_count, action);
}

const tb_duty_def *tb_case_type_duty(const tb_case_type *type, tb_bytes id)
{
    for (unsigned i = 0; i < type->duty_count; i++) {
        if (tb_bytes_equal(tb_bytes_str(type->duties[i].id), id)) {
            return &type->duties[i];
        }
    }
    return NULL;
}

bool tb_action_records_lapse(const tb_case_type *type, const tb_action *action)
{
    for (unsigned i = 0; i < type->duty_count; i++) {
        if (strcmp(type->duties[i].lapse, action->id) == 0) {
            return true;
        }
    }
    return false;
}

bool tb_condition_asks_lapse(const tb_condition *condition, tb_bytes value)
{
    return tb_names_hold(condition->values, condition->value_count, value);
}
