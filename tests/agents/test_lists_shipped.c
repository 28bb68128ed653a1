/* The lists of the plans as they are shipped: who writes them, who holds and asks them, and a
 * removal that is open until every subscriber has returned its receipt. */
#include "tests/agents/world.h"

#define REASON "reason=代理合同已解除"

static const world_person people[] = {
    {"bureau.33", "bureau", "33", "浙江省通信管理局"},
    {"bureau.44", "bureau", "44", "广东省通信管理局"},
    {"cm.33", "operator", "33", "浙江移动"},
    {"ct.33", "operator", "33", "浙江电信"},
    {"cu.44", "operator", "44", "广东联通"},
    {"headquarters", "headquarters", "", "专项办"},
    {"market.33", "market", "33", "浙江省工商行政管理局"},
    {"resale.1", "resale", "", "转售企业一"},
};

static const world_person agencies[] = {
    {"dept.33", "department", "33", "浙江省教育厅"},
    {"dept.44", "department", "44", "广东省教育厅"},
    {"drc.33", "local_drc", "33", "浙江省发展和改革委员会"},
    {"drc.44", "local_drc", "44", "广东省发展和改革委员会"},
    {"mr.33", "local_mr", "33", "浙江省市场监督管理局"},
    {"mr.44", "local_mr", "44", "广东省市场监督管理局"},
    {"ndrc", "ndrc", "", "国家发展改革委"},
    {"samr", "samr", "", "市场监管总局"},
};

static int setup(void **state)
{
    int code = world_setup(state);
    world_people(*state, people, sizeof people / sizeof people[0]);
    return code;
}

static int setup_service(void **state)
{
    int code = world_setup(state);
    world_campaign(*state, "ops/campaigns/service-quality.yaml");
    world_people(*state, agencies, sizeof agencies / sizeof agencies[0]);
    return code;
}

/* Asks where the entry is; parties without a province say which one they mean. */
static tb_gate gate(world *w, const char *party, const char *list, const char *fields)
{
    bool anywhere = strchr(party, '.') == NULL || strcmp(party, "resale.1") == 0;
    tb_local_request request = {.kind = TB_REQUEST_CHECK_LIST};
    tb_local_applicant applicant;
    applicant.field_count = fields_of(w, fields, &applicant.fields);
    request.check_list.list = tb_bytes_str(list);
    request.check_list.province = tb_bytes_str(anywhere ? "33" : "");
    request.check_list.applicants = &applicant;
    request.check_list.count = 1;
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_int_equal(answer->verdicts.verdicts[0].code, TB_ACCEPTED);
    return answer->verdicts.verdicts[0].verdict;
}

/* Who has not returned its receipt of the only removal, as its author sees it. */
static size_t missing(world *w, const char *party, const char *list)
{
    tb_local_request request = {.kind = TB_REQUEST_SHOW_LIST};
    request.show_list.list = tb_bytes_str(list);
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_int_equal(answer->shown_list.count, 1);
    return answer->shown_list.entries[0].outstanding_count;
}

static void lists(world *w, const char *party, const char *type, const char *fields)
{
    tb_refusal code = opens_type(w, party, type, fields);
    if (code != TB_ACCEPTED) {
        fail_msg("%s %s: %s %.*s", party, type, tb_refusal_key(code), (int)w->answer.detail.size,
                 (const char *)w->answer.detail.data);
    }
    deliver_all(w);
}

static void done(world *w, const char *party, const char *action, const char *fields)
{
    tb_refusal code = acts(w, party, action, fields);
    if (code != TB_ACCEPTED) {
        fail_msg("%s %s: %s", party, action, tb_refusal_key(code));
    }
    deliver_all(w);
}

/* R2 */
static void operators_register_their_agents_and_the_bureau_asks_who_is_one(void **state)
{
    world *w = *state;
    assert_int_equal(opens_type(w, "cm.33", "agent_entry",
                                "province=44|operator=CM|channel_name=甲店|agent_code=GD-1"),
                     TB_REFUSED_JURISDICTION); /* another province's is not for it to say */
    assert_int_equal(opens_type(w, "bureau.33", "agent_entry",
                                "province=33|operator=CM|channel_name=甲店|agent_code=ZJ-1"),
                     TB_REFUSED_ROLE);
    lists(w, "cm.33", "agent_entry",
          "province=33|operator=CM|channel_name=甲店|agent_code=ZJ-1|district=西湖区");
    assert_int_equal(gate(w, "bureau.33", "registered-agents", "operator=CM|agent_code=zj 1"),
                     TB_GATE_LISTED);
    assert_int_equal(gate(w, "bureau.33", "registered-agents", "operator=CT|agent_code=ZJ-1"),
                     TB_GATE_NOT_FOUND);
    assert_int_equal(acts(w, "cm.33", "remove", ""), TB_REFUSED_FIELD_MISSING);
    done(w, "cm.33", "remove", REASON);
    assert_int_equal(gate(w, "bureau.33", "registered-agents", "operator=CM|agent_code=ZJ-1"),
                     TB_GATE_NOT_FOUND);
    assert_int_equal(missing(w, "cm.33", "registered-agents"), 1);
    done(w, "bureau.33", "confirm_removal", "");
    assert_int_equal(missing(w, "cm.33", "registered-agents"), 0);
    /* a resale operator works in every province */
    lists(w, "resale.1", "agent_entry",
          "province=44|operator=CU|channel_name=乙店|agent_code=GD-2");
    assert_int_equal(gate(w, "bureau.44", "registered-agents", "operator=CU|agent_code=GD-2"),
                     TB_GATE_LISTED);
    check_world(w);
}

/* R1, of the plan as shipped: provincial, so that another province may appoint whom this one
 * listed. */
static void scenario_11_the_shipped_blacklist_refuses_in_its_province_with_the_entry(void **state)
{
    world *w = *state;
    lists(w, "bureau.33", "blacklist_entry",
          "province=33|operator=CM|channel_name=甲店|agent_code=ZJ-9|reason=出售非实名卡");
    tb_case_id entry = w->case_id;
    static const char *const here[] = {"cm.33", "ct.33", "market.33", "headquarters", "resale.1"};
    for (size_t i = 0; i < sizeof here / sizeof here[0]; i++) {
        assert_int_equal(gate(w, here[i], "channel-blacklist", "operator=CM|agent_code=zj 9"),
                         TB_GATE_LISTED);
        const tb_local_verdict *verdict = &w->answer.verdicts.verdicts[0];
        assert_int_equal(verdict->count, 1);
        assert_true(tb_case_equal(&verdict->entries[0].case_id, &entry));
    }
    assert_int_equal(gate(w, "cu.44", "channel-blacklist", "operator=CM|agent_code=ZJ-9"),
                     TB_GATE_NOT_FOUND);
    assert_int_equal(gate(w, "cm.33", "channel-blacklist", "operator=CM|agent_code=ZJ-8"),
                     TB_GATE_NOT_FOUND);
    check_world(w);
}

/* R4 */
static void an_online_shop_is_on_the_list_of_agents_or_is_to_be_cleaned_up(void **state)
{
    world *w = *state;
    lists(w, "ct.33", "shop_entry",
          "province=33|operator=CT|marketplace=某网|shop_id=880017|shop_name=浙电旗舰店");
    assert_int_equal(gate(w, "market.33", "online-agents", "marketplace=某网|shop_id=880017"),
                     TB_GATE_LISTED);
    assert_int_equal(gate(w, "bureau.33", "online-agents", "marketplace=某网|shop_id=880018"),
                     TB_GATE_NOT_FOUND);
    done(w, "ct.33", "remove", REASON);
    assert_int_equal(gate(w, "market.33", "online-agents", "marketplace=某网|shop_id=880017"),
                     TB_GATE_NOT_FOUND);
    assert_int_equal(missing(w, "ct.33", "online-agents"), 2);
    done(w, "market.33", "confirm_removal", "");
    done(w, "bureau.33", "confirm_removal", "");
    assert_int_equal(missing(w, "ct.33", "online-agents"), 0);
    check_world(w);
}

/* R7 */
static void what_is_published_is_on_a_list_until_it_is_revoked(void **state)
{
    world *w = *state;
    static const char code[] = "operator=CM|agent_code=ZJ-9";
    static const char *const holders[] = {"market.33", "bureau.33", "cm.33",
                                          "ct.33",     "resale.1",  "headquarters"};
    assert_int_equal(opens_type(w, "bureau.33", "channel_case",
                                "province=33|channel_source=inspection|channel_name=甲店|agent_"
                                "code=ZJ-9|violation=sold_unregistered|concerned=cm.33"),
                     TB_ACCEPTED);
    deliver_all(w);
    tb_case_id channel = w->case_id;
    done(w, "bureau.33", "find_breach", "concerned=cm.33");
    done(w, "cm.33", "cancel_agency", "cancelled_at=2015-02-10");
    done(w, "bureau.33", "blacklist", "listed_on=2015-02-11|network=CM");
    done(w, "bureau.33", "transfer", "transfer_no=浙通管〔2015〕3号");
    assert_int_equal(gate(w, "cm.33", "publications", code), TB_GATE_NOT_FOUND);
    done(w, "market.33", "publish", "publication_no=浙工商公示1号|published_on=2015-02-20");
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(gate(w, holders[i], "publications", code), TB_GATE_LISTED);
    }
    done(w, "bureau.33", "close", "");
    assert_int_equal(gate(w, "cm.33", "publications", code), TB_GATE_LISTED); /* it lives on */
    tb_local_request request = {.kind = TB_REQUEST_SHOW_LIST};
    request.show_list.list = tb_bytes_str("publications");
    w->case_id = ask(w, "market.33", &request)->shown_list.entries[0].case_id;
    assert_false(tb_case_equal(&channel, &w->case_id));
    assert_int_equal(acts(w, "bureau.33", "remove", "reason=x"), TB_REFUSED_ROLE);
    done(w, "market.33", "remove", "reason=行政复议撤销");
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(gate(w, holders[i], "publications", code), TB_GATE_NOT_FOUND);
    }
    for (size_t i = 1; i < 6; i++) {
        assert_int_equal(missing(w, "market.33", "publications"), 6 - i);
        done(w, holders[i], "confirm_removal", "");
    }
    assert_int_equal(missing(w, "market.33", "publications"), 0);
    check_world(w);
}

/* 二(六) of the service plan */
static void every_agency_gates_on_serious_breaches_and_feeds_back_its_measure(void **state)
{
    world *w = *state;
    static const char subject[] =
        "kind=forged|service_field=other|name=示例检测有限公司|uscc=91370200163562681G|"
        "basis=出具虚假检测报告|listed_at=2019-10-15";
    static const char code[] = "uscc=91370200163562681G";
    static const char *const market[] = {"mr.33", "mr.44", "ndrc"};
    static const char *const joint[] = {"drc.33", "drc.44", "dept.33", "dept.44"};
    for (size_t i = 0; i < sizeof agencies / sizeof agencies[0]; i++) {
        at_time(w, agencies[i].id, "2019-10-15T09:00:00+08:00");
    }
    assert_int_equal(opens_type(w, "mr.33", "breach_entry", subject), TB_REFUSED_ROLE);
    lists(w, "samr", "breach_entry", subject);
    tb_case_id first = w->case_id;
    lists(w, "samr", "breach_entry_joint", subject);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(gate(w, market[i], "serious-breach", code), TB_GATE_LISTED);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(gate(w, joint[i], "serious-breach-joint", code), TB_GATE_LISTED);
        done(w, joint[i], "apply", "measure=barred|measure_at=2019-10-15");
    }
    assert_int_equal(gate(w, "dept.33", "serious-breach-joint", "uscc=91370200163562681G"),
                     TB_GATE_LISTED);
    done(w, "samr", "remove", "reason=完成信用修复");
    assert_int_equal(acts(w, "dept.33", "apply", "measure=barred|measure_at=2019-10-15"),
                     TB_REFUSED_STATE);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(gate(w, joint[i], "serious-breach-joint", code), TB_GATE_NOT_FOUND);
        assert_int_equal(missing(w, "samr", "serious-breach-joint"), 4 - i);
        done(w, joint[i], "confirm_removal", "");
    }
    assert_int_equal(missing(w, "samr", "serious-breach-joint"), 0);
    w->case_id = first;
    done(w, "samr", "remove", "reason=完成信用修复");
    assert_int_equal(missing(w, "samr", "serious-breach"), 3);
    check_world(w);
}

#define TEST(name, up) cmocka_unit_test_setup_teardown(name, up, world_teardown)

static const struct CMUnitTest tests[] = {
    TEST(operators_register_their_agents_and_the_bureau_asks_who_is_one, setup),
    TEST(scenario_11_the_shipped_blacklist_refuses_in_its_province_with_the_entry, setup),
    TEST(an_online_shop_is_on_the_list_of_agents_or_is_to_be_cleaned_up, setup),
    TEST(what_is_published_is_on_a_list_until_it_is_revoked, setup),
    TEST(every_agency_gates_on_serious_breaches_and_feeds_back_its_measure, setup_service),
};

TB_RUN("lists_shipped", tests)
