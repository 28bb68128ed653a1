/* Faults of the flow: who can be who, what can never be, and what is never known where it is
 * needed.
 */
#include "tests/agents/planted.h"

#include <stdio.h>
#include <stdlib.h>

#define WHY ", zh: 不符, en: no}"

/* Each planted alone; what follows from it may be told too. */
static const planted faults[] = {
    /* states */
    {"- {to: answered, hands_to: opener}\n        fields:\n          - {field: finding",
     "- {to: taken}\n        fields:\n          - {field: finding", "{id: taken", "state_no_end"},
    {"from: [answered]", "from: [taken]", "{id: answered", "state_stuck"},
    {"initial: true", "initial: false", NULL, "no_initial"},
    /* who */
    {"by: [regulator]\n        from: [taken]", "by: [headquarters_x]\n        from: [taken]",
     "by: [headquarters_x]", "position_unknown"},
    {"{id: headquarters, zh: 专项办, en: headquarters, kind: role, role: headquarters}",
     "{id: headquarters, zh: 专项办, en: headquarters, kind: role}", NULL, "position_no_role"},
    {"kind: role-of-field, role: market, field: province}", "kind: role-of-field, role: market}",
     "{id: regulator", "position_no_field"},
    {"role: market, field: province", "role: market, field: finding", NULL, "position_field_type"},
    {"by: [opener]\n        from: [answered]", "by: [headquarters]\n        from: [answered]",
     "{to: answered, hands_to: opener}", "idle_recipient"},
    {"readers: [opener, regulator]}", "readers: [opener, regulator, looker]}", NULL,
     "position_unknown"},
    {"kind: take-over\n        by: [headquarters, opener]", "kind: take-over\n        by: []",
     "by: []", "nobody"},
    /* ways */
    {"- {to: taken}", "- {to: taken}\n          - {to: answered}", "- {to: answered}\n",
     "way_shadowed"},
    {"- {to: taken}",
     "- {to: taken, when: [{test: known, field: province" WHY "]}\n"
     "          - {to: answered, when: [{test: known, field: finding" WHY
     ", {test: known, field: province" WHY "]}",
     "- {to: answered, when", "way_shadowed"},
    /* conditions */
    {"- {to: taken}", "- {to: taken, when: [{test: is, field: lapsed_upto, values: [many]" WHY "]}",
     NULL, "not_a_value"},
    {"- {to: taken}", "- {to: taken, when: [{test: state, values: [closed]" WHY "]}", NULL,
     "state_never"},
    {"- {to: taken}", "- {to: taken, when: [{test: actor-role, values: [bureau]" WHY "]}", NULL,
     "role_never"},
    {"- {to: taken}",
     "- {to: taken, when: [{test: role-of, a: regulator, values: [bureau]" WHY "]}", NULL,
     "role_never"},
    {"- {to: taken}",
     "- {to: taken, when: [{test: known, field: finding" WHY ", {test: unknown, field: finding" WHY
     "]}",
     NULL, "contradiction"},
    {"- {to: taken}",
     "- {to: taken, when: [{test: is, field: finding, values: [licensed]" WHY
     ", {test: is, field: finding, values: [not_found]" WHY "]}",
     NULL, "contradiction"},
    {"- {to: taken}",
     "- {to: taken, when: [{test: same, a: opener, b: regulator" WHY
     ", {test: different, a: regulator, b: opener" WHY "]}",
     NULL, "contradiction"},
    {"- {to: taken}", "- {to: taken, when: [{test: known" WHY "]}", NULL, "test_incomplete"},
    {"- {to: taken}", "- {to: taken, when: [{test: within, a: opener, field: finding" WHY "]}",
     NULL, "within_type"},
    {"- {field: finding, required: true}", "- {field: address}", "test: is, field: finding",
     "field_never_set"},
    /* fields */
    {"compute: jurisdiction", "compute: segment-province", NULL, "of_missing"},
    {"compute: jurisdiction", "compute: segment-province, of: name", NULL, "of_type"},
    {"compute: jurisdiction", "compute: segment-province, of: nothing", NULL, "field_unknown"},
    {"compute: jurisdiction", "compute: segment-province, of: name", "tables:", "no_table"},
    {"type: province, compute", "type: count, compute", NULL, "computed_type"},
    {"readers: [opener, regulator]", "readers: [regulator]", "- {field: name, required",
     "required_unreadable"},
    /* duties */
    {"from: refer, until: [sign_for]", "from: close, until: [sign_for]", NULL, "until_never"},
    {"owed_by: regulator, to: opener, from: refer", "owed_by: opener, to: opener, from: refer",
     NULL, "to_itself"},
    {"working_days: 1, ", "", "en: sign for, owed_by", "limit"},
    {"        copies: [opener]\n        receipt: signed_for", "        receipt: signed_for",
     "en: answer, owed_by", "begin_unseen"},
    {"        copies: [opener]\n        receipt: signed_for", "        receipt: signed_for",
     "en: sign for, owed_by", "end_unseen"},
    {"- {to: answered, hands_to: opener}\n        copies: [regulator]",
     "- {to: taken, hands_to: regulator}", "en: answer, owed_by", "release_unseen"},
    {"basis_en: plan 3 (2), lapse: lapse, ends_in: take_over}",
     "basis_en: plan 3 (2), lapse: lapse, outlives: [close]}", NULL, "outlives_kind"},
    {"basis_en: plan 3 (2), lapse: lapse, ends_in: take_over}",
     "basis_en: plan 3 (2), lapse: lapse, outlives: [keep]}", NULL, "action_unknown"},
    /* the document */
    {"roles:\n", "roles: &all\n", "  - {id: bureau", "none"},
    {"by: [bureau]", "by: [*all]", NULL, "alias"},
    {"campaign: example", "campaign: [example]", NULL, "not_text"},
    {"by: [bureau]", "by: [{a: b}]", NULL, "entry_not_text"},
    {"- {id: licensed, zh: 证照齐全, en: is licensed}", "- licensed", NULL, "entry_not_map"},
    {"case_types:\n", "---\ncase_types:\n", NULL, "two_documents"},
    {"by: [bureau]", "by: [bureau]]", NULL, "not_yaml"},
    {"id: regulator, zh", "id: \"\", zh", NULL, "empty_text"},
};

static void each_is_told_where_it_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        char *text = planted_in_example(&faults[i], 1);
        planted_told told = planted_check(text);
        if (strcmp(faults[i].key, "none") == 0) {
            assert_int_equal(told.count, 0);
        } else {
            planted_is_told(&faults[i], text, &told);
        }
        free(text);
    }
}

static void a_reader_that_is_never_addressed_is_told(void **state)
{
    (void)state;
    static const planted rows[] = {
        {"kind: role-of-field, role: market, field: province}",
         "kind: role-of-field, role: market, field: province}\n"
         "      - {id: looker, zh: 旁观, en: looker, kind: role-of-field, role: bureau, field: "
         "province}",
         NULL, "none"},
        {"readers: [opener, regulator]", "readers: [opener, regulator, looker]", NULL,
         "reader_never"},
    };
    char *text = planted_in_example(rows, 2);
    planted_told told = planted_check(text);
    planted_is_told(&rows[1], text, &told);
    assert_int_equal(told.count, 1);
    free(text);
}

static void who_never_holds_the_case_cannot_take_its_steps(void **state)
{
    (void)state;
    static const planted rows[] = {
        {"kind: role-of-field, role: market, field: province}",
         "kind: role-of-field, role: market, field: province}\n"
         "      - {id: looker, zh: 旁观, en: looker, kind: role-of-field, role: bureau, field: "
         "province}",
         NULL, "none"},
        {"by: [regulator]\n        from: [referred]", "by: [looker]\n        from: [referred]",
         "by: [looker]", "never_holds"},
    };
    char *text = planted_in_example(rows, 2);
    planted_told told = planted_check(text);
    planted_is_told(&rows[1], text, &told);
    free(text);
}

/* A way that is only left open by a condition tells what it excludes. */
static void what_a_condition_or_an_earlier_way_makes_sure_is_a_recipient(void **state)
{
    (void)state;
    static const struct {
        const char *ways;
        bool sure;
    } rows[] = {
        {"- {to: referred, hands_to: regulator}", false},
        {"- {to: referred, hands_to: regulator, when: [{test: known, field: province" WHY "]}",
         true},
        {"- {to: referred, hands_to: regulator, when: [{test: same, a: regulator, b: regulator" WHY
         "]}",
         true},
        {"- {to: referred, hands_to: regulator, when: [{test: unknown, field: finding" WHY "]}",
         false},
        {"- {to: referred, hands_to: opener, when: [{test: unknown, field: province" WHY "]}\n"
         "          - {to: referred, hands_to: regulator}",
         true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        planted both[] = {
            {"- {field: province, required: true}", "- {field: province}", NULL, ""},
            {"- {to: referred, hands_to: regulator}", rows[i].ways, NULL, ""},
        };
        char *text = planted_in_example(both, 2);
        planted_told told = planted_check(text);
        bool told_so = false;
        for (unsigned j = 0; j < told.count; j++) {
            told_so = told_so || strcmp(told.list[j].key, "no_recipient") == 0;
        }
        if (told_so == rows[i].sure) {
            fail_msg("row %zu", i);
        }
        free(text);
    }
}

/* As many more fields, each used by an action, as make this number. */
static planted_told with_fields(unsigned number)
{
    enum {
        OWN = 9
    };
    static char fields[16384];
    static char uses[8192];
    size_t at = 0;
    size_t used = 0;
    at += (size_t)sprintf(fields, "\n    fields:\n");
    used += (size_t)sprintf(uses, "- {field: address}\n");
    for (unsigned i = OWN; i < number; i++) {
        at += (size_t)sprintf(fields + at,
                              "      - {id: f%u, zh: 项%u, en: field %u, type: count}\n", i, i, i);
        used += (size_t)sprintf(uses + used, "          - {field: f%u}\n", i);
    }
    planted rows[] = {{"\n    fields:\n", fields, NULL, ""},
                      {"- {field: address}\n", uses, NULL, ""}};
    char *text = planted_in_example(rows, 2);
    planted_told told = planted_check(text);
    free(text);
    return told;
}

static void as_many_fields_as_the_bound_allows_and_not_one_more(void **state)
{
    (void)state;
    assert_int_equal(with_fields(TB_FIELDS_MAX).count, 0);
    planted_told told = with_fields(TB_FIELDS_MAX + 1);
    assert_int_equal(told.count, 1);
    assert_string_equal(told.list[0].key, "too_many");
}

static void tell_none(void *context, const tb_campaign_finding *finding)
{
    unsigned *count = context;
    *count += finding->line > 0;
}

static void beyond_a_thousand_findings_they_are_counted_and_said_to_be_more(void **state)
{
    (void)state;
    static char text[1 << 16];
    size_t at = (size_t)sprintf(text, "campaign: many\n");
    for (unsigned i = 0; i < 1500; i++) {
        at += (size_t)sprintf(text + at, "k%u: 1\n", i);
    }
    unsigned told = 0;
    unsigned count = 0;
    assert_ok(tb_campaign_check(tb_bytes_str(text), tell_none, &told, &count));
    assert_true(count > 1500);
    assert_int_equal(told, 1001);
}

static void a_document_signed_under_another_name_or_version_is_told(void **state)
{
    (void)state;
    char *text = planted_in_example(NULL, 0);
    unsigned count = 9;
    assert_ok(
        tb_campaign_check_as(tb_bytes_str(text), tb_bytes_str("example"), 1, NULL, NULL, &count));
    assert_int_equal(count, 0);
    assert_ok(
        tb_campaign_check_as(tb_bytes_str(text), tb_bytes_str("example"), 2, NULL, NULL, &count));
    assert_int_equal(count, 1);
    assert_ok(
        tb_campaign_check_as(tb_bytes_str(text), tb_bytes_str("other"), 1, NULL, NULL, &count));
    assert_int_equal(count, 1);
    free(text);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_is_told_where_it_stands),
    cmocka_unit_test(a_reader_that_is_never_addressed_is_told),
    cmocka_unit_test(who_never_holds_the_case_cannot_take_its_steps),
    cmocka_unit_test(what_a_condition_or_an_earlier_way_makes_sure_is_a_recipient),
    cmocka_unit_test(as_many_fields_as_the_bound_allows_and_not_one_more),
    cmocka_unit_test(beyond_a_thousand_findings_they_are_counted_and_said_to_be_more),
    cmocka_unit_test(a_document_signed_under_another_name_or_version_is_told),
};

TB_RUN("agents/load_flow", tests)
