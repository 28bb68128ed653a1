/* play_shelve - leads that a party's staff leave lying, as the play says, until they take them up again:
 * whose duty on them is overdue meanwhile is no accident of the machine.
 */
#include <string.h>

#include "agents/import/dates.h"
#include "ops/exercise/play.h"
#include "ops/exercise/rule.h"

#define SHELVED_MAX  64
#define ON_ITS_WAY_S 20.0 /* until a lead that fits must have come, if there is one */

/* Which lead: what is empty matches any. */
typedef struct shelf {
    const char *name; /* of its case, in the play */
    const ex_party *party;
    char state[32];
    char found[TB_PARTY_BYTES];
    char home[TB_PARTY_BYTES];
    char network[TB_PARTY_BYTES];
    char submitter[TB_PARTY_BYTES];
    char outcome[32];
    bool urgent;
    bool repeat;
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

/* One condition of the sheet; false: there is none of that name. */
static bool set(shelf *s, tb_bytes id, tb_bytes value)
{
    const struct {
        const char *id;
        char *text;
        size_t size;
    } texts[] = {
        {"state", s->state, sizeof s->state},       {"found", s->found, sizeof s->found},
        {"home", s->home, sizeof s->home},          {"network", s->network, sizeof s->network},
        {"outcome", s->outcome, sizeof s->outcome}, {"submitter", s->submitter, sizeof s->submitter},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (tb_bytes_equal(id, tb_bytes_str(texts[i].id))) {
            (void)snprintf(texts[i].text, texts[i].size, "%.*s", (int)value.size, (const char *)value.data);
            return true;
        }
    }
    bool yes = tb_bytes_equal(value, tb_bytes_str("1"));
    if (tb_bytes_equal(id, tb_bytes_str("urgent"))) {
        s->urgent = yes;
    } else if (tb_bytes_equal(id, tb_bytes_str("repeat"))) {
        s->repeat = yes;
    } else {
        return tb_bytes_equal(id, tb_bytes_str("until")) && tb_dates_read(value, &s->until);
    }
    return true;
}

void ex_shelve(const ex_step *step)
{
    if (shelf_count == SHELVED_MAX) {
        ex_fail("line %llu of the play: more than %d cases are left lying", (unsigned long long)step->line, SHELVED_MAX);
    }
    shelf *s = &shelves[shelf_count++];
    *s = (shelf){.name = step->name, .party = step->party, .from = step->at};
    for (size_t i = 0; i < step->field_count; i++) {
        if (!set(s, step->fields[i].id, step->fields[i].value)) {
            ex_fail("line %llu of the play: \"%.*s\" does not say which lead", (unsigned long long)step->line,
                    (int)step->fields[i].id.size, (const char *)step->fields[i].id.data);
        }
    }
}

static bool is(const char *wanted, const char *value)
{
    return *wanted == 0 || strcmp(wanted, value) == 0;
}

/* Of two of one number the first decides when the second goes on: only the second is left lying, where one
 * is wanted. A resale number has another operator than its network's. */
static bool fits(const shelf *s, const ex_party *party, const ex_row *row)
{
    bool once = s->repeat ? row->linked : !row->repeated;
    return s->row == NULL && s->party == party && once && row->urgent == s->urgent && row->reported_at >= s->from &&
           row->reported_at < s->until && is(s->found, row->found) && is(s->home, row->home) && is(s->submitter, row->submitter) &&
           (*s->network == 0 || (!row->mvno && is(s->network, row->operator_code))) && is(s->outcome, ex_outcome(row->number));
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
