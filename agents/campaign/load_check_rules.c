/* load_check_rules - faults of what else a field says of its value. */
#include "agents/campaign/load_check.h"

#include <stdio.h>

static void check_type(
    tb_check *check, const void *rule, bool given, const char *key, bool fits, const char *type)
{
    if (given && !fits) {
        tb_check_fault(check, tb_at_value(rule), TB_FAULT_RULE_TYPE, key, type);
    }
}

/* What is not written is 0 as well, and means no bound. */
static void check_none(tb_check *check, const unsigned *rule, const char *key)
{
    if (*rule == 0 && tb_form_line_of(check->form, tb_at_value(rule)) > 0 &&
        tb_check_given(check, rule)) {
        tb_check_fault(check, tb_at_value(rule), TB_FAULT_RULE_NONE, key, NULL);
    }
}

static void check_range(tb_check *check, const tb_field_def *field)
{
    char least[16];
    char most[16];
    if (field->max == 0 || field->min <= field->max) {
        return;
    }
    (void)snprintf(least, sizeof least, "%u", field->min);
    (void)snprintf(most, sizeof most, "%u", field->max);
    tb_check_fault(check, tb_at_value(&field->max), TB_FAULT_RULE_RANGE, least, most);
}

static void check_total(tb_check *check, const tb_field_def *field)
{
    const tb_field_def *total = tb_check_field_of(check, field->at_most);
    if (field->at_most == NULL || field->at_most[0] == '\0') {
        return;
    }
    bool open = total != NULL && total != field && total->group == NULL && field->group == NULL &&
                total->type == TB_FIELD_COUNT;
    if (!open) {
        tb_check_fault(check, tb_at_value(&field->at_most), TB_FAULT_RULE_TOTAL, field->at_most,
                       NULL);
    }
}

void tb_check_field_rules(tb_check *check, const tb_field_def *field)
{
    bool count = field->type == TB_FIELD_COUNT;
    bool dated = field->type == TB_FIELD_DATE || field->type == TB_FIELD_TIME;
    if (!tb_check_given(check, &field->type)) {
        return;
    }
    check_type(check, &field->max_length, field->max_length > 0, "max_length",
               field->type == TB_FIELD_TEXT, "text");
    check_type(check, &field->min, field->min > 0, "min", count, "count");
    check_type(check, &field->max, field->max > 0, "max", count, "count");
    check_type(check, &field->not_future, field->not_future, "not_future", dated, "date, time");
    check_type(check, &field->at_most, field->at_most != NULL, "at_most", count, "count");
    char most[16];
    if (field->max_length > TB_FIELD_BYTES_MAX) {
        (void)snprintf(most, sizeof most, "%u", (unsigned)TB_FIELD_BYTES_MAX);
        tb_check_fault(check, tb_at_value(&field->max_length), TB_FAULT_RULE_LENGTH, most, NULL);
    }
    check_none(check, &field->max_length, "max_length");
    check_none(check, &field->max, "max");
    check_range(check, field);
    check_total(check, field);
}
