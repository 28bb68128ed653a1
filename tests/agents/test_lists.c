/* Lists: positions of many parties keep copies, the gate answers from them, and cases that an act
 * opens. On tests/agents/register.yaml. */
#include "tests/agents/bent_rows.h"
#include "tests/agents/world.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/lists.h"
#include "tests/agents/edited.h"

#define SHOP                                                                                       \
    "province=44|operator=CM|agent_code=GD-00-17|channel_name=某某通讯器材店|district=海珠区"

static int setup(void **state)
{
    (void)world_setup(state);
    world_campaign(*state, "tests/agents/register.yaml");
    return 0;
}

/* An entry of Guangdong that everybody concerned has. */
static void list_one(world *w, const char *fields)
{
    assert_int_equal(opens_type(w, "bureau.44", "entry", fields), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "list", "reason=卖卡不登记"), TB_ACCEPTED);
    deliver_all(w);
}

static tb_local_verdicts gate(world *w, const char *party, const char *fields, const char *province)
{
    tb_local_request request = {.kind = TB_REQUEST_CHECK_LIST};
    tb_local_applicant applicant;
    applicant.field_count = fields_of(w, fields, &applicant.fields);
    request.check_list.list = tb_bytes_str("channels");
    request.check_list.province = tb_bytes_str(province);
    request.check_list.applicants = &applicant;
    request.check_list.count = 1;
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_int_equal(answer->kind, TB_ANSWER_VERDICTS);
    assert_int_equal(answer->verdicts.count, 1);
    return answer->verdicts;
}

static tb_gate verdict(world *w, const char *party, const char *fields)
{
    tb_local_verdicts all = gate(w, party, fields, "");
    assert_int_equal(all.verdicts[0].code, TB_ACCEPTED);
    return all.verdicts[0].verdict;
}

static tb_local_shown_list shown(world *w, const char *party)
{
    tb_local_request request = {.kind = TB_REQUEST_SHOW_LIST};
    request.show_list.list = tb_bytes_str("channels");
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->shown_list;
}

/* ---- positions of many ---- */

static void every_party_in_a_position_of_many_is_told_and_nobody_else(void **state)
{
    world *w = *state;
    assert_int_equal(opens_type(w, "bureau.44", "entry", SHOP), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "list", ""), TB_ACCEPTED);
    assert_non_null(letter_to(w, "cm.44"));
    assert_non_null(letter_to(w, "resale.1"));
    assert_non_null(letter_to(w, "headquarters"));
    assert_null(letter_to(w, "cm.33"));
    assert_null(letter_to(w, "bureau.33"));
    deliver_all(w);
    assert_string_equal(value_at(w, "cm.44", "agent_code"), "GD-00-17");
    assert_string_equal(value_at(w, "resale.1", "agent_code"), "GD-00-17");
    check_world(w);
}

static void one_of_many_writes_its_side_event_and_a_party_of_another_place_may_not(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    assert_int_equal(acts(w, "bureau.44", "remove", "reason=查无实据"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "confirm_removal", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "resale.1", "confirm_removal", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "confirm_removal", ""), TB_REFUSED_ROLE);
    deliver_all(w);
    check_world(w);
}

/* A directory with as many resale operators as this, besides the parties there are. */
static void enrol_resale(world *w, tb_directory *out, size_t count)
{
    tb_directory_party *parties =
        tb_arena_array(&w->memory, w->directory.party_count + count, sizeof *parties);
    assert_non_null(parties);
    memcpy(parties, w->directory.parties, w->directory.party_count * sizeof *parties);
    for (size_t i = 0; i < count; i++) {
        char id[24];
        tb_bytes kept;
        assert_true(snprintf(id, sizeof id, "resale.x%03zu", i) > 0);
        assert_ok(tb_arena_copy(&w->memory, tb_bytes_str(id), &kept));
        tb_directory_party *party = &parties[w->directory.party_count + i];
        *party = w->directory.parties[w->directory.party_count - 1]; /* resale.1 */
        assert_true(tb_party_parse(kept, &party->id));
    }
    *out = w->directory;
    out->version++;
    out->parties = parties;
    out->party_count += count;
}

static void an_act_told_to_more_parties_than_a_notice_can_name_is_refused(void **state)
{
    world *w = *state;
    tb_directory larger;
    assert_int_equal(opens_type(w, "bureau.44", "entry", SHOP), TB_ACCEPTED);
    /* with cm.44, ct.44, headquarters and resale.1 these are one more than a notice takes */
    enrol_resale(w, &larger, TB_ADDRESSEES_MAX - 3);
    who(w, "bureau.44")->agent.directory = &larger;
    assert_int_equal(acts(w, "bureau.44", "list", ""), TB_REFUSED_ADDRESSEES_MANY);
    enrol_resale(w, &larger, TB_ADDRESSEES_MAX - 4);
    who(w, "bureau.44")->agent.directory = &larger;
    assert_int_equal(acts(w, "bureau.44", "list", ""), TB_ACCEPTED);
    who(w, "bureau.44")->agent.directory = &w->directory;
}

/* ---- the gate (domain.md §7, 11) ---- */

static void
an_agent_code_on_the_list_is_refused_in_its_province_and_allowed_in_another(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    tb_local_verdicts here = gate(w, "cm.44", "operator=CM|agent_code=GD-00-17", "");
    assert_int_equal(here.verdicts[0].verdict, TB_GATE_LISTED);
    assert_int_equal(here.verdicts[0].count, 1);
    const tb_local_entry *entry = &here.verdicts[0].entries[0];
    assert_true(tb_case_equal(&entry->case_id, &w->case_id));
    assert_string_equal(entry->listed_by.text, "bureau.44");
    assert_true(tb_bytes_equal(entry->state, tb_bytes_str("listed")));
    assert_true(entry->listed > 0);
    /* a resale operator works in every province, and has the entry: it lists in its own alone */
    assert_int_equal(
        gate(w, "resale.1", "operator=CM|agent_code=GD-00-17", "44").verdicts[0].verdict,
        TB_GATE_LISTED);
    assert_int_equal(
        gate(w, "resale.1", "operator=CM|agent_code=GD-00-17", "33").verdicts[0].verdict,
        TB_GATE_NOT_FOUND);
    assert_int_equal(verdict(w, "cm.33", "operator=CM|agent_code=GD-00-17"), TB_GATE_NOT_FOUND);
    check_world(w);
}

static void scenario_11_with_sharing_on_it_is_refused_in_every_province(void **state)
{
    world *w = *state;
    const char *edits[] = {
        "    listed_in: [listed]\n", "    scope: national\n    listed_in: [listed]\n",
        "kind: every, role: operator, field: province}\n      - {id: resale_all, zh: "
        "转售企业, en: resale operators, kind: every, role: resale}\n      - {id: "
        "headquarters, zh: 专项办, en: headquarters, kind: role, role: "
        "headquarters}\n    states:\n      - {id: proposed",
        "kind: every, role: operator}\n      - {id: resale_all, zh: "
        "转售企业, en: resale operators, kind: every, role: resale}\n      - {id: "
        "headquarters, zh: 专项办, en: headquarters, kind: role, role: "
        "headquarters}\n    states:\n      - {id: proposed",
        NULL};
    tb_campaign_loaded *national = edited("tests/agents/register.yaml", edits);
    w->campaign = tb_campaign_loaded_get(national);
    list_one(w, SHOP);
    assert_int_equal(verdict(w, "cm.33", "operator=CM|agent_code=GD-00-17"), TB_GATE_LISTED);
    assert_int_equal(verdict(w, "cm.44", "operator=CM|agent_code=GD-00-17"), TB_GATE_LISTED);
    assert_int_equal(verdict(w, "resale.1", "operator=CM|agent_code=GD-00-17"), TB_GATE_LISTED);
    check_world(w);
    w->campaign = tb_campaign_loaded_get(w->loaded);
    tb_campaign_loaded_free(national);
}

static void a_code_is_found_however_it_is_written_and_another_is_not(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    assert_int_equal(verdict(w, "cm.44", "operator=移动|agent_code=ｇｄ 00－17"), TB_GATE_LISTED);
    assert_int_equal(verdict(w, "cm.44", "operator=CT|agent_code=GD-00-17"), TB_GATE_NOT_FOUND);
    assert_int_equal(verdict(w, "cm.44", "operator=CM|agent_code=GD-00-1"), TB_GATE_NOT_FOUND);
    assert_int_equal(verdict(w, "cm.44", "operator=CM|agent_code=GD-00-170"), TB_GATE_NOT_FOUND);
}

static void a_shop_is_found_by_its_old_number_and_its_new_one(void **state)
{
    world *w = *state;
    list_one(w, "province=44|channel_name=老店|reg_no=110108000000016|uscc=91350100M000100Y43");
    assert_int_equal(verdict(w, "cm.44", "reg_no=1101 0800 0000 016"), TB_GATE_LISTED);
    assert_int_equal(verdict(w, "cm.44", "uscc=91350100m000100y43"), TB_GATE_LISTED);
    /* a wrong check digit is a mistake to correct, never "not found" */
    tb_local_verdicts wrong = gate(w, "cm.44", "reg_no=110108000000017", "");
    assert_int_equal(wrong.verdicts[0].code, TB_REFUSED_FIELD_INVALID);
    assert_int_equal(wrong.verdicts[0].verdict, 0);
    assert_true(tb_bytes_equal(wrong.verdicts[0].detail, tb_bytes_str("reg_no")));
}

static void a_like_name_at_the_place_is_possible_and_a_person_must_compare(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    assert_int_equal(verdict(w, "cm.44", "channel_name=「某某」通讯·器材店|district=海珠区"),
                     TB_GATE_POSSIBLE);
    assert_int_equal(verdict(w, "cm.44", "channel_name=某某通讯器材店"), TB_GATE_POSSIBLE);
    assert_int_equal(verdict(w, "cm.44", "channel_name=某某通讯器材店|district=天河区"),
                     TB_GATE_NOT_FOUND);
    assert_int_equal(verdict(w, "cm.44", "channel_name=某某通讯|district=海珠区"),
                     TB_GATE_NOT_FOUND);
    /* the number decides before the name does */
    assert_int_equal(
        verdict(w, "cm.44", "operator=CM|agent_code=GD-00-17|channel_name=某某通讯器材店"),
        TB_GATE_LISTED);
}

static void a_question_without_a_whole_key_is_told_what_is_missing(void **state)
{
    world *w = *state;
    tb_local_verdicts all = gate(w, "cm.44", "operator=CM", "");
    assert_int_equal(all.verdicts[0].code, TB_REFUSED_LIST_KEY);
    all = gate(w, "cm.44", "reason=x", "");
    assert_int_equal(all.verdicts[0].code, TB_REFUSED_FIELD_UNKNOWN);
    all = gate(w, "cm.44", "operator=XX|agent_code=1", "");
    assert_int_equal(all.verdicts[0].code, TB_REFUSED_CHOICE);
}

static void an_entry_that_two_keys_find_is_shown_once(void **state)
{
    world *w = *state;
    list_one(w, SHOP "|reg_no=110108000000016");
    tb_local_verdicts all =
        gate(w, "cm.44", "operator=CM|agent_code=GD-00-17|reg_no=110108000000016", "");
    assert_int_equal(all.verdicts[0].verdict, TB_GATE_LISTED);
    assert_int_equal(all.verdicts[0].count, 1);
    /* a key left empty is none; a field the list is not searched by is refused by name */
    assert_int_equal(
        gate(w, "cm.44", "operator=CM|agent_code=GD-00-17|uscc=", "").verdicts[0].verdict,
        TB_GATE_LISTED);
    all = gate(w, "cm.44", "agent_code=GD-00-17|nothing=1", "");
    assert_int_equal(all.verdicts[0].code, TB_REFUSED_FIELD_UNKNOWN);
    assert_true(tb_bytes_equal(all.verdicts[0].detail, tb_bytes_str("nothing")));
    all = gate(w, "cm.44", "reason=x", "");
    assert_int_equal(all.verdicts[0].code, TB_REFUSED_FIELD_UNKNOWN);
}

static void a_list_nobody_has_and_a_party_without_a_province_are_told(void **state)
{
    world *w = *state;
    tb_local_request request = {.kind = TB_REQUEST_CHECK_LIST};
    request.check_list.list = tb_bytes_str("nowhere");
    assert_int_equal(ask(w, "cm.44", &request)->code, TB_REFUSED_LIST_UNKNOWN);
    request.check_list.list = tb_bytes_str("channels");
    assert_int_equal(ask(w, "resale.1", &request)->code, TB_REFUSED_LIST_PROVINCE);
    tb_local_request show = {.kind = TB_REQUEST_SHOW_LIST};
    show.show_list.list = tb_bytes_str("channels");
    show.show_list.entry.bytes[0] = 9;
    assert_int_equal(ask(w, "cm.44", &show)->code, TB_REFUSED_LIST_ENTRY);
    show = (tb_local_request){.kind = TB_REQUEST_SHOW_LIST};
    show.show_list.list = tb_bytes_str("nowhere");
    assert_int_equal(ask(w, "cm.44", &show)->code, TB_REFUSED_LIST_UNKNOWN);
    show.show_list.list = tb_bytes_str("channels");
    show.show_list.after = tb_bytes_str("not a page's end");
    show.show_list.after.size--;
    assert_int_equal(ask(w, "cm.44", &show)->code, TB_REFUSED_REQUEST);
}

static void whatever_a_row_of_a_list_is_the_check_goes_to_its_end(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    check_world(w);
    assert_true(
        bend_rows(who(w, "cm.44")->store, &who(w, "cm.44")->arena, &who(w, "cm.44")->agent) > 50);
    check_world(w);
}

static void every_list_is_told_with_how_many_stand_on_it(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    tb_local_request request = {.kind = TB_REQUEST_LIST_LISTS};
    const tb_local_answer *answer = ask(w, "cm.44", &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    assert_int_equal(answer->kind, TB_ANSWER_LISTS);
    assert_int_equal(answer->lists.count, 1);
    assert_int_equal(answer->lists.lines[0].listed, 1);
    assert_int_equal(answer->lists.lines[0].removed, 0);
    assert_int_equal(acts(w, "bureau.44", "remove", "reason=整改完成"), TB_ACCEPTED);
    deliver_all(w);
    answer = ask(w, "cm.44", &request);
    assert_int_equal(answer->lists.lines[0].listed, 0);
    assert_int_equal(answer->lists.lines[0].removed, 1);
}

static void what_is_taken_off_is_not_found_and_what_is_listed_again_is(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    assert_int_equal(acts(w, "bureau.44", "remove", "reason=整改完成"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(verdict(w, "cm.44", "operator=CM|agent_code=GD-00-17"), TB_GATE_NOT_FOUND);
    tb_local_shown_list list = shown(w, "cm.44");
    assert_int_equal(list.list.removed, 1);
    assert_int_equal(list.list.listed, 0);
    assert_int_equal(list.entries[0].standing, TB_LIST_REMOVED);
    assert_string_equal(list.entries[0].removed_by.text, "bureau.44");
    check_world(w);
    assert_int_equal(acts(w, "bureau.44", "list", "confirmed_by=wang"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(verdict(w, "cm.44", "operator=CM|agent_code=GD-00-17"), TB_GATE_LISTED);
    check_world(w);
}

static void a_take_over_that_leaves_a_listing_aside_takes_it_off_every_copy(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    assert_int_equal(acts(w, "headquarters", "take", "reason=误列"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(verdict(w, "cm.44", "operator=CM|agent_code=GD-00-17"), TB_GATE_NOT_FOUND);
    assert_int_equal(
        gate(w, "bureau.44", "operator=CM|agent_code=GD-00-17", "").verdicts[0].verdict,
        TB_GATE_NOT_FOUND);
    check_world(w);
}

static void a_new_number_told_later_is_found_from_then_on(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    assert_int_equal(verdict(w, "cm.44", "uscc=91350100M000100Y43"), TB_GATE_NOT_FOUND);
    assert_int_equal(acts(w, "bureau.44", "remove", "reason=换证"), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "list", "uscc=91350100M000100Y43|confirmed_by=wang"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(verdict(w, "cm.44", "uscc=91350100M000100Y43"), TB_GATE_LISTED);
    assert_int_equal(verdict(w, "cm.44", "operator=CM|agent_code=GD-00-17"), TB_GATE_LISTED);
    check_world(w);
}

/* Everything a turn reads is copied into its memory, so that is how much was read. */
static size_t read_by_gate(world *w, const char *fields)
{
    (void)verdict(w, "cm.44", fields);
    return who(w, "cm.44")->arena.used;
}

static void the_gate_reads_as_much_of_a_long_list_as_of_a_short_one(void **state)
{
    world *w = *state;
    char fields[200];
    list_one(w, SHOP);
    size_t one = read_by_gate(w, "operator=CM|agent_code=GD-00-17");
    size_t none = read_by_gate(w, "operator=CM|agent_code=GD-99");
    for (unsigned i = 0; i < 60; i++) {
        assert_true(snprintf(fields, sizeof fields,
                             "province=44|operator=CM|agent_code=GD-01-%u|channel_name=店%u", i,
                             i) > 0);
        assert_int_equal(opens_type(w, "bureau.44", "entry", fields), TB_ACCEPTED);
        assert_int_equal(acts(w, "bureau.44", "list", "confirmed_by=wang"), TB_ACCEPTED);
        deliver_all(w);
    }
    assert_in_range(read_by_gate(w, "operator=CM|agent_code=GD-00-17"), one / 2, one + one / 4);
    assert_in_range(read_by_gate(w, "operator=CM|agent_code=GD-99"), none / 2, none + none / 4);
    check_world(w);
}

static void the_copy_says_when_the_hub_was_last_heard(void **state)
{
    world *w = *state;
    world_agent *a = who(w, "cm.44");
    tb_local_verdicts never = gate(w, "cm.44", "operator=CM|agent_code=1", "");
    assert_int_equal(never.list.heard, 0);
    a->agent.times.heard = w->clock;
    tb_time heard = w->clock;
    link_up(w, "cm.44", false);
    w->clock += 3 * 3600 * 1000;
    tb_local_verdicts later = gate(w, "cm.44", "operator=CM|agent_code=1", "");
    assert_int_equal(later.list.heard, heard);
    assert_in_range(later.list.now - later.list.heard, 3 * 3600 * 1000, 3 * 3600 * 1000 + 10000);
    assert_false(later.list.linked);
}

/* ---- the brake ---- */

static tb_refusal list_nth(world *w, unsigned n, const char *confirmed)
{
    char fields[200];
    assert_true(snprintf(fields, sizeof fields,
                         "province=44|operator=CM|agent_code=GD-02-%u|channel_name=店%u", n,
                         n) > 0);
    assert_int_equal(opens_type(w, "bureau.44", "entry", fields), TB_ACCEPTED);
    return acts(w, "bureau.44", "list", confirmed);
}

static void beyond_the_brake_a_second_account_must_confirm(void **state)
{
    world *w = *state;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(list_nth(w, i, ""), TB_ACCEPTED);
    }
    assert_int_equal(list_nth(w, 3, ""), TB_REFUSED_LIST_BRAKE);
    /* its own name is no second one, however it is written; the tests' account is "li" */
    assert_int_equal(acts(w, "bureau.44", "list", "confirmed_by= ＬＩ"), TB_REFUSED_LIST_BRAKE);
    assert_int_equal(acts(w, "bureau.44", "list", "confirmed_by=wang"), TB_ACCEPTED);
    deliver_all(w);
    /* a removal counts alike */
    assert_int_equal(acts(w, "bureau.44", "remove", "reason=x"), TB_REFUSED_LIST_BRAKE);
    /* another party's brake is its own */
    assert_int_equal(opens_type(w, "bureau.33", "entry", "province=33|channel_name=店"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "list", ""), TB_ACCEPTED);
    deliver_all(w);
    check_world(w);
}

static void after_the_hours_of_the_brake_listing_goes_on(void **state)
{
    world *w = *state;
    at_time(w, "bureau.44", "2015-03-02T09:00:00+08:00");
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(list_nth(w, i, ""), TB_ACCEPTED);
    }
    at_time(w, "bureau.44", "2015-03-03T09:00:00+08:00"); /* 24 hours later, to the instant */
    assert_int_equal(list_nth(w, 3, ""), TB_REFUSED_LIST_BRAKE);
    at_time(w, "bureau.44", "2015-03-03T09:00:00.001+08:00");
    assert_int_equal(acts(w, "bureau.44", "list", ""), TB_ACCEPTED);
}

/* ---- cases that an act opens ---- */

#define CARD "province=44|network=CM|shop_code=GD-00-18|shop_name=另一家店|note=内部"

static tb_local_family family_at(world *w, const char *party, const tb_case_id *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_FAMILY, .case_id = *id};
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    return answer->family;
}

static void an_act_opens_another_case_that_names_it_and_outlives_it(void **state)
{
    world *w = *state;
    assert_int_equal(opens_type(w, "bureau.44", "card", CARD), TB_ACCEPTED);
    tb_case_id parent = w->case_id;
    assert_int_equal(acts(w, "bureau.44", "shut", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.44"), "shut"); /* the parent has ended */
    tb_local_family family = family_at(w, "bureau.44", &parent);
    assert_true(tb_case_zero(&family.parent.case_id));
    assert_int_equal(family.count, 1);
    w->case_id = family.children[0].case_id;
    assert_true(tb_bytes_equal(family.children[0].case_type, tb_bytes_str("entry")));
    assert_string_equal(value_at(w, "bureau.44", "agent_code"), "GD-00-18");
    assert_string_equal(value_at(w, "bureau.44", "channel_name"), "另一家店");
    assert_string_equal(value_at(w, "bureau.44", "operator"), "CM");
    assert_int_equal(acts(w, "bureau.44", "list", ""), TB_ACCEPTED);
    deliver_all(w);
    family = family_at(w, "bureau.44", &w->case_id);
    assert_true(tb_case_equal(&family.parent.case_id, &parent));
    assert_true(family.parent.known);
    /* the relation is sealed for the bureau alone */
    family = family_at(w, "cm.44", &w->case_id);
    assert_true(tb_case_zero(&family.parent.case_id));
    assert_int_equal(verdict(w, "cm.44", "operator=CM|agent_code=GD-00-18"), TB_GATE_LISTED);
    check_world(w);
}

static void what_does_not_hold_opens_nothing(void **state)
{
    world *w = *state;
    assert_int_equal(opens_type(w, "bureau.44", "card", "province=44|shop_name=x"), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "shut", ""), TB_ACCEPTED);
    assert_int_equal(family_at(w, "bureau.44", &w->case_id).count, 0);
}

static void a_repeated_request_opens_no_second_case(void **state)
{
    world *w = *state;
    assert_int_equal(opens_type(w, "bureau.44", "card", CARD), TB_ACCEPTED);
    tb_local_request request = {.kind = TB_REQUEST_ACT, .id = {{7, 7}}};
    request.act.case_id = w->case_id;
    request.act.action = tb_bytes_str("shut");
    assert_int_equal(ask(w, "bureau.44", &request)->code, TB_ACCEPTED);
    assert_int_equal(ask(w, "bureau.44", &request)->code, TB_ACCEPTED);
    assert_int_equal(family_at(w, "bureau.44", &w->case_id).count, 1);
}

static void an_act_is_refused_when_the_case_it_opens_would_be(void **state)
{
    world *w = *state;
    /* an entry needs the channel's name */
    assert_int_equal(opens_type(w, "bureau.44", "card", "province=44|network=CM|shop_code=1"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "shut", ""), TB_REFUSED_OPENS);
    assert_string_equal(state_at(w, "bureau.44"), "open");
    assert_int_equal(family_at(w, "bureau.44", &w->case_id).count, 0);
    assert_int_equal(acts(w, "bureau.44", "shut", "shop_name=补填"), TB_ACCEPTED);
    assert_int_equal(family_at(w, "bureau.44", &w->case_id).count, 1);
    deliver_all(w);
    check_world(w);
}

static void as_a_draft_the_act_and_the_case_it_opens_both_wait(void **state)
{
    world *w = *state;
    assert_int_equal(opens_type(w, "bureau.44", "card", CARD), TB_ACCEPTED);
    link_up(w, "bureau.44", false);
    assert_int_equal(acts(w, "bureau.44", "shut", ""), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_string_equal(state_at(w, "bureau.44"), "open");
    assert_int_equal(family_at(w, "bureau.44", &w->case_id).count, 0);
    link_up(w, "bureau.44", true);
    assert_string_equal(state_at(w, "bureau.44"), "shut");
    assert_int_equal(family_at(w, "bureau.44", &w->case_id).count, 1);
    deliver_all(w);
    check_world(w);
}

/* ---- what each of many owes ---- */

/* The state of a party's duty at the bureau's; 0: it owes none. */
static tb_duty_state owed_at(world *w, const char *at, const char *debtor)
{
    tb_local_duties duties = duties_at(w, at);
    for (size_t i = 0; i < duties.count; i++) {
        if (tb_case_equal(&duties.lines[i].case_id, &w->case_id) &&
            strcmp(duties.lines[i].debtor.text, debtor) == 0) {
            return duties.lines[i].state;
        }
    }
    return 0; /* none, or done: what is done is not listed */
}

static void a_removal_is_open_until_every_subscriber_has_returned_its_receipt(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    assert_int_equal(acts(w, "bureau.44", "remove", "reason=查无实据"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(owed_at(w, "bureau.44", "cm.44"), TB_DUTY_OPEN);
    assert_int_equal(owed_at(w, "bureau.44", "ct.44"), TB_DUTY_OPEN);
    assert_int_equal(owed_at(w, "bureau.44", "resale.1"), TB_DUTY_OPEN);
    assert_int_equal(owed_at(w, "bureau.44", "headquarters"), TB_DUTY_OPEN);
    assert_int_equal(shown(w, "bureau.44").entries[0].outstanding_count, 4);
    assert_int_equal(acts(w, "cm.44", "confirm_removal", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "headquarters", "confirm_removal", ""), TB_ACCEPTED);
    deliver_all(w);
    /* one's receipt is nobody else's */
    assert_int_equal(owed_at(w, "bureau.44", "cm.44"), 0);
    assert_int_equal(owed_at(w, "bureau.44", "ct.44"), TB_DUTY_OPEN);
    tb_local_shown_list list = shown(w, "bureau.44");
    assert_int_equal(list.entries[0].confirmed_count, 2);
    assert_int_equal(list.entries[0].outstanding_count, 2);
    assert_string_equal(list.entries[0].outstanding[0].text, "ct.44");
    assert_int_equal(acts(w, "ct.44", "confirm_removal", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "resale.1", "confirm_removal", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(shown(w, "bureau.44").entries[0].outstanding_count, 0);
    assert_int_equal(duties_at(w, "bureau.44").count, 0);
    check_world(w);
    /* a receipt is for the removal its author saw: another asks for it again */
    assert_int_equal(acts(w, "bureau.44", "list", "confirmed_by=wang"), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "remove", "reason=x|confirmed_by=wang"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(shown(w, "bureau.44").entries[0].outstanding_count, 4);
    check_world(w);
}

static void a_receipt_not_returned_lapses_for_the_party_that_owes_it(void **state)
{
    world *w = *state;
    at_time(w, "bureau.44", "2015-03-02T09:00:00+08:00");
    list_one(w, SHOP);
    assert_int_equal(acts(w, "bureau.44", "remove", "reason=查无实据"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "confirm_removal", ""), TB_ACCEPTED);
    deliver_all(w);
    at_time(w, "bureau.44", "2015-03-05T09:00:00+08:00");
    judge_due(w, "bureau.44");
    deliver_all(w);
    assert_int_equal(owed_at(w, "bureau.44", "cm.44"), 0);
    assert_int_equal(owed_at(w, "bureau.44", "ct.44"), TB_DUTY_LAPSED);
    assert_int_equal(owed_at(w, "bureau.44", "resale.1"), TB_DUTY_LAPSED);
    /* everybody on the case learns whose lapse it is */
    assert_int_equal(owed_at(w, "ct.44", "ct.44"), TB_DUTY_LAPSED);
    assert_int_equal(owed_at(w, "cm.44", "resale.1"), TB_DUTY_LAPSED);
    check_world(w);
    /* late is better than never, and is shown as late */
    at_time(w, "ct.44", "2015-03-05T10:00:00+08:00");
    assert_int_equal(acts(w, "ct.44", "confirm_removal", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(owed_at(w, "bureau.44", "ct.44"), 0);
    check_world(w);
}

static const tb_local_owed *owed_by(const tb_local_family *family, const char *debtor)
{
    for (size_t i = 0; i < family->owed_count; i++) {
        if (strcmp(family->owed[i].debtor.text, debtor) == 0) {
            return &family->owed[i];
        }
    }
    fail_msg("%s owes nothing", debtor);
    return NULL;
}

/* A take-over releases who still owes. What one of them had done counts, whichever came first. */
static void what_was_done_counts_whether_it_or_the_take_over_came_first(void **state)
{
    world *w = *state;
    list_one(w, SHOP);
    assert_int_equal(acts(w, "bureau.44", "remove", "reason=查无实据"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "confirm_removal", ""), TB_ACCEPTED);
    letter *receipt = letter_to(w, "bureau.44");
    assert_non_null(receipt);
    receipt->gone = true; /* it lies for a while */
    assert_int_equal(acts(w, "headquarters", "take", "reason=移交"), TB_ACCEPTED);
    deliver_all(w);
    tb_local_family family = family_at(w, "bureau.44", &w->case_id);
    assert_int_equal(owed_by(&family, "cm.44")->state, TB_DUTY_RELEASED);
    assert_int_equal(deliver(w, receipt), TB_ACCEPTED);
    deliver_all(w);
    family = family_at(w, "bureau.44", &w->case_id); /* the take-over came first here */
    assert_int_equal(owed_by(&family, "cm.44")->state, TB_DUTY_ON_TIME);
    assert_int_equal(owed_by(&family, "ct.44")->state, TB_DUTY_RELEASED);
    family = family_at(w, "cm.44", &w->case_id); /* and the receipt here */
    assert_int_equal(owed_by(&family, "cm.44")->state, TB_DUTY_ON_TIME);
    assert_int_equal(owed_by(&family, "ct.44")->state, TB_DUTY_RELEASED);
    check_world(w);
}

static void joint_opinions_are_each_partys_own_and_its_last_word_is_shown(void **state)
{
    world *w = *state;
    assert_int_equal(opens_type(w, "bureau.44", "card", CARD), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "consult", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(owed_at(w, "bureau.44", "cm.44"), TB_DUTY_OPEN);
    assert_int_equal(owed_at(w, "bureau.44", "ct.44"), TB_DUTY_OPEN);
    assert_int_equal(acts(w, "cm.44", "opine", "opinion=agree"), TB_ACCEPTED);
    assert_int_equal(acts(w, "cm.44", "opine", "opinion=objection"), TB_ACCEPTED);
    assert_int_equal(acts(w, "police.33", "opine", "opinion=agree"), TB_REFUSED_UNKNOWN_CASE);
    deliver_all(w);
    tb_local_family family = family_at(w, "bureau.44", &w->case_id);
    assert_int_equal(family.owed_count, 2);
    assert_string_equal(family.owed[0].debtor.text, "cm.44");
    assert_int_equal(family.owed[0].state, TB_DUTY_ON_TIME);
    assert_int_equal(family.owed[0].field_count, 1);
    /* what it said last */
    assert_true(tb_bytes_equal(family.owed[0].fields[0].value, tb_bytes_str("objection")));
    assert_string_equal(family.owed[1].debtor.text, "ct.44");
    assert_int_equal(family.owed[1].state, TB_DUTY_OPEN);
    check_world(w);
}

static void of_a_duty_that_began_twice_the_newer_round_is_shown(void **state)
{
    world *w = *state;
    assert_int_equal(opens_type(w, "bureau.44", "card", CARD), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "consult", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "opine", "opinion=agree"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(owed_at(w, "bureau.44", "cm.44"), 0);
    assert_int_equal(acts(w, "bureau.44", "consult", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_local_family family = family_at(w, "bureau.44", &w->case_id);
    assert_int_equal(family.owed_count, 2);
    assert_int_equal(owed_by(&family, "cm.44")->state, TB_DUTY_OPEN);
    assert_int_equal(owed_by(&family, "ct.44")->state, TB_DUTY_OPEN);
    check_world(w);
}

/* The case and its child may be pinned to different versions; each is told once. */
static void relations_are_looked_for_in_every_version_and_told_once(void **state)
{
    static const char *const edits[] = {"\nversion: 1", "\nversion: 2", NULL};
    world *w = *state;
    tb_campaign_loaded *second = edited("tests/agents/register.yaml", edits);
    const tb_campaign *all[] = {w->campaign, tb_campaign_loaded_get(second)};
    const tb_campaigns before = w->campaigns;
    assert_int_equal(opens_type(w, "bureau.44", "card", CARD), TB_ACCEPTED);
    tb_case_id parent = w->case_id;
    assert_int_equal(acts(w, "bureau.44", "shut", ""), TB_ACCEPTED);
    deliver_all(w);
    w->campaigns = (tb_campaigns){all, 2};
    tb_local_family family = family_at(w, "bureau.44", &parent);
    assert_int_equal(family.count, 1);
    family = family_at(w, "bureau.44", &family.children[0].case_id);
    assert_true(tb_case_equal(&family.parent.case_id, &parent));
    /* and a list is told once, as the newest version has it */
    tb_local_request request = {.kind = TB_REQUEST_LIST_LISTS};
    assert_int_equal(ask(w, "bureau.44", &request)->lists.count, 1);
    w->campaigns = before;
    tb_campaign_loaded_free(second);
}

#define HERE(test) cmocka_unit_test_setup_teardown(test, setup, world_teardown)

static const struct CMUnitTest tests[] = {
    HERE(every_party_in_a_position_of_many_is_told_and_nobody_else),
    HERE(one_of_many_writes_its_side_event_and_a_party_of_another_place_may_not),
    HERE(an_act_told_to_more_parties_than_a_notice_can_name_is_refused),
    HERE(an_agent_code_on_the_list_is_refused_in_its_province_and_allowed_in_another),
    HERE(scenario_11_with_sharing_on_it_is_refused_in_every_province),
    HERE(a_code_is_found_however_it_is_written_and_another_is_not),
    HERE(a_shop_is_found_by_its_old_number_and_its_new_one),
    HERE(a_like_name_at_the_place_is_possible_and_a_person_must_compare),
    HERE(a_question_without_a_whole_key_is_told_what_is_missing),
    HERE(an_entry_that_two_keys_find_is_shown_once),
    HERE(a_list_nobody_has_and_a_party_without_a_province_are_told),
    HERE(whatever_a_row_of_a_list_is_the_check_goes_to_its_end),
    HERE(every_list_is_told_with_how_many_stand_on_it),
    HERE(what_is_taken_off_is_not_found_and_what_is_listed_again_is),
    HERE(a_take_over_that_leaves_a_listing_aside_takes_it_off_every_copy),
    HERE(a_new_number_told_later_is_found_from_then_on),
    HERE(the_gate_reads_as_much_of_a_long_list_as_of_a_short_one),
    HERE(the_copy_says_when_the_hub_was_last_heard),
    HERE(beyond_the_brake_a_second_account_must_confirm),
    HERE(after_the_hours_of_the_brake_listing_goes_on),
    HERE(an_act_opens_another_case_that_names_it_and_outlives_it),
    HERE(what_does_not_hold_opens_nothing),
    HERE(a_repeated_request_opens_no_second_case),
    HERE(an_act_is_refused_when_the_case_it_opens_would_be),
    HERE(as_a_draft_the_act_and_the_case_it_opens_both_wait),
    HERE(a_removal_is_open_until_every_subscriber_has_returned_its_receipt),
    HERE(a_receipt_not_returned_lapses_for_the_party_that_owes_it),
    HERE(what_was_done_counts_whether_it_or_the_take_over_came_first),
    HERE(of_a_duty_that_began_twice_the_newer_round_is_shown),
    HERE(relations_are_looked_for_in_every_version_and_told_once),
    HERE(joint_opinions_are_each_partys_own_and_its_last_word_is_shown),
};

TB_RUN("agents/lists", tests)
