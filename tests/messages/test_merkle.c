#include "tests/test.h"

#include "messages/digest.h"
#include "messages/merkle.h"

static uint8_t block[4 * 1024 * 1024];

typedef struct fixture {
    tb_arena arena;
    tb_digest statements[TB_LEAVES_MAX];
} fixture;

static fixture the;

static int setup(void **state)
{
    tb_arena_init(&the.arena, block, sizeof(block));
    for (uint32_t i = 0; i < TB_LEAVES_MAX; i++) {
        the.statements[i] = tb_digest_of("test", tb_bytes_of(&i, sizeof(i)));
    }
    *state = &the;
    return 0;
}

static tb_tree tree_of(fixture *f, uint32_t count)
{
    tb_tree tree;
    tb_arena_reset(&f->arena);
    assert_ok(tb_tree_build(f->statements, count, &f->arena, &tree));
    return tree;
}

/* The definition, straight from RFC 6962: split at the largest power of two below the size. */
static tb_digest naive(const fixture *f, uint32_t count, uint32_t from, uint32_t to)
{
    if (to - from == 1) {
        uint8_t place[8] = {0, 0, (uint8_t)(count >> 8), (uint8_t)count,
                            0, 0, (uint8_t)(from >> 8),  (uint8_t)from};
        tb_bytes parts[] = {tb_bytes_of(place, 8), tb_bytes_of(f->statements[from].bytes, 32)};
        return tb_digest_parts("tongbao leaf", parts, 2);
    }
    uint32_t split = 1;
    while (split * 2 < to - from) {
        split *= 2;
    }
    tb_digest left = naive(f, count, from, from + split);
    tb_digest right = naive(f, count, from + split, to);
    tb_bytes parts[] = {tb_bytes_of(left.bytes, 32), tb_bytes_of(right.bytes, 32)};
    return tb_digest_parts("tongbao node", parts, 2);
}

static void the_shape_is_that_of_rfc_6962(void **state)
{
    fixture *f = *state;
    for (uint32_t count = 1; count <= 130; count++) {
        tb_tree tree = tree_of(f, count);
        tb_digest expected = naive(f, count, 0, count);
        assert_true(tb_digest_equal(&tree.root, &expected));
    }
}

static void every_leaf_has_a_path_to_the_root(void **state)
{
    fixture *f = *state;
    for (uint32_t count = 1; count <= 70; count++) {
        tb_tree tree = tree_of(f, count);
        for (uint32_t i = 0; i < count; i++) {
            tb_digest *path = NULL;
            size_t size = 0;
            tb_digest root;
            assert_ok(tb_tree_path(&tree, i, &f->arena, &path, &size));
            assert_true(tb_merkle_root_of_path(count, i, &f->statements[i], path, size, &root));
            assert_true(tb_digest_equal(&root, &tree.root));
        }
    }
}

static void the_fullest_tree_has_the_longest_path(void **state)
{
    fixture *f = *state;
    tb_tree tree = tree_of(f, TB_LEAVES_MAX);
    tb_digest *path = NULL;
    size_t size = 0;
    tb_digest root;
    assert_ok(tb_tree_path(&tree, TB_LEAVES_MAX - 1, &f->arena, &path, &size));
    assert_int_equal(size, TB_PATH_MAX);
    assert_true(tb_merkle_root_of_path(TB_LEAVES_MAX, TB_LEAVES_MAX - 1,
                                       &f->statements[TB_LEAVES_MAX - 1], path, size, &root));
    assert_true(tb_digest_equal(&root, &tree.root));
    assert_false(
        tb_merkle_root_of_path(TB_LEAVES_MAX + 1, 0, &f->statements[0], path, size, &root));
}

static void a_path_of_another_index_count_or_length_does_not_lead_to_the_root(void **state)
{
    fixture *f = *state;
    tb_tree tree = tree_of(f, 11);
    tb_digest *path = NULL;
    size_t size = 0;
    assert_ok(tb_tree_path(&tree, 4, &f->arena, &path, &size));
    for (uint32_t count = 0; count <= 16; count++) {
        for (uint32_t index = 0; index <= 16; index++) {
            tb_digest root;
            bool shape = tb_merkle_root_of_path(count, index, &f->statements[4], path, size, &root);
            bool same = shape && tb_digest_equal(&root, &tree.root);
            assert_int_equal(same, count == 11 && index == 4);
        }
    }
    tb_digest root;
    assert_false(tb_merkle_root_of_path(11, 4, &f->statements[4], path, size - 1, &root));
    assert_false(tb_merkle_root_of_path(11, 4, &f->statements[4], path, size + 1, &root));
}

static void an_inner_node_is_no_leaf(void **state)
{
    fixture *f = *state;
    tb_tree tree = tree_of(f, 4);
    tb_digest inner = naive(f, 4, 0, 2);
    tb_digest *path = NULL;
    size_t size = 0;
    assert_ok(tb_tree_path(&tree, 0, &f->arena, &path, &size));
    tb_digest root;
    assert_true(tb_merkle_root_of_path(2, 0, &inner, path + 1, size - 1, &root));
    assert_false(tb_digest_equal(&root, &tree.root));
    uint32_t indexes[] = {0};
    assert_true(tb_merkle_root_of_group(2, indexes, &inner, 1, path + 1, 1, &root));
    assert_false(tb_digest_equal(&root, &tree.root));
}

static void a_tree_of_three_is_not_the_tree_with_its_last_leaf_doubled(void **state)
{
    fixture *f = *state;
    tb_tree three = tree_of(f, 3);
    tb_digest root_of_three = three.root;
    tb_digest doubled[4] = {f->statements[0], f->statements[1], f->statements[2], f->statements[2]};
    tb_tree four;
    assert_ok(tb_tree_build(doubled, 4, &f->arena, &four));
    assert_false(tb_digest_equal(&four.root, &root_of_three));
}

/* Every leaf of a group has the path it has in the whole tree, and no other siblings give one. */
static void prove_alone(fixture *f,
                        const tb_tree *tree,
                        const uint32_t *indexes,
                        const tb_digest *statements,
                        size_t count,
                        const tb_digest *siblings,
                        size_t sibling_count)
{
    tb_digest *path;
    tb_digest *expected;
    size_t length = 0;
    size_t expected_length = 0;
    for (size_t i = 0; i < count; i++) {
        assert_ok(tb_tree_path(tree, indexes[i], &f->arena, &expected, &expected_length));
        assert_ok(tb_merkle_path_in_group(tree->count, indexes, statements, count, siblings,
                                          sibling_count, i, &f->arena, &path, &length));
        assert_int_equal(length, expected_length);
        assert_true(length == 0 || memcmp(path, expected, length * sizeof *path) == 0);
    }
    assert_int_equal(tb_merkle_path_in_group(tree->count, indexes, statements, count, siblings,
                                             sibling_count + 1, 0, &f->arena, &path, &length),
                     TB_ERR_CORRUPT);
    assert_int_equal(tb_merkle_path_in_group(tree->count, indexes, statements, count, siblings,
                                             sibling_count, count, &f->arena, &path, &length),
                     TB_ERR_CORRUPT);
}

/* Proves the leaves whose bit is set and checks the group leads to the root. */
static void prove(fixture *f, const tb_tree *tree, uint32_t bits)
{
    uint32_t indexes[32];
    tb_digest statements[32];
    size_t count = 0;
    for (uint32_t i = 0; i < tree->count; i++) {
        if (bits >> i & 1) {
            indexes[count] = i;
            statements[count++] = f->statements[i];
        }
    }
    size_t mark = tb_arena_mark(&f->arena);
    tb_digest *siblings = NULL;
    size_t sibling_count = 0;
    assert_ok(tb_tree_siblings(tree, indexes, count, &f->arena, &siblings, &sibling_count));
    tb_digest root;
    assert_true(tb_merkle_root_of_group(tree->count, indexes, statements, count, siblings,
                                        sibling_count, &root));
    assert_true(tb_digest_equal(&root, &tree->root));
    if (sibling_count > 0) {
        assert_false(tb_merkle_root_of_group(tree->count, indexes, statements, count, siblings,
                                             sibling_count - 1, &root));
    }
    assert_false(tb_merkle_root_of_group(tree->count, indexes, statements, count, siblings,
                                         sibling_count + 1, &root));
    prove_alone(f, tree, indexes, statements, count, siblings, sibling_count);
    tb_arena_release(&f->arena, mark);
}

static void every_set_of_leaves_has_a_proof_of_exactly_the_siblings_it_needs(void **state)
{
    fixture *f = *state;
    for (uint32_t count = 1; count <= 9; count++) {
        tb_tree tree = tree_of(f, count);
        for (uint32_t bits = 1; bits < 1u << count; bits++) {
            prove(f, &tree, bits);
        }
    }
}

static void siblings_come_from_the_root_left_before_right(void **state)
{
    fixture *f = *state;
    tb_tree tree = tree_of(f, 7);
    uint32_t indexes[] = {2, 6};
    tb_digest *siblings = NULL;
    size_t count = 0;
    assert_ok(tb_tree_siblings(&tree, indexes, 2, &f->arena, &siblings, &count));
    tb_digest expected[] = {naive(f, 7, 0, 2), naive(f, 7, 3, 4), naive(f, 7, 4, 6)};
    assert_int_equal(count, 3);
    assert_memory_equal(siblings, expected, sizeof(expected));
}

static void all_leaves_together_need_no_sibling(void **state)
{
    fixture *f = *state;
    static uint32_t indexes[TB_LEAVES_MAX];
    for (uint32_t i = 0; i < TB_LEAVES_MAX; i++) {
        indexes[i] = i;
    }
    tb_tree tree = tree_of(f, TB_LEAVES_MAX);
    tb_digest *siblings = NULL;
    size_t count = 1;
    assert_ok(tb_tree_siblings(&tree, indexes, TB_LEAVES_MAX, &f->arena, &siblings, &count));
    assert_int_equal(count, 0);
    tb_digest root;
    assert_true(tb_merkle_root_of_group(TB_LEAVES_MAX, indexes, f->statements, TB_LEAVES_MAX,
                                        siblings, 0, &root));
    assert_true(tb_digest_equal(&root, &tree.root));
}

static void a_leaf_shown_twice_or_out_of_order_is_refused(void **state)
{
    fixture *f = *state;
    tb_tree tree = tree_of(f, 8);
    uint32_t once[] = {3};
    tb_digest *siblings = NULL;
    size_t count = 0;
    assert_ok(tb_tree_siblings(&tree, once, 1, &f->arena, &siblings, &count));

    tb_digest statements[] = {f->statements[3], f->statements[3]};
    uint32_t twice[] = {3, 3};
    uint32_t down[] = {3, 2};
    uint32_t beyond[] = {3, 8};
    tb_digest root;
    assert_false(tb_merkle_root_of_group(8, twice, statements, 2, siblings, count, &root));
    assert_false(tb_merkle_root_of_group(8, down, statements, 2, siblings, count, &root));
    assert_false(tb_merkle_root_of_group(8, beyond, statements, 2, siblings, count, &root));
    assert_false(tb_merkle_root_of_group(8, once, statements, 0, siblings, count, &root));
    assert_false(tb_merkle_root_of_group(0, once, statements, 1, siblings, count, &root));
}

static void a_group_of_a_wrong_count_does_not_lead_to_the_root(void **state)
{
    fixture *f = *state;
    tb_tree tree = tree_of(f, 8);
    uint32_t indexes[] = {2, 3};
    tb_digest *siblings = NULL;
    size_t count = 0;
    assert_ok(tb_tree_siblings(&tree, indexes, 2, &f->arena, &siblings, &count));
    for (uint32_t wrong = 4; wrong <= 16; wrong++) {
        tb_digest root;
        bool shape =
            tb_merkle_root_of_group(wrong, indexes, &f->statements[2], 2, siblings, count, &root);
        assert_int_equal(shape && tb_digest_equal(&root, &tree.root), wrong == 8);
    }
}

static void without_memory_nothing_is_built(void **state)
{
    fixture *f = *state;
    tb_arena small;
    tb_arena_init(&small, block, 100);
    tb_tree tree;
    assert_int_equal(tb_tree_build(f->statements, 100, &small, &tree), TB_ERR_LIMIT);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(the_shape_is_that_of_rfc_6962, setup),
    cmocka_unit_test_setup(every_leaf_has_a_path_to_the_root, setup),
    cmocka_unit_test_setup(the_fullest_tree_has_the_longest_path, setup),
    cmocka_unit_test_setup(a_path_of_another_index_count_or_length_does_not_lead_to_the_root,
                           setup),
    cmocka_unit_test_setup(an_inner_node_is_no_leaf, setup),
    cmocka_unit_test_setup(a_tree_of_three_is_not_the_tree_with_its_last_leaf_doubled, setup),
    cmocka_unit_test_setup(every_set_of_leaves_has_a_proof_of_exactly_the_siblings_it_needs, setup),
    cmocka_unit_test_setup(siblings_come_from_the_root_left_before_right, setup),
    cmocka_unit_test_setup(all_leaves_together_need_no_sibling, setup),
    cmocka_unit_test_setup(a_leaf_shown_twice_or_out_of_order_is_refused, setup),
    cmocka_unit_test_setup(a_group_of_a_wrong_count_does_not_lead_to_the_root, setup),
    cmocka_unit_test_setup(without_memory_nothing_is_built, setup),
};

TB_RUN("messages/merkle", tests)
