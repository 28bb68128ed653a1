/* The directory's own time, and newer directories that others' headers name. */
#include "agents/freshness.h"
#include "tests/agents/world.h"

#define DAY_MS (24ll * 3600 * 1000)
#define A      "police.33"

static unsigned notes;
static tb_header seen;

static tb_err look(tb_step *step)
{
    size_t before = step->effects->count;
    tb_err err = tb_freshness_tick(step);
    notes = 0;
    for (size_t i = before; i < step->effects->count; i++) {
        tb_bytes note = step->effects->list[i].note;
        notes += note.size > 9 && memcmp(note.data, "event=dir", 9) == 0;
        notes += note.size > 9 && memcmp(note.data, "event=key", 9) == 0;
    }
    return err;
}

static tb_err see(tb_step *step)
{
    return tb_freshness_seen(step, &seen);
}

static bool waits;

static tb_err wait(tb_step *step)
{
    return tb_freshness_waits(step, &seen, &waits);
}

static tb_time due; /* of the next tick; 0: none is needed */

static tb_err read_due(tb_step *step)
{
    tb_err err = tb_freshness_due(step->agent, step->txn, &due);
    due = err == TB_ERR_NOT_FOUND ? 0 : due;
    return err == TB_ERR_NOT_FOUND ? TB_OK : err;
}

static tb_time due_of(world *w)
{
    turn_of(w, A, read_due);
    return due;
}

static tb_refusal warned; /* of the first warning shown */
static size_t warnings;

static tb_err read_warnings(tb_step *step)
{
    tb_local_warning *list;
    tb_err err = tb_freshness_warnings(step->agent, step->now.real, step->arena, &list, &warnings);
    warned = err == TB_OK && warnings > 0 ? list[0].code : TB_ACCEPTED;
    return err;
}

static size_t warnings_of(world *w, tb_refusal *out_code)
{
    turn_of(w, A, read_warnings);
    *out_code = warned;
    return warnings;
}

/* Ticks before and at the ms a warning is due; it comes once. */
static void expect_warning(world *w, tb_time at)
{
    assert_int_equal(due_of(w), at + 1);
    w->clock = at;
    turn_of(w, A, look);
    assert_int_equal(notes, 0);
    w->clock = at + 1;
    turn_of(w, A, look);
    assert_int_equal(notes, 1);
    turn_of(w, A, look);
    assert_int_equal(notes, 0);
}

static void warnings_come_60_30_and_7_days_before_once_each(void **state)
{
    world *w = *state;
    tb_refusal code;
    tb_time end = w->clock + 100 * DAY_MS;
    w->directory.fresh_until = end;
    turn_of(w, A, look);
    assert_int_equal(notes, 0);
    assert_int_equal(warnings_of(w, &code), 0);
    expect_warning(w, end - 60 * DAY_MS);
    assert_int_equal(warnings_of(w, &code), 1);
    assert_int_equal(code, TB_REFUSED_DIRECTORY_ENDING);
    expect_warning(w, end - 30 * DAY_MS);
    expect_warning(w, end - 7 * DAY_MS);
    assert_int_equal(alarms_at(w, A), 0);
    assert_false(tb_directory_stale(&w->directory, end));
    w->clock = end + 1;
    assert_true(tb_directory_stale(&w->directory, w->clock));
    turn_of(w, A, look);
    assert_int_equal(warnings_of(w, &code), 1);
    assert_int_equal(code, TB_REFUSED_DIRECTORY_STALE);
    assert_int_equal(alarms_at(w, A), 1);
    /* a newer version begins anew */
    w->directory.version++;
    w->directory.fresh_until = w->clock + 20 * DAY_MS;
    turn_of(w, A, look);
    assert_int_equal(notes, 1);
    assert_int_equal(alarms_at(w, A), 1);
}

static void a_late_start_warns_once_of_the_nearest(void **state)
{
    world *w = *state;
    w->directory.fresh_until = w->clock + 5 * DAY_MS;
    turn_of(w, A, look);
    assert_int_equal(notes, 1);
    turn_of(w, A, look);
    assert_int_equal(notes, 0);
}

static void the_planned_end_of_our_own_keys_is_warned_of_too(void **state)
{
    world *w = *state;
    tb_refusal code;
    tb_time end = w->clock + 40 * DAY_MS;
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (tb_party_equal(&w->parties[i].id, &who(w, A)->id)) {
            w->keys[i].not_after = end;
        }
    }
    turn_of(w, A, look);
    assert_int_equal(notes, 1);
    assert_int_equal(warnings_of(w, &code), 1);
    assert_int_equal(code, TB_REFUSED_KEY_ENDING);
    expect_warning(w, end - 30 * DAY_MS);
    expect_warning(w, end - 7 * DAY_MS);
}

/* Ends of our signing, sealing and transport key in days, 0 for none, and of the directory; the
 * first of them, in days. */
static void the_earliest_of_all_ends_is_due_first(void **state)
{
    static const struct {
        int keys[3];
        int directory;
        int first;
    } cases[] = {
        {{0, 0, 0}, 0, 0},         {{200, 100, 300}, 0, 100}, {{0, 0, 100}, 0, 100},
        {{0, 0, 0}, 300, 300},     {{200, 0, 0}, 100, 100},   {{100, 200, 0}, 300, 100},
        {{300, 100, 200}, 90, 90}, {{100, 150, 0}, 100, 100},
    };
    world *w = *state;
    tb_directory_key keys[3] = {{.purpose = TB_PURPOSE_SIGN},
                                {.purpose = TB_PURPOSE_SEAL},
                                {.purpose = TB_PURPOSE_TRANSPORT}};
    for (size_t i = 0; i < w->directory.party_count; i++) {
        if (tb_party_equal(&w->parties[i].id, &who(w, A)->id)) {
            w->parties[i].keys = keys;
            w->parties[i].key_count = 3;
        }
    }
    tb_time now = w->clock;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t k = 0; k < 3; k++) {
            keys[k].not_after = cases[i].keys[k] == 0 ? 0 : now + cases[i].keys[k] * DAY_MS;
        }
        w->directory.fresh_until = cases[i].directory == 0 ? 0 : now + cases[i].directory * DAY_MS;
        assert_int_equal(due_of(w),
                         cases[i].first == 0 ? 0 : now + (cases[i].first - 60) * DAY_MS + 1);
    }
    /* whoever is no party any more has no keys that end */
    w->directory.fresh_until = 0;
    w->directory.party_count = 0;
    assert_int_equal(due_of(w), 0);
}

static void what_is_waited_for_is_due_before_and_behind_what_ends(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id,
                       .directory_version = w->directory.version + 1};
    turn_of(w, A, see);
    tb_time until = w->clock + TB_DIRECTORY_WAIT_MS;
    w->directory.fresh_until = w->clock + 70 * DAY_MS; /* warned of in ten days */
    assert_int_equal(due_of(w), until + 1);
    w->directory.fresh_until = w->clock + 60 * DAY_MS; /* from the next ms on */
    assert_int_equal(due_of(w), w->clock + 1);
}

static void a_clock_set_back_makes_no_notice_wait(void **state)
{
    world *w = *state;
    seen =
        (tb_header){.sender = who(w, "bureau.33")->id, .directory_version = w->directory.version};
    turn_of(w, A, wait);
    assert_false(waits); /* by the directory that is here */
    seen.directory_version++;
    turn_of(w, A, wait);
    assert_true(waits);
    w->clock += TB_DIRECTORY_WAIT_MS;
    turn_of(w, A, wait);
    assert_true(waits);
    w->clock++;
    turn_of(w, A, wait);
    assert_false(waits);
    w->clock -= TB_DIRECTORY_WAIT_MS + 2;
    turn_of(w, A, wait);
    assert_false(waits);
    w->clock += TB_DIRECTORY_WAIT_MS + 2;
    turn_of(w, A, look); /* the hub was named, and nothing waits for it any more */
    turn_of(w, A, wait);
    assert_false(waits);
    assert_int_equal(alarms_at(w, A), 1);
}

static void a_newer_directory_that_the_hub_does_not_give_names_it_once(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id,
                       .directory_version = w->directory.version + 1};
    turn_of(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS / 2;
    turn_of(w, A, see); /* seen again, it does not begin anew */
    assert_int_equal(due_of(w), w->clock + TB_DIRECTORY_WAIT_MS / 2 + 1);
    w->clock += TB_DIRECTORY_WAIT_MS / 2;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 0);
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    w->clock++;
    turn_of(w, A, look);
    const tb_local_answer *answer = ask(w, A, &request);
    assert_int_equal(answer->status.alarms, 1);
    assert_non_null(strstr((const char *)answer->status.alarm_texts[0].data, " hub: "));
    w->clock += TB_DIRECTORY_WAIT_MS;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 1);
}

/* Somebody names one that will never be; the next that is withheld is seen all the same. */
static void a_version_that_never_was_hides_no_other(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id, .directory_version = UINT32_MAX};
    turn_of(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 1);
    seen.directory_version = w->directory.version + 1;
    turn_of(w, A, see);
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 1); /* it has its own time to come */
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 2);
    turn_of(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 2);
}

static void one_that_comes_in_time_is_no_alarm(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id,
                       .directory_version = w->directory.version + 1};
    turn_of(w, A, see);
    w->directory.version++;
    w->clock += 2 * TB_DIRECTORY_WAIT_MS;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 0);
}

static void another_directory_of_our_version_is_an_alarm_once(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id,
                       .directory_version = w->directory.version,
                       .directory_digest = w->directory.digest};
    turn_of(w, A, see);
    assert_int_equal(alarms_at(w, A), 0);
    seen.directory_digest.bytes[0]++;
    turn_of(w, A, see);
    turn_of(w, A, see);
    assert_int_equal(alarms_at(w, A), 1);
}

static void past_its_end_an_act_for_a_first_time_recipient_waits_and_says_why(void **state)
{
    world *w = *state;
    who(w, A)->agent.stale = true;
    assert_int_equal(opens(w, A,
                           "number=13800001234|source=police_case|offence=telecom_fraud|"
                           "reported_at=2015-02-09T11:39:00+08:00"),
                     TB_ACCEPTED);
    assert_true(w->answer.draft);
    const char *why = tb_refusal_zh(TB_REFUSED_DIRECTORY_STALE);
    assert_true(w->answer.detail.size > strlen(why));
    assert_memory_equal(w->answer.detail.data, why, strlen(why));
    assert_int_equal(lying(w), 0);
}

/* One party that names a version nobody made must not hide the next one that is withheld. */
static void a_version_out_of_reach_does_not_mute_the_next(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id, .directory_version = UINT32_MAX};
    turn_of(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 1);
    seen.directory_version = w->directory.version + 1;
    turn_of(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 1);
    w->clock += 1;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 2);
    /* Nor does it begin again. */
    seen.directory_version = UINT32_MAX;
    turn_of(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_of(w, A, look);
    assert_int_equal(alarms_at(w, A), 2);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(warnings_come_60_30_and_7_days_before_once_each),
    IN_A_WORLD(a_late_start_warns_once_of_the_nearest),
    IN_A_WORLD(the_planned_end_of_our_own_keys_is_warned_of_too),
    IN_A_WORLD(the_earliest_of_all_ends_is_due_first),
    IN_A_WORLD(what_is_waited_for_is_due_before_and_behind_what_ends),
    IN_A_WORLD(a_clock_set_back_makes_no_notice_wait),
    IN_A_WORLD(a_newer_directory_that_the_hub_does_not_give_names_it_once),
    IN_A_WORLD(a_version_that_never_was_hides_no_other),
    IN_A_WORLD(one_that_comes_in_time_is_no_alarm),
    IN_A_WORLD(past_its_end_an_act_for_a_first_time_recipient_waits_and_says_why),
    IN_A_WORLD(a_version_out_of_reach_does_not_mute_the_next),
    IN_A_WORLD(another_directory_of_our_version_is_an_alarm_once),
};

TB_RUN("freshness", tests)
