/* local - what the people's programs say to their agent, and its answers (local.proto).
 *
 * One request, one answer; both directions are here because the command line and the desk are
 * built from the same values as the agent. A watcher goes on receiving answers of kind CHANGED,
 * under a zero request id, until it goes away: that encoded answer is what a CHANGED effect
 * carries.
 *
 * An empty tb_bytes, a zero id and a zero number mean "not given", unless a comment says otherwise.
 * Decoding copies into the arena. Both directions are bounded by TB_LOCAL_BYTES_MAX.
 */
#ifndef TB_LOCAL_H
#define TB_LOCAL_H

#include "base/arena.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/refusal.h"
#include "base/time.h"
#include "messages/directory.h"
#include "messages/event.h"
#include "messages/local_account.h"
#include "messages/local_duty.h"
#include "messages/local_lists.h"
#include "messages/local_report.h"

typedef enum tb_request_kind {
    TB_REQUEST_OPEN_CASE = 10,
    TB_REQUEST_ACT = 11,
    TB_REQUEST_GET_CASE = 12,
    TB_REQUEST_LIST_CASES = 13,
    TB_REQUEST_TRACE = 14,
    TB_REQUEST_STATUS = 15,
    TB_REQUEST_LIST_NOTICES = 16,
    TB_REQUEST_GET_REQUEST = 17,
    TB_REQUEST_INSTALL = 18,
    TB_REQUEST_WATCH = 19,
    TB_REQUEST_LIST_DIRECTORY = 20,
    TB_REQUEST_GET_DOCUMENT = 21,
    TB_REQUEST_CHECK = 22,
    TB_REQUEST_LIST_ACTS = 23,
    TB_REQUEST_EXPORT = 24,
    TB_REQUEST_PAPER = 45,
    TB_REQUEST_EXPORT_BUNDLE = 46,
    TB_REQUEST_IMPORT_BUNDLE = 47,
    TB_REQUEST_WRITE_LETTER = 48,
    TB_REQUEST_GET_LETTER = 49,
    TB_REQUEST_LIST_DUTIES = 55,
    TB_REQUEST_LIST_CAMPAIGNS = 56,
    TB_REQUEST_LIST_LISTS = 60,
    TB_REQUEST_SHOW_LIST = 61,
    TB_REQUEST_CHECK_LIST = 62,
    TB_REQUEST_GET_FAMILY = 63,
    TB_REQUEST_CUT = 35,
    TB_REQUEST_LIST_QUARANTINE = 40,
    TB_REQUEST_ACT_QUARANTINE = 41,
    TB_REQUEST_LIST_DEAD_LETTERS = 42, /* asked of a hub */
    TB_REQUEST_RETRY_DEAD_LETTER = 43, /* asked of a hub */
    TB_REQUEST_LIST_REPORTS = 70,
    TB_REQUEST_GET_REPORT = 71,
    TB_REQUEST_VERIFY = 72,
    TB_REQUEST_EXPORT_EVIDENCE = 110,
    TB_REQUEST_RECONCILE = 111,
    TB_REQUEST_GET_FIGURE = 130,
    TB_REQUEST_RECOVER = 30,
    TB_REQUEST_GET_RECOVERY = 31,
    TB_REQUEST_LIST_ACCOUNTS = 80,
    TB_REQUEST_CHANGE_ACCOUNT = 81,
    TB_REQUEST_LIST_APPROVALS = 82,
    TB_REQUEST_APPROVE = 83,
    TB_REQUEST_LIST_SWITCHES = 84,
    TB_REQUEST_SET_SWITCH = 85,
    TB_REQUEST_UNANSWERED = 86,
    TB_REQUEST_EXPLAIN_DUTIES = 87,
    TB_REQUEST_GET_OFFICE = 100,
    TB_REQUEST_SET_OFFICE = 101,
} tb_request_kind;

typedef struct tb_local_open {
    tb_bytes campaign;
    tb_bytes case_type;
    tb_field *fields;
    size_t field_count;
    uint32_t lane;   /* a tb_lane, or 0: the campaign's own choice */
    tb_bytes action; /* empty: the first opening for this party's role */
} tb_local_open;

typedef struct tb_local_act {
    tb_case_id case_id;
    tb_bytes action;
    tb_field *fields;
    size_t field_count;
    tb_digest head; /* the head the person looked at; zero: whatever it is now */
} tb_local_act;

typedef struct tb_local_list {
    tb_bytes state;
    bool mine;      /* only cases this party holds */
    tb_bytes after; /* `next` of the page before */
    uint32_t limit; /* 0: the agent's own page size */
    tb_bytes field; /* only cases where this field has this value */
    tb_bytes value;
    tb_bytes case_type; /* empty: of every type */
    bool stalled;       /* only cases somebody may have to take over */
} tb_local_list;

typedef struct tb_local_list_notices {
    bool in;
    bool out;
    tb_bytes after;
    uint32_t limit;
} tb_local_list_notices;

typedef struct tb_local_get_document {
    tb_document_kind kind;
    tb_bytes name;
    uint32_t version; /* 0: the newest */
} tb_local_get_document;

/* An act of an off-line party, as its paper says. */
typedef struct tb_local_paper {
    tb_local_act act;
    tb_party on_behalf;
    tb_bytes number; /* 来文文号 */
    tb_bytes date;   /* YYYY-MM-DD */
} tb_local_paper;

typedef struct tb_local_export_bundle {
    tb_party party;
    tb_bytes after; /* `next` of the bundle before */
} tb_local_export_bundle;

typedef struct tb_local_write_letter {
    tb_party party;
    tb_bytes document_no; /* 发文字号; empty: the agent counts its own */
} tb_local_write_letter;

typedef struct tb_local_get_letter {
    tb_party party;
    uint64_t letter;
} tb_local_get_letter;

/* A page of what is set aside, or of a hub's dead letters. */
typedef struct tb_local_page {
    tb_bytes id; /* this one alone */
    tb_bytes after;
    uint32_t limit;
} tb_local_page;

typedef struct tb_local_settle {
    tb_bytes notice; /* "party/incarnation/number" */
    bool drop;       /* else it is applied again */
    tb_bytes reason; /* of a drop */
} tb_local_settle;

typedef struct tb_local_retry {
    tb_bytes id; /* as listed */
    bool dry_run;
} tb_local_retry;

typedef struct tb_local_recover {
    tb_bytes reason;
    tb_case_id release; /* this case; zero: the recovery begins */
} tb_local_recover;

typedef struct tb_local_request {
    tb_request_id id; /* never zero for what changes something */
    tb_bytes account;
    bool named;   /* the person named the account */
    tb_time time; /* exercises only; 0: no time given */
    tb_request_kind kind;
    union {
        tb_local_open open;
        tb_local_act act;
        tb_case_id case_id; /* GET_CASE, LIST_ACTS, EXPORT, GET_FAMILY, EXPLAIN_DUTIES */
        tb_local_list list; /* LIST_CASES */
        tb_local_list_duties duties;
        tb_local_show_list show_list;
        tb_local_check_list check_list;
        tb_bytes trace; /* case or event id in hex, or "party/incarnation/number" */
        tb_local_list_notices notices;
        tb_request_id request; /* GET_REQUEST */
        tb_document install;
        tb_local_get_document document;
        tb_local_paper paper;
        tb_local_export_bundle export_bundle;
        tb_bytes import_bundle;
        tb_local_write_letter write_letter;
        tb_local_get_letter get_letter;
        bool final;             /* CUT: sign nothing more under this key */
        tb_local_page page;     /* LIST_QUARANTINE, LIST_DEAD_LETTERS */
        tb_local_settle settle; /* ACT_QUARANTINE */
        tb_local_retry retry;   /* RETRY_DEAD_LETTER */
        tb_local_list_reports list_reports;
        tb_local_get_report get_report;
        tb_local_verify verify;
        tb_local_export_evidence export_evidence;
        tb_local_reconcile reconcile;
        tb_local_get_figure get_figure;
        tb_local_recover recover;
        tb_local_change_account change_account;
        tb_local_list_approvals list_approvals;
        tb_local_approve approve;
        tb_local_office set_office;
        tb_local_switch set_switch;
        tb_local_get_unanswered get_unanswered;
    };
} tb_local_request;

typedef enum tb_answer_kind {
    TB_ANSWER_NONE = 0, /* only code and detail */
    TB_ANSWER_ACTED = 10,
    TB_ANSWER_CASE = 11,
    TB_ANSWER_CASES = 12,
    TB_ANSWER_TRACED = 13,
    TB_ANSWER_STATUS = 14,
    TB_ANSWER_NOTICES = 15,
    TB_ANSWER_PARTIES = 16,
    TB_ANSWER_CONTENT = 17, /* GET_DOCUMENT, EXPORT */
    TB_ANSWER_CHECKED = 18,
    TB_ANSWER_CHANGED = 19,
    TB_ANSWER_ACTS = 20,
    TB_ANSWER_BUNDLE = 46,
    TB_ANSWER_IMPORTED = 47,
    TB_ANSWER_WRITTEN = 48,
    TB_ANSWER_LETTER = 49,
    TB_ANSWER_DUTIES = 55,
    TB_ANSWER_CAMPAIGNS = 56,
    TB_ANSWER_LISTS = 60,
    TB_ANSWER_SHOWN_LIST = 61,
    TB_ANSWER_VERDICTS = 62,
    TB_ANSWER_FAMILY = 63,
    TB_ANSWER_CUT = 35,
    TB_ANSWER_QUARANTINE = 40,
    TB_ANSWER_SETTLED = 41,
    TB_ANSWER_DEAD_LETTERS = 42,
    TB_ANSWER_REPORTS = 70,
    TB_ANSWER_REPORT = 71,
    TB_ANSWER_VERIFIED = 72,
    TB_ANSWER_EVIDENCE = 110,
    TB_ANSWER_RECONCILED = 111,
    TB_ANSWER_FIGURE = 130,
    TB_ANSWER_RECOVERY = 30,
    TB_ANSWER_ACCOUNTS = 80,
    TB_ANSWER_APPROVALS = 82,
    TB_ANSWER_SWITCHES = 84,
    TB_ANSWER_UNANSWERED = 86,
    TB_ANSWER_EXPLAINED = 87,
    TB_ANSWER_OFFICE = 100,
} tb_answer_kind;

typedef struct tb_local_acted {
    tb_case_id case_id; /* with event, zero for a draft that has none yet */
    tb_digest event;
    uint64_t number;
    tb_bytes state;
    uint64_t draft;         /* an act that waits: its number; 0: it was done */
    tb_approval_step waits; /* for this approval; TB_STEP_MADE: for the link */
} tb_local_acted;

/* Why a case may have to be taken over. */
typedef enum tb_stall {
    TB_STALL_NONE = 0,
    TB_STALL_PARTY_OFF = 1, /* its holder is out of service */
    TB_STALL_FROZEN = 2,
    TB_STALL_LAPSED = 3, /* a duty that ends in a take-over lapsed */
} tb_stall;

typedef struct tb_local_summary {
    tb_case_id case_id;
    tb_bytes campaign;
    tb_bytes case_type;
    tb_bytes state;
    tb_party holder;
    uint64_t number;
    tb_digest head;
    bool frozen;
    bool mine;
    tb_field *fields; /* newest value each of what this party may read */
    size_t field_count;
    tb_time at; /* civil, of the head */
    uint32_t term;
    tb_party opener;
    uint32_t held_back;
    tb_bytes action; /* of the head */
    tb_stall stalled;
    tb_bytes *lost_fields; /* set once, and their content is lost */
    size_t lost_count;
    uint32_t campaign_version; /* the case is judged by */
} tb_local_summary;

typedef enum tb_standing {
    TB_STANDING_EFFECTIVE = 1,
    TB_STANDING_OVERTAKEN = 2,
    TB_STANDING_HELD_BACK = 3,
    TB_STANDING_DRAFT = 4,
    TB_STANDING_FORKED = 5,
    TB_STANDING_DISPUTED = 35, /* signed beyond a cut, or behind such an event; without effect */
} tb_standing;

/* An act's time against the stages and dates of its campaign. */
typedef enum tb_shown_timing {
    TB_IN_TIME = 0,
    TB_IN_NO_STAGE = 1, /* late: 不在规定阶段内 */
    TB_NOT_COUNTED = 2, /* done after the day up to which it counts: 不计入统计 */
} tb_shown_timing;

typedef struct tb_local_event {
    tb_digest event; /* zero for a draft */
    uint64_t number;
    tb_event_kind kind;
    tb_party actor;
    tb_bytes account;
    tb_bytes action;
    tb_bytes from_state;
    tb_bytes to_state;
    tb_time at;
    tb_time stored; /* 0: not known yet */
    tb_party *addressees;
    size_t addressee_count;
    tb_field *fields;
    size_t field_count;
    tb_bytes *unread_groups; /* committed to, not readable here */
    size_t unread_count;
    tb_standing standing;
    uint32_t term;
    tb_party holder;
    tb_party on_behalf; /* entered on paper (线下办理) for this party; empty otherwise */
    tb_bytes paper_no;
    tb_bytes paper_date;
    tb_bytes *lost_fields; /* of groups that were ours to read and that nobody could resend */
    size_t lost_count;
    tb_shown_timing timing;
    tb_bytes account_name; /* of the person; empty where it is another party's */
    tb_local_approval *approvals;
    size_t approval_count;
} tb_local_event;

typedef struct tb_local_case {
    tb_local_summary summary;
    tb_local_event *events;
    size_t event_count;
    tb_local_score *scores; /* of its type's score sheet */
    size_t score_count;
} tb_local_case;

typedef struct tb_local_cases {
    tb_local_summary *cases;
    size_t count;
    tb_bytes next; /* empty on the last page */
    uint64_t total;
} tb_local_cases;

/* Where a notice is, for one recipient. */
typedef enum tb_where {
    TB_WHERE_DRAFT = 1,
    TB_WHERE_OUTBOX = 2,
    TB_WHERE_STORED = 3,
    TB_WHERE_ARRIVED = 4,
    TB_WHERE_SIGNED_FOR = 5,
    TB_WHERE_ANSWERED = 6,
    TB_WHERE_REFUSED = 7,
    TB_WHERE_HELD_BACK = 8,
    TB_WHERE_EXPIRED = 9,
    TB_WHERE_QUARANTINED = 10,
} tb_where;

typedef struct tb_local_trace_line {
    tb_bytes notice; /* "party/incarnation/number" */
    tb_digest event;
    tb_bytes action;
    tb_party sender;
    tb_party recipient;
    tb_where where;
    tb_time since;
    tb_time last_attempt;
    tb_time next_attempt;
    tb_refusal code;
    tb_bytes why_zh;
    tb_bytes why_en;
    tb_bytes title_zh; /* of the action */
    tb_bytes title_en;
    tb_standing standing; /* of the event; 0: about none */
    /* within the agent alone, for its sentence */
    tb_approval_step waits; /* a draft that is to be approved */
    bool copy;              /* the recipient does not hold the case after the event */
} tb_local_trace_line;

typedef struct tb_local_traced {
    tb_local_trace_line *lines;
    size_t count;
} tb_local_traced;

/* Something to be done before a date. */
typedef struct tb_local_warning {
    tb_refusal code;
    tb_time until;
} tb_local_warning;
typedef struct tb_local_asked {
    tb_party party;
    tb_bytes name_zh;
    tb_bytes name_en;
    tb_time asked; /* 0: not yet */
    tb_time last;
    tb_time heard;    /* newest part of its answer; 0: none */
    tb_time ended;    /* 0: not yet */
    uint64_t missing; /* notices that it could not resend */
} tb_local_asked;

typedef struct tb_local_released {
    tb_case_id case_id;
    tb_bytes account;
    tb_bytes reason;
    tb_time at;
} tb_local_released;

typedef struct tb_local_recovery {
    uint32_t state; /* 0 never, 1 waiting for the hub, 2 asking, 3 ended */
    tb_time started;
    tb_time ended;
    tb_bytes account;
    tb_bytes reason;
    uint64_t old_counter;
    uint64_t counter;
    tb_local_asked *asked;
    size_t asked_count;
    tb_local_released *released;
    size_t released_count;
} tb_local_recovery;

typedef struct tb_local_status {
    tb_party party;
    tb_bytes name_zh;
    tb_bytes name_en;
    bool linked;
    bool fenced;
    tb_refusal code; /* why fenced */
    tb_incarnation incarnation;
    uint32_t directory_version;
    uint64_t outbox; /* notices without all arrived marks */
    uint64_t held_back;
    uint64_t drafts;
    uint64_t cases;
    uint64_t quota_bytes;
    uint64_t used_bytes;
    tb_time civil;
    bool exercise;
    tb_digest hub;
    uint64_t alarms;
    tb_bytes *alarm_texts;
    size_t alarm_text_count;
    tb_local_warning *warnings;
    size_t warning_count;
    tb_local_recovery recovery;
    uint64_t accounts;  /* 0: whoever opens the socket may act */
    uint64_t approvals; /* acts that wait for approval */
    tb_local_due_counts duties;
} tb_local_status;

typedef struct tb_local_notice_line {
    tb_bytes notice;
    tb_party peer;
    bool out;
    tb_lane lane;
    uint64_t number; /* in its stream; 0 when not numbered yet */
    tb_time at;
    tb_where where;
    uint32_t events;
    uint64_t bytes;
} tb_local_notice_line;

typedef struct tb_local_notices {
    tb_local_notice_line *lines;
    size_t count;
    tb_bytes next;
} tb_local_notices;

typedef struct tb_local_party_line {
    tb_party id;
    tb_bytes role;
    tb_bytes jurisdiction;
    tb_bytes name_zh;
    tb_bytes name_en;
    uint32_t state; /* a tb_party_state */
    tb_field *attributes;
    size_t attribute_count;
    tb_party parent;
} tb_local_party_line;

typedef struct tb_local_parties {
    uint32_t version; /* of the directory */
    tb_local_party_line *lines;
    size_t count;
} tb_local_parties;

typedef struct tb_local_checked {
    tb_bytes *faults; /* none: every invariant holds */
    size_t fault_count;
    uint64_t rows;
} tb_local_checked;

typedef struct tb_local_field_line {
    tb_bytes id;
    tb_bytes type;
    tb_bytes title_zh;
    tb_bytes title_en;
    bool required;
    tb_bytes *choices;
    size_t choice_count;
} tb_local_field_line;

typedef struct tb_local_act_line {
    tb_bytes action;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_local_field_line *fields;
    size_t field_count;
    tb_refusal code; /* 0, or why not now */
} tb_local_act_line;

typedef struct tb_local_acts {
    tb_local_act_line *lines;
    size_t count;
} tb_local_acts;

/* What a bundle carries, or what of one was new. */
typedef struct tb_local_counts {
    uint32_t notices;
    uint32_t repeated; /* notices that were here already */
    uint32_t marks;
    uint32_t refusals;
    uint32_t stamps;
} tb_local_counts;

typedef struct tb_local_bundle {
    tb_bytes content; /* the file's bytes */
    tb_bytes next;    /* empty: there is no further one */
    tb_local_counts counts;
} tb_local_bundle;

typedef struct tb_local_imported {
    tb_party sender;
    tb_local_counts counts;
} tb_local_imported;

typedef struct tb_local_written {
    uint64_t letter;
    tb_bytes document_no;
    uint32_t items;
    uint32_t left; /* for the next letter */
} tb_local_written;

typedef struct tb_local_letter {
    uint64_t letter;
    tb_bytes document_no;
    tb_bytes page;  /* HTML in UTF-8 */
    tb_bytes table; /* CSV in UTF-8 */
    uint32_t items;
} tb_local_letter;

/* Where the civil time stands to a campaign's days. */
typedef enum tb_when {
    TB_WHEN_BEFORE = 1,
    TB_WHEN_RUNNING = 2,
    TB_WHEN_OVER = 3,
} tb_when;

typedef struct tb_local_campaign_line {
    tb_bytes id;
    uint32_t version;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_bytes from; /* YYYY-MM-DD */
    tb_bytes to;
    bool newest;
    tb_when when;
    tb_bytes calendar_lacks; /* years, "2016 2017", that it wants and the calendar here lacks */
} tb_local_campaign_line;

typedef struct tb_local_campaigns {
    tb_local_campaign_line *lines;
    size_t count;
} tb_local_campaigns;
/* Where this party stands in every stream it sends, old runs' too. */
typedef struct tb_local_cut {
    tb_party party;
    tb_cut_mark *marks;
    size_t count;
} tb_local_cut;
typedef struct tb_local_set_aside {
    tb_bytes notice;
    tb_party sender;
    tb_lane lane;
    uint64_t number;
    tb_time taken;
    uint32_t attempts;
    tb_refusal code;
    uint64_t bytes;
    bool dropped; /* a record of who and why; the content is gone */
    tb_time dropped_at;
    tb_bytes account;
    tb_bytes reason;
} tb_local_set_aside;

typedef struct tb_local_quarantine {
    tb_local_set_aside *lines;
    size_t count;
    tb_bytes next;
} tb_local_quarantine;

typedef enum tb_settlement {
    TB_SETTLED_APPLIED = 1,
    TB_SETTLED_REFUSED = 2, /* by the rules, for code */
    TB_SETTLED_DROPPED = 3,
} tb_settlement;

typedef struct tb_local_settled {
    tb_bytes notice;
    tb_settlement outcome;
    tb_refusal code;
} tb_local_settled;

typedef enum tb_retry {
    TB_RETRY_DELIVERS = 1,
    TB_RETRY_WAITS = 2,   /* the recipient is not connected: it is delivered when it is */
    TB_RETRY_NOTHING = 3, /* the content is not here */
    TB_RETRY_REFUSED = 4, /* the directory in force still forbids it */
} tb_retry;

typedef struct tb_local_dead_letter {
    tb_bytes id;
    tb_party sender;
    tb_party recipient;
    tb_lane lane;
    uint64_t number;
    uint64_t to;
    tb_time since;
    tb_refusal code;
    tb_party by;
    uint64_t bytes; /* held; 0: nothing */
    tb_retry retry;
} tb_local_dead_letter;

typedef struct tb_local_dead_letters {
    tb_local_dead_letter *letters;
    size_t count;
    tb_bytes next;
} tb_local_dead_letters;

typedef struct tb_local_answer {
    tb_request_id id; /* zero: to a watcher, or to a request that does not decode */
    tb_refusal code;
    tb_bytes detail; /* which field, which state, what changed; may be empty */
    bool draft;      /* accepted, waiting for the link (待发出) */
    tb_answer_kind kind;
    union {
        tb_local_acted acted;
        tb_local_case case_; /* `case` is C's */
        tb_local_cases cases;
        tb_local_traced traced;
        tb_local_status status;
        tb_local_notices notices;
        tb_local_parties parties;
        tb_document content;
        tb_local_checked checked;
        tb_local_summary changed;
        tb_local_acts acts;
        tb_local_bundle bundle;
        tb_local_imported imported;
        tb_local_written written;
        tb_local_letter letter;
        tb_local_duties duties;
        tb_local_campaigns campaigns;
        tb_local_lists lists;
        tb_local_shown_list shown_list;
        tb_local_verdicts verdicts;
        tb_local_family family;
        tb_local_cut cut;
        tb_local_quarantine quarantine;
        tb_local_settled settled;
        tb_local_dead_letters dead_letters;
        tb_local_reports reports;
        tb_local_report report;
        tb_local_verified verified;
        tb_local_evidence evidence;
        tb_local_reconciled reconciled;
        tb_local_case_figure figure;
        tb_local_recovery recovery;
        tb_local_accounts accounts;
        tb_local_approvals approvals;
        tb_local_switches switches;
        tb_local_unanswered unanswered;
        tb_local_office office;
        tb_local_explained explained;
    };
} tb_local_answer;

/* Checked values, or bad_request, too_large, or for what a person typed field_unknown (no name) and
 * field_invalid (no text, or too long). Of what is refused the id is written all the same, so that
 * who asked hears of it; zero where not even that can be read. */
tb_refusal tb_local_request_decode(tb_bytes in, tb_arena *arena, tb_local_request *out) TB_MUST_USE;
/* TB_ERR_LIMIT: no memory left, or larger than TB_LOCAL_BYTES_MAX. */
tb_err tb_local_request_encode(const tb_local_request *request,
                               tb_arena *arena,
                               tb_bytes *out) TB_MUST_USE;

/* local_proof.c: who asks, by the key of the account. The proof is the signature over domain
 * "tongbao account request" and the encoded request before it, and stands at its end. */
#define TB_PROOF_BYTES 64
/* request: encoded without proof. TB_ERR_LIMIT as for the encoding. */
tb_err tb_local_request_prove(tb_bytes request,
                              const uint8_t secret[64],
                              tb_arena *arena,
                              tb_bytes *out) TB_MUST_USE;
/* Whether the encoded request ends with a proof. */
bool tb_local_request_proved(tb_bytes request);
/* And by this account's key. */
bool tb_local_request_proof_good(tb_bytes request, const uint8_t key[32]) TB_MUST_USE;

tb_refusal tb_local_answer_decode(tb_bytes in, tb_arena *arena, tb_local_answer *out) TB_MUST_USE;
tb_err
tb_local_answer_encode(const tb_local_answer *answer, tb_arena *arena, tb_bytes *out) TB_MUST_USE;

#endif
