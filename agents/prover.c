#include "agents/prover.h"

#include "agents/inbox.h"
#include "agents/passing.h"
#include "messages/merkle.h"

tb_err tb_prover_init(tb_step *step, tb_prover *out)
{
    memset(out, 0, sizeof *out);
    out->step = step;
    for (unsigned i = 0; i < TB_PROVER_TREES; i++) {
        out->trees[i].statements = tb_arena_array(step->arena, TB_LEAVES_MAX, sizeof(tb_digest));
        if (out->trees[i].statements == NULL) {
            return TB_ERR_LIMIT;
        }
    }
    return TB_OK;
}

/* ---- trees ---- */

static tb_err read_tree(tb_prover *prover, tb_proved_tree *out)
{
    tb_proof_tree tree;
    tb_digest led_to;
    tb_err err = tb_proof_tree_get(prover->step->txn, &out->sender, &out->incarnation, out->notice,
                                   &out->root, &tree);
    if (err != TB_OK) {
        return err;
    }
    out->whole = tb_merkle_root_of_group(out->root.count, tree.indexes, tree.statements, tree.count,
                                         tree.siblings, tree.sibling_count, &led_to) &&
                 tb_digest_equal(&led_to, &out->root.root);
    out->count = tree.count;
    memcpy(out->statements, tree.statements, tree.count * sizeof *tree.statements);
    return TB_OK;
}

static tb_err
tree_of(tb_prover *prover, const tb_event_row *row, uint64_t notice, tb_proved_tree **out)
{
    for (unsigned i = 0; i < TB_PROVER_TREES; i++) {
        tb_proved_tree *tree = &prover->trees[i];
        if (tree->notice == notice && tb_party_equal(&tree->sender, &row->sender) &&
            tb_incarnation_compare(&tree->incarnation, &row->incarnation) == 0) {
            *out = tree;
            return TB_OK;
        }
    }
    tb_proved_tree *tree = &prover->trees[prover->next];
    *tree = (tb_proved_tree){.sender = row->sender,
                             .incarnation = row->incarnation,
                             .notice = notice,
                             .statements = tree->statements};
    tb_err err = read_tree(prover, tree);
    if (err != TB_OK) {
        tree->notice = 0;
        return err;
    }
    prover->next = (prover->next + 1) % TB_PROVER_TREES;
    *out = tree;
    return TB_OK;
}

/* Whether the header is the leaf at its place of a tree that its sender signed. */
static tb_refusal check_leaf(tb_prover *prover,
                             tb_proved_tree *tree,
                             uint32_t place,
                             const tb_header *header,
                             const tb_digest *digest)
{
    tb_agent *agent = prover->step->agent;
    const tb_directory_key *key;
    tb_refusal refused = tb_inbox_signing_key(agent, &tree->root, header, &key);
    if (refused != TB_ACCEPTED) {
        return refused;
    }
    if (!tree->whole || place >= tree->count ||
        !tb_digest_equal(&tree->statements[place], digest)) {
        return TB_REFUSED_PROOF;
    }
    if (!tree->is_signed || !tb_key_id_equal(&tree->key, &key->id)) {
        tree->is_signed = tb_root_verify_cached(&agent->roots, &tree->root, &agent->hub, &key->key);
        tree->key = key->id;
    }
    return tree->is_signed ? TB_ACCEPTED : TB_REFUSED_SIGNATURE;
}

/* ---- notices ---- */

static tb_err check_standing(tb_prover *prover,
                             const tb_event_row *row,
                             tb_passed *passed,
                             uint64_t tree_notice,
                             uint32_t place,
                             tb_refusal *out)
{
    tb_step *step = prover->step;
    tb_header header;
    tb_time at;
    tb_proved_tree *tree;
    tb_digest digest = tb_header_digest(passed->header);
    if (tb_header_decode(passed->header, step->arena, &header) != TB_ACCEPTED) {
        return TB_ERR_CORRUPT;
    }
    tb_err err = tb_pass_stamp(step->txn, &header, &passed->stamp, &at);
    if (err == TB_OK || err == TB_ERR_NOT_FOUND) {
        err = tree_of(prover, row, tree_notice, &tree);
    }
    if (err != TB_OK) {
        return err;
    }
    *out = tb_digest_equal(&header.hub, &step->agent->hub)
               ? check_leaf(prover, tree, place, &header, &digest)
               : TB_REFUSED_WRONG_HUB;
    if (*out == TB_ACCEPTED) {
        *out = tb_inbox_check_notice(step, &step->agent->self, passed, &header, &digest, NULL);
    }
    return TB_OK;
}

static bool is_of(const tb_proved_notice *notice, const tb_event_row *row)
{
    return notice->notice == row->notice && tb_party_equal(&notice->sender, &row->sender) &&
           tb_incarnation_compare(&notice->incarnation, &row->incarnation) == 0;
}

/* Makes the event's notice the one that is known; *out_alone: its proof stands alone, and is not.
 */
static tb_err know_notice(tb_prover *prover, const tb_event_row *row, bool *out_alone)
{
    tb_proved_notice *known = &prover->notice;
    tb_proof_row proof;
    uint64_t tree;
    uint32_t place;
    *out_alone = false;
    if (is_of(known, row)) {
        return TB_OK;
    }
    known->notice = 0;
    tb_err err = tb_proof_stands(prover->step->txn, &row->sender, &row->incarnation, row->notice,
                                 &proof, &tree, &place);
    if (err != TB_OK || tree == 0) {
        *out_alone = err == TB_OK;
        return err;
    }
    tb_passed passed = {.header = proof.header, .ids = proof.ids, .id_count = proof.id_count};
    err = check_standing(prover, row, &passed, tree, place, &known->refused);
    if (err != TB_OK) {
        return err;
    }
    known->sender = row->sender;
    known->incarnation = row->incarnation;
    known->notice = row->notice;
    known->stamped = passed.stamp.size > 0;
    known->id_count = proof.id_count;
    if (proof.id_count > 0) {
        memcpy(known->ids, proof.ids, proof.id_count * sizeof *proof.ids);
    }
    return TB_OK;
}

/* ---- events ---- */

static tb_err
prove_alone(tb_prover *prover, const tb_event_row *row, tb_passed *passed, tb_proven *out)
{
    tb_step *step = prover->step;
    tb_passed alone;
    tb_err err = tb_pass_proof(step->txn, row, &alone, &out->is_signed);
    if (err != TB_OK || !out->is_signed) {
        return err;
    }
    alone.openings = passed->openings;
    alone.opening_count = passed->opening_count;
    out->is_stamped = alone.stamp.size > 0;
    out->refused = tb_inbox_check_passed(step, &step->agent->self, &alone, NULL);
    return TB_OK;
}

static tb_err
prove_signed(tb_prover *prover, const tb_event_key *key, const tb_event_row *row, tb_proven *out)
{
    const tb_proved_notice *known = &prover->notice;
    tb_passed passed = {.event = row->event};
    bool alone;
    tb_err err = know_notice(prover, row, &alone);
    if (err == TB_OK) {
        err = tb_openings_of(prover->step->txn, key, &passed.openings, &passed.opening_count);
    }
    if (err != TB_OK) {
        return err;
    }
    out->openings = passed.opening_count;
    if (alone) {
        return prove_alone(prover, row, &passed, out);
    }
    passed.ids = prover->notice.ids;
    passed.id_count = known->id_count;
    out->is_signed = true;
    out->is_stamped = known->stamped;
    out->refused = known->refused != TB_ACCEPTED
                       ? known->refused
                       : tb_inbox_check_event(prover->step, &passed, &key->event);
    return TB_OK;
}

tb_err
tb_prove_event(tb_prover *prover, const tb_event_key *key, const tb_event_row *row, tb_proven *out)
{
    tb_digest id = tb_event_id(row->event);
    *out = (tb_proven){.refused = TB_ACCEPTED};
    if (!tb_digest_equal(&id, &key->event)) {
        out->refused = TB_REFUSED_PROOF;
        return TB_OK;
    }
    if (row->notice == 0) {
        return TB_OK; /* an own act that the next notice of the case signs */
    }
    tb_err err = prove_signed(prover, key, row, out);
    if (err == TB_ERR_NOT_FOUND) { /* the notice is not finished */
        *out = (tb_proven){.refused = TB_ACCEPTED};
        return TB_OK;
    }
    return err;
}
