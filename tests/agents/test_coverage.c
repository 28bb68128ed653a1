/* ops/campaigns/COVERAGE.md: every clause has a verdict, and every key and every test it names is
 * there. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "agents/campaign/duty.h"
#include "agents/campaign/load.h"

#define TEXT_BYTES (256u * 1024)
#define KEY_BYTES  128
#define SCENARIOS  "\n## 4. Scenarios\n"

static const char *const names[] = {"black-card", "land-requisition", "service-quality"};
#define NAMES (sizeof names / sizeof names[0])

typedef struct plans {
    char *page;
    char *texts[NAMES];
    tb_campaign_loaded *loaded[NAMES];
} plans;

static char *text_of(const char *form, const char *name)
{
    char path[512];
    char *text = calloc(1, TEXT_BYTES);
    assert_non_null(text);
    int size = snprintf(path, sizeof path, "%s/ops/campaigns/", TB_SOURCE_DIR);
    assert_true(snprintf(path + size, sizeof path - (size_t)size, form, name) > 0);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_in_range(fread(text, 1, TEXT_BYTES, file), 1, TEXT_BYTES - 1);
    assert_int_equal(fclose(file), 0);
    return text;
}

static int setup(void **state)
{
    static plans all;
    char error[200] = "";
    all.page = text_of("%s", "COVERAGE.md");
    for (size_t i = 0; i < NAMES; i++) {
        all.texts[i] = text_of("%s.yaml", names[i]);
        if (tb_campaign_load(tb_bytes_str(all.texts[i]), &all.loaded[i], error, sizeof error) !=
            TB_OK) {
            fail_msg("%s: %s", names[i], error);
        }
    }
    *state = &all;
    return 0;
}

static int teardown(void **state)
{
    plans *all = *state;
    for (size_t i = 0; i < NAMES; i++) {
        tb_campaign_loaded_free(all->loaded[i]);
        free(all->texts[i]);
    }
    free(all->page);
    return 0;
}

/* ---- keys ---- */

#define LISTED(list, count, id)                                                                    \
    do {                                                                                           \
        for (unsigned at = 0; at < (count); at++) {                                                \
            if (strcmp((list)[at].id, (id)) == 0) {                                                \
                return true;                                                                       \
            }                                                                                      \
        }                                                                                          \
        return false;                                                                              \
    } while (false)

static bool of_campaign(const tb_campaign *c, const char *list, const char *id)
{
    if (strcmp(list, "roles") == 0) {
        LISTED(c->roles, c->role_count, id);
    } else if (strcmp(list, "codes") == 0) {
        LISTED(c->codes, c->code_count, id);
    } else if (strcmp(list, "parameters") == 0) {
        LISTED(c->parameters, c->parameter_count, id);
    } else if (strcmp(list, "stages") == 0) {
        LISTED(c->stages, c->stage_count, id);
    } else if (strcmp(list, "lookups") == 0) {
        LISTED(c->lookups, c->lookup_count, id);
    } else if (strcmp(list, "measures") == 0) {
        LISTED(c->measures, c->measure_count, id);
    } else if (strcmp(list, "reports") == 0) {
        LISTED(c->reports, c->report_count, id);
    } else if (strcmp(list, "lists") == 0) {
        LISTED(c->lists, c->list_count, id);
    }
    return false;
}

static bool of_type(const tb_case_type *t, const char *list, const char *id)
{
    if (strcmp(list, "fields") == 0) {
        LISTED(t->fields, t->field_count, id);
    } else if (strcmp(list, "groups") == 0) {
        LISTED(t->groups, t->group_count, id);
    } else if (strcmp(list, "positions") == 0) {
        LISTED(t->positions, t->position_count, id);
    } else if (strcmp(list, "states") == 0) {
        LISTED(t->states, t->state_count, id);
    } else if (strcmp(list, "actions") == 0) {
        LISTED(t->actions, t->action_count, id);
    } else if (strcmp(list, "duties") == 0) {
        LISTED(t->duties, t->duty_count, id);
    }
    return false;
}

/* "list.id" of the campaign, or "type.list.id". The key is cut up. */
static bool is_there(const tb_campaign *campaign, char *key)
{
    char *list = strchr(key, '.');
    if (list == NULL) {
        return false;
    }
    *list++ = '\0';
    char *id = strchr(list, '.');
    if (id == NULL) {
        return of_campaign(campaign, key, list);
    }
    *id++ = '\0';
    const tb_case_type *type = tb_campaign_case_type(campaign, tb_bytes_str(key));
    return type != NULL && of_type(type, list, id);
}

/* The definition a key in backquotes is of, and the key; NULL when what stands there is none. */
static const tb_campaign *key_at(const plans *all, const char *at, char out[KEY_BYTES])
{
    for (size_t i = 0; i < NAMES; i++) {
        size_t size = strlen(names[i]);
        const char *end = strchr(at, '`');
        if (end != NULL && strncmp(at, names[i], size) == 0 && strncmp(at + size, ": ", 2) == 0 &&
            (size_t)(end - at) - size - 2 < KEY_BYTES) {
            (void)snprintf(out, KEY_BYTES, "%.*s", (int)(end - at - 2) - (int)size, at + size + 2);
            return tb_campaign_loaded_get(all->loaded[i]);
        }
    }
    return NULL;
}

static unsigned keys_in(const plans *all, const char *line)
{
    unsigned count = 0;
    for (const char *at = strchr(line, '`'); at != NULL; at = strchr(at, '`')) {
        char key[KEY_BYTES];
        char cut[KEY_BYTES];
        const tb_campaign *campaign = key_at(all, at + 1, key);
        if (campaign != NULL) {
            memcpy(cut, key, sizeof cut);
            if (!is_there(campaign, cut)) {
                fail_msg("there is no %s in %s: %s", key, campaign->id, line);
            }
            count++;
        }
        at = strchr(at + 1, '`');
        at = at != NULL ? at + 1 : "";
    }
    return count;
}

/* ---- rows ---- */

/* Calls look with each row of a table of the clauses, or of the scenarios: its line, ended. */
static unsigned
each_row(const plans *all, bool scenarios, void (*look)(const plans *, const char *))
{
    unsigned count = 0;
    const char *cut = strstr(all->page, SCENARIOS);
    assert_non_null(cut);
    char *copy = scenarios ? strdup(cut) : strndup(all->page, (size_t)(cut - all->page));
    char *rest = NULL;
    assert_non_null(copy);
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        if (line[0] == '|' && strncmp(line, "| clause", 8) != 0 && strncmp(line, "|---", 4) != 0 &&
            strncmp(line, "| scenario", 10) != 0) {
            look(all, line);
            count++;
        }
    }
    free(copy);
    return count;
}

/* The at-th cell, without the blanks around it. */
static void cell(const char *line, unsigned at, char out[1024])
{
    const char *start = line;
    for (unsigned i = 0; i <= at; i++) {
        start = strchr(start, '|');
        assert_non_null(start);
        start++;
    }
    const char *end = strchr(start, '|');
    assert_non_null(end);
    while (*start == ' ') {
        start++;
    }
    while (end > start && end[-1] == ' ') {
        end--;
    }
    (void)snprintf(out, 1024, "%.*s", (int)(end - start), start);
}

static void has_a_verdict(const plans *all, const char *line)
{
    char verdict[1024];
    char why[1024];
    unsigned keys = keys_in(all, line);
    cell(line, 2, verdict);
    cell(line, 3, why);
    assert_true(strlen(why) > 3);
    if (strcmp(verdict, "carried") == 0 || strcmp(verdict, "in part") == 0) {
        if (keys == 0 && strstr(why, "directory") == NULL && strstr(why, "`from`") == NULL) {
            fail_msg("names no key: %s", line);
        }
    } else if (strcmp(verdict, "outside") != 0 && strcmp(verdict, "not yet") != 0) {
        fail_msg("no verdict: %s", line);
    }
}

static void every_row_has_a_verdict_and_every_key_is_there(void **state)
{
    assert_true(each_row(*state, false, has_a_verdict) > 130);
}

static void every_numbered_clause_has_a_row(void **state)
{
    static const struct {
        const char *prefix;
        unsigned last;
    } rows[] = {{"F", 28}, {"C", 18}, {"R", 7}, {"L", 11}, {"LC", 6}, {"SQ", 9}};
    const plans *all = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (unsigned n = 1; n <= rows[i].last; n++) {
            char wanted[32];
            (void)snprintf(wanted, sizeof wanted, "\n| %s%u | ", rows[i].prefix, n);
            if (strstr(all->page, wanted) == NULL) {
                fail_msg("no row for %s%u", rows[i].prefix, n);
            }
        }
    }
}

/* ---- scenarios ---- */

/* Whether a file of the tests has this function, and runs it. */
static bool test_is_there(const char *file, const char *name)
{
    char path[512];
    char wanted[200];
    char *text = calloc(1, TEXT_BYTES);
    assert_non_null(text);
    assert_true(snprintf(path, sizeof path, "%s/%s", TB_SOURCE_DIR, file) > 0);
    FILE *source = fopen(path, "rb");
    bool there = source != NULL && fread(text, 1, TEXT_BYTES - 1, source) > 0;
    if (source != NULL) {
        assert_int_equal(fclose(source), 0);
    }
    (void)snprintf(wanted, sizeof wanted, "%s(", name);
    const char *at = there ? strstr(text, wanted) : NULL;
    at = at != NULL ? at + strlen(wanted) : "";
    at += strspn(at, "\n ");
    there = strncmp(at, "void **state)", 13) == 0 && strstr(at, name) != NULL;
    free(text);
    return there;
}

/* `tests/agents/test_x.c: name`, each of them there. */
static unsigned tests_in(const char *line)
{
    unsigned count = 0;
    for (const char *at = strstr(line, "`tests/"); at != NULL; at = strstr(at + 1, "`tests/")) {
        char file[KEY_BYTES];
        char name[KEY_BYTES];
        if (sscanf(at, "`%127[^:]: %127[a-z0-9_]`", file, name) != 2 ||
            !test_is_there(file, name)) {
            fail_msg("no such test: %s", at);
        }
        count++;
    }
    return count;
}

static unsigned numbered;

static void has_its_test(const plans *all, const char *line)
{
    char number[1024];
    char wanted[16];
    (void)all;
    cell(line, 0, number);
    (void)snprintf(wanted, sizeof wanted, "%u", ++numbered);
    assert_string_equal(number, wanted);
    if (tests_in(line) == 0) {
        fail_msg("names no test: %s", line);
    }
}

static void every_scenario_has_its_tests(void **state)
{
    numbered = 0;
    assert_int_equal(each_row(*state, true, has_its_test), 17);
    assert_false(test_is_there("tests/agents/test_coverage.c", "nobody_wrote_this"));
    assert_false(test_is_there("tests/agents/nowhere.c", "every_scenario_has_its_tests"));
}

static void a_key_that_is_not_there_is_seen(void **state)
{
    const plans *all = *state;
    const tb_campaign *campaign = tb_campaign_loaded_get(all->loaded[1]);
    static const struct {
        const char *key;
        bool there;
    } rows[] = {
        {"stages.self_check", true},      {"stages.spring", false},
        {"problem.actions.report", true}, {"problem.report", false},
        {"problem.actions.sing", false},  {"self_check", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char key[KEY_BYTES];
        (void)snprintf(key, sizeof key, "%s", rows[i].key);
        assert_int_equal(is_there(campaign, key), rows[i].there);
    }
}

/* ---- who may ever read what: ops/exercise/readers, by which the audit of a run judges ---- */

static bool is_role(const tb_campaign *c, const char *word, size_t size)
{
    for (unsigned i = 0; i < c->role_count; i++) {
        if (strlen(c->roles[i].id) == size && memcmp(c->roles[i].id, word, size) == 0) {
            return true;
        }
    }
    return false;
}

/* "case_type,group," begins a line whose every further word is a role. */
static void assert_row(const tb_campaign *c, const char *sheet, const char *type, const char *group)
{
    char begins[KEY_BYTES];
    (void)snprintf(begins, sizeof begins, "\n%s,%s,", type, group);
    const char *row = strstr(sheet, begins);
    if (row == NULL) {
        fail_msg("%s: the readers' sheet has no row %s", c->id, begins + 1);
        return;
    }
    row += strlen(begins);
    size_t words = 0;
    while (*row != '\n' && *row != '\0') {
        size_t size = strcspn(row, " \n");
        if (!is_role(c, row, size)) {
            fail_msg("%s: %s%.*s is no role", c->id, begins + 1, (int)size, row);
        }
        row += size + (row[size] == ' ');
        words++;
    }
    assert_true(words > 0);
}

static void every_group_of_every_plan_has_its_row_in_the_readers_sheet(void **state)
{
    const plans *all = *state;
    for (size_t i = 0; i < NAMES; i++) {
        const tb_campaign *c = tb_campaign_loaded_get(all->loaded[i]);
        char *sheet = text_of("../exercise/readers/%s.csv", names[i]);
        size_t rows = 0;
        size_t groups = 0;
        for (unsigned t = 0; t < c->case_type_count; t++) {
            const tb_case_type *type = &c->case_types[t];
            for (unsigned g = 0; g < type->group_count; g++, groups++) {
                assert_row(c, sheet, type->id, type->groups[g].id);
            }
        }
        for (const char *at = strchr(sheet, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
            rows += at[1] != '#' && at[1] != '\0';
        }
        assert_int_equal(rows, groups); /* and none for what is not there */
        free(sheet);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        every_row_has_a_verdict_and_every_key_is_there, setup, teardown),
    cmocka_unit_test_setup_teardown(every_numbered_clause_has_a_row, setup, teardown),
    cmocka_unit_test_setup_teardown(every_scenario_has_its_tests, setup, teardown),
    cmocka_unit_test_setup_teardown(
        every_group_of_every_plan_has_its_row_in_the_readers_sheet, setup, teardown),
    cmocka_unit_test_setup_teardown(a_key_that_is_not_there_is_seen, setup, teardown),
};

TB_RUN("agents/coverage", tests)
