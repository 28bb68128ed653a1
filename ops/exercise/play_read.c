/* play_read - a play as steps, one for each party that a line means. */
#include <stdlib.h>
#include <string.h>

#include "agents/import/csv.h"
#include "agents/import/dates.h"
#include "ops/exercise/play.h"

#define PLAY_ARENA  (16u * 1024 * 1024)
#define VALUES_MAX  64
#define TEXT_MAX    8192
#define COLUMNS     6
#define LEFT_MAX    4096

static tb_arena arena;
static ex_step *steps;
static size_t step_count;
static size_t step_room;
static const char *left[LEFT_MAX]; /* cases of parties that do not take part */
static size_t left_count;

static const char *keep(const char *text, size_t size)
{
    char *out = tb_arena_alloc(&arena, size + 1);
    if (out == NULL) {
        ex_fail("the play is too long");
    }
    memcpy(out, text, size);
    out[size] = 0;
    return out;
}

/* ---- placeholders ---- */

static const char *fill(tb_bytes in, const ex_party *party, unsigned n)
{
    char out[TEXT_MAX], number[16];
    (void)snprintf(number, sizeof number, "%u", n);
    const struct {
        const char *what;
        const char *with;
    } places[] = {{"{party}", party != NULL ? party->id.text : ""},
                  {"{province}", party != NULL ? party->province : ""},
                  {"{n}", number}};
    size_t have = 0;
    for (size_t i = 0; i < in.size;) {
        const char *with = NULL;
        size_t skip = 1;
        for (size_t p = 0; p < sizeof places / sizeof places[0] && with == NULL; p++) {
            size_t size = strlen(places[p].what);
            if (in.size - i >= size && memcmp(in.data + i, places[p].what, size) == 0) {
                with = places[p].with;
                skip = size;
            }
        }
        size_t more = with != NULL ? strlen(with) : 1;
        if (have + more >= sizeof out) {
            ex_fail("a cell of the play is too long");
        }
        memcpy(out + have, with != NULL ? with : (const char *)in.data + i, more);
        have += more;
        i += skip;
    }
    return keep(out, have);
}

static tb_bytes trimmed(const char *from, const char *to)
{
    while (from < to && *from == ' ') {
        from++;
    }
    while (to > from && to[-1] == ' ') {
        to--;
    }
    return tb_bytes_of((const uint8_t *)from, (size_t)(to - from));
}

static void read_values(ex_step *step, const char *text)
{
    step->fields = tb_arena_array(&arena, VALUES_MAX, sizeof *step->fields);
    while (step->fields != NULL && *text != 0) {
        const char *end = text + strcspn(text, ";");
        const char *is = memchr(text, '=', (size_t)(end - text));
        if (is == NULL || step->field_count == VALUES_MAX) {
            ex_fail("line %llu of the play: \"%.*s\" is not field=value", (unsigned long long)step->line,
                    (int)(end - text), text);
        }
        step->fields[step->field_count++] = (tb_field){.id = trimmed(text, is), .value = trimmed(is + 1, end)};
        text = *end == ';' ? end + 1 : end;
        text += strspn(text, " ");
    }
}

/* ---- lines ---- */

/* about: whom the placeholders name. */
static void add(const tb_csv_row *row, ex_party *party, const ex_party *about, unsigned n)
{
    if (step_count == step_room) {
        step_room = step_room == 0 ? 256 : 2 * step_room;
        steps = realloc(steps, step_room * sizeof *steps);
        if (steps == NULL) {
            ex_fail("no memory");
        }
    }
    ex_step step = {.party = party, .nth = n, .line = row->number};
    if (!tb_dates_read(row->fields[0], &step.at)) {
        ex_fail("line %llu of the play: \"%.*s\" is no time", (unsigned long long)row->number,
                (int)row->fields[0].size, (const char *)row->fields[0].data);
    }
    const char *act = fill(row->fields[2], about, n);
    if (strncmp(act, "open ", 5) == 0) {
        const char *colon = strchr(act, ':');
        step.opens = colon != NULL ? keep(act + 5, (size_t)(colon - act - 5)) : act + 5;
        step.by = colon != NULL ? colon + 1 : "";
    }
    step.act = act;
    step.name = fill(row->fields[3], about, n);
    read_values(&step, fill(row->fields[4], about, n));
    step.expect = fill(row->fields[5], about, n);
    steps[step_count++] = step;
}

/* Whether a word of a list is the party's id. */
static bool among(const char *list, const char *id)
{
    size_t size = strlen(id);
    for (const char *at = list; (at = strstr(at, id)) != NULL; at += size) {
        if ((at == list || at[-1] == ' ') && (at[size] == ' ' || at[size] == 0)) {
            return true;
        }
    }
    return false;
}

/* actor NULL: each acts himself. */
static void add_each(ex_world *world, const tb_csv_row *row, ex_party *actor, const char *who)
{
    const char *kind = who + strlen("each ");
    size_t size = strcspn(kind, " ");
    const char *except = strstr(kind, " except ");
    unsigned n = 0;
    size_t first = step_count;
    for (size_t i = 0; i < world->party_count; i++) {
        ex_party *party = &world->parties[i];
        bool of_kind = strncmp(party->id.text, kind, size) == 0 &&
                       (party->id.text[size] == '.' || party->id.text[size] == 0);
        if (of_kind && (except == NULL || !among(except + strlen(" except "), party->id.text))) {
            add(row, actor != NULL ? actor : party, party, ++n);
        }
    }
    for (size_t i = first; i < step_count; i++) {
        steps[i].many = n;
        steps[i].by_one = actor != NULL;
    }
}

static void add_line(ex_world *world, const tb_csv_row *row)
{
    const char *who = fill(row->fields[1], NULL, 0);
    const char *each = strstr(who, " for each ");
    ex_party *party = ex_party_find(world, each != NULL ? keep(who, (size_t)(each - who)) : who);
    if (strncmp(who, "each ", 5) == 0) {
        add_each(world, row, NULL, who);
    } else if (*who == 0) {
        add(row, NULL, NULL, 0);
    } else if (party != NULL && each != NULL) {
        add_each(world, row, party, each + 5);
    } else if (party != NULL) {
        add(row, party, party, 1);
    } else if (left_count < LEFT_MAX) {
        left[left_count++] = fill(row->fields[3], NULL, 0);
    }
}

bool ex_play_left_out(const char *name)
{
    for (size_t i = 0; i < left_count; i++) {
        if (strcmp(left[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* In the order of time; steps of one time in the order of the sheet. */
static int by_time(const void *a, const void *b)
{
    const ex_step *x = a, *y = b;
    if (x->at != y->at) {
        return x->at < y->at ? -1 : 1;
    }
    return x->line != y->line ? (x->line < y->line ? -1 : 1) : (x < y ? -1 : 1);
}

ex_step *ex_play_steps(ex_world *world, const char *path, size_t *out_count)
{
    uint8_t *block = malloc(PLAY_ARENA);
    if (block == NULL) {
        ex_fail("no memory");
    }
    tb_arena_init(&arena, block, PLAY_ARENA);
    tb_csv csv;
    tb_csv_init(&csv, ex_read_file(path, &arena));
    tb_csv_row row;
    bool heading = true;
    tb_err err;
    while ((err = tb_csv_next(&csv, &arena, &row)) == TB_OK) {
        bool comment = row.raw.size > 0 && row.raw.data[0] == '#';
        if (!comment && (row.broken || row.count != COLUMNS)) {
            ex_fail("line %llu of the play has not the columns at, who, act, case, values, expect",
                    (unsigned long long)row.number);
        }
        if (!comment && !heading) {
            add_line(world, &row);
        }
        heading = heading && comment;
    }
    if (err != TB_ERR_NOT_FOUND) {
        ex_fail("the play is too long");
    }
    if (step_count > 0) {
        qsort(steps, step_count, sizeof *steps, by_time);
    }
    *out_count = step_count;
    return steps;
}
