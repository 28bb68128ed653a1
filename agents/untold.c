#include "agents/untold.h"

#include "agents/rows_link.h"
#include "agents/set_aside.h"

#define UNTOLD_KEY_BYTES (TB_PARTY_BYTES + 16 + 8)

_Static_assert(TB_UNTOLD_OF_SENDER < TB_UNTOLD_A_SESSION, "one sender does not fill a session");

static const char META_SHOWN[] = "untold";

tb_err tb_untold_note(tb_step *step, const tb_refusing *refusing)
{
    tb_untold_row row = {
        .stream = refusing->line.stream, .notice = refusing->notice, .header = refusing->header};
    return tb_untold_put(step->txn, &row);
}

/* Under a root of now: the key that signed it first may have been cut since. */
static tb_err tell(tb_step *step, const tb_untold_row *row)
{
    tb_refusal_row kept;
    tb_signed_line line;
    tb_err err = tb_refusal_get(step->txn, &row->stream, row->notice, &kept);
    if (err != TB_OK) {
        return err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    if (tb_signed_line_reread(kept.line, step->arena, &line) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_refusing again = {.line = line.line, .notice = row->notice, .header = row->header};
    return tb_work_refuse(step, &again);
}

/* Behind every row of a sender; in the buffer. */
static tb_bytes behind(uint8_t key[UNTOLD_KEY_BYTES], const tb_party *sender)
{
    memset(key, 0xFF, UNTOLD_KEY_BYTES);
    memcpy(key, sender->text, TB_PARTY_BYTES);
    return tb_bytes_of(key, UNTOLD_KEY_BYTES);
}

/* Whose refusal was shown last; empty at first. */
static tb_err shown_last(tb_txn *txn, tb_party *out)
{
    tb_bytes value;
    *out = (tb_party){{0}};
    tb_err err = tb_store_get(txn, TB_TABLE_META, tb_bytes_str(META_SHOWN), &value);
    if (err == TB_OK && value.size == TB_PARTY_BYTES) {
        memcpy(out->text, value.data, TB_PARTY_BYTES);
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_err show(tb_step *step, tb_untold_row *row)
{
    tb_err err = tell(step, row);
    if (err != TB_OK) {
        return err;
    }
    row->shown++;
    return row->shown < TB_UNTOLD_SESSIONS ? tb_untold_put(step->txn, row)
                                           : tb_untold_del(step->txn, row);
}

/* Once round the senders, from behind the one whose turn was last: who makes many refusals keeps
 * nobody else's back. TB_ERR_NOT_FOUND: all the way. */
static tb_err show_round(tb_step *step, const tb_party *start, tb_party *last)
{
    uint8_t key[UNTOLD_KEY_BYTES];
    bool from_first = tb_party_empty(start);
    tb_bytes cursor = from_first ? tb_bytes_of(NULL, 0) : behind(key, start);
    size_t of_sender = 0;
    for (size_t shown = 0; shown < TB_UNTOLD_A_SESSION;) {
        tb_untold_row row;
        tb_err err = tb_untold_next(step->txn, &step->agent->self, &cursor, &row);
        if (err == TB_ERR_NOT_FOUND && !from_first) {
            from_first = true;
            cursor = tb_bytes_of(NULL, 0);
            continue;
        }
        if (err == TB_OK || err == TB_ERR_CORRUPT) {
            tb_hand_take(step->agent, TB_TABLE_UNTOLD, cursor);
        }
        if (err == TB_OK && from_first && !tb_party_empty(start) &&
            memcmp(row.stream.sender.text, start->text, TB_PARTY_BYTES) > 0) {
            err = TB_ERR_NOT_FOUND;
        }
        if (err != TB_OK) {
            return err;
        }
        of_sender = tb_party_equal(&row.stream.sender, last) ? of_sender + 1 : 1;
        *last = row.stream.sender;
        if (of_sender > TB_UNTOLD_OF_SENDER) {
            cursor = behind(key, last);
            continue;
        }
        err = show(step, &row);
        if (err != TB_OK) {
            return err;
        }
        shown++;
    }
    return TB_OK;
}

tb_err tb_untold_show(tb_step *step)
{
    tb_party start;
    if (tb_store_rows(step->txn, TB_TABLE_UNTOLD) == 0) {
        return TB_OK;
    }
    tb_err err = shown_last(step->txn, &start);
    if (err != TB_OK) {
        return err;
    }
    tb_party last = start;
    err = show_round(step, &start, &last);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    return tb_store_put(step->txn, TB_TABLE_META, tb_bytes_str(META_SHOWN),
                        tb_bytes_of(last.text, TB_PARTY_BYTES));
}
