/* Document numbers (发文字号): in sequence for each party and year, without holes, never twice. */
#include "tests/agents/world.h"

#include "agents/campaign/document_number.h"
#include "agents/check_case.h"
#include "agents/rows_recover.h"
#include "base/limits.h"
#include "tests/agents/planted.h"

#include <stdio.h>
#include <stdlib.h>

#define GROUP "supervision"

static const world_person town[] = {
    {"agri", "agri_centre", "", "农经技中心"}, {"finance", "finance_office", "", "财政所"},
    {"government", "town_gov", "", "镇政府"},  {"labour", "labour_office", "", "劳保所"},
    {"land", "land_office", "", "国土所"},     {GROUP, "supervision", "", "督查组"},
    {"village.1", "village", "", "东村"},      {"village.2", "village", "", "西村"},
};

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    world_campaign(w, "ops/campaigns/land-requisition.yaml");
    world_people(w, town, sizeof town / sizeof town[0]);
    at_time(w, GROUP, "2015-10-26T09:00:00+08:00");
    return code;
}

static tb_refusal circulates(world *w, const char *more)
{
    char fields[200];
    (void)snprintf(fields, sizeof fields, "title=进展通报|content=已销号3个%s", more);
    tb_refusal code = opens_type(w, GROUP, "circular", fields);
    deliver_all(w);
    return code;
}

static void bears(world *w, const char *party, const char *number)
{
    assert_string_equal(value_at(w, party, "circular_no"), number);
}

static void numbers_have_one_form(void **state)
{
    static const struct {
        const char *text;
        unsigned year; /* 0: it is none */
        uint32_t number;
    } rows[] = {
        {"〔2015〕1号", 2015, 1},
        {"〔2015〕999999号", 2015, TB_DOCUMENT_NUMBER_MAX},
        {"〔2015〕1000000号", 0, 0},
        {"〔2015〕0号", 0, 0},
        {"〔2015〕01号", 0, 0},
        {"〔2015〕号", 0, 0},
        {"〔0999〕1号", 0, 0},
        {"〔20155〕1号", 0, 0},
        {"[2015]1号", 0, 0},
        {"〔2015〕1号 ", 0, 0},
        {"〔2015〕1", 0, 0},
        {"浙〔2015〕1号", 0, 0},
        {"", 0, 0},
    };
    world *w = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        unsigned year = 0;
        uint32_t number = 0;
        tb_bytes text;
        bool is = tb_document_number_read(tb_bytes_str(rows[i].text), &year, &number);
        assert_int_equal(is, rows[i].year != 0);
        assert_int_equal(year, rows[i].year);
        assert_int_equal(number, rows[i].number);
        if (is) {
            assert_ok(tb_document_number_write(year, number, &w->memory, &text));
            assert_true(tb_bytes_equal(text, tb_bytes_str(rows[i].text)));
        }
    }
}

static void they_follow_each_other_and_begin_anew_with_the_year(void **state)
{
    world *w = *state;
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, GROUP, "〔2015〕1号");
    bears(w, "village.2", "〔2015〕1号"); /* everybody on the case reads it */
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, "village.1", "〔2015〕2号");
    at_time(w, GROUP, "2015-12-31T23:59:59+08:00");
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, GROUP, "〔2015〕3号");
    at_time(w, GROUP, "2016-01-01T00:00:00+08:00"); /* 2015 in UTC */
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, GROUP, "〔2016〕1号");
    check_world(w);
}

static void what_is_refused_leaves_no_hole_and_nobody_types_one(void **state)
{
    world *w = *state;
    assert_int_equal(opens_type(w, GROUP, "circular", "title=无正文"), TB_REFUSED_FIELD_MISSING);
    assert_int_equal(circulates(w, "|circular_no=〔2015〕7号"), TB_REFUSED_NUMBER_GIVEN);
    assert_int_equal(opens_type(w, "land", "circular", "title=x|content=x"), TB_REFUSED_ROLE);
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, GROUP, "〔2015〕1号");
}

/* A repeated request is the same document. */
static void a_request_asked_again_takes_no_further_number(void **state)
{
    world *w = *state;
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    tb_case_id first = w->case_id;
    w->requests--;
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    assert_true(tb_case_equal(&first, &w->case_id));
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, GROUP, "〔2015〕2号");
}

static void a_draft_is_numbered_when_it_is_issued(void **state)
{
    world *w = *state;
    link_up(w, GROUP, false);
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    assert_true(w->answer.draft);
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    link_up(w, GROUP, true); /* both are released, one after the other */
    deliver_all(w);
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, "land", "〔2015〕3号");
    check_world(w);
}

/* What it is counted by is in the store, not in memory. */
static void a_restart_goes_on_where_it_was(void **state)
{
    world *w = *state;
    world_agent *a = who(w, GROUP);
    tb_txn *txn;
    tb_refusal refused;
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    tb_agent fresh = {.self = a->id,
                      .hub = a->agent.hub,
                      .directory = &w->directory,
                      .campaigns = &w->campaigns,
                      .segments = &w->segments};
    a->agent = fresh;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_agent_start(&a->agent, txn, &w->random, &refused));
    assert_ok(tb_store_commit(txn));
    link_up(w, GROUP, true);
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, GROUP, "〔2015〕2号");
}

/* Nobody knows which numbers were given until everything has come back. */
static void while_the_party_recovers_nothing_is_numbered(void **state)
{
    world *w = *state;
    world_agent *a = who(w, GROUP);
    tb_recovery_row row = {.state = TB_RECOVERY_ASKING,
                           .old = {1, {1}},
                           .started = w->clock,
                           .due = w->clock + 1000000,
                           .account = tb_bytes_str("li"),
                           .reason = tb_bytes_str("disk")};
    for (unsigned i = 0; i < 2; i++) {
        tb_txn *txn;
        tb_arena_reset(&a->arena);
        assert_ok(tb_store_begin(a->store, &a->arena, &txn));
        assert_ok(tb_recovery_put(txn, &row));
        assert_ok(tb_store_commit(txn));
        if (i == 0) {
            assert_int_equal(circulates(w, ""), TB_ACCEPTED);
            assert_true(w->answer.draft); /* a new case, and still */
            row.state = TB_RECOVERY_ENDED;
        }
    }
    tick(w, GROUP, 5000);
    deliver_all(w);
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, GROUP, "〔2015〕2号");
}

/* An own event that comes back, as recovery brings it, raises the newest; another party's does not.
 */
static void a_number_that_comes_back_is_not_given_again(void **state)
{
    world *w = *state;
    world_agent *a = who(w, GROUP);
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    letter *theirs = NULL;
    for (size_t i = 0; i < w->letter_count; i++) {
        theirs = strcmp(w->letters[i].to.text, "land") == 0 ? &w->letters[i] : theirs;
    }
    assert_non_null(theirs);
    /* the store is lost; what the land office has comes back to its author */
    tb_store_close(a->store);
    tb_store_options options = {.quota_bytes = 64ull * 1024 * 1024, .kind = TB_STORE_AGENT};
    tb_txn *txn;
    tb_refusal refused;
    assert_ok(tb_store_open("", &options, &a->store));
    a->agent = (tb_agent){.self = a->id,
                          .hub = a->agent.hub,
                          .directory = &w->directory,
                          .campaigns = &w->campaigns,
                          .segments = &w->segments};
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_agent_start(&a->agent, txn, &w->random, &refused));
    assert_ok(tb_store_commit(txn));
    link_up(w, GROUP, true);
    at_time(w, GROUP, "2015-10-27T09:00:00+08:00");
    letter back = *theirs;
    back.to = a->id;
    assert_int_equal(deliver(w, &back), TB_ACCEPTED);
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    bears(w, GROUP, "〔2015〕3号");
    check_world(w);
}

static void the_check_finds_a_number_that_could_be_given_again(void **state)
{
    world *w = *state;
    world_agent *a = who(w, GROUP);
    tb_txn *txn;
    tb_bytes all = {NULL, 0};
    tb_bytes key;
    tb_bytes value;
    tb_bytes list[TB_CHECK_FAULTS_MAX];
    assert_int_equal(circulates(w, ""), TB_ACCEPTED);
    check_world(w);
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_store_seek(txn, TB_TABLE_NUMBERED, all, all, &key, &value));
    assert_ok(tb_store_del(txn, TB_TABLE_NUMBERED, key));
    tb_faults faults = {.arena = &a->arena, .list = list};
    assert_ok(tb_check_cases(&a->agent, txn, &faults));
    assert_int_equal(faults.count, 1);
    tb_store_abort(txn);
}

static void a_definition_that_cannot_number_is_told(void **state)
{
    static const planted rows[] = {
        {"document_number: circular_no", "document_number: circular", NULL, "number_field"},
        {"document_number: circular_no", "document_number: title", NULL, "number_field"},
        {"        document_number: circular_no\n", "", "{field: circular_no", "number_typed"},
        {"en: number of the notice, type: document-number",
         "en: number of the notice, type: document-number, group: content",
         "document_number: circular_no", "number_field"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = planted_in("ops/campaigns/land-requisition.yaml", &rows[i], 1);
        planted_told told = planted_check(text);
        planted_is_told(&rows[i], text, &told);
        free(text);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)

static const struct CMUnitTest tests[] = {
    TEST(numbers_have_one_form),
    TEST(they_follow_each_other_and_begin_anew_with_the_year),
    TEST(what_is_refused_leaves_no_hole_and_nobody_types_one),
    TEST(a_request_asked_again_takes_no_further_number),
    TEST(a_draft_is_numbered_when_it_is_issued),
    TEST(a_restart_goes_on_where_it_was),
    TEST(while_the_party_recovers_nothing_is_numbered),
    TEST(a_number_that_comes_back_is_not_given_again),
    TEST(the_check_finds_a_number_that_could_be_given_again),
    cmocka_unit_test(a_definition_that_cannot_number_is_told),
};

TB_RUN("document_numbers", tests)
