#include "agents/accounts.h"

#include "agents/link.h"
#include "base/text.h"

uint32_t tb_account_needed(const tb_local_request *request)
{
    switch (request->kind) {
    case TB_REQUEST_OPEN_CASE:
    case TB_REQUEST_ACT:
    case TB_REQUEST_PAPER:
    case TB_REQUEST_WRITE_LETTER:
        return TB_POST_CLERK;
    case TB_REQUEST_IMPORT_BUNDLE:
    case TB_REQUEST_EXPORT_BUNDLE:
    case TB_REQUEST_EXPORT_EVIDENCE: /* field groups leave the agency open */
        return TB_POST_CLERK | TB_POST_OFFICER;
    case TB_REQUEST_ACT_QUARANTINE:
        return request->settle.drop ? TB_POST_OFFICER : TB_POST_CLERK | TB_POST_OFFICER;
    case TB_REQUEST_APPROVE:
        return TB_POST_REVIEWER | TB_POST_SIGNER;
    case TB_REQUEST_INSTALL:
    case TB_REQUEST_RECOVER:
    case TB_REQUEST_CHANGE_ACCOUNT:
    case TB_REQUEST_SET_SWITCH:
    case TB_REQUEST_SET_OFFICE:
        return TB_POST_OFFICER;
    case TB_REQUEST_CUT:
        return request->final ? TB_POST_OFFICER : 0;
    case TB_REQUEST_GET_CASE:
    case TB_REQUEST_LIST_REPORTS:
    case TB_REQUEST_GET_REPORT:
    case TB_REQUEST_RECONCILE:
    case TB_REQUEST_GET_FIGURE:
    case TB_REQUEST_VERIFY:
    case TB_REQUEST_LIST_CASES:
    case TB_REQUEST_TRACE:
    case TB_REQUEST_STATUS:
    case TB_REQUEST_LIST_NOTICES:
    case TB_REQUEST_GET_REQUEST:
    case TB_REQUEST_WATCH:
    case TB_REQUEST_LIST_DIRECTORY:
    case TB_REQUEST_GET_DOCUMENT:
    case TB_REQUEST_CHECK:
    case TB_REQUEST_LIST_ACTS:
    case TB_REQUEST_EXPORT:
    case TB_REQUEST_GET_LETTER:
    case TB_REQUEST_LIST_DUTIES:
    case TB_REQUEST_LIST_CAMPAIGNS:
    case TB_REQUEST_LIST_LISTS:
    case TB_REQUEST_SHOW_LIST:
    case TB_REQUEST_CHECK_LIST:
    case TB_REQUEST_GET_FAMILY:
    case TB_REQUEST_LIST_QUARANTINE:
    case TB_REQUEST_LIST_DEAD_LETTERS:
    case TB_REQUEST_RETRY_DEAD_LETTER:
    case TB_REQUEST_GET_RECOVERY:
    case TB_REQUEST_LIST_ACCOUNTS:
    case TB_REQUEST_LIST_APPROVALS:
    case TB_REQUEST_LIST_SWITCHES:
    case TB_REQUEST_GET_OFFICE:
    case TB_REQUEST_UNANSWERED:
    case TB_REQUEST_EXPLAIN_DUTIES:
        return 0;
    }
    TB_UNREACHABLE();
}

/* ---- who it is ---- */

/* By the key: the account named, whoever's socket it is. */
static tb_refusal by_key(const tb_account_row *list,
                         size_t count,
                         const tb_local_request *request,
                         tb_bytes encoded,
                         tb_account_row *out)
{
    for (size_t i = 0; i < count; i++) {
        const tb_account_row *row = &list[i];
        if (!tb_bytes_equal(row->name, request->account)) {
            continue;
        }
        *out = *row;
        return row->has_key && tb_local_request_proof_good(encoded, row->key)
                   ? TB_ACCEPTED
                   : TB_REFUSED_ACCOUNT_PROOF;
    }
    return TB_REFUSED_UNKNOWN_ACCOUNT;
}

/* By the socket's user; whom he named must be who he is. */
static tb_refusal by_user(const tb_account_row *list,
                          size_t count,
                          const tb_local_request *request,
                          uint64_t person,
                          tb_account_row *out)
{
    for (size_t i = 0; i < count; i++) {
        const tb_account_row *row = &list[i];
        if (!row->has_uid || row->closed != 0 || person != (uint64_t)row->uid + 1) {
            continue;
        }
        *out = *row;
        return request->named && !tb_bytes_equal(row->name, request->account)
                   ? TB_REFUSED_ACCOUNT_PROOF
                   : TB_ACCEPTED;
    }
    return request->named ? TB_REFUSED_ACCOUNT_PROOF : TB_REFUSED_UNKNOWN_ACCOUNT;
}

static tb_err find(tb_txn *txn,
                   const tb_local_request *request,
                   tb_bytes encoded,
                   uint64_t person,
                   tb_asker *out,
                   tb_refusal *out_refused)
{
    tb_asker asker = {.known = false, .code = request->account};
    *out_refused = TB_ACCEPTED;
    *out = asker;
    if (tb_store_rows(txn, TB_TABLE_ACCOUNT) == 0) {
        return TB_OK;
    }
    tb_account_row *list;
    size_t count;
    tb_err err = tb_accounts_all(txn, &list, &count);
    if (err != TB_OK) {
        return err;
    }
    *out_refused = tb_local_request_proved(encoded)
                       ? by_key(list, count, request, encoded, &asker.row)
                       : by_user(list, count, request, person, &asker.row);
    if (*out_refused == TB_ACCEPTED && asker.row.closed != 0) {
        *out_refused = TB_REFUSED_UNKNOWN_ACCOUNT;
    }
    if (*out_refused != TB_ACCEPTED) {
        return TB_OK;
    }
    asker.known = true;
    err = tb_account_code(tb_txn_arena(txn), &asker.row, &asker.code);
    *out = asker;
    return err;
}

/* ---- whether he may ---- */

static tb_err record(tb_agent *agent,
                     tb_txn *txn,
                     tb_now now,
                     tb_bytes account,
                     tb_refusal code,
                     tb_effects *effects)
{
    tb_alarm_row alarm = {
        .code = code,
        .at = now.real,
        .party = agent->self,
        .stream = {.lane = TB_LANE_NORMAL},
    };
    tb_text text;
    tb_text_init(&text, tb_txn_arena(txn), TB_ACCOUNT_BYTES_MAX + 512);
    tb_text_str(&text, "Refused to ");
    tb_text_bytes(&text, account);
    tb_text_str(&text, ". ");
    tb_text_str(&text, tb_refusal_en(code));
    tb_err err = tb_text_done(&text, &alarm.text);
    return err == TB_OK ? tb_alarm_raise(agent, txn, &alarm, effects) : err;
}

tb_err tb_account_admit(tb_agent *agent,
                        tb_txn *txn,
                        tb_now now,
                        const tb_local_request *request,
                        tb_bytes encoded,
                        uint64_t person,
                        tb_effects *effects,
                        tb_asker *out,
                        tb_refusal *out_refused)
{
    uint32_t needed = tb_account_needed(request);
    *out = (tb_asker){.known = false, .code = request->account};
    *out_refused = TB_ACCEPTED;
    if (needed == 0) {
        return TB_OK;
    }
    tb_err err = find(txn, request, encoded, person, out, out_refused);
    if (err != TB_OK) {
        return err;
    }
    if (*out_refused == TB_ACCEPTED && out->known && (out->row.posts & needed) == 0) {
        *out_refused = TB_REFUSED_ACCOUNT_POST;
    }
    if (*out_refused == TB_ACCEPTED) {
        return TB_OK;
    }
    return record(agent, txn, now, out->known ? out->row.name : request->account, *out_refused,
                  effects);
}

tb_err tb_account_recognise(
    tb_txn *txn, const tb_local_request *request, tb_bytes encoded, uint64_t person, tb_asker *out)
{
    tb_refusal refused;
    return find(txn, request, encoded, person, out, &refused);
}

tb_err tb_account_name_of(tb_txn *txn, tb_bytes code, tb_bytes *out)
{
    *out = tb_bytes_of(NULL, 0);
    if (tb_store_rows(txn, TB_TABLE_ACCOUNT) == 0) {
        return TB_OK;
    }
    tb_account_row *list;
    size_t count;
    tb_err err = tb_accounts_all(txn, &list, &count);
    for (size_t i = 0; err == TB_OK && i < count; i++) {
        tb_bytes own;
        err = tb_account_code(tb_txn_arena(txn), &list[i], &own);
        if (err == TB_OK && tb_bytes_equal(own, code)) {
            *out = list[i].title;
            return TB_OK;
        }
    }
    return err;
}
