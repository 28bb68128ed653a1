#include "agents/set_back.h"
#include "base/mutant.h"

#include "agents/gap.h"
#include "agents/outbox.h"
#include "agents/recovery.h"

bool tb_not_ahead(tb_time *at, tb_time latest)
{
    bool ahead = *at > latest;
    *at = ahead ? latest : *at;
    return ahead;
}

/* Moves what this process remembers; it is looked at once too early at the most. */
static void forget_waits(tb_agent *agent, tb_time now)
{
    agent->inbox_after = 0;
    agent->resend_after = 0;
    agent->aside_after = 0;
    agent->times.reseal = 0;
    (void)tb_not_ahead(&agent->times.gap, now);
}

static tb_err look_at_stream(tb_step *step, const tb_stream *stream, tb_stream_out_row *row)
{
    tb_time now = step->now.real;
    tb_time kept_due = row->due;
    (void)tb_not_ahead(&row->active, now);
    (void)tb_not_ahead(&row->rewound, now);
    row->due = row->due == 0 ? 0 : tb_outbox_due_of(row, now);
    return tb_stream_out_put(step->txn, stream, kept_due, row);
}

static tb_err look_at_streams(tb_step *step, bool *moved)
{
    tb_bytes cursor = {NULL, 0};
    tb_err err = TB_OK;
    while (err == TB_OK) {
        tb_stream stream;
        tb_stream_out_row row;
        err = tb_stream_out_next(step->txn, &cursor, &stream, &row);
        if (err == TB_OK && (row.active > step->now.real || row.rewound > step->now.real)) {
            err = look_at_stream(step, &stream, &row);
            *moved = true;
        }
    }
    return err;
}

tb_err tb_set_back_tick(tb_step *step)
{
    tb_agent *agent = step->agent;
    tb_time now = step->now.real;
    bool moved = false;
    if ((agent->seen != 0 && now >= agent->seen) || TB_MUTANT(CLOCK_BACK)) {
        agent->seen = now;
        return TB_OK;
    }
    forget_waits(agent, now);
    tb_err err = look_at_streams(step, &moved);
    if (err == TB_OK || err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT) {
        err = tb_gap_set_back(step, &moved);
    }
    if (err == TB_OK || err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT) {
        err = tb_recovery_set_back(step, &moved);
    }
    if (err != TB_OK && err != TB_ERR_NOT_FOUND && err != TB_ERR_CORRUPT) {
        return err;
    }
    /* Only a tick that finds nothing more shows that the one before was committed. */
    agent->seen = moved ? agent->seen : now;
    return TB_OK;
}
