/* What an exercise plays from a sheet, on real processes. */
#define _GNU_SOURCE /* memmem */
#include "tests/system/exercise.h"

/* Runs the program to its end; it must end well. leads NULL: none. */
static void play(const char *campaign, const char *sheet, char *leads)
{
    char out[256], log[256], programs[256] = TB_PROGRAMS, source[256] = TB_SOURCE_DIR, program[512];
    char id[64], path[512];
    (void)snprintf(out, sizeof out, "%s/out", folder);
    (void)snprintf(log, sizeof log, "%s/log", folder);
    (void)snprintf(program, sizeof program, "%s/tongbao-exercise", programs);
    (void)snprintf(id, sizeof id, "%s", campaign);
    (void)snprintf(path, sizeof path, "%s/%s", TB_SOURCE_DIR, sheet);
    char *with[] = {program,      "--campaign", id,         "--play", path,    "--out",       out, "--programs", programs,
                    "--source",   source,       "--leads",  leads,    "--provinces", "2", NULL};
    if (leads == NULL) {
        with[11] = NULL;
    }
    int status = 0;
    pid_t pid = start(with, log);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        show(log);
    }
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static json_t *written(const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/out/%s", folder, name);
    json_t *file = json_load_file(path, 0, NULL);
    assert_true(json_is_array(file));
    return file;
}

static const char *text(const json_t *one, const char *key)
{
    const char *value = json_string_value(json_object_get(one, key));
    assert_non_null(value);
    return value;
}

/* The first of these with that value. */
static const json_t *found(const json_t *list, const char *key, const char *value)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(text(json_array_get(list, i), key), value) == 0) {
            return json_array_get(list, i);
        }
    }
    fail_msg("nothing has %s %s", key, value);
    return NULL;
}

static void lapses_score_from_the_day_on_which_headquarters_adopted_the_limit(void **state)
{
    (void)state;
    char leads[256];
    (void)snprintf(leads, sizeof leads, "%s/leads.csv", folder);
    FILE *f = fopen(leads, "w");
    assert_non_null(f);
    (void)fprintf(f, "lead_no,reported_at,found_province,source,number,offence,remark\n"
                     "L-1,2015-05-04T09:00:00+08:00,11,police_case,13000120011,telecom_fraud,\n"
                     "L-2,2015-09-07T09:00:00+08:00,11,police_case,13000120022,terror_related,\n"
                     "L-3,2015-09-08T09:00:00+08:00,11,police_case,13000120033,telecom_fraud,\n");
    assert_int_equal(fclose(f), 0);
    play("black-card", "tests/system/adopted.play.csv", leads);

    json_t *lapses = written("lapses.json");
    assert_int_equal(json_array_size(lapses), 2);
    const json_t *before = found(lapses, "name", "甲"), *after = found(lapses, "name", "乙");
    assert_string_equal(text(before, "debtor"), "cu.12");
    assert_string_equal(text(before, "basis"), "default");
    assert_false(json_is_true(json_object_get(before, "scores")));
    assert_string_equal(text(after, "basis"), "adopted");
    assert_true(json_is_true(json_object_get(after, "scores")));
    /* 特急 is nobody's to leave lying: the one after it was */
    assert_string_equal(text(after, "due"), "2015-09-15T23:59:59+08:00");

    json_t *sheets = written("evaluations.json");
    const json_t *sheet = found(sheets, "evaluated", "cu.12");
    assert_string_equal(text(sheet, "lapses"), "2");
    assert_string_equal(text(sheet, "lapses_scoring"), "1");
    const json_t *timely = found(json_object_get(sheet, "scores"), "id", "timely");
    assert_string_equal(text(timely, "verdict"), "not_met");
    json_decref(lapses);
    json_decref(sheets);
}

static void the_town_plays_its_whole_campaign_and_what_was_not_done_in_time_is_on_record(void **state)
{
    (void)state;
    play("land-requisition", "ops/exercise/plays/land-requisition.play.csv", NULL);
    json_t *reports = written("reports.json");
    assert_int_equal(json_array_size(reports), 10);
    const json_t *labour = found(reports, "report", "consolidated");
    assert_string_equal(text(labour, "reporter"), "labour");
    assert_string_equal(text(labour, "timeliness"), "late");
    json_t *lapses = written("lapses.json");
    const json_t *rectify = found(lapses, "duty", "rectify");
    assert_string_equal(text(rectify, "basis"), "plan");
    assert_true(json_is_true(json_object_get(rectify, "scores")));
    const json_t *opinion = found(lapses, "duty", "opinion");
    assert_string_equal(text(opinion, "debtor"), "agri");
    assert_false(json_is_true(json_object_get(opinion, "scores")));
    /* 督办 of a village, which reported back */
    const json_t *supervised = NULL;
    for (size_t i = 0; i < json_array_size(lapses); i++) {
        json_t *list = json_object_get(json_array_get(lapses, i), "supervised");
        supervised = json_array_size(list) > 0 ? json_array_get(list, 0) : supervised;
    }
    assert_non_null(supervised);
    assert_string_equal(text(supervised, "party"), "village.5");
    assert_string_equal(text(supervised, "by"), "supervision");
    assert_non_null(json_string_value(json_object_get(supervised, "reported_back_at")));
    json_decref(reports);
    json_decref(lapses);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lapses_score_from_the_day_on_which_headquarters_adopted_the_limit, in_a_folder, folder_away),
        cmocka_unit_test_setup_teardown(the_town_plays_its_whole_campaign_and_what_was_not_done_in_time_is_on_record, in_a_folder, folder_away),
    };
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    return cmocka_run_group_tests_name("system/play", tests, NULL, NULL);
}
