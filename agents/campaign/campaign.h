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
    TB_ACTION_REQUEST, /* as it is written; loading makes it a SIDE with `request` */
    TB_ACTION_VERSION, /* tb_action_move alone: no definition declares it */
} tb_action_kind;

/* Steps of approval (审核, 签发) that other accounts of the acting party take before the act is
 * made (agents/approval.h). The party's own affair: others see who, and do not judge it. */
#define TB_APPROVAL_REVIEW "review"
#define TB_APPROVAL_SIGN   "sign"

/* How long after the state was entered; hours run at once, days as those of a duty. All 0: at
 * once. */
typedef struct tb_delay {
    unsigned hours;
    unsigned days;
    unsigned working_days;
} tb_delay;

/* Done by the holder's agent by itself, as its own signed act, when the case has been in one of the
 * states `from` for so long and the action's conditions hold (agents/automatic.h). */
typedef struct tb_automatic {
    tb_delay *after; /* NULL: at once */
    bool switched;   /* only where the party has switched it on */
} tb_automatic;

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
    bool request; /* 请求: a SIDE that the holder must answer by one of: */
    const char **answered_by; /* actions; possible only while such a request waits */
    unsigned answered_by_count;
    const char **approval; /* steps, in this order: TB_APPROVAL_REVIEW, TB_APPROVAL_SIGN */
    unsigned approval_count;
    tb_automatic *automatic; /* NULL: by people alone */
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
    const char *owed_by; /* position, resolved right after the event `from` */
    const char *to;      /* position: the creditor, whose agent alone judges */
    const char *from;    /* action: a step of the case, or a request */
    const char **until;  /* actions, any of which fulfils it */
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
} tb_campaign;

/* By id; NULL when absent. */
const tb_case_type *tb_campaign_case_type(const tb_campaign *campaign, tb_bytes id);
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
