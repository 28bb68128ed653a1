/* Every state and action of the black card: who may do what, and that nobody else may do anything.
 */
#include "tests/agents/judge_fixture.h"

#include "agents/campaign/scene.h"

#include <stdio.h>

#define AT     "action_at=2015-02-10T09:00:00+08:00"
#define CARD   "number=13800004567|number_masked=138****4567|reported_at=2015-02-09T11:39:00+08:00|"
#define POLICE CARD "offence=telecom_fraud|found_province=33|source=police_case"

#define NOTHING                                                                                    \
    {                                                                                              \
        false, false                                                                               \
    }
#define OPEN_BEFORE                                                                                \
    {                                                                                              \
        true, false                                                                                \
    }
#define DONE_BEFORE                                                                                \
    {                                                                                              \
        false, true                                                                                \
    }

/* What the words of a path stand for. */
typedef struct move {
    const char *word;
    const char *actor;
    const char *action;
    const char *fields;
} move;

/* clang-format off */
static const move moves[] = {
    {"submit", "police.33", "submit", POLICE "|home_province=44|operator=CM|mvno=0"},
    {"submit-local", "police.33", "submit", POLICE "|home_province=33|operator=CM|mvno=0"},
    {"submit-resale", "police.33", "submit", POLICE "|home_province=44|operator=CM|mvno=1"},
    {"submit-unknown", "police.33", "submit", POLICE},
    {"return", "bureau.33", "return", "return_reason=number_wrong"},
    {"accept", "bureau.33", "accept", ""},
    {"withdraw", "bureau.33", "withdraw", ""},
    {"decide", "bureau.33", "decide", "home_province=44|home_basis=other"},
    {"forward", "bureau.33", "forward", ""},
    {"sign-for", "bureau.44", "sign_for", ""},
    {"wrong-home", "bureau.44", "wrong_home", "wrong_home_reason=not_found"},
    {"order", "bureau.44", "order", "ordered=cm.44"},
    {"order-resale", "bureau.44", "order", "ordered=resale.1|host=cm.44"},
    {"look-up", "bureau.44", "order", "ordered=cm.44|host=cm.44"},
    {"not-ours", "resale.1", "result", "verify_result=not_ours"},
    {"identified", "cm.44", "result", "verify_result=identified|action=none"},
    {"unidentified", "cm.44", "result", "verify_result=unidentified|action=shutdown|" AT},
    {"not-in-use", "cm.44", "result", "verify_result=not_in_use|action=none"},
    {"shut-down", "bureau.44", "shut_down", ""},
    {"answer", "bureau.44", "answer", ""},
    {"order-local", "bureau.33", "order", "ordered=cm.33"},
    {"identified-local", "cm.33", "result", "verify_result=identified|action=none"},
    {"unidentified-local", "cm.33", "result", "verify_result=unidentified|action=shutdown|" AT},
    {"shut-down-local", "bureau.33", "shut_down", ""},
    {"pass-on", "bureau.33", "pass_on", ""},
    {"close", "bureau.33", "close", ""},
    {"refer-back", "bureau.33", "refer_back", "review_ground=restore"},
    {"order-restore", "bureau.44", "order_restore", "restore_basis=registered"},
    {"restore", "cm.44", "restore", "action=restored|" AT},
};

/* How a case gets where it is, what its holder knows of other cases, and all that is then allowed. */
typedef struct situation {
    const char *name;
    const char *state;
    tb_local_knowledge known; /* at the last step */
    const char *path;
    const char *allowed;
} situation;

static const situation situations[] = {
    {"nothing yet", "", NOTHING,
     "",
     "police.33: submit\n"},
    {"submitted", "submitted", NOTHING,
     /* whether somebody asked for it the agent knows, not the judge (agents/answers.h) */
     "submit",
     "bureau.33: return withdraw keep accept remark explain_difference supervise report_back\n"
     "bureau.44: remark explain_difference report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: ask_withdraw remark report_back\n"},
    {"withdrawn", "withdrawn", NOTHING,
     "submit withdraw",
     "bureau.33: remark explain_difference supervise report_back\n"
     "bureau.44: remark explain_difference report_back\n"
     "headquarters: remark supervise\n"
     "police.33: remark report_back\n"},
    {"returned", "returned", NOTHING,
     "submit return",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: remark explain_difference report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: resubmit remark report_back\n"},
    {"home unknown", "undetermined", NOTHING,
     "submit-unknown accept",
     "bureau.33: return withdraw keep decide remark explain_difference supervise report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: ask_withdraw remark report_back\n"},
    {"accepted", "accepted", NOTHING,
     "submit accept",
     "bureau.33: withdraw keep forward remark explain_difference supervise report_back\n"
     "bureau.44: remark explain_difference report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: ask_withdraw remark report_back\n"},
    {"forwarded", "forwarded", NOTHING,
     "submit accept forward",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: sign_for wrong_home remark explain_difference report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"signed for", "signed_for", NOTHING,
     "submit accept forward sign-for",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: wrong_home order remark explain_difference report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"waiting at its home", "waiting", OPEN_BEFORE,
     "submit accept forward sign-for",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: wrong_home order answer_from_record remark explain_difference report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"signed for, dealt with before", "signed_for", DONE_BEFORE,
     "submit accept forward sign-for",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: wrong_home order answer_from_record remark explain_difference report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"rerouted", "rerouted", NOTHING,
     "submit accept forward wrong-home",
     "bureau.33: return decide remark explain_difference supervise report_back\n"
     "bureau.44: remark explain_difference report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"at headquarters", "at_headquarters", NOTHING,
     "submit accept forward wrong-home decide forward wrong-home",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: remark explain_difference report_back\n"
     "headquarters: decide_home remark supervise\n"
     "police.33: remark report_back\n"},
    {"verifying", "verifying", NOTHING,
     "submit accept forward sign-for order",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: remark explain_difference take_back report_back\n"
     "cm.44: result remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"resale operator ordered", "verifying", NOTHING,
     "submit-resale accept forward sign-for order-resale",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: remark explain_difference take_back report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"
     "resale.1: result remark report_back\n"},
    {"resale operator looked up", "resale_lookup", NOTHING,
     "submit-resale accept forward sign-for look-up",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: remark explain_difference take_back report_back\n"
     "cm.44: result remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"not ours", "to_order", NOTHING,
     "submit-resale accept forward sign-for order-resale not-ours",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: wrong_home order remark explain_difference report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"
     "resale.1: remark report_back\n"},
    {"unidentified", "verified", NOTHING,
     "submit accept forward sign-for order unidentified",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: shut_down remark explain_difference report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"identified", "verified", NOTHING,
     "submit accept forward sign-for order identified",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: answer remark explain_difference report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"not in use", "verified", NOTHING,
     "submit accept forward sign-for order not-in-use",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: answer remark explain_difference report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"shut down", "shut_down", NOTHING,
     "submit accept forward sign-for order unidentified shut-down",
     "bureau.33: ask_restore remark explain_difference take_over supervise report_back\n"
     "bureau.44: answer ask_restore remark explain_difference report_back\n"
     "cm.44: ask_restore remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: ask_restore remark report_back\n"},
    {"answered", "answered", NOTHING,
     "submit accept forward sign-for order unidentified shut-down answer",
     "bureau.33: pass_on remark explain_difference supervise report_back\n"
     "bureau.44: remark explain_difference report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"informed", "informed", NOTHING,
     "submit accept forward sign-for order unidentified shut-down answer pass-on",
     "bureau.33: close ask_restore refer_back decline remark explain_difference supervise report_back\n"
     "bureau.44: ask_restore remark explain_difference report_back\n"
     "cm.44: ask_restore remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: acknowledge object ask_restore remark report_back\n"},
    {"closed", "closed", NOTHING,
     "submit accept forward sign-for order unidentified shut-down answer pass-on close",
     "bureau.33: ask_reopen ask_restore refer_back decline remark explain_difference supervise report_back\n"
     "bureau.44: ask_restore remark explain_difference report_back\n"
     "cm.44: ask_restore remark report_back\n"
     "headquarters: ask_reopen remark supervise\n"
     "police.33: ask_reopen ask_restore remark report_back\n"},
    {"being reviewed", "reviewing", NOTHING,
     "submit accept forward sign-for order unidentified shut-down answer pass-on close refer-back",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: order uphold order_restore remark explain_difference report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"being restored", "restoring", NOTHING,
     "submit accept forward sign-for order unidentified shut-down answer pass-on refer-back order-restore",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: remark explain_difference take_back report_back\n"
     "cm.44: restore remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"restored", "restored", NOTHING,
     "submit accept forward sign-for order unidentified shut-down answer pass-on refer-back order-restore restore",
     "bureau.33: remark explain_difference take_over supervise report_back\n"
     "bureau.44: answer remark explain_difference report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"restored, answered", "answered", NOTHING,
     "submit accept forward sign-for order unidentified shut-down answer pass-on refer-back order-restore restore answer",
     "bureau.33: pass_on remark explain_difference supervise report_back\n"
     "bureau.44: remark explain_difference report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"restored, informed", "informed", NOTHING,
     "submit accept forward sign-for order unidentified shut-down answer pass-on refer-back order-restore restore answer pass-on",
     "bureau.33: close refer_back decline remark explain_difference supervise report_back\n"
     "bureau.44: remark explain_difference report_back\n"
     "cm.44: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: acknowledge object remark report_back\n"},
    {"local, accepted", "accepted", NOTHING,
     "submit-local accept",
     "bureau.33: withdraw keep wrong_home order remark explain_difference supervise report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: ask_withdraw remark report_back\n"},
    {"local, dealt with before", "accepted", DONE_BEFORE,
     "submit-local accept",
     "bureau.33: withdraw keep wrong_home order answer_from_record remark explain_difference supervise report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: ask_withdraw remark report_back\n"},
    {"local, waiting", "waiting", OPEN_BEFORE,
     "submit-local accept",
     "bureau.33: wrong_home order answer_from_record remark explain_difference supervise report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"local, unidentified", "verified", NOTHING,
     "submit-local accept order-local unidentified-local",
     "bureau.33: shut_down remark explain_difference supervise report_back\n"
     "cm.33: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"local, identified", "verified", NOTHING,
     "submit-local accept order-local identified-local",
     "bureau.33: pass_on remark explain_difference supervise report_back\n"
     "cm.33: remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: remark report_back\n"},
    {"local, shut down", "shut_down", NOTHING,
     "submit-local accept order-local unidentified-local shut-down-local",
     "bureau.33: pass_on ask_restore remark explain_difference supervise report_back\n"
     "cm.33: ask_restore remark report_back\n"
     "headquarters: remark take_over supervise\n"
     "police.33: ask_restore remark report_back\n"},
};
/* clang-format on */

static const char *const actors[] = {
    "bureau.11", "bureau.33", "bureau.44", "cm.33",     "cm.44",    "ct.44",    "headquarters",
    "market.33", "police.11", "police.33", "police.44", "resale.1", "resale.2", "operator-group.cm",
};

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])

static const move *move_named(const char *word, size_t size)
{
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        if (strlen(moves[i].word) == size && memcmp(moves[i].word, word, size) == 0) {
            return &moves[i];
        }
    }
    fail_msg("no move %.*s", (int)size, word);
    return NULL;
}

/* Takes the case along the path, and lets a waiting one see that the case before it is done. */
static void go(country *c, const situation *s)
{
    country_forget(c);
    for (const char *word = s->path; *word != '\0';) {
        size_t size = strcspn(word, " ");
        const move *m = move_named(word, size);
        word += size + (word[size] == ' ');
        c->known = *word == '\0' ? s->known : (tb_local_knowledge){0};
        tb_refusal code = act(c, m->actor, m->action, m->fields);
        if (code != TB_ACCEPTED) {
            fail_msg("%s: %s gave %s", s->name, m->word, tb_refusal_key(code));
        }
    }
    assert_string_equal(state_of(c), s->state);
    bool waiting = strcmp(s->state, "waiting") == 0;
    c->known = waiting ? (tb_local_knowledge)DONE_BEFORE : s->known;
}

/* Complete and plausible fields, so that what refuses an action is never a missing field. */
static const char *fields_for(const situation *s, const char *action)
{
    static const move given[] = {
        {"", "", "submit", POLICE "|home_province=44"},
        {"", "", "return", "return_reason=number_wrong"},
        {"", "", "keep", "return_note=x"},
        {"", "", "decide", "home_province=11|home_basis=operator_reply"},
        {"", "", "decide_home", "home_province=11|home_basis=headquarters_ruling"},
        {"", "", "wrong_home", "wrong_home_reason=not_found"},
        {"", "", "answer_from_record",
         "verify_result=not_in_use|action=none|record_reason=closed_before"},
        {"", "", "remark", "comment=x"},
        {"", "", "explain_difference", "difference_note=x"},
        {"", "", "supervise", "supervised=police.33|report_by=2015-12-31|supervision=x"},
        {"", "", "report_back", "supervision=x"},
        {"", "", "take_over", "take_over_reason=other"},
        {"", "", "take_back", "take_over_reason=other"},
        {"", "", "object", "objection_reason=still_in_use"},
        {"", "", "ask_restore", "restore_basis=registered"},
        {"", "", "refer_back", "review_ground=objection"},
        {"", "", "decline", "review_note=x"},
        {"", "", "uphold", "review_note=x"},
        {"", "", "order_restore", "restore_basis=registered"},
        {"", "", "restore", "action=restored|" AT},
    };
    for (size_t i = 0; i < COUNT_OF(given); i++) {
        if (strcmp(given[i].action, action) == 0) {
            return given[i].fields;
        }
    }
    if (strcmp(action, "result") == 0) {
        return strcmp(s->state, "resale_lookup") == 0
                   ? "verify_result=resale_user|resale_operator=resale.2"
                   : "verify_result=not_in_use|action=none";
    }
    if (strcmp(action, "order") == 0) {
        return strstr(s->path, "resale") != NULL
                   ? "ordered=resale.1|host=cm.44|reorder_reason=new_evidence"
               : strstr(s->path, "local") != NULL ? "ordered=cm.33|reorder_reason=new_evidence"
                                                  : "ordered=cm.44|reorder_reason=new_evidence";
    }
    return "";
}

/* "party: action action\n" for every party that may do anything. */
static void gather(country *c, const situation *s, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t a = 0; a < COUNT_OF(actors); a++) {
        const char *before = ":";
        for (unsigned i = 0; i < c->view.type->action_count; i++) {
            const char *action = c->view.type->actions[i].id;
            size_t mark = tb_arena_mark(&c->arena);
            if (attempt(c, actors[a], action, fields_for(s, action)) == TB_ACCEPTED) {
                const char *who = *before == ':' ? actors[a] : "";
                int more = snprintf(out + used, size - used, "%s%s %s", who, before, action);
                assert_in_range(more, 1, size - used - 2);
                used += (size_t)more;
                before = "";
            }
            tb_arena_release(&c->arena, mark);
        }
        if (*before == '\0') {
            out[used++] = '\n';
            out[used] = '\0';
        }
    }
}

static bool table_allows(const situation *s, const char *actor, const char *action)
{
    size_t actor_size = strlen(actor);
    for (const char *line = s->allowed; *line != '\0'; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, actor, actor_size) != 0 || line[actor_size] != ':') {
            continue;
        }
        for (const char *word = line + actor_size + 1; *word == ' ';) {
            size_t size = strcspn(++word, " \n");
            if (strlen(action) == size && memcmp(word, action, size) == 0) {
                return true;
            }
            word += size;
        }
    }
    return false;
}

static int setup(void **state)
{
    static country c;
    country_setup(&c, "black-card");
    *state = &c;
    return 0;
}

static int teardown(void **state)
{
    country_teardown(*state);
    return 0;
}

static void in_every_state_only_what_the_plan_names_is_allowed(void **state)
{
    country *c = *state;
    for (size_t i = 0; i < COUNT_OF(situations); i++) {
        char allowed[2048];
        go(c, &situations[i]);
        gather(c, &situations[i], allowed, sizeof allowed);
        if (strcmp(allowed, situations[i].allowed) != 0) {
            fail_msg("%s\n%s", situations[i].name, allowed);
        }
    }
}

static void every_state_and_every_action_is_in_the_table(void **state)
{
    country *c = *state;
    const tb_case_type *type = c->view.type;
    for (unsigned i = 0; i < type->state_count; i++) {
        bool seen = false;
        for (size_t j = 0; j < COUNT_OF(situations); j++) {
            seen = seen || strcmp(situations[j].state, type->states[i].id) == 0;
        }
        assert_true(seen);
    }
    for (unsigned i = 0; i < type->action_count; i++) {
        /* what is said of a duty the creditor's agent says: no person ever does it */
        bool seen = tb_action_by_agent(type, &type->actions[i]);
        for (size_t j = 0; j < COUNT_OF(situations) * COUNT_OF(actors); j++) {
            const char *actor = actors[j % COUNT_OF(actors)];
            seen =
                seen || table_allows(&situations[j / COUNT_OF(actors)], actor, type->actions[i].id);
        }
        assert_true(seen);
    }
}

/* Nothing that is allowed is missing from what people are offered. */
static void what_is_allowed_is_offered(void **state)
{
    country *c = *state;
    for (size_t i = 0; i < COUNT_OF(situations); i++) {
        go(c, &situations[i]);
        for (size_t a = 0; a < COUNT_OF(actors); a++) {
            tb_possible *possible = NULL;
            size_t count = 0;
            tb_party actor = party_of(actors[a]);
            assert_ok(
                tb_judge_possible(&c->view, &c->directory, &actor, &c->arena, &possible, &count));
            for (size_t j = 0; j < count; j++) {
                bool allowed = table_allows(&situations[i], actors[a], possible[j].action->id);
                assert_true(!allowed || possible[j].code == TB_ACCEPTED);
            }
        }
    }
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    T(in_every_state_only_what_the_plan_names_is_allowed),
    T(every_state_and_every_action_is_in_the_table),
    T(what_is_allowed_is_offered),
};

TB_RUN("agents/judge_table", tests)
