#include "tests/agents/measured.h"

#include "agents/check_case.h"
#include "agents/measures.h"

#define PATH "ops/campaigns/black-card.yaml"

#define UNIT "unit: {zh: 件, en: cases}, case_type: notice"
#define MEASURES                                                                                   \
    "measures:\n"                                                                                  \
    "  - {id: submitted, zh: 报送, en: submitted, " UNIT ", counts: [submit]}\n"                   \
    "  - {id: received, zh: 收到报送, en: received, " UNIT ", counts: [submit], at: discovery,\n"  \
    "     by: [source]}\n"                                                                         \
    "  - {id: forwarded, zh: 转出, en: forwarded, " UNIT ", counts: [forward], at: discovery,\n"   \
    "     by: [home_province]}\n"                                                                  \
    "  - {id: forwarded_in, zh: 转入, en: forwarded to us, " UNIT ", counts: [forward], at: home,\n" \
    "     by: [found_province, home_province]}\n"                                                  \
    "  - {id: numbers, zh: 号码数, en: numbers, unit: {zh: 个, en: numbers}, case_type: notice,\n" \
    "     counts: [forward, accept], at: discovery, distinct: number, by: [home_province]}\n"      \
    "  - {id: verified, zh: 核实, en: verified, " UNIT ", counts: [result],\n"                     \
    "     when: [{test: is, field: verify_result, values: [unidentified], zh: 无, en: none}]}\n"   \
    "  - {id: quick, zh: 核查用时, en: time to result, unit: {zh: 小时, en: hours},\n"             \
    "     case_type: notice, hours: {from: order, to: result, stat: median}}\n"                    \
    "  - {id: slowest, zh: 最长用时, en: longest, unit: {zh: 小时, en: hours},\n"                  \
    "     case_type: notice, hours: {from: submit, to: forward, stat: max}, at: discovery}\n"      \
    "  - {id: share, zh: 核实率, en: share, unit: {zh: '%', en: '%'},\n"                           \
    "     ratio: {of: verified, to: submitted}}\n"                                                 \
    "\ncodes:\n"
#define OTHERS                                                                                     \
    "measures:\n"                                                                                  \
    "  - {id: submitted, zh: 报送, en: submitted, " UNIT ", counts: [submit], at: opener}\n"       \
    "  - {id: forwarded, zh: 转出, en: forwarded, unit: {zh: 个, en: numbers}, case_type: notice,\n" \
    "     counts: [forward], distinct: number}\n"                                                  \
    "\ncodes:\n"

tb_campaign_loaded *measured_campaign(unsigned version)
{
    const char *const second[] = {"version: 1", "version: 2", "\ncodes:\n", "\n" MEASURES, NULL};
    const char *const third[] = {"version: 1", "version: 3", "\ncodes:\n", "\n" OTHERS, NULL};
    return edited(PATH, version == 2 ? second : third);
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
    const tb_campaign *newest =
        tb_campaigns_newest(a->agent.campaigns, tb_bytes_str("black-card"));
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
    const tb_campaign *newest =
        tb_campaigns_newest(a->agent.campaigns, tb_bytes_str("black-card"));
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
