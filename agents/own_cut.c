#include "agents/own_cut.h"

#include "agents/outbox_work.h"
#include "agents/rows_link.h"
#include "base/pack.h"

/* META: the key whose cut was printed as final, and the key that signed all our standing marks. */
#define FINAL_KEY "final cut of key"
#define MARKS_KEY "marks signed by key"
/* Marks signed anew in one turn: what is left keeps its old line until the next Welcome. */
#define RENEW_MAX (TB_LEAVES_MAX / 2)

static uint64_t number_of(const tb_key_id *key)
{
    tb_reader r;
    tb_reader_init(&r, tb_bytes_of(key->bytes, sizeof key->bytes));
    return tb_get_u64(&r);
}

tb_err tb_own_cut(tb_agent *agent, tb_txn *txn, tb_local_answer *answer)
{
    tb_bytes cursor = {NULL, 0};
    size_t count = 0;
    tb_err err = TB_OK;
    tb_cut_mark *marks = tb_arena_array(tb_txn_arena(txn), TB_CUT_MARKS_MAX, sizeof *marks);
    if (marks == NULL) {
        return TB_ERR_LIMIT;
    }
    for (;;) {
        tb_stream stream;
        tb_stream_out_row row;
        err = tb_stream_out_next(txn, &cursor, &stream, &row);
        if (err == TB_ERR_NOT_FOUND) {
            break;
        }
        if (err != TB_OK) {
            return err;
        }
        if (count == TB_CUT_MARKS_MAX) {
            answer->code = TB_REFUSED_TOO_LARGE;
            return TB_OK;
        }
        if (row.number > 0) {
            marks[count++] = (tb_cut_mark){stream.incarnation, stream.recipient, stream.lane,
                                           row.number, row.digest};
        }
    }
    answer->kind = TB_ANSWER_CUT;
    answer->cut = (tb_local_cut){.party = agent->self, .marks = marks, .count = count};
    return TB_OK;
}

tb_err tb_own_cut_final(tb_agent *agent, tb_txn *txn, tb_now now)
{
    tb_link_row row;
    tb_err err = tb_meta_number_put(txn, FINAL_KEY, number_of(&agent->keys.sign_id));
    if (err == TB_OK) {
        err = tb_link_get(txn, &row);
    }
    if (err != TB_OK || row.fence != TB_ACCEPTED) {
        return err;
    }
    row.fence = TB_REFUSED_KEY_CUT;
    row.since = now.real;
    return tb_link_put(txn, &row);
}

tb_err tb_own_cut_stands(const tb_agent *agent, tb_txn *txn, bool *out)
{
    uint64_t key;
    tb_err err = tb_meta_number(txn, FINAL_KEY, &key);
    if (err == TB_OK) {
        *out = key != 0 && key == number_of(&agent->keys.sign_id);
    }
    return err;
}

static tb_err
renew(tb_step *step, const tb_stream *stream, const tb_stream_in_row *row, size_t *count)
{
    tb_signed_line line;
    if (row->line.size == 0 || row->number == 0) {
        return TB_OK;
    }
    if (tb_signed_line_decode(row->line, step->arena, &line) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    if (tb_key_id_equal(&line.root.key, &step->agent->keys.sign_id)) {
        return TB_OK;
    }
    tb_taken *taken;
    tb_err err = tb_work_taken(step, stream, &taken);
    if (err == TB_OK) {
        taken->moved = true;
        taken->shown = true;
        (*count)++;
    }
    return err;
}

tb_err tb_own_first_welcome(const tb_agent *agent, tb_txn *txn, bool *out)
{
    uint64_t signed_by;
    tb_err err = tb_meta_number(txn, MARKS_KEY, &signed_by);
    if (err == TB_OK) {
        *out = signed_by != number_of(&agent->keys.sign_id);
    }
    return err;
}

tb_err tb_own_marks_renew(tb_step *step)
{
    uint64_t signed_by;
    uint64_t ours = number_of(&step->agent->keys.sign_id);
    tb_bytes cursor = {NULL, 0};
    size_t count = 0;
    tb_err err = tb_meta_number(step->txn, MARKS_KEY, &signed_by);
    if (err != TB_OK || signed_by == ours) {
        return err;
    }
    while (err == TB_OK && count < RENEW_MAX) {
        tb_stream stream;
        tb_stream_in_row row;
        err = tb_stream_in_next(step->txn, &step->agent->self, &cursor, &stream, &row);
        if (err == TB_OK) {
            err = renew(step, &stream, &row, &count);
        }
    }
    /* With more streams than fit, the next Welcome looks again. */
    return err == TB_ERR_NOT_FOUND ? tb_meta_number_put(step->txn, MARKS_KEY, ours) : err;
}
