/* Documents: taken when newer and well signed, spread, and a revoked key is cut off at once. */
#include <stdio.h>

#include "tests/broker/fixture.h"

static void say_document(world *w, size_t from, const tb_document *document)
{
    tb_frame frame = {.kind = TB_FRAME_DOCUMENT};
    frame.document = *document;
    say(w, at(w, from), &frame);
}

static tb_document campaign(world *w, uint32_t version, const tb_sign_pair *signer)
{
    tb_document document = {
        .kind = TB_DOCUMENT_CAMPAIGN, .name = tb_bytes_str("black-card"), .version = version};
    document.content = tb_bytes_str("campaign: black-card");
    document.signer_key = tb_key_id_of(TB_PURPOSE_AUTHORITY, &signer->public_key);
    tb_document_sign(&document, &w->directory.hub, signer);
    return document;
}

static void a_newer_document_is_taken_and_spread_to_everybody_else(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    tb_document document = campaign(w, 3, &w->authority);
    say_document(w, A, &document);
    turn(w);
    assert_int_equal(expect(w, at(w, B), TB_FRAME_DOCUMENT)->document.version, 3);
    expect_nothing(w, at(w, A));

    say_document(w, B, &document);
    turn(w);
    expect_nothing(w, at(w, A));
    tb_welcome *welcome = link_up(w, at(w, C));
    assert_int_equal(welcome->document_count, 2);
    assert_int_equal(expect(w, at(w, C), TB_FRAME_DOCUMENT)->document.kind, TB_DOCUMENT_CAMPAIGN);
    expect_nothing(w, at(w, C)); /* it has the directory already */
}

/* A directory may be signed by whom the one before it names. */
static void documents_of_one_turn_are_spread_in_the_order_they_came(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    for (uint32_t version = 3; version <= 5; version++) {
        tb_document document = campaign(w, version, &w->authority);
        say_document(w, A, &document);
    }
    turn(w);
    for (uint32_t version = 3; version <= 5; version++) {
        assert_int_equal(expect(w, at(w, B), TB_FRAME_DOCUMENT)->document.version, version);
    }
    expect_nothing(w, at(w, B));
}

static void a_document_signed_by_nobody_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    tb_document document = campaign(w, 1, &w->parties[A].sign);
    say_document(w, A, &document);
    turn(w);
    expect(w, at(w, A), TB_FRAME_REFUSED);
    expect_nothing(w, at(w, B));
    assert_int_equal(rows(w, TB_TABLE_DOCUMENT), 1);
}

static void another_content_of_the_same_version_is_an_alarm(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    tb_document document = campaign(w, 1, &w->authority);
    say_document(w, A, &document);
    turn(w);
    document.content = tb_bytes_str("another");
    tb_document_sign(&document, &w->directory.hub, &w->authority);
    say_document(w, A, &document);
    turn(w);
    expect(w, at(w, A), TB_FRAME_REFUSED);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 1);
}

static void who_joins_is_open_to_every_sender_again(void **state)
{
    world *w = *state;
    w->directory.parties[C].state = TB_PARTY_OFF_LINE;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    tb_directory next = w->directory;
    next.parties = tb_arena_array(&w->arena, PARTIES, sizeof *next.parties);
    memcpy(next.parties, w->directory.parties, PARTIES * sizeof *next.parties);
    next.parties[C].state = TB_PARTY_ACTIVE;
    tb_document document = world_next_directory(w, &next);
    say_document(w, B, &document);
    turn(w);
    for (size_t sender = A; sender <= B; sender++) {
        tb_party opened = expect(w, at(w, sender), TB_FRAME_OPEN)->share;
        assert_true(tb_party_equal(&opened, &at(w, C)->id));
    }
}

/* The directory with another transport key for A, or without A being active. */
static tb_document without_a(world *w, bool ended)
{
    tb_directory changed = w->directory;
    tb_directory_party *parties = tb_arena_array(&w->arena, PARTIES, sizeof *parties);
    memcpy(parties, changed.parties, PARTIES * sizeof *parties);
    changed.parties = parties;
    if (ended) {
        parties[A].state = TB_PARTY_ENDED;
    } else {
        tb_seal_pair fresh;
        tb_seal_pair_make(&fresh, &w->random);
        tb_directory_key *keys = tb_arena_array(&w->arena, parties[A].key_count, sizeof *keys);
        memcpy(keys, parties[A].keys, parties[A].key_count * sizeof *keys);
        keys[parties[A].key_count - 1].key = fresh.public_key;
        keys[parties[A].key_count - 1].id = tb_key_id_of(TB_PURPOSE_TRANSPORT, &fresh.public_key);
        parties[A].keys = keys;
    }
    return world_next_directory(w, &changed);
}

static void a_revoked_transport_key_is_cut_off_at_once(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    link_up(w, at(w, C));
    tb_document document = without_a(w, false);
    parcel p = make_one(w, at(w, C), A, 1);
    say_document(w, B, &document);
    say_submit(w, at(w, C), &p);
    say_hello(w, at(w, A)); /* still known to the shell by the old key */
    turn(w);
    expect_bye(w, at(w, A), TB_REFUSED_KEY_REVOKED);
    expect_nothing(w, at(w, A));
    assert_int_equal(w->cuts, 1);
    assert_int_equal(w->reloads, 1);
    assert_int_equal(expect(w, at(w, C), TB_FRAME_DOCUMENT)->document.version, 2);
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 2);
}

static void a_party_that_ended_is_not_heard(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    link_up(w, at(w, B));
    tb_document document = without_a(w, true);
    say_document(w, B, &document);
    turn(w);
    world_reload(w);
    forget_all(w);
    say_hello(w, at(w, A));
    turn(w);
    expect_nothing(w, at(w, A));
    assert_true(noted(w, "event=frame_dropped party=a"));
    assert_int_equal(rows(w, TB_TABLE_HUB_SESSION), 1);
}

static void a_directory_of_another_authority_is_refused(void **state)
{
    world *w = *state;
    link_up(w, at(w, A));
    tb_document document = without_a(w, true);
    tb_document_sign(&document, &w->directory.hub, &w->parties[A].sign);
    say_document(w, A, &document);
    turn(w);
    expect(w, at(w, A), TB_FRAME_REFUSED);
    assert_int_equal(w->reloads, 0);
}

static void the_newest_directory_survives_a_restart(void **state)
{
    world *w = *state;
    link_up(w, at(w, B));
    tb_document document = without_a(w, true);
    say_document(w, B, &document);
    turn(w);
    world_restart(w); /* with the old file */
    world_reload(w);
    assert_int_equal(w->directory.version, 2);
}

/* As many names as a Welcome lists; a newer version of one that is there is taken all the same. */
static void beyond_the_names_it_lists_the_hub_takes_no_document(void **state)
{
    world *w = *state;
    char names[TB_VERSIONS_MAX + 1][8];
    link_up(w, at(w, A));
    for (unsigned i = 0; i < TB_VERSIONS_MAX; i++) { /* the directory is one of them */
        tb_document document = campaign(w, 1, &w->authority);
        (void)snprintf(names[i], sizeof names[i], "c%u", i);
        document.name = tb_bytes_str(names[i]);
        tb_document_sign(&document, &w->directory.hub, &w->authority);
        say_document(w, A, &document);
        turn(w);
        forget_all(w);
    }
    assert_int_equal(rows(w, TB_TABLE_DOCUMENT), TB_VERSIONS_MAX);
    tb_document newer = campaign(w, 2, &w->authority);
    newer.name = tb_bytes_str("c0");
    tb_document_sign(&newer, &w->directory.hub, &w->authority);
    say_document(w, A, &newer);
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_DOCUMENT), TB_VERSIONS_MAX + 1);
    tb_document older = campaign(w, 1, &w->authority);
    older.name = tb_bytes_str("c0");
    tb_document_sign(&older, &w->directory.hub, &w->authority);
    say_document(w, A, &older); /* known, and nothing to say */
    turn(w);
    assert_int_equal(rows(w, TB_TABLE_ALARM), 0 + 1); /* of the name that had no room */
}

static void a_store_of_another_hub_is_not_used(void **state)
{
    world *w = *state;
    tb_txn *txn = NULL;
    tb_refusal refused = TB_ACCEPTED;
    w->broker.hub.bytes[0] ^= 1;
    assert_ok(tb_store_begin(w->node.store, &w->arena, &txn));
    assert_ok(tb_broker_start(&w->broker, txn, &w->document, &w->random, &refused));
    assert_int_equal(refused, TB_REFUSED_WRONG_HUB);
    tb_store_abort(txn);
}

static tb_refusal started_with(world *w, const tb_document *document)
{
    tb_txn *txn = NULL;
    tb_refusal refused = TB_ACCEPTED;
    tb_arena_reset(&w->node.arena);
    assert_ok(tb_store_begin(w->node.store, &w->node.arena, &txn));
    assert_ok(tb_broker_start(&w->broker, txn, document, &w->random, &refused));
    tb_store_abort(txn);
    return refused;
}

/* The word of who gives the file is that its authority is the right one; that this authority signed
 * it is checked all the same. */
static void a_hub_begins_with_a_later_directory_that_its_own_authority_signed(void **state)
{
    world *w = *state;
    tb_directory changed = w->directory;
    tb_document second = world_next_directory(w, &changed);
    world_lose_store(w);
    tb_store_close(w->node.store);
    tb_store_options options = {TB_QUOTA_BYTES_MIN, TB_STORE_BROKER};
    assert_ok(tb_store_open("", &options, &w->node.store)); /* nothing in it */
    assert_int_equal(started_with(w, &second), TB_ACCEPTED);
    tb_document bent = second;
    bent.version = 3;
    assert_int_equal(started_with(w, &bent), TB_REFUSED_MALFORMED);
    bent = second;
    bent.signer_key.bytes[0] ^= 1;
    assert_int_equal(started_with(w, &bent), TB_REFUSED_NOT_AUTHORITY);
    bent = second;
    bent.signature[0] ^= 1;
    assert_int_equal(started_with(w, &bent), TB_REFUSED_NOT_AUTHORITY);
    bent = second;
    bent.content = tb_bytes_of(second.content.data, second.content.size - 1);
    assert_int_not_equal(started_with(w, &bent), TB_ACCEPTED);
    bent = w->document; /* the first must be signed too */
    bent.signature[0] ^= 1;
    assert_int_not_equal(started_with(w, &bent), TB_ACCEPTED);
    assert_int_equal(started_with(w, &w->document), TB_ACCEPTED);
}

static void a_newer_directory_given_at_the_start_must_follow_the_stores(void **state)
{
    world *w = *state;
    tb_directory changed = w->directory;
    tb_document second = world_next_directory(w, &changed);
    assert_int_equal(started_with(w, &second), TB_ACCEPTED);
    tb_document bent = second;
    bent.signature[0] ^= 1;
    assert_int_not_equal(started_with(w, &bent), TB_ACCEPTED);
}

static const struct CMUnitTest tests[] = {
    WORLD_TEST(a_newer_document_is_taken_and_spread_to_everybody_else),
    WORLD_TEST(documents_of_one_turn_are_spread_in_the_order_they_came),
    WORLD_TEST(a_document_signed_by_nobody_is_refused),
    WORLD_TEST(another_content_of_the_same_version_is_an_alarm),
    WORLD_TEST(a_revoked_transport_key_is_cut_off_at_once),
    WORLD_TEST(a_party_that_ended_is_not_heard),
    WORLD_TEST(who_joins_is_open_to_every_sender_again),
    WORLD_TEST(a_directory_of_another_authority_is_refused),
    WORLD_TEST(the_newest_directory_survives_a_restart),
    WORLD_TEST(a_store_of_another_hub_is_not_used),
    WORLD_TEST(beyond_the_names_it_lists_the_hub_takes_no_document),
    WORLD_TEST(a_hub_begins_with_a_later_directory_that_its_own_authority_signed),
    WORLD_TEST(a_newer_directory_given_at_the_start_must_follow_the_stores),
};

TB_RUN("broker/documents", tests)
