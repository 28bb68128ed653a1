/* Document numbers on real processes: kills, restarts and a lost store, and no number is given
 * twice or left out. The campaign is as shipped: a bureau concludes evaluations of an operator. */
#include "tests/system/recovery.h"

#define POLICE "police.11"

static void done(const tb_local_answer *answer)
{
    if (answer->code != TB_ACCEPTED || answer->draft) {
        fail_msg("refused: %s%s", tb_refusal_key(answer->code), answer->draft ? ", a draft" : "");
    }
}

/* Evaluates the operator and concludes; the case. */
static tb_case_id concludes(sys_agent *bureau, const char *basis)
{
    char fields[200];
    (void)snprintf(fields, sizeof fields,
                   "province=11|evaluated=" C "|period=2015-11-30|basis=%s", basis);
    const tb_local_answer *answer = sys_open(bureau, "black-card", "evaluation", fields);
    done(answer);
    tb_case_id id = answer->acted.case_id;
    done(sys_act(bureau, &id, "conclude", "verdict=commended"));
    return id;
}

static bool bears(sys_agent *agent, const tb_case_id *id, const char *number)
{
    tb_local_summary summary = sys_case(agent, id);
    for (size_t i = 0; i < summary.field_count; i++) {
        if (tb_bytes_equal(summary.fields[i].id, tb_bytes_str("verdict_serial"))) {
            return tb_bytes_equal(summary.fields[i].value, tb_bytes_str(number));
        }
    }
    return false;
}

static void no_number_is_given_twice_whatever_is_killed_or_lost(void **state)
{
    sys_hub *hub = *state;
    sys_document(hub, "campaign", "black-card", TB_SOURCE_DIR "/ops/campaigns/black-card.yaml");
    sys_document(hub, "table", "calendar", TB_BINARY_DIR "/tables/calendar.table");
    sys_broker_start(hub);
    sys_agent *bureau = sys_agent_linked(hub, A);
    sys_agent *operator= sys_agent_linked(hub, C);
    sys_agent *police = sys_agent_linked(hub, POLICE);
    (void)sys_agent_linked(hub, "market.11");
    (void)sys_agent_linked(hub, B);
    sys_tell_time(bureau, "2015-12-10T09:00:00+08:00");
    tb_case_id first = concludes(bureau, "一");
    SYS_AWAIT(bears(operator, & first, "〔2015〕1号"));
    /* refused, and so no hole */
    assert_int_equal(sys_act(bureau, &first, "conclude", "verdict=poor")->code, TB_REFUSED_STATE);

    sys_agent_stop(bureau, SIGKILL);
    sys_agent_start(bureau);
    SYS_AWAIT(sys_status(bureau)->linked);
    tb_case_id second = concludes(bureau, "二");
    SYS_AWAIT(bears(police, &second, "〔2015〕2号"));
    SYS_AWAIT(bears(operator, & second, "〔2015〕2号"));
    SYS_AWAIT(sys_status(bureau)->outbox == 0);

    /* the store is lost; what the others hold says how far it was */
    sys_agent_stop(bureau, SIGKILL);
    sys_store_lose(hub, A);
    sys_agent_start(bureau);
    SYS_AWAIT(sys_status(bureau)->fenced);
    recover(bureau);
    SYS_AWAIT(recovered(bureau));
    SYS_AWAIT(bears(bureau, &second, "〔2015〕2号"));
    sys_tell_time(bureau, "2015-12-11T09:00:00+08:00");
    tb_case_id third = concludes(bureau, "三");
    assert_true(bears(bureau, &third, "〔2015〕3号"));
    SYS_AWAIT(bears(operator, & third, "〔2015〕3号"));
    assert_true(sys_sound(bureau) && sys_sound(operator) && sys_sound(police));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        no_number_is_given_twice_whatever_is_killed_or_lost, sys_set_up, sys_tear_down),
};

TB_RUN("system/document_numbers", tests)
