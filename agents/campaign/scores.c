#include "agents/campaign/scores.h"

static bool figure_in(const tb_field *fields, size_t count, const char *id, tb_figure_value *out)
{
    tb_declared read;
    for (size_t i = 0; i < count; i++) {
        if (tb_bytes_equal(fields[i].id, tb_bytes_str(id)) &&
            tb_declared_read(fields[i].value, &read)) {
            *out = read.value;
            return true;
        }
    }
    return false;
}

tb_score_verdict tb_score_judge(const tb_score_def *score,
                                const tb_field *fields,
                                size_t count,
                                tb_figure_value *out)
{
    tb_figure_value under;
    *out = (tb_figure_value){.known = false};
    if (!figure_in(fields, count, score->of, out)) {
        return TB_SCORE_NO_FIGURE;
    }
    if (score->to != NULL && !figure_in(fields, count, score->to, &under)) {
        *out = (tb_figure_value){.known = false};
        return TB_SCORE_NO_FIGURE;
    }
    if (score->to != NULL) {
        *out = (tb_figure_value){true, true, out->numerator, under.numerator};
    }
    if (out->ratio && out->denominator == 0) {
        return TB_SCORE_NO_FIGURE;
    }
    if (score->at_least == NULL && score->at_most == NULL) {
        return TB_SCORE_SHOWN;
    }
    bool met = score->at_least != NULL ? tb_figure_reaches(out, score->at_least)
                                       : tb_figure_within(out, score->at_most);
    return met ? TB_SCORE_MET : TB_SCORE_NOT_MET;
}
