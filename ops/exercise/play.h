/* play - what staff do in an exercise beside the notices: a sheet that anybody can write.
 *
 * A play (剧本) is a CSV with the columns at, who, act, case, values, expect:
 *
 *     at      when, in the exercise's time; steps are played in this order
 *     who     a party, or `each bureau`, or `each bureau except bureau.13 bureau.65`: every party
 *             whose id begins with that word, one step each; or `hq for each bureau`: one party,
 *             a step for each of those. A party that does not take part in this exercise is left out
 *             with its steps.
 *     act     an action; `open TYPE` or `open TYPE:ACTION` opens a case; `rest` and `work`: the party's clerks act on
 *             no notice until they work again; `shelve`: they leave the next lead lying that fits
 *             the values (state, found, home, network, submitter, outcome, urgent, repeat; reported before until) when it comes to
 *             them, and `take_up` it again; `await`: wait until the case has the action of the
 *             values (of that duty, if one is given), by anybody; `adopt`: headquarters adopts the limit of a duty (of, duty,
 *             document_no, from) by the campaign's next version; `settle`: wait until all that was submitted so
 *             far is closed and has arrived everywhere
 *     case    what the play calls the case
 *     values  field=value; field=value
 *     expect  empty, or the refusal that must come
 *
 * In case and values {party}, {province} and {n} stand for the party (of `for each`: the one it is for),
 * its jurisdiction, and which of `each` it is, from 1.
 */
#ifndef TB_EXERCISE_PLAY_H
#define TB_EXERCISE_PLAY_H

#include "ops/exercise/exercise.h"

/* Reads the play of options.play; without one there is nothing to play. */
void ex_play_read(ex_world *world);
/* Plays every step that is due before the next row, submitted at that time. */
void ex_play_until(ex_world *world, tb_time next);
/* Plays what is left. */
void ex_play_rest(ex_world *world);
/* The case of that name; NULL: no step opened one. */
const tb_case_id *ex_play_case(const char *name);
/* From now on the case has this name. */
void ex_play_remember(const char *name, const char *case_type, const tb_case_id *id);
/* Each named case, in the order they were opened, with who opened it (NULL: a lead); false: no more. */
bool ex_play_named(size_t at, const char **out_name, ex_party **out_opener, const tb_case_id **out_id);

/* play_read.c: one step of one party. */
typedef struct ex_step {
    tb_time at;
    ex_party *party; /* NULL: settle */
    const char *act;
    const char *opens; /* case type, or NULL */
    const char *by;    /* which opening of it; empty: the party's first */
    const char *name;  /* of the case */
    const char *expect; /* refusal, or "" */
    tb_field *fields;
    size_t field_count;
    unsigned nth;  /* of those the line means, from 1 */
    unsigned many; /* how many it means, each by another party or all by one */
    bool by_one;
    uint64_t line; /* of the sheet */
} ex_step;

/* play_shelve.c. Whether the party's staff leaves the case as it is now lying. */
bool ex_shelved(const ex_party *party, ex_row *row, const tb_local_summary *summary);
bool ex_left_lying(const ex_row *row);
void ex_shelve(const ex_step *step);
void ex_take_up_shelved(ex_world *world, const ex_step *step);
/* No lead of the file fits what was to be left lying under this name. */
bool ex_shelf_empty(ex_world *world, const char *name);

/* adopt.c */
void ex_adopt(ex_world *world, const ex_step *step);

/* Whether the case would be that of a party that does not take part; others do nothing with it. */
bool ex_play_left_out(const char *name);

/* The steps of a sheet in the order they are played; they stay for ever. */
ex_step *ex_play_steps(ex_world *world, const char *path, size_t *out_count);

#endif
