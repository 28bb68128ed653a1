/* json_report - reports under --json. */
#include "agents/cli/json.h"
#include "agents/cli/report_words.h"

static void put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *text_or_null(tb_bytes text)
{
    return text.size == 0 ? json_null() : tb_json_text(text);
}

static json_t *line_of(const tb_local_report_line *line)
{
    json_t *o = json_object();
    json_t *history = json_array();
    put(o, "campaign", tb_json_text(line->campaign));
    put(o, "report", tb_json_text(line->report));
    put(o, "title_zh", tb_json_text(line->title_zh));
    put(o, "title_en", tb_json_text(line->title_en));
    put(o, "reporter", tb_json_party(&line->reporter));
    put(o, "period", tb_json_text(line->period));
    put(o, "due", tb_json_time(line->due));
    put(o, "case",
        tb_case_zero(&line->case_id) ? json_null()
                                     : tb_json_hex_of(line->case_id.bytes, TB_CASE_ID_BYTES));
    put(o, "state", json_string(tb_report_state_key(line->state)));
    put(o, "timeliness", json_string(tb_report_timeliness_key(line->timeliness)));
    put(o, "days_late", number(line->days_late));
    put(o, "filed", tb_json_time(line->filed));
    put(o, "again_by", text_or_null(line->again_by));
    for (size_t i = 0; i < line->history_count; i++) {
        json_t *moment = json_object();
        put(moment, "state", json_string(tb_report_state_key(line->history[i].state)));
        put(moment, "at", tb_json_time(line->history[i].at));
        (void)json_array_append_new(history, moment);
    }
    put(o, "history", history);
    return o;
}

json_t *tb_json_reports(const tb_local_reports *reports)
{
    json_t *list = json_array();
    json_t *o = json_object();
    for (size_t i = 0; i < reports->count; i++) {
        (void)json_array_append_new(list, line_of(&reports->lines[i]));
    }
    put(o, "reports", list);
    put(o, "at", tb_json_time(reports->civil));
    return o;
}

static json_t *figure(const tb_local_figure *line)
{
    static const char *const kinds[] = {"",      "counts",   "sums",  "hours",
                                        "ratio", "declared", "lapses"};
    json_t *o = json_object();
    put(o, "measure", tb_json_text(line->measure));
    put(o, "title_zh", tb_json_text(line->title_zh));
    put(o, "title_en", tb_json_text(line->title_en));
    put(o, "unit_zh", tb_json_text(line->unit_zh));
    put(o, "unit_en", tb_json_text(line->unit_en));
    put(o, "kind", json_string(line->kind <= 6 ? kinds[line->kind] : ""));
    put(o, "group", text_or_null(line->group));
    put(o, "period", text_or_null(line->period));
    put(o, "year", text_or_null(line->year));
    put(o, "previous", text_or_null(line->previous));
    put(o, "now", text_or_null(line->now));
    put(o, "as_of", text_or_null(line->as_of));
    return o;
}

static json_t *judged(const tb_local_judged *line)
{
    static const char *const verdicts[] = {"", "reached", "not_reached", "no_figure"};
    json_t *o = json_object();
    put(o, "measure", tb_json_text(line->measure));
    put(o, "numerator", number(line->numerator));
    put(o, "denominator", number(line->denominator));
    put(o, "verdict", json_string(verdicts[line->verdict]));
    return o;
}

static json_t *behind_line(const tb_local_behind *line)
{
    json_t *o = json_object();
    put(o, "case", tb_json_hex_of(line->case_id.bytes, TB_CASE_ID_BYTES));
    put(o, "event", tb_json_hex_of(line->event.bytes, TB_DIGEST_BYTES));
    put(o, "number", number(line->number));
    put(o, "action", tb_json_text(line->action));
    put(o, "at", tb_json_time(line->at));
    put(o, "amount", number(line->amount));
    put(o, "group", text_or_null(line->group));
    return o;
}

json_t *tb_json_behind(const tb_local_behind *lines, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        (void)json_array_append_new(list, behind_line(&lines[i]));
    }
    return list;
}

json_t *tb_json_report(const tb_local_report *report)
{
    json_t *o = line_of(&report->line);
    json_t *figures = json_array();
    json_t *verdicts = json_array();
    for (size_t i = 0; i < report->figure_count; i++) {
        (void)json_array_append_new(figures, figure(&report->figures[i]));
    }
    for (size_t i = 0; i < report->judged_count; i++) {
        (void)json_array_append_new(verdicts, judged(&report->judged[i]));
    }
    put(o, "figures", figures);
    put(o, "judged", verdicts);
    put(o, "texts", tb_json_fields(report->texts, report->text_count));
    put(o, "events", tb_json_behind(report->behind, report->behind_count));
    put(o, "recounted", tb_json_recounting(report->recounted, report->recounted_of));
    put(o, "next",
        report->next.size == 0 ? json_null()
                               : tb_json_hex_of(report->next.data, report->next.size));
    return o;
}
