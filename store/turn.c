#include "store/turn.h"
#include "base/mutant.h"

#include <sodium.h>

/* Steps, then close, inside txn. */
static tb_err decide(tb_node *node, tb_txn *txn, const tb_input *inputs, size_t count)
{
    uint8_t seed[32];
    tb_random random;
    tb_err err = TB_OK;

    node->seed(node->shell, seed);
    tb_random_seed(&random, seed);
    for (size_t i = 0; i < count && err == TB_OK; i++) {
        err = node->step(node->logic, txn, &inputs[i], &random, &node->effects);
    }
    if (err == TB_OK && node->close != NULL) {
        err = node->close(node->logic, txn, inputs[count - 1].now, &random, &node->effects);
    }
    sodium_memzero(seed, sizeof seed);
    sodium_memzero(&random, sizeof random);
    return err;
}

/* After TB_ERR_FULL nothing is on disk; after anything else from a commit nobody knows. */
static tb_err commit(tb_txn *txn)
{
    tb_err err = tb_store_commit(txn);

    return err == TB_OK || err == TB_ERR_FULL ? err : TB_ERR_IO;
}

static void start_over(tb_node *node)
{
    if (node->forget != NULL) {
        node->forget(node->logic);
    }
    tb_arena_reset(&node->arena);
    tb_effects_reset(&node->effects);
}

tb_err tb_turn(tb_node *node, const tb_input *inputs, size_t count)
{
    TB_ASSERT(count > 0);
    start_over(node);

    tb_txn *txn = NULL;
    tb_err err = tb_store_begin(node->store, &node->arena, &txn);
    if (err != TB_OK) {
        return err;
    }
    err = decide(node, txn, inputs, count);
    if (err == TB_OK && TB_MUTANT(EFFECTS_FIRST)) {
        node->perform(node->shell, &node->effects);
    }
    if (err == TB_OK) {
        err = commit(txn);
    } else {
        tb_store_abort(txn);
    }
    if (err != TB_OK) {
        tb_effects_reset(&node->effects);
        return err;
    }
    if (!TB_MUTANT(EFFECTS_FIRST)) {
        node->perform(node->shell, &node->effects);
    }
    return TB_OK;
}

static const char *kind_text(tb_input_kind kind)
{
    switch (kind) {
    case TB_INPUT_FRAME:
        return "frame";
    case TB_INPUT_LOCAL:
        return "local";
    case TB_INPUT_LINK:
        return "link";
    case TB_INPUT_GONE:
        return "gone";
    case TB_INPUT_TICK:
        return "tick";
    }
    TB_UNREACHABLE();
}

static void drop(tb_node *node, const tb_input *input, tb_err err)
{
    start_over(node);
    tb_effects_note(&node->effects, &node->arena, TB_LEVEL_ERROR,
                    "event=input_dropped kind=%s party=%p peer=%u why=\"%s\"",
                    kind_text(input->kind), &input->party, input->peer, tb_err_text(err));
    if (node->dropped != NULL) {
        node->dropped(node->logic, input, err, &node->arena, &node->effects);
    }
    node->starved = node->starved || err == TB_ERR_FULL || input->kind == TB_INPUT_TICK;
    node->perform(node->shell, &node->effects);
}

static tb_err isolate(tb_node *node, const tb_input *inputs, size_t count)
{
    tb_err err = tb_turn(node, inputs, count);

    if (err == TB_OK || err == TB_ERR_IO) {
        return err;
    }
    if (count > 1) {
        return tb_turn_each(node, inputs, count);
    }
    drop(node, inputs, err);
    return TB_OK;
}

/* By halves: one bad input in a large batch then costs a few commits more, not one for each of its
 * neighbours. */
tb_err tb_turn_each(tb_node *node, const tb_input *inputs, size_t count)
{
    size_t half = (count + 1) / 2;

    if (count == 0) {
        return TB_OK;
    }
    tb_err err = isolate(node, inputs, half);
    if (err != TB_OK || half == count) {
        return err;
    }
    return isolate(node, inputs + half, count - half);
}
