/* Many duties are planned anew a slice at a time, and none is forgotten. */
#include "tests/agents/world.h"

#include <stdio.h>

#define MONDAY "2015-02-09T11:39:00+08:00"
/* The day before the five working days are over, in hours that begin at nine. */
#define EARLY "2015-02-13T09:30:00+08:00"

static const char *const all[] = {"police.33", "bureau.33", "bureau.44", "cm.44"};

static void order(world *w, unsigned number)
{
    char lead[200];
    (void)snprintf(
        lead, sizeof lead,
        "number=1380000%04u|source=police_case|offence=telecom_fraud|reported_at=2015-02-"
        "09T11:39:00+08:00",
        2000 + number);
    order_for(w, lead);
    deliver_all(w);
    world_sweep(w);
}

static void opens_from(world *w, unsigned from)
{
    tb_local_request request = {.kind = TB_REQUEST_SET_OFFICE,
                                .set_office = {.from = from, .to = 17 * 60}};
    request.id.bytes[0] = (uint8_t)(from / 10);
    request.id.bytes[1] = 0x0F;
    assert_int_equal(ask(w, "bureau.44", &request)->kind, TB_ANSWER_OFFICE);
}

static unsigned reminded(world *w)
{
    unsigned count = 0;
    tb_local_request request = {.kind = TB_REQUEST_LIST_DUTIES, .duties = {.limit = 500}};
    const tb_local_answer *answer = ask(w, "bureau.44", &request);
    for (size_t i = 0; i < answer->duties.count; i++) {
        count += answer->duties.lines[i].reminded != 0;
    }
    return count;
}

static void more_than_a_slice_moves_with_the_office_hours(void **state)
{
    world *w = *state;
    for (size_t i = 0; i < 4; i++) {
        at_time(w, all[i], MONDAY);
    }
    opens_from(w, 10 * 60);
    for (unsigned i = 0; i < TB_REPLAN_SLICE + 1; i++) {
        order(w, i);
    }
    at_time(w, "bureau.44", EARLY);
    judge_due(w, "bureau.44");
    assert_int_equal(reminded(w), 0); /* planned for ten */
    opens_from(w, 9 * 60);
    for (unsigned i = 0; i <= TB_REPLAN_SLICE / TB_DUTY_TICK_MAX; i++) {
        judge_due(w, "bureau.44"); /* a tick each */
    }
    assert_int_equal(reminded(w), TB_REPLAN_SLICE + 1);
    check_world(w);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        more_than_a_slice_moves_with_the_office_hours, world_setup, world_teardown),
};

TB_RUN("agents/duties_replan", tests)
