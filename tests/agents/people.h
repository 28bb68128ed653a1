/* people - accounts at the agents of a world, and who of them asks next. */
#ifndef TB_TEST_PEOPLE_H
#define TB_TEST_PEOPLE_H

#include "tests/agents/world.h"

/* Whoever asks from now on is this system user; 0: nobody that is known. */
void user(world *w, unsigned uid);
/* Adds an account bound to a system user, by whoever asks; the answer's code. */
tb_refusal hire(world *w, const char *party, const char *name, uint32_t posts, unsigned uid);
tb_refusal change_account(world *w,
                          const char *party,
                          tb_account_change what,
                          const tb_local_account *account);
/* The account "officer" of user 1 alone, then "clerk" 2, "clerk2" 3, "reviewer" 4, "signer" 5, as
 * clerk, clerk and reviewer, reviewer, signer. The clerk asks next. */
void staff(world *w, const char *party);
/* approve's answer, as the user. */
tb_refusal approve(world *w, const char *party, unsigned uid, uint64_t number);
tb_refusal
send_back(world *w, const char *party, unsigned uid, uint64_t number, const char *reason);
/* What waits or was sent back. */
tb_local_approvals approvals_at(world *w, const char *party);
/* The newest event of w->case_id as a party shows it. */
tb_local_event last_event(world *w, const char *party);

#endif
