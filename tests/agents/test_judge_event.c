/* What a receiver refuses: events the rules would not have let their author write. */
#include "tests/agents/judge_fixture.h"

#define POLICE                                                                                     \
    "number=13800004567|number_masked=138****4567|reported_at=2015-02-09T11:39:00+08:00|"          \
    "offence=telecom_fraud|found_province=33|source=police_case|home_province=44|mvno=0"

static int setup(void **state)
{
    static country c;
    country_setup(&c, "black-card");
    *state = &c;
    return 0;
}

static int teardown(void **state)
{
    country_teardown(*state);
    return 0;
}

/* The forwarding of an accepted case, as its author made it. */
static tb_event forwarding(country *c)
{
    assert_accepted(act(c, "police.33", "submit", POLICE));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_accepted(attempt(c, "bureau.33", "forward", ""));
    return event_of(c, "bureau.33", &c->ruling);
}

static void an_honest_event_is_accepted(void **state)
{
    country *c = *state;
    tb_event event = forwarding(c);
    assert_accepted(receive(c, &event));
}

static void another_actor_is_refused(void **state)
{
    country *c = *state;
    tb_event event = forwarding(c);
    event.actor = party_of("bureau.44");
    assert_int_equal(receive(c, &event), TB_REFUSED_JURISDICTION);
    event.actor = party_of("cm.33");
    assert_int_equal(receive(c, &event), TB_REFUSED_ROLE);
    event.actor = party_of("stranger");
    assert_int_equal(receive(c, &event), TB_REFUSED_UNKNOWN_PARTY);
}

static void another_outcome_is_refused(void **state)
{
    country *c = *state;
    tb_event event = forwarding(c);
    event.to_state = tb_bytes_str("closed");
    assert_int_equal(receive(c, &event), TB_REFUSED_STATE);
    event = forwarding((country_forget(c), c));
    event.holder = party_of("bureau.11");
    assert_int_equal(receive(c, &event), TB_REFUSED_CONDITION);
    event = forwarding((country_forget(c), c));
    event.from_state = tb_bytes_str("submitted");
    assert_int_equal(receive(c, &event), TB_REFUSED_STATE);
}

/* What everybody can see forbids each way out of the state. */
static void what_no_way_allows_is_refused_for_what_is_nearest(void **state)
{
    country *c = *state;
    assert_accepted(attempt(c, "police.33", "submit", POLICE));
    tb_event event = event_of(c, "police.33", &c->ruling);
    assert_accepted(receive(c, &event));
    for (size_t i = 0; i < event.field_count; i++) {
        if (tb_bytes_equal(event.fields[i].id, tb_bytes_str("source"))) {
            event.fields[i].value = tb_bytes_str("inspection"); /* which is not the police's */
        }
    }
    assert_int_equal(receive(c, &event), TB_REFUSED_CONDITION);
    tb_objection objection;
    tb_case_view none = c->view;
    none.type = NULL; /* the event names it */
    assert_ok(tb_judge_event(&none, &c->directory, &event, &c->arena, &objection));
    assert_true(tb_bytes_equal(objection.detail_en,
                               tb_bytes_str("what the police submit has the source police case")));
}

static void a_stranger_told_or_a_party_left_out_is_refused(void **state)
{
    country *c = *state;
    tb_event event = forwarding(c);
    tb_party told_too[3] = {event.addressees[0], party_of("cm.33"), event.addressees[1]};
    tb_event more = event;
    more.addressees = told_too;
    more.addressee_count = 3;
    assert_int_equal(receive(c, &more), TB_REFUSED_CONDITION);
    tb_event fewer = event;
    fewer.addressee_count = 1;
    assert_int_equal(receive(c, &fewer), TB_REFUSED_CONDITION);
}

static void who_was_active_is_judged_by_the_authors_directory(void **state)
{
    country *c = *state;
    tb_event event = forwarding(c);
    country_party(c, "bureau.44")->state = TB_PARTY_ENDED;
    assert_int_equal(receive(c, &event), TB_REFUSED_PARTY_OFF);
    c->directory.version = 2;
    assert_accepted(receive(c, &event));
}

static void a_kind_that_is_not_the_actions_is_refused(void **state)
{
    country *c = *state;
    tb_event event = forwarding(c);
    event.kind = TB_EVENT_SIDE;
    assert_int_equal(receive(c, &event), TB_REFUSED_CONDITION);
    event.kind = TB_EVENT_VERSION; /* no declared action is of this kind */
    assert_int_equal(receive(c, &event), TB_REFUSED_CONDITION);
    event.kind = TB_EVENT_CHAIN;
    event.action = tb_bytes_str("dance");
    assert_int_equal(receive(c, &event), TB_REFUSED_UNKNOWN_ACTION);
}

static void a_sealed_field_in_the_open_part_is_refused(void **state)
{
    country *c = *state;
    assert_accepted(attempt(c, "police.33", "submit", POLICE));
    tb_event event = event_of(c, "police.33", &c->ruling);
    tb_field fields[TB_FIELDS_MAX];
    memcpy(fields, event.fields, event.field_count * sizeof *fields);
    fields[event.field_count] = (tb_field){tb_bytes_str("zzz"), tb_bytes_str("1")};
    event.fields = fields;
    event.field_count++;
    assert_int_equal(receive(c, &event), TB_REFUSED_FIELD_UNKNOWN);
    fields[event.field_count - 1] = (tb_field){tb_bytes_str("number"), tb_bytes_str("13800004567")};
    assert_int_equal(receive(c, &event), TB_REFUSED_FIELD_INVALID); /* out of order */
    fields[0] = (tb_field){tb_bytes_str("batch_no"), tb_bytes_str("1")};
    assert_int_equal(receive(c, &event), TB_REFUSED_FIELD_UNKNOWN); /* sealed */
}

static void a_required_sealed_field_shows_as_a_commitment(void **state)
{
    country *c = *state;
    assert_accepted(attempt(c, "police.33", "submit", POLICE));
    tb_event event = event_of(c, "police.33", &c->ruling);
    assert_int_equal(event.commitment_count, 3);
    event.commitment_count = 2; /* without the number */
    assert_int_equal(receive(c, &event), TB_REFUSED_FIELD_MISSING);
    event.commitment_count = 3;
    event.commitments[0].group = tb_bytes_str("routing");
    assert_int_equal(receive(c, &event), TB_REFUSED_FIELD_UNKNOWN);
}

static void an_unknown_case_type_opens_nothing(void **state)
{
    country *c = *state;
    assert_accepted(attempt(c, "police.33", "submit", POLICE));
    tb_event event = event_of(c, "police.33", &c->ruling);
    event.case_type = tb_bytes_str("party");
    assert_int_equal(receive(c, &event), TB_REFUSED_UNKNOWN_CAMPAIGN);
    tb_digest id = {{1}};
    assert_int_equal(tb_case_view_apply(&c->view, c->campaign, &event, &id, &c->arena),
                     TB_ERR_CORRUPT);
}

static void what_only_the_actor_knows_is_left_to_the_actor(void **state)
{
    country *c = *state;
    assert_accepted(act(c, "police.33", "submit", POLICE));
    assert_accepted(act(c, "bureau.33", "accept", ""));
    assert_accepted(act(c, "bureau.33", "forward", ""));
    assert_accepted(attempt(c, "bureau.44", "sign_for", ""));
    tb_event event = event_of(c, "bureau.44", &c->ruling);
    assert_accepted(receive(c, &event));
    event.to_state = tb_bytes_str("waiting");
    assert_accepted(receive(c, &event));
    event.to_state = tb_bytes_str("verified");
    assert_int_equal(receive(c, &event), TB_REFUSED_STATE);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    T(an_honest_event_is_accepted),
    T(another_actor_is_refused),
    T(another_outcome_is_refused),
    T(what_no_way_allows_is_refused_for_what_is_nearest),
    T(a_stranger_told_or_a_party_left_out_is_refused),
    T(who_was_active_is_judged_by_the_authors_directory),
    T(a_kind_that_is_not_the_actions_is_refused),
    T(a_sealed_field_in_the_open_part_is_refused),
    T(a_required_sealed_field_shows_as_a_commitment),
    T(an_unknown_case_type_opens_nothing),
    T(what_only_the_actor_knows_is_left_to_the_actor),
};

TB_RUN("agents/judge_event", tests)
