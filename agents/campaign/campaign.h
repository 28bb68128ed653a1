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

/* 参数: what changes from one time to the next, a year above all. Wherever the document says ${id}
 * its value stands already: it is put in before the form is read
 * (agents/campaign/load_parameters.h). */
typedef enum tb_parameter_type {
    TB_PARAMETER_YEAR, /* four digits */
    TB_PARAMETER_DATE, /* YYYY-MM-DD */
    TB_PARAMETER_COUNT,
    TB_PARAMETER_TEXT, /* no quotes, brackets or other signs of YAML */
} tb_parameter_type;

typedef struct tb_parameter {
    const char *id;
    tb_label title;
    tb_parameter_type type;
    const char *value;
} tb_parameter;

/* 阶段: from the first day 00:00 to the last day 24:00, China time. Stages may overlap and leave
 * days between them. */
typedef struct tb_stage {
    const char *id;
    tb_label title;
    const char *from;         /* YYYY-MM-DD */
    const char *to;           /* last day */
    const char *counts_until; /* last day that counts, where a window was extended so that work may
                                 go on and not count; NULL: all of it */
} tb_stage;

/* A table from a code to who is concerned with it: 查表. Several rows of one value: several
 * parties, in the order written. Each row names a role, of which there is one party, or another
 * position of the case. */
typedef struct tb_lookup_row {
    const char *value; /* a choice of `choices` */
    const char *role;
    const char *position;
} tb_lookup_row;

typedef struct tb_lookup {
    const char *id;
    const char *choices; /* code list id: every one of its choices has a row */
    tb_lookup_row *rows;
    unsigned row_count;
} tb_lookup;

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
    bool of_duties; /* no key: made of the duties of a case type (TB_LAPSE_DUTY) */
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
    TB_FIELD_DIGEST,   /* 64 hex digits */
    TB_FIELD_FLAG,     /* "0" or "1" */
    TB_FIELD_CASE,     /* case id, 32 hex digits */
    TB_FIELD_PERIOD,   /* of a report: 2015-Q1 (agents/campaign/period.h) */
    TB_FIELD_FIGURES,  /* every figure of a report (agents/campaign/figures.h) */
    TB_FIELD_DECLARED, /* a figure somebody typed in (agents/campaign/figures.h) */
    TB_FIELD_NUMBER,   /* of a document: 〔2015〕7号 (agents/campaign/document_number.h) */
} tb_field_type;

typedef enum tb_computation {
    TB_COMPUTE_NONE,
    TB_COMPUTE_JURISDICTION,     /* the opener's jurisdiction; any other value is refused */
    TB_COMPUTE_SEGMENT_PROVINCE, /* from the segment table, of the field `of` */
    TB_COMPUTE_SEGMENT_CITY,
    TB_COMPUTE_SEGMENT_OPERATOR,
    TB_COMPUTE_SEGMENT_MVNO,
    TB_COMPUTE_MASK,    /* 138****5678 of the field `of` */
    TB_COMPUTE_FIGURES, /* the figures of the report, from this party's counters; nobody types them
                         */
    TB_COMPUTE_MEASURE, /* the value of one measure (agents/acts_figure.h); nobody types it */
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
    unsigned max_length; /* of a TEXT, in characters; 0: TB_FIELD_BYTES_MAX alone bounds it */
    unsigned min;        /* of a COUNT */
    unsigned max;        /* of a COUNT; 0: none */
    bool not_future;     /* a DATE or TIME not after the act that states it */
    /* of COMPUTE_MEASURE */
    const char *measure;
    const char *about;    /* open field: its value is the group of the measure; NULL: all of it */
    const char *over;     /* open field of type period: over which months */
    const char *filed_in; /* report: as filed there, at who is told it; NULL: this party's counters
                           */
    bool so_far;          /* with filed_in: from January to the end of the period (本年累计) */
    const char *at_most;  /* a COUNT not above this one; both open, so that everybody can judge */
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
    TB_POSITION_LOOKED_UP, /* whom `lookup` names for the value of the open field `field`; where
                              it names several, all of them if several fit, else the first */
} tb_position_kind;

typedef struct tb_position {
    const char *id;
    tb_label title;
    tb_position_kind kind;
    const char *role;
    const char *field;
    const char *lookup;
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
    /* Of a time: that in the open field `field` (a date is its midnight), else the event's own.
     * One that has no value is neither since nor before anything, and in no window. */
    TB_TEST_SINCE,           /* not before the day `date` begins, China time */
    TB_TEST_BEFORE,          /* before it begins */
    TB_TEST_WITHIN_CAMPAIGN, /* from the campaign's first day to the end of its last */
    TB_TEST_IN_STAGE,        /* in a stage of `values` */
    TB_TEST_OUTSIDE_STAGE,   /* known, and in none of them */
} tb_test;

typedef struct tb_condition {
    tb_test test;
    const char *field;
    const char *a;
    const char *b;
    const char **values;
    unsigned value_count;
    unsigned count;
    const char *date; /* YYYY-MM-DD */
    tb_label why;     /* shown when it is not met */
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
/* What becomes of an act at a time outside all of its action's stages. */
typedef enum tb_outside {
    TB_OUTSIDE_REFUSE,
    TB_OUTSIDE_LATE, /* allowed, and shown as late (agents/campaign/stages.h) */
} tb_outside;
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
    tb_opens *opens;
    unsigned opens_count;
    const char **stages; /* it belongs to these alone, by the event's own time; none: to any time */
    unsigned stage_count;
    tb_outside outside;
    bool request;             /* 请求: a SIDE that the holder must answer by one of: */
    const char **answered_by; /* actions; possible only while such a request waits */
    unsigned answered_by_count;
    const char **approval; /* steps, in this order: TB_APPROVAL_REVIEW, TB_APPROVAL_SIGN */
    unsigned approval_count;
    tb_automatic *automatic;     /* NULL: by people alone */
    const char *document_number; /* field that the agent numbers in sequence when the act is made
                                    (agents/document_numbers.h), one sequence for each field of this
                                    id and year; NULL: none */
    const char **supervises; /* 督办: a SIDE that demands a report back of one of these positions */
    unsigned supervises_count;
} tb_action;

/* The fields of such an act: whom, by which day, and what; and the action by that name which
 * `tongbao case supervise` takes. */
#define TB_SUPERVISE        "supervise"
#define TB_SUPERVISED       "supervised"
#define TB_SUPERVISED_UNTIL "report_by"
#define TB_SUPERVISED_TEXT  "supervision"

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

/* A day of a month, or of a month of the quarter: past the month's end, its last day. */
typedef struct tb_period_day {
    unsigned month; /* 1 to 3, of a quarter; 0 otherwise */
    unsigned day;   /* 1 to 31; 0: not given */
} tb_period_day;

/* What the creditor's agent says of a duty by itself, each word a side event of its own, and once.
 */
typedef enum tb_duty_word {
    TB_DUTY_NOTHING = 0,
    TB_DUTY_REMINDS = 1,   /* 到期提醒 */
    TB_DUTY_ESCALATES = 2, /* 逾期上报 */
    TB_DUTY_WITHDRAWS = 3, /* 撤销超期记录: it was done in time */
    TB_DUTY_REDATES = 4,   /* 期限调整: by a newer calendar; the newest counts */
    TB_DUTY_LAPSES = 5,    /* 超期记录 */
    TB_DUTY_SETTLES = 6,   /* 逾期办结告知: what was escalated is done, or taken over */
} tb_duty_word;

/* Said so long before or after a duty is due, in office hours; whom it is told to say the copies of
 * its action. Day figures count whole days from the due day. */
typedef struct tb_duty_notice {
    const char *act; /* side action; NULL: nothing is said */
    unsigned hours;
    unsigned days;
    unsigned working_days;
} tb_duty_notice;

/* 采用: headquarters adopts a default limit by a document, for duties that begin on this day or
 * later. */
typedef struct tb_adoption {
    const char *document_no; /* NULL: it has not */
    const char *from;        /* YYYY-MM-DD */
} tb_adoption;

/* 应办事项: who owes which act to whom, from which event, until which, and by when (design §10).
 * One of the limits is set. Hours run from the event; days begin with the next one and end at
 * 24:00, China time; so do dates, stages and period days. */
typedef struct tb_duty_def {
    const char *id;
    tb_label title;
    const char *owed_by; /* position, resolved right after the event `from`; of a position of many
                            each party owes its own */
    const char *to;      /* position: the creditor, whose agent alone judges */
    const char *from;    /* action: a step of the case, a request or a supervision */
    const char **until;  /* actions, any of which fulfils it: steps of the case, or side events,
                            which fulfil their author's alone */
    unsigned until_count;
    unsigned hours;
    unsigned days;
    unsigned working_days;
    const char *due_date;    /* YYYY-MM-DD */
    const char *due_field;   /* the day in this open field of the event it begins with */
    const char *stage;       /* until the end of this stage */
    const char *stage_end;   /* its last day: no key, set by tb_campaign_load */
    tb_period_day monthly;   /* on this day of the month after the event's */
    tb_period_day quarterly; /* on this day of the quarter after the event's */
    tb_conditions when;      /* owed only if these hold right after the event it begins with */
    unsigned grace_hours;  /* from due until the lapse is recorded, if more than TB_DUTY_GRACE_MS */
    bool by_default;       /* 系统默认时限(非方案规定): no figure in the plan */
    tb_adoption adopted;   /* of a default */
    tb_label basis;        /* otherwise: the clause */
    const char *lapse;     /* side action that records a lapse */
    const char *ends_in;   /* take-over action that a lapse is a ground for, or NULL */
    const char **outlives; /* take-over actions that do not release its debtor */
    unsigned outlives_count;
    tb_duty_notice remind;      /* before it is due */
    tb_duty_notice escalate;    /* after it was due and has lapsed */
    const char *withdraw_lapse; /* side action that withdraws the lapse of what was done in time
                                   after all, or NULL */
    const char *redate; /* side action that re-dates it by a newer calendar; NULL: it stays */
    const char *settle; /* side action that says of what was escalated that it is done, so that
                           whoever it was escalated to hears the end of it; or NULL */
} tb_duty_def;

/* The open fields of a lapse, and of what else the creditor's agent says: which duty, when it was
 * due, up to where the debtor's stream was held. */
#define TB_LAPSE_DUTY "lapsed_duty" /* without `choices` it has the duties of its case type */
#define TB_LAPSE_DUE  "lapsed_due"
#define TB_LAPSE_UPTO "lapsed_upto"
/* Of a duty that many owe each: whose lapse it is. */
#define TB_LAPSE_DEBTOR "lapsed_debtor"
/* Of a re-dating besides, where TB_LAPSE_DUE is when it was due before: when it is now, and by
 * which version of the calendar. */
#define TB_REDATED_DUE      "redated_due"
#define TB_REDATED_CALENDAR "redated_calendar"

/* 评估指标: a row of the score sheet (评分表) of a case, whose figures nobody typed: one that the
 * agent counted, or one out of another. With a threshold it is met or not, judged unrounded;
 * without one it is shown and scores nothing (agents/campaign/scores.h). */
typedef struct tb_threshold {
    unsigned numerator;
    unsigned denominator;
} tb_threshold;

typedef struct tb_score_def {
    const char *id;
    tb_label title;
    const char *of;         /* field of COMPUTE_MEASURE: numerator */
    const char *to;         /* likewise: denominator, or NULL */
    tb_threshold *at_least; /* 以上, itself included; NULL: none. One of the two at most */
    tb_threshold *at_most;  /* 以下, itself included */
} tb_score_def;

/* What the creditor's agent says of duties, said once for many: a duty has of these what it does
 * not name itself. A reminder where its limit leaves room for it, a re-dating where it is counted
 * in working days. */
typedef struct tb_duty_words {
    const char *lapse;
    const char *withdraw_lapse;
    const char *redate;
    const char *settle;
    tb_duty_notice remind;
    tb_duty_notice escalate;
} tb_duty_words;

/* 共用部分: what several case types have alike, written once (agents/campaign/load_common.h). A
 * case type that uses it has all of it when it is loaded; nothing behind the loading knows of it.
 */
typedef struct tb_common_part {
    const char *id;
    tb_label title;
    tb_field_def *fields;
    unsigned field_count;
    tb_field_group *groups;
    unsigned group_count;
    tb_position *positions;
    unsigned position_count;
    tb_action *actions;
    unsigned action_count;
    tb_duty_def *duties;
    unsigned duty_count;
    tb_duty_words words;
} tb_common_part;

typedef struct tb_case_type {
    const char *id;
    tb_label title;
    const char **uses; /* of `common` */
    unsigned use_count;
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
    tb_score_def *scores;
    unsigned score_count;
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
/* How a figure comes about; what is not DECLARED follows from the cases a party has (design §11).
 */
typedef enum tb_measure_kind {
    TB_MEASURE_COUNTS,   /* events, or the distinct values of a field in them */
    TB_MEASURE_SUMS,     /* the numbers in a field of events */
    TB_MEASURE_HOURS,    /* between two events of one case, in tenths of an hour, cut off */
    TB_MEASURE_RATIO,    /* of two others of kind COUNTS or SUMS */
    TB_MEASURE_DECLARED, /* typed in, in the report's field of the same id */
    TB_MEASURE_LAPSES,   /* 超期记录 that stand, at the creditor, for each debtor */
} tb_measure_kind;

typedef enum tb_declared_form {
    TB_DECLARED_NOT,
    TB_DECLARED_NUMBER,
    TB_DECLARED_RATIO, /* numerator and denominator */
} tb_declared_form;

typedef enum tb_stat {
    TB_STAT_NONE,
    TB_STAT_MEDIAN, /* the lower of the two middle ones */
    TB_STAT_MAX,
} tb_stat;

typedef struct tb_measure_hours {
    const char *from; /* action; the last one before `to` */
    const char *to;   /* action */
    tb_stat stat;
} tb_measure_hours;

typedef struct tb_measure_ratio {
    const char *of; /* measure: numerator */
    const char *to; /* measure: denominator */
} tb_measure_ratio;

/* 指标: one figure of a report. An event counts in the month of its effective time, in China. */
typedef struct tb_measure {
    const char *id;
    tb_label title;
    tb_label unit;
    const char *case_type; /* NULL: RATIO, DECLARED */
    const char **counts;   /* actions; COUNTS and SUMS */
    unsigned count_count;
    const char *sums;     /* SUMS: field of type count */
    const char *at;       /* position this party must be in right after the event; NULL: any */
    tb_conditions when;   /* judged with the case right after the event */
    const char *distinct; /* COUNTS: field whose distinct values are counted; NULL: events */
    const char **by;      /* open fields a figure is also given for each value of */
    unsigned by_count;
    tb_measure_hours hours;
    tb_measure_ratio ratio;
    tb_declared_form declared;
    const char **lapses; /* LAPSES: duties whose recorded lapses count; not those withdrawn */
    unsigned lapse_count;
    bool scoring; /* of these, the ones under the plan's limits and adopted ones alone */
} tb_measure;

tb_measure_kind tb_measure_kind_of(const tb_measure *measure);
/* Whether its figure is also given for each value of something. */
bool tb_measure_is_grouped(const tb_measure *measure);

typedef enum tb_every {
    TB_EVERY_NONE, /* by dates */
    TB_EVERY_MONTH,
    TB_EVERY_QUARTER,
    TB_EVERY_HALF_YEAR,
    TB_EVERY_YEAR,
} tb_every;

/* A ratio held against a threshold, unrounded: 89.996 % is not 90 %. */
typedef struct tb_judged_def {
    const char *measure;
    tb_threshold at_least;
    const char *role;  /* whose reports are judged; NULL: all */
    const char *as_of; /* YYYY-MM-DD: only figures as of this day; NULL: any */
} tb_judged_def;

typedef struct tb_report_due {
    unsigned months_after; /* the month of the due day, counted from the period's last */
    unsigned day;          /* in time to the end of this day */
} tb_report_due;

/* 对账: what one reporter says it sent another against what that one says it received. Both
 * measures are told apart by one field, of the other side's place: i's group j is held against j's
 * group i. With roles instead: what each party of the one role declares against the sum of what
 * those of the other declare that belong to it. */
typedef struct tb_reconcile_def {
    const char *id;
    tb_label title;
    const char *sent;       /* measure */
    const char *received;   /* measure */
    const char *settled_by; /* side action by which a difference is explained, or NULL */
    const char *whole_role; /* role that declares `sent`; NULL: pairs */
    const char *parts_role; /* role whose parties declare `received`, each a part of a whole */
} tb_reconcile_def;

/* 报告: what each party of a role owes for each period, as a case of its own type. The verbs of a
 * report are the type's actions file, accept, return and revise; which of them led to a state says
 * what state the report is in. */
#define TB_REPORT_FILE   "file"
#define TB_REPORT_ACCEPT "accept"
#define TB_REPORT_RETURN "return"
#define TB_REPORT_REVISE "revise"

typedef struct tb_report_def {
    const char *id;
    tb_label title;
    const char *case_type;
    const char **owed_by; /* roles */
    unsigned owed_by_count;
    const char *to;         /* role */
    const char *summary_of; /* a report whose filed figures this one puts together, or NULL */
    tb_every every;
    const char *first; /* period, with every */
    const char *last;
    tb_report_due due;
    const char **dates; /* instead of every: a period named by its day, which is also due */
    unsigned date_count;
    const char **measures;
    unsigned measure_count;
    const char **text; /* fields of the case type, as sections */
    unsigned text_count;
    const char **signed_by; /* fields at its foot: 填报人, 审核人, 单位负责人, 联系电话 */
    unsigned signed_by_count;
    tb_judged_def *judged;
    unsigned judged_count;
    tb_reconcile_def *reconciles;
    unsigned reconcile_count;
} tb_report_def;

typedef struct tb_campaign {
    const char *id; /* "black-card" */
    uint32_t version;
    tb_label title;
    const char *from;         /* YYYY-MM-DD, first day */
    const char *to;           /* last day */
    const char *counts_until; /* last day that counts, NULL: everything counts */
    tb_parameter *parameters;
    unsigned parameter_count;
    tb_stage *stages;
    unsigned stage_count;
    tb_lookup *lookups;
    unsigned lookup_count;
    const char **tables;
    unsigned table_count;
    const char **calendar; /* years that the table `calendar` must know, as "2019"; none: not said */
    unsigned calendar_count;
    tb_role *roles;
    unsigned role_count;
    tb_code_list *codes;
    unsigned code_count;
    tb_common_part *common;
    unsigned common_count;
    tb_case_type *case_types;
    unsigned case_type_count;
    tb_list_def *lists;
    unsigned list_count;
    tb_measure *measures;
    unsigned measure_count;
    tb_report_def *reports;
    unsigned report_count;
} tb_campaign;

/* Whether the figures of parties add up to one of all: no event or value counts at two. */
bool tb_measure_adds_up(const tb_campaign *campaign, const tb_measure *measure);

/* By id; NULL when absent. */
const tb_case_type *tb_campaign_case_type(const tb_campaign *campaign, tb_bytes id);
const tb_list_def *tb_campaign_list(const tb_campaign *campaign, tb_bytes id);
const tb_code_list *tb_campaign_codes(const tb_campaign *campaign, const char *id);
const tb_stage *tb_campaign_stage(const tb_campaign *campaign, const char *id);
const tb_lookup *tb_campaign_lookup(const tb_campaign *campaign, const char *id);
const tb_action *tb_case_type_action(const tb_case_type *type, tb_bytes id);
const tb_state *tb_case_type_state(const tb_case_type *type, tb_bytes id);
const tb_field_def *tb_case_type_field(const tb_case_type *type, tb_bytes id);
const tb_field_group *tb_case_type_group(const tb_case_type *type, tb_bytes id);
const tb_position *tb_case_type_position(const tb_case_type *type, tb_bytes id);

/* A title, unit or the like; empty where the definition has none. */
tb_bytes tb_campaign_text(const char *text);
const tb_measure *tb_campaign_measure(const tb_campaign *campaign, tb_bytes id);
const tb_report_def *tb_campaign_report(const tb_campaign *campaign, tb_bytes id);
/* The report whose cases are of this type, or NULL. */
const tb_report_def *tb_campaign_report_of(const tb_campaign *campaign, tb_bytes case_type);

/* The campaigns installed at this agent, all versions. */
typedef struct tb_campaigns {
    const tb_campaign **list;
    size_t count;
} tb_campaigns;

const tb_campaign *tb_campaigns_find(const tb_campaigns *campaigns, tb_bytes id, uint32_t version);
/* The newest version, or NULL. */
const tb_campaign *tb_campaigns_newest(const tb_campaigns *campaigns, tb_bytes id);

#endif
