/* failing - every way that a turn takes to the store, and to memory, fails once.
 *
 *     do {
 *         failing_start(store, arena, logic, size);
 *         err = tb_turn(...);
 *     } while (failing_again(NULL, err));
 *
 * A way is a chain of calls from the loop down to a verb of the store or of the arena. While the
 * loop runs, the first call of each way that has not failed in this process fails, and the turn
 * runs again; the turn that comes out of the loop is one in which nothing failed. How a call fails:
 *
 *   a verb of the store is TB_ERR_IO        the turn ends with just that error
 *   memory is used up                       it ends with an error, or makes do without
 *   a row that is read fails its checksum,  likewise: a bad record is no reason to stop, and no
 *     is not there, is cut in half, or has    assertion depends on it
     another byte under a good checksum
     (ten, one a time; sixty with
     TONGBAO_BENDS); half of a walk's key
 *
 * and in each case not a row of the store is another than before.
 *
 * So a test of a world proves this of all that it does, and that what failed leaves nothing in
 * memory which the next attempt stumbles over. All of it sleeps unless TONGBAO_FAILING is set: the
 * tests faults/... are those of the worlds with it set. The verbs are wrapped by the linker; who
 * links tb_failing has them wrapped.
 */
#ifndef TB_TEST_FAILING_H
#define TB_TEST_FAILING_H

#include "store/store.h"

/* Only what is taken from this arena is refused: a test has others. logic is what the turn keeps in
 * memory: after a turn that would have been committed all the same, it is made what it was. */
void failing_start(tb_store *store, tb_arena *arena, void *logic, size_t logic_size);
/* Whether something failed since failing_start, and it must be run again. txn: of a test that works
 * without tb_turn, aborted here in that case; else NULL. Fails the test as said above. */
bool failing_again(tb_txn *txn, tb_err err);

/* Makes the logic what it was before the first attempt; only when failing_again said so. */
void failing_put_back(void);

/* What runs between failing_start and failing_again commits more than once: what failed then leaves
 * the store as the commit before it did. */
void failing_many(bool many);

/* Whether faults are awake: then a test need not do the same a hundred times. */
bool failing_awake(void);

/* What stands in for a part of the product inside a turn does not fail itself. */
void failing_rest(bool rests);

#endif
