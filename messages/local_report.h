/* local_report - reports (报告), their figures, and what was proved again; a part of
 * messages/local.h, which says how requests and answers are read. */
#ifndef TB_LOCAL_REPORT_H
#define TB_LOCAL_REPORT_H

#include "messages/directory.h"
#include "messages/event.h"

/* Empty: all. */
typedef struct tb_local_list_reports {
    tb_bytes campaign;
    tb_bytes report;
    tb_bytes period;
} tb_local_list_reports;

/* One that was filed, by its case; with a zero case this party's own as it would be filed now. */
typedef struct tb_local_get_report {
    tb_case_id case_id;
    tb_bytes campaign; /* empty: the only one with such a report */
    tb_bytes report;
    tb_bytes period;
    tb_bytes measure; /* empty: the report itself; else what this figure opens to */
    tb_bytes group;
    tb_bytes after;
    uint32_t limit;
} tb_local_get_report;

/* What a counted figure of a case opens to. */
typedef struct tb_local_get_figure {
    tb_case_id case_id;
    tb_bytes field;
    tb_bytes after;
    uint32_t limit;
} tb_local_get_figure;

typedef struct tb_local_reconcile {
    tb_bytes campaign;
    tb_bytes report;
    tb_bytes period;
    tb_bytes reconcile; /* id in the report */
    tb_party of;   /* this party; or, where reports are owed to it, another, or none: any two */
    tb_party with; /* none: each of the others; so it is when `of` is none */
    bool sent;
    tb_bytes after; /* `next` of the page before */
} tb_local_reconcile;

typedef enum tb_reconciled_reason {
    TB_RECONCILED_BOTH = 1,
    TB_RECONCILED_IN_TRANSIT = 2,
    TB_RECONCILED_REFUSED = 3,
    TB_RECONCILED_MISSING = 4,
    TB_RECONCILED_NOT_ARRIVED = 5,
    TB_RECONCILED_SETTLED = 6, /* of two others: what one of them settled */
} tb_reconciled_reason;

typedef struct tb_local_reconciled_line {
    tb_case_id case_id;
    tb_digest event;
    tb_time at;
    tb_reconciled_reason reason;
    bool arrived;
    tb_party settled_by; /* empty: not settled */
    tb_time settled_at;
    tb_bytes settled; /* why */
    tb_party of;      /* between whom */
    tb_party with;
} tb_local_reconciled_line;

typedef struct tb_local_reconciled {
    tb_local_reconciled_line *lines;
    size_t count;
    tb_bytes next;
} tb_local_reconciled;

typedef struct tb_local_export_evidence {
    tb_case_id case_id;
    bool report;
    tb_bytes after;    /* `next` of the page before */
    tb_bytes campaign; /* instead of a case: every closed case of a campaign that is over */
} tb_local_export_evidence;

typedef struct tb_local_verify {
    tb_case_id case_id;
    bool report; /* with what its figures open to */
} tb_local_verify;

typedef enum tb_report_state {
    TB_REPORT_NOT_DUE = 1, /* its period is not over */
    TB_REPORT_DUE = 2,
    TB_REPORT_FILED = 3,
    TB_REPORT_ACCEPTED = 4,
    TB_REPORT_RETURNED = 5,
    TB_REPORT_REVISED = 6,
} tb_report_state;

/* Set by the first filing; a return changes nothing in it. */
typedef enum tb_timeliness {
    TB_TIMELINESS_OPEN = 0, /* not filed and not late, or filed and no stamp yet */
    TB_TIMELINESS_ON_TIME = 1,
    TB_TIMELINESS_LATE = 2,
    TB_TIMELINESS_MISSING = 3,
} tb_timeliness;

typedef struct tb_report_moment {
    tb_report_state state;
    tb_time at;
} tb_report_moment;

typedef struct tb_local_report_line {
    tb_bytes campaign;
    tb_bytes report;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_party reporter;
    tb_bytes period;
    tb_time due;
    tb_case_id case_id; /* zero: not filed */
    tb_report_state state;
    tb_timeliness timeliness;
    uint32_t days_late;
    tb_time filed;
    tb_bytes again_by;
    tb_report_moment *history;
    size_t history_count;
} tb_local_report_line;

typedef struct tb_local_reports {
    tb_local_report_line *lines;
    size_t count;
    tb_time civil;
} tb_local_reports;

/* Values as agents/campaign/figures.h prints them. */
typedef struct tb_local_figure {
    tb_bytes measure;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_bytes unit_zh;
    tb_bytes unit_en;
    uint32_t kind; /* 1 counts, 2 sums, 3 hours, 4 ratio, 5 declared, 6 lapses */
    tb_bytes group;
    tb_bytes period;
    tb_bytes year;
    tb_bytes previous;
    tb_bytes now;
    tb_bytes as_of;
} tb_local_figure;

typedef enum tb_threshold_verdict {
    TB_VERDICT_REACHED = 1,
    TB_VERDICT_NOT_REACHED = 2,
    TB_VERDICT_NO_FIGURE = 3,
} tb_threshold_verdict;

typedef struct tb_local_judged {
    tb_bytes measure;
    uint32_t numerator; /* of the threshold */
    uint32_t denominator;
    tb_threshold_verdict verdict;
} tb_local_judged;

typedef struct tb_local_behind {
    tb_case_id case_id;
    tb_digest event;
    uint64_t number; /* 0: a side event */
    tb_bytes action;
    tb_time at; /* effective */
    uint64_t amount;
    tb_bytes group;
} tb_local_behind;

/* behind: its events, or where filed_in is not empty the filings it was taken from. */
typedef struct tb_local_case_figure {
    tb_case_id case_id;
    tb_bytes field;
    tb_local_figure figure; /* group: whom it is about; period as stated, now as counted now */
    tb_bytes over;
    tb_bytes filed_in;
    tb_local_behind *behind;
    size_t behind_count;
    tb_bytes next;
} tb_local_case_figure;

/* A row of a score sheet; verdict as tb_score_verdict (agents/campaign/scores.h) has them. */
typedef struct tb_local_score {
    tb_bytes id;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_bytes value; /* empty: no figure */
    tb_bytes at_least;
    tb_bytes at_most;
    uint32_t verdict;
    bool declared; /* out of what somebody typed */
} tb_local_score;
#define TB_LOCAL_SCORE_VERDICTS 4

typedef struct tb_local_report {
    tb_local_report_line line;
    tb_local_figure *figures;
    size_t figure_count;
    tb_local_judged *judged;
    size_t judged_count;
    tb_field *texts;
    size_t text_count;
    tb_local_behind *behind;
    size_t behind_count;
    tb_bytes next;
    uint64_t recounted; /* as in tb_local_verified */
    uint64_t recounted_of;
} tb_local_report;

typedef struct tb_local_verified {
    tb_case_id case_id;
    uint64_t events;
    uint64_t signatures; /* events that a signed notice carries; the next one signs the others */
    uint64_t stamps;
    uint64_t openings;
    uint64_t behind;     /* events behind a report's figures, among events */
    uint64_t not_looked; /* and those beyond the bound */
    uint64_t corrected;  /* stated figures that later events have changed */
    uint64_t recounted; /* cases looked at so far, of so many, for figures that are being counted */
    uint64_t recounted_of; /* anew; 0: none is */
    bool attested;         /* the figures' events are with the reporter */
    uint64_t declared;     /* figures that somebody typed: nothing proves them */
    uint64_t wrong;
    tb_bytes *faults; /* the first of what is wrong */
    size_t fault_count;
    uint64_t marks; /* of recipients, that cover what this party sent of it */
} tb_local_verified;

typedef struct tb_local_evidence {
    tb_bytes content; /* a signed page; empty: none yet, ask on */
    tb_bytes next;    /* empty: that was the last */
} tb_local_evidence;

#endif
