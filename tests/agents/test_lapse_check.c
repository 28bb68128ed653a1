/* A lapse is held against what the case's events bear out. */
#include "agents/lapse_check.h"
#include "tests/agents/world.h"

#define LEAD                                                                                       \
    "number=13800001234|source=police_case|offence=telecom_fraud|reported_at=2015-02-09T11:39:00+" \
    "08:00"

#define MONDAY "2015-02-09T11:39:00+08:00"
#define DUE    "2015-02-10T23:59:59+08:00"
#define LAPSED "2015-02-11T00:15:00+08:00"

static const char *const everybody[] = {"police.33", "bureau.33", "bureau.44"};

/* What a copy of the record would have to say for the verdict: changed by the test. */
static struct {
    tb_time earlier; /* than it was */
    const char *due; /* instead of its own; NULL: its own */
    bool other_id;
    tb_lapse_verdict verdict;
    unsigned looked;
} probe;

static tb_err look(tb_step *step)
{
    tb_case_id id = {{0}};
    tb_case_row row;
    tb_event_walk walk;
    tb_event_key key;
    tb_event_row stored;
    tb_err err = tb_case_after(step->txn, &id, false, &id);
    if (err == TB_OK) {
        err = tb_case_load(step->agent, step->txn, &id, &row);
    }
    if (err == TB_OK) {
        err = tb_event_first(step->txn, &id, TB_CLASS_SIDE, &walk, &key, &stored);
    }
    while (err == TB_OK) {
        tb_event event;
        err = tb_chain_decode(step->txn, &stored, &event);
        if (err == TB_OK && tb_is_lapse(&row, &event)) {
            tb_digest as = key.event;
            probe.looked++;
            event.at -= probe.earlier;
            as.bytes[0] ^= probe.other_id ? 1 : 0;
            for (size_t i = 0; probe.due != NULL && i < event.field_count; i++) {
                if (tb_bytes_equal(event.fields[i].id, tb_bytes_str("lapsed_due"))) {
                    event.fields[i].value = tb_bytes_str(probe.due);
                }
            }
            err = tb_lapse_check(step->txn, &row, &event, &as, &probe.verdict);
        }
        if (err == TB_OK) {
            err = tb_event_next(step->txn, &walk, &key, &stored);
        }
    }
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_lapse_verdict verdict(world *w, const char *party)
{
    probe.looked = 0;
    turn_of(w, party, look);
    assert_true(probe.looked > 0);
    return probe.verdict;
}

static void lapse(world *w, bool crossed)
{
    memset(&probe, 0, sizeof probe);
    for (size_t i = 0; i < 3; i++) {
        at_time(w, everybody[i], MONDAY);
    }
    assert_int_equal(opens(w, "police.33", LEAD), TB_ACCEPTED);
    deliver_all(w);
    assert_int_equal(acts(w, "bureau.33", "accept", ""), TB_ACCEPTED);
    assert_int_equal(acts(w, "bureau.33", "forward", ""), TB_ACCEPTED);
    deliver_all(w);
    if (crossed) {
        at_time(w, "bureau.44", DUE);
        assert_int_equal(acts(w, "bureau.44", "sign_for", ""), TB_ACCEPTED);
    }
    at_time(w, "bureau.33", LAPSED);
    judge_due(w, "bureau.33");
    deliver_all(w);
}

static void a_lapse_that_the_events_bear_out_holds_at_every_party(void **state)
{
    world *w = *state;
    lapse(w, false);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(verdict(w, everybody[i]), TB_LAPSE_HOLDS);
    }
    assert_null(tb_lapse_fault(TB_LAPSE_HOLDS));
}

static void what_it_says_wrongly_is_found(void **state)
{
    world *w = *state;
    lapse(w, false);
    probe.due = "2015-02-09T23:59:59+08:00";
    assert_int_equal(verdict(w, "police.33"), TB_LAPSE_OTHER_DUE);
    probe.due = NULL;
    probe.earlier = 1; /* ms: the grace ends with the last of them */
    assert_int_equal(verdict(w, "police.33"), TB_LAPSE_HOLDS);
    probe.earlier = 1002;
    assert_int_equal(verdict(w, "police.33"), TB_LAPSE_EARLY);
    probe.earlier = 0;
    probe.other_id = true;
    assert_int_equal(verdict(w, "police.33"), TB_LAPSE_OF_NO_DUTY);
    for (tb_lapse_verdict v = TB_LAPSE_OF_NO_DUTY; v <= TB_LAPSE_DONE_IN_TIME; v++) {
        assert_non_null(tb_lapse_fault(v));
    }
}

static void the_lapse_of_what_was_done_in_time_is_wrong_until_it_is_withdrawn(void **state)
{
    world *w = *state;
    lapse(w, true);
    assert_int_equal(verdict(w, "bureau.33"), TB_LAPSE_DONE_IN_TIME);
    judge_due(w, "bureau.33");
    deliver_all(w);
    assert_int_equal(verdict(w, "bureau.33"), TB_LAPSE_WITHDRAWN);
    assert_int_equal(verdict(w, "bureau.44"), TB_LAPSE_WITHDRAWN);
    assert_null(tb_lapse_fault(TB_LAPSE_WITHDRAWN));
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(a_lapse_that_the_events_bear_out_holds_at_every_party),
    IN_A_WORLD(what_it_says_wrongly_is_found),
    IN_A_WORLD(the_lapse_of_what_was_done_in_time_is_wrong_until_it_is_withdrawn),
};

TB_RUN("lapse_check", tests)
