/* check_recover - what recovering and asking for missing events keeps must agree with itself. */
#include "agents/check_recover.h"

#include "agents/check_rows.h"
#include "agents/rows_link_keys.h"
#include "agents/rows_recover.h"

static const tb_bytes all = {NULL, 0};

typedef struct recover_check {
    tb_txn *txn;
    tb_faults *faults;
    uint64_t held; /* as it is counted per giver */
} recover_check;

/* One GAP_DUE row per GAP row, at the time it says. */
static tb_err look_gap(void *context, tb_bytes key, tb_bytes value)
{
    recover_check *c = context;
    tb_reader r;
    tb_gap_row row;
    (void)value;
    tb_reader_init(&r, key);
    tb_time due = (tb_time)tb_get_u64(&r);
    tb_digest missing = tb_read_digest(&r);
    if (!tb_reader_done(&r)) {
        return tb_fault(c->faults, "a GAP_DUE row does not decode", key);
    }
    tb_err err = tb_gap_get(c->txn, &missing, &row);
    return tb_fault_is(err) || (err == TB_OK && row.due != due)
               ? tb_fault(c->faults, "a GAP_DUE row leads to no GAP row of its time", key)
               : err;
}

static tb_err check_gaps(recover_check *c)
{
    tb_err err = tb_check_rows(c->txn, c->faults, TB_TABLE_GAP_DUE, all, look_gap, c);
    if (err != TB_OK) {
        return err;
    }
    return tb_store_rows(c->txn, TB_TABLE_GAP) == tb_store_rows(c->txn, TB_TABLE_GAP_DUE)
               ? TB_OK
               : tb_fault(c->faults, "GAP and GAP_DUE differ in number", all);
}

static tb_err add_held(void *context, tb_bytes key, tb_bytes value)
{
    recover_check *c = context;
    tb_reader r;
    tb_reader_init(&r, value);
    c->held += tb_get_u64(&r);
    return tb_reader_done(&r) ? TB_OK
                              : tb_fault(c->faults, "what is held of a giver does not decode", key);
}

/* What is counted per giver is, together, what is held. */
static tb_err check_givers(recover_check *c)
{
    tb_bytes prefix = tb_bytes_str("held by ");
    tb_err err = tb_check_rows(c->txn, c->faults, TB_TABLE_META, prefix, add_held, c);
    if (err != TB_OK) {
        return err;
    }
    return c->held == tb_store_rows(c->txn, TB_TABLE_HELD)
               ? TB_OK
               : tb_fault(c->faults, "events are held back that are counted for no giver", prefix);
}

/* A recovery has ended when everybody who was asked has. */
static tb_err check_asked(tb_txn *txn, tb_faults *faults)
{
    tb_bytes cursor = all;
    tb_recovery_row row;
    size_t open = 0;
    tb_err err = tb_recovery_get(txn, &row);
    while (err == TB_OK) {
        tb_party peer;
        tb_asked_row asked;
        err = tb_asked_next(txn, &cursor, &peer, &asked);
        open += err == TB_OK && asked.ended == 0 ? 1 : 0;
    }
    if (err == TB_ERR_CORRUPT) {
        return tb_fault(faults, "a row of the recovery does not decode", all);
    }
    if (err != TB_ERR_NOT_FOUND) {
        return err;
    }
    bool wrong = (row.state == TB_RECOVERY_ENDED && open > 0) ||
                 (row.state == TB_RECOVERY_ASKING && open == 0);
    return wrong ? tb_fault(faults, "the recovery and those who were asked disagree", all) : TB_OK;
}

tb_err tb_check_recover(tb_txn *txn, tb_faults *faults)
{
    recover_check c = {.txn = txn, .faults = faults};
    tb_err err = check_gaps(&c);
    if (err == TB_OK) {
        err = check_givers(&c);
    }
    return err == TB_OK ? check_asked(txn, faults) : err;
}
