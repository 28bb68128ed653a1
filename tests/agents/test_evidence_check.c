/* What a file of evidence says is believed of nobody: directories, events, openings, marks. */
#include "agents/evidence.h"

#include "agents/rows_case.h"
#include "tests/agents/peer.h"
#include "tests/messages/samples.h"
#include "tests/store/failing.h"
#include "tests/test.h"

/* hq holds an event of a's that b passed on; c's agent is the store of nobody's. */
static int set_up(void **state)
{
    town *t = town_make();
    town_link_all(t);
    peer_say(t, &t->a, "ct.33 one");
    town_relay(t, &t->a, &t->b);
    peer_say(t, &t->b, "hq two pass=one");
    town_relay(t, &t->b, &t->c);
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    town_free(*state);
    return 0;
}

/* One turn of the store that evidence is taken into; what came of it lies on the paper. */
static tb_evidence_taken take(town *t, tb_bytes packed)
{
    static tb_effects effects;
    tb_evidence_taken taken;
    tb_party maker = sample_party("ct.33");
    tb_now now = {t->now, t->now};
    tb_txn *txn;
    tb_step step;
    tb_err err;
    do {
        failing_start(t->c.store, &t->c.node.arena, &t->c.agent, sizeof t->c.agent);
        tb_arena_reset(&t->c.node.arena);
        tb_effects_reset(&effects);
        assert_ok(tb_store_begin(t->c.store, &t->c.node.arena, &txn));
        err = tb_step_make(&t->c.agent, txn, now, &t->random, &effects, &step);
        err = err == TB_OK ? tb_evidence_take(&step, &maker, NULL, 0, packed, &taken) : err;
    } while (failing_again(txn, err));
    assert_ok(err);
    assert_ok(tb_store_commit(txn));
    return taken;
}

static tb_evidence_taken take_passed(town *t, const tb_passed *passed)
{
    tb_bytes packed;
    assert_ok(tb_passed_encode(passed, &t->paper, &packed));
    return take(t, packed);
}

static void keep_event(town *t, const tb_passed *passed, tb_standing standing)
{
    tb_event event;
    tb_digest id = tb_event_id(passed->event);
    tb_event_row row = {.event = passed->event, .standing = standing, .lane = TB_LANE_NORMAL};
    tb_txn *txn;
    assert_int_equal(tb_event_decode(passed->event, &t->paper, &event), TB_ACCEPTED);
    tb_event_key key = tb_event_key_of(&event, &id);
    assert_ok(tb_store_begin(t->c.store, &t->paper, &txn));
    assert_ok(tb_event_put(txn, &key, &row));
    assert_ok(tb_store_commit(txn));
}

static void what_proves_itself_is_taken(void **state)
{
    town *t = *state;
    tb_passed passed = town_passed(t, &t->c);
    tb_digest id = tb_event_id(passed.event);
    tb_evidence_taken taken = take_passed(t, &passed);
    assert_int_equal(taken.refused, TB_ACCEPTED);
    assert_true(tb_digest_equal(&taken.event, &id));
    assert_false(tb_case_zero(&taken.case_id));
    assert_false(taken.twice);
    assert_false(taken.early);
    assert_int_equal(taken.bent_count, 0);
}

static void what_does_not_decode_or_prove_itself_is_refused(void **state)
{
    town *t = *state;
    static const tb_digest none;
    tb_evidence_taken taken = take(t, tb_bytes_str("nothing"));
    assert_int_equal(taken.refused, TB_REFUSED_MALFORMED);
    assert_true(tb_digest_equal(&taken.event, &none));
    tb_passed passed = town_passed(t, &t->c);
    passed.event = tb_bytes_str("no event");
    assert_int_equal(take_passed(t, &passed).refused, TB_REFUSED_MALFORMED);
    passed = town_passed(t, &t->c);
    passed.root.signature[0] ^= 1;
    assert_int_equal(take_passed(t, &passed).refused, TB_REFUSED_SIGNATURE);
    t->c.disliked = NULL;
    assert_string_equal(peer_applied(t, &t->c), "two ^one");
}

static void what_is_here_already_or_held_back_is_said(void **state)
{
    town *t = *state;
    tb_passed passed = town_passed(t, &t->c);
    keep_event(t, &passed, TB_STANDING_EFFECTIVE);
    tb_evidence_taken taken = take_passed(t, &passed);
    assert_int_equal(taken.refused, TB_ACCEPTED);
    assert_true(taken.twice);
    assert_false(taken.early);
    keep_event(t, &passed, TB_STANDING_HELD_BACK);
    taken = take_passed(t, &passed);
    assert_true(taken.twice);
    assert_true(taken.early);
}

static void a_group_that_was_not_signed_is_set_aside_and_the_event_taken(void **state)
{
    town *t = *state;
    tb_event event;
    tb_bytes encoded;
    tb_passed passed = town_passed(t, &t->c);
    assert_int_equal(tb_event_decode(passed.event, &t->paper, &event), TB_ACCEPTED);
    tb_field field = {tb_bytes_str("number"), tb_bytes_str("17012345678")};
    tb_opening openings[3] = {{.group = tb_bytes_str("number"), .random = {7}}};
    assert_ok(tb_group_fields_encode(&field, 1, &t->paper, &openings[0].content));
    tb_commitment commitment = {openings[0].group,
                                tb_commitment_of(&openings[0], &event.hub, &event.case_id)};
    event.commitments = &commitment;
    event.commitment_count = 1;
    assert_ok(tb_event_encode(&event, &t->paper, &encoded));
    passed = town_prove(t, encoded, passed.header);
    openings[0].event = tb_event_id(encoded);
    openings[1] = openings[0];
    openings[1].random[0] ^= 1; /* another content than was signed */
    openings[2] = openings[0];
    openings[2].event.bytes[0] ^= 1; /* of another event */
    passed.openings = openings;
    passed.opening_count = 3;
    tb_evidence_taken taken = take_passed(t, &passed);
    assert_int_equal(taken.refused, TB_ACCEPTED);
    assert_int_equal(taken.bent_count, 2);
    assert_int_equal(taken.bent[0].random[0], openings[1].random[0]);
    tb_passed kept;
    assert_int_equal(tb_passed_decode(t->c.passed, &t->paper, &kept), TB_ACCEPTED);
    assert_int_equal(kept.opening_count, 1);
}

static void a_mark_counts_that_its_recipient_signed(void **state)
{
    town *t = *state;
    tb_bytes packed;
    tb_line line = {.kind = TB_LINE_ARRIVED,
                    .stream = town_stream(&t->a, "ct.33"),
                    .to = 1,
                    .digest = sample_digest(1),
                    .at = t->now};
    static tb_effects effects;
    tb_line read;
    tb_step step = {.agent = &t->c.agent, .arena = &t->paper, .effects = &effects};
    tb_signed_line signed_line = town_line_by(t, &line, &t->b);
    assert_ok(tb_signed_line_encode(&signed_line, &t->paper, &packed));
    assert_int_equal(tb_evidence_mark(&step, packed, &read), TB_ACCEPTED);
    signed_line = town_line_by(t, &line, &t->a);
    assert_ok(tb_signed_line_encode(&signed_line, &t->paper, &packed));
    assert_int_equal(tb_evidence_mark(&step, packed, &read), TB_REFUSED_NOT_SPEAKER);
    line.kind = TB_LINE_STORED;
    line.from = 1;
    signed_line = town_line_by(t, &line, &t->b);
    assert_ok(tb_signed_line_encode(&signed_line, &t->paper, &packed));
    assert_int_equal(tb_evidence_mark(&step, packed, &read), TB_REFUSED_MALFORMED);
    assert_int_equal(tb_evidence_mark(&step, tb_bytes_str("x"), &read), TB_REFUSED_MALFORMED);
}

/* ---- directories ---- */

#define VERSIONS 4

/* Versions 1 to 4; at `change` another authority takes over, 0: none does. */
static void make_versions(town *t,
                          size_t change,
                          tb_directory directories[VERSIONS],
                          tb_document documents[VERSIONS])
{
    static const tb_digest no_hub;
    tb_sign_pair next;
    tb_sign_pair_make(&next, &t->random);
    tb_directory made = t->directory;
    for (size_t i = 0; i < VERSIONS; i++) {
        const tb_sign_pair *pair = change > 0 && i + 1 >= change ? &next : &t->authority;
        made.version = (uint32_t)i + 1;
        made.hub = i == 0 ? no_hub : directories[0].digest;
        made.predecessor = i == 0 ? no_hub : directories[i - 1].digest;
        made.authority.key = pair->public_key;
        made.authority.id = tb_key_id_of(TB_PURPOSE_AUTHORITY, &pair->public_key);
        documents[i] = (tb_document){.kind = TB_DOCUMENT_DIRECTORY,
                                     .name = tb_bytes_str("directory"),
                                     .version = made.version,
                                     .signer_key = made.authority.id};
        assert_ok(tb_directory_encode(&made, &t->paper, &documents[i].content));
        assert_int_equal(tb_directory_decode(documents[i].content, &t->paper, &directories[i]),
                         TB_ACCEPTED);
        tb_document_sign(&documents[i], i == 0 ? &no_hub : &directories[0].digest, pair);
    }
}

static void every_directory_leads_to_the_newest_authority(void **state)
{
    town *t = *state;
    tb_directory directories[VERSIONS];
    tb_document documents[VERSIONS];
    for (size_t change = 0; change <= VERSIONS; change++) {
        make_versions(t, change, directories, documents);
        for (size_t i = 0; i < VERSIONS; i++) {
            assert_true(tb_evidence_bound(directories, documents, VERSIONS, i));
        }
    }
}

static void a_directory_that_leads_nowhere_is_not_bound(void **state)
{
    town *t = *state;
    tb_directory directories[VERSIONS];
    tb_document documents[VERSIONS];
    /* the newest not signed by whom it names: nothing is bound to it */
    make_versions(t, 0, directories, documents);
    documents[VERSIONS - 1].signature[0] ^= 1;
    assert_false(tb_evidence_bound(directories, documents, VERSIONS, 0));
    assert_false(tb_evidence_bound(directories, documents, VERSIONS, VERSIONS - 1));
    /* one that is not signed, of another kind or another version than it says */
    make_versions(t, 3, directories, documents);
    documents[1].signature[0] ^= 1;
    assert_false(tb_evidence_bound(directories, documents, VERSIONS, 1));
    assert_true(tb_evidence_bound(directories, documents, VERSIONS, 0));
    make_versions(t, 3, directories, documents);
    documents[1].kind = TB_DOCUMENT_TABLE;
    assert_false(tb_evidence_bound(directories, documents, VERSIONS, 1));
    make_versions(t, 3, directories, documents);
    documents[1].version = 7;
    assert_false(tb_evidence_bound(directories, documents, VERSIONS, 1));
    /* under a former authority, and one between it and the newest is missing */
    make_versions(t, 3, directories, documents);
    directories[2] = directories[3];
    documents[2] = documents[3];
    assert_false(tb_evidence_bound(directories, documents, 3, 1));
    assert_true(tb_evidence_bound(directories, documents, 3, 2));
    /* of another hub */
    make_versions(t, 0, directories, documents);
    directories[1].hub.bytes[0] ^= 1;
    assert_false(tb_evidence_bound(directories, documents, VERSIONS, 1));
}

#define IN_TOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    IN_TOWN(what_proves_itself_is_taken),
    IN_TOWN(what_does_not_decode_or_prove_itself_is_refused),
    IN_TOWN(what_is_here_already_or_held_back_is_said),
    IN_TOWN(a_group_that_was_not_signed_is_set_aside_and_the_event_taken),
    IN_TOWN(a_mark_counts_that_its_recipient_signed),
    IN_TOWN(every_directory_leads_to_the_newest_authority),
    IN_TOWN(a_directory_that_leads_nowhere_is_not_bound),
};

TB_RUN("agents/evidence_check", tests)
