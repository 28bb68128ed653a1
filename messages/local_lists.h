/* local_lists - lists (名单): what is asked of them and told, and what a case opened; a part of
 * messages/local.h, which says how requests and answers are read. */
#ifndef TB_LOCAL_LISTS_H
#define TB_LOCAL_LISTS_H

#include "messages/directory.h"
#include "messages/event.h"

/* Entries of a list, by case id. */
typedef struct tb_local_show_list {
    tb_bytes list;
    tb_case_id entry; /* this one alone; zero: a page */
    tb_bytes after;
    uint32_t limit;
} tb_local_show_list;

typedef struct tb_local_applicant {
    tb_field *fields;
    size_t field_count;
} tb_local_applicant;

/* Applicants asked about at once. */
#define TB_APPLICANTS_MAX 256
typedef struct tb_local_check_list {
    tb_bytes list;
    tb_bytes province; /* empty: this party's own */
    tb_local_applicant *applicants;
    size_t count;
} tb_local_check_list;

/* Our copy of a list (名单), and how old it is. */
typedef struct tb_local_list_line {
    tb_bytes campaign;
    tb_bytes list;
    tb_bytes title_zh;
    tb_bytes title_en;
    bool national;
    uint64_t listed;
    uint64_t removed;
    tb_time heard; /* real time; 0: the hub never spoke to us */
    tb_time now;   /* real time of the answer */
    bool linked;
} tb_local_list_line;

typedef struct tb_local_lists {
    tb_local_list_line *lines;
    size_t count;
} tb_local_lists;

typedef enum tb_list_standing {
    TB_LIST_LISTED = 1,
    TB_LIST_REMOVED = 2,
} tb_list_standing;

typedef struct tb_local_entry {
    tb_case_id case_id;
    tb_list_standing standing;
    tb_bytes state;
    tb_bytes province;
    tb_time listed;
    tb_party listed_by;
    tb_time removed; /* 0: it is listed */
    tb_party removed_by;
    tb_field *fields;
    size_t field_count;
    tb_party *confirmed; /* of a removal: who has returned the receipt for it */
    size_t confirmed_count;
    tb_party *outstanding; /* and who has not */
    size_t outstanding_count;
} tb_local_entry;

typedef struct tb_local_shown_list {
    tb_local_list_line list;
    tb_local_entry *entries;
    size_t count;
    tb_bytes next;
} tb_local_shown_list;

typedef enum tb_gate {
    TB_GATE_NOT_FOUND = 1,
    TB_GATE_POSSIBLE = 2, /* 疑似,需人工核对 */
    TB_GATE_LISTED = 3,
} tb_gate;

typedef struct tb_local_verdict {
    tb_gate verdict; /* 0: not judged, for code */
    tb_local_entry *entries;
    size_t count;
    tb_refusal code;
    tb_bytes detail; /* which field */
} tb_local_verdict;

typedef struct tb_local_verdicts {
    tb_local_list_line list;
    tb_bytes province;          /* it was asked for; empty of a national list */
    tb_local_verdict *verdicts; /* as asked */
    size_t count;
} tb_local_verdicts;

typedef struct tb_local_relative {
    tb_case_id case_id;
    tb_bytes case_type; /* empty, and what follows, when the case is not known here */
    tb_bytes state;
    tb_party holder;
    bool known;
} tb_local_relative;

/* What one of many owes on a case, done or not. */
typedef struct tb_local_owed {
    tb_bytes duty;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_party debtor;
    tb_duty_state state;
    tb_time due;
    tb_time ended;
    tb_field *fields; /* of the newest side event by which it is fulfilled */
    size_t field_count;
} tb_local_owed;

typedef struct tb_local_family {
    tb_bytes campaign;
    tb_bytes case_type;
    tb_local_relative parent; /* zero case id: it was opened by nobody's act on another */
    tb_local_relative *children;
    size_t count;
    tb_local_owed *owed; /* by duty, then by debtor */
    size_t owed_count;
} tb_local_family;

#endif
