#include "agents/held.h"
#include "messages/parts.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

/* A copy of a party's store, put in its place: an old backup, or a second copy of it. */
static tb_store *clone(world *w, const char *id)
{
    tb_store *copy;
    assert_ok(tb_store_mem_clone(who(w, id)->store, &copy));
    return copy;
}

static tb_store *swap(world *w, const char *id, tb_store *other)
{
    tb_store *mine = who(w, id)->store;
    who(w, id)->store = other;
    return mine;
}

static void lose(world *w, const char *id)
{
    for (letter *l = letter_to(w, id); l != NULL; l = letter_to(w, id)) {
        l->gone = true;
    }
}

static void submit(world *w)
{
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
}

static void what_is_known_already_has_no_second_effect(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    letter *first = letter_to(w, "bureau.33");
    assert_int_equal(deliver(w, first), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(deliver(w, first), TB_ACCEPTED);
    assert_string_equal(state_at(w, "bureau.33"), "accepted");
    check_world(w);
}

static void an_event_without_its_predecessor_is_held_back_until_it_comes(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter *accepted = letter_to(w, "police.33");
    accepted->gone = true;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    letter *forwarded = letter_to(w, "police.33");
    assert_int_equal(deliver(w, forwarded), TB_ACCEPTED);
    tb_local_summary summary = summary_at(w, "police.33");
    assert_int_equal(summary.number, 1);
    assert_int_equal(summary.held_back, 1);
    check_world(w);
    assert_int_equal(deliver(w, accepted), TB_ACCEPTED);
    summary = summary_at(w, "police.33");
    assert_int_equal(summary.number, 3);
    assert_int_equal(summary.held_back, 0);
    check_world(w);
}

static void an_event_whose_number_does_not_follow_is_refused_and_not_held_back(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter *l = letter_to(w, "police.33");
    tb_event event = event_in(w, l);
    event.number = 3;
    put_event(w, l, &event);
    assert_int_equal(deliver(w, l), TB_REFUSED_MALFORMED);
    assert_int_equal(summary_at(w, "police.33").held_back, 0);
    assert_int_equal(summary_at(w, "police.33").number, 1);
    check_world(w);
}

/* Both are installed, and one is a case of the other. */
static void a_case_does_not_go_on_in_another_campaign(void **state)
{
    static tb_campaign other;
    world *w = *state;
    const tb_campaign *both[] = {w->campaign, &other};
    tb_campaigns campaigns = {both, 2};
    other = *w->campaign;
    other.id = "other";
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter *l = letter_to(w, "police.33");
    tb_event event = event_in(w, l);
    event.campaign = tb_bytes_str(other.id);
    put_event(w, l, &event);
    who(w, "police.33")->agent.campaigns = &campaigns;
    assert_int_equal(deliver(w, l), TB_REFUSED_MALFORMED);
    assert_string_equal(state_at(w, "police.33"), "submitted");
    who(w, "police.33")->agent.campaigns = &w->campaigns;
    check_world(w);
}

static void a_case_whose_opening_has_not_come_is_shown_as_held_back(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    letter *opening = letter_to(w, "bureau.33");
    opening->gone = true;
    /* the police's agent believes the bureau has it */
    tb_local_request request = {.kind = TB_REQUEST_ACT, .id = {{9}}};
    request.act.case_id = w->case_id;
    request.act.action = tb_bytes_str("remark");
    request.act.field_count = fields_of(w, "comment=补充", &request.act.fields);
    assert_int_equal(ask(w, "police.33", &request)->code, TB_ACCEPTED);
    assert_int_equal(deliver(w, letter_to(w, "bureau.33")), TB_ACCEPTED);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 1);
    assert_int_equal(deliver(w, opening), TB_ACCEPTED);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 0);
    assert_string_equal(value_at(w, "bureau.33", "number"), "13800001234");
    check_world(w);
}

/* The bureau acts, is set back to its backup, and acts otherwise. */
static void fork_at_bureau(world *w)
{
    submit(w);
    tb_store *backup = clone(w, "bureau.33");
    assert_int_equal(acts(w, "bureau.33", "return", "return_reason=incomplete"), TB_ACCEPTED);
    tb_store_close(swap(w, "bureau.33", backup));
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
}

static void a_fork_freezes_the_case_and_keeps_both(void **state)
{
    world *w = *state;
    fork_at_bureau(w);
    assert_int_equal(deliver(w, letter_to(w, "police.33")), TB_ACCEPTED);
    assert_string_equal(state_at(w, "police.33"), "returned");
    assert_int_equal(deliver(w, letter_to(w, "police.33")), TB_ACCEPTED);
    assert_true(summary_at(w, "police.33").frozen);
    assert_string_equal(state_at(w, "police.33"), "returned");
    assert_int_equal(alarms_at(w, "police.33"), 1);
    assert_int_equal(acts(w, "police.33", "resubmit", ""), TB_REFUSED_FROZEN);

    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, "police.33", &request);
    assert_int_equal(answer->case_.event_count, 3);
    unsigned forked = 0;
    for (size_t i = 0; i < 3; i++) {
        forked += answer->case_.events[i].standing == TB_STANDING_FORKED;
    }
    assert_int_equal(forked, 1);
    check_world(w);
}

static void a_take_over_settles_a_fork(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    /* the home acts, is set back to its backup, and acts otherwise */
    tb_store *backup = clone(w, "bureau.44");
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    tb_store_close(swap(w, "bureau.44", backup));
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_true(summary_at(w, "bureau.33").frozen);
    assert_string_equal(state_at(w, "bureau.33"), "signed_for");
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=forked"), TB_ACCEPTED);
    lose(w, "bureau.44"); /* whose store never had the branch this builds on */
    deliver_all(w);
    static const char *all[] = {"police.33", "bureau.33"};
    for (size_t i = 0; i < 2; i++) {
        tb_local_summary summary = summary_at(w, all[i]);
        assert_false(summary.frozen);
        assert_int_equal(summary.term, 2);
        assert_int_equal(summary.number, 5);
        assert_string_equal(state_at(w, all[i]), "accepted");
    }
    check_world(w);
}

static unsigned standing_at(world *w, const char *id, tb_standing standing)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = w->case_id};
    const tb_local_answer *answer = ask(w, id, &request);
    unsigned count = 0;
    for (size_t i = 0; i < answer->case_.event_count; i++) {
        count += answer->case_.events[i].standing == standing;
    }
    return count;
}

/* Neither branch goes on: which is meant only a take-over can say. */
static void what_follows_either_branch_of_a_fork_has_no_effect(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    tb_store *backup = clone(w, "bureau.44");
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    tb_store *first = swap(w, "bureau.44", backup);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_true(summary_at(w, "bureau.33").frozen);
    /* the copy that signed for it knows of no fork */
    tb_store_close(swap(w, "bureau.44", first));
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(standing_at(w, "bureau.33", TB_STANDING_FORKED), 2);
    assert_string_equal(state_at(w, "bureau.33"), "signed_for");
    assert_true(summary_at(w, "bureau.33").frozen);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=forked"), TB_ACCEPTED);
    assert_int_equal(standing_at(w, "bureau.33", TB_STANDING_OVERTAKEN), 2);
}

static void events_of_a_term_that_is_over_are_overtaken(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    /* the home signs for it while the discovery bureau takes it over */
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(state_at(w, "bureau.33"), "accepted");
    assert_string_equal(state_at(w, "bureau.44"), "accepted");
    assert_string_equal(holder_at(w, "bureau.44"), "bureau.33");
    assert_int_equal(acts(w, "bureau.44", "order", "ordered=cm.44"), TB_REFUSED_NOT_HOLDER);
    check_world(w);
}

static void of_two_take_overs_in_one_term_the_position_named_first_wins(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=11|home_basis=other"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.11", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_string_equal(holder_at(w, "headquarters"), "headquarters");
    assert_int_equal(acts(w, "headquarters", "decide_home", "home_province=44|home_basis=other"),
                     TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    /* both take it over at once, each on the head it knows */
    assert_int_equal(acts(w, "headquarters", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "take_over", "take_over_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    static const char *all[] = {"police.33", "bureau.33", "bureau.44"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(holder_at(w, all[i]), "bureau.33");
        assert_string_equal(state_at(w, all[i]), "accepted");
    }
    check_world(w);
}

static void what_the_rules_do_not_allow_is_refused_and_leaves_nothing(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    /* the home's judge knows a province the others' directory does not have */
    w->parties[1].state = TB_PARTY_OFF_LINE; /* bureau.33 */
    letter *none = letter_to(w, "bureau.33");
    assert_null(none);
    w->parties[1].state = TB_PARTY_ACTIVE;
    /* a party that is not on the case forges a step: the actor is not who sealed the notice */
    assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    letter *l = letter_to(w, "bureau.33");
    tb_header header;
    assert_int_equal(tb_header_decode(l->header, &w->memory, &header), TB_ACCEPTED);
    header.sender = who(w, "cm.44")->id;
    assert_ok(tb_header_encode(&header, &w->memory, &l->header));
    assert_int_equal(deliver(w, l), TB_REFUSED_NOT_SPEAKER);
    assert_string_equal(state_at(w, "bureau.33"), "forwarded");
    assert_int_equal(alarms_at(w, "bureau.33"), 1);
    lose(w, "bureau.33");
    check_world(w);
}

static void events_of_a_campaign_that_is_not_installed_wait_for_it(void **state)
{
    world *w = *state;
    who(w, "bureau.33")->agent.campaigns = &w->none;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(summary_at(w, "bureau.33").held_back, 1);
    tb_case_id first = w->case_id;
    who(w, "bureau.33")->agent.campaigns = &w->campaigns;
    assert_int_equal(opens(w, "police.33",
                           "number=13800009999|source=police_case|offence=other|reported_at=2015-"
                           "02-09T11:39:00+08:00"),
                     TB_ACCEPTED);
    deliver_all(w);
    w->case_id = first;
    assert_string_equal(state_at(w, "bureau.33"), "submitted");
    assert_string_equal(value_at(w, "bureau.33", "number"), "13800001234");
    check_world(w);
}

/* One notice after the campaign has come brings them all. */
static void many_cases_that_waited_for_their_campaign_are_opened_together(void **state)
{
    world *w = *state;
    tb_case_id ids[7];
    who(w, "bureau.33")->agent.campaigns = &w->none;
    for (unsigned i = 0; i < 7; i++) {
        char lead[128] = "number=13800001230|source=police_case|offence=other|"
                         "reported_at=2015-02-09T11:39:00+08:00";
        lead[17] = (char)('0' + i);
        if (i == 6) {
            who(w, "bureau.33")->agent.campaigns = &w->campaigns;
        }
        assert_int_equal(opens(w, "police.33", lead), TB_ACCEPTED);
        ids[i] = w->case_id;
        deliver_all(w);
    }
    for (unsigned i = 0; i < 7; i++) {
        w->case_id = ids[i];
        assert_string_equal(state_at(w, "bureau.33"), "submitted");
        assert_int_equal(summary_at(w, "bureau.33").held_back, 0);
    }
    check_world(w);
}

static tb_txn *begin(world *w, const char *id)
{
    world_agent *a = who(w, id);
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    return txn;
}

/* What is held back for the bureau's campaign, which is here: with a value that does not read, and
 * of an event that is not here. */
static void hold_what_does_not_read(world *w)
{
    tb_digest waits = tb_held_campaign(tb_bytes_str(w->campaign->id), w->campaign->version);
    uint8_t key[2 * TB_DIGEST_BYTES] = {0};
    tb_digest nothing = {{9}};
    tb_txn *txn = begin(w, "bureau.33");
    memcpy(key, waits.bytes, TB_DIGEST_BYTES);
    key[TB_DIGEST_BYTES] = 8;
    assert_ok(tb_store_put(txn, TB_TABLE_HELD, tb_bytes_of(key, sizeof key), tb_bytes_str("bad")));
    assert_ok(tb_held_put(txn, &waits, &nothing, w->clock, &who(w, "police.33")->id));
    assert_ok(tb_store_commit(txn));
}

/* The letter's only event as a liar makes it, who commits in one group to that. */
static void lie_in_group(world *w, letter *l, const char *group, tb_bytes content)
{
    tb_opening *openings;
    size_t opening_count;
    tb_event event = event_in(w, l);
    bool found = false;
    assert_int_equal(tb_part_openings_decode(l->openings, &w->memory, &openings, &opening_count),
                     TB_ACCEPTED);
    for (size_t i = 0; i < opening_count; i++) {
        bool this = tb_bytes_equal(openings[i].group, tb_bytes_str(group));
        openings[i].content = this ? content : openings[i].content;
        for (size_t j = 0; this && j < event.commitment_count; j++) {
            if (tb_bytes_equal(event.commitments[j].group, openings[i].group)) {
                event.commitments[j].digest =
                    tb_commitment_of(&openings[i], &event.hub, &event.case_id);
                found = true;
            }
        }
    }
    assert_true(found);
    put_event(w, l, &event);
    for (size_t i = 0; i < opening_count; i++) {
        openings[i].event = l->ids[0];
    }
    assert_ok(tb_part_openings_encode(openings, opening_count, &w->memory, &l->openings));
    w->case_id = tb_event_case(&event, &l->ids[0]);
}

/* Who cannot read the group takes the event, and so does who can: all have one chain. */
static void a_group_that_is_no_list_of_fields_is_dropped_and_its_event_counts(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    letter *l = letter_to(w, "bureau.33");
    lie_in_group(w, l, "lead", tb_bytes_str("\xff\xff\xff"));
    assert_int_equal(deliver(w, l), TB_ACCEPTED);
    assert_string_equal(state_at(w, "bureau.33"), "submitted");
    assert_string_equal(value_at(w, "bureau.33", "number"), "13800001234");
    assert_string_equal(value_at(w, "bureau.33", "offence"), "");
    assert_int_equal(alarms_at(w, "bureau.33"), 1);
    assert_int_equal(deliver(w, l), TB_ACCEPTED); /* and once more, known as it is */
    tick(w, "bureau.33", 1000);
    assert_int_equal(alarms_at(w, "bureau.33"), 1);
    check_world(w);
}

static tb_bytes list_of(world *w, const char *text)
{
    tb_field *fields;
    tb_bytes content;
    size_t count = fields_of(w, text, &fields);
    assert_ok(tb_group_fields_encode(fields, count, &w->memory, &content));
    return content;
}

/* What everybody relies on in a group is that it holds its own fields, each of its form: another
 * party's field in it would be shown for the newest. */
static void a_group_that_holds_what_is_not_its_own_is_dropped_and_its_event_counts(void **state)
{
    static const char *const lies[] = {
        "number=13900009999|verify_result=unidentified", /* of another group */
        "no_such_field=x", "action_at=yesterday",        /* not of its form */
        "police_case_ref=A1",                            /* of the lead */
    };
    world *w = *state;
    order_for(w, LEAD);
    deliver_all(w);
    assert_int_equal(acts(w, "cm.44", "result",
                          "verify_result=unidentified|action=shutdown|result_note=无此人|"
                          "action_at=2015-02-10T10:00:00+08:00"),
                     TB_ACCEPTED);
    letter *l = letter_to(w, "bureau.44");
    letter as_sent = *l;
    tb_digest event = l->ids[0];
    tb_case_id id = w->case_id;
    tb_store *before = clone(w, "bureau.44");
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        *l = as_sent;
        lie_in_group(w, l, "verification", list_of(w, lies[i]));
        w->case_id = id;
        assert_int_equal(deliver(w, l), TB_ACCEPTED);
        assert_string_equal(holder_at(w, "bureau.44"), "bureau.44");
        assert_string_equal(value_at(w, "bureau.44", "number"), "13800001234");
        assert_string_equal(value_at(w, "bureau.44", "result_note"), "");
        assert_int_equal(alarms_at(w, "bureau.44"), 1);
        check_world(w);
        tb_store_close(swap(w, "bureau.44", before));
        before = clone(w, "bureau.44");
    }
    tb_store_close(before);
    *l = as_sent;
    l->ids[0] = event;
    assert_int_equal(deliver(w, l), TB_ACCEPTED);
    assert_string_equal(value_at(w, "bureau.44", "result_note"), "无此人");
}

/* So many are held back that one more is refused: its sender gives it again when it is asked. */
static void what_would_wait_beyond_the_bound_is_refused(void **state)
{
    world *w = *state;
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter *accepted = letter_to(w, "police.33");
    accepted->gone = true;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    letter *forwarded = letter_to(w, "police.33");
    uint8_t key[2 * TB_DIGEST_BYTES] = {0xFF};
    tb_txn *txn = begin(w, "police.33");
    for (unsigned i = 0; i < TB_HELD_BACK_MAX; i++) {
        key[1] = (uint8_t)(i >> 8);
        key[2] = (uint8_t)i;
        assert_ok(
            tb_store_put(txn, TB_TABLE_HELD, tb_bytes_of(key, sizeof key), tb_bytes_str("x")));
    }
    assert_ok(tb_store_commit(txn));
    assert_int_equal(deliver(w, forwarded), TB_REFUSED_CANNOT_APPLY);
    txn = begin(w, "police.33");
    assert_ok(tb_store_del(txn, TB_TABLE_HELD, tb_bytes_of(key, sizeof key)));
    assert_ok(tb_store_commit(txn));
    assert_int_equal(deliver(w, forwarded), TB_ACCEPTED);
    assert_int_equal(deliver(w, accepted), TB_ACCEPTED);
    assert_string_equal(state_at(w, "police.33"), "forwarded");
}

/* They stop neither what comes nor the ticks. */
static void held_rows_that_do_not_read_are_set_aside_with_an_alarm(void **state)
{
    world *w = *state;
    hold_what_does_not_read(w);
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    assert_int_equal(deliver(w, letter_to(w, "bureau.33")), TB_ACCEPTED);
    assert_string_equal(state_at(w, "bureau.33"), "submitted");
    tb_txn *txn = begin(w, "bureau.33");
    assert_int_equal(tb_store_rows(txn, TB_TABLE_HELD), 0);
    assert_int_equal(tb_store_rows(txn, TB_TABLE_SET_ASIDE), 2);
    tb_store_abort(txn);
    assert_int_equal(alarms_at(w, "bureau.33"), 1);
    hold_what_does_not_read(w);
    tick(w, "bureau.33", 1);
    check_world(w);
}

static void a_lost_chain_goes_on_when_all_of_it_comes_late(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter *first = letter_to(w, "police.33");
    first->gone = true;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.44", "wrong_home", "wrong_home_reason=other"), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "decide", "home_province=11|home_basis=other"),
                     TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(summary_at(w, "police.33").number, 1);
    assert_int_equal(summary_at(w, "police.33").held_back, 4);
    assert_int_equal(deliver(w, first), TB_ACCEPTED);
    assert_int_equal(summary_at(w, "police.33").number, 6);
    check_world(w);
}

/* ---- events that are passed on ---- */

/* What the home bureau is passed with the forwarded case: the opening and the acceptance. */
static letter *forwarded(world *w)
{
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    lose(w, "police.33");
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    lose(w, "police.33");
    return letter_to(w, "bureau.44");
}

static tb_passed *passed_in(world *w, const letter *l, size_t *out_count)
{
    tb_passed *passed;
    assert_int_equal(tb_part_passed_decode(l->passed, &w->memory, &passed, out_count), TB_ACCEPTED);
    assert_true(*out_count >= 2);
    return passed;
}

static void pass(world *w, letter *l, const tb_passed *passed, size_t count)
{
    assert_ok(tb_part_passed_encode(passed, count, &w->memory, &l->passed));
}

/* The header again as its sender made it a ms later. */
static tb_bytes header_made_later(world *w, tb_bytes encoded)
{
    tb_header header;
    tb_bytes made;
    assert_int_equal(tb_header_decode(encoded, &w->memory, &header), TB_ACCEPTED);
    header.made++;
    assert_ok(tb_header_encode(&header, &w->memory, &made));
    return made;
}

static void two_headers_under_one_notice_name_are_their_senders_fork(void **state)
{
    world *w = *state;
    size_t count;
    letter *l = forwarded(w);
    assert_int_equal(deliver(w, l), TB_ACCEPTED);
    tb_passed *passed = passed_in(w, l, &count);
    passed[0].header = header_made_later(w, passed[0].header);
    pass(w, l, passed, count);
    assert_int_equal(deliver(w, l), TB_REFUSED_FORK);
    assert_int_equal(alarms_at(w, "bureau.44"), 1);
    assert_string_equal(state_at(w, "bureau.44"), "forwarded");
    check_world(w);
}

static void a_passed_event_that_does_not_read_or_is_of_another_hub_is_refused(void **state)
{
    world *w = *state;
    size_t count;
    tb_event event;
    letter *l = forwarded(w);
    tb_passed *passed = passed_in(w, l, &count);
    tb_bytes header = passed[0].header;
    tb_bytes opening = passed[0].event;
    passed[0].header = tb_bytes_str("no header");
    pass(w, l, passed, count);
    assert_int_equal(deliver(w, l), TB_REFUSED_MALFORMED);
    passed[0].header = header;
    passed[0].event = tb_bytes_str("no event");
    pass(w, l, passed, count);
    assert_int_equal(deliver(w, l), TB_REFUSED_MALFORMED);
    assert_int_equal(tb_event_decode(opening, &w->memory, &event), TB_ACCEPTED);
    event.hub.bytes[0] ^= 1;
    assert_ok(tb_event_encode(&event, &w->memory, &passed[0].event));
    pass(w, l, passed, count);
    assert_int_equal(deliver(w, l), TB_REFUSED_WRONG_HUB);
    check_world(w);
}

static void of_what_is_resent_each_stands_for_itself_and_the_first_refused_is_named(void **state)
{
    world *w = *state;
    size_t count;
    letter *l = forwarded(w);
    tb_passed *passed = passed_in(w, l, &count);
    tb_bytes opening = passed[0].event;
    /* refused one by one: the second's event is not its sender's, the first's does not read */
    tb_header other;
    assert_int_equal(tb_header_decode(passed[1].header, &w->memory, &other), TB_ACCEPTED);
    other.sender = who(w, "cm.44")->id;
    passed[0].event = tb_bytes_str("no event");
    assert_ok(tb_header_encode(&other, &w->memory, &passed[1].header));
    pass(w, l, passed, count);
    tb_resend asks = {.to = 1};
    assert_ok(tb_resend_encode(&asks, &w->memory, &l->asks));
    l->resend = true;
    assert_int_equal(deliver(w, l), TB_REFUSED_MALFORMED);
    /* without the first the other's refusal is named, and what follows is taken all the same */
    passed[0].event = opening;
    pass(w, l, passed, count);
    assert_int_equal(deliver(w, l), TB_REFUSED_NOT_SPEAKER);
    assert_int_equal(summary_at(w, "bureau.44").number, 1);
}

/* Another copy of the bureau's agent used the name before it recovered. */
static void what_our_old_copy_said_under_the_name_gives_way_to_what_others_hold(void **state)
{
    world *w = *state;
    submit(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    letter *accepted = letter_to(w, "police.33");
    size_t count;
    letter *l = NULL;
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    l = letter_to(w, "bureau.44");
    tb_passed *passed = passed_in(w, l, &count);
    /* the acceptance, under an older run of the bureau's own */
    tb_header header;
    tb_header held;
    assert_int_equal(tb_header_decode(passed[1].header, &w->memory, &header), TB_ACCEPTED);
    assert_string_equal(header.sender.text, "bureau.33");
    header.incarnation = (tb_incarnation){0};
    held = header;
    held.made++;
    tb_proof_row proof = {.ids = passed[1].ids, .id_count = passed[1].id_count};
    proof.root = passed[1].root;
    assert_ok(tb_header_encode(&held, &w->memory, &proof.header));
    assert_ok(tb_header_encode(&header, &w->memory, &passed[1].header));
    world_agent *a = who(w, "bureau.33");
    tb_txn *txn;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin(a->store, &a->arena, &txn));
    assert_ok(tb_proof_put(txn, &header.sender, &header.incarnation, header.notice, &proof));
    assert_ok(tb_store_commit(txn));

    letter back = *accepted; /* police.33 passes it back */
    back.to = who(w, "bureau.33")->id;
    assert_int_equal(tb_header_decode(accepted->header, &w->memory, &held), TB_ACCEPTED);
    held.sender = who(w, "police.33")->id;
    held.notice += 100;
    held.entries[0].recipient = back.to;
    assert_ok(tb_header_encode(&held, &w->memory, &back.header));
    assert_ok(tb_part_events_encode(NULL, 0, &w->memory, &back.events));
    assert_ok(tb_part_openings_encode(NULL, 0, &w->memory, &back.openings));
    back.id_count = 0;
    pass(w, &back, &passed[1], 1);
    w->letters[w->letter_count++] = back;
    assert_int_equal(deliver(w, &w->letters[w->letter_count - 1]), TB_ACCEPTED);
    assert_int_equal(alarms_at(w, "bureau.33"), 0);
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_proof_head(txn, &header.sender, &header.incarnation, header.notice, &proof));
    assert_true(tb_bytes_equal(proof.header, passed[1].header));
    tb_store_abort(txn);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(what_is_known_already_has_no_second_effect),
    IN_A_WORLD(an_event_without_its_predecessor_is_held_back_until_it_comes),
    IN_A_WORLD(an_event_whose_number_does_not_follow_is_refused_and_not_held_back),
    IN_A_WORLD(a_case_whose_opening_has_not_come_is_shown_as_held_back),
    IN_A_WORLD(a_fork_freezes_the_case_and_keeps_both),
    IN_A_WORLD(two_headers_under_one_notice_name_are_their_senders_fork),
    IN_A_WORLD(a_passed_event_that_does_not_read_or_is_of_another_hub_is_refused),
    IN_A_WORLD(of_what_is_resent_each_stands_for_itself_and_the_first_refused_is_named),
    IN_A_WORLD(what_our_old_copy_said_under_the_name_gives_way_to_what_others_hold),
    IN_A_WORLD(a_take_over_settles_a_fork),
    IN_A_WORLD(what_follows_either_branch_of_a_fork_has_no_effect),
    IN_A_WORLD(a_case_does_not_go_on_in_another_campaign),
    IN_A_WORLD(many_cases_that_waited_for_their_campaign_are_opened_together),
    IN_A_WORLD(events_of_a_term_that_is_over_are_overtaken),
    IN_A_WORLD(of_two_take_overs_in_one_term_the_position_named_first_wins),
    IN_A_WORLD(what_the_rules_do_not_allow_is_refused_and_leaves_nothing),
    IN_A_WORLD(events_of_a_campaign_that_is_not_installed_wait_for_it),
    IN_A_WORLD(a_group_that_is_no_list_of_fields_is_dropped_and_its_event_counts),
    IN_A_WORLD(a_group_that_holds_what_is_not_its_own_is_dropped_and_its_event_counts),
    IN_A_WORLD(what_would_wait_beyond_the_bound_is_refused),
    IN_A_WORLD(held_rows_that_do_not_read_are_set_aside_with_an_alarm),
    IN_A_WORLD(a_lost_chain_goes_on_when_all_of_it_comes_late),
};

TB_RUN("apply", tests)
