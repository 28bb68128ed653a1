#include "tests/agents/measured.h"

#include "agents/check_case.h"
#include "agents/measures.h"

#define PATH "ops/campaigns/black-card.yaml"

/* What the shipped campaign counts and reports itself. */
#define NO_FIGURES     "\nmeasures:\n[...]\ncommon:\n"
#define NO_REPORT_CASE "\n  # C14, F20[...]\n  # C15"

#define UNIT "unit: {zh: 件, en: cases}, case_type: notice"
#define MEASURES                                                                                       \
    "measures:\n"                                                                                      \
    "  - {id: submitted, zh: 报送, en: submitted, " UNIT ", counts: [submit]}\n"                       \
    "  - {id: received, zh: 收到报送, en: received, " UNIT ", counts: [submit], at: discovery,\n"      \
    "     by: [source]}\n"                                                                             \
    "  - {id: forwarded, zh: 转出, en: forwarded, " UNIT ", counts: [forward], at: discovery,\n"       \
    "     by: [home_province]}\n"                                                                      \
    "  - {id: forwarded_in, zh: 转入, en: forwarded to us, " UNIT                                      \
    ", counts: [forward], at: home,\n"                                                                 \
    "     by: [found_province, home_province]}\n"                                                      \
    "  - {id: numbers, zh: 号码数, en: numbers, unit: {zh: 个, en: numbers}, case_type: notice,\n" \
    "     counts: [forward, accept], at: discovery, distinct: number, by: [home_province]}\n"          \
    "  - {id: verified, zh: 核实, en: verified, " UNIT ", counts: [result],\n"                         \
    "     when: [{test: is, field: verify_result, values: [unidentified], zh: 无, en: none}]}\n"      \
    "  - {id: quick, zh: 核查用时, en: time to result, unit: {zh: 小时, en: hours},\n"           \
    "     case_type: notice, hours: {from: order, to: result, stat: median}}\n"                        \
    "  - {id: slowest, zh: 最长用时, en: longest, unit: {zh: 小时, en: hours},\n"                \
    "     case_type: notice, hours: {from: submit, to: forward, stat: max}, at: discovery}\n"          \
    "  - {id: share, zh: 核实率, en: share, unit: {zh: '%', en: '%'},\n"                            \
    "     ratio: {of: verified, to: submitted}}\n"                                                     \
    "  - {id: reviewed, zh: 退回复核, en: sent back, " UNIT ", counts: [refer_back], at: home,\n"      \
    "     by: [review_ground]}\n"                                                                      \
    "  - {id: lapsed, zh: 超期记录, en: lapses, unit: {zh: 次, en: times}, case_type: notice,\n"  \
    "     lapses: [accept, sign_for, verify, shut_down, answer, inform]}\n"                            \
    "  - {id: real_name_rate, zh: 实名率, en: real-name rate, unit: {zh: '%', en: '%'},\n"          \
    "     declared: ratio}\n"                                                                          \
    "\ncodes:\n"
#define REPORTS                                                                                     \
    "reports:\n"                                                                                    \
    "  - id: quarterly\n"                                                                           \
    "    zh: 季度报告\n"                                                                        \
    "    en: quarterly report\n"                                                                    \
    "    case_type: quarterly_report\n"                                                             \
    "    owed_by: [bureau, operator_group]\n"                                                       \
    "    to: headquarters\n"                                                                        \
    "    every: quarter\n"                                                                          \
    "    first: 2015-Q1\n"                                                                          \
    "    last: 2015-Q4\n"                                                                           \
    "    due: {months_after: 1, day: 15}\n"                                                         \
    "    measures: [received, forwarded, forwarded_in, numbers, reviewed, slowest, share,\n"        \
    "               real_name_rate]\n"                                                              \
    "    text: [practice]\n"                                                                        \
    "    judged:\n"                                                                                 \
    "      - {measure: real_name_rate, at_least: {numerator: 9, denominator: 10}, role: bureau}\n"  \
    "\ncase_types:\n"                                                                               \
    "  - id: quarterly_report\n"                                                                    \
    "    zh: 季度报告\n"                                                                        \
    "    en: quarterly report\n"                                                                    \
    "    groups:\n"                                                                                 \
    "      - {id: contents, zh: 报告内容, en: contents, readers: [reporter, headquarters]}\n"   \
    "    fields:\n"                                                                                 \
    "      - {id: period, zh: 报告期, en: period, type: period, index: true}\n"                  \
    "      - {id: figures, zh: 指标数据, en: figures, type: figures, compute: figures,\n"       \
    "         group: contents}\n"                                                                   \
    "      - {id: real_name_rate, zh: 实名率, en: rate, type: declared, group: contents}\n"      \
    "      - {id: practice, zh: 主要做法, en: what was done, type: text, group: contents}\n"    \
    "      - {id: again_by, zh: 重报期限, en: file again by, type: date}\n"                     \
    "    positions:\n"                                                                              \
    "      - {id: reporter, zh: 报送单位, en: reporter, kind: opener}\n"                        \
    "      - {id: headquarters, zh: 专项办, en: headquarters, kind: role, role: headquarters}\n" \
    "    states:\n"                                                                                 \
    "      - {id: filed, zh: 已报送, en: filed, initial: true}\n"                                \
    "      - {id: returned, zh: 已退回, en: returned}\n"                                         \
    "      - {id: revised, zh: 已修订, en: revised}\n"                                           \
    "      - {id: accepted, zh: 已接收, en: accepted, closed: true}\n"                           \
    "    actions:\n"                                                                                \
    "      - id: file\n"                                                                            \
    "        zh: 报送\n"                                                                          \
    "        en: file\n"                                                                            \
    "        kind: open\n"                                                                          \
    "        by: [bureau, operator_group]\n"                                                        \
    "        ways: [{to: filed, hands_to: headquarters}]\n"                                         \
    "        fields:\n"                                                                             \
    "          - {field: period, required: true}\n"                                                 \
    "          - {field: figures, required: true}\n"                                                \
    "          - {field: practice}\n"                                                               \
    "          - {field: real_name_rate}\n"                                                         \
    "      - id: accept\n"                                                                          \
    "        zh: 接收\n"                                                                          \
    "        en: accept\n"                                                                          \
    "        kind: chain\n"                                                                         \
    "        by: [headquarters]\n"                                                                  \
    "        from: [filed, revised]\n"                                                              \
    "        ways: [{to: accepted}]\n"                                                              \
    "        copies: [reporter]\n"                                                                  \
    "      - id: return\n"                                                                          \
    "        zh: 退回\n"                                                                          \
    "        en: return\n"                                                                          \
    "        kind: chain\n"                                                                         \
    "        by: [headquarters]\n"                                                                  \
    "        from: [filed, revised]\n"                                                              \
    "        ways: [{to: returned, hands_to: reporter}]\n"                                          \
    "        fields: [{field: again_by, required: true}]\n"                                         \
    "      - id: revise\n"                                                                          \
    "        zh: 修订\n"                                                                          \
    "        en: revise\n"                                                                          \
    "        kind: chain\n"                                                                         \
    "        by: [reporter]\n"                                                                      \
    "        from: [returned]\n"                                                                    \
    "        ways: [{to: revised, hands_to: headquarters}]\n"                                       \
    "        fields:\n"                                                                             \
    "          - {field: figures, required: true}\n"                                                \
    "          - {field: practice}\n"                                                               \
    "          - {field: real_name_rate}\n\n"
#define OTHERS                                                                                      \
    "measures:\n"                                                                                   \
    "  - {id: submitted, zh: 报送, en: submitted, " UNIT ", counts: [submit], at: opener}\n"        \
    "  - {id: forwarded, zh: 转出, en: forwarded, unit: {zh: 个, en: numbers}, case_type: "      \
    "notice,\n"                                                                                     \
    "     counts: [forward], distinct: number}\n"                                                   \
    "  - {id: homes, zh: 归属省数, en: homes, unit: {zh: 个, en: homes}, case_type: notice,\n" \
    "     counts: [forward], distinct: home_province}\n"                                            \
    "  - {id: on_its_way, zh: 转入用时, en: time to come, unit: {zh: 小时, en: hours},\n"     \
    "     case_type: notice, hours: {from: submit, to: forward, stat: max}, at: home}\n"            \
    "\ncodes:\n"

tb_campaign_loaded *measured_campaign(unsigned version)
{
    const char *const second[] = {"version: 1",      "version: 2", NO_FIGURES,   "\ncommon:\n",
                                  NO_REPORT_CASE,    "\n  # C15",  "\ncodes:\n", "\n" MEASURES,
                                  "\ncase_types:\n", "\n" REPORTS, NULL};
    const char *const third[] = {"version: 1",  "version: 3",   NO_FIGURES,
                                 "\ncommon:\n", NO_REPORT_CASE, "\n  # C15",
                                 "\ncodes:\n",  "\n" OTHERS,    NULL};
    const char *const fourth[] = {"version: 1",
                                  "version: 4",
                                  NO_FIGURES,
                                  "\ncommon:\n",
                                  NO_REPORT_CASE,
                                  "\n  # C15",
                                  "\ncodes:\n",
                                  "\n" MEASURES,
                                  "\ncase_types:\n",
                                  "\n" REPORTS,
                                  "{id: forwarded, zh",
                                  "{id: sent_on, zh",
                                  "measures: [received, forwarded, ",
                                  "measures: [received, sent_on, ",
                                  NULL};
    return edited(PATH, version == 2 ? second : version == 3 ? third : fourth);
}

static tb_txn *begin(world_agent *a)
{
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

static tb_month month_of(const char *text)
{
    tb_period period;
    assert_true(tb_period_parse(tb_bytes_str(text), &period));
    return period.first;
}

uint64_t figure_at(world *w,
                   const char *party,
                   const char *measure,
                   const char *group,
                   const char *first,
                   const char *last)
{
    world_agent *a = who(w, party);
    tb_txn *txn = begin(a);
    const tb_campaign *newest = tb_campaigns_newest(a->agent.campaigns, tb_bytes_str("black-card"));
    const tb_measure *def = tb_campaign_measure(newest, tb_bytes_str(measure));
    uint64_t total;
    assert_non_null(def);
    assert_ok(tb_measure_total(txn, tb_bytes_str("black-card"), tb_bytes_str(measure),
                               tb_bytes_str(group), def->distinct != NULL, month_of(first),
                               month_of(last), &total));
    tb_store_abort(txn);
    return total;
}

uint64_t hours_at(world *w,
                  const char *party,
                  const char *measure,
                  const char *first,
                  const char *last,
                  uint32_t *out_tenths)
{
    world_agent *a = who(w, party);
    tb_txn *txn = begin(a);
    const tb_campaign *newest = tb_campaigns_newest(a->agent.campaigns, tb_bytes_str("black-card"));
    const tb_measure *def = tb_campaign_measure(newest, tb_bytes_str(measure));
    uint64_t count;
    assert_non_null(def);
    assert_ok(tb_measure_hours_of(txn, tb_bytes_str("black-card"), tb_bytes_str(measure),
                                  tb_bytes_of(NULL, 0), def->hours.stat, month_of(first),
                                  month_of(last), &count, out_tenths));
    tb_store_abort(txn);
    return count;
}

void settle(world *w, const char *party)
{
    world_agent *a = who(w, party);
    bool more = true;
    for (unsigned turns = 0; more; turns++) {
        assert_true(turns < 1000);
        tb_txn *txn = begin(a);
        tb_time at;
        assert_ok(tb_measures_tick(&a->agent, txn));
        tb_err err = tb_measures_due(&a->agent, txn, &at);
        assert_true(err == TB_OK || err == TB_ERR_NOT_FOUND);
        more = err == TB_OK;
        assert_ok(tb_store_commit(txn));
    }
}

void settle_all(world *w)
{
    for (size_t i = 0; i < w->agent_count; i++) {
        settle(w, w->agents[i].id.text);
    }
}

void check_measures(world *w)
{
    for (size_t i = 0; i < w->agent_count; i++) {
        world_agent *a = &w->agents[i];
        tb_txn *txn = begin(a);
        tb_bytes list[TB_CHECK_FAULTS_MAX];
        tb_faults faults = {.arena = &a->arena, .list = list};
        assert_ok(tb_check_measures(&a->agent, txn, &faults));
        for (size_t f = 0; f < faults.count; f++) {
            print_error("%s: %.*s\n", a->id.text, (int)list[f].size, (const char *)list[f].data);
        }
        assert_int_equal(faults.count, 0);
        tb_store_abort(txn);
    }
}

/* ---- reports ---- */

tb_refusal files_at(world *w, const char *party, const char *time, const char *fields)
{
    static uint8_t counter;
    tb_local_request request = {.kind = TB_REQUEST_OPEN_CASE};
    request.id.bytes[0] = ++counter;
    request.id.bytes[1] = 0xAB;
    request.open.campaign = tb_bytes_str("black-card");
    request.open.case_type = tb_bytes_str("quarterly_report");
    request.open.field_count = fields_of(w, fields, &request.open.fields);
    assert_true(tb_time_parse(tb_bytes_str(time), &request.time));
    settle(w, party);
    const tb_local_answer *answer = ask(w, party, &request);
    if (answer->code == TB_ACCEPTED) {
        w->case_id = answer->acted.case_id;
    }
    return answer->code;
}

tb_local_reports reports_at(world *w, const char *party, const char *period)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_REPORTS};
    request.list_reports.period = tb_bytes_str(period);
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_REPORTS);
    tb_local_reports out = answer->reports;
    out.count = 0;
    for (size_t i = 0; i < answer->reports.count; i++) {
        if (!tb_bytes_equal(answer->reports.lines[i].report, tb_bytes_str("national"))) {
            out.lines[out.count++] = answer->reports.lines[i];
        }
    }
    return out;
}

const tb_local_report_line *report_of(const tb_local_reports *reports, const char *party)
{
    for (size_t i = 0; i < reports->count; i++) {
        if (strcmp(reports->lines[i].reporter.text, party) == 0) {
            return &reports->lines[i];
        }
    }
    fail_msg("no report of %s is listed", party);
    return NULL;
}
