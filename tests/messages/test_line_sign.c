#include "tests/test.h"

#include "messages/line.h"
#include "messages/root.h"

static uint8_t block[512 * 1024];

#define LINES 5

typedef struct fixture {
    tb_arena arena;
    tb_sign_pair pair;
    tb_sign_pair other;
    tb_digest hub;
    tb_root root;
    tb_root_cache cache;
    tb_line lines[LINES];
    tb_signed_line *signed_lines;
} fixture;

static fixture the;

static int setup(void **state)
{
    uint8_t seed[32] = {3};
    tb_random random;
    memset(&the, 0, sizeof(the));
    tb_random_seed(&random, seed);
    tb_arena_init(&the.arena, block, sizeof(block));
    tb_sign_pair_make(&the.pair, &random);
    tb_sign_pair_make(&the.other, &random);
    the.hub.bytes[0] = 1;
    the.root = (tb_root){.suite = TB_SUITE_1,
                         .signer = {TB_HUB_PARTY},
                         .key = tb_key_id_of(TB_PURPOSE_SIGN, &the.pair.public_key),
                         .incarnation = {1, {2}}};
    for (uint64_t i = 0; i < LINES; i++) {
        the.lines[i] = (tb_line){.kind = TB_LINE_STORED,
                                 .stream = {.sender = {"bureau.33"},
                                            .incarnation = {1, {3}},
                                            .recipient = {"bureau.44"},
                                            .lane = TB_LANE_NORMAL},
                                 .from = 1 + i,
                                 .to = 4 + i,
                                 .digest = {{9}},
                                 .at = 1000};
    }
    *state = &the;
    return tb_lines_sign(the.lines, LINES, &the.root, &the.hub, &the.pair, &the.arena,
                         &the.signed_lines) != TB_OK;
}

static tb_refusal verify(fixture *f, const tb_signed_line *line)
{
    return tb_signed_line_verify(line, &f->hub, &f->pair.public_key, &f->cache);
}

static void every_line_stands_alone_under_one_signature(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < LINES; i++) {
        const tb_signed_line *line = &f->signed_lines[i];
        assert_int_equal(verify(f, line), TB_ACCEPTED);
        assert_int_equal(line->root.tree, TB_TREE_LINES);
        assert_int_equal(line->root.count, LINES);
        assert_int_equal(line->line.to, 4 + i);
        assert_memory_equal(&line->root, &f->signed_lines[0].root, sizeof(tb_root));
    }
    assert_int_equal(f->cache.next, 1);
}

static void a_line_alone_needs_no_path(void **state)
{
    fixture *f = *state;
    tb_signed_line *one = NULL;
    assert_ok(tb_lines_sign(f->lines, 1, &f->root, &f->hub, &f->pair, &f->arena, &one));
    assert_int_equal(one->path_count, 0);
    assert_int_equal(verify(f, one), TB_ACCEPTED);
}

static void a_signed_line_survives_its_packed_form(void **state)
{
    fixture *f = *state;
    tb_bytes packed;
    tb_signed_line back;
    assert_ok(tb_signed_line_encode(&f->signed_lines[2], &f->arena, &packed));
    assert_int_equal(tb_signed_line_decode(packed, &f->arena, &back), TB_ACCEPTED);
    assert_int_equal(verify(f, &back), TB_ACCEPTED);
    assert_int_equal(back.line.from, 3);
}

static void a_line_at_another_place_is_refused(void **state)
{
    fixture *f = *state;
    tb_signed_line line = f->signed_lines[1];
    line.index = 0;
    assert_int_equal(verify(f, &line), TB_REFUSED_PROOF);
    line = f->signed_lines[1];
    line.encoded = f->signed_lines[0].encoded;
    assert_int_equal(verify(f, &line), TB_REFUSED_PROOF);
    line = f->signed_lines[1];
    line.root.count++;
    assert_int_equal(verify(f, &line), TB_REFUSED_PROOF);
    line = f->signed_lines[1];
    line.path_count--;
    assert_int_equal(verify(f, &line), TB_REFUSED_PROOF);
    line.path_count = TB_PATH_MAX + 1;
    assert_int_equal(verify(f, &line), TB_REFUSED_PROOF);
}

static void a_line_under_another_root_key_hub_tree_or_suite_is_refused(void **state)
{
    fixture *f = *state;
    tb_signed_line line = f->signed_lines[1];
    line.root.root.bytes[0] ^= 1;
    assert_int_equal(verify(f, &line), TB_REFUSED_PROOF);
    line = f->signed_lines[1];
    line.root.incarnation.counter++;
    assert_int_equal(verify(f, &line), TB_REFUSED_SIGNATURE);
    line = f->signed_lines[1];
    line.root.tree = TB_TREE_HEADERS;
    assert_int_equal(verify(f, &line), TB_REFUSED_PROOF);
    line = f->signed_lines[1];
    line.root.suite = 2;
    assert_int_equal(verify(f, &line), TB_REFUSED_SUITE);

    line = f->signed_lines[1];
    assert_int_equal(tb_signed_line_verify(&line, &f->hub, &f->other.public_key, &f->cache),
                     TB_REFUSED_SIGNATURE);
    tb_digest other_hub = {{2}};
    assert_int_equal(tb_signed_line_verify(&line, &other_hub, &f->pair.public_key, &f->cache),
                     TB_REFUSED_SIGNATURE);
}

static void without_memory_nothing_is_signed(void **state)
{
    fixture *f = *state;
    for (size_t size = 0; size < 6000; size += 500) {
        tb_arena small;
        static uint8_t little[6000];
        tb_arena_init(&small, little, size);
        tb_signed_line *out = NULL;
        tb_err err = tb_lines_sign(f->lines, LINES, &f->root, &f->hub, &f->pair, &small, &out);
        assert_true(err == TB_OK || (err == TB_ERR_LIMIT && out == NULL));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(every_line_stands_alone_under_one_signature, setup),
    cmocka_unit_test_setup(a_line_alone_needs_no_path, setup),
    cmocka_unit_test_setup(a_signed_line_survives_its_packed_form, setup),
    cmocka_unit_test_setup(a_line_at_another_place_is_refused, setup),
    cmocka_unit_test_setup(a_line_under_another_root_key_hub_tree_or_suite_is_refused, setup),
    cmocka_unit_test_setup(without_memory_nothing_is_signed, setup),
};

TB_RUN("messages/line_sign", tests)
