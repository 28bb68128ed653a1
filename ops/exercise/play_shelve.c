/* play_shelve - leads that a party's staff leave lying, as the play says, until they take them up again:
 * whose duty on them is overdue meanwhile is no accident of the machine.
 */
#include <stdlib.h>
#include <string.h>

#include "agents/import/dates.h"
#include "ops/exercise/play.h"
#include "ops/exercise/rule.h"

#define SHELVED_MAX  64
#define ON_ITS_WAY_S 20.0 /* until a lead that fits must have come, if there is one */

/* Which lead: empty matches any. */
typedef struct shelf {
    const char *name; /* of its case, in the play */
    const ex_party *party;
    char state[32];
    char found[4];
    char outcome[24];
    bool urgent;
    tb_time from, until; /* reported */
    ex_row *row;         /* once it came */
    bool over;           /* taken up again */
} shelf;

static shelf shelves[SHELVED_MAX];
static size_t shelf_count;

static shelf *shelf_of(const char *name)
{
    for (size_t i = 0; i < shelf_count; i++) {
        if (strcmp(shelves[i].name, name) == 0) {
            return &shelves[i];
        }
    }
    return NULL;
}

static void copy(char *out, size_t size, tb_bytes in)
{
    (void)snprintf(out, size, "%.*s", (int)in.size, (const char *)in.data);
}

void ex_shelve(const ex_step *step)
{
    if (shelf_count == SHELVED_MAX) {
        ex_fail("line %llu of the play: more than %d cases are left lying", (unsigned long long)step->line, SHELVED_MAX);
    }
    shelf *s = &shelves[shelf_count++];
    *s = (shelf){.name = step->name, .party = step->party, .from = step->at};
    for (size_t i = 0; i < step->field_count; i++) {
        tb_bytes id = step->fields[i].id, value = step->fields[i].value;
        bool known = true;
        if (tb_bytes_equal(id, tb_bytes_str("state"))) {
            copy(s->state, sizeof s->state, value);
        } else if (tb_bytes_equal(id, tb_bytes_str("found"))) {
            copy(s->found, sizeof s->found, value);
        } else if (tb_bytes_equal(id, tb_bytes_str("outcome"))) {
            copy(s->outcome, sizeof s->outcome, value);
        } else if (tb_bytes_equal(id, tb_bytes_str("urgent"))) {
            s->urgent = tb_bytes_equal(value, tb_bytes_str("1"));
        } else {
            known = tb_bytes_equal(id, tb_bytes_str("until")) && tb_dates_read(value, &s->until);
        }
        if (!known) {
            ex_fail("line %llu of the play: state, found, outcome, urgent and until (a time) say which lead", (unsigned long long)step->line);
        }
    }
}

/* A repeat waits for another case of its number, and moves by that one. */
static bool fits(const shelf *s, const ex_party *party, const ex_row *row)
{
    return s->row == NULL && s->party == party && !row->repeated && row->urgent == s->urgent && row->reported_at >= s->from &&
           row->reported_at < s->until && (s->found[0] == 0 || strcmp(s->found, row->found) == 0) &&
           (s->outcome[0] == 0 || strcmp(s->outcome, ex_outcome(row->number)) == 0);
}

bool ex_shelved(const ex_party *party, ex_row *row, const tb_local_summary *summary)
{
    for (size_t i = 0; i < shelf_count; i++) {
        shelf *s = &shelves[i];
        if (fits(s, party, row) && tb_bytes_equal(summary->state, tb_bytes_str(s->state))) {
            s->row = row;
            ex_play_remember(s->name, "notice", &row->case_id);
        }
        if (s->row == row && s->party == party && !s->over) {
            return true;
        }
    }
    return false;
}

bool ex_left_lying(const ex_row *row)
{
    for (size_t i = 0; i < shelf_count; i++) {
        if (shelves[i].row == row && !shelves[i].over) {
            return true;
        }
    }
    return false;
}

bool ex_shelf_empty(ex_world *world, const char *name)
{
    const shelf *s = shelf_of(name);
    double until = ex_seconds() + ON_ITS_WAY_S;
    while (s != NULL && s->row == NULL && world->closed < world->due && ex_seconds() < until) {
        ex_round(world, 20);
    }
    return s != NULL && s->row == NULL;
}

void ex_take_up_shelved(ex_world *world, const ex_step *step)
{
    shelf *s = shelf_of(step->name);
    if (s == NULL) {
        ex_fail("line %llu of the play: the case \"%s\" was not left lying", (unsigned long long)step->line, step->name);
    }
    s->over = true;
    ex_staff_look(world, step->party, s->row, step->at);
}
