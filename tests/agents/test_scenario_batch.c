/* A batch of a thousand numbers (scenario 1 of the plans), from the police of one province to
 * twenty-one home bureaus and back, and what everybody counts of it. */
#include "tests/agents/measured.h"
#include "tests/store/failing.h"

#include <stdio.h>
#include <stdlib.h>

#define BATCH     1000
#define FEW       100 /* with each call failing once, each of which looks at whole stores */
#define OTHERS    20  /* provinces the rest is of */
#define PROVINCES (OTHERS + 1)
#define POLICE    "police.35"
#define BUREAU    "bureau.35"
#define SEGMENTS  1380000 /* of the first province; each has a hundred */
#define MONTH     "2015-02", "2015-02"

/* ascending; the batch comes from Fujian */
static const char *const codes[PROVINCES] = {"11", "12", "13", "14", "15", "21", "22",
                                             "23", "31", "32", "33", "34", "35", "36",
                                             "37", "41", "42", "43", "44", "45", "46"};

typedef struct country {
    char bureaus[PROVINCES][12];
    char operators[PROVINCES][12];
    world_person people[2 * PROVINCES + 2];
    tb_segment_run runs[PROVINCES];
    tb_case_id cases[BATCH];
} country;

static country all;

static size_t batch(void)
{
    return failing_awake() ? FEW : BATCH;
}

/* Of them at home where they are found. */
static size_t local(void)
{
    return batch() / 10 * 3;
}

static size_t at_home(size_t i)
{
    static const size_t fujian = 12;
    size_t other = i % OTHERS;
    return i < local() ? fujian : other + (other >= fujian);
}

static int setup(void **state)
{
    int code = world_setup(state);
    world *w = *state;
    size_t count = 2 * PROVINCES;
    for (size_t i = 0; i < PROVINCES; i++) {
        (void)snprintf(all.bureaus[i], sizeof all.bureaus[i], "bureau.%s", codes[i]);
        (void)snprintf(all.operators[i], sizeof all.operators[i], "cm.%s", codes[i]);
        all.people[i] = (world_person){all.bureaus[i], "bureau", codes[i], "通信管理局"};
        all.people[PROVINCES + i] =
            (world_person){all.operators[i], "operator", codes[i], "移动公司"};
        all.runs[i] = (tb_segment_run){.first = SEGMENTS + 100 * (uint32_t)i,
                                       .count = 100,
                                       .province = (uint8_t)strtoul(codes[i], NULL, 10),
                                       .operator_code = 'M'};
    }
    all.people[count++] = (world_person){"headquarters", "headquarters", "", "专项办"};
    all.people[count++] = (world_person){POLICE, "police", "35", "福建省公安厅"};
    world_people(w, all.people, count);
    w->segments.runs = all.runs;
    w->segments.run_count = PROVINCES;
    return code;
}

static void done(world *w, const char *party, const char *action, const char *fields)
{
    tb_refusal code = acts(w, party, action, fields);
    if (code != TB_ACCEPTED) {
        fail_msg("%s %s: %s %.*s", party, action, tb_refusal_key(code), (int)w->answer.detail.size,
                 (const char *)w->answer.detail.data);
    }
    deliver_all(w);
}

/* Every other card has no holder that can be found, and is shut down. */
static bool unidentified(size_t i)
{
    return i % 2 == 1;
}

/* From its acceptance to its end. */
static void work(world *w, size_t i)
{
    const char *home = all.bureaus[at_home(i)];
    char order[40];
    (void)snprintf(order, sizeof order, "ordered=%s", all.operators[at_home(i)]);
    w->case_id = all.cases[i];
    done(w, BUREAU, "accept", "");
    if (i >= local()) {
        done(w, BUREAU, "forward", "");
        done(w, home, "sign_for", "");
    }
    done(w, home, "order", order);
    done(w, all.operators[at_home(i)], "result",
         unidentified(i) ? "verify_result=unidentified|action=shutdown|action_at=2015-02-10T10:00:"
                           "00+08:00"
                         : "verify_result=identified|action=none|registration_state=real");
    if (unidentified(i)) {
        done(w, home, "shut_down", "");
    }
    if (i >= local()) {
        done(w, home, "answer", "");
    }
    done(w, BUREAU, "pass_on", "");
    done(w, BUREAU, "close", "");
    world_sweep(w);
}

/* The police have the case closed, and were informed of it once. */
static void the_police_were_informed(world *w, size_t i)
{
    tb_local_request request = {.kind = TB_REQUEST_GET_CASE, .case_id = all.cases[i]};
    const tb_local_answer *answer = ask(w, POLICE, &request);
    size_t informed = 0;
    assert_int_equal(answer->kind, TB_ANSWER_CASE);
    assert_true(tb_bytes_equal(answer->case_.summary.state, tb_bytes_str("closed")));
    for (size_t e = 0; e < answer->case_.event_count; e++) {
        informed += tb_bytes_equal(answer->case_.events[e].action, tb_bytes_str("pass_on"));
    }
    assert_int_equal(informed, 1);
    world_sweep(w);
}

static uint64_t counted(world *w, const char *party, const char *measure, const char *group)
{
    return figure_at(w, party, measure, group, MONTH);
}

/* Cards of the batch at home in a province; only those shut down. */
static uint64_t of(size_t province, bool shut)
{
    uint64_t count = 0;
    for (size_t i = 0; i < batch(); i++) {
        count += at_home(i) == province && (!shut || unidentified(i));
    }
    return count;
}

/* How many of the batch a party has; a channel case is opened by a shutdown. */
static uint64_t notices_at(world *w, const char *party)
{
    tb_local_request request = {.kind = TB_REQUEST_LIST_CASES};
    request.list.case_type = tb_bytes_str("notice");
    uint64_t count = 0;
    for (bool more = true; more;) {
        char after[64];
        const tb_local_answer *answer = ask(w, party, &request);
        assert_int_equal(answer->kind, TB_ANSWER_CASES);
        count += answer->cases.count;
        more = answer->cases.next.size > 0;
        assert_true(answer->cases.next.size <= sizeof after);
        if (more) {
            memcpy(after, answer->cases.next.data, answer->cases.next.size);
        }
        request.list.after = tb_bytes_of((const uint8_t *)after, answer->cases.next.size);
        world_sweep(w);
    }
    return count;
}

static void figures_add_up_at_every_party(world *w)
{
    uint64_t received = 0;
    uint64_t verified = 0;
    uint64_t numbers = 0;
    for (size_t p = 0; p < PROVINCES; p++) {
        const char *bureau = all.bureaus[p];
        bool here = strcmp(bureau, BUREAU) == 0;
        assert_int_equal(counted(w, bureau, "received_from_police", ""), here ? batch() : 0);
        assert_int_equal(counted(w, bureau, "informed", ""), here ? batch() : 0);
        assert_int_equal(counted(w, bureau, "closed_notices", ""), here ? batch() : 0);
        assert_int_equal(counted(w, bureau, "received_from_others", ""), here ? 0 : of(p, false));
        /* what the one says it sent is what the other says it received */
        assert_int_equal(counted(w, BUREAU, "forwarded", codes[p]),
                         counted(w, bureau, "received_from_others", "35"));
        assert_int_equal(counted(w, bureau, "verified", ""), of(p, false));
        assert_int_equal(counted(w, bureau, "verified", "unidentified"), of(p, true));
        assert_int_equal(counted(w, bureau, "shut_down", ""), of(p, true));
        assert_int_equal(counted(w, bureau, "channels_opened", ""), of(p, true));
        received += counted(w, bureau, "received_from_others", "");
        verified += counted(w, bureau, "verified", "");
        numbers += counted(w, bureau, "numbers_shut_down", "");
        assert_int_equal(counted(w, all.operators[p], "verified", ""), 0); /* not theirs to count */
        assert_int_equal(counted(w, bureau, "verified_by_operator", all.operators[p]),
                         of(p, false));
        assert_int_equal(counted(w, bureau, "shut_down_by_operator", all.operators[p]),
                         of(p, true));
        assert_int_equal(notices_at(w, all.operators[p]), of(p, false));
        assert_int_equal(notices_at(w, bureau), here ? batch() : of(p, false));
    }
    assert_int_equal(counted(w, BUREAU, "forwarded", ""), batch() - local());
    assert_int_equal(received, batch() - local());
    assert_int_equal(verified, batch());
    assert_int_equal(numbers, batch() / 2);
    assert_int_equal(notices_at(w, POLICE), batch());
}

static void
scenario_1_every_number_of_a_batch_comes_back_to_its_police_and_the_counts_add_up(void **state)
{
    world *w = *state;
    for (size_t i = 0; i < batch(); i++) {
        char lead[200];
        (void)snprintf(
            lead, sizeof lead,
            "number=%u%04u|source=police_case|offence=telecom_fraud|batch_no=闽公〔2015〕7|"
            "reported_at=2015-02-09T11:39:00+08:00",
            SEGMENTS + 100 * (unsigned)at_home(i), (unsigned)i);
        assert_int_equal(opens(w, POLICE, lead), TB_ACCEPTED);
        all.cases[i] = w->case_id;
    }
    deliver_all(w);
    world_sweep(w);
    for (size_t i = 0; i < batch(); i++) {
        work(w, i);
    }
    for (size_t i = 0; i < batch(); i++) {
        the_police_were_informed(w, i);
    }
    settle_all(w);
    figures_add_up_at_every_party(w);
    check_world(w);
    check_measures(w);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(
        scenario_1_every_number_of_a_batch_comes_back_to_its_police_and_the_counts_add_up,
        setup,
        world_teardown),
};

TB_RUN("scenario_batch", tests)
