/* Our own vectors: keys, tree, path, wraps, body, root, document. Run with the argument `write`
 * this program prints the file; otherwise it checks that the file says what we compute, and that
 * what the file calls refused is refused. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "messages/digest.h"
#include "messages/document.h"
#include "messages/merkle.h"
#include "messages/root.h"
#include "messages/seal.h"

#define VECTORS   TB_SOURCE_DIR "/messages/vectors/crypto.txt"
#define LEAVES    7
#define PARTS     3
#define READERS   2
#define ROWS_MAX  96
#define WRAP_SIZE (2 + PARTS * 32 + 16) /* field, length, wrap */
#define PART_SIZE (3 + 256 + 16)

typedef struct row {
    const char *name;
    tb_bytes value;
} row;

typedef struct world {
    tb_arena arena;
    tb_random random;
    row rows[ROWS_MAX];
    size_t row_count;
    tb_seal_context context;
    tb_sign_pair sign;
    tb_seal_pair ephemeral;
    tb_seal_pair recipients[READERS];
    tb_agreement agreements[READERS];
    tb_seal_reader readers[READERS];
    tb_digest statements[LEAVES];
    tb_tree tree;
    tb_root root;
    tb_bytes body;
} world;

static uint8_t block[1024 * 1024];
static world the;

static void say(world *w, const char *name, tb_bytes value)
{
    assert_true(w->row_count < ROWS_MAX);
    row *r = &w->rows[w->row_count++];
    r->name = name;
    assert_ok(tb_arena_copy(&w->arena, value, &r->value));
}

#define SAY(w, name, object) say(w, name, tb_bytes_of(&(object), sizeof(object)))

static tb_bytes said(const world *w, const char *name)
{
    for (size_t i = 0; i < w->row_count; i++) {
        if (strcmp(w->rows[i].name, name) == 0) {
            return w->rows[i].value;
        }
    }
    fail_msg("no vector %s", name);
    return tb_bytes_of(NULL, 0);
}

static void say_keys(world *w)
{
    tb_sign_pair_make(&w->sign, &w->random);
    tb_seal_pair_make(&w->ephemeral, &w->random);
    SAY(w, "sign.secret", w->sign.secret);
    SAY(w, "sign.public", w->sign.public_key);
    tb_key_id id = tb_key_id_of(TB_PURPOSE_SIGN, &w->sign.public_key);
    SAY(w, "sign.key_id", id);
    SAY(w, "ephemeral.secret", w->ephemeral.secret);
    SAY(w, "ephemeral.public", w->ephemeral.public_key);

    static const char *names[READERS][4] = {
        {"recipient.0.secret", "recipient.0.public", "recipient.0.key_id", "recipient.0.party"},
        {"recipient.1.secret", "recipient.1.public", "recipient.1.key_id", "recipient.1.party"}};
    for (size_t i = 0; i < READERS; i++) {
        tb_seal_pair_make(&w->recipients[i], &w->random);
        tb_seal_reader *reader = &w->readers[i];
        strcpy(reader->recipient.text, i == 0 ? "bureau.44" : "ct.44");
        reader->key = tb_key_id_of(TB_PURPOSE_SEAL, &w->recipients[i].public_key);
        SAY(w, names[i][0], w->recipients[i].secret);
        SAY(w, names[i][1], w->recipients[i].public_key);
        SAY(w, names[i][2], reader->key);
        SAY(w, names[i][3], reader->recipient);
    }
    char fingerprint[TB_FINGERPRINT_TEXT];
    tb_fingerprint(tb_bytes_of(w->sign.public_key.bytes, 32), fingerprint);
    say(w, "fingerprint", tb_bytes_str(fingerprint));
}

static void say_digests(world *w)
{
    tb_digest empty = tb_digest_of("tongbao body", tb_bytes_of(NULL, 0));
    tb_digest abc = tb_digest_of("tongbao header", tb_bytes_str("abc"));
    SAY(w, "digest.body.empty", empty);
    SAY(w, "digest.header.abc", abc);
}

static void say_tree(world *w)
{
    for (uint8_t i = 0; i < LEAVES; i++) {
        w->statements[i] = tb_digest_of("tongbao header", tb_bytes_of(&i, 1));
    }
    SAY(w, "tree.statements", w->statements);
    assert_ok(tb_tree_build(w->statements, LEAVES, &w->arena, &w->tree));
    SAY(w, "tree.root", w->tree.root);

    tb_digest *list = NULL;
    size_t count = 0;
    assert_ok(tb_tree_path(&w->tree, 4, &w->arena, &list, &count));
    say(w, "tree.path.4", tb_bytes_of(list, count * sizeof(*list)));
    assert_ok(tb_tree_path(&w->tree, 6, &w->arena, &list, &count));
    say(w, "tree.path.6", tb_bytes_of(list, count * sizeof(*list)));
    uint32_t group[] = {2, 6};
    assert_ok(tb_tree_siblings(&w->tree, group, 2, &w->arena, &list, &count));
    say(w, "tree.group.2.6.siblings", tb_bytes_of(list, count * sizeof(*list)));
    uint32_t one[] = {3};
    assert_ok(tb_tree_siblings(&w->tree, one, 1, &w->arena, &list, &count));
    say(w, "refused.leaf_twice.3.3.siblings", tb_bytes_of(list, count * sizeof(*list)));

    tb_tree four;
    assert_ok(tb_tree_build(w->statements, 4, &w->arena, &four));
    SAY(w, "refused.inner_node.root_of_4", four.root);
    SAY(w, "refused.inner_node.statement", four.nodes[4]);
    SAY(w, "refused.inner_node.path", four.nodes[5]);
}

static void say_root(world *w)
{
    w->root = (tb_root){.suite = TB_SUITE_1,
                        .tree = TB_TREE_HEADERS,
                        .signer = w->context.sender,
                        .key = tb_key_id_of(TB_PURPOSE_SIGN, &w->sign.public_key),
                        .incarnation = w->context.incarnation,
                        .count = LEAVES,
                        .root = w->tree.root};
    tb_root_sign(&w->root, &w->context.hub, &w->sign);
    SAY(w, "root.signature", w->root.signature);

    tb_root other = w->root;
    tb_digest other_hub = {{0xEE}};
    tb_root_sign(&other, &other_hub, &w->sign);
    SAY(w, "refused.root.wrong_hub.signature", other.signature);
    other.tree = TB_TREE_LINES;
    tb_root_sign(&other, &w->context.hub, &w->sign);
    SAY(w, "refused.root.wrong_tree.signature", other.signature);
}

static void say_wrong_bodies(world *w)
{
    uint8_t *changed = tb_arena_alloc(&w->arena, w->body.size);
    assert_non_null(changed);
    size_t at = w->body.size - READERS * WRAP_SIZE;
    memcpy(changed, w->body.data, at);
    memcpy(changed + at, w->body.data + at + WRAP_SIZE, WRAP_SIZE);
    memcpy(changed + at + WRAP_SIZE, w->body.data + at, WRAP_SIZE);
    say(w, "refused.body.wraps_swapped", tb_bytes_of(changed, w->body.size));

    memcpy(changed, w->body.data, w->body.size);
    memcpy(changed, w->body.data + PART_SIZE, PART_SIZE);
    memcpy(changed + PART_SIZE, w->body.data, PART_SIZE);
    say(w, "refused.body.parts_swapped", tb_bytes_of(changed, w->body.size));

    tb_seal_context other = w->context;
    other.hub.bytes[0] = 0xEE;
    tb_bytes part = tb_bytes_str("events");
    tb_bytes body;
    assert_ok(tb_seal_body(&other, &part, 1, w->readers, READERS, &w->random, &w->arena, &body));
    say(w, "refused.body.wrong_hub", body);
}

static void say_body(world *w)
{
    static const char *names[PARTS] = {"part.0.plain", "part.1.plain", "part.2.plain"};
    tb_bytes parts[PARTS] = {tb_bytes_str("events"), tb_bytes_str("number"),
                             tb_bytes_str("offence")};
    for (size_t i = 0; i < PARTS; i++) {
        say(w, names[i], parts[i]);
    }
    for (size_t i = 0; i < READERS; i++) {
        assert_true(
            tb_seal_agree_sender(&w->agreements[i], &w->ephemeral, &w->recipients[i].public_key));
        w->readers[i].agreement = &w->agreements[i];
        w->readers[i].parts[0] = true;
        w->readers[i].parts[1] = true;
        w->readers[i].parts[2] = i == 0;
    }
    SAY(w, "recipient.0.agreement", w->agreements[0].shared);
    SAY(w, "recipient.1.agreement", w->agreements[1].shared);

    tb_random same = w->random;
    uint8_t keys[PARTS * 32];
    tb_random_bytes(&same, keys, sizeof(keys));
    SAY(w, "part.keys", keys);
    assert_ok(tb_seal_body(&w->context, parts, PARTS, w->readers, READERS, &w->random, &w->arena,
                           &w->body));
    say(w, "body", w->body);
    tb_digest digest = tb_body_digest(w->body);
    SAY(w, "body.digest", digest);
    say_wrong_bodies(w);
}

static void say_document(world *w)
{
    tb_document document = {.kind = TB_DOCUMENT_CAMPAIGN,
                            .name = tb_bytes_str("black-card"),
                            .version = 3,
                            .content = tb_bytes_str("campaign")};
    tb_digest digest = tb_document_digest(&document);
    SAY(w, "document.digest", digest);
    tb_document_sign(&document, &w->context.hub, &w->sign);
    SAY(w, "document.signature", document.signature);
    document.kind = TB_DOCUMENT_DIRECTORY;
    document.name = tb_bytes_str("directory");
    document.version = 1;
    tb_document_sign(&document, &w->context.hub, &w->sign);
    SAY(w, "document.first_directory.signature", document.signature);
}

static int setup(void **state)
{
    static const uint8_t seed[32] = "tongbao vectors, protocol 1";
    memset(&the, 0, sizeof(the));
    tb_arena_init(&the.arena, block, sizeof(block));
    tb_random_seed(&the.random, seed);
    the.context = (tb_seal_context){.hub = {{1, 2, 3}},
                                    .sender = {"bureau.33"},
                                    .incarnation = {1, {9, 8, 7, 6, 5, 4, 3, 2}},
                                    .notice = 5};
    SAY(&the, "seed", seed);
    SAY(&the, "hub", the.context.hub);
    SAY(&the, "sender", the.context.sender);
    say(&the, "incarnation", tb_bytes_of("\0\0\0\0\0\0\0\1\x9\x8\x7\x6\x5\x4\x3\x2", 16));
    say(&the, "notice", tb_bytes_of("\0\0\0\0\0\0\0\5", 8));
    say_keys(&the);
    say_digests(&the);
    say_tree(&the);
    say_root(&the);
    say_body(&the);
    say_document(&the);
    *state = &the;
    return 0;
}

static char *print(const world *w)
{
    size_t size = 1;
    for (size_t i = 0; i < w->row_count; i++) {
        size += strlen(w->rows[i].name) + 4 + 2 * w->rows[i].value.size;
    }
    char *text = malloc(size);
    if (text == NULL) {
        abort();
    }
    size_t at = 0;
    for (size_t i = 0; i < w->row_count; i++) {
        at += (size_t)snprintf(text + at, size - at, "%s = ", w->rows[i].name);
        tb_hex(w->rows[i].value.data, w->rows[i].value.size, text + at);
        at += 2 * w->rows[i].value.size;
        text[at++] = '\n';
    }
    text[at] = '\0';
    return text;
}

static void the_file_says_what_we_compute(void **state)
{
    char *expected = print(*state);
    FILE *file = fopen(VECTORS, "r");
    assert_non_null(file);
    size_t size = strlen(expected);
    char *found = calloc(1, size + 2);
    assert_non_null(found);
    assert_int_equal(fread(found, 1, size + 1, file), size);
    fclose(file);
    assert_string_equal(found, expected);
    free(found);
    free(expected);
}

static tb_refusal open_as(world *w, size_t who, tb_bytes body)
{
    static tb_opened opened;
    tb_agreement agreement;
    assert_true(tb_seal_agree_recipient(&agreement, &w->recipients[who], &w->ephemeral.public_key));
    return tb_seal_open(&w->context, body, who, READERS, &w->readers[who].recipient,
                        &w->readers[who].key, &agreement, &w->arena, &opened);
}

static void the_body_opens_and_the_root_verifies(void **state)
{
    world *w = *state;
    assert_int_equal(open_as(w, 0, w->body), TB_ACCEPTED);
    assert_int_equal(open_as(w, 1, w->body), TB_ACCEPTED);
    assert_true(tb_root_verify(&w->root, &w->context.hub, &w->sign.public_key));
}

static void wrong_bodies_are_refused(void **state)
{
    world *w = *state;
    static const char *names[] = {"refused.body.wraps_swapped", "refused.body.parts_swapped",
                                  "refused.body.wrong_hub"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(open_as(w, 0, said(w, names[i])), TB_REFUSED_CANNOT_OPEN);
        assert_int_equal(open_as(w, 1, said(w, names[i])), TB_REFUSED_CANNOT_OPEN);
    }
}

static void wrong_roots_are_refused(void **state)
{
    world *w = *state;
    static const char *names[] = {"refused.root.wrong_hub.signature",
                                  "refused.root.wrong_tree.signature"};
    for (size_t i = 0; i < 2; i++) {
        tb_root root = w->root;
        memcpy(root.signature, said(w, names[i]).data, TB_SIGNATURE_BYTES);
        assert_false(tb_root_verify(&root, &w->context.hub, &w->sign.public_key));
    }
}

static size_t digests(const world *w, const char *name, tb_digest out[8])
{
    tb_bytes value = said(w, name);
    memcpy(out, value.data, value.size);
    return value.size / TB_DIGEST_BYTES;
}

static void wrong_proofs_are_refused(void **state)
{
    world *w = *state;
    tb_digest siblings[8];
    size_t count = digests(w, "refused.leaf_twice.3.3.siblings", siblings);
    tb_digest twice[] = {w->statements[3], w->statements[3]};
    uint32_t indexes[] = {3, 3};
    tb_digest root;
    assert_false(tb_merkle_root_of_group(LEAVES, indexes, twice, 2, siblings, count, &root));

    tb_digest inner[8];
    tb_digest path[8];
    tb_digest expected[8];
    digests(w, "refused.inner_node.statement", inner);
    count = digests(w, "refused.inner_node.path", path);
    digests(w, "refused.inner_node.root_of_4", expected);
    assert_true(tb_merkle_root_of_path(2, 0, inner, path, count, &root));
    assert_false(tb_digest_equal(&root, expected));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(the_file_says_what_we_compute, setup),
    cmocka_unit_test_setup(the_body_opens_and_the_root_verifies, setup),
    cmocka_unit_test_setup(wrong_bodies_are_refused, setup),
    cmocka_unit_test_setup(wrong_roots_are_refused, setup),
    cmocka_unit_test_setup(wrong_proofs_are_refused, setup),
};

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "write") == 0) {
        void *state = NULL;
        setup(&state);
        char *text = print(state);
        fputs(text, stdout);
        free(text);
        return 0;
    }
    return cmocka_run_group_tests_name("messages/vectors_crypto", tests, NULL, NULL);
}
