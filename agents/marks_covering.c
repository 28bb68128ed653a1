/* marks_covering - which arrived marks cover a notice that this party sent. */
#include "agents/marks.h"

static bool seen_before(tb_marks_seen *seen, const tb_stream *stream)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (memcmp(&seen->streams[i], stream, sizeof *stream) == 0) {
            return true;
        }
    }
    if (seen->count < seen->room) {
        seen->streams[seen->count++] = *stream;
    }
    return false;
}

tb_err tb_marks_covering(tb_step *step,
                         tb_bytes header_bytes,
                         tb_marks_seen *seen,
                         tb_marks_covering_fn *take,
                         void *context)
{
    tb_header header;
    if (tb_header_decode(header_bytes, step->arena, &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_err err = TB_OK;
    bool ours = tb_party_equal(&header.sender, &step->agent->self);
    for (size_t i = 0; err == TB_OK && ours && i < header.entry_count; i++) {
        tb_stream_out_row *row = tb_arena_alloc(step->arena, sizeof *row);
        tb_stream stream;
        memset(&stream, 0, sizeof stream);
        stream.sender = header.sender;
        stream.incarnation = header.incarnation;
        stream.recipient = header.entries[i].recipient;
        stream.lane = header.lane;
        err = row == NULL ? TB_ERR_LIMIT : tb_stream_out_get(step->txn, &stream, row);
        if (err == TB_OK && row->arrived >= header.entries[i].number &&
            row->arrived_line.size > 0 && !seen_before(seen, &stream)) {
            err = take(context, row->arrived_line);
        }
        err = err == TB_ERR_NOT_FOUND ? TB_OK : err;
    }
    return err;
}
