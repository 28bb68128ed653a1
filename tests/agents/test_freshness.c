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

static tb_time due_of(world *w)
{
    world_agent *a = who(w, A);
    tb_txn *txn;
    tb_time due = 0;
    tb_arena_reset(&a->arena);
    assert_ok(tb_store_begin_read(a->store, &a->arena, &txn));
    assert_ok(tb_freshness_due(&a->agent, txn, &due));
    tb_store_abort(txn);
    return due;
}

static size_t warnings_of(world *w, tb_refusal *out_code)
{
    world_agent *a = who(w, A);
    tb_local_warning *list;
    size_t count;
    tb_arena_reset(&a->arena);
    assert_ok(tb_freshness_warnings(&a->agent, w->clock, &a->arena, &list, &count));
    *out_code = count > 0 ? list[0].code : TB_ACCEPTED;
    return count;
}

/* Ticks before and at the ms a warning is due; it comes once. */
static void expect_warning(world *w, tb_time at)
{
    assert_int_equal(due_of(w), at + 1);
    w->clock = at;
    turn_with(w, A, look);
    assert_int_equal(notes, 0);
    w->clock = at + 1;
    turn_with(w, A, look);
    assert_int_equal(notes, 1);
    turn_with(w, A, look);
    assert_int_equal(notes, 0);
}

static void warnings_come_60_30_and_7_days_before_once_each(void **state)
{
    world *w = *state;
    tb_refusal code;
    tb_time end = w->clock + 100 * DAY_MS;
    w->directory.fresh_until = end;
    turn_with(w, A, look);
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
    turn_with(w, A, look);
    assert_int_equal(warnings_of(w, &code), 1);
    assert_int_equal(code, TB_REFUSED_DIRECTORY_STALE);
    assert_int_equal(alarms_at(w, A), 1);
    /* a newer version begins anew */
    w->directory.version++;
    w->directory.fresh_until = w->clock + 20 * DAY_MS;
    turn_with(w, A, look);
    assert_int_equal(notes, 1);
    assert_int_equal(alarms_at(w, A), 1);
}

static void a_late_start_warns_once_of_the_nearest(void **state)
{
    world *w = *state;
    w->directory.fresh_until = w->clock + 5 * DAY_MS;
    turn_with(w, A, look);
    assert_int_equal(notes, 1);
    turn_with(w, A, look);
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
    turn_with(w, A, look);
    assert_int_equal(notes, 1);
    assert_int_equal(warnings_of(w, &code), 1);
    assert_int_equal(code, TB_REFUSED_KEY_ENDING);
    expect_warning(w, end - 30 * DAY_MS);
    expect_warning(w, end - 7 * DAY_MS);
}

static void a_newer_directory_that_the_hub_does_not_give_names_it_once(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id,
                       .directory_version = w->directory.version + 1};
    turn_with(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS / 2;
    turn_with(w, A, see); /* seen again, it does not begin anew */
    assert_int_equal(due_of(w), w->clock + TB_DIRECTORY_WAIT_MS / 2 + 1);
    w->clock += TB_DIRECTORY_WAIT_MS / 2;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 0);
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    w->clock++;
    turn_with(w, A, look);
    const tb_local_answer *answer = ask(w, A, &request);
    assert_int_equal(answer->status.alarms, 1);
    assert_non_null(strstr((const char *)answer->status.alarm_texts[0].data, " hub: "));
    w->clock += TB_DIRECTORY_WAIT_MS;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 1);
}

/* Somebody names one that will never be; the next that is withheld is seen all the same. */
static void a_version_that_never_was_hides_no_other(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id, .directory_version = UINT32_MAX};
    turn_with(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 1);
    seen.directory_version = w->directory.version + 1;
    turn_with(w, A, see);
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 1); /* it has its own time to come */
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 2);
    turn_with(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 2);
}

static void one_that_comes_in_time_is_no_alarm(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id,
                       .directory_version = w->directory.version + 1};
    turn_with(w, A, see);
    w->directory.version++;
    w->clock += 2 * TB_DIRECTORY_WAIT_MS;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 0);
}

static void another_directory_of_our_version_is_an_alarm_once(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id,
                       .directory_version = w->directory.version,
                       .directory_digest = w->directory.digest};
    turn_with(w, A, see);
    assert_int_equal(alarms_at(w, A), 0);
    seen.directory_digest.bytes[0]++;
    turn_with(w, A, see);
    turn_with(w, A, see);
    assert_int_equal(alarms_at(w, A), 1);
}

/* One party that names a version nobody made must not hide the next one that is withheld. */
static void a_version_out_of_reach_does_not_mute_the_next(void **state)
{
    world *w = *state;
    seen = (tb_header){.sender = who(w, "bureau.33")->id, .directory_version = UINT32_MAX};
    turn_with(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 1);
    seen.directory_version = w->directory.version + 1;
    turn_with(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 1);
    w->clock += 1;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 2);
    /* Nor does it begin again. */
    seen.directory_version = UINT32_MAX;
    turn_with(w, A, see);
    w->clock += TB_DIRECTORY_WAIT_MS + 1;
    turn_with(w, A, look);
    assert_int_equal(alarms_at(w, A), 2);
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

static const struct CMUnitTest tests[] = {
    IN_A_WORLD(warnings_come_60_30_and_7_days_before_once_each),
    IN_A_WORLD(a_late_start_warns_once_of_the_nearest),
    IN_A_WORLD(the_planned_end_of_our_own_keys_is_warned_of_too),
    IN_A_WORLD(a_newer_directory_that_the_hub_does_not_give_names_it_once),
    IN_A_WORLD(a_version_that_never_was_hides_no_other),
    IN_A_WORLD(one_that_comes_in_time_is_no_alarm),
    IN_A_WORLD(a_version_out_of_reach_does_not_mute_the_next),
    IN_A_WORLD(another_directory_of_our_version_is_an_alarm_once),
};

TB_RUN("freshness", tests)
