/* rule - what a holder's staff do next with a black card case; one rule, so that anybody can compute
 * the totals: with d the last digit of the number, d <= 5 or d = 9 unidentified and shut down;
 * d = 6, 7 identified; d = 8 not in use. The digit before it decides about resale operators.
 *
 * Knows no process, no clock and no world: the exercise and the simulator both ask it.
 */
#ifndef TB_EXERCISE_RULE_H
#define TB_EXERCISE_RULE_H

#include "messages/local.h"

/* What the staff know of the lead behind a case. */
typedef struct ex_lead {
    const char *number;
    const char *found; /* provinces, two digits */
    const char *home;
    const char *operator_code; /* CT, CM or CU */
    size_t network;            /* which one of the province checks the number: see ex_network */
    bool mvno;
    bool return_first; /* once returned for correction */
    bool refuse_home;  /* once refused as wrong home */
    /* an earlier case of the number is closed: its outcome answers this one */
    bool has_record;
    tb_time record_shut_down_at;
} ex_lead;

#define EX_ACT_FIELDS 8
typedef struct ex_act {
    const char *action; /* NULL: nothing now */
    tb_field fields[EX_ACT_FIELDS];
    size_t count;
    char text[2][TB_TIME_TEXT]; /* what fields may point to: the act is not copied */
} ex_act;

const char *ex_outcome(const char *number);

/* The operators whose networks are in every province. The one of operator_code comes first (nth 0); the
 * others are asked when it is out of service. Returns out. */
#define EX_NETWORKS 3
const char *ex_network(const char *operator_code, const char *home, size_t nth, char out[TB_PARTY_BYTES]);

/* The next act of party, who holds the case that summary tells of. Takes return_first and
 * refuse_home off the lead once they are done. */
void ex_next_act(const char *party, ex_lead *lead, const tb_local_summary *summary, ex_act *out);

#endif
