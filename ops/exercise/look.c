/* look - how agents are, as they say themselves, and waiting until they are as expected. */
#include "ops/exercise/disaster.h"

#define LOOK_S 0.2

static ex_seen now_seen[EX_PARTIES_MAX];

static void take_status(ex_world *world, ex_party *party, const tb_local_answer *answer, uint64_t tag)
{
    (void)tag;
    const tb_local_status *s = &answer->status;
    if (answer->kind == TB_ANSWER_STATUS) {
        now_seen[party - world->parties] = (ex_seen){true, s->linked, s->fenced, s->outbox, s->recovery.state};
    }
}

static void ask_status(ex_world *world, ex_party *party)
{
    tb_local_request request = {.kind = TB_REQUEST_STATUS};
    now_seen[party - world->parties] = (ex_seen){0};
    ex_ask(world, party, &request, take_status, 0);
}

const ex_seen *ex_status_of(ex_world *world, ex_party *party)
{
    const ex_seen *s = &now_seen[party - world->parties];
    double until = ex_seconds() + EX_PATIENCE_S;
    ask_status(world, party);
    while (!s->answered && ex_seconds() < until) {
        ex_round(world, 20);
    }
    if (!s->answered) {
        ex_fail("%s does not answer", party->id.text);
    }
    return s;
}

bool ex_is_linked(const ex_seen *s)
{
    return s->linked && !s->fenced;
}
bool ex_is_fenced(const ex_seen *s)
{
    return s->fenced;
}
bool ex_is_recovered(const ex_seen *s)
{
    return ex_is_linked(s) && s->recovery == 3;
}
bool ex_is_empty(const ex_seen *s)
{
    return s->outbox == 0;
}

void ex_rounds(ex_world *world, double seconds)
{
    double until = ex_seconds() + seconds;
    while (ex_seconds() < until) {
        ex_round(world, 20);
    }
}

void ex_await(ex_world *world, ex_party *party, bool (*holds)(const ex_seen *), const char *what)
{
    double until = ex_seconds() + EX_PATIENCE_S;
    while (!holds(ex_status_of(world, party))) {
        if (ex_seconds() > until) {
            ex_fail("%s is not %s after %.0f s; see its log in %s", party->id.text, what, EX_PATIENCE_S, world->log_dir);
        }
        ex_rounds(world, LOOK_S);
    }
}

/* Its staff lays down the work, and nothing is asked of its agent any more: what comes now cannot be
 * asked again under the same id of a store that has forgotten it. */
void ex_lay_down(ex_world *world, ex_party *party)
{
    party->resting = true;
    while (ex_talk_waiting_for(party) > 0) {
        ex_round(world, 20);
    }
}

void ex_take_up(ex_party *party)
{
    party->resting = false;
    party->watched = false; /* its staff looks through its list */
}

size_t ex_outbox_of_all(ex_world *world)
{
    size_t sum = 0;
    for (size_t i = 0; i < world->party_count; i++) {
        now_seen[i] = (ex_seen){0};
        if (!world->parties[i].away) {
            ask_status(world, &world->parties[i]);
        }
    }
    for (size_t i = 0; i < world->party_count; i++) {
        while (!world->parties[i].away && !now_seen[i].answered) {
            ex_round(world, 20);
        }
    }
    for (size_t i = 0; i < world->party_count; i++) {
        sum += world->parties[i].away ? 0 : (size_t)now_seen[i].outbox;
    }
    return sum;
}

bool ex_all_linked(ex_world *world)
{
    (void)ex_outbox_of_all(world);
    for (size_t i = 0; i < world->party_count; i++) {
        if (!world->parties[i].away && !now_seen[i].linked) {
            return false;
        }
    }
    return true;
}
