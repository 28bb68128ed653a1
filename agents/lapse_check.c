#include "agents/lapse_check.h"

#include "agents/campaign/duty.h"
#include "agents/rows_duty.h"

const char *tb_lapse_fault(tb_lapse_verdict verdict)
{
    switch (verdict) {
    case TB_LAPSE_HOLDS:
    case TB_LAPSE_WITHDRAWN:
        return NULL;
    case TB_LAPSE_OF_NO_DUTY:
        return "the lapse is of no duty of this case, or not by its creditor";
    case TB_LAPSE_OTHER_DUE:
        return "the lapse names another due time than the events give";
    case TB_LAPSE_EARLY:
        return "the lapse was recorded before due and grace had passed";
    case TB_LAPSE_DONE_IN_TIME:
        return "the lapse is of what was done in time, and was not withdrawn";
    }
    TB_UNREACHABLE();
}

static tb_bytes value_of(const tb_event *event, const char *field)
{
    for (size_t i = 0; i < event->field_count; i++) {
        if (tb_bytes_equal(event->fields[i].id, tb_bytes_str(field))) {
            return event->fields[i].value;
        }
    }
    return tb_bytes_of(NULL, 0);
}

static const tb_duty_def *duty_of(const tb_case_row *row, const tb_event *event)
{
    const tb_duty_def *def =
        row->view.type == NULL ? NULL
                               : tb_case_type_duty(row->view.type, value_of(event, TB_LAPSE_DUTY));
    return def != NULL && tb_duty_word_of(def, event->action) == TB_DUTY_LAPSES ? def : NULL;
}

bool tb_is_lapse(const tb_case_row *row, const tb_event *event)
{
    return event->kind == TB_EVENT_SIDE && duty_of(row, event) != NULL;
}

/* Times are said to the second. */
static bool same_second(tb_time due, tb_bytes said)
{
    char text[TB_TIME_TEXT];
    tb_time_print(due, text);
    return tb_bytes_equal(said, tb_bytes_str(text));
}

static tb_err judge(tb_txn *txn,
                    const tb_duty_row *duty,
                    const tb_duty_def *def,
                    const tb_event *event,
                    tb_lapse_verdict *out)
{
    tb_duty_said said;
    *out = TB_LAPSE_HOLDS;
    if (!same_second(duty->due, value_of(event, TB_LAPSE_DUE))) {
        *out = TB_LAPSE_OTHER_DUE;
    } else if (event->at < duty->due + tb_duty_grace(def)) {
        *out = TB_LAPSE_EARLY;
    } else if (duty->state == TB_DUTY_ON_TIME) {
        tb_err err = tb_duty_said_get(txn, &duty->key, TB_DUTY_WITHDRAWS, &said);
        *out = err == TB_OK ? TB_LAPSE_WITHDRAWN : TB_LAPSE_DONE_IN_TIME;
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return TB_OK;
}

tb_err tb_lapse_check(tb_txn *txn,
                      const tb_case_row *row,
                      const tb_event *event,
                      const tb_digest *id,
                      tb_lapse_verdict *out)
{
    const tb_duty_def *def = duty_of(row, event);
    TB_ASSERT(def != NULL);
    tb_duty_row *list;
    size_t count;
    tb_err err = tb_duties_of(txn, &row->id, &list, &count);
    *out = TB_LAPSE_OF_NO_DUTY;
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        if (tb_digest_equal(&list[i].lapse, id)) { /* kept only where its creditor says so */
            return judge(txn, &list[i], def, event, out);
        }
    }
    return err;
}
