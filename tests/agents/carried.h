/* carried - a person with a memory stick: bundles written at one party of the town, brought to
 * another. */
#ifndef TB_TEST_CARRIED_H
#define TB_TEST_CARRIED_H

#include "agents/bundle.h"
#include "tests/agents/peer.h"

/* A town in which a has a link, and has said nothing yet. */
int carriers_set_up(void **state);
int carriers_tear_down(void **state);

/* A turn of p's that the caller aborts or commits. effects is emptied. */
tb_err open_turn(town *t, peer *p, tb_txn **out_txn, tb_effects *effects, tb_step *out_step);
/* The answer to an export; what it holds lives as long as the town. Nothing is written by it. */
tb_local_answer export_after(town *t, peer *from, const char *to, tb_bytes after);
/* All that is to be carried to a party, which one bundle holds. */
tb_bytes carry_out(town *t, peer *from, const char *to);
/* The answer to an import. What is refused, but for a fork, has written nothing; what is sent in
 * that turn is in to->sent. */
tb_local_answer bring_in(town *t, peer *to, tb_bytes file);

tb_bundle opened(town *t, tb_bytes file);
/* The bundle with something else inside, under that key. */
tb_bytes sign_again(town *t, tb_bundle *bundle, const tb_sign_pair *pair);

#endif
