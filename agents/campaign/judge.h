/* judge - what a campaign allows: the same rules for the party that acts and for everybody who
 * receives.
 *
 * Pure: a view of the case before the event, the campaign version it is pinned to, and the
 * directory. Everything judged is in open parts (design §9), so all parties come to the same
 * verdict; only LINKED_* tests are the actor's own knowledge and are skipped by others.
 */
#ifndef TB_JUDGE_H
#define TB_JUDGE_H

#include "agents/campaign/campaign.h"
#include "base/arena.h"
#include "base/refusal.h"
#include "messages/directory.h"
#include "messages/event.h"

typedef struct tb_action_count {
    tb_bytes action;
    uint32_t count;
    tb_party last_actor;
} tb_action_count;

/* The case as its chain so far says. Before the opening event everything but campaign and type is
 * zero (type may be NULL too when an event is judged or applied: the event names it). */
typedef struct tb_case_view {
    const tb_campaign *campaign;
    const tb_case_type *type;
    tb_bytes state; /* empty before opening */
    tb_party holder;
    tb_party opener;
    uint32_t term;
    uint64_t number; /* of the head */
    tb_digest head;
    tb_party handed_by; /* who made the holder the holder; may enter its paper answers */
    tb_field *fields;   /* open fields, newest value each, ascending by id */
    size_t field_count;
    tb_action_count *counts;
    size_t count_count;
    /* of this moment, not of the chain; whoever judges sets them */
    bool frozen; /* the chain forked, as far as this party knows */
    tb_time at;  /* when the act is done that a person wants; an event states it itself */
    bool lapsed; /* a lapse here is a ground for the action that is judged (agents/lapses.h) */
} tb_case_view;

/* What the actor alone knows, for LINKED_* tests: of the other cases here with the same value in
 * the indexed field, whether one leads (tb_case_leads) and whether one is closed. NULL: neither. */
typedef struct tb_local_knowledge {
    bool linked_open;
    bool linked_done;
} tb_local_knowledge;

/* What an allowed action does. Arrays are in the arena. */
typedef struct tb_ruling {
    const tb_action *action;
    tb_bytes to_state;
    tb_party holder;
    tb_party *addressees; /* ascending, without the actor: the new holder and the copies */
    size_t addressee_count;
    tb_field *open_fields; /* the action's own fields split: open ones, ascending */
    size_t open_count;
    struct tb_ruling_group { /* and per field group, ascending by group; fields ascending by id */
        tb_bytes group;
        tb_field *fields;
        size_t field_count;
    } * groups;
    size_t group_count;
} tb_ruling;

typedef struct tb_objection {
    tb_refusal code;
    tb_bytes detail_zh; /* which field, which state, which condition; may be empty */
    tb_bytes detail_en;
} tb_objection;

/* An action a person wants: checks role, jurisdiction, holder, state, conditions, fields and their
 * types, identity numbers and secret marks (leak guard). TB_OK with objection->code TB_ACCEPTED and
 * a ruling, or with a refusal. TB_ERR_LIMIT: arena. Computed fields must already be among values.
 * An empty value is no value, except that it clears an open field that has one. */
tb_err tb_judge_act(const tb_case_view *view,
                    const tb_directory *directory,
                    const tb_party *actor,
                    tb_bytes action,
                    const tb_field *values,
                    size_t value_count,
                    const tb_local_knowledge *known,
                    tb_arena *arena,
                    tb_ruling *out_ruling,
                    tb_objection *out_objection) TB_MUST_USE;

/* What an off-line party wrote on paper, entered by the party that handed it the case (design §13).
 */
typedef struct tb_paper {
    tb_party on_behalf;
    tb_bytes number; /* 来文文号 */
    tb_bytes date;   /* YYYY-MM-DD */
} tb_paper;

/* As tb_judge_act, for an act of the off-line party that signer enters: an action of the chain that
 * the campaign allows the off-line party, which is off-line in this directory and was handed the
 * case by signer. The off-line party is among the addressees: it is told what was entered. today is
 * the civil date nothing may be later than. */
tb_err tb_judge_paper(const tb_case_view *view,
                      const tb_directory *directory,
                      const tb_party *signer,
                      const tb_paper *paper,
                      tb_time today,
                      tb_bytes action,
                      const tb_field *values,
                      size_t value_count,
                      const tb_local_knowledge *known,
                      tb_arena *arena,
                      tb_ruling *out_ruling,
                      tb_objection *out_objection) TB_MUST_USE;

/* Whether an allowed act opens that other case too: its `when` on the case with the act's own
 * fields. The actor's own business; others do not judge it. */
tb_err tb_judge_opens(const tb_case_view *view,
                      const tb_directory *directory,
                      const tb_party *actor,
                      const tb_ruling *ruling,
                      const tb_opens *opens,
                      const tb_local_knowledge *known,
                      tb_arena *arena,
                      bool *out) TB_MUST_USE;

/* An event that arrived, against the case before it: the same rules on its open part; its to_state,
 * holder and addressees must be those of a way the rules allow (LINKED_* tests are skipped, so a
 * way that only they rule out is accepted). An event of kind version is judged by
 * tb_judge_move_event instead; here no action is of its kind. Number, term, previous and signature
 * are the caller's. Whether parties are active, or off-line for a paper answer, is judged only
 * under the directory version the event names. */
tb_err tb_judge_event(const tb_case_view *view,
                      const tb_directory *directory,
                      const tb_event *event,
                      tb_arena *arena,
                      tb_objection *out_objection) TB_MUST_USE;

/* What one of its groups turned out to hold, for who may read it: fields that its action sets in
 * this group and nothing else, each of its form or empty. */
bool tb_judge_sealed(const tb_case_type *type,
                     const tb_event *event,
                     tb_bytes group,
                     const tb_field *fields,
                     size_t count);

/* Moving a case to a newer version of its campaign (design §9): by its holder, where the new
 * version is safe for the case's type and state (agents/campaign/compare.h). The ruling addresses
 * every active party in a position; the caller may leave some out. */
extern const tb_action tb_action_move;
tb_err tb_judge_move(const tb_case_view *view,
                     const tb_campaign *to,
                     const tb_directory *directory,
                     const tb_party *actor,
                     tb_arena *arena,
                     tb_ruling *out_ruling,
                     tb_objection *out_objection) TB_MUST_USE;
/* An event of kind version that arrived; to is the version it names. */
tb_err tb_judge_move_event(const tb_case_view *view,
                           const tb_campaign *to,
                           const tb_directory *directory,
                           const tb_event *event,
                           tb_arena *arena,
                           tb_objection *out_objection) TB_MUST_USE;

/* The view after an event that was accepted: fields merged, counts, state, holder, number, head. */
tb_err tb_case_view_apply(tb_case_view *view,
                          const tb_campaign *campaign,
                          const tb_event *event,
                          const tb_digest *event_id,
                          tb_arena *arena) TB_MUST_USE;

/* Whether repeats must wait for this case: it is open, this party took it on by an action that asks
 * LINKED_OPEN, and it is not itself waiting. Two cases of one number are thus never both worked on,
 * and never wait for each other. */
bool tb_case_leads(const tb_case_view *view, const tb_party *self);

/* The party in a position; false when it cannot be resolved yet, or is a position of many. */
bool tb_position_party(const tb_case_view *view,
                       const tb_directory *directory,
                       const char *position,
                       tb_party *out) TB_MUST_USE;
/* Whether this is a position of every party of a role. */
bool tb_position_many(const tb_case_type *type, const char *position);
/* Whether a party stands in a position, of one or of many. */
bool tb_position_holds(const tb_case_view *view,
                       const tb_directory *directory,
                       const char *position,
                       const tb_party *party);
/* The same of a position of the case's type. */
bool tb_position_stands(const tb_case_view *view,
                        const tb_directory *directory,
                        const tb_position *position,
                        const tb_party *party);
/* The next party in a position, of one or of many, ascending; *at is 0 before the first. */
bool tb_position_next(const tb_case_view *view,
                      const tb_directory *directory,
                      const char *position,
                      size_t *at,
                      tb_party *out) TB_MUST_USE;

/* Whether a party may read a field group of this case, as things stand after the view. */
bool tb_may_read(const tb_case_view *view,
                 const tb_directory *directory,
                 tb_bytes group,
                 const tb_party *party);

/* Actions the party could take now, with the objection of each it could not; *out_count entries. */
typedef struct tb_possible {
    const tb_action *action;
    tb_refusal code;
} tb_possible;
tb_err tb_judge_possible(const tb_case_view *view,
                         const tb_directory *directory,
                         const tb_party *actor,
                         tb_arena *arena,
                         tb_possible **out,
                         size_t *out_count) TB_MUST_USE;

/* The leak guard, for text of any type (agents/campaign/fields.h says which fields are exempt): a
 * valid resident identity number (GB 11643) anywhere in the text, also across blanks, dashes and
 * full-width digits. */
bool tb_has_identity_number(tb_bytes text);
/* 秘密, 机密 or 绝密 as a mark: alone, or with ★ and a term, or in brackets. */
bool tb_has_secret_mark(tb_bytes text);
/* Copies text with every valid identity number masked (110105********002X). */
tb_err tb_mask_identity_numbers(tb_bytes text, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

#endif
