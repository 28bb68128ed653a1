#include "tests/agents/carried.h"

#include "tests/messages/samples.h"
#include "tests/store/failing.h"
#include "tests/test.h"

int carriers_set_up(void **state)
{
    town *t = town_make();
    town_link(t, &t->a);
    peer_forget(&t->a);
    *state = t;
    return 0;
}

int carriers_tear_down(void **state)
{
    town_free(*state);
    return 0;
}

tb_err open_turn(town *t, peer *p, tb_txn **out_txn, tb_effects *effects, tb_step *out_step)
{
    tb_now now = {t->now, t->now};
    tb_arena_reset(&p->node.arena);
    tb_effects_reset(effects);
    assert_ok(tb_store_begin(p->store, &p->node.arena, out_txn));
    return tb_step_make(&p->agent, *out_txn, now, &t->random, effects, out_step);
}

static tb_err begin(town *t, peer *p, tb_txn **out_txn, tb_effects *effects, tb_step *out_step)
{
    failing_start(p->store, &p->node.arena, &p->agent, sizeof p->agent);
    return open_turn(t, p, out_txn, effects, out_step);
}

/* Whether it failed on purpose and is to be done again, by an agent that remembers nothing of it.
 */
static bool again(peer *p, const tb_agent *before, tb_txn *txn, tb_err err)
{
    bool failed = failing_again(txn, err);
    if (failed) {
        p->agent = *before;
    }
    return failed;
}

tb_local_answer export_after(town *t, peer *from, const char *to, tb_bytes after)
{
    static tb_effects effects;
    tb_txn *txn;
    tb_step step;
    tb_local_answer answer;
    tb_local_export_bundle wish = {sample_party(to), after};
    static tb_agent before;
    tb_err err;
    before = from->agent;
    do {
        answer = (tb_local_answer){.code = TB_ACCEPTED};
        err = begin(t, from, &txn, &effects, &step);
        if (err == TB_OK) {
            err = tb_bundle_export(&step, &wish, &answer);
        }
    } while (again(from, &before, txn, err));
    assert_ok(err);
    if (answer.kind == TB_ANSWER_BUNDLE) {
        assert_ok(tb_arena_copy(&t->paper, answer.bundle.content, &answer.bundle.content));
        assert_ok(tb_arena_copy(&t->paper, answer.bundle.next, &answer.bundle.next));
    }
    assert_false(tb_txn_wrote(txn));
    tb_store_abort(txn);
    return answer;
}

tb_bytes carry_out(town *t, peer *from, const char *to)
{
    tb_local_answer answer = export_after(t, from, to, tb_bytes_of(NULL, 0));
    assert_int_equal(answer.code, TB_ACCEPTED);
    assert_int_equal(answer.bundle.next.size, 0);
    return answer.bundle.content;
}

tb_local_answer bring_in(town *t, peer *to, tb_bytes file)
{
    static tb_effects effects;
    tb_txn *txn;
    tb_step step;
    tb_now now = {t->now, t->now};
    tb_local_answer answer;
    static tb_agent before;
    tb_err err;
    before = to->agent;
    do {
        answer = (tb_local_answer){.code = TB_ACCEPTED};
        err = begin(t, to, &txn, &effects, &step);
        if (err == TB_OK) {
            err = tb_bundle_import(&step, file, &answer);
        }
        if (err == TB_OK) {
            err = tb_agent_close(&to->agent, txn, now, &t->random, &effects);
        }
    } while (again(to, &before, txn, err));
    assert_ok(err);
    if (answer.code != TB_ACCEPTED && answer.code != TB_REFUSED_FORK) {
        assert_false(tb_txn_wrote(txn)); /* refused, so nothing was changed */
    }
    for (size_t i = 0; i < effects.count; i++) {
        if (effects.list[i].kind == TB_EFFECT_SEND) {
            assert_ok(tb_arena_copy(&t->paper, effects.list[i].bytes, &to->sent[to->sent_count++]));
        }
    }
    assert_ok(tb_store_commit(txn));
    return answer;
}

tb_bytes sign_again(town *t, tb_bundle *bundle, const tb_sign_pair *pair)
{
    tb_bytes file;
    assert_ok(tb_bundle_encode(bundle, pair, &t->paper, &file));
    return file;
}

tb_bundle opened(town *t, tb_bytes file)
{
    tb_bundle bundle;
    assert_int_equal(tb_bundle_decode(file, &t->paper, &bundle), TB_ACCEPTED);
    return bundle;
}
