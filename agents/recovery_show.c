/* recovery_show - what people are told of a recovery. */
#include "agents/recovery.h"

/* Cases an officer released, shown. */
#define RELEASED_MAX 64

static tb_err show_asked(const tb_agent *agent, tb_txn *txn, tb_local_recovery *out)
{
    tb_bytes cursor = {NULL, 0};
    size_t room = (size_t)tb_store_rows(txn, TB_TABLE_ASKED);
    tb_err err = TB_OK;
    out->asked = tb_arena_array(tb_txn_arena(txn), room + 1, sizeof *out->asked);
    if (out->asked == NULL) {
        return TB_ERR_LIMIT;
    }
    while (out->asked_count < room) {
        tb_party peer;
        tb_asked_row row;
        err = tb_asked_each(txn, &cursor, &peer, &row);
        if (err != TB_OK) {
            break;
        }
        const tb_directory_party *party = tb_directory_find(agent->directory, &peer);
        tb_local_asked *asked = &out->asked[out->asked_count++];
        *asked = (tb_local_asked){
            .party = peer,
            .asked = row.asked,
            .last = row.last,
            .heard = row.heard,
            .ended = row.ended,
            .missing = row.missing,
        };
        if (party != NULL) {
            asked->name_zh = party->name_zh;
            asked->name_en = party->name_en;
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err show_released(tb_txn *txn, const tb_incarnation *incarnation, tb_local_recovery *out)
{
    tb_case_id id = {{0}};
    tb_err err = TB_OK;
    out->released = tb_arena_array(tb_txn_arena(txn), RELEASED_MAX, sizeof *out->released);
    if (out->released == NULL) {
        return TB_ERR_LIMIT;
    }
    while (err == TB_OK && out->released_count < RELEASED_MAX) {
        tb_free_row row;
        err = tb_free_after(txn, incarnation, &id, &id, &row);
        if (err == TB_OK && row.why == TB_FREE_RELEASED) {
            out->released[out->released_count++] =
                (tb_local_released){id, row.account, row.reason, row.at};
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

tb_err tb_recovery_show(const tb_agent *agent, tb_txn *txn, tb_local_recovery *out)
{
    tb_recovery_row row;
    tb_incarnation incarnation;
    tb_err err = tb_recovery_get(txn, &row);
    *out = (tb_local_recovery){.state = 0};
    if (err != TB_OK || row.state == TB_RECOVERY_NONE) {
        return err;
    }
    err = tb_meta_incarnation(txn, &incarnation);
    if (err != TB_OK) {
        return err;
    }
    *out = (tb_local_recovery){
        .state = (uint32_t)row.state,
        .started = row.started,
        .ended = row.ended,
        .account = row.account,
        .reason = row.reason,
        .old_counter = row.old.counter,
        .counter = incarnation.counter,
    };
    err = show_asked(agent, txn, out);
    return err == TB_OK ? show_released(txn, &incarnation, out) : err;
}
