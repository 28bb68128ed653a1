/* inbox_old - what the first header of a new incarnation says about the streams before it. */
#include "agents/inbox.h"

static tb_err compare(tb_step *step, const tb_arrived_notice *notice, const tb_old_mark *mark)
{
    const tb_header *header = &notice->header;
    tb_stream stream = {header->sender, header->old_incarnation, step->agent->self, mark->lane};
    tb_stream_in_row row = {.number = 0};
    tb_err err = tb_stream_in_get(step->txn, &stream, &row);
    if (err != TB_OK && err != TB_ERR_NOT_FOUND) {
        return err;
    }
    tb_effects_note(step->effects, step->arena, TB_LEVEL_INFO,
                    "event=new_incarnation sender=%p lane=%u ended=%u held=%u", &header->sender,
                    (uint64_t)mark->lane, mark->number, row.number);
    if (mark->number != row.number || tb_digest_equal(&mark->digest, &row.digest)) {
        return TB_OK; /* more than ours: still to come; less: its sender will ask us */
    }
    tb_alarm_row alarm = {
        .code = TB_REFUSED_FORK,
        .at = step->now.real,
        .party = header->sender,
        .stream = stream,
        .number = mark->number,
        .digest = mark->digest,
        .evidence = {notice->header_bytes, tb_bytes_of(row.digest.bytes, TB_DIGEST_BYTES)},
    };
    return tb_alarm_raise(step->agent, step->txn, &alarm, step->effects);
}

tb_err tb_inbox_old_marks(tb_step *step, const tb_arrived_notice *notice)
{
    tb_err err = TB_OK;
    for (size_t i = 0; err == TB_OK && i < notice->header.old_mark_count; i++) {
        const tb_old_mark *mark = &notice->header.old_marks[i];
        if (tb_party_equal(&mark->recipient, &step->agent->self)) {
            err = compare(step, notice, mark);
        }
    }
    return err;
}
