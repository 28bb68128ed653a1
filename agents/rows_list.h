/* rows_list - our copy of a list as stored: LIST_ENTRY, and LIST which leads to it by what it is
 * found by. tb_list_put keeps both in step.
 */
#ifndef TB_ROWS_LIST_H
#define TB_ROWS_LIST_H

#include "agents/list_keys.h"
#include "base/ids.h"
#include "base/time.h"
#include "messages/local.h"
#include "store/store.h"

typedef struct tb_list_mark {
    uint8_t number; /* of the key, or TB_LIST_POSSIBLE */
    tb_bytes value;
} tb_list_mark;

typedef struct tb_list_entry {
    tb_bytes campaign;
    tb_bytes list;
    tb_case_id case_id;
    tb_list_standing standing;
    tb_bytes province; /* empty: of none */
    tb_time listed;    /* own time of the event that listed it */
    tb_party listed_by;
    tb_time removed; /* 0: it is listed */
    tb_party removed_by;
    uint64_t removed_number; /* of the event in the chain; 0 likewise */
    tb_list_mark *marks;     /* of one that is listed */
    size_t mark_count;
} tb_list_entry;

/* TB_ERR_NOT_FOUND: the case is not on the list, and was not. */
tb_err tb_list_get(tb_txn *txn,
                   tb_bytes campaign,
                   tb_bytes list,
                   const tb_case_id *id,
                   tb_list_entry *out) TB_MUST_USE;
tb_err tb_list_put(tb_txn *txn, const tb_list_entry *entry) TB_MUST_USE;
tb_err tb_list_del(tb_txn *txn, tb_bytes campaign, tb_bytes list, const tb_case_id *id) TB_MUST_USE;

/* The entry behind this one, by case id; zero: the first. TB_ERR_NOT_FOUND at the end. */
tb_err tb_list_next(tb_txn *txn,
                    tb_bytes campaign,
                    tb_bytes list,
                    const tb_case_id *after,
                    tb_list_entry *out) TB_MUST_USE;

/* The cases listed under a key, one after the other; *cursor empty: the first. whole: the value is
 * all of the key, else its beginning. TB_ERR_NOT_FOUND at the end. */
tb_err tb_list_found(tb_txn *txn,
                     tb_bytes campaign,
                     tb_bytes list,
                     const tb_list_mark *mark,
                     bool whole,
                     tb_bytes *cursor,
                     tb_case_id *out) TB_MUST_USE;

/* For checks: a LIST_ENTRY row as it stands. */
tb_err
tb_list_decode(tb_bytes key, tb_bytes value, tb_arena *arena, tb_list_entry *out) TB_MUST_USE;
bool tb_list_entries_equal(const tb_list_entry *a, const tb_list_entry *b);

#endif
