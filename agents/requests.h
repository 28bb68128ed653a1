/* requests - answers kept so that a local call that timed out can be asked again and never acts
 * twice.
 *
 * Only what was accepted is kept: a refusal did nothing, and asking again may succeed. The answer
 * of an act that became a draft follows the draft. Kept 30 days, swept a little now and then.
 */
#ifndef TB_REQUESTS_H
#define TB_REQUESTS_H

#include "base/time.h"
#include "messages/local.h"
#include "store/store.h"

#define TB_REQUEST_LIFE_MS (30ll * 24 * 3600 * 1000)

typedef struct tb_request_row {
    tb_digest digest; /* of the whole request */
    tb_time at;       /* real time */
    tb_bytes answer;  /* encoded */
} tb_request_row;

tb_digest tb_request_digest(tb_bytes request);
tb_err tb_request_get(tb_txn *txn, const tb_request_id *id, tb_request_row *out) TB_MUST_USE;
tb_err tb_request_put(tb_txn *txn, const tb_request_id *id, const tb_request_row *row) TB_MUST_USE;
/* Puts another answer in the place of the one kept; nothing when none is. */
tb_err
tb_request_follow(tb_txn *txn, const tb_request_id *id, const tb_local_answer *answer) TB_MUST_USE;
/* Looks at the next few rows and takes away those that are too old. */
tb_err tb_requests_sweep(tb_txn *txn, tb_time now) TB_MUST_USE;
tb_err tb_request_decode(tb_bytes value, tb_request_row *out) TB_MUST_USE;

#endif
