/* Faults of approval, and of what agents do by themselves: each is told, with its line. */
#include "tests/agents/planted.h"

#include <stdlib.h>

#define CLOSE "        from: [answered]\n"

static const planted faults[] = {
    {CLOSE, CLOSE "        approval: []\n", "approval: []", "list_empty"},
    {CLOSE, CLOSE "        copies: []\n", "copies: []", "list_empty"},
    {CLOSE, CLOSE "        stages: []\n", "stages: []", "list_empty"},
    {CLOSE, CLOSE "        approval: [seal]\n", "approval: [seal]", "approval_step"},
    {CLOSE, CLOSE "        approval: [sign, review]\n", "approval: [sign", "approval_order"},
    {CLOSE, CLOSE "        approval: [sign, sign]\n", "approval: [sign", "approval_order"},
    {"        copies: [regulator, headquarters]\n        fields:\n          - {field: lapsed_duty",
     "        copies: [regulator, headquarters]\n        approval: [sign]\n        fields:\n"
     "          - {field: lapsed_duty",
     "approval: [sign]", "approval_agent"},
    {CLOSE, CLOSE "        approval: [sign]\n        automatic: {after: {hours: 0}}\n",
     "approval: [sign]", "approval_agent"},
    {CLOSE, CLOSE "        automatic: {}\n", "automatic: {}", "automatic_when"},
    {CLOSE, CLOSE "        automatic: {after: {hours: 2, days: 3}}\n",
     "automatic:", "automatic_limit"},
    {CLOSE, CLOSE "        automatic: {after: {hours: soon}}\n", "automatic:", "not_count"},
    {CLOSE, CLOSE "        automatic: at once\n", "automatic:", "not_map"},
    {CLOSE, CLOSE "        automatic: {when: {hours: 2}, switch: true}\n",
     "automatic:", "key_unknown"},
    {"        from: [taken]\n", "        from: [taken]\n        automatic: {switch: true}\n",
     "field: finding, required: true", "automatic_field"},
    {"        kind: side\n", "        kind: side\n        automatic: {switch: true}\n",
     "automatic: {switch: true}", "automatic_kind"},
    /* requests */
    {"        kind: side\n", "        kind: request\n", NULL, "request_answer"},
    {"        kind: side\n", "        kind: side\n        answered_by: [close]\n",
     "answered_by: [close]", "answer_not_request"},
    {"        kind: side\n", "        kind: request\n        answered_by: [refer]\n",
     "answered_by: [refer]", "answer_kind"},
    {"        kind: side\n", "        kind: request\n        answered_by: [reply]\n",
     "answered_by: [reply]", "action_unknown"},
    {"from: sign_for, until: [answer]", "from: lapse, until: [answer]", NULL, "begins_side"},
};

#define FAULTS (sizeof faults / sizeof faults[0])

static void each_fault_is_told_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < FAULTS; i++) {
        char *text = planted_in_example(&faults[i], 1);
        planted_told told = planted_check(text);
        planted_is_told(&faults[i], text, &told);
        free(text);
    }
}

static const planted sound[] = {
    {CLOSE, CLOSE "        approval: [review, sign]\n", NULL, NULL},
    {CLOSE, CLOSE "        approval: [review]\n", NULL, NULL},
    {CLOSE, CLOSE "        automatic: {after: {working_days: 5}}\n", NULL, NULL},
    {CLOSE, CLOSE "        automatic: {after: {hours: 0}}\n", NULL, NULL},
    {CLOSE, CLOSE "        automatic: {switch: true}\n", NULL, NULL},
    {CLOSE, CLOSE "        automatic: {after: {days: 1}, switch: true}\n", NULL, NULL},
};

static void what_is_well_said_has_no_finding(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        char *text = planted_in_example(&sound[i], 1);
        planted_told told = planted_check(text);
        if (told.count != 0) {
            fail_msg("%zu: %u %s", i, told.list[0].line, told.list[0].reason);
        }
        free(text);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_fault_is_told_with_its_line),
    cmocka_unit_test(what_is_well_said_has_no_finding),
};

TB_RUN("agents/load_approval", tests)
