#include "tests/test.h"

#include "messages/document.h"

typedef struct fixture {
    tb_sign_pair pair;
    tb_digest hub;
    tb_document document;
} fixture;

static fixture the;

static int setup(void **state)
{
    uint8_t seed[32] = {4};
    tb_random random;
    tb_random_seed(&random, seed);
    memset(&the, 0, sizeof(the));
    tb_sign_pair_make(&the.pair, &random);
    the.hub.bytes[0] = 1;
    the.document = (tb_document){.kind = TB_DOCUMENT_TABLE,
                                 .name = tb_bytes_str("segments"),
                                 .version = 2,
                                 .content = tb_bytes_str("runs")};
    tb_document_sign(&the.document, &the.hub, &the.pair);
    *state = &the;
    return 0;
}

static bool verifies(const fixture *f, const tb_document *document)
{
    return tb_document_verify(document, &f->hub, &f->pair.public_key);
}

static void a_signed_document_verifies(void **state)
{
    fixture *f = *state;
    assert_true(verifies(f, &f->document));
}

static void kind_name_version_content_and_hub_are_under_the_signature(void **state)
{
    fixture *f = *state;
    tb_document changed = f->document;
    changed.kind = TB_DOCUMENT_CAMPAIGN;
    assert_false(verifies(f, &changed));
    changed = f->document;
    changed.name = tb_bytes_str("segment");
    assert_false(verifies(f, &changed));
    changed = f->document;
    changed.version++;
    assert_false(verifies(f, &changed));
    changed = f->document;
    changed.content = tb_bytes_str("run");
    assert_false(verifies(f, &changed));
    f->hub.bytes[31] = 1;
    assert_false(verifies(f, &f->document));
}

static void only_the_first_directory_is_signed_without_a_hub(void **state)
{
    fixture *f = *state;
    tb_digest none = {{0}};
    tb_document document = f->document;
    document.kind = TB_DOCUMENT_DIRECTORY;
    document.version = 1;
    tb_document_sign(&document, &none, &f->pair);
    assert_true(verifies(f, &document));
    document.version = 2;
    tb_document_sign(&document, &none, &f->pair);
    assert_false(verifies(f, &document));
}

static void a_name_that_is_too_long_never_verifies(void **state)
{
    fixture *f = *state;
    tb_document document = f->document;
    document.name = tb_bytes_str("a-name-of-more-than-thirty-two-bytes");
    assert_false(verifies(f, &document));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup(a_signed_document_verifies, setup),
    cmocka_unit_test_setup(kind_name_version_content_and_hub_are_under_the_signature, setup),
    cmocka_unit_test_setup(only_the_first_directory_is_signed_without_a_hub, setup),
    cmocka_unit_test_setup(a_name_that_is_too_long_never_verifies, setup),
};

TB_RUN("messages/document_sign", tests)
