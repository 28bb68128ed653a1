/* event - 办理记录: one signed step of a case; canonical open part and one commitment per field
 * group. */
#ifndef TB_EVENT_H
#define TB_EVENT_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/random.h"
#include "base/refusal.h"
#include "base/time.h"
#include "messages/line.h"

typedef enum tb_event_kind {
    TB_EVENT_CHAIN = 1,
    TB_EVENT_SIDE = 2,
    TB_EVENT_TAKE_OVER = 3,
    TB_EVENT_VERSION = 4,
} tb_event_kind;

typedef struct tb_field {
    tb_bytes id;
    tb_bytes value; /* UTF-8 text without control characters other than newline */
} tb_field;

typedef struct tb_commitment {
    tb_bytes group;
    tb_digest digest;
} tb_commitment;

typedef struct tb_table_version {
    tb_bytes name;
    uint32_t version;
} tb_table_version;

/* Approval (审核, 签发) at the actor, before the event was made. */
typedef enum tb_approval_step {
    TB_STEP_MADE = 0, /* 经办: of no approval; where a step is asked for */
    TB_STEP_REVIEW = 1,
    TB_STEP_SIGN = 2,
} tb_approval_step;
#define TB_APPROVALS_MAX 2

typedef struct tb_approval {
    tb_approval_step step;
    tb_bytes account; /* a code of the actor's own */
    tb_bytes absent;  /* for whom as a deputy; empty: for nobody */
    tb_time at;       /* civil */
} tb_approval;

typedef struct tb_event {
    uint32_t suite;
    tb_digest hub;
    tb_case_id case_id; /* zero in the opening event */
    tb_event_kind kind;
    uint32_t term;
    uint64_t number;
    tb_digest previous;
    tb_bytes case_type;
    tb_bytes campaign;
    uint32_t campaign_version;
    uint32_t directory_version;
    tb_table_version *tables;
    size_t table_count;
    tb_party actor;
    tb_bytes account;
    tb_bytes action;
    tb_bytes from_state;
    tb_bytes to_state;
    tb_party holder;
    tb_time at;
    tb_party *addressees;
    size_t addressee_count;
    tb_field *fields;
    size_t field_count;
    tb_commitment *commitments;
    size_t commitment_count;
    tb_digest *seen;
    size_t seen_count;
    /* A paper answer (线下办理): actor entered what this off-line party wrote. All three or none.
     */
    tb_party on_behalf;
    tb_bytes paper_no;      /* 来文文号 */
    tb_bytes paper_date;    /* YYYY-MM-DD */
    tb_approval *approvals; /* by step, ascending */
    size_t approval_count;
} tb_event;

/* Whether the event enters an off-line party's paper answer. */
bool tb_event_on_paper(const tb_event *event);
/* Whose act it is: the off-line party of a paper answer, else the actor. */
const tb_party *tb_event_author(const tb_event *event);

tb_refusal tb_event_decode(tb_bytes in, tb_arena *arena, tb_event *out) TB_MUST_USE;
/* Of an event out of our own store, which tb_event_decode accepted when it was taken: does not ask
 * again whether the bytes are canonical, which costs as much as reading them. */
tb_refusal tb_event_reread(tb_bytes in, tb_arena *arena, tb_event *out) TB_MUST_USE;
tb_err tb_event_encode(const tb_event *event, tb_arena *arena, tb_bytes *out) TB_MUST_USE;
/* The event id: domain "tongbao event". */
tb_digest tb_event_id(tb_bytes encoded);
/* The id of the case an opening event opens: 48-bit at ‖ first 10 bytes of the event id. */
tb_case_id tb_event_opens(tb_time at, const tb_digest *event_id);
/* The case an event belongs to: its case_id, or what it opens. */
tb_case_id tb_event_case(const tb_event *event, const tb_digest *event_id);
/* Domain "tongbao events" over the ordered ids. */
tb_digest tb_events_digest(const tb_digest *ids, size_t count);

/* A field group's content and the random that hides it (design §8). */
typedef struct tb_opening {
    tb_digest event;
    tb_bytes group;
    uint8_t random[32];
    tb_bytes content; /* canonical FieldGroup */
} tb_opening;

tb_refusal tb_group_fields_decode(tb_bytes content,
                                  tb_arena *arena,
                                  tb_field **out,
                                  size_t *out_count) TB_MUST_USE;
/* fields ascend by id. */
tb_err tb_group_fields_encode(const tb_field *fields, size_t count, tb_arena *arena, tb_bytes *out)
    TB_MUST_USE;
/* Domain "tongbao commitment" over random ‖ hub id ‖ case (zero in the opening event) ‖ u8 group
 * length ‖ group ‖ content. */
tb_digest
tb_commitment_of(const tb_opening *opening, const tb_digest *hub, const tb_case_id *case_id);
/* Whether the event commits to this opening under its group name. */
bool tb_opening_matches(const tb_opening *opening, const tb_event *event) TB_MUST_USE;

/* An earlier event and what proves it. */
typedef struct tb_passed {
    tb_bytes event;
    tb_bytes header;
    tb_digest *ids;
    size_t id_count;
    tb_root root;
    uint32_t index;
    tb_digest *path;
    size_t path_count;
    tb_bytes stamp; /* a packed signed line, or empty */
    tb_opening *openings;
    size_t opening_count;
} tb_passed;

/* One passed event alone, without openings: the form kept in PROOF-backed exports. */
tb_refusal tb_passed_decode(tb_bytes in, tb_arena *arena, tb_passed *out) TB_MUST_USE;
tb_err tb_passed_encode(const tb_passed *passed, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

#endif
