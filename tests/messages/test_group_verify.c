#include "tests/test.h"

#include "messages/link.h"
#include "messages/merkle.h"

static uint8_t block[512 * 1024];

/* Seven headers of one turn; the group holds those at indexes 1, 2 and 5. */
#define HEADERS 7
#define ITEMS   3

typedef struct fixture {
    tb_arena arena;
    tb_sign_pair pair;
    tb_digest hub;
    tb_root_cache cache;
    tb_header headers[HEADERS];
    uint32_t indexes[ITEMS];
    tb_item items[ITEMS];
    tb_group group;
} fixture;

static fixture the;

static void make_item(fixture *f, size_t i)
{
    tb_item *item = &f->items[i];
    item->header = f->headers[f->indexes[i]];
    assert_ok(tb_header_encode(&item->header, &f->arena, &item->header_bytes));
    item->digest = tb_header_digest(item->header_bytes);
}

static void sign_group(fixture *f)
{
    tb_digest statements[HEADERS];
    for (size_t i = 0; i < HEADERS; i++) {
        tb_bytes encoded;
        assert_ok(tb_header_encode(&f->headers[i], &f->arena, &encoded));
        statements[i] = tb_header_digest(encoded);
    }
    tb_tree tree;
    assert_ok(tb_tree_build(statements, HEADERS, &f->arena, &tree));
    f->group.root = (tb_root){.suite = TB_SUITE_1,
                              .tree = TB_TREE_HEADERS,
                              .signer = {"bureau.33"},
                              .key = tb_key_id_of(TB_PURPOSE_SIGN, &f->pair.public_key),
                              .incarnation = {1, {2}},
                              .count = HEADERS,
                              .root = tree.root};
    tb_root_sign(&f->group.root, &f->hub, &f->pair);
    f->group.indexes = f->indexes;
    f->group.items = f->items;
    f->group.item_count = ITEMS;
    assert_ok(tb_tree_siblings(&tree, f->indexes, ITEMS, &f->arena, &f->group.siblings,
                               &f->group.sibling_count));
    for (size_t i = 0; i < ITEMS; i++) {
        make_item(f, i);
    }
}

static int setup(void **state)
{
    static tb_entry entries[HEADERS];
    uint8_t seed[32] = {3};
    tb_random random;
    memset(&the, 0, sizeof(the));
    tb_random_seed(&random, seed);
    tb_arena_init(&the.arena, block, sizeof(block));
    tb_sign_pair_make(&the.pair, &random);
    the.hub.bytes[0] = 1;
    for (size_t i = 0; i < HEADERS; i++) {
        entries[i] = (tb_entry){.recipient = {"bureau.44"},
                                .sealing_key = {{1}},
                                .number = i + 1,
                                .previous = {{(uint8_t)i}}};
        the.headers[i] =
            (tb_header){.suite = TB_SUITE_1,
                        .hub = the.hub,
                        .sender = {"bureau.33"},
                        .incarnation = {1, {2}},
                        .notice = i + 1,
                        .lane = TB_LANE_NORMAL,
                        .kind = TB_NOTICE_CASEWORK,
                        .made = 1000,
                        .expires = 2000,
                        .directory_version = 2,
                        .directory_digest = {{4}},
                        .signing_key = tb_key_id_of(TB_PURPOSE_SIGN, &the.pair.public_key),
                        .ephemeral = {{5}},
                        .events = {{6}},
                        .body = {{7}},
                        .entries = &entries[i],
                        .entry_count = 1};
    }
    the.indexes[0] = 1;
    the.indexes[1] = 2;
    the.indexes[2] = 5;
    sign_group(&the);
    *state = &the;
    return 0;
}

static tb_refusal verify(fixture *f)
{
    return tb_group_verify(&f->group, &f->hub, &f->pair.public_key, &f->cache, &f->arena);
}

static void a_group_with_its_siblings_verifies(void **state)
{
    fixture *f = *state;
    size_t before = tb_arena_mark(&f->arena);
    assert_int_equal(verify(f), TB_ACCEPTED);
    assert_int_equal(verify(f), TB_ACCEPTED);
    assert_int_equal(f->cache.next, 1);
    assert_int_equal(tb_arena_mark(&f->arena), before);
}

static void a_changed_header_is_refused(void **state)
{
    fixture *f = *state;
    f->items[1].digest.bytes[0] ^= 1;
    assert_int_equal(verify(f), TB_REFUSED_PROOF);
}

static void items_that_change_places_are_refused(void **state)
{
    fixture *f = *state;
    tb_item first = f->items[0];
    f->items[0] = f->items[1];
    f->items[1] = first;
    assert_int_equal(verify(f), TB_REFUSED_PROOF);
}

static void an_item_left_out_or_shown_twice_is_refused(void **state)
{
    fixture *f = *state;
    f->group.item_count = 2;
    assert_int_equal(verify(f), TB_REFUSED_PROOF);
    f->group.item_count = 0;
    assert_int_equal(verify(f), TB_REFUSED_PROOF);
    f->group.item_count = ITEMS;
    f->items[1] = f->items[0];
    f->indexes[1] = f->indexes[0];
    assert_int_equal(verify(f), TB_REFUSED_PROOF);
}

static void a_sibling_missing_changed_or_left_over_is_refused(void **state)
{
    fixture *f = *state;
    f->group.sibling_count--;
    assert_int_equal(verify(f), TB_REFUSED_PROOF);
    f->group.sibling_count++;
    f->group.siblings[0].bytes[0] ^= 1;
    assert_int_equal(verify(f), TB_REFUSED_PROOF);
}

static void another_root_key_or_signature_is_refused(void **state)
{
    fixture *f = *state;
    tb_root good = f->group.root;
    f->group.root.signature[5] ^= 1;
    assert_int_equal(verify(f), TB_REFUSED_SIGNATURE);
    f->group.root = good;
    f->group.root.tree = TB_TREE_LINES;
    assert_int_equal(verify(f), TB_REFUSED_PROOF);
    f->group.root = good;
    f->group.root.suite = 2;
    assert_int_equal(verify(f), TB_REFUSED_SUITE);
    f->group.root = good;
    tb_public_key other = f->pair.public_key;
    other.bytes[0] ^= 1;
    assert_int_equal(tb_group_verify(&f->group, &f->hub, &other, &f->cache, &f->arena),
                     TB_REFUSED_SIGNATURE);
}

/* Whoever signs the root cannot carry in it what another sender, run or hub said. */
static void a_header_that_names_another_signer_than_the_root_is_refused(void **state)
{
    fixture *f = *state;
    tb_header good = f->headers[2];
    memset(&f->headers[2].sender, 0, sizeof(tb_party));
    memcpy(f->headers[2].sender.text, "bureau.11", 9);
    sign_group(f);
    assert_int_equal(verify(f), TB_REFUSED_SIGNATURE);

    f->headers[2] = good;
    f->headers[2].incarnation.counter++;
    sign_group(f);
    assert_int_equal(verify(f), TB_REFUSED_SIGNATURE);

    f->headers[2] = good;
    f->headers[2].signing_key.bytes[0] ^= 1;
    sign_group(f);
    assert_int_equal(verify(f), TB_REFUSED_SIGNATURE);

    f->headers[2] = good;
    f->headers[2].hub.bytes[0] = 9;
    sign_group(f);
    assert_int_equal(verify(f), TB_REFUSED_WRONG_HUB);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(a_group_with_its_siblings_verifies, setup),
    cmocka_unit_test_setup(a_changed_header_is_refused, setup),
    cmocka_unit_test_setup(items_that_change_places_are_refused, setup),
    cmocka_unit_test_setup(an_item_left_out_or_shown_twice_is_refused, setup),
    cmocka_unit_test_setup(a_sibling_missing_changed_or_left_over_is_refused, setup),
    cmocka_unit_test_setup(another_root_key_or_signature_is_refused, setup),
    cmocka_unit_test_setup(a_header_that_names_another_signer_than_the_root_is_refused, setup),
};

TB_RUN("messages/group_verify", tests)
