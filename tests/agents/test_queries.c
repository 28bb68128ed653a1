/* What a query shows when there is more than fits, and of what was lost. */
#include "agents/rows_case.h"
#include "agents/rows_recover.h"
#include "base/pack.h"
#include "messages/document.h"
#include "tests/agents/edited.h"
#include "tests/agents/world.h"
#include "tests/store/failing.h"

#define NOBODYS                                                                                    \
    "number=13900001234|source=police_case|offence=other|reported_at=2015-02-09T11:39:00+08:00"
#define POLICE "police.33"
#define BUREAU "bureau.33"

static tb_txn *begin_at(world *w, const char *party)
{
    world_agent *a = who(w, party);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

static const tb_local_case *shown(world *w, const char *party)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, party, &request);
    assert_int_equal(answer->kind, TB_ANSWER_CASE);
    return &answer->case_;
}

/* Nobody takes what lies here; letters and answers of so many acts would fill the world. */
static void lose_all(world *w)
{
    for (size_t i = 0; i < w->letter_count; i++) {
        w->letters[i].gone = true;
    }
    world_sweep(w);
}

/* ---- one case ---- */

static void the_events_of_a_case_are_shown_up_to_a_bound(void **state)
{
    world *w = *state;
    const size_t most = failing_awake() ? 4 : 1024;
    assert_int_equal(opens(w, POLICE, NOBODYS), TB_ACCEPTED);
    deliver_all(w);
    for (size_t i = 1; i < most; i++) {
        assert_int_equal(acts(w, BUREAU, "remark", "comment=x"), TB_ACCEPTED);
        if (i % 256 == 0) {
            lose_all(w);
        }
    }
    link_up(w, BUREAU, false);
    assert_int_equal(acts(w, BUREAU, "accept", ""), TB_ACCEPTED); /* a draft, one more */
    assert_int_equal(shown(w, BUREAU)->event_count, failing_awake() ? most + 1 : most);
}

/* Of a recovered agency a group that it could read and does not have is lost, and is not among
 * those that are not for it. */
static void what_is_lost_is_told_from_what_is_not_ones_to_read(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, POLICE, NOBODYS "|police_case_ref=A1|remark=told"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, POLICE, "remark", "comment=beside"), TB_ACCEPTED);
    deliver_all(w);
    size_t unread = shown(w, BUREAU)->events[0].unread_count;
    tb_txn *txn = begin_at(w, BUREAU);
    tb_recovery_row recovery = {.state = TB_RECOVERY_ENDED, .ended = w->clock};
    assert_ok(tb_recovery_put(txn, &recovery));
    assert_ok(tb_store_commit(txn));
    const tb_local_case *whole = shown(w, BUREAU);
    assert_int_equal(whole->events[0].unread_count, unread);
    assert_int_equal(whole->events[0].lost_count, 0);
    /* the openings go of the event in the chain and of the one beside it */
    for (uint8_t class = TB_CLASS_CHAIN; class <= TB_CLASS_SIDE; class ++) {
        tb_event_walk walk;
        tb_event_key key;
        tb_event_row row;
        txn = begin_at(w, BUREAU);
        assert_ok(tb_event_first(txn, &w->case_id, class, &walk, &key, &row));
        assert_ok(tb_openings_drop(txn, &key));
        assert_ok(tb_store_commit(txn));
    }
    whole = shown(w, BUREAU);
    assert_int_equal(whole->event_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(whole->events[i].lost_count > 0);
        assert_int_equal(whole->events[i].unread_count, i == 0 ? unread : 0);
    }
    /* at who may not read a group, nothing of it is lost */
    assert_int_equal(shown(w, POLICE)->events[0].lost_count, 0);
}

/* ---- many cases ---- */

static tb_local_cases page(world *w, tb_local_list list)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CASES, .list = list};
    const tb_local_answer *answer = ask(w, POLICE, &request);
    assert_int_equal(answer->kind, TB_ANSWER_CASES);
    return answer->cases;
}

/* All pages of a list; *out_pages how many there were. */
static size_t all_of(world *w, tb_local_list list, size_t *out_pages)
{
    size_t count = 0;
    *out_pages = 0;
    do {
        tb_local_cases cases = page(w, list);
        count += cases.count;
        assert_ok(tb_arena_copy(&w->memory, cases.next, &list.after));
        (*out_pages)++;
    } while (list.after.size > 0);
    return count;
}

static void a_page_ends_before_it_is_too_heavy_for_the_socket(void **state)
{
    world *w = *state;
    const size_t count = failing_awake() ? 1 : 160;
    static char fields[4400] = NOBODYS "|remark=";
    memset(fields + strlen(fields), 'x', 4000);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(opens(w, POLICE, fields), TB_ACCEPTED);
        lose_all(w);
    }
    size_t pages;
    assert_int_equal(all_of(w, (tb_local_list){.limit = 500}, &pages), count);
    assert_int_equal(pages, failing_awake() ? 1 : 2);
}

/* An indexed field is looked up in every campaign installed; two versions have one index. */
static void a_value_is_found_once_however_many_versions_are_installed(void **state)
{
    world *w = *state;
    const tb_campaign *both[] = {w->campaign, w->campaign};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(opens(w, POLICE, NOBODYS), TB_ACCEPTED);
    }
    w->campaigns = (tb_campaigns){both, 2};
    tb_local_list list = {.field = tb_bytes_str("number"), .value = tb_bytes_str("13900001234")};
    size_t pages;
    assert_int_equal(all_of(w, list, &pages), 3);
    assert_int_equal(pages, 1);
    list.limit = 2;
    assert_int_equal(all_of(w, list, &pages), 3);
    assert_int_equal(pages, 2);
    static char long_value[TB_FIELD_BYTES_MAX];
    memset(long_value, '1', sizeof long_value);
    list.value = tb_bytes_of(long_value, sizeof long_value); /* no index holds it */
    assert_int_equal(all_of(w, list, &pages), 0);
}

/* ---- when it was done ---- */

/* By its effective time: in time by its own clock, an act may be stored when its stage is over. */
static void whether_an_act_was_in_its_stage_goes_by_its_effective_time(void **state)
{
    world *w = *state;
    static const char *const extended[] = {
        "from: \"${year}-09-01\", to: \"${year}-10-30\"",
        "from: \"${year}-09-01\", to: \"${year}-10-30\", counts_until: \"${year}-10-15\"", NULL};
    static const struct {
        const char *time;
        tb_shown_timing timing;
    } rows[] = {{"2015-10-01T12:00:00+08:00", TB_IN_TIME},
                {"2015-10-20T12:00:00+08:00", TB_NOT_COUNTED},
                {"2015-11-20T12:00:00+08:00", TB_IN_NO_STAGE}};
    tb_campaign_loaded_free(w->loaded);
    w->loaded = edited("tests/system/staged.yaml", extended);
    w->campaign = tb_campaign_loaded_get(w->loaded);
    w->campaigns = (tb_campaigns){&w->campaign, 1};
    at_time(w, POLICE, "2015-07-20T12:00:00+08:00");
    assert_int_equal(opens_type(w, POLICE, "problem", "item=first"), TB_ACCEPTED);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        at_time(w, POLICE, rows[i].time);
        assert_int_equal(acts(w, POLICE, "note", ""), TB_ACCEPTED);
        const tb_local_case *whole = shown(w, POLICE);
        assert_int_equal(whole->events[0].timing, TB_IN_TIME); /* the opening has no stage */
        assert_int_equal(whole->events[i + 1].timing, rows[i].timing);
    }
}

/* ---- what is installed, and who takes part ---- */

static void install(world *w, const char *name, uint32_t version, const char *content)
{
    tb_txn *txn = begin_at(w, POLICE);
    uint8_t key[64];
    tb_writer writer;
    tb_bytes packed;
    tb_document document = {.kind = TB_DOCUMENT_CAMPAIGN,
                            .name = tb_bytes_str(name),
                            .version = version,
                            .content = tb_bytes_str(content)};
    tb_writer_init(&writer, key, sizeof key);
    tb_put_u32(&writer, (uint32_t)document.kind);
    tb_put_raw(&writer, document.name.data, document.name.size);
    tb_put_u8(&writer, 0);
    tb_put_u32(&writer, version);
    assert_ok(tb_document_encode(&document, tb_txn_arena(txn), &packed));
    assert_ok(tb_store_put(txn, TB_TABLE_DOCUMENT, tb_bytes_of(key, writer.size), packed));
    assert_ok(tb_store_commit(txn));
}

static void a_document_is_shown_by_its_name_and_version_the_newest_by_its_name_alone(void **state)
{
    world *w = *state;
    static char long_name[300];
    memset(long_name, 'x', sizeof long_name - 1);
    const struct {
        const char *name;
        uint32_t version;
        const char *content; /* NULL: there is none */
    } rows[] = {{"black-card", 1, "first"}, {"black-card", 0, "second"}, {"black-card", 3, NULL},
                {"black", 0, NULL},         {"another", 0, NULL},        {long_name, 0, NULL}};
    install(w, "black-card", 1, "first");
    install(w, "black-card", 2, "second");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tb_local_request request = {.kind = TB_REQUEST_GET_DOCUMENT};
        request.document.kind = TB_DOCUMENT_CAMPAIGN;
        request.document.name = tb_bytes_str(rows[i].name);
        request.document.version = rows[i].version;
        const tb_local_answer *answer = ask(w, POLICE, &request);
        assert_int_equal(answer->code, rows[i].content == NULL ? TB_REFUSED_REQUEST : TB_ACCEPTED);
        if (rows[i].content != NULL) {
            assert_true(tb_bytes_equal(answer->content.content, tb_bytes_str(rows[i].content)));
        }
    }
}

static void a_party_is_listed_with_its_attributes(void **state)
{
    world *w = *state;
    tb_attribute attributes[] = {{tb_bytes_str("network"), tb_bytes_str("CM")},
                                 {tb_bytes_str("level"), tb_bytes_str("group")}};
    w->parties[0].attributes = attributes;
    w->parties[0].attribute_count = 2;
    tb_local_request request = {.kind = TB_REQUEST_LIST_DIRECTORY};
    const tb_local_answer *answer = ask(w, POLICE, &request);
    assert_int_equal(answer->parties.count, w->directory.party_count);
    assert_int_equal(answer->parties.lines[0].attribute_count, 2);
    assert_true(
        tb_bytes_equal(answer->parties.lines[0].attributes[1].value, tb_bytes_str("group")));
    assert_int_equal(answer->parties.lines[1].attribute_count, 0);
    w->parties[0].attribute_count = 0;
}

/* What may be opened is said of the newest version of each campaign, once. */
static void what_may_be_opened_is_of_the_newest_version_alone(void **state)
{
    world *w = *state;
    tb_campaign newer = *w->campaign;
    newer.version++;
    const tb_campaign *both[] = {w->campaign, &newer};
    tb_local_request request = {.kind = TB_REQUEST_LIST_ACTS};
    size_t before = ask(w, POLICE, &request)->acts.count;
    w->campaigns = (tb_campaigns){both, 2};
    assert_int_equal(ask(w, POLICE, &request)->acts.count, before);
    w->campaigns = (tb_campaigns){&w->campaign, 1};
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(the_events_of_a_case_are_shown_up_to_a_bound),
    IN_A_WORLD(what_is_lost_is_told_from_what_is_not_ones_to_read),
    IN_A_WORLD(a_page_ends_before_it_is_too_heavy_for_the_socket),
    IN_A_WORLD(a_value_is_found_once_however_many_versions_are_installed),
    IN_A_WORLD(whether_an_act_was_in_its_stage_goes_by_its_effective_time),
    IN_A_WORLD(a_document_is_shown_by_its_name_and_version_the_newest_by_its_name_alone),
    IN_A_WORLD(a_party_is_listed_with_its_attributes),
    IN_A_WORLD(what_may_be_opened_is_of_the_newest_version_alone),
};

TB_RUN("agents/queries", tests)
