#include "tests/agents/edited.h"

#include <stdlib.h>

#include "agents/campaign/compare.h"

#define PATH         "tests/system/question.yaml"
#define MEMORY_BYTES (256u * 1024)

/* What the last comparison found. */
static struct {
    uint8_t memory[MEMORY_BYTES];
    tb_arena arena;
    tb_campaign_loaded *from;
    tb_campaign_loaded *to;
    tb_difference *list;
    size_t count;
} found;

static void forget(void)
{
    tb_campaign_loaded_free(found.from);
    tb_campaign_loaded_free(found.to);
    found.from = NULL;
    found.to = NULL;
}

static int teardown(void **state)
{
    (void)state;
    forget();
    return 0;
}

static void compare(const tb_campaign_loaded *from, const tb_campaign_loaded *to)
{
    tb_arena_init(&found.arena, found.memory, sizeof found.memory);
    assert_ok(tb_campaign_compare(tb_campaign_loaded_get(from), tb_campaign_loaded_get(to),
                                  &found.arena, &found.list, &found.count));
}

/* The two are found.from and found.to until the next comparison. */
static void compare_texts(tb_campaign_loaded *from, tb_campaign_loaded *to)
{
    forget();
    found.from = from;
    found.to = to;
    compare(from, to);
}

/* Version 1 against version 2 with one line changed. */
static void change(const char *line, const char *into)
{
    const char *edits[] = {"version: 1", "version: 2", line, into, NULL};
    compare_texts(edited(PATH, NULL), edited(PATH, edits));
}

static const tb_difference *difference(tb_difference_kind kind)
{
    for (size_t i = 0; i < found.count; i++) {
        if (found.list[i].kind == kind) {
            return &found.list[i];
        }
    }
    fail_msg("no difference \"%s\" was found", tb_difference_en(kind));
    return NULL;
}

static bool blocks(const char *state)
{
    for (size_t i = 0; i < found.count; i++) {
        if (tb_difference_blocks(&found.list[i], tb_bytes_str("question"), tb_bytes_str(state))) {
            return true;
        }
    }
    return false;
}

/* One change, what it is called, and which of the states asked and prepared it keeps from moving.
 */
typedef struct change_case {
    const char *line;
    const char *into;
    tb_difference_kind kind;
    bool blocks_asked;
    bool blocks_prepared;
} change_case;

#define READERS "readers: [opener, to]"
#define TEXT    "{id: text, zh: 正文, en: text, type: text, group: content}"
#define TO      "{id: to, zh: 收文单位, en: recipient, type: party}"
#define ASKED   "{id: asked, zh: 已询问, en: asked}"
#define TO_POS  "{id: to, zh: 收文单位, en: asked party, kind: field, field: to}"

static const change_case changes[] = {
    {READERS, "readers: [opener]", TB_DIFFERENCE_READER_REMOVED, false, false},
    {"zh: 询问测试", "zh: 询问", TB_DIFFERENCE_STATE_ADDED, false, false}, /* nothing is found */
    {TEXT, TEXT "\n      - {id: more, zh: 补充, en: more, type: text, group: content}",
     TB_DIFFERENCE_FIELD_ADDED, false, false},
    {TEXT, "{id: text, zh: 正文, en: text, type: count, group: content}", TB_DIFFERENCE_FIELD_TYPE,
     true, true},
    {TEXT, "{id: text, zh: 正文, en: text, type: text}", TB_DIFFERENCE_FIELD_GROUP, true, true},
    {TEXT, "{id: words, zh: 正文, en: text, type: text, group: content}",
     TB_DIFFERENCE_FIELD_REMOVED, true, true},
    {ASKED, "{id: put, zh: 已询问, en: asked}", TB_DIFFERENCE_STATE_REMOVED, true, false},
    {ASKED, "{id: asked, zh: 已询问, en: asked, closed: true}", TB_DIFFERENCE_STATE_CLOSES, true,
     false},
    {"from: [asked]", "from: [taken]", TB_DIFFERENCE_HOLDER_STRANDED, true, false},
    {"by: [to]\n        from: [asked]", "by: [opener]\n        from: [asked]",
     TB_DIFFERENCE_HOLDER_STRANDED, true, false},
    {TO_POS, "{id: to, zh: 收文单位, en: asked party, kind: opener}",
     TB_DIFFERENCE_POSITION_CHANGED, true, true},
    {"- {id: content, zh: 正文, en: content, " READERS "}",
     "- {id: content, zh: 正文, en: content, " READERS "}\n"
     "      - {id: notes, zh: 说明, en: notes, readers: [to]}",
     TB_DIFFERENCE_GROUP_ADDED, false, false},
    {"copies: [opener]\n", "\n", TB_DIFFERENCE_ACTION_CHANGED, false, false},
    {"case_types:\n  - id: question", "case_types:\n  - id: query", TB_DIFFERENCE_TYPE_REMOVED,
     true, true},
    {"- {id: any, zh: 任何单位, en: any party}",
     "- {id: any, zh: 任何单位, en: any party, by_jurisdiction: true}", TB_DIFFERENCE_ROLE_SCOPE,
     true, true},
    {"campaign: question", "campaign: answer", TB_DIFFERENCE_OTHER_CAMPAIGN, true, true},
};

static void each_change_is_named_and_keeps_from_moving_what_it_would_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        const change_case *c = &changes[i];
        change(c->line, c->into);
        if (c->kind == TB_DIFFERENCE_STATE_ADDED) {
            assert_int_equal(found.count, 0);
            continue;
        }
        assert_non_null(difference(c->kind));
        if (blocks("asked") != c->blocks_asked || blocks("prepared") != c->blocks_prepared) {
            fail_msg("%s: wrong states are kept from moving", c->into);
        }
    }
}

static void a_reader_more_keeps_every_case_of_the_type_from_moving(void **state)
{
    (void)state;
    /* read the other way round, the group gains a reader */
    change(READERS, "readers: [opener]");
    compare(found.to, found.from);
    const tb_difference *d = difference(TB_DIFFERENCE_READER_ADDED);
    assert_string_equal(d->about, "content");
    assert_string_equal(d->detail, "to");
    assert_true(tb_difference_blocks(d, tb_bytes_str("question"), tb_bytes_str("asked")));
    assert_false(tb_difference_blocks(d, tb_bytes_str("another"), tb_bytes_str("asked")));
}

static void the_same_or_an_older_version_is_never_moved_to(void **state)
{
    (void)state;
    change("version: 2", "version: 1");
    assert_non_null(difference(TB_DIFFERENCE_NOT_NEWER));
    assert_true(blocks("asked"));
}

static void choices_are_compared_by_themselves_and_not_by_the_name_of_their_list(void **state)
{
    (void)state;
    const char *older[] = {
        "case_types:",
        "codes:\n  - id: kinds\n    choices: [{id: a, zh: 甲, en: a}, {id: b, zh: 乙, en: b}]\n"
        "case_types:",
        TO, TO "\n      - {id: sort, zh: 种类, en: sort, type: choice, choices: kinds}", NULL};
    const char *newer[] = {
        "version: 1",
        "version: 2",
        "case_types:",
        "codes:\n  - id: sorts\n    choices: [{id: a, zh: 甲, en: a}, {id: c, zh: 丙, en: c}]\n"
        "case_types:",
        TO,
        TO "\n      - {id: sort, zh: 种类, en: sort, type: choice, choices: sorts}",
        NULL};
    compare_texts(edited(PATH, older), edited(PATH, newer));
    assert_int_equal(found.count, 2);
    assert_string_equal(difference(TB_DIFFERENCE_CHOICE_REMOVED)->detail, "b");
    assert_string_equal(difference(TB_DIFFERENCE_CHOICE_ADDED)->detail, "c");
}

#define SHIPPED "ops/campaigns/black-card.yaml"
#define VERIFY                                                                                       \
    "- {id: verify, zh: 反馈核查结果, en: report the result of the order, owed_by: operator, " \
    "to: home, from: order, until: [result], working_days: 5, default: true, ends_in: take_back}"

#define VERIFY_LIMIT "until: [result], working_days: 5, default: true"

static void change_duty(const char *line, const char *into, bool back)
{
    const char *older[] = {line, into, NULL};
    const char *newer[] = {"version: 1", "version: 2", line, into, NULL};
    compare_texts(
        edited(SHIPPED, back ? older : NULL),
        edited(SHIPPED, back ? (const char *[]){"version: 1", "version: 2", NULL} : newer));
    assert_int_equal(found.count, 1);
    assert_string_equal(found.list[0].about, "verify");
}

static bool duty_blocks(void)
{
    return tb_difference_blocks(&found.list[0], tb_bytes_str("notice"), tb_bytes_str("accepted"));
}

static void duties_may_come_go_and_change_but_not_pass_to_other_parties(void **state)
{
    (void)state;
    change_duty(VERIFY, "# none", false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_DUTY_REMOVED);
    assert_false(duty_blocks());
    change_duty(VERIFY, "# none", true);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_DUTY_ADDED);
    assert_false(duty_blocks());
    change_duty("until: [result], working_days: 5", "until: [result], working_days: 6", false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_DUTY_CHANGED);
    assert_false(duty_blocks());
    change_duty(
        "until: [result], working_days: 5, default: true",
        "until: [result], working_days: 5, default: true, adopted: {document_no: 专项办3号, from: "
        "\"2015-06-01\"}",
        false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_DUTY_ADOPTED);
    assert_string_equal(found.list[0].detail, "专项办3号");
    assert_false(duty_blocks());
    change_duty(
        "until: [result], working_days: 5, default: true",
        "until: [result], working_days: 5, default: true, remind: {act: remind_due, hours: 4}",
        false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_DUTY_CHANGED);
    assert_false(duty_blocks());
    change_duty("owed_by: operator, to: home", "owed_by: operator, to: discovery", false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_DUTY_PARTIES);
    assert_true(duty_blocks());
    change_duty("owed_by: operator, to: home", "owed_by: host, to: home", false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_DUTY_PARTIES);
    assert_true(duty_blocks());
}

/* register.yaml against version 2 with one line changed, or version 1 with it against a plain 2. */
static void change_register(const char *line, const char *into, bool back)
{
    static const char path[] = "tests/agents/register.yaml";
    const char *older[] = {line, into, NULL};
    const char *newer[] = {"version: 1", "version: 2", line, into, NULL};
    const char *plain[] = {"version: 1", "version: 2", NULL};
    compare_texts(edited(path, back ? older : NULL), edited(path, back ? plain : newer));
    assert_int_equal(found.count, 1);
}

static bool entry_blocked(void)
{
    return tb_difference_blocks(&found.list[0], tb_bytes_str("entry"), tb_bytes_str("listed"));
}

static void a_list_may_change_but_its_entries_do_not_leave_it(void **state)
{
    (void)state;
    change_register("brake: {count: 3, hours: 24}", "brake: {count: 4, hours: 24}", false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_LIST_CHANGED);
    assert_string_equal(found.list[0].about, "channels");
    assert_string_equal(found.list[0].case_type, "entry");
    assert_false(entry_blocked());
    change_register("{fields: [reg_no]}, ", "", false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_LIST_CHANGED);
    change_register("    listed_in: [listed]", "    scope: national\n    listed_in: [listed]",
                    true);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_LIST_CHANGED);
    change_register("    case_type: entry\n    listed_in", "    case_type: card\n    listed_in",
                    false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_LIST_REMOVED);
    assert_true(entry_blocked());
}

static void what_an_act_opens_is_part_of_its_rules(void **state)
{
    (void)state;
    change_register("              - {field: agent_code, from: shop_code}\n", "", false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_ACTION_CHANGED);
    assert_string_equal(found.list[0].about, "shut");
    assert_false(tb_difference_blocks(&found.list[0], tb_bytes_str("card"), tb_bytes_str("open")));
}

static void a_position_of_many_in_place_of_one_means_others(void **state)
{
    (void)state;
    change_register(
        "{id: operators, zh: 本省运营企业, en: operators of the province, kind: every, role: "
        "operator, field: province}",
        "{id: operators, zh: 本省运营企业, en: operators of the province, kind: every, role: "
        "operator}",
        false);
    assert_int_equal(found.list[0].kind, TB_DIFFERENCE_POSITION_CHANGED);
}

/* One change to the shipped campaign: what it is called, and of what. */
typedef struct small_change {
    const char *line;
    const char *into;
    tb_difference_kind kind;
    const char *about;
} small_change;

#define MEASURE TB_DIFFERENCE_MEASURE_CHANGED
#define REPORT  TB_DIFFERENCE_REPORT_CHANGED
#define ACTION  TB_DIFFERENCE_ACTION_CHANGED
#define DUTY    TB_DIFFERENCE_DUTY_CHANGED

#define LAND "ops/campaigns/land-requisition.yaml"

static const small_change small_changes[] = {
    /* each part of how a measure is counted */
    {"counts: [refer], at: bureau", "counts: [refer]", MEASURE, "leads_referred"},
    {"case_type: crime_lead, counts: [refer]", "case_type: notice, counts: [refer]", MEASURE,
     "leads_referred"},
    {"counts: [refer], at: bureau", "counts: [decide], at: bureau", MEASURE, "leads_referred"},
    {"sums: penalty_yuan, ", "", MEASURE, "fines_yuan"},
    {"sums: points_checked, ", "sums: points_in_breach, ", MEASURE, "points_checked"},
    {", distinct: number}", "}", MEASURE, "numbers_shut_down"},
    {"hours: {from: submit, to: shut_down, stat: median}",
     "hours: {from: accept, to: shut_down, stat: median}", MEASURE, "hours_to_shut_down"},
    {"hours: {from: submit, to: shut_down, stat: median}",
     "hours: {from: submit, to: answer, stat: median}", MEASURE, "hours_to_shut_down"},
    {"hours: {from: submit, to: shut_down, stat: median}",
     "hours: {from: submit, to: shut_down, stat: max}", MEASURE, "hours_to_shut_down"},
    {"ratio: {of: points_in_breach, to: points_checked}",
     "ratio: {of: points_in_breach, to: inspections}", MEASURE, "breach_share"},
    {"ratio: {of: points_in_breach, to: points_checked}",
     "ratio: {of: inspections, to: points_checked}", MEASURE, "breach_share"},
    {"en: publicity items, unit: {zh: 篇, en: items}, declared: number",
     "en: publicity items, unit: {zh: 篇, en: items}, declared: ratio", MEASURE, "publicity_items"},
    {"values: [police_case], zh: 非公安机关通报", "values: [inspection], zh: 非公安机关通报",
     MEASURE, "received_from_police"},
    {"at: discovery, by: [home_province]}", "at: discovery}", MEASURE, "forwarded"},
    {"  - {id: shops_removed, zh: 清理网店", "  - {id: shops_gone, zh: 清理网店",
     TB_DIFFERENCE_MEASURE_REMOVED, "shops_removed"},
    /* each part of what a report is */
    {"every: quarter", "every: month", REPORT, "quarterly"},
    {"first: 2015-Q1", "first: 2015-Q2", REPORT, "quarterly"},
    {"last: 2015-Q4", "last: 2015-Q3", REPORT, "quarterly"},
    {"due: {months_after: 1, day: 15}", "due: {months_after: 2, day: 15}", REPORT, "quarterly"},
    {"due: {months_after: 1, day: 15}", "due: {months_after: 1, day: 16}", REPORT, "quarterly"},
    {"owed_by: [bureau, operator_group]\n    to: headquarters\n    every",
     "owed_by: [bureau]\n    to: headquarters\n    every", REPORT, "quarterly"},
    {"measures: [received_from_police, found_otherwise, ", "measures: [received_from_police, ",
     REPORT, "quarterly"},
    {"text: [main_work, problems, ", "text: [main_work, ", REPORT, "quarterly"},
    {"at_least: {numerator: 90", "at_least: {numerator: 91", REPORT, "quarterly"},
    {"numerator: 90, denominator: 100", "numerator: 90, denominator: 101", REPORT, "quarterly"},
    {"role: operator_group, as_of", "role: bureau, as_of", REPORT, "quarterly"},
    {"{measure: real_name_rate, at_least", "{measure: outlets_with_readers, at_least", REPORT,
     "quarterly"},
    {"as_of: \"2015-12-31\"", "as_of: \"2015-12-30\"", REPORT, "quarterly"},
    {"sent: forwarded, received: received_from_others", "sent: forwarded, received: verified",
     REPORT, "quarterly"},
    {"sent: forwarded, received: received_from_others",
     "sent: informed, received: received_from_others", REPORT, "quarterly"},
    {"- {id: forwarded, zh: 省际通报", "- {id: between, zh: 省际通报", REPORT, "quarterly"},
    {"dates: [\"2015-02-28\"]", "dates: [\"2015-03-01\"]", REPORT, "filing"},
    {"dates: [\"2015-02-28\"]", "dates: [\"2015-02-28\", \"2015-03-31\"]", REPORT, "filing"},
    /* each part of a list */
    {"listed_in: [listed]", "listed_in: [listed, removed]", TB_DIFFERENCE_LIST_CHANGED,
     "channel-blacklist"},
    {"removed_in: [removed]", "removed_in: [listed]", TB_DIFFERENCE_LIST_CHANGED,
     "channel-blacklist"},
    {"place: district}", "place: province}", TB_DIFFERENCE_LIST_CHANGED, "channel-blacklist"},
    {"possible: {name: channel_name", "possible: {name: district", TB_DIFFERENCE_LIST_CHANGED,
     "channel-blacklist"},
    {"brake: {count: 20, hours: 24}", "brake: {count: 20, hours: 25}", TB_DIFFERENCE_LIST_CHANGED,
     "channel-blacklist"},
    {"subscribers: [province_operators, resale_all, ", "subscribers: [province_operators, ",
     TB_DIFFERENCE_LIST_CHANGED, "channel-blacklist"},
    {"    removed_receipt: confirm_removal\n", "", TB_DIFFERENCE_LIST_CHANGED, "channel-blacklist"},
    {"keys: [{fields: [operator, agent_code]}", "keys: [{fields: [agent_code, operator]}",
     TB_DIFFERENCE_LIST_CHANGED, "channel-blacklist"},
    /* what an act may, and whither it leads */
    {"{test: within-campaign, field: reported_at", "{test: within-campaign, field: found_at",
     ACTION, "accept"},
    {"{test: within-campaign, field: reported_at", "{test: known, field: reported_at", ACTION,
     "accept"},
    {"- {to: forwarded, hands_to: home}", "- {to: forwarded}", ACTION, "forward"},
    {"- {test: different, a: discovery, b: home, zh: 归属地即本省",
     "- {test: different, a: home, b: discovery, zh: 归属地即本省", ACTION, "forward"},
    {"{test: same, a: discovery, b: home, zh: 归属地为外省",
     "{test: same, a: discovery, b: opener, zh: 归属地为外省", ACTION, "accept"},
    {"          - {field: linked_case}\n        receipt: signed_for",
     "          - {field: "
     "linked_case, required: true}\n        receipt: signed_for",
     ACTION, "accept"},
    {"          - {field: home_basis, required: true}", "          - {field: home_basis}", ACTION,
     "decide"},
    {"          - {field: routing_note}\n", "", ACTION, "decide"},
    {"kind: request, by: [opener], from: [submitted, accepted, undetermined], copies: [discovery], "
     "answered_by: [withdraw, keep]",
     "kind: request, by: [opener], from: [submitted, accepted, undetermined], copies: [discovery], "
     "answered_by: [withdraw]",
     ACTION, "ask_withdraw"},
    {"parent: parent_case", "parent: linked_case", ACTION, "shut_down"},
    {"{field: channel_source, from: source}", "{field: channel_source, from: found_province}",
     ACTION, "shut_down"},
    {"- case_type: channel_case\n            parent: parent_case",
     "- case_type: crime_lead\n            parent: parent_case", ACTION, "shut_down"},
    {"- {field: channel_source, from: source}", "- {field: channel_origin, from: source}", ACTION,
     "shut_down"},
    {"{id: ask_withdraw, zh", "{id: ask_back, zh", TB_DIFFERENCE_ACTION_REMOVED, "ask_withdraw"},
    /* what is gone, or another, altogether */
    {"- id: quarterly\n", "- id: each_quarter\n", TB_DIFFERENCE_REPORT_REMOVED, "quarterly"},
    {"- id: channel-blacklist\n", "- id: channels\n", TB_DIFFERENCE_LIST_REMOVED,
     "channel-blacklist"},
    {"{id: named_operator, zh", "{id: named_resale, zh", TB_DIFFERENCE_POSITION_REMOVED,
     "named_operator"},
    {"en: home bureau, kind: role-of-field, role: bureau, field: home_province",
     "en: home bureau, kind: role-of-field, role: bureau, field: found_province",
     TB_DIFFERENCE_POSITION_CHANGED, "home"},
    {"en: home bureau, kind: role-of-field, role: bureau",
     "en: home bureau, kind: role-of-field, role: police", TB_DIFFERENCE_POSITION_CHANGED, "home"},
    {"{id: routing, zh: 归属判定说明", "{id: routed, zh: 归属判定说明", TB_DIFFERENCE_GROUP_REMOVED,
     "routing"},
    {"compute: mask, of: number}", "compute: mask, of: number_raw}", TB_DIFFERENCE_FIELD_COMPUTED,
     "number_masked"},
    {"type: province, compute: jurisdiction", "type: province", TB_DIFFERENCE_FIELD_COMPUTED,
     "found_province"},
    /* figures that are counted, and what they are held against */
    {"lapses: [verify, restore]}", "lapses: [verify]}", MEASURE, "operator_lapses"},
    {"lapses: [verify, restore], scoring: true", "lapses: [verify, restore]", MEASURE,
     "operator_lapses_scoring"},
    {"whole_role: operator_group, parts_role", "whole_role: bureau, parts_role", REPORT,
     "quarterly"},
    {"parts_role: bureau", "parts_role: operator_group", REPORT, "quarterly"},
    {"measure: verified_by_operator, about", "measure: shut_down_by_operator, about",
     TB_DIFFERENCE_FIELD_COMPUTED, "verified"},
    {"filed_in: quarterly, so_far: true, about", "filed_in: quarterly, about",
     TB_DIFFERENCE_FIELD_COMPUTED, "shut_down"},
    {"of: lapses_scoring, at_most: {numerator: 0", "of: lapses_scoring, at_most: {numerator: 1",
     TB_DIFFERENCE_SCORES_CHANGED, ""},
    {"of: lapses_scoring, at_most", "of: lapses_scoring, at_least", TB_DIFFERENCE_SCORES_CHANGED,
     ""},
    /* when something is due */
    {VERIFY_LIMIT ", ends_in: take_back", VERIFY_LIMIT, DUTY, "verify"},
    {VERIFY_LIMIT, VERIFY_LIMIT ", grace_hours: 7", DUTY, "verify"},
    {VERIFY_LIMIT, VERIFY_LIMIT ", escalate: {act: escalate, working_days: 4}", DUTY, "verify"},
    {"owed_by: operator, to: home, from: order, until: [result], working_days: 5",
     "owed_by: operator, to: home, from: order, until: [result], hours: 5", DUTY, "verify"},
    {"owed_by: operator, to: home, from: order, until: [result], working_days: 5",
     "owed_by: operator, to: home, from: order, until: [result], days: 5", DUTY, "verify"},
    {"owed_by: operator, to: home, from: order, until: [result]",
     "owed_by: operator, to: home, from: order, until: [result, shut_down]", DUTY, "verify"},
    {"until: [result], working_days: 5, default: true", "until: [result], working_days: 5", DUTY,
     "verify"},
    {"measure: verified_by_operator, about: evaluated",
     "measure: verified_by_operator, about: opener", TB_DIFFERENCE_FIELD_COMPUTED, "verified"},
    {"measure: verified_by_operator, about: evaluated, over: period",
     "measure: verified_by_operator, about: evaluated, over: remark", TB_DIFFERENCE_FIELD_COMPUTED,
     "verified"},
    {"measure: real_name_rate, filed_in: quarterly", "measure: real_name_rate, filed_in: filing",
     TB_DIFFERENCE_FIELD_COMPUTED, "real_name_rate"},
    {"at: discovery, when: [{test: is, field: source, values: [police_case], zh: 非公安机关通报, "
     "en: not "
     "from the police}]",
     "at: discovery", MEASURE, "received_from_police"},
    {"        automatic: {switch: true}", "        #", ACTION, "pass_on"},
    {"automatic: {switch: true}", "automatic: {after: {hours: 1}, switch: true}", ACTION,
     "pass_on"},
    {"automatic: {switch: true}", "automatic: {after: {days: 1}, switch: true}", ACTION, "pass_on"},
    {"automatic: {after: {working_days: 5}}", "automatic: {after: {working_days: 6}}", ACTION,
     "close"},
    {"automatic: {after: {working_days: 5}}", "automatic: {after: {working_days: 5}, switch: true}",
     ACTION, "close"},
    {"supervises: [opener, discovery, ", "supervises: [opener, ", ACTION, "supervise"},
    {"document_number: transfer_serial", "document_number: transfer_no", ACTION, "transfer"},
    {"remind: {act: remind_due, working_days: 1}", "remind: {act: remind_due, hours: 1}", DUTY,
     "verify"},
    {"remind: {act: remind_due, working_days: 1}", "remind: {act: remind_due, days: 1}", DUTY,
     "verify"},
    {"remind: {act: remind_due, working_days: 1}", "remind: {act: escalate, working_days: 1}", DUTY,
     "verify"},
    {"escalate: {act: escalate, working_days: 3}", "escalate: {act: escalate, working_days: 2}",
     DUTY, "verify"},
    {"      lapse: lapse\n", "      lapse: remark\n", DUTY, "verify"},
    {"      withdraw_lapse: withdraw_lapse\n", "      withdraw_lapse: lapse\n", DUTY, "verify"},
    {"      redate: redate\n", "", DUTY, "verify"},
    {"      settle: settle_overdue\n", "      settle: escalate\n", DUTY, "verify"},
    {"due_field: report_by", "due_field: return_due", DUTY, "report_back"},
    {"    province: province\n    keys: [{fields: [operator, agent_code]}, {fields: [reg_no]}, "
     "{fields: [uscc]}]\n    possible",
     "    province: district\n    keys: [{fields: [operator, agent_code]}, {fields: [reg_no]}, "
     "{fields: [uscc]}]\n    possible",
     TB_DIFFERENCE_LIST_CHANGED, "channel-blacklist"},
    {"{id: timely, zh", "{id: in_time, zh", TB_DIFFERENCE_SCORES_CHANGED, ""},
    {"    judged:[...]\"2015-12-31\"}\n", "", REPORT, "quarterly"},
    {"settled_by: explain_difference}", "settled_by: remark}", REPORT, "quarterly"},
    {"    owed_by: [bureau, operator_group]\n    to: headquarters\n    every",
     "    owed_by: [bureau, operator_group]\n    to: bureau\n    every", REPORT, "quarterly"},
    {"    summary_of: quarterly\n", "", REPORT, "national"},
    {"    signed_by: [filled_by, reviewed_by, head_of_unit, telephone]",
     "    signed_by: [filled_by, head_of_unit, telephone]", REPORT, "quarterly"},
    {"type: count, min: 1", "type: count, min: 2", TB_DIFFERENCE_FIELD_RULES, "points_checked"},
    {"in breach, type: count, at_most: points_checked", "in breach, type: count",
     TB_DIFFERENCE_FIELD_RULES, "points_in_breach"},
    {"          - when:\n              - {test: is-not, field: verify_result, values: "
     "[unidentified][...]confirm the shutdown first}\n            to: informed\n",
     "", ACTION, "pass_on"},
    {"      - {id: many_cards, zh: 一证五卡以上用户(集团与各省)[...]}\n", "", REPORT, "quarterly"},
    {"settle: settle_overdue\n", "settle: remark\n", DUTY, "verify"},
    {"of: lapses_scoring, at_most", "of: lapses_scoring, to: lapses, at_most",
     TB_DIFFERENCE_SCORES_CHANGED, ""},
};

/* The same in campaigns that have what it has not. */
static const small_change land_changes[] = {
    {"kind: looked-up, lookup: item_lead", "kind: looked-up, lookup: item_support",
     TB_DIFFERENCE_POSITION_CHANGED, "lead"},
    {"{test: count-below, field: finish, count: 1", "{test: count-below, field: finish, count: 2",
     MEASURE, "finished"},
    {"from: find, until: [report], stage: self_check", "from: find, until: [report], days: 3", DUTY,
     "report"},
    {"households concerned, type: count, max: 100000",
     "households concerned, type: count, max: 100001", TB_DIFFERENCE_FIELD_RULES, "households"},
    {"  - {id: summing_up, zh", "  - {id: closing, zh", TB_DIFFERENCE_STAGE_REMOVED, "summing_up"},
    {"from: \"${year}-11-01\", to: \"${year}-12-20\"}",
     "from: \"${year}-11-01\", to: \"${year}-12-20\", counts_until: \"${year}-12-31\"}",
     TB_DIFFERENCE_STAGE_CHANGED, "summing_up"},
    {"{value: \"3.1\", position: unit}", "{value: \"3.1\", position: collector}",
     TB_DIFFERENCE_LOOKUP_CHANGED, "item_lead"},
};

static const small_change quality_changes[] = {
    {"quarterly: {month: 1, day: 15}", "quarterly: {month: 2, day: 15}", DUTY, "use"},
    {"quarterly: {month: 1, day: 15}", "quarterly: {month: 1, day: 16}", DUTY, "use"},
    {"quarterly: {month: 1, day: 15}", "monthly: {day: 15}", DUTY, "use"},
};

static const small_change evaluation_changes[] = {
    {"of: kept, to: replies", "of: kept, to: kept", TB_DIFFERENCE_SCORES_CHANGED, ""},
    {"at_least: {numerator: 90, denominator: 100}}\n",
     "at_least: {numerator: 90, denominator: "
     "99}}\n",
     TB_DIFFERENCE_SCORES_CHANGED, ""},
};

/* Whichever of the two is the older: what reads otherwise is found. */
static void found_either_way(const char *path, const small_change *changed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const small_change *c = &changed[i];
        const char *edits[] = {"version: 1", "version: 2", c->line, c->into, NULL};
        forget();
        found.from = edited(path, NULL);
        found.to = edited(path, edits);
        for (int back = 0; back < 2; back++) {
            size_t about = 0;
            compare(back ? found.to : found.from, back ? found.from : found.to);
            for (size_t d = 0; d < found.count; d++) {
                const tb_difference *is = &found.list[d];
                about += strcmp(is->about == NULL ? "" : is->about, c->about) == 0;
            }
            if (about == 0) {
                fail_msg("%s: nothing was found", c->into);
            }
            if (!back) {
                assert_non_null(difference(c->kind));
            }
        }
    }
}

#define EACH(changed) changed, sizeof changed / sizeof changed[0]

static void whatever_of_the_rules_reads_otherwise_is_found_either_way(void **state)
{
    (void)state;
    found_either_way(SHIPPED, EACH(small_changes));
    found_either_way(LAND, EACH(land_changes));
    found_either_way("ops/campaigns/service-quality.yaml", EACH(quality_changes));
    found_either_way("tests/system/evaluation.yaml", EACH(evaluation_changes));
}

/* Another campaign altogether: more than a first handful of differences, and nothing in common. */
static void of_two_campaigns_everything_is_told(void **state)
{
    (void)state;
    compare_texts(edited(SHIPPED, NULL), edited(LAND, NULL));
    assert_string_equal(difference(TB_DIFFERENCE_OTHER_CAMPAIGN)->about, "land-requisition");
    assert_string_equal(difference(TB_DIFFERENCE_TYPE_REMOVED)->about, "notice");
    assert_string_equal(difference(TB_DIFFERENCE_TYPE_ADDED)->about, "problem");
    assert_string_equal(difference(TB_DIFFERENCE_LIST_REMOVED)->about, "channel-blacklist");
    assert_true(found.count > 32);
}

/* A difference's key is found by scripts, so no two are called alike; people read either language.
 */
static void every_difference_has_a_key_of_its_own_and_words_in_both_languages(void **state)
{
    (void)state;
    static const tb_difference_kind kinds[] = {
#define KIND(name, hinders, key, zh, en) TB_DIFFERENCE_##name,
        TB_DIFFERENCES(KIND)
#undef KIND
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const tb_difference is = {.kind = kinds[i], .state = "somewhere"};
        bool hinders = tb_difference_hinders(&is) != TB_HINDERS_NOBODY;
        assert_int_equal(tb_difference_blocks(&is, tb_bytes_str("any"), tb_bytes_str("somewhere")),
                         hinders);
        const tb_difference elsewhere = {
            .kind = kinds[i], .case_type = "other", .state = "somewhere"};
        assert_false(
            tb_difference_blocks(&elsewhere, tb_bytes_str("any"), tb_bytes_str("somewhere")));
        assert_true((unsigned char)tb_difference_zh(kinds[i])[0] >= 0x80);
        assert_true((unsigned char)tb_difference_en(kinds[i])[0] < 0x80);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(tb_difference_key(kinds[i]), tb_difference_key(kinds[j]));
        }
    }
}

static void too_little_memory_is_said(void **state)
{
    (void)state;
    change(TEXT, "{id: words, zh: 正文, en: text, type: text, group: content}");
    tb_arena_init(&found.arena, found.memory, 64);
    assert_int_equal(tb_campaign_compare(tb_campaign_loaded_get(found.from),
                                         tb_campaign_loaded_get(found.to), &found.arena,
                                         &found.list, &found.count),
                     TB_ERR_LIMIT);
}

#define T(name) cmocka_unit_test_teardown(name, teardown)

static const struct CMUnitTest tests[] = {
    T(each_change_is_named_and_keeps_from_moving_what_it_would_harm),
    T(a_reader_more_keeps_every_case_of_the_type_from_moving),
    T(the_same_or_an_older_version_is_never_moved_to),
    T(choices_are_compared_by_themselves_and_not_by_the_name_of_their_list),
    T(duties_may_come_go_and_change_but_not_pass_to_other_parties),
    T(a_list_may_change_but_its_entries_do_not_leave_it),
    T(what_an_act_opens_is_part_of_its_rules),
    T(a_position_of_many_in_place_of_one_means_others),
    T(whatever_of_the_rules_reads_otherwise_is_found_either_way),
    T(of_two_campaigns_everything_is_told),
    T(every_difference_has_a_key_of_its_own_and_words_in_both_languages),
    T(too_little_memory_is_said),
};

TB_RUN("agents/compare", tests)
