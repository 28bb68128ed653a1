#include "agents/status.h"

#include "agents/approval.h"
#include "agents/calendar_years.h"
#include "agents/digest.h"
#include "agents/freshness.h"
#include "agents/recovery.h"
#include "agents/rows_link.h"
#include "base/text.h"

/* The newest alarms, in words. */
#define ALARMS_SHOWN 8

/* Numbers that no arrived mark covers, over all streams. */
static tb_err count_outbox(tb_txn *txn, uint64_t *out)
{
    tb_bytes cursor = tb_bytes_of(NULL, 0);
    tb_arena *arena = tb_txn_arena(txn);
    tb_stream_out_row *row = tb_arena_alloc(arena, sizeof *row);
    if (row == NULL) {
        return TB_ERR_LIMIT;
    }
    uint64_t count = 0;
    for (;;) {
        tb_stream stream;
        tb_err err = tb_stream_out_next(txn, &cursor, &stream, row);
        if (err == TB_ERR_NOT_FOUND) {
            break;
        }
        if (err != TB_OK) {
            return err;
        }
        count += row->number > row->arrived ? row->number - row->arrived : 0;
    }
    *out = count;
    return TB_OK;
}

static tb_err alarm_text(tb_arena *arena, const tb_alarm_row *alarm, tb_bytes *out)
{
    char at[TB_TIME_TEXT];
    tb_time_print(alarm->at, at);
    tb_text text;
    tb_text_init(&text, arena, 256 + alarm->text.size);
    tb_text_str(&text, at);
    tb_text_str(&text, " ");
    tb_text_str(&text, tb_refusal_key(alarm->code));
    tb_text_str(&text, " ");
    tb_text_bytes(&text, tb_party_bytes(&alarm->party));
    tb_text_str(&text, ": ");
    if (alarm->text.size > 0) {
        tb_text_bytes(&text, alarm->text);
    } else {
        tb_text_str(&text, tb_refusal_en(alarm->code));
    }
    return tb_text_done(&text, out);
}

static tb_err add_alarms(tb_txn *txn, tb_local_status *status)
{
    tb_arena *arena = tb_txn_arena(txn);
    tb_err counted = tb_meta_number(txn, "alarm", &status->alarms); /* also of those that went */
    if (counted != TB_OK) {
        return counted;
    }
    status->alarm_texts = tb_arena_array(arena, ALARMS_SHOWN, sizeof *status->alarm_texts);
    if (status->alarm_texts == NULL) {
        return TB_ERR_LIMIT;
    }
    uint64_t upto = UINT64_MAX;
    while (status->alarm_text_count < ALARMS_SHOWN && upto > 0) {
        tb_alarm_row alarm;
        uint64_t number;
        tb_err err = tb_alarm_last(txn, upto, &number, &alarm);
        if (err == TB_ERR_NOT_FOUND) {
            break;
        }
        tb_bytes *out = &status->alarm_texts[status->alarm_text_count];
        if (err == TB_OK) {
            err = alarm_text(arena, &alarm, out);
        } else if (err == TB_ERR_CORRUPT) { /* it hides no other */
            *out = tb_bytes_str("An alarm that was kept here does not read any more.");
            err = TB_OK;
        }
        if (err != TB_OK) {
            return err;
        }
        status->alarm_text_count++;
        upto = number > 0 ? number - 1 : 0;
    }
    return TB_OK;
}

/* Behind what is said of ends that come. */
static tb_err
add_calendar(const tb_agent *agent, tb_txn *txn, tb_time civil, tb_local_status *status)
{
    tb_local_warning warning;
    if (!tb_calendar_warning(agent, civil, &warning)) {
        return TB_OK;
    }
    size_t count = status->warning_count;
    tb_local_warning *list = tb_arena_array(tb_txn_arena(txn), count + 1, sizeof *list);
    if (list == NULL) {
        return TB_ERR_LIMIT;
    }
    if (count > 0) {
        memcpy(list, status->warnings, count * sizeof *list);
    }
    list[count] = warning;
    status->warnings = list;
    status->warning_count = count + 1;
    return TB_OK;
}

tb_err tb_status(const tb_agent *agent, tb_txn *txn, tb_now now, tb_local_answer *answer)
{
    const tb_directory_party *self = tb_directory_find(agent->directory, &agent->self);
    tb_local_status status = {
        .party = agent->self,
        .directory_version = agent->directory->version,
        .held_back = tb_store_rows(txn, TB_TABLE_HELD),
        .drafts = tb_store_rows(txn, TB_TABLE_DRAFT),
        .cases = tb_store_rows(txn, TB_TABLE_CASE),
        .accounts = tb_store_rows(txn, TB_TABLE_ACCOUNT),
        .civil = now.civil,
        .exercise = agent->directory->exercise,
        .hub = agent->hub,
    };
    if (self != NULL) {
        status.name_zh = self->name_zh;
        status.name_en = self->name_en;
    }
    tb_store_usage(txn, &status.used_bytes, &status.quota_bytes);
    tb_link_row link;
    tb_err err = tb_link_get(txn, &link);
    if (err == TB_OK) {
        status.fenced = link.fence != TB_ACCEPTED;
        status.code = link.fence;
        status.linked = link.state == TB_LINK_CONFIRMED;
        err = tb_meta_incarnation(txn, &status.incarnation);
    }
    if (err == TB_OK) {
        err = count_outbox(txn, &status.outbox);
    }
    if (err == TB_OK) {
        err = add_alarms(txn, &status);
    }
    if (err == TB_OK) {
        err = tb_freshness_warnings(agent, now.real, tb_txn_arena(txn), &status.warnings,
                                    &status.warning_count);
    }
    if (err == TB_OK) {
        err = add_calendar(agent, txn, now.civil, &status);
    }
    if (err == TB_OK) {
        err = tb_recovery_show(agent, txn, &status.recovery);
    }
    if (err == TB_OK) {
        err = tb_approvals_count(txn, &status.approvals);
    }
    if (err == TB_OK) {
        err = tb_digest_count(agent, txn, now.civil, &status.duties);
    }
    if (err != TB_OK) {
        return err;
    }
    answer->kind = TB_ANSWER_STATUS;
    answer->status = status;
    return TB_OK;
}
