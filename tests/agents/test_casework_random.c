/* Many parties act and letters come in any order: whatever happens, every invariant holds, and
 * parties that have been told the same hold the same chain. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/agents/world.h"

#define CASES 5
#define STEPS 400

typedef struct dice {
    uint64_t state;
} dice;

static uint64_t roll(dice *d, uint64_t sides)
{
    d->state = d->state * 6364136223846793005ull + 1442695040888963407ull;
    return (d->state >> 33) % sides;
}

static const struct {
    const char *action;
    const char *fields[3];
} moves[] = {
    {"return",
     {"return_reason=incomplete", "return_reason=number_wrong",
      "return_reason=other|return_note=x"}},
    {"resubmit", {"number=13800000001", "number=13900000002", ""}},
    {"accept", {"", "", ""}},
    {"decide",
     {"home_province=44|home_basis=other", "home_province=11|home_basis=other",
      "home_province=33|home_basis=other"}},
    {"forward", {"", "", ""}},
    {"sign_for", {"", "", ""}},
    {"wrong_home", {"wrong_home_reason=other", "wrong_home_reason=other|routing_note=x", ""}},
    {"decide_home", {"home_province=44|home_basis=other", "home_province=11|home_basis=other", ""}},
    {"order",
     {"ordered=cm.44", "ordered=cm.33", "ordered=cm.44|reorder_reason=other|instruction=x"}},
    {"result",
     {"verify_result=unidentified|action=shutdown|action_at=2015-02-10T10:00:00+08:00",
      "verify_result=not_in_use|action=none", "verify_result=not_ours"}},
    {"shut_down", {"", "", ""}},
    {"answer", {"", "", ""}},
    {"answer_from_record",
     {"verify_result=not_in_use|action=none|record_reason=closed_before", "", ""}},
    {"pass_on", {"", "", ""}},
    {"close", {"", "", ""}},
    {"remark", {"comment=x", "comment=y", "comment=z"}},
};

static void act_somewhere(world *w, dice *d, const tb_case_id *cases, size_t count)
{
    const char *party = w->agents[roll(d, w->agent_count)].id.text;
    size_t move = roll(d, sizeof moves / sizeof moves[0]);
    w->case_id = cases[roll(d, count)];
    (void)acts(w, party, moves[move].action, moves[move].fields[roll(d, 3)]);
}

/* The holder does what moves the case on, so that cases get somewhere. */
static void act_as_holder(world *w, dice *d, const tb_case_id *cases, size_t count)
{
    w->case_id = cases[roll(d, count)];
    for (size_t i = 0; i < w->agent_count; i++) {
        const char *party = w->agents[i].id.text;
        if (!summary_at(w, party).mine) {
            continue;
        }
        size_t from = roll(d, sizeof moves / sizeof moves[0]);
        for (size_t m = 0; m < sizeof moves / sizeof moves[0]; m++) {
            size_t move = (from + m) % (sizeof moves / sizeof moves[0]);
            if (acts(w, party, moves[move].action, moves[move].fields[roll(d, 3)]) == TB_ACCEPTED) {
                return;
            }
        }
    }
}

/* In order within a stream, as the link has it, or any letter when unruly. */
static void deliver_some(world *w, dice *d, bool unruly)
{
    size_t wanted = roll(d, lying(w) + 1);
    for (size_t i = 0; i < w->letter_count; i++) {
        letter *l = &w->letters[i];
        if (l->gone || wanted-- > 0) {
            continue;
        }
        for (size_t e = 0; !unruly && e < i; e++) {
            letter *earlier = &w->letters[e];
            if (!earlier->gone && tb_party_equal(&earlier->to, &l->to)) {
                l = earlier;
            }
        }
        (void)deliver(w, l);
        return;
    }
}

/* Everybody who has as many events of a case has the same head. */
static void same_chains(world *w, const tb_case_id *cases, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        w->case_id = cases[c];
        tb_local_summary seen[WORLD_AGENTS];
        for (size_t i = 0; i < w->agent_count; i++) {
            seen[i] = summary_at(w, w->agents[i].id.text);
            assert_false(seen[i].frozen);
            assert_int_equal(seen[i].held_back, 0);
            for (size_t j = 0; j < i; j++) {
                if (seen[i].number == seen[j].number && seen[i].number > 0) {
                    assert_true(tb_digest_equal(&seen[i].head, &seen[j].head));
                    assert_true(tb_bytes_equal(seen[i].state, seen[j].state));
                }
            }
        }
    }
}

static void play(world *w, uint64_t seed, bool unruly)
{
    dice d = {seed};
    tb_case_id cases[CASES];
    for (size_t i = 0; i < CASES; i++) {
        const char *number = i < 3 ? "number=13800001234" : "number=13900001234";
        char fields[256];
        assert_true(
            snprintf(fields, sizeof fields,
                     "%s|source=police_case|offence=other|reported_at=2015-02-09T11:39:00+08:00",
                     number) > 0);
        assert_int_equal(opens(w, "police.33", fields), TB_ACCEPTED);
        cases[i] = w->case_id;
    }
    for (size_t i = 0; i < STEPS; i++) {
        switch (roll(&d, 5)) {
        case 0:
            act_somewhere(w, &d, cases, CASES);
            break;
        case 1:
            act_as_holder(w, &d, cases, CASES);
            break;
        default:
            deliver_some(w, &d, unruly);
        }
    }
    check_world(w);
    while (lying(w) > 0) {
        deliver_some(w, &d, unruly);
    }
    check_world(w);
    same_chains(w, cases, CASES);
}

static void whatever_is_done_in_whatever_order_every_invariant_holds(void **state)
{
    (void)state;
    const char *one = getenv("SEED");
    uint64_t from = one != NULL ? strtoull(one, NULL, 10) : 1;
    for (uint64_t seed = from; seed < from + (one != NULL ? 1 : 6); seed++) {
        void *w;
        print_message("SEED=%llu\n", (unsigned long long)seed);
        assert_int_equal(world_setup(&w), 0);
        play(w, seed, seed % 2 == 0);
        assert_int_equal(world_teardown(&w), 0);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(whatever_is_done_in_whatever_order_every_invariant_holds),
};

TB_RUN("casework random", tests)
