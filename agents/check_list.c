/* check_list - that our copy of each list is what the cases say. */
#include "agents/check_case.h"
#include "agents/lists.h"

/* Every entry a case should have, against the row there is. *wanted and *marks count. */
static tb_err check_case(const tb_agent *agent,
                         tb_txn *txn,
                         const tb_case_row *row,
                         tb_faults *faults,
                         uint64_t *wanted,
                         uint64_t *marks)
{
    const tb_campaign *campaign = row->view.campaign;
    tb_bytes about = tb_bytes_of(row->id.bytes, TB_CASE_ID_BYTES);
    tb_err err = TB_OK;
    for (unsigned i = 0; err == TB_OK && i < campaign->list_count; i++) {
        const tb_list_def *list = &campaign->lists[i];
        tb_list_entry should;
        tb_list_entry is;
        bool expected;
        if (!tb_bytes_equal(tb_bytes_str(list->case_type), row->case_type)) {
            continue;
        }
        err = tb_lists_entry(agent, txn, row, list, &should, &expected);
        if (err != TB_OK) {
            return err;
        }
        tb_err found = tb_list_get(txn, row->campaign, tb_bytes_str(list->id), &row->id, &is);
        if (found == TB_ERR_CORRUPT) {
            return tb_fault(faults, "a LIST_ENTRY row does not decode", about);
        }
        if (found != TB_OK && found != TB_ERR_NOT_FOUND) {
            return found;
        }
        if (expected != (found == TB_OK) || (expected && !tb_list_entries_equal(&should, &is))) {
            err = tb_fault(faults, "a LIST_ENTRY row is not what its case says", about);
        }
        *wanted += expected;
        for (size_t m = 0; err == TB_OK && found == TB_OK && m < is.mark_count; m++) {
            tb_bytes cursor = tb_bytes_of(NULL, 0);
            tb_case_id id = {{0}};
            do {
                found = tb_list_found(txn, is.campaign, is.list, &is.marks[m], true, &cursor, &id);
            } while (found == TB_OK && !tb_case_equal(&id, &row->id));
            (*marks)++;
            if (found != TB_OK && !tb_fault_is(found)) {
                return found;
            }
            if (found != TB_OK) {
                err = tb_fault(faults, "a listed entry is not found by its key", about);
                found = TB_OK;
            }
        }
    }
    return err;
}

tb_err tb_check_lists(const tb_agent *agent, tb_txn *txn, tb_faults *faults)
{
    tb_case_id id = {{0}};
    uint64_t wanted = 0;
    uint64_t marks = 0;
    bool unknown = false;
    for (;;) {
        tb_case_row row;
        size_t mark = tb_arena_mark(tb_txn_arena(txn));
        size_t told = faults->count;
        tb_err err = tb_case_after(txn, &id, false, &id);
        if (err == TB_ERR_NOT_FOUND || err == TB_ERR_CORRUPT) {
            unknown = unknown || err == TB_ERR_CORRUPT; /* what lies behind it cannot be walked */
            break;
        }
        if (err == TB_OK) {
            err = tb_case_load(agent, txn, &id, &row);
        }
        if (err == TB_OK && row.view.type == NULL) {
            unknown = true; /* its campaign is not installed here now */
        } else if (err == TB_OK) {
            err = check_case(agent, txn, &row, faults, &wanted, &marks);
        }
        if (err != TB_OK && !tb_fault_is(err)) {
            return err; /* what does not decode the check of cases tells */
        }
        if (faults->count == told) {
            tb_arena_release(tb_txn_arena(txn), mark);
        }
    }
    bool even = tb_store_rows(txn, TB_TABLE_LIST_ENTRY) == wanted &&
                tb_store_rows(txn, TB_TABLE_LIST) == marks;
    return unknown || even ? TB_OK
                           : tb_fault(faults, "LIST has more or fewer rows than the cases ask for",
                                      tb_bytes_of(NULL, 0));
}
