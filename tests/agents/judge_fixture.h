/* judge_fixture - a small country to judge in: the shipped campaign, a directory, and one case.
 *
 * Every act that is accepted is also judged as the event its receivers would see, and then applied,
 * so that both sides of the judge are tested by each step of each test.
 */
#ifndef TB_JUDGE_FIXTURE_H
#define TB_JUDGE_FIXTURE_H

#include "tests/test.h"

#include "agents/campaign/judge.h"
#include "agents/campaign/load.h"

#define PARTIES 16

typedef struct country_row {
    const char *id;
    const char *role;
    const char *jurisdiction;
} country_row;

typedef struct country {
    tb_arena arena;
    uint8_t *block;
    char *text;
    size_t text_size;
    tb_campaign_loaded *loaded;
    const tb_campaign *campaign;
    tb_directory directory;
    tb_directory_party parties[PARTIES];
    tb_time at; /* when what is attempted is done */
    tb_case_view view;
    tb_local_knowledge known;
    tb_ruling ruling;
    tb_objection objection;
    tb_event event; /* of the last act that was accepted */
} country;

/* Loads ops/campaigns/<name>.yaml; the first case type is the one in play. */
void country_setup(country *c, const char *name);
void country_teardown(country *c);

/* Likewise with other parties, ascending by id, at most PARTIES. */
void country_setup_of(country *c, const char *name, const country_row *rows, size_t count);
/* Likewise with a text instead of a file. */
void country_setup_text(country *c, const char *text, const country_row *rows, size_t count);

/* Another case, or another try from the start. */
void country_forget(country *c);
/* Likewise, of another case type. */
void country_begin(country *c, const char *type);
/* From now on it is this time: "2015-08-21T09:00:00+08:00", or a day for its noon. */
void country_time(country *c, const char *time);

tb_party party_of(const char *id);
tb_directory_party *country_party(country *c, const char *id);

/* Judges only; fields is "id=value|id=value". The case stays as it is. */
tb_refusal attempt(country *c, const char *actor, const char *action, const char *fields);
/* Judges, and when accepted lets a receiver judge the event, and applies it. */
tb_refusal act(country *c, const char *actor, const char *action, const char *fields);
/* The event an accepted attempt would have made. */
tb_event event_of(country *c, const char *actor, const tb_ruling *ruling);
/* What a receiver says about an event. */
tb_refusal receive(country *c, const tb_event *event);

const char *state_of(country *c);
const char *holder_of(country *c);
/* The addressees of the last ruling, as "a b c". */
const char *told(country *c);
bool detail_has(const country *c, const char *words);

#define assert_accepted(expression) assert_int_equal((expression), TB_ACCEPTED)

#endif
