/* local_figure - requests and answers about counted figures of cases, and their score sheets
 * (local.h). */
#include "messages/local.pb-c.h"
#include "messages/local_wire.h"

bool tb_local_read_get_figure(const Tongbao__Local__GetFigure *in, tb_local_get_figure *out)
{
    out->limit = in->limit;
    return tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
           tb_local_text(in->field, &out->field) &&
           tb_wire_blob(in->after, TB_LOCAL_BYTES_MAX, &out->after);
}

void tb_local_write_get_figure(const tb_local_get_figure *in, Tongbao__Local__GetFigure *out)
{
    tongbao__local__get_figure__init(out);
    out->case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->field = tb_wire_of(in->field);
    out->after = tb_wire_of(in->after);
    out->limit = in->limit;
}

tb_refusal tb_local_read_case_figure(const Tongbao__Local__Figure *in,
                                     tb_arena *arena,
                                     tb_local_case_figure *out)
{
    bool good = in->figure != NULL && tb_local_read_figure_line(in->figure, &out->figure) &&
                tb_wire_fixed(in->case_id, out->case_id.bytes, TB_CASE_ID_BYTES) &&
                tb_local_text(in->field, &out->field) && tb_local_text(in->over, &out->over) &&
                tb_local_text(in->filed_in, &out->filed_in);
    out->next = tb_bytes_of(in->next.data, in->next.len);
    out->behind_count = in->n_behind;
    out->behind = tb_arena_array(arena, in->n_behind + 1, sizeof *out->behind);
    if (out->behind == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; good && i < in->n_behind; i++) {
        good = tb_local_read_behind(in->behind[i], &out->behind[i]);
    }
    return good ? TB_ACCEPTED : TB_REFUSED_REQUEST;
}

bool tb_local_write_case_figure(const tb_local_case_figure *in,
                                tb_arena *arena,
                                Tongbao__Local__Figure *out)
{
    tongbao__local__figure__init(out);
    Tongbao__Local__FigureLine **line =
        tb_wire_messages(&tongbao__local__figure_line__descriptor, 1, arena);
    out->behind =
        tb_wire_messages(&tongbao__local__behind_line__descriptor, in->behind_count, arena);
    if (line == NULL || out->behind == NULL) {
        return false;
    }
    tb_local_write_figure_line(&in->figure, line[0]);
    out->figure = line[0];
    out->case_id = tb_wire_raw(in->case_id.bytes, TB_CASE_ID_BYTES);
    out->field = tb_wire_of(in->field);
    out->over = tb_wire_of(in->over);
    out->filed_in = tb_wire_of(in->filed_in);
    out->next = tb_wire_of(in->next);
    out->n_behind = in->behind_count;
    for (size_t i = 0; i < in->behind_count; i++) {
        tb_local_write_behind(&in->behind[i], out->behind[i]);
    }
    return true;
}

static bool read_score(const Tongbao__Local__ScoreLine *in, tb_local_score *out)
{
    out->verdict = in->verdict;
    out->declared = in->declared;
    return in->verdict >= 1 && in->verdict <= TB_LOCAL_SCORE_VERDICTS &&
           tb_local_text(in->id, &out->id) && tb_local_text(in->title_zh, &out->title_zh) &&
           tb_local_text(in->title_en, &out->title_en) && tb_local_text(in->value, &out->value) &&
           tb_local_text(in->at_least, &out->at_least) && tb_local_text(in->at_most, &out->at_most);
}

tb_refusal tb_local_read_scores(Tongbao__Local__ScoreLine **in,
                                size_t count,
                                tb_arena *arena,
                                tb_local_score **out)
{
    *out = tb_arena_array(arena, count + 1, sizeof **out);
    if (*out == NULL) {
        return TB_REFUSED_TOO_LARGE;
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_score(in[i], &(*out)[i])) {
            return TB_REFUSED_REQUEST;
        }
    }
    return TB_ACCEPTED;
}

Tongbao__Local__ScoreLine **
tb_local_write_scores(const tb_local_score *in, size_t count, tb_arena *arena)
{
    Tongbao__Local__ScoreLine **out =
        tb_wire_messages(&tongbao__local__score_line__descriptor, count, arena);
    for (size_t i = 0; out != NULL && i < count; i++) {
        out[i]->id = tb_wire_of(in[i].id);
        out[i]->title_zh = tb_wire_of(in[i].title_zh);
        out[i]->title_en = tb_wire_of(in[i].title_en);
        out[i]->value = tb_wire_of(in[i].value);
        out[i]->at_least = tb_wire_of(in[i].at_least);
        out[i]->at_most = tb_wire_of(in[i].at_most);
        out[i]->verdict = in[i].verdict;
        out[i]->declared = in[i].declared;
    }
    return out;
}
