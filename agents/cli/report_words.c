#include "agents/cli/report_words.h"

#include "agents/campaign/figures.h"
#include "agents/cli/say.h"

#define WORD_BYTES    96
#define KIND_HOURS    3
#define KIND_DECLARED 5
#define DAY_BYTES     10 /* of a printed time */

static tb_bytes done(const tb_text *text)
{
    tb_bytes out;
    return tb_text_done(text, &out) == TB_OK ? out : tb_bytes_of(NULL, 0);
}

/* numerator * scale / denominator without overflow for what fits 18 digits; cut off. */
static uint64_t scaled(uint64_t numerator, uint64_t denominator, uint64_t scale)
{
    uint64_t whole = numerator / denominator;
    uint64_t rest = numerator % denominator;
    uint64_t out = whole;
    for (uint64_t step = 1; step < scale; step *= 10) {
        /* one decimal digit at a time: rest < denominator <= 10^18, so rest * 10 fits */
        rest *= 10;
        out = out * 10 + rest / denominator;
        rest %= denominator;
    }
    return out;
}

static void put_percent(tb_text *text, uint64_t numerator, uint64_t denominator)
{
    uint64_t hundredths = scaled(numerator, denominator, 10000);
    tb_text_u64(text, hundredths / 100);
    tb_text_char(text, '.');
    tb_text_u64_wide(text, hundredths % 100, 2);
    tb_text_str(text, "% (");
    tb_text_u64(text, numerator);
    tb_text_char(text, '/');
    tb_text_u64(text, denominator);
    tb_text_char(text, ')');
}

tb_bytes tb_report_value(tb_arena *arena, uint32_t kind, tb_bytes value)
{
    tb_declared read;
    tb_text text;
    if (!tb_declared_read(value, &read)) {
        return tb_bytes_of(NULL, 0); /* none, or of nothing: 0/0 */
    }
    tb_text_init(&text, arena, WORD_BYTES);
    if (read.value.ratio) {
        put_percent(&text, read.value.numerator, read.value.denominator);
    } else if (kind == KIND_HOURS) {
        tb_text_u64(&text, read.value.numerator / 10);
        tb_text_char(&text, '.');
        tb_text_u64(&text, read.value.numerator % 10);
    } else {
        tb_text_u64(&text, read.value.numerator);
    }
    return done(&text);
}

bool tb_report_is_declared(const tb_local_figure *figure)
{
    return figure->kind == KIND_DECLARED;
}

tb_bytes tb_report_title(tb_arena *arena, const tb_local_figure *figure)
{
    tb_bytes title = tb_say_which(figure->title_zh, figure->title_en);
    const char *mark = _(" (declared)");
    tb_text text;
    if (!tb_report_is_declared(figure)) {
        return title;
    }
    tb_text_init(&text, arena, title.size + strlen(mark));
    tb_text_bytes(&text, title);
    tb_text_str(&text, mark);
    return done(&text);
}

tb_bytes tb_report_title_with_unit(tb_arena *arena, const tb_local_figure *figure)
{
    tb_bytes title = tb_say_which(figure->title_zh, figure->title_en);
    tb_bytes unit = tb_say_which(figure->unit_zh, figure->unit_en);
    const char *close = tb_report_is_declared(figure) ? _(", declared)") : _(")");
    const char *open = _(" (");
    tb_text text;
    tb_text_init(&text, arena, title.size + strlen(open) + unit.size + strlen(close));
    tb_text_bytes(&text, title);
    tb_text_str(&text, open);
    tb_text_bytes(&text, unit);
    tb_text_str(&text, close);
    return done(&text);
}

/* The day it was filed or revised last; empty: it is a draft. */
static tb_bytes filed_day(const tb_local_report_line *line, char buffer[TB_TIME_TEXT])
{
    tb_time last = line->filed;
    for (size_t i = 0; i < line->history_count; i++) {
        const tb_report_moment *moment = &line->history[i];
        bool files = moment->state == TB_REPORT_FILED || moment->state == TB_REPORT_REVISED;
        last = files && moment->at > last ? moment->at : last;
    }
    if (last == 0) {
        return tb_bytes_of(NULL, 0);
    }
    tb_time_print(last, buffer);
    return tb_bytes_of(buffer, DAY_BYTES);
}

tb_bytes tb_report_declared_word(tb_arena *arena,
                                 const tb_local_report_line *line,
                                 const tb_local_figure *figure,
                                 tb_bytes by)
{
    char buffer[TB_TIME_TEXT];
    const char *of =
        by.size > 0 ? _("declared by ") : _("declared by each party in its own report");
    const char *what = _("; not counted from events, and no verification proves it");
    bool dated = figure->as_of.size > 0;
    const char *since = dated ? _(", as of ") : _(", filed on ");
    tb_bytes day = dated ? figure->as_of : by.size > 0 ? filed_day(line, buffer) : figure->as_of;
    tb_text text;
    tb_text_init(&text, arena, strlen(of) + by.size + strlen(since) + day.size + strlen(what));
    tb_text_str(&text, of);
    tb_text_bytes(&text, by);
    if (day.size > 0) {
        tb_text_str(&text, since);
        tb_text_bytes(&text, day);
    }
    tb_text_str(&text, what);
    return done(&text);
}

uint64_t tb_report_hundredths(uint64_t numerator, uint64_t denominator)
{
    return scaled(numerator, denominator, 10000);
}

bool tb_report_change_tenths(const tb_local_figure *figure, int64_t *out)
{
    tb_declared now;
    tb_declared before;
    if (!tb_declared_read(figure->period, &now) || !tb_declared_read(figure->previous, &before) ||
        now.value.ratio || before.value.ratio || before.value.numerator == 0) {
        return false;
    }
    bool down = now.value.numerator < before.value.numerator;
    uint64_t by = down ? before.value.numerator - now.value.numerator
                       : now.value.numerator - before.value.numerator;
    int64_t tenths = (int64_t)scaled(by, before.value.numerator, 1000);
    *out = down ? -tenths : tenths;
    return true;
}

tb_bytes tb_report_change(tb_arena *arena, const tb_local_figure *figure)
{
    int64_t change;
    tb_text text;
    if (!tb_report_change_tenths(figure, &change)) {
        return tb_bytes_of(NULL, 0);
    }
    uint64_t tenths = (uint64_t)(change < 0 ? -change : change);
    tb_text_init(&text, arena, WORD_BYTES);
    tb_text_str(&text, change < 0 ? "-" : change > 0 ? "+" : "");
    tb_text_u64(&text, tenths / 10);
    tb_text_char(&text, '.');
    tb_text_u64(&text, tenths % 10);
    tb_text_char(&text, '%');
    return done(&text);
}

/* ---- periods ---- */

/* As agents/campaign/period.h writes them: 2015, 2015-H1, 2015-Q2, 2015-04, 2015-11-30. */
static bool is_quarter(tb_bytes period)
{
    return period.size == 7 && period.data[5] == 'Q';
}

static bool is_month(tb_bytes period)
{
    return period.size == 7 && period.data[5] >= '0' && period.data[5] <= '9';
}

const char *tb_report_this_word(tb_bytes period)
{
    return is_quarter(period) ? _("this quarter")
           : is_month(period) ? _("this month")
                              : _("this period");
}

const char *tb_report_before_word(tb_bytes period)
{
    return is_quarter(period) ? _("the quarter before")
           : is_month(period) ? _("the month before")
                              : _("before");
}

static void put_count(tb_text *text, tb_bytes period, size_t at)
{
    size_t from = period.data[at] == '0' ? at + 1 : at;
    tb_text_bytes(text, tb_bytes_of(period.data + from, at + 2 - from));
}

tb_bytes tb_report_period_word(tb_arena *arena, tb_bytes period)
{
    static const char *const quarters[] = {"第一季度", "第二季度", "第三季度", "第四季度"};
    tb_text text;
    if (!tb_say_chinese() || period.size < 4) {
        return period;
    }
    tb_text_init(&text, arena, WORD_BYTES);
    tb_text_bytes(&text, tb_bytes_of(period.data, 4));
    tb_text_str(&text, "年");
    if (is_quarter(period) && period.data[6] >= '1' && period.data[6] <= '4') {
        tb_text_str(&text, quarters[period.data[6] - '1']);
    } else if (period.size == 7 && period.data[5] == 'H') {
        tb_text_str(&text, period.data[6] == '1' ? "上半年" : "下半年");
    } else if (period.size >= 7) {
        put_count(&text, period, 5);
        tb_text_str(&text, "月");
    }
    if (period.size == 10) {
        put_count(&text, period, 8);
        tb_text_str(&text, "日");
    }
    return done(&text);
}

const char *tb_report_state_word(tb_report_state state)
{
    switch (state) {
    case TB_REPORT_NOT_DUE:
        return _("its period is not over");
    case TB_REPORT_DUE:
        return _("to be filed");
    case TB_REPORT_FILED:
        return _("filed");
    case TB_REPORT_ACCEPTED:
        return _("report accepted");
    case TB_REPORT_RETURNED:
        return _("returned");
    case TB_REPORT_REVISED:
        return _("revised");
    }
    return _("unknown");
}

tb_bytes tb_report_timeliness_word(tb_arena *arena, const tb_local_report_line *line)
{
    tb_text text;
    switch (line->timeliness) {
    case TB_TIMELINESS_OPEN:
        return tb_bytes_of(NULL, 0);
    case TB_TIMELINESS_ON_TIME:
        return tb_bytes_str(_("on time"));
    case TB_TIMELINESS_MISSING:
        return tb_bytes_str(_("missing"));
    case TB_TIMELINESS_LATE:
        break;
    }
    tb_text_init(&text, arena, WORD_BYTES);
    tb_text_str(&text, _("late, days:"));
    tb_text_char(&text, ' ');
    tb_text_u64(&text, line->days_late);
    return done(&text);
}

const char *tb_report_verdict_word(tb_threshold_verdict verdict)
{
    switch (verdict) {
    case TB_VERDICT_REACHED:
        return _("reached");
    case TB_VERDICT_NOT_REACHED:
        return _("not reached");
    case TB_VERDICT_NO_FIGURE:
        return _("no figure");
    }
    return _("unknown");
}

const char *tb_report_state_key(tb_report_state state)
{
    static const char *const keys[] = {"",         "not_due",  "due",    "filed",
                                       "accepted", "returned", "revised"};
    return keys[state];
}

const char *tb_report_timeliness_key(tb_timeliness timeliness)
{
    static const char *const keys[] = {"open", "on_time", "late", "missing"};
    return keys[timeliness];
}
