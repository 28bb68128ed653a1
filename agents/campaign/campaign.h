/* campaign - 专项行动: a definition as a value the judge can read.
 *
 * Loaded from a signed YAML document by agents/campaign/load.c (libcyaml) and never changed
 * afterwards. Nothing here knows of cards, numbers or provinces by name: a campaign says which
 * roles take part, which fields a case has and who reads them, which states and actions it knows.
 *
 * A *position* (案内身份) is a party relative to one case: the opener, the bureau of the province
 * in a field, the party named by a field. Positions are resolved from the opener, the open fields
 * and the directory alone, so that every party on the case resolves them alike.
 */
#ifndef TB_CAMPAIGN_H
#define TB_CAMPAIGN_H

#include "base/base.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/time.h"

typedef struct tb_label {
    const char *zh;
    const char *en;
} tb_label;

/* The role that every party has, for campaigns that do not care. */
#define TB_ROLE_ANY "any"

typedef struct tb_role {
    const char *id; /* "bureau" */
    tb_label title;
    bool by_jurisdiction; /* its parties each have a jurisdiction, else they are nation-wide */
} tb_role;

typedef struct tb_choice {
    const char *id;
    tb_label title;
    const char **aliases; /* further spellings accepted on input */
    unsigned alias_count;
} tb_choice;

typedef struct tb_code_list {
    const char *id;
    tb_choice *choices;
    unsigned choice_count;
} tb_code_list;

typedef enum tb_field_type {
    TB_FIELD_MSISDN, /* mobile number, 11 digits (13 for 物联网) */
    TB_FIELD_ICCID,
    TB_FIELD_USCC,
    TB_FIELD_REG_NO,
    TB_FIELD_PROVINCE, /* two-digit code */
    TB_FIELD_PARTY,    /* party id */
    TB_FIELD_TIME,     /* as tb_time_print */
    TB_FIELD_DATE,     /* YYYY-MM-DD */
    TB_FIELD_COUNT,    /* decimal, no sign */
    TB_FIELD_TEXT,
    TB_FIELD_CHOICE,
    TB_FIELD_DIGEST, /* 64 hex digits */
    TB_FIELD_FLAG,   /* "0" or "1" */
    TB_FIELD_CASE,   /* case id, 32 hex digits */
} tb_field_type;

typedef enum tb_computation {
    TB_COMPUTE_NONE,
    TB_COMPUTE_JURISDICTION,     /* the opener's jurisdiction; any other value is refused */
    TB_COMPUTE_SEGMENT_PROVINCE, /* from the segment table, of the field `of` */
    TB_COMPUTE_SEGMENT_CITY,
    TB_COMPUTE_SEGMENT_OPERATOR,
    TB_COMPUTE_SEGMENT_MVNO,
    TB_COMPUTE_MASK, /* 138****5678 of the field `of` */
} tb_computation;

typedef struct tb_field_def {
    const char *id;
    tb_label title;
    tb_field_type type;
    const char *choices; /* code list id, for CHOICE */
    const char *group;   /* field group id, or NULL: an open field (ids, codes and times only) */
    tb_computation compute;
    const char *of;
    bool index;           /* FIELD_INDEX rows are kept where it can be read */
    const char **aliases; /* column headings accepted on import */
    unsigned alias_count;
} tb_field_def;

/* Who may read the group, by position; the author of an event always reads what it wrote. */
typedef struct tb_field_group {
    const char *id;
    tb_label title;
    const char **readers;
    unsigned reader_count;
} tb_field_group;

/* Where several parties fit, the active one; where several are active, the first by id. */
typedef enum tb_position_kind {
    TB_POSITION_OPENER,        /* with `role`: only an opener of that role */
    TB_POSITION_ROLE_OF_FIELD, /* the party of `role` whose jurisdiction is the value of open field
                                  `field` */
    TB_POSITION_FIELD,         /* the party named by the open field `field` */
    TB_POSITION_ROLE,          /* the one party of `role` */
    TB_POSITION_ACTOR_OF,      /* who last did action `field` */
    TB_POSITION_EVERY, /* every party of `role`: whose jurisdiction is the open field `field`, or
                          without `field` all of them. Reads, is told, writes side events, owes a
                          duty each; never holds a case and is never compared */
} tb_position_kind;

typedef struct tb_position {
    const char *id;
    tb_label title;
    tb_position_kind kind;
    const char *role;
    const char *field;
} tb_position;

typedef enum tb_test {
    TB_TEST_KNOWN, /* the open field has a value that is not empty */
    TB_TEST_UNKNOWN,
    TB_TEST_IS,          /* equals one of values */
    TB_TEST_IS_NOT,      /* holds for an unknown field */
    TB_TEST_SAME,        /* positions `a` and `b` are one party */
    TB_TEST_DIFFERENT,   /* they are not, or one of them is nobody yet */
    TB_TEST_COUNT_LEAST, /* action `field` was done at least `count` times before */
    TB_TEST_COUNT_BELOW,
    TB_TEST_STATE,      /* the case is in one of the states `values` */
    TB_TEST_ACTOR_ROLE, /* the actor's role is one of values */
    TB_TEST_ROLE_OF,    /* the role of the party in position `a` is one of values */
    TB_TEST_WITHIN, /* the jurisdiction of the party in position `a` is the open field `field` */
    TB_TEST_ACTOR_HOLDS, /* the actor holds the case */
    TB_TEST_LAPSED,      /* the open field `field` has none of `values`, or a duty that ends in this
                            action has lapsed */
    TB_TEST_LINKED_OPEN, /* at the actor alone: an earlier case with the same indexed field `field`
                            is open */
    TB_TEST_LINKED_DONE, /* at the actor alone: such a case is closed */
    TB_TEST_LINKED_NONE_OPEN, /* at the actor alone: no such case is open */
} tb_test;

typedef struct tb_condition {
    tb_test test;
    const char *field;
    const char *a;
    const char *b;
    const char **values;
    unsigned value_count;
    unsigned count;
    tb_label why; /* shown when it is not met */
} tb_condition;

typedef struct tb_conditions {
    tb_condition *list; /* all must hold */
    unsigned count;
} tb_conditions;

typedef struct tb_action_field {
    const char *field;
    bool required;
    tb_conditions
        required_when; /* required only when these hold, judged with the action's own fields */
} tb_action_field;

/* The first way whose conditions hold is taken, judged with the action's own open fields. When none
 * does, people are shown what is missing from the way that came nearest. */
typedef struct tb_way {
    tb_conditions when;
    const char *to; /* state; NULL: unchanged */
    const char
        *hands_to; /* position; NULL: the holder stays; on a take-over the actor becomes it */
} tb_way;

typedef enum tb_action_kind {
    TB_ACTION_OPEN, /* the opening event */
    TB_ACTION_CHAIN,
    TB_ACTION_SIDE,
    TB_ACTION_TAKE_OVER,
    TB_ACTION_VERSION, /* tb_action_move alone: no definition declares it */
} tb_action_kind;

/* Another case that an act opens in the same turn, through the same agent (design §9). The case
 * opened knows its parent by its own field `parent`; the parent need not know of it. It lives on
 * when the parent ends. */
typedef struct tb_copied_field {
    const char *field; /* of the case opened */
    const char *from;  /* of the case acted on; a field the actor cannot read is left out */
} tb_copied_field;

typedef struct tb_opens {
    const char *case_type;
    const char *parent; /* field of type case there, indexed */
    tb_copied_field *fields;
    unsigned field_count;
    tb_conditions when; /* on the case acted on, with the act's own fields; none: always */
} tb_opens;

typedef struct tb_action {
    const char *id;
    tb_label title;
    tb_action_kind kind;
    const char **by; /* positions, for OPEN roles; for TAKE_OVER the first named goes before */
    unsigned by_count;
    const char **from; /* states; empty for OPEN; for SIDE empty means any */
    unsigned from_count;
    tb_conditions when;
    tb_way *ways;
    unsigned way_count;
    const char **copies; /* positions; nobody yet, not active or the actor itself: left out */
    unsigned copy_count;
    tb_action_field *fields;
    unsigned field_count;
    const char
        *receipt; /* "signed_for", "answered" or NULL: which receipt people see (design §9) */
    tb_opens *opens;
    unsigned opens_count;
} tb_action;

/* The one action every campaign has and none declares: the case moves to a newer version of its
 * campaign, named by the value MOVE_VALUE when a person asks for it. */
#define TB_MOVE_ACTION "move-version"
#define TB_MOVE_VALUE  "version"

typedef struct tb_state {
    const char *id;
    tb_label title;
    bool initial;
    bool closed;
} tb_state;

/* 应办事项: who owes which act to whom, from which event, until which, and by when (design §10).
 * One of the three limits is set. Hours run from the event; days begin with the next one and end at
 * 24:00, China time. */
typedef struct tb_duty_def {
    const char *id;
    tb_label title;
    const char *owed_by; /* position, resolved right after the event `from`; of a position of many
                            each party owes its own */
    const char *to;      /* position: the creditor, whose agent alone judges */
    const char *from;    /* action */
    const char **until;  /* actions, any of which fulfils it: steps of the case, or side events,
                            which fulfil their author's alone */
    unsigned until_count;
    unsigned hours;
    unsigned days;
    unsigned working_days;
    unsigned grace_hours; /* from due until the lapse is recorded, if more than TB_DUTY_GRACE_MS */
    bool by_default;      /* 系统默认时限(非方案规定): no figure in the plan */
    tb_label basis;       /* otherwise: the clause */
    const char *lapse;    /* side action that records a lapse */
    const char *ends_in;  /* take-over action that a lapse is a ground for, or NULL */
} tb_duty_def;

/* The open fields of a lapse: which duty, when it was due, up to where the debtor's stream was
 * held. */
#define TB_LAPSE_DUTY "lapsed_duty"
#define TB_LAPSE_DUE  "lapsed_due"
#define TB_LAPSE_UPTO "lapsed_upto"
/* Of a duty that many owe each: whose lapse it is. */
#define TB_LAPSE_DEBTOR "lapsed_debtor"

typedef struct tb_case_type {
    const char *id;
    tb_label title;
    tb_field_def *fields;
    unsigned field_count;
    tb_field_group *groups;
    unsigned group_count;
    tb_position *positions;
    unsigned position_count;
    tb_state *states;
    unsigned state_count;
    tb_action *actions;
    unsigned action_count;
    tb_duty_def *duties;
    unsigned duty_count;
} tb_case_type;

/* 名单: a shared register. An entry is a case of one type, so it is signed, delivered, traced and
 * taken over as a case is; the list says which states list it, by what it is found, and who keeps
 * a copy of it (agents/lists.h). */
typedef enum tb_list_scope {
    TB_LIST_PROVINCE, /* an entry lists in the province of its field `province` alone */
    TB_LIST_NATIONAL,
} tb_list_scope;

/* Fields that together say who is meant; every one of them is given, or the key does not count. */
typedef struct tb_list_key {
    const char **fields;
    unsigned count;
} tb_list_key;

/* The same name at the same place is likely the same, and a person must look (疑似). */
typedef struct tb_list_possible {
    const char *name; /* NULL: none is told */
    const char *place;
} tb_list_possible;

/* Of one party no more than `count` entries are listed or removed within `hours`, unless a second
 * account is named in the act's field TB_LIST_CONFIRMED. count 0: no brake. */
typedef struct tb_list_brake {
    unsigned count;
    unsigned hours;
} tb_list_brake;
#define TB_LIST_CONFIRMED "confirmed_by"

typedef struct tb_list_def {
    const char *id;
    tb_label title;
    const char *case_type;
    const char **listed_in; /* states in which an entry lists */
    unsigned listed_count;
    const char **removed_in; /* states in which one that was listed is taken off */
    unsigned removed_count;
    tb_list_scope scope;
    const char *province; /* open field of type province; may be NULL when national */
    tb_list_key *keys;
    unsigned key_count;
    tb_list_possible possible;
    tb_list_brake brake;
    const char **subscribers; /* positions that keep a copy */
    unsigned subscriber_count;
    const char *removed_receipt; /* side action; a removal is open until each of them did it */
} tb_list_def;

typedef struct tb_campaign {
    const char *id; /* "black-card" */
    uint32_t version;
    tb_label title;
    const char *from; /* YYYY-MM-DD, first day */
    const char *to;   /* last day */
    const char **tables;
    unsigned table_count;
    tb_role *roles;
    unsigned role_count;
    tb_code_list *codes;
    unsigned code_count;
    tb_case_type *case_types;
    unsigned case_type_count;
    tb_list_def *lists;
    unsigned list_count;
} tb_campaign;

/* By id; NULL when absent. */
const tb_case_type *tb_campaign_case_type(const tb_campaign *campaign, tb_bytes id);
const tb_list_def *tb_campaign_list(const tb_campaign *campaign, tb_bytes id);
const tb_code_list *tb_campaign_codes(const tb_campaign *campaign, const char *id);
const tb_action *tb_case_type_action(const tb_case_type *type, tb_bytes id);
const tb_state *tb_case_type_state(const tb_case_type *type, tb_bytes id);
const tb_field_def *tb_case_type_field(const tb_case_type *type, tb_bytes id);
const tb_field_group *tb_case_type_group(const tb_case_type *type, tb_bytes id);
const tb_position *tb_case_type_position(const tb_case_type *type, tb_bytes id);

/* The campaigns installed at this agent, all versions. */
typedef struct tb_campaigns {
    const tb_campaign **list;
    size_t count;
} tb_campaigns;

const tb_campaign *tb_campaigns_find(const tb_campaigns *campaigns, tb_bytes id, uint32_t version);
/* The newest version, or NULL. */
const tb_campaign *tb_campaigns_newest(const tb_campaigns *campaigns, tb_bytes id);

#endif
