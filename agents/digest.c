#include "agents/digest.h"

#include "agents/rows_case.h"
#include "agents/rows_link.h"

#define META_OVERDUE "digest_overdue"
#define META_AT      "digest_at"

static bool is_self(const tb_agent *agent, const tb_party *party)
{
    return tb_party_equal(party, &agent->self);
}

static tb_err escalated_here(const tb_agent *agent, tb_txn *txn, const tb_duty_row *duty, bool *out)
{
    tb_duty_said said;
    *out = false;
    if (duty->state != TB_DUTY_LAPSED || is_self(agent, &duty->key.debtor) ||
        is_self(agent, &duty->creditor)) {
        return TB_OK;
    }
    tb_err err = tb_duty_said_get(txn, &duty->key, TB_DUTY_ESCALATES, &said);
    *out = err == TB_OK;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_duty_concerns(const tb_agent *agent, tb_txn *txn, const tb_duty_row *duty, bool *out)
{
    if (is_self(agent, &duty->key.debtor) || is_self(agent, &duty->creditor)) {
        *out = true;
        return TB_OK;
    }
    return escalated_here(agent, txn, duty, out);
}

static tb_err is_urgent(tb_txn *txn, const tb_case_id *id, bool *out)
{
    tb_arena *arena = tb_txn_arena(txn);
    size_t mark = tb_arena_mark(arena);
    tb_case_row row;
    tb_err err = tb_case_get(txn, id, &row);
    *out = err == TB_OK && row.lane == TB_LANE_URGENT;
    tb_arena_release(arena, mark);
    return err == TB_ERR_NOT_FOUND ? TB_ERR_CORRUPT : err;
}

typedef struct counting {
    tb_local_due_counts counts;
    uint64_t owed_today;
    tb_time civil;
    tb_time tonight;
} counting;

static tb_err
count_one(const tb_agent *agent, tb_txn *txn, const tb_duty_row *duty, tb_time due, counting *c)
{
    tb_local_due_counts *n = &c->counts;
    if (duty->ended != 0) {
        return TB_OK;
    }
    if (is_self(agent, &duty->key.debtor)) {
        bool urgent;
        *(due < c->civil ? &n->overdue : due < c->tonight ? &n->today : &n->next_day) += 1;
        tb_err err = is_urgent(txn, &duty->key.case_id, &urgent);
        n->urgent += err == TB_OK && urgent;
        return err;
    }
    if (is_self(agent, &duty->creditor)) {
        n->owed += due < c->civil;
        c->owed_today += due >= c->civil && due < c->tonight;
        return TB_OK;
    }
    bool escalated;
    tb_err err = escalated_here(agent, txn, duty, &escalated);
    n->escalated += err == TB_OK && escalated;
    return err;
}

/* One that does not read hides no other: `tongbao check` tells of it. */
static tb_err count(const tb_agent *agent, tb_txn *txn, tb_time civil, counting *out)
{
    tb_bytes cursor = tb_bytes_of(NULL, 0);
    int64_t today = tb_day_of(civil);
    *out = (counting){.civil = civil, .tonight = tb_day_start(today + 1)};
    out->counts.until = tb_day_start(tb_calendar_after(agent->calendar, today, 1) + 1);
    for (unsigned looked = 0; looked < TB_DIGEST_LOOKED_MAX; looked++) {
        tb_time due;
        tb_duty_row duty;
        tb_err err = tb_duty_next(txn, TB_DUTY_LISTED, &cursor, &due, &duty);
        if (err == TB_ERR_NOT_FOUND || (err == TB_OK && due >= out->counts.until)) {
            return TB_OK;
        }
        if (err == TB_OK) {
            err = count_one(agent, txn, &duty, due, out);
        }
        if (err != TB_OK && err != TB_ERR_CORRUPT) {
            return err;
        }
    }
    out->counts.more = true;
    return TB_OK;
}

tb_err tb_digest_count(const tb_agent *agent, tb_txn *txn, tb_time civil, tb_local_due_counts *out)
{
    counting all;
    tb_err err = count(agent, txn, civil, &all);
    *out = all.counts;
    return err;
}

static tb_err alert(tb_step *step, bool overdue)
{
    uint64_t stands;
    tb_err err = tb_meta_number(step->txn, META_OVERDUE, &stands);
    if (err != TB_OK || overdue == (stands != 0)) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, overdue ? TB_LEVEL_WARN : TB_LEVEL_INFO,
                    overdue ? "event=overdue_begins" : "event=overdue_over");
    return tb_meta_number_put(step->txn, META_OVERDUE, overdue);
}

tb_err tb_digest_lapsed(tb_step *step)
{
    return alert(step, true);
}

static tb_err tell(tb_step *step)
{
    counting all;
    tb_err err = count(step->agent, step->txn, step->now.civil, &all);
    const tb_local_due_counts *n = &all.counts;
    uint64_t overdue = n->overdue + n->owed;
    uint64_t today = n->today + all.owed_today;
    if (err == TB_OK && (overdue > 0 || !n->more)) {
        err = alert(step, overdue > 0);
    }
    if (err == TB_OK && overdue + today + n->escalated > 0) {
        tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO,
                        n->more ? "event=digest overdue=%u due_today=%u escalated=%u more=yes"
                                : "event=digest overdue=%u due_today=%u escalated=%u",
                        overdue, today, n->escalated);
    }
    return err;
}

tb_err tb_digest_tick(tb_step *step)
{
    uint64_t at;
    tb_office office;
    tb_time civil = step->now.civil;
    if (tb_store_rows(step->txn, TB_TABLE_DUTY) == 0 || tb_store_above_watermark(step->txn)) {
        return TB_OK;
    }
    tb_err err = tb_meta_number(step->txn, META_AT, &at);
    if (err != TB_OK || (at != 0 && civil < (tb_time)at)) {
        return err;
    }
    err = tb_office_get(step->txn, &office);
    if (err != TB_OK) {
        return err;
    }
    tb_time next = tb_office_next(&office, step->agent->calendar, civil);
    if (next == civil) { /* in office hours */
        err = at != 0 ? tell(step) : TB_OK;
        next = tb_office_next(&office, step->agent->calendar, tb_day_start(tb_day_of(civil) + 1));
    }
    return err == TB_OK ? tb_meta_number_put(step->txn, META_AT, (uint64_t)next) : err;
}

tb_err tb_digest_moved(const tb_agent *agent, tb_txn *txn, const tb_office *office)
{
    uint64_t at;
    tb_err err = tb_meta_number(txn, META_AT, &at);
    if (err != TB_OK || at == 0) {
        return err;
    }
    tb_time day = tb_day_start(tb_day_of((tb_time)at));
    return tb_meta_number_put(txn, META_AT, (uint64_t)tb_office_next(office, agent->calendar, day));
}

tb_err tb_digest_due(const tb_agent *agent, tb_txn *txn, tb_time *out)
{
    uint64_t at;
    if (tb_store_rows(txn, TB_TABLE_DUTY) == 0 || tb_store_above_watermark(txn)) {
        return TB_ERR_NOT_FOUND;
    }
    tb_err err = tb_meta_number(txn, META_AT, &at);
    if (err != TB_OK || !agent->directory->exercise) {
        *out = err == TB_OK ? (tb_time)at : *out;
        return err;
    }
    uint64_t civil; /* stands still until somebody moves it; nobody did yet: the real one */
    err = tb_meta_number(txn, "civil", &civil);
    *out = civil == 0 ? (tb_time)at : 0;
    return err == TB_OK && civil != 0 && at > civil ? TB_ERR_NOT_FOUND : err;
}
