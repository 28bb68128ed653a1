/* An off-line party's answers on paper, entered by the party that handed it the case. */
#include "agents/paper.h"

#include <stdio.h>

#include "base/pack.h"
#include "messages/parts.h"
#include "tests/agents/world.h"

#define SUBMIT                                                                                     \
    "number=13800004567|reported_at=2015-02-09T11:39:00+08:00|offence=telecom_fraud|"              \
    "source=police_case|police_case_ref=A1"
#define RESULT                                                                                     \
    "verify_result=unidentified|action=shutdown|action_at=2015-02-08T10:00:00+08:00|"              \
    "result_note=已停机"

static tb_directory_party *party(world *w, const char *id)
{
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (strcmp(w->parties[i].id.text, id) == 0) {
            return &w->parties[i];
        }
    }
    fail_msg("nobody is called %s", id);
    return NULL;
}

static tb_refusal papers(world *w,
                         const char *id,
                         const char *on_behalf,
                         const char *action,
                         const char *number,
                         const char *date,
                         const char *fields)
{
    tb_local_request request = {.kind = TB_REQUEST_PAPER};
    w->requests++;
    memcpy(request.id.bytes, &w->requests, sizeof w->requests);
    request.paper.act.case_id = w->case_id;
    request.paper.act.action = tb_bytes_str(action);
    request.paper.act.field_count = fields_of(w, fields, &request.paper.act.fields);
    assert_true(tb_party_parse(tb_bytes_str(on_behalf), &request.paper.on_behalf));
    request.paper.number = tb_bytes_str(number);
    request.paper.date = tb_bytes_str(date);
    return ask(w, id, &request)->code;
}

/* The case is with cm.44, which has no line. */
static void order(world *w)
{
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    order_for(w, SUBMIT);
    assert_string_equal(holder_at(w, "bureau.44"), "cm.44");
}

static const tb_local_event *newest_event(world *w, const char *id)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, id, &request);
    assert_int_equal(answer->code, TB_ACCEPTED);
    const tb_local_event *newest = NULL;
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        const tb_local_event *e = &answer->case_.events[i];
        newest = newest == NULL || e->number > newest->number ? e : newest;
    }
    return newest;
}

static void it_is_entered_by_who_handed_the_case_and_everybody_sees_by_whom(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(
        papers(w, "bureau.44", "cm.44", "result", "粤移函〔2015〕7号", "2015-02-08", RESULT),
        TB_ACCEPTED);
    assert_string_equal(holder_at(w, "bureau.44"), "bureau.44");
    assert_int_equal(acts(w, "bureau.44", "shut_down", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "answer", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.33"), "answered");
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_case *whole = &ask(w, "bureau.33", &request)->case_;
    const tb_local_event *paper = NULL;
    for (size_t i = 0; i < whole->event_count; i++) {
        if (tb_bytes_equal(whole->events[i].action, tb_bytes_str("result"))) {
            paper = &whole->events[i];
        }
    }
    assert_non_null(paper);
    assert_string_equal(paper->actor.text, "bureau.44");
    assert_string_equal(paper->on_behalf.text, "cm.44");
    assert_true(tb_bytes_equal(paper->paper_no, tb_bytes_str("粤移函〔2015〕7号")));
    assert_true(tb_bytes_equal(paper->paper_date, tb_bytes_str("2015-02-08")));
    check_world(w);
}

static void the_off_line_party_is_told_what_was_entered_in_its_name(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "7号", "2015-02-08", RESULT),
                     TB_ACCEPTED);
    const tb_local_event *event = newest_event(w, "bureau.44");
    assert_int_equal(event->addressee_count, 2); /* and the discovery bureau, as of any result */
    assert_string_equal(event->addressees[0].text, "bureau.33");
    assert_string_equal(event->addressees[1].text, "cm.44");
}

static void nobody_else_enters_it(void **state)
{
    world *w = *state;
    order(w);
    deliver_all(w);
    assert_int_equal(papers(w, "bureau.33", "cm.44", "result", "7号", "2015-02-08", RESULT),
                     TB_REFUSED_PAPER_SENDER);
    assert_int_equal(papers(w, "bureau.44", "bureau.44", "result", "7号", "2015-02-08", RESULT),
                     TB_REFUSED_ROLE);
    assert_string_equal(holder_at(w, "bureau.44"), "cm.44");
}

static void a_party_with_a_line_acts_itself(void **state)
{
    world *w = *state;
    order(w);
    party(w, "cm.44")->state = TB_PARTY_ACTIVE;
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "7号", "2015-02-08", RESULT),
                     TB_REFUSED_PAPER_PARTY);
    party(w, "cm.44")->state = TB_PARTY_ENDED;
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "7号", "2015-02-08", RESULT),
                     TB_REFUSED_PAPER_PARTY);
}

static void only_what_the_campaign_allows_the_off_line_party(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(papers(w, "bureau.44", "cm.44", "answer", "7号", "2015-02-08", ""),
                     TB_REFUSED_ROLE);
    assert_int_equal(papers(w, "bureau.44", "cm.44", "remark", "7号", "2015-02-08", "comment=x"),
                     TB_REFUSED_PAPER_ACTION);
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "7号", "2015-02-08", ""),
                     TB_REFUSED_FIELD_MISSING);
}

static void the_paper_is_named_with_number_and_a_day_that_was(void **state)
{
    world *w = *state;
    order(w);
    char long_number[TB_PAPER_NO_BYTES_MAX + 2];
    memset(long_number, 'x', sizeof long_number - 1);
    long_number[sizeof long_number - 1] = 0;
    const char *const numbers[] = {"", "7号", "7号", "7号", long_number};
    const char *const dates[] = {"2015-02-08", "", "2015-02-30", "2999-01-01", "2015-02-08"};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(papers(w, "bureau.44", "cm.44", "result", numbers[i], dates[i], RESULT),
                         TB_REFUSED_PAPER_REFERENCE);
    }
    long_number[TB_PAPER_NO_BYTES_MAX] = 0;
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "机密★一年", "2015-02-08", RESULT),
                     TB_REFUSED_SECRET_MARK);
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", long_number, "2015-02-08", RESULT),
                     TB_ACCEPTED);
}

/* What each receiver judges for itself, when the entering party's program was tampered with. */
static void a_receiver_refuses_it_from_anybody_else(void **state)
{
    world *w = *state;
    order(w);
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "7号", "2015-02-08", RESULT),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "shut_down", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "answer", ""), TB_ACCEPTED);
    /* in the directory its event names, the receiver reads that the party is active */
    party(w, "cm.44")->state = TB_PARTY_ACTIVE;
    letter *l = letter_to(w, "bureau.33");
    while (l != NULL && deliver(w, l) == TB_ACCEPTED) {
        l = letter_to(w, "bureau.33");
    }
    assert_non_null(l);
    assert_int_equal(who(w, "bureau.33")->refused, TB_REFUSED_PAPER_PARTY);
}

/* ---- by the directory the event names ---- */

static tb_directory_key made_up_key(tb_purpose purpose, uint8_t fill)
{
    tb_directory_key key = {.purpose = purpose};
    memset(key.key.bytes, fill, sizeof key.key.bytes);
    key.id = tb_key_id_of(purpose, &key.key);
    return key;
}

/* A party has kept the first directory, in which cm.44 was in that state. */
static void keep_directory(world *w, const char *id, tb_party_state state)
{
    tb_directory_party parties[2] = {*party(w, "bureau.44"), *party(w, "cm.44")};
    for (size_t i = 0; i < 2; i++) {
        parties[i].key_count = 0;
        parties[i].state = TB_PARTY_OFF_LINE;
    }
    tb_directory_key keys[3] = {made_up_key(TB_PURPOSE_SIGN, 3), made_up_key(TB_PURPOSE_SEAL, 4),
                                made_up_key(TB_PURPOSE_TRANSPORT, 5)};
    parties[0].state = TB_PARTY_ACTIVE;
    parties[0].keys = keys;
    parties[0].key_count = 3;
    parties[1].state = state;
    tb_directory kept = {
        .version = 1,
        .exercise = true,
        .authority = made_up_key(TB_PURPOSE_AUTHORITY, 1),
        .hub_keys = {made_up_key(TB_PURPOSE_SIGN, 2), made_up_key(TB_PURPOSE_TRANSPORT, 6)},
        .parties = parties,
        .party_count = 2,
        .title_zh = tb_bytes_str("名录"),
        .title_en = tb_bytes_str("directory"),
    };
    tb_document document = {
        .kind = TB_DOCUMENT_DIRECTORY, .name = tb_bytes_str("directory"), .version = 1};
    tb_bytes value;
    assert_ok(tb_directory_encode(&kept, &w->memory, &document.content));
    assert_ok(tb_document_encode(&document, &w->memory, &value));
    uint8_t buffer[32];
    tb_writer key;
    tb_writer_init(&key, buffer, sizeof buffer);
    tb_put_u32(&key, TB_DOCUMENT_DIRECTORY);
    tb_put_raw(&key, "directory", sizeof "directory");
    tb_put_u32(&key, 1);
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_store_put(txn, TB_TABLE_DOCUMENT, tb_bytes_of(buffer, key.size), value));
    assert_ok(tb_store_commit(txn));
}

/* cm.44's answer on paper, under directory 1, is on its way to bureau.33. */
static void answered_on_paper(world *w)
{
    order(w);
    deliver_all(w);
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "7号", "2015-02-08", RESULT),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "shut_down", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.44", "answer", ""), TB_ACCEPTED);
}

static tb_refusal deliver_to(world *w, const char *id)
{
    tb_refusal refused = TB_ACCEPTED;
    for (letter *l = letter_to(w, id); l != NULL && refused == TB_ACCEPTED; l = letter_to(w, id)) {
        refused = deliver(w, l);
    }
    return refused;
}

static void it_is_judged_by_the_directory_its_event_names(void **state)
{
    world *w = *state;
    answered_on_paper(w);
    keep_directory(w, "bureau.33", TB_PARTY_OFF_LINE);
    w->directory.version = 2;
    party(w, "cm.44")->state = TB_PARTY_ACTIVE; /* it has joined since */
    assert_int_equal(deliver_to(w, "bureau.33"), TB_ACCEPTED);
    assert_string_equal(state_at(w, "bureau.33"), "answered");
    check_world(w);
}

static void it_is_refused_where_that_directory_has_the_party_with_a_line(void **state)
{
    world *w = *state;
    answered_on_paper(w);
    keep_directory(w, "bureau.33", TB_PARTY_ENDED);
    w->directory.version = 2;
    assert_int_equal(deliver_to(w, "bureau.33"), TB_REFUSED_PAPER_PARTY);
    check_world(w);
}

static void it_waits_for_a_directory_that_has_not_come_yet(void **state)
{
    world *w = *state;
    tb_directory older = w->directory;
    w->directory.version = 2;
    answered_on_paper(w);
    world_agent *a = who(w, "bureau.33");
    a->agent.directory = &older;
    assert_int_equal(deliver_to(w, "bureau.33"), TB_ACCEPTED);
    assert_string_equal(state_at(w, "bureau.33"), "verifying");
    assert_true(summary_at(w, "bureau.33").held_back > 0);

    a->agent.directory = &w->directory;
    tb_txn *txn;
    tb_step step;
    bool due;
    tb_arena_reset(&a->arena);
    tb_effects_reset(a->effects);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_paper_due(&a->agent, txn, &due));
    assert_true(due);
    tb_now now = {w->clock, w->clock};
    assert_ok(tb_step_make(&a->agent, txn, now, &w->random, a->effects, &step));
    assert_ok(tb_paper_tick(&step));
    assert_ok(tb_paper_due(&a->agent, txn, &due));
    assert_false(due);
    world_end(w, a, txn);
    assert_string_equal(state_at(w, "bureau.33"), "answered");
    check_world(w);
}

static tb_err paper_tick(tb_step *step)
{
    bool due;
    tb_err err = tb_paper_due(step->agent, step->txn, &due);
    return err == TB_OK && due ? tb_paper_tick(step) : err;
}

/* An answer on paper in a case of its own, on its way to bureau.33: its event names that version of
 * the directory. */
static tb_digest paper_under(world *w, const char *number, uint32_t version)
{
    char lead[256];
    (void)snprintf(lead, sizeof lead,
                   "number=%s|reported_at=2015-02-09T11:39:00+08:00|offence=telecom_fraud|"
                   "source=police_case|police_case_ref=A1",
                   number);
    w->directory.version = 1;
    order_for(w, lead);
    deliver_all(w);
    w->directory.version = version;
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "7号", "2015-02-08", RESULT),
                     TB_ACCEPTED);
    tb_digest id = newest_event(w, "bureau.44")->event;
    deliver_all(w);
    return id;
}

/* Of those that wait at a party for a directory, the first. */
static tb_digest first_held(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_digest missing = tb_paper_directory();
    tb_bytes prefix = tb_bytes_of(missing.bytes, TB_DIGEST_BYTES);
    tb_bytes key;
    tb_bytes value;
    tb_digest first;
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_store_seek(txn, TB_TABLE_HELD, prefix, prefix, &key, &value));
    memcpy(first.bytes, key.data + TB_DIGEST_BYTES, TB_DIGEST_BYTES);
    tb_store_abort(txn);
    return first;
}

/* An event that names a directory nobody has made stands before the others in what waits. */
static void one_whose_directory_never_comes_keeps_no_other_waiting(void **state)
{
    world *w = *state;
    tb_directory older = w->directory;
    party(w, "cm.44")->state = TB_PARTY_OFF_LINE;
    who(w, "bureau.33")->agent.directory = &older;
    (void)paper_under(w, "13800004561", UINT32_MAX);
    (void)paper_under(w, "13800004562", UINT32_MAX);
    (void)paper_under(w, "13800004563", UINT32_MAX);
    tb_digest good = paper_under(w, "13800004567", 2);
    tb_digest first = first_held(w, "bureau.33");
    assert_false(tb_digest_equal(&first, &good));
    assert_string_equal(state_at(w, "bureau.33"), "verifying");
    w->directory.version = 2;
    who(w, "bureau.33")->agent.directory = &w->directory;
    turn_of(w, "bureau.33", paper_tick);
    assert_string_equal(holder_at(w, "bureau.33"), "bureau.44");
    check_world(w);
}

/* The letter's event so often again, each a ms later, under a directory that never comes, and
 * before the letter's own in what waits. */
static void send_before(world *w, const letter *l, size_t count)
{
    tb_digest id = l->ids[0];
    tb_event event = event_in(w, l);
    event.directory_version = UINT32_MAX;
    while (count > 0) {
        letter many = *l;
        tb_bytes events[TB_NOTICE_EVENTS_MAX];
        tb_digest ids[TB_NOTICE_EVENTS_MAX];
        many.ids = ids;
        for (many.id_count = 0; many.id_count < TB_NOTICE_EVENTS_MAX && count > 0;) {
            event.at++;
            assert_ok(tb_event_encode(&event, &w->memory, &events[many.id_count]));
            ids[many.id_count] = tb_event_id(events[many.id_count]);
            bool before = memcmp(ids[many.id_count].bytes, id.bytes, TB_DIGEST_BYTES) < 0;
            many.id_count += before ? 1 : 0;
            count -= before ? 1 : 0;
        }
        assert_ok(tb_part_events_encode(events, many.id_count, &w->memory, &many.events));
        assert_int_equal(deliver(w, &many), TB_ACCEPTED);
    }
}

/* More than one turn looks through. */
static void very_many_whose_directory_never_comes_keep_no_other_waiting(void **state)
{
    world *w = *state;
    tb_directory older = w->directory;
    order(w);
    deliver_all(w);
    w->directory.version = 2;
    who(w, "bureau.33")->agent.directory = &older;
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "7号", "2015-02-08", RESULT),
                     TB_ACCEPTED);
    send_before(w, letter_to(w, "bureau.33"), 300);
    deliver_all(w);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 301);
    who(w, "bureau.33")->agent.directory = &w->directory;
    turn_of(w, "bureau.33", paper_tick);
    assert_string_equal(holder_at(w, "bureau.33"), "cm.44");
    turn_of(w, "bureau.33", paper_tick);
    assert_string_equal(holder_at(w, "bureau.33"), "bureau.44");
    assert_int_equal(summary_at(w, "bureau.33").held_back, 300);
    w->directory.version = 3; /* and all again under the next */
    turn_of(w, "bureau.33", paper_tick);
    turn_of(w, "bureau.33", paper_tick);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 300);
    check_world(w);
}

static void it_waits_as_a_draft_and_says_then_whose_paper_it_was(void **state)
{
    world *w = *state;
    order(w);
    link_up(w, "bureau.44", false);
    assert_int_equal(papers(w, "bureau.44", "cm.44", "result", "7号", "2015-02-08", RESULT),
                     TB_ACCEPTED);
    assert_true(w->answer.draft);
    link_up(w, "bureau.44", true);
    const tb_local_event *event = newest_event(w, "bureau.44");
    assert_string_equal(event->on_behalf.text, "cm.44");
    assert_true(tb_bytes_equal(event->paper_no, tb_bytes_str("7号")));
}

#define T(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    T(it_is_entered_by_who_handed_the_case_and_everybody_sees_by_whom),
    T(the_off_line_party_is_told_what_was_entered_in_its_name),
    T(nobody_else_enters_it),
    T(a_party_with_a_line_acts_itself),
    T(only_what_the_campaign_allows_the_off_line_party),
    T(the_paper_is_named_with_number_and_a_day_that_was),
    T(a_receiver_refuses_it_from_anybody_else),
    T(it_is_judged_by_the_directory_its_event_names),
    T(it_is_refused_where_that_directory_has_the_party_with_a_line),
    T(it_waits_for_a_directory_that_has_not_come_yet),
    T(one_whose_directory_never_comes_keeps_no_other_waiting),
    T(very_many_whose_directory_never_comes_keep_no_other_waiting),
    T(it_waits_as_a_draft_and_says_then_whose_paper_it_was),
};

TB_RUN("agents/paper", tests)
