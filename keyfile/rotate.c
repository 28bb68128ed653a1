/* rotate - new keys in the place of old ones: a party's, and the hub's (design §6). */
#include "keyfile/authority.h"

bool tb_authority_rotate(tb_directory *next,
                         const tb_cut *cut,
                         const tb_key_request *request,
                         tb_time keys_until,
                         tb_arena *arena,
                         tb_problem *problem)
{
    const tb_directory_party *party = tb_directory_find(next, &cut->party);
    if (party == NULL) {
        return tb_problem_refused(problem, cut->party.text, TB_REFUSED_UNKNOWN_PARTY);
    }
    tb_enrolment row = {.id = cut->party,
                        .state = party->state,
                        .has_request = true,
                        .request = *request,
                        .keys_until = keys_until};
    for (size_t i = 0; i < party->key_count; i++) {
        const tb_directory_key *key = &party->keys[i];
        tb_cut one = *cut;
        one.key = key->id;
        if (key->purpose != TB_PURPOSE_SIGN) {
            one.marks = NULL; /* only what is signed has a place in a stream */
            one.mark_count = 0;
        }
        if (tb_directory_cut(next, &cut->party, &key->id) == NULL &&
            !tb_authority_revoke(next, &one, arena, problem)) {
            return false;
        }
    }
    return tb_authority_enrol(next, &row, 1, arena, problem);
}

bool tb_authority_use_spare(tb_directory *next,
                            tb_cut_reason reason,
                            tb_time until,
                            const tb_hub_keys *spare,
                            tb_arena *arena,
                            tb_problem *problem)
{
    if (!next->has_spare) {
        return tb_problem_set(
            problem,
            "This directory names no spare keys for the hub, so nobody can take over from it "
            "unseen; name spare keys first with: tongbao directory hub --spare FILE.",
            "名录中没有协同平台的备用密钥;请先用 tongbao directory hub --spare 文件 "
            "登记备用密钥。");
    }
    tb_former_hub_keys *former = tb_arena_array(arena, next->former_count + 1, sizeof(*former));
    if (former == NULL || next->former_count == TB_FORMER_HUB_KEYS_MAX) {
        return tb_problem_refused(problem, "directory", TB_REFUSED_TOO_LARGE);
    }
    if (next->former_count > 0) {
        memcpy(former, next->former, next->former_count * sizeof(*former));
    }
    former[next->former_count++] =
        (tb_former_hub_keys){.keys = next->hub_keys, .until = until, .reason = reason};
    next->former = former;
    next->hub_keys = next->spare;
    next->has_spare = spare != NULL;
    if (spare != NULL) {
        next->spare = *spare;
    }
    return true;
}
