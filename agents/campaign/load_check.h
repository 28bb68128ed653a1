/* load_check - what the parts of the check share: what is being read, and telling a fault of it.
 *
 *     load_check.c            the campaign, its roles and code lists
 *     load_check_labels.c     what people read
 *     load_check_fields.c     fields and groups
 *     load_check_parties.c    positions and states, and who can be who
 *     load_check_action.c     who may act, from where, which ways, with which fields
 *     load_check_approval.c   approval, what agents do by themselves, and the numbers they give
 *     load_check_condition.c  conditions
 *     load_check_flow.c       how states follow each other
 *     load_check_route.c      whether whom a case is handed to is somebody
 *     load_check_duty.c       duties
 *     load_check_sight.c      whether who is owed a duty learns of it
 *     load_check_common.c     what case types have alike
 *     load_check_opens.c      other cases that an act opens
 *     load_check_list.c       lists
 *     load_check_time.c       parameters, stages, and limits that name a day
 *     load_check_calendar.c   the years a calendar is wanted for
 *     load_check_lookup.c     look-ups
 *     load_check_rules.c      what else a field's value must be
 *     load_check_report.c     measures and reports
 *     load_check_reconcile.c  what is held against what
 *     load_check_figure.c     counted figures in cases, and score sheets
 */
#ifndef TB_CAMPAIGN_LOAD_CHECK_H
#define TB_CAMPAIGN_LOAD_CHECK_H

#include "agents/campaign/load_form.h"

typedef struct tb_check {
    const tb_form *form;
    const tb_node *root; /* the document */
    tb_findings *findings;
    const tb_campaign *campaign;
    const tb_case_type *type; /* the one being read */
    tb_item item;             /* what is being read */
    const void *entry;        /* where it is */
    bool lacks_table;         /* one that is needed is not named, and that was told */
} tb_check;

/* Enters one entry of a list. */
void tb_check_item(tb_check *check, tb_item_kind kind, const char *id, const void *entry);

/* Tells a fault of the current item, at a place within it (where nothing was written there, at the
 * item); the words fill the sentence. */
void tb_check_fault(tb_check *check, tb_place place, tb_fault fault, const char *a, const char *b);
void tb_check_fault3(
    tb_check *check, tb_place place, tb_fault fault, const char *a, const char *b, const char *c);
/* False where a value was told as a fault of form; nothing is told of what follows from it. */
bool tb_check_given(const tb_check *check, const void *value);

/* Both labels must be there, each in its language (load_check_labels.c). of_en and of_zh say whose:
 * "the role", "角色". */
void tb_check_label(
    tb_check *check, const tb_label *label, tb_place entry, const char *of_en, const char *of_zh);

/* Names of one kind: well formed, each once. ids are read through a stride, as lists differ in
 * type. */
void tb_check_names(
    tb_check *check, tb_item_kind kind, const void *first, unsigned count, size_t stride);
void tb_check_bound(
    tb_check *check, const void *list, const char *what, unsigned count, unsigned most);

/* The names that lead somewhere; a fault and false when they do not. name is where it stands. */
bool tb_check_role(tb_check *check, const char *const *name);
/* Whether the role is one for each jurisdiction. */
bool tb_check_by_jurisdiction(const tb_check *check, const char *role);
bool tb_check_position(tb_check *check, const char *const *name);
bool tb_check_state(tb_check *check, const char *const *name);
/* An open field, which everybody who judges can read, and which some action sets; NULL with the
 * fault when it is none. A name that is not written is the caller's to tell. */
const tb_field_def *tb_check_open_field(tb_check *check, const char *const *name);
const tb_field_def *tb_check_field_of(const tb_check *check, const char *id);
const char *tb_check_type_name(tb_field_type type); /* as it is written */

/* ---- who can be who (load_check_parties.c) ---- */

/* Two positions that are one party in every case: the same, or declared alike. */
bool tb_check_alike(const tb_check *check, const char *a, const char *b);
/* Some of the names is always the party in `position`. */
bool tb_check_among(const tb_check *check,
                    const char *const *names,
                    unsigned count,
                    const char *position);
/* The position can hold a case at some time: opens it, is handed it, or takes it over. */
bool tb_check_can_hold(const tb_check *check, const char *position);
/* False, with the fault, for a position of many where one party is needed; key is where it is
 * named: "hands_to". */
bool tb_check_one_party(tb_check *check, const char *const *position, const char *key);
/* Some opener has this role. */
bool tb_check_opens(const tb_check *check, const char *role);
/* Whether the party in a position may have a role; true where the definition cannot tell. */
bool tb_check_may_have_role(const tb_check *check, const char *position, const char *role);

/* ---- the parts ---- */

/* No two roles, case types, states of one or choices of one list are called alike. */
void tb_check_labels(tb_check *check);
void tb_check_labels_of_type(tb_check *check, const tb_case_type *type);

void tb_check_fields(tb_check *check);
/* Fields that no action sets: advice, of a campaign that has no fault. An id that is misspelt where
 * it is set is told there. */
void tb_check_unused(tb_check *check);
void tb_check_groups(tb_check *check);
void tb_check_positions(tb_check *check);
void tb_check_states(tb_check *check);
void tb_check_actions(tb_check *check);
/* Conditions of the current action: `also` holds besides, as an action's own conditions do for its
 * ways. NULL: none. */
void tb_check_conditions(tb_check *check,
                         const tb_action *action,
                         const tb_conditions *conditions,
                         const tb_conditions *also);
bool tb_check_same_condition(const tb_condition *a, const tb_condition *b);
void tb_check_flow(tb_check *check);
void tb_check_approval(tb_check *check, const tb_action *action);
void tb_check_routes(tb_check *check);
void tb_check_duties(tb_check *check);
/* What its creditor is not shown of a duty that begins with this action. */
void tb_check_sight(tb_check *check, const tb_duty_def *duty, const tb_action *from);
void tb_check_opens_of(tb_check *check, const tb_action *action);
/* Common parts: who uses them, and whom they name. What is in them was looked at in the case types.
 */
void tb_check_common(tb_check *check);
/* The lists of the campaign, when its case types were looked at. */
void tb_check_lists_of(tb_check *check);
void tb_check_reports(tb_check *check);
void tb_check_reconciles(tb_check *check, const tb_report_def *report);
/* A field of COMPUTE_MEASURE, or one that has its keys without being one. */
void tb_check_figure(tb_check *check, const tb_field_def *field);
void tb_check_scores(tb_check *check);

/* ---- parameters, stages, look-ups, rules of fields ---- */

/* The values of parameters; yaml is the document as written. */
void tb_check_parameters(tb_check *check, tb_bytes yaml);
/* Placeholders that nothing was put in for, in the document as filled. */
void tb_check_placeholders(tb_findings *findings, const tb_node *root);
void tb_check_stages(tb_check *check);
/* The years it wants a calendar for (load_check_calendar.c); last of all. */
void tb_check_calendar(tb_check *check);
void tb_check_lookups(tb_check *check);
/* A day written where it must be one; false with the fault. key is what it is called. */
bool tb_check_day(tb_check *check, const char *const *day, const char *key);
/* The stages an action belongs to. */
void tb_check_action_stages(tb_check *check, const tb_action *action);
/* One condition on time. */
void tb_check_time_condition(tb_check *check, const tb_condition *c);
/* A limit that names a day: that it is one, and that the duty can be done by then. from is the
 * action it begins with, or NULL. */
void tb_check_fixed_limit(tb_check *check, const tb_duty_def *duty, const tb_action *from);
/* Faults of an action that supervises (load_check_supervision.c). */
void tb_check_supervision(tb_check *check, const tb_action *action);
/* Whether the action requires an open field of this type by this id. */
bool tb_check_requires(tb_check *check,
                       const tb_action *action,
                       const char *field,
                       tb_field_type type);
/* Whether a day of a period was written. */
bool tb_check_has_period(const tb_check *check, const tb_period_day *day);
void tb_check_looked_up(tb_check *check, const tb_position *position);
void tb_check_field_rules(tb_check *check, const tb_field_def *field);

/* ---- how states follow each other (load_check_flow.c) ---- */

/* Per state of the type, by its place in the list. */
typedef struct tb_state_marks {
    bool set[TB_STATES_MAX];
} tb_state_marks;

/* Adds every state that can follow one of those marked. */
void tb_check_followers(const tb_case_type *type, tb_state_marks *marks);
/* Marks the states an action's ways name. */
void tb_check_lead(const tb_case_type *type, const tb_action *action, tb_state_marks *marks);
/* Marks where an action leads; an action that leaves the state as it is leads where it comes from.
 */
void tb_check_targets(const tb_case_type *type, const tb_action *action, tb_state_marks *marks);
bool tb_check_comes_from(const tb_case_type *type,
                         const tb_action *action,
                         const tb_state_marks *marks);

#endif
