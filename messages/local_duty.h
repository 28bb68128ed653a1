/* local_duty - duties (应办事项): lists, what was not answered, and how a due time comes about; a
 * part of messages/local.h, which says how requests and answers are read. */
#ifndef TB_LOCAL_DUTY_H
#define TB_LOCAL_DUTY_H

#include "messages/directory.h"
#include "messages/event.h"

typedef struct tb_local_list_duties {
    bool overdue;
    bool mine; /* owed by this party */
    tb_bytes after;
    uint32_t limit;
    tb_party by;   /* owed by this party; empty: by anybody */
    bool concerns; /* owed by or to this party, or escalated to it */
} tb_local_list_duties;

/* What this party has to do first, of duties that are not done; a part of its status. */
typedef struct tb_local_due_counts {
    uint64_t overdue;   /* owed by it and past due */
    uint64_t today;     /* owed by it and due by the end of today */
    uint64_t next_day;  /* and by the end of the next working day */
    uint64_t urgent;    /* of these three, on cases in the urgent lane */
    uint64_t owed;      /* owed to it and past due */
    uint64_t escalated; /* between others, past due and escalated to it */
    bool more;          /* there are more than were looked through (TB_DIGEST_LOOKED_MAX) */
    tb_time until;      /* end of the next working day */
} tb_local_due_counts;

typedef struct tb_local_get_unanswered {
    tb_party by;      /* what this party holds, case by case; empty: only counted */
    tb_case_id after; /* `next` of the page before */
} tb_local_get_unanswered;

typedef enum tb_duty_state {
    TB_DUTY_OPEN = 1,
    TB_DUTY_ON_TIME = 2,  /* 按期 */
    TB_DUTY_LATE = 3,     /* 超期办结 */
    TB_DUTY_LAPSED = 4,   /* 超期未办结 */
    TB_DUTY_RELEASED = 5, /* the case was taken over before */
} tb_duty_state;

typedef struct tb_local_duty_line {
    tb_case_id case_id;
    tb_bytes duty;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_party debtor;
    tb_party creditor;
    tb_bytes from_action;
    tb_bytes from_zh;
    tb_bytes from_en;
    tb_time from;
    tb_time due;
    tb_duty_state state;
    bool over;
    bool by_default;
    tb_bytes basis_zh;
    tb_bytes basis_en;
    tb_bytes ends_in; /* empty: in nothing */
    tb_digest lapse;  /* zero: none recorded */
    tb_time ended;
    tb_time reminded; /* 0: was not; likewise */
    tb_time escalated;
    tb_time withdrawn;   /* its lapse */
    tb_time settled;     /* said to whom it was escalated: it is over */
    bool scores;         /* a lapse of it counts in evaluation; false of what was done in time */
    tb_bytes adopted_no; /* of the document that adopted the default; empty: none for this duty */
} tb_local_duty_line;

typedef struct tb_local_duties {
    tb_local_duty_line *lines;
    size_t count;
    tb_bytes next;
    tb_time civil;
} tb_local_duties;

/* Bands of age: today, 1 to 3 days, 4 to 7, 8 to 15, 16 to 30, over 30. */
#define TB_AGES 6

typedef struct tb_local_unanswered_line {
    tb_party party; /* the holder */
    uint64_t ages[TB_AGES];
    tb_time oldest;
} tb_local_unanswered_line;

typedef struct tb_local_unanswered_case {
    tb_case_id case_id;
    tb_party holder;
    tb_bytes campaign;
    tb_bytes case_type;
    tb_bytes state;
    tb_time since;
    tb_time reminded; /* of what its holder owes and has not done, the newest; 0: was not */
    tb_time escalated;
} tb_local_unanswered_case;

typedef struct tb_local_unanswered {
    uint64_t notified; /* of the page */
    uint64_t answered;
    uint64_t here; /* back with this party */
    tb_local_unanswered_line *lines;
    size_t count;
    tb_local_unanswered_case *cases;
    size_t case_count;
    tb_case_id next; /* zero on the last page */
    tb_time civil;
} tb_local_unanswered;

/* Which time of an event counts, and why. */
/* 办公时间: minutes after midnight, China time, on working days: from <= t < to <= 1440. */
typedef struct tb_local_office {
    uint32_t from;
    uint32_t to;
    bool by_default; /* in an answer: the party has set none */
} tb_local_office;

typedef enum tb_effective_why {
    TB_EFFECTIVE_UNKNOWN = 0,  /* its own: no stamp is here yet */
    TB_EFFECTIVE_OWN = 1,      /* stored in time after it */
    TB_EFFECTIVE_STORED = 2,   /* the stored time */
    TB_EFFECTIVE_EXERCISE = 3, /* its own */
} tb_effective_why;

typedef enum tb_limit_unit {
    TB_LIMIT_UNKNOWN = 0,
    TB_LIMIT_HOURS = 1,
    TB_LIMIT_DAYS = 2,
    TB_LIMIT_WORKING_DAYS = 3,
    TB_LIMIT_DAY = 4, /* one that the campaign or the event names */
} tb_limit_unit;

typedef enum tb_day_why {
    TB_DAY_COUNTS = 0,
    TB_DAY_WEEKEND = 1,
    TB_DAY_OFF = 2,    /* by the calendar */
    TB_DAY_WORKED = 3, /* a weekend worked by the calendar: counts */
    /* of a year the calendar does not know: its weekday alone says so */
    TB_DAY_COUNTS_ALONE = 4,
    TB_DAY_WEEKEND_ALONE = 5,
} tb_day_why;

typedef struct tb_local_explained_day {
    tb_time at; /* its beginning */
    tb_day_why why;
} tb_local_explained_day;

typedef struct tb_local_explained_duty {
    tb_local_duty_line line;
    tb_digest event; /* it begins with */
    uint64_t number;
    tb_party actor;
    tb_time own;
    tb_time stored; /* 0: not known */
    tb_effective_why why;
    tb_limit_unit unit;
    uint32_t amount;
    uint32_t calendar; /* version it was counted by; 0: Monday to Friday */
    uint32_t calendar_here;
    tb_local_explained_day *days;
    size_t day_count;
    uint32_t more_days;
    tb_time judged;  /* a lapse is recorded after this */
    tb_time was_due; /* before its creditor re-dated it by a newer calendar; 0: it did not */
    tb_time redated; /* when it did */
} tb_local_explained_duty;

typedef struct tb_local_explained {
    tb_local_explained_duty *duties;
    size_t count;
    tb_time civil;
} tb_local_explained;

#endif
