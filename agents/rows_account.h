/* rows_account - 账号: who of this party's people may ask its agent to act (ACCOUNT).
 *
 * A row is never taken away: the code of a closed account still says who made an event.
 */
#ifndef TB_ROWS_ACCOUNT_H
#define TB_ROWS_ACCOUNT_H

#include "base/limits.h"
#include "base/time.h"
#include "messages/local.h"
#include "store/store.h"

#define TB_ACCOUNT_CODE_TEXT 24

typedef struct tb_account_row {
    tb_bytes name;
    uint64_t number; /* its code is "a" and this; never given twice */
    tb_bytes title;  /* the person's name */
    tb_bytes phone;
    uint32_t posts; /* TB_POST_* */
    bool has_uid;
    uint32_t uid;
    bool has_key;
    uint8_t key[32];
    tb_bytes absent; /* acts for the account of this name; empty: for nobody */
    int64_t from;    /* tb_day_of, first and last day */
    int64_t to;
    tb_time made; /* real time */
    tb_bytes made_by;
    tb_time closed; /* 0: it is not */
} tb_account_row;

/* TB_ERR_NOT_FOUND: there is none of this name. */
tb_err tb_account_get(tb_txn *txn, tb_bytes name, tb_account_row *out) TB_MUST_USE;
tb_err tb_account_put(tb_txn *txn, const tb_account_row *row) TB_MUST_USE;
/* Every account, by name, in the arena; at most TB_ACCOUNTS_MAX. */
tb_err tb_accounts_all(tb_txn *txn, tb_account_row **out, size_t *out_count) TB_MUST_USE;
/* What stands in events for it; in the arena. */
tb_err tb_account_code(tb_arena *arena, const tb_account_row *row, tb_bytes *out) TB_MUST_USE;
tb_err tb_account_decode(tb_bytes name, tb_bytes value, tb_account_row *out) TB_MUST_USE;

#endif
