/* local_account - accounts (账号), approval (审核, 签发) and what an agent does by itself; a part
 * of messages/local.h, which says how requests and answers are read. */
#ifndef TB_LOCAL_ACCOUNT_H
#define TB_LOCAL_ACCOUNT_H

#include "messages/directory.h"
#include "messages/event.h"

/* 岗位: what an account may do at its agent; a bit each. */
#define TB_POST_CLERK    1u /* 经办: acts */
#define TB_POST_REVIEWER 2u /* 审核 */
#define TB_POST_SIGNER   4u /* 签发 */
#define TB_POST_OFFICER  8u /* 管理: accounts, documents, recovery */
#define TB_POST_ALL      15u

/* One account (账号) as listed. */
typedef struct tb_local_account {
    tb_bytes name;
    tb_bytes code;  /* stands in open parts of events */
    tb_bytes title; /* the person's name */
    tb_bytes phone;
    uint32_t posts;
    bool has_uid;
    uint32_t uid; /* of the local socket */
    bool has_key;
    uint8_t key[32]; /* public half of its account key */
    tb_bytes absent; /* acts for this account; empty: for nobody */
    tb_bytes from;   /* YYYY-MM-DD, first and last day */
    tb_bytes to;
    tb_time made;
    tb_bytes made_by;
    tb_time closed; /* 0: it is not */
} tb_local_account;

typedef enum tb_account_change {
    TB_ACCOUNT_ADD = 1,
    TB_ACCOUNT_CHANGE = 2, /* what is empty stays as it is */
    TB_ACCOUNT_DEPUTY = 3,
    TB_ACCOUNT_CLOSE = 4,
} tb_account_change;

typedef struct tb_local_change_account {
    tb_account_change what;
    tb_local_account account;
} tb_local_change_account;

typedef struct tb_local_list_approvals {
    uint64_t number; /* this one alone; 0: all */
    uint64_t after;
    uint32_t limit;
} tb_local_list_approvals;

typedef struct tb_local_approve {
    uint64_t number;
    bool back; /* to its author */
    tb_bytes reason;
} tb_local_approve;

/* An action the agent does by itself if its party wants it. */
typedef struct tb_local_switch {
    tb_bytes campaign;
    tb_bytes action;
    bool on;
    tb_bytes title_zh; /* of an answer */
    tb_bytes title_en;
} tb_local_switch;

/* Who made, reviewed or signed, as its own party knows them. */
typedef struct tb_local_approval {
    tb_approval_step step;
    tb_bytes account; /* as the event says */
    tb_bytes name;    /* of the person; empty where it is another party's */
    tb_bytes absent;  /* for whom as a deputy; empty: for nobody */
    tb_bytes absent_name;
    tb_time at;
} tb_local_approval;

typedef struct tb_local_accounts {
    tb_local_account *lines;
    size_t count;
} tb_local_accounts;

/* An act that waits for approval, or was sent back. */
typedef struct tb_local_approval_line {
    uint64_t number;
    tb_approval_step waits; /* TB_STEP_MADE: sent back */
    tb_case_id case_id;     /* zero: it opens a case */
    tb_bytes campaign;
    tb_bytes case_type;
    tb_bytes action;
    tb_bytes title_zh;
    tb_bytes title_en;
    tb_field *fields;
    size_t field_count;
    tb_local_approval made;
    tb_local_approval *approvals;
    size_t approval_count;
    tb_bytes detail; /* sent back: why */
    tb_refusal code;
    bool may; /* the account that asks may approve it */
} tb_local_approval_line;

typedef struct tb_local_approvals {
    tb_local_approval_line *lines;
    size_t count;
    bool more; /* ask again, after the last number */
} tb_local_approvals;

typedef struct tb_local_switches {
    tb_local_switch *lines;
    size_t count;
} tb_local_switches;

#endif
