#include "agents/untold.h"

#include "agents/rows_link.h"

tb_err tb_untold_note(tb_step *step, const tb_refusing *refusing)
{
    tb_untold_row row = {.stream = refusing->line.stream,
                         .notice = refusing->notice,
                         .header = refusing->header};
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

tb_err tb_untold_show(tb_step *step)
{
    tb_bytes cursor = {NULL, 0};
    tb_untold_row row;
    tb_err err = TB_OK;
    if (tb_store_rows(step->txn, TB_TABLE_UNTOLD) == 0) {
        return TB_OK;
    }
    for (size_t i = 0; err == TB_OK && i < TB_UNTOLD_A_SESSION; i++) {
        err = tb_untold_next(step->txn, &step->agent->self, &cursor, &row);
        if (err == TB_OK) {
            err = tell(step, &row);
        }
        if (err == TB_OK) {
            row.shown++;
            err = row.shown < TB_UNTOLD_SESSIONS ? tb_untold_put(step->txn, &row)
                                                 : tb_untold_del(step->txn, &row);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}
