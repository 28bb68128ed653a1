/* inbox_proof - a group shares its proof: it is kept once, and a notice that leaves the group, into
 * the queue or quarantine, takes a path of its own along. */
#include "agents/inbox.h"

#include "messages/merkle.h"

static tb_digest *statements_of(tb_step *step, const tb_group *group)
{
    tb_digest *statements = tb_arena_array(step->arena, group->item_count, sizeof *statements);

    for (size_t i = 0; statements != NULL && i < group->item_count; i++) {
        statements[i] = group->items[i].digest;
    }
    return statements;
}

tb_err tb_inbox_keep_tree(tb_step *step, const tb_group *group, size_t place)
{
    const tb_header *header = &group->items[place].header;
    tb_proof_tree tree = {
        .root = &group->root,
        .indexes = group->indexes,
        .statements = statements_of(step, group),
        .count = group->item_count,
        .siblings = group->siblings,
        .sibling_count = group->sibling_count,
    };
    if (tree.statements == NULL) {
        return TB_ERR_LIMIT;
    }
    return tb_proof_tree_put(step->txn, &header->sender, &header->incarnation, header->notice,
                             &tree);
}

tb_err tb_inbox_proof_alone(tb_step *step, tb_arrived_notice *notice)
{
    const tb_group *group = notice->group;
    const tb_digest *statements = statements_of(step, group);

    if (statements == NULL) {
        return TB_ERR_LIMIT;
    }
    notice->root = group->root;
    notice->index = group->indexes[notice->place];
    return tb_merkle_path_in_group(group->root.count, group->indexes, statements, group->item_count,
                                   group->siblings, group->sibling_count, notice->place,
                                   step->arena, &notice->path, &notice->path_count);
}
